//! Elementary effects: a cheap look at which of many figures matter at all.

use super::resample::Resamples;

/// What the elementary effects of one figure say, in the unit of the effects.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elementary {
    /// Mean of their sizes, μ*: how much the figure does.
    pub size: f64,
    /// Its standard error; as the others, from resampled trajectories, `None` with too few.
    pub size_std_error: Option<f64>,
    /// Mean, μ: which way.
    pub mean: f64,
    /// Its standard error.
    pub mean_std_error: Option<f64>,
    /// Standard deviation, σ: how much what it does hangs on where the others stand, or bends.
    pub std_dev: f64,
    /// Its standard error.
    pub std_dev_std_error: Option<f64>,
}

/// Sums up the effects of one figure, one of each trajectory.
///
/// `None` with fewer than two.
///
/// # Source
/// Morris (1991), *Technometrics* 33(2); the mean of sizes after Campolongo, Cariboni and Saltelli
/// (2007), *Environmental Modelling & Software* 22(10).
#[must_use]
pub fn elementary(effects: &[f64], resamples: &Resamples) -> Option<Elementary> {
    if effects.len() < 2 {
        return None;
    }
    let all: Vec<usize> = (0..effects.len()).collect();
    let mean = |rows: &[usize]| Some(average(rows, |row| effects[row]));
    let size = |rows: &[usize]| Some(average(rows, |row| effects[row].abs()));
    let spread = |rows: &[usize]| {
        let centre = average(rows, |row| effects[row]);
        let away = |row: usize| (effects[row] - centre) * (effects[row] - centre);
        let n = rows.len() as f64;
        Some((average(rows, away) * n / (n - 1.0)).sqrt())
    };
    Some(Elementary {
        size: size(&all)?,
        size_std_error: resamples.std_error(size),
        mean: mean(&all)?,
        mean_std_error: resamples.std_error(mean),
        std_dev: spread(&all)?,
        std_dev_std_error: resamples.std_error(spread),
    })
}

fn average(rows: &[usize], of: impl Fn(usize) -> f64) -> f64 {
    rows.iter().map(|&row| of(row)).sum::<f64>() / rows.len() as f64
}

/// A trajectory through a grid of `levels` in every direction: from a random point of the grid, one
/// figure after the other, in random order, is moved by half of the levels. Gives the points, one
/// more than there are figures, and the figure that moved to each but the first.
///
/// Levels are the middles of equal parts of (0, 1), so that no figure is ever at an end that it
/// cannot have.
///
/// - `levels`: even and at least 2; else rounded up.
/// - `uniform`: a number inside (0, 1) by its number.
#[must_use]
pub fn trajectory(
    figures: usize,
    levels: u32,
    uniform: &dyn Fn(u32) -> f64,
) -> (Vec<Vec<f64>>, Vec<usize>) {
    let levels = levels.max(2).next_multiple_of(2);
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let share = |level: u32| (f64::from(level) + 0.5) / f64::from(levels);
    let mut at: Vec<u32> = (0..figures)
        .map(|figure| ((uniform(number(figure)) * f64::from(levels)) as u32).min(levels - 1))
        .collect();
    // Sorting by random keys is a fair shuffle.
    let mut order: Vec<(f64, usize)> = (0..figures)
        .map(|figure| (uniform(number(figures + figure)), figure))
        .collect();
    order.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.cmp(&other.1)));
    let place = |at: &[u32]| at.iter().map(|&level| share(level)).collect::<Vec<f64>>();
    let mut points = vec![place(&at)];
    let mut moved = Vec::with_capacity(figures);
    for (_, figure) in order {
        at[figure] = (at[figure] + levels / 2) % levels;
        points.push(place(&at));
        moved.push(figure);
    }
    (points, moved)
}

#[cfg(test)]
mod tests {
    use super::super::resample::tests::scattered;
    use super::*;
    use crate::metrics::cases::close;

    #[test]
    fn effects_by_hand() {
        let resamples = Resamples::new(4, 500, &scattered);
        let found = elementary(&[2.0, -2.0, 4.0, 0.0], &resamples).expect("four effects");
        close(found.size, 2.0);
        close(found.mean, 1.0);
        close(found.std_dev, (20.0_f64 / 3.0).sqrt());
        assert!(found.size_std_error.expect("resampled") > 0.3);
        assert_eq!(elementary(&[1.0], &resamples), None);
    }

    #[test]
    fn each_figure_moves_once_by_half_the_grid() {
        let (points, moved) = trajectory(7, 4, &|number| scattered(3, number));
        assert_eq!(points.len(), 8);
        let mut seen = moved.clone();
        seen.sort_unstable();
        assert_eq!(seen, (0..7).collect::<Vec<_>>());
        assert_ne!(moved, seen, "in random order");
        for (pair, &figure) in points.windows(2).zip(&moved) {
            for (at, (after, before)) in pair[1].iter().zip(&pair[0]).enumerate() {
                let step = (after - before).abs();
                close(step + 1.0, if at == figure { 1.5 } else { 1.0 });
            }
        }
        let inside = |u: &f64| [0.125, 0.375, 0.625, 0.875].contains(u);
        assert!(points.iter().flatten().all(inside));
    }

    /// A straight line has the same effect everywhere, a product with another figure has not.
    #[test]
    fn what_acts_alone_has_no_spread() {
        let f = |u: &[f64]| 3.0 * u[0] + 8.0 * u[1] * u[2];
        let mut effects = vec![Vec::new(); 4];
        for row in 0..40 {
            let (points, moved) = trajectory(4, 4, &|number| scattered(row, number));
            for (pair, figure) in points.windows(2).zip(moved) {
                let step = pair[1][figure] - pair[0][figure];
                effects[figure].push((f(&pair[1]) - f(&pair[0])) / step);
            }
        }
        let resamples = Resamples::new(40, 200, &scattered);
        let of = |figure: usize| elementary(&effects[figure], &resamples).expect("many");
        close(of(0).size, 3.0);
        assert!(of(0).std_dev < 1e-9);
        assert!(of(1).std_dev > 1.0 && of(1).size > 2.0);
        assert_eq!((of(3).size, of(3).std_dev), (0.0, 0.0));
    }
}
