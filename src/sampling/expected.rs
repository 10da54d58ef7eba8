//! Expected numbers of events and expected times, without drawing any.
//!
//! By Campbell's theorem (Kingman, *Poisson Processes*, 1993, section 3.2; it holds for the mean of
//! any point process whose marks do not depend on the past) the time for which events are expected
//! to act before the horizon is ∫ P(D > u) N(T − u) du, with N(t) the expected number of those that
//! begin before t and D how long one lasts.

use super::Sampler;
use super::campaign::Campaign;
use super::intensity::Intensity;
use super::regimes::{Regimes, Switches};

/// Most steps of a rate over the horizon.
const MOST_STEPS: f64 = 100_000.0;
/// Steps between which an integral is taken apart, at most.
const MOST_MARKS: usize = 1_000;
/// Terms of a step's series: a step is half a time constant, so that the rest is below 10⁻¹⁶.
const TERMS: u32 = 16;
/// Points and weights of Gauss's rule in −1 to 1, by rising point; the rule is symmetric.
const GAUSS: [(f64, f64); 5] = [
    (0.148_874_338_981_631_22, 0.295_524_224_714_752_87),
    (0.433_395_394_129_247_2, 0.269_266_719_309_996_35),
    (0.679_409_568_299_024_4, 0.219_086_362_515_982_04),
    (0.865_063_366_688_984_5, 0.149_451_349_150_580_6),
    (0.973_906_528_517_171_7, 0.066_671_344_308_688_14),
];
/// Probabilities between which a law is looked at piece by piece.
const PIECES: [f64; 17] = [
    1e-9,
    1e-6,
    1e-4,
    1e-3,
    0.01,
    0.05,
    0.15,
    0.35,
    0.5,
    0.65,
    0.85,
    0.95,
    0.99,
    0.999,
    0.9999,
    0.999_999,
    0.999_999_999,
];

/// ∫ f over an interval.
fn gauss([low, high]: [f64; 2], f: &dyn Fn(f64) -> f64) -> f64 {
    let (middle, half) = (f64::midpoint(low, high), 0.5 * (high - low));
    let at = |&(point, weight): &(f64, f64)| {
        weight * (f(middle - half * point) + f(middle + half * point))
    };
    half * GAUSS.iter().map(at).sum::<f64>()
}

/// Values of a law with weights that add up to 1: sums over them are expectations.
pub(super) fn nodes(law: &Sampler) -> Vec<(f64, f64)> {
    match law {
        Sampler::Fixed(value) => vec![(*value, 1.0)],
        Sampler::Empirical(values) => {
            let weight = 1.0 / values.len() as f64;
            values.iter().map(|&value| (value, weight)).collect()
        }
        Sampler::Weighted(values) => {
            let mut below = 0.0;
            let weigh = |&(value, until): &(f64, f64)| {
                let weight = until - below;
                below = until;
                (value, weight)
            };
            values.iter().map(weigh).collect()
        }
        _ => {
            let edges = [0.0, 0.001, 0.05, 0.5, 0.95, 0.999, 1.0];
            let mut found = Vec::new();
            for piece in edges.windows(2) {
                let (middle, half) = (
                    f64::midpoint(piece[0], piece[1]),
                    0.5 * (piece[1] - piece[0]),
                );
                for (point, weight) in GAUSS {
                    for side in [-1.0, 1.0] {
                        let value = law.quantile(middle + side * half * point);
                        found.push((value, half * weight));
                    }
                }
            }
            found
        }
    }
}

/// How parts change a day, given the rate of the month.
type Change<'d> = dyn Fn(&[f64], f64, &mut [f64]) + 'd;

/// A system of linear differential equations whose coefficients change with the months.
struct Linear<'d> {
    /// The change of each part a day, given the rate of the month.
    change: &'d Change<'d>,
    /// No part changes faster than this, 1/d.
    fastest: f64,
}

impl Linear<'_> {
    fn after(&self, parts: &[f64], rate: f64, days: f64) -> Vec<f64> {
        let mut sum = parts.to_vec();
        let mut term = parts.to_vec();
        let mut next = vec![0.0; parts.len()];
        for order in 1..=TERMS {
            (self.change)(&term, rate, &mut next);
            for ((sum, term), next) in sum.iter_mut().zip(&mut term).zip(&next) {
                *term = next * days / f64::from(order);
                *sum += *term;
            }
        }
        sum
    }

    /// Since when (days), under which rate, and what the parts are then; the end is the last.
    /// `None` if it takes too many steps.
    fn follow(
        &self,
        pieces: &[(f64, f64)],
        horizon: f64,
        parts: Vec<f64>,
    ) -> Option<Vec<(f64, f64, Vec<f64>)>> {
        let steps = 2.0 * self.fastest * horizon;
        if steps.is_nan() || steps > MOST_STEPS {
            return None;
        }
        let mut steps = Vec::new();
        let mut parts = parts;
        for (at, &(from, rate)) in pieces.iter().enumerate() {
            let until = pieces
                .get(at + 1)
                .map_or(horizon, |next| next.0.min(horizon));
            if from >= until {
                continue;
            }
            let count = libm::ceil(2.0 * self.fastest * (until - from)).max(1.0);
            let days = (until - from) / count;
            for step in 0..count as u64 {
                let next = self.after(&parts, rate, days);
                steps.push((from + step as f64 * days, rate, parts));
                parts = next;
            }
        }
        steps.push((horizon, 0.0, parts));
        Some(steps)
    }
}

/// A system whose parts, in this order, are the chances of the regimes, what excites a campaign,
/// what is left of past events' excitement, and the number of events so far.
#[derive(Clone, Debug)]
struct Rates {
    /// Switches a day to the others, by regime.
    to: Switches,
    multipliers: Vec<f64>,
    branching: f64,
    decay: f64,
}

impl Rates {
    fn regimes(&self) -> usize {
        self.multipliers.len()
    }

    fn change(&self, parts: &[f64], rate: f64, change: &mut [f64]) {
        let regimes = self.regimes();
        switch(&self.to, &parts[..regimes], &mut change[..regimes]);
        let chances = parts.iter().zip(&self.multipliers);
        let multiplier: f64 = chances
            .map(|(chance, multiplier)| chance * multiplier)
            .sum();
        let [excited, past] = [parts[regimes], parts[regimes + 1]];
        let immigrants = rate * multiplier + past;
        change[regimes] = immigrants - self.decay * (1.0 - self.branching) * excited;
        change[regimes + 1] = -self.decay * past;
        change[regimes + 2] = immigrants + self.branching * self.decay * excited;
    }

    fn fastest(&self) -> f64 {
        2.0 * (fastest_switch(&self.to) + self.decay)
    }
}

/// The change a day of the chances of regimes.
fn switch(to: &Switches, chances: &[f64], change: &mut [f64]) {
    change.fill(0.0);
    for (from, (chance, to)) in chances.iter().zip(to).enumerate() {
        for &(regime, rate) in to {
            change[from] -= rate * chance;
            change[regime] += rate * chance;
        }
    }
}

fn fastest_switch(to: &Switches) -> f64 {
    let leaves = to.iter().map(|to| to.iter().map(|&(_, rate)| rate).sum());
    leaves.fold(0.0, f64::max)
}

/// Regimes as far as a rate is concerned.
struct Chain {
    /// Chances at the start.
    initial: Vec<f64>,
    to: Switches,
    /// What each multiplies the rate by.
    multipliers: Vec<f64>,
}

/// The regimes of a rate; one if they do not matter.
fn chain(intensity: &Intensity, regimes: &Regimes) -> Chain {
    if intensity.regime.is_empty() {
        return Chain {
            initial: vec![1.0],
            to: vec![Vec::new()],
            multipliers: vec![1.0],
        };
    }
    let (initial, to) = regimes.chain();
    Chain {
        initial: initial.to_vec(),
        to: to.clone(),
        multipliers: intensity.regime.clone(),
    }
}

/// The expected number of events that begin before an instant.
#[derive(Clone, Debug)]
pub(super) enum Starts {
    /// By rates.
    Rates(Box<Stepped>),
    /// At these times, days.
    At(Vec<f64>),
    /// One, uniformly between two times, days, with a chance.
    Once([f64; 2], f64),
    /// A share of others, each later by one of these delays (days, chance), if that is in a window.
    Of {
        others: Box<Starts>,
        share: f64,
        delays: Vec<(f64, f64)>,
        window: [f64; 2],
    },
}

/// Expected numbers of events, step by step.
#[derive(Clone, Debug)]
pub(super) struct Stepped {
    rates: Rates,
    steps: Vec<(f64, f64, Vec<f64>)>,
}

impl Starts {
    /// Of events at random. `None` if rates change too fast to be followed.
    pub(super) fn poisson(intensity: &Intensity, regimes: &Regimes, horizon: f64) -> Option<Self> {
        Self::by_rates(intensity, regimes, [0.0, 0.0], 0.0, horizon)
    }

    /// Of a campaign.
    pub(super) fn campaign(campaign: &Campaign, regimes: &Regimes, horizon: f64) -> Option<Self> {
        let Campaign {
            branching, decay, ..
        } = *campaign;
        let left = |&past: &f64| branching * decay * libm::exp(decay * past);
        let past = campaign.history.iter().map(left).sum();
        let immigrants = &campaign.immigrants;
        Self::by_rates(immigrants, regimes, [branching, decay], past, horizon)
    }

    fn by_rates(
        intensity: &Intensity,
        regimes: &Regimes,
        [branching, decay]: [f64; 2],
        past: f64,
        horizon: f64,
    ) -> Option<Self> {
        let Chain {
            initial: mut parts,
            to,
            multipliers,
        } = chain(intensity, regimes);
        parts.extend([0.0, past, 0.0]);
        let rates = Rates {
            to,
            multipliers,
            branching,
            decay,
        };
        let steps =
            rates.linear(&|linear| linear.follow(&intensity.pieces, horizon, parts.clone()));
        steps.map(|steps| Self::Rates(Box::new(Stepped { rates, steps })))
    }

    /// Events expected before `time`, days.
    pub(super) fn before(&self, time: f64) -> f64 {
        match self {
            Self::Rates(stepped) => stepped.before(time),
            Self::At(times) => times.iter().filter(|&&at| at < time).count() as f64,
            Self::Once([from, until], chance) => {
                let width = until - from;
                if width > 0.0 {
                    chance * ((time - from) / width).clamp(0.0, 1.0)
                } else {
                    chance * f64::from(u8::from(time > *from))
                }
            }
            Self::Of {
                others,
                share,
                delays,
                window: [from, until],
            } => {
                let of = |time: f64| -> f64 {
                    let late = |&(delay, chance): &(f64, f64)| chance * others.before(time - delay);
                    delays.iter().map(late).sum()
                };
                if time <= *from {
                    return 0.0;
                }
                let missed = if *from > 0.0 { of(*from) } else { 0.0 };
                share * (of(time.min(*until)) - missed)
            }
        }
    }

    /// Times at which the number bends or jumps, days.
    pub(super) fn marks(&self) -> Vec<f64> {
        match self {
            Self::Rates(stepped) => {
                let steps = &stepped.steps;
                let every = steps.len().div_ceil(MOST_MARKS);
                steps.iter().step_by(every).map(|step| step.0).collect()
            }
            Self::At(times) => times.clone(),
            Self::Once(window, _) => window.to_vec(),
            Self::Of {
                others,
                delays,
                window,
                ..
            } => {
                let own = others.marks();
                let smooth = delays.len() > 1 && matches!(**others, Self::Rates(_));
                let delays = delays.iter().take(if smooth { 1 } else { usize::MAX });
                let late = delays.flat_map(|&(delay, _)| own.iter().map(move |at| at + delay));
                late.chain(*window).collect()
            }
        }
    }
}

impl Rates {
    fn linear<R>(&self, then: &dyn Fn(&Linear<'_>) -> R) -> R {
        then(&Linear {
            change: &|parts, rate, change| self.change(parts, rate, change),
            fastest: self.fastest(),
        })
    }
}

impl Stepped {
    fn before(&self, time: f64) -> f64 {
        let after = self.steps.partition_point(|step| step.0 <= time);
        let Some((from, rate, parts)) = after.checked_sub(1).map(|at| &self.steps[at]) else {
            return 0.0;
        };
        let count = self.rates.regimes() + 2;
        if after == self.steps.len() {
            return parts[count];
        }
        if count == 3 && self.rates.decay == 0.0 {
            return parts[count] + rate * (time - from);
        }
        let now = (self.rates).linear(&|linear| linear.after(parts, *rate, time - from));
        now[count]
    }
}

/// How long what an event does lasts: a duration, times a factor, and fixed times after it.
#[derive(Clone, Debug)]
pub(super) struct Lasting<'l> {
    pub(super) law: &'l Sampler,
    pub(super) factor: f64,
    /// Times that are added, days, and their chances.
    pub(super) more: Vec<(f64, f64)>,
    /// A chance of an end after another time.
    pub(super) reversal: Option<(f64, &'l Sampler)>,
}

impl Lasting<'_> {
    /// The chance that it lasts longer than `days`.
    fn beyond(&self, days: f64) -> f64 {
        let longer = |&(more, chance): &(f64, f64)| {
            let rest = days - more;
            let lasts = if rest < 0.0 || self.factor <= 0.0 {
                f64::from(u8::from(rest < 0.0))
            } else {
                1.0 - self.law.cdf(rest / self.factor)
            };
            chance * lasts
        };
        let lasts: f64 = self.more.iter().map(longer).sum();
        match &self.reversal {
            None => lasts,
            Some((chance, after)) => lasts * (1.0 - chance * after.cdf(days)),
        }
    }

    fn marks(&self) -> Vec<f64> {
        let own = bends(self.law);
        let sums = (self.more.iter())
            .flat_map(|&(more, _)| own.iter().map(move |bend| more + self.factor * bend));
        let ends = self.reversal.iter().flat_map(|(_, after)| bends(after));
        sums.chain(self.more.iter().map(|&(more, _)| more))
            .chain(ends)
            .collect()
    }
}

/// Where the distribution of a law bends, jumps or rises steeply.
fn bends(law: &Sampler) -> Vec<f64> {
    match law {
        Sampler::Fixed(value) => vec![*value],
        Sampler::Empirical(values) => values.clone(),
        Sampler::Weighted(values) => values.iter().map(|&(value, _)| value).collect(),
        Sampler::Uniform(low, width) => vec![*low, low + width],
        Sampler::Triangular(low, mode, high) => vec![*low, *mode, *high],
        _ => PIECES.iter().map(|&p| law.quantile(p)).collect(),
    }
}

/// The time, in days, for which events that begin in a window are expected to act before `horizon`.
pub(super) fn time_active(
    starts: &Starts,
    lasting: &Lasting<'_>,
    [from, until]: [f64; 2],
    horizon: f64,
) -> f64 {
    let until = until.min(horizon);
    if from >= until {
        return 0.0;
    }
    let most = horizon - from;
    let mut edges = vec![0.0, most];
    let times = starts.marks().into_iter().chain([until]);
    edges.extend(times.map(|time| horizon - time));
    edges.extend(lasting.marks());
    let mut fine = most;
    for _ in 0..12 {
        fine /= 4.0;
        edges.push(fine);
    }
    edges.retain(|edge| (0.0..=most).contains(edge));
    edges.sort_by(f64::total_cmp);
    edges.dedup();
    let missed = starts.before(from);
    let active = |days: f64| {
        let begun = starts.before((horizon - days).min(until)) - missed;
        lasting.beyond(days) * begun
    };
    let pieces = edges
        .windows(2)
        .map(|edge| gauss([edge[0], edge[1]], &active));
    pieces.sum()
}

/// The time, in days, for which what fails with a rate and is repaired with another is expected to
/// be down before `horizon`, and how often it is expected to fail. `None` if rates change too fast.
///
/// - `down`: the chance to be down at the start; `share`: of failures that do anything.
pub(super) fn time_down(
    intensity: &Intensity,
    regimes: &Regimes,
    (down, share): (f64, f64),
    repair: f64,
    horizon: f64,
) -> Option<(f64, f64)> {
    let Chain {
        initial,
        to,
        multipliers,
    } = chain(intensity, regimes);
    let count = initial.len();
    // Chances of regimes while up and while down, time down, failures.
    let mut parts: Vec<f64> = initial.iter().map(|chance| chance * (1.0 - down)).collect();
    parts.extend(initial.iter().map(|chance| chance * down));
    parts.extend([0.0, 0.0]);
    let change = |parts: &[f64], rate: f64, change: &mut [f64]| {
        for from in [0, count] {
            switch(
                &to,
                &parts[from..from + count],
                &mut change[from..from + count],
            );
        }
        let (mut all, mut failures) = (0.0, 0.0);
        for regime in 0..count {
            let fails = rate * share * multipliers[regime] * parts[regime];
            let repaired = repair * parts[count + regime];
            change[regime] += repaired - fails;
            change[count + regime] += fails - repaired;
            all += parts[count + regime];
            failures += fails;
        }
        change[2 * count] = all;
        change[2 * count + 1] = failures;
    };
    let most = multipliers.iter().copied().fold(0.0, f64::max);
    let rates = intensity.pieces.iter().map(|&(_, rate)| rate);
    let linear = Linear {
        change: &change,
        fastest: 2.0 * (fastest_switch(&to) + repair + most * rates.fold(0.0, f64::max)),
    };
    let steps = linear.follow(&intensity.pieces, horizon, parts)?;
    let last = &steps.last()?.2;
    Some((last[2 * count], last[2 * count + 1]))
}
