//! `keruen optimise`.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};

use crate::model::Strategy;
use crate::report;
use crate::results::Optimise;
use crate::scenario::{self, Amount, Catalogue, Kind, Overlaps, Request, Scenario, Study, amount};
use crate::study::{
    self, Goal, OptimiseError, OptimiseQuestion, OptimiseSettings, Price, Rules, TimingQuestion,
};
use crate::units::{DAYS_PER_YEAR, Fraction};

use super::failure::Failure;
use super::observe::Steps;
use super::run::staging;
use super::shared::{OutputArguments, SamplingArguments};
use super::{interrupt, next, origin, terminal, write};

#[derive(Debug, Args)]
pub(super) struct OptimiseArguments {
    /// Study file, or scenario file with strategies of --with
    pub(super) file: PathBuf,
    /// Strategy file to choose from, beside those of the study; may be repeated
    #[arg(long, value_name = "STRATEGY")]
    with: Vec<PathBuf>,
    /// Leave a strategy of the study out, by id; may be repeated
    #[arg(long, value_name = "ID")]
    without: Vec<String>,
    /// Set one value of the scenario, such as link.spm.capacity='900 kb/d'
    #[arg(long, value_name = "KEY=VALUE")]
    set: Vec<String>,
    /// What a portfolio may cost a year, such as '200 MUSD' [default: as the study says]
    #[arg(long, value_name = "MONEY", value_parser = money)]
    budget: Option<f64>,
    /// What it may cost to build, such as '2 bnUSD' [default: as the study says]
    #[arg(long, value_name = "MONEY", value_parser = money)]
    capex: Option<f64>,
    /// Strategies in a portfolio at most [default: as the study says]
    #[arg(long, value_name = "K")]
    at_most: Option<usize>,
    /// What a strategy costs, where its file does not say or says otherwise: ID='100 MUSD' to build,
    /// or ID='10 MUSD/yr' in all
    #[arg(long, value_name = "ID=MONEY", value_parser = stated_cost)]
    cost_of: Vec<(String, StatedCost)>,
    /// What portfolios are judged by: only one that is beaten by all of it is given up
    #[arg(long, value_name = "GOAL", value_enum, default_value_t = By::Both)]
    by: By,
    /// Futures of each portfolio for screening, at most
    #[arg(long, value_name = "N", default_value_t = 2_000,
          value_parser = clap::value_parser!(u64).range(2..=1_000_000))]
    screen: u64,
    /// Replications of each portfolio that is left, in futures not used for screening
    #[arg(short = 'n', long, value_name = "N", default_value_t = 20_000,
          value_parser = clap::value_parser!(u64).range(2..=10_000_000))]
    replications: u64,
    /// Replications under each combination of the study's cases, of each that may be on a frontier
    #[arg(long, value_name = "N", default_value_t = 500,
          value_parser = clap::value_parser!(u64).range(2..=10_000_000))]
    case_replications: u64,
    /// Difference that does not matter, as a share of what the base loses
    #[arg(long, value_name = "SHARE", default_value = "0.01", value_parser = share)]
    indifference: f64,
    /// What a barrel that is delivered is worth, such as '40 USD/bbl'
    #[arg(long, value_name = "PRICE", value_parser = price)]
    value: Option<f64>,
    /// Weight of the best case after Hurwicz
    #[arg(long, value_name = "SHARE", default_value = "0.5", value_parser = share)]
    optimism: f64,
    /// Mean loss a year that is still acceptable in a case, such as '30 Mb'
    #[arg(long, value_name = "VOLUME", value_parser = volume)]
    enough: Option<f64>,
    /// Weigh building now against waiting this long for what the axes leave open [default: 1 yr]
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "1 yr",
          value_parser = years, requires = "value")]
    timing: Option<f64>,
    /// Portfolio that may be built later, ids with commas between [default: the best ones]
    #[arg(long, value_name = "IDS", requires = "timing", value_delimiter = ',')]
    build: Vec<String>,
    #[command(flatten)]
    sampling: SamplingArguments,
    #[command(flatten)]
    output: OutputArguments,
}

/// What portfolios are judged by, beside their cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum By {
    /// Mean loss and the worst twentieth of losses
    Both,
    /// Mean loss
    Mean,
    /// The mean of the worst twentieth
    Tail,
}

/// What a strategy was said to cost.
#[derive(Clone, Copy, Debug, PartialEq)]
enum StatedCost {
    /// To build, USD.
    Capex(f64),
    /// In all, USD a year.
    Annual(f64),
}

/// Finds the portfolios of strategies that are worth their cost.
pub(super) fn optimise(arguments: &OptimiseArguments) -> Result<(), Failure> {
    let mut study = study_of(arguments)?;
    study.strategies.extend(arguments.with.iter().cloned());
    let (kept, places) = kept(&study, &arguments.without)?;
    let changes = study::changes(&study.axes);
    let catalogue = Catalogue::load(&study.base, &kept, &arguments.set, &changes)?;
    for warning in catalogue.warnings() {
        terminal::warning(&warning.one_line());
    }
    let strategies = priced(&catalogue, &arguments.cost_of)?;
    let rules = Rules {
        exclusive: moved(&study.exclusive, &places, true),
        requires: moved(&study.requires, &places, false),
        at_most: arguments.at_most.or(study.at_most),
        capex_budget_usd: arguments.capex.or(study.capex_budget_usd),
        capex_usd_per_year: study.capex_usd_per_year,
    };
    let timing = timing(arguments, &strategies)?;
    let question = OptimiseQuestion {
        name: study.name,
        catalogue: &catalogue,
        strategies,
        rules,
        overlaps: study.overlaps,
        axes: study.axes,
        budget_usd: arguments.budget.or(study.budget_usd),
    };
    let simulation = &catalogue.base().simulation;
    let settings = OptimiseSettings {
        seed: arguments.sampling.seed_or(simulation.seed),
        threads: arguments.sampling.threads(),
        screen: arguments.screen,
        replications: arguments.replications,
        case_replications: arguments.case_replications,
        goals: match arguments.by {
            By::Both => vec![Goal::Tail, Goal::Mean],
            By::Mean => vec![Goal::Mean],
            By::Tail => vec![Goal::Tail],
        },
        level: 0.95,
        indifference: arguments.indifference,
        value_usd_per_bbl: arguments.value,
        optimism: arguments.optimism,
        enough: arguments.enough,
        timing,
    };
    interrupt::be_patient();
    let output = &arguments.output;
    let staging = staging(output, &arguments.file, "-optimise")?;
    let mut steps = Steps::new(arguments.output.quiet);
    let found = study::optimise(&question, &settings, &mut steps);
    steps.clear();
    let Some(found) = found? else {
        let text = "interrupted; nothing is written".to_owned();
        return Err(Failure::Interrupted(text));
    };
    let mut files = Vec::new();
    if let Some(mut staging) = staging {
        let beside = output.beside(origin::origin(&apart(&study.base, &kept, &arguments.set)));
        write::optimise_files(&found, &beside, &mut staging)?;
        files = staging.commit()?;
    }
    if output.json {
        return terminal::print(|out| report::json(&found, out));
    }
    if arguments.output.quiet {
        return Ok(());
    }
    terminal::print(|out| {
        report::optimise_text(&found, terminal::width(), out)?;
        next::files(&files, out)?;
        after(&study.base, &kept, &found, out)
    })
}

/// The base and each strategy alone, for the figures that they state.
fn apart(base: &Path, strategies: &[PathBuf], set: &[String]) -> Vec<Scenario> {
    let alone = strategies.iter().map(std::slice::from_ref);
    let read = |with: &[PathBuf]| {
        let path = base;
        // All have been read before, so none is missing unless it was removed meanwhile.
        scenario::load(&Request { path, with, set }).ok()
    };
    std::iter::once(&[][..])
        .chain(alone)
        .filter_map(read)
        .collect()
}

/// Says how to look at the best portfolio closely.
fn after(base: &Path, kept: &[PathBuf], found: &Optimise, out: &mut dyn Write) -> io::Result<()> {
    let best = found
        .best
        .last()
        .map(|best| &found.portfolios[best.portfolio]);
    let Some(best) = best.filter(|best| !best.strategies.is_empty()) else {
        return Ok(());
    };
    write!(out, "\nNext:\n  keruen run {}", base.display())?;
    for path in kept
        .iter()
        .filter(|path| best.strategies.contains(&id_of(path)))
    {
        write!(out, " \\\n      --with {}", path.display())?;
    }
    writeln!(out)
}

/// The study that is asked about; a scenario is one without strategies of its own.
fn study_of(arguments: &OptimiseArguments) -> Result<Study, Failure> {
    let path = &arguments.file;
    let other = match scenario::kind(path)? {
        Kind::Study => return Ok(scenario::load_study(path)?),
        Kind::Scenario => {
            return Ok(Study {
                name: String::new(),
                about: String::new(),
                base: path.clone(),
                strategies: Vec::new(),
                stress: Vec::new(),
                budget_usd: None,
                capex_budget_usd: None,
                capex_usd_per_year: None,
                at_most: None,
                exclusive: Vec::new(),
                requires: Vec::new(),
                overlaps: Overlaps::default(),
                axes: Vec::new(),
            });
        }
        Kind::Strategy => "a strategy; add it to a scenario with --with",
        Kind::Stress => "a stress case",
        Kind::Backtest => "a back-test",
    };
    let path = path.display();
    Err(Failure::Unsuitable(format!(
        "`{path}` is {other}; name a study or a scenario"
    )))
}

/// The id of a strategy file.
fn id_of(path: &Path) -> String {
    scenario::Text::new(path.display().to_string(), "")
        .stem()
        .to_owned()
}

/// The strategies that are not left out, and where each of the study's is among them.
fn kept(study: &Study, without: &[String]) -> Result<(Vec<PathBuf>, Vec<Option<usize>>), Failure> {
    let ids: Vec<String> = study.strategies.iter().map(|path| id_of(path)).collect();
    for id in without {
        if !ids.contains(id) {
            return Err(Failure::Usage(format!(
                "--without `{id}` is no strategy to choose from; known: {}",
                ids.join(", ")
            )));
        }
    }
    let mut kept = Vec::new();
    let mut places = Vec::new();
    for (path, id) in study.strategies.iter().zip(&ids) {
        let is_kept = !without.contains(id);
        places.push(is_kept.then_some(kept.len()));
        if is_kept {
            kept.push(path.clone());
        }
    }
    Ok((kept, places))
}

/// Lists of strategies at their new places. One that is left out excludes nothing; what needs it
/// cannot be had.
fn moved(lists: &[Vec<usize>], places: &[Option<usize>], is_exclusive: bool) -> Vec<Vec<usize>> {
    let list = |list: &Vec<usize>| -> Vec<usize> {
        let mut list: Vec<Option<usize>> = list.iter().map(|&at| places[at]).collect();
        if is_exclusive {
            list.retain(Option::is_some);
        }
        list.into_iter().map_while(|at| at).collect()
    };
    lists
        .iter()
        .map(list)
        .filter(|list| list.len() > 1)
        .collect()
}

/// The strategies with the costs of the command line.
fn priced(catalogue: &Catalogue, costs: &[(String, StatedCost)]) -> Result<Vec<Strategy>, Failure> {
    let mut strategies: Vec<Strategy> = catalogue.strategies().cloned().collect();
    let ids: Vec<String> = strategies
        .iter()
        .map(|strategy| strategy.id.clone())
        .collect();
    let common = |of: &dyn Fn(&Strategy) -> Option<f64>| {
        let mut stated = strategies.iter().filter_map(of);
        let first = stated.next()?;
        stated.all(|other| other == first).then_some(first)
    };
    let lifetime = common(&|strategy| strategy.lifetime_years);
    let discount = common(&|strategy| strategy.discount);
    for (id, cost) in costs {
        let Some(strategy) = strategies.iter_mut().find(|strategy| strategy.id == *id) else {
            return Err(Failure::Usage(format!(
                "--cost-of `{id}` is no strategy to choose from; known: {}",
                ids.join(", ")
            )));
        };
        match *cost {
            StatedCost::Annual(usd) => {
                strategy.capex_usd = Some(0.0);
                strategy.opex_usd = Some(usd);
            }
            StatedCost::Capex(usd) => {
                strategy.capex_usd = Some(usd);
                // All the others say the same, so this is most likely meant too.
                strategy.lifetime_years = strategy.lifetime_years.or(lifetime);
                strategy.discount = strategy.discount.or(discount);
                if Price::of(strategy).is_none() {
                    return Err(Failure::Usage(format!(
                        "--cost-of `{id}`: its file states no `lifetime`; write what it costs a \
                         year, such as {id}='10 MUSD/yr'"
                    )));
                }
            }
        }
    }
    Ok(strategies)
}

fn timing(
    arguments: &OptimiseArguments,
    strategies: &[Strategy],
) -> Result<Option<TimingQuestion>, Failure> {
    let Some(wait_years) = arguments.timing else {
        return Ok(None);
    };
    let place = |id: &String| {
        let place = strategies.iter().position(|strategy| strategy.id == *id);
        place.ok_or_else(|| Failure::Usage(format!("--build `{id}` is no strategy to choose from")))
    };
    let places: Vec<usize> = arguments
        .build
        .iter()
        .map(place)
        .collect::<Result<_, _>>()?;
    Ok(Some(TimingQuestion {
        portfolio: (!places.is_empty()).then_some(places),
        wait_years,
    }))
}

impl From<OptimiseError> for Failure {
    fn from(error: OptimiseError) -> Self {
        match error {
            OptimiseError::Invalid(invalid) => Self::Invalid(Box::new(invalid)),
            OptimiseError::Run(error) => error.into(),
            OptimiseError::NoOptions => Self::Usage(format!("{error}; name some with --with")),
            OptimiseError::NoCost { .. } => Self::Unsuitable(format!(
                "{error}. State `capex` and `lifetime`, or `opex`, in each file, or say it here: \
                 --cost-of ID='100 MUSD' to build, --cost-of ID='10 MUSD/yr' in all; --without ID \
                 leaves one out"
            )),
            OptimiseError::TooManyOptions { .. } => {
                Self::Unsuitable(format!("{error}: leave some out with --without ID"))
            }
            other => Self::Unsuitable(format!(
                "{other}: add rules to the study (`exclusive`, `requires`, `at_most`), or leave \
                 strategies out with --without ID"
            )),
        }
    }
}

/// Money, with or without "a year".
fn money(text: &str) -> Result<f64, String> {
    let text = text.trim();
    amount(text.strip_suffix("/yr").unwrap_or(text), Amount::Money)
}

fn stated_cost(text: &str) -> Result<(String, StatedCost), String> {
    let (id, cost) = text
        .split_once('=')
        .ok_or("write ID='100 MUSD' or ID='10 MUSD/yr'")?;
    let usd = money(cost)?;
    let cost = if cost.trim().ends_with("/yr") {
        StatedCost::Annual(usd)
    } else {
        StatedCost::Capex(usd)
    };
    Ok((id.trim().to_owned(), cost))
}

fn price(text: &str) -> Result<f64, String> {
    amount(text, Amount::Price)
}

fn volume(text: &str) -> Result<f64, String> {
    amount(text, Amount::Volume)
}

fn years(text: &str) -> Result<f64, String> {
    amount(text, Amount::Time).map(|days| days / DAYS_PER_YEAR)
}

fn share(text: &str) -> Result<f64, String> {
    let share = text.trim().parse().ok().and_then(Fraction::new);
    share
        .map(Fraction::get)
        .ok_or_else(|| "write a number from 0 to 1, such as 0.01".to_owned())
}
