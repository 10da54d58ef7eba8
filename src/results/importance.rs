//! What depends on each hazard and on each element that hazards hit.

use serde::{Deserialize, Serialize};

use super::{RankEstimate, ScenarioInfo};

/// Importance of hazards and elements, by playing the same futures without them and with nothing
/// but them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Importance {
    /// `keruen-importance/1`.
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// The scenario.
    pub scenario: ScenarioInfo,
    /// Ids of the strategies applied.
    pub strategies: Vec<String>,
    /// By what: `importance`.
    pub by: String,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Replications of each configuration.
    pub replications: u64,
    /// Configurations that were played.
    pub configurations: u64,
    /// Level of the conditional value at risk.
    pub level: f64,
    /// Mean volume undelivered over the horizon, bbl.
    pub undelivered_bbl: RankEstimate,
    /// Its conditional value at risk, bbl; `None` with too few replications.
    pub conditional_value_at_risk_bbl: Option<RankEstimate>,
    /// Hazards, and below elements, their units and services, the most important first.
    pub hazards: Vec<ImportanceRow>,
    /// Elements that hazards hit, their units and services, the most important first.
    pub elements: Vec<ImportanceRow>,
    /// What the reader must know.
    pub warnings: Vec<String>,
}

/// How much depends on a hazard or an element.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportanceRow {
    /// Id of a hazard; qualified id of an element, `link.spm`, a unit, `link.spm#2`, or a service.
    pub id: String,
    /// Name.
    pub name: String,
    /// `hazard`, `element`, `tank`, `unit` or `service`.
    pub kind: String,
    /// Class of a hazard.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<String>,
    /// Share of time in which a hazard is at work, mean over its processes. Of an element the share
    /// of its capacity and of time that is lost, over the share lost while it is down. Of a service
    /// the share of time in which it is hit.
    pub unavailability: RankEstimate,
    /// Share of capacity that is left of an element while it is down.
    pub down_left: Option<f64>,
    /// On the mean volume undelivered.
    pub mean: ImportanceMeasures,
    /// On its conditional value at risk; `None` with too few replications.
    pub conditional_value_at_risk: Option<ImportanceMeasures>,
}

/// Measures of importance; volumes over the horizon.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ImportanceMeasures {
    /// Lost if it never fails, bbl.
    pub perfect_bbl: RankEstimate,
    /// Lost if it is down for all the horizon, bbl.
    pub down_bbl: RankEstimate,
    /// Saved if it never fails, bbl.
    pub saved_bbl: RankEstimate,
    /// Birnbaum: lost if it is down less what is lost if it never fails, bbl.
    pub birnbaum_bbl: RankEstimate,
    /// Unavailability × Birnbaum over all that is lost: what its outages cost if each counted for
    /// itself. `None` if nothing is lost, and for a conditional value at risk.
    pub criticality: Option<RankEstimate>,
    /// Fussell–Vesely: share of the loss that goes if it never fails. `None` if nothing is lost.
    pub fussell_vesely: Option<RankEstimate>,
    /// Risk achievement worth: so many times the loss if it is down. `None` if nothing is lost.
    pub risk_achievement_worth: Option<RankEstimate>,
    /// Risk reduction worth: the loss over what is lost if it never fails. `None` if nothing would be
    /// lost then: it is beyond all bounds, or, with nothing lost either way, undefined.
    pub risk_reduction_worth: Option<RankEstimate>,
}

impl ImportanceMeasures {
    /// Whether nothing would be lost if it never failed, but something is as it is.
    #[must_use]
    pub fn is_all(&self) -> bool {
        self.risk_reduction_worth.is_none() && self.fussell_vesely.is_some()
    }
}
