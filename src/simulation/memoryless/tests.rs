//! Which runs are followed without memory, and how.

use std::io;

use crate::model::{Collect, Model};
use crate::sampling::Timeline;
use crate::scenario::{Text, parse};

use super::super::world::World;
use super::{Memoryless, Replay};

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
fn followed(model: &Model, in_intervals: bool) -> (Vec<i64>, Vec<i32>, Vec<i64>) {
    let world = World::new(model, &model.hazards, 1, 0).expect("small");
    let fixed = Memoryless::of(&world, Collect::System).expect("nothing remembers");
    let mut replay = Replay::new(&fixed);
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
        replay.lanes.delivered.clone(),
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
        let by_intervals = followed(&model, true);
        assert!(by_intervals.0.len() > 1_000);
        assert_eq!(by_intervals, followed(&model, false));
    }
}
