//! What the allocation prefers, as one number per arc.
//!
//! The rules of allocation are strictly ordered: classes of delivery, then stock, then
//! classes of fields, then nominations, then money, then a fixed tie-break. Where netback is
//! maximised, the order is what is committed by class, then money, then volume, stock, classes of
//! fields and nominations. Each level is weighted so heavily that no sum
//! of lower levels over a cycle of the network can outweigh one unit of it; so the least-cost
//! flow is the lexicographic one.

use sha2::{Digest, Sha256};

use crate::model::{Model, Objective, Sharing};
use crate::units::MilliUsdPerBarrel;

use super::netback::{is_committed, real_money};
use super::{ArcRole, FlowArc, Network};

/// The cost of each arc.
pub(super) struct Costs {
    /// Total by arc.
    pub(super) arc: Vec<i128>,
    /// What all levels below the classes of fields can sum to over a cycle is less than this, and
    /// twice this is less than a unit of theirs, where cuts are shared otherwise than by cost.
    pub(super) settled: i128,
    /// The levels that it is the sum of, the least important first.
    pub(super) levels: Vec<Level>,
    /// How many of them rank below the sharing of cuts.
    pub(super) below_sharing: usize,
}

/// What one level of preference says of each arc.
#[derive(Clone, Debug)]
pub(super) struct Level {
    pub(super) arc: Vec<i128>,
    pub(super) kind: Kind,
}

/// How the numbers of a level are to be read where several commodities flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// As what a unit of flow costs.
    Sum,
    /// As an order: all that has the largest number is settled before what has a smaller one.
    Ranks,
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

    /// With another tie-break.
    pub(super) fn with_tie(
        model: &Model,
        network: &Network,
        count: Count,
        tie: &dyn Fn(&FlowArc) -> i128,
    ) -> Self {
        Self::built(model, network, count, tie)
    }

    pub(super) fn counting(model: &Model, network: &Network, count: Count) -> Self {
        let tie = |arc: &FlowArc| i128::from(arc.tie_weight(model));
        Self::built(model, network, count, &tie)
    }

    fn built(
        model: &Model,
        network: &Network,
        count: Count,
        tie: &dyn Fn(&FlowArc) -> i128,
    ) -> Self {
        let level = |worth: &dyn Fn(&FlowArc) -> i128| -> Vec<i128> {
            network.arcs.iter().map(worth).collect()
        };
        let pays = model.allocation.objective == Objective::Netback;
        // From the least important to the most; what is wished for has a negative cost.
        let mut sum = Levels::over(network);
        if count != Count::StockAndAbove {
            sum.put(&level(&tie));
            if !pays {
                sum.put(&level(&|arc| money(model, network, arc.role)));
            }
            sum.put(&level(&|arc| -nomination(arc.role)));
        }
        if model.allocation.sharing != Sharing::Cost {
            // Twice as far apart, so that a reduced cost tells what it has of the levels above.
            sum.unit *= 2;
        }
        let settled = sum.unit / 2;
        let below_sharing = sum.each.len();
        if count != Count::StockAndAbove {
            sum.put_as(Kind::Ranks, &level(&|arc| -claim(model, arc.role)));
        }
        if count == Count::Turnover {
            sum.put(&level(&|arc| -turnover(arc.role)));
        }
        // Where it is for money to decide, only what is committed has a class.
        let class = |arc: &FlowArc| {
            let counts = !pays || is_committed(arc.role);
            delivery_class(model, arc.role).filter(|_| counts)
        };
        let last = network.arcs.iter().filter_map(class).max();
        let delivery = |arc: &FlowArc| match (class(arc), last) {
            (Some(class), Some(last)) => -(i128::from(last - class) + 1),
            _ => 0,
        };
        // What a tank keeps oil from stands below its stock, band by band.
        let bands = Bands::of(model, network);
        sum.put(&level(&|arc| -bands.stock(network, arc.role, 0)));
        if pays {
            sum.put(&level(&|arc| -i128::from(is_sale(arc.role))));
            sum.put(&real_money(model, network));
        }
        for band in 1..=bands.reserves.len() {
            let waits = |arc: &FlowArc| bands.of_sale(model, arc.role) == Some(band);
            let waiting = level(&|arc| if waits(arc) { delivery(arc) } else { 0 });
            sum.put_as(Kind::Ranks, &waiting);
            sum.put(&level(&|arc| -bands.stock(network, arc.role, band)));
        }
        let is_made = |arc: &FlowArc| bands.of_sale(model, arc.role).is_none();
        let made = level(&|arc| if is_made(arc) { delivery(arc) } else { 0 });
        sum.put_as(Kind::Ranks, &made);
        Self {
            arc: sum.arc,
            settled,
            levels: sum.each,
            below_sharing,
        }
    }
}

/// Levels of cost put on top of each other, so that no sum of lower ones outweighs a unit.
struct Levels<'n> {
    network: &'n Network,
    arc: Vec<i128>,
    /// What a unit of the next level weighs.
    unit: i128,
    each: Vec<Level>,
}

impl<'n> Levels<'n> {
    fn over(network: &'n Network) -> Self {
        Self {
            network,
            arc: vec![0; network.arcs.len()],
            unit: 1,
            each: Vec::new(),
        }
    }

    /// Puts a level on top of those there are.
    fn put(&mut self, level: &[i128]) {
        self.put_as(Kind::Sum, level);
    }

    /// The same of a level that is to be read in another way where several commodities flow.
    fn put_as(&mut self, kind: Kind, level: &[i128]) {
        self.each.push(Level {
            arc: level.to_vec(),
            kind,
        });
        // Only how the numbers compare counts, and small ones are quicker.
        let common = level
            .iter()
            .fold(0, |common, &value| divisor(common, value))
            .max(1);
        for (sum, value) in self.arc.iter_mut().zip(level) {
            *sum += self.unit * (value / common);
        }
        let arcs = self.network.arcs.iter().zip(level);
        let arcs = arcs.map(|(arc, &value)| ([arc.tail, arc.head], value / common));
        self.unit *= most_round(self.network.nodes, arcs) + 1;
    }
}

/// The greatest common divisor.
fn divisor(one: i128, other: i128) -> i128 {
    let (mut one, mut other) = (one.abs(), other.abs());
    while other != 0 {
        (one, other) = (other, one % other);
    }
    one
}

/// The most that numbers of arcs can sum to, either way, along a circle through the network and
/// what is outside of it, or more: it leaves each node at most once.
pub(super) fn most_round(
    nodes: usize,
    arcs: impl Iterator<Item = ([Option<usize>; 2], i128)>,
) -> i128 {
    let mut most = vec![0; nodes + 1];
    for (ends, value) in arcs {
        for end in ends {
            let node = end.unwrap_or(nodes);
            most[node] = value.abs().max(most[node]);
        }
    }
    most.iter().sum()
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

/// More for a field whose oil is cut later.
fn claim(model: &Model, role: ArcRole) -> i128 {
    let ArcRole::Source(field) = role else {
        return 0;
    };
    let last = model.fields.iter().map(|field| field.priority).max();
    last.map_or(0, |last| i128::from(last - model.fields[field].priority))
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
    /// The most that each market pays.
    prices: Vec<MilliUsdPerBarrel>,
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
        let markets = 0..model.markets.len();
        Self {
            reserves,
            tanks,
            prices: markets
                .map(|market| network.best_price(model, market))
                .collect(),
        }
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
        let waits = !committed && delivery_class(model, role).is_some_and(|class| class > 1);
        let price = self.prices[market];
        let band = 1 + self.reserves.partition_point(|&reserve| reserve <= price);
        (waits && band <= self.reserves.len()).then_some(band)
    }
}

/// Tariff, or what the best-paying market pays more than this one. All prices may be shifted by
/// the same amount, because how much is delivered in each class is settled above money.
fn is_sale(role: ArcRole) -> bool {
    matches!(role, ArcRole::Sell { .. })
}

/// What moving a barrel costs, or what the best-paying market pays more than this one, or what
/// the best grade earns more than this. All prices may be shifted by the same amount, because how
/// much is delivered in each class is settled above money.
fn money(model: &Model, network: &Network, role: ArcRole) -> i128 {
    match role {
        ArcRole::Source(field) => {
            let best = model.fields.iter().map(|field| field.quality.0).max();
            i128::from(best.unwrap_or(0) - model.fields[field].quality.0)
        }
        ArcRole::Link { link, .. } => i128::from(model.links[link].cost().0),
        ArcRole::Sell { market, .. } => {
            let best = model
                .markets
                .iter()
                .map(|market| market.price.0)
                .max()
                .unwrap_or(0);
            i128::from(best - model.markets[market].price.0)
        }
        ArcRole::Grade(lot) => -i128::from(network.lots[lot].premium.0),
        _ => 0,
    }
}

/// The class in which a delivery is served: the market's own for what is committed (or for all of
/// it, without a commitment), otherwise 2 or its own if that is later.
#[must_use]
pub fn delivery_class(model: &Model, role: ArcRole) -> Option<u8> {
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
