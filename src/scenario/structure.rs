//! What can only be seen of the whole network.

use std::collections::BTreeMap;

use crate::model::{Model, NO_GRADE, NodeRef, Objective, Sharing};
use crate::units::{BarrelsPerDay, MAX_RATE};

use super::problem::Report;
use super::text::Place;
use super::tree::Table;

/// The largest total volume: what 64 bits hold with room to spare, in 86 400ths of a barrel.
const MAX_TOTAL: i128 = 4_000_000_000_000_000_000;

/// Looks at a model as it is at some time; all its references are good.
pub(super) fn check_moment(report: &Report, tree: &Table, model: &Model) {
    gates(report, tree, model, &Graph::of(model));
}

/// Looks at a model over the whole horizon.
pub(super) fn check_whole(report: &Report, tree: &Table, model: &Model) {
    total(report, tree, model);
    reach(report, tree, model, &Graph::of(model));
    grades(report, tree, model);
    reserves(report, tree, model);
    unused(report, tree, model);
    let hubs = model.hubs.iter().map(|hub| ("hub", &hub.id, &hub.capacity));
    let links = model
        .links
        .iter()
        .map(|link| ("link", &link.id, &link.capacity));
    for (kind, id, capacity) in hubs.chain(links) {
        let Some(capacity) = capacity else { continue };
        if capacity
            .steps()
            .iter()
            .all(|&(_, rate)| rate == BarrelsPerDay::ZERO)
        {
            let element = tree.table(kind).and_then(|elements| elements.table(id));
            let node = element.and_then(|element| element.get("capacity"));
            report
                .warning(
                    "scenario::zero_capacity",
                    node.map_or_else(|| place(tree, kind, id), |node| node.at),
                    "always 0",
                    format!("{kind} `{id}` never carries anything"),
                )
                .help("leave `capacity` out where there is no limit, or remove the element")
                .file();
        }
    }
}

/// A grade without a way to a market that takes it is a warning; rules that hold for one commodity
/// only are an error where there are several.
fn grades(report: &Report, tree: &Table, model: &Model) {
    let Some(grading) = model.grading() else {
        return;
    };
    let graph = Graph::of(model);
    let onward = graph.reversed().reached(
        (0..model.markets.len()).map(|index| graph.index[&NodeRef::Market(index)]),
        &[],
    );
    for (commodity, name) in grading.names.iter().enumerate() {
        let mut fields = (0..model.fields.len()).filter(|&field| grading.field[field] == commodity);
        // Where no way leads to any market, the field is warned of already.
        let physical = fields
            .clone()
            .any(|field| onward[graph.index[&NodeRef::Field(field)]]);
        if grading.reaches_market(commodity) || !physical {
            continue;
        }
        let first = fields
            .next()
            .map_or("", |field| model.fields[field].id.as_str());
        let what = if name == NO_GRADE {
            "oil without a grade".to_owned()
        } else {
            format!("grade `{name}`")
        };
        report
            .warning(
                "scenario::grade_without_market",
                place(tree, "field", first),
                "produces it",
                format!("{what} can reach no market that takes it"),
            )
            .help("all of it will be shut in: add it to the `grades` of a market and of the way there, or set a `swap`")
            .file();
    }
}

/// What tanks keep is ranked among classes of delivery, which count only where volume is maximised.
fn reserves(report: &Report, tree: &Table, model: &Model) {
    if model.allocation.objective != Objective::Netback {
        return;
    }
    for hub in &model.hubs {
        let tank = hub.tank.as_ref();
        if tank.and_then(|tank| tank.reserve_price).is_none() {
            continue;
        }
        let element = tree.table("hub").and_then(|hubs| hubs.table(&hub.id));
        let tank = element.and_then(|hub| hub.table("tank"));
        let at = tank.and_then(|tank| tank.key_at("reserve_price"));
        report
            .error(
                "scenario::reserve_without_volume",
                at.unwrap_or_else(|| place(tree, "hub", &hub.id)),
                "not where netback is maximised",
                format!(
                    "the tank of hub `{}` has a reserve price, which says what is kept rather than sold \
                     by class of delivery; with `objective = \"netback\"` money decides that",
                    hub.id
                ),
            )
            .help("remove `reserve_price`, or use `objective = \"volume\"`")
            .file();
    }
}

/// What is stated and no rule of the scenario asks for.
fn unused(report: &Report, tree: &Table, model: &Model) {
    if model.allocation.sharing != Sharing::Entitlement {
        let advice = "set `sharing = \"entitlement\"` in `[allocation]`, or remove `entitlement`";
        unused_key(
            report,
            tree,
            "field",
            "entitlement",
            "cuts are not shared by it",
            advice,
        );
    }
    if model.quotas.is_empty() {
        let advice = "add a `[quota]` that counts the field, or remove it";
        for key in ["control", "crude_share", "floor"] {
            unused_key(report, tree, "field", key, "there is no quota", advice);
        }
    }
    if model.hubs.iter().all(|hub| hub.tank.is_none()) {
        let advice = "give a hub on the way a `tank`, or remove `announced`";
        unused_key(
            report,
            tree,
            "hazard",
            "announced",
            "no tank can prepare for it",
            advice,
        );
    }
    let objective = tree
        .table("allocation")
        .and_then(|table| table.key_at("objective"));
    if let Some(at) =
        objective.filter(|_| model.allocation.objective == Objective::Netback && !model.is_priced())
    {
        report
            .warning(
                "scenario::no_price",
                at,
                "but nothing is paid for",
                "netback is maximised and no market has a price, so only what is committed flows",
            )
            .help("give markets a `price`, or use `objective = \"volume\"`")
            .file();
    }
}

/// A key of the elements of a kind that has no effect, told once.
fn unused_key(report: &Report, tree: &Table, kind: &str, key: &str, why: &str, advice: &str) {
    let stated = || {
        tree.elements(kind)
            .filter_map(|element| Some((element.id, element.table.key_at(key)?)))
    };
    let Some((id, at)) = stated().next() else {
        return;
    };
    let others = match stated().count() {
        1 => String::new(),
        2 => format!(", nor has that of one other {kind}"),
        several => format!(", nor have those of {} other {kind}s", several - 1),
    };
    report
        .warning(
            "scenario::unused",
            at,
            "nothing asks for it",
            format!("`{key}` of {kind} `{id}` has no effect{others}: {why}"),
        )
        .help(advice)
        .file();
}

fn place(tree: &Table, kind: &str, id: &str) -> Place {
    let element = tree.table(kind).and_then(|elements| elements.key_at(id));
    element
        .or_else(|| tree.key_at("scenario"))
        .unwrap_or_default()
}

/// Volumes of the whole horizon must stay countable.
fn total(report: &Report, tree: &Table, model: &Model) {
    let horizon = i128::from(model.horizon.0);
    let plans = model.fields.iter().map(|field| &field.plan);
    let transits = model.transits.iter().map(|transit| &transit.volume);
    let flows: i128 = plans
        .chain(transits)
        .map(|series| {
            series
                .steps()
                .iter()
                .map(|(_, rate)| i128::from(rate.0))
                .max()
                .unwrap_or(0)
        })
        .sum();
    let stocks: i128 = model
        .hubs
        .iter()
        .filter_map(|hub| hub.tank.as_ref())
        .filter_map(|tank| {
            tank.capacity
                .steps()
                .iter()
                .map(|(_, b)| i128::from(b.0))
                .max()
        })
        .sum();
    // Oil may come to a tank with all transit times behind it, and have all of them before it.
    let under_way: i128 = model
        .links
        .iter()
        .filter_map(|link| Some(2 * i128::from(link.transit_time?.0)))
        .sum();
    let draws: i128 = model
        .hubs
        .iter()
        .filter_map(|hub| hub.tank.as_ref())
        .map(|tank| i128::from(tank.draw.map_or(4 * MAX_RATE.0, |rate| rate.0)))
        .sum();
    let volumes = flows * (horizon + under_way) + draws * under_way + stocks * 86_400;
    if volumes > MAX_TOTAL {
        let header = tree.table("scenario");
        let at = header
            .and_then(|header| header.get("horizon"))
            .map(|node| node.at);
        report
            .error(
                "scenario::too_large",
                at.unwrap_or_default(),
                "of so long a time",
                "the volumes of the whole horizon are too large to be counted in whole barrels",
            )
            .help("shorten the horizon, or look at the units of plans and tanks")
            .file();
    }
}

/// Nodes and the links that leave them.
struct Graph {
    index: BTreeMap<NodeRef, usize>,
    /// For each node, the nodes that one link leads to.
    next: Vec<Vec<usize>>,
}

impl Graph {
    fn of(model: &Model) -> Self {
        let fields = (0..model.fields.len()).map(NodeRef::Field);
        let hubs = (0..model.hubs.len()).map(NodeRef::Hub);
        let markets = (0..model.markets.len()).map(NodeRef::Market);
        let index: BTreeMap<NodeRef, usize> = fields
            .chain(hubs)
            .chain(markets)
            .enumerate()
            .map(|(i, node)| (node, i))
            .collect();
        let mut next = vec![Vec::new(); index.len()];
        for link in &model.links {
            if let (Some(&from), Some(&to)) = (index.get(&link.from), index.get(&link.to)) {
                next[from].push(to);
                if link.both_ways {
                    next[to].push(from);
                }
            }
        }
        Self { index, next }
    }

    /// Which nodes can be reached from some, themselves included, without entering others.
    fn reached(&self, from: impl IntoIterator<Item = usize>, without: &[usize]) -> Vec<bool> {
        let mut reached = vec![false; self.next.len()];
        let mut todo: Vec<usize> = from
            .into_iter()
            .filter(|node| !without.contains(node))
            .collect();
        for &node in &todo {
            reached[node] = true;
        }
        while let Some(node) = todo.pop() {
            for &next in &self.next[node] {
                if !reached[next] && !without.contains(&next) {
                    reached[next] = true;
                    todo.push(next);
                }
            }
        }
        reached
    }

    fn reversed(&self) -> Self {
        let mut next = vec![Vec::new(); self.next.len()];
        for (from, nodes) in self.next.iter().enumerate() {
            for &to in nodes {
                next[to].push(from);
            }
        }
        Self {
            index: self.index.clone(),
            next,
        }
    }
}

/// A field without a way to a market, and a market without a way from a field, are warnings.
fn reach(report: &Report, tree: &Table, model: &Model, graph: &Graph) {
    let nodes = |wanted: fn(&NodeRef) -> bool| {
        graph
            .index
            .iter()
            .filter(move |(node, _)| wanted(node))
            .map(|(_, &index)| index)
    };
    let supplied = graph.reached(nodes(|node| matches!(node, NodeRef::Field(_))), &[]);
    let delivering = graph
        .reversed()
        .reached(nodes(|node| matches!(node, NodeRef::Market(_))), &[]);
    for (number, field) in model.fields.iter().enumerate() {
        if !delivering[graph.index[&NodeRef::Field(number)]] {
            report
                .warning(
                    "scenario::no_way_out",
                    place(tree, "field", &field.id),
                    "leads nowhere",
                    format!("no way leads from field `{}` to any market", field.id),
                )
                .help("all that it plans will be shut in: add links, or look at their direction")
                .file();
        }
    }
    for (number, market) in model.markets.iter().enumerate() {
        if !supplied[graph.index[&NodeRef::Market(number)]] {
            report
                .warning(
                    "scenario::unreachable_market",
                    place(tree, "market", &market.id),
                    "nothing leads here",
                    format!("no way leads from any field to market `{}`", market.id),
                )
                .help("nothing will be delivered there: add links, or look at their direction")
                .file();
        }
    }
}

/// One direction of a gate.
struct Gate {
    link: usize,
    route: usize,
    from: usize,
    to: usize,
}

/// No directed path may pass two gates, or its oil would be counted twice.
fn gates(report: &Report, tree: &Table, model: &Model, graph: &Graph) {
    let mut gates = Vec::new();
    for (route, named) in model.routes.iter().enumerate() {
        for &link in &named.gates {
            let ends = [model.links[link].from, model.links[link].to];
            let [Some(&from), Some(&to)] = ends.map(|end| graph.index.get(&end)) else {
                continue;
            };
            gates.push(Gate {
                link,
                route,
                from,
                to,
            });
            if model.links[link].both_ways {
                gates.push(Gate {
                    link,
                    route,
                    from: to,
                    to: from,
                });
            }
        }
    }
    for first in &gates {
        let after = graph.reached([first.to], &[first.from]);
        for second in gates.iter().filter(|second| second.link != first.link) {
            // A path visits each node once, so it may not come back to where it began, nor be at
            // the second gate's far end before it passes that gate.
            let is_candidate =
                after[second.from] && second.to != first.from && second.to != first.to;
            if is_candidate && graph.reached([first.to], &[first.from, second.to])[second.from] {
                let [one, two] = [first, second].map(|gate| &model.links[gate.link].id);
                let route = &model.routes[second.route].id;
                let at = tree.table("route").and_then(|routes| routes.table(route));
                let at = at.and_then(|route| route.get("gates")).map(|node| node.at);
                report
                    .error(
                        "scenario::two_gates_on_a_path",
                        at.unwrap_or_else(|| place(tree, "route", route)),
                        format!("`{two}` is one of them"),
                        format!("oil can pass the gate `{one}` and then the gate `{two}`"),
                    )
                    .help("it would be counted twice: choose gates of which each path passes one at most")
                    .file();
                return;
            }
        }
    }
}
