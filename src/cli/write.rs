//! The files of each kind of result.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde::Serialize;

use crate::charts::{self, Figure, Look, Theme};
use crate::report::html::{self, Drawing, Page, Reported};
use crate::report::{self, Provenance, Sheet, SheetRows};
use crate::results::{
    Backtest, Curve, Exact, Importance, Optimise, Origin, Rank, Sensitivity, Shapley, Story,
    Stress, Summary, TimesToRecover, Worst,
};

use super::failure::Failure;
use super::output::Staging;
use super::terminal;

/// Rows of a run, a row for each replication.
pub(super) const REPLICATIONS: &str = "replications.parquet";

/// Rows of a run, a row for each shortfall.
pub(super) const EVENTS: &str = "events.parquet";

/// Where results come from.
pub(super) const ORIGIN: &str = "origin.json";

/// The page about a result, whole in one file.
pub(super) const PAGE: &str = "report.html";

/// The same page for git.
pub(super) const MARKDOWN: &str = "report.md";

/// The same in numbers.
pub(super) const WORKBOOK: &str = "report.xlsx";

/// Names of all files there are but the figures.
const DATA: &[&str] = &[
    REPLICATIONS,
    EVENTS,
    "summary.json",
    "summary.csv",
    "strategies.csv",
    "comparisons.csv",
    "timeline.csv",
    "timeline.parquet",
    "stress.json",
    "stress.csv",
    "story.json",
    "backtest.json",
    "backtest.csv",
    "exact.json",
    "exact.csv",
    "rank.json",
    "rank.csv",
    "optimise.json",
    "optimise.csv",
    "sensitivity.json",
    "sensitivity.csv",
    "curve.json",
    "curve.csv",
    "recovery.json",
    "recovery.csv",
    "shapley.json",
    "shapley.csv",
    "importance.json",
    "importance.csv",
    "worst.json",
    "worst.csv",
    ORIGIN,
    PAGE,
    MARKDOWN,
    WORKBOOK,
];

/// Sheets of a workbook in their order, the files that they show, and whether of `summary.csv` what
/// concerns the whole system.
const SHEETS: &[(&str, &str, Option<bool>)] = &[
    ("Summary", "summary.csv", Some(true)),
    ("Strategies", "strategies.csv", None),
    ("Comparisons", "comparisons.csv", None),
    ("Assets", "summary.csv", Some(false)),
    ("Months", "timeline.csv", None),
    ("Stress", "stress.csv", None),
    ("Back-test", "backtest.csv", None),
    ("Exact answer", "exact.csv", None),
    ("Shadow prices", "rank.csv", None),
    ("Portfolios", "optimise.csv", None),
    ("Sensitivity", "sensitivity.csv", None),
    ("Sizes", "curve.csv", None),
    ("Recovery", "recovery.csv", None),
    ("Shares of the loss", "shapley.csv", None),
    ("Importance", "importance.csv", None),
    ("Worst sets", "worst.csv", None),
    ("Replications", REPLICATIONS, None),
    ("Shortfalls", EVENTS, None),
];

/// Names of the files that hold whole results.
pub(super) fn results() -> impl Iterator<Item = &'static str> {
    let all = DATA.iter().copied();
    all.filter(|name| {
        *name != ORIGIN && Path::new(name).extension().is_some_and(|end| end == "json")
    })
}

/// Whether a file of this name is one that this program writes.
pub(super) fn is_ours(name: &str) -> bool {
    let is_figure = |(stem, kind)| ["svg", "png"].contains(&kind) && charts::STEMS.contains(&stem);
    DATA.contains(&name) || name.rsplit_once('.').is_some_and(is_figure)
}

/// What a file keeps of where it comes from.
pub(super) fn provenance(scenario: &str, sha256: &str, seed: u64) -> Provenance {
    Provenance {
        scenario: scenario.to_owned(),
        sha256: sha256.to_owned(),
        seed,
    }
}

/// Writes all files of a run but the streamed ones.
pub(super) fn run_files(
    summary: &Summary,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write("summary.json", |file| report::json(summary, file))?;
    staging.write("summary.csv", |file| report::summary_csv(summary, file))?;
    if !summary.comparisons.is_empty() {
        staging.write("strategies.csv", |file| {
            report::strategies_csv(summary, file)
        })?;
        staging.write("comparisons.csv", |file| {
            report::comparisons_csv(summary, file)
        })?;
    }
    staging.write("timeline.csv", |file| report::timeline_csv(summary, file))?;
    let provenance = provenance(
        &summary.scenario.name,
        &summary.scenario.sha256,
        summary.seed,
    );
    staging.write("timeline.parquet", |file| {
        report::timeline_parquet(summary, &provenance, file).map(drop)
    })?;
    illustrate(summary, charts::run_figures, beside, staging)
}

/// Writes all files of a stress.
pub(super) fn stress_files(
    stress: &Stress,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write("stress.json", |file| report::json(stress, file))?;
    staging.write("stress.csv", |file| report::stress_csv(stress, file))?;
    illustrate(stress, charts::stress_figures, beside, staging)
}

/// Writes all files of a story.
pub(super) fn story_files(
    story: &Story,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write("story.json", |file| report::json(story, file))?;
    illustrate(story, charts::story_figures, beside, staging)
}

/// Writes all files of a back-test.
pub(super) fn backtest_files(
    found: &Backtest,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let draw = charts::backtest_figures;
    let csv = |file: &mut BufWriter<File>| report::backtest_csv(found, file);
    result_files("backtest", found, csv, (draw, beside), staging)
}

/// Writes all files of an exact answer.
pub(super) fn exact_files(
    found: &Exact,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let draw = charts::exact_figures;
    let csv = |file: &mut BufWriter<File>| report::exact_csv(found, file);
    result_files("exact", found, csv, (draw, beside), staging)
}

/// Writes all files of a ranking.
pub(super) fn rank_files(
    found: &Rank,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let draw = charts::rank_figures;
    let csv = |file: &mut BufWriter<File>| report::rank_csv(found, file);
    result_files("rank", found, csv, (draw, beside), staging)
}

/// Writes all files of importances.
pub(super) fn importance_files(
    found: &Importance,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let draw = charts::importance_figures;
    let csv = |file: &mut BufWriter<File>| report::importance_csv(found, file);
    result_files("importance", found, csv, (draw, beside), staging)
}

/// Writes all files of shares of the loss.
pub(super) fn shapley_files(
    found: &Shapley,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let draw = charts::shapley_figures;
    let csv = |file: &mut BufWriter<File>| report::shapley_csv(found, file);
    result_files("shapley", found, csv, (draw, beside), staging)
}

/// Writes all files of times to recover.
pub(super) fn recovery_files(
    found: &TimesToRecover,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let draw = charts::recovery_figures;
    let csv = |file: &mut BufWriter<File>| report::recovery_csv(found, file);
    result_files("recovery", found, csv, (draw, beside), staging)
}

/// Writes all files of a choice among portfolios.
pub(super) fn optimise_files(
    found: &Optimise,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let draw = charts::optimise_figures;
    let csv = |file: &mut BufWriter<File>| report::optimise_csv(found, file);
    result_files("optimise", found, csv, (draw, beside), staging)
}

/// Writes all files of a sensitivity.
pub(super) fn sensitivity_files(
    found: &Sensitivity,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let draw = charts::sensitivity_figures;
    let csv = |file: &mut BufWriter<File>| report::sensitivity_csv(found, file);
    result_files("sensitivity", found, csv, (draw, beside), staging)
}

/// Writes all files of a curve.
pub(super) fn curve_files(
    found: &Curve,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let draw = charts::curve_figures;
    let csv = |file: &mut BufWriter<File>| report::curve_csv(found, file);
    result_files("curve", found, csv, (draw, beside), staging)
}

/// Writes all files of the worst things to lose.
pub(super) fn worst_files(
    found: &Worst,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let draw = charts::worst_figures;
    let csv = |file: &mut BufWriter<File>| report::worst_csv(found, file);
    result_files("worst", found, csv, (draw, beside), staging)
}

/// Writes a result as JSON and as CSV, draws its figures and writes its page.
fn result_files<T: Serialize + Reported>(
    stem: &str,
    found: &T,
    csv: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    (draw, beside): (fn(&T) -> Figures, &Beside),
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write(&format!("{stem}.json"), |file| report::json(found, file))?;
    staging.write(&format!("{stem}.csv"), csv)?;
    illustrate(found, draw, beside, staging)
}

/// Draws the figures of a result, if that is wished, and writes its page and where it comes from.
fn illustrate<T: Reported>(
    found: &T,
    draw: fn(&T) -> Figures,
    beside: &Beside,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let shown = match beside.look {
        Some(_) => draw(found),
        None => Vec::new(),
    };
    for (name, bytes) in beside.look.iter().flat_map(|&look| files(&shown, look)) {
        staging.write(&name, |file| file.write_all(&bytes))?;
    }
    let origin = &beside.origin;
    staging.write(ORIGIN, |file| report::json(origin, file))?;
    let page = page(found, Some(origin), &shown).map_err(Failure::printing)?;
    staging.write(PAGE, |file| file.write_all(html::html(&page).as_bytes()))?;
    if beside.has_workbook {
        let sheets = sheets(staging.directory())?;
        staging.write(WORKBOOK, |file| {
            report::workbook(&page, Some(origin), sheets, file)
        })?;
    }
    Ok(())
}

/// The tables among the results in a directory, as sheets.
pub(super) fn sheets(directory: &Path) -> Result<Vec<Sheet>, Failure> {
    let mut sheets = Vec::new();
    for &(name, file, part) in SHEETS {
        let path = directory.join(file);
        if !path.exists() {
            continue;
        }
        let unread = |source| Failure::file(format!("cannot read `{}`", path.display()), source);
        let rows = if file.ends_with(".parquet") {
            SheetRows::Parquet(File::open(&path).map_err(unread)?)
        } else {
            let text = std::fs::read(&path).map_err(unread)?;
            match part {
                None => SheetRows::Csv(text),
                Some(is_kept) => SheetRows::CsvOnly {
                    text,
                    column: "kind",
                    value: "system",
                    is_kept,
                },
            }
        };
        let file = file.to_owned();
        sheets.push(Sheet { name, file, rows });
    }
    Ok(sheets)
}

/// The page about a result with these figures.
pub(super) fn page(
    found: &dyn Reported,
    origin: Option<&Origin>,
    figures: &Figures,
) -> io::Result<Page> {
    let drawings: Vec<Drawing> = figures.iter().filter_map(drawing).collect();
    html::page(found, origin, &drawings)
}

/// A figure for a page, which has its own dark: what cannot be drawn was warned of with the files.
fn drawing((name, figure): &(&'static str, Figure)) -> Option<Drawing> {
    Some(Drawing {
        stem: (*name).to_owned(),
        title: figure.title().to_owned(),
        about: figure.description().to_owned(),
        svg: figure.svg(Theme::Light).ok()?,
        colours: figure.colours(),
    })
}

/// What goes beside a result.
pub(super) struct Beside {
    /// Where it comes from.
    pub(super) origin: Origin,
    /// How figures look as files; `None` if none are drawn.
    pub(super) look: Option<Look>,
    /// Whether there is a workbook for Excel too.
    pub(super) has_workbook: bool,
}

/// Charts by name.
pub(super) type Figures = Vec<(&'static str, Figure)>;

/// The files of charts; a warning if they could not be drawn, because the numbers are worth having without.
pub(super) fn files(figures: &Figures, look: Look) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (name, figure) in figures {
        match (figure.svg(look.theme), figure.png(&look)) {
            (Ok(svg), Ok(png)) => {
                files.push((format!("{name}.svg"), svg.into_bytes()));
                files.push((format!("{name}.png"), png));
            }
            (Err(error), _) | (_, Err(error)) => {
                terminal::warning(&format!("the chart {name} is left out: {error}"));
            }
        }
    }
    files
}

/// A file read whole.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|source| Failure::file(format!("cannot read `{}`", path.display()), source))
}
