//! A model under its strategies, compiled to dense indices.
//!
//! [`Network`] holds the arcs over which oil is allocated, [`Problem`] what is left of them after
//! presolve. Both are fixed for a run; only capacities change while it lasts.

mod claims;
mod compile;
mod costs;
mod netback;
mod plug;
mod problem;
mod several;
mod steering;
mod structure;

pub use claims::{Claim, Claims};
pub use compile::{ArcRole, FlowArc, Lot, Network, Part, TankArcs, UNLIMITED};
pub use costs::delivery_class;
pub use plug::{barrels_in_line, slug_time};
pub use problem::{NO_ARC, Problem, ReducedArc};
pub use several::{BothWays, Several, Swap};
pub use steering::Steering;
pub use structure::{Structure, structure};
