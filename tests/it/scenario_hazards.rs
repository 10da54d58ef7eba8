//! How hazards are read: whom they hit, when they occur, by which laws.

use keruen::model::{Element, Law, Occurs, Scope};
use keruen::scenario::{self, Text};
use keruen::units::Seconds;

use crate::scenario_files::{DAY, SMALL, share, small_with, valid};

#[test]
fn an_element_with_units_is_hit_in_all_of_them() {
    let scenario = small_with(
        "[hazard.a]\nhits = [\"link.spm#2\", \"hub.port\"]\noccurs = { poisson = { rate = \"2 /yr\" } }\nduration = \"3 d\"\n\
         [hazard.b]\nhits = \"spm\"\nscope = { some = 2 }\nweights = [3]\noccurs = { poisson = { rate = \"2 /yr\" } }\nduration = \"3 d\"\n\
         [hazard.c]\nhits = { kind = \"link\", mode = \"pipeline\" }\nscope = \"all\"\nchance = 0.5\noccurs = { poisson = { rate = \"2 /yr\" } }\nduration = \"3 d\"",
    );
    let keys = |index: usize| -> Vec<&str> {
        scenario.model.hazards[index]
            .targets
            .iter()
            .map(|target| target.key.as_str())
            .collect()
    };
    assert_eq!(keys(0), ["hub.port", "link.spm#2"]);
    assert_eq!(keys(1), ["link.spm#1", "link.spm#2", "link.spm#3"]);
    assert_eq!(
        keys(2),
        ["link.line", "link.spm#1", "link.spm#2", "link.spm#3"]
    );
    let hazards = &scenario.model.hazards;
    assert_eq!(hazards[0].targets[1].parts[0].unit, Some(1));
    assert_eq!(hazards[0].targets[1].parts[0].element, Element::Link(1));
    assert_eq!(
        hazards[1].scope,
        Scope::Some {
            count: 2,
            weights: vec![3.0; 3]
        }
    );
    assert_eq!(hazards[2].scope, Scope::All { chance: share(0.5) });
}

/// Known: lognormal σ² = ln(1 + cv²), μ = ln mean − σ²/2; and in equilibrium: mean 20, cv 1.2.
#[test]
fn laws_are_given_by_numbers_that_people_know() {
    let law = |duration: &str| {
        let text = format!(
            "[hazard.a]\nhits = \"line\"\noccurs = {{ renewal = {{ up = \"90 d\" }} }}\nduration = {duration}"
        );
        small_with(&text).model.hazards.remove(0).duration
    };
    assert!((law("{ lognormal = { mean = \"20 d\", cv = 1.2 } }").mean() - 20.0).abs() < 1e-12);
    let Law::LogNormal { mu, sigma } = law("{ lognormal = { median = \"20 d\", p95 = \"60 d\" } }")
    else {
        panic!("log-normal")
    };
    assert!((mu - 20_f64.ln()).abs() < 1e-12);
    assert!((mu + 1.644_853_626_951_472_2 * sigma - 60_f64.ln()).abs() < 1e-12);
    assert_eq!(
        law("{ gamma = { mean = \"48 h\", shape = 2 } }"),
        Law::Gamma {
            mean: 2.0,
            shape: 2.0
        }
    );
    assert_eq!(
        law("{ empirical = [\"2 d\", \"12 h\"] }"),
        Law::Empirical(vec![0.5, 2.0])
    );
    assert_eq!(law("{ value = \"2 d\", low = \"1 d\" }"), Law::Fixed(2.0));
    let geometric = Law::Geometric {
        mean: 2.0,
        step: 1.0,
    };
    assert_eq!(
        law("{ geometric = { mean = \"2 d\", step = \"1 d\" } }"),
        geometric
    );
}

/// With ν = mean (1 − mean) ÷ sd² − 1 = 24, both shapes are 12.
#[test]
fn a_beta_law_is_given_by_mean_and_standard_deviation() {
    let hazard = "[hazard.a]\nhits = \"line\"\noccurs = { poisson = { rate = \"2 /yr\" } }\nduration = \"1 d\"\n\
                  left = { beta = { mean = 0.5, sd = 0.1 } }";
    let Law::Beta { alpha, beta } = small_with(hazard).model.hazards.remove(0).left else {
        panic!("beta")
    };
    assert!((alpha - 12.0).abs() < 1e-9 && (beta - 12.0).abs() < 1e-9);
}

#[test]
fn files_of_other_systems_are_read() {
    let base = small_with("").model;
    let windows = format!("\u{feff}{}", SMALL.replace('\n', "\r\n"));
    assert_eq!(valid(&[("small.toml", &windows)], &[]).model, base);
}

#[test]
fn every_way_of_occurring_is_read() {
    let occurs = |occurs: &str| {
        let text = format!("[hazard.a]\nhits = \"line\"\noccurs = {occurs}\nduration = \"1 d\"");
        small_with(&text).model.hazards.remove(0).occurs
    };
    assert_eq!(
        occurs("{ dates = [2026-01-03T00:00:00+12:00, \"2026-01-02\"] }"),
        Occurs::Dates(vec![Seconds(DAY), Seconds(DAY + DAY / 2)])
    );
    assert_eq!(
        occurs("{ once = { probability = 0.3, from = 2025-12-31, until = 2026-02-01 } }"),
        Occurs::Once {
            probability: share(0.3),
            from: Seconds(-DAY),
            until: Seconds(31 * DAY)
        }
    );
    assert_eq!(
        occurs("{ every = { period = \"30 d\" } }"),
        Occurs::Every {
            period: Seconds(30 * DAY),
            first: Seconds(0)
        }
    );
    assert_eq!(
        occurs("{ renewal = { up = { exponential = { mean = \"90 d\" } } } }"),
        Occurs::Renewal {
            up: Law::Exponential { mean: 90.0 }
        }
    );
}

#[test]
fn a_log_is_read_in_order_of_time_and_clipped_at_the_start() {
    let text = format!(
        "{SMALL}\n[hazard.a]\nhits = [\"spm\", \"line\"]\noccurs = {{ log = \"log.csv\" }}\n"
    );
    let log = "target,start,end,left\n\
               line,2026-02-01,2026-02-02T12:00:00Z,0.25\n\
               link.spm,2025-12-31,2026-01-02,0\n\
               spm#3,2024-01-01,2024-02-01,0\n";
    let scenario =
        scenario::parse(&[Text::new("t.toml", text)], &[], &|_| Ok(log.to_owned())).expect("valid");
    let Occurs::Log(events) = &scenario.model.hazards[0].occurs else {
        panic!("a log")
    };
    let short: Vec<(usize, i64, i64)> = events
        .iter()
        .map(|event| (event.target, event.start.0, event.end.0))
        .collect();
    let line = (0, 31 * DAY, 32 * DAY + DAY / 2);
    assert_eq!(short, [(1, 0, DAY), (2, 0, DAY), (3, 0, DAY), line]);
    assert_eq!(events[3].left, share(0.25));
    assert_eq!(scenario.warnings[0].kind(), "scenario::log_outside_horizon");
}
