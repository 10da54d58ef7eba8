//! To which disruptions a loss is laid.
//!
//! What is lost is production: barrels that tanks hold back for a while are not. At every instant
//! the production missing against the undisturbed future is shared among the disruptions at work,
//! in proportion to the undisturbed flow that each of them blocks: the part of it that no longer
//! fits through what is left of its target. What is missing while none blocks anything goes to a
//! line of its own. It is a bookkeeping rule, not a counterfactual.

use crate::sampling::Timeline;
use crate::units::Seconds;

use super::state::State;
use super::undisturbed::Undisturbed;
use super::world::World;

/// A disruption at work: hazard, slot, share left, place in the timeline.
type Running = (u32, u32, f64, u32);

/// Follows hazards through a replication.
#[derive(Clone, Debug)]
pub(super) struct Attribution {
    running: Vec<Running>,
    /// By hazard: disruptions at work, since when, time with any, number of disruptions.
    working: Vec<u32>,
    since: Vec<Seconds>,
    pub(super) active_time: Vec<i64>,
    pub(super) events: Vec<i64>,
    /// By hazard, and last what is laid to none; 86 400ths of a barrel.
    pub(super) lost: Vec<i64>,
    /// By disruption, if that is kept; 86 400ths of a barrel.
    pub(super) by_disruption: Option<Vec<i64>>,
    weights: Vec<i64>,
    /// Elements fully closed: since when, and for how long in all.
    closed_since: Vec<Option<Seconds>>,
    pub(super) closed_time: Vec<i64>,
    epoch: usize,
}

impl Attribution {
    pub(super) fn new(world: &World<'_>, hazards: usize) -> Self {
        let elements = world.elements.count();
        Self {
            running: Vec::with_capacity(64),
            working: vec![0; hazards],
            since: vec![Seconds::ZERO; hazards],
            active_time: vec![0; hazards],
            events: vec![0; hazards],
            lost: vec![0; hazards + 1],
            by_disruption: None,
            weights: Vec::with_capacity(64),
            closed_since: vec![None; elements],
            closed_time: vec![0; elements],
            epoch: 0,
        }
    }

    pub(super) fn reset(&mut self) {
        self.running.clear();
        self.working.fill(0);
        self.active_time.fill(0);
        self.events.fill(0);
        self.lost.fill(0);
        if let Some(each) = &mut self.by_disruption {
            each.clear();
        }
        self.closed_since.fill(None);
        self.closed_time.fill(0);
        self.epoch = 0;
    }

    pub(super) fn disruption(
        &mut self,
        timeline: &Timeline,
        index: usize,
        begins: bool,
        at: Seconds,
    ) {
        let disruption = timeline.disruptions()[index];
        let hazard = disruption.hazard as usize;
        if let Some(each) = &mut self.by_disruption {
            each.resize(timeline.disruptions().len(), 0);
        }
        if begins {
            self.running.push((
                disruption.hazard,
                disruption.slot,
                disruption.left.get(),
                index as u32,
            ));
            self.events[hazard] += i64::from(disruption.is_first);
            if self.working[hazard] == 0 {
                self.since[hazard] = at;
            }
            self.working[hazard] += 1;
        } else {
            if let Some(found) = self
                .running
                .iter()
                .position(|&(.., running)| running == index as u32)
            {
                self.running.remove(found);
            }
            self.working[hazard] -= 1;
            if self.working[hazard] == 0 {
                self.active_time[hazard] += (at - self.since[hazard]).0;
            }
        }
    }

    /// Notes which elements have just closed or opened.
    pub(super) fn note_closures(&mut self, state: &mut State<'_>, at: Seconds) {
        while let Some(element) = state.changed.pop() {
            let element = element as usize;
            let closed = state.is_closed(element);
            match (closed, self.closed_since[element]) {
                (true, None) => self.closed_since[element] = Some(at),
                (false, Some(since)) => {
                    self.closed_time[element] += (at - since).0;
                    self.closed_since[element] = None;
                }
                _ => {}
            }
        }
    }

    /// Lays the loss of an epoch to the disruptions at work.
    pub(super) fn epoch(
        &mut self,
        from: Seconds,
        to: Seconds,
        state: &State<'_>,
        undisturbed: &Undisturbed,
    ) {
        let horizon = state.world.model.horizon;
        let none = self.lost.len() - 1;
        let mut now = from;
        while now < to {
            self.epoch = undisturbed.epoch_at(now, self.epoch);
            let until = undisturbed.end_of(self.epoch, horizon).min(to);
            let missing = undisturbed.produced[self.epoch] - state.rates.produced;
            let volume = missing * (until - now).0;
            now = until;
            if missing == 0 {
                continue;
            }
            if missing < 0 {
                self.lost[none] += volume;
                continue;
            }
            self.weights.clear();
            let through = &undisturbed.through[self.epoch];
            for &(_, slot, left, _) in &self.running {
                let element = state.world.slot_element[slot as usize] as usize;
                let blocked = (through[element].abs() - state.left_for_us(element)).max(0);
                // Several on one target share what it blocks by how much each takes away.
                let taken = ((1.0 - left) * 1_000.0) as i64;
                self.weights.push(blocked * taken.max(1));
            }
            let total: i128 = self.weights.iter().map(|&weight| i128::from(weight)).sum();
            if total == 0 {
                self.lost[none] += volume;
                continue;
            }
            let mut rest = volume;
            let mut largest = (0, 0);
            for (at, &weight) in self.weights.iter().enumerate() {
                let share = (i128::from(volume) * i128::from(weight) / total) as i64;
                lay(
                    &mut self.lost,
                    &mut self.by_disruption,
                    self.running[at],
                    share,
                );
                rest -= share;
                if weight > largest.0 {
                    largest = (weight, at);
                }
            }
            let largest = self.running[largest.1];
            lay(&mut self.lost, &mut self.by_disruption, largest, rest);
        }
    }

    /// Ends the replication.
    pub(super) fn finish(&mut self, horizon: Seconds) {
        for hazard in 0..self.working.len() {
            if self.working[hazard] > 0 {
                self.active_time[hazard] += (horizon - self.since[hazard]).0;
            }
        }
        for (closed, since) in self.closed_time.iter_mut().zip(&self.closed_since) {
            if let Some(since) = since {
                *closed += (horizon - *since).0;
            }
        }
    }
}

/// Lays a volume to a disruption and its hazard.
fn lay(lost: &mut [i64], each: &mut Option<Vec<i64>>, to: Running, volume: i64) {
    let (hazard, _, _, disruption) = to;
    lost[hazard as usize] += volume;
    if let Some(each) = each {
        each[disruption as usize] += volume;
    }
}
