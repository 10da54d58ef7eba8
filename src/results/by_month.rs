//! Links by month, and tanks through the horizon.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What links did in each calendar month, in the mean over all replications.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct LinkMonths {
    /// The months, `2026-01`; the first and the last may lie in the horizon in part.
    pub months: Vec<String>,
    /// By link.
    pub links: BTreeMap<String, MonthsOfLink>,
}

/// What one link did, by month.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct MonthsOfLink {
    /// Mean flow, b/d, in either direction.
    pub flow_bpd: Vec<f64>,
    /// Standard error of the mean flow, b/d.
    pub flow_std_error_bpd: Vec<Option<f64>>,
    /// Mean flow as a share of its nameplate in that month; `None` if it has none.
    pub utilisation: Vec<Option<f64>>,
    /// Share of the month in which one more barrel a day of its capacity would have been delivered; `None` if that
    /// is not known.
    pub binding: Vec<Option<f64>>,
    /// Standard error of that share.
    pub binding_std_error: Vec<Option<f64>>,
}

/// What a tank holds through the horizon, over all replications.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct TankFan {
    /// The most it holds, bbl.
    pub capacity_bbl: f64,
    /// What it holds at the start, bbl.
    pub initial_bbl: f64,
    /// Instants, days since the start.
    pub days: Vec<f64>,
    /// Mean contents at each instant, bbl.
    pub mean_bbl: Vec<f64>,
    /// Quantiles of the contents by level, `"0.05"`, bbl.
    pub quantiles_bbl: BTreeMap<String, Vec<f64>>,
}
