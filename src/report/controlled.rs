//! Means with control variates, beside the plain ones.

use std::io;

use crate::results::StrategyResult;

use super::run::{columns, paragraph};
use super::tell::Tell;
use super::{NOTHING, Scale, Table, counted, significant, with_error};

/// Metrics that may have such a mean, and as they are called.
const SHOWN: [(&str, &str); 3] = [
    ("delivered", "delivered"),
    ("undelivered", "undelivered"),
    ("shut_in", "shut in"),
];
/// Hazards that are named, at most.
const NAMED: usize = 5;
/// Beyond this nobody needs to know how much.
const LARGE: f64 = 1000.0;

/// Writes the table of such means, and what they rest on; nothing in a plain run or without hazards.
pub(super) fn controlled_text(
    strategy: &StrategyResult,
    volume: Scale,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    let Some(controls) = &strategy.controls else {
        return Ok(());
    };
    // Where nothing is at random there is nothing to say.
    if controls.known == 0 && controls.left_out.is_empty() && controls.why_none.is_none() {
        return Ok(());
    }
    let unit = format!("mean, {}", volume.unit);
    let mut table = Table::new(columns(
        &["with control variates"],
        &[&unit, "variance, times less"],
    ));
    for (name, title) in SHOWN {
        let metric = strategy.metrics.get(name);
        let Some(found) = metric.and_then(|metric| metric.controlled) else {
            continue;
        };
        let error = Some(volume.of(found.std_error));
        let ratio = found.variance_ratio.map(|ratio| match ratio {
            ratio if ratio > LARGE => format!("over {LARGE}"),
            ratio => significant(ratio, 3),
        });
        table.row([
            title.to_owned(),
            with_error(volume.of(found.mean), error),
            ratio.unwrap_or_else(|| NOTHING.to_owned()),
        ]);
    }
    if !table.is_empty() {
        writeln!(out)?;
        out.about("Means corrected by what is known beforehand");
        table.write(width, out)?;
    }
    let mut note = match &controls.why_none {
        Some(reason) => format!("No control variates: {reason}."),
        None if controls.of_losses => "The same replications, corrected for what their disruptions \
             would take if losses added up, of each alone and of each two on top: the means of that \
             are known beforehand."
            .to_owned(),
        None => format!(
            "The same replications, corrected for how long hazards happened to disrupt: the means \
             of {} such times are known beforehand.",
            controls.used
        ),
    };
    if controls.sampled > 0 {
        note.push_str(&format!(
            " Those of {} more, for which parts that wait for repair are gone together, come from {} \
             futures drawn for that alone; their error is in ±.",
            controls.sampled,
            counted(controls.sampled_from),
        ));
    }
    if controls.ended_run {
        note.push_str(" The run stopped because a mean was known well enough with them.");
    }
    let ids: Vec<&str> = controls.left_out.keys().map(String::as_str).collect();
    if !ids.is_empty() {
        let named = ids[..ids.len().min(NAMED)].join(", ");
        let more = ids.len().saturating_sub(NAMED);
        let more = if more > 0 {
            format!(" and {more} more")
        } else {
            String::new()
        };
        note.push_str(&format!(
            " Not used, for reasons in summary.json: {named}{more}."
        ));
    }
    paragraph(&note, width, out)
}

#[cfg(test)]
mod tests {
    use super::super::example;
    use super::*;
    use crate::results::{ControlVariates, Controlled};

    fn shown(strategy: &StrategyResult) -> String {
        let mut out = Vec::new();
        controlled_text(strategy, Scale::volume(1e9), 100, &mut out).expect("memory takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn sharper_means_say_how_much_sharper() {
        let mut strategy = example::summary().strategies.remove(0);
        assert_eq!(shown(&strategy), "", "a plain run says nothing");
        strategy.controls = Some(ControlVariates {
            known: 13,
            used: 12,
            left_out: [(
                "storm".to_owned(),
                "it lasts as long as its cause".to_owned(),
            )]
            .into(),
            ..ControlVariates::default()
        });
        let metric = strategy.metrics.get_mut("undelivered").expect("a metric");
        metric.controlled = Some(Controlled {
            mean: 37.2e6,
            std_error: 0.09e6,
            variance_ratio: Some(17.83),
        });
        insta::assert_snapshot!(shown(&strategy), @r"

        with control variates        mean, Mb  variance, times less
        undelivered            37.200 ± 0.090                  17.8
        The same replications, corrected for how long hazards happened to disrupt: the means of 12 such
        times are known beforehand. Not used, for reasons in summary.json: storm.
        ");
    }

    #[test]
    fn a_run_without_them_says_why() {
        let mut strategy = example::summary().strategies.remove(0);
        strategy.controls = Some(ControlVariates {
            known: 3,
            why_none: Some("20 replications are too few".to_owned()),
            ..ControlVariates::default()
        });
        assert_eq!(
            shown(&strategy),
            "No control variates: 20 replications are too few.\n"
        );
    }
}
