//! What flows while few slots are hit, kept where nothing remembers.
//!
//! Where each slot is hit by one disruption at a time, and all of them leave the same, the slots that are hit tell every
//! capacity, and so all that flows.

use crate::sampling::Timeline;

use super::memoryless::{Hit, Places};
use super::world::World;

/// Sets of more slots are not kept.
const MOST_HIT: usize = 2;
/// Bytes at most: what the processor keeps near.
const MEMORY: usize = 1 << 22;
/// A share that is none.
const NO_SHARE: u64 = u64::MAX;

/// Flows by the slots that are hit.
#[derive(Clone, Debug)]
pub(super) struct Answers {
    places: Places,
    /// Arcs of an answer.
    arcs: usize,
    flows: Vec<u32>,
    /// By place: a number that answers have in common that are known to be the same; 0 if there is no answer yet.
    numbers: Vec<u32>,
    /// How many numbers were given.
    given: u32,
    /// The number of what flows now; 0 if it has none.
    now: u32,
    hit: Hit,
    /// By slot: what disruptions leave of it, and until when it is hit, seconds.
    shares: Vec<u64>,
    busy: Vec<i64>,
    /// Whether disruptions of a slot always left the same.
    is_same: bool,
    /// Whether slots tell what holds in this replication.
    is_told: bool,
}

/// What is known of a state.
pub(super) enum Answer<'a> {
    /// What flows is what flowed before.
    Same,
    /// This flows, b/d.
    Known(&'a [u32]),
    /// It has to be found, and has this place; or none, as more slots are hit.
    Unknown(Option<usize>),
}

impl Answers {
    /// `None` where slots do not tell capacities, or where it would take too much room.
    pub(super) fn of(world: &World<'_>) -> Option<Self> {
        if world.remembers() || !world.calendar.changes.is_empty() {
            return None;
        }
        let slots = world.slot_element.len();
        let arcs = world.network.problem.arcs.len();
        let places = Places::new(slots, MOST_HIT)?;
        let count = places.count();
        (count * arcs * size_of::<u32>() <= MEMORY).then(|| Self {
            places,
            arcs,
            flows: vec![0; count * arcs],
            numbers: vec![0; count],
            given: 0,
            now: 0,
            hit: Hit::default(),
            shares: vec![NO_SHARE; slots],
            busy: vec![0; slots],
            is_same: true,
            is_told: false,
        })
    }

    /// A replication begins, with nothing hit: looks whether slots tell what holds in it.
    pub(super) fn begin(&mut self, timeline: &Timeline) {
        self.hit = Hit::default();
        self.now = 0;
        self.busy.fill(0);
        let mut is_plain = true;
        for disruption in timeline.disruptions() {
            let slot = disruption.slot as usize;
            let share = disruption.left.get().to_bits();
            self.is_same &= self.shares[slot] == share || self.shares[slot] == NO_SHARE;
            self.shares[slot] = share;
            is_plain &= disruption.start.0 >= self.busy[slot];
            self.busy[slot] = disruption.end.0;
        }
        self.is_told = is_plain && self.is_same;
    }

    /// A slot begins to be hit, or ends.
    pub(super) fn change(&mut self, slot: u32, begins: bool) {
        self.hit.change(slot, begins);
    }

    /// What is known of the state as it is; `None` where slots do not tell it.
    pub(super) fn get(&mut self) -> Option<Answer<'_>> {
        if !self.is_told {
            self.now = 0;
            return None;
        }
        let Some(place) = self.places.of(self.hit) else {
            return Some(Answer::Unknown(None));
        };
        let number = self.numbers[place];
        if number == 0 {
            return Some(Answer::Unknown(Some(place)));
        }
        if number == self.now {
            return Some(Answer::Same);
        }
        self.now = number;
        Some(Answer::Known(&self.flows[place * self.arcs..][..self.arcs]))
    }

    /// Keeps what was found of a state.
    ///
    /// - `is_other`: whether another than flowed before.
    pub(super) fn keep(&mut self, place: Option<usize>, flows: &[i64], is_other: bool) {
        if is_other {
            self.now = 0;
        }
        let Some(place) = place else { return };
        if self.now == 0 {
            self.given += 1;
            self.now = self.given;
        }
        self.numbers[place] = self.now;
        let kept = &mut self.flows[place * self.arcs..][..self.arcs];
        for (kept, &flow) in kept.iter_mut().zip(flows) {
            *kept = flow as u32;
        }
    }
}
