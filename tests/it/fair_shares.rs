//! Cuts shared among fields, and transit of later classes: known answers, the formula over all
//! sets of fields, books that balance.

use keruen::allocation::Allocator;
use keruen::model::{Model, NodeRef, Series, Sharing, Transit};
use keruen::network::Network;
use keruen::units::BarrelsPerDay;
use petgraph::algo::dinics;
use petgraph::graph::DiGraph;
use proptest::prelude::*;

use crate::linear_program::{Case, models, play};
use crate::properties::cases;
use crate::random_worlds::networks_with_tanks;
use crate::worlds::{head, model, rows, stress};

/// A line of 150 kb/d from three fields, the first two with plans of 100, the third of 20.
fn consortium(sharing: &str) -> Model {
    let mut text = format!(
        "{}[allocation]\nsharing = \"{sharing}\"\n[hub.start]\n[market.sea]\n\
         [link.line]\nfrom = \"start\"\nto = \"sea\"\ncapacity = \"150 kb/d\"\n",
        head("10 d")
    );
    for (id, plan, entitled) in [("a", 100, 80), ("b", 100, 40), ("c", 20, 60)] {
        text += &format!(
            "[field.{id}]\nplan = \"{plan} kb/d\"\nentitlement = \"{entitled} kb/d\"\n\
             [link.{id}]\nfrom = \"{id}\"\nto = \"start\"\n"
        );
    }
    model(&text)
}

#[test]
fn all_are_cut_by_the_same_share_of_plan() {
    let shares = play(&consortium("pro-rata")).fields;
    // 150/220 of plan each, in whole barrels a day: the barrel over goes to the largest remainder.
    assert_eq!(shares, [68.182, 68.182, 13.636]);
}

#[test]
fn what_is_left_over_goes_by_id_where_remainders_are_equal() {
    let mut model = consortium("pro-rata");
    for field in &mut model.fields {
        field.plan = Series::constant(BarrelsPerDay(70_000));
    }
    model.links[3].capacity = Some(Series::constant(BarrelsPerDay(100_000)));
    assert_eq!(model.links[3].id, "line");
    assert_eq!(play(&model).fields, [33.334, 33.333, 33.333]);
}

#[test]
fn what_is_entitled_comes_first_and_what_is_unused_is_shared() {
    let model = consortium("entitlement");
    // 80, 40 and 20 under entitlement; 10 are left for 20 and 60 that are wanted beyond it.
    assert_eq!(play(&model).fields, [82.5, 47.5, 20.0]);
    // Without the third, 30 are left.
    let closure = "target = \"field.c\", from = 2026-01-01, for = \"10 d\"";
    let course = stress(&model, &[closure.to_owned()]);
    let shut_in = course.fields.iter().map(|field| field.shut_in_bbl);
    assert_eq!(shut_in.collect::<Vec<_>>(), [125_000, 375_000, 0]);
}

#[test]
fn a_field_of_the_first_class_is_cut_last() {
    for sharing in ["cost", "pro-rata"] {
        let mut model = consortium(sharing);
        model.fields[1].priority = 1;
        let shares = play(&model).fields;
        assert_eq!(shares[1], 100.0, "{sharing}");
        assert_eq!(shares[0] + shares[2], 50.0, "{sharing}");
        if sharing == "pro-rata" {
            assert_eq!(shares, [41.667, 100.0, 8.333]);
        }
    }
}

#[test]
fn a_field_without_a_plan_shares_nothing() {
    let mut model = consortium("pro-rata");
    model.fields[0].plan = Series::constant(BarrelsPerDay::ZERO);
    assert_eq!(play(&model).fields, [0.0, 100.0, 20.0]);
}

/// Transit on two links that our oil needs one after the other: first, between our classes, last.
#[test]
fn transit_of_a_later_class_takes_what_earlier_deliveries_leave() {
    let text = format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\n[hub.a]\n[hub.b]\n\
         [market.home]\npriority = 1\ndemand = \"30 kb/d\"\n[market.sea]\n\
         [link.in]\nfrom = \"oil\"\nto = \"a\"\n\
         [link.one]\nfrom = \"a\"\nto = \"b\"\ncapacity = \"90 kb/d\"\n\
         [link.two]\nfrom = \"b\"\nto = \"sea\"\ncapacity = \"80 kb/d\"\n\
         [link.home]\nfrom = \"b\"\nto = \"home\"\n\
         [transit.other]\nfrom = \"a\"\nto = \"sea\"\npath = [\"one\", \"two\"]\n\
         volume = \"75 kb/d\"\n",
        head("10 d")
    );
    for (class, passes, produced) in [(1, 75.0, 15.0), (2, 60.0, 30.0), (3, 0.0, 90.0)] {
        let mut model = model(&text);
        model.transits[0].priority = class;
        let played = play(&model);
        assert_eq!(played.transits, [passes], "class {class}");
        assert_eq!(played.fields, [produced], "class {class}");
    }
    // Two transits of one class in order of id, both behind our first class.
    let mut model = model(&text);
    model.transits[0].priority = 2;
    let second = Transit {
        id: "z-other".to_owned(),
        ..model.transits[0].clone()
    };
    model.transits[0].volume = Series::constant(BarrelsPerDay(45_000));
    model.transits.push(second);
    assert_eq!(play(&model).transits, [45.0, 15.0]);
}

/// A barrel of transit takes two of ours where it passes two of our ways out, so what it may take
/// is less than all that is lost by letting it take what it wants would say.
#[test]
fn transit_that_passes_two_ways_out_takes_what_both_leave() {
    let mut text = format!(
        "{}[market.sea]\npriority = 1\n[hub.a]\n[hub.b]\n[hub.c]\n[hub.d]\n\
         [transit.other]\nfrom = \"a\"\nto = \"d\"\npath = [\"a-b\", \"b-c\", \"c-d\"]\n\
         volume = \"50 kb/d\"\npriority = 2\n[field.oil]\nplan = \"77 kb/d\"\n",
        head("10 d")
    );
    for (from, to, capacity) in [
        ("a", "b", "50 kb/d"),
        ("b", "c", "60 kb/d"),
        ("c", "d", "50 kb/d"),
        ("oil", "a", "100 kb/d"),
        ("oil", "c", "100 kb/d"),
        ("b", "sea", "100 kb/d"),
        ("d", "sea", "100 kb/d"),
    ] {
        text += &format!(
            "[link.{from}-{to}]\nfrom = \"{from}\"\nto = \"{to}\"\ncapacity = \"{capacity}\"\n"
        );
    }
    // 50 − y and 50 − y must carry 77.
    let played = play(&model(&text));
    assert_eq!((played.transits[0], played.fields[0]), (11.5, 77.0));
}

/// What these fields can deliver together at most.
fn reach(model: &Model, fields: &[usize]) -> i64 {
    let mut graph: DiGraph<(), u64> = DiGraph::new();
    let (source, sink) = (graph.add_node(()), graph.add_node(()));
    let mut add = |count: usize| -> Vec<_> { (0..count).map(|_| graph.add_node(())).collect() };
    let (sources, hubs, markets) = (
        add(model.fields.len()),
        add(model.hubs.len()),
        add(model.markets.len()),
    );
    let node = |node: NodeRef| match node {
        NodeRef::Field(index) => sources[index],
        NodeRef::Hub(index) => hubs[index],
        NodeRef::Market(index) => markets[index],
    };
    let rate = |series: Option<&Series<BarrelsPerDay>>| {
        series.map_or(1 << 40, |series| series.first().0 as u64)
    };
    for &field in fields {
        graph.add_edge(
            source,
            sources[field],
            rate(Some(&model.fields[field].plan)),
        );
    }
    for link in &model.links {
        let capacity = rate(link.capacity.as_ref());
        graph.add_edge(node(link.from), node(link.to), capacity);
        if link.both_ways {
            graph.add_edge(node(link.to), node(link.from), capacity);
        }
    }
    for (market, &node) in model.markets.iter().zip(&markets) {
        graph.add_edge(node, sink, rate(market.demand.as_ref()));
    }
    dinics(&graph, source, sink).0 as i64
}

/// The fair shares by trying all sets: the set that can have least of its plan beyond what those
/// before it have gets just that, the largest such set first, and so on.
fn fair(model: &Model) -> Vec<f64> {
    let count = model.fields.len();
    let plan = |field: usize| model.fields[field].plan.first().0;
    let mut shares = vec![0.0; count];
    let mut held: Vec<usize> = Vec::new();
    while held.len() < count {
        let base = reach(model, &held);
        let free: Vec<usize> = (0..count).filter(|field| !held.contains(field)).collect();
        let mut least: Option<(i64, i64, Vec<usize>)> = None;
        for set in 1..1_u32 << free.len() {
            let set: Vec<usize> = (0..free.len())
                .filter(|bit| set & (1 << bit) != 0)
                .map(|bit| free[bit])
                .collect();
            let weight: i64 = set.iter().map(|&field| plan(field)).sum();
            let all: Vec<usize> = held.iter().chain(&set).copied().collect();
            let more = reach(model, &all) - base;
            let is_better = least.as_ref().is_none_or(|(other, by, fields)| {
                (more * by)
                    .cmp(&(other * weight))
                    .then(fields.len().cmp(&set.len()))
                    .is_lt()
            });
            if is_better {
                least = Some((more, weight, set));
            }
        }
        let (more, weight, set) = least.expect("a field is left");
        for field in set {
            shares[field] = plan(field) as f64 * more as f64 / weight as f64;
            held.push(field);
        }
    }
    shares
}

fn any_sharing() -> impl Strategy<Value = Sharing> {
    prop_oneof![
        Just(Sharing::Cost),
        Just(Sharing::ProRata),
        Just(Sharing::Entitlement)
    ]
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn pro_rata_is_the_formula_over_all_sets(case in models(Sharing::ProRata)) {
        let mut model = case.0;
        model.transits.clear();
        for market in &mut model.markets {
            (market.priority, market.commitment) = (2, None);
        }
        for field in &mut model.fields {
            field.priority = 2;
        }
        let exact = fair(&model);
        for (found, exact) in play(&model).fields.iter().zip(&exact) {
            let apart = (found * 1_000.0 - exact).abs();
            prop_assert!(apart < exact.min(1.0) * model.fields.len() as f64 + 1e-6, "{found}, {exact}");
        }
    }

    /// The answer depends on capacities and claims alone, not on what was asked before.
    #[test]
    fn warm_cold_and_remembered_shares_agree(
        case in prop_oneof![models(Sharing::ProRata), models(Sharing::Entitlement)],
        changes in prop::collection::vec((0..64_usize, 0..6_i64), 1..200),
    ) {
        let Case(model) = case;
        let network = Network::new(&model);
        let problem = &network.problem;
        let arcs = problem.arcs.len();
        let fields = model.fields.len();
        let mut now = vec![0; arcs + 2 * fields];
        let tell = |allocator: &mut Allocator, now: &[i64]| {
            for (arc, &capacity) in now[..arcs].iter().enumerate() {
                allocator.set_capacity(arc, capacity);
            }
            for field in 0..fields {
                allocator.set_claim(field, now[arcs + field], now[arcs + fields + field]);
            }
        };
        let mut warm = Allocator::new(problem);
        let mut asked = Vec::new();
        for (at, value) in changes {
            let at = at % now.len();
            now[at] = value * 1_000 + at as i64;
            tell(&mut warm, &now);
            asked.push((now.clone(), warm.solve().to_vec()));
        }
        for (now, flows) in asked.iter().rev() {
            tell(&mut warm, now);
            prop_assert_eq!(warm.solve(), &flows[..]);
        }
        for (now, flows) in asked.iter().step_by(40) {
            let mut cold = Allocator::new(problem);
            tell(&mut cold, now);
            prop_assert_eq!(cold.solve(), &flows[..]);
        }
    }
}

proptest! {
    #![proptest_config(cases(60))]

    /// planned = delivered + stored + field outage + shut in, by replication and to the barrel,
    /// however cuts are shared and whatever transit passes when.
    #[test]
    fn the_books_balance_however_cuts_are_shared(
        world in networks_with_tanks(5),
        sharing in any_sharing(),
        classes in prop::collection::vec(1..=3_u8, 4),
        transit in (0..16_usize, 1..16_i64, 1..=3_u8),
    ) {
        let mut model = world.model();
        model.allocation.sharing = sharing;
        for (field, &class) in model.fields.iter_mut().zip(&classes) {
            field.priority = class;
            field.entitlement = Some(Series::constant(BarrelsPerDay(i64::from(class) * 3_000)));
        }
        let (link, volume, priority) = transit;
        let link = link % model.links.len();
        model.transits.push(Transit {
            id: "t".to_owned(),
            name: "t".to_owned(),
            from: model.links[link].from,
            to: model.links[link].to,
            path: vec![link],
            volume: Series::constant(BarrelsPerDay(volume * 1_000)),
            priority,
            yields: false,
        });
        let (_, kept) = rows(&model, 20, keruen::model::Collect::All);
        let columns = ["planned", "delivered", "stored", "field_outage", "shut_in"];
        let [planned, delivered, stored, outage, shut_in] = columns.map(|name| kept.column(name));
        for at in 0..kept.rows.len() {
            let booked = delivered[at] + stored[at] + outage[at] + shut_in[at];
            prop_assert!((planned[at] - booked).abs() <= 4, "{} planned, {booked} booked", planned[at]);
        }
    }
}
