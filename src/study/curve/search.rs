//! The least size at which one way is no worse than another, on a grid of sizes, in the same futures.

use std::collections::BTreeMap;

use crate::metrics::{Difference, conditional_value_at_risk_difference, paired, two_sided_z};
use crate::simulation::RunError;

/// Sizes tried first, apart from both ends.
const FIRST: u64 = 7;

/// Sizes tried within each range in which an answer lies.
const INSIDE: u64 = 3;

/// Confidence of the interval that chance leaves.
const CONFIDENCE: f64 = 0.95;

/// Level of the tail.
pub(super) const TAIL: f64 = 0.95;

/// What is compared: the mean, and the conditional value at risk.
pub(super) const MEASURES: [&str; 2] = ["mean", "cvar95"];

/// By how much a size is worse than what it is compared with, by measure.
pub(super) type Worse = [Option<Difference>; MEASURES.len()];

/// Gives the losses of each future at some sizes; `None` if it was cancelled.
pub(super) type Play<'p> = dyn FnMut(&[u64]) -> Result<Option<Vec<Vec<i64>>>, RunError> + 'p;

/// Where an answer lies, in steps of the grid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// The largest size that is worse, or the answer itself if it is exact.
    pub(super) low: u64,
    /// The least size that is no worse.
    pub(super) high: u64,
    /// The largest size that is surely worse, or the least that is not if that is exact.
    pub(super) chance_low: u64,
    /// The least size that is surely no worse; `None` if none is.
    pub(super) chance_high: Option<u64>,
}

/// All that was tried.
#[derive(Clone, Debug, Default)]
pub(super) struct Search {
    /// By size, in steps.
    pub(super) tried: BTreeMap<u64, (Vec<i64>, Worse)>,
}

impl Search {
    /// Tries sizes from 0 to `limit` steps until every answer is known to a step; `None` if `play`
    /// gave none.
    ///
    /// Losses are taken to fall with size: where they do not, the least size is found that is no
    /// worse while the next smaller one that was tried is. [`Search::rises`] says so.
    ///
    /// - `reference`: losses of what sizes are compared with.
    /// - `play`: losses at sizes, in the same futures.
    pub(super) fn run(
        limit: u64,
        reference: &[i64],
        play: &mut Play<'_>,
    ) -> Result<Option<Self>, RunError> {
        let mut search = Self::default();
        let mut wanted: Vec<u64> = between(0, limit, FIRST);
        wanted.extend([0, limit]);
        loop {
            wanted.retain(|size| !search.tried.contains_key(size));
            wanted.sort_unstable();
            wanted.dedup();
            if wanted.is_empty() {
                return Ok(Some(search));
            }
            let Some(samples) = play(&wanted)? else {
                return Ok(None);
            };
            for (&size, sample) in wanted.iter().zip(samples) {
                let worse = compare(&sample, reference);
                search.tried.insert(size, (sample, worse));
            }
            wanted.clear();
            for measure in 0..MEASURES.len() {
                for z in [0.0, -1.0, 1.0] {
                    let Some((low, high)) = search.bracket(measure, z) else {
                        continue;
                    };
                    wanted.extend(between(low, high, INSIDE));
                }
            }
        }
    }

    /// The answer for a measure; `None` if no size is as good.
    pub(super) fn found(&self, measure: usize) -> Option<Found> {
        let (low, high) = self.limits(measure, 0.0)?;
        Some(Found {
            low,
            high,
            chance_low: self.limits(measure, -1.0).map_or(low, |(low, _)| low),
            chance_high: self.limits(measure, 1.0).map(|(_, high)| high),
        })
    }

    /// The sizes between which nothing is better or worse by so many reaches of the interval of
    /// chance; the same twice where it is so exactly.
    fn limits(&self, measure: usize, reaches: f64) -> Option<(u64, u64)> {
        let (low, high) = self.bracket(measure, reaches)?;
        let is_exact = self.excess(high, measure, reaches)? == 0.0;
        Some((if is_exact { high } else { low }, high))
    }

    /// By how much a size is worse, less so many reaches of the interval of chance.
    fn excess(&self, size: u64, measure: usize, reaches: f64) -> Option<f64> {
        let worse = self.worse(size, measure)?;
        Some(worse.value + reaches * two_sided_z(CONFIDENCE) * worse.std_error)
    }

    /// Whether somewhere a larger size is worse than a smaller one.
    pub(super) fn rises(&self, measure: usize) -> bool {
        let values = |size: &u64| self.worse(*size, measure).map(|worse| worse.value);
        let values: Vec<f64> = self.tried.keys().filter_map(values).collect();
        values
            .windows(2)
            .any(|pair| pair[1] > pair[0] + 1e-9 * pair[0].abs())
    }

    fn worse(&self, size: u64, measure: usize) -> Option<Difference> {
        self.tried.get(&size)?.1[measure]
    }

    /// The least size tried that is no worse by so many reaches of the interval of chance, and the
    /// one tried before it; the same twice if that is the first.
    fn bracket(&self, measure: usize, reaches: f64) -> Option<(u64, u64)> {
        let mut before = None;
        for &size in self.tried.keys() {
            if self.excess(size, measure, reaches)? <= 0.0 {
                return Some((before.unwrap_or(size), size));
            }
            before = Some(size);
        }
        None
    }
}

/// By how much one sample of losses is worse than another.
pub(super) fn compare(sample: &[i64], reference: &[i64]) -> Worse {
    let mean = paired(sample, reference).map(|paired| Difference {
        value: paired.mean_difference,
        std_error: paired.std_error,
    });
    [
        mean,
        conditional_value_at_risk_difference(sample, reference, TAIL),
    ]
}

/// So many sizes evenly between two, less where there is no room.
fn between(low: u64, high: u64, count: u64) -> Vec<u64> {
    let room = high.saturating_sub(low);
    let inside = (1..=count).map(|part| low + room * part / (count + 1));
    inside.filter(|&size| size > low && size < high).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Losses of 100 futures if what is lost is `100 − size` in the odd ones.
    fn losses(size: u64) -> Vec<i64> {
        let odd = |future: i64| {
            if future % 2 == 1 {
                100 - size as i64
            } else {
                0
            }
        };
        (0..100).map(odd).collect()
    }

    fn search(reference: &[i64], limit: u64) -> Search {
        let mut play = |sizes: &[u64]| {
            Ok(Some(
                sizes.iter().map(|&size| losses(size)).collect::<Vec<_>>(),
            ))
        };
        let found = Search::run(limit, reference, &mut play);
        found.expect("no error").expect("not cancelled")
    }

    #[test]
    fn the_same_thing_is_found_exactly() {
        let search = search(&losses(37), 100);
        let exact = Found {
            low: 37,
            high: 37,
            chance_low: 37,
            chance_high: Some(37),
        };
        assert_eq!(search.found(0), Some(exact));
        assert_eq!(search.found(1), Some(exact));
        assert!(!search.rises(0));
        assert!(search.tried.len() < 40, "{}", search.tried.len());
    }

    /// 63 and 64 in turn in the odd futures: sizes 36 and 37 lie on either side of their mean, and
    /// the worst twentieth is that of size 36.
    #[test]
    fn between_two_sizes_both_are_said() {
        let reference: Vec<i64> = (0..100_usize)
            .map(|future| [0, 63, 0, 64][future % 4])
            .collect();
        let search = search(&reference, 100);
        let found = search.found(0).expect("within reach");
        assert_eq!((found.low, found.high), (36, 37));
        assert_eq!((found.chance_low, found.chance_high), (36, Some(37)));
        let tail = search.found(1).expect("within reach");
        assert_eq!((tail.low, tail.high), (36, 36));
    }

    #[test]
    fn what_is_out_of_reach_is_none() {
        let search = search(&[-1; 100], 100);
        assert_eq!(search.found(0), None);
        let zero = super::tests::search(&losses(0), 100);
        assert_eq!(zero.found(0).map(|found| found.high), Some(0));
    }
}
