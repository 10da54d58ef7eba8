//! The event loop, tanks, chunks of replications, progress.
//!
//! [`run`] plays replications and gathers what they give, [`run_uncertain`] those of many draws of
//! uncertain figures; [`stress`] plays one future under
//! stated closures; [`overview`] plays the one in which nothing goes wrong.

mod attribution;
mod calendar;
mod columns;
mod conditional;
mod dispatch;
mod nested;
mod overview;
mod replication;
mod run;
mod settings;
mod state;
mod stress;
mod summary;
mod uncertain;
mod undisturbed;
mod world;

pub use overview::{Overview, overview};
pub use run::run;
pub use settings::{
    Draws, Observer, Progress, ROW_COLUMNS, Row, Run, RunError, Settings, ShortfallRow, Silent,
    Stopped,
};
pub use stress::stress;
pub use summary::summary;
pub use uncertain::{DrawnModel, doubt_uniform, run_uncertain};
