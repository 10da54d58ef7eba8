//! An exact answer as text and as CSV.

use std::io::{self, Write};

use crate::results::{Exact, ExactAgreement, ExactBottleneck, ExactImportance};

use super::number::{NOTHING, counted, grouped, per_cent, significant, with_error};
use super::run::paragraph;
use super::table::{Align, Table};
use super::tell::Tell;

/// Rows of a table of the report; the files hold all.
const MOST_ROWS: usize = 15;

/// Writes what all states of a scenario say, for a person to read, in at most `width` columns.
///
/// # Errors
/// Those of `out`.
pub fn exact_text(exact: &Exact, width: u16, mut out: &mut dyn Write) -> io::Result<()> {
    exact_told(exact, width, &mut out)
}

pub(super) fn exact_told(exact: &Exact, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    writeln!(out, "{}", exact.scenario.name)?;
    if let Some(about) = exact
        .scenario
        .about
        .lines()
        .next()
        .filter(|line| !line.is_empty())
    {
        paragraph(about, width, out)?;
    }
    writeln!(out)?;
    paragraph(&states(exact), width, out)?;
    writeln!(out, "\nIn the long run\n")?;
    long_run(exact, width, out)?;
    if exact.components.is_empty() {
        writeln!(out)?;
        paragraph(
            "Nothing is ever disrupted: the one state is all there is.",
            width,
            out,
        )?;
    } else {
        writeln!(out, "\nWhat matters\n")?;
        components(exact, width, out)?;
        // A hazard with one process says nothing more.
        if exact.hazards.len() < exact.components.len() {
            writeln!(out, "\nHazards as a whole\n")?;
            hazards(exact, width, out)?;
        }
    }
    writeln!(out, "\nWhat capacity is worth\n")?;
    bottlenecks(exact, width, out)?;
    if let Some(agreement) = &exact.agreement {
        writeln!(out, "\nSimulated beside\n")?;
        agreed(exact, agreement, width, out)?;
    }
    let hash = exact
        .scenario
        .sha256
        .get(..12)
        .unwrap_or(&exact.scenario.sha256);
    writeln!(out, "\nkeruen {}, scenario {hash}.", exact.version)
}

fn states(exact: &Exact) -> String {
    let states = &exact.states;
    let parts = match states.parts {
        0 | 1 => String::new(),
        several => format!(" in {several} parts that have nothing to do with each other"),
    };
    let periods = match states.periods {
        0 | 1 => String::new(),
        several => format!(", in each of {several} periods between changes of the plan"),
    };
    let joint = if states.joint < 1e15 {
        grouped(states.joint, 0)
    } else {
        format!("{:.1e}", states.joint)
    };
    format!(
        "{joint} joint states of {} processes{periods}; {} allocations{parts} tell all of them apart \
         that differ in what elements can carry.",
        counted(exact.components.len() as u64),
        counted(states.solved),
    )
}

fn kbd(rate: f64) -> String {
    grouped(rate / 1_000.0, 3)
}

fn long_run(exact: &Exact, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let run = &exact.long_run;
    let mut table = Table::pairs();
    let mut put = |name: &str, value: String| table.row([name.to_owned(), value]);
    put("planned", format!("{} kb/d", kbd(run.planned_bpd)));
    put(
        "delivered if nothing fails",
        format!("{} kb/d", kbd(run.undisturbed_bpd)),
    );
    put("delivered", format!("{} kb/d", kbd(run.delivered_bpd)));
    let share = run.deliverability.map_or_else(
        || NOTHING.to_owned(),
        |share| format!("{} %", grouped(100.0 * share, 4)),
    );
    put("deliverability", share);
    let days = grouped(exact.scenario.horizon_days, 0);
    put(
        "undelivered",
        format!(
            "{} kb/d, {} kb in {days} days",
            kbd(run.undelivered_bpd),
            grouped(run.undelivered_bbl / 1_000.0, 1)
        ),
    );
    if let (false, Some(undelivered)) = (
        exact.from_start.is_stationary,
        exact.from_start.undelivered_bbl,
    ) {
        put(
            "from the scenario's start",
            format!(
                "{} kb undelivered in {days} days",
                grouped(undelivered / 1_000.0, 1)
            ),
        );
    }
    if let Some(spread) = exact.spread.std_dev_bbl {
        let alone = exact.spread.additive_share.map(per_cent);
        let alone =
            alone.map(|share| format!(", {share} of its variance from processes one by one"));
        put(
            "spread",
            format!(
                "± {} kb in {days} days{}",
                grouped(spread / 1_000.0, 1),
                alone.unwrap_or_default()
            ),
        );
    }
    if let Some(probability) = exact.shortfall.probability {
        let often = match (exact.shortfall.events_per_year, exact.shortfall.mean_days) {
            (Some(events), Some(days)) => format!(
                ", {} a year of {} days on average",
                significant(events, 4),
                significant(days, 4)
            ),
            _ => String::new(),
        };
        let share = grouped(100.0 * probability, 3);
        put("short of plan", format!("{share} % of the time{often}"));
    }
    let at_risk = run.undelivered_at_risk.iter().map(|risk| {
        let level = grouped(100.0 * risk.level, 0);
        format!(
            "{level} %: {} ({})",
            kbd(risk.value_bpd),
            kbd(risk.beyond_bpd)
        )
    });
    let at_risk: Vec<String> = at_risk.collect();
    if !at_risk.is_empty() {
        put(
            "missing at risk, kb/d",
            format!("{}; beyond in brackets", at_risk.join(", ")),
        );
    }
    if !exact.law.is_empty() {
        put("levels of delivery", counted(exact.law.len() as u64));
    }
    table.write(width, out)?;
    let why = [
        ("spread", &exact.spread.why_not),
        ("number of shortfalls", &exact.shortfall.why_not),
    ];
    for (what, why) in why {
        if let Some(why) = why {
            writeln!(out)?;
            paragraph(&format!("No {what}: {why}."), width, out)?;
        }
    }
    Ok(())
}

fn titles(titles: &[&str]) -> Table {
    let columns = titles.iter().enumerate().map(|(place, title)| {
        let align = if place == 0 {
            Align::Left
        } else {
            Align::Right
        };
        ((*title).to_owned(), align)
    });
    Table::new(columns.collect())
}

fn rest(all: usize, what: &str, out: &mut dyn Tell) -> io::Result<()> {
    if all > MOST_ROWS {
        writeln!(out, "and {} more {what}, in exact.csv", all - MOST_ROWS)?;
    }
    Ok(())
}

/// Undefined is a dash.
fn maybe(value: Option<f64>, show: impl Fn(f64) -> String) -> String {
    value.map_or_else(|| NOTHING.to_owned(), show)
}

/// Fussell–Vesely, risk achievement and risk reduction worth.
fn importance(importance: &ExactImportance) -> [String; 3] {
    [
        maybe(importance.fussell_vesely, per_cent),
        maybe(importance.risk_achievement_worth, |worth| grouped(worth, 3)),
        maybe(importance.risk_reduction_worth, |worth| grouped(worth, 3)),
    ]
}

fn by_share<T>(items: &[T], of: impl Fn(&T) -> &ExactImportance) -> Vec<&T> {
    let mut sorted: Vec<&T> = items.iter().collect();
    let share = |item: &T| of(item).fussell_vesely.unwrap_or(0.0);
    sorted.sort_by(|one, other| share(other).total_cmp(&share(one)));
    sorted
}

fn components(exact: &Exact, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let mut table = titles(&[
        "process",
        "down",
        "a year",
        "alone\nkb/d",
        "Birnbaum\nkb/d",
        "Fussell–Vesely",
        "RAW",
        "RRW",
    ]);
    let sorted = by_share(&exact.components, |component| &component.importance);
    for component in sorted.iter().take(MOST_ROWS) {
        let [share, raw, rrw] = importance(&component.importance);
        table.row([
            component.importance.id.clone(),
            per_cent(component.unavailability),
            significant(component.events_per_year, 3),
            grouped(component.alone_bpd / 1_000.0, 1),
            maybe(component.importance.birnbaum_bpd, |rate| {
                grouped(rate / 1_000.0, 2)
            }),
            share,
            raw,
            rrw,
        ]);
    }
    table.write(width, out)?;
    rest(sorted.len(), "processes", out)?;
    writeln!(out)?;
    paragraph(
        "Alone: delivered with nothing else down. Birnbaum: lost with it down for good less lost \
         without it. Fussell–Vesely: share of the loss that goes if it never fails. RAW: the loss \
         grows so many times if it is down for good. RRW: it shrinks so many times if it never fails.",
        width,
        out,
    )
}

fn hazards(exact: &Exact, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let mut table = titles(&["hazard", "Fussell–Vesely", "RAW", "RRW"]);
    let sorted = by_share(&exact.hazards, |hazard| hazard);
    for hazard in sorted.iter().take(MOST_ROWS) {
        let [share, raw, rrw] = importance(hazard);
        table.row([hazard.id.clone(), share, raw, rrw]);
    }
    table.write(width, out)?;
    rest(sorted.len(), "hazards", out)
}

fn bottlenecks(exact: &Exact, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    if exact.bottlenecks.is_empty() {
        let why = "Not known where flows go by what pays, or where grades are told apart: one more \
                   barrel of capacity may then deliver a part of one, or less.";
        return paragraph(why, width, out);
    }
    let mut sorted: Vec<&ExactBottleneck> = exact
        .bottlenecks
        .iter()
        .filter(|worth| worth.in_cut > 0.0 || worth.right > 0.0 || worth.left > 0.0)
        .collect();
    sorted.sort_by(|one, other| {
        let by_right = other.right.total_cmp(&one.right);
        by_right.then_with(|| other.left.total_cmp(&one.left))
    });
    if let Some(why) = &exact.bottlenecks_why_not {
        return paragraph(&format!("Not told: {why}."), width, out);
    }
    if sorted.is_empty() {
        return paragraph("No capacity ever limits what is delivered.", width, out);
    }
    let mut table = titles(&[
        "element",
        "in the cut",
        "one more",
        "of nameplate",
        "one less",
    ]);
    let share = |share: f64| format!("{} %", grouped(100.0 * share, 2));
    for worth in sorted.iter().take(MOST_ROWS) {
        table.row([
            worth.id.clone(),
            share(worth.in_cut),
            share(worth.right),
            share(worth.right_of_nameplate),
            share(worth.left),
        ]);
    }
    table.write(width, out)?;
    rest(sorted.len(), "elements", out)?;
    writeln!(out)?;
    paragraph(
        "Share of time in the minimum cut nearest to the sources; what is delivered more for one \
         barrel a day more of capacity, in every state or of nameplate, and less for one less. \
         Where `one less` is more than `one more`, several capacities bind together: widen all.",
        width,
        out,
    )
}

fn agreed(
    exact: &Exact,
    agreement: &ExactAgreement,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    let mut table = titles(&["", "exact", "simulated", "unit", "errors away"]);
    for row in &agreement.rows {
        let (scale, unit) = match row.unit.as_str() {
            "bbl" => (1e-3, "kb"),
            unit => (1.0, unit),
        };
        let error = row.std_error.map(|error| error * scale);
        table.row([
            row.metric.replace('_', " "),
            grouped(row.exact * scale, 2),
            with_error(row.mean * scale, error),
            unit.to_owned(),
            maybe(row.z, |z| grouped(z, 2)),
        ]);
    }
    table.write(width, out)?;
    if let (Some(found), Some(spread)) = (agreement.std_dev_bbl, exact.spread.std_dev_bbl) {
        let text = format!(
            "Spread of the volume undelivered: {} kb simulated, {} kb exact in equilibrium.",
            grouped(found / 1_000.0, 1),
            grouped(spread / 1_000.0, 1)
        );
        writeln!(out)?;
        paragraph(&text, width, out)?;
    }
    let start = exact.from_start.is_stationary;
    let verdict = match (agreement.agrees, start) {
        (Some(true), true) => "Both start in equilibrium, and agree within four standard errors.",
        (Some(true), false) => {
            "Both begin as the scenario says, and agree within four standard errors."
        }
        (Some(false), _) => {
            "They do not agree within four standard errors: please report this with the scenario."
        }
        (None, _) => {
            "The exact answer is that of the long run, and the simulation begins as the scenario says: \
             they agree as the horizon grows, and need not here."
        }
    };
    writeln!(out)?;
    let text = format!(
        "{} replications, seed {}. {verdict}",
        counted(agreement.replications),
        agreement.seed
    );
    paragraph(&text, width, out)
}

/// Writes an exact answer, a row for each quantity.
///
/// # Errors
/// Those of `out`.
pub fn exact_csv(exact: &Exact, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    rows.write_record(["kind", "id", "quantity", "unit", "value"])?;
    let mut put = |kind: &str, id: &str, quantity: &str, unit: &str, value: Option<f64>| {
        let value = value.map(|value| value.to_string()).unwrap_or_default();
        rows.write_record([kind, id, quantity, unit, &value])
    };
    let run = &exact.long_run;
    put("system", "", "planned", "b/d", Some(run.planned_bpd))?;
    put(
        "system",
        "",
        "undisturbed",
        "b/d",
        Some(run.undisturbed_bpd),
    )?;
    put("system", "", "delivered", "b/d", Some(run.delivered_bpd))?;
    put(
        "system",
        "",
        "undelivered",
        "b/d",
        Some(run.undelivered_bpd),
    )?;
    put("system", "", "deliverability", "share", run.deliverability)?;
    put(
        "system",
        "",
        "undelivered",
        "bbl",
        Some(run.undelivered_bbl),
    )?;
    let start = exact.from_start.undelivered_bbl;
    put("system", "", "undelivered_from_start", "bbl", start)?;
    put(
        "system",
        "",
        "undelivered_std_dev",
        "bbl",
        exact.spread.std_dev_bbl,
    )?;
    put(
        "system",
        "",
        "additive_share",
        "share",
        exact.spread.additive_share,
    )?;
    put(
        "system",
        "",
        "shortfall_probability",
        "share",
        exact.shortfall.probability,
    )?;
    put(
        "system",
        "",
        "shortfalls",
        "1/yr",
        exact.shortfall.events_per_year,
    )?;
    put(
        "system",
        "",
        "shortfall_length",
        "d",
        exact.shortfall.mean_days,
    )?;
    for level in &exact.law {
        let id = level.delivered_bpd.to_string();
        put(
            "level",
            &id,
            "probability",
            "share",
            Some(level.probability),
        )?;
    }
    let mut matter = |kind: &str, one: &ExactImportance| -> io::Result<()> {
        put(kind, &one.id, "birnbaum", "b/d", one.birnbaum_bpd)?;
        put(kind, &one.id, "fussell_vesely", "share", one.fussell_vesely)?;
        let (raw, rrw) = (one.risk_achievement_worth, one.risk_reduction_worth);
        put(kind, &one.id, "risk_achievement_worth", "ratio", raw)?;
        put(kind, &one.id, "risk_reduction_worth", "ratio", rrw)?;
        Ok(())
    };
    for hazard in &exact.hazards {
        matter("hazard", hazard)?;
    }
    for component in &exact.components {
        matter("process", &component.importance)?;
    }
    for component in &exact.components {
        let id = &component.importance.id;
        put(
            "process",
            id,
            "unavailability",
            "share",
            Some(component.unavailability),
        )?;
        put(
            "process",
            id,
            "events",
            "1/yr",
            Some(component.events_per_year),
        )?;
        put("process", id, "alone", "b/d", Some(component.alone_bpd))?;
        put("process", id, "criticality", "share", component.criticality)?;
    }
    for worth in &exact.bottlenecks {
        put("element", &worth.id, "in_cut", "share", Some(worth.in_cut))?;
        put("element", &worth.id, "right", "share", Some(worth.right))?;
        let nameplate = Some(worth.right_of_nameplate);
        put(
            "element",
            &worth.id,
            "right_of_nameplate",
            "share",
            nameplate,
        )?;
        put("element", &worth.id, "left", "share", Some(worth.left))?;
    }
    for row in exact.agreement.iter().flat_map(|agreement| &agreement.rows) {
        put(
            "simulated",
            &row.metric,
            "exact",
            &row.unit,
            Some(row.exact),
        )?;
        put("simulated", &row.metric, "mean", &row.unit, Some(row.mean))?;
        put(
            "simulated",
            &row.metric,
            "std_error",
            &row.unit,
            row.std_error,
        )?;
        put("simulated", &row.metric, "z", "", row.z)?;
    }
    rows.flush()
}
