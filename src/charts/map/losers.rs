//! The links that lose most: numbered on the map, told below it.

use super::super::canvas::{Anchor, Place, Scene};
use super::super::numbers::{Unit, decimals_of_error, fixed, percent};
use super::super::text;
use super::super::theme::{self, TICK};
use super::clip::Frame;
use super::look;
use super::network::Network;
use super::paths::{Path, apart};

/// The most links that are told.
const MOST: usize = 5;
/// Links that lose nearly as much as one next to them lose the same barrels.
const SAME: f64 = 0.8;
/// Radius of a number's disc, points.
const RADIUS: f64 = 7.0;

/// The links that lose most, the first first. Of several in a row that lose about the same only the
/// one with the greatest loss is among them, as they lose the same barrels.
pub(super) fn losers(network: &Network) -> Vec<usize> {
    if !network.has_means {
        return Vec::new();
    }
    let mut order: Vec<usize> = (0..network.links.len()).collect();
    let lost = |link: usize| network.links[link].lost();
    order.sort_by(|&a, &b| lost(b).total_cmp(&lost(a)).then(a.cmp(&b)));
    let mut told = vec![false; network.links.len()];
    let mut found = Vec::new();
    for link in order {
        let spec = &network.links[link];
        let is_sure = spec.lost() > 2.0 * spec.error.unwrap_or(0.0);
        if found.len() == MOST || spec.lost() < 1.0 {
            break;
        }
        if told[link] || !is_sure {
            continue;
        }
        found.push(link);
        // Whatever is in a row with it, in steps from link to link.
        let mut open = vec![link];
        told[link] = true;
        while let Some(here) = open.pop() {
            for (other, two) in network.links.iter().enumerate() {
                let one = &network.links[here];
                let in_a_row = one.to == two.from || two.to == one.from;
                if !told[other] && in_a_row && two.lost() >= SAME * spec.lost() {
                    told[other] = true;
                    open.push(other);
                }
            }
        }
    }
    found
}

/// Draws the numbers beside the lines, where they hide no sign; what they cover.
pub(super) fn badges(
    scene: &mut Scene,
    found: &[usize],
    paths: &[Path],
    signs: &[Place],
) -> Vec<Frame> {
    let mut taken: Vec<Place> = Vec::new();
    for (rank, link) in found.iter().enumerate() {
        let Some(path) = paths.iter().find(|path| path.link == *link) else {
            continue;
        };
        let clear = |place: Place| {
            let sign = signs
                .iter()
                .map(|&sign| apart(sign, place))
                .fold(f64::INFINITY, f64::min);
            let badge = taken
                .iter()
                .map(|&other| apart(other, place))
                .fold(f64::INFINITY, f64::min);
            (sign - 13.0).min(badge - 16.0).min(0.0)
        };
        let shares = [0.42, 0.36, 0.48, 0.3, 0.66, 0.24, 0.72, 0.8];
        let mut best: Option<(f64, Place)> = None;
        for share in shares {
            let (place, next) = (path.at(share), path.at(share + 0.03));
            let length = apart(place, next).max(1e-9);
            let across = (-(next.1 - place.1) / length, (next.0 - place.0) / length);
            // On the line, or beside it where the line is short.
            for aside in [0.0, 13.0, -13.0, 20.0, -20.0] {
                let place = (place.0 + across.0 * aside, place.1 + across.1 * aside);
                let score = clear(place) - 0.02 * f64::abs(aside);
                if best.as_ref().is_none_or(|best| score > best.0) {
                    best = Some((score, place));
                }
            }
        }
        if let Some((_, place)) = best {
            badge(scene, place, rank + 1);
            taken.push(place);
        }
    }
    taken
        .into_iter()
        .map(|(x, y)| Frame {
            from: (x - RADIUS - 1.0, y - RADIUS - 1.0),
            to: (x + RADIUS + 1.0, y + RADIUS + 1.0),
        })
        .collect()
}

fn badge(scene: &mut Scene, place: Place, number: usize) {
    scene.dot(place, RADIUS + 1.2, look::RIM);
    scene.dot(place, RADIUS, theme::INK);
    let style = theme::STRONG_LABEL.in_colour(look::RIM).at(Anchor::Middle);
    scene.text(&number.to_string(), (place.0, place.1 + 4.0), style);
}

/// Tells the losses below the map, from `top` on between two edges.
pub(super) fn table(
    scene: &mut Scene,
    network: &Network,
    found: &[usize],
    (left, right, top): (f64, f64, f64),
) {
    let unit = Unit::rate(
        found
            .iter()
            .map(|&link| network.links[link].lost())
            .fold(0.0, f64::max),
    );
    let heading = format!("Losing most, {} less than undisturbed", unit.words);
    scene.text(&heading, (left, top), theme::STRONG_LABEL);
    for (rank, &link) in found.iter().enumerate() {
        let link = &network.links[link];
        let y = top + 20.0 + 18.0 * rank as f64;
        badge(scene, (left + RADIUS, y - 4.0), rank + 1);
        let decimals = link
            .error
            .map_or(1, |error| decimals_of_error(unit.of(error)));
        let mut value = fixed(unit.of(link.lost()), decimals);
        if let Some(error) = link.error {
            value = format!("{value} ± {}", fixed(unit.of(error), decimals));
        }
        scene.text(&value, (right - 44.0, y), theme::LABEL.at(Anchor::End));
        if link.undisturbed >= 1.0 {
            let share = percent(link.lost_share());
            scene.text(&share, (right, y), TICK.at(Anchor::End));
        }
        let room = right - 44.0 - theme::LABEL.width(&value) - left - 2.0 * RADIUS - 18.0;
        let name = text::shortened(&link.name, theme::LABEL.size, theme::LABEL.weight, room);
        scene.text(&name, (left + 2.0 * RADIUS + 7.0, y), theme::LABEL);
    }
}
