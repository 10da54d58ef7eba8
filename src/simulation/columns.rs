//! From the sums of a replication to one whole number per metric.

use crate::accumulate::{Column, Group, PathTotals, Plan, UNDEFINED};
use crate::metrics::{Recovery, herfindahl};
use crate::model::{Collect, Hazard, Model, NodeRef};
use crate::network::NO_ARC;
use crate::sampling::Timeline;
use crate::units::{Seconds, Volume, round_half_even};

use super::attribution::Attribution;
use super::by_month;
use super::calendar::Elements;
use super::conditional;
use super::money::{self, Ledger, Volumes};
use super::quota_results;
use super::state::State;
use super::stops;
use super::undisturbed::Undisturbed;
use super::world::World;

/// Which numbers a run gathers, and what they are made from.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    pub(super) plan: Plan,
    pub(super) collect: Collect,
    pub(super) jurisdictions: Vec<String>,
    /// Jurisdictions of each route; the first counts.
    route_jurisdictions: Vec<Vec<usize>>,
    pub(super) classes: Vec<String>,
    class_of: Vec<usize>,
    /// Undisturbed volume of each route, whole barrels.
    route_baseline: Vec<i64>,
    /// Planned volume over the horizon of each link's nameplate; 0 if unlimited.
    nameplate: Vec<i64>,
    months: usize,
    ledger: Ledger,
}

impl Columns {
    pub(super) fn of(
        world: &World<'_>,
        hazards: &[Hazard],
        undisturbed: &Undisturbed,
        collect: Collect,
        fan: Option<(usize, i64)>,
        months: usize,
    ) -> Self {
        let model = world.model;
        let mut jurisdictions: Vec<String> = model
            .routes
            .iter()
            .flat_map(|route| route.jurisdiction.iter().cloned())
            .collect();
        jurisdictions.sort_unstable();
        jurisdictions.dedup();
        let find = |name: &String| jurisdictions.binary_search(name).unwrap_or(0);
        let route_jurisdictions = model
            .routes
            .iter()
            .map(|route| route.jurisdiction.iter().map(find).collect())
            .collect();
        let mut classes: Vec<String> = hazards.iter().map(|hazard| hazard.class.clone()).collect();
        classes.sort_unstable();
        classes.dedup();
        let class_of = hazards
            .iter()
            .map(|hazard| classes.binary_search(&hazard.class).unwrap_or(0))
            .collect();
        let columns = list(model, hazards, &jurisdictions, &classes, collect);
        let recorded = if collect == Collect::All {
            (model.routes.len() + model.markets.len() + 2 + by_month::NUMBERS * model.links.len())
                * months
        } else {
            0
        };
        let mut plan = Plan::new(columns, fan, recorded);
        plan.quota_months = quota_results::numbers_by_month(world, collect);
        if collect == Collect::All {
            by_month::plan_tanks(world, &mut plan);
        }
        Self {
            plan,
            collect,
            route_jurisdictions,
            class_of,
            route_baseline: route_baseline(world, undisturbed),
            nameplate: nameplate(model),
            ledger: Ledger::of(world, undisturbed),
            jurisdictions,
            classes,
            months,
        }
    }

    /// The numbers of a replication, in the order of the columns. Whether it left the band and had
    /// not recovered by the horizon.
    pub(super) fn fill(
        &self,
        state: &State<'_>,
        path: &PathTotals,
        attribution: Option<&Attribution>,
        timeline: &Timeline,
        values: &mut Vec<i64>,
    ) -> bool {
        values.clear();
        let stored = state.stored();
        debug_assert_eq!(
            path.books.potential(),
            path.delivered + stored + path.shut_in,
            "the books balance"
        );
        for volume in [
            path.books.planned,
            path.delivered,
            path.exported,
            path.books.planned - path.delivered,
            path.gross_undelivered,
            stored,
            path.books.field_outage,
            path.books.damaged,
            path.books.quota_cut,
            path.shut_in,
        ] {
            values.push(bbl(volume));
        }
        values.push(share(path.delivered, path.books.planned));
        let shortfalls = &path.shortfalls;
        let recovery = shortfalls.time_to_recover();
        values.push(shortfalls.seconds_below().0);
        values.push(shortfalls.number());
        values.push(shortfalls.longest_time().0);
        values.push(match recovery {
            Recovery::Recovered(time) => time.0,
            Recovery::NeverLeft | Recovery::Censored(_) => UNDEFINED,
        });
        values.push(shortfalls.deepest_cut());
        quota_results::fill(state, values);
        if state.arrivals.is_some() {
            values.push(bbl(state.under_way()[0]));
        }
        if self.collect >= Collect::Markets {
            self.fill_markets(state, path, values);
            let undelivered = bbl(path.books.planned - path.delivered);
            conditional::fill_regimes(state.world.model, timeline, undelivered, values);
            stops::fill(state, values);
        }
        if let Some(attribution) = attribution.filter(|_| self.collect == Collect::All) {
            self.fill_details(state, path, attribution, values);
        }
        debug_assert_eq!(values.len(), self.plan.columns.len());
        matches!(recovery, Recovery::Censored(_))
    }

    fn fill_markets(&self, state: &State<'_>, path: &PathTotals, values: &mut Vec<i64>) {
        let world = state.world;
        let model = world.model;
        let sources = world.network.source_of.iter();
        let volumes = Volumes {
            sold: path.sold.totals().to_vec(),
            carried: (0..model.links.len())
                .map(|link| link_volumes(world, path, link).iter().sum())
                .collect(),
            produced: sources.map(|&arc| carried(world, path, arc)).collect(),
            planned: path.books.planned,
        };
        let account = self.ledger.fill(model, &volumes, values);
        let routes: Vec<i64> = (0..model.routes.len())
            .map(|route| route_volume(world, path, route))
            .collect();
        values.push(concentration(routes.iter().copied()));
        let mut by_jurisdiction = vec![0_i64; self.jurisdictions.len()];
        for (volume, jurisdictions) in routes.iter().zip(&self.route_jurisdictions) {
            if let Some(&first) = jurisdictions.first() {
                by_jurisdiction[first] += volume;
            }
        }
        values.push(concentration(by_jurisdiction.iter().copied()));
        for (market, spec) in model.markets.iter().enumerate() {
            values.push(bbl(path.sold.totals()[market]));
            let owed = spec.commitment.is_some() || spec.demand.is_some();
            let or_undefined = |value: i64| if owed { value } else { UNDEFINED };
            values.push(or_undefined(bbl(path.unmet[market])));
            values.push(or_undefined(path.unmet_time[market]));
            values.push(or_undefined(path.unmet_events[market]));
            values.push(account.markets[market]);
        }
        for field in 0..model.fields.len() {
            let produced = carried(world, path, world.network.source_of[field]);
            let books = &path.fields[field];
            values.push(bbl(books.planned));
            values.push(bbl(produced));
            values.push(bbl(books.field_outage));
            values.push(bbl(books.damaged));
            values.push(bbl(books.quota_cut));
            values.push(bbl(books.potential() - produced));
        }
        let exported: i64 = routes.iter().sum();
        for (route, &volume) in routes.iter().enumerate() {
            values.push(bbl(volume));
            values.push(share(volume, exported));
            values.push(self.route_baseline[route] - bbl(volume));
        }
        let mut crossing = vec![(0_i64, 0_i64); self.jurisdictions.len()];
        for (route, &volume) in routes.iter().enumerate() {
            for &jurisdiction in &self.route_jurisdictions[route] {
                let (crossed, lost) = &mut crossing[jurisdiction];
                *crossed += volume;
                *lost += self.route_baseline[route] - bbl(volume);
            }
        }
        for &(volume, lost) in &crossing {
            values.push(bbl(volume));
            values.push(share(volume, exported));
            values.push(lost);
        }
        for &volume in path.transit.totals() {
            values.push(bbl(volume));
        }
    }

    fn fill_details(
        &self,
        state: &State<'_>,
        path: &PathTotals,
        attribution: &Attribution,
        values: &mut Vec<i64>,
    ) {
        let world = state.world;
        let model = world.model;
        let elements = Elements::of(model);
        let if_known = |value: i64| {
            if world.has_derivative() {
                value
            } else {
                UNDEFINED
            }
        };
        values.push(bbl(path.available_delivery));
        values.push(share(path.available_delivery, path.books.planned));
        let mut on_links = state.on_links().iter();
        for link in 0..model.links.len() {
            let [nominated, rest, back] = link_volumes(world, path, link);
            let flow = nominated + rest + back;
            values.push(bbl(flow));
            let nameplate = self.nameplate[link];
            values.push(if nameplate > 0 {
                share(flow, nameplate)
            } else {
                UNDEFINED
            });
            values.push(attribution.closed_time[elements.link(link)]);
            let [_, rest_arc, back_arc] = world.network.link_arcs[link];
            let binding: i64 = [rest_arc, back_arc]
                .iter()
                .flatten()
                .map(|&arc| path.binding[arc])
                .sum();
            values.push(if_known(binding));
            values.push(if_known(share(binding, model.horizon.0)));
            if model.links[link].transit_time.is_some() {
                values.push(bbl(on_links.next().copied().unwrap_or(0)));
            }
        }
        let mut out = vec![0_i64; model.hubs.len()];
        for (link, spec) in model.links.iter().enumerate() {
            let [nominated, rest, back] = link_volumes(world, path, link);
            if let NodeRef::Hub(hub) = spec.from {
                out[hub] += nominated + rest;
            }
            if let NodeRef::Hub(hub) = spec.to {
                out[hub] += back;
            }
        }
        for (hub, spec) in model.hubs.iter().enumerate() {
            values.push(bbl(out[hub]));
            values.push(attribution.closed_time[elements.hub(hub)]);
            let through = world.network.through_of[hub];
            values.push(if_known(through.map_or(0, |arc| path.binding[arc])));
            if spec.tank.is_some() {
                let tank = world.network.tank_of_hub(hub).unwrap_or(0);
                values.push(bbl(carried(world, path, world.network.tanks[tank].fill)));
                values.push(bbl(carried(world, path, world.network.tanks[tank].draw)));
                values.push(bbl(state.tanks[tank].volume));
            }
        }
        let mut by_class = vec![0_i64; self.classes.len() + 1];
        for (hazard, &class) in self.class_of.iter().enumerate() {
            values.push(attribution.events[hazard]);
            values.push(attribution.active_time[hazard]);
            values.push(bbl(attribution.lost[hazard]));
            by_class[class] += attribution.lost[hazard];
        }
        by_class[self.classes.len()] += attribution.lost[self.class_of.len()];
        for volume in by_class {
            values.push(bbl(volume));
        }
        let undelivered = bbl(path.books.planned - path.delivered);
        conditional::fill_hazards(&attribution.events, undelivered, values);
    }

    /// Volumes of routes, markets, deliveries and plan by month, whole barrels.
    pub(super) fn fill_months(&self, world: &World<'_>, path: &PathTotals, out: &mut Vec<i64>) {
        out.clear();
        let model = world.model;
        let (flows, markets) = (path.flow.totals().len(), model.markets.len());
        let outlets = path.sold.totals().len();
        let width = 2 + flows + outlets + path.binding.len();
        let mut before = vec![0_i64; width];
        let mut links = Vec::with_capacity(by_month::NUMBERS * model.links.len() * self.months);
        for mark in path.month_marks.chunks_exact(width).take(self.months) {
            let month: Vec<i64> = mark
                .iter()
                .zip(&before)
                .map(|(now, then)| now - then)
                .collect();
            out.push(bbl(month[0]));
            out.push(bbl(month[1]));
            let flow = |arc: usize| match world.network.problem.carrier[arc] {
                NO_ARC => 0,
                carrier => month[2 + carrier],
            };
            for route in &model.routes {
                let volume: i64 = route
                    .gates
                    .iter()
                    .map(|&gate| {
                        let [nominated, rest, back] = world.network.link_arcs[gate];
                        nominated.map_or(0, flow) + rest.map_or(0, flow) - back.map_or(0, flow)
                    })
                    .sum();
                out.push(bbl(volume));
            }
            let (sold, binding) = month[2 + flows..].split_at(outlets);
            out.extend(sold[..markets].iter().map(|&volume| bbl(volume)));
            for arcs in &world.network.link_arcs {
                links.push(bbl(arcs.iter().flatten().map(|&arc| flow(arc)).sum()));
                let [_, rest, back] = arcs;
                links.push(
                    [rest, back]
                        .into_iter()
                        .flatten()
                        .map(|&arc| binding[arc])
                        .sum(),
                );
            }
            before.copy_from_slice(mark);
        }
        // After all that is told month by month.
        out.append(&mut links);
    }
}

/// The columns of a run, in the order in which [`Columns::fill`] gives their values.
fn list(
    model: &Model,
    hazards: &[Hazard],
    jurisdictions: &[String],
    classes: &[String],
    collect: Collect,
) -> Vec<Column> {
    let system = Group::System;
    let mut columns: Vec<Column> = [
        "planned",
        "delivered",
        "exported",
        "undelivered",
        "gross_undelivered",
        "stored",
        "field_outage",
        "damaged",
        "quota_cut",
        "shut_in",
    ]
    .map(|name| Column::barrels(system, name))
    .to_vec();
    columns.push(Column::share(system, "deliverability"));
    columns.push(Column::hours(system, "shortfall_time"));
    columns.push(Column::count(system, "shortfall_events"));
    columns.push(Column::hours(system, "longest_shortfall"));
    columns.push(Column::hours(system, "time_to_recover"));
    columns.push(Column::share(system, "deepest_cut"));
    quota_results::columns(model, &mut columns);
    if model.links.iter().any(|link| link.transit_time.is_some()) {
        columns.push(Column::barrels(system, "in_transit"));
    }
    if collect == Collect::System {
        return columns;
    }
    money::columns(model, &mut columns);
    columns.push(Column::share(system, "concentration"));
    columns.push(Column::share(system, "concentration_by_jurisdiction"));
    for market in (0..model.markets.len()).map(Group::Market) {
        columns.push(Column::barrels(market, "delivered"));
        columns.push(Column::barrels(market, "unmet"));
        columns.push(Column::hours(market, "unmet_time"));
        columns.push(Column::count(market, "unmet_events"));
        columns.push(Column::dollars(market, "revenue"));
    }
    for field in (0..model.fields.len()).map(Group::Field) {
        for name in [
            "planned",
            "produced",
            "field_outage",
            "damaged",
            "quota_cut",
            "shut_in",
        ] {
            columns.push(Column::barrels(field, name));
        }
    }
    for route in (0..model.routes.len()).map(Group::Route) {
        columns.push(Column::barrels(route, "exported"));
        columns.push(Column::share(route, "share"));
        columns.push(Column::barrels(route, "lost"));
    }
    for jurisdiction in (0..jurisdictions.len()).map(Group::Jurisdiction) {
        columns.push(Column::barrels(jurisdiction, "exported"));
        columns.push(Column::share(jurisdiction, "share"));
        columns.push(Column::barrels(jurisdiction, "lost"));
    }
    for transit in (0..model.transits.len()).map(Group::Transit) {
        columns.push(Column::barrels(transit, "volume"));
    }
    conditional::regime_columns(model, &mut columns);
    stops::columns(model, &mut columns);
    if collect == Collect::Markets {
        return columns;
    }
    columns.push(Column::barrels(system, "available_delivery"));
    columns.push(Column::share(system, "production_availability"));
    for (link, spec) in model.links.iter().enumerate() {
        let link = Group::Link(link);
        columns.push(Column::barrels(link, "flow"));
        columns.push(Column::share(link, "utilisation"));
        columns.push(Column::hours(link, "down_time"));
        columns.push(Column::hours(link, "binding_time"));
        columns.push(Column::share(link, "shadow_price"));
        if spec.transit_time.is_some() {
            columns.push(Column::barrels(link, "in_transit"));
        }
    }
    for (hub, spec) in model.hubs.iter().enumerate() {
        let hub = Group::Hub(hub);
        columns.push(Column::barrels(hub, "throughput"));
        columns.push(Column::hours(hub, "down_time"));
        columns.push(Column::hours(hub, "binding_time"));
        if spec.tank.is_some() {
            columns.push(Column::barrels(hub, "tank_fill"));
            columns.push(Column::barrels(hub, "tank_draw"));
            columns.push(Column::barrels(hub, "final_stock"));
        }
    }
    for hazard in (0..hazards.len()).map(Group::Hazard) {
        columns.push(Column::count(hazard, "events"));
        columns.push(Column::hours(hazard, "active_time"));
        columns.push(Column::barrels(hazard, "attributed"));
    }
    for class in (0..=classes.len()).map(Group::Class) {
        columns.push(Column::barrels(class, "attributed"));
    }
    conditional::hazard_columns(hazards, &mut columns);
    columns
}

fn bbl(volume: i64) -> i64 {
    Volume(volume).to_barrels().0
}

/// A share in 10⁻⁹, half to even; undefined of nothing.
pub(super) fn share(part: i64, whole: i64) -> i64 {
    if whole == 0 {
        return UNDEFINED;
    }
    rounded(i128::from(part) * 1_000_000_000, i128::from(whole))
}

/// The whole number nearest to a quotient, halves away from zero.
fn rounded(over: i128, under: i128) -> i64 {
    let half = if (over < 0) == (under < 0) {
        under / 2
    } else {
        -under / 2
    };
    ((over + half) / under) as i64
}

/// Sum of squared shares, in 10⁻⁹; undefined of nothing.
fn concentration(volumes: impl Iterator<Item = i64>) -> i64 {
    let volumes: Vec<f64> = volumes.map(|volume| volume.max(0) as f64).collect();
    herfindahl(&volumes).map_or(UNDEFINED, |index| round_half_even(index * 1e9))
}

/// What an arc of the network carried.
fn carried(world: &World<'_>, path: &PathTotals, arc: usize) -> i64 {
    match world.network.problem.carrier[arc] {
        NO_ARC => 0,
        carrier => path.flow.totals()[carrier],
    }
}

/// What a link carried: under its nomination, beyond it, backward.
fn link_volumes(world: &World<'_>, path: &PathTotals, link: usize) -> [i64; 3] {
    world.network.link_arcs[link].map(|arc| arc.map_or(0, |arc| carried(world, path, arc)))
}

/// What passed the gates of a route.
fn route_volume(world: &World<'_>, path: &PathTotals, route: usize) -> i64 {
    let gates = world.model.routes[route].gates.iter();
    gates
        .map(|&gate| {
            let [nominated, rest, back] = link_volumes(world, path, gate);
            nominated + rest - back
        })
        .sum()
}

/// Undisturbed volume of each route, whole barrels.
fn route_baseline(world: &World<'_>, undisturbed: &Undisturbed) -> Vec<i64> {
    let model = world.model;
    model
        .routes
        .iter()
        .map(|route| {
            let volume = (0..undisturbed.starts.len()).map(|epoch| {
                let time = undisturbed.end_of(epoch, model.horizon) - undisturbed.starts[epoch];
                let through = &undisturbed.through[epoch];
                let gates = route
                    .gates
                    .iter()
                    .map(|&gate| through[world.elements.link(gate)]);
                gates.sum::<i64>() * time.0
            });
            bbl(volume.sum())
        })
        .collect()
}

/// Nameplate × time of each link over the horizon; 0 if it is unlimited at any time.
fn nameplate(model: &Model) -> Vec<i64> {
    let whole = (Seconds::ZERO, model.horizon);
    let links = model.links.iter();
    links.map(|link| by_month::nameplate(link, whole)).collect()
}
