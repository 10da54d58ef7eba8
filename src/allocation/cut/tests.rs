//! Programs against other ways to the greatest flow.

use std::io;
use std::path::Path;

use petgraph::algo::dinics;
use petgraph::graph::DiGraph;
use pulp::Arch;

use super::{Capacity, CutArc, CutProgram, LANES, Lane};
use crate::allocation::Allocator;
use crate::allocation::dice::Dice;
use crate::network::Network;
use crate::scenario::{Text, parse};

/// A network with loops, pairs of opposite arcs, parallel arcs, dead ends and known capacities.
fn random_network(dice: &mut Dice) -> (usize, Vec<CutArc>, usize) {
    // Small and dense, or larger and nearly a tree.
    let (nodes, count) = if dice.below(4) > 0 {
        (1 + dice.below(9), 1 + dice.below(26))
    } else {
        (20 + dice.below(20), 20 + dice.below(50))
    };
    let mut rows = 0;
    let arcs = (0..count)
        .map(|_| {
            let mut end = || (dice.below(4) > 0).then(|| dice.below(nodes));
            let (tail, head) = (end(), end());
            let capacity = match dice.below(10) {
                0 => Capacity::Fixed(0),
                1 if tail.is_some() || head.is_some() => Capacity::Fixed(4_000_000_000),
                2..4 => Capacity::Fixed(dice.below(40) as i64),
                // Some rows are used twice, and some not at all.
                4 if rows > 0 => Capacity::Row(dice.below(rows)),
                _ => {
                    rows += 1 + usize::from(dice.below(8) == 0);
                    Capacity::Row(rows - 1)
                }
            };
            CutArc {
                tail,
                head,
                capacity,
            }
        })
        .collect();
    (nodes, arcs, rows)
}

fn random_rows(dice: &mut Dice, rows: usize, most: usize) -> Vec<Lane> {
    let mut entry = || match dice.below(4) {
        0 => 0,
        _ => dice.below(most) as i32,
    };
    (0..rows)
        .map(|_| Lane(std::array::from_fn(|_| entry())))
        .collect()
}

/// The greatest flow of a lane by Dinic's algorithm.
fn dinic(nodes: usize, arcs: &[CutArc], rows: &[Lane], lane: usize) -> i64 {
    let mut graph = DiGraph::<(), u64>::new();
    let inner: Vec<_> = (0..nodes).map(|_| graph.add_node(())).collect();
    let (source, sink) = (graph.add_node(()), graph.add_node(()));
    for arc in arcs {
        let capacity = match arc.capacity {
            Capacity::Row(row) => rows[row][lane] as u64,
            Capacity::Fixed(most) => most as u64,
        };
        let tail = arc.tail.map_or(source, |node| inner[node]);
        let head = arc.head.map_or(sink, |node| inner[node]);
        graph.add_edge(tail, head, capacity);
    }
    dinics(&graph, source, sink).0 as i64
}

/// Ways to evaluate that the machine has besides the widest.
fn narrower() -> Vec<Arch> {
    let mut narrower = vec![Arch::Scalar];
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    narrower.extend(pulp::x86::V3::try_new().map(Arch::V3));
    narrower
}

fn arc(tail: Option<usize>, head: Option<usize>, capacity: Capacity) -> CutArc {
    CutArc {
        tail,
        head,
        capacity,
    }
}

#[test]
fn random_networks_have_the_flow_that_dinic_finds_with_any_instructions() {
    let mut dice = Dice(1);
    let (mut scratch, mut made) = (Vec::new(), 0);
    for turn in 0..3_000 {
        let (nodes, arcs, rows) = random_network(&mut dice);
        let input = random_rows(&mut dice, rows, 60);
        let Some(program) = CutProgram::compile(nodes, &arcs, rows) else {
            let flow = dinic(nodes, &arcs, &input, 0);
            assert!(flow >= 4_000_000_000, "{turn}: {arcs:?}");
            continue;
        };
        made += 1;
        assert!(program.row_limit() >= 60, "{turn}: {arcs:?}");
        let mut wide = Lane([-1; LANES]);
        program.evaluate(&input, &mut scratch, &mut wide);
        for arch in narrower() {
            let mut narrow = Lane([-1; LANES]);
            program.evaluate_on(arch, &input, &mut scratch, &mut narrow);
            assert_eq!(wide, narrow, "{turn}: {arch:?}, {arcs:?}");
        }
        // Every lane of a few, some lanes of all.
        let step = if turn % 100 == 0 { 1 } else { 17 };
        for lane in (turn % 17..LANES).step_by(step) {
            let flow = dinic(nodes, &arcs, &input, lane);
            assert_eq!(i64::from(wide[lane]), flow, "{turn}, {lane}: {arcs:?}");
        }
    }
    assert!(made > 2_500, "{made} programs");
}

#[test]
fn what_nothing_limits_has_no_program() {
    let unlimited = Capacity::Fixed(4_000_000_000);
    let arcs = [
        arc(None, Some(0), unlimited),
        arc(Some(0), None, unlimited),
        arc(Some(0), None, Capacity::Row(0)),
    ];
    assert!(CutProgram::compile(1, &arcs, 1).is_none());
    assert!(CutProgram::compile(1, &arcs[..1], 1).is_some());
    // Nodes and rows that there are not.
    assert!(CutProgram::compile(0, &arcs[..1], 1).is_none());
    assert!(CutProgram::compile(1, &arcs[2..], 0).is_none());
}

#[test]
fn nothing_to_compute_is_computed() {
    let arcs = [
        arc(None, Some(0), Capacity::Fixed(7)),
        arc(Some(0), Some(1), Capacity::Fixed(5)),
        arc(Some(1), None, Capacity::Fixed(9)),
        arc(Some(1), Some(2), Capacity::Row(0)),
    ];
    let program = CutProgram::compile(3, &arcs, 1).expect("a small network");
    assert_eq!(program.operations(), 0);
    let mut out = Lane::default();
    program.evaluate(&[Lane([3; LANES])], &mut Vec::new(), &mut out);
    assert_eq!(out, Lane([5; LANES]));
}

#[test]
fn capacities_up_to_the_limit_make_no_sum_too_large() {
    let mut dice = Dice(2);
    let mut scratch = Vec::new();
    for turn in 0..500 {
        let (nodes, arcs, rows) = random_network(&mut dice);
        let Some(program) = CutProgram::compile(nodes, &arcs, rows) else {
            continue;
        };
        let limit = program.row_limit();
        let mut input = random_rows(&mut dice, rows, limit as usize);
        for row in &mut input {
            for entry in row.iter_mut().filter(|entry| **entry == 0) {
                *entry = limit;
            }
        }
        let mut out = Lane([-1; LANES]);
        // An overflow would panic here, as tests check arithmetic.
        program.evaluate_on(Arch::Scalar, &input, &mut scratch, &mut out);
        let lane = turn % LANES;
        let flow = dinic(nodes, &arcs, &input, lane);
        assert_eq!(i64::from(out[lane]), flow, "{turn}: {arcs:?}");
    }
}

#[test]
fn capacities_above_the_limit_may_be_cut_down_to_it() {
    // Two ways of three links, and a source that is less than what the rows may hold.
    let mut arcs = vec![arc(None, Some(0), Capacity::Row(0))];
    for (row, tail, head) in [(1, 0, 1), (2, 1, 2), (3, 0, 2), (4, 0, 2)] {
        arcs.push(arc(Some(tail), Some(head), Capacity::Row(row)));
    }
    arcs.push(arc(Some(2), None, Capacity::Row(5)));
    let program = CutProgram::compile(3, &arcs, 6).expect("a small network");
    let cut = |capacity: i64| capacity.min(i64::from(program.row_limit())) as i32;
    let rows: Vec<Lane> = [
        1_000_000,
        300_000,
        4_000_000_000,
        500_000,
        100_000,
        4_000_000_000,
    ]
    .map(|capacity| Lane([cut(capacity); LANES]))
    .to_vec();
    let mut out = Lane::default();
    program.evaluate(&rows, &mut Vec::new(), &mut out);
    assert_eq!(out, Lane([900_000; LANES]));
}

/// Everything joined with everything: a node's neighbours are all others.
fn complete(nodes: usize) -> (Vec<CutArc>, usize) {
    let mut ends = Vec::new();
    for node in 0..nodes {
        ends.push((None, Some(node)));
        ends.push((Some(node), None));
        ends.extend((0..node).map(|other| (Some(node), Some(other))));
        ends.extend((0..node).map(|other| (Some(other), Some(node))));
    }
    let arcs = ends.iter().enumerate();
    let arcs = arcs.map(|(row, &(tail, head))| arc(tail, head, Capacity::Row(row)));
    (arcs.collect(), ends.len())
}

#[test]
fn a_network_may_be_as_entangled_as_the_limit_says_and_not_more() {
    let (arcs, rows) = complete(12);
    assert!(CutProgram::compile(12, &arcs, rows).is_none());
    let (arcs, rows) = complete(11);
    let program = CutProgram::compile(11, &arcs, rows).expect("as wide as may be");
    assert_eq!(program.width(), super::MOST_WIDTH);
    let mut dice = Dice(3);
    let input = random_rows(&mut dice, rows, 1_000);
    let mut out = Lane::default();
    program.evaluate(&input, &mut Vec::new(), &mut out);
    for lane in 0..LANES {
        assert_eq!(i64::from(out[lane]), dinic(11, &arcs, &input, lane));
    }
}

/// The network that speed is measured on.
fn workload() -> Network {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/workloads/w1.toml");
    let text = std::fs::read_to_string(path).expect("the workload is part of the project");
    let no_files = |_: &str| Err(io::ErrorKind::NotFound.into());
    let scenario = parse(&[Text::new("w1.toml", text)], &[], &no_files).expect("it is valid");
    Network::new(&scenario.model)
}

/// Its program with a row for each arc.
fn program(network: &Network) -> CutProgram {
    let problem = &network.problem;
    let arcs = problem.arcs.iter().enumerate();
    let arcs: Vec<_> = arcs
        .map(|(row, of)| arc(of.tail, of.head, Capacity::Row(row)))
        .collect();
    CutProgram::compile(problem.nodes, &arcs, arcs.len()).expect("a map of pipelines")
}

#[test]
fn the_workload_has_the_flow_that_the_allocator_finds() {
    let network = workload();
    let problem = &network.problem;
    let program = program(&network);
    let mut allocator = Allocator::new(problem);
    let mut dice = Dice(4);
    let nameplate: Vec<usize> = (0..problem.arcs.len())
        .map(|_| 50_000 + dice.below(900_000))
        .collect();
    let (mut scratch, mut out) = (Vec::new(), Lane::default());
    for closed in 0..24 {
        let input: Vec<Lane> = nameplate
            .iter()
            .map(|&most| {
                Lane(std::array::from_fn(|_| match dice.below(24) {
                    turn if turn < closed => 0,
                    23 => dice.below(most) as i32,
                    _ => most as i32,
                }))
            })
            .collect();
        program.evaluate(&input, &mut scratch, &mut out);
        for lane in 0..LANES {
            for (arc, row) in input.iter().enumerate() {
                allocator.set_capacity(arc, i64::from(row[lane]));
            }
            let flows = allocator.solve();
            let sinks = problem.arcs.iter().zip(flows);
            let sinks = sinks.filter(|(arc, _)| arc.head.is_none());
            let total: i64 = sinks.map(|(_, flow)| flow).sum();
            assert_eq!(i64::from(out[lane]), total, "{closed} closed, lane {lane}");
        }
    }
}
