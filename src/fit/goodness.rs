//! How far a law is from what was seen.

/// Greatest distance between the exponential law of mean 1 and the distribution of a sample;
/// 0 for an empty one.
#[must_use]
pub fn exponential_distance(sample: &[f64]) -> f64 {
    distance(sample, &[], |x| -libm::expm1(-x))
}

/// Greatest distance between a law and the product-limit estimate of a distribution from values
/// that are known and values of which only a lower bound is known.
///
/// # Source
/// Kaplan and Meier (1958), *Journal of the American Statistical Association* 53.
pub(super) fn distance(known: &[f64], at_least: &[f64], law: impl Fn(f64) -> f64) -> f64 {
    let mut all: Vec<(f64, bool)> = known.iter().map(|&value| (value, true)).collect();
    all.extend(at_least.iter().map(|&value| (value, false)));
    // Where both are the same, what is known comes first: the other lasts longer.
    all.sort_by(|one, other| one.0.total_cmp(&other.0).then(other.1.cmp(&one.1)));
    let mut surviving = 1.0;
    let mut greatest = 0.0_f64;
    for (index, &(value, is_known)) in all.iter().enumerate() {
        if !is_known {
            continue;
        }
        let expected = law(value);
        let at_risk = (all.len() - index) as f64;
        greatest = greatest.max((expected - (1.0 - surviving)).abs());
        surviving *= 1.0 - 1.0 / at_risk;
        greatest = greatest.max((expected - (1.0 - surviving)).abs());
    }
    greatest
}

/// Probability that a sample of `count` values is at least this far from the law it comes from.
///
/// # Source
/// Stephens (1970), *Journal of the Royal Statistical Society B* 32: the limit law of Kolmogorov
/// with a correction for small samples.
#[must_use]
pub fn kolmogorov_p_value(distance: f64, count: usize) -> f64 {
    if count == 0 {
        return 1.0;
    }
    let root = (count as f64).sqrt();
    let scaled = (root + 0.12 + 0.11 / root) * distance;
    if scaled < 0.3 {
        // The series below converges slowly there, and the probability is 1 to five digits.
        return 1.0;
    }
    let mut sum = 0.0;
    for k in 1..=100_u32 {
        let k = f64::from(k);
        let term = libm::exp(-2.0 * k * k * scaled * scaled);
        sum += if k % 2.0 == 1.0 { term } else { -term };
        if term < 1e-16 {
            break;
        }
    }
    (2.0 * sum).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn distances_are_those_worked_out_by_hand() {
        let uniform = |x: f64| x.clamp(0.0, 1.0);
        // Steps at 0.1 and 0.5: the law is farthest below the upper end of the last.
        assert!((distance(&[0.1, 0.5], &[], uniform) - 0.5).abs() < 1e-15);
        // The one that leaves at 0.2 makes the last step 1/2 of what survives: 1/3, then 2/3.
        let found = distance(&[0.1, 0.5], &[0.2], uniform);
        assert!((found - 0.5).abs() < 1e-15, "{found}");
        assert_eq!(distance(&[], &[0.2], uniform), 0.0);
    }

    /// The usual 5 % point of the limit law is 1.3581.
    #[test]
    fn the_five_per_cent_point_is_the_known_one() {
        let p = kolmogorov_p_value(1.358_1 / 1e4, 100_000_000);
        assert!((p - 0.05).abs() < 1e-4, "{p}");
        assert_eq!(kolmogorov_p_value(0.0, 10), 1.0);
        assert!(kolmogorov_p_value(1.0, 20) < 1e-8);
    }
}
