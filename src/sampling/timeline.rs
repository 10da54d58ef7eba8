//! The disruptions of one replication, in order of time.

use jiff::civil::Date;

use crate::model::{Element, Hazard};
use crate::units::{Fraction, Seconds};

use super::process::Process;

/// One occurrence of a hazard on one target.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disruption {
    /// What is hit: index into [`Timelines::slots`].
    pub slot: u32,
    /// Index of the hazard in the model.
    pub hazard: u32,
    /// When it begins.
    pub start: Seconds,
    /// When it ends, at most the horizon.
    pub end: Seconds,
    /// Share of capacity left meanwhile.
    pub left: Fraction,
    /// Whether it is the first that its event brings: an event may hit several targets.
    pub is_first: bool,
}

/// The disruptions of one replication; its memory is used again for the next.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    disruptions: Vec<Disruption>,
    /// Time (33 bits), disruption (30 bits), 1 for its start: sorted, this is the order of events.
    edges: Vec<u64>,
    /// Work space for choosing targets.
    pub(super) taken: Vec<u32>,
    /// Whether the next disruption is the first of its event.
    opening: bool,
}

impl Timeline {
    /// The disruptions, process by process.
    #[must_use]
    pub fn disruptions(&self) -> &[Disruption] {
        &self.disruptions
    }

    /// The beginnings and ends in order of time: when, which disruption, whether it begins.
    pub fn edges(&self) -> impl Iterator<Item = (Seconds, usize, bool)> + '_ {
        self.edges.iter().map(|&edge| Self::edge(edge))
    }

    /// Number of beginnings and ends.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.edges.len()
    }

    /// The `index`-th of [`Self::edges`].
    #[must_use]
    pub fn edge_at(&self, index: usize) -> Option<(Seconds, usize, bool)> {
        self.edges.get(index).map(|&edge| Self::edge(edge))
    }

    fn edge(edge: u64) -> (Seconds, usize, bool) {
        (
            Seconds((edge >> 31) as i64),
            (edge >> 1 & 0x3fff_ffff) as usize,
            edge & 1 == 1,
        )
    }

    /// What is pushed next belongs to a new event.
    pub(super) fn open_event(&mut self) {
        self.opening = true;
    }

    pub(super) fn push(&mut self, mut disruption: Disruption, horizon: Seconds) {
        disruption.is_first = std::mem::take(&mut self.opening);
        let index = (self.disruptions.len() as u64) << 1;
        self.edges
            .push((disruption.start.0 as u64) << 31 | index | 1);
        if disruption.end < horizon {
            self.edges.push((disruption.end.0 as u64) << 31 | index);
        }
        self.disruptions.push(disruption);
    }
}

/// All processes of a model under one seed.
#[derive(Clone, Debug)]
pub struct Timelines {
    slots: Vec<(Element, Option<usize>)>,
    processes: Vec<Process>,
}

impl Timelines {
    /// Prepares the processes of `hazards`.
    ///
    /// - `epistemic`: which draw of uncertain figures; 0 if there is none.
    #[must_use]
    pub fn new(
        hazards: &[Hazard],
        seed: u64,
        epistemic: u64,
        start: Date,
        horizon: Seconds,
    ) -> Self {
        let mut slots: Vec<(Element, Option<usize>)> = hazards
            .iter()
            .flat_map(|hazard| &hazard.targets)
            .map(|target| (target.element, target.unit))
            .collect();
        slots.sort_unstable();
        slots.dedup();
        let slot_of = |target: &(Element, Option<usize>)| {
            slots.binary_search(target).map_or(0, |slot| slot as u32)
        };
        let processes = hazards
            .iter()
            .enumerate()
            .flat_map(|(index, hazard)| {
                let hit: Vec<u32> = hazard
                    .targets
                    .iter()
                    .map(|target| slot_of(&(target.element, target.unit)))
                    .collect();
                Process::of(hazard, index, &hit, (seed, epistemic), start, horizon)
            })
            .map(Process::with_log_slots)
            .collect();
        Self { slots, processes }
    }

    /// What can be hit: an element, or one of its units.
    #[must_use]
    pub fn slots(&self) -> &[(Element, Option<usize>)] {
        &self.slots
    }

    /// Samples a replication into `timeline`.
    pub fn sample(&self, replication: u64, timeline: &mut Timeline) {
        timeline.disruptions.clear();
        timeline.edges.clear();
        for process in &self.processes {
            process.fill(replication, timeline);
        }
        timeline.edges.sort_unstable();
    }
}
