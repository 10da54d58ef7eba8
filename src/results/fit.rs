//! What an event log says about a hazard.

use serde::{Deserialize, Serialize};

/// Estimates from one log.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Fit {
    /// `keruen-fit/1`.
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// Name of the log's file, without directories and suffix.
    pub log: String,
    /// SHA-256 of the log.
    pub sha256: String,
    /// Rows of the log.
    pub rows: u64,
    /// First instant of the window, UTC.
    pub from: String,
    /// First instant after the window, UTC.
    pub until: String,
    /// Length of the window, days.
    pub exposure_days: f64,
    /// Only events longer than this are counted, days.
    pub longer_than_days: Option<f64>,
    /// Id of the source that figures are to cite.
    pub source: Option<String>,
    /// Estimates: one for the whole log, or one for each target.
    pub groups: Vec<FitGroup>,
    /// What the reader must know of the window and of rows left out.
    pub warnings: Vec<String>,
}

/// Estimates for one process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FitGroup {
    /// A hazard's id made of the log's name or the target's.
    pub id: String,
    /// What it hit, sorted.
    pub targets: Vec<String>,
    /// How many events hit each target.
    pub hits: Vec<u64>,
    /// Events counted.
    pub events: u64,
    /// Rate, if it is constant.
    pub rate: RateFit,
    /// How long events last.
    pub durations: DurationFit,
    /// Shares of capacity left.
    pub left: LeftFit,
    /// Whether some months have more events than others.
    pub season: SeasonFit,
    /// The self-exciting form, if it was asked for and there are events enough to try.
    pub campaign: Option<CampaignFit>,
    /// Whether the form to paste is the self-exciting one.
    pub as_campaign: bool,
    /// What is unsure, and what to do about it.
    pub warnings: Vec<String>,
}

/// An estimate with its 95 % interval.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Bounded {
    /// The most likely value.
    pub value: f64,
    /// Lower end; absent if the data do not bound it.
    pub low: Option<f64>,
    /// Upper end; absent if the data do not bound it.
    pub high: Option<f64>,
}

/// A constant rate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RateFit {
    /// Events ÷ exposure, with the exact interval of Garwood, a year.
    pub per_year: Bounded,
    /// Shape of the posterior with Jeffreys' prior: events + ½.
    pub posterior_shape: f64,
    /// Mean of the posterior and its middle 95 %, a year.
    pub posterior_per_year: Bounded,
}

/// Laws of durations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DurationFit {
    /// Events whose whole duration is known.
    pub known: u64,
    /// Events that still lasted at the end of the window.
    pub censored: u64,
    /// Events of which only the beginning is known.
    pub unknown: u64,
    /// The one value that all known durations have, days; no law is fitted then.
    pub fixed_days: Option<f64>,
    /// The laws, best first.
    pub laws: Vec<LawFit>,
}

/// A law fitted to durations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LawFit {
    /// Its name in scenario files.
    pub law: String,
    /// Its parameters, as scenario files name them.
    pub parameters: Vec<Parameter>,
    /// Greatest log-likelihood, durations in days.
    pub log_likelihood: f64,
    /// Akaike's criterion: less is better.
    pub aic: f64,
    /// Greatest distance between the law and the product-limit estimate of the distribution.
    pub ks_distance: f64,
}

/// A parameter of a law.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Parameter {
    /// Its key in scenario files.
    pub name: String,
    /// `days`, or empty for a plain number.
    pub unit: String,
    /// Estimate.
    pub estimate: Bounded,
}

/// Shares of capacity left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeftFit {
    /// All known shares, sorted.
    pub values: Vec<f64>,
    /// Events of which the share is not known.
    pub unknown: u64,
    /// Their mean.
    pub mean: Option<f64>,
}

/// Events by calendar month.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeasonFit {
    /// Events, January first.
    pub events: Vec<u64>,
    /// Days of the window in each month.
    pub exposure_days: Vec<f64>,
    /// Probability of counts at least as uneven if all months were alike; absent if there are
    /// too few events to ask.
    pub p_value: Option<f64>,
    /// Weights of mean 1, drawn towards 1; absent if months may be alike.
    pub weights: Option<Vec<f64>>,
}

/// A self-exciting process.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CampaignFit {
    /// Rate of events that no other caused, a year.
    pub rate_per_year: Bounded,
    /// Mean number of events that one event causes.
    pub branching: Bounded,
    /// Half-life of the excitement, days; absent if the best branching is 0.
    pub memory_days: Option<Bounded>,
    /// Greatest log-likelihood, times in days.
    pub log_likelihood: f64,
    /// Log-likelihood of a constant rate.
    pub poisson_log_likelihood: f64,
    /// Twice their difference.
    pub likelihood_ratio: f64,
    /// Probability of such a ratio under a constant rate, from simulated logs.
    pub p_value: f64,
    /// How many logs were simulated for it.
    pub simulated: u64,
    /// Time between events as the process feels it; exponential with mean 1 if it is right.
    pub residuals: Vec<f64>,
    /// Greatest distance of the residuals from that law.
    pub ks_distance: f64,
    /// Probability of such a distance, as if nothing had been fitted.
    pub ks_p_value: f64,
    /// Whether branching or memory is left nearly open by the log.
    pub hardly_identified: bool,
}
