//! What taking out more can cost at most, read off what flows.

use crate::simulation::Bench;

/// What taking out each removal can cost now: what flows through it beyond what it leaves, b/d.
pub(super) fn prices(bench: &Bench<'_>) -> Vec<i64> {
    let loads = bench.loads();
    let left = bench.left().iter();
    loads
        .iter()
        .zip(left)
        .map(|(load, left)| (load - left).max(0))
        .collect()
}

/// For each of `order`, the most that taking it out can cost together with `need` − 1 of those
/// that come after it, b/d.
///
/// Each must be in `order` whose price is not 0.
pub(super) fn costs(bench: &mut Bench<'_>, prices: &[i64], order: &[u32], need: usize) -> Vec<i64> {
    let mut best = sums(prices, order, need, 0);
    let Some(mut ways) = bench.ways() else {
        return best;
    };
    let left = bench.left();
    // What flows through several is counted once if it is given up altogether first.
    let mut given_up = 0;
    for _ in 0..need {
        let mut loads = vec![0; prices.len()];
        for way in &ways {
            for &one in &way.through {
                loads[one as usize] += way.flow;
            }
        }
        let heaviest = order.iter().max_by_key(|&&one| loads[one as usize]);
        let Some(&heaviest) = heaviest.filter(|&&one| loads[one as usize] > 0) else {
            break;
        };
        given_up += loads[heaviest as usize];
        ways.retain(|way| !way.through.contains(&heaviest));
        let mut after = vec![0; prices.len()];
        for way in &ways {
            for &one in &way.through {
                after[one as usize] += way.flow;
            }
        }
        for &one in order {
            let one = one as usize;
            after[one] = (after[one] - left[one]).clamp(0, prices[one]);
        }
        let other = sums(&after, order, need, given_up);
        for (best, other) in best.iter_mut().zip(other) {
            *best = (*best).min(other);
        }
    }
    best
}

/// For each of `order`, its own price and the `need` − 1 highest after it, on top of `base`.
fn sums(prices: &[i64], order: &[u32], need: usize, base: i64) -> Vec<i64> {
    let mut highest: Vec<i64> = Vec::with_capacity(need);
    let mut found = vec![0; order.len()];
    for (place, &one) in order.iter().enumerate().rev() {
        let price = prices[one as usize];
        found[place] = base + price + highest.iter().sum::<i64>();
        let at = highest.partition_point(|&other| other >= price);
        highest.insert(at, price);
        highest.truncate(need - 1);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_prices_after_one_are_added_to_its_own() {
        let prices = [5, 1, 4, 3];
        assert_eq!(sums(&prices, &[0, 1, 2, 3], 2, 0), [9, 5, 7, 3]);
        assert_eq!(sums(&prices, &[0, 1, 2, 3], 3, 10), [22, 18, 17, 13]);
        assert_eq!(sums(&prices, &[3], 1, 0), [3]);
    }
}
