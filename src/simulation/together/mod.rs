//! Several models over the same futures: a base and what may become of it.
//!
//! Each model gets, to the bit, what it gets when it is run alone. Three things are done once for
//! several of them:
//!
//! - Models that draw alike ([`crate::sampling::draw_alike`]) share a timeline for each
//!   replication; the others draw their own, and what they have in common comes out the same there.
//! - Models whose flows are the same function of capacities ([`crate::network::Problem::is_same`])
//!   share, on each thread, the allocator with its table of solved states.
//! - Where a model has more of some capacities than another, it takes over what the other's
//!   replication gave if none of them was ever used up there: `watch.rs` says when, and why it holds.

mod alike;
mod goal;
mod team;
mod watch;

use std::sync::{Arc, Mutex};

use crate::accumulate::{EXACT, Gathered, Sample};
use crate::metrics::{ControlSums, Moments};
use crate::model::{Collect, Model};

use super::controlled::{ControlKeeper, ControlPlan};
use super::in_order::in_order;
use super::memoryless::Memoryless;
use super::run::{Chunk, RunPlan, pool};
use super::settings::{Observer, Progress, Run, RunError, Settings, Stopped};
use super::undisturbed::Undisturbed;
use super::world::World;
use super::{grades, summary, uniqueness};

pub(super) use alike::Alike;
pub(super) use goal::Goal;
use team::{Joint, Team, TeamSums};
pub(super) use watch::Watch;

/// Replications per unit of parallel work.
const CHUNK: u64 = 32;
/// Waves of chunks between which observers are told, at least.
const WAVES: u64 = 200;
/// Replications at which precision is first looked at; then at twice as many, and so on.
const FIRST_LOOK: u64 = 256;
/// Replications for whose exact samples room is made at the start, at most.
const MOST_ROOM: u64 = 1 << 22;

/// What several models gave over the same futures.
#[derive(Clone, Debug)]
pub struct Together {
    /// What each gave, in the order of the models.
    pub runs: Vec<Run>,
    /// Timelines that were drawn for each replication: models that draw alike share one.
    pub timelines: usize,
    /// By model: replications that were not played, as another model's are known to be the same.
    pub taken_over: Vec<u64>,
}

/// Plays the replications of a range for several models and gathers what they give.
///
/// Each model's result is the same, to the bit, as that of [`run`](super::run()) for it alone over
/// as many replications, on any number of threads. If `settings` say when to stop, all go on until
/// the last of them is known well enough.
///
/// - `observers`: one for each model, told of its progress and handed its rows; a model without one
///   is not watched. If any cancels, all end.
///
/// # Errors
/// Those of [`run`](super::run()), of the first model that has any.
pub fn run_together(
    models: &[&Model],
    settings: &Settings,
    observers: &mut [&mut dyn Observer],
) -> Result<Together, RunError> {
    let mut worlds = Vec::with_capacity(models.len());
    for model in models {
        worlds.push(World::new(model, &model.hazards, settings.seed, 0)?);
    }
    let mut undisturbed = Vec::with_capacity(models.len());
    for world in &worlds {
        undisturbed.push(Undisturbed::of(world)?);
    }
    let mut plans = Vec::with_capacity(models.len());
    for (world, undisturbed) in worlds.iter().zip(&undisturbed) {
        let mut plan = RunPlan::new(world, undisturbed, settings, None)?;
        plan.memoryless = Memoryless::of(world, settings.collect);
        plans.push(plan);
    }
    let mut joint = Joint::of(plans);
    if let Some(goal) = joint.plans.first().and_then(|plan| plan.goal.as_ref())
        && goal.is_difference
        && models.len() < 2
    {
        let name = settings.stop.as_ref().map(|stop| stop.metric.clone());
        return Err(RunError::NoDifference {
            name: name.unwrap_or_default(),
        });
    }
    if !settings.plain {
        add_controls(&mut joint, settings);
    }
    let pool = pool(settings)?;
    let teams: Mutex<Vec<Team<'_>>> = Mutex::new(Vec::new());

    let total = settings.range.end.saturating_sub(settings.range.start);
    // Room for all at once, so that growing does not need twice as much; long runs grow all the same.
    let room = total.min(MOST_ROOM) as usize;
    let mut samples: Vec<Samples> = (models.iter())
        .map(|_| std::array::from_fn(|_| Sample::with_capacity(room)))
        .collect();
    let mut done = 0;
    let mut look = FIRST_LOOK;
    let mut stopped = Stopped::Count;
    let mut by_controls = false;
    let threads = pool.current_num_threads() as u64;
    let mut followed = vec![Moments::default(); models.len()];
    let mut next_told = wave(0, total, threads);
    while done < total && !models.is_empty() {
        let first = done;
        let last = if settings.stop.is_some() {
            total.min(look)
        } else {
            total
        };
        let mut failed = None;
        let parts = (last - first).div_ceil(CHUNK) as usize;
        let new = || Team::new(&joint);
        let work = |team: &mut _, part| play_part(&joint, team, settings, (first, last), part);
        in_order(&pool, parts, (&teams, &new), &work, &mut |(to, played)| {
            // Of several errors the first.
            if failed.is_some() {
                return false;
            }
            let handed = played.and_then(|chunks| {
                for (known, chunk) in followed.iter_mut().zip(&chunks) {
                    known.merge(&chunk.followed);
                }
                hand_on(chunks, &mut samples, settings, observers)
            });
            if let Err(error) = handed {
                failed = Some(error);
                return false;
            }
            done = to;
            if done >= next_told || done == last {
                next_told = done + wave(done, total, threads);
                tell(&joint, (done, total), &followed, observers);
            }
            !observers.iter().any(|observer| observer.is_cancelled())
        });
        if let Some(error) = failed {
            return Err(error);
        }
        if observers.iter().any(|observer| observer.is_cancelled()) && done < total {
            stopped = Stopped::Interrupted;
            break;
        }
        if settings.stop.is_some() && done == look {
            look *= 2;
            draw_apart(&joint, &pool, done);
            let followed: Vec<Moments> = (0..models.len())
                .map(|model| followed_moments(&joint, &teams, model))
                .collect();
            let ways: Option<Vec<Way>> = (0..models.len())
                .map(|model| way(&joint, &teams, model, &samples, &followed[model]))
                .collect();
            if let Some(ways) = ways.filter(|_| done < total) {
                stopped = Stopped::Precision;
                by_controls = ways.contains(&Way::Controlled);
                break;
            }
        }
    }

    draw_apart(&joint, &pool, done);
    // What was remembered of states is not needed any more, and results need room.
    let teams: Vec<TeamSums> = (teams.into_inner().unwrap_or_default().into_iter())
        .map(Team::into_sums)
        .collect();
    let mut runs = Vec::with_capacity(models.len());
    for (model, samples) in samples.iter().enumerate() {
        let found = found(&joint, &teams, model, samples, (settings, &pool), done);
        let (mut result, warnings) = found?;
        if let Some(controls) = &mut result.controls {
            controls.ended_run = by_controls;
        }
        runs.push(Run {
            result,
            replications: done,
            stopped,
            warnings,
            draws: None,
        });
    }
    let of_teams = |model: usize| teams.iter().map(|team| team.taken_over[model]).sum();
    Ok(Together {
        runs,
        timelines: joint.alike.count_timelines(),
        taken_over: (0..models.len()).map(of_teams).collect(),
    })
}

/// What is kept of each replication, by metric.
type Samples = [Sample; EXACT.len()];

/// Replications between which observers are told: a sixteenth of what is done, so that progress is told
/// often.
fn wave(done: u64, total: u64, threads: u64) -> u64 {
    let chunks = (done / CHUNK / 16).min(total / CHUNK / WAVES).max(threads);
    chunks * CHUNK
}

/// Plays a part of replications `first..last`, counted from the start of the range; up to where it
/// goes, and what each model gave.
fn play_part<'w>(
    joint: &Joint<'w>,
    team: &mut Team<'w>,
    settings: &Settings,
    (first, last): (u64, u64),
    part: usize,
) -> (u64, Result<Vec<Chunk>, RunError>) {
    let from = first + part as u64 * CHUNK;
    let to = last.min(from + CHUNK);
    let start = settings.range.start;
    (to, team.play(joint, &(start + from..start + to)))
}

/// Keeps and hands on what a chunk gave of each model.
fn hand_on(
    chunks: Vec<Chunk>,
    samples: &mut [Samples],
    settings: &Settings,
    observers: &mut [&mut dyn Observer],
) -> Result<(), RunError> {
    for (model, chunk) in chunks.into_iter().enumerate() {
        for (sample, more) in samples[model].iter_mut().zip(&chunk.exact) {
            sample.extend(more);
        }
        let Some(observer) = observers.get_mut(model) else {
            continue;
        };
        if settings.rows {
            observer.rows(&chunk.rows)?;
        }
        if settings.shortfalls {
            observer.shortfalls(&chunk.shortfalls)?;
        }
    }
    Ok(())
}

/// Tells observers how far a run is.
///
/// - `followed`: the metric that is followed, of each model, so far.
fn tell(
    joint: &Joint<'_>,
    (done, total): (u64, u64),
    followed: &[Moments],
    observers: &mut [&mut dyn Observer],
) {
    for ((observer, followed), plan) in observers.iter_mut().zip(followed).zip(&joint.plans) {
        observer.progress(&Progress {
            done,
            total,
            mean: followed.mean().unwrap_or(0.0) * plan.followed_scale(),
            std_error: followed.std_error().unwrap_or(0.0) * plan.followed_scale(),
            metric: plan.followed_name().to_owned(),
        });
    }
}

/// The metric that is followed, of a model, so far.
fn followed_moments(joint: &Joint<'_>, teams: &Mutex<Vec<Team<'_>>>, model: usize) -> Moments {
    let mut sum = Moments::default();
    if let Ok(teams) = teams.lock() {
        for team in teams.iter() {
            let gathered = &team.workers[model].gathered;
            sum.merge(gathered.moments(joint.plans[model].followed));
        }
    }
    sum
}

/// How a figure came to be known well enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Plain,
    Controlled,
}

/// How what a run may stop on is known of a model; `None` if it is not yet.
fn way(
    joint: &Joint<'_>,
    teams: &Mutex<Vec<Team<'_>>>,
    model: usize,
    samples: &[Samples],
    followed: &Moments,
) -> Option<Way> {
    let plan = &joint.plans[model];
    let goal = plan.goal.as_ref()?;
    if !goal.is_mean() {
        let exact = goal.exact?;
        // The first differs from itself in nothing.
        let is_met = (goal.is_difference && model == 0)
            || goal.is_met_by_samples(&samples[0][exact].values(), &samples[model][exact].values());
        return is_met.then_some(Way::Plain);
    }
    if goal.is_met_by(followed) {
        return Some(Way::Plain);
    }
    let controls = plan.controls.as_ref()?;
    let teams = teams.lock().ok()?;
    let keepers = teams.iter().map(|team| &team.workers[model].controls);
    let sums = control_sums(controls, keepers);
    let found = controls.estimate(&sums, goal.exact?)?;
    let is_met = goal.is_met(found.mean, found.std_error);
    is_met.then_some(Way::Controlled)
}

/// Gives each model its controls, those that it has alone; models that draw alike share them.
fn add_controls(joint: &mut Joint<'_>, settings: &Settings) {
    let mut found: Vec<Arc<ControlPlan>> = Vec::new();
    for model in 0..joint.plans.len() {
        let (plan, drawn_by) = (&joint.plans[model], joint.alike.drawn_by[model]);
        let drawn = (settings.seed, settings.range.start);
        if let Some(fixed) = &plan.memoryless {
            // What is lost is each network's own.
            let controls = Arc::new(ControlPlan::of_memoryless(
                fixed,
                plan.world,
                (settings.seed, &settings.range),
            ));
            joint.plans[model].controls = Some(controls);
            continue;
        }
        let drawer = &joint.plans[drawn_by];
        let same = (drawer.controls.as_ref()).filter(|_| drawer.memoryless.is_none());
        let controls = same
            .cloned()
            .unwrap_or_else(|| Arc::new(ControlPlan::of(plan.world, drawn, true, &found)));
        found.push(controls.clone());
        joint.plans[model].controls = Some(controls);
    }
}

/// Draws the futures apart that controls need after so many replications.
fn draw_apart(joint: &Joint<'_>, pool: &rayon::ThreadPool, done: u64) {
    for plan in &joint.plans {
        if let Some(controls) = &plan.controls {
            pool.install(|| controls.draw_apart(done));
        }
    }
}

/// What all threads gathered of a model's controls.
fn control_sums<'k>(
    controls: &ControlPlan,
    keepers: impl Iterator<Item = &'k Option<ControlKeeper>>,
) -> ControlSums {
    let mut sums = controls.sums();
    for keeper in keepers.flatten() {
        sums.merge(&keeper.sums);
    }
    sums
}

/// What a model gave.
fn found(
    joint: &Joint<'_>,
    teams: &[TeamSums],
    model: usize,
    samples: &Samples,
    (settings, pool): (&Settings, &rayon::ThreadPool),
    done: u64,
) -> Result<(crate::results::StrategyResult, Vec<String>), RunError> {
    let plan = &joint.plans[model];
    let mut all = Gathered::new(&plan.columns.plan);
    for team in teams {
        all.merge(&team.models[model].0);
    }
    let (mut result, warnings) = pool.install(|| {
        summary::strategy_result(
            plan.world,
            plan.undisturbed,
            &plan.columns,
            &all,
            samples,
            (&plan.months, plan.followed_name()),
            None,
        )
    });
    result.grades = grades::treatment(plan.world, plan.undisturbed)?;
    if let Some(controls) = &plan.controls {
        let keepers = teams.iter().map(|team| &team.models[model].1);
        let sums = control_sums(controls, keepers);
        let scales = plan.columns.plan.exact;
        let scales = scales.map(|column| plan.columns.plan.columns[column].scale);
        let told = controls.tell(plan.world, &sums, &scales, &mut result.metrics);
        result.controls = Some(told);
    }
    if settings.collect == Collect::All {
        let world = plan.world;
        result.undisturbed.route_ranges = pool.install(|| uniqueness::undisturbed(world))?;
        let range = settings.range.start..settings.range.start + done;
        let found = pool.install(|| uniqueness::replications(world, range))?;
        for (route, more) in plan.world.model.routes.iter().zip(found.routes) {
            result
                .routes
                .entry(route.id.clone())
                .or_default()
                .extend(more);
        }
        for (field, open) in plan.world.model.fields.iter().zip(found.fields) {
            let metrics = result.fields.entry(field.id.clone()).or_default();
            metrics.insert(uniqueness::NOT_UNIQUE.to_owned(), open);
        }
    }
    Ok((result, warnings))
}
