//! What flows in stated states: the same capacities, rules and allocation as in a replication,
//! without time.

use crate::allocation::{Derivative, Margin};
use crate::model::{Element, Follow, Model, Part};
use crate::network::{NO_ARC, UNLIMITED};
use crate::units::{Fraction, Seconds};

use super::margins::{Rated, margin, rated, share_left};
use super::settings::RunError;
use super::state::State;
use super::world::World;

/// A model made ready for looking at its states.
#[derive(Debug)]
pub struct Setting<'m> {
    world: World<'m>,
    rated: Vec<Rated>,
    /// Independent part of the network of each element; `None` if it carries nothing.
    part_of: Vec<Option<usize>>,
    /// Arcs to markets of each part.
    sales: Vec<Vec<usize>>,
}

impl<'m> Setting<'m> {
    /// For a model with its own hazards.
    ///
    /// # Errors
    /// [`RunError::TooLarge`] if the network is larger than the allocation is made for.
    pub fn new(model: &'m Model) -> Result<Self, RunError> {
        let world = World::new(model, &model.hazards, model.simulation.seed, 0)?;
        // What one more barrel of capacity would deliver is not known otherwise.
        let rated = if world.has_derivative() {
            rated(model, &world.network)
        } else {
            Vec::new()
        };
        let (part_of, sales) = parts(&world);
        Ok(Self {
            world,
            rated,
            part_of,
            sales,
        })
    }

    /// Times between which plans, capacities and demands do not change.
    #[must_use]
    pub fn periods(&self) -> Vec<(Seconds, Seconds)> {
        let changes = self.world.calendar.changes.iter().map(|change| change.time);
        let mut marks: Vec<Seconds> = std::iter::once(Seconds::ZERO)
            .chain(changes.filter(|&time| time > Seconds::ZERO))
            .chain([self.world.model.horizon])
            .collect();
        marks.sort_unstable();
        marks.dedup();
        marks.windows(2).map(|pair| (pair[0], pair[1])).collect()
    }

    /// How many parts the network has whose flows have nothing to do with each other.
    #[must_use]
    pub fn part_count(&self) -> usize {
        self.sales.len()
    }

    /// The part an element is in; `None` if no oil can pass it on a way to a market.
    #[must_use]
    pub fn part_of(&self, element: Element) -> Option<usize> {
        self.part_of[self.world.elements.number(element)]
    }

    /// Why it is not known what one more barrel a day of capacity would deliver; `None` if it is.
    #[must_use]
    pub fn why_no_derivative(&self) -> Option<&'static str> {
        self.world.why_no_derivative()
    }

    /// Every field, and every hub, market and link that has a limit; none where what pays
    /// decides, or where grades are told apart.
    pub fn rated(&self) -> impl Iterator<Item = Element> + '_ {
        self.rated.iter().map(|rated| rated.element)
    }
}

/// One state of a model, to be changed and looked at.
pub struct Probe<'s> {
    setting: &'s Setting<'s>,
    state: State<'s>,
    derivative: Derivative,
}

impl<'s> Probe<'s> {
    /// At the start, with nothing wrong.
    #[must_use]
    pub fn new(setting: &'s Setting<'_>) -> Self {
        Self {
            setting,
            state: State::new(&setting.world, false),
            derivative: Derivative::new(&setting.world.network),
        }
    }

    /// Plans, capacities and demands as at a time; disruptions stay as they are.
    pub fn at(&mut self, time: Seconds) {
        let calendar = &self.setting.world.calendar;
        for &(entry, value) in &calendar.start {
            self.state.set(entry, value);
        }
        for change in calendar.changes.iter().filter(|change| change.time <= time) {
            self.state.set(change.entry, change.value);
        }
    }

    /// Something takes down a part of a target, whose share left is `left`.
    pub fn begin(&mut self, hazard: usize, part: &Part, left: f64) {
        if let Some(slot) = self.slot(part) {
            self.state.begin(slot, hazard as u32, share_of(part, left));
        }
    }

    /// What [began](Self::begin) ends.
    pub fn end(&mut self, hazard: usize, part: &Part, left: f64) {
        if let Some(slot) = self.slot(part) {
            self.state.end(slot, hazard as u32, share_of(part, left));
        }
    }

    fn slot(&self, part: &Part) -> Option<u32> {
        let slots = self.setting.world.timelines.slots();
        let found = slots.binary_search(&(part.element, part.unit));
        found.ok().map(|slot| slot as u32)
    }

    /// What an element can carry, produce or take in this state, b/d.
    pub fn available(&mut self, element: Element) -> i64 {
        self.state.refresh();
        self.state.available[self.setting.world.elements.number(element)].min(UNLIMITED)
    }

    /// Allocates.
    pub fn solve(&mut self) {
        self.state.allocate();
        self.state.changed.clear();
    }

    /// An error if some state had no answer.
    ///
    /// # Errors
    /// [`RunError::Unsolved`].
    pub fn answered(&self) -> Result<(), RunError> {
        if self.state.has_failed() {
            return Err(RunError::Unsolved {
                place: "a state of the network".to_owned(),
            });
        }
        Ok(())
    }

    /// What all fields plan, b/d.
    #[must_use]
    pub fn planned(&self) -> i64 {
        self.state.rates.books.planned
    }

    /// What is delivered through a part of the network, b/d.
    #[must_use]
    pub fn delivered(&self, part: usize) -> i64 {
        let flows = self.state.allocator.flows();
        self.setting.sales[part].iter().map(|&arc| flows[arc]).sum()
    }

    /// For each [rated](Setting::rated) element of a part: its place, what a change of its
    /// capacity would do, and the share of it that is left.
    /// Nothing where that is [not known](Setting::why_no_derivative).
    pub fn margins(&mut self, part: usize, see: &mut dyn FnMut(usize, Margin, f64)) {
        let world = &self.setting.world;
        if !world.has_derivative() {
            return;
        }
        let (state, derivative) = (&self.state, &mut self.derivative);
        let (capacity, flows) = (state.allocator.capacities(), state.allocator.flows());
        derivative.explore(capacity, flows);
        for (index, rated) in self.setting.rated.iter().enumerate() {
            if self.setting.part_of(rated.element) == Some(part) {
                let found = margin(derivative, state, rated);
                if found != Margin::default() {
                    see(index, found, share_left(state, rated));
                }
            }
        }
    }
}

/// The share left of a part of a target.
fn share_of(part: &Part, left: f64) -> Fraction {
    let loss = part.loss.get();
    let share = if loss >= 1.0 {
        left
    } else {
        1.0 - loss * (1.0 - left)
    };
    Fraction::nearest(share)
}

/// Connected parts of the network: the part of each element, and the sales of each part.
fn parts(world: &World<'_>) -> (Vec<Option<usize>>, Vec<Vec<usize>>) {
    let problem = &world.network.problem;
    // Nodes, then an arc from outside to outside as a node of its own.
    let mut leader: Vec<usize> = (0..problem.nodes + problem.arcs.len()).collect();
    let node_of = |arc: usize| {
        let ends = &problem.arcs[arc];
        ends.tail.or(ends.head).unwrap_or(problem.nodes + arc)
    };
    for arc in &problem.arcs {
        if let (Some(tail), Some(head)) = (arc.tail, arc.head) {
            join(&mut leader, tail, head);
        }
    }
    let arcs_of = |element: usize| -> Vec<usize> {
        let network = &world.network;
        let arcs: Vec<usize> = match world.elements.kind(element) {
            Element::Field(field) => vec![network.source_of[field]],
            Element::Hub(hub) => network.through_of[hub].into_iter().collect(),
            Element::Market(market) => network.sell_arcs[market].into_iter().flatten().collect(),
            Element::Link(link) => network.link_arcs[link].into_iter().flatten().collect(),
            Element::Tank(_) => Vec::new(),
        };
        let carried = arcs.into_iter().map(|arc| problem.carrier[arc]);
        carried.filter(|&arc| arc != NO_ARC).collect()
    };
    // Other people's oil takes room on all of its way at once.
    for transit in &world.transits {
        let nodes: Vec<usize> = transit
            .elements
            .iter()
            .flat_map(|&element| arcs_of(element))
            .map(node_of)
            .collect();
        for pair in nodes.windows(2) {
            join(&mut leader, pair[0], pair[1]);
        }
    }
    // Fields are cut together for a quota.
    for quota in &world.model.quotas {
        if quota.follow == Follow::NationalInterest {
            continue;
        }
        let elements = quota.fields.iter().map(|&at| world.elements.field(at));
        let nodes: Vec<usize> = elements.flat_map(arcs_of).map(node_of).collect();
        for pair in nodes.windows(2) {
            join(&mut leader, pair[0], pair[1]);
        }
    }
    let mut number: Vec<Option<usize>> = vec![None; leader.len()];
    let mut sales: Vec<Vec<usize>> = Vec::new();
    for sale in &world.sales {
        let lead = find(&leader, node_of(sale.arc));
        let part = *number[lead].get_or_insert_with(|| {
            sales.push(Vec::new());
            sales.len() - 1
        });
        sales[part].push(sale.arc);
    }
    let mut part_of: Vec<Option<usize>> = (0..world.elements.count())
        .map(|element| {
            let arc = *arcs_of(element).first()?;
            number[find(&leader, node_of(arc))]
        })
        .collect();
    // An element that carries nothing of ours may still hold up other people's oil.
    for transit in &world.transits {
        let part = transit
            .elements
            .iter()
            .find_map(|&element| part_of[element]);
        for &element in &transit.elements {
            part_of[element] = part_of[element].or(part);
        }
    }
    (part_of, sales)
}

fn find(leader: &[usize], mut node: usize) -> usize {
    while leader[node] != node {
        node = leader[node];
    }
    node
}

fn join(leader: &mut [usize], one: usize, other: usize) {
    let (one, other) = (find(leader, one), find(leader, other));
    leader[one.max(other)] = one.min(other);
}
