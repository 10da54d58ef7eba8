//! The result of a stress: what exactly one event does, with nothing else going wrong.

use serde::{Deserialize, Serialize};

use super::{CourseEpoch, CourseField, CourseRoute, CourseTank, ScenarioInfo};

/// A deterministic timeline under stated closures.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Stress {
    /// `keruen-stress/1`.
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// The scenario.
    pub scenario: ScenarioInfo,
    /// Names of the strategies applied.
    pub strategies: Vec<String>,
    /// What is closed.
    pub closures: Vec<StressEvent>,
    /// Times between two events, in order, from the start of the horizon to its end.
    pub epochs: Vec<CourseEpoch>,
    /// Ids and names of routes, in the order of [`CourseEpoch::routes_bpd`].
    pub routes: Vec<CourseRoute>,
    /// Tanks, in the order of [`CourseEpoch::stocks_bbl`].
    pub tanks: Vec<CourseTank>,
    /// Fields, in the order of [`CourseEpoch::produced_bpd`].
    pub fields: Vec<CourseField>,
    /// Planned over the horizon, bbl.
    pub planned_bbl: i64,
    /// Delivered over the horizon, bbl.
    pub delivered_bbl: i64,
    /// Delivered over the horizon if nothing is closed, bbl.
    pub undisturbed_delivered_bbl: i64,
    /// Shut in over the horizon, bbl.
    pub shut_in_bbl: i64,
    /// Lost to the fields' own outages, bbl.
    pub field_outage_bbl: i64,
    /// Lost to damage by earlier stops, bbl.
    #[serde(default)]
    pub damaged_bbl: i64,
    /// Withheld for quotas, bbl.
    #[serde(default)]
    pub quota_cut_bbl: i64,
    /// Change of stock over the horizon, bbl.
    pub stored_bbl: i64,
    /// Lost in total: undisturbed deliveries − deliveries, bbl.
    pub lost_bbl: i64,
    /// Hours from leaving the band around undisturbed deliveries to lasting return; `None` if it
    /// never left or has not returned by the horizon.
    pub time_to_recover_hours: Option<f64>,
    /// Whether it left the band and had not returned by the horizon.
    pub not_recovered: bool,
    /// Hours from the first closure to the first barrel shut in beyond the undisturbed case.
    pub time_to_shut_in_hours: Option<f64>,
}

/// One stated closure.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StressEvent {
    /// Qualified id of what is closed.
    pub target: String,
    /// Name for people.
    pub name: String,
    /// Seconds since the start.
    pub start_seconds: i64,
    /// Seconds since the start.
    pub end_seconds: i64,
    /// Share of capacity left.
    pub left: f64,
}
