//! What figures say to whoever points at them.

use crate::results::RankEstimate;

use super::canvas::{Place, Scene, Zone};
use super::numbers::{Unit, with_error};
use super::theme::Panel;

/// The most columns of one figure: more could not be told apart with a mouse, and would only make the file larger.
const MOST: usize = 122;

/// How near the mouse must come to a mark, points.
const NEAR: f64 = 8.0;

/// A tip for each of `places`, from the left edge of a panel to its right: each reaches half way to its
/// neighbours. Of very many, every second, third … is kept.
pub(super) fn columns(scene: &mut Scene, panel: &Panel, places: &[(f64, String)]) {
    let every = places.len().div_ceil(MOST).max(1);
    let kept: Vec<&(f64, String)> = places.iter().step_by(every).collect();
    for (index, (x, text)) in kept.iter().enumerate() {
        let half_way = |other: Option<&&(f64, String)>, edge: f64| {
            other.map_or(edge, |other| f64::midpoint(*x, other.0))
        };
        let before = index.checked_sub(1).and_then(|before| kept.get(before));
        let left = half_way(before, panel.left).max(panel.left);
        let right = half_way(kept.get(index + 1), panel.right).min(panel.right);
        if right > left {
            let zone = Zone::Between((left, panel.top), (right, panel.bottom));
            scene.tip(zone, text);
        }
    }
}

/// A value with its standard error and unit.
pub(super) fn value(unit: Unit, value: f64, error: Option<f64>) -> String {
    let number = with_error(unit.of(value), error.map(|error| unit.of(error)));
    format!("{number} {}", unit.words)
}

/// An estimate with its standard error and unit.
pub(super) fn estimate(unit: Unit, found: RankEstimate) -> String {
    value(unit, found.mean, found.std_error)
}

/// A tip for a row `height` high around `y`, as wide as the panel's page.
pub(super) fn row(
    scene: &mut Scene,
    (left, right): (f64, f64),
    (y, height): (f64, f64),
    text: &str,
) {
    let zone = Zone::Between((left, y - height / 2.0), (right, y + height / 2.0));
    scene.tip(zone, text);
}

/// A tip for a mark.
pub(super) fn mark(scene: &mut Scene, centre: Place, text: &str) {
    scene.tip(Zone::Around(centre, NEAR), text);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_cover_the_panel_without_overlap_and_are_not_too_many() {
        let panel = Panel {
            left: 10.0,
            right: 110.0,
            top: 0.0,
            bottom: 5.0,
        };
        for count in [1, 2, 122, 123, 1000] {
            let mut scene = Scene::new(120.0, 10.0, "");
            let at = |index: usize| 10.0 + 100.0 * (index as f64 + 0.5) / count as f64;
            let places: Vec<_> = (0..count)
                .map(|index| (at(index), index.to_string()))
                .collect();
            columns(&mut scene, &panel, &places);
            assert!((1..=MOST).contains(&scene.tips.len()), "{count}");
            let mut reached = panel.left;
            for tip in &scene.tips {
                let Zone::Between(a, b) = tip.what.zone else {
                    panic!("a rectangle")
                };
                assert!((a.0 - reached).abs() < 1e-9, "{count}");
                reached = b.0;
            }
            assert!((reached - panel.right).abs() < 1e-9, "{count}");
        }
    }
}
