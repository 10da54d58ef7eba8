//! One link, links in series, two routes side by side.

use keruen::metrics::{conditional_value_at_risk, quantile_interval, value_at_risk};
use keruen::model::{Collect, Model};

use super::sample::Sample;
use crate::worlds::{
    all_given, assert_mean, assert_within_four, case, entry, given, head, metric, model, number,
    rows, run,
};

const KB: f64 = 1_000.0;

pub(super) const LAWS: [&str; 3] = ["exponential", "gamma", "deterministic"];
const SINGLE: u64 = 20_000;

/// The world of one link; `longer` multiplies the time to repair.
pub(crate) fn single_link(case: &toml::Table, law: &str, start: &str, longer: f64) -> Model {
    let mean = given(case, "inputs.mean_down_d") * longer;
    let shape = given(case, "inputs.gamma_repair_shape");
    let repair = match law {
        "exponential" => format!("{{ exponential = {{ mean = \"{mean} d\" }} }}"),
        "gamma" => format!("{{ gamma = {{ mean = \"{mean} d\", shape = {shape} }} }}"),
        _ => format!("\"{mean} d\""),
    };
    model(&format!(
        "{}[field.oil]\nplan = \"{} kb/d\"\n[market.sea]\n\
         [link.line]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"{} kb/d\"\n\
         [hazard.failure]\nhits = [\"link.line\"]\nduration = {repair}\nstart = \"{start}\"\n\
         occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"{} d\" }} }} }} }}\n",
        head(&format!("{} d", given(case, "inputs.horizon_d"))),
        given(case, "inputs.plan_kbd"),
        given(case, "inputs.capacity_kbd"),
        given(case, "inputs.mean_up_d"),
    ))
}

#[test]
fn a_single_link_has_the_exact_mean_spread_and_tail_of_losses() {
    let case = case("01_single_link");
    for law in LAWS {
        let exact = |key: &str| given(&case, &format!("expected.repair.{law}.{key}"));
        let model = single_link(&case, law, "up", 1.0);
        let (_, kept) = rows(&model, SINGLE, Collect::System);
        let mut losses = kept.column("undelivered");
        let sample = Sample::of(&losses);
        sample.assert(
            law,
            exact("mean_unexported_kb") * KB,
            exact("sd_unexported_kb") * KB,
        );

        losses.sort_unstable();
        let n = losses.len() as u64;
        for (level, percent) in [(0.9, 90), (0.95, 95), (0.99, 99)] {
            let exact_risk = exact(&format!("var{percent}_kb")) * KB;
            let (low, high) = quantile_interval(n, level, 0.9999);
            let at = |rank: Option<u64>| losses[rank.expect("a bound") as usize - 1] as f64;
            // Whole seconds move an atom of the law by up to a second of flow per repair.
            assert!(
                at(low) - KB <= exact_risk && exact_risk <= at(high) + KB,
                "{law}, VaR {percent}: {exact_risk} outside {} to {}",
                at(low),
                at(high)
            );
            let risk = value_at_risk(&losses, level).expect("a quantile") as f64;
            assert!(at(low) <= risk && risk <= at(high));
            let tail = conditional_value_at_risk(&losses, level).expect("a tail");
            assert_within_four(
                &format!("{law}, CVaR {percent}"),
                tail.value,
                tail.std_error.expect("an error"),
                exact(&format!("cvar{percent}_kb")) * KB,
                0.0,
            );
        }

        let none = losses.iter().filter(|&&loss| loss == 0).count() as f64 / n as f64;
        let p = exact("prob_no_outage");
        assert_within_four(law, none, (p * (1.0 - p) / n as f64).sqrt(), p, 0.0);
        let beyond = exact("exceedance_threshold_d") * given(&case, "inputs.plan_kbd") * KB;
        let over = losses.iter().filter(|&&loss| loss as f64 > beyond).count() as f64 / n as f64;
        let p = exact("prob_downtime_exceeds_threshold");
        assert_within_four(law, over, (p * (1.0 - p) / n as f64).sqrt(), p, 0.0);
    }
}

#[test]
fn a_single_link_fails_as_often_and_is_available_as_long_as_it_should() {
    let case = case("01_single_link");
    for law in LAWS {
        let exact = |key: &str| given(&case, &format!("expected.repair.{law}.{key}"));
        let result = run(&single_link(&case, law, "up", 1.0), 4_000).result;
        let hazard = &result.hazards["failure"];
        assert_mean(law, metric(hazard, "events"), exact("expected_failures"));
        assert_mean(
            law,
            metric(hazard, "active_time"),
            exact("mean_downtime_d") * 24.0,
        );
        let link = &result.links["line"];
        assert_mean(
            law,
            metric(link, "down_time"),
            exact("mean_downtime_d") * 24.0,
        );
        let system = &result.metrics;
        assert_mean(
            law,
            metric(system, "deliverability"),
            exact("export_availability"),
        );
        assert_mean(
            law,
            metric(system, "production_availability"),
            exact("export_availability"),
        );
        assert_mean(
            law,
            metric(system, "shortfall_events"),
            exact("expected_failures"),
        );
        assert_mean(
            law,
            metric(hazard, "attributed"),
            exact("mean_unexported_kb") * KB,
        );
    }
}

#[test]
fn a_single_link_met_at_a_random_instant_is_down_for_its_long_run_share() {
    let case = case("01_single_link");
    let plan = given(&case, "inputs.plan_kbd") * KB;
    for law in LAWS {
        let (_, kept) = rows(
            &single_link(&case, law, "stationary", 1.0),
            SINGLE,
            Collect::System,
        );
        let sample = Sample::of(&kept.column("undelivered"));
        let mean = given(&case, "expected.stationary_start_mean_downtime_d") * plan;
        if law == "exponential" {
            let sd = given(&case, "expected.stationary_start_sd_downtime_d") * plan;
            sample.assert(law, mean, sd);
        } else {
            assert!(
                sample.has_mean(mean, sample.variance.sqrt()),
                "{law}: {}",
                sample.mean
            );
        }
    }
}

/// The checks have power: repairs that last 5 % longer fail them at the number used.
#[test]
fn repairs_that_last_longer_are_noticed() {
    let case = case("01_single_link");
    for law in LAWS {
        let exact = |key: &str| KB * given(&case, &format!("expected.repair.{law}.{key}"));
        let (_, kept) = rows(
            &single_link(&case, law, "up", 1.05),
            SINGLE,
            Collect::System,
        );
        let sample = Sample::of(&kept.column("undelivered"));
        let (mean, sd) = (exact("mean_unexported_kb"), exact("sd_unexported_kb"));
        assert!(!sample.has_mean(mean, sd), "{law}: the mean passes");
    }
}

/// A chain of links, each with its own failures.
pub(super) fn chain(case: &toml::Table, start: &str) -> Model {
    let components = entry(case, "inputs.component")
        .as_array()
        .expect("components");
    let mut text = head(&format!("{} d", given(case, "inputs.horizon_d")));
    text += &format!(
        "[field.oil]\nplan = \"{} kb/d\"\n[market.sea]\n",
        given(case, "inputs.plan_kbd")
    );
    let mut from = "oil".to_owned();
    for (index, component) in components.iter().enumerate() {
        let to = if index + 1 == components.len() {
            "sea".to_owned()
        } else {
            text += &format!("[hub.after-{index}]\n");
            format!("after-{index}")
        };
        let of = |key: &str| number(&component[key]);
        text += &format!(
            "[link.l{index}]\nfrom = \"{from}\"\nto = \"{to}\"\ncapacity = \"{} kb/d\"\n\
             [hazard.h{index}]\nhits = [\"link.l{index}\"]\nleft = {:?}\nstart = \"{start}\"\n\
             occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"{} d\" }} }} }} }}\n\
             duration = {{ exponential = {{ mean = \"{} d\" }} }}\n",
            of("capacity_up_kbd"),
            of("capacity_down_kbd") / of("capacity_up_kbd"),
            of("mean_up_d"),
            of("mean_down_d"),
        );
        from = to;
    }
    model(&text)
}

#[test]
fn a_chain_that_begins_whole_has_the_exact_mean_and_spread() {
    let case = case("02_series_chain");
    let (_, kept) = rows(&chain(&case, "up"), 10_000, Collect::System);
    Sample::of(&kept.column("undelivered")).assert(
        "chain",
        given(&case, "expected.annual_from_all_up.mean_unexported_kb") * KB,
        given(&case, "expected.annual_from_all_up.sd_unexported_kb") * KB,
    );
    // The first shortfall comes after an exponential time, seen up to the horizon.
    let horizon = given(&case, "inputs.horizon_d");
    let mut first = vec![horizon; kept.rows.len()];
    for event in &kept.shortfalls {
        let day = event.start_seconds as f64 / 86_400.0;
        let first = &mut first[event.replication as usize];
        *first = first.min(day);
    }
    let mean = given(&case, "expected.mean_time_to_first_shortfall_from_all_up_d");
    let exact = mean * (1.0 - (-horizon / mean).exp());
    let n = first.len() as f64;
    let estimate = first.iter().sum::<f64>() / n;
    assert_within_four("first shortfall", estimate, mean / n.sqrt(), exact, 0.0);
}

#[test]
fn a_chain_met_at_a_random_instant_falls_short_as_often_and_as_long_as_it_should() {
    let case = case("02_series_chain");
    let (run, kept) = rows(&chain(&case, "stationary"), 4_000, Collect::System);
    let system = &run.result.metrics;
    let horizon = given(&case, "inputs.horizon_d");
    let of = |key: &str| given(&case, &format!("expected.{key}"));
    assert_mean(
        "undelivered",
        metric(system, "undelivered"),
        of("mean_shortfall_kbd") * horizon * KB,
    );
    assert_mean(
        "days",
        metric(system, "shortfall_time"),
        of("shortfall_days_per_365d") * 24.0,
    );
    assert_mean(
        "share",
        metric(system, "deliverability"),
        of("export_availability"),
    );
    // A shortfall that runs at the start is one more than those that begin.
    let events = of("shortfall_episodes_per_365d") + of("prob_shortfall");
    assert_mean("events", metric(system, "shortfall_events"), events);
    assert_eq!(
        kept.column("shortfall_events").iter().sum::<i64>(),
        kept.shortfalls.len() as i64
    );
}

/// Two routes from one field; `only` keeps the failures of one of them.
pub(crate) fn two_routes(case: &toml::Table, start: &str, only: Option<usize>) -> Model {
    let mut text = head(&format!("{} d", given(case, "inputs.horizon_d")));
    text += &format!(
        "[field.oil]\nplan = \"{} kb/d\"\n[market.sea]\n",
        given(case, "inputs.plan_kbd")
    );
    let routes = entry(case, "inputs.route").as_array().expect("routes");
    for (index, route) in routes.iter().enumerate() {
        let id = route["id"].as_str().expect("an id");
        text += &format!(
            "[link.{id}]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"{} kb/d\"\n\
             tariff = \"{index} USD/bbl\"\n[route.{id}]\ngates = [\"{id}\"]\n",
            number(&route["capacity_kbd"]),
        );
        if only.is_none_or(|only| only == index) {
            text += &format!(
                "[hazard.{id}]\nhits = [\"link.{id}\"]\nstart = \"{start}\"\n\
                 occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"{} d\" }} }} }} }}\n\
                 duration = {{ exponential = {{ mean = \"{} d\" }} }}\n",
                number(&route["mean_up_d"]),
                number(&route["mean_down_d"]),
            );
        }
    }
    model(&text)
}

#[test]
fn two_routes_have_the_exact_mean_and_spread() {
    let case = case("03_two_route");
    for (start, key) in [
        ("up", "annual_all_up_start"),
        ("stationary", "annual_stationary_start"),
    ] {
        let (_, kept) = rows(&two_routes(&case, start, None), 10_000, Collect::System);
        Sample::of(&kept.column("undelivered")).assert(
            start,
            given(&case, &format!("expected.{key}.mean_unexported_kb")) * KB,
            given(&case, &format!("expected.{key}.sd_unexported_kb")) * KB,
        );
    }
}

#[test]
fn two_routes_fall_short_and_bind_as_enumeration_says() {
    let case = case("03_two_route");
    let result = run(&two_routes(&case, "stationary", None), 4_000).result;
    let of = |key: &str| given(&case, &format!("expected.{key}"));
    let system = &result.metrics;
    assert_mean(
        "days",
        metric(system, "shortfall_time"),
        of("shortfall_days_per_365d") * 24.0,
    );
    assert_mean(
        "events",
        metric(system, "shortfall_events"),
        of("shortfall_episodes_per_365d") + of("prob_shortfall"),
    );
    assert_mean(
        "share",
        metric(system, "deliverability"),
        of("export_availability"),
    );
    let right = all_given(&case, "expected.shadow_price_right");
    let down = all_given(&case, "expected.unavailability");
    let horizon = given(&case, "inputs.horizon_d");
    for (index, id) in ["route1", "route2"].into_iter().enumerate() {
        let link = &result.links[id];
        // The case derives by nameplate, of which nothing is left while the route is down; the
        // metric by capacity that is there in every state, down ones included.
        let binding = right[index] + down[index];
        assert_mean(id, metric(link, "shadow_price"), binding);
        assert_mean(id, metric(link, "binding_time"), binding * horizon * 24.0);
        assert_mean(id, metric(link, "down_time"), down[index] * horizon * 24.0);
    }
    // What is laid to the two hazards is all that is lost.
    let laid: f64 = ["route1", "route2"]
        .iter()
        .map(|id| {
            metric(&result.hazards[*id], "attributed")
                .mean
                .expect("a mean")
        })
        .sum();
    let lost = metric(system, "undelivered").mean.expect("a mean");
    assert!((laid - lost).abs() < 2.0, "{laid} laid, {lost} lost");
    let base = all_given(&case, "expected.base_concentration.shares");
    for (id, share) in ["route1", "route2"].into_iter().zip(base) {
        let plan = given(&case, "inputs.plan_kbd") * KB;
        assert_eq!(result.undisturbed.routes_bpd[id], share * plan, "{id}");
    }
}

#[test]
fn removing_the_failures_of_a_route_gains_what_enumeration_says() {
    let case = case("03_two_route");
    let horizon = given(&case, "inputs.horizon_d");
    let total = given(&case, "expected.mean_shortfall_kbd");
    let removal = all_given(&case, "expected.one_at_a_time_removal_kbd");
    for (removed, gain) in removal.into_iter().enumerate() {
        let (run, _) = rows(
            &two_routes(&case, "stationary", Some(1 - removed)),
            4_000,
            Collect::System,
        );
        assert_mean(
            &format!("without the failures of route {removed}"),
            metric(&run.result.metrics, "undelivered"),
            (total - gain) * horizon * KB,
        );
    }
}
