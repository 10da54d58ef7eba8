//! What perfect foresight could have gained.

use serde::{Deserialize, Serialize};

/// How far the rules of dispatch are from the best that could be done with all disruptions known
/// in advance, on sampled paths.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bound {
    /// Deliveries, bbl.
    pub delivered: BoundFigure,
    /// The gap in deliveries over what the rules leave undelivered; `None` if that is nothing.
    pub share_of_undelivered: Option<f64>,
    /// Netback, USD: sales less tariffs, freight and war risk; `None` without prices.
    pub money: Option<BoundFigure>,
}

/// One figure under the rules, and its bound.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BoundFigure {
    /// Paths on which the bound was found.
    pub paths: u64,
    /// Paths left out because their program was too large or took too long.
    pub skipped: u64,
    /// Mean under the rules.
    pub rule: Option<f64>,
    /// Mean of the bound.
    pub bound: Option<f64>,
    /// Mean of the bound less the figure under the rules.
    pub gap: Option<f64>,
    /// Its standard error, of paired differences.
    pub std_error: Option<f64>,
}
