//! Bootstrap: how much an estimate would differ had other rows been drawn.

/// Rows drawn with replacement, many times; the same for every estimate from the same rows, so that
/// sums and differences of estimates have an error too.
///
/// # Source
/// Efron (1979), *The Annals of Statistics* 7(1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Resamples {
    drawn: Vec<Vec<usize>>,
}

impl Resamples {
    /// Draws `count` times as many rows as there are.
    ///
    /// - `uniform`: a number inside (0, 1) for each resample and place in it. Random numbers come
    ///   from the caller, so that the same seed gives the same errors.
    #[must_use]
    pub fn new(rows: usize, count: u32, uniform: &dyn Fn(u32, u32) -> f64) -> Self {
        let pick = |resample: u32, place: usize| {
            let share = uniform(resample, u32::try_from(place).unwrap_or(u32::MAX));
            ((share * rows as f64) as usize).min(rows.saturating_sub(1))
        };
        let drawn = (0..count)
            .map(|resample| (0..rows).map(|place| pick(resample, place)).collect())
            .collect();
        Self { drawn }
    }

    /// Standard deviation of an estimate over the resamples, its standard error; `None` with fewer
    /// than two in which it is defined.
    ///
    /// - `estimate`: from the rows with these numbers; one may stand more than once.
    #[must_use]
    pub fn std_error(&self, estimate: impl Fn(&[usize]) -> Option<f64>) -> Option<f64> {
        let found: Vec<f64> = self
            .drawn
            .iter()
            .filter_map(|rows| estimate(rows))
            .filter(|found| found.is_finite())
            .collect();
        if found.len() < 2 {
            return None;
        }
        let n = found.len() as f64;
        let mean = found.iter().sum::<f64>() / n;
        let squares: f64 = found.iter().map(|x| (x - mean) * (x - mean)).sum();
        Some((squares / (n - 1.0)).sqrt())
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Numbers that fill (0, 1) evenly, from the golden ratio and two rounds of mixing.
    pub(in crate::metrics) fn scattered(row: u32, place: u32) -> f64 {
        let mut bits =
            (u64::from(row) << 32 | u64::from(place)).wrapping_add(0x9E37_79B9_7F4A_7C15);
        for shift in [30, 27, 31] {
            bits = (bits ^ bits >> shift).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        }
        ((bits >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// The bootstrap of a mean has the error of the sample with n in place of n − 1.
    #[test]
    fn the_error_of_a_mean_is_the_known_one() {
        let sample: Vec<f64> = (0..50).map(|row| scattered(7, row)).collect();
        let n = sample.len() as f64;
        let mean = sample.iter().sum::<f64>() / n;
        let squares: f64 = sample.iter().map(|x| (x - mean) * (x - mean)).sum();
        let known = (squares / n / n).sqrt();
        let resamples = Resamples::new(sample.len(), 4_000, &scattered);
        let of = |rows: &[usize]| Some(rows.iter().map(|&row| sample[row]).sum::<f64>() / n);
        let found = resamples.std_error(of).expect("many resamples");
        assert!((found / known - 1.0).abs() < 0.05, "{found} {known}");
        assert_eq!(resamples.std_error(|_| None), None);
        assert_eq!(
            Resamples::new(0, 5, &scattered).std_error(|_| Some(1.0)),
            Some(0.0)
        );
    }
}
