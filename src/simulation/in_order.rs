//! Parts of work done on several threads and handed over in order, without waiting for each other.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::sync_channel;

/// Results that a thread may be ahead of whoever takes them.
const AHEAD: usize = 4;

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
    let (send, receive) = sync_channel(AHEAD * threads.max(1));
    let mut done = 0;
    pool.in_place_scope(|scope| {
        for _ in 0..threads {
            let send = send.clone();
            let (next, is_stopped) = (&next, &is_stopped);
            scope.spawn(move |_| {
                let taken = workers.lock().ok().and_then(|mut workers| workers.pop());
                let mut own = taken.unwrap_or_else(worker);
                // A part that is taken is done, so that those done are the first.
                while !is_stopped.load(Ordering::Relaxed) {
                    let part = next.fetch_add(1, Ordering::Relaxed);
                    if part >= parts || send.send((part, work(&mut own, part))).is_err() {
                        break;
                    }
                }
                if let Ok(mut workers) = workers.lock() {
                    workers.push(own);
                }
            });
        }
        drop(send);
        let mut waiting = BTreeMap::new();
        while let Ok((part, result)) = receive.recv() {
            waiting.insert(part, result);
            while let Some(result) = waiting.remove(&done) {
                done += 1;
                if !take(result) {
                    is_stopped.store(true, Ordering::Relaxed);
                }
            }
        }
    });
    done
}

#[cfg(test)]
mod tests {
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
            // What may lie between.
            assert!(done < 10 + (AHEAD + 2) * threads + 1, "{done}");
        }
    }
}
