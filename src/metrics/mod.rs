//! Statistics of samples: what a set of replications says, and how sure it is.
//!
//! Samples come as slices or as accumulators ([`Moments`], [`CrossMoments`], [`Sketch`]) that give
//! the same answer, to the bit, in whatever order values are added and parts merged. What is
//! undefined is `None`, never NaN.

mod annuity;
mod compensated;
mod concentration;
mod controls;
mod decision;
mod dominance;
mod elementary;
mod elimination;
mod exceedance;
mod frontier;
mod influence;
mod information;
mod interval;
mod moments;
mod multiple;
mod nested;
mod paired;
mod precision;
mod proportion;
mod recovery;
mod resample;
mod sampled_means;
mod scores;
mod selection;
mod shapley;
mod sketch;
mod sobol;
mod strata;
mod tail;
mod waiting;
mod wide;

#[cfg(test)]
mod cases;

pub use annuity::{capital_recovery_factor, construction_interest_factor, discount_factor};
pub use compensated::Compensated;
pub use concentration::{effective_number, herfindahl, shannon};
pub use controls::{ControlSums, Controlled, KnownMean};
pub use decision::{
    expected_payoffs, hurwicz, largest, largest_regrets, regrets, satisficing_shares, worst_payoffs,
};
pub use dominance::{Against, Dominance, dominance};
pub use elementary::{Elementary, elementary, trajectory};
pub use elimination::{Elimination, Verdict};
pub use exceedance::{ExceedancePoint, exceedance};
pub use frontier::{frontier, weighted_mean, weighted_tail};
pub use influence::Influence;
pub use information::{
    InformationValue, value_of_all_figures, value_of_figure, value_of_perfect_information,
    value_of_sample_information,
};
pub use interval::Interval;
pub use moments::{CrossMoments, Moments};
pub use multiple::{benjamini_hochberg, bonferroni, holm, two_sided_p_value};
pub use nested::{Group, Nested, Split, korn_graubard, nested};
pub use paired::{Difference, Paired, conditional_value_at_risk_difference, paired};
pub use precision::{is_precise, relative_target, required_replications, two_sided_z};
pub use proportion::{bound_of_the_unseen, clopper_pearson, wilson};
pub use recovery::{
    Drawdown, Recovery, kaplan_meier_median, maximum_drawdown, time_to_recover, trailing_mean,
};
pub use resample::Resamples;
pub use sampled_means::SampledMeans;
pub use scores::{crps, fair_crps, far_from_uniform, normal_crps, probability_integral, skill};
pub use selection::{Screening, optimal_shares};
pub use shapley::shapley_factors;
pub use sketch::Sketch;
pub use sobol::{Sobol, SobolDesign, SobolIndex, SobolShare, sobol};
pub use strata::{StrataVariances, StratifiedSample, Stratum, neyman_shares, whole_shares};
pub use tail::{
    Tail, conditional_value_at_risk, quantile, quantile_coverage, quantile_interval,
    tail_influence, value_at_risk,
};
pub use waiting::{Timing, break_even, timing};
