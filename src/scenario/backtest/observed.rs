//! What was observed, and what is in doubt.

use crate::model::{Flow, Model};
use crate::scenario::problem::{Report, listed, shown};
use crate::scenario::quantities::Quantity;
use crate::scenario::quantity::{self, Dimension};
use crate::scenario::read::{Reader, owned_strings, owned_text, strings};
use crate::scenario::text::Place;
use crate::scenario::tree::{Node, Table, Value};
use crate::units::Seconds;

use super::{Metric, Question, between};

/// A figure of a scenario in doubt.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Doubt {
    pub(super) key: String,
    ends: [f64; 3],
    /// As it follows the number: ` kb/d`.
    unit: String,
    /// Whether the episode knows its value better than the scenario.
    pub(super) is_own: bool,
}

impl Doubt {
    /// The setting that puts it at a quantile.
    pub(super) fn setting(&self, quantile: f64) -> String {
        let is_share = self.unit.is_empty() && self.ends[2] <= 1.0;
        self.set(between(self.ends, is_share).at(quantile))
    }

    /// The setting that puts it at its value.
    pub(super) fn central(&self) -> String {
        self.set(self.ends[1])
    }

    fn set(&self, value: f64) -> String {
        if self.unit.is_empty() {
            format!("{}={value:?}", self.key)
        } else {
            format!("{}=\"{value}{}\"", self.key, self.unit)
        }
    }
}

/// The figures in doubt of an episode.
pub(super) fn doubts(report: &Report, table: &Table, quantities: &[Quantity]) -> Vec<Doubt> {
    let listed = table.get("doubt").and_then(Node::array).unwrap_or_default();
    let tables = listed
        .iter()
        .filter_map(|node| Some((node.at, node.table()?)));
    tables
        .filter_map(|(at, table)| doubt(report, at, table, quantities))
        .collect()
}

fn doubt(report: &Report, at: Place, table: &Table, quantities: &[Quantity]) -> Option<Doubt> {
    let node = table.get("key")?;
    let key = node.text()?;
    let Some(quantity) = quantities.iter().find(|quantity| quantity.key == key) else {
        let known = quantities.iter().map(|quantity| quantity.key.as_str());
        let help = report
            .did_you_mean(key, known)
            .unwrap_or_else(|| "`keruen check SCENARIO --json` lists all figures".to_owned());
        report
            .error(
                "scenario::unknown_element",
                node.at,
                "not in the scenario",
                format!("there is no figure `{}`", shown(key)),
            )
            .help(help)
            .file();
        return None;
    };
    let own = |part: &str| table.get(part).map(written);
    let value = own("value").unwrap_or_else(|| quantity.value.clone());
    let low = own("low").or_else(|| quantity.low.clone());
    let high = own("high").or_else(|| quantity.high.clone());
    let ends = [
        low.as_ref().unwrap_or(&value),
        &value,
        high.as_ref().unwrap_or(&value),
    ];
    let read = ends.map(|end| number_and_unit(end));
    let [Some((low, one)), Some((value, unit)), Some((high, other))] = read else {
        report
            .error(
                "scenario::bad_quantity",
                at,
                "not figures",
                format!(
                    "`{}` is not a single figure that could be in doubt",
                    shown(key)
                ),
            )
            .help("name a share or a quantity such as `link.spm.units.each`")
            .file();
        return None;
    };
    if one != unit || other != unit || !(low <= value && value <= high) {
        report
            .error(
                "scenario::doubt_out_of_order",
                at,
                "low, value and high do not go together",
                format!("the doubt about `{}` has no order", shown(key)),
            )
            .help("the value lies between `low` and `high`, all three in one unit")
            .file();
        return None;
    }
    Some(Doubt {
        key: key.to_owned(),
        ends: [low, value, high],
        unit: unit.to_owned(),
        is_own: table.get("value").is_some(),
    })
}

fn written(node: &Node) -> String {
    match &node.value {
        Value::Text(text) => text.clone(),
        Value::Integer(Some(number)) => number.to_string(),
        Value::Float(number) => number.to_string(),
        _ => String::new(),
    }
}

/// `"950 kb/d"` as 950 and ` kb/d`.
fn number_and_unit(text: &str) -> Option<(f64, &str)> {
    let text = text.trim();
    let end = text
        .find(|letter: char| !"+-._0123456789".contains(letter))
        .unwrap_or(text.len());
    let number: f64 = text[..end].replace('_', "").parse().ok()?;
    Some((number, &text[end..]))
}

/// A unit as written, what one of it is, and whether it is one of rates.
#[derive(Clone, Debug, PartialEq)]
struct Unit {
    name: String,
    scale: f64,
    is_rate: bool,
}

/// A question and the same quantity in earlier times.
pub(super) fn question(
    reader: &Reader<'_>,
    model: &Model,
    table: &Table,
    id: &str,
) -> Option<(Question, Vec<f64>)> {
    let metric = match table.get("metric")?.text()? {
        "level" => Metric::Level,
        "loss" => Metric::Loss,
        "gain" => Metric::Gain,
        _ => Metric::Fall,
    };
    let of: Vec<Option<Flow>> = table
        .get("of")
        .map(strings)
        .unwrap_or_default()
        .into_iter()
        .map(|(written, at)| flow(reader, model, written, at))
        .collect();
    let (from, until) = span(reader, model, table)?;
    let per_tonne = table.get("bbl_per_tonne");
    let per_tonne = per_tonne.and_then(|node| reader.positive(node));
    let value_node = table.get("value")?;
    let (value, unit) = observed(reader, value_node, metric, per_tonne)?;
    let days = (until - from).days();
    // A rate and a volume within a known time are the same.
    let in_unit = |node: &Node| {
        let (found, other) = observed(reader, node, metric, per_tonne)?;
        let base = found * other.scale;
        let base = match (other.is_rate, unit.is_rate) {
            (true, false) => base * days,
            (false, true) => base / days,
            _ => base,
        };
        Some(base / unit.scale)
    };
    let end = |key: &str| table.get(key).and_then(&in_unit);
    let before = match table.get("before").map(|node| (node, node.array())) {
        Some((_, Some(nodes))) => nodes.iter().map(in_unit).collect::<Option<_>>()?,
        Some((node, None)) => vec![in_unit(node)?],
        None => Vec::new(),
    };
    let (low, high) = (end("low"), end("high"));
    if low.is_some_and(|low| low > value) || high.is_some_and(|high| high < value) {
        reader
            .report
            .error(
                "scenario::doubt_out_of_order",
                value_node.at,
                "not between `low` and `high`",
                "what was observed has no order",
            )
            .help("the value lies between `low` and `high`")
            .file();
        return None;
    }
    let within = end("within");
    if value <= 0.0 && metric != Metric::Level && within.is_none() && table.get("before").is_none()
    {
        reader
            .report
            .error(
                "scenario::missing_key",
                value_node.at,
                "a share of nothing is nothing",
                "nothing was observed, so it must be said by how much a model may miss it",
            )
            .help("add `within` in the same unit")
            .file();
        return None;
    }
    let written = owned_strings(table, "of");
    let question = Question {
        name: owned_text(table, "name").unwrap_or_else(|| {
            if table.get("within").is_none() && table.get("before").is_some() {
                id.to_owned()
            } else {
                written.join(" + ")
            }
        }),
        metric,
        of: of.into_iter().collect::<Option<_>>()?,
        written,
        from,
        until,
        unit: unit.name,
        scale: unit.scale,
        is_rate: unit.is_rate,
        value,
        low,
        high,
        within,
        sources: owned_strings(table, "source"),
        note: owned_text(table, "note").unwrap_or_default(),
    };
    Some((question, before))
}

/// The time looked at.
fn span(reader: &Reader<'_>, model: &Model, table: &Table) -> Option<(Seconds, Seconds)> {
    let (from_node, until_node) = (table.get("from")?, table.get("until")?);
    let (from, until) = (reader.moment(from_node)?, reader.moment(until_node)?);
    if from < Seconds::ZERO || from >= model.horizon {
        reader.outside(from_node.at, "the time looked at begins");
        return None;
    }
    if until > model.horizon {
        reader.outside(until_node.at, "the time looked at ends");
        return None;
    }
    if until <= from {
        reader
            .report
            .error(
                "scenario::out_of_order",
                until_node.at,
                "not after `from`",
                "the time looked at ends before it begins",
            )
            .help("`until` is the instant after the last: of May, it is 1 June")
            .file();
        return None;
    }
    Some((from, until))
}

/// A figure with its unit.
fn observed(
    reader: &Reader<'_>,
    node: &Node,
    metric: Metric,
    per_tonne: Option<f64>,
) -> Option<(f64, Unit)> {
    if let Some(share) = node.number() {
        if metric == Metric::Fall {
            let name = String::new();
            let (scale, is_rate) = (1.0, false);
            reader.share(node)?;
            return Some((
                share,
                Unit {
                    name,
                    scale,
                    is_rate,
                },
            ));
        }
        return wrong(reader, node.at, metric);
    }
    let text = node.text().filter(|_| metric != Metric::Fall);
    let Some(text) = text else {
        return wrong(reader, node.at, metric);
    };
    let is_rate = quantity::parse(text, Dimension::Flow).is_ok();
    let dimension = if is_rate {
        Dimension::Flow
    } else {
        Dimension::Volume
    };
    let base = reader.quantity(node, dimension, per_tonne)?;
    let (number, name) = number_and_unit(text)?;
    let name = name.trim().to_owned();
    let one = quantity::parse(&format!("1 {name}"), dimension).ok()?;
    let per_tonne = per_tonne.filter(|_| one.tonnes).unwrap_or(1.0);
    let scale = one.value * per_tonne;
    debug_assert!((number * scale - base).abs() <= 1e-6 * base.abs().max(1.0));
    Some((
        base / scale,
        Unit {
            name,
            scale,
            is_rate,
        },
    ))
}

fn wrong<T>(reader: &Reader<'_>, at: Place, metric: Metric) -> Option<T> {
    let (what, help) = if metric == Metric::Fall {
        ("a fall is a share", "write a number from 0 to 1: 0.35")
    } else {
        (
            "a unit is due here",
            "write a rate or a volume: \"950 kb/d\", \"3.8 Mt\"",
        )
    };
    reader
        .report
        .error(
            "scenario::bad_quantity",
            at,
            what,
            "this does not measure what was observed",
        )
        .help(help)
        .file();
    None
}

/// What a word means.
fn flow(reader: &Reader<'_>, model: &Model, written: &str, at: Place) -> Option<Flow> {
    const ALL: [(&str, Flow); 3] = [
        ("production", Flow::Production),
        ("exports", Flow::Exports),
        ("deliveries", Flow::Deliveries),
    ];
    let mut known: Vec<(String, Flow)> = Vec::new();
    let mut add =
        |kind: &str, ids: &mut dyn Iterator<Item = &String>, of: &dyn Fn(usize) -> Flow| {
            let all = ids.enumerate();
            known.extend(all.map(|(index, id)| (format!("{kind}.{id}"), of(index))));
        };
    add(
        "field",
        &mut model.fields.iter().map(|field| &field.id),
        &Flow::Field,
    );
    add(
        "link",
        &mut model.links.iter().map(|link| &link.id),
        &Flow::Link,
    );
    add(
        "route",
        &mut model.routes.iter().map(|route| &route.id),
        &Flow::Route,
    );
    add(
        "transit",
        &mut model.transits.iter().map(|transit| &transit.id),
        &Flow::Transit,
    );
    let all = ALL.iter().map(|&(word, flow)| (word.to_owned(), flow));
    known.extend(all);
    if let Some((_, flow)) = known.iter().find(|(word, _)| word == written) {
        return Some(*flow);
    }
    let words = || known.iter().map(|(word, _)| word.as_str());
    let help = reader
        .report
        .did_you_mean(written, words())
        .unwrap_or_else(|| {
            let ends = listed(ALL.map(|(word, _)| word));
            format!("write `route.ID`, `link.ID`, `field.ID` or `transit.ID`, or {ends}")
        });
    reader
        .report
        .error(
            "scenario::unknown_element",
            at,
            "no such flow",
            format!("unknown flow `{}`", shown(written)),
        )
        .help(help)
        .file();
    None
}
