//! How much each figure does, and how much that hangs on where the others stand.

use crate::results::{Screening, ScreeningFigure, Sensitivity};

use super::axis::{Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::labels::spread;
use super::numbers::{Unit, capitalised, counted, fixed, sane};
use super::tornado::{footer_of, short};
use super::{axis, text, theme, tips};

/// Figures with a name, at most.
const MOST: usize = 12;
/// Room for names at the right.
const NAMES: f64 = 268.0;

pub(super) fn scene(found: &Sensitivity) -> Option<Scene> {
    let screening = found.screening.as_ref()?;
    let first = screening.figures.first()?;
    let reach = |figure: &ScreeningFigure| {
        sane(figure.size_bbl.mean) + sane(figure.size_bbl.std_error.unwrap_or(0.0))
    };
    let most = screening.figures.iter().map(reach).fold(0.0, f64::max);
    if most <= 0.0 {
        return None;
    }
    let unit = Unit::barrels(most);
    let title = title(screening, first);
    let subtitle = format!(
        "Effects on mean undelivered of moving a figure by half of what it may be: their mean size, \
         and how much they differ with where the others stand; {} trajectories; crosses: ± one \
         standard error; grey: figures not kept",
        screening.trajectories
    );
    let footer = footer_of(
        found,
        &format!(
            "{} for each trajectory",
            counted(screening.futures, "future", "futures")
        ),
    );
    let (mut scene, mut panel) = theme::page(&title, &subtitle, &footer, 560.0);
    panel.top += 14.0;
    panel.bottom -= 14.0;
    panel.right -= NAMES;
    let tall = |figure: &ScreeningFigure| {
        sane(figure.std_dev_bbl.mean) + sane(figure.std_dev_bbl.std_error.unwrap_or(0.0))
    };
    let highest = screening.figures.iter().map(tall).fold(0.0, f64::max);
    let upward = round_marks(0.0, highest / unit.divisor, 5);
    let caption = format!("Spread of effects, {}", unit.words);
    theme::upright_caption(&mut scene, &caption, &panel);
    let up = theme::upright_scale(&mut scene, &mut panel, &upward);
    let marks = round_marks(0.0, most / unit.divisor, 6);
    let across = Axis::linear((0.0, marks[marks.len() - 1]), (panel.left, panel.right));
    let decimals = axis::decimals(&marks);
    for &mark in &marks {
        theme::notch(&mut scene, across.at(mark), panel.bottom);
        let place = (across.at(mark), panel.bottom + 17.0);
        let tick = theme::TICK.at(Anchor::Middle);
        scene.text(&fixed(mark, decimals), place, tick);
    }
    let words = format!("Mean size of effects, {}", unit.words);
    theme::level_caption(&mut scene, &capitalised(&words), &panel);
    let value = |bbl: f64| sane(bbl) / unit.divisor;
    let place = |figure: &ScreeningFigure| {
        (
            across.at(value(figure.size_bbl.mean)),
            up.at(value(figure.std_dev_bbl.mean)),
        )
    };
    // The kept ones last, over the others.
    for figure in screening.figures.iter().filter(|figure| !figure.kept) {
        scene.dot(place(figure), 2.6, theme::REST);
        tips::mark(&mut scene, place(figure), &told(figure, unit));
    }
    for figure in screening.figures.iter().filter(|figure| figure.kept) {
        let (x, y) = place(figure);
        let size = value(figure.size_bbl.std_error.unwrap_or(0.0));
        let mean = value(figure.size_bbl.mean);
        theme::whisker(
            &mut scene,
            y,
            (across.at(mean - size), across.at(mean + size)),
        );
        let (spread, error) = (
            value(figure.std_dev_bbl.mean),
            value(figure.std_dev_bbl.std_error.unwrap_or(0.0)),
        );
        let (low, high) = (up.at(spread - error), up.at(spread + error));
        scene.rectangle((x - 0.5, high), (x + 0.5, low), theme::INK, 1.0);
        scene.marker((x, y), 4.0, theme::BLUE);
        tips::mark(&mut scene, (x, y), &told(figure, unit));
    }
    let named: Vec<&ScreeningFigure> = screening
        .figures
        .iter()
        .filter(|figure| figure.kept)
        .take(MOST)
        .collect();
    let wanted: Vec<f64> = named.iter().map(|figure| place(figure).1).collect();
    let heights = spread(
        &wanted,
        theme::LABEL_GAP + 3.0,
        (panel.top, panel.bottom - 6.0),
    );
    let x = panel.right + 14.0;
    for (figure, height) in named.iter().zip(heights) {
        let from = place(figure);
        let bend = vec![
            (from.0 + 5.0, from.1),
            (x - 12.0, height),
            (x - 4.0, height),
        ];
        scene.line(bend, theme::BLUE.tint(0.4), 0.6);
        let label = theme::LABEL;
        let name = text::shortened(&short(&figure.path), label.size, label.weight, NAMES - 14.0);
        scene.text(&name, (x, height + label.size * 0.36), label);
    }
    Some(scene)
}

fn told(figure: &ScreeningFigure, unit: Unit) -> String {
    format!(
        "{}: mean size of effects {}, spread {}",
        short(&figure.path),
        tips::estimate(unit, figure.size_bbl),
        tips::estimate(unit, figure.std_dev_bbl),
    )
}

fn title(screening: &Screening, first: &ScreeningFigure) -> String {
    let kept = screening
        .figures
        .iter()
        .filter(|figure| figure.kept)
        .count();
    let all = screening.figures.len();
    if kept == 0 {
        format!("None of {all} figures stands out of chance")
    } else {
        format!("{} does most of {all} figures in doubt", short(&first.path))
    }
}
