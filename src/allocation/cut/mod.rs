//! The greatest flow of a network as a list of additions and minima, carried out for many states
//! at once.
//!
//! The greatest flow is the least cut: each node is put on the source's side or the sink's, and
//! each arc from the one side to the other is paid for with its capacity. Nodes are decided one by
//! one, in an order in which each has few undecided neighbours when its turn comes. Its decision
//! depends on these only, so for each way of putting `d` neighbours there is one number, the
//! smaller of two sums: what is paid if the node is on the source's side, and if it is on the
//! sink's. These 2^d numbers are all that the rest of the network has to know of the node. After
//! the last node one number is left.
//!
//! Which sums and which minima does not depend on the capacities. So the work is done once with
//! names in place of capacities ([`CutProgram::compile`]): equal sums are kept once, zeros and
//! limits that cannot bind fall away, known capacities are added up beforehand. What remains is a
//! list of steps without a branch or a memory of the past, in which a state is but a lane of an
//! array, and [`LANES`] of them go through together.
//!
//! Numbers are of 32 bits, and no sum may leave their range. How many entries of rows an expression
//! adds up at most is counted, which gives the most that an entry may be
//! ([`CutProgram::row_limit`]). A capacity above that is cut down to it, as no arc carries more than
//! the greatest flow.
//!
//! What reaches some of the sinks when these are served before the others is the greatest flow
//! without the others' arcs; it has a program of its own.
//!
//! The price is 2^d for the most neighbours `d` that a node has when its turn comes. Maps of
//! pipelines are nearly trees, with `d` of 3 to 6; where it is above [`MOST_WIDTH`] no program is
//! made.

mod eliminate;
mod evaluate;
mod expressions;
mod order;
mod schedule;

use std::ops::{Deref, DerefMut};

use pulp::Arch;

use eliminate::least_cut;
use evaluate::Run;
use expressions::Expressions;
use schedule::{Schedule, schedule};

/// States that are solved at once.
pub const LANES: usize = 128;

/// One number for each state.
///
/// It starts where a line of the cache starts, which saves a wide instruction every second access.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(align(64))]
pub struct Lane(pub [i32; LANES]);

impl Default for Lane {
    fn default() -> Self {
        Self([0; LANES])
    }
}

impl Deref for Lane {
    type Target = [i32; LANES];

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Lane {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}

/// The most undecided neighbours that a node may have.
const MOST_WIDTH: usize = 10;

/// The most expressions of a program while it is made.
const MOST_EXPRESSIONS: usize = 20_000;

/// The most nodes and arcs of a network.
const MOST_PARTS: usize = 4_000;

/// A known capacity above this is no limit: no flow that a program can tell reaches it.
const MOST_FIXED: i64 = (i32::MAX / 2) as i64;

/// The capacity of an arc.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Capacity {
    /// It differs from state to state: the row of the input that holds it.
    Row(usize),
    /// It is known. Above a thousand million it is no limit.
    Fixed(i64),
}

/// An arc of a network whose greatest flow is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CutArc {
    /// Node it leaves; `None` is the source.
    pub tail: Option<usize>,
    /// Node it enters; `None` is the sink.
    pub head: Option<usize>,
    /// The most it takes.
    pub capacity: Capacity,
}

/// The greatest flow of one network, for any capacities.
#[derive(Debug)]
pub struct CutProgram {
    schedule: Schedule,
    width: usize,
    rows: usize,
    arch: Arch,
}

impl CutProgram {
    /// Makes the program for a network of `nodes` nodes whose capacities come in `rows` rows.
    ///
    /// `None` if the network is too entangled or too large, if an arc names a node or a row that
    /// there is not, or if known capacities are too large or nothing limits the flow.
    #[must_use]
    pub fn compile(nodes: usize, arcs: &[CutArc], rows: usize) -> Option<Self> {
        let is_known = |node: Option<usize>| node.is_none_or(|node| node < nodes);
        let is_sound = |arc: &CutArc| {
            is_known(arc.tail)
                && is_known(arc.head)
                && !matches!(arc.capacity, Capacity::Row(row) if row >= rows)
        };
        if nodes.max(arcs.len()).max(rows) > MOST_PARTS || !arcs.iter().all(is_sound) {
            return None;
        }
        let mut expressions = Expressions::default();
        let cut = least_cut(nodes, arcs, &mut expressions)?;
        Some(Self {
            schedule: schedule(cut.value, &expressions, rows)?,
            width: cut.width,
            rows,
            arch: Arch::new(),
        })
    }

    /// Number of additions and minima for a state.
    #[must_use]
    pub fn operations(&self) -> usize {
        self.schedule.operations
    }

    /// The most undecided neighbours that a node had.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The most that an entry of a row may be.
    ///
    /// Larger capacities have to be cut down to this. That changes nothing as long as the greatest
    /// flow is not above it, which is so if all sources (or all sinks) together are not.
    #[must_use]
    pub fn row_limit(&self) -> i32 {
        self.schedule.row_limit
    }

    /// The greatest flow of each state.
    ///
    /// - `rows`: capacities, from 0 to [`Self::row_limit`], a row for each that varies.
    /// - `scratch`: space to work in; what it holds does not matter.
    ///
    /// # Panics
    ///
    /// If there are fewer rows than the program was made for.
    pub fn evaluate(&self, rows: &[Lane], scratch: &mut Vec<Lane>, out: &mut Lane) {
        self.evaluate_on(self.arch, rows, scratch, out);
    }

    /// The same with the instructions given. They make no difference to the answer.
    fn evaluate_on(&self, arch: Arch, rows: &[Lane], scratch: &mut Vec<Lane>, out: &mut Lane) {
        let rows = &rows[..self.rows];
        let Schedule {
            steps,
            registers,
            result,
            above,
            ..
        } = &self.schedule;
        if scratch.len() < *registers {
            scratch.resize(*registers, Lane::default());
        }
        let scratch = &mut scratch[..*registers];
        arch.dispatch(Run {
            steps,
            inputs: rows,
            scratch,
        });
        let result = result.map(|place| place as usize);
        *out = match result {
            None => Lane::default(),
            Some(place) if place < self.rows => rows[place],
            Some(place) => scratch[place - self.rows],
        };
        for flow in &mut out.0 {
            *flow += above;
        }
    }
}

#[cfg(test)]
mod tests;
