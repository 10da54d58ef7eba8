//! Back-tests.

use super::common::{NAME, NOTE, SOURCE};
use super::files::CLOSE;
use super::grammar::Need::{Default, Required};
use super::grammar::Shape::{
    Anything, Bool, Count, Elements, Instant, List, Quantified, Quantity, Share, Strings, Table,
    Text, Words,
};
use super::grammar::{Key, Shape, Spec, key};
use super::scenario::SOURCE_TABLE;
use crate::scenario::quantity::Dimension::Time;

pub(in crate::scenario) static BACKTEST_FILE: Spec = Spec {
    name: "back-test file",
    doc: "What was recorded, and what was observed.",
    keys: &[
        key("backtest", Table(&BACKTEST), Required, "The back-test."),
        key(
            "episode",
            Elements(&EPISODE),
            Default("none"),
            "Recorded disruptions, each with what was observed.",
        ),
        key(
            "variant",
            Elements(&VARIANT),
            Default("none"),
            "Ways to calibrate the hazards, each of which answers all forecasts.",
        ),
        key(
            "forecast",
            Elements(&FORECAST),
            Default("none"),
            "What is forecast, and what came.",
        ),
        key(
            "source",
            Elements(&SOURCE_TABLE),
            Default("none"),
            "Sources beside those of the base.",
        ),
    ],
};

pub(in crate::scenario) static BACKTEST: Spec = Spec {
    name: "backtest",
    doc: "What all episodes and forecasts have in common.",
    keys: &[
        key("name", Text, Required, "Name of the back-test."),
        key("about", Text, Default("empty"), "What it shows."),
        key(
            "base",
            Text,
            Required,
            "The scenario file, seen from the directory of this file.",
        ),
        key(
            "within",
            Share,
            Default("0.2"),
            "The share of what was observed by which a model may miss it.",
        ),
        key(
            "replays",
            Count,
            Default("100"),
            "Replays of each episode over what is in doubt about it, for its band.",
        ),
        key(
            "replications",
            Count,
            Default("1000"),
            "Replications of each forecast.",
        ),
        key("seed", Count, Default("1"), "Seed of all random numbers."),
        NOTE,
    ],
};

const WITH: Key = key(
    "with",
    Strings,
    Default("none"),
    "Strategy files laid over the base, in order.",
);
const SET: Key = key(
    "set",
    Strings,
    Default("none"),
    "Settings of the form `key=value`, applied after them.",
);
const START: Key = key(
    "start",
    Instant,
    Default("the base's"),
    "First day that is played.",
);
const HORIZON: Key = key(
    "horizon",
    Quantity(Time),
    Default("the base's"),
    "How long is played.",
);

static A_DOUBT: Shape = Table(&IN_DOUBT);
const DOUBTS: Key = key(
    "doubt",
    List(&A_DOUBT, None),
    Default("none"),
    "Figures of the scenario that are in doubt.",
);

pub(in crate::scenario) static EPISODE: Spec = Spec {
    name: "episode.ID",
    doc: "A recorded disruption, played at its own dates without any random hazard.",
    keys: &[
        NAME,
        key("about", Text, Default("empty"), "What happened."),
        WITH,
        SET,
        START,
        HORIZON,
        key(
            "close",
            List(&Table(&CLOSE), None),
            Required,
            "What was closed, as in a stress case; `left` and `for` may have `low` and `high`.",
        ),
        DOUBTS,
        key(
            "observe",
            List(&Table(&OBSERVE), None),
            Required,
            "What was observed; the first decides over the episode.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static IN_DOUBT: Spec = Spec {
    name: "doubt",
    doc: "A figure of the scenario that is drawn, with `low` and `high` for its 5 % and 95 % points.",
    keys: &[
        key(
            "key",
            Text,
            Required,
            "Where it stands: `link.spm.units.each`.",
        ),
        key(
            "value",
            Anything,
            Default("the scenario's"),
            "Its value in this episode.",
        ),
        key(
            "low",
            Anything,
            Default("the scenario's"),
            "Low end of what it may be.",
        ),
        key(
            "high",
            Anything,
            Default("the scenario's"),
            "High end of what it may be.",
        ),
        SOURCE,
        NOTE,
    ],
};

const METRIC: Key = key(
    "metric",
    Words(&["level", "loss", "gain", "fall"]),
    Required,
    "The flow itself; what it lacks of, or has beyond, the flow with nothing closed; the share it lacks.",
);
const OF: Key = key(
    "of",
    Strings,
    Required,
    "Flows that are added: `route.ID`, `link.ID`, `field.ID`, `transit.ID`, `production`, `exports`, `deliveries`.",
);
const FROM: Key = key(
    "from",
    Instant,
    Required,
    "Beginning of the time looked at.",
);
const UNTIL: Key = key("until", Instant, Required, "Its end.");
const VALUE: Key = key(
    "value",
    Anything,
    Required,
    "What was observed: a rate, a volume, or, of a fall, a share.",
);
const LOW: Key = key(
    "low",
    Anything,
    Default("none"),
    "Low end, if sources differ.",
);
const HIGH: Key = key("high", Anything, Default("none"), "High end, likewise.");
const PER_TONNE: Key = key(
    "bbl_per_tonne",
    Quantified,
    Default("none"),
    "Barrels in a tonne, if it is observed in tonnes.",
);

pub(in crate::scenario) static OBSERVE: Spec = Spec {
    name: "observe",
    doc: "A quantity that was observed.",
    keys: &[
        NAME,
        METRIC,
        OF,
        FROM,
        UNTIL,
        VALUE,
        LOW,
        HIGH,
        PER_TONNE,
        key(
            "within",
            Anything,
            Default("the back-test's"),
            "By how much the model may miss it, as a quantity; needed if nothing was lost.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static VARIANT: Spec = Spec {
    name: "variant.ID",
    doc: "A way to calibrate the hazards.",
    keys: &[
        NAME,
        key("about", Text, Default("empty"), "What it is calibrated on."),
        WITH,
        SET,
        START,
        HORIZON,
        DOUBTS,
        key(
            "in_sample",
            Bool,
            Default("false"),
            "Whether it is calibrated on what it forecasts, so that it proves nothing.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static FORECAST: Spec = Spec {
    name: "forecast.ID",
    doc: "A quantity that is forecast, and what came.",
    keys: &[
        NAME,
        METRIC,
        OF,
        FROM,
        UNTIL,
        VALUE,
        LOW,
        HIGH,
        PER_TONNE,
        key(
            "before",
            Strings,
            Default("none"),
            "The same quantity in earlier times, oldest first: climatology, and the last persists.",
        ),
        SOURCE,
        NOTE,
    ],
};
