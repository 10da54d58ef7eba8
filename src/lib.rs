//! Keruen simulates export routes under disruption.

pub mod model;
pub mod results;
pub mod units;
