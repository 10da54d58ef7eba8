//! Bars of text: how replications differ, and how deliveries go through the horizon, where no chart is.

use crate::results::{Exceedance, Fan, StrategyResult};

use super::number::{Scale, grouped};
use super::table::{Align, Table};

/// Bars by eighths of a line.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// Bars of a sketch.
const COUNT: usize = 24;

/// Share of replications that lie beyond the last bar.
const BEYOND: f64 = 0.01;

/// What a text shows in bars of a strategy; empty if nothing differs.
pub(super) fn sketches(strategy: &StrategyResult, volume: Scale, rate: Scale) -> Table {
    let mut table = Table::new(vec![
        ("in bars".to_owned(), Align::Left),
        ("from".to_owned(), Align::Right),
        (String::new(), Align::Left),
        ("to".to_owned(), Align::Left),
    ]);
    if let Some((low, bars, high)) = strategy.exceedance.as_ref().and_then(spread) {
        table.row([
            format!("how often so much is undelivered, {}", volume.unit),
            grouped(volume.of(low), 0),
            bars,
            format!("{} (1 % beyond)", grouped(volume.of(high), 0)),
        ]);
    }
    if let Some((low, bars, high)) = strategy.fan.as_ref().and_then(course) {
        table.row([
            format!("mean delivered through the horizon, {}", rate.unit),
            grouped(rate.of(low), 0),
            bars,
            grouped(rate.of(high), 0),
        ]);
    }
    table
}

/// How often each level is met, from the least to what one in a hundred exceeds.
fn spread(curve: &Exceedance) -> Option<(f64, String, f64)> {
    let points = &curve.points;
    let low = points.first()?.level_bbl;
    let high = points
        .iter()
        .find(|point| point.probability <= BEYOND)?
        .level_bbl;
    if high <= low {
        return None;
    }
    let beyond = |level: f64| -> f64 {
        let after = points.partition_point(|point| point.level_bbl < level);
        match (
            after.checked_sub(1).map(|before| points[before]),
            points.get(after),
        ) {
            // All replications have at least the least level.
            (None, _) => 1.0,
            (Some(_), None) => 0.0,
            (Some(before), Some(next)) => {
                let way = (level - before.level_bbl) / (next.level_bbl - before.level_bbl);
                before.probability + way * (next.probability - before.probability)
            }
        }
    };
    let level = |bar: usize| low + (high - low) * bar as f64 / COUNT as f64;
    let shares: Vec<f64> = (0..COUNT)
        .map(|bar| beyond(level(bar)) - beyond(level(bar + 1)))
        .collect();
    let most = shares.iter().copied().fold(0.0, f64::max);
    Some((low, bars(&shares, 0.0, most), high))
}

/// The mean rate, from the least to the greatest of its bars.
fn course(fan: &Fan) -> Option<(f64, String, f64)> {
    let rates = &fan.mean_bpd;
    let count = COUNT.min(rates.len());
    let means: Vec<f64> = (0..count)
        .map(|bar| {
            let part = &rates[bar * rates.len() / count..(bar + 1) * rates.len() / count];
            part.iter().sum::<f64>() / part.len() as f64
        })
        .collect();
    let low = means.iter().copied().reduce(f64::min)?;
    let high = means.iter().copied().reduce(f64::max)?;
    (high > low).then(|| (low, bars(&means, low, high), high))
}

/// A bar for each value between `low` and `high`; a blank for what is not above 0.
fn bars(values: &[f64], low: f64, high: f64) -> String {
    let bar = |&value: &f64| {
        if value <= 0.0 {
            return ' ';
        }
        let height = (value - low) / (high - low) * (BARS.len() - 1) as f64;
        BARS[(height.round() as usize).min(BARS.len() - 1)]
    };
    values.iter().map(bar).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::ExceedancePoint;

    fn curve(points: &[(f64, f64)]) -> Exceedance {
        let point = |&(level_bbl, probability): &(f64, f64)| ExceedancePoint {
            level_bbl,
            probability,
            low: probability,
            high: probability,
            epistemic: None,
        };
        Exceedance {
            metric: "undelivered".to_owned(),
            points: points.iter().map(point).collect(),
        }
    }

    #[test]
    fn bars_are_as_high_as_replications_are_many() {
        // Half of all lie evenly in the first quarter, the rest evenly in the others.
        let found = spread(&curve(&[
            (0.0, 1.0),
            (60.0, 0.505),
            (240.0, 0.01),
            (900.0, 0.0),
        ]));
        let (low, bars, high) = found.expect("spread");
        assert_eq!((low, high), (0.0, 240.0));
        assert_eq!(bars, format!("{}{}", "█".repeat(6), "▃".repeat(18)));
    }

    #[test]
    fn what_never_differs_has_no_bars() {
        assert_eq!(spread(&curve(&[(5.0, 0.0)])), None);
        assert_eq!(spread(&curve(&[])), None);
    }

    #[test]
    fn a_course_is_drawn_between_its_ends() {
        let rates = |mean_bpd: Vec<f64>| Fan {
            bin_days: 1.0,
            plan_bpd: Vec::new(),
            undisturbed_bpd: Vec::new(),
            mean_bpd,
            quantiles_bpd: std::collections::BTreeMap::new(),
            doubt: None,
        };
        let found = course(&rates(vec![10.0, 17.0, 12.0]));
        assert_eq!(found, Some((10.0, "▁█▃".to_owned(), 17.0)));
        assert_eq!(course(&rates(vec![4.0; 48])), None);
        let (_, bars, _) = course(&rates((0..365).map(f64::from).collect())).expect("rises");
        assert_eq!(bars.chars().count(), COUNT);
    }
}
