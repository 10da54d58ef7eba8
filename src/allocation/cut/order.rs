//! In which order nodes are decided.

use std::collections::BTreeSet;

use super::{CutArc, MOST_WIDTH};

/// Nodes in the order in which they go.
pub(super) struct Order {
    pub(super) nodes: Vec<usize>,
    /// The most undecided neighbours that one has when its turn comes.
    pub(super) width: usize,
    /// How many entries all tables have together.
    entries: usize,
}

impl Order {
    /// An order with small tables; `None` if one is found too wide whichever rule is followed.
    ///
    /// The best order is hard to find. Two rules are good in practice: next goes the node with the
    /// fewest neighbours, or the one that makes the fewest new pairs of neighbours. Each settles
    /// what the other leaves open, and the better of the two orders is taken.
    pub(super) fn new(nodes: usize, arcs: &[&CutArc]) -> Option<Self> {
        let neighbours = neighbours(nodes, arcs);
        let by_neighbours = Self::by(neighbours.clone(), |around, pairs| (around, pairs));
        let by_pairs = Self::by(neighbours, |around, pairs| (pairs, around));
        by_neighbours
            .into_iter()
            .chain(by_pairs)
            .min_by_key(|order| order.entries)
    }

    /// The order by a rule: next goes the node for which it gives the least, of several the first.
    fn by(
        mut neighbours: Vec<Vec<usize>>,
        rule: impl Fn(usize, usize) -> (usize, usize),
    ) -> Option<Self> {
        let nodes = neighbours.len();
        let key = |neighbours: &[Vec<usize>], node: usize| {
            let around = neighbours[node].len();
            // Too many neighbours for its turn to come; its pairs would take long to count.
            if around > MOST_WIDTH {
                return (usize::MAX, around);
            }
            rule(around, new_pairs(neighbours, node).len())
        };
        let mut keys: Vec<_> = (0..nodes).map(|node| key(&neighbours, node)).collect();
        let mut queue: BTreeSet<_> = keys.iter().copied().zip(0..nodes).collect();
        let mut order = Self {
            nodes: Vec::with_capacity(nodes),
            width: 0,
            entries: 0,
        };
        while let Some((_, node)) = queue.pop_first() {
            let width = neighbours[node].len();
            if width > MOST_WIDTH {
                return None;
            }
            order.nodes.push(node);
            order.width = order.width.max(width);
            order.entries += 1 << width;
            let pairs = new_pairs(&neighbours, node);
            let around = std::mem::take(&mut neighbours[node]);
            for &one in &around {
                neighbours[one].retain(|&other| other != node);
            }
            let mut changed = around;
            for (one, other) in pairs {
                // Who has both as neighbours has a pair less to make.
                let common = neighbours[one]
                    .iter()
                    .filter(|node| neighbours[other].contains(node));
                changed.extend(common);
                neighbours[one].push(other);
                neighbours[other].push(one);
            }
            changed.sort_unstable();
            changed.dedup();
            for node in changed {
                queue.remove(&(keys[node], node));
                keys[node] = key(&neighbours, node);
                queue.insert((keys[node], node));
            }
        }
        Some(order)
    }
}

/// The neighbours of each node.
fn neighbours(nodes: usize, arcs: &[&CutArc]) -> Vec<Vec<usize>> {
    let mut neighbours = vec![Vec::new(); nodes];
    for arc in arcs {
        if let (Some(tail), Some(head)) = (arc.tail, arc.head) {
            neighbours[tail].push(head);
            neighbours[head].push(tail);
        }
    }
    for around in &mut neighbours {
        around.sort_unstable();
        around.dedup();
    }
    neighbours
}

/// Pairs of a node's neighbours that are not neighbours of each other.
fn new_pairs(neighbours: &[Vec<usize>], node: usize) -> Vec<(usize, usize)> {
    let around = &neighbours[node];
    let pairs = around
        .iter()
        .enumerate()
        .flat_map(|(at, &one)| around[..at].iter().map(move |&other| (one, other)));
    pairs
        .filter(|&(one, other)| !neighbours[one].contains(&other))
        .collect()
}
