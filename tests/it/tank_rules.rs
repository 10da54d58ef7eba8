//! What a scenario may say about tanks: prices below which oil is kept, and work that is announced.

use keruen::model::{Collect, Model};
use keruen::results::{Bound, StoryPick};
use keruen::simulation::{self, Silent};

use crate::worlds::{Kept, head, metric, model, rows, run};

/// A dear way out that is down for three days, and a cheap one: 15 days.
fn two_outlets(tank: &str) -> Model {
    model(&format!(
        "{}[field.oil]\nplan = \"200 kb/d\"\n\
         [hub.port]\ntank = {{ capacity = \"500 kb\", {tank} }}\n\
         [market.dear]\nprice = \"60 USD/bbl\"\n[market.cheap]\nprice = \"45 USD/bbl\"\n\
         [link.line]\nfrom = \"oil\"\nto = \"port\"\n\
         [link.a]\nfrom = \"port\"\nto = \"dear\"\ncapacity = \"300 kb/d\"\n\
         [link.b]\nfrom = \"port\"\nto = \"cheap\"\ncapacity = \"100 kb/d\"\n\
         [hazard.outage]\nhits = [\"link.a\"]\noccurs = {{ dates = [2026-01-01] }}\n\
         duration = \"3 d\"\n",
        head("15 d"),
    ))
}

fn bound(model: &Model) -> Bound {
    simulation::foresight(model, 1, 0..2, &mut Silent).expect("tanks come to rest")
}

/// Earned under the rules and at most, thousand USD; delivered under the rules and at most, kb.
fn earned(tank: &str) -> [f64; 4] {
    let found = bound(&two_outlets(tank));
    let money = found.money.expect("there are prices");
    let delivered = found.delivered;
    assert_eq!((money.paths, money.skipped), (2, 0));
    [money.rule, money.bound, delivered.rule, delivered.bound]
        .map(|figure| (figure.expect("paths") / 100.0).round() / 10.0)
}

#[test]
fn oil_is_kept_for_a_better_price_and_sold_rather_than_shut_in() {
    let best = [178_500.0, 3_000.0];
    // Three days into the tank and to the cheap market by halves, then all to the dear one.
    assert_eq!(
        earned("draw = \"100 kb/d\""),
        [175_500.0, best[0], 3_000.0, best[1]]
    );
    // Full after two and a half days; half a day to the cheap market, 50 kb shut in.
    assert_eq!(
        earned("reserve_price = \"50 USD/bbl\""),
        [176_250.0, best[0], 2_950.0, best[1]]
    );
    // A price that both markets pay, or none, keeps nothing: what cannot go to one goes to the other.
    let all = [173_250.0, best[0], 3_000.0, best[1]];
    assert_eq!(earned("reserve_price = \"45 USD/bbl\""), all);
    assert_eq!(earned("initial = 0.0"), all);
}

#[test]
fn what_is_promised_is_sold_at_any_price() {
    for promise in ["commitment = \"100 kb/d\"", "priority = 1"] {
        let text = format!(
            "{}[field.oil]\nplan = \"200 kb/d\"\n\
             [hub.port]\ntank = {{ capacity = \"500 kb\", reserve_price = \"50 USD/bbl\" }}\n\
             [market.cheap]\nprice = \"45 USD/bbl\"\ndemand = \"100 kb/d\"\n{promise}\n\
             [link.line]\nfrom = \"oil\"\nto = \"port\"\n\
             [link.b]\nfrom = \"port\"\nto = \"cheap\"\n",
            head("2 d"),
        );
        let found = run(&model(&text), 2);
        let sold = metric(&found.result.markets["cheap"], "delivered").mean;
        assert_eq!(sold, Some(200e3), "{promise}");
    }
}

/// A field, a tank, a trunk, a tank and a berth, both tanks at their targets; the trunk is worked
/// on. `more`: what else the hazard says, and other hazards.
fn chain(horizon: &str, more: &str) -> Model {
    model(&format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\n\
         [hub.head]\ntank = {{ capacity = \"1000 kb\", initial = 0.5, target = 0.5 }}\n\
         [hub.port]\ntank = {{ capacity = \"1000 kb\", initial = 0.2, target = 0.2 }}\n\
         [market.sea]\n\
         [link.gathering]\nfrom = \"oil\"\nto = \"head\"\n\
         [link.trunk]\nfrom = \"head\"\nto = \"port\"\ncapacity = \"150 kb/d\"\n\
         [link.berth]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"120 kb/d\"\n\
         [hazard.work]\nhits = [\"link.trunk\"]\n{more}\n",
        head(horizon),
    ))
}

fn column(kept: &Kept, name: &str) -> f64 {
    kept.column(name)[0] as f64 / 1e3
}

#[test]
fn tanks_prepare_for_what_is_announced() {
    let work = "occurs = { dates = [2026-01-31] }\nduration = \"8 d\"\n";
    // The tank at the head is full after five days; the one at the port keeps to its target.
    let (_, plain) = rows(&chain("60 d", work), 1, Collect::All);
    // It is empty when the work begins, and its oil was loaded or waits at the port.
    let announced = format!("{work}announced = \"30 d\"");
    let (_, ready) = rows(&chain("60 d", &announced), 1, Collect::All);
    for (name, [before, after]) in [
        ("planned", [6_000.0, 6_000.0]),
        ("shut_in", [300.0, 0.0]),
        ("delivered", [5_640.0, 6_000.0]),
        ("stored", [60.0, 0.0]),
    ] {
        // A second of flow for each epoch.
        assert!((column(&plain, name) - before).abs() < 0.02, "{name}");
        assert!((column(&ready, name) - after).abs() < 0.02, "{name}");
    }
}

#[test]
fn a_tank_that_waits_for_work_on_the_trunk_is_not_drawn() {
    // Until the work begins the port keeps what came; then it is drawn to its target.
    let work = "occurs = { dates = [2026-01-31] }\nduration = \"8 d\"\nannounced = \"30 d\"";
    let story = simulation::story(&chain("60 d", work), "", (1, 0), StoryPick::Number);
    let epochs = story.expect("tanks come to rest").epochs;
    for (day, stocks) in [
        (10.0, [0.0, 500.0]),
        (30.0, [0.0, 500.0]),
        (32.5, [250.0, 200.0]),
        (38.0, [800.0, 200.0]),
        (44.0, [500.0, 380.0]),
        (53.0, [500.0, 200.0]),
        (60.0, [500.0, 200.0]),
    ] {
        let ends = |end: i64| (end as f64 / 86_400.0 - day).abs() < 1e-3;
        let epoch = epochs.iter().find(|epoch| ends(epoch.end_seconds));
        let epoch = epoch.unwrap_or_else(|| panic!("no epoch ends on day {day}"));
        for (got, exact) in epoch.stocks_bbl.iter().zip(stocks) {
            assert!((*got as f64 / 1e3 - exact).abs() < 0.02, "day {day}: {got}");
        }
    }
}

#[test]
fn announcements_help_in_the_mean() {
    let storms = "[hazard.storm]\nhits = [\"link.berth\"]\n\
                  occurs = { poisson = { rate = \"12 /yr\" } }\n\
                  duration = { exponential = { mean = \"2 d\" } }\n";
    let work = "occurs = { every = { period = \"90 d\", first = 2026-02-15 } }\nduration = \"8 d\"";
    let plain = chain("365 d", &format!("{work}\n{storms}"));
    let ready = chain("365 d", &format!("{work}\nannounced = \"20 d\"\n{storms}"));
    let [plain, ready] = [plain, ready].map(|model| rows(&model, 100, Collect::System).1);
    let pairs = plain
        .column("shut_in")
        .into_iter()
        .zip(ready.column("shut_in"));
    let saved: Vec<f64> = pairs.map(|(plain, ready)| (plain - ready) as f64).collect();
    let n = saved.len() as f64;
    let mean = saved.iter().sum::<f64>() / n;
    let variance = saved.iter().map(|one| (one - mean).powi(2)).sum::<f64>() / (n - 1.0);
    assert!(mean > 4.0 * (variance / n).sqrt(), "{mean} bbl saved");
}

/// Two fields of 600 and 400 kb/d, each with a tank, before one way out of which half is left for 4.8 days.
fn shared_way_out(storing: &str) -> Model {
    model(&format!(
        "{}{storing}[market.sea]\n[hub.meeting]\n\
         [field.one]\nplan = \"600 kb/d\"\n[hub.a]\ntank = {{ capacity = \"1200 kb\", initial = 0.0, target = 0.0 }}\n\
         [field.other]\nplan = \"400 kb/d\"\n[hub.b]\ntank = {{ capacity = \"1600 kb\", initial = 0.0, target = 0.0 }}\n\
         [link.one]\nfrom = \"one\"\nto = \"a\"\n[link.other]\nfrom = \"other\"\nto = \"b\"\n\
         [link.dear]\nfrom = \"a\"\nto = \"meeting\"\ntariff = \"2 USD/bbl\"\n\
         [link.cheap]\nfrom = \"b\"\nto = \"meeting\"\ntariff = \"1 USD/bbl\"\n\
         [link.shared]\nfrom = \"meeting\"\nto = \"sea\"\ncapacity = \"1000 kb/d\"\n\
         [hazard.outage]\nhits = [\"link.shared\"]\noccurs = {{ dates = [2026-01-01] }}\n\
         duration = \"4.8 d\"\nleft = 0.5\n",
        head("20 d"),
    ))
}

/// What presses on a tank is what can come to it: a field of 600 kb/d behind a line that carries 300, or of whose line
/// others take half, is one of 300. Then both tanks are full after as long, and nothing is shut in for want of room.
#[test]
fn what_presses_on_a_tank_is_what_the_way_to_it_lets_through() {
    let shut_in = |plan: &str, line: &str, more: &str| {
        let model = model(&format!(
            "{}[market.sea]\n[hub.meeting]\n[hub.gathering]\n\
             [field.one]\nplan = \"{plan}\"\n[hub.a]\ntank = {{ capacity = \"1200 kb\" }}\n\
             [field.other]\nplan = \"400 kb/d\"\n[hub.b]\ntank = {{ capacity = \"1600 kb\" }}\n\
             [link.well]\nfrom = \"one\"\nto = \"gathering\"\ncapacity = \"{line}\"\n\
             [link.one]\nfrom = \"gathering\"\nto = \"a\"\ncapacity = \"600 kb/d\"\n\
             [link.other]\nfrom = \"other\"\nto = \"b\"\n\
             [link.a-out]\nfrom = \"a\"\nto = \"meeting\"\n[link.b-out]\nfrom = \"b\"\nto = \"meeting\"\n\
             [link.shared]\nfrom = \"meeting\"\nto = \"sea\"\ncapacity = \"1000 kb/d\"\n\
             [hazard.outage]\nhits = [\"link.shared\"]\noccurs = {{ dates = [2026-01-01] }}\n\
             duration = \"4.6666 d\"\nleft = 0.1\n{more}",
            head("30 d"),
        ));
        column(&rows(&model, 1, Collect::All).1, "shut_in")
    };
    assert_eq!(shut_in("300 kb/d", "600 kb/d", ""), 0.0);
    // What the field could produce beyond is shut in all the time, and nothing else.
    let beyond = 300.0 * 30.0;
    assert_eq!(shut_in("600 kb/d", "300 kb/d", ""), beyond);
    let transit = "[transit.guests]\nfrom = \"gathering\"\nto = \"a\"\npath = [\"one\"]\nvolume = \"300 kb/d\"\n";
    assert_eq!(shut_in("600 kb/d", "600 kb/d", transit), beyond);
}

/// KA09 with two ways to share: by times until full nothing is shut in; by cost the oil of the cheap way goes first, the dear
/// one's tank takes 500 kb/d and is full after 2.4 days, and then 100 kb/d have nowhere to go for as long again.
#[test]
fn tanks_share_a_way_out_by_the_time_until_they_are_full_or_by_cost() {
    let shut_in = |storing: &str| {
        let model = shared_way_out(storing);
        let (_, kept) = rows(&model, 1, Collect::All);
        (
            kept.column("shut_in")[0],
            simulation::rules(&model)["storing"].clone(),
        )
    };
    assert_eq!(shut_in(""), (0, "time-to-full".to_owned()));
    let named = "[allocation]\nstoring = \"time-to-full\"\n";
    assert_eq!(shut_in(named), shut_in(""));
    let by_cost = "[allocation]\nstoring = \"cost\"\n";
    assert_eq!(shut_in(by_cost), (240_000, "cost".to_owned()));
}

/// Where nothing limits the rate, a tank is empty within a second: nothing stays in it.
#[test]
fn a_tank_with_no_limit_behind_it_empties_all_the_same() {
    for (tank, more) in [
        ("capacity = \"25 kb\"", 0.0),
        ("capacity = \"2 Mb\", initial = 0.5", 1_000.0),
    ] {
        let model = model(&format!(
            "{}[field.f]\nplan = \"100 kb/d\"\n[hub.p]\ntank = {{ {tank} }}\n[market.m]\n\
             [link.l]\nfrom = \"f\"\nto = \"p\"\n[link.k]\nfrom = \"p\"\nto = \"m\"\n\
             [hazard.z]\nhits = [\"link.k\"]\noccurs = {{ dates = [2026-01-11] }}\nduration = \"5 d\"\n",
            head("30 d")
        ));
        let (_, kept) = rows(&model, 2, Collect::All);
        // 25 kb of the 500 of the outage find room in the small tank, all of them in the large one.
        let shut_in = if more > 0.0 { 0.0 } else { 475.0 };
        assert_eq!(column(&kept, "shut_in"), shut_in);
        assert_eq!(column(&kept, "delivered"), 3_000.0 - shut_in + more);
        assert_eq!(column(&kept, "stored"), -more);
    }
}
