//! Whole numbers wider than 128 bits, for sums of squares and what is formed from them.

/// A signed sum of products of `i64`, in 192 bits: room for 2⁶³ of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct WideSum {
    low: u128,
    high: i64,
}

impl WideSum {
    pub(super) fn add_product(&mut self, a: i64, b: i64) {
        let product = i128::from(a) * i128::from(b);
        self.add(Self {
            low: product as u128,
            high: if product < 0 { -1 } else { 0 },
        });
    }

    pub(super) fn add(&mut self, other: Self) {
        let (low, carry) = self.low.overflowing_add(other.low);
        self.low = low;
        self.high = self
            .high
            .wrapping_add(other.high)
            .wrapping_add(i64::from(carry));
    }
}

const LIMBS: usize = 8;

/// A signed whole number below 2⁵¹² in size. What is beyond is lost.
///
/// The largest one formed here, (Σx)² Σy² for 2⁶³ values, has 444 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Big {
    limbs: [u64; LIMBS],
    negative: bool,
}

impl Big {
    fn is_zero(&self) -> bool {
        self.limbs == [0; LIMBS]
    }

    pub(super) fn times(&self, other: &Self) -> Self {
        let mut limbs = [0; LIMBS];
        for (i, &a) in self.limbs.iter().enumerate() {
            let mut carry = 0_u128;
            for (j, &b) in other.limbs.iter().take(LIMBS - i).enumerate() {
                let cell: &mut u64 = &mut limbs[i + j];
                let sum = u128::from(a) * u128::from(b) + u128::from(*cell) + carry;
                *cell = sum as u64;
                carry = sum >> 64;
            }
        }
        Self {
            limbs,
            negative: self.negative != other.negative,
        }
    }

    pub(super) fn plus(&self, other: &Self) -> Self {
        if self.negative == other.negative {
            let mut limbs = [0; LIMBS];
            let mut carry = 0_u128;
            for (cell, (&a, &b)) in limbs.iter_mut().zip(self.limbs.iter().zip(&other.limbs)) {
                let sum = u128::from(a) + u128::from(b) + carry;
                *cell = sum as u64;
                carry = sum >> 64;
            }
            return Self {
                limbs,
                negative: self.negative,
            };
        }
        let self_is_larger = self.limbs.iter().rev().ge(other.limbs.iter().rev());
        let (larger, smaller) = if self_is_larger {
            (self, other)
        } else {
            (other, self)
        };
        let mut limbs = [0; LIMBS];
        let mut borrow = false;
        for (cell, (&a, &b)) in limbs
            .iter_mut()
            .zip(larger.limbs.iter().zip(&smaller.limbs))
        {
            let (rest, first) = a.overflowing_sub(b);
            let (rest, second) = rest.overflowing_sub(u64::from(borrow));
            *cell = rest;
            borrow = first || second;
        }
        Self {
            limbs,
            negative: larger.negative,
        }
    }

    pub(super) fn minus(&self, other: &Self) -> Self {
        self.plus(&Self {
            limbs: other.limbs,
            negative: !other.negative,
        })
    }

    /// The nearest `f64`: one rounding.
    pub(super) fn to_f64(self) -> f64 {
        let Some(top) = self.limbs.iter().rposition(|&limb| limb != 0) else {
            return 0.0;
        };
        let shift = self.limbs[top].leading_zeros();
        let next = if top > 0 { self.limbs[top - 1] } else { 0 };
        let pair = (u128::from(self.limbs[top]) << 64 | u128::from(next)) << shift;
        // The last of the leading 64 bits stands for everything below: enough to break ties.
        let below = pair as u64 != 0
            || self
                .limbs
                .iter()
                .take(top.saturating_sub(1))
                .any(|&l| l != 0);
        let leading = (pair >> 64) as u64 | u64::from(below);
        let exponent = 64 * top as i32 - shift as i32;
        let size = libm::scalbn(leading as f64, exponent);
        if self.negative { -size } else { size }
    }
}

impl From<i128> for Big {
    fn from(value: i128) -> Self {
        let size = value.unsigned_abs();
        let mut limbs = [0; LIMBS];
        limbs[0] = size as u64;
        limbs[1] = (size >> 64) as u64;
        Self {
            limbs,
            negative: value < 0,
        }
    }
}

impl From<u64> for Big {
    fn from(value: u64) -> Self {
        Self::from(i128::from(value))
    }
}

impl From<WideSum> for Big {
    fn from(value: WideSum) -> Self {
        let negative = value.high < 0;
        let (low, high) = if negative {
            let (low, borrow) = (!value.low).overflowing_add(1);
            (low, (!value.high as u64).wrapping_add(u64::from(borrow)))
        } else {
            (value.low, value.high as u64)
        };
        let mut limbs = [0; LIMBS];
        limbs[0] = low as u64;
        limbs[1] = (low >> 64) as u64;
        limbs[2] = high;
        Self { limbs, negative }
    }
}

/// `numerator` / `denominator`; `None` if that is not a number.
pub(super) fn ratio(numerator: &Big, denominator: &Big) -> Option<f64> {
    (!denominator.is_zero()).then(|| numerator.to_f64() / denominator.to_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn product(values: &[i128]) -> Big {
        values
            .iter()
            .fold(Big::from(1_u64), |all, &value| all.times(&Big::from(value)))
    }

    #[test]
    fn products_and_differences_are_exact() {
        // (a + b)(a - b) = a² - b², far above 128 bits.
        let (a, b) = (i128::MAX / 5, i128::MAX / 7);
        let left = product(&[a + b, a - b]);
        assert_eq!(left, product(&[a, a]).minus(&product(&[b, b])));
        assert_eq!(
            product(&[b + a, b - a]),
            product(&[b, b]).minus(&product(&[a, a]))
        );
        assert_eq!(left.minus(&left).to_f64(), 0.0);
    }

    #[test]
    fn the_nearest_float_is_found() {
        for value in [
            0,
            1,
            -1,
            (1 << 53) + 1,
            (1 << 54) + 6,
            i128::MAX,
            i128::MIN + 1,
            (1 << 100) + 1,
        ] {
            assert_eq!(Big::from(value).to_f64(), value as f64, "{value}");
        }
        // A tie in the leading 64 bits, broken upward by the last bit of all.
        let tie = product(&[1 << 100, (1 << 53) + 1, 1 << 100]);
        assert_eq!(tie.to_f64(), libm::ldexp(1.0, 253));
        let above = tie.plus(&Big::from(1_u64));
        assert_eq!(
            above.to_f64(),
            libm::ldexp(1.0, 253) + libm::ldexp(1.0, 201)
        );
    }

    #[test]
    fn sums_of_products_carry_and_borrow() {
        let mut sum = WideSum::default();
        for _ in 0..1_000 {
            sum.add_product(i64::MIN, i64::MIN);
        }
        assert_eq!(
            Big::from(sum),
            product(&[1_000, i128::from(i64::MIN), i128::from(i64::MIN)])
        );
        for _ in 0..2_000 {
            sum.add_product(i64::MIN, i64::MAX);
        }
        let expected =
            product(&[1_000, i128::from(i64::MIN), i128::from(i64::MIN)]).plus(&product(&[
                2_000,
                i128::from(i64::MIN),
                i128::from(i64::MAX),
            ]));
        assert_eq!(Big::from(sum), expected);
        let mut small = WideSum::default();
        small.add_product(-3, 4);
        assert_eq!(Big::from(small).to_f64(), -12.0);
    }
}
