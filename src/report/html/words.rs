//! Numbers in the sentences of pages.

use crate::results::{RankEstimate, ScenarioInfo};
use crate::units::DAYS_PER_YEAR;

use super::super::number::{grouped, significant, with_error};

/// The space between a number and its unit, which never breaks.
pub(super) const SPACE: char = '\u{a0}';

/// A rate in kb/d: `1 742 kb/d`.
pub(super) fn kbd(bpd: f64) -> String {
    let rate = bpd / 1_000.0;
    let decimals = i32::from(rate.abs() < 100.0);
    format!("{}{SPACE}kb/d", grouped(rate, decimals))
}

/// A volume in million barrels, or thousands if it is small, with its standard error.
pub(super) fn barrels(bbl: f64, error: Option<f64>) -> String {
    let (factor, unit) = if bbl.abs().max(error.unwrap_or(0.0)) < 1e6 {
        (1e3, "thousand barrels")
    } else {
        (1e6, "million barrels")
    };
    let error = error.filter(|&error| error > 0.0);
    let number = match error {
        Some(error) => with_error(bbl / factor, Some(error / factor)),
        None => significant(bbl / factor, 4),
    };
    format!("{number}{SPACE}{unit}")
}

/// An estimate of a volume.
pub(super) fn volume(estimate: RankEstimate) -> String {
    barrels(estimate.mean, estimate.std_error)
}

/// A share as per cent: `86.3 %`.
pub(super) fn share(share: f64) -> String {
    format!("{}{SPACE}%", grouped(100.0 * share, 1))
}

/// A share with its error, as per cent.
pub(super) fn share_of(estimate: RankEstimate) -> String {
    let error = estimate.std_error.filter(|&error| error > 0.0);
    match error {
        Some(error) => format!(
            "{}{SPACE}%",
            with_error(100.0 * estimate.mean, Some(100.0 * error))
        ),
        None => share(estimate.mean),
    }
}

/// Dollars a year, or in all, in millions.
pub(super) fn million_usd(usd: f64) -> String {
    format!("{}{SPACE}million USD", significant(usd / 1e6, 3))
}

/// What one replication is called, alone and several: a year if it is about as long as one.
pub(super) fn period(scenario: &ScenarioInfo) -> (&'static str, &'static str) {
    if (scenario.horizon_days - DAYS_PER_YEAR).abs() < 2.0 {
        ("year", "years")
    } else {
        ("future", "futures")
    }
}

/// Names in a row: `a, b and c`.
pub(super) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}
