//! When disruptions begin.

use super::common::{NOTE, SOURCE};
use super::grammar::Need::{Default, Required};
use super::grammar::Shape::{
    Instant, List, Quantified, Quantity, Share, Table, Text, TimeLaw, Words,
};
use super::grammar::{Spec, key};
use crate::scenario::quantity::Dimension::{Frequency, Time};

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
            "campaign",
            Table(&CAMPAIGN),
            Default("–"),
            "In clusters: each event brings about others.",
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
            "decisions",
            Table(&DECISIONS),
            Default("–"),
            "While a permission is away, which is decided upon on given dates.",
        ),
        key(
            "after",
            Table(&AFTER),
            Default("–"),
            "As a consequence of another hazard.",
        ),
        key(
            "log",
            Text,
            Default("–"),
            "As recorded in a CSV file beside the scenario.",
        ),
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
        "Events per time, before season and regime.",
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

pub(in crate::scenario) static CAMPAIGN: Spec = Spec {
    name: "campaign",
    doc: "In clusters: first events come at random, and every event brings about others.",
    keys: &[
        key(
            "rate",
            Quantity(Frequency),
            Required,
            "First events of clusters per time, before season and regime.",
        ),
        key(
            "branching",
            Quantified,
            Required,
            "Mean number of events that one event brings about directly; below 1.",
        ),
        key(
            "memory",
            Quantity(Time),
            Required,
            "Time in which the excitement that an event leaves behind halves.",
        ),
        key(
            "history",
            List(&Instant, None),
            Default("none"),
            "Events before the start, which may still bring about others.",
        ),
    ],
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

pub(in crate::scenario) static DECISIONS: Spec = Spec {
    name: "decisions",
    doc: "A permission that is decided upon on given dates: `dates`, or `every` and `first`.",
    keys: &[
        key(
            "dates",
            List(&Instant, None),
            Default("–"),
            "When decisions are taken.",
        ),
        key(
            "every",
            Quantity(Time),
            Default("–"),
            "Time from one decision to the next, in place of `dates`.",
        ),
        key(
            "first",
            Instant,
            Default("the scenario's start"),
            "With `every`: the first decision.",
        ),
        key(
            "renewed",
            Share,
            Required,
            "Chance that a permission is renewed.",
        ),
        key(
            "reopened",
            Share,
            Default("0"),
            "Chance that a permission that was refused is granted again.",
        ),
        key(
            "state",
            Words(&["open", "closed"]),
            Default("\"open\""),
            "Whether there is a permission before the first decision.",
        ),
    ],
};

pub(in crate::scenario) static AFTER: Spec = Spec {
    name: "after",
    doc: "As a consequence of another hazard.",
    keys: &[
        key(
            "hazard",
            Text,
            Required,
            "Id of the hazard that is the cause.",
        ),
        key(
            "chance",
            Share,
            Default("1"),
            "Chance that one of its events brings this one about.",
        ),
        key(
            "lasts",
            Words(&["own", "as-cause"]),
            Default("\"own\""),
            "Whether it lasts its own `duration`, or until its cause is over and its `duration` longer.",
        ),
    ],
};
