//! How the whole grammar of hazards is read: every key, down to the model.

use keruen::model::{
    Crew, Decision, Element, Floating, Hazard, Law, Model, Occurs, Overlap, Part, Repair, Reversal,
    Scope, Spares, Stage, Start,
};
use keruen::scenario::{self, Scenario, Text};
use keruen::units::Seconds;

use crate::scenario_files::{DAY, SMALL, share, small_with, valid};

const EVERYTHING: &str = include_str!("everything.toml");

fn parsed(text: &str) -> Scenario {
    let csv = |name: &str| {
        Ok(match name {
            "load.csv" => format!("hour,load\n{}", "0,1.5\n".repeat(9_000)),
            _ => "target,start,end,left\nlink.line,2026-02-01,2026-02-03T06:00,0.5\n".to_owned(),
        })
    };
    scenario::parse(&[Text::new("everything.toml", text)], &[], &csv)
        .unwrap_or_else(|invalid| panic!("{}", crate::scenario_files::rendered(&invalid)))
}

/// The model of the file that has everything.
pub(crate) fn everything() -> Model {
    parsed(EVERYTHING).model
}

fn hazard<'m>(model: &'m Model, id: &str) -> &'m Hazard {
    let mut hazards = model.hazards.iter();
    hazards.find(|hazard| hazard.id == id).expect("in the file")
}

fn part(element: Element, unit: Option<usize>, loss: f64) -> Part {
    Part {
        element,
        unit,
        loss: share(loss),
    }
}

#[test]
fn what_hazards_share_is_read() {
    let model = parsed(EVERYTHING).model;
    let regimes: Vec<(&str, &str)> = model
        .regimes
        .iter()
        .map(|regime| (regime.id.as_str(), regime.name.as_str()))
        .collect();
    assert_eq!(regimes, [("ceasefire", "ceasefire"), ("war", "War")]);
    assert_eq!(model.regimes[0].initial, share(0.2));
    assert_eq!(model.regimes[1].initial, share(0.8));
    assert_eq!(model.regimes[0].to, [(1, 0.3 / 365.25)]);
    assert_eq!(model.regimes[1].to, [(0, 0.5 / 365.25)]);
    let divers = Crew {
        id: "divers".to_owned(),
        name: "Divers".to_owned(),
        count: 2,
    };
    assert_eq!(model.crews, [divers]);
    let power = &model.services[0];
    assert_eq!(
        (power.id.as_str(), power.name.as_str()),
        ("power", "Power plant")
    );
    assert_eq!(
        power.feeds,
        [
            part(Element::Field(0), None, 0.5),
            part(Element::Hub(0), Some(0), 1.0),
            part(Element::Hub(0), Some(1), 1.0),
            part(Element::Link(0), Some(0), 1.0),
        ]
    );
}

#[test]
fn a_campaign_has_everything_a_hazard_can_have() {
    let model = parsed(EVERYTHING).model;
    let drones = hazard(&model, "drones");
    let history = [-33 * DAY, -19 * DAY + 3_600].map(Seconds).to_vec();
    assert_eq!(
        drones.occurs,
        Occurs::Campaign {
            rate_per_day: 2.0 / 365.25,
            branching: 0.5,
            half_life_days: 30.0,
            history,
        }
    );
    let keys: Vec<&str> = drones
        .targets
        .iter()
        .map(|target| target.key.as_str())
        .collect();
    assert_eq!(
        keys,
        ["link.line#1", "link.line#2", "service.power", "tank.port"]
    );
    assert_eq!(drones.targets[2].parts, model.services[0].feeds);
    assert_eq!(drones.targets[3].parts, [part(Element::Tank(0), None, 1.0)]);
    assert_eq!(
        drones.scope,
        Scope::Some {
            count: 1,
            weights: vec![1.0, 1.0, 1.0, 2.0]
        }
    );
    assert_eq!(
        drones.duration,
        Law::Weighted(vec![(3.0, 0.75), (20.0, 0.25)])
    );
    assert_eq!(drones.left, Law::Weighted(vec![(0.0, 0.25), (0.5, 0.75)]));
    assert_eq!(drones.regime, [0.1, 1.0]);
    let winter = drones.duration_season.expect("given");
    assert_eq!([winter[0], winter[5], winter[11]], [2.0, 1.0, 1.5]);
    assert!(!drones.shared_duration);
    assert_eq!(drones.delay, Some(Law::Fixed(0.25)));
    let stages = [
        Stage {
            duration: Law::Fixed(10.0),
            left: Law::Fixed(0.7),
        },
        Stage {
            duration: Law::Exponential { mean: 5.0 },
            left: Law::Uniform {
                low: 0.8,
                high: 1.0,
            },
        },
    ];
    assert_eq!(drones.stages, stages);
    assert_eq!(drones.averted, share(0.3));
    assert_eq!(
        drones.repair,
        Repair {
            crew: Some("divers".to_owned()),
            mobilisation: Some(Law::Uniform {
                low: 1.0,
                high: 3.0
            }),
            spares: Some(Spares {
                stock: 1,
                lead: Law::Fixed(30.0)
            }),
            stops_for: vec!["power-loss".to_owned(), "storm".to_owned()],
        }
    );
    assert_eq!(
        drones.overlap,
        Overlap::Queue,
        "a crew takes one after the other"
    );
}

#[test]
fn consequences_decisions_and_floating_work_are_read() {
    let model = parsed(EVERYTHING).model;
    let power_loss = hazard(&model, "power-loss");
    assert_eq!(
        power_loss.regime,
        [0.5, 1.0],
        "a regime that is not named has 1"
    );
    assert!(power_loss.shared_duration && power_loss.repair.is_plain());
    let reversal = Reversal {
        chance: share(0.5),
        after: Law::Exponential { mean: 2.0 },
    };
    assert_eq!(power_loss.reversal, Some(reversal));

    let after = |hazard: &str, chance: f64, lasts_with_cause: bool| Occurs::After {
        hazard: hazard.to_owned(),
        chance: share(chance),
        lasts_with_cause,
    };
    let pumps = hazard(&model, "pumps");
    assert_eq!(pumps.occurs, after("power-loss", 0.6, true));
    assert_eq!(pumps.duration, Law::Fixed(0.0), "no longer than its cause");
    let restart = hazard(&model, "restart");
    assert_eq!(restart.occurs, after("pumps", 1.0, false));
    assert_eq!(restart.delay, Some(Law::Exponential { mean: 1.0 }));

    let decision = |time: i64, renewed: f64, reopened: f64| Decision {
        time: Seconds(time),
        renewed: share(renewed),
        reopened: share(reopened),
    };
    let permission = &hazard(&model, "permission").occurs;
    let quarter = 91 * DAY + DAY / 4;
    assert_eq!(
        *permission,
        Occurs::Decisions {
            decisions: (0..3)
                .map(|n| decision(120 * DAY + n * quarter, 0.85, 0.1))
                .collect(),
            is_open: false,
        }
    );
    let licence = &hazard(&model, "licence").occurs;
    assert_eq!(
        *licence,
        Occurs::Decisions {
            decisions: [90, 181].map(|day| decision(day * DAY, 0.9, 0.0)).to_vec(),
            is_open: true,
        }
    );

    let overhaul = hazard(&model, "overhaul");
    assert_eq!(
        overhaul.floating,
        Some(Floating {
            within: Seconds(60 * DAY),
            unless: vec!["drones".to_owned(), "storm".to_owned()],
            recall: Some(Seconds(5 * DAY)),
        })
    );
}

#[test]
fn a_log_is_in_the_time_zone_that_its_hazard_names() {
    let model = parsed(EVERYTHING).model;
    let recorded = hazard(&model, "recorded");
    assert_eq!(recorded.overlap, Overlap::Queue);
    let Occurs::Log(events) = &recorded.occurs else {
        panic!("a log")
    };
    // Midnight and six o'clock, five hours east of Greenwich.
    assert_eq!(events[0].start, Seconds(31 * DAY - 5 * 3_600));
    assert_eq!(events[0].end, Seconds(33 * DAY + 3_600));
}

#[test]
fn what_is_not_said_has_its_default() {
    let crew = "[crew.divers]\n[hazard.a]\nhits = \"line\"\noccurs = { poisson = { rate = \"2 /yr\" } }\nduration = \"3 d\"\n";
    let of = |keys: &str| small_with(&format!("{crew}{keys}")).model.hazards.remove(0);
    let plain = of("");
    let expected = Hazard::plain(
        "a".to_owned(),
        plain.targets.clone(),
        Occurs::Poisson {
            rate_per_day: 2.0 / 365.25,
        },
        [Law::Fixed(3.0), Law::Fixed(0.0)],
        Seconds(365 * DAY),
    );
    assert_eq!(plain, expected);
    assert_eq!(of("crew = \"divers\"").overlap, Overlap::Queue);
    assert_eq!(
        of("crew = \"divers\"\noverlap = \"ignore\"").overlap,
        Overlap::Ignore
    );
    assert_eq!(small_with(crew).model.crews[0].count, 1);
    let renewal = of("").clone();
    assert_eq!(renewal.start, Start::Up);
    let renewal = small_with(
        "[crew.divers]\n[hazard.a]\nhits = \"line\"\noccurs = { renewal = { up = { exponential = { mean = \"90 d\" } } } }\nduration = \"3 d\"\ncrew = \"divers\"\n",
    );
    assert_eq!(renewal.model.hazards[0].overlap, Overlap::Ignore);
}

/// Tables in the reverse order, and keys of shared tables too.
#[test]
fn the_order_of_what_hazards_share_means_nothing() {
    let tables = |text: &str| -> Vec<String> {
        let mut found: Vec<String> = Vec::new();
        for line in text.lines() {
            if line.starts_with('[') || found.is_empty() {
                found.push(String::new());
            }
            if let Some(table) = found.last_mut() {
                *table += line;
                *table += "\n";
            }
        }
        found
    };
    let mut reversed = tables(EVERYTHING);
    reversed.reverse();
    let straight = parsed(EVERYTHING);
    let reversed = reversed
        .concat()
        .replace("[\"storm\", \"power-loss\"]", "[\"power-loss\", \"storm\"]")
        .replace("[2026-07-01, 2026-04-01]", "[2026-04-01, 2026-07-01]")
        .replace(
            "war = 1.0, ceasefire = { value = 0.1, low = 0, high = 0.3 }",
            "ceasefire = { value = 0.1, low = 0, high = 0.3 }, war = 1.0",
        );
    assert_eq!(parsed(&reversed).model, straight.model);
}

#[test]
fn figures_by_id_are_listed_with_their_sources() {
    let scenario = parsed(EVERYTHING);
    let find = |key: &str| {
        let mut quantities = scenario.quantities.iter();
        quantities.find(|quantity| quantity.key == key).expect(key)
    };
    let switch = find("regime.war.to.ceasefire");
    assert_eq!(
        (switch.value.as_str(), switch.low.as_deref()),
        ("0.5 /yr", Some("0.2 /yr"))
    );
    assert_eq!(switch.sources, ["report"]);
    assert_eq!(
        find("hazard.drones.regime.ceasefire").high.as_deref(),
        Some("0.3")
    );
    assert_eq!(find("service.power.feeds[0].loss").sources, ["report"]);
    assert_eq!(
        find("hazard.drones.occurs.campaign.branching")
            .high
            .as_deref(),
        Some("0.7")
    );
}

const POWER: &str = "[service.power]\nfeeds = [{ target = \"line\" }]\n\
    [hazard.power-loss]\nhits = \"service.power\"\noccurs = { poisson = { rate = \"2 /yr\" } }\nduration = \"3 d\"\n";

#[test]
fn a_strategy_changes_what_hazards_share() {
    let base = format!(
        "{SMALL}{POWER}[regime.war]\ninitial = 0.8\nto = {{ peace = \"1 /yr\" }}\n[regime.peace]\ninitial = 0.2\n[crew.divers]\n"
    );
    let strategy = "[strategy]\n[regime.war]\ninitial = 0\n[regime.peace]\ninitial = 1\n[crew.divers]\ncount = 3\n\
                    [service.power]\nfeeds = [{ target = \"line\", loss = 0.4 }]\n[crew.others]\n";
    let model = valid(&[("base.toml", &base), ("s.toml", strategy)], &[]).model;
    assert_eq!(model.regimes[0].initial, share(1.0));
    assert_eq!(
        model.regimes[1].to,
        [(0, 1.0 / 365.25)],
        "`to` stays as it was"
    );
    assert_eq!((model.crews.len(), model.crews[0].count), (2, 3));
    assert_eq!(model.hazards[0].targets[0].parts[0].loss, share(0.4));
    let model = valid(&[("base.toml", &base)], &["regime.war.to.peace=2 /yr"]).model;
    assert_eq!(model.regimes[1].to, [(0, 2.0 / 365.25)]);
}

/// A second line from July on, before the other in the order of the ids, shifts the indices.
#[test]
fn services_follow_the_elements_that_come_and_go() {
    let base = format!("{SMALL}{POWER}");
    let strategy = "[strategy]\navailable = 2026-07-01\n[link.a-line]\nfrom = \"oil\"\nto = \"port\"\ncapacity = \"20 kb/d\"\n";
    let model = valid(&[("base.toml", &base), ("s.toml", strategy)], &[]).model;
    assert_eq!(model.links[1].id, "line");
    assert_eq!(model.services[0].feeds, [part(Element::Link(1), None, 1.0)]);
    assert_eq!(model.hazards.len(), 1, "nothing about the hazard changes");
    assert_eq!(model.hazards[0].targets[0].parts, model.services[0].feeds);

    let strategy = format!(
        "{strategy}[service.power]\nfeeds = [{{ target = \"line\", loss = 0.5 }}, {{ target = \"a-line\" }}]\n"
    );
    let model = valid(&[("base.toml", &base), ("s.toml", &strategy)], &[]).model;
    let losses: Vec<Vec<Part>> = model
        .hazards
        .iter()
        .map(|hazard| hazard.targets[0].parts.clone())
        .collect();
    let day = Seconds(181 * DAY);
    assert_eq!([model.hazards[0].until, model.hazards[1].from], [day, day]);
    assert_eq!(losses[0], [part(Element::Link(1), None, 1.0)]);
    let after = [
        part(Element::Link(0), None, 1.0),
        part(Element::Link(1), None, 0.5),
    ];
    assert_eq!(losses[1], after);
    assert_eq!(model.services[0].feeds, after);
}

#[test]
fn tanks_and_services_can_be_closed_by_name() {
    let model = valid(&[("base.toml", &format!("{SMALL}{POWER}"))], &[]).model;
    let close = |target: &str| {
        scenario::closure(&model, target, "2026-02-01", "3 d", None)
            .unwrap_or_else(|invalid| panic!("{}", crate::scenario_files::rendered(&invalid)))
    };
    let tank = close("tank.port");
    assert_eq!(tank.name, "the tank of port");
    assert_eq!(tank.targets[0].parts, [part(Element::Tank(0), None, 1.0)]);
    let power = close("service.power");
    assert_eq!(power.name, "power");
    assert_eq!(power.targets[0].parts, [part(Element::Link(0), None, 1.0)]);
}
