//! Every way a file can be wrong, and what a person is told about it.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use insta::assert_snapshot;
use keruen::scenario::{self, Invalid, Text};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/invalid")
}

/// A text under its name as seen from the folder, so that messages are the same everywhere.
fn text(path: &str) -> Text {
    Text::new(
        path,
        fs::read_to_string(folder().join(path)).expect("a file of the corpus"),
    )
}

fn read_csv(name: &str) -> io::Result<String> {
    fs::read_to_string(folder().join(name))
        .map_err(|_| io::Error::new(io::ErrorKind::NotFound, "no such file"))
}

fn is_toml(name: &str) -> bool {
    Path::new(name)
        .extension()
        .is_some_and(|ending| ending == "toml")
}

fn sorted(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder of the corpus");
    let mut names: Vec<String> = entries
        .map(|entry| {
            entry
                .expect("readable")
                .file_name()
                .into_string()
                .expect("UTF-8")
        })
        .collect();
    names.sort();
    names
}

fn check(name: &str, files: &[String], set: &[String]) {
    let texts: Vec<Text> = files.iter().map(|file| text(file)).collect();
    let invalid: Invalid = scenario::parse(&texts, set, &read_csv)
        .expect_err(&format!("{name} is read as if it were right"));
    snapshot(name, &invalid);
}

fn snapshot(name: &str, invalid: &Invalid) {
    for problem in invalid.problems() {
        assert!(
            problem.advice().is_some(),
            "{name}: `{problem}` comes without advice"
        );
    }
    insta::with_settings!({
        snapshot_path => "../invalid/snapshots",
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        assert_snapshot!(name, super::scenario_files::rendered(invalid));
    });
}

#[test]
fn every_invalid_scenario_is_explained() {
    let files: Vec<String> = sorted(&folder())
        .into_iter()
        .filter(|name| is_toml(name))
        .collect();
    assert!(files.len() >= 40, "the corpus has {} files", files.len());
    for file in files {
        check(
            file.trim_end_matches(".toml"),
            std::slice::from_ref(&file),
            &[],
        );
    }
}

#[test]
fn every_invalid_strategy_and_setting_is_explained_in_its_own_file() {
    for name in sorted(&folder()) {
        if !name.starts_with("strategy_") && !name.starts_with("set_") {
            continue;
        }
        let names = sorted(&folder().join(&name));
        let files: Vec<String> = names
            .iter()
            .filter(|file| is_toml(file))
            .map(|file| format!("{name}/{file}"))
            .collect();
        let set = fs::read_to_string(folder().join(&name).join("set.txt")).unwrap_or_default();
        let set: Vec<String> = set.lines().map(str::to_owned).collect();
        check(&name, &files, &set);
    }
}

#[test]
fn invalid_closures_are_explained() {
    let base = scenario::parse(&[text("stress/base.toml")], &[], &read_csv).expect("valid");
    let case = text("stress/bad_closures.toml");
    let invalid = scenario::parse_stress(&case, &base.model).expect_err("invalid");
    snapshot("stress_bad_closures", &invalid);

    let invalid = scenario::closure(&base.model, "lime", "soon", "20", Some("half"));
    snapshot("closure_arguments", &invalid.expect_err("invalid"));
}

#[test]
fn an_invalid_study_is_explained() {
    let path = folder().join("study/unknown_files.toml");
    let Err(scenario::Error::Invalid(invalid)) = scenario::load_study(&path) else {
        panic!("the study must be invalid");
    };
    let messages: Vec<&str> = invalid
        .problems()
        .iter()
        .map(scenario::Problem::message)
        .collect();
    assert_eq!(
        messages,
        [
            "`no-such-scenario.toml` matches no file",
            "`strategies/*.toml` matches no file",
            "unknown unit `bn`",
        ]
    );
}

#[test]
fn a_file_that_is_no_text_is_shown_at_its_first_bad_byte() {
    let folder = tempfile::tempdir().expect("a place for a file");
    let path = folder.path().join("latin1.toml");
    fs::write(&path, b"[scenario]\nname = \"caf\xe9\"\n").expect("written");
    let request = scenario::Request {
        path: &path,
        with: &[],
        set: &[],
    };
    let Err(scenario::Error::Invalid(invalid)) = scenario::load(&request) else {
        panic!("the file must be invalid");
    };
    let problem = &invalid.problems()[0];
    assert_eq!(problem.kind(), "scenario::not_utf8");
    assert_eq!(problem.place().expect("a place").1, 2);
}

#[test]
fn a_file_that_is_not_there_is_unreadable() {
    let path = Path::new("no/such/scenario.toml");
    let request = scenario::Request {
        path,
        with: &[],
        set: &[],
    };
    assert!(matches!(
        scenario::load(&request),
        Err(scenario::Error::Unreadable { .. })
    ));
}
