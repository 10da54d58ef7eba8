//! Strategies and `--set` laid over a base.

use super::problem::{Report, listed, shown};
use super::spec::{SCENARIO, Shape, Spec};
use super::text::Place;
use super::tree::{Entry, Node, Table, Value};

/// Lays a strategy's tables over a scenario's: element tables, their tanks and headers merge by
/// key, every other value is replaced as a whole.
pub(super) fn merge(report: &Report, merged: &mut Table, patch: &Table) {
    for (kind, entry) in &patch.0 {
        let Some(key) = SCENARIO.key(kind) else {
            continue;
        };
        let Some(patches) = entry.node.table() else {
            continue;
        };
        let target = merged.0.get_or_insert_with(kind, || Entry {
            key: entry.key,
            node: Node {
                at: entry.node.at,
                value: Value::Table(Table::default()),
            },
        });
        let Value::Table(target) = &mut target.node.value else {
            continue;
        };
        match key.shape {
            Shape::Elements(spec) => elements(report, kind, spec, target, patches),
            Shape::Table(spec) => keys(spec, target, patches),
            _ => {}
        }
    }
}

fn keys(spec: &Spec, target: &mut Table, patch: &Table) {
    for (key, entry) in &patch.0 {
        let part = spec.key(key).and_then(|key| key.shape.part());
        let existing = target.0.get_mut(key).map(|entry| &mut entry.node.value);
        match (part, existing, entry.node.table()) {
            (Some(part), Some(Value::Table(existing)), Some(patch)) => keys(part, existing, patch),
            _ => {
                target.0.insert(key.clone(), entry.clone());
            }
        }
    }
}

fn elements(report: &Report, kind: &str, spec: &Spec, target: &mut Table, patches: &Table) {
    for (id, entry) in &patches.0 {
        let Some(patch) = entry.node.table() else {
            continue;
        };
        let removal = patch.0.get("remove");
        let is_removed = removal.is_some_and(|entry| matches!(entry.node.value, Value::Bool(true)));
        if is_removed {
            report.removed(id, entry.key);
            if target.0.remove(id).is_none() {
                let known = target.keys();
                let help = report
                    .did_you_mean(id, known)
                    .unwrap_or_else(|| format!("there are {}", listed(target.keys())));
                report
                    .error(
                        "scenario::unknown_removal",
                        entry.key,
                        "not in the scenario",
                        format!(
                            "`{kind}.{}` cannot be removed: it does not exist",
                            shown(id)
                        ),
                    )
                    .help(help)
                    .file();
            }
            if let Some(other) = patch.0.iter().find(|(key, _)| !is_beside_removal(key)) {
                report
                    .error(
                        "scenario::unused_key",
                        other.1.key,
                        "no effect",
                        format!(
                            "`{kind}.{id}` is removed, so `{}` has no effect",
                            shown(other.0)
                        ),
                    )
                    .help("keep either `remove` or the other keys")
                    .file();
            }
            continue;
        }
        let mut patch = patch.clone();
        patch.0.remove("remove");
        let existing = target.0.get_mut(id);
        match existing.map(|entry| &mut entry.node.value) {
            Some(Value::Table(existing)) => keys(spec, existing, &patch),
            Some(_) => {}
            None => {
                let node = Node {
                    at: entry.node.at,
                    value: Value::Table(patch),
                };
                target.0.insert(
                    id.clone(),
                    Entry {
                        key: entry.key,
                        node,
                    },
                );
            }
        }
    }
}

fn is_beside_removal(key: &str) -> bool {
    key == "remove" || super::shape::is_remark(key)
}

/// Splits `key=value`; `None` and a problem if there is no `=`.
pub(super) fn assignment<'t>(
    report: &Report,
    file: usize,
    text: &'t str,
) -> Option<(&'t str, &'t str, usize)> {
    let whole = Place {
        file,
        start: 0,
        end: text.len(),
    };
    let Some((key, value)) = text.split_once('=') else {
        report
            .error(
                "scenario::bad_set",
                whole,
                "no `=`",
                "a setting has the form key=value",
            )
            .help("for example: --set link.line.capacity=\"900 kb/d\"")
            .file();
        return None;
    };
    let trimmed = value.trim();
    let offset = key.len() + 1 + (value.len() - value.trim_start().len());
    Some((key.trim(), trimmed, offset))
}

/// Sets one value of a tree by its dotted key.
pub(super) fn set(report: &Report, tree: &mut Table, file: usize, text: &str) {
    let Some((path, value, offset)) = assignment(report, file, text) else {
        return;
    };
    let node = super::tree::read_value(value, file, offset);
    let words: Vec<&str> = path.split('.').map(str::trim).collect();
    let at = Place {
        file,
        start: 0,
        end: path.len(),
    };
    if words.len() < 2 || words.iter().any(|word| word.is_empty()) {
        report
            .error(
                "scenario::bad_set",
                at,
                "not a key",
                format!("`{}` is not a key that can be set", shown(path)),
            )
            .help("keys are written with dots: simulation.seed, link.line.capacity")
            .file();
        return;
    }
    descend(report, tree, &words, 0, at, node);
}

fn descend(
    report: &Report,
    table: &mut Table,
    words: &[&str],
    depth: usize,
    at: Place,
    node: Node,
) {
    let word = words[depth];
    if depth + 1 == words.len() {
        table.0.insert(word.to_owned(), Entry { key: at, node });
        return;
    }
    let path = words[..=depth].join(".");
    let is_element = depth == 1
        && matches!(
            SCENARIO.key(words[0]).map(|key| key.shape),
            Some(Shape::Elements(_))
        );
    if is_element && !table.0.contains_key(word) {
        let kind = words[0];
        report
            .error(
                "scenario::unknown_element",
                at,
                "does not exist",
                format!("there is no `{}` to set", shown(&path)),
            )
            .help(match report.nearest(word, table.keys()) {
                Some(id) => format!("did you mean `{kind}.{id}`?"),
                None => format!("known: {}", listed(table.keys())),
            })
            .file();
        return;
    }
    let entry = table.0.get_or_insert_with(word, || Entry {
        key: at,
        node: Node {
            at,
            value: Value::Table(Table::default()),
        },
    });
    match &mut entry.node.value {
        Value::Table(inner) => descend(report, inner, words, depth + 1, at, node),
        _ => report
            .error(
                "scenario::bad_set",
                at,
                "leads into a value",
                format!(
                    "`{}` is {}, which has no keys",
                    shown(&path),
                    entry.node.what()
                ),
            )
            .help(format!("set `{}` itself", shown(&path)))
            .file(),
    }
}
