//! How full the tanks are in a stress.

use crate::results::{Stress, StressTank};

use super::axis::Axis;
use super::canvas::{Anchor, Place, Scene};
use super::labels::{self, EndLabel};
use super::numbers::{Unit, fixed, trimmed};
use super::stress_timeline::Window;
use super::text;
use super::theme::{self, Panel};

/// The most tanks that are drawn.
const MOST: usize = 6;

/// The tanks that are drawn, by place in the list: the largest.
pub(super) fn largest(stress: &Stress) -> Vec<usize> {
    let mut order: Vec<usize> = (0..stress.tanks.len())
        .filter(|&tank| stress.tanks[tank].capacity_bbl > 0)
        .collect();
    order.sort_by_key(|&tank| (std::cmp::Reverse(stress.tanks[tank].capacity_bbl), tank));
    order.truncate(MOST);
    order
}

/// Draws how full each tank is.
pub(super) fn draw(
    scene: &mut Scene,
    stress: &Stress,
    tanks: &[usize],
    (mut panel, names): (Panel, f64),
    time: &Axis,
    window: Window,
) {
    theme::upright_caption(scene, "Tank contents, % of usable volume", &panel);
    let scale_panel = panel;
    let full = Axis::linear((0.0, 100.0), (panel.bottom, panel.top));
    for mark in [0.0, 50.0, 100.0] {
        let y = full.at(mark);
        if mark == 0.0 {
            theme::base_line(scene, &scale_panel, y);
        } else if mark == 100.0 {
            let line = [(panel.left, y), (panel.right, y)];
            scene.dashed(&line, theme::GREY, 0.9, 4.0);
        } else {
            theme::hairline(scene, &scale_panel, y);
        }
        let place = (panel.left - 10.0, y + theme::TICK.size * 0.36);
        scene.text(&fixed(mark, 0), place, theme::TICK.at(Anchor::End));
    }
    panel.top -= 2.0;
    let mut ends = Vec::new();
    for (number, &tank) in tanks.iter().enumerate() {
        let info = &stress.tanks[tank];
        let colour = theme::series(number);
        let share = |barrels: i64| 100.0 * barrels as f64 / info.capacity_bbl as f64;
        let mut course: Vec<(f64, f64)> = vec![(
            stress
                .epochs
                .first()
                .map_or(0.0, |epoch| epoch.start_seconds as f64),
            share(info.initial_bbl),
        )];
        for epoch in &stress.epochs {
            if let Some(&stock) = epoch.stocks_bbl.get(tank) {
                course.push((epoch.end_seconds as f64, share(stock)));
            }
        }
        let places: Vec<Place> = seen(&course, window)
            .into_iter()
            .map(|(x, y)| (time.at(x), full.at(y.clamp(0.0, 100.0))))
            .collect();
        let Some(&(_, height)) = places.last() else {
            continue;
        };
        scene.line(places, colour, 2.0);
        let text = named(info, names - labels::BESIDE);
        let colour = theme::readable(colour);
        ends.push(EndLabel {
            text,
            height,
            colour,
            strong: false,
        });
    }
    labels::beside(scene, &ends, &panel, names);
}

/// A tank's name and size in no more than `room`.
pub(super) fn named(tank: &StressTank, room: f64) -> String {
    let unit = Unit::barrels(tank.capacity_bbl as f64);
    let words = match unit.words.split(' ').next() {
        Some("billion") => "billion bbl",
        Some("million") => "million bbl",
        Some("thousand") => "thousand bbl",
        _ => "bbl",
    };
    let name = if tank.name.is_empty() {
        &tank.id
    } else {
        &tank.name
    };
    let size = format!(
        " ({} {words})",
        trimmed(&unit.short(tank.capacity_bbl as f64))
    );
    let style = theme::LABEL;
    let name = text::shortened(name, style.size, style.weight, room - style.width(&size));
    format!("{name}{size}")
}

/// The part of a course of straight lines that is in the window.
fn seen(course: &[(f64, f64)], window: Window) -> Vec<(f64, f64)> {
    let mut places = Vec::new();
    for pair in course.windows(2) {
        let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
        let (from, to) = (x0.max(window.from), x1.min(window.to));
        if to <= from {
            continue;
        }
        let at = |x: f64| y0 + (y1 - y0) * (x - x0) / (x1 - x0);
        if places.is_empty() {
            places.push((from, at(from)));
        }
        places.push((to, at(to)));
    }
    places
}
