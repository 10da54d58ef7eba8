//! What an investment costs a year.

/// Yearly payment that pays back one unit with interest: r (1 + r)ⁿ / ((1 + r)ⁿ − 1), and 1 / n
/// without interest.
///
/// - `rate`: interest a year, 0.1 for 10 %.
/// - `years`: how long it is paid back, years.
///
/// `None` for a rate not above −1, or a time that is not above 0.
///
/// # Examples
/// ```
/// # use keruen::metrics::capital_recovery_factor;
/// let factor = capital_recovery_factor(0.1, 20.0).expect("both are in range");
/// assert!((factor - 0.117_459_624_8).abs() < 1e-9);
/// ```
#[must_use]
pub fn capital_recovery_factor(rate: f64, years: f64) -> Option<f64> {
    let is_valid = rate > -1.0 && rate.is_finite() && years > 0.0 && years.is_finite();
    if !is_valid {
        return None;
    }
    // exp(n ln(1 + r)) − 1, exact also where r is tiny.
    let growth = libm::expm1(years * libm::log1p(rate));
    Some(if rate == 0.0 || growth == 0.0 {
        1.0 / years
    } else {
        rate * (growth + 1.0) / growth
    })
}

/// What one unit that is spent evenly while something is built has grown to on the day it is
/// ready: ((1 + r)ᴸ − 1) / (L ln(1 + r)), and 1 if it is built at once or without interest.
///
/// - `rate`: interest a year.
/// - `years`: time of construction L, years.
///
/// `None` for a rate not above −1, or a negative time.
#[must_use]
pub fn construction_interest_factor(rate: f64, years: f64) -> Option<f64> {
    let is_valid = rate > -1.0 && rate.is_finite() && years >= 0.0 && years.is_finite();
    if !is_valid {
        return None;
    }
    let exponent = years * libm::log1p(rate);
    Some(if exponent == 0.0 {
        1.0
    } else {
        libm::expm1(exponent) / exponent
    })
}

/// What one unit after some years is worth today: (1 + r)^−n.
///
/// `None` for a rate not above −1, or years that are not a number.
#[must_use]
pub fn discount_factor(rate: f64, years: f64) -> Option<f64> {
    let is_valid = rate > -1.0 && rate.is_finite() && years.is_finite();
    is_valid.then(|| libm::exp(-years * libm::log1p(rate)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::close;

    #[test]
    fn strategy_metrics_crf() {
        for (rate, years, factor) in [
            (0.1, 20.0, 0.117_459_624_772_5),
            (0.0, 10.0, 0.1),
            (0.085, 12.0, 0.136_152_858_068),
        ] {
            close(capital_recovery_factor(rate, years).unwrap(), factor);
        }
        assert_eq!(capital_recovery_factor(0.1, 0.0), None);
        assert_eq!(capital_recovery_factor(-1.0, 5.0), None);
        assert_eq!(capital_recovery_factor(f64::NAN, 5.0), None);
    }

    #[test]
    fn what_comes_later_is_worth_less() {
        close(discount_factor(0.1, 2.0).unwrap(), 1.0 / 1.21);
        assert_eq!(discount_factor(0.0, 5.0), Some(1.0));
        assert_eq!(discount_factor(-1.0, 1.0), None);
    }

    /// Paying back what was borrowed while building equals the integral of the payments' interest.
    #[test]
    fn what_is_spent_early_bears_interest() {
        assert_eq!(construction_interest_factor(0.1, 0.0), Some(1.0));
        assert_eq!(construction_interest_factor(0.0, 5.0), Some(1.0));
        let steps = 100_000;
        let sum: f64 = (0..steps)
            .map(|step| libm::pow(1.1, 4.0 * (step as f64 + 0.5) / steps as f64))
            .sum();
        let exact = construction_interest_factor(0.1, 4.0).unwrap();
        assert!((exact - sum / steps as f64).abs() < 1e-8);
    }
}
