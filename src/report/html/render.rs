//! A page as one HTML file that asks for nothing else.

use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::super::table::Align;
use super::figure;
use super::page::{Block, Cell, Drawing, Page, Rows, Section};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");

/// The page as a file: style, script and figures inside, and a policy under which a browser loads nothing.
#[must_use]
pub fn html(page: &Page) -> String {
    let drawings: Vec<&Drawing> = page
        .sections
        .iter()
        .flat_map(|section| drawings(&section.blocks))
        .collect();
    let style = format!("{STYLE}{}", figure::dark(&drawings));
    let policy = format!(
        "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
        fingerprint(&style),
        fingerprint(SCRIPT)
    );
    let mut ids = Ids::default();
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="generator" content="keruen";
                title { (page.title) " – " (page.kind) }
                style { (PreEscaped(&style)) }
            }
            body {
                a.skip href="#main" { "Skip to the results" }
                header.top {
                    p.kind { (page.kind) }
                    h1 { (page.title) }
                    @if !page.about.is_empty() { p.about { (page.about) } }
                }
                nav aria-label="Contents" {
                    ul {
                        @for section in &page.sections {
                            li { a href={ "#" (section.id) } { (section.heading) } }
                        }
                    }
                }
                main #main tabindex="-1" {
                    (summary(page))
                    @for section in &page.sections { (part(section, &mut ids)) }
                }
                footer { p { (words(&page.imprint)) } }
                script { (PreEscaped(SCRIPT)) }
            }
        }
    };
    let mut text = markup.into_string();
    text.push('\n');
    text
}

/// Numbers of headings, so that each has an id of its own.
#[derive(Default)]
struct Ids(usize);

impl Ids {
    fn next(&mut self) -> String {
        self.0 += 1;
        format!("part-{}", self.0)
    }
}

fn summary(page: &Page) -> Markup {
    html! {
        section.summary aria-labelledby="summary" {
            h2 #summary { "In short" }
            @if !page.finding.is_empty() { p.finding { (words(&page.finding)) } }
            @if !page.tiles.is_empty() {
                dl.tiles {
                    @for tile in &page.tiles {
                        div {
                            dt { (tile.label) }
                            dd.value { (tile.value) }
                            @if !tile.note.is_empty() { dd.note { (tile.note) } }
                        }
                    }
                }
            }
            @if !page.said.is_empty() {
                ul.said { @for sentence in &page.said { li { (words(sentence)) } } }
            }
        }
    }
}

fn part(section: &Section, ids: &mut Ids) -> Markup {
    html! {
        section aria-labelledby=(section.id) {
            h2 id=(section.id) { (section.heading) }
            (blocks(&section.blocks, section.id, ids))
        }
    }
}

/// - `under`: the id of the heading that they stand under.
fn blocks(blocks: &[Block], under: &str, ids: &mut Ids) -> Markup {
    let mut under = under.to_owned();
    html! {
        @for block in blocks {
            @match block {
                Block::Heading(title) => {
                    @let id = ids.next();
                    h3 id=(id) { (words(title)) }
                    @let () = under.clone_from(&id);
                }
                Block::Paragraph(text) => p { (words(text)) },
                Block::Note(text) => p.remark { (words(text)) },
                Block::List(items) => ul {
                    @for item in items {
                        li { @for piece in item { (cell(piece)) } }
                    }
                },
                Block::Table(rows) => (table(rows, &under)),
                Block::Figure(found) => (drawing(found)),
                Block::Command(text) => pre.command tabindex="0" { code { (text) } },
                Block::Folded { title, blocks: inside } => {
                    @let id = ids.next();
                    details {
                        summary { span id=(id) { (words(title)) } }
                        (self::blocks(inside, &id, ids))
                    }
                }
            }
        }
    }
}

fn drawings(blocks: &[Block]) -> impl Iterator<Item = &Drawing> {
    blocks.iter().filter_map(|block| match block {
        Block::Figure(drawing) => Some(drawing),
        _ => None,
    })
}

fn drawing(drawing: &Drawing) -> Markup {
    let Some(svg) = figure::inline(drawing) else {
        return html! {};
    };
    html! {
        figure.drawing id={ "figure-" (drawing.stem) } {
            // Narrower than it can be read, it may be moved inside its frame.
            div.scroll tabindex="0" role="group" aria-roledescription="figure" aria-label=(drawing.title)
                aria-description=(drawing.about) {
                (PreEscaped(&svg))
            }
            // Shown where the figure is too narrow to show its own title.
            figcaption { (drawing.title) }
        }
    }
}

fn table(rows: &Rows, under: &str) -> Markup {
    let is_number = |at: usize| rows.aligns.get(at) == Some(&Align::Right);
    let class = |at: usize| is_number(at).then_some("n");
    html! {
        div.scroll tabindex="0" role="region" aria-labelledby=(under) {
            table.data aria-labelledby=(under) data-name=(rows.about) {
                @if let Some(header) = &rows.header {
                    thead {
                        tr {
                            @for (at, title) in header.iter().enumerate() {
                                @if title.trim().is_empty() {
                                    td class=[class(at)] {}
                                } @else {
                                    th scope="col" class=[class(at)] { (lines(title.trim())) }
                                }
                            }
                        }
                    }
                }
                tbody {
                    @for row in &rows.rows {
                        @let title = title_of(row, rows);
                        tr {
                            @for (at, one) in row.iter().enumerate() {
                                @let class = class(at).or(is_date(&one.text).then_some("date"));
                                @if title == Some(at) {
                                    th scope="row" class=[class] { (cell(one)) }
                                } @else {
                                    td class=[class] { (cell(one)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// Whether a cell holds a date, with or without a time, and nothing else: it stays on one line.
fn is_date(text: &str) -> bool {
    let is_part = |letter: char| letter.is_ascii_digit() || "-: \u{a0}".contains(letter);
    text.len() >= 10 && text.len() <= 20 && text.chars().all(is_part)
}

/// The cell that says what a row is about: the first with words.
fn title_of(row: &[Cell], rows: &Rows) -> Option<usize> {
    (0..row.len())
        .find(|&at| rows.aligns.get(at) == Some(&Align::Left) && !row[at].text.trim().is_empty())
}

fn cell(cell: &Cell) -> Markup {
    html! {
        @if let Some(url) = &cell.url {
            a href=(url) rel="noopener noreferrer" { (lines(&cell.text)) }
        } @else {
            (lines(&cell.text))
        }
    }
}

fn lines(text: &str) -> Markup {
    html! {
        @for (at, line) in text.split('\n').enumerate() {
            @if at > 0 { br; }
            (words(line))
        }
    }
}

/// Words, with what stands between backticks as code.
fn words(text: &str) -> Markup {
    // Between groups of digits no line may break; the space of the text does.
    let text = &text.replace('\u{2009}', "\u{202f}");
    let pieces: Vec<&str> = text.split('`').collect();
    // One backtick without its fellow is a backtick.
    if pieces.len().is_multiple_of(2) {
        return html! { (text) };
    }
    html! {
        @for (at, piece) in pieces.iter().enumerate() {
            @if at % 2 == 1 { code { (piece) } } @else { (piece) }
        }
    }
}

/// What a policy knows a text by.
fn fingerprint(text: &str) -> String {
    format!("sha256-{}", base64(&Sha256::digest(text.as_bytes())))
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().enumerate().fold(0_u32, |bits, (at, &byte)| {
            bits | u32::from(byte) << (16 - 8 * at)
        });
        for at in 0..4 {
            let is_filled = at <= three.len();
            let letter = LETTERS[(bits >> (18 - 6 * at) & 63) as usize];
            text.push(if is_filled { char::from(letter) } else { '=' });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_rfc_4648() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg=="),
            ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), coded);
        }
    }

    #[test]
    fn what_stands_between_backticks_is_code_and_nothing_else_is_markup() {
        assert_eq!(
            words("a `<b>` c").into_string(),
            "a <code>&lt;b&gt;</code> c"
        );
        assert_eq!(words("a ` <b>").into_string(), "a ` &lt;b&gt;");
    }
}
