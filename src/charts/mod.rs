//! Figures of a result, as SVG and PNG, in memory: the caller writes them where they belong.
//!
//! A figure is composed once as a scene of shapes and texts in points, and that scene
//! is drawn twice. Every figure wears the same theme: the title states the finding, the subtitle
//! the measure, the footer where the numbers come from. A figure for which a result holds no data
//! is left out. No data makes a figure panic: what is not a number counts as nothing.

mod axis;
mod backtest_episodes;
mod backtest_forecasts;
mod calendar;
mod canvas;
mod convergence;
mod course_stack;
mod course_tanks;
mod curve;
mod delivered_rate;
mod exact_importance;
mod exact_law;
mod exceedance;
mod firm_equivalent;
mod importance;
mod information;
mod labels;
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
mod text;
mod theme;
mod tornado;
mod worst_pairs;
mod worst_sets;

#[cfg(test)]
mod sample;
#[cfg(test)]
mod tests;

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
];

/// A drawn figure: two whole files in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Figure {
    svg: String,
    png: Vec<u8>,
}

impl Figure {
    /// The SVG file; its text is text.
    #[must_use]
    pub fn svg(&self) -> &str {
        &self.svg
    }

    /// The PNG file, two pixels to the point of the SVG.
    #[must_use]
    pub fn png(&self) -> &[u8] {
        &self.png
    }
}

/// Why a figure could not be drawn.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ChartError {
    /// A shape was refused.
    #[error("a figure could not be drawn: {0}")]
    Draw(String),
    /// The image could not be written.
    #[error("a figure could not be written as PNG: {0}")]
    Png(#[from] png::EncodingError),
}

/// Draws every figure that `summary` has data for, each with the stem of its file's name.
///
/// # Errors
///
/// If a figure cannot be drawn or written as PNG.
pub fn run_figures(summary: &Summary) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    drawn([
        ("strategy_differences", strategy_differences::scene(summary)),
        ("strategy_costs", strategy_costs::scene(summary)),
        ("exceedance", exceedance::scene(summary)),
        ("delivered_rate", delivered_rate::scene(summary)),
        ("losses", losses::scene(summary)),
        ("convergence", convergence::scene(summary)),
        ("route_shares", route_shares::scene(summary)),
        ("quota_balance", quota_balance::scene(summary)),
        ("money", money::scene(summary)),
        ("network_map", map::scene(summary)),
    ])
}

/// Draws every figure that `stress` has data for, each with the stem of its file's name.
///
/// # Errors
///
/// If a figure cannot be drawn or written as PNG.
pub fn stress_figures(stress: &Stress) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    drawn([("stress_timeline", stress_timeline::scene(stress))])
}

/// Draws every figure that `story` has data for, each with the stem of its file's name.
///
/// # Errors
///
/// If a figure cannot be drawn or written as PNG.
pub fn story_figures(story: &Story) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    drawn([("story", story::scene(story))])
}

/// Draws every figure that `backtest` has data for, each with the stem of its file's name.
///
/// # Errors
///
/// If a figure cannot be drawn or written as PNG.
pub fn backtest_figures(backtest: &Backtest) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    drawn([
        ("backtest_episodes", backtest_episodes::scene(backtest)),
        ("backtest_forecasts", backtest_forecasts::scene(backtest)),
    ])
}

/// Draws every figure that `exact` has data for, each with the stem of its file's name.
///
/// # Errors
///
/// If a figure cannot be drawn or written as PNG.
pub fn exact_figures(exact: &Exact) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    drawn([
        ("exact_law", exact_law::scene(exact)),
        ("exact_importance", exact_importance::scene(exact)),
    ])
}

/// Draws every figure that `rank` has data for, each with the stem of its file's name.
///
/// # Errors
///
/// If a figure cannot be drawn or written as PNG.
pub fn rank_figures(rank: &Rank) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    drawn([("shadow_prices", shadow_prices::scene(rank))])
}

/// Draws every figure that `optimise` has data for, each with the stem of its file's name.
///
/// # Errors
///
/// If a figure cannot be drawn or written as PNG.
pub fn optimise_figures(optimise: &Optimise) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    drawn([
        ("portfolios_tail", portfolios::tail_scene(optimise)),
        ("portfolios_mean", portfolios::mean_scene(optimise)),
    ])
}

/// Draws every figure that `sensitivity` has data for, each with the stem of its file's name.
///
/// # Errors
///
/// If a figure cannot be drawn or written as PNG.
pub fn sensitivity_figures(
    sensitivity: &Sensitivity,
) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    drawn([
        ("tornado", tornado::scene(sensitivity)),
        ("screening", screening::scene(sensitivity)),
        ("sobol_indices", sobol_indices::scene(sensitivity)),
        ("information", information::scene(sensitivity)),
    ])
}

/// Draws every figure that `curve` has data for, each with the stem of its file's name.
///
/// # Errors
///
/// If a figure cannot be drawn or written as PNG.
pub fn curve_figures(curve: &Curve) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    drawn([
        ("curve", curve::scene(curve)),
        ("firm_equivalent", firm_equivalent::scene(curve)),
    ])
}

/// Draws every figure of importances, each with the stem of its file's name.
///
/// # Errors
///
/// If a figure cannot be drawn or written as PNG.
pub fn importance_figures(found: &Importance) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    drawn([
        ("importance_hazards", importance::hazards(found)),
        ("importance_elements", importance::elements(found)),
    ])
}

/// Draws every figure of shares of the loss, each with the stem of its file's name.
///
/// # Errors
///
/// If a figure cannot be drawn or written as PNG.
pub fn shapley_figures(found: &Shapley) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    drawn([("shapley", shapley::scene(found))])
}

/// Draws every figure of times to recover, each with the stem of its file's name.
///
/// # Errors
///
/// If a figure cannot be drawn or written as PNG.
pub fn recovery_figures(found: &TimesToRecover) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    drawn([("recovery", recovery::scene(found))])
}

/// Draws every figure of the worst things to lose, each with the stem of its file's name.
///
/// # Errors
///
/// If a figure cannot be drawn or written as PNG.
pub fn worst_figures(found: &Worst) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    drawn([
        ("worst_sets", worst_sets::scene(found)),
        ("worst_pairs", worst_pairs::scene(found)),
    ])
}

/// Draws the scenes there are.
fn drawn<const N: usize>(
    scenes: [(&'static str, Option<canvas::Scene>); N],
) -> Result<Vec<(&'static str, Figure)>, ChartError> {
    scenes
        .into_iter()
        .filter_map(|(stem, scene)| Some((stem, scene?)))
        .map(|(stem, scene)| Ok((stem, scene.draw()?)))
        .collect()
}
