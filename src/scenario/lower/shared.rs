//! What hazards share: regimes, repair crews, services.

use crate::model::{Crew, Model, Part, Regime, Service};
use crate::scenario::quantity::Dimension;
use crate::scenario::read::{Reader, count, text};
use crate::scenario::text::Place;
use crate::scenario::tree::{Element, Node, Table};
use crate::units::Fraction;

use super::nodes::name;
use super::targets::Elements;

/// Most crews of one kind.
const MAX_CREWS: u64 = 1_000;

/// Most switches of regimes that a replication may be expected to have.
const MAX_SWITCHES: f64 = 1e6;

pub(super) fn regimes(reader: &Reader<'_>, tree: &Table) -> Vec<Regime> {
    let ids: Vec<&str> = tree.elements("regime").map(|element| element.id).collect();
    let read = tree
        .elements("regime")
        .map(|element| regime(reader, &ids, element));
    let (mut regimes, initial): (Vec<Regime>, Vec<Option<Fraction>>) = read.unzip();
    // With one of them unknown there is no total.
    let total: Option<f64> = initial.into_iter().map(|share| Some(share?.get())).sum();
    let first = tree.elements("regime").next();
    if let Some(total) = total.filter(|&total| reader.is_draw() && total > 0.0) {
        // Figures are drawn apart from each other; only together do they make a law.
        for regime in &mut regimes {
            regime.initial = Fraction::nearest(regime.initial.get() / total);
        }
    } else if let (Some(element), Some(total)) = (first, total)
        && (total - 1.0).abs() > 1e-9
    {
        let initial = element.table.get("initial").map(|node| node.at);
        // Without the last digits, which are those of binary fractions.
        let total = (total * 1e12).round() / 1e12;
        reader
            .report
            .error(
                "scenario::bad_regime",
                initial.unwrap_or(element.at),
                "one of them",
                format!("the `initial` probabilities of the regimes add up to {total}, not to 1"),
            )
            .help("at the start exactly one regime holds: give each its probability; one that is left out has 0")
            .file();
    }
    regimes
}

/// A regime, and its probability at the start; what is wrong has a stand-in.
fn regime(reader: &Reader<'_>, ids: &[&str], element: Element<'_>) -> (Regime, Option<Fraction>) {
    let table = element.table;
    let initial = table
        .get("initial")
        .map_or(Some(Fraction::ZERO), |node| reader.share(node));
    let mut to = Vec::new();
    for (id, entry) in table.table("to").into_iter().flat_map(|to| &to.0) {
        let rate = reader.quantity(&entry.node, Dimension::Frequency, None);
        let index = ids.binary_search(&id.as_str());
        if id == element.id {
            reader
                .report
                .error(
                    "scenario::bad_regime",
                    entry.key,
                    "itself",
                    format!("regime `{id}` cannot switch to itself"),
                )
                .help("a regime lasts until it switches to another one: remove it")
                .file();
        } else if index.is_err() {
            reader.unknown_id(
                "scenario::unknown_regime",
                entry.key,
                id,
                "regime",
                ids.iter().copied(),
            );
        }
        if let (Ok(index), Some(rate)) = (index, rate) {
            to.push((index, rate));
        }
    }
    let switches = to.iter().map(|(_, rate)| rate).sum::<f64>() * reader.horizon.days();
    if switches > MAX_SWITCHES {
        reader
            .report
            .error(
                "scenario::too_many_disruptions",
                table.key_at("to").unwrap_or(element.at),
                format!("{switches:.0} of them"),
                format!("regime `{}` would be left {switches:.0} times", element.id),
            )
            .help("at most a million switches are simulated: is the unit of time right?")
            .file();
    }
    let regime = Regime {
        id: element.id.to_owned(),
        name: name(element),
        initial: initial.unwrap_or(Fraction::ZERO),
        to,
    };
    (regime, initial)
}

pub(super) fn crews(reader: &Reader<'_>, tree: &Table) -> Vec<Crew> {
    let lower = |element: Element<'_>| Crew {
        id: element.id.to_owned(),
        name: name(element),
        count: crew_count(reader, element.table.get("count")),
    };
    tree.elements("crew").map(lower).collect()
}

fn crew_count(reader: &Reader<'_>, node: Option<&Node>) -> usize {
    let Some((node, number)) = node.and_then(|node| Some((node, count(node)?))) else {
        return 1;
    };
    if !(1..=MAX_CREWS).contains(&number) {
        reader
            .report
            .error(
                "scenario::out_of_range",
                node.at,
                "not a usable number",
                format!("{number} crews: there are from 1 to 1000"),
            )
            .help("without a crew nothing would ever be repaired; where there are always enough, leave `crew` out of the hazard")
            .file();
    }
    usize::try_from(number.clamp(1, MAX_CREWS)).unwrap_or(1)
}

/// Services, of a model whose elements are lowered.
pub(super) fn services(reader: &Reader<'_>, model: &Model, tree: &Table) -> Vec<Service> {
    let elements = Elements::of(model, reader.report);
    let lower = |element: Element<'_>| Service {
        id: element.id.to_owned(),
        name: name(element),
        feeds: feeds(reader, &elements, element),
    };
    tree.elements("service").map(lower).collect()
}

/// What depends on a service, in the order of the elements and their units.
fn feeds(reader: &Reader<'_>, elements: &Elements<'_>, service: Element<'_>) -> Vec<Part> {
    let Some(node) = service.table.get("feeds") else {
        return Vec::new();
    };
    let tables = node.array().unwrap_or_default();
    if tables.is_empty() {
        reader
            .report
            .error(
                "scenario::empty",
                node.at,
                "nothing",
                format!("nothing depends on `service.{}`", service.id),
            )
            .help("name at least one element: feeds = [{ target = \"hub.port\" }]")
            .file();
    }
    let mut found: Vec<(Part, Place, String)> = Vec::new();
    for table in tables.iter().filter_map(Node::table) {
        feed(reader, elements, table, &mut found);
    }
    found.sort_by_key(|(part, at, _)| (part.element, part.unit, *at));
    for pair in found.windows(2) {
        if (pair[0].0.element, pair[0].0.unit) == (pair[1].0.element, pair[1].0.unit) {
            reader
                .report
                .error(
                    "scenario::duplicate_target",
                    pair[1].1,
                    "named again",
                    format!("`{}` depends on `service.{}` twice", pair[1].2, service.id),
                )
                .also(pair[0].1, "named already")
                .help("name each target once; an id without `#` means all its units")
                .file();
        }
    }
    found.into_iter().map(|(part, ..)| part).collect()
}

/// Adds what one entry of `feeds` names: each part with its place and key.
fn feed(
    reader: &Reader<'_>,
    elements: &Elements<'_>,
    table: &Table,
    found: &mut Vec<(Part, Place, String)>,
) {
    let loss_node = table.get("loss");
    let loss = loss_node.map_or(Some(Fraction::ONE), |node| reader.share(node));
    let (Some(written), Some(node)) = (text(table, "target"), table.get("target")) else {
        return;
    };
    if written.starts_with("service.") {
        reader
            .report
            .error(
                "scenario::unknown_target",
                node.at,
                "a service",
                format!("`{written}` is a service, and services do not depend on each other"),
            )
            .help("name what depends on both in each of them, or let a hazard of the one come `after` one of the other")
            .file();
        return;
    }
    let targets = match elements.find(written) {
        Ok(targets) => targets,
        Err(unresolved) => {
            reader
                .report
                .error(
                    "scenario::unknown_target",
                    node.at,
                    unresolved.label,
                    unresolved.message,
                )
                .help(unresolved.help)
                .file();
            return;
        }
    };
    let Some(loss) = loss else { return };
    for target in targets {
        if loss < Fraction::ONE && elements.is_unlimited(&target) {
            reader
                .report
                .error(
                    "scenario::share_of_unlimited",
                    loss_node.map_or(node.at, |node| node.at),
                    "a share of what?",
                    format!(
                        "`{}` has no limit of which a share could be lost",
                        target.key
                    ),
                )
                .help("give it a limit, or let it lose everything")
                .file();
        }
        let key = target.key;
        found.extend(
            target
                .parts
                .into_iter()
                .map(|part| (Part { loss, ..part }, node.at, key.clone())),
        );
    }
}
