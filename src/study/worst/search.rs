//! The sets of a size whose loss leaves least, found exactly, or enclosed when time runs out.
//!
//! Sets are looked through in the order of a tree. A branch is left out only if nothing in it can
//! be among the worst; why that is so is in `docs/method.md`.

use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};
use std::sync::Mutex;

use crate::simulation::{Bench, Observer, Progress, Removals, RunError, Threads};

use super::bound;

/// A branch with no more sets than this is looked through at once.
const AT_ONCE: u128 = 500;

/// What is looked for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ask {
    /// How many are taken out.
    pub(super) size: usize,
    /// How many of the worst sets are kept.
    pub(super) top: usize,
    /// Whether every set is solved, whatever could be concluded.
    pub(super) is_plain: bool,
}

/// A set, and what is delivered without it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Lost {
    /// b/d.
    pub(super) delivered: i64,
    /// In the order of the list.
    pub(super) set: Vec<u32>,
}

/// What was found of one size.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Found {
    /// The worst first; among equals the first in the order of the list.
    pub(super) worst: Vec<Lost>,
    /// Sets that leave as little as the first.
    pub(super) ties: u128,
    /// Nothing leaves less than this, b/d.
    pub(super) lower: i64,
    /// States solved.
    pub(super) solved: u64,
    /// Whether all sets were decided on.
    pub(super) is_complete: bool,
}

/// How many sets of a size there are.
pub(super) fn binomial(of: usize, size: usize) -> u128 {
    if size > of {
        return 0;
    }
    (0..size.min(of - size)).fold(1_u128, |sets, at| {
        sets.saturating_mul((of - at) as u128) / (at as u128 + 1)
    })
}

/// The worst sets so far.
#[derive(Clone, Debug)]
struct Worst {
    top: usize,
    kept: Vec<Lost>,
    ties: u128,
}

impl Worst {
    fn new(top: usize) -> Self {
        Self {
            top,
            kept: Vec::new(),
            ties: 0,
        }
    }

    /// The most that a set may leave to be of interest, b/d.
    fn limit(&self) -> i64 {
        let last = self.kept.last().filter(|_| self.kept.len() >= self.top);
        last.map_or(i64::MAX, |last| last.delivered)
    }

    /// Notes that `count` sets leave as much as this one, which is the first of them; if there are
    /// more, the others are offered with a count of 0.
    fn offer(&mut self, lost: Lost, count: u128) {
        match self.kept.first() {
            Some(first) if first.delivered < lost.delivered => {}
            Some(first) if first.delivered == lost.delivered => {
                self.ties = self.ties.saturating_add(count);
            }
            _ => self.ties = count,
        }
        if lost.delivered > self.limit() {
            return;
        }
        let place = self.kept.partition_point(|other| *other < lost);
        self.kept.insert(place, lost);
        self.kept.truncate(self.top);
    }

    fn merge(&mut self, other: Worst) {
        let least = |worst: &Worst| worst.kept.first().map(|first| first.delivered);
        let ties = match (least(self), least(&other)) {
            (Some(own), Some(new)) if own == new => self.ties.saturating_add(other.ties),
            (Some(own), Some(new)) if own < new => self.ties,
            (Some(_), None) => self.ties,
            _ => other.ties,
        };
        for lost in other.kept {
            self.offer(lost, 0);
        }
        self.ties = ties;
    }
}

/// A branch: sets that hold all of `chosen` and else only some of `rest`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Branch {
    /// No set in it leaves less, b/d.
    bound: i64,
    chosen: Vec<u32>,
    rest: Vec<u32>,
}

/// What looking at a branch gave.
struct Seen {
    worst: Worst,
    branches: Vec<Branch>,
    solved: u64,
    decided: u128,
}

/// Finds the worst sets of one size among `list`; what was cancelled is not complete.
///
/// - `smaller`: the worst sets of one less, from which good ones are guessed.
///
/// # Errors
/// [`RunError`] if some state has no answer.
pub(super) fn search(
    removals: &Removals<'_>,
    list: &[u32],
    ask: Ask,
    smaller: &[Lost],
    threads: &Threads,
    observer: &mut dyn Observer,
) -> Result<Found, RunError> {
    let workers = Mutex::new(Vec::new());
    let mut bench = Bench::new(removals);
    let guesses = guess(&mut bench, list, ask, smaller);
    bench.answered()?;
    let guessed = guesses
        .get(ask.top - 1)
        .map_or(i64::MAX, |last| last.delivered);
    let all = binomial(list.len(), ask.size);
    let mut worst = Worst::new(ask.top);
    let mut solved = guesses.len() as u64;
    let mut decided = 0_u128;
    let mut open = BinaryHeap::from([Reverse(Branch {
        bound: 0,
        chosen: Vec::new(),
        rest: list.to_vec(),
    })]);
    // However little time there is, a first look gives a bound.
    let mut has_looked = false;
    while !open.is_empty() && !observer.is_cancelled() {
        if has_looked && observer.is_out_of_time() {
            break;
        }
        has_looked = true;
        let limit = worst.limit().min(guessed);
        let mut batch = Vec::new();
        while batch.len() < 4 * threads.count() {
            let Some(Reverse(branch)) = open.pop() else {
                break;
            };
            if branch.bound > limit {
                let need = ask.size - branch.chosen.len();
                decided = decided.saturating_add(binomial(branch.rest.len(), need));
            } else {
                batch.push(branch);
            }
        }
        let seen = threads.map(
            &workers,
            || Bench::new(removals),
            batch,
            |bench, branch| {
                let mut look = Look {
                    removals,
                    bench,
                    ask,
                    limit,
                    seen: Seen {
                        worst: Worst::new(ask.top),
                        branches: Vec::new(),
                        solved: 0,
                        decided: 0,
                    },
                };
                look.at(&branch.chosen, &branch.rest, true);
                let answered = look.bench.answered();
                answered.map(|()| look.seen)
            },
        );
        for seen in seen {
            let seen = seen?;
            worst.merge(seen.worst);
            open.extend(seen.branches.into_iter().map(Reverse));
            solved += seen.solved;
            decided = decided.saturating_add(seen.decided);
        }
        let count = |sets: u128| u64::try_from(sets).unwrap_or(u64::MAX);
        observer.progress(&Progress {
            done: count(decided),
            total: count(all),
            mean: 0.0,
            std_error: 0.0,
            metric: format!("sets of {}", ask.size),
        });
    }
    let is_complete = open.is_empty();
    if !is_complete {
        // Guesses are sets like any others; those not met yet belong to what is known.
        for lost in guesses {
            if !worst.kept.contains(&lost) {
                worst.offer(lost, 1);
            }
        }
    }
    let least = worst.kept.first().map_or(0, |first| first.delivered);
    let bound = open.peek().map_or(least, |Reverse(branch)| branch.bound);
    Ok(Found {
        lower: bound.min(least),
        ties: worst.ties,
        worst: worst.kept,
        solved,
        is_complete,
    })
}

/// Each of the worst smaller sets with one more, the worst of these first.
fn guess(bench: &mut Bench<'_>, list: &[u32], ask: Ask, smaller: &[Lost]) -> Vec<Lost> {
    let mut met = BTreeSet::new();
    for small in smaller {
        for &more in list {
            if !small.set.contains(&more) {
                met.insert(with(&small.set, more));
            }
        }
    }
    let mut guesses: Vec<Lost> = (met.into_iter())
        .map(|set| Lost {
            delivered: bench.take_out(&set),
            set,
        })
        .collect();
    guesses.sort();
    guesses.truncate(ask.top);
    guesses
}

/// A set with one more.
fn with(set: &[u32], more: u32) -> Vec<u32> {
    let mut larger = set.to_vec();
    larger.insert(larger.partition_point(|&one| one < more), more);
    larger
}

/// Looking through a branch.
struct Look<'l, 'b, 'r> {
    removals: &'l Removals<'r>,
    bench: &'l mut Bench<'b>,
    ask: Ask,
    /// What leaves more is not among the worst, b/d.
    limit: i64,
    seen: Seen,
}

impl Look<'_, '_, '_> {
    fn limit(&self) -> i64 {
        self.limit.min(self.seen.worst.limit())
    }

    fn solve(&mut self, set: &[u32]) -> i64 {
        self.seen.solved += 1;
        self.bench.take_out(set)
    }

    /// Decides on a branch; what is large is handed back as branches of its own.
    fn at(&mut self, chosen: &[u32], rest: &[u32], is_first: bool) {
        let need = self.ask.size - chosen.len();
        if rest.len() < need {
            return;
        }
        let delivered = self.solve(chosen);
        if need == 0 {
            self.seen.decided += 1;
            let set = chosen.to_vec();
            self.seen.worst.offer(Lost { delivered, set }, 1);
            return;
        }
        let reliance = self.removals.reliance();
        let is_plain = self.ask.is_plain || reliance.no_bounds.is_some();
        let mut order = rest.to_vec();
        let mut costs = Vec::new();
        let mut acting = order.len();
        if !is_plain {
            let prices = bound::prices(self.bench);
            order.sort_by_key(|&one| {
                let acts = prices[one as usize] > 0 || !reliance.only_lowers[one as usize];
                (!acts, Reverse(prices[one as usize]), one)
            });
            acting = order.partition_point(|&one| {
                prices[one as usize] > 0 || !reliance.only_lowers[one as usize]
            });
            // What comes last takes with it only what comes after.
            costs = if need == 1 {
                order[..acting]
                    .iter()
                    .map(|&one| prices[one as usize])
                    .collect()
            } else {
                bound::costs(self.bench, &prices, &order[..acting], need)
            };
        }
        let is_large = is_first && binomial(order.len(), need) > AT_ONCE;
        for place in 0..acting {
            let later = &order[place + 1..];
            let bound = costs.get(place).map_or(i64::MIN, |cost| delivered - cost);
            if bound > self.limit() {
                let sets = binomial(later.len(), need - 1);
                self.seen.decided = self.seen.decided.saturating_add(sets);
                continue;
            }
            let larger = with(chosen, order[place]);
            if is_large {
                self.seen.branches.push(Branch {
                    bound: bound.max(0),
                    chosen: larger,
                    rest: later.to_vec(),
                });
            } else {
                self.at(&larger, later, false);
            }
        }
        self.idle(chosen, &mut order[acting..], delivered);
    }

    /// All that is left changes nothing, whichever of it is taken.
    fn idle(&mut self, chosen: &[u32], idle: &mut [u32], delivered: i64) {
        let need = self.ask.size - chosen.len();
        let sets = binomial(idle.len(), need);
        if sets == 0 {
            return;
        }
        self.seen.decided = self.seen.decided.saturating_add(sets);
        idle.sort_unstable();
        for (number, more) in first_sets(idle, need, self.ask.top).into_iter().enumerate() {
            let mut set = [chosen, &more].concat();
            set.sort_unstable();
            let count = if number == 0 { sets } else { 0 };
            self.seen.worst.offer(Lost { delivered, set }, count);
        }
    }
}

/// The first sets of a size in the order of the list, at most so many.
pub(super) fn first_sets(list: &[u32], size: usize, most: usize) -> Vec<Vec<u32>> {
    let mut places: Vec<usize> = (0..size).collect();
    let mut found = Vec::new();
    while found.len() < most && size <= list.len() {
        found.push(places.iter().map(|&place| list[place]).collect());
        let movable = |at: &usize| places[*at] + (size - at) < list.len();
        let Some(at) = (0..size).rev().find(movable) else {
            break;
        };
        places[at] += 1;
        for next in at + 1..size {
            places[next] = places[next - 1] + 1;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_counted_and_come_in_order() {
        assert_eq!(binomial(5, 2), 10);
        assert_eq!(binomial(5, 0), 1);
        assert_eq!(binomial(2, 3), 0);
        assert_eq!(binomial(100, 4), 3_921_225);
        let sets = first_sets(&[2, 4, 7, 9], 2, 100);
        assert_eq!(sets.len(), 6);
        assert_eq!(sets[0], [2, 4]);
        assert!(sets.is_sorted());
        assert_eq!(first_sets(&[2, 4, 7], 2, 2), [[2, 4], [2, 7]]);
        assert!(first_sets(&[2], 2, 5).is_empty());
        assert_eq!(first_sets(&[2], 0, 5), [[0_u32; 0]]);
    }

    #[test]
    fn the_worst_are_kept_and_equals_are_counted() {
        let lost = |delivered, one| Lost {
            delivered,
            set: vec![one],
        };
        let mut worst = Worst::new(2);
        worst.offer(lost(5, 0), 1);
        worst.offer(lost(3, 4), 1);
        assert_eq!(worst.limit(), 5);
        worst.offer(lost(3, 2), 1);
        worst.offer(lost(9, 1), 1);
        assert_eq!(worst.kept, [lost(3, 2), lost(3, 4)]);
        assert_eq!(worst.ties, 2);
        let mut other = Worst::new(2);
        other.offer(lost(3, 1), 7);
        worst.merge(other);
        assert_eq!(worst.kept, [lost(3, 1), lost(3, 2)]);
        assert_eq!(worst.ties, 9);
    }
}
