//! Whether a log speaks for a campaign at all.

use crate::sampling::Stream;

use super::campaign::likelihood_ratio;

/// Logs that are simulated: so many, or fewer if they are long.
const MOST_LOGS: u64 = 999;

/// And never fewer than this.
const LEAST_LOGS: u64 = 39;

/// Events that are simulated in all, about.
const MOST_EVENTS: u64 = 300_000;

/// The probability that a constant rate gives a likelihood ratio of at least this much with the
/// same number of events in the same window, and the number of simulated logs it comes from.
///
/// Under a constant rate the memory means nothing, so the ratio follows none of the usual laws;
/// but given their number, events are then spread evenly over the window, whatever the rate is,
/// and can be simulated. With the log itself among them, (1 + more extreme) / (1 + simulated) is
/// an exact test. The simulated logs are always the same, so the answer is a function of the log.
#[must_use]
pub fn likelihood_ratio_p_value(observed: f64, events: usize, window_days: f64) -> (f64, u64) {
    let count = events as u64;
    let logs = (MOST_EVENTS / count.max(1)).clamp(LEAST_LOGS, MOST_LOGS);
    let stream = Stream::new(0, 0, "fit", "campaign");
    let mut as_extreme = 0_u64;
    let mut starts = vec![0.0; events];
    for log in 0..logs {
        for (event, start) in starts.iter_mut().enumerate() {
            *start = window_days * stream.uniform(log, event as u32, 0);
        }
        starts.sort_by(f64::total_cmp);
        as_extreme += u64::from(likelihood_ratio(&starts, window_days) >= observed);
    }
    ((1 + as_extreme) as f64 / (1 + logs) as f64, logs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_gain_is_no_surprise_and_a_great_one_is() {
        let (p, logs) = likelihood_ratio_p_value(0.0, 12, 365.0);
        assert_eq!((p, logs), (1.0, 999));
        let (p, _) = likelihood_ratio_p_value(30.0, 12, 365.0);
        assert!(p <= 0.003, "{p}");
    }
}
