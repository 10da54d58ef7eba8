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

use super::masks::{Bits, Blocks, Line, furthest, split};

/// Most arcs of a reduced problem; memory grows with nodes × arcs.
pub(super) const MOST_ARCS: usize = 256 * 64;
/// Most nodes of a reduced problem.
pub(super) const MOST_NODES: usize = 128 * 64;

/// Answers flows for capacities, keeping its basis from solve to solve.
pub(super) trait Engine: Send {
    /// Changes the capacity of an arc.
    fn set_capacity(&mut self, arc: usize, capacity: i64);
    /// Tells what fields claim, where that is not left to [`super::sharing`]: plans, then entitlements if they count.
    fn set_claims(&mut self, _claims: &[u32]) {}
    /// Whether capacities that have changed since the last solution leave it as it is.
    fn is_settled(&self) -> bool {
        false
    }
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

/// The simplex tableau.
#[derive(Clone)]
struct Tableau<C: Copy, const W: usize, const R: usize> {
    rows: Blocks<Line<W>, R>,
    columns: Blocks<Line<R>, W>,
    start_rows: Blocks<Line<W>, R>,
    start_columns: Blocks<Line<R>, W>,
    start_costs: Blocks<C, W>,
    /// Reduced cost of each arc.
    reduced: Blocks<C, W>,
    capacity: Vec<i64>,
    place: Vec<u32>,
    /// Flow of each arc at a bound; those of the basis are in `value`.
    resting: Vec<i64>,
    /// Arcs at a bound that could move: at 0 and at capacity.
    at_lower: [u64; W],
    at_upper: [u64; W],
    /// Arc that is basic in each row, its flow and its capacity.
    basic: Vec<u32>,
    value: Blocks<i64, R>,
    limit: Blocks<i64, R>,
    /// Rows whose flow is outside its bounds, one bit each.
    outside: [u64; R],
    /// Whether some flow is another than in the last solution, or may be.
    has_moved: bool,
    /// Arcs without reduced cost, those of the basis among them.
    free: [u64; W],
    /// Whether a tie was ever met.
    has_tied: bool,
}

impl<C: Cost + 'static, const W: usize, const R: usize> Engine for Tableau<C, W, R> {
    /// The basis stays dual feasible.
    fn set_capacity(&mut self, arc: usize, capacity: i64) {
        let before = self.capacity[arc];
        if before == capacity {
            return;
        }
        self.capacity[arc] = capacity;
        let place = self.place[arc];
        if place < AT_UPPER {
            let (word, bit) = split(place as usize);
            self.limit[word][bit] = capacity;
            self.mark(word, bit);
            return;
        }
        let (word, bit) = (arc / 64, 1_u64 << (arc % 64));
        // An arc without capacity may stand at either bound; it takes the side its reduced cost
        // asks for when it gets some.
        let upper = self.reduced[arc / 64][arc % 64] < C::ZERO;
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
        self.has_moved = true;
        let column = self.columns[arc / 64][arc % 64];
        column
            .for_each(|word, bit, plus| self.shift(word, bit, if plus { -change } else { change }));
    }

    fn is_settled(&self) -> bool {
        !self.has_moved && !self.has_tie() && self.outside == [0; R]
    }

    fn solve(&mut self, flows: &mut [i64]) {
        self.repair();
        if self.has_tie() {
            self.has_tied = true;
            self.restart();
            self.repair();
        }
        self.has_moved = false;
        flows.copy_from_slice(&self.resting);
        for (&arc, &value) in self.basic.iter().zip(self.value.as_flattened()) {
            if arc != ARTIFICIAL {
                flows[arc as usize] = value;
            }
        }
    }

    fn find_free(&self, within: i128, free: &mut [bool]) {
        let within = C::from_wide(within);
        for (free, reduced) in free.iter_mut().zip(self.reduced.as_flattened()) {
            *free = reduced.magnitude() <= within;
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
        let mut rows: Blocks<Line<W>, R> = Blocks::new(Line::EMPTY);
        let mut columns: Blocks<Line<R>, W> = Blocks::new(Line::EMPTY);
        let mut costs = Blocks::new(C::ZERO);
        for (index, arc) in problem.arcs.iter().enumerate().take(arcs) {
            let (arc_word, arc_bit) = split(index);
            costs[arc_word][arc_bit] = C::from_wide(arc.cost);
            if let Some(head) = arc.head {
                let (word, bit) = split(head);
                rows[word][bit].plus[arc_word] |= 1_u64 << arc_bit;
                columns[arc_word][arc_bit].plus[word] |= 1_u64 << bit;
            }
            if let Some(tail) = arc.tail {
                let (word, bit) = split(tail);
                rows[word][bit].minus[arc_word] |= 1_u64 << arc_bit;
                columns[arc_word][arc_bit].minus[word] |= 1_u64 << bit;
            }
        }
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
            value: Blocks::new(0),
            limit: Blocks::new(0),
            outside: [0; R],
            has_moved: true,
            free: [0; W],
            has_tied: false,
        };
        tableau.restart();
        tableau
    }

    /// Back to the starting basis, with the capacities as they are.
    fn restart(&mut self) {
        self.rows.copy_from_slice(&*self.start_rows);
        self.columns.copy_from_slice(&*self.start_columns);
        self.reduced.copy_from_slice(&*self.start_costs);
        self.basic.fill(ARTIFICIAL);
        self.value.fill([0; 64]);
        self.limit.fill([0; 64]);
        self.outside = [0; R];
        self.at_lower = [0; W];
        self.at_upper = [0; W];
        self.place.fill(AT_LOWER);
        self.resting.fill(0);
        self.free = [0; W];
        for arc in 0..self.capacity.len() {
            let (word, bit) = split(arc);
            self.free[word] |= u64::from(self.reduced[word][bit] == C::ZERO) << bit;
            let capacity = std::mem::take(&mut self.capacity[arc]);
            self.set_capacity(arc, capacity);
        }
    }

    /// Pivots until every flow is within its bounds.
    fn repair(&mut self) {
        let mut left = 64 * (self.basic.len() + self.capacity.len() + 16);
        // With ties a dual simplex could cycle under the largest violation; the first violated row
        // and the first arc of least ratio cannot (Bland's rule).
        while let Some(row) = self.violated(left == 0) {
            left = left.saturating_sub(1);
            self.pivot(row);
        }
    }

    /// The row that is furthest outside its bounds, or the first.
    fn violated(&self, first: bool) -> Option<usize> {
        furthest(&self.outside, first, |word, bit| {
            (self.value[word][bit], self.limit[word][bit])
        })
    }

    /// Brings the basic arc of `row` to the bound it has passed, in exchange for another arc.
    ///
    /// Row `r` says: flow of its basic arc + Σ entry × flow of the others = 0. With α the entry of
    /// the entering arc, its flow changes by α × (value − bound).
    fn pivot(&mut self, row: usize) {
        let (row_word, row_bit) = split(row);
        let value = self.value[row_word][row_bit];
        let rises = value < 0;
        let target = if rises {
            0
        } else {
            self.limit[row_word][row_bit]
        };
        let mut pivot_row = self.rows[row_word][row_bit];
        let Some((entering_word, entering_bit)) = self.entering(&pivot_row, rises) else {
            // Zero flow is always feasible, so a violated row has an arc that can enter; leaving
            // the row at its bound keeps the loop finite even so.
            debug_assert!(false, "a violated row has an arc that can enter");
            self.value[row_word][row_bit] = target;
            self.mark(row_word, row_bit);
            return;
        };
        let mut pivot_column = self.columns[entering_word][entering_bit];
        pivot_column.clear(row);
        let mut change = value - target;
        // If the entry is −1 the row is turned round.
        let is_turned = pivot_row.plus[entering_word] & (1_u64 << entering_bit) == 0;
        if is_turned {
            pivot_row.turn();
            self.rows[row_word][row_bit] = pivot_row;
            change = -change;
        }

        // Clear the entering column from the other rows.
        pivot_column.for_each(|word, bit, plus| {
            self.rows[word][bit].add(&pivot_row, plus);
            self.shift(word, bit, if plus { -change } else { change });
        });
        // The same seen from the columns, and the reduced costs.
        let price = self.reduced[entering_word][entering_bit];
        let free = &mut self.free;
        for ((free, plus), minus) in free.iter_mut().zip(&pivot_row.plus).zip(&pivot_row.minus) {
            *free &= !(plus | minus);
        }
        pivot_row.for_each(|word, bit, plus| {
            let column = &mut self.columns[word][bit];
            if is_turned {
                column.turn_one(row);
            }
            column.add(&pivot_column, plus);
            let reduced = &mut self.reduced[word][bit];
            *reduced = if plus {
                reduced.minus(price)
            } else {
                reduced.plus(price)
            };
            if *reduced == C::ZERO {
                free[word] |= 1 << bit;
            }
        });
        self.exchange(row, entering_word * 64 + entering_bit, target, change);
    }

    /// Changes the flow of the basic arc of a row.
    #[inline]
    fn shift(&mut self, word: usize, bit: usize, by: i64) {
        self.value[word][bit] += by;
        self.mark(word, bit);
    }

    /// Notes whether the flow of a row is outside its bounds.
    #[inline]
    fn mark(&mut self, word: usize, bit: usize) {
        let value = self.value[word][bit];
        let is_outside = value < 0 || value > self.limit[word][bit];
        let outside = &mut self.outside[word];
        *outside = *outside & !(1 << bit) | u64::from(is_outside) << bit;
    }

    /// The arc that can move the basic arc of a row towards its bound at least cost, word and bit; the
    /// first of equals.
    #[inline]
    fn entering(&self, row: &Line<W>, rises: bool) -> Option<(usize, usize)> {
        let mut best: Option<(C, (usize, usize))> = None;
        let (up, down) = if rises {
            (&row.minus, &row.plus)
        } else {
            (&row.plus, &row.minus)
        };
        for word in 0..W {
            let arcs = (up[word] & self.at_lower[word]) | (down[word] & self.at_upper[word]);
            for bit in Bits(arcs) {
                let ratio = self.reduced[word][bit].magnitude();
                if best.is_none_or(|(least, _)| ratio < least) {
                    best = Some((ratio, (word, bit)));
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
                self.reduced[leaving / 64][leaving % 64] < C::ZERO
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
        let (word, bit) = split(row);
        self.value[word][bit] = stood + change;
        self.limit[word][bit] = self.capacity[entering];
        self.mark(word, bit);
    }

    /// Whether an arc that could move has no reduced cost: then another optimum may exist.
    fn has_tie(&self) -> bool {
        let at_bounds = self.at_lower.iter().zip(&self.at_upper);
        at_bounds
            .zip(&self.free)
            .any(|((lower, upper), free)| (lower | upper) & free != 0)
    }
}
