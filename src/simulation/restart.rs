//! Fields that stop, wait, ramp up and are damaged.
//!
//! Whenever a field produces less than it may, its level falls to what it produces, and from there
//! it rises along its curve in steps of at most six hours, each with the exact mean of the curve.
//! What is decided at an instant is a function of what held before it, so that it may be decided
//! again and again ([`State::settle`]); it is written down once flows are final.

use crate::model::{Dynamics, Restart};
use crate::network::{NO_ARC, UNLIMITED};
use crate::units::{Seconds, round_half_even};

use super::fields::Cause;
use super::state::State;
use super::stops::Stops;
use super::trials::{LEAST_RUN, Off};

/// Longest step of a ramp, seconds: a quarter of a day.
const STEP: i64 = 21_600;

/// The shortest time after which it is looked again whether tanks have made room, seconds.
const LOOK: i64 = 60;

/// All that fields remember.
#[derive(Clone, Debug, Default)]
pub(super) struct Courses {
    /// Fields that do not simply return at once and unharmed, in order of id.
    pub(super) list: Vec<Course>,
    /// What damage has left of each field.
    pub(super) left: Vec<f64>,
    /// Stops of each field.
    pub(super) stops: Vec<Stops>,
    /// Fields whose step or dead time ends now.
    pub(super) stepped: Vec<usize>,
}

/// A field that has ramps, a least rate or damage.
#[derive(Clone, Copy, Debug)]
pub(super) struct Course {
    pub(super) field: usize,
    has_memory: bool,
    /// What holds since flows were last final, and what would hold from now on.
    pub(super) stage: Stage,
    pub(super) next: Stage,
    /// Turned off now because too little has a way out.
    pub(super) off: Off,
    /// On trial now alone, and even so too little had a way out.
    pub(super) is_hopeless: bool,
    /// How much less than it needs has a way out while it stands still, b/d.
    pub(super) short: i64,
}

/// How far a field has come back.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Stage {
    /// Nothing keeps it from its plan.
    Full,
    /// Below its plan, and may rise.
    Rising(Rise),
    /// At zero, without a way out for what it needs to run.
    Stopped,
    /// At zero with a way out, until its dead time is over.
    Waiting(Seconds),
}

/// A step on the way up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Rise {
    /// Where on the curve it begins and ends, seconds after a restart from zero.
    from: i64,
    to: i64,
    /// When it ends; `None` if it has not begun.
    until: Option<Seconds>,
    /// What the field produces if that is less than the step allows, b/d.
    held: Option<i64>,
}

impl State<'_> {
    /// Lays out what is remembered of each field.
    pub(super) fn lay_out_courses(&mut self) {
        let network = &self.world.network;
        let fields = self.world.model.fields.iter().enumerate();
        let followed = fields.filter(|(field, spec)| {
            let has_exit = network.problem.carrier[network.source_of[*field]] != NO_ARC;
            has_exit && !spec.dynamics.is_plain()
        });
        let has_tanks = !network.tanks.is_empty();
        let course = |(field, spec): (usize, &crate::model::Field)| Course {
            field,
            // Beside tanks it counts that it stands still: what has room for a second is no way out.
            has_memory: spec.dynamics.has_memory() || (has_tanks && spec.dynamics.min_stable.0 > 0),
            stage: Stage::Full,
            next: Stage::Full,
            off: Off::No,
            is_hopeless: false,
            short: 0,
        };
        let count = self.world.model.fields.len();
        self.courses = Courses {
            list: followed.map(course).collect(),
            left: vec![1.0; count],
            stops: vec![Stops::default(); count],
            stepped: Vec::with_capacity(count),
        };
    }

    /// All fields as at the start of the horizon. Those that were damaged are told by number, so
    /// that what they can produce is found again.
    pub(super) fn forget_courses(&mut self) {
        self.courses.stepped.clear();
        self.courses.stops.fill(Stops::default());
        for at in 0..self.courses.list.len() {
            let course = &mut self.courses.list[at];
            (course.stage, course.off) = (Stage::Full, Off::No);
            let field = course.field;
            self.fields[field].cause = Cause::default();
            self.courses.left[field] = 1.0;
            self.fields[field].sound = self.available[field];
            self.write_source(field);
            self.open_to(field, UNLIMITED);
        }
    }

    /// Steps that ramps could take within a time, about, and as many for each field that may be
    /// turned off and on again as a tank fills and drains.
    pub(super) fn most_steps(&self, within: Seconds) -> u64 {
        let list = self.courses.list.iter();
        let moves =
            |course: &&Course| course.has_memory || self.dynamics(course.field).min_stable.0 > 0;
        let rising = list.filter(moves).count() as u64;
        rising * (within.0.max(0) / STEP + 1) as u64
    }

    pub(super) fn dynamics(&self, field: usize) -> &Dynamics {
        &self.world.model.fields[field].dynamics
    }

    /// What damage leaves of a rate of a field.
    pub(super) fn after_damage(&self, field: usize, rate: i64) -> i64 {
        let left = self.courses.left[field];
        if left >= 1.0 {
            rate
        } else {
            round_half_even(rate as f64 * left)
        }
    }

    /// What a field produces that is back in full and that nothing disturbs.
    pub(super) fn full_rate(&self, field: usize) -> i64 {
        self.after_damage(field, self.nominal[field])
    }

    /// Sets how far the restart of a field lets it go.
    pub(super) fn open_to(&mut self, field: usize, ramp: i64) {
        if self.fields[field].ramp != ramp {
            self.fields[field].ramp = ramp;
            self.write_source(field);
        }
    }

    pub(super) fn set_cause(&mut self, field: usize, cause: Cause) {
        if self.fields[field].cause != cause {
            self.fields[field].cause = cause;
            self.fields_moved = true;
        }
    }

    /// What keeps a field that produces `rate` from producing more, its ramp apart.
    pub(super) fn blocker(&self, field: usize, rate: i64) -> Cause {
        let limits = &self.fields[field];
        if rate >= limits.sound {
            Cause::FieldOutage
        } else if rate >= limits.quota {
            Cause::Quota
        } else {
            Cause::ShutIn
        }
    }

    /// Opens all fields to what they could produce once they have come back.
    pub(super) fn lift_ramps(&mut self) {
        for at in 0..self.courses.list.len() {
            self.open_to(self.courses.list[at].field, UNLIMITED);
        }
    }

    /// Offers each field what its ramp allows from now on. Whether one that stands still could
    /// begin to produce: then it is open to all it could, and [`Self::admit_restarts`] is due
    /// after a solve.
    pub(super) fn offer_ramps(&mut self) -> bool {
        let mut may_begin = false;
        for at in 0..self.courses.list.len() {
            let course = self.courses.list[at];
            let field = course.field;
            self.courses.list[at].is_hopeless = false;
            let (ramp, next) = match course.stage {
                _ if course.off.is_off() => (0, Stage::Stopped),
                Stage::Full => (UNLIMITED, Stage::Full),
                Stage::Rising(rise) => self.offer(field, rise),
                Stage::Stopped | Stage::Waiting(_) if self.fields[field].sound > 0 => {
                    may_begin = true;
                    (UNLIMITED, Stage::Stopped)
                }
                Stage::Stopped | Stage::Waiting(_) => {
                    self.set_cause(field, Cause::FieldOutage);
                    (0, Stage::Stopped)
                }
            };
            self.open_to(field, ramp);
            self.courses.list[at].next = next;
        }
        may_begin
    }

    /// The next step of a field on its way up, or the one that it is in.
    pub(super) fn offer(&self, field: usize, rise: Rise) -> (i64, Stage) {
        let rate = self.full_rate(field);
        let Some(curve) = &self.dynamics(field).restart else {
            return (UNLIMITED, Stage::Full);
        };
        let mut step = match (rise.until, rise.held) {
            (_, Some(held)) => self.next_step(field, curve, joined(curve, held, rate)),
            (Some(until), None) if self.now < until => rise,
            (Some(_), None) => self.next_step(field, curve, rise.to),
            (None, None) => self.next_step(field, curve, rise.from),
        };
        step.held = None;
        let mean = curve.mean(step.from as f64, step.to as f64);
        let ramp = round_half_even(rate as f64 * mean).clamp(0, rate);
        (ramp, Stage::Rising(step))
    }

    /// A step from a place on the curve: until all that the field can produce is reached, at
    /// most as long as steps are.
    fn next_step(&self, field: usize, curve: &Restart, from: i64) -> Rise {
        let rate = self.full_rate(field);
        let sound = self.fields[field].sound;
        let full = whole(curve, rate);
        let outage = if sound < rate {
            curve.reach(sound as f64 / rate as f64)
        } else {
            full
        };
        // Places are whole seconds: what is a second away is here.
        let end = |at: f64| Some(at.ceil() as i64).filter(|&at| at > from + 1);
        let cut = [end(outage), end(full)].into_iter().flatten().min();
        let to = cut.unwrap_or(i64::MAX).min(from + STEP);
        Rise {
            from,
            to,
            until: Some(self.now + Seconds(to - from)),
            held: None,
        }
    }

    /// Takes from fields that produce again what their stop has destroyed; whether any.
    pub(super) fn end_stops(&mut self) -> bool {
        let mut changed = false;
        for at in 0..self.courses.list.len() {
            let field = self.courses.list[at].field;
            let stop = self.courses.stops[field];
            let (Some(damage), Some(since)) = (self.dynamics(field).damage, stop.since) else {
                continue;
            };
            if since >= self.now || self.produced(field) == 0 {
                continue;
            }
            self.courses.stops[field].note_length(self.now);
            self.courses.stops[field].end();
            let left = damage.left(self.now - since);
            if left < 1.0 {
                self.known_needs.forget();
                self.courses.left[field] *= left;
                self.fields[field].sound = self.after_damage(field, self.left_for_us(field));
                self.write_source(field);
                changed = true;
            }
        }
        changed
    }

    /// Writes down what the flows, now final, make of each field.
    pub(super) fn follow_courses(&mut self) {
        let flows = self.allocator.flows();
        let fields = self.world.source_carriers.iter().zip(&self.nominal);
        for (stops, (&carrier, &planned)) in self.courses.stops.iter_mut().zip(fields) {
            if carrier != NO_ARC && flows[carrier] > 0 {
                if stops.since.is_some() {
                    stops.note_length(self.now);
                    stops.end();
                }
            } else if planned > 0 {
                // Time in which nothing is planned is no stop.
                stops.begin(self.now);
            }
        }
        for at in 0..self.courses.list.len() {
            let course = self.courses.list[at];
            if course.has_memory {
                let stage = self.followed(&course);
                if stage == Stage::Stopped && course.next != Stage::Stopped {
                    self.courses.list[at].short = self.need(course.field);
                    self.set_wanting(true);
                }
                self.courses.list[at].stage = stage;
            }
            if course.off.is_off() {
                let rate = self.need(course.field) - course.short;
                self.set_cause(course.field, self.blocker(course.field, rate));
            }
            self.courses.list[at].off = Off::No;
        }
    }

    fn followed(&mut self, course: &Course) -> Stage {
        let field = course.field;
        let rate = self.produced(field);
        let full = self.full_rate(field);
        let (sound, ramp) = (self.fields[field].sound, self.fields[field].ramp);
        match course.next {
            Stage::Stopped | Stage::Waiting(_) => course.next,
            // Where nothing is planned, nothing is learnt.
            _ if full == 0 => course.stage,
            _ if rate >= full => Stage::Full,
            Stage::Rising(step) if sound > 0 && rate >= ramp => Stage::Rising(step),
            _ => {
                self.set_cause(field, self.blocker(field, rate));
                let Some(curve) = self.dynamics(field).restart.as_ref() else {
                    return if rate == 0 {
                        Stage::Stopped
                    } else {
                        Stage::Full
                    };
                };
                if rate == 0 {
                    return Stage::Stopped;
                }
                // It rises from there once it is let, so that it does not matter when it is looked at meanwhile.
                Stage::Rising(Rise {
                    held: Some(rate),
                    ..Rise::at(joined(curve, rate, full))
                })
            }
        }
    }

    /// Seconds until the next step of a ramp or the end of a dead time, at most `most`.
    pub(super) fn seconds_to_step(&self, most: i64) -> i64 {
        let mut least = most;
        for course in &self.courses.list {
            if let Some(until) = course.stage.until().filter(|&until| until > self.now) {
                least = least.min((until - self.now).0);
            }
        }
        least
    }

    /// Seconds until tanks that empty may have made enough room for a field that stands still.
    pub(super) fn seconds_to_trial(&self) -> i64 {
        let waits = |course: &&Course| {
            let is_sound = self.fields[course.field].sound > 0;
            course.stage == Stage::Stopped && course.short > 0 && is_sound
        };
        let waiting = self.courses.list.iter().filter(waits);
        let Some(short) = waiting.map(|course| course.short).min() else {
            return i64::MAX;
        };
        let wanting = self.tanks.iter().filter(|tank| tank.is_wanting);
        let room: i64 = wanting.map(|tank| -tank.net.min(0)).sum();
        let wanting = self.parts.iter().filter(|part| part.is_wanting);
        let stock: i64 = wanting.map(|part| part.net.max(0)).sum();
        let gained = room + stock;
        if gained == 0 {
            return i64::MAX;
        }
        let room = i128::from(short) * i128::from(LEAST_RUN);
        let time = (room + i128::from(gained) - 1) / i128::from(gained);
        (time.min(i128::from(i64::MAX)) as i64).max(LOOK)
    }

    /// Notes which fields take a step now that time has passed.
    pub(super) fn note_steps(&mut self) {
        self.courses.stepped.clear();
        for at in 0..self.courses.list.len() {
            if self.courses.list[at].stage.until() == Some(self.now) {
                self.courses.stepped.push(self.courses.list[at].field);
            }
        }
        if !self.courses.stepped.is_empty() {
            self.unmerge_tanks();
        }
    }
}

impl Rise {
    /// About to rise from a place on the curve.
    pub(super) fn at(from: i64) -> Self {
        Self {
            from,
            to: from,
            until: None,
            held: None,
        }
    }
}

impl Course {
    /// Whether its dead time runs.
    pub(super) fn waits(&self) -> bool {
        matches!(self.stage, Stage::Waiting(_))
    }
}

impl Stage {
    /// When something is due that is nobody else's event. A field held back waits for one.
    fn until(&self) -> Option<Seconds> {
        match self {
            Self::Rising(rise) => rise.until,
            Self::Waiting(until) => Some(*until),
            Self::Full | Self::Stopped => None,
        }
    }
}

/// When a field is back at `full`, seconds after a restart. A curve that never ends is at its end
/// when it rounds to it.
fn whole(curve: &Restart, full: i64) -> f64 {
    match curve {
        Restart::Exponential(_) => curve.reach(1.0 - 0.5 / full.max(1) as f64),
        _ => curve.reach(1.0),
    }
}

/// Where a field that produces `rate` joins its curve to `full`, seconds after a restart. A plan
/// that falls meanwhile leaves it with as much as all or more: it joins at the end.
fn joined(curve: &Restart, rate: i64, full: i64) -> i64 {
    let at = curve.reach(rate as f64 / full.max(1) as f64);
    round_half_even(at.min(whole(curve, full)))
}
