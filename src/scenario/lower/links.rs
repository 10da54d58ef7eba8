//! Links, routes and transits.

use crate::model::{Link, Mode, NodeRef, Route, Series, Transit};
use crate::scenario::read::{Reader, owned_strings, owned_text, strings, text, truth};
use crate::scenario::text::Place;
use crate::scenario::tree::{Element, Table};
use crate::units::BarrelsPerDay;

use super::fleets;
use super::nodes::{Nodes, name, price, priority, units};
use super::settings::Grades;

/// What stands in for a node that does not exist, so that the rest can be looked at.
const NOWHERE: NodeRef = NodeRef::Hub(usize::MAX);

/// Class of a transit that names none.
const FIRST_CLASS: u8 = 1;

pub(super) fn links(
    reader: &Reader<'_>,
    grades: &Grades,
    nodes: &Nodes<'_>,
    tree: &Table,
) -> Vec<Link> {
    let lower = |element: Element<'_>| {
        let table = element.table;
        let grade = grades.of(reader, table);
        let end = |key: &str| table.get(key).and_then(|node| nodes.find(reader, node));
        let (from, to) = (end("from"), end("to"));
        if let (Some(from), Some(to)) = (from, to)
            && from == to
        {
            reader
                .report
                .error(
                    "scenario::self_loop",
                    table.get("to").map_or(element.at, |node| node.at),
                    "where it starts",
                    format!("link `{}` ends where it starts", element.id),
                )
                .help("a link joins two different nodes")
                .file();
        }
        Link {
            id: element.id.to_owned(),
            name: name(element),
            from: from.unwrap_or(NOWHERE),
            to: to.unwrap_or(NOWHERE),
            capacity: fleets::capacity(reader, table, grade),
            units: units(reader, table, grade),
            nomination: table
                .get("nomination")
                .and_then(|node| reader.series(node, grade)),
            mode: match text(table, "mode") {
                Some("tanker") => Mode::Tanker,
                Some("rail") => Mode::Rail,
                Some("sea") => Mode::Sea,
                Some("loading") => Mode::Loading,
                _ => Mode::Pipeline,
            },
            operator: owned_text(table, "operator"),
            jurisdiction: owned_strings(table, "jurisdiction"),
            tariff: price(reader, table, "tariff"),
            freight: price(reader, table, "freight"),
            war_risk: price(reader, table, "war_risk"),
            both_ways: truth(table, "both_ways", false),
            lag: table.get("lag").and_then(|node| reader.seconds(node)),
            transit_time: table
                .get("transit_time")
                .and_then(|node| reader.seconds(node)),
            grades: grades.allowed(reader, table),
        }
    };
    tree.elements("link").map(lower).collect()
}

/// Index of the link that a string names, perhaps qualified: `link.line`.
fn link(reader: &Reader<'_>, links: &[Link], written: &str, at: Place) -> Option<usize> {
    let id = written.strip_prefix("link.").unwrap_or(written);
    let found = links.binary_search_by(|link| link.id.as_str().cmp(id)).ok();
    if found.is_none() {
        let known = links.iter().map(|link| link.id.as_str());
        reader.unknown_id("scenario::unknown_link", at, id, "link", known);
    }
    found
}

pub(super) fn routes(reader: &Reader<'_>, links: &[Link], tree: &Table) -> Vec<Route> {
    let mut taken: std::collections::BTreeMap<usize, Place> = std::collections::BTreeMap::new();
    let mut found = Vec::new();
    for element in tree.elements("route") {
        let mut gates = Vec::new();
        let node = element.table.get("gates");
        for (written, at) in node.map(strings).unwrap_or_default() {
            let Some(gate) = link(reader, links, written, at) else {
                continue;
            };
            if let Some(&other) = taken.get(&gate) {
                let (first, second) = (at.min(other), at.max(other));
                reader
                    .report
                    .error(
                        "scenario::duplicate_gate",
                        second,
                        "a gate again",
                        format!("link `{}` is a gate twice", links[gate].id),
                    )
                    .also(first, "a gate already")
                    .help(
                        "its oil would be counted twice: each link is a gate of one route at most",
                    )
                    .file();
                continue;
            }
            taken.insert(gate, at);
            gates.push(gate);
        }
        if let Some(node) = node
            && node.array().is_some_and(<[_]>::is_empty)
        {
            reader
                .report
                .error(
                    "scenario::empty",
                    node.at,
                    "no gates",
                    format!("route `{}` has no gate", element.id),
                )
                .help("name the link or links whose flow is the route's")
                .file();
        }
        gates.sort_unstable();
        found.push(Route {
            id: element.id.to_owned(),
            name: name(element),
            gates,
            jurisdiction: owned_strings(element.table, "jurisdiction"),
        });
    }
    found
}

pub(super) fn transits(
    reader: &Reader<'_>,
    grades: &Grades,
    nodes: &Nodes<'_>,
    links: &[Link],
    tree: &Table,
) -> Vec<Transit> {
    let lower = |element: Element<'_>| {
        let table = element.table;
        let grade = grades.of(reader, table);
        let end = |key: &str| table.get(key).and_then(|node| nodes.find(reader, node));
        let (from, to) = (end("from"), end("to"));
        let path = table.get("path").and_then(|node| {
            let steps = strings(node);
            let found: Vec<Option<usize>> = steps
                .iter()
                .map(|(written, at)| link(reader, links, written, *at))
                .collect();
            let found: Vec<usize> = found.into_iter().collect::<Option<_>>()?;
            follow(reader, links, from?, to?, &found, &steps, node.at)?;
            Some(found)
        });
        Transit {
            id: element.id.to_owned(),
            name: name(element),
            from: from.unwrap_or(NOWHERE),
            to: to.unwrap_or(NOWHERE),
            path: path.unwrap_or_default(),
            volume: table
                .get("volume")
                .and_then(|node| reader.series(node, grade))
                .unwrap_or_else(|| Series::constant(BarrelsPerDay::ZERO)),
            priority: table
                .get("priority")
                .map_or(FIRST_CLASS, |node| priority(reader, node, FIRST_CLASS)),
            yields: truth(table, "yields", false),
        }
    };
    tree.elements("transit").map(lower).collect()
}

/// Walks a path from its first node to its last; complains where it breaks.
fn follow(
    reader: &Reader<'_>,
    links: &[Link],
    from: NodeRef,
    to: NodeRef,
    path: &[usize],
    steps: &[(&str, Place)],
    whole: Place,
) -> Option<()> {
    let bad = |at: Place, label: &str, message: String| {
        reader
            .report
            .error("scenario::broken_path", at, label, message)
            .help("each link of a path starts where the one before ends, the first at `from`, and the last ends at `to`")
            .file();
    };
    let mut here = from;
    for (&index, &(written, at)) in path.iter().zip(steps) {
        let link = &links[index];
        if link.from == NOWHERE || link.to == NOWHERE {
            return None;
        }
        here = if link.from == here {
            link.to
        } else if link.both_ways && link.to == here {
            link.from
        } else {
            bad(
                at,
                "does not start there",
                format!("the path breaks at `{written}`"),
            );
            return None;
        };
    }
    if here != to {
        bad(
            whole,
            "ends elsewhere",
            "the path does not end at `to`".to_owned(),
        );
        return None;
    }
    if path.is_empty() {
        bad(whole, "no links", "the path has no links".to_owned());
        return None;
    }
    Some(())
}
