//! Options that several commands share.

use std::path::PathBuf;

use clap::Args;

use crate::results::Origin;

use super::look::LookArguments;
use super::write::Beside;

/// How random numbers are drawn and work is shared.
#[derive(Debug, Args)]
pub(super) struct SamplingArguments {
    /// Seed of all random numbers [default: as the scenario says]
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// Threads [default: all processors]; changes no number
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
}

impl SamplingArguments {
    /// The seed that was asked for, or the scenario's own.
    pub(super) fn seed_or(&self, own: u64) -> u64 {
        self.seed.unwrap_or(own)
    }

    /// The number of threads; 0 is as many as there are processors.
    pub(super) fn threads(&self) -> usize {
        self.threads.map_or(0, usize::from)
    }
}

/// What is written, and what is shown.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub(super) struct OutputArguments {
    /// Directory to write into [default: keruen-out/ and the scenario's name; it is replaced]
    #[arg(long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
    /// Replace the results that the directory of --out holds
    #[arg(long, requires = "out")]
    pub(super) overwrite: bool,
    /// Draw no charts
    #[arg(long)]
    pub(super) no_charts: bool,
    #[command(flatten)]
    look: LookArguments,
    /// Also write report.xlsx, a workbook for Excel with all tables
    #[arg(long)]
    pub(super) xlsx: bool,
    /// Print the results as JSON and nothing else; without --out nothing is written
    #[arg(long)]
    pub(super) json: bool,
    /// Show no progress and no report; warnings and errors stay
    #[arg(long, short)]
    pub(super) quiet: bool,
}

impl OutputArguments {
    /// What goes beside a result that comes from there.
    pub(super) fn beside(&self, origin: Origin) -> Beside {
        Beside {
            origin,
            look: (!self.no_charts).then(|| self.look.look()),
            has_workbook: self.xlsx,
        }
    }
}
