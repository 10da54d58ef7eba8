//! What takes time: detours that wait, oil under way, round trips.

use keruen::model::Collect;
use keruen::network::{barrels_in_line, slug_time};
use keruen::results::Stress;

use crate::worlds::{all_given, case, given, head, metric, model, rows, run, stress};

const DAY: i64 = 86_400;

/// Delivered rate from each day on, kb/d, where it changes.
fn deliveries(played: &Stress) -> Vec<(f64, i64)> {
    let mut found: Vec<(f64, i64)> = Vec::new();
    for epoch in &played.epochs {
        let rate = epoch.delivered_bpd / 1_000;
        if found.last().is_none_or(|&(_, before)| before != rate) {
            found.push((epoch.start_seconds as f64 / DAY as f64, rate));
        }
    }
    found
}

/// What is planned is delivered, held somewhere, or lost for a reason.
fn assert_closes(played: &Stress) {
    let booked =
        played.delivered_bbl + played.stored_bbl + played.field_outage_bbl + played.shut_in_bbl;
    let gap = played.planned_bbl - booked;
    assert!(gap.abs() <= 2, "{} planned, {booked}", played.planned_bbl);
}

#[test]
fn a_detour_helps_only_after_its_lag() {
    let case = case("08_field_dynamics");
    let of = |key: &str| given(&case, &format!("inputs.detour_lag.{key}"));
    let text = format!(
        "{}[field.oil]\nplan = \"{} kb/d\"\n[market.sea]\n\
         [link.main]\nfrom = \"oil\"\nto = \"sea\"\n\
         [link.detour]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"{} kb/d\"\ntariff = \"1 USD/bbl\"\n\
         lag = \"{} d\"\n",
        head("60 d"),
        of("plan_kbd"),
        of("detour_capacity_kbd"),
        of("lag_d"),
    );
    let outages = all_given(&case, "inputs.detour_lag.outage_d");
    let lost = all_given(&case, "expected.detour_lag.undelivered_kb");
    for (outage, lost) in outages.into_iter().zip(lost) {
        let closure = format!("target = \"link.main\", from = 2026-01-11, for = \"{outage} d\"");
        let played = stress(&model(&text), &[closure]);
        assert_eq!(played.lost_bbl, (lost * 1_000.0) as i64, "{outage} d");
        // The same as a hazard of a run.
        let hazard = format!(
            "{text}[hazard.outage]\nhits = [\"link.main\"]\noccurs = {{ dates = [2026-01-11] }}\n\
             duration = \"{outage} d\"\n"
        );
        let (_, kept) = rows(&model(&hazard), 2, Collect::All);
        let lost = (lost * 1_000.0) as i64;
        assert_eq!(kept.column("undelivered"), [lost, lost], "{outage} d");
    }
}

/// Main road of 100, two detours of 40 with a lag of 5 d; a base flow on the second.
const DETOURS: &str = "[field.oil]\nplan = \"100 kb/d\"\n[market.sea]\n\
     [link.main]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"90 kb/d\"\n\
     [link.a]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"40 kb/d\"\ntariff = \"2 USD/bbl\"\nlag = \"5 d\"\n\
     [link.b]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"40 kb/d\"\ntariff = \"1 USD/bbl\"\nlag = \"3 d\"\n";

fn closed(target: &str, from: u32, days: f64) -> String {
    format!("target = \"{target}\", from = 2026-01-{from:02}, for = \"{days} d\"")
}

#[test]
fn the_clock_of_a_lag_starts_again_when_the_need_ends() {
    let world = model(&format!("{}{DETOURS}", head("30 d")));
    let played = stress(
        &world,
        &[
            closed("link.main", 2, 2.0),
            closed("link.main", 5, 6.0),
            closed("link.main", 21, 3.0),
        ],
    );
    // Usually `b` carries 10; it may carry 40 from the third day of the second outage, `a` 40 from
    // its fifth, and after the outage both wait anew.
    assert_eq!(
        deliveries(&played),
        [
            (0.0, 100),
            (1.0, 10),
            (3.0, 100),
            (4.0, 10),
            (7.0, 40),
            (9.0, 80),
            (10.0, 100),
            (20.0, 10),
            (23.0, 100),
        ]
    );
    assert_closes(&played);
}

#[test]
fn what_is_nominated_does_not_wait_and_a_link_may_be_used_against_its_direction() {
    let nominated = DETOURS.replace("lag = \"5 d\"", "lag = \"5 d\"\nnomination = \"30 kb/d\"");
    let world = model(&format!("{}{nominated}", head("30 d")));
    let played = stress(&world, &[closed("link.main", 2, 10.0)]);
    // The nomination beats cost, so that `a` usually carries 30 and `b` nothing.
    assert_eq!(
        deliveries(&played),
        [(0.0, 100), (1.0, 30), (4.0, 70), (6.0, 80), (11.0, 100)]
    );

    // From b to a when nothing goes wrong, on a link that is written from a to b.
    let world = model(&format!(
        "{}[field.oil]\nplan = \"50 kb/d\"\n[hub.a]\n[hub.b]\n[market.near]\ndemand = \"20 kb/d\"\nprice = \"9 USD/bbl\"\n[market.sea]\n\
         [link.in]\nfrom = \"oil\"\nto = \"b\"\n\
         [link.between]\nfrom = \"a\"\nto = \"b\"\ncapacity = \"60 kb/d\"\nboth_ways = true\nlag = \"4 d\"\n\
         [link.near]\nfrom = \"a\"\nto = \"near\"\n\
         [link.far]\nfrom = \"a\"\nto = \"sea\"\ntariff = \"5 USD/bbl\"\n\
         [link.sea]\nfrom = \"b\"\nto = \"sea\"\n",
        head("20 d")
    ));
    let played = stress(&world, &[closed("link.sea", 2, 10.0)]);
    // Usually 20 go from b to a, because the near market pays more; the other 30 have to wait.
    assert_eq!(deliveries(&played), [(0.0, 50), (1.0, 20), (5.0, 50)]);
    assert_closes(&played);
}

/// A field of 100 on a ship of five days.
fn shipped(more: &str, horizon: &str) -> String {
    format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\n[market.sea]\n\
         [link.ship]\nfrom = \"oil\"\nto = \"sea\"\ntransit_time = \"5 d\"\n{more}",
        head(horizon)
    )
}

#[test]
fn an_outage_is_felt_a_transit_time_later() {
    let world = model(&shipped("", "30 d"));
    let played = stress(&world, &[closed("link.ship", 2, 3.0)]);
    assert_eq!(deliveries(&played), [(0.0, 100), (6.0, 0), (9.0, 100)]);
    assert_eq!(played.delivered_bbl, 2_700_000);
    assert_eq!(played.shut_in_bbl, 300_000);
    assert_eq!(played.stored_bbl, 0);
    assert_closes(&played);
    // What is stored while the field is down is what is under way, less each day.
    let storing: Vec<i64> = played
        .epochs
        .iter()
        .map(|epoch| epoch.storing_bpd)
        .collect();
    assert_eq!(storing, [0, -100_000, 0, 100_000, 0]);
}

#[test]
fn an_outage_at_the_very_start_finds_the_sea_full() {
    let world = model(&shipped("", "30 d"));
    let played = stress(&world, &[closed("link.ship", 1, 2.0)]);
    assert_eq!(deliveries(&played), [(0.0, 100), (5.0, 0), (7.0, 100)]);
}

#[test]
fn the_horizon_cuts_what_is_under_way() {
    let hazard = "[hazard.outage]\nhits = [\"link.ship\"]\noccurs = { dates = [2026-01-27] }\nduration = \"2 d\"\n";
    let (run, kept) = rows(&model(&shipped(hazard, "30 d")), 1, Collect::All);
    // Two days are missing, and none of them at market yet.
    assert_eq!(kept.column("delivered"), [3_000_000]);
    assert_eq!(kept.column("stored"), [-200_000]);
    assert_eq!(kept.column("shut_in"), [200_000]);
    let result = &run.result;
    let mean = |metrics, name| metric(metrics, name).mean;
    assert_eq!(mean(&result.metrics, "in_transit"), Some(300_000.0));
    let ship = &result.links["ship"];
    assert_eq!(mean(ship, "in_transit"), Some(300_000.0));
    assert_eq!(mean(ship, "flow"), Some(2_800_000.0));
    assert_eq!(mean(&result.markets["sea"], "delivered"), Some(3_000_000.0));
}

#[test]
fn delays_add_up_along_a_way() {
    let text = format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\n[hub.port]\n[hub.strait]\n[market.sea]\n\
         [link.first]\nfrom = \"oil\"\nto = \"port\"\ntransit_time = \"2 d\"\n\
         [link.second]\nfrom = \"port\"\nto = \"strait\"\ntransit_time = \"36 h\"\n\
         [link.third]\nfrom = \"strait\"\nto = \"sea\"\n\
         [link.none]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"0 kb/d\"\n",
        head("20 d")
    );
    let world = model(&text);
    let played = stress(&world, &[closed("link.third", 3, 1.0)]);
    assert_eq!(deliveries(&played), [(0.0, 100), (5.5, 0), (6.5, 100)]);
    let hazard = "[hazard.late]\nhits = [\"link.first\"]\noccurs = { dates = [2026-01-18] }\nduration = \"9 d\"\n";
    let (run, _) = rows(&model(&format!("{text}{hazard}")), 1, Collect::All);
    // Nothing is sent in the last three days: what left in the half day before has entered the
    // second ship, with a day to go, and all before it has come.
    let on = |link: &str| metric(&run.result.links[link], "in_transit").mean;
    assert_eq!(on("first"), Some(0.0));
    assert_eq!(on("second"), Some(50_000.0));
    let all = metric(&run.result.metrics, "in_transit").mean;
    assert_eq!(all, Some(50_000.0));
}

#[test]
fn ways_of_different_length_meet_and_part_in_proportion() {
    // 60 by a ship of 4 d and 40 at once meet in a hub; from there 75 go to one market at once and
    // 25 to another by a ship of a day.
    let text = format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\n[hub.port]\n[market.east]\ndemand = \"75 kb/d\"\n\
         [market.west]\ndemand = \"25 kb/d\"\n\
         [link.slow]\nfrom = \"oil\"\nto = \"port\"\ncapacity = \"60 kb/d\"\ntransit_time = \"4 d\"\n\
         [link.fast]\nfrom = \"oil\"\nto = \"port\"\ncapacity = \"40 kb/d\"\n\
         [link.east]\nfrom = \"port\"\nto = \"east\"\n\
         [link.west]\nfrom = \"port\"\nto = \"west\"\ntransit_time = \"1 d\"\n",
        head("20 d")
    );
    // East gets 30 at once and 45 after 4 d, west 10 after 1 d and 15 after 5 d.
    let played = stress(&model(&text), &[closed("field.oil", 3, 2.0)]);
    assert_eq!(
        deliveries(&played),
        [
            (0.0, 100),
            (2.0, 70),
            (3.0, 60),
            (4.0, 90),
            (5.0, 100),
            (6.0, 55),
            (7.0, 40),
            (8.0, 85),
            (9.0, 100),
        ]
    );
    assert_closes(&played);
}

#[test]
fn a_tank_behind_a_ship_bridges_the_gap_in_arrivals() {
    let text = format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\n[hub.port]\ntank = {{ capacity = \"400 kb\", initial = 1.0 }}\n\
         [market.sea]\ndemand = \"100 kb/d\"\n\
         [link.ship]\nfrom = \"oil\"\nto = \"port\"\ntransit_time = \"5 d\"\n\
         [link.berth]\nfrom = \"port\"\nto = \"sea\"\n",
        head("30 d")
    );
    // No oil for six days: the tank lasts four of them, and the market sees that five days later.
    let played = stress(&model(&text), &[closed("field.oil", 3, 6.0)]);
    assert_eq!(deliveries(&played), [(0.0, 100), (11.0, 0), (13.0, 100)]);
    assert_closes(&played);
}

#[test]
fn a_fleet_is_a_capacity() {
    let with = |fleet: &str| {
        let world = model(&shipped(fleet, "365 d"));
        world.links[0].capacity.clone().expect("a fleet is a limit")
    };
    // 8 × 90 000 / 7 = 102 857.14…
    let steady = with("fleet = { ships = 8, parcel = \"90 kb\", round_trip = \"7 d\" }\n");
    assert_eq!(steady.first().0, 102_857);
    let less = with(
        "fleet = { ships = 8, parcel = \"90 kb\", round_trip = \"7 d\" }\ncapacity = \"100 kb/d\"\n",
    );
    assert_eq!(less.first().0, 100_000);
    // Longer trips in winter; tonnes by the grade.
    let seasons = with(
        "grade = \"g\"\nfleet = { ships = 5.5, parcel = \"12 kt\", round_trip = [\"8 d\", \"8 d\", \"6 d\", \"6 d\", \"6 d\", \"6 d\", \"6 d\", \"6 d\", \"6 d\", \"6 d\", \"6 d\", \"192 h\"] }\n\
         [grade.g]\nbbl_per_tonne = 7.5\n",
    );
    let rates: Vec<i64> = seasons.steps().iter().map(|step| step.1.0).collect();
    assert_eq!(rates, [61_875, 82_500, 61_875]);
    // Weather that makes the trip half as long again leaves two thirds.
    let hazard = "fleet = { ships = 8, parcel = \"90 kb\", round_trip = \"8 d\" }\n\
         [hazard.storm]\nhits = [\"link.ship\"]\noccurs = { dates = [2026-01-02] }\nduration = \"3 d\"\n\
         left = 0.6666666666666666\n";
    let found = run(&model(&shipped(hazard, "30 d")), 1);
    assert_eq!(
        metric(&found.result.metrics, "shut_in").mean,
        Some(3.0 * 40_000.0 + 27.0 * 10_000.0)
    );
}

#[test]
fn a_slug_moves_with_the_line() {
    let fill = barrels_in_line(0.98, 1_511.0);
    assert!((fill - 7_168_760.592).abs() < 0.001, "{fill}");
    let steady = slug_time(fill, &[(0.0, 1_300_000.0)]).expect("it arrives");
    assert!((steady - 5.514_431_225).abs() < 1e-9, "{steady}");
    let slower = slug_time(fill, &[(0.0, 1_300_000.0), (3.0, 700_000.0)]).expect("it arrives");
    assert!((slower - 7.669_657_989).abs() < 1e-9, "{slower}");
    assert_eq!(slug_time(fill, &[(0.0, 1_300_000.0), (3.0, 0.0)]), None);
}
