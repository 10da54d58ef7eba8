//! `keruen backtest`.

use crate::report;
use crate::study::BacktestError;
use crate::{scenario, study};

use super::arguments::BacktestArguments;
use super::failure::Failure;
use super::observe::Steps;
use super::run::staging;
use super::{interrupt, next, origin, terminal, write};

/// Replays what happened and scores what was forecast.
pub(super) fn backtest(arguments: &BacktestArguments) -> Result<(), Failure> {
    let path = &arguments.file;
    match scenario::kind(path) {
        // What is wrong with a file that has no clear kind is said when it is read.
        Ok(scenario::Kind::Backtest) | Err(_) => {}
        Ok(_) => {
            let text = format!(
                "`{}` is no back-test: it has no `[backtest]`",
                path.display()
            );
            return Err(Failure::Unsuitable(text));
        }
    }
    let mut stated = scenario::load_backtest(path)?;
    stated.replays = arguments.replays.unwrap_or(stated.replays);
    stated.replications = arguments.replications.unwrap_or(stated.replications);
    stated.seed = arguments.seed.unwrap_or(stated.seed);

    let output = &arguments.output;
    interrupt::be_patient();
    let staging = staging(output, path, "")?;
    let mut steps = Steps::new(arguments.output.quiet);
    let found = study::backtest(&stated, &mut steps);
    steps.clear();
    let found = found.map_err(|error| match error {
        BacktestError::Cancelled => {
            Failure::Interrupted("interrupted; nothing is written".to_owned())
        }
        BacktestError::Invalid(invalid) => scenario::Error::from(invalid).into(),
        BacktestError::Run(error) => error.into(),
    })?;
    let mut files = Vec::new();
    if let Some(mut staging) = staging {
        let beside = output.beside(origin::of_models(
            stated.episodes.iter().map(|episode| &episode.model),
        ));
        write::backtest_files(&found, &beside, &mut staging)?;
        files = staging.commit()?;
    }
    if output.json {
        return terminal::print(|out| report::json(&found, out));
    }
    if arguments.output.quiet {
        return Ok(());
    }
    terminal::print(|out| {
        report::backtest_text(&found, terminal::width(), out)?;
        next::files(&files, out)
    })
}
