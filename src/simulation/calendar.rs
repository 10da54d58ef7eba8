//! What changes at known times: plans, capacities, demands, nominations, tank sizes.

use crate::model::{Follow, Model, Quota, Series};
use crate::network::UNLIMITED;
use crate::units::{Barrels, BarrelsPerDay, Seconds};

use super::quota::QuotaRules;

/// A quantity that the calendar sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Entry {
    /// Plan of a field, capacity of a hub or link, demand of a market, by element.
    Nominal(usize),
    /// Commitment of a market.
    Commitment(usize),
    /// Nomination of a link.
    Nomination(usize),
    /// Size of a tank, in 86 400ths of a barrel; by its place among the tanks.
    TankSize(usize),
    /// Volume of a transit.
    Transit(usize),
    /// Entitlement of a field.
    Entitlement(usize),
    /// Cap of a quota.
    Cap(usize),
    /// Compensation of a quota.
    Compensation(usize),
    /// A month begins: where months keep to quotas, an event that changes nothing else.
    Month,
    /// What a link with a lag carries when nothing goes wrong, b/d; negative against its direction.
    Usual(usize),
}

/// One change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) time: Seconds,
    pub(super) entry: Entry,
    pub(super) value: i64,
}

/// All values at the start, and all changes in order of time.
#[derive(Clone, Debug, Default)]
pub(super) struct Calendar {
    pub(super) start: Vec<(Entry, i64)>,
    pub(super) changes: Vec<Change>,
    /// What changes at all, to be set back for the next replication.
    pub(super) restore: Vec<(Entry, i64)>,
}

impl Calendar {
    pub(super) fn of(model: &Model) -> Self {
        let mut calendar = Self::default();
        let elements = Elements::of(model);
        let unlimited = Series::constant(BarrelsPerDay(UNLIMITED));
        for (index, field) in model.fields.iter().enumerate() {
            calendar.add(Entry::Nominal(elements.field(index)), &field.plan, |rate| {
                rate.0
            });
            if let Some(entitlement) = &field.entitlement {
                calendar.add(Entry::Entitlement(index), entitlement, |rate| rate.0);
            }
        }
        for (index, hub) in model.hubs.iter().enumerate() {
            let capacity = hub.capacity.as_ref().unwrap_or(&unlimited);
            calendar.add(Entry::Nominal(elements.hub(index)), capacity, |rate| rate.0);
        }
        for (index, market) in model.markets.iter().enumerate() {
            let demand = market.demand.as_ref().unwrap_or(&unlimited);
            calendar.add(Entry::Nominal(elements.market(index)), demand, |rate| {
                rate.0
            });
            if let Some(commitment) = &market.commitment {
                calendar.add(Entry::Commitment(index), commitment, |rate| rate.0);
            }
        }
        for (index, link) in model.links.iter().enumerate() {
            let capacity = link.capacity.as_ref().unwrap_or(&unlimited);
            calendar.add(Entry::Nominal(elements.link(index)), capacity, |rate| {
                rate.0
            });
            if let Some(nomination) = &link.nomination {
                calendar.add(Entry::Nomination(index), nomination, |rate| rate.0);
            }
        }
        let tanks = model.hubs.iter().filter_map(|hub| hub.tank.as_ref());
        for (index, tank) in tanks.enumerate() {
            let size = |barrels: Barrels| barrels.to_volume().0;
            calendar.add(Entry::TankSize(index), &tank.capacity, size);
        }
        for (index, transit) in model.transits.iter().enumerate() {
            calendar.add(Entry::Transit(index), &transit.volume, |rate| rate.0);
        }
        // A quota that nobody keeps changes no flow, so it makes no events either.
        let kept = |quota: &&Quota| quota.follow != Follow::NationalInterest;
        let quotas = model.quotas.iter().enumerate();
        for (index, quota) in quotas.filter(|(_, quota)| kept(quota)) {
            calendar.add(Entry::Cap(index), &quota.cap, |rate| rate.0);
            calendar.add(Entry::Compensation(index), &quota.compensation, |rate| {
                rate.0
            });
        }
        let mut months = QuotaRules::of(model).months;
        if !model.quotas.iter().filter(kept).any(|quota| quota.catch_up) {
            months.clear();
        }
        calendar.changes.extend(months.iter().map(|&time| Change {
            time,
            entry: Entry::Month,
            value: 0,
        }));
        calendar
            .changes
            .retain(|change| change.time < model.horizon);
        calendar.sort();
        calendar
    }

    pub(super) fn sort(&mut self) {
        self.changes
            .sort_by_key(|change| (change.time, change.entry));
    }

    pub(super) fn add<T: Copy + PartialEq>(
        &mut self,
        entry: Entry,
        series: &Series<T>,
        value: impl Fn(T) -> i64,
    ) {
        let start = value(series.first());
        self.start.push((entry, start));
        if series.steps().len() > 1 {
            self.restore.push((entry, start));
        }
        for &(time, later) in &series.steps()[1..] {
            self.changes.push(Change {
                time,
                entry,
                value: value(later),
            });
        }
    }
}

/// One numbering of fields, hubs, markets, links, and tanks by their hubs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Elements {
    fields: usize,
    hubs: usize,
    markets: usize,
    links: usize,
}

impl Elements {
    pub(super) fn of(model: &Model) -> Self {
        Self {
            fields: model.fields.len(),
            hubs: model.hubs.len(),
            markets: model.markets.len(),
            links: model.links.len(),
        }
    }

    pub(super) fn count(self) -> usize {
        self.fields + self.hubs + self.markets + self.links + self.hubs
    }

    pub(super) fn field(self, index: usize) -> usize {
        let _ = self;
        index
    }

    pub(super) fn hub(self, index: usize) -> usize {
        self.fields + index
    }

    pub(super) fn market(self, index: usize) -> usize {
        self.fields + self.hubs + index
    }

    pub(super) fn link(self, index: usize) -> usize {
        self.fields + self.hubs + self.markets + index
    }

    pub(super) fn tank(self, hub: usize) -> usize {
        self.fields + self.hubs + self.markets + self.links + hub
    }

    /// What kind of element a number stands for.
    pub(super) fn kind(self, element: usize) -> crate::model::Element {
        use crate::model::Element;
        let hubs = self.fields;
        let markets = hubs + self.hubs;
        let links = markets + self.markets;
        let tanks = links + self.links;
        if element < hubs {
            Element::Field(element)
        } else if element < markets {
            Element::Hub(element - hubs)
        } else if element < links {
            Element::Market(element - markets)
        } else if element < tanks {
            Element::Link(element - links)
        } else {
            Element::Tank(element - tanks)
        }
    }

    /// The number of an element.
    pub(super) fn number(self, element: crate::model::Element) -> usize {
        use crate::model::Element;
        match element {
            Element::Field(index) => self.field(index),
            Element::Hub(index) => self.hub(index),
            Element::Market(index) => self.market(index),
            Element::Link(index) => self.link(index),
            Element::Tank(hub) => self.tank(hub),
        }
    }
}
