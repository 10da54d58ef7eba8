//! The allocation against other programs: a library's maximum flow, and trying everything.

use keruen::allocation::Allocator;
use keruen::model::Model;
use keruen::network::{ArcRole, Network, Problem, UNLIMITED};
use petgraph::algo::dinics;
use petgraph::graph::DiGraph;
use proptest::prelude::*;

use crate::properties::cases;
use crate::random_worlds::networks;
use crate::worlds::{head, model, run, stress};

/// Capacities of the reduced arcs of an undisturbed world.
pub(crate) fn capacities(model: &Model, network: &Network) -> Vec<i64> {
    let of = |role: ArcRole| match role {
        ArcRole::Source(field) => model.fields[field].plan.first().0,
        ArcRole::Link {
            link,
            nominated,
            backward,
        } => {
            let link = &model.links[link];
            let capacity = link
                .capacity
                .as_ref()
                .map_or(UNLIMITED, |capacity| capacity.first().0);
            let agreed = link
                .nomination
                .as_ref()
                .map_or(0, |agreed| agreed.first().0.min(capacity));
            match (nominated, backward) {
                (true, _) => agreed,
                (false, true) => capacity,
                (false, false) => capacity - agreed,
            }
        }
        ArcRole::Sell { market, committed } => {
            let market = &model.markets[market];
            let demand = market
                .demand
                .as_ref()
                .map_or(UNLIMITED, |demand| demand.first().0);
            let promised = market
                .commitment
                .as_ref()
                .map_or(0, |promised| promised.first().0);
            if committed {
                promised.min(demand)
            } else {
                demand - promised.min(demand)
            }
        }
        _ => UNLIMITED,
    };
    let least = |members: &[usize]| members.iter().map(|&arc| of(network.arcs[arc].role)).min();
    network
        .problem
        .arcs
        .iter()
        .map(|arc| least(&arc.members).expect("an arc stands for something"))
        .collect()
}

pub(crate) fn solved(problem: &Problem, capacities: &[i64]) -> Vec<i64> {
    let mut allocator = Allocator::new(problem);
    for (arc, &capacity) in capacities.iter().enumerate() {
        allocator.set_capacity(arc, capacity);
    }
    allocator.solve().to_vec()
}

/// The greatest flow from outside to outside, by the library.
fn greatest(problem: &Problem, capacities: &[i64]) -> i64 {
    let mut graph: DiGraph<(), u64> = DiGraph::new();
    let (source, sink) = (graph.add_node(()), graph.add_node(()));
    let nodes: Vec<_> = (0..problem.nodes).map(|_| graph.add_node(())).collect();
    for (arc, &capacity) in problem.arcs.iter().zip(capacities) {
        let tail = arc.tail.map_or(source, |tail| nodes[tail]);
        let head = arc.head.map_or(sink, |head| nodes[head]);
        graph.add_edge(tail, head, capacity as u64);
    }
    dinics(&graph, source, sink).0 as i64
}

fn delivered(problem: &Problem, flows: &[i64]) -> i64 {
    let ends = problem
        .arcs
        .iter()
        .zip(flows)
        .filter(|(arc, _)| arc.head.is_none());
    ends.map(|(_, &flow)| flow).sum()
}

/// Whether flows keep within capacities and nothing is made or lost at a node.
pub(crate) fn is_feasible(problem: &Problem, capacities: &[i64], flows: &[i64]) -> bool {
    let mut balance = vec![0_i64; problem.nodes];
    for (arc, &flow) in problem.arcs.iter().zip(flows) {
        if let Some(tail) = arc.tail {
            balance[tail] -= flow;
        }
        if let Some(head) = arc.head {
            balance[head] += flow;
        }
    }
    let within = flows
        .iter()
        .zip(capacities)
        .all(|(&flow, &most)| 0 <= flow && flow <= most);
    within && balance.iter().all(|&left| left == 0)
}

/// The class in which a market's oil is served: all of it without a commitment, else what is
/// committed; the rest is class 2, or the market's own if that is later.
fn class(model: &Model, market: usize, committed: bool) -> u8 {
    let market = &model.markets[market];
    let is_own = committed || market.commitment.is_none();
    if is_own {
        market.priority
    } else {
        market.priority.max(2)
    }
}

/// What the rules prefer, best first, smaller is better: deliveries by class, nominated flow, tariff.
pub(crate) fn rank(model: &Model, network: &Network, flows: &[i64]) -> (Vec<i64>, i64, i64) {
    let mut classes = vec![0; 4];
    let (mut nominated_flow, mut money) = (0, 0);
    for (arc, &flow) in network.problem.arcs.iter().zip(flows) {
        for &member in &arc.members {
            match network.arcs[member].role {
                ArcRole::Sell { market, committed } => {
                    classes[class(model, market, committed) as usize] -= flow;
                    money -= flow * model.markets[market].price.0;
                }
                ArcRole::Link {
                    link, nominated, ..
                } => {
                    nominated_flow -= if nominated { flow } else { 0 };
                    money += flow * model.links[link].tariff.0;
                }
                ArcRole::Grade(lot) => {
                    let lot = network.lots[lot];
                    let market = &model.markets[lot.market];
                    money += flow * (market.price.0 - paid(model, lot.market, lot.commodity));
                }
                _ => {}
            }
        }
    }
    (classes, nominated_flow, money)
}

/// What a market pays for a commodity, thousandths of a dollar a barrel.
pub(crate) fn paid(model: &Model, market: usize, commodity: usize) -> i64 {
    let names = model.grading().expect("grades are told apart").names;
    let market = &model.markets[market];
    let own = market
        .prices
        .iter()
        .find(|(grade, _)| *grade == names[commodity]);
    own.map_or(market.price, |&(_, price)| price).0
}

/// The best of all flows, by trying all.
fn best(model: &Model, network: &Network, capacities: &[i64]) -> (Vec<i64>, i64, i64) {
    let problem = &network.problem;
    let mut flows = vec![0; capacities.len()];
    let mut best = None;
    loop {
        if is_feasible(problem, capacities, &flows) {
            let found = rank(model, network, &flows);
            if best.as_ref().is_none_or(|best| found < *best) {
                best = Some(found);
            }
        }
        // The next in counting order.
        let Some(next) = (0..flows.len()).find(|&arc| flows[arc] < capacities[arc]) else {
            return best.expect("no flow at all is feasible");
        };
        flows[next] += 1;
        flows[..next].fill(0);
    }
}

proptest! {
    #![proptest_config(cases(200))]

    #[test]
    fn as_much_flows_as_can(world in networks(6), rates in prop::collection::vec(0..12_i64, 64)) {
        let model = world.model();
        let network = Network::new(&model);
        let problem = &network.problem;
        let own = capacities(&model, &network);
        let random: Vec<i64> = rates.into_iter().cycle().take(own.len()).collect();
        for capacities in [own, random] {
            let flows = solved(problem, &capacities);
            prop_assert!(is_feasible(problem, &capacities, &flows));
            prop_assert_eq!(delivered(problem, &flows), greatest(problem, &capacities));
        }
    }

    #[test]
    fn no_flow_is_better_by_the_rules(
        world in networks(1),
        rates in prop::collection::vec(0..=3_i64, 32),
    ) {
        let model = world.model();
        let network = Network::new(&model);
        let arcs = network.problem.arcs.len();
        prop_assume!(arcs <= 7);
        let capacities = &rates[..arcs];
        let flows = solved(&network.problem, capacities);
        prop_assert_eq!(rank(&model, &network, &flows), best(&model, &network, capacities));
    }

    /// Earlier classes lose nothing to later ones: each class gets what the network can carry for
    /// it and those before it, less what those can have alone.
    #[test]
    fn classes_get_differences_of_greatest_flows(world in networks(6)) {
        let model = world.model();
        let network = Network::new(&model);
        let own = capacities(&model, &network);
        let (classes, ..) = rank(&model, &network, &solved(&network.problem, &own));
        let mut before = 0;
        for served in 1..=3 {
            let mut open = own.clone();
            for (arc, capacity) in network.problem.arcs.iter().zip(&mut open) {
                for &member in &arc.members {
                    if let ArcRole::Sell { market, committed } = network.arcs[member].role
                        && class(&model, market, committed) > served
                    {
                        *capacity = 0;
                    }
                }
            }
            let so_far = greatest(&network.problem, &open);
            prop_assert_eq!(-classes[served as usize], so_far - before);
            before = so_far;
        }
    }

    /// The answer depends on the capacities alone, not on what was asked before.
    #[test]
    fn warm_cold_and_remembered_answers_agree(
        world in networks(6),
        changes in prop::collection::vec((0..64_usize, 0..6_i64), 1..300),
    ) {
        let model = world.model();
        let network = Network::new(&model);
        let problem = &network.problem;
        let mut warm = Allocator::new(problem);
        let mut now = vec![0; problem.arcs.len()];
        let mut asked = Vec::new();
        for (arc, capacity) in changes {
            let arc = arc % now.len();
            now[arc] = capacity * 1_000;
            warm.set_capacity(arc, now[arc]);
            asked.push((now.clone(), warm.solve().to_vec()));
        }
        // The same questions from last to first, from wherever the last one has left it.
        for (capacities, flows) in asked.iter().rev() {
            for (arc, &capacity) in capacities.iter().enumerate() {
                warm.set_capacity(arc, capacity);
            }
            prop_assert_eq!(warm.solve(), &flows[..]);
        }
        // And some of them to one that was never asked anything.
        for (capacities, flows) in asked.iter().step_by(60) {
            prop_assert_eq!(flows, &solved(problem, capacities));
        }
        let mut copy = warm.clone();
        prop_assert_eq!(copy.solve(), warm.solve());
    }
}

#[test]
fn what_is_nominated_flows_before_what_is_cheap() {
    let world = model(&format!(
        "{}[field.oil]\nplan = \"100 kb/d\"\n[market.sea]\n\
         [link.cheap]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"100 kb/d\"\n\
         [link.dear]\nfrom = \"oil\"\nto = \"sea\"\ncapacity = \"80 kb/d\"\n\
         tariff = \"9 USD/bbl\"\nnomination = \"30 kb/d\"\n",
        head("10 d")
    ));
    let flows = keruen::simulation::overview(&world)
        .expect("no tanks")
        .undisturbed
        .links_bpd;
    assert_eq!((flows["cheap"], flows["dear"]), (70_000.0, 30_000.0));
}

#[test]
fn a_closed_hub_lets_nothing_through_whether_or_not_a_hazard_names_it() {
    for hazard in [
        "",
        "[hazard.other]\nhits = [\"hub.port\"]\noccurs = { poisson = { rate = \"1 /yr\" } }\nduration = \"1 d\"\n",
    ] {
        let world = model(&format!(
            "{}[field.oil]\nplan = \"100 kb/d\"\n[hub.port]\n[market.sea]\n\
             [link.in]\nfrom = \"oil\"\nto = \"port\"\n\
             [link.out]\nfrom = \"port\"\nto = \"sea\"\ncapacity = \"100 kb/d\"\n{hazard}",
            head("10 d")
        ));
        let closure = "target = \"hub.port\", from = 2026-01-03, for = \"2 d\"".to_owned();
        let played = stress(&world, &[closure]);
        assert_eq!(
            played.lost_bbl,
            200_000,
            "{} epochs, {hazard}",
            played.epochs.len()
        );
    }
}

/// What is nominated on a link is oil on its way to a market, not oil that goes in circles.
#[test]
fn a_nomination_moves_no_oil_in_circles() {
    for back in [
        "both_ways = true\n",
        "[link.back]\nfrom = \"b\"\nto = \"a\"\ncapacity = \"9 kb/d\"\n",
    ] {
        let world = model(&format!(
            "{}[field.oil]\nplan = \"1 kb/d\"\n[hub.a]\n[hub.b]\n[market.sea]\n\
             [link.in]\nfrom = \"oil\"\nto = \"a\"\n\
             [link.out]\nfrom = \"b\"\nto = \"sea\"\n\
             [link.line]\nfrom = \"a\"\nto = \"b\"\ncapacity = \"9 kb/d\"\n\
             nomination = \"5 kb/d\"\ntariff = \"1 USD/bbl\"\n{back}",
            head("10 d")
        ));
        let result = run(&world, 1).result;
        let paid = result.metrics["tariff_paid"].mean;
        assert_eq!(paid, Some(10_000.0), "1 kb/d for 10 d at 1 USD/bbl, {back}");
        let flow = result.links["line"]["flow"].mean;
        assert_eq!(flow, Some(10_000.0), "1 kb/d for 10 d, {back}");
    }
}
