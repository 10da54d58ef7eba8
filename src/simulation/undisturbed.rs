//! The future in which nothing goes wrong: what every loss by route or hazard is measured against.

use crate::sampling::Timeline;
use crate::units::Seconds;

use super::quota::QuotaAccount;
use super::replication::{Follower, play};
use super::settings::RunError;
use super::state::State;
use super::world::World;

/// Flows by epoch when nothing goes wrong.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Undisturbed {
    pub(super) starts: Vec<Seconds>,
    pub(super) delivered: Vec<i64>,
    pub(super) exported: Vec<i64>,
    pub(super) planned: Vec<i64>,
    pub(super) produced: Vec<i64>,
    /// Withheld for quotas over the horizon, 86 400ths of a barrel.
    pub(super) quota_cut: i64,
    pub(super) quotas: Vec<QuotaAccount>,
    /// Flow through each element: what a field produces, a link carries (net), a market gets, a
    /// hub passes on.
    pub(super) through: Vec<Vec<i64>>,
    /// What each field could produce and has no way out for.
    pub(super) shut_in: Vec<Vec<i64>>,
    /// What comes of each lot to markets that pay by grade.
    pub(super) lots: Vec<Vec<i64>>,
}

impl Undisturbed {
    pub(super) fn of(world: &World<'_>) -> Result<Self, RunError> {
        let mut found = Self::default();
        let mut state = State::new(world, false);
        play(world, &mut state, 0, &Timeline::default(), &mut found)?;
        found.quotas = state
            .quotas
            .into_iter()
            .map(|quota| quota.account)
            .collect();
        Ok(found)
    }

    /// The epoch that holds at `time`, searched from `hint` on.
    pub(super) fn epoch_at(&self, time: Seconds, hint: usize) -> usize {
        let mut at = hint;
        while self.starts.get(at + 1).is_some_and(|&start| start <= time) {
            at += 1;
        }
        at
    }

    /// When the epoch after `epoch` begins.
    pub(super) fn end_of(&self, epoch: usize, horizon: Seconds) -> Seconds {
        self.starts.get(epoch + 1).copied().unwrap_or(horizon)
    }
}

impl Follower for Undisturbed {
    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        self.quota_cut += state.rates.books.quota_cut * (to - from).0;
        let through = through(state);
        let rates = &state.rates;
        let lots = &rates.sold[state.world.model.markets.len()..];
        let fields = state.field_books().iter().enumerate();
        let shut_in: Vec<i64> = fields
            .map(|(field, books)| books.potential() - state.produced(field))
            .collect();
        let same = self.delivered.last() == Some(&rates.delivered)
            && self.planned.last() == Some(&rates.books.planned)
            && self.through.last() == Some(&through)
            && self.shut_in.last() == Some(&shut_in)
            && self.lots.last().is_none_or(|last| last == lots);
        if !same {
            self.starts.push(from);
            self.delivered.push(rates.delivered);
            self.exported.push(rates.exported);
            self.planned.push(rates.books.planned);
            self.produced.push(rates.produced);
            self.through.push(through);
            self.lots.push(lots.to_vec());
            self.shut_in.push(shut_in);
        }
    }
}

/// The flow through each element, b/d.
pub(super) fn through(state: &State<'_>) -> Vec<i64> {
    let world = state.world;
    let model = world.model;
    let elements = world.elements;
    let mut through = vec![0; elements.count()];
    for field in 0..model.fields.len() {
        through[elements.field(field)] = state.produced(field);
    }
    for market in 0..model.markets.len() {
        through[elements.market(market)] = state.rates.sold[market];
    }
    for (link, spec) in model.links.iter().enumerate() {
        let flow = state.link_flow(link);
        through[elements.link(link)] = flow;
        let leaves = if flow >= 0 { spec.from } else { spec.to };
        if let crate::model::NodeRef::Hub(hub) = leaves {
            through[elements.hub(hub)] += flow.abs();
        }
    }
    through
}
