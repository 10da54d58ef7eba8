//! What the map shows: nodes and links with what flows over them, as far as the results say it.

use std::collections::BTreeMap;

use crate::results::{NodeInfo, Summary};

use super::super::numbers::sane;
use super::land::Point;
use super::projection::turned;

/// The sign that a node has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Sign {
    Field,
    Market,
    Port,
    Hub,
}

/// A field, hub or market.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) name: String,
    pub(super) sign: Sign,
    pub(super) has_tank: bool,
    /// Longitude and latitude, if they are given and can be.
    pub(super) at: Option<Point>,
    /// What links bring or take, whichever is more, b/d.
    pub(super) flow: f64,
}

/// How oil moves, as far as lines differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Mode {
    Pipeline,
    Rail,
    Water,
}

/// A link.
#[derive(Clone, Debug)]
pub(super) struct Link {
    pub(super) name: String,
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) mode: Mode,
    /// What flows on average, b/d: with nothing wrong, if the results say no more.
    pub(super) mean: f64,
    /// Standard error of the mean, b/d.
    pub(super) error: Option<f64>,
    /// What flows with nothing wrong, b/d.
    pub(super) undisturbed: f64,
}

impl Link {
    /// What does not flow, b/d; below 0 if more flows than with nothing wrong.
    pub(super) fn lost(&self) -> f64 {
        self.undisturbed - self.mean
    }

    /// The same as a share of what flows with nothing wrong.
    pub(super) fn lost_share(&self) -> f64 {
        if self.undisturbed >= 1.0 {
            self.lost() / self.undisturbed
        } else if self.mean >= 1.0 {
            -1.0
        } else {
            0.0
        }
    }

    /// What it is drawn for, b/d: the mean, or what it would carry.
    pub(super) fn flow(&self) -> f64 {
        self.mean.max(0.0)
    }
}

/// A network with its flows.
#[derive(Clone, Debug)]
pub(super) struct Network {
    pub(super) nodes: Vec<Node>,
    pub(super) links: Vec<Link>,
    /// Whether means are known, and not only what flows with nothing wrong.
    pub(super) has_means: bool,
}

impl Network {
    /// What the first strategy of a result made of the network; `None` without nodes.
    pub(super) fn of(summary: &Summary) -> Option<Self> {
        let strategy = summary.strategies.first()?;
        let days = summary.scenario.horizon_days;
        let places: BTreeMap<&str, usize> = summary
            .network
            .nodes
            .iter()
            .enumerate()
            .map(|(index, node)| (node.id.as_str(), index))
            .collect();
        let mut has_means = false;
        let mut links = Vec::new();
        for link in &summary.network.links {
            let ends = places
                .get(link.from.as_str())
                .zip(places.get(link.to.as_str()));
            let Some((&from, &to)) = ends else { continue };
            let undisturbed = strategy.undisturbed.links_bpd.get(&link.id);
            let undisturbed = sane(undisturbed.copied().unwrap_or(0.0));
            let metrics = strategy.links.get(&link.id);
            let flow = metrics.and_then(|metrics| metrics.get("flow"));
            let mean = flow.and_then(|flow| flow.mean).filter(|_| days > 0.0);
            has_means |= mean.is_some();
            links.push(Link {
                name: link.name.clone(),
                from,
                to,
                mode: match link.mode.as_str() {
                    "rail" => Mode::Rail,
                    "tanker" | "sea" | "loading" => Mode::Water,
                    _ => Mode::Pipeline,
                },
                mean: mean.map_or(undisturbed, |volume| sane(volume / days)),
                error: flow
                    .and_then(|flow| flow.std_error)
                    .filter(|_| days > 0.0)
                    .map(|error| sane(error / days).abs()),
                undisturbed,
            });
        }
        let (mut into, mut out) = (vec![0.0; places.len()], vec![0.0; places.len()]);
        for link in &links {
            out[link.from] += link.flow();
            into[link.to] += link.flow();
        }
        let nodes = summary.network.nodes.iter().enumerate();
        let nodes: Vec<Node> = nodes
            .map(|(index, node)| Node {
                name: node.name.clone(),
                sign: sign(node),
                has_tank: node.tank_bbl.is_some(),
                at: node.at.and_then(point),
                flow: f64::max(into[index], out[index]),
            })
            .collect();
        (!nodes.is_empty() && nodes.len() == places.len()).then_some(Self {
            nodes,
            links,
            has_means,
        })
    }

    /// The greatest flow of a link, b/d.
    pub(super) fn greatest(&self) -> f64 {
        self.links.iter().map(Link::flow).fold(0.0, f64::max)
    }

    /// Nodes at the other ends of the links of a node.
    pub(super) fn neighbours(&self, node: usize) -> impl Iterator<Item = usize> {
        self.links.iter().filter_map(move |link| match node {
            from if from == link.from => Some(link.to),
            to if to == link.to => Some(link.from),
            _ => None,
        })
    }
}

fn sign(node: &NodeInfo) -> Sign {
    match (node.kind.as_str(), node.role.as_deref()) {
        ("field", _) => Sign::Field,
        ("market", _) => Sign::Market,
        (_, Some("port")) => Sign::Port,
        _ => Sign::Hub,
    }
}

/// A point that can be on the globe.
fn point([longitude, latitude]: [f64; 2]) -> Option<Point> {
    (longitude.is_finite() && latitude.abs() <= 90.0).then(|| (turned(longitude), latitude))
}
