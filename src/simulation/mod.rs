//! The event loop, tanks, chunks of replications, progress.
//!
//! [`run`] plays replications and gathers what they give, [`run_uncertain`] those of many draws of
//! uncertain figures; [`story`] tells one of them; [`stress`] plays one future under stated
//! closures; [`windows`] adds up volumes within stated times; [`overview`] plays the one in which
//! nothing goes wrong.

mod absences;
mod announced;
mod answers;
mod apart;
mod arrivals;
mod attribution;
mod by_month;
mod calendar;
mod choice;
mod columns;
mod conditional;
mod controlled;
mod delays;
mod differences;
mod dispatch;
mod fields;
mod foresight;
mod grades;
mod held;
mod in_order;
mod lags;
mod margins;
mod memoryless;
mod money;
mod nested;
mod outages;
mod overview;
mod parallel;
mod parts;
mod probe;
mod proportional;
mod quota;
mod quota_results;
mod recall;
mod recorder;
mod removals;
mod replication;
mod restart;
mod rules;
mod run;
mod settings;
mod settle;
mod shadow_prices;
mod spans;
mod state;
mod stops;
mod story;
mod strata;
mod stress;
mod summary;
mod survival;
mod together;
mod transits;
mod trials;
mod turns;
mod uncertain;
mod undisturbed;
mod uniqueness;
mod windows;
mod world;

pub use absences::{Absence, Suffered, absences};
pub use choice::{Choice, choose};
pub use differences::controlled_differences;
pub use foresight::foresight;
pub use held::{Held, regimes_held};
pub use overview::{Overview, overview};
pub use parallel::Threads;
pub use probe::{Probe, Setting};
pub use removals::{Bench, Reliance, Removal, Removals, Way, standing};
pub use rules::rules;
pub use run::run;
pub use settings::{
    Draws, Observer, Progress, ROW_COLUMNS, Row, Run, RunError, Settings, ShortfallRow, Silent,
    Stopped,
};
pub use shadow_prices::{Estimated, Priced, ShadowPrices, Takings, shadow_prices, takings};
pub use story::story;
pub use strata::{StrataAsked, play_strata, timelines};
pub use stress::stress;
pub use summary::{network_info, scenario_info, summary};
pub use survival::{Survival, survival};
pub use together::{Together, run_together};
pub use uncertain::{DrawnModel, doubt_uniform, run_uncertain};
pub use windows::{Window, Windows, windows};
