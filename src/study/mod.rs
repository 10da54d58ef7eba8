//! Questions that take several scenarios, several runs, or all states.

mod backtest;
mod exact;

pub use backtest::{BacktestError, backtest};
pub use exact::{ExactError, MOST_STATES, agree, exact};
