//! What may go wrong.

use super::common::{NAME, NOTE, SOURCE};
use super::grammar::Need::{Default, Later, Required};
use super::grammar::Shape::{
    Anything, Count, Either, Instant, List, Number, OneOf, Quantity, Share, ShareLaw, Strings,
    Table, Text, TimeLaw, Words,
};
use super::grammar::{Spec, key};
use crate::scenario::quantity::Dimension::{Frequency, Time};

pub(in crate::scenario) static HAZARD: Spec = Spec {
    name: "hazard.ID",
    doc: "What may go wrong: when × how long × how much is left × whom it hits.",
    keys: &[
        NAME,
        key(
            "class",
            Words(&[
                "technical",
                "weather",
                "attack",
                "politics",
                "legal",
                "quality",
                "maintenance",
                "market",
            ]),
            Default("\"technical\""),
            "Kind of hazard, for results.",
        ),
        key(
            "hits",
            Either(&[Strings, Table(&SELECTOR)]),
            Required,
            "Ids of elements, or a table that selects them.",
        ),
        key(
            "scope",
            Either(&[Words(&["each", "all", "one"]), Table(&SOME)]),
            Default("\"each\""),
            "A process for each target; or one process that hits all, one or some of them.",
        ),
        key(
            "chance",
            Share,
            Default("1"),
            "With scope \"all\": chance that an event hits a given target.",
        ),
        key(
            "weights",
            List(&Number, None),
            Default("equal"),
            "With scope \"one\" or some: how often each of `hits` is picked, relative to the others.",
        ),
        key(
            "occurs",
            OneOf(&OCCURS),
            Required,
            "When disruptions begin.",
        ),
        key(
            "duration",
            TimeLaw,
            Default("required, except for a log"),
            "How long a disruption lasts.",
        ),
        key(
            "left",
            ShareLaw,
            Default("0"),
            "Share of capacity left meanwhile.",
        ),
        key(
            "season",
            List(&Number, Some(12)),
            Default("none"),
            "Weights that multiply the rate in each calendar month, January first.",
        ),
        key(
            "overlap",
            Words(&["ignore", "union", "queue"]),
            Default("\"union\"; \"ignore\" for a renewal"),
            "What becomes of an event that begins while an earlier one of the same process lasts.",
        ),
        key(
            "start",
            Either(&[Words(&["up", "stationary"]), Table(&START)]),
            Default("\"up\""),
            "State of a renewal process at the start of the scenario.",
        ),
        key(
            "regime",
            Anything,
            Later,
            "Multipliers of the rate by regime.",
        ),
        key("crew", Anything, Later, "Repair crew."),
        key("spares", Anything, Later, "Spare parts."),
        key("mobilisation", Anything, Later, "Time until repair begins."),
        key("windows", Anything, Later, "Weather windows for repair."),
        key("triggers", Anything, Later, "Cascades."),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static SELECTOR: Spec = Spec {
    name: "hits",
    doc: "Selects all elements that match everything given.",
    keys: &[
        key(
            "kind",
            Words(&["field", "hub", "market", "link"]),
            Default("any"),
            "Kind of element.",
        ),
        key(
            "jurisdiction",
            Text,
            Default("any"),
            "One of its jurisdictions.",
        ),
        key(
            "mode",
            Words(&["pipeline", "tanker", "rail", "sea", "loading"]),
            Default("any"),
            "Mode of a link.",
        ),
        key("operator", Text, Default("any"), "Operator of a link."),
        key(
            "role",
            Words(&["pump-station", "terminal", "port", "border", "junction"]),
            Default("any"),
            "Role of a hub.",
        ),
        key(
            "country",
            Text,
            Default("any"),
            "Country of a field, hub or market.",
        ),
        NOTE,
    ],
};

pub(in crate::scenario) static SOME: Spec = Spec {
    name: "scope",
    doc: "Each event picks that many targets.",
    keys: &[key(
        "some",
        Count,
        Required,
        "How many targets an event hits, at least 1.",
    )],
};

pub(in crate::scenario) static START: Spec = Spec {
    name: "start",
    doc: "A state at the start of the scenario.",
    keys: &[key("down", Table(&DOWN), Required, "Down since some time.")],
};

pub(in crate::scenario) static DOWN: Spec = Spec {
    name: "down",
    doc: "Down since some time.",
    keys: &[key(
        "age",
        Quantity(Time),
        Required,
        "Time since it went down.",
    )],
};

pub(in crate::scenario) static OCCURS: Spec = Spec {
    name: "occurs",
    doc: "When disruptions begin: exactly one of these.",
    keys: &[
        key(
            "poisson",
            Table(&POISSON),
            Default("–"),
            "At random with a rate.",
        ),
        key(
            "renewal",
            Table(&RENEWAL),
            Default("–"),
            "Up-times alternate with durations.",
        ),
        key(
            "dates",
            List(&Instant, None),
            Default("–"),
            "At these instants.",
        ),
        key(
            "once",
            Table(&ONCE),
            Default("–"),
            "At most once, at some instant of a window.",
        ),
        key("every", Table(&EVERY), Default("–"), "Again and again."),
        key(
            "log",
            Text,
            Default("–"),
            "As recorded in a CSV file beside the scenario.",
        ),
        key("campaign", Anything, Later, "Self-exciting events."),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static POISSON: Spec = Spec {
    name: "poisson",
    doc: "At random with a rate.",
    keys: &[key(
        "rate",
        Quantity(Frequency),
        Required,
        "Events per time, before the season.",
    )],
};

pub(in crate::scenario) static RENEWAL: Spec = Spec {
    name: "renewal",
    doc: "Up-times alternate with durations; the clock runs only while the target is up.",
    keys: &[key(
        "up",
        TimeLaw,
        Required,
        "Time from a restoration to the next disruption.",
    )],
};

pub(in crate::scenario) static ONCE: Spec = Spec {
    name: "once",
    doc: "At most once, uniformly within a window.",
    keys: &[
        key(
            "probability",
            Share,
            Default("1"),
            "Chance that it happens at all.",
        ),
        key("from", Instant, Required, "Earliest instant."),
        key(
            "until",
            Instant,
            Required,
            "Latest instant, after the earliest.",
        ),
    ],
};

pub(in crate::scenario) static EVERY: Spec = Spec {
    name: "every",
    doc: "Again and again.",
    keys: &[
        key(
            "period",
            Quantity(Time),
            Required,
            "Time from one beginning to the next, at least 1 s.",
        ),
        key(
            "first",
            Instant,
            Default("the scenario's start"),
            "The first beginning.",
        ),
    ],
};
