//! Self-exciting events, against the closed forms of their counts and of the time they take.

use keruen::model::{Collect, Model};
use keruen::sampling::{Timeline, Timelines};

use super::sample::Sample;
use crate::worlds::{assert_within_four, case, given, head, model, rows};

const DAY: i64 = 86_400;

fn world(case: &toml::Table, horizon: &str, more: &str) -> Model {
    model(&format!(
        "{}[field.oil]\nplan = \"{plan} kb/d\"\n[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"{plan} kb/d\"\n\
         [hazard.drones]\nhits = [\"link.line\"]\nduration = \"{} d\"\nleft = {:?}\n\
         occurs = {{ campaign = {{ rate = \"{} /d\", branching = {}, memory = \"{} d\"{more} }} }}\n",
        head(horizon),
        given(case, "inputs.outage_per_event_d"),
        given(case, "inputs.residual_capacity_kbd") / given(case, "inputs.plan_kbd"),
        given(case, "inputs.baseline_rate_per_d"),
        given(case, "inputs.branching_ratio"),
        given(case, "inputs.kernel_half_life_d"),
        plan = given(case, "inputs.plan_kbd"),
    ))
}

/// Events of each replication that begin from a day on.
fn counts(model: &Model, replications: u64, from_day: i64) -> Vec<i64> {
    let timelines = Timelines::new(model, &model.hazards, 5, 0);
    let mut timeline = Timeline::default();
    let count = |replication: u64| {
        timelines.sample(replication, &mut timeline);
        let starts = timeline.disruptions().iter().map(|hit| hit.start.0);
        starts.filter(|&start| start >= from_day * DAY).count() as i64
    };
    (0..replications).map(count).collect()
}

#[test]
fn a_campaign_that_begins_with_nothing_has_the_exact_counts() {
    let case = case("11_hawkes_campaign");
    let model = world(&case, "365 d", "");
    let counts = counts(&model, 40_000, 0);
    let of = |key: &str| given(&case, &format!("expected.{key}"));
    Sample::of(&counts).assert(
        "events",
        of("mean_count_empty_start"),
        of("var_count_empty_start").sqrt(),
    );
    let n = counts.len() as f64;
    let none = counts.iter().filter(|&&count| count == 0).count() as f64 / n;
    let p = of("prob_no_event_empty_start");
    assert_within_four("none", none, (p * (1.0 - p) / n).sqrt(), p, 0.0);
}

#[test]
fn a_campaign_that_has_lasted_long_has_the_counts_of_equilibrium() {
    let case = case("11_hawkes_campaign");
    let of = |key: &str| given(&case, &format!("expected.{key}"));
    // Excitement fades at 0.028 a day, so nothing of an empty start is left after 1 000 days.
    let model = world(&case, "1365 d", "");
    Sample::of(&counts(&model, 40_000, 1_000)).assert(
        "events",
        of("mean_count_stationary"),
        of("var_count_stationary").sqrt(),
    );
}

#[test]
fn overlapping_disruptions_of_a_campaign_take_the_exact_time() {
    let case = case("11_hawkes_campaign");
    let of = |key: &str| given(&case, &format!("expected.{key}"));
    let model = world(&case, "365 d", "");
    let n = 20_000;
    let (run, kept) = rows(&model, n, Collect::System);
    let lost = &run.result.metrics["undelivered"];
    assert_within_four(
        "undelivered",
        lost.mean.expect("a mean"),
        lost.std_error.expect("an error"),
        of("mean_unexported_kb") * 1_000.0,
        0.0,
    );
    let kbd = given(&case, "inputs.plan_kbd") - given(&case, "inputs.residual_capacity_kbd");
    let days = lost.mean.expect("a mean") / 1_000.0 / kbd;
    let error = lost.std_error.expect("an error") / 1_000.0 / kbd;
    assert_within_four("days", days, error, of("mean_union_downtime_d"), 0.0);
    // As many events one by one would lose more and vary less.
    assert!(days + 4.0 * error < of("poisson_same_mean_count_union_downtime_d"));
    assert_eq!(kept.rows.len() as u64, n);

    let timelines = Timelines::new(&model, &model.hazards, 5, 0);
    let mut timeline = Timeline::default();
    let mut down = 0;
    for replication in 0..n {
        timelines.sample(replication, &mut timeline);
        let hits = timeline.disruptions();
        down += u32::from(hits.iter().any(|hit| hit.end == model.horizon));
    }
    let p = of("prob_down_at_horizon");
    let error = (p * (1.0 - p) / n as f64).sqrt();
    assert_within_four("down", f64::from(down) / n as f64, error, p, 0.0);
}

#[test]
fn known_events_bring_about_what_is_still_to_come_of_theirs() {
    let case = case("11_hawkes_campaign");
    // With next to no new ones: children of one event 10 days ago (a half-life), and theirs.
    let text = ", history = [2025-12-22]";
    let mut model = world(&case, "2000 d", text);
    if let keruen::model::Occurs::Campaign { rate_per_day, .. } = &mut model.hazards[0].occurs {
        *rate_per_day = 1e-12;
    }
    let branching = given(&case, "inputs.branching_ratio");
    let counts = counts(&model, 40_000, 0);
    // Each of the Poisson(n/2) children founds a cluster of mean 1/(1−n) and variance n/(1−n)³.
    let mean = branching / 2.0 / (1.0 - branching);
    let size = 1.0 / (1.0 - branching);
    let variance = branching / 2.0 * (branching / (1.0 - branching).powi(3) + size * size);
    Sample::of(&counts).assert("events", mean, variance.sqrt());
}
