//! Figures in doubt as points of a cube, and what the same futures give at many of them.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::scenario::{Invalid, Scenario};
use crate::simulation::{Observer, Progress, RunError, Silent, Threads};

use super::super::futures::{FuturesSettings, futures};

/// Points that are played side by side at most: neighbours may share timelines, but each has its own
/// table of solved states on every thread.
const TOGETHER: u64 = 2;

/// Futures that a thread plays, over all points it has, before an interrupt is looked for.
const AT_ONCE: u64 = 512;

/// What making a model of a point takes, in futures: it only weighs how far a study is.
pub(super) const MAKING: u64 = 20;

/// Middle of what a figure may be.
pub(super) const MIDDLE: f64 = 0.5;

/// A point: for each figure in doubt, in the order of their paths, the share of what it may be that
/// lies below.
pub(super) type Point = Vec<f64>;

/// What the same futures gave at a point: by metric, a whole number for each future.
pub(super) type Outcome = Vec<Vec<i64>>;

/// Why points could not be played.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SensitivityError {
    /// A scenario cannot be played.
    #[error(transparent)]
    Run(#[from] RunError),
    /// Figures that may be lead to no scenario.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

/// A scenario and the futures in which its points are played.
pub(super) struct Designs<'s> {
    scenario: &'s Scenario,
    places: BTreeMap<&'s str, usize>,
    metrics: &'s [&'s str],
    settings: FuturesSettings,
    threads: usize,
}

impl<'s> Designs<'s> {
    /// With the first so many replications of a seed at every point.
    pub(super) fn new(
        scenario: &'s Scenario,
        metrics: &'s [&'s str],
        seed: u64,
        futures: u64,
        threads: usize,
    ) -> Self {
        let paths = scenario.doubts.iter().map(|doubt| doubt.path.as_str());
        Self {
            scenario,
            places: paths.enumerate().map(|(at, path)| (path, at)).collect(),
            metrics,
            settings: FuturesSettings {
                seed,
                range: 0..futures,
                // Points are spread over threads, not the futures of a point.
                threads: 1,
            },
            threads,
        }
    }

    /// The point at which every figure is in the middle.
    pub(super) fn middle(&self) -> Point {
        vec![MIDDLE; self.scenario.doubts.len()]
    }

    /// Futures at each point.
    pub(super) fn futures(&self) -> u64 {
        self.settings.range.end - self.settings.range.start
    }

    /// The same with others, as many: the `part`th so many replications of the seed.
    pub(super) fn with_futures_of(&self, part: u64) -> Self {
        let futures = self.futures();
        let first = part.saturating_mul(futures);
        Self {
            places: self.places.clone(),
            settings: FuturesSettings {
                range: first..first.saturating_add(futures),
                ..self.settings.clone()
            },
            ..*self
        }
    }

    /// The model at a point.
    fn model(&self, point: &[f64]) -> Result<Model, Invalid> {
        let share = |path: &str| self.places.get(path).map_or(MIDDLE, |&at| point[at]);
        self.scenario.drawn(&share)
    }

    /// Plays all points; `None` if the observer cancelled before all were done.
    pub(super) fn play(
        &self,
        points: &[Point],
        course: &mut Course<'_>,
    ) -> Result<Option<Vec<Outcome>>, SensitivityError> {
        let together = (AT_ONCE / self.futures().max(1)).clamp(1, TOGETHER) as usize;
        let parts: Vec<&[Point]> = points.chunks(together).collect();
        let play = |part: usize| {
            let models: Result<Vec<Model>, Invalid> =
                parts[part].iter().map(|point| self.model(point)).collect();
            let models = models?;
            let models: Vec<&Model> = models.iter().collect();
            let found = futures(&models, self.metrics, &self.settings, &mut Silent)?;
            let outcome = |model: usize| -> Outcome {
                let sample = |metric| found.sample(model, metric).to_vec();
                (0..self.metrics.len()).map(sample).collect()
            };
            Ok::<_, SensitivityError>((0..models.len()).map(outcome).collect::<Vec<_>>())
        };
        let each = self.work(1);
        let found = Threads::new(self.threads)?.each_told(0..parts.len(), play, &mut |done| {
            course.tell(points.len().min(done * together) as u64 * each)
        });
        let is_whole = found.len() == parts.len();
        let mut outcomes = Vec::with_capacity(points.len());
        for part in found {
            outcomes.extend(part?);
        }
        course.before += self.work(points.len() as u64);
        Ok(is_whole.then_some(outcomes))
    }

    /// What playing so many points takes, in futures.
    pub(super) fn work(&self, points: u64) -> u64 {
        points * (self.futures() + MAKING)
    }
}

/// How far a study of several parts is.
pub(super) struct Course<'o> {
    pub(super) observer: &'o mut dyn Observer,
    /// Done before this part.
    pub(super) before: u64,
    /// All there is to do, as far as it is known.
    pub(super) total: u64,
    /// The part.
    pub(super) name: &'static str,
}

impl Course<'_> {
    /// Says what of this part is done; whether to go on.
    pub(super) fn tell(&mut self, done: u64) -> bool {
        self.observer.progress(&Progress {
            done: self.before + done,
            total: self.total,
            mean: 0.0,
            std_error: 0.0,
            metric: self.name.to_owned(),
        });
        !self.observer.is_cancelled()
    }
}
