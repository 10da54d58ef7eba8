//! Made-up results that look like real ones.

use std::collections::BTreeMap;

use crate::model::Collect;
use crate::results::{
    AtRisk, Convergence, ConvergencePoint, CourseEpoch, CourseField, CourseRoute, CourseTank,
    Exceedance, ExceedancePoint, FORMAT, Fan, Metric, Metrics, Money, NetworkInfo,
    ObjectiveOutcome, RouteInfo, ScenarioInfo, Story, StoryCause, StoryDisruption, StoryPick,
    StoryStanding, StrategyResult, Stress, StressEvent, Summary, Tail, Undisturbed,
};

const DAY: i64 = 86_400;
const ROUTES: [(&str, &str, f64); 7] = [
    ("cpc", "Caspian Pipeline Consortium", 1_287_000.0),
    (
        "atyrau_samara",
        "Atyrau–Samara to Ust-Luga and Novorossiysk",
        190_000.0,
    ),
    ("btc", "Aktau–Baku–Ceyhan", 104_000.0),
    ("china", "Kazakhstan–China pipeline", 62_000.0),
    ("druzhba", "Druzhba to Schwedt", 41_000.0),
    ("makhachkala", "Aktau–Makhachkala", 28_000.0),
    ("rail", "Rail to the border", 9_000.0),
];

/// Numbers between 0 and 1 that look random and are the same every time.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / (1_u64 << 31) as f64
    }

    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.next()).sum::<f64>() - 6.0
    }
}

pub(super) fn metric(unit: &str, mean: f64, std_error: f64) -> Metric {
    Metric {
        unit: unit.to_owned(),
        count: 10_000,
        mean: Some(mean),
        std_error: Some(std_error),
        std_dev: Some(std_error * 100.0),
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

fn one(name: &str, metric: Metric) -> Metrics {
    Metrics::from([(name.to_owned(), metric)])
}

fn scenario() -> ScenarioInfo {
    ScenarioInfo {
        name: "Kazakhstan crude exports, 2026".to_owned(),
        about: String::new(),
        sha256: "5d3c9a71f0e24c55b1d2".to_owned(),
        start: "2026-01-01".to_owned(),
        horizon_days: 365.0,
    }
}

/// What a run says about money besides metrics.
pub(super) fn money() -> Money {
    let at_risk = |value: f64, mean: f64| AtRisk {
        value_at_risk: Some(value),
        conditional_value_at_risk: Some(Tail {
            value: mean,
            std_error: Some(mean * 0.02),
            thin: false,
        }),
    };
    let outcome = |objective: &str, in_force, rate| ObjectiveOutcome {
        objective: objective.to_owned(),
        in_force,
        delivered_bpd: rate,
        exported_bpd: rate * 0.82,
        netback_usd: rate * 365.0 * 66.0,
    };
    Money {
        revenue_at_risk: [
            ("0.95".to_owned(), at_risk(8.1e9, 10.4e9)),
            ("0.99".to_owned(), at_risk(12.0e9, 13.9e9)),
        ]
        .into(),
        objectives: vec![
            outcome("volume", true, 2_065_000.0),
            outcome("netback", false, 2_061_000.0),
        ],
    }
}

/// A strategy whose losses are `scale` times those of the baseline.
pub(super) fn strategy(id: &str, name: &str, scale: f64, replications: u64) -> StrategyResult {
    let mut noise = Noise(2026);
    let count = replications.max(1) as usize;
    let mut losses: Vec<f64> = (0..count)
        .map(|_| scale * 1e6 * (3.1 + 0.85 * noise.normal()).exp().min(420.0))
        .collect();
    let running = convergence(&losses);
    losses.sort_by(f64::total_cmp);
    let points = (0..=160)
        .map(|step| {
            let level = losses[count - 1] * f64::from(step) / 160.0;
            let above = losses.iter().filter(|&&loss| loss > level).count() as f64;
            let probability = above / count as f64;
            let wide = 1.96 * ((above + 1.0).sqrt()) / count as f64;
            ExceedancePoint {
                level_bbl: level,
                probability,
                low: (probability - wide * 0.9).max(0.0),
                high: (probability + wide).min(1.0),
                epistemic: None,
            }
        })
        .collect();
    let mean = losses.iter().sum::<f64>() / count as f64;
    let mut undelivered = metric("bbl", mean, mean / (count as f64).sqrt());
    for level in ["0.5", "0.95", "0.99"] {
        let place = (level.parse::<f64>().expect("a number") * count as f64) as usize;
        undelivered
            .quantiles
            .insert(level.to_owned(), Some(losses[place.min(count - 1)]));
    }
    let lost = [0.71, 0.11, 0.03, -0.02, 0.06, -0.012, 0.001];
    let routes = ROUTES.iter().zip(lost).map(|(&(id, _, flow), share)| {
        let lost = share * mean;
        let mut metrics = one("lost", metric("bbl", lost, lost.abs() * 0.02 + 4e3));
        metrics.insert("exported".into(), metric("bbl", flow * 365.0 - lost, 9e4));
        (id.to_owned(), metrics)
    });
    let classes = [
        ("attack", 0.54),
        ("weather", 0.17),
        ("technical", 0.13),
        ("political", 0.08),
        ("maintenance", 0.05),
        ("after-effects", 0.03),
    ];
    let classes = classes.map(|(id, share)| {
        (
            id.to_owned(),
            one(
                "attributed",
                metric("bbl", share * mean, share * mean * 0.03),
            ),
        )
    });
    StrategyResult {
        id: id.to_owned(),
        name: name.to_owned(),
        applied: Vec::new(),
        metrics: one("undelivered", undelivered),
        fields: BTreeMap::new(),
        markets: BTreeMap::new(),
        links: BTreeMap::new(),
        hubs: BTreeMap::new(),
        routes: routes.collect(),
        jurisdictions: BTreeMap::new(),
        hazards: BTreeMap::new(),
        classes: BTreeMap::from(classes),
        regimes: BTreeMap::new(),
        money: None,
        transits: BTreeMap::new(),
        quotas: BTreeMap::new(),
        quota_months: Vec::new(),
        link_months: None,
        tanks: BTreeMap::new(),
        exceedance: Some(Exceedance {
            metric: "undelivered".to_owned(),
            points,
        }),
        fan: Some(fan(scale)),
        convergence: Some(running),
        monthly: Vec::new(),
        undisturbed: Undisturbed {
            routes_bpd: ROUTES
                .iter()
                .map(|&(id, _, flow)| (id.to_owned(), flow))
                .collect(),
            ..Undisturbed::default()
        },
        grades: None,
        retention: None,
        controls: None,
    }
}

fn convergence(losses: &[f64]) -> Convergence {
    let (mut sum, mut squares) = (0.0, 0.0);
    let mut points = Vec::new();
    let mut next = 1.0_f64;
    for (place, loss) in losses.iter().enumerate() {
        sum += loss;
        squares += loss * loss;
        let count = (place + 1) as f64;
        if count >= next || place + 1 == losses.len() {
            let mean = sum / count;
            let variance = (squares / count - mean * mean).max(0.0);
            points.push(ConvergencePoint {
                replications: place as u64 + 1,
                mean,
                std_error: (place > 0).then(|| (variance / (count - 1.0).max(1.0)).sqrt()),
            });
            next = (count * 1.12).max(count + 1.0);
        }
    }
    Convergence {
        metric: "undelivered".to_owned(),
        unit: "bbl".to_owned(),
        points,
        epistemic: None,
    }
}

fn fan(scale: f64) -> Fan {
    let mut noise = Noise(7);
    let plan = |day: usize| {
        if (220..250).contains(&day) {
            1_560_000.0
        } else {
            1_721_000.0
        }
    };
    let winter = |day: usize| 1.0 + 0.55 * (day as f64 / 365.0 * std::f64::consts::TAU).cos();
    let mut quantiles: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    let mut mean = Vec::new();
    for day in 0..365 {
        let dip = scale * winter(day) * (1.0 + 0.06 * noise.normal());
        for (level, loss) in [
            ("0.05", 560e3),
            ("0.25", 110e3),
            ("0.5", 22e3),
            ("0.75", 2e3),
            ("0.95", 0.0),
        ] {
            let value = plan(day) - 9_000.0 - loss * dip;
            quantiles.entry(level.to_owned()).or_default().push(value);
        }
        mean.push(plan(day) - 9_000.0 - 105e3 * dip);
    }
    Fan {
        bin_days: 1.0,
        plan_bpd: (0..365).map(plan).collect(),
        undisturbed_bpd: (0..365).map(|day| plan(day) - 9_000.0).collect(),
        mean_bpd: mean,
        quantiles_bpd: quantiles,
        doubt: None,
    }
}

pub(super) fn summary(strategies: Vec<StrategyResult>, replications: u64) -> Summary {
    Summary {
        format: FORMAT.to_owned(),
        version: "0.1.0".to_owned(),
        scenario: scenario(),
        seed: 2026,
        first_replication: 0,
        replications,
        stopped: "count".to_owned(),
        collect: Collect::All,
        rules: BTreeMap::new(),
        strategies,
        comparisons: Vec::new(),
        network: NetworkInfo {
            routes: ROUTES
                .iter()
                .map(|&(id, name, _)| RouteInfo {
                    id: id.to_owned(),
                    name: name.to_owned(),
                    gates: Vec::new(),
                    jurisdiction: Vec::new(),
                })
                .collect(),
            ..NetworkInfo::default()
        },
        warnings: Vec::new(),
        figures_in_doubt: 0,
        bound: None,
        strata: None,
        uncertainty: None,
    }
}

/// A year in which the largest route is closed for three weeks.
pub(super) fn stress() -> Stress {
    let closed = (40 * DAY, 61 * DAY);
    let capacities = [4_200_000, 1_300_000, 640_000];
    let initial = [1_900_000, 420_000, 510_000];
    let plan = 1_721_000;
    let base: Vec<i64> = ROUTES.iter().map(|route| route.2 as i64).collect();
    let cuts = [
        0,
        closed.0,
        43 * DAY,
        46 * DAY + DAY / 2,
        closed.1,
        65 * DAY,
        70 * DAY,
        365 * DAY,
    ];
    let mut epochs = Vec::new();
    let mut stocks = initial;
    for (place, pair) in cuts.windows(2).enumerate() {
        let mut routes = base.clone();
        let (mut storing, mut shut_in) = (0, 0);
        let mut fill = [0, 0, 0];
        match place {
            1..=3 => {
                routes[0] = 310_000;
                routes[2] += 60_000;
                routes[3] += 45_000;
                let missing = plan - routes.iter().sum::<i64>();
                fill = match place {
                    1 => [560_000, 240_000, 30_000],
                    2 => [176_000, 45_000, 11_000],
                    _ => [0, 0, 0],
                };
                storing = fill.iter().sum();
                shut_in = missing - storing;
            }
            4 | 5 => {
                routes[0] += if place == 4 { 150_000 } else { 90_000 };
                fill = if place == 4 {
                    [-110_000, -40_000, 0]
                } else {
                    [-60_000, -30_000, 0]
                };
                storing = fill.iter().sum();
            }
            _ => {}
        }
        for (stock, (flow, capacity)) in stocks.iter_mut().zip(fill.iter().zip(capacities)) {
            *stock = (*stock + flow * (pair[1] - pair[0]) / DAY).clamp(0, capacity);
        }
        epochs.push(CourseEpoch {
            start_seconds: pair[0],
            end_seconds: pair[1],
            cause: String::new(),
            planned_bpd: plan,
            delivered_bpd: routes.iter().sum(),
            undisturbed_bpd: plan,
            shut_in_bpd: shut_in,
            storing_bpd: storing,
            routes_bpd: routes,
            stocks_bbl: stocks.to_vec(),
            produced_bpd: vec![plan - shut_in],
        });
    }
    let names = ["Tengiz", "Atyrau", "Aktau seaport terminal"];
    Stress {
        format: "keruen-stress/1".to_owned(),
        version: "0.1.0".to_owned(),
        scenario: scenario(),
        strategies: Vec::new(),
        closures: vec![StressEvent {
            target: "link.novorossiysk_spm".to_owned(),
            name: "CPC marine terminal".to_owned(),
            start_seconds: closed.0,
            end_seconds: closed.1,
            left: 0.24,
        }],
        epochs,
        routes: ROUTES
            .iter()
            .map(|&(id, name, _)| CourseRoute {
                id: id.to_owned(),
                name: name.to_owned(),
            })
            .collect(),
        tanks: (0..3)
            .map(|place| CourseTank {
                id: format!("tank{place}"),
                name: names[place].to_owned(),
                capacity_bbl: capacities[place],
                initial_bbl: initial[place],
            })
            .collect(),
        fields: vec![CourseField {
            id: "tengiz".to_owned(),
            name: "Tengiz".to_owned(),
            planned_bbl: plan * 365,
            shut_in_bbl: 13_400_000,
        }],
        planned_bbl: plan * 365,
        delivered_bbl: plan * 365 - 14_800_000,
        undisturbed_delivered_bbl: plan * 365,
        shut_in_bbl: 13_400_000,
        damaged_bbl: 0,
        quota_cut_bbl: 0,
        field_outage_bbl: 0,
        stored_bbl: 1_400_000,
        lost_bbl: 14_800_000,
        time_to_recover_hours: Some(720.0),
        not_recovered: false,
        time_to_shut_in_hours: Some(31.0),
    }
}

/// The course of [`stress`] as the story of a replication, with many hazards.
pub(super) fn story() -> Story {
    let Stress {
        version,
        scenario,
        epochs,
        routes,
        tanks,
        fields,
        ..
    } = stress();
    let hazards = [
        ("storm", "Storm over Novorossiysk", 8_100_000),
        (
            "raid",
            "A raid with a name that nobody can want to read",
            6_400_000,
        ),
        ("wind", "Wind on the Caspian", 280_000),
        ("pump", "Pump failure", 0),
    ];
    let causes = hazards
        .iter()
        .map(|&(id, name, attributed_bbl)| StoryCause {
            hazard: id.to_owned(),
            name: name.to_owned(),
            class: "weather".to_owned(),
            events: 20,
            active_hours: 900.0,
            attributed_bbl,
        })
        .collect();
    let mut noise = Noise(7);
    let disruptions = (0..80)
        .map(|number| {
            let start_seconds = number * 4 * DAY;
            let long = (20.0 * noise.next().powi(4) * DAY as f64) as i64;
            StoryDisruption {
                hazard: hazards[number as usize % 4].0.to_owned(),
                target: "link.spm".to_owned(),
                target_name: "Moorings".to_owned(),
                start_seconds,
                end_seconds: (start_seconds + long).min(365 * DAY),
                left: (noise.next() * 1.4 - 0.4).max(0.0),
                is_first: true,
                attributed_bbl: 0,
            }
        })
        .collect();
    Story {
        format: "keruen-story/1".to_owned(),
        version,
        scenario,
        strategies: Vec::new(),
        seed: 2026,
        replication: 1_917,
        pick: StoryPick::Worst(StoryStanding {
            among: 10_000,
            rank: 1,
            equals: 1,
        }),
        planned_bbl: 1_721_000 * 365,
        delivered_bbl: 1_721_000 * 365 - 14_800_000,
        undelivered_bbl: 14_800_000,
        undisturbed_delivered_bbl: 1_721_000 * 365,
        lost_production_bbl: 14_800_000,
        undisturbed_shut_in_bbl: 0,
        damaged_bbl: 0,
        quota_cut_bbl: 0,
        field_outage_bbl: 0,
        shut_in_bbl: 14_800_000,
        stored_bbl: 0,
        time_to_recover_hours: Some(720.0),
        not_recovered: false,
        causes,
        regimes: Vec::new(),
        disruptions,
        bottlenecks: Vec::new(),
        tank_phases: Vec::new(),
        shut_ins: Vec::new(),
        shortfalls: Vec::new(),
        routes,
        tanks,
        fields,
        epochs,
    }
}
