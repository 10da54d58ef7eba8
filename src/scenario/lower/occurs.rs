//! When disruptions begin.

use crate::model::{LogEvent, Occurs, Target};
use crate::scenario::csv::Csv;
use crate::scenario::problem::shown;
use crate::scenario::quantity::Dimension;
use crate::scenario::read::Reader;
use crate::scenario::text::Place;
use crate::scenario::time::{from_text, since};
use crate::scenario::tree::{Node, Table};
use crate::units::{Fraction, Seconds};

use super::hazards::Lowering;

impl Lowering<'_, '_> {
    pub(super) fn occurs(&self, targets: &[Target]) -> Option<Occurs> {
        let process = self.process()?;
        let node = self.table.table("occurs")?.get(process)?;
        match process {
            "poisson" => {
                let rate = node.table()?.get("rate")?;
                let rate_per_day = self.reader.quantity(rate, Dimension::Frequency, None)?;
                Some(Occurs::Poisson { rate_per_day })
            }
            "renewal" => {
                let up = self.reader.time_law(node.table()?.get("up")?)?;
                Some(Occurs::Renewal { up })
            }
            "dates" => dates(self.reader, node),
            "once" => once(self.reader, node.table()?),
            "every" => every(self.reader, node.table()?),
            "log" => self.log(node, targets),
            _ => None,
        }
    }

    fn log(&self, node: &Node, targets: &[Target]) -> Option<Occurs> {
        let csv = self
            .reader
            .files
            .table(self.reader.report, node.text()?, node.at)?;
        let column = |heading: &str| csv.column(self.reader.report, heading, node.at);
        let columns = [
            column("target"),
            column("start"),
            column("end"),
            column("left"),
        ];
        let [Some(target), Some(start), Some(end), Some(left)] = columns else {
            return None;
        };
        let log = Log {
            lowering: self,
            targets,
            at: node.at,
            name: node.text()?,
        };
        let mut events = Vec::new();
        let mut outside = 0;
        let mut is_whole = true;
        for (line, cells) in &csv.rows {
            let cell = |column: usize| cells.get(column).map_or("", String::as_str);
            match log.row(*line, cell(target), [cell(start), cell(end)], cell(left)) {
                None => is_whole = false,
                Some(found) => {
                    let horizon = self.reader.horizon;
                    let before = events.len();
                    events.extend(
                        found
                            .into_iter()
                            .filter_map(|event| clipped(&event, horizon)),
                    );
                    outside += usize::from(events.len() == before);
                }
            }
        }
        if !is_whole {
            return None;
        }
        log.none_outside(&csv, outside, events.is_empty());
        events.sort_by_key(|event| (event.start, event.target, event.end));
        Some(Occurs::Log(events))
    }
}

/// The part of a recorded outage that lies within the horizon.
fn clipped(event: &LogEvent, horizon: Seconds) -> Option<LogEvent> {
    let is_inside = event.end > Seconds::ZERO && event.start < horizon;
    is_inside.then(|| LogEvent {
        start: event.start.max(Seconds::ZERO),
        ..event.clone()
    })
}

/// The file of recorded outages being read.
struct Log<'l, 'r, 'a> {
    lowering: &'l Lowering<'r, 'a>,
    targets: &'l [Target],
    at: Place,
    name: &'l str,
}

impl Log<'_, '_, '_> {
    fn bad(&self, line: usize, message: &str, help: impl Into<String>) {
        self.lowering
            .reader
            .report
            .error(
                "scenario::bad_log",
                self.at,
                "in this file",
                format!("`{}`, line {line}: {message}", shown(self.name)),
            )
            .help(help)
            .file();
    }

    /// The outages of one row: one for each unit that its target means.
    fn row(&self, line: usize, target: &str, ends: [&str; 2], left: &str) -> Option<Vec<LogEvent>> {
        let hit = self.hit(line, target);
        let start_of = self.lowering.reader.start;
        let instants = ends.map(|written| match from_text(written) {
            Ok(instant) => Some(since(start_of, instant)),
            Err(fault) => {
                self.bad(line, &fault, "write 2026-07-01 or 2026-07-01T06:00:00Z");
                None
            }
        });
        let share = left.parse().ok().and_then(Fraction::new);
        if share.is_none() {
            self.bad(
                line,
                &format!("`{}` is no share", shown(left)),
                "shares lie from 0 to 1",
            );
        }
        let (hit, [Some(start), Some(end)], Some(left)) = (hit?, instants, share) else {
            return None;
        };
        if end <= start {
            self.bad(
                line,
                "the outage ends before it begins",
                "`end` is later than `start`",
            );
            return None;
        }
        let elements = self.lowering.elements;
        let unlimited = |&&index: &&usize| elements.is_unlimited(&self.targets[index]);
        if let Some(&index) = hit.iter().find(unlimited)
            && left > Fraction::ZERO
        {
            let key = &self.targets[index].key;
            self.bad(
                line,
                &format!("`{key}` has no limit of which a share could be left"),
                "give it a limit, or leave 0",
            );
            return None;
        }
        Some(
            hit.into_iter()
                .map(|target| LogEvent {
                    target,
                    start,
                    end,
                    left,
                })
                .collect(),
        )
    }

    /// Indices of what a row's target means, among the targets of the hazard.
    fn hit(&self, line: usize, written: &str) -> Option<Vec<usize>> {
        let known = "the targets of a log are among what the hazard `hits`";
        match self.lowering.elements.find(written) {
            Err(unresolved) => {
                self.bad(line, &unresolved.message, unresolved.help);
                None
            }
            Ok(found) => {
                let indices: Option<Vec<usize>> = found
                    .iter()
                    .map(|target| {
                        self.targets
                            .iter()
                            .position(|known| known.key == target.key)
                    })
                    .collect();
                if indices.is_none() {
                    self.bad(
                        line,
                        &format!("`{}` is not hit by this hazard", shown(written)),
                        format!("{known}: add it there, or take the row out"),
                    );
                }
                indices
            }
        }
    }

    fn none_outside(&self, csv: &Csv, outside: usize, all: bool) {
        let reader = self.lowering.reader;
        if all {
            reader.outside(self.at, "every outage of this log lies");
        } else if outside > 0 {
            reader
                .report
                .warning(
                    "scenario::log_outside_horizon",
                    self.at,
                    "in this file",
                    format!(
                        "{outside} of {} outages lie outside the horizon and do not happen",
                        csv.rows.len()
                    ),
                )
                .help("take them out, or move the scenario's start")
                .file();
        }
    }
}

fn dates(reader: &Reader<'_>, node: &Node) -> Option<Occurs> {
    let nodes = node.array()?;
    if nodes.is_empty() {
        reader
            .report
            .error(
                "scenario::empty",
                node.at,
                "no dates",
                "there is no date at which it occurs",
            )
            .help("give at least one date")
            .file();
        return None;
    }
    let mut moments = Vec::new();
    let mut is_whole = true;
    for node in nodes {
        match reader.moment(node) {
            Some(moment) if (Seconds::ZERO..reader.horizon).contains(&moment) => {
                moments.push(moment);
            }
            Some(moment) => {
                if moment < Seconds::ZERO {
                    reader.before_start(node.at, "this date lies");
                } else {
                    reader.outside(node.at, "this date lies");
                }
                is_whole = false;
            }
            None => is_whole = false,
        }
    }
    moments.sort_unstable();
    is_whole.then_some(Occurs::Dates(moments))
}

fn once(reader: &Reader<'_>, table: &Table) -> Option<Occurs> {
    let probability = table
        .get("probability")
        .map_or(Some(Fraction::ONE), |node| reader.share(node));
    let (from_node, until_node) = (table.get("from")?, table.get("until")?);
    let (from, until) = (reader.moment(from_node), reader.moment(until_node));
    let (from, until) = (from?, until?);
    if until <= from {
        reader
            .report
            .error(
                "scenario::empty_window",
                until_node.at,
                "not later",
                "the window ends before it begins",
            )
            .also(from_node.at, "begins here")
            .help("`until` is later than `from`")
            .file();
        return None;
    }
    if until <= Seconds::ZERO || from >= reader.horizon {
        reader.outside(from_node.at, "this window lies");
        return None;
    }
    Some(Occurs::Once {
        probability: probability?,
        from,
        until,
    })
}

fn every(reader: &Reader<'_>, table: &Table) -> Option<Occurs> {
    let period_node = table.get("period")?;
    let period = reader.some_days(period_node).map(Seconds::from_days);
    let first = match table.get("first") {
        None => Some(Seconds::ZERO),
        Some(node) => match reader.moment(node) {
            Some(first) if (Seconds::ZERO..reader.horizon).contains(&first) => Some(first),
            Some(first) if first < Seconds::ZERO => {
                reader.before_start(node.at, "the first one begins");
                None
            }
            Some(_) => {
                reader.outside(node.at, "the first one begins");
                None
            }
            None => None,
        },
    };
    let (period, first) = (period?, first?);
    if period < Seconds(1) {
        reader
            .report
            .error(
                "scenario::zero",
                period_node.at,
                "too short",
                "a period of less than a second",
            )
            .help("give a period of at least 1 s")
            .file();
        return None;
    }
    Some(Occurs::Every { period, first })
}
