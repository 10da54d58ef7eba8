//! Follows replications in which nothing remembers.

use crate::accumulate::{Books, PathTotals};
use crate::allocation::cut::CutProgram;
use crate::model::Element;
use crate::sampling::Timeline;
use crate::units::{Fraction, Seconds};

use super::super::outages::Outages;
use super::intervals::Intervals;
use super::kept::Kept;
use super::lanes::Lanes;
use super::table::Table;
use super::{Engine, Memoryless, NO_ROW};

/// What one thread needs; used again for chunk after chunk.
#[derive(Clone, Debug)]
pub(in super::super) struct Replay {
    outages: Outages,
    /// What the calendar says of each element now, b/d.
    nominal: Vec<i64>,
    /// What is known of each element.
    known: Vec<Known>,
    pub(super) intervals: Option<Intervals>,
    states: States,
    /// Starts of the epochs of all replications, one after the other.
    pub(super) starts: Vec<i64>,
    /// Where the epochs of each replication begin, and what its fields' own outages took.
    pub(super) replications: Vec<Replication>,
    /// What fields' own outages take now, b/d; since when; and what they took before, 86 400ths of
    /// a barrel.
    outage: i64,
    outage_since: i64,
    outage_volume: i64,
}

/// States as the engine takes them.
#[derive(Clone, Debug)]
enum States {
    Together(Box<Lanes>),
    OneByOne(Box<Kept>),
}

/// A replication that was followed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Replication {
    first: usize,
    pub(super) field_outage: i64,
}

/// What is known of an element, so that it is not worked out again.
#[derive(Clone, Copy, Debug)]
struct Known {
    row: u32,
    is_field: bool,
    /// Whether a single slot says what is left of it.
    slot: Option<u32>,
    /// What outages take of it now, b/d, if it is a field.
    missing: i64,
    /// What it has and lets through when nothing is wrong, b/d.
    intact: Left,
    /// The share that was last left of it, and what it then has and lets through, b/d.
    share: u64,
    left: Left,
}

/// What is left of an element, and what of that it lets through as the engine counts it, b/d.
#[derive(Clone, Copy, Debug, Default)]
struct Left {
    available: i64,
    limit: i32,
}

/// From so many operations on, looking a state up costs less than to evaluate it: below, states are
/// evaluated as quickly as they are told apart.
const KEPT_FROM: usize = 600;

/// A share that is none.
const NO_SHARE: u64 = u64::MAX;

impl Replay {
    pub(in super::super) fn new(fixed: &Memoryless<'_>) -> Self {
        Self::keeping(fixed, KEPT_FROM)
    }

    /// The same where states are kept if the program has so many operations.
    pub(super) fn keeping(fixed: &Memoryless<'_>, from: usize) -> Self {
        let world = fixed.world;
        let intervals = Intervals::new(fixed);
        let table = |program: &CutProgram| {
            let slots = (intervals.as_ref()).filter(|_| program.operations() >= from)?;
            Table::new(slots.slots())
        };
        let mut replay = Self {
            outages: Outages::new(world.slot_element.len()),
            nominal: fixed.nominal.clone(),
            known: Vec::new(),
            states: match &fixed.engine {
                Engine::Program(program) => {
                    let lanes = Lanes::new(&fixed.start).with_table(table(program));
                    States::Together(Box::new(lanes))
                }
                Engine::Trees(nodes, arcs) => {
                    States::OneByOne(Box::new(Kept::new(*nodes, arcs, &fixed.start, fixed.most)))
                }
            },
            intervals,
            starts: Vec::new(),
            replications: Vec::new(),
            outage: 0,
            outage_since: 0,
            outage_volume: 0,
        };
        let units = |element: usize| &world.hits[element].units;
        replay.known = (0..world.elements.count())
            .map(|element| Known {
                row: fixed.row_of[element],
                is_field: fixed.is_field(element),
                slot: (world.hits[element].whole).filter(|_| units(element).is_empty()),
                missing: 0,
                intact: replay.left(fixed, element),
                share: NO_SHARE,
                left: Left::default(),
            })
            .collect();
        replay
    }

    /// Follows a replication; what it delivers may be known only after [`Self::evaluate`].
    pub(in super::super) fn follow(&mut self, fixed: &Memoryless<'_>, timeline: &Timeline) {
        let first = self.starts.len();
        if let Some(intervals) = &mut self.intervals
            && let (Engine::Program(program), States::Together(lanes)) =
                (&fixed.engine, &mut self.states)
            && let Some(field_outage) = intervals.read(fixed, timeline, &mut self.outages)
        {
            if lanes.has_table() {
                intervals.follow_known(program, timeline, lanes, &mut self.starts);
            } else {
                intervals.follow(program, timeline, lanes, &mut self.starts);
            }
            self.replications.push(Replication {
                first,
                field_outage,
            });
            return;
        }
        let horizon = fixed.world.model.horizon.0;
        let disruptions = timeline.disruptions();
        let (mut change, mut edge) = (0, 0);
        let mut next_change = next_of(fixed, 0, horizon);
        let mut next_edge = timeline.edge_at(0);
        let mut now = 0;
        while now < horizon {
            while next_change <= now {
                let (_, element, value) = fixed.changes[change];
                self.change(fixed, element, value, now);
                change += 1;
                next_change = next_of(fixed, change, horizon);
            }
            let mut next = next_change.min(horizon);
            while let Some((time, index, begins)) = next_edge {
                if time.0 > now {
                    next = next.min(time.0);
                    break;
                }
                let disruption = &disruptions[index];
                let (slot, hazard) = (disruption.slot, disruption.hazard);
                if begins {
                    self.outages.begin(slot, hazard, disruption.left);
                } else {
                    self.outages.end(slot, hazard, disruption.left);
                }
                let element = fixed.world.slot_element[slot as usize] as usize;
                self.refresh(fixed, element, now);
                edge += 1;
                next_edge = timeline.edge_at(edge);
            }
            self.starts.push(now);
            self.push(fixed);
            now = next;
        }
        self.restart(fixed, first, horizon);
    }

    /// Evaluates what has not been yet, so that all replications can be told.
    pub(in super::super) fn evaluate(&mut self, fixed: &Memoryless<'_>) {
        if let (Engine::Program(program), States::Together(lanes)) =
            (&fixed.engine, &mut self.states)
        {
            lanes.evaluate(program);
        }
    }

    /// Another state, with what holds now.
    fn push(&mut self, fixed: &Memoryless<'_>) {
        match (&fixed.engine, &mut self.states) {
            (Engine::Program(program), States::Together(lanes)) => lanes.push(program),
            (_, States::OneByOne(kept)) => kept.push(),
            // What a plan has decided holds for all that is made from it.
            (Engine::Trees(..), States::Together(_)) => {}
        }
    }

    /// What is delivered in each state that has been evaluated, b/d.
    pub(super) fn delivered(&self) -> &[i32] {
        match &self.states {
            States::Together(lanes) => &lanes.delivered,
            States::OneByOne(kept) => &kept.delivered,
        }
    }

    /// Writes the sums of the `index`-th replication that was followed.
    // By itself it has the registers that it needs.
    #[inline(never)]
    pub(in super::super) fn tell(
        &self,
        fixed: &Memoryless<'_>,
        index: usize,
        totals: &mut PathTotals,
    ) {
        let horizon = fixed.world.model.horizon.0;
        let Replication {
            first,
            field_outage,
        } = self.replications[index];
        let next = self.replications.get(index + 1);
        let last = next.map_or(self.starts.len(), |next| next.first);
        let starts = &self.starts[first..last];
        let rates = &self.delivered()[first..last];
        let shortfalls = &mut totals.shortfalls;
        shortfalls.reset();
        let (mut planned, mut delivered) = (0, 0);
        if let [(_, plan)] = fixed.plan[..] {
            let ends = starts.iter().skip(1).copied().chain([horizon]);
            for ((from, to), &rate) in starts.iter().zip(ends).zip(rates) {
                delivered += i64::from(rate) * (to - from);
            }
            planned = plan * horizon;
            shortfalls.see_all(starts, horizon, plan, rates);
        } else {
            let ends = starts.get(1..).unwrap_or_default();
            let (mut plan, mut step) = (0, 0);
            let mut next_step = 0;
            for (index, (&from, &rate)) in starts.iter().zip(rates).enumerate() {
                while next_step <= from {
                    plan = fixed.plan[step].1;
                    step += 1;
                    next_step = fixed.plan.get(step).map_or(i64::MAX, |next| next.0.0);
                }
                let to = ends.get(index).copied().unwrap_or(horizon);
                let rate = i64::from(rate);
                shortfalls.see(Seconds(from), Seconds(to), plan, rate);
                planned += plan * (to - from);
                delivered += rate * (to - from);
            }
        }
        shortfalls.close();
        // Fields that have no dynamics and no quota can produce what outages leave, and what they
        // produce is delivered at once.
        totals.books = Books {
            planned,
            field_outage,
            ..Books::default()
        };
        totals.delivered = delivered;
        totals.exported = if fixed.is_exported { delivered } else { 0 };
        totals.gross_undelivered = planned - delivered;
        totals.shut_in = totals.books.potential() - delivered;
    }

    /// Forgets the replications that were followed.
    pub(in super::super) fn forget(&mut self) {
        self.starts.clear();
        self.replications.clear();
        match &mut self.states {
            States::Together(lanes) => lanes.delivered.clear(),
            States::OneByOne(kept) => kept.delivered.clear(),
        }
    }

    /// What the calendar changes at an instant.
    fn change(&mut self, fixed: &Memoryless<'_>, element: usize, value: i64, now: i64) {
        self.nominal[element] = value;
        self.refresh_intact(fixed, element, now);
        if let Element::Link(link) = fixed.world.elements.kind(element) {
            for &hub in &fixed.world.stands_for[link] {
                self.refresh_intact(fixed, fixed.world.elements.hub(hub), now);
            }
        }
    }

    /// Works out anew what an element is, intact or not.
    fn refresh_intact(&mut self, fixed: &Memoryless<'_>, element: usize, now: i64) {
        let intact = fixed.world.intact(&self.nominal, element);
        self.known[element].intact = Left {
            available: intact,
            limit: fixed.limit(&self.nominal, element, intact),
        };
        self.known[element].share = NO_SHARE;
        self.refresh(fixed, element, now);
    }

    /// Carries what happened to an element to the engine and to the books.
    fn refresh(&mut self, fixed: &Memoryless<'_>, element: usize, now: i64) {
        let left = self.known_left(fixed, element);
        let known = &mut self.known[element];
        if known.is_field {
            let missing = self.nominal[element] - left.available;
            if missing != known.missing {
                self.outage_volume += self.outage * (now - self.outage_since);
                self.outage_since = now;
                self.outage += missing - known.missing;
                known.missing = missing;
            }
        }
        if known.row != NO_ROW {
            let (row, limit) = (known.row as usize, left.limit);
            match &mut self.states {
                States::Together(lanes) => lanes.set(row, limit),
                States::OneByOne(kept) => kept.set(row, limit),
            }
        }
    }

    fn known_left(&mut self, fixed: &Memoryless<'_>, element: usize) -> Left {
        let known = &self.known[element];
        let Some(slot) = known.slot else {
            return self.left(fixed, element);
        };
        let share = self.outages.share(Some(slot), fixed.world.combine);
        if share == Fraction::ONE {
            return known.intact;
        }
        let share = share.get().to_bits();
        if share == known.share {
            return known.left;
        }
        let left = self.left(fixed, element);
        self.known[element].share = share;
        self.known[element].left = left;
        left
    }

    /// What is left of an element.
    fn left(&self, fixed: &Memoryless<'_>, element: usize) -> Left {
        let available = fixed.world.available(&self.nominal, &self.outages, element);
        Left {
            available,
            limit: fixed.limit(&self.nominal, element, available),
        }
    }

    /// Ends a replication, and makes all as it is at the start.
    fn restart(&mut self, fixed: &Memoryless<'_>, first: usize, horizon: i64) {
        self.outage_volume += self.outage * (horizon - self.outage_since);
        self.replications.push(Replication {
            first,
            field_outage: self.outage_volume,
        });
        while let Some(slot) = self.outages.clear_next() {
            let element = fixed.world.slot_element[slot] as usize;
            self.known[element].missing = 0;
        }
        match &mut self.states {
            States::Together(lanes) => lanes.restart(),
            States::OneByOne(kept) => kept.restart(),
        }
        for &(_, element, _) in &fixed.changes {
            if self.nominal[element] != fixed.nominal[element] {
                self.change(fixed, element, fixed.nominal[element], 0);
            }
        }
        (self.outage, self.outage_since, self.outage_volume) = (0, 0, 0);
    }
}

/// When the `index`-th change of the calendar is due; the horizon if there is none.
fn next_of(fixed: &Memoryless<'_>, index: usize, horizon: i64) -> i64 {
    fixed
        .changes
        .get(index)
        .map_or(horizon, |change| change.0.0)
}
