//! Work on several threads, for questions other than a run's.

use std::ops::Range;
use std::sync::Mutex;

use rayon::prelude::*;

use super::in_order::in_order;
use super::run::pool_of;
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
    let pool = pool_of(settings.threads)?;
    let workers: Mutex<Vec<W>> = Mutex::new(Vec::new());
    let total = settings.range.end.saturating_sub(settings.range.start);
    if observer.is_cancelled() {
        return Ok((Vec::new(), 0));
    }
    let wave = CHUNK * pool.current_num_threads() as u64;
    let mut done = 0;
    let mut told = 0;
    let mut failed = None;
    let work = |worker: &mut W, part: usize| {
        let first = part as u64 * CHUNK;
        let last = total.min(first + CHUNK);
        let start = settings.range.start;
        (last, play(worker, start + first..start + last))
    };
    let parts = total.div_ceil(CHUNK) as usize;
    in_order(&pool, parts, (&workers, &worker), &work, &mut |(
        last,
        result,
    )| {
        match result {
            // Of several errors the first.
            _ if failed.is_some() => return false,
            Err(error) => {
                failed = Some(error);
                return false;
            }
            Ok(result) => take(result),
        }
        done = last;
        if done >= told + wave || done == total {
            told = done;
            observer.progress(&Progress {
                done,
                total,
                mean: 0.0,
                std_error: 0.0,
                metric: String::new(),
            });
        }
        !observer.is_cancelled()
    });
    match failed {
        Some(error) => Err(error),
        None => Ok((workers.into_inner().unwrap_or_default(), done)),
    }
}

/// Tasks of a wave for each thread, so that threads do not wait long for the slowest.
const TASKS: usize = 8;

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

    /// What `work` makes of each part, in the order of the parts.
    pub fn each<T: Send, R: Send>(&self, parts: Vec<T>, work: impl Fn(T) -> R + Sync) -> Vec<R> {
        let nothing = Mutex::new(Vec::new());
        self.map(&nothing, || (), parts, |(), part| work(part))
    }

    /// The same for each number of a range, in waves. Between them `told` hears how many are done, and
    /// says whether to go on; if not, what is done is given.
    pub fn each_told<R: Send>(
        &self,
        range: Range<usize>,
        work: impl Fn(usize) -> R + Sync,
        told: &mut dyn FnMut(usize) -> bool,
    ) -> Vec<R> {
        let wave = TASKS * self.count();
        let mut done = Vec::with_capacity(range.len());
        while done.len() < range.len() {
            let first = range.start + done.len();
            let last = range.end.min(first + wave);
            done.extend(self.each((first..last).collect(), &work));
            if !told(done.len()) {
                break;
            }
        }
        done
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
