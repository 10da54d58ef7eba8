//! Shares of the loss that add up, as text and as CSV.

use std::io::{self, Write};

use crate::results::{RankEstimate, Shapley, ShapleyPlayer, ShapleyShare, ShapleyTotal};

use super::importance::{percent, plain};
use super::number::{NOTHING, brief, counted};
use super::rank::{estimate_cells, estimate_header, last_line};
use super::run::paragraph;
use super::table::{Align, Table};
use super::tell::Tell;

/// Writes to whom the loss is laid, for a person to read, in at most `width` columns.
///
/// # Errors
/// Those of `out`.
pub fn shapley_text(found: &Shapley, width: u16, mut out: &mut dyn Write) -> io::Result<()> {
    shapley_told(found, width, &mut out)
}

pub(super) fn shapley_told(found: &Shapley, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    writeln!(out, "{}", found.scenario.name)?;
    let yearly = 365.25 / found.scenario.horizon_days.max(1e-9) / 1e6;
    writeln!(
        out,
        "\nWhat is undelivered, divided among {}\n",
        found.among
    )?;
    let of_mean = |player: &ShapleyPlayer| Some(player.mean);
    table(found, &found.mean, &of_mean, yearly).write(width, out)?;
    if let Some(total) = &found.conditional_value_at_risk {
        let level = brief(100.0 * found.level, 4);
        writeln!(out, "\nIts CVaR {level} %, divided among {}\n", found.among)?;
        let of_tail = |player: &ShapleyPlayer| player.conditional_value_at_risk;
        table(found, total, &of_tail, yearly).write(width, out)?;
    }
    writeln!(out)?;
    paragraph(
        "Share: what it adds to the loss on average, whoever is there before it; shares add up to all that \
         hazards cost. Left out: saved without it and with all others; these do not add up, as what two \
         cause together is saved by either and counted twice. Alone: lost if it were the only one.",
        width,
        out,
    )?;
    for warning in &found.warnings {
        writeln!(out)?;
        paragraph(&format!("Note: {warning}."), width, out)?;
    }
    let orders = found.orders.map_or_else(
        || "all".to_owned(),
        |orders| format!("those of {} random orders", counted(orders)),
    );
    last_line(
        (&found.scenario, &found.version, found.seed),
        &format!(
            "{} coalitions ({orders}) in the same {} replications",
            counted(found.coalitions),
            counted(found.replications)
        ),
        width,
        out,
    )
}

fn table(
    found: &Shapley,
    total: &ShapleyTotal,
    of: &dyn Fn(&ShapleyPlayer) -> Option<ShapleyShare>,
    yearly: f64,
) -> Table {
    let titles = ["", "share\nMb/yr", "%", "left out\nMb/yr", "alone\nMb/yr"];
    let columns = titles.iter().enumerate().map(|(place, title)| {
        let align = if place == 0 {
            Align::Left
        } else {
            Align::Right
        };
        ((*title).to_owned(), align)
    });
    let mut table = Table::new(columns.collect());
    let volume = |estimate: RankEstimate| plain(estimate.scaled(yearly), 3);
    let mut rows: Vec<(&ShapleyPlayer, ShapleyShare)> = found
        .players
        .iter()
        .filter_map(|player| Some((player, of(player)?)))
        .collect();
    rows.sort_by(|(_, one), (_, other)| other.bbl.mean.total_cmp(&one.bbl.mean));
    for (player, share) in rows {
        table.row([
            player.id.clone(),
            volume(share.bbl),
            share.share.map_or_else(|| NOTHING.to_owned(), percent),
            volume(share.leave_one_out_bbl),
            volume(share.alone_bbl),
        ]);
    }
    let sum = RankEstimate {
        mean: total.leave_one_out_sum_bbl,
        std_error: None,
    };
    table.row([
        "together".to_owned(),
        volume(total.divided_bbl),
        "100".to_owned(),
        format!("(sum {})", volume(sum)),
        String::new(),
    ]);
    if total.none_bbl.mean != 0.0 {
        table.row([
            "without any".to_owned(),
            volume(total.none_bbl),
            String::new(),
            String::new(),
            String::new(),
        ]);
    }
    table
}

/// Writes shares, a row for each player and one for all of them.
///
/// # Errors
/// Those of `out`.
pub fn shapley_csv(found: &Shapley, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    let names = ["share_bbl", "share", "leave_one_out_bbl", "alone_bbl"];
    let mut header: Vec<String> = ["id", "name"].map(str::to_owned).into();
    for prefix in ["", "cvar_"] {
        header.extend(
            names
                .iter()
                .flat_map(|name| estimate_header(&format!("{prefix}{name}"))),
        );
    }
    rows.write_record(header)?;
    for player in &found.players {
        let of = |share: &ShapleyShare| {
            [
                Some(share.bbl),
                share.share,
                Some(share.leave_one_out_bbl),
                Some(share.alone_bbl),
            ]
        };
        let tail = player
            .conditional_value_at_risk
            .as_ref()
            .map_or([None; 4], of);
        let mut cells = vec![player.id.clone(), player.name.clone()];
        cells.extend(
            of(&player.mean)
                .into_iter()
                .chain(tail)
                .flat_map(estimate_cells),
        );
        rows.write_record(cells)?;
    }
    rows.flush()
}
