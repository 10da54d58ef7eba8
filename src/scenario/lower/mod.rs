//! From a tree to a model.

mod hazards;
mod hits;
mod law;
mod links;
mod nodes;
mod occurs;
mod profile;
mod settings;
mod targets;

pub(super) use settings::{lower, sources};
pub(super) use targets::Elements;
