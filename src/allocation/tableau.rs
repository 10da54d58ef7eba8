//! A dual network simplex on a tableau of bit masks.
//!
//! The matrix of a network is totally unimodular: every entry of the simplex tableau is −1, 0 or
//! 1, and a row is two bit masks over the arcs. Costs never change during a run, so after any
//! change of capacities the basis stays dual feasible and only bounds have to be repaired: a few
//! pivots, each a handful of word operations per row. A pivot costs O(nodes × arcs / 64).
//!
//! With costs in general position the optimum is unique, hence independent of the way to it. If a
//! tie remains (a reduced cost of zero on an arc that could carry flow), the state is solved again
//! from the fixed starting basis.

use crate::network::Problem;

/// Most arcs of a reduced problem; memory grows with nodes × arcs.
pub(super) const MOST_ARCS: usize = 256 * 64;

/// Answers flows for capacities, keeping its basis from solve to solve.
pub(super) trait Engine: Send {
    /// Changes the capacity of an arc.
    fn set_capacity(&mut self, arc: usize, capacity: i64);
    /// Solves, and writes the flow of each arc.
    fn solve(&mut self, flows: &mut [i64]);
    /// A copy in the same state.
    fn boxed(&self) -> Box<dyn Engine>;
}

/// The engine for a problem: masks as wide as its arcs, costs in `i64` where they fit, else `i128`.
pub(super) fn engine(problem: &Problem) -> Box<dyn Engine> {
    // Reduced costs are sums over a cycle, so no larger than the sum over all arcs.
    let largest: i128 = problem.arcs.iter().map(|arc| arc.cost.abs()).sum();
    if largest < i128::from(i64::MAX / 4) {
        sized::<i64>(problem)
    } else {
        sized::<i128>(problem)
    }
}

fn sized<C: Cost + 'static>(problem: &Problem) -> Box<dyn Engine> {
    match problem.arcs.len().div_ceil(64) {
        0..=1 => Box::new(Tableau::<C, 1>::new(problem)),
        2 => Box::new(Tableau::<C, 2>::new(problem)),
        3..=4 => Box::new(Tableau::<C, 4>::new(problem)),
        5..=16 => Box::new(Tableau::<C, 16>::new(problem)),
        17..=64 => Box::new(Tableau::<C, 64>::new(problem)),
        _ => Box::new(Tableau::<C, 256>::new(problem)),
    }
}

/// Arithmetic of costs.
trait Cost: Copy + Ord + Send {
    const ZERO: Self;
    fn from_wide(value: i128) -> Self;
    fn minus(self, other: Self) -> Self;
    fn plus(self, other: Self) -> Self;
    fn magnitude(self) -> Self;
}

macro_rules! cost {
    ($number:ty) => {
        impl Cost for $number {
            const ZERO: Self = 0;
            fn from_wide(value: i128) -> Self {
                value as $number
            }
            fn minus(self, other: Self) -> Self {
                self - other
            }
            fn plus(self, other: Self) -> Self {
                self + other
            }
            fn magnitude(self) -> Self {
                self.abs()
            }
        }
    };
}
cost!(i64);
cost!(i128);

/// Where an arc stands: at its lower bound 0, at its capacity, or in the basis at a row.
const AT_LOWER: u32 = u32::MAX;
const AT_UPPER: u32 = u32::MAX - 1;
/// The basic variable of a row that has no arc yet.
const ARTIFICIAL: u32 = u32::MAX;

/// Entries of a row: arcs with +1 and arcs with −1.
#[derive(Clone, Copy)]
struct Row<const W: usize> {
    plus: [u64; W],
    minus: [u64; W],
}

/// The simplex tableau.
#[derive(Clone)]
struct Tableau<C, const W: usize> {
    rows: Vec<Row<W>>,
    start_rows: Vec<Row<W>>,
    start_costs: Vec<C>,
    /// Reduced cost of each arc.
    reduced: Vec<C>,
    capacity: Vec<i64>,
    place: Vec<u32>,
    /// Arcs at a bound that could move: at 0 and at capacity.
    at_lower: [u64; W],
    at_upper: [u64; W],
    /// Arc that is basic in each row, its flow and its capacity.
    basic: Vec<u32>,
    value: Vec<i64>,
    limit: Vec<i64>,
    /// Rows whose flow is outside its bounds, one bit each.
    outside: Vec<u64>,
    /// Whether some arc outside the basis may have no reduced cost.
    suspect: bool,
}

impl<C: Cost + 'static, const W: usize> Engine for Tableau<C, W> {
    /// The basis stays dual feasible.
    fn set_capacity(&mut self, arc: usize, capacity: i64) {
        let before = self.capacity[arc];
        self.capacity[arc] = capacity;
        let place = self.place[arc];
        if place < AT_UPPER {
            let row = place as usize;
            self.limit[row] = capacity;
            mark(&mut self.outside, row, self.value[row], capacity);
            return;
        }
        let (word, bit) = (arc / 64, 1_u64 << (arc % 64));
        // An arc without capacity may stand at either bound; it takes the side its reduced cost
        // asks for when it gets some.
        let upper = self.reduced[arc] < C::ZERO;
        let flow = |upper: bool, capacity: i64| if upper { capacity } else { 0 };
        let change = flow(upper, capacity) - flow(place == AT_UPPER, before);
        self.place[arc] = if upper { AT_UPPER } else { AT_LOWER };
        self.at_lower[word] &= !bit;
        self.at_upper[word] &= !bit;
        if capacity > 0 {
            if upper {
                self.at_upper[word] |= bit;
            } else {
                self.at_lower[word] |= bit;
            }
        }
        if change == 0 {
            return;
        }
        for (index, row) in self.rows.iter().enumerate() {
            let plus = row.plus[word] & bit != 0;
            if plus || row.minus[word] & bit != 0 {
                self.value[index] += if plus { -change } else { change };
                mark(
                    &mut self.outside,
                    index,
                    self.value[index],
                    self.limit[index],
                );
            }
        }
    }

    fn solve(&mut self, flows: &mut [i64]) {
        self.repair();
        if self.suspect && self.has_tie() {
            self.restart();
            self.repair();
        }
        for ((flow, &place), &capacity) in flows.iter_mut().zip(&self.place).zip(&self.capacity) {
            *flow = match place {
                AT_LOWER => 0,
                AT_UPPER => capacity,
                row => self.value[row as usize],
            };
        }
    }

    fn boxed(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }
}

impl<C: Cost + 'static, const W: usize> Tableau<C, W> {
    fn new(problem: &Problem) -> Self {
        let nodes = problem.nodes;
        let arcs = problem.arcs.len().min(W * 64);
        let mut rows = vec![
            Row {
                plus: [0; W],
                minus: [0; W]
            };
            nodes
        ];
        for (index, arc) in problem.arcs.iter().enumerate().take(arcs) {
            let (word, bit) = (index / 64, 1_u64 << (index % 64));
            if let Some(head) = arc.head {
                rows[head].plus[word] |= bit;
            }
            if let Some(tail) = arc.tail {
                rows[tail].minus[word] |= bit;
            }
        }
        let costs: Vec<C> = problem
            .arcs
            .iter()
            .map(|arc| C::from_wide(arc.cost))
            .collect();
        let mut tableau = Self {
            start_rows: rows.clone(),
            rows,
            reduced: costs.clone(),
            start_costs: costs,
            capacity: vec![0; arcs],
            place: vec![AT_LOWER; arcs],
            at_lower: [0; W],
            at_upper: [0; W],
            basic: vec![ARTIFICIAL; nodes],
            value: vec![0; nodes],
            limit: vec![0; nodes],
            outside: vec![0; nodes.div_ceil(64)],
            suspect: true,
        };
        tableau.restart();
        tableau
    }

    /// Back to the starting basis, with the capacities as they are.
    fn restart(&mut self) {
        self.rows.copy_from_slice(&self.start_rows);
        self.reduced.copy_from_slice(&self.start_costs);
        self.basic.fill(ARTIFICIAL);
        self.value.fill(0);
        self.limit.fill(0);
        self.outside.fill(0);
        self.at_lower = [0; W];
        self.at_upper = [0; W];
        self.place.fill(AT_LOWER);
        self.suspect = true;
        for arc in 0..self.capacity.len() {
            let capacity = std::mem::take(&mut self.capacity[arc]);
            self.set_capacity(arc, capacity);
        }
    }

    /// Pivots until every flow is within its bounds.
    fn repair(&mut self) {
        let mut left = 64 * (self.rows.len() + self.capacity.len() + 16);
        // With ties a dual simplex could cycle under the largest violation; the first violated row
        // and the first arc of least ratio cannot (Bland's rule).
        while let Some(row) = self.violated(left == 0) {
            left = left.saturating_sub(1);
            self.pivot(row);
        }
    }

    /// The row that is furthest outside its bounds, or the first.
    fn violated(&self, first: bool) -> Option<usize> {
        let mut worst = 0;
        let mut found = None;
        for (index, &word) in self.outside.iter().enumerate() {
            for row in (Bits {
                word,
                base: index * 64,
            }) {
                let by = (-self.value[row]).max(self.value[row] - self.limit[row]);
                if by > worst {
                    worst = by;
                    found = Some(row);
                    if first {
                        return found;
                    }
                }
            }
        }
        found
    }

    /// Brings the basic arc of `row` to the bound it has passed, in exchange for another arc.
    ///
    /// Row `r` says: flow of its basic arc + Σ entry × flow of the others = 0. With α the entry of
    /// the entering arc, its flow changes by α × (value − bound).
    fn pivot(&mut self, row: usize) {
        let rises = self.value[row] < 0;
        let target = if rises { 0 } else { self.limit[row] };
        let Some(entering) = self.entering(&self.rows[row], rises) else {
            // Zero flow is always feasible, so a violated row has an arc that can enter; leaving
            // the row at its bound keeps the loop finite even so.
            debug_assert!(false, "a violated row has an arc that can enter");
            self.value[row] = target;
            mark(&mut self.outside, row, target, self.limit[row]);
            return;
        };
        let (word, bit) = (entering / 64, 1_u64 << (entering % 64));
        let mut pivot_row = self.rows[row];
        let mut change = self.value[row] - target;
        if pivot_row.plus[word] & bit == 0 {
            // The entry is −1: turn the row round.
            std::mem::swap(&mut pivot_row.plus, &mut pivot_row.minus);
            self.rows[row] = pivot_row;
            change = -change;
        }

        // The pivot row has its own entry too; it is written anew below.
        for (index, other) in self.rows.iter_mut().enumerate() {
            let plus = other.plus[word] & bit != 0;
            if !plus && other.minus[word] & bit == 0 || index == row {
                continue;
            }
            if plus {
                add(other, &pivot_row.minus, &pivot_row.plus);
            } else {
                add(other, &pivot_row.plus, &pivot_row.minus);
            }
            self.value[index] += if plus { -change } else { change };
            mark(
                &mut self.outside,
                index,
                self.value[index],
                self.limit[index],
            );
        }

        let price = self.reduced[entering];
        for index in 0..W {
            for arc in (Bits {
                word: pivot_row.plus[index],
                base: index * 64,
            }) {
                let reduced = self.reduced[arc].minus(price);
                self.suspect |= reduced == C::ZERO && arc != entering;
                self.reduced[arc] = reduced;
            }
            for arc in (Bits {
                word: pivot_row.minus[index],
                base: index * 64,
            }) {
                let reduced = self.reduced[arc].plus(price);
                self.suspect |= reduced == C::ZERO;
                self.reduced[arc] = reduced;
            }
        }
        self.exchange(row, entering, target, change);
    }

    /// The arc that can move the basic arc of a row towards its bound at least cost; the first of
    /// equals.
    fn entering(&self, row: &Row<W>, rises: bool) -> Option<usize> {
        let mut best: Option<(C, usize)> = None;
        let (up, down) = if rises {
            (&row.minus, &row.plus)
        } else {
            (&row.plus, &row.minus)
        };
        for index in 0..W {
            let word = (up[index] & self.at_lower[index]) | (down[index] & self.at_upper[index]);
            for arc in (Bits {
                word,
                base: index * 64,
            }) {
                let ratio = self.reduced[arc].magnitude();
                if best.is_none_or(|(least, _)| ratio < least) {
                    best = Some((ratio, arc));
                }
            }
        }
        best.map(|(_, arc)| arc)
    }

    /// Writes down that `entering` is now basic in `row`, and its former arc stands at `target`.
    fn exchange(&mut self, row: usize, entering: usize, target: i64, change: i64) {
        let leaving = self.basic[row];
        if leaving != ARTIFICIAL {
            let leaving = leaving as usize;
            let (word, bit) = (leaving / 64, 1_u64 << (leaving % 64));
            let capacity = self.capacity[leaving];
            let upper = if capacity == 0 {
                self.reduced[leaving] < C::ZERO
            } else {
                target != 0
            };
            self.place[leaving] = if upper { AT_UPPER } else { AT_LOWER };
            if capacity > 0 {
                if upper {
                    self.at_upper[word] |= bit;
                } else {
                    self.at_lower[word] |= bit;
                }
            }
        }
        let (word, bit) = (entering / 64, 1_u64 << (entering % 64));
        let stood = if self.place[entering] == AT_UPPER {
            self.capacity[entering]
        } else {
            0
        };
        self.at_lower[word] &= !bit;
        self.at_upper[word] &= !bit;
        self.place[entering] = row as u32;
        self.basic[row] = entering as u32;
        self.value[row] = stood + change;
        self.limit[row] = self.capacity[entering];
        mark(&mut self.outside, row, self.value[row], self.limit[row]);
    }

    /// Whether an arc that could move has no reduced cost: then another optimum may exist.
    fn has_tie(&self) -> bool {
        (0..W).any(|index| {
            let word = self.at_lower[index] | self.at_upper[index];
            Bits {
                word,
                base: index * 64,
            }
            .any(|arc| self.reduced[arc] == C::ZERO)
        })
    }
}

/// Notes whether the flow of a row is outside its bounds.
#[inline]
fn mark(outside: &mut [u64], row: usize, value: i64, limit: i64) {
    let bit = 1_u64 << (row % 64);
    let word = &mut outside[row / 64];
    *word = if value < 0 || value > limit {
        *word | bit
    } else {
        *word & !bit
    };
}

/// Adds a row of −1, 0, 1 entries to another whose sums stay in that range.
#[inline]
fn add<const W: usize>(row: &mut Row<W>, plus: &[u64; W], minus: &[u64; W]) {
    for index in 0..W {
        let (p, m) = (row.plus[index], row.minus[index]);
        row.plus[index] = (p & !minus[index]) | (plus[index] & !m);
        row.minus[index] = (m & !plus[index]) | (minus[index] & !p);
    }
}

/// The positions of the bits set in a word.
struct Bits {
    word: u64,
    base: usize,
}

impl Iterator for Bits {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        if self.word == 0 {
            return None;
        }
        let at = self.base + self.word.trailing_zeros() as usize;
        self.word &= self.word - 1;
        Some(at)
    }
}
