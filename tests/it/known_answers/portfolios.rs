//! Seven options, six states: every portfolio that keeps the rules, its cost and its losses.

use keruen::metrics::{capital_recovery_factor, frontier, weighted_mean, weighted_tail};
use keruen::study::{Price, Rules};

use crate::worlds::{case, entry, given, number};

/// A portfolio: ids of its options, cost in million USD a year, mean and tail of losses in Mb.
type Found = (Vec<String>, f64, f64, f64);

fn words(value: &toml::Value) -> Vec<String> {
    let list = value.as_array().expect("a list");
    list.iter()
        .map(|word| word.as_str().expect("a word").to_owned())
        .collect()
}

fn tables<'c>(case: &'c toml::Table, path: &str) -> &'c [toml::Value] {
    entry(case, path).as_array().expect("a list of tables")
}

/// The options' ids and costs in million USD.
fn options(case: &toml::Table) -> Vec<(String, Price)> {
    let rate = given(case, "inputs.discount_rate");
    let option = |option: &toml::Value| {
        let of = |key: &str| number(&option[key]);
        let factor = capital_recovery_factor(rate, of("life_yr")).expect("a lifetime");
        let price = Price {
            annual_usd: of("capex_musd") * factor + of("fixed_opex_musd_per_yr"),
            capex_usd: of("capex_musd"),
            capex_usd_per_year: of("capex_musd"),
        };
        (option["id"].as_str().expect("an id").to_owned(), price)
    };
    tables(case, "inputs.option").iter().map(option).collect()
}

/// All portfolios that keep the rules.
fn portfolios(case: &toml::Table) -> Vec<Found> {
    let options = options(case);
    let place = |id: &String| {
        let place = options.iter().position(|(other, _)| other == id);
        place.expect("a known option")
    };
    let lists = |path: &str| -> Vec<Vec<usize>> {
        let lists = tables(case, path).iter();
        lists
            .map(|list| words(list).iter().map(place).collect())
            .collect()
    };
    let rules = Rules {
        exclusive: lists("inputs.exclusive"),
        requires: lists("inputs.requires"),
        ..Rules::default()
    };
    let prices: Vec<Price> = options.iter().map(|(_, price)| *price).collect();
    let relief: Vec<f64> = (tables(case, "inputs.option").iter())
        .map(|option| number(&option["relief_kbd"]))
        .collect();
    let scenarios = tables(case, "inputs.scenario");
    // Probabilities are whole hundredths, so each state counts so many times.
    let weights: Vec<u32> = (scenarios.iter())
        .map(|state| (100.0 * number(&state["probability"])).round() as u32)
        .collect();
    assert_eq!(weights.iter().sum::<u32>(), 100);
    let found = rules.portfolios(&prices).into_iter().map(|mask| {
        let chosen: Vec<usize> = (0..options.len())
            .filter(|at| mask >> at & 1 == 1)
            .collect();
        // Thousand barrels are whole.
        let losses: Vec<i64> = (scenarios.iter())
            .map(|state| {
                let lost = words(&state["options_lost"]);
                let helps = chosen.iter().filter(|&&at| !lost.contains(&options[at].0));
                let left = number(&state["deficit_kbd"]) - helps.map(|&at| relief[at]).sum::<f64>();
                (left.max(0.0) * number(&state["days"])).round() as i64
            })
            .collect();
        let mut downward: Vec<u32> = (0..losses.len() as u32).collect();
        downward.sort_by_key(|&at| -losses[at as usize]);
        let level = given(case, "inputs.alpha");
        let tail = weighted_tail(&losses, &downward, &weights, level).expect("a tail");
        let mean = weighted_mean(&losses, &weights).expect("states");
        let ids = chosen.iter().map(|&at| options[at].0.clone()).collect();
        let cost = chosen.iter().map(|&at| prices[at].annual_usd).sum();
        (ids, cost, mean / 1e3, tail / 1e3)
    });
    found.collect()
}

fn assert_same(found: &Found, expected: &toml::Value) {
    assert_eq!(found.0, words(&expected["options"]));
    for (value, key) in [
        (found.1, "annual_cost_musd"),
        (found.2, "mean_loss_mb"),
        (found.3, "cvar_mb"),
    ] {
        let known = number(&expected[key]);
        let gap = (value - known).abs();
        assert!(
            gap <= 1e-9 * known.max(1e-9),
            "{key} of {:?}: {value} is not {known}",
            found.0
        );
    }
}

#[test]
fn strategy_metrics_annual_costs() {
    let case = case("15_strategy_metrics");
    for (id, price) in options(&case) {
        let known = given(&case, &format!("expected.annual_cost_musd.{id}"));
        assert!((price.annual_usd - known).abs() <= 1e-9 * known, "{id}");
    }
}

#[test]
fn strategy_metrics_frontier() {
    let case = case("15_strategy_metrics");
    let all = portfolios(&case);
    assert_eq!(
        all.len() as f64,
        given(&case, "expected.feasible_portfolios")
    );
    let costs: Vec<f64> = all.iter().map(|found| found.1).collect();
    let tails: Vec<f64> = all.iter().map(|found| found.3).collect();
    let is_on = frontier(&costs, &tails);
    let mut on: Vec<&Found> = (all.iter().zip(is_on))
        .filter_map(|(found, is_on)| is_on.then_some(found))
        .collect();
    on.sort_by(|one, other| one.1.total_cmp(&other.1));
    let expected = tables(&case, "expected.frontier");
    assert_eq!(on.len(), expected.len());
    for (found, expected) in on.into_iter().zip(expected) {
        assert_same(found, expected);
    }
    let budget = given(&case, "inputs.budget_musd_per_yr");
    let within = all.iter().filter(|found| found.1 <= budget);
    let best = within
        .min_by(|one, other| one.3.total_cmp(&other.3))
        .expect("the empty one");
    assert_same(best, entry(&case, "expected.best_cvar_within_budget"));
}
