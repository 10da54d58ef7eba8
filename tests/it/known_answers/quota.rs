//! Production quotas: cuts and balances by month against exact ones, who is cut first, and what an
//! averaging month gives back.

use keruen::model::Model;
use keruen::results::{QuotaMonth, StrategyResult};

use crate::worlds::{all_given, case, entry, given, head, metric, model, number, run};

const KB: f64 = 1_000.0;

/// First days of the months of the case.
const STARTS: [&str; 4] = ["2026-01-01", "2026-02-01", "2026-03-01", "2026-04-01"];

fn steps(rates: &[f64]) -> String {
    let steps = rates.iter().zip(STARTS);
    let steps = steps.map(|(rate, from)| format!("{{ from = {from}, value = \"{rate} kb/d\" }}"));
    format!("{{ steps = [{}] }}", steps.collect::<Vec<_>>().join(", "))
}

/// The world of the case. Its floors are rates, so a field is two here: what is below the floor,
/// which is all floor, and what is above, which has none.
fn four_months(case: &toml::Table, follow: &str) -> Model {
    let rates = |key: &str| all_given(case, &format!("inputs.quota.{key}"));
    let days: f64 = rates("days").iter().sum();
    let mut text = format!(
        "{}[market.sea]\n[quota.opec]\ncap = {}\ncompensation = {}\nfollow = \"{follow}\"\n\
         opening = \"{} kb\"\n",
        head(&format!("{days} d")),
        steps(&rates("quota_kbd")),
        steps(&rates("compensation_kbd")),
        given(case, "inputs.quota.opening_overproduction_kb"),
    );
    let fields = entry(case, "inputs.quota.field")
        .as_array()
        .expect("a list");
    for field in fields {
        let field = field.as_table().expect("a table");
        let id = entry(field, "id").as_str().expect("a text");
        let crude = given(field, "counted_fraction");
        let controllable = entry(field, "controllable").as_bool().expect("a truth");
        let control = if controllable { "state" } else { "investors" };
        let floor = given(field, "floor_kbd");
        let potential = all_given(field, "potential_kbd");
        let above: Vec<f64> = potential.iter().map(|rate| rate - floor).collect();
        let below: Vec<f64> = potential.iter().map(|_| floor).collect();
        // The state's fields are two, the others as they are: they are never cut.
        let parts = if controllable {
            vec![("base", below, 1.0), ("rest", above, 0.0)]
        } else {
            vec![("all", potential, 0.5)]
        };
        for (part, rates, floor) in parts {
            text.push_str(&format!(
                "[field.{id}-{part}]\nplan = {}\ncontrol = \"{control}\"\ncrude_share = {crude}\n\
                 floor = {floor}\n[link.{id}-{part}-line]\nfrom = \"{id}-{part}\"\nto = \"sea\"\n",
                steps(&rates)
            ));
        }
    }
    model(&text)
}

fn total(result: &StrategyResult, name: &str) -> f64 {
    metric(&result.quotas["opec"], name).mean.expect("a mean")
}

fn by_month(months: &[QuotaMonth], of: impl Fn(&QuotaMonth) -> f64) -> Vec<f64> {
    months.iter().map(of).collect()
}

#[track_caller]
fn assert_same(what: &str, found: f64, exact: f64) {
    let allowed = 1e-9 * exact.abs();
    assert!(
        (found - exact).abs() <= allowed,
        "{what}: {found}, exact {exact}"
    );
}

/// Every figure of the case is whole in b/d, so each comes out to the barrel.
#[test]
fn cuts_and_balances_are_exact_under_every_policy() {
    let case = case("08_field_dynamics");
    let days = all_given(&case, "inputs.quota.days");
    for (follow, answer) in [
        ("national-interest", "national_interest"),
        ("comply", "comply"),
        ("compensate", "comply_with_compensation"),
    ] {
        let exact = |key: &str| all_given(&case, &format!("expected.quota.{answer}.{key}"));
        let result = run(&four_months(&case, follow), 2).result;
        let months = &result.quota_months;
        let counted = by_month(months, |month| month.counted_bpd);
        let balance = by_month(months, |month| month.balance_bbl);
        let produced: Vec<f64> = result
            .monthly
            .iter()
            .filter(|row| row.kind == "system" && row.id == "delivered")
            .map(|row| row.mean_bpd)
            .collect();
        let series = [
            ("counted", counted, "counted_production_kbd"),
            ("balance", balance, "overproduction_balance_kb"),
            ("produced", produced, "total_production_kbd"),
        ];
        for (what, found, key) in series {
            let exact = exact(key);
            assert_eq!(found.len(), exact.len(), "{what}");
            for (month, (found, exact)) in found.iter().zip(exact).enumerate() {
                assert_same(
                    &format!("{follow}: {what} of month {month}"),
                    *found,
                    exact * KB,
                );
            }
        }
        for (name, key) in [("cut", "cut_kbd"), ("unmet_cut", "unmet_cut_kbd")] {
            let volumes = exact(key)
                .into_iter()
                .zip(&days)
                .map(|(rate, days)| rate * days);
            let volume = volumes.sum::<f64>() * KB;
            assert_same(&format!("{follow}: {name}"), total(&result, name), volume);
        }
        let last = *exact("overproduction_balance_kb").last().expect("a month");
        assert_same(follow, total(&result, "balance"), last * KB);
        let all = metric(&result.metrics, "quota_balance")
            .mean
            .expect("a mean");
        assert_same(follow, all, last * KB);
        // The ledger takes what is cut as barrels, condensate and all.
        let planned = entry(
            &case,
            "expected.quota.national_interest.total_production_kbd",
        );
        let planned = planned.as_array().expect("a list").iter().map(number);
        let withheld = planned.zip(exact("total_production_kbd")).zip(&days);
        let withheld: f64 = withheld
            .map(|((plan, kept), days)| (plan - kept) * days)
            .sum();
        let cut = metric(&result.metrics, "quota_cut").mean.expect("a mean");
        assert_same(follow, cut, withheld * KB);
    }
}

/// Two fields of the state, one of investors, over one month.
fn month(quota: &str, fields: [(&str, u32, f64, f64); 3]) -> StrategyResult {
    let mut text = format!("{}[market.sea]\n[quota.opec]\n{quota}\n", head("31 d"));
    for (id, plan, crude, floor) in fields {
        let control = if id.starts_with('s') {
            "state"
        } else {
            "investors"
        };
        text.push_str(&format!(
            "[field.{id}]\nplan = \"{plan} b/d\"\ncontrol = \"{control}\"\ncrude_share = {crude}\n\
             floor = {floor}\n[link.{id}-line]\nfrom = \"{id}\"\nto = \"sea\"\n"
        ));
    }
    run(&model(&text), 1).result
}

fn cut_of(result: &StrategyResult, field: &str) -> f64 {
    let cut = metric(&result.fields[field], "quota_cut");
    cut.mean.expect("a mean") / 31.0
}

#[test]
fn the_first_in_the_order_is_cut_to_its_floor_before_the_next() {
    let fields = [
        ("s1", 1_000, 1.0, 0.6),
        ("s2", 500, 0.5, 0.2),
        ("x", 800, 1.0, 0.25),
    ];
    // 1 000 + 250 + 800 count: 2 050. The state can cut 400 and 400 × 0.5, the investors 600.
    for (cap, order, cuts, unmet) in [
        (2_050, "[\"state\"]", [0.0, 0.0, 0.0], 0.0),
        // 300 of 600 that count: half of what can be cut of each, condensate or not.
        (1_750, "[\"state\"]", [200.0, 200.0, 0.0], 0.0),
        (1_250, "[\"state\"]", [400.0, 400.0, 0.0], 200.0),
        (
            1_250,
            "[\"state\", \"investors\"]",
            [400.0, 400.0, 200.0],
            0.0,
        ),
        (
            1_250,
            "[\"investors\", \"state\"]",
            [400.0 / 3.0, 400.0 / 3.0, 600.0],
            0.0,
        ),
        (
            0,
            "[\"investors\", \"state\"]",
            [400.0, 400.0, 600.0],
            850.0,
        ),
        (1_000, "[]", [0.0, 0.0, 0.0], 1_050.0),
    ] {
        let quota = format!("cap = \"{cap} b/d\"\nfollow = \"comply\"\ncut_order = {order}");
        let result = month(&quota, fields);
        for (field, exact) in ["s1", "s2", "x"].into_iter().zip(cuts) {
            let cut = cut_of(&result, field);
            // Whole b/d: the remainder goes to one field.
            assert!(
                (cut - exact).abs() < 1.0,
                "{field} {cap} {order}: {cut}, exact {exact}"
            );
        }
        let found = total(&result, "unmet_cut") / 31.0;
        assert_eq!(found, unmet, "{cap} {order}");
        let counted = total(&result, "counted") / 31.0;
        assert!(
            unmet > 0.0 || counted <= f64::from(cap),
            "{counted} of {cap}"
        );
        assert!(
            unmet > 0.0 || counted > f64::from(cap) - 1.0,
            "{counted} of {cap}"
        );
    }
}

/// A line breaks for ten days of a month: what counted less may count later, if it is the month
/// that has to keep to the cap, as far as fields can produce more than the cap.
#[test]
fn a_month_makes_up_for_its_own_outages() {
    let world = |catch_up: bool, days: u32| {
        model(&format!(
            "{}[market.sea]\n[field.oil]\nplan = \"1000 b/d\"\ncontrol = \"state\"\n\
             [link.line]\nfrom = \"oil\"\nto = \"sea\"\n\
             [quota.opec]\ncap = \"700 b/d\"\nfollow = \"comply\"\ncatch_up = {catch_up}\n\
             [hazard.break]\nhits = [\"link.line\"]\noccurs = {{ dates = [2026-01-02] }}\n\
             duration = \"{days} d\"\n",
            head("59 d")
        ))
    };
    // January: 1 day at 700, 5 days at 0, then 25 days at (31 × 700 − 700) / 25 = 840.
    let result = run(&world(true, 5), 1).result;
    let months = &result.quota_months;
    assert_eq!(months[0].counted_bpd, 700.0);
    assert_eq!(months[1].counted_bpd, 700.0);
    assert_eq!(total(&result, "balance"), 0.0);
    assert_eq!(total(&result, "unmet_cut"), 0.0);
    assert_eq!(total(&result, "excess"), 0.0);
    let cut = metric(&result.metrics, "quota_cut").mean.expect("a mean");
    assert_eq!(cut, 300.0 + 25.0 * 160.0 + 28.0 * 300.0);
    // 10 days are too long to be made up for: 20 days at 1 000, all it can.
    let result = run(&world(true, 10), 1).result;
    let counted = result.quota_months[0].counted_bpd;
    assert!((counted - 20_700.0 / 31.0).abs() < 1e-9, "{counted}");
    // Without the average every instant keeps to the cap.
    let result = run(&world(false, 5), 1).result;
    let counted = result.quota_months[0].counted_bpd;
    assert!((counted - 26.0 * 700.0 / 31.0).abs() < 1e-9, "{counted}");
    assert_eq!(total(&result, "excess"), 0.0);
}

/// What has no way out does not count, and what a cut makes room for does.
#[test]
fn what_counts_is_what_is_produced() {
    let world = |cap: u32, pipe: u32, order: &str| {
        let text = format!(
            "{}[market.sea]\n[hub.h]\n\
             [field.s]\nplan = \"600 b/d\"\ncontrol = \"state\"\n\
             [field.x]\nplan = \"600 b/d\"\ncontrol = \"investors\"\n\
             [link.s-h]\nfrom = \"s\"\nto = \"h\"\n[link.x-h]\nfrom = \"x\"\nto = \"h\"\n\
             tariff = \"1 USD/bbl\"\n\
             [link.line]\nfrom = \"h\"\nto = \"sea\"\ncapacity = \"{pipe} b/d\"\n\
             [quota.opec]\ncap = \"{cap} b/d\"\nfollow = \"comply\"\ncut_order = {order}\n",
            head("31 d")
        );
        run(&model(&text), 1).result
    };
    let of = |result: &StrategyResult, field: &str, name: &str| {
        metric(&result.fields[field], name).mean.expect("a mean") / 31.0
    };
    // 1 000 fit through the line: nothing is cut for a cap of 1 000.
    let result = world(1_000, 1_000, "[\"state\"]");
    assert_eq!(total(&result, "cut"), 0.0);
    assert_eq!(of(&result, "x", "shut_in"), 200.0);
    // 100 less: what the state gives up, the investors would fill, until they produce all they can;
    // then 200 more have to go.
    let result = world(900, 1_000, "[\"state\"]");
    assert_eq!(of(&result, "s", "produced"), 300.0);
    assert_eq!(of(&result, "x", "produced"), 600.0);
    assert_eq!(of(&result, "s", "quota_cut"), 300.0);
    assert_eq!(total(&result, "unmet_cut"), 0.0);
    // Of what has no way out nothing is booked on the quota.
    let result = world(300, 400, "[\"state\", \"investors\"]");
    assert_eq!(total(&result, "counted") / 31.0, 300.0);
    let books: f64 = ["s", "x"]
        .map(|field| of(&result, field, "quota_cut") + of(&result, field, "shut_in"))
        .iter()
        .sum();
    assert_eq!(books, 900.0);
}

/// A balance below zero is kept only where the file says so.
#[test]
fn credit_is_kept_if_it_is_asked_for() {
    let fields = [
        ("s1", 500, 1.0, 0.0),
        ("s2", 100, 0.0, 0.0),
        ("x", 100, 1.0, 0.0),
    ];
    for (credit, balance) in [(false, 0.0), (true, 3_100.0 - 31.0 * 400.0)] {
        let quota = format!("cap = \"1000 b/d\"\nopening = \"3.1 kb\"\ncredit = {credit}");
        let result = month(&quota, fields);
        assert_eq!(total(&result, "balance"), balance);
        assert_eq!(total(&result, "counted"), 600.0 * 31.0);
    }
    let result = month("cap = \"400 b/d\"\nopening = \"3.1 kb\"", fields);
    assert_eq!(total(&result, "balance"), 3_100.0 + 200.0 * 31.0);
    assert_eq!(total(&result, "excess"), 200.0 * 31.0);
    assert_eq!(total(&result, "time_over"), 31.0 * 24.0);
    assert_eq!(total(&result, "unmet_cut"), 0.0);
}
