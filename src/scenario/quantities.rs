//! What a scenario states in figures, and where each comes from.

use std::collections::{BTreeMap, BTreeSet};

use super::doubt::Doubt;
use super::problem::Report;
use super::read::strings;
use super::spec::{SCENARIO, STRATEGY, Shape, Spec};
use super::text::Place;
use super::tree::{Node, Table};

/// A figure of a scenario, as it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quantity {
    /// Where it stands: `field.tengiz.plan`.
    pub key: String,
    /// Its value, as written; a profile and counted events in words.
    pub value: String,
    /// Low end of what it may be, as written; of counted events the 5 % point of the posterior.
    pub low: Option<String>,
    /// High end of what it may be, as written; of counted events the 95 % point of the posterior.
    pub high: Option<String>,
    /// Form of its doubt, if a run with draws of uncertain figures draws it: see
    /// [`Doubt::form`](super::Doubt::form).
    pub doubt: Option<&'static str>,
    /// Ids of its sources, or else of those of the table it stands in.
    pub sources: Vec<String>,
    /// Remark on it.
    pub note: Option<String>,
}

/// A remark on what a table states as a whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remark {
    /// The table: `link.atyrau-samara`.
    pub key: String,
    /// What is remarked.
    pub text: String,
}

/// Gathers all quantities of a merged scenario and of its strategies' headers, and complains
/// about sources that do not exist.
///
/// - `files`: the trees of all files before merging. A source that one of them cites is in use,
///   even if a strategy replaces the figure that cites it.
pub(super) fn gather(
    report: &Report,
    tree: &Table,
    strategies: &[(String, &Table)],
    files: &[&Table],
) -> Gathered {
    let empty = Table::default();
    let sources = tree.table("source").unwrap_or(&empty);
    let known = sources.keys().collect();
    let mut walk = Walk {
        report,
        known,
        complains: false,
        used: BTreeSet::new(),
        found: Vec::new(),
        remarks: Vec::new(),
    };
    for file in files {
        walk.table(file, &SCENARIO, "", &[]);
    }
    walk.found.clear();
    walk.remarks.clear();
    walk.complains = true;
    walk.table(tree, &SCENARIO, "", &[]);
    for (id, header) in strategies {
        walk.table(header, &STRATEGY, &format!("strategy.{id}"), &[]);
    }
    let unused = sources.0.iter().filter(|(id, _)| !walk.used.contains(*id));
    let unused = unused.map(|(id, entry)| (id.clone(), entry.key)).collect();
    Gathered {
        quantities: walk.found,
        remarks: walk.remarks,
        unused,
    }
}

pub(super) struct Gathered {
    pub(super) quantities: Vec<Quantity>,
    pub(super) remarks: Vec<Remark>,
    /// Sources that nothing cites, with the places of their ids.
    pub(super) unused: BTreeMap<String, Place>,
}

/// Complains about sources that do not exist in a file beside the scenario.
pub(super) fn check_sources(report: &Report, tree: &Table, spec: &'static Spec, known: &[&str]) {
    let known = known.iter().copied().collect();
    Walk {
        report,
        known,
        complains: true,
        used: BTreeSet::new(),
        found: Vec::new(),
        remarks: Vec::new(),
    }
    .table(tree, spec, "", &[]);
}

struct Walk<'a> {
    report: &'a Report,
    known: BTreeSet<&'a str>,
    /// Whether a source that does not exist is a problem.
    complains: bool,
    used: BTreeSet<String>,
    found: Vec<Quantity>,
    remarks: Vec<Remark>,
}

impl Walk<'_> {
    /// The sources that a table cites, or else those of the table around it.
    fn sources(&mut self, table: &Table, outer: &[String]) -> Vec<String> {
        let Some(node) = table.get("source") else {
            return outer.to_vec();
        };
        let mut cited = Vec::new();
        for (id, at) in strings(node) {
            if self.known.contains(id) {
                self.used.insert(id.to_owned());
            } else if self.complains {
                let known: Vec<&str> = self.known.iter().copied().collect();
                let help = self.report.did_you_mean(id, known).unwrap_or_else(|| {
                    format!(
                        "add `[source.{}]` with its title",
                        super::problem::shown(id)
                    )
                });
                self.report
                    .error(
                        "scenario::unknown_source",
                        at,
                        "no source has this id",
                        format!("unknown source `{}`", super::problem::shown(id)),
                    )
                    .help(help)
                    .file();
            }
            cited.push(id.to_owned());
        }
        cited
    }

    fn table(&mut self, table: &Table, spec: &'static Spec, path: &str, outer: &[String]) {
        // In a scenario's top-level table, `source` holds the sources themselves.
        let sources = if path.is_empty() {
            Vec::new()
        } else {
            self.sources(table, outer)
        };
        if let Some(text) = table.get("note").and_then(Node::text) {
            self.remarks.push(Remark {
                key: path.to_owned(),
                text: text.to_owned(),
            });
        }
        for (name, entry) in &table.0 {
            let Some(key) = spec.key(name) else { continue };
            let path = if path.is_empty() {
                name.clone()
            } else {
                format!("{path}.{name}")
            };
            self.value(&entry.node, key.shape, &path, &sources);
        }
    }

    fn value(&mut self, node: &Node, shape: Shape, path: &str, outer: &[String]) {
        match shape {
            Shape::Quantified | Shape::Share | Shape::Quantity(_) => self.figure(node, path, outer),
            Shape::Profile => match node.table() {
                Some(table) if !table.0.contains_key("value") => {
                    let sources = self.sources(table, outer);
                    self.push(
                        (path, table_note(table)),
                        in_words(table),
                        [None, None],
                        sources,
                    );
                }
                _ => self.figure(node, path, outer),
            },
            Shape::TimeLaw => self.law(node, &super::spec::TIME_LAW, path, outer),
            Shape::ShareLaw => self.law(node, &super::spec::SHARE_LAW, path, outer),
            Shape::Table(spec) | Shape::OneOf(spec) => {
                if let Some(table) = node.table() {
                    self.table(table, spec, path, outer);
                }
            }
            Shape::Elements(spec) => {
                let elements = node.table().map(|table| table.0.iter());
                for (id, entry) in elements.into_iter().flatten() {
                    if let Some(table) = entry.node.table() {
                        self.table(table, spec, &format!("{path}.{id}"), &[]);
                    }
                }
            }
            Shape::List(inner, _) => {
                for (index, node) in node.array().unwrap_or_default().iter().enumerate() {
                    self.value(node, *inner, &format!("{path}[{index}]"), outer);
                }
            }
            Shape::ById(_, inner) => {
                let values = node.table().map(|table| table.0.iter());
                for (id, entry) in values.into_iter().flatten() {
                    self.value(&entry.node, *inner, &format!("{path}.{id}"), outer);
                }
            }
            Shape::Either(shapes) => {
                let is_figure = node.array().is_none()
                    && node
                        .table()
                        .is_none_or(|table| table.get("value").is_some());
                let wanted = |shape: &&Shape| match shape {
                    Shape::Table(_) | Shape::OneOf(_) => node.table().is_some(),
                    Shape::List(..) => node.array().is_some(),
                    Shape::Quantity(_) => is_figure,
                    _ => false,
                };
                if let Some(shape) = shapes.iter().find(wanted) {
                    self.value(node, *shape, path, outer);
                }
            }
            _ => {}
        }
    }

    fn law(&mut self, node: &Node, spec: &'static Spec, path: &str, outer: &[String]) {
        match node.table() {
            Some(table) if !table.0.contains_key("value") => self.table(table, spec, path, outer),
            _ => self.figure(node, path, outer),
        }
    }

    fn figure(&mut self, node: &Node, path: &str, outer: &[String]) {
        match node.table() {
            Some(table) => {
                let sources = self.sources(table, outer);
                let part = |key: &str| table.get(key).map(Node::written);
                let counted = |events: String| {
                    let number = part("exposure").map(|time| format!("{events} in {time}"));
                    let share = || part("trials").map(|trials| format!("{events} of {trials}"));
                    number.or_else(share)
                };
                let value = part("value").or_else(|| part("events").and_then(counted));
                let ends = [part("low"), part("high")];
                self.push(
                    (path, table_note(table)),
                    value.unwrap_or_default(),
                    ends,
                    sources,
                );
            }
            None => self.push((path, None), node.written(), [None, None], outer.to_vec()),
        }
    }

    fn push(
        &mut self,
        (path, note): (&str, Option<String>),
        value: String,
        [low, high]: [Option<String>; 2],
        sources: Vec<String>,
    ) {
        self.found.push(Quantity {
            key: path.to_owned(),
            value,
            low,
            high,
            doubt: None,
            sources,
            note,
        });
    }
}

/// The remark that a table makes on itself.
fn table_note(table: &Table) -> Option<String> {
    table.get("note").and_then(Node::text).map(str::to_owned)
}

/// Adds to the figures that are in doubt what is known about it, and to doubts their sources.
pub(super) fn join_doubts(
    quantities: &mut [Quantity],
    mut doubts: BTreeMap<String, Doubt>,
) -> Vec<Doubt> {
    for quantity in quantities {
        if let Some(doubt) = doubts.get_mut(&quantity.key) {
            quantity.doubt = Some(doubt.form);
            if doubt.form != "range" {
                quantity.low = Some(doubt.low.clone());
                quantity.high = Some(doubt.high.clone());
            }
            doubt.sources.clone_from(&quantity.sources);
        }
    }
    doubts.into_values().collect()
}

fn in_words(profile: &Table) -> String {
    if profile.get("monthly").is_some() {
        "by month".to_owned()
    } else if profile.get("steps").is_some() {
        "in steps".to_owned()
    } else {
        let part = |key: &str| profile.get(key).and_then(Node::text).unwrap_or("");
        format!("column `{}` of {}", part("column"), part("file"))
    }
}
