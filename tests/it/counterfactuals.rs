//! Models without something that goes wrong, and with something down: what stays is drawn the same.

use std::collections::BTreeSet;

use keruen::model::{Element, Model, Occurs, Struck};
use keruen::sampling::{Timeline, Timelines};
use keruen::simulation::Silent;
use keruen::study::{self, FuturesSettings, ImportanceSettings, Players, ShapleySettings};
use keruen::units::Seconds;

use crate::hazard_grammar::everything;
use crate::worlds::{head, model, project};

fn kazakhstan() -> Model {
    let request = keruen::scenario::Request {
        path: &project("scenarios/kazakhstan.toml"),
        with: &[],
        set: &[],
    };
    let loaded = keruen::scenario::load(&request);
    loaded.expect("a scenario of the project").model
}

/// A disruption by names: hazard, element and unit, start, end, share left.
type Named = (String, (Element, Option<usize>), Seconds, Seconds, u64);

fn drawn(model: &Model, replication: u64) -> Vec<Named> {
    let timelines = Timelines::new(model, &model.hazards, 7, 0);
    let mut timeline = Timeline::default();
    timelines.sample(replication, &mut timeline);
    let named = timeline.disruptions().iter().map(|one| {
        let hazard = model.hazards[one.hazard as usize].id.clone();
        let slot = timelines.slots()[one.slot as usize];
        (hazard, slot, one.start, one.end, one.left.get().to_bits())
    });
    named.collect()
}

/// Ids of hazards that can change if these do: consequences, those that wait for the same crews,
/// those whose repairs or plans look at them.
fn touched(model: &Model, first: &str) -> BTreeSet<String> {
    let mut touched = BTreeSet::from([first.to_owned()]);
    loop {
        let before = touched.len();
        for hazard in &model.hazards {
            let crew = hazard.repair.crew.as_ref();
            let waits = crew.is_some()
                && (model.hazards.iter())
                    .any(|other| touched.contains(&other.id) && other.repair.crew.as_ref() == crew);
            if waits || hazard.refers_to().any(|other| touched.contains(other)) {
                touched.insert(hazard.id.clone());
            }
        }
        if touched.len() == before {
            return touched;
        }
    }
}

/// Ids of a hazard and of all that only it can bring about.
fn gone_with(model: &Model, first: &str) -> BTreeSet<String> {
    let mut gone = BTreeSet::from([first.to_owned()]);
    for _ in 0..model.hazards.len() {
        for hazard in &model.hazards {
            if let Occurs::After { hazard: cause, .. } = &hazard.occurs
                && gone.contains(cause)
            {
                gone.insert(hazard.id.clone());
            }
        }
    }
    gone
}

#[test]
fn without_a_hazard_all_others_are_drawn_the_same() {
    let mut seen = 0;
    for base in [kazakhstan(), everything()] {
        for hazard in &base.hazards {
            let off = base.without_hazards(&|other| other.id == hazard.id);
            let (touched, gone) = (touched(&base, &hazard.id), gone_with(&base, &hazard.id));
            for replication in 0..12 {
                let (with, without) = (drawn(&base, replication), drawn(&off, replication));
                assert!(
                    without.iter().all(|one| !gone.contains(&one.0)),
                    "{}",
                    hazard.id
                );
                let others = |all: Vec<Named>| {
                    let all = all.into_iter().filter(|one| !touched.contains(&one.0));
                    all.collect::<Vec<_>>()
                };
                let (with, without) = (others(with), others(without));
                seen += with.len();
                assert_eq!(with, without, "{}", hazard.id);
            }
        }
    }
    assert!(seen > 1_000, "{seen}");
}

#[test]
fn what_is_spared_is_never_hit_and_others_are_as_before() {
    let base = kazakhstan();
    for struck in base.struck() {
        let spared = base.sparing(&struck);
        let hit: BTreeSet<String> = (base.hazards.iter())
            .filter(|hazard| {
                let mut targets = hazard.targets.iter();
                targets.any(|target| target.parts.iter().any(|part| struck.has(target, part)))
            })
            .map(|hazard| hazard.id.clone())
            .collect();
        let touched: BTreeSet<String> = hit.iter().flat_map(|id| touched(&base, id)).collect();
        for replication in 0..8 {
            let (with, without) = (drawn(&base, replication), drawn(&spared, replication));
            for one in &without {
                let is_own = match &struck {
                    Struck::Element(element) => one.1.0 == *element,
                    Struck::Unit(element, unit) => one.1 == (*element, Some(*unit)),
                    Struck::Service(_) => false,
                };
                assert!(!is_own, "{struck:?} {one:?}");
            }
            let others = |all: Vec<Named>| -> Vec<Named> {
                all.into_iter()
                    .filter(|one| !touched.contains(&one.0))
                    .collect()
            };
            assert_eq!(others(with), others(without), "{struck:?}");
        }
    }
}

/// Three moorings, one of which a hazard leaves a half of, and a berth that it feeds.
fn moorings() -> Model {
    model(&format!(
        "{}[field.a]\nplan = \"300 kb/d\"\n[market.m]\n\
         [link.spm]\nfrom = \"a\"\nto = \"m\"\ncapacity = \"300 kb/d\"\nunits = {{ count = 3, each = \"100 kb/d\" }}\n\
         [hazard.wear]\nhits = [\"link.spm#1\", \"link.spm#2\"]\nscope = \"one\"\nleft = 0.5\n\
         occurs = {{ poisson = {{ rate = \"4 /yr\" }} }}\nduration = \"5 d\"\n\
         [hazard.storm]\nhits = [\"link.spm\"]\nleft = {{ uniform = {{ low = 0.0, high = 0.4 }} }}\n\
         occurs = {{ poisson = {{ rate = \"4 /yr\" }} }}\nduration = \"2 d\"\n",
        head("100 d")
    ))
}

#[test]
fn what_is_held_down_keeps_what_its_hazards_leave() {
    let model = moorings();
    let spm = Element::Link(0);
    let futures = FuturesSettings {
        seed: 1,
        range: 0..40,
        threads: 1,
    };
    let settings = ImportanceSettings {
        futures,
        level: 0.9,
    };
    let found = study::rank_by_importance(&model, "", &settings, &mut Silent);
    let found = found.expect("it can be played").expect("nobody cancels");
    let all = 300_000.0 * 100.0;
    let row = |id: &str| {
        let mut rows = found.hazards.iter().chain(&found.elements);
        rows.find(|row| row.id == id)
            .unwrap_or_else(|| panic!("no {id}"))
    };
    // A storm leaves a fifth of each mooring on average, and that is less than wear leaves of two.
    assert!((model.down_left(&Struck::Element(spm)) - 0.2).abs() < 1e-12);
    let lost = row("link.spm").mean.down_bbl.mean;
    assert!((lost / all - 0.8).abs() < 1e-4, "{lost}");
    // Storms still hit the others of a mooring that is down.
    let unit = row("link.spm#2");
    assert_eq!(unit.kind, "unit");
    assert!((unit.down_left.expect("a unit") - 0.2).abs() < 1e-12);
    assert!(unit.mean.down_bbl.mean > all * 0.8 / 3.0);
    assert!(unit.mean.perfect_bbl.mean < found.undelivered_bbl.mean);
    // What wear leaves of one, and what a storm leaves of all three.
    let hit: Vec<f64> = (0..model.hazards.len())
        .map(|hazard| {
            let parts = model.down_parts_by(&Struck::Element(spm), hazard);
            model.share_of_parts(&Struck::Element(spm), &parts)
        })
        .collect();
    assert!(
        (hit[0] - 0.2).abs() < 1e-12 && (hit[1] - 2.0 / 3.0).abs() < 1e-12,
        "{hit:?}"
    );
    // One event of wear all the time takes half of one mooring; storms come on top.
    assert!(row("wear").mean.down_bbl.mean > all / 6.0);
    // A storm all the time leaves what one leaves, drawn anew in each future.
    let storm = row("storm").mean.down_bbl;
    assert!(storm.std_error.expect("many") > 0.0);
    assert!((storm.mean / all - 0.8).abs() < 0.08, "{storm:?}");
    assert_eq!(row("link.spm").mean.perfect_bbl.mean, 0.0);
}

/// Every word of the grammar of hazards: nothing panics, and shares add up.
#[test]
fn all_rankings_take_all_there_is() {
    let model = everything();
    let futures = || FuturesSettings {
        seed: 3,
        range: 0..21,
        threads: 2,
    };
    let settings = ImportanceSettings {
        futures: futures(),
        level: 0.95,
    };
    let found = study::rank_by_importance(&model, "", &settings, &mut Silent);
    let found = found.expect("it can be played").expect("nobody cancels");
    assert_eq!(found.hazards.len(), model.hazards.len());
    assert_eq!(found.elements.len(), model.struck().len());
    for row in found.hazards.iter().chain(&found.elements) {
        let down = row.unavailability.mean;
        assert!(
            (0.0..=1.0 + 1e-6).contains(&down) || row.kind != "hazard",
            "{row:?}"
        );
    }
    for players in [Players::Hazards, Players::Classes] {
        let settings = ShapleySettings {
            futures: futures(),
            level: 0.95,
            players,
            orders: 4,
        };
        let found = study::rank_by_shapley(&model, "", &settings, &mut Silent);
        let found = found.expect("it can be played").expect("nobody cancels");
        let sum: f64 = found
            .players
            .iter()
            .map(|player| player.mean.bbl.mean)
            .sum();
        assert!((sum - found.mean.divided_bbl.mean).abs() < 1e-3);
        let again = study::rank_by_shapley(&model, "", &settings, &mut Silent);
        assert_eq!(again.expect("played"), Some(found));
    }
    let found = study::rank_by_recovery(&model, "", &futures(), &mut Silent);
    let found = found.expect("it can be solved").expect("nobody cancels");
    assert!(!found.rows.is_empty());
}
