//! What each figure in doubt alone does to what is not delivered.

use crate::results::{RankEstimate, Sensitivity, TornadoFigure};

use super::axis::{self, Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::colour::Colour;
use super::numbers::{Unit, capitalised, counted, fixed, sane, significant};
use super::{text, theme, tips};

/// The most figures.
const MOST: usize = 16;
/// Height of a figure with its distance to the next.
const PITCH: f64 = 27.0;
/// Room for the ends of a figure at the right.
const ENDS: f64 = 164.0;
/// The widest that names may be.
const NAMES: f64 = 258.0;

const LOW: Colour = theme::BLUE;
const HIGH: Colour = theme::VERMILION;

pub(super) fn scene(found: &Sensitivity) -> Option<Scene> {
    let tornado = &found.tornado;
    let rows: Vec<&TornadoFigure> = tornado.figures.iter().take(MOST).collect();
    let first = *rows.first()?;
    let reach = sane(first.reach());
    if reach <= 0.0 {
        return None;
    }
    let unit = Unit::barrels(reach);
    let middle = Unit::barrels(tornado.middle.undelivered_bbl.mean);
    let title = format!(
        "No figure in doubt matters more than {}",
        short(&first.path)
    );
    let mut subtitle = format!(
        "Change of mean undelivered from {} {}, where all figures are in the middle of what they may \
         be; whiskers: ± one standard error",
        significant(tornado.middle.undelivered_bbl.mean / middle.divisor, 3),
        middle.words,
    );
    let left_out = tornado.figures.len().saturating_sub(MOST);
    if left_out > 0 {
        subtitle += &format!("; {left_out} smaller ones are in sensitivity.csv");
    }
    let needed =
        theme::head(&title, &subtitle) + 25.0 + rows.len() as f64 * PITCH + 60.0 + theme::FOOT;
    let (mut scene, mut panel) = theme::page(&title, &subtitle, &footer(found), needed);
    panel.top += 6.0;
    theme::error_keys(
        &mut scene,
        &mut panel,
        &[
            (LOW, 1.0, "at its low end (5 % point)"),
            (HIGH, 1.0, "at its high end (95 % point)"),
        ],
    );
    let names = rows
        .iter()
        .map(|row| theme::LABEL.width(&short(&row.path)) + 14.0)
        .fold(110.0, f64::max)
        .min(NAMES);
    let ends = rows.iter().flat_map(|row| [row.low, row.high]);
    let ends: Vec<RankEstimate> = ends.map(|level| level.undelivered_bbl).collect();
    let error = |end: &RankEstimate| sane(end.std_error.unwrap_or(0.0)).min(reach);
    let least = ends
        .iter()
        .map(|end| sane(end.mean) - error(end))
        .fold(0.0, f64::min);
    let most = ends
        .iter()
        .map(|end| sane(end.mean) + error(end))
        .fold(0.0, f64::max);
    let marks = round_marks(least / unit.divisor, most / unit.divisor, 6);
    let scale = (marks[0], marks[marks.len() - 1]);
    let across = Axis::linear(scale, (panel.left + names, panel.right - ENDS));
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
        let ends = ends_of(found, &row.path);
        let ends = text::shortened(&ends, label.size, label.weight, ENDS - 8.0);
        let place = (panel.right, base);
        scene.text(&ends, place, label.in_colour(theme::GREY).at(Anchor::End));
        let told = format!(
            "{}: {} at its low end, {} at its high end",
            short(&row.path),
            tips::estimate(unit, row.low.undelivered_bbl),
            tips::estimate(unit, row.high.undelivered_bbl),
        );
        tips::row(
            &mut scene,
            (panel.left, panel.right),
            (middle, PITCH),
            &told,
        );
        for (level, colour, above) in [(row.low, LOW, -1.0), (row.high, HIGH, 1.0)] {
            let centre = middle + above * PITCH * 0.2;
            scene.begin(if above < 0.0 { "low end" } else { "high end" });
            bar(
                &mut scene,
                &across,
                centre,
                (level.undelivered_bbl, unit),
                colour,
            );
            scene.end();
        }
    }
    theme::upright(&mut scene, across.at(0.0), (top - 1.0, foot + 1.0));
    let decimals = axis::decimals(&marks);
    for &mark in &marks {
        let sign = if mark > 0.0 { "+" } else { "" };
        let label = format!("{sign}{}", fixed(mark, decimals));
        let tick = theme::TICK.at(Anchor::Middle);
        scene.text(&label, (across.at(mark), foot + 17.0), tick);
    }
    let caption = theme::CAPTION.at(Anchor::Middle);
    let centre = f64::midpoint(across.at(scale.0), across.at(scale.1));
    let words = capitalised(unit.words);
    scene.text(&words, (centre, foot + 34.0), caption);
    Some(scene)
}

/// What a figure is at its ends; a unit that both have is said once.
fn ends_of(found: &Sensitivity, path: &str) -> String {
    let figure = found.figures.iter().find(|figure| figure.path == path);
    figure.map_or_else(String::new, |figure| {
        let unit = |text: &str| text.split_once(' ').map(|(_, unit)| unit.to_owned());
        let low = match figure.low.split_once(' ') {
            Some((number, of)) if unit(&figure.high).is_some_and(|unit| unit == of) => number,
            _ => &figure.low,
        };
        format!("{low} … {}", figure.high)
    })
}

/// A path without what is the same of all, or says only which grammar is used.
pub(super) fn short(path: &str) -> String {
    let path = path.strip_prefix("hazard.").unwrap_or(path);
    path.replace(".occurs.poisson.", ".")
        .replace(".occurs.", ".")
}

fn bar(
    scene: &mut Scene,
    across: &Axis,
    middle: f64,
    (estimate, unit): (RankEstimate, Unit),
    colour: Colour,
) {
    let value = sane(estimate.mean) / unit.divisor;
    if value == 0.0 {
        return;
    }
    let half = PITCH * 0.17;
    let (zero, end) = (across.at(0.0), across.at(value));
    let (from, to) = (zero.min(end), zero.max(end).max(zero.min(end) + 0.8));
    let tint = colour.tint(0.88);
    scene.rectangle((from, middle - half), (to, middle + half), tint, 1.0);
    let error = sane(estimate.std_error.unwrap_or(0.0)) / unit.divisor;
    let whisker = (across.at(value - error), across.at(value + error));
    theme::whisker(scene, middle, whisker);
}

/// Where the figures come from.
fn footer(found: &Sensitivity) -> String {
    footer_of(found, &everywhere(found.tornado.replications))
}

/// So many futures, the same for all settings.
pub(super) fn everywhere(futures: u64) -> String {
    format!("{} everywhere", counted(futures, "future", "futures"))
}

/// Where figures come from for which these futures were played.
pub(super) fn footer_of(found: &Sensitivity, futures: &str) -> String {
    let what = format!("{futures}, seed {}", found.seed);
    theme::course_footer(&found.scenario, &found.version, &found.strategies, &what)
}
