//! What was written, and what may be done with it.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::results::Summary;

/// Lists the files that were written.
pub(super) fn files(files: &[PathBuf], out: &mut dyn Write) -> io::Result<()> {
    if files.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nWritten:")?;
    for file in files {
        writeln!(out, "  {}", file.display())?;
    }
    Ok(())
}

/// Says what a run leads to.
pub(super) fn after_run(
    scenario: &Path,
    summary: &Summary,
    files: &[PathBuf],
    out: &mut dyn Write,
) -> io::Result<()> {
    let scenario = scenario.display();
    writeln!(out, "\nNext:")?;
    if let Some(chart) = files
        .iter()
        .find(|file| file.extension().is_some_and(|end| end == "svg"))
    {
        writeln!(out, "  look at {} in a browser", chart.display())?;
    }
    if let Some(gate) = main_gate(summary) {
        let start = &summary.scenario.start;
        writeln!(
            out,
            "  keruen stress {scenario} --close link.{gate} --from {start} --for '30 d'"
        )?;
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
