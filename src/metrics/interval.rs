//! The bounds between which an estimate is believed to lie.

/// A confidence interval, in the unit of what it encloses.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    /// Lower bound.
    pub low: f64,
    /// Upper bound.
    pub high: f64,
}
