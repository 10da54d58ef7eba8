//! Presolve: what of the network has to be solved.
//!
//! Arcs that lie on no way from a source to an outlet carry nothing and are dropped. A node with
//! one arc in and one arc out passes on what it gets, so the two arcs become one, with the sum of
//! the costs and the smaller of the capacities. Both steps hold whatever the capacities are.

use petgraph::algo::tarjan_scc;
use petgraph::graph::DiGraph;

use super::costs::{Costs, most_round};
use super::several::Several;
use super::{Claims, FlowArc};

/// Stands for "not in the reduced problem".
pub const NO_ARC: usize = usize::MAX;

/// A minimum-cost flow problem: rows are nodes, columns are arcs.
#[derive(Clone, Debug, Default)]
pub struct Problem {
    /// Number of nodes.
    pub nodes: usize,
    /// Arcs.
    pub arcs: Vec<ReducedArc>,
    /// For each arc of the network, the arc here that carries its flow, or [`NO_ARC`].
    pub carrier: Vec<usize>,
    /// Arcs on which oil could go in circles that pay, because a nomination on the way beats cost:
    /// those within a strongly connected part that has an arc of negative cost.
    pub circles: Vec<usize>,
    /// How cuts are shared among fields, where cost alone does not decide.
    pub claims: Claims,
    /// What there is beyond this where grades have to be told apart.
    pub several: Option<Several>,
}

/// An arc of the reduced problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReducedArc {
    /// Node it leaves.
    pub tail: Option<usize>,
    /// Node it enters.
    pub head: Option<usize>,
    /// Cost of a unit of flow, all levels in one number.
    pub cost: i128,
    /// Arcs of the network that it stands for, in order of flow; its capacity is their least.
    pub members: Vec<usize>,
}

impl Problem {
    /// What costs can sum to, either way, along a circle through the network and what is outside
    /// of it: no reduced cost is more.
    #[must_use]
    pub fn most_round(&self) -> i128 {
        let arcs = self.arcs.iter();
        most_round(self.nodes, arcs.map(|arc| ([arc.tail, arc.head], arc.cost)))
    }

    /// Whether flows are the same function of capacities in both. Not told of problems in which
    /// grades are told apart.
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        self.several.is_none()
            && other.several.is_none()
            && self.nodes == other.nodes
            && self.arcs == other.arcs
            && self.carrier == other.carrier
            && self.circles == other.circles
            && self.claims == other.claims
    }

    /// Reduces the problem over `arcs`.
    ///
    /// - `is_open`: whether anything may use an arc at all.
    pub(super) fn presolve(
        nodes: usize,
        arcs: &[FlowArc],
        costs: &Costs,
        is_open: &dyn Fn(usize) -> bool,
    ) -> Self {
        let useful = useful(nodes, arcs, is_open);
        let mut reduced: Vec<ReducedArc> = arcs
            .iter()
            .enumerate()
            .filter(|&(index, _)| useful[index])
            .map(|(index, arc)| ReducedArc {
                tail: arc.tail,
                head: arc.head,
                cost: costs.arc[index],
                members: vec![index],
            })
            .collect();
        contract(nodes, &mut reduced);
        Self::numbered(arcs.len(), nodes, reduced)
    }

    /// Numbers the nodes that are left.
    fn numbered(original_arcs: usize, nodes: usize, mut arcs: Vec<ReducedArc>) -> Self {
        arcs.sort_by_key(|arc| arc.members[0]);
        let mut number = vec![NO_ARC; nodes];
        let mut count = 0;
        let mut renumber = |node: usize| {
            if number[node] == NO_ARC {
                number[node] = count;
                count += 1;
            }
            number[node]
        };
        for arc in &mut arcs {
            arc.tail = arc.tail.map(&mut renumber);
            arc.head = arc.head.map(&mut renumber);
        }
        let mut carrier = vec![NO_ARC; original_arcs];
        for (index, arc) in arcs.iter().enumerate() {
            for &member in &arc.members {
                carrier[member] = index;
            }
        }
        Self {
            nodes: count,
            circles: circles(count, &arcs),
            arcs,
            carrier,
            claims: Claims::default(),
            several: None,
        }
    }
}

/// Arcs within strongly connected parts that have an arc of negative cost.
fn circles(nodes: usize, arcs: &[ReducedArc]) -> Vec<usize> {
    let mut graph: DiGraph<(), ()> = DiGraph::new();
    let indices: Vec<_> = (0..nodes).map(|_| graph.add_node(())).collect();
    for arc in arcs {
        if let (Some(tail), Some(head)) = (arc.tail, arc.head) {
            graph.add_edge(indices[tail], indices[head], ());
        }
    }
    let mut part = vec![0; nodes];
    for (number, members) in tarjan_scc(&graph).into_iter().enumerate() {
        for node in members {
            part[node.index()] = number;
        }
    }
    let inside = |arc: &ReducedArc| {
        let (tail, head) = (part[arc.tail?], part[arc.head?]);
        (tail == head).then_some(tail)
    };
    let mut pays = vec![false; nodes];
    for arc in arcs.iter().filter(|arc| arc.cost < 0) {
        if let Some(part) = inside(arc) {
            pays[part] = true;
        }
    }
    (0..arcs.len())
        .filter(|&arc| inside(&arcs[arc]).is_some_and(|part| pays[part]))
        .collect()
}

/// Which arcs lie on a way from a source to an outlet over arcs that are open.
fn useful(nodes: usize, arcs: &[FlowArc], is_open: &dyn Fn(usize) -> bool) -> Vec<bool> {
    let open = |&(index, _): &(usize, &FlowArc)| is_open(index);
    let ends: Vec<Ends> = arcs
        .iter()
        .enumerate()
        .filter(open)
        .map(|(_, arc)| (arc.tail, arc.head))
        .collect();
    let fed = reached(nodes, &ends);
    let back: Vec<Ends> = ends.iter().map(|&(tail, head)| (head, tail)).collect();
    let drained = reached(nodes, &back);
    let is_useful = |(index, arc): (usize, &FlowArc)| {
        is_open(index)
            && arc.tail.is_none_or(|tail| fed[tail])
            && arc.head.is_none_or(|head| drained[head])
    };
    arcs.iter().enumerate().map(is_useful).collect()
}

/// Where an arc leaves and enters; `None` is the outside.
type Ends = (Option<usize>, Option<usize>);

/// Which nodes can be reached from the outside.
fn reached(nodes: usize, arcs: &[Ends]) -> Vec<bool> {
    let mut next = vec![Vec::new(); nodes];
    let mut seen = vec![false; nodes];
    let mut stack = Vec::new();
    for &(tail, head) in arcs {
        match (tail, head) {
            (Some(tail), Some(head)) => next[tail].push(head),
            (None, Some(head)) if !seen[head] => {
                seen[head] = true;
                stack.push(head);
            }
            _ => {}
        }
    }
    while let Some(node) = stack.pop() {
        for &to in &next[node] {
            if !seen[to] {
                seen[to] = true;
                stack.push(to);
            }
        }
    }
    seen
}

/// Joins arcs at nodes with one arc in and one arc out.
fn contract(nodes: usize, arcs: &mut Vec<ReducedArc>) {
    let (mut into, mut out) = (vec![Vec::new(); nodes], vec![Vec::new(); nodes]);
    for (index, arc) in arcs.iter().enumerate() {
        if let Some(head) = arc.head {
            into[head].push(index);
        }
        if let Some(tail) = arc.tail {
            out[tail].push(index);
        }
    }
    for node in 0..nodes {
        let (&[first], &[second]) = (into[node].as_slice(), out[node].as_slice()) else {
            continue;
        };
        // A way from a node back to itself, or straight through the outside, is left as it is.
        if first == second || arcs[first].tail == arcs[second].head {
            continue;
        }
        // What has no members any more is part of another.
        let members = std::mem::take(&mut arcs[second].members);
        let (head, cost) = (arcs[second].head, arcs[second].cost);
        let joined = &mut arcs[first];
        joined.head = head;
        joined.cost += cost;
        joined.members.extend(members);
        let moved = head.and_then(|head| into[head].iter_mut().find(|arc| **arc == second));
        if let Some(moved) = moved {
            *moved = first;
        }
        into[node].clear();
        out[node].clear();
    }
    arcs.retain(|arc| !arc.members.is_empty());
}

#[cfg(test)]
mod tests {
    use super::super::ArcRole;
    use super::*;

    fn arc(tail: Option<usize>, head: Option<usize>) -> FlowArc {
        FlowArc {
            role: ArcRole::Source(0),
            tail,
            head,
        }
    }

    #[test]
    fn a_chain_becomes_one_arc_and_dead_ends_go() {
        // outside → 0 → 1 → 2 → outside, with a stub 1 → 3.
        let arcs = [
            arc(None, Some(0)),
            arc(Some(0), Some(1)),
            arc(Some(1), Some(2)),
            arc(Some(1), Some(3)),
            arc(Some(2), None),
            arc(Some(0), Some(2)),
        ];
        let costs = Costs {
            arc: vec![1, 10, 100, 7, 1_000, 5],
            settled: 0,
            levels: Vec::new(),
            below_sharing: 0,
        };
        let problem = Problem::presolve(4, &arcs, &costs, &|_| true);
        assert_eq!(problem.carrier[3], NO_ARC);
        assert_eq!(problem.carrier[1], problem.carrier[2]);
        assert_eq!(problem.arcs[problem.carrier[1]].cost, 110);
        assert_eq!(problem.nodes, 2);
    }
}
