//! A course told in few phases: neighbouring times in which about as much is missing are one.

use crate::results::CourseEpoch;

/// More pieces than this are thinned out roughly before they are joined one by one.
const MOST_PIECES: usize = 500;

/// A part of a course.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Phase {
    /// When it begins, seconds.
    pub(super) start: i64,
    /// When it ends, seconds.
    pub(super) end: i64,
    /// Delivered in it, b/d × seconds.
    delivered: f64,
    /// Delivered in it if nothing goes wrong, b/d × seconds.
    undisturbed: f64,
}

impl Phase {
    fn of(epoch: &CourseEpoch) -> Self {
        let seconds = epoch.end_seconds.saturating_sub(epoch.start_seconds) as f64;
        Self {
            start: epoch.start_seconds,
            end: epoch.end_seconds,
            delivered: epoch.delivered_bpd as f64 * seconds,
            undisturbed: epoch.undisturbed_bpd as f64 * seconds,
        }
    }

    /// Its length, seconds; at least one.
    pub(super) fn seconds(&self) -> f64 {
        self.end.saturating_sub(self.start).max(1) as f64
    }

    /// Mean delivered rate, b/d.
    pub(super) fn delivered_bpd(&self) -> f64 {
        self.delivered / self.seconds()
    }

    /// The same if nothing goes wrong, b/d.
    pub(super) fn undisturbed_bpd(&self) -> f64 {
        self.undisturbed / self.seconds()
    }

    /// What is missing against the undisturbed future, bbl; negative where more is delivered.
    pub(super) fn missing_bbl(&self) -> f64 {
        (self.undisturbed - self.delivered) / 86_400.0
    }

    fn missing_bpd(&self) -> f64 {
        self.undisturbed_bpd() - self.delivered_bpd()
    }

    fn with(&self, next: &Self) -> Self {
        Self {
            start: self.start,
            end: next.end,
            delivered: self.delivered + next.delivered,
            undisturbed: self.undisturbed + next.undisturbed,
        }
    }

    /// What telling both as one hides: the sum of squared deviations from the common mean.
    fn hidden(&self, next: &Self) -> f64 {
        let (one, other) = (self.seconds(), next.seconds());
        one * other / (one + other) * (self.missing_bpd() - next.missing_bpd()).powi(2)
    }
}

/// At most `most` phases of a course; two whose missing rates differ by less than `least_bpd` for
/// a day are one however few there are.
pub(super) fn phases(epochs: &[CourseEpoch], most: usize, least_bpd: f64) -> Vec<Phase> {
    let mut phases: Vec<Phase> = epochs.iter().map(Phase::of).collect();
    let mut hidden = (least_bpd.max(1.0)).powi(2) * 86_400.0;
    phases = thinned(&phases, hidden);
    while phases.len() > MOST_PIECES.max(most) {
        hidden *= 2.0;
        phases = thinned(&phases, hidden);
    }
    loop {
        let pairs = phases.windows(2).map(|pair| pair[0].hidden(&pair[1]));
        let least = pairs.enumerate().min_by(|a, b| a.1.total_cmp(&b.1));
        let Some((at, _)) = least.filter(|_| phases.len() > most.max(1)) else {
            return phases;
        };
        let next = phases.remove(at + 1);
        phases[at] = phases[at].with(&next);
    }
}

/// Joins each piece to the one before it if that hides no more than `most`.
fn thinned(pieces: &[Phase], most: f64) -> Vec<Phase> {
    let mut kept: Vec<Phase> = Vec::new();
    for piece in pieces {
        match kept.last_mut() {
            Some(last) if last.hidden(piece) <= most => *last = last.with(piece),
            _ => kept.push(*piece),
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    fn course(missing: &[i64]) -> Vec<CourseEpoch> {
        let epoch = |(day, missing): (usize, &i64)| CourseEpoch {
            start_seconds: day as i64 * 86_400,
            end_seconds: (day as i64 + 1) * 86_400,
            cause: String::new(),
            planned_bpd: 1_000,
            delivered_bpd: 1_000 - missing,
            undisturbed_bpd: 1_000,
            shut_in_bpd: 0,
            storing_bpd: 0,
            routes_bpd: Vec::new(),
            stocks_bbl: Vec::new(),
            produced_bpd: Vec::new(),
        };
        missing.iter().enumerate().map(epoch).collect()
    }

    fn lengths(phases: &[Phase]) -> Vec<i64> {
        let days = phases
            .iter()
            .map(|phase| (phase.end - phase.start) / 86_400);
        days.collect()
    }

    #[test]
    fn what_is_alike_is_one_phase_and_no_barrel_is_lost() {
        let missing = [0, 0, 500, 505, 0, 0, 3, 0, 900, 0];
        let epochs = course(&missing);
        let told = phases(&epochs, 20, 10.0);
        assert_eq!(lengths(&told), [2, 2, 4, 1, 1]);
        let few = phases(&epochs, 3, 10.0);
        assert_eq!(lengths(&few), [8, 1, 1]);
        for told in [&told, &few] {
            let sum: f64 = told.iter().map(Phase::missing_bbl).sum();
            assert!((sum - missing.iter().sum::<i64>() as f64).abs() < 1e-6);
        }
        assert!(phases(&[], 3, 10.0).is_empty());
    }

    #[test]
    fn a_long_course_is_thinned_and_told() {
        let missing: Vec<i64> = (0..5_000).map(|day| day * 7_919 % 997).collect();
        assert!(phases(&course(&missing), 12, 1.0).len() <= 12);
    }
}
