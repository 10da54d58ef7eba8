//! Which sums of flows are the same in all flows that are equally good.
//!
//! An arc whose reduced cost is not zero carries the same in every optimum. Over the others, from one
//! optimum to another lead circles through what can still be sent forth or back. A sum of flows is
//! settled if no such circle changes it; where circles can go is a strongly connected part, and there
//! none changes the sum if each node has a height such that every arc adds the difference of heights
//! between its ends.

use crate::network::Problem;

use super::allocator::Allocator;

/// Not seen yet, or in no part yet.
const NONE: u32 = u32::MAX;

/// Work space to find what is settled in a state.
pub struct Leeway {
    /// Where each arc leaves and enters; outside is a node like others, the last.
    ends: Vec<[u32; 2]>,
    /// Arcs at each node.
    around: Vec<Vec<u32>>,
    sums: usize,
    /// What a barrel on each arc adds to each sum.
    weights: Vec<i64>,
    free: Vec<bool>,
    /// Which ways an arc can still change: more, less.
    open: Vec<[bool; 2]>,
    seen: Vec<u32>,
    lowest: Vec<u32>,
    part: Vec<u32>,
    /// Nodes in no part yet, and those on the way to the one looked at, with how many of their arcs are
    /// behind.
    waiting: Vec<u32>,
    way: Vec<(u32, usize)>,
    /// Height of each node for each sum.
    height: Vec<i64>,
    settled: Vec<bool>,
}

impl Leeway {
    /// For a problem; `None` where a least-cost flow is not all there is to an answer.
    ///
    /// - `sums`: of each sum the arcs of the problem that it counts, and how often, a barrel each.
    #[must_use]
    pub fn new(problem: &Problem, sums: &[Vec<(usize, i64)>]) -> Option<Self> {
        let is_plain = problem.several.is_none()
            && problem.circles.is_empty()
            && problem.claims.fields.is_empty();
        if !is_plain {
            return None;
        }
        let outside = problem.nodes;
        let node = |end: Option<usize>| end.unwrap_or(outside) as u32;
        let ends: Vec<[u32; 2]> = problem
            .arcs
            .iter()
            .map(|arc| [node(arc.tail), node(arc.head)])
            .collect();
        let mut around = vec![Vec::new(); outside + 1];
        for (arc, &[tail, head]) in ends.iter().enumerate() {
            around[tail as usize].push(arc as u32);
            around[head as usize].push(arc as u32);
        }
        let mut weights = vec![0; ends.len() * sums.len()];
        for (sum, arcs) in sums.iter().enumerate() {
            for &(arc, weight) in arcs {
                weights[arc * sums.len() + sum] += weight;
            }
        }
        Some(Self {
            around,
            sums: sums.len(),
            weights,
            free: vec![false; ends.len()],
            open: vec![[false; 2]; ends.len()],
            ends,
            seen: vec![NONE; outside + 1],
            lowest: vec![0; outside + 1],
            part: vec![NONE; outside + 1],
            waiting: Vec::new(),
            way: Vec::new(),
            height: vec![0; (outside + 1) * sums.len()],
            settled: vec![true; sums.len()],
        })
    }

    /// Which of the sums are the same in all optimal flows under the capacities of `allocator`, which
    /// is one of the problem; it solves them.
    pub fn settled(&mut self, allocator: &mut Allocator) -> &[bool] {
        allocator.solve_anew();
        allocator.find_free(&mut self.free);
        let flows = allocator.flows().iter();
        for (arc, (open, &flow)) in self.open.iter_mut().zip(flows).enumerate() {
            let is_free = self.free[arc];
            *open = [
                is_free && flow < allocator.capacity(arc),
                is_free && flow > 0,
            ];
        }
        self.find_parts();
        self.find_heights();
        &self.settled
    }

    /// Where an arc leads from a node, if more can be sent that way.
    fn leads(&self, node: u32, arc: u32) -> Option<u32> {
        let [tail, head] = self.ends[arc as usize];
        let [more, less] = self.open[arc as usize];
        if tail == node && more {
            Some(head)
        } else if head == node && less {
            Some(tail)
        } else {
            None
        }
    }

    /// Strongly connected parts (Tarjan 1972).
    fn find_parts(&mut self) {
        self.seen.fill(NONE);
        self.part.fill(NONE);
        let mut count = 0;
        for start in 0..self.around.len() as u32 {
            if self.seen[start as usize] != NONE {
                continue;
            }
            self.see(start, &mut count);
            while let Some(&(node, next)) = self.way.last() {
                let at = node as usize;
                let Some(&arc) = self.around[at].get(next) else {
                    self.way.pop();
                    self.close(node);
                    continue;
                };
                if let Some(last) = self.way.last_mut() {
                    last.1 += 1;
                }
                let Some(to) = self.leads(node, arc) else {
                    continue;
                };
                if self.seen[to as usize] == NONE {
                    self.see(to, &mut count);
                } else if self.part[to as usize] == NONE {
                    self.lowest[at] = self.lowest[at].min(self.seen[to as usize]);
                }
            }
        }
    }

    fn see(&mut self, node: u32, count: &mut u32) {
        self.seen[node as usize] = *count;
        self.lowest[node as usize] = *count;
        *count += 1;
        self.waiting.push(node);
        self.way.push((node, 0));
    }

    /// All that a node leads to has been seen.
    fn close(&mut self, node: u32) {
        let lowest = self.lowest[node as usize];
        if lowest == self.seen[node as usize] {
            while let Some(member) = self.waiting.pop() {
                self.part[member as usize] = node;
                if member == node {
                    break;
                }
            }
        }
        if let Some(&(before, _)) = self.way.last() {
            let before = &mut self.lowest[before as usize];
            *before = lowest.min(*before);
        }
    }

    /// Gives nodes heights, part by part, and notes for which sums they cannot have any.
    fn find_heights(&mut self) {
        self.settled.fill(true);
        self.seen.fill(NONE);
        for start in 0..self.around.len() {
            if self.seen[start] != NONE {
                continue;
            }
            self.seen[start] = 0;
            self.height[start * self.sums..][..self.sums].fill(0);
            self.waiting.push(start as u32);
            while let Some(node) = self.waiting.pop() {
                let from = node as usize;
                for index in 0..self.around[from].len() {
                    let arc = self.around[from][index] as usize;
                    let [tail, head] = self.ends[arc];
                    let is_forth = tail == node;
                    let to = if is_forth { head } else { tail } as usize;
                    let is_within = self.part[from] == self.part[to];
                    if !is_within || self.open[arc] == [false; 2] {
                        continue;
                    }
                    let is_new = self.seen[to] == NONE;
                    if is_new {
                        self.seen[to] = 0;
                        self.waiting.push(to as u32);
                    }
                    for sum in 0..self.sums {
                        let weight = self.weights[arc * self.sums + sum];
                        let rise = if is_forth { weight } else { -weight };
                        let height = self.height[from * self.sums + sum] + rise;
                        let other = &mut self.height[to * self.sums + sum];
                        if is_new {
                            *other = height;
                        } else {
                            self.settled[sum] &= *other == height;
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::dice::Dice;
    use super::*;

    /// A network on which many flows cost the same.
    fn problem(dice: &mut Dice) -> Problem {
        let nodes = 2 + dice.below(7);
        let arcs = nodes + dice.below(3 * nodes);
        dice.problem(nodes, arcs, 2)
    }

    #[test]
    fn a_sum_is_settled_if_and_only_if_no_optimum_has_more_or_less_of_it() {
        let mut dice = Dice(5);
        let (mut same, mut different) = (0, 0);
        for _ in 0..300 {
            let problem = problem(&mut dice);
            let arcs = problem.arcs.len();
            let sums: Vec<Vec<(usize, i64)>> = (0..3)
                .map(|_| {
                    let arc = |_| (dice.below(arcs), [1, 1, -1][dice.below(3)]);
                    (0..3).map(arc).collect()
                })
                .collect();
            let mut plain = Allocator::new(&problem);
            let mut leeway = Leeway::new(&problem, &sums).expect("cost alone decides");
            // With a small reward for the sum, and with a small fine.
            let inclined = |sum: usize, sign: i128| {
                let mut inclined = problem.clone();
                for arc in &mut inclined.arcs {
                    arc.cost *= 1_000;
                }
                for &(arc, weight) in &sums[sum] {
                    inclined.arcs[arc].cost += sign * i128::from(weight);
                }
                Allocator::new(&inclined)
            };
            for _ in 0..10 {
                for arc in 0..arcs {
                    let capacity = dice.below(3) * dice.below(100);
                    plain.set_capacity(arc, capacity as i64);
                }
                let settled = leeway.settled(&mut plain).to_vec();
                for (sum, &is_settled) in settled.iter().enumerate() {
                    let ends = [1, -1].map(|sign| {
                        let mut allocator = inclined(sum, sign);
                        allocator.set_numbers(plain.numbers());
                        let flows = allocator.solve_anew();
                        let terms = sums[sum].iter();
                        terms.map(|&(arc, weight)| flows[arc] * weight).sum::<i64>()
                    });
                    assert_eq!(is_settled, ends[0] == ends[1], "{ends:?}");
                    same += usize::from(is_settled);
                    different += usize::from(!is_settled);
                }
            }
        }
        assert!(same > 1_000 && different > 1_000, "{same} and {different}");
    }

    #[test]
    fn nothing_is_said_where_cost_is_not_all() {
        let mut problem = problem(&mut Dice(6));
        problem.circles.push(0);
        assert!(Leeway::new(&problem, &[]).is_none());
    }
}
