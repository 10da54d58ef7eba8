//! Shares of replications, with their intervals.

use super::Interval;
use crate::maths::{inverse_beta, inverse_normal, regularized_beta};

/// P(X < `j`) and P(X ≥ `j`) for X binomial of `n` trials with success `p` inside (0, 1).
pub(super) fn binomial_below(j: u64, n: u64, p: f64) -> (f64, f64) {
    if j == 0 {
        return (0.0, 1.0);
    }
    if j > n {
        return (1.0, 0.0);
    }
    let (successes, failures) = (j as f64, (n - j + 1) as f64);
    let above = regularized_beta(successes, failures, p);
    // Each tail keeps its own digits where it is the small one.
    let below = if above > 0.5 {
        regularized_beta(failures, successes, 1.0 - p)
    } else {
        1.0 - above
    };
    (below, above)
}

fn are_valid(successes: u64, n: u64, confidence: f64) -> bool {
    n > 0 && successes <= n && confidence > 0.0 && confidence < 1.0
}

/// Wilson's score interval of a probability: for display. Its coverage is right on average.
///
/// `None` without trials, with more successes than trials, or a confidence not inside (0, 1).
///
/// # Source
/// Wilson (1927), *Journal of the American Statistical Association* 22(158).
#[must_use]
pub fn wilson(successes: u64, n: u64, confidence: f64) -> Option<Interval> {
    if !are_valid(successes, n, confidence) {
        return None;
    }
    let z = inverse_normal(0.5 + 0.5 * confidence);
    let (n, share) = (n as f64, successes as f64 / n as f64);
    let weight = z * z / n;
    let centre = (share + 0.5 * weight) / (1.0 + weight);
    let reach = z / (1.0 + weight) * (share * (1.0 - share) / n + weight / (4.0 * n)).sqrt();
    // With no or only successes one bound is 0 or 1 in theory; rounding must not miss it.
    Some(Interval {
        low: if share == 0.0 {
            0.0
        } else {
            (centre - reach).max(0.0)
        },
        high: if share == 1.0 {
            1.0
        } else {
            (centre + reach).min(1.0)
        },
    })
}

/// Clopper and Pearson's interval of a probability: for claims. Its coverage is never too low.
///
/// `None` without trials, with more successes than trials, or a confidence not inside (0, 1).
///
/// # Source
/// Clopper and Pearson (1934), *Biometrika* 26(4).
///
/// # Examples
/// ```
/// # use keruen::metrics::clopper_pearson;
/// let interval = clopper_pearson(0, 500, 0.95).expect("0 of 500 is possible");
/// assert_eq!(interval.low, 0.0);
/// assert!((interval.high - 0.007_350_7).abs() < 1e-6);
/// ```
#[must_use]
pub fn clopper_pearson(successes: u64, n: u64, confidence: f64) -> Option<Interval> {
    if !are_valid(successes, n, confidence) {
        return None;
    }
    let miss = 0.5 * (1.0 - confidence);
    let (some, others) = (successes as f64, (n - successes) as f64);
    let low = if successes == 0 {
        0.0
    } else {
        inverse_beta(miss, 1.0 - miss, some, others + 1.0).0
    };
    let high = if successes == n {
        1.0
    } else {
        inverse_beta(1.0 - miss, miss, some + 1.0, others).0
    };
    Some(Interval { low, high })
}

/// Upper bound, with this one-sided confidence, of the probability of what never happened in `n`
/// replications: 1 − (1 − confidence)^(1/n).
///
/// `None` without replications or with a confidence not inside (0, 1).
#[must_use]
pub fn bound_of_the_unseen(n: u64, confidence: f64) -> Option<f64> {
    are_valid(0, n, confidence).then(|| -libm::expm1(libm::log1p(-confidence) / n as f64))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::close;

    #[test]
    fn estimators_proportion() {
        let score = wilson(3, 250, 0.95).unwrap();
        close(score.low, 0.004_089_319_880_534);
        close(score.high, 0.034_680_780_427_02);
        let exact = clopper_pearson(3, 250, 0.95).unwrap();
        close(exact.low, 0.002_481_558_254_703);
        close(exact.high, 0.034_666_614_574_74);
        close(
            bound_of_the_unseen(500, 0.95).unwrap(),
            0.005_973_551_516_35,
        );
    }

    #[test]
    fn an_interval_covers_its_share_and_stays_in_range() {
        for n in [1, 2, 7, 1_000, 10_000_000] {
            for successes in [0, 1, n / 2, n - 1, n] {
                let share = successes as f64 / n as f64;
                for interval in [
                    wilson(successes, n, 0.95),
                    clopper_pearson(successes, n, 0.95),
                ] {
                    let Interval { low, high } = interval.unwrap();
                    assert!(
                        0.0 <= low && low <= share && share <= high && high <= 1.0,
                        "{successes}/{n}"
                    );
                }
            }
        }
    }

    #[test]
    fn impossible_counts_have_no_interval() {
        assert_eq!(wilson(0, 0, 0.95), None);
        assert_eq!(clopper_pearson(3, 2, 0.95), None);
        assert_eq!(clopper_pearson(1, 2, 1.0), None);
        assert_eq!(bound_of_the_unseen(0, 0.95), None);
    }

    #[test]
    fn binomial_tails_add_up() {
        // X of 3 fair trials: P(X < 1) = 1/8, P(X < 2) = 1/2.
        close(binomial_below(1, 3, 0.5).0, 0.125);
        close(binomial_below(2, 3, 0.5).1, 0.5);
        assert_eq!(binomial_below(4, 3, 0.5), (1.0, 0.0));
        // A tail far below the spacing of numbers near 1.
        close(binomial_below(1, 1_000, 0.5).0, libm::ldexp(1.0, -1_000));
    }
}
