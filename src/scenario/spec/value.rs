//! The table forms of quantities, profiles and distributions.

use super::common::{NOTE, SOURCE};
use super::grammar::Need::{Default, Required};
use super::grammar::Shape::{
    Anything, Instant, List, Number, Quantified, Quantity, Share, Table, Text, Words,
};
use super::grammar::{Key, Spec, key};
use crate::scenario::quantity::Dimension::{Flow, Time};

/// The table form of a quantity.
pub(in crate::scenario) static DOUBT: Spec = Spec {
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

const VALUE: Key = key(
    "value",
    Anything,
    Default("–"),
    "The value itself, written as without a table; or `events` instead.",
);
const LOW: Key = key(
    "low",
    Anything,
    Default("none"),
    "Low end of what it may be; at most the value.",
);
const HIGH: Key = key(
    "high",
    Anything,
    Default("none"),
    "High end of what it may be; at least the value.",
);
const EVENTS: Key = key(
    "events",
    Number,
    Default("–"),
    "Number of events counted; a fraction counts near misses in part.",
);

/// The table form of a number of events per time.
pub(in crate::scenario) static RATE_DOUBT: Spec = Spec {
    name: "events per time",
    doc: "A value with its doubt, or events counted in a time.",
    keys: &[
        VALUE,
        LOW,
        HIGH,
        EVENTS,
        key(
            "exposure",
            Quantity(Time),
            Default("–"),
            "With `events`: time in which they were counted.",
        ),
        key(
            "prior",
            Table(&RATE_PRIOR),
            Default("half an event in no time"),
            "With `events`: what was known before.",
        ),
        SOURCE,
        NOTE,
    ],
};

/// What was known of a rate before events were counted.
static RATE_PRIOR: Spec = Spec {
    name: "prior of events per time",
    doc: "What was known before, as if it had been counted.",
    keys: &[
        key("events", Number, Required, "Number of events."),
        key("exposure", Quantity(Time), Required, "Time; may be 0."),
    ],
};

/// The table form of a share.
pub(in crate::scenario) static SHARE_DOUBT: Spec = Spec {
    name: "share",
    doc: "A value with its doubt, or events counted in trials.",
    keys: &[
        VALUE,
        LOW,
        HIGH,
        EVENTS,
        key(
            "trials",
            Number,
            Default("–"),
            "With `events`: number of times at which one might have happened.",
        ),
        key(
            "prior",
            Table(&SHARE_PRIOR),
            Default("half an event in one trial"),
            "With `events`: what was known before.",
        ),
        SOURCE,
        NOTE,
    ],
};

/// What was known of a share before events were counted.
static SHARE_PRIOR: Spec = Spec {
    name: "prior of a share",
    doc: "What was known before, as if it had been counted.",
    keys: &[
        key("events", Number, Required, "Number of events."),
        key("trials", Number, Required, "Number of trials."),
    ],
};

pub(in crate::scenario) static PROFILE: Spec = Spec {
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

pub(in crate::scenario) static STEP: Spec = Spec {
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
    ($law:ident, $value:expr, $mean:ident, $shape:ident, $lognormal:ident, $uniform:ident, $triangular:ident, $beta:ident, $geometric:ident, $fixed:ident, $weighted:ident) => {
        pub(in crate::scenario) static $law: Spec = Spec {
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
                key(
                    "weighted",
                    Table(&$weighted),
                    Default("–"),
                    "One of some values, each with its weight.",
                ),
                SOURCE,
                NOTE,
            ],
        };
        static $weighted: Spec = Spec {
            name: "weighted",
            doc: "One of some values, each with its weight.",
            keys: &[
                key("values", List(&$value, None), Required, "The values."),
                key(
                    "weights",
                    List(&Number, None),
                    Required,
                    "How likely each is, relative to the others; in the order of the values.",
                ),
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
                    "Shape, from 0.05 to 1000; 1 is the exponential law.",
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
    TIME_FIXED,
    TIME_WEIGHTED
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
    SHARE_FIXED,
    SHARE_WEIGHTED
);
