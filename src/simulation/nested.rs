//! Estimates of a run with draws of uncertain figures: every error in its two parts.

use crate::accumulate::{DrawMeans, UNDEFINED};
use crate::metrics::{Group, Moments, Nested, Split, korn_graubard, nested, value_at_risk};
use crate::results::{Band, ConvergencePoint, Epistemic, ExceedancePoint, FanDoubt, Metric};

/// Confidence of the bounds of an exceedance curve.
const CONFIDENCE: f64 = 0.95;
/// Points of the convergence curve, at most.
const POINTS: usize = 60;

/// What each draw gave, in order.
pub(super) struct Nests {
    pub(super) means: Vec<DrawMeans>,
    /// Replications of each draw.
    pub(super) replications: u64,
}

impl Nests {
    fn of(&self, part: impl Fn(&DrawMeans) -> Group) -> Option<Nested> {
        let groups: Vec<Group> = self.means.iter().map(part).collect();
        nested(&groups)
    }

    pub(super) fn column(&self, index: usize) -> Option<Nested> {
        self.of(|draw| draw.columns[index])
    }

    pub(super) fn ratio(&self, index: usize) -> Option<Nested> {
        self.of(|draw| draw.ratios[index])
    }

    pub(super) fn month(&self, index: usize) -> Option<Nested> {
        self.of(|draw| draw.months[index])
    }

    /// Errors of the fan's mean, of both kinds.
    pub(super) fn fan(&self) -> Option<FanDoubt> {
        let bins = self.means.first()?.fan.len();
        let mut doubt = FanDoubt {
            std_error_bpd: Vec::with_capacity(bins),
            low_bpd: Vec::new(),
            high_bpd: Vec::new(),
        };
        for bin in 0..bins {
            let found = self.of(|draw| draw.fan[bin])?;
            doubt.std_error_bpd.push(found.std_error);
            if let Some(split) = found.split {
                doubt.low_bpd.push(split.band.low);
                doubt.high_bpd.push(split.band.high);
            }
        }
        Some(doubt)
    }

    /// Standard error of the mean beyond the value at risk: the mean of how far replications are
    /// beyond it, by draws.
    pub(super) fn tail_error(&self, sample: &[i64], sorted: &[i64], level: f64) -> Option<f64> {
        let at_risk = value_at_risk(sorted, level)?;
        let groups: Vec<Group> = self
            .by_draw(sample)
            .map(|draw| {
                let beyond = draw
                    .iter()
                    .filter(|&&value| value != UNDEFINED)
                    .map(|&value| value.saturating_sub(at_risk).max(0));
                let moments: Moments = beyond.collect();
                Group {
                    count: moments.count(),
                    mean: moments.mean().unwrap_or(0.0),
                    variance: moments.variance(),
                }
            })
            .collect();
        Some(nested(&groups)?.std_error / (1.0 - level))
    }

    fn by_draw<'a>(&self, sample: &'a [i64]) -> std::slice::Chunks<'a, i64> {
        sample.chunks((self.replications as usize).max(1))
    }

    /// Puts both errors to the points of an exceedance curve of a sample in order of draws.
    pub(super) fn exceedance(&self, sample: &[i64], points: &mut [ExceedancePoint]) {
        let draws: Vec<Vec<i64>> = self
            .by_draw(sample)
            .map(|draw| {
                let mut draw: Vec<i64> = draw.to_vec();
                draw.retain(|&value| value != UNDEFINED);
                draw.sort_unstable();
                draw
            })
            .collect();
        let total: u64 = draws.iter().map(|draw| draw.len() as u64).sum();
        for point in points.iter_mut() {
            let level = point.level_bbl as i64;
            let groups: Vec<Group> = draws
                .iter()
                .map(|draw| {
                    let n = draw.len();
                    let reached = n - draw.partition_point(|&value| value < level);
                    let share = reached as f64 / (n as f64).max(1.0);
                    Group {
                        count: n as u64,
                        mean: share,
                        variance: (n > 1)
                            .then(|| share * (1.0 - share) * n as f64 / (n as f64 - 1.0)),
                    }
                })
                .collect();
            let Some(found) = nested(&groups) else {
                continue;
            };
            let p = point.probability;
            if let Some(interval) = korn_graubard(p, found.std_error, total, CONFIDENCE) {
                (point.low, point.high) = (interval.low, interval.high);
            }
            // Where chance hides it, or fewer than a twentieth of the draws reach a level, there is
            // no band; where all of them do, there is no doubt.
            let is_seen =
                |split: &Split| split.band.high > p || (split.variance_raw == 0.0 && p > 0.5);
            let split = found.split.filter(is_seen);
            point.epistemic = split.map(|split| Band {
                low: split.band.low.clamp(0.0, 1.0),
                high: split.band.high.clamp(0.0, 1.0),
            });
        }
        make_monotone(points);
    }

    /// The mean and its error at growing numbers of draws.
    pub(super) fn convergence(&self, sample: &[i64], scale: f64) -> Vec<ConvergencePoint> {
        let groups: Vec<Group> = self
            .by_draw(sample)
            .map(|draw| {
                let known = draw.iter().copied().filter(|&value| value != UNDEFINED);
                let moments: Moments = known.collect();
                Group {
                    count: moments.count(),
                    mean: moments.mean().unwrap_or(0.0),
                    variance: moments.variance(),
                }
            })
            .collect();
        let first = 4.min(groups.len());
        let growth = libm::pow(
            groups.len() as f64 / first.max(1) as f64,
            1.0 / POINTS as f64,
        );
        let mut looks: Vec<usize> = (0..=POINTS)
            .map(|point| (first as f64 * libm::pow(growth, point as f64)).round() as usize)
            .map(|look| look.min(groups.len()))
            .collect();
        looks.push(groups.len());
        looks.dedup();
        looks
            .into_iter()
            .filter_map(|draws| {
                let found = nested(&groups[..draws])?;
                Some(ConvergencePoint {
                    replications: draws as u64 * self.replications,
                    mean: found.mean * scale,
                    std_error: Some(found.std_error * scale),
                })
            })
            .collect()
    }
}

/// What doubt adds to a number that is reported times `scale`.
pub(super) fn epistemic(found: Option<&Nested>, scale: f64) -> Option<Epistemic> {
    let split = found?.split?;
    Some(Epistemic {
        std_dev: split.std_dev() * scale,
        variance_raw: split.variance_raw * scale * scale,
        share: split.share(),
        low: split.band.low * scale,
        high: split.band.high * scale,
    })
}

/// The band that doubt gives a number that is reported times `scale`.
pub(super) fn band(found: Option<&Nested>, scale: f64) -> Option<Band> {
    let band = found?.split?.band;
    Some(Band {
        low: band.low * scale,
        high: band.high * scale,
    })
}

/// Puts both errors to an estimate.
pub(super) fn amend(metric: &mut Metric, found: Option<&Nested>, scale: f64) {
    metric.std_error = found.map(|found| found.std_error * scale);
    metric.epistemic = epistemic(found, scale);
}

/// Widens bands to the least that fall from level to level, as the chance itself does, and that hold
/// it: levels are looked at one by one, and a few draws make each of them unsteady.
fn make_monotone(points: &mut [ExceedancePoint]) {
    let mut low = 1.0_f64;
    for point in points.iter_mut() {
        if let Some(band) = &mut point.epistemic {
            low = low.min(band.low).min(point.probability);
            band.low = low;
        }
    }
    let mut high = 0.0_f64;
    for point in points.iter_mut().rev() {
        if let Some(band) = &mut point.epistemic {
            high = high.max(band.high).max(point.probability);
            band.high = high;
        }
    }
}
