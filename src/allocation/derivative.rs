//! What one more, or one less, barrel a day of capacity would do to what is delivered.
//!
//! All of it is read off the residual network, over what capacity is left and back along what
//! flows, and does not depend on which maximum flow was found. An arc is in the source-minimal cut
//! if oil can still reach its tail but not its head. The right derivative of the maximum flow is 1
//! if oil can still reach the tail and can still get from the head to a market; else 0. The left
//! derivative is 1 if the arc is full and there is no other way from its tail to its head; it is 0
//! if the arc has no capacity to lose.

use crate::network::{ArcRole, Network, Problem};

/// What a change of the capacity of an arc would do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Margin {
    /// It is in the minimum cut nearest to the sources.
    pub in_cut: bool,
    /// One more barrel a day of capacity delivers one more.
    pub right: bool,
    /// One barrel a day of capacity less delivers one less.
    pub left: bool,
}

/// An arc seen from one of its ends.
#[derive(Clone, Copy)]
struct Way {
    arc: u32,
    /// Its other end.
    other: u32,
    /// What lets oil go from this end to the other: [`SPARE`] or [`USED`]; the other of the two, back.
    forth: u8,
}

/// An arc has capacity left.
const SPARE: u8 = 1;

/// An arc carries something, so that oil can be taken back along it.
const USED: u8 = 2;

/// Work space for derivatives.
#[derive(Clone)]
pub struct Derivative {
    /// Where each arc begins and ends; the outside is the number after the last node.
    ends: Vec<(u32, u32)>,
    /// Arcs that leave or enter each node, node after node, where those of each begin, and where those
    /// that lead to no other node.
    around: Vec<Way>,
    first: Vec<u32>,
    outside: Vec<u32>,
    /// Of each arc whether it is [`SPARE`] and whether it is [`USED`]; before it is explored, neither.
    open: Vec<u8>,
    /// Arcs that begin outside (fields and draws), tanks being filled, and arcs to markets.
    starts: Vec<u32>,
    fills: Vec<u32>,
    sales: Vec<u32>,
    /// By node whether oil could still go there, and from there to a market; outside it always could.
    reached: Vec<bool>,
    reaching: Vec<bool>,
    /// Full arcs on which one more barrel a day would be delivered, and whether they are listed as it is now.
    binding: Vec<u32>,
    is_listed: bool,
    /// Nodes passed on the way round an arc, then the two outside.
    passed: Vec<bool>,
    stack: Vec<u32>,
}

impl Derivative {
    /// For a network.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        let problem = &network.problem;
        let mut ways = vec![Vec::new(); problem.nodes];
        let (mut starts, mut fills, mut sales) = (Vec::new(), Vec::new(), Vec::new());
        let outside = problem.nodes as u32;
        let number = |end: Option<usize>| end.map_or(outside, |node| node as u32);
        for (index, arc) in problem.arcs.iter().enumerate() {
            let index = index as u32;
            for (end, other, leaves) in [(arc.tail, arc.head, true), (arc.head, arc.tail, false)] {
                if let Some(node) = end {
                    let (arc, other) = (index, number(other));
                    let forth = if leaves { SPARE } else { USED };
                    ways[node].push(Way { arc, other, forth });
                }
            }
            if arc.tail.is_none() {
                starts.push(index);
            }
            if arc.head.is_none() {
                let last = arc.members.last().map(|&member| network.arcs[member].role);
                if matches!(last, Some(ArcRole::Fill(_))) {
                    fills.push(index);
                } else {
                    sales.push(index);
                }
            }
        }
        let is_inside = |way: &Way| way.other != outside;
        for own in &mut ways {
            own.sort_by_key(|way| !is_inside(way));
        }
        let mut first = vec![0];
        first.extend(ways.iter().scan(0, |sum, own| {
            *sum += own.len() as u32;
            Some(*sum)
        }));
        let inside = ways
            .iter()
            .map(|own| own.iter().filter(|way| is_inside(way)).count() as u32);
        let outside = first
            .iter()
            .zip(inside)
            .map(|(first, inside)| first + inside);
        let arcs = problem.arcs.iter();
        let mut anywhere = vec![false; problem.nodes + 1];
        anywhere[problem.nodes] = true;
        let mut derivative = Self {
            ends: arcs
                .map(|arc| (number(arc.tail), number(arc.head)))
                .collect(),
            outside: outside.collect(),
            around: ways.concat(),
            first,
            open: vec![0; problem.arcs.len()],
            starts,
            fills,
            sales,
            reached: anywhere.clone(),
            reaching: anywhere,
            binding: Vec::new(),
            is_listed: false,
            passed: vec![false; problem.nodes + 2],
            stack: Vec::new(),
        };
        derivative.spread();
        derivative
    }

    /// Finds from where and to where oil could still go, under a maximum flow.
    ///
    /// - `capacity`: of each arc of the problem, b/d; `flow`: what it carries.
    pub fn explore(&mut self, capacity: &[u32], flow: &[i64]) {
        let mut differs = 0;
        for ((open, &capacity), &flow) in self.open.iter_mut().zip(capacity).zip(flow) {
            // A sign says each, without a comparison.
            let is_spare = (flow - i64::from(capacity)) as u64 >> 63;
            let is_used = -flow as u64 >> 63;
            let now = (is_spare as u8 * SPARE) | (is_used as u8 * USED);
            differs |= *open ^ now;
            *open = now;
        }
        // All that follows depends on nothing else.
        if differs != 0 {
            self.spread();
        }
    }

    /// The same, for what is open.
    fn spread(&mut self) {
        let Self {
            ends,
            around,
            first,
            outside,
            open,
            starts,
            fills,
            sales,
            reached,
            reaching,
            stack,
            ..
        } = self;
        let is = |index: u32, what: u8| open[index as usize] & what != 0;
        let tail = |index: u32| ends[index as usize].0;
        let head = |index: u32| ends[index as usize].1;
        let inside = |node: u32| {
            let (from, to) = (first[node as usize], outside[node as usize]);
            &around[from as usize..to as usize]
        };
        let nodes = reached.len() - 1;

        reached[..nodes].fill(false);
        stack.clear();
        for &start in starts.iter().filter(|&&start| is(start, SPARE)) {
            visit(head(start), reached, stack);
        }
        // Oil that goes into a tank is there to be had.
        for &fill in fills.iter().filter(|&&fill| is(fill, USED)) {
            visit(tail(fill), reached, stack);
        }
        while let Some(node) = stack.pop() {
            for way in inside(node).iter().filter(|way| is(way.arc, way.forth)) {
                visit(way.other, reached, stack);
            }
        }

        reaching[..nodes].fill(false);
        for &sale in sales.iter().filter(|&&sale| is(sale, SPARE)) {
            visit(tail(sale), reaching, stack);
        }
        while let Some(node) = stack.pop() {
            let back = |way: &&Way| is(way.arc, (SPARE | USED) ^ way.forth);
            for way in inside(node).iter().filter(back) {
                visit(way.other, reaching, stack);
            }
        }
        self.is_listed = false;
    }

    /// Reduced arcs that have no capacity left under the flow that was [explored](Self::explore), and on which one
    /// more barrel a day would be delivered.
    pub fn binding(&mut self) -> &[u32] {
        if !self.is_listed {
            self.is_listed = true;
            let Self {
                ends,
                open,
                reached,
                reaching,
                binding,
                ..
            } = self;
            binding.clear();
            for ((&open, &(tail, head)), index) in open.iter().zip(&*ends).zip(0..) {
                if open & SPARE == 0 && reached[tail as usize] && reaching[head as usize] {
                    binding.push(index);
                }
            }
        }
        &self.binding
    }

    /// Whether one more barrel a day on a reduced arc would be delivered.
    #[must_use]
    pub fn binds(&self, arc: usize) -> bool {
        let (tail, head) = self.ends[arc];
        self.reached[tail as usize] && self.reaching[head as usize]
    }

    /// What a change of the capacity of one member of a reduced arc would do, under the flow that
    /// was [explored](Self::explore). Members in series have points between them, so that of two
    /// that are equally tight neither helps alone, and either hurts.
    ///
    /// - `member`: its place among the members.
    /// - `limit`: the capacity of each member, b/d.
    pub fn margin(
        &mut self,
        problem: &Problem,
        capacity: &dyn Fn(usize) -> i64,
        flow: &[i64],
        (arc, member): (usize, usize),
        limit: &dyn Fn(usize) -> i64,
    ) -> Margin {
        let reduced = &problem.arcs[arc];
        let carried = flow[arc];
        let spare = |at: usize| limit(reduced.members[at]) > carried;
        let last = reduced.members.len() - 1;
        let ends_in_tank = reduced.head.is_none() && self.fills.contains(&(arc as u32));
        let tail_reached = reduced.tail.is_none_or(|tail| self.reached[tail]);
        let head_reached = reduced.head.map_or(ends_in_tank, |head| self.reached[head]);
        let tail_reaching = reduced.tail.is_some_and(|tail| self.reaching[tail]);
        let head_reaching = reduced
            .head
            .map_or(!ends_in_tank, |head| self.reaching[head]);
        // A point between two members: from the tail over what is left, or back from the head.
        let is_reached = |before: usize| {
            (tail_reached && (0..before).all(spare)) || (head_reached && carried > 0)
        };
        let is_reaching = |after: usize| {
            (head_reaching && (after + 1..=last).all(spare)) || (tail_reaching && carried > 0)
        };
        let from = if member == 0 {
            tail_reached
        } else {
            is_reached(member)
        };
        let (to_reached, to_reaching) = if member == last {
            (head_reached, head_reaching)
        } else {
            (is_reached(member + 1), is_reaching(member))
        };
        let is_full = carried > 0 && !spare(member);
        Margin {
            in_cut: from && !to_reached,
            right: from && to_reaching && !spare(member),
            left: is_full && !self.has_detour(problem, capacity, flow, arc),
        }
    }

    /// Whether oil could get from the tail of an arc to its head without it. The outside is two
    /// nodes: where oil comes from, tanks included, and where it is delivered.
    fn has_detour(
        &mut self,
        problem: &Problem,
        capacity: &dyn Fn(usize) -> i64,
        flow: &[i64],
        arc: usize,
    ) -> bool {
        let source = problem.nodes;
        let market = source + 1;
        let fills = &self.fills;
        let head_of = |index: u32| {
            let outside = if fills.contains(&index) {
                source
            } else {
                market
            };
            problem.arcs[index as usize].head.unwrap_or(outside)
        };
        let tail_of = |index: u32| problem.arcs[index as usize].tail.unwrap_or(source);
        let (from, to) = (tail_of(arc as u32), head_of(arc as u32));
        if from == to {
            return true;
        }
        let passed = &mut self.passed;
        passed.fill(false);
        self.stack.clear();
        visit(from as u32, passed, &mut self.stack);
        while let Some(node) = self.stack.pop() {
            let node = node as usize;
            let mut see = |index: u32| {
                if index as usize == arc {
                    return;
                }
                let (tail, head) = (tail_of(index), head_of(index));
                let is_used = flow[index as usize] > 0;
                if tail == node && capacity(index as usize) > flow[index as usize] {
                    visit(head as u32, passed, &mut self.stack);
                }
                if head == node && is_used {
                    visit(tail as u32, passed, &mut self.stack);
                }
            };
            if node == source {
                self.starts
                    .iter()
                    .chain(fills)
                    .for_each(|&index| see(index));
            } else if node == market {
                self.sales.iter().for_each(|&index| see(index));
            } else {
                let (from, to) = (self.first[node], self.first[node + 1]);
                let around = &self.around[from as usize..to as usize];
                for way in around {
                    see(way.arc);
                }
            }
            if passed[to] {
                return true;
            }
        }
        false
    }
}

fn visit(node: u32, seen: &mut [bool], stack: &mut Vec<u32>) {
    let seen = &mut seen[node as usize];
    if !*seen {
        *seen = true;
        stack.push(node);
    }
}
