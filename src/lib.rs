//! Keruen simulates export routes under disruption.

pub mod allocation;
pub mod model;
pub mod network;
pub mod results;
pub mod units;
