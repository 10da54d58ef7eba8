//! Time to sample one timeline, and to play replications of whole scenarios.
//!
//! Run it with `cargo bench --bench run`; `cargo bench -- --test` runs each once.

use std::path::Path;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use keruen::model::{Collect, Model};
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
    let timelines = Timelines::new(&model.hazards, 1, 0, model.start, model.horizon);
    let mut timeline = Timeline::default();
    let mut replication = 0;
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        timelines.sample(replication, &mut timeline);
        replication += 1;
        black_box(timeline.edge_count())
    });
}

/// A run of 64 replications on one thread; the rate printed is replications a second.
fn replications(bencher: Bencher, path: &str, collect: Collect) {
    let model = model(path);
    let settings = Settings {
        seed: 1,
        range: 0..REPLICATIONS,
        threads: 1,
        collect,
        stop: None,
        shortfalls: false,
        rows: false,
    };
    bencher
        .counter(ItemsCount::new(REPLICATIONS))
        .bench_local(|| run(&model, &settings, &mut Silent).expect("these scenarios run"));
}

#[divan::bench(args = [Collect::System, Collect::All], sample_count = 20, sample_size = 1)]
fn kazakhstan(bencher: Bencher, collect: Collect) {
    replications(bencher, "scenarios/kazakhstan.toml", collect);
}

#[divan::bench(sample_count = 20, sample_size = 1)]
fn two_routes(bencher: Bencher) {
    replications(bencher, "scenarios/two_routes.toml", Collect::All);
}

#[divan::bench(args = ["w1", "w2", "w3"], sample_count = 10, sample_size = 1)]
fn workload(bencher: Bencher, name: &str) {
    let path = format!("benches/workloads/{name}.toml");
    replications(bencher, &path, Collect::System);
}
