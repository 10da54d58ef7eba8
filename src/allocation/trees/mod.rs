//! The greatest flow of one state after another, by search trees that are kept in between.
//!
//! Boykov and Kolmogorov's method grows one tree of nodes that more can reach from the source and
//! one of nodes that can pass more to the sink, and pushes flow where they meet. Here neither flow nor
//! trees are thrown away when capacities change. What an arc may no longer carry stays as an excess
//! at its tail and a deficit at its head; both are capacities from the source and to the sink like any
//! other, because raising both of a node by as much raises the greatest flow by exactly that (Kohli
//! and Torr's reparametrisation). An excess in the sink's tree runs down the tree, a deficit in the
//! source's is filled up along it, and only nodes whose way to the root was cut look for another.
//! So a change costs what it touches, however large the network is.
//!
//! Everything is in whole numbers, so the value does not depend on what was asked before.

mod adopt;
mod grow;

#[cfg(test)]
mod tests;

use std::collections::VecDeque;

/// The parent of a node in no tree.
const NO_PARENT: u32 = u32::MAX;
/// The parent of a node whose way to its root was cut.
const ORPHAN: u32 = u32::MAX - 1;
/// The parent of a node cut off from its root, for which no other way was found yet.
const LOOSE: u32 = u32::MAX - 2;
/// The parent of a root.
const TERMINAL: u32 = u32::MAX - 3;

/// How much higher the level of a node is than its parent's, where nothing is in the way.
const GAP: u32 = 16;

/// Level above which trees are grown anew, so that levels cannot rise for ever.
const HIGHEST: u32 = if cfg!(test) { 1 << 9 } else { 1 << 24 };

/// No neighbour.
const NOWHERE: u64 = (u32::MAX as u64) << 32;

/// Numbers by level, the lowest first. Few wait at a time, and what comes is mostly near the lowest.
#[derive(Clone, Debug, Default)]
struct Waiting(Vec<u64>);

impl Waiting {
    fn push(&mut self, level: u32, number: u32) {
        let key = u64::from(!level) << 32 | u64::from(number);
        let mut at = self.0.len();
        self.0.push(key);
        while at > 0 && self.0[at - 1] > key {
            self.0[at] = self.0[at - 1];
            at -= 1;
        }
        self.0[at] = key;
    }

    /// The one of the lowest level, then of the highest number.
    fn pop(&mut self) -> Option<u32> {
        self.0.pop().map(|key| key as u32)
    }
}

/// Which tree a node is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Tree {
    Neither,
    /// More flow can come to its nodes.
    Source,
    /// More flow can leave its nodes.
    Sink,
}

impl Tree {
    /// Where its levels are.
    fn side(self) -> usize {
        usize::from(self == Self::Sink)
    }
}

/// An arc as one of its two nodes sees it.
#[derive(Clone, Copy, Debug)]
struct Half {
    /// The other node.
    to: u32,
    /// The same arc as that one sees it.
    sister: u32,
    /// How much more can go to the other node, b/d.
    out: i32,
    /// How much more can come from there, b/d.
    back: i32,
}

#[derive(Clone, Copy, Debug)]
struct Node {
    /// What more could come from the source (positive) or leave to the sink (negative), b/d.
    spare: i64,
    /// Its arcs: from here, up to there.
    first: u32,
    end: u32,
    /// Its arc to its parent, or one of the marks above.
    parent: u32,
    /// The node at the other end of that arc.
    parent_at: u32,
    /// More than that of its parent.
    level: u32,
    tree: Tree,
    is_active: bool,
    is_pending: bool,
}

/// What an arc of the problem is to the trees.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Between two nodes: the half at its tail.
    Inner(u32),
    FromSource(u32),
    ToSink(u32),
    /// From source to sink.
    Straight,
    /// From a node to itself.
    Loop,
}

/// Greatest flows of a network whose capacities change.
#[derive(Clone, Debug)]
pub struct KeptTrees {
    nodes: Vec<Node>,
    halves: Vec<Half>,
    /// The level of each node that hangs on its root, in the source's tree and in the sink's; of others more than all.
    levels: [Vec<u32>; 2],
    places: Vec<Place>,
    capacity: Vec<i64>,
    value: i64,
    /// The highest level that was given since trees were last grown anew.
    highest: u32,
    /// Nodes that may have neighbours to take into their tree.
    active: VecDeque<u32>,
    /// Nodes whose way to the root was cut.
    orphans: Waiting,
    /// Those for which no parent was found yet.
    loose: Vec<u32>,
    /// Nodes whose spare changed since the last solve.
    pending: Vec<u32>,
}

impl KeptTrees {
    /// Largest capacity of an arc, b/d.
    pub const MOST: i64 = i32::MAX as i64;

    /// A network with no capacity anywhere.
    ///
    /// - `arcs`: tail and head of each; without a tail it comes from the source, without a head it
    ///   goes to the sink.
    #[must_use]
    pub fn new(nodes: usize, arcs: &[(Option<usize>, Option<usize>)]) -> Self {
        let mut degree = vec![0_u32; nodes + 1];
        for &(tail, head) in arcs {
            if let (Some(tail), Some(head)) = (tail, head)
                && tail != head
            {
                degree[tail] += 1;
                degree[head] += 1;
            }
        }
        let mut list = Vec::with_capacity(nodes);
        let mut first = 0;
        for &degree in &degree[..nodes] {
            list.push(Node {
                spare: 0,
                first,
                end: first,
                parent: NO_PARENT,
                parent_at: 0,
                level: 0,
                tree: Tree::Neither,
                is_active: false,
                is_pending: false,
            });
            first += degree;
        }
        let empty = Half {
            to: 0,
            sister: 0,
            out: 0,
            back: 0,
        };
        let mut halves = vec![empty; first as usize];
        let mut put = |node: usize| {
            list[node].end += 1;
            list[node].end - 1
        };
        let place = |&(tail, head): &(Option<usize>, Option<usize>)| match (tail, head) {
            (None, None) => Place::Straight,
            (None, Some(node)) => Place::FromSource(node as u32),
            (Some(node), None) => Place::ToSink(node as u32),
            (Some(tail), Some(head)) if tail == head => Place::Loop,
            (Some(tail), Some(head)) => {
                let (own, other) = (put(tail), put(head));
                (halves[own as usize].to, halves[own as usize].sister) = (head as u32, other);
                (halves[other as usize].to, halves[other as usize].sister) = (tail as u32, own);
                Place::Inner(own)
            }
        };
        Self {
            places: arcs.iter().map(place).collect(),
            capacity: vec![0; arcs.len()],
            levels: [vec![u32::MAX; nodes], vec![u32::MAX; nodes]],
            nodes: list,
            halves,
            value: 0,
            highest: 0,
            active: VecDeque::new(),
            orphans: Waiting::default(),
            loose: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// Changes the capacity of an arc, b/d: 0 to [`Self::MOST`].
    pub fn set_capacity(&mut self, arc: usize, capacity: i64) {
        debug_assert!((0..=Self::MOST).contains(&capacity));
        let more = capacity - self.capacity[arc];
        if more == 0 {
            return;
        }
        self.capacity[arc] = capacity;
        match self.places[arc] {
            Place::Inner(half) if more > 0 => self.widen(half, more as i32),
            Place::Inner(half) => self.narrow(half, -more as i32),
            // Less from the source is as much more to the sink, and a smaller flow by that.
            Place::FromSource(node) | Place::ToSink(node) => {
                self.value += more.min(0);
                let feeds = matches!(self.places[arc], Place::FromSource(_)) == (more > 0);
                self.give(node, if feeds { more.abs() } else { -more.abs() });
            }
            Place::Straight => self.value += more,
            Place::Loop => {}
        }
    }

    /// The capacity of an arc, b/d.
    #[must_use]
    pub fn capacity(&self, arc: usize) -> i64 {
        self.capacity[arc]
    }

    /// The greatest flow under the capacities as they are, b/d.
    pub fn solve(&mut self) -> i64 {
        if self.highest > HIGHEST {
            self.fell();
        }
        self.settle();
        self.grow();
        self.value
    }

    fn widen(&mut self, half: u32, more: i32) {
        let Half {
            to, sister, out, ..
        } = self.halves[half as usize];
        self.halves[half as usize].out += more;
        self.halves[sister as usize].back += more;
        if out == 0 {
            let from = self.halves[sister as usize].to;
            let (tail, head) = (self.nodes[from as usize].tree, self.nodes[to as usize].tree);
            if tail == Tree::Source && head != Tree::Source {
                self.activate(from);
            }
            if head == Tree::Sink && tail != Tree::Sink {
                self.activate(to);
            }
        }
    }

    fn narrow(&mut self, half: u32, less: i32) {
        let Half {
            to,
            sister,
            out,
            back,
        } = self.halves[half as usize];
        let from = self.halves[sister as usize].to;
        let too_much = (less - out).max(0);
        let (left, back) = ((out - less).max(0), back - too_much);
        (
            self.halves[half as usize].out,
            self.halves[half as usize].back,
        ) = (left, back);
        (
            self.halves[sister as usize].back,
            self.halves[sister as usize].out,
        ) = (left, back);
        if left == 0 {
            self.cut(Tree::Sink, from, half);
            self.cut(Tree::Source, to, sister);
        }
        if too_much > 0 {
            if back == 0 {
                self.cut(Tree::Source, from, half);
                self.cut(Tree::Sink, to, sister);
            }
            let too_much = i64::from(too_much);
            self.value -= too_much;
            self.give(from, too_much);
            self.give(to, -too_much);
        }
    }

    /// Orphans a node of a tree if this is its arc to its parent.
    fn cut(&mut self, tree: Tree, node: u32, half: u32) {
        let found = &mut self.nodes[node as usize];
        if found.tree == tree && found.parent == half {
            self.orphan(node);
        }
    }

    /// Lets more come to a node from the source, or, below 0, leave it to the sink. What can do both
    /// flows at once.
    fn give(&mut self, node: u32, amount: i64) {
        let found = &mut self.nodes[node as usize];
        if (found.spare > 0) != (amount > 0) {
            self.value += found.spare.abs().min(amount.abs());
        }
        found.spare += amount;
        if !found.is_pending {
            found.is_pending = true;
            self.pending.push(node);
        }
    }

    fn activate(&mut self, node: u32) {
        let found = &mut self.nodes[node as usize];
        if !found.is_active {
            found.is_active = true;
            self.active.push_back(node);
        }
    }
}
