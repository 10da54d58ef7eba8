//! Strategies, studies and stress cases.

use super::common::{NOTE, SOURCE};
use super::grammar::Need::{Default, Required};
use super::grammar::Shape::{
    Count, Elements, Instant, List, Quantity, Share, Strings, Table, Text, Words,
};
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
            "What the strategies of a portfolio may cost together a year: investments as equal payments, and running cost.",
        ),
        key(
            "capex_budget",
            Quantity(Money),
            Default("none"),
            "What they may cost together to build.",
        ),
        key(
            "capex_per_year",
            Quantity(Money),
            Default("none"),
            "What may be spent on building within a year, each strategy evenly over its lead time and all begun at once.",
        ),
        key(
            "at_most",
            Count,
            Default("no limit"),
            "Strategies in a portfolio at most.",
        ),
        key(
            "exclusive",
            List(&List(&Text, None), None),
            Default("none"),
            "Arrays of strategies of which a portfolio has one at most.",
        ),
        key(
            "requires",
            List(&List(&Text, None), None),
            Default("none"),
            "Arrays of strategies of which the first needs all others.",
        ),
        key(
            "overlaps",
            Words(&["exclusive", "later"]),
            Default("`\"exclusive\"`"),
            "What becomes of strategies that give one key different values: never together, or the later in the list wins.",
        ),
        key(
            "axis",
            Elements(&AXIS),
            Default("none"),
            "What nobody can put a probability on, by id.",
        ),
        NOTE,
    ],
};

pub(in crate::scenario) static AXIS: Spec = Spec {
    name: "axis.ID",
    doc: "A question whose answer has no probability: how long a war lasts, whether a neighbour consents.",
    keys: &[
        key("name", Text, Default("the id"), "Name of the axis."),
        key("about", Text, Default("empty"), "What is not known."),
        key(
            "case",
            Elements(&AXIS_CASE),
            Required,
            "The answers that there may be, by id.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static AXIS_CASE: Spec = Spec {
    name: "case.ID",
    doc: "One answer: what it changes in the scenario. A case that changes nothing is the scenario as it is.",
    keys: &[
        key("name", Text, Default("the id"), "Name of the case."),
        key("about", Text, Default("empty"), "What it means."),
        key(
            "set",
            Strings,
            Default("none"),
            "Settings as `--set` takes them, applied last.",
        ),
        key(
            "with",
            Strings,
            Default("none"),
            "Files as `--with` takes them, applied before the strategies.",
        ),
        SOURCE,
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
