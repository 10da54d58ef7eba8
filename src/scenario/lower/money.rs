//! What is counted in money beside prices and costs.

use crate::model::{Deferral, Money, StateTake};
use crate::scenario::read::Reader;
use crate::scenario::tree::Table;
use crate::units::Fraction;

use super::nodes::price;

/// The largest response of prices: 1 % less raises them by 100 %.
const MOST_RESPONSE: f64 = 100.0;

/// The longest deferral, in years.
const MOST_YEARS: f64 = 200.0;

pub(super) fn money(reader: &Reader<'_>, table: &Table) -> Money {
    let share = |table: &Table, key: &str| {
        let given = table.get(key).and_then(|node| reader.share(node));
        given.unwrap_or(Fraction::ZERO)
    };
    let takes = ["royalty", "export_duty", "profit_tax"];
    let has_take = takes.iter().any(|key| table.get(key).is_some());
    Money {
        take: has_take.then(|| StateTake {
            royalty: share(table, "royalty"),
            export_duty: price(reader, table, "export_duty"),
            profit_tax: share(table, "profit_tax"),
        }),
        price_response: within(reader, table, "price_response", MOST_RESPONSE),
        deferral: table.table("deferral").map(|deferral| Deferral {
            discount: share(deferral, "discount"),
            growth: share(deferral, "growth"),
            years: within(reader, deferral, "years", MOST_YEARS),
        }),
    }
}

/// A number from 0 to `most`; 0 if there is none.
fn within(reader: &Reader<'_>, table: &Table, key: &str, most: f64) -> f64 {
    let Some(node) = table.get(key) else {
        return 0.0;
    };
    let Some(number) = reader.number(node) else {
        return 0.0;
    };
    // What is drawn keeps within what may be stated.
    let number = if reader.is_draw() {
        number.clamp(0.0, most)
    } else {
        number
    };
    if (0.0..=most).contains(&number) {
        return number;
    }
    reader
        .report
        .error(
            "scenario::out_of_range",
            node.at,
            format!("not between 0 and {most}"),
            format!("`{key}` cannot be {number}"),
        )
        .help(format!("give a number from 0 to {most}"))
        .file();
    0.0
}
