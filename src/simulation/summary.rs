//! From what was gathered to results.

use std::collections::BTreeMap;

use rayon::slice::ParallelSliceMut;

use crate::accumulate::{Column, EXACT, Gathered, Group, Sample, UNDEFINED};
use crate::metrics::{conditional_value_at_risk, exceedance, quantile, value_at_risk};
use crate::model::{Model, NodeRef};
use crate::results::{
    Convergence, ConvergencePoint, Exceedance, ExceedancePoint, FORMAT, Fan, LinkInfo, Metric,
    Metrics, MonthlyRow, NetworkInfo, NodeInfo, RouteInfo, ScenarioInfo, StrategyInfo,
    StrategyResult, Summary, Tail, Uncertainty,
};
use crate::units::SECONDS_PER_DAY;

use super::by_month;
use super::columns::Columns;
use super::money;
use super::nested::{self, Nests};
use super::overview::mean_rates;
use super::quota_results;
use super::rules::rules;
use super::settings::{Run, Settings};
use super::undisturbed::Undisturbed;
use super::world::World;

/// Levels of the quantiles reported.
pub(super) const QUANTILES: [(&str, f64); 6] = [
    ("0.05", 0.05),
    ("0.25", 0.25),
    ("0.5", 0.5),
    ("0.75", 0.75),
    ("0.95", 0.95),
    ("0.99", 0.99),
];
/// Levels of value at risk.
pub(super) const TAILS: [(&str, f64); 2] = [("0.95", 0.95), ("0.99", 0.99)];
/// Replications beyond the value at risk below which its error is itself unsure.
pub(super) const THIN: f64 = 250.0;
/// Points of the convergence curve, at most.
const CONVERGENCE_POINTS: usize = 60;

/// The summary of a run of one strategy. Which figures are in doubt the model does not say: whoever
/// read it adds them.
#[must_use]
pub fn summary(model: &Model, sha256: &str, settings: &Settings, run: Run) -> Summary {
    Summary {
        format: FORMAT.to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        scenario: scenario_info(model, sha256),
        seed: settings.seed,
        first_replication: settings.range.start,
        replications: run.replications,
        stopped: run.stopped.as_str().to_owned(),
        collect: settings.collect,
        rules: rules(model),
        strategies: vec![run.result],
        comparisons: Vec::new(),
        network: network_info(model),
        warnings: run.warnings,
        figures_in_doubt: 0,
        bound: None,
        strata: None,
        uncertainty: run.draws.map(|draws| Uncertainty {
            draws: draws.count,
            replications_per_draw: draws.replications,
            parameters: Vec::new(),
        }),
    }
}

/// Which scenario it was.
#[must_use]
pub fn scenario_info(model: &Model, sha256: &str) -> ScenarioInfo {
    ScenarioInfo {
        name: model.name.clone(),
        about: model.about.clone(),
        sha256: sha256.to_owned(),
        start: model.start.to_string(),
        horizon_days: model.horizon.days(),
    }
}

/// The findings, and what the reader must know about them.
pub(super) fn strategy_result(
    world: &World<'_>,
    undisturbed: &Undisturbed,
    columns: &Columns,
    gathered: &Gathered,
    samples: &[Sample; EXACT.len()],
    (months, followed): (&[String], &str),
    nests: Option<&Nests>,
) -> (StrategyResult, Vec<String>) {
    let model = world.model;
    let plan = &columns.plan;
    // The metric that the run was followed by, if its sample is kept; else the first that is.
    let followed = EXACT.iter().position(|&name| name == followed).unwrap_or(0);
    // One sorted copy at a time: a long run has large samples.
    let sorted = |at: usize| {
        let mut sample = samples[at].values();
        sample.retain(|&value| value != UNDEFINED);
        sample.par_sort_unstable();
        sample
    };
    let mut exceedance = None;
    let mut groups: BTreeMap<Group, Metrics> = BTreeMap::new();
    for (index, column) in plan.columns.iter().enumerate() {
        let exact = plan.exact.iter().position(|&exact| exact == index);
        let sample = exact.map(&sorted);
        let mut metric = metric(column, index, gathered, sample.as_deref());
        if column.name == EXACT[0] && column.group == Group::System {
            exceedance = sample
                .as_ref()
                .filter(|sample| !sample.is_empty())
                .map(|sample| curve(sample));
            if let (Some(curve), Some(nests)) = (&mut exceedance, nests) {
                nests.exceedance(&samples[0].values(), &mut curve.points);
            }
        }
        if let Some(at) = plan.ratios.iter().position(|&(ratio, ..)| ratio == index) {
            metric.mean = gathered.ratio(at).ratio();
            metric.std_error = gathered.ratio(at).ratio_std_error();
        }
        if let Some(nests) = nests {
            let ratio = plan.ratios.iter().position(|&(ratio, ..)| ratio == index);
            let found = match ratio {
                Some(ratio) => nests.ratio(ratio),
                None => nests.column(index),
            };
            // A ratio is in its own unit, and not in billionths.
            let scale = ratio.map_or(column.scale, |_| 1.0);
            nested::amend(&mut metric, found.as_ref(), scale);
            // Replications of one draw are alike, which a sketch does not know.
            let known = exact.zip(sample.as_deref());
            for (name, level) in TAILS {
                if let Some(Some(tail)) = metric.conditional_value_at_risk.get_mut(name) {
                    let error = known.and_then(|(exact, sorted)| {
                        nests.tail_error(&samples[exact].values(), sorted, level)
                    });
                    tail.std_error = error.map(|error| error * column.scale);
                }
            }
        }
        if column.group == Group::System && column.name == "time_to_recover" {
            let known = gathered.moments(index).count();
            let all = known + gathered.censored();
            metric.censored = (all > 0).then(|| gathered.censored() as f64 / all as f64);
        }
        groups
            .entry(column.group)
            .or_default()
            .insert(column.name.to_owned(), metric);
    }
    let mut by = |kind: &dyn Fn(usize) -> Group, ids: Vec<&str>| -> BTreeMap<String, Metrics> {
        ids.iter()
            .enumerate()
            .filter_map(|(index, id)| Some(((*id).to_owned(), groups.remove(&kind(index))?)))
            .collect()
    };
    let fields = by(
        &Group::Field,
        model.fields.iter().map(|field| &*field.id).collect(),
    );
    let markets = by(
        &Group::Market,
        model.markets.iter().map(|market| &*market.id).collect(),
    );
    let links = by(
        &Group::Link,
        model.links.iter().map(|link| &*link.id).collect(),
    );
    let hubs = by(&Group::Hub, model.hubs.iter().map(|hub| &*hub.id).collect());
    let routes = by(
        &Group::Route,
        model.routes.iter().map(|route| &*route.id).collect(),
    );
    let transits = by(
        &Group::Transit,
        model.transits.iter().map(|transit| &*transit.id).collect(),
    );
    let regimes = by(
        &Group::Regime,
        model.regimes.iter().map(|regime| &*regime.id).collect(),
    );
    let jurisdictions = by(
        &Group::Jurisdiction,
        columns.jurisdictions.iter().map(String::as_str).collect(),
    );
    // A hazard that a dated strategy changes has two entries of one id; their figures are kept apart.
    let mut entries: BTreeMap<&str, usize> = BTreeMap::new();
    for hazard in &model.hazards {
        *entries.entry(&hazard.id).or_default() += 1;
    }
    let mut hazard_ids: Vec<String> = Vec::new();
    for hazard in &model.hazards {
        let again = entries[hazard.id.as_str()] > 1;
        let later = again && hazard.from.0 > 0;
        hazard_ids.push(if later {
            format!("{} (changed)", hazard.id)
        } else {
            hazard.id.clone()
        });
    }
    let hazards = by(
        &Group::Hazard,
        hazard_ids.iter().map(String::as_str).collect(),
    );
    let mut class_names: Vec<&str> = columns.classes.iter().map(String::as_str).collect();
    class_names.push("after-effects");
    let classes = by(&Group::Class, class_names);

    let quotas = by(
        &Group::Quota,
        model.quotas.iter().map(|quota| &*quota.id).collect(),
    );

    let column = &plan.columns[plan.exact[followed]];
    let mut convergence = convergence(&samples[followed], column);
    if let (Some(curve), Some(nests)) = (&mut convergence, nests) {
        curve.points = nests.convergence(&samples[followed].values(), column.scale);
        let found = nests.column(plan.exact[followed]);
        curve.epistemic = nested::band(found.as_ref(), column.scale);
    }
    let warnings = warnings(gathered.replications());
    let applied: Vec<StrategyInfo> = model
        .strategies
        .iter()
        .map(|strategy| StrategyInfo {
            id: strategy.id.clone(),
            name: strategy.name.clone(),
            about: strategy.about.clone(),
            capex_usd: strategy.capex_usd,
            opex_usd: strategy.opex_usd,
        })
        .collect();
    let join = |part: &dyn Fn(&StrategyInfo) -> String, base: &str| {
        let parts: Vec<String> = applied.iter().map(part).collect();
        if parts.is_empty() {
            base.to_owned()
        } else {
            parts.join(" + ")
        }
    };
    let system = groups.remove(&Group::System).unwrap_or_default();
    let lost = system.get("netback_lost");
    let result = StrategyResult {
        money: money::findings(world, undisturbed, columns.collect, lost),
        id: join(&|strategy| strategy.id.clone(), "baseline"),
        name: join(&|strategy| strategy.name.clone(), "Baseline"),
        metrics: system,
        fields,
        markets,
        links,
        hubs,
        routes,
        jurisdictions,
        hazards,
        classes,
        regimes,
        transits,
        quotas,
        quota_months: quota_results::months(world, &undisturbed.quotas, gathered, months),
        exceedance,
        fan: fan(world, undisturbed, gathered, nests),
        convergence,
        monthly: monthly(world, gathered, months, nests),
        link_months: by_month::links(
            world,
            gathered,
            (months, &month_lengths(model, months.len())),
            (2 + model.routes.len() + model.markets.len()) * months.len(),
        ),
        tanks: by_month::tanks(world, gathered),
        undisturbed: mean_rates(world, undisturbed),
        grades: None,
        retention: None,
        controls: None,
        applied,
    };
    (result, warnings)
}

fn metric(column: &Column, index: usize, gathered: &Gathered, exact: Option<&[i64]>) -> Metric {
    let moments = gathered.moments(index);
    let sketch = gathered.sketch(index);
    let scaled = |value: Option<f64>| value.map(|value| value * column.scale);
    let whole = |value: Option<i64>| scaled(value.map(|value| value as f64));
    let level = |p: f64| match exact {
        Some(sorted) => whole(quantile(sorted, p)),
        None => scaled(sketch.quantile(p)),
    };
    let at_risk = |p: f64| match exact {
        Some(sorted) => whole(value_at_risk(sorted, p)),
        None => scaled(sketch.value_at_risk(p)),
    };
    let beyond = |p: f64| {
        let tail = match exact {
            Some(sorted) => conditional_value_at_risk(sorted, p),
            None => sketch.conditional_value_at_risk(p),
        }?;
        Some(Tail {
            value: tail.value * column.scale,
            std_error: scaled(tail.std_error),
            thin: tail.beyond < THIN,
        })
    };
    Metric {
        unit: column.unit.to_owned(),
        count: moments.count(),
        mean: scaled(moments.mean()),
        std_error: scaled(moments.std_error()),
        std_dev: scaled(moments.std_dev()),
        min: whole(moments.min()),
        max: whole(moments.max()),
        quantiles: QUANTILES
            .iter()
            .map(|&(name, p)| (name.to_owned(), level(p)))
            .collect(),
        value_at_risk: TAILS
            .iter()
            .map(|&(name, p)| (name.to_owned(), at_risk(p)))
            .collect(),
        conditional_value_at_risk: TAILS
            .iter()
            .map(|&(name, p)| (name.to_owned(), beyond(p)))
            .collect(),
        approximate: exact.is_none(),
        censored: None,
        epistemic: None,
        controlled: None,
    }
}

fn warnings(replications: u64) -> Vec<String> {
    let n = replications as f64;
    let thin: Vec<&str> = TAILS
        .iter()
        .filter(|&&(_, level)| n * (1.0 - level) < THIN - 1e-9)
        .map(|&(name, _)| name)
        .collect();
    let Some(&first) = thin.first() else {
        return Vec::new();
    };
    let level = TAILS
        .iter()
        .find(|&&(name, _)| name == first)
        .map_or(0.95, |&(_, level)| level);
    let needed = (THIN / (1.0 - level)).round();
    vec![format!(
        "the tail beyond level {first} rests on {:.0} replications, so its error is itself unsure; \
         run with -n {needed} or more",
        n * (1.0 - level)
    )]
}

fn curve(sorted: &[i64]) -> Exceedance {
    let points = exceedance(sorted, 0.95)
        .iter()
        .map(|point| ExceedancePoint {
            level_bbl: point.level as f64,
            probability: point.probability,
            low: point.interval.low,
            high: point.interval.high,
            epistemic: None,
        })
        .collect();
    Exceedance {
        metric: "undelivered".to_owned(),
        points,
    }
}

fn fan(
    world: &World<'_>,
    undisturbed: &Undisturbed,
    gathered: &Gathered,
    nests: Option<&Nests>,
) -> Option<Fan> {
    let counts = gathered.fan()?;
    let mean_bpd = counts.means();
    let bins = mean_bpd.len();
    let horizon = world.model.horizon;
    let bin_days = horizon.days() / bins as f64;
    let averaged = |rates: &[i64]| {
        let mut sums = vec![0_i128; bins];
        for (epoch, &rate) in rates.iter().enumerate() {
            let (from, to) = (
                undisturbed.starts[epoch].0,
                undisturbed.end_of(epoch, horizon).0,
            );
            let bin_of =
                |time: i64| (i128::from(time) * bins as i128 / i128::from(horizon.0)) as usize;
            for (bin, sum) in sums
                .iter_mut()
                .enumerate()
                .take(bin_of(to - 1) + 1)
                .skip(bin_of(from))
            {
                let edge = |bin: usize| (bin as i128 * i128::from(horizon.0) / bins as i128) as i64;
                let time = edge(bin + 1).min(to) - edge(bin).max(from);
                *sum += i128::from(rate) * i128::from(time.max(0));
            }
        }
        let length = bin_days * SECONDS_PER_DAY as f64;
        sums.iter()
            .map(|&sum| sum as f64 / length)
            .collect::<Vec<f64>>()
    };
    Some(Fan {
        bin_days,
        plan_bpd: averaged(&undisturbed.planned),
        undisturbed_bpd: averaged(&undisturbed.delivered),
        mean_bpd,
        quantiles_bpd: [
            ("0.05", 0.05),
            ("0.25", 0.25),
            ("0.5", 0.5),
            ("0.75", 0.75),
            ("0.95", 0.95),
        ]
        .map(|(name, p)| (name.to_owned(), counts.quantiles(p)))
        .into(),
        doubt: nests.and_then(Nests::fan),
    })
}

/// The mean and its error at growing numbers of replications, in order of replication.
fn convergence(sample: &Sample, column: &Column) -> Option<Convergence> {
    let n = sample.len();
    if n < 2 {
        return None;
    }
    let first = 16.min(n);
    let growth = libm::pow(n as f64 / first as f64, 1.0 / CONVERGENCE_POINTS as f64);
    let mut looks: Vec<usize> = (0..=CONVERGENCE_POINTS)
        .map(|point| (first as f64 * libm::pow(growth, point as f64)).round() as usize)
        .map(|look| look.clamp(1, n))
        .collect();
    looks.push(n);
    looks.dedup();
    let mut moments = crate::metrics::Moments::default();
    let mut done = 0;
    let points = looks
        .into_iter()
        .map(|look| {
            (done..look.max(done)).for_each(|place| moments.add(sample.at(place)));
            done = look.max(done);
            ConvergencePoint {
                replications: done as u64,
                mean: moments.mean().unwrap_or(0.0) * column.scale,
                std_error: moments.std_error().map(|error| error * column.scale),
            }
        })
        .collect();
    Some(Convergence {
        metric: column.name.to_owned(),
        unit: column.unit.to_owned(),
        points,
        epistemic: None,
    })
}

fn monthly(
    world: &World<'_>,
    gathered: &Gathered,
    months: &[String],
    nests: Option<&Nests>,
) -> Vec<MonthlyRow> {
    let model = world.model;
    let mut names = vec![("system", "delivered"), ("system", "planned")];
    names.extend(model.routes.iter().map(|route| ("route", &*route.id)));
    names.extend(model.markets.iter().map(|market| ("market", &*market.id)));
    let starts = month_lengths(model, months.len());
    let (width, names) = (names.len(), &names);
    gathered
        .monthly()
        .chunks(width)
        .zip(months)
        .zip(starts)
        .enumerate()
        .flat_map(|(month_index, ((moments, month), days))| {
            names
                .iter()
                .zip(moments)
                .enumerate()
                .map(move |(index, (&(kind, id), moments))| {
                    let found = nests.and_then(|nests| nests.month(month_index * width + index));
                    let error = match nests {
                        Some(_) => found.map(|found| found.std_error),
                        None => moments.std_error(),
                    };
                    MonthlyRow {
                        month: month.clone(),
                        kind: kind.to_owned(),
                        id: id.to_owned(),
                        mean_bpd: moments.mean().unwrap_or(0.0) / days,
                        std_error_bpd: error.map(|error| error / days),
                        epistemic: nested::epistemic(found.as_ref(), 1.0 / days),
                    }
                })
        })
        .collect()
}

/// Days of each month that lie within the horizon.
fn month_lengths(model: &Model, months: usize) -> Vec<f64> {
    use jiff::ToSpan;
    let mut lengths = Vec::with_capacity(months);
    let mut date = model.start;
    let mut left = model.horizon.days();
    for _ in 0..months {
        let days = date
            .first_of_month()
            .checked_add(1.month())
            .map_or(left, |next| f64::from((next - date).get_days()).min(left));
        lengths.push(days.max(f64::MIN_POSITIVE));
        left -= days;
        date = date.first_of_month().checked_add(1.month()).unwrap_or(date);
    }
    lengths
}

/// The network with its coordinates.
#[must_use]
pub fn network_info(model: &Model) -> NetworkInfo {
    let mut nodes = Vec::new();
    for field in &model.fields {
        nodes.push(NodeInfo {
            id: field.id.clone(),
            name: field.name.clone(),
            kind: "field".to_owned(),
            role: None,
            country: field.country.clone(),
            at: field.at,
            tank_bbl: None,
        });
    }
    for hub in &model.hubs {
        nodes.push(NodeInfo {
            id: hub.id.clone(),
            name: hub.name.clone(),
            kind: "hub".to_owned(),
            role: Some(hub.role.as_str().to_owned()),
            country: hub.country.clone(),
            at: hub.at,
            tank_bbl: hub.tank.as_ref().map(|tank| tank.capacity.first().0),
        });
    }
    for market in &model.markets {
        nodes.push(NodeInfo {
            id: market.id.clone(),
            name: market.name.clone(),
            kind: "market".to_owned(),
            role: None,
            country: market.country.clone(),
            at: market.at,
            tank_bbl: None,
        });
    }
    let node_id = |node: NodeRef| match node {
        NodeRef::Field(index) => model.fields[index].id.clone(),
        NodeRef::Hub(index) => model.hubs[index].id.clone(),
        NodeRef::Market(index) => model.markets[index].id.clone(),
    };
    let links = model
        .links
        .iter()
        .map(|link| LinkInfo {
            id: link.id.clone(),
            name: link.name.clone(),
            from: node_id(link.from),
            to: node_id(link.to),
            mode: link.mode.as_str().to_owned(),
            capacity_bpd: link.capacity.as_ref().map(|capacity| capacity.first().0),
            jurisdiction: link.jurisdiction.clone(),
        })
        .collect();
    let routes = model
        .routes
        .iter()
        .map(|route| RouteInfo {
            id: route.id.clone(),
            name: route.name.clone(),
            gates: route
                .gates
                .iter()
                .map(|&gate| model.links[gate].id.clone())
                .collect(),
            jurisdiction: route.jurisdiction.clone(),
        })
        .collect();
    NetworkInfo {
        nodes,
        links,
        routes,
    }
}
