//! `keruen rank`.

use clap::{Args, ValueEnum};

use crate::model::Collect;
use crate::report;
use crate::results::{Importance, Rank, Shapley, TimesToRecover};
use crate::scenario::Scenario;
use crate::simulation::Settings;
use crate::study::{
    self, FuturesSettings, ImportanceSettings, Players, RankSettings, ShapleySettings,
};
use crate::units::{BarrelsPerDay, Fraction, MAX_RATE};

use super::arguments::ScenarioArguments;
use super::failure::Failure;
use super::observe::Steps;
use super::run::{Warnings, load, staging};
use super::shared::{OutputArguments, SamplingArguments};
use super::{interrupt, next, origin, terminal, write};

/// Replications if nothing else is said, unless the scenario asks for fewer.
const REPLICATIONS: u64 = 1_000;

/// Level of the conditional value at risk.
const LEVEL: f64 = 0.95;

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
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    /// With --by shapley: among whom the loss is divided
    #[arg(long, value_name = "WHO", value_enum, default_value_t = PlayersArgument::Hazards)]
    pub(super) players: PlayersArgument,
    /// With --by shapley and more than 10 players: random orders in which they join, in pairs of
    /// which the second is the first backwards
    #[arg(long, value_name = "N", default_value_t = 12,
        value_parser = clap::value_parser!(u64).range(2..=100_000))]
    pub(super) orders: u64,
    /// With --by shadow-price: change of capacity, in kb/d, for which earnings are compared
    #[arg(long, value_name = "KBD", default_value = "1", value_parser = step)]
    pub(super) step: BarrelsPerDay,
    /// With --by shadow-price: change of a tank as a share of its size; at least 10 kb
    #[arg(long, value_name = "SHARE", default_value = "0.01", value_parser = share)]
    pub(super) tank_step: Fraction,
    /// With --by shadow-price, where there are tanks: how many of the first links, hubs and markets are
    /// played again with a step more and a step less
    #[arg(long, value_name = "N", default_value_t = 12)]
    pub(super) played: usize,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

/// What is ranked, and by what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum By {
    /// Capacities by what one more kb/d delivers and earns, and how often each is the bottleneck
    ShadowPrice,
    /// Hazards and elements by what is saved if they never fail and lost if they are down
    Importance,
    /// Hazards or their classes by their shares of the loss, which add up
    Shapley,
    /// Elements by how long they are out against how long tanks and other ways make up for it
    Recovery,
}

/// Among whom a loss is divided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum PlayersArgument {
    /// Each hazard
    Hazards,
    /// Each class of hazards: weather, technical, attack, …
    Classes,
}

/// What was found.
enum Found {
    Prices(Rank),
    Importance(Importance),
    Shapley(Shapley),
    Recovery(TimesToRecover),
}

/// Ranks what a scenario has.
pub(super) fn rank(arguments: &RankArguments) -> Result<(), Failure> {
    let scenario = load(&arguments.scenario, Warnings::InOneLine)?;
    let output = &arguments.output;
    interrupt::be_patient();
    let staging = staging(output, &arguments.scenario.scenario, "-rank")?;
    let mut steps = Steps::new(arguments.output.quiet);
    let found = found(arguments, &scenario, &mut steps);
    steps.clear();
    let Some(found) = found? else {
        let text = "interrupted; nothing is written".to_owned();
        return Err(Failure::Interrupted(text));
    };
    let mut files = Vec::new();
    if let Some(mut staging) = staging {
        let beside = &output.beside(origin::origin([&scenario]));
        match &found {
            Found::Prices(found) => write::rank_files(found, beside, &mut staging)?,
            Found::Importance(found) => write::importance_files(found, beside, &mut staging)?,
            Found::Shapley(found) => write::shapley_files(found, beside, &mut staging)?,
            Found::Recovery(found) => write::recovery_files(found, beside, &mut staging)?,
        }
        files = staging.commit()?;
    }
    if output.json {
        return terminal::print(|out| match &found {
            Found::Prices(found) => report::json(found, out),
            Found::Importance(found) => report::json(found, out),
            Found::Shapley(found) => report::json(found, out),
            Found::Recovery(found) => report::json(found, out),
        });
    }
    if arguments.output.quiet {
        return Ok(());
    }
    let width = terminal::width();
    terminal::print(|out| {
        match &found {
            Found::Prices(found) => report::rank_text(found, width, out)?,
            Found::Importance(found) => report::importance_text(found, width, out)?,
            Found::Shapley(found) => report::shapley_text(found, width, out)?,
            Found::Recovery(found) => report::recovery_text(found, width, out)?,
        }
        next::files(&files, out)
    })
}

/// Plays what is asked for; `None` if it was interrupted.
fn found(
    arguments: &RankArguments,
    scenario: &Scenario,
    steps: &mut Steps,
) -> Result<Option<Found>, Failure> {
    let (model, sha256) = (&scenario.model, scenario.sha256.as_str());
    let simulation = &model.simulation;
    let usual = simulation.replications.min(REPLICATIONS);
    let futures = FuturesSettings {
        seed: arguments.sampling.seed_or(simulation.seed),
        range: 0..arguments.replications.unwrap_or(usual),
        threads: arguments.sampling.threads(),
    };
    let found = match arguments.by {
        By::ShadowPrice => {
            let settings = RankSettings {
                run: Settings {
                    seed: futures.seed,
                    range: futures.range,
                    threads: futures.threads,
                    collect: Collect::System,
                    stop: None,
                    shortfalls: false,
                    rows: false,
                    plain: true,
                },
                step: arguments.step,
                tank_step: arguments.tank_step,
                played: arguments.played,
            };
            let found = study::rank_by_shadow_price(model, sha256, &settings, steps)?;
            found.map(Found::Prices)
        }
        By::Importance => {
            let level = LEVEL;
            let settings = ImportanceSettings { futures, level };
            let found = study::rank_by_importance(model, sha256, &settings, steps)?;
            found.map(Found::Importance)
        }
        By::Shapley => {
            let settings = ShapleySettings {
                futures,
                level: LEVEL,
                players: match arguments.players {
                    PlayersArgument::Hazards => Players::Hazards,
                    PlayersArgument::Classes => Players::Classes,
                },
                orders: arguments.orders,
            };
            let found = study::rank_by_shapley(model, sha256, &settings, steps)?;
            found.map(Found::Shapley)
        }
        By::Recovery => {
            let found = study::rank_by_recovery(model, sha256, &futures, steps)?;
            found.map(Found::Recovery)
        }
    };
    Ok(found)
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
