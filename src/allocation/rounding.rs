//! Flows of several commodities in whole barrels a day: path by path, so that nothing is made or lost at a node.

use crate::network::{BothWays, Swap};

/// Below this a flow is none, barrels a day: what tolerances add up to.
pub(super) const NOISE: f64 = 0.02;

/// One way of one commodity from outside to outside.
pub(super) struct Path {
    pub(super) commodity: usize,
    pub(super) arcs: Vec<usize>,
    pub(super) rate: f64,
}

/// Paths put together in whole barrels.
pub(super) struct Rounding<'a> {
    pub(super) capacity: &'a [i64],
    /// The most that each arc may carry.
    pub(super) most: &'a [i64],
    pub(super) swaps: &'a [Swap],
    pub(super) both_ways: &'a [BothWays],
    pub(super) flows: &'a mut [i64],
    /// The same by commodity, one after the other.
    pub(super) by_commodity: Vec<i64>,
}

impl Rounding<'_> {
    pub(super) fn put(mut self, paths: &[Path]) {
        let mut whole = vec![0_i64; paths.len()];
        for (path, whole) in paths.iter().zip(&mut whole) {
            *whole = ((path.rate + NOISE).floor() as i64).min(self.room_on_arcs(path));
            self.carry(path, *whole);
        }
        self.keep_to_swaps(paths, &mut whole);
        let mut rest: Vec<(f64, usize)> = (0..paths.len())
            .map(|index| (paths[index].rate - whole[index] as f64, index))
            .filter(|&(remainder, _)| remainder > NOISE)
            .collect();
        // Where there is room for it, what was cut off is a barrel a day for the largest remainders.
        rest.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let mut cut: f64 = rest.iter().map(|&(remainder, _)| remainder).sum();
        // One that goes into a tank may make room for another out of it.
        let mut count = usize::MAX;
        while rest.len() < count {
            count = rest.len();
            rest.retain(|&(_, index)| {
                let fits = cut + NOISE >= 1.0 && self.room(&paths[index]) >= 1;
                if fits {
                    self.carry(&paths[index], 1);
                    cut -= 1.0;
                }
                !fits
            });
        }
        for swap in self.swaps {
            for &(commodity, gained, drawn) in &swap.parts {
                let net = self.by_commodity[commodity * self.flows.len() + swap.fill]
                    - self.by_commodity[commodity * self.flows.len() + swap.draw];
                self.flows[gained] = net.max(0);
                self.flows[drawn] = (-net).max(0);
            }
            let both = self.flows[swap.fill].min(self.flows[swap.draw]);
            self.flows[swap.fill] -= both;
            self.flows[swap.draw] -= both;
        }
    }

    fn carry(&mut self, path: &Path, more: i64) {
        let first = path.commodity * self.flows.len();
        for &arc in &path.arcs {
            self.flows[arc] += more;
            self.by_commodity[first + arc] += more;
        }
    }

    /// How much more the arcs of a path can carry.
    fn room_on_arcs(&self, path: &Path) -> i64 {
        let left = path
            .arcs
            .iter()
            .map(|&arc| self.most[arc] - self.flows[arc]);
        let taken = self
            .both_ways
            .iter()
            .filter(|both| both.arcs().any(|arc| path.arcs.contains(&arc)));
        let shared = taken.map(|both| {
            let used: i64 = both.arcs().map(|arc| self.flows[arc]).sum();
            both.limit(self.capacity) - used
        });
        left.chain(shared).min().unwrap_or(0)
    }

    /// The same, with what tanks may gain and lose.
    fn room(&self, path: &Path) -> i64 {
        let sides = self
            .sides()
            .filter(|&(gains, loses)| is_only(path, gains, loses));
        let left = sides.map(|(gains, loses)| -self.excess(gains, loses));
        left.fold(self.room_on_arcs(path), i64::min)
    }

    /// Of each tank that swaps: the arc by which it gains and that by which it loses, and the same
    /// the other way round.
    fn sides(&self) -> impl Iterator<Item = (usize, usize)> + use<'_> {
        let sides = |swap: &Swap| [(swap.fill, swap.draw), (swap.draw, swap.fill)];
        self.swaps.iter().flat_map(sides)
    }

    /// What a tank gains above what it may.
    fn excess(&self, gains: usize, loses: usize) -> i64 {
        self.flows[gains] - self.flows[loses] - self.capacity[gains]
    }

    /// Takes off what tanks gain or lose too much because what they swap it for was rounded down.
    /// Less flows each time, so this ends.
    fn keep_to_swaps(&mut self, paths: &[Path], whole: &mut [i64]) {
        let sides: Vec<(usize, usize)> = self.sides().collect();
        let mut is_kept = false;
        while !is_kept {
            is_kept = true;
            for &(gains, loses) in &sides {
                // The smallest were found last.
                for (path, whole) in paths.iter().zip(&mut *whole).rev() {
                    let excess = self.excess(gains, loses).min(*whole);
                    if excess > 0 && is_only(path, gains, loses) {
                        self.carry(path, -excess);
                        *whole -= excess;
                        is_kept = false;
                    }
                }
            }
        }
    }
}

/// Whether a path has the one arc and not the other.
fn is_only(path: &Path, arc: usize, other: usize) -> bool {
    path.arcs.contains(&arc) && !path.arcs.contains(&other)
}
