//! States that wait to be evaluated together.

use crate::allocation::cut::{CutProgram, LANES, Lane};

use super::places::Hit;
use super::table::{NOWHERE, Table};

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
    /// States so far; fewer than [`LANES`].
    used: usize,
    scratch: Vec<Lane>,
    out: Lane,
    /// What was found before, if it is kept.
    table: Option<Box<Table>>,
    /// With a table, of each state that waits: its place among all that are told, and in the table.
    places: Vec<[u32; 2]>,
    /// What is delivered in each state that is told, b/d; of states that wait nothing yet.
    pub(super) delivered: Vec<i32>,
}

impl Lanes {
    /// - `start`: what each row holds at the start.
    pub(super) fn new(start: &[i32]) -> Self {
        let mut start = start.to_vec();
        start.push(0);
        Self {
            rows: start.iter().map(|&value| Lane([value; LANES])).collect(),
            now: start.clone(),
            since: vec![0; start.len()],
            differs: vec![0; start.len().div_ceil(64)],
            start,
            written: Vec::new(),
            used: 0,
            scratch: Vec::new(),
            out: Lane::default(),
            table: None,
            places: Vec::new(),
            delivered: Vec::new(),
        }
    }

    /// Keeps what is found.
    pub(super) fn with_table(self, table: Option<Table>) -> Self {
        Self {
            table: table.map(Box::new),
            ..self
        }
    }

    pub(super) fn has_table(&self) -> bool {
        self.table.is_some()
    }

    /// Another state in which these slots are hit: whether it has to be evaluated, as nobody knows
    /// what is delivered.
    ///
    /// - `hit`: `None` if slots do not tell what holds.
    #[inline]
    pub(super) fn is_new(&mut self, hit: Option<Hit>) -> bool {
        let Some(table) = &self.table else {
            return true;
        };
        let place = hit.map_or(NOWHERE, |hit| table.place(hit));
        if let Some(known) = table.get(place) {
            self.delivered.push(known);
            return false;
        }
        self.places.push([self.delivered.len() as u32, place]);
        self.delivered.push(0);
        true
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

    /// A row that nobody reads, where there are `rows` that somebody does.
    pub(super) fn spare(rows: usize) -> usize {
        rows
    }

    /// How many states wait.
    pub(super) fn used(&self) -> usize {
        self.used
    }

    /// Another state, with what holds now.
    pub(super) fn push(&mut self, program: &CutProgram) {
        self.is_new(None);
        self.use_up_to(self.used + 1, program);
    }

    /// So many states wait; evaluates them if they are as many as can.
    pub(super) fn use_up_to(&mut self, states: usize, program: &CutProgram) {
        self.used = states;
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
        self.tell();
        for &(row, from, to) in &self.written {
            let value = self.start[row as usize];
            let row = &mut self.rows[row as usize];
            let (window, end) = window(row, from as usize);
            // All that is written goes, so it does not matter if the window is too wide.
            window.fill(value);
            if to as usize > end {
                row[end..to as usize].fill(value);
            }
        }
        self.written.clear();
        self.used = 0;
    }

    /// Tells what was found of the states that waited.
    fn tell(&mut self) {
        let Some(table) = &mut self.table else {
            self.delivered.extend_from_slice(&self.out[..self.used]);
            return;
        };
        for (&[told, kept], &delivered) in self.places.iter().zip(&self.out[..self.used]) {
            self.delivered[told as usize] = delivered;
            table.keep(kept, delivered);
        }
        self.places.clear();
    }

    /// Writes what a row holds now, up to the next state.
    fn write(&mut self, row: usize) {
        let (from, to) = (self.since[row] as usize, self.used);
        if from < to {
            self.write_between(row, from, to, self.now[row]);
        }
    }

    /// From one state up to another, which is at most [`LANES`], a row holds this.
    #[inline]
    pub(super) fn write_between(&mut self, row: usize, from: usize, to: usize, value: i32) {
        self.written.push((row as u32, from as u32, to as u32));
        let row = &mut self.rows[row];
        // Mostly a few states: masks over a fixed number cost less than a loop whose length cannot
        // be foreseen.
        let (window, end) = window(row, from);
        let first = (end - WINDOW) as i32;
        let (from, to_lane) = (from as i32 - first, to as i32 - first);
        for (cell, at) in window.iter_mut().zip(0..) {
            let mask = -i32::from(at >= from) & -i32::from(at < to_lane);
            *cell ^= (*cell ^ value) & mask;
        }
        if to > end {
            row[end..to].fill(value);
        }
    }
}

/// States that are written at once.
const WINDOW: usize = 8;

/// The states from one on, or the last if there are too few; and where they end.
#[inline]
fn window(row: &mut Lane, from: usize) -> (&mut [i32; WINDOW], usize) {
    let first = from.min(LANES - WINDOW);
    let window = row[first..].first_chunk_mut();
    (window.expect("as many states are left"), first + WINDOW)
}
