//! What a file may hold: every table and key, once.
//!
//! The checks of shape, the messages about unknown keys, the JSON Schema and the tables of
//! `docs/format.md` all come from here.

use super::quantity::Dimension;

/// A table with known keys.
pub(super) struct Spec {
    /// As in the headings of the documentation: `field.ID`.
    pub(super) name: &'static str,
    pub(super) doc: &'static str,
    pub(super) keys: &'static [Key],
}

/// A key.
pub(super) struct Key {
    pub(super) name: &'static str,
    pub(super) shape: Shape,
    pub(super) need: Need,
    pub(super) doc: &'static str,
}

/// Whether a key must be given.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Required,
    /// With what holds if it is absent, as the documentation says it.
    Default(&'static str),
    /// Belongs to the format, but this version does not simulate it.
    Later,
}

/// What a value may be.
#[derive(Clone, Copy)]
pub(super) enum Shape {
    Text,
    /// One of these words.
    Words(&'static [&'static str]),
    /// One of the first words; the second ones are known, but not simulated yet.
    WordsLater(&'static [&'static str], &'static [&'static str]),
    Bool,
    /// A whole number that is not negative.
    Count,
    /// Any number.
    Number,
    /// A number, or a table with its doubt.
    Quantified,
    /// A share in [0, 1], or a table with its doubt.
    Share,
    /// A string with a unit, or a table with its doubt.
    Quantity(Dimension),
    /// A rate, or rates by time.
    Profile,
    /// A distribution of a duration.
    TimeLaw,
    /// A distribution of a share.
    ShareLaw,
    /// A date, or a date with a time.
    Instant,
    /// A date, or any string.
    DateOrText,
    /// One string, or an array of strings.
    Strings,
    /// An array of values, with the number it must have if that is fixed.
    List(&'static Shape, Option<usize>),
    /// A table with known keys.
    Table(&'static Spec),
    /// A table with exactly one of the keys, and perhaps `note` and `source`.
    OneOf(&'static Spec),
    /// Tables by id.
    Elements(&'static Spec),
    /// The first that fits the kind of value.
    Either(&'static [Shape]),
    /// Known, but its content is not looked at.
    Anything,
}

const fn key(name: &'static str, shape: Shape, need: Need, doc: &'static str) -> Key {
    Key {
        name,
        shape,
        need,
        doc,
    }
}

use Dimension::{Flow, Frequency, Money, Price, Time, Volume};
use Need::{Default, Later, Required};
use Shape::{
    Anything, Bool, Count, DateOrText, Either, Elements, Instant, List, Number, OneOf, Profile,
    Quantified, Quantity, Share, ShareLaw, Strings, Table, Text, TimeLaw, Words, WordsLater,
};

const NAME: Key = key("name", Text, Default("the id"), "Name for people.");
const NOTE: Key = key("note", Text, Default("none"), "A remark; it has no effect.");
const SOURCE: Key = key(
    "source",
    Strings,
    Default("none"),
    "Ids of `[source.ID]` tables that figures here come from.",
);
const GRADE: Key = key(
    "grade",
    Text,
    Default("the scenario's"),
    "Id of the `[grade.ID]` by which tonnes here are barrels.",
);
const COUNTRY: Key = key(
    "country",
    Text,
    Default("none"),
    "Country code, for selectors and results.",
);
const AT: Key = key(
    "at",
    List(&Number, Some(2)),
    Default("none"),
    "Longitude and latitude in degrees, for maps.",
);
const JURISDICTION: Key = key(
    "jurisdiction",
    Strings,
    Default("none"),
    "One or several jurisdictions it lies in, for selectors.",
);
const UNITS: Key = key(
    "units",
    Table(&UNITS_TABLE),
    Default("one piece"),
    "Parallel units under the common capacity, each of which can fail alone.",
);

pub(super) static SCENARIO: Spec = Spec {
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
        key("regime", Anything, Later, "Regimes that modulate hazards."),
        key("quota", Anything, Later, "Production quotas."),
    ],
};

pub(super) static HEADER: Spec = Spec {
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

pub(super) static SIMULATION: Spec = Spec {
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

pub(super) static STOP: Spec = Spec {
    name: "stop",
    doc: "A run stops once the mean of a metric is known well enough.",
    keys: &[
        key(
            "metric",
            Text,
            Required,
            "Name of a metric of the whole system, such as `undelivered`.",
        ),
        key(
            "relative_error",
            Number,
            Required,
            "Half-width of the 95 % interval of the mean, relative to the mean; above 0.",
        ),
    ],
};

pub(super) static SHORTFALL: Spec = Spec {
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

pub(super) static RECOVERY: Spec = Spec {
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

pub(super) static ALLOCATION: Spec = Spec {
    name: "allocation",
    doc: "How oil is allocated to what is left standing.",
    keys: &[
        key(
            "objective",
            WordsLater(&["volume"], &["netback"]),
            Default("\"volume\""),
            "What is maximised: volume first, then least cost.",
        ),
        key(
            "sharing",
            WordsLater(&["cost"], &["pro-rata"]),
            Default("\"cost\""),
            "How cuts are shared among fields: by least cost.",
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

pub(super) static SOURCE_TABLE: Spec = Spec {
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

pub(super) static GRADE_TABLE: Spec = Spec {
    name: "grade.ID",
    doc: "A kind of crude.",
    keys: &[
        key(
            "bbl_per_tonne",
            Quantified,
            Required,
            "Barrels in a tonne, between 4 and 12.",
        ),
        NAME,
        SOURCE,
        NOTE,
    ],
};

pub(super) static FIELD: Spec = Spec {
    name: "field.ID",
    doc: "Where barrels enter.",
    keys: &[
        NAME,
        COUNTRY,
        AT,
        key("plan", Profile, Required, "What it means to produce."),
        GRADE,
        key(
            "control",
            Words(&["investors", "state"]),
            Default("none"),
            "Who decides to cut it; recorded, without effect as long as there are no quotas.",
        ),
        key(
            "crude_share",
            Share,
            Default("1"),
            "Share of the plan that counts as crude under a quota; recorded, without effect yet.",
        ),
        key(
            "floor",
            Share,
            Default("0"),
            "Share of the plan below which a quota cannot cut; recorded, without effect yet.",
        ),
        key(
            "lifting_cost",
            Quantity(Price),
            Default("none"),
            "Cost of producing a barrel; recorded, without effect yet.",
        ),
        key(
            "restart",
            Anything,
            Later,
            "Time to full rate after a shut-in.",
        ),
        key(
            "damage",
            Anything,
            Later,
            "Permanent loss after a long shut-in.",
        ),
        key(
            "min_stable",
            Anything,
            Later,
            "Least rate at which the field can run.",
        ),
        key(
            "dead_time",
            Anything,
            Later,
            "Time before a restart begins.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(super) static HUB: Spec = Spec {
    name: "hub.ID",
    doc: "A junction, pump station, tank farm, port or border point.",
    keys: &[
        NAME,
        COUNTRY,
        JURISDICTION,
        AT,
        key(
            "role",
            Words(&["pump-station", "terminal", "port", "border", "junction"]),
            Default("\"junction\""),
            "What it is, for charts and selectors.",
        ),
        key(
            "capacity",
            Profile,
            Default("unlimited"),
            "The most that can pass.",
        ),
        UNITS,
        key("tank", Table(&TANK), Default("no tank"), "Storage."),
        GRADE,
        SOURCE,
        NOTE,
    ],
};

pub(super) static TANK: Spec = Spec {
    name: "tank",
    doc: "Storage at a hub.",
    keys: &[
        key("capacity", Quantity(Volume), Required, "Usable volume."),
        key(
            "initial",
            Share,
            Default("0"),
            "Contents at the start, as a share of capacity.",
        ),
        key(
            "target",
            Share,
            Default("0"),
            "Stock below this share of capacity is not drawn.",
        ),
        key(
            "fill",
            Quantity(Flow),
            Default("unlimited"),
            "Greatest rate in.",
        ),
        key(
            "draw",
            Quantity(Flow),
            Default("unlimited"),
            "Greatest rate out.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(super) static UNITS_TABLE: Spec = Spec {
    name: "units",
    doc: "Parallel units: `count` and `each`, or `sizes`.",
    keys: &[
        key("count", Count, Default("none"), "How many, from 1 to 1000."),
        key("each", Quantity(Flow), Default("none"), "Size of each."),
        key(
            "sizes",
            List(&Quantity(Flow), None),
            Default("none"),
            "Sizes, one by one, in place of the other two.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(super) static MARKET: Spec = Spec {
    name: "market.ID",
    doc: "Where barrels are delivered.",
    keys: &[
        NAME,
        COUNTRY,
        AT,
        key(
            "demand",
            Profile,
            Default("unlimited"),
            "The most it takes.",
        ),
        key("price", Quantity(Price), Default("0"), "Price paid."),
        key(
            "export",
            Bool,
            Default("true"),
            "Whether deliveries count as exports.",
        ),
        key(
            "priority",
            Count,
            Default("2"),
            "Class, from 1 to 255: a lower number is served first.",
        ),
        key(
            "commitment",
            Profile,
            Default("none"),
            "Contract volume, served in the market's class; what is missing of it is `unmet`.",
        ),
        GRADE,
        SOURCE,
        NOTE,
    ],
};

pub(super) static LINK: Spec = Spec {
    name: "link.ID",
    doc: "A line, sea lane or mooring.",
    keys: &[
        NAME,
        key(
            "from",
            Text,
            Required,
            "Id of the field, hub or market where it starts.",
        ),
        key(
            "to",
            Text,
            Required,
            "Id of the hub, market or field where it ends.",
        ),
        key(
            "capacity",
            Profile,
            Default("unlimited"),
            "The most it carries.",
        ),
        UNITS,
        key(
            "nomination",
            Profile,
            Default("none"),
            "Flow up to this beats cost, never volume.",
        ),
        key(
            "mode",
            Words(&["pipeline", "tanker", "rail", "sea", "loading"]),
            Default("\"pipeline\""),
            "How it moves oil, for charts and selectors.",
        ),
        key(
            "operator",
            Text,
            Default("none"),
            "Operator, for selectors.",
        ),
        JURISDICTION,
        key(
            "tariff",
            Quantity(Price),
            Default("0"),
            "Cost of moving a barrel.",
        ),
        key(
            "both_ways",
            Bool,
            Default("false"),
            "Whether it carries oil in either direction.",
        ),
        GRADE,
        key(
            "lag",
            Anything,
            Later,
            "Time that flow above the nomination waits.",
        ),
        key(
            "transit_time",
            Anything,
            Later,
            "Time that oil is under way.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(super) static ROUTE: Spec = Spec {
    name: "route.ID",
    doc: "A named way out, known by its gates.",
    keys: &[
        NAME,
        key(
            "gates",
            Strings,
            Required,
            "Ids of the links whose flow is the route's.",
        ),
        key(
            "jurisdiction",
            Strings,
            Default("none"),
            "Jurisdictions it depends on; the first is the one that its volume is counted under.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(super) static TRANSIT: Spec = Spec {
    name: "transit.ID",
    doc: "Other people's oil that takes capacity on a given path.",
    keys: &[
        NAME,
        key("from", Text, Required, "Id of the node where it enters."),
        key("to", Text, Required, "Id of the node where it leaves."),
        key(
            "path",
            Strings,
            Required,
            "Ids of the links it takes, in order.",
        ),
        key("volume", Profile, Required, "Rate wanted."),
        key("priority", Count, Default("1"), "Class; only 1 for now."),
        key(
            "yields",
            Bool,
            Default("false"),
            "If true, it is scaled by the least share left on its path, instead of being served first.",
        ),
        GRADE,
        SOURCE,
        NOTE,
    ],
};

pub(super) static HAZARD: Spec = Spec {
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

pub(super) static SELECTOR: Spec = Spec {
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

pub(super) static SOME: Spec = Spec {
    name: "scope",
    doc: "Each event picks that many targets.",
    keys: &[key(
        "some",
        Count,
        Required,
        "How many targets an event hits, at least 1.",
    )],
};

pub(super) static START: Spec = Spec {
    name: "start",
    doc: "A state at the start of the scenario.",
    keys: &[key("down", Table(&DOWN), Required, "Down since some time.")],
};

pub(super) static DOWN: Spec = Spec {
    name: "down",
    doc: "Down since some time.",
    keys: &[key(
        "age",
        Quantity(Time),
        Required,
        "Time since it went down.",
    )],
};

pub(super) static OCCURS: Spec = Spec {
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

pub(super) static POISSON: Spec = Spec {
    name: "poisson",
    doc: "At random with a rate.",
    keys: &[key(
        "rate",
        Quantity(Frequency),
        Required,
        "Events per time, before the season.",
    )],
};

pub(super) static RENEWAL: Spec = Spec {
    name: "renewal",
    doc: "Up-times alternate with durations; the clock runs only while the target is up.",
    keys: &[key(
        "up",
        TimeLaw,
        Required,
        "Time from a restoration to the next disruption.",
    )],
};

pub(super) static ONCE: Spec = Spec {
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

pub(super) static EVERY: Spec = Spec {
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

/// The table form of a quantity.
pub(super) static DOUBT: Spec = Spec {
    name: "quantity",
    doc: "A value with its doubt and its source.",
    keys: &[
        key(
            "value",
            Anything,
            Required,
            "The value itself, written as without a table.",
        ),
        key(
            "low",
            Anything,
            Default("none"),
            "Low end of what it may be; at most the value.",
        ),
        key(
            "high",
            Anything,
            Default("none"),
            "High end of what it may be; at least the value.",
        ),
        SOURCE,
        NOTE,
    ],
};

/// The table form of a number of events per time.
pub(super) static RATE_DOUBT: Spec = Spec {
    name: "quantity",
    doc: "A value with its doubt and its source.",
    keys: &[
        key(
            "value",
            Anything,
            Required,
            "The value itself, written as without a table.",
        ),
        key(
            "low",
            Anything,
            Default("none"),
            "Low end of what it may be; at most the value.",
        ),
        key(
            "high",
            Anything,
            Default("none"),
            "High end of what it may be; at least the value.",
        ),
        key("events", Anything, Later, "Number of events counted."),
        key(
            "exposure",
            Anything,
            Later,
            "Time in which they were counted.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(super) static PROFILE: Spec = Spec {
    name: "profile",
    doc: "Rates by time: `monthly`, `steps`, or a column of a CSV file.",
    keys: &[
        key(
            "monthly",
            List(&Quantity(Flow), Some(12)),
            Default("–"),
            "Twelve rates, January first; they repeat every year.",
        ),
        key(
            "steps",
            List(&Table(&STEP), None),
            Default("–"),
            "Rates, each from an instant on.",
        ),
        key(
            "file",
            Text,
            Default("–"),
            "Name of a CSV file beside the file that names it.",
        ),
        key(
            "column",
            Text,
            Default("–"),
            "With `file`: heading of the column.",
        ),
        key(
            "every",
            Quantity(Time),
            Default("–"),
            "With `file`: time from one row to the next.",
        ),
        key(
            "unit",
            Words(&["b/d", "kb/d", "Mb/d", "t/d", "kt/d", "Mt/a"]),
            Default("–"),
            "With `file`: unit of the numbers.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(super) static STEP: Spec = Spec {
    name: "steps",
    doc: "A rate from an instant on.",
    keys: &[
        key(
            "from",
            Instant,
            Required,
            "The instant; each later than the one before.",
        ),
        key("value", Quantity(Flow), Required, "The rate."),
    ],
};

macro_rules! laws {
    ($law:ident, $value:expr, $mean:ident, $shape:ident, $lognormal:ident, $uniform:ident, $triangular:ident, $beta:ident, $geometric:ident, $fixed:ident) => {
        pub(super) static $law: Spec = Spec {
            name: "distribution",
            doc: "A distribution: exactly one of these.",
            keys: &[
                key(
                    "fixed",
                    Table(&$fixed),
                    Default("–"),
                    "Always the same value.",
                ),
                key(
                    "exponential",
                    Table(&$mean),
                    Default("–"),
                    "Exponential; durations only.",
                ),
                key(
                    "weibull",
                    Table(&$shape),
                    Default("–"),
                    "Weibull; durations only.",
                ),
                key(
                    "gamma",
                    Table(&$shape),
                    Default("–"),
                    "Gamma; durations only.",
                ),
                key(
                    "lognormal",
                    Table(&$lognormal),
                    Default("–"),
                    "Log-normal, by `median` and `p95` or by `mean` and `cv`; durations only.",
                ),
                key("uniform", Table(&$uniform), Default("–"), "Uniform."),
                key(
                    "triangular",
                    Table(&$triangular),
                    Default("–"),
                    "Triangular.",
                ),
                key("beta", Table(&$beta), Default("–"), "Beta; shares only."),
                key(
                    "geometric",
                    Table(&$geometric),
                    Default("–"),
                    "1, 2, … steps on the grid from the scenario's start; durations only.",
                ),
                key(
                    "empirical",
                    List(&$value, None),
                    Default("–"),
                    "One of these values, each equally likely.",
                ),
                SOURCE,
                NOTE,
            ],
        };
        static $fixed: Spec = Spec {
            name: "fixed",
            doc: "Always the same value.",
            keys: &[key("value", $value, Required, "The value.")],
        };
        static $mean: Spec = Spec {
            name: "exponential",
            doc: "Exponential.",
            keys: &[key("mean", $value, Required, "Mean.")],
        };
        static $shape: Spec = Spec {
            name: "weibull, gamma",
            doc: "Weibull or gamma.",
            keys: &[
                key("mean", $value, Required, "Mean."),
                key(
                    "shape",
                    Quantified,
                    Required,
                    "Shape, above 0; 1 is the exponential law.",
                ),
            ],
        };
        static $lognormal: Spec = Spec {
            name: "lognormal",
            doc: "Log-normal, by `median` and `p95` or by `mean` and `cv`.",
            keys: &[
                key("median", $value, Default("–"), "Median."),
                key(
                    "p95",
                    $value,
                    Default("–"),
                    "Exceeded with probability 5 %.",
                ),
                key("mean", $value, Default("–"), "Mean."),
                key(
                    "cv",
                    Quantified,
                    Default("–"),
                    "Standard deviation divided by mean.",
                ),
            ],
        };
        static $uniform: Spec = Spec {
            name: "uniform",
            doc: "Uniform.",
            keys: &[
                key("low", $value, Required, "Least value."),
                key("high", $value, Required, "Greatest value."),
            ],
        };
        static $triangular: Spec = Spec {
            name: "triangular",
            doc: "Triangular.",
            keys: &[
                key("low", $value, Required, "Least value."),
                key("mode", $value, Required, "Most likely value."),
                key("high", $value, Required, "Greatest value."),
            ],
        };
        static $beta: Spec = Spec {
            name: "beta",
            doc: "Beta.",
            keys: &[
                key("mean", $value, Required, "Mean."),
                key("sd", Quantified, Required, "Standard deviation."),
            ],
        };
        static $geometric: Spec = Spec {
            name: "geometric",
            doc: "A whole number of steps.",
            keys: &[
                key("mean", $value, Required, "Mean, at least one step."),
                key("step", $value, Required, "Length of a step."),
            ],
        };
    };
}

laws!(
    TIME_LAW,
    Quantity(Time),
    TIME_MEAN,
    TIME_SHAPE,
    TIME_LOGNORMAL,
    TIME_UNIFORM,
    TIME_TRIANGULAR,
    TIME_BETA,
    TIME_GEOMETRIC,
    TIME_FIXED
);
laws!(
    SHARE_LAW,
    Share,
    SHARE_MEAN,
    SHARE_SHAPE,
    SHARE_LOGNORMAL,
    SHARE_UNIFORM,
    SHARE_TRIANGULAR,
    SHARE_BETA,
    SHARE_GEOMETRIC,
    SHARE_FIXED
);

/// A strategy file: its header, and patches of the scenario's tables.
pub(super) static STRATEGY: Spec = Spec {
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
            "available",
            Instant,
            Default("the scenario's start"),
            "The patch holds from this instant on.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(super) static STUDY_FILE: Spec = Spec {
    name: "study file",
    doc: "A base, strategies and stress cases that belong together.",
    keys: &[key("study", Table(&STUDY), Required, "The study.")],
};

pub(super) static STUDY: Spec = Spec {
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

pub(super) static STRESS_FILE: Spec = Spec {
    name: "stress file",
    doc: "Exactly given disruptions.",
    keys: &[key("stress", Table(&STRESS), Required, "The stress case.")],
};

pub(super) static STRESS: Spec = Spec {
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

pub(super) static CLOSE: Spec = Spec {
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

impl Spec {
    pub(super) fn key(&self, name: &str) -> Option<&'static Key> {
        self.keys.iter().find(|key| key.name == name)
    }

    /// Names of the keys that this version reads.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.keys
            .iter()
            .filter(|key| key.need != Later)
            .map(|key| key.name)
    }
}

impl Shape {
    /// What is expected, for people.
    pub(super) fn expected(self) -> String {
        match self {
            Text => "a string".to_owned(),
            Words(words) | WordsLater(words, _) => {
                format!(
                    "one of {}",
                    words
                        .iter()
                        .map(|w| format!("\"{w}\""))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            }
            Bool => "true or false".to_owned(),
            Count => "a whole number that is not negative".to_owned(),
            Number | Quantified => "a number".to_owned(),
            Share => "a share from 0 to 1".to_owned(),
            Quantity(dimension) => {
                format!("{} such as \"{}\"", dimension.name(), dimension.example())
            }
            Profile => "a rate such as \"860 kb/d\", or a profile".to_owned(),
            TimeLaw => "a length of time such as \"36 h\", or a distribution".to_owned(),
            ShareLaw => "a share from 0 to 1, or a distribution".to_owned(),
            Instant => {
                "a date such as 2026-07-01, or a date-time such as 2026-07-01T06:00:00Z".to_owned()
            }
            DateOrText => "a date or a string".to_owned(),
            Strings => "a string or an array of strings".to_owned(),
            List(_, Some(count)) => format!("an array of {count} values"),
            List(_, None) => "an array".to_owned(),
            Table(spec) | OneOf(spec) => {
                format!("a table with {}", super::problem::listed(spec.names()))
            }
            Elements(_) => "tables by id".to_owned(),
            Either(shapes) => shapes
                .iter()
                .map(|s| s.expected())
                .collect::<Vec<_>>()
                .join(", or "),
            Anything => "a value".to_owned(),
        }
    }
}
