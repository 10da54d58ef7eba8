//! Shares of capacity left.

use crate::results::LeftFit;

/// What is known of the shares left, one per event.
#[must_use]
pub fn fit_left(shares: &[Option<f64>]) -> LeftFit {
    let mut values: Vec<f64> = shares.iter().copied().flatten().collect();
    values.sort_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    LeftFit {
        unknown: (shares.len() - values.len()) as u64,
        mean: (!values.is_empty()).then_some(mean),
        values,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_shares_have_no_part_in_the_mean() {
        let found = fit_left(&[Some(0.5), None, Some(0.0)]);
        assert_eq!(found.values, [0.0, 0.5]);
        assert_eq!((found.unknown, found.mean), (1, Some(0.25)));
        assert_eq!(fit_left(&[None]).mean, None);
    }
}
