//! What a run found on production quotas.

use serde::{Deserialize, Serialize};

/// A calendar month under a quota; the last may end with the horizon. What counts is what fields
/// produce, each times its crude share.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct QuotaMonth {
    /// Id of the quota.
    pub quota: String,
    /// Its name.
    pub name: String,
    /// `2026-01`.
    pub month: String,
    /// Length within the horizon, days.
    pub days: f64,
    /// How much may count, b/d.
    pub cap_bpd: f64,
    /// By how much less if it is to be made up for what was too much before, b/d.
    pub compensation_bpd: f64,
    /// What counts if nothing goes wrong, b/d.
    pub undisturbed_bpd: f64,
    /// Mean of what counts, b/d.
    pub counted_bpd: f64,
    /// Its standard error, b/d.
    pub counted_std_error_bpd: Option<f64>,
    /// Mean balance at the end, bbl.
    pub balance_bbl: f64,
    /// Its standard error, bbl.
    pub balance_std_error_bbl: Option<f64>,
    /// A twentieth of the replications ends below this balance, bbl.
    pub balance_low_bbl: f64,
    /// Half of them.
    pub balance_median_bbl: f64,
    /// A twentieth ends above this one.
    pub balance_high_bbl: f64,
}

/// What a quota comes to if nothing goes wrong; volumes in bbl.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct UndisturbedQuota {
    /// What counts.
    pub counted_bbl: f64,
    /// What would count but for the cuts.
    pub cut_bbl: f64,
    /// What should have been cut besides.
    pub unmet_cut_bbl: f64,
    /// What months are above the cap.
    pub excess_bbl: f64,
    /// Balance at the end.
    pub balance_bbl: f64,
    /// Balance at the start; the same in every future.
    pub opening_bbl: f64,
    /// Length of the months above the cap, hours.
    pub time_over_h: f64,
}
