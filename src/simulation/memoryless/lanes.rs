//! States that wait to be evaluated together.

use crate::allocation::cut::{CutProgram, LANES, Lane};

/// Capacities of many states side by side, a row each, and what is delivered in those that are
/// done.
///
/// Rows show what holds at the start wherever nothing is written; what is written is what
/// differs, from the state in which it begins to the state before which it ends, and it is taken
/// back when the states have been evaluated.
#[derive(Clone, Debug)]
pub(super) struct Lanes {
    rows: Vec<Lane>,
    /// Of each row, what holds at the start, what holds now, and since which state.
    start: Vec<i32>,
    now: Vec<i32>,
    since: Vec<u32>,
    /// One bit per row: whether what holds now is not what holds at the start.
    differs: Vec<u64>,
    /// What was written: row, and the states from one up to another.
    written: Vec<(u32, u32, u32)>,
    /// States so far.
    used: usize,
    scratch: Vec<Lane>,
    out: Lane,
    /// What is delivered in each state that has been evaluated, b/d.
    pub(super) delivered: Vec<i32>,
}

impl Lanes {
    /// - `start`: what each row holds at the start.
    pub(super) fn new(start: &[i32]) -> Self {
        Self {
            rows: start.iter().map(|&value| [value; LANES]).collect(),
            start: start.to_vec(),
            now: start.to_vec(),
            since: vec![0; start.len()],
            differs: vec![0; start.len().div_ceil(64)],
            written: Vec::new(),
            used: 0,
            scratch: Vec::new(),
            out: [0; LANES],
            delivered: Vec::new(),
        }
    }

    /// From the next state on, a row holds this.
    pub(super) fn set(&mut self, row: usize, value: i32) {
        let before = self.now[row];
        if before == value {
            return;
        }
        let start = self.start[row];
        if before != start {
            self.write(row);
        }
        self.now[row] = value;
        self.since[row] = self.used as u32;
        let bit = 1 << (row % 64);
        if value == start {
            self.differs[row / 64] &= !bit;
        } else {
            self.differs[row / 64] |= bit;
        }
    }

    /// Another state, with what holds now.
    pub(super) fn push(&mut self, program: &CutProgram) {
        self.used += 1;
        if self.used == LANES {
            self.evaluate(program);
        }
    }

    /// The next state begins a replication: all holds as at the start.
    pub(super) fn restart(&mut self) {
        for word in 0..self.differs.len() {
            let mut bits = std::mem::take(&mut self.differs[word]);
            while bits != 0 {
                let row = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                self.write(row);
                self.now[row] = self.start[row];
            }
        }
    }

    /// Evaluates the states that wait.
    pub(super) fn evaluate(&mut self, program: &CutProgram) {
        if self.used == 0 {
            return;
        }
        for word in 0..self.differs.len() {
            let mut bits = self.differs[word];
            while bits != 0 {
                let row = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                self.write(row);
                self.since[row] = 0;
            }
        }
        program.evaluate(&self.rows, &mut self.scratch, &mut self.out);
        self.delivered.extend_from_slice(&self.out[..self.used]);
        for &(row, from, to) in &self.written {
            let row = row as usize;
            self.rows[row][from as usize..to as usize].fill(self.start[row]);
        }
        self.written.clear();
        self.used = 0;
    }

    /// Writes what a row holds now, up to the next state.
    fn write(&mut self, row: usize) {
        let (from, to) = (self.since[row], self.used as u32);
        if from < to {
            self.rows[row][from as usize..to as usize].fill(self.now[row]);
            self.written.push((row as u32, from, to));
        }
    }
}
