//! Tests of what the library and the command promise, one module per boundary.

#[cfg(feature = "cli")]
mod command;
#[cfg(feature = "cli")]
mod invalid_files;
mod no_panic;
mod scenario_files;
mod schema;
mod strategy_files;
