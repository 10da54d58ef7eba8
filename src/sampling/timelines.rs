//! All processes of a model, ready to be played.

use std::ops::Range;

use crate::model::{Element, Hazard, Model, Occurs, stages};
use crate::units::{Fraction, Seconds};

use super::Stream;
use super::plain::Plain;
use super::process::{Hit, Process};
use super::regimes::Regimes;
use super::strata::Held;
use super::timeline::Timeline;
use super::when::When;
use super::workshop::Workshop;

/// All processes of a model under one seed.
#[derive(Clone, Debug)]
pub struct Timelines {
    slots: Vec<(Element, Option<usize>)>,
    regimes: Regimes,
    processes: Vec<Process>,
    /// In an order in which each needs earlier ones only.
    stages: Vec<Stage>,
    plain: Plain,
    /// If all futures are of stated kinds.
    held: Option<Box<Held>>,
    horizon: Seconds,
}

#[derive(Clone, Debug)]
enum Stage {
    /// Each for itself.
    Alone(Range<usize>),
    /// Lanes of plain renewals whose disruptions differ in their times only.
    SideBySide(Range<usize>),
    /// Together, because their repairs wait for each other.
    Together(Workshop),
}

impl Timelines {
    /// Prepares the processes of `hazards` in a model's regimes, with its crews.
    ///
    /// - `epistemic`: which draw of uncertain parameters; 0 if there is none.
    #[must_use]
    pub fn new(model: &Model, hazards: &[Hazard], seed: u64, epistemic: u64) -> Self {
        let mut slots: Vec<(Element, Option<usize>)> = hazards
            .iter()
            .flat_map(|hazard| &hazard.targets)
            .flat_map(|target| &target.parts)
            .map(|part| (part.element, part.unit))
            .collect();
        slots.sort_unstable();
        slots.dedup();
        // A validated model has no circles; without an order, each is played for itself.
        let order = stages(hazards)
            .unwrap_or_else(|_| (0..hazards.len()).map(|hazard| vec![hazard]).collect());
        let mut timelines = Self {
            slots,
            regimes: Regimes::new(&model.regimes, seed, epistemic, model.horizon),
            processes: Vec::new(),
            stages: Vec::new(),
            plain: Plain::new(&[], &[], model.horizon),
            held: None,
            horizon: model.horizon,
        };
        let mut ranges: Vec<Range<usize>> = vec![0..0; hazards.len()];
        for group in order {
            for &index in &group {
                ranges[index] = timelines.add(model, hazards, index, &ranges, [seed, epistemic]);
            }
            timelines.stage(model, hazards, &group, &ranges);
        }
        timelines.tell();
        timelines.side_by_side();
        timelines
    }

    /// Settles whose events are kept: those that another process looks at.
    fn tell(&mut self) {
        let mut hazards: Vec<u32> = Vec::new();
        let mut causes: Vec<u32> = Vec::new();
        for process in &self.processes {
            hazards.extend(process.floating.iter().flat_map(|own| &own.unless));
            if let When::After { cause, .. } = process.when {
                causes.push(cause);
            }
        }
        for stage in &self.stages {
            if let Stage::Together(workshop) = stage {
                hazards.extend(workshop.watched());
            }
        }
        for process in &mut self.processes {
            process.is_told = hazards.contains(&process.hazard) || causes.contains(&process.number);
        }
    }

    /// Finds the plain renewals that are played each for itself.
    fn side_by_side(&mut self) {
        let mut apart = vec![true; self.processes.len()];
        for stage in &self.stages {
            if let Stage::Alone(range) = stage {
                apart[range.clone()].fill(false);
            }
        }
        self.plain = Plain::new(&self.processes, &apart, self.horizon);
        let mut stages: Vec<Stage> = Vec::new();
        for stage in self.stages.drain(..) {
            let Stage::Alone(range) = stage else {
                stages.push(stage);
                continue;
            };
            for process in range {
                let lane = self.plain.lane(process).filter(|&(_, is_all)| is_all);
                match (stages.last_mut(), lane) {
                    (Some(Stage::SideBySide(lanes)), Some((lane, _))) if lanes.end == lane => {
                        lanes.end += 1;
                    }
                    (_, Some((lane, _))) => stages.push(Stage::SideBySide(lane..lane + 1)),
                    (Some(Stage::Alone(range)), None) if range.end == process => range.end += 1,
                    (_, None) => stages.push(Stage::Alone(process..process + 1)),
                }
            }
        }
        self.stages = stages;
    }

    /// Adds the processes of a hazard; those it refers to are there already.
    fn add(
        &mut self,
        model: &Model,
        hazards: &[Hazard],
        index: usize,
        ranges: &[Range<usize>],
        [seed, epistemic]: [u64; 2],
    ) -> Range<usize> {
        let hazard = &hazards[index];
        let stream = |key: &str| Stream::new(seed, epistemic, &hazard.id, key);
        let hits: Vec<Vec<Hit>> = hazard
            .targets
            .iter()
            .map(|target| {
                let parts = target.parts.iter();
                let hit = parts.map(|part| {
                    let slot = self.slots.binary_search(&(part.element, part.unit));
                    (slot.map_or(0, |slot| slot as u32), part.loss.get())
                });
                hit.collect()
            })
            .collect();
        let made = Process::of(hazard, index, &hits, &stream, model.start, model.horizon);
        let first = self.processes.len();
        match &hazard.occurs {
            Occurs::After { hazard: cause, .. } => {
                for cause in numbers_of(hazards, std::slice::from_ref(cause)) {
                    for number in ranges[cause as usize].clone() {
                        for process in &made {
                            let caused = process.caused_by(
                                &self.processes[number],
                                &hazard.targets,
                                &stream,
                            );
                            self.processes.push(caused);
                        }
                    }
                }
            }
            _ => self.processes.extend(made),
        }
        let watched = hazard
            .floating
            .as_ref()
            .map_or(&[][..], |floating| &floating.unless);
        let watched = numbers_of(hazards, watched);
        let range = first..self.processes.len();
        for number in range.clone() {
            self.processes[number].number = number as u32;
            self.processes[number].watch(watched.clone());
        }
        range
    }

    /// Says how the processes of a group are played.
    fn stage(
        &mut self,
        model: &Model,
        hazards: &[Hazard],
        group: &[usize],
        ranges: &[Range<usize>],
    ) {
        if group.iter().all(|&index| hazards[index].repair.is_plain()) {
            for &index in group {
                match self.stages.last_mut() {
                    Some(Stage::Alone(range)) if range.end == ranges[index].start => {
                        range.end = ranges[index].end;
                    }
                    _ => self.stages.push(Stage::Alone(ranges[index].clone())),
                }
            }
            return;
        }
        let crew = group
            .iter()
            .find_map(|&index| hazards[index].repair.crew.as_ref());
        let count = crew.and_then(|id| model.crews.iter().find(|crew| crew.id == *id));
        let members: Vec<(&Hazard, Range<usize>)> = group
            .iter()
            .map(|&index| (&hazards[index], ranges[index].clone()))
            .collect();
        let crews = count.map_or(0, |crew| crew.count);
        let workshop = Workshop::new(crews, &members, &|ids| numbers_of(hazards, ids));
        self.stages.push(Stage::Together(workshop));
    }

    /// What can be hit: an element, or one of its units.
    #[must_use]
    pub fn slots(&self) -> &[(Element, Option<usize>)] {
        &self.slots
    }

    /// The processes, and the regimes that they share.
    pub(super) fn processes(&self) -> (&[Process], &Regimes) {
        (&self.processes, &self.regimes)
    }

    pub(super) fn processes_mut(&mut self) -> &mut [Process] {
        &mut self.processes
    }

    /// Whether it is settled beforehand how often rare hazards strike.
    pub(super) fn is_held(&self) -> bool {
        self.held.is_some()
    }

    /// The slot that a process hits and the share that it leaves, if it is a plain renewal whose
    /// disruptions differ in their times only.
    pub(super) fn alone(&self, process: usize) -> Option<(usize, Fraction)> {
        self.plain.hits(process)
    }

    /// Settles how often rare hazards strike before anything else is drawn.
    pub(super) fn set_held(&mut self, held: Held) {
        self.held = Some(Box::new(held));
    }

    /// Samples a replication into `timeline`.
    pub fn sample(&self, replication: u64, timeline: &mut Timeline) {
        timeline.clear();
        self.regimes.sample(replication, &mut timeline.regimes);
        if let Some(held) = &self.held {
            held.draw(replication, &mut timeline.work.counts);
        }
        let mut drawn = std::mem::take(&mut timeline.work.drawn);
        self.plain.draw(replication, &self.processes, &mut drawn);
        for stage in &self.stages {
            match stage {
                Stage::Alone(range) => {
                    for process in &self.processes[range.clone()] {
                        if !self.plain.hit(replication, process, &drawn, timeline) {
                            process.fill(replication, timeline);
                        }
                    }
                }
                Stage::SideBySide(lanes) => {
                    self.plain.tell(lanes.clone(), &drawn, timeline);
                }
                Stage::Together(workshop) => {
                    workshop.fill(replication, &self.processes, timeline);
                }
            }
        }
        timeline.work.drawn = drawn;
        timeline.sort(self.horizon);
    }
}

/// The numbers of the hazards with these ids: after a dated strategy several may have the same.
fn numbers_of(hazards: &[Hazard], ids: &[String]) -> Vec<u32> {
    if ids.is_empty() {
        return Vec::new();
    }
    let matching = hazards
        .iter()
        .enumerate()
        .filter(|(_, hazard)| ids.contains(&hazard.id));
    matching.map(|(index, _)| index as u32).collect()
}
