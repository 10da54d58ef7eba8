//! `keruen compare`.

use clap::Args;

use crate::model::{Collect, Stop};
use crate::report;
use crate::simulation::{Observer, Row, Settings};
use crate::study;

use super::alternatives::{self, AlternativesArguments};
use super::arguments::{CollectArgument, stop};
use super::failure::Failure;
use super::observe::{self, Steps, Watcher};
use super::run::{staging, strategy_id};
use super::shared::{OutputArguments, SamplingArguments};
use super::write::REPLICATIONS;
use super::{interrupt, next, origin, terminal, write};

#[derive(Debug, Args)]
pub(super) struct CompareArguments {
    #[command(flatten)]
    pub(super) alternatives: AlternativesArguments,
    /// Number of replications; cancels the scenario's own rule to stop
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..))]
    pub(super) replications: Option<u64>,
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    /// Stop once a 95 % interval is within this share of its estimate in all strategies, such as
    /// undelivered=0.01
    #[arg(long, value_name = "METRIC=REL", value_parser = stop)]
    pub(super) stop: Option<Stop>,
    /// Leave control variates out, which stand beside the plain means of each strategy
    #[arg(long)]
    pub(super) plain: bool,
    /// What to gather; the less, the faster
    #[arg(long, value_name = "WHAT", value_enum, default_value = "markets")]
    pub(super) collect: CollectArgument,
    #[command(flatten)]
    pub(super) output: OutputArguments,
    /// Leave out replications.parquet, a row for each strategy and replication
    #[arg(long)]
    pub(super) no_rows: bool,
}

/// Compares strategies with a base in the same futures.
pub(super) fn compare(arguments: &CompareArguments) -> Result<(), Failure> {
    let alternatives = alternatives::load(&arguments.alternatives)?;
    let (base, others) = (&alternatives.base, alternatives.models());
    let output = &arguments.output;
    interrupt::be_patient();
    let mut staging = staging(output, &alternatives.file, "-compare")?;
    let simulation = &base.model.simulation;
    let wanted = arguments.replications.unwrap_or(simulation.replications);
    let own_stop = simulation
        .stop
        .clone()
        .filter(|_| arguments.replications.is_none());
    let settings = Settings {
        seed: arguments.sampling.seed_or(simulation.seed),
        range: 0..wanted,
        threads: arguments.sampling.threads(),
        collect: Collect::from(arguments.collect),
        stop: arguments.stop.clone().or(own_stop),
        shortfalls: false,
        rows: true,
        plain: arguments.plain,
    };

    let models = std::iter::once(&base.model).chain(others.iter().copied());
    let mut watchers: Vec<Watcher> = models
        .map(|model| Watcher::new(strategy_id(model), false, true))
        .collect();
    // One file holds the rows of all; it goes from watcher to watcher.
    let mut file = None;
    if let Some(staging) = staging.as_mut().filter(|_| !arguments.no_rows) {
        let provenance = write::provenance(&base.model.name, &base.sha256, settings.seed);
        let target = staging.target().to_owned();
        let rows = staging.begin(REPLICATIONS)?;
        let begun = observe::replication_rows(rows, false, &provenance);
        file = Some(begun.map_err(|source| Failure::writing(&target, source))?);
    }
    let sink = |number: usize, rows: &[Row]| {
        let Some(own) = file.take() else {
            return Ok(());
        };
        let watcher = &mut watchers[number];
        watcher.replications = Some(own);
        let written = watcher.rows(rows);
        file = watcher.replications.take();
        written
    };
    let mut steps = Steps::new(arguments.output.quiet);
    let found = study::compare(
        &base.model,
        &others,
        &base.sha256,
        &settings,
        sink,
        &mut steps,
    );
    steps.clear();
    let Some(found) = found? else {
        let text = "interrupted before any replication was done; nothing is written".to_owned();
        return Err(Failure::Interrupted(text));
    };
    let mut files = Vec::new();
    if let Some(mut staging) = staging {
        super::run::end_rows(&staging, REPLICATIONS, file)?;
        let beside = output.beside(origin::origin(
            std::iter::once(base).chain(&alternatives.others),
        ));
        write::run_files(&found, &beside, &mut staging)?;
        files = staging.commit()?;
    }
    for warning in &found.warnings {
        terminal::warning(warning);
    }
    if output.json {
        terminal::print(|out| report::json(&found, out))?;
    } else if !arguments.output.quiet {
        terminal::print(|out| {
            report::compare_text(&found, terminal::width(), out)?;
            next::files(&files, out)
        })?;
    }
    if found.stopped == "interrupted" {
        let done = report::counted(found.replications);
        let wanted = report::counted(wanted);
        let marked = "the results hold those and are marked `interrupted`";
        let text = format!("interrupted after {done} of {wanted} replications; {marked}");
        return Err(Failure::Interrupted(text));
    }
    Ok(())
}
