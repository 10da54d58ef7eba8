//! Questions that take several scenarios, several runs, or all states.

mod backtest;
mod beside;
mod compare;
mod cost;
mod curve;
mod exact;
mod futures;
mod importance;
mod names;
mod optimise;
mod outages;
mod part;
mod recovery;
mod retention;
mod sensitivity;
mod shadow_price;
mod shapley;
mod strata;
mod worst;

pub use backtest::{BacktestError, backtest};
pub use compare::compare;
pub use cost::{Cost, cost, cost_at};
pub use curve::{
    CurveSettings, Ends, FIRM_LINK, FirmAsked, Size, curve_of_sizes, firm_equivalent, firm_text,
    usual_ends,
};
pub use exact::{ExactError, MOST_STATES, agree, exact};
pub use futures::{Futures, FuturesSettings, futures};
pub use importance::{ImportanceSettings, rank_by_importance};
pub use optimise::{
    Goal, MOST_OPTIONS, MOST_PORTFOLIOS, OptimiseError, OptimiseQuestion, OptimiseSettings, Price,
    Rules, TimingQuestion, changes, optimise,
};
pub use recovery::rank_by_recovery;
pub use sensitivity::{Choice, SensitivityError, SensitivitySettings, sensitivity};
pub use shadow_price::{RankSettings, rank_by_shadow_price};
pub use shapley::{MOST_PLAYERS, Players, ShapleySettings, rank_by_shapley};
pub use strata::{LEAST_PLAIN, MOST_RARE, StrataError, WithStrata, run_with_strata};
pub use worst::{Among, DownState, WorstError, WorstSettings, worst};
