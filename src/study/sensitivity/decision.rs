//! Which figure is worth knowing before one of several alternatives is chosen.

use std::collections::{BTreeMap, BTreeSet};

use crate::metrics::{InformationValue, paired, value_of_all_figures, value_of_figure};
use crate::model::Model;
use crate::results::{Decision, DecisionAlternative, DecisionFigure, DecisionValue, RankEstimate};
use crate::scenario::{Invalid, Scenario};
use crate::simulation::{Silent, Threads};
use crate::units::DAYS_PER_YEAR;

use super::super::cost::cost;
use super::super::futures::{FuturesSettings, futures};
use super::design::{Course, MAKING, MIDDLE, SensitivityError};
use super::indices::spread;

/// A decision among alternatives, and how it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Choice<'s> {
    /// What may be chosen; the first is the scenario as it is.
    pub alternatives: &'s [Scenario],
    /// What a barrel that is not delivered costs, USD; `None` to count barrels and no cost.
    pub usd_per_barrel: Option<f64>,
    /// Draws of the figures in doubt.
    pub draws: u64,
    /// Futures of each draw, the same for all alternatives.
    pub futures: u64,
}

impl Choice<'_> {
    /// What playing it takes, in futures.
    pub(super) fn work(&self) -> u64 {
        self.draws * self.each()
    }

    fn each(&self) -> u64 {
        self.alternatives.len() as u64 * (self.futures + MAKING)
    }
}

/// What a draw gave: by alternative, the sums over the futures of even and of odd number.
type Drawn = Vec<[i64; 2]>;

/// Says what each figure is worth knowing; `None` if the observer cancelled.
pub(super) fn decision(
    choice: &Choice<'_>,
    (seed, threads): (u64, usize),
    course: &mut Course<'_>,
) -> Result<Option<Decision>, SensitivityError> {
    let paths: BTreeSet<&str> = (choice.alternatives.iter())
        .flat_map(|scenario| &scenario.doubts)
        .map(|doubt| doubt.path.as_str())
        .collect();
    let draws = choice.draws as usize;
    let columns: BTreeMap<&str, Vec<f64>> = (paths.iter())
        .map(|&path| (path, spread(seed, "decision", path, draws)))
        .collect();
    let play = |draw: usize| {
        let share = |path: &str| columns.get(path).map_or(MIDDLE, |column| column[draw]);
        let models: Result<Vec<Model>, Invalid> = choice
            .alternatives
            .iter()
            .map(|scenario| scenario.drawn(&share))
            .collect();
        let models = models?;
        let models: Vec<&Model> = models.iter().collect();
        // Each draw has futures of its own, so that what is rare is met in some.
        let first = draw as u64 * choice.futures;
        let settings = FuturesSettings {
            seed,
            range: first..first + choice.futures,
            threads: 1,
        };
        let found = futures(&models, &["undelivered"], &settings, &mut Silent)?;
        let halves = |alternative: usize| {
            let sample = found.sample(alternative, 0);
            let sum = |from: usize| sample.iter().skip(from).step_by(2).sum::<i64>();
            [sum(0), sum(1)]
        };
        Ok::<Drawn, SensitivityError>((0..models.len()).map(halves).collect())
    };
    let each = choice.each();
    let found = Threads::new(threads)?
        .each_told(0..draws, play, &mut |done| course.tell(done as u64 * each));
    if found.len() < draws {
        return Ok(None);
    }
    let found: Vec<Drawn> = found.into_iter().collect::<Result<_, _>>()?;
    course.before += choice.work();
    Ok(Some(valued(choice, &found, &columns)))
}

/// What all of it is worth.
fn valued(choice: &Choice<'_>, found: &[Drawn], columns: &BTreeMap<&str, Vec<f64>>) -> Decision {
    let years = |scenario: &Scenario| scenario.model.horizon.days() / DAYS_PER_YEAR;
    let costs: Vec<Option<f64>> = choice.alternatives.iter().map(annual_cost).collect();
    // A barrel costs what is stated, and an alternative what it costs a year; or barrels count.
    let utility = |alternative: usize, barrels: f64| match choice.usd_per_barrel {
        Some(usd) => {
            let years = years(&choice.alternatives[alternative]);
            -usd * barrels / years - costs[alternative].unwrap_or(0.0)
        }
        None => -barrels,
    };
    let counts = [
        choice.futures.div_ceil(2) as f64,
        (choice.futures / 2) as f64,
    ];
    let alternatives = choice.alternatives.len();
    let by_draw = |barrels: &dyn Fn([i64; 2]) -> f64| -> Vec<Vec<f64>> {
        let row = |alternative: usize| -> Vec<f64> {
            let of = |drawn: &Drawn| utility(alternative, barrels(drawn[alternative]));
            found.iter().map(of).collect()
        };
        (0..alternatives).map(row).collect()
    };
    let whole = by_draw(&|[even, odd]| (even + odd) as f64 / choice.futures as f64);
    let halves = [0, 1].map(|half| by_draw(&|sums| sums[half] as f64 / counts[half]));
    let n = found.len() as f64;
    let means: Vec<f64> = whole
        .iter()
        .map(|row| row.iter().sum::<f64>() / n)
        .collect();
    let best = (0..alternatives).fold(
        0,
        |best, at| if means[at] > means[best] { at } else { best },
    );
    let names = choice
        .alternatives
        .iter()
        .enumerate()
        .map(|(at, scenario)| {
            // Sums over the futures of a draw are whole numbers, so that pairs can be compared.
            let of = |alternative: usize| -> Vec<i64> {
                let sum = |drawn: &Drawn| drawn[alternative][0] + drawn[alternative][1];
                found.iter().map(sum).collect()
            };
            let loss = paired(&of(at), &vec![0; found.len()]);
            let less = paired(&of(at), &of(best));
            let scale = 1.0 / choice.futures as f64;
            let wins = (0..found.len()).filter(|&draw| {
                (0..alternatives).all(|other| whole[at][draw] >= whole[other][draw])
            });
            let estimate = |found: Option<crate::metrics::Paired>| {
                found.map_or_else(RankEstimate::default, |paired| RankEstimate {
                    mean: paired.mean_difference * scale,
                    std_error: Some(paired.std_error * scale),
                })
            };
            let unit = match choice.usd_per_barrel {
                Some(usd) => usd / years(scenario),
                None => 1.0,
            };
            let (loss, less) = (estimate(loss), estimate(less));
            DecisionAlternative {
                id: match at {
                    0 => "as it is".to_owned(),
                    _ => id(scenario, &choice.alternatives[0]),
                },
                undelivered_bbl: loss,
                annual_cost_usd: costs[at],
                worse_than_best: RankEstimate {
                    mean: means[best] - means[at],
                    std_error: less.scaled(unit).std_error,
                },
                best_in: wins.count() as f64 / n,
            }
        });
    let value = |found: InformationValue| DecisionValue {
        value: RankEstimate {
            mean: found.value,
            std_error: Some(found.std_error),
        },
        bound: found.bound,
    };
    let mut figures: Vec<DecisionFigure> = columns
        .iter()
        .filter_map(|(path, column)| {
            Some(DecisionFigure {
                path: (*path).to_owned(),
                worth: value(value_of_figure(&whole, column)?),
            })
        })
        .collect();
    figures.sort_by(|one, other| {
        let by = |of: &DecisionFigure| (of.worth.value.mean, of.worth.bound);
        let (one_is, other_is) = (by(one), by(other));
        let by_value = other_is.0.total_cmp(&one_is.0);
        let by_bound = other_is.1.total_cmp(&one_is.1);
        by_value
            .then(by_bound)
            .then_with(|| one.path.cmp(&other.path))
    });
    Decision {
        unit: match choice.usd_per_barrel {
            Some(_) => "USD/yr",
            None => "bbl",
        }
        .to_owned(),
        usd_per_barrel: choice.usd_per_barrel,
        draws: choice.draws,
        futures: choice.futures,
        alternatives: names.collect(),
        best: best as u64,
        all_figures: value_of_all_figures(&halves).map(value),
        figures,
    }
}

/// Ids of what an alternative adds.
fn id(scenario: &Scenario, base: &Scenario) -> String {
    let ids = scenario
        .model
        .strategies
        .iter()
        .map(|strategy| strategy.id.as_str());
    let own = ids.skip(base.model.strategies.len());
    own.collect::<Vec<_>>().join(" + ")
}

/// What an alternative costs a year, USD; `None` if the cost of any strategy is not known.
fn annual_cost(scenario: &Scenario) -> Option<f64> {
    let costs = scenario.model.strategies.iter().map(cost);
    costs.map(|cost| cost.map(|cost| cost.annual_usd())).sum()
}
