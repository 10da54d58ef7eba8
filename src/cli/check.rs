//! `keruen check`.

use std::io::{self, Write};

use serde_json::{Value, json};

use crate::model::{Model, Objective};
use crate::report::{self, Align, NOTHING, Scale, Table, brief, counted, grouped};
use crate::scenario::Scenario;
use crate::simulation::{self, Overview};

use super::arguments::CheckArguments;
use super::failure::Failure;
use super::run::{Warnings, load};
use super::terminal;

/// Values without a source that are named one by one.
const NAMED: usize = 10;

/// Says whether a scenario is right, and what it describes.
pub(super) fn check(arguments: &CheckArguments) -> Result<(), Failure> {
    let scenario = load(&arguments.scenario, Warnings::InFull)?;
    let overview = simulation::overview(&scenario.model)?;
    terminal::print(|out| {
        if arguments.dot {
            out.write_all(overview.dot.as_bytes())
        } else if arguments.json {
            report::json(&value(&scenario, &overview), out)
        } else {
            text(&scenario, &overview, terminal::width(), out)
        }
    })
}

/// What there is, by kind, and how many.
fn counts(model: &Model) -> [(&'static str, usize); 13] {
    [
        ("fields", model.fields.len()),
        ("hubs", model.hubs.len()),
        (
            "tanks",
            model.hubs.iter().filter(|hub| hub.tank.is_some()).count(),
        ),
        ("markets", model.markets.len()),
        ("links", model.links.len()),
        ("routes", model.routes.len()),
        ("transits", model.transits.len()),
        ("services", model.services.len()),
        ("hazards", model.hazards.len()),
        ("regimes", model.regimes.len()),
        ("crews", model.crews.len()),
        ("quotas", model.quotas.len()),
        ("strategies", model.strategies.len()),
    ]
}

fn text(
    scenario: &Scenario,
    overview: &Overview,
    width: u16,
    out: &mut dyn Write,
) -> io::Result<()> {
    let model = &scenario.model;
    writeln!(out, "{}", model.name)?;
    if let Some(about) = model
        .about
        .lines()
        .next()
        .filter(|line| !line.trim().is_empty())
    {
        report::paragraph(about.trim(), width, out)?;
    }
    writeln!(out)?;

    let flows = &overview.undisturbed;
    let rate = Scale::rate(flows.planned_bpd);
    let shown = |bpd: f64| format!("{} {}", grouped(rate.of(bpd), 1), rate.unit);
    let mut table = Table::pairs();
    let mut line = |title: &str, text: String| table.row([title.to_owned(), text]);
    let there = counts(model).into_iter().filter(|&(_, count)| count > 0);
    let there: Vec<String> = there.map(|(kind, count)| counted_as(kind, count)).collect();
    line("describes", there.join(", "));
    line(
        "horizon",
        format!(
            "{} days from {}",
            brief(model.horizon.days(), 6),
            model.start
        ),
    );
    line("planned", shown(flows.planned_bpd));
    line(
        "undisturbed",
        format!(
            "{} delivered, {} of it exported",
            shown(flows.delivered_bpd),
            shown(flows.exported_bpd),
        ),
    );
    line(
        "bottleneck",
        if overview
            .grades
            .as_ref()
            .is_some_and(|grades| !grades.is_aggregated)
        {
            "not known where grades are told apart".to_owned()
        } else {
            list(
                &overview.bottleneck,
                match model.allocation.objective {
                    Objective::Volume => "none: all that is planned gets out",
                    Objective::Netback => "not told: as much flows as pays",
                },
            )
        },
    );
    line("single points of failure", list(&overview.critical, "none"));
    if let Some(grades) = &overview.grades {
        line("grades", report::grades_line(grades, rate));
    }
    table.write(width, out)?;

    if !overview.capacity_by_route.is_empty() {
        writeln!(out)?;
        routes(model, overview, rate).write(width, out)?;
    }
    writeln!(out)?;
    report::rules_text(&simulation::rules(model), width, out)?;
    writeln!(out)?;
    sources(scenario, width, out)?;
    match scenario.warnings.len() {
        0 => writeln!(out, "OK"),
        1 => writeln!(out, "OK, with 1 warning"),
        several => writeln!(out, "OK, with {several} warnings"),
    }
}

fn routes(model: &Model, overview: &Overview, rate: Scale) -> Table {
    let mut columns = vec![
        ("route".to_owned(), Align::Left),
        (format!("capacity, {}", rate.unit), Align::Right),
        (format!("undisturbed, {}", rate.unit), Align::Right),
        ("share of routes".to_owned(), Align::Right),
    ];
    // Only where the rules leave a split open is there anything to say of ranges.
    let ranges = &overview.undisturbed.route_ranges;
    let has_open = ranges.values().any(report::is_open_range);
    if has_open {
        columns.push(("as good".to_owned(), Align::Right));
    }
    let mut table = Table::new(columns);
    let exported: f64 = overview.undisturbed.routes_bpd.values().sum();
    for (id, capacity) in &overview.capacity_by_route {
        let name = model
            .routes
            .iter()
            .find(|route| route.id == *id)
            .map(|route| &route.name);
        let flow = overview.undisturbed.routes_bpd.get(id).copied();
        let share = flow.filter(|_| exported > 0.0).map(|flow| flow / exported);
        let mut row = vec![
            name.unwrap_or(id).clone(),
            capacity.map_or("unlimited".into(), |bpd| grouped(rate.of(bpd as f64), 1)),
            flow.map_or(NOTHING.into(), |bpd| grouped(rate.of(bpd), 1)),
            share.map_or(NOTHING.into(), report::per_cent),
        ];
        if has_open {
            let range = ranges.get(id).filter(|range| report::is_open_range(range));
            row.push(range.map_or(NOTHING.into(), report::range_text));
        }
        table.row(row);
    }
    table
}

fn sources(scenario: &Scenario, width: u16, out: &mut dyn Write) -> io::Result<()> {
    let without: Vec<String> = without_source(scenario).map(str::to_owned).collect();
    let mut table = Table::pairs();
    let all = counted(scenario.quantities.len() as u64);
    let named = match without.len() {
        0 => String::new(),
        several if several > NAMED => format!(": {}, …", without[..NAMED].join(", ")),
        _ => format!(": {}", without.join(", ")),
    };
    table.row([
        "values without a source".to_owned(),
        format!("{} of {all}{named}", counted(without.len() as u64)),
    ]);
    table.row([
        "unused sources".to_owned(),
        list(&scenario.unused_sources, "none"),
    ]);
    table.write(width, out)
}

fn without_source(scenario: &Scenario) -> impl Iterator<Item = &str> {
    let without = scenario
        .quantities
        .iter()
        .filter(|quantity| quantity.sources.is_empty());
    without.map(|quantity| quantity.key.as_str())
}

/// `1 hub`, `3 hubs`.
fn counted_as(kind: &str, count: usize) -> String {
    let kind = match (kind, count) {
        ("strategies", 1) => "strategy",
        (kind, 1) => kind.trim_end_matches('s'),
        (kind, _) => kind,
    };
    format!("{count} {kind}")
}

fn list(ids: &[String], none: &str) -> String {
    if ids.is_empty() {
        none.to_owned()
    } else {
        ids.join(", ")
    }
}

fn value(scenario: &Scenario, overview: &Overview) -> Value {
    let model = &scenario.model;
    let counts: serde_json::Map<String, Value> = counts(model)
        .into_iter()
        .map(|(kind, count)| (kind.to_owned(), json!(count)))
        .collect();
    let capacities: Vec<Value> = overview
        .capacity_by_route
        .iter()
        .map(|(id, capacity)| json!({ "route": id, "capacity_bpd": capacity }))
        .collect();
    let quantities: Vec<Value> = scenario
        .quantities
        .iter()
        .map(|quantity| {
            json!({
                "key": quantity.key,
                "value": quantity.value,
                "low": quantity.low,
                "high": quantity.high,
                "doubt": quantity.doubt,
                "sources": quantity.sources,
            })
        })
        .collect();
    let warnings: Vec<String> = scenario.warnings.iter().map(ToString::to_string).collect();
    json!({
        "format": "keruen-check/1",
        "version": env!("CARGO_PKG_VERSION"),
        "scenario": {
            "name": model.name,
            "about": model.about,
            "sha256": scenario.sha256,
            "start": model.start.to_string(),
            "horizon_days": model.horizon.days(),
        },
        "counts": counts,
        "undisturbed": overview.undisturbed,
        "bottleneck": overview.bottleneck,
        "grades": overview.grades,
        "single_points_of_failure": overview.critical,
        "capacity_by_route": capacities,
        "rules": simulation::rules(model),
        "quantities": quantities,
        "values_without_source": without_source(scenario).collect::<Vec<_>>(),
        "unused_sources": scenario.unused_sources,
        "warnings": warnings,
    })
}
