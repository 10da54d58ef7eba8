//! Which part of the world is shown.

use super::super::canvas::Place;
use super::land::Point;
use super::network::{Network, Sign};
use super::projection::{self, turned};

/// Height of a map as a share of its width, about.
const SHAPE: f64 = 0.62;
/// A market may be left outside if that makes the region smaller by this share; several at one
/// side, if by as much for each.
const WORTH: f64 = 0.05;
/// The same for anything else, which is more of the network itself.
const WORTH_OF_OTHERS: f64 = 0.25;
/// The share of the nodes that stay, and the least number of them.
const STAY: (f64, usize) = (0.7, 4);

/// Which nodes the frame is made for: those that have a place, without the few that lie so far from the
/// others that the rest would shrink.
pub(super) fn core(network: &Network) -> Vec<bool> {
    let at: Vec<Option<Point>> = network.nodes.iter().map(|node| node.at).collect();
    let longitudes: Vec<f64> = at.iter().flatten().map(|point| point.0).collect();
    let latitudes: Vec<f64> = at.iter().flatten().map(|point| point.1).collect();
    let (middle, _) = projection::middle(&longitudes);
    let low = latitudes.iter().copied().fold(f64::INFINITY, f64::min);
    let high = latitudes.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let narrowing = f64::midpoint(low, high).to_radians().cos().max(0.05);
    let flat = |&(longitude, latitude): &Point| (turned(longitude - middle) * narrowing, latitude);
    let places: Vec<Option<Place>> = at.iter().map(|point| point.as_ref().map(flat)).collect();

    let mut inside: Vec<bool> = places.iter().map(Option::is_some).collect();
    let all = longitudes.len();
    let least = STAY.1.max((all as f64 * STAY.0).ceil() as usize);
    while let Some(left_out) = best(network, &places, &inside, least) {
        for node in left_out {
            inside[node] = false;
        }
    }
    inside
}

/// The nodes at one side that are best left outside next, if any are.
fn best(
    network: &Network,
    places: &[Option<Place>],
    inside: &[bool],
    least: usize,
) -> Option<Vec<usize>> {
    let shown: Vec<(usize, Place)> = places
        .iter()
        .enumerate()
        .filter(|&(node, _)| inside[node])
        .filter_map(|(node, place)| Some((node, (*place)?)))
        .collect();
    let before = size(shown.iter().map(|node| node.1));
    let sides: [fn(Place) -> f64; 4] = [|p| p.0, |p| -p.0, |p| p.1, |p| -p.1];
    let mut found: Option<(f64, Vec<usize>)> = None;
    for side in sides {
        let mut sorted = shown.clone();
        sorted.sort_by(|a, b| side(a.1).total_cmp(&side(b.1)).then(a.0.cmp(&b.0)));
        for count in 1..=4.min(shown.len().saturating_sub(least)) {
            let (out, rest) = sorted.split_at(count);
            let gain = 1.0 - size(rest.iter().map(|node| node.1)) / before;
            let markets = |&(node, _): &(usize, Place)| network.nodes[node].sign == Sign::Market;
            let worth = if out.iter().all(markets) {
                WORTH
            } else {
                WORTH_OF_OTHERS
            };
            let score = gain / count as f64 / worth;
            if score >= 1.0 && found.as_ref().is_none_or(|best| score > best.0) {
                found = Some((score, out.iter().map(|node| node.0).collect()));
            }
        }
    }
    found.map(|best| best.1)
}

/// How large a region is that holds all places, by the side that needs the smaller scale.
fn size(places: impl Iterator<Item = Place>) -> f64 {
    let (from, to) = corners(places);
    ((to.0 - from.0).max((to.1 - from.1) / SHAPE)).max(0.5)
}

/// Least and greatest of both directions; of no places, the middle.
pub(super) fn corners(places: impl Iterator<Item = Place>) -> (Place, Place) {
    let mut found: Option<(Place, Place)> = None;
    for (x, y) in places {
        let (from, to) = found.unwrap_or(((x, y), (x, y)));
        found = Some(((from.0.min(x), from.1.min(y)), (to.0.max(x), to.1.max(y))));
    }
    found.unwrap_or(((0.0, 0.0), (0.0, 0.0)))
}
