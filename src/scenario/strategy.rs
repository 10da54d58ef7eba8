//! The header of a strategy file.

use crate::model::Strategy;
use crate::units::{DAYS_PER_YEAR, Fraction};

use super::quantity::Dimension;
use super::read::{Reader, owned_text};
use super::tree::{Node, Table};

/// What a strategy's header says; problems are reported.
///
/// - `id`: stands for the name where none is given.
pub(super) fn strategy(reader: &Reader<'_>, header: &Table, id: &str) -> Strategy {
    let money = |node: &Node| reader.quantity(node, Dimension::Money, None);
    let years = |key: &str| {
        let days = header.get(key).and_then(|node| reader.some_days(node));
        days.map(|days| days / DAYS_PER_YEAR)
    };
    let capex = header.get("capex");
    let bound = |key: &str| {
        let bounds = capex.and_then(Node::table);
        bounds.and_then(|table| table.get(key)).and_then(money)
    };
    Strategy {
        id: id.to_owned(),
        name: owned_text(header, "name").unwrap_or_else(|| id.to_owned()),
        about: owned_text(header, "about").unwrap_or_default(),
        capex_usd: capex.and_then(money),
        capex_low_usd: bound("low"),
        capex_high_usd: bound("high"),
        opex_usd: header.get("opex").and_then(money),
        lifetime_years: years("lifetime"),
        discount: header
            .get("discount")
            .and_then(|node| reader.share(node))
            .map(Fraction::get),
        lead_time_years: years("lead_time"),
        available: header.get("available").and_then(|node| reader.moment(node)),
    }
}
