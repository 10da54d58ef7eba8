//! Mean and spread of a sample against exact ones.

use crate::worlds::is_within_four;

/// Mean, variance and the standard error of the variance of a sample.
pub(super) struct Sample {
    pub(super) n: f64,
    pub(super) mean: f64,
    pub(super) variance: f64,
    kurtosis: f64,
}

impl Sample {
    pub(super) fn of(values: &[i64]) -> Self {
        let n = values.len() as f64;
        let mean = values.iter().map(|&value| value as f64).sum::<f64>() / n;
        let moment = |power: i32| {
            let sum: f64 = values
                .iter()
                .map(|&value| (value as f64 - mean).powi(power))
                .sum();
            sum / n
        };
        let second = moment(2);
        Self {
            n,
            mean,
            variance: second * n / (n - 1.0),
            kurtosis: moment(4) / (second * second),
        }
    }

    /// Whether the mean is within four errors of the exact one, by the exact spread.
    pub(super) fn has_mean(&self, mean: f64, sd: f64) -> bool {
        is_within_four(self.mean, sd / self.n.sqrt(), mean, 0.0)
    }

    /// Whether the spread is the exact one, within four errors of the variance.
    pub(super) fn has_spread(&self, sd: f64) -> bool {
        let error = self.variance * ((self.kurtosis - 1.0) / self.n).sqrt();
        is_within_four(self.variance, error, sd * sd, 0.0)
    }

    #[track_caller]
    pub(super) fn assert(&self, what: &str, mean: f64, sd: f64) {
        assert!(
            self.has_mean(mean, sd),
            "{what}: mean {}, exact {mean}, sd {sd}",
            self.mean
        );
        assert!(
            self.has_spread(sd),
            "{what}: sd {}, exact {sd}",
            self.variance.sqrt()
        );
    }
}
