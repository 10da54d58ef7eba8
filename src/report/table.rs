//! Aligned tables without lines.

use std::io;

use comfy_table::presets::NOTHING;
use comfy_table::{Cell, CellAlignment, ContentArrangement};

/// The widest that text is ever set, in columns.
const MAX_WIDTH: u16 = 100;

/// Side to which a column is flush.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// Words.
    Left,
    /// Numbers.
    Right,
}

/// A table that is set in at most 100 columns, or in the terminal's width if that is less; what
/// does not fit is wrapped inside its cell.
#[derive(Clone, Debug)]
pub struct Table {
    inner: comfy_table::Table,
    aligns: Vec<Align>,
}

impl Table {
    /// An empty table with these columns.
    #[must_use]
    pub fn new(columns: Vec<(String, Align)>) -> Self {
        let mut inner = comfy_table::Table::new();
        inner
            .load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic);
        let aligns: Vec<Align> = columns.iter().map(|&(_, align)| align).collect();
        let titles = columns.into_iter().map(|(title, _)| title);
        inner.set_header(cells(titles, &aligns));
        Self { inner, aligns }
    }

    /// An empty table of two columns of words, without titles.
    #[must_use]
    pub fn pairs() -> Self {
        let aligns = vec![Align::Left, Align::Left];
        let mut inner = comfy_table::Table::new();
        inner
            .load_style(NOTHING)
            .set_content_arrangement(ContentArrangement::Dynamic);
        Self { inner, aligns }
    }

    /// Adds a row: one text for each column.
    pub fn row(&mut self, texts: impl IntoIterator<Item = String>) {
        self.inner.add_row(cells(texts, &self.aligns));
    }

    /// Whether it has no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inner.is_empty()
    }

    /// Writes it, set in `width` columns.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn write(mut self, width: u16, out: &mut dyn io::Write) -> io::Result<()> {
        for column in self.inner.column_iter_mut() {
            column.set_padding((0, 2));
        }
        // The last column's padding is blank and is trimmed away below.
        self.inner.set_width(width.min(MAX_WIDTH).saturating_add(2));
        for line in self.inner.lines() {
            writeln!(out, "{}", line.trim_end())?;
        }
        Ok(())
    }
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
}
