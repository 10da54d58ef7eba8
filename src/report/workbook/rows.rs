//! Sheets of rows.

use std::fs::File;
use std::io;

use ::parquet::basic::Type as Physical;
use ::parquet::errors::ParquetError;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;
use ::parquet::schema::types::TypePtr;
use rust_xlsxwriter::{Workbook, Worksheet, XlsxError};

use super::super::number::counted;
use super::cells::{Styles, Value};
use super::plain;

/// Rows that a sheet of Excel can hold, the header among them.
const SHEET_ROWS: u32 = 1 << 20;

/// Widest column, in characters of the usual typeface.
const WIDEST: f64 = 60.0;

/// Letters of a title in one line.
const TITLE_LETTERS: usize = 18;

/// Columns of words before the numbers that stay in sight, at most.
const KEY_COLUMNS: u16 = 4;

/// A table in memory; columns that hold nothing are left out.
pub(super) struct Columns {
    pub(super) header: Vec<String>,
    pub(super) rows: Vec<Vec<Value>>,
}

pub(super) fn csv_rows(
    text: &[u8],
    keep: impl Fn(&csv::StringRecord, &csv::StringRecord) -> bool,
) -> io::Result<Columns> {
    let mut reader = csv::Reader::from_reader(text);
    let header = reader.headers()?.clone();
    let mut records = Vec::new();
    for record in reader.records() {
        let record = record?;
        if keep(&header, &record) {
            records.push(record);
        }
    }
    let mut titles = Vec::new();
    let mut rows = vec![Vec::new(); records.len()];
    for (place, title) in header.iter().enumerate() {
        let cells = || records.iter().map(|record| record.get(place).unwrap_or(""));
        if !records.is_empty() && cells().all(str::is_empty) {
            continue;
        }
        titles.push(title.to_owned());
        // What looks like a number is one only if its whole column does: ids may be digits.
        let filled = || cells().filter(|cell| !cell.is_empty());
        let are_numbers = filled().all(|cell| number(cell).is_some());
        let are_truths = filled().all(|cell| cell.parse::<bool>().is_ok());
        for (row, cell) in rows.iter_mut().zip(cells()) {
            row.push(match cell {
                "" => Value::Nothing,
                cell if are_truths => Value::Truth(cell == "true"),
                cell if are_numbers => number(cell).map_or(Value::Nothing, Value::Number),
                cell => Value::Text(cell.to_owned()),
            });
        }
    }
    Ok(Columns {
        header: titles,
        rows,
    })
}

/// A number as our files write it: words that Rust would read as one are none.
fn number(text: &str) -> Option<f64> {
    let starts = text
        .trim_start_matches('-')
        .starts_with(|letter: char| letter.is_ascii_digit());
    text.parse()
        .ok()
        .filter(|number: &f64| starts && number.is_finite())
}

/// How a column is headed.
struct Head {
    title: String,
    /// Whether it holds words, which stay in sight if they stand first.
    has_words: bool,
    /// Letters of its widest cell.
    width: usize,
}

/// Adds a sheet of a table that has rows; what it lacks is told in a sentence.
pub(super) fn table(
    name: &str,
    file: &str,
    columns: &Columns,
    book: &mut Workbook,
    styles: &Styles,
) -> io::Result<Option<String>> {
    if columns.rows.is_empty() {
        return Ok(None);
    }
    let sheet = book.add_worksheet();
    let head = |(place, title): (usize, &String)| Head {
        title: title.clone(),
        has_words: (columns.rows.iter()).any(|row| matches!(row[place], Value::Text(_))),
        width: 0,
    };
    let mut heads: Vec<Head> = columns.header.iter().enumerate().map(head).collect();
    let mut put = || -> Result<(), XlsxError> {
        sheet.set_name(name)?;
        for (row, cells) in (1..SHEET_ROWS).zip(&columns.rows) {
            for ((column, cell), head) in (0..).zip(cells).zip(&mut heads) {
                head.width = cell.put(sheet, (row, column), styles)?.max(head.width);
            }
        }
        frame(sheet, columns.rows.len() as u64, &heads, styles)
    };
    put().map_err(plain)?;
    Ok(cut(name, file, columns.rows.len() as u64))
}

/// Rows that are written as they are read, so that memory does not grow with them.
pub(super) fn streamed(
    name: &str,
    file: &str,
    rows: File,
    book: &mut Workbook,
    styles: &Styles,
) -> io::Result<Option<String>> {
    let reader = SerializedFileReader::new(rows).map_err(|error| unread(file, &error))?;
    let meta = reader.metadata().file_metadata();
    let head = |field: &TypePtr| Head {
        title: field.name().to_owned(),
        has_words: field.get_physical_type() == Physical::BYTE_ARRAY,
        // Widths must be set before rows are written.
        width: 12,
    };
    let heads: Vec<Head> = meta.schema().get_fields().iter().map(head).collect();
    let count = u64::try_from(meta.num_rows()).unwrap_or(0);
    let sheet = book.add_worksheet_with_constant_memory().map_err(plain)?;
    let mut put = || -> Result<(), XlsxError> {
        sheet.set_name(name)?;
        frame(sheet, count, &heads, styles)?;
        let rows = reader
            .get_row_iter(None)
            .map_err(|error| XlsxError::IoError(unread(file, &error)))?;
        for (place, row) in (1..SHEET_ROWS).zip(rows) {
            let row = row.map_err(|error| XlsxError::IoError(unread(file, &error)))?;
            for (column, (_, field)) in (0..).zip(row.get_column_iter()) {
                value(field).put(sheet, (place, column), styles)?;
            }
        }
        Ok(())
    };
    put().map_err(plain)?;
    Ok(cut(name, file, count))
}

/// What a sheet of so many rows lacks, if it lacks any.
fn cut(name: &str, file: &str, rows: u64) -> Option<String> {
    let held = u64::from(SHEET_ROWS) - 1;
    (rows > held).then(|| {
        format!(
            "The sheet {name} holds the first {} of {} rows, as many as a sheet can; all are in {file}.",
            counted(held),
            counted(rows)
        )
    })
}

fn unread(file: &str, error: &ParquetError) -> io::Error {
    io::Error::other(format!("`{file}` cannot be read: {error}"))
}

fn value(field: &Field) -> Value {
    match field {
        Field::Str(text) => Value::Text(text.clone()),
        Field::Long(whole) => Value::Number(*whole as f64),
        Field::Double(number) if number.is_finite() => Value::Number(*number),
        Field::Bool(truth) => Value::Truth(*truth),
        _ => Value::Nothing,
    }
}

/// Writes the titles of columns, which stay in sight and are printed on each page, makes columns wide
/// enough, and lets rows be picked.
fn frame(
    sheet: &mut Worksheet,
    rows: u64,
    heads: &[Head],
    styles: &Styles,
) -> Result<(), XlsxError> {
    for (column, head) in (0..).zip(heads) {
        let format = if head.has_words {
            &styles.header
        } else {
            &styles.header_of_numbers
        };
        sheet.write_string_with_format(0, column, &head.title, format)?;
        // A long title goes on in further lines.
        let title = head.title.chars().count().min(TITLE_LETTERS) as f64 + 3.0;
        let width = (head.width as f64 + 2.0).max(title);
        sheet.set_column_width(column, width.min(WIDEST))?;
    }
    let longest = heads.iter().map(|head| head.title.chars().count()).max();
    let lines = longest.unwrap_or(0).div_ceil(TITLE_LETTERS).clamp(1, 4);
    sheet.set_row_height(0, 15.0 * lines as f64 + 3.0)?;
    let keys = heads.iter().take_while(|head| head.has_words).count() as u16;
    sheet.set_freeze_panes(1, keys.min(KEY_COLUMNS))?;
    if let Some(last) = heads.len().checked_sub(1) {
        let rows = u32::try_from(rows).unwrap_or(SHEET_ROWS);
        sheet.autofilter(0, 0, rows.min(SHEET_ROWS - 1), last as u16)?;
    }
    sheet.set_landscape();
    sheet.set_repeat_rows(0, 0)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_columns_of_numbers_are_numbers() {
        let text = b"id,none,value,truth,month\n07,,1.5,true,2026-01\nx,,-2e9,false,2026-02\n";
        let table = csv_rows(text, |_, _| true).expect("well formed");
        assert_eq!(table.header, ["id", "value", "truth", "month"]);
        let text = |text: &str| Value::Text(text.to_owned());
        assert_eq!(
            table.rows,
            [
                vec![
                    text("07"),
                    Value::Number(1.5),
                    Value::Truth(true),
                    text("2026-01")
                ],
                vec![
                    text("x"),
                    Value::Number(-2e9),
                    Value::Truth(false),
                    text("2026-02")
                ],
            ]
        );
    }

    #[test]
    fn words_that_parse_as_numbers_are_words() {
        for word in ["inf", "NaN", "infinity", "-inf", "+1", ""] {
            assert_eq!(number(word), None, "{word}");
        }
        assert_eq!(number("-0.5"), Some(-0.5));
    }

    #[test]
    fn what_does_not_fit_a_sheet_is_said() {
        assert_eq!(cut("Months", "timeline.csv", 1_048_575), None);
        let said = cut("Replications", "replications.parquet", 2_000_000).expect("too many");
        assert!(
            said.contains("first 1\u{2009}048\u{2009}575 of 2\u{2009}000\u{2009}000 rows"),
            "{said}"
        );
    }
}
