//! Which splits between routes the rules leave open.

use keruen::network::{ArcRole, FlowArc, Network};
use proptest::prelude::*;

use crate::oracle::{is_feasible, rank, solved};
use crate::properties::cases;
use crate::random_worlds::networks;
use crate::worlds::{head, model, run};

fn two_routes(tariff: &str) -> keruen::model::Model {
    let mut text = format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\n[market.sea]\n",
        head("10 d")
    );
    for (id, tariff) in [("north", "1 USD/bbl"), ("south", tariff)] {
        text += &format!(
            "[link.{id}]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"100 kb/d\"\ntariff = \"{tariff}\"\n\
             [route.{id}-route]\ngates = [\"{id}\"]\n"
        );
    }
    model(&text)
}

#[test]
fn between_two_routes_that_are_alike_anything_goes() {
    let result = run(&two_routes("1 USD/bbl"), 3).result;
    for id in ["north-route", "south-route"] {
        let range = &result.undisturbed.route_ranges[id];
        assert_eq!((range.low_bpd, range.high_bpd), (0.0, 100_000.0));
        assert_eq!((range.low_share, range.high_share), (Some(0.0), Some(1.0)));
        assert_eq!(range.not_unique_time, 1.0);
        let mean = |name: &str| result.routes[id][name].mean;
        assert_eq!(
            (mean("share_low"), mean("share_high")),
            (Some(0.0), Some(1.0))
        );
        assert_eq!(mean("not_unique_time"), Some(1.0));
        assert_eq!(result.routes[id]["share_low"].count, 3);
    }
}

#[test]
fn a_cheaper_route_leaves_nothing_open() {
    let result = run(&two_routes("2 USD/bbl"), 3).result;
    for (id, flow) in [("north-route", 100_000.0), ("south-route", 0.0)] {
        let range = &result.undisturbed.route_ranges[id];
        assert_eq!((range.low_bpd, range.high_bpd), (flow, flow));
        assert_eq!(range.not_unique_time, 0.0);
    }
}

/// Three fields before a line that carries two of them: which of the two alike is cut is nobody's rule; where the line of one
/// costs more, it is that one's, and what is shared in proportion is decided too. The third has a way of its own.
#[test]
fn which_of_two_like_fields_is_cut_is_left_open() {
    let open_time = |tariff: &str, sharing: &str, left: &str| {
        let text = format!(
            "{}[allocation]\nsharing = \"{sharing}\"\n[hub.h]\n[market.sea]\n\
             [field.a]\nplan = \"100 kb/d\"\n[field.b]\nplan = \"100 kb/d\"\n[field.c]\nplan = \"100 kb/d\"\n\
             [link.la]\nfrom = \"a\"\nto = \"h\"\ntariff = \"{tariff}\"\n[link.lb]\nfrom = \"b\"\nto = \"h\"\ntariff = \"1 USD/bbl\"\n\
             [link.lc]\nfrom = \"c\"\nto = \"sea\"\n[link.out]\nfrom = \"h\"\nto = \"sea\"\ncapacity = \"200 kb/d\"\n\
             [hazard.cut]\nhits = [\"link.out\"]\noccurs = {{ dates = [2026-01-03] }}\nduration = \"4 d\"\nleft = {left}\n",
            head("10 d")
        );
        let result = run(&model(&text), 2).result;
        ["a", "b", "c"].map(|id| {
            result.fields[id]
                .get("not_unique_time")
                .and_then(|open| open.mean)
        })
    };
    let alike = "1 USD/bbl";
    assert_eq!(
        open_time(alike, "cost", "0.5"),
        [Some(0.4), Some(0.4), Some(0.0)]
    );
    // Where both are cut to nothing, there is nothing to choose.
    assert_eq!(open_time(alike, "cost", "0.0"), [Some(0.0); 3]);
    assert_eq!(open_time("2 USD/bbl", "cost", "0.5"), [Some(0.0); 3]);
    assert_eq!(open_time(alike, "pro-rata", "0.5"), [None; 3]);
}

#[test]
fn grades_told_apart_leave_splits_open_too() {
    let mut text = format!(
        "{}[grade.a]\nbbl_per_tonne = 7.5\n[grade.b]\nbbl_per_tonne = 7.5\n\
         [field.one]\ngrade = \"a\"\nplan = \"100 kb/d\"\n\
         [field.two]\ngrade = \"b\"\nplan = \"60 kb/d\"\n[hub.port]\n[market.sea]\n\
         [link.one]\nfrom = \"one\"\nto = \"port\"\n[link.two]\nfrom = \"two\"\nto = \"port\"\n",
        head("10 d")
    );
    for (id, grades) in [("north", "[\"a\"]"), ("south", "[\"a\", \"b\"]")] {
        text += &format!(
            "[link.{id}]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"100 kb/d\"\ngrades = {grades}\n\
             [route.{id}-route]\ngates = [\"{id}\"]\n"
        );
    }
    let found = keruen::simulation::overview(&model(&text)).expect("no tanks");
    // All of `b` goes south, where 40 kb/d are left for `a`; north takes the other 60, or up to 100.
    let range = &found.undisturbed.route_ranges["north-route"];
    assert_eq!((range.low_bpd, range.high_bpd), (60_000.0, 100_000.0));
    assert_eq!(range.low_share, Some(0.375));
}

proptest! {
    #![proptest_config(cases(150))]

    /// The range of the flow of a gate is that over all flows that no other is better than.
    #[test]
    fn the_range_is_that_over_all_best_flows(
        world in networks(1),
        rates in prop::collection::vec(0..=3_i64, 32),
        gate in 0..8_usize,
    ) {
        let mut world = world;
        for link in &mut world.links {
            link.both_ways = false;
        }
        let mut model = world.model();
        // Random worlds have tariffs of which no two sums are alike; here all are.
        for link in &mut model.links {
            link.tariff.0 = 0;
        }
        let network = Network::new(&model);
        let arcs = network.problem.arcs.len();
        prop_assume!(arcs <= 7);
        let gate = gate % model.links.len();
        let cost = |sign: i128| move |arc: &FlowArc| match arc.role {
            ArcRole::Link { link, .. } if link == gate => sign,
            _ => 0,
        };
        let capacities = &rates[..arcs];
        let carried = |flows: &[i64]| -> i64 {
            let arcs = network.link_arcs[gate].iter().flatten();
            let carriers = arcs.map(|&arc| network.problem.carrier[arc]);
            carriers.filter_map(|carrier| flows.get(carrier)).sum()
        };
        let found = [1, -1].map(|sign| {
            let problem = network.with_tie(&model, &cost(sign));
            carried(&solved(&problem, capacities))
        });

        let mut flows = vec![0; arcs];
        let mut best = None;
        let mut range = [0, 0];
        loop {
            if is_feasible(&network.problem, capacities, &flows) {
                let value = rank(&model, &network, &flows);
                let flow = carried(&flows);
                if best.as_ref().is_none_or(|best| value < *best) {
                    best = Some(value);
                    range = [flow, flow];
                } else if best.as_ref() == Some(&value) {
                    range = [range[0].min(flow), range[1].max(flow)];
                }
            }
            let Some(next) = (0..arcs).find(|&arc| flows[arc] < capacities[arc]) else {
                break;
            };
            flows[next] += 1;
            flows[..next].fill(0);
        }
        prop_assert_eq!(found, range);
    }
}
