//! Laws of chance, as data. How they are drawn from is in `sampling`.

/// A distribution of a duration (in days) or of a share.
#[derive(Clone, Debug, PartialEq)]
pub enum Law {
    /// Always this value.
    Fixed(f64),
    /// Exponential with this mean.
    Exponential {
        /// Mean.
        mean: f64,
    },
    /// Weibull.
    Weibull {
        /// Mean; the scale is mean / Γ(1 + 1/shape).
        mean: f64,
        /// Shape.
        shape: f64,
    },
    /// Gamma.
    Gamma {
        /// Mean; the scale is mean / shape.
        mean: f64,
        /// Shape.
        shape: f64,
    },
    /// Log-normal: the logarithm is normal with mean `mu` and standard deviation `sigma`.
    LogNormal {
        /// Mean of the logarithm.
        mu: f64,
        /// Standard deviation of the logarithm.
        sigma: f64,
    },
    /// Uniform between two values.
    Uniform {
        /// Least value.
        low: f64,
        /// Greatest value.
        high: f64,
    },
    /// Triangular.
    Triangular {
        /// Least value.
        low: f64,
        /// Most likely value.
        mode: f64,
        /// Greatest value.
        high: f64,
    },
    /// Beta on [0, 1] with the two usual shapes.
    Beta {
        /// First shape.
        alpha: f64,
        /// Second shape.
        beta: f64,
    },
    /// 1, 2, … steps with equal chance to end at each, on the grid from the scenario's start.
    Geometric {
        /// Mean.
        mean: f64,
        /// Length of a step.
        step: f64,
    },
    /// One of these values, each equally likely; sorted.
    Empirical(Vec<f64>),
    /// One of these values, with their probabilities, which add up to 1; sorted by value.
    Weighted(Vec<(f64, f64)>),
}

impl Law {
    /// The expected value.
    #[must_use]
    pub fn mean(&self) -> f64 {
        match self {
            Self::Fixed(value) => *value,
            Self::Exponential { mean }
            | Self::Weibull { mean, .. }
            | Self::Gamma { mean, .. }
            | Self::Geometric { mean, .. } => *mean,
            Self::LogNormal { mu, sigma } => libm::exp(mu + sigma * sigma / 2.0),
            Self::Uniform { low, high } => f64::midpoint(*low, *high),
            Self::Triangular { low, mode, high } => (low + mode + high) / 3.0,
            Self::Beta { alpha, beta } => alpha / (alpha + beta),
            Self::Empirical(values) => values.iter().sum::<f64>() / values.len() as f64,
            Self::Weighted(values) => values.iter().map(|(value, chance)| value * chance).sum(),
        }
    }
}
