//! Netback: five fields, four routes, every flow known.

use keruen::model::Model;
use keruen::simulation::overview;

use crate::worlds::{head, metric, model, run};

/// Plan of each field, kb/d.
const FIELDS: [(&str, f64); 5] = [
    ("kpk", 220.0),
    ("ksh", 380.0),
    ("rus", 200.0),
    ("ten", 700.0),
    ("wst", 400.0),
];

/// Capacity of each route, kb/d.
const ROUTES: [(&str, f64); 4] = [
    ("akt", 90.0),
    ("as", 300.0),
    ("chn", 330.0),
    ("cpc", 1_000.0),
];

/// Field, route, capacity in kb/d, netback in USD/bbl, and what flows in kb/d with as much
/// volume as can be and then the most netback, and with the most netback.
const LINKS: [(&str, &str, f64, f64, f64, f64); 11] = [
    ("ten", "cpc", 520.0, 58.2, 520.0, 520.0),
    ("ten", "akt", 60.0, 44.1, 60.0, 60.0),
    ("ksh", "cpc", 380.0, 57.4, 350.0, 350.0),
    ("ksh", "as", 150.0, 49.3, 30.0, 10.0),
    ("ksh", "chn", 50.0, 46.6, 0.0, 20.0),
    ("kpk", "cpc", 220.0, 56.9, 130.0, 130.0),
    ("kpk", "as", 90.0, 50.1, 90.0, 90.0),
    ("wst", "as", 300.0, 47.8, 180.0, 200.0),
    ("wst", "akt", 80.0, -1.5, 30.0, 0.0),
    ("wst", "chn", 200.0, 51.7, 190.0, 200.0),
    ("rus", "chn", 200.0, 2.1, 140.0, 110.0),
];

/// What the market pays, USD/bbl.
const PRICE: f64 = 60.0;

/// The world under an objective, with so many b/d more on one route.
fn world(objective: &str, (route, more): (&str, f64)) -> Model {
    let mut text = head("1 d");
    text += &format!("[allocation]\nobjective = \"{objective}\"\n");
    text += &format!("[market.world]\nprice = \"{PRICE} USD/bbl\"\n");
    for (id, plan) in FIELDS {
        text += &format!("[field.{id}]\nplan = \"{plan} kb/d\"\n");
    }
    for (id, capacity) in ROUTES {
        let more = if id == route { more } else { 0.0 };
        text += &format!(
            "[hub.{id}]\n[link.{id}]\nfrom = \"{id}\"\nto = \"world\"\ncapacity = \"{} b/d\"\n",
            capacity * 1_000.0 + more
        );
    }
    for (field, route, capacity, netback, ..) in LINKS {
        // Freight and insurance are costs as tariffs are.
        let cost = PRICE - netback;
        text += &format!(
            "[link.{field}-{route}]\nfrom = \"{field}\"\nto = \"{route}\"\n\
             capacity = \"{capacity} kb/d\"\ntariff = \"{:.1} USD/bbl\"\n\
             freight = \"0.7 USD/bbl\"\nwar_risk = \"0.3 USD/bbl\"\n",
            cost - 1.0
        );
    }
    model(&text)
}

/// Netback in thousands of dollars a day.
fn netback(model: &Model) -> f64 {
    let run = run(model, 1);
    let metrics = &run.result.metrics;
    metric(metrics, "netback").mean.expect("a mean") / 1_000.0
}

fn assert_flows(model: &Model, expected: impl Fn(usize) -> f64) {
    let flows = overview(model).expect("no tanks").undisturbed.links_bpd;
    for (index, (field, route, ..)) in LINKS.iter().enumerate() {
        let flow = flows[&format!("{field}-{route}")];
        assert_eq!(flow, expected(index) * 1_000.0, "{field} to {route}");
    }
}

#[test]
fn as_much_as_can_be_and_then_the_most_netback() {
    let model = world("volume", ("", 0.0));
    assert_flows(&model, |link| LINKS[link].4);
    assert_eq!(netback(&model), 85_061.0);
}

#[test]
fn the_most_netback_leaves_idle_what_does_not_pay() {
    let model = world("netback", ("", 0.0));
    assert_flows(&model, |link| LINKS[link].5);
    assert_eq!(netback(&model), 86_462.0);
}

#[test]
fn a_run_says_what_each_objective_would_give() {
    for in_force in ["volume", "netback"] {
        let run = run(&world(in_force, ("", 0.0)), 1);
        let money = run.result.money.expect("there are prices");
        let [volume, netback] = money.objectives.as_slice() else {
            panic!("{:?}", money.objectives);
        };
        assert_eq!(volume.objective, "volume");
        assert_eq!(volume.in_force, in_force == "volume");
        assert_eq!(
            (volume.delivered_bpd, volume.netback_usd),
            (1_720e3, 85_061e3)
        );
        assert_eq!(netback.objective, "netback");
        assert_eq!(netback.in_force, in_force == "netback");
        assert_eq!(
            (netback.delivered_bpd, netback.netback_usd),
            (1_690e3, 86_462e3)
        );
    }
}

#[test]
fn capacity_is_worth_what_it_earns_over_the_next_best_use() {
    let here = netback(&world("netback", ("", 0.0)));
    for (route, price) in [("cpc", 12.9), ("as", 4.8), ("akt", 0.0), ("chn", 2.1)] {
        for more in [500.0, -500.0] {
            let there = netback(&world("netback", (route, more)));
            let found = (there - here) / more * 1_000.0;
            assert!((found - price).abs() < 1e-9, "{route}, {more}: {found}");
        }
    }
}
