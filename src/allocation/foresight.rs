//! The best flows over a whole path, if all its capacities are known in advance.
//!
//! The network is laid out once for each time in which capacities are constant; tanks carry oil
//! from one such time to the next. What is best then is one linear program, and for volume one
//! maximum flow.

use std::time::Duration;

use microlp::{ComparisonOp, OptimizationDirection, Problem as Program, Variable};
use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::network::{Problem, UNLIMITED};

/// Volumes, in 86 400ths of a barrel, in a unit of the linear program: a thousand barrels.
const UNIT: f64 = 86_400.0 * 1_000.0;

/// A time in which all capacities are constant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// Its length, s.
    pub seconds: i64,
    /// Capacity of each arc, b/d.
    pub capacity: Vec<i64>,
    /// Room of each tank, 86 400ths of a barrel.
    pub room: Vec<i64>,
}

/// What is known in advance about a path.
#[derive(Clone, Debug, Default)]
pub struct KnownPath {
    /// In order of time.
    pub stretches: Vec<Stretch>,
    /// Arcs that fill and draw each tank, or [`crate::network::NO_ARC`].
    pub tanks: Vec<(usize, usize)>,
    /// Contents of each tank at the start, 86 400ths of a barrel.
    pub initial: Vec<i64>,
    /// What all tanks together must hold at the end, 86 400ths of a barrel.
    pub final_stock: i64,
    /// Arcs over which at least a volume must be delivered if the most is to be earned, 86 400ths
    /// of a barrel: nobody earns more by delivering less in a class than is promised.
    pub promised: Vec<(Vec<usize>, i64)>,
}

/// Why a program was not solved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unsolved {
    /// It has more variables than asked for.
    TooLarge,
    /// It took longer than asked for, or the solver gave up.
    TooLong,
}

/// How large a program may be, and how long it may take.
#[derive(Clone, Copy, Debug)]
pub struct ProgramLimits {
    /// Most variables.
    pub variables: usize,
    /// Most time.
    pub time: Duration,
}

impl KnownPath {
    /// What tanks can hold at the end of each stretch: what is in a tank that shrinks stays there,
    /// so no less than it ever could.
    fn rooms(&self) -> Vec<Vec<i64>> {
        let mut most = self.initial.clone();
        let rooms = self.stretches.iter().map(|stretch| {
            for (most, &room) in most.iter_mut().zip(&stretch.room) {
                *most = room.max(*most);
            }
            most.clone()
        });
        rooms.collect()
    }

    /// The tank that an arc fills, or draws.
    fn tank_of(&self, arc: usize, side: impl Fn(&(usize, usize)) -> usize) -> Option<usize> {
        self.tanks.iter().position(|tank| side(tank) == arc)
    }

    /// The most that can be delivered, 86 400ths of a barrel, over the arcs of a network.
    ///
    /// With `final_stock` as a limit of what counts at the end, the greatest flow stores all of it:
    /// augmenting it never takes back what is stored.
    #[must_use]
    pub fn most_delivered(&self, problem: &Problem) -> i64 {
        let mut graph: DiGraph<(), u64> = DiGraph::new();
        let (source, sink, stock) = (graph.add_node(()), graph.add_node(()), graph.add_node(()));
        let edge = |graph: &mut DiGraph<(), u64>, from, to, most: i64| {
            if most > 0 {
                graph.add_edge(from, to, most as u64);
            }
        };
        let rooms = self.rooms();
        // What each tank holds before the stretch.
        let mut held: Vec<NodeIndex> = Vec::new();
        for &initial in &self.initial {
            let node = graph.add_node(());
            edge(&mut graph, source, node, initial);
            held.push(node);
        }
        let no_limit = i64::MAX >> 8;
        for (stretch, rooms) in self.stretches.iter().zip(&rooms) {
            let nodes: Vec<NodeIndex> = (0..problem.nodes).map(|_| graph.add_node(())).collect();
            let kept: Vec<[NodeIndex; 2]> = rooms
                .iter()
                .map(|&room| {
                    let ends = [graph.add_node(()), graph.add_node(())];
                    edge(&mut graph, ends[0], ends[1], room);
                    ends
                })
                .collect();
            for (&before, &[after, _]) in held.iter().zip(&kept) {
                edge(&mut graph, before, after, no_limit);
            }
            for (index, arc) in problem.arcs.iter().enumerate() {
                let drawn = self.tank_of(index, |tank| tank.1).map(|tank| held[tank]);
                let filled = self.tank_of(index, |tank| tank.0).map(|tank| kept[tank][0]);
                let tail = arc.tail.map(|tail| nodes[tail]).or(drawn);
                let head = arc.head.map(|head| nodes[head]).or(filled);
                edge(
                    &mut graph,
                    tail.unwrap_or(source),
                    head.unwrap_or(sink),
                    stretch.capacity[index].saturating_mul(stretch.seconds),
                );
            }
            held = kept.iter().map(|ends| ends[1]).collect();
        }
        for &held in &held {
            edge(&mut graph, held, stock, no_limit);
        }
        edge(&mut graph, stock, sink, self.final_stock);
        dinics(&graph, source, sink).0 as i64 - self.final_stock
    }

    /// The most that flows can earn, USD.
    ///
    /// - `worth`: what a barrel on each arc of the network earns, USD.
    ///
    /// # Errors
    /// [`Unsolved`] beyond the limits.
    pub fn most_earned(
        &self,
        problem: &Problem,
        worth: &[f64],
        limits: ProgramLimits,
    ) -> Result<f64, Unsolved> {
        if self.stretches.len() * (problem.arcs.len() + self.tanks.len()) > limits.variables {
            return Err(Unsolved::TooLarge);
        }
        let mut program = Program::new(OptimizationDirection::Maximize);
        program.set_time_limit(limits.time);
        let rooms = self.rooms();
        let mut held: Vec<Option<Variable>> = vec![None; self.tanks.len()];
        let mut promised: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); self.promised.len()];
        for (stretch, rooms) in self.stretches.iter().zip(&rooms) {
            let mut balance: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); problem.nodes];
            let mut stored: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); self.tanks.len()];
            for (index, arc) in problem.arcs.iter().enumerate() {
                let capacity = stretch.capacity[index];
                if capacity == 0 {
                    continue;
                }
                let most = if capacity >= UNLIMITED {
                    f64::INFINITY
                } else {
                    capacity as f64 * stretch.seconds as f64 / UNIT
                };
                let flow = program.add_var(worth[index], (0.0, most));
                for (terms, (arcs, _)) in promised.iter_mut().zip(&self.promised) {
                    if arcs.contains(&index) {
                        terms.push((flow, 1.0));
                    }
                }
                if let Some(tail) = arc.tail {
                    balance[tail].push((flow, -1.0));
                } else if let Some(tank) = self.tank_of(index, |tank| tank.1) {
                    stored[tank].push((flow, -1.0));
                }
                if let Some(head) = arc.head {
                    balance[head].push((flow, 1.0));
                } else if let Some(tank) = self.tank_of(index, |tank| tank.0) {
                    stored[tank].push((flow, 1.0));
                }
            }
            for terms in balance.into_iter().filter(|terms| !terms.is_empty()) {
                program.add_constraint(terms, ComparisonOp::Eq, 0.0);
            }
            for (tank, mut terms) in stored.into_iter().enumerate() {
                let after = program.add_var(0.0, (0.0, rooms[tank] as f64 / UNIT));
                terms.push((after, -1.0));
                let mut begun = -self.initial[tank] as f64 / UNIT;
                if let Some(before) = held[tank].replace(after) {
                    terms.push((before, 1.0));
                    begun = 0.0;
                }
                program.add_constraint(terms, ComparisonOp::Eq, begun);
            }
        }
        for (terms, &(_, volume)) in promised.into_iter().zip(&self.promised) {
            if !terms.is_empty() {
                // Less a barrel, so that rounding cannot make it impossible.
                let least = volume as f64 / UNIT - 1e-3;
                program.add_constraint(terms, ComparisonOp::Ge, least.max(0.0));
            }
        }
        let left: Vec<(Variable, f64)> = held.into_iter().flatten().map(|end| (end, 1.0)).collect();
        if !left.is_empty() {
            program.add_constraint(left, ComparisonOp::Ge, self.final_stock as f64 / UNIT);
        }
        let solved = program.solve().map_err(|_| Unsolved::TooLong)?;
        if !solved.is_optimal() {
            return Err(Unsolved::TooLong);
        }
        let solution = solved.solution().ok_or(Unsolved::TooLong)?;
        Ok(solution.objective() * 1_000.0)
    }
}
