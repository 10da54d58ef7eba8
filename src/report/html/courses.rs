//! Pages about one course of things: a stress and a story.

use std::io;

use crate::charts::{story_title, stress_title};
use crate::results::{Story, StoryPick, Stress};

use super::super::number::{brief, counted, per_cent};
use super::super::story::story_told;
use super::super::stress::{lasting, stress_told};
use super::super::tell::Tell;
use super::methods::{Method, SIMULATION, STORY, STRESS};
use super::page::Tile;
use super::reported::{Facts, Reported, Said, WIDTH};
use super::words::{barrels, listed};

/// Hazards named as those that cost most.
const NAMED_CAUSES: usize = 3;

fn tile(label: &str, value: String, note: &str) -> Tile {
    Tile {
        label: label.to_owned(),
        value,
        note: note.to_owned(),
    }
}

fn recovered(not_recovered: bool, hours: Option<f64>) -> String {
    match (not_recovered, hours) {
        (true, _) => "not by the end".to_owned(),
        (false, Some(hours)) => lasting(hours),
        (false, None) => "never fell".to_owned(),
    }
}

impl Reported for Stress {
    fn facts(&self) -> Facts<'_> {
        Facts {
            kind: "Stress",
            title: &self.scenario.name,
            about: &self.scenario.about,
            scenario: Some(&self.scenario),
            sha256: &self.scenario.sha256,
            version: &self.version,
            seed: None,
            replications: None,
            strategies: self.strategies.iter().map(String::as_str).collect(),
        }
    }

    fn said(&self) -> Said {
        let closed: Vec<String> = self
            .closures
            .iter()
            .map(|closure| {
                let days = (closure.end_seconds - closure.start_seconds) as f64 / 86_400.0;
                let name = if closure.name.is_empty() {
                    &closure.target
                } else {
                    &closure.name
                };
                let left = match closure.left {
                    0.0 => "closed".to_owned(),
                    left => format!("{} left", per_cent(left)),
                };
                format!("{name} {left} for {} days", brief(days, 4))
            })
            .collect();
        let mut more = Vec::new();
        if !closed.is_empty() {
            more.push(format!("What happens: {}.", listed(&closed)));
        }
        more.push(format!(
            "Over the scenario {} are delivered, {} if nothing is closed.",
            barrels(self.delivered_bbl as f64, None),
            barrels(self.undisturbed_delivered_bbl as f64, None)
        ));
        more.push(
            "Nothing here is random: the closures are stated, and there is no probability to any of it."
                .to_owned(),
        );
        Said {
            finding: Some(format!("{}.", stress_title(self))),
            more,
            tiles: vec![
                tile(
                    "not delivered because of it",
                    barrels(self.lost_bbl as f64, None),
                    "",
                ),
                tile(
                    "first barrel shut in",
                    self.time_to_shut_in_hours
                        .map_or_else(|| "none".to_owned(), lasting),
                    "after the first closure",
                ),
                tile(
                    "back to usual deliveries",
                    recovered(self.not_recovered, self.time_to_recover_hours),
                    "after deliveries fell",
                ),
            ],
        }
    }

    fn told(&self, out: &mut dyn Tell) -> io::Result<()> {
        stress_told(self, WIDTH, out)
    }

    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    fn methods(&self) -> Vec<Method> {
        vec![STRESS]
    }
}

impl Reported for Story {
    fn facts(&self) -> Facts<'_> {
        Facts {
            kind: "Story of one future",
            title: &self.scenario.name,
            about: &self.scenario.about,
            scenario: Some(&self.scenario),
            sha256: &self.scenario.sha256,
            version: &self.version,
            seed: Some(self.seed),
            replications: None,
            strategies: self.strategies.iter().map(String::as_str).collect(),
        }
    }

    fn said(&self) -> Said {
        let mut more = Vec::new();
        if let Some(standing) = self.pick.standing() {
            let which = match self.pick {
                StoryPick::Quantile { probability, .. } => {
                    format!("the {} quantile", per_cent(probability))
                }
                _ => "the worst".to_owned(),
            };
            more.push(format!(
                "It is {which} of {} futures by what stays undelivered: place {} from the worst.",
                counted(standing.among),
                counted(standing.rank)
            ));
        }
        let named: Vec<String> = self
            .causes
            .iter()
            .filter(|cause| cause.attributed_bbl > 0)
            .take(NAMED_CAUSES)
            .map(|cause| {
                format!(
                    "{} ({})",
                    cause.name,
                    barrels(cause.attributed_bbl as f64, None)
                )
            })
            .collect();
        if !named.is_empty() {
            more.push(format!("Most of it is laid to {}.", listed(&named)));
        }
        more.push(
            "One future is a story, not an estimate: how likely such a year is stands in the report of the run."
                .to_owned(),
        );
        Said {
            finding: Some(format!("{}.", story_title(self))),
            more,
            tiles: vec![
                tile(
                    "undelivered",
                    barrels(self.undelivered_bbl as f64, None),
                    "against the plan",
                ),
                tile("disruptions", counted(self.disruptions.len() as u64), ""),
                tile(
                    "back to usual deliveries",
                    recovered(self.not_recovered, self.time_to_recover_hours),
                    "after they first fell",
                ),
            ],
        }
    }

    fn told(&self, out: &mut dyn Tell) -> io::Result<()> {
        story_told(self, WIDTH, out)
    }

    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    fn methods(&self) -> Vec<Method> {
        vec![STORY, SIMULATION]
    }
}
