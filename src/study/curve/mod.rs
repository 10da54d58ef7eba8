//! What size is worth: one more mooring, tank, tanker or crew, and the firm capacity that a risky way
//! is worth.

mod firm;
mod search;
mod sizes;

use crate::metrics::{conditional_value_at_risk, conditional_value_at_risk_difference, paired};
use crate::model::Model;
use crate::results::{Curve, CurveLoss, RankEstimate};
use crate::simulation::scenario_info;

pub use firm::{Ends, FIRM_LINK, FirmAsked, firm_equivalent, firm_text, usual_ends};
pub use sizes::{Size, curve_of_sizes};

use super::futures::Futures;

/// How a curve is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CurveSettings {
    /// Seed of all random numbers.
    pub seed: u64,
    /// Replications of each size.
    pub replications: u64,
    /// Threads; 0 for all there are.
    pub threads: usize,
}

/// What is asked of every replication; the last only where markets pay.
fn metrics(model: &Model) -> &'static [&'static str] {
    if model.is_priced() {
        &["undelivered", "netback"]
    } else {
        &["undelivered"]
    }
}

/// A result without findings.
fn empty(model: &Model, sha256: &str, settings: &CurveSettings) -> Curve {
    Curve {
        format: "keruen-curve/1".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario_info(model, sha256),
        strategies: model.strategies.iter().map(|s| s.id.clone()).collect(),
        seed: settings.seed,
        replications: settings.replications,
        sizes: None,
        firm: None,
        warnings: Vec::new(),
    }
}

/// What a configuration loses.
fn loss(futures: &Futures, configuration: usize, count: usize) -> CurveLoss {
    let losses = futures.sample(configuration, 0);
    let mut sorted = losses.to_vec();
    sorted.sort_unstable();
    let tail = conditional_value_at_risk(&sorted, search::TAIL);
    let mean = |sample: &[i64]| mean_difference(sample, &vec![0; sample.len()]);
    CurveLoss {
        mean_bbl: mean(losses),
        cvar95_bbl: tail.map(|tail| RankEstimate {
            mean: tail.value,
            std_error: tail.std_error,
        }),
        netback_usd: (count > 1).then(|| mean(futures.sample(configuration, 1))),
    }
}

/// What a configuration loses less what another does, replication by replication.
fn difference(futures: &Futures, one: usize, other: usize, count: usize) -> CurveLoss {
    let of = |metric| (futures.sample(one, metric), futures.sample(other, metric));
    let (losses, others) = of(0);
    let tail = conditional_value_at_risk_difference(losses, others, search::TAIL);
    CurveLoss {
        mean_bbl: mean_difference(losses, others),
        cvar95_bbl: tail.map(|tail| RankEstimate {
            mean: tail.value,
            std_error: Some(tail.std_error),
        }),
        netback_usd: (count > 1).then(|| {
            let (earned, others) = of(1);
            mean_difference(earned, others)
        }),
    }
}

fn mean_difference(one: &[i64], other: &[i64]) -> RankEstimate {
    paired(one, other).map_or_else(RankEstimate::default, |paired| RankEstimate {
        mean: paired.mean_difference,
        std_error: Some(paired.std_error),
    })
}
