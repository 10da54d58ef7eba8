//! What may be written on the command line.

use std::path::PathBuf;

use clap::{ArgMatches, Args, Parser, Subcommand, ValueEnum};

use crate::fit::Form;
use crate::model::{Collect, Stop};
use crate::units::Fraction;

use super::compare::CompareArguments;
use super::curve::CurveArguments;
use super::exact::ExactArguments;
use super::examples;
use super::optimise::OptimiseArguments;
use super::rank::RankArguments;
use super::redraw::ReportArguments;
use super::sensitivity::SensitivityArguments;
use super::shared::{OutputArguments, SamplingArguments};
use super::worst::WorstArguments;

/// How much oil gets out, what hurts, how sure that is: export routes under disruption.
#[derive(Debug, Parser)]
#[command(
    name = "keruen",
    version,
    arg_required_else_help = true,
    max_term_width = 100,
    after_help = examples::KERUEN
)]
pub(super) struct Arguments {
    #[command(subcommand)]
    pub(super) command: Command,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Play many possible years of a scenario and say how much gets out.
    #[command(after_help = examples::RUN)]
    Run(RunArguments),
    /// Show what exactly stated closures would do, with nothing else going wrong.
    ///
    /// Each --close begins a closure; the --from, --for and --left after it belong to it.
    #[command(after_help = examples::STRESS)]
    Stress(StressArguments),
    /// Compare strategies with a base in the same futures: what each changes, and how sure that is.
    #[command(after_help = examples::COMPARE)]
    Compare(CompareArguments),
    /// Estimate how often and how long from a log of events, in a form to paste into a scenario.
    ///
    /// The log is a CSV file with the columns target, start, end and left. An empty `end` is an event that still
    /// lasts, `unknown` one whose end is not known; an empty `left` is a share that is not known.
    ///
    /// The window of --from and --until must be the time in which the hazard existed and in which
    /// an event would have been logged: rates are events divided by its length.
    #[command(after_help = examples::FIT)]
    Fit(FitArguments),
    /// Tell the story of one replication: what went wrong when, what it cost, and why.
    #[command(after_help = examples::EXPLAIN)]
    Explain(ExplainArguments),
    /// Hold a model to the record: replay what happened, score what was forecast.
    #[command(after_help = examples::BACKTEST)]
    Backtest(BacktestArguments),
    /// Go through all states of a network without tanks or memory: exact means, laws, importances.
    ///
    /// The same scenario is simulated beside, so that the two can be compared.
    #[command(after_help = examples::EXACT)]
    Exact(ExactArguments),
    /// Say what matters most: capacity by what one more kb/d is worth, hazards and elements by what
    /// they cost, shares of the loss that add up, outages against the time they go unnoticed.
    #[command(after_help = examples::RANK)]
    Rank(RankArguments),
    /// Find the portfolios of strategies that are worth their cost, and the best under a budget.
    ///
    /// Loss is what is not delivered. All portfolios that keep the study's rules are screened in few
    /// futures; what is left is played in many.
    #[command(after_help = examples::OPTIMISE)]
    Optimise(OptimiseArguments),
    /// Say which figures in doubt matter: each at its ends, many screened, shares of the variance.
    #[command(after_help = examples::SENSITIVITY)]
    Sensitivity(SensitivityArguments),
    /// Say what size is worth: one more mooring, tank or crew, and firm equivalents of risky routes.
    /// With --of, one value takes several sizes. With --firm, the capacity is sought of a way that
    /// never fails and leaves as much undelivered as a risky option. All in the same futures.
    #[command(after_help = examples::CURVE)]
    Curve(CurveArguments),
    /// Find the worst one, two, … things to lose: links, hubs and fields, for good and for a time.
    ///
    /// For good is the long run: tanks are full or empty, and every diversion has been made. For a
    /// time is played with tanks, lags, diversions and restarts.
    #[command(after_help = examples::WORST)]
    Worst(WorstArguments),
    /// Say whether a scenario is right, and what it describes.
    #[command(after_help = examples::CHECK)]
    Check(CheckArguments),
    /// Print the JSON Schema of scenario files, so that editors complete them.
    #[command(after_help = examples::SCHEMA)]
    Schema,
    /// Write a small commented scenario that runs.
    #[command(after_help = examples::INIT)]
    Init {
        /// Directory to write into; files that exist are never replaced
        directory: PathBuf,
    },
    /// Show results again, redraw their charts and their page, without a new run.
    #[command(after_help = examples::REPORT)]
    Report(ReportArguments),
    /// Write the network for maps and graph tools, from saved results with its flows and losses.
    #[command(after_help = examples::EXPORT)]
    Export(ExportArguments),
    /// Print completions for a shell.
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// The shell
        shell: clap_complete::Shell,
    },
}

/// A scenario and what is changed in it.
#[derive(Debug, Args)]
pub(super) struct ScenarioArguments {
    /// Scenario file
    pub(super) scenario: PathBuf,
    /// Strategy file to apply; several are applied together, in order
    #[arg(long, value_name = "STRATEGY")]
    pub(super) with: Vec<PathBuf>,
    /// Set one value of the scenario, such as link.spm.capacity='900 kb/d'
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
    /// CSV file of recorded outages (target, start, end, left) that happen in every replication, on
    /// top of the random hazards; may be repeated
    #[arg(long, value_name = "CSV")]
    pub(super) log: Vec<PathBuf>,
    /// Leave all hazards of the scenario out, so that only the recorded outages happen
    #[arg(long, requires = "log")]
    pub(super) only_log: bool,
}

#[derive(Debug, Args)]
pub(super) struct RunArguments {
    #[command(flatten)]
    pub(super) scenario: ScenarioArguments,
    /// Number of replications; cancels the scenario's own rule to stop
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) replications: Option<u64>,
    /// Number of the first replication, to split a run into parts
    #[arg(long, value_name = "R", default_value_t = 0)]
    pub(super) first: u64,
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    /// Stop once a figure is known within this share of it, such as undelivered=0.01 or
    /// undelivered.cvar95=0.05
    #[arg(long, value_name = "METRIC=REL", value_parser = stop)]
    pub(super) stop: Option<Stop>,
    /// Leave out control variates: no sharper means beside the plain ones
    #[arg(long)]
    pub(super) plain: bool,
    /// Also sort futures by how often rare hazards strike, and play each kind as often as is worth
    /// while: sharper means and tails, from as many replications again [default: chosen hazards]
    #[arg(long, value_name = "HAZARDS", num_args = 0..=1, require_equals = true,
        value_delimiter = ',', conflicts_with = "uncertain")]
    pub(super) strata: Option<Vec<String>>,
    /// Draw the figures that are in doubt this many times, each with its share of the replications
    #[arg(long, value_name = "DRAWS", conflicts_with_all = ["first", "stop"],
        value_parser = clap::value_parser!(u64).range(2..=10_000))]
    pub(super) uncertain: Option<u64>,
    /// Also say what any cleverer dispatch could gain, on this many paths [default: 20]
    #[arg(long, value_name = "PATHS", conflicts_with = "uncertain", num_args = 0..=1,
        default_missing_value = "20", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub(super) bound: Option<u64>,
    /// What to gather; the less, the faster [default: as the scenario says, or all]
    #[arg(long, value_name = "WHAT", value_enum)]
    pub(super) collect: Option<CollectArgument>,
    #[command(flatten)]
    pub(super) output: OutputArguments,
    /// Also write events.parquet, a row for each shortfall
    #[arg(long)]
    pub(super) events: bool,
    /// Leave out replications.parquet, a row for each replication
    #[arg(long)]
    pub(super) no_rows: bool,
}

/// What a run gathers.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum CollectArgument {
    /// System totals only
    System,
    /// And each market, field and route
    Markets,
    /// Everything
    All,
}

impl From<CollectArgument> for Collect {
    fn from(what: CollectArgument) -> Self {
        match what {
            CollectArgument::System => Self::System,
            CollectArgument::Markets => Self::Markets,
            CollectArgument::All => Self::All,
        }
    }
}

#[derive(Debug, Args)]
pub(super) struct StressArguments {
    #[command(flatten)]
    pub(super) scenario: ScenarioArguments,
    /// What to close, such as link.spm#1 or hub.cpc-kropotkin; may be repeated
    #[arg(long, value_name = "ID", required_unless_present_any = ["case", "log"])]
    close: Vec<String>,
    /// When the closure begins
    #[arg(long, value_name = "DATE")]
    from: Vec<String>,
    /// How long it lasts, such as '60 d' or '36 h'
    #[arg(long = "for", value_name = "DURATION")]
    lasts: Vec<String>,
    /// Share of capacity that is left [default: 0]
    #[arg(long, value_name = "SHARE")]
    left: Vec<String>,
    /// File that states the closures
    #[arg(long, value_name = "FILE")]
    pub(super) case: Option<PathBuf>,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

#[derive(Debug, Args)]
pub(super) struct FitArguments {
    /// Log of events
    pub(super) log: PathBuf,
    /// First instant of the window [default: the first event, with a warning]
    #[arg(long, value_name = "DATE")]
    pub(super) from: Option<String>,
    /// First instant after the window [default: the last event, with a warning]
    #[arg(long, value_name = "DATE")]
    pub(super) until: Option<String>,
    /// One estimate for each target, or one for all together; rows of the same second are one event
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = ByArgument::All)]
    pub(super) by: ByArgument,
    /// Count only events longer than this, such as '1 d', because short ones go unreported
    #[arg(long, value_name = "DURATION")]
    pub(super) longer_than: Option<String>,
    /// Whether events may cause further ones: if the log carries it, yes as asked, or no
    #[arg(long, value_name = "FORM", value_enum, default_value_t = CampaignArgument::Auto)]
    pub(super) campaign: CampaignArgument,
    /// Id of the [source.ID] table that the printed figures cite
    #[arg(long, value_name = "ID", value_parser = id)]
    pub(super) source: Option<String>,
    /// Print the estimates as JSON and nothing else
    #[arg(long)]
    pub(super) json: bool,
    /// Also write the form to paste to this file, which must not exist
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

/// What has an estimate of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum ByArgument {
    /// Each target
    Target,
    /// The whole log
    All,
}

/// Which form a process is printed in.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum CampaignArgument {
    /// A campaign if the log carries one
    Auto,
    /// A campaign
    Yes,
    /// A constant rate
    No,
}

impl From<CampaignArgument> for Form {
    fn from(form: CampaignArgument) -> Self {
        match form {
            CampaignArgument::Auto => Self::Auto,
            CampaignArgument::Yes => Self::Campaign,
            CampaignArgument::No => Self::Constant,
        }
    }
}

/// Reads an id: letters, digits, `-` and `_`.
fn id(text: &str) -> Result<String, String> {
    let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    if !text.is_empty() && text.chars().all(is_letter) {
        Ok(text.to_owned())
    } else {
        Err("ids are letters, digits, `-` and `_`".to_owned())
    }
}

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("which").required(true)))]
pub(super) struct ExplainArguments {
    #[command(flatten)]
    pub(super) scenario: ScenarioArguments,
    /// Number of the replication
    #[arg(long, value_name = "R", group = "which",
          value_parser = clap::value_parser!(u64).range(..i64::MAX as u64))]
    pub(super) replication: Option<u64>,
    /// The replication with the most undelivered
    #[arg(long, group = "which")]
    pub(super) worst: bool,
    /// The replication whose undelivered is this quantile, such as 0.95
    #[arg(long, value_name = "Q", group = "which", value_parser = share)]
    pub(super) quantile: Option<Fraction>,
    /// Number of replications to choose from [default: as the scenario says]
    #[arg(short = 'n', long, value_name = "N", conflicts_with = "replication",
          value_parser = clap::value_parser!(u64).range(1..i64::MAX as u64))]
    pub(super) replications: Option<u64>,
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

#[derive(Debug, Args)]
pub(super) struct BacktestArguments {
    /// Back-test file
    pub(super) file: PathBuf,
    /// Replays of each episode for its band [default: as the file says]
    #[arg(long, value_name = "N")]
    pub(super) replays: Option<u64>,
    /// Replications of each forecast [default: as the file says]
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) replications: Option<u64>,
    /// Seed of all random numbers [default: as the file says]
    #[arg(long, value_name = "S")]
    pub(super) seed: Option<u64>,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

#[derive(Debug, Args)]
pub(super) struct CheckArguments {
    #[command(flatten)]
    pub(super) scenario: ScenarioArguments,
    /// Print what the scenario describes as JSON and nothing else
    #[arg(long, conflicts_with = "dot")]
    pub(super) json: bool,
    /// Print the network as a Graphviz graph and nothing else
    #[arg(long)]
    pub(super) dot: bool,
}

#[derive(Debug, Args)]
pub(super) struct ExportArguments {
    /// Scenario file, or directory that `run` or `compare` wrote results into
    #[arg(value_name = "SCENARIO|DIR")]
    pub(super) from: PathBuf,
    /// What to write [default: what the name of the file of --out ends with]
    #[arg(long, value_enum)]
    pub(super) format: Option<ExportFormat>,
    /// File to write [default: standard output]
    #[arg(long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
    /// Replace the file of --out
    #[arg(long, requires = "out")]
    pub(super) overwrite: bool,
    /// Strategy whose results are written [default: the first]
    #[arg(long, value_name = "ID")]
    pub(super) strategy: Option<String>,
    /// Strategy file to apply to the scenario; several are applied together, in order
    #[arg(long, value_name = "STRATEGY")]
    pub(super) with: Vec<PathBuf>,
    /// Set one value of the scenario, such as link.spm.capacity='900 kb/d'
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
}

/// How a network is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(super) enum ExportFormat {
    /// `GeoJSON` (RFC 7946), for maps: QGIS, geojson.io
    Geojson,
    /// `GraphML`, for graph tools: networkx, yEd, Gephi
    Graphml,
    /// The language of Graphviz
    Dot,
}

/// A closure as it was stated.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Closure {
    /// What is closed.
    pub(super) target: String,
    /// When it begins.
    pub(super) from: String,
    /// How long it lasts.
    pub(super) lasts: String,
    /// Share left.
    pub(super) left: Option<String>,
}

/// The closures of `stress`: each `--close` with the `--from`, `--for` and `--left` after it.
///
/// The error is a sentence for the user.
pub(super) fn closures(matches: &ArgMatches) -> Result<Vec<Closure>, String> {
    /// A closure that is being read; its last three parts in the order of [`PARTS`].
    struct Open {
        target: String,
        parts: [Option<String>; 3],
    }
    const PARTS: [(&str, &str); 3] = [("from", "--from"), ("lasts", "--for"), ("left", "--left")];

    let mut words: Vec<(usize, Option<usize>, String)> = Vec::new();
    let ids = [
        ("close", None),
        ("from", Some(0)),
        ("lasts", Some(1)),
        ("left", Some(2)),
    ];
    for (id, part) in ids {
        let values = matches.get_many::<String>(id).into_iter().flatten();
        let places = matches.indices_of(id).into_iter().flatten();
        words.extend(
            places
                .zip(values)
                .map(|(place, value)| (place, part, value.clone())),
        );
    }
    words.sort();

    let mut open: Vec<Open> = Vec::new();
    for (_, part, value) in words {
        let Some(part) = part else {
            open.push(Open {
                target: value,
                parts: [None, None, None],
            });
            continue;
        };
        let option = PARTS[part].1;
        let Some(last) = open.last_mut() else {
            return Err(format!(
                "{option} `{value}` stands before any --close; put it after the one it belongs to"
            ));
        };
        if last.parts[part].is_some() {
            let target = &last.target;
            return Err(format!("{option} is given twice for --close `{target}`"));
        }
        last.parts[part] = Some(value);
    }
    let close = |Open {
                     target,
                     parts: [from, lasts, left],
                 }: Open| match (from, lasts) {
        (Some(from), Some(lasts)) => Ok(Closure {
            target,
            from,
            lasts,
            left,
        }),
        (None, _) => Err(format!("--close `{target}` needs --from DATE after it")),
        (_, None) => Err(format!("--close `{target}` needs --for DURATION after it")),
    };
    open.into_iter().map(close).collect()
}

fn share(text: &str) -> Result<Fraction, String> {
    let share = text.trim().parse().ok().and_then(Fraction::new);
    share.ok_or_else(|| "write a number from 0 to 1, such as 0.95".to_owned())
}

pub(super) fn stop(text: &str) -> Result<Stop, String> {
    let (metric, error) = text
        .split_once('=')
        .ok_or("write METRIC=REL, such as undelivered=0.01")?;
    let relative_error: f64 = error
        .trim()
        .parse()
        .map_err(|_| format!("`{error}` is not a number such as 0.01"))?;
    if !(relative_error > 0.0 && relative_error < 1.0) {
        return Err(format!("{error} is not between 0 and 1"));
    }
    Ok(Stop {
        metric: metric.trim().to_owned(),
        relative_error,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    fn read(line: &str) -> Result<Vec<Closure>, String> {
        let words = format!("keruen stress s.toml {line}");
        let matches = Arguments::command().get_matches_from(words.split(' '));
        closures(matches.subcommand_matches("stress").expect("a stress"))
    }

    fn closure(target: &str, from: &str, lasts: &str, left: Option<&str>) -> Closure {
        let [target, from, lasts] = [target, from, lasts].map(str::to_owned);
        Closure {
            target,
            from,
            lasts,
            left: left.map(str::to_owned),
        }
    }

    #[test]
    fn arguments_are_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_follows_a_closure_belongs_to_it() {
        let read = read(
            "--close link.a --for 60d --from 2026-01-10 --close=link.b --from 2026-02-01 --left 0.5 --for 1d",
        );
        assert_eq!(
            read.expect("complete"),
            [
                closure("link.a", "2026-01-10", "60d", None),
                closure("link.b", "2026-02-01", "1d", Some("0.5")),
            ]
        );
    }

    #[test]
    fn incomplete_closures_are_named() {
        let error = |line| read(line).expect_err("incomplete");
        assert!(error("--close link.a --for 1d").contains("needs --from"));
        assert!(error("--close link.a --from 2026-01-10").contains("needs --for"));
        assert!(error("--from 2026-01-10 --close link.a").contains("before any --close"));
        assert!(error("--close link.a --for 1d --for 2d").contains("twice"));
    }

    #[test]
    fn a_rule_to_stop_is_a_metric_and_a_share() {
        let read = stop("undelivered=0.01").expect("right");
        assert_eq!(
            (read.metric.as_str(), read.relative_error),
            ("undelivered", 0.01)
        );
        for wrong in [
            "undelivered",
            "undelivered=",
            "undelivered=0",
            "undelivered=1",
            "undelivered=NaN",
        ] {
            assert!(stop(wrong).is_err(), "{wrong}");
        }
    }
}
