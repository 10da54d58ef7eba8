//! Models in which something never goes wrong, or is wrong all the time.
//!
//! Random streams go by the ids of hazards and targets, so what stays in such a model meets the
//! same disruptions as in the model that it was made of.

use std::collections::BTreeSet;

use crate::units::{Fraction, Seconds};

use super::{
    Element, Hazard, Law, LogEvent, Model, Occurs, Overlap, Part, Repair, Scope, Start, Target,
};

/// Id of the hazard that holds something down: it sorts after all that a file can have.
const HELD: &str = "~held-down";

/// Something that hazards hit, as a whole or one of its units.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Struck {
    /// An element with all its units, whatever reaches it, services included.
    Element(Element),
    /// One of several parallel units, counted from 0, of an element.
    Unit(Element, usize),
    /// A service, by its qualified id, `service.power`.
    Service(String),
}

impl Struck {
    /// Whether a part of a target belongs to it.
    #[must_use]
    pub fn has(&self, target: &Target, part: &Part) -> bool {
        match self {
            Self::Element(element) => part.element == *element,
            Self::Unit(element, unit) => part.element == *element && part.unit == Some(*unit),
            Self::Service(key) => target.key == *key,
        }
    }
}

impl Hazard {
    /// Mean share that it leaves of a target while it is at work: of the worst stage of its
    /// disruptions, or over the time of those recorded. `None` if no event of a log hits it.
    #[must_use]
    pub fn mean_left(&self, target: usize) -> Option<f64> {
        if let Occurs::Log(events) = &self.occurs {
            let own = || events.iter().filter(|event| event.target == target);
            let seconds: i64 = own().map(|event| (event.end - event.start).0).sum();
            let left: f64 = own()
                .map(|event| event.left.get() * (event.end - event.start).0 as f64)
                .sum();
            return (seconds > 0).then(|| left / seconds as f64);
        }
        let laws = std::iter::once(&self.left).chain(self.stages.iter().map(|stage| &stage.left));
        let least = laws.map(Law::mean).fold(1.0, f64::min);
        Some(least.clamp(0.0, 1.0))
    }

    /// Makes it never happen. What it hits, and whom it refers to, stay as they were, so that
    /// everything else is numbered as before.
    fn silence(&mut self) {
        match &mut self.occurs {
            Occurs::After { chance, .. } => *chance = Fraction::ZERO,
            other => *other = Occurs::Log(Vec::new()),
        }
    }

    /// Whether it has a process of its own for each target.
    fn is_apart(&self) -> bool {
        self.scope == Scope::Each && !matches!(self.occurs, Occurs::Log(_))
    }
}

impl Model {
    /// The same without some hazards. Consequences of what does not happen do not happen either.
    #[must_use]
    pub fn without_hazards(&self, is_off: &dyn Fn(&Hazard) -> bool) -> Self {
        let mut off: Vec<bool> = self.hazards.iter().map(is_off).collect();
        loop {
            let on: BTreeSet<&str> = self
                .hazards
                .iter()
                .zip(&off)
                .filter(|&(_, &off)| !off)
                .map(|(hazard, _)| hazard.id.as_str())
                .collect();
            let follows = |hazard: &Hazard| match &hazard.occurs {
                Occurs::After { hazard: cause, .. } => !on.contains(cause.as_str()),
                _ => false,
            };
            let more: Vec<usize> = (0..off.len())
                .filter(|&index| !off[index] && follows(&self.hazards[index]))
                .collect();
            if more.is_empty() {
                break;
            }
            for index in more {
                off[index] = true;
            }
        }
        let mut other = self.clone();
        for (hazard, off) in other.hazards.iter_mut().zip(off) {
            if off {
                hazard.silence();
            }
        }
        other
    }

    /// The same with a hazard at work all the time: one event of each of its processes lasts over
    /// the horizon, hits what an event hits and leaves what one leaves, drawn anew in each
    /// replication. What is recorded leaves its mean.
    ///
    /// After a dated strategy several hazards may have the id; each is at work while it holds.
    #[must_use]
    pub fn with_hazard_down(&self, id: &str) -> Self {
        let mut other = self.clone();
        let own = || self.hazards.iter().filter(|hazard| hazard.id == id);
        let first = own().map(|hazard| hazard.from).min();
        let last = own().map(|hazard| hazard.until).max();
        for hazard in other.hazards.iter_mut().filter(|hazard| hazard.id == id) {
            let begins = if Some(hazard.from) == first {
                Seconds::ZERO
            } else {
                hazard.from
            };
            let ends = if Some(hazard.until) == last {
                self.horizon
            } else {
                hazard.until
            };
            if ends <= begins {
                hazard.silence();
                continue;
            }
            if matches!(hazard.occurs, Occurs::Log(_)) {
                hazard.occurs = Occurs::Log(held(hazard, [begins, ends]));
                continue;
            }
            hazard.occurs = Occurs::Dates(vec![begins]);
            hazard.duration = Law::Fixed((ends - begins).days());
            hazard.duration_season = None;
            hazard.season = None;
            hazard.regime.clear();
            hazard.delay = None;
            hazard.stages.clear();
            hazard.reversal = None;
            hazard.averted = Fraction::ZERO;
            hazard.repair = Repair::default();
            hazard.floating = None;
            hazard.overlap = Overlap::Union;
            hazard.start = Start::Up;
            (hazard.from, hazard.until) = (Seconds::ZERO, self.horizon);
        }
        other
    }

    /// All that hazards hit: elements, their units where those are hit one by one, services.
    #[must_use]
    pub fn struck(&self) -> Vec<Struck> {
        let mut found = BTreeSet::new();
        for target in self.hazards.iter().flat_map(|hazard| &hazard.targets) {
            if target.key.starts_with("service.") {
                found.insert(Struck::Service(target.key.clone()));
            }
            for part in &target.parts {
                found.insert(Struck::Element(part.element));
                if let Some(unit) = part.unit {
                    found.insert(Struck::Unit(part.element, unit));
                }
            }
        }
        found.into_iter().collect()
    }

    /// The same with something that no hazard hits any more.
    ///
    /// A process that hits nothing else is switched off, with its consequences. An event that hits
    /// several at once still happens to the others, and still has its consequences.
    #[must_use]
    pub fn sparing(&self, struck: &Struck) -> Self {
        let mut other = self.clone();
        for hazard in &mut other.hazards {
            let is_apart = hazard.is_apart();
            let mut is_spared = vec![false; hazard.targets.len()];
            for (target, is_spared) in hazard.targets.iter_mut().zip(&mut is_spared) {
                let own = target.clone();
                target.parts.retain(|part| !struck.has(&own, part));
                *is_spared = target.parts.is_empty() && !own.parts.is_empty();
            }
            if is_apart {
                let mut spared = is_spared.iter();
                hazard.targets.retain(|_| spared.next() != Some(&true));
            }
        }
        other
    }

    /// The same with something held down for all the horizon, and hit by nothing else: it keeps the
    /// [least share](Self::down_left) that any of its hazards leaves it on average.
    #[must_use]
    pub fn holding_down(&self, struck: &Struck) -> Self {
        self.holding_down_to(struck, &self.down_parts(struck))
    }

    /// Each part of something that one hazard hits, by its index, with the share that it leaves on
    /// average.
    #[must_use]
    pub fn down_parts_by(&self, struck: &Struck, hazard: usize) -> Vec<(Part, Fraction)> {
        least_by_part(struck, std::iter::once(&self.hazards[hazard]))
    }

    /// Each part of something with the least share that any of its hazards leaves it on average.
    #[must_use]
    pub fn down_parts(&self, struck: &Struck) -> Vec<(Part, Fraction)> {
        least_by_part(struck, self.hazards.iter())
    }

    fn holding_down_to(&self, struck: &Struck, parts: &[(Part, Fraction)]) -> Self {
        let mut other = self.sparing(struck);
        let held: Vec<Target> = parts
            .iter()
            .map(|(part, _)| Target {
                parts: vec![part.clone()],
                key: format!("{:?}", (part.element, part.unit)),
            })
            .collect();
        let events = parts
            .iter()
            .enumerate()
            .map(|(target, &(_, left))| LogEvent {
                target,
                start: Seconds::ZERO,
                end: self.horizon,
                left,
            });
        let occurs = Occurs::Log(events.collect());
        let laws = [Law::Fixed(self.horizon.days()), Law::Fixed(0.0)];
        let mut hazard = Hazard::plain(HELD.to_owned(), held, occurs, laws, self.horizon);
        "held down".clone_into(&mut hazard.class);
        hazard.scope = Scope::All {
            chance: Fraction::ONE,
        };
        other.hazards.push(hazard);
        other
    }

    /// Share of something's capacity that is left while it is held down; of a service the least
    /// share left of what it feeds.
    #[must_use]
    pub fn down_left(&self, struck: &Struck) -> f64 {
        self.share_of_parts(struck, &self.down_parts(struck))
    }

    /// Share of something's capacity that is left where its parts are left with these shares: of a
    /// service, of all that it feeds the least.
    #[must_use]
    pub fn share_of_parts(&self, struck: &Struck, parts: &[(Part, Fraction)]) -> f64 {
        if let Struck::Unit(..) = struck {
            let own = parts.iter().map(|(_, left)| left.get());
            return own.fold(1.0, f64::min);
        }
        let elements: BTreeSet<Element> = parts.iter().map(|(part, _)| part.element).collect();
        let share = |element: Element| {
            let own = || {
                parts
                    .iter()
                    .filter(move |(part, _)| part.element == element)
            };
            let mut whole = 1.0_f64;
            for (_, left) in own().filter(|(part, _)| part.unit.is_none()) {
                whole = whole.min(left.get());
            }
            let units = self.units_of(element);
            let total: i64 = units.iter().map(|unit| unit.0).sum();
            let lost: f64 = own()
                .filter_map(|(part, left)| Some((units.get(part.unit?)?.0, left.get())))
                .map(|(size, left)| size as f64 * (1.0 - left))
                .sum();
            if total > 0 {
                whole * (1.0 - lost / total as f64)
            } else {
                whole
            }
        };
        elements
            .into_iter()
            .map(share)
            .fold(1.0, f64::min)
            .clamp(0.0, 1.0)
    }

    /// Sizes of an element's parallel units; empty if it is one piece.
    #[must_use]
    pub fn units_of(&self, element: Element) -> &[crate::units::BarrelsPerDay] {
        match element {
            Element::Hub(at) => &self.hubs[at].units,
            Element::Link(at) => &self.links[at].units,
            Element::Field(_) | Element::Market(_) | Element::Tank(_) => &[],
        }
    }
}

/// Each part of something that these hazards hit, with the least share left on average.
fn least_by_part<'h>(
    struck: &Struck,
    hazards: impl Iterator<Item = &'h Hazard>,
) -> Vec<(Part, Fraction)> {
    let mut found: Vec<(Part, Fraction)> = Vec::new();
    for hazard in hazards {
        for (index, target) in hazard.targets.iter().enumerate() {
            let Some(mean) = hazard.mean_left(index) else {
                continue;
            };
            for part in target.parts.iter().filter(|part| struck.has(target, part)) {
                let left = Fraction::nearest(1.0 - part.loss.get() * (1.0 - mean));
                let whole = Part {
                    loss: Fraction::ONE,
                    ..part.clone()
                };
                match found.iter_mut().find(|(known, _)| *known == whole) {
                    Some((_, least)) if left.get() < least.get() => *least = left,
                    Some(_) => {}
                    None => found.push((whole, left)),
                }
            }
        }
    }
    found.sort_by_key(|(part, _)| (part.element, part.unit));
    found
}

/// One outage of each target of a log, with the mean share that it leaves.
fn held(hazard: &Hazard, [start, end]: [Seconds; 2]) -> Vec<LogEvent> {
    let targets = 0..hazard.targets.len();
    targets
        .filter_map(|target| {
            let left = Fraction::nearest(hazard.mean_left(target)?);
            Some(LogEvent {
                target,
                start,
                end,
                left,
            })
        })
        .collect()
}
