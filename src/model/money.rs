//! What is counted in money beside prices and costs.

use crate::units::{Fraction, MilliUsdPerBarrel};

/// What is counted in money; none of it changes what flows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Money {
    /// What the state takes; `None` if the scenario declares no rule.
    pub take: Option<StateTake>,
    /// By how many per cent export prices rise for each per cent of the undisturbed exports that
    /// does not arrive, from 0 to 100.
    pub price_response: f64,
    /// What deferral costs; `None` if the scenario does not say.
    pub deferral: Option<Deferral>,
}

/// A simple rule of what the state takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StateTake {
    /// Share of revenue.
    pub royalty: Fraction,
    /// On each barrel exported.
    pub export_duty: MilliUsdPerBarrel,
    /// Share of netback less lifting cost, where that is above 0.
    pub profit_tax: Fraction,
}

/// Barrels not produced are sold later.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Deferral {
    /// Discount rate a year.
    pub discount: Fraction,
    /// Growth of prices a year.
    pub growth: Fraction,
    /// How many years later.
    pub years: f64,
}
