//! The ledger: from what is planned to what is delivered, and what is lost on the way.

use crate::results::{Metric, StrategyResult, Summary};

use super::axis::{self, Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::colour::{self, Colour};
use super::numbers::{Unit, fixed, percent, sane, with_error};
use super::{text, theme, tips};

/// Height of a row.
const PITCH: f64 = 36.0;
/// Height of a bar.
const BAR: f64 = 20.0;
/// Room for numbers at the right.
const VALUES: f64 = 176.0;
/// Losses that are a smaller share of the plan are drawn on a scale that does not begin at nothing.
const SMALL: f64 = 0.4;

/// What is lost on the way, in the order of the books: metric, name, and the name in a sentence.
const LOSSES: [(&str, &str, &str); 4] = [
    ("field_outage", "Field outages", "field outages"),
    ("damaged", "Damage by shut-ins", "damage that shut-ins do"),
    ("quota_cut", "Withheld for quotas", "what quotas withhold"),
    ("shut_in", "Shut in: no way out", "oil that has no way out"),
];

/// A row of the ledger.
struct Row<'m> {
    name: &'static str,
    /// What it takes off; the whole, if it is a total.
    value: f64,
    metric: &'m Metric,
    is_total: bool,
    told: &'static str,
}

pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let strategy = summary.strategies.first()?;
    let rows = rows(strategy)?;
    let (planned, delivered) = (rows.first()?.value, rows.last()?.value);
    if planned <= 0.0 {
        return None;
    }
    let unit = Unit::barrels(planned);
    let period = theme::period(&summary.scenario);
    let mut subtitle = format!(
        "Where planned barrels go, mean per {period}, {}; whiskers: ± one standard error; share of the plan at \
         the right",
        unit.words
    );
    if rows.iter().any(|row| row.metric.epistemic.is_some()) {
        subtitle += "; purple: 90\u{a0}% band from doubt about figures";
    }
    if summary.strategies.len() > 1 {
        subtitle = format!("{subtitle}; strategy: {}", strategy.name);
    }
    let title = title(&rows, unit);
    let height = theme::head(&title, &subtitle) + rows.len() as f64 * PITCH + 56.0 + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, &subtitle, &theme::run_footer(summary), height);
    let top = panel.top + 4.0;
    let foot = top + rows.len() as f64 * PITCH;
    let names = rows
        .iter()
        .map(|row| theme::STRONG_LABEL.width(row.name) + 16.0)
        .fold(120.0, f64::max);
    let edges = (panel.left + names, panel.right - VALUES);

    // Bars that are nearly all of the plan would leave no room to see what is lost.
    let least = ends(&rows).iter().map(|end| end.1).fold(planned, f64::min);
    let lost = (planned - least.min(delivered)) / planned;
    let from_zero = lost > SMALL;
    let low = if from_zero {
        0.0
    } else {
        least - 0.35 * (planned - least).max(0.001 * planned)
    };
    let undisturbed = undisturbed(summary, strategy).filter(|&bbl| bbl > low);
    let most = ends(&rows)
        .iter()
        .map(|end| end.1)
        .chain(undisturbed)
        .fold(planned, f64::max);
    let marks = round_marks(unit.of(low.max(0.0)), unit.of(planned), 6);
    let scale = Axis::linear((marks[0], unit.of(most).max(marks[1])), edges);
    let at = |value: f64| scale.at(unit.of(value)).clamp(edges.0, edges.1 + 40.0);
    let shown = || {
        marks
            .iter()
            .filter(|&&mark| scale.at(mark) <= edges.1 + 1.0)
    };
    for &mark in shown() {
        theme::faint_upright(&mut scene, scale.at(mark), (top, foot));
    }
    if let Some(undisturbed) = undisturbed {
        let x = at(undisturbed);
        scene.dashed(&[(x, top), (x, foot)], theme::GREY, 1.0, 4.0);
    }

    let mut before: Option<f64> = None;
    for ((place, row), (from, to)) in rows.iter().enumerate().zip(ends(&rows)) {
        let middle = top + (place as f64 + 0.5) * PITCH;
        let (above, below) = (middle - BAR / 2.0, middle + BAR / 2.0);
        let base = middle + theme::LABEL.size * 0.36;
        if let Some(x) = before {
            scene.line(vec![(x, above - PITCH + BAR), (x, above)], theme::PALE, 0.8);
        }
        let label = if row.is_total {
            theme::STRONG_LABEL
        } else {
            theme::LABEL
        };
        let name = text::shortened(row.name, label.size, label.weight, names - 12.0);
        scene.text(&name, (panel.left, base), label);
        let (left, right) = (at(from.min(to)), at(from.max(to)));
        let left = if row.is_total { edges.0 } else { left };
        let right = right.max(left + 0.8);
        scene.rectangle((left, above), (right, below), fill(row).tint(0.88), 1.0);
        if row.is_total && !from_zero {
            broken(&mut scene, edges.0 + 12.0, (above, below));
        }
        doubts(&mut scene, row, to, middle, &at);
        before = Some(at(to));

        let error = row.metric.std_error.map(|error| unit.of(error));
        let number = with_error(unit.of(row.value.abs()), error);
        let sign = match row.value {
            _ if row.is_total => "",
            gain if gain < 0.0 => "+",
            _ => "−",
        };
        let share = percent(row.value.abs() / planned);
        let place = (panel.right - 58.0, base);
        scene.text(&format!("{sign}{number}"), place, label.at(Anchor::End));
        scene.text(&share, (panel.right, base), label.at(Anchor::End));
        let told = told(row, unit, &format!("{sign}{number}"), &share);
        tips::row(
            &mut scene,
            (panel.left, panel.right),
            (middle, PITCH),
            &told,
        );
    }
    theme::upright(&mut scene, edges.0, (top - 1.0, foot + 1.0));
    let decimals = axis::decimals(&marks);
    for &mark in shown() {
        let place = (scale.at(mark), foot + 17.0);
        let tick = theme::TICK.at(Anchor::Middle);
        scene.text(&fixed(mark, decimals), place, tick);
    }
    let begins = if from_zero {
        ""
    } else {
        ", on a scale that does not begin at zero"
    };
    let heading = unit.heading();
    let caption = format!("{heading}{begins}; dashed: delivered if nothing goes wrong");
    let place = (f64::midpoint(edges.0, edges.1), foot + 34.0);
    scene.text(&caption, place, theme::CAPTION.at(Anchor::Middle));
    Some(scene)
}

/// The rows there are: what is nothing is left out.
fn rows(strategy: &StrategyResult) -> Option<Vec<Row<'_>>> {
    let metric = |name: &str| strategy.metrics.get(name);
    let total = |name: &'static str, id: &str| {
        let metric = metric(id)?;
        Some(Row {
            name,
            value: sane(metric.mean?),
            metric,
            is_total: true,
            told: "",
        })
    };
    let mut rows = vec![total("Planned", "planned")?];
    let stored = metric("stored").and_then(|metric| metric.mean);
    let tanks = match stored {
        Some(stored) if stored < 0.0 => ("stored", "Out of tanks", "tanks that run empty"),
        _ => ("stored", "Into tanks", "tanks that fill"),
    };
    for (id, name, told) in LOSSES.into_iter().chain([tanks]) {
        let Some(metric) = metric(id) else { continue };
        let value = sane(metric.mean.unwrap_or(0.0));
        if value != 0.0 {
            rows.push(Row {
                name,
                value,
                metric,
                is_total: false,
                told,
            });
        }
    }
    rows.push(total("Delivered", "delivered")?);
    Some(rows)
}

/// Where each row's bar begins and ends.
fn ends(rows: &[Row<'_>]) -> Vec<(f64, f64)> {
    let mut left = 0.0;
    rows.iter()
        .map(|row| {
            let from = if row.is_total { 0.0 } else { left };
            left = if row.is_total {
                row.value
            } else {
                left - row.value
            };
            (from, left)
        })
        .collect()
}

fn fill(row: &Row<'_>) -> Colour {
    match row.is_total {
        true => theme::BLUE,
        false if row.value < 0.0 => theme::series(2),
        false => theme::VERMILION,
    }
}

/// Both kinds of error at the end of a bar.
fn doubts(scene: &mut Scene, row: &Row<'_>, end: f64, y: f64, at: &dyn Fn(f64) -> f64) {
    // What more is lost leaves less.
    let side = if row.is_total { 1.0 } else { -1.0 };
    if let Some(known) = row.metric.epistemic {
        let moved = |value: f64| at(end + side * (sane(value) - row.value));
        let (one, other) = (moved(known.low), moved(known.high));
        theme::doubtful_end(scene, y, (one.min(other), one.max(other)));
    }
    let error = sane(row.metric.std_error.unwrap_or(0.0)).abs();
    theme::whisker(scene, y, (at(end - error), at(end + error)));
}

/// A slanted gap in a bar that is longer than it is drawn.
fn broken(scene: &mut Scene, x: f64, (above, below): (f64, f64)) {
    let corners = vec![
        (x, above - 1.0),
        (x + 4.0, above - 1.0),
        (x - 2.0, below + 1.0),
        (x - 6.0, below + 1.0),
    ];
    scene.area(corners, colour::GROUND, 1.0);
}

/// What would be delivered if nothing went wrong, bbl.
fn undisturbed(summary: &Summary, strategy: &StrategyResult) -> Option<f64> {
    let bbl = sane(strategy.undisturbed.delivered_bpd * summary.scenario.horizon_days);
    (bbl > 0.0).then_some(bbl)
}

fn told(row: &Row<'_>, unit: Unit, number: &str, share: &str) -> String {
    let mut told = format!("{}: {number} {}, {share} of the plan", row.name, unit.words);
    let level = |level: &str| row.metric.quantiles.get(level).copied().flatten();
    if let (Some(low), Some(high)) = (level("0.05"), level("0.95")) {
        let (low, high) = (unit.short(low), unit.short(high));
        told += &format!("\nnine of ten futures: {low} to {high}");
    }
    told
}

fn title(rows: &[Row<'_>], unit: Unit) -> String {
    let (planned, delivered) = (rows[0].value, rows[rows.len() - 1].value);
    let most = rows
        .iter()
        .filter(|row| !row.is_total && row.value > 0.0)
        .max_by(|one, other| one.value.total_cmp(&other.value));
    let share = percent(delivered / planned);
    match most {
        Some(row) => format!(
            "{share} of the plan is delivered; most is lost to {}: {}",
            row.told,
            unit.told(row.value)
        ),
        None => format!("{share} of the plan is delivered"),
    }
}
