//! Data of the known-answer case KA14, "Statistical estimators on fixed data".

/// `losses_mb`, in tenths of a million barrels.
pub(super) const LOSSES: [i64; 20] = [
    124, 0, 331, 77, 189, 542, 33, 216, 98, 415, 152, 61, 274, 22, 887, 193, 110, 368, 54, 249,
];

/// `losses_alternative_mb`, in tenths of a million barrels.
pub(super) const LOSSES_ALTERNATIVE: [i64; 20] = [
    91, 0, 250, 62, 133, 398, 33, 179, 71, 302, 126, 55, 201, 22, 610, 144, 99, 273, 48, 180,
];

/// Asserts agreement to the tolerance of the case, a relative 1e-9.
pub(super) fn close(found: f64, expected: f64) {
    assert!(
        (found - expected).abs() <= 1e-9 * expected.abs(),
        "{found} is not {expected}"
    );
}
