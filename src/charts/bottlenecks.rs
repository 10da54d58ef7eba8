//! Links by month: how much of each is used, and when it is in the way.

use std::collections::BTreeMap;

use crate::results::{LinkMonths, MonthsOfLink, Summary};

use super::calendar;
use super::canvas::{Anchor, Scene, Zone};
use super::colour::{self, Colour};
use super::numbers::{Unit, fixed, name_of_id, percent, sane};
use super::{text, theme, tips};

/// The most links.
const MOST: usize = 18;
/// The most columns of one half; more months are put together.
const MOST_MONTHS: usize = 12;
/// Height of a row.
const HIGH: f64 = 23.0;
/// Between the two halves.
const GAP: f64 = 18.0;
/// The widest that names are set.
const NAMES: f64 = 206.0;
/// Links that are used less than this, and never bind, are left out.
const IDLE: f64 = 0.05;
/// No share of time below this has the full colour.
const LEAST: f64 = 0.25;

/// A link, with its figures by column.
struct Row<'m> {
    name: String,
    months: &'m MonthsOfLink,
    used: Vec<Option<f64>>,
    binding: Vec<Option<f64>>,
}

impl Row<'_> {
    /// Mean share of time in which it binds, and mean share of it that is used.
    fn weight(&self) -> (f64, f64) {
        let mean = |shares: &[Option<f64>]| {
            let known: Vec<f64> = shares.iter().copied().flatten().map(sane).collect();
            known.iter().sum::<f64>() / known.len().max(1) as f64
        };
        (mean(&self.binding), mean(&self.used))
    }
}

pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let strategy = summary.strategies.first()?;
    let by_month = strategy.link_months.as_ref()?;
    let count = by_month.months.len();
    let step = count.div_ceil(MOST_MONTHS).max(1);
    let rows = rows(summary, by_month, step);
    let columns = count.div_ceil(step);
    if rows.is_empty() || columns == 0 {
        return None;
    }
    let title = title(&rows, by_month, step);
    let mut subtitle = "Left: mean flow as a share of nameplate, %. Right: share of time in which one more barrel \
                        a day of the link’s capacity would have been delivered, %. The links that bind most"
        .to_owned();
    if step > 1 {
        subtitle += &format!("; {step} months to a column");
    }
    if summary.strategies.len() > 1 {
        subtitle += &format!("; strategy: {}", strategy.name);
    }
    let height = theme::head(&title, &subtitle) + 46.0 + rows.len() as f64 * HIGH + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, &subtitle, &theme::run_footer(summary), height);
    let label = theme::LABEL;
    let names = rows
        .iter()
        .map(|row| label.width(&row.name) + 12.0)
        .fold(90.0, f64::max)
        .min(NAMES);
    let wide = (panel.right - panel.left - names - GAP) / (2 * columns) as f64;
    let halves = [
        panel.left + names,
        panel.left + names + columns as f64 * wide + GAP,
    ];
    let top = panel.top + 30.0;
    let heads = ["Used, % of nameplate", "Binds, % of the time"];
    for (&left, head) in halves.iter().zip(heads) {
        scene.text(head, (left, top - 22.0), theme::STRONG_LABEL);
        for column in 0..columns {
            let middle = left + (column as f64 + 0.5) * wide;
            let month = by_month.months.get(column * step);
            let mut style = theme::TICK.at(Anchor::Middle);
            style.size = if wide < 22.0 { 8.5 } else { 10.0 };
            let name = month.map_or("", |month| calendar::month_told(month).1);
            let name = match name {
                long if theme::TICK.width(long) * style.size / theme::TICK.size <= wide => long,
                long => long.get(..1).unwrap_or(""),
            };
            scene.text(name, (middle, top - 6.0), style);
        }
    }
    // Little is in the way for most of the time: what binds most has the full colour.
    let deepest = rows.iter().flat_map(|row| &row.binding).flatten();
    let deepest = deepest.fold(LEAST, |most, &share| most.max(sane(share).min(1.0)));
    for (place, row) in rows.iter().enumerate() {
        let y = top + place as f64 * HIGH;
        let base = y + HIGH / 2.0 + label.size * 0.36;
        let name = text::shortened(&row.name, label.size, label.weight, names - 10.0);
        scene.text(&name, (panel.left, base), label);
        let parts = [
            (&row.used, theme::BLUE, 1.0),
            (&row.binding, theme::VERMILION, deepest),
        ];
        for (&left, (shares, colour, deepest)) in halves.iter().zip(parts) {
            for (column, share) in shares.iter().enumerate() {
                let corner = (left + column as f64 * wide, y);
                cell(&mut scene, (*share, deepest), (corner, wide), colour);
                let zone = Zone::Between(corner, (corner.0 + wide, corner.1 + HIGH));
                scene.tip(zone, &told(row, by_month, column, step));
            }
        }
    }
    Some(scene)
}

/// A cell with its number, in full colour from the share `deepest` on.
fn cell(
    scene: &mut Scene,
    (share, deepest): (Option<f64>, f64),
    (corner, wide): ((f64, f64), f64),
    colour: Colour,
) {
    let depth = share.map_or(0.0, |share| (sane(share) / deepest).clamp(0.0, 1.0));
    // In steps, so that no two fills are the same on a light ground and differ on a dark one.
    let depth = (depth * 24.0).round() / 24.0;
    let fill = match share {
        Some(_) => colour.tint(0.04 + 0.92 * depth),
        None => theme::REST.tint(0.12),
    };
    scene.rectangle(
        (corner.0 + 0.5, corner.1 + 0.5),
        (corner.0 + wide - 0.5, corner.1 + HIGH - 0.5),
        fill,
        1.0,
    );
    let number = match share {
        Some(share) if share > 0.0 && share < 0.005 => "·".to_owned(),
        Some(share) => fixed(100.0 * share, 0),
        None => "–".to_owned(),
    };
    let ink = match depth {
        deep if deep > 0.85 => colour::GROUND,
        middling if middling > 0.75 => theme::ON_FILL,
        _ => theme::INK,
    };
    let mut style = theme::LABEL.at(Anchor::Middle).in_colour(ink);
    style.size = if wide < 23.0 { 8.5 } else { 10.0 };
    let place = (
        corner.0 + wide / 2.0,
        corner.1 + HIGH / 2.0 + style.size * 0.36,
    );
    scene.text(&number, place, style);
}

/// The links that bind most, then those that are used most.
fn rows<'m>(summary: &Summary, by_month: &'m LinkMonths, step: usize) -> Vec<Row<'m>> {
    let names: BTreeMap<&str, &str> = summary
        .network
        .links
        .iter()
        .map(|link| (link.id.as_str(), link.name.as_str()))
        .collect();
    let together = |shares: &[Option<f64>]| -> Vec<Option<f64>> {
        let mean = |shares: &[Option<f64>]| {
            let known: Vec<f64> = shares.iter().copied().flatten().collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        };
        shares.chunks(step).map(mean).collect()
    };
    let mut rows: Vec<Row<'_>> = by_month
        .links
        .iter()
        .map(|(id, months)| Row {
            name: names
                .get(id.as_str())
                .filter(|name| !name.is_empty())
                .map_or_else(|| name_of_id(id), ToString::to_string),
            months,
            used: together(&months.utilisation),
            binding: together(&months.binding),
        })
        .filter(|row| {
            let (binding, used) = row.weight();
            binding > 0.0 || used > IDLE
        })
        .collect();
    rows.sort_by(|one, other| {
        let (one, other) = (one.weight(), other.weight());
        other.0.total_cmp(&one.0).then(other.1.total_cmp(&one.1))
    });
    rows.truncate(MOST);
    rows
}

/// What is said of a cell, with what both halves show.
fn told(row: &Row<'_>, by_month: &LinkMonths, column: usize, step: usize) -> String {
    let first = column * step;
    let month = |at: usize| by_month.months.get(at).map_or("", String::as_str);
    let last = (first + step - 1).min(by_month.months.len() - 1);
    let mut told = format!("{}, {}", row.name, long_month(month(first)));
    if step > 1 {
        told += &format!(" – {}", long_month(month(last)));
    }
    let flow = row.months.flow_bpd.get(first).copied().unwrap_or(0.0);
    let error = row.months.flow_std_error_bpd.get(first).copied().flatten();
    if step == 1 {
        told += &format!("\nflow {}", tips::value(Unit::rate(flow), flow, error));
    }
    if let Some(Some(used)) = row.used.get(column) {
        told += &format!("\nused {} of nameplate", percent(*used));
    }
    if let Some(Some(binding)) = row.binding.get(column) {
        let error = row.months.binding_std_error.get(first).copied().flatten();
        let error = error
            .filter(|_| step == 1)
            .map_or_else(String::new, |error| format!(" ± {}", percent(error)));
        told += &format!("\nbinds {}{error} of the time", percent(*binding));
    }
    told
}

fn long_month(month: &str) -> String {
    let (long, _) = calendar::month_told(month);
    let year = month.get(..4).unwrap_or("");
    format!("{long} {year}")
}

fn title(rows: &[Row<'_>], by_month: &LinkMonths, step: usize) -> String {
    let highest = |of: &dyn Fn(&Row<'_>) -> Vec<Option<f64>>| {
        let mut most: Option<(usize, usize, f64)> = None;
        for (row, at) in rows.iter().enumerate().map(|(place, row)| (place, of(row))) {
            for (column, share) in at.into_iter().enumerate() {
                let share = share.map_or(0.0, sane);
                if most.is_none_or(|most| share > most.2) {
                    most = Some((row, column, share));
                }
            }
        }
        most
    };
    let when = |column: usize| {
        let month = by_month.months.get(column * step);
        let month = month.map_or("", |month| calendar::month_told(month).0);
        if step == 1 {
            format!("in {month}")
        } else {
            format!("from {month} on")
        }
    };
    match highest(&|row| row.binding.clone()) {
        Some((row, column, share)) if share > 0.0 => format!(
            "Most in the way: {}, {} of the time {}",
            rows[row].name,
            percent(share),
            when(column)
        ),
        _ => match highest(&|row| row.used.clone()) {
            Some((row, column, share)) => format!(
                "No link is in the way; used most: {}, {} {}",
                rows[row].name,
                percent(share),
                when(column)
            ),
            None => "No link is in the way".to_owned(),
        },
    }
}
