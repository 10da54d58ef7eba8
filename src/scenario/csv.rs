//! Columns of numbers beside a scenario.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::rc::Rc;
use std::sync::Arc;

use super::problem::{Report, listed, shown};
use super::text::Place;

/// A table: headings and rows, all as text.
pub(super) struct Csv {
    pub(super) headings: Vec<String>,
    /// Line number, counted from 1, and cells.
    pub(super) rows: Vec<(usize, Vec<String>)>,
}

/// Reads a file by its name.
pub(super) type ReadCsv<'a> = dyn Fn(&str) -> io::Result<String> + 'a;

/// A file's text and the table in it.
type ReadFile = (String, Rc<Csv>);

/// The CSV files that a scenario names, each read once.
pub(super) struct CsvFiles<'a> {
    read: &'a ReadCsv<'a>,
    read_already: RefCell<BTreeMap<String, Option<ReadFile>>>,
}

impl<'a> CsvFiles<'a> {
    pub(super) fn new(read: &'a ReadCsv<'a>) -> Self {
        Self {
            read,
            read_already: RefCell::default(),
        }
    }

    /// The table in the file that the text at a place names.
    pub(super) fn table(&self, report: &Report, name: &str, at: Place) -> Option<Rc<Csv>> {
        if !is_beside(name) {
            report
                .error(
                    "scenario::bad_file_name",
                    at,
                    "not beside the scenario",
                    format!("`{}` does not name a file beside the scenario", shown(name)),
                )
                .help("files are named relative to the scenario's directory, without `..`, so that a scenario can be handed on with its data")
                .file();
            return None;
        }
        let path = report.texts.beside(at.file, name);
        if let Some(known) = self.read_already.borrow().get(&path) {
            return known.as_ref().map(|(_, table)| Rc::clone(table));
        }
        let read = (self.read)(&path);
        if let Err(error) = &read {
            report
                .error(
                    "scenario::unreadable_file",
                    at,
                    "cannot be read",
                    format!("`{}` cannot be read: {error}", shown(&path)),
                )
                .help("the file is sought in the directory of the file that names it; it must be UTF-8 text")
                .file();
        }
        let table = read.ok().map(|text| {
            let table = Rc::new(parse(&text));
            (text, table)
        });
        let found = table.as_ref().map(|(_, table)| Rc::clone(table));
        self.read_already.borrow_mut().insert(path, table);
        found
    }

    /// The names and texts of all files read, in the order of their names.
    pub(super) fn into_texts(self) -> BTreeMap<String, Arc<str>> {
        self.read_already
            .into_inner()
            .into_iter()
            .filter_map(|(name, file)| Some((name, file?.0.into())))
            .collect()
    }
}

impl Csv {
    /// Index of a column.
    pub(super) fn column(&self, report: &Report, heading: &str, at: Place) -> Option<usize> {
        let found = self.headings.iter().position(|known| known == heading);
        if found.is_none() {
            let known = || self.headings.iter().map(String::as_str);
            let advice = report
                .nearest(heading, known())
                .map(|word| format!("did you mean `{word}`? "));
            report
                .error(
                    "scenario::unknown_column",
                    at,
                    "no such heading",
                    format!("the file has no column `{}`", shown(heading)),
                )
                .help(format!(
                    "{}its columns: {}",
                    advice.unwrap_or_default(),
                    listed(known())
                ))
                .file();
        }
        found
    }
}

/// Whether a name is relative and does not leave its directory.
fn is_beside(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(['/', '\\'])
        && !name.contains(':')
        && name.split(['/', '\\']).all(|part| part != "..")
}

/// Reads comma-separated values. Cells may stand in double quotes, doubled inside.
pub(super) fn parse(text: &str) -> Csv {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut rows = Vec::new();
    let mut cells: Vec<String> = Vec::new();
    let mut cell = String::new();
    let mut quoted = false;
    let mut line = 1;
    let mut begun = 1;
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '"' if quoted && letters.peek() == Some(&'"') => {
                letters.next();
                cell.push('"');
            }
            '"' if quoted => quoted = false,
            '"' if cell.trim().is_empty() => {
                cell.clear();
                quoted = true;
            }
            ',' if !quoted => cells.push(std::mem::take(&mut cell).trim().to_owned()),
            '\n' if !quoted => {
                cells.push(std::mem::take(&mut cell).trim().to_owned());
                rows.push((begun, std::mem::take(&mut cells)));
                line += 1;
                begun = line;
            }
            '\n' => {
                line += 1;
                cell.push('\n');
            }
            other => cell.push(other),
        }
    }
    cells.push(cell.trim().to_owned());
    rows.push((begun, cells));
    let mut rows = rows
        .into_iter()
        .filter(|(_, cells)| cells.iter().any(|cell| !cell.is_empty()));
    let headings = rows.next().map(|(_, cells)| cells).unwrap_or_default();
    Csv {
        headings,
        rows: rows.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_may_be_quoted() {
        let table = parse("\u{feff}a, b\r\n1,\"x, \"\"y\"\"\"\n\n2,z");
        assert_eq!(table.headings, ["a", "b"]);
        assert_eq!(
            table.rows[0],
            (2, vec!["1".to_owned(), "x, \"y\"".to_owned()])
        );
        assert_eq!(table.rows[1], (4, vec!["2".to_owned(), "z".to_owned()]));
    }

    #[test]
    fn files_stay_beside_the_scenario() {
        assert!(is_beside("data/load.csv"));
        for name in ["", "/etc/passwd", "../x.csv", "a/../../x.csv", "c:\\x.csv"] {
            assert!(!is_beside(name), "{name}");
        }
    }
}
