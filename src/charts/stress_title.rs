//! What a stress shows, in a sentence.

use crate::results::{Stress, StressEvent};

use super::numbers::{Unit, capitalised, fixed, in_words, sane};
use super::theme;

const DAY: f64 = 86_400.0;

/// What a stress shows, in a sentence without a full stop: what is closed, what that costs, and
/// when fields shut in, or why it costs nothing.
#[must_use]
pub fn stress_title(stress: &Stress) -> String {
    if stress.closures.is_empty() {
        return "With nothing closed, nothing is lost".to_owned();
    }
    let (what, is_one) = closed(&stress.closures);
    let cost = if is_one { "costs" } else { "cost" };
    if stress.lost_bbl <= 0 {
        return format!("{what} {cost} no barrel: {}", why_nothing(stress));
    }
    let lost = stress.lost_bbl as f64;
    let loss = format!("{what} {cost} {}", Unit::barrels(lost).told(lost));
    match stress.time_to_shut_in_hours.map(sane) {
        Some(hours) if hours < 1.0 => format!("{loss}; fields shut in at once"),
        Some(hours) if hours < 48.0 => {
            format!("{loss}; fields shut in after {} hours", fixed(hours, 0))
        }
        Some(hours) => format!("{loss}; fields shut in after {}", theme::days(hours / 24.0)),
        None => format!("{loss}; no field has to shut in"),
    }
}

/// What is closed and for how long, and whether the sentence goes on in the singular.
fn closed(closures: &[StressEvent]) -> (String, bool) {
    let verb = |one: &StressEvent| {
        if sane(one.left) > 0.0 {
            "Restricting"
        } else {
            "Closing"
        }
    };
    let length = |one: &StressEvent| one.end_seconds.saturating_sub(one.start_seconds);
    let alike = |a: &StressEvent, b: &StressEvent| {
        (a.start_seconds, a.end_seconds, verb(a)) == (b.start_seconds, b.end_seconds, verb(b))
    };
    let names: Vec<&str> = closures.iter().map(name).collect();
    let names = match names.as_slice() {
        [one] => Some((*one).to_owned()),
        [one, other] if alike(&closures[0], &closures[1]) => Some(format!("{one} and {other}")),
        _ => None,
    };
    if let (Some(names), Some(first)) = (names, closures.first()) {
        let days = theme::days(length(first) as f64 / DAY);
        (format!("{} {names} for {days}", verb(first)), true)
    } else {
        let count = in_words(closures.len() as u64);
        (capitalised(&format!("{count} closures")), false)
    }
}

/// What a closure closes, as people call it.
pub(super) fn name(closure: &StressEvent) -> &str {
    if closure.name.is_empty() {
        &closure.target
    } else {
        &closure.name
    }
}

/// Why closures cost nothing.
fn why_nothing(stress: &Stress) -> &'static str {
    let fell = stress
        .epochs
        .iter()
        .any(|epoch| epoch.delivered_bpd < epoch.undisturbed_bpd);
    if fell {
        "tanks hold the oil until it can flow again"
    } else {
        "what is left open carries all of it"
    }
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn title(change: impl FnOnce(&mut Stress)) -> String {
        let mut stress = sample::stress();
        change(&mut stress);
        stress_title(&stress).replace('\u{a0}', " ")
    }

    #[test]
    fn a_title_tells_what_is_closed_and_what_it_costs() {
        let unit = |stress: &mut Stress| {
            stress.closures[0].name = "unit 1 of CPC moorings".to_owned();
            stress.closures[0].left = 0.0;
        };
        assert_eq!(
            title(unit),
            "Closing unit 1 of CPC moorings for 21 days costs 14.8 million barrels; fields shut in \
             after 31 hours"
        );
        let two = |stress: &mut Stress| {
            unit(stress);
            stress.closures.push(stress.closures[0].clone());
            stress.closures[1].name = "unit 2 of CPC moorings".to_owned();
        };
        assert!(title(two).starts_with(
            "Closing unit 1 of CPC moorings and unit 2 of CPC moorings for 21 days costs 14.8"
        ));
        let apart = title(|stress| {
            two(stress);
            stress.closures[1].end_seconds += 86_400;
        });
        assert!(
            apart.starts_with("Two closures cost 14.8 million barrels"),
            "{apart}"
        );
    }

    #[test]
    fn a_title_says_why_nothing_is_lost() {
        let none = title(|stress| stress.lost_bbl = 0);
        assert!(none.ends_with("costs no barrel: tanks hold the oil until it can flow again"));
        let none = title(|stress| {
            stress.lost_bbl = 0;
            for epoch in &mut stress.epochs {
                epoch.delivered_bpd = epoch.undisturbed_bpd;
            }
        });
        assert!(none.ends_with("costs no barrel: what is left open carries all of it"));
    }
}
