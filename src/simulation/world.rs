//! What is fixed for a run: network, calendar, processes, and who touches whom.

use std::collections::BTreeMap;

use crate::allocation::Allocator;
use crate::model::{Combine, Hazard, Model, NodeRef, Objective, Storing};
use crate::network::{NO_ARC, Network, Steering, UNLIMITED, delivery_class};
use crate::sampling::Timelines;
use crate::units::BarrelsPerDay;

use super::announced::Announcements;
use super::calendar::{Calendar, Elements};
use super::delays::{self, Delays};
use super::lags::{self, Lagged};
use super::parts;
use super::quota::QuotaRules;
use super::settings::RunError;

/// Everything a replication reads and never writes.
#[derive(Clone, Debug)]
pub(super) struct World<'m> {
    pub(super) model: &'m Model,
    pub(super) network: Network,
    pub(super) timelines: Timelines,
    pub(super) calendar: Calendar,
    pub(super) elements: Elements,
    pub(super) quotas: QuotaRules,
    pub(super) combine: Combine,
    /// Element of each slot.
    pub(super) slot_element: Vec<u32>,
    /// What can hit each element.
    pub(super) hits: Vec<Hits>,
    /// For hubs without a capacity of their own: links that stand for it.
    pub(super) outgoing: Vec<Vec<usize>>,
    /// For each link, the hubs for which it stands in.
    pub(super) stands_for: Vec<Vec<usize>>,
    pub(super) transits: Vec<TransitPath>,
    /// Elements on the path of a transit.
    pub(super) transit_elements: Vec<usize>,
    pub(super) on_transit: Vec<bool>,
    /// Transits of later classes than 1, in the order in which they are served.
    pub(super) late_transits: Vec<usize>,
    /// Classes of delivery, the first first, and the reduced arcs by which their oil leaves.
    pub(super) sales_by_class: Vec<(u8, Vec<usize>)>,
    /// Arcs of the reduced problem that begin at a field.
    pub(super) sources: Vec<usize>,
    /// The one of each field, or [`NO_ARC`].
    pub(super) source_carriers: Vec<usize>,
    /// Arcs of the reduced problem that end at a market.
    pub(super) sales: Vec<Sale>,
    /// The one of each lot of a market that pays by grade, or [`NO_ARC`].
    pub(super) lots: Vec<usize>,
    /// What of each tank's contents at the start is of each part, in order of the network's parts.
    pub(super) part_shares: Vec<f64>,
    /// Reduced arcs that fill and draw each tank.
    pub(super) tank_arcs: Vec<(usize, usize)>,
    /// Tanks of equal rank whose times until they are full become equal: two or more.
    pub(super) tank_groups: Vec<Vec<usize>>,
    /// The most that may go into and come out of each tank, b/d.
    pub(super) tank_rates: Vec<(i64, i64)>,
    /// Costs under which those share a way out, if there are any.
    pub(super) steering: Option<Steering>,
    /// Which tanks prepare for what is announced.
    pub(super) announcements: Announcements,
    /// Reduced arcs that carry nothing while tanks are fixed and flow keeps to nominations.
    pub(super) beyond_nomination: Vec<bool>,
    /// Links with a lag, in order of id.
    pub(super) lagged: Vec<Lagged>,
    /// How long oil is under way, if any link takes time.
    pub(super) delays: Option<Delays>,
}

impl World<'_> {
    /// Whether what flows depends on the past, or on more than capacities of elements one by one.
    pub(super) fn remembers(&self) -> bool {
        let model = self.model;
        !self.network.tanks.is_empty()
            || !self.lagged.is_empty()
            || self.delays.is_some()
            || !model.transits.is_empty()
            || !model.quotas.is_empty()
            || model.fields.iter().any(|field| !field.dynamics.is_plain())
    }

    /// Whether the barrel that one more of capacity would deliver is known: where as much flows as
    /// can, not as much as pays, and where no grade is told from another: there one more barrel of
    /// capacity may be worth a part of one.
    pub(super) fn has_derivative(&self) -> bool {
        self.why_no_derivative().is_none()
    }

    /// Whether flows tell which links with a lag would help: other people's oil that makes way for
    /// ours does not flow by the same rule.
    pub(super) fn tells_needs(&self) -> bool {
        !self.lagged.is_empty() && self.has_derivative() && self.late_transits.is_empty()
    }

    /// Why it is not known, as the end of a sentence.
    pub(super) fn why_no_derivative(&self) -> Option<&'static str> {
        if self.model.allocation.objective != Objective::Volume {
            Some(
                "as much flows as pays, so that one more barrel of capacity need not carry one more",
            )
        } else if self.network.problem.several.is_some() {
            Some(
                "grades are told apart, so that one more barrel of capacity may be worth a part of one",
            )
        } else if self.model.hubs.iter().any(|hub| {
            let tank = hub.tank.as_ref();
            tank.is_some_and(|tank| tank.reserve_price.is_some())
        }) {
            Some(
                "a tank holds oil back below a price, so that one more barrel of capacity need not carry one more",
            )
        } else {
            None
        }
    }
}

/// An arc of the reduced problem that ends at a market.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sale {
    pub(super) arc: usize,
    pub(super) market: usize,
    pub(super) export: bool,
}

/// The slots through which an element can be hit.
#[derive(Clone, Debug, Default)]
pub(super) struct Hits {
    pub(super) whole: Option<u32>,
    /// Sizes of its units, and the slot of each.
    pub(super) units: Vec<(i64, Option<u32>)>,
}

/// The way of a transit.
#[derive(Clone, Debug)]
pub(super) struct TransitPath {
    pub(super) elements: Vec<usize>,
    pub(super) yields: bool,
    pub(super) priority: u8,
}

impl<'m> World<'m> {
    /// For a model under these hazards (its own, none, or stated closures).
    ///
    /// - `epistemic`: which draw of uncertain figures the model is; 0 if it is none.
    pub(super) fn new(
        model: &'m Model,
        hazards: &[Hazard],
        seed: u64,
        epistemic: u64,
    ) -> Result<Self, RunError> {
        let network = Network::under(model, hazards);
        let (arcs, nodes) = (network.problem.arcs.len(), network.problem.nodes);
        if arcs > Allocator::MOST_ARCS || nodes > Allocator::MOST_NODES {
            return Err(RunError::TooLarge {
                arcs,
                nodes,
                most_arcs: Allocator::MOST_ARCS,
                most_nodes: Allocator::MOST_NODES,
            });
        }
        let timelines = Timelines::new(model, hazards, seed, epistemic);
        let elements = Elements::of(model);
        let hits = hits(model, elements, &timelines);
        let outgoing = outgoing(model);
        let mut stands_for = vec![Vec::new(); model.links.len()];
        for (hub, links) in outgoing.iter().enumerate() {
            for &link in links {
                stands_for[link].push(hub);
            }
        }
        let transits = transit_paths(model, elements, &network);
        let mut transit_elements: Vec<usize> = transits
            .iter()
            .flat_map(|transit| transit.elements.iter().copied())
            .collect();
        transit_elements.sort_unstable();
        transit_elements.dedup();
        let mut on_transit = vec![false; elements.count()];
        for &element in &transit_elements {
            on_transit[element] = true;
        }
        let carrier = |arc: usize| network.problem.carrier[arc];
        let carried = |arc: usize| Some(carrier(arc)).filter(|&arc| arc != NO_ARC);
        let source_carriers: Vec<usize> =
            network.source_of.iter().map(|&arc| carrier(arc)).collect();
        let sources = source_carriers
            .iter()
            .copied()
            .filter(|&arc| arc != NO_ARC)
            .collect();
        let sales = network
            .sell_arcs
            .iter()
            .enumerate()
            .flat_map(|(market, arcs)| arcs.iter().flatten().map(move |&arc| (market, arc)))
            .filter_map(|(market, arc)| {
                Some(Sale {
                    arc: carried(arc)?,
                    market,
                    export: model.markets[market].export,
                })
            })
            .collect();
        let tank_arcs = network
            .tanks
            .iter()
            .map(|tank| (carrier(tank.fill), carrier(tank.draw)))
            .collect();
        let tank_groups = tank_groups(model, &network);
        let mut world = Self {
            slot_element: timelines
                .slots()
                .iter()
                .map(|&(element, _)| elements.number(element) as u32)
                .collect(),
            hits,
            outgoing,
            stands_for,
            transits,
            late_transits: late_transits(model),
            sales_by_class: sales_by_class(model, &network),
            transit_elements,
            on_transit,
            sources,
            source_carriers,
            sales,
            part_shares: parts::shares(model, &network),
            lots: network.lots.iter().map(|lot| carrier(lot.arc)).collect(),
            tank_arcs,
            steering: (!tank_groups.is_empty()).then(|| Steering::of(model, &network)),
            tank_groups,
            tank_rates: tank_rates(model, &network),
            announcements: Announcements::of(
                model,
                &network,
                hazards,
                timelines.slots().iter().map(|&(element, _)| element),
            ),
            beyond_nomination: beyond_nomination(&network),
            calendar: Calendar::of(model),
            quotas: QuotaRules::of(model),
            combine: model.allocation.combine,
            model,
            network,
            timelines,
            elements,
            lagged: Vec::new(),
            delays: None,
        };
        lags::prepare(&mut world)?;
        delays::prepare(&mut world)?;
        Ok(world)
    }
}

fn hits(model: &Model, elements: Elements, timelines: &Timelines) -> Vec<Hits> {
    let mut hits = vec![Hits::default(); elements.count()];
    let sizes =
        |rates: &[crate::units::BarrelsPerDay]| rates.iter().map(|rate| (rate.0, None)).collect();
    for (index, link) in model.links.iter().enumerate() {
        hits[elements.link(index)].units = sizes(&link.units);
    }
    for (index, hub) in model.hubs.iter().enumerate() {
        hits[elements.hub(index)].units = sizes(&hub.units);
    }
    for (slot, &(element, unit)) in timelines.slots().iter().enumerate() {
        let hit = &mut hits[elements.number(element)];
        match unit.and_then(|unit| hit.units.get_mut(unit)) {
            Some((_, unit_slot)) => *unit_slot = Some(slot as u32),
            None => hit.whole = Some(slot as u32),
        }
    }
    hits
}

/// Links that leave each hub that has no capacity of its own.
fn outgoing(model: &Model) -> Vec<Vec<usize>> {
    let mut outgoing = vec![Vec::new(); model.hubs.len()];
    for (index, link) in model.links.iter().enumerate() {
        let ends = [Some(link.from), link.both_ways.then_some(link.to)];
        for end in ends.into_iter().flatten() {
            if let NodeRef::Hub(hub) = end
                && model.hubs[hub].capacity.is_none()
            {
                outgoing[hub].push(index);
            }
        }
    }
    outgoing
}

/// The links of each transit, and the hubs on its way that something can limit.
fn transit_paths(model: &Model, elements: Elements, network: &Network) -> Vec<TransitPath> {
    model
        .transits
        .iter()
        .map(|transit| {
            let mut path: Vec<usize> = transit
                .path
                .iter()
                .map(|&link| elements.link(link))
                .collect();
            let ends = |link: usize| [model.links[link].from, model.links[link].to];
            let between = transit.path.windows(2).filter_map(|pair| {
                let next = ends(pair[1]);
                ends(pair[0]).into_iter().find(|end| next.contains(end))
            });
            for node in between.chain([transit.from, transit.to]) {
                if let NodeRef::Hub(hub) = node
                    && network.through_of[hub].is_some()
                    && !path.contains(&elements.hub(hub))
                {
                    path.push(elements.hub(hub));
                }
            }
            TransitPath {
                elements: path,
                yields: transit.yields,
                priority: transit.priority,
            }
        })
        .collect()
}

/// Transits of later classes than 1, by class, then by id.
fn late_transits(model: &Model) -> Vec<usize> {
    let class = |&transit: &usize| model.transits[transit].priority;
    let mut late: Vec<usize> = (0..model.transits.len())
        .filter(|transit| class(transit) > 1)
        .collect();
    late.sort_by_key(class);
    late
}

/// Classes of delivery, the first first, with the reduced arcs by which their oil leaves.
fn sales_by_class(model: &Model, network: &Network) -> Vec<(u8, Vec<usize>)> {
    let mut classes = BTreeMap::<u8, Vec<usize>>::new();
    for &arc in network.sell_arcs.iter().flatten().flatten() {
        let carrier = network.problem.carrier[arc];
        if let Some(class) = delivery_class(model, network.arcs[arc].role)
            && carrier != NO_ARC
        {
            classes.entry(class).or_default().push(carrier);
        }
    }
    classes.into_iter().collect()
}

fn tank_groups(model: &Model, network: &Network) -> Vec<Vec<usize>> {
    if model.allocation.storing == Storing::Cost {
        return Vec::new();
    }
    let ranks = network
        .tanks
        .iter()
        .map(|tank| tank.rank)
        .max()
        .unwrap_or(0);
    (1..=ranks)
        .map(|rank| {
            (0..network.tanks.len())
                .filter(|&tank| network.tanks[tank].rank == rank)
                .collect()
        })
        .filter(|group: &Vec<usize>| group.len() > 1)
        .collect()
}

fn tank_rates(model: &Model, network: &Network) -> Vec<(i64, i64)> {
    let rate = |rate: Option<BarrelsPerDay>| rate.map_or(UNLIMITED, |rate| rate.0);
    let specs = network.tanks.iter();
    let specs = specs.map(|tank| model.hubs[tank.hub].tank.as_ref());
    specs
        .map(|spec| spec.map_or((0, 0), |spec| (rate(spec.fill), rate(spec.draw))))
        .collect()
}

fn beyond_nomination(network: &Network) -> Vec<bool> {
    let mut beyond = vec![false; network.problem.arcs.len()];
    let mut close = |arc: usize| {
        let carrier = network.problem.carrier[arc];
        if carrier != NO_ARC {
            beyond[carrier] = true;
        }
    };
    for tank in &network.tanks {
        close(tank.fill);
        close(tank.draw);
    }
    for [nominated, rest, back] in &network.link_arcs {
        if nominated.is_some() {
            rest.iter().chain(back).for_each(|&arc| close(arc));
        }
    }
    beyond
}
