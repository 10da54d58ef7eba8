//! Several commodities over shared capacities: linear programs, one per level of preference.
//!
//! With grades that may not go everywhere, a maximum flow is no minimum cut and the best flows
//! need not be whole, so the bit-mask simplex cannot answer. Each commodity has a copy of the arcs
//! it may use; their flows together keep to the capacity. The levels are optimised in order, each
//! held while the next is. What comes out is taken apart into paths and rounded to whole barrels
//! path by path, so that conservation and capacities hold exactly: at most one barrel a day is
//! lost for each path.
//!
//! Into a tank that several commodities can be in, one may go while as much of another comes out, as
//! long as there is any of it: the capacities of the tank's arcs limit what it gains or loses in all.
//! So a full tank need not empty and fill in turn for that. What is answered of its arcs is what is
//! left when as much in and out has been taken off; what it gains and loses of each commodity is
//! answered of arcs of their own, which lead nowhere.
//!
//! Every solve starts from nothing, so the answer depends on the capacities alone.

use std::sync::Arc;

use microlp::{ComparisonOp, OptimizationDirection, Problem as Program, Variable};

use crate::network::{BothWays, Problem, Several, Swap, UNLIMITED};

use super::tableau::Engine;

/// Barrels a day in a unit of the programs, so that numbers stay of moderate size.
const UNIT: f64 = 1_000.0;
/// What an optimum may be worsened by while later levels are optimised, in those units.
const SLACK: f64 = 1e-7;
/// What it may be worsened by if the program has no optimum otherwise, for want of digits.
const MORE_SLACK: f64 = 1e-6;
/// Below this a flow is none, barrels a day: what tolerances add up to.
const NOISE: f64 = 0.02;

/// The engine for a problem of several commodities.
#[derive(Clone)]
pub(super) struct Multi {
    capacity: Vec<i64>,
    /// Whether some program has had no optimum, so that nothing that was answered since counts.
    has_failed: bool,
    shared: Arc<Shared>,
}

/// What never changes.
struct Shared {
    nodes: usize,
    ends: Vec<(Option<usize>, Option<usize>)>,
    several: Several,
}

/// The flow of one commodity on one arc.
#[derive(Clone, Copy)]
struct Lane {
    arc: usize,
    commodity: usize,
}

/// Costs of a level that is settled, and what it has reached.
type Held = (Vec<f64>, f64);

/// One way of one commodity from outside to outside.
struct Path {
    commodity: usize,
    arcs: Vec<usize>,
    rate: f64,
}

impl Multi {
    pub(super) fn new(problem: &Problem, several: &Several) -> Self {
        Self {
            capacity: vec![0; problem.arcs.len()],
            has_failed: false,
            shared: Arc::new(Shared {
                nodes: problem.nodes,
                ends: problem
                    .arcs
                    .iter()
                    .map(|arc| (arc.tail, arc.head))
                    .collect(),
                several: several.clone(),
            }),
        }
    }

    /// The lanes on which oil could flow now: from outside to outside over capacities above 0.
    ///
    /// - `most`: the most that each arc may carry.
    fn lanes(&self, most: &[i64]) -> Vec<Lane> {
        let mut lanes = Vec::new();
        for commodity in 0..self.shared.several.commodities {
            let mut open: Vec<usize> = (0..self.capacity.len())
                .filter(|&arc| most[arc] > 0 && self.shared.several.allowed[arc][commodity])
                .filter(|&arc| self.shared.ends[arc] != (None, None))
                .collect();
            // Dead ends go until none are left.
            loop {
                let mut fed = vec![false; self.shared.nodes];
                let mut drained = vec![false; self.shared.nodes];
                for &arc in &open {
                    let (tail, head) = self.shared.ends[arc];
                    if let Some(tail) = tail {
                        drained[tail] = true;
                    }
                    if let Some(head) = head {
                        fed[head] = true;
                    }
                }
                let before = open.len();
                open.retain(|&arc| {
                    let (tail, head) = self.shared.ends[arc];
                    tail.is_none_or(|tail| fed[tail]) && head.is_none_or(|head| drained[head])
                });
                if open.len() == before {
                    break;
                }
            }
            lanes.extend(open.into_iter().map(|arc| Lane { arc, commodity }));
        }
        lanes
    }

    /// The best flow of each lane, barrels a day; `None` if a level has no optimum.
    fn best(&self, lanes: &[Lane], most: &[i64]) -> Option<Vec<f64>> {
        let levels = self.shared.several.levels.iter().filter_map(|level| {
            let costs: Vec<i128> = lanes.iter().map(|lane| level[lane.arc]).collect();
            let most = costs.iter().map(|cost| cost.abs()).max().unwrap_or(0);
            let scaled = |costs: Vec<i128>| costs.iter().map(|&c| c as f64 / most as f64).collect();
            (most > 0).then(|| scaled(costs))
        });
        let mut flow = in_order(levels, |costs, held, slack| {
            self.program(lanes, most, (costs, slack), held)
        })?;
        flow.resize(lanes.len(), 0.0);
        for rate in &mut flow {
            *rate *= UNIT;
        }
        Some(flow)
    }

    /// Minimises `costs` with what earlier levels have reached held up to `slack`.
    fn program(
        &self,
        lanes: &[Lane],
        most: &[i64],
        (costs, slack): (&[f64], f64),
        held: &[Held],
    ) -> Option<Vec<f64>> {
        let mut program = Program::new(OptimizationDirection::Minimize);
        // No arc carries more than what enters or leaves, and what a nomination may send round in
        // circles, each of which has an arc with a limit.
        let entry = self.sum_of(|(tail, _)| tail.is_none());
        let exit = self.sum_of(|(_, head)| head.is_none());
        let inside = self.sum_of(|(tail, head)| tail.is_some() && head.is_some());
        // Oil that is swapped on its way may pass an arc again as another commodity.
        let swaps = &self.shared.several.swaps;
        let passes = if swaps.is_empty() {
            1
        } else {
            self.shared.several.commodities as i64
        };
        let bound = (entry.min(exit) + inside) * passes;
        let most = |arc: usize| most[arc].min(bound) as f64 / UNIT;
        let variables: Vec<Variable> = lanes
            .iter()
            .zip(costs)
            .map(|(lane, &cost)| program.add_var(cost, (0.0, most(lane.arc))))
            .collect();
        // Nothing is made or lost at a node, grade by grade.
        let slots = self.shared.nodes * self.shared.several.commodities;
        let mut balance: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); slots];
        let mut together: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); self.capacity.len()];
        for (lane, &variable) in lanes.iter().zip(&variables) {
            let (tail, head) = self.shared.ends[lane.arc];
            let base = lane.commodity * self.shared.nodes;
            if let Some(tail) = tail {
                balance[base + tail].push((variable, -1.0));
            }
            if let Some(head) = head {
                balance[base + head].push((variable, 1.0));
            }
            together[lane.arc].push((variable, 1.0));
        }
        for row in balance.iter().filter(|row| !row.is_empty()) {
            program.add_constraint(row.as_slice(), ComparisonOp::Eq, 0.0);
        }
        for (arc, row) in together.iter().enumerate().filter(|(_, row)| row.len() > 1) {
            program.add_constraint(row.as_slice(), ComparisonOp::Le, most(arc));
        }
        for both in &self.shared.several.both_ways {
            let limit = both.limit(&self.capacity);
            let row: Vec<_> = both
                .arcs()
                .flat_map(|arc| together[arc].iter().copied())
                .collect();
            if limit < bound && !row.is_empty() {
                program.add_constraint(row, ComparisonOp::Le, limit as f64 / UNIT);
            }
        }
        for swap in swaps {
            for (gains, loses) in [(swap.fill, swap.draw), (swap.draw, swap.fill)] {
                let limit = self.capacity[gains];
                if limit < bound && !together[gains].is_empty() {
                    let minus = together[loses]
                        .iter()
                        .map(|&(variable, _)| (variable, -1.0));
                    let row: Vec<_> = together[gains].iter().copied().chain(minus).collect();
                    program.add_constraint(row, ComparisonOp::Le, limit as f64 / UNIT);
                }
            }
            // Of one no more comes out on balance than is there.
            for &(commodity, _, drawn) in &swap.parts {
                let side = |arc: usize, sign: f64| {
                    let own = lanes.iter().zip(&variables);
                    let own =
                        own.filter(move |(lane, _)| (lane.arc, lane.commodity) == (arc, commodity));
                    own.map(move |(_, &variable)| (variable, sign))
                };
                let row: Vec<_> = side(swap.draw, 1.0).chain(side(swap.fill, -1.0)).collect();
                let limit = self.capacity[drawn];
                if limit < bound && !row.is_empty() {
                    program.add_constraint(row, ComparisonOp::Le, limit as f64 / UNIT);
                }
            }
        }
        for (costs, value) in held {
            let row: Vec<(Variable, f64)> = variables
                .iter()
                .zip(costs)
                .filter(|&(_, &cost)| cost != 0.0)
                .map(|(&variable, &cost)| (variable, cost))
                .collect();
            let slack = slack * (1.0 + value.abs() * 1e-3);
            program.add_constraint(row, ComparisonOp::Le, value + slack);
        }
        let solved = program.solve().ok()?;
        if !solved.is_optimal() {
            return None;
        }
        let solution = solved.into_solution().ok()?;
        Some(
            variables
                .iter()
                .map(|&variable| solution.var_value(variable).max(0.0))
                .collect(),
        )
    }

    /// The most that each arc may carry, b/d: with what a tank swaps, the other way included.
    fn ceilings(&self) -> Vec<i64> {
        let mut most = self.capacity.clone();
        for swap in &self.shared.several.swaps {
            let (fill, draw) = (self.capacity[swap.fill], self.capacity[swap.draw]);
            most[swap.fill] = swap.fill_rate.min(fill + swap.draw_rate);
            most[swap.draw] = swap.draw_rate.min(draw + swap.fill_rate);
        }
        most
    }

    /// Capacities added up; inside the network of arcs that have a limit.
    fn sum_of(&self, counts: impl Fn((Option<usize>, Option<usize>)) -> bool) -> i64 {
        let ends = self.shared.ends.iter().zip(&self.capacity);
        ends.filter(|&(&(tail, head), &capacity)| {
            let is_inside = tail.is_some() && head.is_some();
            counts((tail, head)) && !(is_inside && capacity >= UNLIMITED)
        })
        .map(|(_, &capacity)| capacity)
        .sum()
    }

    /// Takes the flow of one commodity apart into paths; what goes in circles is left behind.
    fn paths(&self, commodity: usize, mut flow: Vec<(usize, f64)>, found: &mut Vec<Path>) {
        let ends = &self.shared.ends;
        flow.retain(|&(_, rate)| rate > NOISE);
        loop {
            // The greatest that begins outside, or comes out of the node reached; so paths are few.
            let greatest = |flow: &[(usize, f64)], tail: Option<usize>| {
                let leaving =
                    (0..flow.len()).filter(|&at| flow[at].1 > 0.0 && ends[flow[at].0].0 == tail);
                leaving.reduce(|best, at| if flow[at].1 > flow[best].1 { at } else { best })
            };
            let Some(mut step) = greatest(&flow, None) else {
                return;
            };
            let mut path = vec![step];
            let is_whole = loop {
                let Some(node) = ends[flow[step].0].1 else {
                    break true;
                };
                let Some(next) = greatest(&flow, Some(node)) else {
                    break false;
                };
                let passed = |&at: &usize| ends[flow[at].0].1 == ends[flow[next].0].1;
                path.push(next);
                step = next;
                // Back where it was: the circle is cut out, and the way goes on from there.
                if ends[flow[next].0].1.is_some()
                    && let Some(first) = path[..path.len() - 1].iter().position(passed)
                {
                    let circle = path.split_off(first + 1);
                    take(&mut flow, &circle);
                    step = path[first];
                }
            };
            let rate = take(&mut flow, &path);
            if is_whole {
                found.push(Path {
                    commodity,
                    arcs: path.iter().map(|&at| flow[at].0).collect(),
                    rate,
                });
            }
            flow.retain(|&(_, rate)| rate > NOISE);
        }
    }
}

/// Optimises one level after the other, each held while the next is; `None` if one has no optimum,
/// with more slack neither.
fn in_order(
    levels: impl Iterator<Item = Vec<f64>>,
    program: impl Fn(&[f64], &[Held], f64) -> Option<Vec<f64>>,
) -> Option<Vec<f64>> {
    let mut flow = Vec::new();
    let mut held: Vec<Held> = Vec::new();
    for costs in levels {
        flow = program(&costs, &held, SLACK).or_else(|| program(&costs, &held, MORE_SLACK))?;
        let value = costs.iter().zip(&flow).map(|(cost, x)| cost * x).sum();
        held.push((costs, value));
    }
    Some(flow)
}

/// Takes the least rate of a path off each of its arcs.
fn take(flow: &mut [(usize, f64)], path: &[usize]) -> f64 {
    let least = path
        .iter()
        .map(|&at| flow[at].1)
        .fold(f64::INFINITY, f64::min);
    for &at in path {
        let left = flow[at].1 - least;
        flow[at].1 = if left > NOISE { left } else { 0.0 };
    }
    least
}

/// Paths put together in whole barrels.
struct Rounding<'a> {
    capacity: &'a [i64],
    /// The most that each arc may carry.
    most: &'a [i64],
    swaps: &'a [Swap],
    both_ways: &'a [BothWays],
    flows: &'a mut [i64],
    /// The same by commodity, one after the other.
    by_commodity: Vec<i64>,
}

impl Rounding<'_> {
    fn put(mut self, paths: &[Path]) {
        let mut whole = vec![0_i64; paths.len()];
        for (path, whole) in paths.iter().zip(&mut whole) {
            *whole = ((path.rate + NOISE).floor() as i64).min(self.room_on_arcs(path));
            self.carry(path, *whole);
        }
        self.keep_to_swaps(paths, &mut whole);
        let mut rest: Vec<(f64, usize)> = (0..paths.len())
            .map(|index| (paths[index].rate - whole[index] as f64, index))
            .filter(|&(remainder, _)| remainder > NOISE)
            .collect();
        // Where there is room for it, what was cut off is a barrel a day for the largest remainders.
        rest.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        let mut cut: f64 = rest.iter().map(|&(remainder, _)| remainder).sum();
        // One that goes into a tank may make room for another out of it.
        let mut count = usize::MAX;
        while rest.len() < count {
            count = rest.len();
            rest.retain(|&(_, index)| {
                let fits = cut + NOISE >= 1.0 && self.room(&paths[index]) >= 1;
                if fits {
                    self.carry(&paths[index], 1);
                    cut -= 1.0;
                }
                !fits
            });
        }
        for swap in self.swaps {
            for &(commodity, gained, drawn) in &swap.parts {
                let net = self.by_commodity[commodity * self.flows.len() + swap.fill]
                    - self.by_commodity[commodity * self.flows.len() + swap.draw];
                self.flows[gained] = net.max(0);
                self.flows[drawn] = (-net).max(0);
            }
            let both = self.flows[swap.fill].min(self.flows[swap.draw]);
            self.flows[swap.fill] -= both;
            self.flows[swap.draw] -= both;
        }
    }

    fn carry(&mut self, path: &Path, more: i64) {
        let first = path.commodity * self.flows.len();
        for &arc in &path.arcs {
            self.flows[arc] += more;
            self.by_commodity[first + arc] += more;
        }
    }

    /// How much more the arcs of a path can carry.
    fn room_on_arcs(&self, path: &Path) -> i64 {
        let left = path
            .arcs
            .iter()
            .map(|&arc| self.most[arc] - self.flows[arc]);
        let taken = self
            .both_ways
            .iter()
            .filter(|both| both.arcs().any(|arc| path.arcs.contains(&arc)));
        let shared = taken.map(|both| {
            let used: i64 = both.arcs().map(|arc| self.flows[arc]).sum();
            both.limit(self.capacity) - used
        });
        left.chain(shared).min().unwrap_or(0)
    }

    /// The same, with what tanks may gain and lose.
    fn room(&self, path: &Path) -> i64 {
        let sides = self
            .sides()
            .filter(|&(gains, loses)| is_only(path, gains, loses));
        let left = sides.map(|(gains, loses)| -self.excess(gains, loses));
        left.fold(self.room_on_arcs(path), i64::min)
    }

    /// Of each tank that swaps: the arc by which it gains and that by which it loses, and the same
    /// the other way round.
    fn sides(&self) -> impl Iterator<Item = (usize, usize)> + use<'_> {
        let sides = |swap: &Swap| [(swap.fill, swap.draw), (swap.draw, swap.fill)];
        self.swaps.iter().flat_map(sides)
    }

    /// What a tank gains above what it may.
    fn excess(&self, gains: usize, loses: usize) -> i64 {
        self.flows[gains] - self.flows[loses] - self.capacity[gains]
    }

    /// Takes off what tanks gain or lose too much because what they swap it for was rounded down.
    /// Less flows each time, so this ends.
    fn keep_to_swaps(&mut self, paths: &[Path], whole: &mut [i64]) {
        let sides: Vec<(usize, usize)> = self.sides().collect();
        let mut is_kept = false;
        while !is_kept {
            is_kept = true;
            for &(gains, loses) in &sides {
                // The smallest were found last.
                for (path, whole) in paths.iter().zip(&mut *whole).rev() {
                    let excess = self.excess(gains, loses).min(*whole);
                    if excess > 0 && is_only(path, gains, loses) {
                        self.carry(path, -excess);
                        *whole -= excess;
                        is_kept = false;
                    }
                }
            }
        }
    }
}

/// Whether a path has the one arc and not the other.
fn is_only(path: &Path, arc: usize, other: usize) -> bool {
    path.arcs.contains(&arc) && !path.arcs.contains(&other)
}

impl Engine for Multi {
    /// None: cuts are shared by cost alone where grades are told apart.
    fn find_free(&self, _: i128, free: &mut [bool]) {
        free.fill(false);
    }

    fn set_capacity(&mut self, arc: usize, capacity: i64) {
        self.capacity[arc] = capacity;
    }

    fn solve(&mut self, flows: &mut [i64]) {
        flows.fill(0);
        let most = self.ceilings();
        let lanes = self.lanes(&most);
        if lanes.is_empty() {
            return;
        }
        let Some(best) = self.best(&lanes, &most) else {
            self.has_failed = true;
            return;
        };
        let mut paths = Vec::new();
        for commodity in 0..self.shared.several.commodities {
            let own = lanes.iter().zip(&best);
            let own = own.filter(|(lane, _)| lane.commodity == commodity);
            self.paths(
                commodity,
                own.map(|(lane, &rate)| (lane.arc, rate)).collect(),
                &mut paths,
            );
        }
        Rounding {
            capacity: &self.capacity,
            most: &most,
            swaps: &self.shared.several.swaps,
            both_ways: &self.shared.several.both_ways,
            by_commodity: vec![0; self.shared.several.commodities * flows.len()],
            flows,
        }
        .put(&paths);
    }

    fn has_failed(&self) -> bool {
        self.has_failed
    }

    fn boxed(&self) -> Box<dyn Engine> {
        Box::new(self.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_without_an_optimum_is_tried_with_more_slack_and_never_left_out() {
        let levels = || [vec![1.0], vec![2.0]].into_iter();
        let found = in_order(levels(), |costs, held, slack| {
            (held.is_empty() || slack > SLACK).then(|| costs.to_vec())
        });
        assert_eq!(found, Some(vec![2.0]));
        let found = in_order(levels(), |costs, held, _| {
            held.is_empty().then(|| costs.to_vec())
        });
        assert_eq!(found, None);
    }
}
