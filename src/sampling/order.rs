//! Putting the beginnings and ends of a replication in order.

use crate::units::Seconds;

use super::Disruption;

/// Fewer than this are sorted by comparison.
const FEW: usize = 48;

/// A drawer with more in it than this is sorted by itself.
const CROWD: u32 = 12;

/// Work space: keys as they come, and where each drawer begins.
#[derive(Clone, Debug, Default)]
pub(super) struct Order {
    keys: Vec<u64>,
    drawers: Vec<u32>,
}

impl Order {
    /// Beginnings and ends of disruptions, in order: time (33 bits), disruption (30 bits), 1 for its
    /// start. An end at the horizon is none.
    ///
    /// All keys differ, so there is one order. They are dealt into drawers by the high bits of their
    /// time, about one in each, and what is out of order then is put right by insertion.
    pub(super) fn sort(
        &mut self,
        disruptions: &[Disruption],
        horizon: Seconds,
        edges: &mut Vec<u64>,
    ) {
        let keys = &mut self.keys;
        keys.clear();
        keys.resize(2 * disruptions.len(), 0);
        let mut count = 0;
        for (index, disruption) in disruptions.iter().enumerate() {
            let index = (index as u64) << 1;
            keys[count] = (disruption.start.0 as u64) << 31 | index | 1;
            keys[count + 1] = (disruption.end.0 as u64) << 31 | index;
            count += 1 + usize::from(disruption.end < horizon);
        }
        let keys = &keys[..count];
        if count < FEW {
            edges.clear();
            edges.extend_from_slice(keys);
            edges.sort_unstable();
            return;
        }
        let bits = |number: u64| u64::BITS - number.leading_zeros();
        let shift = 31 + bits(horizon.0 as u64).saturating_sub(bits(count as u64));
        let drawer = |key: u64| (key >> shift) as usize;
        let last = drawer((horizon.0 as u64) << 31);
        let drawers = &mut self.drawers;
        drawers.clear();
        drawers.resize(last + 1, 0);
        for &key in keys {
            drawers[drawer(key)] += 1;
        }
        let (mut sum, mut most) = (0, 0);
        for drawer in drawers.iter_mut() {
            let count = *drawer;
            most = most.max(count);
            *drawer = sum;
            sum += count;
        }
        edges.resize(count, 0);
        for &key in keys {
            let place = &mut drawers[drawer(key)];
            edges[*place as usize] = key;
            *place += 1;
        }
        if most > CROWD {
            let mut from = 0;
            for &until in drawers.iter() {
                if until - from > CROWD {
                    edges[from as usize..until as usize].sort_unstable();
                }
                from = until;
            }
        }
        insert(edges);
    }
}

/// Sorts what is nearly in order.
fn insert(edges: &mut [u64]) {
    for at in 1..edges.len() {
        let edge = edges[at];
        let mut hole = at;
        while hole > 0 && edges[hole - 1] > edge {
            edges[hole] = edges[hole - 1];
            hole -= 1;
        }
        edges[hole] = edge;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sampling::Stream;
    use crate::units::Fraction;

    /// Few and many, spread out and crowded, on a grid and not.
    #[test]
    fn edges_are_in_order_of_time_and_disruption() {
        let stream = Stream::new(1, 0, "", "");
        let mut order = Order::default();
        let mut edges = Vec::new();
        for (case, &count) in [0, 1, 20, 40, 300, 5_000].iter().enumerate() {
            for (grid, span) in [(1, 1.0), (86_400, 1.0), (1, 1e-6), (1, 1e-2)] {
                for horizon in [Seconds(365 * 86_400), Seconds(97), Seconds((1 << 33) - 1)] {
                    let time = |p: f64| {
                        let whole = (p * span * horizon.0 as f64) as i64;
                        Seconds((whole / grid * grid).min(horizon.0 - 1))
                    };
                    let disruptions: Vec<Disruption> = (0..count)
                        .map(|number| {
                            let (one, other) = stream.pair(case as u64, number, 0);
                            let start = time(one);
                            Disruption {
                                slot: 0,
                                hazard: 0,
                                start,
                                end: (start + time(other).max(Seconds(1))).min(horizon),
                                left: Fraction::nearest(0.5),
                                is_first: true,
                            }
                        })
                        .collect();
                    order.sort(&disruptions, horizon, &mut edges);
                    let mut expected = Vec::new();
                    for (index, disruption) in disruptions.iter().enumerate() {
                        let index = (index as u64) << 1;
                        expected.push((disruption.start.0 as u64) << 31 | index | 1);
                        if disruption.end < horizon {
                            expected.push((disruption.end.0 as u64) << 31 | index);
                        }
                    }
                    expected.sort_unstable();
                    assert_eq!(edges, expected);
                }
            }
        }
    }
}
