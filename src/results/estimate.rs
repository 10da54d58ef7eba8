//! One estimated quantity.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Estimates by metric name.
pub type Metrics = BTreeMap<String, Metric>;

/// The estimate of one metric over the replications of a run. What is undefined is `None`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    /// Unit: `bbl`, `h`, `count`, `share`, …
    pub unit: String,
    /// Replications in which the metric is defined.
    pub count: u64,
    /// Mean; for a ratio such as deliverability, the ratio of means.
    pub mean: Option<f64>,
    /// Standard error of the mean.
    pub std_error: Option<f64>,
    /// Standard deviation between replications.
    pub std_dev: Option<f64>,
    /// Least value.
    pub min: Option<f64>,
    /// Greatest value.
    pub max: Option<f64>,
    /// Quantiles by level, `"0.05"`.
    pub quantiles: BTreeMap<String, Option<f64>>,
    /// Value at risk by level.
    pub value_at_risk: BTreeMap<String, Option<f64>>,
    /// Conditional value at risk by level.
    pub conditional_value_at_risk: BTreeMap<String, Option<Tail>>,
    /// Whether quantiles and tails come from a sketch (relative error below 0.8 %) and not from
    /// the exact sample.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub approximate: bool,
    /// Share of replications that had not recovered by the horizon, for times to recover.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub censored: Option<f64>,
    /// What doubt about figures adds; only in a run that draws them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epistemic: Option<Epistemic>,
    /// The mean with control variates; only where they say something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controlled: Option<Controlled>,
}

/// A mean with control variates, beside the plain one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Controlled {
    /// The mean.
    pub mean: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Variance of the plain mean over that of this one: so many times as many replications would
    /// make the plain mean as sure. `None` without any error.
    pub variance_ratio: Option<f64>,
}

/// How the mean moves with figures in doubt. More replications do not make it less.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epistemic {
    /// Standard deviation of the mean over what the figures may be; 0 if noise hides it.
    pub std_dev: f64,
    /// Its variance as it was estimated: below 0 if noise hides it.
    pub variance_raw: f64,
    /// Share of the variance of one replication that is due to doubt; `None` if nothing varies.
    pub share: Option<f64>,
    /// The mean lies below this for a twentieth of what the figures may be.
    pub low: f64,
    /// The mean lies above this for a twentieth of what the figures may be.
    pub high: f64,
}

/// The ends between which nine tenths of what the figures in doubt may be put a number.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Band {
    /// A twentieth lies below.
    pub low: f64,
    /// A twentieth lies above.
    pub high: f64,
}

/// A conditional value at risk.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tail {
    /// The mean beyond the value at risk.
    pub value: f64,
    /// Its standard error.
    pub std_error: Option<f64>,
    /// Fewer than 250 replications are beyond the value at risk: the error is itself unsure.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub thin: bool,
}
