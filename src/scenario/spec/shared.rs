//! What hazards share: regimes, repair crews, services.

use super::common::{NAME, NOTE, SOURCE};
use super::grammar::Need::{Default, Required};
use super::grammar::Shape::{ById, Count, List, Quantity, Share, Table, Text};
use super::grammar::{Spec, key};
use crate::scenario::quantity::Dimension::Frequency;

pub(in crate::scenario) static REGIME: Spec = Spec {
    name: "regime.ID",
    doc: "A state of the world that multiplies the rates of hazards: war, ceasefire.",
    keys: &[
        NAME,
        key(
            "initial",
            Share,
            Default("0"),
            "Probability at the start; over all regimes they add up to 1.",
        ),
        key(
            "to",
            ById("regime", &Quantity(Frequency)),
            Default("it lasts"),
            "Regimes that may follow it, each with the rate of that switch.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static CREW: Spec = Spec {
    name: "crew.ID",
    doc: "Repair crews of one kind: first come, first served, one crew to a target.",
    keys: &[
        NAME,
        key("count", Count, Default("1"), "How many, from 1 to 1000."),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static SERVICE: Spec = Spec {
    name: "service.ID",
    doc: "Something that carries no oil and that elements depend on: a power plant, a gas plant.",
    keys: &[
        NAME,
        key(
            "feeds",
            List(&Table(&FEED), None),
            Required,
            "What depends on it, one table each.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static FEED: Spec = Spec {
    name: "feeds",
    doc: "An element that depends on a service.",
    keys: &[
        key(
            "target",
            Text,
            Required,
            "Id of an element or of one of its units; without `#` all its units depend on it.",
        ),
        key(
            "loss",
            Share,
            Default("1"),
            "Share of the service's loss that reaches it.",
        ),
        SOURCE,
        NOTE,
    ],
};
