//! Whether one sample of losses is better than another for everyone, or for all who dislike risk.

/// What speaks against a dominance.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Against {
    /// By how much it is violated at the worst level: a chance for the first order, units of the
    /// samples for the increasing convex order. 0 if the samples obey it everywhere.
    pub violation: f64,
    /// Chance of a violation at least as large if both laws were equal; small rejects the
    /// dominance.
    pub p_value: f64,
}

/// Whether the first of two paired samples of losses dominates the second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dominance {
    /// First order: every level is exceeded at most as often. Then everybody who wants less loss
    /// prefers the first.
    pub first_order: Against,
    /// Increasing convex order: the mean excess over every level is at most as large, which is the
    /// same as every conditional value at risk. Then everybody who dislikes risk prefers the first.
    pub convex_order: Against,
}

/// Levels at which two samples are compared, at most.
const LEVELS: usize = 200;

/// Tests whether the first of two paired samples of losses dominates the second, by the greatest
/// violation over levels, with a bootstrap of pairs that is recentred at equality.
///
/// Levels are up to 200 quantiles of both samples together. O(pairs × resamples).
///
/// - `resamples`: bootstrap samples.
/// - `draw`: a whole number below its argument, at random.
///
/// `None` with fewer than two pairs or samples of different length.
///
/// # Source
/// Barrett and Donald (2003), *Econometrica* 71(1).
#[must_use]
pub fn dominance(
    first: &[i64],
    second: &[i64],
    resamples: usize,
    draw: &mut dyn FnMut(usize) -> usize,
) -> Option<Dominance> {
    if first.len() != second.len() || first.len() < 2 || resamples == 0 {
        return None;
    }
    let n = first.len();
    let levels = levels(first, second);
    let place = |value: i64| levels.partition_point(|&level| level < value) as u32;
    let pairs: Vec<Pair> = (first.iter().zip(second))
        .map(|(&a, &b)| Pair {
            at: [place(a), place(b)],
            // Above the lowest level, as floats: sums of whole numbers below 2^53 are exact enough
            // for a comparison of sums, and the same on every machine.
            above: [a, b].map(|value| value.saturating_sub(levels[0]).max(0) as f64),
        })
        .collect();
    let mut tally = Tally::new(levels.len());
    for pair in &pairs {
        tally.add(pair);
    }
    let steps: Vec<f64> = levels
        .iter()
        .map(|&level| level.saturating_sub(levels[0]) as f64)
        .collect();
    let own = tally.curves(&steps, n);
    let worst = |curve: &[f64]| curve.iter().copied().fold(0.0, f64::max);
    let observed = [worst(&own[0]), worst(&own[1])];
    let mut as_large = [0_usize; 2];
    for _ in 0..resamples {
        tally.clear();
        for _ in 0..n {
            tally.add(&pairs[draw(n).min(n - 1)]);
        }
        let again = tally.curves(&steps, n);
        for order in 0..2 {
            let recentred = again[order].iter().zip(&own[order]);
            let greatest = recentred.map(|(one, own)| one - own).fold(0.0, f64::max);
            as_large[order] += usize::from(greatest >= observed[order]);
        }
    }
    let against = |order: usize| Against {
        violation: observed[order],
        p_value: (as_large[order] + 1) as f64 / (resamples + 1) as f64,
    };
    Some(Dominance {
        first_order: against(0),
        convex_order: against(1),
    })
}

/// Rising levels at which the samples are compared.
fn levels(first: &[i64], second: &[i64]) -> Vec<i64> {
    let mut all: Vec<i64> = first.iter().chain(second).copied().collect();
    all.sort_unstable();
    all.dedup();
    if all.len() <= LEVELS {
        return all;
    }
    let last = all.len() - 1;
    (0..LEVELS)
        .map(|at| all[at * last / (LEVELS - 1)])
        .collect()
}

/// Where both values of a pair lie among the levels, and how far above the lowest one.
struct Pair {
    at: [u32; 2],
    above: [f64; 2],
}

/// Counts and sums of both samples between levels.
struct Tally {
    counts: [Vec<u32>; 2],
    sums: [Vec<f64>; 2],
}

impl Tally {
    fn new(levels: usize) -> Self {
        Self {
            counts: [vec![0; levels + 1], vec![0; levels + 1]],
            sums: [vec![0.0; levels + 1], vec![0.0; levels + 1]],
        }
    }

    fn clear(&mut self) {
        for which in 0..2 {
            self.counts[which].fill(0);
            self.sums[which].fill(0.0);
        }
    }

    fn add(&mut self, pair: &Pair) {
        for which in 0..2 {
            let at = pair.at[which] as usize;
            self.counts[which][at] += 1;
            self.sums[which][at] += pair.above[which];
        }
    }

    /// By level, how far the first sample is above the second: in the chance of exceeding the
    /// level, and in the mean excess over it.
    fn curves(&self, steps: &[f64], n: usize) -> [Vec<f64>; 2] {
        let mut chance = vec![0.0; steps.len()];
        let mut excess = vec![0.0; steps.len()];
        let mut beyond = [0.0_f64; 2];
        let mut sum = [0.0_f64; 2];
        for level in (0..steps.len()).rev() {
            // What lies in place `level + 1` exceeds this level and not the next.
            for which in 0..2 {
                beyond[which] += f64::from(self.counts[which][level + 1]);
                sum[which] += self.sums[which][level + 1];
            }
            chance[level] = (beyond[0] - beyond[1]) / n as f64;
            let over = |which: usize| sum[which] - beyond[which] * steps[level];
            excess[level] = (over(0) - over(1)) / n as f64;
        }
        [chance, excess]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::{LOSSES, LOSSES_ALTERNATIVE};

    /// A linear congruential generator: good enough for a bootstrap in a test.
    fn random() -> impl FnMut(usize) -> usize {
        let mut state = 7_u64;
        move |below| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as usize) % below
        }
    }

    #[test]
    fn what_is_never_worse_is_not_rejected() {
        let found = dominance(&LOSSES_ALTERNATIVE, &LOSSES, 200, &mut random()).unwrap();
        assert_eq!(found.first_order.violation, 0.0);
        assert_eq!(found.convex_order.violation, 0.0);
        assert_eq!(found.first_order.p_value, 1.0);
    }

    #[test]
    fn what_is_mostly_worse_is_rejected() {
        let n = 400_i64;
        let better: Vec<i64> = (0..n).map(|at| 10 * at).collect();
        let worse: Vec<i64> = (0..n).map(|at| 10 * at + 1_500).collect();
        let found = dominance(&worse, &better, 500, &mut random()).unwrap();
        assert!(found.first_order.p_value < 0.01 && found.convex_order.p_value < 0.01);
        // A shift of 1 500 of 4 000: three in eight exceed the level that separates them.
        assert!((found.first_order.violation - 0.375).abs() < 0.01);
        assert!((found.convex_order.violation - 1_500.0).abs() < 15.0);
    }

    /// The same mean, and a wider spread: no first order either way, and the narrower is better for
    /// those who dislike risk.
    #[test]
    fn a_narrow_law_dominates_a_wide_one_in_the_convex_order_only() {
        let n = 2_000_i64;
        let wide: Vec<i64> = (0..n).map(|at| 1_000 * at / n).collect();
        let narrow: Vec<i64> = (0..n).map(|at| 450 + 100 * ((at * 7) % n) / n).collect();
        let narrow_first = dominance(&narrow, &wide, 300, &mut random()).unwrap();
        assert!(narrow_first.first_order.p_value < 0.01);
        assert!(narrow_first.convex_order.p_value > 0.2);
        let wide_first = dominance(&wide, &narrow, 300, &mut random()).unwrap();
        assert!(wide_first.first_order.p_value < 0.01 && wide_first.convex_order.p_value < 0.01);
    }

    #[test]
    fn what_cannot_be_paired_is_none() {
        let mut draw = random();
        assert_eq!(dominance(&[1, 2], &[1], 10, &mut draw), None);
        assert_eq!(dominance(&[1], &[1], 10, &mut draw), None);
        let equal = dominance(&[3, 3, 3], &[3, 3, 3], 10, &mut draw).unwrap();
        assert_eq!(equal.first_order.violation, 0.0);
    }
}
