//! Pages about a run and about a comparison of strategies.

use std::io;

use crate::results::{Comparison, ExceedancePoint, Metric, RankEstimate, StrategyResult, Summary};

use super::super::compare::{best, compare_told};
use super::super::number::{counted, grouped, significant, with_error};
use super::super::run::run_told;
use super::super::tell::Tell;
use super::methods::{COMPARISON, DOUBT, ESTIMATES, Method, SIMULATION};
use super::page::Tile;
use super::reported::{Facts, Reported, Said, WIDTH};
use super::words::{SPACE, barrels, kbd, listed, period, share, share_of};

/// Hazards named as those that cost most.
const NAMED_HAZARDS: usize = 3;

/// A p-value below which a difference is told as one.
const SIGNIFICANT: f64 = 0.05;

impl Reported for Summary {
    fn facts(&self) -> Facts<'_> {
        let applied = self.strategies.first().map(|one| one.applied.as_slice());
        let strategies = applied.unwrap_or_default().iter();
        let is_comparison = !self.comparisons.is_empty();
        Facts {
            kind: match (is_comparison, self.stopped.as_str()) {
                (true, "interrupted") => "Comparison of strategies (interrupted)",
                (true, _) => "Comparison of strategies",
                (false, "interrupted") => "Run (interrupted)",
                (false, _) => "Run",
            },
            title: &self.scenario.name,
            about: &self.scenario.about,
            scenario: Some(&self.scenario),
            sha256: &self.scenario.sha256,
            version: &self.version,
            seed: Some(self.seed),
            replications: Some(self.replications),
            strategies: strategies.map(|one| one.id.as_str()).collect(),
        }
    }

    fn said(&self) -> Said {
        let Some(base) = self.strategies.first() else {
            return Said::default();
        };
        if self.comparisons.is_empty() {
            said_of_run(self, base)
        } else {
            said_of_comparison(self, base)
        }
    }

    fn told(&self, out: &mut dyn Tell) -> io::Result<()> {
        if self.comparisons.is_empty() {
            run_told(self, WIDTH, out)
        } else {
            compare_told(self, WIDTH, out)
        }
    }

    fn warnings(&self) -> Vec<String> {
        self.warnings.clone()
    }

    fn methods(&self) -> Vec<Method> {
        let mut methods = vec![SIMULATION, ESTIMATES];
        if self.uncertainty.is_some() {
            methods.push(DOUBT);
        }
        if !self.comparisons.is_empty() {
            methods.push(COMPARISON);
        }
        methods
    }
}

fn said_of_run(summary: &Summary, base: &StrategyResult) -> Said {
    let mut more: Vec<String> = Vec::new();
    more.extend(mean_and_tail(summary, base));
    more.extend(hazards(base));
    more.extend(main_route(summary, base));
    more.extend(netback(base));
    if let Some(drawn) = &summary.uncertainty {
        more.push(format!(
            "{} figures in doubt were drawn {} times, so that intervals hold what is not known, not only chance.",
            counted(drawn.parameters.len() as u64),
            counted(drawn.draws)
        ));
    } else if summary.figures_in_doubt > 0 {
        more.push(format!(
            "{} in doubt stands at the middle of what it may be: the intervals hold chance only; `keruen run \
             --uncertain` draws such figures too.",
            match summary.figures_in_doubt {
                1 => "1 figure".to_owned(),
                many => format!("Each of {} figures", counted(many)),
            }
        ));
    }
    Said {
        finding: in_nine_of_ten(summary, base).or_else(|| mean_delivered(summary, base)),
        more,
        tiles: tiles(summary, base),
    }
}

/// What is earned, and what of it is lost.
fn netback(base: &StrategyResult) -> Option<String> {
    let told = |name: &str| {
        let found = metric(base, name)?;
        let error = found.std_error.map(|error| error / 1e9);
        let usd = found.mean.filter(|&mean| mean != 0.0)?;
        Some(format!(
            "{}{SPACE}billion USD",
            with_error(usd / 1e9, error)
        ))
    };
    let lost = told("netback_lost").map_or_else(String::new, |lost| {
        format!(", {lost} less than if nothing went wrong")
    });
    Some(format!("Netback is {} on average{lost}.", told("netback")?))
}

fn metric<'s>(strategy: &'s StrategyResult, name: &str) -> Option<&'s Metric> {
    strategy.metrics.get(name)
}

fn mean(strategy: &StrategyResult, name: &str) -> Option<f64> {
    metric(strategy, name)?.mean
}

/// The least level that at most `share` of replications reach, and between which levels it lies with 95 %
/// confidence; `None` where the replications do not say.
fn reached_by(points: &[ExceedancePoint], share: f64) -> Option<(f64, [f64; 2])> {
    let least = |of: fn(&ExceedancePoint) -> f64| {
        let mut found = points.iter().filter(|point| of(point) <= share);
        found.next().map(|point| point.level_bbl)
    };
    // A band that is low in probability reaches a share at a smaller loss.
    let (low, high) = (least(|point| point.low)?, least(|point| point.high)?);
    Some((least(|point| point.probability)?, [low, high]))
}

/// How much reaches a market in nine replications of ten.
fn in_nine_of_ten(summary: &Summary, base: &StrategyResult) -> Option<String> {
    let points = &base.exceedance.as_ref()?.points;
    let (lost, [least, most]) = reached_by(points, 0.1)?;
    let days = summary.scenario.horizon_days.max(1e-9);
    let planned = mean(base, "planned")?;
    let rate = |lost: f64| (planned - lost) / days;
    let (_, periods) = period(&summary.scenario);
    let interval = if least == most {
        String::new()
    } else {
        let number = |bpd: f64| kbd(bpd).replace(&format!("{SPACE}kb/d"), "");
        format!(
            " (95{SPACE}% interval {} to {})",
            number(rate(most)),
            kbd(rate(least))
        )
    };
    Some(format!(
        "In nine {periods} of ten at least {} of {} planned reach a market{interval}.",
        kbd(rate(lost)),
        kbd(planned / days)
    ))
}

fn mean_delivered(summary: &Summary, base: &StrategyResult) -> Option<String> {
    let days = summary.scenario.horizon_days.max(1e-9);
    let delivered = mean(base, "delivered")?;
    let planned = mean(base, "planned")?;
    Some(format!(
        "{} of {} planned reach a market on average.",
        kbd(delivered / days),
        kbd(planned / days)
    ))
}

fn mean_and_tail(summary: &Summary, base: &StrategyResult) -> Option<String> {
    let lost = metric(base, "undelivered")?;
    let (one, _) = period(&summary.scenario);
    let of_plan = match mean(base, "planned") {
        Some(planned) if planned > 0.0 => format!(", {} of the plan", share(lost.mean? / planned)),
        _ => String::new(),
    };
    let mut text = format!(
        "On average {} a {one} stay undelivered{of_plan}",
        barrels(lost.mean?, lost.std_error)
    );
    let tail = lost
        .conditional_value_at_risk
        .get("0.95")
        .copied()
        .flatten();
    let limit = lost.value_at_risk.get("0.95").copied().flatten();
    if let (Some(tail), Some(limit)) = (tail, limit) {
        text += &format!(
            "; in one {one} of twenty it is more than {}, and {} on average then",
            barrels(limit, None),
            barrels(tail.value, tail.std_error)
        );
    }
    Some(format!("{text}. (± is one standard error.)"))
}

/// Which hazards cost most.
fn hazards(base: &StrategyResult) -> Option<String> {
    let mut found: Vec<(&str, f64, Option<f64>)> = base
        .hazards
        .iter()
        .filter_map(|(id, metrics)| {
            let laid = metrics.get("attributed")?;
            Some((
                id.as_str(),
                laid.mean.filter(|&mean| mean > 0.0)?,
                laid.std_error,
            ))
        })
        .collect();
    found.sort_by(|one, other| other.1.total_cmp(&one.1).then(one.0.cmp(other.0)));
    let all: f64 = found.iter().map(|(_, mean, _)| mean).sum();
    let named: Vec<String> = found
        .iter()
        .take(NAMED_HAZARDS)
        .map(|(id, mean, error)| format!("`{id}` ({})", barrels(*mean, *error)))
        .collect();
    let shown: f64 = found
        .iter()
        .take(NAMED_HAZARDS)
        .map(|(_, mean, _)| mean)
        .sum();
    (!named.is_empty() && all > 0.0).then(|| {
        format!(
            "Of what is laid to hazards, most is laid to {}: {} of it.",
            listed(&named),
            share(shown / all)
        )
    })
}

fn main_route(summary: &Summary, base: &StrategyResult) -> Option<String> {
    let shares = base.routes.iter().filter_map(|(id, metrics)| {
        let share = metrics.get("share")?;
        Some((id, share.mean?, share.std_error))
    });
    let (id, mean, std_error) = shares.max_by(|one, other| one.1.total_cmp(&other.1))?;
    let route = summary.network.routes.iter().find(|route| route.id == *id);
    let name = route.map_or(id.as_str(), |route| route.name.as_str());
    Some(format!(
        "{name} carries {} of exports.",
        share_of(RankEstimate { mean, std_error })
    ))
}

fn tiles(summary: &Summary, base: &StrategyResult) -> Vec<Tile> {
    let days = summary.scenario.horizon_days.max(1e-9);
    let mut tiles = Vec::new();
    let mut tile = |label: &str, value: String, note: String| {
        tiles.push(Tile {
            label: label.to_owned(),
            value,
            note,
        });
    };
    if let Some(delivered) = metric(base, "delivered")
        && let Some(mean) = delivered.mean
    {
        let note = delivered.std_error.map_or_else(String::new, |error| {
            format!("± {} kb/d", grouped(error / days / 1e3, 1))
        });
        tile("delivered on average", kbd(mean / days), note);
    }
    if let Some(part) = metric(base, "deliverability")
        && let Some(mean) = part.mean
    {
        let note = part.std_error.map_or_else(String::new, |error| {
            format!("± {}{SPACE}% of the plan", grouped(100.0 * error, 2))
        });
        tile("deliverability", share(mean), note);
    }
    if let Some(lost) = metric(base, "undelivered")
        && let Some(tail) = lost
            .conditional_value_at_risk
            .get("0.95")
            .copied()
            .flatten()
    {
        let note = tail.std_error.map_or_else(String::new, |error| {
            format!("± {}{SPACE}Mb", grouped(error / 1e6, 1))
        });
        tile(
            "undelivered in the worst twentieth (CVaR 95 %)",
            format!("{}{SPACE}Mb", grouped(tail.value / 1e6, 1)),
            note,
        );
    }
    if let Some(time) = metric(base, "shortfall_time")
        && let Some(mean) = time.mean
    {
        let note = time.std_error.map_or_else(String::new, |error| {
            format!("± {}{SPACE}days", grouped(error / 24.0, 1))
        });
        tile(
            "below plan",
            format!("{}{SPACE}days", grouped(mean / 24.0, 0)),
            note,
        );
    }
    tiles
}

fn said_of_comparison(summary: &Summary, base: &StrategyResult) -> Said {
    let against: Vec<&Comparison> = summary
        .comparisons
        .iter()
        .filter(|one| one.against == base.id)
        .collect();
    let lost = |one: &&Comparison| one.metrics.get("undelivered").cloned();
    let best_one = against
        .iter()
        .filter_map(|one| Some((*one, lost(one)?)))
        .min_by(|one, other| one.1.mean.total_cmp(&other.1.mean));
    let finding = best_one.as_ref().map(|(one, difference)| {
        if difference.mean < 0.0 {
            let [low, high] = difference.ci95;
            format!(
                "{} saves most: {} million barrels a {} that would otherwise stay undelivered (95{SPACE}% interval {} to \
                 {}).",
                name_of(summary, &one.of),
                significant(-difference.mean / 1e6, 3),
                period(&summary.scenario).0,
                significant(-high / 1e6, 3),
                significant(-low / 1e6, 3),
            )
        } else {
            "No strategy leaves less undelivered on average than the baseline.".to_owned()
        }
    });
    let helps = against
        .iter()
        .filter_map(lost)
        .filter(|metric| metric.mean < 0.0 && metric.p_value_holm < SIGNIFICANT)
        .count();
    let mut more = vec![format!(
        "{} of {} strategies are shown to leave less undelivered than the baseline (paired tests, Holm, 5{SPACE}%).",
        helps,
        against.len()
    )];
    more.push(best(summary, &base.id));
    more.extend(cheapest(&against));
    more.extend(mean_and_tail(summary, base).map(|text| format!("Without a strategy: {text}")));
    Said {
        finding,
        more,
        tiles: Vec::new(),
    }
}

/// What a strategy is called, with its id.
fn name_of(summary: &Summary, id: &str) -> String {
    let found = summary.strategies.iter().find(|one| one.id == id);
    let name = found.map_or("", |one| one.name.as_str());
    if name.is_empty() || name == id {
        format!("`{id}`")
    } else {
        format!("{name} (`{id}`)")
    }
}

/// The strategy that avoids a barrel most cheaply, among those shown to help.
fn cheapest(against: &[&Comparison]) -> Option<String> {
    let of = |one: &&Comparison| {
        let metric = one.metrics.get("undelivered")?;
        let rate = one.cost?.avoided_bbl_per_usd.filter(|&rate| rate > 0.0)?;
        let error = one.cost?.avoided_bbl_per_usd_std_error;
        (metric.mean < 0.0 && metric.p_value_holm < SIGNIFICANT)
            .then(|| (one.of.clone(), rate, error))
    };
    let (id, rate, error) = against
        .iter()
        .filter_map(of)
        .max_by(|one, other| one.1.total_cmp(&other.1))?;
    let price = 1.0 / rate;
    let error = error.map(|error| error / (rate * rate));
    Some(format!(
        "The cheapest way to avoid a barrel of loss, of those shown to help and with a known cost, is `{id}`: {} USD a \
         barrel.",
        with_error(price, error)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_that_a_tenth_reach_has_an_interval_around_it() {
        let point = |level_bbl, probability, low, high| ExceedancePoint {
            level_bbl,
            probability,
            low,
            high,
            epistemic: None,
        };
        let points = [
            point(0.0, 1.0, 0.9, 1.0),
            point(10.0, 0.2, 0.1, 0.3),
            point(20.0, 0.1, 0.05, 0.2),
            point(30.0, 0.05, 0.01, 0.1),
        ];
        assert_eq!(reached_by(&points, 0.1), Some((20.0, [10.0, 30.0])));
        assert_eq!(reached_by(&points[..2], 0.1), None);
    }
}
