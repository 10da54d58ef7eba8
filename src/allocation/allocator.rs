//! Capacities in, flows out.

use crate::network::Problem;

use super::table::Table;
use super::tableau::Tableau;

/// Answers which flows are optimal under given capacities.
///
/// It keeps the last basis and a table of solved states; neither shows in any answer.
#[derive(Clone)]
pub struct Allocator {
    capacity: Vec<i64>,
    /// Arcs whose capacity the engine has not been told yet.
    stale: Vec<u32>,
    is_stale: Vec<bool>,
    key: u64,
    engine: Engine,
    table: Table,
    flows: Vec<i64>,
}

/// The engine, by the size of its costs.
#[derive(Clone)]
enum Engine {
    Narrow(Tableau<i64>),
    Wide(Tableau<i128>),
}

impl Allocator {
    /// For a problem, with no capacity anywhere.
    #[must_use]
    pub fn new(problem: &Problem) -> Self {
        let arcs = problem.arcs.len();
        // Reduced costs are sums over a cycle, so no larger than the sum over all arcs.
        let largest: i128 = problem.arcs.iter().map(|arc| arc.cost.abs()).sum();
        let engine = if largest < i128::from(i64::MAX / 4) {
            Engine::Narrow(Tableau::new(problem))
        } else {
            Engine::Wide(Tableau::new(problem))
        };
        Self {
            capacity: vec![0; arcs],
            stale: Vec::with_capacity(arcs),
            is_stale: vec![false; arcs],
            key: (0..arcs).map(|arc| Table::hash(arc, 0)).fold(0, u64::wrapping_add),
            engine,
            table: Table::new(arcs, arcs),
            flows: vec![0; arcs],
        }
    }

    /// Changes the capacity of an arc, b/d.
    pub fn set_capacity(&mut self, arc: usize, capacity: i64) {
        let before = self.capacity[arc];
        if before == capacity {
            return;
        }
        self.key = self
            .key
            .wrapping_sub(Table::hash(arc, before))
            .wrapping_add(Table::hash(arc, capacity));
        self.capacity[arc] = capacity;
        if !self.is_stale[arc] {
            self.is_stale[arc] = true;
            self.stale.push(arc as u32);
        }
    }

    /// The capacity of an arc, b/d.
    #[must_use]
    pub fn capacity(&self, arc: usize) -> i64 {
        self.capacity[arc]
    }

    /// The optimal flow of each arc under the capacities as they are, b/d.
    pub fn solve(&mut self) -> &[i64] {
        if let Some(answer) = self.table.get(self.key, &self.capacity) {
            self.flows.copy_from_slice(answer);
            return &self.flows;
        }
        for &arc in &self.stale {
            let arc = arc as usize;
            self.is_stale[arc] = false;
            match &mut self.engine {
                Engine::Narrow(tableau) => tableau.set_capacity(arc, self.capacity[arc]),
                Engine::Wide(tableau) => tableau.set_capacity(arc, self.capacity[arc]),
            }
        }
        self.stale.clear();
        match &mut self.engine {
            Engine::Narrow(tableau) => {
                tableau.solve();
                tableau.flows(&mut self.flows);
            }
            Engine::Wide(tableau) => {
                tableau.solve();
                tableau.flows(&mut self.flows);
            }
        }
        self.table.put(self.key, &self.capacity, &self.flows);
        &self.flows
    }

    /// The flow of each arc as last solved, b/d.
    #[must_use]
    pub fn flows(&self) -> &[i64] {
        &self.flows
    }
}
