//! Stories of single replications: what they say is what a run says, and what happened by hand.

use std::env;
use std::fs;

use keruen::model::{Collect, Model};
use keruen::report;
use keruen::results::{Metrics, Story, StoryPick, TankPhase};
use keruen::simulation::{self, Choice, Settings, Silent};
use keruen::units::Fraction;

use crate::worlds::{head, metric, model, project, rows, settings};

const DAY: i64 = 86_400;

fn told(model: &Model, replication: u64) -> Story {
    let asked = (model.simulation.seed, replication);
    simulation::story(model, "", asked, StoryPick::Number).expect("tanks come to rest")
}

fn scenario(name: &str) -> Model {
    let path = project(&format!("scenarios/{name}.toml"));
    let request = keruen::scenario::Request {
        path: &path,
        with: &[],
        set: &[],
    };
    let read = keruen::scenario::load(&request);
    read.unwrap_or_else(|_| panic!("{name} is valid")).model
}

/// A field of 100 kb/d, a tank of 120 kb, and a berth of 150 kb/d that is closed for five days.
fn berth() -> Model {
    let text = head("31 d")
        + "[field.oil]\nname = \"Oil\"\nplan = \"100 kb/d\"\n\
           [hub.port]\nname = \"Port\"\ntank = { capacity = \"120 kb\", initial = 0.0, target = 0.0 }\n\
           [market.sea]\n\
           [link.line]\nfrom = \"oil\"\nto = \"port\"\n\
           [link.berth]\nname = \"Berth\"\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"150 kb/d\"\n\
           [route.sea]\nname = \"Sea\"\ngates = [\"berth\"]\n\
           [hazard.storm]\nname = \"Storm\"\nclass = \"weather\"\nhits = [\"link.berth\"]\n\
           occurs = { dates = [2026-01-10] }\nduration = \"5 d\"\n";
    model(&text)
}

/// A number of a run of one replication; 0 if it is not defined.
fn whole(metrics: &Metrics, name: &str) -> i64 {
    metric(metrics, name).mean.unwrap_or(0.0).round() as i64
}

#[test]
fn a_closed_berth_fills_its_tank_and_then_shuts_the_field_in() {
    let story = told(&berth(), 0);
    let (closed, opened) = (9 * DAY, 14 * DAY);
    // 120 kb at 100 kb/d take 28.8 hours to fill and, at 150 − 100 kb/d, 57.6 to draw.
    let full = closed + 103_680;
    let drawn = opened + 207_360;
    let phases: Vec<_> = story
        .tank_phases
        .iter()
        .map(|phase| {
            (
                phase.phase,
                phase.start_seconds,
                phase.end_seconds,
                phase.to_bbl,
            )
        })
        .collect();
    assert_eq!(
        phases,
        [
            (TankPhase::Fills, closed, full, 120_000),
            (TankPhase::Full, full, opened, 120_000),
            (TankPhase::Empties, opened, drawn, 0),
        ]
    );
    let [shut_in] = story.shut_ins.as_slice() else {
        panic!("{:?}", story.shut_ins);
    };
    assert_eq!((shut_in.start_seconds, shut_in.end_seconds), (full, opened));
    assert_eq!((shut_in.volume_bbl, shut_in.most_bpd), (380_000, 100_000));
    let bound: Vec<_> = story
        .bottlenecks
        .iter()
        .map(|time| (time.element.as_str(), time.start_seconds, time.end_seconds))
        .collect();
    assert_eq!(bound, [("link.berth", closed, drawn)]);
    let [shortfall] = story.shortfalls.as_slice() else {
        panic!("{:?}", story.shortfalls);
    };
    assert_eq!(
        (shortfall.start_seconds, shortfall.end_seconds),
        (closed, opened)
    );
    assert_eq!(shortfall.undelivered_bbl, 500_000);
    assert_eq!(shortfall.deepest_cut, 1.0);
    let [storm] = story.disruptions.as_slice() else {
        panic!("{:?}", story.disruptions);
    };
    assert_eq!((storm.target.as_str(), storm.left), ("link.berth", 0.0));
    assert_eq!((storm.start_seconds, storm.end_seconds), (closed, opened));
    assert_eq!(storm.attributed_bbl, 380_000);
    assert_eq!(story.undelivered_bbl, 380_000);
    assert_eq!(story.lost_production_bbl, 380_000);
    assert_eq!((story.stored_bbl, story.causes.len()), (0, 1));
    assert_eq!(story.time_to_recover_hours, Some(120.0));
}

#[test]
fn a_story_says_what_a_run_of_its_replication_says() {
    for (name, numbers) in [("two_routes", 0..6), ("kazakhstan", 7..10)] {
        let model = scenario(name);
        for replication in numbers {
            let story = told(&model, replication);
            let settings = Settings {
                range: replication..replication + 1,
                ..settings(&model, 1)
            };
            let run = simulation::run(&model, &settings, &mut Silent).expect("tanks come to rest");
            let run = run.result;
            for (name, value) in [
                ("planned", story.planned_bbl),
                ("delivered", story.delivered_bbl),
                ("undelivered", story.undelivered_bbl),
                ("field_outage", story.field_outage_bbl),
                ("shut_in", story.shut_in_bbl),
                ("stored", story.stored_bbl),
                ("shortfall_events", story.shortfalls.len() as i64),
            ] {
                assert_eq!(whole(&run.metrics, name), value, "{name} of {replication}");
            }
            for cause in story.causes.iter().filter(|cause| !cause.class.is_empty()) {
                let metrics = &run.hazards[&cause.hazard];
                assert_eq!(whole(metrics, "attributed"), cause.attributed_bbl);
                assert_eq!(whole(metrics, "events"), cause.events);
            }
            for (link, metrics) in &run.links {
                let id = format!("link.{link}");
                let times = story.bottlenecks.iter().filter(|time| time.element == id);
                let seconds: i64 = times
                    .map(|time| time.end_seconds - time.start_seconds)
                    .sum();
                let hours = metric(metrics, "binding_time").mean.unwrap_or(0.0);
                assert!((seconds as f64 / 3_600.0 - hours).abs() < 1e-6, "{id}");
            }
        }
    }
}

#[test]
fn every_barrel_of_a_loss_is_laid_to_something() {
    for name in ["two_routes", "kazakhstan"] {
        let model = scenario(name);
        let mut lost = 0;
        for replication in 0..12 {
            let story = told(&model, replication);
            lost += story.lost_production_bbl;
            // Each of the numbers is rounded to whole barrels by itself.
            let near = |one: i64, other: i64, terms: usize| {
                assert!((one - other).abs() <= terms as i64 + 1, "{one} and {other}");
            };
            let causes = story.causes.iter();
            let laid: i64 = causes.clone().map(|cause| cause.attributed_bbl).sum();
            near(laid, story.lost_production_bbl, story.causes.len());
            for cause in causes.filter(|cause| !cause.class.is_empty()) {
                let own = story.disruptions.iter();
                let own = own.filter(|disruption| disruption.hazard == cause.hazard);
                let each: i64 = own
                    .clone()
                    .map(|disruption| disruption.attributed_bbl)
                    .sum();
                near(each, cause.attributed_bbl, own.count());
            }
            let left = story.undisturbed_shut_in_bbl + story.stored_bbl;
            near(story.undelivered_bbl, story.lost_production_bbl + left, 3);

            let epochs = &story.epochs;
            let delivered: i64 = epochs
                .iter()
                .map(|epoch| epoch.delivered_bpd * (epoch.end_seconds - epoch.start_seconds))
                .sum();
            near(delivered / DAY, story.delivered_bbl, 1);
            assert!(
                epochs
                    .windows(2)
                    .all(|pair| pair[0].end_seconds == pair[1].start_seconds)
            );
            assert_eq!(epochs[0].start_seconds, 0);
            assert_eq!(
                epochs.last().map(|last| last.end_seconds),
                Some(model.horizon.0)
            );
            for (tank, at) in story.tanks.iter().zip(0..) {
                let full = |stocks: &Vec<i64>| (0..=tank.capacity_bbl).contains(&stocks[at]);
                assert!(
                    epochs.iter().all(|epoch| full(&epoch.stocks_bbl)),
                    "{}",
                    tank.id
                );
            }
        }
        assert!(lost > 0, "{name}");
    }
}

#[test]
fn the_worst_is_the_worst_and_a_quantile_an_order_statistic() {
    let model = scenario("two_routes");
    let n = 300;
    let (_, kept) = rows(&model, n, Collect::System);
    let losses = kept.column("undelivered");
    let mut sorted = losses.clone();
    sorted.sort_unstable();
    let half = |share| Choice::Quantile(Fraction::new(share).expect("a share"));
    for (choice, rank) in [
        (Choice::Worst, 300),
        (half(0.95), 285),
        (half(0.5), 150),
        (half(0.9501), 286),
    ] {
        for threads in [1, 2] {
            let asked = (model.simulation.seed, n, threads);
            let (replication, pick) = simulation::choose(&model, asked, choice, &mut Silent)
                .expect("tanks come to rest")
                .expect("nobody interrupts");
            assert_eq!(losses[replication as usize], sorted[rank - 1]);
            let standing = pick.standing().expect("it was chosen");
            assert_eq!((standing.among, standing.rank), (n, n - rank as u64 + 1));
            let story = told(&model, replication);
            assert_eq!(story.undelivered_bbl, sorted[rank - 1]);
        }
    }
}

/// Set `KERUEN_REWRITE_GOLDEN=1` to accept what is found as what is right.
fn golden(file: &str, is: &str) {
    let path = project("tests/golden").join(file);
    if env::var_os("KERUEN_REWRITE_GOLDEN").is_some() {
        fs::write(&path, is).expect("a golden file can be written");
        return;
    }
    let was = fs::read_to_string(&path).expect("a golden file is in the tree");
    assert!(
        was == is,
        "{file} changed (KERUEN_REWRITE_GOLDEN=1 accepts it):\n{is}"
    );
}

#[test]
fn stories_read_as_they_did() {
    let mut routes = told(&scenario("two_routes"), 3);
    let mut small = told(&berth(), 0);
    for story in [&mut routes, &mut small] {
        story.version = "0".to_owned();
    }
    let text = |story: &Story, width: u16| {
        let mut out = Vec::new();
        report::story_text(story, width, &mut out).expect("memory takes all");
        String::from_utf8(out).expect("text")
    };
    golden("story_two_routes.txt", &text(&routes, 100));
    golden("story_small.txt", &text(&small, 100));
    let mut json = Vec::new();
    report::json(&small, &mut json).expect("memory takes all");
    golden(
        "story_small.json",
        &String::from_utf8(json.clone()).expect("text"),
    );
    let read: Story = serde_json::from_slice(&json).expect("what is written can be read");
    assert_eq!(read, small);
    for width in [60, 80, 100] {
        let text = text(&routes, width);
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(
            widest <= Some(usize::from(width).max(80)),
            "{width}:\n{text}"
        );
    }
}

/// What stops, quotas and outages take of the plan is told by name, so that what is told adds up, in stories and in stresses.
#[test]
fn damage_and_quotas_are_told_by_name() {
    let text = head("90 d")
        + "[field.a]\nplan = \"100 kb/d\"\ncontrol = \"state\"\nrestart = \"10 d\"\n\
           damage = { after = \"2 d\", per_day = 0.02 }\n\
           [field.b]\nplan = \"100 kb/d\"\ncontrol = \"state\"\n[market.m]\n\
           [link.la]\nfrom = \"a\"\nto = \"m\"\n[link.lb]\nfrom = \"b\"\nto = \"m\"\n\
           [quota.o]\ncap = \"150 kb/d\"\nfollow = \"comply\"\n";
    let hazard = "[hazard.z]\nhits = [\"link.la\"]\noccurs = { dates = [2026-01-11] }\nduration = \"10 d\"\n";
    let story = told(&model(&format!("{text}{hazard}")), 0);
    assert!(story.damaged_bbl > 0 && story.quota_cut_bbl > 0);
    let booked = story.delivered_bbl
        + story.stored_bbl
        + story.field_outage_bbl
        + story.damaged_bbl
        + story.quota_cut_bbl
        + story.shut_in_bbl;
    assert!((story.planned_bbl - booked).abs() <= 3);
    // Nothing is shut in if nothing goes wrong: what is cut for the quota then is not.
    let shut_in: i64 = story.shut_ins.iter().map(|time| time.volume_bbl).sum();
    assert!(
        (shut_in - story.shut_in_bbl).abs() <= 1,
        "{shut_in} {}",
        story.shut_in_bbl
    );

    let closure = "target = \"link.la\", from = 2026-01-11, for = \"10 d\"".to_owned();
    let played = crate::worlds::stress(&model(&text), &[closure]);
    let of_stress = [
        played.delivered_bbl,
        played.stored_bbl,
        played.field_outage_bbl,
        played.damaged_bbl,
        played.quota_cut_bbl,
        played.shut_in_bbl,
    ];
    let of_story = [
        story.delivered_bbl,
        story.stored_bbl,
        story.field_outage_bbl,
        story.damaged_bbl,
        story.quota_cut_bbl,
        story.shut_in_bbl,
    ];
    assert_eq!(of_stress, of_story);
    assert_eq!(played.time_to_shut_in_hours, Some(0.0));
}
