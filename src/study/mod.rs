//! Questions that take several scenarios, several runs, or all states.

mod backtest;
mod beside;
mod cost;
mod exact;
mod futures;
mod importance;
mod names;
mod outages;
mod recovery;
mod shadow_price;
mod shapley;

pub use backtest::{BacktestError, backtest};
pub use cost::{Cost, cost, cost_at};
pub use exact::{ExactError, MOST_STATES, agree, exact};
pub use futures::{Futures, FuturesSettings, futures};
pub use importance::{ImportanceSettings, rank_by_importance};
pub use recovery::rank_by_recovery;
pub use shadow_price::{RankSettings, rank_by_shadow_price};
pub use shapley::{MOST_PLAYERS, Players, ShapleySettings, rank_by_shapley};
