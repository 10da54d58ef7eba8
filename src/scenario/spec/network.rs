//! What exists: fields, hubs, markets, links, routes, transits.

use super::common::{AT, COUNTRY, GRADE, GRADES, JURISDICTION, NAME, NOTE, SOURCE, UNITS};
use super::grammar::Need::{Default, Later, Required};
use super::grammar::Shape::{
    Anything, Bool, ById, Count, List, Profile, Quantity, Share, Strings, Table, Text, Words,
};
use super::grammar::{Spec, key};
use crate::scenario::quantity::Dimension::{Flow, Price, Volume};

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
            "both_ways",
            Bool,
            Default("false"),
            "Whether it carries oil in either direction.",
        ),
        GRADE,
        GRADES,
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
