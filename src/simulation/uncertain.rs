//! Two levels of chance: draws of uncertain figures, and replications of each draw.

use std::collections::BTreeMap;
use std::error::Error;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use rayon::prelude::*;

use crate::accumulate::{Column, DrawMeans, DrawSums, EXACT, Gathered, Sample};
use crate::metrics::nested;
use crate::model::{Collect, Model};
use crate::sampling::Stream;

use super::nested::Nests;
use super::run::{Chunk, RunPlan, Worker, pool};
use super::settings::{Draws, Observer, Progress, Run, RunError, Settings, Stopped};
use super::summary;
use super::undisturbed::Undisturbed;
use super::world::World;

/// How often the observer is told how far a run is, at most and but for a few.
const TIMES: u64 = 400;
/// How long nothing may happen before the observer is asked whether to go on.
const PATIENCE: Duration = Duration::from_millis(100);

/// The number inside (0, 1) that a draw gives the figure that stands at a path of a file. It depends
/// on nothing else, so that adding or removing a figure changes no other.
#[must_use]
pub fn doubt_uniform(seed: u64, draw: u64, path: &str) -> f64 {
    Stream::new(seed, 0, "doubt", path).uniform(draw, 0, 0)
}

/// The model of a draw of uncertain figures, by its number from 1.
pub type DrawnModel<'a> =
    dyn Fn(u64) -> Result<Model, Box<dyn Error + Send + Sync>> + Send + Sync + 'a;

/// Plays replications of many draws of uncertain figures, so that what chance does and what is
/// not known can be told apart.
///
/// - `model`: with its figures as they are stated, for what goes with no draw.
/// - `drawn`: the model of each draw. It must have the same parts as `model`, and be the same
///   whenever it is asked for.
/// - `settings`: its range and its rule to stop have no effect: every draw plays replications 0 to
///   `draws.replications`, each with streams of its own.
///
/// The result is the same, to the bit, for any number of threads. If the observer cancels it, it
/// has as many draws as are done, from the first on.
///
/// # Errors
/// Those of [`run`](super::run()), [`RunError::Draw`] for the first draw that makes no model, and
/// [`RunError::OtherParts`].
pub fn run_uncertain(
    model: &Model,
    draws: Draws,
    drawn: &DrawnModel<'_>,
    settings: &Settings,
    observer: &mut dyn Observer,
) -> Result<Run, RunError> {
    let settings = &Settings {
        stop: None,
        ..settings.clone()
    };
    let world = World::new(model, &model.hazards, settings.seed, 0)?;
    let undisturbed = Undisturbed::of(&world)?;
    let pool = pool(settings)?;
    // Every draw is looked at once before any is played: a bad one should not end a long run.
    let rates: Vec<Result<i64, RunError>> = pool.install(|| {
        (1..=draws.count)
            .into_par_iter()
            .map(|draw| drawn_model(drawn, draw).map(|model| most_planned(&model)))
            .collect()
    });
    let mut most = most_planned(model);
    for rate in rates {
        most = most.max(rate?);
    }
    let plan = RunPlan::new(&world, &undisturbed, settings, Some(most))?;

    let shared = Shared {
        draws,
        drawn,
        settings,
        most,
        columns: &plan.columns.plan.columns,
        next: AtomicU64::new(1),
        is_over: AtomicBool::new(false),
        pooled: Mutex::new(Vec::new()),
    };
    let found = pool.in_place_scope(|scope| {
        let (sender, receiver) = channel();
        for _ in 0..pool.current_num_threads() {
            let (sender, shared, plan) = (sender.clone(), &shared, &plan);
            scope.spawn(move |_| {
                let mut kept = Some((
                    Gathered::new(&plan.columns.plan),
                    DrawSums::new(&plan.columns.plan),
                ));
                while let Some(draw) = shared.take() {
                    let Some((gathered, sums)) = kept.take() else {
                        break;
                    };
                    let played = shared.play(draw, gathered, sums);
                    let played = played.map(|(played, gathered, sums)| {
                        kept = Some((gathered, sums));
                        played
                    });
                    if sender.send((draw, played)).is_err() {
                        break;
                    }
                }
                if let (Some((gathered, _)), Ok(mut pooled)) = (kept, shared.pooled.lock()) {
                    pooled.push(gathered);
                }
            });
        }
        drop(sender);
        collect(&receiver, &shared, &plan, observer)
    })?;

    let mut all = Gathered::new(&plan.columns.plan);
    if let Ok(pooled) = shared.pooled.into_inner() {
        for gathered in &pooled {
            all.merge(gathered);
        }
    }
    let done = Draws {
        count: found.means.len() as u64,
        ..draws
    };
    let nests = Nests {
        means: found.means,
        replications: draws.replications,
    };
    let (mut result, warnings) = pool.install(|| {
        summary::strategy_result(
            &world,
            &undisturbed,
            &plan.columns,
            &all,
            &found.samples,
            (&plan.months, plan.followed_name()),
            Some(&nests),
        )
    });
    result.grades = super::grades::treatment(&world, &undisturbed)?;
    if settings.collect == Collect::All {
        result.undisturbed.route_ranges = super::uniqueness::undisturbed(&world)?;
    }
    Ok(Run {
        result,
        replications: done.count * done.replications,
        stopped: found.stopped,
        warnings,
        draws: Some(done),
    })
}

fn drawn_model(drawn: &DrawnModel<'_>, draw: u64) -> Result<Model, RunError> {
    drawn(draw).map_err(|source| RunError::Draw { draw, source })
}

/// A bound of the planned rate over time, b/d.
fn most_planned(model: &Model) -> i64 {
    model
        .fields
        .iter()
        .filter_map(|field| field.plan.steps().iter().map(|step| step.1.0).max())
        .sum()
}

/// What all threads share.
struct Shared<'s> {
    draws: Draws,
    drawn: &'s DrawnModel<'s>,
    settings: &'s Settings,
    most: i64,
    columns: &'s [Column],
    /// The next draw to be taken.
    next: AtomicU64,
    is_over: AtomicBool,
    pooled: Mutex<Vec<Gathered>>,
}

/// A draw that was played.
struct Played {
    chunk: Chunk,
    means: DrawMeans,
}

impl Shared<'_> {
    /// Draws are taken in order and every one taken is finished, so that what is there when a run
    /// is cancelled has no gap.
    fn take(&self) -> Option<u64> {
        if self.is_over.load(Ordering::Relaxed) {
            return None;
        }
        let draw = self.next.fetch_add(1, Ordering::Relaxed);
        (draw <= self.draws.count).then_some(draw)
    }

    fn play(
        &self,
        draw: u64,
        gathered: Gathered,
        sums: DrawSums,
    ) -> Result<(Played, Gathered, DrawSums), RunError> {
        let model = drawn_model(self.drawn, draw)?;
        let world = World::new(&model, &model.hazards, self.settings.seed, draw)?;
        let undisturbed = Undisturbed::of(&world)?;
        let plan = RunPlan::new(&world, &undisturbed, self.settings, Some(self.most))?;
        if plan.columns.plan.columns != self.columns {
            return Err(RunError::OtherParts { draw });
        }
        let mut worker = Worker::adding_to(&plan, gathered, Some(sums));
        let mut chunk = worker.play(&plan, 0..self.draws.replications)?;
        chunk.rows.iter_mut().for_each(|row| row.draw = draw);
        chunk.shortfalls.iter_mut().for_each(|row| row.draw = draw);
        let mut sums = worker
            .draw
            .take()
            .unwrap_or_else(|| DrawSums::new(&plan.columns.plan));
        let means = sums.close();
        Ok((Played { chunk, means }, worker.gathered, sums))
    }
}

/// What came of all draws.
struct Found {
    means: Vec<DrawMeans>,
    samples: [Sample; EXACT.len()],
    stopped: Stopped,
}

/// Takes what is played, in order of draws, and tells the observer.
fn collect(
    receiver: &Receiver<(u64, Result<Played, RunError>)>,
    shared: &Shared<'_>,
    plan: &RunPlan<'_>,
    observer: &mut dyn Observer,
) -> Result<Found, RunError> {
    let mut found = Found {
        means: Vec::new(),
        samples: std::array::from_fn(|_| Sample::default()),
        stopped: Stopped::Count,
    };
    let mut waiting = BTreeMap::new();
    let mut told = 0;
    loop {
        if observer.is_cancelled() {
            shared.is_over.store(true, Ordering::Relaxed);
        }
        match receiver.recv_timeout(PATIENCE) {
            Ok((draw, played)) => {
                if played.is_err() {
                    shared.is_over.store(true, Ordering::Relaxed);
                }
                waiting.insert(draw, played);
            }
            Err(RecvTimeoutError::Timeout) => continue,
            Err(RecvTimeoutError::Disconnected) => break,
        }
        while let Some(played) = waiting.remove(&(found.means.len() as u64 + 1)) {
            let taken = played.and_then(|played| take(played, &mut found, shared, observer));
            if let Err(error) = taken {
                shared.is_over.store(true, Ordering::Relaxed);
                return Err(error);
            }
        }
        let done = found.means.len() as u64;
        // The estimate takes all draws so far, so that it is not made anew after every one of many.
        if done > 0 && (done == shared.draws.count || done >= told + shared.draws.count / TIMES) {
            tell(&found, shared, plan, observer);
            told = done;
        }
    }
    if (found.means.len() as u64) < shared.draws.count {
        found.stopped = Stopped::Interrupted;
    }
    Ok(found)
}

fn take(
    played: Played,
    found: &mut Found,
    shared: &Shared<'_>,
    observer: &mut dyn Observer,
) -> Result<(), RunError> {
    let Played { chunk, means } = played;
    for (sample, more) in found.samples.iter_mut().zip(&chunk.exact) {
        sample.extend(more);
    }
    if shared.settings.rows {
        observer.rows(&chunk.rows)?;
    }
    if shared.settings.shortfalls {
        observer.shortfalls(&chunk.shortfalls)?;
    }
    found.means.push(means);
    Ok(())
}

fn tell(found: &Found, shared: &Shared<'_>, plan: &RunPlan<'_>, observer: &mut dyn Observer) {
    let column = plan.followed;
    let groups: Vec<_> = found
        .means
        .iter()
        .map(|draw| draw.columns[column])
        .collect();
    let known = nested(&groups);
    let first = groups.first().map_or(0.0, |group| group.mean);
    observer.progress(&Progress {
        done: found.means.len() as u64 * shared.draws.replications,
        total: shared.draws.count * shared.draws.replications,
        mean: known.map_or(first, |known| known.mean) * plan.followed_scale(),
        std_error: known.map_or(0.0, |known| known.std_error) * plan.followed_scale(),
        metric: plan.followed_name().to_owned(),
    });
}
