//! Comparison of two strategies that met the same disruptions.

use super::moments::CrossMoments;
use super::tail::conditional_value_at_risk;
use super::value_at_risk;

/// An estimate and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difference {
    /// The first less the second, in the unit of the samples.
    pub value: f64,
    /// Its standard error.
    pub std_error: f64,
}

/// Two samples compared replication by replication.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paired {
    /// Replications in both.
    pub count: u64,
    /// Mean of the first less the second.
    pub mean_difference: f64,
    /// Standard error of the mean difference.
    pub std_error: f64,
    /// The standard error that independent runs would have had.
    pub unpaired_std_error: f64,
    /// Variance of independent runs over that of paired ones; below 1 the two did not meet the
    /// same disruptions. `None` if all differences are equal.
    pub variance_ratio: Option<f64>,
    /// Share of replications in which the first is smaller than the second, ties counting half.
    pub probability_better: f64,
    /// Standard error of that share.
    pub probability_better_std_error: f64,
}

/// Compares losses of the same replications under two strategies; smaller is better.
///
/// `None` with fewer than two replications or samples of different length.
#[must_use]
pub fn paired(first: &[i64], second: &[i64]) -> Option<Paired> {
    if first.len() != second.len() {
        return None;
    }
    let mut moments = CrossMoments::default();
    let mut half_wins = 0_u64;
    for (&a, &b) in first.iter().zip(second) {
        moments.add(a, b);
        half_wins += u64::from(a < b) + u64::from(a <= b);
    }
    let n = moments.count() as f64;
    let variance = moments.variance_of_difference()?;
    let unpaired = moments.variance_x()? + moments.variance_y()?;
    let better = half_wins as f64 / (2.0 * n);
    Some(Paired {
        count: moments.count(),
        mean_difference: moments.mean_difference()?,
        std_error: (variance / n).sqrt(),
        unpaired_std_error: (unpaired / n).sqrt(),
        variance_ratio: (variance > 0.0).then(|| unpaired / variance),
        probability_better: better,
        probability_better_std_error: (better * (1.0 - better) / n).sqrt(),
    })
}

/// Difference of conditional values at risk of paired samples, with the standard error of paired
/// influence values V + (L − V)⁺ / (1 − `level`), V being each value at risk. O(n log n).
///
/// `None` where either value is undefined, with fewer than two replications or samples of
/// different length.
#[must_use]
pub fn conditional_value_at_risk_difference(
    first: &[i64],
    second: &[i64],
    level: f64,
) -> Option<Difference> {
    if first.len() != second.len() || first.len() < 2 {
        return None;
    }
    let tail = |sample: &[i64]| {
        let mut sorted = sample.to_vec();
        sorted.sort_unstable();
        Some((
            value_at_risk(&sorted, level)?,
            conditional_value_at_risk(&sorted, level)?.value,
        ))
    };
    let ((at_risk_a, tail_a), (at_risk_b, tail_b)) = (tail(first)?, tail(second)?);
    let excess = |loss: i64, at_risk: i64| (i128::from(loss) - i128::from(at_risk)).max(0);
    let differences = || {
        let pairs = first.iter().zip(second);
        pairs.map(|(&a, &b)| (excess(a, at_risk_a) - excess(b, at_risk_b)) as f64)
    };
    let n = first.len() as f64;
    let mean = differences().sum::<f64>() / n;
    let squares: f64 = differences().map(|d| (d - mean) * (d - mean)).sum();
    Some(Difference {
        value: tail_a - tail_b,
        std_error: (squares / (n - 1.0) / n).sqrt() / (1.0 - level),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::{LOSSES, LOSSES_ALTERNATIVE, close};

    #[test]
    fn estimators_paired() {
        let found = paired(&LOSSES, &LOSSES_ALTERNATIVE).unwrap();
        close(found.mean_difference / 10.0, 5.59);
        close(found.std_error / 10.0, 1.479_969_772_095);
        close(found.mean_difference / found.std_error, 3.777_104_171_584);
        close(found.unpaired_std_error / 10.0, 5.798_775_505_951);
        close(found.variance_ratio.unwrap(), 15.352_068_560_33);
        let tail = conditional_value_at_risk_difference(&LOSSES, &LOSSES_ALTERNATIVE, 0.9).unwrap();
        close(tail.value / 10.0, 21.05);
        close(tail.std_error / 10.0, 8.264_660_021_027);
    }

    /// Three of the twenty replications are ties; the alternative is smaller in all others.
    #[test]
    fn ties_are_half_better() {
        let worse = paired(&LOSSES, &LOSSES_ALTERNATIVE).unwrap();
        close(worse.probability_better, 1.5 / 20.0);
        let better = paired(&LOSSES_ALTERNATIVE, &LOSSES).unwrap();
        close(better.probability_better, 18.5 / 20.0);
        close(better.mean_difference, -worse.mean_difference);
    }

    #[test]
    fn equal_samples_differ_by_exactly_nothing() {
        let found = paired(&LOSSES, &LOSSES).unwrap();
        assert_eq!(
            (found.mean_difference, found.std_error, found.variance_ratio),
            (0.0, 0.0, None)
        );
        assert_eq!(found.probability_better, 0.5);
    }

    #[test]
    fn what_cannot_be_paired_is_none() {
        assert_eq!(paired(&[1, 2], &[1]), None);
        assert_eq!(paired(&[1], &[1]), None);
        assert_eq!(
            conditional_value_at_risk_difference(&[1, 2], &[1, 2], 0.9),
            None
        );
    }
}
