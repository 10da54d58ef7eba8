//! What strategy files change, and from when on.

use keruen::model::{Element, Law, Series};
use keruen::units::{Barrels, BarrelsPerDay, Fraction, MilliUsdPerBarrel, Seconds};

use super::scenario_files::{DAY, SMALL, small_with, valid};

#[test]
fn a_strategy_changes_what_it_names_and_nothing_else() {
    let strategy = "[strategy]\nname = \"More\"\ncapex = \"300 MUSD\"\nlifetime = \"20 yr\"\n\
                    [link.line]\ncapacity = \"170 kb/d\"\n\
                    [hub.port]\ntank = { capacity = \"2 Mb\" }\n\
                    [link.bypass]\nfrom = \"oil\"\nto = \"sea\"\n\
                    [simulation]\nseed = 7\n";
    let base = small_with("").model;
    let model = valid(&[("small.toml", SMALL), ("s/more.toml", strategy)], &[]).model;
    assert_eq!(model.strategies.len(), 1);
    assert_eq!(model.strategies[0].id, "more");
    assert_eq!(model.strategies[0].capex_usd, Some(300e6));
    assert_eq!(model.strategies[0].lifetime_years, Some(20.0));
    let ids: Vec<&str> = model.links.iter().map(|link| link.id.as_str()).collect();
    assert_eq!(ids, ["bypass", "line", "spm"]);
    assert_eq!(
        model.links[1].capacity,
        Some(Series::constant(BarrelsPerDay(170_000)))
    );
    assert_eq!(model.links[1].tariff, base.links[0].tariff);
    let tank = model.hubs[0].tank.as_ref().expect("a tank");
    assert_eq!(
        Some(tank.initial),
        Fraction::new(0.5),
        "a tank merges by key"
    );
    assert_eq!(model.simulation.seed, 7);
    assert_eq!(model.simulation.replications, base.simulation.replications);

    let removal =
        "[strategy]\n[link.spm]\nremove = true\n[link.pipe]\nfrom = \"port\"\nto = \"sea\"\n";
    let model = valid(&[("small.toml", SMALL), ("r.toml", removal)], &[]).model;
    assert!(model.links.iter().all(|link| link.id != "spm"));
}

#[test]
fn settings_come_last() {
    let strategy =
        "[strategy]\n[link.line]\ncapacity = { value = \"170 kb/d\", low = \"160 kb/d\" }\n";
    let texts = [("small.toml", SMALL), ("s.toml", strategy)];
    let set = [
        "link.line.capacity.value = \"165 kb/d\"",
        "scenario.name=Other words",
        "simulation.seed=9",
    ];
    let model = valid(&texts, &set).model;
    assert_eq!(
        model.links[0].capacity,
        Some(Series::constant(BarrelsPerDay(165_000)))
    );
    assert_eq!(model.name, "Other words");
    assert_eq!(model.simulation.seed, 9);
}

#[test]
fn a_strategy_may_hold_from_a_day_on() {
    let storm = "[hazard.storm]\nhits = \"line\"\noccurs = { poisson = { rate = \"2 /yr\" } }\nduration = \"3 d\"\n\
                 [hazard.flood]\nhits = \"spm\"\noccurs = { poisson = { rate = \"1 /yr\" } }\nduration = \"3 d\"\n";
    let strategy = "[strategy]\navailable = 2026-04-11\n\
                    [field.new]\nplan = \"20 kb/d\"\n\
                    [link.line]\ncapacity = \"170 kb/d\"\nnomination = \"90 kb/d\"\n\
                    [link.alpha]\nfrom = \"new\"\nto = \"port\"\n\
                    [route.alpha]\ngates = [\"alpha\"]\n\
                    [hub.port]\ntank = { capacity = \"2 Mb\", initial = 0.5 }\n\
                    [market.sea]\ndemand = \"300 kb/d\"\n\
                    [hazard.storm]\nduration = \"1 d\"\n";
    let text = format!("{SMALL}\n{storm}");
    let at = Seconds(100 * DAY);
    let model = valid(&[("small.toml", &text), ("s.toml", strategy)], &[]).model;
    assert_eq!(model.strategies[0].available, Some(at));
    let rates = |steps: [(Seconds, i64); 2]| {
        Series::from_steps(steps.map(|(at, rate)| (at, BarrelsPerDay(rate)))).expect("in order")
    };
    let from_then = |before, after| rates([(Seconds(0), before), (at, after)]);
    assert_eq!(model.fields[0].plan, from_then(0, 20_000));
    assert_eq!(
        model.fields[1].plan,
        Series::constant(BarrelsPerDay(100_000))
    );
    assert_eq!(model.links[0].id, "alpha");
    assert_eq!(model.links[0].capacity, Some(from_then(0, 1_000_000_000)));
    assert_eq!(model.links[1].capacity, Some(from_then(150_000, 170_000)));
    assert_eq!(model.links[1].nomination, Some(from_then(0, 90_000)));
    assert_eq!(
        model.links[2].capacity,
        Some(Series::constant(BarrelsPerDay(120_000)))
    );
    assert_eq!(model.markets[0].demand, Some(from_then(200_000, 300_000)));
    assert_eq!(
        model.hubs[0].tank.as_ref().expect("a tank").capacity.at(at),
        Barrels(2_000_000)
    );
    let hazards: Vec<(&str, Seconds, Seconds, &Law)> = model
        .hazards
        .iter()
        .map(|hazard| {
            (
                hazard.id.as_str(),
                hazard.from,
                hazard.until,
                &hazard.duration,
            )
        })
        .collect();
    assert_eq!(
        hazards,
        [
            ("flood", Seconds(0), model.horizon, &Law::Fixed(3.0)),
            ("storm", Seconds(0), at, &Law::Fixed(3.0)),
            ("storm", at, model.horizon, &Law::Fixed(1.0)),
        ]
    );
    // `line` and `spm` have moved by one place, so the targets have too.
    assert_eq!(
        model.hazards[0].targets[0].parts[0].element,
        Element::Link(2)
    );
    assert_eq!(
        model.hazards[1].targets[0].parts[0].element,
        Element::Link(1)
    );
}

#[test]
fn strategies_may_hold_from_different_days_on() {
    let late = "[strategy]\navailable = 2026-04-11\n[link.line]\ncapacity = \"170 kb/d\"\n";
    let early = "[strategy]\navailable = 2026-02-01\n[link.line]\ncapacity = \"160 kb/d\"\n[link.spm]\ncapacity = \"130 kb/d\"";
    let now = "[strategy]\n[link.line]\ntariff = \"5 USD/bbl\"\n";
    let texts = [
        ("small.toml", SMALL),
        ("early.toml", early),
        ("late.toml", late),
        ("now.toml", now),
    ];
    let model = valid(&texts, &[]).model;
    let capacity = model.links[0].capacity.as_ref().expect("a capacity");
    let rates: Vec<(i64, i64)> = capacity
        .steps()
        .iter()
        .map(|(at, rate)| (at.0 / DAY, rate.0))
        .collect();
    assert_eq!(rates, [(0, 150_000), (31, 160_000), (100, 170_000)]);
    assert_eq!(model.links[0].tariff, MilliUsdPerBarrel(5_000));
    assert_eq!(model.strategies.len(), 3);
}

#[test]
fn an_element_may_be_taken_away_on_a_day() {
    let strategy = "[strategy]\navailable = 2026-04-11\n[link.spm]\nremove = true\n\
                    [link.pipe]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"90 kb/d\"\n\
                    [route.out]\ngates = [\"pipe\"]\n[hazard.storm]\nremove = true\n";
    let more = "[route.out]\ngates = [\"spm\"]\n[hazard.storm]\nhits = \"spm\"\noccurs = { poisson = { rate = \"2 /yr\" } }\nduration = \"3 d\"\n";
    let text = format!("{SMALL}\n{more}");
    let at = Seconds(100 * DAY);
    let model = valid(&[("small.toml", &text), ("s.toml", strategy)], &[]).model;
    let ids: Vec<&str> = model.links.iter().map(|link| link.id.as_str()).collect();
    assert_eq!(ids, ["line", "pipe", "spm"]);
    let spm = model.links[2].capacity.as_ref().expect("a capacity");
    assert_eq!(
        (spm.at(Seconds(0)), spm.at(at)),
        (BarrelsPerDay(120_000), BarrelsPerDay(0))
    );
    assert_eq!(model.routes[0].gates, [1, 2]);
    assert_eq!((model.hazards.len(), model.hazards[0].until), (1, at));
}

#[test]
fn a_source_of_a_figure_that_a_strategy_replaces_is_in_use() {
    let base = SMALL.replace(
        "plan = \"100 kb/d\"",
        "plan = { value = \"100 kb/d\", source = \"report\" }",
    ) + "[source.report]\ntitle = \"A report\"\n";
    let strategy = "[strategy]\n[field.oil]\nplan = \"110 kb/d\"\n";
    let scenario = valid(&[("small.toml", &base), ("s.toml", strategy)], &[]);
    assert!(scenario.unused_sources.is_empty() && scenario.warnings.is_empty());
}

#[test]
fn a_tank_may_grow_on_a_day_and_keeps_what_the_patch_does_not_name() {
    let base = SMALL.replace(
        "initial = 0.5 }",
        "initial = 0.5, target = 0.25, fill = \"90 kb/d\" }",
    );
    let day = Seconds(100 * DAY);
    for patch in [
        "[hub.port.tank]\ncapacity = \"2 Mb\"\n",
        "[hub.port]\ntank = { capacity = \"2 Mb\" }\n",
    ] {
        let strategy = format!("[strategy]\navailable = 2026-04-11\n{patch}");
        let model = valid(&[("small.toml", &base), ("s.toml", &strategy)], &[]).model;
        let tank = model.hubs[0].tank.as_ref().expect("a tank");
        assert_eq!(
            tank.capacity.steps(),
            [(Seconds(0), Barrels(1_000_000)), (day, Barrels(2_000_000))]
        );
        assert_eq!(Some(tank.initial), Fraction::new(0.5));
        assert_eq!(Some(tank.target), Fraction::new(0.25));
        assert_eq!(tank.fill, Some(BarrelsPerDay(90_000)));
    }
}

#[test]
fn an_entitlement_may_change_on_a_day_and_a_field_that_comes_has_none_before() {
    let base = format!("{SMALL}\n[transit.other]\nfrom = \"port\"\nto = \"sea\"\npath = [\"spm\"]\nvolume = \"1 kb/d\"\npriority = 3\n")
        .replace("[field.oil]", "[field.oil]\nentitlement = \"60 kb/d\"\npriority = 1");
    let strategy = "[strategy]\navailable = 2026-04-11\n\
                    [field.oil]\nentitlement = \"70 kb/d\"\n\
                    [field.new]\nplan = \"20 kb/d\"\nentitlement = \"9 kb/d\"\n\
                    [link.new]\nfrom = \"new\"\nto = \"port\"\n";
    let model = valid(&[("small.toml", &base), ("s.toml", strategy)], &[]).model;
    let from_then = |before, after| {
        let steps = [(Seconds(0), before), (Seconds(100 * DAY), after)];
        Series::from_steps(steps.map(|(at, rate)| (at, BarrelsPerDay(rate))))
    };
    assert_eq!(model.fields[0].entitlement, from_then(0, 9_000));
    assert_eq!(model.fields[1].entitlement, from_then(60_000, 70_000));
    let classes = [
        model.fields[0].priority,
        model.fields[1].priority,
        model.transits[0].priority,
    ];
    assert_eq!(classes, [2, 1, 3]);
}
