//! Regimes, permissions and consequences, against matrix exponentials and products of chances.

use keruen::model::{Collect, Model};
use keruen::sampling::{Timeline, Timelines};
use keruen::scenario;
use keruen::units::Seconds;

use super::sample::Sample;
use crate::worlds::{
    all_given, assert_within_four, case, entry, given, head, metric, model, rows, run,
};

const REGIMES: [&str; 3] = ["ceasefire", "war", "escalation"];

/// The three regimes of the case, from war.
fn regimes(case: &toml::Table) -> String {
    let rows = entry(case, "inputs.regime_generator_per_d");
    let rows = rows.as_array().expect("rows");
    let mut text = String::new();
    for (from, (id, row)) in REGIMES.iter().zip(rows).enumerate() {
        let row = row.as_array().expect("a row");
        let to: Vec<String> = (0..REGIMES.len())
            .filter(|&to| to != from)
            .map(|to| format!("{} = \"{} /d\"", REGIMES[to], row[to]))
            .collect();
        let initial = u8::from(from as f64 == given(case, "inputs.initial_regime"));
        text += &format!(
            "[regime.{id}]\ninitial = {initial}\nto = {{ {} }}\n",
            to.join(", ")
        );
    }
    text
}

fn world(case: &toml::Table, occurs: &str, duration: &str) -> Model {
    let rates = all_given(case, "inputs.hazard_per_d");
    let multipliers: Vec<String> = REGIMES
        .iter()
        .zip(&rates)
        .map(|(id, rate)| format!("{id} = {:?}", rate / rates[1]))
        .collect();
    model(&format!(
        "{}{}[field.oil]\nplan = \"{plan} kb/d\"\n[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"{plan} kb/d\"\n\
         [hazard.attack]\nhits = [\"link.line\"]\nleft = {:?}\nduration = {duration}\n\
         occurs = {occurs}\nregime = {{ {} }}\n",
        head("365 d"),
        regimes(case),
        given(case, "inputs.residual_capacity_kbd") / given(case, "inputs.plan_kbd"),
        multipliers.join(", "),
        plan = given(case, "inputs.plan_kbd"),
    ))
}

/// One link that fails more often in war.
pub(crate) fn link(case: &toml::Table) -> Model {
    let up = 1.0 / all_given(case, "inputs.hazard_per_d")[1];
    world(
        case,
        &format!("{{ renewal = {{ up = {{ exponential = {{ mean = \"{up} d\" }} }} }} }}"),
        &format!(
            "{{ exponential = {{ mean = \"{} d\" }} }}",
            given(case, "inputs.mean_down_d")
        ),
    )
}

#[test]
fn a_link_under_regimes_has_the_exact_mean_and_spread_of_losses() {
    let case = case("12_regime_political");
    let of = |key: &str| given(&case, &format!("expected.regime_link.{key}"));
    let model = link(&case);
    let (run, kept) = rows(&model, 20_000, Collect::All);
    Sample::of(&kept.column("undelivered")).assert(
        "undelivered",
        of("mean_unexported_kb") * 1_000.0,
        of("sd_unexported_kb") * 1_000.0,
    );

    let occupancy = all_given(&case, "expected.regime_link.regime_occupancy");
    for (id, exact) in REGIMES.iter().zip(occupancy) {
        let share = metric(&run.result.regimes[*id], "time_share");
        let error = share.std_error.expect("an error");
        assert_within_four(id, share.mean.expect("a mean"), error, exact, 0.0);
    }

    let last = all_given(
        &case,
        "expected.regime_link.regime_probabilities_at_horizon",
    );
    let timelines = Timelines::new(&model, &model.hazards, 3, 0);
    let mut timeline = Timeline::default();
    let n = 40_000;
    let mut ends = [0_u32; 3];
    for replication in 0..n {
        timelines.sample(replication, &mut timeline);
        let &(_, regime) = timeline.regimes().switches().last().expect("a regime");
        let id = model.regimes[regime].id.as_str();
        ends[REGIMES
            .iter()
            .position(|&known| known == id)
            .expect("known")] += 1;
    }
    for ((id, count), p) in REGIMES.iter().zip(ends).zip(last) {
        let error = (p * (1.0 - p) / n as f64).sqrt();
        assert_within_four(id, f64::from(count) / n as f64, error, p, 0.0);
    }
}

#[test]
fn losses_by_how_long_a_regime_held_add_up_to_the_whole() {
    let case = case("12_regime_political");
    let model = world(&case, "{ poisson = { rate = \"0.012 /d\" } }", "\"8 d\"");
    let result = run(&model, 4_000).result;
    let all = metric(&result.metrics, "undelivered");
    for id in REGIMES {
        let classes = ["low", "middle", "high"]
            .map(|class| metric(&result.regimes[id], &format!("undelivered_{class}")));
        let count: u64 = classes.iter().map(|class| class.count).sum();
        assert_eq!(count, 4_000);
        let total: f64 = classes
            .iter()
            .map(|class| class.mean.unwrap_or(0.0) * class.count as f64)
            .sum();
        let mean = all.mean.expect("a mean");
        assert!((total / 4_000.0 - mean).abs() <= 1e-9 * mean, "{id}");
    }
    let mean = |id: &str, class: &str| {
        let metric = metric(&result.regimes[id], &format!("undelivered_{class}"));
        (
            metric.mean.expect("a mean"),
            metric.std_error.expect("an error"),
        )
    };
    let ((peace, first), (war, second)) = (mean("war", "low"), mean("war", "high"));
    assert!(
        war - peace > 4.0 * (first + second),
        "{peace} in peace, {war} in war"
    );
}

#[test]
fn counts_under_regimes_have_the_exact_law() {
    let case = case("12_regime_political");
    let of = |key: &str| given(&case, &format!("expected.attack_counts_no_blocking.{key}"));
    let rate = all_given(&case, "inputs.hazard_per_d")[1];
    let model = world(
        &case,
        &format!("{{ poisson = {{ rate = \"{rate} /d\" }} }}"),
        "\"1 s\"",
    );
    let timelines = Timelines::new(&model, &model.hazards, 8, 0);
    let mut timeline = Timeline::default();
    let counts: Vec<i64> = (0..40_000)
        .map(|replication| {
            timelines.sample(replication, &mut timeline);
            timeline.disruptions().len() as i64
        })
        .collect();
    Sample::of(&counts).assert("events", of("mean"), of("variance").sqrt());
    let chances = all_given(&case, "expected.attack_counts_no_blocking.pmf_0_to_5");
    let n = counts.len() as f64;
    for (number, p) in chances.into_iter().enumerate() {
        let found = counts
            .iter()
            .filter(|&&count| count == number as i64)
            .count() as f64
            / n;
        let error = (p * (1.0 - p) / n).sqrt();
        assert_within_four(&format!("{number} events"), found, error, p, 0.0);
    }
}

#[test]
fn a_permission_is_a_chain_of_decisions() {
    let case = case("12_regime_political");
    let of = |key: &str| given(&case, &format!("expected.approval.{key}"));
    let quarter = given(&case, "inputs.approval.days_per_quarter");
    let quarters = given(&case, "inputs.approval.quarters");
    let model = model(&format!(
        "{}[field.oil]\nplan = \"{volume} kb/d\"\n[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"{volume} kb/d\"\n\
         [hazard.moscow]\nhits = [\"link.line\"]\n\
         occurs = {{ decisions = {{ every = \"{quarter} d\", renewed = {} }} }}\n",
        head(&format!("{} d", quarter * quarters)),
        given(&case, "inputs.approval.probability_renewed"),
        volume = given(&case, "inputs.approval.volume_kbd"),
    ));
    let (_, kept) = rows(&model, 20_000, Collect::System);
    let delivered = kept.column("delivered");
    Sample::of(&delivered).assert(
        "delivered",
        of("mean_delivered_kb") * 1_000.0,
        of("sd_delivered_kb") * 1_000.0,
    );
    let n = delivered.len() as f64;
    let by_quarter = all_given(&case, "expected.approval.prob_open_by_quarter");
    let quarterly = delivered.iter().max().expect("some") / 4;
    for (number, p) in by_quarter.into_iter().enumerate() {
        let open = |volume: &&i64| **volume >= quarterly * (number as i64 + 1);
        let found = delivered.iter().filter(open).count() as f64 / n;
        let error = (p * (1.0 - p) / n).sqrt();
        assert_within_four(&format!("quarter {number}"), found, error, p, 0.0);
    }
}

#[test]
fn a_permission_can_be_granted_again() {
    let model = model(&format!(
        "{}[field.oil]\nplan = \"1 kb/d\"\n[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"1 kb/d\"\n\
         [hazard.moscow]\nhits = [\"link.line\"]\n\
         occurs = {{ decisions = {{ every = \"10 d\", renewed = 0.7, reopened = 0.2, state = \"closed\" }} }}\n",
        head("10000 d"),
    ));
    let result = run(&model, 400).result;
    let share = metric(&result.metrics, "deliverability");
    // In the long run open for r / (1 − p + r) of the time.
    assert_within_four(
        "open",
        share.mean.expect("a mean"),
        share.std_error.expect("an error"),
        0.2 / 0.5,
        // The start from a closed door is forgotten within about two decisions.
        0.002,
    );
}

#[test]
fn a_common_cause_trips_two_pumps_far_oftener_than_chance_would() {
    let pump = |id: &str, chance: f64| {
        format!(
            "[hazard.trip-{id}]\nhits = [\"link.{id}\"]\nduration = \"1 h\"\n\
             occurs = {{ after = {{ hazard = \"power\", chance = {chance} }} }}\n\
             [link.{id}]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"1 kb/d\"\n"
        )
    };
    let model = model(&format!(
        "{}[field.oil]\nplan = \"2 kb/d\"\n[market.sea]\n\
         [link.station]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"1 kb/d\"\n\
         [hazard.power]\nhits = [\"link.station\"]\nduration = \"2 h\"\n\
         occurs = {{ once = {{ probability = 0.01, from = 2026-01-02, until = 2026-01-03 }} }}\n{}{}",
        head("10 d"),
        pump("a", 0.6),
        pump("b", 0.3),
    ));
    let timelines = Timelines::new(&model, &model.hazards, 4, 0);
    let mut timeline = Timeline::default();
    let n = 400_000;
    let (mut both, mut a, mut b) = (0_u32, 0_u32, 0_u32);
    for replication in 0..n {
        timelines.sample(replication, &mut timeline);
        let hit = |id: &str| {
            timeline
                .disruptions()
                .iter()
                .any(|hit| model.hazards[hit.hazard as usize].id == id)
        };
        let (one, other) = (hit("trip-a"), hit("trip-b"));
        both += u32::from(one && other);
        a += u32::from(one);
        b += u32::from(other);
    }
    let check = |what: &str, count: u32, p: f64| {
        let error = (p * (1.0 - p) / n as f64).sqrt();
        assert_within_four(what, f64::from(count) / n as f64, error, p, 0.0);
    };
    check("both", both, 0.0018);
    check("a", a, 0.006);
    check("b", b, 0.003);
}

#[test]
fn what_depends_on_a_service_goes_down_with_it_by_its_share() {
    let model = model(&format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\n[field.gas]\nplan = \"100 kb/d\"\n[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"sea\"\n[link.other]\nfrom = \"gas\"\nto = \"sea\"\n\
         [service.grid]\nfeeds = [{{ target = \"field.oil\", loss = 0.5 }}, {{ target = \"field.gas\" }}]\n\
         [hazard.blackout]\nhits = [\"service.grid\"]\nduration = \"2 d\"\nleft = 0.2\n\
         occurs = {{ dates = [2026-01-03] }}\n",
        head("10 d"),
    ));
    let (_, kept) = rows(&model, 1, Collect::System);
    // The grid keeps a fifth: one field loses 0.8 × 0.5 of its oil, the other 0.8.
    assert_eq!(kept.column("undelivered"), [2 * (40_000 + 80_000)]);
    let timelines = Timelines::new(&model, &model.hazards, 4, 0);
    let mut timeline = Timeline::default();
    timelines.sample(0, &mut timeline);
    let spans = timeline
        .disruptions()
        .iter()
        .map(|hit| (hit.start, hit.end));
    let day = |day: i64| Seconds(day * 86_400);
    assert_eq!(spans.collect::<Vec<_>>(), [(day(2), day(4)); 2]);
}

/// A strategy that changes a permission from a date on continues the same chain.
#[test]
fn a_permission_under_a_dated_strategy_is_one_chain() {
    let base = format!(
        "{}[field.oil]\nplan = \"1 kb/d\"\n[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"1 kb/d\"\n\
         [hazard.moscow]\nhits = [\"link.line\"]\n\
         occurs = {{ decisions = {{ every = \"10 d\", renewed = RENEWED }} }}\n",
        head("100 d"),
    );
    let strategy = |renewed: &str, more: &str| {
        format!(
            "[strategy]\nname = \"Other\"\navailable = 2026-02-20\n\
             [hazard.moscow]\noccurs = {{ decisions = {{ every = \"10 d\", renewed = {renewed}{more} }} }}\n"
        )
    };
    let lost = |renewed: &str, strategy: &str| {
        let texts = [
            scenario::Text::new("base.toml", base.replace("RENEWED", renewed)),
            scenario::Text::new("other.toml", strategy.to_owned()),
        ];
        let no_csv = |_: &str| Err(std::io::ErrorKind::NotFound.into());
        let model = scenario::parse(&texts, &[], &no_csv).expect("valid").model;
        assert_eq!(model.hazards.len(), 1);
        rows(&model, 1, Collect::System).1.column("undelivered")
    };
    // Open until the first decision after the day, which is day 50.
    assert_eq!(lost("1.0", &strategy("0.0", "")), [50_000]);
    // Refused on day 0, and granted again on day 50.
    assert_eq!(lost("0.0", &strategy("1.0", ", reopened = 1.0")), [50_000]);
}
