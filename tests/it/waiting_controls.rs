//! Control variates where repairs wait, whose means come from futures drawn apart, and those of
//! paired differences: what they claim holds as often as they say.

use keruen::metrics::{Moments, paired};
use keruen::model::{Collect, Model};
use keruen::results::{Controlled, StrategyResult};
use keruen::sampling::{Apart, JointSpace, JointTimes, Timeline, Timelines};
use keruen::scenario::{self, Request};
use keruen::simulation::{self, Settings, Silent, controlled_differences};
use keruen::study::{self, FuturesSettings, futures};

use crate::known_answers::repairs::{moorings, shock};
use crate::worlds::{HOLD, case, given, metric, project, settings};

const SEEDS: u64 = 400;
const REPLICATIONS: u64 = 600;

/// The mean of a group of moorings, bbl.
fn exact(crews: &str) -> f64 {
    let key = format!("expected.{crews}.annual_all_up_start.mean_unexported_kb");
    1_000.0 * given(&case("04_mooring_group"), &key)
}

/// Moorings that wait for one crew; the same without having to wait; the same with shocks.
fn groups() -> [Model; 3] {
    let case = case("04_mooring_group");
    let waiting = moorings(&case, "");
    let mut prompt = waiting.clone();
    for hazard in &mut prompt.hazards {
        hazard.repair.crew = None;
    }
    prompt.crews.clear();
    [waiting, prompt, moorings(&case, &shock(&case))]
}

fn settings_of(model: &Model, seed: u64, replications: u64, threads: usize) -> Settings {
    Settings {
        seed,
        threads,
        // Where totals alone are asked for, such futures are too cheap for others to be drawn.
        collect: Collect::Markets,
        ..settings(model, replications)
    }
}

fn played(model: &Model, seed: u64, replications: u64, threads: usize) -> StrategyResult {
    let settings = settings_of(model, seed, replications, threads);
    let run = simulation::run(model, &settings, &mut Silent);
    run.expect("nothing stands in the way").result
}

fn controlled(result: &StrategyResult) -> Controlled {
    let metric = metric(&result.metrics, "undelivered");
    metric.controlled.expect("a mean with controls")
}

/// How many of the intervals of 95 % hold the exact value.
fn holding(figures: &[(f64, f64)], exact: f64) -> usize {
    let holds = |&&(value, error): &&(f64, f64)| (value - exact).abs() <= 1.959_964 * error;
    figures.iter().filter(holds).count()
}

#[test]
fn intervals_of_means_where_repairs_wait_hold_as_often_as_they_claim() {
    let [waiting, _, shocked] = groups();
    for (model, crews) in [
        (waiting, "crews_limited"),
        (shocked, "crews_limited_with_shock"),
    ] {
        let mut found = Vec::new();
        for seed in 1..=SEEDS {
            let figure = controlled(&played(&model, seed, REPLICATIONS, 1));
            let ratio = figure.variance_ratio.expect("an error");
            assert!((5.0..20.0).contains(&ratio), "{crews}: {ratio}");
            found.push((figure.mean, figure.std_error));
        }
        let holding = holding(&found, exact(crews));
        assert!(HOLD.contains(&holding), "{crews}: {holding}");
    }
}

#[test]
fn intervals_of_differences_with_controls_hold_as_often_as_they_claim() {
    let groups = groups();
    let models: Vec<&Model> = groups.iter().collect();
    let mut found: [Vec<(f64, f64)>; 2] = Default::default();
    for seed in 1..=SEEDS {
        let settings = settings_of(models[0], seed, REPLICATIONS, 1);
        let drawn = FuturesSettings {
            seed,
            range: 0..REPLICATIONS,
            threads: 1,
        };
        let played = futures(&models, &["undelivered"], &drawn, &mut Silent);
        let played = played.expect("nothing stands in the way");
        let values: Vec<Vec<&[i64]>> = (0..3).map(|of| vec![played.sample(of, 0)]).collect();
        let told = controlled_differences(&models, &values, &settings).expect("threads");
        for (other, found) in found.iter_mut().enumerate() {
            let told = told[other][0].as_ref().expect("controls say something");
            let plain = paired(values[other + 1][0], values[0][0]).expect("many");
            assert!(told.std_error < plain.std_error, "{told:?} {plain:?}");
            found.push((told.mean, told.std_error));
        }
    }
    let of_base = exact("crews_limited");
    for (found, crews) in found
        .iter()
        .zip(["crews_unlimited", "crews_limited_with_shock"])
    {
        let holding = holding(found, exact(crews) - of_base);
        assert!(HOLD.contains(&holding), "{crews}: {holding}");
    }
}

/// Nothing waits here, so that nothing is drawn apart.
#[test]
fn a_difference_is_surer_by_controls_that_are_known_and_the_same_on_any_threads() {
    let [_, prompt, _] = groups();
    let mut wider = prompt.clone();
    for unit in wider.links.iter_mut().flat_map(|link| &mut link.units) {
        unit.0 *= 4;
    }
    let settings = settings_of(&prompt, 3, 2_000, 2);
    let drawn = FuturesSettings {
        seed: 3,
        range: 0..2_000,
        threads: 2,
    };
    let models = [&prompt, &wider];
    let played = futures(&models, &["undelivered"], &drawn, &mut Silent).expect("no obstacle");
    let values = [vec![played.sample(0, 0)], vec![played.sample(1, 0)]];
    let of = |threads| {
        let settings = Settings {
            threads,
            ..settings.clone()
        };
        controlled_differences(&models, &values, &settings).expect("threads")
    };
    assert_eq!(of(1), of(3), "the same bits on any number of threads");
    let told = of(1)[0][0].clone().expect("controls say something");
    let plain = paired(values[1][0], values[0][0]).expect("many");
    assert!(told.std_error < plain.std_error, "{told:?} {plain:?}");
    let off = (told.mean - plain.mean_difference).abs();
    assert!(off < 4.0 * plain.std_error, "{told:?} {plain:?}");
}

fn kazakhstan() -> Model {
    let path = project("scenarios/kazakhstan.toml");
    let request = Request {
        path: &path,
        with: &[],
        set: &[],
    };
    let found = scenario::load(&request);
    found.unwrap_or_else(|failure| panic!("{failure:?}")).model
}

/// What is drawn apart has the law that it has among all hazards, and other numbers.
#[test]
fn futures_apart_have_the_law_of_the_whole() {
    let model = kazakhstan();
    let timelines = Timelines::new(&model, &model.hazards, 5, 0);
    let joint = JointTimes::of(&model.hazards, &timelines);
    let apart = Apart::of(&model, 5);
    assert_eq!(joint.count(), 3, "three moorings wait for a crew");
    assert_eq!(apart.count(), joint.count());
    let mut moments = vec![[Moments::default(); 2]; joint.count()];
    let (mut timeline, mut space) = (Timeline::default(), JointSpace::default());
    let (mut whole, mut alone) = (Vec::new(), Vec::new());
    let mut same = 0;
    for number in 0..6_000 {
        whole.clear();
        alone.clear();
        timelines.sample(number, &mut timeline);
        joint.read(&timeline, &mut space, &mut whole);
        apart.draw(number, &mut timeline, &mut space, &mut alone);
        same += usize::from(whole == alone && whole[0] > 0);
        assert!(whole.is_sorted_by(|one, next| one >= next), "{whole:?}");
        for (moments, (&one, &other)) in moments.iter_mut().zip(whole.iter().zip(&alone)) {
            moments[0].add(one);
            moments[1].add(other);
        }
    }
    assert_eq!(same, 0);
    for [whole, alone] in moments {
        let of = |moments: Moments| (moments.mean().unwrap(), moments.std_error().unwrap());
        let ((one, error), (other, its_error)) = (of(whole), of(alone));
        let off = (one - other).abs() / error.hypot(its_error);
        assert!(off < 4.0, "{one} ± {error} is not {other} ± {its_error}");
    }
}

#[test]
fn means_of_a_scenario_whose_repairs_wait_are_far_surer_and_the_same_on_any_threads() {
    let model = kazakhstan();
    let one = played(&model, 11, 1_500, 1);
    assert_eq!(one, played(&model, 11, 1_500, 3));
    let found = controlled(&one);
    let ratio = found.variance_ratio.expect("an error");
    assert!((10.0..40.0).contains(&ratio), "{ratio}");
    let controls = one.controls.expect("they were asked for");
    assert_eq!((controls.sampled, controls.sampled_from), (3, 15_000));
}

#[test]
fn a_comparison_tells_differences_with_controls_beside_the_crude_ones_unless_plain() {
    let groups = groups();
    let compared = |plain| {
        let settings = Settings {
            plain,
            ..settings_of(&groups[0], 1, 1_000, 2)
        };
        let sink = |_: usize, _: &[simulation::Row]| Ok(());
        let others = [&groups[1], &groups[2]];
        study::compare(&groups[0], &others, "", &settings, sink, &mut Silent)
            .expect("nothing stands in the way")
            .expect("nobody cancelled")
            .comparisons
    };
    let (plain, with) = (compared(true), compared(false));
    for (plain, with) in plain.iter().zip(with) {
        for (name, metric) in with.metrics {
            let crude = &plain.metrics[&name];
            assert_eq!(crude.controlled, None);
            assert_eq!(
                (crude.mean, crude.std_error),
                (metric.mean, metric.std_error)
            );
            if name == "undelivered" && with.against == plain.against {
                let Some(told) = metric.controlled else {
                    // Against the best there are none.
                    assert!(with.regimes.is_empty() && with.dominates.is_none());
                    continue;
                };
                let crude = metric.variance_ratio.expect("they differ");
                assert!(told.variance_ratio.expect("an error") > crude);
                assert!(told.ci95[0] < told.mean && told.mean < told.ci95[1]);
            }
        }
    }
}
