//! The dual network simplex on a spanning tree, for networks too large for bit masks.
//!
//! Pivot for pivot it does what [`super::tableau`] does, ties included, so both give the same
//! flows. The basis of a network is a tree: what a row of the tableau holds are the arcs between
//! the two sides into which the tree falls without the row's arc, and what a column holds is the
//! way through the tree from one end of an arc to the other. Neither is kept: the smaller side is
//! gone through when a row is asked for. Memory grows with nodes and arcs, not with their product.

#[cfg(test)]
mod tests;

use crate::network::Problem;

use super::masks::furthest;
use super::tableau::Engine;

/// No node, and the basic variable of a row that has no arc yet.
const NONE: u32 = u32::MAX;

/// Where an arc stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// At 0.
    Lower,
    /// At its capacity.
    Upper,
    /// In the tree.
    Inside,
}

/// An arc, between nodes or the outside.
#[derive(Clone, Copy, Debug)]
struct Ends {
    tail: u32,
    head: u32,
}

/// A node of the tree.
#[derive(Clone, Copy, Debug)]
struct Node {
    parent: u32,
    /// Row of the arc to the parent.
    row: u32,
    /// Whether that arc leads to the parent.
    leads_up: bool,
    /// Nodes of the tree from here on down.
    size: u32,
    first_child: u32,
    next: u32,
    before: u32,
}

/// An arc at a node, and where it leads to or comes from.
#[derive(Clone, Copy, Debug, Default)]
struct Way {
    arc: u32,
    other: u32,
}

/// A basis, kept from solve to solve. The node after the last one is the outside.
#[derive(Clone)]
pub(super) struct Spanning {
    ends: Vec<Ends>,
    costs: Vec<i128>,
    /// Arcs out of node `n` from `first[2n]` on, arcs into it from `first[2n + 1]` on.
    first: Vec<u32>,
    ways: Vec<Way>,
    nodes: Vec<Node>,
    /// Reduced cost of an arc = cost + potential of its tail − potential of its head. Only differences
    /// count, and they stay small, so the sums may wrap.
    potential: Vec<i128>,
    capacity: Vec<i64>,
    place: Vec<Place>,
    /// Row of each arc of the tree.
    row_of: Vec<u32>,
    /// Flow of each arc at a bound; those of the tree are in `value`.
    resting: Vec<i64>,
    /// Arc of each row, its flow and its capacity; `NONE` for what a node lacks or has too much at
    /// the start, which must become nothing.
    basic: Vec<u32>,
    value: Vec<i64>,
    limit: Vec<i64>,
    /// Node whose arc to the parent each row is.
    below: Vec<u32>,
    /// Rows whose flow is outside its bounds, one bit each.
    outside: Vec<u64>,
    /// When each node was last on the side that was gone through.
    stamped: Vec<u32>,
    stamp: u32,
    /// Nodes of the side that was last gone through.
    side: Vec<u32>,
    has_tied: bool,
}

impl Spanning {
    pub(super) fn new(problem: &Problem) -> Self {
        let count = problem.nodes;
        let node = |end: Option<usize>| end.unwrap_or(count) as u32;
        let ends: Vec<Ends> = problem
            .arcs
            .iter()
            .map(|arc| Ends {
                tail: node(arc.tail),
                head: node(arc.head),
            })
            .collect();
        // Each arc at both of its ends.
        let both = |ends: &Ends| {
            let (tail, head) = (ends.tail as usize, ends.head as usize);
            [(2 * tail, head as u32), (2 * head + 1, tail as u32)]
        };
        let mut first = vec![0_u32; 2 * count + 3];
        for (at, _) in ends.iter().flat_map(both) {
            first[at + 1] += 1;
        }
        for at in 1..first.len() {
            first[at] += first[at - 1];
        }
        let mut free = first.clone();
        let mut ways = vec![Way::default(); 2 * ends.len()];
        for (arc, ends) in ends.iter().enumerate() {
            for (at, other) in both(ends) {
                ways[free[at] as usize] = Way {
                    arc: arc as u32,
                    other,
                };
                free[at] += 1;
            }
        }
        let arcs = ends.len();
        let bare = Node {
            parent: NONE,
            row: NONE,
            leads_up: false,
            size: 1,
            first_child: NONE,
            next: NONE,
            before: NONE,
        };
        let mut spanning = Self {
            ends,
            costs: problem.arcs.iter().map(|arc| arc.cost).collect(),
            first,
            ways,
            nodes: vec![bare; count + 1],
            potential: vec![0; count + 1],
            capacity: vec![0; arcs],
            place: vec![Place::Lower; arcs],
            row_of: vec![NONE; arcs],
            resting: vec![0; arcs],
            basic: vec![NONE; count],
            value: vec![0; count],
            limit: vec![0; count],
            below: vec![NONE; count],
            outside: vec![0; count.div_ceil(64)],
            stamped: vec![0; count + 1],
            stamp: 0,
            side: Vec::new(),
            has_tied: false,
        };
        spanning.restart();
        spanning
    }

    /// The outside, root of the tree.
    fn root(&self) -> u32 {
        (self.nodes.len() - 1) as u32
    }

    /// Back to the starting basis, with the capacities as they are: each node hangs at the outside
    /// by what it lacks.
    fn restart(&mut self) {
        let root = self.root();
        for node in &mut self.nodes {
            node.first_child = NONE;
            node.size = 1;
        }
        self.potential.fill(0);
        for row in 0..self.basic.len() {
            self.nodes[row].row = row as u32;
            self.nodes[row].leads_up = false;
            self.below[row] = row as u32;
            self.hang(row as u32, root);
        }
        self.nodes[root as usize].size = self.nodes.len() as u32;
        self.basic.fill(NONE);
        self.value.fill(0);
        self.limit.fill(0);
        self.outside.fill(0);
        self.place.fill(Place::Lower);
        self.resting.fill(0);
        for arc in 0..self.capacity.len() {
            let capacity = std::mem::take(&mut self.capacity[arc]);
            self.set_capacity(arc, capacity);
        }
    }

    /// Makes a node a child of another. Sizes are left to the caller.
    fn hang(&mut self, node: u32, parent: u32) {
        let next = std::mem::replace(&mut self.nodes[parent as usize].first_child, node);
        if next != NONE {
            self.nodes[next as usize].before = node;
        }
        let node = &mut self.nodes[node as usize];
        (node.parent, node.next, node.before) = (parent, next, NONE);
    }

    /// Takes a node from its parent's children.
    fn unhang(&mut self, node: u32) {
        let Node {
            parent,
            next,
            before,
            ..
        } = self.nodes[node as usize];
        if before == NONE {
            self.nodes[parent as usize].first_child = next;
        } else {
            self.nodes[before as usize].next = next;
        }
        if next != NONE {
            self.nodes[next as usize].before = before;
        }
    }

    fn reduced(&self, arc: usize) -> i128 {
        let Ends { tail, head } = self.ends[arc];
        self.costs[arc]
            .wrapping_add(self.potential[tail as usize])
            .wrapping_sub(self.potential[head as usize])
    }

    /// Changes the flow of a row.
    fn shift(&mut self, row: u32, by: i64) {
        let row = row as usize;
        self.value[row] += by;
        self.mark(row);
    }

    /// Notes whether the flow of a row is outside its bounds.
    fn mark(&mut self, row: usize) {
        let bit = 1_u64 << (row % 64);
        let is_outside = self.value[row] < 0 || self.value[row] > self.limit[row];
        let word = &mut self.outside[row / 64];
        *word = if is_outside {
            *word | bit
        } else {
            *word & !bit
        };
    }

    /// Sends so much from the head of an arc back to its tail through the tree.
    fn send_back(&mut self, arc: usize, by: i64) {
        let Ends { tail, head } = self.ends[arc];
        let (mut from, mut to) = (head, tail);
        // Of two nodes that are not one above the other either may go first; else the lower one is
        // the smaller.
        while from != to {
            let (at, up) = (self.nodes[from as usize], self.nodes[to as usize]);
            if at.size < up.size {
                self.shift(at.row, if at.leads_up { by } else { -by });
                from = at.parent;
            } else {
                self.shift(up.row, if up.leads_up { -by } else { by });
                to = up.parent;
            }
        }
    }

    /// Pivots until every flow is within its bounds.
    fn repair(&mut self) {
        let mut left = 64 * (self.basic.len() + self.capacity.len() + 16);
        // With ties a dual simplex could cycle under the largest violation; the first violated row
        // and the first arc of least ratio cannot (Bland's rule).
        while let Some(row) = self.violated(left == 0) {
            left = left.saturating_sub(1);
            self.pivot(row);
        }
    }

    /// The row that is furthest outside its bounds, or the first.
    fn violated(&self, first: bool) -> Option<usize> {
        furthest(&self.outside, first, |word, bit| {
            let row = word * 64 + bit;
            (self.value[row], self.limit[row])
        })
    }

    /// Brings the flow of `row` to the bound it has passed, in exchange for another arc.
    fn pivot(&mut self, row: usize) {
        let rises = self.value[row] < 0;
        let target = if rises { 0 } else { self.limit[row] };
        let leaving = self.below[row];
        let is_below = self.divide(leaving);
        let Some((entering, is_along)) = self.entering(leaving, is_below, rises) else {
            // Zero flow is always feasible, so a violated row has an arc that can enter; leaving
            // the row at its bound keeps the loop finite even so.
            debug_assert!(false, "a violated row has an arc that can enter");
            self.value[row] = target;
            self.mark(row);
            return;
        };
        let by = self.value[row] - target;
        let change = if is_along { by } else { -by };
        self.send_back(entering, change);
        let price = self.reduced(entering);
        let leaves_side = self.is_on_side(self.ends[entering].tail);
        let potential = if leaves_side {
            price.wrapping_neg()
        } else {
            price
        };
        for &node in &self.side {
            let of = &mut self.potential[node as usize];
            *of = of.wrapping_add(potential);
        }
        self.leave(row, target);
        let stood = self.resting[entering];
        self.replant(leaving, entering, row, leaves_side == is_below);
        self.place[entering] = Place::Inside;
        self.row_of[entering] = row as u32;
        self.basic[row] = entering as u32;
        self.value[row] = stood + change;
        self.limit[row] = self.capacity[entering];
        self.mark(row);
    }

    /// Goes through the smaller of the two sides into which the tree falls above `node`; whether
    /// that is the one below.
    fn divide(&mut self, node: u32) -> bool {
        let is_below = 2 * self.nodes[node as usize].size as usize <= self.nodes.len();
        if self.stamp == u32::MAX {
            self.stamp = 0;
            self.stamped.fill(0);
        }
        self.stamp += 1;
        let start = if is_below { node } else { self.root() };
        self.side.clear();
        self.side.push(start);
        let mut at = 0;
        while let Some(&reached) = self.side.get(at) {
            at += 1;
            self.stamped[reached as usize] = self.stamp;
            let mut child = self.nodes[reached as usize].first_child;
            while child != NONE {
                if child != node {
                    self.side.push(child);
                }
                child = self.nodes[child as usize].next;
            }
        }
        is_below
    }

    fn is_on_side(&self, node: u32) -> bool {
        self.stamped[node as usize] == self.stamp
    }

    /// The arc between the sides that can move the flow above `leaving` towards its bound at least
    /// cost, the first of equals; and whether it leads to the same side.
    fn entering(&self, leaving: u32, is_below: bool, rises: bool) -> Option<(usize, bool)> {
        // Whether the leaving arc leads out of the side that was gone through.
        let leads_out = self.nodes[leaving as usize].leads_up == is_below;
        let mut best: Option<(i128, usize, bool)> = None;
        for &node in &self.side {
            for goes_in in [false, true] {
                let is_along = goes_in != leads_out;
                let movable = if is_along == rises {
                    Place::Upper
                } else {
                    Place::Lower
                };
                let at = 2 * node as usize + usize::from(goes_in);
                let [from, to] = [self.first[at], self.first[at + 1]];
                for &Way { arc, other } in &self.ways[from as usize..to as usize] {
                    let arc = arc as usize;
                    if self.place[arc] != movable || self.is_on_side(other) {
                        continue;
                    }
                    let ratio = self.reduced(arc).abs();
                    let is_better =
                        |(least, first, _): (i128, usize, bool)| (ratio, arc) < (least, first);
                    if self.capacity[arc] > 0 && best.is_none_or(is_better) {
                        best = Some((ratio, arc, is_along));
                    }
                }
            }
        }
        best.map(|(_, arc, is_along)| (arc, is_along))
    }

    /// Sets the arc of a row, if it has one, at the bound it has come to.
    fn leave(&mut self, row: usize, target: i64) {
        let leaving = self.basic[row];
        if leaving == NONE {
            return;
        }
        let leaving = leaving as usize;
        let capacity = self.capacity[leaving];
        // An arc without capacity stands at the side its reduced cost asks for.
        let upper = if capacity == 0 {
            self.reduced(leaving) < 0
        } else {
            target != 0
        };
        self.place[leaving] = if upper { Place::Upper } else { Place::Lower };
        self.resting[leaving] = if upper { capacity } else { 0 };
    }

    /// Hangs what is below `leaving` at the rest of the tree by `entering`, which becomes the arc of
    /// `row`.
    ///
    /// - `leads_up`: whether `entering` leads from there to the rest.
    fn replant(&mut self, leaving: u32, entering: usize, row: usize, leads_up: bool) {
        let Ends { tail, head } = self.ends[entering];
        let (inner, outer) = if leads_up { (tail, head) } else { (head, tail) };
        let size = self.nodes[leaving as usize].size;
        let mut above = self.nodes[leaving as usize].parent;
        self.unhang(leaving);
        while above != NONE {
            self.nodes[above as usize].size -= size;
            above = self.nodes[above as usize].parent;
        }
        // The way from the new end up to the old one is turned round.
        let (mut node, mut parent) = (inner, outer);
        let (mut own_row, mut own_up) = (row as u32, leads_up);
        let mut passed = 0;
        loop {
            let was = self.nodes[node as usize];
            if node != leaving {
                self.unhang(node);
            }
            self.hang(node, parent);
            let turned = &mut self.nodes[node as usize];
            (turned.row, turned.leads_up) = (own_row, own_up);
            turned.size = size - passed;
            self.below[own_row as usize] = node;
            if node == leaving {
                break;
            }
            passed = was.size;
            (own_row, own_up) = (was.row, !was.leads_up);
            (parent, node) = (node, was.parent);
        }
        let mut above = outer;
        while above != NONE {
            self.nodes[above as usize].size += size;
            above = self.nodes[above as usize].parent;
        }
    }

    /// Whether an arc that could move has no reduced cost: then another optimum may exist.
    fn has_tie(&self) -> bool {
        (0..self.capacity.len()).any(|arc| {
            self.place[arc] != Place::Inside && self.capacity[arc] > 0 && self.reduced(arc) == 0
        })
    }
}

impl Engine for Spanning {
    /// The basis stays dual feasible.
    fn set_capacity(&mut self, arc: usize, capacity: i64) {
        let before = self.capacity[arc];
        self.capacity[arc] = capacity;
        let place = self.place[arc];
        if place == Place::Inside {
            let row = self.row_of[arc] as usize;
            self.limit[row] = capacity;
            self.mark(row);
            return;
        }
        // An arc without capacity may stand at either bound; it takes the side its reduced cost
        // asks for when it gets some.
        let upper = self.reduced(arc) < 0;
        let stood = if place == Place::Upper { before } else { 0 };
        let stands = if upper { capacity } else { 0 };
        self.place[arc] = if upper { Place::Upper } else { Place::Lower };
        self.resting[arc] = stands;
        if stands != stood {
            self.send_back(arc, stands - stood);
        }
    }

    fn solve(&mut self, flows: &mut [i64]) {
        self.repair();
        if self.has_tie() {
            self.has_tied = true;
            self.restart();
            self.repair();
        }
        flows.copy_from_slice(&self.resting);
        for (&arc, &value) in self.basic.iter().zip(&self.value) {
            if arc != NONE {
                flows[arc as usize] = value;
            }
        }
    }

    fn find_free(&self, within: i128, free: &mut [bool]) {
        for (arc, free) in free.iter_mut().enumerate() {
            *free = self.reduced(arc).abs() <= within;
        }
    }

    fn has_tied(&self) -> bool {
        self.has_tied
    }

    fn boxed(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }
}
