//! A published power system, played as oil: units are fields, load is a market's demand.
//!
//! Adequacy of generation is the same question under other names: loss-of-load expectation is
//! unmet time, expected unserved energy is unmet volume. Both follow exactly from the law of the
//! available capacity, and so does the frequency of shortfalls.

use std::fmt::Write as _;

use keruen::model::{Collect, Model};
use keruen::simulation::{self, Settings, Silent};

use crate::worlds::{assert_mean, head, metric, model_with, settings};

/// Units of the IEEE Reliability Test System of 1979: how many, size (MW, here kb/d), mean hours
/// to failure and to repair. Published test system: IEEE RTS Task Force (1979), *IEEE Transactions
/// on Power Apparatus and Systems* 98(6), table 6.
const UNITS: [(usize, usize, f64, f64); 9] = [
    (5, 12, 2940.0, 60.0),
    (4, 20, 450.0, 50.0),
    (6, 50, 1980.0, 20.0),
    (4, 76, 1960.0, 40.0),
    (3, 100, 1200.0, 50.0),
    (4, 155, 960.0, 40.0),
    (3, 197, 950.0, 50.0),
    (1, 350, 1150.0, 100.0),
    (2, 400, 1100.0, 150.0),
];

const HOURS: usize = 8_736;
const PEAK: f64 = 2_850.0;

/// A synthetic load, whole kb/d by hour: a winter and a summer peak, weekends lower, nights lower.
/// The shape is this test's own, not that of the published system.
fn load() -> Vec<usize> {
    (0..HOURS)
        .map(|hour| {
            let (week, day, clock) = (hour / 168, hour / 24 % 7, hour % 24);
            let turn = std::f64::consts::TAU * week as f64 / 26.0;
            let season = 0.88 + 0.12 * turn.cos();
            let weekday = [0.97, 1.0, 0.99, 0.98, 0.96, 0.82, 0.78][day];
            let daily = 0.82 + 0.18 * (std::f64::consts::TAU * (clock as f64 - 18.0) / 24.0).cos();
            (PEAK * season * weekday * daily).round() as usize
        })
        .collect()
}

fn world(load: &[usize]) -> Model {
    let mut text = head("364 d");
    text += "[hub.bus]\n[link.supply]\nfrom = \"bus\"\nto = \"city\"\n[market.city]\n\
             demand = { file = \"load.csv\", column = \"load\", every = \"1 h\", unit = \"kb/d\" }\n";
    for (count, size, up, down) in UNITS {
        for unit in 0..count {
            let id = format!("u{size}-{unit}");
            write!(
                text,
                "[field.{id}]\nplan = \"{size} kb/d\"\n\
                 [link.{id}]\nfrom = \"{id}\"\nto = \"bus\"\n\
                 [hazard.{id}]\nhits = [\"field.{id}\"]\nstart = \"stationary\"\n\
                 occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"{up} h\" }} }} }} }}\n\
                 duration = {{ exponential = {{ mean = \"{down} h\" }} }}\n"
            )
            .expect("a string takes all that is written to it");
        }
    }
    let mut csv = "hour,load\n".to_owned();
    for (hour, load) in load.iter().enumerate() {
        writeln!(csv, "{hour},{load}").expect("a string takes all that is written to it");
    }
    model_with(&text, &|_| Ok(csv.clone()))
}

/// The law of the capacity of these units: chance by capacity.
fn capacity_law(units: &[(usize, usize, f64, f64)]) -> Vec<f64> {
    let total: usize = units.iter().map(|&(count, size, ..)| count * size).sum();
    let mut law = vec![0.0; total + 1];
    law[0] = 1.0;
    let mut most = 0;
    for &(count, size, up, down) in units {
        let available = up / (up + down);
        for _ in 0..count {
            most += size;
            for capacity in (0..=most).rev() {
                let with = if capacity >= size {
                    law[capacity - size]
                } else {
                    0.0
                };
                law[capacity] = (1.0 - available) * law[capacity] + available * with;
            }
        }
    }
    law
}

/// Exact expectations over the horizon.
struct Exact {
    unmet: f64,
    hours: f64,
    events: f64,
}

impl Exact {
    fn of(load: &[usize]) -> Self {
        let law = capacity_law(&UNITS);
        // Chance and mean shortfall below each level, and the rate at which it is crossed downward.
        let mut below = vec![0.0; law.len() + 1];
        let mut missing = vec![0.0; law.len() + 1];
        for level in 1..=law.len() {
            below[level] = below[level - 1] + law[level - 1];
            missing[level] = missing[level - 1] + below[level];
        }
        let mut crossing = vec![0.0; law.len() + 1];
        for kind in 0..UNITS.len() {
            let (count, size, up, down) = UNITS[kind];
            let mut others = UNITS;
            others[kind].0 -= 1;
            let others = capacity_law(&others);
            // A unit that is up fails once in `up + down` hours; the level is crossed if the
            // others alone are below it, and with the unit are not.
            let rate = count as f64 / (up + down);
            for (level, crossing) in crossing.iter_mut().enumerate() {
                let from = level.saturating_sub(size).min(others.len());
                let chance: f64 = others[from..level.min(others.len())].iter().sum();
                *crossing += rate * chance;
            }
        }
        let mut exact = Self {
            unmet: 0.0,
            hours: 0.0,
            events: below[load[0]],
        };
        for (hour, &level) in load.iter().enumerate() {
            exact.hours += below[level];
            exact.unmet += missing[level] * 1_000.0 / 24.0;
            exact.events += crossing[level];
            if hour > 0 && load[hour - 1] < level {
                exact.events += below[level] - below[load[hour - 1]];
            }
        }
        exact
    }
}

#[test]
fn the_load_of_a_published_system_is_unmet_as_convolution_says() {
    let load = load();
    assert_eq!(load.iter().max(), Some(&2_850));
    let units: usize = UNITS.iter().map(|&(count, ..)| count).sum();
    let total: usize = UNITS.iter().map(|&(count, size, ..)| count * size).sum();
    assert_eq!((units, total), (32, 3_405));
    let exact = Exact::of(&load);
    assert!(
        exact.hours > 1.0,
        "{} h is too rare to test with",
        exact.hours
    );

    let model = world(&load);
    let settings = Settings {
        threads: 0,
        collect: Collect::Markets,
        ..settings(&model, 300)
    };
    let run = simulation::run(&model, &settings, &mut Silent).expect("no tanks");
    let city = &run.result.markets["city"];
    assert_mean("unmet volume, bbl", metric(city, "unmet"), exact.unmet);
    assert_mean("unmet time, h", metric(city, "unmet_time"), exact.hours);
    assert_mean(
        "shortfalls of the market",
        metric(city, "unmet_events"),
        exact.events,
    );
    let planned = total as f64 * 1_000.0 * 364.0;
    assert_eq!(metric(&run.result.metrics, "planned").mean, Some(planned));
}
