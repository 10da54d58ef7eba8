//! When a model gives what another gave.
//!
//! **Other hazards.** A replication is a function of the model and of its timeline, and nothing else
//! is read of hazards than what they hit, their class and how long before they are announced. So two
//! models that differ only in how often hazards strike, how long, how badly or how they are repaired
//! give the same wherever they have drawn the same disruptions: mostly where no changed hazard struck.
//!
//! **Other capacities.** Two models are the same but that one of them has more, at all times, of the capacity of some
//! links or hubs. A replication of the model with less is watched: an element is *used up* if, in
//! any of the allocations of the replication, an arc of it carries as much as it may while it would
//! be let carry more in the other model. If none of the elements is ever used up, the other
//! model's replication is the same, number by number. By induction over the allocations:
//!
//! 1. Both models draw the same timeline, and so far all that they remember (tanks, quotas, restarts,
//!    what is announced) is the same; so the capacities of all arcs are but those of these elements.
//!    Those are no smaller in the model with more: what disruptions leave of a capacity grows with it.
//! 2. Presolve looks at no capacity, so both reduced problems have the same arcs and costs (compared
//!    when the run begins), and a reduced arc has the least capacity of its members. A reduced arc
//!    that carries less than it may does so in both. One that carries all it may has a least member
//!    that is the same in both: else an element would be used up.
//! 3. So the flows of the model with less keep within the other's capacities, and they carry less than
//!    they may wherever those differ. A linear program has no optimum that is only a local one: the
//!    flows are optimal without these limits too. They are the only optimum there, as with another
//!    the flows between both would be as good and, near enough, within the limits of the model with
//!    less. That they were the only optimum *there* the solver knows: no arc at a bound that could
//!    move has a reduced cost of zero. As soon as it has met a tie, nothing is taken over any more.
//! 4. The only optimum is what the other model's allocation finds too. What is decided next goes by
//!    flows and by what is the same in both, so it is decided the same.
//!
//! The last step is what limits this: nothing else may look at the capacity of such an element. So
//! there are no links with a lag (which compare capacities), no tanks that share a way out (their
//! shares go by capacities), no delays (which play the undisturbed future to begin with), no transit
//! over the element or of a later class, no hub without a capacity that the link stands for, no circles to
//! remove from flows and no shares to divide among fields after solving, and no grades told apart. What is
//! measured against the undisturbed future is the same if that future is, which is compared. Loads
//! and losses by element look at capacities, so nothing is taken over when everything is gathered;
//! nor, with other hazards either, where totals are found side by side without flows, which takes less time than to look.

use crate::model::{Element, Hazard, Model, Series};
use crate::network::{ArcRole, Claims, NO_ARC};
use crate::units::BarrelsPerDay;

use super::super::state::State;
use super::super::world::World;
use crate::allocation::Allocator;

/// Elements that are watched in a replication.
#[derive(Clone, Debug)]
pub(in super::super) struct Watch {
    elements: Vec<usize>,
    /// Whether each was ever used up.
    pub(super) reached: Vec<bool>,
}

impl Watch {
    pub(super) fn over(elements: &[usize]) -> Self {
        Self {
            elements: elements.to_vec(),
            reached: vec![false; elements.len()],
        }
    }

    pub(super) fn forget(&mut self) {
        self.reached.fill(false);
    }
}

impl State<'_> {
    /// Looks whether flows use up an element that is watched.
    #[inline]
    pub(in super::super) fn look_at_watched(&mut self) {
        if let Some(mut watch) = self.watch.take() {
            for (&element, reached) in watch.elements.iter().zip(&mut watch.reached) {
                *reached = *reached || self.is_used_up(element);
            }
            self.watch = Some(watch);
        }
    }

    /// Whether an element carries all it may, where with a larger capacity it could carry more.
    fn is_used_up(&self, element: usize) -> bool {
        // What is closed is closed whatever it could carry.
        if self.is_closed(element) {
            return false;
        }
        let network = &self.world.network;
        let arcs = match self.world.elements.kind(element) {
            Element::Link(link) => network.link_arcs[link],
            Element::Hub(hub) => [network.through_of[hub], None, None],
            _ => return true,
        };
        arcs.into_iter().flatten().any(|arc| {
            let carrier = network.problem.carrier[arc];
            if carrier == NO_ARC {
                return false;
            }
            let capacity = self.arc_capacity[arc];
            // Another element in series has less.
            if self.allocator.capacity(carrier) < capacity {
                return false;
            }
            // What is nominated stays what it is.
            if let ArcRole::Link {
                link,
                nominated: true,
                ..
            } = network.arcs[arc].role
                && self.nomination[link] == capacity
            {
                return false;
            }
            self.allocator.flows()[carrier] >= capacity
        })
    }

    /// Exchanges what has been solved with a state over the same network. No flow shows it.
    pub(super) fn exchange_allocators(&mut self, other: &mut Self) {
        self.steer(false);
        other.steer(false);
        // Whether an answer was the only one, its allocator knows, and that goes.
        (self.answers, other.answers) = (None, None);
        exchange(&mut self.allocator, &mut other.allocator);
        if let (Some(own), Some(other)) = (&mut self.firm, &mut other.firm) {
            exchange(own, other);
        }
    }
}

/// Exchanges two allocators of one network, each with the capacities that the other had.
fn exchange(one: &mut Allocator, other: &mut Allocator) {
    std::mem::swap(one, other);
    let numbers = one.numbers().to_vec();
    one.set_numbers(other.numbers());
    other.set_numbers(&numbers);
}

/// The elements of which `higher` has more than `lower`, if they are the same but for those and
/// for what is drawn, and nothing but the allocation looks at them; empty if they differ at most in
/// what is drawn.
pub(super) fn more_of(lower: &World<'_>, higher: &World<'_>) -> Option<Vec<usize>> {
    // What most differ in is looked at first: the rest takes a copy of a model.
    if higher.model.links.len() != lower.model.links.len()
        || higher.model.hubs.len() != lower.model.hubs.len()
        || !seem_alike(&higher.model.hazards, &lower.model.hazards)
    {
        return None;
    }
    let mut same = higher.model.clone();
    forget_origin(&mut same, lower.model);
    same.hazards.clone_from(&lower.model.hazards);
    same.crews.clone_from(&lower.model.crews);
    let elements = lower.elements;
    let mut more = Vec::new();
    for (index, (link, own)) in same.links.iter_mut().zip(&lower.model.links).enumerate() {
        if link.capacity != own.capacity {
            let stands = &mut lower.stands_for[index].iter();
            if !has_more(link.capacity.as_ref()?, own.capacity.as_ref()?)
                || stands.any(|&hub| lower.network.through_of[hub].is_some())
            {
                return None;
            }
            link.capacity.clone_from(&own.capacity);
            more.push(elements.link(index));
        }
    }
    for (index, (hub, own)) in same.hubs.iter_mut().zip(&lower.model.hubs).enumerate() {
        if hub.capacity != own.capacity {
            if !has_more(hub.capacity.as_ref()?, own.capacity.as_ref()?) {
                return None;
            }
            hub.capacity.clone_from(&own.capacity);
            more.push(elements.hub(index));
        }
    }
    let is_only_allocated = || {
        only_allocation_looks(lower)
            && lower.network.problem.is_same(&higher.network.problem)
            && !more.iter().any(|&element| lower.on_transit[element])
    };
    (same == *lower.model && (more.is_empty() || is_only_allocated())).then_some(more)
}

/// Whether nothing but the allocation looks at capacities of links and hubs off transits, and
/// flows are nothing but its optimum.
fn only_allocation_looks(world: &World<'_>) -> bool {
    let problem = &world.network.problem;
    world.lagged.is_empty()
        && world.delays.is_none()
        && world.steering.is_none()
        && world.late_transits.is_empty()
        && problem.circles.is_empty()
        && problem.claims == Claims::default()
        && problem.several.is_none()
}

/// Whether hazards differ only in what is drawn: all else that is read of them is the same.
fn seem_alike(one: &[Hazard], other: &[Hazard]) -> bool {
    let is_like = |(one, other): (&Hazard, &Hazard)| {
        one.id == other.id
            && one.class == other.class
            && one.targets == other.targets
            && one.announced == other.announced
    };
    one.len() == other.len() && one.iter().zip(other).all(is_like)
}

/// Makes a model say what another says of where it comes from, which changes no number.
fn forget_origin(model: &mut Model, other: &Model) {
    model.name.clone_from(&other.name);
    model.about.clone_from(&other.about);
    model.sources.clone_from(&other.sources);
    model.strategies.clone_from(&other.strategies);
}

/// Whether one is never smaller, and both change at the same times.
fn has_more(one: &Series<BarrelsPerDay>, other: &Series<BarrelsPerDay>) -> bool {
    let (one, other) = (one.steps(), other.steps());
    let pairs = || one.iter().zip(other);
    one.len() == other.len() && pairs().all(|(one, other)| one.0 == other.0 && one.1 >= other.1)
}
