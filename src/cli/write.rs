//! The files of each kind of result.

use std::path::Path;

use crate::charts::{self, ChartError, Figure};
use crate::report::{self, Provenance};
use crate::results::{Backtest, Exact, Rank, Story, Stress, Summary, Worst};

use super::failure::Failure;
use super::output::Staging;
use super::terminal;

/// Rows of a run, a row for each replication.
pub(super) const REPLICATIONS: &str = "replications.parquet";

/// Rows of a run, a row for each shortfall.
pub(super) const EVENTS: &str = "events.parquet";

/// Names of all files there are but the figures.
const DATA: [&str; 17] = [
    REPLICATIONS,
    EVENTS,
    "summary.json",
    "summary.csv",
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
    "worst.json",
    "worst.csv",
];

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
    backtest: &Backtest,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write("backtest.json", |file| report::json(backtest, file))?;
    staging.write("backtest.csv", |file| report::backtest_csv(backtest, file))?;
    if with_charts {
        figures(charts::backtest_figures(backtest), staging)?;
    }
    Ok(())
}

/// Writes all files of an exact answer.
pub(super) fn exact_files(
    exact: &Exact,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write("exact.json", |file| report::json(exact, file))?;
    staging.write("exact.csv", |file| report::exact_csv(exact, file))?;
    if with_charts {
        figures(charts::exact_figures(exact), staging)?;
    }
    Ok(())
}

/// Writes all files of a ranking.
pub(super) fn rank_files(
    rank: &Rank,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write("rank.json", |file| report::json(rank, file))?;
    staging.write("rank.csv", |file| report::rank_csv(rank, file))?;
    if with_charts {
        figures(charts::rank_figures(rank), staging)?;
    }
    Ok(())
}

/// Writes all files of the worst things to lose.
pub(super) fn worst_files(
    worst: &Worst,
    with_charts: bool,
    staging: &mut Staging,
) -> Result<(), Failure> {
    staging.write("worst.json", |file| report::json(worst, file))?;
    staging.write("worst.csv", |file| report::worst_csv(worst, file))?;
    if with_charts {
        figures(charts::worst_figures(worst), staging)?;
    }
    Ok(())
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
