//! One figure after the other at its ends.

use crate::metrics::{conditional_value_at_risk, conditional_value_at_risk_difference, paired};
use crate::results::{RankEstimate, Tornado, TornadoFigure, TornadoLevel};
use crate::scenario::Doubt;

use super::design::{Course, Designs, Outcome, Point, SensitivityError};

/// The ends of a figure: a twentieth of what it may be lies beyond each.
const ENDS: [f64; 2] = [0.05, 0.95];

/// Level of the tail.
const TAIL: f64 = 0.95;

/// The middle, then each figure at both ends.
pub(super) fn points(designs: &Designs<'_>) -> Vec<Point> {
    let middle = designs.middle();
    let ends = (0..middle.len()).flat_map(|figure| {
        let middle = &middle;
        ENDS.map(|end| {
            let mut point = middle.clone();
            point[figure] = end;
            point
        })
    });
    std::iter::once(middle.clone()).chain(ends).collect()
}

/// Plays every figure at its ends; `None` if the observer cancelled.
///
/// The first metric of `designs` is `undelivered`, the second, if any, `netback`.
pub(super) fn tornado(
    designs: &Designs<'_>,
    doubts: &[Doubt],
    course: &mut Course<'_>,
) -> Result<Option<Tornado>, SensitivityError> {
    let Some(outcomes) = designs.play(&points(designs), course)? else {
        return Ok(None);
    };
    let Some((middle, ends)) = outcomes.split_first() else {
        return Ok(None);
    };
    let mut figures = Vec::new();
    let mut without_effect = Vec::new();
    for (doubt, ends) in doubts.iter().zip(ends.chunks_exact(2)) {
        if ends.iter().all(|end| end == middle) {
            without_effect.push(doubt.path.clone());
            continue;
        }
        figures.push(TornadoFigure {
            path: doubt.path.clone(),
            low: difference(&ends[0], middle),
            high: difference(&ends[1], middle),
        });
    }
    figures.sort_by(|one, other| {
        let by_reach = other.reach().total_cmp(&one.reach());
        by_reach.then_with(|| one.path.cmp(&other.path))
    });
    Ok(Some(Tornado {
        replications: designs.futures(),
        middle: level(middle),
        figures,
        without_effect,
    }))
}

/// What a setting gives.
fn level(outcome: &Outcome) -> TornadoLevel {
    let mean = |sample: &Vec<i64>| difference_of_means(sample, &vec![0; sample.len()]);
    let mut sorted = outcome[0].clone();
    sorted.sort_unstable();
    let tail = conditional_value_at_risk(&sorted, TAIL);
    TornadoLevel {
        undelivered_bbl: mean(&outcome[0]),
        undelivered_cvar95_bbl: tail.map(|tail| RankEstimate {
            mean: tail.value,
            std_error: tail.std_error,
        }),
        netback_usd: outcome.get(1).map(mean),
    }
}

/// A setting less another, future by future.
fn difference(one: &Outcome, other: &Outcome) -> TornadoLevel {
    let tail = conditional_value_at_risk_difference(&one[0], &other[0], TAIL);
    TornadoLevel {
        undelivered_bbl: difference_of_means(&one[0], &other[0]),
        undelivered_cvar95_bbl: tail.map(|tail| RankEstimate {
            mean: tail.value,
            std_error: Some(tail.std_error),
        }),
        netback_usd: (one.get(1).zip(other.get(1)))
            .map(|(one, other)| difference_of_means(one, other)),
    }
}

fn difference_of_means(one: &[i64], other: &[i64]) -> RankEstimate {
    let Some(paired) = paired(one, other) else {
        let mean = |sample: &[i64]| sample.first().map_or(0.0, |&only| only as f64);
        return RankEstimate {
            mean: mean(one) - mean(other),
            std_error: None,
        };
    };
    RankEstimate {
        mean: paired.mean_difference,
        std_error: Some(paired.std_error),
    }
}
