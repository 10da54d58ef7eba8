//! Estimates that know what each replication adds to them, so that any difference, sum or ratio of
//! them over the same replications has an error that counts what they have in common.

use super::paired::Difference;
use super::tail::{conditional_value_at_risk, value_at_risk};

/// An estimate from a sample, with how much each replication pulls it from its value.
#[derive(Clone, Debug, PartialEq)]
pub struct Influence {
    /// The estimate, in the unit of the sample.
    pub value: f64,
    /// By replication; they sum to nothing but for rounding.
    pulls: Vec<f64>,
}

impl Influence {
    /// The mean. `None` without values.
    #[must_use]
    pub fn of_mean(sample: &[i64]) -> Option<Self> {
        let sum: i128 = sample.iter().map(|&value| i128::from(value)).sum();
        let value = (!sample.is_empty()).then(|| sum as f64 / sample.len() as f64)?;
        let pulls = sample.iter().map(|&each| each as f64 - value).collect();
        Some(Self { value, pulls })
    }

    /// The conditional value at risk: a replication pulls it by its excess over the value at risk
    /// V, (L − V)⁺ / (1 − `level`), less the mean of all. O(n log n).
    ///
    /// `None` where that is undefined.
    ///
    /// # Source
    /// Trindade, Uryasev, Shapiro and Zrazhevsky (2007), *Journal of Banking & Finance* 31(11).
    #[must_use]
    pub fn of_conditional_value_at_risk(sample: &[i64], level: f64) -> Option<Self> {
        let mut sorted = sample.to_vec();
        sorted.sort_unstable();
        let at_risk = value_at_risk(&sorted, level)?;
        let value = conditional_value_at_risk(&sorted, level)?.value;
        let excess = |loss: i64| (i128::from(loss) - i128::from(at_risk)).max(0) as f64;
        let mean = sample.iter().map(|&loss| excess(loss)).sum::<f64>() / sample.len() as f64;
        let pulls = sample
            .iter()
            .map(|&loss| (excess(loss) - mean) / (1.0 - level));
        Some(Self {
            value,
            pulls: pulls.collect(),
        })
    }

    /// The sum of estimates over the same replications, each with a factor. `None` if there are
    /// none, or samples of different length.
    #[must_use]
    pub fn sum<'i>(terms: impl IntoIterator<Item = (f64, &'i Self)>) -> Option<Self> {
        let mut terms = terms.into_iter();
        let (factor, first) = terms.next()?;
        let mut sum = Self {
            value: factor * first.value,
            pulls: first.pulls.iter().map(|pull| factor * pull).collect(),
        };
        for (factor, other) in terms {
            if other.pulls.len() != sum.pulls.len() {
                return None;
            }
            sum.value += factor * other.value;
            for (own, pull) in sum.pulls.iter_mut().zip(&other.pulls) {
                *own += factor * pull;
            }
        }
        Some(sum)
    }

    /// The ratio of this to another estimate over the same replications, by the delta method.
    /// `None` if the other is 0, or samples are of different length.
    #[must_use]
    pub fn over(&self, other: &Self) -> Option<Self> {
        if other.value == 0.0 || self.pulls.len() != other.pulls.len() {
            return None;
        }
        let value = self.value / other.value;
        let pulls = self.pulls.iter().zip(&other.pulls);
        Some(Self {
            value,
            pulls: pulls
                .map(|(own, pull)| (own - value * pull) / other.value)
                .collect(),
        })
    }

    /// The product with another estimate over the same replications, by the delta method. `None` if
    /// samples are of different length.
    #[must_use]
    pub fn times(&self, other: &Self) -> Option<Self> {
        if self.pulls.len() != other.pulls.len() {
            return None;
        }
        let pulls = self.pulls.iter().zip(&other.pulls);
        Some(Self {
            value: self.value * other.value,
            pulls: pulls
                .map(|(own, pull)| own * other.value + pull * self.value)
                .collect(),
        })
    }

    /// In another unit, and moved: `factor` times this, plus `more`.
    #[must_use]
    pub fn scaled(&self, factor: f64, more: f64) -> Self {
        Self {
            value: factor * self.value + more,
            pulls: self.pulls.iter().map(|pull| factor * pull).collect(),
        }
    }

    /// Its standard error, that of the mean of all pulls; `None` with fewer than two replications.
    #[must_use]
    pub fn std_error(&self) -> Option<f64> {
        let n = self.pulls.len() as f64;
        let mean = self.pulls.iter().sum::<f64>() / n;
        let squares: f64 = self
            .pulls
            .iter()
            .map(|pull| (pull - mean) * (pull - mean))
            .sum();
        (n > 1.0).then(|| (squares / (n - 1.0) / n).sqrt())
    }

    /// Both at once; an error that is not known is 0.
    #[must_use]
    pub fn difference(&self) -> Difference {
        Difference {
            value: self.value,
            std_error: self.std_error().unwrap_or(0.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::{LOSSES, LOSSES_ALTERNATIVE, close};
    use crate::metrics::{CrossMoments, conditional_value_at_risk_difference, paired};

    /// The pulls of two samples, together, give the errors of the estimators made for each.
    #[test]
    fn errors_are_those_of_the_closed_forms() {
        let [a, b] = [&LOSSES, &LOSSES_ALTERNATIVE].map(|all| Influence::of_mean(all).unwrap());
        let difference = Influence::sum([(1.0, &a), (-1.0, &b)]).unwrap();
        let known = paired(&LOSSES, &LOSSES_ALTERNATIVE).unwrap();
        close(difference.value, known.mean_difference);
        close(difference.std_error().unwrap(), known.std_error);
        let mut moments = CrossMoments::default();
        for (&x, &y) in LOSSES_ALTERNATIVE.iter().zip(&LOSSES) {
            moments.add(x, y);
        }
        let ratio = b.over(&a).unwrap();
        close(ratio.value, moments.ratio().unwrap());
        close(
            ratio.std_error().unwrap(),
            moments.ratio_std_error().unwrap(),
        );
        let tail = |all: &[i64]| Influence::of_conditional_value_at_risk(all, 0.9).unwrap();
        let (a, b) = (tail(&LOSSES), tail(&LOSSES_ALTERNATIVE));
        close(a.value / 10.0, 71.45);
        close(a.std_error().unwrap() / 10.0, 24.114_472_068_82);
        let difference = Influence::sum([(1.0, &a), (-1.0, &b)]).unwrap();
        let known =
            conditional_value_at_risk_difference(&LOSSES, &LOSSES_ALTERNATIVE, 0.9).unwrap();
        close(difference.value, known.value);
        close(difference.std_error().unwrap(), known.std_error);
    }

    #[test]
    fn what_is_undefined_is_none() {
        assert_eq!(Influence::of_mean(&[]), None);
        assert_eq!(Influence::of_conditional_value_at_risk(&[1, 2], 0.9), None);
        let [one, two] = [&[1, 2][..], &[0, 0, 0]].map(|all| Influence::of_mean(all).unwrap());
        assert_eq!(Influence::sum([(1.0, &one), (1.0, &two)]), None);
        assert_eq!(Influence::sum([]), None);
        assert_eq!(one.over(&two), None);
        assert_eq!(two.over(&two), None);
        assert_eq!(Influence::of_mean(&[7]).unwrap().std_error(), None);
        assert_eq!(two.difference().std_error, 0.0);
    }
}
