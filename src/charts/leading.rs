//! Which strategies are drawn where many would hide each other.

use crate::results::{StrategyResult, Summary};

use super::numbers::{in_words, sane};

/// Strategies beside the baseline whose curves can still be told apart.
const MOST_BESIDE: usize = 4;

/// The strategies that are drawn: the baseline, and those that lose least on average. A strategy's place among
/// them gives its colour, the same in every figure.
pub(super) fn leading(summary: &Summary) -> Vec<&StrategyResult> {
    let Some((first, rest)) = summary.strategies.split_first() else {
        return Vec::new();
    };
    let loss = |strategy: &StrategyResult| {
        let metric = strategy.metrics.get("undelivered");
        sane(metric.and_then(|metric| metric.mean).unwrap_or(0.0))
    };
    let mut rest: Vec<&StrategyResult> = rest.iter().collect();
    rest.sort_by(|one, other| loss(one).total_cmp(&loss(other)));
    rest.truncate(MOST_BESIDE);
    std::iter::once(first).chain(rest).collect()
}

/// What a subtitle says if not all strategies are drawn.
pub(super) fn left_out(summary: &Summary) -> String {
    let all = summary.strategies.len();
    if all <= MOST_BESIDE + 1 {
        return String::new();
    }
    format!(
        ". The {} of {} strategies with the least mean loss",
        in_words(MOST_BESIDE as u64),
        in_words(all as u64 - 1),
    )
}
