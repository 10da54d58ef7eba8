//! How much worse portfolios are than the best under cases without a probability, as text.

use std::io;

use crate::results::{Optimise, OptimiseRegret, OptimiseTiming, RegretTable, TimingBetween};

use super::number::{counted, grouped};
use super::optimise::{MOST_ROWS, finer, millions, per_cent, shown, table, title};
use super::run::paragraph;
use super::table::{Align, Table};
use super::tell::Tell;

/// Cases that stand beside each other in a table of portfolios; of more it says where each is worst.
const MOST_CASES: usize = 4;

/// How much worse each is than the best of each case, by one goal.
pub(super) fn regrets(
    found: &Optimise,
    regret: &RegretTable,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    let Some(all) = &found.regret else {
        return Ok(());
    };
    let (unit, what) = match regret.by.as_str() {
        "net" => ("MUSD/yr", "net value"),
        "tail" => ("Mb/yr", "loss in the worst twentieth"),
        _ => ("Mb/yr", "mean loss"),
    };
    let budget = if found.budget_usd.is_some() {
        "within the budget"
    } else {
        "that were left"
    };
    let text = format!(
        "Regret by {what}, {unit}: how much worse than the best of {} portfolios {budget}, under each \
         case: those that may be on a frontier in the scenario as it is. Other portfolios, other regrets. {} \
         replications each.",
        all.portfolios.len(),
        counted(all.replications)
    );
    out.about(&format!("Regret by {what}"));
    paragraph(&text, width, out)?;
    writeln!(out)?;
    let is_wide = all.combinations.len() > MOST_CASES;
    let mut columns = vec![("portfolio".to_owned(), Align::Left)];
    if is_wide {
        columns.push(("most".to_owned(), Align::Right));
        columns.push(("under".to_owned(), Align::Left));
        columns.push(("best\nin".to_owned(), Align::Right));
    } else {
        for combination in &all.combinations {
            columns.push((combination.join("\n"), Align::Right));
        }
        columns.push(("most".to_owned(), Align::Right));
    }
    columns.push(("worst\ncase".to_owned(), Align::Right));
    columns.push(("Hurwicz".to_owned(), Align::Right));
    if regret.enough_share.is_some() {
        columns.push(("enough\n%".to_owned(), Align::Right));
    }
    let mut table = Table::new(columns);
    let mut order: Vec<usize> = (0..all.portfolios.len()).collect();
    order.sort_by(|&a, &b| regret.largest_regret[a].total_cmp(&regret.largest_regret[b]));
    for &at in order.iter().take(MOST_ROWS / 2) {
        let mut row = vec![title(&found.portfolios[all.portfolios[at]].strategies)];
        let own = &regret.regrets[at];
        if is_wide {
            let most = (0..own.len()).max_by(|&a, &b| own[a].mean.total_cmp(&own[b].mean));
            let best = (0..own.len()).filter(|&case| best_under(regret, case) == Some(at));
            row.push(most.map_or_else(String::new, |case| shown(own[case])));
            row.push(most.map_or_else(String::new, |case| all.combinations[case].join(", ")));
            row.push(counted(best.count() as u64));
        } else {
            row.extend(own.iter().map(|regret| shown(*regret)));
            row.push(finer(regret.largest_regret[at]));
        }
        row.push(finer(regret.worst[at]));
        row.push(finer(regret.hurwicz[at]));
        if let Some(shares) = &regret.enough_share {
            row.push(per_cent(shares[at]));
        }
        table.row(row);
    }
    table.write(width, out)?;
    let more = order.len().saturating_sub(MOST_ROWS / 2);
    if more > 0 {
        writeln!(out, "and {more} more, in optimise.json")?;
    }
    writeln!(out)?;
    let name = |at: usize| title(&found.portfolios[at].strategies);
    let text = format!(
        "Least largest regret: {}. Best worst case: {}. Hurwicz at {}: {}.",
        name(regret.minimax_regret),
        name(regret.maximin),
        grouped(all.optimism, 2),
        name(regret.hurwicz_best)
    );
    paragraph(&text, width, out)?;
    if is_wide {
        writeln!(out)?;
        by_case(found, all, regret, width, out)?;
    }
    Ok(())
}

/// Which portfolio is best under a case.
fn best_under(regret: &RegretTable, case: usize) -> Option<usize> {
    let rows = 0..regret.regrets.len();
    rows.min_by(|&a, &b| {
        let of = |at: usize| regret.regrets[at][case].mean;
        of(a).total_cmp(&of(b))
    })
}

/// What is best under each of many cases, and how far behind it the portfolio of least regret is.
fn by_case(
    found: &Optimise,
    all: &OptimiseRegret,
    regret: &RegretTable,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    let mut table = table([
        ("under", Align::Left),
        ("best", Align::Left),
        ("has", Align::Right),
        ("least regret\nis behind by", Align::Right),
    ]);
    let minimax = (all.portfolios.iter()).position(|&at| at == regret.minimax_regret);
    for (case, combination) in all.combinations.iter().enumerate() {
        let Some(best) = best_under(regret, case) else {
            continue;
        };
        let behind = minimax.map(|at| regret.regrets[at][case]);
        table.row([
            combination.join(", "),
            title(&found.portfolios[all.portfolios[best]].strategies),
            shown(regret.values[best][case]),
            match behind {
                Some(behind) if minimax != Some(best) => shown(behind),
                _ => "–".to_owned(),
            },
        ]);
    }
    table.write(width, out)
}

/// Whether to build now or when it is known which case holds.
pub(super) fn later(
    found: &Optimise,
    timing: &OptimiseTiming,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    let Some(regret) = &found.regret else {
        return Ok(());
    };
    let name = title(&found.portfolios[timing.portfolio].strategies);
    let text = format!(
        "Build {name} now, or in {} years, when it is known which case holds? Values today in MUSD, over {} \
         years from the day it works ({} years after it is begun), at {} % a year.",
        grouped(timing.wait_years, 1),
        grouped(timing.lifetime_years, 0),
        grouped(timing.lead_time_years, 1),
        grouped(timing.discount * 100.0, 1)
    );
    out.about("Now or later");
    paragraph(&text, width, out)?;
    writeln!(out)?;
    let mut table = table([
        ("if", Align::Left),
        ("now", Align::Right),
        ("wait", Align::Right),
    ]);
    for (at, combination) in regret.combinations.iter().enumerate() {
        table.row([
            combination.join(", "),
            shown(timing.now_usd[at]),
            millions(timing.wait_usd[at]),
        ]);
    }
    table.write(width, out)?;
    writeln!(out)?;
    let only = |choice: &str| {
        let is_only =
            |between: &TimingBetween| between.best.iter().all(|step| step.choice == choice);
        timing.between.iter().all(is_only)
    };
    if let Some(choice) = ["now", "wait", "never"]
        .into_iter()
        .find(|choice| only(choice))
    {
        let text = match choice {
            "now" => "Building now is best, whatever the probabilities.",
            "wait" => "Waiting is best, whatever the probabilities.",
            _ => "It never pays, whatever the probabilities.",
        };
        return paragraph(text, width, out);
    }
    for between in &timing.between {
        let [first, second] = between
            .combinations
            .map(|at| regret.combinations[at].join(", "));
        let steps: Vec<String> = (between.best.iter())
            .map(|step| match (step.choice.as_str(), step.from > 0.0) {
                (choice, false) => choice.to_owned(),
                (choice, true) => format!("{choice} from {} % on", grouped(step.from * 100.0, 1)),
            })
            .collect();
        let text = format!(
            "By the probability of {second} against {first}: {}.",
            steps.join(", ")
        );
        paragraph(&text, width, out)?;
    }
    Ok(())
}
