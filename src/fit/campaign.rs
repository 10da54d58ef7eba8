//! Self-exciting events: the likelihood of a campaign, and its best parameters.
//!
//! λ(t) = rate + Σ branching · β · e^{−β(t − tᵢ)} over the events before t, β = ln 2 / memory;
//! nothing has happened before the window. Hawkes (1971), *Biometrika* 58; the recursion is
//! Ogata's (1981).

use std::f64::consts::LN_2;

use crate::results::Bounded;

use super::profile::{Peak, end, interval_of_logarithm, refined};

/// Greatest branching that is considered: at 1 a campaign never ends.
pub(super) const MOST_BRANCHING: f64 = 0.99;

/// How much shorter than the window the memory may be.
const SHORTEST: f64 = 1e-4;

/// Memories that are tried before the best is refined.
const MEMORIES: usize = 25;

/// How exactly the logarithm of the memory is found.
const TOLERANCE: f64 = 2e-3;

/// Parameters of a campaign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Campaign {
    /// Events a day that no other caused.
    pub rate_per_day: f64,
    /// Mean number of events that one event causes, below 1.
    pub branching: f64,
    /// Half-life of the excitement, days.
    pub memory_days: f64,
}

/// The log-likelihood of events at these days of a window of so many days, in time that grows
/// with their number.
///
/// - `starts`: sorted, from 0 to `window_days`.
#[must_use]
pub fn log_likelihood(starts: &[f64], window_days: f64, campaign: &Campaign) -> f64 {
    Kernel::new(starts, window_days, libm::log(campaign.memory_days)).value(
        window_days,
        campaign.rate_per_day,
        campaign.branching,
    )
}

/// The integral of the intensity from each event to the next, the first from the start of the
/// window: independent and exponential with mean 1 if the campaign is the right one.
#[must_use]
pub fn residuals(starts: &[f64], campaign: &Campaign) -> Vec<f64> {
    let decay = LN_2 / campaign.memory_days;
    let mut excited = 0.0;
    let mut before = 0.0;
    let mut found = Vec::with_capacity(starts.len());
    for &start in starts {
        let gap = start - before;
        let left = libm::exp(-decay * gap);
        found.push(campaign.rate_per_day * gap + campaign.branching * excited * (1.0 - left));
        excited = excited * left + 1.0;
        before = start;
    }
    found
}

/// The best campaign with its 95 % intervals, in days.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// Where the likelihood is greatest.
    pub best: Campaign,
    /// Log-likelihood there.
    pub log_likelihood: f64,
    /// Log-likelihood of the best constant rate.
    pub poisson_log_likelihood: f64,
    /// Rate of events that no other caused, a day.
    pub rate_per_day: Bounded,
    /// Branching. A low end of 0 says that there may be none; no high end, that 0.99 is likely
    /// enough.
    pub branching: Bounded,
    /// Half-life, days; no end where the log does not bound it between a ten-thousandth of the
    /// window and the window.
    pub memory_days: Bounded,
}

impl Estimate {
    /// Twice the gain in log-likelihood over a constant rate.
    #[must_use]
    pub fn likelihood_ratio(&self) -> f64 {
        (2.0 * (self.log_likelihood - self.poisson_log_likelihood)).max(0.0)
    }

    /// Whether more than half of all branchings, or memories more than tenfold apart, are likely
    /// enough.
    #[must_use]
    pub fn is_hardly_identified(&self) -> bool {
        let branching = match (self.branching.low, self.branching.high) {
            (Some(low), Some(high)) => high - low > 0.5,
            _ => true,
        };
        let memory = match (self.memory_days.low, self.memory_days.high) {
            (Some(low), Some(high)) => high > 10.0 * low,
            _ => true,
        };
        branching || memory
    }
}

/// The campaign of greatest likelihood, with profile-likelihood intervals; `None` for fewer than
/// two events.
///
/// - `starts`: sorted, from 0 to `window_days`, no two the same.
#[must_use]
pub fn estimate(starts: &[f64], window_days: f64) -> Option<Estimate> {
    if starts.len() < 2 {
        return None;
    }
    let search = Search::new(starts, window_days);
    let (best, memory) = search.best();
    let top = memory.value;
    let kernel = search.kernel(memory.at);
    let root = (starts.len() as f64).sqrt();
    let mean_rate = starts.len() as f64 / window_days;

    let rate_top = Peak {
        at: libm::log(best.rate),
        value: top,
    };
    let limits = [rate_top.at - 12.0, libm::log(mean_rate) + 4.0];
    let rate_per_day = interval_of_logarithm(rate_top, 2.0 / root, limits, |at| {
        let rate = libm::exp(at);
        search.over_memories(|kernel| kernel.at_rate(window_days, rate).value)
    });

    let profile = |branching: f64| {
        search.over_memories(|kernel| kernel.at_branching(window_days, branching).value)
    };
    let branching_top = Peak {
        at: best.branching,
        value: top,
    };
    let branching = Bounded {
        value: best.branching,
        low: Some(end(branching_top, -2.0 / root, 0.0, profile).unwrap_or(0.0)),
        high: end(branching_top, 2.0 / root, MOST_BRANCHING, profile),
    };

    let memory_days = interval_of_logarithm(memory, 4.0 / root, search.bounds(), |at| {
        search.kernel(at).best(window_days).value
    });
    Some(Estimate {
        best: Campaign {
            rate_per_day: best.rate,
            branching: best.branching,
            memory_days: libm::exp(kernel.ln_memory),
        },
        log_likelihood: top,
        poisson_log_likelihood: constant(starts.len(), window_days),
        rate_per_day,
        branching,
        memory_days,
    })
}

/// Twice the gain in log-likelihood of the best campaign over a constant rate; 0 for fewer than
/// two events.
pub(super) fn likelihood_ratio(starts: &[f64], window_days: f64) -> f64 {
    if starts.len() < 2 {
        return 0.0;
    }
    let (_, memory) = Search::new(starts, window_days).best();
    (2.0 * (memory.value - constant(starts.len(), window_days))).max(0.0)
}

/// Log-likelihood of the best constant rate.
fn constant(events: usize, window_days: f64) -> f64 {
    let count = events as f64;
    count * libm::log(count / window_days) - count
}

/// Best rate and branching under some condition.
#[derive(Clone, Copy, Debug)]
struct Best {
    rate: f64,
    branching: f64,
    value: f64,
}

/// What the likelihood needs of the events for one memory.
struct Kernel {
    ln_memory: f64,
    /// Excitement at each event for a branching of 1, a day.
    excitement: Vec<f64>,
    /// Children that a branching of 1 would have had within the window.
    reach: f64,
}

impl Kernel {
    fn new(starts: &[f64], window_days: f64, ln_memory: f64) -> Self {
        let decay = LN_2 / libm::exp(ln_memory);
        let mut excited = 0.0;
        let mut before = 0.0;
        let mut excitement = Vec::with_capacity(starts.len());
        for (index, &start) in starts.iter().enumerate() {
            if index > 0 {
                excited = (excited + 1.0) * libm::exp(-decay * (start - before));
            }
            excitement.push(decay * excited);
            before = start;
        }
        let last = (excited + 1.0) * libm::exp(-decay * (window_days - before));
        Self {
            ln_memory,
            excitement,
            // Rounding must not take away all of it.
            reach: (starts.len() as f64 - last).max(1e-12),
        }
    }

    fn value(&self, window_days: f64, rate: f64, branching: f64) -> f64 {
        // A logarithm of a product of four costs a quarter of four logarithms. Rates a day lie
        // far inside what a product of four can hold.
        let mut sum = 0.0;
        for chunk in self.excitement.chunks(4) {
            let product: f64 = chunk.iter().map(|g| rate + branching * g).product();
            sum += libm::log(product);
        }
        sum - rate * window_days - branching * self.reach
    }

    fn with(&self, window_days: f64, rate: f64, branching: f64) -> Best {
        Best {
            rate,
            branching,
            value: self.value(window_days, rate, branching),
        }
    }

    /// The best rate for a branching: where Σ 1 / λ(tᵢ) is the window, which falls and bends
    /// upwards, so Newton's steps from below never pass it.
    fn at_branching(&self, window_days: f64, branching: f64) -> Best {
        let mut rate = 1.0 / window_days;
        for _ in 0..60 {
            let (mut sum, mut slope) = (0.0, 0.0);
            for g in &self.excitement {
                let inverse = 1.0 / (rate + branching * g);
                sum += inverse;
                slope += inverse * inverse;
            }
            let step = (sum - window_days) / slope;
            rate += step;
            if step <= 1e-9 * rate {
                break;
            }
        }
        self.with(window_days, rate, branching)
    }

    /// The best branching for a rate, in the same way.
    fn at_rate(&self, window_days: f64, rate: f64) -> Best {
        let mut branching = 0.0;
        for _ in 0..60 {
            let (mut sum, mut slope) = (0.0, 0.0);
            for g in &self.excitement {
                let share = g / (rate + branching * g);
                sum += share;
                slope += share * share;
            }
            let step = (sum - self.reach) / slope;
            if !step.is_finite() {
                break;
            }
            branching = (branching + step).clamp(0.0, MOST_BRANCHING);
            if step <= 1e-9 || branching >= MOST_BRANCHING {
                break;
            }
        }
        self.with(window_days, rate, branching)
    }

    /// The best rate and branching. At the top they explain all events, so one number, the share
    /// of events that others caused, is left to find.
    fn best(&self, window_days: f64) -> Best {
        let count = self.excitement.len() as f64;
        let base = 1.0 / window_days;
        let weight = 1.0 / self.reach;
        let (mut low, mut high) = (0.0, 1.0);
        let mut share = 0.0;
        for _ in 0..80 {
            let (mut sum, mut slope) = (0.0, 0.0);
            for g in &self.excitement {
                let gain = g * weight - base;
                let ratio = gain / (base + share * gain);
                sum += ratio;
                slope += ratio * ratio;
            }
            if sum > 0.0 {
                low = share;
            } else {
                high = share;
            }
            if share == 0.0 && sum <= 0.0 {
                break;
            }
            let mut next = share + sum / slope;
            if !(next > low && next < high) {
                next = f64::midpoint(low, high);
            }
            let moved = (next - share).abs();
            share = next;
            if moved < 1e-10 {
                break;
            }
        }
        let branching = count * share * weight;
        if branching > MOST_BRANCHING {
            return self.at_branching(window_days, MOST_BRANCHING);
        }
        self.with(window_days, count * (1.0 - share) * base, branching)
    }
}

/// Kernels of all memories that are tried.
struct Search<'a> {
    starts: &'a [f64],
    window_days: f64,
    kernels: Vec<Kernel>,
}

impl<'a> Search<'a> {
    fn new(starts: &'a [f64], window_days: f64) -> Self {
        let mut search = Self {
            starts,
            window_days,
            kernels: Vec::new(),
        };
        let [low, high] = search.bounds();
        search.kernels = (0..MEMORIES)
            .map(|index| low + (high - low) * index as f64 / (MEMORIES - 1) as f64)
            .map(|ln_memory| search.kernel(ln_memory))
            .collect();
        search
    }

    /// Bounds of the logarithm of the memory.
    fn bounds(&self) -> [f64; 2] {
        [
            libm::log(self.window_days * SHORTEST),
            libm::log(self.window_days),
        ]
    }

    fn kernel(&self, ln_memory: f64) -> Kernel {
        Kernel::new(self.starts, self.window_days, ln_memory)
    }

    /// The memory at which something is greatest, and how great.
    fn peak_over_memories(&self, value: impl Fn(&Kernel) -> f64) -> Peak {
        let mut best = (0, f64::NEG_INFINITY);
        for (index, kernel) in self.kernels.iter().enumerate() {
            let here = value(kernel);
            if here > best.1 {
                best = (index, here);
            }
        }
        let at = |index: usize| self.kernels[index.min(MEMORIES - 1)].ln_memory;
        let start = Peak {
            at: at(best.0),
            value: best.1,
        };
        let (low, high) = (at(best.0.saturating_sub(1)), at(best.0 + 1));
        refined(low, high, start, TOLERANCE, |ln_memory| {
            value(&self.kernel(ln_memory))
        })
    }

    fn over_memories(&self, value: impl Fn(&Kernel) -> f64) -> f64 {
        self.peak_over_memories(value).value
    }

    fn best(&self) -> (Best, Peak) {
        let memory = self.peak_over_memories(|kernel| kernel.best(self.window_days).value);
        (self.kernel(memory.at).best(self.window_days), memory)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STARTS: [f64; 6] = [12.0, 15.5, 16.25, 80.0, 210.0, 214.0];
    const WINDOW: f64 = 365.0;

    fn brute(campaign: &Campaign) -> f64 {
        let decay = LN_2 / campaign.memory_days;
        let mut value = -campaign.rate_per_day * WINDOW;
        for (index, start) in STARTS.iter().enumerate() {
            let excitement = STARTS[..index]
                .iter()
                .map(|earlier| decay * libm::exp(-decay * (start - earlier)));
            let intensity = campaign.rate_per_day + campaign.branching * excitement.sum::<f64>();
            value += libm::log(intensity);
            value -= campaign.branching * (1.0 - libm::exp(-decay * (WINDOW - start)));
        }
        value
    }

    #[test]
    fn the_recursion_gives_what_double_sums_give() {
        for (rate_per_day, branching, memory_days) in
            [(0.008, 0.6, 10.0), (0.02, 0.0, 3.0), (0.001, 0.95, 200.0)]
        {
            let campaign = Campaign {
                rate_per_day,
                branching,
                memory_days,
            };
            let found = log_likelihood(&STARTS, WINDOW, &campaign);
            assert!((found - brute(&campaign)).abs() < 1e-11, "{campaign:?}");
        }
    }

    /// No point of a fine grid is more likely than the estimate.
    #[test]
    fn nothing_is_more_likely_than_the_estimate() {
        let found = estimate(&STARTS, WINDOW).expect("events enough");
        let at_best = brute(&found.best);
        assert!((at_best - found.log_likelihood).abs() < 1e-6);
        for rate in 1..40 {
            for branching in 0..33 {
                for memory in 0..40 {
                    let campaign = Campaign {
                        rate_per_day: f64::from(rate) * 1e-3,
                        branching: f64::from(branching) * 0.03,
                        memory_days: 0.04 * 1.26_f64.powi(memory),
                    };
                    assert!(brute(&campaign) <= at_best + 1e-5, "{campaign:?}");
                }
            }
        }
        assert!(found.likelihood_ratio() > 0.0);
    }

    /// Events in even steps speak against any excitement.
    #[test]
    fn even_events_are_no_campaign() {
        let starts: Vec<f64> = (1..40).map(|k| f64::from(k) * 9.0).collect();
        let found = estimate(&starts, WINDOW).expect("events enough");
        assert_eq!(found.best.branching, 0.0);
        assert_eq!(found.branching.low, Some(0.0));
        assert!(found.likelihood_ratio() < 1e-9);
        assert!(estimate(&starts[..1], WINDOW).is_none());
    }
}
