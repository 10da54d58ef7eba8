use super::super::tableau::sized;
use super::*;
use crate::network::ReducedArc;

/// A small generator, so that the same networks are tried every time.
struct Draws(u64);

impl Draws {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % limit
    }

    /// - `costs`: how many costs there are; of few, many flows are as good as another.
    fn problem(&mut self, nodes: usize, arcs: usize, costs: usize) -> Problem {
        let arc = |draws: &mut Self| {
            let from = draws.below(nodes);
            let to = (from + 1 + draws.below(nodes - 1)) % nodes;
            let (tail, head) = match draws.below(5) {
                0 => (None, Some(to)),
                1 => (Some(from), None),
                _ => (Some(from), Some(to)),
            };
            let gain = if head.is_none() { 4 * costs } else { 0 };
            ReducedArc {
                tail,
                head,
                cost: draws.below(costs) as i128 - gain as i128,
                members: Vec::new(),
            }
        };
        Problem {
            nodes,
            arcs: (0..arcs).map(|_| arc(self)).collect(),
            ..Problem::default()
        }
    }
}

/// Flows of both over many states; whether there were ties.
fn agree(draws: &mut Draws, problem: &Problem, states: usize) -> bool {
    let mut tableau = sized::<i128>(problem);
    let mut spanning = Spanning::new(problem);
    let arcs = problem.arcs.len();
    let (mut one, mut other) = (vec![0; arcs], vec![0; arcs]);
    for state in 0..states {
        for _ in 0..if state == 0 { 4 * arcs } else { 3 } {
            let arc = draws.below(arcs);
            let capacity = draws.below(4) * draws.below(1_000);
            tableau.set_capacity(arc, capacity as i64);
            spanning.set_capacity(arc, capacity as i64);
        }
        tableau.solve(&mut one);
        spanning.solve(&mut other);
        assert_eq!(one, other, "state {state}");
        let (mut free, mut too) = (vec![false; arcs], vec![false; arcs]);
        tableau.find_free(0, &mut free);
        spanning.find_free(0, &mut too);
        assert_eq!(free, too, "state {state}");
    }
    assert_eq!(tableau.has_tied(), spanning.has_tied);
    spanning.has_tied
}

#[test]
fn flows_are_those_of_the_tableau() {
    let mut draws = Draws(1);
    let mut unique = 0;
    for case in 0..200 {
        let nodes = 2 + draws.below(20);
        let arcs = nodes + draws.below(3 * nodes);
        let problem = draws.problem(nodes, arcs, 1_000_000_000);
        unique += usize::from(!agree(&mut draws, &problem, 40));
        assert!(case < 100 || unique > 50, "costs are in general position");
    }
}

#[test]
fn of_equally_good_flows_both_take_the_same() {
    let mut draws = Draws(2);
    let mut tied = 0;
    for _ in 0..200 {
        let nodes = 2 + draws.below(20);
        let arcs = nodes + draws.below(3 * nodes);
        let problem = draws.problem(nodes, arcs, 4);
        tied += usize::from(agree(&mut draws, &problem, 40));
    }
    assert!(tied > 150, "{tied} with ties");
}

#[test]
fn flows_of_a_large_network_are_those_of_the_tableau() {
    let mut draws = Draws(3);
    let problem = draws.problem(300, 900, 1_000_000);
    agree(&mut draws, &problem, 30);
}
