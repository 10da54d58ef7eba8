//! What is delivered while a few slots are hit, kept from state to state.

use super::places::{Hit, Places};

/// Sets of more slots are not kept.
const MOST_HIT: usize = 3;
/// Not known yet.
const UNKNOWN: i32 = -1;
/// No place.
pub(super) const NOWHERE: u32 = u32::MAX;

/// What is delivered in each state that was evaluated, by the slots that are hit.
#[derive(Clone, Debug)]
pub(super) struct Table {
    places: Places,
    delivered: Vec<i32>,
}

impl Table {
    /// `None` if there are too many slots.
    pub(super) fn new(slots: usize) -> Option<Self> {
        let places = Places::new(slots, MOST_HIT)?;
        let delivered = vec![UNKNOWN; places.count()];
        Some(Self { places, delivered })
    }

    /// Where it stands what is delivered; [`NOWHERE`] if it is not kept.
    #[inline]
    pub(super) fn place(&self, hit: Hit) -> u32 {
        self.places.of(hit).map_or(NOWHERE, |place| place as u32)
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

    #[test]
    fn what_is_kept_is_found_again() {
        let mut table = Table::new(9).expect("few enough");
        let mut hit = Hit::default();
        let place = table.place(hit);
        assert_eq!(table.get(place), None);
        table.keep(place, 7);
        assert_eq!(table.get(place), Some(7));
        for slot in 0..4 {
            hit.change(slot, true);
        }
        assert_eq!(table.place(hit), NOWHERE);
        table.keep(NOWHERE, 1);
        assert_eq!(table.get(NOWHERE), None);
    }
}
