//! Strategies, studies and stress cases.

use super::common::{NOTE, SOURCE};
use super::grammar::Need::{Default, Required};
use super::grammar::Shape::{Instant, List, Quantity, Share, Strings, Table, Text};
use super::grammar::{Spec, key};
use crate::scenario::quantity::Dimension::{Money, Time};

/// A strategy file: its header, and patches of the scenario's tables.
pub(in crate::scenario) static STRATEGY: Spec = Spec {
    name: "strategy",
    doc: "What we could do about it, and what that costs.",
    keys: &[
        key("name", Text, Default("the id"), "Name of the strategy."),
        key("about", Text, Default("empty"), "What it does."),
        key("capex", Quantity(Money), Default("none"), "Investment."),
        key(
            "opex",
            Quantity(Money),
            Default("none"),
            "Running cost a year.",
        ),
        key(
            "lifetime",
            Quantity(Time),
            Default("none"),
            "How long the investment lasts.",
        ),
        key("discount", Share, Default("none"), "Discount rate a year."),
        key(
            "lead_time",
            Quantity(Time),
            Default("none"),
            "Time from the decision until it works; the investment is spent evenly over it and bears interest.",
        ),
        key(
            "available",
            Instant,
            Default("the scenario's start"),
            "The patch holds from this instant on.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static STUDY_FILE: Spec = Spec {
    name: "study file",
    doc: "A base, strategies and stress cases that belong together.",
    keys: &[key("study", Table(&STUDY), Required, "The study.")],
};

pub(in crate::scenario) static STUDY: Spec = Spec {
    name: "study",
    doc: "A base, strategies and stress cases that belong together.",
    keys: &[
        key("name", Text, Required, "Name of the study."),
        key("about", Text, Default("empty"), "What it shows."),
        key(
            "base",
            Text,
            Required,
            "The scenario file, beside the study.",
        ),
        key(
            "strategies",
            Strings,
            Default("none"),
            "Strategy files; `*` stands for any part of a file name.",
        ),
        key(
            "stress",
            Strings,
            Default("none"),
            "Stress case files, likewise.",
        ),
        key(
            "budget",
            Quantity(Money),
            Default("none"),
            "What the strategies may cost together.",
        ),
        NOTE,
    ],
};

pub(in crate::scenario) static STRESS_FILE: Spec = Spec {
    name: "stress file",
    doc: "Exactly given disruptions.",
    keys: &[key("stress", Table(&STRESS), Required, "The stress case.")],
};

pub(in crate::scenario) static STRESS: Spec = Spec {
    name: "stress",
    doc: "Exactly given disruptions.",
    keys: &[
        key("name", Text, Required, "Name of the case."),
        key("about", Text, Default("empty"), "What it shows."),
        key(
            "close",
            List(&Table(&CLOSE), None),
            Required,
            "The closures, one table each.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static CLOSE: Spec = Spec {
    name: "close",
    doc: "A closure.",
    keys: &[
        key("target", Strings, Required, "Ids of what is closed."),
        key("from", Instant, Required, "When it begins."),
        key("for", Quantity(Time), Required, "How long it lasts."),
        key(
            "left",
            Share,
            Default("0"),
            "Share of capacity left meanwhile.",
        ),
        SOURCE,
        NOTE,
    ],
};
