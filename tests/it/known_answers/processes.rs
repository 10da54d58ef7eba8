//! Processes: overlap, seasons, common causes, what is met at a random instant.

use keruen::model::{Collect, Element, Law, Model};
use keruen::sampling::{Sampler, Stream, Timeline, Timelines};
use keruen::units::Seconds;

use crate::worlds::{
    all_given, assert_mean, assert_within_four, case, given, head, metric, model, rows, run,
};

const DAY: f64 = 86_400.0;

/// One link with one hazard.
fn one_link(horizon: &str, hazard: &str) -> Model {
    model(&format!(
        "{}[field.oil]\nplan = \"1 kb/d\"\n[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"1 kb/d\"\n\
         [hazard.attack]\nhits = [\"link.line\"]\n{hazard}",
        head(horizon)
    ))
}

#[test]
fn overlapping_disruptions_leave_the_exact_availability() {
    let case = case("12_regime_political");
    let outage = given(&case, "inputs.overlap.outage_d");
    let horizon = 20_000.0;
    for (rule, key) in [
        ("ignore", "availability_ignore_while_down"),
        ("union", "availability_union"),
        ("queue", "availability_queue_single_crew"),
    ] {
        let hazard = format!(
            "occurs = {{ poisson = {{ rate = \"{} /d\" }} }}\nduration = \"{outage} d\"\n\
             overlap = \"{rule}\"\n",
            given(&case, "inputs.overlap.rate_per_d")
        );
        let (run, _) = rows(
            &one_link(&format!("{horizon} d"), &hazard),
            200,
            Collect::System,
        );
        let delivered = metric(&run.result.metrics, "deliverability");
        assert_within_four(
            rule,
            delivered.mean.expect("a mean"),
            delivered.std_error.expect("an error"),
            given(&case, &format!("expected.overlap.{key}")),
            // It begins with nothing at work; that is forgotten within about one outage.
            outage / horizon,
        );
    }
}

/// The year of the case: rates by month, and expected events until each month's end.
struct Season {
    rates: Vec<f64>,
    days: Vec<f64>,
}

impl Season {
    fn of(case: &toml::Table) -> Self {
        Self {
            rates: all_given(case, "inputs.seasonal.rate_per_d"),
            days: all_given(case, "inputs.seasonal.days"),
        }
    }

    fn world(&self) -> Model {
        let mean = self.rates.iter().sum::<f64>() / 12.0;
        let weights: Vec<String> = self
            .rates
            .iter()
            .map(|rate| format!("{:?}", rate / mean))
            .collect();
        let hazard = format!(
            "occurs = {{ poisson = {{ rate = \"{mean:?} /d\" }} }}\nduration = \"1 s\"\n\
             season = [{}]\n",
            weights.join(", ")
        );
        one_link("365 d", &hazard)
    }

    /// When `wanted` events are expected to have come, days.
    fn inverse(&self, mut wanted: f64) -> Option<f64> {
        let mut time = 0.0;
        for (rate, days) in self.rates.iter().zip(&self.days) {
            if wanted < rate * days {
                return Some(time + wanted / rate);
            }
            wanted -= rate * days;
            time += days;
        }
        None
    }
}

#[test]
fn seasonal_events_come_as_often_as_their_rates_say() {
    let case = case("12_regime_political");
    let model = Season::of(&case).world();
    let result = run(&model, 4_000).result;
    let events = metric(&result.hazards["attack"], "events");
    let expected = given(&case, "expected.seasonal.expected_count");
    assert_mean("events", events, expected);
    // Poisson counts: as much variance as mean.
    let variance = events.std_dev.expect("a spread").powi(2);
    let error = expected * (2.0_f64 / 4_000.0).sqrt() * 1.1;
    assert_within_four("variance of events", variance, error, expected, 0.0);
}

#[test]
fn the_first_seasonal_event_comes_by_inversion_of_the_expected_count() {
    let case = case("12_regime_political");
    let season = Season::of(&case);
    let uniform = given(&case, "inputs.seasonal.uniform");
    let exact = given(&case, "expected.seasonal.first_arrival_by_inversion_d");
    let own = season
        .inverse(-(1.0 - uniform).ln())
        .expect("within the year");
    assert!((own - exact).abs() < 1e-6, "{own}, exact {exact}");

    let model = season.world();
    let timelines = Timelines::new(&model.hazards, 7, 0, model.start, model.horizon);
    let stream = Stream::new(7, 0, "attack", &model.hazards[0].targets[0].key);
    let mut timeline = Timeline::default();
    for replication in 0..2_000 {
        timelines.sample(replication, &mut timeline);
        let uniform = stream.uniform(replication, 0, 0);
        let expected = season.inverse(-(1.0 - uniform).ln());
        let first = timeline
            .disruptions()
            .first()
            .map(|disruption| disruption.start.0 as f64);
        match (expected, first) {
            (Some(day), Some(second)) => {
                assert!(
                    (second - day * DAY).abs() <= 1.0,
                    "{second} s, expected day {day}"
                );
            }
            (None, None) => {}
            other => panic!("replication {replication}: {other:?}"),
        }
    }
}

#[test]
fn shocks_in_common_make_joint_failures_likelier() {
    let case = case("12_regime_political");
    let rate = |key: &str| given(&case, &format!("inputs.common_cause.rate_{key}_per_yr"));
    let hazard = |id: &str, hits: &str, rate: f64| {
        format!(
            "[hazard.{id}]\nhits = [{hits}]\nduration = \"1000 d\"\nscope = \"all\"\n\
             occurs = {{ poisson = {{ rate = \"{rate} /yr\" }} }}\n"
        )
    };
    let model = model(&format!(
        "{}[field.oil]\nplan = \"2 kb/d\"\n[market.sea]\n\
         [link.a]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"1 kb/d\"\n\
         [link.b]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"1 kb/d\"\n{}{}{}",
        head(&format!("{} yr", given(&case, "inputs.common_cause.t_yr"))),
        hazard("one", "\"link.a\"", rate("1")),
        hazard("other", "\"link.b\"", rate("2")),
        hazard("shared", "\"link.a\", \"link.b\"", rate("12")),
    ));
    let timelines = Timelines::new(&model.hazards, 11, 0, model.start, model.horizon);
    let mut timeline = Timeline::default();
    let n = 40_000;
    let (mut none, mut both, mut together) = (0, 0, 0);
    for replication in 0..n {
        timelines.sample(replication, &mut timeline);
        let first = |link: usize| -> Option<Seconds> {
            let hits = timeline.disruptions().iter().filter(|disruption| {
                timelines.slots()[disruption.slot as usize].0 == Element::Link(link)
            });
            hits.map(|disruption| disruption.start).min()
        };
        let (a, b) = (first(0), first(1));
        none += u32::from(a.is_none() && b.is_none());
        both += u32::from(a.is_some() && b.is_some());
        together += u32::from(a.is_some() && a == b);
    }
    let of = |key: &str| given(&case, &format!("expected.common_cause.{key}"));
    let n = n as f64;
    let check = |what: &str, count: u32, p: f64| {
        let error = (p * (1.0 - p) / n).sqrt();
        assert_within_four(what, f64::from(count) / n, error, p, 0.0);
    };
    check("none", none, of("prob_both_survive"));
    check("both", both, of("prob_both_failed"));
    // Both links first fail in one shock, if any failure comes before the horizon.
    let simultaneous = of("prob_simultaneous_first_failure") * (1.0 - of("prob_both_survive"));
    check("together", together, simultaneous);
    let apart = of("prob_both_failed_if_independent");
    let error = (apart * (1.0 - apart) / n).sqrt();
    assert!(
        f64::from(both) / n > apart + 4.0 * error,
        "as if independent"
    );
}

#[test]
fn a_lifetime_met_at_a_random_instant_has_the_exact_remainder() {
    let case = case("12_regime_political");
    let of = |key: &str| given(&case, &format!("expected.equilibrium_weibull.{key}"));
    let law = Law::Weibull {
        mean: of("mean_d"),
        shape: given(&case, "inputs.equilibrium_weibull.shape"),
    };
    let sampler = Sampler::new(&law);
    let x = given(&case, "inputs.equilibrium_weibull.x_d");
    // Midpoints of a grid over both uniform numbers: the exact law but for the grid.
    let steps = 600;
    let at = |index: u32| (f64::from(index) + 0.5) / f64::from(steps);
    let (mut sum, mut below) = (0.0, 0_u32);
    for one in 0..steps {
        for other in 0..steps {
            let rest = sampler.equilibrium(at(one), at(other));
            sum += rest;
            below += u32::from(rest <= x);
        }
    }
    let count = f64::from(steps * steps);
    assert!(
        (sum / count - of("mean_residual_d")).abs() < 2e-3,
        "mean {}",
        sum / count
    );
    let share = f64::from(below) / count;
    assert!(
        (share - of("residual_cdf_at_x")).abs() < 1e-3,
        "share {share}"
    );
}
