//! Figures in doubt: what is drawn of them, and how their error is told apart from chance.

use std::cell::RefCell;
use std::collections::BTreeMap;

use keruen::model::{Collect, Model, Occurs};
use keruen::results::Metric;
use keruen::scenario::{self, Scenario, Text};
use keruen::simulation::{
    self, Draws, Observer, Progress, Run, RunError, Settings, Silent, Stopped, doubt_uniform,
};

use super::worlds::{Kept, all_given, case, given, head, settings};

const LINE: &str = r#"
[field.oil]
plan = "100 kb/d"
[market.sea]
demand = "200 kb/d"
[link.line]
from = "oil"
to = "sea"
capacity = "120 kb/d"
"#;

/// A line that storms close for a minute.
fn world(rate: &str) -> String {
    let hazard = format!(
        "[hazard.storm]\nhits = [\"link.line\"]\nduration = \"1 min\"\n\
         occurs = {{ poisson = {{ rate = {rate} }} }}\n"
    );
    head("365.25 d") + LINE + &hazard
}

fn parse(texts: &[&str], set: &[&str]) -> Scenario {
    let texts: Vec<Text> = texts
        .iter()
        .enumerate()
        .map(|(number, text)| Text::new(format!("file-{number}.toml"), *text))
        .collect();
    let set: Vec<String> = set.iter().map(ToString::to_string).collect();
    let no_csv = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    scenario::parse(&texts, &set, &no_csv)
        .unwrap_or_else(|invalid| panic!("{}", super::scenario_files::rendered(&invalid)))
}

fn run(
    scenario: &Scenario,
    draws: Draws,
    settings: &Settings,
    observer: &mut dyn Observer,
) -> Result<Run, RunError> {
    let drawn = |draw| {
        let uniform = |path: &str| doubt_uniform(settings.seed, draw, path);
        scenario.drawn(&uniform).map_err(Into::into)
    };
    simulation::run_uncertain(&scenario.model, draws, &drawn, settings, observer)
}

fn rate(model: &Model, hazard: &str) -> f64 {
    let found = model.hazards.iter().find(|known| known.id == hazard);
    match &found.expect("a hazard").occurs {
        Occurs::Poisson { rate_per_day, .. } => rate_per_day * 365.25,
        other => panic!("{other:?}"),
    }
}

/// KA12 `epistemic`: counts are negative binomial, and their variance is told apart.
#[test]
fn counted_events_give_the_predictive_law() {
    let known = case("12_regime_political");
    let of = |path: &str| given(&known, &format!("expected.epistemic.{path}"));
    let scenario = parse(&[&world(r#"{ events = 4, exposure = "3.75 yr" }"#)], &[]);
    let close = |found: f64, expected: f64| {
        assert!((found / expected - 1.0).abs() < 1e-8, "{found}, {expected}");
    };
    close(rate(&scenario.model, "storm"), of("posterior_mean_per_yr"));
    for (u, end) in [
        (0.05, "posterior_q05_per_yr"),
        (0.95, "posterior_q95_per_yr"),
    ] {
        let model = scenario.drawn(&|_| u).expect("a scenario");
        close(rate(&model, "storm"), of(end));
    }
    assert_eq!(scenario.doubts.len(), 1);
    assert_eq!(scenario.doubts[0].path, "hazard.storm.occurs.poisson.rate");
    assert_eq!(scenario.doubts[0].form, "events in exposure");
    assert_eq!(scenario.doubts[0].low, "0.4433 /yr");

    // Errors come from runs with other seeds, which need no theory.
    let mut found: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for seed in 0..16 {
        let settings = Settings {
            seed,
            threads: 0,
            collect: Collect::All,
            rows: true,
            ..settings(&scenario.model, 0)
        };
        let draws = Draws {
            count: 400,
            replications: 4,
        };
        let mut kept = Kept::default();
        let run = run(&scenario, draws, &settings, &mut kept).expect("runs");
        let events: &Metric = &run.result.hazards["storm"]["events"];
        let epistemic = events.epistemic.expect("a split");
        let some = kept
            .column("undelivered")
            .iter()
            .filter(|&&lost| lost > 0)
            .count();
        let mut add = |name, value| found.entry(name).or_default().push(value);
        add("predictive_mean", events.mean.expect("a mean"));
        add(
            "predictive_variance",
            events.std_dev.expect("a spread").powi(2),
        );
        add("epistemic_variance", epistemic.variance_raw);
        let share = epistemic.share.expect("a share");
        add(
            "aleatory_variance",
            epistemic.variance_raw * (1.0 / share - 1.0),
        );
        add("prob_at_least_one", some as f64 / 1_600.0);
        add("posterior_q05_per_yr", epistemic.low);
        add("posterior_q95_per_yr", epistemic.high);
        let scaled = events.mean.expect("a mean") - of("predictive_mean");
        add("z", scaled / events.std_error.expect("an error"));
    }
    for (name, values) in found {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        let squares: f64 = values.iter().map(|x| (x - mean).powi(2)).sum();
        let error = (squares / (n - 1.0) / n).sqrt();
        match name {
            // Standard errors are those of the means that other seeds give.
            "z" => assert!((0.4..1.8).contains(&(error * n.sqrt())), "{values:?}"),
            // Band ends are blurred: means of four are no rates.
            "posterior_q05_per_yr" | "posterior_q95_per_yr" => {
                assert!(
                    (mean - of(name)).abs() < 0.2,
                    "{name}: {mean}, not {}",
                    of(name)
                );
            }
            _ => {
                let z = (mean - of(name)) / error;
                assert!(z.abs() < 4.0, "{name}: {mean} ± {error}, not {}", of(name));
            }
        }
    }
    assert_eq!(
        all_given(&known, "expected.epistemic.predictive_pmf_0_to_5").len(),
        6
    );
}

#[test]
fn threads_change_no_number() {
    let text = world(r#"{ value = "4 /yr", low = "1 /yr", high = "9 /yr" }"#);
    let scenario = parse(&[&text], &[]);
    let found: Vec<String> = [1, 3]
        .map(|threads| {
            let settings = Settings {
                threads,
                ..settings(&scenario.model, 0)
            };
            let run = run(&scenario, Draws::of(30, 90), &settings, &mut Silent).expect("runs");
            assert_eq!(run.replications, 90);
            serde_json::to_string(&run.result).expect("JSON")
        })
        .into();
    assert_eq!(found[0], found[1]);
    assert!(found[0].contains("epistemic"));
}

/// Cancels after the first news.
struct Impatient(bool);

impl Observer for Impatient {
    fn progress(&mut self, _: &Progress) {
        self.0 = true;
    }

    fn is_cancelled(&self) -> bool {
        self.0
    }
}

#[test]
fn a_cancelled_run_has_the_first_draws_whole() {
    let scenario = parse(&[&world(r#"{ events = 0.5, exposure = "1 yr" }"#)], &[]);
    let settings = settings(&scenario.model, 0);
    let draws = Draws {
        count: 5_000,
        replications: 3,
    };
    let cut = run(&scenario, draws, &settings, &mut Impatient(false)).expect("runs");
    assert_eq!(cut.stopped, Stopped::Interrupted);
    let done = cut.draws.expect("draws");
    assert!((1..5_000).contains(&done.count), "{done:?}");
    assert_eq!(cut.replications, done.count * 3);
    let whole = run(&scenario, done, &settings, &mut Silent).expect("runs");
    assert_eq!(whole.stopped, Stopped::Count);
    assert_eq!(cut.result, whole.result);
}

/// A second hazard changes nothing of the first, wherever it stands.
#[test]
fn draws_go_by_path() {
    let one = world(r#"{ events = 4, exposure = "3.75 yr" }"#);
    let other = "[hazard.ahead]\nhits = [\"link.line\"]\nduration = \"1 h\"\n\
                 occurs = { poisson = { rate = { value = \"3 /yr\", low = \"1 /yr\" } } }\n";
    let capacity = one.replace(
        "\"120 kb/d\"",
        "{ value = \"120 kb/d\", low = \"110 kb/d\", high = \"150 kb/d\" }",
    );
    let header = one.find("[field").expect("a field");
    let first = format!("{}{other}{}", &one[..header], &one[header..]);
    let dotted = one.replace(
        "occurs = { poisson = { rate = { events = 4, exposure = \"3.75 yr\" } } }",
        "occurs.poisson.rate.events = 4\noccurs.poisson.rate.exposure = \"3.75 yr\"",
    );
    let draw = |path: &str| doubt_uniform(7, 3, path);
    let drawn = |text: &str| rate(&parse(&[text], &[]).drawn(&draw).expect("a model"), "storm");
    let expected = drawn(&one);
    assert_ne!(expected, 1.2);
    for text in [&(one.clone() + other), &first, &capacity, &dotted] {
        assert_eq!(drawn(text), expected, "{text}");
    }
    let asked = RefCell::new(Vec::new());
    let note = |path: &str| {
        asked.borrow_mut().push(path.to_owned());
        0.5
    };
    parse(&[&(capacity + other)], &[])
        .drawn(&note)
        .expect("a model");
    let mut asked = asked.into_inner();
    asked.sort();
    asked.dedup();
    let paths = [
        "hazard.ahead.occurs.poisson.rate",
        "hazard.storm.occurs.poisson.rate",
        "link.line.capacity",
    ];
    assert_eq!(asked, paths);
}

#[test]
fn strategies_and_settings_replace_figures_with_their_doubt() {
    let base = world(r#"{ events = 4, exposure = "3.75 yr" }"#);
    let plain = parse(
        &[&base],
        &["hazard.storm.occurs={ poisson = { rate = \"2 /yr\" } }"],
    );
    assert!(plain.doubts.is_empty());
    assert_eq!(rate(&plain.drawn(&|_| 0.9).expect("a model"), "storm"), 2.0);

    let harder = "[strategy]\nname = \"Harder\"\navailable = 2026-07-01\n[link.line]\n\
                  capacity = { value = \"110 kb/d\", low = \"100 kb/d\", high = \"130 kb/d\" }\n";
    let both = parse(&[&base, harder], &[]);
    let paths: Vec<&str> = both
        .doubts
        .iter()
        .map(|doubt| doubt.path.as_str())
        .collect();
    assert_eq!(
        paths,
        ["hazard.storm.occurs.poisson.rate", "link.line.capacity"]
    );
    let model = both.drawn(&|_| 0.95).expect("a model");
    let capacity = model.links[0].capacity.as_ref().expect("a limit");
    let steps: Vec<i64> = capacity.steps().iter().map(|step| step.1.0).collect();
    assert_eq!(steps, [120_000, 130_000]);
    assert_eq!(model.strategies[0].name, "Harder");
}

/// First day, length and rules are no figures to doubt.
#[test]
fn the_frame_is_not_drawn() {
    let text = world(r#""2 /yr""#).replace(
        "horizon = \"365.25 d\"",
        "horizon = { value = \"365.25 d\", low = \"100 d\" }",
    );
    let scenario = parse(&[&text], &[]);
    assert!(scenario.doubts.is_empty());
    let model = scenario.drawn(&|_| 0.01).expect("a model");
    assert_eq!(model.horizon, scenario.model.horizon);
}

#[test]
fn a_market_is_owed_at_most_what_it_takes() {
    let text = world(r#""2 /yr""#).replace(
        "demand = \"200 kb/d\"",
        "demand = { value = \"90 kb/d\", low = \"80 kb/d\", high = \"99 kb/d\" }\ncommitment = \"90 kb/d\"",
    );
    let scenario = parse(&[&text], &[]);
    for (u, owed) in [(0.05, 80_000), (0.95, 90_000)] {
        let model = scenario.drawn(&|_| u).expect("a model");
        let commitment = model.markets[0].commitment.as_ref().expect("is bound");
        assert_eq!(commitment.first().0, owed);
    }
}

#[test]
fn initial_probabilities_of_regimes_stay_a_law() {
    let text = world(r#""2 /yr""#)
        + "[regime.war]\ninitial = { value = 0.5, low = 0.3, high = 0.8 }\n\
           [regime.peace]\ninitial = 0.5\n";
    let scenario = parse(&[&text], &[]);
    let model = scenario.drawn(&|_| 0.95).expect("a model");
    let initial: Vec<f64> = model
        .regimes
        .iter()
        .map(|known| known.initial.get())
        .collect();
    assert!((initial[0] - 0.5 / 1.3).abs() < 1e-9 && (initial[1] - 0.8 / 1.3).abs() < 1e-9);
}

#[test]
fn a_draw_that_makes_no_scenario_is_named() {
    let text = world(r#""2 /yr""#).replace(
        "duration = \"1 min\"",
        "duration = { gamma = { mean = \"1 d\", shape = { value = 0.06, low = 0.051 } } }",
    );
    let scenario = parse(&[&text], &[]);
    let settings = settings(&scenario.model, 0);
    let failed = run(&scenario, Draws::of(300, 600), &settings, &mut Silent);
    let error = failed.expect_err("some shapes are too small").to_string();
    assert!(error.starts_with("draw "), "{error}");
    assert!(
        error.contains("of the figures in doubt makes no scenario"),
        "{error}"
    );
}

#[test]
fn shares_may_be_counted_in_trials() {
    let text = world(r#""2 /yr""#) + "scope = \"all\"\nchance = { events = 3, trials = 10 }\n";
    let scenario = parse(&[&text], &[]);
    assert_eq!(scenario.doubts[0].form, "events in trials");
    assert_eq!(scenario.doubts[0].value, "0.3182");
    let prior = text.replace(
        "trials = 10",
        "trials = 10, prior = { events = 1, trials = 2 }",
    );
    assert_eq!(parse(&[&prior], &[]).doubts[0].value, "0.3333");
}

/// A range of a branching ratio ends below 1, but draws go beyond its ends: none makes a campaign
/// that never dies down.
#[test]
fn a_draw_makes_no_campaign_that_never_dies_down() {
    let text = head("30 d")
        + LINE
        + "[hazard.drones]\nhits = [\"link.line\"]\nduration = \"1 min\"\n\
           occurs = { campaign = { rate = \"1 /yr\", memory = \"9 d\", \
           branching = { value = 0.5, low = 0.1, high = 0.95 } } }\n";
    let scenario = parse(&[&text], &[]);
    let branching = |u: f64| match &scenario.drawn(&|_| u).expect("a scenario").hazards[0].occurs {
        Occurs::Campaign { branching, .. } => *branching,
        other => panic!("{other:?}"),
    };
    assert!((branching(0.95) - 0.95).abs() < 1e-9);
    assert_eq!(branching(0.999), 0.99);
}
