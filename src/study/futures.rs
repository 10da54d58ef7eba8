//! Many configurations in the same random futures: what every study of decisions rests on.
//!
//! A configuration is a model: the base, a base with a strategy, a base without a hazard. All of
//! them meet the same disruptions, replication by replication, so that differences are paired.

use std::io;

use crate::model::{Collect, Model};
use crate::simulation::{Observer, Progress, ROW_COLUMNS, Row, RunError, Settings, run_together};

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
    };
    let each = run.range.end.saturating_sub(run.range.start);
    let total = each * models.len() as u64;
    let mut samples = Vec::with_capacity(models.len());
    for part in models.chunks(MOST_TOGETHER) {
        let mut lead = Lead {
            keeper: Keeper::new(&columns),
            observer,
            before: each * samples.len() as u64,
            together: part.len() as u64,
            total,
        };
        let mut others: Vec<Keeper> = part[1..].iter().map(|_| Keeper::new(&columns)).collect();
        let mut observers: Vec<&mut dyn Observer> = vec![&mut lead];
        observers.extend(others.iter_mut().map(|one| one as &mut dyn Observer));
        run_together(part, &run, &mut observers)?;
        samples.push(lead.keeper.kept);
        samples.extend(others.into_iter().map(|one| one.kept));
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

/// Where a metric stands among [`ROW_COLUMNS`].
fn column(name: &str) -> usize {
    ROW_COLUMNS
        .iter()
        .position(|&(column, _)| column == name)
        .expect("studies ask for columns that there are")
}

/// Keeps what is asked for of each row.
struct Keeper<'c> {
    columns: &'c [usize],
    kept: Vec<Vec<i64>>,
}

impl<'c> Keeper<'c> {
    fn new(columns: &'c [usize]) -> Self {
        Self {
            columns,
            kept: vec![Vec::new(); columns.len()],
        }
    }
}

impl Observer for Keeper<'_> {
    fn progress(&mut self, _: &Progress) {}

    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        for (kept, &column) in self.kept.iter_mut().zip(self.columns) {
            kept.extend(rows.iter().map(|row| row.values[column]));
        }
        Ok(())
    }
}

/// The first of those played side by side: it also tells how far all are.
struct Lead<'c, 'o> {
    keeper: Keeper<'c>,
    observer: &'o mut dyn Observer,
    before: u64,
    together: u64,
    total: u64,
}

impl Observer for Lead<'_, '_> {
    fn progress(&mut self, progress: &Progress) {
        self.observer.progress(&Progress {
            done: self.before + self.together * progress.done,
            total: self.total,
            mean: 0.0,
            std_error: 0.0,
            metric: "futures".to_owned(),
        });
    }

    fn is_cancelled(&self) -> bool {
        self.observer.is_cancelled()
    }

    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        self.keeper.rows(rows)
    }
}
