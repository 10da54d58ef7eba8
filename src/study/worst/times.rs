//! Outages that end: what they cost with tanks, lags, diversions and restarts.

use std::collections::BTreeMap;

use crate::metrics::Recovery;
use crate::model::Model;
use crate::results::{Worst, WorstAway, WorstOutage, WorstOverTime};
use crate::simulation::{Absence, Observer, Removal, Suffered, absences};
use crate::units::{SECONDS_PER_DAY, Seconds};

use super::search::{Found, binomial, first_sets};
use super::{Named, WorstError, WorstSettings};

/// The largest sets of which all are played.
const ALL_OF: usize = 2;

/// Most outages of one size and length that are played.
const MOST_PLAYED: u64 = 20_000;

/// What is to be played.
pub(super) struct Asked<'a> {
    pub(super) model: &'a Model,
    pub(super) removed: &'a [Removal],
    pub(super) settings: &'a WorstSettings,
    pub(super) list: &'a [u32],
    pub(super) named: &'a Named<'a>,
    pub(super) found: &'a [Found],
}

/// Sets of one size that are away for one length of time.
struct Round {
    size: usize,
    length: Seconds,
    is_all: bool,
    sets: Vec<Vec<u32>>,
}

/// Plays outages of each size and length, and notes them beside the sets that are worst for good.
pub(super) fn play(
    asked: &Asked<'_>,
    worst: &mut Worst,
    observer: &mut dyn Observer,
) -> Result<(), WorstError> {
    let settings = asked.settings;
    let mut rounds = Vec::new();
    for (at, found) in asked.found.iter().enumerate() {
        let size = at + 1;
        // What stands in one line comes to the same for good, but not with tanks in between.
        let every: Vec<u32> = (0..asked.removed.len() as u32).collect();
        let most = u128::from(MOST_PLAYED.min(settings.most_sets));
        let list = [every.as_slice(), asked.list].into_iter();
        let list = list.filter(|_| size <= ALL_OF);
        let list = list.map(|list| (list, binomial(list.len(), size)));
        let all = list.into_iter().find(|(_, sets)| *sets <= most);
        let is_all = all.is_some();
        let sets: Vec<Vec<u32>> = if let Some((list, sets)) = all {
            first_sets(list, size, usize::try_from(sets).unwrap_or(usize::MAX))
        } else {
            found.worst.iter().map(|lost| lost.set.clone()).collect()
        };
        for &length in &settings.lengths {
            rounds.push(Round {
                size,
                length,
                is_all,
                sets: sets.clone(),
            });
        }
    }
    let absence = |(round, set): (&Round, &Vec<u32>)| Absence {
        removals: set.clone(),
        from: settings.at,
        until: settings.at + round.length,
    };
    let all: Vec<Absence> = (rounds.iter())
        .flat_map(|round| round.sets.iter().map(move |set| (round, set)))
        .map(absence)
        .collect();
    let suffered = absences(asked.model, asked.removed, &all, settings.threads, observer)?;
    let suffered = suffered.ok_or(WorstError::Cancelled)?;
    let mut suffered = suffered.into_iter();
    for round in &rounds {
        let played: Vec<Suffered> = suffered.by_ref().take(round.sets.len()).collect();
        note(asked, worst, round, &played);
    }
    let horizon = asked.model.horizon;
    if (settings.lengths.iter()).any(|&length| settings.at + length > horizon) {
        worst.warnings.push(
            "an outage lasts longer than the scenario: what it costs after the end is not counted"
                .to_owned(),
        );
    }
    Ok(())
}

/// Sets that come to the same, over time too: one of them, and how many there are.
struct Alike {
    at: usize,
    count: u64,
}

/// Played sets, those that come to the same told once: by the one that stands for all if it is
/// among them. The most lost first; among equals the first in the order of the list.
fn told_apart(named: &Named<'_>, round: &Round, played: &[Suffered]) -> Vec<Alike> {
    let mut order: Vec<usize> = (0..played.len()).collect();
    order.sort_by_key(|&at| (-played[at].lost_bbl, at));
    let mut known = BTreeMap::new();
    let mut found: Vec<Alike> = Vec::new();
    for at in order {
        let stands = named.stands(&round.sets[at]);
        let is_itself = stands == round.sets[at];
        let one = &played[at];
        let course = (
            one.lost_bbl,
            one.shut_in_bbl,
            one.least_bpd,
            one.time_to_shortfall,
        );
        let place = *known.entry((stands, course)).or_insert(found.len());
        match found.get_mut(place) {
            Some(alike) => {
                alike.count += 1;
                if is_itself {
                    alike.at = at;
                }
            }
            None => found.push(Alike { at, count: 1 }),
        }
    }
    found
}

fn note(asked: &Asked<'_>, worst: &mut Worst, round: &Round, played: &[Suffered]) {
    let alike = told_apart(asked.named, round, played);
    let outage = |at: usize| {
        let lost = |alike: &&Alike| played[alike.at].lost_bbl > played[at].lost_bbl;
        let rank = || alike.iter().filter(lost).count() as u64 + 1;
        told(&played[at], round.length, round.is_all.then(rank))
    };
    let size = &mut worst.sizes[round.size - 1];
    for (set, lost) in size
        .worst
        .iter_mut()
        .zip(&asked.found[round.size - 1].worst)
    {
        let at = round.sets.iter().position(|set| *set == lost.set);
        set.outages.extend(at.map(outage));
    }
    let away = |alike: &Alike| WorstAway {
        elements: asked.named.ids(&round.sets[alike.at]),
        alike: alike.count - 1,
        outage: outage(alike.at),
        causes: asked.named.own_causes(&round.sets[alike.at]),
    };
    worst.over_time.push(WorstOverTime {
        size: round.size,
        days: round.length.days(),
        played: played.len() as u64,
        is_all: round.is_all,
        worst: alike.iter().take(asked.settings.top).map(away).collect(),
    });
}

fn told(suffered: &Suffered, length: Seconds, rank: Option<u64>) -> WorstOutage {
    let days = |time: Seconds| time.0 as f64 / SECONDS_PER_DAY as f64;
    WorstOutage {
        days: length.days(),
        lost_bbl: suffered.lost_bbl,
        shut_in_bbl: suffered.shut_in_bbl,
        least_bpd: suffered.least_bpd,
        first_shortfall_days: suffered.time_to_shortfall.map(days),
        recover_days: match suffered.recovery {
            Recovery::Recovered(time) => Some(days(time)),
            Recovery::NeverLeft | Recovery::Censored(_) => None,
        },
        not_recovered: matches!(suffered.recovery, Recovery::Censored(_)),
        rank,
    }
}
