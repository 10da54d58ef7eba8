//! Links by month, and what tanks hold through the horizon.

use std::collections::BTreeMap;

use crate::accumulate::{Gathered, Plan};
use crate::model::{Link, Model};
use crate::results::{LinkMonths, MonthsOfLink, TankFan};
use crate::units::{Seconds, Volume};

use super::world::World;

/// Numbers per link and month: its flow in whole barrels, and the seconds in which it binds.
pub(super) const NUMBERS: usize = 2;

/// The most instants at which tanks are looked at.
const MOST: i64 = 60;

/// Levels whose quantiles are told.
const LEVELS: [(&str, f64); 5] = [
    ("0.05", 0.05),
    ("0.25", 0.25),
    ("0.5", 0.5),
    ("0.75", 0.75),
    ("0.95", 0.95),
];

/// Nameplate × time of a link between two instants; 0 if it is unlimited at any time.
pub(super) fn nameplate(link: &Link, (from, to): (Seconds, Seconds)) -> i64 {
    let units: i64 = link.units.iter().map(|unit| unit.0).sum();
    let limit = if link.units.is_empty() {
        i64::MAX
    } else {
        units
    };
    let Some(capacity) = &link.capacity else {
        return if link.units.is_empty() {
            0
        } else {
            units * (to - from).0
        };
    };
    let steps = capacity.steps();
    (0..steps.len())
        .map(|at| {
            let end = steps.get(at + 1).map_or(to, |&(time, _)| time.min(to));
            let time: Seconds = end - steps[at].0.max(from);
            steps[at].1.0.min(limit) * time.0.max(0)
        })
        .sum()
}

/// Instants at which tanks are looked at: the ends of days, or of sixty equal parts of a longer horizon.
pub(super) fn instants(model: &Model) -> Vec<Seconds> {
    let horizon = model.horizon.0;
    let count = (model.horizon.days().ceil() as i64).clamp(1, MOST);
    let at = |part: i64| (i128::from(horizon) * i128::from(part) / i128::from(count)) as i64;
    (1..=count).map(|part| Seconds(at(part))).collect()
}

/// Has tanks looked at, if there are any.
pub(super) fn plan_tanks(world: &World<'_>, plan: &mut Plan) {
    plan.tanks = world
        .network
        .tanks
        .iter()
        .map(|tank| capacity(world.model, tank.hub))
        .collect();
    if !plan.tanks.is_empty() {
        plan.instants = instants(world.model).len();
    }
}

/// The most that the tank of a hub holds at any time, bbl.
fn capacity(model: &Model, hub: usize) -> i64 {
    let tank = model.hubs[hub].tank.as_ref();
    let steps = tank.map_or(&[][..], |tank| tank.capacity.steps());
    steps.iter().map(|step| step.1.0).max().unwrap_or(0)
}

/// What tanks hold through the horizon, by hub.
pub(super) fn tanks(world: &World<'_>, gathered: &Gathered) -> BTreeMap<String, TankFan> {
    let days: Vec<f64> = instants(world.model).iter().map(|at| at.days()).collect();
    let told = world.network.tanks.iter().zip(gathered.tanks());
    told.map(|(arcs, counts)| {
        let hub = &world.model.hubs[arcs.hub];
        let full = |tank: &crate::model::Tank| tank.capacity.first().0 as f64;
        let initial = |tank: &crate::model::Tank| full(tank) * tank.initial.get();
        let quantiles = LEVELS.map(|(name, level)| (name.to_owned(), counts.quantiles(level)));
        let fan = TankFan {
            capacity_bbl: capacity(world.model, arcs.hub) as f64,
            initial_bbl: hub.tank.as_ref().map_or(0.0, initial),
            days: days.clone(),
            mean_bbl: counts.means(),
            quantiles_bbl: BTreeMap::from(quantiles),
        };
        (hub.id.clone(), fan)
    })
    .collect()
}

/// What links did by month; `before` numbers of each replication come before those of links.
pub(super) fn links(
    world: &World<'_>,
    gathered: &Gathered,
    (months, lengths): (&[String], &[f64]),
    before: usize,
) -> Option<LinkMonths> {
    let model = world.model;
    let numbers = gathered.monthly().get(before..)?;
    if months.is_empty() || numbers.is_empty() {
        return None;
    }
    let mut links: BTreeMap<String, MonthsOfLink> = BTreeMap::new();
    let mut began = 0.0;
    let by_month = numbers.chunks(NUMBERS * model.links.len());
    for (of_month, &days) in by_month.zip(lengths) {
        let span = (Seconds::from_days(began), Seconds::from_days(began + days));
        began += days;
        for (link, of_link) in model.links.iter().zip(of_month.chunks(NUMBERS)) {
            let [flow, binding] = of_link else { continue };
            let told = links.entry(link.id.clone()).or_default();
            let mean = flow.mean().unwrap_or(0.0) / days;
            let most = Volume(nameplate(link, span)).to_barrels().0 as f64 / days;
            told.flow_bpd.push(mean);
            told.flow_std_error_bpd
                .push(flow.std_error().map(|error| error / days));
            told.utilisation.push((most > 0.0).then(|| mean / most));
            let known = |seconds: Option<f64>| {
                let seconds = seconds.filter(|_| world.has_derivative());
                seconds.map(|seconds| seconds / (days * 86_400.0))
            };
            told.binding.push(known(binding.mean()));
            told.binding_std_error.push(known(binding.std_error()));
        }
    }
    Some(LinkMonths {
        months: months.to_vec(),
        links,
    })
}
