//! What the network looks like as a graph: what hangs on a single thread, and a drawing of it.

use petgraph::algo::dominators::simple_fast;
use petgraph::dot::{Config, Dot};
use petgraph::graph::{DiGraph, NodeIndex};
use petgraph::visit::EdgeRef;

use crate::model::{Element, Model, NodeRef};

/// A network seen as a graph.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Structure {
    /// Links and hubs whose loss alone keeps some field from every market.
    pub critical: Vec<Element>,
    /// The network in the DOT language of Graphviz.
    pub dot: String,
}

/// Looks at the network of a model as a graph; capacities play no part.
#[must_use]
pub fn structure(model: &Model) -> Structure {
    Structure {
        critical: critical(model),
        dot: dot(model),
    }
}

/// A node of the graph in which every link is a node too, so that a link can dominate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Point {
    End,
    Element(Element),
}

/// Links and hubs on every way from some field to the markets: the dominators of the field in the
/// reversed graph whose root stands behind all markets.
fn critical(model: &Model) -> Vec<Element> {
    let mut graph: DiGraph<Point, ()> = DiGraph::new();
    let root = graph.add_node(Point::End);
    let mut add = |element: Element| graph.add_node(Point::Element(element));
    let fields: Vec<_> = (0..model.fields.len())
        .map(|i| add(Element::Field(i)))
        .collect();
    let hubs: Vec<_> = (0..model.hubs.len())
        .map(|i| add(Element::Hub(i)))
        .collect();
    let markets: Vec<_> = (0..model.markets.len())
        .map(|i| add(Element::Market(i)))
        .collect();
    let links: Vec<_> = (0..model.links.len())
        .map(|i| add(Element::Link(i)))
        .collect();
    let node = |node: NodeRef| match node {
        NodeRef::Field(index) => fields[index],
        NodeRef::Hub(index) => hubs[index],
        NodeRef::Market(index) => markets[index],
    };
    for &market in &markets {
        graph.add_edge(root, market, ());
    }
    for (index, link) in model.links.iter().enumerate() {
        graph.add_edge(node(link.to), links[index], ());
        graph.add_edge(links[index], node(link.from), ());
        if link.both_ways {
            graph.add_edge(node(link.from), links[index], ());
            graph.add_edge(links[index], node(link.to), ());
        }
    }
    let dominators = simple_fast(&graph, root);
    let mut critical: Vec<Element> = Vec::new();
    for &field in &fields {
        for point in dominators.strict_dominators(field).into_iter().flatten() {
            if let Point::Element(element @ (Element::Link(_) | Element::Hub(_))) = graph[point]
                && !critical.contains(&element)
            {
                critical.push(element);
            }
        }
    }
    critical.sort_unstable();
    critical
}

fn dot(model: &Model) -> String {
    let mut graph: DiGraph<(String, &'static str), String> = DiGraph::new();
    let mut add = |name: &str, shape| graph.add_node((name.to_owned(), shape));
    let fields: Vec<NodeIndex> = model.fields.iter().map(|f| add(&f.name, "box")).collect();
    let hubs: Vec<NodeIndex> = model.hubs.iter().map(|h| add(&h.name, "ellipse")).collect();
    let markets: Vec<NodeIndex> = model
        .markets
        .iter()
        .map(|m| add(&m.name, "doubleoctagon"))
        .collect();
    let node = |node: NodeRef| match node {
        NodeRef::Field(index) => fields[index],
        NodeRef::Hub(index) => hubs[index],
        NodeRef::Market(index) => markets[index],
    };
    for link in &model.links {
        let capacity = link.capacity.as_ref().map_or_else(
            || "no limit".to_owned(),
            |capacity| format!("{} kb/d", capacity.first().0 as f64 / 1_000.0),
        );
        graph.add_edge(
            node(link.from),
            node(link.to),
            format!("{}\n{capacity}", link.name),
        );
    }
    let edge = |_: &_, edge: petgraph::graph::EdgeReference<'_, String>| {
        format!("label = {:?}", graph[edge.id()])
    };
    let point = |_: &_, (_, (name, shape)): (NodeIndex, &(String, &'static str))| {
        format!("label = {name:?} shape = {shape}")
    };
    let config = [Config::EdgeNoLabel, Config::NodeNoLabel];
    format!(
        "{:?}",
        Dot::with_attr_getters(&graph, &config, &edge, &point)
    )
}
