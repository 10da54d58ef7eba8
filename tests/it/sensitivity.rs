//! Which figures in doubt matter, where that can be worked out by hand.

use std::fmt::Write as _;

use keruen::results::{RankEstimate, Sensitivity};
use keruen::scenario::{self, Scenario, Text};
use keruen::simulation::{Observer, Progress, Silent};
use keruen::study::{self, Choice, SensitivitySettings};

use crate::worlds::head;

/// Parallel links into one market that carry less than is planned, so that what is lost is the plan
/// less all capacities. Each may be 0 at its low end and twice its value at its high end: normal
/// with a standard deviation of value / 1.6449, but for what is cut off, the same share of all.
fn links(count: u32) -> Scenario {
    parse(&[&world(count)])
}

fn world(count: u32) -> String {
    let mut text = head("100 d");
    text += "[field.oil]\nplan = \"2 Mb/d\"\n[market.sea]\n";
    for number in 1..=count {
        let _ = write!(
            text,
            "[link.l{number:02}]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = {{ value = \"{number} kb/d\", \
             low = \"0 kb/d\", high = \"{} kb/d\" }}\n",
            2 * number
        );
    }
    // A limit that never binds.
    text += "[hub.idle]\ncapacity = { value = \"5 kb/d\", low = \"4 kb/d\", high = \"6 kb/d\" }\n\
             [link.idle]\nfrom = \"oil\"\nto = \"idle\"\n[link.idle-sea]\nfrom = \"idle\"\nto = \"sea\"\n\
             capacity = \"1 kb/d\"\n";
    text
}

fn parse(texts: &[&str]) -> Scenario {
    let name = |(at, text): (usize, &&str)| Text::new(format!("world-{at}.toml"), *text);
    let texts: Vec<Text> = texts.iter().enumerate().map(name).collect();
    let no_csv = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    scenario::parse(&texts, &[], &no_csv)
        .unwrap_or_else(|invalid| panic!("{}", super::scenario_files::rendered(&invalid)))
}

fn settings() -> SensitivitySettings {
    SensitivitySettings {
        seed: 7,
        threads: 1,
        replications: 20,
        trajectories: 6,
        trajectory_futures: 2,
        rows: 300,
        row_futures: 2,
        keep: 3,
    }
}

fn sensitivity(scenario: &Scenario, settings: &SensitivitySettings) -> Sensitivity {
    let found = study::sensitivity(scenario, settings, None, &mut Silent);
    found.expect("it can be played").expect("nobody cancels")
}

/// Barrels that a link of so many kb/d carries in a hundred days.
fn carried(kbd: u32) -> f64 {
    f64::from(kbd) * 1_000.0 * 100.0
}

#[track_caller]
fn near(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() <= 1e-6 * expected.abs() + 200.0,
        "{found}, {expected}"
    );
}

#[test]
fn each_figure_at_its_ends_does_what_its_capacity_does() {
    let found = sensitivity(&links(4), &settings());
    assert_eq!(found.tornado.without_effect, ["hub.idle.capacity"]);
    let paths: Vec<&str> = (found.tornado.figures.iter())
        .map(|figure| figure.path.as_str())
        .collect();
    assert_eq!(
        paths,
        ["l04", "l03", "l02", "l01"].map(|id| format!("link.{id}.capacity"))
    );
    for (figure, kbd) in found.tornado.figures.iter().zip([4, 3, 2, 1]) {
        near(figure.low.undelivered_bbl.mean, carried(kbd));
        near(figure.high.undelivered_bbl.mean, -carried(kbd));
        assert_eq!(
            figure.high.undelivered_bbl.std_error,
            Some(0.0),
            "same futures"
        );
        let tail = figure
            .low
            .undelivered_cvar95_bbl
            .expect("a tail of one replication");
        near(tail.mean, carried(kbd));
        assert_eq!(figure.low.netback_usd, None, "nothing is priced");
    }
    near(
        found.tornado.middle.undelivered_bbl.mean,
        carried(2_000 - 1 - 2 - 3 - 4 - 1),
    );
    assert!(found.screening.is_none(), "few figures need none");
}

/// Shares of a sum of independent capacities are squares of their spreads: 1 : 4 : 9 : 16 of 30.
#[test]
fn shares_of_a_sum_are_squares() {
    let found = sensitivity(&links(4), &settings());
    let indices = found.indices.expect("they were asked for");
    let paths: Vec<&str> = indices
        .figures
        .iter()
        .map(|figure| figure.path.as_str())
        .collect();
    assert_eq!(
        paths,
        ["l04", "l03", "l02", "l01"].map(|id| format!("link.{id}.capacity"))
    );
    let within = |share: RankEstimate, exact: f64| {
        let error = share.std_error.expect("many rows");
        assert!(error < 0.12, "{share:?}");
        assert!(
            (share.mean - exact).abs() < 4.0 * error,
            "{share:?} {exact}"
        );
    };
    for (figure, kbd) in indices.figures.iter().zip([4.0, 3.0, 2.0, 1.0]) {
        within(figure.first, kbd * kbd / 30.0);
        within(figure.total, kbd * kbd / 30.0);
        assert_eq!(figure.noise, 0.0, "nothing is random but the figures");
    }
    within(indices.sum_first, 1.0);
    assert_eq!(indices.noise, 0.0);
    // Spreads of 1, 2, 3 and 4 kb/d over 1.6449, somewhat less for what is cut off.
    let uncut = 30.0_f64.sqrt() * carried(1) / 1.644_854;
    assert!(
        (0.9..1.0).contains(&(indices.std_dev_bbl / uncut)),
        "{}",
        indices.std_dev_bbl
    );
}

/// From 1/8 to 5/8 of what it may be, or from 3/8 to 7/8, a capacity grows by
/// (0.318639 + 1.150349) / 1.644854 of its value: effects are the same everywhere.
#[test]
fn screening_keeps_the_widest_and_knows_what_never_binds() {
    let settings = SensitivitySettings {
        rows: 100,
        ..settings()
    };
    let found = sensitivity(&links(24), &settings);
    let screening = found.screening.expect("more than 20 figures");
    assert_eq!(screening.figures.len(), 24);
    for (figure, kbd) in screening.figures.iter().zip((1..=24).rev()) {
        assert_eq!(figure.path, format!("link.l{kbd:02}.capacity"));
        near(figure.size_bbl.mean, 0.893_081 * carried(kbd));
        near(figure.mean_bbl.mean, -0.893_081 * carried(kbd));
        assert!(figure.std_dev_bbl.mean < 200.0, "{figure:?}");
        assert_eq!(figure.kept, kbd > 21, "{figure:?}");
    }
    let together = screening.together.expect("the limit that never binds");
    assert_eq!(together.size_bbl.mean, 0.0);
    assert_eq!(screening.together_paths, ["hub.idle.capacity"]);
    let indices = found.indices.expect("they were asked for");
    assert_eq!(indices.figures.len(), 3);
    let sum = f64::from(22 * 22 + 23 * 23 + 24 * 24);
    let first = indices.figures[0].total;
    assert!((first.mean - 576.0 / sum).abs() < 4.0 * first.std_error.expect("many rows"));
    assert!(indices.std_dev_of_all_bbl > 1.2 * indices.std_dev_bbl);
}

#[test]
fn threads_change_no_bit() {
    let scenario = links(24);
    let few = SensitivitySettings {
        rows: 20,
        ..settings()
    };
    let many = SensitivitySettings {
        threads: 3,
        ..few.clone()
    };
    assert_eq!(sensitivity(&scenario, &few), sensitivity(&scenario, &many));
}

/// Cancels once it was told so often.
struct Impatient(u32);

impl Observer for Impatient {
    fn progress(&mut self, progress: &Progress) {
        assert!(progress.done <= progress.total, "{progress:?}");
        self.0 = self.0.saturating_sub(1);
    }

    fn is_cancelled(&self) -> bool {
        self.0 == 0
    }
}

#[test]
fn what_is_interrupted_keeps_the_parts_that_were_done() {
    let scenario = links(24);
    let settings = || SensitivitySettings {
        rows: 20,
        ..settings()
    };
    let at_once = study::sensitivity(&scenario, &settings(), None, &mut Impatient(1));
    assert_eq!(at_once.expect("it can be played"), None);
    let whole = sensitivity(&scenario, &settings());
    let later = study::sensitivity(&scenario, &settings(), None, &mut Impatient(14));
    let later = later
        .expect("it can be played")
        .expect("the first part is done");
    assert_eq!(later.stopped, "interrupted");
    assert_eq!(later.tornado, whole.tornado);
    assert_eq!(later.indices, None);
}

/// A way of 10 kb/d, normal with a standard deviation of 10 / 1.6449 kb/d, costs as much a year as its
/// middle saves: 40 USD · 10 kb/d · 365.25 d = 146.1 million. Who knows its capacity builds it if it is
/// above the middle and gains 146.1 / 1.6449 · φ(0) = 35.43 million a year on average. Other links
/// cause most of the doubt about what is lost, and turn nothing.
#[test]
fn only_what_turns_the_choice_is_worth_knowing() {
    let way = "[strategy]\nname = \"Way\"\ncapex = \"0 MUSD\"\nopex = \"146.1 MUSD\"\n\
               [link.way]\nfrom = \"oil\"\nto = \"sea\"\n\
               capacity = { value = \"10 kb/d\", low = \"0 kb/d\", high = \"20 kb/d\" }\n";
    let world = world(14);
    let alternatives = [parse(&[&world]), parse(&[&world, way])];
    let choice = Choice {
        alternatives: &alternatives,
        usd_per_barrel: Some(40.0),
        draws: 400,
        futures: 2,
    };
    let settings = SensitivitySettings {
        rows: 60,
        ..settings()
    };
    let found = study::sensitivity(&alternatives[0], &settings, Some(&choice), &mut Silent);
    let found = found.expect("it can be played").expect("nobody cancels");
    let decision = found.decision.expect("it was asked for");
    let exact = 35.43e6;
    let first = &decision.figures[0];
    assert_eq!(first.path, "link.way.capacity");
    for worth in [first.worth, decision.all_figures.expect("many draws")] {
        let error = worth.value.std_error.expect("many draws");
        assert!(error < 4e6, "{worth:?}");
        assert!((worth.value.mean - exact).abs() < 4.0 * error, "{worth:?}");
        assert!(worth.bound > 0.97 * worth.value.mean, "{worth:?}");
    }
    let known: Vec<&str> = (decision.figures.iter())
        .filter(|figure| figure.is_worth_knowing())
        .map(|figure| figure.path.as_str())
        .collect();
    assert_eq!(known, ["link.way.capacity"]);
    let said = found
        .warnings
        .iter()
        .any(|text| text.contains("does not turn on it"));
    assert!(said, "much doubt and nothing to gain: {:?}", found.warnings);
    let share = decision.alternatives[1].best_in;
    assert!((share - 0.5).abs() < 0.02, "{share}");
}
