//! Estimates from event logs: a known answer, and logs whose truth is known.

mod recovery;

use keruen::fit::{Campaign, log_likelihood, residuals};

use crate::worlds::{all_given, case, given};

/// Known answer KA11.
#[test]
fn the_likelihood_and_residuals_of_the_known_campaign_are_found() {
    let case = case("11_hawkes_campaign");
    let campaign = Campaign {
        rate_per_day: given(&case, "inputs.baseline_rate_per_d"),
        branching: given(&case, "inputs.branching_ratio"),
        memory_days: given(&case, "inputs.kernel_half_life_d"),
    };
    let starts = all_given(&case, "inputs.observed_events_d");
    let window = given(&case, "inputs.observed_window_d");
    let found = log_likelihood(&starts, window, &campaign);
    let stated = given(&case, "expected.log_likelihood");
    assert!((found / stated - 1.0).abs() < 1e-10, "{found}");
    let found = residuals(&starts, &campaign);
    let stated = all_given(&case, "expected.time_rescaled_residuals");
    assert_eq!(found.len(), stated.len());
    for (found, stated) in found.iter().zip(&stated) {
        assert!((found / stated - 1.0).abs() < 1e-10, "{found} {stated}");
    }
}
