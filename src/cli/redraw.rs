//! `keruen report`.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use serde::de::DeserializeOwned;

use crate::charts;
use crate::report;
use crate::report::html::{self, Page, Reported};
use crate::results::{Origin, Summary};

use super::failure::Failure;
use super::look::LookArguments;
use super::write::Figures;
use super::{next, terminal, write};

#[derive(Debug, Args)]
pub(super) struct ReportArguments {
    /// Directory that a command wrote results into
    pub(super) directory: PathBuf,
    /// What to write: report.html, whole in one file; report.md for git; report.xlsx for Excel
    #[arg(
        long,
        value_name = "FORMAT",
        value_enum,
        value_delimiter = ',',
        default_value = "html"
    )]
    pub(super) format: Vec<Format>,
    /// Figures to draw and to show, by name [default: all]
    #[arg(long, value_name = "NAME", value_delimiter = ',', value_parser = figure)]
    pub(super) figures: Option<Vec<String>>,
    #[command(flatten)]
    pub(super) look: LookArguments,
}

/// A form of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// One file for a browser, with all figures inside
    Html,
    /// Markdown, with figures as files beside it
    Md,
    /// A workbook with all tables
    Xlsx,
}

fn figure(name: &str) -> Result<String, String> {
    if charts::STEMS.contains(&name) {
        Ok(name.to_owned())
    } else {
        let known = charts::STEMS.join(", ");
        Err(format!("no figure has this name; there are {known}"))
    }
}

/// Shows results again, redraws their charts and writes their page.
pub(super) fn redraw(arguments: &ReportArguments) -> Result<(), Failure> {
    let directory = arguments.directory.as_path();
    let mut shown = Shown {
        arguments,
        directory,
        origin: read(directory, write::ORIGIN)?,
        known: Vec::new(),
        figures: Vec::new(),
        page: None,
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
    let wanted = arguments.figures.iter().flatten();
    for name in wanted {
        if !shown.figures.iter().any(|(drawn, _)| drawn == name) {
            let text = format!("there is no figure `{name}` of these results");
            return Err(Failure::Usage(text));
        }
    }
    let mut files = Vec::new();
    for (name, bytes) in write::files(&shown.figures, arguments.look.look()) {
        files.push(replace(&directory.join(name), &bytes)?);
    }
    if let Some(page) = &shown.page {
        for format in &arguments.format {
            let (name, bytes) = match format {
                Format::Html => (write::PAGE, html::html(page).into_bytes()),
                Format::Md => (write::MARKDOWN, html::markdown(page).into_bytes()),
                Format::Xlsx => (
                    write::WORKBOOK,
                    workbook(directory, page, shown.origin.as_ref())?,
                ),
            };
            files.push(replace(&directory.join(name), &bytes)?);
        }
    }
    terminal::print(|out| {
        out.write_all(&shown.text)?;
        next::files(&files, out)
    })
}

/// What a directory holds, drawn and told again.
struct Shown<'d> {
    arguments: &'d ReportArguments,
    directory: &'d Path,
    /// Names that were looked for.
    known: Vec<&'static str>,
    figures: Figures,
    /// Where the results come from.
    origin: Option<Origin>,
    /// The page about the first of them; a command writes one.
    page: Option<Page>,
    text: Vec<u8>,
}

impl Shown<'_> {
    /// Adds a result, if the directory has it.
    fn add<T: DeserializeOwned + Reported>(
        &mut self,
        name: &'static str,
        figures: fn(&T) -> Figures,
        text: fn(&T, u16, &mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Failure> {
        self.known.push(name);
        let Some(result) = read::<T>(self.directory, name)? else {
            return Ok(());
        };
        let mut drawn = figures(&result);
        if let Some(wanted) = &self.arguments.figures {
            drawn.retain(|(name, _)| wanted.iter().any(|wanted| wanted == name));
        }
        if self.page.is_none() {
            let page = write::page(&result, self.origin.as_ref(), &drawn);
            self.page = Some(page.map_err(Failure::printing)?);
        }
        self.figures.extend(drawn);
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

fn workbook(directory: &Path, page: &Page, origin: Option<&Origin>) -> Result<Vec<u8>, Failure> {
    let mut file = io::Cursor::new(Vec::new());
    report::workbook(page, origin, write::sheets(directory)?, &mut file)
        .map_err(|source| Failure::writing(&directory.join(write::WORKBOOK), source))?;
    Ok(file.into_inner())
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
