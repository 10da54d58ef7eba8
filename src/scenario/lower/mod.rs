//! From a tree to a model.

mod circles;
mod expected;
mod grades;
mod hazards;
mod hits;
mod law;
mod links;
mod log;
mod nodes;
mod occurs;
mod profile;
mod rates;
mod repair;
mod scope;
mod settings;
mod shared;
mod targets;

pub(super) use circles::{ADVICE as CIRCLE_ADVICE, in_words as circle_in_words};
pub(super) use settings::{lower, sources};
pub(super) use targets::Elements;
