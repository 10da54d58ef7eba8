//! Time to sample one timeline, and to play replications of whole scenarios.
//!
//! Run it with `cargo bench --bench run`; `cargo bench -- --test` runs each once.

use std::path::Path;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use keruen::model::{
    Collect, Control, Dynamics, Hazard, Law, Model, Occurs, Overlap, Restart, Sharing,
};
use keruen::sampling::{Timeline, Timelines};
use keruen::scenario::{Request, load};
use keruen::simulation::{Settings, Silent, run};

fn main() {
    divan::main();
}

/// Replications of one measured call: enough that the set-up of a run hardly counts.
const REPLICATIONS: u64 = 64;

fn model(path: &str) -> Model {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let request = Request {
        path: &path,
        with: &[],
        set: &[],
    };
    load(&request)
        .expect("the scenarios of this repository are valid")
        .model
}

/// The disruptions of one year of Kazakhstan.
#[divan::bench]
fn sample_a_timeline(bencher: Bencher) {
    let model = model("scenarios/kazakhstan.toml");
    let timelines = Timelines::new(&model, &model.hazards, 1, 0);
    let mut timeline = Timeline::default();
    let mut replication = 0;
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        timelines.sample(replication, &mut timeline);
        replication += 1;
        black_box(timeline.edge_count())
    });
}

/// A run of 64 replications on one thread; the rate printed is replications a second.
fn replications(bencher: Bencher, model: &Model, collect: Collect) {
    let settings = Settings {
        seed: 1,
        range: 0..REPLICATIONS,
        threads: 1,
        collect,
        stop: None,
        shortfalls: false,
        rows: false,
        plain: false,
    };
    bencher
        .counter(ItemsCount::new(REPLICATIONS))
        .bench_local(|| run(model, &settings, &mut Silent).expect("these scenarios run"));
}

#[divan::bench(args = [Collect::System, Collect::All], sample_count = 20, sample_size = 1)]
fn kazakhstan(bencher: Bencher, collect: Collect) {
    replications(bencher, &model("scenarios/kazakhstan.toml"), collect);
}

/// The same hazards as plain renewals with as many events, drawn one by one: what regimes,
/// campaigns, crews and consequences cost is the ratio to `kazakhstan`.
fn plain(mut model: Model) -> Model {
    let settings = Settings {
        seed: 1,
        range: 0..2_000,
        threads: 0,
        collect: Collect::All,
        stop: None,
        shortfalls: false,
        rows: false,
        plain: false,
    };
    let found = run(&model, &settings, &mut Silent).expect("these scenarios run");
    let years = model.horizon.days();
    model.hazards = model
        .hazards
        .into_iter()
        .filter_map(|hazard| {
            let mean = |name: &str| found.result.hazards[&hazard.id][name].mean.unwrap_or(0.0);
            let (events, hours) = (mean("events"), mean("active_time"));
            let targets = hazard.targets.len() as f64;
            let processes = match hazard.scope {
                keruen::model::Scope::Each => targets,
                _ => 1.0,
            };
            (events > 0.0).then(|| {
                let down = (hours / 24.0 / events / processes).max(0.01);
                let up = (years / (events / processes) - down).max(0.1);
                Hazard {
                    class: hazard.class,
                    scope: hazard.scope,
                    overlap: Overlap::Ignore,
                    ..Hazard::plain(
                        hazard.id,
                        hazard.targets,
                        Occurs::Renewal {
                            up: Law::Exponential { mean: up },
                        },
                        [Law::Exponential { mean: down }, hazard.left],
                        model.horizon,
                    )
                }
            })
        })
        .collect();
    model.regimes.clear();
    model
}

#[divan::bench(args = [Collect::System, Collect::All], sample_count = 20, sample_size = 1)]
fn kazakhstan_with_plain_renewals(bencher: Bencher, collect: Collect) {
    replications(bencher, &plain(model("scenarios/kazakhstan.toml")), collect);
}

/// What no lag, time under way, restart, tank or class is left of: as much as can flow, at least
/// cost.
fn bare(mut model: Model) -> Model {
    for field in &mut model.fields {
        field.dynamics = Dynamics::default();
        field.priority = 2;
    }
    for hub in &mut model.hubs {
        hub.tank = None;
    }
    for link in &mut model.links {
        (link.lag, link.transit_time) = (None, None);
    }
    for market in &mut model.markets {
        market.priority = 2;
        market.commitment = None;
    }
    for transit in &mut model.transits {
        transit.priority = 1;
    }
    model.allocation.sharing = Sharing::Cost;
    model.quotas.clear();
    model
}

/// Rules of allocation and production, each on top of the one before.
const RULES: [&str; 6] = ["flow", "tanks", "classes", "ramps", "pro-rata", "lags"];

/// Kazakhstan with the first of [`RULES`] up to one of them.
#[divan::bench(args = RULES, sample_count = 20, sample_size = 1)]
fn kazakhstan_with_rules(bencher: Bencher, last: &str) {
    let full = model("scenarios/kazakhstan.toml");
    let mut model = bare(full.clone());
    let has = |rule: &str| {
        let at = |name: &str| RULES.iter().position(|&one| one == name);
        at(rule) <= at(last)
    };
    if has("tanks") {
        for (hub, whole) in model.hubs.iter_mut().zip(&full.hubs) {
            hub.tank.clone_from(&whole.tank);
        }
    }
    if has("classes") {
        model.markets.clone_from(&full.markets);
        for field in &mut model.fields {
            field.priority = if field.control == Some(Control::State) {
                1
            } else {
                2
            };
        }
    }
    if has("ramps") {
        for field in &mut model.fields {
            field.dynamics.restart = Some(Restart::Linear(864_000.0));
        }
    }
    if has("pro-rata") {
        model.allocation.sharing = Sharing::ProRata;
    }
    if has("lags") {
        model.links.clone_from(&full.links);
    }
    replications(bencher, &model, Collect::System);
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn two_routes(bencher: Bencher) {
    replications(bencher, &model("scenarios/two_routes.toml"), Collect::All);
}

#[divan::bench(args = ["w1", "w2", "w3"], sample_count = 10, sample_size = 1)]
fn workload(bencher: Bencher, name: &str) {
    let path = format!("benches/workloads/{name}.toml");
    replications(bencher, &model(&path), Collect::System);
}
