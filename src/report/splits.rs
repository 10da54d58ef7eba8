//! Splits between routes that the rules leave open.

use crate::results::{RouteRange, StrategyResult};

use super::number::grouped;

/// A range narrower than this is not worth telling: it does not show in the first decimal of per
/// cent.
const NARROW: f64 = 1e-3;

/// What is open for a smaller share of the time is not worth a sentence.
const RARE: f64 = 5e-3;

/// Whether another allocation, as good by every rule but the tie-break, would give a route another
/// share with nothing wrong.
#[must_use]
pub fn is_open_range(range: &RouteRange) -> bool {
    match (range.low_share, range.high_share) {
        (Some(low), Some(high)) => high - low >= NARROW,
        _ => false,
    }
}

/// `20.0–55.0 %`.
#[must_use]
pub fn range_text(range: &RouteRange) -> String {
    match (range.low_share, range.high_share) {
        (Some(low), Some(high)) => between(low, high),
        _ => "0.0 %".to_owned(),
    }
}

fn between(low: f64, high: f64) -> String {
    let [low, high] = [low, high].map(|share| grouped(share * 100.0, 1));
    format!("{low}–{high} %")
}

/// Mean of a metric of a route.
fn mean(strategy: &StrategyResult, id: &str, name: &str) -> Option<f64> {
    strategy.routes.get(id)?.get(name)?.mean
}

/// Whether the split is open for a route, with nothing wrong or in some replication.
pub(super) fn is_open(strategy: &StrategyResult, id: &str) -> bool {
    let range = strategy.undisturbed.route_ranges.get(id);
    let ends = ["share_low", "share_high"].map(|name| mean(strategy, id, name).unwrap_or(0.0));
    range.is_some_and(is_open_range) || ends[1] - ends[0] >= NARROW
}

/// Which fields could be cut for each other, and for how much of the time; `None` if there are none.
pub(super) fn fields_note(
    strategy: &StrategyResult,
    name: &dyn Fn(&str) -> String,
) -> Option<String> {
    let open = strategy.fields.iter().filter_map(|(id, metrics)| {
        let share = metrics.get("not_unique_time")?.mean?;
        (share >= RARE).then(|| format!("{} {} %", name(id), grouped(share * 100.0, 1)))
    });
    let told: Vec<String> = open.collect();
    (!told.is_empty()).then(|| {
        format!(
            "Which field is cut is left open by the rules for a part of the time, and the tie-break decides: {}. With \
             `sharing = \"pro-rata\"` in `[allocation]` they are cut alike.",
            told.join(", ")
        )
    })
}

/// What the mark of such routes means; `None` if there are none.
pub(super) fn note(strategy: &StrategyResult, name: &dyn Fn(&str) -> String) -> Option<String> {
    let open = strategy.routes.keys().filter(|id| is_open(strategy, id));
    let told: Vec<String> = open
        .map(|id| {
            let shares = (
                mean(strategy, id, "share_low"),
                mean(strategy, id, "share_high"),
            );
            let range = strategy.undisturbed.route_ranges.get(id);
            let replications = match shares {
                (Some(low), Some(high)) => Some(between(low, high)),
                _ => None,
            };
            let still = range.map(range_text);
            match (replications, still) {
                (Some(run), Some(still)) => format!("{} {run} ({still} undisturbed)", name(id)),
                (Some(range), None) | (None, Some(range)) => format!("{} {range}", name(id)),
                (None, None) => name(id),
            }
        })
        .collect();
    let count = strategy
        .routes
        .values()
        .filter_map(|metrics| Some(metrics.get("not_unique_time")?.count))
        .max();
    let seen = match count {
        Some(1) => " in 1 replication".to_owned(),
        Some(count) => format!(" in {count} replications"),
        None => String::new(),
    };
    (!told.is_empty()).then(|| {
        format!(
            "†: the rules leave the split open, the tie-break decides. Share over all that is as \
             good, mean{seen}: {}.",
            told.join(", ")
        )
    })
}
