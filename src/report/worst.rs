//! The worst things to lose, as text and as CSV.

use std::io::{self, Write};

use crate::results::{
    Worst, WorstAway, WorstCause, WorstElement, WorstOutage, WorstOverTime, WorstSet, WorstSize,
};

use super::number::{NOTHING, brief, counted, grouped, instants, significant};
use super::run::paragraph;
use super::table::{Align, Table};
use super::tell::Tell;

/// Rows of a table of outages over time; the files hold all.
const MOST_AWAY: usize = 5;

/// Causes named in a table.
const MOST_CAUSES: usize = 2;

/// Causes of which it is told what they leave, and things named that one hits.
const MOST_COMMON: usize = 10;
const MOST_HITS: usize = 3;

/// Elements named of one group.
const MOST_ALIKE: usize = 6;

/// Writes what is worst to lose, for a person to read, in at most `width` columns.
///
/// # Errors
/// Those of `out`.
pub fn worst_text(worst: &Worst, width: u16, mut out: &mut dyn Write) -> io::Result<()> {
    worst_told(worst, width, &mut out)
}

pub(super) fn worst_told(worst: &Worst, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    writeln!(out, "{}", worst.scenario.name)?;
    let instant = instants(&worst.scenario.start);
    let text = format!(
        "With everything in place {} kb/d are delivered in the long run, {} of them exported, of {} \
         planned, as of {}. Taken out: {}.",
        kbd(worst.delivered_bpd),
        kbd(worst.exported_bpd),
        kbd(worst.planned_bpd),
        instant(worst.at_seconds),
        if worst.down_state == "closed" {
            "closed altogether"
        } else {
            "to the smallest share that one event of its own hazards leaves"
        }
    );
    paragraph(&text, width, out)?;
    for size in &worst.sizes {
        size_text(size, width, out)?;
    }
    if !worst.sizes.is_empty() {
        writeln!(out)?;
        let text = "Left: in the long run, tanks full or empty and every diversion made. Lost in: \
                    barrels not delivered by the end of the scenario because of an outage of that \
                    length, with tanks, lags and restarts, and in brackets its place by that. By \
                    one: what can take out all of them at once, and how much it leaves of the \
                    least hit.";
        paragraph(text, width, out)?;
    }
    alike(worst, width, out)?;
    common(worst, width, out)?;
    for over in worst.over_time.iter().filter(|over| over.is_all) {
        over_time(worst, over, width, out)?;
    }
    for warning in &worst.warnings {
        writeln!(out)?;
        paragraph(&format!("Note: {warning}."), width, out)?;
    }
    let hash = worst.scenario.sha256.get(..12);
    writeln!(
        out,
        "\nkeruen {}, scenario {}.",
        worst.version,
        hash.unwrap_or(&worst.scenario.sha256)
    )
}

fn kbd(rate: i64) -> String {
    grouped(rate as f64 / 1_000.0, 0)
}

fn size_text(size: &WorstSize, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let things = match size.size {
        1 => "thing".to_owned(),
        several => format!("{several} things"),
    };
    writeln!(out, "\nThe worst {things} to lose\n")?;
    let lengths: Vec<f64> = (size.worst.first())
        .map(|set| set.outages.iter().map(|outage| outage.days).collect())
        .unwrap_or_default();
    let mut columns = vec![
        (String::new(), Align::Right),
        ("taken out".to_owned(), Align::Left),
        ("left\nkb/d".to_owned(), Align::Right),
        ("\n%".to_owned(), Align::Right),
        ("lost\nkb/d".to_owned(), Align::Right),
    ];
    for &days in &lengths {
        let title = format!("in {} d\nMb", brief(days, 4));
        columns.push((title, Align::Right));
    }
    columns.push(("by one".to_owned(), Align::Left));
    let mut table = Table::new(columns);
    for (place, set) in size.worst.iter().enumerate() {
        let first = size
            .worst
            .iter()
            .position(|other| other.delivered_bpd == set.delivered_bpd);
        let first = first.unwrap_or(place);
        let mut row = vec![
            if first == place {
                (place + 1).to_string()
            } else {
                "=".to_owned()
            },
            set.elements.join("\n"),
            kbd(set.delivered_bpd),
            set.retention
                .map_or_else(|| NOTHING.to_owned(), |share| grouped(share * 100.0, 1)),
            kbd(set.lost_bpd),
        ];
        row.extend(set.outages.iter().map(ranked));
        row.push(caused(&set.causes));
        table.row(row);
    }
    table.write(width, out)?;
    writeln!(out)?;
    paragraph(&decided(size), width, out)
}

/// Volume lost in an outage and its place.
fn ranked(outage: &WorstOutage) -> String {
    let lost = grouped(outage.lost_bbl as f64 / 1e6, 1);
    outage
        .rank
        .map_or_else(|| lost.clone(), |rank| format!("{lost} ({rank})"))
}

/// The first causes by name.
fn caused(causes: &[WorstCause]) -> String {
    let mut lines: Vec<String> = (causes.iter())
        .take(MOST_CAUSES)
        .map(|cause| {
            let kind = match cause.kind.as_str() {
                "hazard" => String::new(),
                kind => format!("{kind} "),
            };
            let left = if cause.left > 0.0 {
                format!("\u{a0}({}\u{a0}%)", grouped(cause.left * 100.0, 0))
            } else {
                String::new()
            };
            format!("{kind}{}{left}", cause.id)
        })
        .collect();
    if causes.len() > MOST_CAUSES {
        lines.push(format!("and {} more", causes.len() - MOST_CAUSES));
    }
    lines.join("\n")
}

/// How the sets of a size were decided on.
fn decided(size: &WorstSize) -> String {
    let sets = if size.sets == u64::MAX {
        "more than 10¹⁹".to_owned()
    } else {
        counted(size.sets)
    };
    let ties = match size.ties {
        0 | 1 => String::new(),
        ties => format!(" {} sets leave as little as the worst.", counted(ties)),
    };
    if size.searched == "all" {
        return format!(
            "All {sets} sets among {} that do not come to the same were decided on, by solving {} \
             states.{ties}",
            counted(size.among as u64),
            counted(size.solved)
        );
    }
    format!(
        "Time ran out: of {sets} sets no one leaves less than {} kb/d, and the worst found leaves {} \
         kb/d. {} states were solved; give the search more with --time.{ties}",
        kbd(size.lower_bpd),
        kbd(size.upper_bpd),
        counted(size.solved)
    )
}

/// What single causes leave.
fn common(worst: &Worst, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    if worst.common.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\nWhat one cause leaves if it takes out all it can at once\n"
    )?;
    let columns = [
        ("", Align::Right),
        ("cause", Align::Left),
        ("left\nkb/d", Align::Right),
        ("\n%", Align::Right),
        ("lost\nkb/d", Align::Right),
        ("hits", Align::Left),
    ];
    let columns = columns.map(|(title, align)| (title.to_owned(), align));
    let mut table = Table::new(columns.into());
    for (place, cause) in worst.common.iter().take(MOST_COMMON).enumerate() {
        let more = cause.hits.len().saturating_sub(MOST_HITS);
        let mut hits = cause.hits[..cause.hits.len() - more].join(", ");
        if more > 0 {
            hits += &format!(" and {more} more");
        }
        table.row([
            (place + 1).to_string(),
            format!("{} {}", cause.kind, cause.id),
            kbd(cause.delivered_bpd),
            cause
                .retention
                .map_or_else(|| NOTHING.to_owned(), |share| grouped(share * 100.0, 1)),
            kbd(cause.lost_bpd),
            hits,
        ]);
    }
    table.write(width, out)?;
    writeln!(out)?;
    let text = format!(
        "Each as deep as it can go, and as if it stayed so: a hazard with all that follows from it, \
         by the smallest shares it leaves. {} causes cost anything; all are in worst.csv.",
        counted(worst.common.len() as u64)
    );
    paragraph(&text, width, out)
}

/// What comes to the same as what was named.
fn alike(worst: &Worst, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let is_named = |id: &String| {
        let sets = worst.sizes.iter().flat_map(|size| &size.worst);
        sets.flat_map(|set| &set.elements).any(|named| named == id)
    };
    let groups: Vec<String> = (worst.elements.iter())
        .filter(|first| is_named(&first.id))
        .filter_map(|first| {
            let others: Vec<&str> = (worst.elements.iter())
                .filter(|other| other.stands_with == first.id && other.id != first.id)
                .map(|other| other.id.as_str())
                .collect();
            let more = others.len().saturating_sub(MOST_ALIKE);
            let shown = &others[..others.len() - more];
            let more = if more > 0 {
                format!(" and {more} more")
            } else {
                String::new()
            };
            (!others.is_empty()).then(|| format!("{}: {}{more}", first.id, shown.join(", ")))
        })
        .collect();
    if groups.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "\nComes to the same, because all oil that passes one passes the other:"
    )?;
    for group in groups {
        paragraph(&format!("  {group}"), width, out)?;
    }
    Ok(())
}

fn over_time(
    worst: &Worst,
    over: &WorstOverTime,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    let things = match over.size {
        1 => "thing".to_owned(),
        several => format!("{several} things"),
    };
    let days = brief(over.days, 4);
    writeln!(out, "\nThe worst {things} to be without for {days} d\n")?;
    let columns = [
        ("", Align::Right),
        ("away", Align::Left),
        ("lost\nMb", Align::Right),
        ("shut in\nMb", Align::Right),
        ("least\nkb/d", Align::Right),
        ("short\nafter d", Align::Right),
        ("back\nafter d", Align::Right),
        ("for good:\nplace", Align::Right),
    ];
    let columns = columns.map(|(title, align)| (title.to_owned(), align));
    let mut table = Table::new(columns.into());
    let sets = worst.sizes.iter().find(|size| size.size == over.size);
    for (place, away) in over.worst.iter().take(MOST_AWAY).enumerate() {
        let outage = &away.outage;
        let days = |days: Option<f64>| {
            days.map_or_else(|| NOTHING.to_owned(), |days| significant(days, 2))
        };
        let back = if outage.not_recovered {
            "not".to_owned()
        } else {
            days(outage.recover_days)
        };
        let for_good = sets.and_then(|size| static_place(worst, size, away));
        table.row([
            (place + 1).to_string(),
            match away.alike {
                0 => away.elements.join("\n"),
                more => format!("{} (and {more} alike)", away.elements.join("\n")),
            },
            grouped(outage.lost_bbl as f64 / 1e6, 2),
            grouped(outage.shut_in_bbl as f64 / 1e6, 2),
            kbd(outage.least_bpd),
            days(outage.first_shortfall_days),
            back,
            for_good.map_or_else(|| NOTHING.to_owned(), |place| place.to_string()),
        ]);
    }
    table.write(width, out)?;
    writeln!(out)?;
    let text = format!(
        "All {} sets played, those of one line too, between which there may be tanks; alike are \
         those with the same course. More in worst.csv.",
        counted(over.played)
    );
    paragraph(&text, width, out)
}

/// The place of a set among those that are worst for good; equals share the first.
fn static_place(worst: &Worst, size: &WorstSize, away: &WorstAway) -> Option<usize> {
    let stands = |id: &String| {
        let element = worst.elements.iter().find(|element| element.id == *id);
        element.map(|element| element.stands_with.as_str())
    };
    let mut own: Vec<Option<&str>> = away.elements.iter().map(stands).collect();
    own.sort_unstable();
    let is_own = |set: &&WorstSet| {
        let mut ids: Vec<Option<&str>> = set.elements.iter().map(|id| Some(id.as_str())).collect();
        ids.sort_unstable();
        ids == own
    };
    let set = size.worst.iter().find(is_own)?;
    let first = size
        .worst
        .iter()
        .position(|other| other.delivered_bpd == set.delivered_bpd);
    first.map(|first| first + 1)
}

/// Writes the worst things to lose: a row for each element, for each of the worst sets for good
/// and for a time, for each cause, and for each length of an outage that a set for good was also played.
///
/// # Errors
/// Those of `out`.
pub fn worst_csv(worst: &Worst, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    rows.write_record([
        "kind",
        "size",
        "place",
        "elements",
        "stands_with",
        "left_share",
        "delivered_bpd",
        "exported_bpd",
        "retention_share",
        "lost_bpd",
        "causes",
        "days",
        "lost_bbl",
        "shut_in_bbl",
        "least_bpd",
        "first_shortfall_days",
        "recover_days",
        "not_recovered",
        "rank",
    ])?;
    let blank = String::new;
    for element in &worst.elements {
        let mut row = element_row(worst, element);
        row.extend(std::iter::repeat_with(blank).take(8));
        rows.write_record(row)?;
    }
    for size in &worst.sizes {
        for (place, set) in size.worst.iter().enumerate() {
            let own = set_row(size.size, place, set);
            rows.write_record(
                own.iter()
                    .cloned()
                    .chain(std::iter::repeat_with(blank).take(8)),
            )?;
            for outage in &set.outages {
                let mut row = own.clone();
                "set-for-a-time".clone_into(&mut row[0]);
                row.extend(outage_cells(outage));
                rows.write_record(row)?;
            }
        }
    }
    for (place, cause) in worst.common.iter().enumerate() {
        let mut row = vec![
            "cause".to_owned(),
            String::new(),
            (place + 1).to_string(),
            cause.hits.join(" + "),
            String::new(),
            String::new(),
            cause.delivered_bpd.to_string(),
            cause.exported_bpd.to_string(),
            number(cause.retention),
            cause.lost_bpd.to_string(),
            format!("{}.{}", cause.kind, cause.id),
        ];
        row.extend(std::iter::repeat_with(blank).take(8));
        rows.write_record(row)?;
    }
    for over in &worst.over_time {
        for (place, away) in over.worst.iter().enumerate() {
            let mut row = vec![
                "worst-for-a-time".to_owned(),
                over.size.to_string(),
                (place + 1).to_string(),
                away.elements.join(" + "),
            ];
            row.extend(std::iter::repeat_with(blank).take(6));
            row.push(cause_ids(&away.causes));
            row.extend(outage_cells(&away.outage));
            rows.write_record(row)?;
        }
    }
    rows.flush()
}

fn number(value: Option<f64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

fn cause_ids(causes: &[WorstCause]) -> String {
    let ids: Vec<String> = (causes.iter())
        .map(|cause| format!("{}.{}", cause.kind, cause.id))
        .collect();
    ids.join(" ")
}

fn element_row(worst: &Worst, element: &WorstElement) -> Vec<String> {
    vec![
        "element".to_owned(),
        "1".to_owned(),
        String::new(),
        element.id.clone(),
        element.stands_with.clone(),
        element.left.to_string(),
        element.delivered_bpd.to_string(),
        String::new(),
        number(element.retention),
        (worst.delivered_bpd - element.delivered_bpd).to_string(),
        element.hazard.clone().unwrap_or_default(),
    ]
}

fn set_row(size: usize, place: usize, set: &WorstSet) -> Vec<String> {
    vec![
        "set".to_owned(),
        size.to_string(),
        (place + 1).to_string(),
        set.elements.join(" + "),
        String::new(),
        String::new(),
        set.delivered_bpd.to_string(),
        set.exported_bpd.to_string(),
        number(set.retention),
        set.lost_bpd.to_string(),
        cause_ids(&set.causes),
    ]
}

fn outage_cells(outage: &WorstOutage) -> [String; 8] {
    [
        outage.days.to_string(),
        outage.lost_bbl.to_string(),
        outage.shut_in_bbl.to_string(),
        outage.least_bpd.to_string(),
        number(outage.first_shortfall_days),
        number(outage.recover_days),
        outage.not_recovered.to_string(),
        outage.rank.map(|rank| rank.to_string()).unwrap_or_default(),
    ]
}
