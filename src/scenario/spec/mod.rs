//! What a file may hold: every table and key, once.
//!
//! The checks of shape, the messages about unknown keys, the JSON Schema and the tables of
//! `docs/format.md` all come from here.

mod backtest;
mod common;
mod files;
mod grammar;
mod hazard;
mod money;
mod network;
mod occurs;
mod quota;
mod scenario;
mod shared;
mod value;

pub(super) use backtest::BACKTEST_FILE;
pub(super) use files::{STRATEGY, STRESS_FILE, STUDY_FILE};
pub(super) use grammar::{Key, Need, Shape, Spec};
pub(super) use scenario::SCENARIO;
pub(super) use value::{DOUBT, PROFILE, RATE_DOUBT, SHARE_DOUBT, SHARE_LAW, TIME_LAW};
