//! Draws of every law: frozen for good, and of the law that they claim.

use keruen::model::Law;
use keruen::sampling::{Sampler, Stream};
use rand_distr::Distribution;

/// A law of each kind.
fn laws() -> Vec<(&'static str, Law)> {
    vec![
        ("fixed", Law::Fixed(4.0)),
        ("exponential", Law::Exponential { mean: 6.0 }),
        (
            "weibull",
            Law::Weibull {
                mean: 6.0,
                shape: 1.5,
            },
        ),
        (
            "gamma",
            Law::Gamma {
                mean: 6.0,
                shape: 2.5,
            },
        ),
        (
            "gamma below one",
            Law::Gamma {
                mean: 6.0,
                shape: 0.4,
            },
        ),
        (
            "lognormal",
            Law::LogNormal {
                mu: 0.7,
                sigma: 0.9,
            },
        ),
        (
            "uniform",
            Law::Uniform {
                low: 2.0,
                high: 5.0,
            },
        ),
        (
            "triangular",
            Law::Triangular {
                low: 1.0,
                mode: 2.0,
                high: 6.0,
            },
        ),
        (
            "beta",
            Law::Beta {
                alpha: 2.5,
                beta: 1.5,
            },
        ),
        (
            "geometric",
            Law::Geometric {
                mean: 4.0,
                step: 0.5,
            },
        ),
        ("empirical", Law::Empirical(vec![1.0, 2.0, 2.0, 7.0])),
    ]
}

fn stream() -> Stream {
    Stream::new(1, 0, "storm", "link.jetty")
}

/// The first three draws of every law, by their bits: a change here changes every result.
const FROZEN: &[(&str, [u64; 3])] = &[
    (
        "fixed",
        [
            0x4010_0000_0000_0000,
            0x4010_0000_0000_0000,
            0x4010_0000_0000_0000,
        ],
    ),
    (
        "exponential",
        [
            0x4009_969c_ba49_1848,
            0x4037_d044_e944_7269,
            0x4007_2228_2c5b_e213,
        ],
    ),
    (
        "weibull",
        [
            0x4011_7a96_a665_0049,
            0x4030_a937_e1cd_f0a4,
            0x4010_579d_9bfb_28d6,
        ],
    ),
    (
        "gamma",
        [
            0x4011_f8f7_bc73_4f3f,
            0x4030_3c28_ab4e_1e79,
            0x4010_fc07_2b64_9034,
        ],
    ),
    (
        "gamma below one",
        [
            0x3ff4_c307_da00_8e04,
            0x4042_7040_065b_0fc8,
            0x3ff0_ead7_ff11_3012,
        ],
    ),
    (
        "lognormal",
        [
            0x3ffa_72fe_1714_bc02,
            0x402a_1df0_c3c8_9bb8,
            0x3ff8_9d87_a576_d7f7,
        ],
    ),
    (
        "uniform",
        [
            0x4009_eac4_e60a_0afc,
            0x4013_c5f5_5e14_71de,
            0x4009_2d96_5c17_b0d7,
        ],
    ),
    (
        "triangular",
        [
            0x4004_980f_4667_59f5,
            0x4015_8a88_24d0_a8ee,
            0x4003_e255_c577_1fe8,
        ],
    ),
    (
        "beta",
        [
            0x3fe2_e808_2ad2_6234,
            0x3fee_f9b8_51d9_c0aa,
            0x3fe2_3b10_acb5_4824,
        ],
    ),
    (
        "geometric",
        [
            0x4000_0000_0000_0000,
            0x402e_0000_0000_0000,
            0x4000_0000_0000_0000,
        ],
    ),
    (
        "empirical",
        [
            0x4000_0000_0000_0000,
            0x401c_0000_0000_0000,
            0x4000_0000_0000_0000,
        ],
    ),
];

#[test]
fn the_first_draws_are_frozen() {
    let stream = stream();
    let found: Vec<(&str, [u64; 3])> = laws()
        .iter()
        .map(|(name, law)| {
            let sampler = Sampler::new(law);
            let draw = |event| sampler.quantile(stream.uniform(0, event, 0)).to_bits();
            (*name, [draw(0), draw(1), draw(2)])
        })
        .collect();
    assert_eq!(found, FROZEN, "{found:#018x?}");
}

const DRAWS: usize = 20_000;

/// The greatest distance between the laws of two samples.
fn distance(one: &mut [f64], other: &mut [f64]) -> f64 {
    one.sort_unstable_by(f64::total_cmp);
    other.sort_unstable_by(f64::total_cmp);
    let share = |sample: &[f64], x: f64| {
        sample.partition_point(|&value| value <= x) as f64 / sample.len() as f64
    };
    let all = one.iter().chain(other.iter());
    all.map(|&x| (share(one, x) - share(other, x)).abs())
        .fold(0.0, f64::max)
}

/// Fails if a sampler and another library's law differ as one time in 100 000 by chance.
fn assert_same(name: &str, sampler: &Sampler, other: &mut dyn FnMut() -> f64) {
    let stream = stream();
    let mut own: Vec<f64> = (0..DRAWS as u64)
        .map(|replication| sampler.quantile(stream.uniform(replication, 0, 0)))
        .collect();
    let mut theirs: Vec<f64> = (0..DRAWS).map(|_| other()).collect();
    let mean = |values: &[f64]| values.iter().sum::<f64>() / DRAWS as f64;
    let variance = |values: &[f64]| {
        let mean = mean(values);
        values
            .iter()
            .map(|value| (value - mean).powi(2))
            .sum::<f64>()
            / (DRAWS - 1) as f64
    };
    let error = ((variance(&own) + variance(&theirs)) / DRAWS as f64).sqrt();
    let apart = (mean(&own) - mean(&theirs)).abs();
    assert!(
        apart <= 4.0 * error,
        "{name}: means {apart} apart, error {error}"
    );
    let most = (-(0.5e-5_f64).ln() / DRAWS as f64).sqrt();
    let found = distance(&mut own, &mut theirs);
    assert!(found <= most, "{name}: {found} apart, at most {most}");
    // The distribution function is the inverse of what was drawn with.
    for p in [0.001, 0.1, 0.37, 0.5, 0.9, 0.999] {
        let back = sampler.cdf(sampler.quantile(p));
        assert!(back >= p - 1e-9, "{name}: {p} comes back as {back}");
    }
}

#[test]
fn draws_follow_the_law_of_another_library() {
    let mut generator = Stream::new(2, 0, "another", "library").generator(0, 0);
    for (name, law) in laws() {
        let sampler = Sampler::new(&law);
        let mut draw = {
            let generator = &mut generator;
            let expect = "a law of the table";
            let draw: Box<dyn FnMut() -> f64 + '_> = match law {
                Law::Exponential { mean } => {
                    let law = rand_distr::Exp::new(1.0 / mean).expect(expect);
                    Box::new(move || law.sample(generator))
                }
                Law::Weibull { mean, shape } => {
                    let scale = mean / libm::tgamma(1.0 + 1.0 / shape);
                    let law = rand_distr::Weibull::new(scale, shape).expect(expect);
                    Box::new(move || law.sample(generator))
                }
                Law::Gamma { mean, shape } => {
                    let law = rand_distr::Gamma::new(shape, mean / shape).expect(expect);
                    Box::new(move || law.sample(generator))
                }
                Law::LogNormal { mu, sigma } => {
                    let law = rand_distr::LogNormal::new(mu, sigma).expect(expect);
                    Box::new(move || law.sample(generator))
                }
                Law::Uniform { low, high } => {
                    let law = rand_distr::Uniform::new(low, high).expect(expect);
                    Box::new(move || law.sample(generator))
                }
                Law::Triangular { low, mode, high } => {
                    let law = rand_distr::Triangular::new(low, high, mode).expect(expect);
                    Box::new(move || law.sample(generator))
                }
                Law::Beta { alpha, beta } => {
                    let law = rand_distr::Beta::new(alpha, beta).expect(expect);
                    Box::new(move || law.sample(generator))
                }
                Law::Geometric { mean, step } => {
                    let law = rand_distr::Geometric::new(step / mean).expect(expect);
                    Box::new(move || step * (1.0 + law.sample(generator) as f64))
                }
                Law::Fixed(_) | Law::Empirical(_) | Law::Weighted(_) => continue,
            };
            draw
        };
        assert_same(name, &sampler, &mut *draw);
    }
}

#[test]
fn an_empirical_law_draws_each_of_its_values_alike() {
    let sampler = Sampler::new(&Law::Empirical(vec![1.0, 2.0, 2.0, 7.0]));
    let stream = stream();
    for (value, share) in [(1.0, 0.25), (2.0, 0.5), (7.0, 0.25)] {
        let count = (0..DRAWS as u64)
            .filter(|&replication| sampler.quantile(stream.uniform(replication, 0, 0)) == value)
            .count();
        let error = (share * (1.0 - share) / DRAWS as f64).sqrt();
        let found = count as f64 / DRAWS as f64;
        assert!(
            (found - share).abs() <= 4.0 * error,
            "{value}: {found}, expected {share}"
        );
    }
}

/// What is met at a random instant: mean E X² / (2 E X), by a grid over both uniform numbers.
#[test]
fn what_is_left_at_a_random_instant_has_the_mean_of_renewal_theory() {
    for (name, law) in laws() {
        let sampler = Sampler::new(&law);
        if matches!(law, Law::Geometric { .. }) {
            continue; // On a grid of its own; the remainder is a whole number of steps.
        }
        let steps = 20_000;
        let at = |index: i32| (f64::from(index) + 0.5) / f64::from(steps);
        let (mut first, mut second, mut left) = (0.0, 0.0, 0.0);
        for index in 0..steps {
            let value = sampler.quantile(at(index));
            first += value;
            second += value * value;
            // The second uniform number enters as a factor; its mean is a half.
            left += sampler.equilibrium(at(index), 0.5);
        }
        let exact = second / (2.0 * first);
        let found = left / f64::from(steps);
        assert!(
            (found / exact - 1.0).abs() < 5e-3,
            "{name}: {found}, exact {exact}"
        );
    }
}
