//! How long outages last against how long they go unnoticed, as text and as CSV.

use std::io::{self, Write};

use crate::results::{Exposure, RankEstimate, RecoveryRow, TimesToRecover};

use super::importance::plain;
use super::number::{NOTHING, counted, grouped};
use super::rank::{estimate_cells, estimate_header, last_line};
use super::run::paragraph;
use super::table::{Align, Table};
use super::tell::Tell;

/// Rows of a table of the report; the files hold all.
const MOST_ROWS: usize = 30;

/// Writes times to recover and to survive, for a person to read, in at most `width` columns.
///
/// # Errors
/// Those of `out`.
pub fn recovery_text(
    found: &TimesToRecover,
    width: u16,
    mut out: &mut dyn Write,
) -> io::Result<()> {
    recovery_told(found, width, &mut out)
}

pub(super) fn recovery_told(
    found: &TimesToRecover,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    writeln!(out, "{}", found.scenario.name)?;
    writeln!(
        out,
        "\nHow long outages last, and how long nothing falls short\n"
    )?;
    if found.rows.is_empty() {
        paragraph("No hazard hits anything.", width, out)?;
    } else {
        table(found).write(width, out)?;
        let shown = matters(found).count();
        if shown > MOST_ROWS {
            writeln!(out, "and {} more, in recovery.csv", shown - MOST_ROWS)?;
        }
        let unnoticed = found.rows.len() - shown;
        if unnoticed > 0 {
            writeln!(out)?;
            let text = format!(
                "{} more, in recovery.csv, make nothing fall short within the horizon, each for itself.",
                counted(unnoticed as u64)
            );
            paragraph(&text, width, out)?;
        }
        let exposed = |of: fn(&RecoveryRow) -> &Exposure| {
            let rows = found.rows.iter().filter(|row| of(row).is_exposed());
            counted(rows.count() as u64)
        };
        writeln!(out)?;
        let text = format!(
            "TTR: how long an outage by the hazard lasts on average, and one in twenty longer than p95. TTS: \
             the longest in which as much is delivered as at the start without help from tanks, with \
             commitments kept and by whatever way does that longest, so that rules may do worse. Shut in: \
             the longest in which every field produces on what it could. Longer: share of outages that \
             outlast it. Each element alone, left with what the hazard leaves of it on average; stocks, \
             plans and all else as at the start. A dash: beyond the horizon. Exposed, TTR above TTS: \
             deliveries in {} rows, production in {}.",
            exposed(|row| &row.deliveries),
            exposed(|row| &row.production),
        );
        paragraph(&text, width, out)?;
    }
    for warning in &found.warnings {
        writeln!(out)?;
        paragraph(&format!("Note: {warning}."), width, out)?;
    }
    let what = format!("Outages of {} replications", counted(found.replications));
    last_line(
        (&found.scenario, &found.version, found.seed),
        &what,
        width,
        out,
    )
}

/// Those of which somebody would notice something within the horizon.
fn matters(found: &TimesToRecover) -> impl Iterator<Item = &RecoveryRow> {
    found.rows.iter().filter(|row| {
        let sides = [&row.deliveries, &row.production];
        sides.iter().any(|side| side.time_to_survive_days.is_some())
    })
}

fn table(found: &TimesToRecover) -> Table {
    let titles = [
        "",
        "hazard",
        "left\n%",
        "TTR\nd",
        "p95\nd",
        "TTS\nd",
        "TTR\n−TTS",
        "longer\n%",
        "shut in\nafter d",
        "longer\n%",
    ];
    let columns = titles.iter().enumerate().map(|(place, title)| {
        let align = if place < 2 { Align::Left } else { Align::Right };
        ((*title).to_owned(), align)
    });
    let mut table = Table::new(columns.collect());
    let days = |days: Option<f64>| days.map_or_else(|| NOTHING.to_owned(), |days| grouped(days, 1));
    let shown = |estimate: Option<RankEstimate>| {
        estimate.map_or_else(|| NOTHING.to_owned(), |estimate| plain(estimate, 1))
    };
    let share = |estimate: Option<RankEstimate>| {
        estimate.map_or_else(
            || NOTHING.to_owned(),
            |share| grouped(100.0 * share.mean, 0),
        )
    };
    for row in matters(found).take(MOST_ROWS) {
        table.row([
            row.id.clone(),
            row.hazard.clone(),
            row.left
                .map_or_else(|| NOTHING.to_owned(), |left| grouped(100.0 * left, 0)),
            shown(row.time_to_recover_days),
            days(row.time_to_recover_p95_days),
            days(row.deliveries.time_to_survive_days),
            row.deliveries
                .gap_days
                .map_or_else(|| NOTHING.to_owned(), |gap| grouped(gap.mean, 1)),
            share(row.deliveries.outlasted),
            days(row.production.time_to_survive_days),
            share(row.production.outlasted),
        ]);
    }
    table
}

/// Writes times to recover and to survive, a row for each hazard on each of its targets.
///
/// # Errors
/// Those of `out`.
pub fn recovery_csv(found: &TimesToRecover, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    let mut header: Vec<String> = ["id", "name", "hazard", "left", "outages", "cut_short"]
        .map(str::to_owned)
        .into();
    header.extend(estimate_header("time_to_recover_days"));
    header.push("time_to_recover_p95_days".to_owned());
    for side in ["deliveries", "production"] {
        header.push(format!("{side}_time_to_survive_days"));
        header.extend(estimate_header(&format!("{side}_gap_days")));
        header.extend(estimate_header(&format!("{side}_outlasted")));
    }
    rows.write_record(header)?;
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    for row in &found.rows {
        let mut cells = vec![
            row.id.clone(),
            row.name.clone(),
            row.hazard.clone(),
            number(row.left),
            row.outages.to_string(),
            row.cut_short.to_string(),
        ];
        cells.extend(estimate_cells(row.time_to_recover_days));
        cells.push(number(row.time_to_recover_p95_days));
        for side in [&row.deliveries, &row.production] {
            cells.push(number(side.time_to_survive_days));
            cells.extend(estimate_cells(side.gap_days));
            cells.extend(estimate_cells(side.outlasted));
        }
        rows.write_record(cells)?;
    }
    rows.flush()
}
