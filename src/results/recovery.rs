//! How long everything that hazards hit is out, against how long that goes unnoticed.

use serde::{Deserialize, Serialize};

use super::{RankEstimate, ScenarioInfo};

/// Times to recover against times to survive.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimesToRecover {
    /// `keruen-recovery/1`.
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// The scenario.
    pub scenario: ScenarioInfo,
    /// Ids of the strategies applied.
    pub strategies: Vec<String>,
    /// By what: `recovery`.
    pub by: String,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Replications in which outages were looked at.
    pub replications: u64,
    /// Each hazard on each element that it hits, and on all of them where one event hits several at
    /// once; the most exposed first.
    pub rows: Vec<RecoveryRow>,
    /// What the reader must know.
    pub warnings: Vec<String>,
}

/// Outages of one element, unit or service, or of several at once, by one hazard.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecoveryRow {
    /// Qualified id of what is hit, `link.spm`, `link.spm#2`, `service.power`; `3 at once` where an
    /// event hits several elements.
    pub id: String,
    /// Its name; for several at once their ids.
    pub name: String,
    /// Id of the hazard.
    pub hazard: String,
    /// Share of capacity that the hazard leaves on average; of a service the least of what it feeds.
    /// `None` for several at once.
    pub left: Option<f64>,
    /// Outages in all replications.
    pub outages: u64,
    /// How many of them the horizon cuts short: they count with the time up to there.
    pub cut_short: u64,
    /// Mean length of an outage, days; `None` if there was none.
    pub time_to_recover_days: Option<RankEstimate>,
    /// Exceeded by one outage in twenty, days.
    pub time_to_recover_p95_days: Option<f64>,
    /// Deliveries.
    pub deliveries: Exposure,
    /// Production of fields that could go on.
    pub production: Exposure,
}

/// How long an outage goes unnoticed, and how often that is not enough.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Exposure {
    /// The longest outage in which nothing falls short, days; `None` beyond the horizon.
    pub time_to_survive_days: Option<f64>,
    /// Mean time to recover less that, days: exposed if above 0. `None` where one is not known.
    pub gap_days: Option<RankEstimate>,
    /// Share of outages that last longer; `None` if there was none.
    pub outlasted: Option<RankEstimate>,
}

impl Exposure {
    /// Whether outages last longer on average than they go unnoticed.
    #[must_use]
    pub fn is_exposed(&self) -> bool {
        self.gap_days.is_some_and(|gap| gap.mean > 0.0)
    }
}
