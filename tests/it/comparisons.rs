//! Strategies compared in the same futures.

use keruen::metrics::paired;
use keruen::model::{Collect, Model};
use keruen::results::Summary;
use keruen::scenario::Text;
use keruen::simulation::{self, Settings, Silent};
use keruen::study::{self, FuturesSettings};

use crate::worlds::{Kept, head, model};

const WORLD: &str = r#"
[field.oil]
plan = "1 Mb/d"
[market.sea]
price = "60 USD/bbl"
[link.main]
from = "oil"
to = "sea"
capacity = "800 kb/d"
tariff = "3 USD/bbl"
[link.side]
from = "oil"
to = "sea"
capacity = "300 kb/d"
tariff = "9 USD/bbl"
[regime.calm]
initial = 0.5
to = { storm = "1 /yr" }
[regime.storm]
initial = 0.5
to = { calm = "1 /yr" }
[hazard.failure]
hits = ["link.main"]
occurs = { poisson = { rate = "4 /yr" } }
duration = { exponential = { mean = "6 d" } }
regime = { storm = 2.0, calm = 0.5 }
"#;

fn strategy(id: &str, header: &str, patch: &str) -> (String, String) {
    let text = format!("[strategy]\nname = \"{id}\"\n{header}\n{patch}\n");
    (format!("{id}.toml"), text)
}

fn with(strategies: &[(String, String)]) -> Model {
    let mut texts = vec![Text::new("world.toml", format!("{}{WORLD}", head("365 d")))];
    texts.extend(
        strategies
            .iter()
            .map(|(name, text)| Text::new(name, text.as_str())),
    );
    let no_files = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    let read = keruen::scenario::parse(&texts, &[], &no_files);
    read.unwrap_or_else(|invalid| panic!("{invalid:?}")).model
}

fn settings(replications: u64, threads: usize) -> Settings {
    Settings {
        seed: 5,
        range: 0..replications,
        threads,
        collect: Collect::Markets,
        stop: None,
        shortfalls: false,
        rows: false,
        plain: true,
    }
}

fn compared(models: &[&Model], replications: u64, threads: usize) -> Summary {
    let settings = settings(replications, threads);
    let sink = |_: usize, _: &[simulation::Row]| Ok(());
    let found = study::compare(models[0], &models[1..], "", &settings, sink, &mut Silent);
    found.expect("nothing fails").expect("nobody cancels")
}

fn wider() -> Model {
    with(&[strategy(
        "wider",
        "capex = { value = \"100 MUSD\", low = \"50 MUSD\", high = \"200 MUSD\" }\n\
         opex = \"1 MUSD\"\nlifetime = \"20 yr\"\ndiscount = 0.1",
        "[link.side]\ncapacity = \"500 kb/d\"",
    )])
}

#[test]
fn differences_are_those_of_the_same_replications() {
    let (base, wide) = (with(&[]), wider());
    let found = compared(&[&base, &wide], 400, 2);
    let rows = |model: &Model| {
        let mut kept = Kept::default();
        let settings = Settings {
            rows: true,
            ..settings(400, 1)
        };
        simulation::run(model, &settings, &mut kept).expect("nothing fails");
        kept.column("undelivered")
    };
    let expected = paired(&rows(&wide), &rows(&base)).expect("pairs");
    let one = &found.comparisons[0];
    assert_eq!(
        (one.of.as_str(), one.against.as_str()),
        ("wider", "baseline")
    );
    let metric = &one.metrics["undelivered"];
    assert_eq!(metric.mean, expected.mean_difference);
    assert_eq!(metric.std_error, expected.std_error);
    assert!(metric.mean < 0.0 && metric.better == "less");
    assert!(metric.ci95[0] < metric.mean && metric.mean < metric.ci95[1]);
    assert!(metric.variance_ratio.expect("differences vary") > 2.0);
    assert!(metric.probability_better > 0.5 && metric.p_value_holm < 1e-6);
    // More is better of what is delivered: the same futures are better.
    let delivered = &one.metrics["delivered"];
    assert_eq!(delivered.mean, -metric.mean);
    assert_eq!(delivered.better, "more");
    assert_eq!(delivered.probability_better, metric.probability_better);
    // Wider never loses more: no level is exceeded more often, and the converse is refuted.
    let (of, base) = (
        one.dominates.expect("known"),
        one.is_dominated.expect("known"),
    );
    assert_eq!(
        (of.first_order_violation, of.convex_order_violation),
        (0.0, 0.0)
    );
    assert!(base.first_order_p_value < 0.05 && base.convex_order_p_value < 0.05);
    // 100 MUSD over 20 years at 10 % is 11.746 MUSD a year, with 1 MUSD to run it.
    let cost = one.cost.expect("is stated");
    assert!((cost.annual_usd - 12.745_962_477e6).abs() < 1.0, "{cost:?}");
    assert!((cost.annual_low_usd.expect("stated") - 6.872_981_239e6).abs() < 1.0);
    assert!((cost.annual_high_usd.expect("stated") - 24.491_924_954e6).abs() < 1.0);
    let avoided = cost.avoided_bbl_per_usd.expect("costs something");
    let expected = -metric.mean * 365.25 / 365.0 / cost.annual_usd;
    assert!((avoided - expected).abs() < 1e-12 * expected.abs());
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    let (base, wide) = (with(&[]), wider());
    let text = |threads: usize| {
        let found = compared(&[&base, &wide], 300, threads);
        serde_json::to_string(&found).expect("JSON")
    };
    assert_eq!(text(1), text(3));
}

#[test]
fn regimes_share_out_all_replications() {
    let (base, wide) = (with(&[]), wider());
    let found = compared(&[&base, &wide], 300, 1);
    let one = &found.comparisons[0];
    assert_eq!(one.regimes.len(), 2);
    for (regime, classes) in &one.regimes {
        let count: u64 = classes.values().map(|class| class.count).sum();
        assert_eq!(count, 300, "{regime}");
        let sum: f64 = classes.values().map(|c| c.count as f64 * c.mean).sum();
        let mean = one.metrics["undelivered"].mean;
        assert!((sum / 300.0 - mean).abs() < 1e-9 * mean.abs());
        // The run itself counts the same replications.
        let metrics = &found.strategies[0].regimes[regime];
        for (class, name) in [("low", "undelivered_low"), ("high", "undelivered_high")] {
            let counted = classes.get(class).map_or(0, |class| class.count);
            assert_eq!(metrics[name].count, counted, "{regime} {class}");
        }
    }
    let storm = &one.regimes["storm"];
    assert!(
        storm["high"].mean < storm["low"].mean,
        "storms are when it helps"
    );
}

#[test]
fn what_changes_nothing_is_said_to() {
    let base = with(&[]);
    let idle = with(&[strategy(
        "idle",
        "opex = \"0 USD\"",
        "[link.new]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"0 kb/d\"",
    )]);
    let found = compared(&[&base, &idle], 100, 1);
    let metric = &found.comparisons[0].metrics["undelivered"];
    assert_eq!((metric.mean, metric.std_error), (0.0, 0.0));
    assert_eq!((metric.p_value, metric.p_value_holm), (1.0, 1.0));
    assert_eq!(
        (metric.variance_ratio, metric.probability_better),
        (None, 0.5)
    );
}

#[test]
fn every_strategy_is_told_apart_from_the_best_or_not() {
    let base = with(&[]);
    let same = with(&[strategy("twin", "", "[link.side]\ncapacity = \"500 kb/d\"")]);
    let wide = wider();
    let narrow = with(&[strategy(
        "narrow",
        "",
        "[link.side]\ncapacity = \"310 kb/d\"",
    )]);
    let found = compared(&[&base, &wide, &same, &narrow], 300, 1);
    let with_best: Vec<_> = (found.comparisons.iter())
        .filter(|one| one.against == "wider")
        .collect();
    assert_eq!(with_best.len(), 2);
    assert_eq!(with_best[0].metrics["undelivered"].p_value_holm, 1.0);
    assert!(with_best[1].metrics["undelivered"].p_value_holm < 1e-6);
    assert!(
        found
            .warnings
            .iter()
            .any(|warning| warning.contains("`twin`"))
    );
}

/// Holm's adjustment never makes a p-value smaller.
#[test]
fn many_strategies_are_tested_more_strictly() {
    let base = with(&[]);
    let sizes = ["301", "302", "305"].map(|size| {
        with(&[strategy(
            &format!("size-{size}"),
            "",
            &format!("[link.side]\ncapacity = \"{size} kb/d\""),
        )])
    });
    let models: Vec<&Model> = std::iter::once(&base).chain(&sizes).collect();
    let found = compared(&models, 50, 1);
    let against_base = found
        .comparisons
        .iter()
        .filter(|one| one.against == "baseline");
    for one in against_base {
        for metric in one.metrics.values() {
            assert!(metric.p_value_holm >= metric.p_value);
        }
    }
}

#[test]
fn futures_of_many_configurations_are_those_of_each_alone() {
    let base = model(&format!("{}{WORLD}", head("365 d")));
    let mut models = Vec::new();
    for more in 0..20_i64 {
        let mut other = base.clone();
        let capacity = other.links[1].capacity.as_mut().expect("has one");
        *capacity = capacity.map(|rate| keruen::units::BarrelsPerDay(rate.0 + 10_000 * more));
        models.push(other);
    }
    let all: Vec<&Model> = models.iter().collect();
    let asked = |range: std::ops::Range<u64>| FuturesSettings {
        seed: 5,
        range,
        threads: 2,
    };
    let metrics = ["undelivered", "netback"];
    let run = |models: &[&Model], range| {
        study::futures(models, &metrics, &asked(range), &mut Silent).expect("nothing fails")
    };
    let whole = run(&all, 0..96);
    assert_eq!(whole.replications(), 96);
    for (at, model) in models.iter().enumerate() {
        let alone = run(&[model], 0..96);
        for metric in 0..metrics.len() {
            assert_eq!(whole.sample(at, metric), alone.sample(0, metric));
        }
    }
    let mut parts = run(&all, 0..40);
    parts.extend(run(&all, 40..96));
    assert_eq!(parts, whole);
}

#[test]
fn what_is_left_without_the_worst_is_told_of_each_strategy() {
    let wider = [strategy(
        "wider",
        "",
        "[link.side]\ncapacity = \"600 kb/d\"",
    )];
    let (base, wider) = (with(&[]), with(&wider));
    let found = study::compare(
        &base,
        &[&wider],
        "",
        &settings(50, 1),
        |_, _| Ok(()),
        &mut Silent,
    );
    let found = found.expect("plays").expect("not cancelled");
    let left = |at: usize| {
        let kept = found.strategies[at].retention.clone().expect("a network");
        assert_eq!(kept.delivered_bpd, 1_000_000);
        let element = kept.element.expect("a link");
        assert_eq!(element.without, "link.main");
        let cause = kept.cause.expect("a hazard");
        assert_eq!(cause.without, "hazard failure");
        assert_eq!(cause.share, element.share);
        element.delivered_bpd
    };
    assert_eq!((left(0), left(1)), (300_000, 600_000));
}
