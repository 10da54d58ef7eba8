//! When a run has replications enough.

use crate::maths::inverse_normal;

/// The target for the half-width over the *estimated* mean, so that the half-width over the *true*
/// mean is at most `relative_error`: ε / (1 + ε).
///
/// # Source
/// Law (2015), *Simulation Modeling and Analysis*, section 9.4.1.
#[must_use]
pub fn relative_target(relative_error: f64) -> f64 {
    relative_error / (1.0 + relative_error)
}

/// The normal quantile that a two-sided confidence stands for: 1.96 for 0.95.
///
/// NaN for a confidence outside 0–1.
#[must_use]
pub fn two_sided_z(confidence: f64) -> f64 {
    inverse_normal(0.5 + 0.5 * confidence)
}

/// Whether the interval of half-width `z` · `std_error` is narrow enough: at most
/// [`relative_target`] times the size of the mean. A mean of 0 is precise only without any error.
///
/// Look seldom, say whenever the replications have doubled: a run that may stop at every look
/// stops too early.
#[must_use]
pub fn is_precise(mean: f64, std_error: f64, relative_error: f64, z: f64) -> bool {
    z * std_error <= relative_target(relative_error) * mean.abs()
}

/// Replications after which a metric of this coefficient of variation is precise.
///
/// `None` if that is not a number: a target that is not above 0, a negative or infinite variation.
#[must_use]
pub fn required_replications(variation: f64, relative_error: f64, z: f64) -> Option<u64> {
    let reach = z * variation / relative_target(relative_error);
    let n = (reach * reach).ceil();
    let is_valid = relative_error > 0.0 && variation >= 0.0 && n < u64::MAX as f64;
    is_valid.then_some(n as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::close;

    #[test]
    fn estimators_precision() {
        close(relative_target(0.02), 0.019_607_843_137_25);
        assert_eq!(
            required_replications(1.4, 0.02, two_sided_z(0.95)),
            Some(19_584)
        );
    }

    #[test]
    fn a_run_is_precise_from_the_required_number_on() {
        let z = two_sided_z(0.95);
        let std_error = |n: f64| 1.4 * 50.0 / n.sqrt();
        assert!(!is_precise(50.0, std_error(19_583.0), 0.02, z));
        assert!(is_precise(50.0, std_error(19_584.0), 0.02, z));
        assert!(is_precise(-50.0, std_error(19_584.0), 0.02, z));
        assert!(is_precise(0.0, 0.0, 0.02, z) && !is_precise(0.0, 0.1, 0.02, z));
        assert!(!is_precise(f64::NAN, 0.1, 0.02, z));
    }

    #[test]
    fn an_impossible_target_needs_no_number() {
        assert_eq!(required_replications(1.0, 0.0, 1.96), None);
        assert_eq!(required_replications(f64::NAN, 0.1, 1.96), None);
        assert_eq!(required_replications(0.0, 0.1, 1.96), Some(0));
    }
}
