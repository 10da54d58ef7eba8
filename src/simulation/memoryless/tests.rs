//! Which runs are followed without memory, and how.

use std::io;

use crate::model::{Collect, Model, Sharing};
use crate::sampling::Timeline;
use crate::scenario::{Text, parse};

use super::super::replication::{Follower, play, play_with};
use super::super::state::{Rates, State};
use super::super::world::World;
use super::{Memoryless, Replay};
use crate::accumulate::Books;
use crate::units::Seconds;

const NETWORK: &str = "[scenario]\nname = \"World\"\nstart = 2026-01-01\nhorizon = \"300 d\"\n\
    [field.a]\nplan = \"7 kb/d\"\n[field.b]\nplan = \"5 kb/d\"\n[hub.h]\n[market.m]\n\
    [link.ah]\nfrom = \"a\"\nto = \"h\"\n[link.bh]\nfrom = \"b\"\nto = \"h\"\n\
    [link.hm]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"10 kb/d\"\n";

fn model(more: &str) -> Model {
    let text = format!("{NETWORK}{more}");
    let no_csv = |_: &str| Err(io::Error::from(io::ErrorKind::NotFound));
    parse(&[Text::new("world.toml", text.as_str())], &[], &no_csv)
        .unwrap_or_else(|_| panic!("{text}"))
        .model
}

fn hazard(id: &str, hits: &str) -> String {
    format!(
        "[hazard.{id}]\nhits = [\"{hits}\"]\nleft = 0.3\n\
         occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"9 d\" }} }} }} }}\n\
         duration = {{ exponential = {{ mean = \"4 d\" }} }}\n"
    )
}

fn is_memoryless(more: &str, collect: Collect) -> bool {
    let model = model(more);
    let world = World::new(&model, &model.hazards, 1, 0).expect("small");
    Memoryless::of(&world, collect).is_some()
}

#[test]
fn what_remembers_or_asks_for_more_is_followed_epoch_by_epoch() {
    assert!(is_memoryless("", Collect::System));
    assert!(!is_memoryless("", Collect::Markets));
    for more in [
        "[hub.t]\ntank = { capacity = \"9 kb\", initial = 0.5 }\n\
         [link.ht]\nfrom = \"h\"\nto = \"t\"\n[link.tm]\nfrom = \"t\"\nto = \"m\"\n",
        "[field.c]\nplan = \"5 kb/d\"\nrestart = \"3 d\"\n[link.ch]\nfrom = \"c\"\nto = \"h\"\n",
        "[link.am]\nfrom = \"a\"\nto = \"m\"\ncapacity = \"2 kb/d\"\nlag = \"3 d\"\n",
        "[link.am]\nfrom = \"a\"\nto = \"m\"\ncapacity = \"2 kb/d\"\ntransit_time = \"3 d\"\n",
        "[allocation]\nobjective = \"netback\"\n",
        "[market.n]\nexport = false\n[link.hn]\nfrom = \"h\"\nto = \"n\"\ncapacity = \"3 kb/d\"\n",
    ] {
        assert!(!is_memoryless(more, Collect::System), "{more}");
    }
}

/// What is delivered epoch by epoch in some replications, and what fields' own outages take.
fn followed(model: &Model, in_intervals: bool, together: bool) -> (Vec<i64>, Vec<i32>, Vec<i64>) {
    kept(model, in_intervals, together, usize::MAX)
}

/// The same where states are kept if the program has so many operations.
fn kept(
    model: &Model,
    in_intervals: bool,
    together: bool,
    from: usize,
) -> (Vec<i64>, Vec<i32>, Vec<i64>) {
    let world = World::new(model, &model.hazards, 1, 0).expect("small");
    let fixed = Memoryless::with(&world, Collect::System, together).expect("nothing remembers");
    let mut replay = Replay::keeping(&fixed, from);
    if !in_intervals {
        replay.intervals = None;
    }
    let mut timeline = Timeline::default();
    for replication in 0..50 {
        world.timelines.sample(replication, &mut timeline);
        replay.follow(&fixed, &timeline);
    }
    replay.evaluate(&fixed);
    let outages = replay.replications.iter();
    let outages = outages.map(|replication| replication.field_outage);
    (
        replay.starts.clone(),
        replay.delivered().to_vec(),
        outages.collect(),
    )
}

#[test]
fn intervals_give_what_is_active_when() {
    let apart = [
        hazard("x", "field.a"),
        hazard("y", "link.hm"),
        hazard("z", "hub.h"),
    ]
    .concat();
    for hazards in [apart.clone(), apart + &hazard("w", "field.a")] {
        let model = model(&hazards);
        let by_intervals = followed(&model, true, true);
        assert!(by_intervals.0.len() > 1_000);
        assert_eq!(by_intervals, followed(&model, false, true));
    }
}

/// With slots hit apart and at once, by hazards that overlap, and with what is left at random.
#[test]
fn states_that_are_kept_give_what_states_give_anew() {
    let apart: Vec<String> = ["field.a", "field.b", "link.hm", "hub.h"]
        .iter()
        .enumerate()
        .map(|(index, element)| hazard(&format!("x{index}"), element))
        .collect();
    let apart = apart.concat();
    let overlapping = apart.clone() + &hazard("w", "field.a");
    let at_random = apart.replace(
        "left = 0.3",
        "left = { uniform = { low = 0.1, high = 0.9 } }",
    );
    for hazards in [apart, overlapping, at_random] {
        let model = model(&hazards);
        assert_eq!(kept(&model, true, true, 0), followed(&model, true, true));
    }
}

/// What is delivered, epoch by epoch.
#[derive(Default)]
struct Deliveries {
    starts: Vec<i64>,
    delivered: Vec<i32>,
}

impl Follower for Deliveries {
    fn epoch(&mut self, from: Seconds, _to: Seconds, state: &mut State<'_>) {
        self.starts.push(from.0);
        self.delivered.push(state.rates.delivered as i32);
    }
}

/// A network of some fields, hubs and markets, in which nearly everything fails now and then.
fn random_model(seed: u64) -> Model {
    let mut state = seed;
    let mut below = |limit: u64| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let hubs = 2 + below(8);
    let mut text = String::new();
    let mut hit = Vec::new();
    for field in 0..=below(3) {
        let (hub, plan) = (below(hubs), 3 + below(20));
        text += &format!(
            "[field.g{field}]\nplan = \"{plan} kb/d\"\n\
             [link.g{field}]\nfrom = \"g{field}\"\nto = \"n{hub}\"\n"
        );
        hit.push(format!("field.g{field}"));
    }
    for hub in 0..hubs {
        text += &format!("[hub.n{hub}]\n");
        if below(3) == 0 {
            hit.push(format!("hub.n{hub}"));
        }
    }
    for link in 0..hubs * 2 {
        let (from, to, capacity) = (below(hubs), below(hubs), 1 + below(15));
        if from == to {
            continue;
        }
        let way = if below(4) == 0 {
            "both_ways = true\n"
        } else {
            ""
        };
        let rate = match below(4) {
            0 => format!(
                "{{ steps = [{{ from = 2026-01-01, value = \"{capacity} kb/d\" }}, \
                 {{ from = 2026-03-09, value = \"{} kb/d\" }}] }}",
                below(12)
            ),
            _ => format!("\"{capacity} kb/d\""),
        };
        text += &format!(
            "[link.l{link}]\nfrom = \"n{from}\"\nto = \"n{to}\"\n{way}capacity = {rate}\n"
        );
        hit.push(format!("link.l{link}"));
    }
    for market in 0..=below(3) {
        let (hub, demand) = (below(hubs), 2 + below(12));
        text += &format!(
            "[market.k{market}]\ndemand = \"{demand} kb/d\"\n\
             [link.k{market}]\nfrom = \"n{hub}\"\nto = \"k{market}\"\n"
        );
        hit.push(format!("market.k{market}"));
    }
    for (index, element) in hit.iter().enumerate() {
        text += &hazard(&format!("h{index}"), element);
    }
    model(&text)
}

#[test]
fn states_one_by_one_together_and_with_all_flows_deliver_the_same() {
    for seed in 0..60 {
        let model = random_model(seed);
        let together = followed(&model, false, true);
        assert_eq!(together, followed(&model, false, false), "{seed}");
        let world = World::new(&model, &model.hazards, 1, 0).expect("small");
        let mut state = State::new(&world, false);
        let mut timeline = Timeline::default();
        let mut found = Deliveries::default();
        for replication in 0..50 {
            world.timelines.sample(replication, &mut timeline);
            play(&world, &mut state, replication, &timeline, &mut found).expect("nothing fails");
        }
        assert_eq!(found.starts, together.0, "{seed}");
        assert_eq!(found.delivered, together.1, "{seed}");
    }
}

/// All that is told of each instant.
#[derive(Default, PartialEq, Debug)]
struct Everything {
    instants: Vec<Instant>,
}

#[derive(PartialEq, Debug)]
struct Instant {
    from: Seconds,
    to: Seconds,
    rates: Rates,
    flows: Vec<i64>,
    books: Vec<Books>,
    binding: Vec<usize>,
}

impl Follower for Everything {
    fn epoch(&mut self, from: Seconds, to: Seconds, state: &mut State<'_>) {
        // How often something was read says nothing of what it is.
        let rates = Rates {
            turn: 0,
            booked: 0,
            told: None,
            ..state.rates.clone()
        };
        self.instants.push(Instant {
            from,
            to,
            rates,
            flows: state.allocator.flows().to_vec(),
            books: state.field_books().to_vec(),
            binding: state.binding.clone(),
        });
    }
}

/// Where nothing remembers, looking at capacities alone and keeping what flows while few slots are hit gives all that playing
/// every rule does: with slots that tell what holds and such that do not, with shared cuts, and where more is asked.
#[test]
fn capacities_alone_give_what_all_rules_give() {
    for seed in 0..24 {
        let plain = random_model(seed);
        for (detail, shared) in [(false, false), (true, false), (false, true)] {
            let mut model = plain.clone();
            if shared {
                model.allocation.sharing = Sharing::ProRata;
            }
            if seed % 3 == 1 {
                // Two at once on a slot.
                let again = model.hazards[0].clone();
                model.hazards.push(again);
            }
            let world = World::new(&model, &model.hazards, 1, 0).expect("small");
            let mut states = [State::new(&world, detail), State::new(&world, detail)];
            let mut timeline = Timeline::default();
            for replication in 0..20 {
                world.timelines.sample(replication, &mut timeline);
                let [by_capacity, by_rules] = [(0, false), (1, true)].map(|(at, remembers)| {
                    let mut found = Everything::default();
                    let state = &mut states[at];
                    play_with(&world, state, replication, &timeline, &mut found, remembers)
                        .expect("nothing fails");
                    found
                });
                assert_eq!(by_capacity, by_rules, "{seed} {detail} {shared}");
            }
        }
    }
}
