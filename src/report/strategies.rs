//! Strategies of a comparison as CSV, a row for each: what it costs, what it loses, what it changes.

use std::io;

use crate::results::{Comparison, Metric, StrategyResult, Summary};

/// System metrics that are told, and the unit in the names of their columns.
const METRICS: [(&str, &str); 3] = [
    ("undelivered", "bbl"),
    ("delivered", "bbl"),
    ("netback", "usd"),
];

/// The metric whose tail is told too.
const LOSS: &str = "undelivered";

/// Writes a row for each strategy, the base first: cost, means, tail, and paired differences from the base.
///
/// # Errors
/// Those of `out`.
pub fn strategies_csv(summary: &Summary, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    rows.write_record(header())?;
    let Some(base) = summary.strategies.first() else {
        return rows.flush();
    };
    for strategy in &summary.strategies {
        let mut pairs = summary.comparisons.iter();
        let pair = pairs.find(|pair| pair.of == strategy.id && pair.against == base.id);
        rows.write_record(row(strategy, pair))?;
    }
    rows.flush()
}

fn header() -> Vec<String> {
    let cost = [
        "annual_usd",
        "annual_low_usd",
        "annual_high_usd",
        "usd_per_avoided_bbl",
    ];
    let mut names: Vec<String> = ["strategy", "name"]
        .into_iter()
        .chain(cost)
        .map(str::to_owned)
        .collect();
    let mut estimate = |name: String| names.extend([name.clone(), format!("{name}_std_error")]);
    for (metric, unit) in METRICS {
        estimate(format!("{metric}_{unit}"));
    }
    estimate(format!("{LOSS}_cvar95_bbl"));
    for (metric, unit) in METRICS {
        estimate(format!("{metric}_{unit}_less_base"));
    }
    estimate(format!("{LOSS}_cvar95_bbl_less_base"));
    estimate(format!("{LOSS}_bbl_less_base_with_controls"));
    let last = [
        "probability_better",
        "p_value_holm",
        "variance_ratio",
        "variance_ratio_with_controls",
        "left_without_worst_element_share",
        "worst_element",
        "left_without_worst_cause_share",
        "worst_cause",
    ];
    names.extend(last.map(str::to_owned));
    names
}

/// A cell for each of [`header`].
fn row(strategy: &StrategyResult, pair: Option<&Comparison>) -> Vec<String> {
    let maybe = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let own = |name: &str| strategy.metrics.get(name);
    let change = |name: &str| pair.and_then(|pair| pair.metrics.get(name));
    let cost = pair.and_then(|pair| pair.cost);
    let rate = cost.and_then(|cost| cost.avoided_bbl_per_usd);
    let mut cells = vec![
        strategy.id.clone(),
        strategy.name.clone(),
        maybe(cost.map(|cost| cost.annual_usd)),
        maybe(cost.and_then(|cost| cost.annual_low_usd)),
        maybe(cost.and_then(|cost| cost.annual_high_usd)),
        maybe(rate.filter(|&rate| rate > 0.0).map(f64::recip)),
    ];
    let mut estimate =
        |value: Option<f64>, error: Option<f64>| cells.extend([maybe(value), maybe(error)]);
    for (metric, _) in METRICS {
        let found = own(metric);
        estimate(
            found.and_then(|metric| metric.mean),
            found.and_then(|metric| metric.std_error),
        );
    }
    let tail = |metric: &Metric| {
        metric
            .conditional_value_at_risk
            .get("0.95")
            .copied()
            .flatten()
    };
    let tail = own(LOSS).and_then(tail);
    estimate(
        tail.as_ref().map(|tail| tail.value),
        tail.as_ref().and_then(|tail| tail.std_error),
    );
    for (metric, _) in METRICS {
        let found = change(metric);
        estimate(
            found.map(|metric| metric.mean),
            found.map(|metric| metric.std_error),
        );
    }
    let loss = change(LOSS);
    let tail = loss.and_then(|metric| metric.conditional_value_at_risk.get("0.95")?.as_ref());
    estimate(
        tail.map(|tail| tail.value),
        tail.and_then(|tail| tail.std_error),
    );
    let controlled = loss.and_then(|metric| metric.controlled);
    estimate(
        controlled.map(|found| found.mean),
        controlled.map(|found| found.std_error),
    );
    cells.extend([
        maybe(loss.map(|metric| metric.probability_better)),
        maybe(loss.map(|metric| metric.p_value_holm)),
        maybe(loss.and_then(|metric| metric.variance_ratio)),
        maybe(controlled.and_then(|found| found.variance_ratio)),
    ]);
    let kept = strategy.retention.as_ref();
    for left in [
        kept.and_then(|kept| kept.element.as_ref()),
        kept.and_then(|kept| kept.cause.as_ref()),
    ] {
        let share = left.and_then(|left| left.share);
        cells.extend([
            maybe(share),
            left.map_or_else(String::new, |left| left.without.clone()),
        ]);
    }
    cells
}
