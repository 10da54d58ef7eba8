//! What pairs cost, of those things that matter most.

use crate::results::WorstPairs;
use crate::simulation::Bench;

use super::Named;

/// The most things in the matrix.
const MOST: usize = 16;

/// The most things of which pairs are looked at.
const MOST_TRIED: usize = 64;

/// Pairs of the things that cost most; those first chosen that add to each other, since two on one
/// way cost no more than one.
pub(super) fn pairs(bench: &mut Bench<'_>, named: &Named<'_>, list: &[u32]) -> Option<WorstPairs> {
    let mut alone: Vec<(i64, u32)> = (list.iter())
        .map(|&one| (named.delivered - bench.take_out(&[one]), one))
        .filter(|&(lost, _)| lost > 0)
        .collect();
    alone.sort_by_key(|&(lost, one)| (-lost, one));
    alone.truncate(MOST_TRIED);
    if alone.len() < 2 {
        return None;
    }
    let lost: Vec<Vec<i64>> = (alone.iter())
        .map(|&(own, one)| {
            let with = |&(_, other): &(i64, u32)| {
                if one == other {
                    own
                } else {
                    named.delivered - bench.take_out(&[one.min(other), one.max(other)])
                }
            };
            alone.iter().map(with).collect()
        })
        .collect();
    let adds = |one: usize, other: usize| lost[one][other] > lost[one][one].max(lost[other][other]);
    let mut chosen: Vec<usize> = Vec::new();
    for one in 0..alone.len() {
        if chosen.len() < MOST && chosen.iter().all(|&other| adds(one, other)) {
            chosen.push(one);
        }
    }
    for one in 0..alone.len() {
        if chosen.len() < MOST && !chosen.contains(&one) {
            chosen.push(one);
        }
    }
    chosen.sort_unstable();
    let row = |&one: &usize| chosen.iter().map(|&other| lost[one][other]).collect();
    Some(WorstPairs {
        elements: named.ids(&chosen.iter().map(|&one| alone[one].1).collect::<Vec<_>>()),
        lost_bpd: chosen.iter().map(row).collect(),
    })
}
