//! What happens elsewhere changes nothing here: rules look again when something of theirs changes, not when anything
//! does.

use keruen::model::{Collect, Model};
use proptest::prelude::*;

use crate::field_worlds::{keys, with_keys};
use crate::properties::cases;
use crate::random_worlds::networks_with_tanks;
use crate::worlds::{head, model, rows};

/// A field and a market of their own.
const ELSEWHERE: &str = "[field.elsewhere]\nplan = \"10 kb/d\"\n[market.other]\ndemand = \"5 kb/d\"\n\
     [link.apart]\nfrom = \"elsewhere\"\nto = \"other\"\ncapacity = \"10 kb/d\"\n";

/// An hour each day in which a tenth of a link that is never full is gone.
const IDLE: &str = "[hazard.idle]\nhits = [\"link.apart\"]\nduration = \"1 h\"\nleft = 0.9\n\
     occurs = { every = { period = \"1 d\", first = 2026-01-02 } }\n";

/// Delivered and shut in, kb, in the first future.
fn played(model: &Model) -> [f64; 2] {
    let (_, kept) = rows(model, 2, Collect::Markets);
    ["delivered", "shut_in"].map(|name| kept.column(name)[0] as f64 / 1_000.0)
}

/// The same with nothing elsewhere, and with something that happens there each day.
fn both(text: &str) -> [[f64; 2]; 2] {
    ["", IDLE].map(|idle| played(&model(&format!("{text}{ELSEWHERE}{idle}"))))
}

/// A detour with a lag, and a tank behind it: need begins with the outage on day 10, whatever the tank holds, so the
/// detour opens on day 20, five days after the tank's 1 000 kb have gone; and it stays open while it fills the tank.
#[test]
fn stock_does_not_end_the_need_of_a_detour() {
    let text = format!(
        "{}[field.a]\nplan = \"300 kb/d\"\n[hub.h]\ntank = {{ capacity = \"1000 kb\" }}\n\
         [market.m]\ndemand = \"200 kb/d\"\n\
         [link.main]\nfrom = \"a\"\nto = \"h\"\ncapacity = \"300 kb/d\"\n\
         [link.detour]\nfrom = \"a\"\nto = \"h\"\ncapacity = \"300 kb/d\"\ntariff = \"5 USD/bbl\"\nlag = \"10 d\"\n\
         [link.out]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"400 kb/d\"\n\
         [hazard.down]\nhits = [\"link.main\"]\noccurs = {{ dates = [2026-01-11] }}\nduration = \"80 d\"\n",
        head("100 d")
    );
    let [quiet, busy] = both(&text);
    assert_eq!(
        quiet,
        [
            500.0 + 200.0 * 95.0,
            500.0 + 300.0 * 100.0 - 19_000.0 - 1_000.0
        ]
    );
    assert_eq!(quiet, busy);
}

/// The way is down from day 10 on. A small detour opens on day 12, a large and cheaper one on day 20, and at that instant
/// the small one helps no more. So when the large one fails on day 25 for three days, the small one opens on day 27
/// again, and the large one on day 38.
#[test]
fn a_detour_that_opens_ends_the_need_of_another() {
    let text = format!(
        "{}[field.a]\nplan = \"200 kb/d\"\n[market.m]\n\
         [link.main]\nfrom = \"a\"\nto = \"m\"\n\
         [link.b-small]\nfrom = \"a\"\nto = \"m\"\ncapacity = \"130 kb/d\"\ntariff = \"8 USD/bbl\"\nlag = \"2 d\"\n\
         [link.c-large]\nfrom = \"a\"\nto = \"m\"\ncapacity = \"400 kb/d\"\ntariff = \"5 USD/bbl\"\nlag = \"10 d\"\n\
         [hazard.down]\nhits = [\"link.main\"]\noccurs = {{ dates = [2026-01-11] }}\nduration = \"80 d\"\n\
         [hazard.too]\nhits = [\"link.c-large\"]\noccurs = {{ dates = [2026-01-26] }}\nduration = \"3 d\"\n",
        head("40 d")
    );
    let [quiet, busy] = both(&text);
    let delivered = 200.0 * (10.0 + 5.0 + 2.0) + 130.0 * (8.0 + 11.0);
    let elsewhere = 5.0 * 40.0;
    assert_eq!(
        quiet,
        [delivered + elsewhere, 200.0 * 40.0 - delivered + elsewhere]
    );
    assert_eq!(quiet, busy);
}

/// One way for 400 kb/d. The cheaper field takes 290, and the other would need 168. After the outage of day 2 the cheaper one
/// waits for three days; meanwhile the way is free, so the other waits for one and produces 210 for two, until it has to go.
#[test]
fn what_one_that_waits_leaves_another_may_use() {
    let text = format!(
        "{}[field.cheap]\nplan = \"290 kb/d\"\nmin_stable = \"58 kb/d\"\ndead_time = \"3 d\"\n\
         [field.dear]\nplan = \"210 kb/d\"\nmin_stable = \"168 kb/d\"\ndead_time = \"1 d\"\n\
         [hub.h]\n[market.m]\n[link.cheap]\nfrom = \"cheap\"\nto = \"h\"\n\
         [link.dear]\nfrom = \"dear\"\nto = \"h\"\ntariff = \"1 USD/bbl\"\n\
         [link.out]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"400 kb/d\"\n\
         [hazard.x]\nhits = [\"hub.h\"]\noccurs = {{ dates = [2026-01-03] }}\nduration = \"1 d\"\n",
        head("20 d")
    );
    let [quiet, busy] = both(&text);
    let delivered = 290.0 * (2.0 + 14.0) + 210.0 * 2.0;
    let elsewhere = 5.0 * 20.0;
    assert_eq!(
        quiet,
        [delivered + elsewhere, 500.0 * 20.0 - delivered + elsewhere]
    );
    assert_eq!(quiet, busy);
}

/// One way for 120 kb/d. The cheaper field would need 135 and never runs; it must not keep the other from beginning again one
/// day after the outage of day 2, either.
#[test]
fn one_that_cannot_run_keeps_no_other_from_it() {
    let text = format!(
        "{}[field.cheap]\nplan = \"270 kb/d\"\nmin_stable = \"135 kb/d\"\ndead_time = \"1 d\"\n\
         [field.dear]\nplan = \"150 kb/d\"\ndead_time = \"1 d\"\n\
         [hub.h]\n[market.m]\n[link.cheap]\nfrom = \"cheap\"\nto = \"h\"\n\
         [link.dear]\nfrom = \"dear\"\nto = \"h\"\ntariff = \"1 USD/bbl\"\n\
         [link.out]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"120 kb/d\"\n\
         [hazard.x]\nhits = [\"hub.h\"]\noccurs = {{ dates = [2026-01-03] }}\nduration = \"1 d\"\n",
        head("20 d")
    );
    let [quiet, busy] = both(&text);
    let delivered = 120.0 * (2.0 + 16.0) + 5.0 * 20.0;
    assert_eq!(quiet, [delivered, 430.0 * 20.0 - delivered]);
    assert_eq!(quiet, busy);
}

/// One way for 120 kb/d, of which the cheaper field can reach 100. That leaves 20 for the other, farthest from its least rate of
/// 96; but 100 are too little for the cheaper one, too, and once it is off there is enough for the other.
#[test]
fn one_turned_off_for_another_that_is_turned_off_goes_on() {
    let text = format!(
        "{}[field.cheap]\nplan = \"150 kb/d\"\nmin_stable = \"120 kb/d\"\n\
         [field.dear]\nplan = \"120 kb/d\"\nmin_stable = \"96 kb/d\"\n\
         [hub.h]\n[market.m]\n[link.cheap]\nfrom = \"cheap\"\nto = \"h\"\ncapacity = \"100 kb/d\"\n\
         [link.dear]\nfrom = \"dear\"\nto = \"h\"\ntariff = \"1 USD/bbl\"\n\
         [link.out]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"120 kb/d\"\n",
        head("20 d")
    );
    let [quiet, busy] = both(&text);
    let delivered = 120.0 * 20.0 + 5.0 * 20.0;
    assert_eq!(quiet, [delivered, 280.0 * 20.0 - delivered]);
    assert_eq!(quiet, busy);
}

/// Of 100 kb in a tank 60 are light and gone after 1.5 d, when the link with a lag carries no more than nothing any more. That is
/// no need; it begins on day 2.5 with the outage of the other way, whatever happens elsewhere, so the link opens on day 4.5.
#[test]
fn stock_of_a_grade_that_ends_begins_no_need() {
    let text = format!(
        "{}[grade.light]\nbbl_per_tonne = 8.0\n[grade.heavy]\nbbl_per_tonne = 7.5\n\
         [field.a]\nplan = \"60 kb/d\"\ngrade = \"light\"\n[field.b]\nplan = \"40 kb/d\"\ngrade = \"heavy\"\n\
         [hub.h]\ntank = {{ capacity = \"2000 kb\", initial = 0.05 }}\n\
         [market.light]\ngrades = [\"light\"]\n[market.heavy]\ngrades = [\"heavy\"]\n\
         [link.a]\nfrom = \"a\"\nto = \"h\"\n[link.b]\nfrom = \"b\"\nto = \"h\"\n\
         [link.usual]\nfrom = \"h\"\nto = \"light\"\ncapacity = \"60 kb/d\"\n\
         [link.detour]\nfrom = \"h\"\nto = \"light\"\ncapacity = \"40 kb/d\"\ntariff = \"5 USD/bbl\"\nlag = \"2 d\"\n\
         [link.heavy]\nfrom = \"h\"\nto = \"heavy\"\ncapacity = \"41 kb/d\"\n\
         [hazard.x]\nhits = [\"link.usual\"]\noccurs = {{ dates = [2026-01-03T12:00:00Z] }}\nduration = \"10 d\"\n",
        head("12 d")
    );
    let [quiet, busy] = both(&text);
    let light = 100.0 * 1.5 + 60.0 + 40.0 * (12.0 - 4.5);
    assert!(
        (quiet[0] - (60.0 + 41.0 * 12.0 + light)).abs() < 0.01,
        "{quiet:?}"
    );
    assert!((quiet[0] - busy[0]).abs() < 0.01, "{quiet:?} {busy:?}");
}

/// The same of a tank as a whole, which holds what lasts for 1.5 d.
#[test]
fn stock_that_ends_begins_no_need() {
    let text = format!(
        "{}[field.a]\nplan = \"60 kb/d\"\n[hub.h]\ntank = {{ capacity = \"2000 kb\", initial = 0.03 }}\n[market.m]\n\
         [link.a]\nfrom = \"a\"\nto = \"h\"\n[link.usual]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"60 kb/d\"\n\
         [link.detour]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"40 kb/d\"\ntariff = \"5 USD/bbl\"\nlag = \"2 d\"\n\
         [hazard.x]\nhits = [\"link.usual\"]\noccurs = {{ dates = [2026-01-03T12:00:00Z] }}\nduration = \"10 d\"\n",
        head("12 d")
    );
    let [quiet, busy] = both(&text);
    assert_eq!(quiet[0], 60.0 + 100.0 * 1.5 + 60.0 + 40.0 * (12.0 - 4.5));
    assert_eq!(quiet, busy);
}

/// After an outage a full tank drains through a link that usually carries no more than its field: that needs the lag.
#[test]
fn stock_alone_may_need_a_link() {
    let text = format!(
        "{}[field.a]\nplan = \"100 kb/d\"\n[hub.h]\ntank = {{ capacity = \"1000 kb\" }}\n[market.m]\n\
         [link.in]\nfrom = \"a\"\nto = \"h\"\n\
         [link.out]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"300 kb/d\"\nlag = \"4 d\"\n\
         [hazard.down]\nhits = [\"link.out\"]\noccurs = {{ dates = [2026-01-11] }}\nduration = \"5 d\"\n",
        head("30 d")
    );
    // 500 kb in store on day 15; from day 19 on 200 kb/d of it go.
    let [quiet, busy] = both(&text);
    assert_eq!(quiet, [150.0 + 3_000.0, 150.0]);
    assert_eq!(quiet, busy);
}

/// What is due to a class before others counts, though as much is delivered in all.
#[test]
fn a_detour_is_needed_for_whom_is_served_first() {
    let text = format!(
        "{}[field.a]\nplan = \"100 kb/d\"\n\
         [market.home]\npriority = 1\ndemand = \"50 kb/d\"\nexport = false\n[market.m]\npriority = 2\n\
         [link.main]\nfrom = \"a\"\nto = \"home\"\ncapacity = \"100 kb/d\"\n\
         [link.detour]\nfrom = \"a\"\nto = \"home\"\ncapacity = \"100 kb/d\"\ntariff = \"5 USD/bbl\"\nlag = \"12 d\"\n\
         [link.out]\nfrom = \"a\"\nto = \"m\"\n\
         [hazard.down]\nhits = [\"link.main\"]\noccurs = {{ dates = [2026-01-11] }}\nduration = \"50 d\"\n",
        head("80 d")
    );
    let result = crate::worlds::run(&model(&text), 1).result;
    let home = crate::worlds::metric(&result.markets["home"], "delivered").mean;
    assert_eq!(home, Some((80.0 - 12.0) * 50e3));
}

/// Between two tanks the link is needed for stock alone. What it has brought into the second ends no need while the first has
/// more: so it stays open from day 2 + 12 on, until all that was there is sold.
#[test]
fn stock_that_a_link_has_brought_does_not_close_it() {
    let text = format!(
        "{}[hub.a]\ntank = {{ capacity = \"1000 kb\", initial = 1.0 }}\n[hub.b]\ntank = {{ capacity = \"500 kb\" }}\n\
         [market.m]\ndemand = \"50 kb/d\"\n\
         [link.k]\nfrom = \"a\"\nto = \"b\"\ncapacity = \"100 kb/d\"\nlag = \"2 d\"\n\
         [link.o]\nfrom = \"b\"\nto = \"m\"\n\
         [hazard.x]\nhits = [\"link.k\"]\noccurs = {{ dates = [2026-01-02] }}\nduration = \"11 d\"\n",
        head("60 d")
    );
    let [quiet, busy] = both(&text);
    assert_eq!(quiet, [1_000.0 + 300.0, 300.0]);
    assert_eq!(quiet, busy);
}

/// A full tank keeps a field of at least 120 kb/d in rounds: 110 kb/d drain, so a day's 10 kb are free after 10 / 110 d; then
/// 240 go in and 200 out, and the tank is full again. It is the same after the way out was closed for 30 hours, as the tank
/// is full when it opens again.
#[test]
fn a_full_tank_that_begins_to_drain_is_looked_at_again() {
    let text = format!(
        "{}[field.b]\nplan = \"90 kb/d\"\npriority = 1\n[field.a]\nplan = \"150 kb/d\"\nmin_stable = \"120 kb/d\"\n\
         [hub.h]\ntank = {{ capacity = \"2500 kb\", initial = 1.0 }}\n[market.m]\n\
         [link.b]\nfrom = \"b\"\nto = \"h\"\n[link.a]\nfrom = \"a\"\nto = \"h\"\n\
         [link.o]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"200 kb/d\"\n\
         [hazard.x]\nhits = [\"link.o\"]\noccurs = {{ dates = [2026-01-20T15:00:00Z] }}\nduration = \"30 h\"\n",
        head("30 d")
    );
    let [quiet, busy] = both(&text);
    // The way out is always full while it is open, and the tank never short of more than 10 kb.
    assert_eq!(quiet[0], 150.0 + 200.0 * 28.75);
    let [planned, delivered] = [240.0 * 30.0, 200.0 * 28.75];
    assert!(
        (quiet[1] - 150.0 - (planned - delivered)).abs() < 10.0,
        "{quiet:?}"
    );
    assert!((quiet[1] - busy[1]).abs() < 0.5, "{quiet:?} {busy:?}");
}

/// A field of which at least 60 of 100 kb/d have to run, behind a tank of 500 kb and an outlet of 30 for 80 days: once
/// the tank is full the field stands still until a day's 30 kb/d find room, and for its dead time of two days more;
/// then 90 kb of room last for 9/7 d. Then the same again.
#[test]
fn a_field_begins_again_when_there_is_room_for_a_day() {
    let text = format!(
        "{}[field.a]\nplan = \"100 kb/d\"\nmin_stable = \"60 kb/d\"\ndead_time = \"2 d\"\n\
         [hub.h]\ntank = {{ capacity = \"500 kb\" }}\n[market.m]\n\
         [link.main]\nfrom = \"a\"\nto = \"h\"\ncapacity = \"300 kb/d\"\n\
         [link.out]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"100 kb/d\"\n\
         [hazard.down]\nhits = [\"link.out\"]\noccurs = {{ dates = [2026-01-11] }}\nduration = \"80 d\"\nleft = 0.3\n",
        head("90 d")
    );
    let [quiet, busy] = both(&text);
    // Full after 500 / 70 d, then 510 / 7 d in rounds of 3 + 9 / 7 d = 30 / 7 d, of which 3 d are lost.
    let lost = 17.0 * 3.0 * 100.0;
    assert!((quiet[1] - lost - 450.0).abs() < 0.1, "{quiet:?}");
    assert!(
        (quiet[1] - busy[1]).abs() < 0.2 && quiet[0] == busy[0],
        "{quiet:?} {busy:?}"
    );
}

/// The dead time of a field runs from day 4 on, when its link is back, though meanwhile the tank, which another field fills first, has
/// no longer room for what both would send in a day: it is not full, so the field is back on day 6.
#[test]
fn a_dead_time_that_runs_is_not_ended_by_a_tank_with_room() {
    let text = format!(
        "{}[field.a]\nplan = \"100 kb/d\"\ndead_time = \"2 d\"\n[field.b]\nplan = \"160 kb/d\"\npriority = 1\n\
         [hub.h]\ntank = {{ capacity = \"400 kb\", initial = 0.5 }}\n[market.m]\n\
         [link.a]\nfrom = \"a\"\nto = \"h\"\n[link.b]\nfrom = \"b\"\nto = \"h\"\n\
         [link.out]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"260 kb/d\"\n\
         [hazard.x]\nhits = [\"link.a\"]\noccurs = {{ dates = [2026-01-02] }}\nduration = \"3 d\"\n\
         [hazard.y]\nhits = [\"link.out\"]\noccurs = {{ dates = [2026-01-04] }}\nduration = \"55.2 h\"\n",
        head("30 d")
    );
    let [quiet, busy] = both(&text);
    assert_eq!(quiet, [150.0 + 260.0 * 27.7, 150.0 + 100.0 * 5.0]);
    assert_eq!(quiet, busy);
}

/// An outage leaves 30 % of a field for 13 h; from there it needs 3.5 of the 5 d of its ramp, from the end of the outage on.
#[test]
fn a_ramp_begins_when_it_is_let_go_whoever_looks_before() {
    let text = format!(
        "{}[field.a]\nplan = \"200 kb/d\"\nrestart = \"5 d\"\n[market.m]\n[link.a]\nfrom = \"a\"\nto = \"m\"\n\
         [hazard.x]\nhits = [\"field.a\"]\noccurs = {{ dates = [2026-01-11T12:00:00Z] }}\nduration = \"13 h\"\nleft = 0.3\n",
        head("30 d")
    );
    let [quiet, busy] = both(&text);
    let lost = 140.0 * 13.0 / 24.0 + 140.0 * 3.5 / 2.0;
    assert!(
        (quiet[0] - (150.0 + 6_000.0 - lost)).abs() < 0.01,
        "{quiet:?}"
    );
    assert_eq!(quiet, busy);
}

/// What an outage leaves of two small fields is a fraction of a second away from where their ramps are: they do not look at
/// each other each second.
#[test]
fn ramps_that_are_held_do_not_wake_each_other() {
    let hit = |field: &str, day: u32| {
        format!(
            "[hazard.x{field}]\nhits = [\"field.{field}\"]\noccurs = {{ dates = [2026-01-{day}] }}\nduration = \"60 d\"\nleft = 0.25\n"
        )
    };
    let field = |id: &str| {
        format!(
            "[field.{id}]\nplan = \"1 kb/d\"\nrestart = {{ exponential = \"3 d\" }}\n[link.{id}]\nfrom = \"{id}\"\nto = \"m\"\n"
        )
    };
    let text = [
        head("90 d"),
        field("a"),
        field("b"),
        "[market.m]\n".to_owned(),
        hit("a", 11),
        hit("b", 12),
    ]
    .concat();
    let [quiet, busy] = both(&text);
    // Up again after 60 d: the last quarter of the horizon is not back in full, 3 d × 0.75 of each is lost.
    let lost = 2.0 * (0.75 * 60.0 + 0.75 * 3.0);
    assert!(
        (quiet[0] - (450.0 + 180.0 - lost)).abs() < 0.05,
        "{quiet:?}"
    );
    assert!((quiet[0] - busy[0]).abs() < 0.001, "{quiet:?} {busy:?}");
}

/// A field may wait for room in a tank that it does not fill: another's oil goes there and leaves the line of 210 kb/d to it. The
/// tank is full after 200 / 110 d; then 100 kb/d of it go, so after 0.2 d a day's 20 kb more than the field's least can go in;
/// after a dead time of a day more there are 120 kb of room, for 12 / 11 d.
#[test]
fn room_counts_in_tanks_that_another_fills() {
    let text = format!(
        "{}[field.a]\nplan = \"240 kb/d\"\nmin_stable = \"120 kb/d\"\ndead_time = \"1 d\"\n[field.b]\nplan = \"110 kb/d\"\n\
         [hub.t]\ntank = {{ capacity = \"200 kb\" }}\n[hub.h]\n[market.m]\n\
         [link.a]\nfrom = \"a\"\nto = \"h\"\ntariff = \"6 USD/bbl\"\n[link.b]\nfrom = \"b\"\nto = \"t\"\n\
         [link.t]\nfrom = \"t\"\nto = \"h\"\n[link.out]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"210 kb/d\"\n",
        head("30 d")
    );
    let [quiet, busy] = both(&text);
    assert_eq!(quiet[0], 150.0 + 210.0 * 30.0);
    let [full, round] = [200.0 / 110.0, 1.2 + 12.0 / 11.0];
    let last = 30.0 - full - 12.0 * round;
    let off = 12.0 * 1.2 + last;
    let shut_in = 240.0 * off + 30.0 * (30.0 - off);
    assert!(
        last < 1.2 && (quiet[1] - 150.0 - shut_in).abs() < 1.0,
        "{quiet:?} {shut_in}"
    );
    assert!((quiet[1] - busy[1]).abs() < 1.0, "{quiet:?} {busy:?}");
}

/// A tank of 2 500 kb gets 40 kb/d of light and 150 of heavy oil, so it is full after 2500 / 190 d. Then a field of heavy oil goes
/// on with 180 kb/d as long as there is light oil to be drawn against 80 of them, for half as long again. After that 40 kb/d of light oil
/// come in while it stands still, and it needs 144, of which a line takes 100: it begins when light oil is there to make room for the other 44
/// for a day, after 1.1 d, and goes on until that is gone, for 0.55 d.
#[test]
fn stock_of_another_grade_has_to_last_as_room_has() {
    let text = format!(
        "{}[grade.light]\nbbl_per_tonne = 8.0\n[grade.heavy]\nbbl_per_tonne = 7.5\n\
         [field.a]\nplan = \"180 kb/d\"\ngrade = \"light\"\n[field.c]\nplan = \"70 kb/d\"\ngrade = \"light\"\n\
         [field.b]\nplan = \"180 kb/d\"\ngrade = \"heavy\"\nmin_stable = \"144 kb/d\"\n\
         [hub.h]\ntank = {{ capacity = \"2500 kb\" }}\n[hub.i]\n[hub.j]\n\
         [market.any]\n[market.heavy]\ngrades = [\"heavy\"]\n[market.light]\ngrades = [\"light\"]\ndemand = \"140 kb/d\"\n\
         [link.a]\nfrom = \"a\"\nto = \"h\"\ntariff = \"4 USD/bbl\"\n[link.b]\nfrom = \"b\"\nto = \"h\"\n\
         [link.c]\nfrom = \"c\"\nto = \"i\"\n[link.on]\nfrom = \"h\"\nto = \"i\"\n\
         [link.line]\nfrom = \"i\"\nto = \"j\"\ncapacity = \"100 kb/d\"\n\
         [link.any]\nfrom = \"j\"\nto = \"any\"\ntariff = \"5 USD/bbl\"\n[link.heavy]\nfrom = \"j\"\nto = \"heavy\"\n\
         [link.light]\nfrom = \"h\"\nto = \"light\"\n",
        head("60 d")
    );
    let rounds = ((60.0 - 1.5 * 2500.0 / 190.0) / 1.65_f64).floor();
    let made = 180.0 * (1.5 * 2500.0 / 190.0 + 0.55 * rounds);
    for idle in ["", IDLE] {
        let model = model(&format!("{text}{ELSEWHERE}{idle}"));
        let fields = crate::worlds::run(&model, 1).result.fields;
        let found = fields["b"]["produced"].mean.expect("told") / 1_000.0;
        assert!((found - made).abs() < 1.0, "{found} against {made}");
    }
}

proptest! {
    #![proptest_config(cases(60))]

    /// With ramps, dead times, least rates, tanks and lags; to a thousandth, as steps of ramps and times that become equal
    /// are looked at when something happens.
    #[test]
    fn nothing_elsewhere_matters(
        world in networks_with_tanks(5),
        keys in prop::collection::vec(keys(), 3),
        lags in prop::collection::vec(prop_oneof![Just(0), 1..9_u32], 3),
    ) {
        let mut text = with_keys(&world, &keys);
        for index in 0..world.links.len() {
            let heading = format!("[link.{}]\n", world.link(index));
            let lag = lags[index % lags.len()];
            text = text.replace(&heading, &format!("{heading}lag = \"{lag} d\"\n"));
        }
        let [quiet, busy] = both(&text);
        for (quiet, busy) in quiet.into_iter().zip(busy) {
            prop_assert!((quiet - busy).abs() <= 1.0 + 1e-3 * quiet, "{} {}", quiet, busy);
        }
    }
}
