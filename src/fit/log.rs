//! From rows of a log to events.

use crate::units::Seconds;

/// When a logged event ended, in time since the window began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// At this time.
    At(Seconds),
    /// Not yet.
    Lasting,
    /// Nobody knows.
    Unknown,
}

/// A row of a log.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// What was hit.
    pub target: String,
    /// Time from the beginning of the window; negative before it.
    pub start: Seconds,
    /// When it ended.
    pub end: End,
    /// Share of capacity left, if known.
    pub left: Option<f64>,
}

/// How long an event lasted, days.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Lasts {
    /// So long.
    Known(f64),
    /// At least so long: the window ended first.
    AtLeast(f64),
    /// Nobody knows.
    Unknown,
}

/// One event, on one target or several at once.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// Time from the beginning of the window.
    pub start: Seconds,
    /// How long it lasted.
    pub lasts: Lasts,
    /// The least share left of what it hit, if known.
    pub left: Option<f64>,
    /// What it hit, sorted.
    pub targets: Vec<String>,
}

/// The events of a window, and what was left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Observed {
    /// In the order of their beginnings, no two in the same second.
    pub(super) events: Vec<Event>,
    /// Events whose rows end at different times or leave different shares.
    pub(super) uneven: u64,
    /// Events that are not longer than the threshold.
    pub(super) shorter: u64,
    /// Events of which nobody can say whether they are longer.
    pub(super) undecided: u64,
}

/// The events that begin within a window. Rows that begin in the same second are one event: it
/// lasts until the last of its ends and leaves the least of its shares.
///
/// - `longer_than_days`: only events that are known to last longer are kept.
pub(super) fn observe(
    records: &[&Record],
    window: Seconds,
    longer_than_days: Option<f64>,
) -> Observed {
    let mut records: Vec<&Record> = records
        .iter()
        .copied()
        .filter(|record| is_within(record, window))
        .collect();
    records.sort_by(|one, other| (one.start, &one.target).cmp(&(other.start, &other.target)));
    let mut found = Observed::default();
    for rows in records.chunk_by(|one, other| one.start == other.start) {
        let Some(first) = rows.first() else { continue };
        let lasts = rows
            .iter()
            .map(|row| lasts(row, window))
            .reduce(longer)
            .unwrap_or(Lasts::Unknown);
        match (longer_than_days, lasts) {
            (Some(least), Lasts::Known(days)) if days <= least => {
                found.shorter += 1;
                continue;
            }
            (Some(least), Lasts::AtLeast(days)) if days <= least => {
                found.undecided += 1;
                continue;
            }
            (Some(_), Lasts::Unknown) => {
                found.undecided += 1;
                continue;
            }
            _ => {}
        }
        let is_even = |row: &&Record| (row.end, row.left) == (first.end, first.left);
        found.uneven += u64::from(!rows.iter().all(is_even));
        let mut targets: Vec<String> = rows.iter().map(|row| row.target.clone()).collect();
        targets.dedup();
        found.events.push(Event {
            start: first.start,
            lasts,
            left: rows.iter().filter_map(|row| row.left).reduce(f64::min),
            targets,
        });
    }
    found
}

/// Whether a row begins within the window.
fn is_within(record: &Record, window: Seconds) -> bool {
    (Seconds::ZERO..window).contains(&record.start)
}

fn lasts(record: &Record, window: Seconds) -> Lasts {
    let days = |end: Seconds| Seconds(end.0 - record.start.0).days();
    match record.end {
        End::At(end) if end <= window => Lasts::Known(days(end)),
        End::At(_) | End::Lasting => Lasts::AtLeast(days(window)),
        End::Unknown => Lasts::Unknown,
    }
}

/// Of two parts of one event, the one that lasts longer, as far as is known.
fn longer(one: Lasts, other: Lasts) -> Lasts {
    match (one, other) {
        (Lasts::Known(a), Lasts::Known(b)) => Lasts::Known(a.max(b)),
        (Lasts::AtLeast(days), _) | (_, Lasts::AtLeast(days)) => Lasts::AtLeast(days),
        (Lasts::Unknown, known) | (known, Lasts::Unknown) => known,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400;

    fn record(target: &str, start: i64, end: End, left: Option<f64>) -> Record {
        Record {
            target: target.to_owned(),
            start: Seconds(start * DAY),
            end,
            left,
        }
    }

    fn at(day: i64) -> End {
        End::At(Seconds(day * DAY))
    }

    #[test]
    fn rows_of_one_second_are_one_event() {
        let rows = [
            record("b", 5, at(9), Some(0.5)),
            record("a", 5, at(7), Some(0.2)),
            record("a", 2, at(3), None),
        ];
        let rows: Vec<&Record> = rows.iter().collect();
        let found = observe(&rows, Seconds(10 * DAY), None);
        assert_eq!(found.events.len(), 2);
        let second = &found.events[1];
        assert_eq!(second.targets, ["a", "b"]);
        assert_eq!(second.lasts, Lasts::Known(4.0));
        assert_eq!((second.left, found.uneven), (Some(0.2), 1));
    }

    /// What ends after the window is known to the analyst and not to the window.
    #[test]
    fn the_window_cuts_what_lasts_beyond_it() {
        let rows = [
            record("a", -1, at(3), None),
            record("a", 4, at(40), None),
            record("a", 6, End::Lasting, None),
            record("a", 7, End::Unknown, None),
            record("a", 10, at(12), None),
        ];
        let rows: Vec<&Record> = rows.iter().collect();
        let found = observe(&rows, Seconds(10 * DAY), None);
        let lasts: Vec<Lasts> = found.events.iter().map(|event| event.lasts).collect();
        assert_eq!(
            lasts,
            [Lasts::AtLeast(6.0), Lasts::AtLeast(4.0), Lasts::Unknown]
        );
        let long = observe(&rows, Seconds(10 * DAY), Some(5.0));
        assert_eq!((long.events.len(), long.shorter, long.undecided), (1, 0, 2));
    }
}
