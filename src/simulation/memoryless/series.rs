//! What disruptions would take if losses added up: of each by itself, and of each two on top.
//!
//! Where each slot is hit by one renewal in equilibrium, the mean of that is known before anything is
//! drawn, and what a replication loses goes with it closely: mostly one or two disruptions are at
//! work at once, and most of what three take is what they take in pairs.

use crate::metrics::KnownMean;
use crate::sampling::{Disruption, Steady, Timeline, steady};
use crate::units::{SECONDS_PER_DAY, Seconds};

use super::super::outages::Outages;
use super::intervals::Intervals;
use super::lanes::Lanes;
use super::{Engine, Memoryless, NO_ROW};

/// How many numbers a replication gives.
pub(in super::super) const COUNT: usize = 3;
/// With more slots than this, pairs take too long to be told before the run.
const MOST_SLOTS: usize = 200;
/// With more than this down at once, pairs say little of what is lost.
const MOST_DOWN: f64 = 6.0;

/// What disruptions take alone and in pairs, and what fields lose.
#[derive(Clone, Debug)]
pub(in super::super) struct Series {
    /// By slot, b/d: what is not delivered while it alone is hit, and what its own field loses.
    alone: Vec<i64>,
    fields: Vec<i64>,
    /// By two slots, b/d: what is not delivered while both are hit beyond what each takes alone.
    beyond: Vec<i32>,
    /// Of the sums over slots, over pairs and of fields, barrels.
    pub(in super::super) known: [KnownMean; COUNT],
    /// How far these may be off, as disruptions begin and end at whole seconds, barrels.
    pub(in super::super) tolerance: f64,
}

/// Work space: slots that are hit, and until when.
#[derive(Clone, Debug, Default)]
pub(in super::super) struct SeriesSpace {
    active: Vec<(u32, Seconds)>,
}

impl Series {
    /// `None` where the means are not known, or too many are hit for pairs to say enough.
    pub(in super::super) fn of(fixed: &Memoryless<'_>) -> Option<Self> {
        let world = fixed.world;
        let Engine::Program(program) = &fixed.engine else {
            return None;
        };
        let slots = world.slot_element.len();
        if slots == 0 || slots > MOST_SLOTS || Intervals::new(fixed).is_none() {
            return None;
        }
        let hits = steady(world.model, &world.timelines)?;
        if hits.iter().map(|hit| hit.share).sum::<f64>() > MOST_DOWN {
            return None;
        }
        let mut outages = Outages::new(slots);
        let mut lanes = Lanes::new(&fixed.start);
        let mut fields = vec![0; slots];
        // By slot: the row that it sets, to what, and what that held before.
        let mut sets = Vec::with_capacity(slots);
        for (slot, hit) in hits.iter().enumerate() {
            let element = world.slot_element[slot] as usize;
            outages.begin(slot as u32, hit.hazard, hit.left);
            let available = world.available(&fixed.nominal, &outages, element);
            outages.end(slot as u32, hit.hazard, hit.left);
            if fixed.is_field(element) {
                fields[slot] = fixed.nominal[element] - available;
            }
            let limit = fixed.limit(&fixed.nominal, element, available);
            sets.push(match fixed.row_of[element] {
                NO_ROW => (Lanes::spare(fixed.start.len()), 0, 0),
                row => (row as usize, limit, fixed.start[row as usize]),
            });
        }
        lanes.push(program);
        for (slot, &(row, limit, start)) in sets.iter().enumerate() {
            lanes.set(row, limit);
            lanes.push(program);
            for &(other, limit, start) in &sets[..slot] {
                lanes.set(other, limit);
                lanes.push(program);
                lanes.set(other, start);
            }
            lanes.set(row, start);
        }
        lanes.evaluate(program);
        let mut delivered = lanes.delivered.iter().copied();
        let intact = delivered.next()?;
        let mut alone: Vec<i64> = Vec::with_capacity(slots);
        let mut beyond = vec![0; slots * slots];
        for slot in 0..slots {
            let own = i64::from(intact - delivered.next()?);
            for other in 0..slot {
                let both = i64::from(intact - delivered.next()?);
                let more = i32::try_from(both - own - alone[other]).ok()?;
                beyond[slot * slots + other] = more;
                beyond[other * slots + slot] = more;
            }
            alone.push(own);
        }
        let known = known(&hits, world.model.horizon, (&alone, &beyond, &fields));
        let squares = alone.iter().map(|&loss| {
            let off = loss as f64 * 0.5 / SECONDS_PER_DAY as f64;
            off * off
        });
        Some(Self {
            tolerance: squares.sum::<f64>().sqrt(),
            alone,
            fields,
            beyond,
            known,
        })
    }

    /// Appends the sums of a replication, whole barrels.
    pub(in super::super) fn read(
        &self,
        timeline: &Timeline,
        space: &mut SeriesSpace,
        rows: &mut Vec<i64>,
    ) {
        let slots = self.alone.len();
        let disruptions = timeline.disruptions();
        let active = &mut space.active;
        active.clear();
        let mut sums = [0_i128; COUNT];
        for (start, index, begins) in timeline.edges() {
            if !begins {
                continue;
            }
            let Disruption { slot, end, .. } = disruptions[index];
            let slot = slot as usize;
            let lasts = (end - start).0;
            sums[0] += i128::from(self.alone[slot] * lasts);
            sums[2] += i128::from(self.fields[slot] * lasts);
            let beyond = &self.beyond[slot * slots..][..slots];
            let mut pairs = 0;
            active.retain(|&(other, until)| {
                let both = (until.min(end) - start).0.max(0);
                pairs += i128::from(i64::from(beyond[other as usize]) * both);
                until > start
            });
            sums[1] += pairs;
            active.push((slot as u32, end));
        }
        let day = i128::from(SECONDS_PER_DAY);
        let barrels = sums.map(|sum| (sum + day / 2).div_euclid(day));
        rows.extend(barrels.map(|sum| i64::try_from(sum).unwrap_or(i64::MAX)));
    }
}

/// Means of the sums over slots, over pairs and of fields, and whether anything adds to them.
fn known(
    hits: &[Steady],
    horizon: Seconds,
    (alone, beyond, fields): (&[i64], &[i32], &[i64]),
) -> [KnownMean; COUNT] {
    let mut means = [0.0; COUNT];
    let mut events = [0.0; COUNT];
    for (slot, hit) in hits.iter().enumerate() {
        for (at, loss) in [(0, alone[slot]), (2, fields[slot])] {
            means[at] += hit.share * loss as f64;
            events[at] += if loss == 0 { 0.0 } else { hit.events };
        }
        for (place, other) in hits[..slot].iter().enumerate() {
            let more = beyond[slot * hits.len() + place];
            if more != 0 {
                means[1] += hit.share * other.share * f64::from(more);
                events[1] += hit.events * other.share + other.events * hit.share;
            }
        }
    }
    let days = horizon.0 as f64 / SECONDS_PER_DAY as f64;
    std::array::from_fn(|at| KnownMean {
        mean: means[at] * days,
        occurs: -libm::expm1(-events[at]),
    })
}
