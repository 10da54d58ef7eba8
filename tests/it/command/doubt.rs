//! Figures in doubt, as a person meets them.

use std::fs;

use super::{code, json, keruen, rows, text};

const SCENARIO: &str = r#"
[scenario]
name = "Line"
start = 2026-01-01
horizon = "365 d"

[field.oil]
plan = { value = "100 kb/d", low = "95 kb/d", high = "105 kb/d" }

[market.sea]
demand = "200 kb/d"

[link.line]
from = "oil"
to = "sea"
capacity = "120 kb/d"

[hazard.storm]
hits = ["link.line"]
occurs = { poisson = { rate = { events = 4, exposure = "3.75 yr" } } }
duration = { exponential = { mean = "5 d" } }
"#;

#[test]
fn a_bound_is_asked_for_and_reported() {
    let directory = tempfile::tempdir().expect("room for a directory");
    let at = directory.path();
    fs::write(at.join("line.toml"), SCENARIO).expect("written");
    let asked = [
        "run",
        "line.toml",
        "-n",
        "10",
        "--bound",
        "4",
        "--out",
        "bound",
    ];
    let found = keruen(at, &asked);
    assert_eq!(code(&found), 0, "{}", text(&found.stderr));
    let said = text(&found.stdout);
    assert!(said.contains("(means of 4 paths)"), "{said}");
    let summary = fs::read(at.join("bound/summary.json")).expect("a file");
    let bound = &json(&summary)["bound"]["delivered"];
    assert_eq!((&bound["paths"], &bound["skipped"]), (&4.into(), &0.into()));
    // Without tanks nobody can do better; each figure is rounded to a barrel.
    assert!(
        bound["gap"].as_f64().is_some_and(|gap| gap.abs() <= 1.0),
        "{bound}"
    );
}

#[test]
fn draws_are_asked_for_and_reported() {
    let directory = tempfile::tempdir().expect("room for a directory");
    let at = directory.path();
    fs::write(at.join("line.toml"), SCENARIO).expect("written");
    let run = |arguments: &[&str]| keruen(at, &[&["run", "line.toml"], arguments].concat());

    let plain = run(&["-n", "30", "--out", "plain"]);
    assert_eq!(code(&plain), 0, "{}", text(&plain.stderr));
    let said = text(&plain.stdout);
    assert!(
        said.contains("2 figures are in doubt: --uncertain 200"),
        "{said}"
    );

    let drawn = run(&[
        "-n",
        "50",
        "--uncertain",
        "20",
        "--events",
        "--out",
        "drawn",
    ]);
    assert_eq!(code(&drawn), 0, "{}", text(&drawn.stderr));
    let noted = text(&drawn.stderr);
    assert!(noted.contains("60 replications instead of 50"), "{noted}");
    let said = text(&drawn.stdout);
    let first = said.lines().next().unwrap_or_default();
    assert!(
        first.contains("60 replications of 365 days in 20 draws of 2 figures in doubt"),
        "{said}"
    );
    assert!(said.contains("90 % band"), "{said}");
    assert_eq!(rows(&at.join("drawn/replications.parquet")), 60);
    let summary = fs::read(at.join("drawn/summary.json")).expect("a file");
    let summary = json(&summary);
    let uncertainty = &summary["uncertainty"];
    assert_eq!(uncertainty["draws"], 20);
    assert_eq!(uncertainty["replications_per_draw"], 3);
    assert_eq!(uncertainty["parameters"][0]["path"], "field.oil.plan");
    let metric = &summary["strategies"][0]["metrics"]["undelivered"];
    assert!(metric["epistemic"]["std_dev"].is_number(), "{metric}");
    let again = keruen(at, &["report", "drawn"]);
    assert_eq!(text(&again.stdout).lines().next(), Some(first));

    let thin = run(&["-n", "20", "--uncertain", "20", "--json"]);
    let warned = text(&thin.stderr);
    assert!(warned.contains("cannot be told apart"), "{warned}");
    let figures = json(&keruen(at, &["check", "line.toml", "--json"]).stdout);
    let rate = figures["quantities"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|figure| figure["key"] == "hazard.storm.occurs.poisson.rate")
        .expect("the rate");
    assert_eq!(rate["value"], "4 in 3.75 yr");
    assert_eq!(rate["doubt"], "events in exposure");
    assert_eq!(rate["high"], "2.256 /yr");
}

#[test]
fn what_cannot_be_drawn_is_refused_with_advice() {
    let directory = tempfile::tempdir().expect("room for a directory");
    let at = directory.path();
    let sure = SCENARIO
        .replace(
            "{ value = \"100 kb/d\", low = \"95 kb/d\", high = \"105 kb/d\" }",
            "\"100 kb/d\"",
        )
        .replace("{ events = 4, exposure = \"3.75 yr\" }", "\"1.2 /yr\"");
    fs::write(at.join("sure.toml"), sure).expect("written");
    let refused = keruen(at, &["run", "sure.toml", "--uncertain", "20"]);
    assert_eq!(code(&refused), 3);
    let said = text(&refused.stderr);
    assert!(
        said.contains("no figure of `sure.toml` is in doubt"),
        "{said}"
    );
    assert!(said.contains("events = 4"), "{said}");

    let odd = SCENARIO.replace(
        "{ exponential = { mean = \"5 d\" } }",
        "{ gamma = { mean = \"5 d\", shape = { value = 0.06, low = 0.051 } } }",
    );
    fs::write(at.join("odd.toml"), odd).expect("written");
    let failed = keruen(at, &["run", "odd.toml", "-n", "400", "--uncertain", "200"]);
    assert_eq!(code(&failed), 3);
    let said = text(&failed.stderr);
    assert!(
        said.contains("of the figures in doubt makes no scenario"),
        "{said}"
    );
    assert!(said.contains("is no usable shape"), "{said}");
    let both = keruen(at, &["run", "odd.toml", "--uncertain", "9", "--first", "5"]);
    assert_eq!(code(&both), 2);
}
