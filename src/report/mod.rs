//! Results as text, CSV, JSON and Parquet.
//!
//! Everything here writes to what it is handed and sees nothing but [`crate::results`]; files are
//! opened by the command.

mod csv;
mod doubt;
#[cfg(test)]
mod example;
mod hazards;
mod json;
mod number;
mod parquet;
mod regimes;
mod run;
mod stress;
mod table;

pub use csv::{stress_csv, summary_csv, timeline_csv};
pub use json::json;
pub use number::{
    NOTHING, Scale, brief, counted, date_time, grouped, per_cent, significant, to_spread,
    with_error,
};
pub use parquet::{Cell, Column, Kind, ParquetFile, Provenance, timeline_parquet};
pub use run::{paragraph, run_text};
pub use stress::stress_text;
pub use table::{Align, Table};
