//! Values that change at known times.

use crate::units::Seconds;

/// A step function of time: each value holds from its time until the next.
///
/// Invariant: there is a value at time 0, and times increase strictly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Series<T>(Vec<(Seconds, T)>);

impl<T: Copy + PartialEq> Series<T> {
    /// The same value at all times.
    pub fn constant(value: T) -> Self {
        Self(vec![(Seconds::ZERO, value)])
    }

    /// From steps in order of time; equal neighbours are merged. `None` if the first step is not
    /// at time 0 or times do not increase.
    pub fn from_steps(steps: impl IntoIterator<Item = (Seconds, T)>) -> Option<Self> {
        let mut kept: Vec<(Seconds, T)> = Vec::new();
        let mut last = None;
        for (time, value) in steps {
            let in_order = last.map_or(time == Seconds::ZERO, |before| time > before);
            if !in_order {
                return None;
            }
            last = Some(time);
            if kept.last().is_none_or(|&(_, before)| before != value) {
                kept.push((time, value));
            }
        }
        (!kept.is_empty()).then_some(Self(kept))
    }

    /// The steps: time from which it holds, and value.
    #[must_use]
    pub fn steps(&self) -> &[(Seconds, T)] {
        &self.0
    }

    /// The value at time 0.
    #[must_use]
    pub fn first(&self) -> T {
        self.0[0].1
    }

    /// The value that holds at `time`.
    #[must_use]
    pub fn at(&self, time: Seconds) -> T {
        let after = self.0.partition_point(|&(from, _)| from <= time);
        self.0[after.saturating_sub(1)].1
    }

    /// This series until `time`, then `later`.
    #[must_use]
    pub fn then(&self, time: Seconds, later: &Self) -> Self {
        let before = self.0.iter().copied().filter(|&(from, _)| from < time);
        let start = std::iter::once((time, later.at(time)));
        let after = later.0.iter().copied().filter(|&(from, _)| from > time);
        let steps: Vec<_> = before.chain(start).chain(after).collect();
        Self::from_steps(steps).unwrap_or_else(|| later.clone())
    }

    /// Each value changed by `change`.
    pub fn map<U: Copy + PartialEq>(&self, change: impl Fn(T) -> U) -> Series<U> {
        let mut steps: Vec<(Seconds, U)> = Vec::with_capacity(self.0.len());
        for &(time, value) in &self.0 {
            let value = change(value);
            if steps.last().is_none_or(|&(_, before)| before != value) {
                steps.push((time, value));
            }
        }
        Series(steps)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_must_start_at_zero_and_increase() {
        assert!(Series::from_steps([(Seconds(1), 1)]).is_none());
        assert!(Series::from_steps([(Seconds(0), 1), (Seconds(0), 2)]).is_none());
        let series = Series::from_steps([(Seconds(0), 1), (Seconds(5), 1), (Seconds(9), 2)]);
        assert_eq!(
            series.expect("valid").steps(),
            [(Seconds(0), 1), (Seconds(9), 2)]
        );
    }

    #[test]
    fn one_series_can_follow_another() {
        let early = Series::from_steps([(Seconds(0), 1), (Seconds(10), 2)]).expect("valid");
        let late = Series::from_steps([(Seconds(0), 7), (Seconds(20), 8)]).expect("valid");
        let both = early.then(Seconds(15), &late);
        assert_eq!(both.at(Seconds(14)), 2);
        assert_eq!(both.at(Seconds(15)), 7);
        assert_eq!(both.at(Seconds(25)), 8);
        assert_eq!(early.then(Seconds(0), &late), late);
    }
}
