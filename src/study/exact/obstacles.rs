//! What keeps a scenario from being enumerated: everything that remembers.

use std::collections::BTreeMap;

use crate::model::{Follow, Hazard, Law, Model, Occurs, Overlap, Scope, Start};
use crate::units::Seconds;

/// What stands in the way, as sentences that each name the ids; empty if nothing does.
///
/// Whatever is added to the model and makes flows depend on the past must be named here.
pub(super) fn obstacles(model: &Model) -> Vec<String> {
    let mut found: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
    let mut note = |why, id: String| {
        let ids = found.entry(why).or_default();
        if ids.last() != Some(&id) {
            ids.push(id);
        }
    };
    for hub in model.hubs.iter().filter(|hub| hub.tank.is_some()) {
        note(
            "a tank remembers what went into it",
            format!("hub.{}", hub.id),
        );
    }
    for field in &model.fields {
        if field.dynamics.has_memory() || field.dynamics.damage.is_some() {
            note(
                "a field remembers that it was cut",
                format!("field.{}", field.id),
            );
        }
    }
    for link in &model.links {
        let id = || format!("link.{}", link.id);
        if link.lag.is_some_and(|lag| lag > Seconds::ZERO) {
            note("a lag remembers since when more is needed", id());
        }
        if link.transit_time.is_some() {
            note("what arrives was sent earlier", id());
        }
    }
    for quota in &model.quotas {
        if quota.follow != Follow::NationalInterest && !quota.cut_order.is_empty() {
            let why = "a quota that is kept ties together fields that nothing else does";
            note(why, format!("quota.{}", quota.id));
        }
    }
    for hazard in &model.hazards {
        for why in of_hazard(hazard, model.horizon) {
            note(why, format!("hazard.{}", hazard.id));
        }
    }
    found
        .into_iter()
        .map(|(why, ids)| format!("{why}: {}", ids.join(", ")))
        .collect()
}

fn of_hazard(hazard: &Hazard, horizon: Seconds) -> Vec<&'static str> {
    let mut found = Vec::new();
    let mut unless = |fine: bool, why| {
        if !fine {
            found.push(why);
        }
    };
    match &hazard.occurs {
        Occurs::Renewal { up } => {
            let grids = [up, &hazard.duration].map(step);
            let mixed = grids[0] != grids[1] && grids[1].is_some();
            unless(
                !mixed,
                "a disruption that ends on a grid of time remembers when it began",
            );
        }
        Occurs::Poisson { rate_per_day } => {
            let load = rate_per_day * (1.0 - hazard.averted.get()) * hazard.duration.mean();
            unless(
                hazard.overlap != Overlap::Queue || load < 1.0,
                "disruptions wait for each other and come faster than they pass",
            );
            unless(
                step(&hazard.duration).is_none(),
                "a disruption that ends on a grid of time remembers when it began",
            );
            unless(
                hazard.stages.is_empty(),
                "disruptions by degrees are told apart for renewals only",
            );
        }
        Occurs::Log(_) => unless(false, "a log happens at its own times"),
        Occurs::Dates(_) | Occurs::Every { .. } | Occurs::Once { .. } => {
            unless(
                false,
                "events at stated times are no matter of the long run",
            );
        }
        Occurs::Campaign { .. } => unless(false, "a campaign remembers its events"),
        Occurs::Decisions { .. } => unless(false, "a permission remembers the last decision"),
        Occurs::After { .. } => unless(false, "a consequence remembers its cause"),
    }
    unless(hazard.season.is_none(), "the rate changes with the season");
    unless(hazard.regime.is_empty(), "the rate follows regimes");
    unless(
        hazard.duration_season.is_none(),
        "durations change with the season",
    );
    unless(
        hazard.delay.is_none(),
        "a delayed effect remembers its event",
    );
    unless(
        hazard.reversal.is_none(),
        "an early end remembers the beginning",
    );
    unless(
        hazard.repair.is_plain(),
        "crews, spare parts and weather windows remember what waits for them",
    );
    unless(
        hazard.floating.is_none(),
        "work that waits for a good moment remembers that it waits",
    );
    unless(
        hazard.from <= Seconds::ZERO && hazard.until >= horizon,
        "it is possible only for a part of the horizon",
    );
    let hits_all = match &hazard.scope {
        Scope::Each => true,
        Scope::All { chance } => chance.get() >= 1.0,
        Scope::Some { count, .. } => *count >= hazard.targets.len(),
    };
    unless(
        hits_all,
        "its events hit some of its targets by chance; all, or each for itself, can be enumerated",
    );
    unless(
        hazard.scope == Scope::Each || hazard.shared_duration || hazard.targets.len() < 2,
        "its targets go down at once and come up one by one",
    );
    let lefts = std::iter::once(&hazard.left).chain(hazard.stages.iter().map(|stage| &stage.left));
    for left in lefts {
        unless(
            finite(left).is_some(),
            "what is left may be anything between two shares; give it values with weights",
        );
    }
    found
}

/// The length of the steps of a law on a grid of time.
fn step(law: &Law) -> Option<u64> {
    match law {
        Law::Geometric { step, .. } => Some(step.to_bits()),
        _ => None,
    }
}

/// The values of a law of few values, each with its chance, by rising value.
pub(super) fn finite(law: &Law) -> Option<Vec<(f64, f64)>> {
    let values: Vec<(f64, f64)> = match law {
        Law::Fixed(value) => vec![(*value, 1.0)],
        Law::Empirical(values) => {
            let chance = 1.0 / values.len() as f64;
            values.iter().map(|&value| (value, chance)).collect()
        }
        Law::Weighted(values) => values.clone(),
        _ => return None,
    };
    let mut merged: Vec<(f64, f64)> = Vec::new();
    for (value, chance) in values {
        let value = value.clamp(0.0, 1.0);
        match merged.last_mut() {
            Some((last, sum)) if *last == value => *sum += chance,
            _ => merged.push((value, chance)),
        }
    }
    merged.retain(|&(_, chance)| chance > 0.0);
    (!merged.is_empty()).then_some(merged)
}

/// Whether a renewal that starts whole could keep in step with others for ever.
pub(super) fn keeps_in_step(hazard: &Hazard) -> bool {
    let has_steps = |law: &Law| {
        matches!(
            law,
            Law::Fixed(_) | Law::Geometric { .. } | Law::Empirical(_) | Law::Weighted(_)
        )
    };
    matches!(&hazard.occurs, Occurs::Renewal { up } if has_steps(up) && has_steps(&hazard.duration))
        && hazard.start != Start::Stationary
}
