//! Exact answers by going through all states.
//!
//! Where nothing remembers (no tanks, no waiting for crews, no seasons), what flows depends on the
//! states of the processes alone, and these are independent: each state has its chance, and the
//! allocation says what is delivered in it. So means, laws and importances are finite sums.

mod agreement;
mod component;
mod face;
mod findings;
mod obstacles;
mod spread;
mod tensor;
mod transient;
mod variable;

use crate::model::Model;
use crate::results::Exact;
use crate::simulation::{Observer, Probe, Progress, RunError, Setting};

use component::{Component, components};
use face::{Face, Margins, Steps};
use variable::Variable;

pub use agreement::agree;

/// Most states that are gone through if nothing else is said.
pub const MOST_STATES: u64 = 1 << 20;

/// Why a scenario has no exact answer.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExactError {
    /// Something remembers.
    #[error(
        "states can be enumerated only where nothing remembers the past; in the way are\n{}\n  \
         take these out in a strategy and add it with --with, or use `keruen run`, which plays them",
        .0.iter().map(|why| format!("  - {why}")).collect::<Vec<_>>().join("\n")
    )]
    Remembers(Vec<String>),
    /// There are more states than allowed.
    #[error(
        "{states:.3e} states would have to be solved, and at most {limit} are allowed; the most come \
         from {largest}; allow more with --states, or take hazards out"
    )]
    TooMany {
        /// States that would have to be solved.
        states: f64,
        /// Most that are allowed.
        limit: u64,
        /// The variables with the most values.
        largest: String,
    },
    /// The network cannot be allocated.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The observer cancelled it.
    #[error("cancelled")]
    Cancelled,
}

/// A period of the plan: its time in days, what is planned, and the states of each part.
struct Period {
    begin: f64,
    end: f64,
    weight: f64,
    planned: i64,
    faces: Vec<Face>,
}

/// Everything that was gone through.
struct Walk<'m> {
    model: &'m Model,
    components: Vec<Component>,
    periods: Vec<Period>,
    margins: Vec<Margins>,
    solved: u64,
}

/// Goes through all states of a scenario.
///
/// - `sha256`: the hash of its files.
/// - `limit`: most states to solve.
///
/// # Errors
/// [`ExactError`] if something remembers, there are too many states, or the observer cancels.
pub fn exact(
    model: &Model,
    sha256: &str,
    limit: u64,
    observer: &mut dyn Observer,
) -> Result<Exact, ExactError> {
    let obstacles = obstacles::obstacles(model);
    if !obstacles.is_empty() {
        return Err(ExactError::Remembers(obstacles));
    }
    let setting = Setting::new(model)?;
    let components = components(model);
    let sorted = variable::sorted(&setting, &components);
    let mut probe = Probe::new(&setting);
    let horizon = model.horizon.0 as f64;

    let spans = setting.periods();
    let mut stages: Vec<Vec<Vec<Variable>>> = Vec::new();
    let mut total = 0.0;
    for &(from, _) in &spans {
        probe.at(from);
        let mut parts: Vec<Vec<Variable>> = vec![Vec::new(); sorted.parts];
        for group in &sorted.groups {
            let variable = group.variable(model, &components, &mut probe);
            parts[variable.part].push(variable);
        }
        for part in &parts {
            total += part
                .iter()
                .map(|variable| variable.values.len() as f64)
                .product::<f64>();
        }
        if total > limit as f64 {
            return Err(ExactError::TooMany {
                states: total * spans.len() as f64 / (stages.len() + 1) as f64,
                limit,
                largest: largest(&parts, model, &components),
            });
        }
        stages.push(parts);
    }

    let mut told = Told {
        observer,
        done: 0,
        total: total as u64,
    };
    let mut margins: Vec<Margins> = vec![Margins::default(); setting.rated().count()];
    let mut periods = Vec::new();
    for (&(from, until), parts) in spans.iter().zip(stages) {
        probe.at(from);
        probe.solve();
        let planned = probe.planned();
        let weight = (until - from).0 as f64 / horizon;
        let mut faces = Vec::new();
        for (part, variables) in parts.into_iter().enumerate() {
            let together: Vec<usize> = (0..setting.part_count())
                .filter(|&own| sorted.part_of[own] == part)
                .collect();
            let face = Face::of(
                variables,
                &components,
                &together,
                &mut probe,
                (weight, &mut margins),
                &mut told,
            );
            faces.push(face.ok_or(ExactError::Cancelled)?);
        }
        periods.push(Period {
            begin: from.days(),
            end: until.days(),
            weight,
            planned,
            faces,
        });
    }
    probe.answered()?;
    let walk = Walk {
        model,
        components,
        periods,
        margins,
        solved: told.done,
    };
    Ok(walk.findings(sha256, limit, &setting))
}

/// The variables with the most values, in words.
fn largest(parts: &[Vec<Variable>], model: &Model, components: &[Component]) -> String {
    let mut all: Vec<&Variable> = parts.iter().flatten().collect();
    all.sort_by_key(|variable| std::cmp::Reverse(variable.values.len()));
    let named = all.iter().take(3).map(|variable| {
        let component = &components[variable.components[0]];
        let hazard = &model.hazards[component.hazard].id;
        let more = match variable.components.len() {
            1 => String::new(),
            several => format!(" and {} more", several - 1),
        };
        format!("`{hazard}`{more} ({} states)", variable.values.len())
    });
    let named: Vec<String> = named.collect();
    let rest = all.len().saturating_sub(named.len());
    if rest > 0 {
        format!("{} and {rest} others", named.join(", "))
    } else {
        named.join(", ")
    }
}

/// Tells an observer how far the enumeration is.
struct Told<'o> {
    observer: &'o mut dyn Observer,
    done: u64,
    total: u64,
}

impl Steps for Told<'_> {
    fn step(&mut self, states: u64) -> bool {
        self.done += states;
        self.observer.progress(&Progress {
            done: self.done,
            total: self.total,
            mean: 0.0,
            std_error: 0.0,
            metric: "states".to_owned(),
        });
        !self.observer.is_cancelled()
    }
}
