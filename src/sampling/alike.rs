//! Which models draw the same timelines.

use crate::model::Model;

/// Whether both models draw the same timelines under the same seed, replication by replication, to
/// the bit and with the same indices of elements and hazards.
///
/// Timelines depend on hazards, the regimes and crews they refer to, the calendar and the horizon,
/// and on nothing else: what can be hit is numbered by what the hazards hit. Where this is not so, a
/// hazard that both have is drawn the same all the same, as each has streams of its own.
#[must_use]
pub fn draw_alike(one: &Model, other: &Model) -> bool {
    one.start == other.start
        && one.horizon == other.horizon
        && one.hazards == other.hazards
        && one.regimes == other.regimes
        && one.crews == other.crews
}
