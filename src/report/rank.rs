//! A ranking as text and as CSV.

use std::io::{self, Write};

use crate::results::{Rank, RankElement, RankEstimate, ScenarioInfo};

use super::number::{NOTHING, brief, counted, grouped, with_error};
use super::run::paragraph;
use super::table::{Align, Table};
use super::tell::Tell;

/// Rows of a table of the report; the files hold all.
const MOST_ROWS: usize = 25;

/// Writes what capacity is worth, for a person to read, in at most `width` columns.
///
/// # Errors
/// Those of `out`.
pub fn rank_text(rank: &Rank, width: u16, mut out: &mut dyn Write) -> io::Result<()> {
    rank_told(rank, width, &mut out)
}

pub(super) fn rank_told(rank: &Rank, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    writeln!(out, "{}", rank.scenario.name)?;
    let is_field = |element: &&RankElement| element.id.starts_with("field.");
    let of = |fields: bool| {
        let kind = rank
            .elements
            .iter()
            .filter(move |element| is_field(element) == fields);
        kind.filter(|element| element.matters()).collect::<Vec<_>>()
    };
    writeln!(out, "\nWhat one more kb/d of capacity is worth\n")?;
    elements(rank, &of(false), width, out)?;
    if !of(true).is_empty() {
        writeln!(out, "\nWhat one more kb/d of production is worth\n")?;
        table(&of(true)).write(width, out)?;
    }
    if !rank.played.is_empty() {
        writeln!(
            out,
            "\nWhat more and less of a capacity is worth, with what follows later\n"
        )?;
        played(rank, width, out)?;
    }
    if !rank.tanks.is_empty() {
        writeln!(out, "\nWhat more and less of a tank is worth\n")?;
        tanks(rank, width, out)?;
    }
    for warning in &rank.warnings {
        writeln!(out)?;
        paragraph(&format!("Note: {warning}."), width, out)?;
    }
    let what = format!("{} replications", counted(rank.replications));
    let origin = (&rank.scenario, rank.version.as_str(), rank.seed);
    last_line(origin, &what, width, out)
}

/// What was played, and what would give the same again.
pub(super) fn last_line(
    (scenario, version, seed): (&ScenarioInfo, &str, u64),
    what: &str,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    let hash = scenario.sha256.get(..12).unwrap_or(&scenario.sha256);
    let text =
        format!("{what}; ± one standard error. keruen {version}, scenario {hash}, seed {seed}.");
    writeln!(out)?;
    paragraph(&text, width, out)
}

/// Names of the columns of an estimate.
pub(super) fn estimate_header(name: &str) -> [String; 2] {
    [name.to_owned(), format!("{name}_std_error")]
}

/// An estimate and its error as cells; what is not known is empty.
pub(super) fn estimate_cells(estimate: Option<RankEstimate>) -> [String; 2] {
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let error = estimate.and_then(|estimate| estimate.std_error);
    [
        number(estimate.map(|estimate| estimate.mean)),
        number(error),
    ]
}

fn shown(estimate: RankEstimate) -> String {
    if estimate.mean == 0.0 && estimate.std_error.unwrap_or(0.0) == 0.0 {
        return "0".to_owned();
    }
    with_error(
        estimate.mean,
        estimate.std_error.filter(|&error| error > 0.0),
    )
}

/// With no more than two decimals, so that columns stay narrow.
fn rounded(estimate: RankEstimate) -> String {
    match estimate.std_error {
        Some(error) if error > 0.0 && error < 0.005 => grouped(estimate.mean, 2),
        Some(error) if error > 0.0 && error < 0.05 => {
            format!("{} ± {}", grouped(estimate.mean, 2), grouped(error, 2))
        }
        _ => shown(estimate),
    }
}

fn nothing() -> String {
    NOTHING.to_owned()
}

fn maybe(estimate: Option<RankEstimate>) -> String {
    estimate.map_or_else(nothing, shown)
}

/// A share as per cent.
fn share(estimate: RankEstimate) -> String {
    rounded(estimate.scaled(100.0))
}

fn elements(rank: &Rank, shown: &[&RankElement], width: u16, out: &mut dyn Tell) -> io::Result<()> {
    if shown.is_empty() {
        let text = "No capacity ever limits what is delivered.";
        return paragraph(text, width, out);
    }
    table(&shown[..shown.len().min(MOST_ROWS)]).write(width, out)?;
    let more = shown.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        writeln!(out, "and {more} more elements, in rank.csv")?;
    }
    writeln!(out)?;
    let text = format!(
        "One more: delivered more in a year for a kb/d added in every state, 365.25 times the share of \
         time in which it would be delivered at once; and what it earns over its next-best use, from a \
         step of {} kb/d. Of nameplate: each state by the share of the element that is left. One less: \
         share of time in which a kb/d taken away is missed. Where it is more than what one more gives, \
         several capacities bind together.",
        brief(rank.step_bpd as f64 / 1_000.0, 6)
    );
    paragraph(&text, width, out)
}

fn table(elements: &[&RankElement]) -> Table {
    let columns = [
        ("", Align::Left),
        ("kb/d", Align::Right),
        ("one more:\nkb/yr", Align::Right),
        ("kUSD/yr", Align::Right),
        ("of nameplate\n%", Align::Right),
        ("one less\n%", Align::Right),
        ("in the cut\n%", Align::Right),
    ];
    let mut table = Table::new(
        columns
            .map(|(title, align)| (title.to_owned(), align))
            .into(),
    );
    for element in elements {
        table.row([
            element.id.clone(),
            grouped(element.capacity_bpd as f64 / 1_000.0, 0),
            element.kb_per_year_per_kbd.map_or_else(nothing, rounded),
            maybe(element.usd_more_per_year_per_bpd),
            element.right_of_nameplate.map_or_else(nothing, share),
            element.left.map_or_else(nothing, share),
            element.in_cut.map_or_else(nothing, share),
        ]);
    }
    table
}

fn played(rank: &Rank, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let columns = [
        ("", Align::Left),
        ("kb/d", Align::Right),
        ("one more:\nkb/yr", Align::Right),
        ("kUSD/yr", Align::Right),
        ("one less:\nkb/yr", Align::Right),
        ("kUSD/yr", Align::Right),
    ];
    let mut table = Table::new(
        columns
            .map(|(title, align)| (title.to_owned(), align))
            .into(),
    );
    for element in &rank.played {
        table.row([
            element.id.clone(),
            grouped(element.capacity_bpd as f64 / 1_000.0, 0),
            rounded(element.more),
            maybe(element.usd_more_per_year_per_bpd),
            rounded(element.less),
            maybe(element.usd_less_per_year_per_bpd),
        ]);
    }
    table.write(width, out)?;
    writeln!(out)?;
    paragraph(
        "The same futures with a step more and a step less of nameplate: what tanks do with it later is counted. Of the \
         table above the first links, hubs and markets; --played says how many.",
        width,
        out,
    )
}

fn tanks(rank: &Rank, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let columns = [
        ("", Align::Left),
        ("kb", Align::Right),
        ("step\nkb", Align::Right),
        ("more:\nbbl/yr per bbl", Align::Right),
        ("USD/yr per bbl", Align::Right),
        ("less:\nbbl/yr per bbl", Align::Right),
        ("USD/yr per bbl", Align::Right),
    ];
    let mut table = Table::new(
        columns
            .map(|(title, align)| (title.to_owned(), align))
            .into(),
    );
    for tank in &rank.tanks {
        table.row([
            tank.id.clone(),
            grouped(tank.capacity_bbl as f64 / 1_000.0, 0),
            grouped(tank.step_bbl as f64 / 1_000.0, 1),
            shown(tank.more),
            maybe(tank.usd_more_per_year),
            shown(tank.less),
            maybe(tank.usd_less_per_year),
        ]);
    }
    table.write(width, out)?;
    writeln!(out)?;
    paragraph(
        "The same futures with the tank a step larger and a step smaller, and as much in it at the \
         start as far as it can hold that.",
        width,
        out,
    )
}

/// Writes a ranking, a row for each element and tank.
///
/// # Errors
/// Those of `out`.
pub fn rank_csv(rank: &Rank, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    let estimated = [
        "in_cut_share",
        "right_share",
        "right_of_nameplate_share",
        "left_share",
        "kb_per_year_per_kbd",
        "usd_more_per_year_per_bpd",
        "usd_less_per_year_per_bpd",
        "tank_more_bbl_per_year_per_bbl",
        "tank_less_bbl_per_year_per_bbl",
        "tank_usd_more_per_year_per_bbl",
        "tank_usd_less_per_year_per_bbl",
        "played_more_kb_per_year_per_kbd",
        "played_less_kb_per_year_per_kbd",
        "played_usd_more_per_year_per_bpd",
        "played_usd_less_per_year_per_bpd",
    ];
    let mut header: Vec<String> = ["id", "name", "capacity_bpd", "capacity_bbl", "step_bbl"]
        .map(str::to_owned)
        .into();
    header.extend(estimated.into_iter().flat_map(estimate_header));
    rows.write_record(header)?;
    let cells = |estimates: [Option<RankEstimate>; 15]| -> Vec<String> {
        estimates.into_iter().flat_map(estimate_cells).collect()
    };
    for element in &rank.elements {
        let played = rank.played.iter().find(|played| played.id == element.id);
        let place = [
            element.id.clone(),
            element.name.clone(),
            element.capacity_bpd.to_string(),
            String::new(),
            String::new(),
        ];
        let estimates = [
            element.in_cut,
            element.right,
            element.right_of_nameplate,
            element.left,
            element.kb_per_year_per_kbd,
            element.usd_more_per_year_per_bpd,
            element.usd_less_per_year_per_bpd,
            None,
            None,
            None,
            None,
            played.map(|played| played.more),
            played.map(|played| played.less),
            played.and_then(|played| played.usd_more_per_year_per_bpd),
            played.and_then(|played| played.usd_less_per_year_per_bpd),
        ];
        rows.write_record(place.into_iter().chain(cells(estimates)))?;
    }
    for tank in &rank.tanks {
        let place = [
            tank.id.clone(),
            tank.name.clone(),
            String::new(),
            tank.capacity_bbl.to_string(),
            tank.step_bbl.to_string(),
        ];
        let estimates = [
            None,
            None,
            None,
            None,
            None,
            None,
            None,
            Some(tank.more),
            Some(tank.less),
            tank.usd_more_per_year,
            tank.usd_less_per_year,
            None,
            None,
            None,
            None,
        ];
        rows.write_record(place.into_iter().chain(cells(estimates)))?;
    }
    rows.flush()
}
