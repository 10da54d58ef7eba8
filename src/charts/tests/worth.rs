//! Figures of sensitivities and curves.

use super::*;
use crate::results::{
    Curve, CurveLoss, CurvePoint, CurveSizes, Decision, DecisionAlternative, DecisionFigure,
    DecisionValue, FirmAnswer, FirmEquivalent, FirmPoint, IndexFigure, Indices, RankEstimate,
    ScenarioInfo, Screening, ScreeningFigure, Sensitivity, Tornado, TornadoFigure, TornadoLevel,
};

fn scenario() -> ScenarioInfo {
    ScenarioInfo {
        name: "World".to_owned(),
        about: String::new(),
        sha256: "0123456789ab".to_owned(),
        start: "2026-01-01".to_owned(),
        horizon_days: 365.0,
    }
}

fn of(mean: f64) -> RankEstimate {
    RankEstimate {
        mean,
        std_error: Some(mean / 8.0),
    }
}

/// Forty figures whose effects are multiples of `scale`.
fn sensitivity(scale: f64) -> Sensitivity {
    let path = |at: u32| format!("hazard.a-rather-long-name-{at}.duration.lognormal.mean");
    let level = |mean: f64| TornadoLevel {
        undelivered_bbl: of(mean),
        undelivered_cvar95_bbl: None,
        netback_usd: None,
    };
    let each = |at: u32| scale * 4e6 / f64::from(at + 1);
    let worth = |value: f64| DecisionValue {
        value: of(value),
        bound: value * 1.5,
    };
    Sensitivity {
        format: String::new(),
        version: "0".to_owned(),
        scenario: scenario(),
        strategies: Vec::new(),
        seed: 1,
        stopped: "count".to_owned(),
        figures: Vec::new(),
        tornado: Tornado {
            replications: 100,
            middle: level(scale * 30e6),
            figures: (0..40)
                .map(|at| TornadoFigure {
                    path: path(at),
                    low: level(-each(at)),
                    high: level(2.0 * each(at)),
                })
                .collect(),
            without_effect: Vec::new(),
        },
        screening: Some(Screening {
            trajectories: 20,
            levels: 4,
            futures: 32,
            figures: (0..40)
                .map(|at| ScreeningFigure {
                    path: path(at),
                    size_bbl: of(each(at)),
                    mean_bbl: of(each(at)),
                    std_dev_bbl: of(0.6 * each(at)),
                    noise_bbl: 0.0,
                    kept: at < 8,
                })
                .collect(),
            together: None,
            together_paths: Vec::new(),
        }),
        indices: Some(Indices {
            rows: 128,
            futures: 32,
            figures: (0..8)
                .map(|at| IndexFigure {
                    path: path(at),
                    first: of(scale * 0.3 / f64::from(at + 1)),
                    total: of(scale * 0.4 / f64::from(at + 1)),
                    noise: 0.01,
                })
                .collect(),
            ..Indices::default()
        }),
        decision: Some(Decision {
            unit: "USD/yr".to_owned(),
            usd_per_barrel: Some(40.0),
            draws: 400,
            futures: 16,
            alternatives: vec![DecisionAlternative {
                id: "as it is".to_owned(),
                undelivered_bbl: of(scale * 30e6),
                annual_cost_usd: Some(0.0),
                worse_than_best: of(0.0),
                best_in: 1.0,
            }],
            best: 0,
            all_figures: Some(worth(scale * 9e6)),
            figures: (0..20)
                .map(|at| DecisionFigure {
                    path: path(at),
                    worth: worth(each(at)),
                })
                .collect(),
        }),
        warnings: Vec::new(),
    }
}

#[test]
fn figures_of_any_sensitivity_are_drawn() {
    let usual = checked("sensitivity", sensitivity_figures(&sensitivity(1.0)));
    assert_eq!(
        stems(&usual),
        ["tornado", "screening", "sobol_indices", "information"]
    );
    for scale in [1e-9, 1e300, f64::NAN, f64::INFINITY] {
        checked("odd", sensitivity_figures(&sensitivity(scale)));
    }
    let nothing = Sensitivity {
        screening: None,
        indices: None,
        decision: None,
        ..sensitivity(0.0)
    };
    assert!(checked("nothing", sensitivity_figures(&nothing)).is_empty());
}

fn loss(mean: f64) -> CurveLoss {
    CurveLoss {
        mean_bbl: of(mean),
        cvar95_bbl: Some(of(3.0 * mean)),
        netback_usd: None,
    }
}

fn curve(scale: f64) -> Curve {
    let point = |at: u32| CurvePoint {
        value: format!("{at} kb/d"),
        size: f64::from(at),
        loss: loss(scale * f64::from(10 - at)),
        from_as_it_is: loss(scale * (3.0 - f64::from(at))),
        for_one_more: None,
    };
    let answer = |measure: &str| FirmAnswer {
        measure: measure.to_owned(),
        size_bpd: Some([3_000, 4_000]),
        chance_low_bpd: Some(2_000),
        chance_high_bpd: None,
    };
    let tried = |at: i64| FirmPoint {
        size_bpd: at * 1_000,
        mean_bbl: scale * (10 - at) as f64,
        mean_difference_bbl: of(scale * (4 - at) as f64),
        cvar95_bbl: None,
        cvar95_difference_bbl: None,
    };
    Curve {
        format: String::new(),
        version: "0".to_owned(),
        scenario: scenario(),
        strategies: Vec::new(),
        seed: 1,
        replications: 100,
        sizes: Some(CurveSizes {
            key: "link.a.capacity".to_owned(),
            unit: "kb/d".to_owned(),
            as_it_is: loss(scale * 7.0),
            points: (0..=6).map(point).collect(),
        }),
        firm: Some(FirmEquivalent {
            option: vec!["a-way".to_owned()],
            from: "oil".to_owned(),
            to: None,
            step_bpd: 1_000,
            most_bpd: 10_000,
            without: loss(scale * 10.0),
            with: loss(scale * 6.5),
            equivalents: vec![answer("mean"), answer("cvar95")],
            more_plan: Vec::new(),
            points: (0..=10).map(tried).collect(),
            plan_points: Vec::new(),
        }),
        warnings: Vec::new(),
    }
}

#[test]
fn figures_of_any_curve_are_drawn() {
    let usual = checked("curve", curve_figures(&curve(1e6)));
    assert_eq!(stems(&usual), ["curve", "firm_equivalent"]);
    for scale in [0.0, 1e-9, 1e300, f64::NAN, f64::NEG_INFINITY] {
        checked("odd", curve_figures(&curve(scale)));
    }
}
