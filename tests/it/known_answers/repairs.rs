//! Repairs that wait, against chains of births and deaths and against paths computed by hand.

use keruen::model::{Collect, Model};
use keruen::sampling::{Timeline, Timelines};

use super::sample::Sample;
use crate::worlds::{case, entry, given, head, model, number, rows};

const HOUR: i64 = 3_600;

/// Moorings that fail one by one, repaired by a limited number of crews.
pub(crate) fn moorings(case: &toml::Table, more: &str) -> Model {
    let sizes = entry(case, "inputs.capacity_by_units_up_kbd");
    let sizes: Vec<f64> = sizes
        .as_array()
        .expect("a list")
        .iter()
        .map(number)
        .collect();
    model(&format!(
        "{}[field.oil]\nplan = \"{} kb/d\"\n[market.sea]\n\
         [link.spm]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"{} kb/d\"\n\
         units = {{ count = {}, each = \"{} kb/d\" }}\n\
         [crew.divers]\ncount = {}\n\
         [hazard.failure]\nhits = [\"link.spm\"]\ncrew = \"divers\"\n\
         occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"{} d\" }} }} }} }}\n\
         duration = {{ exponential = {{ mean = \"{repair} d\" }} }}\n{more}",
        head(&format!("{} d", given(case, "inputs.horizon_d"))),
        given(case, "inputs.plan_kbd"),
        sizes[2],
        given(case, "inputs.units"),
        sizes[1],
        given(case, "inputs.crews"),
        given(case, "inputs.mean_up_per_unit_d"),
        repair = given(case, "inputs.mean_repair_d"),
    ))
}

#[test]
fn moorings_that_wait_for_one_crew_lose_the_exact_volume() {
    let case = case("04_mooring_group");
    let of = |key: &str| {
        given(
            &case,
            &format!("expected.crews_limited.annual_all_up_start.{key}"),
        )
    };
    let (_, kept) = rows(&moorings(&case, ""), 20_000, Collect::System);
    Sample::of(&kept.column("undelivered")).assert(
        "undelivered",
        of("mean_unexported_kb") * 1_000.0,
        of("sd_unexported_kb") * 1_000.0,
    );
}

/// A common cause that takes two moorings at once, for [`moorings`].
pub(crate) fn shock(case: &toml::Table) -> String {
    format!(
        "[hazard.shock]\nhits = [\"link.spm\"]\ncrew = \"divers\"\noverlap = \"ignore\"\n\
         scope = {{ some = {} }}\nshared_duration = false\n\
         occurs = {{ poisson = {{ rate = \"{} /d\" }} }}\n\
         duration = {{ exponential = {{ mean = \"{} d\" }} }}\n",
        given(case, "inputs.common_cause.units_hit"),
        1.0 / given(case, "inputs.common_cause.mean_interval_d"),
        given(case, "inputs.mean_repair_d"),
    )
}

#[test]
fn a_shock_takes_two_of_the_moorings_that_are_up() {
    let case = case("04_mooring_group");
    let of = |key: &str| {
        let path = "expected.crews_limited_with_shock.annual_all_up_start";
        given(&case, &format!("{path}.{key}"))
    };
    let (_, kept) = rows(&moorings(&case, &shock(&case)), 20_000, Collect::System);
    Sample::of(&kept.column("undelivered")).assert(
        "undelivered",
        of("mean_unexported_kb") * 1_000.0,
        of("sd_unexported_kb") * 1_000.0,
    );
}

/// Two lines and what a hazard does to them: beginnings and ends in hours, by line.
fn path(hazards: &str) -> Vec<(String, i64, i64, f64)> {
    let model = model(&format!(
        "{}[field.oil]\nplan = \"2 kb/d\"\n[market.sea]\n\
         [link.a]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"1 kb/d\"\n\
         [link.b]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"1 kb/d\"\n\
         [link.c]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"1 kb/d\"\n{hazards}",
        head("60 d")
    ));
    let timelines = Timelines::new(&model, &model.hazards, 1, 0);
    let mut timeline = Timeline::default();
    timelines.sample(0, &mut timeline);
    let mut found: Vec<(String, i64, i64, f64)> = timeline
        .disruptions()
        .iter()
        .map(|hit| {
            let id = model.hazards[hit.hazard as usize].id.clone();
            (id, hit.start.0 / HOUR, hit.end.0 / HOUR, hit.left.get())
        })
        .collect();
    found.sort_by(|a, b| (a.1, &a.0).cmp(&(b.1, &b.0)));
    found
}

fn hazard(id: &str, hits: &str, dates: &str, duration: &str, more: &str) -> String {
    format!(
        "[hazard.{id}]\nhits = [\"link.{hits}\"]\nduration = \"{duration}\"\n\
         occurs = {{ dates = [{dates}] }}\n{more}\n"
    )
}

fn spans(found: &[(String, i64, i64, f64)], id: &str) -> Vec<(i64, i64)> {
    let own = found.iter().filter(|(hazard, ..)| hazard == id);
    own.map(|&(_, from, until, _)| (from, until)).collect()
}

#[test]
fn crews_serve_who_came_first_after_mobilising() {
    let crew = "crew = \"divers\"\nmobilisation = \"12 h\"";
    let found = path(&format!(
        "[crew.divers]\n{}{}",
        hazard("one", "a", "2026-01-02", "24 h", crew),
        hazard("two", "b", "2026-01-02T06:00:00Z", "24 h", crew),
    ));
    // The first is done after 12 + 24 hours; only then does the crew set out for the second.
    assert_eq!(spans(&found, "one"), [(24, 60)]);
    assert_eq!(spans(&found, "two"), [(30, 96)]);
}

#[test]
fn spare_parts_are_waited_for_once_the_shelf_is_empty() {
    let spares = "spares = { stock = 1, lead = \"5 d\" }\nmobilisation = \"1 d\"";
    let dates = "2026-01-02, 2026-01-04, 2026-01-20";
    let found = path(&hazard("one", "a", dates, "24 h", spares));
    // From the shelf; from the order of the first, 5 days after it; from the shelf again.
    assert_eq!(spans(&found, "one"), [(24, 72), (72, 168), (456, 504)]);
}

#[test]
fn work_stands_still_while_the_weather_is_bad() {
    let found = path(&format!(
        "{}{}",
        hazard("storm", "b", "2026-01-03, 2026-01-05", "12 h", ""),
        hazard("one", "a", "2026-01-02", "72 h", "stops_for = [\"storm\"]"),
    ));
    assert_eq!(spans(&found, "one"), [(24, 24 + 72 + 24)]);
}

#[test]
fn planned_work_waits_until_the_others_are_up_and_is_called_off_when_one_fails() {
    let floating = "class = \"maintenance\"\n\
        floating = { within = \"10 d\", unless = [\"failure\"], recall = \"2 d\" }";
    let failure = |dates: &str| hazard("failure", "b", dates, "4 d", "");
    let work = hazard("work", "a", "2026-01-03", "20 d", floating);
    // Day 2 to 22; what comes later does not matter.
    let found = path(&format!("{work}{}", failure("2026-02-10")));
    assert_eq!(spans(&found, "work"), [(48, 528)]);
    // The other is down from day 1 to 5: it begins on day 5.
    let found = path(&format!("{work}{}", failure("2026-01-02")));
    assert_eq!(spans(&found, "work"), [(120, 600)]);
    // The other fails on day 9: called off, over two days later.
    let found = path(&format!("{work}{}", failure("2026-01-10")));
    assert_eq!(spans(&found, "work"), [(48, 264)]);
    // The other is down for longer than it can wait.
    let found = path(&format!(
        "{work}{}",
        failure("2026-01-02, 2026-01-05, 2026-01-08, 2026-01-11")
    ));
    assert_eq!(spans(&found, "work"), []);
}

#[test]
fn planned_work_that_stops_in_bad_weather_waits_and_is_called_off_all_the_same() {
    let work = hazard(
        "work",
        "a",
        "2026-01-03",
        "20 d",
        "stops_for = [\"storm\"]\nfloating = { within = \"10 d\", unless = [\"failure\"], recall = \"2 d\" }",
    );
    let others = |failure: &str| {
        let failure = hazard("failure", "b", failure, "4 d", "");
        let storm = hazard("storm", "c", "2026-01-12", "1 d", "");
        path(&format!("{work}{failure}{storm}"))
    };
    // From day 2, a day longer for the storm; from day 5, when the other is up again; called off
    // on day 14, two days after the other failed.
    assert_eq!(spans(&others("2026-02-10"), "work"), [(48, 552)]);
    assert_eq!(spans(&others("2026-01-02"), "work"), [(120, 624)]);
    assert_eq!(spans(&others("2026-01-13"), "work"), [(48, 336)]);
}

#[test]
fn a_disruption_passes_through_its_stages_and_may_end_early() {
    let stages = "left = 0.1\ndelay = \"6 h\"\n\
        then = [{ duration = \"48 h\", left = 0.5 }, { duration = \"24 h\", left = 0.9 }]";
    let found = path(&hazard("one", "a", "2026-01-02", "24 h", stages));
    let one = |from, until, left| ("one".to_owned(), from, until, left);
    assert_eq!(
        found,
        [one(30, 54, 0.1), one(54, 102, 0.5), one(102, 126, 0.9)]
    );
    let reversal = format!("{stages}\nreversal = {{ chance = 1.0, after = \"60 h\" }}");
    let found = path(&hazard("one", "a", "2026-01-02", "24 h", &reversal));
    assert_eq!(found, [one(30, 54, 0.1), one(54, 90, 0.5)]);
}

#[test]
fn a_consequence_lasts_as_long_as_its_cause_and_its_own_time_longer() {
    let after = "[hazard.pump]\nhits = [\"link.b\"]\nduration = \"6 h\"\ndelay = \"1 h\"\n\
        occurs = { after = { hazard = \"power\", lasts = \"as-cause\" } }\n";
    let power = hazard("power", "a", "2026-01-02, 2026-01-10", "24 h", "");
    let found = path(&format!("{power}{after}"));
    assert_eq!(spans(&found, "pump"), [(25, 54), (217, 246)]);
}

#[test]
fn averted_events_do_not_happen() {
    let dates: Vec<String> = (2..=30).map(|day| format!("2026-01-{day:02}")).collect();
    let dates = dates.join(", ");
    let all = path(&hazard("one", "a", &dates, "1 h", ""));
    let some = path(&hazard("one", "a", &dates, "1 h", "averted = 0.5"));
    assert_eq!(all.len(), 29);
    assert!((5..25).contains(&some.len()), "{} left of 29", some.len());
    assert!(some.iter().all(|hit| all.contains(hit)));
    assert!(path(&hazard("one", "a", &dates, "1 h", "averted = 1.0")).is_empty());
}

#[test]
fn a_chance_may_concern_a_single_target() {
    let dates: Vec<String> = (2..=30).map(|day| format!("2026-01-{day:02}")).collect();
    let chance = "scope = \"all\"\nchance = 0.5";
    let hits = path(&hazard("one", "a", &dates.join(", "), "1 h", chance)).len();
    assert!((5..25).contains(&hits), "{hits} hits of 29");
}

#[test]
fn targets_with_durations_of_their_own_keep_to_cause_and_recall() {
    let own = "scope = \"all\"\nshared_duration = false";
    let power = hazard("power", "a", "2026-01-02", "24 h", "");
    for (duration, end) in [("", 48), ("duration = \"6 h\"\n", 54)] {
        let after = format!(
            "[hazard.pump]\nhits = [\"link.b\", \"link.c\"]\n{duration}{own}\n\
             occurs = {{ after = {{ hazard = \"power\", lasts = \"as-cause\" }} }}\n"
        );
        let found = path(&format!("{power}{after}"));
        assert_eq!(spans(&found, "pump"), [(24, end); 2]);
    }
    let work = format!(
        "[hazard.work]\nhits = [\"link.b\", \"link.c\"]\nduration = \"20 d\"\n{own}\n\
         occurs = {{ dates = [2026-01-03] }}\n\
         floating = {{ within = \"10 d\", unless = [\"failure\"], recall = \"2 d\" }}\n"
    );
    let failure = hazard("failure", "a", "2026-01-10", "4 d", "");
    let found = path(&format!("{work}{failure}"));
    assert_eq!(spans(&found, "work"), [(48, 264); 2]);
}

#[test]
fn work_on_what_has_failed_need_not_wait_for_any_part_of_the_failure() {
    let floating = "floating = { within = \"60 d\", unless = [\"failure\"] }";
    let parts = "then = [{ duration = \"5 d\", left = 0.5 }]";
    let found = path(&format!(
        "{}{}",
        hazard("failure", "a", "2026-01-02", "5 d", parts),
        hazard("work", "a", "2026-01-03", "2 d", floating),
    ));
    assert_eq!(spans(&found, "work"), [(48, 96)]);
}

#[test]
fn repairs_of_a_target_queue_while_others_are_repaired_too() {
    let crew = "crew = \"divers\"";
    let found = path(&format!(
        "[crew.divers]\ncount = 3\n{}{}",
        hazard("one", "a", "2026-01-02", "10 d", crew),
        hazard("two", "b", "2026-01-03, 2026-01-05", "10 d", crew),
    ));
    assert_eq!(spans(&found, "one"), [(24, 264)]);
    assert_eq!(spans(&found, "two"), [(48, 288), (96, 528)]);
}

#[test]
fn overlapping_events_count_in_the_order_in_which_they_take_effect() {
    let played = |overlap: &str| {
        let dates: Vec<String> = (1..=30).map(|day| format!("2026-01-{day:02}")).collect();
        let delay = "delay = { uniform = { low = \"1 h\", high = \"25 d\" } }";
        let more = format!("{delay}\noverlap = \"{overlap}\"");
        let found = path(&hazard("one", "a", &dates.join(", "), "36 h", &more));
        spans(&found, "one")
    };
    let all = played("union");
    let (mut queued, mut kept, mut free) = (Vec::new(), Vec::new(), 0);
    for &(from, until) in &all {
        free = free.max(from) + (until - from);
        queued.push(free);
        if kept.last().is_none_or(|&(_, end)| from >= end) {
            kept.push((from, until));
        }
    }
    assert_eq!(played("ignore"), kept);
    let ends: Vec<i64> = played("queue").iter().map(|&(_, end)| end).collect();
    assert!(
        ends.iter()
            .zip(&queued)
            .all(|(end, due)| (end - due).abs() <= 1)
    );
}

#[test]
fn consequences_of_several_causes_have_luck_of_their_own() {
    let dates: Vec<String> = (2..=30).map(|day| format!("2026-01-{day:02}")).collect();
    let dates = dates.join(", ");
    let found = path(&format!(
        "[hazard.power]\nhits = [\"link.a\", \"link.b\"]\nduration = \"1 h\"\n\
         occurs = {{ dates = [{dates}] }}\n\
         [hazard.pump]\nhits = [\"link.c\"]\nscope = \"all\"\nchance = 0.5\nduration = \"1 h\"\n\
         occurs = {{ after = {{ hazard = \"power\" }} }}\n"
    ));
    // With one luck for both, every day would have none or two.
    let alone = |&(from, _): &(i64, i64)| {
        spans(&found, "pump")
            .iter()
            .filter(|other| other.0 == from)
            .count()
            == 1
    };
    assert!(spans(&found, "pump").iter().any(alone));
}

#[test]
fn every_part_lasts_its_own_time_on_each_target_or_the_same_on_all() {
    let lasts = |more: &str| {
        let found = path(&format!(
            "[hazard.one]\nhits = [\"link.a\", \"link.b\"]\nscope = \"all\"\n{more}\n\
             duration = \"24 h\"\noccurs = {{ dates = [2026-01-02] }}\n\
             then = [{{ duration = {{ exponential = {{ mean = \"5 d\" }} }}, left = 0.5 }}]\n"
        ));
        let second = found.iter().filter(|&&(_, from, ..)| from == 48);
        second.map(|&(_, _, until, _)| until).collect::<Vec<_>>()
    };
    let together = lasts("");
    assert_eq!(together[0], together[1]);
    let apart = lasts("shared_duration = false");
    assert_ne!(apart[0], apart[1]);
}

/// The rule looks at each target for itself.
#[test]
fn an_event_on_one_target_does_not_wait_for_another() {
    let two = |rule: &str| {
        path(&format!(
            "[hazard.one]\nhits = [\"link.a\", \"link.b\"]\nscope = \"all\"\nchance = 0.5\noverlap = \"{rule}\"\n\
             duration = \"30 d\"\noccurs = {{ dates = [2026-01-02, 2026-01-03, 2026-01-04, 2026-01-05, 2026-01-06] }}\n"
        ))
    };
    // As many as are hit, whatever the rule; only each target's own events meet.
    let union = spans(&two("union"), "one");
    let ignore = spans(&two("ignore"), "one");
    let queue = spans(&two("queue"), "one");
    assert!(
        union.len() > ignore.len() && ignore.len() == 2,
        "{union:?} {ignore:?}"
    );
    assert_eq!(
        queue.iter().filter(|(from, _)| *from < 24 * 30).count(),
        2,
        "{queue:?}"
    );
    for (from, until) in ignore {
        assert!(union.contains(&(from, until)) && queue.contains(&(from, until)));
    }
}

/// What lasts beyond all measure ends at the horizon, whatever waits for it.
#[test]
fn times_beyond_all_measure_do_no_harm() {
    let factors = ["1e300"; 12].join(", ");
    let dates = "2026-01-02, 2026-01-03, 2026-01-04";
    let season = format!("duration_season = [{factors}]");
    let alone = path(&hazard("one", "a", dates, "1000000 yr", &season));
    assert_eq!(spans(&alone, "one"), [(24, 1440), (48, 1440), (72, 1440)]);
    let crew = format!("crew = \"divers\"\nmobilisation = \"1000000 yr\"\n{season}");
    let waiting = path(&format!(
        "[crew.divers]\n{}",
        hazard("one", "a", dates, "1000000 yr", &crew)
    ));
    assert_eq!(spans(&waiting, "one"), [(24, 1440), (48, 1440), (72, 1440)]);
}
