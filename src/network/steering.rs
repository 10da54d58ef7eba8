//! Costs under which the order among tanks is found.

use crate::model::Model;

use super::costs::{Costs, Count};
use super::{FlowArc, Network, Problem};

/// The problem of a network under costs by which one of several tanks can be drawn while another
/// is filled, if nothing that matters more is lost by it.
#[derive(Clone, Debug)]
pub struct Steering {
    /// The same nodes and arcs; only the costs differ.
    pub problem: Problem,
    /// Arcs on which a unit of flow costs something in stock and all that stands above it, and what.
    pub kept: Vec<(usize, i128)>,
}

impl Steering {
    /// The problem with another tie-break.
    #[must_use]
    pub fn with_tie(model: &Model, network: &Network, tie: &dyn Fn(&FlowArc) -> i128) -> Problem {
        let costs = Costs::with_tie(model, network, Count::Turnover, tie).arc;
        let mut problem = network.with_tie(model, tie);
        for arc in &mut problem.arcs {
            arc.cost = arc.members.iter().map(|&member| costs[member]).sum();
        }
        problem
    }

    /// Of a network.
    #[must_use]
    pub fn of(model: &Model, network: &Network) -> Self {
        let costs = |count| Costs::counting(model, network, count).arc;
        let reduced = |costs: &[i128]| -> Vec<i128> {
            let arcs = network.problem.arcs.iter();
            arcs.map(|arc| arc.members.iter().map(|&member| costs[member]).sum())
                .collect()
        };
        let mut problem = network.problem.clone();
        let turnover = reduced(&costs(Count::Turnover));
        for (arc, cost) in problem.arcs.iter_mut().zip(turnover) {
            arc.cost = cost;
        }
        Self {
            problem,
            kept: (reduced(&costs(Count::StockAndAbove))
                .into_iter()
                .enumerate())
            .filter(|&(_, cost)| cost != 0)
            .collect(),
        }
    }
}
