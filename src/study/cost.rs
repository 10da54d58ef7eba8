//! What strategies cost a year.

use crate::metrics::{capital_recovery_factor, construction_interest_factor};
use crate::model::Strategy;

/// What a strategy costs a year, apart from tariffs, which come from what flows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Cost {
    /// Investment as stated, USD.
    pub capex_usd: f64,
    /// Interest on it until the strategy works, USD.
    pub construction_interest_usd: f64,
    /// Investment and its interest as equal payments over the lifetime, USD a year.
    pub capital_usd_per_year: f64,
    /// Running cost, USD a year.
    pub opex_usd_per_year: f64,
}

impl Cost {
    /// All of it, USD a year.
    #[must_use]
    pub fn annual_usd(&self) -> f64 {
        self.capital_usd_per_year + self.opex_usd_per_year
    }
}

/// What a strategy costs a year; `None` where no cost is stated, or an investment without a
/// lifetime. A strategy that states an investment of 0 costs nothing.
#[must_use]
pub fn cost(strategy: &Strategy) -> Option<Cost> {
    if strategy.capex_usd.is_none() && strategy.opex_usd.is_none() {
        return None;
    }
    cost_at(strategy, strategy.capex_usd.unwrap_or(0.0))
}

/// What a strategy costs a year if its investment is `capex_usd`.
#[must_use]
pub fn cost_at(strategy: &Strategy, capex_usd: f64) -> Option<Cost> {
    let rate = strategy.discount.unwrap_or(0.0);
    let grown = construction_interest_factor(rate, strategy.lead_time_years.unwrap_or(0.0))?;
    let capital_usd_per_year = if capex_usd == 0.0 {
        0.0
    } else {
        capex_usd * grown * capital_recovery_factor(rate, strategy.lifetime_years?)?
    };
    Some(Cost {
        capex_usd,
        construction_interest_usd: capex_usd * (grown - 1.0),
        capital_usd_per_year,
        opex_usd_per_year: strategy.opex_usd.unwrap_or(0.0),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strategy() -> Strategy {
        Strategy {
            id: "fleet".to_owned(),
            name: "Fleet".to_owned(),
            about: String::new(),
            capex_usd: Some(160e6),
            capex_low_usd: None,
            capex_high_usd: None,
            opex_usd: Some(9e6),
            lifetime_years: Some(20.0),
            discount: Some(0.1),
            lead_time_years: None,
            available: None,
        }
    }

    #[test]
    fn strategy_metrics_annual_cost() {
        let found = cost(&strategy()).unwrap().annual_usd();
        assert!((found - 27.793_539_963_61e6).abs() < 1e-3);
    }

    #[test]
    fn what_is_built_slowly_costs_interest() {
        let slow = Strategy {
            lead_time_years: Some(4.0),
            ..strategy()
        };
        let cost = cost(&slow).unwrap();
        assert!(cost.construction_interest_usd > 0.2 * 160e6);
        assert!(cost.annual_usd() > 30e6);
    }

    #[test]
    fn what_is_not_known_is_said() {
        let unknown = Strategy {
            capex_usd: None,
            opex_usd: None,
            ..strategy()
        };
        assert_eq!(cost(&unknown), None);
        let endless = Strategy {
            lifetime_years: None,
            ..strategy()
        };
        assert_eq!(cost(&endless), None);
        let free = Strategy {
            capex_usd: Some(0.0),
            ..endless
        };
        assert_eq!(cost(&free).unwrap().annual_usd(), 9e6);
    }
}
