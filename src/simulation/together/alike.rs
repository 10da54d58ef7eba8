//! What models have in common.

use std::ops::Range;

use crate::sampling::{Timeline, draw_alike};

use super::super::state::State;
use super::super::world::World;

/// Which models draw the same timelines, and which have flows that are the same function of
/// capacities.
pub(in super::super) struct Alike {
    /// By model: the first that draws alike.
    pub(super) drawn_by: Vec<usize>,
    /// By model: the first over the same network.
    network_of: Vec<usize>,
}

impl Alike {
    pub(in super::super) fn of(worlds: &[&World<'_>]) -> Self {
        let first = |is_same: &dyn Fn(&World<'_>, &World<'_>) -> bool| -> Vec<usize> {
            (0..worlds.len())
                .map(|of| {
                    let same = |&other: &usize| is_same(worlds[other], worlds[of]);
                    (0..of).find(same).unwrap_or(of)
                })
                .collect()
        };
        Self {
            drawn_by: first(&|one, other| draw_alike(one.model, other.model)),
            network_of: first(&|one, other| one.network.problem.is_same(&other.network.problem)),
        }
    }

    pub(super) fn count_timelines(&self) -> usize {
        let first = |&(model, &by): &(usize, &usize)| model == by;
        self.drawn_by.iter().enumerate().filter(first).count()
    }

    /// Draws the timelines of replications, once for all that draw alike.
    ///
    /// - `timelines`: by model; those of the first that draws alike count.
    pub(in super::super) fn draw(
        &self,
        worlds: &[&World<'_>],
        range: &Range<u64>,
        timelines: &mut [Vec<Timeline>],
    ) {
        let length = (range.end - range.start) as usize;
        for (model, world) in worlds.iter().enumerate() {
            if self.drawn_by[model] == model {
                let own = &mut timelines[model];
                own.resize_with(length, Timeline::default);
                for (timeline, replication) in own.iter_mut().zip(range.clone()) {
                    world.timelines.sample(replication, timeline);
                }
            }
        }
    }

    /// The timelines of a model, of those that were drawn.
    pub(in super::super) fn drawn<'t>(
        &self,
        model: usize,
        timelines: &'t [Vec<Timeline>],
    ) -> &'t [Timeline] {
        &timelines[self.drawn_by[model]]
    }

    /// Whether two models have drawn the same in a replication, by its place in the range.
    pub(super) fn is_same(
        &self,
        one: usize,
        other: usize,
        index: usize,
        timelines: &[Vec<Timeline>],
    ) -> bool {
        let drawn = |model: usize| self.drawn(model, timelines)[index].disruptions();
        self.drawn_by[one] == self.drawn_by[other] || drawn(one) == drawn(other)
    }

    /// Gives a model the allocator, with its table of solved states, of those over the same network.
    ///
    /// - `holders`: by network, the model that has it; at the start, each its own.
    pub(in super::super) fn hand_on<'s, 'w: 's, S>(
        &self,
        model: usize,
        holders: &mut [usize],
        seats: &'s mut [S],
        state: impl Fn(&'s mut S) -> &'s mut State<'w>,
    ) {
        let holder = &mut holders[self.network_of[model]];
        if let Ok([one, other]) = seats.get_disjoint_mut([*holder, model]) {
            state(one).exchange_allocators(state(other));
        }
        *holder = model;
    }
}
