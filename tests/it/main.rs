//! Tests of what the library and the command promise, one module per boundary.

mod adequacy;
mod architecture;
mod command;
mod invalid_files;
mod known_answers;
mod metamorphic;
mod oracle;
mod random_worlds;
mod reproducibility;
mod scenario_files;
mod scenarios_hold;
mod worlds;

/// A problem as a person sees it: without colours, 100 columns wide.
pub fn rendered(diagnostic: &dyn miette::Diagnostic) -> String {
    let mut shown = String::new();
    miette::GraphicalReportHandler::new_themed(miette::GraphicalTheme::unicode_nocolor())
        .with_width(100)
        .render_report(&mut shown, diagnostic)
        .expect("a string takes all that is written to it");
    // Blank lines carry spaces that editors would remove.
    shown
        .lines()
        .map(str::trim_end)
        .collect::<Vec<_>>()
        .join("\n")
}
