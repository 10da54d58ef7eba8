//! Where results come from: what was typed, and the figures that were read.

use std::collections::{BTreeMap, BTreeSet};
use std::env;

use crate::model::{Model, Source};
use crate::results::{Origin, OriginFigure, OriginSource};
use crate::scenario::{Quantity, Scenario};

/// Options that change no number, and whether a value follows.
const NO_MATTER: [(&str, bool); 10] = [
    ("--out", true),
    ("--threads", true),
    ("--overwrite", false),
    ("--no-charts", false),
    ("--theme", true),
    ("--png-width", true),
    ("--xlsx", false),
    ("--json", false),
    ("--quiet", false),
    ("-q", false),
];

/// Where results of these scenarios come from; the first is the base of the others.
pub(super) fn origin<'s>(scenarios: impl IntoIterator<Item = &'s Scenario>) -> Origin {
    let mut figures: Vec<OriginFigure> = Vec::new();
    let mut remarks = BTreeMap::new();
    let mut known: BTreeSet<[&str; 4]> = BTreeSet::new();
    let mut sources: BTreeMap<String, OriginSource> = BTreeMap::new();
    for (place, scenario) in scenarios.into_iter().enumerate() {
        let applied = &scenario.model.strategies;
        let last = applied.last().map(|strategy| strategy.id.as_str());
        for quantity in &scenario.quantities {
            if !known.insert(stated(quantity)) {
                continue;
            }
            let own = applied.iter().find(|strategy| {
                let head = format!("strategy.{}.", strategy.id);
                quantity.key.starts_with(&head)
            });
            // What the base does not state, a strategy does.
            let strategy = own.map(|strategy| strategy.id.as_str());
            let strategy = strategy.or(last.filter(|_| place > 0));
            figures.push(figure(quantity, strategy));
        }
        for remark in &scenario.remarks {
            let key = remark.key.clone();
            remarks.entry(key).or_insert_with(|| remark.text.clone());
        }
        cited(&scenario.model, &mut sources);
    }
    let used: BTreeSet<&String> = figures.iter().flat_map(|figure| &figure.sources).collect();
    sources.retain(|id, _| used.contains(id));
    Origin {
        figures,
        remarks,
        sources,
        ..of_models([])
    }
}

/// Where results of these models come from, of which no figures are known: the command and the sources.
pub(super) fn of_models<'m>(models: impl IntoIterator<Item = &'m Model>) -> Origin {
    let mut sources = BTreeMap::new();
    for model in models {
        cited(model, &mut sources);
    }
    Origin {
        format: "keruen-origin/1".to_owned(),
        command: command(env::args().skip(1)),
        figures: Vec::new(),
        remarks: BTreeMap::new(),
        sources,
    }
}

fn cited(model: &Model, sources: &mut BTreeMap<String, OriginSource>) {
    for (id, source) in &model.sources {
        let known = sources.entry(id.clone());
        known.or_insert_with(|| plain(source));
    }
}

fn plain(source: &Source) -> OriginSource {
    OriginSource {
        title: source.title.clone(),
        publisher: source.publisher.clone(),
        date: source.date.clone(),
        url: source.url.clone(),
        note: source.note.clone(),
    }
}

/// What a figure says, apart from where it comes from.
fn stated(quantity: &Quantity) -> [&str; 4] {
    [
        &quantity.key,
        &quantity.value,
        quantity.low.as_deref().unwrap_or(""),
        quantity.high.as_deref().unwrap_or(""),
    ]
}

fn figure(quantity: &Quantity, strategy: Option<&str>) -> OriginFigure {
    OriginFigure {
        path: quantity.key.clone(),
        strategy: strategy.map(str::to_owned),
        value: quantity.value.clone(),
        low: quantity.low.clone(),
        high: quantity.high.clone(),
        form: quantity.doubt.map(str::to_owned),
        sources: quantity.sources.clone(),
        note: quantity.note.clone(),
    }
}

/// The command in words for a shell, from the words behind the program's name.
fn command(words: impl Iterator<Item = String>) -> String {
    let mut text = "keruen".to_owned();
    let mut is_value = false;
    for word in words {
        if is_value {
            is_value = false;
            continue;
        }
        let name = word.split_once('=').map_or(word.as_str(), |(name, _)| name);
        if let Some((_, has_value)) = NO_MATTER.iter().find(|(option, _)| *option == name) {
            is_value = *has_value && !word.contains('=');
            continue;
        }
        text.push(' ');
        text.push_str(&quoted(&word));
    }
    text
}

/// A word as a shell reads it as one.
fn quoted(word: &str) -> String {
    let is_plain = |letter: char| letter.is_alphanumeric() || "-_./:=,@%+#".contains(letter);
    if !word.is_empty() && word.chars().all(is_plain) && !word.starts_with('#') {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(words: &[&str]) -> String {
        command(words.iter().map(|&word| word.to_owned()))
    }

    #[test]
    fn a_command_keeps_what_changes_numbers() {
        let words = [
            "run",
            "a b.toml",
            "--out",
            "x",
            "-n",
            "100",
            "--threads=2",
            "--seed",
            "7",
            "-q",
            "--theme",
            "dark",
            "--xlsx",
            "--set",
            "link.spm.capacity=900 kb/d",
        ];
        assert_eq!(
            of(&words),
            "keruen run 'a b.toml' -n 100 --seed 7 --set 'link.spm.capacity=900 kb/d'"
        );
        assert_eq!(of(&["run", "it's.toml"]), r"keruen run 'it'\''s.toml'");
    }
}
