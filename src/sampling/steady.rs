//! Slots that are hit as often at one instant as at any other, whatever else is hit.

use crate::model::{Model, Start};
use crate::units::Fraction;

use super::known::Asked;
use super::timelines::Timelines;
use super::when::When;

/// What hits a slot: one renewal in equilibrium, which hangs on nothing else.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Steady {
    /// Index of the hazard.
    pub hazard: u32,
    /// Share of capacity that its disruptions leave.
    pub left: Fraction,
    /// Share of the time that they take, the same at each instant.
    pub share: f64,
    /// Expected number of disruptions in a replication.
    pub events: f64,
}

/// What hits each slot, if each is hit by one renewal in equilibrium and by nothing else. Then what
/// happens to one slot says nothing about another, and the time for which two are hit at once has a
/// known mean.
#[must_use]
pub fn steady(model: &Model, timelines: &Timelines) -> Option<Vec<Steady>> {
    if timelines.is_held() {
        return None;
    }
    let (processes, regimes) = timelines.processes();
    let repairs = model.hazards.iter().map(|hazard| hazard.repair.is_plain());
    let has_plain_repair: Vec<bool> = repairs.collect();
    let asked = Asked {
        processes,
        has_plain_repair: &has_plain_repair,
        regimes,
    };
    let mut found = vec![None; timelines.slots().len()];
    for (number, process) in processes.iter().enumerate() {
        let (slot, left) = timelines.alone(number)?;
        match &process.when {
            When::Renewal(renewal) if renewal.start == Start::Stationary => {}
            _ => return None,
        }
        let known = asked.time_down(process).ok()?;
        let steady = Steady {
            hazard: process.hazard,
            left,
            share: known.days / process.horizon.days(),
            events: known.events,
        };
        // What two hazards hit is down together in more ways than can be told apart here.
        if found[slot].replace(steady).is_some() {
            return None;
        }
    }
    found.into_iter().collect()
}
