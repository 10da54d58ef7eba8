//! Trajectories through all figures, to see which of many matter at all.

use crate::metrics::{Resamples, elementary, trajectory};
use crate::results::{RankEstimate, Screening, ScreeningFigure};
use crate::sampling::Stream;
use crate::scenario::Doubt;

use super::RESAMPLES;
use super::design::{Course, Designs, Point, SensitivityError};

/// What the figures that move together are called.
const GROUP: &str = "those that change nothing alone";

/// Levels of each figure.
pub(super) const LEVELS: u32 = 4;

/// Standard deviation of the size of what is normal with mean 0, as a share of its mean.
const SIZE_SPREAD: f64 = 0.755_510_6;

/// Standard errors by which a mean effect is off 0 if its figure is kept for that.
const ONE_WAY: f64 = 3.0;

/// What is moved together: one figure, or all that change nothing alone.
type Group = Vec<usize>;

/// Screens all figures and marks at most `keep` of them as kept; `None` if the observer cancelled.
///
/// Each trajectory meets futures of its own, the same at all its points, so that what is rare is met
/// in some.
///
/// - `alone`: places of the figures that are screened one by one; the others move together.
pub(super) fn screening(
    designs: &Designs<'_>,
    doubts: &[Doubt],
    alone: &[usize],
    (seed, trajectories, keep): (u64, u64, usize),
    course: &mut Course<'_>,
) -> Result<Option<Screening>, SensitivityError> {
    let stream = Stream::new(seed, 0, "sensitivity", "screening");
    let mut groups: Vec<Group> = alone.iter().map(|&figure| vec![figure]).collect();
    let others: Group = (0..doubts.len()).filter(|at| !alone.contains(at)).collect();
    if !others.is_empty() {
        groups.push(others.clone());
    }
    let mut effects = vec![Vec::new(); groups.len()];
    let mut chance = vec![0.0; groups.len()];
    for number in 0..trajectories {
        let uniform = |draw: u32| stream.uniform(number, 0, draw);
        let (places, moved) = trajectory(groups.len(), LEVELS, &uniform);
        let point = |place: &Vec<f64>| -> Point {
            let mut point = designs.middle();
            for (members, &share) in groups.iter().zip(place) {
                for &member in members {
                    point[member] = share;
                }
            }
            point
        };
        let points: Vec<Point> = places.iter().map(point).collect();
        let own = designs.with_futures_of(number);
        let Some(outcomes) = own.play(&points, course)? else {
            return Ok(None);
        };
        for (step, &group) in moved.iter().enumerate() {
            // Upward, whichever way the trajectory went.
            let is_up = places[step + 1][group] > places[step][group];
            let (low, high) = if is_up {
                (step, step + 1)
            } else {
                (step + 1, step)
            };
            let (mean, variance) = moments(&outcomes[high][0], &outcomes[low][0]);
            effects[group].push(mean);
            chance[group] += variance / designs.futures() as f64;
        }
    }
    let uniform = |resample, place| stream.uniform(u64::from(resample), 1, place);
    let resamples = Resamples::new(trajectories as usize, RESAMPLES, &uniform);
    let of = |mean, std_error| RankEstimate { mean, std_error };
    let mut figures: Vec<ScreeningFigure> = Vec::with_capacity(groups.len());
    for (at, (effects, chance)) in effects.iter().zip(&chance).enumerate() {
        let Some(found) = elementary(effects, &resamples) else {
            continue;
        };
        // The mean size of what is normal with mean 0.
        let noise = (chance / trajectories as f64 * std::f64::consts::FRAC_2_PI).sqrt();
        figures.push(ScreeningFigure {
            path: alone
                .get(at)
                .map_or(GROUP, |&figure| &doubts[figure].path)
                .to_owned(),
            size_bbl: of(found.size, found.size_std_error),
            mean_bbl: of(found.mean, found.mean_std_error),
            std_dev_bbl: of(found.std_dev, found.std_dev_std_error),
            noise_bbl: noise,
            kept: false,
        });
    }
    let together = figures.pop_if(|last| last.path == GROUP);
    figures.sort_by(|one, other| {
        let by_size = other.size_bbl.mean.total_cmp(&one.size_bbl.mean);
        by_size.then_with(|| one.path.cmp(&other.path))
    });
    // Two standard errors above the size that chance alone shows, or one way beyond doubt: what is
    // rare is loud, and its size alone would not tell it from chance.
    let least = 1.0 + 2.0 * SIZE_SPREAD / (trajectories as f64).sqrt();
    let stands_out = |figure: &&mut ScreeningFigure| {
        let size = figure.size_bbl.mean;
        let error = figure.mean_bbl.std_error.unwrap_or(f64::INFINITY);
        size > 0.0
            && (size > least * figure.noise_bbl || figure.mean_bbl.mean.abs() > ONE_WAY * error)
    };
    for figure in figures.iter_mut().filter(stands_out).take(keep) {
        figure.kept = true;
    }
    Ok(Some(Screening {
        trajectories,
        levels: u64::from(LEVELS),
        futures: designs.futures(),
        figures,
        together,
        together_paths: others.iter().map(|&at| doubts[at].path.clone()).collect(),
    }))
}

/// Mean and variance of one sample less another.
pub(super) fn moments(one: &[i64], other: &[i64]) -> (f64, f64) {
    let n = one.len() as f64;
    let differences = || one.iter().zip(other).map(|(&a, &b)| (a - b) as f64);
    let mean = differences().sum::<f64>() / n.max(1.0);
    let squares: f64 = differences().map(|d| (d - mean) * (d - mean)).sum();
    (mean, squares / (n - 1.0).max(1.0))
}
