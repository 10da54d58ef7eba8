//! Fields that stop and come back: ramps, damage, least rates.

use keruen::model::{Collect, Model};

use crate::worlds::{all_given, case, given, head, metric, model, rows, stress};

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
             occurs = {{ dates = [{}] }}\nduration = \"{days} d\"\n",
            carried / plan,
            instant(from),
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

#[test]
fn ka08_a_second_outage_begins_the_ramp_anew() {
    let case = case("08_field_dynamics");
    let of = |key: &str| given(&case, &format!("inputs.ramp.{key}"));
    let begins = of("outage_d") + of("dead_time_d");
    let second = begins + of("second_outage_start_after_ramp_begin_d");
    let cuts = [
        (0.0, of("outage_d"), 0.0),
        (second, of("second_outage_d"), 0.0),
    ];
    let field = restart(&case, false);
    let played = Played::of(&world(of("horizon_d"), of("potential_kbd"), &field, &cuts));
    let exact = given(&case, "expected.ramp.loss_two_outages_kb") * KB;
    assert_barrels("two outages", played.system("shut_in"), exact, 12.0);
    assert_eq!(played.field("stops"), 2.0);

    // The last step before it has the mean of its quarter of a day.
    let open = world(of("horizon_d"), of("potential_kbd"), &field, &[]);
    let close = |from: f64, days: f64| {
        let from = instant(from);
        format!("target = \"link.line\", from = {from}, for = \"{days} d\"")
    };
    let closures = [
        close(0.0, of("outage_d")),
        close(second, of("second_outage_d")),
    ];
    let played = stress(&open, &closures);
    let ends = (second * 86_400.0) as i64;
    let last = played.epochs.iter().find(|epoch| epoch.end_seconds == ends);
    let last = last.expect("an epoch ends where the outage begins");
    assert!(last.cause.contains("restart: oil"), "{}", last.cause);
    let level = last.produced_bpd[0] as f64 + of("ramp_kbd_per_d") * KB / 8.0;
    let exact = given(&case, "expected.ramp.level_at_second_outage_kbd") * KB;
    assert!((level - exact).abs() <= 0.5, "{level} instead of {exact}");
}

/// The world of a case of damage: closed again and again, open for ten days in between.
fn damaged(potential: f64, law: &str, stops: &[f64]) -> Played {
    let mut from = 5.0;
    let mut cuts = Vec::new();
    for &days in stops {
        cuts.push((from, days, 0.0));
        from += days + 10.0;
    }
    let field = format!("damage = {{ {law} }}\n");
    Played::of(&world(from, potential, &field, &cuts))
}

fn assert_damage(case: &toml::Table, of: &str, law: &str) {
    let potential = given(case, &format!("inputs.{of}.potential_kbd"));
    let stops = all_given(case, &format!("inputs.{of}.shut_in_d"));
    let after = all_given(case, &format!("expected.{of}.potential_after_each_kbd"));
    let mut lost = 0.0;
    let mut before = potential;
    for (count, &exact) in after.iter().enumerate() {
        let played = damaged(potential, law, &stops[..=count]);
        let left = 1.0 - played.field("potential_lost");
        // Shares are kept to nine digits.
        assert!(
            (left - exact / potential).abs() <= 1e-9,
            "{of}: {left} after {count} stops more, exact {exact}"
        );
        assert_eq!(
            played.system("potential_lost"),
            played.field("potential_lost")
        );
        // Of a stop, what earlier ones destroyed is lost for good, the rest is deferred.
        lost += (potential - before) * stops[count] + (potential - exact) * 10.0;
        let days: f64 = stops[..=count].iter().map(|days| days + 10.0).sum();
        let damaged = played.field("damaged");
        assert!(
            (damaged - lost * KB).abs() <= 0.5 * days + 1.0,
            "{of}: {damaged} damaged, exact {lost}"
        );
        assert_eq!(played.field("stops"), (count + 1) as f64);
        before = exact;
    }
}

#[test]
fn ka08_damage_by_both_laws() {
    let case = case("08_field_dynamics");
    let of = |key: &str| given(&case, &format!("inputs.damage.{key}"));
    let law = format!(
        "after = \"{} d\", most = {:?}, time_constant = \"{} d\"",
        of("grace_d"),
        of("max_fraction"),
        of("time_constant_d")
    );
    assert_damage(&case, "damage", &law);
    let of = |key: &str| given(&case, &format!("inputs.damage_linear.{key}"));
    let law = format!(
        "after = \"{} d\", per_day = {:?}",
        of("after_d"),
        of("per_day")
    );
    assert_damage(&case, "damage_linear", &law);
}

#[test]
fn ka08_a_field_below_its_least_rate_stops() {
    let case = case("08_field_dynamics");
    let least = given(&case, "inputs.turndown.min_stable_kbd");
    let allocated = all_given(&case, "inputs.turndown.allocated_kbd");
    let produced = all_given(&case, "expected.turndown.production_kbd");
    let field = format!("min_stable = \"{least} kb/d\"\n");
    for (&allowed, &exact) in allocated.iter().zip(&produced) {
        let cut = [(0.0, 10.0, allowed)];
        let played = Played::of(&world(10.0, 500.0, &field, &cut));
        assert_eq!(played.field("produced"), exact * 10.0 * KB, "{allowed}");
        assert_eq!(played.field("stops"), f64::from(u8::from(exact == 0.0)));
    }
}

#[test]
fn a_way_out_that_closes_in_the_dead_time_begins_it_anew() {
    let case = case("08_field_dynamics");
    let of = |key: &str| given(&case, &format!("inputs.ramp.{key}"));
    let again = of("outage_d") + of("dead_time_d") / 3.0;
    let cuts = [(0.0, of("outage_d"), 0.0), (again, 0.25, 0.0)];
    let field = restart(&case, false);
    let played = Played::of(&world(of("horizon_d"), of("potential_kbd"), &field, &cuts));
    let lost = given(&case, "expected.ramp.loss_linear_kb");
    let longer = again + 0.25 - of("outage_d");
    let exact = (lost + of("potential_kbd") * longer) * KB;
    assert_barrels("dead time anew", played.system("shut_in"), exact, 9.0);
    assert_eq!(played.field("stops"), 1.0);
}

/// What a restart costs is booked to what made it necessary.
#[test]
fn the_way_back_is_booked_to_what_stopped_the_field() {
    let case = case("08_field_dynamics");
    let of = |key: &str| given(&case, &format!("inputs.ramp.{key}"));
    let text = format!(
        "{}[field.oil]\nplan = \"{} kb/d\"\n{}[market.sea]\n[link.line]\nfrom = \"oil\"\n\
         to = \"sea\"\n[hazard.fire]\nhits = [\"field.oil\"]\noccurs = {{ dates = [2026-01-01] }}\n\
         duration = \"{} d\"\n",
        head(&format!("{} d", of("horizon_d"))),
        of("potential_kbd"),
        restart(&case, false),
        of("outage_d"),
    );
    let played = Played::of(&model(&text));
    let exact = given(&case, "expected.ramp.loss_linear_kb") * KB;
    assert_barrels("own outage", played.field("field_outage"), exact, 9.0);
    assert_eq!(played.field("shut_in"), 0.0);
}

#[test]
fn a_rise_of_plan_is_no_restart_and_a_field_held_back_is_not_asked_again_and_again() {
    let plan = "{ steps = [{ from = 2026-01-01, value = \"300 kb/d\" }, \
                { from = 2026-01-11, value = \"600 kb/d\" }] }";
    let text = |carried: &str| {
        format!(
            "{}[field.oil]\nplan = {plan}\nrestart = \"10 d\"\ndead_time = \"1 d\"\n[market.sea]\n\
             [link.line]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"{carried} kb/d\"\n",
            head("200 d")
        )
    };
    let played = stress(&model(&text("600")), &[]);
    assert_eq!(played.epochs.len(), 2);
    assert!(played.epochs.iter().all(|epoch| epoch.shut_in_bpd == 0));
    // The line never carries more than 400: the field is cut at once and stays there.
    let played = stress(&model(&text("400")), &[]);
    assert_eq!(played.epochs.len(), 2);
    assert_eq!(played.epochs[1].produced_bpd, [400_000]);
}

/// Two fields stop together, each for want of the least rate, and one is enough.
#[test]
fn one_field_is_turned_off_for_the_other() {
    let text = |line: u32| {
        format!(
            "{}[field.a]\nplan = \"100 kb/d\"\nmin_stable = \"60 kb/d\"\nrestart = \"4 d\"\n\
             [field.b]\nplan = \"100 kb/d\"\nmin_stable = \"60 kb/d\"\nrestart = \"4 d\"\n\
             [hub.x]\n[market.sea]\n\
             [link.a]\nfrom = \"a\"\nto = \"x\"\n[link.b]\nfrom = \"b\"\nto = \"x\"\n\
             [link.line]\nfrom = \"x\"\nto = \"sea\"\ncapacity = \"{line} kb/d\"\n",
            head("60 d")
        )
    };
    for (line, total) in [(200, 200), (130, 100), (70, 70), (50, 0)] {
        let played = stress(&model(&text(line)), &[]);
        let last = played.epochs.last().expect("an epoch");
        let produced: i64 = last.produced_bpd.iter().sum();
        assert_eq!(produced, total * 1_000, "{line}: {:?}", last.produced_bpd);
    }
}
