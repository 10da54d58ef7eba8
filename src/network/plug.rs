//! Oil in a full line: how much there is, and how long a slug of it takes to pass.

use std::f64::consts::FRAC_PI_4;

/// Barrels in a cubic metre.
const BARRELS_PER_CUBIC_METRE: f64 = 6.289_810_770_432_105;

/// What a full line holds, bbl.
///
/// - `diameter_m`: inner diameter, metres; `length_km`: length, kilometres.
#[must_use]
pub fn barrels_in_line(diameter_m: f64, length_km: f64) -> f64 {
    FRAC_PI_4 * diameter_m * diameter_m * length_km * 1_000.0 * BARRELS_PER_CUBIC_METRE
}

/// Days until what enters a full line at time 0 leaves it: until as much has followed as the line
/// holds. `None` if it never does.
///
/// - `fill_bbl`: what the line holds, bbl.
/// - `rates`: rates of flow, b/d, each from a time in days on; in order of time, the first at 0.
#[must_use]
pub fn slug_time(fill_bbl: f64, rates: &[(f64, f64)]) -> Option<f64> {
    let mut left = fill_bbl;
    for (index, &(from, rate)) in rates.iter().enumerate() {
        let until = rates.get(index + 1).map_or(f64::INFINITY, |next| next.0);
        if rate > 0.0 {
            let needed = left / rate;
            if from + needed <= until {
                return Some(from + needed);
            }
            left -= rate * (until - from);
        }
    }
    None
}
