//! Estimates from an event log as text.

use std::io::{self, Write};

use crate::results::{
    Bounded, CampaignFit, DurationFit, Fit, FitGroup, LeftFit, RateFit, SeasonFit,
};
use crate::units::DAYS_PER_YEAR;

use super::fit_toml::fit_toml;
use super::number::{NOTHING, brief, counted, significant};
use super::run::paragraph;
use super::table::{Align, Table};

/// The most shares left that are listed.
const MOST_SHARES: usize = 12;

/// Writes what a log says, for a person to read, in at most `width` columns, and then the form to
/// paste.
///
/// # Errors
/// Those of `out`.
pub fn fit_text(fit: &Fit, width: u16, out: &mut dyn Write) -> io::Result<()> {
    let head = format!(
        "{}: {}, looked at from {} to {}, {} days ({} years).",
        fit.log,
        noun(fit.rows, "row"),
        fit.from,
        fit.until,
        brief(fit.exposure_days, 6),
        brief(fit.exposure_days / DAYS_PER_YEAR, 4),
    );
    paragraph(&head, width, out)?;
    paragraph(
        "Rates are events ÷ exposure: the window must be the time in which the hazard existed (for \
         attacks, since the first one of their kind was possible) and in which an event would have \
         been logged.",
        width,
        out,
    )?;
    for group in &fit.groups {
        writeln!(out)?;
        group_text(group, width, out)?;
    }
    writeln!(out)?;
    paragraph(
        "Intervals are 95 %: exact (Garwood; wider than need be below 20 events) for a rate, the middle of the posterior with Jeffreys' \
         prior, profile likelihood for all else; – is an end that the log leaves open. KS is the \
         greatest distance from the distribution of the durations.",
        width,
        out,
    )?;
    writeln!(out, "\nTo paste into a scenario:\n")?;
    out.write_all(fit_toml(fit).as_bytes())
}

fn group_text(group: &FitGroup, width: u16, out: &mut dyn Write) -> io::Result<()> {
    let head = format!(
        "{}: {} on {}.",
        group.id,
        noun(group.events, "event"),
        group.targets.join(", ")
    );
    paragraph(&head, width, out)?;
    writeln!(out)?;
    rate(&group.rate, width, out)?;
    durations(&group.durations, width, out)?;
    paragraph(&left(&group.left), width, out)?;
    paragraph(&season(&group.season, group.as_campaign), width, out)?;
    match &group.campaign {
        None => Ok(()),
        Some(campaign) => campaign_text(campaign, group.as_campaign, width, out),
    }
}

fn columns(titles: &[(&str, Align)]) -> Table {
    let titles = titles.iter();
    Table::new(
        titles
            .map(|&(title, align)| (title.to_owned(), align))
            .collect(),
    )
}

fn rate(rate: &RateFit, width: u16, out: &mut dyn Write) -> io::Result<()> {
    let mut table = columns(&[
        ("constant rate", Align::Left),
        ("events a year", Align::Right),
        ("95 % interval", Align::Right),
    ]);
    let posterior = format!(
        "posterior, gamma of shape {}",
        brief(rate.posterior_shape, 9)
    );
    for (title, estimate) in [
        ("most likely", rate.per_year),
        (&posterior, rate.posterior_per_year),
    ] {
        table.row([
            title.to_owned(),
            significant(estimate.value, 3),
            ends(estimate),
        ]);
    }
    table.write(width, out)?;
    writeln!(out)
}

fn durations(fit: &DurationFit, width: u16, out: &mut dyn Write) -> io::Result<()> {
    let line = format!(
        "durations: {} known, {} still lasting at the end, {} unknown",
        counted(fit.known),
        counted(fit.censored),
        counted(fit.unknown),
    );
    if let Some(days) = fit.fixed_days {
        let line = format!("{line}; all known ones are {} days.", brief(days, 4));
        paragraph(&line, width, out)?;
        return writeln!(out);
    }
    if fit.laws.is_empty() {
        paragraph(&format!("{line}."), width, out)?;
        return writeln!(out);
    }
    paragraph(&line, width, out)?;
    let mut table = columns(&[
        ("law", Align::Left),
        ("parameter", Align::Left),
        ("estimate", Align::Right),
        ("95 % interval", Align::Right),
        ("log-likelihood", Align::Right),
        ("AIC", Align::Right),
        ("KS", Align::Right),
    ]);
    for law in &fit.laws {
        for (index, parameter) in law.parameters.iter().enumerate() {
            let of_law = |text: String| if index == 0 { text } else { String::new() };
            let name = if parameter.unit.is_empty() {
                parameter.name.clone()
            } else {
                format!("{}, {}", parameter.name, parameter.unit)
            };
            table.row([
                of_law(law.law.clone()),
                name,
                significant(parameter.estimate.value, 3),
                ends(parameter.estimate),
                of_law(format!("{:.2}", law.log_likelihood).replace('-', "−")),
                of_law(format!("{:.2}", law.aic).replace('-', "−")),
                of_law(format!("{:.3}", law.ks_distance)),
            ]);
        }
    }
    table.write(width, out)?;
    writeln!(out)
}

fn left(fit: &LeftFit) -> String {
    let Some(mean) = fit.mean else {
        return "share left: not known of any event.".to_owned();
    };
    let unknown = match fit.unknown {
        0 => String::new(),
        count => format!(", unknown of {}", counted(count)),
    };
    if fit.values.len() > 1 && fit.values.first() == fit.values.last() {
        return format!("share left: always {}{unknown}.", brief(mean, 3));
    }
    let mut shown: Vec<String> = fit
        .values
        .iter()
        .take(MOST_SHARES)
        .map(|share| brief(*share, 3))
        .collect();
    if fit.values.len() > MOST_SHARES {
        shown.push(format!("… ({} in all)", fit.values.len()));
    }
    format!(
        "share left: {}; mean {}{unknown}.",
        shown.join(", "),
        brief(mean, 3)
    )
}

fn season(fit: &SeasonFit, as_campaign: bool) -> String {
    match (fit.p_value, &fit.weights) {
        (None, _) => {
            "season: not identified; it takes 60 events, and all months in the window.".to_owned()
        }
        (Some(p), None) => format!(
            "season: none is seen, months may be alike ({}).",
            probability(p)
        ),
        (Some(p), Some(weights)) => {
            let weights: Vec<String> = weights.iter().map(|weight| brief(*weight, 3)).collect();
            let caution = if as_campaign {
                "; campaigns bunch events too, so the form below leaves them out"
            } else {
                ""
            };
            format!(
                "season: months differ ({}); weights, January first: {}{caution}.",
                probability(p),
                weights.join(", ")
            )
        }
    }
}

fn campaign_text(
    fit: &CampaignFit,
    as_campaign: bool,
    width: u16,
    out: &mut dyn Write,
) -> io::Result<()> {
    writeln!(out)?;
    let mut table = columns(&[
        ("campaign", Align::Left),
        ("estimate", Align::Right),
        ("95 % interval", Align::Right),
    ]);
    let mut row = |title: &str, estimate: Bounded| {
        table.row([
            title.to_owned(),
            significant(estimate.value, 3),
            ends(estimate),
        ]);
    };
    row("rate, events a year", fit.rate_per_year);
    row("branching", fit.branching);
    if let Some(memory) = fit.memory_days {
        row("memory (half-life), days", memory);
    }
    table.write(width, out)?;
    let told = format!(
        "log-likelihood {:.2} against {:.2} of a constant rate: ratio {:.2}, {} from {} simulated \
         logs. Residuals are {:.3} away from the exponential law ({}). {}",
        fit.log_likelihood,
        fit.poisson_log_likelihood,
        fit.likelihood_ratio,
        probability(fit.p_value),
        counted(fit.simulated),
        fit.ks_distance,
        probability(fit.ks_p_value),
        match (as_campaign, fit.p_value < 0.05) {
            (true, true) => "The log carries a campaign.",
            (true, false) => "The log does not carry a campaign; it is printed as asked.",
            (false, _) => "The log does not carry a campaign; a constant rate is printed.",
        },
    );
    paragraph(&told.replace(" -", " −"), width, out)
}

/// `1.22 – 8.79`.
fn ends(estimate: Bounded) -> String {
    let end = |end: Option<f64>| end.map_or(NOTHING.to_owned(), |end| significant(end, 3));
    format!("{} to {}", end(estimate.low), end(estimate.high))
}

fn probability(p: f64) -> String {
    if p < 0.001 {
        "p < 0.001".to_owned()
    } else {
        format!("p = {}", significant(p, 2))
    }
}

fn noun(count: u64, noun: &str) -> String {
    format!(
        "{} {noun}{}",
        counted(count),
        if count == 1 { "" } else { "s" }
    )
}
