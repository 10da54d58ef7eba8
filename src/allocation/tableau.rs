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

/// Arithmetic of costs: `i64` where the levels fit, else `i128`.
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

/// The simplex tableau, kept from solve to solve.
#[derive(Clone)]
pub(super) struct Tableau<C> {
    rows: usize,
    words: usize,
    /// Row `r`: `words` words of +1 entries, then `words` of −1 entries.
    entries: Vec<u64>,
    start_entries: Vec<u64>,
    start_costs: Vec<C>,
    /// Reduced cost of each arc.
    reduced: Vec<C>,
    capacity: Vec<i64>,
    place: Vec<u32>,
    /// Arcs at a bound that could move: at 0 and at capacity.
    at_lower: Vec<u64>,
    at_upper: Vec<u64>,
    /// Arc that is basic in each row, its flow and its capacity.
    basic: Vec<u32>,
    value: Vec<i64>,
    limit: Vec<i64>,
    /// Whether some arc outside the basis may have no reduced cost.
    suspect: bool,
}

impl<C: Cost> Tableau<C> {
    pub(super) fn new(problem: &Problem) -> Self {
        let rows = problem.nodes;
        let arcs = problem.arcs.len();
        let words = arcs.div_ceil(64).max(1);
        let mut start_entries = vec![0_u64; rows * 2 * words];
        for (index, arc) in problem.arcs.iter().enumerate() {
            let bit = 1_u64 << (index % 64);
            let word = index / 64;
            if let Some(head) = arc.head {
                start_entries[head * 2 * words + word] |= bit;
            }
            if let Some(tail) = arc.tail {
                start_entries[tail * 2 * words + words + word] |= bit;
            }
        }
        let start_costs = problem.arcs.iter().map(|arc| C::from_wide(arc.cost)).collect();
        let mut tableau = Self {
            rows,
            words,
            entries: start_entries.clone(),
            start_entries,
            start_costs,
            reduced: Vec::new(),
            capacity: vec![0; arcs],
            place: vec![AT_LOWER; arcs],
            at_lower: vec![0; words],
            at_upper: vec![0; words],
            basic: vec![ARTIFICIAL; rows],
            value: vec![0; rows],
            limit: vec![0; rows],
            suspect: true,
        };
        tableau.reduced = tableau.start_costs.clone();
        tableau.restart();
        tableau
    }

    /// Back to the starting basis, with the capacities as they are.
    fn restart(&mut self) {
        self.entries.copy_from_slice(&self.start_entries);
        self.reduced.copy_from_slice(&self.start_costs);
        self.basic.fill(ARTIFICIAL);
        self.value.fill(0);
        self.limit.fill(0);
        self.at_lower.fill(0);
        self.at_upper.fill(0);
        self.place.fill(AT_LOWER);
        self.suspect = true;
        for arc in 0..self.capacity.len() {
            let capacity = std::mem::take(&mut self.capacity[arc]);
            self.set_capacity(arc, capacity);
        }
    }

    /// Changes a capacity; the basis stays dual feasible.
    pub(super) fn set_capacity(&mut self, arc: usize, capacity: i64) {
        let before = self.capacity[arc];
        self.capacity[arc] = capacity;
        let place = self.place[arc];
        if place < AT_UPPER {
            self.limit[place as usize] = capacity;
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
        if change != 0 {
            for row in 0..self.rows {
                let at = row * 2 * self.words + word;
                if self.entries[at] & bit != 0 {
                    self.value[row] -= change;
                } else if self.entries[at + self.words] & bit != 0 {
                    self.value[row] += change;
                }
            }
        }
    }

    /// Restores optimality.
    pub(super) fn solve(&mut self) {
        self.repair();
        if self.suspect && self.has_tie() {
            self.restart();
            self.repair();
        }
    }

    /// Pivots until every flow is within its bounds.
    fn repair(&mut self) {
        let mut left = 64 * (self.rows + self.capacity.len() + 16);
        loop {
            // With ties a dual simplex could cycle under the largest violation; the first violated
            // row and the first arc of least ratio cannot (Bland's rule).
            let Some((row, target)) = self.violated(left == 0) else { return };
            left = left.saturating_sub(1);
            self.pivot(row, target);
        }
    }

    /// The row that is furthest outside its bounds (or the first), and the bound it must go to.
    fn violated(&self, first: bool) -> Option<(usize, i64)> {
        let mut worst = 0;
        let mut found = None;
        for (row, (&value, &limit)) in self.value.iter().zip(&self.limit).enumerate() {
            let outside = (-value).max(value - limit);
            if outside > worst {
                worst = outside;
                found = Some((row, if value < 0 { 0 } else { limit }));
                if first {
                    break;
                }
            }
        }
        found
    }

    /// Brings the basic arc of `row` to the bound `target` in exchange for another arc.
    ///
    /// Row `r` says: flow of its basic arc + Σ entry × flow of the others = 0. With α the entry of
    /// the entering arc, its flow changes by α × (value − target).
    fn pivot(&mut self, row: usize, target: i64) {
        let words = self.words;
        let at = row * 2 * words;
        let Some(entering) = self.entering(at, self.value[row] < target) else {
            // Zero flow is always feasible, so a violated row has an arc that can enter; leaving
            // the row at its bound keeps the loop finite even so.
            debug_assert!(false, "a violated row has an arc that can enter");
            self.value[row] = target;
            return;
        };
        let (word, bit) = (entering / 64, 1_u64 << (entering % 64));
        let (before, rest) = self.entries.split_at_mut(at);
        let (pivot_row, after) = rest.split_at_mut(2 * words);
        let mut change = self.value[row] - target;
        if pivot_row[word] & bit == 0 {
            // The entry is −1: turn the row round.
            let (plus, minus) = pivot_row.split_at_mut(words);
            plus.swap_with_slice(minus);
            change = -change;
        }

        let (values_before, values_rest) = self.value.split_at_mut(row);
        let values_after = &mut values_rest[1..];
        eliminate(before, values_before, pivot_row, (word, bit), change);
        eliminate(after, values_after, pivot_row, (word, bit), change);

        let price = self.reduced[entering];
        let (plus, minus) = pivot_row.split_at(words);
        for (index, (&plus, &minus)) in plus.iter().zip(minus).enumerate() {
            for arc in bits(plus, index) {
                let reduced = self.reduced[arc].minus(price);
                self.suspect |= reduced == C::ZERO && arc != entering;
                self.reduced[arc] = reduced;
            }
            for arc in bits(minus, index) {
                let reduced = self.reduced[arc].plus(price);
                self.suspect |= reduced == C::ZERO;
                self.reduced[arc] = reduced;
            }
        }
        self.exchange(row, entering, target, change);
    }

    /// The arc that can move the basic arc of the row at `at` towards its bound at least cost; the
    /// first of equals.
    fn entering(&self, at: usize, rises: bool) -> Option<usize> {
        let words = self.words;
        let mut best: Option<(C, usize)> = None;
        for index in 0..words {
            let plus = self.entries[at + index];
            let minus = self.entries[at + words + index];
            let (lower, upper) = (self.at_lower[index], self.at_upper[index]);
            let eligible =
                if rises { (minus & lower) | (plus & upper) } else { (plus & lower) | (minus & upper) };
            for arc in bits(eligible, index) {
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
            let upper = if capacity == 0 { self.reduced[leaving] < C::ZERO } else { target != 0 };
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
        let stood = if self.place[entering] == AT_UPPER { self.capacity[entering] } else { 0 };
        self.at_lower[word] &= !bit;
        self.at_upper[word] &= !bit;
        self.place[entering] = row as u32;
        self.basic[row] = entering as u32;
        self.value[row] = stood + change;
        self.limit[row] = self.capacity[entering];
    }

    /// Whether an arc that could move has no reduced cost: then another optimum may exist.
    fn has_tie(&self) -> bool {
        let movable = self.at_lower.iter().zip(&self.at_upper).enumerate();
        movable.flat_map(|(index, (&lower, &upper))| bits(lower | upper, index))
            .any(|arc| self.reduced[arc] == C::ZERO)
    }

    /// Writes the flow of each arc.
    pub(super) fn flows(&self, flows: &mut [i64]) {
        for (arc, flow) in flows.iter_mut().enumerate() {
            *flow = match self.place[arc] {
                AT_LOWER => 0,
                AT_UPPER => self.capacity[arc],
                row => self.value[row as usize],
            };
        }
    }
}

/// Clears the entering column (`word`, `bit`) from other rows, and moves their values.
fn eliminate(
    entries: &mut [u64],
    values: &mut [i64],
    pivot_row: &[u64],
    (word, bit): (usize, u64),
    change: i64,
) {
    let words = pivot_row.len() / 2;
    let (pivot_plus, pivot_minus) = pivot_row.split_at(words);
    for (row, value) in entries.chunks_exact_mut(2 * words).zip(values) {
        let (plus, minus) = row.split_at_mut(words);
        if plus[word] & bit != 0 {
            *value -= change;
            add(plus, minus, pivot_minus, pivot_plus);
        } else if minus[word] & bit != 0 {
            *value += change;
            add(plus, minus, pivot_plus, pivot_minus);
        }
    }
}

/// Adds a row of −1, 0, 1 entries to another whose sums stay in that range.
fn add(plus: &mut [u64], minus: &mut [u64], other_plus: &[u64], other_minus: &[u64]) {
    let pairs = plus.iter_mut().zip(minus).zip(other_plus.iter().zip(other_minus));
    for ((plus, minus), (&other_plus, &other_minus)) in pairs {
        let sum_plus = (*plus & !other_minus) | (other_plus & !*minus);
        let sum_minus = (*minus & !other_plus) | (other_minus & !*plus);
        *plus = sum_plus;
        *minus = sum_minus;
    }
}

/// The arcs whose bits are set in the `index`-th word.
fn bits(mut word: u64, index: usize) -> impl Iterator<Item = usize> {
    std::iter::from_fn(move || {
        if word == 0 {
            return None;
        }
        let arc = index * 64 + word.trailing_zeros() as usize;
        word &= word - 1;
        Some(arc)
    })
}
