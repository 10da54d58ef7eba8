//! How much of the loss goes if a process never fails.

use crate::results::{Exact, ExactComponent};

use super::axis::{self, Axis, round_marks};
use super::canvas::{Anchor, Scene};
use super::exact_law::footer;
use super::numbers::{fixed, percent, sane, significant};
use super::{text, theme, tips};

/// The most bars.
const MOST: usize = 20;
/// Height of a bar with its distance to the next.
const PITCH: f64 = 23.0;
/// Room for figures at the right.
const FIGURES: f64 = 190.0;

pub(super) fn scene(exact: &Exact) -> Option<Scene> {
    let share = |one: &ExactComponent| sane(one.importance.fussell_vesely.unwrap_or(0.0));
    let mut bars: Vec<&ExactComponent> = exact
        .components
        .iter()
        .filter(|component| component.importance.fussell_vesely.is_some())
        .collect();
    bars.sort_by(|one, other| share(other).total_cmp(&share(one)));
    bars.truncate(MOST);
    let first = bars.first()?;
    let title = format!(
        "{} of what is lost would be saved if {} never failed",
        percent(share(first)),
        first.importance.id
    );
    let subtitle = "Fussell–Vesely importance: share of the loss that goes if the process never \
                    fails. RAW: so many times the loss if it is down for good. Shares overlap and \
                    do not add up";
    let needed = theme::head(&title, subtitle) + bars.len() as f64 * PITCH + 60.0 + theme::FOOT;
    let (mut scene, panel) = theme::page(&title, subtitle, &footer(exact), needed);
    let names = bars
        .iter()
        .map(|bar| theme::LABEL.width(&bar.importance.id) + 14.0)
        .fold(110.0, f64::max)
        .min(300.0);
    let marks = round_marks(0.0, share(first), 5);
    let ends = (0.0, marks[marks.len() - 1]);
    let across = Axis::linear(ends, (panel.left + names, panel.right - FIGURES));
    let top = panel.top + 16.0;
    let foot = top + bars.len() as f64 * PITCH;
    for &mark in &marks {
        theme::faint_upright(&mut scene, across.at(mark), (top, foot));
    }
    let heads = [("saved", 130.0), ("RAW", 70.0), ("down", 0.0)];
    for (name, from_right) in heads {
        let place = (panel.right - from_right, top - 8.0);
        scene.text(name, place, theme::CAPTION.at(Anchor::End));
    }
    for (place, bar) in bars.iter().enumerate() {
        let middle = top + (place as f64 + 0.5) * PITCH;
        let half = PITCH * 0.34;
        let end = across.at(share(bar)).max(across.at(0.0) + 0.8);
        scene.rectangle(
            (across.at(0.0), middle - half),
            (end, middle + half),
            theme::BLUE.tint(0.88),
            1.0,
        );
        let base = middle + theme::LABEL.size * 0.36;
        let label = theme::LABEL;
        let name = text::shortened(&bar.importance.id, label.size, label.weight, names - 12.0);
        scene.text(&name, (panel.left, base), label);
        let raw = bar.importance.risk_achievement_worth;
        let figures = [
            (percent(share(bar)), 130.0, theme::STRONG_LABEL),
            (
                raw.map_or_else(|| "–".to_owned(), |raw| significant(raw, 3)),
                70.0,
                label,
            ),
            (percent(bar.unavailability), 0.0, label),
        ];
        for (figure, from_right, style) in figures {
            scene.text(
                &figure,
                (panel.right - from_right, base),
                style.at(Anchor::End),
            );
        }
        let told = format!(
            "{}: {} of the loss saved, down {} of the time",
            bar.importance.id,
            percent(share(bar)),
            percent(bar.unavailability),
        );
        tips::row(
            &mut scene,
            (panel.left, panel.right),
            (middle, PITCH),
            &told,
        );
    }
    theme::upright(&mut scene, across.at(0.0), (top - 1.0, foot + 1.0));
    let decimals = axis::decimals(&marks.iter().map(|mark| mark * 100.0).collect::<Vec<_>>());
    for &mark in &marks {
        let label = format!("{}\u{a0}%", fixed(mark * 100.0, decimals));
        scene.text(
            &label,
            (across.at(mark), foot + 17.0),
            theme::TICK.at(Anchor::Middle),
        );
    }
    let centre = f64::midpoint(across.at(0.0), across.at(ends.1));
    let caption = theme::CAPTION.at(Anchor::Middle);
    scene.text("Share of the loss saved", (centre, foot + 34.0), caption);
    Some(scene)
}
