//! What is measured: pieces of work that take as many instructions each time.

use std::hint::black_box;
use std::path::Path;

use keruen::allocation::Allocator;
use keruen::model::{Collect, Hazard, Law, LogEvent, Model, Occurs, Part, Series, Target};
use keruen::network::{ArcRole, Network, UNLIMITED};
use keruen::sampling::{Timeline, Timelines};
use keruen::scenario::{Request, load};
use keruen::simulation::{Settings, Silent, run, windows};
use keruen::units::{BarrelsPerDay, Fraction};

/// One piece of work, done any number of times.
#[derive(Clone, Copy)]
pub struct Measurement {
    pub name: &'static str,
    /// What is done so many times, for people.
    pub unit: &'static str,
    /// Name and unit of what both runs do once, if that is held to a budget too: reading, getting
    /// ready, telling what was found.
    pub once: Option<(&'static str, &'static str)>,
    /// Times in the shorter of the two runs whose difference counts; the longer has twice as many.
    /// So many that reading the scenario, whose cost is in both, does not blur the difference.
    pub times: u64,
    pub work: fn(u64),
}

/// All measurements, in the order in which they are told.
pub const MEASUREMENTS: [Measurement; 7] = [
    Measurement {
        name: "sampler",
        unit: "timeline of Kazakhstan",
        once: None,
        times: 1_024,
        work: sample,
    },
    Measurement {
        name: "allocator",
        unit: "solve of Kazakhstan's network",
        once: None,
        times: 16_384,
        work: allocate,
    },
    Measurement {
        name: "event-loop",
        unit: "year of Kazakhstan, known in advance",
        once: None,
        times: 128,
        work: follow,
    },
    Measurement {
        name: "w1-system",
        unit: "replication of W1, totals",
        once: None,
        times: 2_048,
        work: |times| replications("benches/workloads/w1.toml", Collect::System, times),
    },
    Measurement {
        name: "w3-markets",
        unit: "replication of W3, markets",
        once: None,
        times: 64,
        work: |times| replications("benches/workloads/w3.toml", Collect::Markets, times),
    },
    Measurement {
        name: "kazakhstan-system",
        unit: "replication of Kazakhstan, totals",
        once: None,
        times: 128,
        work: |times| replications(KAZAKHSTAN, Collect::System, times),
    },
    Measurement {
        name: "kazakhstan-all",
        unit: "replication of Kazakhstan, everything",
        once: Some(("kazakhstan-once", "run of Kazakhstan, whatever its length")),
        times: 96,
        work: |times| replications(KAZAKHSTAN, Collect::All, times),
    },
];

const KAZAKHSTAN: &str = "scenarios/kazakhstan.toml";

fn model(path: &str) -> Model {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let request = Request {
        path: &project.join(path),
        with: &[],
        set: &[],
    };
    load(&request)
        .expect("the scenarios of this repository are valid")
        .model
}

fn replications(path: &str, collect: Collect, times: u64) {
    let settings = Settings {
        seed: 1,
        range: 0..times,
        threads: 1,
        collect,
        stop: None,
        shortfalls: false,
        rows: false,
        plain: true,
    };
    let found = run(&model(path), &settings, &mut Silent).expect("these scenarios run");
    black_box(found);
}

/// Draws the disruptions of one year after the other.
fn sample(times: u64) {
    let model = model(KAZAKHSTAN);
    let timelines = Timelines::new(&model, &model.hazards, 1, 0);
    let mut timeline = Timeline::default();
    for replication in 0..times {
        timelines.sample(replication, &mut timeline);
        black_box(timeline.edge_count());
    }
}

/// Allocates again after each change of one capacity: states that hardly ever come back, so that
/// the solver is asked and not the table of states.
fn allocate(times: u64) {
    let model = model(KAZAKHSTAN);
    let network = Network::new(&model);
    let problem = &network.problem;
    let mut allocator = Allocator::new(problem);
    let nameplates: Vec<i64> = problem
        .arcs
        .iter()
        .map(|arc| {
            let members = arc.members.iter();
            let rates = members.map(|&member| nameplate(&model, network.arcs[member].role));
            rates.min().unwrap_or(0)
        })
        .collect();
    for (arc, &rate) in nameplates.iter().enumerate() {
        allocator.set_capacity(arc, rate);
    }
    allocator.solve();
    let limited: Vec<usize> = (0..nameplates.len())
        .filter(|&arc| (1..UNLIMITED).contains(&nameplates[arc]))
        .collect();
    let mut draws = Draws(1);
    for _ in 0..times {
        let arc = limited[draws.below(limited.len() as u64) as usize];
        // Down, whole, or something between.
        let rate = match draws.below(4) {
            0 => 0,
            1 => nameplates[arc],
            _ => draws.below(nameplates[arc] as u64 + 1) as i64,
        };
        allocator.set_capacity(arc, rate);
        black_box(allocator.solve());
    }
}

/// What an arc can carry with nothing wrong, b/d.
fn nameplate(model: &Model, role: ArcRole) -> i64 {
    let rate = |series: Option<BarrelsPerDay>| series.map_or(UNLIMITED, |rate| rate.0);
    match role {
        ArcRole::Source(field) => model.fields[field].plan.first().0,
        ArcRole::Link { link, .. } => {
            let capacity = model.links[link].capacity.as_ref();
            rate(capacity.map(Series::first))
        }
        ArcRole::Through(hub) => {
            let capacity = model.hubs[hub].capacity.as_ref();
            rate(capacity.map(Series::first))
        }
        // Tanks stand still here.
        ArcRole::Fill(_) | ArcRole::Draw(_) | ArcRole::Part { .. } => 0,
        ArcRole::Grade(_) => UNLIMITED,
        ArcRole::Sell { market, .. } => {
            let demand = model.markets[market].demand.as_ref();
            rate(demand.map(Series::first))
        }
    }
}

/// Random numbers of this file's own, so that what is asked stays the same when the sampler changes.
struct Draws(u64);

impl Draws {
    /// A number below `end`. The multiplier is Knuth's for MMIX.
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Plays the same years again and again: all states are soon known, so what is left is the
/// way from event to event.
fn follow(times: u64) {
    let model = model(KAZAKHSTAN);
    for year in 0..YEARS {
        let known = known(&model, year);
        windows(&model, &known, 1, 0..times / YEARS, &[], &mut Silent)
            .expect("these scenarios run");
    }
}

/// Years that the event loop plays: one may have few events.
const YEARS: u64 = 4;

/// The disruptions of one replication as hazards that occur by a log.
fn known(model: &Model, replication: u64) -> Vec<Hazard> {
    let timelines = Timelines::new(model, &model.hazards, 1, 0);
    let mut timeline = Timeline::default();
    timelines.sample(replication, &mut timeline);
    let slots = timelines.slots().iter().enumerate();
    let targets: Vec<Target> = slots
        .map(|(number, &(element, unit))| Target {
            parts: vec![Part {
                element,
                unit,
                loss: Fraction::ONE,
            }],
            // Targets are in order of their keys.
            key: format!("slot{number:04}"),
        })
        .collect();
    let hazards = model.hazards.iter().enumerate();
    hazards
        .map(|(index, hazard)| {
            let disruptions = timeline.disruptions().iter();
            let events = disruptions
                .filter(|disruption| disruption.hazard as usize == index)
                .map(|disruption| LogEvent {
                    target: disruption.slot as usize,
                    start: disruption.start,
                    end: disruption.end,
                    left: disruption.left,
                })
                .collect();
            let nothing = Law::Fixed(0.0);
            Hazard {
                announced: hazard.announced,
                ..Hazard::plain(
                    hazard.id.clone(),
                    targets.clone(),
                    Occurs::Log(events),
                    [nothing.clone(), nothing],
                    model.horizon,
                )
            }
        })
        .collect()
}
