//! Time to allocate the flows of one epoch, by number of links.
//!
//! Run it with `cargo bench --bench allocation`; `cargo bench -- --test` runs each once.

use std::fmt::Write as _;
use std::io;
use std::sync::Arc;

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use keruen::allocation::Allocator;
use keruen::allocation::cut::{Capacity, CutArc, CutProgram, LANES, Lane};
use keruen::network::Network;
use keruen::scenario::{Text, parse};

fn main() {
    divan::main();
}

/// A ladder: two lines of hubs from a field to a market, with a rung between them at each step.
/// Fixed: no random input in a benchmark.
fn ladder(links: usize) -> Network {
    let steps = (links / 3).max(2);
    let mut text = String::from(
        "[scenario]\nname = \"Ladder\"\nstart = 2026-01-01\nhorizon = \"365 d\"\n\
         [field.source]\nplan = \"1.5 Mb/d\"\n[market.outlet]\n",
    );
    let mut link = |id: String, from: &str, to: &str, kbd: usize, tariff: usize| {
        writeln!(
            text,
            "[link.{id}]\nfrom = \"{from}\"\nto = \"{to}\"\ncapacity = \"{kbd} kb/d\"\n\
             tariff = \"{tariff} USD/bbl\""
        )
        .expect("a string takes all that is written");
    };
    let node = |side: char, step: usize| match step {
        0 => "source".to_owned(),
        last if last == steps => "outlet".to_owned(),
        step => format!("{side}{step}"),
    };
    for step in 0..steps {
        // Capacities and tariffs that vary without a pattern the solver could profit from.
        link(
            format!("a{step}"),
            &node('a', step),
            &node('a', step + 1),
            600 + step * 37 % 300,
            1 + step * 5 % 7,
        );
        link(
            format!("b{step}"),
            &node('b', step),
            &node('b', step + 1),
            500 + step * 53 % 300,
            1 + step * 3 % 5,
        );
        if step > 0 {
            let (from, to) = if step % 2 == 0 {
                ('a', 'b')
            } else {
                ('b', 'a')
            };
            link(
                format!("rung{step}"),
                &node(from, step),
                &node(to, step),
                100 + step * 29 % 200,
                1,
            );
        }
    }
    for step in 1..steps {
        writeln!(text, "[hub.a{step}]\n[hub.b{step}]").expect("a string takes all that is written");
    }
    network(text)
}

/// The network of a scenario.
fn network(text: impl Into<Arc<str>>) -> Network {
    let no_files = |_: &str| Err(io::ErrorKind::NotFound.into());
    let scenario =
        parse(&[Text::new("a network", text)], &[], &no_files).expect("the scenario is valid");
    Network::new(&scenario.model)
}

/// The allocator with all capacities as they are by design, and the arcs of the links.
fn opened(network: &Network) -> (Allocator, Vec<(usize, i64)>) {
    let problem = &network.problem;
    let mut allocator = Allocator::new(problem);
    for arc in 0..problem.arcs.len() {
        allocator.set_capacity(arc, 400_000 + (arc as i64 * 37_123) % 300_000);
    }
    allocator.solve();
    let links = problem.arcs.iter().enumerate();
    let links = links
        .filter(|(_, arc)| arc.tail.is_some() && arc.head.is_some())
        .map(|(arc, _)| (arc, allocator.capacity(arc)))
        .collect();
    (allocator, links)
}

/// One link loses a varying part of its capacity, and gets it back: a state that no table knows.
#[divan::bench(args = [10, 100, 1_000])]
fn one_solve(bencher: Bencher, links: usize) {
    let network = ladder(links);
    let (mut allocator, inner) = opened(&network);
    let mut turn = 0_usize;
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        let (arc, nameplate) = inner[turn * 7 % inner.len()];
        // A different capacity each time, down to a third of the nameplate.
        let capacity = nameplate - (turn as i64 * 7_919) % (nameplate * 2 / 3);
        allocator.set_capacity(arc, capacity);
        turn += 1;
        black_box(allocator.solve()[0])
    });
}

/// The same two states again and again: what the table of states gives.
#[divan::bench(args = [10, 100, 1_000])]
fn known_state(bencher: Bencher, links: usize) {
    let network = ladder(links);
    let (mut allocator, inner) = opened(&network);
    let (arc, nameplate) = inner[inner.len() / 2];
    let mut is_up = true;
    bencher.counter(ItemsCount::new(1_usize)).bench_local(|| {
        is_up = !is_up;
        allocator.set_capacity(arc, if is_up { nameplate } else { nameplate / 2 });
        black_box(allocator.solve()[0])
    });
}

/// Greatest flows alone: a program for them, and states of it with some links closed, a row for
/// each arc.
fn programmed(network: &Network) -> (CutProgram, Vec<Lane>) {
    let arcs = network.problem.arcs.iter().enumerate();
    let arcs: Vec<CutArc> = arcs
        .map(|(row, arc)| CutArc {
            tail: arc.tail,
            head: arc.head,
            capacity: Capacity::Row(row),
        })
        .collect();
    let program = CutProgram::compile(network.problem.nodes, &arcs, arcs.len())
        .expect("the network is nearly a tree");
    let entry = |arc: usize, lane: usize| {
        let is_closed = (arc * 31 + lane * 17).is_multiple_of(23);
        if is_closed {
            0
        } else {
            400_000 + (arc as i32 * 37_123) % 300_000
        }
    };
    let rows = (0..arcs.len())
        .map(|arc| Lane(std::array::from_fn(|lane| entry(arc, lane))))
        .collect();
    (program, rows)
}

/// Greatest flows of many states at once, on a ladder.
#[divan::bench(args = [10, 100, 1_000])]
fn greatest_flows(bencher: Bencher, links: usize) {
    greatest(bencher, &ladder(links));
}

/// The same on the map of pipelines that simulators are compared on.
#[divan::bench]
fn greatest_flows_of_the_workload(bencher: Bencher) {
    greatest(bencher, &network(include_str!("workloads/w1.toml")));
}

fn greatest(bencher: Bencher, network: &Network) {
    let (program, rows) = programmed(network);
    let (mut scratch, mut out) = (Vec::new(), Lane::default());
    bencher.counter(ItemsCount::new(LANES)).bench_local(|| {
        program.evaluate(black_box(&rows), &mut scratch, &mut out);
        out[0]
    });
}

/// What it takes to make the program.
#[divan::bench(args = [10, 100, 1_000])]
fn program_of_a_network(bencher: Bencher, links: usize) {
    let network = ladder(links);
    bencher.bench_local(|| programmed(black_box(&network)));
}
