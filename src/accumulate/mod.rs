//! What is gathered while replications run, in memory that does not grow with them.
//!
//! [`PathTotals`] follows one replication from epoch to epoch. At its end it becomes one whole
//! number per [`Column`]; [`Gathered`] adds those up, in integers, so that it does not matter in
//! which order or on which thread.

mod books;
mod column;
mod draw;
mod fan;
mod gathered;
mod integral;
mod levels;
mod path;
mod sample;
mod shortfall;

pub use books::Books;
pub use column::{Column, Group, UNDEFINED};
pub use draw::{DrawMeans, DrawSums};
pub use fan::FanCounts;
pub use gathered::{EXACT, Gathered, Plan};
pub use levels::TankLevels;
pub use path::{EpochView, PathSetup, PathTotals};
pub use sample::Sample;
pub use shortfall::{RecoveryRule, ShortfallEvent, ShortfallRule, Shortfalls};
