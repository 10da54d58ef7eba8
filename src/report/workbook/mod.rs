//! Results as a workbook for Excel and its like: what was found in words, then a sheet for each table
//! of the files, with numbers as numbers.

mod about;
mod cells;
mod rows;

use std::fs::File;
use std::io::{self, Seek, Write};

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};

use crate::results::Origin;

use super::html::Page;
use about::{About, assumptions};
use cells::Styles;
use rows::{csv_rows, streamed, table};

/// A table that becomes a sheet.
pub struct Sheet {
    /// Title of the sheet, of at most 31 letters.
    pub name: &'static str,
    /// Name of the file that holds the same rows, all of them.
    pub file: String,
    /// Its rows.
    pub rows: SheetRows,
}

/// Rows of a sheet.
pub enum SheetRows {
    /// Those of CSV.
    Csv(Vec<u8>),
    /// Those of CSV by what a column holds.
    CsvOnly {
        /// The file.
        text: Vec<u8>,
        /// Title of the column.
        column: &'static str,
        /// What it holds in the rows that are meant.
        value: &'static str,
        /// Whether these are kept, or all others.
        is_kept: bool,
    },
    /// Those of Parquet, streamed.
    Parquet(File),
}

/// Writes the workbook of a result: `page` in words, `sheets` in numbers, and the figures that it rests
/// on. The same results give the same bytes.
///
/// Rows beyond what a sheet can hold are left out, and the first sheet says so.
///
/// # Errors
/// Those of the files and of `out`; of a result whose tables cannot be read again.
pub fn workbook(
    page: &Page,
    origin: Option<&Origin>,
    sheets: Vec<Sheet>,
    out: impl Write + Seek + Send,
) -> io::Result<()> {
    let styles = Styles::new();
    let mut book = Workbook::new();
    // When it was written would be another byte each time.
    let written = ExcelDateTime::from_ymd(2000, 1, 1).map_err(plain)?;
    let properties = DocProperties::new()
        .set_title(&page.title)
        .set_comment(&page.imprint)
        .set_creation_datetime(&written);
    book.set_properties(&properties);
    book.add_worksheet().set_name("About").map_err(plain)?;
    let mut cut = Vec::new();
    for sheet in sheets {
        if let Some(note) = sheet.write(&mut book, &styles)? {
            cut.push(note);
        }
    }
    if let Some(origin) = origin {
        assumptions(origin, &mut book, &styles)?;
    }
    let mut about = About {
        sheet: book.worksheet_from_index(0).map_err(plain)?,
        styles: &styles,
        row: 0,
    };
    about.write(page, &cut).map_err(plain)?;
    book.save_to_writer(out).map_err(plain)
}

fn plain(error: XlsxError) -> io::Error {
    match error {
        XlsxError::IoError(source) => source,
        other => io::Error::other(other),
    }
}

impl Sheet {
    /// Adds the sheet to a book. What it lacks is told in a sentence.
    fn write(self, book: &mut Workbook, styles: &Styles) -> io::Result<Option<String>> {
        let (name, file) = (self.name, self.file);
        match self.rows {
            SheetRows::Csv(text) => {
                table(name, &file, &csv_rows(&text, |_, _| true)?, book, styles)
            }
            SheetRows::CsvOnly {
                text,
                column,
                value,
                is_kept,
            } => {
                let keep = |header: &csv::StringRecord, row: &csv::StringRecord| {
                    let place = header.iter().position(|title| title == column);
                    let found = place.and_then(|place| row.get(place));
                    (found == Some(value)) == is_kept
                };
                table(name, &file, &csv_rows(&text, keep)?, book, styles)
            }
            SheetRows::Parquet(rows) => streamed(name, &file, rows, book, styles),
        }
    }
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader as _};

    use super::super::{self as report, Column, Kind, ParquetFile, Provenance};
    use super::*;

    #[test]
    fn what_is_written_can_be_read_again() {
        let page = Page {
            title: "Two routes".to_owned(),
            kind: "Run".to_owned(),
            about: String::new(),
            finding: "`north` is \"better\" & <cheaper>.".to_owned(),
            said: Vec::new(),
            tiles: Vec::new(),
            sections: Vec::new(),
            imprint: "keruen".to_owned(),
        };
        let text = b"kind,id,mean\nsystem,,1.5\nlink,north,2\n";
        let part = |name, is_kept| Sheet {
            name,
            file: "summary.csv".to_owned(),
            rows: SheetRows::CsvOnly {
                text: text.to_vec(),
                column: "kind",
                value: "system",
                is_kept,
            },
        };
        let columns = [
            Column::new("strategy", Kind::Text),
            Column::new("lost_bbl", Kind::Whole),
        ];
        let from = Provenance {
            scenario: "two".to_owned(),
            sha256: "3f".to_owned(),
            seed: 7,
        };
        let written = || {
            let file = tempfile::tempfile().expect("room on disk");
            let mut rows = ParquetFile::new(file, &columns, &from).expect("begun");
            rows.row([report::Cell::Text("base"), report::Cell::Whole(1 << 40)])
                .expect("a row");
            rows.row([report::Cell::Text("base"), report::Cell::Null])
                .expect("a row");
            let rows = SheetRows::Parquet(rows.finish().expect("whole"));
            let streamed = Sheet {
                name: "Replications",
                file: "replications.parquet".to_owned(),
                rows,
            };
            let sheets = vec![part("Summary", true), part("Assets", false), streamed];
            let mut file = io::Cursor::new(Vec::new());
            workbook(&page, None, sheets, &mut file).expect("whole");
            file.into_inner()
        };
        let bytes = written();
        assert!(bytes == written(), "the same bytes");

        let mut book: calamine::Xlsx<_> =
            calamine::open_workbook_from_rs(io::Cursor::new(bytes)).expect("a workbook");
        assert_eq!(
            book.sheet_names(),
            ["About", "Summary", "Assets", "Replications"]
        );
        let mut rows = |name: &str| -> Vec<Vec<Data>> {
            let sheet = book.worksheet_range(name).expect("a sheet");
            sheet.rows().map(<[Data]>::to_vec).collect()
        };
        let text = |text: &str| Data::String(text.to_owned());
        assert_eq!(
            rows("Summary"),
            [
                vec![text("kind"), text("mean")],
                vec![text("system"), Data::Float(1.5)]
            ]
        );
        assert_eq!(
            rows("Assets")[1],
            [text("link"), text("north"), Data::Float(2.0)]
        );
        let replications = rows("Replications");
        assert_eq!(replications[1], [text("base"), Data::Float(2f64.powi(40))]);
        assert_eq!(replications[2], [text("base"), Data::Empty]);
        let about = rows("About");
        assert!(
            about
                .iter()
                .any(|row| row[0] == text("north is \"better\" & <cheaper>.")),
            "{about:?}"
        );
    }
}
