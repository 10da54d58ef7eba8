//! Numbers that look random, the same each time, for tests.

use crate::network::{Problem, ReducedArc};

/// A generator, begun anywhere.
pub(super) struct Dice(pub(super) u64);

impl Dice {
    /// A number less than `limit`.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        // The constants of Knuth's linear congruential generator; its high bits are good enough.
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }

    /// A network in which it pays to deliver.
    ///
    /// - `costs`: how many costs there are; of few, many flows are as good as another.
    pub(super) fn problem(&mut self, nodes: usize, arcs: usize, costs: usize) -> Problem {
        let arc = |dice: &mut Self| {
            let from = dice.below(nodes);
            let to = (from + 1 + dice.below(nodes - 1)) % nodes;
            let (tail, head) = match dice.below(5) {
                0 => (None, Some(to)),
                1 => (Some(from), None),
                _ => (Some(from), Some(to)),
            };
            let gain = if head.is_none() { 4 * costs } else { 0 };
            ReducedArc {
                tail,
                head,
                cost: dice.below(costs) as i128 - gain as i128,
                members: Vec::new(),
            }
        };
        Problem {
            nodes,
            arcs: (0..arcs).map(|_| arc(self)).collect(),
            ..Problem::default()
        }
    }
}
