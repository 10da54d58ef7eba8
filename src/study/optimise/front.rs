//! What is left: how good each is, whether it is on the frontier, and what cannot be told from the best.

use crate::metrics::{
    conditional_value_at_risk, conditional_value_at_risk_difference, frontier, holm, paired,
    two_sided_p_value, weighted_mean, weighted_tail,
};
use crate::results::{NotToldApart, OnFrontier, OptimiseBest, Portfolio, RankEstimate};
use crate::sampling::Stream;

/// Resamples of the replications.
const RESAMPLES: u32 = 200;

/// Adjusted p-values above this do not tell two portfolios apart.
const SIGNIFICANT: f64 = 0.05;

/// Portfolios that met the same futures.
pub(super) struct Front<'s> {
    pub(super) annual_usd: Vec<f64>,
    /// What is not delivered, by portfolio and replication, bbl.
    pub(super) samples: &'s [&'s [i64]],
    pub(super) level: f64,
    /// Horizons in a year.
    pub(super) per_year: f64,
    pub(super) value_usd_per_bbl: Option<f64>,
    pub(super) seed: u64,
}

impl Front<'_> {
    /// What each loses, and whether it is on the frontiers.
    pub(super) fn portfolios(&self, base: usize) -> Vec<Portfolio> {
        let means: Vec<f64> = self.samples.iter().map(|sample| mean(sample)).collect();
        let tails: Vec<Option<RankEstimate>> = self
            .samples
            .iter()
            .map(|sample| tail(sample, self.level))
            .collect();
        let tail_values: Vec<f64> = (tails.iter())
            .map(|tail| tail.map_or(f64::NAN, |tail| tail.mean))
            .collect();
        let on_mean = frontier(&self.annual_usd, &means);
        let on_tail = frontier(&self.annual_usd, &tail_values);
        let (mean_shares, tail_shares) = self.resampled();
        (0..self.samples.len())
            .map(|at| {
                let avoided = difference(self.samples[base], self.samples[at]);
                let tail_avoided =
                    tail_difference(self.samples[base], self.samples[at], self.level);
                let is_same = |&other: &usize| self.samples[other] == self.samples[at];
                Portfolio {
                    strategies: Vec::new(),
                    annual_usd: self.annual_usd[at],
                    capex_usd: 0.0,
                    mean: RankEstimate {
                        mean: means[at],
                        std_error: mean_error(self.samples[at]),
                    }
                    .scaled(self.per_year),
                    tail: tails[at].map(|tail| tail.scaled(self.per_year)),
                    mean_avoided: avoided.scaled(self.per_year),
                    tail_avoided: tail_avoided.map(|tail| tail.scaled(self.per_year)),
                    net_usd: self.value_usd_per_bbl.map(|value| {
                        let worth = avoided.scaled(self.per_year * value);
                        RankEstimate {
                            mean: worth.mean - self.annual_usd[at],
                            ..worth
                        }
                    }),
                    mean_frontier: OnFrontier {
                        is_on: on_mean[at],
                        probability: mean_shares[at],
                    },
                    tail_frontier: OnFrontier {
                        is_on: on_tail[at],
                        probability: tail_shares[at],
                    },
                    same_as: (0..at).find(is_same),
                    futures: 0,
                }
            })
            .collect()
    }

    /// How often each is on the frontier of cost and mean, and of cost and tail, when replications are
    /// drawn again with return: the same ones for all portfolios.
    fn resampled(&self) -> (Vec<f64>, Vec<f64>) {
        let count = self.samples.first().map_or(0, |sample| sample.len());
        let portfolios = self.samples.len();
        let downward: Vec<Vec<u32>> = (self.samples.iter())
            .map(|sample| {
                let mut order: Vec<u32> = (0..count as u32).collect();
                order.sort_by_key(|&at| std::cmp::Reverse(sample[at as usize]));
                // The tail of a resample hardly ever reaches further.
                order.truncate(((count as f64 * (1.0 - self.level) * 3.0) as usize).max(64));
                order
            })
            .collect();
        let stream = Stream::new(self.seed, 0, "optimise", "resamples");
        let (mut on_mean, mut on_tail) = (vec![0_u32; portfolios], vec![0_u32; portfolios]);
        let mut weights = vec![0_u32; count];
        for resample in 0..RESAMPLES {
            weights.fill(0);
            for pair in 0..count.div_ceil(2) {
                let drawn = stream.pair(u64::from(resample), 0, pair as u32);
                let both = [drawn.0, drawn.1];
                for share in &both[..2.min(count - 2 * pair)] {
                    weights[((share * count as f64) as usize).min(count - 1)] += 1;
                }
            }
            let means: Vec<f64> = (self.samples.iter())
                .map(|sample| weighted_mean(sample, &weights).unwrap_or(f64::NAN))
                .collect();
            let tails: Vec<f64> = (self.samples.iter().zip(&downward))
                .map(|(sample, downward)| {
                    weighted_tail(sample, downward, &weights, self.level).unwrap_or(f64::NAN)
                })
                .collect();
            for (losses, on) in [(&means, &mut on_mean), (&tails, &mut on_tail)] {
                let is_on = frontier(&self.annual_usd, losses);
                for (on, is_on) in on.iter_mut().zip(is_on) {
                    *on += u32::from(is_on);
                }
            }
        }
        let shares = |on: Vec<u32>| -> Vec<f64> {
            on.iter()
                .map(|&on| f64::from(on) / f64::from(RESAMPLES))
                .collect()
        };
        (shares(on_mean), shares(on_tail))
    }

    /// The best of those within the budget by each goal, and those that cannot be told from it.
    pub(super) fn best(&self, within: &[usize], portfolios: &[Portfolio]) -> Vec<OptimiseBest> {
        let mut found = Vec::new();
        let mean = |at: usize| Some(portfolios[at].mean.mean);
        let worse = |at: usize, best: usize| {
            Some(difference(self.samples[at], self.samples[best]).scaled(self.per_year))
        };
        found.extend(self.best_by("mean", within, &mean, &worse));
        let tail = |at: usize| portfolios[at].tail.map(|tail| tail.mean);
        let worse = |at: usize, best: usize| {
            let found = tail_difference(self.samples[at], self.samples[best], self.level)?;
            Some(found.scaled(self.per_year))
        };
        found.extend(self.best_by("tail", within, &tail, &worse));
        if let Some(value) = self.value_usd_per_bbl {
            let net = |at: usize| portfolios[at].net_usd.map(|net| -net.mean);
            let worse = |at: usize, best: usize| {
                let lost = difference(self.samples[at], self.samples[best]);
                let lost = lost.scaled(self.per_year * value);
                let more = self.annual_usd[at] - self.annual_usd[best];
                Some(RankEstimate {
                    mean: lost.mean + more,
                    ..lost
                })
            };
            found.extend(self.best_by("net", within, &net, &worse));
        }
        found
    }

    /// The one with the least `of`; of those that are the same, the cheapest.
    fn best_by(
        &self,
        by: &str,
        within: &[usize],
        of: &dyn Fn(usize) -> Option<f64>,
        worse: &dyn Fn(usize, usize) -> Option<RankEstimate>,
    ) -> Option<OptimiseBest> {
        let known: Vec<(usize, f64)> = (within.iter())
            .filter_map(|&at| Some((at, of(at)?)))
            .collect();
        let &(best, _) = known.iter().min_by(|one, other| {
            let by_cost = || self.annual_usd[one.0].total_cmp(&self.annual_usd[other.0]);
            one.1.total_cmp(&other.1).then_with(by_cost)
        })?;
        let others: Vec<(usize, RankEstimate)> = (known.iter())
            .filter(|&&(at, _)| at != best)
            .filter_map(|&(at, _)| Some((at, worse(at, best)?)))
            .collect();
        let count = self.samples[best].len() as f64;
        let degrees = match by {
            "tail" => count * (1.0 - self.level),
            _ => count,
        };
        let values: Vec<f64> = (others.iter())
            .map(|(_, worse)| {
                let error = worse.std_error.unwrap_or(f64::INFINITY);
                two_sided_p_value(worse.mean, error, (degrees - 1.0).max(1.0))
            })
            .collect();
        let mut not_told_apart: Vec<NotToldApart> = (others.iter().zip(holm(&values)))
            .filter(|&(_, p_value)| p_value > SIGNIFICANT)
            .map(|(&(portfolio, worse), p_value)| NotToldApart {
                portfolio,
                worse,
                p_value,
            })
            .collect();
        not_told_apart.sort_by(|one, other| one.worse.mean.total_cmp(&other.worse.mean));
        Some(OptimiseBest {
            by: by.to_owned(),
            portfolio: best,
            told_apart: others.len() - not_told_apart.len(),
            not_told_apart,
        })
    }
}

pub(super) fn mean(sample: &[i64]) -> f64 {
    let sum: i128 = sample.iter().map(|&value| i128::from(value)).sum();
    sum as f64 / sample.len().max(1) as f64
}

pub(super) fn mean_error(sample: &[i64]) -> Option<f64> {
    let nothing = vec![0; sample.len()];
    paired(sample, &nothing).map(|paired| paired.std_error)
}

pub(super) fn tail(sample: &[i64], level: f64) -> Option<RankEstimate> {
    let mut sorted = sample.to_vec();
    sorted.sort_unstable();
    let tail = conditional_value_at_risk(&sorted, level)?;
    Some(RankEstimate {
        mean: tail.value,
        std_error: tail.std_error,
    })
}

/// What the first loses more, paired.
pub(super) fn difference(first: &[i64], second: &[i64]) -> RankEstimate {
    paired(first, second).map_or_else(RankEstimate::default, |paired| RankEstimate {
        mean: paired.mean_difference,
        std_error: Some(paired.std_error),
    })
}

pub(super) fn tail_difference(first: &[i64], second: &[i64], level: f64) -> Option<RankEstimate> {
    let found = conditional_value_at_risk_difference(first, second, level)?;
    Some(RankEstimate {
        mean: found.value,
        std_error: Some(found.std_error),
    })
}
