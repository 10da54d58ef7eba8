//! Constant rates.

use crate::maths::inverse_regularized_gamma;
use crate::results::{Bounded, RateFit};
use crate::units::DAYS_PER_YEAR;

/// The rate of events that came one by one, at random, over an exposure in days.
///
/// # Source
/// Garwood (1936), *Biometrika* 28, for the exact interval; Jeffreys' prior gives the gamma
/// posterior with shape `events + ½`.
#[must_use]
pub fn fit_rate(events: u64, exposure_days: f64) -> RateFit {
    let years = exposure_days / DAYS_PER_YEAR;
    let count = events as f64;
    let gamma = |p: f64, shape: f64| inverse_regularized_gamma(p, shape) / years;
    let shape = count + 0.5;
    RateFit {
        per_year: Bounded {
            value: count / years,
            low: Some(if events == 0 {
                0.0
            } else {
                gamma(0.025, count)
            }),
            high: Some(gamma(0.975, count + 1.0)),
        },
        posterior_shape: shape,
        posterior_per_year: Bounded {
            value: shape / years,
            low: Some(gamma(0.025, shape)),
            high: Some(gamma(0.975, shape)),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Garwood's limits for 0 and 4 events are in every table: 3.6889; 1.0899 and 10.2416.
    #[test]
    fn intervals_are_those_of_the_tables() {
        let none = fit_rate(0, DAYS_PER_YEAR).per_year;
        assert_eq!((none.value, none.low), (0.0, Some(0.0)));
        assert!((none.high.expect("bounded") - 3.688_9).abs() < 1e-4);
        let four = fit_rate(4, DAYS_PER_YEAR).per_year;
        assert!((four.low.expect("bounded") - 1.089_9).abs() < 1e-4);
        assert!((four.high.expect("bounded") - 10.241_6).abs() < 1e-4);
    }

    /// Known answer: 4 events in 3.75 years, posterior mean 1.2 a year.
    #[test]
    fn the_posterior_of_four_events_is_known() {
        let found = fit_rate(4, 3.75 * DAYS_PER_YEAR);
        assert_eq!(found.posterior_shape, 4.5);
        assert!((found.posterior_per_year.value - 1.2).abs() < 1e-12);
    }
}
