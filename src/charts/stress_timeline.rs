//! What a closure does, day by day: deliveries by route, what is shut in, and the tanks.

use crate::results::{CourseEpoch, Stress};

use super::axis::{Axis, round_marks, round_step};
use super::canvas::{Anchor, Scene};
use super::course_stack::Window;
use super::labels;
use super::numbers::{Unit, capitalised, fixed, sane};
use super::stress_title::{self, stress_title};
use super::theme::{self, Panel};
use super::{course_stack, course_tanks, text};

/// Distance from the panel of the flows to that of the tanks.
const APART: f64 = 34.0;
const DAY: f64 = 86_400.0;

pub(super) fn scene(stress: &Stress) -> Option<Scene> {
    let (window, zero) = window(stress)?;
    let epochs: Vec<&CourseEpoch> = stress
        .epochs
        .iter()
        .filter(|epoch| epoch.end_seconds > epoch.start_seconds)
        .filter(|e| (e.end_seconds as f64) > window.from && (e.start_seconds as f64) < window.to)
        .collect();
    if epochs.is_empty() {
        return None;
    }
    let most = epochs.iter().map(|epoch| epoch.most_bpd());
    let most = most.max().unwrap_or(0) as f64;
    let unit = Unit::rate(most);
    let tanks = course_tanks::moving(&stress.tanks, &stress.epochs, window);
    let below = tanks.len() as f64 * course_tanks::PITCH;

    let subtitle = format!(
        "Deliveries by route, and above them what is shut in, {}{}",
        unit.words,
        if tanks.is_empty() {
            ""
        } else {
            "; below, how full the tanks are"
        }
    );
    let footer = theme::stress_footer(&stress.scenario, &stress.version, &stress.strategies);
    let height = if tanks.is_empty() {
        theme::HEIGHT
    } else {
        theme::HEIGHT + below + APART - 24.0
    };
    let (mut scene, mut panel) = theme::page(&stress_title(stress), &subtitle, &footer, height);
    panel.bottom -= 16.0;
    let whole = panel;
    let named = named_closures(stress);
    panel.top += 16.0 * named.len() as f64 + 16.0;
    if !tanks.is_empty() {
        panel.bottom -= below + APART;
    }
    theme::upright_caption(&mut scene, &unit.heading(), &panel);
    let layers = course_stack::layers(&stress.routes, &epochs);
    let sizes: Vec<String> = tanks
        .iter()
        .map(|&tank| &stress.tanks[tank])
        .flat_map(|tank| {
            let name = course_tanks::short_name(tank, labels::MOST);
            [name, course_tanks::size(tank)]
        })
        .collect();
    let beside = layers.iter().map(|layer| layer.name.as_str());
    let beside = beside
        .chain(sizes.iter().map(String::as_str))
        .chain(["Plan, undisturbed"]);
    let names = labels::room(beside);
    panel.right -= names;
    let marks = round_marks(0.0, unit.of(most), 5);
    let rate = theme::upright_scale(&mut scene, &mut panel, &marks);
    let time = Axis::linear((window.from, window.to), (panel.left, panel.right));

    let foot = if tanks.is_empty() {
        panel.bottom
    } else {
        whole.bottom
    };
    closures(
        &mut scene,
        stress,
        &named,
        &time,
        window,
        (whole.top, &panel, foot),
    );
    let mut ends = course_stack::stack(&mut scene, &layers, &epochs, unit, (&time, &rate), window);
    ends.extend(course_stack::outlines(
        &mut scene,
        &epochs,
        unit,
        (&time, &rate),
        window,
    ));
    theme::base_line(&mut scene, &panel, panel.bottom);
    let when = |seconds: f64| format!("day {}", fixed((seconds - zero) / DAY, 1));
    let axes = (&time, &panel);
    course_stack::tell(&mut scene, &layers, &epochs, unit, axes, (window, &when));
    labels::beside(&mut scene, &ends, &panel, names);

    if tanks.is_empty() {
        days(&mut scene, &panel, &time, window, zero);
    } else {
        let below = Panel {
            top: whole.bottom - below,
            bottom: whole.bottom,
            ..panel
        };
        course_tanks::draw(
            &mut scene,
            (&stress.tanks, &stress.epochs),
            &tanks,
            (below, names),
            &time,
            window,
        );
        days(&mut scene, &below, &time, window, zero);
    }
    Some(scene)
}

/// From a little before the first closure until a while after all is as if nothing had happened;
/// and when the first closure begins: day 0.
fn window(stress: &Stress) -> Option<(Window, f64)> {
    let first = stress.epochs.first()?.start_seconds as f64;
    let last = stress.epochs.last()?.end_seconds as f64;
    let zero = stress
        .closures
        .iter()
        .map(|closure| closure.start_seconds)
        .min();
    let zero = zero
        .map_or(first, |zero| zero as f64)
        .clamp(first, last.max(first));
    let closed = stress
        .closures
        .iter()
        .map(|closure| closure.end_seconds)
        .max()
        .unwrap_or(0);
    let unsettled = stress
        .epochs
        .iter()
        .filter(|epoch| {
            let apart = (epoch.delivered_bpd - epoch.undisturbed_bpd).abs() as f64;
            apart > 0.005 * epoch.undisturbed_bpd.abs() as f64
        })
        .map(|epoch| epoch.end_seconds)
        .max()
        .unwrap_or(0);
    let settled = closed.max(unsettled) as f64;
    let span = (settled - zero).max(4.0 * DAY);
    let from = (zero - (0.08 * span).max(2.0 * DAY)).max(first);
    let to = (zero + span + (0.12 * span).max(2.0 * DAY)).min(last);
    (to > from).then_some((Window { from, to }, zero))
}

/// The closures that are named, by place in the list: the first ones.
fn named_closures(stress: &Stress) -> Vec<usize> {
    const MOST: usize = 5;
    let mut order: Vec<usize> = (0..stress.closures.len()).collect();
    order.sort_by_key(|&place| (stress.closures[place].start_seconds, place));
    order.truncate(MOST);
    order
}

/// Shades the closures through the panels and names them in lanes above.
fn closures(
    scene: &mut Scene,
    stress: &Stress,
    named: &[usize],
    time: &Axis,
    window: Window,
    (top, panel, foot): (f64, &Panel, f64),
) {
    let inside = |seconds: i64| time.at((seconds as f64).clamp(window.from, window.to));
    for closure in &stress.closures {
        let (left, right) = (inside(closure.start_seconds), inside(closure.end_seconds));
        if right > left {
            scene.rectangle((left, panel.top - 4.0), (right, foot), theme::INK, 0.055);
        }
    }
    for (lane, &place) in named.iter().enumerate() {
        let y = top - 4.0 + 16.0 * lane as f64;
        let closure = &stress.closures[place];
        let (left, right) = (inside(closure.start_seconds), inside(closure.end_seconds));
        let colour = theme::INK;
        scene.rectangle((left, y), (right.max(left + 2.0), y + 4.0), colour, 0.75);
        let left_share = sane(closure.left).clamp(0.0, 1.0);
        let length = (closure.end_seconds - closure.start_seconds) as f64 / DAY;
        let what = if left_share > 0.0 {
            format!("at {}", super::numbers::percent(left_share))
        } else {
            "closed".to_owned()
        };
        let name = stress_title::name(closure);
        let what = format!(" {what}, {}", theme::days(length));
        let style = theme::LABEL;
        let base = y + 2.0 + style.size * 0.36;
        let after = right.max(left + 2.0) + 7.0;
        let rooms = (
            theme::WIDTH - theme::MARGIN - after,
            left - 7.0 - theme::MARGIN,
        );
        let whole = style.width(name) + style.width(&what);
        let to_the_right = whole <= rooms.0 || rooms.0 >= rooms.1;
        let room = if to_the_right { rooms.0 } else { rooms.1 } - style.width(&what);
        // The name gives way, what happens to it does not.
        let name = text::shortened(&capitalised(name), style.size, style.weight, room);
        let text = format!("{name}{what}");
        if to_the_right {
            scene.text(&text, (after, base), style);
        } else {
            scene.text(&text, (left - 7.0, base), style.at(Anchor::End));
        }
    }
}

/// Days below a panel.
fn days(scene: &mut Scene, panel: &Panel, time: &Axis, window: Window, zero: f64) {
    let step = round_step((window.to - window.from) / DAY / 9.0).max(1.0);
    let first = ((window.from - zero) / DAY / step).ceil() as i64;
    let last = ((window.to - zero) / DAY / step).floor() as i64;
    for mark in first..=last.min(first + 50) {
        let day = mark as f64 * step;
        let x = time.at(zero + day * DAY);
        theme::notch(scene, x, panel.bottom);
        let decimals = usize::from((step - step.round()).abs() > 1e-9);
        let text = fixed(day, decimals);
        scene.text(
            &text,
            (x, panel.bottom + 17.0),
            theme::TICK.at(Anchor::Middle),
        );
    }
    theme::level_caption(scene, "Days since the first closure", panel);
}
