//! From a tree to a model.

mod circles;
mod dynamics;
mod expected;
mod fleets;
mod grades;
mod hazards;
mod hits;
mod law;
mod links;
mod log;
mod money;
mod nodes;
mod occurs;
mod profile;
mod quota;
mod rates;
mod repair;
mod scope;
mod settings;
mod shared;
mod targets;

pub(super) use circles::{ADVICE as CIRCLE_ADVICE, in_words as circle_in_words};
pub(super) use settings::{lower, sources};
pub(super) use targets::Elements;
