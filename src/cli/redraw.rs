//! `keruen report`.

use std::fs;
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::charts;
use crate::report;
use crate::results::{Backtest, Exact, Rank, Story, Stress, Summary, Worst};

use super::failure::Failure;
use super::{next, terminal, write};

/// Shows results again and redraws their charts.
pub(super) fn redraw(directory: &Path) -> Result<(), Failure> {
    let summary: Option<Summary> = read(directory, "summary.json")?;
    let stress: Option<Stress> = read(directory, "stress.json")?;
    let story: Option<Story> = read(directory, "story.json")?;
    let backtest: Option<Backtest> = read(directory, "backtest.json")?;
    let exact: Option<Exact> = read(directory, "exact.json")?;
    let rank: Option<Rank> = read(directory, "rank.json")?;
    let worst: Option<Worst> = read(directory, "worst.json")?;
    let is_other = backtest.is_none() && exact.is_none() && rank.is_none() && worst.is_none();
    if summary.is_none() && stress.is_none() && story.is_none() && is_other {
        return Err(Failure::File {
            what: format!(
                "`{}` holds none of summary.json, stress.json, story.json, backtest.json, exact.json, \
                 rank.json and worst.json",
                directory.display()
            ),
            source: None,
            advice: Some(
                "name a directory that `keruen run`, `stress`, `explain`, `backtest`, `exact`, \
                 `rank` or `worst` wrote"
                    .to_owned(),
            ),
        });
    }
    let mut figures = Vec::new();
    figures.extend(
        summary
            .iter()
            .flat_map(|summary| write::drawn(charts::run_figures(summary))),
    );
    figures.extend(
        stress
            .iter()
            .flat_map(|stress| write::drawn(charts::stress_figures(stress))),
    );
    figures.extend(
        story
            .iter()
            .flat_map(|story| write::drawn(charts::story_figures(story))),
    );
    figures.extend(
        backtest
            .iter()
            .flat_map(|backtest| write::drawn(charts::backtest_figures(backtest))),
    );
    figures.extend(
        exact
            .iter()
            .flat_map(|exact| write::drawn(charts::exact_figures(exact))),
    );
    figures.extend(
        rank.iter()
            .flat_map(|rank| write::drawn(charts::rank_figures(rank))),
    );
    figures.extend(
        worst
            .iter()
            .flat_map(|worst| write::drawn(charts::worst_figures(worst))),
    );
    let mut files = Vec::new();
    for (name, figure) in &figures {
        for (name, bytes) in write::files(name, figure) {
            files.push(replace(&directory.join(name), bytes)?);
        }
    }
    terminal::print(|out| {
        if let Some(summary) = &summary {
            report::run_text(summary, terminal::width(), out)?;
        }
        if let Some(stress) = &stress {
            report::stress_text(stress, terminal::width(), out)?;
        }
        if let Some(story) = &story {
            report::story_text(story, terminal::width(), out)?;
        }
        if let Some(backtest) = &backtest {
            report::backtest_text(backtest, terminal::width(), out)?;
        }
        if let Some(exact) = &exact {
            report::exact_text(exact, terminal::width(), out)?;
        }
        if let Some(rank) = &rank {
            report::rank_text(rank, terminal::width(), out)?;
        }
        if let Some(worst) = &worst {
            report::worst_text(worst, terminal::width(), out)?;
        }
        next::files(&files, out)
    })
}

/// A result, if the directory has it.
fn read<T: DeserializeOwned>(directory: &Path, name: &str) -> Result<Option<T>, Failure> {
    let path = directory.join(name);
    if !path.exists() && directory.is_dir() {
        return Ok(None);
    }
    let text = write::read(&path)?;
    serde_json::from_str(&text)
        .map(Some)
        .map_err(|error| Failure::File {
            what: format!(
                "`{}` is no result that this version can read",
                path.display()
            ),
            source: Some(error.into()),
            advice: Some("run the scenario again".to_owned()),
        })
}

/// Puts a file in place, whole or not at all.
fn replace(path: &Path, bytes: &[u8]) -> Result<PathBuf, Failure> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(format!(".tmp-{}", std::process::id()));
    let unfinished = PathBuf::from(unfinished);
    let written = fs::File::create(&unfinished)
        .and_then(|mut file| {
            std::io::Write::write_all(&mut file, bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&unfinished, path));
    written.map(|()| path.to_owned()).map_err(|source| {
        // It may never have been made.
        drop(fs::remove_file(&unfinished));
        Failure::writing(path, source)
    })
}
