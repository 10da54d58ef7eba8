//! How properties are tried: the same cases each time, unless the environment asks for others.

use proptest::prelude::*;
use proptest::test_runner::RngSeed;

/// From which the cases of every property are drawn.
const SEED: u64 = 1;

/// So many cases, from a fixed seed; `PROPTEST_CASES` and `PROPTEST_RNG_SEED` stand above both.
pub(crate) fn cases(count: u32) -> ProptestConfig {
    let is_set = |name: &str| std::env::var_os(name).is_some();
    let mut config = ProptestConfig {
        // No files beside the tests: the seed tells which case it was.
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    if !is_set("PROPTEST_CASES") {
        config.cases = count;
    }
    // Some properties speak of few of the worlds that are drawn.
    config.max_global_rejects = config.cases.saturating_mul(1_000);
    if !is_set("PROPTEST_RNG_SEED") {
        config.rng_seed = RngSeed::Fixed(SEED);
    }
    config
}
