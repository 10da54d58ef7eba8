//! Logs of events that happened, read without a scenario.
//!
//! The same columns as those of a log that a hazard replays, and the same ways to write instants
//! and shares. What is not known may be left open here, because an estimate can do without.

use std::path::Path;

use jiff::civil::DateTime;

use crate::units::Fraction;

use super::csv::parse;
use super::load::{Error, digest_of, read_text};
use super::problem::{Invalid, Report, shown};
use super::quantity::{self, Dimension};
use super::source::visible;
use super::text::{Place, Text, Texts};
use super::time::from_text;

/// The word for an end that nobody knows.
const UNKNOWN: &str = "unknown";

/// When a logged event ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoggedEnd {
    /// At this instant, UTC.
    At(DateTime),
    /// Not yet: it still lasted when the log was closed.
    Lasting,
    /// It has ended, and nobody knows when.
    Unknown,
}

/// One row of a log.
#[derive(Clone, Debug, PartialEq)]
pub struct LoggedEvent {
    /// What was hit, as it is written.
    pub target: String,
    /// When it began, UTC.
    pub start: DateTime,
    /// When it ended.
    pub end: LoggedEnd,
    /// Share of capacity left meanwhile, if known.
    pub left: Option<Fraction>,
}

/// A log of events.
#[derive(Clone, Debug, PartialEq)]
pub struct EventLog {
    /// The file's name without directories and suffix.
    pub stem: String,
    /// Its rows, in the order of the file.
    pub events: Vec<LoggedEvent>,
    /// SHA-256 of the file, in hexadecimal digits.
    pub sha256: String,
}

/// Reads a log from a file.
///
/// # Errors
/// [`Error::Unreadable`] if it cannot be opened, [`Error::Invalid`] with all that is wrong with it.
pub fn load_event_log(path: &Path) -> Result<EventLog, Error> {
    Ok(parse_event_log(read_text(path)?)?)
}

/// Reads a log from a text with the columns `target`, `start`, `end` and `left`.
///
/// An empty `end` says that the event still lasts, `unknown` that its end is not known; an empty
/// `left` that the share is not known.
///
/// # Errors
/// [`Invalid`] with all problems.
pub fn parse_event_log(text: Text) -> Result<EventLog, Invalid> {
    let stem = visible(text.stem());
    let sha256 = digest_of(&[text.text.to_string()]);
    let csv = parse(&text.text);
    let mut line_starts = vec![0];
    line_starts.extend(text.text.match_indices('\n').map(|(at, _)| at + 1));
    let lines = Lines {
        text: text.text.clone(),
        starts: line_starts,
    };
    let report = Report::new(Texts(vec![text]));
    let events = read(&report, &lines, &csv);
    match events {
        Some(events) if !report.has_errors() => Ok(EventLog {
            stem,
            events,
            sha256,
        }),
        _ => Err(Invalid::new("event log", report.into_problems())),
    }
}

/// Where the lines of a text are.
struct Lines {
    text: std::sync::Arc<str>,
    starts: Vec<usize>,
}

impl Lines {
    /// The place of a line, counted from 1, without its end.
    fn place(&self, line: usize) -> Place {
        let length = self.text.len();
        let start = self.starts.get(line.saturating_sub(1)).copied();
        let start = start.unwrap_or(length);
        let rest = self.text.get(start..).unwrap_or_default();
        let width = rest.find('\n').unwrap_or(rest.len());
        Place::new(0, start..start + rest[..width].trim_end().len())
    }
}

fn read(report: &Report, lines: &Lines, csv: &super::csv::Csv) -> Option<Vec<LoggedEvent>> {
    let head = lines.place(1);
    let columns = ["target", "start", "end", "left"].map(|name| csv.column(report, name, head));
    let [Some(target), Some(start), Some(end), Some(left)] = columns else {
        return None;
    };
    if csv.rows.is_empty() {
        report
            .error("log::empty", head, "nothing below", "the log has no rows")
            .help("an event is a row: link.spm#1,2026-02-10,2026-03-01T12:00:00Z,0")
            .file();
        return None;
    }
    let mut events = Vec::new();
    for (line, cells) in &csv.rows {
        let cell = |column: usize| cells.get(column).map_or("", String::as_str);
        let row = Row {
            report,
            at: lines.place(*line),
            line: *line,
        };
        events.extend(row.read(cell(target), cell(start), cell(end), cell(left)));
    }
    Some(events)
}

/// One row being read.
struct Row<'a> {
    report: &'a Report,
    at: Place,
    line: usize,
}

impl Row<'_> {
    fn bad(&self, message: &str, help: &str) {
        self.report
            .error(
                "log::bad_row",
                self.at,
                "in this row",
                format!("line {}: {message}", self.line),
            )
            .help(help)
            .file();
    }

    fn read(&self, target: &str, start: &str, end: &str, left: &str) -> Option<LoggedEvent> {
        let is_letter = |letter: char| {
            letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.' | '#')
        };
        let is_id = !target.is_empty() && target.chars().all(is_letter);
        if !is_id {
            self.bad(
                &format!("`{}` is no target", shown(target)),
                "write an element's id as a scenario does: link.spm, link.spm#2 or hub.port",
            );
        }
        let start = self.instant(start, "`start`", "");
        let end = match end {
            "" => Some(LoggedEnd::Lasting),
            UNKNOWN => Some(LoggedEnd::Unknown),
            written => self
                .instant(
                    written,
                    "`end`",
                    "; leave it empty if the event still lasts, and write `unknown` if its end is not known",
                )
                .map(LoggedEnd::At),
        };
        let share = match left {
            "" => Some(None),
            written => {
                let share = written.parse().ok().and_then(Fraction::new);
                if share.is_none() {
                    self.bad(
                        &format!("`{}` is no share", shown(written)),
                        "`left` is the share of capacity left, from 0 to 1, or empty if it is not known",
                    );
                }
                share.map(Some)
            }
        };
        if let (Some(start), Some(LoggedEnd::At(end))) = (start, end)
            && end <= start
        {
            self.bad(
                "the event ends before it begins",
                "`end` is later than `start`",
            );
            return None;
        }
        Some(LoggedEvent {
            target: is_id.then(|| target.to_owned())?,
            start: start?,
            end: end?,
            left: share?,
        })
    }

    fn instant(&self, written: &str, what: &str, more: &str) -> Option<DateTime> {
        match from_text(written) {
            Ok(instant) => Some(instant),
            Err(fault) => {
                self.bad(
                    &format!("{what}: {fault}"),
                    &format!("write 2026-07-01 or 2026-07-01T06:00:00Z{more}"),
                );
                None
            }
        }
    }
}

/// What part of a log is looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LogWindow {
    /// The first instant, UTC.
    pub from: Option<DateTime>,
    /// The first instant that is no longer looked at, UTC.
    pub until: Option<DateTime>,
    /// Only events that last longer than this, days.
    pub longer_than_days: Option<f64>,
}

/// Reads a window from the words of a command line.
///
/// # Errors
/// [`Invalid`], in which each problem shows the argument that is wrong.
pub fn log_window(
    from: Option<&str>,
    until: Option<&str>,
    longer_than: Option<&str>,
) -> Result<LogWindow, Invalid> {
    let arguments = [
        ("--from", from),
        ("--until", until),
        ("--longer-than", longer_than),
    ];
    let texts = arguments.map(|(name, text)| Text::new(name, text.unwrap_or_default()));
    let report = Report::new(Texts(texts.to_vec()));
    let place = |file: usize| Place::new(file, 0..arguments[file].1.unwrap_or_default().len());
    let date = |file: usize| {
        let read = from_text(arguments[file].1?);
        if let Err(fault) = &read {
            report
                .error("log::no_date", place(file), "no date", fault.as_str())
                .help("write 2026-07-01 or 2026-07-01T06:00:00Z")
                .file();
        }
        read.ok()
    };
    let (from, until) = (date(0), date(1));
    if let (Some(from), Some(until)) = (from, until)
        && until <= from
    {
        report
            .error(
                "log::empty_window",
                place(1),
                "not later",
                "the window ends before it begins",
            )
            .help("`--until` is later than `--from`")
            .file();
    }
    let longer_than_days = longer_than.and_then(|text| {
        match quantity::parse(text, Dimension::Time) {
            Ok(read) if read.value > 0.0 => return Some(read.value),
            Ok(_) => report
                .error(
                    "log::no_time",
                    place(2),
                    "not longer than 0",
                    "the threshold is not longer than 0",
                )
                .help("write a length of time: --longer-than '1 d'")
                .file(),
            Err(fault) => report
                .error("log::no_time", place(2), fault.label, fault.message)
                .maybe_help(fault.help)
                .file(),
        }
        None
    });
    if report.has_errors() {
        return Err(Invalid::new("window", report.into_problems()));
    }
    Ok(LogWindow {
        from,
        until,
        longer_than_days,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "target,start,end,left\n";

    fn read(rows: &str) -> Result<EventLog, Invalid> {
        parse_event_log(Text::new("logs/attacks.csv", format!("{HEAD}{rows}")))
    }

    #[test]
    fn what_is_not_known_may_be_left_open() {
        let log = read(
            "link.spm#1,2026-01-01,2026-01-02T06:00:00+03:00,0.5\n\
             hub.port,2026-02-01,,\n\
             \"port\",2026-03-01 12:00:00Z,unknown,1\n",
        )
        .expect("a good log");
        assert_eq!(log.stem, "attacks");
        assert_eq!(log.events.len(), 3);
        assert_eq!(
            log.events[0].end,
            LoggedEnd::At(from_text("2026-01-02T03:00").expect("an instant"))
        );
        assert_eq!(log.events[0].left, Fraction::new(0.5));
        assert_eq!(
            (log.events[1].end, log.events[1].left),
            (LoggedEnd::Lasting, None)
        );
        assert_eq!(log.events[2].end, LoggedEnd::Unknown);
    }

    /// The bad rows stand between good ones; each of their faults is told, with its line.
    #[test]
    fn all_problems_are_told_at_once_with_their_lines() {
        let problems = read(
            "a,2026-01-01,2026-01-02,0\n\
             ,soon,2026-01-02,0\n\
             b,2026-01-03,2026-01-01,2\n\
             a b,2026-02-30,later,none\n",
        )
        .expect_err("a bad log");
        let told: Vec<String> = problems.problems().iter().map(Problem::one_line).collect();
        let expected = [
            "logs/attacks.csv:3: line 3: `` is no target",
            "logs/attacks.csv:3: line 3: `start`: `soon` is no date",
            "logs/attacks.csv:4: line 4: `2` is no share",
            "logs/attacks.csv:4: line 4: the event ends before it begins",
            "logs/attacks.csv:5: line 5: `a b` is no target",
            "logs/attacks.csv:5: line 5: `start`: `2026-02-30` is no date",
            "logs/attacks.csv:5: line 5: `end`: `later` is no date",
            "logs/attacks.csv:5: line 5: `none` is no share",
        ];
        for one in expected {
            assert!(told.contains(&one.to_owned()), "{one}\nin {told:#?}");
        }
        assert_eq!(told.len(), expected.len(), "{told:#?}");
        assert!(problems.problems().iter().all(|one| one.advice().is_some()));
    }

    #[test]
    fn missing_columns_and_rows_are_told() {
        let text = Text::new("x.csv", "target,begin,end,left\na,b,c,d\n");
        let problems = parse_event_log(text).expect_err("no start");
        assert_eq!(
            problems.problems()[0].message(),
            "the file has no column `start`"
        );
        for empty in ["", "target,start,end,left\n\n"] {
            assert!(parse_event_log(Text::new("x.csv", empty)).is_err());
        }
    }

    #[test]
    fn a_window_says_what_is_wrong_with_it() {
        let window = log_window(Some("2025-01-01"), Some("2026-01-01"), Some("36 h"));
        assert_eq!(window.expect("good").longer_than_days, Some(1.5));
        for (from, until, longer) in [
            (Some("never"), None, None),
            (Some("2026-01-01"), Some("2026-01-01"), None),
            (None, None, Some("0 d")),
            (None, None, Some("5")),
        ] {
            assert!(log_window(from, until, longer).is_err());
        }
    }

    use super::super::problem::Problem;
}
