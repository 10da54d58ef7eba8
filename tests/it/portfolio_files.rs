//! The strategies of Kazakhstan together: what they cost, that they add up, and what they share.

use std::path::PathBuf;

use keruen::model::{Model, Occurs};
use keruen::scenario::{self, Request};
use keruen::study::cost;

use crate::worlds::{project, run};

const BASE: &str = "scenarios/kazakhstan.toml";

fn model(with: &[PathBuf]) -> Model {
    let path = project(BASE);
    let request = Request {
        path: &path,
        with,
        set: &[],
    };
    match scenario::load(&request) {
        Ok(scenario) => scenario.model,
        Err(error) => panic!("{}", crate::scenario_files::rendered(&error)),
    }
}

fn of_portfolios() -> Vec<PathBuf> {
    let study = scenario::load_study(&project("scenarios/portfolios.toml")).expect("valid");
    assert!(study.budget_usd.expect("a budget") > 0.0);
    study.strategies
}

#[test]
fn strategies_of_the_portfolios_have_costs_with_ranges_and_lead_times() {
    let strategies = of_portfolios();
    assert_eq!(strategies.len(), 12, "2^12 portfolios");
    for path in strategies {
        let found = model(std::slice::from_ref(&path)).strategies.remove(0);
        let name = &found.id;
        assert!(cost(&found).is_some(), "{name}");
        let capex = found.capex_usd.expect("an investment");
        let low = found.capex_low_usd.expect("a low end");
        let high = found.capex_high_usd.expect("a high end");
        assert!(low <= capex && capex <= high && low < high, "{name}");
        assert!(found.lead_time_years.is_some(), "{name}");
        assert_eq!(found.discount, Some(0.08), "{name}: the same for all");
        assert_eq!(found.lifetime_years, Some(20.0), "{name}: the same for all");
        let opex = found.opex_usd.unwrap_or(0.0);
        assert!(
            (opex - 0.03 * capex).abs() < 1.0,
            "{name}: the same for all"
        );
    }
}

#[test]
fn strategies_of_the_portfolios_add_up_in_any_order() {
    let strategies = of_portfolios();
    let backwards: Vec<PathBuf> = strategies.iter().rev().cloned().collect();
    let [forwards, mut backwards] = [&strategies, &backwards].map(|with| model(with));
    // Whatever two of them gave different values for would be the later one's.
    backwards.strategies.reverse();
    assert_eq!(forwards, backwards);
    assert_eq!(forwards.strategies.len(), 12);
}

#[test]
fn what_strategies_put_on_the_caspian_meets_the_wind_and_the_fall_of_the_sea() {
    let base = model(&[]);
    let with = of_portfolios();
    let all = model(&with);
    let new: Vec<usize> = (0..all.links.len())
        .filter(|&link| {
            let id = &all.links[link].id;
            id.contains("-baku") && base.links.iter().all(|old| old.id != *id)
        })
        .collect();
    assert_eq!(new.len(), 5, "ships of five strategies");
    for link in new {
        let id = &all.links[link].id;
        let hit: Vec<&str> = all
            .hazards
            .iter()
            .filter(|hazard| {
                let mut parts = hazard.targets.iter().flat_map(|target| &target.parts);
                parts.any(|part| part.element == keruen::model::Element::Link(link))
            })
            .map(|hazard| hazard.id.as_str())
            .collect();
        let met = |kind: &str| hit.iter().any(|hazard| hazard.starts_with(kind));
        assert!(met("caspian-wind"), "{id}: {hit:?}");
        // Dredging is what keeps the fall of the sea from taking loads.
        assert_eq!(
            met("caspian-level"),
            !id.ends_with("draught"),
            "{id}: {hit:?}"
        );
    }
    let wind = all
        .hazards
        .iter()
        .filter(|hazard| hazard.id.starts_with("caspian-wind-"));
    for hazard in wind {
        assert!(
            matches!(hazard.occurs, Occurs::After { .. }),
            "{}: one wind for all",
            hazard.id
        );
    }
}

#[test]
fn new_moorings_are_the_spare_that_the_base_counts_on() {
    let state = project("scenarios/states/spm-2-not-replaced.toml");
    let moorings = project("scenarios/strategies/spm-new.toml");
    let lost = |with: &[PathBuf]| {
        let run = run(&model(with), 100);
        run.result.metrics["undelivered"].mean.expect("a mean")
    };
    let base = lost(&[]);
    let without = lost(std::slice::from_ref(&state));
    assert!(
        without > base + 5e6,
        "{without} without a spare, {base} with it"
    );
    let differences = [
        lost(std::slice::from_ref(&moorings)),
        lost(&[state, moorings]),
    ]
    .map(|with| with - base);
    assert_eq!(differences, [0.0, 0.0]);
}
