//! Do 95 % intervals hold the truth in 95 % of logs?
//!
//! 400 simulated logs each, with the lengths from which `keruen::fit::promises` says that they
//! do. The tests of short logs show why the command warns below.

use keruen::fit::{Durations, estimate, fit_durations, fit_rate, promises};
use keruen::results::{Bounded, DurationFit};
use keruen::sampling::Stream;

const LOGS: u64 = 400;

/// Uniform numbers one after the other.
struct Draws {
    stream: Stream,
    log: u64,
    next: u32,
}

impl Draws {
    fn new(name: &str, log: u64) -> Self {
        Self {
            stream: Stream::new(11, 0, name, ""),
            log,
            next: 0,
        }
    }

    fn uniform(&mut self) -> f64 {
        self.next += 1;
        self.stream.uniform(self.log, self.next, 0)
    }

    fn exponential(&mut self, mean: f64) -> f64 {
        -mean * self.uniform().ln()
    }

    /// Box and Muller.
    fn normal(&mut self) -> f64 {
        (-2.0 * self.uniform().ln()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }
}

fn holds(interval: &Bounded, truth: f64) -> bool {
    interval.low.is_none_or(|low| low <= truth) && interval.high.is_none_or(|high| truth <= high)
}

/// The share of logs in which each of some intervals holds its truth.
fn coverage<const N: usize>(
    name: &str,
    logs: u64,
    mut is_held: impl FnMut(&mut Draws) -> [bool; N],
) -> [f64; N] {
    let mut held = [0_u64; N];
    for log in 0..logs {
        for (held, is_held) in held.iter_mut().zip(is_held(&mut Draws::new(name, log))) {
            *held += u64::from(is_held);
        }
    }
    held.map(|held| held as f64 / logs as f64)
}

#[track_caller]
fn assert_promised(shares: &[f64]) {
    assert!(
        shares.iter().all(|share| (0.93..=0.97).contains(share)),
        "{shares:?}"
    );
}

fn rates(mean: f64, logs: u64) -> f64 {
    let window = 730.5;
    let [share] = coverage(&format!("rate {mean}"), logs, |draws| {
        let mut at = draws.exponential(window / mean);
        let mut events = 0;
        while at < window {
            events += 1;
            at += draws.exponential(window / mean);
        }
        [holds(&fit_rate(events, window).per_year, mean / 2.0)]
    });
    share
}

fn interval<'a>(found: &'a DurationFit, law: &str, parameter: &str) -> &'a Bounded {
    let law = found.laws.iter().find(|fitted| fitted.law == law);
    let parameters = &law.expect("fitted").parameters;
    let found = parameters.iter().find(|one| one.name == parameter);
    &found.expect("a parameter of it").estimate
}

/// Durations with a median of 8 days, those above `end` days cut there.
fn durations(count: u64, end: f64, logs: u64) -> [f64; 3] {
    let sigma = 0.9;
    let p95 = 8.0 * f64::exp(1.644_853_626_951_472_2 * sigma);
    let name = format!("durations {count} up to {end}");
    let [median, p95] = coverage(&name, logs, |draws| {
        let all = (0..count).map(|_| 8.0 * (sigma * draws.normal()).exp());
        let found = fit_durations(&cut(all.collect(), end));
        [
            holds(interval(&found, "lognormal", "median"), 8.0),
            holds(interval(&found, "lognormal", "p95"), p95),
        ]
    });
    let [mean] = coverage(&format!("exponential {name}"), logs, |draws| {
        let all = (0..count).map(|_| draws.exponential(8.0));
        let found = fit_durations(&cut(all.collect(), end));
        [holds(interval(&found, "exponential", "mean"), 8.0)]
    });
    [median, p95, mean]
}

fn cut(all: Vec<f64>, end: f64) -> Durations {
    let (known, longer): (Vec<f64>, Vec<f64>) = all.into_iter().partition(|days| *days < end);
    Durations {
        known,
        at_least: longer.iter().map(|_| end).collect(),
        unknown: 0,
    }
}

/// Starts of a campaign within a window: those without a cause, and the children of all.
fn campaign(draws: &mut Draws, rate: f64, branching: f64, memory: f64, window: f64) -> Vec<f64> {
    let mut starts = Vec::new();
    let mut at = draws.exponential(1.0 / rate);
    while at < window {
        starts.push(at);
        at += draws.exponential(1.0 / rate);
    }
    let mut parent = 0;
    while parent < starts.len() {
        // Children come at the rate of a Poisson process whose total is the branching.
        let mut caused = draws.exponential(1.0);
        while caused < branching {
            let child = starts[parent] + draws.exponential(memory / std::f64::consts::LN_2);
            if child < window {
                starts.push(child);
            }
            caused += draws.exponential(1.0);
        }
        parent += 1;
    }
    starts.sort_by(f64::total_cmp);
    starts
}

/// Rate, branching and memory of campaigns with about so many events; and the share of logs that
/// are said to hardly identify them.
fn campaigns(events: f64, logs: u64) -> [f64; 4] {
    let (branching, memory) = (0.5, 10.0);
    let window = 20.0 * events;
    let rate = (1.0 - branching) / 20.0;
    coverage(&format!("campaigns {events}"), logs, |draws| {
        let starts = campaign(draws, rate, branching, memory, window);
        estimate(&starts, window).map_or([true; 4], |found| {
            [
                holds(&found.rate_per_day, rate),
                holds(&found.branching, branching),
                holds(&found.memory_days, memory),
                found.is_hardly_identified(),
            ]
        })
    })
}

#[test]
fn rates_of_long_logs_are_recovered() {
    assert_promised(&[rates(promises::RATE_EVENTS as f64, LOGS)]);
}

#[test]
fn durations_of_long_logs_are_recovered() {
    assert_promised(&durations(promises::DURATIONS, f64::INFINITY, LOGS));
}

#[test]
fn durations_that_still_last_are_taken_into_account() {
    // Known ones are about four of five.
    assert_promised(&durations(promises::DURATIONS * 5 / 4, 17.0, LOGS));
}

#[test]
fn campaigns_of_long_logs_are_recovered() {
    let [rate, branching, memory, unsure] = campaigns(promises::CAMPAIGN_EVENTS as f64, LOGS);
    assert_promised(&[rate, branching, memory]);
    assert!(unsure < 0.2, "{unsure}");
    // With as many events as most real logs have, next to nothing is known, and that is said.
    let [.., unsure] = campaigns(20.0, LOGS);
    assert!(unsure > 0.9, "{unsure}");
}

/// Run with `--ignored` to see from which length on intervals hold: it ends by telling the table.
#[test]
#[ignore = "a table for people, of minutes"]
fn coverage_by_length_of_log() {
    let mut table = String::new();
    let mut row = |what: &str, length: f64, shares: &[f64]| {
        table += &format!("{what} {length}: {shares:?}\n");
    };
    for mean in [2.0, 5.0, 10.0, 20.0, 40.0, 60.0, 100.0, 200.0] {
        row("rate of", mean, &[rates(mean, 10_000)]);
    }
    for count in [4, 5, 8, 10, 15, 20, 30, 50, 100] {
        let shares = durations(count, f64::INFINITY, 2_000);
        row("durations", count as f64, &shares);
    }
    for count in [12, 20, 30, 50, 100] {
        row(
            "censored durations",
            count as f64,
            &durations(count, 17.0, 2_000),
        );
    }
    for events in [10.0, 20.0, 50.0, 100.0, 150.0, 200.0, 300.0, 500.0] {
        row("campaigns of", events, &campaigns(events, 2_000));
    }
    panic!("the table:\n{table}");
}
