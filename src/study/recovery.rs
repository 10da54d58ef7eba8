//! How long everything that hazards hit is out, against how long tanks and other ways make up for it.

use crate::model::{Model, Part, Struck};
use crate::results::{Exposure, RankEstimate, RecoveryRow, TimesToRecover};
use crate::simulation::{Observer, Progress, RunError, Survival, scenario_info, survival};
use crate::units::{Fraction, SECONDS_PER_DAY};

use super::futures::FuturesSettings;
use super::importance::struck_name;
use super::outages::{HazardOutages, Outages};

/// Replications whose timelines are looked at between two looks at the observer.
const STEP: u64 = 100;

/// Times to recover and to survive of each target of each hazard; `None` if the observer
/// cancelled.
///
/// The time to recover is how long a hazard's disruptions of a target last, crews and all; the time
/// to survive how long nothing falls short if the target is left with what that hazard leaves of it
/// on average, and all else as at the start. Simchi-Levi et al. (2015), *Interfaces* 45(5).
///
/// # Errors
/// [`RunError`] if the network is too large, or a linear program is not solved.
pub fn rank_by_recovery(
    model: &Model,
    sha256: &str,
    settings: &FuturesSettings,
    observer: &mut dyn Observer,
) -> Result<Option<TimesToRecover>, RunError> {
    let range = &settings.range;
    let total = range.end.saturating_sub(range.start);
    let mut outages = Outages::new(model, settings.seed);
    let mut first = range.start;
    while first < range.end {
        if observer.is_cancelled() {
            return Ok(None);
        }
        let last = range.end.min(first + STEP);
        outages.add(model, first..last);
        first = last;
        observer.progress(&Progress {
            done: first - range.start,
            total,
            mean: 0.0,
            std_error: 0.0,
            metric: "outages".to_owned(),
        });
    }
    let outages = outages.found();
    let mut losses: Vec<Vec<(Part, Fraction)>> = Vec::new();
    let mut found: Vec<(Struck, &HazardOutages)> = Vec::new();
    for (struck, seen) in model.struck().into_iter().zip(&outages.struck) {
        for own in &seen.by_hazard {
            let hit_itself = hits_itself(model, &struck, own.hazard);
            let mut parts = model.down_parts_by(&struck, own.hazard);
            if let Struck::Element(_) = struck {
                parts.retain(|(part, _)| part.unit.is_none());
            }
            parts.retain(|(_, left)| left.get() < 1.0);
            if hit_itself && !parts.is_empty() {
                losses.push(parts);
                found.push((struck.clone(), own));
            }
        }
    }
    let survived = survival(model, &losses)?;
    let mut rows: Vec<RecoveryRow> = found
        .into_iter()
        .zip(losses.iter().zip(survived))
        .map(|((struck, own), (parts, survival))| row(model, &struck, own, parts, survival))
        .collect();
    rows.sort_by(|one, other| {
        let gap = |exposure: &Exposure| exposure.gap_days.map_or(f64::NEG_INFINITY, |gap| gap.mean);
        let by = |of: &dyn Fn(&RecoveryRow) -> f64| of(other).total_cmp(&of(one));
        by(&|row| gap(&row.deliveries))
            .then_with(|| by(&|row| gap(&row.production)))
            .then_with(|| (&one.id, &one.hazard).cmp(&(&other.id, &other.hazard)))
    });
    let mut warnings = Vec::new();
    if model.grading().is_some_and(|grading| !grading.is_exact) {
        warnings.push(
            "times to survive are those of one commodity: where grades are told apart they are at most \
             as long"
                .to_owned(),
        );
    }
    if rows.iter().any(|row| row.cut_short > 0) {
        warnings.push(
            "outages that the horizon cuts short count with the time up to there, so that their times to \
             recover are at least as long as told"
                .to_owned(),
        );
    }
    Ok(Some(TimesToRecover {
        format: "keruen-recovery/1".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario_info(model, sha256),
        strategies: model.strategies.iter().map(|s| s.id.clone()).collect(),
        by: "recovery".to_owned(),
        seed: settings.seed,
        replications: total,
        rows,
        warnings,
    }))
}

/// Whether a hazard hits something itself, and not by one of its units or by a service that feeds it.
fn hits_itself(model: &Model, struck: &Struck, hazard: usize) -> bool {
    let mut targets = model.hazards[hazard].targets.iter();
    targets.any(|target| {
        let is_service = target.key.starts_with("service.");
        match struck {
            Struck::Service(key) => target.key == *key,
            Struck::Unit(..) => {
                !is_service && target.parts.iter().any(|part| struck.has(target, part))
            }
            Struck::Element(_) => {
                let is_whole = |part: &Part| part.unit.is_none() && struck.has(target, part);
                !is_service && target.parts.iter().any(is_whole)
            }
        }
    })
}

fn row(
    model: &Model,
    struck: &Struck,
    own: &HazardOutages,
    parts: &[(Part, Fraction)],
    survival: Survival,
) -> RecoveryRow {
    let (id, name, _) = struck_name(model, struck);
    let day = SECONDS_PER_DAY as f64;
    let mut seconds = own.seconds.clone();
    seconds.sort_unstable();
    let mean = own.moments.ratio().map(|mean| RankEstimate {
        mean: mean / day,
        std_error: own.moments.ratio_std_error().map(|error| error / day),
    });
    let exposure = |survives: Option<f64>| Exposure {
        time_to_survive_days: survives,
        gap_days: survives.zip(mean).map(|(survives, mean)| RankEstimate {
            mean: mean.mean - survives,
            ..mean
        }),
        outlasted: (!seconds.is_empty()).then(|| {
            let n = seconds.len() as f64;
            let longer = survives.map_or(0, |days| {
                seconds.len() - seconds.partition_point(|&length| length as f64 <= days * day)
            });
            let share = longer as f64 / n;
            RankEstimate {
                mean: share,
                std_error: (n > 1.0).then(|| (share * (1.0 - share) / n).sqrt()),
            }
        }),
    };
    RecoveryRow {
        id,
        name,
        hazard: model.hazards[own.hazard].id.clone(),
        left: model.share_of_parts(parts),
        outages: own.seconds.len() as u64,
        cut_short: own.cut,
        time_to_recover_days: mean,
        time_to_recover_p95_days: crate::metrics::quantile(&seconds, 0.95)
            .map(|seconds| seconds as f64 / day),
        deliveries: exposure(survival.deliveries),
        production: exposure(survival.production),
    }
}
