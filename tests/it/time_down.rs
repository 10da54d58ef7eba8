//! Time down, time to choose targets, and cuts too small to be shortfalls.

use keruen::model::Collect;
use keruen::simulation::{Run, Settings, Silent, run};

use crate::scenario_files::valid;

const WORLD: &str = r#"
[scenario]
name = "time down"
start = 2026-01-01
horizon = "100 d"

[field.oil]
plan = "100 kb/d"

[hub.fork]

[market.sea]

[link.in]
from = "oil"
to = "fork"

[link.a]
from = "fork"
to = "sea"
capacity = "100 kb/d"

[link.b]
from = "fork"
to = "sea"
capacity = "100 kb/d"
"#;

fn played(more: &str, range: std::ops::Range<u64>, threads: usize) -> Run {
    let scenario = valid(&[("world.toml", &format!("{WORLD}{more}"))], &[]);
    let settings = Settings {
        seed: 1,
        range,
        threads,
        collect: Collect::All,
        stop: None,
        shortfalls: false,
        rows: false,
        plain: false,
    };
    run(&scenario.model, &settings, &mut Silent).expect("it runs")
}

fn mean(run: &Run, link: &str, metric: &str) -> f64 {
    run.result.links[link][metric].mean.expect("it is defined")
}

/// A closure that begins at the start and outlasts the horizon is all of the horizon.
#[test]
fn what_is_closed_from_the_start_is_down_from_the_start() {
    let hazard = r#"
[hazard.closed]
class = "technical"
hits = ["link.b"]
occurs = { dates = [2026-01-01] }
duration = "200 d"
"#;
    assert_eq!(mean(&played(hazard, 0..3, 1), "b", "down_time"), 2_400.0);
}

/// Down is what hazards leave nothing of, whatever it could carry at the time.
#[test]
fn a_link_that_gets_its_capacity_while_closed_is_down_all_the_while() {
    let hazard = r#"
[link.c]
from = "fork"
to = "sea"
capacity = { steps = [{ from = 2026-01-01, value = "0 kb/d" }, { from = 2026-01-11, value = "9 kb/d" }] }
[hazard.closed]
class = "technical"
hits = ["link.c"]
occurs = { dates = [2026-01-06] }
duration = "20 d"
"#;
    assert_eq!(mean(&played(hazard, 0..1, 1), "c", "down_time"), 480.0);
}

/// What a replication says of time down does not depend on the one before it, nor on threads.
#[test]
fn time_down_is_the_same_for_any_threads_and_any_split() {
    let hazard = r#"
[hazard.fails]
class = "technical"
hits = ["link.b"]
occurs = { renewal = { up = { exponential = { mean = "50 d" } } } }
duration = { exponential = { mean = "50 d" } }
start = "stationary"
"#;
    let together = mean(&played(hazard, 0..40, 1), "b", "down_time");
    assert_eq!(together, mean(&played(hazard, 0..40, 8), "b", "down_time"));
    let apart: f64 = (0..40)
        .map(|one| mean(&played(hazard, one..one + 1, 1), "b", "down_time"))
        .sum();
    assert!((apart / 40.0 - together).abs() < 1e-9, "{apart} {together}");
    // Half the time in the long run, and stationary from the start.
    let many = played(hazard, 0..2_000, 2);
    let down = &many.result.links["b"]["down_time"];
    let (mean, error) = (
        down.mean.expect("defined"),
        down.std_error.expect("defined"),
    );
    assert!((mean - 1_200.0).abs() < 4.0 * error, "{mean} ± {error}");
}

/// One more target leaves the luck of the others as it was.
#[test]
fn a_common_cause_hits_a_target_or_not_whatever_else_it_can_hit() {
    for scope in ["scope = \"all\"\nchance = 0.5", "scope = { some = 2 }"] {
        let hazard = |hits: &str| {
            format!(
                r#"
[hazard.storm]
class = "weather"
hits = {hits}
{scope}
occurs = {{ poisson = {{ rate = "20 /yr" }} }}
duration = "2 d"
"#
            )
        };
        let few = played(&hazard(r#"["link.b", "link.in"]"#), 0..50, 1);
        let more = played(&hazard(r#"["link.a", "link.b", "link.in"]"#), 0..50, 1);
        let (few, more) = (mean(&few, "b", "down_time"), mean(&more, "b", "down_time"));
        if scope.contains("all") {
            assert_eq!(few, more);
        } else {
            // Two of two are always both; two of three are two thirds of the time.
            assert!((more / few - 2.0 / 3.0).abs() < 0.1, "{few} {more}");
        }
    }
}

/// Half a percent for ten days is no shortfall, and yet the deepest cut there was.
#[test]
fn a_cut_within_the_tolerance_is_still_the_deepest() {
    let hazard = r#"
[hazard.trickle]
class = "technical"
hits = ["field.oil"]
occurs = { dates = [2026-01-11] }
duration = "10 d"
left = 0.995
"#;
    let run = played(hazard, 0..1, 1);
    assert_eq!(run.result.metrics["shortfall_events"].mean, Some(0.0));
    let deepest = run.result.metrics["deepest_cut"].mean.expect("defined");
    assert!((deepest - 0.005).abs() < 1e-9, "{deepest}");
}

/// Units are a nameplate too.
#[test]
fn units_without_a_common_capacity_have_a_utilisation() {
    let link = r#"
[link.moorings]
from = "fork"
to = "sea"
units = { count = 2, each = "50 kb/d" }
tariff = "0 USD/bbl"
[hazard.a-closed]
class = "technical"
hits = ["link.a", "link.b"]
scope = "all"
occurs = { dates = [2026-01-01] }
duration = "100 d"
"#;
    let run = played(link, 0..1, 1);
    assert_eq!(mean(&run, "moorings", "utilisation"), 1.0);
}
