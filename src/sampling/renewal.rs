//! Up-times that alternate with disruptions.

use crate::model::{Hazard, Law, Start};
use crate::units::Seconds;

use super::intensity::Intensity;
use super::regimes::RegimePath;
use super::{Sampler, Stream, draws};

/// The event whose draws settle the state at the start.
pub(super) const INITIAL: u32 = u32::MAX;

/// Up-times and the state at the start.
#[derive(Clone, Debug)]
pub(super) struct Renewal {
    pub(super) up: Sampler,
    /// The rate, if season or regime multiply it.
    pub(super) rate: Option<Intensity>,
    pub(super) start: Start,
    pub(super) share_down: f64,
}

/// How a replication begins.
pub(super) struct Beginning {
    /// Down from the start on for so many days.
    pub(super) down: Option<f64>,
    /// Days until the first failure, if not drawn as every other.
    pub(super) first_up: Option<f64>,
}

impl Renewal {
    pub(super) fn new(hazard: &Hazard, up: &Law, rate: Option<Intensity>) -> Self {
        let stages: f64 = hazard
            .stages
            .iter()
            .map(|stage| stage.duration.mean())
            .sum();
        // What is averted is up again at once.
        let mean_down = (hazard.duration.mean() + stages) * (1.0 - hazard.averted.get());
        Self {
            up: Sampler::new(up),
            rate,
            start: hazard.start.clone(),
            share_down: mean_down / (up.mean() + mean_down),
        }
    }

    /// The state at the start; `duration` is the law of its disruptions.
    pub(super) fn begin(&self, stream: Stream, replication: u64, duration: &Sampler) -> Beginning {
        let mut beginning = Beginning {
            down: None,
            first_up: None,
        };
        match &self.start {
            Start::Up => {}
            Start::Stationary => {
                let (state, p) = stream.pair(replication, INITIAL, 0);
                let part = stream.uniform(replication, INITIAL, draws::PART);
                if state < self.share_down {
                    beginning.down = Some(duration.equilibrium(p, part));
                } else if self.rate.is_none() {
                    beginning.first_up = Some(self.up.equilibrium(p, part));
                }
            }
            Start::Down { age } => {
                let p = stream.uniform(replication, INITIAL, draws::DURATION);
                beginning.down = Some(duration.residual(age.days(), p));
            }
        }
        beginning
    }

    /// When what is up from `from` on fails; `None` if never.
    pub(super) fn fails(&self, from: Seconds, wait: f64, path: &RegimePath) -> Option<Seconds> {
        match &self.rate {
            None => Some(later(&self.up, from, wait)),
            Some(rate) => {
                let mut cursor = rate.cursor_at(from.days(), path);
                let next = cursor.advance(rate, path, -libm::log1p(-wait))?;
                Some(Seconds::from_days(next).max(from + Seconds(1)))
            }
        }
    }
}

/// The end of a time drawn from `law` that begins at `from`; at least a second later, and on the
/// grid for laws that have one.
pub(super) fn later(law: &Sampler, from: Seconds, p: f64) -> Seconds {
    let days = law.quantile(p);
    if let Sampler::Geometric(step, _) = law {
        let step_seconds = Seconds::from_days(*step).0.max(1);
        let steps = libm::round(days / step) as i64;
        return Seconds((from.0 / step_seconds + steps.max(1)) * step_seconds);
    }
    from + at_least_a_second(days)
}

/// Days as whole seconds, at least one, at most a million years.
pub(super) fn at_least_a_second(days: f64) -> Seconds {
    Seconds::from_days(days.min(365_250_000.0)).max(Seconds(1))
}
