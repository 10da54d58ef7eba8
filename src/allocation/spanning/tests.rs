use super::super::tableau::sized;
use super::*;
use crate::allocation::dice::Dice;

/// Flows of both over many states; whether there were ties.
fn agree(dice: &mut Dice, problem: &Problem, states: usize) -> bool {
    let mut tableau = sized::<i128>(problem);
    let mut spanning = Spanning::new(problem);
    let arcs = problem.arcs.len();
    let (mut one, mut other) = (vec![0; arcs], vec![0; arcs]);
    for state in 0..states {
        for _ in 0..if state == 0 { 4 * arcs } else { 3 } {
            let arc = dice.below(arcs);
            let capacity = dice.below(4) * dice.below(1_000);
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
    let mut dice = Dice(1);
    let mut unique = 0;
    for case in 0..200 {
        let nodes = 2 + dice.below(20);
        let arcs = nodes + dice.below(3 * nodes);
        let problem = dice.problem(nodes, arcs, 1_000_000_000);
        unique += usize::from(!agree(&mut dice, &problem, 40));
        assert!(case < 100 || unique > 50, "costs are in general position");
    }
}

#[test]
fn of_equally_good_flows_both_take_the_same() {
    let mut dice = Dice(2);
    let mut tied = 0;
    for _ in 0..200 {
        let nodes = 2 + dice.below(20);
        let arcs = nodes + dice.below(3 * nodes);
        let problem = dice.problem(nodes, arcs, 4);
        tied += usize::from(agree(&mut dice, &problem, 40));
    }
    assert!(tied > 150, "{tied} with ties");
}

#[test]
fn flows_of_a_large_network_are_those_of_the_tableau() {
    let mut dice = Dice(3);
    let problem = dice.problem(300, 900, 1_000_000);
    agree(&mut dice, &problem, 30);
}
