//! `keruen exact` and `keruen rank`.

use std::fs;

use serde_json::Value;

use super::{Place, code, keruen, text};

const CHAIN: &str = r#"
[scenario]
name = "Chain"
start = 2026-01-01
horizon = "365 d"
[simulation]
replications = 200
[field.oil]
plan = "500 kb/d"
[market.sea]
price = "60 USD/bbl"
[link.line]
from = "oil"
to = "sea"
capacity = "450 kb/d"
[hazard.failure]
hits = ["link.line"]
left = 0.5
start = "stationary"
occurs = { renewal = { up = { exponential = { mean = "40 d" } } } }
duration = { exponential = { mean = "4 d" } }
"#;

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON and nothing else")
}

#[test]
fn exact_answers_are_printed_written_and_shown_again() {
    let place = Place::new();
    fs::write(place.path().join("chain.toml"), CHAIN).expect("room");
    let output = keruen(place.path(), &["exact", "chain.toml", "--out", "out"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    for word in [
        "In the long run",
        "Fussell–Vesely",
        "one more",
        "200 replications",
        "agree",
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
            "exact.csv",
            "exact.json",
            "exact_importance.png",
            "exact_importance.svg",
            "exact_law.png",
            "exact_law.svg",
        ]
    );
    let again = keruen(place.path(), &["report", "out"]);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
    assert!(text(&again.stdout).contains("In the long run"));

    let output = keruen(
        place.path(),
        &["exact", "chain.toml", "--json", "--no-simulation"],
    );
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let found = json(&output.stdout);
    assert_eq!(found["format"], "keruen-exact/1");
    assert_eq!(found["states"]["solved"], 2);
    assert_eq!(found["agreement"], Value::Null);
    // 10 parts of 11 at 450 kb/d, one at 225.
    let delivered = found["long_run"]["delivered_bpd"].as_f64().expect("a rate");
    assert!((delivered - 4_725_000.0 / 11.0).abs() < 1e-6, "{delivered}");
}

#[test]
fn what_cannot_be_enumerated_is_said_with_all_reasons() {
    let place = Place::new();
    let output = place.keruen("exact", &["--json"]);
    assert_eq!(code(&output), 3);
    let said = text(&output.stderr);
    assert!(said.contains("remembers"), "{said}");
    fs::write(place.path().join("chain.toml"), CHAIN).expect("room");
    let output = keruen(
        place.path(),
        &["exact", "chain.toml", "--states", "1", "--json"],
    );
    assert_eq!(code(&output), 3);
    let said = text(&output.stderr);
    assert!(said.contains("at most 1 are allowed"), "{said}");
}

#[test]
fn a_ranking_is_printed_written_and_shown_again() {
    let place = Place::new();
    let output = place.keruen(
        "rank",
        &["--by", "shadow-price", "-n", "20", "--out", "out"],
    );
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    assert!(report.contains("one more kb/d"), "{report}");
    assert!(
        report.lines().all(|line| line.chars().count() <= 100),
        "{report}"
    );
    assert_eq!(
        place.results("out"),
        [
            "rank.csv",
            "rank.json",
            "shadow_prices.png",
            "shadow_prices.svg"
        ]
    );
    let again = keruen(place.path(), &["report", "out"]);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
    let one = place.keruen("rank", &["-n", "20", "--json", "--threads", "1"]);
    let two = place.keruen("rank", &["-n", "20", "--json", "--threads", "2"]);
    assert_eq!(code(&one), 0, "{}", text(&one.stderr));
    assert_eq!(one.stdout, two.stdout, "threads change no number");
    assert_eq!(json(&one.stdout)["by"], "shadow-price");
    for wrong in [["--step", "0"], ["--tank-step", "0"], ["--by", "luck"]] {
        assert_eq!(code(&place.keruen("rank", &wrong)), 2, "{wrong:?}");
    }
}

/// Each order of `rank` has its own files, is shown again, and changes no number with threads.
#[test]
fn other_rankings_are_printed_written_and_shown_again() {
    let place = Place::new();
    for (by, says, names) in [
        (
            "importance",
            "What depends on each hazard",
            &[
                "importance.csv",
                "importance.json",
                "importance_elements.png",
                "importance_elements.svg",
                "importance_hazards.png",
                "importance_hazards.svg",
            ][..],
        ),
        (
            "shapley",
            "divided among hazards",
            &["shapley.csv", "shapley.json", "shapley.png", "shapley.svg"],
        ),
        (
            "recovery",
            "How long outages last",
            &[
                "recovery.csv",
                "recovery.json",
                "recovery.png",
                "recovery.svg",
            ],
        ),
    ] {
        let output = place.keruen("rank", &["--by", by, "-n", "40", "--out", by]);
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        let report = text(&output.stdout);
        assert!(report.contains(says), "{report}");
        assert!(
            report.lines().all(|line| line.chars().count() <= 100),
            "{report}"
        );
        assert_eq!(place.results(by), names);
        let anew = place.keruen(
            "rank",
            &["--by", by, "-n", "40", "-q", "--out", by, "--overwrite"],
        );
        assert_eq!(code(&anew), 0, "{}", text(&anew.stderr));
        let again = keruen(place.path(), &["report", by]);
        assert_eq!(code(&again), 0, "{}", text(&again.stderr));
        assert!(text(&again.stdout).contains(says), "{by}");
        let one = place.keruen(
            "rank",
            &["--by", by, "-n", "40", "--json", "--threads", "1"],
        );
        let two = place.keruen(
            "rank",
            &["--by", by, "-n", "40", "--json", "--threads", "2"],
        );
        assert_eq!(code(&one), 0, "{}", text(&one.stderr));
        assert_eq!(one.stdout, two.stdout, "threads change no number");
        let found = json(&one.stdout);
        assert_eq!(found["by"], by);
        assert_eq!(found["format"], format!("keruen-{by}/1"));
    }
    let classes = place.keruen(
        "rank",
        &[
            "--by",
            "shapley",
            "--players",
            "classes",
            "-n",
            "20",
            "--json",
        ],
    );
    assert_eq!(json(&classes.stdout)["among"], "classes");
    for wrong in [["--players", "luck"], ["--orders", "1"]] {
        assert_eq!(code(&place.keruen("rank", &wrong)), 2, "{wrong:?}");
    }
}
