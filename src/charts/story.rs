//! What happened in one replication: what went wrong, what was delivered by route meanwhile, what
//! was shut in, and the tanks.

use crate::results::{CourseEpoch, Story};

use super::axis::{Axis, round_marks};
use super::canvas::Scene;
use super::course_stack::{self, Window};
use super::labels;
use super::numbers::{Unit, capitalised};
use super::story_title::story_title;
use super::theme::{self, Panel};
use super::{calendar, course_tanks, story_lanes};

/// Distance from one panel to the next, with a caption between.
const APART: f64 = 36.0;
const DAY: f64 = 86_400.0;

pub(super) fn scene(story: &Story) -> Option<Scene> {
    let window = Window {
        from: story.epochs.first()?.start_seconds as f64,
        to: story.epochs.last()?.end_seconds as f64,
    };
    let epochs: Vec<&CourseEpoch> = story
        .epochs
        .iter()
        .filter(|epoch| epoch.end_seconds > epoch.start_seconds)
        .collect();
    let most = epochs.iter().map(|epoch| epoch.most_bpd()).max()? as f64;
    let unit = Unit::rate(most);
    let lanes = story_lanes::lanes(story);
    let tanks = course_tanks::moving(&story.tanks, &story.epochs, window);
    let above = lanes.len() as f64 * story_lanes::PITCH;
    let below = tanks.len() as f64 * course_tanks::PITCH;
    let apart = |height: f64| if height > 0.0 { APART } else { 0.0 };

    let mut parts = Vec::new();
    if !lanes.is_empty() {
        parts.push(format!(
            "What went wrong, with {} laid to it",
            laid_in(story)
        ));
    }
    parts.push("deliveries by route with what is shut in".to_owned());
    if !tanks.is_empty() {
        parts.push("tanks".to_owned());
    }
    let subtitle = capitalised(&parts.join("; "));
    let footer = theme::story_footer(story);
    let height = theme::HEIGHT - 60.0 + above + apart(above) + below + apart(below);
    let (mut scene, page) = theme::page(&story_title(story), &subtitle, &footer, height);
    let mut panel = Panel {
        top: page.top + 14.0 + above + apart(above),
        bottom: page.bottom + 4.0 - below - apart(below),
        ..page
    };

    let layers = course_stack::layers(&story.routes, &epochs);
    let named: Vec<String> = tanks
        .iter()
        .map(|&tank| &story.tanks[tank])
        .flat_map(|tank| {
            let name = course_tanks::short_name(tank, labels::MOST);
            [name, course_tanks::size(tank)]
        })
        .collect();
    let beside = layers.iter().map(|layer| layer.name.as_str());
    let beside = beside.chain(named.iter().map(String::as_str));
    let beside = beside.chain(lanes.iter().map(|lane| lane.name.as_str()));
    let names = labels::room(beside.chain(["Plan, undisturbed"]));
    panel.right -= names;
    theme::upright_caption(&mut scene, &unit.heading(), &panel);
    let marks = round_marks(0.0, unit.of(most), 5);
    let rate = theme::upright_scale(&mut scene, &mut panel, &marks);
    let time = Axis::linear((window.from, window.to), (panel.left, panel.right));

    if !lanes.is_empty() {
        let top = page.top + 14.0;
        let upper = Panel {
            top,
            bottom: top + above,
            ..panel
        };
        story_lanes::draw(&mut scene, story, &lanes, (&upper, names), &time);
    }
    let axes = (&time, &rate);
    let mut ends = course_stack::stack(&mut scene, &layers, &epochs, unit, axes, window);
    ends.extend(course_stack::outlines(
        &mut scene, &epochs, unit, axes, window,
    ));
    theme::base_line(&mut scene, &panel, panel.bottom);
    let start = &story.scenario.start;
    let when = |seconds: f64| calendar::day_of(start, seconds / DAY);
    let axes = (&time, &panel);
    course_stack::tell(&mut scene, &layers, &epochs, unit, axes, (window, &when));
    labels::beside(&mut scene, &ends, &panel, names);

    let mut last = panel;
    if !tanks.is_empty() {
        last.top = panel.bottom + APART;
        last.bottom = last.top + below;
        let course = (story.tanks.as_slice(), story.epochs.as_slice());
        let place = (last, names);
        course_tanks::draw(&mut scene, course, &tanks, place, &time, window);
    }
    let days = |day: f64| time.at(window.from + day * DAY);
    let span = (window.to - window.from) / DAY;
    calendar::draw(&mut scene, &last, &days, &story.scenario.start, span);
    Some(scene)
}

/// The unit in which the lanes say what is laid to them.
fn laid_in(story: &Story) -> &'static str {
    let laid = story.causes.iter().map(|cause| cause.attributed_bbl);
    match Unit::barrels(laid.max().unwrap_or(0) as f64).words {
        "billion barrels" => "the billions of barrels",
        "million barrels" => "the millions of barrels",
        "thousand barrels" => "the thousands of barrels",
        _ => "the barrels",
    }
}
