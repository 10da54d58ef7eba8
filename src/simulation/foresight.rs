//! What could be gained if all disruptions of a path were known in advance.
//!
//! Each path is played by the rules, and what elements could carry meanwhile is written down. The
//! best that anybody could have done with that, with the same stock at the start and at least as
//! much at the end, bounds every rule of dispatch.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use crate::allocation::{KnownPath, ProgramLimits, Stretch};
use crate::metrics::Moments;
use crate::model::Model;
use crate::network::{ArcRole, UNLIMITED, delivery_class};
use crate::results::{Bound, BoundFigure};
use crate::sampling::Timeline;
use crate::units::{SECONDS_PER_DAY, Seconds, Volume, round_half_even};

use super::replication::{Follower, play};
use super::settings::{Observer, Progress, RunError};
use super::state::State;
use super::world::World;

/// Limits of the program for money; the one for volume is a maximum flow and needs none.
const LIMITS: ProgramLimits = ProgramLimits {
    variables: 30_000,
    time: Duration::from_secs(10),
};

/// Bounds what the rules deliver, and what that earns, on these replications.
///
/// # Errors
/// [`RunError`] if the network is too large or tanks do not come to rest.
pub fn foresight(
    model: &Model,
    seed: u64,
    replications: Range<u64>,
    observer: &mut dyn Observer,
) -> Result<Bound, RunError> {
    let world = World::new(model, &model.hazards, seed, 0)?;
    let mut state = State::new(&world, false);
    let mut timeline = Timeline::default();
    let mut known = Known::new(&world);
    let has_prices = model.is_priced();
    let mut delivered = Pairs::default();
    let mut money = Pairs::default();
    let mut undelivered = Moments::default();
    let total = replications.end.saturating_sub(replications.start);
    for replication in replications {
        if observer.is_cancelled() {
            break;
        }
        world.timelines.sample(replication, &mut timeline);
        known.reset();
        play(&world, &mut state, replication, &timeline, &mut known)?;
        known.path.initial.clone_from(&state.initial_volumes);
        known.path.final_stock = state.tanks.iter().map(|tank| tank.volume).sum();
        let barrels = |volume: i64| Volume(volume).to_barrels().0;
        known.path.promised = known.promises();
        // What is delivered is what arrives. As much is under way at the end as under the rules.
        let [_, gained] = state.under_way();
        let most = known.path.most_delivered(&world.network.problem) - gained;
        delivered.add(barrels(known.delivered), barrels(most));
        undelivered.add(barrels((known.planned - known.delivered).max(0)));
        if has_prices {
            let problem = &world.network.problem;
            match known.path.most_earned(problem, &known.worth, LIMITS) {
                Ok(most) => {
                    money.add(round_half_even(known.earned()), round_half_even(most));
                }
                Err(_) => money.skipped += 1,
            }
        }
        observer.progress(&Progress {
            done: delivered.rule.count(),
            total,
            mean: delivered.gap.mean().unwrap_or(0.0),
            std_error: delivered.gap.std_error().unwrap_or(0.0),
            metric: "gap to perfect foresight".to_owned(),
        });
    }
    let left = undelivered.sum() as f64;
    Ok(Bound {
        share_of_undelivered: (left > 0.0).then(|| delivered.gap.sum() as f64 / left),
        delivered: delivered.figure(),
        money: has_prices.then(|| money.figure()),
    })
}

/// Figures under the rules and their bounds, path by path.
#[derive(Default)]
struct Pairs {
    rule: Moments,
    bound: Moments,
    gap: Moments,
    skipped: u64,
}

impl Pairs {
    fn add(&mut self, rule: i64, bound: i64) {
        self.rule.add(rule);
        self.bound.add(bound);
        self.gap.add(bound - rule);
    }

    fn figure(&self) -> BoundFigure {
        BoundFigure {
            paths: self.rule.count(),
            skipped: self.skipped,
            rule: self.rule.mean(),
            bound: self.bound.mean(),
            gap: self.gap.mean(),
            std_error: self.gap.std_error(),
        }
    }
}

/// Writes down what elements can carry while the rules play.
struct Known {
    path: KnownPath,
    /// What a barrel on each arc earns, USD.
    worth: Vec<f64>,
    /// Under the rules, in 86 400ths of a barrel, by arc for the money.
    delivered: i64,
    planned: i64,
    flow: Vec<i64>,
    /// Class in which each arc delivers.
    class: Vec<Option<u8>>,
}

impl Known {
    fn new(world: &World<'_>) -> Self {
        let model = world.model;
        let worth = |&arc: &usize| world.network.worth(model, arc).0;
        let arcs = &world.network.problem.arcs;
        let sums = arcs.iter().map(|arc| arc.members.iter().map(worth).sum());
        Self {
            path: KnownPath {
                tanks: world.tank_arcs.clone(),
                ..KnownPath::default()
            },
            worth: sums.map(|milli: i64| milli as f64 / 1_000.0).collect(),
            delivered: 0,
            planned: 0,
            flow: vec![0; arcs.len()],
            class: arcs
                .iter()
                .map(|arc| {
                    let mut members = arc.members.iter();
                    members
                        .find_map(|&member| delivery_class(model, world.network.arcs[member].role))
                })
                .collect(),
        }
    }

    fn reset(&mut self) {
        self.path.stretches.clear();
        (self.delivered, self.planned) = (0, 0);
        self.flow.fill(0);
    }

    /// What the rules deliver in each class: arcs, and volume over them.
    fn promises(&self) -> Vec<(Vec<usize>, i64)> {
        let mut classes: BTreeMap<u8, (Vec<usize>, i64)> = BTreeMap::new();
        for (arc, class) in self.class.iter().enumerate() {
            if let Some(class) = class {
                let (arcs, volume) = classes.entry(*class).or_default();
                arcs.push(arc);
                *volume += self.flow[arc];
            }
        }
        classes.into_values().collect()
    }

    /// What the rules earn, USD.
    fn earned(&self) -> f64 {
        let each = self.worth.iter().zip(&self.flow);
        let sum: f64 = each.map(|(worth, &flow)| worth * flow as f64).sum();
        sum / SECONDS_PER_DAY as f64
    }
}

impl Follower for Known {
    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        let seconds = (to - from).0;
        self.delivered += state.rates.delivered * seconds;
        self.planned += state.rates.books.planned * seconds;
        for (sum, flow) in self.flow.iter_mut().zip(state.allocator.flows()) {
            *sum += flow * seconds;
        }
        let arcs = state.world.network.problem.arcs.iter();
        let capacity = arcs
            .map(|arc| {
                let members = arc.members.iter();
                let least = members.map(|&member| could_carry(state, member)).min();
                least.unwrap_or(0)
            })
            .collect();
        let next = Stretch {
            seconds,
            capacity,
            room: state.tanks.iter().map(|tank| tank.top).collect(),
        };
        match self.path.stretches.last_mut() {
            Some(last) if last.capacity == next.capacity && last.room == next.room => {
                last.seconds += seconds;
            }
            _ => self.path.stretches.push(next),
        }
    }
}

/// What an arc could carry whatever was done before, b/d: only outages and other people's oil limit
/// it. Ramps, damage and quotas follow from what is done, and nominations split what there is
/// without adding to it.
pub(super) fn could_carry(state: &State<'_>, arc: usize) -> i64 {
    let world = state.world;
    let (model, elements) = (world.model, world.elements);
    let tank = |tank: usize| model.hubs[world.network.tanks[tank].hub].tank.as_ref();
    let most = match world.network.arcs[arc].role {
        ArcRole::Source(field) => state.available[elements.field(field)],
        // A part of the rest, and nothing at all.
        ArcRole::Link {
            nominated: true, ..
        }
        | ArcRole::Part { .. } => 0,
        ArcRole::Link { link, .. } => state.left_for_us(elements.link(link)),
        ArcRole::Sell { .. } | ArcRole::Through(_) => state.arc_capacity[arc],
        ArcRole::Grade(_) => UNLIMITED,
        ArcRole::Fill(index) => {
            let rate = tank(index).and_then(|tank| tank.fill);
            rate.map_or(UNLIMITED, |rate| rate.0)
        }
        ArcRole::Draw(index) => {
            let rate = tank(index).and_then(|tank| tank.draw);
            rate.map_or(UNLIMITED, |rate| rate.0)
        }
    };
    debug_assert!(most >= 0, "no arc carries less than nothing");
    most.min(UNLIMITED)
}
