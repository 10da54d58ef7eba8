//! What a barrel earns on its way, where netback is maximised.
//!
//! Prices and qualities count in full and not against each other, so that a way on which nothing is
//! earned stays idle. Oil in store has earned nothing yet; what it has cost to get there is lent to
//! it when it goes in and taken back when it comes out, so that storing decides nothing by itself.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::model::Model;

use super::{ArcRole, Network};

/// Whether an arc is the part of a market under commitment.
pub(super) fn is_committed(role: ArcRole) -> bool {
    matches!(
        role,
        ArcRole::Sell {
            committed: true,
            ..
        }
    )
}

/// The cost of each arc in thousandths of a dollar: what moving a barrel costs, less what the
/// market pays and what its grade earns on top.
pub(super) fn real_money(model: &Model, network: &Network) -> Vec<i128> {
    let lent = lent(model, network);
    let cost = |arc: usize| match network.arcs[arc].role {
        ArcRole::Fill(tank) => -i128::from(lent[tank]),
        ArcRole::Draw(tank) => i128::from(lent[tank]),
        _ => -i128::from(network.worth(model, arc).0),
    };
    (0..network.arcs.len()).map(cost).collect()
}

/// What is lent to a barrel in each tank: what the dearest of the fields that reach the tank pays
/// for its cheapest way there, so that no field's oil is shut in where it could be stored. It is
/// more where a field pays yet more to get further than from there, so that oil is not carried
/// from tank to tank for what would be lent to it; and never more than the best market can pay for
/// it, so that oil in store is sold as soon as it can get there.
fn lent(model: &Model, network: &Network) -> Vec<i64> {
    let mut onward: Vec<Vec<(usize, i64)>> = vec![Vec::new(); network.nodes];
    for arc in &network.arcs {
        if let (Some(tail), Some(head)) = (arc.tail, arc.head) {
            let cost = match arc.role {
                ArcRole::Link { link, .. } => model.links[link].cost().0,
                _ => 0,
            };
            onward[tail].push((head, cost));
        }
    }
    let fields = model.fields.len();
    let first_market = fields + model.hubs.len();
    let places: Vec<usize> = network.tanks.iter().map(|tank| fields + tank.hub).collect();
    let mut dearest: Vec<Option<i64>> = vec![None; places.len()];
    if places.is_empty() {
        return Vec::new();
    }
    for (field, spec) in model.fields.iter().enumerate() {
        let costs = least_costs(&onward, field);
        for (dearest, &place) in dearest.iter_mut().zip(&places) {
            let cost = costs[place].map(|cost| cost - spec.quality.0);
            *dearest = (*dearest).max(cost);
        }
    }
    places
        .iter()
        .map(|&place| {
            let costs = least_costs(&onward, place);
            let further = dearest.iter().zip(&places);
            let further = further.filter_map(|(&dearest, &next)| Some(dearest? - costs[next]?));
            let lent = further.max().unwrap_or(0);
            let markets = (0..model.markets.len()).zip(&costs[first_market..]);
            let paid = markets
                .filter_map(|(market, cost)| Some(network.best_price(model, market).0 - (*cost)?));
            paid.max().map_or(lent, |paid| lent.min(paid))
        })
        .collect()
}

/// What it costs at least to get from a node to each other; `None` where there is no way.
fn least_costs(onward: &[Vec<(usize, i64)>], from: usize) -> Vec<Option<i64>> {
    let mut least = vec![None; onward.len()];
    let mut next = BinaryHeap::from([Reverse((0, from))]);
    while let Some(Reverse((cost, node))) = next.pop() {
        if least[node].is_some() {
            continue;
        }
        least[node] = Some(cost);
        for &(head, more) in &onward[node] {
            next.push(Reverse((cost + more, head)));
        }
    }
    least
}
