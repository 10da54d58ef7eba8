//! The network for other tools.

use std::fs;

use serde_json::Value;

use super::{Place, code, json, keruen, text};

#[test]
fn a_scenario_is_exported_with_what_flows_when_nothing_goes_wrong() {
    let place = Place::new();
    let found = json(&place.keruen("export", &["--format", "geojson"]).stdout);
    assert_eq!(found["type"], "FeatureCollection");
    let features = found["features"].as_array().expect("features");
    let links: Vec<&Value> = features
        .iter()
        .filter(|feature| {
            feature["id"]
                .as_str()
                .is_some_and(|id| id.starts_with("link."))
        })
        .collect();
    assert!(!links.is_empty() && links.len() < features.len());
    for link in links {
        assert!(link["properties"]["undisturbed_bpd"].is_f64(), "{link}");
        assert!(link["properties"].get("flow_bpd").is_none(), "{link}");
    }
    let dot = place.keruen("export", &["--format", "dot"]);
    assert!(
        text(&dot.stdout).starts_with("digraph "),
        "{}",
        text(&dot.stderr)
    );
}

#[test]
fn results_are_exported_whole_into_a_file_that_is_not_replaced_unasked() {
    let place = Place::new();
    let run = place.keruen("run", &["-n", "20", "--no-charts", "--out", "found"]);
    assert_eq!(code(&run), 0, "{}", text(&run.stderr));
    let export =
        |arguments: &[&str]| keruen(place.path(), &[&["export", "found"], arguments].concat());
    let done = export(&["--out", "network.graphml"]);
    assert_eq!(code(&done), 0, "{}", text(&done.stderr));
    let written = fs::read_to_string(place.path().join("network.graphml")).expect("a file");
    assert!(written.contains("<data key=\"edge.flow_bpd\">") && written.ends_with("</graphml>\n"));

    let again = export(&["--out", "network.graphml"]);
    assert_eq!(code(&again), 4);
    assert!(
        text(&again.stderr).contains("--overwrite"),
        "{}",
        text(&again.stderr)
    );
    let replaced = export(&[
        "--out",
        "network.graphml",
        "--overwrite",
        "--format",
        "geojson",
    ]);
    assert_eq!(code(&replaced), 0, "{}", text(&replaced.stderr));
    let found = place.json("network.graphml");
    let summary = place.json("found/summary.json");
    let days = summary["scenario"]["horizon_days"].as_f64().expect("days");
    for (id, metrics) in summary["strategies"][0]["links"]
        .as_object()
        .expect("links")
    {
        let features = found["features"].as_array().expect("features");
        let feature = features
            .iter()
            .find(|feature| feature["id"] == format!("link.{id}"));
        let flow = feature.expect("the link")["properties"]["flow_bpd"].as_f64();
        let mean = metrics["flow"]["mean"].as_f64().expect("a mean");
        assert!((flow.expect("a flow") - mean / days).abs() < 1e-6, "{id}");
    }
}

#[test]
fn what_cannot_be_exported_is_refused_with_the_reason() {
    let place = Place::new();
    let nothing = keruen(place.path(), &["export", ".", "--format", "dot"]);
    assert_eq!(code(&nothing), 4);
    assert!(
        text(&nothing.stderr).contains("summary.json"),
        "{}",
        text(&nothing.stderr)
    );
    assert_eq!(code(&place.keruen("export", &[])), 2);
    assert_eq!(
        code(&place.keruen("export", &["--format", "dot", "--strategy", "x"])),
        2
    );
}
