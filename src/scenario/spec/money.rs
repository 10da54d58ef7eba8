//! What is counted in money.

use super::common::{NOTE, SOURCE};
use super::grammar::Need::{Default, Required};
use super::grammar::Shape::{Quantified, Quantity, Share, Table};
use super::grammar::{Spec, key};
use crate::scenario::quantity::Dimension::Price;

pub(in crate::scenario) static MONEY: Spec = Spec {
    name: "money",
    doc: "What is counted in money beside prices and costs; it never changes what flows.",
    keys: &[
        key(
            "royalty",
            Share,
            Default("0"),
            "Share of revenue that the state takes.",
        ),
        key(
            "export_duty",
            Quantity(Price),
            Default("0"),
            "What the state takes of each barrel exported.",
        ),
        key(
            "profit_tax",
            Share,
            Default("0"),
            "Share that the state takes of netback less lifting cost, where that is above 0.",
        ),
        key(
            "price_response",
            Quantified,
            Default("0"),
            "By how many per cent export prices rise for each per cent of the undisturbed exports that does not arrive; from 0 to 100.",
        ),
        key(
            "deferral",
            Table(&DEFERRAL),
            Default("none"),
            "What it costs that barrels are produced later.",
        ),
        SOURCE,
        NOTE,
    ],
};

pub(in crate::scenario) static DEFERRAL: Spec = Spec {
    name: "deferral",
    doc: "Barrels that are not produced are sold this much later.",
    keys: &[
        key("discount", Share, Required, "Discount rate a year."),
        key(
            "growth",
            Share,
            Default("0"),
            "By how much prices grow a year.",
        ),
        key(
            "years",
            Quantified,
            Required,
            "How many years later, from 0 to 200.",
        ),
        SOURCE,
        NOTE,
    ],
};
