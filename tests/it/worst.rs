//! The worst things to lose: bounds against solving every set, outages against stresses, causes.

use std::cell::Cell;
use std::collections::BTreeMap;

use keruen::model::Model;
use keruen::results::{Worst, WorstSize};
use keruen::simulation::{Observer, Progress, Silent};
use keruen::study::{self, Among, DownState, WorstError, WorstSettings};
use keruen::units::Seconds;
use proptest::prelude::*;

use crate::properties::cases;
use crate::random_worlds::networks;
use crate::worlds::{head, model, project, stress};

pub(crate) fn settings(size: usize) -> WorstSettings {
    WorstSettings {
        size,
        among: vec![Among::Links, Among::Hubs, Among::Fields],
        units: false,
        down: DownState::Closed,
        top: 3,
        at: Seconds::ZERO,
        lengths: Vec::new(),
        most_sets: 1_000_000,
        is_plain: false,
        threads: 2,
    }
}

pub(crate) fn worst(model: &Model, settings: &WorstSettings) -> Worst {
    study::worst(model, "", settings, &mut Silent).expect("it can be solved")
}

/// The model of a scenario in the tree.
fn scenario(name: &str) -> Model {
    let path = project("scenarios").join(name);
    let request = keruen::scenario::Request {
        path: &path,
        with: &[],
        set: &[],
    };
    keruen::scenario::load(&request)
        .expect("a scenario that runs")
        .model
}

/// A size as it must be, from all sets solved one by one: what leaves least among sets whose
/// members do not come to the same, how many leave as little, and the worst few.
fn expected(found: &Worst, plain: &WorstSize, top: usize) -> (u64, Vec<(i64, Vec<String>)>) {
    let stands: BTreeMap<&str, &str> = (found.elements.iter())
        .map(|element| (element.id.as_str(), element.stands_with.as_str()))
        .collect();
    // Each set once: the one of those that stand for the others.
    let sets: Vec<(i64, Vec<String>)> = (plain.worst.iter())
        .filter(|set| set.elements.iter().all(|id| stands[id.as_str()] == id))
        .map(|set| (set.delivered_bpd, set.elements.clone()))
        .collect();
    let least = sets.first().map_or(0, |set| set.0);
    let ties = sets.iter().filter(|set| set.0 == least).count() as u64;
    (ties, sets.into_iter().take(top).collect())
}

#[track_caller]
fn assert_same(model: &Model, settings: &WorstSettings) {
    let found = worst(model, settings);
    let plain = worst(
        model,
        &WorstSettings {
            is_plain: true,
            top: 1_000_000,
            ..settings.clone()
        },
    );
    for (size, plain) in found.sizes.iter().zip(&plain.sizes) {
        assert_eq!(plain.worst.len() as u64, plain.sets, "every set is told");
        let (ties, sets) = expected(&found, plain, settings.top);
        let told: Vec<(i64, Vec<String>)> = (size.worst.iter())
            .map(|set| (set.delivered_bpd, set.elements.clone()))
            .collect();
        assert_eq!(told, sets, "{} of {}", size.size, size.among);
        assert_eq!(size.ties, ties, "{} of {}", size.size, size.among);
        assert_eq!(size.searched, "all");
        let least = told.first().map(|set| set.0);
        assert_eq!(Some(size.lower_bpd), least);
        assert_eq!(Some(size.upper_bpd), least);
    }
    // What comes to the same leaves the same.
    for element in &found.elements {
        let mut others = found.elements.iter();
        let other = others.find(|other| other.id == element.stands_with);
        assert_eq!(
            other.map(|other| other.delivered_bpd),
            Some(element.delivered_bpd)
        );
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn bounds_leave_out_no_set_that_matters(world in networks(3)) {
        let model = world.model();
        assert_same(&model, &settings(3));
        let hazards = WorstSettings { down: DownState::Hazards, ..settings(2) };
        if study::worst(&model, "", &hazards, &mut Silent).is_ok() {
            assert_same(&model, &hazards);
        }
    }

    #[test]
    fn each_thing_alone_leaves_what_a_stress_leaves(world in networks(1)) {
        let model = world.model();
        let found = worst(&model, &settings(1));
        let days = world.days;
        for element in &found.elements {
            let closure = format!(
                "target = \"{}\", from = 2026-01-01, for = \"{days} d\"", element.id
            );
            let played = stress(&model, &[closure]);
            prop_assert_eq!(played.epochs[0].delivered_bpd, element.delivered_bpd);
        }
    }

    #[test]
    fn when_time_runs_out_the_bounds_enclose_the_worst(world in networks(2), rounds in 0..3_u32) {
        let model = world.model();
        let exact = worst(&model, &settings(3));
        let mut hurried = Hurried { left: Cell::new(rounds) };
        let found = study::worst(&model, "", &settings(3), &mut hurried).expect("it can be solved");
        for (found, exact) in found.sizes.iter().zip(&exact.sizes) {
            prop_assert!(found.lower_bpd <= exact.upper_bpd, "{found:?} {exact:?}");
            prop_assert!(found.upper_bpd >= exact.upper_bpd, "{found:?} {exact:?}");
            if found.searched == "all" {
                prop_assert_eq!(&found.worst, &exact.worst);
            }
        }
    }
}

/// Has time for some rounds of a search.
struct Hurried {
    left: Cell<u32>,
}

impl Observer for Hurried {
    fn progress(&mut self, _: &Progress) {}

    fn is_out_of_time(&self) -> bool {
        let left = self.left.get();
        self.left.set(left.saturating_sub(1));
        left == 0
    }
}

#[test]
fn bounds_and_branches_agree_with_all_sets_of_the_scenarios() {
    let twelve = scenario("twelve_parts.toml");
    assert_same(&twelve, &settings(3));
    assert_same(
        &twelve,
        &WorstSettings {
            down: DownState::Hazards,
            top: 10,
            ..settings(4)
        },
    );
    assert_same(&scenario("two_routes.toml"), &settings(2));
    let kazakhstan = scenario("kazakhstan.toml");
    let wide = WorstSettings {
        units: true,
        top: 10,
        ..settings(2)
    };
    assert_same(&kazakhstan, &wide);
}

#[test]
fn threads_change_nothing() {
    let model = scenario("kazakhstan.toml");
    let lengths = vec![Seconds(10 * 86_400)];
    let of = |threads| {
        let settings = WorstSettings {
            threads,
            lengths: lengths.clone(),
            among: vec![Among::Links],
            ..settings(2)
        };
        worst(&model, &settings)
    };
    let (one, three) = (of(1), of(3));
    assert_eq!(one.over_time, three.over_time);
    for (one, three) in one.sizes.iter().zip(&three.sizes) {
        // How much is solved depends on what was known when.
        assert_eq!(one.worst, three.worst);
        assert_eq!((one.ties, one.lower_bpd), (three.ties, three.lower_bpd));
    }
}

/// Two fields and a line that other people's oil shares.
fn shared_line(more: &str) -> Model {
    let mut text = head("100 d");
    text += "[field.a]\nplan = \"100 kb/d\"\n[market.sea]\n[hub.in]\n[hub.mid]\n[hub.out]\n\
             [link.gather]\nfrom = \"a\"\nto = \"mid\"\n\
             [link.theirs]\nfrom = \"in\"\nto = \"mid\"\ncapacity = \"60 kb/d\"\n\
             [link.line]\nfrom = \"mid\"\nto = \"out\"\ncapacity = \"90 kb/d\"\n\
             [link.load]\nfrom = \"out\"\nto = \"sea\"\ncapacity = \"90 kb/d\"\n\
             [transit.others]\nfrom = \"in\"\nto = \"out\"\npath = [\"theirs\", \"line\"]\n\
             volume = \"50 kb/d\"\n";
    model(&(text + more))
}

#[test]
fn closing_the_way_of_others_makes_room_for_ours() {
    let model = shared_line("");
    let found = worst(&model, &settings(3));
    assert_eq!(found.delivered_bpd, 40_000);
    let theirs = found
        .elements
        .iter()
        .find(|element| element.id == "link.theirs");
    let theirs = theirs.expect("an element");
    assert_eq!(theirs.delivered_bpd, 90_000);
    assert_eq!(theirs.retention, Some(2.25));
    assert_same(&model, &settings(3));
    assert!(
        found
            .warnings
            .iter()
            .any(|warning| warning.contains("makes room"))
    );
}

#[test]
fn where_bounds_do_not_hold_every_set_is_solved_or_none() {
    // A second transit takes the room that the first leaves.
    let second = "[transit.more]\nfrom = \"mid\"\nto = \"out\"\npath = [\"line\"]\n\
                  volume = \"80 kb/d\"\n";
    let model = shared_line(second);
    let found = worst(&model, &settings(2));
    let says =
        |found: &Worst, text: &str| found.warnings.iter().any(|warning| warning.contains(text));
    assert!(
        says(&found, "one transit may take the room"),
        "{:?}",
        found.warnings
    );
    assert_same(&model, &settings(2));
    let few = WorstSettings {
        most_sets: 10,
        is_plain: true,
        ..settings(3)
    };
    let found = worst(&model, &few);
    assert_eq!(found.sizes.len(), 1, "more than ten pairs");
    assert!(says(&found, "--sets"), "{:?}", found.warnings);

    let text = head("10 d")
        + "[allocation]\nobjective = \"netback\"\n[field.a]\nplan = \"100 kb/d\"\n[market.sea]\n\
           price = \"60 USD/bbl\"\n[link.l]\nfrom = \"a\"\nto = \"sea\"\ncapacity = \"90 kb/d\"\n\
           tariff = \"2 USD/bbl\"\n";
    let found = worst(&crate::worlds::model(&text), &settings(2));
    assert!(
        says(&found, "as much flows as pays"),
        "{:?}",
        found.warnings
    );
}

#[test]
fn outages_cost_what_a_stress_says() {
    let model = scenario("two_routes.toml");
    let settings = WorstSettings {
        at: Seconds(100 * 86_400),
        lengths: vec![Seconds(3 * 86_400)],
        top: 20,
        ..settings(1)
    };
    let found = worst(&model, &settings);
    let over = &found.over_time[0];
    assert!(over.is_all);
    assert_eq!(
        over.played, 5,
        "what is in one line is played each for itself"
    );
    for away in &over.worst {
        let closure = format!(
            "target = \"{}\", from = 2026-04-11, for = \"3 d\"",
            away.elements[0]
        );
        let played = stress(&model, &[closure]);
        let outage = &away.outage;
        assert_eq!(outage.lost_bbl, played.lost_bbl, "{:?}", away.elements);
        assert_eq!(
            outage.shut_in_bbl, played.shut_in_bbl,
            "{:?}",
            away.elements
        );
        let hours = played.time_to_recover_hours;
        assert_eq!(
            outage.recover_days.map(|days| (days * 24.0).round()),
            hours.map(f64::round)
        );
        assert_eq!(outage.not_recovered, played.not_recovered);
    }
    // The tank at the port keeps the southern line's oil while the jetty is closed, not while the
    // line is.
    let lost = |id: &str| {
        let mut all = over.worst.iter();
        let away = all.find(|away| away.elements == [id]).expect("played");
        (away.outage.lost_bbl, away.outage.rank)
    };
    assert!(lost("link.jetty").0 < lost("link.southern-line").0);
    assert_eq!(lost("field.basin").1, Some(1));
    let stands = |id: &str| {
        let mut all = found.elements.iter();
        all.find(|element| element.id == id)
            .map(|element| element.stands_with.clone())
    };
    assert_eq!(stands("link.jetty"), stands("link.southern-line"));
}

#[test]
fn what_one_cause_takes_out_is_marked() {
    let link = |id: &str, more: &str| {
        format!("[link.{id}]\nfrom = \"a\"\nto = \"sea\"\ncapacity = \"30 kb/d\"\n{more}")
    };
    let mut text =
        head("100 d") + "[field.a]\nplan = \"100 kb/d\"\ncountry = \"AA\"\n[market.sea]\n";
    text += &link("one", "jurisdiction = [\"BB\"]\noperator = \"Firm\"\n");
    text += &link("two", "jurisdiction = [\"BB\"]\n");
    text += &link("three", "operator = \"Firm\"\n");
    text += "[service.power]\nfeeds = [{ target = \"link.two\", loss = 1.0 }, \
             { target = \"link.three\", loss = 0.5 }]\n\
             [route.north]\ngates = [\"one\", \"three\"]\n";
    let hazard = |id: &str, more: &str| format!("[hazard.{id}]\nduration = \"1 d\"\n{more}\n");
    let rate = "occurs = { poisson = { rate = \"1 /yr\" } }";
    text += &hazard(
        "storm",
        &format!("hits = [\"link.one\", \"link.two\"]\nscope = \"all\"\n{rate}"),
    );
    text += &hazard(
        "wear",
        &format!("hits = [\"link.one\", \"link.three\"]\n{rate}"),
    );
    text += &hazard(
        "slow",
        &format!(
            "hits = [\"link.one\", \"link.two\", \"link.three\"]\nscope = {{ some = 2 }}\nleft = 0.5\n{rate}"
        ),
    );
    text += &hazard(
        "wave",
        "hits = [\"link.three\"]\noccurs = { after = { hazard = \"storm\", chance = 0.5 } }",
    );
    let found = worst(
        &model(&text),
        &WorstSettings {
            among: ["one", "link.two", "three"]
                .map(|id| Among::One(id.to_owned()))
                .into(),
            top: 10,
            ..settings(3)
        },
    );
    let causes = |size: usize, ids: &[&str]| -> Vec<String> {
        let mut sets = found.sizes[size - 1].worst.iter();
        let set = sets.find(|set| set.elements == ids).expect("a set");
        let told = set
            .causes
            .iter()
            .map(|cause| format!("{}.{} {}", cause.kind, cause.id, cause.left));
        told.collect()
    };
    assert_eq!(
        causes(1, &["link.one"]),
        ["hazard.storm 0", "hazard.wear 0", "hazard.slow 0.5"]
    );
    assert_eq!(
        causes(2, &["link.one", "link.two"]),
        ["hazard.storm 0", "jurisdiction.BB 0", "hazard.slow 0.5"]
    );
    assert_eq!(
        causes(2, &["link.two", "link.three"]),
        ["hazard.storm 0", "hazard.slow 0.5", "service.power 0.5"]
    );
    // The storm, and what may follow from it.
    assert_eq!(
        causes(3, &["link.one", "link.two", "link.three"]),
        ["hazard.storm 0"]
    );
    let common: Vec<(String, i64)> = (found.common.iter())
        .map(|cause| (format!("{}.{}", cause.kind, cause.id), cause.delivered_bpd))
        .collect();
    let expected = [
        ("hazard.storm", 0),
        ("jurisdiction.BB", 30_000),
        ("operator.Firm", 30_000),
        ("route.north", 30_000),
        ("service.power", 45_000),
        ("hazard.slow", 60_000),
        ("hazard.wave", 60_000),
        ("hazard.wear", 60_000),
    ];
    let mut told: Vec<(&str, i64)> = common
        .iter()
        .map(|(id, left)| (id.as_str(), *left))
        .collect();
    told.sort_by_key(|&(id, left)| (left, id));
    assert_eq!(told, expected);
}

#[test]
fn units_can_be_lost_and_what_is_not_there_is_said() {
    let text = head("10 d")
        + "[field.a]\nplan = \"100 kb/d\"\n[market.sea]\n[link.load]\nfrom = \"a\"\nto = \"sea\"\n\
           capacity = \"90 kb/d\"\nunits = { count = 3, each = \"40 kb/d\" }\n\
           [hazard.h]\nhits = [\"link.load#1\", \"link.load#2\", \"link.load#3\"]\n\
           scope = { some = 2 }\nduration = \"1 d\"\noccurs = { poisson = { rate = \"1 /yr\" } }\n";
    let model = model(&text);
    let with_units = WorstSettings {
        units: true,
        among: vec![Among::Links],
        ..settings(2)
    };
    let found = worst(&model, &with_units);
    let left: Vec<(&str, i64)> = (found.elements.iter())
        .map(|element| (element.id.as_str(), element.delivered_bpd))
        .collect();
    assert_eq!(
        left,
        [
            ("link.load", 0),
            ("link.load#1", 80_000),
            ("link.load#2", 80_000),
            ("link.load#3", 80_000)
        ]
    );
    let found = worst(
        &model,
        &WorstSettings {
            down: DownState::Hazards,
            ..with_units.clone()
        },
    );
    // Two of three: 40 of 90 are left.
    assert_eq!(found.elements[0].delivered_bpd, 40_000);
    assert!((found.elements[0].left - 40.0 / 90.0).abs() < 1e-12);
    assert_eq!(found.elements[0].hazard.as_deref(), Some("h"));
    for (id, said) in [
        ("nothing", "no link, hub or field"),
        ("load#4", "has no unit 4"),
        ("sea", "no link, hub or field"),
    ] {
        let asked = WorstSettings {
            among: vec![Among::One(id.to_owned())],
            ..settings(1)
        };
        let error = study::worst(&model, "", &asked, &mut Silent).expect_err("unknown");
        assert!(
            matches!(&error, WorstError::Unknown(text) if text.contains(said)),
            "{error}"
        );
    }
    let none = WorstSettings {
        down: DownState::Hazards,
        among: vec![Among::Fields],
        ..settings(1)
    };
    let error = study::worst(&model, "", &none, &mut Silent).expect_err("no hazard hits a field");
    assert!(matches!(error, WorstError::Nothing(_)));
}

#[test]
fn what_the_calendar_changes_is_that_of_the_date() {
    let text = head("100 d")
        + "[field.a]\nplan = \"100 kb/d\"\n[market.sea]\n[link.l]\nfrom = \"a\"\nto = \"sea\"\n\
           capacity = { steps = [{ from = 2026-01-01, value = \"90 kb/d\" }, \
           { from = 2026-02-01, value = \"40 kb/d\" }] }\n";
    let model = model(&text);
    let at = |days: i64| {
        worst(
            &model,
            &WorstSettings {
                at: Seconds(days * 86_400),
                ..settings(1)
            },
        )
    };
    assert_eq!(at(0).delivered_bpd, 90_000);
    assert_eq!(at(40).delivered_bpd, 40_000);
}
