//! To whom the loss is laid: shares that add up.

use serde::{Deserialize, Serialize};

use super::{RankEstimate, ScenarioInfo};

/// The loss divided among hazards, or classes of hazards, by Shapley's rule.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shapley {
    /// `keruen-shapley/1`.
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// The scenario.
    pub scenario: ScenarioInfo,
    /// Ids of the strategies applied.
    pub strategies: Vec<String>,
    /// By what: `shapley`.
    pub by: String,
    /// Among whom: `hazards` or `classes`.
    pub among: String,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Replications of each coalition.
    pub replications: u64,
    /// Coalitions that were played.
    pub coalitions: u64,
    /// Random orders in which players join; `None` if all coalitions were played.
    pub orders: Option<u64>,
    /// The mean volume undelivered over the horizon.
    pub mean: ShapleyTotal,
    /// Level of the conditional value at risk.
    pub level: f64,
    /// The conditional value at risk of that volume; `None` with too few replications.
    pub conditional_value_at_risk: Option<ShapleyTotal>,
    /// Hazards or classes, the largest share first.
    pub players: Vec<ShapleyPlayer>,
    /// What the reader must know.
    pub warnings: Vec<String>,
}

/// What is divided.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ShapleyTotal {
    /// Lost with all hazards, bbl.
    pub all_bbl: RankEstimate,
    /// Lost without any, bbl.
    pub none_bbl: RankEstimate,
    /// The first less the second, bbl: the shares add up to this.
    pub divided_bbl: RankEstimate,
    /// What one player less would save, added up over players, bbl: not what is divided.
    pub leave_one_out_sum_bbl: f64,
}

/// A hazard or a class of hazards.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShapleyPlayer {
    /// Id of the hazard, or the class.
    pub id: String,
    /// Name.
    pub name: String,
    /// Of the mean volume undelivered.
    pub mean: ShapleyShare,
    /// Of its conditional value at risk; `None` with too few replications.
    pub conditional_value_at_risk: Option<ShapleyShare>,
}

/// What is laid to a player; volumes over the horizon.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ShapleyShare {
    /// Its share, bbl.
    pub bbl: RankEstimate,
    /// Its share of what is divided; `None` if that is nothing.
    pub share: Option<RankEstimate>,
    /// What would be saved without it and with all others, bbl.
    pub leave_one_out_bbl: RankEstimate,
    /// What it would cost if it were the only one, bbl.
    pub alone_bbl: RankEstimate,
}
