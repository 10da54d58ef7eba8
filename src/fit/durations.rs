//! How long events last.

use crate::results::{Bounded, DurationFit, LawFit, Parameter};

use super::goodness::distance;
use super::laws::{Family, Sample};
use super::profile::{Peak, end, interval_of_logarithm};

/// Known durations from which laws with two parameters are tried.
const LEAST_FOR_A_SHAPE: usize = 3;

/// The 95 % quantile of the standard normal law.
const NORMAL_95: f64 = 1.644_853_626_951_472_2;

/// Durations in days, all longer than 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Durations {
    /// Known ones.
    pub known: Vec<f64>,
    /// Lower bounds of those that still lasted.
    pub at_least: Vec<f64>,
    /// How many are not known at all.
    pub unknown: u64,
}

/// Laws of durations by greatest likelihood, best first by Akaike's criterion.
///
/// An event that still lasts counts with the probability to last so long. Intervals are those of
/// the profile likelihood. Laws with a shape need three known durations; if all known ones are
/// the same there is nothing to fit.
#[must_use]
pub fn fit_durations(durations: &Durations) -> DurationFit {
    let known = &durations.known;
    let fixed_days = known
        .first()
        .copied()
        .filter(|first| known.len() > 1 && known.iter().all(|days| days == first));
    let families: &[Family] = match known.len() {
        0 => &[],
        _ if fixed_days.is_some() => &[],
        count if count < LEAST_FOR_A_SHAPE => &[Family::Exponential],
        _ => &Family::ALL,
    };
    let sample = Sample::new(durations);
    let mut laws: Vec<LawFit> = families
        .iter()
        .map(|&family| fit_law(family, durations, &sample))
        .collect();
    laws.sort_by(|one, other| one.aic.total_cmp(&other.aic));
    DurationFit {
        known: known.len() as u64,
        censored: durations.at_least.len() as u64,
        unknown: durations.unknown,
        fixed_days,
        laws,
    }
}

fn fit_law(family: Family, durations: &Durations, sample: &Sample) -> LawFit {
    let best = sample.best(family);
    let shape = best.at;
    let centre = sample.best_centre(family, shape).at;
    let value = best.value;
    let step = 1.0 / (durations.known.len() as f64).sqrt();
    let limits = sample.centres();

    let days = |name: &str, estimate: Bounded| Parameter {
        name: name.to_owned(),
        unit: "days".to_owned(),
        estimate,
    };
    let centre_interval = || {
        interval_of_logarithm(Peak { at: centre, value }, step, limits, |at| {
            sample.best_shape(family, |_| at).value
        })
    };
    let parameters = match family {
        Family::Exponential => vec![days("mean", centre_interval())],
        Family::LogNormal => {
            let at = centre + NORMAL_95 * libm::exp(shape);
            let limits = [limits[0], limits[1] + 30.0];
            let p95 = interval_of_logarithm(Peak { at, value }, step, limits, |at| {
                let centre = |shape| at - NORMAL_95 * libm::exp(shape);
                sample.best_shape(family, centre).value
            });
            vec![days("median", centre_interval()), days("p95", p95)]
        }
        Family::Weibull | Family::Gamma => {
            let limits = Sample::shapes(family);
            let profile = |at: f64| sample.best_centre(family, at).value;
            let top = Peak { at: shape, value };
            let low = end(top, -step, limits[0], profile).map(libm::exp);
            let high = end(top, step, limits[1], profile).map(libm::exp);
            let value = libm::exp(shape);
            vec![
                days("mean", centre_interval()),
                Parameter {
                    name: "shape".to_owned(),
                    unit: String::new(),
                    estimate: Bounded { value, low, high },
                },
            ]
        }
    };
    LawFit {
        law: family.name().to_owned(),
        parameters,
        log_likelihood: value,
        aic: 2.0 * family.parameters() as f64 - 2.0 * value,
        ks_distance: distance(&durations.known, &durations.at_least, |x| {
            family.distribution(centre, shape, x)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law<'a>(found: &'a DurationFit, name: &str) -> &'a LawFit {
        found
            .laws
            .iter()
            .find(|law| law.law == name)
            .expect("fitted")
    }

    fn value(law: &LawFit, name: &str) -> f64 {
        let of = |parameter: &&Parameter| parameter.name == name;
        let found = law.parameters.iter().find(of);
        found.expect("a parameter of it").estimate.value
    }

    fn sample() -> Durations {
        Durations {
            known: vec![0.3, 0.9, 1.4, 2.2, 3.1, 4.0, 6.5, 11.0],
            at_least: vec![],
            unknown: 1,
        }
    }

    /// With whole durations the log-normal estimates are moments of the logarithms, and the
    /// exponential one is the mean.
    #[test]
    fn estimates_without_censoring_are_the_closed_ones() {
        let durations = sample();
        let found = fit_durations(&durations);
        let n = durations.known.len() as f64;
        let logs: Vec<f64> = durations.known.iter().map(|x| libm::log(*x)).collect();
        let mu = logs.iter().sum::<f64>() / n;
        let sigma = (logs.iter().map(|x| (x - mu).powi(2)).sum::<f64>() / n).sqrt();
        let lognormal = law(&found, "lognormal");
        assert!((value(lognormal, "median") / libm::exp(mu) - 1.0).abs() < 1e-6);
        let p95 = libm::exp(mu + NORMAL_95 * sigma);
        assert!((value(lognormal, "p95") / p95 - 1.0).abs() < 1e-5);
        let mean = durations.known.iter().sum::<f64>() / n;
        let exponential = law(&found, "exponential");
        assert!((value(exponential, "mean") / mean - 1.0).abs() < 1e-12);
        let expected = -n * (libm::log(mean) + 1.0);
        assert!((exponential.log_likelihood - expected).abs() < 1e-10);
        assert!((value(law(&found, "gamma"), "mean") / mean - 1.0).abs() < 1e-9);
        assert_eq!((found.known, found.unknown, found.laws.len()), (8, 1, 4));
    }

    /// Each law at shape 1 is the exponential one, and none can be less likely than that.
    #[test]
    fn laws_with_a_shape_are_at_least_as_likely_as_the_exponential() {
        let mut durations = sample();
        durations.at_least = vec![5.0, 20.0];
        let sample = Sample::new(&durations);
        let found = fit_durations(&durations);
        let exponential = law(&found, "exponential");
        let mean = value(exponential, "mean");
        let all = durations.known.iter().chain(&durations.at_least);
        assert!((mean - all.sum::<f64>() / 8.0).abs() < 1e-9);
        for (family, name) in [(Family::Weibull, "weibull"), (Family::Gamma, "gamma")] {
            let at_one = sample.log_likelihood(family, libm::log(mean), 0.0);
            assert!((at_one - exponential.log_likelihood).abs() < 1e-9, "{name}");
            assert!(law(&found, name).log_likelihood >= at_one - 1e-9, "{name}");
        }
        for law in &found.laws {
            for parameter in &law.parameters {
                let Bounded { value, low, high } = parameter.estimate;
                let (low, high) = (low.expect("bounded"), high.expect("bounded"));
                assert!(low < value && value < high, "{law:?}");
            }
        }
        assert!(found.laws.is_sorted_by(|one, other| one.aic <= other.aic));
    }

    /// The interval of an exponential mean solves n (ln(m/m̂) + m̂/m − 1) = 1.9207.
    #[test]
    fn the_interval_of_an_exponential_mean_is_the_closed_one() {
        let found = fit_durations(&sample());
        let estimate = law(&found, "exponential").parameters[0].estimate;
        for end in [estimate.low, estimate.high] {
            let ratio = end.expect("bounded") / estimate.value;
            let fall = 8.0 * (libm::log(ratio) + 1.0 / ratio - 1.0);
            assert!((fall - 1.920_729).abs() < 1e-3, "{fall}");
        }
    }

    #[test]
    fn too_few_durations_have_no_shape_and_equal_ones_no_law() {
        let of = |known: &[f64]| {
            fit_durations(&Durations {
                known: known.to_vec(),
                at_least: vec![4.0],
                unknown: 0,
            })
        };
        assert!(of(&[]).laws.is_empty());
        assert_eq!(of(&[2.0, 3.0]).laws.len(), 1);
        assert_eq!(of(&[2.0; 5]).fixed_days, Some(2.0));
        assert!(of(&[2.0; 5]).laws.is_empty());
    }
}
