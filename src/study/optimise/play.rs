//! Many portfolios in the same futures.

use std::ops::Range;

use crate::model::Model;
use crate::scenario::{Catalogue, Invalid};
use crate::simulation::{Observer, Progress, Silent, Threads};
use crate::study::part::Part;
use crate::study::{FuturesSettings, futures};

use super::{OptimiseError, rules::members};

/// Portfolios played side by side.
const BATCH: usize = 16;

/// Up to so many futures, a thread plays a batch of portfolios alone: preparing them takes as long
/// as playing them, and threads prepare side by side.
const SHORT: u64 = 256;

/// A portfolio under cases of the axes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Job {
    pub(super) portfolio: u32,
    /// Places of changes in the catalogue.
    pub(super) cases: Vec<usize>,
}

impl Job {
    /// As things are.
    pub(super) fn plain(portfolio: u32) -> Self {
        Self {
            portfolio,
            cases: Vec::new(),
        }
    }

    fn model(&self, catalogue: &Catalogue) -> Result<Model, Invalid> {
        let strategies: Vec<usize> = members(self.portfolio).collect();
        catalogue.model(&strategies, &self.cases)
    }
}

/// Plays futures and says how far all is.
pub(super) struct Player<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) seed: u64,
    pub(super) threads: Threads,
    pub(super) observer: &'a mut dyn Observer,
    /// Futures done so far, of all portfolios.
    pub(super) done: u64,
    /// Futures that all will take, as far as can be told.
    pub(super) total: u64,
    pub(super) what: String,
}

impl Player<'_> {
    /// What is not delivered in each replication of a range, job by job, bbl; `None` if the observer
    /// cancelled.
    pub(super) fn play(
        &mut self,
        jobs: &[Job],
        range: &Range<u64>,
    ) -> Result<Option<Vec<Vec<i64>>>, OptimiseError> {
        let each = range.end - range.start;
        let batches: Vec<&[Job]> = jobs.chunks(BATCH).collect();
        let mut found = Vec::with_capacity(jobs.len());
        if each <= SHORT && batches.len() > 1 {
            let (catalogue, seed) = (self.catalogue, self.seed);
            for wave in batches.chunks(self.threads.count() * 2) {
                if self.observer.is_cancelled() {
                    return Ok(None);
                }
                let played = self.threads.each(wave.to_vec(), |jobs: &[Job]| {
                    let models = jobs.iter().map(|job| job.model(catalogue)).collect();
                    batch(models, (seed, range.clone(), 1), &mut Silent)
                });
                for played in played {
                    let played = played?;
                    self.done += each * played.len() as u64;
                    found.extend(played);
                }
                self.tell(0);
            }
        } else {
            for wave in batches {
                let mut part = Part {
                    observer: self.observer,
                    before: self.done,
                    total: self.total,
                    name: self.what.clone(),
                    each: 1.0,
                };
                let asked = (self.seed, range.clone(), self.threads.count());
                let catalogue = self.catalogue;
                let jobs = wave.iter().collect();
                let models = self.threads.each(jobs, |job: &Job| job.model(catalogue));
                let played = batch(models.into_iter().collect(), asked, &mut part)?;
                if played.iter().any(|sample| (sample.len() as u64) < each) {
                    return Ok(None);
                }
                found.extend(played);
                self.done += each * wave.len() as u64;
            }
        }
        Ok((!self.observer.is_cancelled()).then_some(found))
    }

    fn tell(&mut self, more: u64) {
        self.observer.progress(&Progress {
            done: self.done + more,
            total: self.total.max(self.done + more),
            mean: 0.0,
            std_error: 0.0,
            metric: self.what.clone(),
        });
    }
}

/// Plays portfolios side by side.
fn batch(
    models: Result<Vec<Model>, Invalid>,
    (seed, range, threads): (u64, Range<u64>, usize),
    observer: &mut dyn Observer,
) -> Result<Vec<Vec<i64>>, OptimiseError> {
    let models = models?;
    let models: Vec<&Model> = models.iter().collect();
    let settings = FuturesSettings {
        seed,
        range,
        threads,
    };
    let found = futures(&models, &["undelivered"], &settings, observer)?;
    Ok((0..models.len())
        .map(|at| found.sample(at, 0).to_vec())
        .collect())
}
