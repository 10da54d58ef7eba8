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

use crate::network::{Claims, Problem, Several, UNLIMITED};

use super::rounding::{NOISE, Path, Rounding};
use super::tableau::Engine;

/// Barrels a day in a unit of the programs, so that numbers stay of moderate size.
const UNIT: f64 = 1_000.0;
/// What an optimum may be worsened by while later levels are optimised, in those units.
const SLACK: f64 = 1e-7;
/// What it may be worsened by if the program has no optimum otherwise, for want of digits.
const MORE_SLACK: f64 = 1e-6;

/// The engine for a problem of several commodities.
#[derive(Clone)]
pub(super) struct Multi {
    capacity: Vec<i64>,
    /// Plans of fields, then entitlements if they count; none if cuts are shared by cost.
    claimed: Vec<u32>,
    /// Whether some program has had no optimum, so that nothing that was answered since counts.
    has_failed: bool,
    shared: Arc<Shared>,
}

/// What never changes.
struct Shared {
    nodes: usize,
    ends: Vec<(Option<usize>, Option<usize>)>,
    several: Several,
    claims: Claims,
}

/// The flow of one commodity on one arc.
#[derive(Clone, Copy)]
pub(super) struct Lane {
    pub(super) arc: usize,
    commodity: usize,
}

/// Costs of a level that is settled, and what it has reached.
pub(super) type Held = (Vec<f64>, f64);

/// A lane whose flow is to be `base` and a share of `weight`, but no more than `most` beyond `base`.
#[derive(Clone, Copy, Debug)]
pub(super) struct Aim {
    /// Its place among the lanes.
    pub(super) lane: usize,
    pub(super) base: f64,
    pub(super) weight: f64,
    pub(super) most: f64,
}

/// What a program is to find.
pub(super) struct Goal<'a> {
    /// What a unit on each lane costs: the least is sought.
    pub(super) costs: &'a [f64],
    /// By how much what is settled may be missed.
    pub(super) slack: f64,
    /// Where there are any, also that each has the same share of its weight, as great as can be: told after the lanes.
    pub(super) aims: &'a [Aim],
}

impl Multi {
    pub(super) fn new(problem: &Problem, several: &Several) -> Self {
        Self {
            capacity: vec![0; problem.arcs.len()],
            claimed: Vec::new(),
            has_failed: false,
            shared: Arc::new(Shared {
                nodes: problem.nodes,
                ends: problem
                    .arcs
                    .iter()
                    .map(|arc| (arc.tail, arc.head))
                    .collect(),
                several: several.clone(),
                claims: problem.claims.clone(),
            }),
        }
    }

    /// Who claims shares of what is produced.
    pub(super) fn claims(&self) -> &Claims {
        &self.shared.claims
    }

    /// Plan and entitlement of a field, in units of the programs.
    pub(super) fn claim_of(&self, field: usize) -> (f64, f64) {
        let rate = |at: usize| {
            self.claimed
                .get(at)
                .map_or(0.0, |&rate| f64::from(rate) / UNIT)
        };
        (rate(field), rate(self.shared.claims.fields.len() + field))
    }

    /// The capacity of an arc, in units of the programs.
    pub(super) fn rate_of(&self, arc: usize) -> f64 {
        self.capacity[arc] as f64 / UNIT
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
        let several = &self.shared.several;
        let scaled = |level: &Vec<i128>| {
            let costs: Vec<i128> = lanes.iter().map(|lane| level[lane.arc]).collect();
            let most = costs.iter().map(|cost| cost.abs()).max().unwrap_or(0);
            let scaled = |costs: Vec<i128>| costs.iter().map(|&c| c as f64 / most as f64).collect();
            (most > 0).then(|| scaled(costs))
        };
        let program = |costs: &[f64], held: &[Held], slack: f64| {
            let goal = Goal {
                costs,
                slack,
                aims: &[],
            };
            self.program(lanes, most, &goal, held)
        };
        let (above, below) = several.levels.split_at(several.above_sharing);
        let mut held = Vec::new();
        let mut flow = Vec::new();
        in_order(
            above.iter().filter_map(scaled),
            &mut held,
            &mut flow,
            program,
        )?;
        if !self.shared.claims.fields.is_empty() {
            self.share(lanes, most, &mut held)?;
        }
        in_order(
            below.iter().filter_map(scaled),
            &mut held,
            &mut flow,
            program,
        )?;
        flow.resize(lanes.len(), 0.0);
        for rate in &mut flow {
            *rate *= UNIT;
        }
        Some(flow)
    }

    /// The best flow of each lane with what earlier levels have reached held; `None` without an optimum.
    pub(super) fn program(
        &self,
        lanes: &[Lane],
        most: &[i64],
        goal: &Goal<'_>,
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
            .zip(goal.costs)
            .map(|(lane, &cost)| program.add_var(cost, (0.0, most(lane.arc))))
            .collect();
        let share = (!goal.aims.is_empty()).then(|| program.add_var(-1.0, (0.0, f64::INFINITY)));
        for (aim, &share) in goal.aims.iter().zip(share.iter().cycle()) {
            let row = [(variables[aim.lane], 1.0), (share, -aim.weight)];
            program.add_constraint(row, ComparisonOp::Ge, aim.base);
            program.add_constraint([(share, aim.weight)], ComparisonOp::Le, aim.most);
        }
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
            let slack = goal.slack * (1.0 + value.abs() * 1e-3);
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
                .chain(&share)
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
    held: &mut Vec<Held>,
    flow: &mut Vec<f64>,
    program: impl Fn(&[f64], &[Held], f64) -> Option<Vec<f64>>,
) -> Option<()> {
    for costs in levels {
        *flow = with_slack(|slack| program(&costs, held, slack))?;
        let value = costs.iter().zip(&*flow).map(|(cost, x)| cost * x).sum();
        held.push((costs, value));
    }
    Some(())
}

/// What a program finds with as little slack as it has an optimum for.
pub(super) fn with_slack<T>(program: impl Fn(f64) -> Option<T>) -> Option<T> {
    program(SLACK).or_else(|| program(MORE_SLACK))
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

impl Engine for Multi {
    /// None: what is shared is shared when it is solved.
    fn find_free(&self, _: i128, free: &mut [bool]) {
        free.fill(false);
    }

    fn set_capacity(&mut self, arc: usize, capacity: i64) {
        self.capacity[arc] = capacity;
    }

    fn set_claims(&mut self, claims: &[u32]) {
        self.claimed.clear();
        self.claimed.extend_from_slice(claims);
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
        let (mut held, mut flow) = (Vec::new(), Vec::new());
        let found = in_order(levels(), &mut held, &mut flow, |costs, held, slack| {
            (held.is_empty() || slack > SLACK).then(|| costs.to_vec())
        });
        assert_eq!((found, flow), (Some(()), vec![2.0]));
        let (mut held, mut flow) = (Vec::new(), Vec::new());
        let found = in_order(levels(), &mut held, &mut flow, |costs, held, _| {
            held.is_empty().then(|| costs.to_vec())
        });
        assert_eq!(found, None);
    }
}
