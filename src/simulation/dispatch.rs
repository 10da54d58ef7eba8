//! Tanks: what goes in and out, when they run full or low, and who is served first.
//!
//! The allocation depends on levels only through two flags per tank, so flows are constant until
//! a flag is set: an epoch. Tanks of equal rank that compete for the same way out share it so
//! that their times to full become equal: the most pressed is served first, and equals in
//! proportion to what flows towards them. That shuts in least for every length of outage.

use std::cmp::Ordering;

use crate::network::{NO_ARC, UNLIMITED};
use crate::units::{Seconds, round_half_even};

use super::state::State;

/// Times to full closer than this count as equal, seconds.
const MERGE_SECONDS: i128 = 60;

/// One tank.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct TankState {
    /// Contents, usable size and the level below which nothing is drawn, 86 400ths of a barrel.
    pub(super) volume: i64,
    pub(super) top: i64,
    pub(super) floor: i64,
    /// Nothing more goes in; nothing more comes out.
    pub(super) full: bool,
    pub(super) low: bool,
    /// Net flow in, b/d.
    pub(super) net: i64,
    /// What flows towards it, b/d: its share among equals goes by this.
    pressure: i64,
    /// Tanks merged since the last event that is no tank's carry the same number.
    merged: u32,
    /// Place among the tanks of its group when it was last shared; `u32::MAX` if it was not.
    turn: u32,
}

impl State<'_> {
    /// Contents as at the start.
    pub(super) fn fill_tanks(&mut self) {
        let hubs = self.world.model.hubs.iter();
        let specs = hubs.filter_map(|hub| hub.tank.as_ref());
        let tanks = self.tanks.iter_mut().zip(&mut self.initial_volumes);
        for ((tank, initial), spec) in tanks.zip(specs) {
            tank.volume = round_half_even(tank.top as f64 * spec.initial.get()).min(tank.top);
            tank.full = tank.volume >= tank.top;
            tank.low = tank.volume <= tank.floor;
            tank.net = 0;
            *initial = tank.volume;
        }
    }

    pub(super) fn resize_tank(&mut self, index: usize, size: i64) {
        let hub = self.world.network.tanks[index].hub;
        let target = self.world.model.hubs[hub]
            .tank
            .as_ref()
            .map_or(0.0, |tank| tank.target.get());
        let tank = &mut self.tanks[index];
        tank.top = size;
        tank.floor = round_half_even(size as f64 * target);
        tank.full = tank.volume >= tank.top;
        tank.low = tank.volume <= tank.floor;
    }

    /// An event that is no tank's ends what tanks have agreed.
    pub(super) fn unmerge_tanks(&mut self) {
        for (index, tank) in self.tanks.iter_mut().enumerate() {
            tank.merged = index as u32;
        }
    }

    /// Allocates for the state as it is, until no tank is at a limit it would pass.
    pub(super) fn allocate(&mut self) {
        self.refresh();
        loop {
            self.open_tanks();
            self.settle();
            for tank in &mut self.tanks {
                tank.turn = u32::MAX;
            }
            for group in 0..self.world.tank_groups.len() {
                self.share_way_out(group);
            }
            self.read_tank_flows();
            if !self.flag_limits() {
                break;
            }
        }
        self.read_rates();
    }

    /// Fill and draw rates by the flags.
    fn open_tanks(&mut self) {
        for index in 0..self.tanks.len() {
            self.open_fill(index, i64::MAX);
            let hub = self.world.network.tanks[index].hub;
            let draw = self.world.model.hubs[hub]
                .tank
                .as_ref()
                .and_then(|tank| tank.draw);
            let rate = draw.map_or(UNLIMITED, |rate| rate.0);
            let rate = if self.tanks[index].low { 0 } else { rate };
            self.write_arc(self.world.network.tanks[index].draw, rate);
        }
    }

    /// Lets at most `limit` into a tank.
    fn open_fill(&mut self, index: usize, limit: i64) {
        let hub = self.world.network.tanks[index].hub;
        let fill = self.world.model.hubs[hub]
            .tank
            .as_ref()
            .and_then(|tank| tank.fill);
        let rate = fill.map_or(UNLIMITED, |rate| rate.0);
        let rate = if self.tanks[index].full {
            0
        } else {
            rate.min(limit)
        };
        self.write_arc(self.world.network.tanks[index].fill, rate);
    }

    fn flow_of(&self, carrier: usize) -> i64 {
        if carrier == NO_ARC {
            0
        } else {
            self.allocator.flows()[carrier]
        }
    }

    pub(super) fn fill_flow(&self, tank: usize) -> i64 {
        self.flow_of(self.world.tank_arcs[tank].0)
    }

    fn read_tank_flows(&mut self) {
        for index in 0..self.tanks.len() {
            let (fill, draw) = self.world.tank_arcs[index];
            self.tanks[index].net = self.flow_of(fill) - self.flow_of(draw);
        }
    }

    /// Flags tanks that would pass a limit within a second. Whether any was flagged anew: each of
    /// the two flags of a tank once, so that this ends.
    fn flag_limits(&mut self) -> bool {
        let mut flagged = false;
        for tank in &mut self.tanks {
            if tank.net > 0 && tank.top - tank.volume < tank.net && !tank.full {
                tank.full = true;
                flagged = true;
            }
            if tank.net < 0 && tank.volume - tank.floor < -tank.net && !tank.low {
                tank.low = true;
                flagged = true;
            }
        }
        flagged
    }

    /// Seconds until the next tank epoch, at most `most` and at least 1.
    pub(super) fn seconds_to_epoch(&self, most: i64) -> i64 {
        let mut least = most;
        for tank in &self.tanks {
            match tank.net.cmp(&0) {
                Ordering::Greater => least = least.min((tank.top - tank.volume) / tank.net),
                Ordering::Less => least = least.min((tank.volume - tank.floor) / -tank.net),
                Ordering::Equal => {}
            }
        }
        for group in &self.world.tank_groups {
            least = least.min(self.seconds_to_merge(group, least));
        }
        least.clamp(1, most.max(1))
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, seconds: i64) {
        self.keep_lags();
        self.now += Seconds(seconds);
        for tank in &mut self.tanks {
            tank.volume += tank.net * seconds;
            // A limit is left only by a flow away from it.
            if tank.net < 0 {
                tank.full = false;
            }
            if tank.net > 0 && tank.volume > tank.floor {
                tank.low = false;
            }
        }
        self.arrive(seconds);
    }

    /// What flows towards a tank: what the fields that feed it can produce, as far as the links to
    /// it can carry.
    fn find_pressure(&self, tank: usize) -> i64 {
        let arcs = &self.world.network.tanks[tank];
        let fed: i64 = arcs
            .feeders
            .iter()
            .map(|&field| self.fields[field].limit())
            .sum();
        let carried: i64 = arcs
            .inlets
            .iter()
            .map(|&(link, _)| self.available[self.world.elements.link(link)])
            .sum();
        fed.min(carried)
    }

    /// How long until a tank is full if nothing leaves it: compares two.
    fn more_pressed(&self, one: usize, other: usize) -> Ordering {
        let room = |tank: usize| i128::from(self.tanks[tank].top - self.tanks[tank].volume);
        let pressure = |tank: usize| i128::from(self.tanks[tank].pressure);
        (room(one) * pressure(other))
            .cmp(&(room(other) * pressure(one)))
            .then(one.cmp(&other))
    }

    /// Whether two tanks, the first more pressed, are as good as equally pressed.
    fn are_equal(&self, one: usize, other: usize) -> bool {
        let (first, second) = (&self.tanks[one], &self.tanks[other]);
        if first.merged == second.merged {
            return true;
        }
        let room = |tank: usize| i128::from(self.tanks[tank].top - self.tanks[tank].volume);
        let (p, q) = (i128::from(first.pressure), i128::from(second.pressure));
        room(other) * p - room(one) * q <= MERGE_SECONDS * p * q
    }

    /// Shares a way out among the tanks of a group that compete for it.
    fn share_way_out(&mut self, group: usize) {
        let world = self.world;
        let members = &world.tank_groups[group];
        let total: i64 = members.iter().map(|&tank| self.fill_flow(tank)).sum();
        if total == 0 {
            return;
        }
        let mut order = std::mem::take(&mut self.tank_order);
        order.clear();
        for &tank in members {
            self.tanks[tank].pressure = self.find_pressure(tank);
            if !self.tanks[tank].full && self.tanks[tank].pressure > 0 {
                order.push(tank);
            }
        }
        if order.len() > 1 {
            order.sort_by(|&one, &other| self.more_pressed(one, other));
            self.serve_in_order(&mut order, members, total);
        }
        self.tank_order = order;
    }

    /// Serves the tanks of `order`, the most pressed first, equals together: into each goes the
    /// least with which the group still stores `total`.
    fn serve_in_order(&mut self, order: &mut [usize], members: &[usize], total: i64) {
        for pair in order.windows(2) {
            if self.are_equal(pair[0], pair[1]) {
                let (from, to) = (self.tanks[pair[1]].merged, self.tanks[pair[0]].merged);
                for tank in &mut self.tanks {
                    if tank.merged == from {
                        tank.merged = to;
                    }
                }
            }
        }
        // Those merged earlier stand together even if rounding has moved them apart.
        let mut settled = 0;
        let mut turn = 0;
        let mut start = 0;
        while start < order.len() {
            let class = self.tanks[order[start]].merged;
            let mut end = start + 1;
            for at in start + 1..order.len() {
                if self.tanks[order[at]].merged == class {
                    order[end..=at].rotate_right(1);
                    end += 1;
                }
            }
            let last = end == order.len();
            let rest = total - settled;
            let need = if last {
                rest
            } else {
                self.least_fill(&order[start..end], members, total)
                    .min(rest)
            };
            self.divide(&order[start..end], need);
            for &tank in &order[start..end] {
                self.tanks[tank].turn = turn;
            }
            settled += need;
            turn += 1;
            start = end;
        }
        self.allocator.solve();
    }

    /// The least that must go into `class` for the group to store `total`.
    fn least_fill(&mut self, class: &[usize], members: &[usize], total: i64) -> i64 {
        // What stores nothing now need not: the more the others may take, the less it helps.
        if class.iter().all(|&tank| self.fill_flow(tank) == 0) {
            return 0;
        }
        for &tank in class {
            self.open_fill(tank, 0);
        }
        self.allocator.solve();
        let without: i64 = members.iter().map(|&tank| self.fill_flow(tank)).sum();
        (total - without).max(0)
    }

    /// Divides `need` among equally pressed tanks in proportion to what flows towards them; what
    /// one cannot take goes to the others.
    fn divide(&mut self, class: &[usize], need: i64) {
        if need == 0 || class.len() == 1 {
            for &tank in class {
                self.open_fill(tank, need);
            }
            return;
        }
        let mut limits = vec![0_i64; class.len()];
        let mut stuck = vec![false; class.len()];
        let mut rest = need;
        for _ in 0..=class.len() {
            let free: Vec<usize> = (0..class.len()).filter(|&at| !stuck[at]).collect();
            let weights: Vec<i64> = free
                .iter()
                .map(|&at| self.tanks[class[at]].pressure)
                .collect();
            for (&at, share) in free.iter().zip(proportional(rest, &weights)) {
                limits[at] = share;
            }
            for (at, &tank) in class.iter().enumerate() {
                self.open_fill(tank, limits[at]);
            }
            self.allocator.solve();
            let taken: i64 = class.iter().map(|&tank| self.fill_flow(tank)).sum();
            if taken >= need || free.len() < 2 {
                return;
            }
            for &at in &free {
                let flow = self.fill_flow(class[at]);
                if flow < limits[at] {
                    stuck[at] = true;
                    limits[at] = flow;
                    rest -= flow;
                }
            }
        }
    }

    /// Seconds until two neighbours in the order of a group become equally pressed.
    fn seconds_to_merge(&self, group: &[usize], most: i64) -> i64 {
        let mut least = most;
        for &one in group {
            for &other in group {
                let (first, second) = (&self.tanks[one], &self.tanks[other]);
                if first.turn == u32::MAX || second.turn != first.turn.wrapping_add(1) {
                    continue;
                }
                let room = |tank: usize| i128::from(self.tanks[tank].top - self.tanks[tank].volume);
                let (p, q) = (i128::from(first.pressure), i128::from(second.pressure));
                let apart = room(other) * p - room(one) * q;
                let closing = i128::from(second.net) * p - i128::from(first.net) * q;
                if apart > 0 && closing > 0 {
                    least = least.min((apart / closing).clamp(1, i128::from(most)) as i64);
                }
            }
        }
        least
    }
}

/// Whole shares of `total` in proportion to `weights`; remainders to the largest, then the first.
pub(super) fn proportional(total: i64, weights: &[i64]) -> Vec<i64> {
    let sum: i128 = weights.iter().map(|&weight| i128::from(weight)).sum();
    if sum == 0 {
        return vec![0; weights.len()];
    }
    let part = |weight: i64| i128::from(total) * i128::from(weight);
    let mut shares: Vec<i64> = weights
        .iter()
        .map(|&weight| (part(weight) / sum) as i64)
        .collect();
    let mut left = total - shares.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&at| (std::cmp::Reverse(part(weights[at]) % sum), at));
    for at in order {
        if left == 0 {
            break;
        }
        shares[at] += 1;
        left -= 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use super::proportional;

    #[test]
    fn remainders_go_to_the_largest_then_the_first() {
        assert_eq!(proportional(10, &[1, 1, 1]), [4, 3, 3]);
        assert_eq!(proportional(10, &[1, 2, 4]), [1, 3, 6]);
        assert_eq!(proportional(0, &[3, 4]), [0, 0]);
    }
}
