//! Laws of times for many processes side by side, in whole seconds.

#![expect(
    clippy::inline_always,
    reason = "only what is inlined is compiled for the instructions chosen at run time"
)]

use super::Sampler;
use super::lanes::{Lane, WIDTH, log_of_rest, pick, whole};
use super::renewal::at_least_a_second;
use crate::units::Seconds;

/// Days that no time exceeds: a million years.
const MOST_DAYS: f64 = 365_250_000.0;

const SECONDS_PER_DAY: f64 = 86_400.0;

/// Laws of the same kind, one per member of a group.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Clocks {
    /// Exponential: means, in days.
    Exponential(Vec<f64>),
    /// Geometric on a grid of whole seconds: logarithms of the chance to go on, −∞ without one, and
    /// steps in seconds.
    Grid(Vec<f64>, Vec<f64>),
    /// Any other law, drawn one by one.
    Other(Vec<Sampler>),
}

impl Clocks {
    /// Laws of up-times and of durations of one process. `None` if a time depends on when it begins:
    /// so it is with geometric laws, unless both have the same grid of whole seconds.
    pub(super) fn of(up: &Sampler, down: &Sampler) -> Option<[Self; 2]> {
        if let (Sampler::Geometric(one, _), Sampler::Geometric(other, _)) = (up, down) {
            return (one == other).then_some([Self::on_grid(up)?, Self::on_grid(down)?]);
        }
        let one = |law: &Sampler| match law {
            Sampler::Exponential(mean) => Some(Self::Exponential(vec![*mean])),
            Sampler::Geometric(..) => None,
            law => Some(Self::Other(vec![law.clone()])),
        };
        Some([one(up)?, one(down)?])
    }

    /// A geometric law whose times are the same whole seconds however they are worked out.
    fn on_grid(law: &Sampler) -> Option<Self> {
        let Sampler::Geometric(step, log_stay) = *law else {
            return None;
        };
        let log_stay = if log_stay.is_finite() {
            log_stay
        } else {
            f64::NEG_INFINITY
        };
        let seconds = Seconds::from_days(step).0 as f64;
        // No logarithm of a draw is below that of 2⁻⁵³.
        let most_steps = 1.0 + 37.0 / -log_stay;
        let error = (step * SECONDS_PER_DAY - seconds).abs() * most_steps;
        let is_whole = seconds >= 1.0 && error < 0.25 && most_steps * step < MOST_DAYS;
        (is_whole && most_steps < 1e9).then(|| Self::Grid(vec![log_stay], vec![seconds]))
    }

    /// Whether two are of the same kind.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    pub(super) fn is_on_grid(&self) -> bool {
        matches!(self, Self::Grid(..))
    }

    /// The same kind, of nobody.
    pub(super) fn none_yet(&self) -> Self {
        match self {
            Self::Exponential(_) => Self::Exponential(Vec::new()),
            Self::Grid(..) => Self::Grid(Vec::new(), Vec::new()),
            Self::Other(_) => Self::Other(Vec::new()),
        }
    }

    /// Adds more of the same kind.
    pub(super) fn append(&mut self, more: Self) {
        match (self, more) {
            (Self::Exponential(own), Self::Exponential(more)) => own.extend(more),
            (Self::Grid(own, steps), Self::Grid(more, more_steps)) => {
                own.extend(more);
                steps.extend(more_steps);
            }
            (Self::Other(own), Self::Other(more)) => own.extend(more),
            _ => {}
        }
    }

    /// Whole seconds, at least one, for a draw of each member.
    #[inline(always)]
    pub(super) fn seconds(&self, members: &Lane<u32>, p: &Lane<f64>) -> Lane<f64> {
        if let Some(seconds) = self.seconds_if_cheap(members, p) {
            return seconds;
        }
        let mut seconds = [0.0; WIDTH];
        for lane in 0..WIDTH {
            seconds[lane] = self.one(members[lane], p[lane]);
        }
        seconds
    }

    /// The same, if it is as cheap for all as for one.
    #[inline(always)]
    pub(super) fn seconds_if_cheap(&self, members: &Lane<u32>, p: &Lane<f64>) -> Option<Lane<f64>> {
        let mut seconds = [0.0; WIDTH];
        match self {
            Self::Exponential(means) => {
                let log = log_of_rest(p);
                let means = pick(means, members);
                for lane in 0..WIDTH {
                    let days = (-means[lane] * log[lane]).min(MOST_DAYS);
                    seconds[lane] = whole(days * SECONDS_PER_DAY + 0.5).max(1.0);
                }
            }
            Self::Grid(logs, steps) => {
                let log = log_of_rest(p);
                let logs = pick(logs, members);
                let steps = pick(steps, members);
                for lane in 0..WIDTH {
                    seconds[lane] = (1.0 + whole(log[lane] / logs[lane])) * steps[lane];
                }
            }
            Self::Other(_) => return None,
        }
        Some(seconds)
    }

    /// Whole seconds for a draw of one member.
    pub(super) fn one(&self, member: u32, p: f64) -> f64 {
        match self {
            Self::Other(laws) => at_least_a_second(laws[member as usize].quantile(p)).0 as f64,
            cheap => {
                let all = cheap.seconds_if_cheap(&[member; WIDTH], &[p; WIDTH]);
                all.unwrap_or([1.0; WIDTH])[0]
            }
        }
    }
}
