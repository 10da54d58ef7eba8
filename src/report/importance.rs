//! What depends on each hazard and element, as text and as CSV.

use std::io::{self, Write};

use crate::results::{Importance, ImportanceMeasures, ImportanceRow, RankEstimate};

use super::number::{NOTHING, counted, grouped, significant, with_error};
use super::rank::{estimate_cells, estimate_header, last_line};
use super::run::paragraph;
use super::table::{Align, Table};
use super::tell::Tell;

/// Rows of a table of the report; the files hold all.
const MOST_ROWS: usize = 25;

/// Writes what depends on hazards and elements, for a person to read, in at most `width` columns.
///
/// # Errors
/// Those of `out`.
pub fn importance_text(found: &Importance, width: u16, mut out: &mut dyn Write) -> io::Result<()> {
    importance_told(found, width, &mut out)
}

pub(super) fn importance_told(
    found: &Importance,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    writeln!(out, "{}\n", found.scenario.name)?;
    let yearly = 365.25 / found.scenario.horizon_days.max(1e-9) / 1e6;
    let level = super::number::brief(100.0 * found.level, 4);
    let lost = |estimate: RankEstimate| {
        let yearly = estimate.scaled(yearly);
        with_error(yearly.mean, yearly.std_error)
    };
    writeln!(
        out,
        "Undelivered: {} Mb a year",
        lost(found.undelivered_bbl)
    )?;
    if let Some(tail) = found.conditional_value_at_risk_bbl {
        writeln!(out, "CVaR {level} %: {} Mb a year", lost(tail))?;
    }
    for (title, rows) in [
        ("What depends on each hazard", &found.hazards),
        (
            "What depends on each element that hazards hit",
            &found.elements,
        ),
    ] {
        writeln!(out, "\n{title}\n")?;
        if rows.is_empty() {
            paragraph("No hazard hits anything.", width, out)?;
            continue;
        }
        table(rows, yearly, &level).write(width, out)?;
        if rows.len() > MOST_ROWS {
            writeln!(
                out,
                "and {} more, in importance.csv",
                rows.len() - MOST_ROWS
            )?;
        }
    }
    writeln!(out)?;
    let text = format!(
        "Down: share of time at work; of an element the share of its capacity lost, over what is lost \
         while it is down. FV, Fussell–Vesely: share of what is lost that would be saved if it never \
         failed; these shares overlap and do not add up (`--by shapley` gives some that do). RAW: so many \
         times as much is lost if it is down all the time. RRW: so many times less if it never fails. \
         Birnbaum, in Mb a year: lost if it is down less lost if it never fails. Critical: down times \
         Birnbaum, as a share of what is lost. The last two columns say the same of the worst {} % of \
         futures.",
        super::number::brief(100.0 * (1.0 - found.level), 4)
    );
    paragraph(&text, width, out)?;
    writeln!(out)?;
    paragraph(
        "An element is down when it keeps the least that any of its hazards leaves it on average; a hazard \
         when one of its events lasts all the time.",
        width,
        out,
    )?;
    for warning in &found.warnings {
        writeln!(out)?;
        paragraph(&format!("Note: {warning}."), width, out)?;
    }
    last_line(
        (&found.scenario, &found.version, found.seed),
        &format!(
            "{} configurations in the same {} replications",
            counted(found.configurations),
            counted(found.replications)
        ),
        width,
        out,
    )
}

fn table(rows: &[ImportanceRow], yearly: f64, level: &str) -> Table {
    let tail = format!("CVaR {level} %:\nFV, %");
    let titles = [
        "",
        "down\n%",
        "FV\n%",
        "RAW\n×",
        "RRW\n×",
        "Birnbaum\nMb/yr",
        "critical\n%",
        &tail,
        "RAW\n×",
    ];
    let columns = titles.iter().enumerate().map(|(place, title)| {
        let align = if place == 0 {
            Align::Left
        } else {
            Align::Right
        };
        ((*title).to_owned(), align)
    });
    let mut table = Table::new(columns.collect());
    for row in rows.iter().take(MOST_ROWS) {
        let tail = row.conditional_value_at_risk.as_ref();
        table.row([
            row.id.clone(),
            significant(100.0 * row.unavailability.mean, 2),
            maybe(row.mean.fussell_vesely, percent),
            maybe(row.mean.risk_achievement_worth, times),
            reduction(&row.mean),
            significant(row.mean.birnbaum_bbl.mean * yearly, 3),
            maybe(row.mean.criticality, |share| {
                significant(100.0 * share.mean, 2)
            }),
            maybe(tail.and_then(|tail| tail.fussell_vesely), percent),
            maybe(tail.and_then(|tail| tail.risk_achievement_worth), |raw| {
                significant(raw.mean, 3)
            }),
        ]);
    }
    table
}

fn maybe(estimate: Option<RankEstimate>, show: impl Fn(RankEstimate) -> String) -> String {
    estimate.map_or_else(|| NOTHING.to_owned(), show)
}

/// A share as per cent with its error.
pub(super) fn percent(share: RankEstimate) -> String {
    plain(share.scaled(100.0), 2)
}

/// With its error, both with no more than so many decimals; nothing and certain is 0.
pub(super) fn plain(estimate: RankEstimate, decimals: i32) -> String {
    let least = 0.5 * 10_f64.powi(-decimals);
    match estimate.std_error {
        // The error has two digits, of which the second may be beyond.
        Some(error) if error >= 20.0 * least => with_error(estimate.mean, Some(error)),
        Some(error) if error >= least => format!(
            "{} ± {}",
            grouped(estimate.mean, decimals),
            grouped(error, decimals)
        ),
        _ if estimate.mean == 0.0 => "0".to_owned(),
        _ => grouped(estimate.mean, decimals),
    }
}

fn times(worth: RankEstimate) -> String {
    plain(worth, 2)
}

/// How much less is lost without it: beyond all bounds if then nothing is.
fn reduction(measures: &ImportanceMeasures) -> String {
    if measures.is_all() {
        return "∞".to_owned();
    }
    maybe(measures.risk_reduction_worth, |worth| {
        significant(worth.mean, 4)
    })
}

/// Writes importances, a row for each hazard, element, unit and service.
///
/// # Errors
/// Those of `out`.
pub fn importance_csv(found: &Importance, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    let measures = [
        "perfect_bbl",
        "down_bbl",
        "saved_bbl",
        "birnbaum_bbl",
        "criticality",
        "fussell_vesely",
        "risk_achievement_worth",
        "risk_reduction_worth",
    ];
    let tail = measures.iter().filter(|&&name| name != "criticality");
    let mut names = vec!["unavailability".to_owned()];
    names.extend(measures.iter().map(|&name| name.to_owned()));
    names.extend(tail.map(|name| format!("cvar_{name}")));
    let mut header: Vec<String> = ["kind", "id", "name", "class", "down_left"]
        .map(str::to_owned)
        .into();
    header.extend(names.iter().flat_map(|name| estimate_header(name)));
    rows.write_record(header)?;
    for row in found.hazards.iter().chain(&found.elements) {
        let mut cells = vec![
            row.kind.clone(),
            row.id.clone(),
            row.name.clone(),
            row.class.clone().unwrap_or_default(),
            row.down_left
                .map(|left| left.to_string())
                .unwrap_or_default(),
        ];
        let of = |measures: &ImportanceMeasures| {
            [
                Some(measures.perfect_bbl),
                Some(measures.down_bbl),
                Some(measures.saved_bbl),
                Some(measures.birnbaum_bbl),
                measures.criticality,
                measures.fussell_vesely,
                measures.risk_achievement_worth,
                measures.risk_reduction_worth,
            ]
        };
        let tail = row.conditional_value_at_risk.as_ref().map_or([None; 8], of);
        let tail = tail
            .into_iter()
            .enumerate()
            .filter(|&(place, _)| place != 4);
        let all = std::iter::once(Some(row.unavailability))
            .chain(of(&row.mean))
            .chain(tail.map(|(_, estimate)| estimate));
        cells.extend(all.flat_map(estimate_cells));
        rows.write_record(cells)?;
    }
    rows.flush()
}
