//! What capacity is worth, against taking some away and adding some.

use keruen::model::{Collect, Model};
use keruen::results::{Rank, RankEstimate};
use keruen::simulation::{Settings, Silent};
use keruen::study::{self, MOST_STATES, RankSettings};
use keruen::units::{BarrelsPerDay, Fraction};
use proptest::prelude::*;

use crate::known_answers::networks::{CaseArc, world};
use crate::properties::cases;
use crate::worlds::{assert_within_four, case, entry, head, model, number, settings};

/// What a world without hazards delivers, b/d.
fn delivered(model: &Model) -> i64 {
    let found = study::exact(model, "", MOST_STATES, &mut Silent).expect("nothing remembers");
    found.long_run.delivered_bpd as i64
}

/// Two fields, hubs with and without a limit, a link with a nomination, one both ways, links in
/// series, a market with a commitment; the limits in b/d, by place.
fn network(limits: &[i64]) -> String {
    let rate = |at: usize| format!("\"{} b/d\"", limits[at]);
    format!(
        "{}[field.a]\nplan = {}\n[field.b]\nplan = {}\n\
         [hub.h]\ncapacity = {}\n[hub.k]\n[hub.m]\n\
         [market.x]\ndemand = {}\ncommitment = \"2 b/d\"\n[market.y]\n\
         [link.ah]\nfrom = \"a\"\nto = \"h\"\ncapacity = {}\nnomination = \"2 b/d\"\n\
         [link.bk]\nfrom = \"b\"\nto = \"k\"\ncapacity = {}\n\
         [link.hk]\nfrom = \"h\"\nto = \"k\"\ncapacity = {}\nboth_ways = true\n\
         [link.hm]\nfrom = \"h\"\nto = \"m\"\ncapacity = {}\n\
         [link.mx]\nfrom = \"m\"\nto = \"x\"\ncapacity = {}\n\
         [link.ky]\nfrom = \"k\"\nto = \"y\"\ncapacity = {}\n",
        head("10 d"),
        rate(0),
        rate(1),
        rate(2),
        rate(3),
        rate(4),
        rate(5),
        rate(6),
        rate(7),
        rate(8),
        rate(9),
    )
}

const PLACES: [&str; 10] = [
    "field.a", "field.b", "hub.h", "market.x", "link.ah", "link.bk", "link.hk", "link.hm",
    "link.mx", "link.ky",
];

proptest! {
    #![proptest_config(cases(120))]

    #[test]
    fn derivatives_are_what_a_barrel_more_and_less_does(
        limits in prop::collection::vec(3_i64..9, 10),
    ) {
        let base = model(&network(&limits));
        let found = study::exact(&base, "", MOST_STATES, &mut Silent).expect("nothing remembers");
        let now = delivered(&base);
        for (at, id) in PLACES.into_iter().enumerate() {
            let with = |by: i64| {
                let mut other = limits.clone();
                other[at] += by;
                delivered(&model(&network(&other)))
            };
            let worth = found.bottlenecks.iter().find(|worth| worth.id == id).expect("a limit");
            prop_assert_eq!(worth.right as i64, with(1) - now, "{}: right", id);
            prop_assert_eq!(worth.left as i64, now - with(-1), "{}: left", id);
            prop_assert!(worth.in_cut >= worth.right, "{}: cut", id);
        }
    }
}

fn ranked(model: &Model, replications: u64) -> Rank {
    let settings = RankSettings {
        run: Settings {
            threads: 0,
            collect: Collect::System,
            ..settings(model, replications)
        },
        step: BarrelsPerDay(1_000),
        tank_step: Fraction::new(0.01).expect("a share"),
        played: 12,
    };
    let found = study::rank_by_shadow_price(model, "", &settings, &mut Silent);
    found.expect("it can be played").expect("nobody cancels")
}

#[track_caller]
fn assert_price(what: &str, estimate: RankEstimate, exact: f64) {
    let error = estimate.std_error.expect("an error");
    assert_within_four(what, estimate.mean, error, exact, 0.0);
}

#[test]
fn simulated_prices_are_those_of_enumeration() {
    let case = case("05_network_enumeration");
    let arcs = CaseArc::all(&case);
    let found = ranked(&world(&arcs, "stationary", None), 1_000);
    for given in entry(&case, "expected.bottleneck")
        .as_array()
        .expect("arcs")
    {
        let id = given["arc"].as_str().expect("an id");
        let arc = arcs.iter().find(|arc| arc.id == id).expect("an arc");
        let element = found
            .elements
            .iter()
            .find(|element| element.id == arc.target());
        let element = element.expect("an element");
        let of = |key: &str| number(&given[key]);
        assert_price(
            id,
            element.in_cut.expect("told"),
            of("prob_in_source_minimal_cut"),
        );
        assert_price(id, element.right.expect("told"), of("shadow_price_right"));
        assert_price(id, element.left.expect("told"), of("shadow_price_left"));
        let yearly = element.kb_per_year_per_kbd.expect("told");
        assert_price(id, yearly, 365.25 * of("shadow_price_right"));
        assert_eq!(element.usd_more_per_year_per_bpd, None, "nothing is priced");
    }
    let by_value = found.elements.windows(2);
    assert!(
        by_value
            .into_iter()
            .all(|pair| pair[0].right_and_left()[0] >= pair[1].right_and_left()[0])
    );
}

/// A line of 110 kb/d behind a tank that never fills is full while it makes up for an outage, so that an instant promises a
/// barrel for each barrel more; and in the end all is delivered anyway. With a tank that does fill, a barrel more before the
/// second outage is a barrel less shut in by it: 10 days at 100 kb/d into 500 kb, of which the second finds 400 kb taken.
#[test]
fn what_is_played_again_counts_what_tanks_do_later() {
    let found = |tank: &str| {
        let text = format!(
            "{}[field.a]\nplan = \"100 kb/d\"\n[hub.h]\ntank = {{ capacity = \"{tank}\", initial = 0.0, target = 0.0 }}\n\
             [market.m]\nprice = \"60 USD/bbl\"\n[link.la]\nfrom = \"a\"\nto = \"h\"\n\
             [link.out]\nfrom = \"h\"\nto = \"m\"\ncapacity = \"110 kb/d\"\n\
             [hazard.down]\nhits = [\"link.out\"]\noccurs = {{ dates = [2026-01-11, 2026-01-25] }}\nduration = \"4 d\"\n",
            head("365 d")
        );
        ranked(&model(&text), 2)
    };
    for (tank, kept) in [("5 Mb", 0.0), ("500 kb", 10.0)] {
        let found = found(tank);
        let at_once = found.elements.iter().find(|one| one.id == "link.out");
        assert!(
            at_once.expect("a limit").right_and_left()[0] > 0.1,
            "{tank}"
        );
        let [played] = found.played.as_slice() else {
            panic!("one line: {:?}", found.played);
        };
        assert_eq!((played.id.as_str(), played.step_bpd), ("link.out", 1_000));
        // Ten days between the outages at a kb/d more: so much more room for the second, in a year of 365 days.
        let yearly = kept * 365.25 / 365.0;
        for side in [played.more, played.less] {
            assert!(
                (side.mean - yearly).abs() < 0.01 * kept.max(0.01),
                "{tank}: {played:?}"
            );
        }
        let earned = played.usd_more_per_year_per_bpd.expect("priced").mean;
        assert!((earned - 60.0 * yearly).abs() < 1.0, "{tank}: {earned}");
    }
    let without = "[field.a]\nplan = \"100 kb/d\"\n[market.m]\n[link.out]\nfrom = \"a\"\nto = \"m\"\ncapacity = \"90 kb/d\"\n";
    assert_eq!(
        ranked(&model(&format!("{}{without}", head("10 d"))), 2).played,
        []
    );
}

#[test]
fn dollars_are_the_gain_over_the_next_best_use() {
    let found = ranked(
        &model(&format!(
            "{}[field.a]\nplan = \"500 kb/d\"\n\
             [market.near]\nprice = \"60 USD/bbl\"\ndemand = \"200 kb/d\"\n\
             [market.far]\nprice = \"70 USD/bbl\"\n\
             [link.short]\nfrom = \"a\"\nto = \"near\"\ncapacity = \"300 kb/d\"\ntariff = \"2 USD/bbl\"\n\
             [link.long]\nfrom = \"a\"\nto = \"far\"\ncapacity = \"350 kb/d\"\ntariff = \"5 USD/bbl\"\n",
            head("10 d")
        )),
        2,
    );
    let of = |id: &str| {
        let mut all = found.elements.iter();
        all.find(|element| element.id == id).expect("an element")
    };
    // All 500 kb/d get out, 350 of them the better way; another 1 kb/d there moves it from the other.
    let long = of("link.long");
    assert_eq!(long.right_and_left(), [0.0; 2]);
    let close = |estimate: Option<RankEstimate>, usd: f64| {
        let mean = estimate.expect("priced").mean;
        assert!(
            (mean - usd * 365.25).abs() < 1e-6 * usd.abs().max(1.0),
            "{mean}"
        );
    };
    close(long.usd_more_per_year_per_bpd, 65.0 - 58.0);
    close(long.usd_less_per_year_per_bpd, 65.0 - 58.0);
    close(of("link.short").usd_more_per_year_per_bpd, 0.0);
    // More production goes the way that has room.
    let field = of("field.a");
    assert_eq!(field.right_and_left()[0], 1.0);
    close(field.usd_more_per_year_per_bpd, 58.0);
    close(field.usd_less_per_year_per_bpd, 58.0);
}

/// Two grades to two markets over one line.
fn graded(rest: &str) -> Model {
    model(&format!(
        "{}{rest}[grade.light]\nbbl_per_tonne = 7.8\nquality = \"2 USD/bbl\"\n\
         [grade.heavy]\nbbl_per_tonne = 7.1\n\
         [field.a]\nplan = \"300 kb/d\"\ngrade = \"light\"\n\
         [field.b]\nplan = \"200 kb/d\"\ngrade = \"heavy\"\n[hub.h]\n\
         [link.ah]\nfrom = \"a\"\nto = \"h\"\n[link.bh]\nfrom = \"b\"\nto = \"h\"\n\
         [link.hx]\nfrom = \"h\"\nto = \"x\"\ncapacity = \"400 kb/d\"\ntariff = \"5 USD/bbl\"\n\
         freight = \"3 USD/bbl\"\nwar_risk = \"1 USD/bbl\"\n",
        head("10 d")
    ))
}

#[test]
fn dollars_count_all_costs_and_quality() {
    let found = ranked(&graded("[market.x]\nprice = \"60 USD/bbl\"\n"), 2);
    let line = found.elements.iter().find(|one| one.id == "link.hx");
    let line = line.expect("a limit");
    // The light oil flows, so another barrel is heavy.
    let usd = line.usd_more_per_year_per_bpd.expect("priced").mean;
    assert!((usd - 365.25 * (60.0 - 9.0)).abs() < 1e-6, "{usd}");
    let usd = line.usd_less_per_year_per_bpd.expect("priced").mean;
    assert!((usd - 365.25 * (60.0 - 9.0)).abs() < 1e-6, "{usd}");
    let usd = line.right.expect("told").mean;
    assert_eq!(usd, 1.0);
}

/// Where flows tell no derivative, barrels are those of a step. The line of 400 kb/d is what limits 500 that would pay, of one market
/// or of two prices; if light oil has a way of its own, it limits nothing.
#[test]
fn where_flows_tell_no_derivative_a_step_does() {
    let market = "[market.x]\nprice = \"60 USD/bbl\"\n";
    for (rest, reason, barrels) in [
        (
            format!("[allocation]\nobjective = \"netback\"\n{market}"),
            "as much flows as pays",
            1.0,
        ),
        (
            format!(
                "{market}[market.y]\ngrades = [\"light\"]\n[link.hy]\nfrom = \"h\"\nto = \"y\"\n"
            ),
            "grades are told apart",
            0.0,
        ),
        (
            format!("{market}prices = {{ heavy = \"50 USD/bbl\" }}\n"),
            "grades are told apart",
            1.0,
        ),
    ] {
        let found = ranked(&graded(&rest), 2);
        let line = found.elements.iter().find(|one| one.id == "link.hx");
        let line = line.expect("a limit");
        assert_eq!(line.right_and_left(), [barrels; 2], "{rest}");
        for element in &found.elements {
            assert_eq!(element.in_cut, None, "{rest}");
            assert!(element.usd_more_per_year_per_bpd.is_some());
        }
        let said = found.warnings.join("; ");
        assert!(said.contains(reason), "{said}");
    }
}

/// On a ring each of three grades takes two of three lines: half of what one line has more can be delivered.
#[test]
fn a_barrel_of_capacity_may_be_worth_half_a_barrel() {
    let mut text = head("10 d");
    for at in 1..=3 {
        let next = at % 3 + 1;
        text += &format!(
            "[hub.u{at}]\n[hub.v{at}]\n\
             [link.e{at}]\nfrom = \"u{at}\"\nto = \"v{at}\"\ncapacity = \"100 kb/d\"\n\
             [link.on{at}]\nfrom = \"v{at}\"\nto = \"u{next}\"\n\
             [grade.g{at}]\nbbl_per_tonne = 7.5\n[field.f{at}]\ngrade = \"g{at}\"\nplan = \"100 kb/d\"\n\
             [market.m{at}]\ngrades = [\"g{at}\"]\n\
             [link.in{at}]\nfrom = \"f{at}\"\nto = \"u{at}\"\n[link.out{at}]\nfrom = \"v{next}\"\nto = \"m{at}\"\n",
        );
    }
    let found = ranked(&model(&text), 2);
    for at in 1..=3 {
        let mut all = found.elements.iter();
        let line = all.find(|one| one.id == format!("link.e{at}"));
        let sides = line.expect("a limit").right_and_left();
        // Whole barrels of three ways, of a step of a thousand.
        let is_half = sides.iter().all(|side| (side - 0.5).abs() < 0.004);
        assert!(is_half, "{sides:?}");
    }
}

#[test]
fn a_barrel_of_tank_is_worth_a_barrel_for_each_time_it_fills() {
    let found = ranked(
        &model(&format!(
            "{}[field.a]\nplan = \"100 kb/d\"\n[market.x]\nprice = \"50 USD/bbl\"\n\
             [hub.port]\ntank = {{ capacity = \"300 kb\", initial = 0.5, target = 0.5 }}\n\
             [link.line]\nfrom = \"a\"\nto = \"port\"\ncapacity = \"200 kb/d\"\n\
             [link.jetty]\nfrom = \"port\"\nto = \"x\"\ncapacity = \"150 kb/d\"\n\
             [hazard.closure]\nhits = [\"link.jetty\"]\nduration = \"10 d\"\n\
             occurs = {{ dates = [2026-03-01, 2026-06-01, 2026-09-01] }}\n",
            head("365 d")
        )),
        2,
    );
    let [tank] = found.tanks.as_slice() else {
        panic!("one tank");
    };
    assert_eq!((tank.step_bbl, tank.capacity_bbl), (10_000, 300_000));
    let yearly = 3.0 * 365.25 / 365.0;
    for estimate in [tank.more, tank.less] {
        assert!((estimate.mean - yearly).abs() < 1e-2, "{estimate:?}");
    }
    let usd = tank.usd_more_per_year.expect("priced");
    assert!((usd.mean - 50.0 * yearly).abs() < 0.5, "{usd:?}");
}
