//! Chunks of replications on many threads, for questions other than a run's.

use std::ops::Range;
use std::sync::Mutex;

use rayon::prelude::*;

use super::run::{pool, pool_of};
use super::settings::{Observer, Progress, RunError, Settings};

/// Replications per unit of parallel work.
const CHUNK: u64 = 32;

/// Plays the replications of a range: `worker` makes what a thread needs, `play` plays a chunk
/// with it, `take` gets what the chunks gave, in order. Gives the workers back, and how many
/// replications were done before the observer cancelled.
pub(super) fn in_parallel<W: Send, R: Send>(
    settings: &Settings,
    worker: impl Fn() -> W + Sync,
    play: impl Fn(&mut W, Range<u64>) -> Result<R, RunError> + Sync,
    mut take: impl FnMut(R),
    observer: &mut dyn Observer,
) -> Result<(Vec<W>, u64), RunError> {
    let pool = pool(settings)?;
    let workers: Mutex<Vec<W>> = Mutex::new(Vec::new());
    let total = settings.range.end.saturating_sub(settings.range.start);
    let wave = CHUNK * pool.current_num_threads() as u64;
    let mut done = 0;
    while done < total && !observer.is_cancelled() {
        let first = settings.range.start + done;
        let count = wave.min(total - done);
        let chunks: Vec<Range<u64>> = (0..count.div_ceil(CHUNK))
            .map(|chunk| first + chunk * CHUNK..first + count.min((chunk + 1) * CHUNK))
            .collect();
        let found: Vec<Result<R, RunError>> = pool.install(|| {
            chunks
                .into_par_iter()
                .map(|chunk| {
                    let taken = workers.lock().ok().and_then(|mut workers| workers.pop());
                    let mut own = taken.unwrap_or_else(&worker);
                    let result = play(&mut own, chunk);
                    if let Ok(mut workers) = workers.lock() {
                        workers.push(own);
                    }
                    result
                })
                .collect()
        });
        for result in found {
            take(result?);
        }
        done += count;
        observer.progress(&Progress {
            done,
            total,
            mean: 0.0,
            std_error: 0.0,
            metric: String::new(),
        });
    }
    Ok((workers.into_inner().unwrap_or_default(), done))
}

/// Threads for work that comes in parts of its own.
#[derive(Debug)]
pub struct Threads(rayon::ThreadPool);

impl Threads {
    /// So many threads; 0 for all processors.
    ///
    /// # Errors
    /// [`RunError::Threads`] if they cannot be started.
    pub fn new(count: usize) -> Result<Self, RunError> {
        pool_of(count).map(Self)
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.current_num_threads()
    }

    /// What `work` makes of each part, in the order of the parts. `workers` keeps what `worker`
    /// made for a thread, to be used again.
    pub fn map<T: Send, W: Send, R: Send>(
        &self,
        workers: &Mutex<Vec<W>>,
        worker: impl Fn() -> W + Sync,
        parts: Vec<T>,
        work: impl Fn(&mut W, T) -> R + Sync,
    ) -> Vec<R> {
        self.0.install(|| {
            parts
                .into_par_iter()
                .map(|part| {
                    let taken = workers.lock().ok().and_then(|mut workers| workers.pop());
                    let mut own = taken.unwrap_or_else(&worker);
                    let result = work(&mut own, part);
                    if let Ok(mut workers) = workers.lock() {
                        workers.push(own);
                    }
                    result
                })
                .collect()
        })
    }
}
