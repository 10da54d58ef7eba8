//! Results as a workbook for Excel and its like: what was found in words, then a sheet for each table
//! of the files, with numbers as numbers.

use std::fs::File;
use std::io::{self, Seek, Write};

use ::parquet::basic::Type as Physical;
use ::parquet::file::reader::{FileReader, SerializedFileReader};
use ::parquet::record::Field;
use ::parquet::schema::types::TypePtr;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};

use crate::results::Origin;

use super::html::{Block, Page};
use super::number::counted;

/// Rows that a sheet of Excel can hold, the header among them.
const SHEET_ROWS: u32 = 1 << 20;

/// Letters that a cell of Excel can hold.
const CELL_LETTERS: usize = 32_767;

/// Widest column, in characters of the usual typeface.
const WIDEST: f64 = 60.0;

/// Letters of a title in one line.
const TITLE_LETTERS: usize = 18;

/// Columns of words before the numbers that stay in sight, at most.
const KEY_COLUMNS: u16 = 4;

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
    /// Those of CSV of which this column holds, or does not hold, this text.
    CsvOnly(Vec<u8>, &'static str, &'static str, bool),
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

/// How cells look.
struct Styles {
    title: Format,
    finding: Format,
    heading: Format,
    words: Format,
    label: Format,
    code: Format,
    header: Format,
    header_of_numbers: Format,
    text: Format,
    large: Format,
    middle: Format,
    small: Format,
    tiny: Format,
}

impl Styles {
    fn new() -> Self {
        let words = || Format::new().set_text_wrap().set_align(FormatAlign::Top);
        let header = || {
            words()
                .set_bold()
                .set_background_color(Color::RGB(0x00E8_ECF2))
                .set_border_bottom(FormatBorder::Thin)
        };
        let number = |form: &str| Format::new().set_num_format(form);
        Self {
            title: words().set_bold().set_font_size(18),
            finding: words().set_bold().set_font_size(13),
            heading: words()
                .set_bold()
                .set_font_size(13)
                .set_border_bottom(FormatBorder::Thin),
            words: words(),
            label: words().set_font_color(Color::RGB(0x0059_6270)),
            code: words().set_font_name("Consolas"),
            header: header(),
            header_of_numbers: header().set_align(FormatAlign::Right),
            text: Format::new(),
            large: number("#,##0"),
            middle: number("#,##0.00"),
            small: number("0.0000"),
            tiny: number("0.00E+00"),
        }
    }

    /// The form that shows what a number is worth knowing.
    fn of(&self, number: f64) -> &Format {
        let size = number.abs();
        if number.fract() == 0.0 || size >= 1e3 {
            &self.large
        } else if size >= 1.0 {
            &self.middle
        } else if size >= 1e-3 {
            &self.small
        } else {
            &self.tiny
        }
    }
}

/// What a cell of a table holds.
#[derive(Clone, Debug, PartialEq)]
enum Value {
    Nothing,
    Text(String),
    Number(f64),
    Truth(bool),
}

impl Value {
    /// Puts it into a cell; gives about how many characters wide it is.
    fn put(
        &self,
        sheet: &mut Worksheet,
        (row, column): (u32, u16),
        styles: &Styles,
    ) -> Result<usize, XlsxError> {
        Ok(match self {
            Self::Nothing => 0,
            Self::Text(text) => {
                let text = fitting(text);
                sheet.write_string_with_format(row, column, text, &styles.text)?;
                text.chars().count()
            }
            Self::Number(number) => {
                sheet.write_number_with_format(row, column, *number, styles.of(*number))?;
                // Digits of thousands with their commas, or a few places.
                let digits = number.abs().max(1.0).log10() as usize + 1;
                (digits + digits / 3 + 1).max(8)
            }
            Self::Truth(truth) => {
                sheet.write_boolean(row, column, *truth)?;
                5
            }
        })
    }
}

/// As much of a text as a cell can hold.
fn fitting(text: &str) -> &str {
    text.char_indices()
        .nth(CELL_LETTERS)
        .map_or(text, |(end, _)| &text[..end])
}

impl Sheet {
    /// Adds the sheet to a book. What it lacks is told in a sentence.
    fn write(self, book: &mut Workbook, styles: &Styles) -> io::Result<Option<String>> {
        let (name, file) = (self.name, self.file);
        match self.rows {
            SheetRows::Csv(text) => {
                table(name, &file, &csv_rows(&text, |_, _| true)?, book, styles)
            }
            SheetRows::CsvOnly(text, column, wanted, is_kept) => {
                let keep = |header: &csv::StringRecord, row: &csv::StringRecord| {
                    let place = header.iter().position(|title| title == column);
                    let found = place.and_then(|place| row.get(place));
                    (found == Some(wanted)) == is_kept
                };
                table(name, &file, &csv_rows(&text, keep)?, book, styles)
            }
            SheetRows::Parquet(rows) => streamed(name, &file, rows, book, styles),
        }
    }
}

/// A table in memory; columns that hold nothing are left out.
struct Columns {
    header: Vec<String>,
    rows: Vec<Vec<Value>>,
}

fn csv_rows(
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

fn table(
    name: &str,
    file: &str,
    columns: &Columns,
    book: &mut Workbook,
    styles: &Styles,
) -> io::Result<Option<String>> {
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
fn streamed(
    name: &str,
    file: &str,
    rows: File,
    book: &mut Workbook,
    styles: &Styles,
) -> io::Result<Option<String>> {
    let reader = SerializedFileReader::new(rows).map_err(io::Error::other)?;
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
        let rows = reader.get_row_iter(None).map_err(other)?;
        for (place, row) in (1..SHEET_ROWS).zip(rows) {
            let row = row.map_err(other)?;
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

fn other(error: impl std::error::Error + Send + Sync + 'static) -> XlsxError {
    XlsxError::IoError(io::Error::other(error))
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

/// The sheets of figures and of sources.
fn assumptions(origin: &Origin, book: &mut Workbook, styles: &Styles) -> io::Result<()> {
    let or_nothing = |text: &Option<String>| text.clone().map_or(Value::Nothing, Value::Text);
    let text = |text: &str| Value::Text(text.to_owned());
    let titles = |titles: &[&str]| titles.iter().map(|&title| title.to_owned()).collect();
    let figures = origin.figures.iter().map(|figure| {
        vec![
            text(&figure.path),
            or_nothing(&figure.strategy),
            text(&figure.value),
            or_nothing(&figure.low),
            or_nothing(&figure.high),
            text(&figure.sources.join(", ")),
            or_nothing(&figure.note),
        ]
    });
    let remarks = origin.remarks.iter().map(|(path, remark)| {
        let mut row = vec![Value::Nothing; 7];
        (row[0], row[6]) = (text(path), text(remark));
        row
    });
    let sources = origin.sources.iter().map(|(id, source)| {
        vec![
            text(id),
            text(&source.title),
            or_nothing(&source.publisher),
            or_nothing(&source.date),
            or_nothing(&source.url),
            or_nothing(&source.note),
        ]
    });
    let figures = Columns {
        header: titles(&[
            "figure", "strategy", "value", "low", "high", "sources", "remark",
        ]),
        rows: figures.chain(remarks).collect(),
    };
    let sources = Columns {
        header: titles(&["id", "title", "publisher", "date", "url", "remark"]),
        rows: sources.collect(),
    };
    for (name, columns) in [("Assumptions", figures), ("Sources", sources)] {
        if !columns.rows.is_empty() {
            table(name, "origin.json", &columns, book, styles)?;
        }
    }
    Ok(())
}

/// The sheet of words: two columns, the first for what a line is.
struct About<'s> {
    sheet: &'s mut Worksheet,
    styles: &'s Styles,
    row: u32,
}

impl About<'_> {
    fn write(&mut self, page: &Page, cut: &[String]) -> Result<(), XlsxError> {
        let styles = self.styles;
        self.sheet.set_column_width(0, 34)?;
        self.sheet.set_column_width(1, 100)?;
        self.sheet.set_screen_gridlines(false);
        self.sheet.set_print_fit_to_pages(1, 0);
        self.line(&page.title, &styles.title, 26.0)?;
        self.line(&page.kind, &styles.words, 15.0)?;
        for line in page.about.lines().filter(|line| !line.is_empty()) {
            self.long(line, &styles.words)?;
        }
        self.row += 1;
        self.long(&page.finding, &styles.finding)?;
        for sentence in &page.said {
            self.long(sentence, &styles.words)?;
        }
        self.row += 1;
        for tile in &page.tiles {
            let value = match tile.note.as_str() {
                "" => tile.value.clone(),
                note => format!("{} ({note})", tile.value),
            };
            self.pair(&tile.label, &value)?;
        }
        for note in cut {
            self.long(note, &styles.finding)?;
        }
        let sections = page.sections.iter();
        for section in sections.filter(|section| ["warnings", "again"].contains(&section.id)) {
            self.row += 1;
            self.line(&section.heading, &styles.heading, 20.0)?;
            for block in &section.blocks {
                match block {
                    Block::Command(text) => self.long(text, &styles.code)?,
                    Block::Paragraph(text) | Block::Note(text) => {
                        self.long(text, &styles.words)?;
                    }
                    Block::List(items) => {
                        for item in items {
                            let text: String = item.iter().map(|cell| cell.text.as_str()).collect();
                            self.long(&text, &styles.words)?;
                        }
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// One line over both columns.
    fn line(&mut self, text: &str, format: &Format, height: f64) -> Result<(), XlsxError> {
        // What marks code on a page is only in the way here.
        let text = &text.replace('`', "");
        if text.is_empty() {
            return Ok(());
        }
        let row = self.row;
        self.sheet
            .merge_range(row, 0, row, 1, fitting(text), format)?;
        self.sheet.set_row_height(row, height)?;
        self.row += 1;
        Ok(())
    }

    /// Words that may need several lines: merged cells do not grow by themselves.
    fn long(&mut self, text: &str, format: &Format) -> Result<(), XlsxError> {
        let is_large = *format == self.styles.finding;
        let (letters, height) = if is_large { (105, 18.0) } else { (135, 15.0) };
        let lines = text
            .lines()
            .map(|line| line.chars().count().div_ceil(letters).max(1));
        let lines = lines.sum::<usize>() as f64;
        self.line(text, format, height * lines)
    }

    fn pair(&mut self, label: &str, value: &str) -> Result<(), XlsxError> {
        let styles = self.styles;
        self.sheet
            .write_string_with_format(self.row, 0, label, &styles.label)?;
        self.sheet
            .write_string_with_format(self.row, 1, fitting(value), &styles.words)?;
        self.row += 1;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader as _};

    use super::super::{self as report, Column, Kind, ParquetFile, Provenance};
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
            rows: SheetRows::CsvOnly(text.to_vec(), "kind", "system", is_kept),
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

    #[test]
    fn what_does_not_fit_a_sheet_is_said() {
        assert_eq!(cut("Months", "timeline.csv", 1_048_575), None);
        let said = cut("Replications", "replications.parquet", 2_000_000).expect("too many");
        assert!(
            said.contains("first 1\u{2009}048\u{2009}575 of 2\u{2009}000\u{2009}000 rows"),
            "{said}"
        );
    }

    #[test]
    fn a_cell_holds_no_more_than_excel_allows() {
        assert_eq!(fitting("short"), "short");
        assert_eq!(
            fitting(&"é".repeat(CELL_LETTERS + 5)).chars().count(),
            CELL_LETTERS
        );
    }
}
