//! Sheets of words: what was found, and what it rests on.

use std::io;

use rust_xlsxwriter::{Format, Workbook, Worksheet, XlsxError};

use crate::results::Origin;

use super::super::html::{Block, Page};
use super::cells::{Styles, Value, fitting};
use super::rows::{Columns, table};

/// The sheets of figures and of sources.
pub(super) fn assumptions(origin: &Origin, book: &mut Workbook, styles: &Styles) -> io::Result<()> {
    let or_nothing = |text: &Option<String>| text.clone().map_or(Value::Nothing, Value::Text);
    let text = |text: &str| Value::Text(text.to_owned());
    let titles = |titles: &[&str]| titles.iter().map(|&title| title.to_owned()).collect();
    let figures = origin.figures.iter().map(|figure| {
        vec![
            text(&figure.path),
            or_nothing(&figure.strategy),
            text(&figure.value),
            or_nothing(&figure.low),
            or_nothing(&figure.high),
            text(&figure.sources.join(", ")),
            or_nothing(&figure.note),
        ]
    });
    let remarks = origin.remarks.iter().map(|(path, remark)| {
        let mut row = vec![Value::Nothing; 7];
        (row[0], row[6]) = (text(path), text(remark));
        row
    });
    let sources = origin.sources.iter().map(|(id, source)| {
        vec![
            text(id),
            text(&source.title),
            or_nothing(&source.publisher),
            or_nothing(&source.date),
            or_nothing(&source.url),
            or_nothing(&source.note),
        ]
    });
    let figures = Columns {
        header: titles(&[
            "figure", "strategy", "value", "low", "high", "sources", "remark",
        ]),
        rows: figures.chain(remarks).collect(),
    };
    let sources = Columns {
        header: titles(&["id", "title", "publisher", "date", "url", "remark"]),
        rows: sources.collect(),
    };
    for (name, columns) in [("Assumptions", figures), ("Sources", sources)] {
        table(name, "origin.json", &columns, book, styles)?;
    }
    Ok(())
}

/// The sheet of words: two columns, the first for what a line is.
pub(super) struct About<'s> {
    pub(super) sheet: &'s mut Worksheet,
    pub(super) styles: &'s Styles,
    pub(super) row: u32,
}

impl About<'_> {
    pub(super) fn write(&mut self, page: &Page, cut: &[String]) -> Result<(), XlsxError> {
        let styles = self.styles;
        self.sheet.set_column_width(0, 34)?;
        self.sheet.set_column_width(1, 100)?;
        self.sheet.set_screen_gridlines(false);
        self.sheet.set_print_fit_to_pages(1, 0);
        self.line(&page.title, &styles.title, 26.0)?;
        self.line(&page.kind, &styles.words, 15.0)?;
        for line in page.about.lines().filter(|line| !line.is_empty()) {
            self.long(line, &styles.words)?;
        }
        self.row += 1;
        self.long(&page.finding, &styles.finding)?;
        for sentence in &page.said {
            self.long(sentence, &styles.words)?;
        }
        self.row += 1;
        for tile in &page.tiles {
            let value = match tile.note.as_str() {
                "" => tile.value.clone(),
                note => format!("{} ({note})", tile.value),
            };
            self.pair(&tile.label, &value)?;
        }
        for note in cut {
            self.long(note, &styles.finding)?;
        }
        let sections = page.sections.iter();
        for section in sections.filter(|section| ["warnings", "again"].contains(&section.id)) {
            self.row += 1;
            self.line(&section.heading, &styles.heading, 20.0)?;
            for block in &section.blocks {
                match block {
                    Block::Command(text) => self.long(text, &styles.code)?,
                    Block::Paragraph(text) | Block::Note(text) => {
                        self.long(text, &styles.words)?;
                    }
                    Block::List(items) => {
                        for item in items {
                            let text: String = item.iter().map(|cell| cell.text.as_str()).collect();
                            self.long(&text, &styles.words)?;
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// One line over both columns.
    fn line(&mut self, text: &str, format: &Format, height: f64) -> Result<(), XlsxError> {
        // What marks code on a page is only in the way here.
        let text = &text.replace('`', "");
        if text.is_empty() {
            return Ok(());
        }
        let row = self.row;
        self.sheet
            .merge_range(row, 0, row, 1, fitting(text), format)?;
        self.sheet.set_row_height(row, height)?;
        self.row += 1;
        Ok(())
    }

    /// Words that may need several lines: merged cells do not grow by themselves.
    fn long(&mut self, text: &str, format: &Format) -> Result<(), XlsxError> {
        let is_large = *format == self.styles.finding;
        let (letters, height) = if is_large { (105, 18.0) } else { (135, 15.0) };
        let lines = text
            .lines()
            .map(|line| line.chars().count().div_ceil(letters).max(1));
        let lines = lines.sum::<usize>() as f64;
        self.line(text, format, height * lines)
    }

    fn pair(&mut self, label: &str, value: &str) -> Result<(), XlsxError> {
        let styles = self.styles;
        self.sheet
            .write_string_with_format(self.row, 0, label, &styles.label)?;
        self.sheet
            .write_string_with_format(self.row, 1, fitting(value), &styles.words)?;
        self.row += 1;
        Ok(())
    }
}
