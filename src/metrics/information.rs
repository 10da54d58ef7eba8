//! What it is worth to know something before deciding.

/// What knowing something is worth, from draws of what is not known.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InformationValue {
    /// Gain of deciding by it, where decisions are found from other draws than those they are tried
    /// on: on average no more than the true value.
    pub value: f64,
    /// Its standard error.
    pub std_error: f64,
    /// Gain where decisions are tried on what they were found from: on average no less.
    pub bound: f64,
}

/// Expected value of knowing the state before deciding, max over decisions inside the mean less
/// outside it, in the unit of the pay-offs.
///
/// - `payoffs`: by decision and state.
/// - `probabilities`: of the states.
///
/// `None` without decisions or if a row has not a number for each state.
///
/// # Source
/// Raiffa and Schlaifer (1961), *Applied Statistical Decision Theory*.
#[must_use]
pub fn value_of_perfect_information(payoffs: &[Vec<f64>], probabilities: &[f64]) -> Option<f64> {
    let known: Vec<Vec<f64>> = (0..probabilities.len())
        .map(|state| {
            (0..probabilities.len())
                .map(|at| f64::from(u8::from(at == state)))
                .collect()
        })
        .collect();
    value_of_sample_information(payoffs, probabilities, &known)
}

/// Expected value of a signal before deciding, in the unit of the pay-offs.
///
/// - `signals`: by signal and state, its probability in that state.
///
/// `None` as [`value_of_perfect_information`].
///
/// # Source
/// Raiffa and Schlaifer (1961).
#[must_use]
pub fn value_of_sample_information(
    payoffs: &[Vec<f64>],
    probabilities: &[f64],
    signals: &[Vec<f64>],
) -> Option<f64> {
    let states = probabilities.len();
    let is_whole = |rows: &[Vec<f64>]| rows.iter().all(|row| row.len() == states);
    if payoffs.is_empty() || !is_whole(payoffs) || !is_whole(signals) {
        return None;
    }
    let best = |weight: &dyn Fn(usize) -> f64| {
        let worth = |row: &Vec<f64>| (0..states).map(|state| weight(state) * row[state]).sum();
        payoffs.iter().map(worth).fold(f64::NEG_INFINITY, f64::max)
    };
    let told = signals
        .iter()
        .map(|signal| best(&|state| probabilities[state] * signal[state]));
    Some(told.sum::<f64>() - best(&|state| probabilities[state]))
}

/// Parts into which draws are dealt: a decision for a draw is found from the other parts.
const FOLDS: usize = 10;

/// Where pieces of the fitted curve meet.
const KNOTS: [f64; 2] = [1.0 / 3.0, 2.0 / 3.0];

/// Functions that a fitted curve is made of.
const TERMS: usize = 4 + KNOTS.len();

/// What it is worth to know one figure before deciding: utilities are regressed on it by cubic
/// splines, and what the best fit says is tried against deciding without it.
///
/// - `utilities`: by decision and draw, larger is better.
/// - `figure`: by draw, in (0, 1).
///
/// `None` with fewer than 40 draws, without decisions, or with rows of other lengths.
///
/// # Source
/// Strong, Oakley and Brennan (2014), *Medical Decision Making* 34(3), with cross-fitting after
/// Chernozhukov et al. (2018), *The Econometrics Journal* 21(1).
#[must_use]
pub fn value_of_figure(utilities: &[Vec<f64>], figure: &[f64]) -> Option<InformationValue> {
    let draws = figure.len();
    let is_whole = utilities.iter().all(|row| row.len() == draws);
    if draws < 4 * FOLDS || utilities.is_empty() || !is_whole {
        return None;
    }
    let all: Vec<usize> = (0..draws).collect();
    // What is best without knowing is taken from all draws: found from parts of them it would lose
    // against the rest, and that would look like a gain.
    let without = best(&means(utilities, &all));
    let mut gains = vec![0.0; draws];
    for fold in 0..FOLDS {
        let others: Vec<usize> = (0..draws).filter(|draw| draw % FOLDS != fold).collect();
        let curves = fits(utilities, figure, &others)?;
        for draw in (fold..draws).step_by(FOLDS) {
            let with = best(&values(&curves, figure[draw]));
            gains[draw] = utilities[with][draw] - utilities[without][draw];
        }
    }
    let curves = fits(utilities, figure, &all)?;
    let largest = |values: &[f64]| values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let fitted = figure.iter().map(|&u| largest(&values(&curves, u)));
    let inside = fitted.sum::<f64>() / draws as f64;
    let (value, std_error) = mean_and_error(&gains);
    Some(InformationValue {
        value,
        std_error,
        bound: (inside - largest(&means(utilities, &all))).max(0.0),
    })
}

/// What it is worth to know all figures before deciding. Utilities of a draw are means over futures,
/// whose chance looks like knowledge: decisions found from one half of the futures are tried on the
/// other half.
///
/// - `halves`: by half, decision and draw, larger is better.
///
/// `None` with fewer than two draws, without decisions, or with rows of other lengths.
#[must_use]
pub fn value_of_all_figures(halves: &[Vec<Vec<f64>>; 2]) -> Option<InformationValue> {
    let draws = halves[0].first()?.len();
    let decisions = halves[0].len();
    let is_whole =
        |half: &Vec<Vec<f64>>| half.len() == decisions && half.iter().all(|row| row.len() == draws);
    if draws < 2 || !halves.iter().all(is_whole) {
        return None;
    }
    let all: Vec<usize> = (0..draws).collect();
    let both: Vec<Vec<f64>> = (0..decisions)
        .map(|decision| {
            let mean =
                |draw: usize| f64::midpoint(halves[0][decision][draw], halves[1][decision][draw]);
            (0..draws).map(mean).collect()
        })
        .collect();
    let without = best(&means(&both, &all));
    let at =
        |half: &[Vec<f64>], draw: usize| half.iter().map(|row| row[draw]).collect::<Vec<f64>>();
    let mut gains = Vec::with_capacity(draws);
    let mut largest = 0.0;
    for draw in 0..draws {
        let tried = |found: usize, tried: usize| {
            let chosen = best(&at(&halves[found], draw));
            halves[tried][chosen][draw] - halves[tried][without][draw]
        };
        gains.push(f64::midpoint(tried(0, 1), tried(1, 0)));
        let chosen = best(&at(&both, draw));
        largest += both[chosen][draw] - both[without][draw];
    }
    let (value, std_error) = mean_and_error(&gains);
    Some(InformationValue {
        value,
        std_error,
        bound: largest / draws as f64,
    })
}

/// The first of the largest.
fn best(values: &[f64]) -> usize {
    let mut best = 0;
    for (at, value) in values.iter().enumerate() {
        if *value > values[best] {
            best = at;
        }
    }
    best
}

fn means(utilities: &[Vec<f64>], draws: &[usize]) -> Vec<f64> {
    let mean =
        |row: &Vec<f64>| draws.iter().map(|&draw| row[draw]).sum::<f64>() / draws.len() as f64;
    utilities.iter().map(mean).collect()
}

fn mean_and_error(values: &[f64]) -> (f64, f64) {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let squares: f64 = values.iter().map(|x| (x - mean) * (x - mean)).sum();
    (mean, (squares / (n - 1.0) / n).sqrt())
}

/// Powers of the distance from the middle, and cubes beyond each knot.
fn terms(u: f64) -> [f64; TERMS] {
    let x = 2.0 * u - 1.0;
    let beyond = |knot: f64| (2.0 * (u - knot).max(0.0)).powi(3);
    [1.0, x, x * x, x * x * x, beyond(KNOTS[0]), beyond(KNOTS[1])]
}

/// A least-squares curve for each decision; `None` if the figure takes too few values.
fn fits(utilities: &[Vec<f64>], figure: &[f64], draws: &[usize]) -> Option<Vec<[f64; TERMS]>> {
    let mut squares = [[0.0; TERMS]; TERMS];
    let mut products = vec![[0.0; TERMS]; utilities.len()];
    // Sums about the mean keep what is large and common from drowning what differs.
    let centre = means(utilities, draws);
    for &draw in draws {
        let terms = terms(figure[draw]);
        for (row, &one) in squares.iter_mut().zip(&terms) {
            for (cell, &other) in row.iter_mut().zip(&terms) {
                *cell += one * other;
            }
        }
        for ((product, utility), centre) in products.iter_mut().zip(utilities).zip(&centre) {
            for (cell, &term) in product.iter_mut().zip(&terms) {
                *cell += term * (utility[draw] - centre);
            }
        }
    }
    let mut curves = solve(squares, products)?;
    for (curve, centre) in curves.iter_mut().zip(centre) {
        curve[0] += centre;
    }
    Some(curves)
}

fn values(curves: &[[f64; TERMS]], u: f64) -> Vec<f64> {
    let terms = terms(u);
    let value = |curve: &[f64; TERMS]| curve.iter().zip(&terms).map(|(a, b)| a * b).sum();
    curves.iter().map(value).collect()
}

/// Elimination with pivots; `None` if the matrix is singular.
fn solve(
    mut matrix: [[f64; TERMS]; TERMS],
    mut sides: Vec<[f64; TERMS]>,
) -> Option<Vec<[f64; TERMS]>> {
    for column in 0..TERMS {
        let size = |row: &usize| matrix[*row][column].abs();
        let pivot = (column..TERMS).max_by(|one, other| size(one).total_cmp(&size(other)))?;
        if matrix[pivot][column].abs() < 1e-9 {
            return None;
        }
        matrix.swap(column, pivot);
        for side in &mut sides {
            side.swap(column, pivot);
        }
        for row in (0..TERMS).filter(|&row| row != column) {
            let factor = matrix[row][column] / matrix[column][column];
            let from = matrix[column];
            for (cell, value) in matrix[row].iter_mut().zip(from) {
                *cell -= factor * value;
            }
            for side in &mut sides {
                side[row] -= factor * side[column];
            }
        }
    }
    for side in &mut sides {
        for (at, value) in side.iter_mut().enumerate() {
            *value /= matrix[at][at];
        }
    }
    Some(sides)
}

#[cfg(test)]
mod tests {
    use super::super::resample::tests::scattered;
    use super::*;
    use crate::metrics::cases::close;

    /// Case 15, `payoff`.
    #[test]
    fn strategy_metrics_information() {
        let payoffs = [
            vec![120.0, 80.0, -60.0],
            vec![70.0, 75.0, 40.0],
            vec![20.0, 30.0, 95.0],
        ];
        let probabilities = [0.5, 0.3, 0.2];
        close(
            value_of_perfect_information(&payoffs, &probabilities).unwrap(),
            31.0,
        );
        let signals = [vec![0.8, 0.6, 0.1], vec![0.2, 0.4, 0.9]];
        let found = value_of_sample_information(&payoffs, &probabilities, &signals);
        close(found.unwrap(), 12.4);
        let silent = [vec![1.0; 3]];
        let found = value_of_sample_information(&payoffs, &probabilities, &silent);
        assert!(found.unwrap().abs() < 1e-9, "{found:?}");
        assert_eq!(value_of_perfect_information(&[], &probabilities), None);
        assert_eq!(value_of_perfect_information(&payoffs, &[1.0]), None);
    }

    const DRAWS: u32 = 4_000;

    fn column(at: u32) -> Vec<f64> {
        (0..DRAWS).map(|draw| scattered(draw, at)).collect()
    }

    /// One decision pays 0, the other 2 u − 1 + noise of mean 0. Knowing u: E max(0, 2 u − 1) = 1/4.
    /// Knowing v, which pays nothing on average but is in the noise of both: nothing.
    #[test]
    fn a_figure_is_worth_the_decisions_it_turns() {
        let (u, v, noise) = (column(0), column(1), column(2));
        let pays = |draw: usize| 2.0 * u[draw] - 1.0 + 3.0 * (noise[draw] - 0.5);
        let utilities = [
            v.iter().map(|v| 50.0 * v).collect::<Vec<f64>>(),
            (0..u.len())
                .map(|draw| 50.0 * v[draw] + pays(draw))
                .collect(),
        ];
        let found = value_of_figure(&utilities, &u).expect("many draws");
        assert!(
            (found.value - 0.25).abs() < 4.0 * found.std_error,
            "{found:?}"
        );
        assert!(
            (found.bound - 0.25).abs() < 0.06 && found.std_error < 0.02,
            "{found:?}"
        );
        let other = value_of_figure(&utilities, &v).expect("many draws");
        assert!(other.value < 4.0 * other.std_error + 0.01, "{other:?}");
        assert!(other.bound < 0.05, "{other:?}");
        assert_eq!(value_of_figure(&utilities, &[0.5; 30]), None);
        assert_eq!(
            value_of_figure(&utilities, &vec![0.5; DRAWS as usize]),
            None
        );
    }

    /// The same decision, but known only with the chance of futures: what both halves agree on.
    #[test]
    fn all_figures_are_worth_no_more_than_what_is_tried_apart() {
        let u = column(0);
        let half = |at: u32| {
            let noise = column(at);
            let pays = |draw: usize| 2.0 * u[draw] - 1.0 + noise[draw] - 0.5;
            vec![vec![0.0; u.len()], (0..u.len()).map(pays).collect()]
        };
        let found = value_of_all_figures(&[half(1), half(2)]).expect("many draws");
        assert!(found.value < 0.25 + 3.0 * found.std_error, "{found:?}");
        assert!(found.value > 0.18 && found.bound > 0.25, "{found:?}");
        let quiet = vec![
            vec![0.0; u.len()],
            u.iter().map(|u| 2.0 * u - 1.0).collect(),
        ];
        let found = value_of_all_figures(&[quiet.clone(), quiet]).expect("many draws");
        assert!(
            (found.value - 0.25).abs() < 4.0 * found.std_error + 0.01,
            "{found:?}"
        );
    }
}
