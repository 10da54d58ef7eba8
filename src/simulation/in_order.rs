//! Parts of work done on several threads and handed over in order, without waiting for each other.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::channel;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Parts that a thread does before it hands over, at most: to wake who waits takes as long as a small part of a part.
const MOST_AT_ONCE: usize = 16;
/// As long as so many such lots are left for each thread, lots grow: what is handed over then is little of the whole.
const LOTS_LEFT: usize = 64;
/// Parts for each thread that may be begun and not yet taken, so that memory is bounded however long one of them takes.
const AHEAD: usize = 2 * MOST_AT_ONCE;

/// How many parts have been taken, for those that are ahead to wait for.
#[derive(Default)]
struct Taken {
    count: Mutex<usize>,
    has_moved: Condvar,
}

impl Taken {
    fn count(&self) -> MutexGuard<'_, usize> {
        self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, count: usize) {
        *self.count() = count;
        self.has_moved.notify_all();
    }

    /// Waits until more than so many are taken.
    fn wait_for_more_than(&self, count: usize) {
        let mut now = self.count();
        while *now <= count {
            now = (self.has_moved.wait(now)).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

/// Where one thread fails, the others need not wait for what it will never give.
struct FreeOnFailure<'t>(&'t Taken);

impl Drop for FreeOnFailure<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.set(usize::MAX);
        }
    }
}

/// Does the parts `0..parts`, each thread one after the other as it gets free, and hands what they give
/// to `take`, in the order of the parts, on the thread that called. Where `take` says not to go on, no
/// further part is begun; what is under way is still handed over. Gives how many parts were done: the
/// first so many.
///
/// - `workers`: what `worker` made for a thread, to be used again.
pub(super) fn in_order<W: Send, R: Send>(
    pool: &rayon::ThreadPool,
    parts: usize,
    (workers, worker): (&Mutex<Vec<W>>, &(impl Fn() -> W + Sync)),
    work: &(impl Fn(&mut W, usize) -> R + Sync),
    take: &mut dyn FnMut(R) -> bool,
) -> usize {
    let threads = pool.current_num_threads().min(parts);
    let next = AtomicUsize::new(0);
    let is_stopped = AtomicBool::new(false);
    let (send, receive) = channel();
    let taken = Taken::default();
    let mut done = 0;
    pool.in_place_scope(|scope| {
        for _ in 0..threads {
            let send = send.clone();
            let (next, is_stopped, taken) = (&next, &is_stopped, &taken);
            scope.spawn(move |_| {
                let _free = FreeOnFailure(taken);
                let kept = workers.lock().ok().and_then(|mut workers| workers.pop());
                let mut own = kept.unwrap_or_else(worker);
                let mut at_once = 1;
                // A part that has a thread is done, so that those done are the first.
                while !is_stopped.load(Ordering::Relaxed) {
                    let first = next.fetch_add(at_once, Ordering::Relaxed);
                    if first >= parts {
                        break;
                    }
                    if let Some(least) = first.checked_sub(AHEAD * threads) {
                        taken.wait_for_more_than(least);
                    }
                    let last = parts.min(first + at_once);
                    let results: Vec<R> = (first..last).map(|part| work(&mut own, part)).collect();
                    if send.send((first, results)).is_err() {
                        break;
                    }
                    let most = parts.saturating_sub(last) / (LOTS_LEFT * threads);
                    at_once = (2 * at_once).min(most).clamp(1, MOST_AT_ONCE);
                }
                if let Ok(mut workers) = workers.lock() {
                    workers.push(own);
                }
            });
        }
        drop(send);
        let _free = FreeOnFailure(&taken);
        let mut waiting = BTreeMap::new();
        while let Ok((first, results)) = receive.recv() {
            waiting.insert(first, results);
            while let Some(results) = waiting.remove(&done) {
                for result in results {
                    done += 1;
                    if !take(result) {
                        is_stopped.store(true, Ordering::Relaxed);
                    }
                }
                taken.set(done);
            }
        }
    });
    done
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn pool(threads: usize) -> rayon::ThreadPool {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
        pool.expect("threads can be started")
    }

    #[test]
    fn what_parts_give_comes_in_their_order() {
        for threads in 1..=4 {
            let workers = Mutex::new(Vec::new());
            let mut taken = Vec::new();
            // Early parts take longest.
            let work = |sum: &mut u64, part: usize| {
                *sum += (part as u64..2_000 - 50 * (part as u64 % 20)).sum::<u64>();
                part
            };
            let done = in_order(&pool(threads), 500, (&workers, &|| 0), &work, &mut |part| {
                taken.push(part);
                true
            });
            assert_eq!(done, 500);
            assert!(taken.iter().copied().eq(0..500), "{taken:?}");
            let workers = workers.into_inner().expect("no thread has failed");
            assert!((1..=threads).contains(&workers.len()));
        }
    }

    #[test]
    fn once_told_to_stop_it_hands_over_what_is_under_way_and_begins_nothing_more() {
        for threads in 1..=4 {
            let workers = Mutex::new(Vec::new());
            let begun = AtomicUsize::new(0);
            let mut taken = 0;
            let work = |(): &mut (), part: usize| {
                begun.fetch_add(1, Ordering::Relaxed);
                part
            };
            let done = in_order(
                &pool(threads),
                100_000,
                (&workers, &|| ()),
                &work,
                &mut |part| {
                    assert_eq!(part, taken);
                    taken += 1;
                    taken < 10
                },
            );
            assert_eq!(done, taken);
            assert_eq!(done, begun.into_inner());
            // What may lie between: the last that did not have to wait, and one more that each thread has by then.
            let between = AHEAD * threads + MOST_AT_ONCE * (1 + threads);
            assert!(done <= 10 + between, "{done}");
        }
    }

    #[test]
    fn nobody_is_far_ahead_of_a_part_that_takes_long() {
        let workers = Mutex::new(Vec::new());
        let (begun, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let work = |(): &mut (), part: usize| {
            begun.fetch_max(part, Ordering::SeqCst);
            if part == 50 {
                std::thread::sleep(Duration::from_millis(100));
                most.store(begun.load(Ordering::SeqCst), Ordering::SeqCst);
            }
            part
        };
        let done = in_order(&pool(3), 2_000, (&workers, &|| ()), &work, &mut |_| true);
        assert_eq!(done, 2_000);
        assert!(most.into_inner() <= 50 + 3 * AHEAD + MOST_AT_ONCE);
    }

    #[test]
    fn where_one_thread_fails_nobody_waits() {
        let workers = Mutex::new(Vec::new());
        let work = |(): &mut (), part: usize| assert_ne!(part, 7, "as it should");
        let failed = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            in_order(&pool(3), 1_000, (&workers, &|| ()), &work, &mut |()| true)
        }));
        assert!(failed.is_err());
    }
}
