//! What one cause leaves if it takes out all it can at once.

use crate::model::{Element, Hazard, Model, Occurs, Part};
use crate::results::WorstCommon;
use crate::simulation::{Bench, Removal, Removals, RunError, standing};
use crate::units::{Fraction, Seconds};

use super::super::names::named;
use super::causes::{chain, jurisdictions};
use super::elements::{hit_at_once, least_left};
use super::search::first_sets;

/// Ways of a hazard to choose its targets that are tried.
const MOST_WAYS: usize = 200;

/// A cause and what it may take out at once: one of several removals.
struct Common {
    kind: &'static str,
    id: String,
    name: String,
    ways: Vec<Removal>,
}

/// Every cause by what it leaves, the least first; those that cost nothing are left out.
///
/// # Errors
/// [`RunError`] if the network is too large, or some state has no answer.
pub(super) fn common(model: &Model, at: Seconds) -> Result<Vec<WorstCommon>, RunError> {
    let causes = causes(model);
    let removed: Vec<Removal> = causes.iter().flat_map(|cause| cause.ways.clone()).collect();
    let standing = standing(model, &removed);
    let removals = Removals::new(&standing, &removed, at)?;
    let mut bench = Bench::new(&removals);
    let usual = bench.take_out(&[]);
    let mut found = Vec::new();
    let mut next = 0_u32;
    for cause in &causes {
        let first = next;
        next += cause.ways.len() as u32;
        let ways = (first..next).map(|way| (bench.take_out(&[way]), way));
        let Some((delivered, way)) = ways.min() else {
            continue;
        };
        if delivered >= usual {
            continue;
        }
        bench.take_out(&[way]);
        found.push(WorstCommon {
            kind: cause.kind.to_owned(),
            id: cause.id.clone(),
            name: cause.name.clone(),
            hits: hits(model, &removed[way as usize]),
            delivered_bpd: delivered,
            exported_bpd: bench.exported(),
            retention: (usual > 0).then(|| delivered as f64 / usual as f64),
            lost_bpd: usual - delivered,
        });
    }
    bench.answered()?;
    found.sort_by_key(|cause| cause.delivered_bpd);
    Ok(found)
}

/// What a removal hits, by ids.
fn hits(model: &Model, removal: &Removal) -> Vec<String> {
    let hit = |(part, _): &(Part, Fraction)| {
        let (id, _) = named(model, part.element);
        part.unit
            .map_or(id.clone(), |unit| format!("{id}#{}", unit + 1))
    };
    removal.parts.iter().map(hit).collect()
}

fn causes(model: &Model) -> Vec<Common> {
    let mut causes: Vec<Common> = (model.hazards.iter())
        .map(|hazard| of_hazard(model, hazard))
        .collect();
    for service in &model.services {
        let parts = service.feeds.iter().map(|part| (part, 0.0));
        causes.push(Common {
            kind: "service",
            id: service.id.clone(),
            name: service.name.clone(),
            ways: vec![removal(parts)],
        });
    }
    let all: Vec<Element> = (0..model.links.len())
        .map(Element::Link)
        .chain((0..model.hubs.len()).map(Element::Hub))
        .chain((0..model.fields.len()).map(Element::Field))
        .collect();
    let mut closed = |kind: &'static str, of: &dyn Fn(Element) -> Vec<String>| {
        let mut ids: Vec<String> = all.iter().flat_map(|&element| of(element)).collect();
        ids.sort();
        ids.dedup();
        for id in ids {
            let own = all.iter().filter(|&&element| of(element).contains(&id));
            let parts: Vec<Part> = own.map(|&element| whole(element)).collect();
            causes.push(Common {
                kind,
                name: id.clone(),
                id,
                ways: vec![removal(parts.iter().map(|part| (part, 0.0)))],
            });
        }
    };
    // Where all oil is produced is no way out that could be closed.
    let home = |id: &String| {
        let mut fields = model.fields.iter();
        fields.all(|field| field.country.as_ref() == Some(id))
    };
    closed("jurisdiction", &|element| {
        let mut found = jurisdictions(model, element);
        found.retain(|id| !home(id));
        found
    });
    closed("operator", &|element| match element {
        Element::Link(at) => model.links[at].operator.iter().cloned().collect(),
        _ => Vec::new(),
    });
    for route in &model.routes {
        let gates: Vec<Part> = (route.gates.iter())
            .map(|&gate| whole(Element::Link(gate)))
            .collect();
        causes.push(Common {
            kind: "route",
            id: route.id.clone(),
            name: route.name.clone(),
            ways: vec![removal(gates.iter().map(|part| (part, 0.0)))],
        });
    }
    causes.retain(|cause| cause.ways.iter().any(|way| !way.parts.is_empty()));
    causes
}

fn whole(element: Element) -> Part {
    Part {
        element,
        unit: None,
        loss: Fraction::ONE,
    }
}

/// Parts of which a target keeps so much; of what is hit twice, the deepest. Tanks hold nothing in
/// the long run.
fn removal<'p>(parts: impl Iterator<Item = (&'p Part, f64)>) -> Removal {
    let mut found: Vec<(Part, Fraction)> = Vec::new();
    for (part, left) in parts {
        if matches!(part.element, Element::Tank(_)) {
            continue;
        }
        let left = Fraction::nearest(1.0 - part.loss.get() * (1.0 - left));
        let own = |(other, _): &&mut (Part, Fraction)| {
            (other.element, other.unit) == (part.element, part.unit)
        };
        match found.iter_mut().find(own) {
            Some((_, known)) if known.get() <= left.get() => {}
            Some((_, known)) => *known = left,
            None => found.push((
                Part {
                    loss: Fraction::ONE,
                    ..part.clone()
                },
                left,
            )),
        }
    }
    Removal { parts: found }
}

/// A hazard with all that follows from it, each hitting as many targets as one event does.
fn of_hazard(model: &Model, first: &Hazard) -> Common {
    let mut ways: Vec<Vec<(&Part, f64)>> = vec![Vec::new()];
    for hazard in chain(model, first) {
        let left = least_left(hazard);
        let targets: Vec<u32> = (0..hazard.targets.len() as u32).collect();
        let count = match hazard.occurs {
            // What is recorded may all be at once.
            Occurs::Log(_) => targets.len(),
            _ => hit_at_once(hazard).min(targets.len()),
        };
        let room = (MOST_WAYS / ways.len()).max(1);
        let chosen = first_sets(&targets, count, room);
        let mut longer = Vec::new();
        for way in &ways {
            for chosen in &chosen {
                let targets = chosen
                    .iter()
                    .map(|&target| &hazard.targets[target as usize]);
                let parts = targets.flat_map(|target| &target.parts);
                let parts = parts.map(|part| (part, left));
                longer.push(way.iter().copied().chain(parts).collect());
            }
        }
        ways = longer;
    }
    Common {
        kind: "hazard",
        id: first.id.clone(),
        name: first.name.clone(),
        ways: ways
            .into_iter()
            .map(|way| removal(way.into_iter()))
            .collect(),
    }
}
