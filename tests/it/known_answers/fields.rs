//! Fields that stop and come back: ramps, damage, least rates.

use keruen::model::{Collect, Model};

use crate::worlds::{all_given, case, entry, given, head, metric, model, number, rows};

const KB: f64 = 1_000.0;

/// What a run of the only future of a model says: a system metric, or one of the field.
struct Played {
    run: keruen::simulation::Run,
}

impl Played {
    fn of(model: &Model) -> Self {
        let (run, _) = rows(model, 1, Collect::All);
        Self { run }
    }

    fn system(&self, name: &str) -> f64 {
        let metrics = &self.run.result.metrics;
        metric(metrics, name).mean.expect("one replication")
    }

    fn field(&self, name: &str) -> f64 {
        let metrics = &self.run.result.fields["oil"];
        metric(metrics, name).mean.expect("one replication")
    }
}

/// A field, its only way out, and times (days) for which that is closed or carries less (kb/d).
fn world(horizon: f64, plan: f64, field: &str, cuts: &[(f64, f64, f64)]) -> Model {
    let mut text = format!(
        "{}[field.oil]\nplan = \"{plan} kb/d\"\n{field}\n[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"{plan} kb/d\"\n",
        head(&format!("{horizon} d")),
    );
    for (index, &(from, days, carried)) in cuts.iter().enumerate() {
        text += &format!(
            "[hazard.cut{index}]\nhits = [\"link.line\"]\nleft = {:?}\n\
             occurs = {{ once = {{ from = {at}, to = {at} }} }}\nduration = \"{days} d\"\n",
            carried / plan,
            at = instant(from),
        );
    }
    model(&text)
}

/// An instant that many days after the start of the year 2026.
fn instant(days: f64) -> String {
    let start = jiff::civil::date(2026, 1, 1).at(0, 0, 0, 0);
    let seconds = jiff::SignedDuration::from_secs((days * 86_400.0) as i64);
    let at = start.checked_add(seconds).expect("a date");
    at.strftime("%Y-%m-%dT%H:%M:%S").to_string()
}

/// Steps are a quarter of a day with the exact mean, so that only whole barrels a day are in the
/// way: half of one in each step of the way up, and one that is left over.
fn assert_barrels(what: &str, found: f64, exact: f64, ramp_days: f64) {
    let allowance = 0.5 * ramp_days + 1.0;
    assert!(
        (found - exact).abs() <= allowance,
        "{what}: {found}, exact {exact}, {allowance} allowed"
    );
}

fn restart(case: &toml::Table, exponential: bool) -> String {
    let of = |key: &str| given(case, &format!("inputs.ramp.{key}"));
    let way = if exponential {
        format!("{{ exponential = \"{} d\" }}", of("ramp_tau_d"))
    } else {
        let days = of("potential_kbd") / of("ramp_kbd_per_d");
        format!("\"{days} d\"")
    };
    format!("restart = {way}\ndead_time = \"{} d\"\n", of("dead_time_d"))
}

#[test]
fn ka08_a_ramp_after_a_stop() {
    let case = case("08_field_dynamics");
    let of = |key: &str| given(&case, &format!("inputs.ramp.{key}"));
    let days = of("horizon_d");
    for (exponential, key) in [(false, "linear"), (true, "exponential_to_horizon")] {
        let stop = [(0.0, of("outage_d"), 0.0)];
        let played = Played::of(&world(
            days,
            of("potential_kbd"),
            &restart(&case, exponential),
            &stop,
        ));
        let exact = given(&case, &format!("expected.ramp.loss_{key}_kb")) * KB;
        assert_barrels(key, played.system("shut_in"), exact, days);
        assert_eq!(played.system("undelivered"), played.system("shut_in"));
        assert_eq!(played.field("stops"), 1.0);
        let stopped = (of("outage_d") + of("dead_time_d")) * 24.0;
        assert_eq!(played.field("longest_stop"), stopped);
    }
}

#[test]
fn ka08_a_cut_in_part_has_no_dead_time() {
    let case = case("08_field_dynamics");
    let of = |key: &str| given(&case, &format!("inputs.ramp.{key}"));
    let cut = [(0.0, of("partial_d"), of("partial_limit_kbd"))];
    let field = restart(&case, false);
    let played = Played::of(&world(of("horizon_d"), of("potential_kbd"), &field, &cut));
    let exact = given(&case, "expected.ramp.loss_partial_kb") * KB;
    assert_barrels("partial", played.system("shut_in"), exact, 5.0);
    assert_eq!(played.field("stops"), 0.0);
}
