//! Oil does not go in circles.
//!
//! A nomination beats cost, so where links lead back the cheapest flow may send oil round and
//! round to meet one. What goes in a circle serves nobody: it is taken off again. Volumes
//! delivered, stored and produced stay as they are.

use crate::network::Problem;

/// Takes circles off a flow; of no use, and no cost, where no circle can pay.
#[derive(Clone, Debug)]
pub(super) struct Circulation {
    /// Arcs that can be part of a circle that pays: index, tail, head.
    arcs: Vec<(usize, usize, usize)>,
    /// How many nodes there are.
    nodes: usize,
}

impl Circulation {
    pub(super) fn new(problem: &Problem) -> Self {
        let arcs = problem
            .circles
            .iter()
            .filter_map(|&arc| {
                let ends = &problem.arcs[arc];
                Some((arc, ends.tail?, ends.head?))
            })
            .collect();
        Self {
            arcs,
            nodes: problem.nodes,
        }
    }

    /// Takes every circle off, the first found first.
    pub(super) fn remove(&self, flows: &mut [i64]) {
        if self.arcs.is_empty() {
            return;
        }
        while let Some(circle) = self.find(flows) {
            let least = circle.iter().map(|&arc| flows[arc]).min().unwrap_or(0);
            for arc in circle {
                flows[arc] -= least;
            }
        }
    }

    /// A circle of arcs that all carry oil. Each removal empties an arc, so this ends.
    fn find(&self, flows: &[i64]) -> Option<Vec<usize>> {
        let mut done = vec![false; self.nodes];
        for &(_, start, _) in &self.arcs {
            let mut path: Vec<(usize, usize)> = Vec::new(); // arc, and the node it leaves
            let mut tried = vec![0_usize; self.nodes];
            let mut node = start;
            while !done[node] {
                let onward = self.arcs[tried[node]..]
                    .iter()
                    .position(|&(arc, tail, _)| tail == node && flows[arc] > 0);
                let Some(step) = onward else {
                    done[node] = true;
                    let Some((_, before)) = path.pop() else { break };
                    node = before;
                    continue;
                };
                let (arc, _, head) = self.arcs[tried[node] + step];
                tried[node] += step + 1;
                path.push((arc, node));
                if let Some(at) = path.iter().position(|&(_, tail)| tail == head) {
                    return Some(path[at..].iter().map(|&(arc, _)| arc).collect());
                }
                if done[head] {
                    path.pop();
                } else {
                    node = head;
                }
            }
        }
        None
    }
}
