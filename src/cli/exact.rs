//! `keruen exact`.

use clap::Args;

use crate::model::Collect;
use crate::report;
use crate::simulation::Settings;
use crate::study::{self, ExactError, MOST_STATES};

use super::arguments::ScenarioArguments;
use super::failure::Failure;
use super::observe::Steps;
use super::run::{Warnings, load, staging};
use super::shared::{OutputArguments, SamplingArguments};
use super::{interrupt, next, origin, terminal, write};

#[derive(Debug, Args)]
pub(super) struct ExactArguments {
    #[command(flatten)]
    pub(super) scenario: ScenarioArguments,
    /// Most states to solve
    #[arg(long, value_name = "COUNT", default_value_t = MOST_STATES,
        value_parser = clap::value_parser!(u64).range(1..=1 << 26))]
    pub(super) states: u64,
    /// Replications of the simulation beside it [default: as the scenario says]
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) replications: Option<u64>,
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    /// Leave the simulation out
    #[arg(long, conflicts_with_all = ["replications", "seed", "threads"])]
    pub(super) no_simulation: bool,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

/// Goes through all states of a scenario, and simulates it beside.
pub(super) fn exact(arguments: &ExactArguments) -> Result<(), Failure> {
    let scenario = load(&arguments.scenario, Warnings::InOneLine)?;
    let model = &scenario.model;
    let output = &arguments.output;
    interrupt::be_patient();
    let staging = staging(output, &arguments.scenario.scenario, "-exact")?;
    let cancelled = || Failure::Interrupted("interrupted; nothing is written".to_owned());
    let mut steps = Steps::new(arguments.output.quiet);
    let found = study::exact(model, &scenario.sha256, arguments.states, &mut steps);
    steps.clear();
    let mut found = found.map_err(|error| match error {
        ExactError::Cancelled => cancelled(),
        ExactError::Run(error) => error.into(),
        other => Failure::Unsuitable(other.to_string()),
    })?;
    if !arguments.no_simulation {
        let simulation = &model.simulation;
        let settings = Settings {
            seed: arguments.sampling.seed_or(simulation.seed),
            range: 0..arguments.replications.unwrap_or(simulation.replications),
            threads: arguments.sampling.threads(),
            collect: Collect::System,
            stop: None,
            shortfalls: false,
            rows: false,
            plain: true,
        };
        let mut steps = Steps::new(arguments.output.quiet);
        let whole = study::agree(&mut found, model, &settings, &mut steps);
        steps.clear();
        if !whole? {
            return Err(cancelled());
        }
    }
    let mut files = Vec::new();
    if let Some(mut staging) = staging {
        let beside = output.beside(origin::origin([&scenario]));
        write::exact_files(&found, &beside, &mut staging)?;
        files = staging.commit()?;
    }
    for warning in &found.warnings {
        terminal::warning(warning);
    }
    if output.json {
        return terminal::print(|out| report::json(&found, out));
    }
    if arguments.output.quiet {
        return Ok(());
    }
    terminal::print(|out| {
        report::exact_text(&found, terminal::width(), out)?;
        next::files(&files, out)
    })
}
