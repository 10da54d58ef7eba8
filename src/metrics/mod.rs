//! Statistics of samples: what a set of replications says, and how sure it is.
//!
//! Samples come as slices or as accumulators ([`Moments`], [`CrossMoments`], [`Sketch`]) that give
//! the same answer, to the bit, in whatever order values are added and parts merged. What is
//! undefined is `None`, never NaN.

mod annuity;
mod compensated;
mod concentration;
mod exceedance;
mod influence;
mod interval;
mod moments;
mod nested;
mod paired;
mod precision;
mod proportion;
mod recovery;
mod scores;
mod shapley;
mod sketch;
mod tail;
mod wide;

#[cfg(test)]
mod cases;

pub use annuity::{capital_recovery_factor, construction_interest_factor};
pub use compensated::Compensated;
pub use concentration::{effective_number, herfindahl, shannon};
pub use exceedance::{ExceedancePoint, exceedance};
pub use influence::Influence;
pub use interval::Interval;
pub use moments::{CrossMoments, Moments};
pub use nested::{Group, Nested, Split, korn_graubard, nested};
pub use paired::{Difference, Paired, conditional_value_at_risk_difference, paired};
pub use precision::{is_precise, relative_target, required_replications, two_sided_z};
pub use proportion::{bound_of_the_unseen, clopper_pearson, wilson};
pub use recovery::{
    Drawdown, Recovery, kaplan_meier_median, maximum_drawdown, time_to_recover, trailing_mean,
};
pub use scores::{crps, fair_crps, far_from_uniform, normal_crps, probability_integral, skill};
pub use shapley::shapley_factors;
pub use sketch::Sketch;
pub use tail::{
    Tail, conditional_value_at_risk, quantile, quantile_coverage, quantile_interval, value_at_risk,
};
