//! How long everything that hazards hit is out, against how long tanks and other ways make up for it.

use std::collections::BTreeSet;

use crate::model::{Element, Hazard, Model, Part, Scope, Struck, Target};
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
    let mut found: Vec<(Option<Struck>, &HazardOutages)> = Vec::new();
    for (struck, seen) in model.struck().into_iter().zip(&outages.struck) {
        for own in &seen.by_hazard {
            let parts = lost(model, &struck, own.hazard);
            if !parts.is_empty() {
                losses.push(parts);
                found.push((Some(struck.clone()), own));
            }
        }
    }
    for (hazard, event) in model.hazards.iter().zip(&outages.events) {
        let parts = all_at_once(model, hazard, event.hazard);
        let elements: BTreeSet<Element> = parts.iter().map(|(part, _)| part.element).collect();
        if hazard.targets.len() > 1 && elements.len() > 1 {
            losses.push(parts);
            found.push((None, event));
        }
    }
    let survived = survival(model, &losses)?;
    let mut rows: Vec<RecoveryRow> = found
        .into_iter()
        .zip(losses.iter().zip(survived))
        .map(|((struck, own), (parts, survival))| row(model, struck.as_ref(), own, parts, survival))
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

/// What one event of a hazard takes of something that it hits itself, and not by a service that
/// feeds it; nothing if an event hits single units, which are looked at for themselves, and nothing of
/// a unit that is hit together with others.
fn lost(model: &Model, struck: &Struck, index: usize) -> Vec<(Part, Fraction)> {
    let hazard = &model.hazards[index];
    let is_own = |target: &Target| {
        target.key.starts_with("service.") == matches!(struck, Struck::Service(_))
    };
    let mut targets = hazard.targets.iter();
    if !targets
        .any(|target| is_own(target) && target.parts.iter().any(|part| struck.has(target, part)))
    {
        return Vec::new();
    }
    let mut parts = model.down_parts_by(struck, index);
    parts.retain(|(_, left)| left.get() < 1.0);
    let together = match &hazard.scope {
        Scope::All { chance } if chance.get() >= 1.0 => usize::MAX,
        Scope::Some { count, .. } => *count,
        Scope::Each | Scope::All { .. } => 1,
    };
    match struck {
        Struck::Unit(..) if together > 1 => parts.clear(),
        Struck::Element(element) => {
            // Of units so many as an event takes, the largest.
            let size = |part: &Part| {
                part.unit
                    .and_then(|unit| model.units_of(*element).get(unit))
            };
            parts.sort_by_key(|(part, _)| {
                std::cmp::Reverse(size(part).map_or(i64::MAX, |size| size.0))
            });
            let mut units = 0;
            parts.retain(|(part, _)| {
                units += usize::from(part.unit.is_some());
                part.unit.is_none() || (together > 1 && units <= together)
            });
        }
        Struck::Unit(..) | Struck::Service(_) => {}
    }
    parts
}

/// What an event takes that hits all targets at once; nothing for other hazards.
fn all_at_once(model: &Model, hazard: &Hazard, index: usize) -> Vec<(Part, Fraction)> {
    let is_all = matches!(hazard.scope, Scope::All { chance } if chance.get() >= 1.0);
    if !is_all {
        return Vec::new();
    }
    let elements = hazard.targets.iter().flat_map(|target| &target.parts);
    let elements: BTreeSet<Element> = elements.map(|part| part.element).collect();
    let mut parts: Vec<(Part, Fraction)> = elements
        .into_iter()
        .flat_map(|element| model.down_parts_by(&Struck::Element(element), index))
        .collect();
    parts.retain(|(_, left)| left.get() < 1.0);
    parts
}

fn row(
    model: &Model,
    struck: Option<&Struck>,
    own: &HazardOutages,
    parts: &[(Part, Fraction)],
    survival: Survival,
) -> RecoveryRow {
    let (id, name, left) = if let Some(struck) = struck {
        let (id, name, _) = struck_name(model, struck);
        (id, name, Some(model.share_of_parts(struck, parts)))
    } else {
        let elements: BTreeSet<Element> = parts.iter().map(|(part, _)| part.element).collect();
        let names = elements
            .iter()
            .map(|&element| struck_name(model, &Struck::Element(element)).0);
        let names: Vec<String> = names.collect();
        (format!("{} at once", names.len()), names.join(" + "), None)
    };
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
        left,
        outages: own.seconds.len() as u64,
        cut_short: own.cut,
        time_to_recover_days: mean,
        time_to_recover_p95_days: crate::metrics::quantile(&seconds, 0.95)
            .map(|seconds| seconds as f64 / day),
        deliveries: exposure(survival.deliveries),
        production: exposure(survival.production),
    }
}
