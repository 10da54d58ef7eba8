//! Worlds whose answers are known: closed forms, exact enumeration, exact paths.
//!
//! The answers come from the files in `tests/cases`, computed independently. Simulated means must
//! come within four standard errors, quantiles within their order-statistic interval.
#![expect(
    clippy::format_push_string,
    reason = "scenario text is put together from parts that read as they stand"
)]

mod brute_force;
mod campaigns;
mod compound;
mod exact;
mod fields;
mod grades;
pub(crate) mod links;
mod losses;
mod money;
mod netback;
pub(crate) mod networks;
mod policies;
mod portfolios;
mod processes;
mod quota;
mod rankings;
pub(crate) mod regimes;
pub(crate) mod repairs;
mod rules;
mod sample;
mod tank_long_run;
mod tanks;
mod time;
