//! How deep a flow falls and how long it takes to come back.

use crate::units::{BarrelsPerDay, Seconds};

/// The way back of a flow after its first cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recovery {
    /// Time from first leaving the band to the first return that lasted.
    Recovered(Seconds),
    /// No return had lasted by the end, this long after leaving the band.
    Censored(Seconds),
    /// The flow never left the band.
    NeverLeft,
}

/// Time to recover of a flow that is constant from each step to the next.
///
/// The flow leaves the band when it is below (1 − `band`) · `baseline`; it has recovered at the
/// first return that lasts at least `hold`. A return that the end cuts short has not lasted.
///
/// - `steps`: start and rate, starts rising; the last lasts until `end`. O(steps).
///
/// # Source
/// Cimellaro, Reinhorn and Bruneau (2010), *Engineering Structures* 32(11).
#[must_use]
pub fn time_to_recover(
    steps: &[(Seconds, BarrelsPerDay)],
    end: Seconds,
    baseline: BarrelsPerDay,
    band: f64,
    hold: Seconds,
) -> Recovery {
    let floor = (1.0 - band) * baseline.0 as f64;
    let mut left: Option<Seconds> = None;
    let mut back: Option<Seconds> = None;
    for &(start, rate) in steps.iter().take_while(|(start, _)| *start < end) {
        let is_below = (rate.0 as f64) < floor;
        match (left, back) {
            (None, _) if is_below => left = Some(start),
            (Some(since), Some(returned)) if is_below => {
                if start - returned >= hold {
                    return Recovery::Recovered(returned - since);
                }
                back = None;
            }
            (Some(_), None) if !is_below => back = Some(start),
            _ => {}
        }
    }
    match (left, back) {
        (None, _) => Recovery::NeverLeft,
        (Some(since), Some(returned)) if end - returned >= hold => {
            Recovery::Recovered(returned - since)
        }
        (Some(since), _) => Recovery::Censored(end - since),
    }
}

/// Median of times of which some are only known to be longer: the least time by which the
/// Kaplan–Meier estimate says that half have ended. O(n log n).
///
/// - `times`: a time in any unit, and whether it ended then (`true`) or was cut off (`false`).
///
/// `None` if fewer than half are known to end.
///
/// # Source
/// Kaplan and Meier (1958), *Journal of the American Statistical Association* 53(282).
#[must_use]
pub fn kaplan_meier_median(times: &[(i64, bool)]) -> Option<i64> {
    let mut sorted = times.to_vec();
    sorted.sort_unstable_by_key(|&(time, _)| time);
    let mut at_risk = sorted.len();
    let mut surviving = 1.0;
    for group in sorted.chunk_by(|a, b| a.0 == b.0) {
        let ended = group.iter().filter(|(_, ended)| *ended).count();
        surviving *= (at_risk - ended) as f64 / at_risk as f64;
        // A product of shares may miss one half by rounding.
        if surviving <= 0.5 + 1e-12 {
            return Some(group[0].0);
        }
        // What was cut off at this time was still at risk of ending at it.
        at_risk -= group.len();
    }
    None
}

/// The largest fall of a series.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawdown {
    /// From a value to a later one, in the unit of the series: 0 if it never falls.
    pub fall: f64,
    /// The fall over the value it started from; `None` if that is not positive.
    pub relative: Option<f64>,
}

/// The largest fall from a value to a later one; of equal falls the first. `None` without values.
///
/// Meant for a [`trailing_mean`], in which single days do not show.
#[must_use]
pub fn maximum_drawdown(values: &[f64]) -> Option<Drawdown> {
    let mut peak = *values.first()?;
    let (mut fall, mut from) = (0.0, peak);
    for &value in values {
        if value > peak {
            peak = value;
        }
        if peak - value > fall {
            (fall, from) = (peak - value, peak);
        }
    }
    Some(Drawdown {
        fall,
        relative: (from > 0.0).then(|| fall / from),
    })
}

/// The mean of each value and those before it, `window` in all or as many as there are.
///
/// Each window is summed anew, so that no rounding is carried along. A window of 0 counts as 1.
#[must_use]
pub fn trailing_mean(values: &[f64], window: usize) -> Vec<f64> {
    (1..=values.len())
        .map(|end| &values[end.saturating_sub(window.max(1))..end])
        .map(|recent| recent.iter().sum::<f64>() / recent.len() as f64)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::close;

    const DAY: i64 = 86_400;

    /// `export_kbd` of case KA15, in b/d, from `time_d`, in days.
    const EXPORT: [(i64, i64); 7] = [
        (0, 1_400_000),
        (5, 0),
        (9, 500_000),
        (20, 900_000),
        (31, 1_390_000),
        (33, 1_200_000),
        (40, 1_400_000),
    ];

    fn recovery(steps: &[(i64, i64)], end_d: i64, hold_d: i64) -> Recovery {
        let steps: Vec<_> = steps
            .iter()
            .map(|&(day, rate)| (Seconds(day * DAY), BarrelsPerDay(rate)))
            .collect();
        let baseline = BarrelsPerDay(1_400_000);
        time_to_recover(
            &steps,
            Seconds(end_d * DAY),
            baseline,
            0.02,
            Seconds(hold_d * DAY),
        )
    }

    #[test]
    fn strategy_and_metrics_resilience() {
        assert_eq!(
            recovery(&EXPORT, 60, 5),
            Recovery::Recovered(Seconds(35 * DAY))
        );
        // The return of two days at day 31 counts if two days are enough.
        assert_eq!(
            recovery(&EXPORT, 60, 2),
            Recovery::Recovered(Seconds(26 * DAY))
        );
    }

    #[test]
    fn what_has_not_recovered_by_the_end_is_censored() {
        assert_eq!(
            recovery(&EXPORT, 44, 5),
            Recovery::Censored(Seconds(39 * DAY))
        );
        assert_eq!(
            recovery(&EXPORT, 45, 5),
            Recovery::Recovered(Seconds(35 * DAY))
        );
        assert_eq!(
            recovery(&EXPORT, 30, 5),
            Recovery::Censored(Seconds(25 * DAY))
        );
        assert_eq!(recovery(&EXPORT, 5, 5), Recovery::NeverLeft);
        assert_eq!(recovery(&[], 5, 5), Recovery::NeverLeft);
    }

    #[test]
    fn a_drawdown_is_the_largest_fall() {
        let found = maximum_drawdown(&[10.0, 12.0, 9.0, 7.0, 11.0]).unwrap();
        close(found.fall, 5.0);
        close(found.relative.unwrap(), 0.416_666_666_7);
        assert_eq!(maximum_drawdown(&[1.0, 2.0]).unwrap().fall, 0.0);
        assert_eq!(maximum_drawdown(&[0.0]).unwrap().relative, None);
        assert_eq!(maximum_drawdown(&[]), None);
    }

    #[test]
    fn a_trailing_mean_starts_with_what_there_is() {
        assert_eq!(
            trailing_mean(&[2.0, 4.0, 6.0, 8.0], 2),
            [2.0, 3.0, 5.0, 7.0]
        );
        assert_eq!(trailing_mean(&[2.0, 4.0], 0), [2.0, 4.0]);
    }

    #[test]
    fn the_median_counts_what_was_cut_off() {
        let ended = |time| (time, true);
        let cut = |time| (time, false);
        assert_eq!(
            kaplan_meier_median(&[ended(4), ended(1), ended(2), ended(3)]),
            Some(2)
        );
        // By hand: 4/5 after 1; 2 is cut off; 4/5 · 2/3 = 8/15 after 3; 4/15 after 5.
        let times = [ended(1), cut(2), ended(3), ended(5), cut(9)];
        assert_eq!(kaplan_meier_median(&times), Some(5));
        assert_eq!(kaplan_meier_median(&[ended(1), cut(1), cut(1)]), None);
        assert_eq!(kaplan_meier_median(&[]), None);
    }
}
