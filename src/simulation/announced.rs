//! Announced disruptions: before one begins, tanks upstream of what it hits make room, and tanks
//! downstream of it keep what they have.

use crate::model::{Element, Hazard, Model};
use crate::network::{ArcRole, Network};
use crate::sampling::{Disruption, Timeline};
use crate::units::Seconds;

use super::state::State;

/// What tanks do while they prepare.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Preparation {
    /// All that it holds may go.
    Release,
    /// Nothing is drawn.
    Hold,
}

/// The begin or end of a time in which a tank prepares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Notice {
    pub(super) time: Seconds,
    tank: usize,
    preparation: Preparation,
    begins: bool,
}

/// How many disruptions a tank prepares for now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Prepared {
    release: u32,
    hold: u32,
}

/// What is fixed for a run: which tanks lie upstream and downstream of what can be announced.
#[derive(Clone, Debug, Default)]
pub(super) struct Announcements {
    /// For each hazard, how long before it is announced.
    lead: Vec<Option<Seconds>>,
    /// For each slot that an announced hazard hits, tanks and what they do.
    tanks: Vec<Vec<(usize, Preparation)>>,
}

impl Announcements {
    /// - `slots`: the element of each slot.
    pub(super) fn of(
        model: &Model,
        network: &Network,
        hazards: &[Hazard],
        slots: impl Iterator<Item = Element>,
    ) -> Self {
        let lead: Vec<Option<Seconds>> = hazards.iter().map(|hazard| hazard.announced).collect();
        if network.tanks.is_empty() || lead.iter().all(Option::is_none) {
            return Self::default();
        }
        let is_announced = |element: Element| {
            let announced = hazards.iter().filter(|hazard| hazard.announced.is_some());
            let mut parts = announced
                .flat_map(|hazard| &hazard.targets)
                .flat_map(|target| &target.parts);
            parts.any(|part| part.element == element)
        };
        let tanks = slots
            .map(|element| {
                if is_announced(element) {
                    around(model, network, element)
                } else {
                    Vec::new()
                }
            })
            .collect();
        Self { lead, tanks }
    }

    /// The notices of a replication, in order of time.
    pub(super) fn read(&self, timeline: &Timeline, notices: &mut Vec<Notice>) {
        notices.clear();
        if self.lead.is_empty() {
            return;
        }
        let disruptions = timeline.disruptions().iter();
        let mut known: Vec<_> = disruptions
            .filter_map(|disruption| {
                let lead = self.lead[disruption.hazard as usize]?;
                let Disruption {
                    hazard,
                    slot,
                    start,
                    ..
                } = *disruption;
                Some(((hazard, slot), start, disruption.end, lead))
            })
            .collect();
        known.sort_unstable();
        let mut last = None;
        for (what, start, end, lead) in known {
            // A later part of a disruption is no news.
            let goes_on = last.is_some_and(|(other, until)| other == what && start <= until);
            let until = match last {
                Some((_, until)) if goes_on => end.max(until),
                _ => end,
            };
            last = Some((what, until));
            if goes_on || start <= Seconds::ZERO {
                continue;
            }
            let begin = Seconds(start.0.saturating_sub(lead.0).max(0));
            for &(tank, preparation) in &self.tanks[what.1 as usize] {
                for (time, begins) in [(begin, true), (start, false)] {
                    notices.push(Notice {
                        time,
                        tank,
                        preparation,
                        begins,
                    });
                }
            }
        }
        notices.sort_unstable();
    }
}

/// The tanks whose oil can pass an element, and those that oil can reach from it. One that lies on
/// both sides, because links lead back, does neither.
fn around(model: &Model, network: &Network, element: Element) -> Vec<(usize, Preparation)> {
    if let Element::Tank(hub) = element {
        let own = network.tank_of_hub(hub).into_iter();
        return own.map(|tank| (tank, Preparation::Release)).collect();
    }
    let stands_for = |role: ArcRole| match (role, element) {
        (ArcRole::Source(field), Element::Field(hit)) => field == hit,
        (ArcRole::Link { link, .. }, Element::Link(hit)) => link == hit,
        (ArcRole::Through(hub), Element::Hub(hit)) => hub == hit,
        (ArcRole::Sell { market, .. }, Element::Market(hit)) => market == hit,
        _ => false,
    };
    let hit: Vec<_> = network
        .arcs
        .iter()
        .filter(|arc| stands_for(arc.role))
        .collect();
    let upstream = reached(network, hit.iter().filter_map(|arc| arc.tail), true);
    let downstream = reached(network, hit.iter().filter_map(|arc| arc.head), false);
    let fields = model.fields.len();
    let mut found = Vec::new();
    for (tank, arcs) in network.tanks.iter().enumerate() {
        let node = fields + arcs.hub;
        match (upstream[node], downstream[node]) {
            (true, false) => found.push((tank, Preparation::Release)),
            (false, true) => found.push((tank, Preparation::Hold)),
            _ => {}
        }
    }
    found
}

/// Nodes that can be reached from some, or from which those can be.
fn reached(network: &Network, starts: impl Iterator<Item = usize>, backward: bool) -> Vec<bool> {
    let mut seen = vec![false; network.nodes];
    let mut stack: Vec<usize> = starts.collect();
    while let Some(node) = stack.pop() {
        if std::mem::replace(&mut seen[node], true) {
            continue;
        }
        for arc in &network.arcs {
            let (from, to) = if backward {
                (arc.head, arc.tail)
            } else {
                (arc.tail, arc.head)
            };
            if from == Some(node) {
                stack.extend(to);
            }
        }
    }
    seen
}

impl State<'_> {
    /// A tank begins to prepare for something, or ends.
    pub(super) fn notice(&mut self, notice: Notice) {
        let prepared = &mut self.prepared[notice.tank];
        let count = match notice.preparation {
            Preparation::Release => &mut prepared.release,
            Preparation::Hold => &mut prepared.hold,
        };
        *count = if notice.begins {
            *count + 1
        } else {
            count.saturating_sub(1)
        };
        self.resize_tank(notice.tank, self.tanks[notice.tank].top);
    }

    /// Nothing is prepared for.
    pub(super) fn forget_notices(&mut self) {
        for tank in 0..self.prepared.len() {
            if std::mem::take(&mut self.prepared[tank]) != Prepared::default() {
                self.resize_tank(tank, self.tanks[tank].top);
            }
        }
    }

    /// The share of a tank below which nothing is drawn now: its target, nothing while it makes
    /// room, all while it keeps what it has. Room comes first.
    pub(super) fn target_of(&self, tank: usize) -> f64 {
        match self.prepared[tank] {
            Prepared { release: 1.., .. } => 0.0,
            Prepared { hold: 1.., .. } => 1.0,
            _ => {
                let hub = self.world.network.tanks[tank].hub;
                let spec = self.world.model.hubs[hub].tank.as_ref();
                spec.map_or(0.0, |spec| spec.target.get())
            }
        }
    }
}
