//! Questions that take several scenarios, several runs, or all states.

mod backtest;
mod exact;
mod names;
mod shadow_price;

pub use backtest::{BacktestError, backtest};
pub use exact::{ExactError, MOST_STATES, agree, exact};
pub use shadow_price::{RankSettings, rank_by_shadow_price};
