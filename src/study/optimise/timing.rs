//! Building now, once it is known which case holds, or never.

use crate::metrics::{break_even, capital_recovery_factor, discount_factor, timing as weigh};
use crate::model::Strategy;
use crate::results::{OptimiseBest, OptimiseTiming, RankEstimate, TimingBetween, TimingStep};

use super::TimingQuestion;
use super::front::difference;
use super::regret::{Asked, Played};
use super::rules::members;

/// The portfolios that are weighed, by place: the one asked for if it is left, or the best ones.
pub(super) fn chosen(
    question: &TimingQuestion,
    best: &[OptimiseBest],
    masks: &[u32],
) -> Vec<usize> {
    if let Some(asked) = &question.portfolio {
        let mask = asked.iter().fold(0_u32, |mask, &at| mask | 1 << at);
        return masks
            .iter()
            .position(|&other| other == mask)
            .into_iter()
            .collect();
    }
    let mut found: Vec<usize> = Vec::new();
    for best in best {
        if masks[best.portfolio] != 0 && !found.contains(&best.portfolio) {
            found.push(best.portfolio);
        }
    }
    found
}

/// Weighs building a portfolio now against later. The error is a sentence for the user.
///
/// Cost and benefit are counted from the day on which all its strategies work, over the shortest of
/// their lifetimes, at the highest of their discount rates.
pub(super) fn timing(
    asked: &Asked<'_>,
    played: &Played,
    (portfolio, base): (usize, usize),
    strategies: &[Strategy],
    question: &TimingQuestion,
) -> Result<OptimiseTiming, String> {
    let ids = asked.portfolios[portfolio].strategies.join(" + ");
    let Some(usd) = asked.settings.value_usd_per_bbl else {
        return Err(
            "building later is weighed in dollars: say what a barrel is worth with --value"
                .to_owned(),
        );
    };
    let place = |at: usize| asked.within.iter().position(|&other| other == at);
    let (Some(own), Some(base)) = (place(portfolio), place(base)) else {
        return Err(format!(
            "{ids} is beyond the budget, so building it later is not weighed"
        ));
    };
    let chosen: Vec<&Strategy> = members(asked.masks[portfolio])
        .map(|at| &strategies[at])
        .collect();
    let lifetimes = chosen.iter().filter_map(|strategy| strategy.lifetime_years);
    let lifetime_years = lifetimes.fold(f64::INFINITY, f64::min);
    if !lifetime_years.is_finite() {
        return Err(format!(
            "building {ids} later is not weighed: no `lifetime` is stated"
        ));
    }
    let rates = chosen.iter().filter_map(|strategy| strategy.discount);
    let discount = rates.fold(0.0, f64::max);
    let leads = chosen
        .iter()
        .filter_map(|strategy| strategy.lead_time_years);
    let lead_time_years = leads.fold(0.0, f64::max);
    let recovery = capital_recovery_factor(discount, lifetime_years);
    let (Some(recovery), Some(begun)) = (recovery, discount_factor(discount, lead_time_years))
    else {
        return Err(format!(
            "building {ids} later is not weighed: its lifetime is no time"
        ));
    };
    let annuity = begun / recovery;
    let cost = asked.portfolios[portfolio].annual_usd;
    let now_usd: Vec<RankEstimate> = (played.iter())
        .map(|samples| {
            let avoided = difference(&samples[base], &samples[own]).scaled(asked.per_year * usd);
            let yearly = RankEstimate {
                mean: avoided.mean - cost,
                ..avoided
            };
            yearly.scaled(annuity)
        })
        .collect();
    let values: Vec<f64> = now_usd.iter().map(|value| value.mean).collect();
    let wait_usd: Vec<f64> = (values.iter())
        .map(|&value| {
            let found = weigh(&[value], &[value], &[1.0], discount, question.wait_years);
            found.map_or(0.0, |found| found.waiting)
        })
        .collect();
    let combinations = asked.combinations();
    let differ_in_one = |one: &[usize], other: &[usize]| {
        one.iter()
            .zip(other)
            .filter(|(one, other)| one != other)
            .count()
            == 1
    };
    let mut between = Vec::new();
    for second in 0..combinations.len() {
        for first in 0..second {
            if differ_in_one(&combinations[first], &combinations[second]) {
                between.push(TimingBetween {
                    combinations: [first, second],
                    best: steps(
                        [values[first], values[second]],
                        [wait_usd[first], wait_usd[second]],
                    ),
                });
            }
        }
    }
    Ok(OptimiseTiming {
        portfolio,
        wait_years: question.wait_years,
        discount,
        lifetime_years,
        lead_time_years,
        now_usd,
        wait_usd,
        between,
    })
}

/// What is best as the probability of the second state grows from 0 to 1.
fn steps(now: [f64; 2], wait: [f64; 2]) -> Vec<TimingStep> {
    let never = [0.0; 2];
    let mut turns = vec![0.0, 1.0];
    for (one, other) in [(now, wait), (now, never), (wait, never)] {
        turns.extend(break_even(one, other));
    }
    turns.sort_by(f64::total_cmp);
    let mut found: Vec<TimingStep> = Vec::new();
    for pair in turns.windows(2) {
        if pair[1] - pair[0] < 1e-12 {
            continue;
        }
        let share = f64::midpoint(pair[0], pair[1]);
        let at = |of: [f64; 2]| of[0] * (1.0 - share) + of[1] * share;
        let choice = if at(now) <= 0.0 && at(wait) <= 0.0 {
            "never"
        } else if at(now) >= at(wait) {
            "now"
        } else {
            "wait"
        };
        if found.last().is_none_or(|last| last.choice != choice) {
            found.push(TimingStep {
                from: pair[0],
                choice: choice.to_owned(),
            });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Building now loses 110 in the first state and gains 220 in the second; later it gains 200, a
    /// tenth less a year.
    #[test]
    fn waiting_is_best_between_never_and_now() {
        let found = steps([-110.0, 220.0], [0.0, 200.0 / 1.1]);
        let choices: Vec<&str> = found.iter().map(|step| step.choice.as_str()).collect();
        assert_eq!(choices, ["wait", "now"]);
        // 220 q − 110 (1 − q) = 200 q / 1.1
        let even = 110.0 / (330.0 - 200.0 / 1.1);
        assert!((found[1].from - even).abs() < 1e-12);
        assert_eq!(steps([-2.0, -1.0], [0.0, 0.0])[0].choice, "never");
        assert_eq!(steps([1.0, 2.0], [0.9, 1.8]).len(), 1);
    }
}
