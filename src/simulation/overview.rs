//! What flows when nothing goes wrong, and what limits it.

use std::collections::BTreeMap;

use crate::model::{Element, Model};
use crate::network::{ArcRole, structure};
use crate::results::{GradeTreatment, Undisturbed as UndisturbedRates};
use crate::sampling::Timeline;
use crate::units::Seconds;

use super::grades;
use super::quota_results;
use super::replication::{Follower, play};
use super::settings::RunError;
use super::state::State;
use super::undisturbed::Undisturbed;
use super::uniqueness;
use super::world::World;

/// A scenario before anything happens.
#[derive(Clone, Debug)]
pub struct Overview {
    /// Mean rates over the horizon.
    pub undisturbed: UndisturbedRates,
    /// Links and hubs (qualified ids) on which one more barrel a day would be delivered at the
    /// start; empty too if grades are told apart, where it is not known.
    pub bottleneck: Vec<String>,
    /// How grades are treated; `None` if the scenario does not speak of them.
    pub grades: Option<GradeTreatment>,
    /// Links and hubs (qualified ids) whose loss alone keeps some field from every market.
    pub critical: Vec<String>,
    /// Capacity of the gates of each route at the start, b/d; `None` if unlimited.
    pub capacity_by_route: Vec<(String, Option<i64>)>,
    /// The network in the DOT language.
    pub dot: String,
}

/// Looks at a scenario before anything happens.
///
/// # Errors
/// [`RunError`] if tanks do not come to rest.
pub fn overview(model: &Model) -> Result<Overview, RunError> {
    let world = World::new(model, &[], 0, 0)?;
    let undisturbed = Undisturbed::of(&world)?;
    let mut first = FirstEpoch::default();
    play(
        &world,
        &mut State::new(&world, true),
        0,
        &Timeline::default(),
        &mut first,
    )?;
    let structure = structure(model);
    Ok(Overview {
        undisturbed: UndisturbedRates {
            route_ranges: uniqueness::undisturbed(&world)?,
            ..mean_rates(&world, &undisturbed)
        },
        bottleneck: first.binding,
        grades: grades::treatment(&world, &undisturbed)?,
        critical: structure
            .critical
            .iter()
            .map(|&element| qualified(model, element))
            .collect(),
        capacity_by_route: model
            .routes
            .iter()
            .map(|route| {
                let capacity = |&gate: &usize| {
                    let link = &model.links[gate];
                    let units: i64 = link.units.iter().map(|unit| unit.0).sum();
                    let common = link.capacity.as_ref().map(|capacity| capacity.first().0);
                    if link.units.is_empty() {
                        common
                    } else {
                        Some(common.map_or(units, |common| common.min(units)))
                    }
                };
                (route.id.clone(), route.gates.iter().map(capacity).sum())
            })
            .collect(),
        dot: structure.dot,
    })
}

/// Qualified id of an element.
pub(super) fn qualified(model: &Model, element: Element) -> String {
    match element {
        Element::Field(index) => format!("field.{}", model.fields[index].id),
        Element::Hub(index) => format!("hub.{}", model.hubs[index].id),
        Element::Market(index) => format!("market.{}", model.markets[index].id),
        Element::Link(index) => format!("link.{}", model.links[index].id),
        Element::Tank(index) => format!("tank.{}", model.hubs[index].id),
    }
}

/// The element that an arc stands for; none for what goes into tanks and out of them, or comes by grade.
pub(super) fn element_of(role: ArcRole) -> Option<Element> {
    match role {
        ArcRole::Source(field) => Some(Element::Field(field)),
        ArcRole::Link { link, .. } => Some(Element::Link(link)),
        ArcRole::Through(hub) => Some(Element::Hub(hub)),
        ArcRole::Sell { market, .. } => Some(Element::Market(market)),
        ArcRole::Fill(_) | ArcRole::Draw(_) | ArcRole::Grade(_) | ArcRole::Part { .. } => None,
    }
}

/// What binds in the first epoch.
#[derive(Default)]
struct FirstEpoch {
    seen: bool,
    binding: Vec<String>,
}

impl Follower for FirstEpoch {
    fn epoch(&mut self, _: Seconds, _: Seconds, state: &mut State<'_>) {
        if self.seen {
            return;
        }
        self.seen = true;
        let model = state.world.model;
        let found = state.binding.iter();
        let found = found.filter_map(|&arc| element_of(state.world.network.arcs[arc].role));
        self.binding = found.map(|element| qualified(model, element)).collect();
        self.binding.sort_unstable();
        self.binding.dedup();
    }
}

/// Mean rates over the horizon of the undisturbed future.
pub(super) fn mean_rates(world: &World<'_>, undisturbed: &Undisturbed) -> UndisturbedRates {
    let model = world.model;
    let horizon = model.horizon;
    let length = |epoch: usize| (undisturbed.end_of(epoch, horizon) - undisturbed.starts[epoch]).0;
    let mean = |rate: &dyn Fn(usize) -> i64| {
        let epochs = 0..undisturbed.starts.len();
        let volume: i128 = epochs
            .map(|epoch| i128::from(rate(epoch)) * i128::from(length(epoch)))
            .sum();
        volume as f64 / horizon.0 as f64
    };
    let through = |element: usize| mean(&|epoch| undisturbed.through[epoch][element]);
    let link = |index: usize| through(world.elements.link(index));
    UndisturbedRates {
        planned_bpd: mean(&|epoch| undisturbed.planned[epoch]),
        delivered_bpd: mean(&|epoch| undisturbed.delivered[epoch]),
        exported_bpd: mean(&|epoch| undisturbed.exported[epoch]),
        links_bpd: by_id(model.links.iter().map(|link| &link.id), &link),
        routes_bpd: by_id(model.routes.iter().map(|route| &route.id), &|route| {
            model.routes[route]
                .gates
                .iter()
                .map(|&gate| link(gate))
                .sum()
        }),
        markets_bpd: by_id(model.markets.iter().map(|market| &market.id), &|market| {
            through(world.elements.market(market))
        }),
        quota_cut_bpd: undisturbed.quota_cut as f64 / horizon.0 as f64,
        quotas: quota_results::undisturbed(model, &undisturbed.quotas),
        route_ranges: BTreeMap::new(),
    }
}

fn by_id<'a>(
    ids: impl Iterator<Item = &'a String>,
    value: &dyn Fn(usize) -> f64,
) -> BTreeMap<String, f64> {
    ids.enumerate()
        .map(|(index, id)| (id.clone(), value(index)))
        .collect()
}
