//! Links that let more than usual through only after it has been needed for a while.
//!
//! What is usual is what the link carries when nothing goes wrong; it flows at once. More needs
//! nominations and contracts: it is let through when it has helped deliveries for as long as the
//! lag, without a break. When it no longer helps, the link goes back to what is usual.

use crate::model::Series;
use crate::network::NO_ARC;
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
    /// id, with the others as they stand. Asked again at the same instant it decides the same.
    pub(super) fn decide_lags(&mut self) {
        let count = self.lags.len();
        if count == 0 {
            return;
        }
        // What is needed is what fields could send once they have come back.
        self.lift_ramps();
        self.open_all_lagged(false);
        let least = self.find_deliveries();
        let mut is_needed = !self.is_all_delivered();
        // Opening one never helps more than opening all: where that does not help, none is needed.
        if is_needed && (self.needs.is_none() || self.lags.iter().any(|lag| lag.was_open)) {
            self.open_all_lagged(true);
            is_needed = self.find_deliveries() > least;
        }
        if !is_needed {
            for lag in 0..count {
                self.lags[lag].needed_since = None;
                self.open_lagged(lag, false);
            }
            return;
        }
        for lag in 0..count {
            self.open_lagged(lag, self.lags[lag].was_open);
        }
        let mut needs = self.needs.take();
        let mut is_explored = false;
        for lag in 0..count {
            is_explored &= !self.open_lagged(lag, false);
            let helps = if let Some(needs) = &mut needs {
                if !is_explored {
                    self.find_deliveries();
                }
                self.limiting(lag).iter().flatten().any(|&carrier| {
                    if !is_explored {
                        let capacity = self.allocator.capacities();
                        needs.explore(capacity, self.allocator.flows());
                        is_explored = true;
                    }
                    needs.binds(carrier)
                })
            } else {
                self.is_found_to_help(lag)
            };
            let since = self.lags[lag].was_needed_since.unwrap_or(self.now);
            let needed_since = helps.then_some(since);
            self.lags[lag].needed_since = needed_since;
            let wait = self.world.lagged[lag].lag;
            let is_due = needed_since.is_some_and(|since| self.now >= since + wait);
            is_explored &= !self.open_lagged(lag, is_due);
        }
        self.needs = needs;
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
        let without = self.find_deliveries();
        // A limit that is not reached holds nothing back.
        self.is_at_limit(self.world.lagged[lag].link) && {
            self.open_lagged(lag, true);
            self.find_deliveries() > without
        }
    }

    /// Whether all that fields can produce is delivered and tanks have nothing to add, as last
    /// solved, so that no link could bring more.
    fn is_all_delivered(&self) -> bool {
        let flows = self.allocator.flows();
        let produced: i64 = self.world.sources.iter().map(|&arc| flows[arc]).sum();
        let possible: i64 = self.fields.iter().map(FieldLimits::limit).sum();
        produced == possible
            && (0..self.tanks.len()).all(|tank| self.tanks[tank].low && self.fill_flow(tank) == 0)
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

    fn open_all_lagged(&mut self, open: bool) {
        for lag in 0..self.lags.len() {
            self.open_lagged(lag, open);
        }
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

    /// What would reach markets with links open as they are, b/d.
    fn find_deliveries(&mut self) -> i64 {
        self.solve_flows();
        let flows = self.allocator.flows();
        self.world.sales.iter().map(|sale| flows[sale.arc]).sum()
    }
}
