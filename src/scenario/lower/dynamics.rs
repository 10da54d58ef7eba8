//! How a field comes back after a cut, and what stops destroy.

use crate::model::{Damage, Dynamics, Restart};
use crate::scenario::read::{Grade, Reader};
use crate::scenario::text::Place;
use crate::scenario::tree::{Node, Table};
use crate::units::{BarrelsPerDay, SECONDS_PER_DAY, Seconds};

/// Most points that a restart may have.
const MAX_POINTS: usize = 1_000;

pub(super) fn dynamics(reader: &Reader<'_>, table: &Table, grade: Grade) -> Dynamics {
    let dead_time = table.get("dead_time").and_then(|node| reader.seconds(node));
    let min_stable = table
        .get("min_stable")
        .and_then(|node| reader.rate(node, grade));
    Dynamics {
        restart: table.get("restart").and_then(|node| restart(reader, node)),
        dead_time: dead_time.unwrap_or(Seconds::ZERO),
        min_stable: min_stable.unwrap_or(BarrelsPerDay::ZERO),
        damage: table
            .table("damage")
            .and_then(|damage| self::damage(reader, damage, table.key_at("damage"))),
    }
}

/// A time above 0 in seconds, at least one.
fn seconds(reader: &Reader<'_>, node: &Node) -> Option<f64> {
    // What doubt reaches down to nothing may be drawn as nothing.
    let days = if reader.is_draw() {
        reader.days(node)?
    } else {
        reader.some_days(node)?
    };
    Some((days * SECONDS_PER_DAY as f64).max(1.0))
}

fn restart(reader: &Reader<'_>, node: &Node) -> Option<Restart> {
    let choices = node.table().filter(|table| table.get("value").is_none());
    let Some(table) = choices else {
        return Some(Restart::Linear(seconds(reader, node)?));
    };
    if let Some(node) = table.get("linear") {
        return Some(Restart::Linear(seconds(reader, node)?));
    }
    if let Some(node) = table.get("exponential") {
        return Some(Restart::Exponential(seconds(reader, node)?));
    }
    points(reader, table.get("table")?).map(Restart::Table)
}

fn points(reader: &Reader<'_>, node: &Node) -> Option<Vec<(f64, f64)>> {
    let nodes = node.array()?;
    let bad = |at: Place, message: &str| {
        reader
            .report
            .error("scenario::bad_restart", at, "here", message)
            .help("write points of time and share from `[\"0 d\", …]` on, times rising, shares not falling, the last share 1: [[\"0 d\", 0.02], [\"10 d\", 0.26], [\"30 d\", 1.0]]")
            .file();
    };
    if nodes.is_empty() || nodes.len() > MAX_POINTS {
        bad(node.at, "a restart has from 1 to 1000 points");
        return None;
    }
    let mut points: Vec<(f64, f64)> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let [time, share] = node.array()? else {
            return None;
        };
        let is_text = |node: &Node| {
            let figure = node.table().and_then(|table| table.get("value"));
            figure.unwrap_or(node).text().is_some()
        };
        if !is_text(time) || is_text(share) {
            bad(node.at, "a point is a time and then a share");
            return None;
        }
        let (time, share) = (reader.days(time), reader.share(share));
        let (time, share) = (time? * SECONDS_PER_DAY as f64, share?.get());
        match points.last() {
            None if time > 0.0 => {
                bad(node.at, "a restart begins at 0");
                return None;
            }
            // Figures in doubt are drawn one by one: what they leave out of order is put right.
            Some(&(last, reached)) if reader.is_draw() => {
                points.push((time.max(last + 1.0), share.max(reached)));
            }
            Some(&(last, _)) if time <= last => {
                bad(node.at, "each point is later than the one before");
                return None;
            }
            Some(&(_, reached)) if share < reached => {
                bad(node.at, "a restart does not fall back");
                return None;
            }
            _ => points.push((time, share)),
        }
    }
    let last = points.last_mut()?;
    if reader.is_draw() {
        last.1 = 1.0;
    }
    if last.1 < 1.0 {
        bad(
            node.at,
            "a restart ends with all that the field can produce",
        );
        return None;
    }
    Some(points)
}

fn damage(reader: &Reader<'_>, table: &Table, at: Option<Place>) -> Option<Damage> {
    let share = |key: &str| table.get(key).map(|node| reader.share(node));
    let after = table.get("after").map(|node| reader.seconds(node));
    let constant = table.get("time_constant").map(|node| seconds(reader, node));
    match (share("per_day"), share("most"), constant) {
        (Some(per_day), None, None) => Some(Damage::Linear {
            after: after??,
            per_day: per_day?.get(),
        }),
        (None, Some(most), Some(time_constant)) => Some(Damage::Saturating {
            after: after??,
            most: most?,
            time_constant: time_constant?,
        }),
        _ => {
            reader
                .report
                .error(
                    "scenario::not_one",
                    at.unwrap_or_default(),
                    "one law is due here",
                    "damage has `per_day`, or `most` and `time_constant`",
                )
                .help("write { after = \"30 d\", per_day = 0.0005 }, or { after = \"7 d\", most = 0.08, time_constant = \"20 d\" }")
                .file();
            None
        }
    }
}
