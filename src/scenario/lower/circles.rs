//! Hazards that refer to each other must not do so in a circle.

use crate::model::{Hazard, Occurs, stages};
use crate::scenario::problem::Report;
use crate::scenario::tree::Element;

/// What puts a circle right.
pub(in crate::scenario) const ADVICE: &str = "`after`, `stops_for` and `floating.unless` need an order in which hazards can be drawn, in which those with the same crew come together: take one of these references out";

/// Indices of the hazards, each after those it refers to; a problem if there is no such order.
///
/// - `tables`: where each hazard stands.
pub(super) fn order(
    report: &Report,
    hazards: &[Hazard],
    tables: &[Element<'_>],
) -> Option<Vec<usize>> {
    match stages(hazards) {
        Ok(groups) => Some(groups.into_iter().flatten().collect()),
        Err(circle) => {
            let first = *circle.first()?;
            let next = circle[1 % circle.len()];
            let table = tables[first];
            let key = referring_key(hazards, first, next);
            report
                .error(
                    "scenario::circle",
                    table.table.key_at(key).unwrap_or(table.at),
                    "part of a circle",
                    in_words(hazards, &circle),
                )
                .help(ADVICE)
                .file();
            None
        }
    }
}

/// Whether two hazards are drawn together.
fn are_together(hazards: &[Hazard], one: usize, other: usize) -> bool {
    let [crew, other_crew] = [one, other].map(|index| &hazards[index].repair.crew);
    one == other || (crew.is_some() && crew == other_crew)
}

/// Index of the hazard that one refers to, among those that are drawn together with the next.
fn referred(hazards: &[Hazard], from: usize, next: usize) -> Option<usize> {
    let ids: Vec<&str> = hazards[from].refers_to().collect();
    let mut all = 0..hazards.len();
    all.find(|&index| {
        are_together(hazards, index, next) && ids.contains(&hazards[index].id.as_str())
    })
}

/// The key under which one hazard refers to the group of another.
fn referring_key(hazards: &[Hazard], from: usize, next: usize) -> &'static str {
    let hazard = &hazards[from];
    let Some(to) = referred(hazards, from, next) else {
        return "occurs";
    };
    let id = &hazards[to].id;
    match &hazard.occurs {
        Occurs::After { hazard: cause, .. } if cause == id => "occurs",
        _ if hazard.repair.stops_for.contains(id) => "stops_for",
        _ => "floating",
    }
}

/// Who refers to whom in a circle.
pub(in crate::scenario) fn in_words(hazards: &[Hazard], circle: &[usize]) -> String {
    const MOST: usize = 6;
    let mut links = Vec::new();
    for (position, &from) in circle.iter().enumerate().take(MOST) {
        let next = circle[(position + 1) % circle.len()];
        let to = referred(hazards, from, next).unwrap_or(next);
        let id = &hazards[from].id;
        let mut link = if hazards[to].id == *id {
            format!("`{id}` to itself")
        } else {
            format!("`{id}` to `{}`", hazards[to].id)
        };
        if let (Some(crew), true) = (&hazards[to].repair.crew, hazards[to].id != hazards[next].id) {
            link += &format!(
                ", which shares the crew `{crew}` with `{}`",
                hazards[next].id
            );
        }
        links.push(link);
    }
    let more = if circle.len() > MOST { ", …" } else { "" };
    format!(
        "hazards refer to each other in a circle: {}{more}",
        links.join(", ")
    )
}
