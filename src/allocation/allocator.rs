//! Capacities in, flows out.

use crate::network::{Claims, Problem, UNLIMITED};

use super::circulation::Circulation;
use super::sharing::Sharing;
use super::table::Table;
use super::tableau::{Engine, MOST_ARCS, MOST_NODES, engine};

/// How many numbers are compared at once.
const LANES: usize = 4;

/// Answers which flows are optimal under given capacities.
///
/// It keeps the last basis and a table of solved states; neither shows in any answer.
pub struct Allocator {
    /// Of the arcs; then what fields claim, if cuts are shared otherwise than by cost.
    capacity: Vec<u32>,
    /// Arcs whose capacity the engine has not been told yet.
    stale: Vec<u32>,
    is_stale: Vec<bool>,
    /// What each number adds to the key.
    hashes: Vec<u64>,
    key: u64,
    /// Whether `flows` is the answer for the capacities as they are.
    is_current: bool,
    engine: Built,
    circulation: Circulation,
    sharing: Option<Sharing>,
    table: Table,
    flows: Vec<i64>,
    /// Whether `flows` is what the engine found last, and nothing else has shaped it.
    is_own: bool,
    /// How often `flows` was written.
    turn: u64,
}

/// An engine is large, and not every allocator is ever asked.
enum Built {
    Not(Box<Problem>),
    Is(Box<dyn Engine>),
}

impl Built {
    /// The engine, built when it is first needed.
    fn get(&mut self) -> &mut dyn Engine {
        if let Self::Not(problem) = self {
            *self = Self::Is(engine(problem));
        }
        match self {
            Self::Is(engine) => &mut **engine,
            Self::Not(_) => unreachable!("it has just been built"),
        }
    }
}

impl Clone for Built {
    fn clone(&self) -> Self {
        match self {
            Self::Not(problem) => Self::Not(problem.clone()),
            Self::Is(engine) => Self::Is(engine.boxed()),
        }
    }
}

impl Clone for Allocator {
    fn clone(&self) -> Self {
        Self {
            capacity: self.capacity.clone(),
            stale: self.stale.clone(),
            is_stale: self.is_stale.clone(),
            hashes: self.hashes.clone(),
            key: self.key,
            is_current: self.is_current,
            engine: self.engine.clone(),
            circulation: self.circulation.clone(),
            sharing: self.sharing.clone(),
            table: self.table.clone(),
            flows: self.flows.clone(),
            is_own: self.is_own,
            turn: self.turn,
        }
    }
}

impl Allocator {
    /// Most arcs that a reduced problem may have.
    pub const MOST_ARCS: usize = MOST_ARCS;
    /// Most nodes that a reduced problem may have.
    pub const MOST_NODES: usize = MOST_NODES;

    /// For a problem of at most [`Self::MOST_ARCS`] arcs and [`Self::MOST_NODES`] nodes, with no capacity anywhere.
    #[must_use]
    pub fn new(problem: &Problem) -> Self {
        let arcs = problem.arcs.len();
        let numbers = arcs + Sharing::claims(problem);
        let hashes: Vec<u64> = (0..numbers).map(|at| Table::hash(at, 0)).collect();
        Self {
            capacity: vec![0; numbers],
            stale: Vec::with_capacity(arcs),
            is_stale: vec![false; arcs],
            key: hashes.iter().copied().fold(0, u64::wrapping_add),
            hashes,
            is_current: true,
            engine: Built::Not(Box::new(problem.clone())),
            circulation: Circulation::new(problem),
            sharing: Sharing::new(problem),
            table: Table::new(numbers, arcs),
            flows: vec![0; arcs],
            is_own: false,
            turn: 0,
        }
    }

    /// The same, with cuts shared by cost whatever the problem says. What is delivered in each class,
    /// stored and produced altogether does not depend on that.
    #[must_use]
    pub fn unshared(problem: &Problem) -> Self {
        Self::new(&Problem {
            claims: Claims::default(),
            ..problem.clone()
        })
    }

    /// Changes the capacity of an arc, b/d.
    #[inline]
    pub fn set_capacity(&mut self, arc: usize, capacity: i64) {
        if self.set(arc, capacity) {
            self.make_stale(arc);
        }
    }

    /// Changes what a field claims where cuts are shared otherwise than by cost, b/d.
    pub fn set_claim(&mut self, field: usize, plan: i64, entitlement: i64) {
        let arcs = self.flows.len();
        let numbers = self.capacity.len() - arcs;
        if let Some(sharing) = &self.sharing {
            let fields = sharing.fields();
            self.set(arcs + field, plan);
            if numbers > fields {
                self.set(arcs + fields + field, entitlement);
            }
        }
    }

    /// Sets one of the numbers that an answer depends on; whether it was another.
    #[inline]
    fn set(&mut self, at: usize, value: i64) -> bool {
        let before = i64::from(self.capacity[at]);
        if before == value {
            return false;
        }
        let hash = Table::hash(at, value);
        let before = std::mem::replace(&mut self.hashes[at], hash);
        self.key = self.key.wrapping_sub(before).wrapping_add(hash);
        debug_assert!((0..=UNLIMITED).contains(&value));
        self.capacity[at] = value as u32;
        self.is_current = false;
        true
    }

    #[inline]
    fn make_stale(&mut self, arc: usize) {
        if !self.is_stale[arc] {
            self.is_stale[arc] = true;
            self.stale.push(arc as u32);
        }
    }

    /// The capacity of an arc, b/d.
    #[inline]
    #[must_use]
    pub fn capacity(&self, arc: usize) -> i64 {
        i64::from(self.capacity[arc])
    }

    /// The capacity of each arc, b/d.
    #[must_use]
    pub fn capacities(&self) -> &[u32] {
        &self.capacity[..self.flows.len()]
    }

    /// All that an answer depends on: capacities of the arcs, then what fields claim where cuts are
    /// shared otherwise than by cost; b/d.
    #[must_use]
    pub fn numbers(&self) -> &[u32] {
        &self.capacity
    }

    /// Takes over what [`Self::numbers`] says of an allocator of the same network and sharing.
    pub fn set_numbers(&mut self, numbers: &[u32]) {
        let arcs = self.flows.len();
        // Most are the same, and many are compared in few instructions.
        let (chunks, rest) = numbers.as_chunks::<LANES>();
        for (chunk, numbers) in chunks.iter().enumerate() {
            let from = chunk * LANES;
            if self.capacity[from..from + LANES] != *numbers {
                self.set_from(from, numbers, arcs);
            }
        }
        self.set_from(chunks.len() * LANES, rest, arcs);
    }

    /// Sets numbers from a place on, of which the first `arcs` are capacities.
    fn set_from(&mut self, from: usize, numbers: &[u32], arcs: usize) {
        for (at, &number) in (from..).zip(numbers) {
            if self.set(at, i64::from(number)) && at < arcs {
                self.make_stale(at);
            }
        }
    }

    /// The optimal flow of each arc under the capacities as they are, b/d.
    #[inline]
    pub fn solve(&mut self) -> &[i64] {
        if self.is_current {
            return &self.flows;
        }
        self.is_current = true;
        if let Some(answer) = self.table.get(self.key, &self.capacity) {
            for (flow, &known) in self.flows.iter_mut().zip(answer) {
                *flow = i64::from(known);
            }
            self.is_own = false;
            self.turn += 1;
            return &self.flows;
        }
        self.solve_anew();
        self.table.put(self.key, &self.capacity, &self.flows);
        &self.flows
    }

    /// The same, without looking whether the answer is known, and without keeping it: for states that
    /// do not come back.
    pub fn solve_anew(&mut self) -> &[i64] {
        self.is_current = true;
        let engine = self.engine.get();
        for &arc in &self.stale {
            self.is_stale[arc as usize] = false;
            engine.set_capacity(arc as usize, i64::from(self.capacity[arc as usize]));
        }
        self.stale.clear();
        if self.is_own && engine.is_settled() {
            return &self.flows;
        }
        if self.sharing.is_some() {
            engine.set_claims(&self.capacity[self.flows.len()..]);
        }
        // What is shared depends on more than the engine knows.
        self.is_own = self.sharing.is_none();
        self.turn += 1;
        engine.solve(&mut self.flows);
        self.share();
        self.circulation.remove(&mut self.flows);
        &self.flows
    }

    /// Takes over the answer for the capacities as they are, found before, b/d.
    pub fn recall(&mut self, flows: &[u32]) {
        self.is_current = true;
        self.is_own = false;
        self.turn += 1;
        for (flow, &known) in self.flows.iter_mut().zip(flows) {
            *flow = i64::from(known);
        }
    }

    /// Has the fields of a class produce in fair shares, and solves again for what ranks below.
    fn share(&mut self) {
        let Some(mut sharing) = self.sharing.take() else {
            return;
        };
        let decided = sharing.divide(self.engine.get(), &self.capacity, &mut self.flows);
        if !decided.is_empty() {
            for &(arc, flow) in decided {
                self.engine.get().set_capacity(arc, flow);
                self.make_stale(arc);
            }
            self.engine.get().solve(&mut self.flows);
        }
        self.sharing = Some(sharing);
    }

    /// Which arcs may carry more or less in the solution found last without one being worse than
    /// another: those whose reduced cost is zero. For what [`Self::solve_anew`] answered.
    pub(super) fn find_free(&mut self, free: &mut [bool]) {
        self.engine.get().find_free(0, free);
    }

    /// Whether it ever found no optimum, so that its answers must not be used.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        matches!(&self.engine, Built::Is(engine) if engine.has_failed())
    }

    /// Whether any of its answers may have been one optimum of several. If not, each was the only one.
    #[must_use]
    pub fn has_tied(&self) -> bool {
        matches!(&self.engine, Built::Is(engine) if engine.has_tied())
    }

    /// A number that is another one whenever flows may be others than before.
    #[must_use]
    pub fn turn(&self) -> u64 {
        self.turn
    }

    /// The flow of each arc as last solved, b/d.
    #[inline]
    #[must_use]
    pub fn flows(&self) -> &[i64] {
        &self.flows
    }
}
