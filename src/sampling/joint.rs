//! How long several parts of an element are gone at once.
//!
//! Where repairs wait for each other, what an element loses is no sum over its hazards: with two of
//! three moorings needed, all depends on how long two are down together. Such times have no known
//! mean. But they hang on the hazards that wait and on what those refer to alone, and on nothing
//! that flows, so that they can be drawn apart, in many more futures than are played.

use jiff::civil::Date;

use crate::model::{Crew, Element, Hazard, Model, Regime};
use crate::units::Seconds;

use super::timeline::Timeline;
use super::timelines::Timelines;

/// Stands for "no part".
const NONE: (u32, u32) = (u32::MAX, 0);
/// A whole part, in the unit of what is lost of it: sums of shares stay exact.
const WHOLE: i64 = 1 << 20;
/// Parts that are told apart of one element, at most…
const MOST_PARTS: usize = 8;
/// … and times of all elements together.
const MOST_TIMES: usize = 64;
/// The draw of the streams in which futures are drawn apart; no draw of uncertain figures has it.
const APART: u64 = u64::MAX;

/// Times in which parts of elements are gone together.
#[derive(Clone, Debug)]
pub struct JointTimes {
    /// By slot: its element and its part of it.
    parts: Vec<(u32, u32)>,
    /// By hazard: whether its repairs wait.
    waits: Vec<bool>,
    /// By element: its first time, and how many parts are told apart.
    elements: Vec<(usize, usize)>,
    count: usize,
}

/// Work space for reading them.
#[derive(Clone, Debug, Default)]
pub struct JointSpace {
    /// When what part of which element loses how much more.
    changes: Vec<(u32, Seconds, u32, i64)>,
    /// What each part of an element has lost.
    lost: Vec<i64>,
    sums: Vec<i64>,
}

/// Whether a repair waits for anything that others take or make.
fn waits(hazard: &Hazard) -> bool {
    !hazard.repair.is_plain()
}

impl JointTimes {
    /// Those of the elements that hazards hit whose repairs wait.
    ///
    /// - `hazards`: those of the timelines.
    #[must_use]
    pub fn of(hazards: &[Hazard], timelines: &Timelines) -> Self {
        let waits: Vec<bool> = hazards.iter().map(waits).collect();
        let slots = timelines.slots();
        let mut is_hit = vec![false; slots.len()];
        for hazard in hazards.iter().filter(|hazard| self::waits(hazard)) {
            for part in hazard.targets.iter().flat_map(|target| &target.parts) {
                if let Ok(slot) = slots.binary_search(&(part.element, part.unit)) {
                    is_hit[slot] = true;
                }
            }
        }
        let mut parts = vec![NONE; slots.len()];
        let mut elements: Vec<(usize, usize)> = Vec::new();
        let mut count = 0;
        let mut last: Option<Element> = None;
        // Slots of an element stand beside each other.
        for (slot, &(element, _)) in slots.iter().enumerate().filter(|&(slot, _)| is_hit[slot]) {
            if last != Some(element) {
                if count >= MOST_TIMES {
                    break;
                }
                elements.push((count, 0));
                last = Some(element);
            }
            let number = elements.len() - 1;
            if let Some((_, told)) = elements.last_mut() {
                parts[slot] = (number as u32, *told as u32);
                if *told < MOST_PARTS && count < MOST_TIMES {
                    *told += 1;
                    count += 1;
                } else {
                    parts[slot] = NONE;
                }
            }
        }
        Self {
            parts,
            waits,
            elements,
            count,
        }
    }

    /// How many times are told of a replication.
    #[must_use]
    pub fn count(&self) -> usize {
        self.count
    }

    /// Appends the times of a replication that was sampled, in whole seconds: of each element, how
    /// long more than none, more than one … of its parts were gone, a part of a part counting so much.
    pub fn read(&self, timeline: &Timeline, space: &mut JointSpace, rows: &mut Vec<i64>) {
        if self.count == 0 {
            return;
        }
        let JointSpace {
            changes,
            lost,
            sums,
        } = space;
        changes.clear();
        for disruption in timeline.disruptions() {
            let (element, part) = self.parts[disruption.slot as usize];
            if element == NONE.0 || !self.waits[disruption.hazard as usize] {
                continue;
            }
            let taken = (1.0 - disruption.left.get()).clamp(0.0, 1.0);
            let taken = (taken * WHOLE as f64) as i64;
            changes.push((element, disruption.start, part, taken));
            changes.push((element, disruption.end, part, -taken));
        }
        changes.sort_unstable();
        sums.clear();
        sums.resize(self.count, 0);
        for changes in changes.chunk_by(|one, next| one.0 == next.0) {
            let (first, parts) = self.elements[changes[0].0 as usize];
            lost.clear();
            lost.resize(parts, 0);
            let mut gone = 0;
            let mut since = changes[0].1;
            for &(_, time, part, change) in changes {
                let lasts = (time - since).0;
                for (sum, before) in sums[first..first + parts].iter_mut().zip(0_i64..) {
                    let share = (gone - before * WHOLE).clamp(0, WHOLE);
                    if share == 0 {
                        break;
                    }
                    *sum += share * lasts;
                }
                since = time;
                // Two causes take no more of a part than there is.
                let own = &mut lost[part as usize];
                gone -= (*own).min(WHOLE);
                *own += change;
                gone += (*own).min(WHOLE);
            }
        }
        rows.extend(sums.iter().map(|sum| (sum + WHOLE / 2) / WHOLE));
    }
}

/// Futures of nothing but what joint times hang on, with random numbers that no run has.
#[derive(Clone, Debug)]
pub struct Apart {
    timelines: Timelines,
    joint: JointTimes,
    /// What they hang on: hazards, and of what they belong to all but hazards.
    hazards: Vec<Hazard>,
    regimes: Vec<Regime>,
    crews: Vec<Crew>,
    calendar: (Date, Seconds),
}

impl Apart {
    /// Those of a model; the times are those of [`JointTimes::of`] its own timelines.
    #[must_use]
    pub fn of(model: &Model, seed: u64) -> Self {
        let hazards = with_all_they_need(&model.hazards, &waits);
        let timelines = Timelines::new(model, &hazards, seed, APART);
        let joint = JointTimes::of(&hazards, &timelines);
        Self {
            timelines,
            joint,
            hazards,
            regimes: model.regimes.clone(),
            crews: model.crews.clone(),
            calendar: (model.start, model.horizon),
        }
    }

    /// Whether these are the futures of a model, too, under the same seed.
    #[must_use]
    pub fn is_of(&self, model: &Model) -> bool {
        self.calendar == (model.start, model.horizon)
            && self.regimes == model.regimes
            && self.crews == model.crews
            && self.hazards == with_all_they_need(&model.hazards, &waits)
    }

    /// How many times are told of a future.
    #[must_use]
    pub fn count(&self) -> usize {
        self.joint.count()
    }

    /// Draws the future of this number and appends its times.
    pub fn draw(
        &self,
        number: u64,
        timeline: &mut Timeline,
        space: &mut JointSpace,
        rows: &mut Vec<i64>,
    ) {
        self.timelines.sample(number, timeline);
        self.joint.read(timeline, space, rows);
    }
}

/// The hazards that are asked for and all that their disruptions hang on: causes, what work keeps
/// clear of or stands still for, and who shares a crew, in their order. They are drawn the same
/// without the others.
#[must_use]
pub fn with_all_they_need(hazards: &[Hazard], asked: &dyn Fn(&Hazard) -> bool) -> Vec<Hazard> {
    let mut is_needed: Vec<bool> = hazards.iter().map(asked).collect();
    loop {
        let mut is_complete = true;
        for at in 0..hazards.len() {
            if is_needed[at] {
                continue;
            }
            let mut needed = hazards.iter().zip(&is_needed).filter(|&(_, &is)| is);
            let shares_crew = |other: &Hazard| {
                other.repair.crew.is_some() && other.repair.crew == hazards[at].repair.crew
            };
            if needed.any(|(other, _)| {
                other.refers_to().any(|id| id == hazards[at].id) || shares_crew(other)
            }) {
                is_needed[at] = true;
                is_complete = false;
            }
        }
        if is_complete {
            break;
        }
    }
    let needed = hazards.iter().zip(&is_needed).filter(|&(_, &is)| is);
    needed.map(|(hazard, _)| hazard.clone()).collect()
}
