//! The lines of links: where they bend, how wide they are, and which way oil goes.

use super::super::canvas::{Place, Scene};
use super::clip::between;
use super::ground::{self, Coast};
use super::layout::Layout;
use super::look;
use super::network::{Mode, Network};

/// Width of the line with the most flow, and of one with hardly any, points.
pub(super) const WIDTHS: (f64, f64) = (8.5, 1.1);
/// Points of a line, beside its ends.
const SAMPLES: usize = 36;
/// How far a line may bend, as shares of its length.
const BENDS: [f64; 11] = [
    0.0, 0.07, -0.07, 0.13, -0.13, 0.2, -0.2, 0.28, -0.28, 0.36, -0.36,
];
/// The same for what goes by sea around land, besides.
const AROUND: [f64; 4] = [0.48, -0.48, 0.62, -0.62];
/// Distance of a line's end from the middle of a sign, points.
const CLEAR: f64 = 6.0;

/// The line of a link.
#[derive(Clone, Debug)]
pub(super) struct Path {
    /// Index of the link.
    pub(super) link: usize,
    pub(super) places: Vec<Place>,
    pub(super) width: f64,
}

impl Path {
    /// The place at `share` of the way.
    pub(super) fn at(&self, share: f64) -> Place {
        let last = self.places.len().saturating_sub(1);
        let step = share.clamp(0.0, 1.0) * last as f64;
        let index = (step.floor() as usize).min(last.saturating_sub(1));
        match self.places.get(index..index + 2) {
            Some(pair) => between(pair[0], pair[1], step - index as f64),
            None => self.places.first().copied().unwrap_or((0.0, 0.0)),
        }
    }

    pub(super) fn length(&self) -> f64 {
        self.places
            .windows(2)
            .map(|pair| apart(pair[0], pair[1]))
            .sum()
    }
}

/// How wide a line is for what flows over it: the width of a square as large as the flow.
pub(super) fn width(flow: f64, greatest: f64) -> f64 {
    let share = if greatest > 0.0 {
        (flow / greatest).clamp(0.0, 1.0)
    } else {
        0.0
    };
    WIDTHS.1 + (WIDTHS.0 - WIDTHS.1) * share.sqrt()
}

/// Lines of all links, those with the least flow last. A line bends where it would run over a sign or
/// along another line, and by sea where that keeps it off the land.
pub(super) fn paths(network: &Network, layout: &Layout, coasts: &[Coast]) -> Vec<Path> {
    let greatest = network.greatest();
    let mut order: Vec<usize> = (0..network.links.len()).collect();
    order.sort_by(|&a, &b| {
        let flow = |link: usize| network.links[link].flow();
        flow(b).total_cmp(&flow(a)).then(a.cmp(&b))
    });
    let mut drawn: Vec<Path> = Vec::new();
    for link in order {
        let spec = &network.links[link];
        let (a, b) = (layout.spots[spec.from].place, layout.spots[spec.to].place);
        if spec.from == spec.to {
            continue;
        }
        let width = width(spec.flow(), greatest);
        let at_sea = spec.mode == Mode::Water && layout.ground.is_some();
        let around = if at_sea { AROUND.as_slice() } else { &[] };
        let mut best: Option<(f64, Vec<Place>)> = None;
        for &bend in BENDS.iter().chain(around) {
            let places = curve(a, b, bend);
            let outside = places
                .iter()
                .filter(|&&place| !layout.frame.holds(place))
                .count();
            let mut cost = 2.5 * bend.abs() + outside as f64;
            for (node, spot) in layout.spots.iter().enumerate() {
                if node != spec.from && node != spec.to {
                    let near = places
                        .iter()
                        .map(|&p| apart(p, spot.place))
                        .fold(f64::INFINITY, f64::min);
                    // Beside an end there is no way around.
                    let far = apart(a, spot.place).min(apart(b, spot.place)) / 45.0;
                    cost += 0.4 * far.min(1.0) * (CLEAR + 2.0 + width / 2.0 - near).clamp(0.0, 5.0);
                }
            }
            for other in &drawn {
                cost += 0.3 * along(&places, other, width);
            }
            if at_sea {
                let inner = &places[3..places.len() - 3];
                let dry = inner
                    .iter()
                    .filter(|&&place| ground::is_land(coasts, place))
                    .count();
                cost += 4.0 * dry as f64 / inner.len() as f64;
            }
            if best.as_ref().is_none_or(|best| cost < best.0) {
                best = Some((cost, places));
            }
        }
        if let Some((_, places)) = best {
            let places = trimmed(&places, a, b);
            if places.len() > 1 {
                drawn.push(Path {
                    link,
                    places,
                    width,
                });
            }
        }
    }
    drawn
}

/// A line from `a` to `b` whose middle lies aside by `bend` of its length.
fn curve(a: Place, b: Place, bend: f64) -> Vec<Place> {
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let top = (
        f64::midpoint(a.0, b.0) - dy * bend * 2.0,
        f64::midpoint(a.1, b.1) + dx * bend * 2.0,
    );
    let count = SAMPLES + 1;
    (0..=count)
        .map(|step| {
            let share = step as f64 / count as f64;
            between(between(a, top, share), between(top, b, share), share)
        })
        .collect()
}

/// How many of the inner places of a line run along another one; to cross it does not count.
fn along(places: &[Place], other: &Path, width: f64) -> f64 {
    let least = f64::midpoint(width, other.width) + 2.0;
    let inner = &places[places.len() / 8..places.len() - places.len() / 8];
    let near = inner.windows(2).filter(|step| {
        let close = |pair: &[Place]| {
            let is_near = apart(step[0], pair[0]) < least.max(apart(pair[0], pair[1]) * 0.6);
            let (a, b) = (way(step[0], step[1]), way(pair[0], pair[1]));
            is_near && (a.0 * b.0 + a.1 * b.1).abs() > 0.8
        };
        other.places.windows(2).any(close)
    });
    near.count() as f64
}

/// The direction from one place to another.
fn way(a: Place, b: Place) -> Place {
    let length = apart(a, b).max(1e-9);
    ((b.0 - a.0) / length, (b.1 - a.1) / length)
}

/// A line without what the signs at its ends cover.
fn trimmed(places: &[Place], a: Place, b: Place) -> Vec<Place> {
    let clear = CLEAR.min(apart(a, b) / 3.0);
    let shown = |&&place: &&Place| apart(place, a) >= clear && apart(place, b) >= clear;
    places.iter().filter(shown).copied().collect()
}

pub(super) fn apart(a: Place, b: Place) -> f64 {
    (b.0 - a.0).hypot(b.1 - a.1)
}

/// Draws all lines, those with the least flow on top.
pub(super) fn draw(scene: &mut Scene, network: &Network, paths: &[Path]) {
    // All rims first: where lines meet they are one.
    for path in paths {
        scene.line(path.places.clone(), look::RIM, path.width + 2.0);
    }
    for path in paths {
        let link = &network.links[path.link];
        let colour = look::loss(link.lost_share(), link.flow());
        line(scene, &path.places, colour, path.width, link.mode);
    }
    for path in paths {
        let link = &network.links[path.link];
        if link.flow() >= 1.0 {
            arrow(scene, path, look::loss(link.lost_share(), link.flow()));
        }
    }
}

/// A line as its mode is drawn.
pub(super) fn line(
    scene: &mut Scene,
    places: &[Place],
    colour: super::super::colour::Colour,
    width: f64,
    mode: Mode,
) {
    match mode {
        Mode::Pipeline => scene.line(places.to_vec(), colour, width),
        // Below the dashes a paler line holds them together.
        Mode::Rail | Mode::Water => {
            let dash = if mode == Mode::Rail {
                (1.4 * width).max(7.5)
            } else {
                (0.7 * width).max(2.6)
            };
            scene.line(places.to_vec(), colour.tint(0.38), width);
            for (from, to) in dashes(places, dash) {
                scene.line(vec![from, to], colour, width);
            }
        }
    }
}

/// Straight dashes along a line, with gaps that are a little shorter.
fn dashes(places: &[Place], dash: f64) -> Vec<(Place, Place)> {
    let length: f64 = places.windows(2).map(|pair| apart(pair[0], pair[1])).sum();
    let pitch = dash * 1.7;
    let at = |way: f64| {
        let mut left = way;
        for pair in places.windows(2) {
            let step = apart(pair[0], pair[1]);
            if left <= step {
                return between(pair[0], pair[1], left / step.max(1e-9));
            }
            left -= step;
        }
        places.last().copied().unwrap_or((0.0, 0.0))
    };
    // A line ends with a dash where it began with one.
    let count = ((length - dash) / pitch).round().clamp(0.0, 2_000.0) as usize;
    let pitch = (length - dash).max(0.0) / count.max(1) as f64;
    (0..=count)
        .map(|index| index as f64 * pitch)
        .map(|from| (at(from), at((from + dash).min(length))))
        .collect()
}

/// The way oil goes: a head in the middle of the line.
fn arrow(scene: &mut Scene, path: &Path, colour: super::super::colour::Colour) {
    if path.length() < 24.0 {
        return;
    }
    let share = 0.56;
    let (tip, tail) = (path.at(share + 0.02), path.at(share - 0.02));
    let length = apart(tip, tail).max(1e-9);
    let (dx, dy) = ((tip.0 - tail.0) / length, (tip.1 - tail.1) / length);
    let head = |size: f64, shift: f64| {
        let centre = path.at(share);
        let at = |along: f64, across: f64| {
            (
                centre.0 + dx * (along + shift) - dy * across,
                centre.1 + dy * (along + shift) + dx * across,
            )
        };
        vec![
            at(size, 0.0),
            at(-size * 0.8, size * 0.8),
            at(-size * 0.8, -size * 0.8),
        ]
    };
    if path.width >= 5.0 {
        scene.area(head(path.width * 0.5, 0.0), look::RIM, 0.95);
    } else {
        scene.area(head(path.width * 0.9 + 4.0, 0.2), look::RIM, 1.0);
        scene.area(head(path.width * 0.9 + 2.4, 0.0), colour, 1.0);
    }
}
