//! Futures of what waits for crews, parts and weather alone, many more than are played: they tell
//! the means of control variates that have none in closed form.

use std::sync::Mutex;

use rayon::prelude::*;

use crate::metrics::{ControlSums, KnownMean};
use crate::model::Model;
use crate::sampling::{Apart, JointSpace, Timeline};

/// Futures drawn apart for each replication: of the variance that these controls explain, one part
/// in so many stays.
const EACH: u64 = 10;
/// Futures drawn apart at most.
const MOST: u64 = 1 << 20;
/// Futures of one task.
const TASK: u64 = 512;

/// Futures drawn apart so far, and what they said.
#[derive(Debug)]
pub(super) struct FuturesApart {
    /// Of each model; the same futures for all.
    models: Vec<Apart>,
    count: usize,
    first: u64,
    found: Mutex<Found>,
}

#[derive(Clone, Debug)]
struct Found {
    sums: ControlSums,
    /// By control: futures in which it is not 0.
    occurred: Vec<u64>,
}

/// What they said of the means.
pub(super) struct JointMeans {
    pub(super) means: Vec<KnownMean>,
    pub(super) sums: ControlSums,
}

impl Found {
    fn new(count: usize) -> Self {
        Self {
            sums: ControlSums::new(count, 0),
            occurred: vec![0; count],
        }
    }
}

impl FuturesApart {
    /// For the joint times of some models, one after the other.
    ///
    /// - `first`: number of the first replication, so that parts of a run draw different futures.
    pub(super) fn new(models: &[&Model], seed: u64, first: u64) -> Self {
        let models: Vec<Apart> = (models.iter())
            .map(|model| Apart::of(model, seed))
            .collect();
        let count = models.iter().map(Apart::count).sum();
        Self {
            models,
            count,
            first: first.saturating_mul(EACH),
            found: Mutex::new(Found::new(count)),
        }
    }

    /// Whether they are those of these models.
    pub(super) fn is_of(&self, models: &[&Model]) -> bool {
        let mut both = self.models.iter().zip(models);
        self.models.len() == models.len() && both.all(|(apart, model)| apart.is_of(model))
    }

    /// Draws what is missing for so many replications, on the threads of the pool in which it is
    /// called. What is found does not depend on how often it is called, nor on threads.
    pub(super) fn draw(&self, replications: u64) {
        let Ok(mut found) = self.found.lock() else {
            return;
        };
        let done = found.sums.count();
        let wanted = replications.saturating_mul(EACH).min(MOST);
        let tasks: Vec<(u64, u64)> = (done..wanted)
            .step_by(TASK as usize)
            .map(|from| (from, wanted.min(from + TASK)))
            .collect();
        let parts: Vec<Found> = (tasks.into_par_iter())
            .map(|(from, until)| self.draw_part(from, until))
            .collect();
        for part in parts {
            found.sums.merge(&part.sums);
            for (sum, more) in found.occurred.iter_mut().zip(&part.occurred) {
                *sum += more;
            }
        }
    }

    fn draw_part(&self, from: u64, until: u64) -> Found {
        let mut found = Found::new(self.count);
        let (mut timeline, mut space) = (Timeline::default(), JointSpace::default());
        let mut rows = Vec::with_capacity((until - from) as usize * self.count);
        for number in from..until {
            for apart in &self.models {
                apart.draw(
                    self.first.saturating_add(number),
                    &mut timeline,
                    &mut space,
                    &mut rows,
                );
            }
        }
        for row in rows.chunks_exact(self.count.max(1)) {
            for (sum, &time) in found.occurred.iter_mut().zip(row) {
                *sum += u64::from(time > 0);
            }
        }
        found.sums.add(&rows, &[], true);
        found
    }

    /// What was found so far.
    pub(super) fn means(&self) -> JointMeans {
        let found = self.found.lock();
        let found = found.map_or_else(|_| Found::new(self.count), |found| found.clone());
        let drawn = found.sums.count().max(1) as f64;
        let mean = |(at, &occurred): (usize, &u64)| KnownMean {
            mean: if found.sums.count() > 0 {
                found.sums.mean(at)
            } else {
                0.0
            },
            occurs: occurred as f64 / drawn,
        };
        let means = found.occurred.iter().enumerate().map(mean).collect();
        JointMeans {
            means,
            sums: found.sums,
        }
    }
}
