//! A page as Markdown, for git: figures stand beside it as files.

use std::fmt::Write as _;

use super::super::table::Align;
use super::page::{Block, Cell, Page, Rows};

/// The page as a file.
#[must_use]
pub fn markdown(page: &Page) -> String {
    let mut out = String::new();
    line(&mut out, &format!("# {}", escaped(&page.title)));
    line(&mut out, &escaped(&page.kind));
    if !page.about.is_empty() {
        line(&mut out, &escaped(&page.about));
    }
    if !page.finding.is_empty() {
        line(&mut out, &format!("**{}**", escaped(&page.finding)));
    }
    for tile in &page.tiles {
        let note = match tile.note.as_str() {
            "" => String::new(),
            note => format!(" ({})", escaped(note)),
        };
        let (label, value) = (escaped(&tile.label), escaped(&tile.value));
        out.push_str(&format!("- {label}: **{value}**{note}\n"));
    }
    for sentence in &page.said {
        out.push_str(&format!("- {}\n", escaped(sentence)));
    }
    if !(page.tiles.is_empty() && page.said.is_empty()) {
        out.push('\n');
    }
    for section in &page.sections {
        line(&mut out, &format!("## {}", escaped(&section.heading)));
        blocks(&section.blocks, &mut out);
    }
    line(&mut out, "---");
    out.push_str(&escaped(&page.imprint));
    out.push('\n');
    out
}

fn line(out: &mut String, text: &str) {
    out.push_str(text);
    out.push_str("\n\n");
}

fn blocks(blocks: &[Block], out: &mut String) {
    for block in blocks {
        match block {
            Block::Heading(title) => line(out, &format!("### {}", escaped(title))),
            Block::Paragraph(text) | Block::Note(text) => line(out, &escaped(text)),
            Block::List(items) => {
                for item in items {
                    let text: String = item.iter().map(cell).collect();
                    out.push_str(&format!("- {text}\n"));
                }
                out.push('\n');
            }
            Block::Table(rows) => table(rows, out),
            Block::Figure(drawing) => {
                let title = escaped(&drawing.title);
                line(out, &format!("![{title}]({}.svg)", drawing.stem));
            }
            Block::Command(text) => {
                // A fence is longer than any row of backticks inside it.
                let rows = text.split(|letter| letter != '`').map(str::len);
                let fence = "`".repeat(rows.max().unwrap_or(0).max(2) + 1);
                line(out, &format!("{fence}\n{text}\n{fence}"));
            }
            Block::Folded {
                title,
                blocks: inside,
            } => {
                line(out, &format!("### {}", escaped(title)));
                self::blocks(inside, out);
            }
        }
    }
}

fn table(rows: &Rows, out: &mut String) {
    let columns = rows.aligns.len();
    let empty = vec![String::new(); columns];
    let header = rows.header.as_ref().unwrap_or(&empty);
    let cells = |texts: &mut dyn Iterator<Item = String>| {
        texts.fold("|".to_owned(), |row, text| format!("{row} {text} |"))
    };
    let titles = header
        .iter()
        .map(|title| escaped(&title.trim().replace('\n', " ")));
    let _ = writeln!(out, "{}", cells(&mut { titles }));
    let rules = rows.aligns.iter().map(|align| match align {
        Align::Left => ":---".to_owned(),
        Align::Right => "---:".to_owned(),
    });
    let _ = writeln!(out, "{}", cells(&mut { rules }));
    for row in &rows.rows {
        let _ = writeln!(out, "{}", cells(&mut row.iter().map(cell)));
    }
    out.push('\n');
}

fn cell(cell: &Cell) -> String {
    let lines: Vec<String> = cell.text.split('\n').map(escaped).collect();
    let text = lines.join("<br>");
    match &cell.url {
        Some(url) => {
            let url: String = url
                .chars()
                .map(|letter| match letter {
                    ' ' | '<' | '>' | '|' | '\\' | '\n' => '_',
                    letter => letter,
                })
                .collect();
            format!("[{text}](<{url}>)")
        }
        None => text,
    }
}

/// Text that means nothing but itself; what stands between backticks is code.
fn escaped(text: &str) -> String {
    let pieces: Vec<&str> = text.split('`').collect();
    let has_code = !pieces.len().is_multiple_of(2);
    let mut out = String::with_capacity(text.len() + 8);
    for (at, piece) in pieces.iter().enumerate() {
        let is_code = has_code && at % 2 == 1;
        if at > 0 {
            out.push_str(if has_code { "`" } else { "\\`" });
        }
        for letter in piece.chars() {
            match letter {
                '\n' => out.push(' '),
                // Where a line of a page may break.
                '\u{200b}' => {}
                // A bar ends a cell even inside code.
                '|' => out.push_str("\\|"),
                '\\' | '*' | '_' | '<' | '>' | '[' | ']' | '#' | '~' | '&' if !is_code => {
                    out.push('\\');
                    out.push(letter);
                }
                letter => out.push(letter),
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_means_nothing_but_itself() {
        assert_eq!(escaped("a|b *c* <script>"), "a\\|b \\*c\\* \\<script\\>");
        assert_eq!(escaped("use `a_b`"), "use `a_b`");
        assert_eq!(escaped("a ` b"), "a \\` b");
    }

    #[test]
    fn a_table_has_a_row_of_rules_and_links_that_stay_links() {
        let rows = Rows {
            about: String::new(),
            header: Some(vec!["what".to_owned(), "a\nkb/d".to_owned()]),
            aligns: vec![Align::Left, Align::Right],
            rows: vec![vec![
                Cell::link("x", Some("https://example.org/a b")),
                "1".into(),
            ]],
        };
        let mut out = String::new();
        table(&rows, &mut out);
        assert_eq!(
            out,
            "| what | a kb/d |\n| :--- | ---: |\n| [x](<https://example.org/a_b>) | 1 |\n\n"
        );
    }
}
