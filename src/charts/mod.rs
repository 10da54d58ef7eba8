//! Figures of a result, as SVG and PNG, in memory: the caller writes them where they belong.
//!
//! A figure is composed once as a scene of shapes and texts in points, and that scene
//! is drawn in whatever look and kind of file is asked for. Every figure wears the same theme: the title states the finding, the subtitle
//! the measure, the footer where the numbers come from. A figure for which a result holds no data
//! is left out. No data makes a figure panic: what is not a number counts as nothing.

mod axis;
mod backtest_episodes;
mod backtest_forecasts;
mod bottlenecks;
mod calendar;
mod canvas;
mod colour;
mod concentration;
mod convergence;
mod course_stack;
mod course_tanks;
mod curve;
mod delivered_rate;
mod exact_importance;
mod exact_law;
mod exceedance;
mod figure;
mod firm_equivalent;
mod importance;
mod information;
mod labels;
mod leading;
mod ledger;
mod losses;
mod map;
mod money;
mod numbers;
mod paint;
mod portfolios;
mod quota_balance;
mod recovery;
mod route_shares;
mod screening;
mod shadow_prices;
mod shapley;
mod sobol_indices;
mod story;
mod story_lanes;
mod story_title;
mod strategy_costs;
mod strategy_differences;
mod stress_timeline;
mod stress_title;
mod svg;
mod tank_levels;
mod text;
mod theme;
mod tips;
mod tornado;
mod worst_pairs;
mod worst_sets;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

pub use colour::Theme;
pub use figure::{ChartError, Figure, Look};
pub use story_title::story_title;
pub use stress_title::stress_title;

use crate::results::{
    Backtest, Curve, Exact, Importance, Optimise, Rank, Sensitivity, Shapley, Story, Stress,
    Summary, TimesToRecover, Worst,
};

/// Stems of the names of all figures there are.
pub const STEMS: &[&str] = &[
    "exceedance",
    "delivered_rate",
    "losses",
    "convergence",
    "route_shares",
    "stress_timeline",
    "story",
    "backtest_episodes",
    "backtest_forecasts",
    "quota_balance",
    "money",
    "exact_law",
    "exact_importance",
    "shadow_prices",
    "portfolios_tail",
    "portfolios_mean",
    "tornado",
    "screening",
    "sobol_indices",
    "curve",
    "firm_equivalent",
    "information",
    "worst_sets",
    "worst_pairs",
    "recovery",
    "shapley",
    "importance_hazards",
    "importance_elements",
    "strategy_differences",
    "strategy_costs",
    "network_map",
    "ledger",
    "concentration",
    "bottlenecks",
    "tank_levels",
];

/// Every figure that `summary` has data for, each with the stem of its file's name.
#[must_use]
pub fn run_figures(summary: &Summary) -> Vec<(&'static str, Figure)> {
    drawn([
        ("strategy_differences", strategy_differences::scene(summary)),
        ("strategy_costs", strategy_costs::scene(summary)),
        ("exceedance", exceedance::scene(summary)),
        ("delivered_rate", delivered_rate::scene(summary)),
        ("ledger", ledger::scene(summary)),
        ("losses", losses::scene(summary)),
        ("convergence", convergence::scene(summary)),
        ("route_shares", route_shares::scene(summary)),
        ("concentration", concentration::scene(summary)),
        ("bottlenecks", bottlenecks::scene(summary)),
        ("tank_levels", tank_levels::scene(summary)),
        ("quota_balance", quota_balance::scene(summary)),
        ("money", money::scene(summary)),
        ("network_map", map::scene(summary)),
    ])
}

/// Every figure that `stress` has data for, each with the stem of its file's name.
#[must_use]
pub fn stress_figures(stress: &Stress) -> Vec<(&'static str, Figure)> {
    drawn([("stress_timeline", stress_timeline::scene(stress))])
}

/// Every figure that `story` has data for, each with the stem of its file's name.
#[must_use]
pub fn story_figures(story: &Story) -> Vec<(&'static str, Figure)> {
    drawn([("story", story::scene(story))])
}

/// Every figure that `backtest` has data for, each with the stem of its file's name.
#[must_use]
pub fn backtest_figures(backtest: &Backtest) -> Vec<(&'static str, Figure)> {
    drawn([
        ("backtest_episodes", backtest_episodes::scene(backtest)),
        ("backtest_forecasts", backtest_forecasts::scene(backtest)),
    ])
}

/// Every figure that `exact` has data for, each with the stem of its file's name.
#[must_use]
pub fn exact_figures(exact: &Exact) -> Vec<(&'static str, Figure)> {
    drawn([
        ("exact_law", exact_law::scene(exact)),
        ("exact_importance", exact_importance::scene(exact)),
    ])
}

/// Every figure that `rank` has data for, each with the stem of its file's name.
#[must_use]
pub fn rank_figures(rank: &Rank) -> Vec<(&'static str, Figure)> {
    drawn([("shadow_prices", shadow_prices::scene(rank))])
}

/// Every figure that `optimise` has data for, each with the stem of its file's name.
#[must_use]
pub fn optimise_figures(optimise: &Optimise) -> Vec<(&'static str, Figure)> {
    drawn([
        ("portfolios_tail", portfolios::tail_scene(optimise)),
        ("portfolios_mean", portfolios::mean_scene(optimise)),
    ])
}

/// Every figure that `sensitivity` has data for, each with the stem of its file's name.
#[must_use]
pub fn sensitivity_figures(sensitivity: &Sensitivity) -> Vec<(&'static str, Figure)> {
    drawn([
        ("tornado", tornado::scene(sensitivity)),
        ("screening", screening::scene(sensitivity)),
        ("sobol_indices", sobol_indices::scene(sensitivity)),
        ("information", information::scene(sensitivity)),
    ])
}

/// Every figure that `curve` has data for, each with the stem of its file's name.
#[must_use]
pub fn curve_figures(curve: &Curve) -> Vec<(&'static str, Figure)> {
    drawn([
        ("curve", curve::scene(curve)),
        ("firm_equivalent", firm_equivalent::scene(curve)),
    ])
}

/// Every figure of importances, each with the stem of its file's name.
#[must_use]
pub fn importance_figures(found: &Importance) -> Vec<(&'static str, Figure)> {
    drawn([
        ("importance_hazards", importance::hazards(found)),
        ("importance_elements", importance::elements(found)),
    ])
}

/// Every figure of shares of the loss, each with the stem of its file's name.
#[must_use]
pub fn shapley_figures(found: &Shapley) -> Vec<(&'static str, Figure)> {
    drawn([("shapley", shapley::scene(found))])
}

/// Every figure of times to recover, each with the stem of its file's name.
#[must_use]
pub fn recovery_figures(found: &TimesToRecover) -> Vec<(&'static str, Figure)> {
    drawn([("recovery", recovery::scene(found))])
}

/// Every figure of the worst things to lose, each with the stem of its file's name.
#[must_use]
pub fn worst_figures(found: &Worst) -> Vec<(&'static str, Figure)> {
    drawn([
        ("worst_sets", worst_sets::scene(found)),
        ("worst_pairs", worst_pairs::scene(found)),
    ])
}

/// The scenes there are, as figures.
fn drawn<const N: usize>(
    scenes: [(&'static str, Option<canvas::Scene>); N],
) -> Vec<(&'static str, Figure)> {
    scenes
        .into_iter()
        .filter_map(|(stem, scene)| Some((stem, Figure::new(stem, scene?))))
        .collect()
}
