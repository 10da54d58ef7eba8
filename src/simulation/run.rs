//! A run: chunks of replications on many threads, gathered into one result.

use std::ops::Range;
use std::sync::Arc;

use jiff::ToSpan;

use crate::accumulate::{
    DrawSums, EXACT, EpochView, Gathered, Group, PathSetup, PathTotals, RecoveryRule,
    ShortfallRule, TankLevels, UNDEFINED,
};
use crate::metrics::Moments;
use crate::model::{Collect, Model};
use crate::sampling::Timeline;
use crate::units::{Fraction, SECONDS_PER_DAY, Seconds, Volume, round_half_even};

use super::attribution::Attribution;
use super::by_month;
use super::columns::Columns;
use super::controlled::{ControlKeeper, ControlPlan};
use super::memoryless::{Memoryless, Replay};
use super::quota_results;
use super::replication::{Follower, play};
use super::settings::{Observer, ROW_COLUMNS, Row, Run, RunError, Settings, ShortfallRow};
use super::state::State;
use super::together::{Goal, run_together};
use super::undisturbed::Undisturbed;
use super::world::World;

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
///
/// # Panics
/// Never: one model has one run.
pub fn run(
    model: &Model,
    settings: &Settings,
    observer: &mut dyn Observer,
) -> Result<Run, RunError> {
    let together = run_together(&[model], settings, &mut [observer])?;
    let run = together.runs.into_iter().next();
    Ok(run.expect("one model has one run"))
}

/// The threads of a run.
pub(super) fn pool(settings: &Settings) -> Result<rayon::ThreadPool, RunError> {
    pool_of(settings.threads)
}

/// So many threads; 0 for all there are.
pub(super) fn pool_of(threads: usize) -> Result<rayon::ThreadPool, RunError> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build()
        .map_err(|error| RunError::Threads {
            threads,
            reason: error.to_string(),
        })
}

/// What all workers of a run share.
pub(super) struct RunPlan<'w> {
    pub(super) world: &'w World<'w>,
    pub(super) undisturbed: &'w Undisturbed,
    /// What is needed where replications need not be followed epoch by epoch.
    pub(super) memoryless: Option<Memoryless<'w>>,
    pub(super) columns: Columns,
    setup: PathSetup,
    pub(super) months: Vec<String>,
    /// Controls, if means are told with them.
    pub(super) controls: Option<Arc<ControlPlan>>,
    detail: bool,
    /// What has to be known well enough, if the run may stop early.
    pub(super) goal: Option<Goal>,
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
            lots: if_asked(world.lots.len()),
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
        let goal = settings.stop.as_ref();
        let goal = goal.map(|stop| Goal::of(stop, &columns.plan)).transpose()?;
        // Every run gathers what is not delivered.
        let followed = (goal.as_ref()).map_or(columns.plan.exact[0], |goal| goal.column);
        let row_columns = ROW_COLUMNS.map(|(name, _)| column(name));
        Ok(Self {
            world,
            undisturbed,
            memoryless: None,
            controls: None,
            goal,
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
    /// Of the metric that is followed.
    pub(super) followed: Moments,
}

impl Chunk {
    /// With nothing in it yet.
    pub(super) fn of(range: &Range<u64>) -> Self {
        let size = (range.end - range.start) as usize;
        Self {
            exact: std::array::from_fn(|_| Vec::with_capacity(size)),
            rows: Vec::new(),
            shortfalls: Vec::new(),
            followed: Moments::default(),
        }
    }
}

/// What one thread needs; used again for chunk after chunk.
pub(super) struct Worker<'w> {
    pub(super) state: State<'w>,
    replay: Option<Replay>,
    timeline: Timeline,
    pub(super) gathered: Gathered,
    /// The sums of a draw of uncertain figures, if there are draws.
    pub(super) draw: Option<DrawSums>,
    path: Path<'w>,
    told: Told,
    pub(super) controls: Option<ControlKeeper>,
}

/// What is kept of a replication.
#[derive(Clone, Debug, Default)]
pub(super) struct Told {
    /// By column.
    values: Vec<i64>,
    is_censored: bool,
    /// Mean rate of each bin of the fan, b/d.
    rates: Vec<i64>,
    /// By month, if everything is gathered: of quotas, and of the rest.
    quota_months: Vec<i64>,
    months: Vec<i64>,
    /// What tanks hold at each instant, whole barrels, if everything is gathered.
    tanks: Vec<i64>,
    /// Its single shortfalls, if they are asked for.
    shortfalls: Vec<ShortfallRow>,
}

impl<'w> Worker<'w> {
    pub(super) fn new(plan: &RunPlan<'w>) -> Self {
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
            told: Told::default(),
            controls: plan.controls.as_deref().map(ControlKeeper::new),
        }
    }

    /// Plays the replications of a range, each drawn when its turn comes.
    pub(super) fn play(
        &mut self,
        plan: &RunPlan<'w>,
        range: Range<u64>,
    ) -> Result<Chunk, RunError> {
        self.play_given(plan, range, None)
    }

    /// The same with timelines that are drawn already, one for each replication of the range.
    pub(super) fn play_given(
        &mut self,
        plan: &RunPlan<'w>,
        range: Range<u64>,
        given: Option<&[Timeline]>,
    ) -> Result<Chunk, RunError> {
        let mut chunk = Chunk::of(&range);
        let mut own = std::mem::take(&mut self.timeline);
        let memoryless = plan.memoryless.as_ref();
        let mut replay = self.replay.take();
        for (index, replication) in range.clone().enumerate() {
            let timeline = if let Some(given) = given {
                &given[index]
            } else {
                plan.world.timelines.sample(replication, &mut own);
                &own
            };
            self.note_controls(plan, replication, timeline);
            match (memoryless, &mut replay) {
                (Some(fixed), Some(replay)) => replay.follow(fixed, timeline),
                _ => self.play_one(plan, replication, timeline, &mut chunk)?,
            }
        }
        if let (Some(fixed), Some(replay)) = (memoryless, &mut replay) {
            replay.evaluate(fixed);
            for (index, replication) in range.clone().enumerate() {
                replay.tell(fixed, index, &mut self.path.totals);
                self.gather(plan, replication, &own, &mut chunk);
            }
            replay.forget();
        }
        self.replay = replay;
        self.timeline = own;
        self.close_controls(plan, &range, &chunk);
        Ok(chunk)
    }

    /// Reads the controls of a replication.
    pub(super) fn note_controls(
        &mut self,
        plan: &RunPlan<'w>,
        replication: u64,
        timeline: &Timeline,
    ) {
        if let (Some(controls), Some(keeper)) = (&plan.controls, &mut self.controls) {
            keeper.note(controls, plan.world, replication, timeline);
        }
    }

    /// Adds the controls of a chunk, now that what it gave is known.
    pub(super) fn close_controls(&mut self, plan: &RunPlan<'w>, range: &Range<u64>, chunk: &Chunk) {
        if let (Some(controls), Some(keeper)) = (&plan.controls, &mut self.controls) {
            keeper.close(controls, range, &chunk.exact);
        }
    }

    /// Plays one replication epoch by epoch.
    pub(super) fn play_one(
        &mut self,
        plan: &RunPlan<'w>,
        replication: u64,
        timeline: &Timeline,
        chunk: &mut Chunk,
    ) -> Result<(), RunError> {
        self.path.reset();
        let (state, path) = (&mut self.state, &mut self.path);
        play(plan.world, state, replication, timeline, path)?;
        self.path.finish(plan.world.model.horizon);
        self.gather(plan, replication, timeline, chunk);
        Ok(())
    }

    /// What was kept of the last replication.
    pub(super) fn told(&self) -> &Told {
        &self.told
    }

    /// Counts a replication that is known to give what another model's gave.
    pub(super) fn take_over(
        &mut self,
        plan: &RunPlan<'w>,
        replication: u64,
        told: &Told,
        chunk: &mut Chunk,
    ) {
        self.told.clone_from(told);
        self.add(plan, replication, chunk);
    }

    /// Adds what a replication gave.
    fn gather(
        &mut self,
        plan: &RunPlan<'w>,
        replication: u64,
        timeline: &Timeline,
        chunk: &mut Chunk,
    ) {
        let totals = &self.path.totals;
        self.told.is_censored = plan.columns.fill(
            &self.state,
            totals,
            self.path.attribution.as_ref(),
            timeline,
            &mut self.told.values,
        );
        self.told.rates.clear();
        let bins = totals.bins.iter().zip(totals.bin_seconds());
        let rates = bins.map(|(volume, seconds)| volume / seconds.max(1));
        self.told.rates.extend(rates);
        self.told.shortfalls.clear();
        if plan.shortfalls {
            let kept = totals.shortfalls.kept().iter();
            self.told.shortfalls.extend(kept.map(|event| ShortfallRow {
                draw: 0,
                replication,
                start_seconds: event.start.0,
                seconds: (event.end - event.start).0,
                volume_bbl: Volume(event.volume).to_barrels().0,
                deepest_share_e9: event.deepest,
            }));
        }
        if plan.detail {
            quota_results::fill_months(&self.state, &mut self.told.quota_months);
            plan.columns
                .fill_months(plan.world, totals, &mut self.told.months);
            let held = self.path.levels.held().iter();
            self.told.tanks.clear();
            self.told
                .tanks
                .extend(held.map(|&volume| Volume(volume).to_barrels().0));
        }
        self.add(plan, replication, chunk);
    }

    /// Adds what is told of a replication.
    fn add(&mut self, plan: &RunPlan<'w>, replication: u64, chunk: &mut Chunk) {
        let told = &self.told;
        self.gathered.add(&told.values, told.is_censored);
        if let Some(draw) = &mut self.draw {
            draw.add(&told.values);
        }
        if !told.rates.is_empty() {
            self.gathered.add_fan(told.rates.iter().copied());
            if let Some(draw) = &mut self.draw {
                draw.add_fan(told.rates.iter().copied());
            }
        }
        if plan.detail {
            self.gathered.add_quota_months(&told.quota_months);
            self.gathered.add_months(&told.months);
            self.gathered.add_tanks(&told.tanks);
            if let Some(draw) = &mut self.draw {
                draw.add_months(&told.months);
            }
        }
        let followed = told.values[plan.followed];
        if followed != UNDEFINED {
            chunk.followed.add(followed);
        }
        for (sample, &column) in chunk.exact.iter_mut().zip(&plan.columns.plan.exact) {
            sample.push(told.values[column]);
        }
        if plan.rows {
            let value = |column: &Option<usize>| column.map_or(UNDEFINED, |at| told.values[at]);
            chunk.rows.push(Row {
                draw: 0,
                replication,
                values: std::array::from_fn(|at| value(&plan.row_columns[at])),
            });
        }
        if plan.shortfalls {
            chunk.shortfalls.extend_from_slice(&told.shortfalls);
        }
    }
}

/// Follows one replication.
pub(super) struct Path<'w> {
    pub(super) totals: PathTotals,
    pub(super) attribution: Option<Attribution>,
    levels: TankLevels,
    undisturbed: &'w Undisturbed,
}

impl<'w> Path<'w> {
    pub(super) fn new(plan: &RunPlan<'w>) -> Self {
        let model = plan.world.model;
        let hazards = model.hazards.len();
        Self {
            totals: PathTotals::new(plan.setup.clone()),
            attribution: plan.detail.then(|| Attribution::new(plan.world, hazards)),
            levels: TankLevels::new(if plan.columns.plan.tanks.is_empty() {
                Vec::new()
            } else {
                by_month::instants(model)
            }),
            undisturbed: plan.undisturbed,
        }
    }

    fn reset(&mut self) {
        self.totals.reset();
        self.levels.reset();
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
        let tanks = state.tanks.iter();
        let held = tanks.map(|tank| (tank.volume, tank.net));
        self.levels.see(from, to, &held);
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
            turn: rates.turn,
            arrival: rates.arrival,
            booked: rates.booked,
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
