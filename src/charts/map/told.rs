//! What the map says to whoever points at a node or at the way of a link.

use super::super::canvas::{Scene, Zone};
use super::super::numbers::{Unit, percent};
use super::super::tips;
use super::layout::Spot;
use super::network::{Link, Network, Node};
use super::paths::Path;

/// Half the side of what is pointed at.
const NEAR: f64 = 7.0;
/// Points of a way that can be pointed at lie about this far apart.
const STEP: f64 = 22.0;

/// Tips along all ways, and over them those of nodes.
pub(super) fn tell(scene: &mut Scene, network: &Network, paths: &[Path], spots: &[Spot]) {
    for path in paths {
        let told = of_link(&network.links[path.link]);
        let steps = (path.length() / STEP).clamp(2.0, 16.0) as u32;
        for step in 1..steps {
            around(scene, path.at(f64::from(step) / f64::from(steps)), &told);
        }
    }
    for (node, spot) in network.nodes.iter().zip(spots) {
        around(scene, spot.place, &of_node(node));
    }
}

fn around(scene: &mut Scene, (x, y): (f64, f64), told: &str) {
    let zone = Zone::Between((x - NEAR, y - NEAR), (x + NEAR, y + NEAR));
    scene.tip(zone, told);
}

fn of_link(link: &Link) -> String {
    let unit = Unit::rate(link.mean.abs().max(link.undisturbed.abs()));
    let mut told = format!(
        "{}: {}",
        link.name,
        tips::value(unit, link.mean, link.error)
    );
    if link.undisturbed >= 1.0 {
        told += &format!(
            "\nundisturbed {}",
            tips::value(unit, link.undisturbed, None)
        );
        let share = link.lost_share();
        let word = if share < 0.0 { "more" } else { "less" };
        told += &format!(", {} {word}", percent(share.abs()));
    }
    told
}

fn of_node(node: &Node) -> String {
    format!(
        "{}: {}",
        node.name,
        tips::value(Unit::rate(node.flow), node.flow, None)
    )
}
