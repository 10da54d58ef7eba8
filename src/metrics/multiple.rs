//! Several tests at once.

/// Holm's adjusted p-values, in the order given: the chance of any false finding among all is at
/// most as large as the largest that is accepted.
///
/// # Source
/// Holm (1979), *Scandinavian Journal of Statistics* 6(2).
#[must_use]
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|&one, &other| p_values[one].total_cmp(&p_values[other]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut least: f64 = 0.0;
    for (rank, &which) in order.iter().enumerate() {
        let factor = (p_values.len() - rank) as f64;
        least = least.max((factor * p_values[which]).min(1.0));
        adjusted[which] = least;
    }
    adjusted
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::close;

    #[test]
    fn estimators_multiple_testing() {
        let found = holm(&[0.012, 0.049, 0.003, 0.2]);
        for (found, expected) in found.iter().zip([0.036, 0.098, 0.012, 0.2]) {
            close(*found, expected);
        }
    }

    #[test]
    fn nothing_exceeds_one_and_order_is_kept() {
        assert_eq!(holm(&[0.9, 0.8, 0.7]), [1.0, 1.0, 1.0]);
        assert_eq!(holm(&[]), Vec::<f64>::new());
        let adjusted = holm(&[0.01, 0.011, 0.012]);
        assert!(adjusted.windows(2).all(|pair| pair[0] <= pair[1]));
    }
}
