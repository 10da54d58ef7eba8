//! Links that let more than usual through only after it has been needed for a while.
//!
//! What is usual is what the link carries when nothing goes wrong; it flows at once. More needs
//! nominations and contracts: it is let through when it has helped deliveries for as long as the
//! lag, without a break. When it no longer helps, the link goes back to what is usual.

use crate::model::{Objective, Series};
use crate::network::{NO_ARC, TankArcs};
use crate::units::Seconds;

use super::calendar::Entry;
use super::fields::FieldLimits;
use super::settings::RunError;
use super::state::State;
use super::undisturbed::Undisturbed;
use super::world::World;

/// A link with a lag.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lagged {
    pub(super) link: usize,
    lag: Seconds,
}

/// How far a link with a lag has got.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Lag {
    /// What it carries when nothing goes wrong, b/d; negative against its direction.
    pub(super) usual: i64,
    /// Whether it lets more through.
    pub(super) is_open: bool,
    needed_since: Option<Seconds>,
    /// The last two as they were before now. What holds now may be decided several times over and
    /// starts from these.
    was_open: bool,
    was_needed_since: Option<Seconds>,
    /// The first of them, while it is looked at again.
    stood_open: bool,
    /// What was last found with nothing let out of tanks, and in all.
    found_of_fields: Found,
    found: Found,
}

/// What was found of a link with a lag.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    helps: bool,
    /// How it stood before, and stands since then.
    was_open: bool,
    is_open: bool,
}

/// For what it is known which links with a lag help.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    /// Whether no capacity has changed since that was found.
    is_known: bool,
    /// What was to be had of tanks and of grades in them; none if tanks took no part.
    flags: Vec<(bool, bool)>,
}

impl Known {
    /// Some capacity changes.
    pub(super) fn forget(&mut self) {
        self.is_known = false;
    }
}

impl Lag {
    /// What has just been found.
    fn as_found(&self) -> Found {
        Found {
            helps: self.needed_since.is_some(),
            was_open: self.was_open,
            is_open: self.is_open,
        }
    }
}

/// Learns what links with a lag usually carry, and has them wait from then on.
pub(super) fn prepare(world: &mut World<'_>) -> Result<(), RunError> {
    let lagged: Vec<Lagged> = world
        .model
        .links
        .iter()
        .enumerate()
        .filter_map(|(link, spec)| {
            let lag = spec.lag.filter(|&lag| lag > Seconds::ZERO)?;
            Some(Lagged { link, lag })
        })
        .collect();
    if lagged.is_empty() {
        return Ok(());
    }
    let undisturbed = Undisturbed::of(world)?;
    for &Lagged { link, .. } in &lagged {
        let element = world.elements.link(link);
        let flows = undisturbed.through.iter().map(|through| through[element]);
        let steps = undisturbed.starts.iter().copied().zip(flows);
        if let Some(series) = Series::from_steps(steps) {
            world
                .calendar
                .add(Entry::Usual(link), &series, |flow: i64| flow);
        }
    }
    world.calendar.sort();
    world.lagged = lagged;
    Ok(())
}

impl State<'_> {
    /// The place of a link among those with a lag.
    pub(super) fn lag_of(&self, link: usize) -> Option<usize> {
        let lagged = &self.world.lagged;
        lagged.binary_search_by_key(&link, |one| one.link).ok()
    }

    /// Of what is left of a link, b/d: what may flow along it and against it.
    ///
    /// - `agreed`: what has been nominated, which needs no waiting.
    pub(super) fn let_through(&self, link: usize, left: i64, agreed: i64) -> (i64, i64) {
        match self.lag_of(link).map(|lag| &self.lags[lag]) {
            Some(lag) if !lag.is_open => {
                let usual = lag.usual.max(agreed).max(0);
                (left.min(usual), left.min((-lag.usual).max(0)))
            }
            _ => (left, left),
        }
    }

    /// All links with a lag as if nothing had ever been needed of them.
    pub(super) fn restart_lags(&mut self) {
        self.known_needs.forget();
        for index in 0..self.lags.len() {
            let lag = &mut self.lags[index];
            let was_open = lag.is_open;
            *lag = Lag {
                usual: lag.usual,
                ..Lag::default()
            };
            if was_open {
                self.touch(self.world.elements.link(self.world.lagged[index].link));
            }
        }
    }

    /// Decides which links let more than usual through now: each tested by itself, in order of
    /// id, with the others as they stand, and all again if one opens or closes. Asked again at the
    /// same instant it decides the same.
    ///
    /// A link is needed if it helps the oil of fields to markets, whatever tanks hold: so stock that lasts for a while
    /// ends no need, and neither does stock that only is there because the link is open. It is needed, too, if it helps
    /// with tanks as they are.
    ///
    /// - `with_tanks`: whether anything goes into tanks and out of them.
    pub(super) fn decide_lags(&mut self, with_tanks: bool) {
        if self.lags.is_empty() {
            return;
        }
        let is_as_before = self.known_needs.is_known && self.has_same_flags(with_tanks);
        if is_as_before && self.take_over(|lag| &lag.found) {
            return;
        }
        for lag in &mut self.lags {
            lag.stood_open = lag.was_open;
        }
        // What one lets through when it opens may leave nothing for another, and what one that closes leaves may be
        // another's: until none does.
        for _ in 0..=self.lags.len() {
            self.find_all_needs(with_tanks);
            if self.lags.iter().all(|lag| lag.is_open == lag.was_open) {
                break;
            }
            for lag in &mut self.lags {
                lag.was_open = lag.is_open;
            }
        }
        for lag in &mut self.lags {
            lag.was_open = lag.stood_open;
        }
        let mut flags = std::mem::take(&mut self.known_needs.flags);
        flags.clear();
        flags.extend(self.flags().filter(|_| with_tanks));
        self.known_needs.flags = flags;
        self.known_needs.is_known = true;
        for lag in &mut self.lags {
            lag.found = lag.as_found();
        }
    }

    /// Finds which links are needed with the others as they stand.
    fn find_all_needs(&mut self, with_tanks: bool) {
        if !(self.known_needs.is_known && self.take_over(|lag| &lag.found_of_fields)) {
            // What is needed is what fields could send once they have come back.
            self.lift_ramps();
            self.shut_draws();
            self.find_needs(true);
            if with_tanks {
                self.open_tanks();
            }
        }
        let may_give = with_tanks && self.tanks.iter().any(|tank| !tank.low);
        if may_give && self.lags.iter().any(|lag| !lag.found_of_fields.helps) {
            self.lift_ramps();
            self.find_needs(false);
        }
    }

    /// Of each tank whether it is full and whether it is low, of each grade in it whether there is any.
    fn flags(&self) -> impl Iterator<Item = (bool, bool)> {
        let tanks = self.tanks.iter().map(|tank| (tank.full, tank.low));
        tanks.chain(self.parts.iter().map(|part| (part.is_there, false)))
    }

    /// Whether of tanks as much is to be had as when needs were last found.
    fn has_same_flags(&self, with_tanks: bool) -> bool {
        let flags = self.flags().filter(|_| with_tanks);
        flags.eq(self.known_needs.flags.iter().copied())
    }

    /// Takes over which links help, if nothing but time has changed since. Whether that is so: each stands as it stood
    /// then, and would be let through or held as it was.
    fn take_over(&mut self, of: impl Fn(&Lag) -> &Found) -> bool {
        let (now, lagged) = (self.now, &self.world.lagged);
        let mut lags = self.lags.iter().zip(lagged);
        let is_known = lags.all(|(lag, lagged)| {
            let found = of(lag);
            let since = lag.was_needed_since.unwrap_or(now);
            let is_due = found.helps && now >= since + lagged.lag;
            lag.was_open == found.was_open && is_due == found.is_open
        });
        if is_known {
            for lag in 0..self.lags.len() {
                let one = &mut self.lags[lag];
                let Found { helps, is_open, .. } = *of(one);
                one.needed_since = helps.then(|| one.was_needed_since.unwrap_or(now));
                self.open_lagged(lag, is_open);
            }
        }
        is_known
    }

    /// Finds which links are needed, and opens those that have been for long enough.
    ///
    /// - `of_fields`: all are looked at, with nothing let out of tanks; else those that do not help then, with tanks as
    ///   they are.
    fn find_needs(&mut self, of_fields: bool) {
        let count = self.lags.len();
        let asked = |lag: &Lag| of_fields || !lag.found_of_fields.helps;
        self.set_asked(asked, |_| false);
        self.solve_flows();
        self.note_deliveries();
        let mut is_needed = !self.is_all_delivered();
        // Opening one never helps more than opening all: where that does not help, none is needed.
        if is_needed
            && (self.needs.is_none() || self.lags.iter().any(|lag| asked(lag) && lag.was_open))
        {
            self.set_asked(asked, |_| true);
            let without = (!of_fields).then(|| self.stock_gained());
            self.solve_flows();
            is_needed = self.delivers_more()
                || without.is_some_and(|without| self.stock_gained() > without);
        }
        self.set_asked(asked, |lag| is_needed && lag.was_open);
        let mut needs = self.needs.take();
        let mut is_explored = false;
        let asked_of = if is_needed { count } else { 0 };
        for lag in 0..asked_of {
            if !asked(&self.lags[lag]) {
                continue;
            }
            is_explored &= !self.open_lagged(lag, false);
            let helps = if let Some(needs) = &mut needs {
                if !is_explored {
                    self.solve_flows();
                }
                let binds = self.limiting(lag).iter().flatten().any(|&carrier| {
                    if !is_explored {
                        let capacity = self.allocator.capacities();
                        needs.explore(capacity, self.allocator.flows());
                        is_explored = true;
                    }
                    needs.binds(carrier)
                });
                // As much may be delivered, but to others first.
                binds
                    || (self.is_short_before_the_last() && {
                        is_explored = false;
                        self.is_found_to_help(lag)
                    })
            } else {
                self.is_found_to_help(lag)
            };
            let helps = helps
                || (!of_fields && self.lags[lag].was_open && {
                    is_explored = false;
                    self.is_found_to_move_stock(lag)
                });
            let one = &mut self.lags[lag];
            let needed_since = helps.then(|| one.was_needed_since.unwrap_or(self.now));
            one.needed_since = needed_since;
            let wait = self.world.lagged[lag].lag;
            let is_due = needed_since.is_some_and(|since| self.now >= since + wait);
            is_explored &= !self.open_lagged(lag, is_due);
        }
        self.needs = needs;
        if !is_needed {
            for lag in self.lags.iter_mut().filter(|lag| asked(lag)) {
                lag.needed_since = None;
            }
        }
        if of_fields {
            for lag in &mut self.lags {
                lag.found_of_fields = lag.as_found();
            }
        }
    }

    /// Opens those of which it is asked whether they are needed, or closes them.
    #[inline]
    fn set_asked(&mut self, asked: impl Fn(&Lag) -> bool, is_open: impl Fn(&Lag) -> bool) {
        for lag in 0..self.lags.len() {
            if asked(&self.lags[lag]) {
                self.open_lagged(lag, is_open(&self.lags[lag]));
            }
        }
    }

    /// Arcs of the reduced problem along and against a closed link that are full and would have
    /// room if it were opened.
    fn limiting(&self, lag: usize) -> [Option<usize>; 2] {
        let problem = &self.world.network.problem;
        let link = self.world.lagged[lag].link;
        let [nominated, rest, back] = self.world.network.link_arcs[link];
        let left = self.left_for_us(self.world.elements.link(link));
        let agreed = nominated.map_or(0, |arc| self.arc_capacity[arc]);
        [(rest, left - agreed), (back, left)].map(|(arc, limit)| {
            let arc = arc?;
            let carrier = Some(problem.carrier[arc]).filter(|&carrier| carrier != NO_ARC)?;
            let now = self.allocator.capacity(carrier);
            let members = problem.arcs[carrier].members.iter();
            let mut others = members.filter(|&&member| member != arc);
            let has_more = self.allocator.flows()[carrier] >= now
                && limit > now
                && others.all(|&member| self.arc_capacity[member] > now);
            has_more.then_some(carrier)
        })
    }

    /// Whether more is delivered when a closed link is opened: by opening it.
    fn is_found_to_help(&mut self, lag: usize) -> bool {
        self.solve_flows();
        // A limit that is not reached holds nothing back.
        self.is_at_limit(self.world.lagged[lag].link) && {
            self.note_deliveries();
            self.open_lagged(lag, true);
            self.solve_flows();
            self.delivers_more()
        }
    }

    /// Whether an open link brings stock further on, or spares stock that is: what it has brought ends no need, as long as
    /// there is more to bring.
    fn is_found_to_move_stock(&mut self, lag: usize) -> bool {
        self.open_lagged(lag, false);
        self.solve_flows();
        let without = self.stock_gained();
        self.open_lagged(lag, true);
        self.solve_flows();
        self.stock_gained() > without
    }

    /// What tanks gain, b/d, each barrel as often as tanks have been passed on its way.
    fn stock_gained(&self) -> i64 {
        let tanks = self.world.network.tanks.iter().enumerate();
        let gained = |(tank, arcs): (usize, &TankArcs)| {
            i64::from(arcs.rank) * (self.fill_flow(tank) - self.draw_flow(tank))
        };
        tanks.map(gained).sum()
    }

    /// Whether more is delivered than was noted, in the first class in which it is another figure.
    fn delivers_more(&self) -> bool {
        let flows = self.allocator.flows();
        let classes = self.world.sales_by_class.iter();
        let mut now = 0;
        let sums = classes.map(|(_, arcs)| {
            now += arcs.iter().map(|&arc| flows[arc]).sum::<i64>();
            now
        });
        if self.has_order() {
            sums.gt(self.delivered_up_to.iter().copied())
        } else {
            sums.last() > self.delivered_up_to.last().copied()
        }
    }

    /// Whether classes are served one after the other, not by what pays.
    fn has_order(&self) -> bool {
        self.world.model.allocation.objective == Objective::Volume
    }

    /// Whether a delivery of a class before the last gets less than it could take, as last solved.
    fn is_short_before_the_last(&self) -> bool {
        let Some((_, before)) = self.world.sales_by_class.split_last() else {
            return false;
        };
        let flows = self.allocator.flows();
        let mut arcs = before.iter().flat_map(|(_, arcs)| arcs);
        self.has_order() && arcs.any(|&arc| flows[arc] < self.allocator.capacity(arc))
    }

    /// Whether all that fields can produce is delivered to whom it is due first and tanks have nothing to add, as last
    /// solved, so that no link could bring more.
    fn is_all_delivered(&self) -> bool {
        let flows = self.allocator.flows();
        let produced: i64 = self.world.sources.iter().map(|&arc| flows[arc]).sum();
        let possible: i64 = self.fields.iter().map(FieldLimits::limit).sum();
        let adds = |tank: usize| {
            let fill = self.world.network.tanks[tank].draw;
            self.arc_capacity[fill] > 0 || self.fill_flow(tank) > 0
        };
        produced == possible && !(0..self.tanks.len()).any(adds) && !self.is_short_before_the_last()
    }

    /// Whether a link carries as much as it is let through, either way, as last solved.
    fn is_at_limit(&self, link: usize) -> bool {
        let [nominated, rest, back] = self.world.network.link_arcs[link];
        let flow = |arc: Option<usize>| match arc.map(|arc| self.world.network.problem.carrier[arc])
        {
            Some(carrier) if carrier != NO_ARC => self.allocator.flows()[carrier],
            _ => 0,
        };
        let limit = |arc: Option<usize>| arc.map_or(0, |arc| self.arc_capacity[arc]);
        flow(nominated) + flow(rest) >= limit(nominated) + limit(rest)
            || (back.is_some() && flow(back) >= limit(back))
    }

    /// What has been decided holds while time passes.
    pub(super) fn keep_lags(&mut self) {
        for lag in &mut self.lags {
            lag.was_open = lag.is_open;
            lag.was_needed_since = lag.needed_since;
        }
    }

    /// When the next link lets more through if nothing changes until then.
    pub(super) fn next_opening(&self) -> Seconds {
        let waiting = self.lags.iter().zip(&self.world.lagged);
        waiting
            .filter(|(lag, _)| !lag.is_open)
            .filter_map(|(lag, lagged)| Some(lag.needed_since? + lagged.lag))
            .min()
            .unwrap_or(Seconds(i64::MAX))
    }

    /// Opens or closes a link; whether it stood the other way.
    fn open_lagged(&mut self, lag: usize, open: bool) -> bool {
        let is_changed = self.lags[lag].is_open != open;
        if is_changed {
            self.lags[lag].is_open = open;
            self.write_arcs(self.world.elements.link(self.world.lagged[lag].link));
        }
        is_changed
    }
}
