//! Sums of many small numbers that lose nothing of them.

/// A sum that carries along what rounding takes off it (Neumaier's variant of Kahan's).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Compensated {
    sum: f64,
    rest: f64,
}

impl Compensated {
    /// Adds a number.
    #[inline]
    pub fn add(&mut self, value: f64) {
        let sum = self.sum + value;
        self.rest += if self.sum.abs() >= value.abs() {
            (self.sum - sum) + value
        } else {
            (value - sum) + self.sum
        };
        self.sum = sum;
    }

    /// The sum.
    #[must_use]
    #[inline]
    pub fn value(self) -> f64 {
        self.sum + self.rest
    }
}

impl FromIterator<f64> for Compensated {
    fn from_iter<I: IntoIterator<Item = f64>>(values: I) -> Self {
        let mut sum = Self::default();
        values.into_iter().for_each(|value| sum.add(value));
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_numbers_are_not_lost_beside_large_ones() {
        let sum: Compensated = [1.0, 1e100, 1.0, -1e100].into_iter().collect();
        assert_eq!(sum.value(), 2.0);
        let tenths: Compensated = std::iter::repeat_n(0.1, 1_000_000).collect();
        assert_eq!(tenths.value(), 100_000.0);
    }
}
