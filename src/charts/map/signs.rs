//! Signs of nodes.

use super::super::canvas::{Place, Scene};
use super::super::theme;
use super::layout::Spot;
use super::look;
use super::network::Sign;

/// Distance of a sign's rim from its middle, points.
pub(super) const RADIUS: f64 = 5.0;

/// Draws a sign.
pub(super) fn draw(scene: &mut Scene, place: Place, sign: Sign, has_tank: bool) {
    let (x, y) = place;
    let ink = theme::INK;
    match sign {
        Sign::Field => {
            let triangle = |r: f64| {
                vec![
                    (x, y - r),
                    (x + 0.9 * r, y + 0.66 * r),
                    (x - 0.9 * r, y + 0.66 * r),
                ]
            };
            scene.area(triangle(RADIUS + 2.2), look::RIM, 1.0);
            scene.area(triangle(RADIUS + 0.4), ink, 1.0);
        }
        Sign::Market => {
            scene.dot(place, RADIUS + 1.2, look::RIM);
            scene.dot(place, RADIUS, ink);
            scene.dot(place, RADIUS - 1.5, look::RIM);
            scene.dot(place, RADIUS - 3.0, ink);
        }
        Sign::Port => {
            let diamond = |r: f64| vec![(x, y - r), (x + r, y), (x, y + r), (x - r, y)];
            scene.area(diamond(RADIUS + 2.4), look::RIM, 1.0);
            scene.area(diamond(RADIUS + 1.0), ink, 1.0);
            scene.area(diamond(RADIUS - 1.0), look::RIM, 1.0);
            if has_tank {
                let r = RADIUS - 1.0;
                scene.area(vec![(x + r, y), (x, y + r), (x - r, y)], ink, 1.0);
            }
        }
        Sign::Hub if has_tank => {
            let square = |r: f64| ((x - r, y - r), (x + r, y + r));
            for (radius, colour) in [
                (RADIUS, look::RIM),
                (RADIUS - 0.9, ink),
                (RADIUS - 2.2, look::RIM),
            ] {
                let (from, to) = square(radius);
                scene.rectangle(from, to, colour, 1.0);
            }
            let (from, to) = square(RADIUS - 2.2);
            scene.rectangle((from.0, y), to, ink, 1.0);
        }
        Sign::Hub => {
            scene.dot(place, 4.2, look::RIM);
            scene.dot(place, 3.2, ink);
            scene.dot(place, 1.8, look::RIM);
        }
    }
}

/// The head of an arrow at the edge, beyond the sign of what lies outside.
pub(super) fn beyond(scene: &mut Scene, spot: &Spot) {
    let Some((dx, dy)) = spot.outside else { return };
    let at = |along: f64, across: f64| {
        (
            spot.place.0 + dx * along - dy * across,
            spot.place.1 + dy * along + dx * across,
        )
    };
    scene.area(
        vec![at(14.0, 0.0), at(7.6, 4.6), at(7.6, -4.6)],
        theme::INK,
        1.0,
    );
}
