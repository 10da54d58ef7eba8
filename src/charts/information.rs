//! What it is worth to know figures before something is chosen.

use crate::results::{DecisionValue, Sensitivity};

use super::axis::{self, Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::colour::Colour;
use super::numbers::{Unit, counted, fixed, sane, significant, with_error};
use super::tornado::{footer_of, short};
use super::{text, theme, tips};

/// The most figures.
const MOST: usize = 12;
/// Height of a figure with its distance to the next.
const PITCH: f64 = 27.0;
/// Room for what it is worth at the right.
const FIGURES: f64 = 120.0;
/// The widest that names may be.
const NAMES: f64 = 258.0;

const WORTH: Colour = theme::BLUE;

pub(super) fn scene(found: &Sensitivity) -> Option<Scene> {
    let decision = found.decision.as_ref()?;
    let all = decision.all_figures?;
    let mut rows: Vec<(String, DecisionValue)> = (decision.figures.iter())
        .filter(|figure| figure.is_worth_knowing())
        .take(MOST)
        .map(|figure| (short(&figure.path), figure.worth))
        .collect();
    let best = decision
        .alternatives
        .get(usize::try_from(decision.best).ok()?)?;
    let title = match rows.first() {
        Some((name, _)) => format!("Most worth knowing before {} is chosen: {name}", best.id),
        None => format!(
            "No single figure in doubt would turn the choice of {}",
            best.id
        ),
    };
    rows.push(("all figures together".to_owned(), all));
    let top_of = |value: &DecisionValue| {
        let error = sane(value.value.std_error.unwrap_or(0.0));
        sane(value.bound).max(sane(value.value.mean) + error)
    };
    let most = rows
        .iter()
        .map(|(_, value)| top_of(value))
        .fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let (divisor, words) = if decision.usd_per_barrel.is_some() {
        (1e6, "Million USD a year")
    } else {
        let unit = Unit::barrels(most);
        (unit.divisor, unit.words)
    };
    let others: Vec<&str> = decision
        .alternatives
        .iter()
        .map(|one| one.id.as_str())
        .collect();
    let subtitle = format!(
        "Gain of knowing a figure before choosing among {}; whiskers: ± one standard error; pale: what \
         it might be at most, too high by what chance makes of it",
        others.join(", ")
    );
    let played = format!(
        "{} of {}",
        counted(decision.draws, "draw", "draws"),
        counted(decision.futures, "future", "futures")
    );
    let footer = footer_of(found, &played);
    let needed = theme::head(&title, &subtitle) + rows.len() as f64 * PITCH + 64.0 + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, &subtitle, &footer, needed);
    let names = rows
        .iter()
        .map(|(name, _)| theme::LABEL.width(name) + 14.0)
        .fold(130.0, f64::max)
        .min(NAMES);
    let marks = round_marks(0.0, most / divisor, 5);
    let ends = (0.0, marks[marks.len() - 1]);
    let across = Axis::linear(ends, (panel.left + names, panel.right - FIGURES));
    let top = panel.top + 4.0;
    let foot = top + rows.len() as f64 * PITCH;
    for &mark in &marks {
        theme::faint_upright(&mut scene, across.at(mark), (top, foot));
    }
    for (place, (name, value)) in rows.iter().enumerate() {
        let middle = top + (place as f64 + 0.5) * PITCH;
        let base = middle + theme::LABEL.size * 0.36;
        let is_all = place + 1 == rows.len();
        let label = if is_all {
            theme::STRONG_LABEL
        } else {
            theme::LABEL
        };
        let shown = text::shortened(name, label.size, label.weight, names - 12.0);
        scene.text(&shown, (panel.left, base), label);
        let colour = if is_all { theme::GREY } else { WORTH };
        let half = PITCH * 0.29;
        for (worth, share) in [(value.bound, 0.3), (value.value.mean, 0.9)] {
            let end = across.at((sane(worth) / divisor).max(0.0));
            if end - across.at(0.0) > 0.4 {
                let corners = ((across.at(0.0), middle - half), (end, middle + half));
                scene.rectangle(corners.0, corners.1, colour.tint(share), 1.0);
            }
        }
        let error = sane(value.value.std_error.unwrap_or(0.0));
        let mean = sane(value.value.mean);
        let low = across.at(((mean - error) / divisor).max(0.0));
        theme::whisker(
            &mut scene,
            middle,
            (low, across.at(((mean + error) / divisor).max(0.0))),
        );
        let figure = with_error(
            mean / divisor,
            value.value.std_error.map(|error| error / divisor),
        );
        scene.text(&figure, (panel.right, base), label.at(Anchor::End));
        let bound = significant(sane(value.bound) / divisor, 3);
        let told = format!("{name}: {figure}, at most {bound} ({words})");
        tips::row(
            &mut scene,
            (panel.left, panel.right),
            (middle, PITCH),
            &told,
        );
    }
    theme::upright(&mut scene, across.at(0.0), (top - 1.0, foot + 1.0));
    let decimals = axis::decimals(&marks);
    for &mark in &marks {
        let tick = theme::TICK.at(Anchor::Middle);
        scene.text(&fixed(mark, decimals), (across.at(mark), foot + 17.0), tick);
    }
    let caption = theme::CAPTION.at(Anchor::Middle);
    let centre = f64::midpoint(across.at(0.0), across.at(ends.1));
    scene.text(words, (centre, foot + 34.0), caption);
    Some(scene)
}
