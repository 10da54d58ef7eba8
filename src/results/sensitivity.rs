//! Which figures in doubt matter.

use serde::{Deserialize, Serialize};

use super::{RankEstimate, ScenarioInfo, UncertainFigure};

/// What each figure in doubt does to the outcome.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Sensitivity {
    /// `keruen-sensitivity/1`.
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// The scenario.
    pub scenario: ScenarioInfo,
    /// Ids of the strategies applied.
    pub strategies: Vec<String>,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Why the study ended: `count`, or `interrupted` with the parts that were done.
    pub stopped: String,
    /// Figures in doubt, by path.
    pub figures: Vec<UncertainFigure>,
    /// Each figure at its ends, the others in the middle.
    pub tornado: Tornado,
    /// Elementary effects; `None` if there were few figures, or it was not asked for.
    pub screening: Option<Screening>,
    /// Sobol' indices; `None` if they were not asked for or no figure was kept.
    pub indices: Option<Indices>,
    /// What knowing figures is worth; `None` if there is nothing to decide.
    pub decision: Option<Decision>,
    /// What the reader must know.
    pub warnings: Vec<String>,
}

/// Each figure in doubt at its 5 % and at its 95 % point, all others in the middle, in the same
/// futures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tornado {
    /// Replications of each setting.
    pub replications: u64,
    /// With all figures in the middle.
    pub middle: TornadoLevel,
    /// The figures that change anything, the one that changes mean undelivered most first.
    pub figures: Vec<TornadoFigure>,
    /// Paths of those that change nothing.
    pub without_effect: Vec<String>,
}

/// What a setting gives, or by how much it differs from the middle. Volumes are over the horizon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TornadoLevel {
    /// Mean undelivered, bbl.
    pub undelivered_bbl: RankEstimate,
    /// Its conditional value at risk at 95 %, bbl; `None` with fewer than 20 replications.
    pub undelivered_cvar95_bbl: Option<RankEstimate>,
    /// Mean netback, USD; `None` without prices.
    pub netback_usd: Option<RankEstimate>,
}

/// What one figure does.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TornadoFigure {
    /// Where it stands.
    pub path: String,
    /// Less the middle, at its 5 % point.
    pub low: TornadoLevel,
    /// Less the middle, at its 95 % point.
    pub high: TornadoLevel,
}

impl TornadoFigure {
    /// The larger of what both ends do to mean undelivered, bbl.
    #[must_use]
    pub fn reach(&self) -> f64 {
        let size = |level: &TornadoLevel| level.undelivered_bbl.mean.abs();
        size(&self.low).max(size(&self.high))
    }
}

/// Elementary effects on mean undelivered: what half of what a figure may be does to it, wherever
/// the others stand.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Screening {
    /// Trajectories through all figures.
    pub trajectories: u64,
    /// Levels of each figure.
    pub levels: u64,
    /// Futures at each point; each trajectory has its own.
    pub futures: u64,
    /// Figures, the one with the largest effects first.
    pub figures: Vec<ScreeningFigure>,
    /// All figures that change nothing alone, moved together; `None` if there are none.
    pub together: Option<ScreeningFigure>,
    /// Paths of those.
    pub together_paths: Vec<String>,
}

/// The elementary effects of a figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ScreeningFigure {
    /// Where it stands.
    pub path: String,
    /// Mean size of its effects (μ*), bbl.
    pub size_bbl: RankEstimate,
    /// Mean effect (μ), bbl.
    pub mean_bbl: RankEstimate,
    /// Standard deviation of its effects (σ), bbl.
    pub std_dev_bbl: RankEstimate,
    /// The mean size that leftover chance alone would show, bbl.
    pub noise_bbl: f64,
    /// Whether its index is estimated.
    pub kept: bool,
}

/// Shares of the variance of mean undelivered that figures in doubt cause.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Indices {
    /// Rows of the design.
    pub rows: u64,
    /// Futures at each point.
    pub futures: u64,
    /// Mean of mean undelivered over what these figures may be, bbl.
    pub mean_bbl: f64,
    /// Its standard deviation, bbl.
    pub std_dev_bbl: f64,
    /// The same if all figures in doubt vary, not only those here, bbl.
    pub std_dev_of_all_bbl: f64,
    /// Share of the variance that is leftover chance.
    pub noise: f64,
    /// Sum of the first indices: what figures do one by one.
    pub sum_first: RankEstimate,
    /// Figures, the one with the largest total index first; the others were in the middle. None if
    /// nothing varies.
    pub figures: Vec<IndexFigure>,
}

/// The indices of a figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct IndexFigure {
    /// Where it stands.
    pub path: String,
    /// First index: share of the variance that would go away if the figure were known.
    pub first: RankEstimate,
    /// Total index: share that would be left if all others were known.
    pub total: RankEstimate,
    /// The part of the total index that is leftover chance.
    pub noise: f64,
}

/// What it is worth to know figures in doubt before one of several alternatives is chosen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    /// Unit of what things are worth: `USD/yr`, or `bbl` over the horizon.
    pub unit: String,
    /// What a barrel that is not delivered costs, USD; `None` if barrels are counted and cost is not.
    pub usd_per_barrel: Option<f64>,
    /// Draws of all figures.
    pub draws: u64,
    /// Futures of each draw, the same for all alternatives.
    pub futures: u64,
    /// What may be chosen; the first is the scenario as it is.
    pub alternatives: Vec<DecisionAlternative>,
    /// Place of the one that is best on average.
    pub best: u64,
    /// What it is worth to know all figures (EVPI).
    pub all_figures: Option<DecisionValue>,
    /// Figures, the one most worth knowing first.
    pub figures: Vec<DecisionFigure>,
}

/// One alternative.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionAlternative {
    /// Ids of its strategies, or `as it is`.
    pub id: String,
    /// Mean undelivered over the horizon and over what the figures may be, bbl.
    pub undelivered_bbl: RankEstimate,
    /// What it costs a year, USD; `None` if that is not known.
    pub annual_cost_usd: Option<f64>,
    /// How much worse it is than the best on average, in the unit of the decision.
    pub worse_than_best: RankEstimate,
    /// Share of draws in which none is better.
    pub best_in: f64,
}

/// What knowing something is worth, in the unit of the decision.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionValue {
    /// Gain of deciding by it, tried on other draws than it was found from: rather too low.
    pub value: RankEstimate,
    /// The same tried on what it was found from: rather too high.
    pub bound: f64,
}

/// A figure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DecisionFigure {
    /// Where it stands.
    pub path: String,
    /// What it is worth to know it (EVPPI).
    pub worth: DecisionValue,
}

impl DecisionFigure {
    /// Whether knowing it would turn the decision often enough to be seen: by more than three standard
    /// errors, as of many figures some pass two by chance.
    #[must_use]
    pub fn is_worth_knowing(&self) -> bool {
        let value = self.worth.value;
        value.mean > 3.0 * value.std_error.unwrap_or(0.0) && value.mean > 0.0
    }
}
