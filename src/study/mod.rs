//! Questions that take several scenarios or many runs to answer.

mod backtest;

pub use backtest::{BacktestError, backtest};
