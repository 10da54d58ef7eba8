//! Rules with known outcomes: units behind a limit, several deratings, who is served from which
//! supply, other people's oil.

use keruen::model::{Collect, Law};
use keruen::sampling::Sampler;
use keruen::simulation::overview;

use crate::worlds::{
    all_given, assert_mean, case, entry, given, head, is_within_four, metric, model, number, rows,
    run, stress,
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

/// Supplies, routes and what each link between them is worth; `transit` takes Russian oil out of
/// the supplies and sends it through first.
fn supplies(case: &toml::Table, transit: bool) -> String {
    let list = |key: &str| {
        entry(case, &format!("inputs.{key}"))
            .as_array()
            .expect("a list")
    };
    let text = |value: &toml::Value| value.as_str().expect("text").to_lowercase();
    let mut world = format!("{}[market.world]\n", head("10 d"));
    for supply in list("supply") {
        let (id, rate) = (text(&supply["id"]), number(&supply["nomination_kbd"]));
        if transit && id == "rus" {
            world += &format!(
                "[transit.rus]\nfrom = \"chn\"\nto = \"world\"\npath = [\"out-chn\"]\nvolume = \"{rate} kb/d\"\n"
            );
        } else {
            world += &format!("[field.{id}]\nplan = \"{rate} kb/d\"\n");
        }
    }
    for route in list("route") {
        let id = text(&route["id"]);
        world += &format!(
            "[hub.{id}]\n[link.out-{id}]\nfrom = \"{id}\"\nto = \"world\"\ncapacity = \"{} kb/d\"\n\
             [route.{id}]\ngates = [\"out-{id}\"]\n",
            number(&route["capacity_kbd"])
        );
    }
    for link in list("link") {
        let (from, to) = (text(&link["supply"]), text(&link["route"]));
        if transit && from == "rus" {
            continue;
        }
        // Netbacks as tariffs below a price of 60; only differences matter.
        world += &format!(
            "[link.{from}-{to}]\nfrom = \"{from}\"\nto = \"{to}\"\ncapacity = \"{} kb/d\"\n\
             tariff = \"{:.1} USD/bbl\"\n",
            number(&link["limit_kbd"]),
            60.0 - number(&link["netback_usd_per_bbl"]),
        );
    }
    world
}

#[test]
fn supplies_take_the_ways_that_enumeration_finds_best() {
    let case = case("06_allocation_policies");
    for (policy, transit) in [
        ("max_volume_then_netback", false),
        ("transit_first_then_volume_then_netback", true),
    ] {
        let world = model(&supplies(&case, transit));
        let found = overview(&world).expect("no tanks").undisturbed;
        let of = |key: &str| entry(&case, &format!("expected.{policy}.{key}"));
        for flow in of("flows_kbd").as_array().expect("flows") {
            let (from, to) = (&flow["supply"], &flow["route"]);
            let id = format!("{}-{}", from.as_str().unwrap(), to.as_str().unwrap()).to_lowercase();
            if transit && id.starts_with("rus") {
                continue;
            }
            assert_eq!(
                found.links_bpd[&id],
                number(&flow["kbd"]) * KB,
                "{policy}, {id}"
            );
        }
        let total = if transit {
            number(of("national_kbd"))
        } else {
            number(of("total_kbd"))
        };
        assert_eq!(found.delivered_bpd, total * KB, "{policy}");
        let result = run(&world, 1).result;
        if transit {
            let passed = metric(&result.transits["rus"], "volume").mean;
            assert_eq!(
                passed,
                Some(number(of("transit_kbd")) * KB * 10.0),
                "{policy}"
            );
        } else {
            // What is paid is 60 a barrel less the netback.
            let paid = metric(&result.metrics, "tariff_paid").mean.expect("a mean");
            let netback = number(of("netback_kusd_per_d"));
            assert!(
                (paid - (60.0 * total - netback) * KB * 10.0).abs() < 1.0,
                "{policy}: {paid}"
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
