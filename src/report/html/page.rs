//! What a page is made of, before it is set.

use super::super::table::{Align, Table};

/// A page about one result.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// What it is about: the scenario or the study.
    pub title: String,
    /// What was done, in a few words: command, size, seed.
    pub kind: String,
    /// What the scenario says of itself; may be empty.
    pub about: String,
    /// The finding, in a sentence.
    pub finding: String,
    /// What else was found, a sentence or two each.
    pub said: Vec<String>,
    /// A few figures that stand out.
    pub tiles: Vec<Tile>,
    /// All else.
    pub sections: Vec<Section>,
    /// The line at the end.
    pub imprint: String,
}

/// A figure that stands out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tile {
    /// What it is.
    pub label: String,
    /// The figure with its unit.
    pub value: String,
    /// How sure it is, or what it is measured against.
    pub note: String,
}

/// A part of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Section {
    /// For links within the page: letters and hyphens.
    pub id: &'static str,
    /// Title.
    pub heading: String,
    /// What it holds, in order.
    pub blocks: Vec<Block>,
}

/// A piece of a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Block {
    /// A heading inside the section.
    Heading(String),
    /// Words.
    Paragraph(String),
    /// Words that explain what stands above.
    Note(String),
    /// Points.
    List(Vec<Vec<Cell>>),
    /// Rows of cells.
    Table(Rows),
    /// A drawn figure.
    Figure(Drawing),
    /// What is to be typed.
    Command(String),
    /// What is shown on demand.
    Folded {
        /// What it is about.
        title: String,
        /// What is shown.
        blocks: Vec<Block>,
    },
}

/// A drawn figure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drawing {
    /// Stem of its files' names.
    pub stem: String,
    /// The finding that it shows.
    pub title: String,
    /// What it measures, and where its numbers come from.
    pub about: String,
    /// Its SVG file.
    pub svg: String,
    /// Its colours on a light ground, each with what it is on a dark one, as `#RRGGBB`.
    pub colours: Vec<(String, String)>,
}

/// Rows of a table of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Rows {
    /// What it is about.
    pub about: String,
    /// Titles of columns; `None` for pairs of words.
    pub header: Option<Vec<String>>,
    /// Side to which each column is flush.
    pub aligns: Vec<Align>,
    /// Cells.
    pub rows: Vec<Vec<Cell>>,
}

/// Words, and where they lead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Words; lines are separated by line feeds.
    pub text: String,
    /// An address on the web; only `http` and `https` lead anywhere.
    pub url: Option<String>,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, url: None }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

impl Cell {
    /// Words that lead to an address, if it is one of the web.
    #[must_use]
    pub fn link(text: &str, url: Option<&str>) -> Self {
        let is_web = |url: &&str| {
            let start = |scheme: &str| {
                let head = url.get(..scheme.len());
                head.is_some_and(|head| head.eq_ignore_ascii_case(scheme))
            };
            start("https://") || start("http://")
        };
        Self {
            text: text.to_owned(),
            url: url.filter(is_web).map(str::to_owned),
        }
    }
}

impl Rows {
    /// The rows of a table that text has too.
    #[must_use]
    pub fn of(table: &Table, about: &str) -> Self {
        let cells = |row: &Vec<String>| row.iter().cloned().map(Cell::from).collect();
        Self {
            about: about.to_owned(),
            header: table.header().map(<[String]>::to_vec),
            aligns: table.aligns().to_vec(),
            rows: table.rows().iter().map(cells).collect(),
        }
    }
}
