//! Whole shares in proportion.

/// Divides amounts; kept, so that nothing is allocated.
#[derive(Clone, Debug, Default)]
pub(super) struct Proportional {
    shares: Vec<i64>,
    /// What rounding down has left of each share, times −1, and its place.
    rests: Vec<(i64, u32)>,
}

impl Proportional {
    /// Whole shares of `total` in proportion to `weights`; remainders to the largest, then the first.
    pub(super) fn divide(
        &mut self,
        total: i64,
        weights: impl Iterator<Item = i64> + Clone,
    ) -> &[i64] {
        self.shares.clear();
        let sum: i64 = weights.clone().sum();
        if sum == 0 {
            self.shares.extend(weights.map(|_| 0));
            return &self.shares;
        }
        self.rests.clear();
        for (at, weight) in (0..).zip(weights) {
            let (share, rest) = part(total, weight, sum);
            self.shares.push(share);
            self.rests.push((-rest, at));
        }
        let left = total - self.shares.iter().sum::<i64>();
        if left > 0 {
            self.rests.sort_unstable();
            for &(_, at) in self.rests.iter().take(left as usize) {
                self.shares[at as usize] += 1;
            }
        }
        &self.shares
    }
}

/// A part of `total` as large as `weight` is of `sum`, rounded down, and what is left of its product.
#[inline]
fn part(total: i64, weight: i64, sum: i64) -> (i64, i64) {
    // Rates fit into 32 bits, and then their product fits into 64.
    if let (Ok(total), Ok(weight)) = (u32::try_from(total), u32::try_from(weight)) {
        let product = u64::from(total) * u64::from(weight);
        let sum = sum as u64;
        return ((product / sum) as i64, (product % sum) as i64);
    }
    let product = i128::from(total) * i128::from(weight);
    let sum = i128::from(sum);
    ((product / sum) as i64, (product % sum) as i64)
}

#[cfg(test)]
mod tests {
    use super::Proportional;

    fn divided(total: i64, weights: &[i64]) -> Vec<i64> {
        let mut proportional = Proportional::default();
        // What was divided before leaves no trace.
        proportional.divide(17, [5, 5, 7, 11, 2].into_iter());
        proportional.divide(total, weights.iter().copied()).to_vec()
    }

    #[test]
    fn remainders_go_to_the_largest_then_the_first() {
        assert_eq!(divided(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(divided(10, &[1, 2, 4]), [1, 3, 6]);
        assert_eq!(divided(5, &[0, 0]), [0, 0]);
        assert_eq!(divided(0, &[3, 4]), [0, 0]);
    }

    #[test]
    fn what_is_too_large_for_64_bits_is_divided_just_so() {
        let large = 3_000_000_000_000_i64;
        assert_eq!(
            divided(large, &[large, 2 * large, large]),
            [large / 4, large / 2, large / 4]
        );
        assert_eq!(
            divided(7_000_000_001, &[1, 1]),
            [3_500_000_001, 3_500_000_000]
        );
    }
}
