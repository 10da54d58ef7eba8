//! Keruen simulates export routes under disruption.

pub mod accumulate;
pub mod allocation;
#[cfg(feature = "charts")]
pub mod charts;
#[cfg(feature = "cli")]
pub mod cli;
pub mod maths;
pub mod metrics;
pub mod model;
pub mod network;
#[cfg(feature = "cli")]
pub mod report;
pub mod results;
pub mod sampling;
pub mod scenario;
pub mod simulation;
pub mod units;
