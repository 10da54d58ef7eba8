//! What enumeration of all states of a network says.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::ScenarioInfo;

/// The exact answer for a network without tanks or memory, and how a simulation agrees with it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exact {
    /// `keruen-exact/1`.
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// The scenario.
    pub scenario: ScenarioInfo,
    /// Ids of the strategies applied.
    pub strategies: Vec<String>,
    /// Rules that were in force, by name.
    pub rules: BTreeMap<String, String>,
    /// What was enumerated.
    pub states: ExactStates,
    /// Rates and volumes in the long run.
    pub long_run: ExactLongRun,
    /// The horizon from the scenario's own start on.
    pub from_start: ExactStart,
    /// Law of the delivered rate, by rising rate.
    pub law: Vec<ExactLevel>,
    /// Shortfalls in the long run.
    pub shortfall: ExactShortfall,
    /// Spread of the volume undelivered within the horizon.
    pub spread: ExactSpread,
    /// Each process on its own target, in order of hazard and target.
    pub components: Vec<ExactComponent>,
    /// Each hazard with all its processes together.
    pub hazards: Vec<ExactImportance>,
    /// What capacity is worth: fields, hubs, markets and links; none if that is not known.
    pub bottlenecks: Vec<ExactBottleneck>,
    /// Why it is not known what capacity is worth.
    #[serde(default)]
    pub bottlenecks_why_not: Option<String>,
    /// How a simulation of the same scenario agrees.
    pub agreement: Option<ExactAgreement>,
    /// What the reader must know.
    pub warnings: Vec<String>,
}

/// The horizon from the scenario's own start on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactStart {
    /// Whether every process begins as in the long run.
    pub is_stationary: bool,
    /// Mean volume delivered within the horizon, bbl; `None` if the way from the start to the long
    /// run is not known in closed form.
    pub delivered_bbl: Option<f64>,
    /// Mean volume below plan within the horizon, bbl.
    pub undelivered_bbl: Option<f64>,
}

/// What was enumerated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactStates {
    /// Joint states of all processes; a float because there may be more than whole numbers hold.
    pub joint: f64,
    /// States that were solved, after states that cannot be told apart became one and parts of the
    /// network that have nothing to do with each other were taken alone.
    pub solved: u64,
    /// Parts of the network.
    pub parts: u64,
    /// Times between which plans and capacities do not change.
    pub periods: u64,
    /// Most states that were allowed.
    pub limit: u64,
}

/// Rates and volumes in the long run, weighted by the length of the periods of the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactLongRun {
    /// Planned rate, b/d.
    pub planned_bpd: f64,
    /// Delivered if nothing goes wrong, b/d.
    pub undisturbed_bpd: f64,
    /// Mean delivered rate, b/d.
    pub delivered_bpd: f64,
    /// Mean rate below plan, b/d.
    pub undelivered_bpd: f64,
    /// Delivered over planned; `None` if nothing is planned.
    pub deliverability: Option<f64>,
    /// Delivered volume over the horizon, bbl.
    pub delivered_bbl: f64,
    /// Volume below plan over the horizon, bbl.
    pub undelivered_bbl: f64,
    /// At levels 0.9, 0.95 and 0.99: the rate below plan exceeded with the remaining chance at a
    /// random instant, and its mean beyond, b/d.
    pub undelivered_at_risk: Vec<ExactRisk>,
}

/// A value at risk of the undelivered rate at a random instant.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactRisk {
    /// Level.
    pub level: f64,
    /// Value at risk, b/d.
    pub value_bpd: f64,
    /// Mean beyond it, b/d.
    pub beyond_bpd: f64,
}

/// One level of the law of the delivered rate.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactLevel {
    /// Delivered rate, b/d.
    pub delivered_bpd: i64,
    /// Its share of time.
    pub probability: f64,
}

/// Shortfalls: times in which deliveries are below plan by more than the scenario tolerates.
/// Shortfalls that follow closely on each other are not merged here.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactShortfall {
    /// Share of time; `None` if the delivered rate has too many levels.
    pub probability: Option<f64>,
    /// How many begin in a year of 365.25 days; `None` if it cannot be said.
    pub events_per_year: Option<f64>,
    /// Their mean length, days.
    pub mean_days: Option<f64>,
    /// Why there is no frequency.
    pub why_not: Option<String>,
}

/// Spread of the volume undelivered within the horizon, in equilibrium from the start on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactSpread {
    /// Standard deviation, bbl; `None` if it cannot be said.
    pub std_dev_bbl: Option<f64>,
    /// Share of the variance that is due to each process alone: what a linear model of down times
    /// could explain.
    pub additive_share: Option<f64>,
    /// Why there is none.
    pub why_not: Option<String>,
}

/// How much depends on a process, or on all processes of a hazard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactImportance {
    /// Hazard, or hazard and target: `storm / link.spm`.
    pub id: String,
    /// Lost if it is disrupted all the time less what is lost if it never is, b/d; `None` for what
    /// is never disrupted.
    pub birnbaum_bpd: Option<f64>,
    /// Share of the loss that goes away if it is never disrupted; `None` if nothing is lost.
    pub fussell_vesely: Option<f64>,
    /// By how much the loss grows if it is disrupted all the time.
    pub risk_achievement_worth: Option<f64>,
    /// By how much the loss shrinks if it never is; `None` if nothing would be lost then.
    pub risk_reduction_worth: Option<f64>,
}

/// A process on a target.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactComponent {
    /// Hazard.
    pub hazard: String,
    /// Targets that it hits at once.
    pub targets: Vec<String>,
    /// Share of time in which it is disrupted.
    pub unavailability: f64,
    /// Disruptions that begin in a year of 365.25 days.
    pub events_per_year: f64,
    /// Whether up and down times are exponential, and one share is left.
    pub is_exponential: bool,
    /// Delivered with it alone disrupted, left with the least it may leave, b/d.
    pub alone_bpd: f64,
    /// Unavailability × Birnbaum over all that is lost; `None` if nothing is lost.
    pub criticality: Option<f64>,
    /// How much depends on it.
    #[serde(flatten)]
    pub importance: ExactImportance,
}

/// What the capacity of an element is worth, as shares of time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactBottleneck {
    /// Qualified id, `link.spm`.
    pub id: String,
    /// Name.
    pub name: String,
    /// In the minimum cut nearest to the sources.
    pub in_cut: f64,
    /// Barrels more delivered per barrel of capacity added in every state.
    pub right: f64,
    /// Barrels more delivered per barrel of nameplate added: each state by the share left.
    pub right_of_nameplate: f64,
    /// Barrels less delivered per barrel of capacity taken away in every state.
    pub left: f64,
}

/// A simulation of the same scenario beside the exact answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactAgreement {
    /// Replications.
    pub replications: u64,
    /// Seed.
    pub seed: u64,
    /// The comparison.
    pub rows: Vec<ExactRow>,
    /// Simulated standard deviation of the volume undelivered, bbl.
    pub std_dev_bbl: Option<f64>,
    /// Whether all are within four standard errors; `None` if the exact answer is that of the long
    /// run and the simulation begins otherwise, so that they agree over long horizons only.
    pub agrees: Option<bool>,
}

/// One quantity, exact and simulated.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExactRow {
    /// Name of the metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// Exact mean.
    pub exact: f64,
    /// Simulated mean.
    pub mean: f64,
    /// Its standard error.
    pub std_error: Option<f64>,
    /// Difference in standard errors; `None` if nothing varies.
    pub z: Option<f64>,
}
