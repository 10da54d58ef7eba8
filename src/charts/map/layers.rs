//! Where nodes are drawn if the scenario does not say where they are: in layers from fields at the left
//! to markets at the right.

use super::super::canvas::Place;
use super::clip::Frame;
use super::network::{Network, Sign};

/// How often the order within layers is improved.
const SWEEPS: usize = 12;

/// A place for each node within `frame`.
pub(super) fn places(network: &Network, frame: Frame) -> Vec<Place> {
    let layer = layers(network);
    let count = layer.iter().max().map_or(1, |last| last + 1);
    let order = ordered(network, &layer, count);
    let mut places = vec![frame.centre(); network.nodes.len()];
    for (index, members) in order.iter().enumerate() {
        let x = if count > 1 {
            frame.from.0 + (frame.to.0 - frame.from.0) * index as f64 / (count - 1) as f64
        } else {
            frame.centre().0
        };
        let pitch = (frame.to.1 - frame.from.1) / members.len() as f64;
        for (place, &node) in members.iter().enumerate() {
            places[node] = (x, frame.from.1 + pitch * (place as f64 + 0.5));
        }
    }
    places
}

/// How many nodes the largest layer has.
pub(super) fn widest(network: &Network) -> usize {
    let layer = layers(network);
    let count = |which: usize| layer.iter().filter(|&&layer| layer == which).count();
    layer.iter().map(|&layer| count(layer)).max().unwrap_or(0)
}

/// The longest way from where nothing comes in; markets all come last.
fn layers(network: &Network) -> Vec<usize> {
    let count = network.nodes.len();
    let mut layer = vec![0; count];
    let mut open = vec![true; count];
    let mut before = vec![0_usize; count];
    for link in &network.links {
        before[link.to] += 1;
    }
    for _ in 0..count {
        // In a circle no node has nothing before it; then the one with the least goes first.
        let next = (0..count).filter(|&node| open[node]);
        let Some(node) = next.min_by_key(|&node| (before[node], layer[node], node)) else {
            break;
        };
        open[node] = false;
        for link in network.links.iter().filter(|link| link.from == node) {
            if open[link.to] {
                layer[link.to] = layer[link.to].max(layer[node] + 1);
            }
            before[link.to] = before[link.to].saturating_sub(1);
        }
    }
    let last = layer.iter().copied().max().unwrap_or(0);
    for (node, layer) in network.nodes.iter().zip(&mut layer) {
        if node.sign == Sign::Market {
            *layer = last;
        }
    }
    layer
}

/// The nodes of each layer, in an order in which few links cross: each as near as may be to the mean of
/// its neighbours.
fn ordered(network: &Network, layer: &[usize], count: usize) -> Vec<Vec<usize>> {
    let mut order = vec![Vec::new(); count];
    for (node, &layer) in layer.iter().enumerate() {
        order[layer].push(node);
    }
    let mut height = vec![0.5; layer.len()];
    let stand = |members: &[usize], height: &mut [f64]| {
        for (place, &node) in members.iter().enumerate() {
            height[node] = (place as f64 + 0.5) / members.len() as f64;
        }
    };
    for members in &order {
        stand(members, &mut height);
    }
    for sweep in 0..SWEEPS {
        for step in 0..count {
            let index = if sweep % 2 == 0 {
                step
            } else {
                count - 1 - step
            };
            let wanted: Vec<f64> = (0..layer.len())
                .map(|node| {
                    let (mut sum, mut number) = (0.0, 0.0);
                    for other in network.neighbours(node) {
                        sum += height[other];
                        number += 1.0;
                    }
                    if number > 0.0 {
                        sum / number
                    } else {
                        height[node]
                    }
                })
                .collect();
            order[index].sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]).then(a.cmp(&b)));
            stand(&order[index], &mut height);
        }
    }
    order
}
