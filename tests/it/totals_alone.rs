//! Where nothing remembers, totals alone are found another way than flows: they must be the same,
//! to the bit, as those that are gathered beside markets.

use keruen::model::{Collect, Model};
use keruen::results::Metrics;
use keruen::simulation::{self, ROW_COLUMNS, Row, Settings, ShortfallRow};
use proptest::prelude::*;

use crate::random_worlds::{World, networks, networks_with_tanks};
use crate::worlds::{Kept, model, project, settings};

const REPLICATIONS: u64 = 40;

/// What a run finds about the system, and what its observer is handed of it.
#[derive(Debug, PartialEq)]
struct Totals {
    metrics: Metrics,
    /// Exceedance and convergence, as a file says them.
    curves: String,
    /// All that rows say but money, which only the markets know.
    rows: Vec<Vec<i64>>,
    shortfalls: Vec<ShortfallRow>,
}

fn totals(model: &Model, settings: &Settings) -> Totals {
    let settings = Settings {
        rows: true,
        shortfalls: true,
        ..settings.clone()
    };
    let mut kept = Kept::default();
    let run = simulation::run(model, &settings, &mut kept).expect("nothing fails");
    let curves = (&run.result.exceedance, &run.result.convergence);
    let told = |row: &Row| {
        let values = row.values.iter().zip(&ROW_COLUMNS);
        let values = values.filter(|(_, (_, unit))| *unit != "USD");
        values.map(|(&value, _)| value).collect()
    };
    Totals {
        curves: serde_json::to_string(&curves).expect("a result is JSON"),
        rows: kept.rows.iter().map(told).collect(),
        shortfalls: kept.shortfalls,
        metrics: run.result.metrics,
    }
}

fn alone(model: &Model, range: std::ops::Range<u64>, threads: usize) -> Settings {
    Settings {
        range,
        threads,
        collect: Collect::System,
        ..settings(model, 0)
    }
}

/// Fails if what is asked alone is not what is gathered beside markets.
fn assert_same(model: &Model, replications: u64) {
    let alone = alone(model, 0..replications, 1);
    let beside = Settings {
        collect: Collect::Markets,
        ..alone.clone()
    };
    let alone = totals(model, &alone);
    let mut beside = totals(model, &beside);
    beside
        .metrics
        .retain(|name, _| alone.metrics.contains_key(name));
    assert_eq!(alone, beside);
}

/// More of what may change capacities: the calendar, units, other hazards, other rules.
fn embellished(world: &World, changes: [bool; 6]) -> String {
    let [plans, capacities, units, hubs, hazards, rules] = changes;
    let mut text = world.text();
    let mut replace = |from: &str, to: &str| text = text.replacen(from, to, 1);
    let steps = |first: u32, second: u32, third: u32| {
        let step = |date: &str, rate: u32| format!("{{ from = {date}, value = \"{rate} kb/d\" }}");
        let [first, second, third] = [
            step("2026-01-01", first),
            step("2026-02-10", second),
            step("2026-03-20", third),
        ];
        format!("{{ steps = [{first}, {second}, {third}] }}")
    };
    if plans {
        let plan = format!("plan = \"{} kb/d\"", world.plans[0]);
        let later = steps(world.plans[0], world.plans[0] * 2, 3);
        replace(&plan, &format!("plan = {later}"));
    }
    if capacities {
        let capacity = format!("capacity = \"{} kb/d\"", world.links[0].capacity);
        let later = steps(world.links[0].capacity, 1, world.links[0].capacity + 4);
        replace(&capacity, &format!("capacity = {later}"));
    }
    if units {
        let last = world.links.len() - 1;
        let table = format!("[link.{}]\n", world.link(last));
        let line = format!("{table}units = {{ sizes = [\"3 kb/d\", \"5 kb/d\"] }}\n");
        replace(&table, &line);
    }
    if hubs && !world.tanks.is_empty() {
        let table = "[hub.h0]\n";
        replace(table, &format!("{table}capacity = {}\n", steps(9, 14, 5)));
    }
    if hazards {
        let unit = if units {
            format!(", \"link.{}#1\"", world.link(world.links.len() - 1))
        } else {
            String::new()
        };
        text += &format!(
            "[hazard.storm]\nhits = [\"field.f0\", \"link.{}\"{unit}]\nscope = \"all\"\n\
             occurs = {{ campaign = {{ rate = \"0.03 /d\", branching = 0.5, memory = \"9 d\" }} }}\n\
             duration = {{ uniform = {{ low = \"1 d\", high = \"9 d\" }} }}\n\
             left = {{ uniform = {{ low = 0.1, high = 1.0 }} }}\n\
             then = [{{ duration = \"2 d\", left = 0.7 }}]\n",
            world.link(0),
        );
    }
    if rules {
        text += "[allocation]\ncombine = \"product\"\nsharing = \"pro-rata\"\n";
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_worlds_have_the_same_totals(world in networks(6), changes in any::<[bool; 6]>()) {
        assert_same(&model(&embellished(&world, changes)), REPLICATIONS);
    }

    #[test]
    fn so_have_those_that_remember(world in networks_with_tanks(4)) {
        assert_same(&world.model(), 3);
    }
}

#[test]
fn the_first_workload_has_the_same_totals_however_it_is_cut() {
    let text = std::fs::read_to_string(project("benches/workloads/w1.toml")).expect("is there");
    let model = model(&text);
    assert_same(&model, 40);
    let whole = totals(&model, &alone(&model, 0..100, 1));
    for threads in [2, 8] {
        assert_eq!(totals(&model, &alone(&model, 0..100, threads)), whole);
    }
    let first = totals(&model, &alone(&model, 0..37, 1));
    let second = totals(&model, &alone(&model, 37..100, 1));
    assert_eq!([first.rows, second.rows].concat(), whole.rows);
    assert_eq!(
        [first.shortfalls, second.shortfalls].concat(),
        whole.shortfalls
    );
}

#[test]
fn a_network_too_wide_for_a_program_has_the_same_totals() {
    let text = std::fs::read_to_string(project("benches/workloads/w4_1000.toml"));
    let model = model(&text.expect("is there"));
    assert_same(&model, 3);
    let whole = totals(&model, &alone(&model, 0..70, 1));
    assert_eq!(totals(&model, &alone(&model, 0..70, 2)), whole);
    let rest = totals(&model, &alone(&model, 33..70, 1));
    assert_eq!(rest.rows, whole.rows[33..]);
}
