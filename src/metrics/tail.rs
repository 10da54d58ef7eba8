//! Quantiles and tails of a sorted sample.
//!
//! Samples are sorted upward, one value per replication, so that the tail of losses is the end.

use super::proportion::binomial_below;

/// A conditional value at risk.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tail {
    /// The mean of the worst 1 − level share, in the unit of the sample.
    pub value: f64,
    /// Its standard error; `None` with fewer than two replications.
    pub std_error: Option<f64>,
    /// Replications in the tail, n (1 − level): 1 or more, with a fraction.
    pub beyond: f64,
}

/// Share of a sample's size by which a product such as 0.07 · 10⁶ may miss a whole number.
const SLACK: f64 = 1e-12;

/// Rank, from 1, of the value at risk in a sample of `n`, and the sample's size beyond the level.
///
/// `None` without values or with a level outside 0–1.
pub(super) fn rank(n: u64, level: f64) -> Option<(u64, f64)> {
    if n == 0 || !(0.0..=1.0).contains(&level) {
        return None;
    }
    let size = n as f64;
    let below = level * size;
    let rank = (below - SLACK * below.max(1.0)).ceil().clamp(1.0, size) as u64;
    Some((rank.min(n), size * (1.0 - level)))
}

/// Whether a tail of this many replications is too thin to say anything: less than one.
pub(super) fn is_too_thin(beyond: f64) -> bool {
    beyond < 1.0 - 1e-9
}

/// Value at risk, in the unit of the sample: the least value that at least a `level` share of the
/// replications does not exceed.
///
/// `None` without values or with a level outside 0–1.
///
/// # Source
/// Rockafellar and Uryasev (2002), *Journal of Banking & Finance* 26(7).
#[must_use]
pub fn value_at_risk(sorted: &[i64], level: f64) -> Option<i64> {
    let (rank, _) = rank(sorted.len() as u64, level)?;
    sorted.get(rank as usize - 1).copied()
}

/// The quantile that belongs to probability `p`: the least value that at least a `p` share of the
/// sample does not exceed. The same as [`value_at_risk`].
#[must_use]
pub fn quantile(sorted: &[i64], p: f64) -> Option<i64> {
    value_at_risk(sorted, p)
}

/// Conditional value at risk, in the unit of the sample: the mean of the worst 1 − `level` share.
///
/// With n equally likely replications and k = n (1 − `level`), the ⌊k⌋ largest values count fully
/// and the next one for k − ⌊k⌋. The standard error is that of the mean of
/// V + (L − V)⁺ / (1 − `level`), V being the value at risk. O(n), no allocation.
///
/// `None` if k < 1 (the tail would be a guess from part of a replication), without values or with
/// a level outside 0–1.
///
/// # Source
/// Rockafellar and Uryasev (2002), *Journal of Banking & Finance* 26(7); the error after Trindade
/// et al. (2007), *Journal of Banking & Finance* 31(11).
///
/// # Examples
/// ```
/// # use keruen::metrics::conditional_value_at_risk;
/// let losses = [0, 0, 10, 20, 40];
/// let tail = conditional_value_at_risk(&losses, 0.6).expect("two replications are beyond");
/// assert!((tail.value - 30.0).abs() < 1e-9); // (40 + 20) / 2
/// ```
#[must_use]
pub fn conditional_value_at_risk(sorted: &[i64], level: f64) -> Option<Tail> {
    let n = sorted.len() as u64;
    let (rank, beyond) = rank(n, level)?;
    if is_too_thin(beyond) {
        return None;
    }
    let (upto, worse) = sorted.split_at(rank as usize);
    let at_risk = *upto.last()?;
    let excess_sum: i128 = worse
        .iter()
        .map(|&loss| i128::from(loss) - i128::from(at_risk))
        .sum();
    // The shares of the sample beyond the level add up to `beyond`, so only excesses remain.
    let value = at_risk as f64 + excess_sum as f64 / beyond;
    let mean = excess_sum as f64 / n as f64;
    let squares: f64 = worse
        .iter()
        .map(|&loss| (i128::from(loss) - i128::from(at_risk)) as f64 - mean)
        .map(|deviation| deviation * deviation)
        .sum::<f64>()
        + rank as f64 * mean * mean;
    Some(Tail {
        value,
        std_error: tail_error(squares, n, level),
        beyond,
    })
}

/// Influence values of a sample's conditional value at risk, in the order of the sample:
/// V + (L − V)⁺ / (1 − `level`), V being the value at risk. Their mean is the conditional value at
/// risk, and differences of two samples' are as good as differences of losses are for means.
///
/// Empty without values or with a level outside 0–1.
#[must_use]
pub fn tail_influence(sample: &[i64], level: f64) -> Vec<f64> {
    let mut sorted = sample.to_vec();
    sorted.sort_unstable();
    let Some(at_risk) = value_at_risk(&sorted, level) else {
        return Vec::new();
    };
    let excess = |loss: i64| (loss.max(at_risk) - at_risk) as f64;
    let influence = |&loss: &i64| at_risk as f64 + excess(loss) / (1.0 - level);
    sample.iter().map(influence).collect()
}

/// The standard error from the squared deviations of the excesses.
pub(super) fn tail_error(squares: f64, n: u64, level: f64) -> Option<f64> {
    (n > 1).then(|| {
        let n = n as f64;
        (squares / (n - 1.0) / n).sqrt() / (1.0 - level)
    })
}

/// Ranks, from 1, of the order statistics between which the quantile of probability `p` lies with
/// at least this confidence, in a sample of `n` independent replications.
///
/// A bound is `None` where the sample is too small to have one; both are for arguments out of
/// range. O(log n) binomial tails.
///
/// # Source
/// David and Nagaraja (2003), *Order Statistics*, section 7.1.
#[must_use]
pub fn quantile_interval(n: u64, p: f64, confidence: f64) -> (Option<u64>, Option<u64>) {
    let inside = |share: f64| share > 0.0 && share < 1.0;
    if n == 0 || !inside(p) || !inside(confidence) {
        return (None, None);
    }
    let miss = 0.5 * (1.0 - confidence);
    // The largest j with P(Bin < j) ≤ miss is one below the first that fails; 0 never does.
    let lower = first(1, n + 1, |j| binomial_below(j, n, p).0 > miss) - 1;
    let upper = first(1, n + 1, |j| binomial_below(j, n, p).1 <= miss);
    ((lower > 0).then_some(lower), (upper <= n).then_some(upper))
}

/// The first of `low..=high` for which `holds`, which then does for all after it; `high` if none.
fn first(mut low: u64, mut high: u64, holds: impl Fn(u64) -> bool) -> u64 {
    while low < high {
        let middle = low + (high - low) / 2;
        if holds(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

/// The probability that the order statistics of these ranks enclose the quantile of probability
/// `p`; a bound that is `None` always does.
#[must_use]
pub fn quantile_coverage(n: u64, p: f64, bounds: (Option<u64>, Option<u64>)) -> f64 {
    let missed_below = bounds.0.map_or(0.0, |lower| binomial_below(lower, n, p).0);
    let missed_above = bounds.1.map_or(0.0, |upper| binomial_below(upper, n, p).1);
    1.0 - missed_below - missed_above
}

#[cfg(test)]
mod influence {
    use super::*;
    use crate::metrics::cases::{LOSSES, close};

    #[test]
    fn the_mean_influence_is_the_tail() {
        let mut sorted = LOSSES;
        sorted.sort_unstable();
        let tail = conditional_value_at_risk(&sorted, 0.9).unwrap().value;
        let values = tail_influence(&LOSSES, 0.9);
        close(values.iter().sum::<f64>() / 20.0, tail);
        assert!(tail_influence(&[], 0.9).is_empty());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::{LOSSES, close};

    fn sorted() -> Vec<i64> {
        let mut losses = LOSSES.to_vec();
        losses.sort_unstable();
        losses
    }

    #[test]
    fn estimators_tail() {
        let losses = sorted();
        assert_eq!(rank(20, 0.9).unwrap().0, 18);
        assert_eq!(value_at_risk(&losses, 0.9), Some(415));
        let tail = conditional_value_at_risk(&losses, 0.9).unwrap();
        close(tail.value / 10.0, 71.45);
        close(tail.std_error.unwrap() / 10.0, 24.114_472_068_82);
        close(tail.beyond, 2.0);
    }

    /// Ten losses with atoms at 0 and a level that splits a replication.
    #[test]
    fn the_value_at_risk_counts_for_the_rest_of_the_tail() {
        let losses = [0, 0, 0, 5, 10, 20, 40, 80, 100, 200];
        assert_eq!(value_at_risk(&losses, 0.8), Some(80));
        close(
            conditional_value_at_risk(&losses, 0.8).unwrap().value,
            150.0,
        );
        assert_eq!(value_at_risk(&losses, 0.85), Some(100));
        close(
            conditional_value_at_risk(&losses, 0.85).unwrap().value,
            500.0 / 3.0,
        );
        assert_eq!(value_at_risk(&losses, 0.3), Some(0));
    }

    #[test]
    fn a_tail_of_less_than_one_replication_is_none() {
        let losses = sorted();
        assert!(conditional_value_at_risk(&losses, 0.95).is_some());
        assert_eq!(conditional_value_at_risk(&losses, 0.96), None);
        assert_eq!(conditional_value_at_risk(&losses, 1.0), None);
        assert_eq!(conditional_value_at_risk(&[], 0.5), None);
        assert_eq!(conditional_value_at_risk(&losses, f64::NAN), None);
        assert_eq!(value_at_risk(&losses, 1.1), None);
        assert_eq!(quantile(&losses, 0.0), Some(0));
        assert_eq!(quantile(&losses, 1.0), Some(887));
        assert!(conditional_value_at_risk(&[i64::MIN, i64::MAX, i64::MAX], 0.1).is_some());
    }

    #[test]
    fn the_rank_of_a_level_is_free_of_rounding() {
        for n in [100_u64, 1_000, 1_000_000, 10_000_000] {
            for percent in 1..100_u64 {
                assert_eq!(
                    rank(n, percent as f64 / 100.0).unwrap().0,
                    n * percent / 100
                );
            }
        }
    }

    #[test]
    fn estimators_quantile_ci() {
        for (n, p, lower, upper, coverage) in [
            (100, 0.95, 90, 100, 0.982_607_060_712_2),
            (1_000, 0.95, 936, 964, 0.958_095_268_222_7),
            (1_000, 0.99, 983, 997, 0.976_094_763_498),
            (10_000, 0.99, 9_880, 9_920, 0.955_754_682_806_6),
            (10_000, 0.996, 9_947, 9_973, 0.961_058_306_683_3),
            (300, 0.99, 293, 301, 0.988_525_921_365_1),
        ] {
            let bounds = quantile_interval(n, p, 0.95);
            assert_eq!(bounds, (Some(lower), (upper <= n).then_some(upper)));
            close(quantile_coverage(n, p, bounds), coverage);
        }
    }

    #[test]
    fn a_quantile_interval_of_a_long_run_is_near_the_normal_one() {
        let (lower, upper) = quantile_interval(10_000_000, 0.99, 0.95);
        let reach = 1.959_964 * (1e7_f64 * 0.99 * 0.01).sqrt();
        assert!((lower.unwrap() as f64 - (9.9e6 - reach)).abs() < 3.0);
        assert!((upper.unwrap() as f64 - (9.9e6 + reach)).abs() < 3.0);
        assert_eq!(quantile_interval(0, 0.5, 0.95), (None, None));
        assert_eq!(quantile_interval(3, 0.5, 0.95), (None, None));
    }
}
