//! What size is worth.

use serde::{Deserialize, Serialize};

use super::{RankEstimate, ScenarioInfo};

/// What sizes of something are worth, or which firm capacity something risky is worth.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// `keruen-curve/1`.
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// The scenario.
    pub scenario: ScenarioInfo,
    /// Ids of the strategies applied throughout.
    pub strategies: Vec<String>,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Replications of each size, the same futures for all.
    pub replications: u64,
    /// One value over a list of sizes; `None` if a firm equivalent was asked for.
    pub sizes: Option<CurveSizes>,
    /// A firm equivalent; `None` if sizes were asked for.
    pub firm: Option<FirmEquivalent>,
    /// What the reader must know.
    pub warnings: Vec<String>,
}

/// Losses at sizes of one value.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurveSizes {
    /// The value that is set: `link.spm.units.count`.
    pub key: String,
    /// Its unit as written; empty for a number.
    pub unit: String,
    /// The scenario as it is.
    pub as_it_is: CurveLoss,
    /// Sizes, upward.
    pub points: Vec<CurvePoint>,
}

/// Losses over the horizon.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CurveLoss {
    /// Mean undelivered, bbl.
    pub mean_bbl: RankEstimate,
    /// Conditional value at risk at 95 %, bbl; `None` with fewer than 20 replications.
    pub cvar95_bbl: Option<RankEstimate>,
    /// Mean netback, USD; `None` without prices.
    pub netback_usd: Option<RankEstimate>,
}

/// One size.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// The value as it was set.
    pub value: String,
    /// Its number, in the unit of the curve.
    pub size: f64,
    /// Losses.
    pub loss: CurveLoss,
    /// Less those of the scenario as it is.
    pub from_as_it_is: CurveLoss,
    /// Less those of the size before, for one unit of size; `None` for the first.
    pub for_one_more: Option<CurveLoss>,
}

/// The capacity of a way that never fails which leaves as much undelivered as a risky option.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirmEquivalent {
    /// Ids of the strategies that are the risky option.
    pub option: Vec<String>,
    /// Where the firm way starts: id of a field or hub.
    pub from: String,
    /// Where it ends; `None` for a market of its own.
    pub to: Option<String>,
    /// Sizes are whole multiples of this, b/d.
    pub step_bpd: i64,
    /// The largest size that was allowed, b/d.
    pub most_bpd: i64,
    /// Losses without the option.
    pub without: CurveLoss,
    /// Losses with it.
    pub with: CurveLoss,
    /// The equivalent by measure of loss.
    pub equivalents: Vec<FirmAnswer>,
    /// How much more plan, spread over all fields, the option carries at the losses without it, by
    /// measure of loss.
    pub more_plan: Vec<FirmAnswer>,
    /// Losses at all sizes of the firm way that were tried, upward.
    pub points: Vec<FirmPoint>,
    /// The same at all additions to plan, with the option.
    pub plan_points: Vec<FirmPoint>,
}

/// A size as two intervals, b/d.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirmAnswer {
    /// `mean` or `cvar95`.
    pub measure: String,
    /// The answer lies between two neighbouring sizes, equal if it is exact; `None` if none is
    /// large enough.
    pub size_bpd: Option<[i64; 2]>,
    /// Below this chance rules sizes out at 95 %; `None` with the answer.
    pub chance_low_bpd: Option<i64>,
    /// Above this it does; `None` if there is no bound.
    pub chance_high_bpd: Option<i64>,
}

/// A size that was tried.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct FirmPoint {
    /// The size, b/d.
    pub size_bpd: i64,
    /// Mean undelivered, bbl.
    pub mean_bbl: f64,
    /// Less what it is compared with.
    pub mean_difference_bbl: RankEstimate,
    /// Conditional value at risk at 95 %, bbl.
    pub cvar95_bbl: Option<f64>,
    /// Less what it is compared with.
    pub cvar95_difference_bbl: Option<RankEstimate>,
}
