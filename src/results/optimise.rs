//! Which portfolio of strategies is best under a budget.

use serde::{Deserialize, Serialize};

use super::{RankEstimate, ScenarioInfo};

/// Portfolios of strategies, weighed by what they cost and what is lost with them.
///
/// Losses are what is not delivered, bbl a year. Portfolios are named by their place in `portfolios`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Optimise {
    /// `keruen-optimise/1`.
    pub format: String,
    /// Version of the program.
    pub version: String,
    /// The base scenario.
    pub scenario: ScenarioInfo,
    /// Name of the study; empty without one.
    pub study: String,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Level of the tail: 0.95 for the mean of the worst twentieth.
    pub level: f64,
    /// What portfolios are made of.
    pub options: Vec<OptimiseOption>,
    /// Rules of portfolios.
    pub rules: OptimiseRules,
    /// What a portfolio may cost a year, USD; `None` if there is no budget.
    pub budget_usd: Option<f64>,
    /// What a barrel that is delivered is worth, USD/bbl; `None` if it was not said.
    pub value_usd_per_bbl: Option<f64>,
    /// How the many became few.
    pub screening: OptimiseScreening,
    /// Replications of each portfolio that is left; none of them was used for screening.
    pub replications: u64,
    /// What is left, the cheapest first. The base without a strategy is among them.
    pub portfolios: Vec<Portfolio>,
    /// The best under the budget, by each goal.
    pub best: Vec<OptimiseBest>,
    /// Each portfolio under each combination of cases; `None` without axes.
    pub regret: Option<OptimiseRegret>,
    /// Building now or later; empty unless asked for.
    pub timing: Vec<OptimiseTiming>,
    /// What the reader must know.
    pub warnings: Vec<String>,
}

/// A strategy that portfolios may have.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptimiseOption {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// All cost, USD a year.
    pub annual_usd: f64,
    /// Investment, USD.
    pub capex_usd: f64,
    /// Interest on it until the strategy works, USD.
    pub construction_interest_usd: f64,
    /// Investment and interest as equal payments, USD a year.
    pub capital_usd_per_year: f64,
    /// Running cost, USD a year.
    pub opex_usd_per_year: f64,
    /// Time until it works, years.
    pub lead_time_years: Option<f64>,
}

/// Rules of portfolios; strategies by id.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OptimiseRules {
    /// Lists of which a portfolio has one at most.
    pub exclusive: Vec<Vec<String>>,
    /// Lists of which the first needs all others.
    pub requires: Vec<Vec<String>>,
    /// Strategies in a portfolio at most.
    pub at_most: Option<usize>,
    /// What they may cost together to build, USD.
    pub capex_budget_usd: Option<f64>,
    /// What may be spent on building within a year, USD.
    pub capex_usd_per_year: Option<f64>,
    /// Pairs that give one key different values.
    pub overlaps: Vec<OptimiseOverlap>,
    /// What becomes of those: `exclusive` or `later`.
    pub overlaps_are: String,
}

/// Two strategies that give one key different values.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptimiseOverlap {
    /// Their ids.
    pub strategies: [String; 2],
    /// The keys.
    pub keys: Vec<String>,
}

/// How the many became few.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OptimiseScreening {
    /// Selections of strategies there are.
    pub selections: u64,
    /// Those that keep the rules.
    pub portfolios: u64,
    /// By which goals: `mean`, `tail`.
    pub goals: Vec<String>,
    /// Difference of means that does not matter, bbl a year; `None` if means were no goal.
    pub indifference_mean: Option<f64>,
    /// Difference of tails that does not matter, bbl a year.
    pub indifference_tail: Option<f64>,
    /// How often at most one that matters was given up.
    pub alpha: f64,
    /// After how many futures how many were left.
    pub stages: Vec<OptimiseStage>,
    /// Futures played, of all portfolios.
    pub futures: u64,
    /// What became of those that were left in the other futures: after how many of these how many were
    /// left.
    #[serde(default)]
    pub again: Vec<OptimiseStage>,
    /// What was given up, and for what.
    pub given_up: Vec<GivenUp>,
}

/// A stage of screening.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptimiseStage {
    /// Futures of each portfolio so far.
    pub futures: u64,
    /// Portfolios left.
    pub portfolios: u64,
}

/// A portfolio that was given up for another that costs no more.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GivenUp {
    /// Its strategies.
    pub strategies: Vec<String>,
    /// What it costs, USD a year.
    pub annual_usd: f64,
    /// Futures it was played in.
    pub futures: u64,
    /// Mean loss in those, or in those after screening if it was given up there, bbl a year.
    pub mean: f64,
    /// The strategies of the other.
    pub given_up_for: Vec<String>,
}

/// A portfolio that is left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Portfolio {
    /// Ids of its strategies.
    pub strategies: Vec<String>,
    /// All cost, USD a year.
    pub annual_usd: f64,
    /// Investment, USD.
    pub capex_usd: f64,
    /// Mean loss, bbl a year.
    pub mean: RankEstimate,
    /// Mean of the worst twentieth (or as `level` says), bbl a year; `None` with too few replications.
    pub tail: Option<RankEstimate>,
    /// What the base loses more: mean, paired.
    pub mean_avoided: RankEstimate,
    /// What the base loses more: tail, paired.
    pub tail_avoided: Option<RankEstimate>,
    /// Loss avoided at its value less cost, USD a year; `None` without a value.
    pub net_usd: Option<RankEstimate>,
    /// On the frontier of cost and mean, and how likely with other replications.
    pub mean_frontier: OnFrontier,
    /// On the frontier of cost and tail.
    pub tail_frontier: OnFrontier,
    /// The first portfolio with which the same is lost in every replication.
    pub same_as: Option<usize>,
    /// Futures it was played in, those of screening too.
    pub futures: u64,
}

impl Portfolio {
    /// Mean loss, with the error of its difference from the base, which met the same futures; of the
    /// base its own.
    #[must_use]
    pub fn paired_mean(&self) -> RankEstimate {
        self.paired(self.mean, Some(self.mean_avoided))
    }

    /// Tail of losses, likewise.
    #[must_use]
    pub fn paired_tail(&self) -> Option<RankEstimate> {
        Some(self.paired(self.tail?, self.tail_avoided))
    }

    fn paired(&self, loss: RankEstimate, avoided: Option<RankEstimate>) -> RankEstimate {
        let is_base = self.strategies.is_empty();
        let paired = avoided
            .filter(|_| !is_base)
            .and_then(|avoided| avoided.std_error);
        RankEstimate {
            mean: loss.mean,
            std_error: paired.or(loss.std_error),
        }
    }
}

/// Whether a portfolio is on a frontier.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct OnFrontier {
    /// No other costs no more and loses no more, and is better in one of both.
    pub is_on: bool,
    /// Share of resamples of the replications in which it is on it.
    pub probability: f64,
}

impl OnFrontier {
    /// Whether it is on the frontier, or on it in a twentieth of the resamples.
    #[must_use]
    pub fn is_likely(self) -> bool {
        self.is_on || self.probability >= 0.05
    }
}

/// The best under the budget, by one goal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptimiseBest {
    /// `mean`, `tail` or `net`.
    pub by: String,
    /// The portfolio.
    pub portfolio: usize,
    /// How many of those within the budget are told from it.
    pub told_apart: usize,
    /// Those within the budget that cannot be told from it, the nearest first.
    pub not_told_apart: Vec<NotToldApart>,
}

/// A portfolio that cannot be told from the best.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct NotToldApart {
    /// The portfolio.
    pub portfolio: usize,
    /// How much worse it is, paired: bbl a year, or USD a year by `net`.
    pub worse: RankEstimate,
    /// Probability of a difference at least as large by chance alone, adjusted after Holm.
    pub p_value: f64,
}

/// Portfolios under combinations of cases that have no probabilities.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptimiseRegret {
    /// The axes.
    pub axes: Vec<OptimiseAxis>,
    /// Combinations: the id of a case of each axis.
    pub combinations: Vec<Vec<String>>,
    /// Portfolios that are compared: regret hangs on which they are.
    pub portfolios: Vec<usize>,
    /// Replications of each under each combination.
    pub replications: u64,
    /// Weight of the best case after Hurwicz.
    pub optimism: f64,
    /// Loss that is still acceptable, bbl a year.
    pub enough: Option<f64>,
    /// Results by goal.
    pub tables: Vec<RegretTable>,
}

/// An axis.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptimiseAxis {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What is not known.
    pub about: String,
    /// Ids and names of the cases.
    pub cases: Vec<[String; 2]>,
}

/// Regret by one goal; rows as in `portfolios`, columns as in `combinations`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RegretTable {
    /// `mean` and `tail`: bbl a year, less is better; `net`: USD a year, more is better.
    pub by: String,
    /// What each has.
    pub values: Vec<Vec<RankEstimate>>,
    /// How much worse than the best of that combination, paired.
    pub regrets: Vec<Vec<RankEstimate>>,
    /// The largest regret of each.
    pub largest_regret: Vec<f64>,
    /// What each has in its worst combination.
    pub worst: Vec<f64>,
    /// Hurwicz's weighted sum of best and worst.
    pub hurwicz: Vec<f64>,
    /// Share of combinations in which it is good enough; `None` if nothing was said.
    pub enough_share: Option<Vec<f64>>,
    /// The portfolio with the least largest regret.
    pub minimax_regret: usize,
    /// The portfolio whose worst is best.
    pub maximin: usize,
    /// The portfolio best after Hurwicz.
    pub hurwicz_best: usize,
}

/// Building a portfolio now, after a while when it is known which case holds, or never.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct OptimiseTiming {
    /// The portfolio.
    pub portfolio: usize,
    /// Time until it is known, years.
    pub wait_years: f64,
    /// Discount rate a year.
    pub discount: f64,
    /// Years over which its cost and benefit are counted.
    pub lifetime_years: f64,
    /// Time until all its strategies work, years.
    pub lead_time_years: f64,
    /// Net value of building now, by combination of cases, USD.
    pub now_usd: Vec<RankEstimate>,
    /// Value today of waiting, by combination, USD.
    pub wait_usd: Vec<f64>,
    /// What is best for which probability, for pairs of combinations.
    pub between: Vec<TimingBetween>,
}

/// What is best between two combinations of cases, as the probability of the second grows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimingBetween {
    /// The two combinations, by place.
    pub combinations: [usize; 2],
    /// `now`, `wait` or `never`, from which probability of the second combination on.
    pub best: Vec<TimingStep>,
}

/// What is best from a probability on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TimingStep {
    /// Probability of the second combination.
    pub from: f64,
    /// `now`, `wait` or `never`.
    pub choice: String,
}
