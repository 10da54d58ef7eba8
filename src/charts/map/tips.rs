//! What the map says to whoever points at a link or a node.

use super::super::canvas::{Scene, Zone};
use super::super::numbers::{Unit, percent, with_error};
use super::layout::Layout;
use super::network::{Link, Network};
use super::paths::Path;
use super::signs::RADIUS;

/// Distance between the zones along a line, points, and the most of them.
const PITCH: (f64, usize) = (18.0, 12);

/// Tips along all lines, those of the widest below the others.
pub(super) fn links(scene: &mut Scene, network: &Network, paths: &[Path]) {
    for path in paths {
        let text = told(&network.links[path.link], network.has_means);
        let count = ((path.length() / PITCH.0) as usize).clamp(1, PITCH.1);
        for step in 0..count {
            let share = (step as f64 + 0.5) / count as f64;
            let zone = Zone::Around(path.at(share), path.width / 2.0 + 6.0);
            scene.tip(zone, &text);
        }
    }
}

/// Tips on all signs, over those of lines.
pub(super) fn nodes(scene: &mut Scene, network: &Network, layout: &Layout) {
    for (node, spot) in network.nodes.iter().zip(&layout.spots) {
        let mut text = node.name.clone();
        if node.flow >= 1.0 {
            text = format!(
                "{text}: {} through it",
                Unit::rate(node.flow).told(node.flow)
            );
        }
        if !spot.is_known && layout.ground.is_some() {
            text = format!("{text}; its place is not given");
        } else if spot.outside.is_some() {
            text = format!("{text}; it lies outside the map");
        }
        scene.tip(Zone::Around(spot.place, RADIUS + 2.0), &text);
    }
}

/// What is known of a link.
fn told(link: &Link, has_means: bool) -> String {
    let unit = Unit::rate(link.flow().max(link.undisturbed));
    let with = |value: f64| with_error(unit.of(value), link.error.map(|error| unit.of(error)));
    let undisturbed = unit.short(link.undisturbed);
    if !has_means {
        return format!(
            "{}: {undisturbed} {} with nothing wrong",
            link.name, unit.words
        );
    }
    let flow = format!(
        "{}: {} {}, undisturbed {undisturbed}",
        link.name,
        with(link.mean),
        unit.words
    );
    if link.undisturbed < 1.0 {
        return flow;
    }
    let (lost, word) = match link.lost() {
        gain if gain < 0.0 => (-gain, "more"),
        lost => (lost, "lost"),
    };
    let share = percent(lost / link.undisturbed);
    format!("{flow}; {} {word}, {share}", with(lost))
}
