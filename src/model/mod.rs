//! The validated scenario: what exists, what may go wrong, what is asked.
//!
//! A [`Model`] is what a scenario file means once every problem in it has been put right: ids are
//! unique and sorted, references are resolved to indices, calendars are expanded to step series
//! over the horizon, quantities are in whole units. It is built by [`crate::scenario`].

mod counterfactual;
mod flow;
mod grades;
mod hazard;
mod law;
mod money;
mod quota;
mod restart;
mod series;
mod stages;
mod world;

pub use counterfactual::Struck;
pub use flow::Flow;
pub use grades::{Grade, Grading, NO_GRADE};
pub use hazard::{
    Crew, Decision, Element, Floating, Hazard, LogEvent, Occurs, Overlap, Part, Regime, Repair,
    Reversal, Scope, Service, Spares, Stage, Start, Target,
};
pub use law::Law;
pub use money::{Deferral, Money, StateTake};
pub use quota::{Follow, Quota};
pub use restart::{Damage, Dynamics, Restart};
pub use series::Series;
pub use stages::stages;
pub use world::{
    Allocation, Collect, Combine, Control, Field, Hub, Link, Market, Mode, Model, NodeRef,
    Objective, Recovery, Role, Route, Sharing, Shortfall, Simulation, Source, Stop, Storing,
    Strategy, Tank, Transit,
};
