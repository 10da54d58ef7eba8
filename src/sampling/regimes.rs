//! The path of regimes: which holds when, in one replication.

use crate::model::Regime;
use crate::units::Seconds;

use super::Stream;

/// The event whose draw settles the regime at the start.
const INITIAL: u32 = u32::MAX;

/// Which regime holds from when on, in one replication; empty if there are no regimes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RegimePath(Vec<(Seconds, usize)>);

impl RegimePath {
    /// Switches in order of time, the first at the start: since when, which regime.
    #[must_use]
    pub fn switches(&self) -> &[(Seconds, usize)] {
        &self.0
    }

    /// Time spent in a regime up to the horizon.
    #[must_use]
    pub fn time_in(&self, regime: usize, horizon: Seconds) -> Seconds {
        let ends = self.0.iter().skip(1).map(|&(at, _)| at).chain([horizon]);
        let spells = self.0.iter().zip(ends);
        let own = spells.filter(|((_, which), _)| *which == regime);
        Seconds(own.map(|(&(from, _), until)| (until - from).0).sum())
    }
}

/// For each regime, switches a day to the others.
pub(super) type Switches = Vec<Vec<(usize, f64)>>;

/// A Markov chain over regimes, made ready for sampling.
#[derive(Clone, Debug)]
pub(super) struct Regimes {
    stream: Stream,
    initial: Vec<f64>,
    /// For each regime, switches a day to the others.
    to: Switches,
    horizon: Seconds,
}

impl Regimes {
    pub(super) fn new(regimes: &[Regime], seed: u64, epistemic: u64, horizon: Seconds) -> Self {
        Self {
            // No hazard has an empty id.
            stream: Stream::new(seed, epistemic, "", "regime"),
            initial: regimes.iter().map(|regime| regime.initial.get()).collect(),
            to: regimes.iter().map(|regime| regime.to.clone()).collect(),
            horizon,
        }
    }

    /// The chances of the regimes at the start, and for each its switches a day to the others.
    pub(super) fn chain(&self) -> (&[f64], &Switches) {
        (&self.initial, &self.to)
    }

    /// Draws the path of a replication.
    pub(super) fn sample(&self, replication: u64, path: &mut RegimePath) {
        path.0.clear();
        if self.initial.is_empty() {
            return;
        }
        let u = self.stream.uniform(replication, INITIAL, 0);
        let mut regime = picked(self.initial.iter().copied().enumerate(), u);
        let mut time = Seconds::ZERO;
        let mut switch = 0;
        loop {
            path.0.push((time, regime));
            let rate: f64 = self.to[regime].iter().map(|&(_, rate)| rate).sum();
            if rate <= 0.0 {
                return;
            }
            let (wait, which) = self.stream.pair(replication, switch, 0);
            let days = (-libm::log1p(-wait) / rate).min(365_250_000.0);
            time += Seconds::from_days(days).max(Seconds(1));
            if time >= self.horizon {
                return;
            }
            let next = self.to[regime].iter();
            regime = picked(next.map(|&(to, part)| (to, part / rate)), which);
            switch += 1;
        }
    }
}

/// The one of several into whose part of 0 to 1 a number falls.
fn picked(parts: impl Iterator<Item = (usize, f64)>, u: f64) -> usize {
    let mut below = 0.0;
    let mut last = 0;
    for (which, part) in parts {
        if part <= 0.0 {
            continue;
        }
        last = which;
        below += part;
        if u < below {
            break;
        }
    }
    last
}
