//! x
use crate::results::Backtest;
use super::canvas::Scene;
pub(super) fn scene(_: &Backtest) -> Option<Scene> { None }
