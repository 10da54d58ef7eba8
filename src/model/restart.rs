//! How a field comes back after a cut, and what a long stop does to it for good.

use crate::units::{BarrelsPerDay, Fraction, Seconds};

/// How a field behaves around a stop; by default it returns at once and unharmed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dynamics {
    /// The way back to full rate.
    pub restart: Option<Restart>,
    /// Time between the first chance to produce and the beginning of a restart from zero.
    pub dead_time: Seconds,
    /// Least rate at which it runs; 0 if any will do.
    pub min_stable: BarrelsPerDay,
    /// What long stops destroy.
    pub damage: Option<Damage>,
}

impl Dynamics {
    /// Whether what it can produce depends on what it produced before, damage apart.
    #[must_use]
    pub fn has_memory(&self) -> bool {
        self.restart.is_some() || self.dead_time > Seconds::ZERO
    }

    /// Whether there is anything at all to follow.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// The share of what a field can produce that it has reached, by time since its restart.
///
/// Shares never fall, and the last is 1.
#[derive(Clone, Debug, PartialEq)]
pub enum Restart {
    /// Straight from 0 to 1 within this time, seconds.
    Linear(f64),
    /// `1 − e^(−t/τ)` with this time constant τ, seconds.
    Exponential(f64),
    /// Straight between points: seconds since the restart, the first 0, and share.
    Table(Vec<(f64, f64)>),
}

impl Restart {
    /// The share reached `at` seconds after the restart.
    #[must_use]
    pub fn share(&self, at: f64) -> f64 {
        match self {
            Self::Linear(time) => (at / time).min(1.0),
            Self::Exponential(constant) => -libm::expm1(-at / constant),
            Self::Table(points) => {
                let after = points.partition_point(|&(time, _)| time <= at);
                match (points.get(after.wrapping_sub(1)), points.get(after)) {
                    (Some(&one), Some(&other)) => between(one, other, at),
                    (Some(&(_, share)), None) | (None, Some(&(_, share))) => share,
                    (None, None) => 1.0,
                }
            }
        }
    }

    /// The mean share between two times, seconds after the restart; exact.
    #[must_use]
    pub fn mean(&self, from: f64, to: f64) -> f64 {
        let length = to - from;
        if length <= 0.0 {
            return self.share(from);
        }
        match self {
            Self::Linear(time) => {
                let full = time.clamp(from, to);
                let rising = (from + full) / (2.0 * time) * (full - from);
                (rising + (to - full)) / length
            }
            Self::Exponential(constant) => {
                let missing =
                    libm::exp(-from / constant) * -libm::expm1(-length / constant) * constant;
                1.0 - missing / length
            }
            Self::Table(points) => {
                let mut sum = 0.0;
                let mut now = from;
                let later = points.iter().map(|&(time, _)| time);
                for until in later.filter(|&time| time > from).chain([to]) {
                    let until = until.min(to);
                    if until > now {
                        sum += f64::midpoint(self.share(now), self.share(until)) * (until - now);
                        now = until;
                    }
                }
                sum / length
            }
        }
    }

    /// The last time at which no more than this share is reached, seconds after the restart: where
    /// a field that runs at that share joins the curve. 0 if the curve begins above it; infinite
    /// if no more is ever reached and it never ends.
    #[must_use]
    pub fn reach(&self, share: f64) -> f64 {
        match self {
            Self::Linear(time) => share.clamp(0.0, 1.0) * time,
            Self::Exponential(constant) => -constant * libm::log1p(-share.clamp(0.0, 1.0)),
            Self::Table(points) => {
                let after = points.partition_point(|&(_, reached)| reached <= share);
                match (points.get(after.wrapping_sub(1)), points.get(after)) {
                    (Some(&(from, low)), Some(&(to, high))) => {
                        from + (share - low) / (high - low) * (to - from)
                    }
                    (Some(&(last, _)), None) => last,
                    (None, _) => 0.0,
                }
            }
        }
    }
}

/// A straight line through two points at `at`.
fn between((t0, low): (f64, f64), (t1, high): (f64, f64), at: f64) -> f64 {
    low + (high - low) * ((at - t0) / (t1 - t0))
}

/// What a stop takes for good from what a field can produce.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Damage {
    /// A share for each day after some.
    Linear {
        /// Stops up to this long do no harm.
        after: Seconds,
        /// Share lost a day.
        per_day: f64,
    },
    /// `most × (1 − e^(−t/τ))` with `t` counted from `after` on.
    Saturating {
        /// Stops up to this long do no harm.
        after: Seconds,
        /// Share lost to a stop without end.
        most: Fraction,
        /// Time constant τ, seconds.
        time_constant: f64,
    },
}

impl Damage {
    /// The share that is left after a stop.
    #[must_use]
    pub fn left(&self, stop: Seconds) -> f64 {
        match *self {
            Self::Linear { after, per_day } => {
                (1.0 - per_day * (stop - after).days().max(0.0)).max(0.0)
            }
            Self::Saturating {
                after,
                most,
                time_constant,
            } => {
                let beyond = (stop - after).0.max(0) as f64;
                1.0 + most.get() * libm::expm1(-beyond / time_constant)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: f64 = 86_400.0;

    fn curves() -> [Restart; 3] {
        [
            Restart::Linear(10.0 * DAY),
            Restart::Exponential(3.0 * DAY),
            Restart::Table(vec![
                (0.0, 0.02),
                (4.0 * DAY, 0.1),
                (6.0 * DAY, 0.1),
                (9.0 * DAY, 1.0),
            ]),
        ]
    }

    /// Means against a fine grid, and the way from a share to its time and back.
    #[test]
    fn means_and_times_fit_the_curve() {
        for curve in curves() {
            for (from, to) in [
                (0.0, 0.25),
                (3.9, 4.15),
                (5.0, 9.5),
                (8.9, 9.1),
                (9.9, 10.4),
            ] {
                let (from, to) = (from * DAY, to * DAY);
                let grid = 20_000;
                let step = (to - from) / f64::from(grid);
                let middle = |at: i32| curve.share(from + (f64::from(at) + 0.5) * step);
                let sum: f64 = (0..grid).map(middle).sum();
                let mean = curve.mean(from, to);
                assert!(
                    (sum / f64::from(grid) - mean).abs() < 1e-8,
                    "{curve:?} {from}"
                );
            }
            for share in [0.03, 0.1, 0.5, 0.99] {
                let at = curve.reach(share);
                assert!((curve.share(at) - share).abs() < 1e-12, "{curve:?} {share}");
            }
            assert_eq!(curve.mean(DAY, DAY), curve.share(DAY));
        }
        let [.., table] = curves();
        assert_eq!(
            table.reach(0.1),
            6.0 * DAY,
            "what stands still is left at its end"
        );
        assert_eq!(table.reach(0.01), 0.0);
        assert_eq!(table.reach(1.0), 9.0 * DAY);
        assert_eq!(table.share(40.0 * DAY), 1.0);
    }

    #[test]
    fn damage_begins_after_some_days_and_never_takes_more_than_all() {
        let days = |days: i64| Seconds(days * 86_400);
        let linear = Damage::Linear {
            after: days(30),
            per_day: 0.0005,
        };
        assert_eq!(linear.left(days(30)), 1.0);
        assert!((linear.left(days(45)) - 0.9925).abs() < 1e-12);
        assert_eq!(linear.left(days(3_000)), 0.0);
        let saturating = Damage::Saturating {
            after: days(7),
            most: Fraction::new(0.08).expect("a share"),
            time_constant: 20.0 * DAY,
        };
        assert_eq!(saturating.left(days(5)), 1.0);
        assert!((saturating.left(days(100_000)) - 0.92).abs() < 1e-12);
    }
}
