//! Which fields have way out enough: those that stand still and are opened on trial, and those that produce and may be
//! below the least rate at which they run.

use crate::network::UNLIMITED;
use crate::units::SECONDS_PER_DAY;

use super::restart::{Course, Rise, Stage};
use super::state::State;

/// What goes into tanks counts as a way out for a field that stands still if it could go on for so long, seconds: a day.
pub(super) const LEAST_RUN: i64 = SECONDS_PER_DAY;

/// What a field that stands still is tried with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Trial {
    /// Room in all tanks: who fails has no way out whatever tanks do.
    InAnyCase,
    /// Tanks as they are. It ends a dead time that runs, if it fails.
    AsTanksAre,
    /// Room that lasts for a while, too. It is needed for a dead time to begin.
    ToBegin,
}

/// What is produced, what is needed, and the place in the list of the field that is farthest from having enough.
type Worst = Option<(i64, i64, usize)>;

/// Whether a field is turned off at this instant.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) enum Off {
    #[default]
    No,
    /// While others were on that may be off by now.
    Early,
    /// As the last one, so far.
    Last,
    /// Those that go on leave too little for it.
    Surely,
}

impl Off {
    pub(super) fn is_off(self) -> bool {
        matches!(self, Self::Early | Self::Last | Self::Surely)
    }
}

impl State<'_> {
    /// Whether any is still on trial.
    pub(super) fn tries_restarts(&self) -> bool {
        let mut list = self.courses.list.iter();
        list.any(|course| self.is_tried(course))
    }

    /// Whether any is still on trial whose dead time does not run yet.
    pub(super) fn tries_to_begin(&self) -> bool {
        let mut list = self.courses.list.iter();
        list.any(|course| self.is_tried(course) && !course.waits())
    }

    /// Forgets which tanks should have more room, unless that waits for what has just been turned off.
    pub(super) fn expect_no_room(&mut self) {
        let is_wanting = self.courses.list.iter().any(|course| course.off.is_off());
        self.set_wanting(is_wanting);
    }

    /// What a field that stands still needs a way out for before it begins, b/d.
    pub(super) fn need(&self, field: usize) -> i64 {
        let least = self.dynamics(field).min_stable.0;
        least.min(self.fields[field].sound).max(1)
    }

    /// Whether a field stands still and is opened to see whether it has a way out.
    fn is_tried(&self, course: &Course) -> bool {
        course.next == Stage::Stopped && !course.off.is_off() && self.fields[course.field].ramp > 0
    }

    /// Closes the field on trial that is farthest from having the way out it needs, ties by id; all of them if none of what is
    /// on trial has any. Whether there was one, so that another solve is due.
    pub(super) fn reject_restart(&mut self, trial: Trial) -> bool {
        let (mut worst, mut tried, mut total): (Worst, _, _) = (None, 0, 0);
        for (at, course) in self.courses.list.iter().enumerate() {
            if !self.is_tried(course) {
                continue;
            }
            let (rate, need) = (self.produced(course.field), self.need(course.field));
            tried += 1;
            total += rate;
            let counts = trial != Trial::ToBegin || !course.waits();
            let is_worse = |(r, n, _)| is_less((rate, need), (r, n));
            if counts && rate < need && worst.is_none_or(is_worse) {
                worst = Some((rate, need, at));
            }
        }
        let Some((_, _, worst)) = worst else {
            return false;
        };
        // What no other on trial has taken it would not have alone, either.
        let are_hopeless = total == 0 || tried == 1;
        for at in 0..self.courses.list.len() {
            let course = self.courses.list[at];
            let is_out = if total == 0 {
                self.is_tried(&course) && (trial != Trial::ToBegin || !course.waits())
            } else {
                at == worst
            };
            if is_out {
                self.courses.list[at].is_hopeless = are_hopeless;
                self.reject(at, trial);
            }
        }
        true
    }

    /// Closes a field on trial, and notes what it is waiting for.
    fn reject(&mut self, at: usize, trial: Trial) {
        let field = self.courses.list[at].field;
        let (rate, need) = (self.produced(field), self.need(field));
        // Else nothing that tanks do would help it.
        let is_for_room = trial != Trial::InAnyCase;
        self.courses.list[at].short = if is_for_room { need - rate } else { 0 };
        if is_for_room {
            self.note_wanting();
        }
        self.set_cause(field, self.blocker(field, rate));
        self.open_to(field, 0);
    }

    /// Lets those on trial that have a way out wait for the end of their dead time, or begin.
    pub(super) fn admit_restarts(&mut self) {
        for at in 0..self.courses.list.len() {
            let course = self.courses.list[at];
            if !self.is_tried(&course) {
                continue;
            }
            let field = course.field;
            let until = match course.stage {
                Stage::Waiting(until) => until,
                _ => self.now + self.dynamics(field).dead_time,
            };
            let (ramp, next) = if self.now < until {
                (0, Stage::Waiting(until))
            } else if self.dynamics(field).restart.is_some() {
                self.offer(field, Rise::at(0))
            } else {
                (UNLIMITED, Stage::Full)
            };
            self.open_to(field, ramp);
            self.courses.list[at].next = next;
        }
    }

    /// Opens fields again that were turned down while others were on trial; whether there are any.
    pub(super) fn offer_again(&mut self) -> bool {
        let mut has_opened = false;
        for at in 0..self.courses.list.len() {
            let course = self.courses.list[at];
            let may_begin =
                course.next == Stage::Stopped && !course.off.is_off() && !course.is_hopeless;
            if may_begin && self.fields[course.field].sound > 0 {
                self.open_to(course.field, UNLIMITED);
                has_opened = true;
            }
        }
        has_opened
    }

    /// Turns the field off that is farthest below the least at which it runs, if there is one; ties by id. One at a time: what
    /// it leaves may be enough for the others. When all that are on can go on, those that were turned off before the last one
    /// are opened again: what that one leaves may be enough for them, too. Whether there is something to solve anew.
    pub(super) fn turn_down(&mut self) -> bool {
        let mut worst: Worst = None;
        for (at, course) in self.courses.list.iter().enumerate() {
            let stable = self.dynamics(course.field).min_stable.0;
            let limits = &self.fields[course.field];
            let rate = self.produced(course.field);
            // What outages and its ramp allow is the field's own matter.
            let is_below = rate > 0 && rate < stable.min(limits.sound).min(limits.ramp);
            if is_below && worst.is_none_or(|(r, s, _)| is_less((rate, stable), (r, s))) {
                worst = Some((rate, stable, at));
            }
        }
        let Some((rate, _, at)) = worst else {
            return self.open_again();
        };
        for course in &mut self.courses.list {
            if course.off == Off::Last {
                course.off = Off::Early;
            }
        }
        let field = self.courses.list[at].field;
        self.courses.list[at].off = Off::Last;
        self.courses.list[at].short = (self.need(field) - rate).max(1);
        self.set_wanting(true);
        self.open_to(field, 0);
        true
    }

    /// Opens those again that were turned off while others were on; whether there are any.
    fn open_again(&mut self) -> bool {
        let mut is_any = false;
        for course in &mut self.courses.list {
            is_any |= course.off == Off::Early;
            course.off = match course.off {
                Off::Early | Off::No => Off::No,
                Off::Last | Off::Surely => Off::Surely,
            };
        }
        is_any
    }
}

/// Whether one fraction is less than another.
fn is_less(one: (i64, i64), other: (i64, i64)) -> bool {
    i128::from(one.0) * i128::from(other.1) < i128::from(other.0) * i128::from(one.1)
}
