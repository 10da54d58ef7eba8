//! Decisions under states of the world: with probabilities, and where nobody can give any.
//!
//! A table of payoffs has a row for each option and a column for each state; more is better. All
//! rows have the same length.

/// Expected payoff of each option. `None` unless the probabilities are as many as the states.
#[must_use]
pub fn expected_payoffs(payoffs: &[Vec<f64>], probabilities: &[f64]) -> Option<Vec<f64>> {
    let expected = |row: &Vec<f64>| {
        let sum = row.iter().zip(probabilities).map(|(u, p)| u * p).sum();
        (row.len() == probabilities.len()).then_some(sum)
    };
    payoffs.iter().map(expected).collect()
}

/// Regret of each option in each state: what the best option of that state has more. It hangs on
/// which options there are.
///
/// # Source
/// Savage (1951), *Journal of the American Statistical Association* 46(253).
#[must_use]
pub fn regrets(payoffs: &[Vec<f64>]) -> Vec<Vec<f64>> {
    let states = payoffs.first().map_or(0, Vec::len);
    let best: Vec<f64> = (0..states).map(|state| best_of(payoffs, state)).collect();
    let regret = |row: &Vec<f64>| row.iter().zip(&best).map(|(u, best)| best - u).collect();
    payoffs.iter().map(regret).collect()
}

/// The best payoff that any option has in a state.
fn best_of(payoffs: &[Vec<f64>], state: usize) -> f64 {
    let column = payoffs.iter().filter_map(|row| row.get(state));
    column.copied().fold(f64::NEG_INFINITY, f64::max)
}

/// The largest regret of each option.
#[must_use]
pub fn largest_regrets(payoffs: &[Vec<f64>]) -> Vec<f64> {
    let largest = |row: &Vec<f64>| row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    regrets(payoffs).iter().map(largest).collect()
}

/// The worst payoff of each option.
#[must_use]
pub fn worst_payoffs(payoffs: &[Vec<f64>]) -> Vec<f64> {
    hurwicz(payoffs, 0.0)
}

/// Hurwicz: `optimism` of the best payoff of each option and the rest of its worst.
#[must_use]
pub fn hurwicz(payoffs: &[Vec<f64>], optimism: f64) -> Vec<f64> {
    let weighed = |row: &Vec<f64>| {
        let best = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let worst = row.iter().copied().fold(f64::INFINITY, f64::min);
        if optimism == 0.0 {
            worst
        } else {
            optimism * best + (1.0 - optimism) * worst
        }
    };
    payoffs.iter().map(weighed).collect()
}

/// Share of states in which each option pays at least `threshold`.
#[must_use]
pub fn satisficing_shares(payoffs: &[Vec<f64>], threshold: f64) -> Vec<f64> {
    let share = |row: &Vec<f64>| {
        let enough = row.iter().filter(|&&u| u >= threshold).count();
        enough as f64 / row.len().max(1) as f64
    };
    payoffs.iter().map(share).collect()
}

/// The place of the largest value, the first of several; `None` without any.
#[must_use]
pub fn largest(values: &[f64]) -> Option<usize> {
    let mut found: Option<usize> = None;
    for (at, value) in values.iter().enumerate() {
        if found.is_none_or(|best| *value > values[best]) {
            found = Some(at);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::close;

    const PROBABILITIES: [f64; 3] = [0.5, 0.3, 0.2];

    fn payoffs() -> Vec<Vec<f64>> {
        vec![
            vec![120.0, 80.0, -60.0],
            vec![70.0, 75.0, 40.0],
            vec![20.0, 30.0, 95.0],
        ]
    }

    #[test]
    fn strategy_metrics_decision() {
        let payoffs = payoffs();
        let expected = expected_payoffs(&payoffs, &PROBABILITIES).unwrap();
        for (found, known) in expected.iter().zip([72.0, 65.5, 38.0]) {
            close(*found, known);
        }
        assert_eq!(largest(&expected), Some(0));
        assert_eq!(largest(&worst_payoffs(&payoffs)), Some(1));
        assert_eq!(largest(&hurwicz(&payoffs, 0.4)), Some(1));
        let regrets = largest_regrets(&payoffs);
        assert_eq!(regrets, [155.0, 55.0, 100.0]);
        let least: Vec<f64> = regrets.iter().map(|regret| -regret).collect();
        assert_eq!(largest(&least), Some(1));
    }

    #[test]
    fn enough_is_counted_over_states() {
        let shares = satisficing_shares(&payoffs(), 40.0);
        close(shares[0], 2.0 / 3.0);
        assert_eq!(shares[1], 1.0);
        close(shares[2], 1.0 / 3.0);
    }
}
