//! Production quotas.

use super::common::{GRADE, NAME, NOTE, SOURCE};
use super::grammar::Need::{Default, Required};
use super::grammar::Shape::{Bool, List, Profile, Quantity, Strings, Words};
use super::grammar::{Spec, key};
use crate::scenario::quantity::Dimension::Volume;

pub(in crate::scenario) static QUOTA: Spec = Spec {
    name: "quota.ID",
    doc: "A limit on what fields produce together.",
    keys: &[
        NAME,
        key(
            "cap",
            Profile,
            Required,
            "How much may count: the sum of what fields produce, each times its `crude_share`.",
        ),
        key(
            "compensation",
            Profile,
            Default("0"),
            "By how much less under `compensate`, to make up for what was too much before.",
        ),
        key(
            "follow",
            Words(&["national-interest", "comply", "compensate"]),
            Default("\"national-interest\""),
            "What is done about it: nothing, so that what is too much is only reported; cut to `cap`; cut to `cap` less `compensation`.",
        ),
        key(
            "cut_order",
            List(&Words(&["state", "investors"]), None),
            Default("[\"state\"]"),
            "Fields of which `control` can be cut, in this order; others never are.",
        ),
        key(
            "catch_up",
            Bool,
            Default("false"),
            "If true, the mean of a calendar month has to keep to the cap, so that what an outage takes may be produced later in its month; else every instant.",
        ),
        key(
            "opening",
            Quantity(Volume),
            Default("0"),
            "Balance at the start: what was produced too much before.",
        ),
        key(
            "credit",
            Bool,
            Default("false"),
            "If true, the balance can fall below 0: a month below `cap` is kept for later ones.",
        ),
        key(
            "fields",
            Strings,
            Default("all"),
            "Ids of the fields that count; no field has two quotas.",
        ),
        GRADE,
        SOURCE,
        NOTE,
    ],
};
