//! `keruen fit`.

use std::io::Write as _;
use std::path::Path;

use jiff::civil::DateTime;

use crate::fit::{self, End, Record, Settings, fit_log};
use crate::report;
use crate::results::Fit;
use crate::scenario::{EventLog, LogWindow, LoggedEnd, load_event_log, log_window};
use crate::units::{Fraction, Seconds};

use super::arguments::{ByArgument, FitArguments};
use super::failure::Failure;
use super::terminal;

/// Estimates rates and durations from a log of events.
pub(super) fn fit(arguments: &FitArguments) -> Result<(), Failure> {
    let asked = log_window(
        arguments.from.as_deref(),
        arguments.until.as_deref(),
        arguments.longer_than.as_deref(),
    );
    let asked = asked.map_err(|problem| Failure::UsageProblem(Box::new(problem)))?;
    let log = load_event_log(&arguments.log)?;
    let window = window(&log, &asked)?;
    let settings = Settings {
        from: window.from,
        window: since(window.from, window.until),
        longer_than_days: asked.longer_than_days,
        by_target: arguments.by == ByArgument::Target,
        form: arguments.campaign.into(),
    };
    let records = records(&log, window.from);
    let (groups, more) = fit_log(&records, &log.stem, &settings);
    let mut warnings = window.warnings;
    warnings.extend(more);
    let fit = Fit {
        format: fit::FORMAT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        log: log.stem,
        sha256: log.sha256,
        rows: log.events.len() as u64,
        from: shown(window.from),
        until: shown(window.until),
        exposure_days: settings.window.days(),
        longer_than_days: asked.longer_than_days,
        source: arguments.source.clone(),
        groups,
        warnings,
    };
    if let Some(path) = &arguments.out {
        write(path, &report::fit_toml(&fit))?;
    }
    terminal::print(|out| {
        if arguments.json {
            report::json(&fit, out)
        } else {
            report::fit_text(&fit, terminal::width(), out)
        }
    })?;
    for warning in &fit.warnings {
        terminal::warning(warning);
    }
    for group in &fit.groups {
        for warning in &group.warnings {
            terminal::warning(&format!("{}: {warning}", group.id));
        }
    }
    Ok(())
}

/// The time that is looked at.
struct Window {
    from: DateTime,
    until: DateTime,
    warnings: Vec<String>,
}

/// The window asked for; what is not asked for is taken from the first and the last event.
fn window(log: &EventLog, asked: &LogWindow) -> Result<Window, Failure> {
    let mut warnings = Vec::new();
    let first = log.events.iter().map(|event| event.start).min();
    let ends = log.events.iter().map(|event| match event.end {
        LoggedEnd::At(end) => end,
        LoggedEnd::Lasting | LoggedEnd::Unknown => event.start,
    });
    // A second later, so that an event that begins with the last instant is inside.
    let last = ends.max().and_then(|last| {
        let second = jiff::SignedDuration::from_secs(1);
        last.checked_add(second).ok()
    });
    if asked.from.is_none() || asked.until.is_none() {
        warnings.push(
            "without --from and --until the window goes from the first event to the last, which is \
             shorter than the time in which events could have been logged: rates come out too high; \
             state the time in which the hazard existed"
                .to_owned(),
        );
    }
    // A log has at least one row.
    let from = asked.from.or(first).unwrap_or_default();
    let until = asked.until.or(last).unwrap_or(from);
    if until <= from {
        return Err(Failure::Usage(format!(
            "the window from {} to {} is empty: no event of the log lies in it",
            shown(from),
            shown(until)
        )));
    }
    Ok(Window {
        from,
        until,
        warnings,
    })
}

fn since(from: DateTime, instant: DateTime) -> Seconds {
    Seconds(instant.duration_since(from).as_secs())
}

/// Rows with their time from the beginning of the window.
fn records(log: &EventLog, from: DateTime) -> Vec<Record> {
    let record = |event: &crate::scenario::LoggedEvent| Record {
        target: event.target.clone(),
        start: since(from, event.start),
        end: match event.end {
            LoggedEnd::At(end) => End::At(since(from, end)),
            LoggedEnd::Lasting => End::Lasting,
            LoggedEnd::Unknown => End::Unknown,
        },
        left: event.left.map(Fraction::get),
    };
    log.events.iter().map(record).collect()
}

/// `2026-07-01`, with the time of day unless it is midnight.
fn shown(instant: DateTime) -> String {
    if instant.time() == jiff::civil::Time::midnight() {
        instant.date().to_string()
    } else {
        instant.to_string()
    }
}

/// Writes a file that does not exist yet.
fn write(path: &Path, text: &str) -> Result<(), Failure> {
    let file = std::fs::File::create_new(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|source| match source.kind() {
            std::io::ErrorKind::AlreadyExists => Failure::File {
                what: format!("`{}` exists and is not replaced", path.display()),
                source: None,
                advice: Some("name another file".to_owned()),
            },
            _ => Failure::writing(path, source),
        })
}
