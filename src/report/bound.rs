//! What perfect foresight could have gained, in words.

use std::io;

use crate::results::{Bound, BoundFigure};

use super::number::{NOTHING, Scale, counted, significant, with_error};
use super::run::paragraph;
use super::tell::Tell;

/// Writes how far the rules are from the best that could be done.
///
/// # Errors
/// Those of `out`.
pub(super) fn bound_text(
    bound: &Bound,
    volume: Scale,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    let delivered = &bound.delivered;
    let gap = match bound.share_of_undelivered {
        Some(share) => format!(
            "a gap of {} {}, {} % of what is not delivered.",
            gap_of(delivered, volume),
            volume.unit,
            significant(share * 100.0, 2)
        ),
        None => "and nothing is left undelivered.".to_owned(),
    };
    let text = format!(
        "With all disruptions known in advance at most {} {} could be delivered, {} under the \
         rules (means of {} paths): {gap}",
        mean(delivered.bound, volume),
        volume.unit,
        mean(delivered.rule, volume),
        counted(delivered.paths),
    );
    paragraph(&text, width, out)?;
    if let Some(money) = &bound.money {
        let scale = Scale {
            factor: 1e6,
            unit: "million USD",
        };
        let left_out = match money.skipped {
            0 => String::new(),
            some => format!(
                " {} paths are left out, whose programs are too large or take too long.",
                counted(some)
            ),
        };
        let text = format!(
            "Netback could be at most {} {}, {} under the rules ({} paths): a gap of \
             {} {}.{left_out}",
            mean(money.bound, scale),
            scale.unit,
            mean(money.rule, scale),
            counted(money.paths),
            gap_of(money, scale),
            scale.unit,
        );
        paragraph(&text, width, out)?;
    }
    paragraph(
        "Bounds let go of nominations, targets of tanks, reserve prices, ramps, damage, quotas, lags, \
         times in transit and what sets grades apart; money is without the response of prices. Tanks end with as much in all as under the rules, with as much under \
         way, and the bound of money delivers as much in each class.",
        width,
        out,
    )
}

fn mean(value: Option<f64>, scale: Scale) -> String {
    value.map_or(NOTHING.into(), |value| significant(scale.of(value), 6))
}

fn gap_of(figure: &BoundFigure, scale: Scale) -> String {
    let gap = figure.gap.map(|gap| {
        let error = figure.std_error.map(|error| scale.of(error));
        with_error(scale.of(gap), error)
    });
    gap.unwrap_or(NOTHING.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_is_read_as_a_sentence() {
        let figure = BoundFigure {
            paths: 20,
            skipped: 0,
            rule: Some(600e6),
            bound: Some(601.5e6),
            gap: Some(1.5e6),
            std_error: Some(0.2e6),
        };
        let bound = Bound {
            share_of_undelivered: Some(0.05),
            money: Some(BoundFigure {
                paths: 18,
                skipped: 2,
                rule: Some(30e9),
                bound: Some(30.1e9),
                gap: Some(0.1e9),
                std_error: None,
            }),
            delivered: figure,
        };
        let mut out = Vec::new();
        bound_text(&bound, Scale::volume(600e6), 100, &mut out).expect("memory takes all");
        let text = String::from_utf8(out).expect("text");
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for part in [
            "(means of 20 paths): a gap of 1.50 ± 0.20 Mb, 5.0 % of what is not delivered.",
            "under the rules (18 paths): a gap of",
            "2 paths are left out",
        ] {
            assert!(text.contains(part), "{text}");
        }
    }
}
