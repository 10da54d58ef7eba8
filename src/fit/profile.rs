//! Greatest values and profile-likelihood intervals of functions of one variable.

use crate::results::Bounded;

/// Half of the 95 % quantile of χ² with one degree of freedom.
pub(super) const HALF_CHI2: f64 = 1.920_729_410_347_062_5;

/// Share of the longer part in a golden section.
const GOLDEN: f64 = 0.381_966_011_250_105_1;

/// A place and the value there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peak {
    pub(super) at: f64,
    pub(super) value: f64,
}

/// The best place of a function within bounds: the best of `count` points at equal distances,
/// made better to within `tolerance` by Brent's parabolas and golden sections.
pub(super) fn peak(
    low: f64,
    high: f64,
    count: usize,
    tolerance: f64,
    mut function: impl FnMut(f64) -> f64,
) -> Peak {
    let step = (high - low) / count.saturating_sub(1).max(1) as f64;
    let mut best = (0, f64::NEG_INFINITY);
    for index in 0..count {
        let value = function(low + step * index as f64);
        if value > best.1 {
            best = (index, value);
        }
    }
    let at = low + step * best.0 as f64;
    let start = Peak { at, value: best.1 };
    refined(
        (at - step).max(low),
        (at + step).min(high),
        start,
        tolerance,
        function,
    )
}

/// Brent's search for a greatest value, from a point inside the bounds.
pub(super) fn refined(
    mut low: f64,
    mut high: f64,
    start: Peak,
    tolerance: f64,
    mut function: impl FnMut(f64) -> f64,
) -> Peak {
    let (mut best, mut second, mut third) = (start, start, start);
    let (mut step, mut before) = (0.0_f64, 0.0_f64);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if (best.at - middle).abs() <= 2.0 * tolerance - 0.5 * (high - low) {
            break;
        }
        let mut golden = true;
        if before.abs() > tolerance {
            let r = (best.at - second.at) * (third.value - best.value);
            let q = (best.at - third.at) * (second.value - best.value);
            let mut p = (best.at - third.at) * q - (best.at - second.at) * r;
            let mut q = 2.0 * (q - r);
            if q > 0.0 {
                p = -p;
            }
            q = q.abs();
            let inside = p > q * (low - best.at) && p < q * (high - best.at);
            if p.abs() < (0.5 * q * before).abs() && inside {
                before = step;
                step = p / q;
                let next = best.at + step;
                if next - low < 2.0 * tolerance || high - next < 2.0 * tolerance {
                    step = tolerance.copysign(middle - best.at);
                }
                golden = false;
            }
        }
        if golden {
            before = if best.at >= middle { low } else { high } - best.at;
            step = GOLDEN * before;
        }
        let by = if step.abs() >= tolerance {
            step
        } else {
            tolerance.copysign(step)
        };
        let at = best.at + by;
        let next = Peak {
            at,
            value: function(at),
        };
        if next.value >= best.value {
            if next.at >= best.at {
                low = best.at;
            } else {
                high = best.at;
            }
            (third, second, best) = (second, best, next);
        } else {
            if next.at < best.at {
                low = next.at;
            } else {
                high = next.at;
            }
            if next.value >= second.value || second.at == best.at {
                (third, second) = (second, next);
            } else if next.value >= third.value || third.at == best.at || third.at == second.at {
                third = next;
            }
        }
    }
    best
}

/// Where a profile likelihood has fallen so far below its top that a 95 % interval ends there.
///
/// `step` goes from the top in the direction of the end wanted and is doubled until the profile is
/// low enough; `None` if it is not so up to `limit`.
pub(super) fn end(
    top: Peak,
    step: f64,
    limit: f64,
    mut profile: impl FnMut(f64) -> f64,
) -> Option<f64> {
    // The root of the fall is nearly a straight line, which makes the search short.
    let goal = (2.0 * HALF_CHI2).sqrt();
    let mut excess = |at: f64| (2.0 * (top.value - profile(at))).max(0.0).sqrt() - goal;
    let beyond = |at: f64| (at - limit) * step >= 0.0;
    let (mut inner, mut inner_excess) = (top.at, -goal);
    let mut reach = step;
    let mut passed = None;
    // Doubling reaches any limit that a number of days can have.
    for _ in 0..100 {
        let at = if beyond(top.at + reach) {
            limit
        } else {
            top.at + reach
        };
        let here = excess(at);
        if here >= 0.0 {
            passed = Some((at, here));
            break;
        }
        if at == limit {
            return None;
        }
        (inner, inner_excess) = (at, here);
        // At the pace so far the end is there; a little more, so that it is passed.
        let pace = (here + goal) / (at - top.at);
        let guess = (goal / pace - reach) * 1.1;
        let is_near = (reach.abs() * 0.1..reach.abs() * 4.0).contains(&guess.abs());
        reach += if guess * step > 0.0 && is_near {
            guess
        } else {
            reach
        };
    }
    let (mut outer, mut outer_excess) = passed?;
    // Illinois: false position that never keeps the same end twice at full weight.
    let mut kept = 0;
    for _ in 0..60 {
        let at = if outer_excess.is_finite() {
            (inner * outer_excess - outer * inner_excess) / (outer_excess - inner_excess)
        } else {
            f64::midpoint(inner, outer)
        };
        let here = excess(at);
        if here.abs() < 1e-4 || (outer - inner).abs() < 1e-12 * (1.0 + outer.abs()) {
            return Some(at);
        }
        if here > 0.0 {
            (outer, outer_excess) = (at, here);
            if kept == 1 {
                inner_excess /= 2.0;
            }
            kept = 1;
        } else {
            (inner, inner_excess) = (at, here);
            if kept == -1 && outer_excess.is_finite() {
                outer_excess /= 2.0;
            }
            kept = -1;
        }
    }
    Some(f64::midpoint(inner, outer))
}

/// The interval around a top on the logarithmic scale, in plain units.
pub(super) fn interval_of_logarithm(
    top: Peak,
    step: f64,
    limits: [f64; 2],
    mut profile: impl FnMut(f64) -> f64,
) -> Bounded {
    let low = end(top, -step, limits[0], &mut profile);
    let high = end(top, step, limits[1], &mut profile);
    Bounded {
        value: libm::exp(top.at),
        low: low.map(libm::exp),
        high: high.map(libm::exp),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_of_two_hills_is_found() {
        let hills = |x: f64| 2.0 - (x - 3.0).powi(2) + 40.0 * libm::exp(-(x + 2.0).powi(2) * 4.0);
        let found = peak(-6.0, 6.0, 40, 1e-6, hills);
        assert!(
            (found.at + 2.0).abs() < 0.4 && found.value > 16.0,
            "{found:?}"
        );
        let found = peak(0.0, 6.0, 5, 1e-7, |x| -(x - 3.3).powi(2));
        assert!((found.at - 3.3).abs() < 1e-6, "{found:?}");
    }

    /// Of a normal mean with standard error 2, the interval ends 1.96 standard errors away.
    #[test]
    fn the_interval_of_a_parabola_is_known() {
        let top = Peak {
            at: 5.0,
            value: -1.0,
        };
        let profile = |x: f64| -1.0 - (x - 5.0).powi(2) / 8.0;
        for step in [0.01, 0.7, 3.9, 20.0] {
            let high = end(top, step, 100.0, profile).expect("bounded");
            let low = end(top, -step, -100.0, profile).expect("bounded");
            assert!((high - 5.0 - 3.919_93).abs() < 1e-3, "{high}");
            assert!((5.0 - low - 3.919_93).abs() < 1e-3, "{low}");
        }
        assert_eq!(end(top, 0.5, 6.0, profile), None);
    }
}
