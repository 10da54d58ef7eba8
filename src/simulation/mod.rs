//! The event loop, tanks, chunks of replications, progress.
//!
//! [`run`] plays replications and gathers what they give; [`stress`] plays one future under
//! stated closures; [`windows`] adds up volumes within stated times; [`overview`] plays the one in which nothing goes wrong.

mod attribution;
mod calendar;
mod columns;
mod dispatch;
mod overview;
mod replication;
mod run;
mod settings;
mod state;
mod stress;
mod summary;
mod undisturbed;
mod windows;
mod world;

pub use overview::{Overview, overview};
pub use run::run;
pub use settings::{
    Observer, Progress, ROW_COLUMNS, Row, Run, RunError, Settings, ShortfallRow, Silent, Stopped,
};
pub use stress::stress;
pub use summary::summary;
pub use windows::{Window, Windows, windows};
