//! How long obligations can be met with what is in tanks, or what room they have.

use std::time::Duration;

use microlp::{ComparisonOp, OptimizationDirection, Problem as Program, Variable};

use crate::network::{Problem, UNLIMITED};

use super::foresight::Unsolved;

/// Rates, in barrels a day, in a unit of the linear program: volumes are in a thousand barrels.
const UNIT: f64 = 1_000.0;

/// Volumes of tanks are counted in 86 400ths of a barrel.
const PARTS: f64 = 86_400.0;

/// Most time that a program may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What can flow, and be taken from tanks and put into them, from an instant on.
#[derive(Clone, Debug, Default)]
pub struct Endurance {
    /// Capacity of each arc of the network, b/d.
    pub capacity: Vec<i64>,
    /// Arcs that fill and draw each tank, or [`crate::network::NO_ARC`].
    pub tanks: Vec<(usize, usize)>,
    /// What can be drawn from each tank, 86 400ths of a barrel.
    pub stock: Vec<i64>,
    /// What still goes into each tank, 86 400ths of a barrel.
    pub room: Vec<i64>,
}

impl Endurance {
    /// The longest time, in days, in which at least a rate, b/d, flows over each of some sets of
    /// arcs; at most `most_days`.
    ///
    /// One linear program over volumes and time: what flows over an arc in all is at most its
    /// capacity times the time, what leaves a tank beyond what enters it at most its stock.
    ///
    /// # Errors
    /// [`Unsolved`] if the solver gives up.
    ///
    /// # Source
    /// Simchi-Levi, Schmidt and Wei (2014), *Harvard Business Review* 92(1): time to survive.
    pub fn longest(
        &self,
        problem: &Problem,
        promised: &[(Vec<usize>, i64)],
        most_days: f64,
    ) -> Result<f64, Unsolved> {
        let mut program = Program::new(OptimizationDirection::Maximize);
        program.set_time_limit(PATIENCE);
        let time = program.add_var(1.0, (0.0, most_days));
        let mut balance: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); problem.nodes];
        let mut drawn: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); self.tanks.len()];
        let mut flows: Vec<Option<Variable>> = vec![None; problem.arcs.len()];
        for (index, arc) in problem.arcs.iter().enumerate() {
            let capacity = self.capacity[index];
            if capacity <= 0 {
                continue;
            }
            let flow = program.add_var(0.0, (0.0, f64::INFINITY));
            flows[index] = Some(flow);
            if capacity < UNLIMITED {
                let terms = [(flow, 1.0), (time, -(capacity as f64 / UNIT))];
                program.add_constraint(terms, ComparisonOp::Le, 0.0);
            }
            if let Some(tail) = arc.tail {
                balance[tail].push((flow, -1.0));
            }
            if let Some(head) = arc.head {
                balance[head].push((flow, 1.0));
            }
            for (terms, &(fill, draw)) in drawn.iter_mut().zip(&self.tanks) {
                if index == draw {
                    terms.push((flow, 1.0));
                }
                if index == fill {
                    terms.push((flow, -1.0));
                }
            }
        }
        for terms in balance.into_iter().filter(|terms| !terms.is_empty()) {
            program.add_constraint(terms, ComparisonOp::Eq, 0.0);
        }
        for ((terms, &stock), &room) in drawn.into_iter().zip(&self.stock).zip(&self.room) {
            if terms.is_empty() {
                continue;
            }
            let most = stock as f64 / PARTS / UNIT;
            program.add_constraint(terms.clone(), ComparisonOp::Le, most);
            let least = -(room as f64 / PARTS / UNIT);
            program.add_constraint(terms, ComparisonOp::Ge, least);
        }
        for (arcs, rate) in promised.iter().filter(|&&(_, rate)| rate > 0) {
            let own = arcs
                .iter()
                .filter_map(|&arc| flows.get(arc).copied().flatten());
            let mut terms: Vec<(Variable, f64)> = own.map(|flow| (flow, 1.0)).collect();
            terms.push((time, -(*rate as f64 / UNIT)));
            program.add_constraint(terms, ComparisonOp::Ge, 0.0);
        }
        let solved = program.solve().map_err(|_| Unsolved::TooLong)?;
        if !solved.is_optimal() {
            return Err(Unsolved::TooLong);
        }
        let solution = solved.solution().ok_or(Unsolved::TooLong)?;
        // A sum with 0 has no minus sign if it is 0.
        Ok(solution.objective().clamp(0.0, most_days) + 0.0)
    }
}
