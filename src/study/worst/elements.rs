//! What can be taken out, how far, and what of it comes to the same.

use crate::model::{Element, Hazard, Law, Model, NodeRef, Occurs, Part, Scope};
use crate::sampling::Sampler;
use crate::simulation::Removal;
use crate::units::Fraction;

use super::super::names::named;
use super::{Among, DownState, WorstError};

/// A law without a least value is taken at this quantile.
const LOW: f64 = 0.01;

/// The most elements of which it is found out which stand in one line.
const MOST_LINED: usize = 400;

/// Something that can be taken out.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) element: Element,
    pub(super) unit: Option<usize>,
    pub(super) removal: Removal,
    /// Share left of it.
    pub(super) left: f64,
    /// The hazard that leaves it, by its place in the model.
    pub(super) hazard: Option<usize>,
}

/// All that may be taken out: links, hubs and fields, each kind in order of id, or as listed.
pub(super) fn candidates(
    model: &Model,
    among: &[Among],
    units: bool,
    down: DownState,
) -> Result<Vec<Candidate>, WorstError> {
    let mut elements: Vec<(Element, Option<usize>)> = Vec::new();
    let mut add = |element: Element, unit: Option<usize>| {
        if !elements.contains(&(element, unit)) {
            elements.push((element, unit));
        }
    };
    for one in among {
        match one {
            Among::Links => (0..model.links.len()).for_each(|at| add(Element::Link(at), None)),
            Among::Hubs => (0..model.hubs.len()).for_each(|at| add(Element::Hub(at), None)),
            Among::Fields => (0..model.fields.len()).for_each(|at| add(Element::Field(at), None)),
            Among::One(id) => {
                let (element, unit) = find(model, id)?;
                add(element, unit);
            }
        }
    }
    if units {
        for (element, unit) in elements.clone() {
            let count = units_of(model, element).len();
            if unit.is_none() && count > 1 {
                for unit in 0..count {
                    elements.push((element, Some(unit)));
                }
            }
        }
    }
    let candidate = |&(element, unit): &(Element, Option<usize>)| {
        let (mut id, mut name) = named(model, element);
        if let Some(unit) = unit {
            id += &format!("#{}", unit + 1);
            name = format!("unit {} of {name}", unit + 1);
        }
        let closed = || {
            let part = Part {
                element,
                unit,
                loss: Fraction::ONE,
            };
            (vec![(part, Fraction::ZERO)], 0.0, None)
        };
        let (parts, left, hazard) = match down {
            DownState::Closed => closed(),
            DownState::Hazards => deepest(model, element, unit)?,
        };
        Some(Candidate {
            id,
            name,
            element,
            unit,
            removal: Removal { parts },
            left,
            hazard,
        })
    };
    Ok(elements.iter().filter_map(candidate).collect())
}

/// An element or a unit by its id, `spm`, `link.spm` or `link.spm#2`.
fn find(model: &Model, id: &str) -> Result<(Element, Option<usize>), WorstError> {
    let (whole, unit) = match id.split_once('#') {
        Some((whole, unit)) => (whole, Some(unit)),
        None => (id, None),
    };
    let all = (0..model.links.len())
        .map(Element::Link)
        .chain((0..model.hubs.len()).map(Element::Hub))
        .chain((0..model.fields.len()).map(Element::Field));
    let found = all.filter(|&element| {
        let (own, _) = named(model, element);
        own == whole || own.split_once('.').is_some_and(|(_, bare)| bare == whole)
    });
    let unknown = |why: String| WorstError::Unknown(why);
    match found.collect::<Vec<_>>()[..] {
        [element] => {
            let Some(unit) = unit else {
                return Ok((element, None));
            };
            let count = units_of(model, element).len();
            let number = unit.parse().ok().filter(|unit| (1..=count).contains(unit));
            let number = number.ok_or_else(|| {
                unknown(format!(
                    "`{whole}` has no unit {unit}; it has {count} units"
                ))
            })?;
            Ok((element, Some(number - 1)))
        }
        [] => Err(unknown(format!(
            "there is no link, hub or field `{id}`; `keruen check` lists what there is"
        ))),
        _ => Err(unknown(format!(
            "`{id}` is the id of several; write link.{id}, hub.{id} or field.{id}"
        ))),
    }
}

/// Sizes of an element's units, b/d.
fn units_of(model: &Model, element: Element) -> Vec<i64> {
    let units = match element {
        Element::Link(at) => &model.links[at].units,
        Element::Hub(at) => &model.hubs[at].units,
        Element::Field(_) | Element::Market(_) | Element::Tank(_) => return Vec::new(),
    };
    units.iter().map(|rate| rate.0).collect()
}

/// The smallest share that a hazard leaves of what it hits, in any stage.
pub(super) fn least_left(hazard: &Hazard) -> f64 {
    if let Occurs::Log(events) = &hazard.occurs {
        let left = events.iter().map(|event| event.left.get());
        return left.fold(1.0, f64::min);
    }
    let stages = hazard.stages.iter().map(|stage| &stage.left);
    stages.chain([&hazard.left]).map(least).fold(1.0, f64::min)
}

/// The least share that a law gives; of one without a least, its 1 % quantile.
fn least(law: &Law) -> f64 {
    let value = match law {
        Law::Fixed(value) => *value,
        Law::Uniform { low, .. } | Law::Triangular { low, .. } => *low,
        Law::Empirical(values) => values.first().copied().unwrap_or(1.0),
        Law::Weighted(values) => {
            let possible = values.iter().find(|(_, chance)| *chance > 0.0);
            possible.map_or(1.0, |(value, _)| *value)
        }
        other => Sampler::new(other).quantile(LOW),
    };
    value.clamp(0.0, 1.0)
}

/// How many of its targets one event of a hazard hits.
pub(super) fn hit_at_once(hazard: &Hazard) -> usize {
    match &hazard.scope {
        Scope::Each => 1,
        Scope::All { .. } => hazard.targets.len(),
        Scope::Some { count, .. } => *count,
    }
}

/// What one event of a hazard leaves of an element or unit: its parts, and the share of the whole.
pub(super) fn left_by(
    model: &Model,
    hazard: &Hazard,
    element: Element,
    unit: Option<usize>,
) -> Option<(Vec<(Part, Fraction)>, f64)> {
    let left = least_left(hazard);
    let kept = |part: &Part| 1.0 - part.loss.get() * (1.0 - left);
    let hits = hazard.targets.iter().flat_map(|target| &target.parts);
    let hits = hits.filter(|part| part.element == element);
    let sizes = units_of(model, element);
    let mut whole: Option<f64> = None;
    let mut units: Vec<(usize, f64)> = Vec::new();
    for part in hits {
        match part.unit {
            None => whole = Some(whole.map_or(kept(part), |other| other.min(kept(part)))),
            Some(at) if unit.is_none() || unit == Some(at) => units.push((at, kept(part))),
            Some(_) => {}
        }
    }
    let taken = |at: &(usize, f64)| sizes.get(at.0).copied().unwrap_or(0) as f64 * (1.0 - at.1);
    // The largest loss first; among equals the first unit.
    units.sort_by(|one, other| {
        taken(other)
            .total_cmp(&taken(one))
            .then(one.0.cmp(&other.0))
    });
    units.dedup_by_key(|unit| unit.0);
    let is_group = matches!(hazard.scope, Scope::All { .. }) || unit.is_some();
    if !is_group {
        units.truncate(hit_at_once(hazard));
    }
    let part = |unit: Option<usize>, left: f64| {
        let loss = Fraction::ONE;
        (
            Part {
                element,
                unit,
                loss,
            },
            Fraction::nearest(left),
        )
    };
    let total: i64 = sizes.iter().sum();
    let lost: f64 = units.iter().map(taken).sum();
    let by_units = match unit {
        Some(_) => units.first().map(|unit| unit.1),
        None => (!units.is_empty() && total > 0).then(|| capped(model, element, total, lost)),
    };
    let whole_is_deeper = match (whole, by_units) {
        (None, None) => return None,
        (Some(whole), Some(other)) => whole <= other,
        (whole, _) => whole.is_some(),
    };
    if whole_is_deeper {
        let left = whole.unwrap_or(1.0);
        return Some((vec![part(unit, left)], left));
    }
    let parts = units.iter().map(|&(at, left)| part(Some(at), left));
    Some((parts.collect(), by_units.unwrap_or(1.0)))
}

/// The share left of an element of whose units so much is gone.
fn capped(model: &Model, element: Element, total: i64, lost: f64) -> f64 {
    let capacity = match element {
        Element::Link(at) => model.links[at].capacity.as_ref(),
        Element::Hub(at) => model.hubs[at].capacity.as_ref(),
        Element::Field(_) | Element::Market(_) | Element::Tank(_) => None,
    };
    let total = total as f64;
    let capacity = capacity.map_or(total, |series| (series.first().0 as f64).min(total));
    let left = (total - lost).max(0.0).min(capacity);
    if capacity > 0.0 { left / capacity } else { 1.0 }
}

/// Parts of the network with the share left of each, the share left of the whole, and the hazard
/// that leaves it.
type Depth = (Vec<(Part, Fraction)>, f64, Option<usize>);

/// The deepest that any of its hazards takes an element; `None` if none takes anything.
fn deepest(model: &Model, element: Element, unit: Option<usize>) -> Option<Depth> {
    let mut found: Option<Depth> = None;
    for (number, hazard) in model.hazards.iter().enumerate() {
        if let Some((parts, left)) = left_by(model, hazard, element, unit)
            && left < 1.0
            && found.as_ref().is_none_or(|(_, least, _)| left < *least)
        {
            found = Some((parts, left, Some(number)));
        }
    }
    found
}

/// Candidates that come to the same, because all oil that passes one passes the others. The first
/// of each group stands for it: the one that most hazards hit, as that is the likeliest to go;
/// among equals the first in the list.
///
/// Nothing is grouped that is not closed altogether.
pub(super) fn groups(model: &Model, candidates: &[Candidate]) -> Vec<Vec<u32>> {
    let count = candidates.len() as u32;
    let closed = |one: &Candidate| one.unit.is_none() && one.left == 0.0;
    if candidates.len() > MOST_LINED {
        return (0..count).map(|one| vec![one]).collect();
    }
    let map = Map::of(model);
    let transits = |one: &Candidate| transits_of(model, one.element);
    let mut groups: Vec<Vec<u32>> = Vec::new();
    for (number, one) in candidates.iter().enumerate() {
        let same = groups.iter_mut().find(|group| {
            let first = &candidates[group[0] as usize];
            closed(one)
                && closed(first)
                && transits(one) == transits(first)
                && map.is_bound_to(one.element, first.element)
                && map.is_bound_to(first.element, one.element)
        });
        match same {
            Some(group) => group.push(number as u32),
            None => groups.push(vec![number as u32]),
        }
    }
    let hits = |&one: &u32| {
        let one = &candidates[one as usize];
        let hits = |hazard: &&Hazard| left_by(model, hazard, one.element, one.unit).is_some();
        model.hazards.iter().filter(hits).count()
    };
    for group in &mut groups {
        group.sort_by_key(|one| (std::cmp::Reverse(hits(one)), *one));
    }
    groups
}

/// The network as elements that follow each other.
struct Map {
    fields: usize,
    hubs: usize,
    links: usize,
    /// Elements after each, markets left out; and whether a market comes next.
    next: Vec<Vec<usize>>,
    sells: Vec<bool>,
    before: Vec<Vec<usize>>,
}

impl Map {
    fn of(model: &Model) -> Self {
        let (fields, hubs, links) = (model.fields.len(), model.hubs.len(), model.links.len());
        let count = fields + hubs + links;
        let (mut next, mut before) = (vec![Vec::new(); count], vec![Vec::new(); count]);
        let mut sells = vec![false; count];
        for (at, link) in model.links.iter().enumerate() {
            let link_at = fields + hubs + at;
            let ends = [(link.from, link.to), (link.to, link.from)];
            for &(from, to) in &ends[..=usize::from(link.both_ways)] {
                let node = |end: NodeRef| match end {
                    NodeRef::Field(at) => Some(at),
                    NodeRef::Hub(at) => Some(fields + at),
                    NodeRef::Market(_) => None,
                };
                if let Some(from) = node(from) {
                    next[from].push(link_at);
                    before[link_at].push(from);
                }
                match node(to) {
                    Some(to) => {
                        next[link_at].push(to);
                        before[to].push(link_at);
                    }
                    None => sells[link_at] = true,
                }
            }
        }
        Self {
            fields,
            hubs,
            links,
            next,
            sells,
            before,
        }
    }

    fn number(&self, element: Element) -> Option<usize> {
        match element {
            Element::Field(at) => Some(at),
            Element::Hub(at) => Some(self.fields + at),
            Element::Link(at) => Some(self.fields + self.hubs + at),
            Element::Market(_) | Element::Tank(_) => None,
        }
    }

    /// Whether all oil that passes one also passes the other.
    fn is_bound_to(&self, one: Element, other: Element) -> bool {
        let (Some(one), Some(other)) = (self.number(one), self.number(other)) else {
            return false;
        };
        one == other
            || !self.leads(one, other, &self.before, &|at| at < self.fields)
            || !self.leads(one, other, &self.next, &|at| self.sells[at])
    }

    /// Whether an element leads to an end without passing another.
    fn leads(
        &self,
        from: usize,
        without: usize,
        way: &[Vec<usize>],
        is_end: &dyn Fn(usize) -> bool,
    ) -> bool {
        let mut seen = vec![false; self.fields + self.hubs + self.links];
        (seen[from], seen[without]) = (true, true);
        let mut stack = vec![from];
        while let Some(at) = stack.pop() {
            if is_end(at) {
                return true;
            }
            for &to in &way[at] {
                if !seen[to] {
                    seen[to] = true;
                    stack.push(to);
                }
            }
        }
        false
    }
}

/// Transits whose way leads over an element; a hub counts if a link of the way ends there.
fn transits_of(model: &Model, element: Element) -> Vec<usize> {
    let touches = |link: &usize| match element {
        Element::Link(at) => *link == at,
        Element::Hub(at) => {
            let link = &model.links[*link];
            link.from == NodeRef::Hub(at) || link.to == NodeRef::Hub(at)
        }
        _ => false,
    };
    let transits = model.transits.iter().enumerate();
    let over = transits.filter(|(_, transit)| transit.path.iter().any(touches));
    over.map(|(transit, _)| transit).collect()
}
