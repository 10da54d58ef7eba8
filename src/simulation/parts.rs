//! What tanks hold by grade, where grades that are told apart share a tank: no more of one comes out of it than went in
//! and was there at the start.

use crate::model::Model;
use crate::network::{NO_ARC, Network, UNLIMITED};
use crate::units::round_half_even;

use super::state::State;

/// What a tank holds of one grade.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct PartState {
    /// 86 400ths of a barrel; below 0 by what is rounded in flows.
    pub(super) volume: i64,
    /// Whether there is any to be had.
    pub(super) is_there: bool,
    /// Whether a field stands still that may begin again once there is more of it.
    pub(super) is_wanting: bool,
    /// Net flow in, b/d.
    pub(super) net: i64,
}

/// What of a tank's contents at the start is of each part: grades share it as the fields that produce them plan at the start.
pub(super) fn shares(model: &Model, network: &Network) -> Vec<f64> {
    if network.parts.is_empty() {
        return Vec::new();
    }
    let Some(grading) = model.grading() else {
        return Vec::new();
    };
    let planned = |commodity: usize| -> f64 {
        let fields = model.fields.iter().zip(&grading.field);
        let own = fields.filter(|&(_, &of)| of == commodity);
        own.map(|(field, _)| field.plan.first().0 as f64).sum()
    };
    let parts = network.parts.iter();
    parts
        .map(|part| {
            let others = network.parts.iter().filter(|other| other.tank == part.tank);
            let all: f64 = others.clone().map(|other| planned(other.commodity)).sum();
            if all > 0.0 {
                planned(part.commodity) / all
            } else {
                1.0 / others.count() as f64
            }
        })
        .collect()
}

impl State<'_> {
    /// Contents by grade as at the start.
    pub(super) fn fill_parts(&mut self) {
        let shares = &self.world.part_shares;
        for (at, part) in self.world.network.parts.iter().enumerate() {
            let volume = self.tanks[part.tank].volume as f64 * shares[at];
            let volume = round_half_even(volume);
            self.parts[at] = PartState {
                volume,
                is_there: volume > 0,
                ..PartState::default()
            };
        }
    }

    /// Lets out of tanks what is there.
    pub(super) fn open_parts(&mut self) {
        self.limit_parts(|_| UNLIMITED);
    }

    /// Lets of each grade no more out of tanks than there is if it goes on for so long.
    pub(super) fn open_parts_for(&mut self, seconds: i64) {
        self.limit_parts(|part| part.volume / seconds);
    }

    fn limit_parts(&mut self, limit: impl Fn(&PartState) -> i64) {
        for at in 0..self.parts.len() {
            let part = &self.parts[at];
            let limit = if part.is_there { limit(part) } else { 0 };
            self.write_arc(self.world.network.parts[at].drawn, limit.max(0));
        }
    }

    /// Notes of which grades all is drawn that may be, as last solved.
    pub(super) fn note_wanting_parts(&mut self) {
        for (at, arcs) in self.world.network.parts.iter().enumerate() {
            let carrier = self.world.network.problem.carrier[arcs.drawn];
            let flow = if carrier == NO_ARC {
                0
            } else {
                self.allocator.flows()[carrier]
            };
            self.parts[at].is_wanting |= flow >= self.arc_capacity[arcs.drawn];
        }
    }

    /// Reads off what tanks gain and lose of each grade. Whether of one nothing more is to be had from now on.
    pub(super) fn flag_parts(&mut self) -> bool {
        let (network, flows) = (&self.world.network, self.allocator.flows());
        let flow = |arc: usize| match network.problem.carrier[arc] {
            NO_ARC => 0,
            carrier => flows[carrier],
        };
        let mut flagged = false;
        for (part, arcs) in self.parts.iter_mut().zip(&network.parts) {
            part.net = flow(arcs.gained) - flow(arcs.drawn);
            if part.is_there && part.net < 0 && part.volume < -part.net {
                part.is_there = false;
                flagged = true;
            }
        }
        flagged
    }

    /// Seconds until there is nothing more of a grade in some tank, at most `most`.
    pub(super) fn seconds_to_last(&self, most: i64) -> i64 {
        let emptying = self
            .parts
            .iter()
            .filter(|part| part.is_there && part.net < 0);
        let times = emptying.map(|part| part.volume / -part.net);
        times.fold(most, i64::min)
    }

    /// Lets time pass for what tanks hold by grade.
    pub(super) fn pass_parts(&mut self, seconds: i64) {
        for part in &mut self.parts {
            part.volume += part.net * seconds;
            part.is_there |= part.net > 0 && part.volume > 0;
            // What is left would not last for a second: it is no stock that anything may wait for.
            part.is_there &= part.net >= 0 || part.volume >= -part.net;
        }
    }
}
