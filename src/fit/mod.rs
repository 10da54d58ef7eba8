//! What a log of events says about the hazard behind it: rates, durations, seasons, campaigns.
//!
//! Pure functions over times in days. Estimates are those of greatest likelihood, intervals hold
//! with 95 % probability where [`promises`] says so; `docs/method.md` has the formulas.

mod campaign;
mod campaign_test;
mod durations;
mod goodness;
mod group;
mod laws;
mod log;
mod profile;
pub mod promises;
mod rates;
mod season;
mod shares;
mod warnings;

pub use campaign::{Campaign, Estimate, estimate, log_likelihood, residuals};
pub use campaign_test::likelihood_ratio_p_value;
pub use durations::{Durations, fit_durations};
pub use goodness::{exponential_distance, kolmogorov_p_value};
pub use group::{FORMAT, Form, Settings, fit_log};
pub use log::{End, Event, Lasts, Record};
pub use rates::fit_rate;
pub use season::fit_season;
pub use shares::fit_left;
