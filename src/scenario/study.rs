//! Studies, and what kind of file a file is.

use std::io;
use std::path::{Path, PathBuf};

use super::csv::CsvFiles;
use super::load::{Error, read_text};
use super::problem::{Invalid, Report, listed, shown};
use super::quantity::Dimension;
use super::read::{Reader, count, owned_strings, owned_text, strings, text};
use super::shape::{self, Asked};
use super::spec::STUDY_FILE;
use super::text::{Place, Text, Texts};
use super::tree::{self, Node, Table};

/// What a file is, by the table that only its kind has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A world and what may go wrong in it.
    Scenario,
    /// What we could do about it: it has `[strategy]`.
    Strategy,
    /// A base with strategies and stress cases: it has `[study]`.
    Study,
    /// Exactly given disruptions: it has `[stress]`.
    Stress,
    /// Recorded disruptions and what was observed: it has `[backtest]`.
    Backtest,
}

/// Tables that only one kind of file has.
const KINDS: [(&str, Kind); 4] = [
    ("strategy", Kind::Strategy),
    ("study", Kind::Study),
    ("stress", Kind::Stress),
    ("backtest", Kind::Backtest),
];

/// What kind of file a file is.
///
/// # Errors
/// [`Error::Unreadable`] if it cannot be opened, [`Error::Invalid`] if it is not TOML.
pub fn kind(path: &Path) -> Result<Kind, Error> {
    let (report, tree) = open(path)?;
    if report.has_errors() {
        return Err(Invalid::new("file", report.into_problems()).into());
    }
    let found = KINDS.into_iter().find(|(key, _)| tree.get(key).is_some());
    Ok(found.map_or(Kind::Scenario, |(_, kind)| kind))
}

/// A base scenario with the strategies and stress cases that belong to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Study {
    /// Name.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// The base scenario.
    pub base: PathBuf,
    /// Strategy files: patterns in the order of the file, what each matches sorted.
    pub strategies: Vec<PathBuf>,
    /// Stress case files, likewise.
    pub stress: Vec<PathBuf>,
    /// What the strategies of a portfolio may cost together, USD a year.
    pub budget_usd: Option<f64>,
    /// What they may cost together to build, USD.
    pub capex_budget_usd: Option<f64>,
    /// What may be spent on building within a year, USD.
    pub capex_usd_per_year: Option<f64>,
    /// Strategies in a portfolio at most.
    pub at_most: Option<usize>,
    /// Lists of strategies, by their place in `strategies`, of which a portfolio has one at most.
    pub exclusive: Vec<Vec<usize>>,
    /// Lists of strategies, by their place, of which the first needs all others.
    pub requires: Vec<Vec<usize>>,
    /// What becomes of strategies that give one key different values.
    pub overlaps: Overlaps,
    /// What nobody can put a probability on, by id.
    pub axes: Vec<Axis>,
}

/// What becomes of strategies that give one key different values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Overlaps {
    /// They are never applied together.
    #[default]
    Exclusive,
    /// The later one wins.
    Later,
}

/// A question whose answer has no probability.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What is not known.
    pub about: String,
    /// The answers that there may be, by id.
    pub cases: Vec<Case>,
}

/// One answer: what it changes in the scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct Case {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it means.
    pub about: String,
    /// Settings as `--set` takes them.
    pub set: Vec<String>,
    /// Files as `--with` takes them.
    pub with: Vec<PathBuf>,
}

/// Reads a study. Its paths are resolved from the directory of its file.
///
/// # Errors
/// [`Error::Unreadable`] if the file or a directory it names cannot be read, [`Error::Invalid`]
/// with all problems in it.
pub fn load_study(path: &Path) -> Result<Study, Error> {
    let (report, tree) = open(path)?;
    let study = if report.has_errors() {
        None
    } else {
        read(&report, &tree, path)?
    };
    match study {
        Some(study) if !report.has_errors() => Ok(study),
        _ => Err(Invalid::new("study", report.into_problems()).into()),
    }
}

fn open(path: &Path) -> Result<(Report, Table), Error> {
    let report = Report::new(Texts(vec![read_text(path)?]));
    let tree = tree::read(&report, 0);
    Ok((report, tree))
}

fn read(report: &Report, tree: &Table, path: &Path) -> Result<Option<Study>, Error> {
    shape::check(report, tree, &STUDY_FILE, Asked::Whole);
    let Some(study) = tree.table("study") else {
        return Ok(None);
    };
    let directory = path.parent().unwrap_or(Path::new(""));
    let files = CsvFiles::new(&|_| Err(io::ErrorKind::NotFound.into()));
    let reader = Reader {
        report,
        files: &files,
        doubts: None,
        start: jiff::civil::Date::ZERO,
        horizon: crate::units::Seconds::ZERO,
        is_calendar_known: false,
    };
    let listed = |key: &str| files_of(report, directory, study, key);
    let base = directory.join(text(study, "base").unwrap_or_default());
    if let Some(node) = study.get("base")
        && !base.is_file()
    {
        no_file(report, node.at, node.text().unwrap_or_default());
    }
    let money = |key: &str| {
        let node = study.get(key);
        node.and_then(|node| reader.quantity(node, Dimension::Money, None))
    };
    let strategies = listed("strategies")?;
    let axes = axes(report, directory, study)?;
    Ok(Some(Study {
        name: owned_text(study, "name").unwrap_or_default(),
        about: owned_text(study, "about").unwrap_or_default(),
        base,
        stress: listed("stress")?,
        budget_usd: money("budget"),
        capex_budget_usd: money("capex_budget"),
        capex_usd_per_year: money("capex_per_year"),
        at_most: (study.get("at_most").and_then(count)).map(|most| most as usize),
        exclusive: lists(report, study, "exclusive", &strategies),
        requires: lists(report, study, "requires", &strategies),
        overlaps: match text(study, "overlaps") {
            Some("later") => Overlaps::Later,
            _ => Overlaps::Exclusive,
        },
        axes,
        strategies,
    }))
}

/// The files that the names under a key match.
fn files_of(
    report: &Report,
    directory: &Path,
    table: &Table,
    key: &str,
) -> Result<Vec<PathBuf>, Error> {
    let mut found = Vec::new();
    for (pattern, at) in table.get(key).map(strings).unwrap_or_default() {
        let matching = matching(directory, pattern)?;
        if matching.is_empty() {
            no_file(report, at, pattern);
        }
        for path in matching {
            if !found.contains(&path) {
                found.push(path);
            }
        }
    }
    Ok(found)
}

/// Lists of strategies under a key, by their place among all.
fn lists(report: &Report, study: &Table, key: &str, strategies: &[PathBuf]) -> Vec<Vec<usize>> {
    let ids: Vec<String> = (strategies.iter())
        .map(|path| Text::new(path.display().to_string(), "").stem().to_owned())
        .collect();
    let place_of = |(written, at): (&str, Place)| {
        let place = ids.iter().position(|id| id == written);
        if place.is_none() {
            let known = || ids.iter().map(String::as_str);
            let help = (report.did_you_mean(written, known())).unwrap_or_else(|| match ids.len() {
                0 => "this study lists no strategies".to_owned(),
                _ => format!("strategies of this study: {}", listed(known())),
            });
            report
                .error(
                    "scenario::unknown_strategy",
                    at,
                    "no strategy has this id",
                    format!("unknown strategy `{}`", shown(written)),
                )
                .help(format!("{help}; the id is the file's name without `.toml`"))
                .file();
        }
        place
    };
    let nodes = study.get(key).and_then(Node::array).unwrap_or_default();
    let list = |node: &Node| {
        let names = strings(node);
        let places: Vec<usize> = names.iter().copied().filter_map(place_of).collect();
        let mut apart = places.clone();
        apart.sort_unstable();
        apart.dedup();
        if names.len() < 2 || (apart.len() < places.len()) {
            report
                .error(
                    "scenario::bad_rule",
                    node.at,
                    "not two strategies",
                    format!("a list of `{key}` names two strategies or more, each once"),
                )
                .help(format!("for example: {key} = [[\"one\", \"another\"]]"))
                .file();
        }
        places
    };
    nodes.iter().map(list).collect()
}

/// What nobody can put a probability on.
fn axes(report: &Report, directory: &Path, study: &Table) -> Result<Vec<Axis>, Error> {
    let mut axes = Vec::new();
    for axis in study.elements("axis") {
        let mut cases = Vec::new();
        for case in axis.table.elements("case") {
            cases.push(Case {
                id: case.id.to_owned(),
                name: owned_text(case.table, "name").unwrap_or_else(|| case.id.to_owned()),
                about: owned_text(case.table, "about").unwrap_or_default(),
                set: owned_strings(case.table, "set"),
                with: files_of(report, directory, case.table, "with")?,
            });
        }
        if cases.len() < 2 {
            report
                .error(
                    "scenario::bad_axis",
                    axis.at,
                    "fewer than two cases",
                    format!("the axis `{}` has fewer than two cases", shown(axis.id)),
                )
                .help("a case that changes nothing stands for the scenario as it is: `[study.axis.ID.case.as-is]`")
                .file();
        }
        axes.push(Axis {
            id: axis.id.to_owned(),
            name: owned_text(axis.table, "name").unwrap_or_else(|| axis.id.to_owned()),
            about: owned_text(axis.table, "about").unwrap_or_default(),
            cases,
        });
    }
    Ok(axes)
}

pub(super) fn no_file(report: &Report, at: Place, pattern: &str) {
    report
        .error(
            "scenario::no_such_file",
            at,
            "no such file",
            format!("`{}` matches no file", shown(pattern)),
        )
        .help("names are relative to the directory of this file; `*` stands for any part of a file's name")
        .file();
}

/// Files that a name matches; in its last part, `*` stands for any letters.
fn matching(directory: &Path, pattern: &str) -> Result<Vec<PathBuf>, Error> {
    let whole = directory.join(pattern);
    let Some(name) = whole.file_name().and_then(|name| name.to_str()) else {
        return Ok(Vec::new());
    };
    if !name.contains('*') {
        return Ok(if whole.is_file() {
            vec![whole]
        } else {
            Vec::new()
        });
    }
    let parent = match whole.parent() {
        Some(parent) if parent != Path::new("") => parent,
        _ => Path::new("."),
    };
    let unreadable = |source: io::Error| Error::Unreadable {
        path: parent.to_owned(),
        source,
    };
    let entries = match std::fs::read_dir(parent) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(unreadable)?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.map_err(unreadable)?.path();
        let fits = path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|file| fits(name, file));
        if fits && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// Whether a name fits a pattern in which `*` stands for any letters.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_star_stands_for_any_letters() {
        for (pattern, name, is_match) in [
            ("*.toml", "btc-7.toml", true),
            ("*.toml", "btc-7.csv", false),
            ("btc-*.toml", "btc-.toml", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxcyyb", false),
            ("ab*ba", "aba", false),
            ("exact", "exact", true),
            ("exact", "exactly", false),
        ] {
            assert_eq!(fits(pattern, name), is_match, "{pattern} {name}");
        }
    }
}
