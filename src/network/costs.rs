//! What the allocation prefers, as one number per arc.
//!
//! The rules of allocation are strictly ordered: classes of delivery, then stock, then
//! nominations, then money, then a fixed tie-break. Each level is weighted so heavily that no sum
//! of lower levels over a cycle of the network can outweigh one unit of it; so the least-cost
//! flow is the lexicographic one.

use sha2::{Digest, Sha256};

use crate::model::Model;
use crate::units::MilliUsdPerBarrel;

use super::{ArcRole, FlowArc, Network};

/// The cost of each arc.
pub(super) struct Costs {
    /// Total by arc.
    pub(super) arc: Vec<i128>,
}

/// Which levels of preference count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Count {
    /// Those of the rules.
    Rules,
    /// And, below stock, as much oil as can be had into tanks while other oil comes out of them.
    Turnover,
    /// Stock and what stands above it.
    StockAndAbove,
}

impl Costs {
    pub(super) fn of(model: &Model, network: &Network) -> Self {
        Self::counting(model, network, Count::Rules)
    }

    pub(super) fn counting(model: &Model, network: &Network, count: Count) -> Self {
        let level = |worth: &dyn Fn(&FlowArc) -> i128| -> Vec<i128> {
            network.arcs.iter().map(worth).collect()
        };
        // From the least important to the most; what is wished for has a negative cost.
        let mut sum = Levels::over(network.arcs.len());
        if count != Count::StockAndAbove {
            sum.put(&level(&|arc| i128::from(arc.tie_weight(model))));
            sum.put(&level(&|arc| money(model, arc.role)));
            sum.put(&level(&|arc| -nomination(arc.role)));
        }
        if count == Count::Turnover {
            sum.put(&level(&|arc| -turnover(arc.role)));
        }
        let last = network
            .arcs
            .iter()
            .filter_map(|arc| class(model, arc.role))
            .max();
        let delivery = |arc: &FlowArc| match (class(model, arc.role), last) {
            (Some(class), Some(last)) => -(i128::from(last - class) + 1),
            _ => 0,
        };
        // What a tank keeps oil from stands below its stock, band by band.
        let bands = Bands::of(model, network);
        sum.put(&level(&|arc| -bands.stock(network, arc.role, 0)));
        for band in 1..=bands.reserves.len() {
            let waits = |arc: &FlowArc| bands.of_sale(model, arc.role) == Some(band);
            sum.put(&level(&|arc| if waits(arc) { delivery(arc) } else { 0 }));
            sum.put(&level(&|arc| -bands.stock(network, arc.role, band)));
        }
        let is_made = |arc: &FlowArc| bands.of_sale(model, arc.role).is_none();
        sum.put(&level(&|arc| if is_made(arc) { delivery(arc) } else { 0 }));
        Self { arc: sum.arc }
    }
}

/// Levels of cost put on top of each other, so that no sum of lower ones outweighs a unit.
struct Levels {
    arc: Vec<i128>,
    /// What a unit of the next level weighs.
    unit: i128,
}

impl Levels {
    fn over(arcs: usize) -> Self {
        Self {
            arc: vec![0; arcs],
            unit: 1,
        }
    }

    /// Puts a level on top of those there are.
    fn put(&mut self, level: &[i128]) {
        for (sum, value) in self.arc.iter_mut().zip(level) {
            *sum += self.unit * value;
        }
        self.unit *= level.iter().map(|value| value.abs()).sum::<i128>() + 1;
    }
}

/// 1 for the part of a link up to its nomination.
fn nomination(role: ArcRole) -> i128 {
    i128::from(matches!(
        role,
        ArcRole::Link {
            nominated: true,
            ..
        }
    ))
}

/// 1 for oil that goes into a tank.
fn turnover(role: ArcRole) -> i128 {
    i128::from(matches!(role, ArcRole::Fill(_)))
}

/// What a barrel more in store is worth: more in a tank further on.
fn stock(network: &Network, role: ArcRole) -> i128 {
    match role {
        ArcRole::Fill(tank) => i128::from(network.tanks[tank].rank),
        ArcRole::Draw(tank) => -i128::from(network.tanks[tank].rank),
        _ => 0,
    }
}

/// Prices for less than which tanks keep their oil.
struct Bands {
    /// Each once, from the lowest up; the band of the first is 1.
    reserves: Vec<MilliUsdPerBarrel>,
    /// Band of each tank; 0 for one that lets all go.
    tanks: Vec<usize>,
}

impl Bands {
    fn of(model: &Model, network: &Network) -> Self {
        let reserve = |hub: usize| model.hubs[hub].tank.as_ref()?.reserve_price;
        let hubs = || network.tanks.iter().map(|tank| tank.hub);
        let mut reserves: Vec<MilliUsdPerBarrel> = hubs().filter_map(reserve).collect();
        reserves.sort_unstable();
        reserves.dedup();
        let band = |hub| {
            let own = reserve(hub)?;
            Some(1 + reserves.partition_point(|&other| other < own))
        };
        let tanks = hubs().map(|hub| band(hub).unwrap_or(0)).collect();
        Self { reserves, tanks }
    }

    /// What a barrel more in a tank of `band` is worth.
    fn stock(&self, network: &Network, role: ArcRole, band: usize) -> i128 {
        match role {
            ArcRole::Fill(tank) | ArcRole::Draw(tank) if self.tanks[tank] == band => {
                stock(network, role)
            }
            _ => 0,
        }
    }

    /// The lowest band whose tanks keep their oil rather than sell it here. What is committed and
    /// what is served first is sold at any price.
    fn of_sale(&self, model: &Model, role: ArcRole) -> Option<usize> {
        let ArcRole::Sell { market, committed } = role else {
            return None;
        };
        let waits = !committed && class(model, role).is_some_and(|class| class > 1);
        let price = model.markets[market].price;
        let band = 1 + self.reserves.partition_point(|&reserve| reserve <= price);
        (waits && band <= self.reserves.len()).then_some(band)
    }
}

/// Tariff, or what the best-paying market pays more than this one. All prices may be shifted by
/// the same amount, because how much is delivered in each class is settled above money.
fn money(model: &Model, role: ArcRole) -> i128 {
    match role {
        ArcRole::Link { link, .. } => i128::from(model.links[link].tariff.0),
        ArcRole::Sell { market, .. } => {
            let best = model
                .markets
                .iter()
                .map(|market| market.price.0)
                .max()
                .unwrap_or(0);
            i128::from(best - model.markets[market].price.0)
        }
        _ => 0,
    }
}

/// The class in which a delivery is served: the market's own for what is committed (or for all of
/// it, without a commitment), otherwise 2 or its own if that is later.
pub(super) fn class(model: &Model, role: ArcRole) -> Option<u8> {
    let ArcRole::Sell { market, committed } = role else {
        return None;
    };
    let market = &model.markets[market];
    let own = committed || market.commitment.is_none();
    Some(if own {
        market.priority
    } else {
        market.priority.max(2)
    })
}

/// 1 + 24 bits of SHA-256 of a name.
pub(super) fn tie_weight(name: &str) -> i64 {
    let digest = Sha256::digest(name.as_bytes());
    1 + (i64::from(digest[0]) << 16 | i64::from(digest[1]) << 8 | i64::from(digest[2]))
}
