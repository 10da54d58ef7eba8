//! Results as text, pages, CSV, JSON, Parquet and workbooks.
//!
//! Everything here writes to what it is handed and sees nothing but [`crate::results`]; files are
//! opened by the command.

mod backtest;
mod bound;
mod compare;
mod controlled;
mod csv;
mod curve;
mod doubt;
mod exact;
#[cfg(test)]
mod example;
mod fit;
mod fit_toml;
mod grades;
mod hazards;
pub mod html;
mod importance;
mod json;
mod markets;
mod money;
mod network;
mod number;
mod optimise;
mod parquet;
mod quota;
mod rank;
mod recovery;
mod regimes;
mod regret;
mod run;
mod sensitivity;
mod shapley;
mod sketch;
mod splits;
mod story;
mod story_course;
mod story_events;
mod story_phases;
mod story_tanks;
mod strata;
mod strategies;
mod stress;
mod table;
mod tell;
mod workbook;
mod worst;

pub use backtest::backtest_text;
pub use compare::{compare_text, comparisons_csv};
pub use csv::{backtest_csv, stress_csv, summary_csv, timeline_csv};
pub use curve::{curve_csv, curve_text};
pub use exact::{exact_csv, exact_text};
pub use fit::fit_text;
pub use fit_toml::fit_toml;
pub use grades::grades_line;
pub use importance::{importance_csv, importance_text};
pub use json::json;
pub use network::{ExportedNetwork, network_dot, network_geojson, network_graphml};
pub use number::{
    NOTHING, Scale, brief, counted, date_time, grouped, per_cent, significant, to_spread,
    with_error,
};
pub use optimise::{optimise_csv, optimise_text};
pub use parquet::{Cell, Column, Kind, ParquetFile, Provenance, timeline_parquet};
pub use rank::{rank_csv, rank_text};
pub use recovery::{recovery_csv, recovery_text};
pub use run::{paragraph, rules_text, run_text};
pub use sensitivity::{sensitivity_csv, sensitivity_text};
pub use shapley::{shapley_csv, shapley_text};
pub use splits::{is_open_range, range_text};
pub use story::story_text;
pub use strategies::strategies_csv;
pub use stress::stress_text;
pub use table::{Align, Table};
pub use tell::Tell;
pub use workbook::{Sheet, SheetRows, workbook};
pub use worst::{worst_csv, worst_text};
