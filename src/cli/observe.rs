//! What is done while a run goes on: progress is shown and rows are written.

use std::fs::File;
use std::io::{self, BufWriter};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::accumulate::UNDEFINED;
use crate::report::{Cell, Column, Kind, ParquetFile, Provenance, counted, grouped, with_error};
use crate::simulation::{Observer, Progress, ROW_COLUMNS, Row, ShortfallRow};

use super::{interrupt, terminal};

/// A run shorter than this shows no progress.
const PATIENCE: Duration = Duration::from_secs(1);

/// A share is counted in billionths.
const BILLIONTH: f64 = 1e-9;

/// A Parquet file being written.
pub(super) type Rows = ParquetFile<BufWriter<File>>;

/// Shows progress on a terminal, and writes rows as they come.
pub(super) struct Watcher {
    strategy: String,
    /// Whether rows name the draw of uncertain figures that they belong to.
    has_draws: bool,
    bar: Bar,
    /// A row for each replication, if wanted.
    pub(super) replications: Option<Rows>,
    /// A row for each shortfall, if wanted.
    pub(super) shortfalls: Option<Rows>,
}

impl Watcher {
    /// For a run of one strategy.
    pub(super) fn new(strategy: String, has_draws: bool, is_quiet: bool) -> Self {
        let bar = Bar::new(!is_quiet && terminal::error_is_terminal());
        Self {
            strategy,
            has_draws,
            bar,
            replications: None,
            shortfalls: None,
        }
    }

    /// Takes the progress off the terminal.
    pub(super) fn clear(&mut self) {
        self.bar.clear();
    }
}

/// Begins a file of replications.
pub(super) fn replication_rows(
    file: BufWriter<File>,
    has_draws: bool,
    from: &Provenance,
) -> io::Result<Rows> {
    let mut columns = place_columns(has_draws);
    columns.extend(ROW_COLUMNS.iter().map(|&(name, unit)| {
        let kind = if is_share(unit) {
            Kind::Number
        } else {
            Kind::Whole
        };
        Column {
            name: column_name(name, unit),
            kind,
        }
    }));
    ParquetFile::new(file, &columns, from)
}

/// Begins a file of shortfalls.
pub(super) fn shortfall_rows(
    file: BufWriter<File>,
    has_draws: bool,
    from: &Provenance,
) -> io::Result<Rows> {
    let mut columns = place_columns(has_draws);
    columns.extend([
        Column::new("start_seconds", Kind::Whole),
        Column::new("duration_seconds", Kind::Whole),
        Column::new("undelivered_bbl", Kind::Whole),
        Column::new("deepest_cut_share", Kind::Number),
    ]);
    ParquetFile::new(file, &columns, from)
}

/// The columns that say which replication a row is of.
fn place_columns(has_draws: bool) -> Vec<Column> {
    let mut columns = vec![Column::new("strategy", Kind::Text)];
    if has_draws {
        columns.push(Column::new("draw", Kind::Whole));
    }
    columns.push(Column::new("replication", Kind::Whole));
    columns
}

/// A column's name with its unit; counts have none.
fn column_name(name: &str, unit: &str) -> String {
    let unit = match unit {
        "s" => "seconds",
        "h" => "hours",
        "USD" => "usd",
        unit if is_share(unit) => "share",
        unit => unit,
    };
    let has_unit = matches!(unit, "" | "count") || name.ends_with(&format!("_{unit}"));
    if has_unit {
        name.to_owned()
    } else {
        format!("{name}_{unit}")
    }
}

/// Whether values of this unit are shares, counted in billionths.
fn is_share(unit: &str) -> bool {
    unit.starts_with("share")
}

impl Observer for Watcher {
    fn progress(&mut self, progress: &Progress) {
        self.bar.show(progress);
    }

    fn is_cancelled(&self) -> bool {
        interrupt::is_interrupted()
    }

    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        let Some(file) = &mut self.replications else {
            return Ok(());
        };
        for row in rows {
            let place = place(&self.strategy, self.has_draws, row.draw, row.replication);
            let values = row
                .values
                .iter()
                .zip(&ROW_COLUMNS)
                .map(|(&value, &(_, unit))| match (value, is_share(unit)) {
                    (UNDEFINED, _) => Cell::Null,
                    (value, true) => Cell::Number(value as f64 * BILLIONTH),
                    (value, false) => Cell::Whole(value),
                });
            file.row(place.chain(values))?;
        }
        Ok(())
    }

    fn shortfalls(&mut self, rows: &[ShortfallRow]) -> io::Result<()> {
        let Some(file) = &mut self.shortfalls else {
            return Ok(());
        };
        for row in rows {
            let place = place(&self.strategy, self.has_draws, row.draw, row.replication);
            let values = [
                Cell::Whole(row.start_seconds),
                Cell::Whole(row.seconds),
                Cell::Whole(row.volume_bbl),
                Cell::Number(row.deepest_share_e9 as f64 * BILLIONTH),
            ];
            file.row(place.chain(values))?;
        }
        Ok(())
    }
}

/// The cells of [`place_columns`].
fn place(
    strategy: &str,
    has_draws: bool,
    draw: u64,
    replication: u64,
) -> impl Iterator<Item = Cell<'_>> {
    let draw = has_draws.then(|| whole(draw));
    let strategy = std::iter::once(Cell::Text(strategy));
    strategy.chain(draw).chain([whole(replication)])
}

fn whole(number: u64) -> Cell<'static> {
    i64::try_from(number).map_or(Cell::Null, Cell::Whole)
}

/// A progress bar on standard error that appears only if there is something to wait for.
struct Bar {
    is_wanted: bool,
    begun: Instant,
    drawn: Option<ProgressBar>,
}

impl Bar {
    fn new(is_wanted: bool) -> Self {
        Self {
            is_wanted,
            begun: Instant::now(),
            drawn: None,
        }
    }

    fn show(&mut self, progress: &Progress) {
        if !self.is_wanted || (self.drawn.is_none() && self.begun.elapsed() < PATIENCE) {
            return;
        }
        let bar = self.drawn.get_or_insert_with(|| {
            let target = ProgressDrawTarget::stderr_with_hz(10);
            let bar = ProgressBar::with_draw_target(Some(progress.total), target);
            let style = ProgressStyle::with_template("{bar:20} {wide_msg}");
            bar.with_style(style.expect("the template is a constant"))
        });
        bar.set_length(progress.total);
        bar.set_position(progress.done);
        bar.set_message(sentence(progress, self.begun.elapsed()));
    }

    fn clear(&mut self) {
        if let Some(bar) = self.drawn.take() {
            bar.finish_and_clear();
        }
    }
}

/// Shows how far a study is.
pub(super) struct Steps(Bar, Option<Instant>);

impl Steps {
    pub(super) fn new(is_quiet: bool) -> Self {
        Self(Bar::new(!is_quiet && terminal::error_is_terminal()), None)
    }

    /// A search is to end after this time.
    pub(super) fn searching_for(self, time: Duration) -> Self {
        Self(self.0, Instant::now().checked_add(time))
    }

    /// Takes the progress off the terminal.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

impl Observer for Steps {
    fn progress(&mut self, progress: &Progress) {
        self.0.show(progress);
    }

    fn is_out_of_time(&self) -> bool {
        self.1.is_some_and(|end| Instant::now() >= end)
    }

    fn is_cancelled(&self) -> bool {
        interrupt::is_interrupted()
    }
}

/// How far a run is, how fast it goes, how long it will take, and what is known.
fn sentence(progress: &Progress, elapsed: Duration) -> String {
    let rate = progress.done as f64 / elapsed.as_secs_f64().max(1e-3);
    let left = progress.total.saturating_sub(progress.done) as f64 / rate.max(1e-9);
    if progress.std_error == 0.0 && progress.mean == 0.0 {
        // Nothing is estimated yet; what is done has a name.
        return format!(
            "{}/{}, {} left  {}",
            counted(progress.done),
            counted(progress.total),
            clock(left),
            progress.metric,
        );
    }
    format!(
        "{}/{} replications, {}/s, {} left  {} {}",
        counted(progress.done),
        counted(progress.total),
        grouped(rate, 1 - i32::from(rate >= 10.0)),
        clock(left),
        progress.metric.replace('_', " "),
        estimate(progress),
    )
}

/// A number of seconds as `3 h 20 min`, `4 min 10 s` or `7 s`.
fn clock(seconds: f64) -> String {
    // A cast from float goes to the nearest whole number there is.
    let whole = seconds.ceil() as u64;
    match (whole / 3_600, whole / 60 % 60, whole % 60) {
        (0, 0, seconds) => format!("{seconds} s"),
        (0, minutes, seconds) => format!("{minutes} min {seconds} s"),
        (hours, minutes, _) if hours < 1_000 => format!("{hours} h {minutes} min"),
        _ => "very long".to_owned(),
    }
}

/// The estimate so far, in millions where it is large.
fn estimate(progress: &Progress) -> String {
    let error = Some(progress.std_error).filter(|error| error.is_finite());
    if progress.mean.abs() >= 1e6 {
        let millions = with_error(progress.mean / 1e6, error.map(|error| error / 1e6));
        format!("{millions} million")
    } else {
        with_error(progress.mean, error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_says_rate_and_time_left() {
        let progress = Progress {
            done: 2_000,
            total: 10_000,
            mean: 37.1372e6,
            std_error: 0.3791e6,
            metric: "undelivered".to_owned(),
        };
        assert_eq!(
            sentence(&progress, Duration::from_secs(20)).replace('\u{2009}', "_"),
            "2_000/10_000 replications, 100/s, 1 min 20 s left  undelivered 37.14 ± 0.38 million"
        );
        let none = Progress {
            done: 0,
            std_error: f64::NAN,
            mean: 0.0,
            ..progress
        };
        assert!(sentence(&none, Duration::ZERO).contains("very long left"));
    }

    #[test]
    fn columns_end_in_their_unit() {
        for (name, unit, expected) in [
            ("undelivered", "bbl", "undelivered_bbl"),
            ("shortfall_events", "count", "shortfall_events"),
            ("shortfall_time", "s", "shortfall_time_seconds"),
            ("longest_shortfall", "h", "longest_shortfall_hours"),
            ("deepest_cut", "share", "deepest_cut_share"),
            ("tariff_paid", "USD", "tariff_paid_usd"),
            ("undelivered_bbl", "bbl", "undelivered_bbl"),
        ] {
            assert_eq!(column_name(name, unit), expected);
        }
    }
}
