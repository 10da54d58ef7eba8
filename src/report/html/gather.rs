//! Pieces that are told, gathered as blocks of a page.

use std::fmt;
use std::io;

use super::super::table::Table;
use super::super::tell::Tell;
use super::page::{Block, Rows};

/// What has been told so far.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    blocks: Vec<Block>,
    /// The beginning of a line that is not yet at its end.
    line: String,
    /// What the next table is about.
    about: String,
}

impl Gathered {
    /// All that was told.
    pub(super) fn blocks(mut self) -> Vec<Block> {
        self.end_line();
        self.blocks
    }

    fn end_line(&mut self) {
        let line = std::mem::take(&mut self.line);
        self.words(line.trim());
    }

    fn words(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        // What follows a table explains it.
        let follows = matches!(self.blocks.last(), Some(Block::Table(_) | Block::Note(_)));
        let text = text.to_owned();
        self.blocks.push(if follows {
            Block::Note(text)
        } else {
            Block::Paragraph(text)
        });
    }

    fn heading(&mut self, title: &str) {
        title.clone_into(&mut self.about);
        self.blocks.push(Block::Heading(title.to_owned()));
    }
}

impl Tell for Gathered {
    fn write_fmt(&mut self, text: fmt::Arguments<'_>) -> io::Result<()> {
        let text = text.to_string();
        let title = text
            .strip_prefix('\n')
            .and_then(|rest| rest.strip_suffix("\n\n"));
        if let Some(title) = title.filter(|title| !title.contains('\n') && !title.is_empty()) {
            self.end_line();
            self.heading(title);
            return Ok(());
        }
        for piece in text.split_inclusive('\n') {
            self.line.push_str(piece);
            if piece.ends_with('\n') {
                self.end_line();
            }
        }
        Ok(())
    }

    fn paragraph(&mut self, text: &str, _: u16) -> io::Result<()> {
        self.end_line();
        self.words(text.trim());
        Ok(())
    }

    fn table(&mut self, table: Table, _: u16) -> io::Result<()> {
        self.end_line();
        self.blocks
            .push(Block::Table(Rows::of(&table, &self.about)));
        Ok(())
    }

    fn about(&mut self, title: &str) {
        self.end_line();
        self.heading(title);
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::table::Align;
    use super::*;

    #[test]
    fn pieces_keep_what_they_are() {
        let mut gathered = Gathered::default();
        let out: &mut dyn Tell = &mut gathered;
        let mut tell = || -> io::Result<()> {
            writeln!(out, "two_routes")?;
            writeln!(out, "\nWhat matters\n")?;
            let mut table = Table::new(vec![("a".to_owned(), Align::Right)]);
            table.row(["1".to_owned()]);
            table.write(80, out)?;
            writeln!(out)?;
            out.paragraph("A note.", 80)?;
            write!(out, "half ")?;
            writeln!(out, "and half")
        };
        tell().expect("memory takes all");
        let blocks = gathered.blocks();
        assert_eq!(blocks[0], Block::Paragraph("two_routes".to_owned()));
        assert_eq!(blocks[1], Block::Heading("What matters".to_owned()));
        assert!(matches!(&blocks[2], Block::Table(rows) if rows.about == "What matters"));
        assert_eq!(blocks[3], Block::Note("A note.".to_owned()));
        assert_eq!(blocks[4], Block::Note("half and half".to_owned()));
    }
}
