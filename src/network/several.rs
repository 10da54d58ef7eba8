//! Grades that have to be told apart: what each may use, and what is preferred, level by level.
//!
//! With one commodity all levels of preference fit into one cost per arc. With several that is
//! not so for classes of delivery: a unit more of an early class may take several of later ones,
//! so each level is an objective of its own, in order.

use crate::model::{Grading, Model};

use super::costs::{Costs, Kind};
use super::{ArcRole, FlowArc, ReducedArc};

/// What a problem of several commodities has beyond one of a single one.
#[derive(Clone, Debug, Default)]
pub struct Several {
    /// Number of commodities.
    pub commodities: usize,
    /// For each reduced arc, which commodities may use it.
    pub allowed: Vec<Vec<bool>>,
    /// Objectives to be minimised, the most important first.
    pub levels: Vec<Objectives>,
}

/// One objective: the cost of a unit of flow.
#[derive(Clone, Debug, Default)]
pub struct Objectives {
    /// By reduced arc.
    pub arc: Vec<i128>,
    /// What a commodity costs more than that: reduced arc, commodity, cost.
    pub extra: Vec<(usize, usize, i128)>,
}

/// Whether a commodity may use an arc of the network.
fn may_use(model: &Model, grading: &Grading, tanks: &[usize], arc: &FlowArc, of: usize) -> bool {
    match arc.role {
        ArcRole::Source(field) => grading.field[field] == of,
        ArcRole::Link { link, backward, .. } => grading.link[link][usize::from(backward)][of],
        ArcRole::Through(hub) => grading.hub[hub][of],
        // What can reach a tank is in it: oil of all grades there is swapped.
        ArcRole::Fill(tank) | ArcRole::Draw(tank) => grading.hub[tanks[tank]][of],
        ArcRole::Sell { market, .. } => {
            debug_assert!(market < model.markets.len());
            grading.market[market][of]
        }
    }
}

/// For each arc of the network, which commodities may use it.
pub(super) fn allowed(
    model: &Model,
    grading: &Grading,
    tanks: &[usize],
    arcs: &[FlowArc],
) -> Vec<Vec<bool>> {
    let commodities = 0..grading.names.len();
    let of = |arc| {
        commodities
            .clone()
            .map(|of| may_use(model, grading, tanks, arc, of))
            .collect()
    };
    arcs.iter().map(of).collect()
}

impl Several {
    /// For reduced arcs whose members are `arcs`, open to the commodities of `allowed`.
    pub(super) fn new(
        model: &Model,
        grading: &Grading,
        arcs: &[FlowArc],
        allowed: &[Vec<bool>],
        reduced: &[ReducedArc],
        costs: &Costs,
    ) -> Self {
        let commodities = grading.names.len();
        // What is joined in series lets pass what all of its parts do.
        let shared = |arc: &ReducedArc| {
            let all = |of: usize| arc.members.iter().all(|&member| allowed[member][of]);
            (0..commodities).map(all).collect()
        };
        let sum = |worth: &dyn Fn(usize) -> i128| -> Vec<i128> {
            let of = |arc: &ReducedArc| arc.members.iter().map(|&member| worth(member)).sum();
            reduced.iter().map(of).collect()
        };
        let mut levels = Vec::new();
        for level in costs.levels.iter().rev() {
            if level.kind == Kind::Ranks {
                let mut ranks: Vec<i128> = level.arc.iter().copied().filter(|&v| v != 0).collect();
                ranks.sort_by_key(|&rank| (-rank.abs(), rank));
                ranks.dedup();
                levels.extend(ranks.into_iter().map(|rank| Objectives {
                    arc: sum(&|member| {
                        if level.arc[member] == rank {
                            rank.signum()
                        } else {
                            0
                        }
                    }),
                    extra: Vec::new(),
                }));
                continue;
            }
            let mut objective = Objectives {
                arc: sum(&|member| level.arc[member]),
                extra: Vec::new(),
            };
            if level.kind == Kind::Money {
                objective.extra = by_grade(model, grading, arcs, reduced);
            }
            levels.push(objective);
        }
        Self {
            commodities,
            allowed: reduced.iter().map(shared).collect(),
            levels,
        }
    }
}

/// What a market pays less for a commodity than its price for the others.
fn by_grade(
    model: &Model,
    grading: &Grading,
    arcs: &[FlowArc],
    reduced: &[ReducedArc],
) -> Vec<(usize, usize, i128)> {
    let mut found = Vec::new();
    for (index, arc) in reduced.iter().enumerate() {
        for &member in &arc.members {
            let ArcRole::Sell { market, .. } = arcs[member].role else {
                continue;
            };
            let usual = model.markets[market].price.0;
            for (commodity, price) in grading.price[market].iter().enumerate() {
                if price.0 != usual {
                    found.push((index, commodity, i128::from(usual - price.0)));
                }
            }
        }
    }
    found
}
