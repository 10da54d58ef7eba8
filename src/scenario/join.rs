//! A world that changes on a day: one model until then, another from then on.

mod hazards;
mod quotas;

use std::collections::BTreeMap;

use crate::model::{
    Element, Field, Hazard, Hub, Link, Market, Model, NodeRef, Part, Route, Series, Service, Tank,
    Transit,
};
use crate::units::{Barrels, BarrelsPerDay, MAX_RATE, Seconds};

use super::problem::Report;
use super::text::Place;
use super::tree::Table;

type Rates = Series<BarrelsPerDay>;

/// Joins two models of one scenario: `before` holds until `at`, `after` from then on.
///
/// `patches` are the strategy files that make the difference; problems are shown in them.
pub(super) fn join(
    report: &Report,
    before: &Model,
    after: &Model,
    at: Seconds,
    patches: &[&Table],
) -> Model {
    let join = Join {
        report,
        at,
        patches,
    };
    join.model(before, after)
}

struct Join<'a> {
    report: &'a Report,
    at: Seconds,
    patches: &'a [&'a Table],
}

/// The elements of one kind in both models, by id.
struct Union<'m, T> {
    /// In the order of the ids.
    pairs: Vec<(&'m str, Option<&'m T>, Option<&'m T>)>,
    /// Index in the union of each element of the two models.
    index: [Vec<usize>; 2],
}

impl<'m, T> Union<'m, T> {
    fn of(before: &'m [T], after: &'m [T], id: impl Fn(&T) -> &String) -> Self {
        let mut by_id: BTreeMap<&str, [Option<usize>; 2]> = BTreeMap::new();
        for (side, list) in [before, after].into_iter().enumerate() {
            for (number, item) in list.iter().enumerate() {
                by_id.entry(id(item)).or_default()[side] = Some(number);
            }
        }
        let mut index = [vec![0; before.len()], vec![0; after.len()]];
        let mut pairs = Vec::with_capacity(by_id.len());
        for (position, (id, numbers)) in by_id.into_iter().enumerate() {
            for (side, number) in numbers.into_iter().enumerate() {
                if let Some(number) = number {
                    index[side][number] = position;
                }
            }
            let [first, second] = numbers;
            pairs.push((id, first.map(|n| &before[n]), second.map(|n| &after[n])));
        }
        Self { pairs, index }
    }
}

/// Where the elements of one of the two models are in the joined one.
struct Map<'u> {
    fields: &'u [usize],
    hubs: &'u [usize],
    markets: &'u [usize],
    links: &'u [usize],
}

impl Map<'_> {
    fn node(&self, node: NodeRef) -> NodeRef {
        match node {
            NodeRef::Field(index) => NodeRef::Field(self.fields[index]),
            NodeRef::Hub(index) => NodeRef::Hub(self.hubs[index]),
            NodeRef::Market(index) => NodeRef::Market(self.markets[index]),
        }
    }

    fn links(&self, links: &[usize]) -> Vec<usize> {
        links.iter().map(|&link| self.links[link]).collect()
    }

    fn link(&self, link: &Link) -> Link {
        Link {
            from: self.node(link.from),
            to: self.node(link.to),
            ..link.clone()
        }
    }

    fn transit(&self, transit: &Transit) -> Transit {
        Transit {
            from: self.node(transit.from),
            to: self.node(transit.to),
            path: self.links(&transit.path),
            ..transit.clone()
        }
    }

    fn part(&self, part: &Part) -> Part {
        let element = match part.element {
            Element::Field(index) => Element::Field(self.fields[index]),
            Element::Hub(index) => Element::Hub(self.hubs[index]),
            Element::Market(index) => Element::Market(self.markets[index]),
            Element::Link(index) => Element::Link(self.links[index]),
            Element::Tank(index) => Element::Tank(self.hubs[index]),
        };
        Part {
            element,
            ..part.clone()
        }
    }

    fn service(&self, service: &Service) -> Service {
        let mut feeds: Vec<Part> = service.feeds.iter().map(|part| self.part(part)).collect();
        feeds.sort_by_key(|part| (part.element, part.unit));
        Service {
            feeds,
            ..service.clone()
        }
    }

    fn hazard(&self, hazard: &Hazard) -> Hazard {
        let mut hazard = hazard.clone();
        for target in &mut hazard.targets {
            target.parts = target.parts.iter().map(|part| self.part(part)).collect();
            target.parts.sort_by_key(|part| (part.element, part.unit));
        }
        hazard
    }
}

impl Join<'_> {
    fn model(&self, before: &Model, after: &Model) -> Model {
        let fields = Union::of(&before.fields, &after.fields, |field| &field.id);
        let hubs = Union::of(&before.hubs, &after.hubs, |hub| &hub.id);
        let markets = Union::of(&before.markets, &after.markets, |market| &market.id);
        let links = Union::of(&before.links, &after.links, |link| &link.id);
        let [first, second] = [0, 1].map(|side| Map {
            fields: &fields.index[side],
            hubs: &hubs.index[side],
            markets: &markets.index[side],
            links: &links.index[side],
        });
        self.kinds(&[
            ("field", fields.pairs.iter().map(|pair| pair.0).collect()),
            ("hub", hubs.pairs.iter().map(|pair| pair.0).collect()),
            ("market", markets.pairs.iter().map(|pair| pair.0).collect()),
        ]);
        self.settings(before, after);
        Model {
            fields: fields
                .pairs
                .iter()
                .filter_map(|&(_, b, a)| self.field(b, a))
                .collect(),
            hubs: hubs
                .pairs
                .iter()
                .filter_map(|&(_, b, a)| self.hub(b, a))
                .collect(),
            markets: markets
                .pairs
                .iter()
                .filter_map(|&(_, b, a)| self.market(b, a))
                .collect(),
            links: {
                let both = links.pairs.iter();
                both.filter_map(|&(_, b, a)| {
                    self.link(b.map(|b| first.link(b)), a.map(|a| second.link(a)))
                })
                .collect()
            },
            routes: self.routes(before, after, [&first, &second]),
            transits: self.transits(before, after, [&first, &second]),
            hazards: self.hazards(before, after, [&first, &second]),
            services: services(before, after, [&first, &second]),
            quotas: self.quotas(before, after, [&first, &second]),
            ..after.clone()
        }
    }

    /// A place in the strategies: of a key, else of what it belongs to.
    fn place(&self, path: &[&str]) -> Place {
        for depth in (1..=path.len()).rev() {
            for patch in self.patches {
                let mut table = Some(*patch);
                for word in &path[..depth - 1] {
                    table = table.and_then(|table| table.table(word));
                }
                if let Some(at) = table.and_then(|table| table.key_at(path[depth - 1])) {
                    return at;
                }
            }
        }
        let mut headers = self
            .patches
            .iter()
            .filter_map(|patch| patch.table("strategy"));
        headers
            .find_map(|header| header.key_at("available"))
            .unwrap_or_default()
    }

    fn fixed_error(&self, path: &[&str], help: &str) {
        self.report
            .error(
                "scenario::fixed_in_time",
                self.place(path),
                "cannot change on a day",
                format!("`{}` cannot change within the horizon", path.join(".")),
            )
            .help(help)
            .file();
    }

    /// Complains if something differs that must be the same at all times.
    fn fixed<T: PartialEq>(&self, path: &[&str], before: &T, after: &T) {
        if before != after {
            self.fixed_error(
                path,
                "what can change from a date on: plans, entitlements, capacities, tank capacities, demands, commitments, nominations, transit volumes, the caps and compensations of quotas, hazards, services, and which elements there are; remove `available` to let the patch hold from the start",
            );
        }
    }

    fn settings(&self, before: &Model, after: &Model) {
        self.fixed(&["scenario", "start"], &before.start, &after.start);
        self.fixed(&["scenario", "horizon"], &before.horizon, &after.horizon);
        self.fixed(&["simulation"], &before.simulation, &after.simulation);
        self.fixed(&["allocation"], &before.allocation, &after.allocation);
        self.fixed(&["money"], &before.money, &after.money);
        self.fixed(&["regime"], &before.regimes, &after.regimes);
        self.fixed(&["crew"], &before.crews, &after.crews);
    }

    /// Nodes of different kinds must not share an id, even at different times.
    fn kinds(&self, kinds: &[(&str, Vec<&str>); 3]) {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for (kind, ids) in kinds {
            for id in ids {
                if let Some(other) = seen.insert(id, kind) {
                    self.fixed_error(
                        &[kind, id],
                        &format!("`{id}` is a {other} too: give the new {kind} another id"),
                    );
                }
            }
        }
    }

    /// One series until the day, the other from then on; absent is 0.
    fn rates(&self, before: Option<&Rates>, after: Option<&Rates>) -> Rates {
        let nothing = Series::constant(BarrelsPerDay::ZERO);
        before
            .unwrap_or(&nothing)
            .then(self.at, after.unwrap_or(&nothing))
    }

    /// The same of the limit of a link, which may be unlimited while it exists.
    fn limit(&self, before: Option<&Link>, after: Option<&Link>) -> Option<Rates> {
        if let (Some(Link { capacity: None, .. }), Some(Link { capacity: None, .. })) =
            (before, after)
        {
            return None;
        }
        let unlimited = Series::constant(MAX_RATE);
        let limit = |side: Option<&Link>| {
            side.map(|link| link.capacity.clone().unwrap_or_else(|| unlimited.clone()))
        };
        Some(self.rates(limit(before).as_ref(), limit(after).as_ref()))
    }

    fn field(&self, before: Option<&Field>, after: Option<&Field>) -> Option<Field> {
        if let (Some(before), Some(after)) = (before, after) {
            let (old, new) = (&before.dynamics, &after.dynamics);
            let path = |key| ["field", after.id.as_str(), key];
            self.fixed(&path("restart"), &old.restart, &new.restart);
            self.fixed(&path("dead_time"), &old.dead_time, &new.dead_time);
            self.fixed(&path("min_stable"), &old.min_stable, &new.min_stable);
            self.fixed(&path("damage"), &old.damage, &new.damage);
        }
        let plan = self.rates(
            before.map(|field| &field.plan),
            after.map(|field| &field.plan),
        );
        let field = after.or(before)?;
        if let (Some(before), Some(after)) = (before, after) {
            let path = |key| ["field", field.id.as_str(), key];
            self.fixed(&path("priority"), &before.priority, &after.priority);
            let [old, new] = [before, after].map(|field| field.lifting_cost);
            self.fixed(&path("grade"), &before.quality, &after.quality);
            self.fixed(&path("grade"), &before.commodity, &after.commodity);
            self.fixed(&path("lifting_cost"), &old, &new);
            if before.entitlement.is_some() != after.entitlement.is_some() {
                self.fixed_error(
                    &path("entitlement"),
                    "without one a field is entitled to its plan: give it an `entitlement` in the base scenario too",
                );
            }
        }
        let entitlement = field.entitlement.as_ref().map(|_| {
            let side = |field: Option<&Field>| field.and_then(|field| field.entitlement.clone());
            self.rates(side(before).as_ref(), side(after).as_ref())
        });
        self.field_under_quota(before, after);
        Some(Field {
            plan,
            entitlement,
            ..field.clone()
        })
    }

    fn hub(&self, before: Option<&Hub>, after: Option<&Hub>) -> Option<Hub> {
        let hub = after.or(before)?;
        let path = |key| ["hub", hub.id.as_str(), key];
        if let (Some(before), Some(after)) = (before, after) {
            self.fixed(&path("units"), &before.units, &after.units);
            self.fixed(&path("grades"), &before.grades, &after.grades);
            self.fixed(
                &path("jurisdiction"),
                &before.jurisdiction,
                &after.jurisdiction,
            );
            if before.capacity.is_some() != after.capacity.is_some() {
                self.fixed_error(
                    &path("capacity"),
                    "a limit cannot begin or end on a day: give the hub a capacity in the base scenario too",
                );
            }
        }
        // The links of a hub that comes or goes come and go with it; they carry nothing before or
        // after, so a hub without a limit needs none.
        let capacity = hub.capacity.as_ref().map(|_| {
            let side = |hub: Option<&Hub>| hub.and_then(|hub| hub.capacity.clone());
            self.rates(side(before).as_ref(), side(after).as_ref())
        });
        let tanks = [before, after].map(|hub| hub.and_then(|hub| hub.tank.as_ref()));
        Some(Hub {
            capacity,
            tank: self.tank(&hub.id, tanks),
            ..hub.clone()
        })
    }

    fn tank(&self, hub: &str, [before, after]: [Option<&Tank>; 2]) -> Option<Tank> {
        if let (Some(before), Some(after)) = (before, after) {
            let path = |key| ["hub", hub, "tank", key];
            self.fixed(&path("initial"), &before.initial, &after.initial);
            self.fixed(&path("target"), &before.target, &after.target);
            let reserve = path("reserve_price");
            self.fixed(&reserve, &before.reserve_price, &after.reserve_price);
            self.fixed(&path("fill"), &before.fill, &after.fill);
            self.fixed(&path("draw"), &before.draw, &after.draw);
        }
        let nothing = Series::constant(Barrels::ZERO);
        let capacity =
            |tank: Option<&Tank>| tank.map_or(nothing.clone(), |tank| tank.capacity.clone());
        let capacity = capacity(before).then(self.at, &capacity(after));
        Some(Tank {
            capacity,
            ..after.or(before)?.clone()
        })
    }

    fn market(&self, before: Option<&Market>, after: Option<&Market>) -> Option<Market> {
        let market = after.or(before)?;
        if let (Some(before), Some(after)) = (before, after) {
            let path = |key| ["market", market.id.as_str(), key];
            self.fixed(&path("price"), &before.price, &after.price);
            self.fixed(&path("prices"), &before.prices, &after.prices);
            self.fixed(&path("grades"), &before.grades, &after.grades);
            self.fixed(&path("export"), &before.export, &after.export);
            self.fixed(&path("priority"), &before.priority, &after.priority);
            for (key, [before, after]) in [
                ("demand", [&before.demand, &after.demand]),
                ("commitment", [&before.commitment, &after.commitment]),
            ] {
                if before.is_some() != after.is_some() {
                    self.fixed_error(
                        &path(key),
                        &format!("it decides what `unmet` means, so it cannot begin or end on a day: give the market a `{key}` in the base scenario too"),
                    );
                }
            }
        }
        let join = |of: fn(&Market) -> Option<&Rates>| {
            of(market)?;
            Some(self.rates(before.and_then(of), after.and_then(of)))
        };
        Some(Market {
            demand: join(|market| market.demand.as_ref()),
            commitment: join(|market| market.commitment.as_ref()),
            ..market.clone()
        })
    }

    fn link(&self, before: Option<Link>, after: Option<Link>) -> Option<Link> {
        if let (Some(before), Some(after)) = (&before, &after) {
            let path = |key| ["link", after.id.as_str(), key];
            self.fixed(&path("from"), &before.from, &after.from);
            self.fixed(&path("to"), &before.to, &after.to);
            self.fixed(&path("units"), &before.units, &after.units);
            self.fixed(&path("tariff"), &before.tariff, &after.tariff);
            self.fixed(&path("freight"), &before.freight, &after.freight);
            self.fixed(&path("war_risk"), &before.war_risk, &after.war_risk);
            self.fixed(
                &path("jurisdiction"),
                &before.jurisdiction,
                &after.jurisdiction,
            );
            self.fixed(&path("both_ways"), &before.both_ways, &after.both_ways);
            self.fixed(&path("lag"), &before.lag, &after.lag);
            self.fixed(
                &path("transit_time"),
                &before.transit_time,
                &after.transit_time,
            );
            self.fixed(&path("grades"), &before.grades, &after.grades);
        }
        let capacity = self.limit(before.as_ref(), after.as_ref());
        let nominations =
            [&before, &after].map(|link| link.as_ref().and_then(|link| link.nomination.as_ref()));
        let nomination = nominations
            .iter()
            .any(Option::is_some)
            .then(|| self.rates(nominations[0], nominations[1]));
        Some(Link {
            capacity,
            nomination,
            ..after.or(before)?
        })
    }

    fn routes(&self, before: &Model, after: &Model, [first, second]: [&Map<'_>; 2]) -> Vec<Route> {
        let union = Union::of(&before.routes, &after.routes, |route| &route.id);
        let mut taken = BTreeMap::new();
        let mut routes = Vec::new();
        for &(id, old, new) in &union.pairs {
            let path = ["route", id, "gates"];
            let mut gates = Vec::new();
            gates.extend(
                old.map(|route| first.links(&route.gates))
                    .unwrap_or_default(),
            );
            if let (Some(old), Some(new)) = (old, new) {
                self.fixed(
                    &["route", id, "jurisdiction"],
                    &old.jurisdiction,
                    &new.jurisdiction,
                );
                let [old, new] = [first.links(&old.gates), second.links(&new.gates)];
                let dropped = old
                    .iter()
                    .any(|g| !new.contains(g) && second.links.contains(g));
                let added = new
                    .iter()
                    .any(|g| !old.contains(g) && first.links.contains(g));
                if dropped || added {
                    self.fixed_error(
                        &path,
                        "from a date on a route can only gain links that are new then, and lose links that are removed then",
                    );
                }
            }
            gates.extend(
                new.map(|route| second.links(&route.gates))
                    .unwrap_or_default(),
            );
            gates.sort_unstable();
            gates.dedup();
            for &gate in &gates {
                if taken.insert(gate, id).is_some_and(|other| other != id) {
                    self.fixed_error(&path, "a link cannot be a gate of one route before a date and of another after it");
                }
            }
            if let Some(route) = new.or(old) {
                routes.push(Route {
                    gates,
                    ..route.clone()
                });
            }
        }
        routes
    }

    fn transits(
        &self,
        before: &Model,
        after: &Model,
        [first, second]: [&Map<'_>; 2],
    ) -> Vec<Transit> {
        let union = Union::of(&before.transits, &after.transits, |transit| &transit.id);
        let join = |&(id, before, after): &(&str, Option<&Transit>, Option<&Transit>)| {
            let before = before.map(|transit| first.transit(transit));
            let after = after.map(|transit| second.transit(transit));
            if let (Some(before), Some(after)) = (&before, &after) {
                let path = |key| ["transit", id, key];
                self.fixed(&path("from"), &before.from, &after.from);
                self.fixed(&path("to"), &before.to, &after.to);
                self.fixed(&path("path"), &before.path, &after.path);
                self.fixed(&path("yields"), &before.yields, &after.yields);
                self.fixed(&path("priority"), &before.priority, &after.priority);
            }
            let volumes =
                [&before, &after].map(|side| side.as_ref().map(|transit| &transit.volume));
            let volume = self.rates(volumes[0], volumes[1]);
            Some(Transit {
                volume,
                ..after.or(before)?
            })
        };
        union.pairs.iter().filter_map(join).collect()
    }
}

/// Services that exist at any time, as they are in the end. What hazards hit of them before is
/// kept in their targets.
fn services(before: &Model, after: &Model, [first, second]: [&Map<'_>; 2]) -> Vec<Service> {
    let union = Union::of(&before.services, &after.services, |service| &service.id);
    let join = |&(_, before, after): &(&str, Option<&Service>, Option<&Service>)| {
        let after = after.map(|service| second.service(service));
        after.or_else(|| before.map(|service| first.service(service)))
    };
    union.pairs.iter().filter_map(join).collect()
}
