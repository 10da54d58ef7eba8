//! How full the tanks are in a course: a lane for each, from empty to full.

use std::cmp::Reverse;

use crate::results::{CourseEpoch, CourseTank};

use super::axis::Axis;
use super::canvas::{Place, Scene};
use super::course_stack::Window;
use super::labels;
use super::numbers::{Unit, name_of_id, percent, trimmed};
use super::text;
use super::theme::{self, Panel};
use super::tips;

/// The most tanks that are drawn.
const MOST: usize = 5;
/// Height of a lane with its distance to the next.
pub(super) const PITCH: f64 = 34.0;
/// Height of a lane.
const LANE: f64 = 24.0;

/// The tanks that are drawn, by place in the list: those whose contents change in the window,
/// those that change most.
pub(super) fn moving(tanks: &[CourseTank], epochs: &[CourseEpoch], window: Window) -> Vec<usize> {
    let mut order: Vec<(i64, usize)> = (0..tanks.len())
        .filter(|&tank| tanks[tank].capacity_bbl > 0)
        .map(|tank| {
            let seen = epochs
                .iter()
                .filter(|epoch| epoch.end_seconds as f64 >= window.from)
                .filter(|epoch| epoch.start_seconds as f64 <= window.to);
            let stocks = seen.filter_map(|epoch| epoch.stocks_bbl.get(tank).copied());
            let (least, most) = stocks.fold((i64::MAX, i64::MIN), |(least, most), stock| {
                (least.min(stock), most.max(stock))
            });
            (most.saturating_sub(least), tank)
        })
        .filter(|&(change, _)| change > 0)
        .collect();
    order.sort_by_key(|&(change, tank)| (Reverse(change), tank));
    order.truncate(MOST);
    order.into_iter().map(|(_, tank)| tank).collect()
}

/// Draws how full each tank is.
pub(super) fn draw(
    scene: &mut Scene,
    (all, epochs): (&[CourseTank], &[CourseEpoch]),
    tanks: &[usize],
    (panel, names): (Panel, f64),
    time: &Axis,
    window: Window,
) {
    let caption = if tanks.len() < all.len() {
        "Tanks that change most, each from empty to full (dashed)"
    } else {
        "Tanks, each from empty to full (dashed)"
    };
    theme::upright_caption(scene, caption, &panel);
    for (lane, &tank) in tanks.iter().enumerate() {
        let info = &all[tank];
        let bottom = panel.top + lane as f64 * PITCH + PITCH - 3.0;
        let top = bottom - LANE;
        let full = Axis::linear((0.0, 1.0), (bottom, top));
        let share = |barrels: i64| barrels as f64 / info.capacity_bbl as f64;
        let first = epochs.first();
        let mut course: Vec<(f64, f64)> = vec![(
            first.map_or(0.0, |epoch| epoch.start_seconds as f64),
            share(info.initial_bbl),
        )];
        for epoch in epochs {
            if let Some(&stock) = epoch.stocks_bbl.get(tank) {
                course.push((epoch.end_seconds as f64, share(stock)));
            }
        }
        let places: Vec<Place> = seen(&course, window)
            .into_iter()
            .map(|(x, y)| (time.at(x), full.at(y.clamp(0.0, 1.0))))
            .collect();
        let line = [(panel.left, top), (panel.right, top)];
        scene.dashed(&line, theme::REST, 0.8, 3.0);
        if let (Some(&(left, _)), Some(&(right, _))) = (places.first(), places.last()) {
            let mut corners = places.clone();
            corners.extend([(right, bottom), (left, bottom)]);
            scene.area(corners, theme::BLUE, 0.18);
            scene.line(places, theme::BLUE, 1.6);
        }
        theme::base_line(scene, &panel, bottom);
        let unit = Unit::barrels(info.capacity_bbl as f64);
        let told = course.iter().map(|&(_, full)| {
            let held = full * info.capacity_bbl as f64;
            format!(
                "{}: {} ({} full)",
                short_name(info, f64::INFINITY),
                unit.told(held),
                percent(full)
            )
        });
        let places = course.iter().map(|&(seconds, _)| time.at(seconds));
        let inside = |place: &(f64, String)| (panel.left..=panel.right).contains(&place.0);
        let told: Vec<_> = places.zip(told).filter(inside).collect();
        let lane = Panel {
            top,
            bottom,
            ..panel
        };
        tips::columns(scene, &lane, &told);

        let style = theme::LABEL;
        let room = names - labels::BESIDE;
        let x = panel.right + labels::BESIDE;
        let name = short_name(info, room);
        let name = text::shortened(&name, style.size, style.weight, room);
        scene.text(&name, (x, bottom - 13.0), style);
        scene.text(&size(info), (x, bottom - 0.5), theme::CAPTION);
    }
}

/// A tank's name in no more than `room` if that can be: without what is in brackets if there is
/// no room for it, and without its last words if there still is none.
pub(super) fn short_name(tank: &CourseTank, room: f64) -> String {
    let name = if tank.name.is_empty() {
        name_of_id(&tank.id)
    } else {
        tank.name.clone()
    };
    let fits = |text: &str| theme::LABEL.width(text) <= room;
    if fits(&name) {
        return name;
    }
    let bare = name.split(" (").next().unwrap_or(&name);
    let mut kept = bare.to_owned();
    while !fits(&kept) {
        match kept.trim_end_matches('…').rsplit_once(' ') {
            Some((before, _)) => kept = format!("{before}…"),
            None => break,
        }
    }
    kept
}

/// How much a tank holds.
pub(super) fn size(tank: &CourseTank) -> String {
    let barrels = tank.capacity_bbl as f64;
    let unit = Unit::barrels(barrels);
    format!("{} {} when full", trimmed(&unit.short(barrels)), unit.words)
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
