//! Tables of routes and of markets.

use crate::results::{Metrics, StrategyResult};

use super::doubt::{self, Cells};
use super::number::{NOTHING, Scale, grouped};
use super::run::{columns, estimate, gained, mean, sorted_by};
use super::splits;
use super::table::Table;

/// What each route exports, and by how much that is less than undisturbed.
pub(super) fn routes_table(
    strategy: &StrategyResult,
    days: f64,
    (rate, volume): (Scale, Scale),
    name: &dyn Fn(&str) -> String,
    has_doubt: bool,
) -> Table {
    let cells = Cells {
        plain: &[0, 1, 2, 4, 5],
        doubt: &[0, 2, 3, 5, 6],
    };
    let titles = columns(
        &["route"],
        &[
            &format!("undisturbed, {}", rate.unit),
            &format!("exported, {}", rate.unit),
            doubt::BAND,
            "share, %",
            &format!("change, {}", volume.unit),
            doubt::BAND,
        ],
    );
    let mut table = Table::new(cells.of(&titles, has_doubt));
    let per_day = Scale {
        factor: rate.factor * days,
        unit: rate.unit,
    };
    for (id, metrics) in sorted_by(&strategy.routes, "exported") {
        let undisturbed = strategy.undisturbed.routes_bpd.get(id);
        let means = ["exported", "lost"].map(|name| mean(metrics, name));
        if undisturbed.is_none_or(|&flow| flow == 0.0) && means == [0.0; 2] {
            continue;
        }
        let mark = if splits::is_open(strategy, id) {
            "†"
        } else {
            ""
        };
        let row = [
            format!("{}{mark}", name(id)),
            undisturbed.map_or(NOTHING.into(), |&flow| grouped(rate.of(flow), 1)),
            estimate(metrics.get("exported"), per_day),
            doubt::band(metrics.get("exported"), per_day),
            estimate(metrics.get("share"), Scale::share()),
            gained(metrics.get("lost"), volume),
            doubt::band_of_opposite(metrics.get("lost"), volume),
        ];
        table.row(cells.of(&row, has_doubt));
    }
    table
}

/// What each market gets and lacks.
pub(super) fn markets_table(
    strategy: &StrategyResult,
    days: f64,
    (rate, volume): (Scale, Scale),
    name: &dyn Fn(&str) -> String,
    has_doubt: bool,
) -> Table {
    let cells = Cells {
        plain: &[0, 1, 2, 4, 6],
        doubt: &[0, 2, 3, 4, 5],
    };
    let titles = columns(
        &["market"],
        &[
            &format!("undisturbed, {}", rate.unit),
            &format!("delivered, {}", rate.unit),
            doubt::BAND,
            &format!("unmet, {}", volume.unit),
            doubt::BAND,
            "unmet time, h",
        ],
    );
    let mut table = Table::new(cells.of(&titles, has_doubt));
    let per_day = Scale {
        factor: rate.factor * days,
        unit: rate.unit,
    };
    for (id, metrics) in sorted_by(&strategy.markets, "delivered") {
        let undisturbed = strategy.undisturbed.markets_bpd.get(id);
        let flow = undisturbed.copied().unwrap_or(0.0);
        let is_owed = is_to_be_filled(strategy, id, metrics, days);
        let means = ["delivered", "unmet"].map(|name| mean(metrics, name));
        if flow == 0.0 && means[0] == 0.0 && (means[1] == 0.0 || !is_owed) {
            continue;
        }
        let owed = |name| metrics.get(name).filter(|_| is_owed);
        let row = [
            name(id),
            undisturbed.map_or(NOTHING.into(), |&flow| grouped(rate.of(flow), 1)),
            estimate(metrics.get("delivered"), per_day),
            doubt::band(metrics.get("delivered"), per_day),
            estimate(owed("unmet"), volume),
            doubt::band(owed("unmet"), volume),
            estimate(owed("unmet_time"), Scale::plain("h")),
        ];
        table.row(cells.of(&row, has_doubt));
    }
    table
}

/// Whether a market gets all that it asks for when nothing goes wrong. One that takes whatever
/// comes and asks for more than there is never was to be filled, and nothing that it lacks is owed
/// to it: it lacks something in every replication.
pub(super) fn is_to_be_filled(
    strategy: &StrategyResult,
    id: &str,
    metrics: &Metrics,
    days: f64,
) -> bool {
    let flow = strategy.undisturbed.markets_bpd.get(id);
    let undisturbed = flow.copied().unwrap_or(0.0) * days;
    let asked = mean(metrics, "delivered") + mean(metrics, "unmet");
    let always_lacks = metrics
        .get("unmet")
        .and_then(|metric| metric.min)
        .is_none_or(|least| least > 0.0);
    // Volumes are whole barrels, rates are means.
    undisturbed >= asked * (1.0 - 1e-6) - 1.0 || !always_lacks
}
