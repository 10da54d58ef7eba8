//! What was lost given what happened: how long each regime held, and whether a hazard struck.
//!
//! A number that is not defined in a replication is not counted there, so a mean over the
//! replications in which it is defined is a conditional mean, with its own standard error.

use crate::accumulate::{Column, Group, UNDEFINED};
use crate::model::{Hazard, Model};
use crate::sampling::Timeline;

use super::columns::share;
use super::held::Held;

/// Undelivered volume by the share of time in which a regime held: below a third, between, above
/// two thirds.
const BY_REGIME: [&str; 3] = ["undelivered_low", "undelivered_middle", "undelivered_high"];

/// Columns of regimes.
pub(super) fn regime_columns(model: &Model, columns: &mut Vec<Column>) {
    for regime in (0..model.regimes.len()).map(Group::Regime) {
        columns.push(Column::share(regime, "time_share"));
        columns.extend(BY_REGIME.map(|name| Column::barrels(regime, name)));
    }
}

/// Their values; `undelivered` in whole barrels.
pub(super) fn fill_regimes(
    model: &Model,
    timeline: &Timeline,
    undelivered: i64,
    values: &mut Vec<i64>,
) {
    for regime in 0..model.regimes.len() {
        let time = timeline.regimes().time_in(regime, model.horizon);
        values.push(share(time.0, model.horizon.0));
        let class = Held::of(time.0, model.horizon.0) as usize;
        for which in 0..BY_REGIME.len() {
            values.push(if which == class {
                undelivered
            } else {
                UNDEFINED
            });
        }
    }
}

/// Columns of hazards.
pub(super) fn hazard_columns(hazards: &[Hazard], columns: &mut Vec<Column>) {
    for hazard in (0..hazards.len()).map(Group::Hazard) {
        columns.push(Column::barrels(hazard, "undelivered_if"));
        columns.push(Column::barrels(hazard, "undelivered_if_not"));
    }
}

/// Their values, by the number of events of each hazard.
pub(super) fn fill_hazards(events: &[i64], undelivered: i64, values: &mut Vec<i64>) {
    for &events in events {
        values.push(if events > 0 { undelivered } else { UNDEFINED });
        values.push(if events > 0 { UNDEFINED } else { undelivered });
    }
}
