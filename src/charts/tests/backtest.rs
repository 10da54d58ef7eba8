//! Figures of back-tests.

use super::*;

/// A back-test of one episode and one forecast; `error` moves both from what was observed.
fn backtest(error: f64) -> crate::results::Backtest {
    use crate::results::{
        Backtest, BacktestEpisode, BacktestForecast, BacktestRow, BacktestVariant,
    };
    let row = BacktestRow {
        name: "exports lost".to_owned(),
        metric: "loss".to_owned(),
        of: vec!["exports".to_owned()],
        from: "2025-11-29".to_owned(),
        until: "2026-01-28".to_owned(),
        unit: "Mt".to_owned(),
        observed: 3.8,
        observed_low: None,
        observed_high: None,
        undisturbed: 12.0,
        modelled: 3.8 + error,
        band_low: Some(3.0),
        band_high: Some(4.1),
        relative_error: Some(error / 3.8),
        allowed: 0.76,
        is_within: error.abs() < 0.76,
        sources: Vec::new(),
        note: String::new(),
    };
    let episode = BacktestEpisode {
        id: "b6".to_owned(),
        name: "One mooring".to_owned(),
        about: String::new(),
        start: "2025-11-01".to_owned(),
        days: 130.0,
        doubts: Vec::new(),
        is_within: row.is_within,
        rows: vec![row],
    };
    let forecast = BacktestForecast {
        id: "december".to_owned(),
        name: "CPC, December".to_owned(),
        metric: "level".to_owned(),
        of: vec!["route.cpc".to_owned()],
        from: "2025-12-01".to_owned(),
        until: "2026-01-01".to_owned(),
        unit: "Mt".to_owned(),
        observed: 4.5 + error,
        observed_low: None,
        observed_high: None,
        plan: 6.0,
        mean: 5.6,
        quantiles: [4.3, 5.5, 5.8, 5.9, 6.1],
        crps: 1.0,
        fair_crps: Some(1.0),
        pit: 0.06,
        pit_low: 0.06,
        pit_high: 0.06,
        crps_plan: 1.5,
        crps_persistence: None,
        crps_climatology: None,
        sources: Vec::new(),
        note: String::new(),
    };
    let variant = BacktestVariant {
        id: "early".to_owned(),
        name: "What could be known".to_owned(),
        about: String::new(),
        in_sample: false,
        start: "2025-01-01".to_owned(),
        doubts: Vec::new(),
        replications: 2_000,
        forecasts: vec![forecast],
        score: None,
    };
    Backtest {
        format: "keruen-backtest/1".to_owned(),
        version: "0.1.0".to_owned(),
        name: "Back-test".to_owned(),
        about: String::new(),
        base: "Kazakhstan 2026".to_owned(),
        sha256: "5d3c9a71".repeat(8),
        seed: 7,
        within: 0.2,
        replays: 100,
        episodes: vec![episode],
        variants: vec![variant],
        warnings: Vec::new(),
    }
}

#[test]
fn a_back_test_shows_errors_and_forecasts() {
    let figures = checked("backtest", backtest_figures(&backtest(0.1)));
    assert_eq!(stems(&figures), STEMS[7..9]);
    assert!(
        figures[0].1.svg().contains("in one of 1\u{a0}episode"),
        "{}",
        figures[0].1.svg()
    );
    assert!(figures[1].1.svg().contains(">CPC, December<"));
    for error in [f64::NAN, f64::INFINITY, -1e300, 1e300] {
        checked("backtest_wild", backtest_figures(&backtest(error)));
    }
    let mut nothing = backtest(0.0);
    nothing.episodes[0].rows[0].observed = 0.0;
    nothing.episodes[0].rows[0].allowed = 0.0;
    nothing.variants[0].forecasts[0].plan = 0.0;
    checked("backtest_nothing", backtest_figures(&nothing));
    nothing.episodes.clear();
    nothing.variants.clear();
    assert!(checked("backtest_none", backtest_figures(&nothing)).is_empty());
}
