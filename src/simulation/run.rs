//! A run: chunks of replications on many threads, gathered into one result.

use std::ops::Range;
use std::sync::Mutex;

use jiff::ToSpan;
use rayon::prelude::*;

use crate::accumulate::{
    DrawSums, EXACT, EpochView, Gathered, Group, PathSetup, PathTotals, RecoveryRule,
    ShortfallRule, UNDEFINED,
};
use crate::metrics::{Moments, is_precise, two_sided_z};
use crate::model::{Collect, Model, Stop};
use crate::sampling::Timeline;
use crate::units::{Fraction, SECONDS_PER_DAY, Seconds, round_half_even};

use super::attribution::Attribution;
use super::columns::Columns;
use super::memoryless::{Memoryless, Replay};
use super::quota_results;
use super::replication::{Follower, play};
use super::settings::{
    Observer, Progress, ROW_COLUMNS, Row, Run, RunError, Settings, ShortfallRow, Stopped,
};
use super::state::State;
use super::summary;
use super::undisturbed::Undisturbed;
use super::uniqueness;
use super::world::World;

/// Replications per unit of parallel work.
const CHUNK: u64 = 32;
/// Waves of chunks between which the observer is told, at least.
const WAVES: u64 = 200;
/// Replications at which precision is first looked at; then at twice as many, and so on.
const FIRST_LOOK: u64 = 256;
/// Replications for whose exact samples room is made at the start, at most.
const MOST_ROOM: u64 = 1 << 22;
/// Most bins of the fan: days, up to a leap year.
const MOST_BINS: i64 = 366;

/// Plays the replications of a range and gathers what they give.
///
/// The result is the same, to the bit, for any number of threads, and replications of a range can
/// be computed anywhere.
///
/// # Errors
/// [`RunError`] if rows cannot be written, threads cannot be started, the metric to stop on is
/// unknown, or tanks do not come to rest.
pub fn run(
    model: &Model,
    settings: &Settings,
    observer: &mut dyn Observer,
) -> Result<Run, RunError> {
    let world = World::new(model, &model.hazards, settings.seed, 0)?;
    let undisturbed = Undisturbed::of(&world)?;
    let mut plan = RunPlan::new(&world, &undisturbed, settings, None)?;
    plan.memoryless = Memoryless::of(&world, settings.collect);
    let pool = pool(settings)?;
    let workers: Mutex<Vec<Worker>> = Mutex::new(Vec::new());

    let total = settings.range.end.saturating_sub(settings.range.start);
    let threads = pool.current_num_threads() as u64;
    // Room for all at once, so that growing does not need twice as much; long runs grow all the same.
    let room = total.min(MOST_ROOM) as usize;
    let mut samples: [Vec<i64>; EXACT.len()] = std::array::from_fn(|_| Vec::with_capacity(room));
    let mut done = 0;
    let mut look = FIRST_LOOK;
    let mut stopped = Stopped::Count;
    while done < total {
        // A wave is a sixteenth of what is done, so that an interrupt never waits long against the
        // time that has passed, and progress is told often.
        let chunks = (done / CHUNK / 16).min(total / CHUNK / WAVES).max(threads);
        let mut wave = (chunks * CHUNK).min(total - done);
        if settings.stop.is_some() {
            wave = wave.min(look - done);
        }
        let first = settings.range.start + done;
        let chunks: Vec<Range<u64>> = (0..wave.div_ceil(CHUNK))
            .map(|chunk| first + chunk * CHUNK..first + wave.min((chunk + 1) * CHUNK))
            .collect();
        let found: Vec<Result<Chunk, RunError>> = pool.install(|| {
            chunks
                .into_par_iter()
                .map(|chunk| {
                    let taken = workers.lock().ok().and_then(|mut workers| workers.pop());
                    let mut worker = taken.unwrap_or_else(|| Worker::new(&plan));
                    let result = worker.play(&plan, chunk);
                    if let Ok(mut workers) = workers.lock() {
                        workers.push(worker);
                    }
                    result
                })
                .collect()
        });
        for chunk in found {
            let chunk = chunk?;
            for (sample, more) in samples.iter_mut().zip(&chunk.exact) {
                sample.extend_from_slice(more);
            }
            if settings.rows {
                observer.rows(&chunk.rows)?;
            }
            if settings.shortfalls {
                observer.shortfalls(&chunk.shortfalls)?;
            }
        }
        done += wave;
        let followed = plan.followed_moments(&workers);
        observer.progress(&Progress {
            done,
            total,
            mean: followed.mean().unwrap_or(0.0) * plan.followed_scale(),
            std_error: followed.std_error().unwrap_or(0.0) * plan.followed_scale(),
            metric: plan.followed_name().to_owned(),
        });
        if observer.is_cancelled() && done < total {
            stopped = Stopped::Interrupted;
            break;
        }
        if let Some(stop) = settings.stop.as_ref().filter(|_| done == look) {
            look *= 2;
            if is_known(stop, &followed) && done < total {
                stopped = Stopped::Precision;
                break;
            }
        }
    }

    let mut all = Gathered::new(&plan.columns.plan);
    if let Ok(workers) = workers.into_inner() {
        for worker in &workers {
            all.merge(&worker.gathered);
        }
    }
    let (mut result, warnings) = summary::strategy_result(
        &world,
        &undisturbed,
        &plan.columns,
        &all,
        &samples,
        (&plan.months, plan.followed_name()),
        None,
    );
    result.grades = super::grades::treatment(&world, &undisturbed)?;
    if settings.collect == Collect::All {
        result.undisturbed.route_ranges = uniqueness::undisturbed(&world)?;
        let range = settings.range.start..settings.range.start + done;
        let found = uniqueness::replications(&world, range)?;
        for (route, more) in model.routes.iter().zip(found) {
            result
                .routes
                .entry(route.id.clone())
                .or_default()
                .extend(more);
        }
    }
    Ok(Run {
        result,
        replications: done,
        stopped,
        warnings,
        draws: None,
    })
}

/// The threads of a run.
pub(super) fn pool(settings: &Settings) -> Result<rayon::ThreadPool, RunError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(settings.threads)
        .build()
        .map_err(|error| RunError::Threads {
            threads: settings.threads,
            reason: error.to_string(),
        })
}

/// Whether the half-width of the 95 % interval is small enough (sequential stopping, in `docs/method.md`).
fn is_known(stop: &Stop, moments: &Moments) -> bool {
    match (moments.mean(), moments.std_error()) {
        (Some(mean), Some(error)) => {
            is_precise(mean, error, stop.relative_error, two_sided_z(0.95))
        }
        _ => false,
    }
}

/// What all workers of a run share.
pub(super) struct RunPlan<'w> {
    world: &'w World<'w>,
    undisturbed: &'w Undisturbed,
    /// What is needed where replications need not be followed epoch by epoch.
    memoryless: Option<Memoryless<'w>>,
    pub(super) columns: Columns,
    setup: PathSetup,
    pub(super) months: Vec<String>,
    detail: bool,
    pub(super) followed: usize,
    row_columns: [Option<usize>; ROW_COLUMNS.len()],
    rows: bool,
    shortfalls: bool,
}

impl<'w> RunPlan<'w> {
    /// - `most`: the largest planned rate of all that is told together, b/d, if it is not this one's.
    pub(super) fn new(
        world: &'w World<'w>,
        undisturbed: &'w Undisturbed,
        settings: &Settings,
        most: Option<i64>,
    ) -> Result<Self, RunError> {
        let model = world.model;
        let collect = settings.collect;
        let detail = collect == Collect::All;
        let (months, names) = if detail {
            months(model)
        } else {
            (Vec::new(), Vec::new())
        };
        let bins = if collect == Collect::System {
            0
        } else {
            bins(model.horizon)
        };
        let own = undisturbed.planned.iter().copied().max().unwrap_or(0);
        let largest = most.unwrap_or(own);
        let fan = (bins > 0).then_some((bins, largest + largest / 4));
        let columns = Columns::of(
            world,
            &model.hazards,
            undisturbed,
            collect,
            fan,
            names.len(),
        );
        let ppb = |share: Fraction| round_half_even(share.get() * 1e9);
        // Totals of the system need none of its parts.
        let if_asked = |parts: usize| if collect == Collect::System { 0 } else { parts };
        let rules = &model.simulation;
        let setup = PathSetup {
            horizon: model.horizon,
            flows: if_asked(world.network.problem.arcs.len()),
            arcs: if detail { world.network.arcs.len() } else { 0 },
            markets: if_asked(model.markets.len()),
            fields: if_asked(model.fields.len()),
            transits: if_asked(model.transits.len()),
            bins,
            months,
            shortfall: ShortfallRule {
                tolerance: ppb(rules.shortfall.tolerance),
                gap: rules.shortfall.gap,
            },
            recovery: RecoveryRule {
                band: ppb(rules.recovery.band),
                hold: rules.recovery.hold,
            },
            keep_shortfalls: settings.shortfalls,
        };
        let column = |name: &str| {
            columns
                .plan
                .columns
                .iter()
                .position(|column| column.group == Group::System && column.name == name)
        };
        let wanted = settings
            .stop
            .as_ref()
            .map_or("undelivered", |stop| stop.metric.as_str());
        let followed = column(wanted).ok_or_else(|| RunError::UnknownMetric {
            name: wanted.to_owned(),
            known: columns
                .plan
                .columns
                .iter()
                .filter(|column| column.group == Group::System)
                .map(|column| column.name)
                .collect::<Vec<_>>()
                .join(", "),
        })?;
        let row_columns = ROW_COLUMNS.map(|(name, _)| column(name));
        Ok(Self {
            world,
            undisturbed,
            memoryless: None,
            setup,
            months: names,
            detail,
            followed,
            row_columns,
            rows: settings.rows,
            shortfalls: settings.shortfalls,
            columns,
        })
    }

    fn followed_moments(&self, workers: &Mutex<Vec<Worker<'_>>>) -> Moments {
        let mut sum = Moments::default();
        if let Ok(workers) = workers.lock() {
            for worker in workers.iter() {
                sum.merge(worker.gathered.moments(self.followed));
            }
        }
        sum
    }

    pub(super) fn followed_scale(&self) -> f64 {
        self.columns.plan.columns[self.followed].scale
    }

    pub(super) fn followed_name(&self) -> &'static str {
        self.columns.plan.columns[self.followed].name
    }
}

/// What a chunk hands back besides what its worker keeps.
pub(super) struct Chunk {
    pub(super) exact: [Vec<i64>; EXACT.len()],
    pub(super) rows: Vec<Row>,
    pub(super) shortfalls: Vec<ShortfallRow>,
}

/// What one thread needs; used again for chunk after chunk.
pub(super) struct Worker<'w> {
    state: State<'w>,
    replay: Option<Replay>,
    timeline: Timeline,
    pub(super) gathered: Gathered,
    /// The sums of a draw of uncertain figures, if there are draws.
    pub(super) draw: Option<DrawSums>,
    path: Path<'w>,
    values: Vec<i64>,
    month_values: Vec<i64>,
}

impl<'w> Worker<'w> {
    fn new(plan: &RunPlan<'w>) -> Self {
        Self::adding_to(plan, Gathered::new(&plan.columns.plan), None)
    }

    /// A worker that adds to what there is already.
    pub(super) fn adding_to(
        plan: &RunPlan<'w>,
        gathered: Gathered,
        draw: Option<DrawSums>,
    ) -> Self {
        Self {
            state: State::new(plan.world, plan.detail),
            replay: plan.memoryless.as_ref().map(Replay::new),
            timeline: Timeline::default(),
            gathered,
            draw,
            path: Path::new(plan),
            values: Vec::new(),
            month_values: Vec::new(),
        }
    }

    pub(super) fn play(
        &mut self,
        plan: &RunPlan<'w>,
        range: Range<u64>,
    ) -> Result<Chunk, RunError> {
        let size = (range.end - range.start) as usize;
        let mut chunk = Chunk {
            exact: std::array::from_fn(|_| Vec::with_capacity(size)),
            rows: Vec::new(),
            shortfalls: Vec::new(),
        };
        if let (Some(fixed), Some(mut replay)) = (&plan.memoryless, self.replay.take()) {
            for replication in range.clone() {
                plan.world.timelines.sample(replication, &mut self.timeline);
                replay.follow(fixed, &self.timeline);
            }
            replay.evaluate(fixed);
            for (index, replication) in range.enumerate() {
                replay.tell(fixed, index, &mut self.path.totals);
                self.gather(plan, replication, &mut chunk);
            }
            replay.forget();
            self.replay = Some(replay);
            return Ok(chunk);
        }
        for replication in range {
            plan.world.timelines.sample(replication, &mut self.timeline);
            self.path.reset();
            play(
                plan.world,
                &mut self.state,
                replication,
                &self.timeline,
                &mut self.path,
            )?;
            self.path.finish(plan.world.model.horizon);
            self.gather(plan, replication, &mut chunk);
        }
        Ok(chunk)
    }

    /// Adds what a replication gave.
    fn gather(&mut self, plan: &RunPlan<'w>, replication: u64, chunk: &mut Chunk) {
        let totals = &self.path.totals;
        let censored = plan.columns.fill(
            &self.state,
            totals,
            self.path.attribution.as_ref(),
            &self.timeline,
            &mut self.values,
        );
        self.gathered.add(&self.values, censored);
        if let Some(draw) = &mut self.draw {
            draw.add(&self.values);
        }
        let bins = totals.bins.len() as i64;
        if bins > 0 {
            let horizon = plan.world.model.horizon.0;
            let edge = |bin: i64| bin * horizon / bins;
            let rate = |(bin, volume): (usize, &i64)| {
                let bin = bin as i64;
                volume / (edge(bin + 1) - edge(bin)).max(1)
            };
            let rates = || totals.bins.iter().enumerate().map(rate);
            self.gathered.add_fan(rates());
            if let Some(draw) = &mut self.draw {
                draw.add_fan(rates());
            }
        }
        if plan.detail {
            quota_results::fill_months(&self.state, &mut self.month_values);
            self.gathered.add_quota_months(&self.month_values);
            plan.columns
                .fill_months(plan.world, totals, &mut self.month_values);
            self.gathered.add_months(&self.month_values);
            if let Some(draw) = &mut self.draw {
                draw.add_months(&self.month_values);
            }
        }
        for (sample, &column) in chunk.exact.iter_mut().zip(&plan.columns.plan.exact) {
            sample.push(self.values[column]);
        }
        if plan.rows {
            let value = |column: &Option<usize>| column.map_or(UNDEFINED, |at| self.values[at]);
            chunk.rows.push(Row {
                draw: 0,
                replication,
                values: std::array::from_fn(|at| value(&plan.row_columns[at])),
            });
        }
        if plan.shortfalls {
            chunk
                .shortfalls
                .extend(totals.shortfalls.kept().iter().map(|event| ShortfallRow {
                    draw: 0,
                    replication,
                    start_seconds: event.start.0,
                    seconds: (event.end - event.start).0,
                    volume_bbl: crate::units::Volume(event.volume).to_barrels().0,
                    deepest_share_e9: event.deepest,
                }));
        }
    }
}

/// Follows one replication.
pub(super) struct Path<'w> {
    pub(super) totals: PathTotals,
    pub(super) attribution: Option<Attribution>,
    undisturbed: &'w Undisturbed,
}

impl<'w> Path<'w> {
    pub(super) fn new(plan: &RunPlan<'w>) -> Self {
        let model = plan.world.model;
        let hazards = model.hazards.len();
        Self {
            totals: PathTotals::new(plan.setup.clone()),
            attribution: plan.detail.then(|| Attribution::new(plan.world, hazards)),
            undisturbed: plan.undisturbed,
        }
    }

    fn reset(&mut self) {
        self.totals.reset();
        if let Some(attribution) = &mut self.attribution {
            attribution.reset();
        }
    }

    pub(super) fn finish(&mut self, horizon: Seconds) {
        self.totals.shortfalls.close();
        if let Some(attribution) = &mut self.attribution {
            attribution.finish(horizon);
        }
    }
}

impl Follower for Path<'_> {
    fn disruption(&mut self, timeline: &Timeline, index: usize, begins: bool, at: Seconds) {
        if let Some(attribution) = &mut self.attribution {
            attribution.disruption(timeline, index, begins, at);
        }
    }

    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        match &mut self.attribution {
            Some(attribution) => {
                attribution.note_closures(state, from);
                attribution.epoch(from, to, state, self.undisturbed);
            }
            None => state.changed.clear(),
        }
        let rates = &state.rates;
        debug_assert_eq!(
            rates.produced,
            rates.departed + state.tanks.iter().map(|tank| tank.net).sum::<i64>(),
            "no barrel is made or lost"
        );
        self.totals.see(&EpochView {
            from,
            to,
            books: rates.books,
            produced: rates.produced,
            delivered: rates.delivered,
            exported: rates.exported,
            available_delivery: rates.available_delivery,
            flows: state.allocator.flows(),
            sold: &rates.sold,
            owed: &rates.owed,
            fields: state.field_books(),
            transits: &state.transit_flow,
            binding: &state.binding,
        });
    }
}

/// Bins of the fan: days, if there are not too many.
fn bins(horizon: Seconds) -> usize {
    ((horizon.0 + SECONDS_PER_DAY - 1) / SECONDS_PER_DAY).clamp(1, MOST_BINS) as usize
}

/// Starts of the second and later months within the horizon, and the names of all.
fn months(model: &Model) -> (Vec<Seconds>, Vec<String>) {
    let mut starts = Vec::new();
    let mut names = vec![model.start.strftime("%Y-%m").to_string()];
    let mut date = model.start;
    let mut time = Seconds::ZERO;
    while let Ok(next) = date.first_of_month().checked_add(1.month()) {
        time += Seconds(i64::from((next - date).get_days()) * SECONDS_PER_DAY);
        if time >= model.horizon {
            break;
        }
        starts.push(time);
        names.push(next.strftime("%Y-%m").to_string());
        date = next;
    }
    if starts.is_empty() {
        // A horizon within one month has that month only; the mark at its end closes it.
        starts.push(model.horizon + Seconds(1));
        return (starts, names);
    }
    (starts, names)
}
