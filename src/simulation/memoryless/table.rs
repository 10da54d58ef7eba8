//! What is delivered while a few slots are hit, kept from state to state.
//!
//! Mostly no more than three slots are hit at once, and of these sets there are not many: each has a
//! place of its own, so nothing is ever displaced and a look says exactly what was found before.

/// At most so many slots are told apart, so that they fit into one word with what fills up.
const MOST_SLOTS: usize = 125;
/// Sets of more are not kept.
const MOST_HIT: u32 = 3;
/// Not known yet.
const UNKNOWN: i32 = -1;
/// No place.
pub(super) const NOWHERE: u32 = u32::MAX;

/// What is delivered in each state that was evaluated, by the slots that are hit.
#[derive(Clone, Debug)]
pub(super) struct Table {
    delivered: Vec<i32>,
    /// How many pairs, and how many triples, there are of the numbers below each.
    pairs: [u32; 128],
    triples: [u32; 128],
}

/// Slots that are hit now.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Hit {
    slots: u128,
    count: u32,
}

impl Hit {
    /// A slot begins to be hit, or ends.
    #[inline]
    pub(super) fn change(&mut self, slot: u32, begins: bool) {
        self.slots ^= 1 << (slot & 127);
        self.count = self.count.wrapping_add_signed(2 * i32::from(begins) - 1);
    }
}

impl Table {
    /// `None` if there are too many slots.
    pub(super) fn new(slots: usize) -> Option<Self> {
        if slots > MOST_SLOTS {
            return None;
        }
        let below = |number: u32| u64::from(number);
        let pairs = |number: u32| (below(number) * below(number.saturating_sub(1)) / 2) as u32;
        let triples =
            |number: u32| (u64::from(pairs(number)) * below(number.saturating_sub(2)) / 3) as u32;
        // Three numbers stand for slots that are not hit.
        let size = triples(slots as u32 + MOST_HIT);
        Some(Self {
            delivered: vec![UNKNOWN; size as usize],
            pairs: std::array::from_fn(|number| pairs(number as u32)),
            triples: std::array::from_fn(|number| triples(number as u32)),
        })
    }

    /// Where it stands what is delivered; [`NOWHERE`] if it is not kept.
    #[inline]
    pub(super) fn place(&self, hit: Hit) -> u32 {
        if hit.count > MOST_HIT {
            return NOWHERE;
        }
        // Each slot is the number three above its own; the highest of what is left fill up to three.
        let mut rest = hit.slots << MOST_HIT | 0b111;
        let mut highest = || {
            let number = rest.ilog2();
            rest ^= 1 << number;
            number as usize & 127
        };
        let (first, second, third) = (highest(), highest(), highest());
        self.triples[first] + self.pairs[second] + third as u32
    }

    /// What is delivered, if that is known.
    #[inline]
    pub(super) fn get(&self, place: u32) -> Option<i32> {
        let known = self.delivered.get(place as usize).copied();
        known.filter(|&delivered| delivered != UNKNOWN)
    }

    /// Keeps what is delivered.
    #[inline]
    pub(super) fn keep(&mut self, place: u32, delivered: i32) {
        if let Some(known) = self.delivered.get_mut(place as usize) {
            *known = delivered;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every set of up to three slots has a place of its own.
    #[test]
    fn each_set_has_its_own_place() {
        for slots in [0, 1, 2, 3, 7, MOST_SLOTS] {
            let mut table = Table::new(slots).expect("few enough");
            let none = Hit::default();
            let mut seen = vec![false; table.delivered.len()];
            let mut see = |sets: &[usize]| {
                let mut hit = none;
                for &slot in sets {
                    hit.change(slot as u32, true);
                }
                let place = table.place(hit) as usize;
                assert!(!std::mem::replace(&mut seen[place], true), "{sets:?}");
            };
            see(&[]);
            for a in 0..slots {
                see(&[a]);
                for b in 0..a {
                    see(&[b, a]);
                    for c in 0..b {
                        see(&[b, a, c]);
                    }
                }
            }
            assert_eq!(table.get(0), None);
            table.keep(0, 7);
            assert_eq!(table.get(0), Some(7));
        }
        assert!(Table::new(MOST_SLOTS + 1).is_none());
    }

    #[test]
    fn more_slots_at_once_are_not_kept() {
        let mut table = Table::new(9).expect("few enough");
        let mut hit = Hit::default();
        for slot in 0..4 {
            hit.change(slot, true);
        }
        assert_eq!(table.place(hit), NOWHERE);
        table.keep(NOWHERE, 1);
        assert_eq!(table.get(NOWHERE), None);
        hit.change(2, false);
        assert_ne!(table.place(hit), NOWHERE);
    }
}
