//! Several tests at once: p-values that keep what they promise for all of them.

use crate::maths::regularized_beta;

/// How likely a mean at least so far from 0 is by chance alone, by Student's t; 1 where there is no
/// difference, 0 where there is one without any noise.
///
/// - `degrees`: of freedom, above 0.
#[must_use]
pub fn two_sided_p_value(difference: f64, std_error: f64, degrees: f64) -> f64 {
    if difference == 0.0 || difference.is_nan() {
        return 1.0;
    }
    let t = difference / std_error;
    regularized_beta(degrees / 2.0, 0.5, degrees / (degrees + t * t))
}

/// Bonferroni: each p-value times their number, at most 1. Controls the chance of any false claim.
#[must_use]
pub fn bonferroni(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len() as f64;
    p_values.iter().map(|p| (p * count).min(1.0)).collect()
}

/// Holm: the smallest times their number, the next times one less, and so on, never falling; at
/// most 1. Controls the chance of any false claim, and claims no less than Bonferroni.
///
/// # Source
/// Holm (1979), *Scandinavian Journal of Statistics* 6(2).
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut adjusted = vec![0.0; p_values.len()];
    let mut least: f64 = 0.0;
    for (place, at) in upward(p_values).into_iter().enumerate() {
        let left = (p_values.len() - place) as f64;
        least = least.max((p_values[at] * left).min(1.0));
        adjusted[at] = least;
    }
    adjusted
}

/// Benjamini and Hochberg: controls the share of false claims among those made.
///
/// # Source
/// Benjamini and Hochberg (1995), *Journal of the Royal Statistical Society* B 57(1).
#[must_use]
pub fn benjamini_hochberg(p_values: &[f64]) -> Vec<f64> {
    let count = p_values.len() as f64;
    let mut adjusted = vec![0.0; p_values.len()];
    let mut most: f64 = 1.0;
    for (place, at) in upward(p_values).into_iter().enumerate().rev() {
        most = most.min(p_values[at] * count / (place + 1) as f64);
        adjusted[at] = most;
    }
    adjusted
}

/// Places in the order of the values.
fn upward(values: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::close;

    /// Student's t: 2.228 138 851 964 939 is the 97.5 % quantile with 10 degrees of freedom.
    #[test]
    fn a_p_value_is_the_share_beyond() {
        let found = two_sided_p_value(-2.228_138_851_964_939, 1.0, 10.0);
        assert!((found - 0.05).abs() < 1e-9);
        assert_eq!(two_sided_p_value(0.0, 0.0, 10.0), 1.0);
        assert_eq!(two_sided_p_value(1.0, 0.0, 10.0), 0.0);
    }

    #[test]
    fn estimators_multiple_testing() {
        let values = [0.012, 0.049, 0.003, 0.2];
        let check = |found: Vec<f64>, expected: [f64; 4]| {
            for (found, expected) in found.into_iter().zip(expected) {
                close(found, expected);
            }
        };
        check(bonferroni(&values), [0.048, 0.196, 0.012, 0.8]);
        check(holm(&values), [0.036, 0.098, 0.012, 0.2]);
        let expected = [0.024, 0.196 / 3.0, 0.012, 0.2];
        check(benjamini_hochberg(&values), expected);
        assert!(holm(&[]).is_empty());
    }
}
