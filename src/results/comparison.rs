//! One strategy against another in the same futures.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Tail;

/// A strategy compared with another that met the same disruptions. Differences are those of `of`
/// less those of `against`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Id of the strategy.
    pub of: String,
    /// Id of what it is compared with.
    pub against: String,
    /// By metric of the system.
    pub metrics: BTreeMap<String, ComparedMetric>,
    /// By regime: paired differences of undelivered volume where it held for less than a third of
    /// the time (`low`), up to two thirds (`middle`), or longer (`high`).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub regimes: BTreeMap<String, BTreeMap<String, ComparedRegime>>,
    /// Whether the undelivered volume of `of` is smaller for everybody.
    pub dominates: Option<ComparedOrder>,
    /// Whether that of `against` is.
    pub is_dominated: Option<ComparedOrder>,
    /// What it costs, and what a dollar avoids; absent if the cost of any part is not known.
    pub cost: Option<ComparedCost>,
}

/// What is delivered in the long run without the worst that could be lost at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Retentions {
    /// With everything in place, b/d.
    pub delivered_bpd: i64,
    /// Without the worst single link or hub.
    pub element: Option<Retention>,
    /// Without all that the worst single cause can take out: a hazard, a service, a jurisdiction, an
    /// operator.
    pub cause: Option<Retention>,
}

/// What is left without something.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Retention {
    /// Without what: a qualified id, or the kind of a cause and its id.
    pub without: String,
    /// Delivered, b/d.
    pub delivered_bpd: i64,
    /// Share of what is delivered with everything in place; `None` if that is nothing.
    pub share: Option<f64>,
}

/// A metric of two strategies, replication by replication.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedMetric {
    /// Unit of the differences.
    pub unit: String,
    /// What is better: `less` or `more`.
    pub better: String,
    /// Mean difference.
    pub mean: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Its 95 % interval.
    pub ci95: [f64; 2],
    /// Variance that independent runs would have had over that of the pairs; below 1 the two did
    /// not meet the same disruptions. `None` if all differences are equal.
    pub variance_ratio: Option<f64>,
    /// The mean difference with control variates; only where they say something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controlled: Option<ControlledDifference>,
    /// Share of replications in which `of` is better, ties counting half. This is a spread over
    /// years, and says nothing about how well the mean is known.
    pub probability_better: f64,
    /// Standard error of that share.
    pub probability_better_std_error: f64,
    /// Chance of a mean difference at least as large if there were none (paired t test).
    pub p_value: f64,
    /// The same, adjusted for all strategies that are compared (Holm).
    pub p_value_holm: f64,
    /// Difference of conditional values at risk by level, of metrics of which less is better, and
    /// of the netback that is missed; `None` with too few replications.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conditional_value_at_risk: BTreeMap<String, Option<Tail>>,
}

/// A paired mean difference with control variates, beside the plain one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ControlledDifference {
    /// Mean difference.
    pub mean: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Its 95 % interval.
    pub ci95: [f64; 2],
    /// Variance that independent runs would have had, without controls, over that of this; `None`
    /// without any error.
    pub variance_ratio: Option<f64>,
}

/// A paired difference under one condition.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedRegime {
    /// Replications.
    pub count: u64,
    /// Mean difference of undelivered volume, bbl.
    pub mean: f64,
    /// Its standard error; `None` with fewer than two replications.
    pub std_error: Option<f64>,
}

/// What speaks against the dominance of one strategy over another; a large p-value only means that
/// it is not rejected.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedOrder {
    /// Greatest excess of the chance to exceed a level.
    pub first_order_violation: f64,
    /// Its p-value: everybody who wants less loss prefers the strategy, unless this is small.
    pub first_order_p_value: f64,
    /// Greatest excess of the mean loss above a level, bbl.
    pub convex_order_violation: f64,
    /// Its p-value: everybody who dislikes risk prefers the strategy, unless this is small.
    pub convex_order_p_value: f64,
}

/// What a strategy costs more than what it is compared with.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ComparedCost {
    /// USD a year: investment with interest while building, as equal payments, and running cost.
    pub annual_usd: f64,
    /// With the investment at its lower end; `None` if no range is stated.
    pub annual_low_usd: Option<f64>,
    /// With the investment at its upper end.
    pub annual_high_usd: Option<f64>,
    /// Undelivered barrels a year that a dollar a year avoids; `None` if it costs nothing.
    pub avoided_bbl_per_usd: Option<f64>,
    /// Standard error of that.
    pub avoided_bbl_per_usd_std_error: Option<f64>,
}
