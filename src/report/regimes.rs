//! The table of what was lost by how long each regime held.

use crate::results::{Metric, StrategyResult};

use super::doubt::{self, Cells};
use super::run::{columns, estimate};
use super::{NOTHING, Scale, Table, per_cent};

/// Classes by the share of time in which a regime held.
const CLASSES: [(&str, &str); 3] = [
    ("undelivered_low", "under a third"),
    ("undelivered_middle", "up to two thirds"),
    ("undelivered_high", "longer"),
];

/// One row for each regime and class; empty if the scenario has no regimes.
pub(super) fn regimes_table(strategy: &StrategyResult, volume: Scale, has_doubt: bool) -> Table {
    let cells = Cells {
        plain: &[0, 1, 2, 3, 5],
        doubt: &[0, 1, 2, 3, 4, 5],
    };
    let titles = columns(
        &["regime", "held, of the time"],
        &[
            "replications",
            &format!("undelivered, {}", volume.unit),
            doubt::BAND,
            &format!("95 %, {}", volume.unit),
        ],
    );
    let mut table = Table::new(cells.of(&titles, has_doubt));
    for (id, metrics) in &strategy.regimes {
        let count = |name: &str| metrics.get(name).map_or(0, |metric| metric.count);
        let all: u64 = CLASSES.iter().map(|&(name, _)| count(name)).sum();
        for (at, (name, words)) in CLASSES.into_iter().enumerate() {
            let risk = |metric: &Metric| metric.quantiles.get("0.95").copied().flatten();
            let risk = metrics.get(name).and_then(risk);
            let row = [
                if at == 0 { id.clone() } else { String::new() },
                words.to_owned(),
                if all == 0 {
                    NOTHING.to_owned()
                } else {
                    per_cent(count(name) as f64 / all as f64)
                },
                estimate(metrics.get(name), volume),
                doubt::band(metrics.get(name), volume),
                risk.map_or(NOTHING.to_owned(), |risk| {
                    super::significant(volume.of(risk), 3)
                }),
            ];
            table.row(cells.of(&row, has_doubt));
        }
    }
    table
}
