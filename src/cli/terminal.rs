//! Words on standard output and standard error.

use std::io::{self, BufWriter, IsTerminal, Write};

use super::failure::Failure;

/// Width of text where it cannot be known.
const DEFAULT_WIDTH: u16 = 100;

/// Narrower than this nothing is set.
const LEAST_WIDTH: u16 = 40;

/// Columns for text on standard output.
pub(super) fn width() -> u16 {
    columns(&comfy_table::Table::new())
}

/// Columns for text on standard error.
pub(super) fn error_width() -> u16 {
    let mut table = comfy_table::Table::new();
    table.use_stderr();
    columns(&table)
}

fn columns(table: &comfy_table::Table) -> u16 {
    table
        .width()
        .unwrap_or(DEFAULT_WIDTH)
        .clamp(LEAST_WIDTH, DEFAULT_WIDTH)
}

/// Writes to standard output, whole.
pub(super) fn print(text: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    let mut out = BufWriter::new(io::stdout().lock());
    text(&mut out)
        .and_then(|()| out.flush())
        .map_err(Failure::printing)
}

/// Whether standard error is a terminal.
pub(super) fn error_is_terminal() -> bool {
    io::stderr().is_terminal()
}

/// Says on standard error that something failed.
pub(super) fn error(text: &str) {
    say("\u{1b}[1;31merror:\u{1b}[0m ", text);
}

/// Says on standard error what the user must know.
pub(super) fn warning(text: &str) {
    say("\u{1b}[1;33mwarning:\u{1b}[0m ", text);
}

/// Says on standard error what to do.
pub(super) fn advice(text: &str) {
    say("\u{1b}[1;36mhelp:\u{1b}[0m ", text);
}

/// Says something on standard error.
pub(super) fn note(text: &str) {
    say("", text);
}

fn say(title: &str, text: &str) {
    // The stream takes colours out where they do not belong. A closed one tells nobody.
    drop(writeln!(anstream::stderr().lock(), "{title}{text}"));
}
