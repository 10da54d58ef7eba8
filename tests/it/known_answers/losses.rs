//! What is left without one, two or three things, against enumeration.

use keruen::results::Worst;
use keruen::study::{Among, DownState, WorstSettings};

use super::links::two_routes;
use super::networks::{CaseArc, world};
use crate::worlds::{all_given, case, entry, given, number};
use crate::worst::{settings, worst};

const KB: f64 = 1_000.0;

#[test]
fn the_worst_one_two_or_three_of_twelve_components_are_exact() {
    let case = case("05_network_enumeration");
    let arcs = CaseArc::all(&case);
    let model = world(&arcs, "up", None);
    // In the order of the case's list, so that ties are resolved as it does.
    let failing = arcs.iter().filter(|arc| arc.failure.is_some());
    let found: Worst = worst(
        &model,
        &WorstSettings {
            down: DownState::Hazards,
            among: failing.map(|arc| Among::One(arc.target())).collect(),
            ..settings(3)
        },
    );
    assert_eq!(
        found.delivered_bpd as f64,
        given(&case, "expected.plan_all_up_kbd") * KB
    );
    for arc in arcs.iter().filter(|arc| arc.failure.is_some()) {
        let exact = given(&case, &format!("expected.n_minus_1_export_kbd.{}", arc.id));
        let mut elements = found.elements.iter();
        let element = elements.find(|element| element.id == arc.target());
        let delivered = element.expect("told").delivered_bpd;
        assert_eq!(delivered as f64, exact * KB, "{}", arc.id);
    }
    for (at, size) in found.sizes.iter().enumerate() {
        let exact = |key: &str| entry(&case, &format!("expected.n_minus_k.k{}.{key}", at + 1));
        assert_eq!(
            size.upper_bpd as f64,
            number(exact("worst_export_kbd")) * KB
        );
        assert_eq!(size.ties as f64, number(exact("tied_sets")));
        let names = exact("worst_set").as_array().expect("a list").iter();
        let names: Vec<String> = names
            .filter_map(toml::Value::as_str)
            .filter_map(|id| arcs.iter().find(|arc| arc.id == id))
            .map(CaseArc::target)
            .collect();
        assert_eq!(size.worst[0].elements, names, "{} out", at + 1);
    }
    assert!(found.sizes[2].solved < 165, "bounds decide on some sets");
}

#[test]
fn two_routes_retain_without_one_what_the_case_says() {
    let case = case("03_two_route");
    let model = two_routes(&case, "up", None);
    let links = WorstSettings {
        among: vec![Among::Links],
        ..settings(1)
    };
    let found = worst(&model, &links);
    let retained: Vec<f64> = (found.elements.iter())
        .filter_map(|element| element.retention)
        .collect();
    assert_eq!(
        retained,
        all_given(&case, "expected.base_concentration.n_minus_1_retention")
    );
}
