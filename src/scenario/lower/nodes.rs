//! Fields, hubs with their tanks, and markets.

use std::collections::BTreeMap;

use crate::model::{Control, Field, Hub, Market, NodeRef, Role, Series, Tank};
use crate::scenario::read::{Grade, Reader, count, owned_strings, owned_text, text, truth};
use crate::scenario::text::Place;
use crate::scenario::tree::{Element, Node, Table};
use crate::units::{Barrels, BarrelsPerDay, Fraction, MilliUsdPerBarrel, Seconds};

use super::dynamics::dynamics;
use super::settings::Grades;

/// Class of a market or a field that names none.
const DEFAULT_PRIORITY: u8 = 2;

/// Most parallel units of one element.
const MAX_UNITS: u64 = 1_000;

/// Which node an id means.
pub(super) struct Nodes<'t> {
    by_id: BTreeMap<&'t str, (NodeRef, Place)>,
}

impl<'t> Nodes<'t> {
    /// All nodes of a tree; an id that two of them share is an error.
    pub(super) fn of(reader: &Reader<'_>, tree: &'t Table) -> Self {
        let fields = tree
            .elements("field")
            .enumerate()
            .map(|(i, e)| (NodeRef::Field(i), e));
        let hubs = tree
            .elements("hub")
            .enumerate()
            .map(|(i, e)| (NodeRef::Hub(i), e));
        let markets = tree
            .elements("market")
            .enumerate()
            .map(|(i, e)| (NodeRef::Market(i), e));
        let mut by_id: BTreeMap<&str, (NodeRef, Place)> = BTreeMap::new();
        for (node, element) in fields.chain(hubs).chain(markets) {
            match by_id.get(element.id) {
                Some(&(_, other)) => {
                    let (first, second) = (other.min(element.at), other.max(element.at));
                    reader
                        .report
                        .error(
                            "scenario::duplicate_id",
                            second,
                            "given again",
                            format!("two nodes have the id `{}`", element.id),
                        )
                        .also(first, "given first")
                        .help("fields, hubs and markets share one space of ids: rename one of them")
                        .file();
                }
                None => {
                    by_id.insert(element.id, (node, element.at));
                }
            }
        }
        Self { by_id }
    }

    /// The node that a string names, perhaps qualified: `hub.port`.
    pub(super) fn find(&self, reader: &Reader<'_>, node: &Node) -> Option<NodeRef> {
        let written = node.text()?;
        let (kind, id) = match written.split_once('.') {
            Some((kind @ ("field" | "hub" | "market"), id)) => (Some(kind), id),
            _ => (None, written),
        };
        let found = self.by_id.get(id).map(|(node, _)| *node).filter(|node| {
            matches!(
                (kind, node),
                (None, _)
                    | (Some("field"), NodeRef::Field(_))
                    | (Some("hub"), NodeRef::Hub(_))
                    | (Some("market"), NodeRef::Market(_))
            )
        });
        if found.is_none() {
            let known = self.by_id.keys().copied();
            reader.unknown_id(
                "scenario::unknown_node",
                node.at,
                id,
                "field, hub or market",
                known,
            );
        }
        found
    }
}

pub(super) fn name(element: Element<'_>) -> String {
    owned_text(element.table, "name").unwrap_or_else(|| element.id.to_owned())
}

pub(super) fn fields(reader: &Reader<'_>, grades: &Grades, tree: &Table) -> Vec<Field> {
    let lower = |element: Element<'_>| {
        let table = element.table;
        let grade = grades.of(reader, table);
        let share = |key: &str| table.get(key).and_then(|node| reader.share(node));
        // Recorded only, but looked at all the same.
        Field {
            id: element.id.to_owned(),
            name: name(element),
            country: owned_text(table, "country"),
            at: place(reader, table),
            plan: table
                .get("plan")
                .and_then(|node| reader.series(node, grade))
                .unwrap_or_else(|| Series::constant(BarrelsPerDay::ZERO)),
            control: match text(table, "control") {
                Some("investors") => Some(Control::Investors),
                Some("state") => Some(Control::State),
                _ => None,
            },
            priority: table.get("priority").map_or(DEFAULT_PRIORITY, |node| {
                priority(reader, node, DEFAULT_PRIORITY)
            }),
            entitlement: table
                .get("entitlement")
                .and_then(|node| reader.series(node, grade)),
            crude_share: share("crude_share").unwrap_or(Fraction::ONE),
            floor: share("floor").unwrap_or(Fraction::ZERO),
            dynamics: dynamics(reader, table, grade),
            quality: grades.quality_of(table),
            lifting_cost: table
                .get("lifting_cost")
                .and_then(|node| reader.price(node)),
            commodity: grades.commodity(table),
        }
    };
    tree.elements("field").map(lower).collect()
}

pub(super) fn hubs(reader: &Reader<'_>, grades: &Grades, tree: &Table) -> Vec<Hub> {
    let lower = |element: Element<'_>| {
        let table = element.table;
        let grade = grades.of(reader, table);
        Hub {
            id: element.id.to_owned(),
            name: name(element),
            country: owned_text(table, "country"),
            jurisdiction: owned_strings(table, "jurisdiction"),
            at: place(reader, table),
            role: match text(table, "role") {
                Some("pump-station") => Role::PumpStation,
                Some("terminal") => Role::Terminal,
                Some("port") => Role::Port,
                Some("border") => Role::Border,
                _ => Role::Junction,
            },
            capacity: table
                .get("capacity")
                .and_then(|node| reader.series(node, grade)),
            units: units(reader, table, grade),
            tank: table.table("tank").map(|table| tank(reader, table, grade)),
            grades: grades.allowed(reader, table),
        }
    };
    tree.elements("hub").map(lower).collect()
}

pub(super) fn markets(reader: &Reader<'_>, grades: &Grades, tree: &Table) -> Vec<Market> {
    let lower = |element: Element<'_>| {
        let table = element.table;
        let grade = grades.of(reader, table);
        let series = |key: &str| table.get(key).and_then(|node| reader.series(node, grade));
        let (demand, mut commitment) = (series("demand"), series("commitment"));
        if reader.is_draw()
            && let (Some(demand), Some(bound)) = (&demand, &commitment)
        {
            commitment = lesser(bound, demand);
        }
        if let (Some(demand), Some(commitment)) = (&demand, &commitment) {
            let both = demand
                .steps()
                .iter()
                .chain(commitment.steps())
                .map(|&(at, _)| at);
            let mut above = both.filter(|&at| commitment.at(at) > demand.at(at));
            if let Some(at) = above.next() {
                let message = format!(
                    "the commitment of `{}` is above its demand: {} above {} on day {}",
                    element.id,
                    commitment.at(at),
                    demand.at(at),
                    at.days().floor() + 1.0
                );
                let places = (table.get("commitment"), table.get("demand"));
                if let (Some(commitment), Some(demand)) = places {
                    reader
                        .report
                        .error("scenario::commitment_above_demand", commitment.at, "above the demand", message)
                        .also(demand.at, "the demand")
                        .help("a market cannot be bound to take more than it takes at most: raise `demand` or lower `commitment`")
                        .file();
                }
            }
        }
        Market {
            id: element.id.to_owned(),
            name: name(element),
            country: owned_text(table, "country"),
            at: place(reader, table),
            demand,
            commitment,
            price: price(reader, table, "price"),
            prices: grades.prices(reader, table),
            grades: grades.allowed(reader, table),
            export: truth(table, "export", true),
            priority: table.get("priority").map_or(DEFAULT_PRIORITY, |node| {
                priority(reader, node, DEFAULT_PRIORITY)
            }),
        }
    };
    tree.elements("market").map(lower).collect()
}

/// The lesser of two rates at every time. In a draw a market is owed at most what it takes: the
/// files bind it no further, and both are often one figure with one doubt. A link with a fleet
/// carries no more than the fleet or its capacity allows.
pub(super) fn lesser(
    one: &Series<BarrelsPerDay>,
    other: &Series<BarrelsPerDay>,
) -> Option<Series<BarrelsPerDay>> {
    let mut times: Vec<Seconds> = one
        .steps()
        .iter()
        .chain(other.steps())
        .map(|&(at, _)| at)
        .collect();
    times.sort_unstable();
    times.dedup();
    let steps = times
        .into_iter()
        .map(|at| (at, one.at(at).min(other.at(at))));
    Series::from_steps(steps)
}

pub(super) fn price(reader: &Reader<'_>, table: &Table, key: &str) -> MilliUsdPerBarrel {
    table
        .get(key)
        .and_then(|node| reader.price(node))
        .unwrap_or(MilliUsdPerBarrel::ZERO)
}

/// A class, or the one for those that name none if the file's is no class.
pub(super) fn priority(reader: &Reader<'_>, node: &Node, default: u8) -> u8 {
    let Some(number) = count(node) else {
        return default;
    };
    match u8::try_from(number) {
        Ok(class) if class >= 1 => class,
        _ => {
            reader
                .report
                .error(
                    "scenario::out_of_range",
                    node.at,
                    "not between 1 and 255",
                    "no such class",
                )
                .help(format!(
                    "classes go from 1, served first, to 255; {default} is the default"
                ))
                .file();
            default
        }
    }
}

/// Longitude and latitude.
fn place(reader: &Reader<'_>, table: &Table) -> Option<[f64; 2]> {
    let node = table.get("at")?;
    let [longitude, latitude] = node.array()? else {
        return None;
    };
    let (x, y) = (reader.number(longitude), reader.number(latitude));
    let (x, y) = (x?, y?);
    if (-180.0..=180.0).contains(&x) && (-90.0..=90.0).contains(&y) {
        return Some([x, y]);
    }
    reader
        .report
        .error(
            "scenario::out_of_range",
            node.at,
            "not on Earth",
            format!("[{x}, {y}] is no place"),
        )
        .help("longitude from -180 to 180 comes first, then latitude from -90 to 90")
        .file();
    None
}

/// Sizes of parallel units; empty if there are none.
pub(super) fn units(reader: &Reader<'_>, table: &Table, grade: Grade) -> Vec<BarrelsPerDay> {
    let Some(entry) = table.0.get("units") else {
        return Vec::new();
    };
    let Some(units) = entry.node.table() else {
        return Vec::new();
    };
    let bad = |at: Place, message: &str| {
        reader
            .report
            .error("scenario::bad_units", at, "here", message)
            .help("write { count = 3, each = \"950 kb/d\" }, or { sizes = [\"950 kb/d\", \"800 kb/d\"] }")
            .file();
    };
    let sizes = match (units.get("count"), units.get("each"), units.get("sizes")) {
        (Some(number), Some(each), None) => {
            let size = reader.rate(each, grade);
            match (count(number), size) {
                (Some(number @ 1..=MAX_UNITS), Some(size)) => {
                    vec![size; usize::try_from(number).unwrap_or(0)]
                }
                (Some(1..=MAX_UNITS) | None, _) => Vec::new(),
                (Some(_), _) => {
                    bad(number.at, "units are between 1 and 1000");
                    Vec::new()
                }
            }
        }
        (None, None, Some(sizes)) => {
            let nodes = sizes.array().unwrap_or_default();
            if nodes.is_empty() || nodes.len() as u64 > MAX_UNITS {
                bad(sizes.at, "units are between 1 and 1000");
                return Vec::new();
            }
            nodes
                .iter()
                .filter_map(|node| reader.rate(node, grade))
                .collect()
        }
        _ => {
            bad(entry.key, "units have `count` and `each`, or `sizes`");
            Vec::new()
        }
    };
    if sizes.contains(&BarrelsPerDay::ZERO) {
        bad(entry.key, "a unit of size 0 carries nothing");
    }
    sizes
}

fn tank(reader: &Reader<'_>, table: &Table, grade: Grade) -> Tank {
    let share = |key: &str| {
        let read = table.get(key).and_then(|node| reader.share(node));
        read.unwrap_or(Fraction::ZERO)
    };
    let rate = |key: &str| table.get(key).and_then(|node| reader.rate(node, grade));
    let capacity = table
        .get("capacity")
        .and_then(|node| reader.volume(node, grade));
    Tank {
        capacity: Series::constant(capacity.unwrap_or(Barrels::ZERO)),
        initial: share("initial"),
        target: share("target"),
        reserve_price: table
            .get("reserve_price")
            .and_then(|node| reader.price(node)),
        fill: rate("fill"),
        draw: rate("draw"),
    }
}
