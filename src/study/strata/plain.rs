//! What plain replications say: the figures, and how much they vary from kind to kind of futures.

use crate::metrics::{Moments, conditional_value_at_risk, value_at_risk};
use crate::results::Tail;

/// Levels of the tails, and how they are called.
const LEVELS: [(&str, f64); 2] = [("cvar95", 0.95), ("cvar99", 0.99)];
/// Replications beyond a value at risk below which its error is itself unsure.
const THIN: f64 = 250.0;
/// A kind seen less often says nothing of how much it varies.
const LEAST_SEEN: f64 = 10.0;

/// What the plain replications say.
pub(super) struct Plain<'l> {
    pub(super) losses: &'l [i64],
    pub(super) figures: Vec<Figure>,
}

/// An estimate of the plain replications.
pub(super) struct Figure {
    pub(super) name: &'static str,
    pub(super) found: Tail,
    /// Of a tail: its level, and the value at risk.
    pub(super) tail: Option<(f64, i64)>,
    /// Mean and standard deviation of what each replication adds, in the unit of [`Figure::pull`].
    pub(super) pulls: [f64; 2],
}

impl Figure {
    /// What a replication adds: its loss, or the excess over the value at risk.
    fn pull(&self, loss: i64) -> i64 {
        match self.tail {
            None => loss,
            Some((_, at_risk)) => loss.saturating_sub(at_risk).max(0),
        }
    }

    /// The same, less the mean and in standard deviations of the plain replications.
    fn standardised(&self, loss: i64) -> f64 {
        let [mean, std_dev] = self.pulls;
        if std_dev > 0.0 {
            (self.pull(loss) as f64 - mean) / std_dev
        } else {
            0.0
        }
    }
}

impl<'l> Plain<'l> {
    pub(super) fn of(losses: &'l [i64]) -> Self {
        let mut sorted = losses.to_vec();
        sorted.sort_unstable();
        let mut figures = Vec::new();
        let mut add = |name, tail: Option<(f64, i64)>, found: Option<Tail>| {
            let Some(found) = found else { return };
            let mut figure = Figure {
                name,
                found,
                tail,
                pulls: [0.0; 2],
            };
            let mut moments = Moments::default();
            for &loss in losses {
                moments.add(figure.pull(loss));
            }
            figure.pulls = [moments.mean(), moments.std_dev()].map(Option::unwrap_or_default);
            figures.push(figure);
        };
        let mut moments = Moments::default();
        for &loss in losses {
            moments.add(loss);
        }
        let mean = moments.mean().map(|value| Tail {
            value,
            std_error: moments.std_error(),
            thin: false,
        });
        add("mean", None, mean);
        for (name, level) in LEVELS {
            let tail = conditional_value_at_risk(&sorted, level).map(told);
            let at_risk = value_at_risk(&sorted, level).unwrap_or_default();
            add(name, Some((level, at_risk)), tail);
        }
        Self { losses, figures }
    }

    /// What a replication adds to each figure, in standard deviations.
    pub(super) fn standardised(&self, loss: i64) -> impl Iterator<Item = f64> {
        let figures = self.figures.iter();
        figures.map(move |figure| figure.standardised(loss))
    }
}

pub(super) fn told(tail: crate::metrics::Tail) -> Tail {
    Tail {
        value: tail.value,
        std_error: tail.std_error,
        thin: tail.beyond < THIN,
    }
}

/// How much all figures vary together within a kind of futures.
#[derive(Clone, Debug, Default)]
pub(super) struct Spread {
    pub(super) count: f64,
    /// By figure: sums of what replications add, and of its square.
    sums: Vec<[f64; 2]>,
}

impl Spread {
    pub(super) fn add(&mut self, pulls: impl Iterator<Item = f64>) {
        self.count += 1.0;
        for (at, pull) in pulls.enumerate() {
            if self.sums.len() <= at {
                self.sums.push([0.0; 2]);
            }
            self.sums[at][0] += pull;
            self.sums[at][1] += pull * pull;
        }
    }

    /// The root of the sum of the variances of all figures; `None` if too little was seen.
    fn std_dev(&self) -> Option<f64> {
        if self.count < LEAST_SEEN {
            return None;
        }
        let variances = self.sums.iter().map(|[sum, squares]| {
            let mean = sum / self.count;
            ((squares / self.count - mean * mean) * self.count / (self.count - 1.0)).max(0.0)
        });
        Some(variances.sum::<f64>().sqrt())
    }
}

/// How much each kind varies; one that was seen too seldom as much as the one that varies most.
pub(super) fn std_devs(spreads: &[Spread]) -> Vec<f64> {
    let known: Vec<Option<f64>> = spreads.iter().map(Spread::std_dev).collect();
    let most = known.iter().flatten().copied().fold(0.0, f64::max);
    known.iter().map(|known| known.unwrap_or(most)).collect()
}
