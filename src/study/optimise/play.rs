//! Many portfolios in the same futures.

use std::ops::Range;

use crate::model::Model;
use crate::scenario::Catalogue;
use crate::simulation::{Observer, Progress, Silent, spread, thread_count};
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
}

/// Plays futures and says how far all is.
pub(super) struct Player<'a> {
    pub(super) catalogue: &'a Catalogue,
    pub(super) seed: u64,
    pub(super) threads: usize,
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
        let threads = thread_count(self.threads);
        let mut found = Vec::with_capacity(jobs.len());
        if each <= SHORT && batches.len() > 1 {
            let (catalogue, seed) = (self.catalogue, self.seed);
            for wave in batches.chunks(threads * 2) {
                if self.observer.is_cancelled() {
                    return Ok(None);
                }
                let played = spread(self.threads, wave.len(), |at| {
                    batch(catalogue, wave[at], (seed, range.clone(), 1), &mut Silent)
                })?;
                for played in played {
                    self.done += each * played.as_ref().map_or(0, Vec::len) as u64;
                    found.extend(played?);
                }
                self.tell(0);
            }
        } else {
            for wave in batches {
                let mut part = Part {
                    observer: self.observer,
                    before: self.done,
                    total: self.total,
                    what: &self.what,
                };
                let asked = (self.seed, range.clone(), self.threads);
                let played = batch(self.catalogue, wave, asked, &mut part)?;
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

/// Prepares portfolios and plays them side by side.
fn batch(
    catalogue: &Catalogue,
    jobs: &[Job],
    (seed, range, threads): (u64, Range<u64>, usize),
    observer: &mut dyn Observer,
) -> Result<Vec<Vec<i64>>, OptimiseError> {
    let prepared = spread(threads, jobs.len(), |at| {
        let job = &jobs[at];
        let strategies: Vec<usize> = members(job.portfolio).collect();
        catalogue.model(&strategies, &job.cases)
    })?;
    let models: Vec<Model> = prepared.into_iter().collect::<Result<_, _>>()?;
    let models: Vec<&Model> = models.iter().collect();
    let settings = FuturesSettings {
        seed,
        range,
        threads,
    };
    let found = futures(&models, &["undelivered"], &settings, observer)?;
    Ok((0..jobs.len())
        .map(|at| found.sample(at, 0).to_vec())
        .collect())
}

/// One batch, for the observer of all.
struct Part<'o> {
    observer: &'o mut dyn Observer,
    before: u64,
    total: u64,
    what: &'o str,
}

impl Observer for Part<'_> {
    fn progress(&mut self, progress: &Progress) {
        let done = self.before + progress.done;
        self.observer.progress(&Progress {
            done,
            total: self.total.max(done),
            mean: 0.0,
            std_error: 0.0,
            metric: self.what.to_owned(),
        });
    }

    fn is_cancelled(&self) -> bool {
        self.observer.is_cancelled()
    }
}
