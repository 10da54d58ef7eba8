//! How long outages last against how long they go unnoticed.

use crate::results::{RecoveryRow, TimesToRecover};

use super::axis::Axis;
use super::canvas::{Anchor, Scene};
use super::colour::{self, Colour};
use super::numbers::{capitalised, counted, fixed, sane, significant};
use super::{text, theme, tips};

/// The most rows.
const MOST: usize = 20;
/// Height of a row with its distance to the next.
const PITCH: f64 = 27.0;
/// Room for figures at the right.
const FIGURES: f64 = 112.0;
/// Marks of the scale, days.
const MARKS: [f64; 9] = [0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1_000.0];

const OUT: Colour = theme::BLUE;
const SURVIVED: Colour = theme::VERMILION;
const WHITE: Colour = colour::GROUND;

pub(super) fn scene(found: &TimesToRecover) -> Option<Scene> {
    let mean = |row: &RecoveryRow| row.time_to_recover_days.map_or(0.0, |days| sane(days.mean));
    // What nobody notices within the horizon is no matter of time.
    let is_noticed = |row: &&RecoveryRow| {
        let sides = [&row.deliveries, &row.production];
        mean(row) > 0.0 && sides.iter().any(|side| side.time_to_survive_days.is_some())
    };
    let all: Vec<&RecoveryRow> = found.rows.iter().filter(is_noticed).collect();
    let is_exposed = |row: &&&RecoveryRow| row.deliveries.is_exposed();
    let exposed = all.iter().filter(is_exposed).count();
    let left_out = all.len().saturating_sub(MOST);
    let shown = &all[..all.len().min(MOST)];
    let first = shown.first()?;
    let title = match (exposed, first.deliveries.time_to_survive_days) {
        (1.., Some(days)) => format!(
            "{}: outages by {} last {} days, and {}",
            capitalised(&name(first)),
            first.hazard,
            significant(mean(first), 3),
            if days > 0.0 {
                format!("deliveries hold {}", significant(days, 3))
            } else {
                "deliveries fall at once".to_owned()
            }
        ),
        _ => "No outage of one element lasts longer on average than it goes unnoticed".to_owned(),
    };
    let mut subtitle = "Bars: mean outage, with a line to the 95 % quantile. Diamonds: how long deliveries \
                        hold, squares: how long no field is shut in; none if beyond the horizon. Longer: \
                        share of outages that outlast deliveries"
        .to_owned();
    if left_out > 0 {
        subtitle += &format!("; {} more are in recovery.csv", fixed(left_out as f64, 0));
    }
    let needed = theme::head(&title, &subtitle) + shown.len() as f64 * PITCH + 60.0 + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, &subtitle, &footer(found), needed);
    let label_of = |row: &RecoveryRow| format!("{} · {}", name(row), row.hazard);
    let names = shown
        .iter()
        .map(|row| theme::LABEL.width(&label_of(row)) + 14.0)
        .fold(110.0, f64::max)
        .min(310.0);
    let longest = |row: &&RecoveryRow| {
        let p95 = sane(row.time_to_recover_p95_days.unwrap_or(0.0));
        mean(row)
            .max(p95)
            .max(sane(row.deliveries.time_to_survive_days.unwrap_or(0.0)))
    };
    let high = shown.iter().map(longest).fold(1.0, f64::max);
    let high = MARKS.into_iter().find(|&mark| mark >= high).unwrap_or(high);
    let across = Axis::logarithmic((0.1, high), (panel.left + names, panel.right - FIGURES));
    let top = panel.top + 16.0;
    let foot = top + shown.len() as f64 * PITCH;
    let marks: Vec<f64> = MARKS.into_iter().filter(|&mark| mark <= high).collect();
    for &mark in &marks {
        theme::faint_upright(&mut scene, across.at(mark), (top, foot));
    }
    for (head, from_right) in [("days", 58.0), ("longer", 0.0)] {
        let place = (panel.right - from_right, top - 8.0);
        scene.text(head, place, theme::CAPTION.at(Anchor::End));
    }
    for (place, row) in shown.iter().enumerate() {
        let middle = top + (place as f64 + 0.5) * PITCH;
        let base = middle + theme::LABEL.size * 0.36;
        let label = theme::LABEL;
        let shown = text::shortened(&label_of(row), label.size, label.weight, names - 12.0);
        scene.text(&shown, (panel.left, base), label);
        let half = PITCH * 0.27;
        let start = across.at(0.1);
        let end = across.at(mean(row)).max(start + 0.8);
        scene.rectangle(
            (start, middle - half),
            (end, middle + half),
            OUT.tint(0.88),
            1.0,
        );
        if let Some(p95) = row.time_to_recover_p95_days {
            let far = across.at(sane(p95)).max(end);
            scene.rectangle((end, middle - 0.6), (far, middle + 0.6), OUT, 1.0);
        }
        if let Some(days) = row.deliveries.time_to_survive_days {
            let x = across.at(sane(days).max(0.1));
            let d = 5.5;
            let corners = vec![
                (x - d, middle),
                (x, middle - d),
                (x + d, middle),
                (x, middle + d),
            ];
            scene.area(corners, SURVIVED, 1.0);
        }
        if let Some(days) = row.production.time_to_survive_days {
            let x = across.at(sane(days).max(0.1));
            let d = 3.0;
            scene.rectangle(
                (x - d - 1.0, middle - d - 1.0),
                (x + d + 1.0, middle + d + 1.0),
                WHITE,
                1.0,
            );
            scene.rectangle((x - d, middle - d), (x + d, middle + d), theme::INK, 1.0);
        }
        let outlasted = row.deliveries.outlasted.map_or_else(
            || "–".to_owned(),
            |share| format!("{}\u{a0}%", fixed(100.0 * share.mean, 0)),
        );
        let days = significant(mean(row), 2);
        let strong = theme::STRONG_LABEL.at(Anchor::End);
        scene.text(&days, (panel.right - 58.0, base), strong);
        scene.text(&outlasted, (panel.right, base), label.at(Anchor::End));
        let hold = |days: Option<f64>| {
            days.map_or_else(
                || "beyond the horizon".to_owned(),
                |days| theme::days(sane(days)),
            )
        };
        let told = format!(
            "{}: {days} days out on average; deliveries hold {}, production {}; {outlasted} of outages last \
             longer",
            label_of(row),
            hold(row.deliveries.time_to_survive_days),
            hold(row.production.time_to_survive_days),
        );
        tips::row(
            &mut scene,
            (panel.left, panel.right),
            (middle, PITCH),
            &told,
        );
    }
    theme::upright(&mut scene, across.at(0.1), (top - 1.0, foot + 1.0));
    for &mark in &marks {
        // What does not hold at all has no place on a logarithmic scale.
        let less = if mark <= 0.1 { "≤\u{a0}" } else { "" };
        let text = format!("{less}{}", significant(mark, 1));
        let place = (across.at(mark), foot + 17.0);
        scene.text(&text, place, theme::TICK.at(Anchor::Middle));
    }
    let caption = theme::CAPTION.at(Anchor::Middle);
    let centre = f64::midpoint(across.at(0.1), across.at(high));
    scene.text(
        "Days, on a logarithmic scale",
        (centre, foot + 34.0),
        caption,
    );
    Some(scene)
}

/// An element's name; several at once are named by their number.
fn name(row: &RecoveryRow) -> String {
    if row.name.is_empty() || row.left.is_none() {
        row.id.clone()
    } else {
        row.name.clone()
    }
}

fn footer(found: &TimesToRecover) -> String {
    let what = format!(
        "{}, seed {}",
        counted(found.replications, "replication", "replications"),
        found.seed
    );
    theme::course_footer(&found.scenario, &found.version, &found.strategies, &what)
}
