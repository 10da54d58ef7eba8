//! Runs that do not reach their end.

use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::{Place, command, rows};

/// Waits for a child, but not for ever.
fn wait(child: &mut Child) -> Option<i32> {
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(60) {
        if let Some(status) = child.try_wait().expect("a child") {
            return status.code();
        }
        sleep(Duration::from_millis(20));
    }
    child.kill().expect("a child");
    panic!("the command does not end");
}

#[cfg(unix)]
fn interrupt(child: &Child) {
    let status = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(status.expect("kill starts").success());
}

#[cfg(unix)]
fn long_run(place: &Place) -> Child {
    let scenario = place.scenario.to_str().expect("a plain path");
    let arguments = [
        "run",
        scenario,
        "-n",
        "1000000000",
        "--no-charts",
        "--out",
        "out",
    ];
    let mut command = command(place.path(), &arguments);
    let child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a child");
    // Wait until the run has begun, and then for some replications.
    let begun = Instant::now();
    let has_begun = || {
        let mut names = place.names(".").into_iter();
        names.any(|name| {
            place
                .path()
                .join(name)
                .join("replications.parquet")
                .exists()
        })
    };
    while !has_begun() && begun.elapsed() < Duration::from_secs(30) {
        sleep(Duration::from_millis(20));
    }
    sleep(Duration::from_secs(1));
    child
}

#[cfg(unix)]
#[test]
fn an_interrupted_run_writes_what_it_has() {
    let place = Place::new();
    let mut child = long_run(&place);
    interrupt(&child);
    assert_eq!(wait(&mut child), Some(130));
    let mut said = String::new();
    child
        .stderr
        .take()
        .expect("a pipe")
        .read_to_string(&mut said)
        .expect("UTF-8");
    assert!(said.contains("interrupted after"), "{said}");

    let summary = place.json("out/summary.json");
    assert_eq!(summary["stopped"], "interrupted");
    let replications = summary["replications"].as_i64().expect("a number");
    assert!(replications > 0);
    assert_eq!(
        rows(&place.path().join("out/replications.parquet")),
        replications
    );
    assert_eq!(place.names("."), ["out", "study"]);
}

#[cfg(unix)]
#[test]
fn a_second_interrupt_ends_at_once_and_leaves_nothing() {
    let place = Place::new();
    let mut child = long_run(&place);
    interrupt(&child);
    interrupt(&child);
    // Whichever was faster: the end that the first asked for, or the second.
    assert_eq!(wait(&mut child), Some(130));
    let names = place.names(".");
    assert!(names == ["study"] || names == ["out", "study"], "{names:?}");
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let place = Place::new();
    let scenario = place.scenario.to_str().expect("a plain path");
    let arguments = ["run", scenario, "-n", "20", "--json"];
    let mut command = command(place.path(), &arguments);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a child");
    drop(child.stdout.take());
    assert_eq!(wait(&mut child), Some(0));
    let mut said = String::new();
    child
        .stderr
        .take()
        .expect("a pipe")
        .read_to_string(&mut said)
        .expect("UTF-8");
    let complains = |line: &str| line.contains("bug") || line.starts_with("error");
    assert!(!said.lines().any(complains), "{said}");
}
