//! Does a tree have the shape that the specification asks for?

mod forms;

use super::problem::{Report, listed, shown};
use super::spec::{Key, Need, SHARE_LAW, Shape, Spec, TIME_LAW};
use super::text::Place;
use super::tree::{Node, Table, Value};

/// What is asked of a tree.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Asked {
    /// Known keys and kinds of values; keys may be missing, and `remove` is known.
    Patch,
    /// Known keys and kinds of values, and all required keys.
    Whole,
}

/// Checks a file's top-level table.
pub(super) fn check(report: &Report, tree: &Table, spec: &'static Spec, asked: Asked) {
    let whole = Place {
        file: tree_file(tree),
        ..Place::default()
    };
    Check { report, asked }.table(tree, spec, "", whole);
    control_characters(report, tree, "");
}

/// Complains about texts with characters that would steer a terminal instead of being shown.
/// Remarks may have several lines.
fn control_characters(report: &Report, table: &Table, path: &str) {
    control_characters_in(report, table, &Trail::Here(path));
}

/// Where a value stands. Most are as they should be, so a path is put together only when it is told.
enum Trail<'a> {
    Here(&'a str),
    Under(&'a Trail<'a>, &'a str),
}

impl Trail<'_> {
    fn path(&self) -> String {
        match self {
            Self::Here(path) => (*path).to_owned(),
            Self::Under(outer, key) => join(&outer.path(), key),
        }
    }
}

fn control_characters_in(report: &Report, table: &Table, trail: &Trail<'_>) {
    for (key, entry) in &table.0 {
        control_characters_of(report, &entry.node, key, &Trail::Under(trail, key));
    }
}

fn control_characters_of(report: &Report, node: &Node, key: &str, trail: &Trail<'_>) {
    let text = match &node.value {
        Value::Text(text) => text,
        Value::Table(table) => return control_characters_in(report, table, trail),
        Value::Array(nodes) => {
            for node in nodes {
                control_characters_of(report, node, key, trail);
            }
            return;
        }
        _ => return,
    };
    let has_lines = matches!(key, "about" | "note");
    let is_fine = |letter: char| !letter.is_control() || (has_lines && "\n\r\t".contains(letter));
    let Some(letter) = text.chars().find(|&letter| !is_fine(letter)) else {
        return;
    };
    report
        .error(
            "scenario::control_character",
            node.at,
            "holds a control character",
            format!(
                "`{}` holds the control character {}",
                trail.path(),
                letter.escape_unicode()
            ),
        )
        .help("leave it out: texts are printed, and only `about` and `note` may have tabs and several lines")
        .file();
}

fn tree_file(tree: &Table) -> usize {
    tree.0
        .iter()
        .map(|(_, entry)| entry.key.file)
        .min()
        .unwrap_or(0)
}

struct Check<'a> {
    report: &'a Report,
    asked: Asked,
}

impl Check<'_> {
    fn table(&self, table: &Table, spec: &'static Spec, path: &str, at: Place) {
        self.known_keys(table, spec, path);
        if self.asked == Asked::Whole {
            self.required(table, spec, path, at);
        }
    }

    fn known_keys(&self, table: &Table, spec: &'static Spec, path: &str) {
        for (name, entry) in &table.0 {
            match spec.key(name) {
                None => self.unknown_key(name, spec, path, entry.key),
                Some(key) if key.need == Need::Later => self.later(&join(path, name), entry.key),
                Some(Key {
                    need: Need::Otherwise(advice),
                    ..
                }) => self.otherwise(&join(path, name), advice, entry.key),
                Some(key) => self.value(&entry.node, key.shape, &join(path, name), entry.key),
            }
        }
    }

    fn required(&self, table: &Table, spec: &'static Spec, path: &str, at: Place) {
        // What is not simulated yet may well stand in the place of what is required.
        let is_later = |key: &Key| key.need == Need::Later && table.0.contains_key(key.name);
        if !path.is_empty() && spec.keys.iter().any(is_later) {
            return;
        }
        for key in spec.keys {
            if key.need == Need::Required && !table.0.contains_key(key.name) {
                let (message, help) = match key.shape {
                    Shape::Elements(inner) => (
                        format!("there is no {}", key.name),
                        format!("add at least one `[{}]`", inner.name),
                    ),
                    shape if path.is_empty() => (
                        format!("`[{}]` is missing", key.name),
                        format!("add `[{}]`: {}", key.name, shape.expected()),
                    ),
                    Shape::Anything | Shape::Text => (
                        format!("`{path}` has no `{}`", key.name),
                        format!("`{}`: {}", key.name, key.doc),
                    ),
                    shape => (
                        format!("`{path}` has no `{}`", key.name),
                        format!("`{}`: {} Give {}", key.name, key.doc, shape.expected()),
                    ),
                };
                self.report
                    .error("scenario::missing_key", at, "", message)
                    .help(help)
                    .file();
            }
        }
    }

    fn unknown_key(&self, name: &str, spec: &'static Spec, path: &str, at: Place) {
        let known = format!("known here: {}", listed(spec.names()));
        let help = match self.report.did_you_mean(name, spec.names()) {
            Some(advice) => format!("{advice} {known}"),
            None => known,
        };
        let message = if path.is_empty() {
            format!("there is no table `{}`", shown(name))
        } else {
            format!("`{path}` has no key `{}`", shown(name))
        };
        self.report
            .error("scenario::unknown_key", at, "unknown key", message)
            .help(help)
            .file();
    }

    fn later(&self, path: &str, at: Place) {
        self.report
            .error(
                "scenario::not_yet",
                at,
                "not simulated yet",
                format!(
                    "`{path}` is part of the format, but this version does not simulate it yet"
                ),
            )
            .help("remove it, and say in `note` what the figures then leave out")
            .file();
    }

    fn otherwise(&self, path: &str, advice: &str, at: Place) {
        self.report
            .error(
                "scenario::unknown_key",
                at,
                "said otherwise here",
                format!("`{path}` is not a key"),
            )
            .help(advice)
            .file();
    }

    fn value(&self, node: &Node, shape: Shape, path: &str, key: Place) {
        match (shape, &node.value) {
            (Shape::Anything, _)
            | (Shape::Bool, Value::Bool(_))
            | (Shape::Instant | Shape::DateOrText, Value::Text(_) | Value::Date(_))
            | (
                Shape::Text | Shape::Strings | Shape::Quantity(_) | Shape::Profile | Shape::TimeLaw,
                Value::Text(_),
            )
            | (
                Shape::Number | Shape::Quantified | Shape::Share | Shape::ShareLaw,
                Value::Integer(Some(_)) | Value::Float(_),
            ) => {}
            (Shape::Count, Value::Integer(Some(number))) if *number >= 0 => {}
            (Shape::Words(words), Value::Text(word)) => self.word(word, words, &[], path, node.at),
            (Shape::WordsLater(words, later), Value::Text(word)) => {
                self.word(word, words, later, path, node.at);
            }
            (Shape::Quantity(dimension), Value::Integer(_) | Value::Float(_)) => {
                self.no_unit(path, node.at, dimension.example());
            }
            (Shape::Profile, Value::Integer(_) | Value::Float(_)) => {
                self.no_unit(path, node.at, "860 kb/d");
            }
            (Shape::TimeLaw, Value::Integer(_) | Value::Float(_)) => {
                self.no_unit(path, node.at, "36 h");
            }
            (Shape::Quantified | Shape::Share | Shape::Quantity(_), Value::Table(table)) => {
                self.doubt(table, shape, path, key);
            }
            (Shape::Profile, Value::Table(table)) => self.profile(table, path, key),
            (Shape::TimeLaw, Value::Table(table)) => self.law(table, shape, &TIME_LAW, path, key),
            (Shape::ShareLaw, Value::Table(table)) => self.law(table, shape, &SHARE_LAW, path, key),
            (Shape::Strings, Value::Array(nodes)) => {
                for (index, node) in nodes.iter().enumerate() {
                    self.value(node, Shape::Text, &format!("{path}[{index}]"), node.at);
                }
            }
            (Shape::List(inner, count), Value::Array(nodes)) => {
                if count.is_some_and(|count| count != nodes.len()) {
                    self.wrong(node, shape, path, &format!("an array of {}", nodes.len()));
                }
                for (index, node) in nodes.iter().enumerate() {
                    self.value(node, *inner, &format!("{path}[{index}]"), node.at);
                }
            }
            (Shape::Table(spec), Value::Table(table)) => self.table(table, spec, path, key),
            (Shape::OneOf(spec), Value::Table(table)) => self.one_of(table, spec, path, key),
            (Shape::Elements(spec), Value::Table(table)) => self.elements(table, spec, path),
            (Shape::ById(_, inner), Value::Table(table)) => {
                for (id, entry) in &table.0 {
                    self.value(&entry.node, *inner, &join(path, id), entry.key);
                }
            }
            (Shape::Either(shapes), _) => self.either(node, shape, shapes, path, key),
            _ => self.wrong(node, shape, path, node.what()),
        }
    }

    fn either(&self, node: &Node, shape: Shape, shapes: &'static [Shape], path: &str, key: Place) {
        let is_table = matches!(node.value, Value::Table(_));
        // The table form of a figure has its value beside its doubt.
        let figure = node.table().and_then(|table| table.get("value"));
        let plain = figure.unwrap_or(node);
        let fits = |shape: &&Shape| match shape {
            Shape::Table(_) | Shape::OneOf(_) => is_table,
            // What is wrong with a bare number is said of the quantity.
            Shape::Quantity(_) => match plain.value {
                Value::Text(_) => true,
                Value::Integer(_) | Value::Float(_) => {
                    !shapes.iter().any(|shape| matches!(shape, Shape::Share))
                }
                _ => false,
            },
            Shape::Share => matches!(plain.value, Value::Integer(_) | Value::Float(_)),
            Shape::Strings => matches!(node.value, Value::Text(_) | Value::Array(_)),
            Shape::List(..) => matches!(node.value, Value::Array(_)),
            _ => matches!(node.value, Value::Text(_)),
        };
        match shapes.iter().find(fits) {
            Some(fitting) => self.value(node, *fitting, path, key),
            None => self.wrong(node, shape, path, node.what()),
        }
    }

    fn elements(&self, table: &Table, spec: &'static Spec, path: &str) {
        for (id, entry) in &table.0 {
            let path = join(path, id);
            if !is_id(id) {
                self.report
                    .error(
                        "scenario::bad_id",
                        entry.key,
                        "not an id",
                        format!("`{}` cannot be an id", shown(id)),
                    )
                    .help("ids are made of the letters a–z and A–Z, digits, `-` and `_`; `name` may hold anything")
                    .file();
            }
            match &entry.node.value {
                Value::Table(element) if self.asked == Asked::Patch => {
                    if let Some(remove) = element.0.get("remove") {
                        self.value(
                            &remove.node,
                            Shape::Bool,
                            &join(&path, "remove"),
                            remove.key,
                        );
                        let mut rest = element.clone();
                        rest.0.remove("remove");
                        self.table(&rest, spec, &path, entry.key);
                    } else {
                        self.table(element, spec, &path, entry.key);
                    }
                }
                Value::Table(element) => {
                    if !self.is_misspelt(table, spec, id, element, entry.key) {
                        self.table(element, spec, &path, entry.key);
                    }
                }
                _ => self
                    .report
                    .error(
                        "scenario::wrong_type",
                        entry.node.at,
                        "a table is due here",
                        format!("`{path}` is {}, not a table", entry.node.what()),
                    )
                    .help(format!(
                        "write `[{path}]` and its keys below it; its keys are {}",
                        listed(spec.names())
                    ))
                    .file(),
            }
        }
    }

    /// An incomplete element that only a strategy has, with an id near to one of the base: its
    /// author most likely meant to change that one.
    fn is_misspelt(&self, all: &Table, spec: &Spec, id: &str, element: &Table, at: Place) -> bool {
        let lacks = |key: &&Key| key.need == Need::Required && !element.0.contains_key(key.name);
        let missing: Vec<&str> = spec.keys.iter().filter(lacks).map(|key| key.name).collect();
        if missing.is_empty() {
            return false;
        }
        let base = all
            .0
            .iter()
            .map(|(_, entry)| entry.key.file)
            .min()
            .unwrap_or(at.file);
        if at.file == base {
            return false;
        }
        let kind = spec.name.trim_end_matches("ID");
        let others = all.0.iter().filter(|(_, entry)| entry.key.file != at.file);
        let Some(meant) = self.report.nearest(id, others.map(|(id, _)| id.as_str())) else {
            return false;
        };
        self.report
            .error(
                "scenario::unknown_element",
                at,
                "not in the scenario",
                format!(
                    "`{kind}{}` does not exist, and to be new it lacks {}",
                    shown(id),
                    listed(missing)
                ),
            )
            .help(format!("did you mean `{kind}{meant}`?"))
            .file();
        true
    }

    fn word(
        &self,
        word: &str,
        words: &[&'static str],
        later: &[&'static str],
        path: &str,
        at: Place,
    ) {
        if words.contains(&word) {
            return;
        }
        if later.contains(&word) {
            self.report
                .error(
                    "scenario::not_yet",
                    at,
                    "not simulated yet",
                    format!("`{path} = \"{word}\"` is part of the format, but this version does not simulate it yet"),
                )
                .help(format!("known in this version: {}", listed(words.iter().copied())))
                .file();
            return;
        }
        let known = format!("known: {}", listed(words.iter().copied()));
        let help = match self.report.did_you_mean(word, words.iter().copied()) {
            Some(advice) => format!("{advice} {known}"),
            None => known,
        };
        self.report
            .error(
                "scenario::unknown_word",
                at,
                "unknown here",
                format!("`{path}` cannot be `{}`", shown(word)),
            )
            .help(help)
            .file();
    }

    fn no_unit(&self, path: &str, at: Place, example: &str) {
        self.report
            .error(
                "scenario::no_unit",
                at,
                "a unit is due here",
                format!("`{path}` is a number without a unit"),
            )
            .help(format!("quantities are strings with a unit: \"{example}\""))
            .file();
    }

    fn wrong(&self, node: &Node, shape: Shape, path: &str, found: &str) {
        let expected = shape.expected();
        let found = match (&node.value, shape) {
            (Value::Integer(None), _) => "a number of more than 64 bits",
            (Value::Integer(_), Shape::Count) => "a negative number",
            _ => found,
        };
        self.report
            .error(
                "scenario::wrong_type",
                node.at,
                "not what is due here",
                format!("`{path}` is {found}"),
            )
            .help(format!("expected {expected}"))
            .file();
    }
}

/// Keys that every table of choices may have beside its choice.
pub(super) fn is_remark(key: &str) -> bool {
    key == "source" || key == "note"
}

fn join(path: &str, key: &str) -> String {
    let key = shown(key);
    if path.is_empty() {
        key
    } else {
        format!("{path}.{key}")
    }
}

/// Whether a word is made of the letters, digits, `-` and `_` of ids.
pub(super) fn is_id(word: &str) -> bool {
    !word.is_empty()
        && word
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

/// Checks one table of a file under its path.
pub(super) fn check_header(
    report: &Report,
    table: &Table,
    spec: &'static Spec,
    path: &str,
    at: Place,
) {
    Check {
        report,
        asked: Asked::Whole,
    }
    .table(table, spec, path, at);
    control_characters(report, table, path);
}
