//! Several models over the same futures give, to the bit, what each gives alone.

use std::path::PathBuf;

use keruen::model::{Collect, Model, Stop};
use keruen::scenario::{self, Request};
use keruen::simulation::{self, Observer, Settings, Together};
use keruen::units::BarrelsPerDay;
use proptest::prelude::*;

use crate::random_worlds::{networks, networks_with_tanks};
use crate::worlds::{Kept, head, model, project, settings};

fn with(model: &Model, change: impl FnOnce(&mut Model)) -> Model {
    let mut other = model.clone();
    change(&mut other);
    other
}

/// A model with other capacities of a link.
fn with_link(model: &Model, link: usize, change: impl Fn(i64) -> i64) -> Model {
    with(model, |other| {
        let capacity = other.links[link].capacity.as_mut().expect("has one");
        *capacity = capacity.map(|rate| BarrelsPerDay(change(rate.0)));
    })
}

fn together(models: &[Model], settings: &Settings) -> (Together, Vec<Kept>) {
    let models: Vec<&Model> = models.iter().collect();
    let mut kept: Vec<Kept> = models.iter().map(|_| Kept::default()).collect();
    let mut observers: Vec<&mut dyn Observer> = Vec::new();
    for kept in &mut kept {
        observers.push(kept);
    }
    let found = simulation::run_together(&models, settings, &mut observers);
    (found.expect("nothing fails"), kept)
}

/// Fails if models give together what they do not give alone; gives what they give together.
fn assert_same_as_alone(models: &[Model], settings: &Settings) -> Together {
    let settings = Settings {
        rows: true,
        plain: false,
        shortfalls: true,
        ..settings.clone()
    };
    let (found, kept) = together(models, &settings);
    for ((model, run), kept) in models.iter().zip(&found.runs).zip(&kept) {
        let mut alone = Kept::default();
        let own = simulation::run(model, &settings, &mut alone).expect("nothing fails");
        let text = |run: &simulation::Run| serde_json::to_string(&run.result).expect("JSON");
        assert_eq!(text(run), text(&own));
        assert_eq!(run.warnings, own.warnings);
        assert_eq!(run.replications, own.replications);
        assert_eq!(kept.rows, alone.rows);
        assert_eq!(kept.shortfalls, alone.shortfalls);
    }
    found
}

fn of(model: &Model, replications: u64, threads: usize, collect: Collect) -> Settings {
    Settings {
        threads,
        collect,
        ..settings(model, replications)
    }
}

/// A model and what may become of it: other capacities, plans, hazards and links.
fn variants(base: &Model, raised: i64) -> Vec<Model> {
    let last = base.links.len() - 1;
    vec![
        with_link(base, 0, |rate| rate + raised),
        base.clone(),
        with_link(base, last, |rate| rate / 2),
        with_link(&with_link(base, 0, |rate| rate + raised), last, |rate| {
            rate + 1_000
        }),
        with(base, |other| {
            other.fields[0].plan = other.fields[0].plan.map(|rate| BarrelsPerDay(rate.0 + 500));
        }),
        with(base, |other| {
            other.hazards.pop();
        }),
        with(base, |other| {
            if let Some(hazard) = other.hazards.last_mut() {
                hazard.left = keruen::model::Law::Fixed(0.3);
            }
        }),
        with(base, |other| "Another".clone_into(&mut other.name)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_networks_give_the_same(world in networks(6), raised in 1..9_000_i64, threads in 1..3_usize) {
        let base = world.model();
        for collect in [Collect::System, Collect::Markets] {
            assert_same_as_alone(&variants(&base, raised), &of(&base, 40, threads, collect));
        }
    }

    #[test]
    fn so_do_those_with_tanks(world in networks_with_tanks(4), raised in 1..9_000_i64) {
        let base = world.model();
        for (collect, replications) in [(Collect::System, 12), (Collect::Markets, 12), (Collect::All, 2)] {
            assert_same_as_alone(&variants(&base, raised), &of(&base, replications, 2, collect));
        }
    }
}

/// A field with a main line that fails and a dearer spare one of 50 kb/d, both through a hub.
fn main_and_spare() -> Model {
    broken("[hub.yard]\ncapacity = \"150 kb/d\"", "link.main", 0.0)
}

/// The same with a hub like this, and a hazard that leaves a share of what it hits.
fn broken(hub: &str, hits: &str, left: f64) -> Model {
    let text = format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\n{hub}\n[market.sea]\n\
         [link.in]\nfrom = \"oil\"\nto = \"yard\"\n\
         [link.main]\nfrom = \"yard\"\nto = \"sea\"\ncapacity = \"120 kb/d\"\ntariff = \"1 USD/bbl\"\n\
         [link.spare]\nfrom = \"yard\"\nto = \"sea\"\ncapacity = \"50 kb/d\"\ntariff = \"3 USD/bbl\"\n\
         [hazard.break]\nhits = [\"{hits}\"]\noccurs = {{ poisson = {{ rate = \"1 /yr\" }} }}\n\
         duration = {{ exponential = {{ mean = \"5 d\" }} }}\nleft = {left:?}\n",
        head("1 yr")
    );
    model(&text)
}

#[test]
fn a_sweep_plays_only_futures_in_which_it_matters() {
    let base = main_and_spare();
    let spare = base.links.iter().position(|link| link.id == "spare");
    let spare = spare.expect("it is there");
    // Told from the most to the least: what is given first need not be played first.
    let sweep: Vec<Model> = [90, 70, 0, -20]
        .map(|more| with_link(&base, spare, |rate| rate + more * 1_000))
        .to_vec();
    let settings = of(&base, 500, 2, Collect::Markets);
    let found = assert_same_as_alone(&sweep, &settings);
    assert_eq!(found.timelines, 1);
    let [widest, wide, usual, least] = found.taken_over[..] else {
        panic!("four models");
    };
    // The smallest has none before it. Where the main line never breaks, all is the same; and
    // nothing uses up more than the field's 100 kb/d.
    assert_eq!(least, 0);
    let unbroken = 500.0 * (-1.0_f64).exp();
    assert!((usual as f64 - unbroken).abs() < 50.0, "{usual}");
    assert_eq!(wide, usual);
    assert_eq!(widest, 500);
}

#[test]
fn a_hub_that_is_never_full_may_as_well_be_larger() {
    let base = main_and_spare();
    let larger = with(&base, |other| {
        let capacity = other.hubs[0].capacity.as_mut().expect("has one");
        *capacity = capacity.map(|rate| BarrelsPerDay(rate.0 * 2));
    });
    let found = assert_same_as_alone(&[base.clone(), larger], &of(&base, 50, 1, Collect::Markets));
    assert_eq!(found.taken_over, [0, 50]);
}

#[test]
fn what_else_looks_at_capacities_is_played() {
    let base = main_and_spare();
    let main = base.links.iter().position(|link| link.id == "main");
    let main = main.expect("it is there");
    let larger = with_link(&base, main, |rate| rate + 1_000);
    // Loads are shares of capacities.
    let all = of(&base, 40, 1, Collect::All);
    let found = assert_same_as_alone(&[base.clone(), larger.clone()], &all);
    assert_eq!(found.taken_over, [0, 0]);
    let markets = of(&base, 40, 1, Collect::Markets);
    let found = assert_same_as_alone(&[base, larger], &markets);
    assert_eq!(found.taken_over, [0, 40]);
    // A hub without a capacity has that of the links that leave it, and a hazard takes a share of it.
    let base = broken("[hub.yard]", "hub.yard", 0.5);
    let larger = with_link(&base, main, |rate| rate + 1_000);
    let found = assert_same_as_alone(&[base, larger], &markets);
    assert_eq!(found.taken_over, [0, 0]);
}

#[test]
fn all_go_on_until_the_last_is_known() {
    let base = main_and_spare();
    let models = [base.clone(), base.clone()];
    let stopping = Settings {
        stop: Some(Stop {
            metric: "delivered".to_owned(),
            relative_error: 0.01,
        }),
        ..of(&base, 100_000, 2, Collect::Markets)
    };
    let (found, _) = together(&models, &stopping);
    let done = found.runs[0].replications;
    assert!(done < 100_000);
    assert!(found.runs.iter().all(|run| run.replications == done));
}

#[test]
fn nothing_to_run_gives_nothing() {
    let base = main_and_spare();
    let found = simulation::run_together(&[], &of(&base, 10, 1, Collect::All), &mut []);
    assert!(found.expect("nothing fails").runs.is_empty());
}

#[test]
fn kazakhstan_gives_the_same_under_all_strategies() {
    let folder = project("scenarios/strategies");
    let files = std::fs::read_dir(folder).expect("a folder of the tree");
    let mut files: Vec<PathBuf> = files.map(|file| file.expect("a file").path()).collect();
    files.sort();
    let mut with: Vec<Vec<PathBuf>> = vec![Vec::new()];
    with.extend(files.into_iter().map(|file| vec![file]));
    let models: Vec<Model> = with
        .iter()
        .map(|with| {
            let request = Request {
                path: &project("scenarios/kazakhstan.toml"),
                with,
                set: &[],
            };
            let scenario = scenario::load(&request);
            scenario
                .unwrap_or_else(|_| panic!("{with:?} is valid"))
                .model
        })
        .collect();
    let found = assert_same_as_alone(&models, &of(&models[0], 35, 2, Collect::Markets));
    assert!(found.timelines < models.len(), "{}", found.timelines);
    assert_same_as_alone(&models[..4], &of(&models[0], 3, 1, Collect::All));
}

#[test]
fn futures_in_which_a_changed_hazard_does_not_strike_are_not_played_again() {
    let base = main_and_spare();
    let longer = with(&base, |other| {
        other.hazards[0].duration = keruen::model::Law::Exponential { mean: 9.0 };
    });
    let models = [base, longer];
    for collect in [Collect::Markets, Collect::All] {
        let found = assert_same_as_alone(&models, &of(&models[0], 300, 2, collect));
        assert_eq!(found.timelines, 2);
        let unbroken = 300.0 * (-1.0_f64).exp();
        let taken = found.taken_over[1] as f64;
        assert!((taken - unbroken).abs() < 40.0, "{taken}");
        assert_eq!(found.taken_over[0], 0);
    }
    // Another class is counted apart.
    let renamed = with(&models[0], |other| {
        "attack".clone_into(&mut other.hazards[0].class);
    });
    let all = of(&models[0], 40, 1, Collect::All);
    let found = assert_same_as_alone(&[models[0].clone(), renamed], &all);
    assert_eq!(found.taken_over, [0, 0]);
}
