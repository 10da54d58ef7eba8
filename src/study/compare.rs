//! Strategies against a base, in the same futures.

use std::collections::BTreeMap;
use std::io;

use crate::accumulate::UNDEFINED;
use crate::metrics::{
    Against, Dominance, conditional_value_at_risk_difference, dominance, holm, paired,
    two_sided_p_value, two_sided_z,
};
use crate::model::{Model, Strategy};
use crate::results::{
    ComparedCost, ComparedMetric, ComparedOrder, ComparedRegime, Comparison, ControlledDifference,
    Summary, Tail,
};
use crate::sampling::Stream;
use crate::simulation::{
    Held, Observer, ROW_COLUMNS, Row, RunError, Settings, Silent, controlled_differences,
    regimes_held, summary,
};
use crate::units::{DAYS_PER_YEAR, round_half_even};

use super::cost::{cost, cost_at};
use super::futures::{column, play};
use super::retention::retentions;

/// Metrics that are compared, and whether more of them is better.
const COMPARED: [(&str, bool); 14] = [
    ("undelivered", false),
    ("gross_undelivered", false),
    ("delivered", true),
    ("exported", true),
    ("shut_in", false),
    ("deliverability", true),
    ("shortfall_time", false),
    ("shortfall_events", false),
    ("longest_shortfall", false),
    ("deepest_cut", false),
    ("tariff_paid", false),
    ("revenue", true),
    ("netback", true),
    ("state_take", true),
];
/// Volumes whose mean differences are told with control variates, too.
const CONTROLLED: [&str; 4] = ["undelivered", "delivered", "exported", "shut_in"];
/// Metrics whose tails are compared: undelivered volume, shut-in, and the netback that is missed.
const WITH_TAIL: [&str; 3] = ["undelivered", "shut_in", "netback"];
/// Levels of those tails.
const LEVELS: [(&str, f64); 2] = [("0.95", 0.95), ("0.99", 0.99)];
/// Replications beyond a level below which the error of its tail is itself unsure.
const THIN: f64 = 250.0;
/// Resamples of the test of dominance.
const RESAMPLES: usize = 400;
/// Below this, a variance ratio says that two strategies did not meet the same disruptions.
const BROKEN: f64 = 1.0;

/// Plays a base and what may become of it over the same futures, and compares each with the base.
///
/// `None` if the observer cancelled before anything was known.
///
/// - `sha256`: hash of the files of the base.
/// - `sink`: gets the rows of each model, by its number: 0 is the base.
///
/// # Errors
/// Those of [`run_together`](crate::simulation::run_together).
pub fn compare(
    base: &Model,
    others: &[&Model],
    sha256: &str,
    settings: &Settings,
    sink: impl FnMut(usize, &[Row]) -> io::Result<()>,
    observer: &mut dyn Observer,
) -> Result<Option<Summary>, RunError> {
    let models: Vec<&Model> = std::iter::once(base)
        .chain(others.iter().copied())
        .collect();
    let settings = Settings {
        rows: true,
        ..settings.clone()
    };
    let columns: Vec<usize> = COMPARED.iter().map(|&(name, _)| column(name)).collect();
    let planned = column("planned");
    let kept: Vec<usize> = columns.iter().copied().chain([planned]).collect();
    let (samples, runs) = play(&models, &kept, &settings, sink, observer)?;
    let mut runs = runs.into_iter();
    let Some(first) = runs.next().filter(|run| run.replications > 0) else {
        return Ok(None);
    };
    let replications = first.replications;
    let mut found = summary(base, sha256, &settings, first);
    for run in runs {
        found.strategies.push(run.result);
        for warning in run.warnings {
            if !found.warnings.contains(&warning) {
                found.warnings.push(warning);
            }
        }
    }
    for (model, result) in models.iter().zip(&mut found.strategies) {
        match retentions(model, settings.threads) {
            Ok(kept) => result.retention = Some(kept),
            Err(why) if !found.warnings.contains(&why) => found.warnings.push(why),
            Err(_) => {}
        }
    }
    let drawn = Settings {
        range: settings.range.start..settings.range.start + replications,
        ..settings.clone()
    };
    let held = regimes_held(base, &drawn, &mut Silent)?;
    let mut comparisons = Vec::with_capacity(2 * others.len());
    for (other, &model) in others.iter().enumerate() {
        let pair = Pair {
            base: &samples[0],
            other: &samples[other + 1],
        };
        let name = |which: usize| found.strategies[which].id.clone();
        let mut draw = resampler(settings.seed, other as u64);
        let (dominates, is_dominated) = pair.dominance(&mut draw);
        let metrics = pair.metrics();
        comparisons.push(Comparison {
            of: name(other + 1),
            against: name(0),
            cost: compared_cost(base, model, metrics.get("undelivered")),
            metrics,
            regimes: pair.regimes(base, &held),
            dominates,
            is_dominated,
        });
        let more = stock_to_sell(model) - stock_to_sell(base);
        if more != 0 {
            let (size, sign) = (more.unsigned_abs(), if more > 0 { "more" } else { "less" });
            found.warnings.push(format!(
                "`{}` begins with {size} bbl {sign} above the targets of its tanks, and what it sells of that is part \
                 of the difference: set `initial` of its tanks so that they begin with as much",
                name(other + 1)
            ));
        }
        if samples[0][columns.len()] != samples[other + 1][columns.len()] {
            found.warnings.push(format!(
                "`{}` changes what is planned, so that undelivered volumes have different \
                 baselines: compare what is delivered",
                name(other + 1)
            ));
        }
    }
    if !settings.plain {
        add_controlled(&models, &samples, &drawn, &mut comparisons)?;
    }
    adjust(&mut comparisons);
    warn(&comparisons, &mut found.warnings);
    let mut with_best = against_best(&samples, &found);
    adjust(&mut with_best);
    comparisons.extend(with_best);
    found.comparisons = comparisons;
    Ok(Some(found))
}

/// Puts beside mean differences from the base what control variates make of them.
fn add_controlled(
    models: &[&Model],
    samples: &[Vec<Vec<i64>>],
    drawn: &Settings,
    comparisons: &mut [Comparison],
) -> Result<(), RunError> {
    let places: Vec<usize> = (CONTROLLED.iter())
        .filter_map(|name| COMPARED.iter().position(|(compared, _)| compared == name))
        .collect();
    let values: Vec<Vec<&[i64]>> = (samples.iter())
        .map(|sample| places.iter().map(|&at| sample[at].as_slice()).collect())
        .collect();
    let found = controlled_differences(models, &values, drawn)?;
    for (comparison, found) in comparisons.iter_mut().zip(found) {
        for (name, found) in CONTROLLED.iter().zip(found) {
            let (Some(metric), Some(found)) = (comparison.metrics.get_mut(*name), found) else {
                continue;
            };
            // What independent runs would have had.
            let apart = metric
                .variance_ratio
                .map(|ratio| ratio * metric.std_error.powi(2));
            let variance = found.std_error.powi(2);
            let reach = two_sided_z(0.95) * found.std_error;
            metric.controlled = Some(ControlledDifference {
                mean: found.mean,
                std_error: found.std_error,
                ci95: [found.mean - reach, found.mean + reach],
                variance_ratio: apart
                    .filter(|_| variance > 0.0)
                    .map(|apart| apart / variance),
            });
        }
    }
    Ok(())
}

/// All that are not the base against the one that leaves least undelivered, if that is not the
/// base.
fn against_best(samples: &[Vec<Vec<i64>>], found: &Summary) -> Vec<Comparison> {
    let total = |which: usize| -> i128 { samples[which][0].iter().map(|&v| i128::from(v)).sum() };
    let Some(best) = (0..samples.len())
        .min_by_key(|&which| total(which))
        .filter(|&best| best > 0)
    else {
        return Vec::new();
    };
    let others = (1..samples.len()).filter(|&which| which != best);
    others
        .map(|which| Comparison {
            of: found.strategies[which].id.clone(),
            against: found.strategies[best].id.clone(),
            metrics: Pair {
                base: &samples[best],
                other: &samples[which],
            }
            .metrics(),
            regimes: BTreeMap::new(),
            dominates: None,
            is_dominated: None,
            cost: None,
        })
        .collect()
}

/// What two models gave, by compared metric.
struct Pair<'s> {
    base: &'s [Vec<i64>],
    other: &'s [Vec<i64>],
}

impl Pair<'_> {
    fn metrics(&self) -> BTreeMap<String, ComparedMetric> {
        let metrics = COMPARED.iter().enumerate();
        let known = metrics.filter_map(|(at, &(name, more))| {
            let compared = self.metric(at, name, more)?;
            Some((name.to_owned(), compared))
        });
        known.collect()
    }

    /// `None` where the metric is not known in two replications of both.
    fn metric(&self, at: usize, name: &str, more: bool) -> Option<ComparedMetric> {
        let both = self.other[at].iter().zip(&self.base[at]);
        let both = both.filter(|&(&one, &other)| one != UNDEFINED && other != UNDEFINED);
        let (of, against): (Vec<i64>, Vec<i64>) = both.unzip();
        let found = paired(&of, &against)?;
        let (unit, scale) = match ROW_COLUMNS[column(name)].1 {
            "s" => ("h", 1.0 / 3_600.0),
            "share" => ("share", 1e-9),
            unit => (unit, 1.0),
        };
        let (mean, error) = (found.mean_difference * scale, found.std_error * scale);
        let reach = two_sided_z(0.95) * error;
        let better = if more {
            1.0 - found.probability_better
        } else {
            found.probability_better
        };
        let p_value = two_sided_p_value(mean, error, (found.count - 1) as f64);
        Some(ComparedMetric {
            unit: unit.to_owned(),
            better: if more { "more" } else { "less" }.to_owned(),
            mean,
            std_error: error,
            ci95: [mean - reach, mean + reach],
            variance_ratio: found.variance_ratio,
            controlled: None,
            probability_better: better,
            probability_better_std_error: found.probability_better_std_error,
            p_value,
            p_value_holm: p_value,
            conditional_value_at_risk: if WITH_TAIL.contains(&name) {
                tails(&of, &against, more)
            } else {
                BTreeMap::new()
            },
        })
    }

    /// Whether the other dominates the base, and the base the other, in undelivered volume.
    fn dominance(
        &self,
        draw: &mut dyn FnMut(usize) -> usize,
    ) -> (Option<ComparedOrder>, Option<ComparedOrder>) {
        let mut order =
            |one: &[i64], other: &[i64]| dominance(one, other, RESAMPLES, draw).map(compared_order);
        let (of, against) = (&self.other[0], &self.base[0]);
        (order(of, against), order(against, of))
    }

    /// Differences of undelivered volume by how long each regime of the base held.
    fn regimes(
        &self,
        base: &Model,
        held: &[Vec<Held>],
    ) -> BTreeMap<String, BTreeMap<String, ComparedRegime>> {
        let by_class = |classes: &[Held]| {
            let of_class = |class: Held| {
                let both = self.other[0].iter().zip(&self.base[0]).zip(classes);
                let own = both.filter(|&(_, &own)| own == class).map(|(both, _)| both);
                let (of, against): (Vec<i64>, Vec<i64>) = own.unzip();
                let found = paired(&of, &against);
                let mean = match of.as_slice() {
                    [one] => one.saturating_sub(against[0]) as f64,
                    _ => found.map_or(0.0, |found| found.mean_difference),
                };
                let regime = ComparedRegime {
                    count: of.len() as u64,
                    mean,
                    std_error: found.map(|found| found.std_error),
                };
                (!of.is_empty()).then(|| (class.as_str().to_owned(), regime))
            };
            Held::ALL.into_iter().filter_map(of_class).collect()
        };
        (base.regimes.iter().zip(held))
            .map(|(regime, classes)| (regime.id.clone(), by_class(classes)))
            .collect()
    }
}

/// Differences of conditional values at risk. Where more is better, the loss is what is missed.
fn tails(of: &[i64], against: &[i64], more: bool) -> BTreeMap<String, Option<Tail>> {
    let loss = |sample: &[i64]| -> Vec<i64> {
        if more {
            sample.iter().map(|value| -value).collect()
        } else {
            sample.to_vec()
        }
    };
    let (of, against) = (loss(of), loss(against));
    let tail = |level: f64| {
        let found = conditional_value_at_risk_difference(&of, &against, level)?;
        Some(Tail {
            value: found.value,
            std_error: Some(found.std_error),
            thin: of.len() as f64 * (1.0 - level) < THIN,
        })
    };
    LEVELS
        .iter()
        .map(|&(name, level)| (name.to_owned(), tail(level)))
        .collect()
}

fn compared_order(found: Dominance) -> ComparedOrder {
    let Dominance {
        first_order: first,
        convex_order: convex,
    } = found;
    let p_value = |against: Against| against.p_value;
    ComparedOrder {
        first_order_violation: first.violation,
        first_order_p_value: p_value(first),
        convex_order_violation: convex.violation,
        convex_order_p_value: p_value(convex),
    }
}

/// Whole numbers for the resamples of one comparison, the same for the same seed.
fn resampler(seed: u64, comparison: u64) -> impl FnMut(usize) -> usize {
    let stream = Stream::new(seed, 0, "compare", "dominance");
    let (mut event, mut spare) = (0_u32, None);
    move |below| {
        let uniform = spare.take().unwrap_or_else(|| {
            let (first, second) = stream.pair(comparison, event, 0);
            event = event.wrapping_add(1);
            spare = Some(second);
            first
        });
        (uniform * below as f64) as usize
    }
}

/// What a model's strategies cost more than those of the base; `None` if one has no known cost.
fn compared_cost(
    base: &Model,
    model: &Model,
    undelivered: Option<&ComparedMetric>,
) -> Option<ComparedCost> {
    let sum = |of: &dyn Fn(&Strategy) -> Option<f64>| -> Option<f64> {
        let total = |model: &Model| -> Option<f64> { model.strategies.iter().map(of).sum() };
        Some(total(model)? - total(base)?)
    };
    let annual = |strategy: &Strategy| cost(strategy).map(|cost| cost.annual_usd());
    let annual_usd = sum(&annual)?;
    let bound = |end: fn(&Strategy) -> Option<f64>| {
        let has_range = model.strategies.iter().any(|one| end(one).is_some());
        let at_end = |strategy: &Strategy| match end(strategy) {
            Some(capex) => cost_at(strategy, capex).map(|cost| cost.annual_usd()),
            None => annual(strategy),
        };
        sum(&at_end).filter(|_| has_range)
    };
    let per_year = DAYS_PER_YEAR / model.horizon.days();
    let per_dollar = |barrels: f64| (annual_usd > 0.0).then(|| barrels * per_year / annual_usd);
    Some(ComparedCost {
        annual_usd,
        annual_low_usd: bound(|strategy| strategy.capex_low_usd),
        annual_high_usd: bound(|strategy| strategy.capex_high_usd),
        avoided_bbl_per_usd: undelivered.and_then(|metric| per_dollar(-metric.mean)),
        avoided_bbl_per_usd_std_error: undelivered.and_then(|metric| per_dollar(metric.std_error)),
    })
}

/// Adjusts the p-values of each metric for all strategies.
fn adjust(comparisons: &mut [Comparison]) {
    for (name, _) in COMPARED {
        let known: Vec<usize> = (0..comparisons.len())
            .filter(|&at| comparisons[at].metrics.contains_key(name))
            .collect();
        let p_values: Vec<f64> = (known.iter())
            .map(|&at| comparisons[at].metrics[name].p_value)
            .collect();
        for (&at, adjusted) in known.iter().zip(holm(&p_values)) {
            if let Some(metric) = comparisons[at].metrics.get_mut(name) {
                metric.p_value_holm = adjusted;
            }
        }
    }
}

/// What tanks hold at the start above what they keep, bbl.
fn stock_to_sell(model: &Model) -> i64 {
    let tanks = model.hubs.iter().filter_map(|hub| hub.tank.as_ref());
    let above = tanks.map(|tank| {
        let share = (tank.initial.get() - tank.target.get()).max(0.0);
        round_half_even(tank.capacity.first().0 as f64 * share)
    });
    above.sum()
}

/// Says what makes comparisons doubtful.
fn warn(comparisons: &[Comparison], warnings: &mut Vec<String>) {
    let of_undelivered = |one: &Comparison| one.metrics.get("undelivered").cloned();
    for one in comparisons {
        let Some(metric) = of_undelivered(one) else {
            continue;
        };
        if metric.variance_ratio.is_some_and(|ratio| ratio < BROKEN) {
            warnings.push(format!(
                "`{}` and `{}` hardly met the same disruptions (variance ratio below 1): their \
                 difference is no better known than from runs apart",
                one.of, one.against
            ));
        }
        if one.cost.is_none() {
            warnings.push(format!(
                "the cost of `{}` a year is not known: give `capex` and `lifetime`, or `opex`",
                one.of
            ));
        }
    }
}
