//! What was written, and what may be done with it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::report;
use crate::results::{Summary, Worst};

use super::{terminal, write};

/// Says where the files are that were written, and which of them are charts.
pub(super) fn files(files: &[PathBuf], out: &mut dyn Write) -> io::Result<()> {
    let Some(directory) = files.first().and_then(|file| file.parent()) else {
        return Ok(());
    };
    let directory = if directory.as_os_str().is_empty() {
        Path::new(".")
    } else {
        directory
    };
    let count = match files.len() {
        1 => "1 file".to_owned(),
        several => format!("{several} files"),
    };
    writeln!(out, "\nWritten: {} ({count})", directory.display())?;
    let charts = files
        .iter()
        .filter(|file| file.extension().is_some_and(|end| end == "svg"))
        .filter_map(|file| Some(file.file_stem()?.to_string_lossy()));
    let charts: Vec<_> = charts.collect();
    if !charts.is_empty() {
        let line = format!("Charts, as .svg and .png: {}", charts.join(", "));
        report::paragraph(&line, terminal::width(), out)?;
    }
    Ok(())
}

/// Says what a run leads to.
pub(super) fn after_run(
    (scenario, logs): (&Path, &[PathBuf]),
    summary: &Summary,
    files: &[PathBuf],
    out: &mut dyn Write,
) -> io::Result<()> {
    let scenario = scenario.display();
    writeln!(out, "\nNext:")?;
    if let Some(page) = files
        .iter()
        .find(|file| file.file_name().is_some_and(|name| name == write::PAGE))
    {
        writeln!(out, "  look at {} in a browser", page.display())?;
    }
    if let Some(gate) = main_gate(summary) {
        let start = &summary.scenario.start;
        writeln!(
            out,
            "  keruen stress {scenario} --close link.{gate} --from {start} --for '30 d'"
        )?;
    }
    // A replication of a draw of figures in doubt cannot be told alone.
    if summary.uncertainty.is_none() {
        write!(out, "  keruen explain {scenario}")?;
        for log in logs {
            write!(out, " --log '{}'", log.display())?;
        }
        writeln!(out, " --worst -n {}", summary.replications)?;
    }
    writeln!(out, "  keruen run {scenario} --with STRATEGY")
}

/// The first gate of the route that carries most when nothing goes wrong.
fn main_gate(summary: &Summary) -> Option<&str> {
    let flows = &summary.strategies.first()?.undisturbed.routes_bpd;
    let (id, _) = flows.iter().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let route = summary
        .network
        .routes
        .iter()
        .find(|route| route.id == *id)?;
    route.gates.first().map(String::as_str)
}

/// Says what the worst things to lose lead to.
pub(super) fn after_worst(scenario: &Path, worst: &Worst, out: &mut dyn Write) -> io::Result<()> {
    let mut sizes = worst.sizes.iter().rev();
    let Some(set) = sizes.find_map(|size| size.worst.first()) else {
        return Ok(());
    };
    if worst.down_state != "closed" {
        return Ok(());
    }
    let Ok(start) = worst.scenario.start.parse() else {
        return Ok(());
    };
    let instant = report::date_time(start, worst.at_seconds);
    let date = instant.split(' ').next().unwrap_or(&instant);
    write!(out, "\nNext:\n  keruen stress {}", scenario.display())?;
    for id in &set.elements {
        write!(out, " \\\n      --close {id} --from {date} --for '30 d'")?;
    }
    writeln!(out)
}
