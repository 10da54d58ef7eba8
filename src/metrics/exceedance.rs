//! Exceedance curves: how often a loss of some size is reached.

use super::Interval;
use super::proportion::clopper_pearson;

/// The most points of a curve.
const MAX_POINTS: u64 = 400;

/// One point of an exceedance curve.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExceedancePoint {
    /// The loss, in the unit of the sample.
    pub level: i64,
    /// Share of replications with this loss or a larger one; the return period, in horizons, is
    /// its inverse.
    pub probability: f64,
    /// Clopper–Pearson interval of the probability.
    pub interval: Interval,
}

/// The exceedance curve of a sample that is sorted upward, one loss per replication.
///
/// The j-th largest loss stands at j/n; equal losses make one point, at the largest of their j.
/// Long samples are thinned to at most 400 points in equal steps of the logarithm of the
/// probability, so that the tail is shown in full. Points come with levels rising; there is none
/// beyond the largest loss, because a curve of n replications says nothing beyond n horizons.
///
/// Empty without losses or with a confidence that is not inside (0, 1).
#[must_use]
pub fn exceedance(sorted: &[i64], confidence: f64) -> Vec<ExceedancePoint> {
    let n = sorted.len() as u64;
    let mut points: Vec<ExceedancePoint> = Vec::new();
    for j in ranks(n).into_iter().rev() {
        let level = sorted[(n - j) as usize];
        if points.last().is_some_and(|last| last.level == level) {
            continue;
        }
        let reached = n - sorted.partition_point(|&loss| loss < level) as u64;
        let Some(interval) = clopper_pearson(reached, n, confidence) else {
            return Vec::new();
        };
        points.push(ExceedancePoint {
            level,
            probability: reached as f64 / n as f64,
            interval,
        });
    }
    points
}

/// Ranks from the top, rising from 1 to `n`, in equal steps of their logarithm.
fn ranks(n: u64) -> Vec<u64> {
    if n <= MAX_POINTS {
        return (1..=n).collect();
    }
    let step = libm::log(n as f64) / (MAX_POINTS - 1) as f64;
    let mut ranks: Vec<u64> = (0..MAX_POINTS)
        .map(|k| libm::exp(k as f64 * step).round() as u64)
        .collect();
    ranks.dedup();
    // The last one is n but for rounding.
    if let Some(last) = ranks.last_mut() {
        *last = n;
    }
    ranks
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::close;

    #[test]
    fn each_loss_stands_at_its_share_and_ties_at_one() {
        let curve = exceedance(&[0, 0, 5, 10], 0.95);
        let points: Vec<_> = curve
            .iter()
            .map(|point| (point.level, point.probability))
            .collect();
        assert_eq!(points, [(0, 1.0), (5, 0.5), (10, 0.25)]);
        assert_eq!(Some(curve[1].interval), clopper_pearson(2, 4, 0.95));
    }

    #[test]
    fn a_long_sample_is_thinned_evenly_in_the_logarithm() {
        let sample: Vec<i64> = (0..100_000).collect();
        let curve = exceedance(&sample, 0.95);
        assert!(curve.len() > 300 && curve.len() <= 400, "{}", curve.len());
        close(curve[0].probability, 1.0);
        assert_eq!(curve.last().unwrap().level, 99_999);
        close(curve.last().unwrap().probability, 1e-5);
        for pair in curve.windows(2) {
            assert!(pair[0].level < pair[1].level && pair[0].probability > pair[1].probability);
            let far = pair[0].probability < 1e-3;
            assert!(far || pair[0].probability / pair[1].probability < 1.05);
        }
        for point in &curve {
            let Interval { low, high } = point.interval;
            assert!(low <= point.probability && point.probability <= high);
        }
    }

    #[test]
    fn no_losses_make_no_curve() {
        assert!(exceedance(&[], 0.95).is_empty());
        assert!(exceedance(&[1], 0.0).is_empty());
        assert_eq!(exceedance(&[7; 1_000], 0.95).len(), 1);
    }
}
