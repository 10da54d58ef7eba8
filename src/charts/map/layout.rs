//! Where everything is in the figure.

use super::super::canvas::Place;
use super::super::labels::spread;
use super::super::theme;
use super::clip::{self, Frame};
use super::ground::Ground;
use super::network::{Network, Sign};
use super::projection::{self, Projection};
use super::{frame, layers, names};

/// The share of nodes with a place from which on a map is drawn.
const PLACED: f64 = 0.8;
/// The least extent of a region, kilometres.
const LEAST: f64 = 60.0;
/// Extent of a region in which all is at one place, kilometres.
const ALONE: f64 = 600.0;
/// Least and greatest height of the frame, points.
const HEIGHTS: (f64, f64) = (330.0, 520.0);
/// Free space around the nodes within the frame, points.
const PADDING: f64 = 44.0;
/// Distance of what lies outside from the edge at which it is shown, points.
const EDGE: f64 = 15.0;
/// Least distance between the middles of two signs, points.
pub(super) const APART: f64 = 16.0;

/// A node in the figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spot {
    /// Where its sign is.
    pub(super) place: Place,
    /// The direction in which it lies, if that is outside the frame.
    pub(super) outside: Option<Place>,
    /// Whether it is known where it is.
    pub(super) is_known: bool,
}

/// Places of all nodes.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    pub(super) frame: Frame,
    pub(super) spots: Vec<Spot>,
    /// Land and water; `None` if it is no map.
    pub(super) ground: Option<Ground>,
}

impl Layout {
    /// A map if most nodes have a place, layers else; its frame begins at `top`.
    pub(super) fn of(network: &Network, top: f64) -> Self {
        let placed = network.nodes.iter().filter(|node| node.at.is_some());
        if placed.count() as f64 >= PLACED * network.nodes.len() as f64 {
            map(network, top)
        } else {
            in_layers(network, top)
        }
    }
}

fn in_layers(network: &Network, top: f64) -> Layout {
    let rows = layers::widest(network);
    let height = (rows as f64 * 66.0 + 100.0).clamp(190.0, HEIGHTS.1);
    let frame = Frame {
        from: (theme::MARGIN, top),
        to: (theme::WIDTH - theme::MARGIN, top + height),
    };
    // Names at both ends stand outside of the layers.
    let room = |sign: Sign| {
        let ends = network.nodes.iter().filter(|node| node.sign == sign);
        let widest = ends
            .map(|node| names::width(&node.name))
            .fold(40.0, f64::max);
        widest + 20.0
    };
    let within = Frame {
        from: (frame.from.0 + room(Sign::Field), frame.from.1 + 14.0),
        to: (frame.to.0 - room(Sign::Market), frame.to.1 - 14.0),
    };
    let mut places = layers::places(network, within);
    separate(&mut places, within);
    let spots = places.into_iter().map(|place| Spot {
        place,
        outside: None,
        is_known: true,
    });
    Layout {
        frame,
        spots: spots.collect(),
        ground: None,
    }
}

fn map(network: &Network, top: f64) -> Layout {
    let mut core = frame::core(network);
    let chosen: Vec<_> = network
        .nodes
        .iter()
        .zip(&core)
        .filter(|(_, core)| **core)
        .collect();
    let points: Vec<_> = chosen.iter().filter_map(|(node, _)| node.at).collect();
    let longitudes: Vec<f64> = points.iter().map(|point| point.0).collect();
    let (middle, extent) = projection::middle(&longitudes);
    let (low, high) = frame::corners(points.iter().map(|point| (0.0, point.1)));
    let projection = Projection::of(middle, extent, (low.1, high.1));

    // From kilometres to points.
    let (from, to) = frame::corners(points.iter().map(|&point| projection.at(point)));
    let (mut wide, mut high) = (to.0 - from.0, to.1 - from.1);
    if wide.max(high) < 1.0 {
        (wide, high) = (ALONE, ALONE * 0.4);
    }
    let room = theme::WIDTH - 2.0 * theme::MARGIN;
    let inner = room - 2.0 * PADDING;
    let scale = (inner / wide.max(LEAST)).min((HEIGHTS.1 - 2.0 * PADDING) / high.max(LEAST));
    let height = (high * scale + 2.0 * PADDING).clamp(HEIGHTS.0, HEIGHTS.1);
    let frame = Frame {
        from: (theme::MARGIN, top),
        to: (theme::WIDTH - theme::MARGIN, top + height),
    };
    let centre = frame.centre();
    let middle = (f64::midpoint(from.0, to.0), f64::midpoint(from.1, to.1));
    let ground = Ground {
        projection,
        scale,
        middle,
        centre,
    };

    let shown = frame.inset(EDGE);
    let near: Vec<Option<Place>> = network
        .nodes
        .iter()
        .map(|node| node.at.map(|point| ground.at(point)))
        .collect();
    for (node, place) in near.iter().enumerate() {
        core[node] = place.is_some_and(|place| shown.holds(place));
    }
    let mut drawn: Vec<Option<Place>> = near
        .iter()
        .zip(&core)
        .map(|(place, &core)| place.filter(|_| core))
        .collect();
    turn_leaves(network, &mut drawn, shown);
    let mut inside: Vec<Place> = drawn.into_iter().flatten().collect();
    separate(&mut inside, shown);
    let mut inside = inside.into_iter();
    let mut spots: Vec<Spot> = near
        .iter()
        .zip(&core)
        .map(|(place, &core)| Spot {
            place: if core {
                inside.next().unwrap_or(centre)
            } else {
                centre
            },
            outside: None,
            is_known: place.is_some(),
        })
        .collect();
    for node in (0..near.len()).filter(|&node| !core[node]) {
        let others: Vec<Place> = network
            .neighbours(node)
            .filter(|&other| core[other])
            .map(|other| spots[other].place)
            .collect();
        let origin = mean(&others).unwrap_or(centre);
        // What has no place is shown at the edge next to what it is linked with.
        let towards = near[node].unwrap_or_else(|| nearest_side(origin, frame));
        let (place, direction) = at_edge(origin, towards, shown);
        spots[node].place = place;
        spots[node].outside = Some(direction);
    }
    push_apart(&mut spots, shown);
    Layout {
        frame,
        spots,
        ground: Some(ground),
    }
}

fn mean(places: &[Place]) -> Option<Place> {
    let count = places.len() as f64;
    let sum = |of: fn(&Place) -> f64| places.iter().map(of).sum::<f64>() / count;
    (!places.is_empty()).then(|| (sum(|p| p.0), sum(|p| p.1)))
}

/// A place beyond the side of the frame that is nearest.
fn nearest_side(place: Place, frame: Frame) -> Place {
    let far = 1_000.0;
    let sides = [
        (place.0 - frame.from.0, (frame.from.0 - far, place.1)),
        (frame.to.0 - place.0, (frame.to.0 + far, place.1)),
        (place.1 - frame.from.1, (place.0, frame.from.1 - far)),
        (frame.to.1 - place.1, (place.0, frame.to.1 + far)),
    ];
    sides
        .into_iter()
        .min_by(|a, b| a.0.total_cmp(&b.0))
        .map_or(place, |side| side.1)
}

/// Where the way from `origin` to something outside leaves `shown`, and its direction.
fn at_edge(origin: Place, towards: Place, shown: Frame) -> (Place, Place) {
    let origin = shown.nearest(origin);
    let (dx, dy) = (towards.0 - origin.0, towards.1 - origin.1);
    let length = dx.hypot(dy);
    let direction = if length > 1e-9 && length.is_finite() {
        (dx / length, dy / length)
    } else {
        (1.0, 0.0)
    };
    let far = (
        origin.0 + direction.0 * 4_000.0,
        origin.1 + direction.1 * 4_000.0,
    );
    let place = clip::stretch((origin, far), shown).map_or(origin, |ends| ends.1);
    (shown.nearest(place), direction)
}

/// Moves what is shown at an edge along it, so that signs and names there do not meet.
fn push_apart(spots: &mut [Spot], shown: Frame) {
    let on = |spot: &Spot| -> Option<usize> {
        let _ = spot.outside?;
        let (x, y) = spot.place;
        let gaps = [
            x - shown.from.0,
            shown.to.0 - x,
            y - shown.from.1,
            shown.to.1 - y,
        ];
        (0..4).min_by(|&a, &b| gaps[a].total_cmp(&gaps[b]))
    };
    for side in 0..4 {
        let members: Vec<usize> = (0..spots.len())
            .filter(|&n| on(&spots[n]) == Some(side))
            .collect();
        let upright = side < 2;
        let (ends, gap) = if upright {
            ((shown.from.1 + 8.0, shown.to.1 - 40.0), 30.0)
        } else {
            ((shown.from.0 + 8.0, shown.to.0 - 8.0), 70.0)
        };
        let wanted: Vec<f64> = members
            .iter()
            .map(|&node| {
                if upright {
                    spots[node].place.1
                } else {
                    spots[node].place.0
                }
            })
            .collect();
        for (&node, value) in members.iter().zip(spread(&wanted, gap, ends)) {
            let place = &mut spots[node].place;
            *(if upright { &mut place.1 } else { &mut place.0 }) = value;
        }
    }
}

/// Moves the ends of the network that lie on the node they are linked with to the side of it where
/// nothing else is.
fn turn_leaves(network: &Network, drawn: &mut [Option<Place>], within: Frame) {
    for leaf in 0..drawn.len() {
        let mut others = network.neighbours(leaf);
        let (Some(stem), None) = (others.next(), others.next()) else {
            continue;
        };
        let (Some(at), Some(centre)) = (drawn[leaf], drawn[stem]) else {
            continue;
        };
        if stem == leaf || (at.0 - centre.0).hypot(at.1 - centre.1) > 0.75 * APART {
            continue;
        }
        let ways: Vec<Place> = network
            .neighbours(stem)
            .filter(|&other| other != leaf)
            .filter_map(|other| drawn[other])
            .map(|other| (other.0 - centre.0, other.1 - centre.1))
            .filter(|way| way.0.hypot(way.1) > 1.0)
            .collect();
        let free = |place: Place| {
            let (dx, dy) = (place.0 - centre.0, place.1 - centre.1);
            let along = |way: &Place| (dx * way.0 + dy * way.1) / dx.hypot(dy) / way.0.hypot(way.1);
            let turned = ways.iter().map(along).fold(-1.0, f64::max);
            let crowd = drawn
                .iter()
                .enumerate()
                .filter(|&(node, _)| node != leaf && node != stem)
                .filter_map(|(_, other)| *other)
                .map(|other| (APART + 4.0 - (place.0 - other.0).hypot(place.1 - other.1)).max(0.0))
                .fold(0.0, f64::max);
            // Nor on the way of a link.
            let lines = network
                .links
                .iter()
                .filter(|link| link.from != leaf && link.to != leaf);
            let near = lines
                .filter_map(|link| drawn[link.from].zip(drawn[link.to]))
                .map(|(from, to)| 16.0 - clip::distance(place, (from, to)))
                .fold(0.0, f64::max);
            turned + crowd / 8.0 + near / 10.0
        };
        let around = (0..16).map(|step| {
            let angle = f64::from(step) * std::f64::consts::TAU / 16.0;
            let place = (
                centre.0 + (APART + 1.0) * angle.cos(),
                centre.1 + (APART + 1.0) * angle.sin(),
            );
            within.nearest(place)
        });
        drawn[leaf] = around.min_by(|&a, &b| free(a).total_cmp(&free(b)));
    }
}

/// Moves places that are nearer than signs are wide away from each other, as little as that takes.
fn separate(places: &mut [Place], within: Frame) {
    for _ in 0..80 {
        let mut moved = false;
        for a in 0..places.len() {
            for b in a + 1..places.len() {
                let (dx, dy) = (places[b].0 - places[a].0, places[b].1 - places[a].1);
                let distance = dx.hypot(dy);
                if distance >= APART - 0.05 {
                    continue;
                }
                moved = true;
                // Places that are the same part in directions that differ from pair to pair.
                let turn = 2.4 * (a * 7 + b) as f64;
                let (dx, dy, distance) = if distance < 0.01 {
                    (turn.cos(), turn.sin(), 1.0)
                } else {
                    (dx, dy, distance)
                };
                let step = (APART - distance.min(APART)).max(0.2) / 2.0 / distance;
                let (dx, dy) = (dx * step, dy * step);
                places[a] = within.nearest((places[a].0 - dx, places[a].1 - dy));
                places[b] = within.nearest((places[b].0 + dx, places[b].1 + dy));
            }
        }
        if !moved {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame {
        from: (0.0, 0.0),
        to: (700.0, 500.0),
    };

    #[test]
    fn signs_part_until_each_can_be_seen() {
        let mut places = vec![(350.0, 250.0); 12];
        separate(&mut places, FRAME);
        for a in 0..places.len() {
            for b in a + 1..places.len() {
                let apart = (places[a].0 - places[b].0).hypot(places[a].1 - places[b].1);
                assert!(apart > 0.8 * APART, "{a} {b}: {apart}");
            }
        }
    }

    #[test]
    fn what_lies_outside_is_shown_where_the_way_to_it_leaves() {
        let (place, direction) = at_edge((350.0, 250.0), (-5_000.0, 250.0), FRAME);
        assert_eq!((place, direction), ((0.0, 250.0), (-1.0, 0.0)));
        let (place, _) = at_edge((f64::NAN, 250.0), (f64::INFINITY, 250.0), FRAME);
        assert!(!place.1.is_nan());
    }
}
