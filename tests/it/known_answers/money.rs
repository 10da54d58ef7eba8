//! Money worked out by hand: a pipe closed for four days, a dear way round it.

use keruen::results::Metrics;

use crate::worlds::{head, metric, model, run};

/// Two fields, an export market and one at home, and what is counted in money.
fn world(money: &str, allocation: &str) -> String {
    format!(
        "{}{allocation}{money}\
         [grade.light]\nbbl_per_tonne = 7.9\nquality = \"1 USD/bbl\"\n\
         [grade.heavy]\nbbl_per_tonne = 7.1\nquality = \"-0.5 USD/bbl\"\n\
         [field.sweet]\nplan = \"100 kb/d\"\ngrade = \"light\"\nlifting_cost = \"5 USD/bbl\"\n\
         [field.sour]\nplan = \"50 kb/d\"\ngrade = \"heavy\"\nlifting_cost = \"8 USD/bbl\"\n\
         [market.abroad]\nprice = \"60 USD/bbl\"\n\
         [market.home]\nprice = \"30 USD/bbl\"\nexport = false\n\
         [link.pipe]\nfrom = \"sweet\"\nto = \"abroad\"\ncapacity = \"100 kb/d\"\n\
         tariff = \"4 USD/bbl\"\n\
         [link.rail]\nfrom = \"sweet\"\nto = \"abroad\"\ncapacity = \"60 kb/d\"\n\
         tariff = \"6 USD/bbl\"\nfreight = \"5 USD/bbl\"\nwar_risk = \"1 USD/bbl\"\n\
         [link.town]\nfrom = \"sour\"\nto = \"home\"\ntariff = \"2 USD/bbl\"\n\
         [hazard.leak]\nhits = [\"link.pipe\"]\noccurs = {{ dates = [2026-01-03] }}\n\
         duration = \"4 d\"\n",
        head("10 d")
    )
}

fn mean(metrics: &Metrics, name: &str) -> f64 {
    metric(metrics, name).mean.expect("a mean")
}

#[test]
fn every_dollar_of_a_detour_is_counted() {
    // 1000 kb of sweet and 500 kb of sour oil are planned. While the pipe is shut, 240 kb take the
    // rail and 160 kb stay in the ground.
    for objective in ["volume", "netback"] {
        let allocation = format!("[allocation]\nobjective = \"{objective}\"\n");
        let result = run(&model(&world("", &allocation)), 1).result;
        let metrics = &result.metrics;
        for (name, dollars) in [
            ("revenue", 60.0 * 840e3 + 30.0 * 500e3 + 840e3 - 250e3),
            ("quality_bank", 840e3 - 250e3),
            ("tariff_paid", 4.0 * 600e3 + 6.0 * 240e3 + 2.0 * 500e3),
            ("freight_paid", 5.0 * 240e3),
            ("war_risk_paid", 240e3),
            ("netback", 59.71e6),
            ("lifting_cost", 5.0 * 840e3 + 8.0 * 500e3),
            // 70.75 million when nothing goes wrong.
            ("netback_lost", 70.75e6 - 59.71e6),
            // Both markets pay, so a barrel earns 70.75 / 1.5 dollars in the mean.
            ("volume_effect", 7_546_667.0),
            ("route_effect", 11_040e3 - 7_546_667.0),
        ] {
            assert_eq!(mean(metrics, name), dollars, "{name}, {objective}");
        }
        assert_eq!(mean(&result.markets["abroad"], "revenue"), 50.4e6);
        assert_eq!(mean(&result.markets["home"], "revenue"), 15e6);
        // What is not declared is not made up.
        assert!(!metrics.contains_key("state_take"));
        assert!(!metrics.contains_key("deferred_value"));
        let money = result.money.expect("there are prices");
        let at_risk = &money.revenue_at_risk["0.95"];
        let value = at_risk.value_at_risk.expect("one replication has one");
        assert!((value / 11.04e6 - 1.0).abs() < 0.008, "{value}");
    }
}

/// A refinery that pays nothing is owed its oil and gets it; what is lost would have been exported.
#[test]
fn oil_that_nobody_pays_for_does_not_dilute_what_a_lost_barrel_earns() {
    let text = world("", "").replace("price = \"30 USD/bbl\"", "priority = 1");
    let result = run(&model(&text), 1).result;
    let planned = 60.0 * 1e6 - 4.0 * 1e6 - 2.0 * 500e3 + 750e3;
    let by_volume = mean(&result.metrics, "volume_effect");
    assert_eq!(by_volume, 160e3 / 1e6 * planned);
}

#[test]
fn the_state_takes_its_share_and_prices_answer() {
    let money = "[money]\nroyalty = 0.1\nexport_duty = \"3 USD/bbl\"\nprofit_tax = 0.2\n\
                 price_response = 0.5\n\
                 deferral = { discount = 0.1, growth = 0.02, years = 15 }\n";
    let result = run(&model(&world(money, "")), 1).result;
    let metrics = &result.metrics;
    // 16 % of the exports does not arrive, so export prices are 8 % higher.
    for (name, dollars) in [
        ("revenue", 54.432e6 + 15e6 + 0.59e6),
        ("netback", 63.742e6),
        ("netback_lost", 7.008e6),
        ("volume_effect", 7_546_667.0),
        ("route_effect", 7_008e3 - 7_546_667.0),
        (
            "state_take",
            7_002_200.0 + 3.0 * 840e3 + 0.2 * (63.742e6 - 8.2e6),
        ),
        // KA08: 15 years at 10 % and 2 % cost 0.6778098203 of the value.
        (
            "deferred_value",
            (0.677_809_820_3_f64 * 7_546_666.666_7).round(),
        ),
    ] {
        assert_eq!(mean(metrics, name), dollars, "{name}");
    }
    assert_eq!(mean(&result.markets["abroad"], "revenue"), 54.432e6);
}

#[test]
fn a_state_does_not_pay_for_losses() {
    let money = "[money]\nprofit_tax = 0.2\n";
    let text = world(money, "").replace("60 USD/bbl", "1 USD/bbl");
    let text = text.replace("30 USD/bbl", "1 USD/bbl");
    let result = run(&model(&text), 1).result;
    assert!(mean(&result.metrics, "netback") < 0.0);
    assert_eq!(mean(&result.metrics, "state_take"), 0.0);
}

/// A tank at a port that is shut for four days; one field is far away, one hopelessly far.
fn port(price: f64) -> String {
    let mut text = head("10 d");
    text += "[allocation]\nobjective = \"netback\"\n\
             [hub.port]\ntank = { capacity = \"100 kb\" }\n\
             [link.gate]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"40 kb/d\"\n\
             tariff = \"2 USD/bbl\"\n\
             [hazard.strike]\nhits = [\"link.gate\"]\noccurs = { dates = [2026-01-03] }\n\
             duration = \"4 d\"\n";
    text += &format!("[market.sea]\nprice = \"{price} USD/bbl\"\n");
    for (id, cost) in [("far", 20.0), ("hopeless", 70.0), ("near", 1.0)] {
        text += &format!(
            "[field.{id}]\nplan = \"10 kb/d\"\n\
             [link.{id}]\nfrom = \"{id}\"\nto = \"port\"\ntariff = \"{cost} USD/bbl\"\n"
        );
    }
    text
}

#[test]
fn what_pays_is_stored_before_it_is_shut_in_and_sold_from_store() {
    let result = run(&model(&port(50.0)), 1).result;
    for (field, produced) in [("near", 100e3), ("far", 100e3), ("hopeless", 0.0)] {
        assert_eq!(mean(&result.fields[field], "produced"), produced, "{field}");
    }
    assert_eq!(mean(&result.metrics, "delivered"), 200e3);
    assert_eq!(mean(&result.metrics, "stored"), 0.0);
    assert_eq!(
        mean(&result.metrics, "netback"),
        47.0 * 100e3 + 28.0 * 100e3
    );
}

#[test]
fn what_does_not_pay_is_not_stored_either() {
    let result = run(&model(&port(2.0)), 1).result;
    assert_eq!(mean(&result.metrics, "delivered"), 0.0);
    assert_eq!(mean(&result.metrics, "stored"), 0.0);
    // Nothing was to be delivered, so no barrel has a value to be lost.
    assert_eq!(metric(&result.metrics, "volume_effect").mean, None);
    assert_eq!(mean(&result.metrics, "netback_lost"), 0.0);
}

/// As much flows as pays, so that a barrel of capacity more need not be delivered.
#[test]
fn where_netback_decides_no_barrel_is_said_to_bind() {
    let result = run(&model(&port(50.0)), 1).result;
    for name in ["binding_time", "shadow_price"] {
        assert_eq!(metric(&result.links["gate"], name).mean, None, "{name}");
    }
}

#[test]
fn a_commitment_is_served_even_at_a_loss() {
    let text = port(50.0)
        + "[market.town]\ncommitment = \"4 kb/d\"\ndemand = \"9 kb/d\"\n\
           [link.town]\nfrom = \"near\"\nto = \"town\"\ntariff = \"1 USD/bbl\"\n";
    let result = run(&model(&text), 1).result;
    assert_eq!(mean(&result.markets["town"], "delivered"), 40e3);
}
