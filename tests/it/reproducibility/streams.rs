//! Each hazard's events are its own: no other hazard's coming, going, name or place moves them.

use std::collections::BTreeSet;

use keruen::model::Model;

use super::drawn;
use crate::worlds::{head, model};

/// One of each kind: an id, and the rest of its table.
const HAZARDS: [(&str, &str); 14] = [
    (
        "poisson",
        "hits = [\"link.a\"]\nduration = { exponential = { mean = \"5 d\" } }\n\
         left = { uniform = { low = 0.0, high = 0.5 } }\nseason = [2, 2, 2, 1, 1, 0, 0, 0, 1, 1, 1, 1]\n\
         regime = { war = 2.0, peace = 0.5 }\noccurs = { poisson = { rate = \"8 /yr\" } }",
    ),
    (
        "storm",
        "hits = [\"link.a\", \"link.b\", \"link.c\"]\nscope = \"all\"\nchance = 0.6\nshared_duration = false\n\
         duration = { gamma = { mean = \"2 d\", shape = 0.7 } }\noccurs = { poisson = { rate = \"20 /yr\" } }",
    ),
    (
        "drones",
        "hits = [\"link.a\", \"link.b\", \"link.c\"]\nscope = \"one\"\nweights = [1, 2, 3]\nregime = { peace = 0 }\n\
         duration = { lognormal = { median = \"3 d\", p95 = \"20 d\" } }\naverted = 0.2\n\
         occurs = { campaign = { rate = \"4 /yr\", branching = 0.6, memory = \"20 d\", history = [2025-12-20] } }",
    ),
    (
        "machine",
        "hits = [\"link.b\"]\nduration = { weibull = { mean = \"4 d\", shape = 2 } }\nstart = \"stationary\"\n\
         occurs = { renewal = { up = { gamma = { mean = \"30 d\", shape = 3 } } } }",
    ),
    (
        "moorings",
        "hits = [\"link.spm\"]\ncrew = \"divers\"\nstops_for = [\"storm\"]\nmobilisation = { uniform = { low = \"1 d\", high = \"3 d\" } }\n\
         duration = { exponential = { mean = \"10 d\" } }\noccurs = { renewal = { up = { exponential = { mean = \"60 d\" } } } }",
    ),
    (
        "mooring-destroyed",
        "hits = [\"link.spm\"]\nscope = { some = 2 }\nshared_duration = false\ncrew = \"divers\"\noverlap = \"ignore\"\n\
         spares = { stock = 1, lead = { exponential = { mean = \"50 d\" } } }\n\
         duration = { exponential = { mean = \"40 d\" } }\noccurs = { poisson = { rate = \"2 /yr\" } }",
    ),
    (
        "overhaul",
        "hits = [\"link.spm#1\"]\nclass = \"maintenance\"\nduration = { triangular = { low = \"20 d\", mode = \"25 d\", high = \"40 d\" } }\n\
         floating = { within = \"60 d\", unless = [\"mooring-destroyed\"], recall = \"2 d\" }\noccurs = { dates = [2026-05-01] }",
    ),
    (
        "permission",
        "hits = [\"link.c\"]\noccurs = { decisions = { every = \"30 d\", renewed = 0.8, reopened = 0.4 } }",
    ),
    (
        "blackout",
        "hits = [\"service.grid\"]\nduration = { exponential = { mean = \"1 d\" } }\noccurs = { poisson = { rate = \"6 /yr\" } }",
    ),
    (
        "trip",
        "hits = [\"link.a\"]\ndelay = { exponential = { mean = \"3 h\" } }\nduration = { exponential = { mean = \"8 h\" } }\n\
         occurs = { after = { hazard = \"blackout\", chance = 0.5 } }",
    ),
    (
        "order",
        "hits = [\"link.b\"]\nclass = \"legal\"\nduration = \"30 d\"\nreversal = { chance = 0.5, after = { exponential = { mean = \"8 d\" } } }\n\
         occurs = { poisson = { rate = \"3 /yr\" } }",
    ),
    (
        "dirt",
        "hits = [\"link.c\"]\nclass = \"quality\"\ndelay = \"2 d\"\nduration = { exponential = { mean = \"4 d\" } }\n\
         then = [{ duration = { exponential = { mean = \"20 d\" } }, left = 0.5 }]\noccurs = { poisson = { rate = \"3 /yr\" } }",
    ),
    (
        "quarantine",
        "hits = [\"tank.port\"]\nleft = 0.7\nduration = \"10 d\"\noccurs = { after = { hazard = \"dirt\", lasts = \"as-cause\" } }",
    ),
    (
        "once",
        "hits = [\"field.oil\"]\nleft = { weighted = { values = [0.2, 0.6], weights = [1, 3] } }\nduration_season = [2, 2, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2]\n\
         duration = { exponential = { mean = \"20 d\" } }\noccurs = { once = { probability = 0.7, from = 2026-02-01, until = 2026-11-01 } }",
    ),
];

fn world<'h>(hazards: impl IntoIterator<Item = (&'h str, &'h str)>) -> Model {
    let link =
        |id: &str| format!("[link.{id}]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"2 kb/d\"\n");
    let mut text = format!(
        "{}[field.oil]\nplan = \"9 kb/d\"\n[hub.port]\ntank = {{ capacity = \"40 kb\" }}\n[market.sea]\n\
         [link.pipe]\nfrom = \"oil\"\nto = \"port\"\n{}{}{}\
         [link.spm]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"3 kb/d\"\nunits = {{ count = 3, each = \"2 kb/d\" }}\n\
         [crew.divers]\n[service.grid]\nfeeds = [{{ target = \"field.oil\", loss = 0.5 }}, {{ target = \"link.a\" }}]\n\
         [regime.war]\ninitial = 0.6\nto = {{ peace = \"1 /yr\" }}\n[regime.peace]\ninitial = 0.4\nto = {{ war = \"2 /yr\" }}\n",
        head("365 d"),
        link("a"),
        link("b"),
        link("c"),
    );
    for (id, rest) in hazards {
        text += &format!("[hazard.{id}]\n{rest}\n");
    }
    model(&text)
}

/// What a hazard does in some replications, whatever it is called.
fn events(model: &Model, id: &str) -> Vec<(String, i64, i64, u64)> {
    let mut found = Vec::new();
    for replication in [0, 1, 2, 3, 77] {
        let own = drawn(model, replication)
            .into_iter()
            .filter(|hit| hit.0 == id);
        let mut own: Vec<_> = own
            .map(|(_, element, unit, from, until, left)| {
                (format!("{element:?} {unit:?}"), from, until, left)
            })
            .collect();
        own.sort();
        found.extend(own);
    }
    found
}

fn is_referred_to(id: &str) -> bool {
    let quoted = format!("\"{id}\"");
    HAZARDS.iter().any(|(_, rest)| rest.contains(&quoted))
}

/// Whether one hazard's events may depend on another's: hazards that share crews wait for each
/// other, and the overhaul keeps clear of one of those. These are declared in the file.
fn depends(one: &str, other: &str) -> bool {
    let crew = ["moorings", "mooring-destroyed"];
    crew.contains(&other) && (crew.contains(&one) || one == "overhaul")
}

#[test]
fn every_kind_of_hazard_has_events() {
    let model = world(HAZARDS);
    for (id, _) in HAZARDS {
        assert!(!events(&model, id).is_empty(), "{id} never strikes");
    }
}

#[test]
fn removing_a_hazard_moves_no_event_of_another() {
    let all = world(HAZARDS);
    for (removed, _) in HAZARDS.iter().filter(|(id, _)| !is_referred_to(id)) {
        let without = world(HAZARDS.into_iter().filter(|(id, _)| id != removed));
        for (id, _) in HAZARDS.iter().filter(|(id, _)| id != removed) {
            if !depends(id, removed) {
                assert_eq!(
                    events(&all, id),
                    events(&without, id),
                    "{id} without {removed}"
                );
            }
        }
    }
}

#[test]
fn adding_a_hazard_moves_no_event_of_another() {
    let all = world(HAZARDS);
    let extra = "hits = [\"link.a\", \"link.pipe\", \"hub.port\"]\nscope = \"all\"\nduration = \"3 d\"\n\
        occurs = { poisson = { rate = \"9 /yr\" } }";
    // Before all others in order, and after.
    for new in ["aaa", "zzz"] {
        let more = world(HAZARDS.into_iter().chain([(new, extra)]));
        for (id, _) in HAZARDS {
            assert_eq!(events(&all, id), events(&more, id), "{id} with {new}");
        }
    }
}

#[test]
fn the_order_of_hazards_moves_no_event() {
    let all = world(HAZARDS);
    let mut backward = HAZARDS;
    backward.reverse();
    let backward = world(backward);
    for (id, _) in HAZARDS {
        assert_eq!(events(&all, id), events(&backward, id), "{id}");
    }
    // Not even in a model whose list is in another order.
    let mut turned = all.clone();
    turned.hazards.reverse();
    for (id, _) in HAZARDS {
        assert_eq!(events(&all, id), events(&turned, id), "{id}");
    }
}

#[test]
fn renaming_a_hazard_moves_its_own_events_only() {
    let all = world(HAZARDS);
    for (renamed, rest) in HAZARDS.iter().filter(|(id, _)| !is_referred_to(id)) {
        let name = format!("x-{renamed}");
        let others = HAZARDS.into_iter().filter(|(id, _)| id != renamed);
        let other = world(others.chain([(name.as_str(), *rest)]));
        for (id, _) in HAZARDS.iter().filter(|(id, _)| id != renamed) {
            if !depends(id, renamed) {
                assert_eq!(
                    events(&all, id),
                    events(&other, id),
                    "{id}, {renamed} renamed"
                );
            }
        }
    }
    let kinds: BTreeSet<&str> = HAZARDS.iter().map(|(id, _)| *id).collect();
    assert_eq!(kinds.len(), HAZARDS.len());
}

#[test]
fn regimes_hold_whatever_hazards_there_are() {
    use keruen::sampling::{Timeline, Timelines};
    let (all, none) = (world(HAZARDS), world([]));
    let (mut one, mut other) = (Timeline::default(), Timeline::default());
    for replication in 0..50 {
        Timelines::new(&all, &all.hazards, 3, 0).sample(replication, &mut one);
        Timelines::new(&none, &none.hazards, 3, 0).sample(replication, &mut other);
        assert_eq!(one.regimes(), other.regimes());
    }
}
