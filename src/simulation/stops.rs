//! Times in which fields produce nothing, and what they destroy.

use crate::accumulate::{Column, Group, UNDEFINED};
use crate::model::Model;
use crate::units::{Seconds, round_half_even};

use super::state::State;

/// Unbroken times without production.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Stops {
    /// When the one that lasts began.
    pub(super) since: Option<Seconds>,
    count: i64,
    /// The longest of those that are over, seconds.
    longest: i64,
}

impl Stops {
    pub(super) fn begin(&mut self, now: Seconds) {
        if self.since.is_none() {
            self.since = Some(now);
            self.count += 1;
        }
    }

    pub(super) fn end(&mut self) {
        self.since = None;
    }

    pub(super) fn note_length(&mut self, now: Seconds) {
        if let Some(since) = self.since {
            self.longest = self.longest.max((now - since).0);
        }
    }

    /// The longest, with one that lasts until `now`, seconds.
    pub(super) fn longest(&self, now: Seconds) -> i64 {
        let open = self.since.map_or(0, |since| (now - since).0);
        self.longest.max(open)
    }
}

/// Columns for the system and each field.
pub(super) fn columns(model: &Model, columns: &mut Vec<Column>) {
    let fields = (0..model.fields.len()).map(Group::Field);
    for group in std::iter::once(Group::System).chain(fields) {
        columns.push(Column::count(group, "stops"));
        columns.push(Column::hours(group, "longest_stop"));
        columns.push(Column::share(group, "potential_lost"));
    }
}

/// Their values at the end of a replication.
pub(super) fn fill(state: &State<'_>, values: &mut Vec<i64>) {
    let courses = &state.courses;
    let longest = |stops: &Stops| stops.longest(state.now);
    values.push(courses.stops.iter().map(|stops| stops.count).sum());
    values.push(courses.stops.iter().map(longest).max().unwrap_or(0));
    // Of what is planned at the end.
    let (mut planned, mut lost) = (0.0, 0.0);
    for (field, left) in courses.left.iter().enumerate() {
        let plan = state.nominal[field] as f64;
        planned += plan;
        lost += plan * (1.0 - left);
    }
    values.push(if planned > 0.0 {
        round_half_even(lost / planned * 1e9)
    } else {
        UNDEFINED
    });
    for (stops, left) in courses.stops.iter().zip(&courses.left) {
        values.push(stops.count);
        values.push(longest(stops));
        values.push(round_half_even((1.0 - left) * 1e9));
    }
}
