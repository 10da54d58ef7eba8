//! How long what hazards hit is out, from their timelines alone: nothing flows here.

use crate::metrics::CrossMoments;
use crate::model::{Combine, Hazard, Model, Scope, Struck};
use crate::sampling::{Disruption, Timeline, Timelines};
use crate::units::Seconds;

/// Shares are counted in so many parts.
const PARTS: f64 = 1e9;

/// Looks at timelines.
pub(super) struct Outages {
    timelines: Timelines,
    timeline: Timeline,
    sweeps: Vec<Sweep>,
    at_work: Vec<Vec<Work>>,
    hazards: Vec<Vec<i64>>,
    events: Vec<HazardOutages>,
}

/// What happens to everything that hazards hit, over some replications.
pub(super) struct Seen {
    /// By hazard, the share of time in which it is at work, by replication, in 10⁻⁹: the mean over
    /// its processes.
    pub(super) hazards: Vec<Vec<i64>>,
    /// By hazard whose events hit several targets at once, how long it is at work on any of them.
    pub(super) events: Vec<HazardOutages>,
    /// By what is struck, in the order of [`Model::struck`].
    pub(super) struck: Vec<StruckOutages>,
}

/// What happens to one thing that hazards hit.
#[derive(Clone, Debug, Default)]
pub(super) struct StruckOutages {
    /// Share of its capacity and of time that is lost, by replication, in 10⁻⁹; of a service, the
    /// share of time in which something is.
    pub(super) lost: Vec<i64>,
    /// Its outages by each hazard that hits it.
    pub(super) by_hazard: Vec<HazardOutages>,
}

/// Outages of one thing by one hazard.
#[derive(Clone, Debug, Default)]
pub(super) struct HazardOutages {
    /// Index of the hazard.
    pub(super) hazard: usize,
    /// Lengths, s, in no order that matters.
    pub(super) seconds: Vec<i64>,
    /// How many of them the horizon cuts short.
    pub(super) cut: u64,
    /// Seconds and number by replication.
    pub(super) moments: CrossMoments,
    /// Seconds and number in this replication.
    sums: [i64; 2],
}

impl HazardOutages {
    /// An outage is over, perhaps because the horizon is.
    fn note(&mut self, length: Seconds, is_cut: bool) {
        self.seconds.push(length.0);
        self.cut += u64::from(is_cut);
        self.sums[0] += length.0;
        self.sums[1] += 1;
    }

    /// A replication is over.
    fn end(&mut self) {
        let [seconds, count] = std::mem::take(&mut self.sums);
        self.moments.add(seconds, count);
    }
}

impl Outages {
    /// For a model under a seed.
    pub(super) fn new(model: &Model, seed: u64) -> Self {
        let timelines = Timelines::new(model, &model.hazards, seed, 0);
        let struck = model.struck();
        Self {
            timeline: Timeline::default(),
            sweeps: (struck.iter())
                .map(|struck| Sweep::of(model, struck, timelines.slots()))
                .collect(),
            at_work: (model.hazards.iter())
                .map(|hazard| processes(hazard, timelines.slots()))
                .collect(),
            hazards: vec![Vec::new(); model.hazards.len()],
            events: (0..model.hazards.len())
                .map(|hazard| HazardOutages {
                    hazard,
                    ..HazardOutages::default()
                })
                .collect(),
            timelines,
        }
    }

    /// Plays the timelines of more replications of the same model.
    pub(super) fn add(&mut self, model: &Model, range: std::ops::Range<u64>) {
        for replication in range {
            self.timelines.sample(replication, &mut self.timeline);
            let disruptions = self.timeline.disruptions();
            for (time, index, begins) in self.timeline.edges() {
                let disruption = &disruptions[index];
                if disruption.left.get() >= 1.0 {
                    continue;
                }
                let hazard = disruption.hazard as usize;
                let is_one = self.at_work[hazard].len() == 1;
                for work in &mut self.at_work[hazard] {
                    let over = work.edge(time, disruption.slot, begins);
                    if let Some(length) = over.filter(|_| is_one) {
                        self.events[hazard].note(length, time >= model.horizon);
                    }
                }
                let rules = (model.allocation.combine, model.horizon);
                for sweep in &mut self.sweeps {
                    sweep.edge(time, disruption, begins, rules);
                }
            }
            for (works, event) in self.at_work.iter().zip(&mut self.events) {
                if let [
                    Work {
                        since: Some(since), ..
                    },
                ] = works.as_slice()
                {
                    event.note(model.horizon - *since, true);
                }
                event.end();
            }
            for (works, shares) in self.at_work.iter_mut().zip(&mut self.hazards) {
                let seconds: i64 = works.iter_mut().map(|work| work.end(model.horizon)).sum();
                let all = works.len().max(1) as f64 * model.horizon.0 as f64;
                shares.push((seconds as f64 / all * PARTS).round() as i64);
            }
            for sweep in &mut self.sweeps {
                sweep.end(model.horizon);
            }
        }
    }

    /// What was seen.
    pub(super) fn found(self) -> Seen {
        Seen {
            hazards: self.hazards,
            events: self.events,
            struck: self.sweeps.into_iter().map(|sweep| sweep.found).collect(),
        }
    }
}

/// Something whose slots are hit: at work while any is, or all are.
#[derive(Clone, Debug, Default)]
struct Work {
    slots: Vec<u32>,
    /// By slot, what is at work on it.
    active: Vec<u32>,
    /// How many slots must be hit.
    needed: usize,
    since: Option<Seconds>,
    seconds: i64,
}

impl Work {
    fn new(mut slots: Vec<u32>, all: bool) -> Self {
        slots.sort_unstable();
        slots.dedup();
        Self {
            active: vec![0; slots.len()],
            needed: if all { slots.len().max(1) } else { 1 },
            slots,
            since: None,
            seconds: 0,
        }
    }

    /// The length of what ends here.
    fn edge(&mut self, time: Seconds, slot: u32, begins: bool) -> Option<Seconds> {
        let at = self.slots.binary_search(&slot).ok()?;
        let active = &mut self.active[at];
        *active = if begins {
            *active + 1
        } else {
            active.saturating_sub(1)
        };
        let is_at_work = self.active.iter().filter(|&&active| active > 0).count() >= self.needed;
        match (self.since, is_at_work) {
            (None, true) => {
                self.since = Some(time);
                None
            }
            (Some(since), false) => {
                self.since = None;
                self.seconds += (time - since).0;
                Some(time - since)
            }
            _ => None,
        }
    }

    /// Seconds at work in the replication that is over.
    fn end(&mut self, horizon: Seconds) -> i64 {
        if let Some(since) = self.since.take() {
            self.seconds += (horizon - since).0;
        }
        self.active.fill(0);
        std::mem::take(&mut self.seconds)
    }
}

/// The slots of some parts of targets.
fn slots_of<'p>(
    parts: impl Iterator<Item = &'p crate::model::Part>,
    slots: &[(crate::model::Element, Option<usize>)],
) -> Vec<u32> {
    parts
        .filter_map(|part| slots.binary_search(&(part.element, part.unit)).ok())
        .map(|slot| slot as u32)
        .collect()
}

/// What a hazard's processes hit: each its own target, or one all of them.
fn processes(hazard: &Hazard, slots: &[(crate::model::Element, Option<usize>)]) -> Vec<Work> {
    if hazard.scope == Scope::Each {
        let targets = hazard.targets.iter();
        return targets
            .map(|target| Work::new(slots_of(target.parts.iter(), slots), true))
            .collect();
    }
    let parts = hazard.targets.iter().flat_map(|target| &target.parts);
    vec![Work::new(slots_of(parts, slots), false)]
}

/// Follows one thing that hazards hit.
struct Sweep {
    /// For a service, how long any hazard is at work on it; for others nothing.
    is_service: bool,
    /// Its slots, each with what a disruption of it takes of the whole, and whether it is a unit.
    slots: Vec<(u32, f64, bool)>,
    /// By slot: hazard and share left of each disruption.
    active: Vec<Vec<(u32, f64)>>,
    by_hazard: Vec<Work>,
    lost_now: f64,
    since: Seconds,
    lost: f64,
    found: StruckOutages,
}

impl Sweep {
    fn of(
        model: &Model,
        struck: &Struck,
        slots: &[(crate::model::Element, Option<usize>)],
    ) -> Self {
        let is_service = matches!(struck, Struck::Service(_));
        let share_of_unit = |element, unit: usize| {
            let units = model.units_of(element);
            let total: i64 = units.iter().map(|unit| unit.0).sum();
            let own = units.get(unit).map_or(0, |unit| unit.0);
            if total > 0 {
                own as f64 / total as f64
            } else {
                0.0
            }
        };
        let mut own = Vec::new();
        for (number, &(element, unit)) in slots.iter().enumerate() {
            let slot = number as u32;
            match (struck, unit) {
                (Struck::Element(wanted), None) if *wanted == element => {
                    own.push((slot, 1.0, false));
                }
                (Struck::Element(wanted), Some(unit)) if *wanted == element => {
                    own.push((slot, share_of_unit(element, unit), true));
                }
                (Struck::Unit(wanted, index), Some(unit))
                    if *wanted == element && *index == unit =>
                {
                    own.push((slot, 1.0, true));
                }
                _ => {}
            }
        }
        let mut hazards = Vec::new();
        let mut by_hazard = Vec::new();
        for (index, hazard) in model.hazards.iter().enumerate() {
            let parts = hazard.targets.iter().flat_map(|target| {
                let parts = target.parts.iter();
                parts.filter(|part| struck.has(target, part))
            });
            let hit = slots_of(parts, slots);
            if !hit.is_empty() {
                hazards.push(HazardOutages {
                    hazard: index,
                    ..HazardOutages::default()
                });
                by_hazard.push(Work::new(hit, is_service));
            }
        }
        Self {
            is_service,
            active: vec![Vec::new(); own.len()],
            slots: own,
            by_hazard,
            lost_now: 0.0,
            since: Seconds::ZERO,
            lost: 0.0,
            found: StruckOutages {
                lost: Vec::new(),
                by_hazard: hazards,
            },
        }
    }

    fn edge(
        &mut self,
        time: Seconds,
        disruption: &Disruption,
        begins: bool,
        (combine, horizon): (Combine, Seconds),
    ) {
        let of_hazard = |found: &HazardOutages| found.hazard == disruption.hazard as usize;
        let Some(at) = self.found.by_hazard.iter().position(of_hazard) else {
            return;
        };
        if let Some(length) = self.by_hazard[at].edge(time, disruption.slot, begins) {
            self.found.by_hazard[at].note(length, time >= horizon);
        }
        let lost = if self.is_service {
            f64::from(self.by_hazard.iter().any(|work| work.since.is_some()))
        } else {
            let Some(slot) = self
                .slots
                .iter()
                .position(|&(slot, ..)| slot == disruption.slot)
            else {
                return;
            };
            let own = (disruption.hazard, disruption.left.get());
            let active = &mut self.active[slot];
            if begins {
                active.push(own);
            } else if let Some(place) = active.iter().position(|&other| other == own) {
                active.swap_remove(place);
            }
            self.lost_share(combine)
        };
        self.lost += self.lost_now * (time - self.since).0 as f64;
        (self.lost_now, self.since) = (lost, time);
    }

    fn lost_share(&self, combine: Combine) -> f64 {
        let mut whole = 1.0;
        let mut units = 0.0;
        for (&(_, weight, is_unit), active) in self.slots.iter().zip(&self.active) {
            let left = share(active, combine);
            if is_unit {
                units += weight * (1.0 - left);
            } else {
                whole = left;
            }
        }
        1.0 - whole * (1.0 - units)
    }

    /// A replication is over.
    fn end(&mut self, horizon: Seconds) {
        for at in 0..self.by_hazard.len() {
            if let Some(since) = self.by_hazard[at].since {
                self.found.by_hazard[at].note(horizon - since, true);
            }
            self.by_hazard[at].end(horizon);
            self.found.by_hazard[at].end();
        }
        self.lost += self.lost_now * (horizon - self.since).0 as f64;
        let share = self.lost / horizon.0.max(1) as f64;
        self.found.lost.push((share * PARTS).round() as i64);
        (self.lost, self.lost_now, self.since) = (0.0, 0.0, Seconds::ZERO);
        self.active.iter_mut().for_each(Vec::clear);
    }
}

/// What disruptions leave of a slot: of each hazard the least, and of several the least or the
/// product.
fn share(active: &[(u32, f64)], combine: Combine) -> f64 {
    let mut least: Vec<(u32, f64)> = Vec::new();
    for &(hazard, left) in active {
        match least.iter_mut().find(|(other, _)| *other == hazard) {
            Some((_, known)) => *known = known.min(left),
            None => least.push((hazard, left)),
        }
    }
    let shares = least.iter().map(|&(_, left)| left);
    match combine {
        Combine::Min => shares.fold(1.0, f64::min),
        Combine::Product => shares.product(),
    }
}
