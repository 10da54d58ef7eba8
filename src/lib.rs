//! Keruen simulates export routes under disruption.

pub mod accumulate;
pub mod allocation;
pub mod maths;
pub mod metrics;
pub mod model;
pub mod network;
pub mod results;
pub mod sampling;
pub mod simulation;
pub mod units;
