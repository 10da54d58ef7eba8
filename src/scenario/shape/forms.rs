//! Shapes of values that can be written in several forms: doubt, profiles, laws, one key of many.

use super::{Asked, Check, is_remark, join};
use crate::scenario::problem::listed;
use crate::scenario::quantity::Dimension;
use crate::scenario::spec::{DOUBT, PROFILE, RATE_DOUBT, SHARE_DOUBT, Shape, Spec};
use crate::scenario::text::Place;
use crate::scenario::tree::Table;

impl Check<'_> {
    pub(super) fn doubt(&self, table: &Table, shape: Shape, path: &str, key: Place) {
        let whole = Check {
            report: self.report,
            asked: Asked::Whole,
        };
        let (spec, amount) = match shape {
            Shape::Quantity(Dimension::Frequency) => (&RATE_DOUBT, Some("exposure")),
            Shape::Share => (&SHARE_DOUBT, Some("trials")),
            _ => (&DOUBT, None),
        };
        whole.table(table, spec, path, key);
        if let Some(amount) = amount {
            self.one_form(table, amount, path, key);
        }
        for part in ["value", "low", "high"] {
            let Some(entry) = table.0.get(part) else {
                continue;
            };
            let path = join(path, part);
            if entry.node.table().is_some() {
                self.wrong(&entry.node, shape, &path, "a table");
            } else {
                self.value(&entry.node, shape, &path, entry.key);
            }
        }
    }

    /// A value with its ends, or events counted in some amount of time or trials: not both.
    pub(super) fn one_form(&self, table: &Table, amount: &str, path: &str, key: Place) {
        let given = |names: &[&'static str]| -> Vec<&'static str> {
            let is_given = |name: &&&str| table.0.contains_key(name);
            names.iter().filter(is_given).copied().collect()
        };
        let missing = |part: &str, why: &str| {
            self.report
                .error(
                    "scenario::missing_key",
                    key,
                    "",
                    format!("`{path}` has no `{part}`"),
                )
                .help(why)
                .file();
        };
        let range = given(&["value", "low", "high"]);
        let all = [
            ["events", "exposure", "prior"],
            ["events", "trials", "prior"],
        ];
        let counts = given(&all[usize::from(amount == "trials")]);
        let form = format!("`events` and `{amount}`");
        match (range.first(), counts.first()) {
            (Some(one), Some(other)) => self
                .report
                .error(
                    "scenario::not_one",
                    key,
                    "",
                    format!("`{path}` gives `{one}` and `{other}` at once"),
                )
                .help(format!("give `value` with `low` and `high`, or {form}"))
                .file(),
            (_, None) if !table.0.contains_key("value") => {
                missing(
                    "value",
                    &format!("`value`: The value itself, or else {form}"),
                );
            }
            (None, Some(_)) => {
                for part in ["events", amount] {
                    if !table.0.contains_key(part) {
                        missing(part, &format!("counted events have {form}"));
                    }
                }
            }
            _ => {}
        }
    }

    pub(super) fn profile(&self, table: &Table, path: &str, key: Place) {
        let forms = ["monthly", "steps", "file"];
        if table.0.contains_key("value") || !forms.iter().any(|form| table.0.contains_key(form)) {
            return self.doubt(table, Shape::Quantity(Dimension::Flow), path, key);
        }
        Check {
            report: self.report,
            asked: Asked::Whole,
        }
        .table(table, &PROFILE, path, key);
        let given: Vec<&str> = forms
            .into_iter()
            .filter(|form| table.0.contains_key(form))
            .collect();
        if given.len() > 1 {
            self.report
                .error(
                    "scenario::not_one",
                    key,
                    "",
                    format!("`{path}` gives {} at once", listed(given)),
                )
                .help("keep one of them")
                .file();
        }
        let is_file = table.0.contains_key("file");
        for part in ["column", "every", "unit"] {
            match table.0.get(part) {
                None if is_file => self
                    .report
                    .error(
                        "scenario::missing_key",
                        key,
                        "",
                        format!("`{path}` has no `{part}`"),
                    )
                    .help("a profile from a file has `file`, `column`, `every` and `unit`")
                    .file(),
                Some(entry) if !is_file => self
                    .report
                    .error(
                        "scenario::unused_key",
                        entry.key,
                        "no effect",
                        format!("`{path}.{part}` has no effect without `file`"),
                    )
                    .help("remove it, or name the file")
                    .file(),
                _ => {}
            }
        }
    }

    pub(super) fn law(
        &self,
        table: &Table,
        shape: Shape,
        spec: &'static Spec,
        path: &str,
        key: Place,
    ) {
        if table.0.contains_key("value") {
            self.doubt(table, shape, path, key);
        } else {
            Check {
                report: self.report,
                asked: Asked::Whole,
            }
            .one_of(table, spec, path, key);
        }
    }

    pub(super) fn one_of(&self, table: &Table, spec: &'static Spec, path: &str, key: Place) {
        let whole = Check {
            report: self.report,
            asked: Asked::Whole,
        };
        whole.known_keys(table, spec, path);
        let choices = || spec.keys.iter().filter(|key| !is_remark(key.name));
        let given: Vec<&str> = choices()
            .map(|key| key.name)
            .filter(|name| table.0.contains_key(name))
            .collect();
        let has_unknown = table.keys().any(|name| spec.key(name).is_none());
        if given.len() == 1 || (given.is_empty() && has_unknown) {
            return;
        }
        let known = choices().filter(|key| key.is_read()).map(|key| key.name);
        let message = if given.is_empty() {
            format!("`{path}` is empty")
        } else {
            format!("`{path}` gives {} at once", listed(given))
        };
        self.report
            .error("scenario::not_one", key, "exactly one is due here", message)
            .help(format!("give exactly one of {}", listed(known)))
            .file();
    }
}
