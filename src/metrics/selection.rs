//! Which of many is the best: screening as samples grow, and where to spend a fixed budget of them.

/// What screening by Kim and Nelson goes by, with smaller values better.
///
/// All systems met the same futures. A system is given up as soon as another is better by more than
/// [`Screening::band`]. If the best is better than all others by the indifference zone or more, it
/// is among what is left with the confidence asked for, where means of replications are close to
/// normal.
///
/// # Source
/// Kim and Nelson (2001), *ACM Transactions on Modeling and Computer Simulation* 11(3).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Screening {
    /// η = ½ [(2α / (k − 1))^(−2 / (n₀ − 1)) − 1].
    pub eta: f64,
    /// h² = 2 η (n₀ − 1).
    pub h_squared: f64,
}

impl Screening {
    /// For `systems` that are compared, with variances from `first` replications.
    ///
    /// - `alpha`: how often at most the best may be given up.
    ///
    /// `None` with fewer than two systems or replications, or an `alpha` outside (0, 1).
    #[must_use]
    pub fn new(systems: usize, first: u64, alpha: f64) -> Option<Self> {
        if systems < 2 || first < 2 || !(alpha > 0.0 && alpha < 1.0) {
            return None;
        }
        let degrees = first as f64 - 1.0;
        let each = 2.0 * alpha / (systems as f64 - 1.0);
        let eta = 0.5 * libm::expm1(-2.0 / degrees * libm::log(each));
        Some(Self {
            eta,
            h_squared: 2.0 * eta * degrees,
        })
    }

    /// By how much one must be better than another after `count` replications for the other to be
    /// given up: max(0, δ / (2r) (h² S² / δ² − r)).
    ///
    /// - `variance`: of the differences, replication by replication.
    /// - `indifference`: δ, above 0.
    #[must_use]
    pub fn band(&self, variance: f64, indifference: f64, count: u64) -> f64 {
        let count = count as f64;
        let left = self.h_squared * variance / (indifference * indifference) - count;
        (indifference / (2.0 * count) * left).max(0.0)
    }
}

/// Shares of a fixed number of independent replications that most likely find the least mean: of
/// the others in proportion to (σ / distance to the best)², of the best σ √Σ (share / σ)².
///
/// `None` unless there is one best mean and all deviations are above 0.
///
/// # Source
/// Chen, Lin, Yücesan and Chick (2000), *Discrete Event Dynamic Systems* 10.
#[must_use]
pub fn optimal_shares(means: &[f64], deviations: &[f64]) -> Option<Vec<f64>> {
    let is_known = means.len() == deviations.len()
        && means.iter().all(|mean| mean.is_finite())
        && deviations.iter().all(|&deviation| deviation > 0.0);
    let best = (0..means.len()).min_by(|&a, &b| means[a].total_cmp(&means[b]))?;
    let is_alone = (0..means.len()).all(|at| at == best || means[at] > means[best]);
    if !is_known || !is_alone || means.len() < 2 {
        return None;
    }
    let mut shares: Vec<f64> = (means.iter().zip(deviations))
        .map(|(mean, deviation)| (deviation / (mean - means[best])).powi(2))
        .collect();
    shares[best] = 0.0;
    let squares: f64 = (shares.iter().zip(deviations))
        .map(|(share, deviation)| (share / deviation).powi(2))
        .sum();
    shares[best] = deviations[best] * squares.sqrt();
    let whole: f64 = shares.iter().sum();
    Some(shares.iter().map(|share| share / whole).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::close;

    #[test]
    fn estimators_kn() {
        let found = Screening::new(8, 40, 0.05).unwrap();
        close(found.eta, 0.121_713_670_103_1);
        close(found.h_squared, 9.493_666_268_041);
        assert_eq!(Screening::new(1, 40, 0.05), None);
        assert_eq!(Screening::new(8, 1, 0.05), None);
    }

    #[test]
    fn estimators_ocba() {
        let means = [31.0, 28.0, 29.5, 35.0];
        let shares = optimal_shares(&means, &[12.0, 10.0, 11.0, 20.0]).unwrap();
        let expected = [
            0.124_243_260_933_4,
            0.394_771_915_419_3,
            0.417_595_404_803_8,
            0.063_389_418_843_55,
        ];
        for (share, expected) in shares.into_iter().zip(expected) {
            close(share, expected);
        }
        assert_eq!(optimal_shares(&[1.0, 1.0], &[1.0, 1.0]), None);
        assert_eq!(optimal_shares(&[1.0, 2.0], &[1.0, 0.0]), None);
    }

    /// The band narrows to nothing, and then only what is better counts.
    #[test]
    fn the_band_ends() {
        let screening = Screening::new(8, 40, 0.05).unwrap();
        let wide = screening.band(100.0, 1.0, 40);
        let narrow = screening.band(100.0, 1.0, 400);
        assert!(wide > narrow && narrow > 0.0);
        assert_eq!(screening.band(100.0, 1.0, 950), 0.0);
        assert_eq!(screening.band(0.0, 1.0, 40), 0.0);
    }
}
