//! `keruen compare`.

use std::fs;

use serde_json::Value;

use super::{Place, code, keruen, rows, text};

const STRATEGY: &str = "[strategy]\nname = \"Wider\"\ncapex = \"90 MUSD\"\nlifetime = \"15 yr\"\n";

/// A study beside the scenario that `keruen init` writes, with its own strategy.
fn study(place: &Place) {
    let study =
        "[study]\nname = \"Ways\"\nbase = \"scenario.toml\"\nstrategies = [\"*-tank.toml\"]\n";
    fs::write(place.path().join("study/study.toml"), study).expect("room");
}

#[test]
fn a_study_is_compared_written_and_shown_again() {
    let place = Place::new();
    study(&place);
    let asked = ["compare", "study/study.toml", "-n", "300", "--out", "out"];
    let output = keruen(place.path(), &asked);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    for word in [
        "1 strategy against `baseline`",
        "bigger-tank",
        "CVaR 95 %",
        "preferred by",
        "without the worst",
    ] {
        assert!(report.contains(word), "{word} in {report}");
    }
    assert!(
        report.lines().all(|line| line.chars().count() <= 100),
        "{report}"
    );
    let names = place.names("out");
    for name in [
        "comparisons.csv",
        "strategies.csv",
        "summary.json",
        "strategy_differences.svg",
        "exceedance.png",
    ] {
        assert!(names.contains(&name.to_owned()), "{name} in {names:?}");
    }
    let rows = rows(&place.path().join("out/replications.parquet"));
    assert_eq!(rows, 600);
    let summary = fs::read(place.path().join("out/summary.json")).expect("a file");
    let summary: Value = serde_json::from_slice(&summary).expect("JSON");
    assert_eq!(summary["format"], "keruen-summary/1");
    assert_eq!(summary["strategies"].as_array().map(Vec::len), Some(2));
    let metric = &summary["comparisons"][0]["metrics"]["undelivered"];
    assert!(
        metric["ci95"][0].as_f64() <= metric["mean"].as_f64(),
        "{metric}"
    );
    let file = place.path().join("out/strategies.csv");
    let mut file = csv::Reader::from_path(file).expect("a file");
    let header = file.headers().expect("a header").clone();
    let strategies: Vec<_> = file
        .records()
        .map(|row| row.expect("as long as the header"))
        .collect();
    let cell = |row: usize, title: &str| -> Option<f64> {
        let place = header.iter().position(|name| name == title);
        strategies[row][place.expect(title)].parse().ok()
    };
    assert_eq!(strategies.len(), 2);
    assert_eq!(
        cell(0, "undelivered_bbl_less_base"),
        None,
        "the base itself"
    );
    assert_eq!(
        cell(1, "undelivered_bbl_less_base"),
        metric["mean"].as_f64()
    );
    assert_eq!(cell(1, "p_value_holm"), metric["p_value_holm"].as_f64());
    for (row, strategy) in summary["strategies"]
        .as_array()
        .expect("a list")
        .iter()
        .enumerate()
    {
        let mean = strategy["metrics"]["undelivered"]["mean"].as_f64();
        assert_eq!(cell(row, "undelivered_bbl"), mean);
        let left = strategy["retention"]["element"]["share"].as_f64();
        assert!(left.is_some());
        assert_eq!(cell(row, "left_without_worst_element_share"), left);
    }
    let again = keruen(place.path(), &["report", "out"]);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
    let first: Vec<&str> = report.lines().take(12).collect();
    let shown = text(&again.stdout);
    assert_eq!(shown.lines().take(12).collect::<Vec<_>>(), first);
}

#[test]
fn strategies_are_compared_alone_and_together() {
    let place = Place::new();
    let wide = format!("{STRATEGY}[link.pipeline]\nlag = \"1 d\"\n");
    fs::write(place.path().join("study/wide.toml"), wide).expect("room");
    let asked = [
        "compare",
        "study/scenario.toml",
        "-n",
        "40",
        "--json",
        "--with",
        "study/bigger-tank.toml",
        "--with",
        "study/bigger-tank.toml+study/wide.toml",
    ];
    let output = keruen(place.path(), &asked);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let summary: Value = serde_json::from_slice(&output.stdout).expect("JSON and nothing else");
    let ids = summary["strategies"].as_array().expect("a list");
    let ids: Vec<&str> = ids.iter().filter_map(|one| one["id"].as_str()).collect();
    assert_eq!(ids.len(), 3, "{ids:?}");
    assert!(
        ids[2].contains("bigger-tank") && ids[2].contains("wide"),
        "{ids:?}"
    );
    assert!(
        !place.path().join("keruen-out").exists(),
        "--json alone writes nothing"
    );
}

#[test]
fn nothing_to_compare_is_said() {
    let place = Place::new();
    let output = place.keruen("compare", &[]);
    assert_eq!(code(&output), 3);
    assert!(
        text(&output.stderr).contains("--with"),
        "{}",
        text(&output.stderr)
    );
    let output = keruen(place.path(), &["compare", "study/bigger-tank.toml"]);
    assert_eq!(code(&output), 3);
    assert!(text(&output.stderr).contains("neither a study nor a scenario"));
}
