//! What disruptions leave of elements.

use crate::model::{Combine, Element};
use crate::network::UNLIMITED;
use crate::units::{BarrelsPerDay, Fraction};

use super::world::World;

/// Shares left on each slot, with the hazards that leave them.
#[derive(Clone, Debug)]
pub(super) struct Outages {
    active: Vec<Active>,
    /// One bit per slot: whether anything is active on it.
    hit: Vec<u64>,
}

/// What is active on a slot: mostly nothing, or one disruption. Their order means nothing.
#[derive(Clone, Debug, Default)]
struct Active {
    first: Option<(u32, f64)>,
    more: Vec<(u32, f64)>,
}

impl Outages {
    /// With nothing wrong on any of so many slots.
    pub(super) fn new(slots: usize) -> Self {
        Self {
            active: vec![Active::default(); slots],
            hit: vec![0; slots.div_ceil(64)],
        }
    }

    /// A disruption begins.
    #[inline]
    pub(super) fn begin(&mut self, slot: u32, hazard: u32, left: Fraction) {
        let slot = slot as usize;
        let active = &mut self.active[slot];
        let new = (hazard, left.get());
        if active.first.is_none() {
            active.first = Some(new);
        } else {
            active.more.push(new);
        }
        self.hit[slot / 64] |= 1 << (slot % 64);
    }

    /// A disruption ends.
    #[inline]
    pub(super) fn end(&mut self, slot: u32, hazard: u32, left: Fraction) {
        let slot = slot as usize;
        let active = &mut self.active[slot];
        let ended = |&(other, share): &(u32, f64)| {
            other == hazard && share.to_bits() == left.get().to_bits()
        };
        if active.first.as_ref().is_some_and(ended) {
            active.first = active.more.pop();
            if active.first.is_none() {
                self.hit[slot / 64] &= !(1 << (slot % 64));
            }
        } else if let Some(at) = active.more.iter().position(ended) {
            active.more.swap_remove(at);
        }
    }

    /// Ends all that is active on the first slot that is hit; which one that is.
    pub(super) fn clear_next(&mut self) -> Option<usize> {
        let word = self.hit.iter().position(|&word| word != 0)?;
        let slot = word * 64 + self.hit[word].trailing_zeros() as usize;
        self.hit[word] &= self.hit[word] - 1;
        let active = &mut self.active[slot];
        active.first = None;
        active.more.clear();
        Some(slot)
    }

    /// The share left on a slot: the least of each hazard, then the least or the product of those.
    #[inline]
    pub(super) fn share(&self, slot: Option<u32>, combine: Combine) -> Fraction {
        let Some(active) = slot.map(|slot| &self.active[slot as usize]) else {
            return Fraction::ONE;
        };
        match active.first {
            None => Fraction::ONE,
            Some((_, left)) if active.more.is_empty() => Fraction::nearest(left),
            Some(first) => combined(first, &active.more, combine),
        }
    }
}

/// What several disruptions leave of a slot together.
fn combined(first: (u32, f64), more: &[(u32, f64)], combine: Combine) -> Fraction {
    let several = || std::iter::once(&first).chain(more);
    let least =
        |some: &mut dyn Iterator<Item = f64>| some.fold(1.0, |least: f64, left| least.min(left));
    if combine == Combine::Min {
        return Fraction::nearest(least(&mut several().map(|&(_, left)| left)));
    }
    // Each hazard once, in order of the model, so that rounding has one order.
    let mut product = 1.0;
    let mut done = None;
    while let Some(hazard) = several()
        .map(|&(hazard, _)| hazard)
        .filter(|&h| done.is_none_or(|d| h > d))
        .min()
    {
        let own = several().filter(|&&(other, _)| other == hazard);
        product *= least(&mut own.map(|&(_, left)| left));
        done = Some(hazard);
    }
    Fraction::nearest(product)
}

impl World<'_> {
    /// What an element has when nothing is wrong with it.
    ///
    /// - `nominal`: what the calendar says of each element.
    pub(super) fn intact(&self, nominal: &[i64], element: usize) -> i64 {
        let mut rate = nominal[element];
        if let Element::Hub(hub) = self.elements.kind(element) {
            let links = &self.outgoing[hub];
            if !links.is_empty() {
                let links = links.iter().map(|&link| nominal[self.elements.link(link)]);
                rate = rate.min(links.sum());
            }
        }
        let units = &self.hits[element].units;
        if units.is_empty() {
            rate
        } else {
            rate.min(units.iter().map(|&(size, _)| size).sum())
        }
    }

    /// What disruptions leave of an element.
    pub(super) fn available(&self, nominal: &[i64], outages: &Outages, element: usize) -> i64 {
        let hits = &self.hits[element];
        let scaled = |rate: i64, slot: Option<u32>| match outages.share(slot, self.combine) {
            Fraction::ONE => rate,
            share => BarrelsPerDay(rate).scaled(share).0,
        };
        if hits.units.is_empty() {
            return scaled(self.intact(nominal, element), hits.whole);
        }
        let units = hits
            .units
            .iter()
            .map(|&(size, slot)| scaled(size, slot))
            .sum();
        scaled(nominal[element].min(UNLIMITED), hits.whole).min(units)
    }

    /// What lets through a hub that can be limited, of which `left` is there for us.
    ///
    /// - `available`: what disruptions leave of it; `nominal`: what the calendar says of each element.
    pub(super) fn hub_limit(&self, nominal: &[i64], hub: usize, available: i64, left: i64) -> i64 {
        // Its outgoing links stand for a hub without a capacity; while nothing is wrong with it
        // they limit, not the hub.
        let spec = &self.model.hubs[hub];
        let free = spec.capacity.is_none()
            && spec.units.is_empty()
            && available == self.intact(nominal, self.elements.hub(hub));
        if free { UNLIMITED } else { left }
    }
}
