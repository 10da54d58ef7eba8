//! Rows as Parquet, by the column writer and without Arrow: streamed in row groups of bounded
//! size, snappy-compressed, readable by pandas, polars, R and `DuckDB`.

use std::io;
use std::sync::Arc;

use ::parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use ::parquet::data_type::{ByteArray, ByteArrayType, DoubleType, Int64Type};
use ::parquet::errors::ParquetError;
use ::parquet::file::metadata::KeyValue;
use ::parquet::file::properties::WriterProperties;
use ::parquet::file::writer::SerializedFileWriter;
use ::parquet::schema::types::Type;

use crate::results::Summary;

/// Rows of a row group: what is held in memory before it is written.
const GROUP_ROWS: usize = 1 << 16;

/// What a column holds. Any cell may be undefined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Text.
    Text,
    /// Whole numbers.
    Whole,
    /// Numbers.
    Number,
}

/// A column: its name ends in its unit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Column {
    /// Name.
    pub name: String,
    /// What it holds.
    pub kind: Kind,
}

impl Column {
    /// A column of this name and kind.
    #[must_use]
    pub fn new(name: &str, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            kind,
        }
    }
}

/// A cell of a row.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Undefined.
    Null,
    /// Text.
    Text(&'a str),
    /// Whole number.
    Whole(i64),
    /// Number; what is not finite is written as undefined.
    Number(f64),
}

/// Where rows come from, kept with the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// Name of the scenario.
    pub scenario: String,
    /// Hash of the files it was read from.
    pub sha256: String,
    /// Seed of all random streams.
    pub seed: u64,
}

impl Provenance {
    fn key_values(&self) -> Vec<KeyValue> {
        [
            ("keruen.version", env!("CARGO_PKG_VERSION").to_owned()),
            ("keruen.scenario", self.scenario.clone()),
            ("keruen.scenario_sha256", self.sha256.clone()),
            ("keruen.seed", self.seed.to_string()),
        ]
        .map(|(key, value)| KeyValue::new(key.to_owned(), value))
        .into()
    }
}

/// The cells of one column that wait to be written; `levels` has a 1 for each cell that is
/// defined.
struct Buffer {
    kind: Kind,
    texts: Vec<ByteArray>,
    wholes: Vec<i64>,
    numbers: Vec<f64>,
    levels: Vec<i16>,
}

impl Buffer {
    fn new(kind: Kind) -> Self {
        let (texts, wholes, numbers, levels) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self {
            kind,
            texts,
            wholes,
            numbers,
            levels,
        }
    }

    fn push(&mut self, cell: Cell) {
        let defined = match (self.kind, cell) {
            (Kind::Text, Cell::Text(text)) => {
                self.texts.push(ByteArray::from(text));
                true
            }
            (Kind::Whole, Cell::Whole(value)) => {
                self.wholes.push(value);
                true
            }
            (Kind::Number, Cell::Number(value)) if value.is_finite() => {
                self.numbers.push(value);
                true
            }
            (_, Cell::Null) | (Kind::Number, Cell::Number(_)) => false,
            (kind, cell) => unreachable!("{cell:?} in a column of {kind:?}"),
        };
        self.levels.push(i16::from(defined));
    }

    fn clear(&mut self) {
        self.texts.clear();
        self.wholes.clear();
        self.numbers.clear();
        self.levels.clear();
    }
}

/// A Parquet file that is being written row by row.
pub struct ParquetFile<W: io::Write + Send> {
    writer: SerializedFileWriter<W>,
    buffers: Vec<Buffer>,
}

impl<W: io::Write + Send> ParquetFile<W> {
    /// Begins a file with these columns.
    ///
    /// # Errors
    /// Those of `out`.
    pub fn new(out: W, columns: &[Column], provenance: &Provenance) -> io::Result<Self> {
        let properties = WriterProperties::builder()
            .set_compression(Compression::SNAPPY)
            .set_created_by(format!("keruen version {}", env!("CARGO_PKG_VERSION")))
            .set_key_value_metadata(Some(provenance.key_values()))
            .build();
        let writer = schema(columns)
            .and_then(|schema| {
                SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))
            })
            .map_err(plain)?;
        let buffers = columns
            .iter()
            .map(|column| Buffer::new(column.kind))
            .collect();
        Ok(Self { writer, buffers })
    }

    /// Adds a row: a cell for each column, of the column's kind.
    ///
    /// # Errors
    /// Those of the output.
    pub fn row<'a>(&mut self, cells: impl IntoIterator<Item = Cell<'a>>) -> io::Result<()> {
        let mut cells = cells.into_iter();
        for buffer in &mut self.buffers {
            buffer.push(cells.next().unwrap_or(Cell::Null));
        }
        if self
            .buffers
            .first()
            .is_some_and(|first| first.levels.len() >= GROUP_ROWS)
        {
            self.write_group()?;
        }
        Ok(())
    }

    fn write_group(&mut self) -> io::Result<()> {
        if self.buffers.iter().all(|buffer| buffer.levels.is_empty()) {
            return Ok(());
        }
        let mut group = self.writer.next_row_group().map_err(plain)?;
        for buffer in &mut self.buffers {
            let Some(mut column) = group.next_column().map_err(plain)? else {
                break;
            };
            let levels = Some(buffer.levels.as_slice());
            match buffer.kind {
                Kind::Text => {
                    column
                        .typed::<ByteArrayType>()
                        .write_batch(&buffer.texts, levels, None)
                }
                Kind::Whole => {
                    column
                        .typed::<Int64Type>()
                        .write_batch(&buffer.wholes, levels, None)
                }
                Kind::Number => {
                    column
                        .typed::<DoubleType>()
                        .write_batch(&buffer.numbers, levels, None)
                }
            }
            .map_err(plain)?;
            column.close().map_err(plain)?;
            buffer.clear();
        }
        group.close().map_err(plain)?;
        Ok(())
    }

    /// Writes what is left and the footer, and gives the output back.
    ///
    /// # Errors
    /// Those of the output.
    pub fn finish(mut self) -> io::Result<W> {
        self.write_group()?;
        self.writer.into_inner().map_err(plain)
    }
}

fn schema(columns: &[Column]) -> Result<Type, ParquetError> {
    let fields = columns.iter().map(|column| {
        let physical = match column.kind {
            Kind::Text => Physical::BYTE_ARRAY,
            Kind::Whole => Physical::INT64,
            Kind::Number => Physical::DOUBLE,
        };
        let logical = (column.kind == Kind::Text).then_some(LogicalType::String);
        let field = Type::primitive_type_builder(&column.name, physical)
            .with_repetition(Repetition::OPTIONAL)
            .with_logical_type(logical);
        field.build().map(Arc::new)
    });
    let fields = fields.collect::<Result<Vec<_>, _>>()?;
    Type::group_type_builder("schema")
        .with_fields(fields)
        .build()
}

/// The error of the file underneath, if that is what it is.
fn plain(error: ParquetError) -> io::Error {
    match error {
        ParquetError::External(source) => match source.downcast::<io::Error>() {
            Ok(source) => *source,
            Err(source) => io::Error::other(source),
        },
        other => io::Error::other(other),
    }
}

/// Writes the monthly means of a run, a row per strategy, month and route or market, and gives
/// the output back.
///
/// # Errors
/// Those of `out`.
pub fn timeline_parquet<W: io::Write + Send>(
    summary: &Summary,
    provenance: &Provenance,
    out: W,
) -> io::Result<W> {
    let has_doubt = summary.uncertainty.is_some();
    let mut columns = vec![
        Column::new("strategy", Kind::Text),
        Column::new("month", Kind::Text),
        Column::new("kind", Kind::Text),
        Column::new("id", Kind::Text),
        Column::new("mean_bpd", Kind::Number),
        Column::new("std_error_bpd", Kind::Number),
    ];
    if has_doubt {
        let ends = ["epistemic_low_bpd", "epistemic_high_bpd"];
        columns.extend(ends.map(|name| Column::new(name, Kind::Number)));
    }
    let mut file = ParquetFile::new(out, &columns, provenance)?;
    for strategy in &summary.strategies {
        for row in &strategy.monthly {
            let known = row.epistemic;
            let ends = [known.map(|known| known.low), known.map(|known| known.high)];
            let ends = ends.map(|end| end.map_or(Cell::Null, Cell::Number));
            let cells = [
                Cell::Text(&strategy.id),
                Cell::Text(&row.month),
                Cell::Text(&row.kind),
                Cell::Text(&row.id),
                Cell::Number(row.mean_bpd),
                row.std_error_bpd.map_or(Cell::Null, Cell::Number),
            ];
            file.row(
                cells
                    .into_iter()
                    .chain(ends.into_iter().filter(|_| has_doubt)),
            )?;
        }
    }
    file.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::parquet::file::reader::{FileReader, SerializedFileReader};
    use ::parquet::record::RowAccessor;

    fn provenance() -> Provenance {
        Provenance {
            scenario: "two".to_owned(),
            sha256: "3f".to_owned(),
            seed: 7,
        }
    }

    fn temporary() -> std::fs::File {
        tempfile::tempfile().expect("room on disk")
    }

    #[test]
    fn rows_come_back_with_their_provenance() {
        let columns = [
            Column::new("strategy", Kind::Text),
            Column::new("undelivered_bbl", Kind::Whole),
            Column::new("deepest_cut_share", Kind::Number),
        ];
        let mut file =
            ParquetFile::new(temporary(), &columns, &provenance()).expect("room on disk");
        let rows = GROUP_ROWS + 3;
        for row in 0..rows {
            let whole = |row: usize| Cell::Whole(i64::try_from(row).expect("small"));
            let cut = if row == 1 {
                Cell::Null
            } else {
                Cell::Number(0.5)
            };
            file.row([Cell::Text("baseline"), whole(row), cut])
                .expect("room on disk");
        }
        let file = file.finish().expect("room on disk");

        let reader = SerializedFileReader::new(file).expect("a Parquet file");
        let metadata = reader.metadata();
        assert_eq!(metadata.num_row_groups(), 2);
        let pairs = metadata
            .file_metadata()
            .key_value_metadata()
            .expect("provenance");
        assert!(
            pairs
                .iter()
                .any(|pair| pair.key == "keruen.seed" && pair.value.as_deref() == Some("7"))
        );
        let read: Vec<_> = reader
            .get_row_iter(None)
            .expect("rows")
            .map(|row| row.expect("row"))
            .collect();
        assert_eq!(read.len(), rows);
        let last = read[rows - 1].get_long(1).expect("whole");
        assert_eq!(usize::try_from(last), Ok(rows - 1));
        assert!((read[0].get_double(2).expect("number") - 0.5).abs() < 1e-15);
        assert!(read[1].get_double(2).is_err());
        assert_eq!(read[0].get_string(0).expect("text"), "baseline");
    }

    #[test]
    fn an_empty_file_is_a_valid_file() {
        let columns = [Column::new("replication", Kind::Whole)];
        let file = ParquetFile::new(temporary(), &columns, &provenance()).expect("room on disk");
        let file = file.finish().expect("room on disk");
        let reader = SerializedFileReader::new(file).expect("a Parquet file");
        assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
    }

    /// Output that is full after some bytes.
    struct Full(usize);

    impl io::Write for Full {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if bytes.len() > self.0 {
                return Err(io::ErrorKind::StorageFull.into());
            }
            self.0 -= bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_full_disk_is_an_error() {
        let columns = [Column::new("replication", Kind::Whole)];
        let mut file =
            ParquetFile::new(Full(10), &columns, &provenance()).expect("room for 4 bytes");
        file.row([Cell::Whole(1)]).expect("still in memory");
        assert!(file.finish().is_err());
    }
}
