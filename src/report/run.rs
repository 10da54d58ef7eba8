//! A run as text.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crate::results::{Metric, Metrics, StrategyResult, Summary};

use super::controlled::controlled_text;
use super::doubt::{self, Cells};
use super::grades::grades_note;
use super::hazards::{TOP_HAZARDS, classes_table, hazards_table};
use super::markets::{is_to_be_filled, markets_table, routes_table};
use super::number::{NOTHING, Scale, brief, counted, significant, to_spread, with_error};
use super::splits;
use super::table::{Align, Table};
use super::tell::Tell;

/// System metrics in the order in which they are shown, and as they are called.
const SHOWN: [(&str, &str, Tails); 17] = [
    ("planned", "planned", Tails::Hidden),
    ("delivered", "delivered", Tails::Hidden),
    ("undelivered", "undelivered", Tails::Shown),
    ("exported", "exported", Tails::Hidden),
    ("shut_in", "shut in", Tails::Shown),
    ("field_outage", "field outage", Tails::Shown),
    ("damaged", "damaged", Tails::Shown),
    ("quota_cut", "quota cut", Tails::Shown),
    ("stored", "stored", Tails::Hidden),
    ("deliverability", "deliverability", Tails::Hidden),
    ("shortfall_time", "shortfall time", Tails::Shown),
    ("shortfall_events", "shortfall events", Tails::Shown),
    ("longest_shortfall", "longest shortfall", Tails::Shown),
    ("time_to_recover", "time to recover", Tails::Shown),
    ("deepest_cut", "deepest cut", Tails::Shown),
    ("concentration", "concentration by route", Tails::Hidden),
    (
        "concentration_by_jurisdiction",
        "… by jurisdiction",
        Tails::Hidden,
    ),
];

/// Whether the mean beyond the value at risk is shown: only where more is worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tails {
    Shown,
    Hidden,
}

/// Writes what a run found, for a person to read, in at most `width` columns.
///
/// # Errors
/// Those of `out`.
pub fn run_text(summary: &Summary, width: u16, mut out: &mut dyn Write) -> io::Result<()> {
    run_told(summary, width, &mut out)
}

pub(super) fn run_told(summary: &Summary, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let scenario = &summary.scenario;
    let strategies = match summary.strategies.len() {
        0 | 1 => String::new(),
        several => format!("{several} strategies × "),
    };
    writeln!(
        out,
        "{}: {strategies}{} replications of {} days{}, seed {}{}",
        scenario.name,
        counted(summary.replications),
        brief(scenario.horizon_days, 6),
        doubt::draws(summary),
        summary.seed,
        match summary.stopped.as_str() {
            "interrupted" => " (interrupted)",
            "precision" => " (stopped when precise enough)",
            _ => "",
        }
    )?;
    if let Some(about) = scenario
        .about
        .lines()
        .next()
        .filter(|line| !line.trim().is_empty())
    {
        paragraph(about.trim(), width, out)?;
    }
    for strategy in &summary.strategies {
        strategy_text(summary, strategy, width, out)?;
    }
    if let Some(strata) = &summary.strata {
        super::strata::strata_text(strata, width, out)?;
    }
    if let Some(bound) = &summary.bound {
        let volume = Scale::volume(bound.delivered.bound.unwrap_or(0.0));
        writeln!(out)?;
        super::bound::bound_text(bound, volume, width, out)?;
    }
    writeln!(out)?;
    if let Some(note) = doubt::note(summary) {
        paragraph(&note, width, out)?;
    }
    rules_text(&summary.rules, width, out)?;
    let hash = scenario.sha256.get(..12).unwrap_or(&scenario.sha256);
    let numbers = doubt::numbers(summary);
    let version = &summary.version;
    let seed = summary.seed;
    let line = format!("keruen {version}, scenario {hash}, seed {seed}, {numbers}.");
    paragraph(&line, width, out)
}

/// The rules in force, in a sentence.
///
/// # Errors
/// Those of `out`.
pub fn rules_text(
    rules: &BTreeMap<String, String>,
    width: u16,
    out: &mut (impl Tell + ?Sized),
) -> io::Result<()> {
    if rules.is_empty() {
        return Ok(());
    }
    out.about("Rules in force");
    // Those of single hazards are long, so they come last, each on a line of its own.
    let (long, short): (Vec<_>, Vec<_>) = rules.iter().partition(|(_, rule)| rule.contains(';'));
    let short: Vec<String> = short
        .iter()
        .map(|(name, rule)| format!("{name} {rule}"))
        .collect();
    paragraph(&format!("Rules: {}.", short.join(", ")), width, out)?;
    for (name, rule) in long {
        paragraph(&format!("Rule {name}: {rule}."), width, out)?;
    }
    Ok(())
}

fn strategy_text(
    summary: &Summary,
    strategy: &StrategyResult,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    let days = summary.scenario.horizon_days;
    let planned = strategy
        .metrics
        .get("planned")
        .and_then(|metric| metric.mean);
    let volume = Scale::volume(planned.unwrap_or(strategy.undisturbed.planned_bpd * days));
    let names = names(summary);
    let name = |id: &str| names.get(id).copied().unwrap_or(id).to_owned();

    writeln!(out)?;
    let applied: Vec<&str> = strategy
        .applied
        .iter()
        .map(|applied| applied.name.as_str())
        .collect();
    if !applied.is_empty() {
        paragraph(&format!("With {}.", applied.join(", ")), width, out)?;
        writeln!(out)?;
    }
    let has_doubt = summary
        .uncertainty
        .as_ref()
        .is_some_and(|drawn| drawn.replications_per_draw > 1);
    // What never happens is left out; what does keeps the ledger whole.
    let shown: Vec<_> = SHOWN
        .into_iter()
        .filter(|(name, ..)| {
            let may_be_left_out = ["damaged", "quota_cut", "stored"].contains(name);
            let is_nothing = |metric: &Metric| {
                metric.mean == Some(0.0) && metric.std_dev.is_none_or(|sd| sd == 0.0)
            };
            !(may_be_left_out && strategy.metrics.get(*name).is_none_or(is_nothing))
        })
        .collect();
    let shown = ("per replication", &shown[..]);
    let table = metrics_table(shown, &strategy.metrics, volume, has_doubt);
    let note = table.write_with_notes(width, out)?;
    paragraph(&note, width, out)?;
    let rate = Scale::rate(strategy.undisturbed.planned_bpd);
    let sketches = super::sketch::sketches(strategy, volume, rate);
    if !sketches.is_empty() {
        out.sketch(sketches, width)?;
    }
    controlled_text(strategy, volume, width, out)?;

    let grades = strategy.grades.as_ref();
    if let Some(note) = grades.and_then(|grades| grades_note(grades, rate)) {
        paragraph(&note, width, out)?;
    }
    for (title, about, table) in [
        (
            "route",
            "Routes",
            routes_table(strategy, days, (rate, volume), &name, has_doubt),
        ),
        (
            "market",
            "Markets",
            markets_table(strategy, days, (rate, volume), &name, has_doubt),
        ),
        (
            "class",
            "Classes of hazards",
            classes_table(strategy, volume, has_doubt),
        ),
        (
            "hazard",
            "Hazards",
            hazards_table(strategy, days, volume, has_doubt),
        ),
        (
            "regime",
            "Regimes",
            super::regimes::regimes_table(strategy, volume, has_doubt),
        ),
    ] {
        if !table.is_empty() {
            writeln!(out)?;
            out.about(about);
            table.write(width, out)?;
        }
        let unfilled = strategy
            .markets
            .iter()
            .any(|(id, metrics)| !is_to_be_filled(strategy, id, metrics, days));
        if let Some(note) = splits::note(strategy, &name).filter(|_| title == "route") {
            paragraph(&note, width, out)?;
        }
        if let Some(note) = splits::fields_note(strategy, &name).filter(|_| title == "route") {
            writeln!(out)?;
            paragraph(&note, width, out)?;
        }
        if title == "market" && unfilled {
            let note = "–: asks for more than it would get if nothing went wrong, so what it lacks \
                        is left out here; summary.json has it.";
            paragraph(note, width, out)?;
        }
        if title == "hazard" && strategy.hazards.len() > TOP_HAZARDS {
            let more = strategy.hazards.len() - TOP_HAZARDS;
            writeln!(out, "and {more} more hazards, in summary.csv")?;
        }
    }
    super::quota::quotas_text(summary, strategy, volume, has_doubt, width, out)?;
    super::money::money_text(strategy, (rate, has_doubt), width, out)
}

/// Names by id, of all that the network has.
fn names(summary: &Summary) -> BTreeMap<&str, &str> {
    let network = &summary.network;
    let nodes = network
        .nodes
        .iter()
        .map(|node| (node.id.as_str(), node.name.as_str()));
    let routes = network
        .routes
        .iter()
        .map(|route| (route.id.as_str(), route.name.as_str()));
    nodes.chain(routes).collect()
}

/// The table of system metrics, and what must be known to read it.
pub(super) struct MetricsTable {
    pub(super) table: Table,
    thin: bool,
    has_cut: bool,
    censored: Option<f64>,
}

impl MetricsTable {
    fn write_with_notes(self, width: u16, out: &mut dyn Tell) -> io::Result<String> {
        out.about("Per replication");
        self.table.write(width, out)?;
        let mut note = "± is one standard error; 5 % and 95 % are quantiles between replications; \
                        CVaR 95 % is the mean of the worst twentieth."
            .to_owned();
        if self.has_cut {
            note.push_str(" The deepest cut is that of an instant, however short.");
        }
        if self.thin {
            note.push_str(" *: fewer than 250 replications are in the tail, its error is unsure.");
        }
        if let Some(censored) = self.censored.filter(|&censored| censored > 0.0) {
            let share = significant(censored * 100.0, 2);
            note = format!("{note} Not recovered by the end: {share} % of replications.");
        }
        Ok(note)
    }
}

/// - `heading`, `shown`: what the first column is called, and names, titles and tails of the rows.
pub(super) fn metrics_table(
    (heading, shown): (&str, &[(&str, &str, Tails)]),
    metrics: &Metrics,
    volume: Scale,
    has_doubt: bool,
) -> MetricsTable {
    let cells = Cells {
        plain: &[0, 1, 3, 4, 5, 6, 7],
        doubt: &[0, 1, 2, 4, 5, 6, 7],
    };
    let mut table = Table::new(cells.of(
        &columns(
            &[heading],
            &[
                "mean",
                doubt::BAND,
                "sd",
                "5 %",
                "median",
                "95 %",
                "CVaR 95 %",
            ],
        ),
        has_doubt,
    ));
    let mut thin = false;
    let mut censored = None;
    for &(name, title, tails) in shown {
        let Some(metric) = metrics.get(name) else {
            continue;
        };
        let scale = scale(name, metric, volume);
        let quantile = |level: &str| {
            let value = metric.quantiles.get(level).copied().flatten();
            let spread = metric.std_dev.map(|sd| scale.of(sd));
            value.map_or(NOTHING.into(), |value| to_spread(scale.of(value), spread))
        };
        let tail = metric.conditional_value_at_risk.get("0.95");
        let tail = tail.copied().flatten().filter(|_| tails == Tails::Shown);
        let tail = tail.map(|tail| {
            thin |= tail.thin;
            let error = tail.std_error.map(|error| scale.of(error));
            let mark = if tail.thin { "*" } else { "" };
            format!("{}{mark}", with_error(scale.of(tail.value), error))
        });
        let deviation = metric.std_dev.map(|sd| significant(scale.of(sd), 3));
        let unit = if scale.unit.is_empty() { "" } else { ", " };
        let row = [
            format!("{title}{unit}{}", scale.unit),
            estimate(Some(metric), scale),
            doubt::band(Some(metric), scale),
            deviation.unwrap_or_else(|| NOTHING.into()),
            quantile("0.05"),
            quantile("0.5"),
            quantile("0.95"),
            tail.unwrap_or_else(|| NOTHING.into()),
        ];
        table.row(cells.of(&row, has_doubt));
        censored = censored.or(metric.censored);
    }
    MetricsTable {
        table,
        thin,
        has_cut: metrics.contains_key("deepest_cut"),
        censored,
    }
}

/// How a system metric is shown.
fn scale(name: &str, metric: &Metric, volume: Scale) -> Scale {
    match metric.unit.as_str() {
        "bbl" => volume,
        "share" if !name.starts_with("concentration") => Scale::share(),
        "h" => Scale::plain("h"),
        "USD" | "usd" => Scale {
            factor: 1e6,
            unit: "million USD",
        },
        _ => Scale::plain(""),
    }
}

/// The mean of a metric, 0 if there is none.
pub(super) fn mean(metrics: &Metrics, name: &str) -> f64 {
    metrics
        .get(name)
        .and_then(|metric| metric.mean)
        .unwrap_or(0.0)
}

/// Elements by falling mean of a metric, then by id.
pub(super) fn sorted_by<'a>(
    elements: &'a BTreeMap<String, Metrics>,
    metric: &str,
) -> Vec<(&'a str, &'a Metrics)> {
    let mean = |metrics: &Metrics| {
        let mean = metrics.get(metric).and_then(|metric| metric.mean);
        mean.unwrap_or(f64::NEG_INFINITY)
    };
    let mut sorted: Vec<(&str, &Metrics)> = elements
        .iter()
        .map(|(id, metrics)| (id.as_str(), metrics))
        .collect();
    sorted.sort_by(|(_, a), (_, b)| mean(b).total_cmp(&mean(a)));
    sorted
}

pub(super) fn estimate(metric: Option<&Metric>, scale: Scale) -> String {
    let found = metric.and_then(|metric| metric.mean.map(|mean| (mean, metric.std_error)));
    found.map_or(NOTHING.into(), |(mean, error)| {
        with_error(scale.of(mean), error.map(|error| scale.of(error)))
    })
}

/// The change that a loss is: the same with the other sign.
pub(super) fn gained(lost: Option<&Metric>, scale: Scale) -> String {
    let found = lost.and_then(|metric| metric.mean.map(|mean| (mean, metric.std_error)));
    found.map_or(NOTHING.into(), |(mean, error)| {
        // From zero, so that no loss is no change and not a negative nothing.
        with_error(scale.of(0.0 - mean), error.map(|error| scale.of(error)))
    })
}

pub(super) fn columns(words: &[&str], numbers: &[&str]) -> Vec<(String, Align)> {
    let words = words.iter().map(|&title| (title.to_owned(), Align::Left));
    let numbers = numbers
        .iter()
        .map(|&title| (title.to_owned(), Align::Right));
    words.chain(numbers).collect()
}

/// Writes words wrapped to at most `width` columns, and to no more than 100.
///
/// # Errors
/// Those of `out`.
pub fn paragraph(text: &str, width: u16, out: &mut (impl Tell + ?Sized)) -> io::Result<()> {
    out.paragraph(text, width)
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;

    #[test]
    fn a_run_is_read_at_a_glance() {
        let mut out = Vec::new();
        run_text(&example::summary(), 100, &mut out).expect("memory takes all");
        insta::assert_snapshot!(String::from_utf8(out).expect("text"), @r"
        two_routes: 10 000 replications of 365 days, seed 42
        What is a second route worth?

        per replication              mean    sd  5 %  median   95 %     CVaR 95 %
        planned, Mb               657 ± 0     –    –       –      –             –
        undelivered, Mb      37.14 ± 0.38  37.9  0.0    30.0  110.0  148.2 ± 2.9*
        deliverability, %  94.118 ± 0.062     –    –       –      –             –
        shortfall time, h      1 234 ± 12     –    –       –      –             –
        shortfall events    7.250 ± 0.021     –    –       –      –             –
        ± is one standard error; 5 % and 95 % are quantiles between replications; CVaR 95 % is the mean of
        the worst twentieth. *: fewer than 250 replications are in the tail, its error is unsure.

        route          undisturbed, kb/d  exported, kb/d      share, %     change, Mb
        Northern line            1 425.0   1 342.5 ± 1.0  81.67 ± 0.12  −30.00 ± 0.20
        Southern line              300.0     301.4 ± 1.0  18.33 ± 0.12    1.50 ± 0.20

        class of hazards  attributed, Mb  of all lost, %
        weather             36.00 ± 0.25           100.0

        hazard  events per run  active, h  attributed, Mb        undelivered
                                                           if it strikes, Mb
        storm    7.300 ± 0.027          –    36.00 ± 0.25                  –

        Rules: combine min, objective volume.
        keruen 0.1.0, scenario 3f2a9c5d71e8, seed 42, replications 0–9 999.
        ");
    }

    #[test]
    fn a_market_lacks_only_what_it_would_have_got() {
        let mut summary = example::summary();
        let strategy = &mut summary.strategies[0];
        let route = &strategy.routes["north"];
        let metric = |mean: f64, min: f64| Metric {
            mean: Some(mean),
            min: Some(min),
            ..route["lost"].clone()
        };
        for (id, flow, delivered, unmet, least) in [
            ("refinery", 100e3, 36.4e6, 0.1e6, 0.0),
            ("export", 100e3, 36.4e6, 900e6, 800e6),
            ("idle", 0.0, 0.0, 5e6, 5e6),
        ] {
            strategy.undisturbed.markets_bpd.insert(id.to_owned(), flow);
            let metrics = [
                ("delivered".to_owned(), metric(delivered, 0.0)),
                ("unmet".to_owned(), metric(unmet, least)),
            ];
            strategy.markets.insert(id.to_owned(), metrics.into());
        }
        let mut out = Vec::new();
        run_text(&summary, 100, &mut out).expect("memory takes all");
        let text = String::from_utf8(out).expect("text");
        let row = |id: &str| {
            let line = text.lines().find(|line| line.starts_with(id));
            line.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "))
        };
        assert_eq!(
            row("refinery").as_deref(),
            Some("refinery 100.0 99.73 ± 0.55 0.10 ± 0.20 –")
        );
        assert_eq!(
            row("export").as_deref(),
            Some("export 100.0 99.73 ± 0.55 – –")
        );
        assert_eq!(row("idle"), None);
        assert!(text.contains("asks for more than it would get"), "{text}");
    }

    #[test]
    fn text_fits_a_narrow_terminal() {
        let mut out = Vec::new();
        run_text(&example::summary(), 60, &mut out).expect("memory takes all");
        let text = String::from_utf8(out).expect("text");
        let widest = text.lines().map(|line| line.chars().count()).max();
        assert!(widest <= Some(60), "{widest:?}\n{text}");
    }
}
