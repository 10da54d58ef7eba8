//! A stress as text.

use std::cmp::Reverse;
use std::io::{self, Write};

use crate::charts::stress_title;
use crate::results::{CourseEpoch, Stress};
use crate::units::SECONDS_PER_DAY;

use super::number::{
    NOTHING, Scale, brief, grouped, instants, per_cent, significant, to_the_minute,
};
use super::run::paragraph;
use super::table::{Align, Table};
use super::tell::Tell;

/// Columns of text that every row needs: date, day, delivered and shut in.
const FIXED_WIDTH: usize = 44;

/// Columns of text that are kept for what changed.
const CAUSE_WIDTH: usize = 20;

/// The widest a line of a column's head is, unless a word is longer.
const HEAD_WIDTH: usize = 10;

/// The most tanks that have a column.
const MOST_TANKS: usize = 4;

/// Writes what exactly the closures do, for a person to read, in at most `width` columns.
///
/// Rows begin just before the first closure and end when deliveries are as undisturbed for good.
///
/// # Errors
/// Those of `out`.
pub fn stress_text(stress: &Stress, width: u16, mut out: &mut dyn Write) -> io::Result<()> {
    stress_told(stress, width, &mut out)
}

pub(super) fn stress_told(stress: &Stress, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let instant = instants(&stress.scenario.start);
    let title = stress_title(stress).replace('\u{a0}', " ");
    paragraph(&format!("{}: {title}.", stress.scenario.name), width, out)?;
    for closure in &stress.closures {
        let left = match closure.left {
            0.0 => String::new(),
            left => format!(", {} left", per_cent(left)),
        };
        let days = brief(
            days(closure.end_seconds.saturating_sub(closure.start_seconds)),
            4,
        );
        let (from, until) = (instant(closure.start_seconds), instant(closure.end_seconds));
        let name = if closure.name.is_empty() || closure.name == closure.target {
            closure.target.clone()
        } else {
            format!("{} ({})", closure.name, closure.target)
        };
        let line = format!("{name}: {from} to {until}, {days} days{left}");
        paragraph(&line, width, out)?;
    }
    if !stress.strategies.is_empty() {
        paragraph(
            &format!("With {}.", stress.strategies.join(", ")),
            width,
            out,
        )?;
    }
    writeln!(out)?;
    epochs(stress, &instant, width, out)?;
    writeln!(out)?;
    totals(stress, width, out)
}

fn epochs(
    stress: &Stress,
    instant: &dyn Fn(i64) -> String,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    let shown = shown(stress);
    let rate = Scale::rate(largest(stress.epochs.iter().map(|epoch| epoch.planned_bpd)));
    let stock = Scale::volume(largest(stress.tanks.iter().map(|tank| tank.capacity_bbl)));
    let route_heads: Vec<String> = stress
        .routes
        .iter()
        .map(|route| head(&route.name, &route.id))
        .collect();
    let tank_heads: Vec<String> = stress
        .tanks
        .iter()
        .map(|tank| head(&tank.name, &tank.id))
        .collect();
    let tank_titles: Vec<String> = tank_heads
        .iter()
        .map(|head| format!("{head}\ntank, {}", stock.unit))
        .collect();
    let most_routes = most_changed(shown, route_heads.len(), |epoch| &epoch.routes_bpd);
    let mut most_tanks = most_changed(shown, tank_heads.len(), |epoch| &epoch.stocks_bbl);
    let changing = (most_routes.len(), most_tanks.len());
    most_tanks.truncate(MOST_TANKS);
    let room = usize::from(width.min(100)).saturating_sub(FIXED_WIDTH + CAUSE_WIDTH);
    let (routes, tanks) = fitting(&most_routes, &route_heads, &most_tanks, &tank_titles, room);

    let mut columns = vec![
        ("from".to_owned(), Align::Left),
        ("day".to_owned(), Align::Right),
    ];
    let mut number = |title: String| columns.push((title, Align::Right));
    number("delivered".to_owned());
    for &route in &routes {
        number(route_heads[route].clone());
    }
    number("shut in".to_owned());
    for &tank in &tanks {
        number(tank_titles[tank].clone());
    }
    columns.push(("what changed".to_owned(), Align::Left));
    let mut table = Table::new(columns);

    let closed = first_closure(stress);
    for epoch in shown {
        let mut row = vec![
            to_the_minute(instant, epoch.start_seconds),
            grouped(days(epoch.start_seconds.saturating_sub(closed)), 1),
            flow(epoch.delivered_bpd, rate),
        ];
        row.extend(
            routes
                .iter()
                .map(|&route| listed(&epoch.routes_bpd, route, |v| flow(v, rate))),
        );
        row.push(flow(epoch.shut_in_bpd, rate));
        let contents =
            |bbl: i64| grouped(stock.of(bbl as f64), if stock.factor > 1.0 { 2 } else { 0 });
        row.extend(
            tanks
                .iter()
                .map(|&tank| listed(&epoch.stocks_bbl, tank, contents)),
        );
        row.push(epoch.cause.clone());
        table.row(row);
    }
    out.about("The course of it");
    table.write(width, out)?;

    let mut legend_of_heads = legend(routes.iter().map(|&route| {
        let info = &stress.routes[route];
        (info.name.as_str(), info.id.as_str(), &route_heads[route])
    }));
    legend_of_heads.extend(legend(tanks.iter().map(|&tank| {
        let info = &stress.tanks[tank];
        (info.name.as_str(), info.id.as_str(), &tank_heads[tank])
    })));
    if !legend_of_heads.is_empty() {
        paragraph(&format!("{}.", legend_of_heads.join("; ")), width, out)?;
    }
    let mut note = format!(
        "Flows in {}; a row for each time in which all flows are constant{}.",
        rate.unit,
        if tanks.is_empty() {
            ""
        } else {
            "; contents of tanks at its end"
        }
    );
    if shown.len() < stress.epochs.len() {
        let all = stress.epochs.len();
        note = format!(
            "{note} Shown are {} of {all} rows, from just before the first closure until \
             deliveries are as undisturbed for good.",
            shown.len(),
        );
    }
    let left_out = [
        (changing.0.saturating_sub(routes.len()), "route", "routes"),
        (changing.1.saturating_sub(tanks.len()), "tank", "tanks"),
    ];
    let left_out: Vec<String> = left_out
        .into_iter()
        .filter(|&(count, _, _)| count > 0)
        .map(|(count, one, several)| format!("{count} {}", if count == 1 { one } else { several }))
        .collect();
    if !left_out.is_empty() {
        let left_out = left_out.join(" and ");
        note = format!("{note} Left out: {left_out} that change less; stress.csv has all.");
    }
    paragraph(&note, width, out)
}

/// When the first closure begins, in seconds.
fn first_closure(stress: &Stress) -> i64 {
    let starts = stress.closures.iter().map(|closure| closure.start_seconds);
    starts.min().unwrap_or(0)
}

/// The epochs from just before the first closure until deliveries are as undisturbed for good.
fn shown(stress: &Stress) -> &[CourseEpoch] {
    let epochs = &stress.epochs;
    let closed = first_closure(stress);
    let last_end = stress
        .closures
        .iter()
        .map(|closure| closure.end_seconds)
        .max()
        .unwrap_or(0);
    let first = epochs.partition_point(|epoch| epoch.end_seconds < closed);
    let differs = |epoch: &CourseEpoch| {
        epoch.delivered_bpd != epoch.undisturbed_bpd || epoch.start_seconds <= last_end
    };
    let last = epochs.iter().rposition(differs).unwrap_or(first);
    let end = epochs.len().min(last.max(first) + 2);
    &epochs[first.min(end)..end]
}

/// Columns whose values differ between epochs, those first that differ most.
fn most_changed(
    epochs: &[CourseEpoch],
    columns: usize,
    values: impl Fn(&CourseEpoch) -> &Vec<i64>,
) -> Vec<usize> {
    let change = |column: usize| {
        let values = || {
            epochs
                .iter()
                .filter_map(|epoch| values(epoch).get(column).copied())
        };
        let (most, least) = (values().max().unwrap_or(0), values().min().unwrap_or(0));
        most.saturating_sub(least)
    };
    let mut kept: Vec<(i64, usize)> = (0..columns)
        .map(|column| (change(column), column))
        .collect();
    kept.retain(|&(change, _)| change > 0);
    kept.sort_by_key(|&(change, column)| (Reverse(change), column));
    kept.into_iter().map(|(_, column)| column).collect()
}

/// The routes and tanks for which there is room, taken in turn from those that change most, in
/// their own order.
fn fitting(
    routes: &[usize],
    route_titles: &[String],
    tanks: &[usize],
    tank_titles: &[String],
    room: usize,
) -> (Vec<usize>, Vec<usize>) {
    let width = |title: &String| {
        let words = title.lines().map(|word| word.chars().count());
        words.max().unwrap_or(0).max(8) + 2
    };
    let (mut kept_routes, mut kept_tanks) = (Vec::new(), Vec::new());
    let mut room = room;
    for turn in 0..routes.len().max(tanks.len()) {
        for (from, titles, kept) in [
            (routes, route_titles, &mut kept_routes),
            (tanks, tank_titles, &mut kept_tanks),
        ] {
            let Some(&column) = from.get(turn) else {
                continue;
            };
            let needed = width(&titles[column]);
            if needed <= room {
                room -= needed;
                kept.push(column);
            }
        }
    }
    kept_routes.sort_unstable();
    kept_tanks.sort_unstable();
    (kept_routes, kept_tanks)
}

fn totals(stress: &Stress, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let volume = Scale::volume(stress.lost_bbl.max(stress.shut_in_bbl) as f64);
    let barrels = |bbl: i64| {
        let digits = if volume.factor > 1.0 { 2 } else { 0 };
        format!("{} {}", grouped(volume.of(bbl as f64), digits), volume.unit)
    };
    let mut lines = vec![(
        "Lost in total",
        format!(
            "{} ({} of undisturbed deliveries)",
            barrels(stress.lost_bbl),
            if stress.undisturbed_delivered_bbl > 0 {
                per_cent(stress.lost_bbl as f64 / stress.undisturbed_delivered_bbl as f64)
            } else {
                NOTHING.to_owned()
            },
        ),
    )];
    lines.push(("Shut in over the horizon", barrels(stress.shut_in_bbl)));
    if stress.field_outage_bbl != 0 {
        lines.push((
            "Lost to the fields' own outages",
            barrels(stress.field_outage_bbl),
        ));
    }
    for (title, volume) in [
        ("Lost to damage by earlier stops", stress.damaged_bbl),
        ("Withheld for quotas", stress.quota_cut_bbl),
    ] {
        if volume != 0 {
            lines.push((title, barrels(volume)));
        }
    }
    let shut_in = stress.time_to_shut_in_hours;
    lines.push((
        "First barrel shut in",
        shut_in.map_or_else(
            || "none beyond the undisturbed case".to_owned(),
            |hours| format!("{} after the first closure", lasting(hours)),
        ),
    ));
    lines.push(("Stored", stored(stress)));
    lines.push((
        "Recovered",
        match (stress.not_recovered, stress.time_to_recover_hours) {
            (true, _) => "not by the end of the horizon".to_owned(),
            (false, Some(hours)) => format!("{} after deliveries fell", lasting(hours)),
            (false, None) => "deliveries never fell out of the band".to_owned(),
        },
    ));
    let fields: Vec<String> = stress
        .fields
        .iter()
        .filter(|field| field.shut_in_bbl > 0)
        .map(|field| format!("{} {}", field.name, barrels(field.shut_in_bbl)))
        .collect();
    if !fields.is_empty() {
        lines.push(("Shut in by field", fields.join(", ")));
    }
    let mut table = Table::pairs();
    for (title, text) in lines {
        table.row([title.to_owned(), text]);
    }
    out.about("What it comes to");
    table.write(width, out)?;
    writeln!(out)?;
    let hash = stress
        .scenario
        .sha256
        .get(..12)
        .unwrap_or(&stress.scenario.sha256);
    writeln!(out, "keruen {}, scenario {hash}.", stress.version)
}

/// Where oil is held at most, and how much of that was put there by the closures.
fn stored(stress: &Stress) -> String {
    let shown = shown(stress);
    let closed = first_closure(stress);
    let starts_before = shown
        .first()
        .is_some_and(|epoch| epoch.start_seconds < closed);
    let mut places = Vec::new();
    for (index, tank) in stress.tanks.iter().enumerate() {
        let stocks = || {
            shown
                .iter()
                .filter_map(|epoch| epoch.stocks_bbl.get(index).copied())
        };
        let most = stocks().max().unwrap_or(tank.initial_bbl);
        // The first row ends where the first closure begins, unless that is the very start.
        let before = stocks().next().filter(|_| starts_before);
        let before = before.unwrap_or(tank.initial_bbl);
        if most > before && tank.capacity_bbl > 0 {
            let scale = Scale::volume(tank.capacity_bbl as f64);
            let full = per_cent(most as f64 / tank.capacity_bbl as f64);
            let rise = significant(scale.of(most.saturating_sub(before) as f64), 3);
            places.push(format!(
                "{} up to {full} full (+{rise} {})",
                tank.name, scale.unit
            ));
        }
    }
    if places.is_empty() {
        "nowhere".to_owned()
    } else {
        places.join(", ")
    }
}

/// The head of a narrow column: a short name, a word on each line, or else the id.
fn head(name: &str, id: &str) -> String {
    let words: Vec<&str> = name.split(' ').collect();
    let is_short = words.len() <= 2 && words.iter().all(|word| word.chars().count() <= HEAD_WIDTH);
    if is_short && !name.is_empty() {
        return words.join("\n");
    }
    // Broken where it is hyphenated, and as often as needed.
    let mut lines: Vec<String> = vec![String::new()];
    for piece in id.split_inclusive(['-', '_']) {
        let last = lines.last_mut().filter(|last| {
            last.is_empty() || last.chars().count() + piece.chars().count() <= HEAD_WIDTH
        });
        match last {
            Some(last) => last.push_str(piece),
            None => lines.push(piece.to_owned()),
        }
    }
    lines.join("\n")
}

/// What the heads of columns stand for, where that is not their name.
fn legend<'a>(elements: impl Iterator<Item = (&'a str, &'a str, &'a String)>) -> Vec<String> {
    elements
        .filter(|(name, _, head)| head.replace('\n', " ") != **name)
        .map(|(name, id, _)| format!("{id}: {name}"))
        .collect()
}

fn listed(values: &[i64], index: usize, show: impl Fn(i64) -> String) -> String {
    values
        .get(index)
        .map_or_else(|| NOTHING.to_owned(), |&value| show(value))
}

pub(super) fn flow(bpd: i64, rate: Scale) -> String {
    grouped(rate.of(bpd as f64), i32::from(rate.factor > 1.0))
}

fn largest(values: impl Iterator<Item = i64>) -> f64 {
    values.max().unwrap_or(0) as f64
}

pub(super) fn days(seconds: i64) -> f64 {
    seconds as f64 / SECONDS_PER_DAY as f64
}

pub(super) fn lasting(hours: f64) -> String {
    if hours < 48.0 {
        format!("{} h", brief(hours, 3))
    } else {
        format!("{} days", brief(hours / 24.0, 3))
    }
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn a_stress_tells_what_happens_when() {
        let mut out = Vec::new();
        stress_text(&example::stress(), 100, &mut out).expect("memory takes all");
        insta::assert_snapshot!(String::from_utf8(out).expect("text"), @r"
        two_routes: Closing Northern line for 10 days costs 280 thousand barrels; fields shut in after 3
        days.
        Northern line (link.north): 2026-01-10 00:00 to 2026-01-20 00:00, 10 days

        from               day  delivered  Northern  Southern  shut in      Port  what changed
                                               line      line           tank, kb
        2026-01-01 00:00  −9.0      100.0      60.0      40.0      0.0      0.00  start
        2026-01-10 00:00   0.0       60.0       0.0      60.0      0.0    120.00  north closes
        2026-01-13 00:00   3.0       60.0       0.0      60.0     40.0    120.00  tank at port is full
        2026-01-20 00:00  10.0      110.0      70.0      40.0      0.0      0.00  north opens
        2026-02-01 00:00  22.0      100.0      60.0      40.0      0.0      0.00  tank at port is empty
        Flows in kb/d; a row for each time in which all flows are constant; contents of tanks at its end.
        Shown are 5 of 6 rows, from just before the first closure until deliveries are as undisturbed for
        good.

        Lost in total             280.00 kb (0.8 % of undisturbed deliveries)
        Shut in over the horizon  280.00 kb
        First barrel shut in      3 days after the first closure
        Stored                    Port up to 100.0 % full (+120 kb)
        Recovered                 10 days after deliveries fell
        Shut in by field          East 280.00 kb

        keruen 0.1.0, scenario 3f2a9c5d71e8.
        ");
    }

    #[test]
    fn many_routes_leave_room_for_what_changed() {
        let mut stress = example::stress();
        let route = stress.routes[0].clone();
        for number in 0..6_usize {
            let mut route = route.clone();
            route.name = format!("Novorossiysk-Yuzhnaya line {number}");
            stress.routes.push(route);
            for (index, epoch) in stress.epochs.iter_mut().enumerate() {
                epoch
                    .routes_bpd
                    .push(if (index + number).is_multiple_of(2) {
                        90_000
                    } else {
                        7
                    });
            }
        }
        for width in [60, 80, 100] {
            let mut out = Vec::new();
            stress_text(&stress, width, &mut out).expect("memory takes all");
            let text = String::from_utf8(out).expect("text");
            let widest = text.lines().map(|line| line.chars().count()).max();
            assert!(widest <= Some(usize::from(width)), "{widest:?}\n{text}");
            assert!(width < 80 || text.contains("north closes"), "{text}");
        }
    }

    #[test]
    fn a_stress_without_anything_is_still_told() {
        let mut stress = example::stress();
        stress.epochs.clear();
        stress.closures.clear();
        stress.scenario.start = "never".to_owned();
        let mut out = Vec::new();
        stress_text(&stress, 100, &mut out).expect("memory takes all");
        assert!(!out.is_empty());
    }
}
