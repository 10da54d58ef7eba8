//! To whom the loss is laid: shares that add up, beside what each costs alone and left out.

use crate::results::{RankEstimate, Shapley, ShapleyPlayer};

use super::axis::{self, Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::colour::Colour;
use super::numbers::{Unit, capitalised, counted, fixed, percent, sane, with_error};
use super::{text, theme, tips};

/// The most rows.
const MOST: usize = 20;
/// Height of a row with its distance to the next.
const PITCH: f64 = 27.0;
/// Room for figures at the right.
const FIGURES: f64 = 164.0;

const SHARE: Colour = theme::BLUE;
const LEFT_OUT: Colour = theme::VERMILION;

pub(super) fn scene(found: &Shapley) -> Option<Scene> {
    let yearly = 365.25 / found.scenario.horizon_days.max(1e-9);
    let weight = |player: &ShapleyPlayer| {
        let saved = sane(player.mean.leave_one_out_bbl.mean).abs();
        sane(player.mean.bbl.mean).abs().max(saved)
    };
    let heaviest = found.players.iter().map(weight).fold(0.0, f64::max);
    // Less than a pixel is no bar.
    let is_there = |player: &&ShapleyPlayer| weight(player) > heaviest * 2e-3;
    let mut shown: Vec<&ShapleyPlayer> = found.players.iter().filter(is_there).collect();
    shown.truncate(MOST);
    let left_out = found.players.len() - shown.len();
    let first = shown.first()?;
    let reach = |estimate: RankEstimate| {
        let error = sane(estimate.std_error.unwrap_or(0.0));
        [sane(estimate.mean) - error, sane(estimate.mean) + error]
    };
    let mut ends = [0.0_f64; 2];
    for player in &shown {
        for [low, high] in [reach(player.mean.bbl), reach(player.mean.leave_one_out_bbl)] {
            ends = [ends[0].min(low * yearly), ends[1].max(high * yearly)];
        }
    }
    let unit = Unit::barrels(ends[1].max(-ends[0]));
    let share = first.mean.share.map_or(0.0, |share| share.mean);
    let title = format!(
        "{} bears {} of the loss: {} a year",
        capitalised(&name(first)),
        percent(share),
        unit.told(first.mean.bbl.mean * yearly)
    );
    let mut subtitle = format!(
        "Bars: shares of what is undelivered, by Shapley's rule; they add up to all that {} cost. Marks: \
         what would be saved without it and with all others, which does not add up. Whiskers: ± one \
         standard error",
        found.among
    );
    if left_out > 0 {
        subtitle += &format!("; {} more are in shapley.csv", fixed(left_out as f64, 0));
    }
    let needed = theme::head(&title, &subtitle) + shown.len() as f64 * PITCH + 60.0 + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, &subtitle, &footer(found), needed);
    let names = shown
        .iter()
        .map(|player| theme::LABEL.width(&name(player)) + 14.0)
        .fold(110.0, f64::max)
        .min(230.0);
    let marks = round_marks(unit.of(ends[0]), unit.of(ends[1]), 6);
    let span = (marks[0].min(0.0), marks[marks.len() - 1].max(0.0));
    let across = Axis::linear(span, (panel.left + names, panel.right - FIGURES));
    let top = panel.top + 16.0;
    let foot = top + shown.len() as f64 * PITCH;
    for &mark in &marks {
        theme::faint_upright(&mut scene, across.at(mark), (top, foot));
    }
    for (head, from_right) in [(unit.words, 58.0), ("share", 0.0)] {
        let place = (panel.right - from_right, top - 8.0);
        scene.text(head, place, theme::CAPTION.at(Anchor::End));
    }
    for (place, player) in shown.iter().enumerate() {
        let middle = top + (place as f64 + 0.5) * PITCH;
        let base = middle + theme::LABEL.size * 0.36;
        let label = theme::LABEL;
        let shown = text::shortened(&name(player), label.size, label.weight, names - 12.0);
        scene.text(&shown, (panel.left, base), label);
        let own = player.mean.bbl;
        let value = unit.of(own.mean * yearly);
        let (zero, end) = (across.at(0.0), across.at(value));
        let half = PITCH * 0.3;
        let (from, to) = (zero.min(end), zero.max(end).max(zero.min(end) + 0.8));
        scene.begin("share");
        scene.rectangle(
            (from, middle - half),
            (to, middle + half),
            SHARE.tint(0.88),
            1.0,
        );
        scene.begin("left out");
        let out = across.at(unit.of(player.mean.leave_one_out_bbl.mean * yearly));
        scene.rectangle(
            (out - 1.5, middle - half - 2.0),
            (out + 1.5, middle + half + 2.0),
            LEFT_OUT,
            1.0,
        );
        scene.end();
        let [low, high] = reach(own).map(|end| across.at(unit.of(end * yearly)));
        theme::whisker(&mut scene, middle, (low, high));
        let error = own.std_error.filter(|&error| error > 0.0);
        let figure = with_error(value, error.map(|error| unit.of(error * yearly)));
        let strong = theme::STRONG_LABEL.at(Anchor::End);
        scene.text(&figure, (panel.right - 58.0, base), strong);
        let share = player
            .mean
            .share
            .map_or_else(|| "–".to_owned(), |share| percent(share.mean));
        scene.text(&share, (panel.right, base), label.at(Anchor::End));
        let saved = unit.short(player.mean.leave_one_out_bbl.mean * yearly);
        let told = format!(
            "{}: {figure} {} a year, {share}; without it {saved} would be saved",
            name(player),
            unit.words,
        );
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
        let place = (across.at(mark), foot + 17.0);
        scene.text(
            &fixed(mark, decimals),
            place,
            theme::TICK.at(Anchor::Middle),
        );
    }
    let caption = theme::CAPTION.at(Anchor::Middle);
    let centre = f64::midpoint(across.at(span.0), across.at(span.1));
    let measure = format!("Undelivered a year, {}", unit.words);
    scene.text(&measure, (centre, foot + 34.0), caption);
    Some(scene)
}

fn name(player: &ShapleyPlayer) -> String {
    if player.name.is_empty() {
        player.id.clone()
    } else {
        player.name.clone()
    }
}

fn footer(found: &Shapley) -> String {
    let what = format!(
        "{} of {}, seed {}",
        counted(found.replications, "replication", "replications"),
        counted(found.coalitions, "coalition", "coalitions"),
        found.seed
    );
    theme::course_footer(&found.scenario, &found.version, &found.strategies, &what)
}
