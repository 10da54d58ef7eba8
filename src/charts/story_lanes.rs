//! What went wrong in a story: a lane for each hazard, a bar for each disruption.

use crate::results::Story;

use super::axis::Axis;
use super::calendar;
use super::canvas::{Scene, Zone};
use super::colour::Colour;
use super::labels;
use super::numbers::{Unit, counted, fixed, percent, sane};
use super::text;
use super::theme::{self, Panel};
use super::tips;

/// The most lanes.
const MOST: usize = 9;
/// Height of a lane with its distance to the next.
pub(super) const PITCH: f64 = 17.0;
/// Height of a bar.
const BAR: f64 = 9.0;
/// The narrowest that a bar is drawn.
const LEAST: f64 = 1.4;

/// One lane.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Lane {
    /// What is written beside it.
    pub(super) name: String,
    /// What is laid to it, bbl.
    laid_bbl: i64,
    /// Disruptions, by place in the story.
    disruptions: Vec<usize>,
}

/// A lane for each hazard that costs most, and one for all others together.
pub(super) fn lanes(story: &Story) -> Vec<Lane> {
    let hit = |hazard: &str| -> Vec<usize> {
        (0..story.disruptions.len())
            .filter(|&at| story.disruptions[at].hazard == hazard)
            .collect()
    };
    let mut lanes: Vec<Lane> = story
        .causes
        .iter()
        .map(|cause| Lane {
            name: cause.name.clone(),
            laid_bbl: cause.attributed_bbl,
            disruptions: hit(&cause.hazard),
        })
        .filter(|lane| !lane.disruptions.is_empty())
        .collect();
    if lanes.len() > MOST {
        let rest = lanes.split_off(MOST - 1);
        lanes.push(Lane {
            name: format!("{} other hazards", rest.len()),
            laid_bbl: rest
                .iter()
                .map(|lane| lane.laid_bbl)
                .fold(0, i64::saturating_add),
            disruptions: rest.into_iter().flat_map(|lane| lane.disruptions).collect(),
        });
    }
    lanes
}

/// Draws the lanes from the top of `panel` on, and names them at its right.
pub(super) fn draw(
    scene: &mut Scene,
    story: &Story,
    lanes: &[Lane],
    (panel, names): (&Panel, f64),
    time: &Axis,
) {
    theme::upright_caption(scene, "Disruptions, stronger where less is left", panel);
    let most = lanes.iter().map(|lane| lane.laid_bbl).max().unwrap_or(0);
    let unit = Unit::barrels(most as f64);
    for (place, lane) in lanes.iter().enumerate() {
        let middle = panel.top + (place as f64 + 0.5) * PITCH;
        theme::hairline(scene, panel, middle);
        let colour = if lane.laid_bbl > 0 {
            theme::VERMILION
        } else {
            theme::GREY
        };
        bars(scene, story, lane, colour, (panel, middle), time);
        let whole = format!(
            "{}: {}, {} laid to it",
            lane.name,
            counted(lane.disruptions.len() as u64, "disruption", "disruptions"),
            unit.told(lane.laid_bbl as f64),
        );
        tips::row(
            scene,
            (panel.right, theme::WIDTH - theme::MARGIN),
            (middle, PITCH),
            &whole,
        );
        let style = theme::LABEL;
        let laid = told(unit, lane.laid_bbl).map_or_else(String::new, |laid| format!(" {laid}"));
        let base = middle + style.size * 0.36;
        let room = names - labels::BESIDE - theme::STRONG_LABEL.width(&laid);
        let name = text::shortened(&lane.name, style.size, style.weight, room);
        let x = panel.right + labels::BESIDE;
        scene.text(&name, (x, base), style);
        scene.text(
            &laid,
            (x + style.width(&name), base),
            theme::STRONG_LABEL.in_colour(theme::VERMILION.shade(0.25)),
        );
    }
    theme::base_line(scene, panel, panel.bottom);
}

/// What is laid to a lane, if there is anything to tell.
fn told(unit: Unit, laid_bbl: i64) -> Option<String> {
    let decimals = usize::from(unit.divisor > 1.0);
    let laid = fixed(unit.of(laid_bbl as f64), decimals);
    (laid_bbl > 0 && laid != fixed(0.0, decimals)).then_some(laid)
}

/// The bars of a lane. Disruptions that hit several elements at once are drawn once, as the one
/// that leaves least.
fn bars(
    scene: &mut Scene,
    story: &Story,
    lane: &Lane,
    colour: Colour,
    (panel, middle): (&Panel, f64),
    time: &Axis,
) {
    let mut drawn: Vec<(i64, i64, f64)> = Vec::new();
    for &at in &lane.disruptions {
        let disruption = &story.disruptions[at];
        let taken = 1.0 - sane(disruption.left).clamp(0.0, 1.0);
        let (start, end) = (disruption.start_seconds, disruption.end_seconds);
        match drawn.last_mut() {
            Some((from, to, most)) if (*from, *to) == (start, end) => *most = most.max(taken),
            _ => drawn.push((start, end, taken)),
        }
    }
    for (start, end, taken) in drawn {
        let left = time.at(start as f64);
        let right = time.at(end as f64).max(left + LEAST).min(panel.right);
        let left = left.min(right - LEAST);
        let colour = colour.tint(0.3 + 0.7 * taken);
        let (top, bottom) = (middle - BAR / 2.0, middle + BAR / 2.0);
        scene.rectangle((left, top), (right, bottom), colour, 0.9);
        let lasts = theme::days((end - start) as f64 / 86_400.0);
        let told = format!(
            "{}: {} for {lasts}, {} left",
            lane.name,
            calendar::day_of(&story.scenario.start, start as f64 / 86_400.0),
            percent(1.0 - taken),
        );
        // What is narrow is easier to hit if its zone is not.
        let zone = Zone::Between((left - 1.5, top - 3.0), (right + 1.5, bottom + 3.0));
        scene.tip(zone, &told);
    }
}
