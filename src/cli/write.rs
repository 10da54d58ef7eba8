//! The files of each kind of result.

use std::fs::File;
use std::io::{self, BufWriter};
use std::path::Path;

use serde::Serialize;

use crate::charts::{self, ChartError, Figure};
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
    with_charts: bool,
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
    if with_charts {
        figures(charts::run_figures(summary), staging)?;
    }
    Ok(())
}

/// Writes all files of a stress.
pub(super) fn stress_files(
    stress: &Stress,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write("stress.json", |file| report::json(stress, file))?;
    staging.write("stress.csv", |file| report::stress_csv(stress, file))?;
    if with_charts {
        figures(charts::stress_figures(stress), staging)?;
    }
    Ok(())
}

/// Writes all files of a story.
pub(super) fn story_files(
    story: &Story,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write("story.json", |file| report::json(story, file))?;
    if with_charts {
        figures(charts::story_figures(story), staging)?;
    }
    Ok(())
}

/// Writes all files of a back-test.
pub(super) fn backtest_files(
    found: &Backtest,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let figures = with_charts.then_some(charts::backtest_figures as fn(&Backtest) -> Figures);
    let csv = |file: &mut BufWriter<File>| report::backtest_csv(found, file);
    result_files("backtest", found, csv, figures, staging)
}

/// Writes all files of an exact answer.
pub(super) fn exact_files(
    found: &Exact,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let figures = with_charts.then_some(charts::exact_figures as fn(&Exact) -> Figures);
    let csv = |file: &mut BufWriter<File>| report::exact_csv(found, file);
    result_files("exact", found, csv, figures, staging)
}

/// Writes all files of a ranking.
pub(super) fn rank_files(
    found: &Rank,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let figures = with_charts.then_some(charts::rank_figures as fn(&Rank) -> Figures);
    let csv = |file: &mut BufWriter<File>| report::rank_csv(found, file);
    result_files("rank", found, csv, figures, staging)
}

/// Writes all files of importances.
pub(super) fn importance_files(
    found: &Importance,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let figures = with_charts.then_some(charts::importance_figures as fn(&Importance) -> Figures);
    let csv = |file: &mut BufWriter<File>| report::importance_csv(found, file);
    result_files("importance", found, csv, figures, staging)
}

/// Writes all files of shares of the loss.
pub(super) fn shapley_files(
    found: &Shapley,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let figures = with_charts.then_some(charts::shapley_figures as fn(&Shapley) -> Figures);
    let csv = |file: &mut BufWriter<File>| report::shapley_csv(found, file);
    result_files("shapley", found, csv, figures, staging)
}

/// Writes all files of times to recover.
pub(super) fn recovery_files(
    found: &TimesToRecover,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let figures = with_charts.then_some(charts::recovery_figures as fn(&TimesToRecover) -> Figures);
    let csv = |file: &mut BufWriter<File>| report::recovery_csv(found, file);
    result_files("recovery", found, csv, figures, staging)
}

/// Writes all files of a choice among portfolios.
pub(super) fn optimise_files(
    found: &Optimise,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let figures = with_charts.then_some(charts::optimise_figures as fn(&Optimise) -> Figures);
    let csv = |file: &mut BufWriter<File>| report::optimise_csv(found, file);
    result_files("optimise", found, csv, figures, staging)
}

/// Writes all files of a sensitivity.
pub(super) fn sensitivity_files(
    found: &Sensitivity,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let figures = with_charts.then_some(charts::sensitivity_figures as fn(&Sensitivity) -> Figures);
    let csv = |file: &mut BufWriter<File>| report::sensitivity_csv(found, file);
    result_files("sensitivity", found, csv, figures, staging)
}

/// Writes all files of a curve.
pub(super) fn curve_files(
    found: &Curve,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let figures = with_charts.then_some(charts::curve_figures as fn(&Curve) -> Figures);
    let csv = |file: &mut BufWriter<File>| report::curve_csv(found, file);
    result_files("curve", found, csv, figures, staging)
}

/// Writes all files of the worst things to lose.
pub(super) fn worst_files(
    found: &Worst,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    let figures = with_charts.then_some(charts::worst_figures as fn(&Worst) -> Figures);
    let csv = |file: &mut BufWriter<File>| report::worst_csv(found, file);
    result_files("worst", found, csv, figures, staging)
}

/// Writes a result as JSON and as CSV, and draws its figures.
fn result_files<T: Serialize>(
    stem: &str,
    found: &T,
    csv: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    draw: Option<fn(&T) -> Figures>,
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write(&format!("{stem}.json"), |file| report::json(found, file))?;
    staging.write(&format!("{stem}.csv"), csv)?;
    draw.map_or(Ok(()), |draw| figures(draw(found), staging))
}

/// Charts as drawn, by name.
pub(super) type Figures = Result<Vec<(&'static str, Figure)>, ChartError>;

fn figures(figures: Figures, staging: &mut Staging) -> Result<(), Failure> {
    for (name, figure) in drawn(figures) {
        for (name, bytes) in files(name, &figure) {
            staging.write(&name, |file| std::io::Write::write_all(file, bytes))?;
        }
    }
    Ok(())
}

/// The charts; a warning if they could not be drawn, because the numbers are worth having without.
pub(super) fn drawn(figures: Figures) -> Vec<(&'static str, Figure)> {
    figures.unwrap_or_else(|error| {
        terminal::warning(&format!("no charts are drawn: {error}"));
        Vec::new()
    })
}

/// The files of a chart, by name.
pub(super) fn files<'a>(name: &str, figure: &'a Figure) -> [(String, &'a [u8]); 2] {
    [
        (format!("{name}.svg"), figure.svg().as_bytes()),
        (format!("{name}.png"), figure.png()),
    ]
}

/// A file read whole.
pub(super) fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|source| Failure::file(format!("cannot read `{}`", path.display()), source))
}
