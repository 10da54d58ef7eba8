//! A table of solved states: bounded, exact.
//!
//! Direct-mapped; it begins small, so that a short run does not pay for room it does not need, and
//! grows as it fills. Capacities are at most [`crate::network::UNLIMITED`], so 32 bits
//! hold them. A slot holds the capacities it was solved for, so a hit is never
//! a guess. The key is a sum of per-arc hashes, kept up to date change by change.

/// Answers by capacities.
#[derive(Clone)]
pub(super) struct Table {
    arcs: usize,
    width: usize,
    mask: usize,
    filled: Vec<bool>,
    keys: Vec<u64>,
    capacities: Vec<u32>,
    answers: Vec<u32>,
    /// Slots in use.
    used: usize,
    /// Slots at most.
    most: usize,
    asked: u32,
    found: u32,
    resting: u32,
}

/// Memory of one table, bytes, at most: what the processor keeps near. A larger one finds more states, and loses more
/// time in fetching them.
const MEMORY: usize = 1 << 19;
/// Slots at the start, at most.
const FIRST_SLOTS: usize = 1 << 9;
/// By how much it grows once half of it is in use.
const GROWTH: usize = 4;
/// States asked for before it is judged whether the table helps.
const TRIAL: u32 = 4_096;
/// States for which a table that does not help rests before it is tried again.
const REST: u32 = 1 << 20;

impl Table {
    /// For `arcs` capacities and answers of `width` numbers.
    pub(super) fn new(arcs: usize, width: usize) -> Self {
        let slot = (arcs + width) * size_of::<u32>() + 16;
        let slots = (MEMORY / slot).clamp(64, 1 << 15);
        let most = 1 << slots.ilog2();
        Self::of(arcs, width, (most.min(FIRST_SLOTS), most))
    }

    /// An empty table.
    fn of(arcs: usize, width: usize, (slots, most): (usize, usize)) -> Self {
        Self {
            arcs,
            width,
            mask: slots - 1,
            used: 0,
            most,
            filled: vec![false; slots],
            keys: vec![0; slots],
            capacities: vec![0; slots * arcs],
            answers: vec![0; slots * width],
            asked: 0,
            found: 0,
            resting: 0,
        }
    }

    /// The hash of one arc's capacity; the key of a state is the wrapping sum over its arcs.
    #[inline]
    pub(super) fn hash(arc: usize, capacity: i64) -> u64 {
        let mut x = (capacity as u64) ^ (arc as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        x ^ (x >> 31)
    }

    /// The answer for these capacities, if it is known.
    pub(super) fn get(&mut self, key: u64, capacities: &[u32]) -> Option<&[u32]> {
        if self.resting > 0 {
            self.resting -= 1;
            return None;
        }
        self.asked += 1;
        if self.asked == TRIAL {
            if self.found < TRIAL / 8 {
                self.resting = REST;
            }
            self.asked = 0;
            self.found = 0;
        }
        let slot = key as usize & self.mask;
        let from = slot * self.arcs;
        let known = self.filled[slot]
            && self.keys[slot] == key
            && self.capacities[from..from + self.arcs] == *capacities;
        known.then(|| {
            self.found += 1;
            &self.answers[slot * self.width..(slot + 1) * self.width]
        })
    }

    /// Keeps an answer, in place of what was in its slot.
    pub(super) fn put(&mut self, key: u64, capacities: &[u32], answer: &[i64]) {
        if self.resting > 0 {
            return;
        }
        if self.used > self.mask / 2 && self.mask + 1 < self.most {
            self.grow();
        }
        let slot = key as usize & self.mask;
        self.used += usize::from(!self.filled[slot]);
        self.filled[slot] = true;
        self.keys[slot] = key;
        self.capacities[slot * self.arcs..(slot + 1) * self.arcs].copy_from_slice(capacities);
        let kept = &mut self.answers[slot * self.width..(slot + 1) * self.width];
        for (kept, &flow) in kept.iter_mut().zip(answer) {
            *kept = flow as u32;
        }
    }

    /// Gives each answer a place in a larger table; those that shared their low bits part.
    fn grow(&mut self) {
        let slots = ((self.mask + 1) * GROWTH).min(self.most);
        let mut larger = Self::of(self.arcs, self.width, (slots, self.most));
        for slot in (0..=self.mask).filter(|&slot| self.filled[slot]) {
            let to = self.keys[slot] as usize & larger.mask;
            larger.filled[to] = true;
            larger.keys[to] = self.keys[slot];
            let [arcs, width] = [self.arcs, self.width];
            larger.capacities[to * arcs..][..arcs]
                .copy_from_slice(&self.capacities[slot * arcs..][..arcs]);
            larger.answers[to * width..][..width]
                .copy_from_slice(&self.answers[slot * width..][..width]);
        }
        larger.used = self.used;
        (larger.asked, larger.found) = (self.asked, self.found);
        *self = larger;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Far more states than the first slots: what is found is always what was put in for the very
    /// same capacities, and most of the last ones are found.
    #[test]
    fn a_table_that_grows_forgets_nothing_it_has_room_for() {
        let mut table = Table::new(2, 1);
        assert_eq!(table.mask + 1, FIRST_SLOTS);
        let key = |state: u32| {
            Table::hash(0, i64::from(state)).wrapping_add(Table::hash(1, i64::from(state / 7)))
        };
        let states = 3_000_u32;
        for state in 0..states {
            table.put(key(state), &[state, state / 7], &[i64::from(state) * 3]);
        }
        assert!(table.mask + 1 > FIRST_SLOTS);
        let mut known = 0;
        for state in 0..states {
            assert_eq!(table.get(key(state), &[state, state / 7 + 1]), None);
            if let Some(answer) = table.get(key(state), &[state, state / 7]) {
                assert_eq!(answer, [state * 3]);
                known += 1;
            }
        }
        assert!(known > states * 2 / 3, "{known}");
    }
}
