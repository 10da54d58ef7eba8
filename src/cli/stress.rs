//! `keruen stress`.

use clap::ArgMatches;

use crate::model::Hazard;
use crate::report;
use crate::{scenario, simulation};

use super::arguments::{StressArguments, closures};
use super::failure::Failure;
use super::run::{Warnings, keep_logs, load, staging};
use super::{interrupt, next, origin, terminal, write};

/// Shows what stated closures do.
pub(super) fn stress(arguments: &StressArguments, matches: &ArgMatches) -> Result<(), Failure> {
    let stated = closures(matches).map_err(Failure::Usage)?;
    let mut scenario = load(&arguments.scenario, Warnings::InOneLine)?;
    // Of the hazards, only what is recorded: nothing in a stress is random.
    keep_logs(&mut scenario.model, &arguments.scenario.log);
    let model = &scenario.model;

    let mut closed: Vec<Hazard> = model.hazards.clone();
    let mut case = None;
    if let Some(path) = &arguments.case {
        let read = scenario::load_stress(path, model)?;
        closed.extend(read.hazards);
        case = Some((read.name, read.about));
    }
    for closure in &stated {
        let left = closure.left.as_deref();
        let hazard = scenario::closure(model, &closure.target, &closure.from, &closure.lasts, left);
        closed.push(hazard.map_err(|problem| Failure::UsageProblem(Box::new(problem)))?);
    }

    let output = &arguments.output;
    interrupt::clean_up();
    let staging = staging(output, &arguments.scenario.scenario, "-stress")?;
    let stress = simulation::stress(model, &scenario.sha256, &closed)?;
    let mut files = Vec::new();
    if let Some(mut staging) = staging {
        let beside = output.beside(origin::origin([&scenario]));
        write::stress_files(&stress, &beside, &mut staging)?;
        files = staging.commit()?;
    }
    if output.json {
        return terminal::print(|out| report::json(&stress, out));
    }
    if output.quiet {
        return Ok(());
    }
    terminal::print(|out| {
        if let Some((name, about)) = &case {
            writeln!(out, "{name}")?;
            if let Some(about) = about.lines().next() {
                writeln!(out, "{about}")?;
            }
            writeln!(out)?;
        }
        report::stress_text(&stress, terminal::width(), out)?;
        next::files(&files, out)
    })
}
