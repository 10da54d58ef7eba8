//! Who is served first where tanks of equal rank compete for the same way out.
//!
//! They share it so that their times to full become equal: what goes out serves the most pressed
//! first, its oil in store included, and equals in proportion to what flows towards them. So the
//! next outage shuts in least, however long it is. What is delivered and how much is stored in
//! all stays what the allocation found best.

use std::cmp::Ordering;
use std::ops::Range;

use super::proportional::Proportional;
use super::state::State;

/// Times to full closer than this count as equal, seconds.
const MERGE_SECONDS: i128 = 60;

/// What is shared at one time.
#[derive(Clone, Copy)]
struct Share<'g> {
    /// All tanks of the group.
    members: &'g [usize],
    /// What all together store, net, b/d.
    total: i64,
    /// Whether some of them could be drawn.
    draws: bool,
}

/// Work space for dividing what is needed among tanks.
#[derive(Clone, Debug, Default)]
pub(super) struct Division {
    proportional: Proportional,
    /// What each may take, and whether it takes no more, b/d.
    limits: Vec<(i64, bool)>,
    /// What went into each tank, net, before it was shared, b/d.
    nets: Vec<i64>,
    /// What comes to a tank at most past each point on the ways to it, b/d.
    passing: Vec<i64>,
}

impl State<'_> {
    /// Shares each way out among the tanks that compete for it, and reads off what goes into each tank.
    pub(super) fn share_ways_out(&mut self) {
        for tank in &mut self.tanks {
            tank.turn = u32::MAX;
        }
        self.read_tank_flows();
        for group in 0..self.world.tank_groups.len() {
            self.share_way_out(group);
        }
    }

    /// What flows towards a tank: what the fields that feed it can produce, as far as everything on the way to it can
    /// carry.
    fn find_pressure(&mut self, tank: usize) -> i64 {
        let arcs = &self.world.network.tanks[tank];
        let feeders = arcs.feeders.iter();
        let fed: i64 = feeders.map(|&field| self.fields[field].limit()).sum();
        let passing = &mut self.division.passing;
        passing.clear();
        for point in &arcs.ways {
            let comes = point.iter().map(|&(arc, from)| {
                let carried = self.arc_capacity[arc];
                from.map_or(carried, |from| carried.min(passing[from]))
            });
            let sum = comes.sum();
            passing.push(sum);
        }
        fed.min(passing.last().copied().unwrap_or(0))
    }

    /// How long until a tank is full if nothing leaves it: compares two. One towards which nothing
    /// flows is never full.
    fn more_pressed(&self, one: usize, other: usize) -> Ordering {
        let room = |tank: usize| i128::from(self.tanks[tank].top - self.tanks[tank].volume);
        let pressure = |tank: usize| i128::from(self.tanks[tank].pressure);
        let by_time = match (pressure(one) > 0, pressure(other) > 0) {
            (true, true) => (room(one) * pressure(other)).cmp(&(room(other) * pressure(one))),
            (one, other) => other.cmp(&one),
        };
        by_time.then(one.cmp(&other))
    }

    /// Whether two tanks, the first more pressed, are as good as equally pressed.
    fn are_equal(&self, one: usize, other: usize) -> bool {
        let (first, second) = (&self.tanks[one], &self.tanks[other]);
        if first.merged == second.merged {
            return true;
        }
        let room = |tank: usize| i128::from(self.tanks[tank].top - self.tanks[tank].volume);
        let (p, q) = (i128::from(first.pressure), i128::from(second.pressure));
        p > 0 && q > 0 && room(other) * p - room(one) * q <= MERGE_SECONDS * p * q
    }

    /// Whether something could come out of a tank.
    fn can_draw(&self, tank: usize) -> bool {
        !self.tanks[tank].low && self.arc_capacity[self.world.network.tanks[tank].draw] > 0
    }

    /// Whether one tank could store more and another less, so that an order between them could
    /// matter: all together store the same.
    fn could_exchange(&self, members: &[usize]) -> bool {
        let arcs = |tank: usize| &self.world.network.tanks[tank];
        let could_rise = |&&tank: &&usize| {
            self.draw_flow(tank) > 0 || self.fill_flow(tank) < self.arc_capacity[arcs(tank).fill]
        };
        let could_fall = |&&tank: &&usize| {
            self.fill_flow(tank) > 0 || self.draw_flow(tank) < self.arc_capacity[arcs(tank).draw]
        };
        let mut rising = members.iter().filter(could_rise);
        let mut falling = members.iter().filter(could_fall);
        match (rising.next(), rising.next(), falling.next(), falling.next()) {
            (Some(one), None, Some(other), None) => one != other,
            (Some(_), _, Some(_), _) => true,
            _ => false,
        }
    }

    /// Shares a way out among the tanks of a group that compete for it.
    fn share_way_out(&mut self, group: usize) {
        let members = &self.world.tank_groups[group];
        let draws = members.iter().any(|&tank| self.can_draw(tank));
        let total = members.iter().map(|&tank| self.tanks[tank].net).sum();
        if (total == 0 && !draws) || !self.could_exchange(members) {
            return;
        }
        let mut order = std::mem::take(&mut self.tank_order);
        order.clear();
        for &tank in members {
            self.tanks[tank].pressure = self.find_pressure(tank);
            let state = &self.tanks[tank];
            let takes_part = if draws {
                !state.full || !state.low
            } else {
                !state.full && state.pressure > 0
            };
            if takes_part {
                order.push(tank);
            }
        }
        if order.len() > 1 {
            order.sort_by(|&one, &other| self.more_pressed(one, other));
            self.merge_equals(&order);
            let share = Share {
                members,
                total,
                draws,
            };
            self.serve(&mut order, share);
            self.read_tank_flows();
        }
        self.tank_order = order;
    }

    /// Serves the tanks of `order`, the most pressed first.
    fn serve(&mut self, order: &mut [usize], share: Share<'_>) {
        if share.draws {
            self.serve_both_ways(order, share);
        } else {
            self.serve_in_order(order, share);
        }
    }

    /// Has tanks that are as good as equally pressed stand together from now on.
    fn merge_equals(&mut self, order: &[usize]) {
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
    }

    /// Serves tanks of which some can be drawn, under costs by which oil of one goes out while
    /// that of another is stored.
    fn serve_both_ways(&mut self, order: &mut [usize], share: Share<'_>) {
        let kept = self.kept_value();
        let mut nets = std::mem::take(&mut self.division.nets);
        nets.clear();
        nets.extend(self.tanks.iter().map(|tank| tank.net));
        if self.steer(true) {
            for (tank, &net) in nets.iter().enumerate() {
                // What has been shared already stays as it is.
                let is_served = self.tanks[tank].turn != u32::MAX;
                let limit = if is_served { net.abs() } else { i64::MAX };
                self.open_one_side(tank, net, limit);
            }
        }
        self.serve_in_order(order, share);
        // The order among tanks must cost nothing that matters more.
        if self.kept_value() != kept {
            for &tank in &*order {
                self.open_one_side(tank, nets[tank], i64::MAX);
                self.tanks[tank].turn = u32::MAX;
            }
            self.solve_flows();
        }
        self.division.nets = nets;
    }

    /// Opens a tank to the side of `net` only: at most `limit` out if that is negative, else in.
    fn open_one_side(&mut self, tank: usize, net: i64, limit: i64) {
        self.open_fill(tank, if net < 0 { 0 } else { limit });
        self.open_draw(tank, if net < 0 { limit } else { 0 });
    }

    /// Changes between the costs of the rules and those under which the order among tanks is
    /// found. Whether it had to be changed.
    pub(super) fn steer(&mut self, steered: bool) -> bool {
        let waiting = self.steering.as_mut();
        let Some(other) = waiting.filter(|_| self.is_steered != steered) else {
            return false;
        };
        other.set_numbers(self.allocator.numbers());
        std::mem::swap(&mut self.allocator, other);
        self.is_steered = steered;
        true
    }

    /// What the flows are worth in all that matters more than the order among tanks.
    fn kept_value(&self) -> i128 {
        let Some(steering) = &self.world.steering else {
            return 0;
        };
        let flows = self.allocator.flows();
        let worth = steering.kept.iter();
        worth
            .map(|&(arc, cost)| {
                let flow = i128::from(flows[arc]);
                // Most costs are short, and the product of two short numbers is one instruction.
                i64::try_from(cost).map_or(cost * flow, |cost| i128::from(cost) * flow)
            })
            .sum()
    }

    /// Serves the tanks of `order`, the most pressed first, equals together: each keeps the least
    /// with which all together still store the total.
    fn serve_in_order(&mut self, order: &mut [usize], share: Share<'_>) {
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
            let rest = share.total - settled;
            let need = if end == order.len() {
                rest
            } else if share.draws {
                self.least_net(order, start..end, share.total) - settled
            } else {
                self.least_fill(&order[start..end], share).min(rest)
            };
            self.divide(&order[start..end], need, share.draws);
            for &tank in &order[start..end] {
                self.tanks[tank].turn = turn;
            }
            settled += need;
            turn += 1;
            start = end;
        }
        self.solve_flows();
    }

    /// The least that must go into `class` for the group to store its total.
    fn least_fill(&mut self, class: &[usize], share: Share<'_>) -> i64 {
        // What stores nothing now need not: the more the others may take, the less it helps.
        if class.iter().all(|&tank| self.fill_flow(tank) == 0) {
            return 0;
        }
        for &tank in class {
            self.open_fill(tank, 0);
        }
        self.solve_flows();
        let members = share.members.iter();
        let without: i64 = members.map(|&tank| self.fill_flow(tank)).sum();
        (share.total - without).max(0)
    }

    /// The least that a class and those before it can store together, net, if all store `total`:
    /// the class is drawn, and those after it filled, as far as that goes.
    fn least_net(&mut self, order: &[usize], class: Range<usize>, total: i64) -> i64 {
        let end = class.end;
        for &tank in &order[class] {
            self.open_one_side(tank, -1, i64::MAX);
        }
        for &tank in &order[end..] {
            self.open_one_side(tank, 1, i64::MAX);
        }
        self.solve_flows();
        let net = |tanks: &[usize]| -> i64 {
            let each = tanks.iter();
            each.map(|&tank| self.fill_flow(tank) - self.draw_flow(tank))
                .sum()
        };
        net(&order[..end]).max(total - net(&order[end..]))
    }

    /// Divides `need` among equally pressed tanks in proportion to what flows towards them; what
    /// one cannot take goes to the others. A negative need is drawn.
    ///
    /// - `both`: whether the other side of the tanks is to be closed.
    fn divide(&mut self, class: &[usize], need: i64, both: bool) {
        if need == 0 || class.len() == 1 {
            for &tank in class {
                self.open_share(tank, need, need.abs(), both);
            }
            return;
        }
        let mut division = std::mem::take(&mut self.division);
        self.divide_with(&mut division, class, need, both);
        self.division = division;
    }

    fn divide_with(&mut self, division: &mut Division, class: &[usize], need: i64, both: bool) {
        let Division {
            proportional,
            limits,
            ..
        } = division;
        let mut rest = need.abs();
        let mut free = class.len();
        limits.clear();
        limits.resize(free, (0, false));
        // Each time one more is found that cannot take its share.
        for _ in 0..=class.len() {
            // What cannot take more has no weight.
            let weights = class.iter().zip(&*limits).map(|(&tank, &(_, is_stuck))| {
                if is_stuck {
                    0
                } else {
                    self.tanks[tank].pressure
                }
            });
            let shares = proportional.divide(rest, weights);
            for ((limit, is_stuck), &share) in limits.iter_mut().zip(shares) {
                if !*is_stuck {
                    *limit = share;
                }
            }
            for (&tank, &(limit, _)) in class.iter().zip(&*limits) {
                self.open_share(tank, need, limit, both);
            }
            self.solve_flows();
            let each = class.iter().map(|&tank| self.share_taken(tank, need));
            if each.sum::<i64>() >= need.abs() || free < 2 {
                return;
            }
            for (&tank, (limit, is_stuck)) in class.iter().zip(limits.iter_mut()) {
                let flow = self.share_taken(tank, need);
                if !*is_stuck && flow < *limit {
                    (*limit, *is_stuck) = (flow, true);
                    rest -= flow;
                    free -= 1;
                }
            }
        }
    }

    /// Opens a tank to a share of what is needed, which is drawn if it is negative.
    ///
    /// - `both`: whether its other side is to be closed.
    fn open_share(&mut self, tank: usize, need: i64, limit: i64, both: bool) {
        if both {
            self.open_one_side(tank, need, limit);
        } else {
            self.open_fill(tank, limit);
        }
    }

    /// What a tank takes of what is needed, or gives if that is negative.
    fn share_taken(&self, tank: usize, need: i64) -> i64 {
        if need < 0 {
            self.draw_flow(tank)
        } else {
            self.fill_flow(tank)
        }
    }

    /// Seconds until two neighbours in the order of a group become equally pressed.
    pub(super) fn seconds_to_merge(&self, group: &[usize], most: i64) -> i64 {
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
                if q > 0 && apart > 0 && closing > 0 {
                    least = least.min((apart / closing).clamp(1, i128::from(most)) as i64);
                }
            }
        }
        least
    }
}
