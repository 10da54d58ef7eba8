//! The disruptions of one replication, in order of time.

use crate::units::{Fraction, Seconds};

use super::order::Order;
use super::plain::Drawn;
use super::process::Process;
use super::regimes::RegimePath;
use super::workshop::Bench;

/// One occurrence of a hazard on one target, or a stage of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Disruption {
    /// What is hit: index into [`super::Timelines::slots`].
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

/// Where the random numbers of an event are: its number in its process and, in a campaign, its
/// number in its cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Address {
    pub(super) event: u32,
    pub(super) member: u32,
}

/// An event that hit something.
#[derive(Clone, Copy, Debug)]
pub(super) struct Event {
    pub(super) hazard: u32,
    pub(super) process: u32,
    /// Whether another process wants to know of it.
    pub(super) is_told: bool,
    pub(super) address: Address,
    pub(super) start: Seconds,
    /// When the last of its disruptions ends; may be past the horizon.
    pub(super) end: Seconds,
    /// Its disruptions, by their place in the list: from here up to there.
    pub(super) first: u32,
    pub(super) last: u32,
}

/// The disruptions of one replication; its memory is used again for the next.
#[derive(Clone, Debug, Default)]
pub struct Timeline {
    pub(super) regimes: RegimePath,
    disruptions: Vec<Disruption>,
    /// Time (33 bits), disruption (30 bits), 1 for its start: sorted, this is the order of events.
    edges: Vec<u64>,
    pub(super) events: Vec<Event>,
    /// Whether the next disruption is the first of its event.
    opening: bool,
    pub(super) work: Work,
}

/// Work space of the processes.
#[derive(Clone, Debug, Default)]
pub(super) struct Work {
    /// Targets that an event hits.
    pub(super) taken: Vec<u32>,
    /// Times of events before they are told in order.
    pub(super) arrivals: Vec<(Seconds, Address)>,
    /// Events of the cause of what is being drawn, in order of their addresses, and their ends.
    pub(super) causes: Vec<(Address, Seconds)>,
    /// Until when each target of what is being drawn is down.
    pub(super) busy: Vec<Seconds>,
    /// A cluster on its way: days, number in the cluster.
    pub(super) cluster: Vec<(f64, u32)>,
    /// How many events rare hazards have, where that is settled beforehand.
    pub(super) counts: Vec<u32>,
    pub(super) bench: Bench,
    pub(super) drawn: Drawn,
    order: Order,
}

impl Timeline {
    /// The disruptions, process by process.
    #[must_use]
    pub fn disruptions(&self) -> &[Disruption] {
        &self.disruptions
    }

    /// Which regime holds when.
    #[must_use]
    pub fn regimes(&self) -> &RegimePath {
        &self.regimes
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

    #[inline]
    fn edge(edge: u64) -> (Seconds, usize, bool) {
        (
            Seconds((edge >> 31) as i64),
            (edge >> 1 & 0x3fff_ffff) as usize,
            edge & 1 == 1,
        )
    }

    /// Puts stated disruptions in place of what it holds, each an event of its own.
    pub fn state(&mut self, disruptions: impl Iterator<Item = Disruption>, horizon: Seconds) {
        self.clear();
        self.extend(disruptions);
        self.sort(horizon);
    }

    /// Empties it for the next replication.
    pub(super) fn clear(&mut self) {
        self.disruptions.clear();
        self.edges.clear();
        self.events.clear();
    }

    /// Puts beginnings and ends in order of time.
    pub(super) fn sort(&mut self, horizon: Seconds) {
        let Self {
            disruptions, edges, ..
        } = self;
        self.work.order.sort(disruptions, horizon, edges);
    }

    /// What is pushed next belongs to a new event.
    pub(super) fn open_event(&mut self) {
        self.opening = true;
    }

    /// Notes the event that was opened, if it hit anything and somebody wants to know.
    pub(super) fn close_event(&mut self, event: Event, end: Seconds) {
        let last = self.disruptions.len() as u32;
        if event.is_told && last > event.first {
            self.events.push(Event { end, last, ..event });
        }
        self.opening = false;
    }

    /// Puts the times of a process's events into `work.arrivals`, in order.
    pub(super) fn arrivals_of(&mut self, process: &Process, replication: u64) {
        let told = (&self.regimes, self.events.as_slice());
        let work = &mut self.work;
        (process.when).arrivals(process.stream, replication, process.horizon, told, work);
    }

    /// What an event brought.
    pub(super) fn disruptions_of(&self, event: &Event) -> &[Disruption] {
        &self.disruptions[event.first as usize..event.last as usize]
    }

    /// Times at which events of some hazards are at work, in the order of their processes.
    pub(super) fn at_work<'t>(
        &'t self,
        hazards: &'t [u32],
    ) -> impl Iterator<Item = &'t Event> + 't {
        self.events
            .iter()
            .filter(|event| hazards.contains(&event.hazard))
    }

    /// Adds a disruption to the event that is open.
    pub(super) fn push(&mut self, mut disruption: Disruption) {
        disruption.is_first = std::mem::take(&mut self.opening);
        self.disruptions.push(disruption);
    }

    /// Adds disruptions that are events of their own.
    pub(super) fn extend(&mut self, disruptions: impl Iterator<Item = Disruption>) {
        self.disruptions.extend(disruptions);
    }
}
