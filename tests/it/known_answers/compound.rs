//! Annual loss from many events: sums of gamma losses over a Poisson number of events.

use keruen::metrics::{conditional_value_at_risk, quantile_interval};
use keruen::model::Collect;
use keruen::scenario::{self, Scenario, Text};
use keruen::simulation::{self, Draws, Settings};

use super::sample::Sample;
use crate::worlds::{Kept, all_given, assert_within_four, case, given, head, settings};

/// Flow per day, Mb: so much that an event of a few million barrels lasts minutes, and events
/// hardly ever meet.
const PLAN: f64 = 1_000.0;
const MB: f64 = 1e6;

const N: u64 = 40_000;
/// Draws of a rate that is not known, each with one year: what comes next is asked, and one year
/// of each says most of it.
const DRAWS: u64 = 20_000;

/// Events at a rate, written as it is given, each with a gamma loss.
fn world(case: &toml::Table, rate: &str) -> Scenario {
    let text = format!(
        "{}[field.oil]\nplan = \"{PLAN} Mb/d\"\n[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"{PLAN} Mb/d\"\n\
         [hazard.event]\nhits = [\"link.line\"]\noverlap = \"queue\"\n\
         occurs = {{ poisson = {{ rate = {rate} }} }}\n\
         duration = {{ gamma = {{ mean = \"{:?} d\", shape = {} }} }}\n",
        head("1 yr"),
        given(case, "inputs.severity_mean_mb") / PLAN,
        given(case, "inputs.severity_shape"),
    );
    let no_csv = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    scenario::parse(&[Text::new("world.toml", text)], &[], &no_csv).expect("valid")
}

fn asked(scenario: &Scenario, replications: u64) -> Settings {
    Settings {
        collect: Collect::System,
        rows: true,
        shortfalls: true,
        threads: 0,
        ..settings(&scenario.model, replications)
    }
}

/// Annual losses, and the largest single loss of each year, both rising.
fn losses(kept: &Kept) -> [Vec<i64>; 2] {
    let mut annual = kept.column("undelivered");
    let mut largest = vec![0_i64; annual.len()];
    // Both lists are in order of draw and replication.
    let mut year = 0;
    for event in &kept.shortfalls {
        let of = |row: &keruen::simulation::Row| (row.draw, row.replication);
        while of(&kept.rows[year]) != (event.draw, event.replication) {
            year += 1;
        }
        largest[year] = largest[year].max(event.volume_bbl);
    }
    annual.sort_unstable();
    largest.sort_unstable();
    [annual, largest]
}

/// Holds losses to the exact laws of the case.
fn check(case: &toml::Table, law: &str, [annual, largest]: &[Vec<i64>; 2]) {
    let of = |key: &str| given(case, &format!("expected.{law}.{key}"));
    let all = |key: &str| all_given(case, &format!("expected.{law}.{key}"));
    Sample::of(annual).assert(law, of("aal_mb") * MB, of("sd_mb") * MB);
    let n = annual.len() as f64;
    let share = |what: &str, sample: &[i64], level: f64, p: f64| {
        let over = sample
            .iter()
            .filter(|&&loss| loss as f64 > level * MB)
            .count();
        let error = (p * (1.0 - p) / n).sqrt();
        assert_within_four(&format!("{law}, {what}"), over as f64 / n, error, p, 0.0);
    };
    let levels = all_given(case, "inputs.threshold_mb");
    let exact = levels
        .iter()
        .zip(all("aep_exceedance"))
        .zip(all("oep_exceedance"));
    for ((&level, of_year), of_event) in exact {
        share(&format!("annual loss over {level}"), annual, level, of_year);
        share(
            &format!("single loss over {level}"),
            largest,
            level,
            of_event,
        );
    }
    share("any loss", annual, 0.0, 1.0 - of("prob_zero"));

    let (risks, tails, singles) = (all("var_mb"), all("cvar_mb"), all("oep_quantile_mb"));
    // A second of flow: what rounding can move.
    let second = PLAN / 86_400.0 * MB;
    for (at, level) in all("levels").into_iter().enumerate() {
        let (low, high) = quantile_interval(annual.len() as u64, level, 0.9999);
        for (sample, exact) in [(annual, risks[at]), (largest, singles[at])] {
            let bound = |rank: Option<u64>| sample[rank.expect("a bound") as usize - 1] as f64;
            let (low, high) = (bound(low) - second, bound(high) + second);
            assert!(
                low <= exact * MB && exact * MB <= high,
                "{law}, level {level}: {exact} Mb outside {low} to {high} bbl"
            );
        }
        let tail = conditional_value_at_risk(annual, level).expect("a tail");
        let error = tail.std_error.expect("an error");
        assert_within_four("CVaR", tail.value, error, tails[at] * MB, second);
    }
}

#[test]
fn annual_and_single_losses_exceed_levels_as_often_as_the_exact_laws_say() {
    let case = case("13_compound_loss");
    let rate = format!("\"{} /yr\"", given(&case, "inputs.mean_events_per_yr"));
    let scenario = world(&case, &rate);
    let mut kept = Kept::default();
    simulation::run(&scenario.model, &asked(&scenario, N), &mut kept).expect("it runs");
    check(&case, "poisson", &losses(&kept));
}

/// A rate that is a gamma posterior makes counts negative binomial.
#[test]
fn losses_at_a_rate_that_is_not_known_follow_the_predictive_law() {
    let case = case("13_compound_loss");
    let size = given(&case, "inputs.negative_binomial_size");
    let exposure = size / given(&case, "inputs.mean_events_per_yr");
    // Jeffreys' half an event and those counted make the shape.
    let rate = format!(
        "{{ events = {:?}, exposure = \"{exposure:?} yr\" }}",
        size - 0.5
    );
    let scenario = world(&case, &rate);
    let settings = asked(&scenario, 0);
    let drawn = |draw| {
        let uniform = |path: &str| simulation::doubt_uniform(settings.seed, draw, path);
        scenario.drawn(&uniform).map_err(Into::into)
    };
    let draws = Draws {
        count: DRAWS,
        replications: 1,
    };
    let mut kept = Kept::default();
    simulation::run_uncertain(&scenario.model, draws, &drawn, &settings, &mut kept)
        .expect("it runs");
    check(&case, "negative_binomial", &losses(&kept));
}
