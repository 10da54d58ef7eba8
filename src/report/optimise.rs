//! Portfolios as text and as CSV.

use std::io::{self, Write};

use crate::results::{Optimise, OptimiseStage, Portfolio, RankEstimate};

use super::number::{NOTHING, counted, grouped, with_error};
use super::regret::{later, regrets};
use super::run::paragraph;
use super::table::{Align, Table};
use super::tell::Tell;

/// Rows of a table of the report; the files hold all.
pub(super) const MOST_ROWS: usize = 40;

/// Names in a list of the report.
const MOST_NAMES: usize = 8;

/// Writes which portfolios are worth their cost, for a person to read, in at most `width` columns.
///
/// # Errors
/// Those of `out`.
pub fn optimise_text(found: &Optimise, width: u16, mut out: &mut dyn Write) -> io::Result<()> {
    optimise_told(found, width, &mut out)
}

pub(super) fn optimise_told(found: &Optimise, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let title = if found.study.is_empty() {
        &found.scenario.name
    } else {
        &found.study
    };
    writeln!(out, "{title}")?;
    if !found.study.is_empty() {
        writeln!(out, "over {}", found.scenario.name)?;
    }
    writeln!(out, "\nWhat strategies cost\n")?;
    options(found).write(width, out)?;
    writeln!(out)?;
    screening(found, width, out)?;
    writeln!(out, "\nPortfolios on the frontier, or near it\n")?;
    frontier(found, width, out)?;
    best(found, width, out)?;
    if let Some(regret) = &found.regret {
        for table in &regret.tables {
            writeln!(out)?;
            regrets(found, table, width, out)?;
        }
    }
    for timing in &found.timing {
        writeln!(out)?;
        later(found, timing, width, out)?;
    }
    for warning in &found.warnings {
        writeln!(out)?;
        paragraph(&format!("Note: {warning}."), width, out)?;
    }
    let hash = (found.scenario.sha256.get(..12)).unwrap_or(&found.scenario.sha256);
    writeln!(
        out,
        "\n{} replications; ± one standard error. keruen {}, scenario {hash}, seed {}.",
        counted(found.replications),
        found.version,
        found.seed
    )
}

pub(super) fn millions(value: f64) -> String {
    let decimals = i32::from(value.abs() < 99.95e6);
    grouped(value / 1e6, decimals)
}

/// In millions, with two decimals where there are few.
pub(super) fn finer(value: f64) -> String {
    if value.abs() < 9.995e6 && value != 0.0 {
        grouped(value / 1e6, 2)
    } else {
        millions(value)
    }
}

/// An estimate in millions.
pub(super) fn shown(estimate: RankEstimate) -> String {
    let estimate = estimate.scaled(1e-6);
    let error = estimate.std_error.filter(|&error| error > 0.0);
    with_error(estimate.mean, error)
}

pub(super) fn per_cent(share: f64) -> String {
    grouped(share * 100.0, 0)
}

/// The strategies of a portfolio.
pub(crate) fn title(strategies: &[String]) -> String {
    if strategies.is_empty() {
        "(as it is)".to_owned()
    } else {
        strategies.join(" + ")
    }
}

pub(super) fn table<const N: usize>(columns: [(&str, Align); N]) -> Table {
    let columns = columns.map(|(title, align)| (title.to_owned(), align));
    Table::new(columns.into())
}

fn options(found: &Optimise) -> Table {
    let mut table = table([
        ("", Align::Left),
        ("MUSD/yr", Align::Right),
        ("to build\nMUSD", Align::Right),
        ("interest\nMUSD", Align::Right),
        ("running\nMUSD/yr", Align::Right),
    ]);
    for option in &found.options {
        table.row([
            option.id.clone(),
            millions(option.annual_usd),
            millions(option.capex_usd),
            millions(option.construction_interest_usd),
            millions(option.opex_usd_per_year),
        ]);
    }
    table
}

fn screening(found: &Optimise, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let screening = &found.screening;
    let stages = |stages: &[OptimiseStage]| -> Vec<String> {
        let told = |stage: &OptimiseStage| {
            let futures = counted(stage.futures);
            format!("{} after {futures}", counted(stage.portfolios))
        };
        stages.iter().map(told).collect()
    };
    let matters = |value: Option<f64>, what: &str| {
        value.map(|value| format!("{} Mb a year of the {what}", grouped(value / 1e6, 2)))
    };
    let matters: Vec<String> = [
        matters(screening.indifference_mean, "mean"),
        matters(screening.indifference_tail, "tail"),
    ]
    .into_iter()
    .flatten()
    .collect();
    let mut again = String::new();
    if screening.again.len() > 1 {
        let left = stages(&screening.again).join(", ");
        again = format!(" Of those, in other futures, were left: {left} futures each.");
    }
    let text = format!(
        "{} of {} selections keep the rules. Of these were left: {} futures each; {} futures were played \
         for it.{again} A portfolio is given up only for one that costs no more. That it is better by more than \
         {} all the same has a probability of at most {} % for any one of them.",
        counted(screening.portfolios),
        counted(screening.selections),
        stages(&screening.stages).join(", "),
        counted(screening.futures),
        matters.join(" or "),
        per_cent(screening.alpha),
    );
    paragraph(&text, width, out)
}

fn frontier(found: &Optimise, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let is_near = |portfolio: &Portfolio| {
        portfolio.strategies.is_empty()
            || [portfolio.mean_frontier, portfolio.tail_frontier]
                .iter()
                .any(|frontier| frontier.is_likely())
    };
    let near: Vec<&Portfolio> = (found.portfolios.iter())
        .filter(|portfolio| is_near(portfolio) && portfolio.same_as.is_none())
        .collect();
    let has_value = found.value_usd_per_bbl.is_some();
    let mut columns = vec![
        ("portfolio", Align::Left),
        ("MUSD/yr", Align::Right),
        ("mean loss\nMb/yr", Align::Right),
        ("on it\n%", Align::Right),
        ("worst 5 %\nMb/yr", Align::Right),
        ("on it\n%", Align::Right),
    ];
    if has_value {
        columns.push(("net\nMUSD/yr", Align::Right));
    }
    let columns = columns.into_iter();
    let mut table = Table::new(
        columns
            .map(|(title, align)| (title.to_owned(), align))
            .collect(),
    );
    let budget = found.budget_usd.unwrap_or(f64::INFINITY);
    let mut has_ended = false;
    let on = |frontier: crate::results::OnFrontier| {
        let mark = if frontier.is_on { "" } else { "·" };
        format!("{mark}{}", per_cent(frontier.probability))
    };
    for portfolio in near.iter().take(MOST_ROWS) {
        let is_beyond = portfolio.annual_usd > budget * (1.0 + 1e-12);
        let mut name = title(&portfolio.strategies);
        if is_beyond && !has_ended {
            has_ended = true;
        }
        if is_beyond {
            name = format!("> {name}");
        }
        let mut row = vec![
            name,
            millions(portfolio.annual_usd),
            shown(portfolio.paired_mean()),
            on(portfolio.mean_frontier),
            portfolio
                .paired_tail()
                .map_or_else(|| NOTHING.to_owned(), shown),
            on(portfolio.tail_frontier),
        ];
        if has_value {
            row.push(portfolio.net_usd.map_or_else(|| NOTHING.to_owned(), shown));
        }
        table.row(row);
    }
    table.write(width, out)?;
    let more = near.len().saturating_sub(MOST_ROWS);
    if more > 0 {
        writeln!(out, "and {more} more, in optimise.csv")?;
    }
    writeln!(out)?;
    let beyond = if has_ended {
        " >: beyond the budget."
    } else {
        ""
    };
    let text = format!(
        "±: error of the difference from (as it is), which met the same futures. On it: how likely on the \
         frontier of cost and loss, over resamples of the replications. ·: dominated, but perhaps by noise \
         alone.{beyond}"
    );
    paragraph(&text, width, out)?;
    let same = found
        .portfolios
        .iter()
        .filter(|portfolio| portfolio.same_as.is_some());
    let pairs: Vec<String> = same
        .filter_map(|portfolio| {
            let other = found.portfolios.get(portfolio.same_as?)?;
            Some(format!(
                "{} as {}",
                title(&portfolio.strategies),
                title(&other.strategies)
            ))
        })
        .collect();
    if !pairs.is_empty() {
        let text = format!(
            "The same in every replication: {}.",
            shortened(&pairs, "; ")
        );
        paragraph(&text, width, out)?;
    }
    Ok(())
}

/// A list, cut short.
fn shortened(items: &[String], between: &str) -> String {
    let mut text = items[..items.len().min(MOST_NAMES)].join(between);
    if items.len() > MOST_NAMES {
        text += &format!("{between}and {} more", items.len() - MOST_NAMES);
    }
    text
}

fn goal(by: &str) -> &'static str {
    match by {
        "tail" => "the worst twentieth",
        "net" => "net value",
        _ => "mean loss",
    }
}

fn best(found: &Optimise, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    writeln!(out)?;
    match found.budget_usd {
        Some(budget) => writeln!(out, "Best for {} MUSD a year", millions(budget))?,
        None => writeln!(
            out,
            "Best of all, whatever it costs (--budget says what it may)"
        )?,
    }
    for best in &found.best {
        let portfolio = &found.portfolios[best.portfolio];
        let name = title(&portfolio.strategies);
        let cost = millions(portfolio.annual_usd);
        let mut text = format!("by {}: {name}, {cost} MUSD a year", goal(&best.by));
        let others: Vec<String> = (best.not_told_apart.iter())
            .map(|other| {
                let portfolio = &found.portfolios[other.portfolio];
                format!(
                    "{} ({} MUSD, worse by {})",
                    title(&portfolio.strategies),
                    millions(portfolio.annual_usd),
                    shown(other.worse)
                )
            })
            .collect();
        let unit = if best.by == "net" { "MUSD" } else { "Mb" };
        text += &match others.len() {
            0 => format!("; told apart from all {} others.", best.told_apart),
            count => format!(
                "; {count} cannot be told from it ({} can), in {unit} a year: {}.",
                best.told_apart,
                shortened(&others, "; ")
            ),
        };
        writeln!(out)?;
        paragraph(&text, width, out)?;
    }
    Ok(())
}

/// Writes portfolios, a row for each: those that are left, then those given up.
///
/// # Errors
/// Those of `out`.
pub fn optimise_csv(found: &Optimise, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    rows.write_record([
        "portfolio",
        "annual_usd",
        "capex_usd",
        "futures",
        "mean_bbl_per_year",
        "mean_std_error",
        "tail_bbl_per_year",
        "tail_std_error",
        "mean_avoided_bbl_per_year",
        "mean_avoided_std_error",
        "tail_avoided_bbl_per_year",
        "tail_avoided_std_error",
        "net_usd_per_year",
        "net_std_error",
        "on_mean_frontier",
        "mean_frontier_probability",
        "on_tail_frontier",
        "tail_frontier_probability",
        "same_as",
        "given_up_for",
    ])?;
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    let pair = |estimate: Option<RankEstimate>| {
        let error = estimate.and_then(|estimate| estimate.std_error);
        [
            number(estimate.map(|estimate| estimate.mean)),
            number(error),
        ]
    };
    for portfolio in &found.portfolios {
        let mut row = vec![
            portfolio.strategies.join("+"),
            portfolio.annual_usd.to_string(),
            portfolio.capex_usd.to_string(),
            portfolio.futures.to_string(),
        ];
        row.extend(pair(Some(portfolio.mean)));
        row.extend(pair(portfolio.tail));
        row.extend(pair(Some(portfolio.mean_avoided)));
        row.extend(pair(portfolio.tail_avoided));
        row.extend(pair(portfolio.net_usd));
        for frontier in [portfolio.mean_frontier, portfolio.tail_frontier] {
            row.push(frontier.is_on.to_string());
            row.push(frontier.probability.to_string());
        }
        let same = portfolio.same_as.and_then(|at| found.portfolios.get(at));
        row.push(
            same.map(|same| same.strategies.join("+"))
                .unwrap_or_default(),
        );
        row.push(String::new());
        rows.write_record(row)?;
    }
    for gone in &found.screening.given_up {
        let mut row = vec![
            gone.strategies.join("+"),
            gone.annual_usd.to_string(),
            String::new(),
            gone.futures.to_string(),
            gone.mean.to_string(),
        ];
        row.resize(19, String::new());
        row.push(gone.given_up_for.join("+"));
        rows.write_record(row)?;
    }
    rows.flush()
}
