//! Who is served from which supply, under each policy: classes of transit, cost, fair shares.

use std::collections::BTreeMap;

use keruen::model::Model;
use keruen::simulation::overview;

use crate::worlds::{case, entry, head, metric, model, number, run};

const KB: f64 = 1_000.0;

/// Supplies, routes and what each link between them is worth, with Russian oil in transit of this
/// class, if any; without one it is a supply like others.
fn supplies(case: &toml::Table, transit: Option<u8>, sharing: &str) -> Model {
    let list = |key: &str| {
        entry(case, &format!("inputs.{key}"))
            .as_array()
            .expect("a list")
    };
    let text = |value: &toml::Value| value.as_str().expect("text").to_lowercase();
    let mut world = format!(
        "{}[allocation]\nsharing = \"{sharing}\"\n[market.world]\n",
        head("10 d")
    );
    for supply in list("supply") {
        let (id, rate) = (text(&supply["id"]), number(&supply["nomination_kbd"]));
        match transit.filter(|_| id == "rus") {
            Some(class) => {
                world += &format!(
                    "[transit.rus]\nfrom = \"rus\"\nto = \"world\"\n\
                     path = [\"rus-chn\", \"out-chn\"]\nvolume = \"{rate} kb/d\"\n\
                     priority = {class}\n[hub.rus]\n"
                );
            }
            None => world += &format!("[field.{id}]\nplan = \"{rate} kb/d\"\n"),
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
        // Netbacks as tariffs below a price of 60; only differences matter.
        world += &format!(
            "[link.{from}-{to}]\nfrom = \"{from}\"\nto = \"{to}\"\ncapacity = \"{} kb/d\"\n\
             tariff = \"{:.1} USD/bbl\"\n",
            number(&link["limit_kbd"]),
            60.0 - number(&link["netback_usd_per_bbl"]),
        );
    }
    model(&world)
}

/// What flows on each link, b/d; transit too.
fn flows(model: &Model) -> (BTreeMap<String, f64>, Option<f64>) {
    let links = overview(model).expect("no tanks").undisturbed.links_bpd;
    let passed = run(model, 1).result.transits.get("rus").map(|transit| {
        let volume = metric(transit, "volume").mean.expect("a mean");
        volume / model.horizon.days()
    });
    (links, passed)
}

#[test]
fn supplies_take_the_ways_that_enumeration_finds_best() {
    let case = case("06_allocation_policies");
    for (policy, transit) in [
        ("max_volume_then_netback", None),
        ("transit_first_then_volume_then_netback", Some(1)),
        ("national_first_then_transit_then_netback", Some(3)),
    ] {
        let model = supplies(&case, transit, "cost");
        let of = |key: &str| entry(&case, &format!("expected.{policy}.{key}"));
        let (links, passed) = flows(&model);
        let mut by_supply = BTreeMap::<String, f64>::new();
        let mut by_route = BTreeMap::<String, f64>::new();
        let mut netback = 0.0;
        for flow in of("flows_kbd").as_array().expect("flows") {
            let (from, to) = (
                flow["supply"].as_str().unwrap(),
                flow["route"].as_str().unwrap(),
            );
            let id = format!("{from}-{to}").to_lowercase();
            let is_transit = from == "RUS" && transit.is_some();
            let found = if is_transit {
                passed.expect("a transit")
            } else {
                links[&id]
            };
            assert_eq!(found, number(&flow["kbd"]) * KB, "{policy}, {id}");
            *by_supply.entry(from.to_owned()).or_default() += found / KB;
            *by_route.entry(to.to_owned()).or_default() += found / KB;
            let links = entry(&case, "inputs.link").as_array().expect("links");
            let worth = links
                .iter()
                .find(|link| link["supply"] == flow["supply"] && link["route"] == flow["route"])
                .map(|link| number(&link["netback_usd_per_bbl"]));
            netback += worth.expect("a link of the case") * found / KB;
        }
        for (found, key) in [(by_supply, "by_supply_kbd"), (by_route, "by_route_kbd")] {
            for (id, volume) in of(key).as_table().expect("volumes") {
                assert_eq!(found[id], number(volume), "{policy}, {id}");
            }
        }
        let exact = number(entry(
            &case,
            &format!("expected.{policy}.netback_kusd_per_d"),
        ));
        assert!((netback - exact).abs() < 1e-6, "{policy}: {netback}");
        if transit.is_none() {
            // What is paid is 60 a barrel less the netback.
            let paid = metric(&run(&model, 1).result.metrics, "tariff_paid").mean;
            let total = number(of("total_kbd"));
            let exact = (60.0 * total - netback) * KB * 10.0;
            assert!((paid.expect("a mean") - exact).abs() < 1.0, "{policy}");
        }
    }
}

#[test]
fn behind_firm_transit_supplies_are_cut_alike_as_far_as_their_ways_allow() {
    let case = case("06_allocation_policies");
    let of = |key: &str| {
        let path = format!("expected.firm_transit_then_weighted_max_min.{key}");
        entry(&case, &path).as_table().expect("a table")
    };
    // Without entitlements stated, each is entitled to what it plans.
    for sharing in ["pro-rata", "entitlement"] {
        let model = supplies(&case, Some(1), sharing);
        let (links, passed) = flows(&model);
        assert_eq!(passed, Some(200_000.0));
        for (id, exact) in of("exports_kbd") {
            let from = format!("{}-", id.to_lowercase());
            let ways = links.iter().filter(|(link, _)| link.starts_with(&from));
            let found: f64 = ways.map(|(_, flow)| flow).sum();
            assert_eq!(found, number(exact) * KB, "{id}");
            let field = model
                .fields
                .iter()
                .find(|field| from.starts_with(&field.id));
            let share = found / field.expect("a field").plan.first().0 as f64;
            assert!(
                (share - number(&of("served_fraction")[id])).abs() < 1e-9,
                "{id}"
            );
        }
    }
}
