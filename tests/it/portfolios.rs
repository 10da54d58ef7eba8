//! Choosing among portfolios of strategies, over the small study of `tests/portfolios`.

use std::path::PathBuf;

use keruen::model::Strategy;
use keruen::results::{Optimise, Portfolio};
use keruen::scenario::{self, Amount, Catalogue, Overlaps, Study, amount};
use keruen::simulation::Silent;
use keruen::study::{
    self, FuturesSettings, Goal, OptimiseError, OptimiseQuestion, OptimiseSettings, Rules,
    TimingQuestion, futures,
};

use crate::worlds::project;

fn stated() -> Study {
    scenario::load_study(&project("tests/portfolios/study.toml")).expect("a valid study")
}

fn catalogue(study: &Study) -> Catalogue {
    let changes = study::changes(&study.axes);
    match Catalogue::load(&study.base, &study.strategies, &[], &changes) {
        Ok(catalogue) => catalogue,
        Err(error) => panic!("{}", crate::scenario_files::rendered(&error)),
    }
}

fn settings() -> OptimiseSettings {
    OptimiseSettings {
        seed: 7,
        threads: 2,
        screen: 400,
        replications: 600,
        case_replications: 200,
        goals: vec![Goal::Tail, Goal::Mean],
        level: 0.95,
        indifference: 0.02,
        value_usd_per_bbl: Some(40.0),
        optimism: 0.5,
        enough: Some(5e6),
        timing: Some(TimingQuestion {
            portfolio: None,
            wait_years: 1.0,
        }),
    }
}

fn question(study: Study, catalogue: &Catalogue) -> OptimiseQuestion<'_> {
    OptimiseQuestion {
        name: study.name,
        catalogue,
        strategies: catalogue.strategies().cloned().collect(),
        rules: Rules {
            exclusive: study.exclusive,
            requires: study.requires,
            at_most: study.at_most,
            ..Rules::default()
        },
        overlaps: study.overlaps,
        axes: study.axes,
        budget_usd: study.budget_usd,
    }
}

fn chosen(settings: &OptimiseSettings) -> Optimise {
    let study = stated();
    let catalogue = catalogue(&study);
    let question = question(study, &catalogue);
    let found = study::optimise(&question, settings, &mut Silent);
    found.expect("it can be played").expect("nobody cancels")
}

fn has(portfolio: &[String], ids: &[&str]) -> bool {
    ids.iter()
        .all(|id| portfolio.iter().any(|other| other == id))
}

#[test]
fn a_study_has_rules_and_axes() {
    let study = stated();
    let ids = [
        "big-tank",
        "bigger-tank",
        "idle",
        "quick-crew",
        "spare-pump",
        "wide-jetty",
    ];
    let stems: Vec<String> = (study.strategies.iter())
        .map(|path| {
            path.file_stem()
                .expect("a name")
                .to_string_lossy()
                .into_owned()
        })
        .collect();
    assert_eq!(stems, ids);
    assert_eq!(study.exclusive, [[4, 3]]);
    assert_eq!(study.requires, [[5, 0]]);
    assert_eq!((study.at_most, study.budget_usd), (Some(4), Some(30e6)));
    assert_eq!(study.overlaps, Overlaps::Exclusive);
    let axes: Vec<(&str, Vec<&str>)> = (study.axes.iter())
        .map(|axis| {
            let cases = axis.cases.iter().map(|case| case.id.as_str());
            (axis.id.as_str(), cases.collect())
        })
        .collect();
    let known = [
        ("line", vec!["works", "worn"]),
        ("storms", vec!["as-now", "rougher"]),
    ];
    assert_eq!(axes, known);
    assert_eq!(study.axes[1].cases[1].set.len(), 1);
    assert_eq!(study.axes[0].cases[1].with.len(), 1);
}

#[test]
fn strategies_that_set_one_key_differently_are_found() {
    let study = stated();
    let overlaps = catalogue(&study).overlaps();
    assert_eq!(overlaps.len(), 1);
    assert_eq!(overlaps[0].strategies, [0, 1]);
    let keys = ["hub.port.tank.capacity", "hub.port.tank.initial"];
    assert_eq!(overlaps[0].keys, keys);
}

/// A selection of the catalogue is the model that its files give when they are read for it.
#[test]
fn a_selection_is_what_its_files_say() {
    let study = stated();
    let catalogue = catalogue(&study);
    let with: Vec<PathBuf> = [4, 5, 0]
        .map(|at: usize| study.strategies[at].clone())
        .into();
    let request = scenario::Request {
        path: &study.base,
        with: &with,
        set: &[],
    };
    let read = scenario::load(&request).expect("valid").model;
    assert_eq!(catalogue.model(&[4, 5, 0], &[]).expect("valid"), read);
    let changed = catalogue.model(&[], &[3]).expect("valid");
    assert_ne!(changed.hazards, catalogue.base().hazards);
    assert_eq!(
        catalogue.model(&[], &[0]).expect("valid"),
        *catalogue.base()
    );
}

#[test]
fn the_best_portfolios_are_found_with_what_noise_may_hide() {
    let found = chosen(&settings());
    let screening = &found.screening;
    // 2^6, without both tanks, both for pumps, a jetty without its tank, and more than four.
    let mut count = 0;
    for mask in 0..64_u32 {
        let has = |at: u32| mask >> at & 1 == 1;
        let is_wrong = (has(0) && has(1)) || (has(3) && has(4)) || (has(5) && !has(0));
        count += u64::from(!is_wrong && mask.count_ones() <= 4);
    }
    assert_eq!((screening.selections, screening.portfolios), (64, count));
    assert_eq!(
        found.portfolios.len() + screening.given_up.len(),
        count as usize
    );
    assert_eq!(
        screening.stages.last().map(|stage| stage.futures),
        Some(400)
    );

    // What changes nothing is given up, and so is all that costs more than what is as good.
    for gone in &screening.given_up {
        assert!(gone.futures <= 400 && gone.futures >= 32);
    }
    let idle = |portfolio: &&Portfolio| has(&portfolio.strategies, &["idle"]);
    assert_eq!(found.portfolios.iter().filter(idle).count(), 0);

    let base = &found.portfolios[0];
    assert!(base.strategies.is_empty() && base.annual_usd == 0.0);
    assert!(base.mean_frontier.is_on && base.mean_frontier.probability == 1.0);
    for portfolio in &found.portfolios {
        assert!(!has(&portfolio.strategies, &["big-tank", "bigger-tank"]));
        assert!(!has(&portfolio.strategies, &["spare-pump", "quick-crew"]));
        let dominates = |other: &&Portfolio| {
            other.annual_usd <= portfolio.annual_usd
                && other.mean.mean <= portfolio.mean.mean
                && (other.annual_usd, other.mean.mean)
                    != (portfolio.annual_usd, portfolio.mean.mean)
        };
        let is_dominated = found.portfolios.iter().any(|other| dominates(&other));
        assert_eq!(
            portfolio.mean_frontier.is_on, !is_dominated,
            "{:?}",
            portfolio.strategies
        );
        assert!((0.0..=1.0).contains(&portfolio.tail_frontier.probability));
    }
    let best: Vec<&str> = found.best.iter().map(|best| best.by.as_str()).collect();
    assert_eq!(best, ["mean", "tail", "net"]);
    for best in &found.best {
        let own = &found.portfolios[best.portfolio];
        assert!(own.annual_usd <= 30e6);
        let is_within = |other: &&Portfolio| other.annual_usd <= 30e6 && other.same_as.is_none();
        let within = found.portfolios.iter().filter(is_within);
        let count = within.clone().count();
        assert_eq!(best.told_apart + best.not_told_apart.len() + 1, count);
        if best.by == "mean" {
            let least = within
                .map(|other| other.mean.mean)
                .fold(f64::INFINITY, f64::min);
            assert_eq!(own.mean.mean, least);
        }
    }
}

/// Each mean is that of the portfolio alone, over futures that screening has not seen.
#[test]
fn what_is_left_is_played_in_new_futures() {
    let settings = settings();
    let found = chosen(&settings);
    let study = stated();
    let catalogue = catalogue(&study);
    let ids: Vec<&Strategy> = catalogue.strategies().collect();
    let last = found.portfolios.last().expect("at least the base");
    assert!(!last.strategies.is_empty());
    let places: Vec<usize> = (last.strategies.iter())
        .map(|id| {
            ids.iter()
                .position(|strategy| strategy.id == *id)
                .expect("known")
        })
        .collect();
    let model = catalogue.model(&places, &[]).expect("valid");
    let asked = FuturesSettings {
        seed: settings.seed,
        range: 400..1_000,
        threads: 1,
    };
    let alone = futures(&[&model], &["undelivered"], &asked, &mut Silent).expect("it plays");
    let sample = alone.sample(0, 0);
    let mean = sample.iter().sum::<i64>() as f64 / sample.len() as f64 * 365.25 / 365.0;
    assert!(
        (last.mean.mean - mean).abs() < 1e-6 * mean.abs(),
        "{} {mean}",
        last.mean.mean
    );
}

#[test]
fn regret_is_least_where_it_is_said_to_be() {
    let found = chosen(&settings());
    let regret = found.regret.as_ref().expect("there are axes");
    let known = [
        ["works", "as-now"],
        ["works", "rougher"],
        ["worn", "as-now"],
        ["worn", "rougher"],
    ];
    assert_eq!(regret.combinations, known);
    let tables: Vec<&str> = regret
        .tables
        .iter()
        .map(|table| table.by.as_str())
        .collect();
    assert_eq!(tables, ["mean", "tail", "net"]);
    for table in &regret.tables {
        for state in 0..4 {
            let least = table.regrets.iter().map(|row| row[state].mean);
            assert_eq!(least.fold(f64::INFINITY, f64::min), 0.0);
        }
        let least = table
            .largest_regret
            .iter()
            .copied()
            .fold(f64::INFINITY, f64::min);
        let at = regret
            .portfolios
            .iter()
            .position(|&at| at == table.minimax_regret);
        assert_eq!(table.largest_regret[at.expect("one of them")], least);
        let is_mean = table.by == "mean";
        assert_eq!(table.enough_share.is_some(), is_mean);
    }
    // More storms and a worn line lose more, whatever is built.
    for row in &regret.tables[0].values {
        assert!(row[3].mean > row[0].mean);
    }
    for timing in &found.timing {
        assert_eq!((timing.wait_years, timing.discount), (1.0, 0.08));
        assert_eq!(timing.between.len(), 4);
        for (now, wait) in timing.now_usd.iter().zip(&timing.wait_usd) {
            let later = now.mean.max(0.0) / 1.08;
            assert!((wait - later).abs() <= 1e-9 * later);
        }
    }
    assert!(!found.timing.is_empty());
}

#[test]
fn threads_change_no_portfolio() {
    let two = chosen(&settings());
    let one = chosen(&OptimiseSettings {
        threads: 1,
        ..settings()
    });
    assert_eq!(one, two);
}

#[test]
fn what_costs_nobody_knows_what_is_not_chosen_from() {
    let study = stated();
    let catalogue = catalogue(&study);
    let mut question = question(study, &catalogue);
    question.strategies[4].capex_usd = None;
    question.strategies[0].lifetime_years = None;
    let found = study::optimise(&question, &settings(), &mut Silent);
    let Err(OptimiseError::NoCost { ids }) = found else {
        panic!("two costs are not known");
    };
    assert_eq!(ids, ["big-tank", "spare-pump"]);
    question.strategies.clear();
    let found = study::optimise(&question, &settings(), &mut Silent);
    assert!(matches!(found, Err(OptimiseError::NoOptions)));
}

#[test]
fn figures_have_units() {
    assert_eq!(amount("40 USD/bbl", Amount::Price), Ok(40.0));
    assert_eq!(amount("1 yr", Amount::Time), Ok(365.25));
    assert_eq!(amount("5 Mb", Amount::Volume), Ok(5e6));
    for (text, what) in [
        ("40", Amount::Price),
        ("5 Mt", Amount::Volume),
        ("-3 MUSD", Amount::Money),
    ] {
        assert!(amount(text, what).is_err(), "{text}");
    }
}
