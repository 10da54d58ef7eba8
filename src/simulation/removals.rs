//! What still flows if things are taken out of the network: the same capacities, rules and
//! allocation as in a replication, in the long run, when tanks are full or empty and every
//! diversion that takes time has been made.

use crate::model::{
    Dynamics, Element, Hazard, Law, LogEvent, Model, Objective, Occurs, Part, Quota, Target,
};
use crate::network::NO_ARC;
use crate::units::{Fraction, Seconds};

use super::settings::RunError;
use super::state::State;
use super::world::World;

/// Something that can be taken out: parts of the network, and the share left of each.
#[derive(Clone, Debug, PartialEq)]
pub struct Removal {
    /// An element or units of it, with the share left.
    pub parts: Vec<(Part, Fraction)>,
}

/// A model as it stands in the long run: without tanks, lags, time under way and restarts, and
/// with these removals in place of its hazards.
#[must_use]
pub fn standing(model: &Model, removals: &[Removal]) -> Model {
    let mut standing = Model {
        hazards: as_hazards(removals, model.horizon),
        ..model.clone()
    };
    for hub in &mut standing.hubs {
        hub.tank = None;
    }
    for link in &mut standing.links {
        (link.lag, link.transit_time) = (None, None);
    }
    for field in &mut standing.fields {
        field.dynamics = Dynamics {
            min_stable: field.dynamics.min_stable,
            ..Dynamics::default()
        };
    }
    standing
}

/// A recorded outage for each removal, so that the network is laid out for all of them.
pub(super) fn as_hazards(removals: &[Removal], horizon: Seconds) -> Vec<Hazard> {
    let hazard = |(number, removal): (usize, &Removal)| {
        let targets = removal
            .parts
            .iter()
            .enumerate()
            .map(|(at, (part, _))| Target {
                parts: vec![part.clone()],
                key: format!("removal-{number}-{at}"),
            });
        let events = removal
            .parts
            .iter()
            .enumerate()
            .map(|(target, &(_, left))| LogEvent {
                target,
                start: Seconds::ZERO,
                end: horizon,
                left,
            });
        Hazard::plain(
            format!("removal-{number}"),
            targets.collect(),
            Occurs::Log(events.collect()),
            [Law::Fixed(horizon.days()), Law::Fixed(0.0)],
            horizon,
        )
    };
    removals.iter().enumerate().map(hazard).collect()
}

/// Which conclusions the rules of a model allow without solving for what flows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reliance {
    /// Why taking something out may cost more than what flowed through it; `None` if it cannot.
    pub no_bounds: Option<&'static str>,
    /// Of each removal, whether no more can flow once it is made.
    pub only_lowers: Vec<bool>,
}

/// Removals of one model.
#[derive(Debug)]
pub struct Removals<'m> {
    world: World<'m>,
    /// Slots and shares of each removal.
    slots: Vec<Vec<(u32, Fraction)>>,
    /// Reduced arcs that each removal narrows.
    carriers: Vec<Vec<usize>>,
    /// What each removal leaves for sure of what it narrows, b/d.
    left: Vec<i64>,
    reliance: Reliance,
    /// Removals that narrow each reduced arc.
    on_arc: Vec<Vec<u32>>,
    /// Reduced arcs that leave each node, and those that come from outside.
    out_of: Vec<Vec<usize>>,
    from_outside: Vec<usize>,
    at: Seconds,
}

impl<'m> Removals<'m> {
    /// For a model made by [`standing`] from the same removals.
    ///
    /// - `at`: when; plans, capacities and demands are those of then.
    ///
    /// # Errors
    /// [`RunError`] if the network is too large, or has no answer as it is.
    pub fn new(standing: &'m Model, removals: &[Removal], at: Seconds) -> Result<Self, RunError> {
        let world = World::new(standing, &standing.hazards, 0, 0)?;
        let problem = &world.network.problem;
        let slot = |part: &Part| {
            let slots = world.timelines.slots();
            slots.binary_search(&(part.element, part.unit)).ok()
        };
        let slots = removals.iter().map(|removal| {
            let parts = removal.parts.iter();
            parts
                .filter_map(|(part, left)| Some((slot(part)? as u32, *left)))
                .collect()
        });
        let carriers: Vec<Vec<usize>> = (removals.iter())
            .map(|removal| {
                let mut arcs: Vec<usize> = (removal.parts.iter())
                    .flat_map(|(part, _)| carriers_of(&world, part.element))
                    .collect();
                arcs.sort_unstable();
                arcs.dedup();
                arcs
            })
            .collect();
        let mut on_arc = vec![Vec::new(); problem.arcs.len()];
        for (removal, arcs) in carriers.iter().enumerate() {
            for &arc in arcs {
                on_arc[arc].push(removal as u32);
            }
        }
        let mut out_of = vec![Vec::new(); problem.nodes];
        let mut from_outside = Vec::new();
        for (index, arc) in problem.arcs.iter().enumerate() {
            match arc.tail {
                Some(tail) => out_of[tail].push(index),
                None => from_outside.push(index),
            }
        }
        let reliance = Reliance {
            no_bounds: why_no_bounds(&world, removals),
            only_lowers: (removals.iter())
                .map(|removal| {
                    let mut elements = removal.parts.iter().map(|(part, _)| part.element);
                    elements.all(|element| !world.on_transit[world.elements.number(element)])
                })
                .collect(),
        };
        let mut found = Self {
            slots: slots.collect(),
            carriers,
            left: vec![0; removals.len()],
            reliance,
            on_arc,
            out_of,
            from_outside,
            at,
            world,
        };
        found.left = found.surely_left(removals)?;
        Ok(found)
    }

    /// What may be concluded without solving.
    #[must_use]
    pub fn reliance(&self) -> &Reliance {
        &self.reliance
    }

    /// What each removal leaves of its element whatever else is taken out, b/d; 0 if that is not
    /// certain: units share an element, other people's oil takes its part of what is left, and
    /// a hub without a capacity of its own has that of the links behind it.
    fn surely_left(&self, removals: &[Removal]) -> Result<Vec<i64>, RunError> {
        let element = |removal: &Removal| removal.parts.first().map(|(part, _)| part.element);
        let mut bench = Bench::new(self);
        let mut left = vec![0; removals.len()];
        for (index, removal) in removals.iter().enumerate() {
            let Some(own) = element(removal) else {
                continue;
            };
            let is_shared = (removals.iter().enumerate())
                .any(|(other, removal)| other != index && element(removal) == Some(own));
            let is_bare = matches!(own, Element::Hub(hub)
                if self.world.model.hubs[hub].capacity.is_none());
            let number = self.world.elements.number(own);
            if is_shared || is_bare || self.world.on_transit[number] {
                continue;
            }
            bench.take_out(&[index as u32]);
            left[index] = bench.state.available[number];
        }
        bench.answered()?;
        Ok(left)
    }
}

/// The reduced arcs that an element narrows.
fn carriers_of(world: &World<'_>, element: Element) -> Vec<usize> {
    let network = &world.network;
    let arcs: Vec<usize> = match element {
        Element::Field(field) => vec![network.source_of[field]],
        Element::Hub(hub) => network.through_of[hub].into_iter().collect(),
        Element::Market(market) => network.sell_arcs[market].into_iter().flatten().collect(),
        Element::Link(link) => network.link_arcs[link].into_iter().flatten().collect(),
        Element::Tank(_) => Vec::new(),
    };
    let carried = arcs.into_iter().map(|arc| network.problem.carrier[arc]);
    carried.filter(|&arc| arc != NO_ARC).collect()
}

/// Why what is delivered may fall by more than what flowed through what is taken out, as the end
/// of a sentence.
fn why_no_bounds(world: &World<'_>, removals: &[Removal]) -> Option<&'static str> {
    let model = world.model;
    if model.allocation.objective != Objective::Volume {
        return Some("as much flows as pays, and less may pay once something is taken out");
    }
    if world.network.problem.several.is_some() {
        return Some("grades are told apart, and one may be held up by another");
    }
    let mut quotas = model.quotas.iter();
    if quotas.any(Quota::cuts) {
        return Some("fields are cut for a quota before it is known what can flow");
    }
    let mut fields = model.fields.iter();
    if fields.any(|field| field.dynamics.min_stable.0 > 0) {
        return Some("a field stops altogether below its least stable rate");
    }
    if !world.late_transits.is_empty() {
        return Some("other people's oil takes what ours leaves, and may take more");
    }
    if !transits_only_fall(world, removals) {
        return Some("one transit may take the room of another that is stopped");
    }
    None
}

/// Whether no transit ever gets more because something is taken out: each has its way to itself,
/// or there is room for all of them wherever anything is left at all.
fn transits_only_fall(world: &World<'_>, removals: &[Removal]) -> bool {
    let (model, elements) = (world.model, world.elements);
    world.transit_elements.iter().all(|&element| {
        let on_it: Vec<usize> = (0..world.transits.len())
            .filter(|&transit| world.transits[transit].elements.contains(&element))
            .collect();
        if on_it.len() < 2 {
            return true;
        }
        let wanted: i64 = (on_it.iter())
            .map(|&transit| model.transits[transit].volume.steps().iter())
            .map(|steps| steps.map(|(_, rate)| rate.0).max().unwrap_or(0))
            .sum();
        let nominal =
            |entry: &super::calendar::Entry| *entry == super::calendar::Entry::Nominal(element);
        let start = world
            .calendar
            .start
            .iter()
            .filter(|(entry, _)| nominal(entry));
        let changes = world
            .calendar
            .changes
            .iter()
            .filter(|change| nominal(&change.entry));
        let values = start
            .map(|&(_, value)| value)
            .chain(changes.map(|change| change.value));
        let units: i64 = world.hits[element]
            .units
            .iter()
            .map(|&(size, _)| size)
            .sum();
        let units = (units > 0).then_some(units);
        let least = values.chain(units).min().unwrap_or(0);
        if least < wanted {
            return false;
        }
        let is_whole = removals
            .iter()
            .flat_map(|removal| &removal.parts)
            .all(|(part, left)| {
                elements.number(part.element) != element
                    || (part.unit.is_none() && *left == Fraction::ZERO)
            });
        is_whole || on_it.iter().all(|&transit| world.transits[transit].yields)
    })
}

/// Oil on its way from a field to a market.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Way {
    /// How much, b/d.
    pub flow: i64,
    /// Removals that are in its way.
    pub through: Vec<u32>,
}

/// A network from which things are taken out and put back.
pub struct Bench<'r> {
    removals: &'r Removals<'r>,
    state: State<'r>,
    out: Vec<u32>,
    /// Work space: flow not yet laid on a way, and the last walk in which a node was seen.
    unlaid: Vec<i64>,
    seen: Vec<u32>,
    walk: u32,
}

impl<'r> Bench<'r> {
    /// With everything in place.
    #[must_use]
    pub fn new(removals: &'r Removals<'_>) -> Self {
        let world = &removals.world;
        let mut state = State::new(world, false);
        for &(entry, value) in &world.calendar.start {
            state.set(entry, value);
        }
        for change in (world.calendar.changes.iter()).filter(|change| change.time <= removals.at) {
            state.set(change.entry, change.value);
        }
        Self {
            removals,
            state,
            out: Vec::new(),
            unlaid: Vec::new(),
            seen: vec![0; world.network.problem.nodes],
            walk: 0,
        }
    }

    /// What is delivered with exactly these taken out, b/d.
    pub fn take_out(&mut self, set: &[u32]) -> i64 {
        for place in (0..self.out.len()).rev() {
            let removal = self.out[place];
            if !set.contains(&removal) {
                self.out.swap_remove(place);
                for &(slot, left) in &self.removals.slots[removal as usize] {
                    self.state.end(slot, removal, left);
                }
            }
        }
        for &removal in set {
            if !self.out.contains(&removal) {
                self.out.push(removal);
                for &(slot, left) in &self.removals.slots[removal as usize] {
                    self.state.begin(slot, removal, left);
                }
            }
        }
        self.state.allocate();
        self.state.changed.clear();
        self.state.rates.delivered
    }

    /// What of that is exported, b/d.
    #[must_use]
    pub fn exported(&self) -> i64 {
        self.state.rates.exported
    }

    /// What all fields plan, b/d.
    #[must_use]
    pub fn planned(&self) -> i64 {
        self.state.rates.books.planned
    }

    /// What flows through each removal, b/d: the most that its being closed could cost now.
    #[must_use]
    pub fn loads(&self) -> Vec<i64> {
        let flows = self.state.allocator.flows();
        let load = |arcs: &Vec<usize>| arcs.iter().map(|&arc| flows[arc]).sum();
        self.removals.carriers.iter().map(load).collect()
    }

    /// What each removal leaves whatever else is taken out, b/d.
    #[must_use]
    pub fn left(&self) -> &[i64] {
        &self.removals.left
    }

    /// The flows laid out as ways from fields to markets; `None` if they do not add up to ways.
    pub fn ways(&mut self) -> Option<Vec<Way>> {
        let mut unlaid = std::mem::take(&mut self.unlaid);
        unlaid.clear();
        unlaid.extend_from_slice(self.state.allocator.flows());
        let mut ways = Vec::new();
        let mut is_whole = true;
        for &source in &self.removals.from_outside {
            while unlaid[source] > 0 && is_whole {
                match self.lay(source, &mut unlaid) {
                    Some(way) => ways.extend((way.flow > 0).then_some(way)),
                    None => is_whole = false,
                }
            }
        }
        self.unlaid = unlaid;
        is_whole.then_some(ways)
    }

    /// One way that begins with an arc from outside, or one without flow if oil goes in a circle,
    /// which is taken away; `None` if the flows lead nowhere.
    fn lay(&mut self, source: usize, unlaid: &mut [i64]) -> Option<Way> {
        let problem = &self.removals.world.network.problem;
        self.walk += 1;
        let mut arcs = vec![source];
        let mut last = source;
        while let Some(node) = problem.arcs[last].head {
            if self.seen[node] == self.walk {
                let first = arcs
                    .iter()
                    .position(|&arc| problem.arcs[arc].tail == Some(node))?;
                take(&arcs[first..], unlaid);
                return Some(Way::default());
            }
            self.seen[node] = self.walk;
            last = *self.removals.out_of[node]
                .iter()
                .find(|&&arc| unlaid[arc] > 0)?;
            arcs.push(last);
        }
        let mut through: Vec<u32> = (arcs.iter())
            .flat_map(|&arc| self.removals.on_arc[arc].iter().copied())
            .collect();
        through.sort_unstable();
        through.dedup();
        let flow = take(&arcs, unlaid);
        Some(Way { flow, through })
    }

    /// An error if some state had no answer.
    ///
    /// # Errors
    /// [`RunError::Unsolved`].
    pub fn answered(&self) -> Result<(), RunError> {
        if self.state.has_failed() {
            return Err(RunError::Unsolved {
                place: "a network from which something was taken out".to_owned(),
            });
        }
        Ok(())
    }
}

/// Takes the least of some flows from all of them.
fn take(arcs: &[usize], unlaid: &mut [i64]) -> i64 {
    let least = arcs.iter().map(|&arc| unlaid[arc]).min().unwrap_or(0);
    for &arc in arcs {
        unlaid[arc] -= least;
    }
    least
}
