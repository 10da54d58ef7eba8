//! What hazards do, as tables.

use crate::results::{Metrics, StrategyResult};

use super::doubt::{self, Cells};
use super::number::{NOTHING, Scale, grouped};
use super::run::{columns, estimate, sorted_by};
use super::table::Table;

/// Hazards shown one by one, worst first.
pub(super) const TOP_HAZARDS: usize = 10;

/// Losses by class of hazard.
pub(super) fn classes_table(strategy: &StrategyResult, volume: Scale, has_doubt: bool) -> Table {
    let cells = Cells {
        plain: &[0, 1, 3],
        doubt: &[0, 1, 2, 3],
    };
    let titles = columns(
        &["class of hazards"],
        &[
            &format!("attributed, {}", volume.unit),
            doubt::BAND,
            "of all lost, %",
        ],
    );
    let mut table = Table::new(cells.of(&titles, has_doubt));
    let attributed = |metrics: &Metrics| metrics.get("attributed").and_then(|metric| metric.mean);
    // Shares are of what is lost: what is made up for later may be as much, and would leave nothing to divide by.
    let lost = strategy.classes.values().filter_map(attributed);
    let total: f64 = lost.filter(|&mean| mean > 0.0).sum();
    for (id, metrics) in sorted_by(&strategy.classes, "attributed") {
        let volume_lost = attributed(metrics);
        if volume_lost == Some(0.0) {
            continue;
        }
        let share = volume_lost
            .filter(|_| total > 0.0)
            .map(|mean| 100.0 * mean / total);
        let row = [
            id.to_owned(),
            estimate(metrics.get("attributed"), volume),
            doubt::band(metrics.get("attributed"), volume),
            share.map_or(NOTHING.into(), |share| grouped(share, 1)),
        ];
        table.row(cells.of(&row, has_doubt));
    }
    table
}

/// The worst hazards.
pub(super) fn hazards_table(
    strategy: &StrategyResult,
    days: f64,
    volume: Scale,
    has_doubt: bool,
) -> Table {
    // What comes once a year comes once in a run of 365 days, not 0.9993 times.
    let is_a_year = (days - crate::units::DAYS_PER_YEAR).abs() < 1.0;
    let (events, per_run) = if is_a_year {
        ("events per run", 1.0)
    } else {
        ("events a year", days / crate::units::DAYS_PER_YEAR)
    };
    let cells = Cells {
        plain: &[0, 1, 3, 4, 6],
        doubt: &[0, 1, 2, 4, 5],
    };
    let attributed = format!("attributed, {}", volume.unit);
    let given = format!("undelivered\nif it strikes, {}", volume.unit);
    let titles = [
        events,
        doubt::BAND,
        "active, h",
        &attributed,
        doubt::BAND,
        &given,
    ];
    let mut table = Table::new(cells.of(&columns(&["hazard"], &titles), has_doubt));
    let per_year = Scale {
        factor: per_run,
        unit: "",
    };
    for (id, metrics) in sorted_by(&strategy.hazards, "attributed")
        .into_iter()
        .take(TOP_HAZARDS)
    {
        let row = [
            id.to_owned(),
            estimate(metrics.get("events"), per_year),
            doubt::band(metrics.get("events"), per_year),
            estimate(metrics.get("active_time"), Scale::plain("h")),
            estimate(metrics.get("attributed"), volume),
            doubt::band(metrics.get("attributed"), volume),
            estimate(metrics.get("undelivered_if"), volume),
        ];
        table.row(cells.of(&row, has_doubt));
    }
    table
}
