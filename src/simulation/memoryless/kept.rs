//! States that are solved one after another.

use crate::allocation::KeptTrees;
use crate::allocation::cut::{Capacity, CutArc};

/// Capacities as they are now, and what is delivered in the states that are done.
///
/// Only what differs from the last state is told to the trees.
#[derive(Clone, Debug)]
pub(super) struct Kept {
    trees: KeptTrees,
    /// Arcs of each row: from the `row`-th place of `first` up to the next.
    arcs: Vec<u32>,
    first: Vec<u32>,
    /// Of each row, what holds at the start, what holds now, and what the trees were told.
    start: Vec<i32>,
    now: Vec<i32>,
    told: Vec<i32>,
    /// Rows of which the trees may have been told something else.
    stale: Vec<u32>,
    is_stale: Vec<bool>,
    /// Rows that may not hold what they do at the start.
    moved: Vec<u32>,
    has_moved: Vec<bool>,
    /// What is delivered in each state, b/d.
    pub(super) delivered: Vec<i32>,
}

impl Kept {
    /// - `start`: what each row holds at the start; `most`: more than this never flows, b/d.
    pub(super) fn new(nodes: usize, arcs: &[CutArc], start: &[i32], most: i64) -> Self {
        let ends: Vec<_> = arcs.iter().map(|arc| (arc.tail, arc.head)).collect();
        let mut trees = KeptTrees::new(nodes, &ends);
        let mut of_row = vec![Vec::new(); start.len()];
        for (index, arc) in arcs.iter().enumerate() {
            match arc.capacity {
                Capacity::Row(row) => {
                    of_row[row].push(index as u32);
                    trees.set_capacity(index, i64::from(start[row]));
                }
                Capacity::Fixed(capacity) => trees.set_capacity(index, capacity.min(most)),
            }
        }
        trees.solve();
        let mut first = vec![0];
        for arcs in &of_row {
            first.push(first[first.len() - 1] + arcs.len() as u32);
        }
        Self {
            trees,
            arcs: of_row.concat(),
            first,
            start: start.to_vec(),
            now: start.to_vec(),
            told: start.to_vec(),
            stale: Vec::new(),
            is_stale: vec![false; start.len()],
            moved: Vec::new(),
            has_moved: vec![false; start.len()],
            delivered: Vec::new(),
        }
    }

    /// From the next state on, a row holds this.
    pub(super) fn set(&mut self, row: usize, value: i32) {
        if self.now[row] == value {
            return;
        }
        self.now[row] = value;
        if !self.is_stale[row] {
            self.is_stale[row] = true;
            self.stale.push(row as u32);
        }
        if !self.has_moved[row] {
            self.has_moved[row] = true;
            self.moved.push(row as u32);
        }
    }

    /// Another state, with what holds now.
    pub(super) fn push(&mut self) {
        for &row in &self.stale {
            let row = row as usize;
            self.is_stale[row] = false;
            let value = self.now[row];
            if self.told[row] != value {
                self.told[row] = value;
                for &arc in &self.arcs[self.first[row] as usize..self.first[row + 1] as usize] {
                    self.trees.set_capacity(arc as usize, i64::from(value));
                }
            }
        }
        self.stale.clear();
        // No more flows than all fields plan, and that fits.
        self.delivered.push(self.trees.solve() as i32);
    }

    /// The next state begins a replication: all holds as at the start.
    pub(super) fn restart(&mut self) {
        let moved = std::mem::take(&mut self.moved);
        for &row in &moved {
            self.set(row as usize, self.start[row as usize]);
        }
        for &row in &moved {
            self.has_moved[row as usize] = false;
        }
        self.moved = moved;
        self.moved.clear();
    }
}
