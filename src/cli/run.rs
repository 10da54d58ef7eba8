//! `keruen run`.

use std::fs::File;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

use crate::model::Model;
use crate::report;
use crate::results::{Summary, UncertainFigure};
use crate::scenario::{self, Doubt, Request, Scenario};
use crate::simulation::{self, Draws, RunError, Settings};
use crate::study::{self, StrataError};

use super::arguments::{RunArguments, ScenarioArguments};
use super::failure::{self, Failure};
use super::observe::{self, Rows, Watcher};
use super::output::{Replace, Staging, usual_target};
use super::shared::OutputArguments;
use super::write::{EVENTS, REPLICATIONS};
use super::{interrupt, next, origin, terminal, write};

/// Runs a scenario.
pub(super) fn run(arguments: &RunArguments) -> Result<(), Failure> {
    let scenario = load(&arguments.scenario, Warnings::InOneLine)?;
    let output = &arguments.output;
    let mut settings = settings(arguments, &scenario.model)?;
    let draws = draws(arguments, &scenario, &settings)?;
    interrupt::be_patient();
    let mut staging = staging(output, &arguments.scenario.scenario, "")?;
    settings.rows = staging.is_some() && !arguments.no_rows;
    settings.shortfalls = staging.is_some() && arguments.events;

    let mut watcher = Watcher::new(
        strategy_id(&scenario.model),
        draws.is_some(),
        arguments.output.quiet,
    );
    let provenance = write::provenance(&scenario.model.name, &scenario.sha256, settings.seed);
    if let Some(staging) = &mut staging {
        let target = staging.target().to_owned();
        let begun = |source| Failure::writing(&target, source);
        if settings.rows {
            let file = staging.begin(REPLICATIONS)?;
            watcher.replications =
                Some(observe::replication_rows(file, draws.is_some(), &provenance).map_err(begun)?);
        }
        if settings.shortfalls {
            let file = staging.begin(EVENTS)?;
            watcher.shortfalls =
                Some(observe::shortfall_rows(file, draws.is_some(), &provenance).map_err(begun)?);
        }
    }

    let wanted = settings.range.end - settings.range.start;
    let wanted = draws.map_or(wanted, |draws| draws.count * draws.replications);
    let ran = match (draws, &arguments.strata) {
        (Some(draws), _) => run_uncertain(&scenario, draws, &settings, &mut watcher)
            .map(|run| (run, None))
            .map_err(StrataError::Run),
        (None, Some(hazards)) => {
            study::run_with_strata(&scenario.model, &settings, hazards, &mut watcher)
                .map(|found| (found.run, found.strata))
        }
        (None, None) => simulation::run(&scenario.model, &settings, &mut watcher)
            .map(|run| (run, None))
            .map_err(StrataError::Run),
    };
    watcher.clear();
    let (ran, strata) = ran.map_err(|error| match (error, &staging) {
        (StrataError::Run(RunError::Io(source)), Some(staging)) => {
            Failure::writing(staging.target(), source)
        }
        (StrataError::Run(error), _) => error.into(),
        (error, _) => Failure::Unsuitable(error.to_string()),
    })?;
    let is_interrupted = ran.stopped == simulation::Stopped::Interrupted;
    if ran.replications == 0 {
        let text = "interrupted before any replication was done; nothing is written";
        return Err(Failure::Interrupted(text.to_owned()));
    }
    let mut summary = simulation::summary(&scenario.model, &scenario.sha256, &settings, ran);
    say_doubts(&mut summary, &scenario.doubts);
    let lacks_strata = arguments.strata.is_some() && strata.is_none();
    summary.strata = strata;
    if lacks_strata && !is_interrupted {
        let text =
            "interrupted before the sorted futures were done: there are no estimates by strata";
        summary.warnings.push(text.to_owned());
    }
    if let Some(paths) = arguments.bound.filter(|_| !is_interrupted) {
        let first = settings.range.start;
        let range = first..first + paths.min(summary.replications);
        let bound = simulation::foresight(&scenario.model, settings.seed, range, &mut watcher);
        watcher.clear();
        summary.bound = Some(bound?);
    }

    let mut files = Vec::new();
    if let Some(mut staging) = staging {
        end_rows(&staging, REPLICATIONS, watcher.replications.take())?;
        end_rows(&staging, EVENTS, watcher.shortfalls.take())?;
        let beside = output.beside(origin::origin([&scenario]));
        write::run_files(&summary, &beside, &mut staging)?;
        files = staging.commit()?;
    }

    for warning in &summary.warnings {
        terminal::warning(warning);
    }
    let printed = print(arguments, &summary, &files);
    if is_interrupted {
        let done = report::counted(summary.replications);
        let wanted = report::counted(wanted);
        let marked = "the results hold those and are marked `interrupted`";
        let text = format!("interrupted after {done} of {wanted} replications; {marked}");
        return Err(Failure::Interrupted(text));
    }
    if lacks_strata {
        let text =
            "interrupted before the sorted futures were done; the results hold the plain ones";
        return Err(Failure::Interrupted(text.to_owned()));
    }
    printed
}

fn print(
    arguments: &RunArguments,
    summary: &Summary,
    files: &[std::path::PathBuf],
) -> Result<(), Failure> {
    if arguments.output.json {
        return terminal::print(|out| report::json(summary, out));
    }
    if arguments.output.quiet {
        return Ok(());
    }
    terminal::print(|out| {
        report::run_text(summary, terminal::width(), out)?;
        next::files(files, out)?;
        {
            let asked = &arguments.scenario;
            next::after_run((&asked.scenario, &asked.log), summary, files, out)
        }
    })
}

pub(super) fn end_rows(staging: &Staging, name: &str, rows: Option<Rows>) -> Result<(), Failure> {
    let Some(rows) = rows else { return Ok(()) };
    let file: BufWriter<File> = rows
        .finish()
        .map_err(|source| Failure::writing(Path::new(name), source))?;
    staging.end(name, file)
}

/// How the scenario is run: what the command line says goes before what the file says.
fn settings(arguments: &RunArguments, model: &Model) -> Result<Settings, Failure> {
    let simulation = &model.simulation;
    let replications = arguments.replications.unwrap_or(simulation.replications);
    let end = arguments
        .first
        .checked_add(replications)
        .filter(|&end| i64::try_from(end).is_ok());
    let end = end.ok_or_else(|| {
        Failure::Usage("--first and -n together pass the last replication there is".to_owned())
    })?;
    // A number of replications that is asked for is meant.
    let stop = simulation
        .stop
        .clone()
        .filter(|_| arguments.replications.is_none());
    Ok(Settings {
        seed: arguments.sampling.seed_or(simulation.seed),
        range: arguments.first..end,
        threads: arguments.sampling.threads(),
        collect: arguments.collect.map_or(simulation.collect, Into::into),
        stop: arguments.stop.clone().or(stop),
        shortfalls: false,
        rows: false,
        plain: arguments.plain || arguments.uncertain.is_some(),
    })
}

/// How often figures in doubt are drawn; `None` if they are not.
fn draws(
    arguments: &RunArguments,
    scenario: &Scenario,
    settings: &Settings,
) -> Result<Option<Draws>, Failure> {
    let Some(count) = arguments.uncertain else {
        return Ok(None);
    };
    if scenario.doubts.is_empty() {
        return Err(Failure::Unsuitable(format!(
            "no figure of `{}` is in doubt, so that --uncertain has nothing to draw; give figures \
             their doubt: `{{ value = \"2 /yr\", low = \"1 /yr\", high = \"4 /yr\" }}`, or counted events: \
             `{{ events = 4, exposure = \"3.75 yr\" }}`",
            arguments.scenario.scenario.display()
        )));
    }
    let asked = settings.range.end - settings.range.start;
    let draws = Draws::of(count, asked);
    let total = draws.count * draws.replications;
    if total > asked && !arguments.output.quiet {
        terminal::note(&format!(
            "{} replications instead of {}, so that each of {count} draws has {}",
            report::counted(total),
            report::counted(asked),
            report::counted(draws.replications),
        ));
    }
    Ok(Some(draws))
}

/// Runs a scenario with draws of its figures in doubt.
fn run_uncertain(
    scenario: &Scenario,
    draws: Draws,
    settings: &Settings,
    watcher: &mut Watcher,
) -> Result<simulation::Run, RunError> {
    let drawn = |draw: u64| {
        let uniform = |path: &str| simulation::doubt_uniform(settings.seed, draw, path);
        scenario.drawn(&uniform).map_err(Into::into)
    };
    simulation::run_uncertain(&scenario.model, draws, &drawn, settings, watcher)
}

/// Says which figures are in doubt, and whether they were drawn.
fn say_doubts(summary: &mut Summary, doubts: &[Doubt]) {
    let Some(uncertainty) = &mut summary.uncertainty else {
        summary.figures_in_doubt = doubts.len() as u64;
        return;
    };
    uncertainty.parameters = doubts
        .iter()
        .map(|doubt| UncertainFigure {
            path: doubt.path.clone(),
            form: doubt.form.to_owned(),
            value: doubt.value.clone(),
            low: doubt.low.clone(),
            high: doubt.high.clone(),
            source: doubt.sources.clone(),
        })
        .collect();
    if uncertainty.replications_per_draw < 2 {
        let text = "with one replication for each draw, what chance does and what is not known \
                    cannot be told apart: give at least twice as many replications as draws";
        summary.warnings.push(text.to_owned());
    }
}

/// The id of what is run, as the results name it.
pub(super) fn strategy_id(model: &Model) -> String {
    let ids: Vec<&str> = model
        .strategies
        .iter()
        .map(|strategy| strategy.id.as_str())
        .collect();
    if ids.is_empty() {
        "baseline".to_owned()
    } else {
        ids.join("+")
    }
}

/// How what is odd about a scenario is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Warnings {
    /// Each with its place in the file underlined, and advice.
    InFull,
    /// Each in one line.
    InOneLine,
}

/// What a file that is no scenario is instead, if it says so.
fn unsuitable(path: &Path) -> Option<Failure> {
    let what = match scenario::kind(path).ok()? {
        scenario::Kind::Scenario => return None,
        scenario::Kind::Strategy => "a strategy; add it to a scenario with --with",
        scenario::Kind::Study => {
            "a study; compare its strategies with `keruen compare`, or choose among them with `keruen optimise`"
        }
        scenario::Kind::Stress => "a stress case; use `keruen stress SCENARIO --case`",
        scenario::Kind::Backtest => "a back-test; use `keruen backtest`",
    };
    Some(Failure::Unsuitable(format!(
        "`{}` is {what}",
        path.display()
    )))
}

/// Reads a scenario and says what is odd about it.
pub(super) fn load(
    arguments: &ScenarioArguments,
    warnings: Warnings,
) -> Result<scenario::Scenario, Failure> {
    let path = &arguments.scenario;
    let request = Request {
        path,
        with: &arguments.with,
        set: &arguments.set,
    };
    // Only what is no scenario can be of another kind, and to find out it is read once more.
    let mut scenario = scenario::load_with_logs(&request, &arguments.log)
        .map_err(|error| unsuitable(path).unwrap_or_else(|| error.into()))?;
    if arguments.only_log {
        keep_logs(&mut scenario.model, &arguments.log);
    }
    for warning in &scenario.warnings {
        match (warnings, warning.place()) {
            (Warnings::InFull, _) => failure::diagnostic(warning),
            (Warnings::InOneLine, None) => terminal::warning(warning.message()),
            (Warnings::InOneLine, Some((file, line))) => {
                terminal::warning(&format!("{file}:{line}: {}", warning.message()));
            }
        }
    }
    Ok(scenario)
}

/// Leaves the recorded outages of these logs as the only hazards.
pub(super) fn keep_logs(model: &mut Model, logs: &[PathBuf]) {
    let ids = scenario::replay_ids(logs);
    model.hazards.retain(|hazard| ids.contains(&hazard.id));
}

/// The directory to write into; `None` if nothing is to be written.
pub(super) fn staging(
    arguments: &OutputArguments,
    scenario: &Path,
    suffix: &str,
) -> Result<Option<Staging>, Failure> {
    match &arguments.out {
        None if arguments.json && arguments.xlsx => {
            let text =
                "with --json nothing is written that is not given a place: add --out DIR to --xlsx";
            Err(Failure::Usage(text.to_owned()))
        }
        None if arguments.json => Ok(None),
        // The usual place is the program's own.
        None => Staging::open(&usual_target(scenario, suffix), Replace::Results).map(Some),
        Some(target) => {
            let replace = if arguments.overwrite {
                Replace::Results
            } else {
                Replace::Nothing
            };
            Staging::open(target, replace).map(Some)
        }
    }
}
