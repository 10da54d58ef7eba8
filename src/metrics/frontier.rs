//! What is not dominated in cost and loss.

/// Whether each of several is on the frontier: no other costs no more and loses no more, and is
/// better in one of both. All that are there are told, not the convex hull, which would leave out
/// what is best for budgets between its corners.
///
/// Of those that are the same in both, all are on it or none. O(n log n).
///
/// - `costs`, `losses`: smaller is better; what is not a number is never on it.
#[must_use]
pub fn frontier(costs: &[f64], losses: &[f64]) -> Vec<bool> {
    let count = costs.len().min(losses.len());
    // Adding 0 takes the sign off a zero, which an order of all numbers would see.
    let place = |at: usize| (costs[at] + 0.0, losses[at] + 0.0);
    let mut order: Vec<usize> = (0..count)
        .filter(|&at| !costs[at].is_nan() && !losses[at].is_nan())
        .collect();
    order.sort_by(|&a, &b| {
        let (one, other) = (place(a), place(b));
        (one.0.total_cmp(&other.0)).then_with(|| one.1.total_cmp(&other.1))
    });
    let mut is_on = vec![false; costs.len()];
    let mut best: Option<(f64, f64)> = None;
    for at in order {
        let (cost, loss) = place(at);
        let is_same = best == Some((cost, loss));
        if is_same || best.is_none_or(|(_, least)| loss < least) {
            is_on[at] = true;
            best = Some((cost, loss));
        }
    }
    is_on
}

/// Mean of a sample in which each value counts several times.
///
/// `None` if no value counts.
#[must_use]
pub fn weighted_mean(sample: &[i64], weights: &[u32]) -> Option<f64> {
    let pairs = || sample.iter().zip(weights);
    let count: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
    let sum: i128 = pairs()
        .map(|(&value, &weight)| i128::from(value) * i128::from(weight))
        .sum();
    (count > 0).then(|| sum as f64 / count as f64)
}

/// Conditional value at risk of a sample in which each value counts several times: the mean of the
/// worst 1 − `level` share.
///
/// - `downward`: places in the sample, the largest value first.
///
/// `None` if no value counts, or if the tail holds less than one.
#[must_use]
pub fn weighted_tail(sample: &[i64], downward: &[u32], weights: &[u32], level: f64) -> Option<f64> {
    let count: u64 = weights.iter().map(|&weight| u64::from(weight)).sum();
    let beyond = count as f64 * (1.0 - level);
    if beyond < 1.0 - 1e-9 {
        return None;
    }
    let mut left = beyond;
    let mut sum = 0.0;
    for &at in downward {
        let weight = f64::from(*weights.get(at as usize)?).min(left);
        sum += weight * *sample.get(at as usize)? as f64;
        left -= weight;
        if left <= 0.0 {
            break;
        }
    }
    Some(sum / beyond)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::{LOSSES, close};
    use crate::metrics::conditional_value_at_risk;

    #[test]
    fn the_frontier_holds_all_that_is_not_dominated() {
        let costs = [0.0, 1.0, 2.0, 2.0, 3.0, 3.0, 4.0];
        let losses = [9.0, 8.0, 8.0, 7.0, 5.0, 5.0, f64::NAN];
        let expected = [true, true, false, true, true, true, false];
        assert_eq!(frontier(&costs, &losses), expected);
        assert!(frontier(&[], &[]).is_empty());
        // At the same cost the smaller loss, at the same loss the smaller cost.
        assert_eq!(frontier(&[1.0, 1.0], &[2.0, 1.0]), [false, true]);
        assert_eq!(frontier(&[2.0, 1.0], &[1.0, 1.0]), [false, true]);
        assert_eq!(frontier(&[-0.0, 0.0], &[2.0, 1.0]), [false, true]);
    }

    #[test]
    fn weights_of_one_change_nothing() {
        let mut sorted = LOSSES;
        sorted.sort_unstable();
        let mut downward: Vec<u32> = (0..20).collect();
        downward.sort_by_key(|&at| -LOSSES[at as usize]);
        let tail = conditional_value_at_risk(&sorted, 0.93).unwrap().value;
        close(
            weighted_tail(&LOSSES, &downward, &[1; 20], 0.93).unwrap(),
            tail,
        );
        close(
            weighted_tail(&LOSSES, &downward, &[3; 20], 0.93).unwrap(),
            tail,
        );
        close(weighted_mean(&LOSSES, &[1; 20]).unwrap(), 219.75);
        assert_eq!(weighted_mean(&LOSSES, &[0; 20]), None);
        assert_eq!(weighted_tail(&LOSSES, &downward, &[0; 20], 0.9), None);
    }
}
