//! What a run says about quotas.

use crate::accumulate::{Column, Group};
use crate::model::Model;

use super::quota::{QuotaAccount, counted_barrels};
use super::state::State;

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
