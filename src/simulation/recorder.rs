//! What a course of events is told from: its epochs, each with what changed at its start.

use crate::results::{CourseEpoch, CourseRoute, CourseTank};
use crate::units::{BarrelsPerDay, Seconds, Volume};

use super::dispatch::TankState;
use super::state::State;
use super::undisturbed::{Undisturbed, through};
use super::world::World;

/// Writes down the epochs of a replication, cut also where the undisturbed future changes.
pub(super) struct Recorder<'w> {
    world: &'w World<'w>,
    undisturbed: &'w Undisturbed,
    at: usize,
    causes: Vec<String>,
    before: Vec<(bool, bool)>,
    were_open: Vec<bool>,
    pub(super) epochs: Vec<CourseEpoch>,
}

/// A piece of an epoch in which the undisturbed future is constant too.
pub(super) struct Piece<'r> {
    /// When the whole epoch began: the state shows this instant.
    pub(super) since: Seconds,
    pub(super) from: Seconds,
    pub(super) to: Seconds,
    /// Flow through each element, b/d.
    pub(super) through: &'r [i64],
    /// The same in the undisturbed future.
    pub(super) usual: &'r [i64],
    /// Shut in by each field in the undisturbed future, b/d.
    pub(super) usually_shut_in: &'r [i64],
    /// Delivered in the undisturbed future, b/d.
    pub(super) usually_delivered: i64,
}

impl Piece<'_> {
    /// What is in a tank at an instant of the epoch, 86 400ths of a barrel.
    pub(super) fn contents(&self, tank: &TankState, at: Seconds) -> i64 {
        tank.volume + (BarrelsPerDay(tank.net) * (at - self.since)).0
    }

    /// How long it is, seconds.
    pub(super) fn seconds(&self) -> i64 {
        (self.to - self.from).0
    }
}

impl<'w> Recorder<'w> {
    pub(super) fn new(world: &'w World<'w>, undisturbed: &'w Undisturbed) -> Self {
        Self {
            world,
            undisturbed,
            at: 0,
            causes: Vec::new(),
            before: Vec::new(),
            were_open: Vec::new(),
            epochs: Vec::new(),
        }
    }

    /// Notes what changes before the next epoch; once, however often it is said.
    pub(super) fn note(&mut self, cause: String) {
        if !self.causes.contains(&cause) {
            self.causes.push(cause);
        }
    }

    /// Writes an epoch down and shows each piece of it to `see`.
    pub(super) fn epoch(
        &mut self,
        from: Seconds,
        to: Seconds,
        state: &State<'_>,
        mut see: impl FnMut(&Piece<'_>),
    ) {
        let mut cause = self.name_cause(state);
        let through = through(state);
        let horizon = self.world.model.horizon;
        let mut start = from;
        while start < to {
            self.at = self.undisturbed.epoch_at(start, self.at);
            let end = self.undisturbed.end_of(self.at, horizon).min(to);
            let piece = Piece {
                since: from,
                from: start,
                to: end,
                through: &through,
                usual: &self.undisturbed.through[self.at],
                usually_shut_in: &self.undisturbed.shut_in[self.at],
                usually_delivered: self.undisturbed.delivered[self.at],
            };
            see(&piece);
            let cause = std::mem::replace(&mut cause, "plan changes".to_owned());
            let epoch = self.written(&piece, cause, state);
            self.epochs.push(epoch);
            start = end;
        }
    }

    /// Why a new epoch begins; where nothing else says so, a tank or the calendar.
    fn name_cause(&mut self, state: &State<'_>) -> String {
        let hub = |tank: usize| &self.world.model.hubs[self.world.network.tanks[tank].hub].name;
        for (tank, (now, before)) in state.tanks.iter().zip(&self.before).enumerate() {
            if now.full && !before.0 {
                self.causes.push(format!("tank full: {}", hub(tank)));
            }
            if now.low && !before.1 {
                self.causes.push(format!("tank drawn down: {}", hub(tank)));
            }
        }
        for &field in &state.courses.stepped {
            let name = &self.world.model.fields[field].name;
            self.causes.push(format!("restart: {name}"));
        }
        self.were_open.resize(state.lags.len(), false);
        let lags = state.lags.iter().zip(&self.world.lagged);
        for ((lag, lagged), was_open) in lags.zip(&mut self.were_open) {
            if lag.is_open && !*was_open {
                let link = &self.world.model.links[lagged.link].name;
                self.causes.push(format!("lag over: {link}"));
            }
            *was_open = lag.is_open;
        }
        self.before = state
            .tanks
            .iter()
            .map(|tank| (tank.full, tank.low))
            .collect();
        if self.causes.is_empty() {
            let start = self.epochs.is_empty();
            return if start { "start" } else { "flows change" }.to_owned();
        }
        self.causes.drain(..).collect::<Vec<_>>().join("; ")
    }

    fn written(&self, piece: &Piece<'_>, cause: String, state: &State<'_>) -> CourseEpoch {
        let model = self.world.model;
        let elements = self.world.elements;
        let rates = &state.rates;
        let through = piece.through;
        let routes_bpd = model
            .routes
            .iter()
            .map(|route| {
                route
                    .gates
                    .iter()
                    .map(|&gate| through[elements.link(gate)])
                    .sum()
            })
            .collect();
        CourseEpoch {
            start_seconds: piece.from.0,
            end_seconds: piece.to.0,
            cause,
            planned_bpd: rates.books.planned,
            delivered_bpd: rates.delivered,
            undisturbed_bpd: piece.usually_delivered,
            shut_in_bpd: rates.books.potential() - rates.produced,
            storing_bpd: state.tanks.iter().map(|tank| tank.net).sum::<i64>() + rates.departed
                - rates.delivered,
            routes_bpd,
            stocks_bbl: state
                .tanks
                .iter()
                .map(|tank| bbl(piece.contents(tank, piece.to)))
                .collect(),
            produced_bpd: (0..model.fields.len())
                .map(|field| through[elements.field(field)])
                .collect(),
        }
    }

    /// The routes, in the order of each epoch's flows.
    pub(super) fn routes(&self) -> Vec<CourseRoute> {
        let routes = self.world.model.routes.iter();
        routes
            .map(|route| CourseRoute {
                id: route.id.clone(),
                name: route.name.clone(),
            })
            .collect()
    }

    /// The tanks, in the order of each epoch's stocks.
    pub(super) fn tanks(&self, state: &State<'_>) -> Vec<CourseTank> {
        let tanks = self.world.network.tanks.iter().enumerate();
        tanks
            .map(|(index, tank)| {
                let hub = &self.world.model.hubs[tank.hub];
                CourseTank {
                    id: hub.id.clone(),
                    name: hub.name.clone(),
                    capacity_bbl: bbl(state.tanks[index].top),
                    initial_bbl: bbl(state.initial_volumes[index]),
                }
            })
            .collect()
    }
}

/// Whole barrels of a volume in 86 400ths.
pub(super) fn bbl(volume: i64) -> i64 {
    Volume(volume).to_barrels().0
}
