//! Tanks: what goes in and out, when they run full or low, and who is served first.
//!
//! The allocation depends on levels only through two flags per tank, so flows are constant until
//! a flag is set: an epoch. How tanks of equal rank share a way out is in `turns`.

use std::cmp::Ordering;

use crate::allocation::Allocator;
use crate::network::{NO_ARC, UNLIMITED};
use crate::units::{SECONDS_PER_DAY, Seconds, round_half_even};

use super::answers::Answer;
use super::state::State;
use super::world::World;

/// What a tank may hold or lack when it stops: with more, a second is given to let it go; 86 400ths of a barrel. Only
/// where nothing limits the rate is it ever more.
const WORTH_A_SECOND: i64 = 100 * SECONDS_PER_DAY;

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
    /// The most that may go in and come out for a second, b/d, where a limit is so near that all that could flow would
    /// pass it, and what is left is worth while; [`UNLIMITED`] otherwise.
    last_in: i64,
    last_out: i64,
    /// Whether a field stands still that may begin again once there is more room here.
    pub(super) is_wanting: bool,
    /// Net flow in, b/d.
    pub(super) net: i64,
    /// What flows towards it, b/d: its share among equals goes by this.
    pub(super) pressure: i64,
    /// Tanks merged since the last event that is no tank's carry the same number.
    pub(super) merged: u32,
    /// Place among the tanks of its group when it was last shared; `u32::MAX` if it was not.
    pub(super) turn: u32,
}

impl TankState {
    /// The most that may come out of it, b/d.
    ///
    /// - `index`: its place among the tanks.
    pub(super) fn draw_limit(&self, world: &World<'_>, index: usize) -> i64 {
        if self.low {
            return 0;
        }
        world.tank_rates[index].1.min(self.last_out)
    }
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
            (tank.last_in, tank.last_out) = (UNLIMITED, UNLIMITED);
            tank.net = 0;
            *initial = tank.volume;
        }
        self.fill_parts();
    }

    pub(super) fn resize_tank(&mut self, index: usize, size: i64) {
        let target = self.target_of(index);
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
            self.steer(false);
            self.open_tanks();
            self.settle(true);
            self.share_ways_out();
            let is_empty = self.flag_parts();
            if !self.flag_limits() && !is_empty && !self.is_unsettled() {
                break;
            }
        }
        self.follow_courses();
        self.read_rates();
    }

    /// The same where nothing remembers, so that capacities decide all.
    pub(super) fn allocate_by_capacity(&mut self) {
        self.refresh();
        match self.answers.as_mut().and_then(|answers| answers.get()) {
            None => {
                self.allocator.solve();
            }
            Some(Answer::Same) => {}
            Some(Answer::Known(flows)) => self.allocator.recall(flows),
            Some(Answer::Unknown(place)) => self.find_answer(place),
        }
        // What is used up depends on capacities too.
        self.look_at_watched();
        // Where it is asked what one more barrel would do, capacities tell more than flows.
        let is_same = self.derivative.is_none()
            && self.firm.is_none()
            && !self.fields_moved
            && self.rates.told == Some(self.allocator.turn());
        if !is_same {
            self.follow_courses();
            self.read_rates();
        }
    }

    /// What flows if it has flowed so for long: tanks are neither filled nor drawn.
    pub(super) fn allocate_past_tanks(&mut self) {
        self.refresh();
        self.steer(false);
        self.shut_draws();
        for index in 0..self.tanks.len() {
            self.open_fill(index, 0);
        }
        self.settle(false);
        self.read_rates();
    }

    /// Solves for a state of which nothing is kept, and keeps what is found if it has a place.
    fn find_answer(&mut self, place: Option<usize>) {
        let before = self.allocator.turn();
        self.allocator.solve_anew();
        let is_other = self.allocator.turn() != before;
        if let Some(answers) = &mut self.answers {
            answers.keep(place, self.allocator.flows(), is_other);
        }
    }

    /// Whether some allocation has ever found no answer.
    pub(super) fn has_failed(&self) -> bool {
        let others = [self.steering.as_ref(), self.firm.as_ref()];
        self.allocator.has_failed() || others.into_iter().flatten().any(Allocator::has_failed)
    }

    /// Lets nothing out of tanks.
    pub(super) fn shut_draws(&mut self) {
        for index in 0..self.tanks.len() {
            self.open_draw(index, 0);
        }
    }

    /// Lets into tanks what their pumps take, as if none were full.
    pub(super) fn open_fills_wide(&mut self) {
        for index in 0..self.tanks.len() {
            let rate = self.world.tank_rates[index].0;
            self.write_arc(self.world.network.tanks[index].fill, rate);
        }
    }

    /// Lets into tanks no more than they have room for if it goes on for so long, and of a grade no more out of them than
    /// there is for that, as it would make room for others.
    pub(super) fn open_fills_for(&mut self, seconds: i64) {
        for index in 0..self.tanks.len() {
            let room = self.tanks[index].top - self.tanks[index].volume;
            self.open_fill(index, room.max(0) / seconds);
        }
        self.open_parts_for(seconds);
    }

    /// Notes which tanks take all that they are let in, as last solved: with more room they may take more.
    pub(super) fn note_wanting(&mut self) {
        for index in 0..self.tanks.len() {
            let limit = self.arc_capacity[self.world.network.tanks[index].fill];
            self.tanks[index].is_wanting |= self.fill_flow(index) >= limit;
        }
        self.note_wanting_parts();
    }

    /// The same of all, where it is not known of which.
    pub(super) fn set_wanting(&mut self, is_wanting: bool) {
        for tank in &mut self.tanks {
            tank.is_wanting = is_wanting;
        }
        for part in &mut self.parts {
            part.is_wanting = is_wanting;
        }
    }

    /// Fill and draw rates by the flags.
    pub(super) fn open_tanks(&mut self) {
        for index in 0..self.tanks.len() {
            self.open_fill(index, i64::MAX);
            self.open_draw(index, i64::MAX);
        }
        self.open_parts();
    }

    /// Lets at most `limit` out of a tank.
    pub(super) fn open_draw(&mut self, index: usize, limit: i64) {
        let rate = self.tanks[index].draw_limit(self.world, index).min(limit);
        self.write_arc(self.world.network.tanks[index].draw, rate);
    }

    /// Lets at most `limit` into a tank.
    pub(super) fn open_fill(&mut self, index: usize, limit: i64) {
        let rate = if self.tanks[index].full {
            0
        } else {
            let most = self.world.tank_rates[index].0.min(limit);
            most.min(self.tanks[index].last_in)
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

    pub(super) fn draw_flow(&self, tank: usize) -> i64 {
        self.flow_of(self.world.tank_arcs[tank].1)
    }

    pub(super) fn read_tank_flows(&mut self) {
        for index in 0..self.tanks.len() {
            self.tanks[index].net = self.fill_flow(index) - self.draw_flow(index);
        }
    }

    /// Flags tanks that would pass a limit within a second. Whether any was flagged anew: each of
    /// the two flags of a tank once, and once before each lets what is left go within a second, so that this ends.
    fn flag_limits(&mut self) -> bool {
        let mut flagged = false;
        for tank in &mut self.tanks {
            let (room, stock) = (tank.top - tank.volume, tank.volume - tank.floor);
            if tank.net > 0 && room < tank.net && !tank.full {
                if room < WORTH_A_SECOND || tank.last_in < UNLIMITED {
                    tank.full = true;
                } else {
                    tank.last_in = room;
                }
                flagged = true;
            }
            if tank.net < 0 && stock < -tank.net && !tank.low {
                if stock < WORTH_A_SECOND || tank.last_out < UNLIMITED {
                    tank.low = true;
                } else {
                    tank.last_out = stock;
                }
                flagged = true;
            }
        }
        flagged
    }

    /// Seconds until the next epoch of a tank or a ramp, at most `most` and at least 1.
    pub(super) fn seconds_to_epoch(&self, most: i64) -> i64 {
        let mut least = self.seconds_to_step(most).min(self.seconds_to_trial());
        for tank in &self.tanks {
            match tank.net.cmp(&0) {
                Ordering::Greater => least = least.min((tank.top - tank.volume) / tank.net),
                Ordering::Less => least = least.min((tank.volume - tank.floor) / -tank.net),
                Ordering::Equal => {}
            }
        }
        least = self.seconds_to_last(least);
        for group in &self.world.tank_groups {
            least = least.min(self.seconds_to_merge(group, least));
        }
        least.clamp(1, most.max(1))
    }

    /// Lets time pass.
    pub(super) fn pass(&mut self, seconds: i64) {
        self.keep_lags();
        self.now += Seconds(seconds);
        self.pass_quotas(seconds);
        self.note_steps();
        for tank in &mut self.tanks {
            (tank.last_in, tank.last_out) = (UNLIMITED, UNLIMITED);
            tank.volume += tank.net * seconds;
            // A limit is left only by a flow away from it, and reached by one towards it, whatever flows next: what is
            // left would not last for a second.
            let (room, stock) = (tank.top - tank.volume, tank.volume - tank.floor);
            if tank.net < 0 {
                tank.full = false;
                tank.low |= stock < -tank.net && stock < WORTH_A_SECOND;
            }
            if tank.net > 0 {
                tank.low &= stock <= 0;
                tank.full |= room < tank.net && room < WORTH_A_SECOND;
            }
        }
        self.pass_parts(seconds);
        self.arrive(seconds);
    }
}
