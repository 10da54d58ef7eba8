//! Tests of what the library and the command promise, one module per boundary.

#![expect(
    clippy::disallowed_methods,
    reason = "what is expected is worked out apart from the library, in plain words"
)]

mod adequacy;
mod architecture;
mod backtest;
#[cfg(feature = "cli")]
mod capacity_worth;
mod command;
mod fit;
mod hazard_grammar;
#[cfg(feature = "cli")]
mod invalid_files;
mod known_answers;
mod metamorphic;
mod no_panic;
mod oracle;
mod random_worlds;
mod replay;
mod reproducibility;
mod scenario_files;
mod scenario_hazards;
mod scenarios_hold;
mod schema;
mod stories;
mod strategy_files;
mod time_down;
mod uncertain;
mod worlds;
