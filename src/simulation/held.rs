//! How long each regime held, replication by replication.

use std::ops::Range;

use crate::model::Model;
use crate::sampling::Timeline;

use super::parallel::in_parallel;
use super::settings::{Observer, RunError, Settings};
use super::world::World;

/// Share of time in which a regime held: below a third, between, above two thirds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Held {
    /// Below a third.
    Low,
    /// From a third to two thirds.
    Middle,
    /// Two thirds or more.
    High,
}

impl Held {
    /// All, by rising share of time.
    pub const ALL: [Self; 3] = [Self::Low, Self::Middle, Self::High];

    /// As results say it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Middle => "middle",
            Self::High => "high",
        }
    }

    /// The class of a time within a horizon, both in seconds.
    pub(super) fn of(time: i64, horizon: i64) -> Self {
        Self::ALL[(3 * time / horizon.max(1)).clamp(0, 2) as usize]
    }
}

/// By regime, how long it held in each replication of a range; nothing without regimes.
///
/// # Errors
/// [`RunError`] if threads cannot be started.
pub fn regimes_held(
    model: &Model,
    settings: &Settings,
    observer: &mut dyn Observer,
) -> Result<Vec<Vec<Held>>, RunError> {
    let mut held: Vec<Vec<Held>> = vec![Vec::new(); model.regimes.len()];
    if held.is_empty() {
        return Ok(held);
    }
    // Regimes have a stream of their own: without hazards, they come out the same.
    let world = World::new(model, &[], settings.seed, 0)?;
    let classes = |timeline: &mut Timeline, range: Range<u64>| {
        let mut chunk: Vec<Vec<Held>> = vec![Vec::new(); model.regimes.len()];
        for replication in range {
            world.timelines.sample(replication, timeline);
            for (regime, classes) in chunk.iter_mut().enumerate() {
                let time = timeline.regimes().time_in(regime, model.horizon);
                classes.push(Held::of(time.0, model.horizon.0));
            }
        }
        Ok(chunk)
    };
    let take = |chunk: Vec<Vec<Held>>| {
        for (all, more) in held.iter_mut().zip(chunk) {
            all.extend(more);
        }
    };
    in_parallel(settings, Timeline::default, classes, take, observer)?;
    Ok(held)
}
