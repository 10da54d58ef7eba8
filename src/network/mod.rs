//! A model under its strategies, compiled to dense indices.
//!
//! [`Network`] holds the arcs over which oil is allocated, [`Problem`] what is left of them after
//! presolve. Both are fixed for a run; only capacities change while it lasts.

mod compile;
mod costs;
mod problem;
mod several;
mod structure;

pub use compile::{ArcRole, FlowArc, Network, TankArcs, UNLIMITED};
pub use problem::{NO_ARC, Problem, ReducedArc};
pub use several::{Objectives, Several};
pub use structure::{Structure, structure};
