//! The network as a map: where oil flows, and where it is lost.
//!
//! Real geography if most nodes have coordinates, in a projection that suits their region, else layers from
//! fields to markets. Nothing is placed by hand.

mod clip;
mod frame;
mod ground;
mod land;
mod layers;
mod layout;
mod legend;
mod look;
mod losers;
mod names;
mod network;
mod paths;
mod projection;
mod signs;
mod tips;

use crate::results::Summary;

use super::canvas::{Place, Scene};
use super::numbers::{Unit, percent, with_error};
use super::theme;
use clip::Frame;
use ground::Coast;
use layout::Layout;
use names::Name;
use network::{Network, Sign};

/// Room between the map and what is written below it, points.
const BELOW: f64 = 26.0;

pub(super) fn scene(summary: &Summary) -> Option<Scene> {
    let network = Network::of(summary)?;
    let found = losers::losers(&network);
    let title = title(&network, &found);
    let subtitle = subtitle(summary, &network);
    let top = theme::head(&title, &subtitle) - 6.0;
    let layout = Layout::of(&network, top);
    let bottom = layout.frame.to.1;
    let height = bottom + BELOW + legend::HEIGHT + theme::FOOT - 8.0;
    let footer = theme::run_footer(summary);
    let (mut scene, _) = theme::page(&title, &subtitle, &footer, height);

    let coasts = layout
        .ground
        .as_ref()
        .map(|ground| ground.coasts(layout.frame));
    let coasts = coasts.unwrap_or_default();
    draw_ground(&mut scene, &layout, &coasts);
    let paths = paths::paths(&network, &layout, &coasts);
    paths::draw(&mut scene, &network, &paths);
    for (node, spot) in network.nodes.iter().zip(&layout.spots) {
        signs::beyond(&mut scene, spot);
        signs::draw(&mut scene, spot.place, node.sign, node.has_tank);
    }
    let signs: Vec<Place> = layout.spots.iter().map(|spot| spot.place).collect();
    let mut taken: Vec<Frame> = signs
        .iter()
        .map(|&sign| around(sign, signs::RADIUS))
        .collect();
    for spot in &layout.spots {
        if let Some((dx, dy)) = spot.outside {
            taken.push(around(
                (spot.place.0 + dx * 10.0, spot.place.1 + dy * 10.0),
                4.0,
            ));
        }
    }
    taken.extend(losers::badges(&mut scene, &found, &paths, &signs));
    if let Some(ground) = &layout.ground {
        taken.push(legend::scale_bar(&mut scene, ground, layout.frame));
    }
    names::set(
        &mut scene,
        &named(&network, &layout),
        layout.frame,
        (taken, signs.len()),
        &paths,
    );

    tips::links(&mut scene, &network, &paths);
    tips::nodes(&mut scene, &network, &layout);

    let (left, right) = (theme::MARGIN, theme::WIDTH - theme::MARGIN);
    let y = bottom + BELOW;
    let split = if found.is_empty() { left } else { left + 434.0 };
    if !found.is_empty() {
        losers::table(&mut scene, &network, &found, (left, split - 38.0, y));
    }
    legend::draw(&mut scene, &network, (split, right.min(split + 320.0), y));
    Some(scene)
}

fn around((x, y): Place, radius: f64) -> Frame {
    Frame {
        from: (x - radius, y - radius),
        to: (x + radius, y + radius),
    }
}

fn draw_ground(scene: &mut Scene, layout: &Layout, coasts: &[Coast]) {
    let Some(ground) = &layout.ground else { return };
    let frame = layout.frame;
    scene.rectangle(frame.from, frame.to, look::WATER, 1.0);
    for coast in coasts {
        let colour = if coast.is_water {
            look::WATER
        } else {
            look::LAND
        };
        scene.area(coast.area.clone(), colour, 1.0);
    }
    for coast in coasts {
        for seam in &coast.seams {
            scene.line(seam.clone(), look::LAND, 0.8);
        }
    }
    for line in ground.graticule(frame) {
        scene.line(line, look::GRATICULE, 0.5);
    }
    for coast in coasts {
        for line in &coast.lines {
            scene.line(line.clone(), look::COAST, 0.7);
        }
    }
    let (from, to) = (frame.from, frame.to);
    let around = vec![from, (to.0, from.1), to, (from.0, to.1), from];
    scene.line(around, look::COAST, 0.8);
}

/// Names in the order in which they are set: what lies outside first, as only its name says what it is, then
/// ends of the network by what they deliver or take, then what is between.
fn named(network: &Network, layout: &Layout) -> Vec<Name> {
    let mut order: Vec<usize> = (0..network.nodes.len()).collect();
    let class = |node: usize| {
        let spec = &network.nodes[node];
        match (layout.spots[node].outside, spec.sign) {
            (Some(_), _) => 0,
            (None, Sign::Field | Sign::Market) if spec.flow >= 1.0 => 1,
            (None, Sign::Port | Sign::Hub) if spec.flow >= 1.0 && spec.has_tank => 1,
            (None, _) if spec.flow >= 1.0 => 2,
            _ => 3,
        }
    };
    order.sort_by(|&a, &b| {
        let flow = |node: usize| network.nodes[node].flow;
        (class(a).cmp(&class(b)))
            .then(flow(b).total_cmp(&flow(a)))
            .then(a.cmp(&b))
    });
    order
        .into_iter()
        .map(|node| Name {
            text: network.nodes[node].name.clone(),
            at: layout.spots[node].place,
            is_strong: matches!(network.nodes[node].sign, Sign::Field | Sign::Market),
            outside: layout.spots[node].outside,
        })
        .collect()
}

fn title(network: &Network, found: &[usize]) -> String {
    if let Some(&link) = found.first() {
        let link = &network.links[link];
        let unit = Unit::rate(link.lost());
        let lost = with_error(unit.of(link.lost()), link.error.map(|error| unit.of(error)));
        let words = unit.words.replace(' ', "\u{a0}");
        let share = if link.undisturbed >= 1.0 {
            format!(", {} of its undisturbed flow", percent(link.lost_share()))
        } else {
            String::new()
        };
        return format!(
            "No link loses more than {}: {}\u{a0}{words}{share}",
            link.name,
            lost.replace(' ', "\u{a0}")
        );
    }
    // Of equal ones the first.
    let largest = network
        .links
        .iter()
        .rev()
        .max_by(|a, b| a.flow().total_cmp(&b.flow()));
    match largest.filter(|link| link.flow() >= 1.0) {
        Some(link) if network.has_means => {
            let flow = Unit::rate(link.flow()).told(link.flow());
            format!(
                "No link surely loses anything; {} carries most: {flow}",
                link.name
            )
        }
        Some(link) => {
            let flow = Unit::rate(link.flow()).told(link.flow());
            format!("With nothing wrong, {} carries most: {flow}", link.name)
        }
        None => "Nothing flows".to_owned(),
    }
}

fn subtitle(summary: &Summary, network: &Network) -> String {
    let period = theme::period(&summary.scenario);
    let flows = if network.has_means {
        format!(
            "Width: mean flow of a {period}; colour: share of the undisturbed flow lost; ± one standard error"
        )
    } else {
        "Width: flow with nothing wrong; means by link were not gathered".to_owned()
    };
    match summary.strategies.as_slice() {
        [first, _, ..] => format!("{flows}; strategy: {}", first.name),
        _ => flows,
    }
}
