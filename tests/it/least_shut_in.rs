//! Tanks that share a way out against the least that could be shut in, by a linear program that
//! knows all outages in advance.

use keruen::model::Model;
use microlp::{ComparisonOp, OptimizationDirection, Problem, Variable};
use proptest::prelude::*;

use crate::properties::cases;
use crate::worlds::{head, model, stress};

const DAY: f64 = 86_400.0;

/// A field with a tank of its own: kb/d, kb, and the share of it that is filled at the start.
type Well = (u32, u32, f64);

/// Times in which a share is left of the common way out: hours, share.
type Span = (u32, f64);

/// Fields with a tank each, before one line of `capacity` kb/d.
fn world(wells: &[Well], capacity: u32, hours: u32) -> Model {
    let mut text = format!(
        "{}[hub.meeting]\n[market.sea]\n",
        head(&format!("{hours} h"))
    );
    for (index, (plan, size, initial)) in wells.iter().enumerate() {
        text += &format!(
            "[field.f{index}]\nplan = \"{plan} kb/d\"\n\
             [hub.t{index}]\ntank = {{ capacity = \"{size} kb\", initial = {initial:?} }}\n\
             [link.in{index}]\nfrom = \"f{index}\"\nto = \"t{index}\"\n\
             [link.out{index}]\nfrom = \"t{index}\"\nto = \"meeting\"\n",
        );
    }
    text += &format!(
        "[link.shared]\nfrom = \"meeting\"\nto = \"sea\"\ncapacity = \"{capacity} kb/d\"\n"
    );
    model(&text)
}

/// What the rule shuts in, kb.
fn shut_in(wells: &[Well], capacity: u32, spans: &[Span]) -> f64 {
    let hours = spans.iter().map(|span| span.0).sum();
    let model = world(wells, capacity, hours);
    let mut closures = Vec::new();
    let mut from = 0;
    for &(hours, left) in spans {
        if left < 1.0 {
            let (day, hour) = (1 + from / 24, from % 24);
            closures.push(format!(
                "target = \"link.shared\", from = 2026-01-{day:02}T{hour:02}:00:00, \
                 for = \"{hours} h\", left = {left:?}"
            ));
        }
        from += hours;
    }
    stress(&model, &closures).shut_in_bbl as f64 / 1e3
}

/// The least that anybody could shut in, kb.
fn least(wells: &[Well], capacity: u32, spans: &[Span]) -> f64 {
    let mut problem = Problem::new(OptimizationDirection::Maximize);
    let mut levels: Vec<Option<Variable>> = vec![None; wells.len()];
    let mut planned = 0.0;
    for &(hours, left) in spans {
        let days = f64::from(hours) / 24.0;
        let mut out = Vec::new();
        for (&(plan, size, initial), level) in wells.iter().zip(&mut levels) {
            let most = f64::from(plan) * days;
            planned += most;
            let produced = problem.add_var(1.0, (0.0, most));
            let sent = problem.add_var(0.0, (0.0, f64::INFINITY));
            let after = problem.add_var(0.0, (0.0, f64::from(size)));
            let mut balance = vec![(produced, 1.0), (sent, -1.0), (after, -1.0)];
            let mut begun = -initial * f64::from(size);
            if let Some(before) = level.replace(after) {
                balance.push((before, 1.0));
                begun = 0.0;
            }
            problem.add_constraint(balance, ComparisonOp::Eq, begun);
            out.push((sent, 1.0));
        }
        let passes = f64::from(capacity) * left * days;
        problem.add_constraint(out, ComparisonOp::Le, passes);
    }
    let solved = problem.solve().expect("shutting in all is possible");
    let solution = solved.solution().expect("no time limit");
    planned - solution.objective()
}

/// What seconds and merged times may cost: a minute of all flow for each epoch.
fn allowance(wells: &[Well], spans: &[Span]) -> f64 {
    let flow: u32 = wells.iter().map(|well| well.0).sum();
    let epochs = (spans.len() * (2 * wells.len() + 1)) as f64;
    f64::from(flow) * epochs * 60.0 / DAY
}

#[test]
fn the_fuller_of_two_tanks_is_drained_first() {
    // A line with room to spare drains 400 kb in four days. The next outage finds place for all
    // of two days' oil only if it was the tank of the larger field that was drained.
    for (wells, least_kb) in [
        ([(200, 400, 1.0), (100, 800, 0.5)], 0.0),
        ([(100, 800, 0.5), (200, 400, 1.0)], 0.0),
    ] {
        let spans = [(96, 1.0), (48, 0.0)];
        assert!((least(&wells, 400, &spans) - least_kb).abs() < 1e-6);
        let got = shut_in(&wells, 400, &spans);
        assert!(got <= allowance(&wells, &spans), "{got} kb shut in");
    }
}

#[test]
fn the_tank_that_fills_first_goes_out_while_the_other_is_filled() {
    // All of the line goes to the first tank until both would be full at once.
    let wells = [(300, 900, 1.0), (400, 1_600, 0.0)];
    for days in 1..=6 {
        let spans = [(24 * days, 5.0 / 7.0), (72, 0.0)];
        let (got, exact) = (shut_in(&wells, 700, &spans), least(&wells, 700, &spans));
        assert!(
            (got - exact).abs() <= allowance(&wells, &spans),
            "{days} d: {got} kb, least {exact} kb"
        );
    }
}

fn well() -> impl Strategy<Value = Well> {
    (1_u32..12, 1_u32..12, 0_u32..=4)
        .prop_map(|(plan, size, filled)| (plan * 50, size * 100, f64::from(filled) / 4.0))
}

fn span() -> impl Strategy<Value = Span> {
    (2_u32..90, 0_u32..=4).prop_map(|(hours, left)| (hours, f64::from(left) / 4.0))
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn outages_of_a_shared_way_out_shut_in_as_little_as_can_be(
        wells in prop::collection::vec(well(), 2..=3),
        share in 60_u32..=150,
        spans in prop::collection::vec(span(), 1..=6),
    ) {
        let flow: u32 = wells.iter().map(|well| well.0).sum();
        let capacity = flow * share / 100;
        let (got, exact) = (shut_in(&wells, capacity, &spans), least(&wells, capacity, &spans));
        prop_assert!(
            (got - exact).abs() <= allowance(&wells, &spans),
            "{} kb shut in, least {} kb", got, exact
        );
    }
}
