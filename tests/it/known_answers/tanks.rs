//! Tanks: one exact path, two fields that share a way out, and a tank in the long run.

use keruen::model::{Collect, Model};
use keruen::results::{CourseEpoch, Stress};
use keruen::simulation::{self, Silent};

use crate::worlds::{
    all_given, assert_within_four, case, entry, given, head, metric, model, number, rows, stress,
};

const DAY: f64 = 86_400.0;
const KB: f64 = 1_000.0;

/// A rate that steps: `[[days, kb/d], …]` from 1 January.
fn steps(of: &toml::Value) -> String {
    let steps: Vec<String> = of
        .as_array()
        .expect("steps")
        .iter()
        .map(|step| {
            let hours = number(&step[0]) * 24.0;
            let (day, hour) = (1.0 + (hours / 24.0).floor(), hours % 24.0);
            let at = format!("2026-01-{day:02.0}T{hour:02.0}:00:00");
            format!("{{ from = {at}, value = \"{} kb/d\" }}", number(&step[1]))
        })
        .collect();
    format!("{{ steps = [{}] }}", steps.join(", "))
}

/// Field, hub tank, trunk, terminal tank, berth; the field's outage is a dated hazard or a closure.
pub(super) fn line(case: &toml::Table, hazard: bool) -> Model {
    let of = |key: &str| given(case, &format!("inputs.{key}"));
    let mut text = format!(
        "{}[field.oil]\nplan = \"{} kb/d\"\n[market.sea]\n",
        head(&format!("{} d", of("horizon_d"))),
        of("plan_kbd")
    );
    for tank in ["a", "b"] {
        let size = of(&format!("tank_{tank}_kb"));
        text += &format!(
            "[hub.{tank}]\ntank = {{ capacity = \"{size} kb\", initial = {:?}, target = 0.0 }}\n",
            of(&format!("tank_{tank}_initial_kb")) / size
        );
    }
    text += "[link.gathering]\nfrom = \"oil\"\nto = \"a\"\n";
    for (link, from, to) in [("trunk", "a", "b"), ("berth", "b", "sea")] {
        text += &format!(
            "[link.{link}]\nfrom = \"{from}\"\nto = \"{to}\"\ncapacity = {}\n",
            steps(entry(case, &format!("inputs.{link}_kbd")))
        );
    }
    text += "[route.sea]\ngates = [\"berth\"]\n";
    let (from, hours) = outage(case);
    if hazard {
        text += &format!(
            "[hazard.outage]\nhits = [\"field.oil\"]\noccurs = {{ dates = [{from}] }}\n\
             duration = \"{hours} h\"\n"
        );
    }
    model(&text)
}

/// When the field is down, and for how many hours: the one zero among its rates.
fn outage(case: &toml::Table) -> (String, f64) {
    let rates = entry(case, "inputs.field_kbd").as_array().expect("steps");
    let (down, up) = (number(&rates[1][0]), number(&rates[2][0]));
    assert_eq!(number(&rates[1][1]), 0.0);
    (format!("2026-01-{:02.0}", down + 1.0), (up - down) * 24.0)
}

fn played_line(case: &toml::Table) -> Stress {
    let (from, hours) = outage(case);
    let closure = format!("target = \"field.oil\", from = {from}, for = \"{hours} h\"");
    stress(&line(case, false), &[closure])
}

/// The epoch that covers a time in days.
fn epoch_at(played: &Stress, day: f64) -> &CourseEpoch {
    let second = (day * DAY) as i64;
    let found = played
        .epochs
        .iter()
        .find(|epoch| epoch.end_seconds > second);
    found.expect("a time within the horizon")
}

#[test]
fn a_line_with_two_tanks_follows_the_exact_path() {
    let case = case("09_tank_line");
    let played = played_line(&case);
    let of = |key: &str| given(&case, &format!("expected.{key}")) * KB;
    let allowance = given(&case, "tolerance.whole_second_clock_abs_kb") * KB;
    let near = |what: &str, got: i64, exact: f64| {
        assert!(
            (got as f64 - exact).abs() <= allowance,
            "{what}: {got}, exact {exact}"
        );
    };
    near("exported", played.delivered_bbl, of("exported_kb"));
    near("shut in", played.shut_in_bbl, of("shut_in_kb"));
    let produced = played.planned_bbl - played.field_outage_bbl - played.shut_in_bbl;
    near("produced", produced, of("produced_kb"));
    let last = played.epochs.last().expect("an epoch");
    for (stock, exact) in last
        .stocks_bbl
        .iter()
        .zip(["final_tank_a_kb", "final_tank_b_kb"])
    {
        near(exact, *stock, of(exact));
    }
    // The books balance but for the rounding of each entry.
    let booked =
        played.delivered_bbl + played.stored_bbl + played.field_outage_bbl + played.shut_in_bbl;
    assert!(
        (played.planned_bbl - booked).abs() <= 2,
        "{} planned, {booked}",
        played.planned_bbl
    );
}

#[test]
fn a_line_with_two_tanks_flows_in_each_segment_as_it_should() {
    let case = case("09_tank_line");
    let played = played_line(&case);
    for segment in entry(&case, "expected.segment")
        .as_array()
        .expect("segments")
    {
        let of = |key: &str| number(&segment[key]);
        // The middle, because a segment may begin some seconds late.
        let middle = f64::midpoint(of("from_d"), of("to_d"));
        let epoch = epoch_at(&played, middle);
        assert_eq!(
            epoch.produced_bpd[0] as f64,
            of("production_kbd") * KB,
            "day {middle}"
        );
        assert_eq!(
            epoch.delivered_bpd as f64,
            of("export_kbd") * KB,
            "day {middle}"
        );
        assert_eq!(
            epoch.routes_bpd[0] as f64,
            of("export_kbd") * KB,
            "day {middle}"
        );
        // What the field produces and the first tank does not keep goes along the trunk.
        let kept: f64 = of("production_kbd") - of("export_kbd");
        assert_eq!(epoch.storing_bpd as f64, kept * KB, "day {middle}");
    }
}

#[test]
fn tanks_run_full_and_empty_when_they_should() {
    let case = case("09_tank_line");
    let played = played_line(&case);
    for event in entry(&case, "expected.level_event")
        .as_array()
        .expect("events")
    {
        let what = event["what"].as_str().expect("a name");
        let at = number(&event["t_d"]) * DAY;
        let cause = match what.split_once('_').expect("a tank and what it does") {
            (tank, "full") => format!("tank full: {}", tank.to_lowercase()),
            (tank, _) => format!("tank drawn down: {}", tank.to_lowercase()),
        };
        let near = played
            .epochs
            .iter()
            .filter(|epoch| epoch.cause.contains(&cause))
            .map(|epoch| (epoch.start_seconds as f64 - at).abs())
            .fold(f64::INFINITY, f64::min);
        // A second for each epoch before it: what is left unused there shifts what follows.
        assert!(near <= 3.0, "{what} at day {}: {near} s away", at / DAY);
    }
}

#[test]
fn the_ledger_of_a_line_is_the_same_in_a_run() {
    let case = case("09_tank_line");
    let (run, kept) = rows(&line(&case, true), 2, Collect::All);
    let of = |key: &str| given(&case, &format!("expected.{key}"));
    let allowance = given(&case, "tolerance.whole_second_clock_abs_kb") * KB;
    for (column, exact) in [
        ("exported", of("exported_kb")),
        ("shut_in", of("shut_in_kb")),
        ("gross_undelivered", of("gross_shortfall_vs_plan_kb")),
        ("undelivered", of("net_unexported_vs_plan_kb")),
    ] {
        for got in kept.column(column) {
            assert!(
                (got as f64 - exact * KB).abs() <= allowance,
                "{column}: {got}, exact {exact} kb"
            );
        }
    }
    for seconds in kept.column("shortfall_time") {
        let exact = of("days_below_plan") * DAY;
        assert!(
            (seconds as f64 - exact).abs() <= 10.0,
            "{seconds} s below plan, exact {exact}"
        );
    }
    let played = played_line(&case);
    assert_eq!(kept.column("delivered"), [played.delivered_bbl; 2]);
    let tank = &run.result.hubs["b"];
    assert_eq!(
        metric(tank, "final_stock").mean,
        Some(played.epochs.last().unwrap().stocks_bbl[1] as f64)
    );
}

/// Two fields with a tank each before one way out.
fn shared_way_out(case: &toml::Table) -> Model {
    let all = |key: &str| all_given(case, &format!("inputs.shared_bottleneck.{key}"));
    let (fields, tanks, initial) = (all("field_kbd"), all("tank_kb"), all("tank_initial_kb"));
    let mut text = format!("{}[hub.meeting]\n[market.sea]\n", head("20 d"));
    for (index, field) in fields.iter().enumerate() {
        text += &format!(
            "[field.f{index}]\nplan = \"{field} kb/d\"\n\
             [hub.t{index}]\ntank = {{ capacity = \"{} kb\", initial = {:?}, target = 0.0 }}\n\
             [link.in{index}]\nfrom = \"f{index}\"\nto = \"t{index}\"\n\
             [link.out{index}]\nfrom = \"t{index}\"\nto = \"meeting\"\n",
            tanks[index],
            initial[index] / tanks[index],
        );
    }
    let total: f64 = fields.iter().sum();
    text +=
        &format!("[link.shared]\nfrom = \"meeting\"\nto = \"sea\"\ncapacity = \"{total} kb/d\"\n");
    model(&text)
}

#[test]
fn fields_that_share_a_way_out_shut_in_as_little_as_can_be() {
    let case = case("09_tank_line");
    let model = shared_way_out(&case);
    let fields = all_given(&case, "inputs.shared_bottleneck.field_kbd");
    let left =
        given(&case, "inputs.shared_bottleneck.shared_capacity_kbd") / fields.iter().sum::<f64>();
    let outages = all_given(&case, "inputs.shared_bottleneck.outage_d");
    let least = all_given(
        &case,
        "expected.shared_bottleneck.shut_in_equal_time_to_full_kb",
    );
    let mut last = None;
    for (days, exact) in outages.into_iter().zip(least) {
        let closure = format!(
            "target = \"link.shared\", from = 2026-01-01, for = \"{days} d\", left = {left:?}"
        );
        let played = stress(&model, &[closure]);
        // Whole seconds, and equal times to full that are equal within a minute.
        let allowance = 60.0 / DAY * 600.0 * KB;
        let got = played.shut_in_bbl as f64;
        assert!(
            (got - exact * KB).abs() <= allowance,
            "{days} d: {got} bbl, exact {exact} kb"
        );
        last = Some(played);
    }
    let played = last.expect("an outage");
    for day in all_given(&case, "expected.shared_bottleneck.epochs_of_last_outage_d") {
        let near = played
            .epochs
            .iter()
            .map(|epoch| (epoch.start_seconds as f64 - day * DAY).abs())
            .fold(f64::INFINITY, f64::min);
        assert!(near <= 120.0, "no epoch near day {day}: {near} s");
    }
}

/// One tank between a steady field and a berth that fails.
pub(super) fn fluid(case: &toml::Table, tank: f64, horizon: f64) -> Model {
    let of = |key: &str| given(case, &format!("inputs.{key}"));
    let tank = if tank > 0.0 {
        format!("tank = {{ capacity = \"{tank} kb\", initial = 0.0, target = 0.0 }}\n")
    } else {
        String::new()
    };
    model(&format!(
        "{}[field.oil]\nplan = \"{} kb/d\"\n[hub.port]\n{tank}[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"port\"\n\
         [link.berth]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"{} kb/d\"\n\
         [hazard.failure]\nhits = [\"link.berth\"]\nstart = \"stationary\"\n\
         occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"{} d\" }} }} }} }}\n\
         duration = {{ exponential = {{ mean = \"{} d\" }} }}\n",
        head(&format!("{horizon} d")),
        of("field_kbd"),
        of("berth_capacity_up_kbd"),
        of("mean_up_d"),
        of("mean_down_d"),
    ))
}

#[test]
fn a_tank_in_the_long_run_loses_the_exact_share() {
    let case = case("10_tank_fluid_exact");
    let horizon = 20_000.0;
    let field = given(&case, "inputs.field_kbd");
    for exact in entry(&case, "expected.case").as_array().expect("cases") {
        let of = |key: &str| number(&exact[key]);
        let tank = of("tank_kb");
        let (run, _) = rows(&fluid(&case, tank, horizon), 100, Collect::System);
        let shut_in = metric(&run.result.metrics, "shut_in");
        let share = |volume: Option<f64>| volume.expect("defined") / (field * KB * horizon);
        // Beginning empty, at most what lies in the tank in the long run is not shut in.
        let bias = of("mean_level_kb") / (field * horizon);
        assert_within_four(
            &format!("tank of {tank} kb"),
            share(shut_in.mean),
            share(shut_in.std_error),
            of("loss_fraction"),
            bias,
        );
    }
}

#[test]
fn nobody_could_do_better_on_a_line_with_two_tanks() {
    let case = case("09_tank_line");
    let bound = simulation::foresight(&line(&case, true), 1, 0..2, &mut Silent);
    let delivered = bound.expect("tanks come to rest").delivered;
    let gap = delivered.gap.expect("paths");
    let allowance = given(&case, "tolerance.whole_second_clock_abs_kb") * KB;
    assert!((0.0..=allowance).contains(&gap), "{gap} bbl");
    let most = delivered.bound.expect("paths");
    let exact = given(&case, "expected.exported_kb") * KB;
    assert!(
        (most - exact).abs() <= allowance,
        "{most} bbl, exact {exact}"
    );
}
