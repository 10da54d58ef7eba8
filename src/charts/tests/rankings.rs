//! Figures of rankings: ordinary, odd and empty ones.

use super::super::{importance_figures, recovery_figures, shapley_figures};
use super::{checked, stems};
use crate::results::{
    Exposure, Importance, ImportanceMeasures, ImportanceRow, RankEstimate, RecoveryRow,
    ScenarioInfo, Shapley, ShapleyPlayer, ShapleyShare, ShapleyTotal, TimesToRecover,
};

const ODD: [f64; 6] = [5e6, 3e5, 0.0, -2e5, f64::NAN, f64::INFINITY];

fn of(mean: f64) -> RankEstimate {
    RankEstimate {
        mean,
        std_error: Some(mean / 10.0),
    }
}

fn scenario() -> ScenarioInfo {
    ScenarioInfo {
        name: "World".to_owned(),
        about: String::new(),
        sha256: String::new(),
        start: "2026-01-01".to_owned(),
        horizon_days: 365.0,
    }
}

fn importance(rows: Vec<ImportanceRow>) -> Importance {
    Importance {
        format: String::new(),
        version: "0".to_owned(),
        scenario: scenario(),
        strategies: Vec::new(),
        by: String::new(),
        seed: 1,
        replications: 2,
        configurations: 3,
        level: 0.95,
        undelivered_bbl: of(1.0),
        conditional_value_at_risk_bbl: None,
        hazards: rows,
        elements: Vec::new(),
        warnings: Vec::new(),
    }
}

fn row(at: usize, value: f64) -> ImportanceRow {
    let measures = ImportanceMeasures {
        perfect_bbl: of(value),
        down_bbl: of(value),
        saved_bbl: of(value),
        birnbaum_bbl: of(value),
        criticality: None,
        fussell_vesely: Some(of(value)),
        risk_achievement_worth: (at > 1).then(|| of(value)),
        risk_reduction_worth: None,
    };
    ImportanceRow {
        id: format!("hazard-with-a-long-name-{at}"),
        name: String::new(),
        kind: "hazard".to_owned(),
        class: None,
        unavailability: of(value),
        down_left: None,
        mean: measures,
        conditional_value_at_risk: (at > 0).then_some(measures),
    }
}

#[test]
fn importances_of_any_size_are_drawn() {
    let odd = (0..30).map(|at| row(at, ODD[at % 6])).collect();
    let figures = checked("importance", importance_figures(&importance(odd)));
    assert_eq!(stems(&figures), ["importance_hazards"]);
    assert!(figures[0].1.svg().contains("13 more are in importance.csv"));
    assert!(checked("none", importance_figures(&importance(Vec::new()))).is_empty());
}

#[test]
fn shares_of_any_size_are_drawn() {
    let player = |at: usize| {
        let share = ShapleyShare {
            bbl: of(ODD[at % 6]),
            share: (at > 0).then(|| of(0.3)),
            leave_one_out_bbl: of(ODD[(at + 1) % 6]),
            alone_bbl: of(1.0),
        };
        ShapleyPlayer {
            id: format!("player-{at}"),
            name: String::new(),
            mean: share,
            conditional_value_at_risk: None,
        }
    };
    let of_players = |players: Vec<ShapleyPlayer>| Shapley {
        format: String::new(),
        version: "0".to_owned(),
        scenario: scenario(),
        strategies: Vec::new(),
        by: String::new(),
        among: "hazards".to_owned(),
        seed: 1,
        replications: 2,
        coalitions: 4,
        orders: None,
        mean: ShapleyTotal::default(),
        level: 0.95,
        conditional_value_at_risk: None,
        players,
        warnings: Vec::new(),
    };
    let figures = checked(
        "shapley",
        shapley_figures(&of_players((0..40).map(player).collect())),
    );
    assert_eq!(stems(&figures), ["shapley"]);
    assert!(checked("none", shapley_figures(&of_players(Vec::new()))).is_empty());
}

#[test]
fn times_of_any_length_are_drawn() {
    let row = |at: usize| {
        let days = ODD[at % 6];
        let exposure = Exposure {
            time_to_survive_days: at.is_multiple_of(2).then_some(days),
            gap_days: Some(of(days)),
            outlasted: at.is_multiple_of(3).then(|| of(0.5)),
        };
        RecoveryRow {
            id: format!("link.l{at}"),
            name: "A line".to_owned(),
            hazard: "storm".to_owned(),
            left: (!at.is_multiple_of(4)).then_some(0.5),
            outages: 3,
            cut_short: 0,
            time_to_recover_days: Some(of(days + 1.0)),
            time_to_recover_p95_days: Some(days),
            deliveries: exposure,
            production: exposure,
        }
    };
    let of_rows = |rows: Vec<RecoveryRow>| TimesToRecover {
        format: String::new(),
        version: "0".to_owned(),
        scenario: scenario(),
        strategies: Vec::new(),
        by: String::new(),
        seed: 1,
        replications: 2,
        rows,
        warnings: Vec::new(),
    };
    let figures = checked(
        "recovery",
        recovery_figures(&of_rows((0..60).map(row).collect())),
    );
    assert_eq!(stems(&figures), ["recovery"]);
    assert!(checked("none", recovery_figures(&of_rows(Vec::new()))).is_empty());
}
