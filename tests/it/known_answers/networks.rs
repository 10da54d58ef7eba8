//! A network of twelve components: every state enumerated, and simulated.

use keruen::allocation::Allocator;
use keruen::model::{Collect, Model};
use keruen::network::{ArcRole, Network};
use petgraph::algo::dinics;
use petgraph::graph::{DiGraph, NodeIndex};

use crate::worlds::{
    assert_mean, assert_within_four, case, entry, given, head, is_within_four, metric, model,
    number, rows, run, stress,
};

const KB: f64 = 1_000.0;

/// An arc of the case. Those from the source are fields, those to the sink lead to the market.
pub(crate) struct CaseArc {
    pub(crate) id: String,
    from: String,
    to: String,
    capacity: f64,
    /// Capacity while down, mean days up and down, if it fails.
    pub(crate) failure: Option<[f64; 3]>,
}

impl CaseArc {
    pub(crate) fn all(case: &toml::Table) -> Vec<Self> {
        let arcs = entry(case, "inputs.arc").as_array().expect("arcs");
        arcs.iter()
            .map(|arc| {
                let text = |key: &str| arc[key].as_str().expect("text").to_owned();
                let failure = arc.get("mean_up_d").map(|up| {
                    [
                        number(&arc["capacity_down_kbd"]),
                        number(up),
                        number(&arc["mean_down_d"]),
                    ]
                });
                Self {
                    id: text("id"),
                    from: text("from"),
                    to: text("to"),
                    capacity: number(&arc["capacity_kbd"]),
                    failure,
                }
            })
            .collect()
    }

    fn is_field(&self) -> bool {
        self.from == "S"
    }

    /// What hazards and closures call it.
    pub(crate) fn target(&self) -> String {
        if self.is_field() {
            format!("field.{}", self.to.to_lowercase())
        } else {
            format!("link.{}", self.id.replace('_', "-"))
        }
    }

    fn left(&self) -> f64 {
        self.failure.map_or(1.0, |[down, ..]| down / self.capacity)
    }
}

/// The world of the case; `perfect` never fails.
pub(crate) fn world(arcs: &[CaseArc], start: &str, perfect: Option<&str>) -> Model {
    let mut text = head("365 d");
    text += "[market.t]\n";
    let fields: Vec<&str> = arcs
        .iter()
        .filter(|arc| arc.is_field())
        .map(|arc| arc.to.as_str())
        .collect();
    let mut hubs: Vec<&str> = arcs
        .iter()
        .flat_map(|arc| [arc.from.as_str(), arc.to.as_str()])
        .filter(|node| !["S", "T"].contains(node) && !fields.contains(node))
        .collect();
    hubs.sort_unstable();
    hubs.dedup();
    for hub in hubs {
        text += &format!("[hub.{}]\n", hub.to_lowercase());
    }
    for arc in arcs {
        let target = arc.target();
        text += &if arc.is_field() {
            format!("[{target}]\nplan = \"{} kb/d\"\n", arc.capacity)
        } else {
            format!(
                "[{target}]\nfrom = \"{}\"\nto = \"{}\"\ncapacity = \"{} kb/d\"\n",
                arc.from.to_lowercase(),
                arc.to.to_lowercase(),
                arc.capacity
            )
        };
        if let Some([_, up, down]) = arc.failure.filter(|_| perfect != Some(&*arc.id)) {
            text += &format!(
                "[hazard.{}]\nhits = [\"{target}\"]\nleft = {:?}\nstart = \"{start}\"\n\
                 occurs = {{ renewal = {{ up = {{ exponential = {{ mean = \"{up} d\" }} }} }} }}\n\
                 duration = {{ exponential = {{ mean = \"{down} d\" }} }}\n",
                arc.id.replace('_', "-"),
                arc.left(),
            );
        }
    }
    model(&text)
}

/// Delivered rate with some arcs down for good.
fn delivered_without(model: &Model, arcs: &[CaseArc], down: &[usize]) -> i64 {
    let closures: Vec<String> = down
        .iter()
        .map(|&arc| {
            let arc = &arcs[arc];
            format!(
                "target = \"{}\", from = 2026-01-01, for = \"365 d\", left = {:?}",
                arc.target(),
                arc.left()
            )
        })
        .collect();
    let played = stress(model, &closures);
    assert_eq!(played.epochs.len(), 1, "nothing changes but at the start");
    played.epochs[0].delivered_bpd
}

fn failing(arcs: &[CaseArc]) -> Vec<usize> {
    (0..arcs.len())
        .filter(|&arc| arcs[arc].failure.is_some())
        .collect()
}

/// All sets of `size` of these, in lexicographic order.
fn sets(of: &[usize], size: usize) -> Vec<Vec<usize>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let mut found = Vec::new();
    for (at, &first) in of.iter().enumerate() {
        for rest in sets(&of[at + 1..], size - 1) {
            found.push(std::iter::once(first).chain(rest).collect());
        }
    }
    found
}

#[test]
fn what_is_left_without_one_two_or_three_components_is_exact() {
    let case = case("05_network_enumeration");
    let arcs = CaseArc::all(&case);
    let model = world(&arcs, "up", None);
    assert_eq!(
        delivered_without(&model, &arcs, &[]) as f64,
        given(&case, "expected.plan_all_up_kbd") * KB
    );
    let components = failing(&arcs);
    for &arc in &components {
        let exact = given(
            &case,
            &format!("expected.n_minus_1_export_kbd.{}", arcs[arc].id),
        );
        assert_eq!(
            delivered_without(&model, &arcs, &[arc]) as f64,
            exact * KB,
            "{}",
            arcs[arc].id
        );
    }
    for size in 1..=3 {
        let worst = sets(&components, size)
            .into_iter()
            .map(|set| (delivered_without(&model, &arcs, &set), set))
            .min_by_key(|(delivered, _)| *delivered)
            .expect("a set");
        let exact = |key: &str| entry(&case, &format!("expected.n_minus_k.k{size}.{key}"));
        assert_eq!(
            worst.0 as f64,
            number(exact("worst_export_kbd")) * KB,
            "{size} out"
        );
        let names: Vec<toml::Value> = worst
            .1
            .iter()
            .map(|&arc| toml::Value::String(arcs[arc].id.clone()))
            .collect();
        assert_eq!(&toml::Value::Array(names), exact("worst_set"), "{size} out");
    }
}

/// Every state of the components through the allocation, with its probability.
#[test]
fn every_state_delivers_the_maximum_flow_and_their_mean_is_exact() {
    let case = case("05_network_enumeration");
    let arcs = CaseArc::all(&case);
    let model = world(&arcs, "up", None);
    let network = Network::new(&model);
    let mut allocator = Allocator::new(&network.problem);
    let components = failing(&arcs);
    // Arcs of the case by arcs of the network; hubs and markets have no limit.
    let of_arc: Vec<Option<usize>> = network
        .arcs
        .iter()
        .map(|arc| match arc.role {
            ArcRole::Source(field) => {
                let id = format!("field.{}", model.fields[field].id);
                arcs.iter().position(|arc| arc.target() == id)
            }
            ArcRole::Link { link, .. } => {
                let id = format!("link.{}", model.links[link].id);
                arcs.iter().position(|arc| arc.target() == id)
            }
            _ => None,
        })
        .collect();

    let mut graph: DiGraph<(), u64> = DiGraph::new();
    let mut nodes: Vec<&str> = arcs
        .iter()
        .flat_map(|arc| [arc.from.as_str(), arc.to.as_str()])
        .collect();
    nodes.sort_unstable();
    nodes.dedup();
    let indices: Vec<NodeIndex> = nodes.iter().map(|_| graph.add_node(())).collect();
    let index = |node: &str| indices[nodes.binary_search(&node).expect("a node")];
    for arc in &arcs {
        graph.add_edge(index(&arc.from), index(&arc.to), 0);
    }

    let plan = given(&case, "expected.plan_all_up_kbd") * KB;
    let (mut mean, mut below, mut whole) = (0.0, 0.0, 0.0);
    let mut levels = std::collections::BTreeSet::new();
    for state in 0..1_u32 << components.len() {
        let mut probability = 1.0;
        let mut capacity: Vec<i64> = arcs.iter().map(|arc| (arc.capacity * KB) as i64).collect();
        for (bit, &arc) in components.iter().enumerate() {
            let [left, up, down] = arcs[arc].failure.expect("it fails");
            if state >> bit & 1 == 1 {
                probability *= down / (up + down);
                capacity[arc] = (left * KB) as i64;
            } else {
                probability *= up / (up + down);
            }
        }
        for (reduced, arc) in network.problem.arcs.iter().enumerate() {
            let least = arc
                .members
                .iter()
                .filter_map(|&member| of_arc[member])
                .map(|arc| capacity[arc]);
            allocator.set_capacity(reduced, least.min().unwrap_or(keruen::network::UNLIMITED));
        }
        let flows = allocator.solve();
        let sources = network
            .problem
            .arcs
            .iter()
            .zip(flows)
            .filter(|(arc, _)| arc.tail.is_none());
        let delivered: i64 = sources.map(|(_, &flow)| flow).sum();

        for (arc, weight) in graph.edge_weights_mut().enumerate() {
            *weight = capacity[arc] as u64;
        }
        let (most, _) = dinics(&graph, index("S"), index("T"));
        assert_eq!(delivered as u64, most, "state {state:#x}");

        whole += probability;
        mean += probability * delivered as f64;
        if (delivered as f64) < plan {
            below += probability;
        }
        levels.insert(delivered);
    }
    let close = |what: &str, got: f64, exact: f64| {
        assert!(
            (got - exact).abs() <= 1e-9 * exact.abs(),
            "{what}: {got}, exact {exact}"
        );
    };
    close("all states", whole, 1.0);
    close("mean", mean, given(&case, "expected.mean_export_kbd") * KB);
    close("shortfall", below, given(&case, "expected.prob_shortfall"));
    assert_eq!(
        levels.len() as f64,
        given(&case, "expected.distinct_export_levels")
    );
}

#[test]
fn a_year_of_twelve_components_has_the_exact_mean_and_spread() {
    let case = case("05_network_enumeration");
    let arcs = CaseArc::all(&case);
    let of = |key: &str| given(&case, &format!("expected.{key}"));
    let (run, kept) = rows(&world(&arcs, "stationary", None), 4_000, Collect::System);
    let system = &run.result.metrics;
    let undelivered = metric(system, "undelivered");
    assert_mean(
        "stationary",
        undelivered,
        of("annual.stationary_start_mean_unexported_kb") * KB,
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
    assert_mean(
        "events",
        metric(system, "shortfall_events"),
        of("shortfall_episodes_per_365d") + of("prob_shortfall"),
    );
    let losses = kept.column("undelivered");
    let n = losses.len() as f64;
    let mean = losses.iter().sum::<i64>() as f64 / n;
    let moment = |power| {
        losses
            .iter()
            .map(|&loss| (loss as f64 - mean).powi(power))
            .sum::<f64>()
            / n
    };
    let variance = moment(2);
    let error = ((moment(4) - variance * variance) / n).sqrt();
    let sd = of("annual.stationary_start_sd_unexported_kb") * KB;
    assert!(
        is_within_four(variance, error, sd * sd, 0.0),
        "sd {}, exact {sd}",
        variance.sqrt()
    );

    let (run, _) = rows(&world(&arcs, "up", None), 2_000, Collect::System);
    let whole = metric(&run.result.metrics, "undelivered");
    assert_mean(
        "all up",
        whole,
        of("annual.all_up_start_mean_unexported_kb") * KB,
    );
}

#[test]
fn capacity_binds_for_the_share_of_time_that_enumeration_says() {
    let case = case("05_network_enumeration");
    let arcs = CaseArc::all(&case);
    let result = run(&world(&arcs, "stationary", None), 1_500).result;
    for bottleneck in entry(&case, "expected.bottleneck")
        .as_array()
        .expect("arcs")
    {
        let id = bottleneck["arc"].as_str().expect("an id");
        let Some(link) = result.links.get(&id.replace('_', "-")) else {
            continue; // A field; the metric is one of links and hubs.
        };
        let exact = number(&bottleneck["shadow_price_right"]);
        let price = metric(link, "shadow_price");
        if exact == 0.0 {
            assert_eq!(price.max, Some(0.0), "{id} never binds");
            continue;
        }
        assert_mean(id, price, exact);
    }
}

#[test]
fn components_that_never_fail_gain_what_enumeration_says() {
    let case = case("05_network_enumeration");
    let arcs = CaseArc::all(&case);
    let total = given(&case, "expected.mean_shortfall_kbd") * 365.0 * KB;
    let n = 800;
    let (_, with) = rows(&world(&arcs, "stationary", None), n, Collect::System);
    let with = with.column("undelivered");
    for importance in entry(&case, "expected.importance")
        .as_array()
        .expect("components")
    {
        let id = importance["id"].as_str().expect("an id");
        let (_, without) = rows(&world(&arcs, "stationary", Some(id)), n, Collect::System);
        let without = without.column("undelivered");
        // Common random numbers: the failures of all others are the same.
        let gains: Vec<f64> = with
            .iter()
            .zip(&without)
            .map(|(with, without)| (with - without) as f64)
            .collect();
        assert!(
            gains.iter().all(|&gain| gain >= 0.0),
            "{id}: never worse without failures"
        );
        let count = gains.len() as f64;
        let mean = gains.iter().sum::<f64>() / count;
        let variance = gains.iter().map(|gain| (gain - mean).powi(2)).sum::<f64>() / (count - 1.0);
        let exact = number(&importance["fussell_vesely"]) * total;
        assert_within_four(id, mean, (variance / count).sqrt(), exact, 0.0);
    }
}
