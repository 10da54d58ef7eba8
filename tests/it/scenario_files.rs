//! What scenario files mean.

use std::io;
use std::path::{Path, PathBuf};

use keruen::model::{Element, Law, Occurs, Overlap, Scope, Series, Start};
use keruen::scenario::{self, Invalid, Request, Scenario, Text};
use keruen::units::{Barrels, BarrelsPerDay, Fraction, MilliUsdPerBarrel, Seconds};

const DAY: i64 = 86_400;

fn no_csv(name: &str) -> io::Result<String> {
    Err(io::Error::new(io::ErrorKind::NotFound, format!("no {name} in this test")))
}

fn read(texts: &[(&str, &str)], set: &[&str]) -> Result<Scenario, Invalid> {
    let texts: Vec<Text> = texts.iter().map(|(name, text)| Text::new(*name, *text)).collect();
    let set: Vec<String> = set.iter().map(|&setting| setting.to_owned()).collect();
    scenario::parse(&texts, &set, &no_csv)
}

/// A valid scenario, or a panic that shows the problems.
fn valid(texts: &[(&str, &str)], set: &[&str]) -> Scenario {
    read(texts, set).unwrap_or_else(|invalid| panic!("{}", super::rendered(&invalid)))
}

fn kinds(invalid: &Invalid) -> Vec<&'static str> {
    invalid.problems().iter().map(scenario::Problem::kind).collect()
}

/// One field, one hub, one market, two links: what most tests add to.
const SMALL: &str = r#"
[scenario]
name = "Small"
start = 2026-01-01
horizon = "365 d"
[field.oil]
plan = "100 kb/d"
[hub.port]
tank = { capacity = "1 Mb", initial = 0.5 }
[market.sea]
demand = "200 kb/d"
[link.line]
from = "oil"
to = "port"
capacity = "150 kb/d"
tariff = "2 USD/bbl"
[link.spm]
from = "port"
to = "sea"
capacity = "120 kb/d"
units = { count = 3, each = "60 kb/d" }
"#;

fn small_with(more: &str) -> Scenario {
    valid(&[("small.toml", &format!("{SMALL}\n{more}"))], &[])
}

fn small_without(more: &str) -> Invalid {
    read(&[("small.toml", &format!("{SMALL}\n{more}"))], &[]).expect_err("must be invalid")
}

#[test]
fn the_example_of_the_documentation_is_read() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/two_routes.toml");
    let request = Request { path: &path, with: &[], set: &[] };
    let scenario = scenario::load(&request).expect("valid");
    let model = &scenario.model;
    assert_eq!(model.name, "Two routes");
    assert_eq!(model.horizon, Seconds(365 * DAY));
    assert_eq!(model.fields[0].plan, Series::constant(BarrelsPerDay(1_000_000)));
    assert_eq!(model.hubs[0].tank.as_ref().expect("a tank").capacity.first(), Barrels(4_000_000));
    assert_eq!(model.hazards.len(), 2);
    assert_eq!(model.routes.len(), 2);
    assert!(scenario.warnings.is_empty(), "{:?}", scenario.warnings);
    assert!(scenario.quantities.iter().all(|quantity| quantity.sources == ["made-up"]
        || quantity.key == "scenario.horizon"));
}

#[test]
fn design() {
    let text = std::fs::read_to_string("/tmp/design.toml").unwrap();
    let scenario = valid(&[("d.toml", &text)], &[]);
    eprintln!("{:#?}", scenario);
}
