//! A base with strategies of which any may be applied together, read once.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use crate::model::{Model, Strategy};

use super::csv::CsvFiles;
use super::doubt::Doubts;
use super::load::{Error, Hazards, Overlay, World, csv_file, digest_of, overlay, read_text};
use super::problem::{Invalid, Problem, Report};
use super::shape::{self, Asked};
use super::spec::{SCENARIO, Shape, Spec};
use super::structure;
use super::text::{Text, Texts};
use super::tree::{self, Node, Table, Value};

/// What changes the scenario beside strategies: the case of an axis.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Change {
    /// What it is called in messages.
    pub name: String,
    /// Settings of the form `key=value`, applied last.
    pub set: Vec<String>,
    /// Files of patches, applied before strategies.
    pub with: Vec<PathBuf>,
}

/// Two strategies that give one key different values, so that they do not add up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The strategies, by their place.
    pub strategies: [usize; 2],
    /// Keys that both give, such as `link.spm.nomination`; an element that one takes away stands for
    /// its keys.
    pub keys: Vec<String>,
}

/// A base with strategies, and what else may change it.
///
/// Files are read once; any selection of strategies makes a model.
#[derive(Debug)]
pub struct Catalogue {
    read: Read,
    model: Model,
    warnings: Vec<Problem>,
    sha256: String,
}

/// What files say, before anything is put together.
#[derive(Debug)]
struct Read {
    /// Base, strategies, files of changes.
    texts: Vec<Text>,
    base: Table,
    strategies: Vec<Overlay>,
    changes: Vec<(Change, Vec<Overlay>)>,
    set: Vec<String>,
    csv: Mutex<BTreeMap<String, Arc<str>>>,
}

impl Catalogue {
    /// Reads all files; the base, each strategy alone and each change alone must be right.
    ///
    /// - `set`: settings of the form `key=value`, applied to all.
    ///
    /// # Errors
    /// Those of [`load`](super::load()).
    pub fn load(
        base: &Path,
        strategies: &[PathBuf],
        set: &[String],
        changes: &[Change],
    ) -> Result<Self, Error> {
        let others = changes.iter().flat_map(|change| &change.with);
        let paths = std::iter::once(base)
            .chain(strategies.iter().map(PathBuf::as_path))
            .chain(others.map(PathBuf::as_path));
        let texts: Vec<Text> = paths.map(read_text).collect::<Result<_, _>>()?;
        let read = Read::parse(texts, strategies.len(), set, changes)?;
        let (model, warnings) = read.model(&[], &[])?;
        for at in 0..read.strategies.len() {
            read.model(&[at], &[])?;
        }
        for at in 0..read.changes.len() {
            read.model(&[], &[at])?;
        }
        let csv = read.csv.lock().map(|csv| csv.clone()).unwrap_or_default();
        let settings = read.changes.iter().flat_map(|(change, _)| &change.set);
        let all: Vec<String> = (read.texts.iter().map(|text| text.text.to_string()))
            .chain(read.set.iter().cloned())
            .chain(settings.cloned())
            .chain(csv.values().map(ToString::to_string))
            .collect();
        Ok(Self {
            read,
            model,
            warnings,
            sha256: digest_of(&all),
        })
    }

    /// The strategies' headers, in their order.
    pub fn strategies(&self) -> impl Iterator<Item = &Strategy> {
        self.read.strategies.iter().map(|overlay| &overlay.header)
    }

    /// The base.
    #[must_use]
    pub fn base(&self) -> &Model {
        &self.model
    }

    /// What should be looked at in the base.
    #[must_use]
    pub fn warnings(&self) -> &[Problem] {
        &self.warnings
    }

    /// SHA-256 of all texts, in hexadecimal digits.
    #[must_use]
    pub fn sha256(&self) -> &str {
        &self.sha256
    }

    /// The base under changes with strategies, by their places.
    ///
    /// # Errors
    /// [`Invalid`] if these together make no scenario.
    pub fn model(&self, strategies: &[usize], changes: &[usize]) -> Result<Model, Invalid> {
        self.read.model(strategies, changes).map(|(model, _)| model)
    }

    /// Pairs of strategies that give one key different values, or of which one takes away what the
    /// other changes.
    #[must_use]
    pub fn overlaps(&self) -> Vec<Overlap> {
        let given: Vec<BTreeMap<String, &Node>> = (self
            .read
            .strategies
            .iter()
            .map(|overlay| keys_of(&overlay.tree)))
        .collect();
        let mut found = Vec::new();
        for (later, own) in given.iter().enumerate() {
            for (earlier, others) in given[..later].iter().enumerate() {
                let mut keys: Vec<String> = (own.iter())
                    .filter(|(key, node)| {
                        others.get(*key).is_some_and(|other| !is_same(node, other))
                    })
                    .map(|(key, _)| key.clone())
                    .collect();
                keys.extend(taken_away(own, others));
                keys.extend(taken_away(others, own));
                keys.sort_unstable();
                keys.dedup();
                if !keys.is_empty() {
                    let strategies = [earlier, later];
                    found.push(Overlap { strategies, keys });
                }
            }
        }
        found
    }
}

impl Read {
    /// Trees and headers, without models.
    fn parse(
        texts: Vec<Text>,
        strategies: usize,
        set: &[String],
        changes: &[Change],
    ) -> Result<Self, Error> {
        let report = Report::new(Texts(texts.clone()));
        let trees: Vec<Table> = (0..texts.len())
            .map(|file| tree::read(&report, file))
            .collect();
        if report.has_errors() {
            return Err(Invalid::new("scenario", report.into_problems()).into());
        }
        let mut trees = trees.into_iter();
        let base = trees.next().unwrap_or_default();
        shape::check(&report, &base, &SCENARIO, Asked::Patch);
        let csv = CsvFiles::new(&csv_file);
        let mut overlays: Vec<Overlay> = (trees.enumerate())
            .map(|(at, tree)| overlay(&report, &csv, &base, tree, at + 1, &texts))
            .collect();
        if report.has_errors() {
            return Err(Invalid::new("scenario", report.into_problems()).into());
        }
        let mut rest = overlays.split_off(strategies).into_iter();
        let changes = (changes.iter())
            .map(|change| {
                let own = rest.by_ref().take(change.with.len()).collect();
                (change.clone(), own)
            })
            .collect();
        drop(csv);
        Ok(Self {
            texts,
            base,
            strategies: overlays,
            changes,
            set: set.to_vec(),
            csv: Mutex::default(),
        })
    }

    /// The model of a selection, and what should be looked at in it.
    fn model(
        &self,
        strategies: &[usize],
        changes: &[usize],
    ) -> Result<(Model, Vec<Problem>), Invalid> {
        let mut texts = self.texts.clone();
        let mut set = self.set.clone();
        texts.extend(self.set.iter().map(|set| Text::new("--set", set.as_str())));
        let mut overlays = Vec::new();
        for &at in changes {
            let (change, own) = &self.changes[at];
            let named = |set: &String| Text::new(format!("{} set", change.name), set.as_str());
            texts.extend(change.set.iter().map(named));
            set.extend_from_slice(&change.set);
            overlays.extend_from_slice(own);
        }
        overlays.extend(strategies.iter().map(|&at| self.strategies[at].clone()));
        let report = Report::new(Texts(texts));
        let read_csv = |name: &str| {
            let known = self.csv.lock().ok();
            let known = known.and_then(|csv| csv.get(name).map(ToString::to_string));
            if let Some(text) = known {
                return Ok(text);
            }
            let text = csv_file(name)?;
            if let Ok(mut csv) = self.csv.lock() {
                csv.insert(name.to_owned(), text.as_str().into());
            }
            Ok(text)
        };
        let csv = CsvFiles::new(&read_csv);
        let doubts = Doubts::new(None);
        let world = World {
            report: &report,
            csv: &csv,
            doubts: &doubts,
            base: &self.base,
            overlays: &overlays,
            set: &set,
            texts: self.texts.len(),
            hazards: Hazards::Kept,
        };
        let (tree, mut model) = world.model();
        if !report.has_errors() {
            structure::check_whole(&report, &tree, &model);
        }
        if report.has_errors() {
            return Err(Invalid::new("scenario", report.into_problems()));
        }
        let chosen = strategies
            .iter()
            .map(|&at| self.strategies[at].header.clone());
        model.strategies = chosen.collect();
        Ok((model, report.into_problems()))
    }
}

/// The end of a key that stands for an element that is taken away.
const REMOVE: &str = ".remove";

/// Elements that one takes away and the other gives keys, or takes away too.
fn taken_away(one: &BTreeMap<String, &Node>, other: &BTreeMap<String, &Node>) -> Vec<String> {
    let elements = one.keys().filter_map(|key| key.strip_suffix(REMOVE));
    let touches = |element: &&str| {
        let has = |key: &String| {
            key.strip_prefix(*element)
                .is_some_and(|rest| rest.starts_with('.'))
        };
        other.keys().any(has)
    };
    elements.filter(touches).map(str::to_owned).collect()
}

/// The keys that a strategy gives and that change something, with dots.
fn keys_of(patch: &Table) -> BTreeMap<String, &Node> {
    let mut found = BTreeMap::new();
    for (kind, entry) in &patch.0 {
        let Some(table) = entry.node.table() else {
            continue;
        };
        match SCENARIO.key(kind).map(|key| key.shape) {
            // Sources say where figures come from.
            _ if kind == "source" => {}
            Some(Shape::Elements(spec)) => {
                for (id, entry) in &table.0 {
                    if let Some(element) = entry.node.table() {
                        gather(spec, element, &format!("{kind}.{id}"), &mut found);
                    }
                }
            }
            Some(Shape::Table(spec)) => gather(spec, table, kind, &mut found),
            _ => {}
        }
    }
    found
}

fn gather<'t>(spec: &Spec, table: &'t Table, path: &str, found: &mut BTreeMap<String, &'t Node>) {
    for (key, entry) in &table.0 {
        if is_remark(key) {
            continue;
        }
        let path = format!("{path}.{key}");
        let part = spec.key(key).and_then(|key| key.shape.part());
        match (part, entry.node.table()) {
            (Some(part), Some(inner)) => gather(part, inner, &path, found),
            _ => {
                found.insert(path, &entry.node);
            }
        }
    }
}

fn is_remark(key: &str) -> bool {
    matches!(
        key,
        "name" | "about" | "note" | "source" | "at" | "country" | "operator"
    )
}

/// Whether two values say the same, wherever they stand and however they are sourced.
fn is_same(one: &Node, other: &Node) -> bool {
    let figure = |node: &Node| node.table().and_then(|table| table.get("value")).cloned();
    if let (Some(one), Some(other)) = (figure(one), figure(other)) {
        return is_same(&one, &other);
    }
    match (&one.value, &other.value) {
        (Value::Array(one), Value::Array(other)) => {
            let pairs = || one.iter().zip(other);
            one.len() == other.len() && pairs().all(|(one, other)| is_same(one, other))
        }
        (Value::Table(one), Value::Table(other)) => {
            let said = |table: &Table| -> Vec<String> {
                let keys = table.keys().filter(|key| !is_remark(key));
                keys.map(str::to_owned).collect()
            };
            let keys = said(one);
            let equal = |key: &String| match (one.get(key), other.get(key)) {
                (Some(one), Some(other)) => is_same(one, other),
                _ => false,
            };
            keys == said(other) && keys.iter().all(equal)
        }
        (Value::Text(one), Value::Text(other)) => one == other,
        (Value::Bool(one), Value::Bool(other)) => one == other,
        (Value::Date(one), Value::Date(other)) => one == other,
        _ => one.number().is_some() && one.number() == other.number(),
    }
}
