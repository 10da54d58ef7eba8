//! Proper scores of a forecast against what came.
//!
//! Gneiting and Raftery (2007), *Strictly proper scoring rules, prediction, and estimation*;
//! Ferro (2014), *Fair scores for ensemble forecasts*.

use crate::maths::regularized_gamma;

/// Continuous ranked probability score of a sample: mean |x − y| − Σ|xᵢ − xⱼ| / (2n²). In the unit
/// of the sample, 0 at best; of a single value it is the absolute error. `None` of an empty sample.
#[must_use]
pub fn crps(sample: &[f64], observed: f64) -> Option<f64> {
    let n = sample.len() as f64;
    (!sample.is_empty()).then(|| distance(sample, observed) - spread(sample) / (n * n))
}

/// The same without the bias of a small sample, which then is judged as the law it comes from:
/// n(n − 1) in place of n². `None` of fewer than two values.
#[must_use]
pub fn fair_crps(sample: &[f64], observed: f64) -> Option<f64> {
    let n = sample.len() as f64;
    (sample.len() > 1).then(|| distance(sample, observed) - spread(sample) / (n * (n - 1.0)))
}

/// Mean |x − y|.
fn distance(sample: &[f64], observed: f64) -> f64 {
    let sum: f64 = sample.iter().map(|value| (value - observed).abs()).sum();
    sum / sample.len() as f64
}

/// Σ|xᵢ − xⱼ| / 2 over all ordered pairs, from the order of the values.
fn spread(sample: &[f64]) -> f64 {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let weighted = sorted.iter().enumerate();
    weighted
        .map(|(rank, value)| (2.0 * rank as f64 + 1.0 - n) * value)
        .sum()
}

/// Continuous ranked probability score of a normal law; `None` without a spread above 0.
#[must_use]
pub fn normal_crps(mean: f64, sd: f64, observed: f64) -> Option<f64> {
    if sd.is_nan() || sd <= 0.0 {
        return None;
    }
    let z = (observed - mean) / sd;
    let density = libm::exp(-0.5 * z * z) / (2.0 * std::f64::consts::PI).sqrt();
    // 2Φ(z) − 1.
    let inside = regularized_gamma(0.5, 0.5 * z * z).copysign(z);
    Some(sd * (z * inside + 2.0 * density - 1.0 / std::f64::consts::PI.sqrt()))
}

/// The shares of a sample below `observed`, and at or below it: the probability integral transform
/// lies anywhere between, evenly. `None` of an empty sample.
#[must_use]
pub fn probability_integral(sample: &[f64], observed: f64) -> Option<(f64, f64)> {
    if sample.is_empty() {
        return None;
    }
    let n = sample.len() as f64;
    let below = sample.iter().filter(|&&value| value < observed).count();
    let up_to = sample.iter().filter(|&&value| value <= observed).count();
    Some((below as f64 / n, up_to as f64 / n))
}

/// How much better a mean score is than that of a reference: 1 is perfect, 0 no better, below 0
/// worse. `None` if the reference is perfect.
#[must_use]
pub fn skill(score: f64, reference: f64) -> Option<f64> {
    (reference > 0.0).then(|| 1.0 - score / reference)
}

/// Kolmogorov–Smirnov distance of values in [0, 1] from the uniform law, and whether it passes what
/// 95 in 100 samples of independent uniform values stay below (Stephens 1974). `None` of no values.
#[must_use]
pub fn far_from_uniform(values: &[f64]) -> Option<(f64, bool)> {
    if values.is_empty() {
        return None;
    }
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len() as f64;
    let gaps = sorted.iter().enumerate().map(|(rank, value)| {
        let rank = rank as f64;
        (value - rank / n).max((rank + 1.0) / n - value)
    });
    let distance = gaps.fold(0.0, f64::max);
    let scaled = distance * (n.sqrt() + 0.12 + 0.11 / n.sqrt());
    Some((distance, scaled > 1.358))
}

#[cfg(test)]
mod tests {
    use super::super::cases::close;
    use super::*;

    const ENSEMBLE: [f64; 6] = [3.1, 4.7, 5.0, 6.2, 8.8, 9.9];

    #[test]
    fn ka14_scores() {
        close(crps(&ENSEMBLE, 5.6).expect("a sample"), 0.697_222_222_222_2);
        close(
            fair_crps(&ENSEMBLE, 5.6).expect("a sample"),
            0.433_333_333_333_3,
        );
        close(
            normal_crps(6.0, 2.5, 5.6).expect("a spread"),
            0.609_715_419_286_5,
        );
        assert_eq!(probability_integral(&ENSEMBLE, 5.6), Some((0.5, 0.5)));
    }

    #[test]
    fn the_order_of_the_values_does_not_matter() {
        let mut turned = ENSEMBLE;
        turned.reverse();
        assert_eq!(crps(&ENSEMBLE, 7.0), crps(&turned, 7.0));
    }

    #[test]
    fn a_point_is_scored_by_its_absolute_error() {
        assert_eq!(crps(&[3.0], 5.0), Some(2.0));
        assert_eq!(crps(&[3.0, 3.0], 5.0), Some(2.0));
        assert_eq!(fair_crps(&[3.0], 5.0), None);
        assert_eq!(crps(&[], 5.0), None);
    }

    #[test]
    fn ties_leave_room_for_the_integral() {
        assert_eq!(
            probability_integral(&[0.0, 0.0, 1.0, 2.0], 0.0),
            Some((0.0, 0.5))
        );
        assert_eq!(probability_integral(&[], 0.0), None);
    }

    #[test]
    fn skill_compares_with_a_reference() {
        assert_eq!(skill(1.0, 4.0), Some(0.75));
        assert_eq!(skill(4.0, 2.0), Some(-1.0));
        assert_eq!(skill(1.0, 0.0), None);
    }

    #[test]
    fn values_at_one_end_are_far_from_uniform() {
        let even: Vec<f64> = (0..20).map(|rank| (f64::from(rank) + 0.5) / 20.0).collect();
        assert!(!far_from_uniform(&even).expect("values").1);
        assert!(far_from_uniform(&[0.99; 9]).expect("values").1);
        assert!(!far_from_uniform(&[0.9]).expect("values").1);
        assert_eq!(far_from_uniform(&[]), None);
    }
}
