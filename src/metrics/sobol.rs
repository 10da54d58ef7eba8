//! Sobol' indices: which share of a variance is due to which figure.

use super::resample::Resamples;

/// What a function gave on the points of a design of two independent samples of its arguments.
#[derive(Clone, Copy, Debug)]
pub struct SobolDesign<'a> {
    /// By row, at the points of the first sample, A.
    pub a: &'a [f64],
    /// By row, at those of the second, B.
    pub b: &'a [f64],
    /// By figure and row, at the points of A with that figure taken from B.
    pub mixed: &'a [Vec<f64>],
}

/// A share of a variance and its standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SobolShare {
    /// The share.
    pub value: f64,
    /// Its standard error, from resampled rows; `None` with too few.
    pub std_error: Option<f64>,
}

/// The indices of one figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SobolIndex {
    /// Share of the variance that would go away, on average, if the figure were known.
    pub first: SobolShare,
    /// Share that would be left if all others were known.
    pub total: SobolShare,
}

/// What a design says.
#[derive(Clone, Debug, PartialEq)]
pub struct Sobol {
    /// Mean of the function.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
    /// By figure.
    pub figures: Vec<SobolIndex>,
    /// Sum of the first indices: 1 if figures do not act together.
    pub sum_first: SobolShare,
}

/// First indices as mean\[f(B) (f(A with the figure of B) − f(A))\] / V, total ones as
/// mean\[(f(A) − f(A with the figure of B))²\] / (2 V), V being the variance of both samples. f(B) is
/// taken from the mean, which changes no expectation and makes the error less.
///
/// `None` with fewer than two rows, columns of different length, or a function that is constant.
///
/// # Source
/// Saltelli et al. (2010), *Computer Physics Communications* 181(2), for the first; Jansen (1999),
/// *Computer Physics Communications* 117(1–2), for the total.
#[must_use]
pub fn sobol(design: &SobolDesign<'_>, resamples: &Resamples) -> Option<Sobol> {
    let SobolDesign { a, b, mixed } = *design;
    let is_even = b.len() == a.len() && mixed.iter().all(|column| column.len() == a.len());
    if a.len() < 2 || !is_even {
        return None;
    }
    let all: Vec<usize> = (0..a.len()).collect();
    let (mean, variance) = spread(design, &all)?;
    let share = |of: &dyn Fn(&[usize]) -> Option<f64>| {
        Some(SobolShare {
            value: of(&all)?,
            std_error: resamples.std_error(of),
        })
    };
    let figures: Option<Vec<SobolIndex>> = (0..mixed.len())
        .map(|figure| {
            Some(SobolIndex {
                first: share(&|rows| first(design, figure, rows))?,
                total: share(&|rows| total(design, figure, rows))?,
            })
        })
        .collect();
    let sum_first = share(&|rows| {
        let each = (0..mixed.len()).map(|figure| first(design, figure, rows));
        each.sum()
    })?;
    Some(Sobol {
        mean,
        variance,
        figures: figures?,
        sum_first,
    })
}

/// Mean and variance over some rows of both samples.
fn spread(design: &SobolDesign<'_>, rows: &[usize]) -> Option<(f64, f64)> {
    let values = || rows.iter().flat_map(|&row| [design.a[row], design.b[row]]);
    let n = 2.0 * rows.len() as f64;
    let mean = values().sum::<f64>() / n;
    let squares: f64 = values().map(|value| (value - mean) * (value - mean)).sum();
    let variance = squares / (n - 1.0);
    (variance > 0.0 && variance.is_finite()).then_some((mean, variance))
}

fn first(design: &SobolDesign<'_>, figure: usize, rows: &[usize]) -> Option<f64> {
    let (mean, variance) = spread(design, rows)?;
    let mixed = &design.mixed[figure];
    let each = |&row: &usize| (design.b[row] - mean) * (mixed[row] - design.a[row]);
    Some(rows.iter().map(each).sum::<f64>() / rows.len() as f64 / variance)
}

fn total(design: &SobolDesign<'_>, figure: usize, rows: &[usize]) -> Option<f64> {
    let (_, variance) = spread(design, rows)?;
    let mixed = &design.mixed[figure];
    let each = |&row: &usize| (design.a[row] - mixed[row]) * (design.a[row] - mixed[row]);
    Some(rows.iter().map(each).sum::<f64>() / rows.len() as f64 / (2.0 * variance))
}

#[cfg(test)]
mod tests {
    use super::super::resample::tests::scattered;
    use super::*;

    const ROWS: u32 = 16_384;

    /// sin x₁ + 7 sin² x₂ + 0.1 x₃⁴ sin x₁, arguments between −π and π.
    fn ishigami(u: [f64; 3]) -> f64 {
        let [x, y, z] = u.map(|u| std::f64::consts::PI * (2.0 * u - 1.0));
        let sin = libm::sin(y);
        libm::sin(x) * (1.0 + 0.1 * z * z * z * z) + 7.0 * sin * sin
    }

    fn points() -> (Vec<[f64; 3]>, Vec<[f64; 3]>) {
        let of = |first: u32| {
            let point = |row: u32| std::array::from_fn(|at| scattered(row, first + at as u32));
            (0..ROWS).map(point).collect()
        };
        (of(0), of(3))
    }

    /// Case 14, `sobol_ishigami_a7_b0p1`: closed forms.
    #[test]
    fn the_function_of_ishigami_has_its_indices() {
        let (a, b) = points();
        let mixed: Vec<Vec<f64>> = (0..3)
            .map(|figure| {
                let mix = |(a, b): (&[f64; 3], &[f64; 3])| {
                    let mut point = *a;
                    point[figure] = b[figure];
                    ishigami(point)
                };
                a.iter().zip(&b).map(mix).collect()
            })
            .collect();
        let of = |points: &[[f64; 3]]| points.iter().map(|&u| ishigami(u)).collect::<Vec<f64>>();
        let (of_a, of_b) = (of(&a), of(&b));
        let design = SobolDesign {
            a: &of_a,
            b: &of_b,
            mixed: &mixed,
        };
        let resamples = Resamples::new(ROWS as usize, 60, &|one, two| scattered(one + 99_991, two));
        let found = sobol(&design, &resamples).expect("it varies");
        assert!((found.variance / 13.844_587_940_72 - 1.0).abs() < 0.03);
        let known = [
            (0.313_905_191_147_8, 0.557_588_855_21),
            (0.442_411_144_79, 0.442_411_144_79),
            (0.0, 0.243_683_664_062_1),
        ];
        let near = |share: SobolShare, known: f64| {
            let error = share.std_error.expect("many rows");
            assert!(error < 0.02, "{share:?}");
            assert!(
                (share.value - known).abs() < 3.5 * error,
                "{share:?} {known}"
            );
        };
        for (index, (first, total)) in found.figures.iter().zip(known) {
            near(index.first, first);
            near(index.total, total);
        }
        near(found.sum_first, 0.756_316_335_937_8);
    }

    #[test]
    fn what_says_nothing_is_none() {
        let resamples = Resamples::new(2, 10, &scattered);
        let constant = [vec![1.0, 1.0]];
        let design = |a, b| SobolDesign {
            a,
            b,
            mixed: &constant,
        };
        assert_eq!(sobol(&design(&[1.0, 1.0], &[1.0, 1.0]), &resamples), None);
        assert_eq!(sobol(&design(&[1.0], &[1.0]), &resamples), None);
        assert_eq!(sobol(&design(&[1.0, 2.0], &[1.0]), &resamples), None);
        assert_eq!(
            sobol(&design(&[1.0, f64::NAN], &[1.0, 2.0]), &resamples),
            None
        );
    }
}
