//! Colours of a map.

use super::super::canvas::Colour;

/// Water.
pub(super) const WATER: Colour = Colour(0xe4, 0xee, 0xf5);
/// Land.
pub(super) const LAND: Colour = Colour(0xf7, 0xf5, 0xf0);
/// The line between both.
pub(super) const COAST: Colour = Colour(0xb9, 0xc8, 0xd4);
/// Meridians and parallels.
pub(super) const GRATICULE: Colour = Colour(0xd6, 0xe0, 0xe8);
/// What keeps lines, signs and names apart from what is below them.
pub(super) const RIM: Colour = Colour(0xff, 0xff, 0xff);
/// A link that carries nothing.
const IDLE: Colour = Colour(0xb4, 0xba, 0xc2);
/// A link that carries more than with nothing wrong.
pub(super) const MORE: Colour = Colour(0x00, 0x8f, 0x6b);

/// Shares of the undisturbed flow that are lost, from which on each colour holds.
pub(super) const LOSSES: [(f64, Colour); 6] = [
    (f64::NEG_INFINITY, Colour(0x74, 0x8a, 0xa1)),
    (0.01, Colour(0xf0, 0xb4, 0x2e)),
    (0.03, Colour(0xe8, 0x84, 0x1a)),
    (0.06, Colour(0xd0, 0x52, 0x1c)),
    (0.12, Colour(0xa0, 0x24, 0x2f)),
    (0.25, Colour(0x5e, 0x0f, 0x3a)),
];

/// The colour of a link that loses `share` of what it carries with nothing wrong, and carries `flow`, b/d.
pub(super) fn loss(share: f64, flow: f64) -> Colour {
    if share < -LOSSES[1].0 {
        return MORE;
    }
    if flow < 1.0 && share <= 0.0 {
        return IDLE;
    }
    let step = LOSSES.iter().rfind(|step| share >= step.0);
    step.map_or(LOSSES[0].1, |step| step.1)
}
