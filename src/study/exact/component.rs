//! The processes of a scenario in the long run: how likely each state is, how often it is left.

use crate::model::{Hazard, Law, Model, Occurs, Overlap, Part, Scope, Start};

use super::obstacles::finite;

/// One process: a hazard on one target, or on all of its targets at once.
#[derive(Clone, Debug)]
pub(super) struct Component {
    /// Index of the hazard.
    pub(super) hazard: usize,
    /// Keys of the targets.
    pub(super) targets: Vec<String>,
    /// All that its targets take down.
    pub(super) parts: Vec<Part>,
    /// What is left in each state; the first is the whole one.
    pub(super) left: Vec<f64>,
    /// Chance of each state in the long run.
    pub(super) law: Vec<f64>,
    /// Moves from state to state, per day in the long run.
    pub(super) moves: Vec<(usize, usize, f64)>,
    /// How it comes to the long run.
    pub(super) course: Course,
    /// Failures and repairs a day, if both are exponential and one share is left.
    pub(super) rates: Option<(f64, f64)>,
    /// Whether moves of several such processes may fall on the same instant.
    pub(super) on_grid: bool,
}

/// The chance of being disrupted over time, from the start on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Course {
    /// As in the long run from the start on.
    Stationary,
    /// Exponential up and down times: the sum of both rates, and the chance at the start.
    Exponential { rate: f64, at_start: f64 },
    /// Overlapping events from none on, exponential: load and mean duration.
    Overlapping { load: f64, mean: f64 },
    /// Overlapping events of one length from none on: rate and length.
    OverlappingFixed { rate: f64, length: f64 },
    /// Not known in closed form.
    Unknown,
}

/// The processes of a model that has no [obstacles](super::obstacles::obstacles).
pub(super) fn components(model: &Model) -> Vec<Component> {
    let mut found = Vec::new();
    for (index, hazard) in model.hazards.iter().enumerate() {
        let groups: Vec<Vec<usize>> = if hazard.scope == Scope::Each {
            (0..hazard.targets.len())
                .map(|target| vec![target])
                .collect()
        } else {
            vec![(0..hazard.targets.len()).collect()]
        };
        for group in groups {
            let mut component = long_run(hazard);
            component.hazard = index;
            for &target in &group {
                let target = &hazard.targets[target];
                component.targets.push(target.key.clone());
                component.parts.extend(target.parts.iter().cloned());
            }
            found.push(component);
        }
    }
    found
}

fn long_run(hazard: &Hazard) -> Component {
    let values = finite(&hazard.left).unwrap_or_default();
    let down = hazard.duration.mean();
    let happens = 1.0 - hazard.averted.get();
    match &hazard.occurs {
        Occurs::Poisson { rate_per_day } => {
            let rate = rate_per_day * happens;
            match hazard.overlap {
                Overlap::Ignore => renewal(hazard, &values, 1.0 / rate, true),
                Overlap::Union => overlapping(hazard, &values, rate, down),
                Overlap::Queue => queue(hazard, &values, rate, down),
            }
        }
        Occurs::Renewal { up } => {
            let is_exponential = matches!(up, Law::Exponential { .. });
            renewal(hazard, &values, up.mean() / happens, is_exponential)
        }
        _ => bare(hazard),
    }
}

/// A process that is always whole.
fn bare(hazard: &Hazard) -> Component {
    Component {
        hazard: 0,
        targets: Vec::new(),
        parts: Vec::new(),
        left: vec![1.0],
        law: vec![1.0],
        moves: Vec::new(),
        course: Course::Stationary,
        rates: None,
        on_grid: matches!(hazard.duration, Law::Geometric { .. }),
    }
}

/// Up and down in turn: the share of time of each state by renewal reward, whatever the laws.
fn renewal(hazard: &Hazard, values: &[(f64, f64)], up: f64, up_is_exponential: bool) -> Component {
    let mut component = bare(hazard);
    if !up.is_finite() {
        return component;
    }
    // The degrees of a disruption, each with its mean length and what it may leave.
    let mut stages = vec![(hazard.duration.mean(), values.to_vec())];
    for stage in &hazard.stages {
        stages.push((
            stage.duration.mean(),
            finite(&stage.left).unwrap_or_default(),
        ));
    }
    let cycle = up + stages.iter().map(|(mean, _)| mean).sum::<f64>();
    component.law = vec![up / cycle];
    let mut before: Vec<(usize, f64)> = vec![(0, 1.0)];
    for (mean, values) in &stages {
        let mut here = Vec::new();
        for &(left, chance) in values {
            let state = component.left.len();
            component.left.push(left);
            component.law.push(mean * chance / cycle);
            for &(from, likely) in &before {
                component.moves.push((from, state, likely * chance / cycle));
            }
            here.push((state, chance));
        }
        before = here;
    }
    for (from, likely) in before {
        component.moves.push((from, 0, likely / cycle));
    }

    let is_renewal = matches!(hazard.occurs, Occurs::Renewal { .. });
    if is_renewal && hazard.start == Start::Stationary {
        component.course = Course::Stationary;
    } else if let (true, Law::Exponential { mean }, true) = (
        up_is_exponential,
        &hazard.duration,
        hazard.stages.is_empty(),
    ) {
        let at_start = match hazard.start {
            Start::Down { .. } => 1.0,
            _ => 0.0,
        };
        component.course = Course::Exponential {
            rate: 1.0 / up + 1.0 / mean,
            at_start,
        };
    } else {
        component.course = Course::Unknown;
    }
    if let (true, Law::Exponential { mean }, 2) =
        (up_is_exponential, &hazard.duration, component.left.len())
    {
        component.rates = Some((1.0 / up, 1.0 / mean));
    }
    component
}

/// Events that overlap: the number active is Poisson, whatever the law of durations; of several
/// the one that leaves least counts.
fn overlapping(hazard: &Hazard, values: &[(f64, f64)], rate: f64, mean: f64) -> Component {
    let mut component = bare(hazard);
    let load = rate * mean;
    if load <= 0.0 {
        return component;
    }
    component.law = vec![libm::exp(-load)];
    let mut below = 0.0;
    for &(left, chance) in values {
        component.left.push(left);
        // None leaves less, and some leave this.
        let likely = libm::exp(-load * below) * -libm::expm1(-load * chance);
        component.law.push(likely);
        below += chance;
    }
    // An event that leaves less takes over; seen backwards in time the process is the same.
    for (place, &(_, chance)) in values.iter().enumerate() {
        let to = place + 1;
        let worse = std::iter::once(0).chain(to + 1..component.left.len());
        for from in worse.collect::<Vec<_>>() {
            let often = component.law[from] * rate * chance;
            component.moves.push((from, to, often));
            component.moves.push((to, from, often));
        }
    }
    component.course = match hazard.duration {
        Law::Exponential { mean } => Course::Overlapping { load, mean },
        Law::Fixed(length) => Course::OverlappingFixed { rate, length },
        _ => Course::Unknown,
    };
    if values.len() > 1 && component.course != Course::Unknown {
        // The shares change on the way as well.
        component.course = Course::Unknown;
    }
    component
}

/// Events that wait for each other: busy for the load's share of time.
fn queue(hazard: &Hazard, values: &[(f64, f64)], rate: f64, mean: f64) -> Component {
    let mut component = bare(hazard);
    let load = rate * mean;
    if load <= 0.0 {
        return component;
    }
    component.law = vec![1.0 - load];
    component.course = Course::Unknown;
    for &(left, chance) in values {
        let state = component.left.len();
        component.left.push(left);
        component.law.push(load * chance);
        // One that leaves sees what one that comes sees.
        let often = rate * (1.0 - load) * chance;
        component.moves.push((0, state, often));
        component.moves.push((state, 0, often));
    }
    for (from, &(_, one)) in values.iter().enumerate() {
        for (to, &(_, other)) in values.iter().enumerate().filter(|&(to, _)| to != from) {
            component
                .moves
                .push((from + 1, to + 1, rate * load * one * other));
        }
    }
    component
}

impl Component {
    /// Its law if it is never disrupted.
    pub(super) fn whole(&self) -> Vec<f64> {
        let mut law = vec![0.0; self.law.len()];
        law[0] = 1.0;
        law
    }

    /// Its law if it is disrupted all the time; `None` if it never is.
    pub(super) fn disrupted(&self) -> Option<Vec<f64>> {
        let share = self.unavailability();
        if share <= 0.0 {
            return None;
        }
        let mut law: Vec<f64> = self.law.iter().map(|&likely| likely / share).collect();
        law[0] = 0.0;
        Some(law)
    }

    /// The state that leaves least.
    pub(super) fn worst(&self) -> usize {
        let states = 0..self.left.len();
        states
            .min_by(|&one, &other| self.left[one].total_cmp(&self.left[other]))
            .unwrap_or(0)
    }

    /// Share of time in which it is disrupted.
    pub(super) fn unavailability(&self) -> f64 {
        self.law[1..].iter().sum()
    }

    /// Disruptions that begin in a day.
    pub(super) fn events_per_day(&self) -> f64 {
        let begins = self
            .moves
            .iter()
            .filter(|&&(from, to, _)| from == 0 && to != 0);
        begins.map(|&(_, _, often)| often).sum()
    }

    /// Its law so many days after the start; `None` if it is not known.
    pub(super) fn law_at(&self, days: f64) -> Option<Vec<f64>> {
        let share = self.unavailability();
        let down = match self.course {
            Course::Stationary => return Some(self.law.clone()),
            Course::Exponential { rate, at_start } => {
                share + (at_start - share) * libm::exp(-rate * days)
            }
            Course::Overlapping { load, mean } => {
                let active = -load * libm::expm1(-days / mean);
                -libm::expm1(-active)
            }
            Course::OverlappingFixed { rate, length } => -libm::expm1(-rate * days.min(length)),
            Course::Unknown => return None,
        };
        if share <= 0.0 {
            return Some(self.law.clone());
        }
        let mut law: Vec<f64> = self
            .law
            .iter()
            .map(|likely| likely / share * down)
            .collect();
        law[0] = 1.0 - down;
        Some(law)
    }
}
