//! What capacity is worth over replications: the margins of every state, weighted by its time.

use std::collections::HashMap;
use std::ops::Range;

use crate::allocation::{Allocator, Derivative, Margin};
use crate::metrics::Moments;
use crate::model::{Element, Model};
use crate::sampling::Timeline;
use crate::units::{Seconds, Volume};

use super::margins::{Gain, Rated, Worth, gain, margin, rated, share_left};
use super::parallel::in_parallel;
use super::replication::{Follower, play, unsolved};
use super::settings::{Observer, RunError, Settings};
use super::state::State;
use super::together::Alike;
use super::world::World;

/// States that a thread remembers; then it begins anew.
const KNOWN: usize = 1 << 14;
/// A share of capacity is counted in millionths.
const SHARE: f64 = 1e6;

/// What the capacity of an element is worth.
#[derive(Clone, Debug)]
pub struct Priced {
    /// The element.
    pub element: Element,
    /// Share of time in the minimum cut nearest to the sources.
    pub in_cut: Estimated,
    /// Barrels more delivered per barrel of capacity added in every state.
    pub right: Estimated,
    /// Barrels more delivered per barrel of nameplate: each state by the share left.
    pub right_of_nameplate: Estimated,
    /// Barrels less delivered per barrel of capacity taken away in every state.
    pub left: Estimated,
    /// What one step more earns, USD a day.
    pub usd_more: Estimated,
    /// What one step less costs, USD a day.
    pub usd_less: Estimated,
}

/// A mean over replications and its standard error.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Estimated {
    /// Mean.
    pub mean: f64,
    /// Standard error; `None` with fewer than two replications.
    pub std_error: Option<f64>,
}

/// What capacity is worth in a scenario.
#[derive(Clone, Debug)]
pub struct ShadowPrices {
    /// Replications done.
    pub replications: u64,
    /// Every field, hub, market and link with a limit.
    pub elements: Vec<Priced>,
    /// Whether anything is priced, so that dollars mean something.
    pub is_priced: bool,
    /// Why flows do not tell what one more barrel a day of capacity would deliver: then barrels are those of a step more
    /// and a step less, and nothing is known of the minimum cut.
    pub why_no_derivative: Option<&'static str>,
}

/// Plays replications and looks at what more and less of each capacity would do, all else as it
/// is at each instant.
///
/// - `step`: the change of capacity for which earnings are compared, b/d.
///
/// # Errors
/// [`RunError`] if threads cannot be started or the scenario cannot be played.
pub fn shadow_prices(
    model: &Model,
    settings: &Settings,
    step: i64,
    observer: &mut dyn Observer,
) -> Result<ShadowPrices, RunError> {
    let world = World::new(model, &model.hazards, settings.seed, 0)?;
    let rated = rated(model, &world.network);
    let worth = Worth::of_model(model, &world.network);
    let is_priced = worth.is_priced();
    let worker = || Worker {
        state: State::new(&world, false),
        timeline: Timeline::default(),
        watch: Watch::new(&world, &rated, &worth, step),
        sums: vec![Default::default(); rated.len()],
    };
    let play_chunk = |worker: &mut Worker<'_>, range: Range<u64>| worker.play(&world, range);
    let (workers, done) = in_parallel(settings, worker, play_chunk, |()| {}, observer)?;

    let mut sums: Vec<[Moments; 6]> = vec![Default::default(); rated.len()];
    for worker in &workers {
        for (all, own) in sums.iter_mut().zip(&worker.sums) {
            for (all, own) in all.iter_mut().zip(own) {
                all.merge(own);
            }
        }
    }
    let seconds = model.horizon.0 as f64;
    let elements = rated.iter().zip(&sums).map(|(rated, sums)| {
        let estimated = |at: usize, scale: f64| Estimated {
            mean: sums[at].mean().unwrap_or(0.0) / scale,
            std_error: sums[at].std_error().map(|error| error / scale),
        };
        let days = model.horizon.days();
        Priced {
            element: rated.element,
            in_cut: estimated(0, seconds),
            right: estimated(1, seconds),
            right_of_nameplate: estimated(2, seconds * SHARE),
            left: estimated(3, seconds),
            usd_more: estimated(4, days),
            usd_less: estimated(5, days),
        }
    });
    Ok(ShadowPrices {
        replications: done,
        elements: elements.collect(),
        is_priced,
        why_no_derivative: world.why_no_derivative(),
    })
}

struct Worker<'w> {
    state: State<'w>,
    timeline: Timeline,
    watch: Watch<'w>,
    /// By element: the sums of [`Watch`], over replications.
    sums: Vec<[Moments; 6]>,
}

impl Worker<'_> {
    fn play(&mut self, world: &World<'_>, range: Range<u64>) -> Result<(), RunError> {
        for replication in range {
            world.timelines.sample(replication, &mut self.timeline);
            self.watch.seconds.fill([0; 4]);
            self.watch.earned.fill([0.0; 2]);
            let (state, watch) = (&mut self.state, &mut self.watch);
            play(world, state, replication, &self.timeline, watch)?;
            if watch.trial.has_failed() {
                return Err(unsolved(replication));
            }
            let found = watch.seconds.iter().zip(&watch.earned);
            for (sums, (seconds, earned)) in self.sums.iter_mut().zip(found) {
                for (sum, &value) in sums.iter_mut().zip(seconds) {
                    sum.add(value);
                }
                for (sum, value) in sums[4..].iter_mut().zip(earned) {
                    sum.add(value.round() as i64);
                }
            }
        }
        Ok(())
    }
}

/// What more and less of an element's capacity would do in a state.
type Seen = (u32, Margin, Option<Gain>);

/// Follows a replication and adds up margins over its time.
struct Watch<'w> {
    rated: &'w [Rated],
    worth: &'w Worth,
    step: i64,
    /// Whether derivatives are.
    is_known: bool,
    derivative: Derivative,
    trial: Allocator,
    /// Margins by capacities: the allocation is a function of these alone.
    known: HashMap<Box<[i64]>, Vec<Seen>>,
    /// Work space: the state that is looked up.
    key: Vec<i64>,
    /// By element: seconds in the cut, binding, binding by millionths left, and hurting; where derivatives are not known the
    /// last three by barrels per barrel of a step.
    seconds: Vec<[i64; 4]>,
    /// By element: USD for a step more, and for one less.
    earned: Vec<[f64; 2]>,
}

impl<'w> Watch<'w> {
    fn new(world: &'w World<'_>, rated: &'w [Rated], worth: &'w Worth, step: i64) -> Self {
        Self {
            rated,
            worth,
            step,
            is_known: world.has_derivative(),
            derivative: Derivative::new(&world.network),
            trial: Allocator::new(&world.network.problem),
            known: HashMap::new(),
            key: Vec::new(),
            seconds: vec![[0; 4]; rated.len()],
            earned: vec![[0.0; 2]; rated.len()],
        }
    }

    fn look(&mut self, state: &State<'_>) -> Vec<Seen> {
        if self.is_known {
            let flows = state.allocator.flows();
            let all = state.allocator.capacities();
            self.derivative.explore(all, flows);
        }
        let mut found = Vec::new();
        for (index, rated) in self.rated.iter().enumerate() {
            let margin = if self.is_known {
                margin(&mut self.derivative, state, rated)
            } else {
                Margin::default()
            };
            let gain = gain(&mut self.trial, state, rated, self.worth, self.step);
            if margin != Margin::default() || gain.is_some() {
                found.push((index as u32, margin, gain));
            }
        }
        found
    }
}

impl Follower for Watch<'_> {
    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        state.changed.clear();
        let time = (to - from).0;
        // All that flows depend on, so that it does not matter which replication came first.
        let claims = &state.allocator.numbers()[state.allocator.flows().len()..];
        self.key.clear();
        self.key.push(i64::from(state.is_steered));
        self.key
            .extend(claims.iter().map(|&claim| i64::from(claim)));
        self.key.extend_from_slice(&state.arc_capacity);
        if !self.known.contains_key(self.key.as_slice()) {
            if self.known.len() >= KNOWN {
                self.known.clear();
            }
            let found = self.look(state);
            self.known
                .insert(self.key.clone().into_boxed_slice(), found);
        }
        let Some(seen) = self.known.get(self.key.as_slice()) else {
            return;
        };
        for &(index, margin, gain) in seen {
            let index = index as usize;
            let seconds = &mut self.seconds[index];
            seconds[0] += i64::from(margin.in_cut) * time;
            seconds[3] += i64::from(margin.left) * time;
            if margin.right {
                let left = share_left(state, &self.rated[index]);
                seconds[1] += time;
                seconds[2] += (left * SHARE).round() as i64 * time;
            }
            if let Some(gain) = gain {
                if !self.is_known {
                    let part = |share: f64| (share * time as f64).round() as i64;
                    let left = share_left(state, &self.rated[index]);
                    seconds[1] += part(gain.delivered_more);
                    seconds[2] += part(gain.delivered_more * left * SHARE);
                    seconds[3] += part(gain.delivered_less);
                }
                let days = Seconds(time).days();
                self.earned[index][0] += gain.more * days;
                self.earned[index][1] += gain.less * days;
            }
        }
    }
}

/// What a scenario delivers and earns, replication by replication.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Takings {
    /// Delivered, bbl.
    pub delivered: Vec<i64>,
    /// Price less what moving costs, USD.
    pub earned: Vec<i64>,
}

/// Plays the same futures for several models and adds up what each delivers and earns; what they
/// have in common is done once ([`run_together`](super::run_together)).
///
/// # Errors
/// [`RunError`] if threads cannot be started or a scenario cannot be played.
pub fn takings(
    models: &[&Model],
    settings: &Settings,
    observer: &mut dyn Observer,
) -> Result<Vec<Takings>, RunError> {
    let mut made = Vec::with_capacity(models.len());
    for model in models {
        made.push(World::new(model, &model.hazards, settings.seed, 0)?);
    }
    let worlds: Vec<&World<'_>> = made.iter().collect();
    let alike = Alike::of(&worlds);
    let worths: Vec<Worth> = (worlds.iter())
        .map(|world| Worth::of_model(world.model, &world.network))
        .collect();
    let worker = || Tills {
        states: worlds
            .iter()
            .map(|world| State::new(world, false))
            .collect(),
        timelines: vec![Vec::new(); worlds.len()],
        holders: (0..worlds.len()).collect(),
    };
    let mut found = vec![Takings::default(); models.len()];
    let play_chunk = |tills: &mut Tills<'_>, range: Range<u64>| {
        alike.draw(&worlds, &range, &mut tills.timelines);
        let mut chunk = Vec::new();
        for (model, &world) in worlds.iter().enumerate() {
            let (holders, states) = (&mut tills.holders, &mut tills.states);
            alike.hand_on(model, holders, states, |state| state);
            let state = &mut tills.states[model];
            let mut takings = Takings::default();
            let drawn = alike.drawn(model, &tills.timelines);
            for (timeline, replication) in drawn.iter().zip(range.clone()) {
                let mut till = Till {
                    worth: &worths[model],
                    delivered: 0,
                    earned: 0.0,
                };
                play(world, state, replication, timeline, &mut till)?;
                let delivered = Volume(till.delivered).to_barrels().0;
                takings.delivered.push(delivered);
                takings.earned.push(till.earned.round() as i64);
            }
            chunk.push(takings);
        }
        Ok(chunk)
    };
    let take = |chunk: Vec<Takings>| {
        for (all, more) in found.iter_mut().zip(chunk) {
            all.delivered.extend(more.delivered);
            all.earned.extend(more.earned);
        }
    };
    in_parallel(settings, worker, play_chunk, take, observer)?;
    Ok(found)
}

/// What one thread needs for the takings of several models.
struct Tills<'w> {
    states: Vec<State<'w>>,
    timelines: Vec<Vec<Timeline>>,
    holders: Vec<usize>,
}

/// Adds up what is delivered and earned.
struct Till<'w> {
    worth: &'w Worth,
    delivered: i64,
    earned: f64,
}

impl Follower for Till<'_> {
    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        state.changed.clear();
        let time = to - from;
        self.delivered += state.rates.delivered * time.0;
        self.earned += self.worth.of(state.allocator.flows()) * time.days();
    }
}
