//! Building now or after it is known whether it pays.

use super::annuity::discount_factor;

/// What may come of an investment that can be put off once.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timing {
    /// Expected value of building now.
    pub now: f64,
    /// Expected value of waiting: of building once the state is known, if it pays then, discounted.
    pub waiting: f64,
}

impl Timing {
    /// What waiting is worth more than building now.
    #[must_use]
    pub fn premium(&self) -> f64 {
        self.waiting - self.now
    }

    /// Whether building now is best: better than waiting, and better than nothing.
    #[must_use]
    pub fn is_now(&self) -> bool {
        self.now > 0.0 && self.now >= self.waiting
    }
}

/// Weighs building now against building after one period, when the state is known.
///
/// - `now`: net value of building now, by state.
/// - `later`: net value of building after the period, by state, at that time.
/// - `probabilities`: of the states.
/// - `rate`: discount rate a year; `years`: length of the period.
///
/// `None` unless there is a value for each state, or for a rate not above −1.
///
/// # Source
/// Dixit and Pindyck (1994), *Investment under Uncertainty*, chapter 2.
#[must_use]
pub fn timing(
    now: &[f64],
    later: &[f64],
    probabilities: &[f64],
    rate: f64,
    years: f64,
) -> Option<Timing> {
    let count = probabilities.len();
    if now.len() != count || later.len() != count {
        return None;
    }
    let discounted = discount_factor(rate, years)?;
    let sum = |values: &mut dyn Iterator<Item = f64>| -> f64 {
        values.zip(probabilities).map(|(value, p)| value * p).sum()
    };
    Some(Timing {
        now: sum(&mut now.iter().copied()),
        waiting: discounted * sum(&mut later.iter().map(|value| value.max(0.0))),
    })
}

/// The probability of the second of two states at which two choices are worth the same, each with a
/// value in either state; `None` if one is better whatever the probability.
#[must_use]
pub fn break_even(one: [f64; 2], other: [f64; 2]) -> Option<f64> {
    let [first, second] = [one[0] - other[0], one[1] - other[1]];
    let share = first / (first - second);
    (first != second && (0.0..=1.0).contains(&share)).then_some(share)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::close;

    #[test]
    fn strategy_metrics_timing() {
        let capex = 200.0;
        let now = [420.0 - capex, 90.0 - capex];
        let later = [400.0 - capex, 85.0 - capex];
        let found = timing(&now, &later, &[0.4, 0.6], 0.1, 1.0).unwrap();
        close(found.now, 22.0);
        close(found.waiting, 72.727_272_727_27);
        close(found.premium(), 50.727_272_727_27);
        assert!(!found.is_now());
        assert_eq!(timing(&now, &later, &[1.0], 0.1, 1.0), None);
    }

    /// Where the break-even says, both choices are worth the same.
    #[test]
    fn choices_are_even_where_they_are_said_to_be() {
        let (now, waiting) = ([-110.0, 220.0], [0.0, 200.0 / 1.1]);
        let share = break_even(now, waiting).unwrap();
        let value = |of: [f64; 2]| of[0] * (1.0 - share) + of[1] * share;
        close(value(now), value(waiting));
        assert!(share > 0.4);
        assert_eq!(break_even([1.0, 2.0], [0.0, 1.0]), None);
        assert_eq!(break_even([1.0, 2.0], [0.0, 0.0]), None);
    }
}
