//! What a Rust developer writes with petgraph and rayon: the greatest flow of every state met.
//!
//!     petgraph_loop WORKLOAD MODE SECONDS SEED THREADS
//!
//! WORKLOAD is a plain-number file written by `workload.py`; SECONDS are of CPU time, for each
//! thread. MODE `changes` solves whenever the state changes; `memo` also keeps a table of all states
//! met. The last line printed is JSON.
//! petgraph has no minimum-cost flow, so costs and stores are not asked of it.

use std::collections::HashMap;
use std::time::Instant;

use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, EdgeIndex, NodeIndex};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

struct Workload {
    name: String,
    days: usize,
    nodes: usize,
    source: usize,
    sink: usize,
    demand: u64,
    components: Vec<Component>,
}

struct Component {
    tail: usize,
    head: usize,
    up: u64,
    down: u64,
    unavailability: f64,
    /// Logarithm of the chance to stay another day, while up and while down.
    log_stay: [f64; 2],
}

fn read(path: &str) -> Workload {
    let text = std::fs::read_to_string(path).expect("the workload can be read");
    let mut words = text.split_whitespace();
    let name = words.next().expect("a name").to_string();
    let mut number = || -> f64 {
        let word = words.next().expect("a further number");
        word.parse().expect("a number")
    };
    let (days, _penalty, _stock_value) = (number() as usize, number(), number());
    let (nodes, source, sink) = (number() as usize, number() as usize, number() as usize);
    let (count, first_demand, stores) = (number() as usize, number() as usize, number() as usize);
    assert_eq!(stores, 0, "stores are not asked of this peer");
    let components: Vec<Component> = (0..count)
        .map(|_| {
            let (tail, head, _cost) = (number() as usize, number() as usize, number());
            Component {
                tail,
                head,
                up: number() as u64,
                down: number() as u64,
                unavailability: number(),
                log_stay: [(-number()).ln_1p(), (-number()).ln_1p()],
            }
        })
        .collect();
    let demand = components[first_demand..].iter().map(|c| c.up).sum();
    Workload {
        name,
        days,
        nodes,
        source,
        sink,
        demand,
        components,
    }
}

struct Worker<'a> {
    load: &'a Workload,
    graph: DiGraph<(), u64>,
    is_down: Vec<bool>,
    /// Components that change on each day.
    changes: Vec<Vec<usize>>,
    memo: Option<HashMap<Vec<bool>, u64>>,
    solves: usize,
}

impl<'a> Worker<'a> {
    fn new(load: &'a Workload, remembers: bool) -> Self {
        let mut graph = DiGraph::new();
        for _ in 0..load.nodes {
            graph.add_node(());
        }
        for c in &load.components {
            graph.add_edge(NodeIndex::new(c.tail), NodeIndex::new(c.head), c.up);
        }
        Worker {
            load,
            graph,
            is_down: vec![false; load.components.len()],
            changes: vec![vec![]; load.days],
            memo: remembers.then(HashMap::new),
            solves: 0,
        }
    }

    fn set(&mut self, index: usize, is_down: bool) {
        let component = &self.load.components[index];
        self.is_down[index] = is_down;
        self.graph[EdgeIndex::new(index)] = if is_down {
            component.down
        } else {
            component.up
        };
    }

    fn sample(&mut self, seed: u64) {
        let mut rng = SmallRng::seed_from_u64(seed);
        self.changes.iter_mut().for_each(Vec::clear);
        for (index, component) in self.load.components.iter().enumerate() {
            let starts_down = rng.random::<f64>() < component.unavailability;
            let (mut is_down, mut day) = (starts_down, 0.0);
            loop {
                let stay =
                    (1.0 - rng.random::<f64>()).ln() / component.log_stay[usize::from(is_down)];
                day += 1.0 + stay.floor();
                if day >= self.load.days as f64 {
                    break;
                }
                self.changes[day as usize].push(index);
                is_down = !is_down;
            }
            self.set(index, starts_down);
        }
    }

    fn solve(&mut self) -> u64 {
        let (source, sink) = (
            NodeIndex::new(self.load.source),
            NodeIndex::new(self.load.sink),
        );
        if let Some(known) = self.memo.as_ref().and_then(|memo| memo.get(&self.is_down)) {
            return *known;
        }
        self.solves += 1;
        let flow = dinics(&self.graph, source, sink).0;
        if let Some(memo) = &mut self.memo {
            memo.insert(self.is_down.clone(), flow);
        }
        flow
    }

    /// Unserved demand of one sampled year.
    fn year(&mut self, seed: u64) -> u64 {
        self.sample(seed);
        let (mut flow, mut unserved) = (self.solve(), 0);
        for day in 0..self.load.days {
            let changing = std::mem::take(&mut self.changes[day]);
            for &index in &changing {
                self.set(index, !self.is_down[index]);
            }
            if !changing.is_empty() {
                flow = self.solve();
            }
            self.changes[day] = changing;
            unserved += self.load.demand - flow;
        }
        unserved
    }
}

/// User and system time of this process, at the usual 100 ticks a second.
fn cpu_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields = stat
        .rsplit(')')
        .next()
        .unwrap_or_default()
        .split_whitespace();
    fields
        .skip(11)
        .take(2)
        .filter_map(|ticks| ticks.parse::<f64>().ok())
        .sum::<f64>()
        / 100.0
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let [_, path, mode, seconds, seed, threads] = &args[..] else {
        eprintln!("petgraph_loop WORKLOAD changes|memo SECONDS SEED THREADS");
        std::process::exit(2);
    };
    let load = read(path);
    let seconds: f64 = seconds.parse().expect("seconds");
    let seed: u64 = seed.parse().expect("a seed");
    let threads: usize = threads.parse().expect("a number of threads");
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .build_global()
        .expect("one global pool");
    let (begin, cpu_before) = (Instant::now(), cpu_seconds());
    let parts: Vec<(Vec<u64>, usize)> = rayon::broadcast(|context| {
        let mut worker = Worker::new(&load, mode == "memo");
        let mut years = vec![];
        while years.is_empty() || cpu_seconds() - cpu_before < seconds * threads as f64 {
            let year = (seed << 40) | ((context.index() as u64) << 32) | years.len() as u64;
            years.push(worker.year(year));
        }
        (years, worker.solves)
    });
    let (spent, cpu) = (begin.elapsed().as_secs_f64(), cpu_seconds() - cpu_before);
    let solves: usize = parts.iter().map(|(_, solves)| solves).sum();
    let years: Vec<f64> = parts
        .into_iter()
        .flat_map(|(years, _)| years)
        .map(|u| u as f64)
        .collect();
    let n = years.len() as f64;
    let mean = years.iter().sum::<f64>() / n;
    let square = years.iter().map(|u| (u - mean).powi(2)).sum::<f64>();
    let error = if n > 1.0 {
        (square / (n - 1.0) / n).sqrt()
    } else {
        0.0
    };
    println!(
        "{{\"workload\": \"{}\", \"years\": {}, \"seconds\": {spent:.4}, \"cpu\": {cpu:.4}, \
         \"solves\": {solves}, \"unserved\": {mean:.1}, \"se\": {error:.1}}}",
        load.name,
        years.len(),
    );
}
