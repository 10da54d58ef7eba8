//! Rules that were made one by one, in force at once.

use keruen::model::Model;
use keruen::results::{RankElement, StrategyResult};
use keruen::simulation::Silent;
use keruen::study::{self, ExactError, MOST_STATES, RankSettings};
use keruen::units::{BarrelsPerDay, Fraction};

use crate::worlds::{head, metric, model, run, settings};

const KB: f64 = 1_000.0;

/// A field with a line to the sea; `field` and `link` are further keys.
fn line(field: &str, link: &str) -> String {
    format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\ncontrol = \"state\"\n{field}\n[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"sea\"\n{link}\n",
        head("365 d")
    )
}

fn in_the_way(text: &str) -> Vec<String> {
    match study::exact(&model(text), "", MOST_STATES, &mut Silent) {
        Ok(_) => Vec::new(),
        Err(ExactError::Remembers(why)) => why,
        Err(other) => panic!("{other}"),
    }
}

#[test]
fn fields_links_and_quotas_that_remember_are_not_enumerated() {
    for field in [
        "restart = \"10 d\"",
        "dead_time = \"2 d\"",
        "damage = { after = \"3 d\", per_day = 0.01 }",
    ] {
        assert_eq!(in_the_way(&line(field, "")).len(), 1, "{field}");
    }
    for link in ["lag = \"5 d\"", "mode = \"tanker\"\ntransit_time = \"5 d\""] {
        assert_eq!(in_the_way(&line("", link)).len(), 1, "{link}");
    }
    let quota = |follow: &str| {
        let quota = "cap = \"50 kb/d\"\ncut_order = [\"state\"]";
        line("", "") + &format!("[quota.opec]\n{quota}\nfollow = \"{follow}\"\n")
    };
    assert!(in_the_way(&quota("comply")).is_empty());
    let monthly = quota("comply") + "catch_up = true\n";
    assert_eq!(in_the_way(&monthly).len(), 1);
    assert!(in_the_way(&quota("national-interest")).is_empty());
    assert!(in_the_way(&line("min_stable = \"10 kb/d\"", "")).is_empty());
}

/// Two fields of the same plan behind one hub, cuts shared in proportion.
fn shared(keys: &str) -> Model {
    let mut text = format!(
        "{}[allocation]\nsharing = \"pro-rata\"\n[hub.port]\ncapacity = \"100 kb/d\"\n\
         [market.sea]\nprice = \"70 USD/bbl\"\n[link.out]\nfrom = \"port\"\nto = \"sea\"\n{keys}\n",
        head("10 d")
    );
    for (id, plan, tariff) in [("a", 100, 1), ("b", 300, 5)] {
        text += &format!(
            "[field.{id}]\nplan = \"{plan} kb/d\"\n[link.{id}]\nfrom = \"{id}\"\nto = \"port\"\n\
             tariff = \"{tariff} USD/bbl\"\n[route.{id}]\ngates = [\"{id}\"]\n"
        );
    }
    model(&text)
}

#[test]
fn what_splits_are_open_keeps_to_shares_of_cuts() {
    let result = run(&shared(""), 2).result;
    for (id, share) in [("a", 0.25), ("b", 0.75)] {
        let range = &result.undisturbed.route_ranges[id];
        assert_eq!(
            (range.low_bpd, range.high_bpd),
            (share * 100.0 * KB, share * 100.0 * KB)
        );
        let of = |name: &str| result.routes[id][name].mean;
        assert_eq!(
            (of("share_low"), of("share_high")),
            (Some(share), Some(share))
        );
    }
}

#[test]
fn which_tank_is_served_first_is_not_open() {
    let mut text = format!(
        "{}[hub.port]\ncapacity = \"900 kb/d\"\n[market.sea]\n[link.out]\nfrom = \"port\"\nto = \"sea\"\n",
        head("4 d")
    );
    for (id, plan, size, initial) in [("a", 600, 4_000, 0.9), ("b", 400, 9_000, 0.1)] {
        text += &format!(
            "[field.{id}]\nplan = \"{plan} kb/d\"\n\
             [hub.{id}-tanks]\ntank = {{ capacity = \"{size} kb\", initial = {initial} }}\n\
             [link.{id}-in]\nfrom = \"{id}\"\nto = \"{id}-tanks\"\n\
             [link.{id}]\nfrom = \"{id}-tanks\"\nto = \"port\"\n[route.{id}]\ngates = [\"{id}\"]\n"
        );
    }
    let result = run(&model(&text), 1).result;
    // The first is full in less than a day, the other in three weeks.
    for (id, flow) in [("a", 900.0 * KB), ("b", 0.0)] {
        let range = &result.undisturbed.route_ranges[id];
        assert_eq!((range.low_bpd, range.high_bpd), (flow, flow), "{id}");
    }
}

/// What a barrel a day of each capacity is worth, over two replications.
fn ranked(model: &Model) -> Vec<RankElement> {
    let rank = RankSettings {
        run: settings(model, 2),
        step: BarrelsPerDay(1_000),
        tank_step: Fraction::new(0.01).expect("a share"),
        played: 12,
    };
    let found = study::rank_by_shadow_price(model, "", &rank, &mut Silent);
    let found = found.expect("it can be played");
    found.expect("nobody cancels").elements
}

#[test]
fn capacity_is_worth_what_it_earns_in_shares() {
    let model = shared("");
    let elements = ranked(&model);
    let port = elements.iter().find(|one| one.id == "hub.port");
    let port = port.expect("a limit");
    // 70 USD less a quarter of 1 USD and three quarters of 5 USD, each day.
    let usd = port.usd_more_per_year_per_bpd.expect("priced").mean / 365.25;
    assert!((usd - 66.0).abs() < 0.01, "{usd}");
}

/// Two ways to the sea: the one with the lower tariff costs more in all.
fn two_ways() -> Model {
    let text = format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\n[market.sea]\nprice = \"70 USD/bbl\"\n",
        head("10 d")
    );
    let link = |id: &str, costs: &str| {
        format!("[link.{id}]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"100 kb/d\"\n{costs}\n")
    };
    let far = link(
        "far",
        "tariff = \"1 USD/bbl\"\nfreight = \"7 USD/bbl\"\nwar_risk = \"3 USD/bbl\"",
    );
    model(&(text + &far + &link("near", "tariff = \"5 USD/bbl\"")))
}

#[test]
fn freight_and_war_risk_count_in_what_capacity_is_worth() {
    let model = two_ways();
    let elements = ranked(&model);
    let near = elements.iter().find(|one| one.id == "link.near");
    let near = near.expect("a limit");
    // 11 USD a barrel on the other way in place of 5.
    let usd = near.usd_less_per_year_per_bpd.expect("priced").mean / 365.25;
    assert!((usd - 6.0).abs() < 0.01, "{usd}");
}

/// A field that can return at once and one that cannot, under a quota, beside a third that has
/// nothing to do with them and whose line closes ten times if `closes`.
fn cut(closes: bool) -> StrategyResult {
    let mut text = format!(
        "{}[market.sea]\n[quota.opec]\ncap = \"800 kb/d\"\nfollow = \"comply\"\n\
         fields = [\"quick\", \"slow\"]\ncut_order = [\"state\"]\n",
        head("100 d")
    );
    for (id, plan, keys) in [
        ("quick", 600, ""),
        ("slow", 400, "restart = \"30 d\"\nmin_stable = \"300 kb/d\""),
        ("other", 1, ""),
    ] {
        text += &format!(
            "[field.{id}]\nplan = \"{plan} kb/d\"\ncontrol = \"state\"\n{keys}\n\
             [link.{id}]\nfrom = \"{id}\"\nto = \"sea\"\n"
        );
    }
    if closes {
        text += "[hazard.closed]\nhits = [\"link.other\"]\nduration = \"1 d\"\n\
                 occurs = { every = { period = \"10 d\", first = 2026-01-05 } }\n";
    }
    run(&model(&text), 1).result
}

#[test]
fn a_quota_cuts_the_same_fields_whatever_happens_elsewhere() {
    for closes in [false, true] {
        let found = cut(closes);
        let produced = |id: &str| metric(&found.fields[id], "produced").mean;
        // A fifth of what each plans, all the time.
        assert_eq!(produced("quick"), Some(48_000.0 * KB), "{closes}");
        assert_eq!(produced("slow"), Some(32_000.0 * KB), "{closes}");
        // What the way back takes is withheld too.
        let withheld = metric(&found.metrics, "quota_cut").mean;
        assert_eq!(withheld, Some(20_000.0 * KB), "{closes}");
        assert_eq!(found.quotas["opec"]["cut"].mean, withheld, "{closes}");
    }
}

#[test]
fn a_market_for_one_grade_pays_its_price_where_grades_are_told_apart() {
    let mut text = head("10 d");
    for (grade, price) in [("light", 70), ("heavy", 50)] {
        text += &format!(
            "[grade.{grade}]\nbbl_per_tonne = 7.5\n\
             [field.{grade}-field]\ngrade = \"{grade}\"\nplan = \"100 kb/d\"\n\
             [market.{grade}-sea]\ngrades = [\"{grade}\"]\n\
             prices = {{ {grade} = \"{price} USD/bbl\" }}\n\
             [link.{grade}-in]\nfrom = \"{grade}-field\"\nto = \"port\"\n\
             [link.{grade}-out]\nfrom = \"port\"\nto = \"{grade}-sea\"\n"
        );
    }
    let result = run(&model(&(text + "[hub.port]\n")), 1).result;
    assert!(!result.grades.as_ref().expect("two grades").is_aggregated);
    assert_eq!(metric(&result.metrics, "revenue").mean, Some(120e6));
}
