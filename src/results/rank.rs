//! What ranks elements of a scenario by what their capacity is worth.

use serde::{Deserialize, Serialize};

use super::ScenarioInfo;

/// What capacity is worth, element by element.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Rank {
    /// `keruen-rank/1`.
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// The scenario.
    pub scenario: ScenarioInfo,
    /// Ids of the strategies applied.
    pub strategies: Vec<String>,
    /// By what: `shadow-price`.
    pub by: String,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Replications done.
    pub replications: u64,
    /// Change of capacity for which earnings are compared, b/d.
    pub step_bpd: i64,
    /// Fields, hubs, markets and links with a limit, the most valuable first.
    pub elements: Vec<RankElement>,
    /// The first of them that are links, hubs or markets, played again with another capacity where there are tanks; the
    /// most valuable first.
    #[serde(default)]
    pub played: Vec<RankPlayed>,
    /// Tanks, the most valuable first.
    pub tanks: Vec<RankTank>,
    /// What the reader must know.
    pub warnings: Vec<String>,
}

/// A mean over replications and its standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RankEstimate {
    /// Mean.
    pub mean: f64,
    /// Standard error; `None` with fewer than two replications.
    pub std_error: Option<f64>,
}

impl RankElement {
    /// Whether more or less of it ever changes anything at an instant.
    #[must_use]
    pub fn matters(&self) -> bool {
        let mean = |estimate: Option<RankEstimate>| estimate.map_or(0.0, |estimate| estimate.mean);
        mean(self.in_cut) > 0.0
            || self.right_and_left() != [0.0; 2]
            || mean(self.usd_more_per_year_per_bpd) != 0.0
            || mean(self.usd_less_per_year_per_bpd) != 0.0
    }

    /// What one more and one less delivers: means, 0 where they are not known.
    #[must_use]
    pub fn right_and_left(&self) -> [f64; 2] {
        [self.right, self.left].map(|side| side.map_or(0.0, |side| side.mean))
    }
}

impl RankEstimate {
    /// In another unit.
    #[must_use]
    pub fn scaled(self, by: f64) -> Self {
        Self {
            mean: self.mean * by,
            std_error: self.std_error.map(|error| error * by.abs()),
        }
    }
}

/// What the capacity of an element is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankElement {
    /// Qualified id, `link.spm`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Nameplate at the start, b/d.
    pub capacity_bpd: i64,
    /// Share of time in the minimum cut nearest to the sources; `None` where flows do not tell what one more barrel a day of
    /// capacity would deliver, and the others in barrels are those of a step.
    pub in_cut: Option<RankEstimate>,
    /// Barrels more delivered per barrel of capacity added in every state: the expected shadow
    /// price.
    pub right: Option<RankEstimate>,
    /// The same per barrel of nameplate: each state by the share left.
    pub right_of_nameplate: Option<RankEstimate>,
    /// Barrels less delivered per barrel of capacity taken away in every state.
    pub left: Option<RankEstimate>,
    /// The expected shadow price in thousand barrels a year per thousand b/d.
    pub kb_per_year_per_kbd: Option<RankEstimate>,
    /// What a b/d more earns over its next-best use, USD a year; `None` without prices.
    pub usd_more_per_year_per_bpd: Option<RankEstimate>,
    /// What a b/d less costs, USD a year.
    pub usd_less_per_year_per_bpd: Option<RankEstimate>,
}

/// What the capacity of an element is worth with all that follows from it later, by playing the same futures with another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankPlayed {
    /// Qualified id, `link.spm`.
    pub id: String,
    /// Name.
    pub name: String,
    /// Nameplate at the start, b/d.
    pub capacity_bpd: i64,
    /// Change of nameplate, b/d.
    pub step_bpd: i64,
    /// Thousand barrels more delivered a year per thousand b/d more of nameplate.
    pub more: RankEstimate,
    /// Thousand barrels less delivered a year per thousand b/d less of nameplate.
    pub less: RankEstimate,
    /// What a b/d more earns, USD a year; `None` without prices.
    pub usd_more_per_year_per_bpd: Option<RankEstimate>,
    /// What a b/d less costs, USD a year.
    pub usd_less_per_year_per_bpd: Option<RankEstimate>,
}

/// What the size of a tank is worth, by playing the same futures with another size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RankTank {
    /// Qualified id, `hub.port`.
    pub id: String,
    /// Name of the hub.
    pub name: String,
    /// Size at the start, bbl.
    pub capacity_bbl: i64,
    /// Change of size, bbl.
    pub step_bbl: i64,
    /// Barrels more delivered a year per barrel more of tank.
    pub more: RankEstimate,
    /// Barrels less delivered a year per barrel less of tank.
    pub less: RankEstimate,
    /// What a barrel more of tank earns, USD a year; `None` without prices.
    pub usd_more_per_year: Option<RankEstimate>,
    /// What a barrel less of tank costs, USD a year.
    pub usd_less_per_year: Option<RankEstimate>,
}
