//! Labels beside the ends of lines, pushed apart.

use super::canvas::{Anchor, Scene, Style};
use super::colour::Colour;
use super::text;
use super::theme;

/// Distance of a label from its panel.
pub(super) const BESIDE: f64 = 9.0;

/// The widest that labels beside a panel may be.
pub(super) const MOST: f64 = 214.0;

/// A label that belongs at a height.
#[derive(Clone, Debug)]
pub(super) struct EndLabel {
    /// What it says.
    pub(super) text: String,
    /// Where its line ends.
    pub(super) height: f64,
    /// Its line's colour.
    pub(super) colour: Colour,
    /// Whether it is set in the strong face.
    pub(super) strong: bool,
}

/// Heights as near as may be to `wanted`, at least `gap` apart and between `low` and `high`; they
/// keep their order. If there is no room for the gap it shrinks.
pub(super) fn spread(wanted: &[f64], gap: f64, (low, high): (f64, f64)) -> Vec<f64> {
    let room = (high - low).max(0.0);
    let gap = if wanted.len() > 1 {
        gap.min(room / (wanted.len() - 1) as f64)
    } else {
        gap
    };
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]).then(a.cmp(&b)));

    // Neighbours that are too near become one group, put where its members want to be on average.
    let mut groups: Vec<(Vec<usize>, f64)> = Vec::new();
    for index in order {
        let mut group = (vec![index], wanted[index].clamp(low, high.max(low)));
        while let Some((members, centre)) = groups.last() {
            let half = (members.len() + group.0.len()) as f64 * gap / 2.0;
            if group.1 - centre >= half - 1e-9 {
                break;
            }
            let mut members = members.clone();
            groups.pop();
            members.append(&mut group.0);
            let mean =
                members.iter().map(|&member| wanted[member]).sum::<f64>() / members.len() as f64;
            let reach = (members.len() - 1) as f64 * gap / 2.0;
            group = (
                members,
                mean.clamp(low + reach, (high - reach).max(low + reach)),
            );
        }
        groups.push(group);
    }

    let mut heights = vec![low; wanted.len()];
    for (members, centre) in groups {
        let first = centre - (members.len() - 1) as f64 * gap / 2.0;
        for (place, member) in members.into_iter().enumerate() {
            heights[member] = first + place as f64 * gap;
        }
    }
    heights
}

/// The room that the widest of `texts` needs beside a panel, within reason.
pub(super) fn room<'a>(texts: impl IntoIterator<Item = &'a str>) -> f64 {
    let widest = texts
        .into_iter()
        .map(|text| theme::STRONG_LABEL.width(text))
        .fold(0.0, f64::max);
    widest.clamp(70.0, MOST) + BESIDE + 1.0
}

/// Sets `labels` at the right of `panel` within `room`, pushed apart.
pub(super) fn beside(scene: &mut Scene, labels: &[EndLabel], panel: &theme::Panel, room: f64) {
    let wanted: Vec<f64> = labels.iter().map(|label| label.height).collect();
    let heights = spread(&wanted, theme::LABEL_GAP, (panel.top, panel.bottom - 4.0));
    let x = panel.right + BESIDE;
    for (label, height) in labels.iter().zip(heights) {
        let base = if label.strong {
            theme::STRONG_LABEL
        } else {
            theme::LABEL
        };
        let style: Style = base.in_colour(label.colour).at(Anchor::Start);
        let text = text::shortened(&label.text, style.size, style.weight, room - BESIDE);
        // The name of a series goes with it.
        if scene.has_series(&label.text) {
            scene.begin(&label.text);
        }
        // A label far from its line is led to it.
        if (height - label.height).abs() > 5.0 {
            let bend = vec![(x - 6.0, label.height), (x - 2.0, height)];
            scene.line(bend, label.colour.tint(0.6), 0.6);
        }
        scene.text(&text, (x, height + style.size * 0.36), style);
        scene.end();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_keep_their_distance_and_their_order() {
        let heights = spread(&[10.0, 11.0, 12.0, 90.0], 10.0, (0.0, 100.0));
        assert_eq!(heights, vec![1.0, 11.0, 21.0, 90.0]);
        let heights = spread(&[99.0, 98.0, 50.0], 10.0, (0.0, 100.0));
        assert_eq!(heights, vec![100.0, 90.0, 50.0]);
    }

    #[test]
    fn too_many_labels_move_closer() {
        let heights = spread(&[5.0; 11], 30.0, (0.0, 100.0));
        assert_eq!(heights.len(), 11);
        assert!(
            heights.iter().all(|height| (0.0..=100.0).contains(height)),
            "{heights:?}"
        );
        assert!(spread(&[], 10.0, (0.0, 1.0)).is_empty());
    }
}
