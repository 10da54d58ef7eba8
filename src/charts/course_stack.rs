//! The areas of a course: deliveries by route upon each other, what goes into tanks and what is
//! shut in above, plan and undisturbed deliveries as lines.

use crate::results::{CourseEpoch, CourseRoute};

use super::axis::Axis;
use super::canvas::{Anchor, Place, Scene, Zone};
use super::colour::{self, Colour};
use super::labels::EndLabel;
use super::numbers::{Unit, name_of_id};
use super::theme::{self, Panel};
use super::tips;

/// The part of a course that is drawn, seconds since the start.
#[derive(Clone, Copy, Debug)]
pub(super) struct Window {
    /// Its start.
    pub(super) from: f64,
    /// Its end.
    pub(super) to: f64,
}

/// What one route, or several, deliver in each epoch, b/d.
pub(super) struct Layer {
    /// What it is called.
    pub(super) name: String,
    colour: Colour,
    flows: Vec<f64>,
}

/// The epoch's part of the window.
fn span(epoch: &CourseEpoch, window: Window) -> (f64, f64) {
    let from = (epoch.start_seconds as f64).max(window.from);
    (from, (epoch.end_seconds as f64).min(window.to))
}

/// Draws the areas of all routes upon each other, and what is stored and shut in above; returns
/// their names.
pub(super) fn stack(
    scene: &mut Scene,
    layers: &[Layer],
    epochs: &[&CourseEpoch],
    unit: Unit,
    (time, rate): (&Axis, &Axis),
    window: Window,
) -> Vec<EndLabel> {
    let mut below = vec![0.0; epochs.len()];
    let mut ends = Vec::new();
    let place = |value: f64| rate.at(unit.of(value));
    for Layer {
        name,
        colour,
        flows,
    } in layers
    {
        let above: Vec<f64> = below
            .iter()
            .zip(flows)
            .map(|(base, flow)| base + flow)
            .collect();
        let upper = steps(epochs, &above, time, &place, window);
        let mut corners = steps(epochs, &below, time, &place, window);
        corners.reverse();
        let edge = upper.clone();
        corners.splice(0..0, upper);
        scene.begin(name);
        scene.area(corners, colour.tint(0.8), 1.0);
        scene.line(edge, colour::GROUND, 0.8);
        scene.end();
        let last = above.len() - 1;
        ends.push(EndLabel {
            text: name.clone(),
            height: place(f64::midpoint(below[last], above[last])),
            colour: theme::readable(*colour),
            strong: false,
        });
        below = above;
    }
    shut_in(scene, epochs, &below, (time, &place), window);
    ends
}

/// Draws what goes into tanks (pale) and what is shut in (hatched) above the deliveries.
fn shut_in(
    scene: &mut Scene,
    epochs: &[&CourseEpoch],
    below: &[f64],
    (time, place): (&Axis, &impl Fn(f64) -> f64),
    window: Window,
) {
    let mut stored: Option<(Place, Place)> = None;
    let mut shut: Option<(Place, Place)> = None;
    // The name goes where the area is largest.
    let size = |(a, b): (Place, Place)| (b.0 - a.0) * (a.1 - b.1).abs();
    let largest = |best: &mut Option<(Place, Place)>, a: Place, b: Place| {
        if best.is_none_or(|best| size((a, b)) > size(best)) {
            *best = Some((a, b));
        }
    };
    for (epoch, &base) in epochs.iter().zip(below) {
        let (from, to) = span(epoch, window);
        let (left, right) = (time.at(from), time.at(to));
        let storing = epoch.storing_bpd.max(0) as f64;
        let closed = epoch.shut_in_bpd.max(0) as f64;
        if storing > 0.0 {
            let (a, b) = ((left, place(base)), (right, place(base + storing)));
            scene.rectangle(a, b, theme::REST, 0.4);
            largest(&mut stored, a, b);
        }
        if closed > 0.0 {
            let low = base + storing;
            let (a, b) = ((left, place(low)), (right, place(low + closed)));
            scene.rectangle(a, b, theme::VERMILION, 0.12);
            hatch(scene, a, b, theme::VERMILION.tint(0.55));
            largest(&mut shut, a, b);
        }
    }
    // Names keep clear of the outlines that are drawn over them, and of each other.
    let outlines: Vec<f64> = (epochs.iter())
        .flat_map(|epoch| [epoch.planned_bpd, epoch.undisturbed_bpd])
        .map(|rate| place(rate as f64))
        .collect();
    let mut named: Option<(f64, f64, f64)> = None;
    for (name, colour, best) in [
        ("Shut in", theme::VERMILION.shade(0.25), shut),
        ("Into tanks", theme::GREY, stored),
    ] {
        let Some((a, b)) = best else { continue };
        let style = theme::STRONG_LABEL.in_colour(colour).at(Anchor::Middle);
        let half = style.width(name) / 2.0 + 5.0;
        if size((a, b)) > half * 30.0 && (a.1 - b.1).abs() > 22.0 {
            // What is narrower than its name is named from its left edge on.
            let x = f64::midpoint(a.0, b.0).max(a.0 + 4.0 + half);
            let is_free = |y: &f64| {
                let clear = outlines.iter().all(|outline| (outline - y).abs() > 12.0);
                let apart = |(left, right, other): (f64, f64, f64)| {
                    x + half < left || x - half > right || (y - other).abs() > 20.0
                };
                clear && named.is_none_or(apart)
            };
            let places = [0.5, 0.3, 0.7, 0.15, 0.85].map(|share| a.1 + share * (b.1 - a.1));
            let Some(y) = places.into_iter().find(is_free) else {
                continue;
            };
            named = Some((x - half, x + half, y));
            let white = colour::GROUND;
            scene.rectangle((x - half, y - 9.0), (x + half, y + 9.0), white, 0.85);
            scene.text(name, (x, y + style.size * 0.36), style);
        }
    }
}

/// Slanting lines that fill a rectangle; those of neighbours meet.
fn hatch(scene: &mut Scene, a: Place, b: Place, colour: Colour) {
    const APART: f64 = 6.0;
    let (left, right) = (a.0.min(b.0), a.0.max(b.0));
    let (top, bottom) = (a.1.min(b.1), a.1.max(b.1));
    let mut offset = ((left + top) / APART).ceil() * APART;
    while offset < right + bottom {
        let from = (offset - bottom).max(left);
        let to = (offset - top).min(right);
        if to > from {
            scene.line(vec![(from, offset - from), (to, offset - to)], colour, 0.7);
        }
        offset += APART;
    }
}

/// The routes as layers: the largest first, the least put together, and what no route carries.
pub(super) fn layers(routes: &[CourseRoute], epochs: &[&CourseEpoch]) -> Vec<Layer> {
    let flow = |epoch: &CourseEpoch, route: usize| {
        epoch
            .routes_bpd
            .get(route)
            .map_or(0.0, |&flow| flow.max(0) as f64)
    };
    let volume = |route: usize| {
        let each = epochs
            .iter()
            .map(|epoch| flow(epoch, route) * (epoch.end_seconds - epoch.start_seconds) as f64);
        each.sum::<f64>()
    };
    let mut order: Vec<(usize, f64)> = (0..routes.len())
        .map(|route| (route, volume(route)))
        .collect();
    order.retain(|&(_, volume)| volume > 0.0);
    order.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));

    let apart = if order.len() > theme::series_count() {
        theme::series_count() - 1
    } else {
        order.len()
    };
    let mut layers = Vec::new();
    for (place, &(route, _)) in order[..apart].iter().enumerate() {
        let info = &routes[route];
        let name = if info.name.is_empty() {
            name_of_id(&info.id)
        } else {
            info.name.clone()
        };
        let flows = epochs.iter().map(|epoch| flow(epoch, route)).collect();
        layers.push(Layer {
            name,
            colour: theme::series(place),
            flows,
        });
    }
    let rest = &order[apart..];
    if !rest.is_empty() {
        let flows = epochs
            .iter()
            .map(|epoch| rest.iter().map(|&(route, _)| flow(epoch, route)).sum())
            .collect();
        layers.push(Layer {
            name: format!("{} other routes", rest.len()),
            colour: theme::PALE,
            flows,
        });
    }
    let unrouted: Vec<f64> = epochs
        .iter()
        .map(|epoch| {
            let routed: f64 = (0..routes.len()).map(|route| flow(epoch, route)).sum();
            (epoch.delivered_bpd as f64 - routed).max(0.0)
        })
        .collect();
    if unrouted.iter().any(|&flow| flow > 0.0) {
        let name = "Not by a route".to_owned();
        layers.push(Layer {
            name,
            colour: theme::REST,
            flows: unrouted,
        });
    }
    layers
}

/// What is said of each epoch that is wide enough to be pointed at: `when` names an instant, seconds since the
/// start.
pub(super) fn tell(
    scene: &mut Scene,
    layers: &[Layer],
    epochs: &[&CourseEpoch],
    unit: Unit,
    (time, panel): (&Axis, &Panel),
    (window, when): (Window, &dyn Fn(f64) -> String),
) {
    let mut reached = panel.left;
    for (index, epoch) in epochs.iter().enumerate() {
        let (from, to) = span(epoch, window);
        let right = time.at(to).min(panel.right);
        if right - reached < 1.5 {
            continue;
        }
        let mut told = format!("{} – {}", when(from), when(to));
        let mut line = |name: &str, rate: f64| {
            if rate > 0.0 {
                told += &format!("\n{name}: {}", tips::value(unit, rate, None));
            }
        };
        for layer in layers {
            line(&layer.name, layer.flows[index]);
        }
        line("Into tanks", epoch.storing_bpd as f64);
        line("Shut in", epoch.shut_in_bpd as f64);
        line("Plan", epoch.planned_bpd as f64);
        let zone = Zone::Between((reached, panel.top), (right, panel.bottom));
        scene.tip(zone, &told);
        reached = right;
    }
}

/// The steps of a value that is constant within each epoch.
fn steps(
    epochs: &[&CourseEpoch],
    values: &[f64],
    time: &Axis,
    place: &impl Fn(f64) -> f64,
    window: Window,
) -> Vec<Place> {
    epochs
        .iter()
        .zip(values)
        .flat_map(|(epoch, &value)| {
            let (from, to) = span(epoch, window);
            [(time.at(from), place(value)), (time.at(to), place(value))]
        })
        .collect()
}

/// Draws plan and undisturbed deliveries as lines; returns their names.
pub(super) fn outlines(
    scene: &mut Scene,
    epochs: &[&CourseEpoch],
    unit: Unit,
    (time, rate): (&Axis, &Axis),
    window: Window,
) -> Vec<EndLabel> {
    let place = |value: f64| rate.at(unit.of(value));
    let planned: Vec<f64> = epochs
        .iter()
        .map(|epoch| epoch.planned_bpd as f64)
        .collect();
    let undisturbed: Vec<f64> = epochs
        .iter()
        .map(|epoch| epoch.undisturbed_bpd as f64)
        .collect();
    let most = planned.iter().fold(1.0_f64, |most, &value| most.max(value));
    let same = planned
        .iter()
        .zip(&undisturbed)
        .all(|(a, b)| (a - b).abs() < 0.004 * most);
    let lines = if same {
        vec![("Plan, undisturbed", undisturbed, true)]
    } else {
        vec![("Plan", planned, false), ("Undisturbed", undisturbed, true)]
    };
    let mut ends = Vec::new();
    for (name, values, whole) in lines {
        let places = steps(epochs, &values, time, &place, window);
        let Some(&(_, height)) = places.last() else {
            continue;
        };
        scene.begin(name);
        if whole {
            scene.line(places, theme::INK, 1.3);
        } else {
            scene.dashed(&places, theme::INK, 1.1, 4.0);
        }
        scene.end();
        ends.push(EndLabel {
            text: name.to_owned(),
            height,
            colour: theme::INK,
            strong: true,
        });
    }
    ends
}
