//! `keruen rank`.

use clap::{Args, ValueEnum};

use crate::model::Collect;
use crate::report;
use crate::simulation::Settings;
use crate::study::{self, RankSettings};
use crate::units::{BarrelsPerDay, Fraction, MAX_RATE};

use super::arguments::{OutputArguments, ScenarioArguments};
use super::failure::Failure;
use super::observe::Steps;
use super::run::{Warnings, load, staging};
use super::{interrupt, next, terminal, write};

/// Replications if nothing else is said, unless the scenario asks for fewer.
const REPLICATIONS: u64 = 1_000;

#[derive(Debug, Args)]
pub(super) struct RankArguments {
    #[command(flatten)]
    pub(super) scenario: ScenarioArguments,
    /// By what
    #[arg(long, value_name = "WHAT", value_enum, default_value_t = By::ShadowPrice)]
    pub(super) by: By,
    /// Number of replications [default: 1000, or as the scenario says if that is less]
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) replications: Option<u64>,
    /// Seed of all random numbers
    #[arg(long, value_name = "S")]
    pub(super) seed: Option<u64>,
    /// Threads [default: all processors]; changes no number
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
    /// Change of capacity, in kb/d, for which earnings are compared
    #[arg(long, value_name = "KBD", default_value = "1", value_parser = step)]
    pub(super) step: BarrelsPerDay,
    /// Change of a tank as a share of its size; at least 10 kb
    #[arg(long, value_name = "SHARE", default_value = "0.01", value_parser = share)]
    pub(super) tank_step: Fraction,
    #[command(flatten)]
    pub(super) output: OutputArguments,
    /// Show no progress and no report; warnings and errors stay
    #[arg(long, short)]
    pub(super) quiet: bool,
}

/// What elements are ranked by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum By {
    /// What one more kb/d of capacity delivers and earns
    ShadowPrice,
}

/// Ranks the elements of a scenario.
pub(super) fn rank(arguments: &RankArguments) -> Result<(), Failure> {
    let scenario = load(&arguments.scenario, Warnings::InOneLine)?;
    let model = &scenario.model;
    let output = &arguments.output;
    interrupt::be_patient();
    let staging = staging(output, &arguments.scenario.scenario, "-rank")?;
    let simulation = &model.simulation;
    let usual = simulation.replications.min(REPLICATIONS);
    let settings = RankSettings {
        run: Settings {
            seed: arguments.seed.unwrap_or(simulation.seed),
            range: 0..arguments.replications.unwrap_or(usual),
            threads: arguments.threads.map_or(0, usize::from),
            collect: Collect::System,
            stop: None,
            shortfalls: false,
            rows: false,
            plain: true,
        },
        step: arguments.step,
        tank_step: arguments.tank_step,
    };
    let mut steps = Steps::new(arguments.quiet);
    let found = match arguments.by {
        By::ShadowPrice => {
            study::rank_by_shadow_price(model, &scenario.sha256, &settings, &mut steps)
        }
    };
    steps.clear();
    let Some(found) = found? else {
        let text = "interrupted; nothing is written".to_owned();
        return Err(Failure::Interrupted(text));
    };
    let mut files = Vec::new();
    if let Some(mut staging) = staging {
        write::rank_files(&found, !output.no_charts, &mut staging)?;
        files = staging.commit()?;
    }
    if output.json {
        return terminal::print(|out| report::json(&found, out));
    }
    if arguments.quiet {
        return Ok(());
    }
    terminal::print(|out| {
        report::rank_text(&found, terminal::width(), out)?;
        next::files(&files, out)
    })
}

fn step(text: &str) -> Result<BarrelsPerDay, String> {
    let rate: Option<f64> = text.trim().parse().ok();
    let rate = rate
        .map(|kbd| (kbd * 1_000.0).round())
        .filter(|&rate| rate >= 1.0 && rate <= MAX_RATE.0 as f64);
    rate.map(|rate| BarrelsPerDay(rate as i64))
        .ok_or_else(|| "write a number of kb/d, such as 1 or 0.5".to_owned())
}

fn share(text: &str) -> Result<Fraction, String> {
    let share = text.trim().parse().ok().and_then(Fraction::new);
    share
        .filter(|share| share.get() > 0.0)
        .ok_or_else(|| "write a number above 0 and up to 1, such as 0.01".to_owned())
}
