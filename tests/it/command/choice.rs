//! `keruen optimise`.

use std::fs;

use super::{Place, code, json, keruen, text};

/// A study over the scenario of the newcomer.
const STUDY: &str = r#"
[study]
name = "Ways out"
base = "scenario.toml"
strategies = ["bigger-tank.toml", "nothing.toml"]

[study.axis.sea.case.as-now]
[study.axis.sea.case.calm]
set = 'hazard.storm.occurs.poisson.rate="2 /yr"'
"#;

const QUICK: [&str; 6] = ["--screen", "64", "-n", "200", "--case-replications", "40"];

fn place() -> Place {
    let place = Place::new();
    let write = |name: &str, text: &str| {
        fs::write(place.path().join("study").join(name), text).expect("room");
    };
    write("study.toml", STUDY);
    write("nothing.toml", "[strategy]\nname = \"Nothing\"\n");
    place
}

#[test]
fn a_choice_is_printed_written_and_shown_again() {
    let place = place();
    let costs = [
        "--cost-of",
        "bigger-tank=5 MUSD/yr",
        "--cost-of",
        "nothing=1 MUSD/yr",
    ];
    let more = [
        "--out",
        "out",
        "--budget",
        "10 MUSD",
        "--value",
        "40 USD/bbl",
        "--timing",
    ];
    let all = [&["optimise", "study/study.toml"], &QUICK[..], &costs, &more].concat();
    let output = keruen(place.path(), &all);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    for word in [
        "4 of 4 selections",
        "frontier",
        "Best for 10.0 MUSD",
        "Regret by mean loss",
    ] {
        assert!(report.contains(word), "{word} in {report}");
    }
    assert!(
        report.lines().all(|line| line.chars().count() <= 100),
        "{report}"
    );
    let known = [
        "optimise.csv",
        "optimise.json",
        "portfolios_mean.png",
        "portfolios_mean.svg",
        "portfolios_tail.png",
        "portfolios_tail.svg",
    ];
    assert_eq!(place.results("out"), known);
    let again = keruen(place.path(), &["report", "out"]);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
    assert!(text(&again.stdout).contains("Best for 10.0 MUSD"));

    let with = [
        "--with",
        "study/bigger-tank.toml",
        "--cost-of",
        "bigger-tank=50 MUSD",
        "--json",
    ];
    let all = [&["optimise", "study/scenario.toml"], &QUICK[..], &with].concat();
    let output = keruen(place.path(), &all);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let found = json(&output.stdout);
    assert_eq!(found["format"], "keruen-optimise/1");
    assert_eq!(found["screening"]["portfolios"], 2);
    assert_eq!(found["regret"], serde_json::Value::Null);
}

#[test]
fn what_cannot_be_chosen_from_is_said() {
    let place = place();
    let said = |more: &[&str], expected: i32| {
        let all = [&["optimise", "study/study.toml"], &QUICK[..], more].concat();
        let output = keruen(place.path(), &all);
        assert_eq!(
            code(&output),
            expected,
            "{more:?}: {}",
            text(&output.stderr)
        );
        text(&output.stderr)
    };
    let unknown = said(&["--json"], 3);
    assert!(
        unknown.contains("nothing") && unknown.contains("--cost-of"),
        "{unknown}"
    );
    assert!(said(&["--cost-of", "nobody=1 MUSD/yr"], 2).contains("known: "));
    assert!(said(&["--without", "nobody"], 2).contains("known: "));
    for wrong in [
        ["--budget", "10"],
        ["--value", "40 MUSD"],
        ["--indifference", "2"],
    ] {
        said(&wrong, 2);
    }
    said(&["--timing"], 2);
}
