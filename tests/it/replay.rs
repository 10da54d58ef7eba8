//! Recorded outages, in place of random hazards and on top of them.

use std::fs;

use keruen::model::{Collect, Model};
use keruen::scenario::{self, Error, Request, replay_ids};
use tempfile::TempDir;

use crate::scenario_files::rendered;
use crate::worlds::{head, rows};

const DAILY: i64 = 1_000;

/// A line that is hit at random, and the directory in which it and a log lie.
fn written(log: &str, more: &str) -> (TempDir, std::path::PathBuf, std::path::PathBuf) {
    let directory = tempfile::tempdir().expect("a directory");
    let scenario = directory.path().join("world.toml");
    let text = format!(
        "{}[field.oil]\nplan = \"1 kb/d\"\n[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"1 kb/d\"\n{more}",
        head("100 d")
    );
    fs::write(&scenario, text).expect("written");
    let csv = directory.path().join("out ages.csv");
    fs::write(&csv, log).expect("written");
    (directory, scenario, csv)
}

const RANDOM: &str = "[hazard.random]\nhits = [\"link.line\"]\nduration = \"1 d\"\n\
    occurs = { poisson = { rate = \"0.1 /d\" } }\n";

fn loaded(scenario: &std::path::Path, logs: &[std::path::PathBuf]) -> Result<Model, Error> {
    let request = Request {
        path: scenario,
        with: &[],
        set: &[],
    };
    Ok(scenario::load_with_logs(&request, logs)?.model)
}

fn lost(model: &Model, replications: u64) -> Vec<i64> {
    rows(model, replications, Collect::System)
        .1
        .column("undelivered")
}

#[test]
fn a_log_happens_in_every_replication_besides_what_is_random() {
    let log = "target,start,end,left\nline,2026-01-11,2026-01-21,0\nlink.line,2026-02-01T12:00:00+05:00,2026-02-02T12:00:00+05:00,0.5\n";
    let (_directory, path, csv) = written(log, RANDOM);
    let random = lost(&loaded(&path, &[]).expect("valid"), 50);
    let both = loaded(&path, std::slice::from_ref(&csv)).expect("valid");
    assert_eq!(both.hazards.len(), 2);
    let both_lost = lost(&both, 50);
    assert!(random.iter().zip(&both_lost).all(|(one, more)| one < more));

    let mut alone = both;
    alone
        .hazards
        .retain(|hazard| hazard.id == replay_ids(std::slice::from_ref(&csv))[0]);
    assert_eq!(replay_ids(std::slice::from_ref(&csv)), ["replay-out-ages"]);
    // Ten whole days and half of one, in any replication.
    let expected = 10 * DAILY + DAILY / 2;
    assert_eq!(lost(&alone, 3), [expected; 3]);
}

#[test]
fn logs_of_the_same_name_are_all_replayed() {
    let log = |day: u32| {
        format!(
            "target,start,end,left\nline,2026-01-{day:02},2026-01-{:02},0\n",
            day + 2
        )
    };
    let (_one, path, first) = written(&log(3), "");
    let (_other, _, second) = written(&log(10), "");
    let model = loaded(&path, &[first.clone(), second, first]).expect("valid");
    let ids: Vec<&str> = model.hazards.iter().map(|hazard| &*hazard.id).collect();
    assert_eq!(
        ids,
        ["replay-out-ages", "replay-out-ages-2", "replay-out-ages-3"]
    );
    assert_eq!(lost(&model, 1), [4 * DAILY]);
}

#[test]
fn times_of_a_log_are_taken_with_their_offsets() {
    let log = "target,start,end,left\nline,2026-01-02T05:00:00+05:00,2026-01-02T00:00:00-01:00,0\n";
    let (_directory, path, csv) = written(log, "");
    let model = loaded(&path, &[csv]).expect("valid");
    let keruen::model::Occurs::Log(events) = &model.hazards[0].occurs else {
        panic!("a log");
    };
    assert_eq!(
        (events[0].start.0, events[0].end.0),
        (86_400, 86_400 + 3_600)
    );
}

#[test]
fn overlapping_outages_combine_by_the_rule_of_the_hazard() {
    let log = "target,start,end,left\nline,2026-01-02,2026-01-06,0\nline,2026-01-04,2026-01-10,0\n";
    for (rule, days) in [("union", 8), ("ignore", 4), ("queue", 10)] {
        let hazard =
            format!("[hazard.seen]\noverlap = \"{rule}\"\noccurs = {{ log = \"out ages.csv\" }}\n");
        let (_directory, path, _) = written(log, &hazard);
        let model = loaded(&path, &[]).expect("valid");
        assert_eq!(lost(&model, 1), [days * DAILY], "{rule}");
    }
}

/// The rule goes by the outages as they were, not by what of them lies after the start.
#[test]
fn outages_from_before_the_start_count_for_the_overlap_rule() {
    let log = "target,start,end,left\nline,2025-12-10,2026-01-08,0\nline,2025-12-20,2026-01-05,0\n";
    for (rule, days) in [("union", 7), ("ignore", 7), ("queue", 23)] {
        let hazard =
            format!("[hazard.seen]\noverlap = \"{rule}\"\noccurs = {{ log = \"out ages.csv\" }}\n");
        let (_directory, path, _) = written(log, &hazard);
        let model = loaded(&path, &[]).expect("valid");
        assert_eq!(lost(&model, 1), [days * DAILY], "{rule}");
    }
}

#[test]
fn all_that_is_wrong_with_a_log_is_said_at_once_with_advice() {
    let log = "target,start,end,left\nlin,2026-01-02,2026-01-06,0\nline,2026-01-04T10:00:00,2026-01-10,0\n\
        line,2026-01-09,2026-01-08,0\nline,2026-01-09,2026-01-10,40\n";
    let (_directory, path, csv) = written(log, RANDOM);
    let Err(Error::Invalid(invalid)) = loaded(&path, &[csv]) else {
        panic!("a log with four mistakes is refused");
    };
    let text = rendered(&invalid);
    for expected in [
        "line 2: unknown element `lin`",
        "did you mean `line`",
        "line 3",
        "line 4: the outage ends before it begins",
        "line 5: `40` is no share",
    ] {
        assert!(text.contains(expected), "{expected}: {text}");
    }
    assert!(text.contains("offset"), "{text}");
}
