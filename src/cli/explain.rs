//! `keruen explain`.

use crate::model::Model;
use crate::report;
use crate::results::{Story, StoryPick};
use crate::simulation::{self, Choice};

use super::arguments::ExplainArguments;
use super::failure::Failure;
use super::observe::Watcher;
use super::run::{Warnings, load, staging, strategy_id};
use super::{interrupt, next, origin, terminal, write};

/// Tells the story of one replication.
pub(super) fn explain(arguments: &ExplainArguments) -> Result<(), Failure> {
    let scenario = load(&arguments.scenario, Warnings::InOneLine)?;
    let model = &scenario.model;
    let output = &arguments.output;
    interrupt::be_patient();
    let staging = staging(output, &arguments.scenario.scenario, "-story")?;

    let seed = arguments.sampling.seed_or(model.simulation.seed);
    let (replication, pick) = chosen(arguments, model, seed)?;
    let story = simulation::story(model, &scenario.sha256, (seed, replication), pick)?;
    let mut files = Vec::new();
    if let Some(mut staging) = staging {
        let beside = output.beside(origin::origin([&scenario]));
        write::story_files(&story, &beside, &mut staging)?;
        files = staging.commit()?;
    }
    print(arguments, &story, &files)
}

/// The replication that is asked for, and how it was picked.
fn chosen(
    arguments: &ExplainArguments,
    model: &Model,
    seed: u64,
) -> Result<(u64, StoryPick), Failure> {
    let choice = match (arguments.replication, arguments.quantile) {
        (Some(replication), _) => return Ok((replication, StoryPick::Number)),
        (None, Some(probability)) => Choice::Quantile(probability),
        (None, None) => Choice::Worst,
    };
    let replications = arguments.replications;
    let replications = replications.unwrap_or(model.simulation.replications);
    let threads = arguments.sampling.threads();
    let mut watcher = Watcher::new(strategy_id(model), false, arguments.output.quiet);
    let asked = (seed, replications, threads);
    let chosen = simulation::choose(model, asked, choice, &mut watcher);
    watcher.clear();
    chosen?.ok_or_else(|| {
        let text = "interrupted before a replication was chosen; nothing is written";
        Failure::Interrupted(text.to_owned())
    })
}

fn print(
    arguments: &ExplainArguments,
    story: &Story,
    files: &[std::path::PathBuf],
) -> Result<(), Failure> {
    if arguments.output.json {
        return terminal::print(|out| report::json(story, out));
    }
    if arguments.output.quiet {
        return Ok(());
    }
    terminal::print(|out| {
        report::story_text(story, terminal::width(), out)?;
        next::files(files, out)
    })
}
