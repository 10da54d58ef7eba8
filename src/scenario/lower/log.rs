//! Outages as they were recorded.

use std::collections::BTreeMap;

use crate::model::{LogEvent, Occurs, Target};
use crate::scenario::csv::Csv;
use crate::scenario::problem::shown;
use crate::scenario::read::text;
use crate::scenario::text::Place;
use crate::scenario::time::{offset, recorded, since};
use crate::scenario::tree::Node;
use crate::units::{Fraction, Seconds};

use super::hazards::Lowering;

impl Lowering<'_, '_> {
    pub(super) fn log(&self, node: &Node, targets: &[Target]) -> Option<Occurs> {
        let zone = self.time_zone();
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
            zone: zone.unwrap_or(Some(0)),
        };
        let mut events = Vec::new();
        let mut outside = 0;
        let mut is_whole = zone.is_some();
        for (line, cells) in &csv.rows {
            let cell = |column: usize| cells.get(column).map_or("", String::as_str);
            match log.row(*line, cell(target), [cell(start), cell(end)], cell(left)) {
                None => is_whole = false,
                Some(found) => {
                    let horizon = self.reader.horizon;
                    let is_inside = found.iter().any(|row| clipped(row, horizon).is_some());
                    outside += usize::from(!is_inside);
                    events.extend(found);
                }
            }
        }
        if !is_whole {
            return None;
        }
        log.none_outside(&csv, outside, outside == csv.rows.len());
        // The rule goes by the outages as they were, also of what began before the start.
        let ruled = ruled(events, text(self.table, "overlap"));
        let clipped = ruled
            .iter()
            .filter_map(|event| clipped(event, self.reader.horizon));
        Some(Occurs::Log(clipped.collect()))
    }
}

impl Lowering<'_, '_> {
    /// Minutes from UTC of a log's times, if the hazard says so; `None` if it is wrong.
    #[expect(
        clippy::option_option,
        reason = "absent and wrong are different things"
    )]
    fn time_zone(&self) -> Option<Option<i64>> {
        let Some(node) = self.table.get("time_zone") else {
            return Some(None);
        };
        let zone = offset(node.text()?);
        if zone.is_none() {
            self.reader
                .report
                .error(
                    "scenario::bad_time_zone",
                    node.at,
                    "not an offset",
                    format!("`{}` is no offset from UTC", shown(node.text()?)),
                )
                .help("write \"+05:00\" or \"UTC\"; where summer time is kept, let each time in the log say its own offset")
                .file();
        }
        zone.map(Some)
    }
}

/// Recorded outages under the overlap rule, target by target, in order of time.
fn ruled(mut events: Vec<LogEvent>, rule: Option<&str>) -> Vec<LogEvent> {
    events.sort_by_key(|event| (event.start, event.target, event.end));
    let mut free: BTreeMap<usize, Seconds> = BTreeMap::new();
    events.retain_mut(|event| {
        let free = free.entry(event.target).or_insert(event.start);
        match rule {
            Some("ignore") if event.start < *free => return false,
            Some("queue") => {
                let length = event.end - event.start;
                event.start = event.start.max(*free);
                event.end = event.start + length;
            }
            _ => {}
        }
        *free = (*free).max(event.end);
        true
    });
    events.sort_by_key(|event| (event.start, event.target, event.end));
    events
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
    /// Minutes from UTC of times that do not say their offset.
    zone: Option<i64>,
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
        let instants = ends.map(|written| match recorded(written, self.zone) {
            Ok(instant) => Some(since(start_of, instant)),
            Err(fault) => {
                self.bad(
                    line,
                    &fault,
                    "write 2026-07-01, 2026-07-01T06:00:00Z or 2026-07-01T11:00:00+05:00; or give the hazard the offset of all its times: time_zone = \"+05:00\"",
                );
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
