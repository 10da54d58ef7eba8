//! Which figures in doubt matter: each alone, many screened, and the shares of the variance.
//!
//! A figure is moved by the share of what it may be that lies below it, so that all are moved alike
//! whatever their units and laws. Every setting meets the same futures.

mod decision;
mod design;
mod indices;
mod screening;
mod tornado;

use crate::results::{Decision, Sensitivity, UncertainFigure};
use crate::scenario::Scenario;
use crate::simulation::{Observer, scenario_info};

use design::{Course, Designs};

pub use decision::Choice;
pub use design::SensitivityError;

/// Resamples for standard errors.
const RESAMPLES: u32 = 400;

/// A total index above which a figure causes much of the doubt.
const MUCH: f64 = 0.1;

/// Figures that a note names, at most.
const NAMED: usize = 3;

/// Up to so many figures are not screened.
const FEW: usize = 20;

/// How sensitivity is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SensitivitySettings {
    /// Seed of all random numbers.
    pub seed: u64,
    /// Threads; 0 for all there are.
    pub threads: usize,
    /// Replications of each setting with one figure at an end.
    pub replications: u64,
    /// Trajectories of the screening; 0 for none. It is left out where there are few figures.
    pub trajectories: u64,
    /// Futures at each of their points.
    pub trajectory_futures: u64,
    /// Rows of the design for indices; 0 for none.
    pub rows: u64,
    /// Futures at each of its points.
    pub row_futures: u64,
    /// Figures whose indices are estimated, at most, after a screening.
    pub keep: usize,
}

/// Says which figures in doubt matter, and which are worth knowing before a choice; `None` if the observer cancelled before anything was known.
///
/// # Errors
/// [`SensitivityError`] if threads cannot be started or a setting of the figures cannot be played.
pub fn sensitivity(
    scenario: &Scenario,
    settings: &SensitivitySettings,
    choice: Option<&Choice<'_>>,
    observer: &mut dyn Observer,
) -> Result<Option<Sensitivity>, SensitivityError> {
    let SensitivitySettings { seed, threads, .. } = *settings;
    let model = &scenario.model;
    let doubts = &scenario.doubts;
    let metrics: &[&str] = if model.is_priced() {
        &["undelivered", "netback"]
    } else {
        &["undelivered"]
    };
    let ends = Designs::new(scenario, metrics, seed, settings.replications, threads);
    let of = |futures| Designs::new(scenario, &["undelivered"], seed, futures, threads);
    let (ways, rows) = (of(settings.trajectory_futures), of(settings.row_futures));
    // How much there is to do after a first part in which so many figures have an effect.
    let rest = |effective: usize| {
        let is_screened = effective > FEW && settings.trajectories > 1;
        let has_indices = settings.rows > 1 && (is_screened || effective <= FEW);
        let mut work = choice.map_or(0, Choice::work);
        if is_screened {
            work += ways.work(settings.trajectories * (effective as u64 + 2));
        }
        if has_indices {
            let varied = if is_screened {
                settings.keep
            } else {
                effective
            };
            work += rows.work(indices::count(settings.rows, varied));
        }
        (is_screened, has_indices, work)
    };
    let mut course = Course {
        observer,
        before: 0,
        total: ends.work(1 + 2 * doubts.len() as u64) + rest(doubts.len()).2,
        name: "each figure at its ends",
    };

    let Some(tornado) = tornado::tornado(&ends, doubts, &mut course)? else {
        return Ok(None);
    };
    let mut found = Sensitivity {
        format: "keruen-sensitivity/1".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario_info(model, &scenario.sha256),
        strategies: model.strategies.iter().map(|s| s.id.clone()).collect(),
        seed,
        stopped: "count".to_owned(),
        figures: doubts.iter().map(figure).collect(),
        tornado,
        screening: None,
        indices: None,
        decision: None,
        warnings: Vec::new(),
    };
    let effective = places(&found, |path| {
        found
            .tornado
            .figures
            .iter()
            .any(|figure| figure.path == path)
    });
    let (is_screened, has_indices, work) = rest(effective.len());
    course.total = course.before + work;
    if is_screened {
        course.name = "screening";
        let asked = (seed, settings.trajectories, settings.keep);
        found.screening = screening::screening(&ways, doubts, &effective, asked, &mut course)?;
    }
    let mut is_interrupted = is_screened && found.screening.is_none();
    if has_indices && !is_interrupted {
        course.name = "indices";
        let varied = match &found.screening {
            None => effective,
            Some(screening) => places(&found, |path| {
                let mut figures = screening.figures.iter();
                figures.any(|figure| figure.kept && figure.path == path)
            }),
        };
        if !varied.is_empty() {
            let asked = (seed, settings.rows, varied.as_slice());
            let indices = indices::indices(&rows, doubts, asked, &mut course)?;
            is_interrupted = indices.is_none();
            found.indices = indices;
        }
    }
    if let Some(choice) = choice.filter(|_| !is_interrupted) {
        course.name = "draws for the choice";
        found.decision = decision::decision(choice, (seed, threads), &mut course)?;
        is_interrupted = found.decision.is_none();
    }
    if is_interrupted {
        "interrupted".clone_into(&mut found.stopped);
    }
    found.warnings = warnings(&found);
    Ok(Some(found))
}

fn figure(doubt: &crate::scenario::Doubt) -> UncertainFigure {
    UncertainFigure {
        path: doubt.path.clone(),
        form: doubt.form.to_owned(),
        value: doubt.value.clone(),
        low: doubt.low.clone(),
        high: doubt.high.clone(),
        source: doubt.sources.clone(),
    }
}

/// Places of the figures whose paths are wanted.
fn places(found: &Sensitivity, is_wanted: impl Fn(&str) -> bool) -> Vec<usize> {
    let of = |place: &usize| is_wanted(&found.figures[*place].path);
    (0..found.figures.len()).filter(of).collect()
}

fn warnings(found: &Sensitivity) -> Vec<String> {
    let mut warnings = Vec::new();
    if let Some(indices) = &found.indices {
        if indices.noise > 0.1 {
            warnings.push(format!(
                "chance is {:.0} % of the variance that is divided: raise --row-futures before small \
                 indices are believed",
                100.0 * indices.noise
            ));
        }
        let error = indices
            .figures
            .iter()
            .filter_map(|figure| figure.total.std_error);
        if error.fold(0.0, f64::max) > 0.1 {
            let text = "indices are not known to a tenth: raise --rows";
            warnings.push(text.to_owned());
        }
    }
    if let Some(decision) = &found.decision {
        warnings.extend(of_decision(found, decision));
    }
    if let Some(screening) = &found.screening {
        if let Some(together) = &screening.together
            && together.size_bbl.mean > 2.0 * together.noise_bbl
        {
            warnings.push(format!(
                "the {} figures that change nothing alone do change something together with others, \
                 but are not told apart",
                screening.together_paths.len()
            ));
        }
        let kept = screening.figures.iter().filter(|figure| figure.kept);
        if found.indices.is_none() && kept.count() == 0 {
            let text = "no figure stands out of chance, so that no indices are estimated: raise --trajectory-futures";
            warnings.push(text.to_owned());
        }
    }
    warnings
}

fn of_decision(found: &Sensitivity, decision: &Decision) -> Vec<String> {
    let mut warnings = Vec::new();
    if decision.usd_per_barrel.is_none() {
        let text = "without --value a barrel has no price and alternatives cost nothing: what adds \
                    capacity is always best";
        warnings.push(text.to_owned());
    }
    let unknown = (decision.alternatives.iter())
        .filter(|one| one.annual_cost_usd.is_none())
        .map(|one| one.id.as_str());
    let unknown: Vec<&str> = unknown.collect();
    if !unknown.is_empty() && decision.usd_per_barrel.is_some() {
        warnings.push(format!(
            "what {} costs is not stated and taken as nothing",
            unknown.join(", ")
        ));
    }
    // Much doubt is no reason to find out more, if the same is chosen whatever comes out.
    let idle: Vec<&str> = (found.indices.iter())
        .flat_map(|indices| &indices.figures)
        .filter(|figure| figure.total.mean > MUCH)
        .filter(|figure| {
            let mut known = decision.figures.iter();
            known.any(|one| one.path == figure.path && !one.is_worth_knowing())
        })
        .map(|figure| figure.path.as_str())
        .collect();
    if !idle.is_empty() {
        warnings.push(format!(
            "much of the doubt is due to {}{}, but the choice does not turn on it: for this \
             choice nothing is gained by finding out more",
            idle[..idle.len().min(NAMED)].join(", "),
            match idle.len().saturating_sub(NAMED) {
                0 => String::new(),
                more => format!(" and {more} more"),
            }
        ));
    }
    warnings
}
