//! Whom a result is told to: text that is set in columns, or a page that keeps what is a table.

use std::fmt;
use std::io::{self, Write};

use super::table::Table;

/// What a result is told to, piece by piece.
///
/// Whatever takes bytes is told text set in columns; [`super::html`] gathers the pieces instead. So
/// the tables of a text and of a page are the same.
pub trait Tell {
    /// Takes what `write!` makes. One line with a blank one before and behind, in one piece, is a heading.
    ///
    /// # Errors
    /// Those of what it is written to.
    fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> io::Result<()>;

    /// Takes a paragraph, to be set in at most `width` columns.
    ///
    /// # Errors
    /// Those of what it is written to.
    fn paragraph(&mut self, text: &str, width: u16) -> io::Result<()>;

    /// Takes a table, to be set in at most `width` columns.
    ///
    /// # Errors
    /// Those of what it is written to.
    fn table(&mut self, table: Table, width: u16) -> io::Result<()>;

    /// Takes a table, with a blank line before it, that sketches in letters what a page has as figures.
    ///
    /// # Errors
    /// Those of what it is written to.
    fn sketch(&mut self, _table: Table, _width: u16) -> io::Result<()> {
        Ok(())
    }

    /// Hears what the table that follows is about, where text says so by the title of its first
    /// column alone.
    fn about(&mut self, _title: &str) {}
}

impl<W: Write + ?Sized> Tell for W {
    fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        Write::write_fmt(self, text)
    }

    fn paragraph(&mut self, text: &str, width: u16) -> io::Result<()> {
        let width = usize::from(width.min(100));
        let mut line = String::new();
        for word in text.split(' ') {
            if !line.is_empty() && line.chars().count() + 1 + word.chars().count() > width {
                Write::write_fmt(self, format_args!("{line}\n"))?;
                line.clear();
            }
            if !line.is_empty() {
                line.push(' ');
            }
            line.push_str(word);
        }
        Write::write_fmt(self, format_args!("{line}\n"))
    }

    fn table(&mut self, table: Table, width: u16) -> io::Result<()> {
        let mut out = self;
        table.set(width, &mut out)
    }

    fn sketch(&mut self, table: Table, width: u16) -> io::Result<()> {
        Write::write_fmt(self, format_args!("\n"))?;
        self.table(table, width)
    }
}
