//! `keruen run --strata`, as a person meets it.

use std::fs;

use super::{Place, code, json, keruen, text};

const LINE: &str = r#"
[scenario]
name = "Line"
start = 2026-01-01
horizon = "365 d"
[field.oil]
plan = "100 kb/d"
[market.sea]
[link.line]
from = "oil"
to = "sea"
capacity = "100 kb/d"
[hazard.halt]
hits = ["link.line"]
occurs = { poisson = { rate = "0.04 /yr" } }
duration = { lognormal = { mean = "90 d", cv = 0.5 } }
[hazard.storm]
hits = ["link.line"]
occurs = { poisson = { rate = "8 /yr" } }
duration = { exponential = { mean = "1 d" } }
"#;

#[test]
fn strata_stand_beside_the_plain_figures_and_are_shown_again() {
    let place = Place::new();
    let at = place.path();
    fs::write(at.join("line.toml"), LINE).expect("room");
    let asked = [
        "run",
        "line.toml",
        "-n",
        "1000",
        "--strata",
        "--no-charts",
        "--out",
        "out",
    ];
    let output = keruen(at, &asked);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let said = text(&output.stdout);
    for word in [
        "by rare disruptions",
        "one: halt",
        "two or more",
        "CVaR 99 %",
        "times less",
    ] {
        assert!(said.contains(word), "{word} in {said}");
    }
    assert!(
        said.lines().all(|line| line.chars().count() <= 100),
        "{said}"
    );
    let again = keruen(at, &["report", "out"]);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
    assert!(text(&again.stdout).contains("one: halt"));

    let summary = json(&fs::read(at.join("out/summary.json")).expect("a file"));
    let strata = &summary["strata"];
    assert_eq!(strata["hazards"][0]["id"], "halt");
    assert_eq!(strata["asked"], false);
    assert!(
        strata["left_out"]["storm"]
            .as_str()
            .is_some_and(|why| why.contains("not rare"))
    );
    // What a run says without strata, it says with them.
    let plain = keruen(
        at,
        &["run", "line.toml", "-n", "1000", "--json", "--no-charts"],
    );
    let mut with = summary.clone();
    with.as_object_mut().expect("an object").remove("strata");
    assert_eq!(with, json(&plain.stdout));

    // A run that stops by itself is followed by as many futures as it took.
    let stopping = [
        "run",
        "line.toml",
        "--stop",
        "undelivered=0.1",
        "--strata=halt",
        "--plain",
        "--json",
    ];
    let output = keruen(at, &stopping);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let found = json(&output.stdout);
    let strata = &found["strata"];
    assert_eq!(strata["asked"], true);
    let number = |of: &serde_json::Value| of.as_u64().expect("a number");
    let played = number(&strata["pilot"]) + number(&strata["replications"]);
    assert_eq!(found["stopped"], "precision");
    assert_eq!(played, number(&found["replications"]));
}

#[test]
fn what_cannot_be_sorted_is_refused_in_words() {
    let place = Place::new();
    let at = place.path();
    fs::write(at.join("line.toml"), LINE).expect("room");
    for (asked, reason) in [
        (&["--strata=storm"][..], "it is not rare"),
        (&["--strata=flood"], "no hazard is called `flood`"),
        (&["--strata", "-n", "100"], "100 replications are too few"),
        (&["--strata", "--uncertain", "10"], "cannot be used with"),
    ] {
        let output = keruen(at, &[&["run", "line.toml"], asked].concat());
        assert_ne!(code(&output), 0);
        let said = text(&output.stderr);
        assert!(said.contains(reason), "{said}");
        assert!(!at.join("keruen-out/line").exists(), "nothing is written");
    }
}
