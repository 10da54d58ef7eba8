//! Where one more barrel a day of capacity would deliver one more barrel a day.
//!
//! The right derivative of the maximum flow for an arc is 1 if oil can still reach its tail and
//! can still get from its head to a market, both over what capacity is left (the residual
//! network); else 0. It does not depend on which maximum flow was found.

use crate::network::{ArcRole, Network, Problem};

/// Work space for right derivatives.
#[derive(Clone)]
pub struct Derivative {
    /// Arcs that leave or enter each node.
    around: Vec<Vec<u32>>,
    /// Arcs that begin outside (fields and draws), tanks being filled, and arcs to markets.
    starts: Vec<u32>,
    fills: Vec<u32>,
    sales: Vec<u32>,
    reached: Vec<bool>,
    reaching: Vec<bool>,
    stack: Vec<u32>,
}

impl Derivative {
    /// For a network.
    #[must_use]
    pub fn new(network: &Network) -> Self {
        let problem = &network.problem;
        let mut around = vec![Vec::new(); problem.nodes];
        let (mut starts, mut fills, mut sales) = (Vec::new(), Vec::new(), Vec::new());
        for (index, arc) in problem.arcs.iter().enumerate() {
            let index = index as u32;
            for node in [arc.tail, arc.head].into_iter().flatten() {
                around[node].push(index);
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
        Self {
            around,
            starts,
            fills,
            sales,
            reached: vec![false; problem.nodes],
            reaching: vec![false; problem.nodes],
            stack: Vec::new(),
        }
    }

    /// Finds from where and to where oil could still go, under a maximum flow.
    pub fn explore(&mut self, problem: &Problem, capacity: &dyn Fn(usize) -> i64, flow: &[i64]) {
        let spare = |arc: u32| capacity(arc as usize) > flow[arc as usize];
        let arc = |index: u32| &problem.arcs[index as usize];

        self.reached.fill(false);
        self.stack.clear();
        for &start in self.starts.iter().filter(|&&start| spare(start)) {
            visit(arc(start).head, &mut self.reached, &mut self.stack);
        }
        // Oil that goes into a tank is there to be had.
        for &fill in self.fills.iter().filter(|&&fill| flow[fill as usize] > 0) {
            visit(arc(fill).tail, &mut self.reached, &mut self.stack);
        }
        while let Some(node) = self.stack.pop() {
            for &index in &self.around[node as usize] {
                let next = arc(index);
                if next.tail == Some(node as usize) && spare(index) {
                    visit(next.head, &mut self.reached, &mut self.stack);
                }
                if next.head == Some(node as usize) && flow[index as usize] > 0 {
                    visit(next.tail, &mut self.reached, &mut self.stack);
                }
            }
        }

        self.reaching.fill(false);
        for &sale in self.sales.iter().filter(|&&sale| spare(sale)) {
            visit(arc(sale).tail, &mut self.reaching, &mut self.stack);
        }
        while let Some(node) = self.stack.pop() {
            for &index in &self.around[node as usize] {
                let next = arc(index);
                if next.head == Some(node as usize) && spare(index) {
                    visit(next.tail, &mut self.reaching, &mut self.stack);
                }
                if next.tail == Some(node as usize) && flow[index as usize] > 0 {
                    visit(next.head, &mut self.reaching, &mut self.stack);
                }
            }
        }
    }

    /// Whether one more barrel a day on a reduced arc would be delivered.
    #[must_use]
    pub fn binds(&self, problem: &Problem, arc: usize) -> bool {
        let arc = &problem.arcs[arc];
        arc.tail.is_none_or(|tail| self.reached[tail])
            && arc.head.is_none_or(|head| self.reaching[head])
    }
}

fn visit(node: Option<usize>, seen: &mut [bool], stack: &mut Vec<u32>) {
    if let Some(node) = node.filter(|&node| !seen[node]) {
        seen[node] = true;
        stack.push(node as u32);
    }
}
