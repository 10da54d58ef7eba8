//! What would be saved if each hazard or element never failed, and lost if it were down.

use crate::results::{Importance, ImportanceMeasures, ImportanceRow, RankEstimate};

use super::axis::{self, Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::colour::Colour;
use super::numbers::{Unit, counted, fixed, percent, sane, significant, with_error};
use super::{text, theme, tips};

/// The most rows.
const MOST: usize = 17;
/// Height of a row with its distance to the next.
const PITCH: f64 = 32.0;
/// Room for figures at the right.
const FIGURES: f64 = 128.0;

const MEAN: Colour = theme::BLUE;
const TAIL: Colour = theme::VERMILION;

pub(super) fn hazards(found: &Importance) -> Option<Scene> {
    scene(found, &found.hazards)
}

pub(super) fn elements(found: &Importance) -> Option<Scene> {
    scene(found, &found.elements)
}

/// What is saved of the mean and of the tail.
fn saved(row: &ImportanceRow) -> [Option<RankEstimate>; 2] {
    let of = |measures: &ImportanceMeasures| measures.saved_bbl;
    [
        Some(of(&row.mean)),
        row.conditional_value_at_risk.as_ref().map(of),
    ]
}

fn scene(found: &Importance, rows: &[ImportanceRow]) -> Option<Scene> {
    let yearly = 365.25 / found.scenario.horizon_days.max(1e-9);
    let weight = |row: &ImportanceRow| {
        let all = saved(row).into_iter().flatten();
        all.map(|saved| sane(saved.mean).abs()).fold(0.0, f64::max)
    };
    let mut shown: Vec<&ImportanceRow> = rows.iter().filter(|row| weight(row) > 0.0).collect();
    shown.truncate(MOST);
    let left_out = rows.len() - shown.len();
    let first = shown.first()?;
    let ends = |row: &&ImportanceRow| {
        let all = saved(row).into_iter().flatten();
        all.fold([0.0_f64; 2], |[low, high], saved| {
            let error = sane(saved.std_error.unwrap_or(0.0));
            [
                low.min(sane(saved.mean) - error),
                high.max(sane(saved.mean) + error),
            ]
        })
    };
    let (low, high) = shown.iter().map(ends).fold((0.0_f64, 0.0_f64), |all, own| {
        (all.0.min(own[0] * yearly), all.1.max(own[1] * yearly))
    });
    // A whisker that reaches a little below nothing takes no room for itself.
    let low = if low > -0.05 * high { 0.0 } else { low };
    let unit = Unit::barrels(high.max(-low));
    let title = format!(
        "{} a year would be saved if {}",
        unit.told(first.mean.saved_bbl.mean * yearly),
        if first.kind == "hazard" {
            format!("it were not for {}", name(first))
        } else {
            format!("{} never failed", name(first))
        }
    );
    let mut subtitle = "Saved a year if it never failed; whiskers: ± one standard error. FV: share of all that \
                        is lost; shares overlap and do not add up. RAW: so many times as much is lost if it \
                        is down all the time"
        .to_owned();
    if left_out > 0 {
        subtitle += &format!("; {} more are in importance.csv", fixed(left_out as f64, 0));
    }
    let needed = theme::head(&title, &subtitle) + shown.len() as f64 * PITCH + 99.0 + theme::FOOT;
    let (mut scene, mut panel) = theme::page(&title, &subtitle, &footer(found), needed);
    let worst = format!(
        "worst {} % of futures",
        fixed(100.0 * (1.0 - found.level), 0)
    );
    panel.top += 14.0;
    let keys = [(MEAN, 0.88, "on average"), (TAIL, 0.88, worst.as_str())];
    let has_tail = shown
        .iter()
        .any(|row| row.conditional_value_at_risk.is_some());
    theme::error_keys(&mut scene, &mut panel, &keys[..=usize::from(has_tail)]);
    let names = shown
        .iter()
        .map(|row| theme::LABEL.width(&name(row)) + 14.0)
        .fold(110.0, f64::max)
        .min(230.0);
    let marks = round_marks(unit.of(low), unit.of(high), 6);
    let reach = (marks[0].min(0.0), marks[marks.len() - 1].max(0.0));
    let across = Axis::linear(reach, (panel.left + names, panel.right - FIGURES));
    let top = panel.top + 14.0;
    let foot = top + shown.len() as f64 * PITCH;
    for &mark in &marks {
        theme::faint_upright(&mut scene, across.at(mark), (top, foot));
    }
    for (head, from_right) in [("FV", 64.0), ("RAW", 0.0)] {
        let place = (panel.right - from_right, top - 6.0);
        scene.text(head, place, theme::CAPTION.at(Anchor::End));
    }
    for (place, row) in shown.iter().enumerate() {
        let middle = top + (place as f64 + 0.5) * PITCH;
        let base = middle + theme::LABEL.size * 0.36;
        let label = theme::LABEL;
        let shown = text::shortened(&name(row), label.size, label.weight, names - 12.0);
        scene.text(&shown, (panel.left, base), label);
        for (at, (estimate, colour)) in saved(row).into_iter().zip([MEAN, TAIL]).enumerate() {
            let Some(estimate) = estimate else { continue };
            let y = middle + (at as f64 - 0.5) * PITCH * 0.36;
            let y = if has_tail { y } else { middle };
            scene.begin(keys[at].2);
            let value = unit.of(estimate.mean * yearly);
            let (zero, end) = (across.at(0.0), across.at(value));
            let half = PITCH * 0.16;
            let (from, to) = (zero.min(end), zero.max(end).max(zero.min(end) + 0.8));
            scene.rectangle((from, y - half), (to, y + half), colour.tint(0.88), 1.0);
            let error = unit.of(sane(estimate.std_error.unwrap_or(0.0)) * yearly);
            theme::whisker(
                &mut scene,
                y,
                (across.at(value - error), across.at(value + error)),
            );
            scene.end();
            let told = format!(
                "{}, {}: {} {} a year saved",
                name(row),
                keys[at].2,
                with_error(value, Some(error).filter(|&error| error > 0.0)),
                unit.words,
            );
            let half = if has_tail { PITCH / 4.0 } else { PITCH / 2.0 };
            let centre = if has_tail {
                middle + (at as f64 - 0.5) * PITCH / 2.0
            } else {
                middle
            };
            tips::row(
                &mut scene,
                (panel.left, panel.right),
                (centre, 2.0 * half),
                &told,
            );
        }
        let figures = [
            (
                row.mean.fussell_vesely.map(|share| percent(share.mean)),
                64.0,
                theme::STRONG_LABEL,
            ),
            (
                row.mean
                    .risk_achievement_worth
                    .map(|raw| significant(raw.mean, 3)),
                0.0,
                label,
            ),
        ];
        for (figure, from_right, style) in figures {
            let figure = figure.unwrap_or_else(|| "–".to_owned());
            scene.text(
                &figure,
                (panel.right - from_right, base),
                style.at(Anchor::End),
            );
        }
    }
    theme::upright(&mut scene, across.at(0.0), (top - 1.0, foot + 1.0));
    let decimals = axis::decimals(&marks);
    for &mark in &marks {
        let place = (across.at(mark), foot + 17.0);
        scene.text(
            &fixed(mark, decimals),
            place,
            theme::TICK.at(Anchor::Middle),
        );
    }
    let caption = theme::CAPTION.at(Anchor::Middle);
    let centre = f64::midpoint(across.at(reach.0), across.at(reach.1));
    let measure = format!("Saved a year, {}", unit.words);
    scene.text(&measure, (centre, foot + 34.0), caption);
    Some(scene)
}

fn name(row: &ImportanceRow) -> String {
    if row.name.is_empty() {
        row.id.clone()
    } else {
        row.name.clone()
    }
}

fn footer(found: &Importance) -> String {
    let what = format!(
        "{}, seed {}",
        counted(found.replications, "replication", "replications"),
        found.seed
    );
    theme::course_footer(&found.scenario, &found.version, &found.strategies, &what)
}
