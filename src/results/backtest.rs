//! The result of a back-test: what a model says of times that are on record.

use serde::{Deserialize, Serialize};

/// Episodes replayed and forecasts scored.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Backtest {
    /// `keruen-backtest/1`.
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// Name of the back-test.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// Name of the base scenario.
    pub base: String,
    /// SHA-256 of the back-test's file and of all scenarios in it, in hexadecimal digits.
    pub sha256: String,
    /// Seed of all random numbers.
    pub seed: u64,
    /// The share of what was observed by which a model may miss it.
    pub within: f64,
    /// Replays behind each band.
    pub replays: u64,
    /// Recorded disruptions.
    pub episodes: Vec<BacktestEpisode>,
    /// Calibrations and their forecasts.
    pub variants: Vec<BacktestVariant>,
    /// What the reader must know.
    pub warnings: Vec<String>,
}

/// A recorded disruption, replayed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BacktestEpisode {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What happened.
    pub about: String,
    /// First day that is played.
    pub start: String,
    /// Days played.
    pub days: f64,
    /// What is in doubt, by key.
    pub doubts: Vec<String>,
    /// What was observed and what the model says; the first row decides.
    pub rows: Vec<BacktestRow>,
    /// Whether the row that decides is within what is allowed.
    pub is_within: bool,
}

/// A quantity observed and modelled, in its unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BacktestRow {
    /// Name.
    pub name: String,
    /// `level`, `loss`, `gain` or `fall`.
    pub metric: String,
    /// Of which flows.
    pub of: Vec<String>,
    /// Beginning of the time looked at.
    pub from: String,
    /// Its end.
    pub until: String,
    /// Unit; empty for a share.
    pub unit: String,
    /// What was observed.
    pub observed: f64,
    /// Low end of what was observed.
    pub observed_low: Option<f64>,
    /// High end.
    pub observed_high: Option<f64>,
    /// The flow with nothing closed; a share of it is 1.
    pub undisturbed: f64,
    /// What the model says with every doubt at its value.
    pub modelled: f64,
    /// 5 % quantile over replays; `None` if nothing is in doubt.
    pub band_low: Option<f64>,
    /// 95 % quantile over replays.
    pub band_high: Option<f64>,
    /// (modelled − observed) / observed; `None` if nothing was observed.
    pub relative_error: Option<f64>,
    /// By how much it may be missed.
    pub allowed: f64,
    /// Whether it is missed by no more.
    pub is_within: bool,
    /// Ids of sources.
    pub sources: Vec<String>,
    /// Remark.
    pub note: String,
}

/// A calibration and how well it forecasts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BacktestVariant {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is calibrated on.
    pub about: String,
    /// Whether it has seen what it forecasts, so that its scores prove nothing.
    pub in_sample: bool,
    /// First day of the forecast.
    pub start: String,
    /// What is in doubt, by key.
    pub doubts: Vec<String>,
    /// Replications done.
    pub replications: u64,
    /// A row for each forecast.
    pub forecasts: Vec<BacktestForecast>,
    /// Scores over all forecasts; `None` without any.
    pub score: Option<BacktestScore>,
}

/// A forecast and what came, in its unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BacktestForecast {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// `level`, `loss`, `gain` or `fall`.
    pub metric: String,
    /// Of which flows.
    pub of: Vec<String>,
    /// Beginning of the time looked at.
    pub from: String,
    /// Its end.
    pub until: String,
    /// Unit; empty for a share.
    pub unit: String,
    /// What came.
    pub observed: f64,
    /// Low end of what came.
    pub observed_low: Option<f64>,
    /// High end.
    pub observed_high: Option<f64>,
    /// What came if nothing goes wrong: the plan alone.
    pub plan: f64,
    /// Mean of the forecast.
    pub mean: f64,
    /// Quantiles of the forecast at 5, 25, 50, 75 and 95 %.
    pub quantiles: [f64; 5],
    /// Continuous ranked probability score.
    pub crps: f64,
    /// The same, fair to a small sample.
    pub fair_crps: Option<f64>,
    /// Probability integral transform, drawn evenly between the next two.
    pub pit: f64,
    /// Share of the forecast below what came.
    pub pit_low: f64,
    /// Share of it below or at what came.
    pub pit_high: f64,
    /// Score of the plan alone.
    pub crps_plan: f64,
    /// Score of the last value known before.
    pub crps_persistence: Option<f64>,
    /// Score of all values known before.
    pub crps_climatology: Option<f64>,
    /// Ids of sources.
    pub sources: Vec<String>,
    /// Remark.
    pub note: String,
}

/// Scores of several forecasts, each in shares of what came.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BacktestScore {
    /// Mean of the scores.
    pub crps: f64,
    /// How much better than the plan alone: 1 is perfect, 0 no better.
    pub skill_over_plan: Option<f64>,
    /// How much better than the last value known before.
    pub skill_over_persistence: Option<f64>,
    /// How much better than all values known before.
    pub skill_over_climatology: Option<f64>,
    /// Distance of the probability integral transforms from the uniform law.
    pub pit_distance: f64,
    /// Whether that is more than chance explains in 95 of 100 cases.
    pub pit_is_far: bool,
    /// How many of what came lie between the 5 and the 95 % quantile.
    pub inside_90: u64,
}
