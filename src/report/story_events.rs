//! Disruptions joined to the events that people would speak of.

use crate::results::{Story, StoryDisruption};

use super::story::sum;

/// The most elements of an event that are named.
const MOST_NAMED: usize = 2;
/// The most hazards that are named of those whose events are told in sum.
const MOST_HAZARDS: usize = 6;

/// Disruptions of one hazard that begin and end together.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Event {
    /// Seconds since the start.
    pub(super) start: i64,
    /// Seconds since the start.
    pub(super) end: i64,
    /// Share of capacity left.
    pub(super) left: f64,
    /// Lost production laid to it, bbl.
    pub(super) attributed_bbl: i64,
    /// Name of the hazard.
    pub(super) hazard: String,
    /// Names of what is hit.
    pub(super) targets: String,
}

/// The events of a story, in order of time.
pub(super) fn events(story: &Story) -> Vec<Event> {
    let mut joined: Vec<Vec<&StoryDisruption>> = Vec::new();
    for disruption in &story.disruptions {
        let same = |other: &&StoryDisruption| {
            other.hazard == disruption.hazard
                && other.end_seconds == disruption.end_seconds
                && other.left.to_bits() == disruption.left.to_bits()
        };
        // They are in order of time, so those that begin together are the last ones.
        let together = joined
            .iter_mut()
            .rev()
            .take_while(|event| event[0].start_seconds == disruption.start_seconds)
            .find(|event| same(&event[0]));
        match together {
            Some(event) => event.push(disruption),
            None => joined.push(vec![disruption]),
        }
    }
    joined.iter().map(|event| told(story, event)).collect()
}

fn told(story: &Story, event: &[&StoryDisruption]) -> Event {
    let first = event[0];
    let mut causes = story.causes.iter();
    let hazard = causes
        .find(|cause| cause.hazard == first.hazard)
        .map_or(&first.hazard, |cause| &cause.name);
    Event {
        start: first.start_seconds,
        end: first.end_seconds,
        left: first.left,
        attributed_bbl: sum(event.iter().map(|disruption| disruption.attributed_bbl)),
        hazard: hazard.clone(),
        targets: names(event),
    }
}

/// Names of what an event hits, units of one element together.
fn names(event: &[&StoryDisruption]) -> String {
    /// An element and its units that are hit.
    struct Hit<'a> {
        id: &'a str,
        name: &'a str,
        units: Vec<&'a str>,
    }
    let mut hits: Vec<Hit<'_>> = Vec::new();
    for disruption in event {
        let (id, unit) = match disruption.target.split_once('#') {
            Some((id, unit)) => (id, Some(unit)),
            None => (disruption.target.as_str(), None),
        };
        // The name of a unit is that of its element after its number.
        let name = disruption.target_name.as_str();
        let name = unit.map_or(name, |unit| {
            let prefix = format!("unit {unit} of ");
            name.strip_prefix(&prefix).unwrap_or(name)
        });
        match hits.iter_mut().find(|hit| hit.id == id) {
            Some(hit) => hit.units.extend(unit),
            None => hits.push(Hit {
                id,
                name,
                units: unit.into_iter().collect(),
            }),
        }
    }
    let mut names: Vec<String> = hits
        .iter_mut()
        .map(|hit| {
            hit.units.sort_unstable();
            hit.units.dedup();
            match hit.units.as_slice() {
                [] => hit.name.to_owned(),
                [one] => format!("unit {one} of {}", hit.name),
                [first @ .., last] => {
                    format!("units {} and {last} of {}", first.join(", "), hit.name)
                }
            }
        })
        .collect();
    let more = names.len().saturating_sub(MOST_NAMED);
    if more > 1 {
        names.truncate(MOST_NAMED);
        names.push(format!("{more} more"));
    }
    names.join(", ")
}

/// How many events of which hazard, the most frequent first.
pub(super) fn folded(events: &[&Event]) -> String {
    let mut counts: Vec<(usize, &str)> = Vec::new();
    for event in events {
        match counts.iter_mut().find(|(_, name)| *name == event.hazard) {
            Some((count, _)) => *count += 1,
            None => counts.push((1, &event.hazard)),
        }
    }
    counts.sort_by_key(|&(count, name)| (std::cmp::Reverse(count), name));
    let others: usize = counts
        .iter()
        .skip(MOST_HAZARDS)
        .map(|(count, _)| count)
        .sum();
    let mut parts: Vec<String> = counts
        .iter()
        .take(MOST_HAZARDS)
        .map(|(count, name)| format!("{count} × {name}"))
        .collect();
    if others > 0 {
        parts.push(format!("{others} others"));
    }
    parts.join(", ")
}
