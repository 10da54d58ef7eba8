//! One whole number per replication.

use crate::metrics::{Moments, Sketch};

/// Stands for "not defined in this replication".
pub const UNDEFINED: i64 = i64::MIN;

/// What a column is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The whole system.
    System,
    /// A field, by index.
    Field(usize),
    /// A market.
    Market(usize),
    /// A link.
    Link(usize),
    /// A hub.
    Hub(usize),
    /// A route.
    Route(usize),
    /// A jurisdiction.
    Jurisdiction(usize),
    /// A hazard.
    Hazard(usize),
    /// A hazard class; one past the last is what cannot be laid to any disruption at work.
    Class(usize),
    /// A transit.
    Transit(usize),
    /// A regime.
    Regime(usize),
    /// A production quota.
    Quota(usize),
}

/// A number that each replication gives.
#[derive(Clone, Debug, PartialEq)]
pub struct Column {
    /// What it is about.
    pub group: Group,
    /// Name of the metric.
    pub name: &'static str,
    /// Unit of the value as reported.
    pub unit: &'static str,
    /// Reported value = whole number × this.
    pub scale: f64,
}

impl Column {
    /// Whole barrels.
    #[must_use]
    pub fn barrels(group: Group, name: &'static str) -> Self {
        Self {
            group,
            name,
            unit: "bbl",
            scale: 1.0,
        }
    }

    /// Seconds, reported as hours.
    #[must_use]
    pub fn hours(group: Group, name: &'static str) -> Self {
        Self {
            group,
            name,
            unit: "h",
            scale: 1.0 / 3_600.0,
        }
    }

    /// A number of things.
    #[must_use]
    pub fn count(group: Group, name: &'static str) -> Self {
        Self {
            group,
            name,
            unit: "count",
            scale: 1.0,
        }
    }

    /// A share, in 10⁻⁹.
    #[must_use]
    pub fn share(group: Group, name: &'static str) -> Self {
        Self {
            group,
            name,
            unit: "share",
            scale: 1e-9,
        }
    }

    /// Whole dollars.
    #[must_use]
    pub fn dollars(group: Group, name: &'static str) -> Self {
        Self {
            group,
            name,
            unit: "USD",
            scale: 1.0,
        }
    }
}

/// Moments and sketch of one column.
#[derive(Clone, Debug, Default)]
pub(super) struct Tally {
    pub(super) moments: Moments,
    pub(super) sketch: Sketch,
}

impl Tally {
    pub(super) fn add(&mut self, value: i64, sketched: bool) {
        if value != UNDEFINED {
            self.moments.add(value);
            if sketched {
                self.sketch.add(value);
            }
        }
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.moments.merge(&other.moments);
        self.sketch.merge(&other.sketch);
    }
}
