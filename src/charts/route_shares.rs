//! What each route exports on average, against what it exports when nothing goes wrong.

use std::collections::{BTreeMap, BTreeSet};

use crate::results::Summary;

use super::axis::{Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::numbers::{Unit, fixed, name_of_id, percent, sane, significant};
use super::{text, theme, tips};

/// The most routes that are shown apart.
const MOST: usize = 12;
/// Height of a row.
const PITCH: f64 = 28.0;
/// Room for names: at least, at most.
const NAMES: (f64, f64) = (110.0, 280.0);
/// Room for the numbers at the right.
const VALUES: f64 = 196.0;

/// A route.
struct Row {
    name: String,
    undisturbed: f64,
    mean: f64,
    /// Its errors, if figures in doubt were drawn: the standard error, and the band from doubt.
    errors: Option<(f64, (f64, f64))>,
    /// Whether it stands for all that are too small for a row of their own.
    several: bool,
}

impl Row {
    /// The most that its errors reach.
    fn most(&self) -> f64 {
        let reach = |(error, band): (f64, (f64, f64))| (self.mean + error).max(band.1);
        self.errors.map_or(self.mean, reach)
    }
}

pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let rows = rows(summary)?;
    let greatest = rows
        .iter()
        .map(|row| row.mean.max(row.undisturbed).max(row.most()))
        .fold(0.0, f64::max);
    let unit = Unit::rate(greatest.min(9.99e5));
    let mut subtitle = format!(
        "Exports by route, {}: undisturbed (pale) and mean over all replications (solid; green where \
         it is more)",
        unit.words
    );
    if rows.iter().any(|row| row.errors.is_some()) {
        subtitle.push_str(
            "; whiskers: ±\u{a0}one standard error, which more replications make shorter; purple: 90\u{a0}% \
             band from doubt about figures, which they do not",
        );
    }
    let strategy = summary.strategies.first()?;
    if summary.strategies.len() > 1 {
        subtitle = format!("{subtitle}; strategy: {}", strategy.name);
    }
    let title = title(&rows, unit);
    let height =
        theme::head(&title, &subtitle) + 20.0 + rows.len() as f64 * PITCH + 34.0 + theme::FOOT;
    let (mut scene, mut panel) =
        theme::page(&title, &subtitle, &theme::run_footer(summary), height);
    panel.top += 18.0;
    panel.bottom = panel.top + rows.len() as f64 * PITCH + 2.0;

    let widest = rows
        .iter()
        .map(|row| theme::LABEL.width(&row.name) + 16.0)
        .fold(NAMES.0, f64::max);
    let names = widest.min(NAMES.1);
    let low = rows
        .iter()
        .map(|row| unit.of(row.mean.min(row.undisturbed)))
        .fold(0.0, f64::min);
    let marks = round_marks(low, unit.of(greatest), 6);
    let ends = (marks[0], marks[marks.len() - 1]);
    let rate = Axis::linear(ends, (panel.left + names, panel.right - VALUES));
    let decimals = super::axis::decimals(&marks);
    for &mark in &marks {
        let x = rate.at(mark);
        if mark.abs() < 1e-12 {
            theme::upright(&mut scene, x, (panel.top, panel.bottom));
        } else {
            theme::faint_upright(&mut scene, x, (panel.top, panel.bottom));
        }
        let place = (x, panel.bottom + 17.0);
        scene.text(
            &fixed(mark, decimals),
            place,
            theme::TICK.at(Anchor::Middle),
        );
    }
    let centre = f64::midpoint(rate.at(ends.0), rate.at(ends.1));
    let place = (centre, panel.bottom + 34.0);
    let caption = format!("Exported, {}", unit.words);
    scene.text(&caption, place, theme::CAPTION.at(Anchor::Middle));

    let columns = (panel.right - 124.0, panel.right - 66.0, panel.right);
    let head = theme::CAPTION.at(Anchor::End);
    let pair = "Share of exports";
    let middle = columns.1 - head.width(pair) / 2.0;
    scene.text(pair, (middle, panel.top - 21.0), head.at(Anchor::Middle));
    scene.text("undisturbed", (columns.0, panel.top - 7.0), head);
    scene.text("mean", (columns.1, panel.top - 7.0), head);
    scene.text("Change", (columns.2, panel.top - 7.0), head);
    let totals = rows.iter().fold((0.0, 0.0), |sum, row| {
        (sum.0 + row.undisturbed, sum.1 + row.mean)
    });
    let share = |part: f64, whole: f64| {
        if whole > 0.0 {
            percent(part / whole)
        } else {
            "–".to_owned()
        }
    };
    for (place, row) in rows.iter().enumerate() {
        let y = panel.top + (place as f64 + 0.5) * PITCH;
        let base = y + theme::LABEL.size * 0.36;
        let room = names - 16.0;
        let name = text::shortened(&row.name, theme::LABEL.size, theme::LABEL.weight, room);
        scene.text(&name, (panel.left, base), theme::LABEL);
        let (from, to) = (
            rate.at(unit.of(row.undisturbed)),
            rate.at(unit.of(row.mean)),
        );
        let more = row.mean > row.undisturbed;
        let colour = if more { theme::series(2) } else { theme::BLUE };
        let zero = rate.at(0.0);
        scene.begin("undisturbed");
        scene.rectangle((zero, y - 9.0), (from, y + 9.0), colour.tint(0.28), 1.0);
        scene.begin("mean");
        scene.rectangle((zero, y - 4.5), (to, y + 4.5), colour.tint(0.9), 1.0);
        scene.end();
        if let Some((error, (low, high))) = row.errors {
            let at = |value: f64| rate.at(unit.of(value).max(ends.0));
            theme::doubtful_end(&mut scene, y, (at(low), at(high)));
            theme::whisker(&mut scene, y, (at(row.mean - error), at(row.mean + error)));
        }
        let text = share(row.undisturbed, totals.0);
        scene.text(
            &text,
            (columns.0, base),
            theme::LABEL.in_colour(theme::GREY).at(Anchor::End),
        );
        scene.text(
            &share(row.mean, totals.1),
            (columns.1, base),
            theme::LABEL.at(Anchor::End),
        );
        let change = if row.undisturbed > 0.0 {
            let change = (row.mean / row.undisturbed - 1.0).clamp(-1e6, 1e6);
            let sign = if change > 0.0 { "+" } else { "" };
            format!(
                "{sign}{}\u{a0}%",
                fixed(change * 100.0, usize::from(change.abs() < 1.0))
            )
        } else {
            "–".to_owned()
        };
        let style = theme::STRONG_LABEL.in_colour(theme::readable(colour));
        scene.text(&change, (columns.2, base), style.at(Anchor::End));
        let told = format!(
            "{}: mean {}, undisturbed {}, change {change}",
            row.name,
            tips::value(unit, row.mean, row.errors.map(|errors| errors.0)),
            unit.short(row.undisturbed),
        );
        tips::row(&mut scene, (panel.left, panel.right), (y, PITCH), &told);
    }
    Some(scene)
}

fn rows(summary: &Summary) -> Option<Vec<Row>> {
    let strategy = summary.strategies.first()?;
    let names: BTreeMap<&str, &str> = summary
        .network
        .routes
        .iter()
        .map(|r| (r.id.as_str(), r.name.as_str()))
        .collect();
    let days = sane(summary.scenario.horizon_days).max(1e-6);
    let undisturbed = &strategy.undisturbed.routes_bpd;
    let ids: BTreeSet<&String> = undisturbed.keys().chain(strategy.routes.keys()).collect();
    let mut rows: Vec<Row> = ids
        .into_iter()
        .filter_map(|id| {
            let exported = strategy
                .routes
                .get(id)
                .and_then(|route| route.get("exported"));
            let exported = exported?;
            let errors = exported.epistemic.map(|known| {
                let rate = |volume: f64| sane(volume) / days;
                let error = rate(exported.std_error.unwrap_or(0.0));
                (error, (rate(known.low), rate(known.high)))
            });
            Some(Row {
                name: names
                    .get(id.as_str())
                    .filter(|name| !name.is_empty())
                    .map_or_else(|| name_of_id(id), ToString::to_string),
                undisturbed: sane(undisturbed.get(id).copied().unwrap_or(0.0)),
                mean: sane(exported.mean?) / days,
                errors,
                several: false,
            })
        })
        .collect();
    if rows.is_empty() {
        return None;
    }
    let size = |row: &Row| row.undisturbed.abs().max(row.mean.abs());
    rows.sort_by(|a, b| size(b).total_cmp(&size(a)));
    if rows.len() > MOST + 1 {
        let rest = rows.split_off(MOST);
        rows.push(Row {
            name: format!("{} others", rest.len()),
            undisturbed: rest.iter().map(|row| row.undisturbed).sum(),
            mean: rest.iter().map(|row| row.mean).sum(),
            errors: None,
            several: true,
        });
    }
    Some(rows)
}

fn title(rows: &[Row], unit: Unit) -> String {
    let change = |row: &Row| row.mean - row.undisturbed;
    let told = |row: &Row| {
        let value = significant(unit.of(change(row).abs()), 2);
        format!("{value} {}", unit.words).replace(' ', "\u{a0}")
    };
    let total: f64 = rows.iter().map(|row| row.undisturbed).sum();
    let noticed = (total * 0.0005).max(0.0);
    let routes = || rows.iter().filter(|row| !row.several);
    let loser = routes().min_by(|a, b| change(a).total_cmp(&change(b)));
    let winner = routes().max_by(|a, b| change(a).total_cmp(&change(b)));
    let loser = loser.filter(|row| change(row) < -noticed);
    let winner = winner.filter(|row| change(row) > noticed);
    match (loser, winner) {
        (Some(loser), Some(winner)) => format!(
            "{} loses {}; {} gains {}",
            loser.name,
            told(loser),
            winner.name,
            told(winner)
        ),
        (Some(loser), None) => format!(
            "{} loses the most, {}, and no route makes up for it",
            loser.name,
            told(loser)
        ),
        (None, Some(winner)) => format!("{} gains {}", winner.name, told(winner)),
        (None, None) => "Every route exports what it would if nothing went wrong".to_owned(),
    }
}
