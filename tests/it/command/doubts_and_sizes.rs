//! `keruen sensitivity` and `keruen curve`.

use std::fs;

use serde_json::Value;

use super::{Place, code, keruen, text};

const WORLD: &str = r#"
[scenario]
name = "World"
start = 2026-01-01
horizon = "365 d"
[simulation]
replications = 100
[field.oil]
plan = "500 kb/d"
[market.sea]
price = "60 USD/bbl"
[link.line]
from = "oil"
to = "sea"
capacity = { value = "450 kb/d", low = "400 kb/d", high = "470 kb/d" }
[hazard.failure]
hits = ["link.line"]
occurs = { poisson = { rate = { events = 6, exposure = "2 yr" } } }
duration = { exponential = { mean = { value = "4 d", low = "3 d", high = "6 d" } } }
"#;

const WAY: &str = r#"
[strategy]
name = "A second way"
capex = "900 MUSD"
lifetime = "20 yr"
discount = 0.08
[link.way]
from = "oil"
to = "sea"
capacity = "40 kb/d"
[hazard.flood]
hits = ["link.way"]
occurs = { poisson = { rate = { value = "3 /yr", low = "1 /yr", high = "6 /yr" } } }
duration = { exponential = { mean = "20 d" } }
"#;

fn place() -> Place {
    let place = Place::new();
    fs::write(place.path().join("world.toml"), WORLD).expect("room");
    fs::write(place.path().join("way.toml"), WAY).expect("room");
    place
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON and nothing else")
}

fn is_narrow(report: &str) -> bool {
    report.lines().all(|line| line.chars().count() <= 100)
}

#[test]
fn what_matters_is_printed_written_and_shown_again() {
    let place = place();
    let asked = [
        "sensitivity",
        "world.toml",
        "-n",
        "40",
        "--rows",
        "20",
        "--row-futures",
        "8",
        "--choose",
        "way.toml",
        "--value",
        "50",
        "--draws",
        "60",
        "--draw-futures",
        "4",
        "--out",
        "out",
    ];
    let output = keruen(place.path(), &asked);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    for word in [
        "failure.rate",
        "link.line.capacity",
        "netback",
        "with others",
        "all figures together",
    ] {
        assert!(report.contains(word), "{word} in {report}");
    }
    assert!(is_narrow(&report), "{report}");
    let names = place.names("out");
    for name in [
        "sensitivity.json",
        "sensitivity.csv",
        "tornado.svg",
        "sobol_indices.png",
    ] {
        assert!(names.contains(&name.to_owned()), "{name} in {names:?}");
    }
    let again = keruen(place.path(), &["report", "out"]);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
    assert!(text(&again.stdout).contains("link.line.capacity"));

    let found = fs::read(place.path().join("out/sensitivity.json")).expect("it was written");
    let found = json(&found);
    assert_eq!(found["format"], "keruen-sensitivity/1");
    assert_eq!(found["screening"], Value::Null);
    // The way has a figure of its own.
    assert_eq!(found["figures"].as_array().map(Vec::len), Some(3));
    assert_eq!(
        found["decision"]["figures"].as_array().map(Vec::len),
        Some(4)
    );
    let cost = found["decision"]["alternatives"][1]["annual_cost_usd"].as_f64();
    // 900 million as 20 equal payments at 8 %.
    assert!(
        cost.is_some_and(|cost| (cost / 91.667_e6 - 1.0).abs() < 1e-3),
        "{cost:?}"
    );
}

#[test]
fn nothing_in_doubt_is_said() {
    let place = place();
    let sure = WORLD
        .replace(
            "{ value = \"450 kb/d\", low = \"400 kb/d\", high = \"470 kb/d\" }",
            "\"450 kb/d\"",
        )
        .replace("{ events = 6, exposure = \"2 yr\" }", "\"3 /yr\"")
        .replace(
            "{ value = \"4 d\", low = \"3 d\", high = \"6 d\" }",
            "\"4 d\"",
        );
    fs::write(place.path().join("sure.toml"), sure).expect("room");
    let output = keruen(place.path(), &["sensitivity", "sure.toml"]);
    assert_eq!(code(&output), 3);
    assert!(text(&output.stderr).contains("in doubt"));
}

#[test]
fn sizes_and_firm_equivalents_are_printed_written_and_shown_again() {
    let place = place();
    let key = "link.line.capacity";
    let asked = [
        "curve",
        "world.toml",
        "--of",
        key,
        "--from",
        "400 kb/d",
        "--to",
        "500 kb/d",
        "--out",
        "sizes",
    ];
    let output = keruen(place.path(), &asked);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    assert!(
        report.contains("as it is") && report.contains("420 kb/d") && is_narrow(&report),
        "{report}"
    );
    assert_eq!(
        place.results("sizes"),
        ["curve.csv", "curve.json", "curve.png", "curve.svg"]
    );

    let asked = [
        "curve",
        "world.toml",
        "--firm",
        "way.toml",
        "--out",
        "firm",
        "--threads",
        "1",
    ];
    let output = keruen(place.path(), &asked);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    assert!(
        report.contains("from oil to sea") && is_narrow(&report),
        "{report}"
    );
    let files = [
        "curve.csv",
        "curve.json",
        "firm_equivalent.png",
        "firm_equivalent.svg",
    ];
    assert_eq!(place.results("firm"), files);
    let again = keruen(place.path(), &["report", "firm"]);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
    let asked = [
        "curve",
        "world.toml",
        "--firm",
        "way.toml",
        "--json",
        "--threads",
        "2",
    ];
    let other = keruen(place.path(), &asked);
    let first = fs::read(place.path().join("firm/curve.json")).expect("it was written");
    assert_eq!(
        json(&first),
        json(&other.stdout),
        "threads change no number"
    );
    for wrong in [
        vec!["--of", key],
        vec!["--of", key, "--sizes", "1 kb/d, 2 Mb/d"],
        vec!["--firm", "way.toml", "--ends", "oil:nowhere"],
        vec!["--firm", "way.toml", "--of", key],
        vec![],
    ] {
        let asked = [&["curve", "world.toml"], wrong.as_slice()].concat();
        assert_eq!(code(&keruen(place.path(), &asked)), 2, "{wrong:?}");
    }
}
