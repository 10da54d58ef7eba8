//! The result of a run.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::Collect;

use super::{
    Band, Bound, Comparison, Epistemic, GradeTreatment, LinkMonths, Metrics, Money, QuotaMonth,
    Retentions, RouteRange, Strata, TankFan, UndisturbedQuota,
};

/// The version of the summary's shape.
pub const FORMAT: &str = "keruen-summary/1";

/// All that a run found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// [`FORMAT`].
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// The scenario.
    pub scenario: ScenarioInfo,
    /// Seed of all random streams.
    pub seed: u64,
    /// Number of the first replication.
    pub first_replication: u64,
    /// Replications done.
    pub replications: u64,
    /// Why the run ended: `count`, `precision` or `interrupted`.
    pub stopped: String,
    /// What was gathered.
    pub collect: Collect,
    /// Rules that were in force, by name: `combine`, `objective`, …
    pub rules: BTreeMap<String, String>,
    /// Findings per strategy.
    pub strategies: Vec<StrategyResult>,
    /// Paired differences between strategies; empty for a single run.
    pub comparisons: Vec<Comparison>,
    /// The network, with coordinates.
    pub network: NetworkInfo,
    /// What the reader must know.
    pub warnings: Vec<String>,
    /// Figures in doubt that were held at their values, so that no error holds their doubt.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub figures_in_doubt: u64,
    /// What perfect foresight could have gained; only if asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bound: Option<Bound>,
    /// Estimates from futures sorted by rare disruptions; only if asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub strata: Option<Strata>,
    /// What was drawn; only in a run that draws figures in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uncertainty: Option<Uncertainty>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks for it")]
fn is_nothing(number: &f64) -> bool {
    *number == 0.0
}

/// Draws of figures in doubt, each with replications of its own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Uncertainty {
    /// Draws done.
    pub draws: u64,
    /// Replications with each.
    pub replications_per_draw: u64,
    /// What was drawn, by path.
    pub parameters: Vec<UncertainFigure>,
}

/// A figure in doubt.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UncertainFigure {
    /// Where it stands in the file.
    pub path: String,
    /// What is known: `range`, `events in exposure` or `events in trials`.
    pub form: String,
    /// What a run without draws takes.
    pub value: String,
    /// Exceeded with probability 95 %.
    pub low: String,
    /// Exceeded with probability 5 %.
    pub high: String,
    /// Ids of its sources.
    pub source: Vec<String>,
}

/// Which scenario was run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScenarioInfo {
    /// Name.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// Hash of the files it was read from.
    pub sha256: String,
    /// First day, `2026-01-01`.
    pub start: String,
    /// Length in days.
    pub horizon_days: f64,
}

/// What was found for one strategy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StrategyResult {
    /// Id; `baseline` if no strategy is applied.
    pub id: String,
    /// Name.
    pub name: String,
    /// The strategies applied, with their costs.
    pub applied: Vec<StrategyInfo>,
    /// System metrics.
    pub metrics: Metrics,
    /// By field.
    pub fields: BTreeMap<String, Metrics>,
    /// By market.
    pub markets: BTreeMap<String, Metrics>,
    /// By link.
    pub links: BTreeMap<String, Metrics>,
    /// By hub.
    pub hubs: BTreeMap<String, Metrics>,
    /// By route: `exported` (bbl), `share`, `lost` (bbl against the undisturbed flow).
    pub routes: BTreeMap<String, Metrics>,
    /// By jurisdiction: `exported` (bbl crossing it), `share`, `lost` (bbl against the undisturbed flow).
    pub jurisdictions: BTreeMap<String, Metrics>,
    /// By hazard: `events` (count), `active_time` (h), `attributed` (bbl), and the undelivered volume
    /// of the replications in which it struck (`undelivered_if`) and of the others
    /// (`undelivered_if_not`).
    pub hazards: BTreeMap<String, Metrics>,
    /// By hazard class, and `after-effects`: `attributed` (bbl).
    pub classes: BTreeMap<String, Metrics>,
    /// By regime: `time_share`, and the undelivered volume of the replications in which it held for
    /// less than a third of the time (`undelivered_low`), up to two thirds (`undelivered_middle`),
    /// or more (`undelivered_high`).
    #[serde(default)]
    pub regimes: BTreeMap<String, Metrics>,
    /// By transit: `volume` (bbl).
    pub transits: BTreeMap<String, Metrics>,
    /// By production quota: what counted, what was cut for it and what should have been (`counted`,
    /// `cut`, `unmet_cut`; bbl that count), by how much and how long months were above the cap
    /// (`excess`, `time_over`), and the `balance` at the end.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub quotas: BTreeMap<String, Metrics>,
    /// Quotas by month.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub quota_months: Vec<QuotaMonth>,
    /// Chance that undelivered volume exceeds a level.
    pub exceedance: Option<Exceedance>,
    /// Delivered rate over time.
    pub fan: Option<Fan>,
    /// How the estimate settled.
    pub convergence: Option<Convergence>,
    /// Means by month, for routes and markets.
    pub monthly: Vec<MonthlyRow>,
    /// Links by month; only if everything was gathered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link_months: Option<LinkMonths>,
    /// What the tank of each hub holds through the horizon; only if everything was gathered.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tanks: BTreeMap<String, TankFan>,
    /// What flows when nothing goes wrong.
    pub undisturbed: Undisturbed,
    /// Money beyond single metrics; only if the scenario has prices and they were gathered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub money: Option<Money>,
    /// How grades were treated; absent if the scenario does not speak of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grades: Option<GradeTreatment>,
    /// What it keeps without the worst that could be lost; only where strategies are compared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retention: Option<Retentions>,
    /// Which control variates there were; absent in a plain run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controls: Option<ControlVariates>,
}

/// Control variates: times that hazards take of what they hit, whose means are known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ControlVariates {
    /// Times whose means are known.
    pub known: usize,
    /// How many of them were used.
    pub used: usize,
    /// Whether they are no times but volumes: what disruptions would take if each were alone, what
    /// each two take on top, and what fields lose.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub of_losses: bool,
    /// Times that were used though their means are known only from futures drawn apart: how long
    /// parts were gone together of what waits to be repaired.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sampled: u64,
    /// How many such futures there were.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub sampled_from: u64,
    /// Whether the run stopped because a mean was known well enough with them, and not without.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ended_run: bool,
    /// Why none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why_none: Option<String>,
    /// Hazards that give none, and why.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub left_out: BTreeMap<String, String>,
}

/// A strategy that was applied.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StrategyInfo {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it does.
    pub about: String,
    /// Investment, USD.
    pub capex_usd: Option<f64>,
    /// Running cost, USD a year.
    pub opex_usd: Option<f64>,
}

/// `P(undelivered > x)`, with Clopper–Pearson 95 % bounds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Exceedance {
    /// What is exceeded: `undelivered`, in barrels.
    pub metric: String,
    /// By rising level.
    pub points: Vec<ExceedancePoint>,
}

/// One point of an exceedance curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ExceedancePoint {
    /// Level, barrels.
    pub level_bbl: f64,
    /// Share of replications above the level.
    pub probability: f64,
    /// Lower bound, 95 %.
    pub low: f64,
    /// Upper bound, 95 %.
    pub high: f64,
    /// Band of the probability over figures in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epistemic: Option<Band>,
}

/// Quantiles of the delivered rate in each of many equal bins of time (days, if the horizon has
/// no more than 366).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fan {
    /// Length of a bin, days.
    pub bin_days: f64,
    /// Planned rate of each bin, b/d.
    pub plan_bpd: Vec<f64>,
    /// Delivered with nothing wrong, b/d.
    pub undisturbed_bpd: Vec<f64>,
    /// Mean delivered rate, b/d.
    pub mean_bpd: Vec<f64>,
    /// Quantiles by level, `"0.05"`, b/d.
    pub quantiles_bpd: BTreeMap<String, Vec<f64>>,
    /// Errors of the mean, of both kinds; only in a run that draws figures in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doubt: Option<FanDoubt>,
}

/// How well the mean rate of each bin is known when figures in doubt are drawn, b/d.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FanDoubt {
    /// Standard errors of [`Fan::mean_bpd`].
    pub std_error_bpd: Vec<f64>,
    /// A twentieth of what figures may be puts the mean below; empty if it cannot be told.
    pub low_bpd: Vec<f64>,
    /// A twentieth of what figures may be puts the mean above; empty if it cannot be told.
    pub high_bpd: Vec<f64>,
}

/// A mean and its standard error as replications accumulate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Convergence {
    /// The metric.
    pub metric: String,
    /// Its unit.
    pub unit: String,
    /// By rising number of replications.
    pub points: Vec<ConvergencePoint>,
    /// Band of the mean over figures in doubt: what more replications do not make narrower.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epistemic: Option<Band>,
}

/// One point of a convergence curve.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ConvergencePoint {
    /// Replications so far.
    pub replications: u64,
    /// Mean so far.
    pub mean: f64,
    /// Standard error so far.
    pub std_error: Option<f64>,
}

/// One row of the timeline: a month of a route or market.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct MonthlyRow {
    /// `2026-01`.
    pub month: String,
    /// `route`, `market` or `system`.
    pub kind: String,
    /// Id; `delivered` or `planned` for the system.
    pub id: String,
    /// Mean rate, b/d.
    pub mean_bpd: f64,
    /// Standard error of the mean, b/d.
    pub std_error_bpd: Option<f64>,
    /// What doubt about figures adds, b/d; only in a run that draws them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epistemic: Option<Epistemic>,
}

/// Mean rates over the horizon when nothing goes wrong, b/d.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Undisturbed {
    /// Planned.
    pub planned_bpd: f64,
    /// Delivered.
    pub delivered_bpd: f64,
    /// Exported.
    pub exported_bpd: f64,
    /// Flow of each link.
    pub links_bpd: BTreeMap<String, f64>,
    /// Exports by route.
    pub routes_bpd: BTreeMap<String, f64>,
    /// Delivered to each market.
    pub markets_bpd: BTreeMap<String, f64>,
    /// Withheld for quotas.
    #[serde(default, skip_serializing_if = "is_nothing")]
    pub quota_cut_bpd: f64,
    /// By production quota.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub quotas: BTreeMap<String, UndisturbedQuota>,
    /// What each route could carry as well; empty if it was not looked for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub route_ranges: BTreeMap<String, RouteRange>,
}

/// The network as drawn.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct NetworkInfo {
    /// Fields, hubs and markets.
    pub nodes: Vec<NodeInfo>,
    /// Links.
    pub links: Vec<LinkInfo>,
    /// Routes.
    pub routes: Vec<RouteInfo>,
}

/// A node as drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NodeInfo {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// `field`, `hub` or `market`.
    pub kind: String,
    /// Role of a hub.
    pub role: Option<String>,
    /// Country.
    pub country: Option<String>,
    /// Longitude, latitude.
    pub at: Option<[f64; 2]>,
    /// Usable volume of its tank at the start, bbl; `None` without a tank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tank_bbl: Option<i64>,
}

/// A link as drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LinkInfo {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Where it starts.
    pub from: String,
    /// Where it ends.
    pub to: String,
    /// Mode.
    pub mode: String,
    /// Nameplate at the start, b/d; `None` if unlimited.
    pub capacity_bpd: Option<i64>,
    /// Jurisdictions it crosses.
    pub jurisdiction: Vec<String>,
}

/// A route as drawn.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RouteInfo {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Gate links.
    pub gates: Vec<String>,
    /// Jurisdictions; the first counts.
    pub jurisdiction: Vec<String>,
}
