//! Names of nodes, set where they cover neither each other nor signs.

use super::super::canvas::{Anchor, Place, Scene, Style};
use super::super::text::{self, Weight};
use super::super::theme;
use super::clip::{self, Frame};
use super::look;
use super::paths::{Path, apart};
use super::signs::RADIUS;

/// The widest that a name may be in one line, and in two, points.
const WIDEST: (f64, f64) = (128.0, 110.0);
/// Distances of names from signs; what is farther is led to its sign.
const DISTANCES: [f64; 5] = [2.0, 9.0, 20.0, 34.0, 50.0];
/// The em of names, points.
const SIZE: f64 = 9.8;
/// Height of a line.
const LEADING: f64 = 11.5;
/// What a name may cost and still be set.
const DEAREST: f64 = 7.0;

/// A name that is to be set.
#[derive(Clone, Debug)]
pub(super) struct Name {
    pub(super) text: String,
    pub(super) at: Place,
    pub(super) is_strong: bool,
    /// The direction in which the node lies, if it is shown at the edge.
    pub(super) outside: Option<Place>,
}

/// A name that was set.
#[derive(Clone, Debug)]
struct Set {
    lines: Vec<String>,
    style: Style,
    frame: Frame,
    leader: Option<(Place, Place)>,
    /// Whether lines of links run below it.
    is_crossed: bool,
}

/// Sets as many of `names` as there is room for, the first first. `taken` is covered already, the first
/// `signs` of it by signs of nodes.
pub(super) fn set(
    scene: &mut Scene,
    names: &[Name],
    within: Frame,
    (mut taken, signs): (Vec<Frame>, usize),
    paths: &[Path],
) {
    let walked: Vec<(Place, f64)> = paths.iter().flat_map(walked).collect();
    let mut sets: Vec<Set> = Vec::new();
    for name in names {
        let Some(found) = best(name, within.inset(3.0), (&taken, signs), &sets, &walked) else {
            continue;
        };
        taken.push(found.frame);
        sets.push(found);
    }
    for set in &sets {
        if let Some((from, to)) = set.leader {
            scene.line(vec![from, to], look::RIM, 2.0);
            scene.line(vec![from, to], theme::PALE, 0.6);
        }
    }
    for set in &sets {
        if set.is_crossed {
            let behind = set.frame.inset(0.5);
            scene.rectangle(behind.from, behind.to, look::RIM, 0.72);
        }
        for (line, text) in set.lines.iter().enumerate() {
            let x = match set.style.anchor {
                Anchor::Start => set.frame.from.0 + 1.5,
                Anchor::Middle => set.frame.centre().0,
                Anchor::End => set.frame.to.0 - 1.5,
            };
            let y = set.frame.from.1 + 9.6 + line as f64 * LEADING;
            scene.text(text, (x, y), set.style);
        }
    }
}

/// Places along a line, close to each other, with half its width.
fn walked(path: &Path) -> Vec<(Place, f64)> {
    let mut places = Vec::new();
    for pair in path.places.windows(2) {
        let steps = (apart(pair[0], pair[1]) / 3.0).ceil().max(1.0);
        for step in 0..steps as usize {
            places.push((
                clip::between(pair[0], pair[1], step as f64 / steps),
                path.width / 2.0,
            ));
        }
    }
    places
}

/// The way to set a name that costs least, if any is good enough. The first `signs` of what is taken are
/// signs of nodes.
fn best(
    name: &Name,
    within: Frame,
    (taken, signs): (&[Frame], usize),
    sets: &[Set],
    walked: &[(Place, f64)],
) -> Option<Set> {
    let weight = if name.is_strong {
        Weight::Strong
    } else {
        Weight::Regular
    };
    let style = Style {
        size: SIZE,
        weight,
        colour: if name.is_strong {
            theme::INK
        } else {
            theme::GREY
        },
        anchor: Anchor::Start,
    };
    let text = short(&name.text);
    let one = text::shortened(&text, style.size, weight, WIDEST.0);
    let two = text::balanced(&text, style.size, weight, WIDEST.1);
    let mut found: Option<(f64, Set)> = None;
    for (lines, extra) in [(vec![one], 0.0), (two, 0.15)] {
        if extra > 0.0 && lines.len() < 2 {
            continue;
        }
        let cut = if lines.iter().any(|line| line.ends_with('…')) {
            0.8
        } else {
            0.0
        };
        let wide = lines
            .iter()
            .map(|line| style.width(line))
            .fold(0.0, f64::max)
            + 3.0;
        let high = lines.len() as f64 * LEADING + 1.0;
        for (far, &distance) in DISTANCES.iter().enumerate() {
            for (turn, &(dx, dy)) in DIRECTIONS.iter().enumerate() {
                let frame = beside(name.at, (dx, dy), distance, (wide, high));
                let corner_out = !(within.holds(frame.from) && within.holds(frame.to));
                if corner_out || taken.iter().any(|other| other.meets(frame)) {
                    continue;
                }
                let leader = (far > 0).then(|| leader(name.at, frame));
                let crosses = |other: &Frame| {
                    leader.is_some_and(|leader| clip::stretch(leader, other.inset(1.0)).is_some())
                };
                if taken.iter().any(crosses) {
                    continue;
                }
                // A new name must not lie on a leader that is there.
                let on_leader = |set: &Set| {
                    set.leader
                        .is_some_and(|leader| clip::stretch(leader, frame).is_some())
                };
                if sets.iter().any(on_leader) {
                    continue;
                }
                let covered: f64 = walked
                    .iter()
                    .filter(|(place, half)| frame.inset(-half - 0.8).holds(*place))
                    .map(|(_, half)| 0.16 + 0.1 * half)
                    .sum();
                // Nor should it seem to belong to another sign.
                let strange = taken[..signs]
                    .iter()
                    .filter(|other| apart(other.centre(), name.at) > 1.0)
                    .filter(|other| {
                        let near = if far > 0 { 17.0 } else { 10.0 };
                        apart(frame.nearest(other.centre()), other.centre()) < near
                    })
                    .count();
                let faces = name
                    .outside
                    .map_or(0.0, |(ox, oy)| (ox * dx + oy * dy).max(0.0));
                let cost = extra
                    + cut
                    + 1.1 * far as f64
                    + 0.09 * turn as f64
                    + covered
                    + 3.0 * strange as f64
                    + 1.5 * faces;
                if cost < DEAREST && found.as_ref().is_none_or(|best| cost < best.0) {
                    let anchor = match dx {
                        right if right > 0.3 => Anchor::Start,
                        left if left < -0.3 => Anchor::End,
                        _ => Anchor::Middle,
                    };
                    let set = Set {
                        lines: lines.clone(),
                        style: style.at(anchor),
                        frame,
                        leader,
                        is_crossed: covered > 0.0,
                    };
                    found = Some((cost, set));
                }
            }
        }
    }
    found.map(|found| found.1)
}

/// Where a name may be, from its sign; the best first.
const DIRECTIONS: [Place; 8] = [
    (1.0, 0.0),
    (-1.0, 0.0),
    (0.75, -0.75),
    (0.75, 0.75),
    (-0.75, -0.75),
    (-0.75, 0.75),
    (0.0, -1.0),
    (0.0, 1.0),
];

/// The frame of a text beside a sign.
fn beside(at: Place, (dx, dy): Place, distance: f64, (wide, high): (f64, f64)) -> Frame {
    let reach = RADIUS + distance;
    let x = match dx {
        right if right > 0.3 => at.0 + dx * reach,
        left if left < -0.3 => at.0 + dx * reach - wide,
        _ => at.0 - wide / 2.0,
    };
    let y = match dy {
        below if below > 0.3 => at.1 + dy * reach,
        above if above < -0.3 => at.1 + dy * reach - high,
        _ => at.1 - high / 2.0,
    };
    Frame {
        from: (x, y),
        to: (x + wide, y + high),
    }
}

/// The line from a sign to its name.
fn leader(at: Place, frame: Frame) -> (Place, Place) {
    let end = frame.nearest(at);
    let length = apart(at, end).max(1e-9);
    let start = clip::between(at, end, (RADIUS + 1.5) / length);
    (start, end)
}

/// How wide a name is as it is set in one or two lines, points.
pub(super) fn width(name: &str) -> f64 {
    let lines = text::balanced(&short(name), SIZE, Weight::Strong, WIDEST.1);
    let widths = lines
        .iter()
        .map(|line| text::width(line, SIZE, Weight::Strong));
    widths.fold(0.0, f64::max)
}

/// A name without what stands in brackets at its end.
fn short(name: &str) -> String {
    match name.split_once(" (") {
        Some((short, rest)) if !short.trim().is_empty() && rest.contains(')') => {
            short.trim().to_owned()
        }
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRAME: Frame = Frame {
        from: (0.0, 0.0),
        to: (300.0, 200.0),
    };

    #[test]
    fn names_neither_meet_nor_leave_the_frame() {
        let mut taken = Vec::new();
        let mut sets: Vec<Set> = Vec::new();
        for index in 0..30 {
            let at = (
                20.0 + f64::from(index % 6) * 50.0,
                20.0 + f64::from(index / 6) * 40.0,
            );
            let name = Name {
                text: format!("Name number {index} (what it is)"),
                at,
                is_strong: index % 2 == 0,
                outside: None,
            };
            if let Some(found) = best(&name, FRAME, (&taken, 0), &sets, &[]) {
                assert!(FRAME.holds(found.frame.from) && FRAME.holds(found.frame.to));
                assert!(!taken.iter().any(|other: &Frame| other.meets(found.frame)));
                assert!(!found.lines.concat().contains('('));
                taken.push(found.frame);
                sets.push(found);
            }
        }
        assert!((8..30).contains(&sets.len()), "{}", sets.len());
    }

    #[test]
    fn a_name_that_does_not_fit_is_left_out() {
        let name = Name {
            text: "Somewhere".to_owned(),
            at: (150.0, 100.0),
            is_strong: true,
            outside: None,
        };
        assert!(best(&name, FRAME, (&[FRAME], 0), &[], &[]).is_none());
        assert!(best(&name, FRAME, (&[], 0), &[], &[]).is_some());
    }
}
