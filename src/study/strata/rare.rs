//! Hazards that futures can be sorted by.

use std::collections::BTreeMap;

use crate::model::Model;
use crate::results::{self, StrataHazard};
use crate::sampling::{NoCount, Timelines, rare_events};

use super::{METRIC, StrataError};

/// A hazard of which fewer events than this are expected is rare enough to be chosen: one in four
/// years.
const RARE: f64 = 0.25;
/// Most hazards that futures are sorted by.
pub const MOST_RARE: usize = 8;

/// Hazards that futures can be sorted by.
pub(super) struct Rare {
    /// Ids, indices of the hazards of that id, and events that are expected.
    pub(super) groups: Vec<(String, Vec<usize>, f64)>,
    pub(super) left_out: BTreeMap<String, String>,
}

impl Rare {
    pub(super) fn of(model: &Model, timelines: &Timelines) -> Self {
        // After a dated strategy several hazards may have the same id.
        let mut by_id: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (index, hazard) in model.hazards.iter().enumerate() {
            by_id.entry(&hazard.id).or_default().push(index);
        }
        let mut found = Self {
            groups: Vec::new(),
            left_out: BTreeMap::new(),
        };
        for (id, hazards) in by_id {
            let mut expected: Result<f64, NoCount> = Ok(0.0);
            for &hazard in &hazards {
                let own = match rare_events(model, timelines, hazard) {
                    // One of several may never strike, as its time is over before it begins.
                    Err(_) if hazards.len() > 1 && is_over(model, hazard) => Ok(0.0),
                    own => own,
                };
                expected = expected.and_then(|sum| Ok(sum + own?));
            }
            match expected {
                Ok(expected) => found.groups.push((id.to_owned(), hazards, expected)),
                Err(reason) => {
                    found.left_out.insert(id.to_owned(), reason.to_owned());
                }
            }
        }
        found
    }

    /// The hazards that were asked for, by place in the list; none if none were.
    pub(super) fn wanted(&self, asked: &[String]) -> Result<Vec<usize>, StrataError> {
        let mut wanted = Vec::new();
        for id in asked {
            if let Some(reason) = self.left_out.get(id) {
                return Err(StrataError::Unsuitable(format!(
                    "futures cannot be sorted by `{id}`: it {reason}"
                )));
            }
            let Some(place) = self.groups.iter().position(|(own, ..)| own == id) else {
                let known: Vec<&str> = self.groups.iter().map(|(id, ..)| id.as_str()).collect();
                let known = match known.join(", ") {
                    none if none.is_empty() => "there is no hazard to sort by".to_owned(),
                    known => format!("there is: {known}"),
                };
                return Err(StrataError::Unsuitable(format!(
                    "no hazard is called `{id}`; {known}"
                )));
            };
            if !wanted.contains(&place) {
                wanted.push(place);
            }
        }
        if wanted.len() > MOST_RARE {
            return Err(StrataError::Unsuitable(format!(
                "{} hazards are too many to sort futures by; at most {MOST_RARE}",
                wanted.len()
            )));
        }
        Ok(wanted)
    }

    pub(super) fn told(&self, places: impl Iterator<Item = usize>) -> Vec<StrataHazard> {
        let hazard = |place: usize| StrataHazard {
            id: self.groups[place].0.clone(),
            expected: self.groups[place].2,
        };
        places.map(hazard).collect()
    }

    /// No estimates, and why.
    pub(super) fn nothing(&self, asked: bool, why_none: String) -> results::Strata {
        results::Strata {
            metric: METRIC.to_owned(),
            asked,
            hazards: Vec::new(),
            not_chosen: self.told(self.candidates().into_iter()),
            left_out: self.left_out.clone(),
            why_none: Some(why_none),
            pilot: 0,
            replications: 0,
            kinds: Vec::new(),
            figures: Vec::new(),
        }
    }

    /// Those that are rare enough to be chosen.
    pub(super) fn candidates(&self) -> Vec<usize> {
        let all = 0..self.groups.len();
        all.filter(|&place| self.groups[place].2 < RARE).collect()
    }
}

/// Whether a hazard's time is over before it begins.
fn is_over(model: &Model, hazard: usize) -> bool {
    let hazard = &model.hazards[hazard];
    hazard.from >= hazard.until.min(model.horizon)
}
