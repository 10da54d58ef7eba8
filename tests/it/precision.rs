//! How sure a run is: control variates, coverage of intervals, and stopping once enough is known.

use keruen::metrics::{Moments, conditional_value_at_risk, paired};
use keruen::model::{Collect, Model, Stop};
use keruen::results::{Controlled, StrategyResult};
use keruen::sampling::{ControlSpace, Controls, Timeline, Timelines};
use keruen::scenario::{self, Request};
use keruen::simulation::{self, Run, RunError, Settings, Silent, Stopped};
use keruen::study::{FuturesSettings, futures};
use keruen::units::Seconds;

use crate::known_answers::links::{single_link, two_routes};
use crate::known_answers::networks::{CaseArc, world};
use crate::known_answers::regimes;
use crate::worlds::{HOLD, case, given, head, metric, model, model_with, project, settings};

const SEEDS: u64 = 400;

fn loaded(path: &str) -> Model {
    let path = project(path);
    let request = Request {
        path: &path,
        with: &[],
        set: &[],
    };
    scenario::load(&request).expect("valid").model
}

fn twelve_parts() -> (Model, f64) {
    let case = case("05_network_enumeration");
    let exact = given(&case, "expected.annual.stationary_start_mean_unexported_kb");
    let arcs = CaseArc::all(&case);
    (world(&arcs, "stationary", None), 1_000.0 * exact)
}

/// System totals under a seed.
fn totals(model: &Model, seed: u64, replications: u64) -> Run {
    let settings = Settings {
        seed,
        collect: Collect::System,
        ..settings(model, replications)
    };
    simulation::run(model, &settings, &mut Silent).expect("tanks come to rest")
}

fn controlled(result: &StrategyResult) -> Controlled {
    let metric = metric(&result.metrics, "undelivered");
    metric.controlled.expect("a mean with controls")
}

/// Plays a world under several seeds and holds its means with controls against the exact one.
fn assert_exact(what: &str, model: &Model, exact: f64, ratio: [f64; 2]) {
    for seed in 1..=5 {
        let found = controlled(&totals(model, seed, 3_000).result);
        let off = (found.mean - exact).abs() / found.std_error;
        assert!(off <= 4.0, "{what}, seed {seed}: {found:?} is not {exact}");
        let times = found.variance_ratio.expect("an error");
        assert!((ratio[0]..=ratio[1]).contains(&times), "{what}: {times}");
    }
}

#[test]
fn means_with_controls_are_the_exact_ones() {
    let one = case("01_single_link");
    let exact = given(&one, "expected.repair.exponential.mean_unexported_kb");
    let model = single_link(&one, "exponential", "up", 1.0);
    // All that is lost is lost in the time that is known.
    assert_exact("one link", &model, 1_000.0 * exact, [1e6, f64::INFINITY]);

    let two = case("03_two_route");
    for (start, key, ratio) in [
        (
            "up",
            "expected.annual_all_up_start.mean_unexported_kb",
            [2.0, 1e3],
        ),
        // What two parts take alone and together is all that there is.
        (
            "stationary",
            "expected.annual_stationary_start.mean_unexported_kb",
            [1e6, f64::INFINITY],
        ),
    ] {
        let model = two_routes(&two, start, None);
        let exact = 1_000.0 * given(&two, key);
        assert_exact("two routes", &model, exact, ratio);
    }

    let (model, exact) = twelve_parts();
    // Terms of one part alone make up 0.946 of the variance, and would leave an 18.5th of it.
    assert_exact("twelve parts", &model, exact, [50.0, 1e4]);

    let war = case("12_regime_political");
    let exact = given(&war, "expected.regime_link.mean_unexported_kb");
    let model = regimes::link(&war);
    assert_exact("regimes", &model, 1_000.0 * exact, [1e6, f64::INFINITY]);
}

/// A wrong mean has to be seen, or the test above would see nothing.
#[test]
fn means_with_controls_tell_repairs_that_are_a_twentieth_longer() {
    let one = case("01_single_link");
    let exact = 1_000.0 * given(&one, "expected.repair.exponential.mean_unexported_kb");
    let model = single_link(&one, "exponential", "up", 1.05);
    let found = controlled(&totals(&model, 1, 3_000).result);
    assert!((found.mean - exact).abs() > 4.0 * found.std_error);
}

/// Means of controls as drawn, against those that are known.
fn assert_controls(what: &str, model: &Model, replications: u64, least: usize) {
    let timelines = Timelines::new(model, &model.hazards, 7, 0);
    let controls = Controls::of(model, &timelines);
    let count = controls.list().len();
    assert!(
        count >= least,
        "{what}: {count} controls, {:?}",
        controls.left_out()
    );
    let mut moments = vec![Moments::default(); count];
    let (mut timeline, mut space) = (Timeline::default(), ControlSpace::default());
    let mut row = Vec::new();
    for replication in 0..replications {
        timelines.sample(replication, &mut timeline);
        row.clear();
        controls.read(&timelines, replication, &timeline, &mut space, &mut row);
        for (moments, &value) in moments.iter_mut().zip(&row) {
            moments.add(value);
        }
    }
    for (control, moments) in controls.list().iter().zip(&moments) {
        if control.occurs * (replications as f64) < 50.0 {
            continue;
        }
        let (mean, error) = (
            moments.mean().expect("many"),
            moments.std_error().expect("many"),
        );
        let id = &model.hazards[control.hazard].id;
        assert!(
            (mean - control.mean).abs() <= 4.5 * error + 1.0,
            "{what}, {id}: {mean} ± {error} is not {control:?}"
        );
    }
}

#[test]
fn times_of_disruptions_have_the_means_that_are_known() {
    assert_controls(
        "Kazakhstan",
        &loaded("scenarios/kazakhstan.toml"),
        6_000,
        40,
    );
    assert_controls("twelve parts", &twelve_parts().0, 4_000, 12);
    let csv = |name: &str| {
        Ok(match name {
            "load.csv" => format!("hour,load\n{}", "0,1.5\n".repeat(9_000)),
            _ => "target,start,end,left\nlink.line,2026-02-01,2026-02-03T06:00,0.5\n".to_owned(),
        })
    };
    let everything = model_with(include_str!("everything.toml"), &csv);
    assert_controls("everything", &everything, 8_000, 12);
}

/// Laws and rules that no scenario of the tree has.
#[test]
fn times_of_rarer_kinds_of_disruptions_have_the_means_that_are_known() {
    let hazards = [
        // Renewals on a grid, from up, from down and in equilibrium.
        "occurs = { renewal = { up = { geometric = { mean = \"40 d\", step = \"1 d\" } } } }\n\
         duration = { geometric = { mean = \"9 d\", step = \"1 d\" } }\nstart = \"up\"",
        "occurs = { renewal = { up = { geometric = { mean = \"90 d\", step = \"2 d\" } } } }\n\
         duration = { geometric = { mean = \"30 d\", step = \"2 d\" } }\nstart = { down = { age = \"4 d\" } }",
        // In equilibrium by any law, some averted.
        "occurs = { renewal = { up = { weibull = { mean = \"50 d\", shape = 2 } } } }\n\
         duration = { lognormal = { mean = \"9 d\", cv = 1.2 } }\nstart = \"stationary\"\naverted = 0.3",
        // Modulated by months and regimes, down at the start.
        "occurs = { renewal = { up = { exponential = { mean = \"50 d\" } } } }\n\
         duration = { exponential = { mean = \"12 d\" } }\nleft = 0.25\n\
         start = { down = { age = \"1 d\" } }\nregime = { war = 3, peace = 0.5 }\n\
         season = [3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 3]",
        // A campaign with a past under regimes, longer in winter.
        "occurs = { campaign = { rate = \"4 /yr\", branching = 0.6, memory = \"20 d\", history = [2025-12-20] } }\n\
         duration = { gamma = { mean = \"3 d\", shape = 0.7 } }\nregime = { war = 2, peace = 0.1 }\n\
         duration_season = [3, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 3]",
        // Stages after a part of random length, an early end, a time of its own.
        "occurs = { poisson = { rate = \"6 /yr\" } }\n\
         duration = { weibull = { mean = \"4 d\", shape = 0.8 } }\nleft = { beta = { mean = 0.3, sd = 0.1 } }\n\
         then = [{ duration = { uniform = { low = \"2 d\", high = \"9 d\" } }, left = 0.4 }, { duration = \"3 d\", left = { uniform = { low = 0.5, high = 1 } } }]\n\
         reversal = { chance = 0.4, after = { exponential = { mean = \"5 d\" } } }",
        // Late by a random time, turned away while one lasts: drawn again.
        "occurs = { poisson = { rate = \"20 /yr\" } }\noverlap = \"ignore\"\n\
         duration = { triangular = { low = \"2 d\", mode = \"5 d\", high = \"30 d\" } }\n\
         delay = { lognormal = { mean = \"20 d\", cv = 1 } }\naverted = 0.2",
        // Work that queues, once.
        "occurs = { once = { probability = 0.7, from = 2026-09-01, until = 2026-12-20 } }\n\
         duration = { empirical = [\"5 d\", \"70 d\"] }\noverlap = \"queue\"",
        // A permission that is closed at first.
        "occurs = { decisions = { every = \"30 d\", renewed = 0.8, reopened = 0.3, state = \"closed\" } }\nleft = 0.1",
    ];
    let mut text = head("365 d");
    text += "[regime.peace]\ninitial = 0.6\nto = { war = \"4 /yr\" }\n\
             [regime.war]\ninitial = 0.4\nto = { peace = \"9 /yr\" }\n\
             [market.sea]\n[field.oil]\nplan = \"100 kb/d\"\n[hub.yard]\n\
             [link.out]\nfrom = \"oil\"\nto = \"yard\"\n";
    for (at, hazard) in hazards.iter().enumerate() {
        text += &format!(
            "[link.l{at}]\nfrom = \"yard\"\nto = \"sea\"\ncapacity = \"20 kb/d\"\n\
             [hazard.h{at}]\nhits = [\"link.l{at}\"]\n{hazard}\n"
        );
    }
    // Consequences, of two at a time among three.
    text += "[hazard.after]\nhits = [\"link.l0\", \"link.l1\", \"link.l2\"]\nscope = { some = 2 }\n\
             occurs = { after = { hazard = \"h4\", chance = 0.5 } }\nduration = \"6 d\"\n\
             shared_duration = false\ndelay = \"2 d\"\n";
    let mut model = model(&text);
    // As a strategy has it that holds from a date on.
    let staged = model.hazards.iter_mut().find(|hazard| hazard.id == "h5");
    let staged = staged.expect("it is there");
    (staged.from, staged.until) = (Seconds(60 * 86_400), Seconds(280 * 86_400));
    assert_controls("kinds", &model, 30_000, hazards.len() + 3);
}

#[test]
fn controls_are_the_same_on_any_number_of_threads_and_change_no_plain_figure() {
    for model in [twelve_parts().0, loaded("scenarios/kazakhstan.toml")] {
        let with = |threads, plain| {
            let settings = Settings {
                threads,
                plain,
                collect: Collect::System,
                ..settings(&model, 1_200)
            };
            let run = simulation::run(&model, &settings, &mut Silent);
            run.expect("tanks come to rest").result
        };
        let (one, three, mut plain) = (with(1, false), with(3, false), with(2, true));
        assert_eq!(one, three);
        assert!(plain.controls.is_none());
        for (name, metric) in &mut plain.metrics {
            assert!(metric.controlled.is_none());
            metric.controlled = one.metrics[name].controlled;
        }
        plain.controls.clone_from(&one.controls);
        assert_eq!(one, plain);
        assert!(
            controlled(&one).std_error
                < metric(&one.metrics, "undelivered").std_error.expect("one")
        );
    }
}

#[test]
fn a_run_that_controls_cannot_help_says_why() {
    let one = case("01_single_link");
    // How long a link is down that is repaired in a fixed time after it was as good as new has no
    // closed form.
    let model = single_link(&one, "deterministic", "up", 1.0);
    let found = totals(&model, 1, 500).result;
    assert!(
        found
            .metrics
            .values()
            .all(|metric| metric.controlled.is_none())
    );
    let controls = found.controls.expect("they were asked for");
    assert_eq!((controls.known, controls.used), (0, 0));
    assert!(controls.why_none.is_some());
    assert!(
        controls.left_out["failure"].contains("closed form"),
        "{controls:?}"
    );
    let few = totals(&twelve_parts().0, 1, 40)
        .result
        .controls
        .expect("asked for");
    assert!(few.why_none.expect("too few").contains("too few"));
}

/// Room and time go by pairs of controls: a network of thousands of parts has none.
#[test]
fn what_is_hit_in_too_many_places_has_no_controls() {
    let mut text = head("30 d");
    text += "[market.sea]\n[field.oil]\nplan = \"100 kb/d\"\n";
    for at in 0..=Controls::MOST {
        text += &format!("[link.l{at}]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"1 kb/d\"\n");
    }
    text += "[hazard.storm]\nhits = { kind = \"link\" }\noccurs = { poisson = { rate = \"6 /yr\" } }\nduration = \"5 d\"\n";
    let found = totals(&model(&text), 1, 40)
        .result
        .controls
        .expect("asked for");
    assert_eq!((found.known, found.used), (0, 0));
    assert!(found.why_none.expect("too many").contains("200 targets"));
    let quiet = text
        .split("[hazard.storm]")
        .next()
        .expect("what comes before");
    let none = totals(&model(quiet), 1, 40)
        .result
        .controls
        .expect("asked for");
    assert_eq!(none.why_none, None, "nothing is at random");
}

/// How many of the intervals of 95 % hold the exact value.
fn holding(figures: impl Iterator<Item = (f64, f64)>, exact: f64) -> usize {
    let holds = |&(value, error): &(f64, f64)| (value - exact).abs() <= 1.959_964 * error;
    figures.filter(holds).count()
}

#[test]
fn intervals_of_means_hold_as_often_as_they_claim() {
    let (model, exact) = twelve_parts();
    let runs: Vec<StrategyResult> = (1..=SEEDS)
        .map(|seed| totals(&model, seed, 800).result)
        .collect();
    let plain = runs.iter().map(|run| {
        let metric = metric(&run.metrics, "undelivered");
        (
            metric.mean.expect("a mean"),
            metric.std_error.expect("an error"),
        )
    });
    let plain = holding(plain, exact);
    assert!(HOLD.contains(&plain), "plain: {plain}");
    let with = runs.iter().map(controlled);
    let with = holding(with.map(|found| (found.mean, found.std_error)), exact);
    assert!(HOLD.contains(&with), "with controls: {with}");
}

#[test]
fn intervals_of_tails_and_of_differences_hold_as_often_as_they_claim() {
    let case = case("01_single_link");
    let slow = single_link(&case, "exponential", "up", 1.0);
    let fast = single_link(&case, "exponential", "up", 0.5);
    let of = |key: &str| 1_000.0 * given(&case, &format!("expected.repair.exponential.{key}"));
    // Mean time down in T days from up: U (T − (1 − e^{−rT}) / r).
    let down = |repair: f64| {
        let rate = 1.0 / 60.0 + 1.0 / repair;
        (365.0 + (-rate * 365.0_f64).exp_m1() / rate) / 60.0 / rate
    };
    let plan = 1_000.0 * given(&case, "inputs.plan_kbd");
    assert!((plan * down(6.0) / of("mean_unexported_kb") - 1.0).abs() < 1e-9);
    let gain = plan * (down(6.0) - down(3.0));
    let mut found: [Vec<(f64, f64)>; 2] = Default::default();
    for seed in 1..=SEEDS {
        let settings = FuturesSettings {
            seed,
            range: 0..5_000,
            threads: 1,
        };
        let played = futures(&[&slow, &fast], &["undelivered"], &settings, &mut Silent);
        let played = played.expect("nothing stands in the way");
        let (slow, fast) = (played.sample(0, 0), played.sample(1, 0));
        let difference = paired(slow, fast).expect("many");
        found[0].push((difference.mean_difference, difference.std_error));
        let mut sorted = slow.to_vec();
        sorted.sort_unstable();
        let tail = conditional_value_at_risk(&sorted, 0.95).expect("a tail");
        found[1].push((tail.value, tail.std_error.expect("an error")));
    }
    let [differences, tails] = found;
    let differences = holding(differences.into_iter(), gain);
    assert!(HOLD.contains(&differences), "differences: {differences}");
    let tails = holding(tails.into_iter(), of("cvar95_kb"));
    assert!(HOLD.contains(&tails), "tails: {tails}");
}

fn stopping(models: &[&Model], metric: &str, relative_error: f64) -> Result<Vec<Run>, RunError> {
    let settings = Settings {
        stop: Some(Stop {
            metric: metric.to_owned(),
            relative_error,
        }),
        plain: true,
        collect: Collect::System,
        ..settings(models[0], 60_000)
    };
    simulation::run_together(models, &settings, &mut []).map(|found| found.runs)
}

#[test]
fn a_run_stops_once_a_tail_is_known() {
    let model = twelve_parts().0;
    let run = stopping(&[&model], "undelivered.cvar95", 0.02)
        .expect("a figure")
        .remove(0);
    assert_eq!(run.stopped, Stopped::Precision);
    assert!(run.replications.is_power_of_two() && run.replications >= 1_024);
    let metric = metric(&run.result.metrics, "undelivered");
    let tail = metric.conditional_value_at_risk["0.95"].expect("a tail");
    let reach = 1.96 * tail.std_error.expect("an error");
    assert!(reach <= 0.02 / 1.02 * tail.value, "{tail:?}");
    // The mean was known long before.
    let mean = stopping(&[&model], "undelivered", 0.02)
        .expect("a figure")
        .remove(0);
    assert!(mean.replications < run.replications);
}

#[test]
fn runs_stop_once_their_differences_are_known() {
    let case = case("01_single_link");
    let slow = single_link(&case, "exponential", "up", 1.0);
    let fast = single_link(&case, "exponential", "up", 0.5);
    let count = |models: &[&Model], name: &str| {
        let runs = stopping(models, name, 0.05).expect("a figure");
        assert!(runs.iter().all(|run| run.stopped == Stopped::Precision));
        runs[0].replications
    };
    // Nothing differs, which is known at the first look.
    assert_eq!(count(&[&slow, &slow], "undelivered.difference"), 256);
    assert_eq!(
        count(&[&slow, &slow], "undelivered.cvar99.difference"),
        8_192
    );
    let difference = count(&[&slow, &fast, &slow], "undelivered.difference");
    let tail = count(&[&slow, &fast], "undelivered.cvar95.difference");
    assert!((256..tail).contains(&difference), "{difference}, {tail}");
}

#[test]
fn what_cannot_be_stopped_on_is_named_with_what_can() {
    let model = twelve_parts().0;
    for wrong in [
        "exports",
        "undelivered.cvar9",
        "planned.cvar95",
        "undelivered.cvar95.more",
        "exported.difference",
        "",
    ] {
        let error = stopping(&[&model], wrong, 0.1)
            .expect_err("no such figure")
            .to_string();
        for told in [wrong, "undelivered, ", ".cvar95", ".difference"] {
            assert!(error.contains(told), "{error}");
        }
    }
    let lone = stopping(&[&model], "undelivered.difference", 0.1).expect_err("one model");
    assert!(matches!(lone, RunError::NoDifference { .. }), "{lone}");
}

#[test]
fn a_mean_that_controls_make_sure_ends_a_run_earlier() {
    let model = twelve_parts().0;
    let settings = Settings {
        stop: Some(Stop {
            metric: "undelivered".to_owned(),
            relative_error: 0.01,
        }),
        collect: Collect::System,
        ..settings(&model, 60_000)
    };
    let run = simulation::run(&model, &settings, &mut Silent).expect("a figure");
    let plain = stopping(&[&model], "undelivered", 0.01)
        .expect("a figure")
        .remove(0);
    assert!(run.replications * 4 <= plain.replications);
    let found = controlled(&run.result);
    assert!(1.96 * found.std_error <= 0.01 / 1.01 * found.mean);
    assert!(run.result.controls.expect("with controls").ended_run);
}
