//! What colours, widths, lines and signs mean; the scale bar.

use super::super::axis::round_step;
use super::super::canvas::{Anchor, Scene};
use super::super::numbers::{Unit, fixed, significant};
use super::super::theme::{self, TICK};
use super::clip::Frame;
use super::ground::Ground;
use super::look;
use super::network::{Mode, Network, Node, Sign};
use super::{paths, signs};

/// Height of what is written below the map, points.
pub(super) const HEIGHT: f64 = 116.0;

/// Draws the legend from `top` on between two edges.
pub(super) fn draw(scene: &mut Scene, network: &Network, (left, right, top): (f64, f64, f64)) {
    let mut y = top;
    if network.has_means {
        scene.text(
            "Share of the undisturbed flow lost",
            (left, y),
            theme::STRONG_LABEL,
        );
        y += 9.0;
        let gains = network
            .links
            .iter()
            .any(|link| link.lost_share() < -look::LOSSES[1].0);
        let boxes = look::LOSSES.len() + usize::from(gains);
        let gap = if gains { 12.0 } else { 0.0 };
        let wide = (right - left - gap) / boxes as f64;
        let mut x = left;
        for (step, (from, colour)) in look::LOSSES.iter().enumerate() {
            scene.rectangle((x, y), (x + wide - 1.0, y + 9.0), *colour, 1.0);
            if step > 0 {
                let mark = format!("{}\u{a0}%", fixed(from * 100.0, 0));
                scene.text(&mark, (x - 0.5, y + 20.5), TICK.at(Anchor::Middle));
            }
            x += wide;
        }
        if gains {
            x += gap;
            scene.rectangle((x, y), (x + wide - 1.0, y + 9.0), look::MORE, 1.0);
            scene.text("gains", (x + wide / 2.0, y + 20.5), TICK.at(Anchor::Middle));
        }
        y += 39.0;
    } else {
        y += 4.0;
    }
    widths(scene, network, (left, right, y));
    y += 24.0;
    modes(scene, network, (left, y));
    y += 22.0;
    nodes(scene, network, (left, right, y));
}

/// Three lines as wide as round flows.
fn widths(scene: &mut Scene, network: &Network, (left, right, y): (f64, f64, f64)) {
    let greatest = network.greatest();
    if greatest < 1.0 {
        return;
    }
    let unit = Unit::rate(greatest);
    let heading = format!("{}:", unit.heading());
    scene.text(&heading, (left, y), theme::LABEL);
    let mut x = left + theme::LABEL.width(&heading) + 10.0;
    let large = round_step(greatest / 2.5);
    for flow in [large / 20.0, large / 4.0, large].map(|flow| round_step(flow * 0.999)) {
        let text = significant(unit.of(flow), 1);
        let text = super::super::numbers::trimmed(&text).to_owned();
        let end = x + 26.0 + 5.0 + theme::LABEL.width(&text);
        if end > right {
            break;
        }
        let line = vec![(x, y - 4.0), (x + 26.0, y - 4.0)];
        scene.line(line, look::LOSSES[0].1, paths::width(flow, greatest));
        scene.text(&text, (x + 31.0, y), theme::LABEL);
        x = end + 12.0;
    }
}

/// The kinds of line there are.
fn modes(scene: &mut Scene, network: &Network, (left, y): (f64, f64)) {
    let mut x = left;
    for (mode, name) in [
        (Mode::Pipeline, "pipeline"),
        (Mode::Rail, "rail"),
        (Mode::Water, "ship or mooring"),
    ] {
        if network.links.iter().any(|link| link.mode == mode) {
            let line = [(x, y - 4.0), (x + 30.0, y - 4.0)];
            paths::line(scene, &line, look::LOSSES[0].1, 2.6, mode);
            scene.text(name, (x + 35.0, y), theme::LABEL);
            x += 35.0 + theme::LABEL.width(name) + 14.0;
        }
    }
}

/// The signs there are.
fn nodes(scene: &mut Scene, network: &Network, (left, right, y): (f64, f64, f64)) {
    let mut x = left;
    let all: [(&[(Sign, bool)], &str); 5] = [
        (&[(Sign::Field, false)], "field"),
        (&[(Sign::Hub, false)], "hub"),
        (&[(Sign::Port, false)], "port"),
        (&[(Sign::Hub, true), (Sign::Port, true)], "with tanks"),
        (&[(Sign::Market, false)], "market"),
    ];
    for (signs, name) in all {
        let is_there = |&&(sign, has_tank): &&(Sign, bool)| {
            let same = |node: &Node| node.sign == sign && node.has_tank == has_tank;
            network.nodes.iter().any(same)
        };
        let there: Vec<_> = signs.iter().filter(is_there).collect();
        let wide = 14.0 * there.len() as f64 + theme::LABEL.width(name);
        if there.is_empty() || x + wide > right {
            continue;
        }
        for &&(sign, has_tank) in &there {
            signs::draw(scene, (x + signs::RADIUS, y - 4.0), sign, has_tank);
            x += 14.0;
        }
        scene.text(name, (x, y), theme::LABEL);
        x += theme::LABEL.width(name) + 11.0;
    }
}

/// Draws a scale bar into the lower left corner of the map; what it covers.
pub(super) fn scale_bar(scene: &mut Scene, ground: &Ground, frame: Frame) -> Frame {
    let to_the_point = ground.kilometres_to_the_point();
    // As long as a round number of kilometres below an eighth of the map.
    let most = (frame.to.0 - frame.from.0) / 6.0 * to_the_point;
    let length = round_step(most / 2.5);
    let points = length / to_the_point;
    let text = format!(
        "{}\u{a0}km",
        super::super::numbers::trimmed(&significant(length, 1))
    );
    let (x, y) = (frame.from.0 + 12.0, frame.to.1 - 11.0);
    let to = x + points;
    let wide = points + 8.0 + TICK.width(&text);
    let cover = Frame {
        from: (x - 5.0, y - 12.0),
        to: (x + wide + 5.0, y + 6.0),
    };
    scene.rectangle(cover.from, cover.to, look::RIM, 0.7);
    scene.rectangle((x, y - 1.0), (to, y), theme::GREY, 1.0);
    for end in [x, to] {
        scene.rectangle((end - 0.5, y - 4.0), (end + 0.5, y), theme::GREY, 1.0);
    }
    scene.text(&text, (to + 6.0, y + 1.0), TICK);
    cover
}
