//! What may go wrong: when it occurs × how long it lasts × how much is left × whom it hits.

use crate::units::{Fraction, Seconds};

use super::Law;

/// An element of the network that a hazard can hit, by its index in the model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Element {
    /// A field: its plan is scaled.
    Field(usize),
    /// A hub: its throughput is scaled.
    Hub(usize),
    /// A market: its demand is scaled.
    Market(usize),
    /// A link: its capacity is scaled, in both directions.
    Link(usize),
}

/// One thing that a hazard hits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The element.
    pub element: Element,
    /// One of several identical units, counted from 0, if the element has units.
    pub unit: Option<usize>,
    /// Its qualified id, `link.spm#2`: the name of its random stream.
    pub key: String,
}

/// How events choose among the targets.
#[derive(Clone, Debug, PartialEq)]
pub enum Scope {
    /// An independent process for each target.
    Each,
    /// One process that hits all targets, each with this chance.
    All {
        /// Chance that an event hits a given target.
        chance: Fraction,
    },
    /// One process; each event picks this many targets.
    Some {
        /// How many.
        count: usize,
        /// Weight of each target, in the order of the targets; equal if empty.
        weights: Vec<f64>,
    },
}

/// When events occur.
#[derive(Clone, Debug, PartialEq)]
pub enum Occurs {
    /// At random with a rate, in events a day.
    Poisson {
        /// Events a day, before the season.
        rate_per_day: f64,
    },
    /// Up-times alternate with durations; the clock runs only while up.
    Renewal {
        /// Up-time, in days.
        up: Law,
    },
    /// At these instants.
    Dates(Vec<Seconds>),
    /// At most once, at a uniform instant between two.
    Once {
        /// Chance that it happens at all.
        probability: Fraction,
        /// Earliest.
        from: Seconds,
        /// Latest.
        until: Seconds,
    },
    /// Again and again.
    Every {
        /// Time from one event to the next.
        period: Seconds,
        /// The first.
        first: Seconds,
    },
    /// As recorded.
    Log(Vec<LogEvent>),
}

/// One recorded outage.
#[derive(Clone, Debug, PartialEq)]
pub struct LogEvent {
    /// Index among the hazard's targets.
    pub target: usize,
    /// When it begins.
    pub start: Seconds,
    /// When it ends.
    pub end: Seconds,
    /// Share of capacity left.
    pub left: Fraction,
}

/// What becomes of an event that begins while an earlier one of the same process lasts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overlap {
    /// It does not happen.
    Ignore,
    /// Both run; down while any is active.
    Union,
    /// It waits for the earlier one's end.
    Queue,
}

/// The state of a renewal process at the scenario's start.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// Up, as good as new.
    Up,
    /// As after a long time.
    Stationary,
    /// Down since some time.
    Down {
        /// Time since it went down.
        age: Seconds,
    },
}

/// A process that disrupts.
#[derive(Clone, Debug, PartialEq)]
pub struct Hazard {
    /// Id.
    pub id: String,
    /// Name for people; the id if the file gives none.
    pub name: String,
    /// Class: technical, weather, attack, …
    pub class: String,
    /// What it hits, sorted by key.
    pub targets: Vec<Target>,
    /// How events choose among the targets.
    pub scope: Scope,
    /// When events occur.
    pub occurs: Occurs,
    /// How long a disruption lasts, in days. Ignored by [`Occurs::Log`].
    pub duration: Law,
    /// Share of capacity left meanwhile. Ignored by [`Occurs::Log`].
    pub left: Law,
    /// Weights of the rate by calendar month, January first.
    pub season: Option<[f64; 12]>,
    /// Overlap rule.
    pub overlap: Overlap,
    /// State at the start, for renewal.
    pub start: Start,
    /// Events that begin before this instant do not happen.
    pub from: Seconds,
    /// Events that begin at or after this instant do not happen.
    pub until: Seconds,
}
