//! Colours of a map.

use super::super::colour::Colour;

/// Water.
pub(super) const WATER: Colour = Colour::new(0xe4_ee_f5, 0x16_22_2e);
/// Land.
pub(super) const LAND: Colour = Colour::new(0xf7_f5_f0, 0x26_2a_30);
/// The line between both.
pub(super) const COAST: Colour = Colour::new(0xb9_c8_d4, 0x45_58_6a);
/// Meridians and parallels.
pub(super) const GRATICULE: Colour = Colour::new(0xd6_e0_e8, 0x2c_38_44);
/// What keeps lines, signs and names apart from what is below them.
pub(super) const RIM: Colour = Colour::new(0xff_ff_ff, 0x14_17_1c);
/// A link that carries nothing.
const IDLE: Colour = Colour::new(0xb4_ba_c2, 0x6a_71_7b);
/// A link that carries more than with nothing wrong.
pub(super) const MORE: Colour = Colour::new(0x00_8f_6b, 0x2b_bf_97);

/// Shares of the undisturbed flow that are lost, from which on each colour holds.
pub(super) const LOSSES: [(f64, Colour); 6] = [
    (f64::NEG_INFINITY, Colour::new(0x74_8a_a1, 0x7a_91_a8)),
    (0.01, Colour::new(0xf0_b4_2e, 0xe8_b0_30)),
    (0.03, Colour::new(0xe8_84_1a, 0xf0_8a_30)),
    (0.06, Colour::new(0xd0_52_1c, 0xf2_5f_3c)),
    (0.12, Colour::new(0xa0_24_2f, 0xe8_41_7e)),
    (0.25, Colour::new(0x5e_0f_3a, 0xe9_9b_e8)),
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
