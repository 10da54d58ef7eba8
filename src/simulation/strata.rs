//! Futures of stated kinds: so many in which rare hazards strike so often.

use crate::accumulate::EXACT;
use crate::model::{Collect, Model};
use crate::sampling::{Strata, Timelines};

use super::memoryless::Memoryless;
use super::parallel::in_parallel;
use super::run::{RunPlan, Worker};
use super::settings::{Observer, Progress, RunError, Settings};
use super::undisturbed::Undisturbed;
use super::world::World;

/// Replications of stated kinds that follow each other.
#[derive(Clone, Debug, PartialEq)]
pub struct StrataAsked<'c> {
    /// Seed of all random streams.
    pub seed: u64,
    /// Number of the first replication.
    pub first: u64,
    /// How many of each kind.
    pub counts: &'c [u64],
    /// Threads; 0 for all there are.
    pub threads: usize,
}

/// The timelines of a model, as a run of it draws them.
#[must_use]
pub fn timelines(model: &Model, seed: u64) -> Timelines {
    Timelines::new(model, &model.hazards, seed, 0)
}

/// Plays futures of stated kinds: one kind after the other, each future with a number of its own.
/// What is not delivered in each, bbl, by kind; `None` if the observer cancelled.
///
/// - `strata`: made of the [`timelines`] of this model under this seed.
///
/// # Errors
/// Those of [`run`](super::run()).
pub fn play_strata(
    model: &Model,
    strata: &Strata,
    asked: &StrataAsked<'_>,
    observer: &mut dyn Observer,
) -> Result<Option<Vec<Vec<i64>>>, RunError> {
    let mut end = asked.first;
    let mut from = Vec::with_capacity(asked.counts.len());
    for (kind, count) in asked.counts.iter().enumerate() {
        from.push((end, kind));
        end += count;
    }
    let settings = Settings {
        seed: asked.seed,
        range: asked.first..end,
        threads: asked.threads,
        collect: Collect::System,
        stop: None,
        shortfalls: false,
        rows: false,
        plain: true,
    };
    let mut world = World::new(model, &model.hazards, asked.seed, 0)?;
    world.timelines.hold(strata.clone(), from);
    let undisturbed = Undisturbed::of(&world)?;
    let mut plan = RunPlan::new(&world, &undisturbed, &settings, None)?;
    plan.memoryless = Memoryless::of(&world, settings.collect);
    // The first of what every run keeps is what is not delivered.
    debug_assert_eq!(EXACT[0], "undelivered");
    let total = end - asked.first;
    let mut found: Vec<i64> = Vec::new();
    let (_, done) = in_parallel(
        &settings,
        || Worker::new(&plan),
        |worker, range| {
            let [undelivered, ..] = worker.play(&plan, range)?.exact;
            Ok(undelivered)
        },
        |chunk| found.extend(chunk),
        &mut Named(observer),
    )?;
    if done < total {
        return Ok(None);
    }
    let mut rest = found.as_slice();
    let mut kinds = Vec::with_capacity(asked.counts.len());
    for &count in asked.counts {
        let (own, later) = rest.split_at(count as usize);
        kinds.push(own.to_vec());
        rest = later;
    }
    Ok(Some(kinds))
}

/// Says what is being done.
struct Named<'o>(&'o mut dyn Observer);

impl Observer for Named<'_> {
    fn progress(&mut self, progress: &Progress) {
        self.0.progress(&Progress {
            metric: "futures by their rare disruptions".to_owned(),
            ..progress.clone()
        });
    }

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled()
    }
}
