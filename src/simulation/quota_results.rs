//! What a run says about quotas.

use std::collections::BTreeMap;

use crate::accumulate::{Column, Gathered, Group};
use crate::model::{Collect, Model, Series};
use crate::results::{QuotaMonth, UndisturbedQuota};
use crate::units::{BarrelsPerDay, Seconds};

use super::quota::{QuotaAccount, counted_barrels};
use super::state::State;
use super::world::World;

/// The columns of quotas, and their balances together.
pub(super) fn columns(model: &Model, columns: &mut Vec<Column>) {
    if model.quotas.is_empty() {
        return;
    }
    columns.push(Column::barrels(Group::System, "quota_balance"));
    for quota in (0..model.quotas.len()).map(Group::Quota) {
        for name in ["counted", "cut", "unmet_cut", "excess", "balance"] {
            columns.push(Column::barrels(quota, name));
        }
        columns.push(Column::hours(quota, "time_over"));
    }
}

/// Their values in a replication that is over.
pub(super) fn fill(state: &State<'_>, values: &mut Vec<i64>) {
    if state.quotas.is_empty() {
        return;
    }
    let balance = state.quotas.iter().map(|quota| quota.account.balance).sum();
    values.push(counted_barrels(balance));
    for quota in &state.quotas {
        let account = &quota.account;
        values.extend(volumes(account).map(counted_barrels));
        values.push(account.time_over.0);
    }
}

fn volumes(account: &QuotaAccount) -> [i128; 5] {
    [
        account.counted,
        account.cut,
        account.unmet,
        account.excess,
        account.balance,
    ]
}

/// What is gathered by month: for each quota and month, what counted and the balance.
pub(super) fn numbers_by_month(world: &World<'_>, collect: Collect) -> usize {
    if collect < Collect::All {
        return 0;
    }
    2 * world.model.quotas.len() * world.quotas.months.len()
}

/// The numbers by month of a replication that is over, whole barrels.
pub(super) fn fill_months(state: &State<'_>, values: &mut Vec<i64>) {
    values.clear();
    let months = state.quotas.iter().flat_map(|quota| &quota.account.months);
    values.extend(months.flat_map(|&(counted, balance)| [counted, balance].map(counted_barrels)));
}

/// What quotas came to by month; `names` are those of the months.
pub(super) fn months(
    world: &World<'_>,
    undisturbed: &[QuotaAccount],
    gathered: &Gathered,
    names: &[String],
) -> Vec<QuotaMonth> {
    let ends = &world.quotas.months;
    let mut found = Vec::new();
    for (quota, spec) in world.model.quotas.iter().enumerate() {
        let mut began = Seconds::ZERO;
        for (month, (name, &end)) in names.iter().zip(ends).enumerate() {
            let index = 2 * (quota * ends.len() + month);
            let days = (end - began).days();
            let (counted, _) = gathered.quota_month(index);
            let (balance, sketch) = gathered.quota_month(index + 1);
            let level = |p: f64| sketch.quantile(p).unwrap_or(0.0);
            let alone = undisturbed
                .get(quota)
                .and_then(|quota| quota.months.get(month));
            found.push(QuotaMonth {
                quota: spec.id.clone(),
                name: spec.name.clone(),
                month: name.clone(),
                days,
                cap_bpd: mean(&spec.cap, began, end),
                compensation_bpd: mean(&spec.compensation, began, end),
                undisturbed_bpd: alone.map_or(0.0, |alone| counted_barrels(alone.0) as f64) / days,
                counted_bpd: counted.mean().unwrap_or(0.0) / days,
                counted_std_error_bpd: counted.std_error().map(|error| error / days),
                balance_bbl: balance.mean().unwrap_or(0.0),
                balance_std_error_bbl: balance.std_error(),
                balance_low_bbl: level(0.05),
                balance_median_bbl: level(0.5),
                balance_high_bbl: level(0.95),
            });
            began = end;
        }
    }
    found
}

/// Mean of a rate over a time, b/d.
fn mean(series: &Series<BarrelsPerDay>, from: Seconds, to: Seconds) -> f64 {
    let steps = series.steps();
    let volume: i128 = (0..steps.len())
        .map(|at| {
            let end = steps.get(at + 1).map_or(to, |next| next.0.min(to));
            let time = (end - steps[at].0.max(from)).0.max(0);
            i128::from(steps[at].1.0) * i128::from(time)
        })
        .sum();
    volume as f64 / (to - from).0.max(1) as f64
}

/// What quotas come to if nothing goes wrong.
pub(super) fn undisturbed(
    model: &Model,
    accounts: &[QuotaAccount],
) -> BTreeMap<String, UndisturbedQuota> {
    let found = model.quotas.iter().zip(accounts).map(|(quota, account)| {
        let [counted_bbl, cut_bbl, unmet_cut_bbl, excess_bbl, balance_bbl] =
            volumes(account).map(|volume| counted_barrels(volume) as f64);
        let figures = UndisturbedQuota {
            counted_bbl,
            cut_bbl,
            unmet_cut_bbl,
            excess_bbl,
            balance_bbl,
            opening_bbl: quota.opening.0 as f64,
            time_over_h: account.time_over.hours(),
        };
        (quota.id.clone(), figures)
    });
    found.collect()
}
