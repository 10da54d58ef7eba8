//! Runs in which nothing remembers and only the total is asked for.
//!
//! Where there are no tanks, lags, transits, quotas or restarts, what flows at an instant depends on
//! the capacities at that instant alone. If only the system's totals are gathered, all that is
//! needed of the flows is how much is delivered, and where as much flows as can, that is the
//! maximum flow, whatever classes, commitments, nominations, costs and shares of cuts say about
//! which barrels flow: classes are served in order, and serving an earlier one first never makes
//! the total smaller; all else only chooses among flows that deliver as much. A maximum flow is a
//! minimum cut, and [`CutProgram`] finds those of many states at once. Networks too wide for that are
//! followed state by state with [`KeptTrees`].
//!
//! What is decided here once for a run: whether that is so, what finds the flow, and which of its
//! capacities each element sets. [`Replay`] then follows replications, with the same arithmetic of
//! what disruptions leave as [`super::state::State`].

mod intervals;
mod kept;
mod lanes;
mod places;
mod replay;
mod series;
mod table;
#[cfg(test)]
mod tests;

pub(super) use places::{Hit, Places};
pub(super) use replay::Replay;
pub(super) use series::{COUNT as SERIES, Series};

use crate::allocation::KeptTrees;
use crate::allocation::cut::{Capacity, CutArc, CutProgram};
use crate::model::{Collect, Element, Objective};
use crate::network::{ArcRole, NO_ARC, ReducedArc, UNLIMITED};
use crate::units::Seconds;

use super::calendar::Entry;
use super::outages::Outages;
use super::world::World;

/// Stands for "sets no capacity of the engine".
const NO_ROW: u32 = u32::MAX;

/// What finds the greatest flow of each state.
#[derive(Debug)]
enum Engine {
    /// Of many at once.
    Program(CutProgram),
    /// Of one after another: the network of so many nodes.
    Trees(usize, Vec<CutArc>),
}

/// What is fixed for a run in which nothing remembers.
#[derive(Debug)]
pub(super) struct Memoryless<'w> {
    world: &'w World<'w>,
    engine: Engine,
    /// For each element, the capacity of the engine that it sets, or [`NO_ROW`].
    row_of: Vec<u32>,
    /// Capacities of the engine at the start, b/d.
    start: Vec<i32>,
    /// For each element, what the calendar says of it at the start, b/d.
    nominal: Vec<i64>,
    /// More than this never flows, b/d: capacities beyond count as this.
    most: i64,
    /// Changes known in advance: when, of which element, to what, b/d.
    changes: Vec<(Seconds, usize, i64)>,
    /// Plan of all fields from each instant on, b/d.
    plan: Vec<(Seconds, i64)>,
    /// Whether every market is an export market; otherwise none is.
    is_exported: bool,
}

impl<'w> Memoryless<'w> {
    /// `None` where flows depend on the past, or where more is asked than the total delivered says.
    pub(super) fn of(world: &'w World<'w>, collect: Collect) -> Option<Self> {
        Self::with(world, collect, true)
    }

    /// The same; one by one if states may not be told together.
    fn with(world: &'w World<'w>, collect: Collect, together: bool) -> Option<Self> {
        if collect != Collect::System || world.remembers() || !maximises_volume(world) {
            return None;
        }
        let exports = |export: bool| world.sales.iter().all(|sale| sale.export == export);
        if !exports(true) && !exports(false) {
            return None;
        }
        let elements = world.elements;
        let mut nominal = vec![0; elements.count()];
        for &(entry, value) in &world.calendar.start {
            if let Entry::Nominal(element) = entry {
                nominal[element] = value;
            }
        }
        let nominal_changes = world.calendar.changes.iter();
        let changes: Vec<(Seconds, usize, i64)> = nominal_changes
            .filter_map(|change| match change.entry {
                Entry::Nominal(element) => Some((change.time, element, change.value)),
                _ => None,
            })
            .collect();
        let plan = plan(world, &nominal, &changes);
        let most = plan.iter().map(|&(_, rate)| rate).max().unwrap_or(0);
        let network = &world.network;
        let mut arcs = Arcs {
            world,
            nominal: &nominal,
            varies: varying(world, &changes),
            most,
            nodes: network.problem.nodes,
            rows: 0,
            row_of: vec![NO_ROW; elements.count()],
            list: Vec::new(),
        };
        for arc in &network.problem.arcs {
            arcs.put(arc)?;
        }
        let program = together
            .then(|| CutProgram::compile(arcs.nodes, &arcs.list, arcs.rows))
            .flatten()
            .filter(|program| most <= i64::from(program.row_limit()));
        let engine = match program {
            Some(program) => Engine::Program(program),
            None if most <= KeptTrees::MOST => Engine::Trees(arcs.nodes, arcs.list),
            None => return None,
        };
        let row_of = arcs.row_of;
        let mut found = Self {
            world,
            engine,
            start: vec![0; arcs.rows],
            row_of,
            most,
            changes,
            plan,
            is_exported: exports(true),
            nominal,
        };
        let intact = Outages::new(world.slot_element.len());
        for element in 0..elements.count() {
            let row = found.row_of[element];
            if row != NO_ROW {
                let available = world.available(&found.nominal, &intact, element);
                found.start[row as usize] = found.limit(&found.nominal, element, available);
            }
        }
        Some(found)
    }

    /// Whether an element is a field.
    fn is_field(&self, element: usize) -> bool {
        matches!(self.world.elements.kind(element), Element::Field(_))
    }

    /// The most that an element lets through, as the engine counts it, b/d.
    ///
    /// - `nominal`: what the calendar says of each element; `available`: what disruptions leave.
    fn limit(&self, nominal: &[i64], element: usize, available: i64) -> i32 {
        limit(self.world, nominal, element, available).min(self.most) as i32
    }
}

/// The most that an element lets through, b/d.
fn limit(world: &World<'_>, nominal: &[i64], element: usize, available: i64) -> i64 {
    let limit = match world.elements.kind(element) {
        Element::Hub(hub) => world.hub_limit(nominal, hub, available, available),
        _ => available,
    };
    limit.clamp(0, UNLIMITED)
}

/// Whether the total delivered is a maximum flow: no money may keep oil back, and no grade is told
/// from another.
fn maximises_volume(world: &World<'_>) -> bool {
    world.model.allocation.objective == Objective::Volume && world.network.problem.several.is_none()
}

/// Which elements do not always let through the same.
fn varying(world: &World<'_>, changes: &[(Seconds, usize, i64)]) -> Vec<bool> {
    let hits = world.hits.iter();
    let mut varies: Vec<bool> = hits
        .map(|hits| hits.whole.is_some() || hits.units.iter().any(|(_, slot)| slot.is_some()))
        .collect();
    for &(_, element, _) in changes {
        varies[element] = true;
        if let Element::Link(link) = world.elements.kind(element) {
            for &hub in &world.stands_for[link] {
                varies[world.elements.hub(hub)] = true;
            }
        }
    }
    varies
}

/// The plan of all fields from each instant on at which it changes.
fn plan(
    world: &World<'_>,
    nominal: &[i64],
    changes: &[(Seconds, usize, i64)],
) -> Vec<(Seconds, i64)> {
    let fields = world.model.fields.len();
    let mut rates: Vec<i64> = (0..fields)
        .map(|field| nominal[world.elements.field(field)])
        .collect();
    let mut steps = vec![(Seconds::ZERO, rates.iter().sum())];
    for &(time, element, value) in changes {
        if let Element::Field(field) = world.elements.kind(element) {
            rates[field] = value;
            let total = rates.iter().sum();
            match steps.last_mut() {
                Some(last) if last.0 == time => last.1 = total,
                _ => steps.push((time, total)),
            }
        }
    }
    steps
}

/// The arcs of the program while they are being laid out.
struct Arcs<'a> {
    world: &'a World<'a>,
    nominal: &'a [i64],
    varies: Vec<bool>,
    most: i64,
    nodes: usize,
    rows: usize,
    row_of: Vec<u32>,
    list: Vec<CutArc>,
}

impl Arcs<'_> {
    /// Puts a reduced arc: one after another for the capacities in it that vary. `None` if it stands
    /// for something that no capacity of an element says.
    fn put(&mut self, arc: &ReducedArc) -> Option<()> {
        let mut fixed = UNLIMITED;
        let mut capacities = Vec::new();
        for &member in &arc.members {
            let role = self.world.network.arcs[member].role;
            if self.is_told_with_the_rest(role) {
                // Both parts lie side by side, and together they let through what the element does.
                return (arc.members.len() == 1).then_some(());
            }
            // Both parts are carried or none is, as they join the same nodes.
            let is_whole = || self.parts(role).iter().all(|&part| self.is_carried(part));
            if self.stands_beside_a_part(role) && (arc.members.len() > 1 || !is_whole()) {
                return None;
            }
            let element = self.element(role)?;
            if self.varies[element] {
                capacities.push(Capacity::Row(self.row(element)));
            } else {
                fixed = fixed.min(limit(
                    self.world,
                    self.nominal,
                    element,
                    self.nominal_limit(element),
                ));
            }
        }
        // What is more than ever flows limits nothing.
        if fixed < self.most || capacities.is_empty() {
            capacities.push(Capacity::Fixed(fixed));
        }
        let mut tail = arc.tail;
        let last = capacities.len() - 1;
        for (index, capacity) in capacities.into_iter().enumerate() {
            let head = if index == last {
                arc.head
            } else {
                self.nodes += 1;
                Some(self.nodes - 1)
            };
            self.list.push(CutArc {
                tail,
                head,
                capacity,
            });
            tail = head;
        }
        Some(())
    }

    /// What is available of an element that nothing changes.
    fn nominal_limit(&self, element: usize) -> i64 {
        self.world.intact(self.nominal, element)
    }

    fn row(&mut self, element: usize) -> usize {
        if self.row_of[element] == NO_ROW {
            self.row_of[element] = self.rows as u32;
            self.rows += 1;
        }
        self.row_of[element] as usize
    }

    /// Whether an arc is the part of an element that is nominated or committed, beside the rest.
    fn is_told_with_the_rest(&self, role: ArcRole) -> bool {
        let [part, rest] = self.parts(role);
        let is_part = match role {
            ArcRole::Link { nominated, .. } => nominated,
            ArcRole::Sell { committed, .. } => committed,
            _ => false,
        };
        is_part && self.is_carried(part) && self.is_carried(rest)
    }

    /// Whether an arc is the rest of an element of which a part is nominated or committed.
    fn stands_beside_a_part(&self, role: ArcRole) -> bool {
        let is_backward = matches!(role, ArcRole::Link { backward: true, .. });
        !is_backward && self.parts(role)[0].is_some()
    }

    /// The arcs of the part of an element that is nominated or committed, and of the rest.
    fn parts(&self, role: ArcRole) -> [Option<usize>; 2] {
        let network = &self.world.network;
        match role {
            ArcRole::Link { link, .. } => {
                let [nominated, rest, _] = network.link_arcs[link];
                [nominated, rest]
            }
            ArcRole::Sell { market, .. } => network.sell_arcs[market],
            _ => [None, None],
        }
    }

    fn is_carried(&self, arc: Option<usize>) -> bool {
        arc.is_some_and(|arc| self.world.network.problem.carrier[arc] != NO_ARC)
    }

    /// The element whose capacity an arc has.
    fn element(&self, role: ArcRole) -> Option<usize> {
        let elements = self.world.elements;
        Some(match role {
            ArcRole::Source(field) => elements.field(field),
            ArcRole::Link { link, .. } => elements.link(link),
            ArcRole::Through(hub) => elements.hub(hub),
            ArcRole::Sell { market, .. } => elements.market(market),
            ArcRole::Fill(_) | ArcRole::Draw(_) | ArcRole::Grade(_) | ArcRole::Part { .. } => {
                return None;
            }
        })
    }
}
