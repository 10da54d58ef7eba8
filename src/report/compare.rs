//! Strategies against a base as text, and as CSV.

use std::io::{self, Write};

use crate::results::{ComparedMetric, Comparison, Metric, Retention, StrategyResult, Summary};

use super::number::{NOTHING, Scale, brief, counted, grouped, significant, with_error};
use super::run::{paragraph, rules_text};
use super::table::{Align, Table};
use super::tell::Tell;

/// In the unit of a column, what is no more than this is not told: the files have it.
const NEARLY_NOTHING: f64 = 5e-4;

/// A p-value below this is a finding.
const SIGNIFICANT: f64 = 0.05;

/// Writes how strategies compare, for a person to read, in at most `width` columns.
///
/// # Errors
/// Those of `out`.
pub fn compare_text(summary: &Summary, width: u16, mut out: &mut dyn Write) -> io::Result<()> {
    compare_told(summary, width, &mut out)
}

pub(super) fn compare_told(summary: &Summary, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let scenario = &summary.scenario;
    let Some(base) = summary.strategies.first() else {
        return Ok(());
    };
    let stopped = match summary.stopped.as_str() {
        "interrupted" => " (interrupted)",
        "precision" => " (stopped when precise enough)",
        _ => "",
    };
    let text = format!(
        "{}: {} against `{}` in the same {} futures of {} days, seed {}{stopped}",
        scenario.name,
        match summary.strategies.len() - 1 {
            1 => "1 strategy".to_owned(),
            several => format!("{several} strategies"),
        },
        base.id,
        counted(summary.replications),
        brief(scenario.horizon_days, 6),
        summary.seed,
    );
    paragraph(&text, width, out)?;
    writeln!(out)?;
    let volume = Scale::volume(mean(base.metrics.get("undelivered")).abs());
    paragraph(&about_base(base, volume), width, out)?;
    let mut shown: Vec<&Comparison> = against(summary, &base.id);
    let loss = |one: &Comparison| one.metrics.get("undelivered").map_or(0.0, |m| m.mean);
    shown.sort_by(|one, other| {
        loss(one)
            .total_cmp(&loss(other))
            .then(one.of.cmp(&other.of))
    });

    writeln!(out)?;
    out.about("Differences from the baseline");
    differences(&shown, volume).write(width, out)?;
    paragraph(
        "Differences from the baseline: less is better. ± is one standard error of the paired \
         difference. Better: share of futures in which less stays undelivered, ties counting half. \
         p: paired t test, adjusted by Holm for all strategies. Ratio: variance of independent runs \
         over that of the pairs. Preferred by all: the strategy is not shown to be worse at any level \
         of loss, the baseline is; by the risk-averse: the same of mean losses above each level; \
         unsure: neither is shown (tests of stochastic dominance at 5 %, bootstrap of pairs). \
         *: fewer than 250 futures are in the tail, its error is unsure.",
        width,
        out,
    )?;
    if has_controls(&shown) {
        paragraph(
            "With controls: the ratio once differences are corrected for how long hazards happened \
             to disrupt. Those differences and their errors are in summary.json and comparisons.csv.",
            width,
            out,
        )?;
    }
    writeln!(out)?;
    paragraph(&best(summary, &base.id), width, out)?;

    let money = money(summary, &shown, volume);
    if !money.is_empty() {
        writeln!(out)?;
        out.about("What it costs");
        money.write(width, out)?;
        paragraph(
            "Cost: investment with interest while building as equal payments over its lifetime, and \
             running cost; in brackets with the investment at the ends of its range. A dollar more of \
             netback a year than the cost pays for the strategy.",
            width,
            out,
        )?;
    }
    let kept = retentions(summary);
    if !kept.is_empty() {
        writeln!(out)?;
        out.about("What is left without the worst that could be lost");
        kept.write(width, out)?;
        paragraph(
            "Deliveries in the long run, tanks full or empty and every diversion made: with everything in \
             place, without the worst single link or hub, and without all links and hubs that the worst \
             cause can take out at once. What is not listed keeps what the baseline keeps; `keruen worst` \
             tells more.",
            width,
            out,
        )?;
    }
    let regimes = regimes(&shown, volume);
    if !regimes.is_empty() {
        writeln!(out)?;
        out.about("Differences by regime");
        regimes.write(width, out)?;
        paragraph(
            "Differences of undelivered volume where the regime of the baseline held for less than a \
             third of the time, up to two thirds, or longer.",
            width,
            out,
        )?;
    }
    writeln!(out)?;
    rules_text(&summary.rules, width, out)?;
    let hash = scenario.sha256.get(..12).unwrap_or(&scenario.sha256);
    let line = format!(
        "keruen {}, scenario {hash}, seed {}, {} replications each.",
        summary.version,
        summary.seed,
        counted(summary.replications)
    );
    paragraph(&line, width, out)
}

fn mean(metric: Option<&Metric>) -> f64 {
    metric.and_then(|metric| metric.mean).unwrap_or(0.0)
}

/// Comparisons with a strategy.
fn against<'s>(summary: &'s Summary, id: &str) -> Vec<&'s Comparison> {
    let all = summary.comparisons.iter();
    all.filter(|one| one.against == id).collect()
}

/// What is known of the baseline alone.
fn about_base(base: &StrategyResult, volume: Scale) -> String {
    let undelivered = base.metrics.get("undelivered");
    let scaled = |value: f64, error: Option<f64>| {
        with_error(volume.of(value), error.map(|error| volume.of(error)))
    };
    let mut text = format!(
        "Baseline: undelivered {} {} a run",
        scaled(mean(undelivered), undelivered.and_then(|m| m.std_error)),
        volume.unit,
    );
    for level in ["0.95", "0.99"] {
        let tail = undelivered.and_then(|m| m.conditional_value_at_risk.get(level)?.as_ref());
        if let Some(tail) = tail {
            let percent = &level[2..];
            text.push_str(&format!(
                ", CVaR {percent} % {}",
                scaled(tail.value, tail.std_error)
            ));
        }
    }
    if let Some(netback) = base.metrics.get("netback").filter(|m| mean(Some(m)) != 0.0) {
        text.push_str(&format!(
            "; netback {} bnUSD",
            with_error(
                mean(Some(netback)) / 1e9,
                netback.std_error.map(|error| error / 1e9)
            )
        ));
    }
    text.push('.');
    text
}

fn differences(shown: &[&Comparison], volume: Scale) -> Table {
    let mut columns = vec![
        ("strategy".to_owned(), Align::Left),
        (format!("undelivered\n{}", volume.unit), Align::Right),
        (format!("CVaR 95 %\n{}", volume.unit), Align::Right),
        ("better\n%".to_owned(), Align::Right),
        ("p".to_owned(), Align::Right),
        ("ratio".to_owned(), Align::Right),
    ];
    let has_controls = has_controls(shown);
    if has_controls {
        columns.push(("with\ncontrols".to_owned(), Align::Right));
    }
    columns.push(("preferred by".to_owned(), Align::Left));
    let mut table = Table::new(columns);
    for one in shown {
        let Some(metric) = one.metrics.get("undelivered") else {
            continue;
        };
        let tail = metric.conditional_value_at_risk.get("0.95");
        let tail = tail.and_then(|tail| tail.as_ref()).map(|tail| {
            let thin = if tail.thin { "*" } else { "" };
            let error = tail.std_error.map(|error| volume.of(error));
            format!("{}{thin}", signed(volume.of(tail.value), error))
        });
        let mut cells = vec![
            one.of.clone(),
            signed(volume.of(metric.mean), Some(volume.of(metric.std_error))),
            tail.unwrap_or_else(|| NOTHING.to_owned()),
            grouped(100.0 * metric.probability_better, 1),
            chance(metric.p_value_holm),
            times(metric.variance_ratio),
        ];
        if has_controls {
            let controlled = metric.controlled;
            cells.push(times(controlled.and_then(|found| found.variance_ratio)));
        }
        cells.push(preferred(one, metric));
        table.row(cells);
    }
    table
}

/// Whether any difference is told with control variates.
fn has_controls(shown: &[&Comparison]) -> bool {
    let undelivered = |one: &&Comparison| one.metrics.get("undelivered").cloned();
    let mut metrics = shown.iter().filter_map(undelivered);
    metrics.any(|metric| metric.controlled.is_some())
}

/// A ratio of variances.
fn times(ratio: Option<f64>) -> String {
    ratio.map_or_else(
        || NOTHING.to_owned(),
        |ratio| {
            if ratio >= 1e6 {
                "> 10⁶".to_owned()
            } else if ratio < 10.0 {
                significant(ratio, 2)
            } else {
                grouped(ratio, 0)
            }
        },
    )
}

/// A difference with its sign and its error; nothing differs if both are 0.
fn signed(value: f64, error: Option<f64>) -> String {
    if value == 0.0 && error.unwrap_or(0.0) == 0.0 {
        return "0".to_owned();
    }
    if value.abs().max(error.unwrap_or(0.0)) < NEARLY_NOTHING {
        return "≈ 0".to_owned();
    }
    let text = with_error(value, error);
    if value > 0.0 {
        format!("+{text}")
    } else {
        text
    }
}

/// A p-value.
fn chance(p: f64) -> String {
    if p < 0.001 {
        "<0.001".to_owned()
    } else {
        grouped(p, if p < 0.1 { 3 } else { 2 })
    }
}

/// For whom a strategy is not shown to be worse, if it changes anything.
fn preferred(one: &Comparison, metric: &ComparedMetric) -> String {
    if metric.mean == 0.0 && metric.std_error == 0.0 {
        return "changes nothing".to_owned();
    }
    let (Some(of), Some(base)) = (one.dominates, one.is_dominated) else {
        return NOTHING.to_owned();
    };
    let is_kept = |p: f64| p >= SIGNIFICANT;
    let text = match (
        is_kept(of.first_order_p_value),
        is_kept(base.first_order_p_value),
    ) {
        (true, false) => "all",
        (false, true) => "baseline: all",
        (true, true) => "unsure",
        (false, false) => match (
            is_kept(of.convex_order_p_value),
            is_kept(base.convex_order_p_value),
        ) {
            (true, false) => "risk-averse",
            (false, true) => "baseline: risk-averse",
            _ => "depends on taste",
        },
    };
    text.to_owned()
}

/// Which strategies cannot be told from the best.
pub(super) fn best(summary: &Summary, base: &str) -> String {
    let others: Vec<&Comparison> = (summary.comparisons.iter())
        .filter(|one| one.against != base)
        .collect();
    let is_only_one = summary.strategies.len() == 2;
    let Some(best) = others.first().map(|one| one.against.as_str()) else {
        return match summary.comparisons.first() {
            Some(one) if is_only_one && one.metrics["undelivered"].mean < 0.0 => {
                format!("`{}` leaves less undelivered than `{base}`.", one.of)
            }
            _ => format!("No strategy leaves less undelivered on average than `{base}`."),
        };
    };
    let close: Vec<String> = (others.iter())
        .filter(|one| {
            let metric = one.metrics.get("undelivered");
            metric.is_some_and(|metric| metric.p_value_holm >= SIGNIFICANT)
        })
        .map(|one| format!("`{}`", one.of))
        .collect();
    if close.is_empty() {
        format!(
            "Least undelivered on average: `{best}`; all others differ from it (paired tests, Holm, \
             5 %)."
        )
    } else {
        format!(
            "Least undelivered on average: `{best}`; not told apart from it by these futures (paired \
             tests, Holm, 5 %): {}.",
            close.join(", ")
        )
    }
}

fn money(summary: &Summary, shown: &[&Comparison], volume: Scale) -> Table {
    let columns = [
        ("strategy".to_owned(), Align::Left),
        ("cost\nMUSD/yr".to_owned(), Align::Right),
        ("(range)".to_owned(), Align::Left),
        (format!("avoided\n{}/yr", volume.unit), Align::Right),
        ("USD per\nbarrel avoided".to_owned(), Align::Right),
        ("netback\nMUSD a run".to_owned(), Align::Right),
    ];
    let mut table = Table::new(columns.to_vec());
    let has_netback = |one: &&Comparison| one.metrics.get("netback").is_some_and(|m| m.mean != 0.0);
    let is_priced = shown.iter().any(has_netback);
    if shown.iter().all(|one| one.cost.is_none()) && !is_priced {
        return table;
    }
    let per_year = 365.25 / summary.scenario.horizon_days.max(1e-9);
    for one in shown {
        let cost = one.cost;
        let metric = one.metrics.get("undelivered");
        let avoided = metric.map(|metric| {
            signed(
                volume.of(-metric.mean * per_year),
                Some(volume.of(metric.std_error * per_year)),
            )
        });
        let per_barrel = cost.and_then(|cost| {
            let rate = cost.avoided_bbl_per_usd.filter(|&rate| rate > 0.0)?;
            let error = cost.avoided_bbl_per_usd_std_error? / (rate * rate);
            // Where the barrels are hardly known, so is what each costs.
            let is_known = 1.0 / rate > 2.0 * error;
            Some(if is_known {
                with_error(1.0 / rate, Some(error))
            } else {
                "unsure".to_owned()
            })
        });
        let range = cost.and_then(|cost| {
            let ends = (cost.annual_low_usd?, cost.annual_high_usd?);
            Some(format!(
                "({}–{})",
                significant(ends.0 / 1e6, 3),
                significant(ends.1 / 1e6, 3)
            ))
        });
        let netback = one.metrics.get("netback").filter(|_| is_priced);
        let or_nothing = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
        table.row([
            one.of.clone(),
            or_nothing(cost.map(|cost| {
                if cost.annual_usd == 0.0 {
                    "0".to_owned()
                } else {
                    significant(cost.annual_usd / 1e6, 3)
                }
            })),
            range.unwrap_or_default(),
            or_nothing(avoided),
            or_nothing(per_barrel),
            or_nothing(netback.map(|m| signed(m.mean / 1e6, Some(m.std_error / 1e6)))),
        ]);
    }
    table
}

/// What is left of deliveries without the worst element or cause: the base, and what differs from it.
fn retentions(summary: &Summary) -> Table {
    let mut strategies = summary.strategies.iter();
    let base = strategies.next().and_then(|base| base.retention.as_ref());
    let rate = Scale::rate(base.map_or(0.0, |kept| kept.delivered_bpd as f64));
    let mut table = Table::new(vec![
        ("strategy".to_owned(), Align::Left),
        (format!("in place\n{}", rate.unit), Align::Right),
        ("without the worst\nelement, %".to_owned(), Align::Right),
        ("which".to_owned(), Align::Left),
        ("without the worst\ncause, %".to_owned(), Align::Right),
        ("which".to_owned(), Align::Left),
    ]);
    if base.is_none() {
        return table;
    }
    for strategy in &summary.strategies {
        let is_base = strategy.id == summary.strategies[0].id;
        let Some(kept) = strategy
            .retention
            .as_ref()
            .filter(|kept| is_base || Some(*kept) != base)
        else {
            continue;
        };
        let cells = |left: &Option<Retention>| {
            let share = left.as_ref().and_then(|left| left.share);
            [
                share.map_or_else(|| NOTHING.to_owned(), |share| grouped(100.0 * share, 1)),
                left.as_ref()
                    .map_or_else(String::new, |left| left.without.clone()),
            ]
        };
        let start = [
            strategy.id.clone(),
            grouped(rate.of(kept.delivered_bpd as f64), 0),
        ];
        table.row(
            start
                .into_iter()
                .chain(cells(&kept.element))
                .chain(cells(&kept.cause)),
        );
    }
    table
}

fn regimes(shown: &[&Comparison], volume: Scale) -> Table {
    let mut classes: Vec<(&str, &str)> = Vec::new();
    for one in shown {
        for (regime, by_class) in &one.regimes {
            for class in ["low", "middle", "high"] {
                let is_new = !classes.contains(&(regime, class));
                if is_new && by_class.contains_key(class) {
                    classes.push((regime, class));
                }
            }
        }
    }
    // With two regimes, the share of one tells that of the other.
    let names: Vec<&str> = classes.iter().map(|&(regime, _)| regime).collect();
    let mut distinct = names.clone();
    distinct.dedup();
    if let [first, _] = distinct[..] {
        classes.retain(|&(regime, _)| regime == first);
    }
    let mut columns = vec![("strategy".to_owned(), Align::Left)];
    columns.extend(classes.iter().map(|(regime, class)| {
        let often = match *class {
            "low" => "seldom",
            "middle" => "partly",
            _ => "mostly",
        };
        let title = format!("{often}\n{regime}, {}", volume.unit);
        (title, Align::Right)
    }));
    let mut table = Table::new(columns);
    if classes.is_empty() {
        return table;
    }
    for one in shown {
        let cells = classes.iter().map(|&(regime, class)| {
            let found = one.regimes.get(regime).and_then(|one| one.get(class));
            found.map_or_else(
                || NOTHING.to_owned(),
                |found| {
                    let error = found.std_error.map(|error| volume.of(error));
                    signed(volume.of(found.mean), error)
                },
            )
        });
        table.row(std::iter::once(one.of.clone()).chain(cells));
    }
    table
}

/// Writes every paired difference, a row per pair and metric.
///
/// # Errors
/// Those of `out`.
pub fn comparisons_csv(summary: &Summary, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    rows.write_record([
        "of",
        "against",
        "metric",
        "unit",
        "better",
        "mean",
        "std_error",
        "ci95_low",
        "ci95_high",
        "probability_better",
        "probability_better_std_error",
        "p_value",
        "p_value_holm",
        "variance_ratio",
        "cvar_0.95",
        "cvar_0.95_std_error",
        "cvar_0.99",
        "cvar_0.99_std_error",
        "controlled_mean",
        "controlled_std_error",
        "controlled_variance_ratio",
    ])?;
    for one in &summary.comparisons {
        for (name, metric) in &one.metrics {
            let number = |value: f64| value.to_string();
            let maybe = |value: Option<f64>| value.map(number).unwrap_or_default();
            let tail = |level: &str| {
                let found = metric.conditional_value_at_risk.get(level);
                let found = found.and_then(|tail| tail.as_ref());
                [
                    maybe(found.map(|tail| tail.value)),
                    maybe(found.and_then(|tail| tail.std_error)),
                ]
            };
            let words = [&one.of, &one.against, name, &metric.unit, &metric.better];
            let numbers = [
                number(metric.mean),
                number(metric.std_error),
                number(metric.ci95[0]),
                number(metric.ci95[1]),
                number(metric.probability_better),
                number(metric.probability_better_std_error),
                number(metric.p_value),
                number(metric.p_value_holm),
                maybe(metric.variance_ratio),
            ];
            let words = words.into_iter().cloned();
            let tails = ["0.95", "0.99"].into_iter().flat_map(tail);
            let controlled = metric.controlled;
            let controlled = [
                maybe(controlled.map(|found| found.mean)),
                maybe(controlled.map(|found| found.std_error)),
                maybe(controlled.and_then(|found| found.variance_ratio)),
            ];
            rows.write_record(words.chain(numbers).chain(tails).chain(controlled))?;
        }
    }
    rows.flush()
}
