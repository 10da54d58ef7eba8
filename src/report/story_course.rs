//! The course of a story in phases: how much is delivered, what changed, what bound.

use std::cmp::Reverse;
use std::io;

use crate::results::Story;

use super::number::{NOTHING, counted, grouped};
use super::run::paragraph;
use super::story::{Teller, mixed, short};
use super::story_events::{Event, events};
use super::story_phases::{Phase, phases};
use super::stress::flow;
use super::table::Align;
use super::tell::Tell;

/// The most phases that are told.
const MOST_PHASES: usize = 20;

/// Rates that differ by less than this share of the largest are as good as the same.
const SAME: f64 = 0.005;

impl Teller<'_> {
    /// The course in phases: how much is delivered, what limits it, what began and ended.
    pub(super) fn course(&self, width: u16, out: &mut dyn Tell) -> io::Result<()> {
        let story = self.story;
        let most = story.epochs.iter().map(|epoch| epoch.planned_bpd).max();
        let told = phases(
            &story.epochs,
            MOST_PHASES,
            SAME * most.unwrap_or(0).max(1) as f64,
        );
        if told.len() < 2 {
            return Ok(());
        }
        let missing = format!("missing, {}", self.volume.unit);
        let usual = |phase: &Phase| flow(phase.undisturbed_bpd().round() as i64, self.rate);
        let is_even = told.iter().all(|phase| usual(phase) == usual(&told[0]));
        let mut columns = vec![
            ("delivered from", Align::Left),
            ("days", Align::Right),
            (self.rate.unit, Align::Right),
        ];
        if !is_even {
            columns.push(("undisturbed", Align::Right));
        }
        columns.extend([
            (missing.as_str(), Align::Right),
            ("what changed", Align::Left),
            ("what bound", Align::Left),
        ]);
        let mut table = mixed(&columns);
        let all = events(story);
        for phase in &told {
            let mut row = vec![
                self.from(phase.start),
                grouped(phase.seconds() / 86_400.0, 1),
                flow(phase.delivered_bpd().round() as i64, self.rate),
            ];
            row.extend((!is_even).then(|| usual(phase)));
            row.extend([
                self.barrels(phase.missing_bbl()),
                changes(story, &all, phase),
                bound(story, phase).unwrap_or_else(|| NOTHING.to_owned()),
            ]);
            table.row(row);
        }
        writeln!(out)?;
        out.about("The course of it");
        table.write(width, out)?;
        let against = if is_even {
            format!("{} {} undisturbed", usual(&told[0]), self.rate.unit)
        } else {
            "the undisturbed future".to_owned()
        };
        let mut note = format!(
            "Missing is against {against}; below 0 more is delivered: tanks give back, or what a quota held back is made up for. What bound: where one more \
             barrel a day would have been delivered for most of the time."
        );
        if told.len() < story.epochs.len() {
            note = format!(
                "{note} {} times of constant flows are told in {} rows, flows as means; \
                 story.json has all.",
                counted(story.epochs.len() as u64),
                told.len(),
            );
        }
        paragraph(&note, width, out)
    }
}

/// What began and ended when a phase began.
fn changes(story: &Story, events: &[Event], phase: &Phase) -> String {
    let mut said: Vec<String> = Vec::new();
    let mut say = |text: String| {
        if !said.contains(&text) {
            said.push(text);
        }
    };
    for event in events.iter().filter(|event| event.start == phase.start) {
        say(format!("begins: {}", event.hazard));
    }
    for event in events.iter().filter(|event| event.end == phase.start) {
        say(format!("ends: {}", event.hazard));
    }
    for regime in &story.regimes {
        if regime.start_seconds == phase.start && phase.start > 0 {
            say(format!("regime: {}", regime.regime));
        }
    }
    if said.is_empty() {
        let mut epochs = story.epochs.iter();
        let first = epochs.find(|epoch| epoch.start_seconds >= phase.start);
        return first.map_or_else(String::new, |epoch| short(&epoch.cause).to_owned());
    }
    said.join("; ")
}

/// What bound for most of a phase: first what was hit, and of that what cost most.
fn bound(story: &Story, phase: &Phase) -> Option<String> {
    /// An element that bound, for how long, whether it was hit then, and what is laid to that.
    struct Bound<'a> {
        id: &'a str,
        name: &'a str,
        time: i64,
        is_hit: bool,
        laid_bbl: i64,
    }
    let within = |from: i64, to: i64| to.min(phase.end).saturating_sub(from.max(phase.start));
    let mut found: Vec<Bound<'_>> = Vec::new();
    for bottleneck in &story.bottlenecks {
        let time = within(bottleneck.start_seconds, bottleneck.end_seconds);
        if time <= 0 {
            continue;
        }
        let id = bottleneck.element.as_str();
        match found.iter_mut().find(|known| known.id == id) {
            Some(known) => known.time = known.time.saturating_add(time),
            None => found.push(Bound {
                id,
                name: &bottleneck.name,
                time,
                is_hit: false,
                laid_bbl: 0,
            }),
        }
    }
    found.retain(|known| 2.0 * known.time as f64 >= phase.seconds());
    for disruption in &story.disruptions {
        if within(disruption.start_seconds, disruption.end_seconds) <= 0 {
            continue;
        }
        let hit = disruption.target.split('#').next().unwrap_or_default();
        for known in found.iter_mut().filter(|known| known.id == hit) {
            known.is_hit = true;
            known.laid_bbl = known.laid_bbl.saturating_add(disruption.attributed_bbl);
        }
    }
    found.sort_by_key(|known| {
        let is_market = known.id.starts_with("market.");
        (
            Reverse((known.is_hit, known.laid_bbl)),
            is_market,
            Reverse(known.time),
            known.id,
        )
    });
    let more = found.len().saturating_sub(1);
    let name = short(found.first()?.name);
    Some(match more {
        0 => name.to_owned(),
        more => format!("{name} and {more} more"),
    })
}
