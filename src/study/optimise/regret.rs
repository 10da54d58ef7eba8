//! Portfolios under what has no probability: every combination of the axes' cases.

use std::ops::Range;

use crate::metrics::{hurwicz, largest, largest_regrets, satisficing_shares, worst_payoffs};
use crate::results::{OptimiseAxis, OptimiseRegret, Portfolio, RankEstimate, RegretTable};
use crate::scenario::Axis;

use super::front::{difference, mean, mean_error, tail, tail_difference};
use super::play::{Job, Player};
use super::{OptimiseError, OptimiseSettings};

/// What is held against the axes.
pub(super) struct Asked<'a> {
    pub(super) axes: &'a [Axis],
    /// Portfolios that are left, as bits.
    pub(super) masks: &'a [u32],
    pub(super) portfolios: &'a [Portfolio],
    /// Those that are held against the axes, by place: within the budget, and perhaps on a frontier.
    pub(super) within: &'a [usize],
    /// Horizons in a year.
    pub(super) per_year: f64,
    pub(super) range: Range<u64>,
    pub(super) settings: &'a OptimiseSettings,
}

/// Losses by combination of cases and portfolio within the budget: a sample each, bbl.
pub(super) type Played = Vec<Vec<Vec<i64>>>;

/// How a goal is measured over combinations.
struct Measure<'m> {
    by: &'static str,
    /// 1 where more is better, −1 where less is.
    sign: f64,
    value: &'m dyn Fn(usize, usize) -> Option<RankEstimate>,
    /// How much worse the second place is than the third, in a combination.
    worse: &'m dyn Fn(usize, usize, usize) -> Option<RankEstimate>,
}

impl Asked<'_> {
    /// Combinations of cases: the place of one in each axis.
    pub(super) fn combinations(&self) -> Vec<Vec<usize>> {
        let mut all: Vec<Vec<usize>> = vec![Vec::new()];
        for axis in self.axes {
            let longer = |before: Vec<usize>| {
                (0..axis.cases.len()).map(move |case| {
                    let mut with = before.clone();
                    with.push(case);
                    with
                })
            };
            all = all.into_iter().flat_map(longer).collect();
        }
        all
    }

    /// Plays all portfolios within the budget under all combinations.
    pub(super) fn play(&self, player: &mut Player<'_>) -> Result<Option<Played>, OptimiseError> {
        let combinations = self.combinations();
        let each = self.range.end - self.range.start;
        player.total = player.done + each * (combinations.len() * self.within.len()) as u64;
        let mut starts = vec![0];
        for axis in self.axes {
            starts.push(starts.last().unwrap_or(&0) + axis.cases.len());
        }
        let mut found = Vec::new();
        for combination in &combinations {
            let cases: Vec<usize> = (combination.iter().zip(&starts))
                .map(|(case, start)| start + case)
                .collect();
            let jobs: Vec<Job> = (self.within.iter())
                .map(|&at| Job {
                    portfolio: self.masks[at],
                    cases: cases.clone(),
                })
                .collect();
            player.what = format!("futures: {} portfolios under each case", jobs.len());
            let Some(samples) = player.play(&jobs, &self.range)? else {
                return Ok(None);
            };
            found.push(samples);
        }
        Ok(Some(found))
    }

    /// The tables of regret.
    ///
    /// - `base`: place of the portfolio without a strategy, among those that are left.
    pub(super) fn regret(&self, played: &Played, base: usize) -> OptimiseRegret {
        let (settings, per_year) = (self.settings, self.per_year);
        let base = self.within.iter().position(|&at| at == base).unwrap_or(0);
        let mut tables = Vec::new();
        let value = |option: usize, state: usize| {
            let sample = &played[state][option];
            let found = RankEstimate {
                mean: mean(sample),
                std_error: mean_error(sample),
            };
            Some(found.scaled(per_year))
        };
        let worse = |state: usize, option: usize, best: usize| {
            let samples = &played[state];
            Some(difference(&samples[option], &samples[best]).scaled(per_year))
        };
        tables.extend(self.table(&Measure {
            by: "mean",
            sign: -1.0,
            value: &value,
            worse: &worse,
        }));
        let value = |option: usize, state: usize| {
            Some(tail(&played[state][option], settings.level)?.scaled(per_year))
        };
        let worse = |state: usize, option: usize, best: usize| {
            let samples = &played[state];
            let found = tail_difference(&samples[option], &samples[best], settings.level)?;
            Some(found.scaled(per_year))
        };
        tables.extend(self.table(&Measure {
            by: "tail",
            sign: -1.0,
            value: &value,
            worse: &worse,
        }));
        if let Some(usd) = settings.value_usd_per_bbl {
            let cost = |option: usize| self.portfolios[self.within[option]].annual_usd;
            let value = |option: usize, state: usize| {
                let samples = &played[state];
                let worth = difference(&samples[base], &samples[option]).scaled(per_year * usd);
                Some(RankEstimate {
                    mean: worth.mean - cost(option),
                    ..worth
                })
            };
            let worse = |state: usize, option: usize, best: usize| {
                let samples = &played[state];
                let lost = difference(&samples[option], &samples[best]).scaled(per_year * usd);
                Some(RankEstimate {
                    mean: lost.mean + cost(option) - cost(best),
                    ..lost
                })
            };
            tables.extend(self.table(&Measure {
                by: "net",
                sign: 1.0,
                value: &value,
                worse: &worse,
            }));
        }
        let ids = |combination: Vec<usize>| -> Vec<String> {
            let pairs = combination.iter().zip(self.axes);
            pairs
                .map(|(&case, axis)| axis.cases[case].id.clone())
                .collect()
        };
        OptimiseRegret {
            axes: (self.axes.iter())
                .map(|axis| OptimiseAxis {
                    id: axis.id.clone(),
                    name: axis.name.clone(),
                    about: axis.about.clone(),
                    cases: (axis.cases.iter())
                        .map(|case| [case.id.clone(), case.name.clone()])
                        .collect(),
                })
                .collect(),
            combinations: self.combinations().into_iter().map(ids).collect(),
            portfolios: self.within.to_vec(),
            replications: self.range.end - self.range.start,
            optimism: settings.optimism,
            enough: settings.enough,
            tables,
        }
    }

    /// One goal over all combinations; `None` where it is not defined.
    fn table(&self, measure: &Measure<'_>) -> Option<RegretTable> {
        let states = self.combinations().len();
        let values: Vec<Vec<RankEstimate>> = (0..self.within.len())
            .map(|option| {
                (0..states)
                    .map(|state| (measure.value)(option, state))
                    .collect()
            })
            .collect::<Option<_>>()?;
        let payoffs: Vec<Vec<f64>> = (values.iter())
            .map(|row| row.iter().map(|value| measure.sign * value.mean).collect())
            .collect();
        let best: Vec<usize> = (0..states)
            .map(|state| {
                let column: Vec<f64> = payoffs.iter().map(|row| row[state]).collect();
                largest(&column).unwrap_or(0)
            })
            .collect();
        let regrets: Vec<Vec<RankEstimate>> = (0..self.within.len())
            .map(|option| {
                let of = |state: usize| (measure.worse)(state, option, best[state]);
                (0..states).map(of).collect()
            })
            .collect::<Option<_>>()?;
        let largest_regret = largest_regrets(&payoffs);
        let least: Vec<f64> = largest_regret.iter().map(|regret| -regret).collect();
        let worst = worst_payoffs(&payoffs);
        let weighed = hurwicz(&payoffs, self.settings.optimism);
        let enough = (self.settings.enough).filter(|_| measure.by == "mean");
        let at = |place: Option<usize>| self.within[place.unwrap_or(0)];
        let signed = |values: &[f64]| values.iter().map(|value| measure.sign * value).collect();
        Some(RegretTable {
            by: measure.by.to_owned(),
            minimax_regret: at(largest(&least)),
            maximin: at(largest(&worst)),
            hurwicz_best: at(largest(&weighed)),
            values,
            regrets,
            largest_regret,
            worst: signed(&worst),
            hurwicz: signed(&weighed),
            enough_share: enough.map(|most| satisficing_shares(&payoffs, -most)),
        })
    }
}
