//! A dual network simplex on a tableau of bit masks.
//!
//! The matrix of a network is totally unimodular: every entry of the simplex tableau is −1, 0 or
//! 1, and a row is two bit masks over the arcs, a column two over the rows. Costs never change
//! during a run, so after any change of capacities the basis stays dual feasible and only bounds
//! have to be repaired: a few pivots, each a handful of word operations for the rows in the
//! entering column and the columns in the leaving row.
//!
//! With costs in general position the optimum is unique, hence independent of the way to it. If a
//! tie remains (a reduced cost of zero on an arc that could carry flow), the state is solved again
//! from the fixed starting basis.

use crate::network::Problem;

/// Most arcs of a reduced problem; memory grows with nodes × arcs.
pub(super) const MOST_ARCS: usize = 256 * 64;
/// Most nodes of a reduced problem.
pub(super) const MOST_NODES: usize = 128 * 64;

/// Answers flows for capacities, keeping its basis from solve to solve.
pub(super) trait Engine: Send {
    /// Changes the capacity of an arc.
    fn set_capacity(&mut self, arc: usize, capacity: i64);
    /// Solves, and writes the flow of each arc.
    fn solve(&mut self, flows: &mut [i64]);
    /// Which arcs have a reduced cost of at most `within`, either way, in the last solution.
    fn find_free(&self, within: i128, free: &mut [bool]);
    /// Whether it ever had no answer.
    fn has_failed(&self) -> bool {
        false
    }
    /// Whether, as far as is known, more than one optimum ever was as good as another.
    fn has_tied(&self) -> bool {
        true
    }
    /// A copy in the same state.
    fn boxed(&self) -> Box<dyn Engine>;
}

/// The engine for a problem: linear programs for several commodities; for one, masks as wide as its
/// arcs, costs in `i64` where they fit, else `i128`; for the largest networks a spanning tree.
pub(super) fn engine(problem: &Problem) -> Box<dyn Engine> {
    if let Some(several) = &problem.several {
        return Box::new(super::multi::Multi::new(problem, several));
    }
    if problem.most_round() < i128::from(i64::MAX) {
        sized::<i64>(problem)
    } else {
        sized::<i128>(problem)
    }
}

pub(super) fn sized<C: Cost + 'static>(problem: &Problem) -> Box<dyn Engine> {
    let words = problem.arcs.len().div_ceil(64);
    let row_words = problem.nodes.div_ceil(64);
    match words.max(2 * row_words) {
        0..=2 => Box::new(Tableau::<C, 2, 1>::new(problem)),
        3..=4 => Box::new(Tableau::<C, 4, 2>::new(problem)),
        5..=16 => Box::new(Tableau::<C, 16, 8>::new(problem)),
        17..=64 => Box::new(Tableau::<C, 64, 32>::new(problem)),
        _ => Box::new(super::spanning::Spanning::new(problem)),
    }
}

/// Arithmetic of costs.
pub(super) trait Cost: Copy + Ord + Send {
    const ZERO: Self;
    fn from_wide(value: i128) -> Self;
    fn wide(self) -> i128;
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
            fn wide(self) -> i128 {
                self as i128
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

/// Entries of a row or a column: places with +1 and places with −1.
#[derive(Clone, Copy)]
struct Line<const W: usize> {
    plus: [u64; W],
    minus: [u64; W],
}

impl<const W: usize> Line<W> {
    const EMPTY: Self = Self {
        plus: [0; W],
        minus: [0; W],
    };

    /// Adds a line, or its opposite, whose sums stay within −1, 0, 1.
    #[inline]
    fn add(&mut self, other: &Self, opposite: bool) {
        let (plus, minus) = if opposite {
            (&other.minus, &other.plus)
        } else {
            (&other.plus, &other.minus)
        };
        for index in 0..W {
            let (p, m) = (self.plus[index], self.minus[index]);
            self.plus[index] = (p & !minus[index]) | (plus[index] & !m);
            self.minus[index] = (m & !plus[index]) | (minus[index] & !p);
        }
    }

    fn turn(&mut self) {
        std::mem::swap(&mut self.plus, &mut self.minus);
    }

    /// Changes the sign of one entry.
    fn turn_one(&mut self, place: usize) {
        let (word, bit) = (place / 64, 1_u64 << (place % 64));
        if (self.plus[word] | self.minus[word]) & bit != 0 {
            self.plus[word] ^= bit;
            self.minus[word] ^= bit;
        }
    }

    /// Makes the entry at `place` 0.
    fn clear(&mut self, place: usize) {
        let (word, bit) = (place / 64, 1_u64 << (place % 64));
        self.plus[word] &= !bit;
        self.minus[word] &= !bit;
    }

    /// The places of all entries, with `true` for +1.
    #[inline]
    fn for_each(&self, mut see: impl FnMut(usize, bool)) {
        for index in 0..W {
            for place in (Bits {
                word: self.plus[index],
                base: index * 64,
            }) {
                see(place, true);
            }
            for place in (Bits {
                word: self.minus[index],
                base: index * 64,
            }) {
                see(place, false);
            }
        }
    }
}

/// The simplex tableau.
#[derive(Clone)]
struct Tableau<C, const W: usize, const R: usize> {
    rows: Vec<Line<W>>,
    columns: Vec<Line<R>>,
    start_rows: Vec<Line<W>>,
    start_columns: Vec<Line<R>>,
    start_costs: Vec<C>,
    /// Reduced cost of each arc.
    reduced: Vec<C>,
    capacity: Vec<i64>,
    place: Vec<u32>,
    /// Flow of each arc at a bound; those of the basis are in `value`.
    resting: Vec<i64>,
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
    /// Whether a tie was ever met.
    has_tied: bool,
}

impl<C: Cost + 'static, const W: usize, const R: usize> Engine for Tableau<C, W, R> {
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
        self.resting[arc] = flow(upper, capacity);
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
        let column = self.columns[arc];
        column.for_each(|row, plus| self.shift(row, if plus { -change } else { change }));
    }

    fn solve(&mut self, flows: &mut [i64]) {
        self.repair();
        if self.suspect && self.has_tie() {
            self.has_tied = true;
            self.restart();
            self.repair();
            self.suspect = true;
        }
        flows.copy_from_slice(&self.resting);
        for (&arc, &value) in self.basic.iter().zip(&self.value) {
            if arc != ARTIFICIAL {
                flows[arc as usize] = value;
            }
        }
    }

    fn find_free(&self, within: i128, free: &mut [bool]) {
        for (free, reduced) in free.iter_mut().zip(&self.reduced) {
            *free = reduced.magnitude().wide() <= within;
        }
    }

    fn has_tied(&self) -> bool {
        self.has_tied
    }

    fn boxed(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }
}

impl<C: Cost + 'static, const W: usize, const R: usize> Tableau<C, W, R> {
    fn new(problem: &Problem) -> Self {
        let nodes = problem.nodes;
        let arcs = problem.arcs.len().min(W * 64);
        let mut rows = vec![Line::EMPTY; nodes];
        let mut columns = vec![Line::EMPTY; arcs];
        for (index, arc) in problem.arcs.iter().enumerate().take(arcs) {
            if let Some(head) = arc.head {
                rows[head].plus[index / 64] |= 1_u64 << (index % 64);
                columns[index].plus[head / 64] |= 1_u64 << (head % 64);
            }
            if let Some(tail) = arc.tail {
                rows[tail].minus[index / 64] |= 1_u64 << (index % 64);
                columns[index].minus[tail / 64] |= 1_u64 << (tail % 64);
            }
        }
        let costs: Vec<C> = problem
            .arcs
            .iter()
            .map(|arc| C::from_wide(arc.cost))
            .collect();
        let mut tableau = Self {
            start_rows: rows.clone(),
            start_columns: columns.clone(),
            rows,
            columns,
            reduced: costs.clone(),
            start_costs: costs,
            capacity: vec![0; arcs],
            place: vec![AT_LOWER; arcs],
            resting: vec![0; arcs],
            at_lower: [0; W],
            at_upper: [0; W],
            basic: vec![ARTIFICIAL; nodes],
            value: vec![0; nodes],
            limit: vec![0; nodes],
            outside: vec![0; nodes.div_ceil(64)],
            suspect: true,
            has_tied: false,
        };
        tableau.restart();
        tableau
    }

    /// Back to the starting basis, with the capacities as they are.
    fn restart(&mut self) {
        self.rows.copy_from_slice(&self.start_rows);
        self.columns.copy_from_slice(&self.start_columns);
        self.reduced.copy_from_slice(&self.start_costs);
        self.basic.fill(ARTIFICIAL);
        self.value.fill(0);
        self.limit.fill(0);
        self.outside.fill(0);
        self.at_lower = [0; W];
        self.at_upper = [0; W];
        self.place.fill(AT_LOWER);
        self.resting.fill(0);
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
        let mut pivot_row = self.rows[row];
        let mut change = self.value[row] - target;
        if pivot_row.plus[entering / 64] & (1_u64 << (entering % 64)) == 0 {
            // The entry is −1: turn the row round.
            pivot_row.turn();
            self.rows[row] = pivot_row;
            pivot_row.for_each(|arc, _| self.columns[arc].turn_one(row));
            change = -change;
        }
        let mut pivot_column = self.columns[entering];
        pivot_column.clear(row);

        // Clear the entering column from the other rows.
        pivot_column.for_each(|other, plus| {
            self.rows[other].add(&pivot_row, plus);
            self.shift(other, if plus { -change } else { change });
        });
        // The same seen from the columns, and the reduced costs.
        let price = self.reduced[entering];
        pivot_row.for_each(|arc, plus| {
            self.columns[arc].add(&pivot_column, plus);
            let before = self.reduced[arc];
            let reduced = if plus {
                before.minus(price)
            } else {
                before.plus(price)
            };
            self.suspect |= reduced == C::ZERO && arc != entering;
            self.reduced[arc] = reduced;
        });
        self.exchange(row, entering, target, change);
    }

    /// Changes the flow of the basic arc of a row.
    #[inline]
    fn shift(&mut self, row: usize, by: i64) {
        self.value[row] += by;
        mark(&mut self.outside, row, self.value[row], self.limit[row]);
    }

    /// The arc that can move the basic arc of a row towards its bound at least cost; the first of
    /// equals.
    fn entering(&self, row: &Line<W>, rises: bool) -> Option<usize> {
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
            self.resting[leaving] = if upper { capacity } else { 0 };
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
    fn has_tie(&mut self) -> bool {
        let mut tie = false;
        self.suspect = false;
        for (arc, &reduced) in self.reduced.iter().enumerate() {
            if reduced == C::ZERO && self.place[arc] >= AT_UPPER {
                self.suspect = true;
                tie |= self.capacity[arc] > 0;
            }
        }
        tie
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
