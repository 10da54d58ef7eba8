//! What the worst one, two, … things are that could be taken out.

use serde::{Deserialize, Serialize};

use super::ScenarioInfo;

/// The sets whose loss leaves least, by size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Worst {
    /// `keruen-worst/1`.
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// The scenario.
    pub scenario: ScenarioInfo,
    /// Ids of the strategies applied.
    pub strategies: Vec<String>,
    /// When: plans, capacities and demands are those of then, and outages begin then; seconds
    /// from the start.
    pub at_seconds: i64,
    /// How far things are taken out: `closed`, or `hazards` for the smallest share that their own
    /// hazards leave.
    pub down_state: String,
    /// What is planned when everything is in place, b/d.
    pub planned_bpd: i64,
    /// What is delivered when everything is in place, b/d.
    pub delivered_bpd: i64,
    /// What of it is exported, b/d.
    pub exported_bpd: i64,
    /// All that may be taken out, in the order of the list, each alone.
    pub elements: Vec<WorstElement>,
    /// One, two, … at a time.
    pub sizes: Vec<WorstSize>,
    /// Two at a time, of those that matter most; `None` if fewer than two matter.
    pub pairs: Option<WorstPairs>,
    /// What one cause leaves if it takes out all it can at once, the least first.
    pub common: Vec<WorstCommon>,
    /// Outages that end, with tanks, lags, diversions and restarts: by size and length.
    pub over_time: Vec<WorstOverTime>,
    /// What the reader must know.
    pub warnings: Vec<String>,
}

/// Something that may be taken out.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorstElement {
    /// Qualified id, `link.spm` or `link.spm#2`.
    pub id: String,
    /// Name.
    pub name: String,
    /// That which stands for it in sets, because all oil that passes one passes both; its own id
    /// if it stands for itself.
    pub stands_with: String,
    /// Share left of it when it is taken out.
    pub left: f64,
    /// The hazard that leaves it, if hazards say how far.
    pub hazard: Option<String>,
    /// Delivered without it, b/d.
    pub delivered_bpd: i64,
    /// Share of what is delivered otherwise; `None` if that is nothing.
    pub retention: Option<f64>,
}

/// The worst sets of one size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorstSize {
    /// How many are taken out.
    pub size: usize,
    /// Things among which they are, those that come to the same counted once.
    pub among: usize,
    /// How many sets that makes; at most 2⁶⁴ − 1.
    pub sets: u64,
    /// How many states were solved to decide on all of them.
    pub solved: u64,
    /// `all` if each was decided on, `bounds` if time ran out, `none` if they were too many.
    pub searched: String,
    /// No set leaves less than this, b/d.
    pub lower_bpd: i64,
    /// The worst found leaves this, b/d.
    pub upper_bpd: i64,
    /// Sets that leave as little as the worst; at least so many if not all were decided on.
    pub ties: u64,
    /// The worst first; among equals the first in the order of the list.
    pub worst: Vec<WorstSet>,
}

/// A set that is taken out for good.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorstSet {
    /// Ids; each stands for all that come to the same.
    pub elements: Vec<String>,
    /// Delivered without them, b/d.
    pub delivered_bpd: i64,
    /// Exported without them, b/d.
    pub exported_bpd: i64,
    /// Share of what is delivered otherwise; `None` if that is nothing.
    pub retention: Option<f64>,
    /// Delivered less, b/d.
    pub lost_bpd: i64,
    /// What can take out all of them at once; those that leave least first.
    pub causes: Vec<WorstCause>,
    /// Outages of them that end, by length.
    pub outages: Vec<WorstOutage>,
}

/// Something that can take out several things at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorstCause {
    /// `hazard`, `service`, `jurisdiction`, `operator` or `route`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Share it leaves of what it hits least.
    pub left: f64,
}

/// What an outage does that ends.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorstOutage {
    /// How long things are away, days.
    pub days: f64,
    /// Delivered less by the end of the horizon, bbl.
    pub lost_bbl: i64,
    /// Shut in by the end of the horizon, beyond what is shut in anyway, bbl: what fields could
    /// produce and could not ship.
    pub shut_in_bbl: i64,
    /// The least that is delivered from its beginning on, b/d.
    pub least_bpd: i64,
    /// Days from its beginning until deliveries fall short; `None` if they never do.
    pub first_shortfall_days: Option<f64>,
    /// Days from then until deliveries are back for good; `None` if they never fell short, or are
    /// not back by the end.
    pub recover_days: Option<f64>,
    /// Whether deliveries are not back by the end of the horizon.
    pub not_recovered: bool,
    /// Its place by lost volume among all sets of its size, from 1, those with the same course on
    /// the same way counted once; `None` if not all were played.
    pub rank: Option<u64>,
}

/// The worst outages of one size and length.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorstOverTime {
    /// How many are away together.
    pub size: usize,
    /// How long, days.
    pub days: f64,
    /// Sets played.
    pub played: u64,
    /// Whether these were all sets of this size; else those that are worst for good.
    pub is_all: bool,
    /// The most lost first; among equals the first in the order of the list.
    pub worst: Vec<WorstAway>,
}

/// A set that is away for a time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorstAway {
    /// Ids.
    pub elements: Vec<String>,
    /// Other sets on the same way with the same course.
    pub alike: u64,
    /// What it does.
    pub outage: WorstOutage,
    /// What can take out all of them at once.
    pub causes: Vec<WorstCause>,
}

/// What pairs cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorstPairs {
    /// Ids, those first that cost most alone.
    pub elements: Vec<String>,
    /// Delivered less without both, b/d, row by row; on the diagonal, without the one alone.
    pub lost_bpd: Vec<Vec<i64>>,
}

/// A cause that takes out all it can at once.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct WorstCommon {
    /// `hazard`, `service`, `jurisdiction`, `operator` or `route`.
    pub kind: String,
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Ids of what it hits, where it has a choice those that cost most.
    pub hits: Vec<String>,
    /// Delivered in the long run if that stays so, b/d.
    pub delivered_bpd: i64,
    /// Exported, b/d.
    pub exported_bpd: i64,
    /// Share of what is delivered otherwise; `None` if that is nothing.
    pub retention: Option<f64>,
    /// Delivered less, b/d.
    pub lost_bpd: i64,
}
