//! Annual loss from many events: sums of gamma losses over a Poisson number of events.

use keruen::metrics::{conditional_value_at_risk, quantile_interval};
use keruen::model::Collect;
use keruen::simulation;

use super::sample::Sample;
use crate::worlds::{Kept, all_given, assert_within_four, case, given, head, model, settings};

/// Flow per day, Mb: so much that an event of a few million barrels lasts minutes, and events
/// hardly ever meet.
const PLAN: f64 = 1_000.0;
const MB: f64 = 1e6;

#[test]
fn annual_and_single_losses_exceed_levels_as_often_as_the_exact_laws_say() {
    let case = case("13_compound_loss");
    let of = |key: &str| given(&case, &format!("expected.poisson.{key}"));
    let model = model(&format!(
        "{}[field.oil]\nplan = \"{PLAN} Mb/d\"\n[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"{PLAN} Mb/d\"\n\
         [hazard.event]\nhits = [\"link.line\"]\noverlap = \"queue\"\n\
         occurs = {{ poisson = {{ rate = \"{} /yr\" }} }}\n\
         duration = {{ gamma = {{ mean = \"{:?} d\", shape = {} }} }}\n",
        head("1 yr"),
        given(&case, "inputs.mean_events_per_yr"),
        given(&case, "inputs.severity_mean_mb") / PLAN,
        given(&case, "inputs.severity_shape"),
    ));
    let n = 40_000;
    let mut kept = Kept::default();
    let asked = simulation::Settings {
        collect: Collect::System,
        rows: true,
        shortfalls: true,
        threads: 0,
        ..settings(&model, n)
    };
    simulation::run(&model, &asked, &mut kept).expect("it runs");

    let mut losses = kept.column("undelivered");
    Sample::of(&losses).assert("annual", of("aal_mb") * MB, of("sd_mb") * MB);
    let mut largest = vec![0_i64; n as usize];
    for event in &kept.shortfalls {
        let known = &mut largest[event.replication as usize];
        *known = (*known).max(event.volume_bbl);
    }
    let share = |what: &str, sample: &[i64], level: f64, p: f64| {
        let over = sample
            .iter()
            .filter(|&&loss| loss as f64 > level * MB)
            .count();
        let error = (p * (1.0 - p) / n as f64).sqrt();
        assert_within_four(what, over as f64 / n as f64, error, p, 0.0);
    };
    let levels = all_given(&case, "inputs.threshold_mb");
    let annual = all_given(&case, "expected.poisson.aep_exceedance");
    let single = all_given(&case, "expected.poisson.oep_exceedance");
    for ((&level, annual), single) in levels.iter().zip(annual).zip(single) {
        share(&format!("annual loss over {level}"), &losses, level, annual);
        share(
            &format!("single loss over {level}"),
            &largest,
            level,
            single,
        );
    }
    share("any loss", &losses, 0.0, 1.0 - of("prob_zero"));

    losses.sort_unstable();
    largest.sort_unstable();
    let risks = all_given(&case, "expected.poisson.var_mb");
    let tails = all_given(&case, "expected.poisson.cvar_mb");
    let singles = all_given(&case, "expected.poisson.oep_quantile_mb");
    // A second of flow: what rounding can move.
    let second = PLAN / 86_400.0 * MB;
    for (at, level) in all_given(&case, "expected.poisson.levels")
        .into_iter()
        .enumerate()
    {
        let (low, high) = quantile_interval(n, level, 0.9999);
        for (sample, exact) in [(&losses, risks[at]), (&largest, singles[at])] {
            let bound = |rank: Option<u64>| sample[rank.expect("a bound") as usize - 1] as f64;
            let (low, high) = (bound(low) - second, bound(high) + second);
            assert!(
                low <= exact * MB && exact * MB <= high,
                "level {level}: {exact} Mb outside {low} to {high} bbl"
            );
        }
        let tail = conditional_value_at_risk(&losses, level).expect("a tail");
        let error = tail.std_error.expect("an error");
        assert_within_four("CVaR", tail.value, error, tails[at] * MB, second);
    }
}
