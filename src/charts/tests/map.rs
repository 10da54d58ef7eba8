//! The network map.

use std::collections::BTreeMap;

use super::*;
use crate::results::{LinkInfo, NodeInfo};

/// A node: id, kind, place.
type Node<'a> = (&'a str, &'a str, Option<[f64; 2]>);
/// A link: ends, mode, undisturbed and mean flow, b/d.
type Link<'a> = (&'a str, &'a str, &'a str, f64, f64);

/// A run of a network whose means are given.
fn run(nodes: &[Node<'_>], links: &[Link<'_>]) -> Summary {
    let mut summary = baseline(500);
    let days = summary.scenario.horizon_days;
    summary.network.nodes = nodes
        .iter()
        .map(|&(id, kind, at)| NodeInfo {
            id: id.to_owned(),
            name: format!("{id} of the east (and so on)"),
            kind: kind.to_owned(),
            role: (kind == "hub").then(|| "port".to_owned()),
            country: None,
            at,
            tank_bbl: (kind == "hub").then_some(1_000_000),
        })
        .collect();
    let strategy = &mut summary.strategies[0];
    strategy.links = BTreeMap::new();
    // The other figures are not asked for.
    (strategy.exceedance, strategy.fan, strategy.convergence) = (None, None, None);
    strategy.routes.clear();
    strategy.classes.clear();
    for &(from, to, mode, undisturbed, mean) in links {
        let id = format!("{from}-{to}");
        let mut flow = metric("bbl", mean * days, 100.0 * days);
        flow.mean = Some(mean * days);
        flow.std_error = Some(100.0 * days);
        let metrics = BTreeMap::from([("flow".to_owned(), flow)]);
        strategy.links.insert(id.clone(), metrics);
        strategy
            .undisturbed
            .links_bpd
            .insert(id.clone(), undisturbed);
        summary.network.links.push(LinkInfo {
            id,
            name: format!("From {from} to {to}"),
            from: from.to_owned(),
            to: to.to_owned(),
            mode: mode.to_owned(),
            capacity_bpd: None,
            jurisdiction: Vec::new(),
        });
    }
    summary
}

/// The SVG of the map.
fn map(case: &str, summary: &Summary) -> String {
    let figures = checked(case, run_figures(summary));
    let found = figures.iter().find(|figure| figure.0 == "network_map");
    found.expect("a map").1.svg().to_owned()
}

fn count(svg: &str, what: &str) -> usize {
    svg.matches(what).count()
}

const NODES: [Node<'static>; 5] = [
    ("Wells", "field", Some([53.4, 46.2])),
    ("Port", "hub", Some([37.8, 44.7])),
    ("Quay", "hub", Some([51.2, 43.6])),
    ("Refinery", "market", Some([51.9, 47.1])),
    ("Overseas", "market", Some([-95.0, 29.8])),
];

const LINKS: [Link<'static>; 5] = [
    ("Wells", "Port", "pipeline", 900e3, 810e3),
    ("Port", "Overseas", "sea", 900e3, 815e3),
    ("Wells", "Quay", "rail", 50e3, 60e3),
    ("Wells", "Refinery", "pipeline", 100e3, 100e3),
    ("Quay", "Overseas", "sea", 50e3, 60e3),
];

#[test]
fn a_map_names_what_loses_most_and_every_sign_of_a_small_network() {
    let svg = map("map", &run(&NODES, &LINKS));
    assert!(
        svg.contains(">No link loses more than From Wells to Port: 90.00\u{a0}±\u{a0}0.10\u{a0}thousand\u{a0}b/d, 10\u{a0}% of its undisturbed flow"),
        "{}",
        &svg[..600]
    );
    for (name, ..) in NODES {
        assert!(svg.contains(&format!(">{name} of the east<")), "{name}");
    }
    for words in [
        "km<",
        ">pipeline<",
        ">rail<",
        ">ship or mooring<",
        ">with tanks<",
        ">gains<",
    ] {
        assert!(svg.contains(words), "{words}");
    }
    // The sea lane behind the line loses the same barrels, so it is not told again.
    assert_eq!(count(&svg, ">1<"), 2);
    assert_eq!(count(&svg, ">2<"), 0);
}

#[test]
fn a_market_across_the_ocean_does_not_shrink_the_region() {
    let scale = |svg: &str| -> f64 {
        let text = svg.split("\u{a0}km<").next().expect("a scale bar");
        let number = text.rsplit('>').next().expect("its length");
        number.parse().expect("a number")
    };
    let far = scale(&map("map-far", &run(&NODES, &LINKS)));
    let near = scale(&map("map-near", &run(&NODES[..4], &LINKS[..1])));
    assert_eq!(far, near);
}

#[test]
fn without_coordinates_there_are_layers_and_no_scale() {
    let nodes = NODES.map(|(id, kind, _)| (id, kind, None));
    let svg = map("map-layers", &run(&nodes, &LINKS));
    assert!(!svg.contains("km<"));
    for (name, ..) in NODES {
        assert!(svg.contains(&format!(">{name} of the east<")), "{name}");
    }
    // One of five may be without a place.
    let mut nodes = NODES;
    nodes[3].2 = None;
    assert!(map("map-one-unplaced", &run(&nodes, &LINKS)).contains("km<"));
}

#[test]
fn flows_with_nothing_wrong_are_drawn_if_means_were_not_gathered() {
    let mut summary = run(&NODES, &LINKS);
    summary.strategies[0].links.clear();
    let svg = map("map-undisturbed", &summary);
    assert!(svg.contains(">With nothing wrong, From Wells to Port carries most: 900"));
    assert!(!svg.contains("Losing most"));
}

#[test]
fn odd_places_and_numbers_are_drawn() {
    let at = |places: [[f64; 2]; 5]| {
        let mut nodes = NODES;
        for (node, place) in nodes.iter_mut().zip(places) {
            node.2 = Some(place);
        }
        nodes
    };
    let nan = f64::NAN;
    let cases = [
        ("same", at([[50.0, 45.0]; 5])),
        (
            "poles",
            at([
                [0.0, 90.0],
                [90.0, 90.0],
                [180.0, 90.0],
                [0.0, 89.0],
                [7.0, 90.0],
            ]),
        ),
        (
            "south",
            at([
                [0.0, -90.0],
                [90.0, -80.0],
                [180.0, -70.0],
                [0.0, -89.0],
                [7.0, -60.0],
            ]),
        ),
        (
            "both-poles",
            at([
                [0.0, 90.0],
                [0.0, -90.0],
                [120.0, 0.0],
                [-120.0, 0.0],
                [60.0, 5.0],
            ]),
        ),
        (
            "antimeridian",
            at([
                [179.0, 60.0],
                [-179.0, 62.0],
                [170.0, 55.0],
                [-170.0, 65.0],
                [180.0, 50.0],
            ]),
        ),
        (
            "equator",
            at([
                [10.0, -3.0],
                [12.0, 4.0],
                [9.0, 0.0],
                [14.0, 2.0],
                [11.0, -4.0],
            ]),
        ),
        (
            "turned",
            at([
                [410.0, 45.0],
                [-320.0, 44.0],
                [761.0, 43.0],
                [50.0, 46.0],
                [51.0, 47.0],
            ]),
        ),
        (
            "not-numbers",
            at([
                [nan, nan],
                [f64::INFINITY, 0.0],
                [1.0, 91.0],
                [0.0, nan],
                [3.0, 3.0],
            ]),
        ),
    ];
    for (case, nodes) in cases {
        map(&format!("map-{case}"), &run(&nodes, &LINKS));
    }
    map("map-one", &run(&NODES[..1], &[]));
    let odd = [
        ("Wells", "Wells", "pipeline", 1.0, nan),
        ("Wells", "Port", "airship", nan, f64::INFINITY),
        ("Port", "Wells", "sea", -5.0, -1e300),
        ("Port", "Nowhere", "sea", 5.0, 1.0),
    ];
    map("map-odd-flows", &run(&NODES, &odd));
    let mut timeless = run(&NODES, &LINKS);
    timeless.scenario.horizon_days = 0.0;
    map("map-timeless", &timeless);
    assert!(
        run_figures(&run(&[], &LINKS))
            .iter()
            .all(|figure| figure.0 != "network_map")
    );
}

#[test]
fn a_large_network_is_drawn_within_its_size() {
    let names: Vec<String> = (0..60).map(|index| format!("Node-{index}")).collect();
    let nodes: Vec<Node<'_>> = names
        .iter()
        .enumerate()
        .map(|(index, name)| {
            let kind = ["field", "hub", "hub", "market"][index % 4];
            let place = [50.0 + (index % 9) as f64, 45.0 + (index / 9) as f64];
            (name.as_str(), kind, Some(place))
        })
        .collect();
    let links: Vec<Link<'_>> = (0..59)
        .map(|index| {
            (
                names[index].as_str(),
                names[index + 1].as_str(),
                "pipeline",
                1e5,
                9e4,
            )
        })
        .collect();
    map("map-large", &run(&nodes, &links));
    let layers: Vec<Node<'_>> = nodes
        .iter()
        .map(|&(id, kind, _)| (id, kind, None))
        .collect();
    map("map-large-layers", &run(&layers, &links));
}
