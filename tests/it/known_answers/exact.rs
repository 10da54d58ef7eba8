//! Exact answers by enumeration: closed forms and independent enumerations to nine digits, and
//! simulation within four standard errors.

use keruen::model::{Collect, Model};
use keruen::results::{Exact, ExactBottleneck, ExactComponent};
use keruen::simulation::Silent;
use keruen::study::{self, MOST_STATES};

use super::links::{LAWS, chain, single_link, two_routes};
use super::networks::{CaseArc, world};
use crate::worlds::{all_given, case, entry, given, head, model, number, settings};

const KB: f64 = 1_000.0;

pub(super) fn exact(model: &Model) -> Exact {
    study::exact(model, "", MOST_STATES, &mut Silent).expect("nothing remembers")
}

/// With a simulation beside it.
pub(super) fn agreed(model: &Model, replications: u64) -> Exact {
    let mut found = exact(model);
    let settings = keruen::simulation::Settings {
        threads: 0,
        collect: Collect::System,
        ..settings(model, replications)
    };
    study::agree(&mut found, model, &settings, &mut Silent).expect("it can be simulated");
    found
}

#[track_caller]
pub(super) fn close(what: &str, got: f64, exact: f64) {
    assert!(
        (got - exact).abs() <= 1e-9 * exact.abs().max(1e-3),
        "{what}: {got}, exact {exact}"
    );
}

fn component<'a>(exact: &'a Exact, hazard: &str) -> &'a ExactComponent {
    let mut all = exact.components.iter();
    all.find(|component| component.hazard == hazard)
        .expect("a process")
}

fn bottleneck<'a>(exact: &'a Exact, id: &str) -> &'a ExactBottleneck {
    let mut all = exact.bottlenecks.iter();
    all.find(|bottleneck| bottleneck.id == id)
        .unwrap_or_else(|| panic!("no {id}"))
}

#[track_caller]
fn assert_agrees(what: &str, exact: &Exact) {
    let agreement = exact.agreement.as_ref().expect("a simulation");
    assert_eq!(agreement.agrees, Some(true), "{what}: {agreement:?}");
}

#[test]
fn a_link_that_fails_is_down_for_its_share_whatever_the_law_of_repairs() {
    let case = case("01_single_link");
    let plan = given(&case, "inputs.plan_kbd") * KB;
    let up = given(&case, "expected.steady_availability");
    for law in LAWS {
        let found = agreed(&single_link(&case, law, "stationary", 1.0), 4_000);
        close(law, found.long_run.delivered_bpd, plan * up);
        close(
            law,
            found.long_run.undelivered_bbl,
            plan * given(&case, "expected.stationary_start_mean_downtime_d"),
        );
        close(law, found.shortfall.probability.expect("a law"), 1.0 - up);
        let cycle = given(&case, "inputs.mean_up_d") + given(&case, "inputs.mean_down_d");
        close(
            law,
            found.shortfall.events_per_year.expect("events"),
            365.25 / cycle,
        );
        close(
            law,
            found.shortfall.mean_days.expect("days"),
            given(&case, "inputs.mean_down_d"),
        );
        if law == "exponential" {
            let sd = given(&case, "expected.stationary_start_sd_downtime_d") * plan;
            close(law, found.spread.std_dev_bbl.expect("exponential"), sd);
            assert_eq!(found.spread.additive_share, Some(1.0));
        } else {
            assert!(found.spread.why_not.is_some(), "{law}");
        }
        assert_agrees(law, &found);
    }
    // From the first day on the way to the long run is known for exponential repairs.
    let found = agreed(&single_link(&case, "exponential", "up", 1.0), 4_000);
    let mean = given(&case, "expected.repair.exponential.mean_unexported_kb") * KB;
    close("up", found.from_start.undelivered_bbl.expect("known"), mean);
    assert_agrees("up", &found);
    let found = agreed(&single_link(&case, "gamma", "up", 1.0), 100);
    assert_eq!(found.from_start.undelivered_bbl, None);
    assert_eq!(found.agreement.expect("a simulation").agrees, None);
}

#[test]
fn a_chain_falls_short_as_often_and_as_long_as_enumeration_says() {
    let case = case("02_series_chain");
    let of = |key: &str| given(&case, &format!("expected.{key}"));
    let found = agreed(&chain(&case, "stationary"), 4_000);
    close(
        "mean",
        found.long_run.delivered_bpd,
        of("mean_export_kbd") * KB,
    );
    close(
        "lost",
        found.long_run.undelivered_bpd,
        of("mean_shortfall_kbd") * KB,
    );
    close(
        "share",
        found.long_run.deliverability.expect("planned"),
        of("export_availability"),
    );
    close(
        "time",
        found.shortfall.probability.expect("a law"),
        of("prob_shortfall"),
    );
    close(
        "events",
        found.shortfall.events_per_year.expect("events"),
        of("shortfall_episodes_per_365d") * 365.25 / 365.0,
    );
    close(
        "length",
        found.shortfall.mean_days.expect("days"),
        of("mean_episode_duration_d"),
    );
    let levels = all_given(&case, "expected.export_levels_kbd");
    let chances = all_given(&case, "expected.export_level_probabilities");
    assert_eq!(found.law.len(), levels.len());
    for ((level, rate), chance) in found.law.iter().zip(levels).zip(chances) {
        assert_eq!(level.delivered_bpd as f64, rate * KB);
        close("level", level.probability, chance);
    }
    assert_agrees("chain", &found);

    let found = agreed(&chain(&case, "up"), 4_000);
    close(
        "from up",
        found.from_start.undelivered_bbl.expect("exponential"),
        of("annual_from_all_up.mean_unexported_kb") * KB,
    );
    assert_agrees("chain from up", &found);
}

#[test]
fn two_routes_have_the_risk_importance_and_worth_that_enumeration_says() {
    let case = case("03_two_route");
    let of = |key: &str| given(&case, &format!("expected.{key}"));
    let found = agreed(&two_routes(&case, "stationary", None), 4_000);
    close(
        "lost",
        found.long_run.undelivered_bpd,
        of("mean_shortfall_kbd") * KB,
    );
    close(
        "time",
        found.shortfall.probability.expect("a law"),
        of("prob_shortfall"),
    );
    close(
        "events",
        found.shortfall.events_per_year.expect("events"),
        of("shortfall_episodes_per_365d") * 365.25 / 365.0,
    );
    close(
        "sd",
        found.spread.std_dev_bbl.expect("exponential"),
        of("annual_stationary_start.sd_unexported_kb") * KB,
    );
    for (risk, percent) in found.long_run.undelivered_at_risk.iter().zip([90, 95, 99]) {
        let of = |key: &str| of(&format!("instantaneous_shortfall_risk.{key}{percent}_kbd"));
        close("var", risk.value_bpd, of("var") * KB);
        close("cvar", risk.beyond_bpd, of("cvar") * KB);
    }
    let right = all_given(&case, "expected.shadow_price_right");
    let left = all_given(&case, "expected.shadow_price_left");
    for (index, id) in ["route1", "route2"].into_iter().enumerate() {
        let of = |key: &str| of(&format!("importance.{id}.{key}"));
        let one = &component(&found, id).importance;
        close(
            id,
            one.birnbaum_bpd.expect("it fails"),
            of("birnbaum_loss_kbd") * KB,
        );
        close(id, one.fussell_vesely.expect("lost"), of("fussell_vesely"));
        close(id, one.risk_achievement_worth.expect("lost"), of("raw"));
        close(id, one.risk_reduction_worth.expect("lost"), of("rrw"));
        // The case derives by nameplate, of which nothing is left while the route is down.
        let worth = bottleneck(&found, &format!("link.{id}"));
        close(id, worth.right_of_nameplate, right[index]);
        close(id, worth.left, left[index]);
    }
    assert_agrees("two routes", &found);
    let found = exact(&two_routes(&case, "up", None));
    close(
        "from up",
        found.from_start.undelivered_bbl.expect("exponential"),
        of("annual_all_up_start.mean_unexported_kb") * KB,
    );
}

#[test]
fn twelve_components_have_the_law_risk_and_spread_that_enumeration_says() {
    let case = case("05_network_enumeration");
    let arcs = CaseArc::all(&case);
    let of = |key: &str| given(&case, &format!("expected.{key}"));
    let found = agreed(&world(&arcs, "stationary", None), 2_000);
    assert_eq!(found.states.joint, of("states"));
    assert_eq!(found.states.solved as f64, of("states"));
    assert_eq!(found.law.len() as f64, of("distinct_export_levels"));
    let whole: f64 = found.law.iter().map(|level| level.probability).sum();
    close("all", whole, 1.0);
    close(
        "plan",
        found.long_run.undisturbed_bpd,
        of("plan_all_up_kbd") * KB,
    );
    close(
        "planned",
        found.long_run.planned_bpd,
        of("plan_all_up_kbd") * KB,
    );
    close(
        "mean",
        found.long_run.delivered_bpd,
        of("mean_export_kbd") * KB,
    );
    close(
        "lost",
        found.long_run.undelivered_bpd,
        of("mean_shortfall_kbd") * KB,
    );
    close(
        "time",
        found.shortfall.probability.expect("a law"),
        of("prob_shortfall"),
    );
    close(
        "events",
        found.shortfall.events_per_year.expect("events"),
        of("shortfall_episodes_per_365d") * 365.25 / 365.0,
    );
    close(
        "length",
        found.shortfall.mean_days.expect("days"),
        of("mean_episode_duration_d"),
    );
    for (risk, percent) in found.long_run.undelivered_at_risk.iter().zip([90, 95, 99]) {
        let of = |key: &str| of(&format!("instantaneous_shortfall_risk.{key}{percent}_kbd"));
        close("var", risk.value_bpd, of("var") * KB);
        close("cvar", risk.beyond_bpd, of("cvar") * KB);
    }
    close(
        "year",
        found.long_run.undelivered_bbl,
        of("annual.stationary_start_mean_unexported_kb") * KB,
    );
    close(
        "sd",
        found.spread.std_dev_bbl.expect("exponential"),
        of("annual.stationary_start_sd_unexported_kb") * KB,
    );
    close(
        "additive",
        found.spread.additive_share.expect("varies"),
        of("annual.additive_share_of_annual_variance"),
    );
    assert_agrees("network", &found);
    let found = agreed(&world(&arcs, "up", None), 1_000);
    close(
        "from up",
        found.from_start.undelivered_bbl.expect("exponential"),
        of("annual.all_up_start_mean_unexported_kb") * KB,
    );
    assert_agrees("network from up", &found);
}

#[test]
fn twelve_components_matter_and_bind_as_enumeration_says() {
    let case = case("05_network_enumeration");
    let arcs = CaseArc::all(&case);
    let found = exact(&world(&arcs, "stationary", None));
    for (arc, alone) in entry(&case, "expected.n_minus_1_export_kbd")
        .as_table()
        .expect("components")
    {
        let one = component(&found, &arc.replace('_', "-"));
        assert_eq!(one.alone_bpd, number(alone) * KB, "{arc}");
    }
    for given in entry(&case, "expected.importance")
        .as_array()
        .expect("components")
    {
        let id = given["id"].as_str().expect("an id");
        let of = |key: &str| number(&given[key]);
        let one = component(&found, &id.replace('_', "-"));
        close(id, one.unavailability, of("unavailability"));
        close(id, one.criticality.expect("lost"), of("fussell_vesely"));
        let one = &one.importance;
        close(
            id,
            one.birnbaum_bpd.expect("it fails"),
            of("birnbaum_loss_kbd") * KB,
        );
        close(id, one.fussell_vesely.expect("lost"), of("fussell_vesely"));
        close(id, one.risk_achievement_worth.expect("lost"), of("raw"));
        close(id, one.risk_reduction_worth.expect("lost"), of("rrw"));
        // Each hazard is one process here.
        let hazard = found
            .hazards
            .iter()
            .find(|hazard| hazard.id == id.replace('_', "-"));
        let hazard = hazard.expect("a hazard");
        close(
            id,
            hazard.fussell_vesely.expect("lost"),
            of("fussell_vesely"),
        );
        close(id, hazard.risk_achievement_worth.expect("lost"), of("raw"));
    }
    for given in entry(&case, "expected.bottleneck")
        .as_array()
        .expect("arcs")
    {
        let id = given["arc"].as_str().expect("an id");
        let arc = arcs.iter().find(|arc| arc.id == id).expect("an arc");
        let worth = bottleneck(&found, &arc.target());
        let of = |key: &str| number(&given[key]);
        close(id, worth.in_cut, of("prob_in_source_minimal_cut"));
        close(id, worth.right, of("shadow_price_right"));
        close(id, worth.left, of("shadow_price_left"));
    }
}

/// Events every 20 days on average that last 6: the rule of overlap alone decides how long and how
/// often the link is down.
#[test]
fn overlapping_events_take_the_share_of_time_that_their_rule_says() {
    let (rate, load) = (1.0 / 20.0, 0.3_f64);
    for (rule, up, begins) in [
        ("ignore", 1.0 / (1.0 + load), rate / (1.0 + load)),
        ("union", (-load).exp(), rate * (-load).exp()),
        ("queue", 1.0 - load, rate * (1.0 - load)),
    ] {
        let found = agreed(
            &model(&format!(
                "{}[field.a]\nplan = \"500 kb/d\"\n[market.x]\n\
                 [link.a]\nfrom = \"a\"\nto = \"x\"\ncapacity = \"500 kb/d\"\n\
                 [hazard.storm]\nhits = [\"link.a\"]\noverlap = \"{rule}\"\n\
                 occurs = {{ poisson = {{ rate = \"{} /yr\" }} }}\n\
                 duration = {{ exponential = {{ mean = \"6 d\" }} }}\n",
                head("3650 d"),
                365.25 / 20.0,
            )),
            200,
        );
        close(rule, found.long_run.delivered_bpd, 500.0 * KB * up);
        close(rule, found.shortfall.probability.expect("a law"), 1.0 - up);
        close(
            rule,
            found.shortfall.events_per_year.expect("events"),
            365.25 * begins,
        );
        let agreement = found.agreement.expect("a simulation");
        // Ten years are long beside six days, but the way there is known for two rules only.
        assert_eq!(
            agreement.agrees,
            (rule != "queue").then_some(true),
            "{rule}: {agreement:?}"
        );
    }
}

#[test]
fn what_remembers_is_refused_all_at_once() {
    let text = format!(
        "{}[field.a]\nplan = \"500 kb/d\"\n[hub.port]\ntank = {{ capacity = \"1 Mb\" }}\n[market.x]\n\
         [link.a]\nfrom = \"a\"\nto = \"port\"\ncapacity = \"550 kb/d\"\n\
         [link.b]\nfrom = \"port\"\nto = \"x\"\ncapacity = \"550 kb/d\"\n\
         [hazard.storm]\nhits = [\"link.b\"]\nduration = \"2 d\"\n\
         occurs = {{ poisson = {{ rate = \"3 /yr\" }} }}\nseason = [2,1,1,1,1,1,1,1,1,1,1,2]\n\
         [hazard.work]\nhits = [\"link.a\"]\nduration = \"5 d\"\noccurs = {{ dates = [2026-06-01] }}\n",
        head("365 d")
    );
    let error =
        study::exact(&model(&text), "", MOST_STATES, &mut Silent).expect_err("it remembers");
    let said = error.to_string();
    for word in [
        "hub.port",
        "hazard.storm",
        "hazard.work",
        "season",
        "tank",
        "keruen run",
    ] {
        assert!(said.contains(word), "{word} in {said}");
    }
    let case = case("05_network_enumeration");
    let model = world(&CaseArc::all(&case), "up", None);
    let error = study::exact(&model, "", 4_095, &mut Silent).expect_err("too many");
    assert!(error.to_string().contains("at most 4095"), "{error}");
}

/// Two fields to one market with a line that fails, and more keys.
fn with([field, link, more]: [&str; 3]) -> Model {
    let text = format!(
        "{}[field.a]\nplan = \"300 kb/d\"\n{field}[field.b]\nplan = \"250 kb/d\"\ncontrol = \"state\"\n\
         [hub.h]\n[market.x]\nprice = \"60 USD/bbl\"\n\
         [link.ah]\nfrom = \"a\"\nto = \"h\"\n{link}[link.bh]\nfrom = \"b\"\nto = \"h\"\n\
         [link.hx]\nfrom = \"h\"\nto = \"x\"\ncapacity = \"500 kb/d\"\n\
         [hazard.cut]\nhits = [\"link.hx\"]\nleft = 0.5\nstart = \"stationary\"\n\
         occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"40 d\" }} }} }} }}\n\
         duration = {{ exponential = {{ mean = \"4 d\" }} }}\n{more}",
        head("365 d")
    );
    model(&text)
}

#[test]
fn fields_links_and_quotas_that_remember_are_named() {
    for (keys, place) in [
        (["restart = \"10 d\"\n", "", ""], "field.a"),
        (["dead_time = \"2 d\"\n", "", ""], "field.a"),
        (
            ["damage = { after = \"5 d\", per_day = 0.001 }\n", "", ""],
            "field.a",
        ),
        (["", "lag = \"3 d\"\n", ""], "link.ah"),
        (["", "transit_time = \"3 d\"\n", ""], "link.ah"),
        (
            [
                "",
                "",
                "[quota.q]\nfields = [\"b\"]\ncap = \"200 kb/d\"\nfollow = \"comply\"\n\
                 cut_order = [\"state\"]\ncatch_up = true\n",
            ],
            "quota.q",
        ),
    ] {
        let error = study::exact(&with(keys), "", MOST_STATES, &mut Silent);
        let said = error.expect_err(place).to_string();
        assert!(said.contains(&format!(": {place}")), "{place} in {said}");
    }
}

/// What stands at every instant remembers nothing, and a simulation agrees.
#[test]
fn quotas_kept_at_every_instant_and_a_least_rate_are_enumerated() {
    let quota = |fields: &str, cap: &str, rest: &str| {
        format!("[quota.q]\nfields = [{fields}]\ncap = \"{cap}\"\n{rest}")
    };
    let cut = "follow = \"comply\"\ncut_order = [\"state\"]\n";
    for [field, more] in [
        ["", &quota("\"a\", \"b\"", "400 kb/d", cut)],
        [
            "",
            &quota("\"b\"", "200 kb/d", "follow = \"national-interest\"\n"),
        ],
        ["min_stable = \"180 kb/d\"\n", ""],
    ] {
        let found = agreed(&with([field, "", more]), 400);
        let agrees = found.agreement.expect("a simulation").agrees;
        assert_eq!(agrees, Some(true), "{field}{more}");
        assert!(!found.bottlenecks.is_empty() && found.bottlenecks_why_not.is_none());
    }
}

#[test]
fn where_money_decides_no_derivative_is_told() {
    let found = exact(&with(["", "", "[allocation]\nobjective = \"netback\"\n"]));
    assert!(found.bottlenecks.is_empty());
    let why = found.bottlenecks_why_not.expect("a reason");
    assert!(why.contains("pays"), "{why}");
    assert!(found.long_run.delivered_bpd > 0.0);
}

#[test]
fn plans_that_change_are_weighted_by_their_time() {
    let text = |plan: &str| {
        format!(
            "{}[field.a]\nplan = {plan}\n[market.x]\n\
             [link.a]\nfrom = \"a\"\nto = \"x\"\ncapacity = \"550 kb/d\"\n\
             [hazard.cut]\nhits = [\"link.a\"]\nleft = 0.5\n\
             occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"40 d\" }} }} }} }}\n\
             duration = {{ exponential = {{ mean = \"10 d\" }} }}\n",
            head("100 d")
        )
    };
    let found = agreed(
        &model(&text(
            "{ steps = [{ from = 2026-01-01, value = \"500 kb/d\" }, \
             { from = 2026-01-31, value = \"300 kb/d\" }] }",
        )),
        4_000,
    );
    assert_eq!(found.states.periods, 2);
    // The first 30 days: 500 while up, 275 while down; then 300 and 275.
    let mean = 0.3 * (0.8 * 500.0 + 0.2 * 275.0) + 0.7 * (0.8 * 300.0 + 0.2 * 275.0);
    close("mean", found.long_run.delivered_bpd, mean * KB);
    assert_agrees("steps", &found);
}
