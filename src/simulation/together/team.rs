//! One thread's workers, a model each, over a chunk of replications.

use std::ops::Range;

use crate::accumulate::Gathered;
use crate::model::Collect;
use crate::sampling::Timeline;

use super::super::controlled::ControlKeeper;
use super::super::run::{Chunk, RunPlan, Told, Worker};
use super::super::settings::RunError;
use super::super::world::World;
use super::alike::Alike;
use super::watch::{Watch, more_of};

/// What all teams of a run share.
pub(super) struct Joint<'w> {
    pub(super) plans: Vec<RunPlan<'w>>,
    pub(super) alike: Alike,
    /// Models in an order in which those with less come before those with more.
    order: Vec<usize>,
    /// By model: elements of which a later one may have more.
    watched: Vec<Vec<usize>>,
    /// By model: those before it that are the same but for what is drawn and have less of some
    /// elements, and where these stand among what is watched there.
    ahead: Vec<Vec<(usize, Vec<usize>)>>,
}

impl<'w> Joint<'w> {
    pub(super) fn of(plans: Vec<RunPlan<'w>>) -> Self {
        let count = plans.len();
        let less: Vec<Vec<Option<Vec<usize>>>> = (0..count)
            .map(|more| {
                let than = |less: usize| (less != more).then(|| elements(&plans, less, more));
                (0..count).map(|less| than(less).flatten()).collect()
            })
            .collect();
        // What has less is itself more than fewer, so that this is an order.
        let below = |&model: &usize| less[model].iter().flatten().count();
        let mut order: Vec<usize> = (0..count).collect();
        order.sort_by_key(below);
        let mut watched = vec![Vec::new(); count];
        let mut ahead = vec![Vec::new(); count];
        for (at, &model) in order.iter().enumerate() {
            for &before in &order[..at] {
                let Some(elements) = &less[model][before] else {
                    continue;
                };
                let places = elements.iter().map(|element| {
                    let known = &mut watched[before];
                    let place = known.iter().position(|other| other == element);
                    place.unwrap_or_else(|| {
                        known.push(*element);
                        known.len() - 1
                    })
                });
                let places: Vec<usize> = places.collect();
                ahead[model].push((before, places));
            }
        }
        Self {
            alike: Alike::of(&worlds(&plans)),
            plans,
            order,
            watched,
            ahead,
        }
    }

    /// Whether a model's replications may stand for others'.
    fn is_ahead(&self, model: usize) -> bool {
        let before = self.ahead.iter().flatten();
        before.into_iter().any(|&(before, _)| before == model)
    }
}

/// The worlds of the models.
fn worlds<'w>(plans: &[RunPlan<'w>]) -> Vec<&'w World<'w>> {
    plans.iter().map(|plan| plan.world).collect()
}

/// The elements of which `more` has more than `less`, if they are else the same as far as can be
/// taken over.
fn elements(plans: &[RunPlan<'_>], less: usize, more: usize) -> Option<Vec<usize>> {
    let (less, more) = (&plans[less], &plans[more]);
    if less.memoryless.is_some() || more.memoryless.is_some() {
        return None;
    }
    let elements = more_of(less.world, more.world)?;
    if !elements.is_empty() && less.columns.collect == Collect::All {
        return None;
    }
    (less.undisturbed == more.undisturbed).then_some(elements)
}

/// What one thread needs.
pub(super) struct Team<'w> {
    pub(super) workers: Vec<Worker<'w>>,
    /// By model: the timelines of a chunk, if it is the first to draw them.
    timelines: Vec<Vec<Timeline>>,
    /// By network: the model that has the allocator with the table that all fill.
    holders: Vec<usize>,
    /// By model: replications that were not played.
    pub(super) taken_over: Vec<u64>,
}

/// What is left of a team when all is played.
pub(super) struct TeamSums {
    /// By model: what was gathered, of it and of its controls.
    pub(super) models: Vec<(Gathered, Option<ControlKeeper>)>,
    /// By model: replications that were not played.
    pub(super) taken_over: Vec<u64>,
}

/// A replication that was played, for others to take over.
struct Past {
    told: Told,
    /// Whether no allocation could have found other flows that are as good.
    is_only: bool,
    /// Of each element that is watched, whether it could have done with more.
    reached: Vec<bool>,
}

impl<'w> Team<'w> {
    pub(super) fn new(joint: &Joint<'w>) -> Self {
        let count = joint.plans.len();
        let mut workers: Vec<Worker<'_>> = joint.plans.iter().map(Worker::new).collect();
        for (worker, watched) in workers.iter_mut().zip(&joint.watched) {
            if !watched.is_empty() {
                worker.state.watch = Some(Box::new(Watch::over(watched)));
            }
            if count > 1 {
                // There is no room for those of many models.
                worker.state.answers = None;
            }
        }
        Self {
            workers,
            timelines: vec![Vec::new(); count],
            holders: (0..count).collect(),
            taken_over: vec![0; count],
        }
    }

    /// What was gathered, without what it took to play.
    pub(super) fn into_sums(self) -> TeamSums {
        let sums = |worker: Worker<'w>| (worker.gathered, worker.controls);
        TeamSums {
            models: self.workers.into_iter().map(sums).collect(),
            taken_over: self.taken_over,
        }
    }

    /// Plays a chunk for each model; what each gives, in their order.
    pub(super) fn play(
        &mut self,
        joint: &Joint<'w>,
        range: &Range<u64>,
    ) -> Result<Vec<Chunk>, RunError> {
        if let ([worker], [plan]) = (self.workers.as_mut_slice(), joint.plans.as_slice()) {
            return Ok(vec![worker.play(plan, range.clone())?]);
        }
        let count = joint.plans.len();
        let worlds = worlds(&joint.plans);
        joint.alike.draw(&worlds, range, &mut self.timelines);
        let mut chunks: Vec<Chunk> = (0..count).map(|_| Chunk::of(range)).collect();
        let mut pasts: Vec<Vec<Option<Past>>> = (0..count).map(|_| Vec::new()).collect();
        for &model in &joint.order {
            let (holders, workers) = (&mut self.holders, &mut self.workers);
            (joint.alike).hand_on(model, holders, workers, |worker| &mut worker.state);
            if joint.ahead[model].is_empty() && !joint.is_ahead(model) {
                let given = joint.alike.drawn(model, &self.timelines);
                let (plan, worker) = (&joint.plans[model], &mut self.workers[model]);
                chunks[model] = worker.play_given(plan, range.clone(), Some(given))?;
            } else {
                let own = self.play_or_take(joint, model, range, &pasts, &mut chunks[model])?;
                pasts[model] = own;
            }
        }
        Ok(chunks)
    }

    /// Plays what cannot be taken over from models before this one.
    fn play_or_take(
        &mut self,
        joint: &Joint<'w>,
        model: usize,
        range: &Range<u64>,
        pasts: &[Vec<Option<Past>>],
        chunk: &mut Chunk,
    ) -> Result<Vec<Option<Past>>, RunError> {
        let is_ahead = joint.is_ahead(model);
        let (plan, worker) = (&joint.plans[model], &mut self.workers[model]);
        let given = joint.alike.drawn(model, &self.timelines);
        let mut own = Vec::with_capacity(given.len());
        for (index, replication) in range.clone().enumerate() {
            worker.note_controls(plan, replication, &given[index]);
            let same = joint.ahead[model].iter().find_map(|(before, places)| {
                let past = pasts[*before][index].as_ref()?;
                let is_enough = || places.iter().all(|&place| !past.reached[place]);
                let is_same = (places.is_empty() || (past.is_only && is_enough()))
                    && joint.alike.is_same(*before, model, index, &self.timelines);
                is_same.then_some(past)
            });
            if let Some(past) = same {
                worker.take_over(plan, replication, &past.told, chunk);
                self.taken_over[model] += 1;
                own.push(None);
                continue;
            }
            if let Some(watch) = &mut worker.state.watch {
                watch.forget();
            }
            worker.play_one(plan, replication, &given[index], chunk)?;
            own.push(is_ahead.then(|| {
                Past {
                    told: worker.told().clone(),
                    is_only: !worker.state.allocator.has_tied(),
                    reached: (worker.state.watch.as_ref())
                        .map_or_else(Vec::new, |watch| watch.reached.clone()),
                }
            }));
        }
        worker.close_controls(plan, range, chunk);
        Ok(own)
    }
}
