//! The scenario's own tables.

use super::common::{NAME, NOTE, SOURCE};
use super::grammar::Need::{Default, Required};
use super::grammar::Shape::{
    Count, DateOrText, Elements, Instant, Number, Quantified, Quantity, Share, Table, Text, Words,
    WordsLater,
};
use super::grammar::{Spec, key};
use super::hazard::HAZARD;
use super::money::MONEY;
use super::network::{FIELD, HUB, LINK, MARKET, ROUTE, TRANSIT};
use super::quota::QUOTA;
use super::shared::{CREW, REGIME, SERVICE};
use crate::scenario::quantity::Dimension::{Difference, Time};

pub(in crate::scenario) static SCENARIO: Spec = Spec {
    name: "scenario file",
    doc: "The world and what may go wrong in it.",
    keys: &[
        key(
            "scenario",
            Table(&HEADER),
            Required,
            "What the scenario is.",
        ),
        key(
            "simulation",
            Table(&SIMULATION),
            Default("all defaults"),
            "How it is run.",
        ),
        key(
            "allocation",
            Table(&ALLOCATION),
            Default("all defaults"),
            "How oil is allocated.",
        ),
        key(
            "money",
            Table(&MONEY),
            Default("none of it"),
            "What is counted in money beside prices and costs.",
        ),
        key(
            "source",
            Elements(&SOURCE_TABLE),
            Default("none"),
            "Where figures come from.",
        ),
        key(
            "grade",
            Elements(&GRADE_TABLE),
            Default("none"),
            "Kinds of crude, to count tonnes in barrels.",
        ),
        key("field", Elements(&FIELD), Required, "Where barrels enter."),
        key(
            "hub",
            Elements(&HUB),
            Default("none"),
            "Where they pass and can be stored.",
        ),
        key(
            "market",
            Elements(&MARKET),
            Required,
            "Where they are delivered.",
        ),
        key(
            "link",
            Elements(&LINK),
            Default("none"),
            "Lines, sea lanes and moorings.",
        ),
        key(
            "route",
            Elements(&ROUTE),
            Default("none"),
            "Named ways out.",
        ),
        key(
            "transit",
            Elements(&TRANSIT),
            Default("none"),
            "Other people's oil on our links.",
        ),
        key(
            "hazard",
            Elements(&HAZARD),
            Default("none"),
            "What may go wrong.",
        ),
        key(
            "regime",
            Elements(&REGIME),
            Default("none"),
            "Regimes that multiply the rates of hazards.",
        ),
        key(
            "crew",
            Elements(&CREW),
            Default("none"),
            "Repair crews that hazards share.",
        ),
        key(
            "service",
            Elements(&SERVICE),
            Default("none"),
            "What elements depend on besides oil.",
        ),
        key(
            "quota",
            Elements(&QUOTA),
            Default("none"),
            "Production quotas.",
        ),
    ],
};

pub(in crate::scenario) static HEADER: Spec = Spec {
    name: "scenario",
    doc: "What the scenario is.",
    keys: &[
        key(
            "name",
            Text,
            Required,
            "Name of the scenario, shown in every report.",
        ),
        key(
            "start",
            Instant,
            Required,
            "First day; its midnight, UTC, is the first instant.",
        ),
        key(
            "horizon",
            Quantity(Time),
            Required,
            "Length of a replication, at most 200 years.",
        ),
        key(
            "about",
            Text,
            Default("empty"),
            "What the scenario shows; the first line of every report.",
        ),
        key(
            "grade",
            Text,
            Default("none"),
            "Id of the `[grade.ID]` that holds where an element names none.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static SIMULATION: Spec = Spec {
    name: "simulation",
    doc: "How the scenario is run; the command line overrides it.",
    keys: &[
        key(
            "replications",
            Count,
            Default("10000"),
            "Number of replications, at least 1.",
        ),
        key("seed", Count, Default("1"), "Seed of all random numbers."),
        key(
            "stop",
            Table(&STOP),
            Default("no early stop"),
            "When to stop before all replications are done.",
        ),
        key(
            "collect",
            Words(&["system", "markets", "all"]),
            Default("\"all\""),
            "What is gathered: system totals; markets, fields and routes too; or everything.",
        ),
        key(
            "baseline",
            WordsLater(&["plan"], &["policy", "potential"]),
            Default("\"plan\""),
            "What losses are measured against.",
        ),
        key(
            "shortfall",
            Table(&SHORTFALL),
            Default("its defaults"),
            "What counts as a shortfall.",
        ),
        key(
            "recovery",
            Table(&RECOVERY),
            Default("its defaults"),
            "What counts as recovered.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static STOP: Spec = Spec {
    name: "stop",
    doc: "A run stops once a figure is known well enough.",
    keys: &[
        key(
            "metric",
            Text,
            Required,
            "A metric of the whole system, such as `undelivered`, or its tail: `undelivered.cvar95`.",
        ),
        key(
            "relative_error",
            Number,
            Required,
            "Half-width of the 95 % interval of the figure, relative to it; above 0.",
        ),
    ],
};

pub(in crate::scenario) static SHORTFALL: Spec = Spec {
    name: "shortfall",
    doc: "A shortfall is an unbroken time in which deliveries stay below plan.",
    keys: &[
        key(
            "tolerance",
            Share,
            Default("0.01"),
            "Deliveries may stay this share below plan.",
        ),
        key(
            "gap",
            Quantity(Time),
            Default("\"1 d\""),
            "Shortfalls separated by less than this count as one.",
        ),
    ],
};

pub(in crate::scenario) static RECOVERY: Spec = Spec {
    name: "recovery",
    doc: "When deliveries count as recovered after a shortfall.",
    keys: &[
        key(
            "band",
            Share,
            Default("0.05"),
            "Deliveries must be at most this share below plan.",
        ),
        key(
            "hold",
            Quantity(Time),
            Default("\"3 d\""),
            "They must stay there this long.",
        ),
    ],
};

pub(in crate::scenario) static ALLOCATION: Spec = Spec {
    name: "allocation",
    doc: "How oil is allocated to what is left standing.",
    keys: &[
        key(
            "objective",
            Words(&["volume", "netback"]),
            Default("\"volume\""),
            "What is maximised: volume first, then least cost; or what pays, and idle is what does not.",
        ),
        key(
            "sharing",
            Words(&["cost", "pro-rata", "entitlement"]),
            Default("\"cost\""),
            "How cuts are shared among fields of a class: by least cost; in equal shares of plan, as far as the network allows; or to each what it is entitled to first, then what others leave unused, in equal shares of what is planned beyond that.",
        ),
        key(
            "storing",
            Words(&["time-to-full", "cost"]),
            Default("\"time-to-full\""),
            "How tanks of equal rank share a way out: so that the times until they are full become equal, which shuts in least for every length of outage; or by least cost.",
        ),
        key(
            "combine",
            Words(&["min", "product"]),
            Default("\"min\""),
            "How several hazards on one target combine: the smallest share is left, or the shares multiply.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static SOURCE_TABLE: Spec = Spec {
    name: "source.ID",
    doc: "Where a figure comes from.",
    keys: &[
        key("title", Text, Required, "Title."),
        key("publisher", Text, Default("none"), "Publisher."),
        key(
            "date",
            DateOrText,
            Default("none"),
            "Date, as a date or in words.",
        ),
        key("url", Text, Default("none"), "Address."),
        NOTE,
    ],
};

pub(in crate::scenario) static GRADE_TABLE: Spec = Spec {
    name: "grade.ID",
    doc: "A kind of crude.",
    keys: &[
        key(
            "bbl_per_tonne",
            Quantified,
            Required,
            "Barrels in a tonne, between 4 and 12.",
        ),
        key(
            "quality",
            Quantity(Difference),
            Default("0"),
            "What a barrel of it earns above a market's price; below 0 if less.",
        ),
        key(
            "swap",
            Text,
            Default("none"),
            "Name of a swap: grades of one swap are delivered in place of each other.",
        ),
        NAME,
        SOURCE,
        NOTE,
    ],
};
