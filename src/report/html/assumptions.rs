//! What a result rests on: figures, their ranges, their sources.

use std::collections::BTreeMap;

use crate::results::{Origin, OriginFigure, OriginSource};

use super::super::number::{NOTHING, counted, per_cent};
use super::super::table::Align;
use super::page::{Block, Cell, Rows, Section};

/// Sources named as those that are cited most.
const MOST_CITED: usize = 4;

/// The part of a page about figures and sources; `None` if nothing is known of them.
pub(super) fn section(origin: &Origin) -> Option<Section> {
    if origin.figures.is_empty() {
        return None;
    }
    let mut blocks = vec![Block::Paragraph(confidence(origin))];
    let mut kinds: Vec<(&str, Vec<&OriginFigure>)> = Vec::new();
    for figure in &origin.figures {
        let kind = kind(figure);
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, figures)) => figures.push(figure),
            None => kinds.push((kind, vec![figure])),
        }
    }
    for (kind, figures) in &kinds {
        blocks.push(folded(kind, figures, origin));
    }
    if !origin.sources.is_empty() {
        blocks.push(sources(origin));
    }
    Some(Section {
        id: "assumptions",
        heading: "Assumptions and sources".to_owned(),
        blocks,
    })
}

fn kind(figure: &OriginFigure) -> &str {
    if figure.strategy.is_some() {
        return "strategy";
    }
    figure.path.split('.').next().unwrap_or("")
}

/// How well founded the figures are, in numbers.
fn confidence(origin: &Origin) -> String {
    let all = origin.figures.len();
    let count = |is: &dyn Fn(&&OriginFigure) -> bool| origin.figures.iter().filter(is).count();
    let counts = [
        (
            count(&|figure| figure.form.as_deref().is_some_and(|form| form != "range")),
            "rest on counted events",
        ),
        (
            count(&|figure| {
                let has_form = figure.form.as_deref().is_some_and(|form| form != "range");
                !has_form && figure.low.is_some() && figure.high.is_some()
            }),
            "are given with a range",
        ),
        (count(&|figure| figure.sources.is_empty()), "cite no source"),
    ];
    let said: Vec<String> = counts
        .iter()
        .map(|(count, what)| format!("{} {what}", counted(*count as u64)))
        .collect();
    let mut text = format!(
        "The answer rests on {} figures: {}.",
        counted(all as u64),
        said.join(", ")
    );
    let mut cited: Vec<(&str, usize)> = citations(origin).into_iter().collect();
    cited.sort_by_key(|&(id, times)| (usize::MAX - times, id));
    let most: Vec<String> = (cited.iter().take(MOST_CITED))
        .map(|(id, times)| {
            let share = per_cent(*times as f64 / all.max(1) as f64);
            format!("{} ({share})", source_name(origin, id))
        })
        .collect();
    if !most.is_empty() {
        text += &format!(" Cited most: {}.", most.join("; "));
    }
    text + " A range is what a figure may be with 90 % confidence; of counted events it follows from their number."
}

/// How many figures cite each source.
fn citations(origin: &Origin) -> BTreeMap<&str, usize> {
    let mut found = BTreeMap::new();
    for id in origin.figures.iter().flat_map(|figure| &figure.sources) {
        *found.entry(id.as_str()).or_insert(0) += 1;
    }
    found
}

fn source_name<'o>(origin: &'o Origin, id: &'o str) -> &'o str {
    let title = origin.sources.get(id).map(|source| source.title.as_str());
    title.filter(|title| !title.is_empty()).unwrap_or(id)
}

fn folded(kind: &str, figures: &[&OriginFigure], origin: &Origin) -> Block {
    let title = match kind {
        "field" => "Fields",
        "hub" => "Hubs, tanks and ports",
        "link" => "Links",
        "market" => "Markets",
        "hazard" => "Hazards",
        "regime" => "Regimes",
        "grade" => "Grades",
        "route" => "Routes",
        "transit" => "Others' oil in transit",
        "quota" => "Quotas",
        "crew" => "Repair crews",
        "service" => "Services",
        "money" => "Money of the state",
        "strategy" => "Strategies",
        "scenario" => "The scenario",
        "simulation" => "The simulation",
        other => other,
    };
    let columns = [
        ("figure", Align::Left),
        ("value", Align::Right),
        ("range", Align::Right),
        ("sources", Align::Left),
        ("remark", Align::Left),
    ];
    let rows = figures.iter().map(|figure| row(figure, kind, origin));
    let remarks: Vec<Vec<Cell>> = origin
        .remarks
        .iter()
        .filter(|(path, _)| path.split('.').next() == Some(kind))
        .map(|(path, text)| vec![format!("`{}`: {text}", short(path, kind)).into()])
        .collect();
    let title = format!("{title} ({})", counted(figures.len() as u64));
    let mut blocks = vec![Block::Table(Rows {
        about: title.clone(),
        header: Some(
            columns
                .iter()
                .map(|(title, _)| (*title).to_owned())
                .collect(),
        ),
        aligns: columns.iter().map(|(_, align)| *align).collect(),
        rows: rows.collect(),
    })];
    if !remarks.is_empty() {
        blocks.push(Block::List(remarks));
    }
    Block::Folded { title, blocks }
}

/// The path without its kind, which the heading says.
fn short<'p>(path: &'p str, kind: &str) -> &'p str {
    let rest = path
        .strip_prefix(kind)
        .and_then(|rest| rest.strip_prefix('.'));
    rest.unwrap_or(path)
}

fn row(figure: &OriginFigure, kind: &str, origin: &Origin) -> Vec<Cell> {
    let mut path = match &figure.strategy {
        Some(id) if figure.path.starts_with("strategy.") => {
            let own = format!("strategy.{id}.");
            format!("{id}: {}", figure.path.replacen(&own, "", 1))
        }
        Some(id) => format!("{id}: {}", figure.path),
        None => short(&figure.path, kind).to_owned(),
    };
    // A line may break behind a point.
    path = path.replace('.', ".\u{200b}");
    let range = match (&figure.low, &figure.high) {
        (Some(low), Some(high)) => format!("{low} – {high}"),
        (Some(low), None) => format!("from {low}"),
        (None, Some(high)) => format!("to {high}"),
        (None, None) => NOTHING.to_owned(),
    };
    // One link to a cell; sources in full stand in their own table.
    let sources = if let [one] = figure.sources.as_slice() {
        let url = origin
            .sources
            .get(one)
            .and_then(|source| source.url.as_deref());
        Cell::link(one, url)
    } else {
        figure.sources.join(", ").into()
    };
    vec![
        path.into(),
        figure.value.clone().into(),
        range.into(),
        sources,
        figure.note.clone().unwrap_or_default().into(),
    ]
}

fn sources(origin: &Origin) -> Block {
    let cited = citations(origin);
    let columns = [
        ("id", Align::Left),
        ("source", Align::Left),
        ("date", Align::Left),
        ("figures", Align::Right),
        ("remark", Align::Left),
    ];
    let row = |(id, source): (&String, &OriginSource)| {
        let name = match &source.publisher {
            Some(publisher) => format!("{}, {publisher}", source.title),
            None => source.title.clone(),
        };
        let times = cited.get(id.as_str()).copied().unwrap_or(0);
        vec![
            id.as_str().into(),
            Cell::link(&name, source.url.as_deref()),
            source.date.clone().unwrap_or_default().into(),
            counted(times as u64).into(),
            source.note.clone().unwrap_or_default().into(),
        ]
    };
    let title = format!("Sources ({})", counted(origin.sources.len() as u64));
    Block::Folded {
        title: title.clone(),
        blocks: vec![Block::Table(Rows {
            about: title,
            header: Some(
                columns
                    .iter()
                    .map(|(title, _)| (*title).to_owned())
                    .collect(),
            ),
            aligns: columns.iter().map(|(_, align)| *align).collect(),
            rows: origin.sources.iter().map(row).collect(),
        })],
    }
}
