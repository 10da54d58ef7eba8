//! When counting all grades as one is exact, and what it overstates when it is not.

use keruen::model::Model;
use keruen::simulation;

use crate::worlds::{all_given, case, entry, given, head, model, number, run};

fn text_of(value: &toml::Value) -> String {
    value.as_str().expect("text").to_owned()
}

/// Two grades share a trunk; each market takes what it lists. `swapped` makes the grades one.
fn trunk(swapped: bool) -> Model {
    let case = case("07_grades");
    let swap = if swapped { "swap = \"blend\"\n" } else { "" };
    let mut text = head("10 d");
    for grade in ["A", "B"] {
        let id = grade.to_lowercase();
        text += &format!(
            "[grade.{id}]\nbbl_per_tonne = 7.5\n{swap}\
             [field.from-{id}]\ngrade = \"{id}\"\nplan = \"{} kb/d\"\n\
             [link.gather-{id}]\nfrom = \"from-{id}\"\nto = \"head\"\ncapacity = \"{} kb/d\"\n",
            given(&case, &format!("inputs.part_a.supply_kbd.{grade}")),
            given(&case, &format!("inputs.part_a.gathering_limit_kbd.{grade}")),
        );
    }
    text += &format!(
        "[hub.head]\n[hub.end]\n[link.trunk]\nfrom = \"head\"\nto = \"end\"\ncapacity = \"{} kb/d\"\n",
        given(&case, "inputs.part_a.shared_trunk_kbd")
    );
    for sink in entry(&case, "inputs.part_a.sink")
        .as_array()
        .expect("sinks")
    {
        let id = text_of(&sink["id"]).to_lowercase();
        let grades: Vec<String> = sink["grades"]
            .as_array()
            .expect("grades")
            .iter()
            .map(|grade| format!("\"{}\"", text_of(grade).to_lowercase()))
            .collect();
        text += &format!(
            "[market.{id}]\ngrades = [{}]\ndemand = \"{} kb/d\"\n\
             [link.to-{id}]\nfrom = \"end\"\nto = \"{id}\"\n",
            grades.join(", "),
            number(&sink["capacity_kbd"]),
        );
    }
    model(&text)
}

#[test]
fn markets_that_take_some_grades_get_less_than_one_commodity_would() {
    let case = case("07_grades");
    let model = trunk(false);
    let overview = simulation::overview(&model).expect("no tanks");
    let grades = overview.grades.expect("two grades");
    assert!(!grades.is_aggregated, "{}", grades.reason);
    let expected = |key: &str| given(&case, &format!("expected.part_a.{key}")) * 1_000.0;
    assert_eq!(grades.delivered_bpd, expected("multi_commodity_max_kbd"));
    assert_eq!(grades.aggregated_bpd, expected("aggregated_max_kbd"));
    assert_eq!(
        grades.aggregated_bpd - grades.delivered_bpd,
        expected("aggregation_error_kbd")
    );

    let result = run(&model, 2).result;
    let delivered = result.metrics["delivered"].mean.expect("a mean");
    assert_eq!(delivered / 10.0, expected("multi_commodity_max_kbd"));
    assert_eq!(result.links["trunk"]["binding_time"].mean, None);
    assert!(result.grades.expect("two grades").gap_share.expect("oil") > 0.16);
}

#[test]
fn a_swap_makes_one_commodity_of_two_grades() {
    let case = case("07_grades");
    let overview = simulation::overview(&trunk(true)).expect("no tanks");
    let grades = overview.grades.expect("grades are spoken of");
    assert!(grades.is_aggregated, "{}", grades.reason);
    assert_eq!(grades.commodities, ["blend"]);
    let aggregated = given(&case, "expected.part_a.aggregated_max_kbd");
    assert_eq!(grades.delivered_bpd, aggregated * 1_000.0);
}

#[test]
fn on_a_ring_the_best_flows_are_no_whole_parcels() {
    let case = case("07_grades");
    let capacity = all_given(&case, "inputs.part_b.ring_capacity_kbd");
    let paths = entry(&case, "inputs.part_b.commodity_path");
    let paths = paths.as_array().expect("paths");
    let mut text = head("10 d");
    let arc = |path: &toml::Value, at: usize| -> usize {
        let name = path[at].as_str().expect("text").trim_start_matches('e');
        name.parse().expect("a number")
    };
    for (index, capacity) in (1..=3).zip(capacity) {
        text += &format!(
            "[hub.u{index}]\n[hub.v{index}]\n\
             [link.e{index}]\nfrom = \"u{index}\"\nto = \"v{index}\"\ncapacity = \"{capacity} kb/d\"\n\
             [link.on{index}]\nfrom = \"v{index}\"\nto = \"u{}\"\n",
            index % 3 + 1
        );
    }
    for (index, path) in (1..=3).zip(paths) {
        text += &format!(
            "[grade.g{index}]\nbbl_per_tonne = 7.5\n\
             [field.f{index}]\ngrade = \"g{index}\"\nplan = \"100 kb/d\"\n\
             [market.m{index}]\ngrades = [\"g{index}\"]\n\
             [link.in{index}]\nfrom = \"f{index}\"\nto = \"u{}\"\n\
             [link.out{index}]\nfrom = \"v{}\"\nto = \"m{index}\"\n",
            arc(path, 0),
            arc(path, 1),
        );
    }
    let overview = simulation::overview(&model(&text)).expect("no tanks");
    let grades = overview.grades.expect("three grades");
    let expected = |key: &str| given(&case, &format!("expected.part_b.{key}")) * 1_000.0;
    assert_eq!(grades.delivered_bpd, expected("multi_commodity_max_kbd"));
    assert_eq!(grades.aggregated_bpd, expected("aggregated_max_kbd"));
    let flows = all_given(&case, "expected.part_b.flows_kbd");
    for (index, flow) in (1..=3).zip(flows) {
        let got = overview.undisturbed.markets_bpd[&format!("m{index}")];
        assert_eq!(got, flow * 1_000.0);
    }
}

/// A restriction that only says what the network says anyway costs nothing and changes nothing.
#[test]
fn a_link_that_only_one_grade_can_reach_needs_no_linear_program() {
    let text = |more: &str| {
        format!(
            "{}[grade.a]\nbbl_per_tonne = 7.5\n[grade.b]\nbbl_per_tonne = 7.5\n\
             [field.one]\ngrade = \"a\"\nplan = \"10 kb/d\"\n[field.two]\ngrade = \"b\"\nplan = \"10 kb/d\"\n\
             [hub.port]\n[market.sea]\nprices = {{ a = \"70 USD/bbl\", b = \"70 USD/bbl\" }}\n\
             [link.own]\nfrom = \"one\"\nto = \"port\"\n{more}\
             [link.other]\nfrom = \"two\"\nto = \"port\"\n[link.out]\nfrom = \"port\"\nto = \"sea\"\n",
            head("10 d")
        )
    };
    let treated = |more: &str| {
        let model = model(&text(more));
        assert_eq!(
            model.markets[0].price.0, 70_000,
            "the price that all are paid"
        );
        simulation::overview(&model)
            .expect("no tanks")
            .grades
            .expect("two grades")
    };
    assert!(treated("grades = [\"a\"]\n").is_aggregated);
    assert!(treated("").is_aggregated);
    // Closed to the only grade that gets there: nobody can use it, which is topology again.
    let closed = treated("grades = [\"b\"]\n");
    assert!(closed.is_aggregated, "{}", closed.reason);
    assert_eq!(closed.delivered_bpd, 10_000.0);
}
