//! Whether some months have more events than others.

use crate::maths::regularized_gamma;
use crate::results::SeasonFit;

use super::promises::SEASON_EVENTS;

/// Compares months: Pearson's χ² of events against exposure, with enough events and all twelve
/// months in the window; weights if it is below 5 %.
///
/// A weight is (events + k) / (expected + k): the mean of a gamma posterior whose prior has mean
/// 1 and variance 1/k. The variance is what the counts vary beyond chance, (χ² − 11) / events.
/// Weights are scaled to a mean of 1.
///
/// - `events`: counts by calendar month, January first.
/// - `exposure_days`: days of the window in each.
#[must_use]
pub fn fit_season(events: &[u64; 12], exposure_days: &[f64; 12]) -> SeasonFit {
    let total: u64 = events.iter().sum();
    let exposure: f64 = exposure_days.iter().sum();
    let has_all = exposure_days.iter().all(|&days| days > 0.0);
    let mut found = SeasonFit {
        events: events.to_vec(),
        exposure_days: exposure_days.to_vec(),
        p_value: None,
        weights: None,
    };
    if total < SEASON_EVENTS || !has_all {
        return found;
    }
    let expected = exposure_days.map(|days| total as f64 * days / exposure);
    let both = || events.iter().zip(&expected);
    let statistic: f64 = both()
        .map(|(&count, mean)| (count as f64 - mean) * (count as f64 - mean) / mean)
        .sum();
    let freedom = 11.0;
    let p_value = 1.0 - regularized_gamma(freedom / 2.0, statistic / 2.0);
    found.p_value = Some(p_value);
    if p_value < 0.05 {
        // Below 5 % the statistic exceeds 19.7, so the variance is positive.
        let k = total as f64 / (statistic - freedom);
        let drawn: Vec<f64> = both()
            .map(|(&count, mean)| (count as f64 + k) / (mean + k))
            .collect();
        let mean = drawn.iter().sum::<f64>() / 12.0;
        found.weights = Some(drawn.iter().map(|weight| weight / mean).collect());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const YEAR: [f64; 12] = [
        31.0, 28.0, 31.0, 30.0, 31.0, 30.0, 31.0, 31.0, 30.0, 31.0, 30.0, 31.0,
    ];

    #[test]
    fn even_months_and_few_events_have_no_season() {
        let even = fit_season(&[8; 12], &YEAR);
        assert!(even.p_value.expect("enough events") > 0.9 && even.weights.is_none());
        let few = fit_season(&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20], &YEAR);
        assert!(few.p_value.is_none() && few.weights.is_none());
        let mut half = YEAR;
        half[6] = 0.0;
        assert!(fit_season(&[20; 12], &half).p_value.is_none());
    }

    #[test]
    fn weights_have_mean_one_and_are_drawn_towards_it() {
        let winter = [20, 18, 10, 5, 3, 1, 0, 1, 4, 9, 15, 19];
        let found = fit_season(&winter, &YEAR);
        assert!(found.p_value.expect("enough events") < 1e-6);
        let weights = found.weights.expect("a season");
        assert!((weights.iter().sum::<f64>() / 12.0 - 1.0).abs() < 1e-12);
        let plain = 20.0 / (105.0 * 31.0 / 365.0);
        assert!(weights[0] < plain && weights[0] > 1.5, "{weights:?}");
        assert!(weights[6] > 0.0 && weights[6] < 0.5, "{weights:?}");
    }
}
