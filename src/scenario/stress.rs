//! Stress cases: disruptions given exactly.

use std::path::Path;

use crate::model::{Hazard, Law, LogEvent, Model, Occurs, Target};
use crate::units::{Fraction, Seconds};

use super::csv::CsvFiles;
use super::load::{Error, read_text};
use super::lower::Elements;
use super::problem::{Invalid, Report};
use super::quantities::check_sources;
use super::read::{Reader, owned_text, strings};
use super::shape::{self, Asked};
use super::spec::STRESS_FILE;
use super::text::{Place, Text, Texts};
use super::tree::{self, Node, Table, Value};

/// Exactly given disruptions, as hazards for one scenario.
#[derive(Clone, Debug, PartialEq)]
pub struct StressCase {
    /// Name.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// One hazard per closure, each with [`Occurs::Log`], so that nothing in it is random.
    pub hazards: Vec<Hazard>,
}

/// Reads a stress case for a scenario.
///
/// # Errors
/// [`Error::Unreadable`] if the file cannot be opened, [`Error::Invalid`] with all problems in it:
/// targets that the scenario does not have, dates outside its horizon, and so on.
pub fn load_stress(path: &Path, model: &Model) -> Result<StressCase, Error> {
    let text = read_text(path)?;
    Ok(parse_stress(&text, model)?)
}

/// Reads a stress case from a text in memory.
///
/// # Errors
/// [`Invalid`] with all problems.
pub fn parse_stress(text: &Text, model: &Model) -> Result<StressCase, Invalid> {
    let report = Report::new(Texts(vec![text.clone()]));
    let found = read(&report, model);
    match found {
        Some(case) if !report.has_errors() => Ok(case),
        _ => Err(Invalid::new("stress case", report.into_problems())),
    }
}

fn read(report: &Report, model: &Model) -> Option<StressCase> {
    let tree = tree::read(report, 0);
    if report.has_errors() {
        return None;
    }
    shape::check(report, &tree, &STRESS_FILE, Asked::Whole);
    let known: Vec<&str> = model.sources.keys().map(String::as_str).collect();
    check_sources(report, &tree, &STRESS_FILE, &known);
    let files = CsvFiles::new(&no_files);
    let reader = Reader {
        report,
        files: &files,
        doubts: None,
        start: model.start,
        horizon: model.horizon,
        is_calendar_known: true,
    };
    let case = tree.table("stress")?;
    let closures = case.get("close").and_then(Node::array).unwrap_or_default();
    let read_all = closures.iter().enumerate().map(|(index, closure)| {
        let table = closure.table()?;
        let targets = table.get("target").map(strings).unwrap_or_default();
        let id = format!("close-{}", index + 1);
        close(&reader, model, table, targets, id)
    });
    // All of them are looked at before the first that is wrong ends it.
    let hazards: Vec<Option<Hazard>> = read_all.collect();
    Some(StressCase {
        name: owned_text(case, "name").unwrap_or_default(),
        about: owned_text(case, "about").unwrap_or_default(),
        hazards: hazards.into_iter().collect::<Option<_>>()?,
    })
}

/// A stress case names no other files.
fn no_files(_: &str) -> std::io::Result<String> {
    Err(std::io::ErrorKind::NotFound.into())
}

/// The hazard that closes something from a date for some time.
///
/// - `target`: an element of the model, `spm`, `link.spm` or `link.spm#2`.
/// - `from`: a date or date-time, in UTC unless it says otherwise.
/// - `duration`: a length of time, `60 d`.
/// - `left`: the share of capacity left meanwhile, `0.4`; nothing if absent.
///
/// # Errors
/// [`Invalid`], in which each problem shows the argument that is wrong.
pub fn closure(
    model: &Model,
    target: &str,
    from: &str,
    duration: &str,
    left: Option<&str>,
) -> Result<Hazard, Invalid> {
    let arguments = [
        ("--close", target),
        ("--from", from),
        ("--for", duration),
        ("--left", left.unwrap_or("0")),
    ];
    let texts = arguments.map(|(name, text)| Text::new(name, text)).to_vec();
    let report = Report::new(Texts(texts));
    let place = |file: usize| Place {
        file,
        start: 0,
        end: arguments[file].1.len(),
    };
    let node = |file: usize, value: Value| Node {
        at: place(file),
        value,
    };
    let share = arguments[3]
        .1
        .trim()
        .parse()
        .map_or_else(|_| Value::Text(arguments[3].1.to_owned()), Value::Float);
    if let Value::Text(text) = &share {
        report
            .error(
                "scenario::not_a_share",
                place(3),
                "not a number",
                format!("`{text}` is not a share"),
            )
            .help("shares lie from 0 to 1: --left 0.4")
            .file();
    }
    let entries = [
        ("from", node(1, Value::Text(from.to_owned()))),
        ("for", node(2, Value::Text(duration.to_owned()))),
        ("left", node(3, share)),
    ];
    let entries = entries.map(|(key, node)| (key.to_owned(), tree::Entry { key: node.at, node }));
    let table = Table(entries.into_iter().collect());
    let files = CsvFiles::new(&no_files);
    let reader = Reader {
        report: &report,
        files: &files,
        doubts: None,
        start: model.start,
        horizon: model.horizon,
        is_calendar_known: true,
    };
    let id = format!("close-{}", id_of(target));
    let hazard = close(&reader, model, &table, vec![(target, place(0))], id);
    match hazard {
        Some(hazard) if !report.has_errors() => Ok(hazard),
        _ => Err(Invalid::new("closure", report.into_problems())),
    }
}

/// An instant of a scenario from an argument, since its start.
///
/// - `option`: the name of the argument, `--date`.
///
/// # Errors
/// [`Invalid`] if it is no date or date-time, or lies outside the horizon.
pub fn instant(model: &Model, option: &str, text: &str) -> Result<Seconds, Invalid> {
    argument(model, option, text, &|reader, node| {
        let instant = reader.moment(node)?;
        if instant < Seconds::ZERO || instant >= model.horizon {
            reader.outside(node.at, "this instant lies");
            return None;
        }
        Some(instant)
    })
}

/// A length of time from an argument, above 0.
///
/// - `option`: the name of the argument, `--for`.
///
/// # Errors
/// [`Invalid`] if it is none.
pub fn length(model: &Model, option: &str, text: &str) -> Result<Seconds, Invalid> {
    argument(model, option, text, &|reader, node| {
        reader
            .some_days(node)
            .map(|days| Seconds(Seconds::from_days(days).0.max(1)))
    })
}

fn argument(
    model: &Model,
    option: &str,
    text: &str,
    read: &dyn Fn(&Reader<'_>, &Node) -> Option<Seconds>,
) -> Result<Seconds, Invalid> {
    let report = Report::new(Texts(vec![Text::new(option, text)]));
    let files = CsvFiles::new(&no_files);
    let reader = Reader {
        report: &report,
        files: &files,
        doubts: None,
        start: model.start,
        horizon: model.horizon,
        is_calendar_known: true,
    };
    let at = Place {
        file: 0,
        start: 0,
        end: text.len(),
    };
    let value = Value::Text(text.to_owned());
    let found = read(&reader, &Node { at, value });
    match found {
        Some(found) if !report.has_errors() => Ok(found),
        _ => Err(Invalid::new("argument", report.into_problems())),
    }
}

/// A word made of the letters of ids.
fn id_of(target: &str) -> String {
    let letters = target.trim().chars();
    letters
        .map(|letter| {
            if letter.is_ascii_alphanumeric() {
                letter
            } else {
                '-'
            }
        })
        .collect()
}

/// The hazard that a closure is.
pub(super) fn close(
    reader: &Reader<'_>,
    model: &Model,
    table: &Table,
    references: Vec<(&str, Place)>,
    id: String,
) -> Option<Hazard> {
    let from_node = table.get("from");
    let from = from_node.and_then(|node| reader.moment(node));
    let length = table.get("for").and_then(|node| reader.some_days(node));
    let left_node = table.get("left");
    let left = left_node.map_or(Some(Fraction::ZERO), |node| reader.share(node));
    let elements = Elements::of(model, reader.report);
    let mut targets: Vec<(Target, Place)> = Vec::new();
    let mut is_whole = true;
    for (written, at) in references {
        match elements.find(written.trim()) {
            Ok(found) => targets.extend(found.into_iter().map(|target| (target, at))),
            Err(unresolved) => {
                is_whole = false;
                reader
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
    targets.sort_by(|a, b| a.0.key.cmp(&b.0.key));
    targets.dedup_by(|a, b| a.0.key == b.0.key);
    let (from, length, left) = (from?, length?, left?);
    let end = Seconds(from.0 + Seconds::from_days(length).0.max(1));
    if end <= Seconds::ZERO || from >= model.horizon {
        reader.outside(
            from_node.map(|node| node.at).unwrap_or_default(),
            "this closure lies",
        );
        return None;
    }
    let unlimited = targets
        .iter()
        .find(|(target, _)| elements.is_unlimited(target));
    if let (true, Some((target, at))) = (left > Fraction::ZERO, unlimited) {
        reader
            .report
            .error(
                "scenario::share_of_unlimited",
                left_node.map_or(*at, |node| node.at),
                "a share of what?",
                format!(
                    "`{}` has no limit of which a share could be left",
                    target.key
                ),
            )
            .help("close it altogether, or give it a limit in the scenario")
            .file();
        return None;
    }
    if !is_whole || targets.is_empty() {
        return None;
    }
    let events = (0..targets.len())
        .map(|target| LogEvent {
            target,
            start: from.max(Seconds::ZERO),
            end,
            left,
        })
        .collect();
    let closed: Vec<&Target> = targets.iter().map(|(target, _)| target).collect();
    Some(Hazard {
        name: elements.names(&closed),
        class: "stress".to_owned(),
        ..Hazard::plain(
            id,
            targets.iter().map(|(target, _)| target.clone()).collect(),
            Occurs::Log(events),
            [Law::Fixed(length), Law::Fixed(left.get())],
            model.horizon,
        )
    })
}
