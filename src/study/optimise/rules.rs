//! Which strategies may be applied together.

use crate::model::Strategy;
use crate::study::{Cost, cost};

/// The most strategies of which all selections are gone through.
pub const MOST_OPTIONS: usize = 20;

/// Rules of portfolios. Strategies are told by their places.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Lists of which a portfolio has one at most.
    pub exclusive: Vec<Vec<usize>>,
    /// Lists of which the first needs all others.
    pub requires: Vec<Vec<usize>>,
    /// Strategies in a portfolio at most.
    pub at_most: Option<usize>,
    /// What they may cost together to build, USD.
    pub capex_budget_usd: Option<f64>,
    /// What may be spent on building within a year, USD.
    pub capex_usd_per_year: Option<f64>,
}

/// What a strategy costs, as far as rules ask.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Price {
    /// What it costs a year, USD.
    pub annual_usd: f64,
    /// Investment, USD.
    pub capex_usd: f64,
    /// What is spent on building in the first year if it is spent evenly over the lead time, USD.
    pub capex_usd_per_year: f64,
}

impl Price {
    /// What a strategy costs; `None` where it does not say.
    #[must_use]
    pub fn of(strategy: &Strategy) -> Option<(Self, Cost)> {
        let cost = cost(strategy)?;
        let price = Self {
            annual_usd: cost.annual_usd(),
            capex_usd: cost.capex_usd,
            capex_usd_per_year: cost.capex_usd / strategy.lead_time_years.unwrap_or(0.0).max(1.0),
        };
        Some((price, cost))
    }
}

impl Rules {
    /// All portfolios that keep the rules, as bits: the strategy at place n is in it if bit n is
    /// set. The empty one is the first.
    ///
    /// # Panics
    /// With more than [`MOST_OPTIONS`] strategies.
    #[must_use]
    pub fn portfolios(&self, prices: &[Price]) -> Vec<u32> {
        assert!(prices.len() <= MOST_OPTIONS, "the caller has counted them");
        let bits = |list: &Vec<usize>| list.iter().fold(0_u32, |bits, &at| bits | 1 << at);
        let exclusive: Vec<u32> = self.exclusive.iter().map(bits).collect();
        let requires: Vec<(u32, u32)> = (self.requires.iter())
            .filter_map(|list| Some((1 << list.first()?, bits(list))))
            .collect();
        let within = |portfolio: u32, most: Option<f64>, of: &dyn Fn(&Price) -> f64| {
            // What is exactly the limit may be a rounding error above it.
            most.is_none_or(|most| sum(portfolio, prices, of) <= most * (1.0 + 1e-12))
        };
        (0..1_u32 << prices.len())
            .filter(|portfolio| {
                let count = portfolio.count_ones() as usize;
                self.at_most.is_none_or(|most| count <= most)
                    && exclusive
                        .iter()
                        .all(|list| (portfolio & list).count_ones() <= 1)
                    && (requires.iter())
                        .all(|&(first, all)| portfolio & first == 0 || portfolio & all == all)
            })
            .filter(|&portfolio| {
                within(portfolio, self.capex_budget_usd, &|price| price.capex_usd)
                    && within(portfolio, self.capex_usd_per_year, &|price| {
                        price.capex_usd_per_year
                    })
            })
            .collect()
    }
}

/// What a portfolio's strategies have together.
pub(super) fn sum(portfolio: u32, prices: &[Price], of: &dyn Fn(&Price) -> f64) -> f64 {
    // The sum of nothing is 0, without a sign.
    members(portfolio)
        .map(|at| of(&prices[at]))
        .fold(0.0, |sum, own| sum + own)
}

/// The places of a portfolio's strategies.
pub(super) fn members(portfolio: u32) -> impl Iterator<Item = usize> {
    (0..u32::BITS as usize).filter(move |&at| portfolio >> at & 1 == 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prices(count: usize) -> Vec<Price> {
        let price = |at: usize| Price {
            annual_usd: at as f64,
            capex_usd: 10.0 * at as f64,
            capex_usd_per_year: 5.0,
        };
        (0..count).map(price).collect()
    }

    #[test]
    fn rules_leave_out_what_breaks_them() {
        let count = |rules: &Rules| rules.portfolios(&prices(4)).len();
        assert_eq!(count(&Rules::default()), 16);
        let exclusive = vec![vec![0, 1, 2]];
        assert_eq!(
            count(&Rules {
                exclusive,
                ..Rules::default()
            }),
            8
        );
        let requires = vec![vec![3, 0, 1]];
        assert_eq!(
            count(&Rules {
                requires,
                ..Rules::default()
            }),
            8 + 2
        );
        let at_most = Some(1);
        assert_eq!(
            count(&Rules {
                at_most,
                ..Rules::default()
            }),
            5
        );
        let capex_budget_usd = Some(30.0);
        // 0 costs nothing, 1 and 2 cost 30 together, as 3 does alone.
        assert_eq!(
            count(&Rules {
                capex_budget_usd,
                ..Rules::default()
            }),
            10
        );
        let capex_usd_per_year = Some(10.0);
        assert_eq!(
            count(&Rules {
                capex_usd_per_year,
                ..Rules::default()
            }),
            11
        );
    }
}
