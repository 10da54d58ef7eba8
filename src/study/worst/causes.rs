//! What one cause can take out at once: a hazard with its consequences, a service, a jurisdiction,
//! an operator, a route.

use crate::model::{Element, Hazard, Model, Occurs};
use crate::results::WorstCause;

use super::elements::{Candidate, hit_at_once, least_left, left_by};

/// A cause and how far it reaches.
#[derive(Clone, Debug)]
pub(super) struct Cause {
    kind: &'static str,
    id: String,
    name: String,
    /// For each candidate, the ways in which it is reached.
    reach: Vec<Vec<Reached>>,
    /// How many targets each of its hazards hits at once.
    at_once: Vec<usize>,
}

/// A way in which a cause reaches a candidate.
#[derive(Clone, Copy, Debug)]
struct Reached {
    /// Which of the cause's hazards, and which of its targets.
    by: usize,
    target: usize,
    /// Share left.
    left: f64,
}

impl Cause {
    /// What it is called and how much it leaves of the least hit of some groups, each of which it
    /// must reach in one member at least; `None` if it cannot reach all of them at once.
    pub(super) fn of_all(&self, groups: &[&[u32]]) -> Option<WorstCause> {
        let mut taken = Vec::new();
        let left = self.reach_from(groups, &mut taken)?;
        Some(WorstCause {
            kind: self.kind.to_owned(),
            id: self.id.clone(),
            name: self.name.clone(),
            left,
        })
    }

    /// The smallest share left of the least hit, over all ways to reach the groups that are left.
    fn reach_from(&self, groups: &[&[u32]], taken: &mut Vec<(usize, usize)>) -> Option<f64> {
        let Some((group, others)) = groups.split_first() else {
            return Some(0.0);
        };
        let mut best: Option<f64> = None;
        for &member in *group {
            for reached in &self.reach[member as usize] {
                let hit = (reached.by, reached.target);
                let is_new = !taken.contains(&hit);
                let hits = taken.iter().filter(|(by, _)| *by == reached.by).count();
                if is_new && hits >= self.at_once[reached.by] {
                    continue;
                }
                if is_new {
                    taken.push(hit);
                }
                if let Some(rest) = self.reach_from(others, taken) {
                    let left = rest.max(reached.left);
                    best = Some(best.map_or(left, |best| best.min(left)));
                }
                if is_new {
                    taken.pop();
                }
            }
        }
        best
    }

    /// Whether it is a hazard.
    pub(super) fn is_hazard(&self) -> bool {
        self.kind == "hazard"
    }
}

/// All causes that reach any candidate.
pub(super) fn causes(model: &Model, candidates: &[Candidate]) -> Vec<Cause> {
    let mut causes: Vec<Cause> = (model.hazards.iter())
        .map(|hazard| of_hazard(model, hazard, candidates))
        .collect();
    for service in &model.services {
        let reach = candidates.iter().map(|one| {
            let feeds = service.feeds.iter().filter(|part| {
                part.element == one.element && (part.unit.is_none() || part.unit == one.unit)
            });
            let left = feeds.map(|part| 1.0 - part.loss.get()).reduce(f64::min);
            left.into_iter().map(shared).collect()
        });
        causes.push(together(
            "service",
            &service.id,
            &service.name,
            reach.collect(),
        ));
    }
    let mut shared_by = |kind: &'static str, of: &dyn Fn(&Candidate) -> Vec<String>| {
        let mut ids: Vec<String> = candidates.iter().flat_map(of).collect();
        ids.sort();
        ids.dedup();
        for id in ids {
            let reach = candidates.iter().map(|one| {
                let is_in = of(one).contains(&id);
                is_in.then(|| shared(0.0)).into_iter().collect()
            });
            causes.push(together(kind, &id, &id, reach.collect()));
        }
    };
    shared_by("jurisdiction", &|one| jurisdictions(model, one.element));
    shared_by("operator", &|one| match one.element {
        Element::Link(at) => model.links[at].operator.iter().cloned().collect(),
        _ => Vec::new(),
    });
    for route in &model.routes {
        let reach = candidates.iter().map(|one| {
            let is_gate = matches!(one.element, Element::Link(at) if route.gates.contains(&at));
            is_gate.then(|| shared(0.0)).into_iter().collect()
        });
        causes.push(together("route", &route.id, &route.name, reach.collect()));
    }
    causes.retain(|cause| cause.reach.iter().any(|reached| !reached.is_empty()));
    causes
}

/// Reached with all others.
fn shared(left: f64) -> Reached {
    Reached {
        by: 0,
        target: 0,
        left,
    }
}

fn together(kind: &'static str, id: &str, name: &str, reach: Vec<Vec<Reached>>) -> Cause {
    Cause {
        kind,
        id: id.to_owned(),
        name: name.to_owned(),
        reach,
        at_once: vec![1],
    }
}

/// Under whose law an element is.
pub(super) fn jurisdictions(model: &Model, element: Element) -> Vec<String> {
    match element {
        Element::Field(at) => model.fields[at].country.iter().cloned().collect(),
        Element::Hub(at) => {
            let hub = &model.hubs[at];
            let country = hub.country.iter().filter(|_| hub.jurisdiction.is_empty());
            hub.jurisdiction.iter().chain(country).cloned().collect()
        }
        Element::Link(at) => model.links[at].jurisdiction.clone(),
        Element::Market(_) | Element::Tank(_) => Vec::new(),
    }
}

/// A hazard and all that follow from it.
pub(super) fn chain<'m>(model: &'m Model, first: &'m Hazard) -> Vec<&'m Hazard> {
    let mut chain = vec![first];
    let mut at = 0;
    while at < chain.len() {
        let id = &chain[at].id;
        for other in &model.hazards {
            let follows = matches!(&other.occurs, Occurs::After { hazard, .. } if hazard == id);
            if follows && !chain.iter().any(|known| known.id == other.id) {
                chain.push(other);
            }
        }
        at += 1;
    }
    chain
}

/// A hazard with all that follows from it.
fn of_hazard(model: &Model, first: &Hazard, candidates: &[Candidate]) -> Cause {
    let chain = chain(model, first);
    let mut reach = vec![Vec::new(); candidates.len()];
    for (by, hazard) in chain.iter().enumerate() {
        for (place, one) in candidates.iter().enumerate() {
            let Some((_, whole)) = left_by(model, hazard, one.element, one.unit) else {
                continue;
            };
            for (target, hit) in hazard.targets.iter().enumerate() {
                let parts = hit.parts.iter().filter(|part| {
                    part.element == one.element
                        && (part.unit.is_none() || one.unit.is_none() || part.unit == one.unit)
                });
                for part in parts {
                    // Of units, as many go as one event hits.
                    let left = if part.unit.is_some() && one.unit.is_none() {
                        whole
                    } else {
                        1.0 - part.loss.get() * (1.0 - least_left(hazard))
                    };
                    if left < 1.0 {
                        reach[place].push(Reached { by, target, left });
                    }
                }
            }
        }
    }
    Cause {
        kind: "hazard",
        id: first.id.clone(),
        name: first.name.clone(),
        reach,
        at_once: chain.iter().map(|hazard| hit_at_once(hazard)).collect(),
    }
}
