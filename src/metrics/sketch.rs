//! Quantiles and tails of a sample that is too large to keep.

use super::tail::{Tail, is_too_thin, rank, tail_error};

/// Bits of a value that its bucket knows, after the leading one.
const BITS: u32 = 7;
/// Buckets of one page, all of the same width.
const PAGE: usize = 1 << BITS;
/// Pages for one sign: widths 1 (twice), 2, 4, … 2⁵⁶.
const PAGES: usize = 58;
/// Marks a page that has no values.
const ABSENT: u8 = u8::MAX;
/// Values kept as they are until there are so many: a chunk of replications needs no page, and then memory far away is gone
/// to once for all of them.
const WAITING: usize = 128;

/// Counts of whole numbers in buckets whose width grows with the value.
///
/// A value is known to 7 bits after the leading one, so quantiles are off by less than 0.8 %, and
/// values below 256 in size not at all. A bucket also keeps the sum of its values, so a bucket
/// of equal values gives that value and the means of tails err only where they cut a bucket.
///
/// All counts and sums are whole: what a sketch answers does not depend, to the bit, on the order
/// of values or merges. Memory is 3 KiB for each power of two that occurs, and at most 352 KiB.
#[derive(Clone, Debug)]
pub struct Sketch {
    count: u64,
    /// Values that are not in a bucket yet, in any order.
    waiting: Vec<i64>,
    /// Place in `pages` of each page, from the most negative values to the most positive.
    directory: [u8; 2 * PAGES],
    pages: Vec<Page>,
}

#[derive(Clone, Debug)]
struct Page {
    counts: [u64; PAGE],
    sums: [i128; PAGE],
}

/// Values that are treated as one.
#[derive(Clone, Copy)]
struct Bucket {
    count: u64,
    sum: i128,
}

impl Bucket {
    fn mean(self) -> f64 {
        self.sum as f64 / self.count as f64
    }
}

impl Default for Sketch {
    fn default() -> Self {
        Self {
            count: 0,
            waiting: Vec::new(),
            directory: [ABSENT; 2 * PAGES],
            pages: Vec::new(),
        }
    }
}

/// The page of a value and its bucket there; both grow with the value.
fn place(value: i64) -> (usize, usize) {
    let size = value.unsigned_abs();
    let (page, bucket) = if size < PAGE as u64 {
        (0, size as usize)
    } else {
        let shift = size.ilog2() - BITS;
        (shift as usize + 1, (size >> shift) as usize - PAGE)
    };
    if value < 0 {
        (PAGES - 1 - page, PAGE - 1 - bucket)
    } else {
        (PAGES + page, bucket)
    }
}

impl Sketch {
    /// Counts one value in.
    pub fn add(&mut self, value: i64) {
        self.count += 1;
        if self.waiting.len() == WAITING {
            self.settle();
        }
        self.waiting.push(value);
    }

    /// Puts the values that wait into their buckets.
    fn settle(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        for value in waiting.drain(..) {
            self.put(value);
        }
        self.waiting = waiting;
    }

    /// Counts in all that `other` has counted.
    pub fn merge(&mut self, other: &Self) {
        for &value in &other.waiting {
            self.add(value);
        }
        if other.pages.is_empty() {
            return;
        }
        self.settle();
        self.count += other.count - other.waiting.len() as u64;
        for (number, &from) in other.directory.iter().enumerate() {
            if from == ABSENT {
                continue;
            }
            let theirs = &other.pages[usize::from(from)];
            let ours = self.page(number);
            for (count, more) in ours.counts.iter_mut().zip(&theirs.counts) {
                *count += more;
            }
            for (sum, more) in ours.sums.iter_mut().zip(&theirs.sums) {
                *sum += more;
            }
        }
    }

    fn put(&mut self, value: i64) {
        let (number, bucket) = place(value);
        let page = self.page(number);
        page.counts[bucket] += 1;
        page.sums[bucket] += i128::from(value);
    }

    fn page(&mut self, number: usize) -> &mut Page {
        if self.directory[number] == ABSENT {
            self.directory[number] = self.pages.len() as u8; // at most 116
            self.pages.push(Page {
                counts: [0; PAGE],
                sums: [0; PAGE],
            });
        }
        &mut self.pages[usize::from(self.directory[number])]
    }

    /// Number of values.
    #[must_use]
    pub fn count(&self) -> u64 {
        self.count
    }

    /// The buckets that have values, upward.
    fn buckets(&self) -> Vec<Bucket> {
        if !self.pages.is_empty() && !self.waiting.is_empty() {
            let mut settled = self.clone();
            settled.settle();
            return settled.buckets();
        }
        let mut sorted = self.waiting.clone();
        sorted.sort_unstable_by_key(|&value| place(value));
        let mut buckets: Vec<Bucket> = sorted
            .chunk_by(|&a, &b| place(a) == place(b))
            .map(|values| Bucket {
                count: values.len() as u64,
                sum: values.iter().map(|&value| i128::from(value)).sum(),
            })
            .collect();
        for &at in self.directory.iter().filter(|&&at| at != ABSENT) {
            let page = &self.pages[usize::from(at)];
            let all = page.counts.iter().zip(&page.sums);
            buckets.extend(
                all.filter(|(count, _)| **count > 0)
                    .map(|(&count, &sum)| Bucket { count, sum }),
            );
        }
        buckets
    }

    /// Value at risk, as [`value_at_risk`](super::value_at_risk), off by less than 0.8 %: the mean
    /// of the bucket in which it lies.
    #[must_use]
    pub fn value_at_risk(&self, level: f64) -> Option<f64> {
        let (rank, _) = rank(self.count, level)?;
        let mut upto = 0;
        self.buckets()
            .into_iter()
            .find(|bucket| {
                upto += bucket.count;
                upto >= rank
            })
            .map(Bucket::mean)
    }

    /// The quantile that belongs to probability `p`: the same as
    /// [`value_at_risk`](Self::value_at_risk).
    #[must_use]
    pub fn quantile(&self, p: f64) -> Option<f64> {
        self.value_at_risk(p)
    }

    /// Conditional value at risk, as
    /// [`conditional_value_at_risk`](super::conditional_value_at_risk): the bucket of the value at
    /// risk counts for its share of the tail, and each bucket as its mean.
    #[must_use]
    pub fn conditional_value_at_risk(&self, level: f64) -> Option<Tail> {
        let (rank, beyond) = rank(self.count, level)?;
        if is_too_thin(beyond) {
            return None;
        }
        let buckets = self.buckets();
        let mut upto = 0;
        let at = buckets.iter().position(|bucket| {
            upto += bucket.count;
            upto >= rank
        })?;
        let at_risk = buckets[at].mean();
        let n = self.count as f64;
        let worse = &buckets[at + 1..];
        let sum: f64 = worse
            .iter()
            .map(|bucket| bucket.count as f64 * (bucket.mean() - at_risk))
            .sum();
        let mean = sum / n;
        let squares: f64 = worse
            .iter()
            .map(|bucket| (bucket.count, bucket.mean() - at_risk - mean))
            .map(|(count, deviation)| count as f64 * deviation * deviation)
            .sum::<f64>()
            + upto as f64 * mean * mean;
        Some(Tail {
            value: at_risk + sum / beyond,
            std_error: tail_error(squares, self.count, level),
            beyond,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metrics::cases::{LOSSES, close};
    use crate::metrics::{conditional_value_at_risk, value_at_risk};

    /// Losses over eight powers of ten, some of them negative, some zero.
    fn sample(n: u64) -> Vec<i64> {
        let mut state = 1_u64;
        (0..n)
            .map(|_| {
                state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1);
                let value = libm::exp((state >> 40) as f64 / 1e6).round() as i64;
                match state >> 62 {
                    0 => 0,
                    1 => -value,
                    _ => value,
                }
            })
            .collect()
    }

    fn sketch(values: &[i64]) -> Sketch {
        let mut sketch = Sketch::default();
        for &value in values {
            sketch.add(value);
        }
        sketch
    }

    fn answers(sketch: &Sketch) -> Vec<Option<u64>> {
        let bits = |value: Option<f64>| value.map(f64::to_bits);
        let mut answers = vec![Some(sketch.count())];
        for level in [0.0, 0.05, 0.3, 0.5, 0.9, 0.95, 0.99, 1.0] {
            let tail = sketch.conditional_value_at_risk(level);
            answers.push(bits(sketch.quantile(level)));
            answers.push(bits(tail.map(|tail| tail.value)));
            answers.push(bits(tail.and_then(|tail| tail.std_error)));
        }
        answers
    }

    #[test]
    fn places_follow_the_values() {
        let mut values = vec![i64::MIN, i64::MAX, 0, 127, 128, -127, -128, 255, 256];
        for shift in 0..63 {
            for near in -2..=2 {
                values.extend([(1 << shift) + near, -(1 << shift) + near]);
            }
        }
        values.sort_unstable();
        assert!(
            values
                .windows(2)
                .all(|pair| place(pair[0]) <= place(pair[1]))
        );
        assert!(
            values
                .iter()
                .all(|&value| place(value).0 < 2 * PAGES && place(value).1 < PAGE)
        );
        let small: Vec<_> = (-255..=255).map(place).collect();
        assert!(
            small.windows(2).all(|pair| pair[0] < pair[1]),
            "small values have their own"
        );
    }

    #[test]
    fn a_sketch_of_few_small_values_is_exact() {
        let mut values: Vec<i64> = LOSSES.iter().map(|loss| loss / 5).collect(); // all below 256
        values.extend([60; 10]); // and some of them equal
        let sketch = sketch(&values);
        values.sort_unstable();
        for level in [0.5, 0.7, 0.9] {
            let exact = conditional_value_at_risk(&values, level).unwrap();
            let found = sketch.conditional_value_at_risk(level).unwrap();
            close(found.value, exact.value);
            close(found.std_error.unwrap(), exact.std_error.unwrap());
            let at_risk = value_at_risk(&values, level).map(|value| value as f64);
            assert_eq!(sketch.value_at_risk(level), at_risk);
        }
    }

    #[test]
    fn quantiles_and_tails_are_near_the_exact_ones() {
        let mut values = sample(20_000);
        let sketch = sketch(&values);
        values.sort_unstable();
        for step in 0..=1_000 {
            let level = f64::from(step) / 1_000.0;
            let exact = value_at_risk(&values, level).unwrap() as f64;
            let found = sketch.value_at_risk(level).unwrap();
            assert!(
                (found - exact).abs() <= 0.0079 * exact.abs(),
                "{found} is not {exact}"
            );
        }
        for level in [0.5, 0.9, 0.95, 0.99] {
            let exact = conditional_value_at_risk(&values, level).unwrap();
            let found = sketch.conditional_value_at_risk(level).unwrap();
            assert!((found.value / exact.value - 1.0).abs() < 1e-3);
            assert!((found.std_error.unwrap() / exact.std_error.unwrap() - 1.0).abs() < 0.02);
        }
    }

    #[test]
    fn merges_in_any_order_answer_alike_to_the_bit() {
        let values = sample(3_000);
        let whole = answers(&sketch(&values));
        for size in [1, 64, 129, 1_000] {
            let parts: Vec<Sketch> = values.chunks(size).map(sketch).collect();
            let mut forward = Sketch::default();
            for part in &parts {
                forward.merge(part);
            }
            let mut backward = Sketch::default();
            for part in parts.iter().rev() {
                backward.merge(part);
            }
            assert_eq!(
                (answers(&forward), answers(&backward)),
                (whole.clone(), whole.clone())
            );
        }
        let few = sample(100);
        let mut merged = sketch(&few[..30]);
        merged.merge(&sketch(&few[30..]));
        assert_eq!(answers(&merged), answers(&sketch(&few)));
    }

    #[test]
    fn an_empty_or_thin_sketch_has_no_tail() {
        assert_eq!(Sketch::default().quantile(0.5), None);
        assert_eq!(sketch(&[1; 9]).conditional_value_at_risk(0.9), None);
        assert!(sketch(&[1; 10]).conditional_value_at_risk(0.9).is_some());
        assert_eq!(
            sketch(&[i64::MIN, i64::MAX]).quantile(1.0),
            Some(i64::MAX as f64)
        );
    }
}
