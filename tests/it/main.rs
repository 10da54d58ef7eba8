//! Tests of what the library and the command promise, one module per boundary.

#![expect(
    clippy::disallowed_methods,
    reason = "what is expected is worked out apart from the library, in plain words"
)]

mod adequacy;
mod all_features;
mod architecture;
mod backtest;
#[cfg(feature = "cli")]
mod capacity_worth;
mod command;
mod comparisons;
mod configurations;
mod counterfactuals;
mod curve;
mod fair_shares;
mod field_worlds;
mod fit;
mod grades;
mod hazard_grammar;
#[cfg(feature = "cli")]
mod invalid_files;
mod known_answers;
mod least_shut_in;
mod linear_program;
mod metamorphic;
mod netback;
mod no_panic;
mod oracle;
mod paths;
mod portfolio_files;
mod portfolios;
mod precision;
mod properties;
mod quotas;
mod random_worlds;
mod replay;
mod reproducibility;
mod scenario_files;
mod scenario_hazards;
mod scenarios_hold;
mod schema;
mod sensitivity;
mod splits;
mod stories;
mod strata;
mod strategy_files;
mod tank_rules;
mod time_down;
mod together;
mod totals_alone;
mod uncertain;
mod under_way;
mod unrelated;
mod waiting_controls;
mod worlds;
mod worst;
