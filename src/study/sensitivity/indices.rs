//! Sobol' indices of the figures that matter.

use crate::metrics::{Resamples, SobolDesign, SobolShare, sobol};
use crate::results::{IndexFigure, Indices, RankEstimate};
use crate::sampling::Stream;
use crate::scenario::Doubt;

use super::RESAMPLES;
use super::design::{Course, Designs, Outcome, Point, SensitivityError};
use super::screening::moments;

/// Points of a design with so many rows and figures: both samples, each figure mixed, and all
/// figures drawn.
pub(super) fn count(rows: u64, figures: usize) -> u64 {
    rows * (figures as u64 + 3)
}

/// Estimates the indices of some figures, given by their places; the others stay in the middle.
///
/// Without figures where nothing varies; `None` if the observer cancelled.
pub(super) fn indices(
    designs: &Designs<'_>,
    doubts: &[Doubt],
    (seed, rows, varied): (u64, u64, &[usize]),
    course: &mut Course<'_>,
) -> Result<Option<Indices>, SensitivityError> {
    let size = rows as usize;
    let everything: Vec<usize> = (0..doubts.len()).collect();
    let columns = |sample: &str, figures: &[usize]| -> Vec<(usize, Vec<f64>)> {
        let column = |&figure: &usize| (figure, spread(seed, sample, &doubts[figure].path, size));
        figures.iter().map(column).collect()
    };
    let at = |columns: &[(usize, Vec<f64>)], row: usize| {
        let mut point = designs.middle();
        for (figure, column) in columns {
            point[*figure] = column[row];
        }
        point
    };
    let (first, second) = (columns("a", varied), columns("b", varied));
    let all = columns("a", &everything);
    // A row's points stand together, as neighbours share timelines.
    let mut points: Vec<Point> = Vec::new();
    for row in 0..size {
        let point = at(&first, row);
        points.push(at(&second, row));
        points.push(at(&all, row));
        points.push(point.clone());
        for (figure, column) in &second {
            let mut mixed = point.clone();
            mixed[*figure] = column[row];
            points.push(mixed);
        }
    }
    let Some(outcomes) = designs.play(&points, course)? else {
        return Ok(None);
    };
    let each = varied.len() + 3;
    let rows_of: Vec<&[Outcome]> = outcomes.chunks_exact(each).collect();
    let mean = |outcome: &Outcome| moments(&outcome[0], &vec![0; outcome[0].len()]).0;
    let column =
        |place: usize| -> Vec<f64> { rows_of.iter().map(|row| mean(&row[place])).collect() };
    let (b, of_all, a) = (column(0), column(1), column(2));
    let mixed: Vec<Vec<f64>> = (3..each).map(column).collect();
    let stream = Stream::new(seed, 0, "sensitivity", "indices");
    let uniform = |resample, place| stream.uniform(u64::from(resample), 0, place);
    let resamples = Resamples::new(size, RESAMPLES, &uniform);
    let design = SobolDesign {
        a: &a,
        b: &b,
        mixed: &mixed,
    };
    let Some(found) = sobol(&design, &resamples) else {
        return Ok(Some(Indices {
            rows,
            futures: designs.futures(),
            mean_bbl: a.first().copied().unwrap_or(0.0),
            ..Indices::default()
        }));
    };
    // What chance leaves of the squared difference of two points, as a share of 2 V.
    let noise = |one: usize, other: usize| {
        let left = |row: &&[Outcome]| moments(&row[one][0], &row[other][0]).1;
        let sum: f64 = rows_of.iter().map(left).sum();
        sum / size as f64 / designs.futures() as f64 / (2.0 * found.variance)
    };
    let mut figures: Vec<IndexFigure> = (varied.iter().zip(&found.figures).enumerate())
        .map(|(place, (&figure, index))| IndexFigure {
            path: doubts[figure].path.clone(),
            first: estimate(index.first),
            total: estimate(index.total),
            noise: noise(2, 3 + place),
        })
        .collect();
    figures.sort_by(|one, other| {
        let by_total = other.total.mean.total_cmp(&one.total.mean);
        by_total.then_with(|| one.path.cmp(&other.path))
    });
    Ok(Some(Indices {
        rows,
        futures: designs.futures(),
        mean_bbl: found.mean,
        std_dev_bbl: found.variance.sqrt(),
        std_dev_of_all_bbl: deviation(&of_all),
        noise: noise(0, 2),
        sum_first: estimate(found.sum_first),
        figures,
    }))
}

fn estimate(share: SobolShare) -> RankEstimate {
    RankEstimate {
        mean: share.value,
        std_error: share.std_error,
    }
}

fn deviation(values: &[f64]) -> f64 {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    (squares / (n - 1.0)).sqrt()
}

/// A column of a Latin hypercube: one number in each of `rows` equal parts of (0, 1), in random
/// order. It depends on the figure's path and on nothing else of the scenario.
pub(super) fn spread(seed: u64, sample: &str, path: &str, rows: usize) -> Vec<f64> {
    let stream = Stream::new(seed, 0, &format!("sensitivity-{sample}"), path);
    let mut order: Vec<(f64, usize)> = (0..rows)
        .map(|row| (stream.uniform(row as u64, 0, 0), row))
        .collect();
    order.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let mut column = vec![0.0; rows];
    for (part, (_, row)) in order.into_iter().enumerate() {
        let within = stream.uniform(row as u64, 1, 0);
        column[row] = (part as f64 + within) / rows as f64;
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_column_has_one_number_in_each_part() {
        let mut column = spread(7, "a", "link.line.capacity", 64);
        assert_ne!(column, spread(7, "b", "link.line.capacity", 64));
        assert_eq!(column, spread(7, "a", "link.line.capacity", 64));
        column.sort_by(f64::total_cmp);
        for (part, u) in column.iter().enumerate() {
            assert_eq!((u * 64.0) as usize, part);
        }
    }
}
