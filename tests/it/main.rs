//! Tests of what the library and the command promise, one module per boundary.

mod adequacy;
mod architecture;
#[cfg(feature = "cli")]
mod command;
#[cfg(feature = "cli")]
mod invalid_files;
mod known_answers;
mod metamorphic;
mod no_panic;
mod oracle;
mod random_worlds;
mod reproducibility;
mod scenario_files;
mod scenarios_hold;
mod schema;
mod strategy_files;
mod worlds;
