//! Means, variances and ratios of whole numbers, free of rounding until the last step.

use super::Interval;
use super::wide::{Big, WideSum, ratio};
use crate::maths::student_t_quantile;

/// Count, sum, sum of squares, least and greatest of whole numbers, all exact.
///
/// Merging is commutative and associative to the bit. Fewer than 2⁶³ values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moments {
    count: u64,
    sum: i128,
    squares: WideSum,
    min: i64,
    max: i64,
}

impl Default for Moments {
    fn default() -> Self {
        Self {
            count: 0,
            sum: 0,
            squares: WideSum::default(),
            min: i64::MAX,
            max: i64::MIN,
        }
    }
}

impl Moments {
    /// Counts one value in.
    pub fn add(&mut self, value: i64) {
        self.count += 1;
        self.sum += i128::from(value);
        self.squares.add_product(value, value);
        self.min = self.min.min(value);
        self.max = self.max.max(value);
    }

    /// Counts in all that `other` has counted.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum += other.sum;
        self.squares.add(other.squares);
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
    }

    /// Number of values.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Sum of the values.
    #[must_use]
    pub fn sum(&self) -> i128 {
        self.sum
    }

    /// The least value; `None` without values.
    #[must_use]
    pub fn min(&self) -> Option<i64> {
        (self.count > 0).then_some(self.min)
    }

    /// The greatest value; `None` without values.
    #[must_use]
    pub fn max(&self) -> Option<i64> {
        (self.count > 0).then_some(self.max)
    }

    /// Arithmetic mean; `None` without values.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum as f64 / self.count as f64)
    }

    /// Sample variance (divisor n − 1); `None` with fewer than two values.
    ///
    /// n Σx² − (Σx)² is formed in whole numbers: a small spread about a large mean loses nothing.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        let sum = Big::from(self.sum);
        spread(self.count, self.squares, &sum, &sum)
    }

    /// Sample standard deviation; `None` with fewer than two values.
    #[must_use]
    pub fn std_dev(&self) -> Option<f64> {
        self.variance().map(f64::sqrt)
    }

    /// Standard error of the mean; `None` with fewer than two values.
    #[must_use]
    pub fn std_error(&self) -> Option<f64> {
        self.variance()
            .map(|variance| (variance / self.count as f64).sqrt())
    }

    /// Student's t interval of the mean, for independent values; `None` with fewer than two of
    /// them or a confidence that is not inside (0, 1).
    #[must_use]
    pub fn mean_interval(&self, confidence: f64) -> Option<Interval> {
        if !(confidence > 0.0 && confidence < 1.0) {
            return None;
        }
        let (mean, error) = (self.mean()?, self.std_error()?);
        let reach = student_t_quantile(0.5 + 0.5 * confidence, (self.count - 1) as f64) * error;
        Some(Interval {
            low: mean - reach,
            high: mean + reach,
        })
    }
}

impl Extend<i64> for Moments {
    fn extend<I: IntoIterator<Item = i64>>(&mut self, values: I) {
        values.into_iter().for_each(|value| self.add(value));
    }
}

impl FromIterator<i64> for Moments {
    fn from_iter<I: IntoIterator<Item = i64>>(values: I) -> Self {
        let mut moments = Self::default();
        moments.extend(values);
        moments
    }
}

/// (n Σxy − Σx Σy) / (n (n − 1)).
fn spread(count: u64, products: WideSum, sum_x: &Big, sum_y: &Big) -> Option<f64> {
    let n = Big::from(count);
    let numerator = n.times(&Big::from(products)).minus(&sum_x.times(sum_y));
    ratio(&numerator, &n.times(&Big::from(i128::from(count) - 1))).filter(|_| count > 1)
}

/// Sums, squares and products of pairs of whole numbers, all exact.
///
/// Merging is commutative and associative to the bit. Fewer than 2⁶³ pairs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CrossMoments {
    count: u64,
    sum_x: i128,
    sum_y: i128,
    squares_x: WideSum,
    squares_y: WideSum,
    products: WideSum,
}

impl CrossMoments {
    /// Counts one pair in.
    pub fn add(&mut self, x: i64, y: i64) {
        self.count += 1;
        self.sum_x += i128::from(x);
        self.sum_y += i128::from(y);
        self.squares_x.add_product(x, x);
        self.squares_y.add_product(y, y);
        self.products.add_product(x, y);
    }

    /// Counts in all that `other` has counted.
    pub fn merge(&mut self, other: &Self) {
        self.count += other.count;
        self.sum_x += other.sum_x;
        self.sum_y += other.sum_y;
        self.squares_x.add(other.squares_x);
        self.squares_y.add(other.squares_y);
        self.products.add(other.products);
    }

    /// Number of pairs.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// Mean of `x`; `None` without pairs.
    #[must_use]
    pub fn mean_x(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum_x as f64 / self.count as f64)
    }

    /// Mean of `y`; `None` without pairs.
    #[must_use]
    pub fn mean_y(&self) -> Option<f64> {
        (self.count > 0).then(|| self.sum_y as f64 / self.count as f64)
    }

    /// Mean of `x` − `y`; `None` without pairs.
    #[must_use]
    pub fn mean_difference(&self) -> Option<f64> {
        let sum = Big::from(self.sum_x).minus(&Big::from(self.sum_y));
        ratio(&sum, &Big::from(self.count))
    }

    /// Sample variance of `x`; `None` with fewer than two pairs.
    #[must_use]
    pub fn variance_x(&self) -> Option<f64> {
        let sum = Big::from(self.sum_x);
        spread(self.count, self.squares_x, &sum, &sum)
    }

    /// Sample variance of `y`; `None` with fewer than two pairs.
    #[must_use]
    pub fn variance_y(&self) -> Option<f64> {
        let sum = Big::from(self.sum_y);
        spread(self.count, self.squares_y, &sum, &sum)
    }

    /// Sample covariance; `None` with fewer than two pairs.
    #[must_use]
    pub fn covariance(&self) -> Option<f64> {
        spread(
            self.count,
            self.products,
            &Big::from(self.sum_x),
            &Big::from(self.sum_y),
        )
    }

    /// Sample variance of `x` − `y`; `None` with fewer than two pairs. Exact before one rounding,
    /// however alike the two are.
    #[must_use]
    pub fn variance_of_difference(&self) -> Option<f64> {
        let n = Big::from(self.count);
        let products = Big::from(self.products);
        let squares = Big::from(self.squares_x)
            .plus(&Big::from(self.squares_y))
            .minus(&products.plus(&products));
        let sum = Big::from(self.sum_x).minus(&Big::from(self.sum_y));
        let numerator = n.times(&squares).minus(&sum.times(&sum));
        ratio(&numerator, &n.times(&Big::from(i128::from(self.count) - 1)))
            .filter(|_| self.count > 1)
    }

    /// The ratio estimate A = Σx / Σy; `None` if Σy is 0.
    #[must_use]
    pub fn ratio(&self) -> Option<f64> {
        ratio(&Big::from(self.sum_x), &Big::from(self.sum_y))
    }

    /// Standard error of [`ratio`](Self::ratio) by the delta method: sd(x − A y) / (ȳ √n).
    ///
    /// `None` if Σy is 0 or with fewer than two pairs. Since x − A y sums to 0, its squares need
    /// no centring; times (Σy)² their sum is a whole number, so that a ratio that hardly varies
    /// keeps its digits.
    #[must_use]
    pub fn ratio_std_error(&self) -> Option<f64> {
        if self.count < 2 {
            return None;
        }
        let (x, y) = (Big::from(self.sum_x), Big::from(self.sum_y));
        let cross = x.times(&y).times(&Big::from(self.products));
        let residual = y
            .times(&y)
            .times(&Big::from(self.squares_x))
            .plus(&x.times(&x).times(&Big::from(self.squares_y)))
            .minus(&cross.plus(&cross));
        let y_squared = y.times(&y);
        let n = self.count as f64;
        // sd² / ȳ² / n = residual / (Σy)² / (n − 1) · n² / (Σy)² / n.
        let share = ratio(&residual, &y_squared.times(&y_squared))?;
        Some((share * n / (n - 1.0)).sqrt())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::{LOSSES, close};

    #[test]
    fn estimators_mean() {
        let moments: Moments = LOSSES.into_iter().collect();
        close(moments.mean().unwrap() / 10.0, 21.975);
        close(moments.std_dev().unwrap() / 10.0, 21.311_817_206_23);
        close(moments.std_error().unwrap() / 10.0, 4.765_467_199_717);
        let interval = moments.mean_interval(0.95).unwrap();
        close(interval.low / 10.0, 12.000_762_520_5);
        close(interval.high / 10.0, 31.949_237_479_5);
        assert_eq!((moments.min(), moments.max()), (Some(0), Some(887)));
    }

    #[test]
    fn what_is_undefined_is_none() {
        let mut moments = Moments::default();
        assert_eq!(
            (moments.mean(), moments.min(), moments.variance()),
            (None, None, None)
        );
        moments.add(7);
        assert_eq!(
            (moments.mean(), moments.variance(), moments.std_error()),
            (Some(7.0), None, None)
        );
        assert_eq!(moments.mean_interval(0.95), None);
        moments.add(7);
        assert_eq!(moments.variance(), Some(0.0));
        let pairs = CrossMoments::default();
        assert_eq!(
            (pairs.ratio(), pairs.ratio_std_error(), pairs.covariance()),
            (None, None, None)
        );
    }

    #[test]
    fn a_small_spread_about_a_large_mean_keeps_its_digits() {
        let moments: Moments = [i64::MAX, i64::MAX - 1, i64::MAX - 2].into_iter().collect();
        assert_eq!(moments.variance(), Some(1.0));
        let extremes: Moments = [i64::MIN, i64::MAX].into_iter().collect();
        close(
            extremes.std_dev().unwrap(),
            libm::ldexp(1.0, 64) / 2.0_f64.sqrt(),
        );
    }

    #[test]
    fn parts_merge_to_the_whole_in_any_order() {
        let whole: Moments = LOSSES.into_iter().collect();
        let parts: Vec<Moments> = LOSSES
            .chunks(3)
            .map(|chunk| chunk.iter().copied().collect())
            .collect();
        let mut forward = Moments::default();
        for part in &parts {
            forward.merge(part);
        }
        let mut backward = Moments::default();
        for part in parts.iter().rev() {
            backward.merge(part);
        }
        assert_eq!((forward, backward), (whole, whole));
    }

    #[test]
    fn a_ratio_has_the_error_of_its_residuals() {
        let pairs = [(90, 100), (80, 110), (70, 90), (100, 100), (95, 105)];
        let mut moments = CrossMoments::default();
        for (x, y) in pairs {
            moments.add(x, y);
        }
        let ratio = 435.0 / 505.0;
        close(moments.ratio().unwrap(), ratio);
        let squares: f64 = pairs
            .iter()
            .map(|&(x, y)| (f64::from(x as i32) - ratio * f64::from(y as i32)).powi(2))
            .sum();
        close(
            moments.ratio_std_error().unwrap(),
            (squares / 4.0).sqrt() / (101.0 * 5.0_f64.sqrt()),
        );
    }

    #[test]
    fn a_constant_ratio_has_no_error() {
        let mut moments = CrossMoments::default();
        for k in 1..100 {
            moments.add(3 * k, 7 * k);
        }
        assert_eq!(moments.ratio_std_error(), Some(0.0));
    }
}
