//! From a result to a page.

use std::io;

use crate::results::{Origin, ScenarioInfo};

use super::super::number::{brief, counted};
use super::super::tell::Tell;
use super::assumptions;
use super::gather::Gathered;
use super::methods::Method;
use super::page::{Block, Cell, Drawing, Page, Section, Tile};

/// Wide enough that no text is cut; pages have no columns of characters.
pub(super) const WIDTH: u16 = u16::MAX;

/// A result that a page can be made of.
pub trait Reported {
    /// What it is and how it came about.
    fn facts(&self) -> Facts<'_>;

    /// What was found, in sentences.
    fn said(&self) -> Said;

    /// Tells what text tells, in the same tables.
    ///
    /// # Errors
    /// Those of `out`.
    fn told(&self, out: &mut dyn Tell) -> io::Result<()>;

    /// What the reader must know.
    fn warnings(&self) -> Vec<String>;

    /// By which methods, for the page to name them.
    fn methods(&self) -> Vec<Method>;
}

/// What a result is and how it came about.
#[derive(Clone, Debug)]
pub struct Facts<'r> {
    /// What was done, in a few words: `Comparison of strategies`.
    pub kind: &'static str,
    /// Name of the scenario or the study.
    pub title: &'r str,
    /// What it says of itself.
    pub about: &'r str,
    /// The scenario; `None` if there are several.
    pub scenario: Option<&'r ScenarioInfo>,
    /// SHA-256 of all files in hexadecimal digits.
    pub sha256: &'r str,
    /// Version of the program.
    pub version: &'r str,
    /// Seed of all random numbers, if any were drawn.
    pub seed: Option<u64>,
    /// Replications, if there is one number of them.
    pub replications: Option<u64>,
    /// Strategies that were applied, by id.
    pub strategies: Vec<&'r str>,
}

/// What was found, in sentences.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Said {
    /// The one to remember; if there is none, the title of the first figure stands for it.
    pub finding: Option<String>,
    /// Others.
    pub more: Vec<String>,
    /// Figures that stand out.
    pub tiles: Vec<Tile>,
}

/// Makes a page of a result.
///
/// - `origin`: where the result comes from, if that is known.
/// - `figures`: those that go with it.
///
/// # Errors
/// None that a result of this version can cause.
pub fn page(
    result: &dyn Reported,
    origin: Option<&Origin>,
    figures: &[Drawing],
) -> io::Result<Page> {
    let facts = result.facts();
    let said = result.said();
    let finding = said.finding.or_else(|| {
        let title = figures.first().map(|drawing| drawing.title.as_str());
        title
            .filter(|title| !title.is_empty())
            .map(|title| format!("{title}."))
    });
    let mut sections = Vec::new();
    if !figures.is_empty() {
        sections.push(Section {
            id: "figures",
            heading: "Figures".to_owned(),
            blocks: figures.iter().cloned().map(Block::Figure).collect(),
        });
    }
    sections.push(Section {
        id: "results",
        heading: "Results in full".to_owned(),
        blocks: results(result, &facts)?,
    });
    let warnings = result.warnings();
    if !warnings.is_empty() {
        let items = warnings.into_iter().map(|text| vec![Cell::from(text)]);
        sections.push(Section {
            id: "warnings",
            heading: "What to be careful about".to_owned(),
            blocks: vec![Block::List(items.collect())],
        });
    }
    sections.extend(origin.and_then(assumptions::section));
    sections.push(Section {
        id: "methods",
        heading: "Methods and references".to_owned(),
        blocks: methods(&result.methods()),
    });
    sections.push(Section {
        id: "again",
        heading: "To have it again".to_owned(),
        blocks: again(&facts, origin),
    });
    Ok(Page {
        title: facts.title.to_owned(),
        kind: kind(&facts),
        about: facts.about.trim().to_owned(),
        finding: finding.unwrap_or_default(),
        said: said.more,
        tiles: said.tiles,
        sections,
        imprint: format!(
            "keruen {}, scenario {}{}",
            facts.version,
            facts.sha256.get(..12).unwrap_or(facts.sha256),
            facts
                .seed
                .map_or_else(String::new, |seed| format!(", seed {seed}"))
        ),
    })
}

/// What was done, how large and with which seed.
fn kind(facts: &Facts<'_>) -> String {
    let mut parts = vec![facts.kind.to_owned()];
    if let Some(scenario) = facts.scenario {
        parts.push(format!("{} days", brief(scenario.horizon_days, 6)));
        parts.push(format!("from {}", scenario.start));
    }
    if let Some(count) = facts.replications {
        parts.push(format!("{} replications", counted(count)));
    }
    parts.extend(facts.seed.map(|seed| format!("seed {seed}")));
    if !facts.strategies.is_empty() {
        parts.push(format!("with {}", facts.strategies.join(", ")));
    }
    parts.join(" · ")
}

/// What is told, less what the page says elsewhere.
fn results(result: &dyn Reported, facts: &Facts<'_>) -> io::Result<Vec<Block>> {
    let mut gathered = Gathered::default();
    result.told(&mut gathered)?;
    let hash = facts.sha256.get(..12).unwrap_or(facts.sha256);
    let imprint = format!("keruen {}, scenario {hash}", facts.version);
    let about = facts.about.lines().next().unwrap_or("").trim();
    // What is played is said at the head of the page.
    let is_head = |text: &str| {
        let rest = text.strip_prefix(facts.title);
        rest.is_some_and(|rest| rest.starts_with(": ") && rest.contains(" replications of "))
    };
    let is_elsewhere = |text: &str| {
        text == facts.title
            || is_head(text)
            || text == about
            || text.starts_with("Note: ")
            || text.contains(&imprint)
    };
    let kept = |block: &Block| match block {
        Block::Paragraph(text) | Block::Note(text) => !is_elsewhere(text),
        _ => true,
    };
    Ok(gathered.blocks().into_iter().filter(kept).collect())
}

fn methods(methods: &[Method]) -> Vec<Block> {
    let said = methods
        .iter()
        .map(|method| Block::Paragraph(method.text.to_owned()));
    let mut references: Vec<&str> = methods
        .iter()
        .flat_map(|method| method.references)
        .copied()
        .collect();
    references.sort_unstable();
    references.dedup();
    let items = references
        .into_iter()
        .map(|reference| vec![Cell::from(reference)]);
    let mut blocks: Vec<Block> = said.collect();
    blocks.push(Block::Heading("References".to_owned()));
    blocks.push(Block::List(items.collect()));
    blocks
}

/// How to have the same numbers again.
fn again(facts: &Facts<'_>, origin: Option<&Origin>) -> Vec<Block> {
    let mut blocks = Vec::new();
    if let Some(origin) = origin.filter(|origin| !origin.command.is_empty()) {
        blocks.push(Block::Command(origin.command.clone()));
    }
    blocks.push(Block::Paragraph(
        "The same version, files and seed give the same numbers to the last digit, on any machine and any number \
         of threads."
            .to_owned(),
    ));
    let mut list = vec![
        format!("Version: keruen {}", facts.version),
        format!(
            "SHA-256 of the scenario and all files in it: `{}`",
            facts.sha256
        ),
    ];
    list.extend(facts.seed.map(|seed| format!("Seed: {seed}")));
    list.extend(
        facts
            .replications
            .map(|count| format!("Replications: {}", counted(count))),
    );
    if let Some(scenario) = facts.scenario {
        list.push(format!(
            "Scenario: {}, {} days from {}",
            scenario.name,
            brief(scenario.horizon_days, 6),
            scenario.start
        ));
    }
    let items = list.into_iter().map(|text| vec![Cell::from(text)]);
    blocks.push(Block::List(items.collect()));
    blocks
}
