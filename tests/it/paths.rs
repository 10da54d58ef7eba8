//! An independent program for grades told apart: over whole paths from field to market, not over arcs.

use keruen::model::Model;
use keruen::network::{ArcRole, FlowArc, Network, Problem};
use microlp::{ComparisonOp, OptimizationDirection, Variable};

/// The best that can be had by the rules, as a program over whole paths from field to market.
pub(crate) struct Paths {
    /// Arcs that share a capacity: one of the network alone, or those of a link in both directions; b/d.
    capacity: Vec<(Vec<usize>, i64)>,
    pub(crate) paths: Vec<Vec<usize>>,
}

impl Paths {
    pub(crate) fn of(
        model: &Model,
        network: &Network,
        problem: &Problem,
        capacities: &[i64],
    ) -> Self {
        let capacity: Vec<i64> = problem
            .carrier
            .iter()
            .map(|&carrier| capacities.get(carrier).copied().unwrap_or(0))
            .collect();
        let of = |arc: Option<usize>| arc.map_or(0, |arc| capacity[arc]);
        let both_ways = network.link_arcs.iter().map(|&[nominated, rest, back]| {
            let most = of(nominated) + of(rest);
            let arcs = [nominated, rest, back].into_iter().flatten().collect();
            (arcs, most.max(of(back)))
        });
        let alone = capacity.iter().enumerate();
        let mut found = Self {
            capacity: alone
                .map(|(arc, &most)| (vec![arc], most))
                .chain(both_ways)
                .collect(),
            paths: Vec::new(),
        };
        for (field, &source) in network.source_of.iter().enumerate() {
            let grade = model.fields[field].commodity.as_deref().expect("a grade");
            let may = |list: &Option<Vec<String>>| {
                list.as_ref()
                    .is_none_or(|list| list.iter().any(|listed| listed == grade))
            };
            let is_open = |arc: &FlowArc| match arc.role {
                ArcRole::Link { link, .. } => may(&model.links[link].grades),
                ArcRole::Sell { market, .. } => may(&model.markets[market].grades),
                ArcRole::Grade(lot) => {
                    let names = model.grading().expect("grades are told apart").names;
                    names[network.lots[lot].commodity] == grade
                }
                ArcRole::Source(_) | ArcRole::Fill(_) | ArcRole::Draw(_) | ArcRole::Part { .. } => {
                    false
                }
                ArcRole::Through(_) => true,
            };
            found.follow(network, &is_open, vec![source]);
        }
        found
    }

    fn follow(&mut self, network: &Network, is_open: &dyn Fn(&FlowArc) -> bool, path: Vec<usize>) {
        let last = network.arcs[*path.last().expect("a path begins at a field")];
        let Some(node) = last.head else {
            self.paths.push(path);
            return;
        };
        for (index, arc) in network.arcs.iter().enumerate() {
            let seen = path
                .iter()
                .any(|&arc_before| network.arcs[arc_before].head == arc.head);
            if arc.tail == Some(node) && is_open(arc) && (arc.head.is_none() || !seen) {
                self.follow(network, is_open, [path.clone(), vec![index]].concat());
            }
        }
    }

    /// What arcs are worth, added up along each path.
    pub(crate) fn summed(&self, worth: &dyn Fn(usize) -> f64) -> Vec<f64> {
        let along = |path: &Vec<usize>| path.iter().map(|&arc| worth(arc)).sum();
        self.paths.iter().map(along).collect()
    }

    /// Minimises one objective after the other over the paths; the value of each.
    pub(crate) fn best(&self, objectives: &[Vec<f64>]) -> Vec<f64> {
        let mut held: Vec<(&[f64], f64)> = Vec::new();
        for objective in objectives {
            let value = self.least(objective, &held);
            held.push((objective, value));
        }
        held.into_iter().map(|(_, value)| value).collect()
    }

    /// The least of an objective with others held to what they may be at most.
    pub(crate) fn least(&self, objective: &[f64], held: &[(&[f64], f64)]) -> f64 {
        let mut program = microlp::Problem::new(OptimizationDirection::Minimize);
        let rates: Vec<Variable> = objective
            .iter()
            .map(|&cost| program.add_var(cost, (0.0, f64::INFINITY)))
            .collect();
        for (arcs, capacity) in &self.capacity {
            let is_on = |&path: &usize| arcs.iter().any(|arc| self.paths[path].contains(arc));
            let on = (0..self.paths.len()).filter(is_on);
            let row: Vec<(Variable, f64)> = on.map(|path| (rates[path], 1.0)).collect();
            if !row.is_empty() {
                program.add_constraint(&row, ComparisonOp::Le, *capacity as f64 / 1e3);
            }
        }
        for &(before, value) in held {
            let row: Vec<(Variable, f64)> =
                rates.iter().copied().zip(before.iter().copied()).collect();
            program.add_constraint(&row, ComparisonOp::Le, value + 1e-7);
        }
        let solved = program.solve().expect("feasible: nothing at all may flow");
        let solution = solved.into_solution().expect("no limit was set");
        solution.objective()
    }
}
