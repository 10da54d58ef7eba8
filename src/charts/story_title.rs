//! What a story tells, in a sentence.

use crate::results::{Story, StoryCause};

use super::numbers::{Unit, percent};

/// What a story tells, in a sentence without a full stop: what is missing at the end, and to
/// which hazard most of it is laid.
#[must_use]
pub fn story_title(story: &Story) -> String {
    let number = story.replication;
    if story.undelivered_bbl <= 0 {
        let how = if story.disruptions.is_empty() {
            "nothing goes wrong"
        } else {
            "tanks and other routes carry what is disrupted"
        };
        return format!("In replication {number} all that is planned is delivered: {how}");
    }
    let missing = story.undelivered_bbl as f64;
    let volume = Unit::barrels(missing).told(missing);
    let share = percent(missing / (story.planned_bbl as f64).max(1.0));
    let title =
        format!("Replication {number} leaves {volume} undelivered, {share}\u{a0}of\u{a0}plan");
    match most(story) {
        Some((cause, share)) => format!(
            "{title}; {} of the lost production is laid to {}",
            percent(share),
            cause.name
        ),
        None => title,
    }
}

/// The hazard to which most is laid, and its share of all lost production.
fn most(story: &Story) -> Option<(&StoryCause, f64)> {
    let cause = story.causes.iter().find(|cause| !cause.class.is_empty())?;
    let share = cause.attributed_bbl as f64 / (story.lost_production_bbl as f64).max(1.0);
    (cause.attributed_bbl > 0 && share <= 1.0).then_some((cause, share))
}
