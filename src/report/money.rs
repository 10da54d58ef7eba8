//! What a run earns and loses in money.

use std::io;

use crate::results::{Metric, Money, StrategyResult};

use super::number::{Scale, grouped};
use super::run::{Tails, columns, metrics_table, paragraph};
use super::table::Table;
use super::tell::Tell;

/// Metrics of money in the order in which they are shown, and as they are called.
const SHOWN: [(&str, &str, Tails); 12] = [
    ("revenue", "revenue", Tails::Hidden),
    ("quality_bank", "… of quality", Tails::Hidden),
    ("tariff_paid", "tariffs", Tails::Hidden),
    ("freight_paid", "freight", Tails::Hidden),
    ("war_risk_paid", "war risk", Tails::Hidden),
    ("netback", "netback", Tails::Hidden),
    ("lifting_cost", "lifting cost", Tails::Hidden),
    ("state_take", "state take", Tails::Hidden),
    ("netback_lost", "netback lost", Tails::Shown),
    ("volume_effect", "… by volume", Tails::Shown),
    ("route_effect", "… by route", Tails::Shown),
    ("deferred_value", "deferred value", Tails::Shown),
];

const NOTE: &str = "Netback is revenue less tariffs, freight and war risk. It is lost against the \
                    undisturbed future: by volume at its mean netback of a barrel, and by route, \
                    that is by what delivered barrels earn otherwise. The 95 % column of what is \
                    lost is the revenue at risk.";

/// Writes the tables of money; nothing if the scenario has no prices.
///
/// # Errors
/// Those of `out`.
pub(super) fn money_text(
    strategy: &StrategyResult,
    (rate, has_doubt): (Scale, bool),
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    let Some(money) = &strategy.money else {
        return Ok(());
    };
    // What is nothing in every replication was not stated.
    let is_something =
        |metric: &Metric| metric.min.is_some_and(|least| least != 0.0) || metric.max != metric.min;
    let shown: Vec<(&str, &str, Tails)> = SHOWN
        .into_iter()
        .filter(|(name, ..)| strategy.metrics.get(*name).is_some_and(is_something))
        .collect();
    let volume = Scale::plain("bbl");
    let metrics = metrics_table(("money", &shown), &strategy.metrics, volume, has_doubt);
    writeln!(out)?;
    out.about("Money");
    metrics.table.write(width, out)?;
    paragraph(NOTE, width, out)?;
    let outcomes = outcomes(money, rate);
    if !outcomes.is_empty() {
        writeln!(out)?;
        out.about("Volume against netback, undisturbed");
        outcomes.write(width, out)?;
    }
    Ok(())
}

/// Volume against netback, in the undisturbed future.
fn outcomes(money: &Money, rate: Scale) -> Table {
    let mut table = Table::new(columns(
        &["objective, undisturbed"],
        &[
            &format!("delivered, {}", rate.unit),
            &format!("exported, {}", rate.unit),
            "netback, million USD",
        ],
    ));
    for outcome in &money.objectives {
        let mark = if outcome.in_force { " (in force)" } else { "" };
        table.row([
            format!("{}{mark}", outcome.objective),
            grouped(rate.of(outcome.delivered_bpd), 1),
            grouped(rate.of(outcome.exported_bpd), 1),
            grouped(outcome.netback_usd / 1e6, 1),
        ]);
    }
    table
}
