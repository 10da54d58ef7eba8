//! The mean volume over a horizon from the scenario's own start on, by integrating over time.

use crate::metrics::Compensated;

use super::Period;
use super::component::{Component, Course};

/// Points of the rule on each stretch of time.
const POINTS: usize = 20;

/// After so many of the slowest times nothing is left of the start (e⁻⁴⁰ of it).
const FORGOTTEN: f64 = 40.0;

/// Mean volume delivered over a horizon, in (b/d · d); `None` if the way from the start to the
/// long run is not known.
///
/// - `long_run`: mean rate of each period in the long run, b/d.
pub(super) fn delivered(
    periods: &[Period],
    components: &[Component],
    long_run: &[f64],
) -> Option<f64> {
    let (mut fastest, mut slowest) = (0.0_f64, 0.0_f64);
    let mut marks: Vec<f64> = Vec::new();
    for component in components {
        match component.course {
            Course::Stationary => {}
            Course::Exponential { rate, .. } => {
                fastest += rate;
                slowest = slowest.max(1.0 / rate);
            }
            Course::Overlapping { mean, load } => {
                fastest += (1.0 + load) / mean;
                slowest = slowest.max(mean * (1.0 + libm::log1p(load) / FORGOTTEN));
            }
            Course::OverlappingFixed { rate, length } => {
                fastest += rate;
                marks.push(length);
                slowest = slowest.max(length / FORGOTTEN);
            }
            Course::Unknown => return None,
        }
    }
    let settled = FORGOTTEN * slowest;
    // Stretches that grow with time: what is fast is over before they are long.
    let mut mark = if fastest > 0.0 {
        1.0 / fastest
    } else {
        settled
    };
    while mark < settled {
        marks.push(mark);
        mark *= 2.0;
    }
    marks.push(settled);
    let rule = legendre(POINTS);
    let mut sum = Compensated::default();
    for (period, settled_rate) in periods.iter().zip(long_run) {
        let (begin, end) = (period.begin, period.end);
        let mut edges: Vec<f64> = marks
            .iter()
            .copied()
            .filter(|&mark| mark > begin && mark < end)
            .chain([begin, end])
            .collect();
        edges.sort_by(f64::total_cmp);
        for pair in edges.windows(2) {
            let (from, to) = (pair[0], pair[1]);
            if from >= settled {
                sum.add(settled_rate * (to - from));
                continue;
            }
            let half = (to - from) / 2.0;
            for &(point, weight) in &rule {
                let time = from + half * (1.0 + point);
                let laws: Option<Vec<Vec<f64>>> = components
                    .iter()
                    .map(|component| component.law_at(time))
                    .collect();
                let laws = laws?;
                let law_of = |component: usize| laws[component].as_slice();
                for face in &period.faces {
                    sum.add(weight * half * face.mean(&law_of));
                }
            }
        }
    }
    Some(sum.value())
}

/// Points and weights of the Gauss–Legendre rule on (−1, 1): zeros of the Legendre polynomial by
/// Newton's method.
fn legendre(points: usize) -> Vec<(f64, f64)> {
    let n = points as f64;
    (0..points)
        .map(|index| {
            let mut x = libm::cos(std::f64::consts::PI * (index as f64 + 0.75) / (n + 0.5));
            let mut slope = 1.0;
            for _ in 0..100 {
                let (mut before, mut value) = (1.0, x);
                for degree in 2..=points {
                    let k = degree as f64;
                    let next = ((2.0 * k - 1.0) * x * value - (k - 1.0) * before) / k;
                    before = value;
                    value = next;
                }
                slope = n * (x * value - before) / (x * x - 1.0);
                let step = value / slope;
                x -= step;
                if step.abs() < 1e-15 {
                    break;
                }
            }
            (x, 2.0 / ((1.0 - x * x) * slope * slope))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::legendre;

    #[test]
    fn the_rule_integrates_polynomials_and_decay() {
        let rule = legendre(20);
        let integral =
            |f: &dyn Fn(f64) -> f64| -> f64 { rule.iter().map(|&(x, weight)| weight * f(x)).sum() };
        assert!((integral(&|_| 1.0) - 2.0).abs() < 1e-13);
        assert!((integral(&|x| x.powi(38)) - 2.0 / 39.0).abs() < 1e-13);
        let decay = integral(&|x| libm::exp(-3.0 * x));
        assert!((decay - 2.0 * libm::sinh(3.0) / 3.0).abs() < 1e-12);
    }
}
