//! Drawing from a [`Law`], by inversion: one uniform number per draw, larger for larger.
//!
//! All functions come from the `libm` crate, so that a draw has the same bits on every machine.

use rand::{Rng, RngExt};
use rand_distr::Distribution;

use crate::maths::{
    inverse_normal, inverse_regularized_beta, inverse_regularized_gamma, regularized_beta,
    regularized_gamma,
};
use crate::model::Law;

/// A law made ready for drawing.
#[derive(Clone, Debug, PartialEq)]
pub enum Sampler {
    /// Always this value.
    Fixed(f64),
    /// Exponential with this mean.
    Exponential(f64),
    /// Weibull: scale and 1/shape.
    Weibull(f64, f64),
    /// Gamma: shape and scale.
    Gamma(f64, f64),
    /// Log-normal: mean and standard deviation of the logarithm.
    LogNormal(f64, f64),
    /// Uniform: least value and width.
    Uniform(f64, f64),
    /// Triangular: least, most likely and greatest value.
    Triangular(f64, f64, f64),
    /// Beta: both shapes.
    Beta(f64, f64),
    /// Geometric: length of a step and logarithm of the chance to go on.
    Geometric(f64, f64),
    /// One of these, sorted.
    Empirical(Vec<f64>),
    /// One of these, sorted, each with the chance of it or a smaller one.
    Weighted(Vec<(f64, f64)>),
}

impl Sampler {
    /// Prepares a law.
    #[must_use]
    pub fn new(law: &Law) -> Self {
        match *law {
            Law::Fixed(value) => Self::Fixed(value),
            Law::Exponential { mean } => Self::Exponential(mean),
            Law::Weibull { mean, shape } => {
                Self::Weibull(mean / libm::tgamma(1.0 + 1.0 / shape), 1.0 / shape)
            }
            Law::Gamma { mean, shape } => Self::Gamma(shape, mean / shape),
            Law::LogNormal { mu, sigma } => Self::LogNormal(mu, sigma),
            Law::Uniform { low, high } => Self::Uniform(low, high - low),
            Law::Triangular { low, mode, high } => Self::Triangular(low, mode, high),
            Law::Beta { alpha, beta } => Self::Beta(alpha, beta),
            // Mean of 1, 2, … steps with chance p to end at each: step / p.
            Law::Geometric { mean, step } => Self::Geometric(step, libm::log1p(-step / mean)),
            Law::Empirical(ref values) => Self::Empirical(values.clone()),
            Law::Weighted(ref values) => {
                let mut below = 0.0;
                let cumulated = values.iter().map(|&(value, chance)| {
                    below += chance;
                    (value, below)
                });
                Self::Weighted(cumulated.collect())
            }
        }
    }

    /// The value below which a share `p` of draws lies, `0 < p < 1`.
    #[must_use]
    pub fn quantile(&self, p: f64) -> f64 {
        match *self {
            Self::Fixed(value) => value,
            Self::Exponential(mean) => -mean * libm::log1p(-p),
            Self::Weibull(scale, inverse_shape) => {
                scale * libm::pow(-libm::log1p(-p), inverse_shape)
            }
            Self::Gamma(shape, scale) => scale * inverse_regularized_gamma(p, shape),
            Self::LogNormal(mu, sigma) => libm::exp(mu + sigma * inverse_normal(p)),
            Self::Uniform(low, width) => low + width * p,
            Self::Triangular(low, mode, high) => {
                let width = high - low;
                if width <= 0.0 {
                    low
                } else if p * width < mode - low {
                    low + libm::sqrt(p * width * (mode - low))
                } else {
                    high - libm::sqrt((1.0 - p) * width * (high - mode))
                }
            }
            Self::Beta(alpha, beta) => inverse_regularized_beta(p, alpha, beta),
            Self::Geometric(step, log_stay) => {
                // With no chance to go on, one step.
                let more = if log_stay.is_finite() {
                    libm::log1p(-p) / log_stay
                } else {
                    0.0
                };
                step * (1.0 + libm::floor(more))
            }
            Self::Empirical(ref values) => {
                let index = (p * values.len() as f64) as usize;
                values[index.min(values.len() - 1)]
            }
            Self::Weighted(ref values) => {
                let index = values.partition_point(|&(_, until)| until <= p);
                values[index.min(values.len() - 1)].0
            }
        }
    }

    /// The share of draws up to `x`.
    #[must_use]
    pub fn cdf(&self, x: f64) -> f64 {
        match *self {
            Self::Fixed(value) => f64::from(u8::from(x >= value)),
            _ if x <= 0.0
                && !matches!(
                    self,
                    Self::Uniform(..) | Self::Empirical(_) | Self::Weighted(_)
                ) =>
            {
                0.0
            }
            Self::Exponential(mean) => -libm::expm1(-x / mean),
            Self::Weibull(scale, inverse_shape) => {
                -libm::expm1(-libm::pow(x / scale, 1.0 / inverse_shape))
            }
            Self::Gamma(shape, scale) => regularized_gamma(shape, x / scale),
            Self::LogNormal(mu, sigma) => {
                if sigma == 0.0 {
                    f64::from(u8::from(libm::log(x) >= mu))
                } else {
                    0.5 * libm::erfc(-(libm::log(x) - mu) / (sigma * std::f64::consts::SQRT_2))
                }
            }
            Self::Uniform(low, width) => {
                if width == 0.0 {
                    f64::from(u8::from(x >= low))
                } else {
                    ((x - low) / width).clamp(0.0, 1.0)
                }
            }
            Self::Triangular(low, mode, high) => {
                let width = high - low;
                if x <= low {
                    0.0
                } else if x >= high {
                    1.0
                } else if x < mode {
                    (x - low) * (x - low) / (width * (mode - low))
                } else {
                    1.0 - (high - x) * (high - x) / (width * (high - mode))
                }
            }
            Self::Beta(alpha, beta) => regularized_beta(alpha, beta, x.min(1.0)),
            Self::Geometric(step, _) if x < step => 0.0,
            Self::Geometric(step, log_stay) => -libm::expm1(libm::floor(x / step) * log_stay),
            Self::Empirical(ref values) => {
                values.partition_point(|&value| value <= x) as f64 / values.len() as f64
            }
            Self::Weighted(ref values) => match values.partition_point(|&(value, _)| value <= x) {
                0 => 0.0,
                count => values[count - 1].1,
            },
        }
    }

    /// What is left of a duration that has lasted `age`: the value at `p` given that it exceeds
    /// `age`. 0 if no duration is that long.
    #[must_use]
    pub fn residual(&self, age: f64, p: f64) -> f64 {
        // On a grid the chance to end does not depend on the past.
        if matches!(self, Self::Geometric(..)) {
            return self.quantile(p);
        }
        let below = self.cdf(age);
        if below >= 1.0 {
            return 0.0;
        }
        (self.quantile(below + p * (1.0 - below)) - age).max(0.0)
    }

    /// What is left of a duration met at a random instant: a draw from the law with density in
    /// proportion to length, times a uniform number (the start in equilibrium, in `docs/method.md`).
    #[must_use]
    pub fn equilibrium(&self, p: f64, part: f64) -> f64 {
        let length = match *self {
            // On a grid the chance to end does not depend on the past.
            Self::Geometric(..) => return self.quantile(p),
            Self::Fixed(value) => value,
            Self::Exponential(mean) => mean * inverse_regularized_gamma(p, 2.0),
            Self::Weibull(scale, inverse_shape) => {
                let power = inverse_regularized_gamma(p, 1.0 + inverse_shape);
                scale * libm::pow(power, inverse_shape)
            }
            Self::Gamma(shape, scale) => scale * inverse_regularized_gamma(p, shape + 1.0),
            Self::LogNormal(mu, sigma) => libm::exp(mu + sigma * sigma + sigma * inverse_normal(p)),
            Self::Uniform(low, width) => {
                let high = low + width;
                libm::sqrt(low * low + p * (high * high - low * low))
            }
            Self::Triangular(..) => self.length_biased(p),
            Self::Beta(alpha, beta) => inverse_regularized_beta(p, alpha + 1.0, beta),
            Self::Empirical(ref values) => {
                let wanted = p * values.iter().sum::<f64>();
                let mut sum = 0.0;
                let longer = values.iter().find(|&&value| {
                    sum += value;
                    sum > wanted
                });
                longer.or(values.last()).copied().unwrap_or(0.0)
            }
            Self::Weighted(ref values) => {
                let mut below = 0.0;
                let weighed = values.iter().map(|&(value, until)| {
                    let weight = value * (until - below);
                    below = until;
                    (value, weight)
                });
                let weighed: Vec<(f64, f64)> = weighed.collect();
                let wanted = p * weighed.iter().map(|&(_, weight)| weight).sum::<f64>();
                let mut sum = 0.0;
                let longer = weighed.iter().find(|&&(_, weight)| {
                    sum += weight;
                    sum > wanted
                });
                longer.or(weighed.last()).map_or(0.0, |&(value, _)| value)
            }
        };
        part * length
    }

    /// The quantile of the length-biased law of a triangular one, by bisection on its integral.
    fn length_biased(&self, p: f64) -> f64 {
        let Self::Triangular(low, mode, high) = *self else {
            return 0.0;
        };
        let width = high - low;
        if width <= 0.0 {
            return low;
        }
        // ∫ x f(x) dx up to x, from the antiderivatives of x (x − low) and x (high − x).
        let rising = |x: f64| {
            let integral = |x: f64| x * x * x / 3.0 - low * x * x / 2.0;
            2.0 * (integral(x) - integral(low)) / (width * (mode - low))
        };
        let falling = |x: f64| {
            let integral = |x: f64| high * x * x / 2.0 - x * x * x / 3.0;
            2.0 * (integral(x) - integral(mode)) / (width * (high - mode))
        };
        let at_mode = if mode > low { rising(mode) } else { 0.0 };
        let total = (low + mode + high) / 3.0;
        let integral = |x: f64| {
            if x < mode {
                rising(x)
            } else {
                at_mode + if high > mode { falling(x) } else { 0.0 }
            }
        };
        let (mut below, mut above) = (low, high);
        for _ in 0..80 {
            let middle = f64::midpoint(below, above);
            if integral(middle) < p * total {
                below = middle;
            } else {
                above = middle;
            }
        }
        f64::midpoint(below, above)
    }
}

impl Distribution<f64> for Sampler {
    fn sample<R: Rng + ?Sized>(&self, rng: &mut R) -> f64 {
        let bits: u64 = rng.random();
        self.quantile(((bits >> 12) as f64 + 0.5) / (1_u64 << 52) as f64)
    }
}
