//! The directory of results.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::{Place, code, keruen, rows, text};

#[test]
fn a_run_reports_and_writes_all_its_files() {
    let place = Place::new();
    let output = place.keruen(
        "run",
        &["-n", "30", "--seed", "7", "--events", "--out", "out"],
    );
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    let report = text(&output.stdout);
    assert!(
        report
            .lines()
            .next()
            .is_some_and(|line| line.contains("30 replications")),
        "{report}"
    );
    assert!(report.contains("undelivered"), "{report}");
    assert!(
        report.lines().all(|line| line.chars().count() <= 100),
        "{report}"
    );
    let names = place.names("out");
    for name in [
        "summary.json",
        "summary.csv",
        "replications.parquet",
        "events.parquet",
        "timeline.parquet",
        "timeline.csv",
    ] {
        assert!(
            names.iter().any(|there| there == name),
            "{name} in {names:?}"
        );
    }
    let written = format!("Written: out ({} files)", names.len());
    assert!(report.contains(&written), "{report}");
    assert!(report.contains("exceedance, delivered_rate"), "{report}");
    for kind in ["svg", "png"] {
        let is_chart = |name: &String| Path::new(name).extension().is_some_and(|end| end == kind);
        assert!(names.iter().any(is_chart), "{kind} in {names:?}");
    }
    assert_eq!(rows(&place.path().join("out/replications.parquet")), 30);
    assert_eq!(place.json("out/summary.json")["replications"], 30);
    assert_eq!(place.names("."), ["out", "study"]);

    fs::remove_file(place.path().join("out").join(&names[names.len() - 1])).expect("a file");
    let again = keruen(place.path(), &["report", "out"]);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
    let first_line = |text: &str| text.lines().next().map(str::to_owned);
    assert_eq!(first_line(&text(&again.stdout)), first_line(&report));
}

#[test]
fn charts_have_the_ground_and_the_width_that_are_asked_for() {
    let place = Place::new();
    let arguments = ["-n", "10", "--quiet", "--out", "out", "--theme", "dark"];
    assert_eq!(code(&place.keruen("run", &arguments)), 0);
    let svg = || fs::read_to_string(place.path().join("out/exceedance.svg")).expect("a chart");
    let width = || {
        let png = fs::read(place.path().join("out/exceedance.png")).expect("a chart");
        u32::from_be_bytes(png[16..20].try_into().expect("four bytes"))
    };
    assert!(svg().contains("height=\"100%\" fill=\"#14171C\""));
    assert_eq!(width(), 1600);
    let again = keruen(place.path(), &["report", "out", "--png-width", "800"]);
    assert_eq!(code(&again), 0, "{}", text(&again.stderr));
    assert!(svg().contains("height=\"100%\" fill=\"#FFFFFF\""));
    assert_eq!(width(), 800);
    let wrong = keruen(place.path(), &["report", "out", "--theme", "sepia"]);
    assert_eq!(code(&wrong), 2);
}

#[test]
fn what_is_not_wanted_is_not_written() {
    let place = Place::new();
    let arguments = [
        "-n",
        "10",
        "--no-charts",
        "--no-rows",
        "--quiet",
        "--out",
        "out",
    ];
    let output = place.keruen("run", &arguments);
    assert_eq!(code(&output), 0, "{}", text(&output.stderr));
    assert!(output.stdout.is_empty());
    let names = place.results("out");
    assert_eq!(
        names,
        [
            "summary.csv",
            "summary.json",
            "timeline.csv",
            "timeline.parquet"
        ]
    );
}

#[test]
fn the_usual_directory_is_replaced_whole() {
    let place = Place::new();
    assert_eq!(code(&place.keruen("run", &["-n", "10"])), 0);
    let stem = place
        .scenario
        .file_stem()
        .expect("a name")
        .to_string_lossy()
        .into_owned();
    let directory = format!("keruen-out/{stem}");
    let old = place.path().join(&directory).join("events.parquet");
    fs::write(&old, "old").expect("room");
    assert_eq!(code(&place.keruen("run", &["-n", "11"])), 0);
    assert!(!old.exists());
    assert_eq!(
        place.json(&format!("{directory}/summary.json"))["replications"],
        11
    );
    assert_eq!(place.names("keruen-out"), [stem]);

    fs::write(place.path().join(&directory).join("notes.txt"), "mine").expect("room");
    let refused = place.keruen("run", &["-n", "12"]);
    assert_eq!(code(&refused), 4);
    assert!(text(&refused.stderr).contains("notes.txt"));
    assert_eq!(
        place.json(&format!("{directory}/summary.json"))["replications"],
        11
    );
}

#[test]
fn files_of_the_user_among_results_are_never_replaced() {
    let place = Place::new();
    let out = place.path().join("out");
    let run = |count: &str| {
        place.keruen(
            "run",
            &["-n", count, "--out", "out", "--no-charts", "--overwrite"],
        )
    };
    assert_eq!(code(&run("10")), 0);
    fs::write(out.join("thesis.txt"), "precious").expect("room");
    fs::create_dir(out.join("sub")).expect("room");
    fs::write(out.join("sub/chapter.txt"), "precious").expect("room");
    let before = place.names("out");

    // So many replications would take far longer than this test may.
    let begun = Instant::now();
    let refused = run("1000000000");
    assert!(begun.elapsed() < Duration::from_secs(20));
    assert_eq!(code(&refused), 4);
    let said = text(&refused.stderr);
    assert!(
        said.contains("`sub`") && said.contains("`thesis.txt`"),
        "{said}"
    );
    assert_eq!(place.names("out"), before);
    assert!(out.join("sub/chapter.txt").exists());
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_an_error_before_the_run() {
    let place = Place::new();
    std::os::unix::fs::symlink("gone", place.path().join("link")).expect("room");
    let begun = Instant::now();
    let output = place.keruen("run", &["-n", "1000000000", "--out", "link"]);
    assert_eq!(code(&output), 4, "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("leads nowhere"));
    assert!(begun.elapsed() < Duration::from_secs(20));
}

#[test]
fn a_named_directory_is_replaced_only_when_asked_and_only_if_it_is_ours() {
    let place = Place::new();
    let run = |arguments: &[&str]| {
        place.keruen("run", &[&["-n", "10", "--out", "out"], arguments].concat())
    };
    assert_eq!(code(&run(&[])), 0);
    let refused = run(&[]);
    assert_eq!(code(&refused), 4);
    assert!(
        text(&refused.stderr).contains("--overwrite"),
        "{}",
        text(&refused.stderr)
    );
    assert_eq!(code(&run(&["--overwrite"])), 0);

    fs::remove_dir_all(place.path().join("out")).expect("a directory");
    fs::create_dir(place.path().join("out")).expect("room");
    assert_eq!(code(&run(&[])), 0, "an empty directory is nobody's");

    fs::remove_file(place.path().join("out/summary.json")).expect("a file");
    fs::write(place.path().join("out/thesis.tex"), "precious").expect("room");
    let refused = run(&["--overwrite"]);
    assert_eq!(code(&refused), 4);
    assert!(refused.stdout.is_empty());
    assert_eq!(
        fs::read(place.path().join("out/thesis.tex")).expect("kept"),
        b"precious"
    );

    assert_eq!(
        code(&place.keruen("run", &["-n", "10", "--out", ".", "--overwrite"])),
        4
    );
    assert_eq!(place.names("."), ["out", "study"]);
}

#[test]
fn a_place_that_cannot_be_written_is_an_error_before_the_run() {
    let place = Place::new();
    fs::write(place.path().join("file"), "").expect("room");
    // So many replications would take far longer than this test may.
    for out in [
        "file",
        "file/out",
        if cfg!(target_os = "linux") {
            "/proc/out"
        } else {
            "file"
        },
    ] {
        let begun = Instant::now();
        let output = place.keruen("run", &["-n", "1000000000", "--out", out]);
        assert_eq!(code(&output), 4, "{out}: {}", text(&output.stderr));
        assert!(
            text(&output.stderr).contains(out),
            "{}",
            text(&output.stderr)
        );
        assert!(begun.elapsed() < Duration::from_secs(20), "{out}");
    }
    assert_eq!(place.names("."), ["file", "study"]);
}
