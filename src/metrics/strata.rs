//! Stratified samples: futures of several kinds, of which it is known how likely each is, played as
//! often as is worth while and weighed by their chance.
//!
//! Cochran (1977), *Sampling Techniques*, chapter 5; tails after Glasserman, Heidelberger and
//! Shahabuddin (2000), *Management Science* 46(10), with the influence values of a conditional
//! value at risk in place of the losses.

use super::moments::Moments;
use super::paired::Difference;
use super::tail::{Tail, is_too_thin};

/// Share by which a sum of chances may miss a level.
const SLACK: f64 = 1e-12;

/// What is known of one of several strata.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stratum {
    /// Its chance.
    pub weight: f64,
    /// Mean within it.
    pub mean: f64,
    /// Standard deviation within it.
    pub std_dev: f64,
}

/// Variances of the mean of all, each times the number of replications.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StrataVariances {
    /// The mean of all.
    pub mean: f64,
    /// With replications that fall where they fall: Σ W (σ² + (μ − mean)²).
    pub crude: f64,
    /// With as many in each stratum as its chance says: Σ W σ².
    pub proportional: f64,
    /// With shares that are best, ∝ W σ: (Σ W σ)².
    pub neyman: f64,
}

impl StrataVariances {
    /// Of strata whose chances add up to 1.
    #[must_use]
    pub fn of(strata: &[Stratum]) -> Self {
        let sum = |of: &dyn Fn(&Stratum) -> f64| -> f64 {
            strata.iter().map(|each| each.weight * of(each)).sum()
        };
        let mean = sum(&|each| each.mean);
        let within = sum(&|each| each.std_dev.powi(2));
        Self {
            mean,
            crude: within + sum(&|each| (each.mean - mean).powi(2)),
            proportional: within,
            neyman: sum(&|each| each.std_dev).powi(2),
        }
    }
}

/// The share of replications that each stratum gets so that the variance of the mean is least
/// (Neyman 1934): ∝ chance × standard deviation. If nothing varies, the chances themselves.
#[must_use]
pub fn neyman_shares(weights: &[f64], std_devs: &[f64]) -> Vec<f64> {
    let parts: Vec<f64> = (weights.iter().zip(std_devs))
        .map(|(weight, std_dev)| weight * std_dev)
        .collect();
    let sum: f64 = parts.iter().sum();
    if sum > 0.0 && sum.is_finite() {
        parts.iter().map(|part| part / sum).collect()
    } else {
        weights.to_vec()
    }
}

/// Divides `total` into whole numbers as near to `shares` as can be, each at least `least`, as far
/// as there are enough.
#[must_use]
pub fn whole_shares(total: u64, shares: &[f64], least: u64) -> Vec<u64> {
    let count = shares.len() as u64;
    if count == 0 {
        return Vec::new();
    }
    let least = least.min(total / count);
    // What falls short of the least gets it, and the others share the rest.
    let mut is_least = vec![false; shares.len()];
    let mut wanted = vec![0.0; shares.len()];
    loop {
        let fixed = is_least.iter().filter(|&&is_least| is_least).count() as u64;
        let free: f64 = (shares.iter().zip(&is_least))
            .filter(|(_, is_least)| !**is_least)
            .map(|(share, _)| share)
            .sum();
        let rest = (total - fixed * least) as f64;
        let mut found = false;
        for (at, share) in shares.iter().enumerate() {
            if is_least[at] {
                wanted[at] = least as f64;
                continue;
            }
            wanted[at] = if free > 0.0 { rest * share / free } else { 0.0 };
            if wanted[at] < least as f64 {
                is_least[at] = true;
                found = true;
            }
        }
        if !found {
            break;
        }
    }
    let mut whole: Vec<u64> = wanted.iter().map(|wanted| wanted.floor() as u64).collect();
    let mut left = total.saturating_sub(whole.iter().sum());
    let mut order: Vec<usize> = (0..shares.len()).collect();
    order.sort_by(|&one, &other| {
        let rest = |at: usize| wanted[at] - wanted[at].floor();
        rest(other).total_cmp(&rest(one))
    });
    for &at in order.iter().cycle() {
        if left == 0 {
            break;
        }
        whole[at] += 1;
        left -= 1;
    }
    whole
}

/// A sample in strata.
#[derive(Clone, Debug, PartialEq)]
pub struct StratifiedSample {
    weights: Vec<f64>,
    /// By stratum, rising.
    sorted: Vec<Vec<i64>>,
}

impl StratifiedSample {
    /// Of strata with these chances, which add up to 1. `None` if a stratum that can happen has
    /// fewer than two replications, or if chances and samples differ in number.
    #[must_use]
    pub fn new(weights: Vec<f64>, mut samples: Vec<Vec<i64>>) -> Option<Self> {
        let is_enough = |(weight, sample): (&f64, &Vec<i64>)| *weight <= 0.0 || sample.len() > 1;
        if weights.len() != samples.len() || !weights.iter().zip(&samples).all(is_enough) {
            return None;
        }
        for sample in &mut samples {
            sample.sort_unstable();
        }
        Some(Self {
            weights,
            sorted: samples,
        })
    }

    /// Replications in all strata.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.sorted.iter().map(|sample| sample.len() as u64).sum()
    }

    /// Replications in a stratum, by its number.
    #[must_use]
    pub fn size(&self, stratum: usize) -> u64 {
        self.sorted
            .get(stratum)
            .map_or(0, |sample| sample.len() as u64)
    }

    /// Strata that can happen: chance, and values.
    fn strata(&self) -> impl Iterator<Item = (f64, &[i64])> {
        let all = self.weights.iter().zip(&self.sorted);
        all.filter(|&(&weight, _)| weight > 0.0)
            .map(|(&weight, sample)| (weight, sample.as_slice()))
    }

    /// Mean and standard deviation within a stratum, by its number; `None` without two values.
    #[must_use]
    pub fn within(&self, stratum: usize) -> Option<Stratum> {
        let moments = moments_of(self.sorted.get(stratum)?.iter().copied());
        Some(Stratum {
            weight: self.weights[stratum],
            mean: moments.mean()?,
            std_dev: moments.std_dev()?,
        })
    }

    /// The mean, Σ W x̄, and its standard error √(Σ W² s² / n). Without bias for any shares that
    /// were settled beforehand. `None` without values.
    #[must_use]
    pub fn mean(&self) -> Option<Difference> {
        let (mut value, mut variance) = (0.0, 0.0);
        let mut is_empty = true;
        for (weight, sample) in self.strata() {
            let moments = moments_of(sample.iter().copied());
            value += weight * moments.mean()?;
            variance += (weight * moments.std_error()?).powi(2);
            is_empty = false;
        }
        (!is_empty).then(|| Difference {
            value,
            std_error: variance.sqrt(),
        })
    }

    /// The least value that is not exceeded with a chance of at least `level`. `None` without values
    /// or with a level outside 0–1. O(log n) steps.
    #[must_use]
    pub fn value_at_risk(&self, level: f64) -> Option<i64> {
        if !(0.0..=1.0).contains(&level) {
            return None;
        }
        let ends = |at: &dyn Fn(&[i64]) -> Option<i64>| -> Vec<i64> {
            self.strata().filter_map(|(_, sample)| at(sample)).collect()
        };
        let mut low = i128::from(ends(&|sample| sample.first().copied()).into_iter().min()?);
        let mut high = i128::from(ends(&|sample| sample.last().copied()).into_iter().max()?);
        while low < high {
            let middle = (low + high).div_euclid(2);
            let below: f64 = self
                .strata()
                .map(|(weight, sample)| {
                    let count = sample.partition_point(|&value| i128::from(value) <= middle);
                    weight * count as f64 / sample.len() as f64
                })
                .sum();
            if below >= level - SLACK {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        i64::try_from(low).ok()
    }

    /// The conditional value at risk: V + Σ W mean((L − V)⁺) / (1 − `level`), V being the value at
    /// risk. Its error is that of the stratified mean of these influence values. `beyond` are the
    /// replications that exceed V, of whatever weight.
    ///
    /// `None` with less than one replication's worth of tail, without values or with a level outside
    /// 0–1.
    #[must_use]
    pub fn conditional_value_at_risk(&self, level: f64) -> Option<Tail> {
        if is_too_thin(self.count() as f64 * (1.0 - level)) {
            return None;
        }
        let at_risk = self.value_at_risk(level)?;
        let (mut value, mut variance, mut beyond) = (0.0, 0.0, 0);
        for (weight, sample) in self.strata() {
            let first = sample.partition_point(|&loss| loss <= at_risk);
            beyond += sample.len() - first;
            let excess = sample.iter().map(|&loss| excess(loss, at_risk));
            let moments = moments_of(excess);
            value += weight * moments.mean()?;
            variance += (weight * moments.std_error()?).powi(2);
        }
        Some(Tail {
            value: at_risk as f64 + value / (1.0 - level),
            std_error: Some(variance.sqrt() / (1.0 - level)),
            beyond: beyond as f64,
        })
    }
}

/// What lies beyond a level; what would not fit into a number is as much as fits.
fn excess(loss: i64, level: i64) -> i64 {
    loss.saturating_sub(level).max(0)
}

fn moments_of(values: impl Iterator<Item = i64>) -> Moments {
    let mut moments = Moments::default();
    for value in values {
        moments.add(value);
    }
    moments
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::{LOSSES, close};
    use crate::metrics::{conditional_value_at_risk, value_at_risk};

    #[test]
    fn one_stratum_is_the_plain_sample() {
        let sample = StratifiedSample::new(vec![1.0], vec![LOSSES.to_vec()]).unwrap();
        let mut sorted = LOSSES;
        sorted.sort_unstable();
        for level in [0.0, 0.3, 0.9, 0.95] {
            assert_eq!(sample.value_at_risk(level), value_at_risk(&sorted, level));
            let [own, plain] = [
                sample.conditional_value_at_risk(level),
                conditional_value_at_risk(&sorted, level),
            ]
            .map(Option::unwrap);
            close(own.value, plain.value);
            close(own.std_error.unwrap(), plain.std_error.unwrap());
        }
        let mean = sample.mean().unwrap();
        let plain = moments_of(LOSSES.into_iter());
        close(mean.value, plain.mean().unwrap());
        close(mean.std_error, plain.std_error().unwrap());
    }

    /// Half of what happens is in a stratum of two values, half in one of four.
    #[test]
    fn strata_count_by_their_chance_and_not_by_their_size() {
        let samples = vec![vec![0, 2], vec![30, 10, 20, 40]];
        let sample = StratifiedSample::new(vec![0.8, 0.2], samples).unwrap();
        let mean = sample.mean().unwrap();
        close(mean.value, 0.8 + 0.2 * 25.0);
        close(
            mean.std_error.powi(2),
            0.64 * 2.0 / 2.0 + 0.04 * (500.0 / 3.0) / 4.0,
        );
        assert_eq!(sample.value_at_risk(0.4), Some(0));
        assert_eq!(sample.value_at_risk(0.41), Some(2));
        assert_eq!(sample.value_at_risk(0.85), Some(10));
        let tail = sample.conditional_value_at_risk(0.8).unwrap();
        close(tail.value, 25.0);
        assert_eq!(tail.beyond, 4.0);
        assert_eq!(sample.conditional_value_at_risk(0.9), None);
        assert_eq!(sample.value_at_risk(f64::NAN), None);
        assert_eq!(sample.within(1).unwrap().mean, 25.0);
        assert_eq!(sample.within(2), None);
    }

    #[test]
    fn what_cannot_happen_needs_no_replications() {
        let of = |weights: [f64; 2], second: &[i64]| {
            StratifiedSample::new(weights.to_vec(), vec![vec![1, 3], second.to_vec()])
        };
        assert!(of([1.0, 0.0], &[]).is_some());
        assert!(of([0.9, 0.1], &[4]).is_none());
        assert!(StratifiedSample::new(vec![1.0], vec![]).is_none());
        let none = StratifiedSample::new(Vec::new(), Vec::new()).unwrap();
        assert_eq!(none.mean(), None);
        assert_eq!(none.conditional_value_at_risk(0.5), None);
        let far = StratifiedSample::new(vec![1.0], vec![vec![i64::MIN, i64::MAX]]).unwrap();
        assert!(far.conditional_value_at_risk(0.5).is_some());
    }

    #[test]
    fn whole_shares_add_up_and_leave_nobody_out() {
        assert_eq!(whole_shares(10, &[0.55, 0.44, 0.01], 0), [6, 4, 0]);
        assert_eq!(whole_shares(100, &[0.98, 0.02, 0.0], 10), [80, 10, 10]);
        assert_eq!(whole_shares(5, &[1.0, 0.0], 100), [3, 2]);
        assert_eq!(whole_shares(0, &[0.5, 0.5], 3), [0, 0]);
        assert!(whole_shares(7, &[], 1).is_empty());
        assert_eq!(neyman_shares(&[0.9, 0.1], &[0.0, 0.0]), [0.9, 0.1]);
    }
}
