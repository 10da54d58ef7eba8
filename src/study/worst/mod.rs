//! The worst one, two, … things that could be taken out.
//!
//! For good, by the delivery that is left in the long run; and for a time, by the barrels that are
//! lost, with tanks, lags, diversions and restarts.

mod bound;
mod causes;
mod common;
mod elements;
mod pairs;
mod search;
mod times;

use crate::model::{Model, Quota};
use crate::results::{Worst, WorstCause, WorstElement, WorstSet, WorstSize};
use crate::simulation::{
    Bench, Observer, Removal, Removals, RunError, Threads, scenario_info, standing,
};
use crate::units::Seconds;

use causes::Cause;
use elements::Candidate;
use search::{Ask, Found, Lost};

/// What may be taken out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Among {
    /// Every link.
    Links,
    /// Every hub.
    Hubs,
    /// Every field.
    Fields,
    /// A link, hub, field or unit by its id.
    One(String),
}

/// How far things are taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DownState {
    /// Closed.
    Closed,
    /// To the smallest share that one event of their own hazards leaves; what no hazard hits stays.
    Hazards,
}

/// What the worst is looked for among, and how long.
#[derive(Clone, Debug, PartialEq)]
pub struct WorstSettings {
    /// The most that are taken out together.
    pub size: usize,
    /// What may be taken out.
    pub among: Vec<Among>,
    /// Whether single units of elements may be.
    pub units: bool,
    /// How far.
    pub down: DownState,
    /// How many of the worst sets of each size are told.
    pub top: usize,
    /// When.
    pub at: Seconds,
    /// Lengths of outages that are played; none if empty.
    pub lengths: Vec<Seconds>,
    /// Most sets of a size that are looked through where nothing can be concluded without solving
    /// each, and most that are played over time.
    pub most_sets: u64,
    /// Whether every set is solved, whatever could be concluded.
    pub is_plain: bool,
    /// Threads; 0 for all there are.
    pub threads: usize,
}

/// Why the worst was not found.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum WorstError {
    /// Something to be taken out does not exist.
    #[error("{0}")]
    Unknown(String),
    /// Nothing may be taken out.
    #[error("{0}")]
    Nothing(String),
    /// The observer cancelled.
    #[error("interrupted")]
    Cancelled,
    /// The scenario cannot be played.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// All that is needed to say what a set is.
struct Named<'n> {
    candidates: &'n [Candidate],
    /// Members of each group, by its first.
    groups: &'n [Vec<u32>],
    causes: &'n [Cause],
    delivered: i64,
}

impl Named<'_> {
    fn ids(&self, set: &[u32]) -> Vec<String> {
        let ids = set
            .iter()
            .map(|&one| self.candidates[one as usize].id.clone());
        ids.collect()
    }

    /// What stands for each of a set, in the order of the list.
    fn stands(&self, set: &[u32]) -> Vec<u32> {
        let stands = |one: &u32| {
            let group = self.groups.iter().find(|group| group.contains(one));
            group.map_or(*one, |group| group[0])
        };
        let mut found: Vec<u32> = set.iter().map(stands).collect();
        found.sort_unstable();
        found
    }

    fn retention(&self, delivered: i64) -> Option<f64> {
        (self.delivered > 0).then(|| delivered as f64 / self.delivered as f64)
    }

    /// What can take out all of a set at once; of one thing, hazards only.
    fn causes(&self, set: &[u32]) -> Vec<WorstCause> {
        let group = |one: &u32| self.groups.iter().find(|group| group[0] == *one);
        let groups: Vec<&[u32]> = (set.iter().filter_map(group)).map(Vec::as_slice).collect();
        self.causes_of(&groups)
    }

    /// The same of single members, which over time do not come to the same.
    fn own_causes(&self, set: &[u32]) -> Vec<WorstCause> {
        let groups: Vec<&[u32]> = set.iter().map(std::slice::from_ref).collect();
        self.causes_of(&groups)
    }

    fn causes_of(&self, groups: &[&[u32]]) -> Vec<WorstCause> {
        let causes = self
            .causes
            .iter()
            .filter(|cause| groups.len() > 1 || cause.is_hazard());
        let mut found: Vec<WorstCause> = causes.filter_map(|cause| cause.of_all(groups)).collect();
        found.sort_by(|one, other| one.left.total_cmp(&other.left));
        found
    }
}

/// Finds the worst things to lose.
///
/// # Errors
/// [`WorstError`] if something asked for does not exist, if nothing may be taken out, if the
/// observer cancelled, or if the scenario cannot be played.
pub fn worst(
    model: &Model,
    sha256: &str,
    settings: &WorstSettings,
    observer: &mut dyn Observer,
) -> Result<Worst, WorstError> {
    let candidates = elements::candidates(model, &settings.among, settings.units, settings.down)?;
    if candidates.is_empty() {
        let why = "nothing may be taken out: no hazard hits any of what was named";
        return Err(WorstError::Nothing(why.to_owned()));
    }
    let removed: Vec<Removal> = candidates.iter().map(|one| one.removal.clone()).collect();
    let standing = standing(model, &removed);
    let removals = Removals::new(&standing, &removed, settings.at)?;
    let threads = Threads::new(settings.threads)?;
    let mut bench = Bench::new(&removals);
    let delivered = bench.take_out(&[]);
    let (planned, exported) = (bench.planned(), bench.exported());
    let keeps_quota = model.quotas.iter().any(Quota::cuts);
    let groups = if keeps_quota || settings.is_plain {
        (0..candidates.len() as u32).map(|one| vec![one]).collect()
    } else {
        elements::groups(model, &candidates)
    };
    let mut list: Vec<u32> = groups.iter().map(|group| group[0]).collect();
    list.sort_unstable();
    let causes = causes::causes(model, &candidates);
    let named = Named {
        candidates: &candidates,
        groups: &groups,
        causes: &causes,
        delivered,
    };
    let mut warnings = warnings(model, &removals, settings);

    if settings.size > list.len() {
        warnings.push(format!(
            "no more than {} can be taken out that do not come to the same",
            list.len()
        ));
    }
    let mut found: Vec<Found> = Vec::new();
    for size in 1..=settings.size.min(list.len()) {
        let ask = Ask {
            size,
            top: settings.top,
            is_plain: settings.is_plain,
        };
        let is_open = removals.reliance().no_bounds.is_some() || settings.is_plain;
        let sets = search::binomial(list.len(), size);
        if is_open && sets > u128::from(settings.most_sets) {
            warnings.push(format!(
                "sets of {size} and more are not looked through: there are more than {}, and each \
                 would have to be solved; allow more with --sets, or name fewer with --among",
                settings.most_sets
            ));
            break;
        }
        let smaller = found.last().map_or(&[] as &[Lost], |found| &found.worst);
        found.push(search::search(
            &removals, &list, ask, smaller, &threads, observer,
        )?);
        if observer.is_cancelled() {
            return Err(WorstError::Cancelled);
        }
    }
    let sizes = (found.iter().enumerate())
        .map(|(at, found)| told(&mut bench, &named, at + 1, list.len(), found))
        .collect();
    let elements = (candidates.iter().enumerate())
        .map(|(number, one)| element(model, &mut bench, &named, number, one))
        .collect();
    let pairs = pairs::pairs(&mut bench, &named, &list);
    bench.answered()?;
    let mut worst = Worst {
        format: "keruen-worst/1".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario_info(model, sha256),
        strategies: model.strategies.iter().map(|s| s.id.clone()).collect(),
        at_seconds: settings.at.0,
        down_state: match settings.down {
            DownState::Closed => "closed".to_owned(),
            DownState::Hazards => "hazards".to_owned(),
        },
        planned_bpd: planned,
        delivered_bpd: delivered,
        exported_bpd: exported,
        elements,
        sizes,
        pairs,
        common: common::common(model, settings.at)?,
        over_time: Vec::new(),
        warnings,
    };
    if !settings.lengths.is_empty() {
        let asked = times::Asked {
            model,
            removed: &removed,
            settings,
            list: &list,
            named: &named,
            found: &found,
        };
        times::play(&asked, &mut worst, observer)?;
    }
    Ok(worst)
}

fn element(
    model: &Model,
    bench: &mut Bench<'_>,
    named: &Named<'_>,
    number: usize,
    one: &Candidate,
) -> WorstElement {
    let number = number as u32;
    let group = named.groups.iter().find(|group| group.contains(&number));
    let first = group.map_or(number, |group| group[0]);
    let delivered = bench.take_out(&[number]);
    WorstElement {
        id: one.id.clone(),
        name: one.name.clone(),
        stands_with: named.candidates[first as usize].id.clone(),
        left: one.left,
        hazard: one.hazard.map(|at| model.hazards[at].id.clone()),
        delivered_bpd: delivered,
        retention: named.retention(delivered),
    }
}

/// What was found of a size, in words.
fn told(
    bench: &mut Bench<'_>,
    named: &Named<'_>,
    size: usize,
    among: usize,
    found: &Found,
) -> WorstSize {
    let count = |sets: u128| u64::try_from(sets).unwrap_or(u64::MAX);
    let worst = found.worst.iter().map(|lost| {
        bench.take_out(&lost.set);
        WorstSet {
            elements: named.ids(&lost.set),
            delivered_bpd: lost.delivered,
            exported_bpd: bench.exported(),
            retention: named.retention(lost.delivered),
            lost_bpd: named.delivered - lost.delivered,
            causes: named.causes(&lost.set),
            outages: Vec::new(),
        }
    });
    WorstSize {
        size,
        among,
        sets: count(search::binomial(among, size)),
        solved: found.solved,
        searched: if found.is_complete { "all" } else { "bounds" }.to_owned(),
        lower_bpd: found.lower,
        upper_bpd: found
            .worst
            .first()
            .map_or(named.delivered, |lost| lost.delivered),
        ties: count(found.ties),
        worst: worst.collect(),
    }
}

fn warnings(model: &Model, removals: &Removals<'_>, settings: &WorstSettings) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(why) = removals.reliance().no_bounds.filter(|_| settings.size > 1) {
        warnings.push(format!(
            "each set is solved, because taking something out may cost more than what flowed \
             through it: {why}"
        ));
    }
    if !model.transits.is_empty() {
        warnings.push(
            "taking something out may leave more: other people's oil that stops on the same way \
             makes room for ours"
                .to_owned(),
        );
    }
    if settings.down == DownState::Hazards {
        warnings.push(
            "what no hazard hits is not taken out; a hazard's share left without a least value is \
             taken at its 1 % quantile"
                .to_owned(),
        );
    }
    warnings
}
