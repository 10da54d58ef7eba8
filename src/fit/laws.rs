//! Likelihoods of laws of durations, in two coordinates that may take any value: the logarithm of
//! a mean (log-normal: of the median), and that of a shape (log-normal: of σ).

use std::f64::consts::SQRT_2;

use crate::maths::{regularized_gamma, regularized_gamma_above};

use super::durations::Durations;
use super::profile::{Peak, peak};

/// ln √(2π).
const HALF_LN_TWO_PI: f64 = 0.918_938_533_204_672_8;

/// A law whose parameters are sought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    Exponential,
    LogNormal,
    Weibull,
    Gamma,
}

impl Family {
    /// All there are, simplest first.
    pub(super) const ALL: [Self; 4] = [
        Self::Exponential,
        Self::LogNormal,
        Self::Weibull,
        Self::Gamma,
    ];

    /// As scenario files call it.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Exponential => "exponential",
            Self::LogNormal => "lognormal",
            Self::Weibull => "weibull",
            Self::Gamma => "gamma",
        }
    }

    /// Number of parameters.
    pub(super) fn parameters(self) -> usize {
        if self == Self::Exponential { 1 } else { 2 }
    }

    /// Bounds of the second coordinate: shapes that scenario files take, σ from 0.01 to 20.
    fn shapes(self) -> [f64; 2] {
        match self {
            Self::LogNormal => [libm::log(0.01), libm::log(20.0)],
            _ => [libm::log(0.05), libm::log(1_000.0)],
        }
    }

    /// The probability that a duration is at most `days`.
    pub(super) fn distribution(self, centre: f64, shape: f64, days: f64) -> f64 {
        let (mean, k) = (libm::exp(centre), libm::exp(shape));
        match self {
            Self::Exponential => -libm::expm1(-days / mean),
            Self::LogNormal => 0.5 * libm::erfc(-(libm::log(days) - centre) / k / SQRT_2),
            Self::Weibull => -libm::expm1(-libm::exp(k * (libm::log(days) - scale(centre, k)))),
            Self::Gamma => regularized_gamma(k, days * k / mean),
        }
    }
}

/// ln of the scale of a Weibull law from ln of its mean.
fn scale(centre: f64, k: f64) -> f64 {
    centre - libm::lgamma(1.0 + 1.0 / k)
}

/// ln of the probability that a standard normal variable is above `z`.
fn ln_normal_above(z: f64) -> f64 {
    if z < 25.0 {
        libm::log(0.5 * libm::erfc(z / SQRT_2))
    } else {
        // The first term of the tail's series; the next is below 0.2 %.
        -0.5 * z * z - libm::log(z) - HALF_LN_TWO_PI
    }
}

/// A sample as its likelihoods need it.
pub(super) struct Sample {
    known: f64,
    sum: f64,
    sum_of_logs: f64,
    mean_log: f64,
    /// Squares of logarithms about their mean, added up.
    spread: f64,
    sum_of_all: f64,
    logs_of_all: Vec<f64>,
    at_least: Vec<f64>,
}

impl Sample {
    pub(super) fn new(durations: &Durations) -> Self {
        let log = |days: &f64| libm::log(*days);
        let logs: Vec<f64> = durations.known.iter().map(log).collect();
        let known = logs.len() as f64;
        let sum: f64 = durations.known.iter().sum();
        let sum_of_logs: f64 = logs.iter().sum();
        let mean_log = sum_of_logs / known;
        let spread = logs.iter().map(|log| (log - mean_log) * (log - mean_log));
        Self {
            known,
            sum,
            sum_of_logs,
            mean_log,
            spread: spread.sum(),
            sum_of_all: sum + durations.at_least.iter().sum::<f64>(),
            logs_of_all: logs
                .iter()
                .copied()
                .chain(durations.at_least.iter().map(log))
                .collect(),
            at_least: durations.at_least.clone(),
        }
    }

    /// Bounds of the first coordinate, far beyond what the sample says.
    pub(super) fn centres(&self) -> [f64; 2] {
        let all = self.logs_of_all.iter().copied();
        let low = all.clone().fold(f64::INFINITY, f64::min);
        let high = all.fold(f64::NEG_INFINITY, f64::max);
        [low - 8.0, high + 12.0]
    }

    pub(super) fn log_likelihood(&self, family: Family, centre: f64, shape: f64) -> f64 {
        let (mean, k) = (libm::exp(centre), libm::exp(shape));
        match family {
            Family::Exponential => -self.known * centre - self.sum_of_all / mean,
            Family::LogNormal => {
                let off = self.mean_log - centre;
                let squares = self.spread + self.known * off * off;
                let known = -self.sum_of_logs
                    - self.known * (shape + HALF_LN_TWO_PI)
                    - squares / (2.0 * k * k);
                let at_least = self.at_least.iter();
                let rest = at_least.map(|days| ln_normal_above((libm::log(*days) - centre) / k));
                known + rest.sum::<f64>()
            }
            Family::Weibull => {
                let scale = scale(centre, k);
                let powers = self.logs_of_all.iter();
                let powers = powers.map(|log| libm::exp(k * (log - scale)));
                self.known * (shape - k * scale) + (k - 1.0) * self.sum_of_logs
                    - powers.sum::<f64>()
            }
            Family::Gamma => {
                let scale = mean / k;
                let known = (k - 1.0) * self.sum_of_logs
                    - self.sum / scale
                    - self.known * (k * libm::log(scale) + libm::lgamma(k));
                let at_least = self.at_least.iter();
                let rest = at_least.map(|days| libm::log(regularized_gamma_above(k, days / scale)));
                known + rest.sum::<f64>()
            }
        }
    }

    /// The best centre for a shape.
    pub(super) fn best_centre(&self, family: Family, shape: f64) -> Peak {
        let k = libm::exp(shape);
        let is_whole = self.at_least.is_empty();
        let at = match family {
            Family::Exponential => Some(libm::log(self.sum_of_all / self.known)),
            Family::LogNormal => is_whole.then_some(self.mean_log),
            Family::Gamma => is_whole.then(|| libm::log(self.sum / self.known)),
            Family::Weibull => {
                // Relative to the longest, so that no power is out of range.
                let longest = self.logs_of_all.iter().copied();
                let longest = longest.fold(f64::NEG_INFINITY, f64::max);
                let powers = self.logs_of_all.iter();
                let powers: f64 = powers.map(|log| libm::exp(k * (log - longest))).sum();
                let scale = longest + libm::log(powers / self.known) / k;
                Some(scale + libm::lgamma(1.0 + 1.0 / k))
            }
        };
        let value = |centre| self.log_likelihood(family, centre, shape);
        if let Some(at) = at {
            return Peak {
                at,
                value: value(at),
            };
        }
        let [low, high] = self.centres();
        peak(low, high, 20, 1e-6, value)
    }

    /// The best shape for a centre that may depend on it.
    pub(super) fn best_shape(&self, family: Family, centre: impl Fn(f64) -> f64) -> Peak {
        if family == Family::Exponential {
            let value = self.log_likelihood(family, centre(0.0), 0.0);
            return Peak { at: 0.0, value };
        }
        let [low, high] = family.shapes();
        peak(low, high, 24, 1e-6, |shape| {
            self.log_likelihood(family, centre(shape), shape)
        })
    }

    /// The best of all: its shape, and the value there.
    pub(super) fn best(&self, family: Family) -> Peak {
        if family == Family::Exponential {
            let value = self.best_centre(family, 0.0).value;
            return Peak { at: 0.0, value };
        }
        let [low, high] = family.shapes();
        peak(low, high, 40, 1e-7, |shape| {
            self.best_centre(family, shape).value
        })
    }

    /// Bounds between which an interval of the shape is sought.
    pub(super) fn shapes(family: Family) -> [f64; 2] {
        family.shapes()
    }
}
