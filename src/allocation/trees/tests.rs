use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};

use super::KeptTrees;
use crate::allocation::dice::Dice;

type Ends = (Option<usize>, Option<usize>);

fn ends(dice: &mut Dice, nodes: usize) -> Ends {
    let node = |dice: &mut Dice| Some(dice.below(nodes));
    match dice.below(5) {
        0 => (None, node(dice)),
        1 => (node(dice), None),
        2 if dice.below(20) == 0 => (None, None),
        _ => (node(dice), node(dice)),
    }
}

/// The same network for a method that begins anew each time.
struct Anew {
    graph: DiGraph<(), u64>,
    source: NodeIndex,
    sink: NodeIndex,
}

impl Anew {
    fn new(nodes: usize, arcs: &[Ends]) -> Self {
        let mut graph = DiGraph::new();
        let inner: Vec<NodeIndex> = (0..nodes).map(|_| graph.add_node(())).collect();
        let (source, sink) = (graph.add_node(()), graph.add_node(()));
        for &(tail, head) in arcs {
            let tail = tail.map_or(source, |node| inner[node]);
            graph.add_edge(tail, head.map_or(sink, |node| inner[node]), 0);
        }
        Self {
            graph,
            source,
            sink,
        }
    }

    fn solve(&self) -> i64 {
        dinics(&self.graph, self.source, self.sink).0 as i64
    }
}

fn compare(
    nodes: usize,
    arcs: usize,
    solves: usize,
    most_changes: usize,
    dice: &mut Dice,
) -> usize {
    let ends: Vec<Ends> = (0..arcs).map(|_| ends(dice, nodes)).collect();
    let mut kept = KeptTrees::new(nodes, &ends);
    let mut anew = Anew::new(nodes, &ends);
    let full: Vec<i64> = ends.iter().map(|_| 1 + dice.below(30) as i64).collect();
    let mut changes = 0;
    for solve in 0..solves {
        let count = if solve == 0 {
            arcs
        } else {
            1 + dice.below(most_changes)
        };
        for index in 0..count {
            let arc = if solve == 0 { index } else { dice.below(arcs) };
            let capacity = match dice.below(6) {
                0 | 1 if solve > 0 => 0,
                2 => full[arc] / 2,
                3 => full[arc] * 3,
                _ => full[arc],
            };
            kept.set_capacity(arc, capacity);
            anew.graph[EdgeIndex::new(arc)] = capacity as u64;
            changes += 1;
        }
        assert_eq!(
            kept.solve(),
            anew.solve(),
            "solve {solve} of {nodes} nodes, {arcs} arcs"
        );
    }
    changes
}

#[test]
fn kept_trees_find_what_a_fresh_solve_finds() {
    let mut dice = Dice(1);
    let mut changes = 0;
    for network in 0..400 {
        let nodes = 1 + dice.below(12);
        let arcs = 2 + dice.below(4 * nodes);
        changes += compare(nodes, arcs, 250, 1 + network % 6, &mut dice);
    }
    for _ in 0..8 {
        let nodes = 40 + dice.below(60);
        changes += compare(nodes, 3 * nodes, 120, 8, &mut dice);
    }
    assert!(changes > 200_000, "{changes} changes");
}

#[test]
fn an_arc_that_closes_and_opens_again_leaves_no_trace() {
    // Two ways to the sink, of which one closes.
    let arcs = [
        (None, Some(0)),
        (Some(0), Some(1)),
        (Some(0), Some(2)),
        (Some(1), None),
        (Some(2), None),
        (None, None),
    ];
    let mut trees = KeptTrees::new(3, &arcs);
    for (arc, capacity) in [10, 6, 6, 5, 4, 1].into_iter().enumerate() {
        trees.set_capacity(arc, capacity);
    }
    assert_eq!(trees.solve(), 10);
    for _ in 0..3 {
        trees.set_capacity(1, 0);
        assert_eq!(trees.solve(), 5);
        trees.set_capacity(1, 6);
        assert_eq!(trees.solve(), 10);
    }
    assert_eq!(trees.capacity(1), 6);
}

#[test]
fn largest_capacities_do_not_overflow() {
    let most = KeptTrees::MOST;
    let arcs = [
        (None, Some(0)),
        (None, Some(0)),
        (Some(0), Some(1)),
        (Some(1), Some(0)),
        (Some(1), None),
        (Some(1), None),
    ];
    let mut trees = KeptTrees::new(2, &arcs);
    (0..arcs.len()).for_each(|arc| trees.set_capacity(arc, most));
    assert_eq!(trees.solve(), most);
    trees.set_capacity(2, 0);
    assert_eq!(trees.solve(), 0);
    trees.set_capacity(2, most);
    assert_eq!(trees.solve(), most);
}
