//! How long oil is under way: which delays stand behind what each market is sent.
//!
//! The allocation sees oil go through every link at once, so its flows are departures. Here they
//! are followed from sources and tanks to markets: at every node what comes in is shared among
//! the ways out in proportion, in whole barrels, and each link adds its transit time.

use crate::network::{ArcRole, NO_ARC, Network};
use crate::sampling::Timeline;
use crate::units::Seconds;

use super::proportional::Proportional;
use super::replication::{Follower, play};
use super::settings::RunError;
use super::state::State;
use super::world::World;

/// A rate, b/d, with the delay behind it, seconds.
pub(super) type Part = (i64, i64);

/// What is sent, by place (markets, lots of those that pay by grade, then links that take time) and delay, in order of both: rates
/// in b/d. The delay of a link's entry is that with which oil enters it.
pub(super) type Profile = Vec<((usize, i64), i64)>;

/// What is fixed about delays.
#[derive(Clone, Debug)]
pub(super) struct Delays {
    arcs: Vec<DelayArc>,
    /// Arcs that leave each node.
    out: Vec<Vec<usize>>,
    pub(super) markets: usize,
    /// Markets and lots.
    pub(super) outlets: usize,
    /// Links with a transit time, and that time in seconds.
    pub(super) links: Vec<(usize, i64)>,
    /// Delay that each tank's oil has behind it, seconds.
    tanks: Vec<i64>,
    /// The tank at each node.
    tank_at: Vec<Option<usize>>,
    /// What is sent when nothing goes wrong and tanks hold what they hold, at the start: since long before it.
    pub(super) start: Profile,
}

/// An arc of the reduced problem.
#[derive(Clone, Debug)]
struct DelayArc {
    tail: Option<usize>,
    head: Option<usize>,
    /// Sum over its links, seconds.
    delay: i64,
    /// The market or lot.
    outlet: Option<usize>,
    /// The tank that it draws.
    draws: Option<usize>,
    /// Links on it that take time: their place among those, and the delay up to them.
    links: Vec<(usize, i64)>,
}

/// Finds what is fixed about delays, by playing the future in which nothing goes wrong.
pub(super) fn prepare(world: &mut World<'_>) -> Result<(), RunError> {
    let links: Vec<(usize, i64)> = world
        .model
        .links
        .iter()
        .enumerate()
        .filter_map(|(link, spec)| Some((link, spec.transit_time?.0)))
        .collect();
    if links.is_empty() {
        return Ok(());
    }
    let longest = links.iter().map(|&(_, time)| time).sum();
    let delays = Delays::new(&world.network, world.model.markets.len(), links);
    world.delays = Some(delays);
    // What a tank holds has the delay of what goes there, and that may come out of tanks.
    let ranks = world.network.tanks.iter().map(|tank| tank.rank).max();
    for _ in 0..=ranks.unwrap_or(0) {
        let mut usual = Usual {
            sums: vec![(0, 0); world.network.tanks.len()],
        };
        let mut state = State::new(world, false);
        play(world, &mut state, 0, &Timeline::default(), &mut usual)?;
        state.restart();
        state.allocate_past_tanks();
        let arrivals = state.arrivals.as_ref();
        let start = arrivals.map(|arrivals| arrivals.sent().clone());
        let Usual { sums } = usual;
        if let Some(delays) = &mut world.delays {
            delays.start = start.unwrap_or_default();
            for (delay, (volume, behind)) in delays.tanks.iter_mut().zip(sums) {
                if volume > 0 {
                    *delay = ((behind / volume) as i64).min(longest);
                }
            }
        }
    }
    Ok(())
}

/// Follows the future in which nothing goes wrong.
struct Usual {
    /// By tank: volume that comes to its hub, and that times its delay.
    sums: Vec<(i128, i128)>,
}

impl Follower for Usual {
    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        let time = i128::from((to - from).0);
        let Some(arrivals) = &state.arrivals else {
            return;
        };
        for (sum, &(rate, behind)) in self.sums.iter_mut().zip(arrivals.comes_to_tanks()) {
            sum.0 += i128::from(rate) * time;
            sum.1 += behind * time;
        }
    }
}

impl Delays {
    fn new(network: &Network, markets: usize, links: Vec<(usize, i64)>) -> Self {
        let problem = &network.problem;
        let mut arcs = Vec::with_capacity(problem.arcs.len());
        let mut out = vec![Vec::new(); problem.nodes];
        for (index, arc) in problem.arcs.iter().enumerate() {
            let mut found = DelayArc {
                tail: arc.tail,
                head: arc.head,
                delay: 0,
                outlet: None,
                draws: None,
                links: Vec::new(),
            };
            for &member in &arc.members {
                match network.arcs[member].role {
                    ArcRole::Link { link, .. } => {
                        if let Ok(place) = links.binary_search_by_key(&link, |one| one.0) {
                            found.links.push((place, found.delay));
                            found.delay += links[place].1;
                        }
                    }
                    ArcRole::Sell { market, .. } => found.outlet = Some(market),
                    ArcRole::Grade(lot) => found.outlet = Some(markets + lot),
                    ArcRole::Draw(tank) => found.draws = Some(tank),
                    ArcRole::Source(_)
                    | ArcRole::Through(_)
                    | ArcRole::Fill(_)
                    | ArcRole::Part { .. } => {}
                }
            }
            if let Some(tail) = arc.tail {
                out[tail].push(index);
            }
            arcs.push(found);
        }
        let mut tank_at = vec![None; problem.nodes];
        for arc in &arcs {
            if let (Some(head), Some(tank)) = (arc.head, arc.draws) {
                tank_at[head] = Some(tank);
            }
        }
        let tanks = least_delays(network, &arcs);
        Self {
            arcs,
            out,
            markets,
            outlets: markets + network.lots.len(),
            links,
            tanks,
            tank_at,
            start: Vec::new(),
        }
    }

    /// About how many words it takes to write down flows and what they send where.
    pub(super) fn words(&self) -> usize {
        let entries = self.outlets + self.links.len() + self.tanks.len();
        self.arcs.len() + 6 * entries
    }

    /// The market or lot of a place, or else the place of a link among those that take time.
    pub(super) fn place(&self, place: usize) -> Result<usize, usize> {
        place.checked_sub(self.outlets).map_or(Ok(place), Err)
    }
}

/// The least delay with which oil from a field can come to each tank, for those that get none
/// when nothing goes wrong.
fn least_delays(network: &Network, arcs: &[DelayArc]) -> Vec<i64> {
    let problem = &network.problem;
    let mut least: Vec<Option<i64>> = vec![None; problem.nodes];
    for _ in 0..=problem.nodes {
        for arc in arcs.iter().filter(|arc| arc.draws.is_none()) {
            let begin = arc.tail.map_or(Some(0), |tail| least[tail]);
            if let (Some(begin), Some(head)) = (begin, arc.head) {
                let delay = begin + arc.delay;
                least[head] = Some(least[head].map_or(delay, |known| known.min(delay)));
            }
        }
    }
    let of_tank = |draw: usize| {
        let carrier = problem.carrier[draw];
        let head = (carrier != NO_ARC).then(|| problem.arcs[carrier].head)??;
        least[head]
    };
    let tanks = network.tanks.iter();
    tanks.map(|tank| of_tank(tank.draw).unwrap_or(0)).collect()
}

/// Work space for following flows.
#[derive(Clone, Debug, Default)]
pub(super) struct Trace {
    /// By node: what has come in so far, and the arcs still to come.
    nodes: Vec<Vec<Part>>,
    waiting: Vec<usize>,
    ready: Vec<usize>,
    is_done: Vec<bool>,
    /// By place: what is sent there.
    places: Vec<Vec<Part>>,
    proportional: Proportional,
    carried: Vec<Part>,
    /// By tank: what comes to its hub from elsewhere, b/d, and that times its delay.
    pub(super) tanks: Vec<(i64, i128)>,
}

impl Trace {
    /// Writes down what is sent where with which delay when arcs carry `flows`.
    pub(super) fn follow(&mut self, delays: &Delays, flows: &[i64], sent: &mut Profile) {
        let nodes = delays.out.len();
        self.nodes.resize(nodes, Vec::new());
        self.nodes.iter_mut().for_each(Vec::clear);
        self.waiting.clear();
        self.waiting.resize(nodes, 0);
        self.is_done.clear();
        self.is_done.resize(nodes, false);
        self.ready.clear();
        self.tanks.clear();
        self.tanks.resize(delays.tanks.len(), (0, 0));
        self.places
            .resize(delays.outlets + delays.links.len(), Vec::new());
        self.places.iter_mut().for_each(Vec::clear);
        for (arc, &flow) in delays.arcs.iter().zip(flows) {
            if let (Some(head), true) = (arc.head, flow > 0) {
                self.waiting[head] += 1;
            }
        }
        for (index, arc) in delays.arcs.iter().enumerate() {
            // What leads from outside to outside only says what flows elsewhere.
            if arc.tail.is_none() && arc.head.is_some() && flows[index] > 0 {
                let begin = arc.draws.map_or(0, |tank| delays.tanks[tank]);
                self.carry(delays, index, &[(flows[index], begin)]);
            }
        }
        loop {
            while let Some(node) = self.ready.pop() {
                self.pass_on(delays, node, flows);
            }
            // Oil that goes in a circle is not awaited: it counts as just arrived.
            let stuck = (0..nodes).find(|&node| self.waiting[node] > 0 && !self.is_done[node]);
            match stuck {
                Some(node) => self.ready.push(node),
                None => break,
            }
        }
        sent.clear();
        for (place, parts) in self.places.iter_mut().enumerate() {
            merge(parts);
            sent.extend(parts.iter().map(|&(rate, delay)| ((place, delay), rate)));
        }
    }

    /// Shares what has come to a node among the ways out.
    fn pass_on(&mut self, delays: &Delays, node: usize, flows: &[i64]) {
        if std::mem::replace(&mut self.is_done[node], true) {
            return;
        }
        let mut parts = std::mem::take(&mut self.nodes[node]);
        merge(&mut parts);
        let out = delays.out[node].iter().filter(|&&arc| flows[arc] > 0);
        let missing = out.clone().map(|&arc| flows[arc]).sum::<i64>()
            - parts.iter().map(|part| part.0).sum::<i64>();
        if missing > 0 {
            parts.push((missing, 0));
        }
        for &arc in out {
            if let [only] = parts.as_mut_slice() {
                only.0 -= flows[arc];
                let delay = only.1;
                self.carry(delays, arc, &[(flows[arc], delay)]);
                continue;
            }
            let rates = parts.iter().map(|part| part.0);
            let shares = self.proportional.divide(flows[arc], rates);
            let mut carried = std::mem::take(&mut self.carried);
            carried.clear();
            for (part, &share) in parts.iter_mut().zip(shares) {
                part.0 -= share;
                if share > 0 {
                    carried.push((share, part.1));
                }
            }
            self.carry(delays, arc, &carried);
            self.carried = carried;
        }
        // The room is kept for the next time.
        parts.clear();
        self.nodes[node] = parts;
    }

    /// Carries oil along an arc.
    fn carry(&mut self, delays: &Delays, index: usize, parts: &[Part]) {
        let arc = &delays.arcs[index];
        for &(rate, delay) in parts {
            for &(link, up_to) in &arc.links {
                self.places[delays.outlets + link].push((rate, delay + up_to));
            }
            if let Some(outlet) = arc.outlet {
                self.places[outlet].push((rate, delay + arc.delay));
            }
        }
        let Some(head) = arc.head else { return };
        if !self.is_done[head] {
            let shifted = parts.iter().map(|&(rate, delay)| (rate, delay + arc.delay));
            self.nodes[head].extend(shifted);
        }
        if let (Some(tank), None) = (delays.tank_at[head], arc.draws) {
            for &(rate, delay) in parts {
                self.tanks[tank].0 += rate;
                self.tanks[tank].1 += i128::from(rate) * i128::from(delay + arc.delay);
            }
        }
        self.waiting[head] -= 1;
        if self.waiting[head] == 0 {
            self.ready.push(head);
        }
    }
}

/// Sorts by delay, and adds up what has the same.
fn merge(parts: &mut Vec<Part>) {
    if parts.len() < 2 {
        return;
    }
    parts.sort_unstable_by_key(|&(_, delay)| delay);
    parts.dedup_by(|next, first| {
        let is_same = next.1 == first.1;
        if is_same {
            first.0 += next.0;
        }
        is_same
    });
}
