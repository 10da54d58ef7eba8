//! What exists: fields, hubs, markets, links, routes, transits.

use super::common::{AT, COUNTRY, GRADE, GRADES, JURISDICTION, NAME, NOTE, SOURCE, UNITS};
use super::grammar::Need::{Default, Required};
use super::grammar::Shape::{
    Bool, ById, Count, Either, List, OneOf, Profile, Quantified, Quantity, Share, Strings, Table,
    Text, Words,
};
use super::grammar::{Spec, key};
use crate::scenario::quantity::Dimension::{Flow, Price, Time, Volume};

pub(in crate::scenario) static FIELD: Spec = Spec {
    name: "field.ID",
    doc: "Where barrels enter.",
    keys: &[
        NAME,
        COUNTRY,
        AT,
        key("plan", Profile, Required, "What it means to produce."),
        key(
            "grade",
            Text,
            Default("the scenario's"),
            "Id of the `[grade.ID]` that it produces, by which tonnes here are barrels.",
        ),
        key(
            "control",
            Words(&["investors", "state"]),
            Default("none"),
            "Who decides to cut it; a quota cuts nobody who is not named.",
        ),
        key(
            "priority",
            Count,
            Default("2"),
            "Class, from 1 to 255: the oil of a lower number is cut last.",
        ),
        key(
            "entitlement",
            Profile,
            Default("the plan"),
            "Rate at which it ships before others, under `sharing = \"entitlement\"`.",
        ),
        key(
            "crude_share",
            Share,
            Default("1"),
            "Share of what it produces that counts under a quota; the rest is condensate.",
        ),
        key(
            "floor",
            Share,
            Default("0"),
            "Share of the plan below which a quota does not cut it.",
        ),
        key(
            "lifting_cost",
            Quantity(Price),
            Default("none"),
            "Cost of producing a barrel, counted in `lifting_cost`; the allocation does not look at it.",
        ),
        key(
            "restart",
            Either(&[Quantity(Time), OneOf(&RESTART)]),
            Default("at once"),
            "The way back to full rate after a cut: a time for a straight line from zero, or a table.",
        ),
        key(
            "dead_time",
            Quantity(Time),
            Default("0 d"),
            "After a full stop, time from the first chance to produce to the beginning of the restart.",
        ),
        key(
            "min_stable",
            Quantity(Flow),
            Default("0 kb/d"),
            "Least rate at which it runs; if less has a way out, it stops.",
        ),
        key(
            "damage",
            Table(&DAMAGE),
            Default("none"),
            "What a long stop takes from it for good.",
        ),
        SOURCE,
        NOTE,
    ],
};

static RESTART: Spec = Spec {
    name: "restart",
    doc: "The share of what a field can produce, by time since it restarted: exactly one of these.",
    keys: &[
        key(
            "linear",
            Quantity(Time),
            Default("–"),
            "Straight from nothing to all within this time.",
        ),
        key(
            "exponential",
            Quantity(Time),
            Default("–"),
            "1 − exp(−t/τ), with this time constant τ.",
        ),
        key(
            "table",
            List(&List(&Either(&[Quantity(Time), Share]), Some(2)), None),
            Default("–"),
            "Points of time and share, straight in between: the first at `\"0 d\"`, times rising, shares not falling, the last share 1.",
        ),
        SOURCE,
        NOTE,
    ],
};

static DAMAGE: Spec = Spec {
    name: "damage",
    doc: "What a stop takes for good when it ends: `per_day`, or `most` and `time_constant`.",
    keys: &[
        key(
            "after",
            Quantity(Time),
            Required,
            "Stops up to this long do no harm.",
        ),
        key(
            "per_day",
            Share,
            Default("–"),
            "Share lost for each day after that; never more than all.",
        ),
        key(
            "most",
            Share,
            Default("–"),
            "Share that a stop without end would take.",
        ),
        key(
            "time_constant",
            Quantity(Time),
            Default("–"),
            "With `most`: `most` × (1 − exp(−t/τ)) is lost after t more days, with this τ.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static HUB: Spec = Spec {
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
        GRADES,
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static TANK: Spec = Spec {
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
            "reserve_price",
            Quantity(Price),
            Default("none"),
            "Oil is kept in the tank rather than sold for less.",
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

pub(in crate::scenario) static UNITS_TABLE: Spec = Spec {
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

pub(in crate::scenario) static MARKET: Spec = Spec {
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
            "prices",
            ById("grade", &Quantity(Price)),
            Default("none"),
            "Prices of grades that are paid otherwise.",
        ),
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
        GRADES,
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static LINK: Spec = Spec {
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
            "freight",
            Quantity(Price),
            Default("0"),
            "Freight of a barrel by sea or rail, on top of `tariff`.",
        ),
        key(
            "war_risk",
            Quantity(Price),
            Default("0"),
            "Insurance of a barrel against war, on top of `tariff` and `freight`.",
        ),
        key(
            "both_ways",
            Bool,
            Default("false"),
            "Whether it carries oil in either direction.",
        ),
        GRADE,
        GRADES,
        key(
            "fleet",
            Table(&FLEET),
            Default("none"),
            "Ships, trains or berths whose round trips limit what it carries, beside `capacity`.",
        ),
        key(
            "lag",
            Quantity(Time),
            Default("none"),
            "How long flow above the usual must be needed without a break before it is let through.",
        ),
        key(
            "transit_time",
            Quantity(Time),
            Default("0"),
            "Time that oil is under way: it arrives so much later than it departs.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static FLEET: Spec = Spec {
    name: "fleet",
    doc: "Ships, trains or berths: what they carry is `ships` × `parcel` / `round_trip`.",
    keys: &[
        key("ships", Quantified, Required, "How many there are."),
        key("parcel", Quantity(Volume), Required, "What each takes."),
        key(
            "round_trip",
            Either(&[Quantity(Time), List(&Quantity(Time), Some(12))]),
            Required,
            "Time from one loading to the next, of a berth the time that it is taken; or twelve times, January first.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static ROUTE: Spec = Spec {
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

pub(in crate::scenario) static TRANSIT: Spec = Spec {
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
        key(
            "priority",
            Count,
            Default("1"),
            "Class, from 1 to 255: 1 goes before all of ours, p after our deliveries of the classes before p.",
        ),
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
