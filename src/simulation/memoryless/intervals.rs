//! Replications in which no two disruptions of an element overlap.
//!
//! Then a disruption is but an interval of states in which one capacity is another, and nothing
//! has to be kept of what is active when. Beginnings and ends are gone through once to number the
//! states, without a choice that depends on what is found.

use crate::allocation::cut::{CutProgram, LANES};
use crate::sampling::{Disruption, Timeline};

use super::super::outages::Outages;
use super::lanes::Lanes;
use super::places::Hit;
use super::{Memoryless, NO_ROW};

/// Work space.
#[derive(Clone, Debug)]
pub(super) struct Intervals {
    slots: Vec<Slot>,
    /// Until when each slot is hit, seconds.
    busy: Vec<i64>,
    /// The disruptions.
    courses: Vec<Course>,
    /// One bit for each disruption: whether it lasts.
    lasts: Vec<u64>,
    /// Disruptions that ended among the states that wait.
    ended: Vec<u32>,
    /// Whether disruptions of a slot always left the same.
    is_same: bool,
}

/// What is known of a slot: what it sets, and what a disruption does that leaves this share.
#[derive(Clone, Copy, Debug)]
struct Slot {
    row: u32,
    share: u64,
    limit: i32,
    /// What fields lose, b/d.
    missing: i64,
}

/// What a disruption does: a row holds this.
#[derive(Clone, Copy, Debug, Default)]
struct Course {
    row: u32,
    limit: i32,
    /// The state before which it ends, and the one in which it begins.
    states: [u32; 2],
}

/// A share that is none.
const NO_SHARE: u64 = u64::MAX;

impl Intervals {
    /// `None` if capacities change otherwise than by one slot of each element.
    pub(super) fn new(fixed: &Memoryless<'_>) -> Option<Self> {
        let world = fixed.world;
        let slots = world.slot_element.iter().enumerate();
        let is_alone = |(slot, &element): (usize, &u32)| {
            let hits = &world.hits[element as usize];
            hits.units.is_empty() && hits.whole == Some(slot as u32)
        };
        if !fixed.changes.is_empty() || !slots.clone().all(is_alone) {
            return None;
        }
        let slot = |(_, &element): (usize, &u32)| Slot {
            row: match fixed.row_of[element as usize] {
                NO_ROW => Lanes::spare(fixed.start.len()) as u32,
                row => row,
            },
            share: NO_SHARE,
            limit: 0,
            missing: 0,
        };
        Some(Self {
            slots: slots.map(slot).collect(),
            busy: Vec::new(),
            courses: Vec::new(),
            lasts: Vec::new(),
            ended: Vec::new(),
            is_same: true,
        })
    }

    /// How many slots there are.
    pub(super) fn slots(&self) -> usize {
        self.slots.len()
    }

    /// Looks what each disruption does, and what fields' own outages take, 86 400ths of a barrel.
    /// `None` if some overlap, or may.
    ///
    /// - `outages`: with nothing active.
    pub(super) fn read(
        &mut self,
        fixed: &Memoryless<'_>,
        timeline: &Timeline,
        outages: &mut Outages,
    ) -> Option<i64> {
        let disruptions = timeline.disruptions();
        let horizon = fixed.world.model.horizon.0;
        self.busy.clear();
        self.busy.resize(self.slots.len(), 0);
        if self.courses.len() < disruptions.len() {
            self.courses.resize(disruptions.len(), Course::default());
            self.lasts.resize(disruptions.len().div_ceil(64), 0);
            self.ended.resize(disruptions.len(), 0);
        }
        let mut taken = 0;
        let mut is_plain = true;
        for (course, disruption) in self.courses.iter_mut().zip(disruptions) {
            let number = disruption.slot as usize;
            let slot = &mut self.slots[number];
            if slot.share != disruption.left.get().to_bits() {
                self.is_same &= slot.share == NO_SHARE;
                learn(slot, fixed, disruption, outages);
            }
            let (start, end) = (disruption.start.0, disruption.end.0);
            is_plain &= start >= self.busy[number] && start < end && start < horizon;
            self.busy[number] = end;
            taken += slot.missing * (end.min(horizon) - start);
            course.row = slot.row;
            course.limit = slot.limit;
        }
        is_plain.then_some(taken)
    }

    /// Goes through a replication that was read; appends the starts of its epochs.
    // By itself it has the registers that it needs.
    #[inline(never)]
    pub(super) fn follow(
        &mut self,
        program: &CutProgram,
        timeline: &Timeline,
        lanes: &mut Lanes,
        starts: &mut Vec<i64>,
    ) {
        let first = starts.len();
        starts.resize(first + timeline.edge_count() + 1, 0);
        let times = &mut starts[first..];
        let (mut epoch, mut now) = (0, 0);
        let mut state = lanes.used();
        let mut ended = 0;
        for (time, index, begins) in timeline.edges() {
            let is_new = usize::from(time.0 != now);
            epoch += is_new;
            state += is_new;
            now = time.0;
            times[epoch] = now;
            if state == LANES {
                self.write(lanes, ended, LANES);
                lanes.use_up_to(LANES, program);
                (state, ended) = (0, 0);
            }
            let course = &mut self.courses[index];
            course.states[usize::from(begins)] = state as u32;
            self.lasts[index / 64] ^= 1 << (index % 64);
            self.ended[ended] = index as u32;
            ended += usize::from(!begins);
        }
        starts.truncate(first + epoch + 1);
        self.write(lanes, ended, state + 1);
        self.lasts.fill(0);
        lanes.use_up_to(state + 1, program);
    }

    /// The same where what was found before is kept: states that are known do not wait.
    #[inline(never)]
    pub(super) fn follow_known(
        &mut self,
        program: &CutProgram,
        timeline: &Timeline,
        lanes: &mut Lanes,
        starts: &mut Vec<i64>,
    ) {
        let disruptions = timeline.disruptions();
        starts.push(0);
        let mut now = 0;
        let mut hit = Hit::default();
        let mut state = lanes.used();
        let mut ended = 0;
        for (time, index, begins) in timeline.edges() {
            if time.0 != now {
                state += usize::from(lanes.is_new(self.is_same.then_some(hit)));
                now = time.0;
                starts.push(now);
                if state == LANES {
                    self.write(lanes, ended, LANES);
                    lanes.use_up_to(LANES, program);
                    (state, ended) = (0, 0);
                }
            }
            hit.change(disruptions[index].slot, begins);
            let course = &mut self.courses[index];
            course.states[usize::from(begins)] = state as u32;
            self.lasts[index / 64] ^= 1 << (index % 64);
            self.ended[ended] = index as u32;
            ended += usize::from(!begins);
        }
        state += usize::from(lanes.is_new(self.is_same.then_some(hit)));
        self.write(lanes, ended, state);
        self.lasts.fill(0);
        lanes.use_up_to(state, program);
    }

    /// Writes what holds in the states up to `end`, the next of which begins others.
    ///
    /// - `ended`: how many disruptions have ended among them.
    fn write(&mut self, lanes: &mut Lanes, ended: usize, end: usize) {
        for &index in &self.ended[..ended] {
            let course = self.courses[index as usize];
            let [to, from] = course.states;
            if from == to {
                continue;
            }
            lanes.write_between(
                course.row as usize,
                from as usize,
                to as usize,
                course.limit,
            );
        }
        for word in 0..self.lasts.len() {
            let mut bits = self.lasts[word];
            while bits != 0 {
                let index = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                let course = &mut self.courses[index];
                let from = std::mem::take(&mut course.states[1]) as usize;
                if from == end {
                    continue;
                }
                lanes.write_between(course.row as usize, from, end, course.limit);
            }
        }
    }
}

/// Works out what a disruption does to its slot.
#[cold]
fn learn(slot: &mut Slot, fixed: &Memoryless<'_>, disruption: &Disruption, outages: &mut Outages) {
    let Disruption {
        slot: number,
        hazard,
        left,
        ..
    } = *disruption;
    let element = fixed.world.slot_element[number as usize] as usize;
    outages.begin(number, hazard, left);
    let available = fixed.world.available(&fixed.nominal, outages, element);
    outages.end(number, hazard, left);
    slot.share = left.get().to_bits();
    slot.limit = fixed.limit(&fixed.nominal, element, available);
    slot.missing = if fixed.is_field(element) {
        fixed.nominal[element] - available
    } else {
        0
    };
}
