//! A file as a tree of values that know their place.

use toml::de::{DeTable, DeValue};
use toml::value::Datetime;

use super::entries::Entries;
use super::problem::Report;
use super::text::Place;

/// A value and its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) at: Place,
    pub(super) value: Value,
}

/// A value.
#[derive(Clone, Debug)]
pub(super) enum Value {
    Text(String),
    /// `None` if it does not fit into 64 bits.
    Integer(Option<i64>),
    Float(f64),
    Bool(bool),
    Date(Datetime),
    Array(Vec<Node>),
    Table(Table),
}

/// Keys in alphabetical order, each with its place.
#[derive(Clone, Debug, Default)]
pub(super) struct Table(pub(super) Entries);

/// What a key stands for.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Place of the key.
    pub(super) key: Place,
    pub(super) node: Node,
}

impl Table {
    pub(super) fn get(&self, key: &str) -> Option<&Node> {
        self.0.get(key).map(|entry| &entry.node)
    }

    pub(super) fn table(&self, key: &str) -> Option<&Table> {
        self.get(key)?.table()
    }

    /// Place of a key.
    pub(super) fn key_at(&self, key: &str) -> Option<Place> {
        self.0.get(key).map(|entry| entry.key)
    }

    pub(super) fn keys(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The elements of a keyed table of elements, such as `field`: those that are tables.
    pub(super) fn elements<'a>(&'a self, kind: &str) -> impl Iterator<Item = Element<'a>> {
        let entries = self.table(kind).map(|table| table.0.iter());
        entries.into_iter().flatten().filter_map(|(id, entry)| {
            Some(Element {
                id,
                at: entry.key,
                table: entry.node.table()?,
            })
        })
    }
}

/// One table of a keyed table of elements.
#[derive(Clone, Copy)]
pub(super) struct Element<'a> {
    pub(super) id: &'a str,
    /// Place of the id.
    pub(super) at: Place,
    pub(super) table: &'a Table,
}

impl Node {
    pub(super) fn table(&self) -> Option<&Table> {
        match &self.value {
            Value::Table(table) => Some(table),
            _ => None,
        }
    }

    pub(super) fn text(&self) -> Option<&str> {
        match &self.value {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn array(&self) -> Option<&[Node]> {
        match &self.value {
            Value::Array(nodes) => Some(nodes),
            _ => None,
        }
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self.value {
            Value::Integer(Some(number)) => Some(number as f64),
            Value::Float(number) => Some(number),
            _ => None,
        }
    }

    /// A text or a number, as it is written; empty for anything else.
    pub(super) fn written(&self) -> String {
        match &self.value {
            Value::Text(text) => text.clone(),
            Value::Integer(Some(number)) => number.to_string(),
            Value::Float(number) => number.to_string(),
            _ => String::new(),
        }
    }

    /// What it is, for people.
    pub(super) fn what(&self) -> &'static str {
        match self.value {
            Value::Text(_) => "a string",
            Value::Integer(_) => "a whole number",
            Value::Float(_) => "a number",
            Value::Bool(_) => "true or false",
            Value::Date(_) => "a date",
            Value::Array(_) => "an array",
            Value::Table(_) => "a table",
        }
    }
}

/// Reads one of the texts. Syntax errors go into the report; what could be read is returned.
pub(super) fn read(report: &Report, file: usize) -> Table {
    let Some(text) = report.texts.0.get(file) else {
        return Table::default();
    };
    let (tree, errors) = DeTable::parse_recoverable(&text.text);
    for error in errors {
        let span = error.span().unwrap_or(0..0);
        let at = within(&text.text, Place::new(file, span));
        let message = error.message().lines().collect::<Vec<_>>().join(", ");
        let help = if message.contains("duplicate key") {
            "a key may be given once: remove one of the two, or give the table another id"
        } else if message.contains("recurs") {
            "nothing in these files is nested as deeply as that"
        } else {
            "the rules for strings, dates, numbers and tables are those of TOML: https://toml.io"
        };
        report
            .error(
                "scenario::syntax",
                at,
                "here",
                format!("not TOML: {message}"),
            )
            .help(help)
            .file();
    }
    // The reader refuses trees deeper than 80, so walking and dropping them recursively is safe.
    table(tree.get_ref(), file)
}

/// Reads the value of `--set`: TOML, or else a bare string.
pub(super) fn read_value(text: &str, file: usize, offset: usize) -> Node {
    let at = Place::new(file, offset..offset + text.len());
    match DeValue::parse(text) {
        Ok(read) => {
            let mut node = value(read.get_ref(), 0..text.len(), file);
            shift(&mut node, offset);
            node
        }
        Err(_) => Node {
            at,
            value: Value::Text(text.to_owned()),
        },
    }
}

fn shift(node: &mut Node, by: usize) {
    let shifted = |at: Place| Place {
        start: at.start + by,
        end: at.end + by,
        ..at
    };
    node.at = shifted(node.at);
    match &mut node.value {
        Value::Array(nodes) => nodes.iter_mut().for_each(|node| shift(node, by)),
        Value::Table(table) => {
            for entry in table.0.values_mut() {
                entry.key = shifted(entry.key);
                shift(&mut entry.node, by);
            }
        }
        _ => {}
    }
}

fn table(tree: &DeTable<'_>, file: usize) -> Table {
    let entries = tree.iter().map(|(key, node)| {
        let at = Place::new(file, key.span());
        let entry = Entry {
            key: at,
            node: value(node.get_ref(), node.span(), file),
        };
        (key.get_ref().to_string(), entry)
    });
    Table(entries.collect())
}

fn value(tree: &DeValue<'_>, span: std::ops::Range<usize>, file: usize) -> Node {
    let value = match tree {
        DeValue::String(text) => Value::Text(text.to_string()),
        DeValue::Integer(number) => {
            Value::Integer(i64::from_str_radix(number.as_str(), number.radix()).ok())
        }
        DeValue::Float(number) => Value::Float(number.as_str().parse().unwrap_or(f64::NAN)),
        DeValue::Boolean(truth) => Value::Bool(*truth),
        DeValue::Datetime(date) => Value::Date(*date),
        DeValue::Array(nodes) => Value::Array(
            nodes
                .iter()
                .map(|node| value(node.get_ref(), node.span(), file))
                .collect(),
        ),
        DeValue::Table(inner) => Value::Table(table(inner, file)),
    };
    Node {
        at: Place::new(file, span),
        value,
    }
}

/// The place, moved to the nearest one that a text has and that begins and ends between letters.
fn within(text: &str, at: Place) -> Place {
    let border = |mut offset: usize| {
        offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        offset
    };
    let start = border(at.start);
    Place {
        start,
        end: border(at.end).max(start),
        ..at
    }
}
