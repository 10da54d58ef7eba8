//! Recorded disruptions: what the model says against what was observed.

use crate::results::{Backtest, BacktestEpisode, BacktestRow};

use super::axis::Axis;
use super::canvas::{Anchor, Scene};
use super::numbers::{counted, fixed, in_words, percent, sane};
use super::{text, theme, tips};

/// Height of a row.
const PITCH: f64 = 40.0;
/// Room for names at the left.
const NAMES: f64 = 272.0;
/// Room for figures at the right.
const FIGURES: f64 = 148.0;
/// Errors beyond this are drawn at the edge.
const MOST: f64 = 1.0;

pub(super) fn scene(backtest: &Backtest) -> Option<Scene> {
    let rows: Vec<(&BacktestEpisode, &BacktestRow)> = backtest
        .episodes
        .iter()
        .filter_map(|episode| Some((episode, episode.rows.first()?)))
        .collect();
    if rows.is_empty() {
        return None;
    }
    let within = sane(backtest.within).clamp(0.01, 0.9);
    let title = title(backtest, rows.len());
    let subtitle = format!(
        "Error of the model as a share of what was observed; shaded: ± {}. Where no loss was seen, \
         the shading is what the back-test allows. Lines: nine tenths of replays over what is in \
         doubt",
        percent(within)
    );
    let needed = theme::head(&title, &subtitle) + rows.len() as f64 * PITCH + 40.0 + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, &subtitle, &footer(backtest), needed);
    let (left, right) = (panel.left + NAMES, panel.right - FIGURES);
    let scale = Axis::linear((-MOST, MOST), (left, right));
    let top = panel.top + 16.0;
    let foot = top + rows.len() as f64 * PITCH;
    let corridor = (scale.at(-within), scale.at(within));
    scene.rectangle((corridor.0, top), (corridor.1, foot), theme::BLUE, 0.09);
    for mark in [-1.0, -0.5, 0.5, 1.0] {
        theme::faint_upright(&mut scene, scale.at(mark), (top, foot));
    }
    theme::upright(&mut scene, scale.at(0.0), (top, foot));
    let caption = theme::CAPTION;
    scene.text(
        "observed",
        (panel.right - 76.0, top - 8.0),
        caption.at(Anchor::End),
    );
    scene.text(
        "modelled",
        (panel.right, top - 8.0),
        caption.at(Anchor::End),
    );
    for (place, (episode, row)) in rows.iter().enumerate() {
        let middle = top + (place as f64 + 0.5) * PITCH;
        names(&mut scene, episode, row, (panel.left, middle));
        marks(&mut scene, row, within, &scale, middle);
        figures(&mut scene, row, (panel.right, middle));
        let (observed, modelled, unit) = written(row);
        let told = format!(
            "{}: {} observed, {modelled} modelled, {unit}",
            episode.name, observed
        );
        tips::row(
            &mut scene,
            (panel.left, panel.right),
            (middle, PITCH),
            &told,
        );
    }
    for mark in [-1.0, -0.5, 0.0, 0.5, 1.0] {
        let sign = if mark > 0.0 { "+" } else { "" };
        let label = match mark {
            0.0 => "as observed".to_owned(),
            mark => format!("{sign}{}\u{a0}%", fixed(mark * 100.0, 0)),
        };
        let style = theme::TICK.at(Anchor::Middle);
        scene.text(&label, (scale.at(mark), foot + 17.0), style);
    }
    let caption = theme::CAPTION.at(Anchor::Middle);
    scene.text(
        "Modelled against observed",
        (scale.at(0.0), foot + 34.0),
        caption,
    );
    Some(scene)
}

fn title(backtest: &Backtest, count: usize) -> String {
    let within = backtest.episodes.iter().filter(|episode| episode.is_within);
    let within = within.count() as u64;
    let number = if within == 0 {
        "none".to_owned()
    } else {
        in_words(within)
    };
    format!(
        "The model comes within {} of what was observed in {number} of {}",
        percent(backtest.within),
        counted(count as u64, "episode", "episodes"),
    )
}

pub(super) fn footer(backtest: &Backtest) -> String {
    let hash: String = backtest.sha256.chars().take(8).collect();
    let base = text::shortened(&backtest.base, 9.5, text::Weight::Regular, 300.0);
    format!(
        "{base} · back-test {hash} · seed {} · Keruen {}",
        backtest.seed, backtest.version
    )
}

/// The error in shares of what was observed; if that is nothing, so that what is allowed is at the
/// edge of the corridor.
fn error(row: &BacktestRow, value: f64, within: f64) -> f64 {
    let size = if row.observed == 0.0 {
        row.allowed / within
    } else {
        row.observed.abs()
    };
    sane((value - row.observed) / size.max(1e-12))
}

fn names(
    scene: &mut Scene,
    episode: &BacktestEpisode,
    row: &BacktestRow,
    (left, middle): (f64, f64),
) {
    let label = theme::STRONG_LABEL;
    let name = format!("{}  {}", episode.id, episode.name);
    let name = text::shortened(&name, label.size, label.weight, NAMES - 14.0);
    scene.text(&name, (left, middle - 3.0), label);
    let caption = theme::TICK;
    let what = text::shortened(&row.name, caption.size, caption.weight, NAMES - 14.0);
    scene.text(&what, (left, middle + 12.0), caption);
}

fn marks(scene: &mut Scene, row: &BacktestRow, within: f64, scale: &Axis, middle: f64) {
    let colour = if row.is_within {
        theme::BLUE
    } else {
        theme::VERMILION
    };
    let at = |value: f64| scale.at(error(row, value, within).clamp(-MOST, MOST));
    if let (Some(low), Some(high)) = (row.band_low, row.band_high) {
        let (low, high) = (at(low), at(high));
        scene.rectangle(
            (low, middle - 1.5),
            (high.max(low + 1.0), middle + 1.5),
            colour,
            0.55,
        );
        for x in [low, high] {
            scene.rectangle(
                (x - 0.6, middle - 5.0),
                (x + 0.6, middle + 5.0),
                colour,
                0.8,
            );
        }
    }
    scene.marker((at(row.modelled), middle), 5.0, colour);
}

fn figures(scene: &mut Scene, row: &BacktestRow, (right, middle): (f64, f64)) {
    let (observed, modelled, unit) = written(row);
    let base = middle + theme::LABEL.size * 0.36 - 7.0;
    scene.text(
        &observed,
        (right - 76.0, base),
        theme::LABEL.at(Anchor::End),
    );
    scene.text(
        &modelled,
        (right, base),
        theme::STRONG_LABEL.at(Anchor::End),
    );
    scene.text(&unit, (right, base + 14.0), theme::CAPTION.at(Anchor::End));
}

/// Both figures in the unit of the row, and the unit.
fn written(row: &BacktestRow) -> (String, String, String) {
    if row.unit.is_empty() {
        let show = |share: f64| fixed(share * 100.0, 0);
        return (show(row.observed), show(row.modelled), "% lost".to_owned());
    }
    let size = row.observed.abs().max(row.modelled.abs());
    let decimals = match size {
        size if size >= 100.0 => 0,
        size if size >= 10.0 => 1,
        _ => 2,
    };
    let unit = if row.metric == "level" {
        row.unit.clone()
    } else {
        format!(
            "{} {}",
            row.unit,
            if row.metric == "gain" {
                "gained"
            } else {
                "lost"
            }
        )
    };
    (
        fixed(row.observed, decimals),
        fixed(row.modelled, decimals),
        unit,
    )
}
