//! One course of events: every time in which all flows are constant.

use serde::{Deserialize, Serialize};

/// A time in which every flow is constant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourseEpoch {
    /// Seconds since the start.
    pub start_seconds: i64,
    /// Seconds since the start.
    pub end_seconds: i64,
    /// What changed at its start, in words.
    pub cause: String,
    /// Planned, b/d.
    pub planned_bpd: i64,
    /// Delivered, b/d.
    pub delivered_bpd: i64,
    /// Delivered at this time if nothing goes wrong, b/d.
    pub undisturbed_bpd: i64,
    /// Shut in, b/d.
    pub shut_in_bpd: i64,
    /// Net flow into all tanks, b/d.
    pub storing_bpd: i64,
    /// By route, b/d.
    pub routes_bpd: Vec<i64>,
    /// Contents of each tank at its end, bbl.
    pub stocks_bbl: Vec<i64>,
    /// Produced by each field, b/d.
    pub produced_bpd: Vec<i64>,
}

impl CourseEpoch {
    /// The greatest of plan, undisturbed deliveries, and what is delivered, put into tanks and
    /// shut in together, b/d.
    #[must_use]
    pub fn most_bpd(&self) -> i64 {
        let routes = self
            .routes_bpd
            .iter()
            .fold(0_i64, |sum, &flow| sum.saturating_add(flow.max(0)));
        let delivered = self.delivered_bpd.max(routes);
        delivered
            .saturating_add(self.storing_bpd.max(0))
            .saturating_add(self.shut_in_bpd.max(0))
            .max(self.planned_bpd)
            .max(self.undisturbed_bpd)
    }
}

/// A route of a course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourseRoute {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// A tank of a course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourseTank {
    /// Id of its hub.
    pub id: String,
    /// Name of its hub.
    pub name: String,
    /// Usable volume at the start, bbl.
    pub capacity_bbl: i64,
    /// Contents at the start, bbl.
    pub initial_bbl: i64,
}

/// A field of a course.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CourseField {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Planned over the horizon, bbl.
    pub planned_bbl: i64,
    /// Shut in over the horizon, bbl.
    pub shut_in_bbl: i64,
}
