//! Oil under way: what left comes to market later, and until then it is stock.
//!
//! A change in what is sent to a market with some delay is a change in what arrives there, that
//! much later. Nothing that happens in between turns back or holds up what is under way.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use crate::units::Seconds;

use super::delays::{Delays, Profile, Trace};
use super::recall::Recall;
use super::state::{Rates, State};
use super::world::World;

/// What flows send where, with which delay.
#[derive(Clone, Default)]
struct Departures {
    sent: Profile,
    to_tanks: Vec<(i64, i128)>,
}

/// What is under way in one replication.
pub(super) struct Arrivals {
    trace: Trace,
    /// What flows followed before send, with what comes to tanks.
    known: Recall<Departures>,
    /// Flows that were last followed.
    flows: Vec<i64>,
    /// By tank: what comes to its hub from elsewhere, b/d, and that times its delay.
    to_tanks: Vec<(i64, i128)>,
    /// What is sent now, and room for what comes next.
    sent: Profile,
    next: Profile,
    /// Changes of what arrives: when, at which market or as which lot, by how much.
    queue: BinaryHeap<Reverse<(Seconds, usize, i64)>>,
    /// What arrives at each market, and of each lot, b/d.
    sold: Vec<i64>,
    /// Under way at the start and now, 86 400ths of a barrel.
    initial: i64,
    volume: i64,
    /// By link that takes time: on it at the horizon if flows stay as they are.
    on_links: Vec<i64>,
}

impl Arrivals {
    pub(super) fn new(delays: &Delays) -> Self {
        let words = delays.words();
        let mut arrivals = Self {
            trace: Trace::default(),
            known: Recall::new(words),
            flows: Vec::new(),
            to_tanks: Vec::new(),
            sent: Profile::new(),
            next: Profile::new(),
            queue: BinaryHeap::new(),
            sold: Vec::new(),
            initial: 0,
            volume: 0,
            on_links: Vec::new(),
        };
        arrivals.restart(delays);
        arrivals
    }

    /// As at the start of the horizon: everything flows as it has for long when nothing goes wrong.
    fn restart(&mut self, delays: &Delays) {
        self.flows.clear();
        self.sent.clone_from(&delays.start);
        self.queue.clear();
        self.sold.clear();
        self.sold.resize(delays.outlets, 0);
        self.on_links.clear();
        self.on_links.resize(delays.links.len(), 0);
        self.initial = 0;
        for &((place, delay), rate) in &self.sent {
            match delays.place(place) {
                Ok(outlet) => {
                    self.sold[outlet] += rate;
                    if outlet < delays.markets {
                        self.initial += rate * delay;
                    }
                }
                Err(link) => self.on_links[link] += rate * delays.links[link].1,
            }
        }
        self.volume = self.initial;
    }

    /// Takes in what leaves from now on, and says what arrives.
    pub(super) fn depart(
        &mut self,
        world: &World<'_>,
        flows: &[i64],
        now: Seconds,
        rates: &mut Rates,
    ) {
        let Some(delays) = &world.delays else { return };
        if self.flows != flows {
            self.flows.clear();
            self.flows.extend_from_slice(flows);
            let (known, is_known) = self.known.ask(flows);
            if !is_known {
                self.trace.follow(delays, flows, &mut known.sent);
                known.to_tanks.clone_from(&self.trace.tanks);
            }
            self.next.clone_from(&known.sent);
            self.to_tanks.clone_from(&known.to_tanks);
            let horizon = world.model.horizon;
            let (sent, next) = (
                std::mem::take(&mut self.sent),
                std::mem::take(&mut self.next),
            );
            changes(&sent, &next, |place, delay, change| {
                let at = now + Seconds(delay);
                match delays.place(place) {
                    Ok(outlet) if delay == 0 => self.sold[outlet] += change,
                    Ok(outlet) if at < horizon => self.queue.push(Reverse((at, outlet, change))),
                    Ok(_) => {}
                    Err(link) => {
                        let left = |at: Seconds| (horizon - at).0.max(0);
                        let on_it = left(at) - left(at + Seconds(delays.links[link].1));
                        self.on_links[link] += change * on_it;
                    }
                }
            });
            (self.sent, self.next) = (next, sent);
        }
        self.tell(world, rates);
    }

    /// Writes what arrives among the rates.
    fn tell(&self, world: &World<'_>, rates: &mut Rates) {
        rates.arrival += 1;
        rates.sold.copy_from_slice(&self.sold);
        let markets = world.model.markets.iter().zip(&self.sold);
        rates.delivered = markets.clone().map(|(_, &rate)| rate).sum();
        rates.exported = markets
            .filter(|(market, _)| market.export)
            .map(|(_, &rate)| rate)
            .sum();
    }

    /// What is sent now.
    pub(super) fn sent(&self) -> &Profile {
        &self.sent
    }

    /// By tank: what comes to its hub from elsewhere, b/d, and that times its delay.
    pub(super) fn comes_to_tanks(&self) -> &[(i64, i128)] {
        &self.to_tanks
    }
}

/// Calls `see` with place, delay and difference of everything in which two profiles differ.
fn changes(before: &Profile, after: &Profile, mut see: impl FnMut(usize, i64, i64)) {
    let (mut old, mut new) = (before.iter().peekable(), after.iter().peekable());
    loop {
        let key = match (old.peek(), new.peek()) {
            (Some(one), Some(other)) => one.0.min(other.0),
            (Some(one), None) | (None, Some(one)) => one.0,
            (None, None) => return,
        };
        let was = old
            .next_if(|entry| entry.0 == key)
            .map_or(0, |entry| entry.1);
        let is = new
            .next_if(|entry| entry.0 == key)
            .map_or(0, |entry| entry.1);
        if is != was {
            see(key.0, key.1, is - was);
        }
    }
}

impl State<'_> {
    pub(super) fn restart_arrivals(&mut self) {
        if let (Some(arrivals), Some(delays)) = (&mut self.arrivals, &self.world.delays) {
            arrivals.restart(delays);
        }
    }

    /// When what arrives next changes.
    pub(super) fn next_arrival(&self) -> Seconds {
        let first = self.arrivals.as_ref().and_then(|one| one.queue.peek());
        first.map_or(Seconds(i64::MAX), |&Reverse((at, ..))| at)
    }

    /// Lets what is under way go on for these seconds, up to now.
    pub(super) fn arrive(&mut self, seconds: i64) {
        let Some(arrivals) = &mut self.arrivals else {
            return;
        };
        arrivals.volume += (self.rates.departed - self.rates.delivered) * seconds;
        let mut is_changed = false;
        while let Some(&Reverse((_, outlet, change))) = arrivals
            .queue
            .peek()
            .filter(|&&Reverse((at, ..))| at <= self.now)
        {
            arrivals.sold[outlet] += change;
            arrivals.queue.pop();
            is_changed = true;
        }
        if is_changed {
            arrivals.tell(self.world, &mut self.rates);
        }
    }

    /// Under way now, and what of it was not at the start; 86 400ths of a barrel.
    pub(super) fn under_way(&self) -> [i64; 2] {
        self.arrivals.as_ref().map_or([0, 0], |arrivals| {
            [arrivals.volume, arrivals.volume - arrivals.initial]
        })
    }

    /// On each link that takes time, in order, at the horizon; 86 400ths of a barrel.
    pub(super) fn on_links(&self) -> &[i64] {
        self.arrivals.as_ref().map_or(&[], |one| &one.on_links)
    }

    /// What is in tanks and under way beyond what was at the start, 86 400ths of a barrel.
    pub(super) fn stored(&self) -> i64 {
        let tanks = self.tanks.iter().zip(&self.initial_volumes);
        let in_tanks: i64 = tanks.map(|(tank, initial)| tank.volume - initial).sum();
        in_tanks + self.under_way()[1]
    }
}
