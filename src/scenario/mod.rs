//! The file format: scenarios, strategies, studies, stress cases and back-tests, and what can be wrong
//! with them.
//!
//! A file is read into a tree of values that know their place. One specification says which
//! tables and keys there are; the checks of shape, the JSON Schema and the tables of
//! `docs/format.md` come from it. Strategies are laid over the base by key, and the result is
//! lowered into a [`crate::model::Model`]. All problems are found in one pass.

mod amount;
mod backtest;
mod catalogue;
mod counted;
mod csv;
#[cfg(test)]
mod documented;
mod doubt;
mod entries;
mod event_log;
mod join;
mod load;
mod lower;
mod overlay;
mod problem;
mod quantities;
mod quantity;
mod read;
mod schema;
mod shape;
mod source;
mod spec;
mod starter;
mod strategy;
mod stress;
mod structure;
mod study;
mod text;
mod time;
mod tree;

pub use amount::{Amount, amount};
pub use backtest::{Backtest, Episode, Forecast, Metric, Question, Variant, load_backtest};
pub use catalogue::{Catalogue, Change, Overlap};
pub use doubt::{Doubt, Draw};
pub use event_log::{
    EventLog, LogWindow, LoggedEnd, LoggedEvent, load_event_log, log_window, parse_event_log,
};
pub use load::{Error, Request, Scenario, load, load_beside, load_with_logs, parse, replay_ids};
pub use problem::{Invalid, Problem};
pub use quantities::{Quantity, Remark};
pub use schema::schema;
pub use starter::starter;
pub use stress::{StressCase, closure, instant, length, load_stress, parse_stress};
pub use study::{Axis, Case, Kind, Overlaps, Study, kind, load_study};
pub use text::Text;
