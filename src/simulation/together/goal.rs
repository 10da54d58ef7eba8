//! What has to be known well enough for a run to stop early.

use crate::accumulate::{EXACT, Group, Plan};
use crate::metrics::{
    Moments, conditional_value_at_risk, conditional_value_at_risk_difference, is_precise, paired,
    two_sided_z,
};
use crate::model::Stop;

use super::super::settings::RunError;

/// Fewer replications than this beyond a value at risk say too little of their own error: with ten,
/// nine of ten intervals that claim 95 % hold.
const LEAST_BEYOND: f64 = 50.0;
/// Levels of tails by name.
const LEVELS: [(&str, f64); 2] = [("cvar95", 0.95), ("cvar99", 0.99)];

/// A figure, and how well it has to be known.
#[derive(Clone, Debug, PartialEq)]
pub(in super::super) struct Goal {
    /// Its metric, among all columns.
    pub(in super::super) column: usize,
    /// Its place among those whose exact sample is kept.
    pub(super) exact: Option<usize>,
    /// Level of the tail whose mean it is; `None` for the mean of all.
    level: Option<f64>,
    /// Whether it is the difference of each configuration from the first.
    pub(super) is_difference: bool,
    relative_error: f64,
}

impl Goal {
    /// # Errors
    /// [`RunError::UnknownMetric`], with what there is.
    pub(in super::super) fn of(stop: &Stop, plan: &Plan) -> Result<Self, RunError> {
        let mut words = stop.metric.split('.');
        let name = words.next().unwrap_or_default();
        let column = (plan.columns.iter())
            .position(|column| column.group == Group::System && column.name == name);
        let exact = EXACT.iter().position(|&kept| kept == name);
        let rest: Vec<&str> = words.collect();
        let level = |word: &str| {
            let level = LEVELS.iter().find(|&&(name, _)| name == word);
            level.map(|&(_, level)| level)
        };
        let found = match rest.as_slice() {
            [] => Some((None, false)),
            ["difference"] => Some((None, true)),
            [tail] => level(tail).map(|level| (Some(level), false)),
            [tail, "difference"] => level(tail).map(|level| (Some(level), true)),
            _ => None,
        };
        // Tails and pairs take a number for each replication.
        let found = found.filter(|&found| found == (None, false) || exact.is_some());
        let (Some(column), Some((level, is_difference))) = (column, found) else {
            return Err(RunError::UnknownMetric {
                name: stop.metric.clone(),
                known: known(plan),
            });
        };
        Ok(Self {
            column,
            exact,
            level,
            is_difference,
            relative_error: stop.relative_error,
        })
    }

    /// Whether it is the mean of a metric itself.
    pub(super) fn is_mean(&self) -> bool {
        self.level.is_none() && !self.is_difference
    }

    /// Whether a figure with this standard error is known well enough.
    pub(super) fn is_met(&self, value: f64, std_error: f64) -> bool {
        is_precise(value, std_error, self.relative_error, two_sided_z(0.95))
    }

    /// Whether a mean is known well enough.
    pub(super) fn is_met_by(&self, moments: &Moments) -> bool {
        let known = moments.mean().zip(moments.std_error());
        known.is_some_and(|(mean, error)| self.is_met(mean, error))
    }

    /// Whether the tail of a sample is, or how it differs from another.
    ///
    /// - `first`: the sample of the first configuration, `own`: that of this one.
    pub(super) fn is_met_by_samples(&self, first: &[i64], own: &[i64]) -> bool {
        let is_thin = |level: f64| own.len() as f64 * (1.0 - level) < LEAST_BEYOND - 1e-9;
        if self.level.is_some_and(is_thin) {
            return false;
        }
        let known = match (self.level, self.is_difference) {
            (None, true) => {
                paired(first, own).map(|found| (found.mean_difference, found.std_error))
            }
            (Some(level), true) => {
                let found = conditional_value_at_risk_difference(first, own, level);
                found.map(|found| (found.value, found.std_error))
            }
            (Some(level), false) => {
                let mut sorted = own.to_vec();
                sorted.sort_unstable();
                let found = conditional_value_at_risk(&sorted, level);
                found.and_then(|tail| Some((tail.value, tail.std_error?)))
            }
            (None, false) => None,
        };
        known.is_some_and(|(value, error)| self.is_met(value, error))
    }
}

/// What a run can stop on, in words.
fn known(plan: &Plan) -> String {
    let system = plan
        .columns
        .iter()
        .filter(|column| column.group == Group::System);
    let names: Vec<&str> = system.map(|column| column.name).collect();
    format!(
        "{}; after {} also `.cvar95` or `.cvar99`, and where several configurations are compared \
         `.difference`, as in `undelivered.cvar95` and `undelivered.difference`",
        names.join(", "),
        EXACT.join(", "),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn goal(level: Option<f64>, is_difference: bool) -> Goal {
        Goal {
            column: 0,
            exact: Some(0),
            level,
            is_difference,
            relative_error: 0.25,
        }
    }

    /// 0, 1, …, 1999 again and again, less a share.
    fn sample(count: i64, divisor: i64) -> Vec<i64> {
        (0..count).map(|at| at * 7_919 % 2_000 / divisor).collect()
    }

    #[test]
    fn a_tail_takes_fifty_replications_beyond_it() {
        let goal = goal(Some(0.95), false);
        assert!(!goal.is_met_by_samples(&[], &sample(999, 1)));
        assert!(goal.is_met_by_samples(&[], &sample(1_000, 1)));
        let sharp = Goal {
            relative_error: 1e-6,
            ..goal
        };
        assert!(!sharp.is_met_by_samples(&[], &sample(1_000, 1)));
    }

    #[test]
    fn a_difference_is_known_by_its_own_size() {
        let (first, half) = (sample(1_000, 1), sample(1_000, 2));
        for level in [None, Some(0.95)] {
            let goal = goal(level, true);
            assert!(goal.is_met_by_samples(&first, &half));
            assert!(goal.is_met_by_samples(&first, &first), "nothing differs");
            let mut near = first.clone();
            let most = (0..1_000).max_by_key(|&at| near[at]).unwrap();
            near[0] += 1;
            near[most] += 5;
            assert!(
                !goal.is_met_by_samples(&first, &near),
                "hardly anything does"
            );
        }
    }
}
