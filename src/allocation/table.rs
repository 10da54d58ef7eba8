//! A table of solved states: bounded, exact.
//!
//! Direct-mapped, of fixed size; capacities are at most [`crate::network::UNLIMITED`], so 32 bits
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
    asked: u32,
    found: u32,
    resting: u32,
}

/// Memory of one table, bytes, at most.
const MEMORY: usize = 12 << 20;
/// States asked for before it is judged whether the table helps.
const TRIAL: u32 = 4_096;
/// States for which a table that does not help rests before it is tried again.
const REST: u32 = 1 << 20;

impl Table {
    /// For `arcs` capacities and answers of `width` numbers.
    pub(super) fn new(arcs: usize, width: usize) -> Self {
        let slot = (arcs + width) * size_of::<u32>() + 16;
        let slots = (MEMORY / slot).clamp(64, 1 << 15);
        let slots = 1 << slots.ilog2();
        Self {
            arcs,
            width,
            mask: slots - 1,
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
        let slot = key as usize & self.mask;
        self.filled[slot] = true;
        self.keys[slot] = key;
        self.capacities[slot * self.arcs..(slot + 1) * self.arcs].copy_from_slice(capacities);
        let kept = &mut self.answers[slot * self.width..(slot + 1) * self.width];
        for (kept, &flow) in kept.iter_mut().zip(answer) {
            *kept = flow as u32;
        }
    }
}
