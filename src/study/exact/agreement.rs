//! The same scenario simulated, beside the exact answer.

use crate::model::Model;
use crate::results::{Exact, ExactAgreement, ExactRow};
use crate::simulation::{Observer, RunError, Settings, run};
use crate::units::{DAYS_PER_YEAR, Seconds};

/// A simulated mean further away than so many standard errors does not agree.
const AGREES: f64 = 4.0;

/// Simulates a scenario and writes the comparison into its exact answer.
///
/// Exact means are those of the scenario's own start where the way from there to the long run is
/// known, else those of the long run.
///
/// # Errors
/// Those of [`run`].
pub fn agree(
    exact: &mut Exact,
    model: &Model,
    settings: &Settings,
    observer: &mut dyn Observer,
) -> Result<bool, RunError> {
    let ran = run(model, settings, observer)?;
    let days = model.horizon.days();
    let mut rows = Vec::new();
    let mut put = |metric: &str, exact: f64| {
        let Some(found) = ran.result.metrics.get(metric) else {
            return;
        };
        let Some(mean) = found.mean else { return };
        let error = found.std_error.filter(|&error| error > 0.0);
        rows.push(ExactRow {
            metric: metric.to_owned(),
            unit: found.unit.clone(),
            exact,
            mean,
            std_error: found.std_error,
            z: error.map(|error| (mean - exact) / error),
        });
    };
    let from_start = exact.from_start.clone();
    let planned = exact.long_run.planned_bpd * days;
    let delivered = from_start
        .delivered_bbl
        .unwrap_or(exact.long_run.delivered_bbl);
    put("delivered", delivered);
    put("undelivered", planned - delivered);
    if from_start.is_stationary {
        let shortfall = &exact.shortfall;
        if let Some(probability) = shortfall.probability {
            put("shortfall_time", probability * days * 24.0);
            if let (Some(events), Seconds::ZERO) =
                (shortfall.events_per_year, model.simulation.shortfall.gap)
            {
                // One may be on at the start.
                let events = events * days / DAYS_PER_YEAR + probability;
                put("shortfall_events", events);
            }
        }
    }
    let agrees = |row: &ExactRow| match row.z {
        Some(z) => z.abs() <= AGREES,
        // Nothing varies, so that both must be the same but for rounding.
        None => (row.mean - row.exact).abs() <= 1.0 + 1e-6 * row.exact.abs(),
    };
    let is_known = from_start.delivered_bbl.is_some();
    exact.agreement = Some(ExactAgreement {
        replications: ran.replications,
        seed: settings.seed,
        agrees: is_known.then(|| rows.iter().all(agrees)),
        std_dev_bbl: ran
            .result
            .metrics
            .get("undelivered")
            .and_then(|metric| metric.std_dev),
        rows,
    });
    Ok(ran.stopped != crate::simulation::Stopped::Interrupted)
}
