//! What pairs of things cost that are lost together.

use crate::results::Worst;

use super::canvas::{Anchor, Scene, Zone};
use super::colour::{self, Colour};
use super::numbers::fixed;
use super::worst_sets::{bare, footer};
use super::{text, theme};

/// Width of a column.
const MOST_WIDE: f64 = 58.0;
/// Height of a row.
const HIGH: f64 = 25.0;
/// The widest that names are set.
const NAMES: f64 = 190.0;

pub(super) fn scene(worst: &Worst) -> Option<Scene> {
    let pairs = worst.pairs.as_ref()?;
    let count = pairs.elements.len();
    let cell = |row: usize, column: usize| -> i64 {
        let found = pairs.lost_bpd.get(row).and_then(|row| row.get(column));
        found.copied().unwrap_or(0).max(0)
    };
    let all = (0..count).flat_map(|row| (0..row).map(move |column| (row, column)));
    let (row, column) =
        all.max_by_key(|&(row, column)| (cell(row, column), std::cmp::Reverse((row, column))))?;
    let most = cell(row, column);
    if most == 0 {
        return None;
    }
    let title = format!(
        "{} and {} together cost {}\u{a0}kb/d",
        bare(&pairs.elements[column]),
        bare(&pairs.elements[row]),
        kbd(most)
    );
    let subtitle = "Delivered less in the long run without both, kb/d; on the diagonal, without the \
                    one alone. Bold: more than the two cost one by one, because each was the other's \
                    way out";
    let needed = theme::head(&title, subtitle) + count as f64 * HIGH + 40.0 + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, subtitle, &footer(worst), needed);
    let label = theme::LABEL;
    let names = (pairs.elements.iter())
        .map(|id| label.width(bare(id)) + 34.0)
        .fold(90.0, f64::max)
        .min(NAMES);
    let wide = ((panel.right - panel.left - names) / count as f64).min(MOST_WIDE);
    let left = panel.left + names;
    let top = panel.top + 22.0;
    for (at, id) in pairs.elements.iter().enumerate() {
        let y = top + (at as f64 + 0.5) * HIGH + label.size * 0.36;
        let number = (at + 1).to_string();
        scene.text(&number, (panel.left + 14.0, y), theme::TICK.at(Anchor::End));
        let shown = text::shortened(bare(id), label.size, label.weight, names - 28.0);
        scene.text(&shown, (panel.left + 20.0, y), label);
        let middle = left + (at as f64 + 0.5) * wide;
        scene.text(&number, (middle, top - 7.0), theme::TICK.at(Anchor::Middle));
    }
    for row in 0..count {
        for column in 0..count {
            let lost = cell(row, column);
            let corner = (left + column as f64 * wide, top + row as f64 * HIGH);
            let share = lost as f64 / most as f64;
            let colour = shade(share);
            scene.rectangle(
                (corner.0 + 0.5, corner.1 + 0.5),
                (corner.0 + wide - 0.5, corner.1 + HIGH - 0.5),
                colour,
                1.0,
            );
            let adds = row != column && lost > cell(row, row) + cell(column, column);
            let style = if adds {
                theme::STRONG_LABEL
            } else {
                theme::LABEL
            };
            let ink = if share > 0.85 {
                colour::GROUND
            } else {
                theme::INK
            };
            let place = (corner.0 + wide / 2.0, corner.1 + HIGH / 2.0 + 3.8);
            let mut style = style.at(Anchor::Middle).in_colour(ink);
            style.size = if wide < 40.0 { 9.5 } else { 11.0 };
            scene.text(&kbd(lost), place, style);
            let (one, other) = (bare(&pairs.elements[row]), bare(&pairs.elements[column]));
            let told = if row == column {
                format!("{one} alone: {} kb/d", kbd(lost))
            } else {
                format!("{one} and {other}: {} kb/d", kbd(lost))
            };
            let zone = Zone::Between(corner, (corner.0 + wide, corner.1 + HIGH));
            scene.tip(zone, &told);
        }
    }
    Some(scene)
}

fn kbd(rate: i64) -> String {
    fixed(rate as f64 / 1_000.0, 0)
}

/// From nearly white to the colour of loss.
fn shade(share: f64) -> Colour {
    theme::VERMILION.tint(0.05 + 0.95 * share.clamp(0.0, 1.0))
}

#[cfg(test)]
mod tests {
    use super::super::worst_sets::tests::sample;
    use super::*;

    #[test]
    fn any_pairs_make_a_figure_or_none() {
        let mut worst = sample(1, 1_000_000);
        let figure = scene(&worst).expect("something to draw");
        assert!(figure.height <= 850.0);
        assert!(
            figure
                .draw_as("worst_pairs", "rank")
                .is_ok_and(|figure| figure.svg().contains("together cost"))
        );
        if let Some(pairs) = &mut worst.pairs {
            // A file that was changed by hand.
            pairs.lost_bpd.truncate(3);
            pairs.lost_bpd[0].truncate(1);
            pairs.lost_bpd[1][0] = i64::MIN;
        }
        assert!(scene(&worst).is_some_and(|scene| scene.draw().is_ok()));
        worst.pairs = None;
        assert!(scene(&worst).is_none());
    }
}
