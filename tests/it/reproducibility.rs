//! The same question has the same answer, to the bit, however it is computed.

mod draws;
mod side_by_side;
mod streams;

use std::fs;

use keruen::model::{Collect, Element, Hazard, Model, Occurs, Stop};
use keruen::sampling::{Timeline, Timelines};
use keruen::scenario::{self, Request, Scenario, Text};
use keruen::simulation::{self, Settings};

use crate::worlds::{Kept, project, settings};

fn loaded(path: &str) -> Scenario {
    let path = project(path);
    let request = Request {
        path: &path,
        with: &[],
        set: &[],
    };
    scenario::load(&request).expect("a scenario of the tree is valid")
}

/// The result as JSON, and the rows.
fn played(model: &Model, settings: &Settings) -> (String, Kept) {
    let mut kept = Kept::default();
    let run = simulation::run(model, settings, &mut kept).expect("tanks come to rest");
    (
        serde_json::to_string(&run.result).expect("a result is JSON"),
        kept,
    )
}

#[test]
fn any_number_of_threads_finds_the_same() {
    for (path, replications) in [
        ("scenarios/two_routes.toml", 400),
        ("scenarios/kazakhstan.toml", 70),
    ] {
        let model = loaded(path).model;
        let with = |threads| {
            let settings = settings(&model, replications);
            played(
                &model,
                &Settings {
                    threads,
                    rows: true,
                    plain: false,
                    shortfalls: true,
                    ..settings
                },
            )
        };
        let (result, kept) = with(1);
        for threads in [2, 8] {
            let (other, other_kept) = with(threads);
            assert_eq!(result, other, "{path}, {threads} threads");
            assert_eq!(kept.rows, other_kept.rows, "{path}, {threads} threads");
            assert_eq!(
                kept.shortfalls, other_kept.shortfalls,
                "{path}, {threads} threads"
            );
        }
    }
}

#[test]
fn two_halves_are_a_whole() {
    let model = loaded("scenarios/two_routes.toml").model;
    let part = |range| {
        let settings = Settings {
            range,
            rows: true,
            plain: false,
            shortfalls: true,
            ..settings(&model, 0)
        };
        played(&model, &settings).1
    };
    let whole = part(0..300);
    for cut in [1, 137, 150, 256] {
        let (first, second) = (part(0..cut), part(cut..300));
        assert_eq!(
            whole.rows,
            [first.rows, second.rows].concat(),
            "cut at {cut}"
        );
        assert_eq!(
            whole.shortfalls,
            [first.shortfalls, second.shortfalls].concat(),
            "cut at {cut}"
        );
    }
}

/// A run that ends once it knows enough is the run of as many replications, on any machine.
#[test]
fn a_run_that_knows_enough_is_the_shorter_run() {
    let model = loaded("scenarios/two_routes.toml").model;
    let stop = Stop {
        metric: "undelivered".to_owned(),
        relative_error: 0.05,
    };
    let with = |threads| {
        let settings = Settings {
            threads,
            stop: Some(stop.clone()),
            plain: true,
            ..settings(&model, 20_000)
        };
        simulation::run(&model, &settings, &mut simulation::Silent).expect("tanks come to rest")
    };
    let (one, other) = (with(1), with(8));
    assert_eq!(one.stopped, simulation::Stopped::Precision);
    assert!(one.replications > 2 && one.replications < 20_000);
    assert_eq!(one.replications, other.replications);
    assert_eq!(one.result, other.result);
    let plain = Settings {
        plain: true,
        ..settings(&model, one.replications)
    };
    let (shorter, _) = played(&model, &plain);
    let found = serde_json::to_string(&one.result).expect("a result is JSON");
    assert_eq!(found, shorter);
    let undelivered = &one.result.metrics["undelivered"];
    let (mean, error) = (
        undelivered.mean.expect("a mean"),
        undelivered.std_error.expect("an error"),
    );
    assert!(1.96 * error <= 0.05 * mean, "{error} of {mean}");
}

/// What is gathered beside it changes no number.
#[test]
fn gathering_less_finds_the_same() {
    let model = loaded("scenarios/two_routes.toml").model;
    let with = |collect| {
        let settings = Settings {
            collect,
            rows: true,
            plain: false,
            ..settings(&model, 100)
        };
        let mut kept = Kept::default();
        let run = simulation::run(&model, &settings, &mut kept).expect("tanks come to rest");
        (run.result, kept)
    };
    let (all, rows) = with(Collect::All);
    for collect in [Collect::System, Collect::Markets] {
        let (result, _) = with(collect);
        for (name, metric) in &result.metrics {
            assert_eq!(metric, &all.metrics[name], "{name}");
        }
        for (id, market) in &result.markets {
            assert_eq!(market, &all.markets[id], "{id}");
        }
    }
    assert_eq!(rows.rows.len(), 100);
}

#[test]
fn the_order_of_tables_changes_nothing_but_the_hash() {
    let text = fs::read_to_string(project("scenarios/two_routes.toml")).expect("it is in the tree");
    // Every table with its keys; the comment before the first stays there.
    let (comment, tables) = text.split_once("\n[").expect("tables");
    let mut tables: Vec<&str> = tables.split("\n[").collect();
    tables.reverse();
    let backward = format!("{comment}\n\n[{}\n", tables.join("\n\n["));

    let summary = |text: &str| {
        let read = scenario::parse(&[Text::new("two_routes.toml", text)], &[], &|_| {
            Ok(String::new())
        });
        let scenario =
            read.unwrap_or_else(|invalid| panic!("{}", crate::scenario_files::rendered(&invalid)));
        let settings = settings(&scenario.model, 60);
        let run = simulation::run(&scenario.model, &settings, &mut simulation::Silent);
        let run = run.expect("tanks come to rest");
        simulation::summary(&scenario.model, &scenario.sha256, &settings, run)
    };
    let (one, mut other) = (summary(&text), summary(&backward));
    assert_ne!(one.scenario.sha256, other.scenario.sha256);
    other.scenario.sha256.clone_from(&one.scenario.sha256);
    assert_eq!(one, other);
}

/// A disruption without its number in the list: whose, on what, when, how much is left.
type Drawn = (String, Element, Option<usize>, i64, i64, u64);

fn drawn(model: &Model, replication: u64) -> Vec<Drawn> {
    let timelines = Timelines::new(model, &model.hazards, 3, 0);
    let mut timeline = Timeline::default();
    timelines.sample(replication, &mut timeline);
    timeline
        .disruptions()
        .iter()
        .map(|disruption| {
            let (element, unit) = timelines.slots()[disruption.slot as usize];
            (
                model.hazards[disruption.hazard as usize].id.clone(),
                element,
                unit,
                disruption.start.0,
                disruption.end.0,
                disruption.left.get().to_bits(),
            )
        })
        .collect()
}

/// Whether what becomes of other hazards depends on this one: their cause, their weather, what
/// their work waits for, or the crew that they share.
fn is_looked_at(model: &Model, hazard: &Hazard) -> bool {
    let mut others = model.hazards.iter().filter(|other| other.id != hazard.id);
    others.any(|other| {
        let is_cause =
            matches!(&other.occurs, Occurs::After { hazard: cause, .. } if *cause == hazard.id);
        let is_awaited = other
            .floating
            .as_ref()
            .is_some_and(|floating| floating.unless.contains(&hazard.id));
        let shares_crew = hazard.repair.crew.is_some() && other.repair.crew == hazard.repair.crew;
        is_cause || is_awaited || shares_crew || other.repair.stops_for.contains(&hazard.id)
    })
}

#[test]
fn removing_a_hazard_leaves_the_draws_of_all_others() {
    let model = loaded("scenarios/kazakhstan.toml").model;
    let free: Vec<usize> = (0..model.hazards.len())
        .filter(|&number| !is_looked_at(&model, &model.hazards[number]))
        .collect();
    assert!(free.len() > 20, "{} hazards stand alone", free.len());
    for removed in free {
        let mut without = model.clone();
        let gone = without.hazards.remove(removed);
        for replication in [0, 1, 1_000_000] {
            let mut all = drawn(&model, replication);
            all.retain(|(id, ..)| *id != gone.id);
            assert_eq!(all, drawn(&without, replication), "without {}", gone.id);
        }
    }
}

/// The numbers of a replication are its own: sampling others before it changes nothing.
#[test]
fn a_replication_is_the_same_whatever_was_sampled_before() {
    let model = loaded("scenarios/kazakhstan.toml").model;
    let timelines = Timelines::new(&model, &model.hazards, 3, 0);
    let (mut used, mut fresh) = (Timeline::default(), Timeline::default());
    for replication in [5, 17, 5, 0, 17] {
        timelines.sample(replication, &mut used);
        fresh = Timeline::default();
        timelines.sample(replication, &mut fresh);
        assert_eq!(used.disruptions(), fresh.disruptions());
        assert!(used.edges().eq(fresh.edges()));
    }
    assert!(!fresh.disruptions().is_empty());
}
