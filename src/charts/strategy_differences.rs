//! What each strategy changes against the baseline, with its error.

use crate::results::{Comparison, Summary};

use super::axis::{self, Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::colour::Colour;
use super::numbers::{Unit, fixed, sane, with_error};
use super::{text, theme, tips};

/// Height of a strategy with its distance to the next.
const PITCH: f64 = 30.0;
/// Least distance between two columns of figures.
const GAP: f64 = 14.0;
/// Standard errors that a whisker reaches: 95 %.
const REACH: f64 = 1.96;

/// In the unit of the figure, what is no more than this is not told.
const NEARLY_NOTHING: f64 = 5e-4;

const MEAN: Colour = theme::BLUE;
const TAIL: Colour = theme::VERMILION;

/// A strategy's differences: value and standard error.
struct Row<'s> {
    name: &'s str,
    mean: [f64; 2],
    tail: Option<[f64; 2]>,
}

pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let base = summary.strategies.first()?;
    let greatest = |row: &Row<'_>| row.mean[0].abs().max(row.tail.map_or(0.0, |t| t[0].abs()));
    let mut rows: Vec<Row<'_>> = (summary.comparisons.iter())
        .filter(|one| one.against == base.id)
        .filter_map(|one| row(summary, one))
        .collect();
    let unit = Unit::barrels(rows.iter().map(greatest).fold(0.0, f64::max));
    rows.sort_by(|one, other| one.mean[0].total_cmp(&other.mean[0]));
    let first = rows.first()?;
    let period = theme::period(&summary.scenario);
    let title = if first.mean[0] < -REACH * first.mean[1] {
        format!(
            "{} leaves {} a {period} less undelivered than the baseline",
            first.name,
            unit.told(-first.mean[0]),
        )
    } else {
        format!("No strategy is shown to leave less undelivered a {period} than the baseline")
    };
    let subtitle = "Undelivered volume less that of the baseline in the same futures: the mean, and \
                    the mean of the worst twentieth of futures (CVaR 95\u{a0}%), with 95\u{a0}% \
                    intervals of the paired differences; numbers: ± one standard error";
    let needed = theme::head(&title, subtitle) + rows.len() as f64 * PITCH + 66.0 + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, subtitle, &theme::run_footer(summary), needed);
    let names = rows
        .iter()
        .map(|row| theme::LABEL.width(row.name) + 14.0)
        .fold(110.0, f64::max)
        .min(250.0);
    let figure = |[value, error]: [f64; 2]| {
        let (value, error) = (unit.of(value), unit.of(error));
        // A barrel or two among millions would take the room of all other figures.
        if value != 0.0 && value.abs().max(error) < NEARLY_NOTHING {
            return "≈ 0".to_owned();
        }
        with_error(value, Some(error).filter(|&error| error > 0.0))
    };
    let widest = |of: &dyn Fn(&Row<'_>) -> Option<[f64; 2]>| {
        let widths = rows.iter().filter_map(of);
        let widths = widths.map(|value| theme::LABEL.width(&figure(value)));
        widths.fold(56.0, f64::max)
    };
    let tail_room = widest(&|row| row.tail) + GAP;
    let figures = tail_room + widest(&|row| Some(row.mean)) + GAP;
    let ends = rows.iter().flat_map(|row| [Some(row.mean), row.tail]);
    let ends = ends.flatten().flat_map(|[value, error]| {
        [value - REACH * error, value + REACH * error].map(|end| unit.of(end))
    });
    let (low, high) = ends.fold((0.0_f64, 0.0_f64), |(low, high), end| {
        (low.min(end), high.max(end))
    });
    let marks = round_marks(low, high, 6);
    let span = (marks[0], marks[marks.len() - 1]);
    let across = Axis::linear(span, (panel.left + names, panel.right - figures));
    let top = panel.top + 18.0;
    let foot = top + rows.len() as f64 * PITCH;
    for &mark in &marks {
        theme::faint_upright(&mut scene, across.at(mark), (top, foot));
    }
    theme::upright(&mut scene, across.at(0.0), (top - 1.0, foot + 1.0));
    let heads = [("mean", tail_room, MEAN), ("CVaR 95\u{a0}%", 0.0, TAIL)];
    for (caption, from_right, colour) in heads {
        let style = theme::CAPTION.in_colour(theme::readable(colour));
        let place = (panel.right - from_right, top - 8.0);
        scene.text(caption, place, style.at(Anchor::End));
    }
    for (place, row) in rows.iter().enumerate() {
        let middle = top + (place as f64 + 0.5) * PITCH;
        let label = theme::LABEL;
        let base = middle + label.size * 0.36;
        let shown = text::shortened(row.name, label.size, label.weight, names - 12.0);
        scene.text(&shown, (panel.left, base), label);
        let mut told = format!("{}: mean {} {}", row.name, figure(row.mean), unit.words);
        if let Some(tail) = row.tail {
            told += &format!("; CVaR 95\u{a0}% {} {}", figure(tail), unit.words);
        }
        let dots = [
            (Some(row.mean), MEAN, -5.0, tail_room),
            (row.tail, TAIL, 5.0, 0.0),
        ];
        for (value, colour, below, from_right) in dots {
            let Some([value, error]) = value else {
                continue;
            };
            let y = middle + below;
            scene.begin(if colour == MEAN {
                "mean"
            } else {
                "CVaR 95\u{a0}%"
            });
            let end = |side: f64| across.at(unit.of(value + side * REACH * error));
            let (from, to) = (end(-1.0), end(1.0));
            scene.rectangle((from, y - 0.9), (to, y + 0.9), colour.tint(0.75), 1.0);
            scene.dot((across.at(unit.of(value)), y), 3.4, colour);
            let shown = figure([value, error]);
            let style = theme::LABEL.in_colour(theme::readable(colour));
            let place = (panel.right - from_right, base);
            scene.text(&shown, place, style.at(Anchor::End));
            scene.end();
        }
        tips::row(
            &mut scene,
            (panel.left, panel.right),
            (middle, PITCH),
            &told,
        );
    }
    let decimals = axis::decimals(&marks);
    for &mark in &marks {
        let place = (across.at(mark), foot + 17.0);
        scene.text(
            &fixed(mark, decimals),
            place,
            theme::TICK.at(Anchor::Middle),
        );
    }
    let caption = format!("Change of undelivered volume, {} a {period}", unit.words);
    let centre = f64::midpoint(across.at(span.0), across.at(span.1));
    let style = theme::CAPTION.at(Anchor::Middle);
    scene.text(&caption, (centre, foot + 34.0), style);
    Some(scene)
}

fn row<'s>(summary: &'s Summary, one: &'s Comparison) -> Option<Row<'s>> {
    let metric = one.metrics.get("undelivered")?;
    let strategy = summary.strategies.iter().find(|other| other.id == one.of);
    let tail = metric.conditional_value_at_risk.get("0.95")?.as_ref();
    Some(Row {
        name: strategy.map_or(one.of.as_str(), |strategy| &strategy.name),
        mean: [sane(metric.mean), sane(metric.std_error)],
        tail: tail.map(|tail| [sane(tail.value), sane(tail.std_error.unwrap_or(0.0))]),
    })
}
