//! What size is worth, where that can be worked out by hand.

use keruen::model::Model;
use keruen::results::{Curve, FirmEquivalent};
use keruen::scenario::{self, Scenario, Text};
use keruen::simulation::Silent;
use keruen::study::{
    self, CurveSettings, Ends, FirmAsked, Size, curve_of_sizes, firm_equivalent, firm_text,
};
use keruen::units::BarrelsPerDay;

use crate::worlds::head;

/// Plan of 100 kb/d and a line, with hazards or without.
fn base(line_kbd: u32, hazards: &str) -> String {
    format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\n[market.sea]\n[link.line]\nfrom = \"oil\"\nto = \"sea\"\n\
         capacity = \"{line_kbd} kb/d\"\n{hazards}",
        head("365 d")
    )
}

/// A second way from field to market.
fn option(kbd: u32, hazards: &str) -> String {
    format!(
        "[strategy]\nname = \"Option\"\n[link.way]\nfrom = \"oil\"\nto = \"sea\"\n\
         capacity = \"{kbd} kb/d\"\n{hazards}"
    )
}

/// A link that is up for a while and down for a while, in the long run.
fn failing(link: &str, up_days: u32, down_days: u32) -> String {
    format!(
        "[hazard.{link}]\nhits = [\"link.{link}\"]\nleft = 0.0\nstart = \"stationary\"\n\
         occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"{up_days} d\" }} }} }} }}\n\
         duration = {{ exponential = {{ mean = \"{down_days} d\" }} }}\n"
    )
}

fn parse(texts: &[Text]) -> Scenario {
    let no_csv = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    scenario::parse(texts, &[], &no_csv)
        .unwrap_or_else(|invalid| panic!("{}", super::scenario_files::rendered(&invalid)))
}

fn settings(replications: u64) -> CurveSettings {
    CurveSettings {
        seed: 11,
        replications,
        threads: 0,
    }
}

fn firm(
    base: &str,
    option: &str,
    ends: Option<Ends>,
    replications: u64,
) -> (Curve, FirmEquivalent) {
    let base = || Text::new("base.toml", base);
    let without = parse(&[base()]);
    let with = parse(&[base(), Text::new("option.toml", option)]);
    let usual = study::usual_ends(&without.model, &with.model);
    let ends = ends.or(usual).expect("the option adds one link");
    let firm = parse(&[base(), firm_text(&ends)]);
    let asked = FirmAsked {
        without: (&without.model, ""),
        with: &with.model,
        firm: &firm.model,
        ends: &ends,
        step: BarrelsPerDay(1_000),
    };
    let curve = firm_equivalent(&asked, &settings(replications), &mut Silent);
    let mut curve = curve.expect("it can be played").expect("nobody cancels");
    let found = curve.firm.take().expect("that was asked for");
    (curve, found)
}

#[test]
fn a_way_that_never_fails_is_worth_itself() {
    let (curve, found) = firm(&base(60, ""), &option(25, ""), None, 10);
    assert_eq!(
        (found.from.as_str(), found.to.as_deref()),
        ("oil", Some("sea"))
    );
    for answer in found.equivalents.iter().chain(&found.more_plan) {
        // Ten replications have no worst twentieth.
        let expected = (answer.measure == "mean").then_some([25_000, 25_000]);
        assert_eq!(answer.size_bpd, expected, "{answer:?}");
        assert_eq!(answer.chance_low_bpd, expected.map(|[low, _]| low));
        assert_eq!(answer.chance_high_bpd, expected.map(|[_, high]| high));
    }
    assert_eq!(curve.warnings, Vec::<String>::new());
    let falls = |pair: &[keruen::results::FirmPoint]| pair[1].mean_bbl <= pair[0].mean_bbl;
    assert!(found.points.windows(2).all(falls), "{:?}", found.points);
}

/// The line of 80 kb/d is up nine tenths of the time, the option of 40 kb/d half. While the line is
/// up the option finds 20 kb/d, else 40: 0.9 · 0.5 · 20 + 0.1 · 0.5 · 40 = 11 kb/d, which is also what
/// a firm way of 11 kb/d carries. With both, a plan of 120 kb/d loses as much as 100 without:
/// 0.45 · 0 + 0.45 · 40 + 0.05 · 80 + 0.05 · 120 = 28 = 0.9 · 20 + 0.1 · 100.
#[test]
fn a_risky_way_is_worth_what_it_carries_when_it_is_needed() {
    let base = base(80, &failing("line", 90, 10));
    let option = option(40, &failing("way", 5, 5));
    let (_, found) = firm(&base, &option, None, 4_000);
    for (answer, exact) in [
        (&found.equivalents[0], 11_000),
        (&found.more_plan[0], 20_000),
    ] {
        let [low, high] = answer.size_bpd.expect("within the plan");
        let least = answer.chance_low_bpd.expect("with the answer");
        let most = answer.chance_high_bpd.expect("within the plan");
        assert!(least <= exact && exact <= most, "{answer:?}");
        assert!(
            least <= high && low <= most && high - low <= 1_000,
            "{answer:?}"
        );
        assert!(most - least <= 4_000, "{answer:?}");
    }
    // In the worst years the line fails more, and the option is worth more.
    let tail = found.equivalents[1].size_bpd.expect("within the plan");
    assert!(tail[0] >= 10_000, "{tail:?}");
}

#[test]
fn a_market_of_its_own_takes_what_others_cannot() {
    let base = base(80, "") + "[hub.port]\n[link.feeder]\nfrom = \"oil\"\nto = \"port\"\n";
    let option = "[strategy]\n[market.far]\n[link.way]\nfrom = \"port\"\nto = \"far\"\ncapacity = \"7 kb/d\"\n";
    let ends = Ends {
        from: "port".to_owned(),
        to: None,
    };
    let (_, found) = firm(&base, option, Some(ends), 30);
    assert_eq!(found.equivalents[0].size_bpd, Some([7_000, 7_000]));
    assert_eq!(found.equivalents[1].size_bpd, Some([7_000, 7_000]));
}

#[test]
fn sizes_are_compared_with_the_scenario_as_it_is_and_with_each_other() {
    let model =
        |kbd: u32| -> Model { parse(&[Text::new("base.toml", base(kbd, "").as_str())]).model };
    let sizes: Vec<Size> = [40, 60, 100, 120]
        .into_iter()
        .map(|kbd| Size {
            value: format!("{kbd} kb/d"),
            number: f64::from(kbd),
            model: model(kbd),
        })
        .collect();
    let now = model(60);
    let key = ("link.line.capacity", "kb/d");
    let found = curve_of_sizes((&now, ""), key, &sizes, &settings(20), &mut Silent);
    let found = found.expect("it can be played").expect("nobody cancels");
    let sizes = found.sizes.expect("that was asked for");
    let year = 365_000.0;
    let of = |get: &dyn Fn(&keruen::results::CurvePoint) -> f64| -> Vec<f64> {
        sizes.points.iter().map(|point| get(point) / year).collect()
    };
    assert_eq!(
        of(&|point| point.loss.mean_bbl.mean),
        [60.0, 40.0, 0.0, 0.0]
    );
    assert_eq!(
        of(&|point| point.from_as_it_is.mean_bbl.mean),
        [20.0, 0.0, -40.0, -40.0]
    );
    let one_more = |point: &keruen::results::CurvePoint| {
        point
            .for_one_more
            .map_or(f64::NAN, |step| step.mean_bbl.mean)
    };
    assert_eq!(of(&one_more)[1..], [-1.0, -1.0, 0.0]);
    assert!(sizes.points[0].for_one_more.is_none());
}
