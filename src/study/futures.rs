//! Many configurations in the same random futures: what every study of decisions rests on.
//!
//! A configuration is a model: the base, a base with a strategy, a base without a hazard. All of
//! them meet the same disruptions, replication by replication, so that differences are paired.

use std::cell::RefCell;
use std::io;

use super::part::Part;
use crate::model::{Collect, Model};
use crate::simulation::{
    Observer, Progress, ROW_COLUMNS, Row, Run, RunError, Settings, run_together,
};

/// Configurations played side by side at most: each has its own state on every thread.
pub(super) const MOST_TOGETHER: usize = 16;

/// How futures are asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct FuturesSettings {
    /// Seed of all random streams.
    pub seed: u64,
    /// Replications, by number.
    pub range: std::ops::Range<u64>,
    /// Threads; 0 for all there are.
    pub threads: usize,
}

/// What several configurations gave, replication by replication.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Futures {
    /// By configuration and metric: a whole number for each replication, in the units of
    /// [`ROW_COLUMNS`].
    samples: Vec<Vec<Vec<i64>>>,
    /// Replications done, of every configuration.
    replications: u64,
}

impl Futures {
    /// What a configuration gave of a metric, both by their order when futures were asked for.
    #[must_use]
    pub fn sample(&self, configuration: usize, metric: usize) -> &[i64] {
        &self.samples[configuration][metric]
    }

    /// Replications done, of every configuration.
    #[must_use]
    pub fn replications(&self) -> u64 {
        self.replications
    }

    /// Adds replications that came later, of the same configurations and metrics.
    pub fn extend(&mut self, later: Futures) {
        if self.samples.is_empty() {
            *self = later;
            return;
        }
        for (all, more) in self.samples.iter_mut().zip(later.samples) {
            for (all, more) in all.iter_mut().zip(more) {
                all.extend(more);
            }
        }
        self.replications += later.replications;
    }
}

/// Plays the same futures for several configurations and keeps `metrics` of each replication.
///
/// Each configuration gives, to the bit, what it gives when it is run alone. If the observer
/// cancels, what all of them have done is kept, perhaps nothing.
///
/// - `metrics`: names of [`ROW_COLUMNS`]; one that a configuration does not have is
///   [`UNDEFINED`](crate::accumulate::UNDEFINED) there.
///
/// # Errors
/// Those of [`run_together`].
///
/// # Panics
/// If a metric is none of [`ROW_COLUMNS`].
pub fn futures(
    models: &[&Model],
    metrics: &[&str],
    settings: &FuturesSettings,
    observer: &mut dyn Observer,
) -> Result<Futures, RunError> {
    let columns: Vec<usize> = metrics.iter().map(|&name| column(name)).collect();
    let has_money = columns.iter().any(|&column| ROW_COLUMNS[column].1 == "USD");
    let run = Settings {
        seed: settings.seed,
        range: settings.range.clone(),
        threads: settings.threads,
        collect: if has_money {
            Collect::Markets
        } else {
            Collect::System
        },
        stop: None,
        shortfalls: false,
        rows: true,
        plain: true,
    };
    let each = run.range.end.saturating_sub(run.range.start);
    let total = each * models.len() as u64;
    let mut samples = Vec::with_capacity(models.len());
    for part in models.chunks(MOST_TOGETHER) {
        let mut part_of_all = Part {
            observer,
            name: "futures".to_owned(),
            before: each * samples.len() as u64,
            each: part.len() as f64,
            total,
        };
        let (more, _) = play(part, &columns, &run, |_, _| Ok(()), &mut part_of_all)?;
        samples.extend(more);
        if observer.is_cancelled() {
            break;
        }
    }
    let done = |sample: &Vec<Vec<i64>>| sample.first().map_or(0, Vec::len);
    let mut replications = samples.iter().map(done).min().unwrap_or(0);
    if samples.len() < models.len() {
        replications = 0;
        samples.resize(models.len(), vec![Vec::new(); columns.len()]);
    }
    for sample in samples.iter_mut().flatten() {
        sample.truncate(replications);
    }
    Ok(Futures {
        samples,
        replications: replications as u64,
    })
}

/// What configurations gave: by configuration and column a number for each replication, and their
/// results.
pub(super) type Played = (Vec<Vec<Vec<i64>>>, Vec<Run>);

/// Plays several configurations side by side and keeps `columns` of [`ROW_COLUMNS`].
///
/// - `sink`: gets the rows of a configuration, by its number.
pub(super) fn play<S: FnMut(usize, &[Row]) -> io::Result<()>>(
    models: &[&Model],
    columns: &[usize],
    settings: &Settings,
    sink: S,
    observer: &mut dyn Observer,
) -> Result<Played, RunError> {
    let sink = RefCell::new(sink);
    let observer = RefCell::new(observer);
    let mut keepers: Vec<Keeper<'_, '_, S>> = (0..models.len())
        .map(|number| Keeper {
            columns,
            kept: vec![Vec::new(); columns.len()],
            number,
            sink: &sink,
            observer: &observer,
        })
        .collect();
    let mut observers: Vec<&mut dyn Observer> = keepers
        .iter_mut()
        .map(|one| one as &mut dyn Observer)
        .collect();
    let together = run_together(models, settings, &mut observers)?;
    let kept = keepers.into_iter().map(|one| one.kept);
    Ok((kept.collect(), together.runs))
}

/// Where a metric stands among [`ROW_COLUMNS`].
pub(super) fn column(name: &str) -> usize {
    ROW_COLUMNS
        .iter()
        .position(|&(column, _)| column == name)
        .expect("studies ask for columns that there are")
}

/// Keeps what is asked for of each row of one configuration. The first also tells how far all are.
struct Keeper<'k, 'o, S> {
    columns: &'k [usize],
    kept: Vec<Vec<i64>>,
    number: usize,
    sink: &'k RefCell<S>,
    observer: &'k RefCell<&'o mut dyn Observer>,
}

impl<S: FnMut(usize, &[Row]) -> io::Result<()>> Observer for Keeper<'_, '_, S> {
    fn progress(&mut self, progress: &Progress) {
        if self.number == 0 {
            self.observer.borrow_mut().progress(progress);
        }
    }

    fn is_cancelled(&self) -> bool {
        self.number == 0 && self.observer.borrow().is_cancelled()
    }

    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        for (kept, &column) in self.kept.iter_mut().zip(self.columns) {
            kept.extend(rows.iter().map(|row| row.values[column]));
        }
        (self.sink.borrow_mut())(self.number, rows)
    }
}
