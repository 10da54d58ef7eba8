//! Whose doubt the doubt about the outcome is.

use crate::results::{IndexFigure, RankEstimate, Sensitivity};

use super::axis::{Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::colour::Colour;
use super::numbers::{fixed, percent, sane};
use super::tornado::{everywhere, footer_of, short};
use super::{text, theme, tips};

/// The most figures.
const MOST: usize = 16;
/// Height of a figure with its distance to the next.
const PITCH: f64 = 32.0;
/// Room for figures at the right.
const FIGURES: f64 = 184.0;
/// The widest that names may be.
const NAMES: f64 = 262.0;

const ALONE: Colour = theme::BLUE;
const TOGETHER: Colour = Colour::new(0x8c_bd_dd, 0x2a_5c_9c);

pub(super) fn scene(found: &Sensitivity) -> Option<Scene> {
    let indices = found.indices.as_ref()?;
    let rows: Vec<&IndexFigure> = indices.figures.iter().take(MOST).collect();
    let first = *rows.first()?;
    let title = format!(
        "{} of the doubt is due to {}",
        percent(sane(first.total.mean).clamp(0.0, 1.0)),
        short(&first.path)
    );
    let subtitle = format!(
        "Shares of the variance of mean undelivered over what the figures may be; whiskers: ± one \
         standard error; grey: what leftover chance alone would show. Alone they add up to {}",
        percent(sane(indices.sum_first.mean))
    );
    let needed =
        theme::head(&title, &subtitle) + 31.0 + rows.len() as f64 * PITCH + 60.0 + theme::FOOT;
    let footer = footer_of(found, &everywhere(indices.futures));
    let (mut scene, mut panel) = theme::page(&title, &subtitle, &footer, needed);
    panel.top += 6.0;
    let keys = [
        (ALONE, 1.0, "alone (S)"),
        (TOGETHER, 1.0, "with others (total index, S_T)"),
        (theme::REST, 1.0, "chance"),
    ];
    theme::error_keys(&mut scene, &mut panel, &keys);
    let names = rows
        .iter()
        .map(|row| theme::LABEL.width(&short(&row.path)) + 14.0)
        .fold(110.0, f64::max)
        .min(NAMES);
    let top_of = |share: RankEstimate| {
        let error = sane(share.std_error.unwrap_or(0.0)).min(1.0);
        (sane(share.mean) + error).min(2.0)
    };
    let most = (rows.iter())
        .map(|row| top_of(row.total).max(top_of(row.first)))
        .fold(0.05, f64::max);
    let marks = round_marks(0.0, 100.0 * most, 5);
    let ends = (0.0, marks[marks.len() - 1]);
    let across = Axis::linear(ends, (panel.left + names, panel.right - FIGURES));
    let top = panel.top;
    let foot = top + rows.len() as f64 * PITCH;
    for &mark in &marks {
        theme::faint_upright(&mut scene, across.at(mark), (top, foot));
    }
    for (place, row) in rows.iter().enumerate() {
        let middle = top + (place as f64 + 0.5) * PITCH;
        let base = middle + theme::LABEL.size * 0.36;
        let label = theme::LABEL;
        let name = text::shortened(&short(&row.path), label.size, label.weight, names - 12.0);
        scene.text(&name, (panel.left, base), label);
        let half = PITCH * 0.17;
        for (share, colour, centre) in [
            (row.first, ALONE, middle - PITCH * 0.19),
            (row.total, TOGETHER, middle + PITCH * 0.19),
        ] {
            scene.begin(if colour == ALONE {
                "alone"
            } else {
                "with others"
            });
            let value = 100.0 * sane(share.mean);
            let end = across.at(value.max(0.0)).max(across.at(0.0) + 0.8);
            let tint = colour.tint(0.95);
            scene.rectangle(
                (across.at(0.0), centre - half),
                (end, centre + half),
                tint,
                1.0,
            );
            let error = 100.0 * sane(share.std_error.unwrap_or(0.0));
            let low = across.at((value - error).max(0.0));
            theme::whisker(&mut scene, centre, (low, across.at(value + error)));
        }
        scene.end();
        let noise = across.at(100.0 * sane(row.noise).clamp(0.0, 1.0));
        let centre = middle + PITCH * 0.19;
        if noise - across.at(0.0) > 0.8 {
            let corners = ((across.at(0.0), centre - half), (noise, centre + half));
            scene.rectangle(corners.0, corners.1, theme::REST, 1.0);
        }
        let figures = [
            (row.first, panel.right - 94.0, theme::STRONG_LABEL),
            (row.total, panel.right, label),
        ];
        for (share, x, style) in figures {
            scene.text(&shown(share), (x, base), style.at(Anchor::End));
        }
        let told = format!(
            "{}: {}\u{a0}% alone, {}\u{a0}% with others",
            short(&row.path),
            shown(row.first),
            shown(row.total),
        );
        tips::row(
            &mut scene,
            (panel.left, panel.right),
            (middle, PITCH),
            &told,
        );
    }
    theme::upright(&mut scene, across.at(0.0), (top - 1.0, foot + 1.0));
    let caption = theme::CAPTION.at(Anchor::End);
    scene.text("alone, %", (panel.right - 94.0, top - 6.0), caption);
    scene.text("with others, %", (panel.right, top - 6.0), caption);
    for &mark in &marks {
        let label = format!("{}\u{a0}%", fixed(mark, 0));
        let tick = theme::TICK.at(Anchor::Middle);
        scene.text(&label, (across.at(mark), foot + 17.0), tick);
    }
    let caption = theme::CAPTION.at(Anchor::Middle);
    let centre = f64::midpoint(across.at(0.0), across.at(ends.1));
    scene.text("Share of the variance", (centre, foot + 34.0), caption);
    Some(scene)
}

fn shown(share: RankEstimate) -> String {
    let value = fixed(100.0 * sane(share.mean), 1);
    match share.std_error {
        Some(error) => format!("{value} ± {}", fixed(100.0 * sane(error), 1)),
        None => value,
    }
}
