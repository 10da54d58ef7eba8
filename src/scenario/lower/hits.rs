//! Whom a hazard hits: references and selectors.

use crate::model::{Element as Part, Target};
use crate::scenario::read::{strings, text};
use crate::scenario::text::Place;
use crate::scenario::tree::{Node, Table};

use super::hazards::Lowering;
use super::targets::Elements;

impl Lowering<'_, '_> {
    /// Targets, sorted by key, each with the index of the reference that named it.
    pub(super) fn hits(&self) -> Option<Vec<Hit>> {
        let mut hits = match self.table.get("hits") {
            None => self.implied()?,
            Some(node) => match node.table() {
                Some(selector) => self.selected(selector, node.at)?,
                None => self.named(node)?,
            },
        };
        hits.sort_by(|a, b| a.target.key.cmp(&b.target.key));
        let mut is_whole = true;
        for pair in hits.windows(2) {
            if pair[0].target == pair[1].target {
                is_whole = false;
                let (first, second) = if pair[0].at <= pair[1].at {
                    (pair[0].at, pair[1].at)
                } else {
                    (pair[1].at, pair[0].at)
                };
                self.reader
                    .report
                    .error(
                        "scenario::duplicate_target",
                        second,
                        "named again",
                        format!("`{}` is hit twice", pair[0].target.key),
                    )
                    .also(first, "named already")
                    .help("name each target once; an id without `#` means all its units")
                    .file();
            }
        }
        is_whole.then_some(hits)
    }

    /// What a log names, where the hazard itself does not say whom it hits.
    fn implied(&self) -> Option<Vec<Hit>> {
        if !self.is("log") {
            self.reader
                .report
                .error(
                    "scenario::missing_key",
                    self.element.at,
                    "whom does it hit?",
                    format!("`hazard.{}` has no `hits`", self.element.id),
                )
                .help("name elements, hits = [\"link.line\"], or select them, hits = { jurisdiction = \"RU\" }")
                .file();
            return None;
        }
        let node = self.table.table("occurs")?.get("log")?;
        let csv = self
            .reader
            .files
            .table(self.reader.report, node.text()?, node.at)?;
        let column = csv.column(self.reader.report, "target", node.at)?;
        let names: std::collections::BTreeSet<&str> = csv
            .rows
            .iter()
            .filter_map(|(_, cells)| Some(cells.get(column)?.as_str()))
            .collect();
        // What means nothing is complained about where its row is read.
        let found = names
            .into_iter()
            .filter_map(|name| self.elements.find(name).ok());
        let mut hits: Vec<Hit> = found
            .flatten()
            .map(|target| Hit {
                target,
                at: node.at,
                reference: 0,
            })
            .collect();
        hits.sort_by(|a, b| a.target.key.cmp(&b.target.key));
        hits.dedup_by(|a, b| a.target.key == b.target.key);
        Some(hits)
    }

    fn named(&self, node: &Node) -> Option<Vec<Hit>> {
        let references = strings(node);
        if references.is_empty() {
            self.reader
                .report
                .error(
                    "scenario::empty",
                    node.at,
                    "nothing",
                    format!("`hazard.{}` hits nothing", self.element.id),
                )
                .help("name at least one element: hits = [\"link.line\"]")
                .file();
            return None;
        }
        let mut hits = Vec::new();
        let mut is_whole = true;
        for (index, (written, at)) in references.into_iter().enumerate() {
            match self.elements.find(written) {
                Ok(targets) => {
                    hits.extend(targets.into_iter().map(|target| Hit {
                        target,
                        at,
                        reference: index,
                    }));
                }
                Err(unresolved) => {
                    is_whole = false;
                    self.reader
                        .report
                        .error(
                            "scenario::unknown_target",
                            at,
                            unresolved.label,
                            unresolved.message,
                        )
                        .help(unresolved.help)
                        .file();
                }
            }
        }
        is_whole.then_some(hits)
    }

    fn selected(&self, selector: &Table, at: Place) -> Option<Vec<Hit>> {
        let wanted: Vec<(&str, &str)> = [
            "kind",
            "jurisdiction",
            "mode",
            "operator",
            "role",
            "country",
        ]
        .into_iter()
        .filter_map(|key| Some((key, text(selector, key)?)))
        .collect();
        let bad = |message: String, help: &str| {
            self.reader
                .report
                .error("scenario::selects_nothing", at, "selects nothing", message)
                .help(help)
                .file();
            None
        };
        if wanted.is_empty() {
            return bad(
                "the selector is empty".to_owned(),
                "give `kind`, `jurisdiction`, `mode`, `operator`, `role` or `country`",
            );
        }
        let matching = self.elements.all().filter(|&part| {
            wanted
                .iter()
                .all(|&(key, value)| self.elements.has(part, key, value))
        });
        let hits: Vec<Hit> = matching
            .flat_map(|part| self.elements.targets(part))
            .map(|target| Hit {
                target,
                at,
                reference: 0,
            })
            .collect();
        if hits.is_empty() {
            return bad(
                format!(
                    "no element matches everything that `hazard.{}` asks for",
                    self.element.id
                ),
                "all of the given keys must match; only links have `mode` and `operator`, only hubs `role`, only nodes `country`",
            );
        }
        Some(hits)
    }
}

/// A target and where it was named.
pub(super) struct Hit {
    pub(super) target: Target,
    pub(super) at: Place,
    /// Index of the reference in `hits`.
    pub(super) reference: usize,
}

impl Elements<'_> {
    /// Whether an element has this value of a selector's key.
    fn has(&self, part: Part, key: &str, value: &str) -> bool {
        let model = self.model();
        let (country, jurisdiction) = match part {
            Part::Field(index) => (model.fields[index].country.as_deref(), &[][..]),
            Part::Hub(index) => (
                model.hubs[index].country.as_deref(),
                model.hubs[index].jurisdiction.as_slice(),
            ),
            Part::Market(index) => (model.markets[index].country.as_deref(), &[][..]),
            Part::Link(index) => (None, model.links[index].jurisdiction.as_slice()),
            Part::Tank(index) => (model.hubs[index].country.as_deref(), &[][..]),
        };
        match key {
            "kind" => self.qualified(part).split('.').next() == Some(value),
            "country" => country == Some(value),
            "jurisdiction" => jurisdiction.iter().any(|known| known == value),
            "mode" => {
                matches!(part, Part::Link(index) if model.links[index].mode.as_str() == value)
            }
            "operator" => {
                matches!(part, Part::Link(index) if model.links[index].operator.as_deref() == Some(value))
            }
            "role" => matches!(part, Part::Hub(index) if model.hubs[index].role.as_str() == value),
            _ => false,
        }
    }
}
