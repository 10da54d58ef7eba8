//! The files of each kind of result.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use serde::Serialize;

use crate::charts::{self, Figure, Look};
use crate::report::{self, Provenance};
use crate::results::{
    Backtest, Curve, Exact, Importance, Optimise, Rank, Sensitivity, Shapley, Story, Stress,
    Summary, TimesToRecover, Worst,
};

use super::failure::Failure;
use super::output::Staging;
use super::terminal;

/// Rows of a run, a row for each replication.
pub(super) const REPLICATIONS: &str = "replications.parquet";

/// Rows of a run, a row for each shortfall.
pub(super) const EVENTS: &str = "events.parquet";

/// Names of all files there are but the figures.
const DATA: &[&str] = &[
    REPLICATIONS,
    EVENTS,
    "summary.json",
    "summary.csv",
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
];

/// Names of the files that hold whole results.
pub(super) fn results() -> impl Iterator<Item = &'static str> {
    let all = DATA.iter().copied();
    all.filter(|name| Path::new(name).extension().is_some_and(|end| end == "json"))
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
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write("summary.json", |file| report::json(summary, file))?;
    staging.write("summary.csv", |file| report::summary_csv(summary, file))?;
    if !summary.comparisons.is_empty() {
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
    figures(charts::run_figures, summary, look, staging)
}

/// Writes all files of a stress.
pub(super) fn stress_files(
    stress: &Stress,
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write("stress.json", |file| report::json(stress, file))?;
    staging.write("stress.csv", |file| report::stress_csv(stress, file))?;
    figures(charts::stress_figures, stress, look, staging)
}

/// Writes all files of a story.
pub(super) fn story_files(
    story: &Story,
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write("story.json", |file| report::json(story, file))?;
    figures(charts::story_figures, story, look, staging)
}

/// Writes all files of a back-test.
pub(super) fn backtest_files(
    found: &Backtest,
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let csv = |file: &mut BufWriter<File>| report::backtest_csv(found, file);
    result_files(
        "backtest",
        found,
        csv,
        (charts::backtest_figures, look),
        staging,
    )
}

/// Writes all files of an exact answer.
pub(super) fn exact_files(
    found: &Exact,
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let csv = |file: &mut BufWriter<File>| report::exact_csv(found, file);
    result_files("exact", found, csv, (charts::exact_figures, look), staging)
}

/// Writes all files of a ranking.
pub(super) fn rank_files(
    found: &Rank,
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let csv = |file: &mut BufWriter<File>| report::rank_csv(found, file);
    result_files("rank", found, csv, (charts::rank_figures, look), staging)
}

/// Writes all files of importances.
pub(super) fn importance_files(
    found: &Importance,
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let csv = |file: &mut BufWriter<File>| report::importance_csv(found, file);
    result_files(
        "importance",
        found,
        csv,
        (charts::importance_figures, look),
        staging,
    )
}

/// Writes all files of shares of the loss.
pub(super) fn shapley_files(
    found: &Shapley,
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let csv = |file: &mut BufWriter<File>| report::shapley_csv(found, file);
    result_files(
        "shapley",
        found,
        csv,
        (charts::shapley_figures, look),
        staging,
    )
}

/// Writes all files of times to recover.
pub(super) fn recovery_files(
    found: &TimesToRecover,
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let csv = |file: &mut BufWriter<File>| report::recovery_csv(found, file);
    result_files(
        "recovery",
        found,
        csv,
        (charts::recovery_figures, look),
        staging,
    )
}

/// Writes all files of a choice among portfolios.
pub(super) fn optimise_files(
    found: &Optimise,
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let csv = |file: &mut BufWriter<File>| report::optimise_csv(found, file);
    result_files(
        "optimise",
        found,
        csv,
        (charts::optimise_figures, look),
        staging,
    )
}

/// Writes all files of a sensitivity.
pub(super) fn sensitivity_files(
    found: &Sensitivity,
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let csv = |file: &mut BufWriter<File>| report::sensitivity_csv(found, file);
    result_files(
        "sensitivity",
        found,
        csv,
        (charts::sensitivity_figures, look),
        staging,
    )
}

/// Writes all files of a curve.
pub(super) fn curve_files(
    found: &Curve,
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let csv = |file: &mut BufWriter<File>| report::curve_csv(found, file);
    result_files("curve", found, csv, (charts::curve_figures, look), staging)
}

/// Writes all files of the worst things to lose.
pub(super) fn worst_files(
    found: &Worst,
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let csv = |file: &mut BufWriter<File>| report::worst_csv(found, file);
    result_files("worst", found, csv, (charts::worst_figures, look), staging)
}

/// Writes a result as JSON and as CSV, and draws its figures.
fn result_files<T: Serialize>(
    stem: &str,
    found: &T,
    csv: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    (draw, look): (fn(&T) -> Figures, Option<Look>),
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write(&format!("{stem}.json"), |file| report::json(found, file))?;
    staging.write(&format!("{stem}.csv"), csv)?;
    figures(draw, found, look, staging)
}

/// Charts by name.
pub(super) type Figures = Vec<(&'static str, Figure)>;

/// Draws what there is to draw, if charts are wanted.
fn figures<T>(
    of: fn(&T) -> Figures,
    found: &T,
    look: Option<Look>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let Some(look) = look else { return Ok(()) };
    for (name, bytes) in files(&of(found), &look) {
        staging.write(&name, |file| std::io::Write::write_all(file, &bytes))?;
    }
    Ok(())
}

/// The files of charts; a warning if they could not be drawn, because the numbers are worth having without.
pub(super) fn files(figures: &Figures, look: &Look) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for (name, figure) in figures {
        match (figure.svg(look.theme), figure.png(look)) {
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
