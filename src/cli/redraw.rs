//! `keruen report`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use serde::de::DeserializeOwned;

use crate::charts::{self, Figure};
use crate::report;
use crate::results::Summary;

use super::failure::Failure;
use super::write::Figures;
use super::{next, terminal, write};

/// Shows results again and redraws their charts.
pub(super) fn redraw(directory: &Path) -> Result<(), Failure> {
    let mut shown = Shown {
        directory,
        known: Vec::new(),
        figures: Vec::new(),
        text: Vec::new(),
    };
    shown.add("summary.json", charts::run_figures, summary_text)?;
    shown.add("stress.json", charts::stress_figures, report::stress_text)?;
    shown.add("story.json", charts::story_figures, report::story_text)?;
    shown.add(
        "backtest.json",
        charts::backtest_figures,
        report::backtest_text,
    )?;
    shown.add("exact.json", charts::exact_figures, report::exact_text)?;
    shown.add("rank.json", charts::rank_figures, report::rank_text)?;
    shown.add(
        "optimise.json",
        charts::optimise_figures,
        report::optimise_text,
    )?;
    shown.add(
        "sensitivity.json",
        charts::sensitivity_figures,
        report::sensitivity_text,
    )?;
    shown.add(
        "importance.json",
        charts::importance_figures,
        report::importance_text,
    )?;
    shown.add(
        "shapley.json",
        charts::shapley_figures,
        report::shapley_text,
    )?;
    shown.add(
        "recovery.json",
        charts::recovery_figures,
        report::recovery_text,
    )?;
    shown.add("worst.json", charts::worst_figures, report::worst_text)?;
    shown.add("curve.json", charts::curve_figures, report::curve_text)?;
    if shown.text.is_empty() {
        return Err(Failure::File {
            what: format!(
                "`{}` holds none of {}",
                directory.display(),
                shown.known.join(", ")
            ),
            source: None,
            advice: Some("name a directory that a `keruen` command wrote".to_owned()),
        });
    }
    let mut files = Vec::new();
    for (name, figure) in &shown.figures {
        for (name, bytes) in write::files(name, figure) {
            files.push(replace(&directory.join(name), bytes)?);
        }
    }
    terminal::print(|out| {
        out.write_all(&shown.text)?;
        next::files(&files, out)
    })
}

/// What a directory holds, drawn and told again.
struct Shown<'d> {
    directory: &'d Path,
    /// Names that were looked for.
    known: Vec<&'static str>,
    figures: Vec<(&'static str, Figure)>,
    text: Vec<u8>,
}

impl Shown<'_> {
    /// Adds a result, if the directory has it.
    fn add<T: DeserializeOwned>(
        &mut self,
        name: &'static str,
        figures: fn(&T) -> Figures,
        text: fn(&T, u16, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        self.known.push(name);
        let Some(result) = read::<T>(self.directory, name)? else {
            return Ok(());
        };
        self.figures.extend(write::drawn(figures(&result)));
        text(&result, terminal::width(), &mut self.text).map_err(Failure::printing)
    }
}

fn summary_text(summary: &Summary, width: u16, out: &mut dyn Write) -> io::Result<()> {
    if summary.comparisons.is_empty() {
        report::run_text(summary, width, out)
    } else {
        report::compare_text(summary, width, out)
    }
}

/// A result, if the directory has it.
pub(super) fn read<T: DeserializeOwned>(
    directory: &Path,
    name: &str,
) -> Result<Option<T>, Failure> {
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
pub(super) fn replace(path: &Path, bytes: &[u8]) -> Result<PathBuf, Failure> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(format!(".tmp-{}", std::process::id()));
    let unfinished = PathBuf::from(unfinished);
    let written = fs::File::create(&unfinished)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&unfinished, path));
    written.map(|()| path.to_owned()).map_err(|source| {
        // It may never have been made.
        drop(fs::remove_file(&unfinished));
        Failure::writing(path, source)
    })
}
