//! What a run says about production quotas.

use std::io;

use crate::results::{Metrics, StrategyResult, Summary};

use super::doubt::{self, Cells};
use super::run::{columns, estimate, paragraph};
use super::tell::Tell;
use super::{NOTHING, Scale, Table, significant, to_spread};

/// What is booked on a quota, and as it is called.
const SHOWN: [(&str, &str); 6] = [
    ("counted", "counted"),
    ("cut", "cut"),
    ("unmet_cut", "cut not met"),
    ("excess", "months above the cap"),
    ("balance", "balance at the end"),
    ("time_over", "time above the cap"),
];

/// A table for each quota, and how quota and disruptions work on each other.
///
/// # Errors
/// Those of `out`.
pub(super) fn quotas_text(
    summary: &Summary,
    strategy: &StrategyResult,
    volume: Scale,
    has_doubt: bool,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    for (id, metrics) in &strategy.quotas {
        writeln!(out)?;
        out.about(&format!("Quota {id}"));
        table(strategy, (id, metrics), volume, has_doubt).write(width, out)?;
        let rule = summary.rules.get(&rule_of(id)).map_or("", String::as_str);
        let is_kept = !rule.starts_with("national-interest");
        let note = "Months are those of the calendar; the balance is what was too much so far.";
        let other = if is_kept {
            format!(
                "{note} What disruptions alone would cost: {}",
                set(id, "national-interest")
            )
        } else {
            format!(
                "{note} Nothing is cut; to see what could be: {} (or compensate).",
                set(id, "comply")
            )
        };
        paragraph(&other, width, out)?;
    }
    if let Some(text) = interaction(summary, strategy, volume) {
        paragraph(&text, width, out)?;
    }
    Ok(())
}

/// The name of the rule that says what is done about a quota.
fn rule_of(id: &str) -> String {
    format!("quota {id}")
}

fn set(id: &str, follow: &str) -> String {
    format!("--set 'quota.{id}.follow=\"{follow}\"'")
}

fn table(
    strategy: &StrategyResult,
    (id, metrics): (&str, &Metrics),
    volume: Scale,
    has_doubt: bool,
) -> Table {
    let cells = Cells {
        plain: &[0, 1, 2, 4, 5, 6],
        doubt: &[0, 1, 2, 3, 4, 6],
    };
    let quota = format!("quota {id}");
    let titles = columns(
        &[&quota],
        &["undisturbed", "mean", doubt::BAND, "5 %", "median", "95 %"],
    );
    let mut table = Table::new(cells.of(&titles, has_doubt));
    let alone = strategy.undisturbed.quotas.get(id);
    for (name, title) in SHOWN {
        let Some(metric) = metrics.get(name) else {
            continue;
        };
        let scale = if metric.unit == "h" {
            Scale {
                factor: 24.0,
                unit: "d",
            }
        } else {
            volume
        };
        let undisturbed = alone.and_then(|alone| match name {
            "counted" => Some(alone.counted_bbl),
            "cut" => Some(alone.cut_bbl),
            "unmet_cut" => Some(alone.unmet_cut_bbl),
            "excess" => Some(alone.excess_bbl),
            "balance" => Some(alone.balance_bbl),
            "time_over" => Some(alone.time_over_h),
            _ => None,
        });
        let quantile = |level: &str| {
            let value = metric.quantiles.get(level).copied().flatten();
            let spread = metric.std_dev.map(|sd| scale.of(sd));
            value.map_or(NOTHING.into(), |value| to_spread(scale.of(value), spread))
        };
        let row = [
            format!("{title}, {}", scale.unit),
            undisturbed.map_or(NOTHING.into(), |value| significant(scale.of(value), 4)),
            estimate(Some(metric), scale),
            doubt::band(Some(metric), scale),
            quantile("0.05"),
            quantile("0.5"),
            quantile("0.95"),
        ];
        table.row(cells.of(&row, has_doubt));
    }
    table
}

/// What quotas withhold with disruptions and without, if they withhold anything.
fn interaction(summary: &Summary, strategy: &StrategyResult, volume: Scale) -> Option<String> {
    let rates = &strategy.undisturbed;
    let days = summary.scenario.horizon_days;
    let cut = strategy.metrics.get("quota_cut");
    if rates.quota_cut_bpd == 0.0 && cut?.mean? == 0.0 {
        return None;
    }
    let told = |bpd: f64| significant(volume.of(bpd * days), 4);
    let unit = volume.unit;
    Some(format!(
        "Quotas withhold {} {unit} if nothing goes wrong and {} {unit} on average under disruptions: \
         outages lower what counts, and so they keep to the cap and pay compensation in place of \
         cuts. Losses to quotas and to disruptions do not add up: undelivered is {} {unit} from \
         quotas alone and {} {unit} from both.",
        told(rates.quota_cut_bpd),
        estimate(cut, volume),
        told(rates.planned_bpd - rates.delivered_bpd),
        estimate(strategy.metrics.get("undelivered"), volume),
    ))
}
