//! The command as a person and a script meet it: output, files, exit codes.

mod choice;
mod compare;
mod doubt;
mod doubts_and_sizes;
mod ending;
mod export;
mod fit;
mod output;
mod pages;
mod strata;
mod worst;
mod worth;

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use parquet::file::reader::{FileReader, SerializedFileReader};
use serde_json::Value;
use tempfile::TempDir;

/// A directory with the scenario that `keruen init` writes.
struct Place {
    directory: TempDir,
    scenario: PathBuf,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().expect("room for a directory");
        let output = keruen(directory.path(), &["init", "study"]);
        assert_eq!(code(&output), 0, "{}", text(&output.stderr));
        let written = text(&output.stdout);
        let first = written.lines().nth(1).expect("the first file").trim();
        let scenario = directory.path().join(first);
        assert!(scenario.is_file(), "{written}");
        Self {
            directory,
            scenario,
        }
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    /// Runs a command on the scenario.
    fn keruen(&self, command: &str, arguments: &[&str]) -> Output {
        let scenario = self.scenario.to_str().expect("a plain path");
        keruen(self.path(), &[&[command, scenario], arguments].concat())
    }

    /// Names of the files in a directory.
    fn names(&self, directory: &str) -> Vec<String> {
        let entries = fs::read_dir(self.path().join(directory)).expect("a directory");
        let mut names: Vec<String> = entries
            .map(|entry| {
                entry
                    .expect("an entry")
                    .file_name()
                    .to_string_lossy()
                    .into_owned()
            })
            .collect();
        names.sort();
        names
    }

    /// Names of the files in a directory but those that are beside every result.
    fn results(&self, directory: &str) -> Vec<String> {
        let mut names = self.names(directory);
        for beside in ["origin.json", "report.html"] {
            let at = names.iter().position(|name| name == beside);
            names.remove(at.expect(beside));
        }
        names
    }

    fn json(&self, file: &str) -> Value {
        let text = fs::read_to_string(self.path().join(file)).expect("a file");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Qualified id of a link of the scenario.
    fn link(&self) -> String {
        let summary = json(&self.keruen("run", &["-n", "2", "--json"]).stdout);
        let id = summary["network"]["links"][0]["id"]
            .as_str()
            .expect("a link")
            .to_owned();
        format!("link.{id}")
    }
}

fn command(directory: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_keruen"));
    command
        .current_dir(directory)
        .args(arguments)
        .env_remove("CLICOLOR_FORCE");
    command
}

fn keruen(directory: &Path, arguments: &[&str]) -> Output {
    command(directory, arguments)
        .output()
        .expect("the command starts")
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn json(bytes: &[u8]) -> Value {
    serde_json::from_slice(bytes).expect("JSON and nothing else")
}

fn rows(path: &Path) -> i64 {
    let file = File::open(path).expect("a file");
    let reader = SerializedFileReader::new(file).expect("a whole Parquet file");
    reader.metadata().file_metadata().num_rows()
}

#[test]
fn every_command_has_help_with_an_example() {
    let place = tempfile::tempdir().expect("room");
    for name in [
        "run",
        "stress",
        "compare",
        "fit",
        "explain",
        "check",
        "schema",
        "init",
        "report",
        "completions",
    ] {
        let output = keruen(place.path(), &[name, "--help"]);
        assert_eq!(code(&output), 0, "{name}");
        let help = text(&output.stdout);
        assert!(help.contains("Example"), "{name}: {help}");
        assert!(help.contains(&format!("keruen {name}")), "{name}: {help}");
        assert!(output.stderr.is_empty(), "{name}");
    }
    let version = text(&keruen(place.path(), &["--version"]).stdout);
    assert_eq!(
        version.trim(),
        format!("keruen {}", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn wrong_arguments_exit_with_2() {
    let place = Place::new();
    for arguments in [
        &["fly"][..],
        &[],
        &["run"],
        &["run", "x.toml", "-n", "0"],
        &["run", "x.toml", "--stop", "undelivered"],
        &["run", "x.toml", "--overwrite"],
        &["stress", "x.toml"],
        &["fit"],
        &["fit", "x.csv", "--source", "a b"],
        &["explain", "x.toml"],
        &["explain", "x.toml", "--worst", "--replication", "3"],
        &["explain", "x.toml", "--replication", "3", "-n", "9"],
        &["explain", "x.toml", "--quantile", "1.5"],
    ] {
        let output = keruen(place.path(), arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(output.stdout.is_empty(), "{arguments:?}");
        assert!(!output.stderr.is_empty(), "{arguments:?}");
    }
    let closure = [
        "--close",
        "link.nothing-like-it",
        "--from",
        "2026-01-10",
        "--for",
        "60 d",
    ];
    assert_eq!(code(&place.keruen("stress", &closure)), 2);
    assert_eq!(code(&place.keruen("stress", &closure[..4])), 2);
    let last = u64::MAX.to_string();
    assert_eq!(
        code(&place.keruen("run", &["--first", &last, "-n", "5"])),
        2
    );
}

#[test]
fn an_invalid_scenario_exits_with_3() {
    let place = Place::new();
    fs::write(place.path().join("wrong.toml"), "nonsense = [\n").expect("room");
    for command in ["run", "check"] {
        let output = keruen(place.path(), &[command, "wrong.toml"]);
        assert_eq!(code(&output), 3, "{command}: {}", text(&output.stderr));
        assert!(output.stdout.is_empty());
        assert!(
            !output.stderr.contains(&b'\x1b'),
            "no colours where there is no terminal"
        );
    }
    assert_eq!(place.names("."), ["study", "wrong.toml"]);
}

#[test]
fn a_missing_file_exits_with_4_and_is_named() {
    let place = Place::new();
    let output = keruen(place.path(), &["run", "nowhere.toml"]);
    assert_eq!(code(&output), 4);
    assert!(
        text(&output.stderr).contains("nowhere.toml"),
        "{}",
        text(&output.stderr)
    );
    assert_eq!(code(&place.keruen("run", &["--with", "nowhere.toml"])), 4);
    assert_eq!(code(&keruen(place.path(), &["report", "nowhere"])), 4);
    assert_eq!(code(&keruen(place.path(), &["report", "study"])), 4);
}

#[test]
fn init_replaces_nothing() {
    let place = Place::new();
    let before = fs::read(&place.scenario).expect("a file");
    fs::write(&place.scenario, "mine").expect("room");
    assert_eq!(code(&keruen(place.path(), &["init", "study"])), 4);
    assert_eq!(fs::read(&place.scenario).expect("a file"), b"mine");
    fs::write(&place.scenario, before).expect("room");
    assert_eq!(code(&place.keruen("check", &[])), 0);
}

#[test]
fn json_is_alone_on_standard_output_and_writes_nothing() {
    let place = Place::new();
    let output = place.keruen(
        "run",
        &["-n", "20", "--seed", "7", "--first", "5", "--json"],
    );
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let summary = json(&output.stdout);
    assert_eq!(summary["format"], "keruen-summary/1");
    assert_eq!(summary["replications"], 20);
    assert_eq!(summary["first_replication"], 5);
    assert_eq!(summary["seed"], 7);

    let link = place.link();
    let closure = [
        "--close",
        &link,
        "--from",
        "2026-01-10",
        "--for",
        "10 d",
        "--json",
    ];
    let output = place.keruen("stress", &closure);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert_eq!(json(&output.stdout)["format"], "keruen-stress/1");

    assert_eq!(
        json(&place.keruen("check", &["--json"]).stdout)["format"],
        "keruen-check/1"
    );
    assert!(json(&keruen(place.path(), &["schema"]).stdout).is_object());
    assert_eq!(place.names("."), ["study"]);
}

#[test]
fn a_stress_tells_and_writes_its_timeline() {
    let place = Place::new();
    let link = place.link();
    let closure = [
        "--close",
        &link,
        "--from",
        "2026-01-10",
        "--for",
        "10 d",
        "--out",
        "out",
    ];
    let output = place.keruen("stress", &closure);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    assert!(report.contains("2026-01-10 00:00"), "{report}");
    assert!(report.contains("Lost in total"), "{report}");
    let quiet = [&closure[..6], &["--quiet"]].concat();
    let quiet = place.keruen("stress", &quiet);
    assert_eq!(code(&quiet), 0, "{}", text(&quiet.stderr));
    assert!(quiet.stdout.is_empty());
    let names = place.names("out");
    assert!(names.contains(&"stress.json".to_owned()), "{names:?}");
    let csv = fs::read_to_string(place.path().join("out/stress.csv")).expect("a file");
    let epochs = place.json("out/stress.json")["epochs"]
        .as_array()
        .expect("epochs")
        .len();
    assert_eq!(csv.lines().count(), epochs + 1);
    assert_eq!(code(&keruen(place.path(), &["report", "out"])), 0);
}

#[test]
fn a_story_is_told_written_and_shown_again() {
    let place = Place::new();
    let worst = ["--worst", "-n", "40", "--seed", "5", "--out", "out"];
    let output = place.keruen("explain", &worst);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    assert!(report.contains("the worst of 40"), "{report}");
    let files = ["story.json", "story.png", "story.svg"];
    assert_eq!(place.results("out"), files);
    let story = place.json("out/story.json");
    assert_eq!(story["format"], "keruen-story/1");
    assert_eq!(story["pick"]["by"], "worst");

    // The same replication by its number, and as a run tells it.
    let number = story["replication"].to_string();
    let same = ["--replication", &number, "--seed", "5", "--json"];
    let again = json(&place.keruen("explain", &same).stdout);
    assert_eq!(again["epochs"], story["epochs"]);
    let run = ["--first", &number, "-n", "1", "--seed", "5", "--json"];
    let run = json(&place.keruen("run", &run).stdout);
    let undelivered = &run["strategies"][0]["metrics"]["undelivered"]["mean"];
    assert_eq!(undelivered.as_f64(), story["undelivered_bbl"].as_f64());

    let shown = keruen(place.path(), &["report", "out"]);
    assert_eq!(code(&shown), 0, "{}", text(&shown.stderr));
    assert!(text(&shown.stdout).contains("the worst of 40"));
    let refused = place.keruen("explain", &worst);
    assert_eq!(code(&refused), 4, "{}", text(&refused.stdout));
    let quiet = [&worst[..], &["--overwrite", "--quiet", "--no-charts"]].concat();
    let quiet = place.keruen("explain", &quiet);
    assert_eq!(code(&quiet), 0, "{}", text(&quiet.stderr));
    assert!(quiet.stdout.is_empty());
    assert_eq!(place.results("out"), ["story.json"]);
}

#[test]
fn a_back_test_writes_its_files_and_is_shown_again() {
    let place = Place::new();
    let file = crate::worlds::project("tests/backtest/two_routes.toml");
    let file = file.to_str().expect("a plain path");
    let output = keruen(
        place.path(),
        &["backtest", file, "--out", "out", "--replays", "5"],
    );
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    assert!(report.contains("1 of 2 episodes are within"), "{report}");
    let names = place.names("out");
    for stem in [
        "backtest.json",
        "backtest.csv",
        "backtest_episodes.svg",
        "backtest_forecasts.png",
    ] {
        assert!(names.contains(&stem.to_owned()), "{names:?}");
    }
    let again = keruen(place.path(), &["report", "out"]);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
    assert!(text(&again.stdout).contains("Forecasts against what came"));

    let json = keruen(place.path(), &["backtest", file, "--json", "-n", "10"]);
    let found: Value = serde_json::from_str(&text(&json.stdout)).expect("JSON");
    assert_eq!(found["format"], "keruen-backtest/1");
    assert_eq!(found["variants"][0]["replications"], 10);

    assert_eq!(code(&keruen(place.path(), &["run", file])), 3);
    assert_eq!(code(&place.keruen("backtest", &[])), 3);
}

#[test]
fn check_says_ok_and_draws_the_network() {
    let place = Place::new();
    let output = place.keruen("check", &[]);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    assert!(
        report
            .lines()
            .last()
            .is_some_and(|line| line.starts_with("OK")),
        "{report}"
    );
    assert!(text(&place.keruen("check", &["--dot"]).stdout).starts_with("digraph"));
}

#[test]
fn completions_exist_for_every_shell() {
    let place = tempfile::tempdir().expect("room");
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let output = keruen(place.path(), &["completions", shell]);
        assert_eq!(code(&output), 0, "{shell}");
        assert!(text(&output.stdout).contains("keruen"), "{shell}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_standard_output_exits_with_4() {
    let place = Place::new();
    for arguments in [
        &["schema"][..],
        &["help"],
        &["--version"],
        &["run", "--help"],
    ] {
        let full = File::options()
            .write(true)
            .open("/dev/full")
            .expect("Linux has it");
        let output = command(place.path(), arguments)
            .stdout(full)
            .output()
            .expect("it starts");
        assert_eq!(code(&output), 4, "{arguments:?}");
        assert!(
            text(&output.stderr).contains("standard output"),
            "{}",
            text(&output.stderr)
        );
    }
}

#[test]
fn oddities_take_one_line_in_a_run_and_are_shown_in_full_by_check() {
    let place = Place::new();
    let odd = fs::read_to_string(&place.scenario).expect("a file");
    let odd = odd.replace("\"500 kb/d\"", "\"0 kb/d\"");
    fs::write(&place.scenario, odd).expect("room");
    let check = place.keruen("check", &[]);
    assert_eq!(code(&check), 0, "{}", text(&check.stderr));
    let run = place.keruen("run", &["-n", "2", "--json"]);
    assert_eq!(code(&run), 0, "{}", text(&run.stderr));
    let (full, short) = (text(&check.stderr), text(&run.stderr));
    let lines = || short.lines().filter(|line| line.contains("scenario.toml:"));
    assert!(lines().count() > 0, "{short}");
    assert!(lines().all(|line| line.starts_with("warning: ")), "{short}");
    assert!(full.lines().count() > 3 * lines().count(), "{full}");
}

#[test]
fn the_examples_of_stress_show_a_loss() {
    let place = Place::new();
    let help = text(&keruen(place.path(), &["stress", "--help"]).stdout);
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/kazakhstan.toml");
    let examples = help.split_once("Examples:").expect("examples").1;
    let examples = examples.replace("\\\n", " ");
    let mut seen = 0;
    for line in examples.lines().filter(|line| line.contains("--close")) {
        let words = line.split_whitespace().skip(3).collect::<Vec<_>>();
        let words = words.join(" ").replace('\'', "");
        let mut arguments = vec!["stress".to_owned(), scenario.to_owned()];
        // A duration is quoted because of its space.
        for word in words.split(' ') {
            match arguments.last_mut() {
                Some(last) if word == "d" => last.push_str(" d"),
                _ => arguments.push(word.to_owned()),
            }
        }
        arguments.push("--json".to_owned());
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let output = keruen(place.path(), &arguments);
        assert_eq!(code(&output), 0, "{line}: {}", text(&output.stderr));
        let lost = json(&output.stdout)["lost_bbl"].as_i64().expect("a number");
        assert!(lost > 1_000_000, "{line}: {lost}");
        seen += 1;
    }
    assert_eq!(seen, 2);
}
