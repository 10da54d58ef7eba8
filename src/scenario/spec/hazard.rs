//! What may go wrong.

use super::common::{NAME, NOTE, SOURCE};
use super::grammar::Need::{Default, Otherwise, Required};
use super::grammar::Shape::{
    Anything, Bool, ById, Count, Either, List, Number, OneOf, Quantified, Quantity, Share,
    ShareLaw, Strings, Table, Text, TimeLaw, Words,
};
use super::grammar::{Spec, key};
use super::occurs::OCCURS;
use crate::scenario::quantity::Dimension::Time;

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
            Default("required; for a log, what the log names"),
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
            Default("required where it has a meaning"),
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
            Default("\"union\"; \"ignore\" for a renewal, \"queue\" with a crew"),
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
            ById("regime", &Quantified),
            Default("1 in each"),
            "Multipliers of the rate by regime.",
        ),
        key(
            "duration_season",
            List(&Number, Some(12)),
            Default("none"),
            "Factors of the duration by the month in which a disruption begins, January first.",
        ),
        key(
            "shared_duration",
            Bool,
            Default("true"),
            "With scope \"all\", \"one\" or some: whether all targets of an event are down equally long.",
        ),
        key(
            "delay",
            TimeLaw,
            Default("none"),
            "Time from an event to the disruption it brings.",
        ),
        key(
            "then",
            List(&Table(&THEN), None),
            Default("none"),
            "What follows on the first part of a disruption, at most 8 parts.",
        ),
        key(
            "reversal",
            Table(&REVERSAL),
            Default("none"),
            "An early end.",
        ),
        key(
            "averted",
            Share,
            Default("0"),
            "Share of events that come to nothing.",
        ),
        key(
            "crew",
            Text,
            Default("no waiting"),
            "Id of the `[crew.ID]` that repairs it.",
        ),
        key(
            "mobilisation",
            TimeLaw,
            Default("none"),
            "Time until a crew that is free begins to work.",
        ),
        key(
            "spares",
            Table(&SPARES),
            Default("always at hand"),
            "Spare parts, of which each repair takes one.",
        ),
        key(
            "stops_for",
            Strings,
            Default("none"),
            "Ids of hazards during whose disruptions the work stands still.",
        ),
        key(
            "floating",
            Table(&FLOATING),
            Default("on its date"),
            "For planned work that waits for a good moment.",
        ),
        key(
            "announced",
            Quantity(Time),
            Default("not announced"),
            "How long before each disruption of `dates`, `every` or a log tanks prepare: those upstream are drawn, those downstream keep what they have.",
        ),
        key(
            "time_zone",
            Text,
            Default("none"),
            "With a log: offset from UTC of its times that have none, such as \"+05:00\".",
        ),
        key(
            "windows",
            Anything,
            Otherwise(
                "work that needs calm weather names the hazards that stop it: stops_for = [\"storm\"]",
            ),
            "Weather windows for repair.",
        ),
        key(
            "triggers",
            Anything,
            Otherwise(
                "a consequence names its cause: write in the hazard that follows occurs = { after = { hazard = \"power-loss\", chance = 0.6 } }",
            ),
            "Cascades.",
        ),
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

pub(in crate::scenario) static THEN: Spec = Spec {
    name: "then",
    doc: "A part of a disruption that follows on the one before.",
    keys: &[
        key("duration", TimeLaw, Required, "How long it lasts."),
        key(
            "left",
            ShareLaw,
            Required,
            "Share of capacity left meanwhile.",
        ),
    ],
};

pub(in crate::scenario) static REVERSAL: Spec = Spec {
    name: "reversal",
    doc: "An early end: an order that is lifted on appeal.",
    keys: &[
        key("chance", Share, Required, "Chance that it comes."),
        key(
            "after",
            TimeLaw,
            Required,
            "When, from the beginning of the disruption on.",
        ),
    ],
};

pub(in crate::scenario) static SPARES: Spec = Spec {
    name: "spares",
    doc: "A stock of spare parts: each repair takes one and orders another.",
    keys: &[
        key(
            "stock",
            Count,
            Required,
            "Parts in stock when all are there, from 1 to 1000.",
        ),
        key("lead", TimeLaw, Required, "Time from order to arrival."),
    ],
};

pub(in crate::scenario) static FLOATING: Spec = Spec {
    name: "floating",
    doc: "Planned work that waits for a good moment and can be called off.",
    keys: &[
        key(
            "within",
            Quantity(Time),
            Required,
            "It does not happen if it would begin later than this after its date.",
        ),
        key(
            "unless",
            Strings,
            Required,
            "Ids of hazards: it does not begin while one of them disrupts something else.",
        ),
        key(
            "recall",
            Quantity(Time),
            Default("it goes on"),
            "Once one of them does, the work is over this much later.",
        ),
    ],
};
