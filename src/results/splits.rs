//! What several answers would have served as well: grades counted as one, and splits by route.

use serde::{Deserialize, Serialize};

/// How grades were treated, and what counting them as one would have made of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GradeTreatment {
    /// What is told apart: grades, or swaps of several.
    pub commodities: Vec<String>,
    /// Whether all are counted as one commodity, without any error.
    pub is_aggregated: bool,
    /// Why.
    pub reason: String,
    /// Delivered with nothing wrong, mean over the horizon, b/d.
    pub delivered_bpd: f64,
    /// The same if grades were counted as one: an upper bound, b/d.
    pub aggregated_bpd: f64,
    /// What counting as one overstates, as a share of it; `None` if nothing is delivered.
    pub gap_share: Option<f64>,
}

/// What a route may carry with nothing wrong, over all allocations that are equally good by every
/// rule but the tie-break; means over the horizon.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct RouteRange {
    /// Least flow, b/d.
    pub low_bpd: f64,
    /// Greatest flow, b/d.
    pub high_bpd: f64,
    /// Least share of what all routes carry; `None` if they carry nothing.
    pub low_share: Option<f64>,
    /// Greatest share.
    pub high_share: Option<f64>,
    /// Share of the time in which it could carry more or less.
    pub not_unique_time: f64,
}
