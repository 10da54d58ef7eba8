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
