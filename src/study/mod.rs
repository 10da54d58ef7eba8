//! Questions that take several scenarios, several runs, or all states.

mod backtest;
mod cost;
mod exact;
mod futures;
mod names;
mod shadow_price;
mod worst;

pub use backtest::{BacktestError, backtest};
pub use cost::{Cost, cost, cost_at};
pub use exact::{ExactError, MOST_STATES, agree, exact};
pub use futures::{Futures, FuturesSettings, futures};
pub use shadow_price::{RankSettings, rank_by_shadow_price};
pub use worst::{Among, DownState, WorstError, WorstSettings, worst};
