//! One tank between a steady field and a berth that fails, in the long run: how often it is full
//! and empty, how much is in it, and how often oil is shut in.

use keruen::results::{Story, StoryPick};
use keruen::simulation;

use super::tanks::fluid;
use crate::worlds::{assert_within_four, case, entry, given, number};

const DAY: f64 = 86_400.0;
const KB: f64 = 1_000.0;

/// Days that are left out, so that what is measured begins as it goes on.
const WARM_UP: f64 = 1_000.0;
const HORIZON: f64 = 6_000.0;
const REPLICATIONS: u64 = 60;

/// Share of time shut in, share of time empty with the berth up, mean level (kb), times in which
/// oil is shut in a year.
fn measured(story: &Story, field: f64) -> [f64; 4] {
    let mut found = [0.0; 4];
    let mut before = 0;
    let mut was_shut_in = false;
    for epoch in &story.epochs {
        let stock = epoch.stocks_bbl.first().copied().unwrap_or(0);
        let level = f64::midpoint(before as f64, stock as f64) / KB;
        before = stock;
        let begin = (epoch.start_seconds as f64 / DAY).max(WARM_UP);
        let days = epoch.end_seconds as f64 / DAY - begin;
        let is_shut_in = epoch.shut_in_bpd > 0;
        if days > 0.0 {
            let is_idle = stock < 10 && epoch.delivered_bpd as f64 == field * KB;
            found[0] += if is_shut_in { days } else { 0.0 };
            found[1] += if is_idle { days } else { 0.0 };
            found[2] += level * days;
            found[3] += f64::from(u8::from(is_shut_in && !was_shut_in));
        }
        was_shut_in = is_shut_in;
    }
    let days = HORIZON - WARM_UP;
    [
        found[0] / days,
        found[1] / days,
        found[2] / days,
        found[3] * 365.0 / days,
    ]
}

#[test]
fn a_tank_is_full_and_empty_as_often_as_it_should_be() {
    let case = case("10_tank_fluid_exact");
    let field = given(&case, "inputs.field_kbd");
    for exact in entry(&case, "expected.case").as_array().expect("cases") {
        let tank = number(&exact["tank_kb"]);
        let model = fluid(&case, tank, HORIZON);
        let mut sums = [[0.0; 2]; 4];
        for replication in 0..REPLICATIONS {
            let asked = (model.simulation.seed, replication);
            let story = simulation::story(&model, "", asked, StoryPick::Number);
            let found = measured(&story.expect("tanks come to rest"), field);
            for (sum, value) in sums.iter_mut().zip(found) {
                sum[0] += value;
                sum[1] += value * value;
            }
        }
        for (key, [sum, squares]) in [
            "prob_full_and_down",
            "prob_empty_and_up",
            "mean_level_kb",
            "shut_in_episodes_per_365d",
        ]
        .into_iter()
        .zip(sums)
        {
            let n = REPLICATIONS as f64;
            let mean = sum / n;
            let error = ((squares / n - mean * mean).max(0.0) / (n - 1.0)).sqrt();
            let what = format!("tank of {tank} kb: {key}");
            assert_within_four(&what, mean, error, number(&exact[key]), 1e-6);
        }
    }
}
