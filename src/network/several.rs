//! Grades that have to be told apart: what each may use, and what is preferred, level by level.
//!
//! With one commodity all levels of preference fit into one cost per arc. With several that is
//! not so for classes of delivery: a unit more of an early class may take several of later ones,
//! so each level is an objective of its own, in order.

use crate::model::{Grading, Model};
use crate::units::BarrelsPerDay;

use super::costs::{Costs, Kind};
use super::{ArcRole, FlowArc, NO_ARC, Network, Problem, ReducedArc, TankArcs, UNLIMITED};

/// What a problem of several commodities has beyond one of a single one.
#[derive(Clone, Debug, Default)]
pub struct Several {
    /// Number of commodities.
    pub commodities: usize,
    /// For each reduced arc, which commodities may use it.
    pub allowed: Vec<Vec<bool>>,
    /// Objectives to be minimised, the most important first: the cost of a unit of flow, by reduced arc.
    pub levels: Vec<Vec<i128>>,
    /// How many of them come before cuts are shared among fields.
    pub above_sharing: usize,
    /// Tanks that more than one commodity can be in.
    pub swaps: Vec<Swap>,
    /// Links that oil may take in either direction.
    pub both_ways: Vec<BothWays>,
}

/// A link that oil may take in either direction, but in all no more than its capacity: what one commodity takes
/// along it, another cannot take against it. A commodity alone never takes both.
#[derive(Clone, Debug)]
pub struct BothWays {
    /// Reduced arcs along it.
    pub along: Vec<usize>,
    /// Reduced arc against it.
    pub against: usize,
}

impl BothWays {
    /// All its arcs.
    pub fn arcs(&self) -> impl Iterator<Item = usize> + '_ {
        self.along.iter().copied().chain([self.against])
    }

    /// What passes in both directions together at most, b/d. The nodes at its ends have a way in and a way out
    /// besides, so its arcs are not joined with others, and their capacities are those of the link.
    #[must_use]
    pub fn limit(&self, capacity: &[i64]) -> i64 {
        let along: i64 = self.along.iter().map(|&arc| capacity[arc]).sum();
        along.max(capacity[self.against])
    }
}

/// A tank that several commodities can be in. The capacities of its arcs are what it may gain and lose in all; one may
/// go in while as much of another comes out.
#[derive(Clone, Debug)]
pub struct Swap {
    /// Reduced arc into the tank.
    pub fill: usize,
    /// Reduced arc out of the tank.
    pub draw: usize,
    /// The most that may go in, swapped or not, b/d.
    pub fill_rate: i64,
    /// The most that may come out, swapped or not, b/d.
    pub draw_rate: i64,
    /// Commodities that can be in it, each with the reduced arcs that say what it gains and loses of them. On balance no more
    /// is lost of one than the second has capacity for.
    pub parts: Vec<(usize, usize, usize)>,
}

/// Whether a commodity may use an arc of the network.
fn may_use(network: &Network, grading: &Grading, arc: &FlowArc, of: usize) -> bool {
    match arc.role {
        ArcRole::Source(field) => grading.field[field] == of,
        ArcRole::Link { link, backward, .. } => grading.link[link][usize::from(backward)][of],
        ArcRole::Through(hub) => grading.hub[hub][of],
        ArcRole::Fill(tank) | ArcRole::Draw(tank) => grading.hub[network.tanks[tank].hub][of],
        ArcRole::Sell { market, .. } => grading.market[market][of],
        ArcRole::Grade(lot) => network.lots[lot].commodity == of,
        ArcRole::Part { part, .. } => network.parts[part].commodity == of,
    }
}

/// For each arc of the network, which commodities may use it.
pub(super) fn allowed(network: &Network, grading: &Grading) -> Vec<Vec<bool>> {
    let commodities = 0..grading.names.len();
    let of = |arc| {
        commodities
            .clone()
            .map(|of| may_use(network, grading, arc, of))
            .collect()
    };
    network.arcs.iter().map(of).collect()
}

impl Several {
    /// For a reduced problem over the arcs of `network`, open to the commodities of `allowed`.
    pub(super) fn new(
        model: &Model,
        network: &Network,
        commodities: usize,
        allowed: &[Vec<bool>],
        problem: &Problem,
        costs: &Costs,
    ) -> Self {
        let reduced = problem.arcs.as_slice();
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
        let mut above_sharing = 0;
        for (below, level) in costs.levels.iter().enumerate().rev() {
            if level.kind == Kind::Ranks {
                let mut ranks: Vec<i128> = level.arc.iter().copied().filter(|&v| v != 0).collect();
                ranks.sort_by_key(|&rank| (-rank.abs(), rank));
                ranks.dedup();
                levels.extend(ranks.into_iter().map(|rank| {
                    sum(&|member| {
                        if level.arc[member] == rank {
                            rank.signum()
                        } else {
                            0
                        }
                    })
                }));
            } else {
                levels.push(sum(&|member| level.arc[member]));
            }
            if below == costs.below_sharing {
                above_sharing = levels.len();
            }
        }
        Self {
            commodities,
            allowed: reduced.iter().map(shared).collect(),
            levels,
            above_sharing,
            swaps: swaps(model, network, problem),
            both_ways: both_ways(problem, &network.link_arcs),
        }
    }
}

/// Links whose arcs in both directions are left.
fn both_ways(problem: &Problem, link_arcs: &[[Option<usize>; 3]]) -> Vec<BothWays> {
    let carrier = |arc: usize| Some(problem.carrier[arc]).filter(|&carrier| carrier != NO_ARC);
    let both = |&[nominated, rest, back]: &[Option<usize>; 3]| {
        let along = nominated.into_iter().chain(rest).filter_map(carrier);
        let both = BothWays {
            along: along.collect(),
            against: carrier(back?)?,
        };
        // Where there is nothing at its end but the way back, both are one arc that leads nowhere.
        let is_way = !both.along.is_empty() && !both.along.contains(&both.against);
        is_way.then_some(both)
    };
    link_arcs.iter().filter_map(both).collect()
}

/// Tanks that more than one commodity can be in.
fn swaps(model: &Model, network: &Network, problem: &Problem) -> Vec<Swap> {
    let carrier = |arc: usize| Some(problem.carrier[arc]).filter(|&carrier| carrier != NO_ARC);
    let rate = |rate: Option<BarrelsPerDay>| rate.map_or(UNLIMITED, |rate| rate.0);
    let parts = |tank: usize| {
        let own = network.parts.iter().filter(move |part| part.tank == tank);
        own.filter_map(|part| Some((part.commodity, carrier(part.gained)?, carrier(part.drawn)?)))
    };
    let swap = |(tank, arcs): (usize, &TankArcs)| {
        let spec = model.hubs[arcs.hub].tank.as_ref()?;
        let parts: Vec<_> = parts(tank).collect();
        (parts.len() > 1).then_some(Swap {
            fill: carrier(arcs.fill)?,
            draw: carrier(arcs.draw)?,
            fill_rate: rate(spec.fill),
            draw_rate: rate(spec.draw),
            parts,
        })
    };
    network.tanks.iter().enumerate().filter_map(swap).collect()
}
