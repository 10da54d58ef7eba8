//! Random orders.

use super::Stream;

/// Name of the stream of orders, which no hazard can have.
const NAME: &str = "~order";

/// Random orders of `count` things, in pairs of which the second is the first backwards: what
/// comes early in one comes late in the other. Order `number` depends on the seed and on nothing
/// else.
#[must_use]
pub fn shuffled(seed: u64, number: u64, count: usize) -> Vec<usize> {
    let stream = Stream::new(seed, 0, NAME, "");
    let mut order: Vec<usize> = (0..count).collect();
    for last in (1..count).rev() {
        let u = stream.uniform(number / 2, last as u32, 0);
        let other = ((u * (last + 1) as f64) as usize).min(last);
        order.swap(last, other);
    }
    if number % 2 == 1 {
        order.reverse();
    }
    order
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn orders_come_in_pairs_and_are_equally_likely() {
        let mut seen = [0_u32; 6];
        for number in 0..6_000 {
            let order = shuffled(3, number, 3);
            let mut backwards = shuffled(3, number ^ 1, 3);
            backwards.reverse();
            assert_eq!(order, backwards);
            let mut sorted = order.clone();
            sorted.sort_unstable();
            assert_eq!(sorted, [0, 1, 2]);
            seen[order[0] * 2 + usize::from(order[1] > order[2])] += 1;
        }
        // 1000 each; by pairs a standard deviation of 40 or so.
        assert!(
            seen.iter().all(|&count| count.abs_diff(1_000) < 170),
            "{seen:?}"
        );
        assert!(shuffled(1, 0, 0).is_empty());
        assert_ne!(shuffled(1, 0, 20), shuffled(2, 0, 20));
    }
}
