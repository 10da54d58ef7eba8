//! What the capacity of an element is worth at an instant.

use crate::allocation::{Allocator, Derivative, Margin};
use crate::model::{Element, Model};
use crate::network::{NO_ARC, Network, UNLIMITED};

use super::state::State;

/// An element with a capacity that could be changed, and the arcs that it stands for.
#[derive(Clone, Debug)]
pub(super) struct Rated {
    pub(super) element: Element,
    /// Arcs that grow with it; the first of them shrinks first.
    arcs: Vec<usize>,
    /// The arc that shrinks when the first has nothing left.
    reserve: Option<usize>,
}

/// Every field, every hub, market and link that has a limit, in that order, each kind by id.
pub(super) fn rated(model: &Model, network: &Network) -> Vec<Rated> {
    let plain = |element, arcs: Vec<usize>, reserve| Rated {
        element,
        arcs,
        reserve,
    };
    let fields = (0..model.fields.len())
        .map(|field| plain(Element::Field(field), vec![network.source_of[field]], None));
    let hubs = model.hubs.iter().enumerate().filter_map(|(index, hub)| {
        let has_limit = hub.capacity.is_some() || !hub.units.is_empty();
        let arc = network.through_of[index].filter(|_| has_limit)?;
        Some(plain(Element::Hub(index), vec![arc], None))
    });
    let markets = model.markets.iter().enumerate();
    let markets = markets.filter_map(|(index, market)| {
        market.demand.as_ref()?;
        let [committed, rest] = network.sell_arcs[index];
        Some(plain(Element::Market(index), vec![rest?], committed))
    });
    let links = model.links.iter().enumerate().filter_map(|(index, link)| {
        if link.capacity.is_none() && link.units.is_empty() {
            return None;
        }
        let [nominated, rest, back] = network.link_arcs[index];
        let arcs = rest.into_iter().chain(back).collect();
        Some(plain(Element::Link(index), arcs, nominated))
    });
    fields.chain(hubs).chain(markets).chain(links).collect()
}

/// The derivatives of an element's capacity under the flow as it is, which must have been
/// explored.
pub(super) fn margin(derivative: &mut Derivative, state: &State<'_>, rated: &Rated) -> Margin {
    let network = &state.world.network;
    let problem = &network.problem;
    let flows = state.allocator.flows();
    let capacity = |arc: usize| state.allocator.capacity(arc);
    let limit = |arc: usize| state.arc_capacity[arc];
    let mut of = |arc: usize| {
        let carrier = problem.carrier[arc];
        if carrier == NO_ARC {
            return Margin::default();
        }
        let members = &problem.arcs[carrier].members;
        let Some(member) = members.iter().position(|&member| member == arc) else {
            return Margin::default();
        };
        derivative.margin(problem, &capacity, flows, (carrier, member), &limit)
    };
    let mut sum = Margin::default();
    for &arc in &rated.arcs {
        let margin = of(arc);
        sum.in_cut |= margin.in_cut;
        sum.right |= margin.right;
        sum.left |= margin.left;
    }
    if let Some(reserve) = rated.reserve.filter(|_| limit(rated.arcs[0]) == 0) {
        sum.left |= of(reserve).left;
    }
    sum
}

/// The share of an element's capacity that is left: what more of it is worth meanwhile.
pub(super) fn share_left(state: &State<'_>, rated: &Rated) -> f64 {
    let element = state.world.elements.number(rated.element);
    let intact = state.intact(element).min(UNLIMITED);
    if intact <= 0 {
        return 1.0;
    }
    (state.available[element] as f64 / intact as f64).clamp(0.0, 1.0)
}

/// What one step more and one step less of capacity would change.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Gain {
    /// USD a day.
    pub(super) more: f64,
    pub(super) less: f64,
    /// Barrels delivered per barrel of the step.
    pub(super) delivered_more: f64,
    pub(super) delivered_less: f64,
}

/// Solves with one step more and one less of an element's capacity; `None` where nothing can
/// change because no arc of it is full.
pub(super) fn gain(
    trial: &mut Allocator,
    state: &State<'_>,
    rated: &Rated,
    worth: &Worth,
    step: i64,
) -> Option<Gain> {
    let problem = &state.world.network.problem;
    let flows = state.allocator.flows();
    let limit = |arc: usize| state.arc_capacity[arc];
    let carried = |arc: usize| problem.carrier[arc];
    let full = |arc: &usize| carried(*arc) != NO_ARC && flows[carried(*arc)] >= limit(*arc);
    let reserve = rated.reserve.filter(|_| limit(rated.arcs[0]) == 0);
    let arcs: Vec<usize> = rated.arcs.iter().copied().chain(reserve).collect();
    if !arcs.iter().any(full) {
        return None;
    }
    trial.set_numbers(state.allocator.numbers());
    // Tanks may have been steered by other costs: both sides of the difference go by the rules.
    let sales = &state.world.sales;
    let both = |flows: &[i64]| {
        let delivered: i64 = sales.iter().map(|sale| flows[sale.arc]).sum();
        [worth.of(flows), delivered as f64]
    };
    let now = both(trial.solve());
    let mut with = |arcs: &[usize], by: i64| {
        for &arc in arcs.iter().filter(|&&arc| carried(arc) != NO_ARC) {
            let carrier = carried(arc);
            let members = problem.arcs[carrier].members.iter();
            let least = members.map(|&member| {
                let change = if member == arc { by } else { 0 };
                (limit(member) + change).clamp(0, UNLIMITED)
            });
            trial.set_capacity(carrier, least.min().unwrap_or(0));
        }
        let value = both(trial.solve());
        for &arc in arcs.iter().filter(|&&arc| carried(arc) != NO_ARC) {
            trial.set_capacity(carried(arc), state.allocator.capacity(carried(arc)));
        }
        value
    };
    let change = |from: [f64; 2], to: [f64; 2]| [to[0] - from[0], to[1] - from[1]];
    let [more, delivered_more] = change(now, with(&rated.arcs, step));
    let shrinking: &[usize] = match &reserve {
        Some(reserve) => std::slice::from_ref(reserve),
        None => &rated.arcs,
    };
    // No more than there is can be taken away.
    let least = shrinking.iter().map(|&arc| limit(arc)).min().unwrap_or(0);
    let down = step.min(least);
    let [less, delivered_less] = if down > 0 {
        change(with(shrinking, -down), now).map(|lost| lost * (step as f64 / down as f64))
    } else {
        [0.0; 2]
    };
    Some(Gain {
        more,
        less,
        delivered_more: delivered_more / step as f64,
        delivered_less: delivered_less / step as f64,
    })
}

/// What a barrel is worth on each arc of the reduced problem: its price and what its grade earns
/// on top, less tariff, freight and war risk.
#[derive(Clone, Debug)]
pub(super) struct Worth {
    /// Thousandths of a dollar a barrel, by reduced arc.
    arc: Vec<i64>,
}

impl Worth {
    pub(super) fn of_model(model: &Model, network: &Network) -> Self {
        let arcs = network.problem.arcs.iter();
        Self {
            arc: arcs
                .map(|arc| {
                    arc.members
                        .iter()
                        .map(|&member| network.worth(model, member).0)
                        .sum()
                })
                .collect(),
        }
    }

    /// What a flow earns, USD a day.
    pub(super) fn of(&self, flows: &[i64]) -> f64 {
        let parts = self.arc.iter().zip(flows);
        let sum: i128 = parts
            .map(|(&worth, &flow)| i128::from(worth) * i128::from(flow))
            .sum();
        sum as f64 / 1_000.0
    }

    /// Whether anything is priced at all.
    pub(super) fn is_priced(&self) -> bool {
        self.arc.iter().any(|&worth| worth != 0)
    }
}
