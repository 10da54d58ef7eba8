//! Hazards of a world that changes on a day.

use crate::model::{Hazard, Model, Occurs, stages};
use crate::units::Seconds;

use super::super::lower::{CIRCLE_ADVICE, circle_in_words};
use super::{Join, Map};

impl Join<'_> {
    /// A hazard that changes is two: the old one ends on the day, the new one begins.
    pub(super) fn hazards(
        &self,
        before: &Model,
        after: &Model,
        [first, second]: [&Map<'_>; 2],
    ) -> Vec<Hazard> {
        let mut joined: Vec<Hazard> = before.hazards.iter().map(|h| first.hazard(h)).collect();
        let new: Vec<Hazard> = after
            .hazards
            .iter()
            .map(|hazard| second.hazard(hazard))
            .collect();
        for hazard in &mut joined {
            // A permission that is decided upon otherwise stays one chain: what was refused before
            // the day stays refused until it is granted.
            if let Some(other) = new.iter().find(|other| are_chains(hazard, other)) {
                hazard.occurs = chain(&hazard.occurs, &other.occurs, self.at);
                continue;
            }
            let is_last = hazard.until == before.horizon;
            if is_last && !new.iter().any(|new| is_same(hazard, new)) {
                hazard.until = self.at;
            }
        }
        for hazard in new {
            if !joined.iter().any(|old| are_chains(old, &hazard))
                && !joined
                    .iter()
                    .any(|old| old.until == before.horizon && is_same(old, &hazard))
            {
                joined.push(Hazard {
                    from: self.at,
                    ..hazard
                });
            }
        }
        joined.sort_by(|a, b| (&a.id, a.from).cmp(&(&b.id, b.from)));
        // Each of the two worlds has an order in which its hazards can be drawn; both together
        // need one too, since an id means all hazards that bear it at any time.
        if let Err(circle) = stages(&joined) {
            let first = circle.first().map_or("", |&index| &joined[index].id);
            self.report
                .error(
                    "scenario::circle",
                    self.place(&["hazard", first]),
                    "makes a circle",
                    circle_in_words(&joined, &circle),
                )
                .help(format!(
                    "before and after the day taken together, {CIRCLE_ADVICE}"
                ))
                .file();
        }
        joined
    }
}

/// Whether two hazards are decisions that differ in when they are taken and with which chances only.
fn are_chains(one: &Hazard, other: &Hazard) -> bool {
    let is_chain = |hazard: &Hazard| matches!(hazard.occurs, Occurs::Decisions { .. });
    let same_decisions = Hazard {
        occurs: one.occurs.clone(),
        ..other.clone()
    };
    is_chain(one) && is_chain(other) && is_same(one, &same_decisions)
}

/// The decisions of one chain before an instant, and those of another from then on.
fn chain(before: &Occurs, after: &Occurs, at: Seconds) -> Occurs {
    match (before, after) {
        (
            Occurs::Decisions { decisions, is_open },
            Occurs::Decisions {
                decisions: later, ..
            },
        ) => {
            let first = decisions.iter().filter(|decision| decision.time < at);
            let then = later.iter().filter(|decision| decision.time >= at);
            Occurs::Decisions {
                decisions: first.chain(then).copied().collect(),
                is_open: *is_open,
            }
        }
        _ => after.clone(),
    }
}

/// Whether two hazards mean the same at any time.
fn is_same(one: &Hazard, other: &Hazard) -> bool {
    let other = Hazard {
        name: one.name.clone(),
        from: one.from,
        until: one.until,
        ..other.clone()
    };
    *one == other
}
