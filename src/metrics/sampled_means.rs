//! Means of controls that nobody knows, from futures that have nothing to do with a run.

use super::controls::ControlSums;

/// What independent futures said of the means of the last controls, in place of what is known.
#[derive(Clone, Copy, Debug)]
pub struct SampledMeans<'s> {
    /// The first control whose mean they gave.
    pub first: usize,
    /// Their sums, without values.
    pub sums: &'s ControlSums,
}

impl SampledMeans<'_> {
    /// The variance that the errors of these means give a mean estimated with such coefficients:
    /// β′Vβ / M, with V the covariance of the controls over the M futures.
    pub(super) fn variance(&self, coefficients: &[(usize, f64)]) -> f64 {
        let count = self.sums.count() as f64;
        if count < 2.0 {
            return f64::INFINITY;
        }
        let own = coefficients.iter().filter(|&&(at, _)| at >= self.first);
        let own: Vec<(usize, f64)> = own.map(|&(at, by)| (at - self.first, by)).collect();
        let mut sum = 0.0;
        for (place, &(first, by)) in own.iter().enumerate() {
            sum += by * by * self.sums.variation(first, first);
            for &(second, other) in &own[place + 1..] {
                sum += 2.0 * by * other * self.sums.variation(first, second);
            }
        }
        sum.max(0.0) / (count - 1.0) / count
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::KnownMean;

    /// Values that are twice a control whose mean was found in other futures: nothing but the error
    /// of that mean is left.
    #[test]
    fn the_error_of_a_sampled_mean_is_all_that_is_left_of_what_it_explains() {
        let control: Vec<i64> = (0..500).map(|at| at * 7919 % 1_009).collect();
        let values: Vec<i64> = control.iter().map(|control| 2 * control).collect();
        let mut sums = ControlSums::new(1, 1);
        sums.add(&control, &[&values], true);
        let others: Vec<i64> = (0..4_000).map(|at| at * 104_729 % 1_013).collect();
        let mut apart = ControlSums::new(1, 0);
        apart.add(&others, &[], true);
        let known = [KnownMean {
            mean: apart.mean(0),
            occurs: 1.0,
        }];
        let sampled = SampledMeans {
            first: 0,
            sums: &apart,
        };
        let found = (sums.estimate_with(0, &known, 0.5, Some(sampled))).expect("many");
        assert!((found.mean - 2.0 * apart.mean(0)).abs() < 1e-6, "{found:?}");
        let mean = apart.mean(0);
        let squares = others.iter().map(|&other| (other as f64 - mean).powi(2));
        let error = 2.0 * (squares.sum::<f64>() / 3_999.0 / 4_000.0).sqrt();
        assert!((found.std_error / error - 1.0).abs() < 1e-3, "{found:?}");
        let exact = sums.estimate(0, &known, 0.0).expect("many");
        assert!(exact.std_error < 1e-3 * error, "{exact:?}");
    }
}
