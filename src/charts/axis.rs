//! From values to places, and the round values that are marked.

use super::numbers::sane;

/// A scale along one direction of a figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Axis {
    low: f64,
    high: f64,
    start: f64,
    end: f64,
    logarithmic: bool,
}

impl Axis {
    /// Puts `low` at `start` and `high` at `end`, evenly between.
    pub(super) fn linear((low, high): (f64, f64), (start, end): (f64, f64)) -> Self {
        let (low, high) = (sane(low), sane(high));
        let high = if high > low { high } else { low + 1.0 };
        Self {
            low,
            high,
            start,
            end,
            logarithmic: false,
        }
    }

    /// The same, evenly in the logarithm; what is not above zero is put at `low`.
    pub(super) fn logarithmic((low, high): (f64, f64), (start, end): (f64, f64)) -> Self {
        let low = sane(low).max(1e-12);
        let high = if sane(high) > low {
            sane(high)
        } else {
            low * 10.0
        };
        Self {
            low: low.ln(),
            high: high.ln(),
            start,
            end,
            logarithmic: true,
        }
    }

    /// Where `value` is.
    pub(super) fn at(&self, value: f64) -> f64 {
        let value = sane(value);
        let value = match self.logarithmic {
            true if value <= 0.0 => self.low,
            true => value.ln(),
            false => value,
        };
        let share = (value - self.low) / (self.high - self.low);
        self.start + share.clamp(-2.0, 3.0) * (self.end - self.start)
    }
}

/// Round values for about `wanted` marks from at or below `low` to at or above `high`; the ends
/// of the marks are the ends of the scale.
pub(super) fn round_marks(low: f64, high: f64, wanted: usize) -> Vec<f64> {
    let (low, high) = (sane(low.min(high)), sane(low.max(high)));
    let span = if high - low > low.abs().max(high.abs()) * 1e-9 && high - low > 1e-12 {
        high - low
    } else {
        low.abs().max(1.0)
    };
    let high = high.max(low + span);
    let step = round_step(span / wanted.max(1) as f64);
    let first = (low / step + 1e-9).floor();
    let last = (high / step - 1e-9)
        .ceil()
        .max(first + 1.0)
        .min(first + 50.0);
    let count = (last - first) as usize;
    (0..=count)
        .map(|mark| (first + mark as f64) * step)
        .collect()
}

/// The least of 1, 2, 2.5 and 5 times a power of ten that is no less than `least`.
pub(super) fn round_step(least: f64) -> f64 {
    let least = sane(least).max(1e-12);
    let power = 10_f64.powf(least.log10().floor());
    [1.0, 2.0, 2.5, 5.0]
        .into_iter()
        .map(|factor| factor * power)
        .find(|&step| step >= least * (1.0 - 1e-9))
        .unwrap_or(10.0 * power)
}

/// Decimals with which all `marks` differ.
pub(super) fn decimals(marks: &[f64]) -> usize {
    (0..6)
        .find(|&decimals| {
            let unit = 10_f64.powi(decimals);
            marks.iter().all(|mark| {
                let scaled = mark * unit;
                (scaled - scaled.round()).abs() < 1e-6 * scaled.abs().max(1.0)
            })
        })
        .unwrap_or(6) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_enclose_the_values() {
        assert_eq!(round_marks(0.0, 1.83, 4), vec![0.0, 0.5, 1.0, 1.5, 2.0]);
        assert_eq!(round_marks(-3.0, 12.0, 3), vec![-5.0, 0.0, 5.0, 10.0, 15.0]);
        for (low, high) in [(0.0, 0.0), (7.0, 7.0), (f64::NAN, 1e300), (-1e300, 1e300)] {
            let marks = round_marks(low, high, 5);
            assert!(
                marks.len() >= 2 && marks.len() <= 52,
                "{low} {high}: {marks:?}"
            );
        }
    }

    #[test]
    fn every_value_has_a_place() {
        let axis = Axis::logarithmic((1.0, 100.0), (0.0, 10.0));
        assert!((axis.at(10.0) - 5.0).abs() < 1e-9);
        assert!((axis.at(0.0)).abs() < 1e-9);
        assert!(axis.at(f64::NAN).is_finite());
        assert!(Axis::linear((3.0, 3.0), (0.0, 1.0)).at(3.0).is_finite());
    }

    #[test]
    fn marks_have_the_decimals_they_need() {
        assert_eq!(decimals(&[0.0, 0.25, 0.5]), 2);
        assert_eq!(decimals(&[0.0, 100.0]), 0);
    }
}
