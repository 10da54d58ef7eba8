//! Made-up results for tests.

use std::collections::BTreeMap;

use crate::results::{
    CourseEpoch, CourseField, CourseRoute, CourseTank, FORMAT, Metric, Metrics, NetworkInfo,
    RouteInfo, ScenarioInfo, StrategyResult, Stress, StressEvent, Summary, Tail, Undisturbed,
};
use crate::units::SECONDS_PER_DAY;

fn metric(unit: &str, mean: f64, std_error: f64) -> Metric {
    Metric {
        unit: unit.to_owned(),
        count: 10_000,
        mean: Some(mean),
        std_error: Some(std_error),
        std_dev: None,
        min: None,
        max: None,
        quantiles: BTreeMap::new(),
        value_at_risk: BTreeMap::new(),
        conditional_value_at_risk: BTreeMap::new(),
        approximate: false,
        censored: None,
        epistemic: None,
        controlled: None,
    }
}

fn undelivered() -> Metric {
    let quantiles = [("0.05", 0.0), ("0.5", 30e6), ("0.95", 110e6)];
    let tail = Tail {
        value: 148.2e6,
        std_error: Some(2.9e6),
        thin: true,
    };
    Metric {
        std_dev: Some(37.91e6),
        min: Some(0.0),
        max: Some(200e6),
        quantiles: quantiles
            .map(|(level, value)| (level.to_owned(), Some(value)))
            .into(),
        conditional_value_at_risk: [("0.95".to_owned(), Some(tail))].into(),
        ..metric("bbl", 37.1372e6, 0.3791e6)
    }
}

fn metrics<const N: usize>(metrics: [(&str, Metric); N]) -> Metrics {
    metrics
        .map(|(name, metric)| (name.to_owned(), metric))
        .into()
}

fn elements<const N: usize>(elements: [(&str, Metrics); N]) -> BTreeMap<String, Metrics> {
    elements
        .map(|(id, metrics)| (id.to_owned(), metrics))
        .into()
}

fn scenario() -> ScenarioInfo {
    ScenarioInfo {
        name: "two_routes".to_owned(),
        about: "What is a second route worth?\nIt is short.".to_owned(),
        sha256: "3f2a9c5d71e804".to_owned(),
        start: "2026-01-01".to_owned(),
        horizon_days: 365.0,
    }
}

/// A run of one strategy over two routes.
pub(super) fn summary() -> Summary {
    let route = |exported, lost| {
        metrics([
            ("exported", metric("bbl", exported, 365e3)),
            ("share", metric("share", exported / 600e6, 0.001_2)),
            ("lost", metric("bbl", lost, 0.2e6)),
        ])
    };
    let attributed = |mean| ("attributed", metric("bbl", mean, 0.25e6));
    Summary {
        format: FORMAT.to_owned(),
        version: "0.1.0".to_owned(),
        scenario: scenario(),
        seed: 42,
        first_replication: 0,
        replications: 10_000,
        stopped: "count".to_owned(),
        collect: serde_json::from_value("all".into()).expect("a word it knows"),
        rules: [("combine", "min"), ("objective", "volume")]
            .map(|(name, rule)| (name.to_owned(), rule.to_owned()))
            .into(),
        strategies: vec![StrategyResult {
            id: "baseline".to_owned(),
            name: "baseline".to_owned(),
            applied: Vec::new(),
            metrics: metrics([
                ("planned", metric("bbl", 657e6, 0.0)),
                ("undelivered", undelivered()),
                ("deliverability", metric("share", 0.941_183, 0.000_62)),
                ("shortfall_time", metric("h", 1_234.5, 12.3)),
                ("shortfall_events", metric("count", 7.25, 0.021)),
            ]),
            fields: BTreeMap::new(),
            markets: BTreeMap::new(),
            links: BTreeMap::new(),
            hubs: BTreeMap::new(),
            routes: elements([
                ("north", route(490e6, 30e6)),
                ("south", route(110e6, -1.5e6)),
            ]),
            jurisdictions: BTreeMap::new(),
            hazards: elements([(
                "storm",
                metrics([("events", metric("count", 7.3, 0.027)), attributed(36e6)]),
            )]),
            classes: elements([("weather", metrics([attributed(36e6)]))]),
            regimes: BTreeMap::new(),
            money: None,
            transits: BTreeMap::new(),
            quotas: BTreeMap::new(),
            quota_months: Vec::new(),
            link_months: None,
            tanks: BTreeMap::new(),
            exceedance: None,
            fan: None,
            convergence: None,
            monthly: Vec::new(),
            undisturbed: Undisturbed {
                planned_bpd: 1.8e6,
                delivered_bpd: 1.8e6,
                exported_bpd: 1.75e6,
                routes_bpd: [("north".to_owned(), 1.425e6), ("south".to_owned(), 0.3e6)].into(),
                ..Undisturbed::default()
            },
            grades: None,
            retention: None,
            controls: None,
        }],
        comparisons: Vec::new(),
        network: NetworkInfo {
            routes: [("north", "Northern line"), ("south", "Southern line")]
                .map(|(id, name)| RouteInfo {
                    id: id.to_owned(),
                    name: name.to_owned(),
                    gates: Vec::new(),
                    jurisdiction: Vec::new(),
                })
                .into(),
            ..NetworkInfo::default()
        },
        warnings: Vec::new(),
        figures_in_doubt: 0,
        bound: None,
        strata: None,
        uncertainty: None,
    }
}

/// A closure of one of two routes, before which there is a tank.
pub(super) fn stress() -> Stress {
    let epoch = |days: [i64; 2], cause: &str, north, south, shut_in, stock| CourseEpoch {
        start_seconds: days[0] * SECONDS_PER_DAY,
        end_seconds: days[1] * SECONDS_PER_DAY,
        cause: cause.to_owned(),
        planned_bpd: 100_000,
        delivered_bpd: north + south,
        undisturbed_bpd: 100_000,
        shut_in_bpd: shut_in,
        storing_bpd: 100_000 - north - south - shut_in,
        routes_bpd: vec![north, south],
        stocks_bbl: vec![stock],
        produced_bpd: vec![100_000 - shut_in],
    };
    Stress {
        format: "keruen-stress/1".to_owned(),
        version: "0.1.0".to_owned(),
        scenario: scenario(),
        strategies: Vec::new(),
        closures: vec![StressEvent {
            target: "link.north".to_owned(),
            name: "Northern line".to_owned(),
            start_seconds: 9 * SECONDS_PER_DAY,
            end_seconds: 19 * SECONDS_PER_DAY,
            left: 0.0,
        }],
        epochs: vec![
            epoch([0, 9], "start", 60_000, 40_000, 0, 0),
            epoch([9, 12], "north closes", 0, 60_000, 0, 120_000),
            epoch([12, 19], "tank at port is full", 0, 60_000, 40_000, 120_000),
            epoch([19, 31], "north opens", 70_000, 40_000, 0, 0),
            epoch([31, 200], "tank at port is empty", 60_000, 40_000, 0, 0),
            epoch([200, 365], "plan of east changes", 60_000, 40_000, 0, 0),
        ],
        routes: [("north", "Northern line"), ("south", "Southern line")]
            .map(|(id, name)| CourseRoute {
                id: id.to_owned(),
                name: name.to_owned(),
            })
            .into(),
        tanks: vec![CourseTank {
            id: "port".to_owned(),
            name: "Port".to_owned(),
            capacity_bbl: 120_000,
            initial_bbl: 0,
        }],
        fields: vec![CourseField {
            id: "east".to_owned(),
            name: "East".to_owned(),
            planned_bbl: 36_500_000,
            shut_in_bbl: 280_000,
        }],
        planned_bbl: 36_500_000,
        delivered_bbl: 36_220_000,
        undisturbed_delivered_bbl: 36_500_000,
        shut_in_bbl: 280_000,
        damaged_bbl: 0,
        quota_cut_bbl: 0,
        field_outage_bbl: 0,
        stored_bbl: 0,
        lost_bbl: 280_000,
        time_to_recover_hours: Some(240.0),
        not_recovered: false,
        time_to_shut_in_hours: Some(72.0),
    }
}
