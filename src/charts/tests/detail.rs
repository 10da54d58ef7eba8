//! Figures of what a run knows if everything is gathered, of comparisons, and of exact answers.

use std::collections::BTreeMap;

use super::super::sample::{metric, strategy, summary};
use super::super::{exact_figures, run_figures};
use super::{baseline, checked, stems};
use crate::results::{
    ComparedCost, ComparedMetric, Comparison, Exact, LinkInfo, LinkMonths, Metric, MonthsOfLink,
    NodeInfo, RouteInfo, Summary, Tail, TankFan,
};

const MONTHS: usize = 12;

fn spread(mut metric: Metric, low: f64, high: f64) -> Metric {
    metric.quantiles = BTreeMap::from([
        ("0.05".to_owned(), Some(low)),
        ("0.95".to_owned(), Some(high)),
    ]);
    metric
}

fn link(id: &str, share: f64) -> (LinkInfo, MonthsOfLink) {
    let info = LinkInfo {
        id: id.to_owned(),
        name: format!("Link {id}"),
        from: "field.a".to_owned(),
        to: "market.b".to_owned(),
        mode: "pipeline".to_owned(),
        capacity_bpd: Some(100_000),
        jurisdiction: Vec::new(),
    };
    let by_month = |scale: f64| -> Vec<f64> {
        let wave = |month: usize| 1.0 + 0.3 * (month as f64 / 12.0 * std::f64::consts::TAU).cos();
        (0..MONTHS).map(|month| scale * wave(month)).collect()
    };
    let known = |values: Vec<f64>| values.into_iter().map(Some).collect();
    let months = MonthsOfLink {
        flow_bpd: by_month(1e5 * share),
        flow_std_error_bpd: known(by_month(500.0)),
        utilisation: known(by_month(share)),
        binding: known(by_month(share * share / 2.0)),
        binding_std_error: known(by_month(0.004)),
    };
    (info, months)
}

fn tank(id: &str, capacity_bbl: f64, high: f64) -> (NodeInfo, (String, TankFan)) {
    let info = NodeInfo {
        id: id.to_owned(),
        name: format!("Tanks at {id}"),
        kind: "hub".to_owned(),
        role: None,
        country: None,
        at: None,
        tank_bbl: None,
    };
    let days: Vec<f64> = (1..=60)
        .map(|part| f64::from(part) * 365.0 / 60.0)
        .collect();
    let level = |share: f64| -> Vec<f64> {
        let wave = |day: &f64| 1.0 + 0.4 * (day / 365.0 * std::f64::consts::TAU).sin();
        days.iter()
            .map(|day| (share * capacity_bbl * wave(day)).min(capacity_bbl))
            .collect()
    };
    let levels = [
        ("0.05", 0.1),
        ("0.25", 0.2),
        ("0.5", 0.3),
        ("0.75", 0.4),
        ("0.95", high),
    ];
    let fan = TankFan {
        capacity_bbl,
        initial_bbl: 0.3 * capacity_bbl,
        mean_bbl: level(0.33),
        quantiles_bbl: levels
            .map(|(name, share)| (name.to_owned(), level(share)))
            .into(),
        days,
    };
    (info, (id.to_owned(), fan))
}

fn detailed() -> Summary {
    let mut run = baseline(10_000);
    for (id, jurisdiction) in [("cpc", "RU"), ("btc", "AZ"), ("china", "CN")] {
        let crossing = |route: &&mut RouteInfo| route.id == id;
        if let Some(route) = run.network.routes.iter_mut().find(crossing) {
            route.jurisdiction = vec![jurisdiction.to_owned(), "KZ".to_owned()];
        }
    }
    let strategy = &mut run.strategies[0];
    for (name, mean, error) in [
        ("planned", 628e6, 0.0),
        ("field_outage", 4.1e6, 0.2e6),
        ("damaged", 0.0, 0.0),
        ("quota_cut", 1.2e6, 0.1e6),
        ("shut_in", 38.2e6, 0.9e6),
        ("stored", -0.5e6, 0.05e6),
        ("delivered", 585e6, 1.0e6),
    ] {
        let metric = spread(metric("bbl", mean, error), 0.8 * mean, 1.05 * mean);
        strategy.metrics.insert(name.to_owned(), metric);
    }
    for (name, mean) in [
        ("concentration", 0.62),
        ("concentration_by_jurisdiction", 0.81),
    ] {
        strategy
            .metrics
            .insert(name.to_owned(), metric("", mean, 0.002));
    }
    for (place, route) in strategy.routes.values_mut().enumerate() {
        let share = 0.3 / (place + 1) as f64;
        let metric = spread(metric("share", share, 0.001), 0.7 * share, 1.2 * share);
        route.insert("share".to_owned(), metric);
    }
    for (id, share) in [("RU", 0.9), ("AZ", 0.07), ("CN", 0.05), ("KZ", 1.0)] {
        let metrics = BTreeMap::from([
            (
                "share".to_owned(),
                spread(metric("share", share, 0.001), 0.8 * share, share),
            ),
            ("lost".to_owned(), metric("bbl", 30e6 * share, 1e6 * share)),
        ]);
        strategy.jurisdictions.insert(id.to_owned(), metrics);
    }
    let (infos, months): (Vec<_>, Vec<_>) = [("moorings", 0.95), ("spare", 0.1), ("line", 0.6)]
        .map(|(id, share)| {
            let (info, months) = link(id, share);
            (info, (id.to_owned(), months))
        })
        .into_iter()
        .unzip();
    run.network.links = infos;
    strategy.link_months = Some(LinkMonths {
        months: (1..=MONTHS)
            .map(|month| format!("2026-{month:02}"))
            .collect(),
        links: months.into_iter().collect(),
    });
    let (infos, tanks): (Vec<_>, Vec<_>) = [("terminal", 5e6, 0.8), ("head", 4e5, 0.5)]
        .map(|(id, capacity, high)| tank(id, capacity, high))
        .into_iter()
        .unzip();
    run.network.nodes = infos;
    strategy.tanks = tanks.into_iter().collect();
    run
}

#[test]
fn everything_that_is_gathered_has_its_figure() {
    let figures = checked("detail", run_figures(&detailed()));
    let all = [
        "exceedance",
        "delivered_rate",
        "ledger",
        "losses",
        "convergence",
        "route_shares",
        "concentration",
        "bottlenecks",
        "tank_levels",
        "network_map",
    ];
    assert_eq!(stems(&figures), all);
    let svg = |stem: &str| {
        figures
            .iter()
            .find(|figure| figure.0 == stem)
            .expect("it")
            .1
            .svg()
    };
    // What is nothing has no row; what comes out of tanks adds to what is delivered.
    assert!(!svg("ledger").contains("Damage by shut-ins"));
    assert!(svg("ledger").contains(">Out of tanks<") && svg("ledger").contains(">+0.500 ± 0.050<"));
    assert!(svg("losses").contains("By jurisdiction") && svg("losses").contains(">RU<"));
    assert!(svg("bottlenecks").contains("Most in the way: Link moorings, 59\u{a0}% of the time"));
    assert!(svg("tank_levels").contains("finds Tanks at terminal full"));
}

#[test]
fn no_value_of_a_month_or_tank_is_too_odd_to_be_drawn() {
    for odd in [f64::NAN, f64::INFINITY, -1e300, 0.0] {
        let mut run = detailed();
        let strategy = &mut run.strategies[0];
        for name in ["planned", "shut_in", "delivered", "stored"] {
            let metric = strategy.metrics.get_mut(name).expect("a metric");
            (metric.mean, metric.std_error) = (Some(odd), Some(odd));
        }
        let months = strategy.link_months.as_mut().expect("months");
        for link in months.links.values_mut() {
            link.utilisation = vec![Some(odd); 3];
            link.binding = vec![Some(odd), None];
            link.flow_bpd.clear();
        }
        for fan in strategy.tanks.values_mut() {
            fan.mean_bbl = vec![odd; 90];
            fan.quantiles_bbl.insert("0.95".to_owned(), vec![odd; 2]);
            fan.initial_bbl = odd;
        }
        for metrics in strategy.routes.values_mut() {
            metrics.get_mut("share").expect("a share").mean = Some(odd);
        }
        checked("odd", run_figures(&run));
    }
}

#[test]
fn long_horizons_put_months_together() {
    let mut run = detailed();
    let months = run.strategies[0].link_months.as_mut().expect("months");
    months.months = (0..30)
        .map(|month| format!("{}-{:02}", 2026 + month / 12, month % 12 + 1))
        .collect();
    for link in months.links.values_mut() {
        link.binding = (0..30).map(|month| Some(f64::from(month) / 30.0)).collect();
        link.utilisation = link.binding.clone();
    }
    let figures = checked("long", run_figures(&run));
    let (_, bottlenecks) = figures
        .iter()
        .find(|figure| figure.0 == "bottlenecks")
        .expect("it");
    assert!(bottlenecks.svg().contains("3 months to a column"));
    // The mean of 27/30, 28/30 and 29/30.
    assert!(bottlenecks.svg().contains(">93<"));
}

fn compared() -> Summary {
    let strategies = vec![
        strategy("baseline", "Baseline", 1.0, 10_000),
        strategy("btc", "Seven more cargoes a month to Baku", 0.72, 10_000),
        strategy("bypass", "Bypass line", 0.45, 10_000),
    ];
    let mut run = summary(strategies, 10_000);
    for (place, strategy) in run.strategies.iter_mut().enumerate() {
        let undelivered = strategy.metrics.get_mut("undelivered").expect("a loss");
        let tail = Tail {
            value: 150e6 - 30e6 * place as f64,
            std_error: Some(2e6),
            thin: false,
        };
        undelivered
            .conditional_value_at_risk
            .insert("0.95".to_owned(), Some(tail));
    }
    for (of, mean, cost) in [("btc", -9e6, 20e6), ("bypass", -20e6, 310e6)] {
        let tail = Tail {
            value: 3.0 * mean,
            std_error: Some(1.5e6),
            thin: false,
        };
        let metric = ComparedMetric {
            unit: "bbl".to_owned(),
            better: "less".to_owned(),
            mean,
            std_error: 0.3e6,
            ci95: [mean - 0.6e6, mean + 0.6e6],
            variance_ratio: Some(6.0),
            controlled: None,
            probability_better: 0.9,
            probability_better_std_error: 0.003,
            p_value: 1e-9,
            p_value_holm: 2e-9,
            conditional_value_at_risk: BTreeMap::from([("0.95".to_owned(), Some(tail))]),
        };
        run.comparisons.push(Comparison {
            of: of.to_owned(),
            against: "baseline".to_owned(),
            metrics: BTreeMap::from([("undelivered".to_owned(), metric)]),
            regimes: BTreeMap::new(),
            dominates: None,
            is_dominated: None,
            cost: Some(ComparedCost {
                annual_usd: cost,
                annual_low_usd: Some(0.8 * cost),
                annual_high_usd: Some(1.5 * cost),
                avoided_bbl_per_usd: None,
                avoided_bbl_per_usd_std_error: None,
            }),
        });
    }
    run
}

#[test]
fn strategies_have_their_differences_and_their_costs() {
    let figures = checked("compare", run_figures(&compared()));
    assert_eq!(
        stems(&figures)[..2],
        ["strategy_differences", "strategy_costs"]
    );
    assert!(
        figures[1]
            .1
            .svg()
            .contains("310\u{a0}million\u{a0}USD a year for Bypass line")
    );
}

#[test]
fn of_many_strategies_those_that_lose_least_are_drawn() {
    let mut run = compared();
    for place in 0..20 {
        let scale = 0.5 + 0.02 * f64::from(place);
        let id = format!("more-{place}");
        run.strategies
            .push(strategy(&id, &format!("More {place}"), scale, 10_000));
    }
    let figures = checked("many", run_figures(&run));
    for stem in ["exceedance", "delivered_rate", "convergence"] {
        let (_, figure) = figures.iter().find(|figure| figure.0 == stem).expect("it");
        let svg = figure.svg();
        assert!(svg.contains("data-series=\"Bypass line\""), "{stem}");
        assert!(svg.contains("data-series=\"More 2\""), "{stem}");
        assert!(!svg.contains("data-series=\"More 3\""), "{stem}");
        assert!(svg.contains("four of 22 strategies"), "{stem}");
    }
}

#[test]
fn exact_answers_have_their_law_and_their_importances() {
    let component = |id: &str, share: f64| {
        serde_json::json!({
            "hazard": id, "targets": ["link.a"], "unavailability": 0.02, "events_per_year": 3.0,
            "is_exponential": true, "alone_bpd": 5e4, "criticality": 0.1, "id": format!("{id} / link.a"),
            "birnbaum_bpd": 1e4, "fussell_vesely": share, "risk_achievement_worth": 7.5,
            "risk_reduction_worth": 1.2
        })
    };
    let exact: Exact = serde_json::from_value(serde_json::json!({
        "format": "keruen-exact/1", "version": "0.1.0",
        "scenario": {"name": "Twelve parts", "about": "", "sha256": "", "start": "2026-01-01",
                     "horizon_days": 365.0},
        "strategies": [], "rules": {},
        "states": {"joint": 4096.0, "solved": 300, "parts": 1, "periods": 1, "limit": 1_000_000},
        "long_run": {"planned_bpd": 1e5, "undisturbed_bpd": 1e5, "delivered_bpd": 9.6e4,
                     "undelivered_bpd": 4e3, "deliverability": 0.96, "delivered_bbl": 3.5e7,
                     "undelivered_bbl": 1.4e6, "undelivered_at_risk": []},
        "from_start": {"is_stationary": true, "delivered_bbl": null, "undelivered_bbl": null},
        "law": [{"delivered_bpd": 0, "probability": 0.01}, {"delivered_bpd": 60_000, "probability": 0.08},
                {"delivered_bpd": 100_000, "probability": 0.91}],
        "shortfall": {"probability": 0.09, "events_per_year": 4.0, "mean_days": 8.0, "why_not": null},
        "spread": {"std_dev_bbl": null, "additive_share": null, "why_not": null},
        "components": [component("storm", 0.7), component("pump", 0.4)],
        "hazards": [], "bottlenecks": [], "agreement": null, "warnings": []
    }))
    .expect("an exact answer");
    let figures = checked("exact", exact_figures(&exact));
    assert_eq!(stems(&figures), ["exact_law", "exact_importance"]);
    let law = figures[0].1.svg();
    assert!(law.contains("60.0\u{a0}thousand\u{a0}b/d: 8.0\u{a0}% of the time"));
}
