//! Rules with known outcomes: units behind a limit, several deratings, durations met half-way.

use keruen::model::{Collect, Law};
use keruen::sampling::Sampler;

use crate::worlds::{
    all_given, assert_mean, case, given, head, is_within_four, metric, model, rows, run, stress,
};

const KB: f64 = 1_000.0;

/// Moorings that fail one by one behind a common limit, each repaired at once.
fn moorings(case: &toml::Table, start: &str) -> String {
    let of = |key: &str| given(case, &format!("inputs.{key}"));
    let by_units = all_given(case, "inputs.capacity_by_units_up_kbd");
    let count = of("units");
    let hits: Vec<String> = (1..=count as u32)
        .map(|unit| format!("\"link.spm#{unit}\""))
        .collect();
    format!(
        "{}[field.oil]\nplan = \"{} kb/d\"\n[market.sea]\n\
         [link.spm]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"{} kb/d\"\n\
         units = {{ count = {count}, each = \"{} kb/d\" }}\n\
         [hazard.failure]\nhits = [{}]\nstart = \"{start}\"\n\
         occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"{} d\" }} }} }} }}\n\
         duration = {{ exponential = {{ mean = \"{} d\" }} }}\n",
        head(&format!("{} d", of("horizon_d"))),
        of("plan_kbd"),
        by_units.last().expect("a capacity"),
        by_units[1],
        hits.join(", "),
        of("mean_up_per_unit_d"),
        of("mean_repair_d"),
    )
}

#[test]
fn moorings_carry_what_is_left_of_them_behind_their_limit() {
    let case = case("04_mooring_group");
    let model = model(&moorings(&case, "up"));
    for (up, exact) in all_given(&case, "inputs.capacity_by_units_up_kbd")
        .into_iter()
        .enumerate()
    {
        let closures: Vec<String> = (up + 1..=3)
            .map(|unit| format!("target = \"link.spm#{unit}\", from = 2026-01-01, for = \"365 d\""))
            .collect();
        if closures.is_empty() {
            continue;
        }
        let delivered = stress(&model, &closures).epochs[0].delivered_bpd;
        let plan = given(&case, "inputs.plan_kbd");
        assert_eq!(delivered as f64, exact.min(plan) * KB, "{up} up");
    }
}

#[test]
fn moorings_lose_the_exact_volume() {
    let case = case("04_mooring_group");
    let of = |key: &str| given(&case, &format!("expected.crews_unlimited.{key}"));
    let (run_of, kept) = rows(&model(&moorings(&case, "up")), 10_000, Collect::System);
    let mean = of("annual_all_up_start.mean_unexported_kb") * KB;
    assert_mean(
        "all up",
        metric(&run_of.result.metrics, "undelivered"),
        mean,
    );
    let losses: Vec<f64> = kept
        .column("undelivered")
        .iter()
        .map(|&loss| loss as f64)
        .collect();
    let n = losses.len() as f64;
    let moment = |power| {
        losses
            .iter()
            .map(|loss| (loss - mean).powi(power))
            .sum::<f64>()
            / n
    };
    let sd = of("annual_all_up_start.sd_unexported_kb") * KB;
    let error = ((moment(4) - moment(2).powi(2)) / n).sqrt();
    assert!(
        is_within_four(moment(2), error, sd * sd, 0.0),
        "sd {}, exact {sd}",
        moment(2).sqrt()
    );

    let result = run(&model(&moorings(&case, "stationary")), 6_000).result;
    let system = &result.metrics;
    let year = given(&case, "inputs.horizon_d");
    assert_mean(
        "undelivered",
        metric(system, "undelivered"),
        of("mean_shortfall_kbd") * year * KB,
    );
    assert_mean(
        "time",
        metric(system, "shortfall_time"),
        of("prob_shortfall") * year * 24.0,
    );
    assert_mean(
        "events",
        metric(system, "shortfall_events"),
        of("shortfall_episodes_per_365d") + of("prob_shortfall"),
    );
    let none_up = all_given(
        &case,
        "expected.crews_unlimited.state_probabilities_0_to_n_up",
    )[0];
    assert_mean(
        "closed",
        metric(&result.links["spm"], "down_time"),
        none_up * year * 24.0,
    );
}

/// Two hazards at once leave the lesser share, or the product; one hazard twice, the lesser.
#[test]
fn deratings_combine_by_the_rule_of_the_scenario() {
    for (rule, left) in [("min", 60_000), ("product", 42_000)] {
        let world = |second: &str| {
            model(&format!(
                "{}[allocation]\ncombine = \"{rule}\"\n\
                 [field.oil]\nplan = \"100 kb/d\"\n[market.sea]\n\
                 [link.line]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"100 kb/d\"\n\
                 [hazard.station]\nhits = [\"link.line\"]\nleft = 0.6\nduration = \"10 d\"\n\
                 occurs = {{ dates = [2026-01-01{second}] }}\n\
                 [hazard.sea]\nhits = [\"link.line\"]\nleft = 0.7\nduration = \"10 d\"\n\
                 occurs = {{ dates = [2026-01-01] }}\n",
                head("10 d")
            ))
        };
        for second in ["", ", 2026-01-01T00:00:01"] {
            let run = run(&world(second), 1);
            let delivered = metric(&run.result.metrics, "delivered")
                .mean
                .expect("a mean");
            assert!(
                (delivered - f64::from(left) * 10.0).abs() <= 1.0,
                "{rule}: {delivered}"
            );
        }
    }
}

/// The mean remainder of a log-normal duration met at a random instant: mean 20 d, cv 1.2.
#[test]
fn a_lognormal_duration_met_at_a_random_instant_is_longer_than_its_mean() {
    let (mean, cv): (f64, f64) = (20.0, 1.2);
    let variance = (1.0 + cv * cv).ln();
    let law = Law::LogNormal {
        mu: mean.ln() - variance / 2.0,
        sigma: variance.sqrt(),
    };
    let sampler = Sampler::new(&law);
    let steps = 200_000;
    let sum: f64 = (0..steps)
        .map(|index| sampler.equilibrium((f64::from(index) + 0.5) / f64::from(steps), 0.5))
        .sum();
    let found = sum / f64::from(steps);
    assert!((found - 24.4).abs() < 0.01, "{found}");
}
