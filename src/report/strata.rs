//! Estimates from futures sorted by rare disruptions, beside the plain ones.

use std::io;

use crate::results::{Strata, StrataHazard, StrataKind, Tail};

use super::number::{NOTHING, Scale, counted, significant, with_error};
use super::run::{columns, paragraph};
use super::table::Table;
use super::tell::Tell;

/// Hazards that are named in a sentence, at most.
const NAMED: usize = 5;

/// Writes the kinds of futures, what they say, and what they rest on.
pub(super) fn strata_text(strata: &Strata, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    if let Some(reason) = &strata.why_none {
        writeln!(out)?;
        return paragraph(&format!("No estimates by strata: {reason}."), width, out);
    }
    let values = strata.figures.iter();
    let largest = values.fold(0.0, |most: f64, figure| most.max(figure.plain.value));
    let volume = Scale::volume(largest);
    let unit = volume.unit;

    let mut table = Table::new(columns(
        &["by rare disruptions"],
        &["chance", "replications", &format!("not delivered, {unit}")],
    ));
    for kind in &strata.kinds {
        let error = kind.std_dev / (kind.replications as f64).sqrt();
        table.row([
            name(kind, strata.hazards.len()),
            significant(kind.probability, 3),
            counted(kind.replications),
            with_error(volume.of(kind.mean), Some(volume.of(error))),
        ]);
    }
    writeln!(out)?;
    out.about("Futures sorted by rare disruptions");
    table.write(width, out)?;

    let mut table = Table::new(columns(
        &[&format!("not delivered, {unit}")],
        &["plain", "by strata", "variance, times less"],
    ));
    let estimate = |tail: &Tail| {
        let mark = if tail.thin { "*" } else { "" };
        let error = tail.std_error.map(|error| volume.of(error));
        format!("{}{mark}", with_error(volume.of(tail.value), error))
    };
    for figure in &strata.figures {
        let ratio = figure.variance_ratio;
        table.row([
            title(&figure.name).to_owned(),
            estimate(&figure.plain),
            estimate(&figure.stratified),
            ratio.map_or_else(|| NOTHING.to_owned(), |ratio| significant(ratio, 3)),
        ]);
    }
    writeln!(out)?;
    out.about("Estimates from futures sorted by rare disruptions");
    table.write(width, out)?;
    paragraph(&note(strata), width, out)
}

/// What a kind of futures is called.
fn name(kind: &StrataKind, hazards: usize) -> String {
    match (kind.events.as_str(), &kind.hazard) {
        ("0", _) => "none".to_owned(),
        ("1", Some(hazard)) => format!("one: {hazard}"),
        _ if hazards > 1 => "two or more of these".to_owned(),
        _ => "two or more".to_owned(),
    }
}

fn title(name: &str) -> &str {
    match name {
        "cvar95" => "CVaR 95 %",
        "cvar99" => "CVaR 99 %",
        name => name,
    }
}

fn note(strata: &Strata) -> String {
    let mut note = format!(
        "{} futures of their own, sorted by how often rare hazards strike and weighed by exact \
         chances",
        counted(strata.replications)
    );
    if strata.pilot > 0 {
        note.push_str(&format!(
            ", after {} that settled how many of each kind",
            counted(strata.pilot)
        ));
    }
    note.push_str("; ratios are at equal numbers of replications.");
    let is_thin = |tail: &Tail| tail.thin;
    if (strata.figures.iter()).any(|one| is_thin(&one.plain) || is_thin(&one.stratified)) {
        note.push_str(" * Fewer than 250 replications are beyond: the error is itself unsure.");
    }
    if !strata.asked {
        note.push_str(" The hazards were chosen by what the plain replications showed");
        if strata.not_chosen.is_empty() {
            note.push('.');
        } else {
            note.push_str(&format!(
                "; {} promised too little.",
                listed(&strata.not_chosen)
            ));
        }
    }
    note
}

/// Ids of hazards, as many as fit.
fn listed(hazards: &[StrataHazard]) -> String {
    let ids: Vec<&str> = hazards.iter().map(|hazard| hazard.id.as_str()).collect();
    let named = ids[..ids.len().min(NAMED)].join(", ");
    match ids.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::results::StrataFigure;

    fn strata() -> Strata {
        let hazard = |id: &str, expected| StrataHazard {
            id: id.to_owned(),
            expected,
        };
        let kind =
            |events: &str, hazard: Option<&str>, probability, replications, mean| StrataKind {
                events: events.to_owned(),
                hazard: hazard.map(str::to_owned),
                probability,
                replications,
                mean,
                std_dev: 5e6,
            };
        let tail = |value, std_error, thin| Tail {
            value,
            std_error: Some(std_error),
            thin,
        };
        Strata {
            metric: "undelivered".to_owned(),
            asked: false,
            hazards: vec![hazard("halt", 0.033)],
            not_chosen: vec![hazard("fire", 0.1)],
            left_out: [("storm".to_owned(), "comes in clusters".to_owned())].into(),
            why_none: None,
            pilot: 120,
            replications: 9_880,
            kinds: vec![
                kind("0", None, 0.9675, 6_000, 30e6),
                kind("1", Some("halt"), 0.0319, 3_800, 150e6),
                kind("2+", None, 0.000_54, 80, 240e6),
            ],
            figures: vec![
                StrataFigure {
                    name: "mean".to_owned(),
                    plain: tail(33.9e6, 0.31e6, false),
                    stratified: tail(34.0e6, 0.26e6, false),
                    variance_ratio: Some(1.42),
                },
                StrataFigure {
                    name: "cvar99".to_owned(),
                    plain: tail(210e6, 9e6, true),
                    stratified: tail(212e6, 2e6, false),
                    variance_ratio: None,
                },
            ],
        }
    }

    fn shown(strata: &Strata) -> String {
        let mut out = Vec::new();
        strata_text(strata, 100, &mut out).expect("memory takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn kinds_and_figures_stand_in_two_tables() {
        insta::assert_snapshot!(shown(&strata()), @r"

        by rare disruptions    chance  replications  not delivered, Mb
        none                    0.968         6 000     30.000 ± 0.065
        one: halt              0.0319         3 800    150.000 ± 0.081
        two or more          0.000540            80      240.00 ± 0.56

        not delivered, Mb         plain     by strata  variance, times less
        mean               33.90 ± 0.31  34.00 ± 0.26                  1.42
        CVaR 99 %          210.0 ± 9.0*   212.0 ± 2.0                     –
        9 880 futures of their own, sorted by how often rare hazards strike and weighed by exact chances,
        after 120 that settled how many of each kind; ratios are at equal numbers of replications. * Fewer
        than 250 replications are beyond: the error is itself unsure. The hazards were chosen by what the
        plain replications showed; fire promised too little.
        ");
    }

    #[test]
    fn a_run_without_strata_says_why() {
        let none = Strata {
            why_none: Some("no hazard is rare".to_owned()),
            ..strata()
        };
        assert_eq!(
            shown(&none),
            "\nNo estimates by strata: no hazard is rare.\n"
        );
    }
}
