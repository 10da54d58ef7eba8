//! How a run is asked for, followed and ended.

use std::io;
use std::ops::Range;

use crate::model::{Collect, Stop};
use crate::results::StrategyResult;

/// What to run.
#[derive(Clone, Debug, PartialEq)]
pub struct Settings {
    /// Seed of all random streams.
    pub seed: u64,
    /// Replications, by number: any range gives the same draws wherever it is computed.
    pub range: Range<u64>,
    /// Threads; 0 for all there are.
    pub threads: usize,
    /// What is gathered.
    pub collect: Collect,
    /// Stop once this is known well enough.
    pub stop: Option<Stop>,
    /// Whether single shortfalls are handed to the observer.
    pub shortfalls: bool,
    /// Whether a row per replication is handed to the observer.
    pub rows: bool,
    /// Whether to leave out control variates, which tell means more sharply from the same
    /// replications.
    pub plain: bool,
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Replications done.
    pub done: u64,
    /// Replications asked for.
    pub total: u64,
    /// Mean so far of the metric followed.
    pub mean: f64,
    /// Its standard error.
    pub std_error: f64,
    /// The metric followed.
    pub metric: String,
}

/// Who watches a run. Called on the calling thread, between waves of chunks.
pub trait Observer {
    /// Some replications are done.
    fn progress(&mut self, progress: &Progress);

    /// Whether to end the run with what it has.
    fn is_cancelled(&self) -> bool {
        false
    }

    /// Whether a search is to end with the best it has, while what comes after it is still done.
    fn is_out_of_time(&self) -> bool {
        false
    }

    /// A row per replication, in order.
    ///
    /// # Errors
    /// What keeps them from being written; it ends the run.
    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        let _ = rows;
        Ok(())
    }

    /// Single shortfalls, in order of replication and time.
    ///
    /// # Errors
    /// What keeps them from being written; it ends the run.
    fn shortfalls(&mut self, rows: &[ShortfallRow]) -> io::Result<()> {
        let _ = rows;
        Ok(())
    }
}

/// Nobody watches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Observer for Silent {
    fn progress(&mut self, _: &Progress) {}
}

/// Names and units of the numbers of a [`Row`]; shares are in 10⁻⁹, what is undefined is
/// [`crate::accumulate::UNDEFINED`].
pub const ROW_COLUMNS: [(&str, &str); 20] = [
    ("planned", "bbl"),
    ("delivered", "bbl"),
    ("exported", "bbl"),
    ("undelivered", "bbl"),
    ("gross_undelivered", "bbl"),
    ("stored", "bbl"),
    ("field_outage", "bbl"),
    ("damaged", "bbl"),
    ("quota_cut", "bbl"),
    ("shut_in", "bbl"),
    ("deliverability", "share"),
    ("shortfall_time", "s"),
    ("shortfall_events", "count"),
    ("longest_shortfall", "s"),
    ("time_to_recover", "s"),
    ("deepest_cut", "share"),
    ("tariff_paid", "USD"),
    ("revenue", "USD"),
    ("netback", "USD"),
    ("state_take", "USD"),
];

/// One replication.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Which draw of uncertain figures it belongs to, from 1; 0 if there is none.
    pub draw: u64,
    /// Its number.
    pub replication: u64,
    /// The numbers of [`ROW_COLUMNS`].
    pub values: [i64; ROW_COLUMNS.len()],
}

/// One shortfall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShortfallRow {
    /// Which draw of uncertain figures it belongs to, from 1; 0 if there is none.
    pub draw: u64,
    /// The replication it happened in.
    pub replication: u64,
    /// Seconds since the scenario's start.
    pub start_seconds: i64,
    /// Length.
    pub seconds: i64,
    /// Volume below plan.
    pub volume_bbl: i64,
    /// Greatest share of plan missing, in 10⁻⁹.
    pub deepest_share_e9: i64,
}

/// What a run gave.
#[derive(Clone, Debug)]
pub struct Run {
    /// The findings.
    pub result: StrategyResult,
    /// Replications done.
    pub replications: u64,
    /// Why it ended.
    pub stopped: Stopped,
    /// What the reader must know.
    pub warnings: Vec<String>,
    /// Draws of uncertain figures done, and replications of each; `None` if there are none.
    pub draws: Option<Draws>,
}

/// How often uncertain figures are drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Draws {
    /// Draws.
    pub count: u64,
    /// Replications of each.
    pub replications: u64,
}

impl Draws {
    /// So many draws of at least so many replications together: the number is rounded up until
    /// each draw has as many as the others.
    #[must_use]
    pub fn of(count: u64, replications: u64) -> Self {
        Self {
            count,
            replications: replications.div_ceil(count.max(1)).max(1),
        }
    }
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stopped {
    /// All replications are done.
    Count,
    /// The metric is known well enough.
    Precision,
    /// The observer cancelled it.
    Interrupted,
}

impl Stopped {
    /// As `summary.json` says it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Precision => "precision",
            Self::Interrupted => "interrupted",
        }
    }
}

/// Why a run failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RunError {
    /// Rows could not be written.
    #[error("results could not be written")]
    Io(#[from] io::Error),
    /// The number of threads asked for could not be started.
    #[error("{threads} threads could not be started: {reason}")]
    Threads {
        /// Threads asked for.
        threads: usize,
        /// What the system said.
        reason: String,
    },
    /// A metric to stop on is not one of the system's.
    #[error("there is nothing called `{name}` to stop on; there is: {known}")]
    UnknownMetric {
        /// As written.
        name: String,
        /// The known ones.
        known: String,
    },
    /// A difference to stop on, with nothing to differ from.
    #[error("`{name}` is a difference between configurations, and this run has one only")]
    NoDifference {
        /// As written.
        name: String,
    },
    /// The network is larger than the allocation is made for.
    #[error(
        "the network has {arcs} arcs over {nodes} nodes after presolve; at most {most_arcs} arcs \
         over {most_nodes} nodes can be allocated"
    )]
    TooLarge {
        /// Arcs of the reduced problem.
        arcs: usize,
        /// Its nodes.
        nodes: usize,
        /// Most arcs.
        most_arcs: usize,
        /// Most nodes.
        most_nodes: usize,
    },
    /// The figures of a draw make no model.
    #[error("draw {draw} of the figures in doubt makes no scenario: {source}")]
    Draw {
        /// The draw, from 1.
        draw: u64,
        /// What is wrong.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The figures of a draw make a model of other parts.
    #[error(
        "draw {draw} of the figures in doubt gives the scenario other parts; please report this"
    )]
    OtherParts {
        /// The draw, from 1.
        draw: u64,
    },
    /// No optimal flows were found: a mistake in the program, or figures too far apart for it.
    #[error(
        "no optimal flows of the grades that are told apart were found in {place}; please report \
         this, and try figures that are not so far apart"
    )]
    Unsolved {
        /// Where.
        place: String,
    },
    /// Tanks do not come to rest: a mistake in the program, or a network it was not made for.
    #[error("replication {replication} has more than {limit} tank epochs; please report this")]
    TooManyEpochs {
        /// Its number.
        replication: u64,
        /// The limit.
        limit: u64,
    },
}
