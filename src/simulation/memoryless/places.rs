//! Sets of a few slots, numbered.
//!
//! Mostly no more than a few slots are hit at once, and of these sets there are not many: each has a place of its own, so that
//! nothing is ever displaced, and a look says exactly what was found before.

/// At most so many slots are told apart, so that they fit into one word with what fills up.
const MOST_SLOTS: usize = 125;
/// Sets of more have no place, whatever is asked for.
const MOST_HIT: usize = 3;

/// A place for each set of at most so many slots.
#[derive(Clone, Debug)]
pub(in super::super) struct Places {
    /// Larger sets have none.
    most: usize,
    count: usize,
    /// How many sets of one number, of two and of three there are of the numbers below each.
    below: [[u32; 128]; MOST_HIT],
}

/// Slots that are hit now.
#[derive(Clone, Copy, Debug, Default)]
pub(in super::super) struct Hit {
    slots: u128,
    count: u32,
}

impl Hit {
    /// A slot begins to be hit, or ends.
    #[inline]
    pub(in super::super) fn change(&mut self, slot: u32, begins: bool) {
        self.slots ^= 1 << (slot & 127);
        self.count = self.count.wrapping_add_signed(2 * i32::from(begins) - 1);
    }
}

impl Places {
    /// For sets of at most `most` of so many slots. `None` if that is too many.
    pub(in super::super) fn new(slots: usize, most: usize) -> Option<Self> {
        if slots > MOST_SLOTS || most > MOST_HIT {
            return None;
        }
        let sets = |number: usize, of: usize| {
            let product: usize = (0..of).map(|at| number.saturating_sub(at)).product();
            (product / [1, 2, 6][of - 1]) as u32
        };
        let below = |at: usize| std::array::from_fn(|number| sets(number, at + 1));
        Some(Self {
            most,
            // As many numbers as may be missing stand for slots that are not hit.
            count: if most == 0 {
                1
            } else {
                sets(slots + most, most) as usize
            },
            below: std::array::from_fn(below),
        })
    }

    /// How many places there are.
    pub(in super::super) fn count(&self) -> usize {
        self.count
    }

    /// The place of a set, unless it has none.
    #[inline]
    pub(in super::super) fn of(&self, hit: Hit) -> Option<usize> {
        if hit.count as usize > self.most {
            return None;
        }
        // Each slot's number is raised by those that fill up, of which the highest are taken.
        let mut rest = hit.slots << self.most | ((1 << self.most) - 1);
        let mut place = 0;
        for below in self.below[..self.most].iter().rev() {
            let number = rest.ilog2();
            rest ^= 1 << number;
            place += below[number as usize & 127] as usize;
        }
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_set_has_its_own_place() {
        for most in 0..=MOST_HIT {
            for slots in [0, 1, 2, 3, 7, MOST_SLOTS] {
                let places = Places::new(slots, most).expect("few enough");
                let mut seen = vec![false; places.count()];
                let mut see = |sets: &[usize]| {
                    let mut hit = Hit::default();
                    for &slot in sets {
                        hit.change(slot as u32, true);
                    }
                    let place = places.of(hit);
                    assert_eq!(place.is_some(), sets.len() <= most, "{sets:?}");
                    if let Some(place) = place {
                        assert!(!std::mem::replace(&mut seen[place], true), "{sets:?}");
                    }
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
            }
        }
        assert!(Places::new(MOST_SLOTS + 1, 2).is_none());
        assert!(Places::new(1, MOST_HIT + 1).is_none());
    }

    #[test]
    fn a_set_has_its_place_again_when_slots_are_no_longer_hit() {
        let places = Places::new(9, 3).expect("few enough");
        let mut hit = Hit::default();
        let none = places.of(hit);
        for slot in 0..4 {
            hit.change(slot, true);
        }
        assert_eq!(places.of(hit), None);
        for slot in 0..4 {
            hit.change(slot, false);
        }
        assert_eq!(places.of(hit), none);
    }
}
