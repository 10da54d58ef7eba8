//! Aligned tables without lines.

use std::io;

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, ContentArrangement};

use super::tell::Tell;

/// The widest that text is ever set, in columns.
const MAX_WIDTH: u16 = 100;

/// Blanks between two columns.
const GAP: u16 = 2;

/// Side to which a column is flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table that is set in at most 100 columns, or in the terminal's width if that is less; what
/// does not fit is wrapped inside its cell, after a space or a hyphen if there is one.
#[derive(Clone, Debug)]
pub struct Table {
    header: Option<Vec<String>>,
    rows: Vec<Vec<String>>,
    aligns: Vec<Align>,
}

impl Table {
    /// An empty table with these columns.
    #[must_use]
    pub fn new(columns: Vec<(String, Align)>) -> Self {
        let (titles, aligns) = columns.into_iter().unzip();
        Self {
            header: Some(titles),
            rows: Vec::new(),
            aligns,
        }
    }

    /// An empty table of two columns of words, without titles.
    #[must_use]
    pub fn pairs() -> Self {
        Self {
            header: None,
            rows: Vec::new(),
            aligns: vec![Align::Left, Align::Left],
        }
    }

    /// Adds a row: one text for each column.
    pub fn row(&mut self, texts: impl IntoIterator<Item = String>) {
        self.rows.push(texts.into_iter().collect());
    }

    /// The titles of its columns, if it has any; lines of one are separated by line feeds.
    #[must_use]
    pub fn header(&self) -> Option<&[String]> {
        self.header.as_deref()
    }

    /// Its rows: a text for each column.
    #[must_use]
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// The side to which each column is flush.
    #[must_use]
    pub fn aligns(&self) -> &[Align] {
        &self.aligns
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Tells it; in text it is set in `width` columns.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(self, width: u16, out: &mut (impl Tell + ?Sized)) -> io::Result<()> {
        out.table(self, width)
    }

    /// Sets it in `width` columns.
    pub(super) fn set(self, width: u16, out: &mut dyn io::Write) -> io::Result<()> {
        let width = width.min(MAX_WIDTH);
        let widths = self.widths(usize::from(width));
        let set = |texts: &[String]| {
            let texts = texts.iter().zip(&widths);
            let texts = texts.map(|(text, &width)| wrapped(text, width));
            cells(texts, &self.aligns)
        };
        let mut inner = comfy_table::Table::new();
        inner
            .load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic);
        if let Some(header) = &self.header {
            inner.set_header(set(header));
        }
        for row in &self.rows {
            inner.add_row(set(row));
        }
        for column in inner.column_iter_mut() {
            column.set_padding((0, GAP));
        }
        // The last column's padding is blank and is trimmed away below.
        inner.set_width(width.saturating_add(GAP));
        for line in inner.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }

    /// Widths of the columns: what their texts need, and less for the widest if that is too much
    /// in all, words first.
    fn widths(&self, room: usize) -> Vec<usize> {
        let texts = |column: usize| {
            let rows = self.header.iter().chain(&self.rows);
            rows.filter_map(move |row| row.get(column))
                .flat_map(|text| text.lines())
        };
        let columns = 0..self.aligns.len();
        let mut widths: Vec<usize> = columns
            .clone()
            .map(|column| texts(column).map(length).max().unwrap_or(0))
            .collect();
        let least: Vec<usize> = columns
            .map(|column| {
                let pieces = texts(column).flat_map(pieces);
                pieces
                    .map(|piece| length(piece.trim_end()))
                    .max()
                    .unwrap_or(0)
            })
            .collect();
        let gaps = usize::from(GAP) * widths.len().saturating_sub(1);
        for align in [Align::Left, Align::Right] {
            while widths.iter().sum::<usize>() + gaps > room {
                let widest = (0..widths.len())
                    .filter(|&column| self.aligns[column] == align)
                    .filter(|&column| widths[column] > least[column])
                    .max_by_key(|&column| widths[column]);
                let Some(widest) = widest else { break };
                widths[widest] -= 1;
            }
        }
        widths
    }
}

fn length(text: &str) -> usize {
    text.chars().count()
}

/// The parts of a text between which a line may break.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive([' ', '-', '–'])
}

/// A text with lines no longer than `width`, unless one piece is.
fn wrapped(text: &str, width: usize) -> String {
    let lines = text.split('\n').map(|line| {
        let mut lines = vec![String::new()];
        for piece in pieces(line) {
            let last = lines.last().map_or(0, |last| length(last));
            if last > 0 && last + length(piece.trim_end()) > width {
                lines.push(String::new());
            }
            if let Some(last) = lines.last_mut() {
                last.push_str(piece);
            }
        }
        let trimmed: Vec<&str> = lines.iter().map(|line| line.trim_end()).collect();
        trimmed.join("\n")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn cells(texts: impl IntoIterator<Item = String>, aligns: &[Align]) -> Vec<Cell> {
    let texts = texts.into_iter().zip(aligns);
    texts
        .map(|(text, align)| {
            Cell::new_owned(text).set_alignment(match align {
                Align::Left => CellAlignment::Left,
                Align::Right => CellAlignment::Right,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(table: Table, width: u16) -> String {
        let mut out = Vec::new();
        table.write(width, &mut out).expect("memory takes all");
        String::from_utf8(out).expect("text")
    }

    fn example() -> Table {
        let titles = [("route", Align::Left), ("kb/d", Align::Right)];
        let mut table = Table::new(
            titles
                .map(|(title, align)| (title.to_owned(), align))
                .into(),
        );
        table.row(["Caspian Pipeline Consortium".to_owned(), "1 310".to_owned()]);
        table.row(["Baku".to_owned(), "−7".to_owned()]);
        table
    }

    #[test]
    fn numbers_are_flush_right() {
        let expected = "\
route                         kb/d
Caspian Pipeline Consortium  1 310
Baku                            −7
";
        assert_eq!(text(example(), 80), expected);
    }

    #[test]
    fn a_narrow_terminal_wraps_cells() {
        let text = text(example(), 24);
        assert!(
            text.lines().all(|line| line.chars().count() <= 24),
            "{text}"
        );
        assert!(text.contains("1 310"), "{text}");
    }

    #[test]
    fn words_break_after_spaces_and_hyphens_only() {
        assert_eq!(
            wrapped("Aktau-Makhachkala-Novorossiysk line", 14),
            "Aktau-\nMakhachkala-\nNovorossiysk\nline"
        );
        assert_eq!(wrapped("closed: a\nb", 20), "closed: a\nb");
    }
}
