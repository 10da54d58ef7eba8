//! Worlds whose answers are known: closed forms, exact enumeration, exact paths.
//!
//! The answers come from the files in `tests/cases`, computed independently. Simulated means must
//! come within four standard errors, quantiles within their order-statistic interval.

mod links;
mod networks;
mod processes;
mod tanks;
