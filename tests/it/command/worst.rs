//! `keruen worst`.

use serde_json::Value;

use crate::worlds::project;

use super::{Place, code, keruen, text};

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON and nothing else")
}

#[test]
fn the_worst_things_to_lose_are_printed_written_and_shown_again() {
    let place = Place::new();
    let routes = project("scenarios/two_routes.toml");
    let routes = routes.to_str().expect("a plain path");
    let output = keruen(place.path(), &["worst", routes, "--out", "out"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    for word in [
        "The worst thing to lose",
        "The worst 2 things to lose",
        "in 30 d",
        "Comes to the same",
        "What one cause leaves",
        "to be without for 90 d",
        "keruen stress",
    ] {
        assert!(report.contains(word), "{word} in {report}");
    }
    assert!(
        report.lines().all(|line| line.chars().count() <= 100),
        "{report}"
    );
    assert_eq!(
        place.results("out"),
        [
            "worst.csv",
            "worst.json",
            "worst_pairs.png",
            "worst_pairs.svg",
            "worst_sets.png",
            "worst_sets.svg",
        ]
    );
    let again = keruen(place.path(), &["report", "out"]);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
    assert!(text(&again.stdout).contains("The worst 2 things to lose"));

    // What it says to do next can be done.
    let (_, next) = report
        .split_once("\nNext:\n  keruen ")
        .expect("a next step");
    let words: Vec<String> = next
        .replace("\\\n", " ")
        .replace("'30 d'", "30d")
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let words: Vec<&str> = words.iter().map(String::as_str).chain(["--json"]).collect();
    let stress = keruen(place.path(), &words);
    assert_eq!(code(&stress), 0, "{}", text(&stress.stderr));
}

#[test]
fn what_is_asked_for_is_looked_at_and_nothing_else() {
    let place = Place::new();
    let few = [
        "-k",
        "1",
        "--among",
        "links",
        "--for",
        "2 d",
        "--date",
        "2026-02-01",
        "--json",
    ];
    let output = place.keruen("worst", &few);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let found = json(&output.stdout);
    assert_eq!(found["format"], "keruen-worst/1");
    assert_eq!(found["sizes"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["at_seconds"], 31 * 86_400);
    let elements = found["elements"].as_array().expect("a list");
    let is_link = |element: &Value| {
        element["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("link."))
    };
    assert!(elements.iter().all(is_link), "{elements:?}");
    assert_eq!(found["over_time"].as_array().map(Vec::len), Some(1));
    assert_eq!(found["over_time"][0]["days"], 2.0);
    let output = place.keruen("worst", &["--no-time", "--json", "-k", "9", "--time", "5"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let found = json(&output.stdout);
    assert_eq!(found["over_time"].as_array().map(Vec::len), Some(0));
    assert_eq!(found["sizes"][0]["searched"], "all");
    let warnings = found["warnings"].as_array().expect("a list");
    let is_few = |warning: &Value| {
        warning
            .as_str()
            .is_some_and(|text| text.contains("no more than"))
    };
    assert!(warnings.iter().any(is_few), "{warnings:?}");
}

#[test]
fn what_cannot_be_taken_out_is_said() {
    let place = Place::new();
    for (wrong, said) in [
        (["--among", "moon"], "no link, hub or field `moon`"),
        (["--date", "2031-01-01"], "outside the horizon"),
        (["--date", "soon"], "--date"),
        (["--for", "0 d"], "a time of 0"),
        (["-k", "0"], "0 is not in"),
    ] {
        let output = place.keruen("worst", &wrong);
        assert_eq!(code(&output), 2, "{wrong:?}");
        let shown = text(&output.stderr);
        assert!(shown.contains(said), "{wrong:?}: {shown}");
    }
}
