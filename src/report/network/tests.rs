use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::super::example;
use super::*;
use crate::results::RouteInfo;

fn node(id: &str, kind: &str, at: Option<[f64; 2]>) -> NodeInfo {
    NodeInfo {
        id: id.to_owned(),
        name: format!("Node \"{id}\" <&> \\ \u{1}\n'мұнай'"),
        kind: kind.to_owned(),
        role: (kind == "hub").then(|| "port".to_owned()),
        country: None,
        at,
        tank_bbl: (kind == "hub").then_some(4_000_000),
    }
}

fn link(id: &str, from: &str, to: &str) -> LinkInfo {
    LinkInfo {
        id: id.to_owned(),
        name: format!("Link {id} ]]> --> \"quoted\""),
        from: from.to_owned(),
        to: to.to_owned(),
        mode: "rail".to_owned(),
        capacity_bpd: Some(300_000),
        jurisdiction: vec!["KZ".to_owned(), "RU".to_owned()],
    }
}

/// Three nodes on both sides of the antimeridian, one of them somewhere.
fn network() -> NetworkInfo {
    NetworkInfo {
        nodes: vec![
            node("a", "field", Some([170.0, 50.0])),
            node("b", "hub", Some([-170.0, 60.0])),
            node("c", "market", None),
        ],
        links: vec![link("ab", "a", "b"), link("bc", "b", "c")],
        routes: vec![RouteInfo {
            id: "east".to_owned(),
            name: "East".to_owned(),
            gates: vec!["ab".to_owned()],
            jurisdiction: Vec::new(),
        }],
    }
}

fn written(
    write: fn(&ExportedNetwork<'_>, &mut dyn std::io::Write) -> std::io::Result<()>,
) -> String {
    let network = network();
    let summary = example::summary();
    let mut found = summary.strategies[0].clone();
    let mut flow = found.metrics.values().next().expect("a metric").clone();
    "bbl".clone_into(&mut flow.unit);
    (flow.mean, flow.std_error) = (Some(365.0 * 90.0), Some(365.0));
    found.links = BTreeMap::from([("ab".to_owned(), BTreeMap::from([("flow".to_owned(), flow)]))]);
    let mut scenario = summary.scenario.clone();
    scenario.horizon_days = 365.0;
    let undisturbed = Undisturbed {
        links_bpd: BTreeMap::from([("ab".to_owned(), 100.0)]),
        ..Undisturbed::default()
    };
    let exported = ExportedNetwork {
        network: &network,
        scenario: &scenario,
        undisturbed: &undisturbed,
        found: Some(&found),
        run: Some((u64::MAX, 500)),
    };
    let mut out = Vec::new();
    write(&exported, &mut out).expect("memory takes it");
    String::from_utf8(out).expect("text")
}

#[test]
fn geojson_reads_back_with_places_names_and_losses() {
    let read: Json = serde_json::from_str(&written(network_geojson)).expect("JSON");
    assert_eq!(read["type"], "FeatureCollection");
    assert_eq!(read["keruen"]["format"], "keruen-network/1");
    assert_eq!(read["keruen"]["seed"], u64::MAX.to_string());
    let features = read["features"].as_array().expect("a list");
    assert_eq!(features.len(), 5);
    assert_eq!(features[0]["id"], "field.a");
    assert_eq!(
        features[0]["geometry"]["coordinates"],
        serde_json::json!([170.0, 50.0])
    );
    assert_eq!(features[0]["properties"]["name"], network().nodes[0].name);
    assert_eq!(features[1]["properties"]["tank_bbl"], 4_000_000);
    assert!(features[2]["geometry"].is_null());
    // The line over the antimeridian is cut there, half way up.
    let line = &features[3]["geometry"];
    assert_eq!(line["type"], "MultiLineString");
    assert_eq!(
        line["coordinates"],
        serde_json::json!([
            [[170.0, 50.0], [180.0, 55.0]],
            [[-180.0, 55.0], [-170.0, 60.0]]
        ])
    );
    let properties = &features[3]["properties"];
    assert_eq!(
        (&properties["from"], &properties["to"]),
        (&"field.a".into(), &"hub.b".into())
    );
    assert_eq!(properties["flow_bpd"], 90.0);
    assert_eq!(properties["flow_bpd_std_error"], 1.0);
    assert_eq!(properties["lost_bpd"], 10.0);
    let share = properties["lost_share"].as_f64().expect("a number");
    assert!((share - 0.1).abs() < 1e-12, "{share}");
    assert_eq!(properties["gate_of"], "east");
    assert!(features[4]["geometry"].is_null());
    assert!(features[4]["properties"].get("flow_bpd").is_none());
}

#[test]
fn graphml_declares_all_keys_once_and_escapes_names() {
    let text = written(network_graphml);
    let keys: Vec<&str> = text.lines().filter(|line| line.contains("<key ")).collect();
    let ids: Vec<&str> = keys
        .iter()
        .filter_map(|key| key.split('"').nth(1))
        .collect();
    let used = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("<data key=\""));
    for data in used {
        let id = data.split('"').next().expect("a key");
        assert_eq!(ids.iter().filter(|known| **known == id).count(), 1, "{id}");
    }
    assert!(text.contains(
        "<key id=\"edge.flow_bpd\" for=\"edge\" attr.name=\"flow_bpd\" attr.type=\"double\"/>"
    ));
    assert!(text.contains("<data key=\"edge.flow_bpd\">90</data>"));
    assert!(text.contains("<edge id=\"ab\" source=\"a\" target=\"b\">"));
    assert!(text.contains("Node &quot;a&quot; &lt;&amp;&gt; \\ \u{fffd}&#10;'мұнай'"));
    assert!(!text.contains("]]>") && !text.contains('\u{1}'));
}

#[test]
fn dot_quotes_names_and_pins_places() {
    let text = written(network_dot);
    assert!(text.starts_with("digraph \"") && text.ends_with("}\n"));
    assert!(text.contains("\"a\" -> \"b\" [id=\"ab\""));
    assert!(
        text.contains("label=\"Node \\\"a\\\" <&> \\\\  \\n'мұнай'\""),
        "{text}"
    );
    // A place on either side of the antimeridian is near the other.
    let x: Vec<f64> = text
        .lines()
        .filter_map(|line| line.split("pos=\"").nth(1)?.split(',').next()?.parse().ok())
        .collect();
    assert!(x.len() == 2 && (x[0] - x[1]).abs() < 20.0 * 0.4, "{x:?}");
    // Quotes within a string are escaped, so those that are not come in pairs on each line.
    for line in text.lines() {
        let bare = line.replace("\\\\", "").replace("\\\"", "");
        assert_eq!(bare.matches('"').count() % 2, 0, "{line}");
    }
}

#[test]
fn what_has_not_been_run_is_exported_without_flows() {
    let network = network();
    let summary = example::summary();
    let exported = ExportedNetwork {
        network: &network,
        scenario: &summary.scenario,
        undisturbed: &Undisturbed::default(),
        found: None,
        run: None,
    };
    for write in [network_geojson, network_graphml, network_dot] {
        let mut out = Vec::new();
        write(&exported, &mut out).expect("memory takes it");
        let text = String::from_utf8(out).expect("text");
        assert!(!text.contains("flow_bpd") && text.contains("capacity_bpd"));
    }
}
