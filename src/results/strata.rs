//! What futures sorted by rare disruptions say.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Tail;

/// Stratified estimates of what is not delivered, beside the plain ones.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Strata {
    /// What is estimated: `undelivered`, in barrels.
    pub metric: String,
    /// Whether the hazards were asked for by name, and not chosen by what the plain replications
    /// showed.
    pub asked: bool,
    /// Hazards by whose disruptions futures are sorted.
    pub hazards: Vec<StrataHazard>,
    /// Rare hazards that were not chosen: sorting by them too promised too little.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_chosen: Vec<StrataHazard>,
    /// Hazards that futures cannot be sorted by, and why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<String, String>,
    /// Why nothing was sorted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_none: Option<String>,
    /// Replications that settled how many of each kind to play, beside the plain ones, and are in
    /// no estimate.
    pub pilot: u64,
    /// Replications in the estimates.
    pub replications: u64,
    /// The kinds of futures.
    pub kinds: Vec<StrataKind>,
    /// The estimates.
    pub figures: Vec<StrataFigure>,
}

/// A hazard that strikes rarely.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StrataHazard {
    /// Id.
    pub id: String,
    /// Events that are expected within the horizon.
    pub expected: f64,
}

/// A kind of futures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StrataKind {
    /// How many events of the rare hazards they hold: `0`, `1` or `2+`.
    pub events: String,
    /// Of which hazard the one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hazard: Option<String>,
    /// Its chance, which is exact.
    pub probability: f64,
    /// Replications in the estimates.
    pub replications: u64,
    /// Mean within it, bbl.
    pub mean: f64,
    /// Standard deviation within it, bbl.
    pub std_dev: f64,
}

/// An estimate from plain and one from sorted futures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StrataFigure {
    /// `mean`, `cvar95` or `cvar99`.
    pub name: String,
    /// From the plain replications, bbl.
    pub plain: Tail,
    /// From sorted ones, bbl.
    pub stratified: Tail,
    /// Variance of the first over that of the second with as many replications, those of the pilot
    /// counted in. `None` without any error.
    pub variance_ratio: Option<f64>,
}
