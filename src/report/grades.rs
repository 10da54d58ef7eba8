//! How grades were treated, in words.

use crate::results::GradeTreatment;

use super::number::{Scale, grouped, per_cent};

/// What telling grades apart costs, in a few words for a table.
#[must_use]
pub fn grades_line(grades: &GradeTreatment, rate: Scale) -> String {
    let count = grades.commodities.len();
    if grades.is_aggregated {
        return match count {
            1 => "1, which may go wherever any may".to_owned(),
            _ => format!("{count}, counted as one, which is exact"),
        };
    }
    let shown = |bpd: f64| format!("{} {}", grouped(rate.of(bpd), 1), rate.unit);
    let gap = grades.aggregated_bpd - grades.delivered_bpd;
    let share = grades.gap_share.map_or(String::new(), |share| {
        format!(" or {} %", per_cent(share).trim_end_matches(" %"))
    });
    format!(
        "{count}, told apart: counted as one, {} would be delivered undisturbed, {}{share} too much",
        shown(grades.aggregated_bpd),
        shown(gap),
    )
}

/// The same as sentences for a report; `None` where grades are counted as one, which the rules say.
#[must_use]
pub(super) fn grades_note(grades: &GradeTreatment, rate: Scale) -> Option<String> {
    let shown = |bpd: f64| format!("{} {}", grouped(rate.of(bpd), 1), rate.unit);
    let gap = grades.aggregated_bpd - grades.delivered_bpd;
    let share = grades.gap_share.map_or(String::new(), |share| {
        format!(" ({} of it)", per_cent(share))
    });
    (!grades.is_aggregated).then(|| {
        format!(
            "Grades are told apart: with nothing wrong {} are delivered. Counted as one commodity \
             it would be {}, which is {}{share} too much. Where capacity binds is not known.",
            shown(grades.delivered_bpd),
            shown(grades.aggregated_bpd),
            shown(gap),
        )
    })
}
