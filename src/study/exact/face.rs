//! All states of one part of the network in one period.

use std::collections::BTreeMap;

use crate::metrics::Compensated;
use crate::simulation::Probe;

use super::component::Component;
use super::tensor::{Odometer, Tensor};
use super::variable::{Variable, begin, end};

/// What is delivered in every state of a part, in the time between two changes of the plan.
#[derive(Clone, Debug)]
pub(super) struct Face {
    pub(super) variables: Vec<Variable>,
    /// Law of each variable in the long run.
    pub(super) laws: Vec<Vec<f64>>,
    /// Delivered rates, b/d.
    pub(super) delivered: Tensor,
    /// Long-run share of time of each delivered rate.
    pub(super) levels: BTreeMap<i64, Compensated>,
}

/// Sums over states of what capacity is worth: in the cut, right, right of nameplate, left.
pub(super) type Margins = [Compensated; 4];

/// What is told of on the way.
pub(super) trait Steps {
    /// So many more states are done; `false` to end.
    fn step(&mut self, states: u64) -> bool;
}

/// States between two words to whoever waits.
const TOLD: u64 = 2_048;

impl Face {
    /// Goes through all states; `None` if it was told to end.
    ///
    /// - `parts`: the parts of the network that are looked at together.
    pub(super) fn of(
        variables: Vec<Variable>,
        components: &[Component],
        parts: &[usize],
        probe: &mut Probe<'_>,
        (weight, margins): (f64, &mut [Margins]),
        steps: &mut dyn Steps,
    ) -> Option<Self> {
        let long_run = |component: usize| components[component].law.as_slice();
        let laws: Vec<Vec<f64>> = variables
            .iter()
            .map(|variable| variable.law(&long_run))
            .collect();
        let sizes: Vec<usize> = laws.iter().map(Vec::len).collect();
        let mut odometer = Odometer::new(&sizes);
        let count: usize = sizes.iter().product();
        let mut numbers = Vec::with_capacity(count);
        let mut levels: BTreeMap<i64, Compensated> = BTreeMap::new();
        for variable in &variables {
            begin(probe, &variable.values[0]);
        }
        let mut untold = 0;
        loop {
            probe.solve();
            let delivered: i64 = parts.iter().map(|&part| probe.delivered(part)).sum();
            numbers.push(delivered);
            // Always multiplied in the order of the variables.
            let mut likely = 1.0;
            for (law, &value) in laws.iter().zip(&odometer.values) {
                likely *= law[value];
            }
            levels.entry(delivered).or_default().add(likely);
            for &part in parts {
                probe.margins(part, &mut |rated, margin, left| {
                    let share = likely * weight;
                    let sums = &mut margins[rated];
                    if margin.in_cut {
                        sums[0].add(share);
                    }
                    if margin.right {
                        sums[1].add(share);
                        sums[2].add(share * left);
                    }
                    if margin.left {
                        sums[3].add(share);
                    }
                });
            }
            untold += 1;
            if untold == TOLD && !steps.step(std::mem::take(&mut untold)) {
                return None;
            }
            let more = odometer.next(&mut |variable, before, after| {
                end(probe, &variables[variable].values[before]);
                begin(probe, &variables[variable].values[after]);
            });
            if !more {
                break;
            }
        }
        for (variable, &value) in variables.iter().zip(&odometer.values) {
            end(probe, &variable.values[value]);
        }
        steps.step(untold).then_some(Self {
            variables,
            laws,
            delivered: Tensor { sizes, numbers },
            levels,
        })
    }

    /// Delivered with the processes in these states.
    pub(super) fn at(&self, state_of: &dyn Fn(usize) -> usize) -> i64 {
        let values = self
            .variables
            .iter()
            .map(|variable| variable.value(state_of));
        let place = values
            .zip(&self.delivered.sizes)
            .fold(0, |place, (value, size)| place * size + value);
        self.delivered.numbers[place]
    }

    /// Mean delivered rate if some processes have other laws.
    pub(super) fn mean<'a>(&self, law_of: &dyn Fn(usize) -> &'a [f64]) -> f64 {
        let laws: Vec<Vec<f64>> = self
            .variables
            .iter()
            .map(|variable| variable.law(law_of))
            .collect();
        self.delivered.mean(&laws)
    }

    /// How often what is delivered falls past a limit, per day: each fall from one rate to another
    /// counts with the chance that it passes it.
    pub(super) fn falls(
        &self,
        components: &[Component],
        passes: &dyn Fn(i64, i64) -> f64,
    ) -> Compensated {
        let mut sum = Compensated::default();
        for (place, variable) in self.variables.iter().enumerate() {
            let moves = variable.moves(components);
            let before = joint(&self.laws[..place]);
            let after = joint(&self.laws[place + 1..]);
            let stride = self.delivered.stride(place);
            let row = stride * self.delivered.sizes[place];
            for (outer, likely) in before.iter().enumerate() {
                for (inner, chance) in after.iter().enumerate() {
                    let rate =
                        |value: usize| self.delivered.numbers[outer * row + value * stride + inner];
                    for &(from, to, often) in &moves {
                        let (high, low) = (rate(from), rate(to));
                        if high > low {
                            sum.add(likely * chance * often * passes(high, low));
                        }
                    }
                }
            }
        }
        sum
    }
}

/// Chances of all joint values, the last variable changing fastest.
fn joint(laws: &[Vec<f64>]) -> Vec<f64> {
    let mut chances = vec![1.0];
    for law in laws {
        chances = chances
            .iter()
            .flat_map(|before| law.iter().map(move |likely| before * likely))
            .collect();
    }
    chances
}

/// The law of a sum of independent rates; `None` if it has more than `most` levels.
pub(super) fn convolved<'a>(
    laws: impl IntoIterator<Item = &'a BTreeMap<i64, Compensated>>,
    most: usize,
) -> Option<BTreeMap<i64, Compensated>> {
    let mut one = Compensated::default();
    one.add(1.0);
    let mut sum: BTreeMap<i64, Compensated> = [(0, one)].into();
    for law in laws {
        if sum.len().saturating_mul(law.len()) > most {
            return None;
        }
        let mut next: BTreeMap<i64, Compensated> = BTreeMap::new();
        for (rate, chance) in &sum {
            for (more, likely) in law {
                let both = chance.value() * likely.value();
                next.entry(rate + more).or_default().add(both);
            }
        }
        sum = next;
    }
    Some(sum)
}
