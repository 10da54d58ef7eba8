//! What the allocation prefers, as one number per arc.
//!
//! The rules of allocation are strictly ordered: classes of delivery, then stock, then
//! nominations, then money, then a fixed tie-break. Each level is weighted so heavily that no sum
//! of lower levels over a cycle of the network can outweigh one unit of it; so the least-cost
//! flow is the lexicographic one.

use sha2::{Digest, Sha256};

use crate::model::Model;

use super::{ArcRole, FlowArc, Network};

/// The cost of each arc.
pub(super) struct Costs {
    /// Total by arc.
    pub(super) arc: Vec<i128>,
    /// The levels that it is the sum of, the least important first.
    pub(super) levels: Vec<Level>,
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
    /// As money; what markets pay may go by grade.
    Money,
}

impl Costs {
    pub(super) fn of(model: &Model, network: &Network) -> Self {
        Self::with_tie(model, network, &|arc| i128::from(arc.tie_weight(model)))
    }

    /// The same rules with another tie-break.
    pub(super) fn with_tie(
        model: &Model,
        network: &Network,
        tie: &dyn Fn(&FlowArc) -> i128,
    ) -> Self {
        let level = |worth: &dyn Fn(&FlowArc) -> i128| -> Vec<i128> {
            network.arcs.iter().map(worth).collect()
        };
        // From the least important to the most; what is wished for has a negative cost.
        let mut sum = Levels::over(network.arcs.len());
        sum.put(&level(&tie));
        sum.put_as(Kind::Money, &level(&|arc| money(model, arc.role)));
        sum.put(&level(&|arc| -nomination(arc.role)));
        sum.put(&level(&|arc| -stock(network, arc.role)));
        let last = network
            .arcs
            .iter()
            .filter_map(|arc| class(model, arc.role))
            .max();
        let classes = level(&|arc| match (class(model, arc.role), last) {
            (Some(class), Some(last)) => -(i128::from(last - class) + 1),
            _ => 0,
        });
        sum.put_as(Kind::Ranks, &classes);
        Self {
            arc: sum.arc,
            levels: sum.each,
        }
    }
}

/// Levels of cost put on top of each other, so that no sum of lower ones outweighs a unit.
struct Levels {
    arc: Vec<i128>,
    /// What a unit of the next level weighs.
    unit: i128,
    each: Vec<Level>,
}

impl Levels {
    fn over(arcs: usize) -> Self {
        Self {
            arc: vec![0; arcs],
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

/// What a barrel more in store is worth: more in a tank further on.
fn stock(network: &Network, role: ArcRole) -> i128 {
    match role {
        ArcRole::Fill(tank) => i128::from(network.tanks[tank].rank),
        ArcRole::Draw(tank) => -i128::from(network.tanks[tank].rank),
        _ => 0,
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
fn class(model: &Model, role: ArcRole) -> Option<u8> {
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
