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
    /// The tank of a hub: its usable volume is scaled. What it holds stays in it.
    Tank(usize),
}

/// One thing that a hazard hits: an element, one of its units, or a service on which several
/// elements depend.
#[derive(Clone, Debug, PartialEq)]
pub struct Target {
    /// What it takes down; one part unless it is a service.
    pub parts: Vec<Part>,
    /// Its qualified id, `link.spm#2`: the name of its random stream.
    pub key: String,
}

/// What a target takes down.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    /// The element.
    pub element: Element,
    /// One of several parallel units, counted from 0, if the element has units.
    pub unit: Option<usize>,
    /// Share of the target's loss that reaches the element: of a service left at `x`, a part
    /// with this loss keeps `1 − loss · (1 − x)`. 1 for an element itself.
    pub loss: Fraction,
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
        /// Events a day, before season and regime.
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
    /// In clusters: immigrants come at random with a rate, and every event brings about others
    /// (self-exciting, a Hawkes process with an exponential kernel).
    Campaign {
        /// Immigrants a day, before season and regime.
        rate_per_day: f64,
        /// Mean number of events that one event brings about directly, below 1.
        branching: f64,
        /// Time in which the excitement of an event halves, days.
        half_life_days: f64,
        /// Events before the start, which may still bring about others; negative.
        history: Vec<Seconds>,
    },
    /// A permission that is decided upon at given instants: it is away from a refusal to the next
    /// decision that grants it again. The duration is not used.
    Decisions {
        /// In order of time.
        decisions: Vec<Decision>,
        /// Whether there is a permission before the first decision.
        is_open: bool,
    },
    /// As a consequence of events of another hazard.
    After {
        /// Id of the other hazard.
        hazard: String,
        /// Chance that one of its events brings this one about.
        chance: Fraction,
        /// Whether it lasts until the cause is over, and its own duration longer.
        lasts_with_cause: bool,
    },
    /// As recorded, after the overlap rule.
    Log(Vec<LogEvent>),
}

/// A decision on a permission.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Decision {
    /// When it is taken.
    pub time: Seconds,
    /// Chance that a permission is renewed.
    pub renewed: Fraction,
    /// Chance that a refused one is granted again.
    pub reopened: Fraction,
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

/// A part of a disruption that follows on its first: an outage that ends by degrees, a time in
/// which customers stay away.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    /// How long it lasts, in days.
    pub duration: Law,
    /// Share of capacity left meanwhile.
    pub left: Law,
}

/// An early end: an order that is lifted on appeal.
#[derive(Clone, Debug, PartialEq)]
pub struct Reversal {
    /// Chance that it comes.
    pub chance: Fraction,
    /// When, in days after the disruption began.
    pub after: Law,
}

/// What a repair needs besides its own duration.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Repair {
    /// Id of the crews that do it, first come, first served, one crew per target.
    pub crew: Option<String>,
    /// Time until a crew that is free begins to work, in days.
    pub mobilisation: Option<Law>,
    /// Spare parts, waited for while the crew mobilises.
    pub spares: Option<Spares>,
    /// Ids of hazards during whose disruptions the work stands still.
    pub stops_for: Vec<String>,
}

impl Repair {
    /// Whether a repair takes its own duration and nothing else.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

/// A stock of spare parts: each repair takes one, and orders another.
#[derive(Clone, Debug, PartialEq)]
pub struct Spares {
    /// Parts in stock when all are there.
    pub stock: usize,
    /// Time from order to arrival, in days.
    pub lead: Law,
}

/// Planned work that waits for a good moment and can be called off.
#[derive(Clone, Debug, PartialEq)]
pub struct Floating {
    /// It does not happen if it would begin later than this after its planned date.
    pub within: Seconds,
    /// Ids of hazards: it does not begin while one of them disrupts something else.
    pub unless: Vec<String>,
    /// Once one of them does, the work is over this much later; absent: it goes on.
    pub recall: Option<Seconds>,
}

/// A regime that multiplies rates: war, ceasefire.
#[derive(Clone, Debug, PartialEq)]
pub struct Regime {
    /// Id.
    pub id: String,
    /// Name for people; the id if the file gives none.
    pub name: String,
    /// Probability at the start; they add up to 1 over all regimes.
    pub initial: Fraction,
    /// Regimes that may follow: index into [`super::Model::regimes`], switches a day.
    pub to: Vec<(usize, f64)>,
}

/// Repair crews of one kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Crew {
    /// Id.
    pub id: String,
    /// Name for people; the id if the file gives none.
    pub name: String,
    /// How many there are, at least 1.
    pub count: usize,
}

/// Something that carries no oil and that elements depend on: a power plant, a gas plant.
#[derive(Clone, Debug, PartialEq)]
pub struct Service {
    /// Id.
    pub id: String,
    /// Name for people; the id if the file gives none.
    pub name: String,
    /// What depends on it, and how much of it.
    pub feeds: Vec<Part>,
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
    /// Multipliers of the rate by regime, in the order of the model's regimes; empty if regimes
    /// do not matter.
    pub regime: Vec<f64>,
    /// Factors of the duration by the calendar month in which an event begins, January first.
    pub duration_season: Option<[f64; 12]>,
    /// Whether one duration is drawn for all targets that an event hits, or one for each.
    pub shared_duration: bool,
    /// Time from an event to its effect, in days: a detection lag, the delay of a consequence.
    pub delay: Option<Law>,
    /// What follows on the first part of a disruption.
    pub stages: Vec<Stage>,
    /// An early end.
    pub reversal: Option<Reversal>,
    /// Share of events that come to nothing.
    pub averted: Fraction,
    /// What a repair needs.
    pub repair: Repair,
    /// How long before each of its disruptions tanks prepare for it.
    pub announced: Option<Seconds>,
    /// For planned work that waits for a good moment.
    pub floating: Option<Floating>,
    /// Overlap rule.
    pub overlap: Overlap,
    /// State at the start, for renewal.
    pub start: Start,
    /// Events that begin before this instant do not happen.
    pub from: Seconds,
    /// Events that begin at or after this instant do not happen.
    pub until: Seconds,
}

impl Hazard {
    /// A hazard with nothing special about it: each target for itself, no season, no regime,
    /// overlapping events united, repairs that take their duration, over all of `horizon`.
    #[must_use]
    pub fn plain(
        id: String,
        targets: Vec<Target>,
        occurs: Occurs,
        [duration, left]: [Law; 2],
        horizon: Seconds,
    ) -> Self {
        Self {
            name: id.clone(),
            id,
            class: "technical".to_owned(),
            targets,
            scope: Scope::Each,
            occurs,
            duration,
            left,
            season: None,
            regime: Vec::new(),
            duration_season: None,
            shared_duration: true,
            delay: None,
            stages: Vec::new(),
            reversal: None,
            averted: Fraction::ZERO,
            repair: Repair::default(),
            announced: None,
            floating: None,
            overlap: Overlap::Union,
            start: Start::Up,
            from: Seconds::ZERO,
            until: horizon,
        }
    }
}
