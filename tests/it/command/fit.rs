//! `keruen fit`.

use std::fs;
use std::path::Path;
use std::process::Output;

use keruen::model::{Law, Model, Occurs};
use keruen::scenario::{Problem, Text, parse};
use tempfile::TempDir;

use super::{code, json, keruen, text};

const WINDOW: [&str; 4] = ["--from", "2025-01-01", "--until", "2026-01-01"];

/// A directory with a log in it.
fn with_log(rows: &str) -> TempDir {
    let place = tempfile::tempdir().expect("room for a directory");
    let log = format!("target,start,end,left\n{rows}");
    fs::write(place.path().join("log.csv"), log).expect("written");
    place
}

fn fit(place: &Path, arguments: &[&str]) -> Output {
    keruen(
        place,
        &[&["fit", "log.csv"], &WINDOW[..], arguments].concat(),
    )
}

/// Nine events on one target, one after the other, of different lengths.
fn rows() -> String {
    let lengths = [1, 2, 1, 5, 3, 9, 2, 4, 6];
    let row = |(month, days): (usize, &i32)| {
        format!(
            "link.line,2025-{:02}-03,2025-{:02}-{:02},0.{}\n",
            month + 1,
            month + 1,
            3 + days,
            month % 3
        )
    };
    lengths.iter().enumerate().map(row).collect()
}

/// A world with the link that logs of these tests hit, and a hazard.
fn world(hazard: &str) -> Model {
    let text = format!(
        "scenario = {{ name = \"x\", start = 2026-01-01, horizon = \"365 d\" }}\n\
         field.basin = {{ plan = \"500 kb/d\" }}\n\
         market.overseas = {{}}\n\
         [link]\n\
         line = {{ from = \"basin\", to = \"overseas\", capacity = \"600 kb/d\" }}\n\
         other = {{ from = \"basin\", to = \"overseas\", capacity = \"60 kb/d\" }}\n\
         [source.log]\ntitle = \"a log\"\n{hazard}"
    );
    let no_files = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    let read = parse(&[Text::new("x.toml", text.as_str())], &[], &no_files);
    match read {
        Ok(scenario) => scenario.model,
        Err(invalid) => {
            let problems: Vec<String> = invalid.problems().iter().map(Problem::one_line).collect();
            panic!("{problems:#?}\n{text}")
        }
    }
}

/// The form to paste with its posterior replaced by the rate itself, which every version reads.
fn with_plain_rate(form: &str) -> String {
    let start = form.find("rate = { events").expect("a posterior");
    let end = start + form[start..].find('}').expect("its end") + 1;
    let table: toml::Table = form[start..end].parse().expect("a table");
    let rate = &table["rate"];
    let events = rate["events"].as_integer().expect("a count");
    let years = rate["exposure"].as_str().expect("a time");
    let years: f64 = years.trim_end_matches(" yr").parse().expect("years");
    let plain = format!("rate = \"{} /yr\"", events as f64 / years);
    format!("{}{plain}{}", &form[..start], &form[end..])
}

#[test]
fn a_log_tells_rate_and_durations() {
    let place = with_log(&rows());
    let output = fit(place.path(), &[]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    assert!(report.lines().all(|line| line.chars().count() <= 100));
    for word in [
        "9 events",
        "lognormal",
        "Garwood",
        "[hazard.log]",
        "the window must be",
    ] {
        assert!(report.contains(word), "{word}\n{report}");
    }
    let warnings = text(&output.stderr);
    assert!(warnings.contains("fewer than 50"), "{warnings}");

    let found = json(&fit(place.path(), &["--json"]).stdout);
    assert_eq!(found["format"], "keruen-fit/1");
    assert_eq!(found["exposure_days"], 365.0);
    let group = &found["groups"][0];
    assert_eq!(group["events"], 9);
    assert_eq!(group["durations"]["known"], 9);
    let rate = group["rate"]["per_year"]["value"].as_f64().expect("a rate");
    assert!((rate - 9.0 * 365.25 / 365.0).abs() < 1e-9);
}

#[test]
fn the_form_to_paste_is_a_hazard_with_these_estimates() {
    let place = with_log(&rows());
    let output = fit(
        place.path(),
        &["--json", "--source", "log", "--out", "form.toml"],
    );
    let found = json(&output.stdout);
    let form = fs::read_to_string(place.path().join("form.toml")).expect("written");
    let model = world(&with_plain_rate(&form));
    let hazard = &model.hazards[0];
    let Occurs::Poisson { .. } = hazard.occurs else {
        panic!("{:?}", hazard.occurs);
    };
    let best = &found["groups"][0]["durations"]["laws"][0];
    let first = best["parameters"][0]["estimate"]["value"].as_f64();
    let first = first.expect("an estimate");
    let printed = match &hazard.duration {
        Law::LogNormal { mu, .. } => mu.exp(),
        law => law.mean(),
    };
    assert!((printed / first - 1.0).abs() < 1e-3, "{printed} {first}");
    assert!((hazard.left.mean() - 0.1).abs() < 1e-12);
    assert!(form.contains("source = \"log\""), "{form}");

    // The file is there now.
    let again = fit(place.path(), &["--out", "form.toml"]);
    assert_eq!(code(&again), 4);
    assert!(text(&again.stderr).contains("not replaced"));
}

/// The more so if something is missing: each of these logs has a form that is read.
#[test]
fn forms_of_odd_logs_are_read() {
    let both = "link.line,2025-03-01,2025-03-04,0\nlink.other,2025-03-01,2025-03-06,0\n";
    let one = "link.line,2025-05-01,2025-05-09,0\n";
    let steady = "link.line,2025-02-01,2025-02-03,1\nlink.line,2025-03-01,2025-03-03,1\n";
    for (rows, scope) in [
        (format!("{both}{one}"), Some("chance = 0.75")),
        (both.to_owned(), Some("scope = \"all\"")),
        (
            format!(
                "{one}{}",
                one.replace("line,2025-05-01", "other,2025-05-02")
            ),
            Some("\"one\""),
        ),
        (steady.to_owned(), None),
        (format!("{one}link.line,2025-06-01,,\n"), None),
    ] {
        let place = with_log(&rows);
        let output = fit(place.path(), &["--out", "form.toml"]);
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        let form = fs::read_to_string(place.path().join("form.toml")).expect("written");
        assert_eq!(world(&with_plain_rate(&form)).hazards.len(), 1, "{form}");
        assert_eq!(scope.is_some(), form.contains("scope ="), "{form}");
        assert!(scope.is_none_or(|scope| form.contains(scope)), "{form}");
    }
}

#[test]
fn a_campaign_is_printed_if_asked_for() {
    let place = with_log(&rows());
    let output = fit(place.path(), &["--campaign", "yes", "--out", "form.toml"]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let form = fs::read_to_string(place.path().join("form.toml")).expect("written");
    let table: toml::Table = form.parse().expect("TOML");
    let campaign = &table["hazard"]["log"]["occurs"]["campaign"];
    let rate = campaign["rate"].as_str().expect("a rate");
    assert!(rate.ends_with(" /yr"), "{rate}");
    let branching = campaign["branching"]
        .as_float()
        .or_else(|| campaign["branching"].as_integer().map(|n| n as f64));
    assert!((0.0..1.0).contains(&branching.expect("a number")));
    assert!(
        campaign["memory"]
            .as_str()
            .is_some_and(|memory| memory.ends_with(" d"))
    );
    assert!(text(&output.stderr).contains("does not carry a campaign"));
    let no = json(&fit(place.path(), &["--campaign", "no", "--json"]).stdout);
    assert!(no["groups"][0]["campaign"].is_null());
}

#[test]
fn targets_have_estimates_of_their_own_if_asked_for() {
    let place = with_log(
        "link.line,2025-03-01,2025-03-04,0\nlink.other,2025-03-01,2025-03-06,0\n\
         link.other,2025-07-01,2025-07-02,0\n",
    );
    let events = |arguments: &[&str]| -> Vec<u64> {
        let found = json(&fit(place.path(), arguments).stdout);
        let groups = found["groups"].as_array().expect("groups");
        let count = |group: &serde_json::Value| group["events"].as_u64().expect("a count");
        groups.iter().map(count).collect()
    };
    assert_eq!(events(&["--json"]), [2]);
    assert_eq!(events(&["--json", "--by", "target"]), [1, 2]);
    assert_eq!(events(&["--json", "--longer-than", "2 d"]), [1]);
}

#[test]
fn a_bad_log_is_told_with_all_its_faults() {
    let place = with_log("link.line,soon,2025-01-02,0\nlink.line,2025-02-01,2025-01-02,7\n");
    let output = fit(place.path(), &[]);
    assert_eq!(code(&output), 3);
    let told = text(&output.stderr);
    for word in [
        "3 to put right",
        "line 2",
        "`soon`",
        "line 3",
        "`7` is no share",
        "ends before",
    ] {
        assert!(told.contains(word), "{word}\n{told}");
    }
    assert!(output.stdout.is_empty());
    assert_eq!(code(&keruen(place.path(), &["fit", "none.csv"])), 4);
    for window in [["2025-01-01", "2024-01-01"], ["2025-01-01", "soon"]] {
        let arguments = ["fit", "log.csv", "--from", window[0], "--until", window[1]];
        assert_eq!(code(&keruen(place.path(), &arguments)), 2);
    }
}

#[test]
fn without_a_window_the_reader_is_warned() {
    let place = with_log(&rows());
    let output = keruen(place.path(), &["fit", "log.csv"]);
    assert_eq!(code(&output), 0);
    assert!(text(&output.stderr).contains("rates come out too high"));
}

#[test]
fn the_log_of_the_tree_gives_the_rate_of_its_attacks() {
    let place = tempfile::tempdir().expect("room");
    let log = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/scenarios/logs/cpc-marine-attacks.csv"
    );
    let arguments = [
        "fit",
        log,
        "--from",
        "2025-01-01",
        "--until",
        "2026-05-01",
        "--json",
    ];
    let found = json(&keruen(place.path(), &arguments).stdout);
    let group = &found["groups"][0];
    assert_eq!(
        (&group["events"], &group["durations"]["unknown"]),
        (&5.into(), &1.into())
    );
    let rate = group["rate"]["per_year"]["value"].as_f64().expect("a rate");
    assert!((rate - 3.765).abs() < 0.001, "{rate}");
}
