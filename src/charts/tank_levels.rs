//! What tanks hold through the horizon, as a fan for each.

use std::collections::BTreeMap;

use crate::results::{Summary, TankFan};

use super::axis::Axis;
use super::calendar;
use super::canvas::{Anchor, Place, Scene};
use super::numbers::{Unit, fixed, name_of_id, percent, sane, trimmed};
use super::theme::{self, Panel};
use super::{text, tips};

/// The most tanks.
const MOST: usize = 8;
/// Height of a tank's panel, and of what is between two.
const PANEL: f64 = 76.0;
const GAP: f64 = 30.0;
/// So full is full: counts of levels are not finer.
const FULL: f64 = 0.985;

pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let strategy = summary.strategies.first()?;
    let names: BTreeMap<&str, &str> = summary
        .network
        .nodes
        .iter()
        .map(|node| (node.id.as_str(), node.name.as_str()))
        .collect();
    let mut tanks: Vec<(String, &TankFan)> = strategy
        .tanks
        .iter()
        .filter(|(_, fan)| fan.capacity_bbl > 0.0 && !fan.days.is_empty())
        .map(|(id, fan)| {
            let name = names.get(id.as_str()).filter(|name| !name.is_empty());
            let name = name.map_or_else(|| name_of_id(id), ToString::to_string);
            (name, fan)
        })
        .collect();
    let all = tanks.len();
    // Those that move most come first; those that hardly move are left out, unless all are such.
    tanks.sort_by(|one, other| moved(other.1).total_cmp(&moved(one.1)));
    tanks.truncate(MOST);
    let moves = |fan: &TankFan| moved(fan) > 0.005 * fan.capacity_bbl;
    if tanks.iter().any(|tank| moves(tank.1)) {
        tanks.retain(|tank| moves(tank.1));
    }
    if tanks.is_empty() {
        return None;
    }
    let title = title(&tanks, &summary.scenario.start);
    let mut subtitle = "Contents of tanks as a share of what they hold; nine of ten futures lie in the outer band, half \
                        in the inner one; lines: median (thin) and mean"
        .to_owned();
    if all > tanks.len() {
        subtitle += &format!("; the {} that move most of {all}", tanks.len());
    }
    if summary.strategies.len() > 1 {
        subtitle += &format!("; strategy: {}", strategy.name);
    }
    let height =
        theme::head(&title, &subtitle) + tanks.len() as f64 * (PANEL + GAP) + 24.0 + theme::FOOT;
    let (mut scene, page) = theme::page(&title, &subtitle, &theme::run_footer(summary), height);
    let span = summary.scenario.horizon_days.max(1e-6);
    for (place, (name, fan)) in tanks.iter().enumerate() {
        let top = page.top + place as f64 * (PANEL + GAP) + 12.0;
        let panel = Panel {
            left: page.left + 46.0,
            right: page.right - 2.0,
            top,
            bottom: top + PANEL,
        };
        draw(
            &mut scene,
            (name, fan),
            &panel,
            (&summary.scenario.start, span),
        );
        if place + 1 == tanks.len() {
            let time = Axis::linear((0.0, span), (panel.left, panel.right));
            let at = |day: f64| time.at(day);
            calendar::draw(&mut scene, &panel, &at, &summary.scenario.start, span);
        }
    }
    Some(scene)
}

/// One tank.
fn draw(
    scene: &mut Scene,
    (name, fan): (&str, &TankFan),
    panel: &Panel,
    (start, span): (&str, f64),
) {
    let full = Axis::linear((0.0, 1.0), (panel.bottom, panel.top));
    let time = Axis::linear((0.0, span), (panel.left, panel.right));
    let unit = Unit::barrels(fan.capacity_bbl);
    let size = format!("{} {}", trimmed(&unit.short(fan.capacity_bbl)), unit.words);
    let style = theme::STRONG_LABEL;
    let room = panel.right - panel.left - theme::LABEL.width(&size) - 24.0;
    let shown = text::shortened(name, style.size, style.weight, room);
    scene.text(&shown, (panel.left, panel.top - 6.0), style);
    let beside = (panel.left + style.width(&shown) + 10.0, panel.top - 6.0);
    scene.text(&size, beside, theme::CAPTION);
    for (mark, label) in [(0.0, "empty"), (0.5, "50\u{a0}%"), (1.0, "full")] {
        let y = full.at(mark);
        if mark == 0.0 {
            theme::base_line(scene, panel, y);
        } else {
            theme::hairline(scene, panel, y);
        }
        let place = (panel.left - 8.0, y + theme::TICK.size * 0.36);
        scene.text(label, place, theme::TICK.at(Anchor::End));
    }
    let share = |bbl: f64| (sane(bbl) / fan.capacity_bbl).clamp(0.0, 1.0);
    let line = |values: &[f64]| -> Vec<Place> {
        let begin = (time.at(0.0), full.at(share(fan.initial_bbl)));
        let rest = fan.days.iter().zip(values);
        let rest = rest.map(|(&day, &bbl)| (time.at(sane(day)), full.at(share(bbl))));
        std::iter::once(begin).chain(rest).collect()
    };
    let level = |level: &str| fan.quantiles_bbl.get(level).map(|values| line(values));
    for (low, high, opacity, series) in [
        ("0.05", "0.95", theme::BAND, "P5–P95"),
        ("0.25", "0.75", 0.3, "P25–P75"),
    ] {
        if let (Some(low), Some(high)) = (level(low), level(high)) {
            scene.begin(series);
            let corners = high.into_iter().chain(low.into_iter().rev()).collect();
            scene.area(corners, theme::BLUE, opacity);
        }
    }
    if let Some(median) = level("0.5") {
        scene.begin("Median");
        scene.line(median, theme::BLUE, 1.0);
    }
    scene.begin("Mean");
    scene.line(line(&fan.mean_bbl), theme::BLUE.shade(0.45), 1.8);
    scene.end();
    let at = |values: Option<&Vec<f64>>, index: usize| {
        let value = values.and_then(|values| values.get(index).copied());
        percent(share(value.unwrap_or(0.0)))
    };
    let told = fan.days.iter().enumerate().map(|(index, &day)| {
        let level = |level: &str| at(fan.quantiles_bbl.get(level), index);
        let told = format!(
            "{name}, {}\nmean {} full; P5 {}, median {}, P95 {}",
            calendar::day_of(start, (day - 1e-6).max(0.0)),
            at(Some(&fan.mean_bbl), index),
            level("0.05"),
            level("0.5"),
            level("0.95"),
        );
        (time.at(sane(day)), told)
    });
    tips::columns(scene, panel, &told.collect::<Vec<_>>());
}

/// How far the bands of a tank reach, bbl, on average.
fn moved(fan: &TankFan) -> f64 {
    let level = |level: &str| fan.quantiles_bbl.get(level).into_iter().flatten();
    let bands = level("0.95").zip(level("0.05"));
    bands.map(|(high, low)| sane(high - low)).sum::<f64>() / fan.days.len().max(1) as f64
}

fn title(tanks: &[(String, &TankFan)], start: &str) -> String {
    let mut fullest: Option<(&str, f64, f64)> = None;
    for (name, fan) in tanks {
        // The first that fills at all is told of, as early as it does.
        if fullest.is_some_and(|fullest| fullest.1 > FULL) {
            break;
        }
        let usual = fan.quantiles_bbl.get("0.5").into_iter().flatten();
        let high = fan.quantiles_bbl.get("0.95").into_iter().flatten();
        for ((&high, &usual), &day) in high.zip(usual).zip(&fan.days) {
            // A tank that is always full tells nothing.
            let share = sane(high) / fan.capacity_bbl;
            let above = share - sane(usual) / fan.capacity_bbl;
            let is_more = |(_, most, _): (&str, f64, f64)| most <= FULL && share > most;
            if above > 0.05 && fullest.is_none_or(is_more) {
                fullest = Some((name, share, day));
            }
        }
    }
    match fullest {
        Some((name, share, day)) => {
            let when = calendar::day_of(start, (day - 1e-6).max(0.0));
            if share > FULL {
                format!("One future in twenty finds {name} full as early as {when}")
            } else {
                let share = fixed(100.0 * share, 0);
                format!("One future in twenty finds {name} {share}\u{a0}% full or more on {when}")
            }
        }
        None => "Tanks hold what they hold in every future".to_owned(),
    }
}
