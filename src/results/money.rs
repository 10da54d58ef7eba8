//! Money beyond single metrics.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Tail;

/// What is said about money besides metrics.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Money {
    /// Value at risk of the netback lost over the horizon, USD, by level: `"0.95"`.
    pub revenue_at_risk: BTreeMap<String, AtRisk>,
    /// What flows and what it earns when nothing goes wrong, under each objective.
    pub objectives: Vec<ObjectiveOutcome>,
}

/// A level that a loss exceeds with a stated probability, and the mean beyond it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AtRisk {
    /// Exceeded with the probability that the level leaves, USD.
    pub value_at_risk: Option<f64>,
    /// Mean beyond it, USD.
    pub conditional_value_at_risk: Option<Tail>,
}

/// The undisturbed future under an objective.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectiveOutcome {
    /// `volume` or `netback`.
    pub objective: String,
    /// Whether the run was made under it.
    pub in_force: bool,
    /// Mean rate delivered, b/d.
    pub delivered_bpd: f64,
    /// Mean rate exported, b/d.
    pub exported_bpd: f64,
    /// Netback over the horizon, USD.
    pub netback_usd: f64,
}
