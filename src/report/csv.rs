//! Results as CSV: one header line, a unit in the name of every column that has one, numbers in
//! full precision with a decimal point, an empty cell for what is undefined.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use jiff::civil::Date;

use crate::results::{Backtest, Epistemic, Metric, Metrics, StrategyResult, Stress, Summary};

use super::number::date_time;

/// Writes every estimate of a run, a row per strategy, kind, id and metric.
///
/// # Errors
/// Those of `out`.
pub fn summary_csv(summary: &Summary, out: impl io::Write) -> io::Result<()> {
    let levels = Levels::of(summary);
    let mut rows = ::csv::Writer::from_writer(out);
    rows.write_record(levels.header())?;
    for strategy in &summary.strategies {
        let mut write = |kind: &str, id: &str, metrics: &Metrics| -> io::Result<()> {
            for (name, metric) in metrics {
                let place = [&strategy.id, kind, id, name].map(str::to_owned);
                rows.write_record(place.into_iter().chain(levels.cells(metric)))?;
            }
            Ok(())
        };
        write("system", "", &strategy.metrics)?;
        for (kind, elements) in elements(strategy) {
            for (id, metrics) in elements {
                write(kind, id, metrics)?;
            }
        }
    }
    rows.flush()
}

/// The estimates that belong to elements, by kind of element.
fn elements(strategy: &StrategyResult) -> [(&'static str, &BTreeMap<String, Metrics>); 11] {
    [
        ("field", &strategy.fields),
        ("market", &strategy.markets),
        ("link", &strategy.links),
        ("hub", &strategy.hubs),
        ("route", &strategy.routes),
        ("jurisdiction", &strategy.jurisdictions),
        ("hazard", &strategy.hazards),
        ("class", &strategy.classes),
        ("regime", &strategy.regimes),
        ("transit", &strategy.transits),
        ("quota", &strategy.quotas),
    ]
}

/// The levels for which any metric of a summary has quantiles or tails: each becomes a column.
#[derive(Default)]
struct Levels {
    quantiles: BTreeSet<String>,
    value_at_risk: BTreeSet<String>,
    conditional: BTreeSet<String>,
    /// Whether figures in doubt were drawn.
    has_doubt: bool,
}

impl Levels {
    fn of(summary: &Summary) -> Self {
        let mut levels = Self {
            has_doubt: summary.uncertainty.is_some(),
            ..Self::default()
        };
        for strategy in &summary.strategies {
            let inner = elements(strategy);
            let inner = inner.iter().flat_map(|(_, elements)| elements.values());
            for metric in inner.chain([&strategy.metrics]).flat_map(BTreeMap::values) {
                levels.quantiles.extend(metric.quantiles.keys().cloned());
                levels
                    .value_at_risk
                    .extend(metric.value_at_risk.keys().cloned());
                levels
                    .conditional
                    .extend(metric.conditional_value_at_risk.keys().cloned());
            }
        }
        levels
    }

    fn header(&self) -> Vec<String> {
        let mut names: Vec<String> = [
            "strategy",
            "kind",
            "id",
            "metric",
            "unit",
            "count",
            "mean",
            "std_error",
            "std_dev",
            "min",
            "max",
        ]
        .map(str::to_owned)
        .into();
        names.extend(
            self.quantiles
                .iter()
                .map(|level| format!("quantile_{level}")),
        );
        names.extend(
            self.value_at_risk
                .iter()
                .map(|level| format!("value_at_risk_{level}")),
        );
        for level in &self.conditional {
            let name = format!("conditional_value_at_risk_{level}");
            names.extend([
                name.clone(),
                format!("{name}_std_error"),
                format!("{name}_thin"),
            ]);
        }
        names.extend(["approximate", "censored"].map(str::to_owned));
        if self.has_doubt {
            names.extend(EPISTEMIC.map(str::to_owned));
        }
        names
    }

    fn cells(&self, metric: &Metric) -> Vec<String> {
        let mut cells = vec![metric.unit.clone(), metric.count.to_string()];
        cells.extend(
            [
                metric.mean,
                metric.std_error,
                metric.std_dev,
                metric.min,
                metric.max,
            ]
            .map(number),
        );
        for (levels, values) in [
            (&self.quantiles, &metric.quantiles),
            (&self.value_at_risk, &metric.value_at_risk),
        ] {
            cells.extend(
                levels
                    .iter()
                    .map(|level| number(values.get(level).copied().flatten())),
            );
        }
        for level in &self.conditional {
            let tail = metric
                .conditional_value_at_risk
                .get(level)
                .copied()
                .flatten();
            cells.push(number(tail.map(|tail| tail.value)));
            cells.push(number(tail.and_then(|tail| tail.std_error)));
            cells.push(tail.map(|tail| tail.thin.to_string()).unwrap_or_default());
        }
        cells.push(metric.approximate.to_string());
        cells.push(number(metric.censored));
        if self.has_doubt {
            cells.extend(epistemic_cells(metric.epistemic));
        }
        cells
    }
}

/// Columns of what doubt about figures adds.
const EPISTEMIC: [&str; 5] = [
    "epistemic_std_dev",
    "epistemic_variance_raw",
    "epistemic_share",
    "epistemic_low",
    "epistemic_high",
];

fn epistemic_cells(known: Option<Epistemic>) -> [String; 5] {
    [
        known.map(|known| known.std_dev),
        known.map(|known| known.variance_raw),
        known.and_then(|known| known.share),
        known.map(|known| known.low),
        known.map(|known| known.high),
    ]
    .map(number)
}

fn number(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

/// Writes the monthly means of a run, a row per strategy, month and route or market.
///
/// # Errors
/// Those of `out`.
pub fn timeline_csv(summary: &Summary, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    let has_doubt = summary.uncertainty.is_some();
    let mut header = vec![
        "strategy",
        "month",
        "kind",
        "id",
        "mean_bpd",
        "std_error_bpd",
    ];
    if has_doubt {
        header.extend(["epistemic_low_bpd", "epistemic_high_bpd"]);
    }
    rows.write_record(header)?;
    for strategy in &summary.strategies {
        for row in &strategy.monthly {
            let mean = row.mean_bpd.to_string();
            let error = number(row.std_error_bpd);
            let mut cells = vec![&strategy.id, &row.month, &row.kind, &row.id, &mean, &error];
            let ends = row.epistemic.map(|known| [known.low, known.high]);
            let ends = [0, 1].map(|end| number(ends.map(|ends| ends[end])));
            if has_doubt {
                cells.extend(&ends);
            }
            rows.write_record(cells)?;
        }
    }
    rows.flush()
}

/// Writes the timeline of a stress, a row per epoch.
///
/// # Errors
/// Those of `out`.
pub fn stress_csv(stress: &Stress, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    let mut header: Vec<String> = [
        "start",
        "start_seconds",
        "end_seconds",
        "cause",
        "planned_bpd",
        "delivered_bpd",
        "undisturbed_bpd",
        "shut_in_bpd",
        "storing_bpd",
    ]
    .map(str::to_owned)
    .into();
    header.extend(
        stress
            .routes
            .iter()
            .map(|route| format!("route_{}_bpd", route.id)),
    );
    header.extend(
        stress
            .tanks
            .iter()
            .map(|tank| format!("tank_{}_end_bbl", tank.id)),
    );
    header.extend(
        stress
            .fields
            .iter()
            .map(|field| format!("field_{}_bpd", field.id)),
    );
    rows.write_record(header)?;

    let start: Option<Date> = stress.scenario.start.parse().ok();
    for epoch in &stress.epochs {
        let instant = start.map(|start| date_time(start, epoch.start_seconds));
        let mut cells = vec![
            instant.unwrap_or_default(),
            epoch.start_seconds.to_string(),
            epoch.end_seconds.to_string(),
            epoch.cause.clone(),
        ];
        let rates = [
            epoch.planned_bpd,
            epoch.delivered_bpd,
            epoch.undisturbed_bpd,
            epoch.shut_in_bpd,
            epoch.storing_bpd,
        ];
        let by_element = [&epoch.routes_bpd, &epoch.stocks_bbl, &epoch.produced_bpd];
        let rates = rates.iter().chain(by_element.into_iter().flatten());
        cells.extend(rates.map(ToString::to_string));
        rows.write_record(cells)?;
    }
    rows.flush()
}

/// Writes a back-test, a row for each quantity replayed or forecast.
///
/// # Errors
/// Those of `out`.
pub fn backtest_csv(backtest: &Backtest, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    rows.write_record([
        "kind",
        "id",
        "variant",
        "name",
        "metric",
        "of",
        "from",
        "until",
        "unit",
        "observed",
        "observed_low",
        "observed_high",
        "undisturbed",
        "modelled",
        "low",
        "high",
        "relative_error",
        "within",
        "crps",
        "fair_crps",
        "pit",
        "crps_plan",
        "crps_persistence",
        "crps_climatology",
        "sources",
    ])?;
    let number = |value: f64| value.to_string();
    let maybe = |value: Option<f64>| value.map(number).unwrap_or_default();
    let none = String::new;
    for episode in &backtest.episodes {
        for row in &episode.rows {
            rows.write_record([
                "episode".to_owned(),
                episode.id.clone(),
                none(),
                row.name.clone(),
                row.metric.clone(),
                row.of.join(" "),
                row.from.clone(),
                row.until.clone(),
                row.unit.clone(),
                number(row.observed),
                maybe(row.observed_low),
                maybe(row.observed_high),
                number(row.undisturbed),
                number(row.modelled),
                maybe(row.band_low),
                maybe(row.band_high),
                maybe(row.relative_error),
                row.is_within.to_string(),
                none(),
                none(),
                none(),
                none(),
                none(),
                none(),
                row.sources.join(" "),
            ])?;
        }
    }
    for variant in &backtest.variants {
        for row in &variant.forecasts {
            rows.write_record([
                "forecast".to_owned(),
                row.id.clone(),
                variant.id.clone(),
                row.name.clone(),
                row.metric.clone(),
                row.of.join(" "),
                row.from.clone(),
                row.until.clone(),
                row.unit.clone(),
                number(row.observed),
                maybe(row.observed_low),
                maybe(row.observed_high),
                number(row.plan),
                number(row.mean),
                number(row.quantiles[0]),
                number(row.quantiles[4]),
                none(),
                none(),
                number(row.crps),
                maybe(row.fair_crps),
                number(row.pit),
                number(row.crps_plan),
                maybe(row.crps_persistence),
                maybe(row.crps_climatology),
                row.sources.join(" "),
            ])?;
        }
    }
    rows.flush()
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn every_estimate_is_a_row() {
        let mut summary = example::summary();
        let strategy = &mut summary.strategies[0];
        strategy.metrics.retain(|name, _| name == "undelivered");
        strategy.routes.retain(|id, _| id == "north");
        let route = strategy.routes.remove("north").expect("an example");
        strategy.routes.insert("north, long".to_owned(), route);
        strategy
            .routes
            .values_mut()
            .for_each(|metrics| metrics.retain(|name, _| name == "lost"));
        strategy.classes.clear();
        strategy.hazards.clear();

        let mut out = Vec::new();
        summary_csv(&summary, &mut out).expect("memory takes all");
        assert_eq!(
            String::from_utf8(out).expect("text"),
            "strategy,kind,id,metric,unit,count,mean,std_error,std_dev,min,max,quantile_0.05,\
             quantile_0.5,quantile_0.95,conditional_value_at_risk_0.95,\
             conditional_value_at_risk_0.95_std_error,conditional_value_at_risk_0.95_thin,\
             approximate,censored\n\
             baseline,system,,undelivered,bbl,10000,37137200,379100,37910000,0,200000000,0,\
             30000000,110000000,148200000,2900000,true,false,\n\
             baseline,route,\"north, long\",lost,bbl,10000,30000000,200000,,,,,,,,,,false,\n"
        );
    }

    #[test]
    fn a_stress_has_a_row_for_each_epoch() {
        let mut out = Vec::new();
        stress_csv(&example::stress(), &mut out).expect("memory takes all");
        let text = String::from_utf8(out).expect("text");
        let mut lines = text.lines();
        assert_eq!(
            lines.next(),
            Some(
                "start,start_seconds,end_seconds,cause,planned_bpd,delivered_bpd,undisturbed_bpd,\
                 shut_in_bpd,storing_bpd,route_north_bpd,route_south_bpd,tank_port_end_bbl,\
                 field_east_bpd"
            )
        );
        assert_eq!(
            lines.nth(1),
            Some(
                "2026-01-10 00:00,777600,1036800,north closes,100000,60000,100000,0,40000,0,60000,\
                 120000,100000"
            )
        );
        assert_eq!(lines.count(), 4);
    }
}
