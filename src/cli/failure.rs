//! Why a command ends early, what it says then, and with which exit code.

use std::io::{self, Write};
use std::path::Path;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme};

use crate::{scenario, simulation};

use super::terminal;

/// Why a command ends early.
pub(super) enum Failure {
    /// The arguments do not parse.
    Arguments(clap::Error),
    /// The arguments parse but make no sense together.
    Usage(String),
    /// An argument does not fit the scenario.
    UsageProblem(Box<dyn Diagnostic + Send + Sync>),
    /// The scenario has problems.
    Invalid(Box<dyn Diagnostic + Send + Sync>),
    /// A draw of uncertain figures makes no scenario.
    BadDraw {
        /// The draw, from 1.
        draw: u64,
        /// What is wrong.
        problem: Box<dyn Diagnostic + Send + Sync>,
    },
    /// The scenario is well-formed but cannot be used as asked.
    Unsuitable(String),
    /// A file could not be read or written.
    File {
        /// What could not be done, with the path.
        what: String,
        /// The system's reason.
        source: Option<io::Error>,
        /// What to do about it.
        advice: Option<String>,
    },
    /// The user interrupted, and this became of the work.
    Interrupted(String),
    /// Whoever reads the output has gone.
    Closed,
    /// A panic, already reported.
    Bug,
}

impl Failure {
    /// A file could not be read or written.
    pub(super) fn file(what: impl Into<String>, source: io::Error) -> Self {
        Self::File {
            what: what.into(),
            source: Some(source),
            advice: None,
        }
    }

    /// A file could not be written.
    pub(super) fn writing(path: &Path, source: io::Error) -> Self {
        Self::file(format!("cannot write `{}`", path.display()), source)
    }

    /// Standard output failed.
    pub(super) fn printing(source: io::Error) -> Self {
        if source.kind() == io::ErrorKind::BrokenPipe {
            Self::Closed
        } else {
            Self::file("cannot write to standard output", source)
        }
    }

    /// The exit code.
    pub(super) fn code(&self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Bug => 1,
            Self::Arguments(error) => u8::try_from(error.exit_code()).unwrap_or(2),
            Self::Usage(_) | Self::UsageProblem(_) => 2,
            Self::Invalid(_) | Self::BadDraw { .. } | Self::Unsuitable(_) => 3,
            Self::File { .. } => 4,
            Self::Interrupted(_) => 130,
        }
    }

    /// Says what is wrong, on standard error.
    pub(super) fn show(&self) {
        match self {
            Self::Closed | Self::Bug => {}
            // If even standard error is gone, there is nobody left to tell.
            Self::Arguments(error) => drop(error.print()),
            Self::UsageProblem(problem) | Self::Invalid(problem) => diagnostic(problem.as_ref()),
            Self::BadDraw { draw, problem } => {
                terminal::error(&format!(
                    "draw {draw} of the figures in doubt makes no scenario"
                ));
                diagnostic(problem.as_ref());
                terminal::advice("narrow `low` and `high` of the figure named above");
            }
            Self::Usage(text) => {
                terminal::error(text);
                terminal::advice("`keruen help` shows what may be written");
            }
            Self::Unsuitable(text) => terminal::error(text),
            Self::Interrupted(text) => terminal::note(text),
            Self::File {
                what,
                source,
                advice,
            } => {
                let source = source.as_ref().map(|source| format!(": {source}"));
                terminal::error(&format!("{what}{}", source.unwrap_or_default()));
                if let Some(advice) = advice {
                    terminal::advice(advice);
                }
            }
        }
    }
}

impl From<clap::Error> for Failure {
    fn from(error: clap::Error) -> Self {
        Self::Arguments(error)
    }
}

impl From<scenario::Error> for Failure {
    fn from(error: scenario::Error) -> Self {
        match error {
            scenario::Error::Unreadable { path, source } => {
                Self::file(format!("cannot read `{}`", path.display()), source)
            }
            scenario::Error::Invalid(invalid) => Self::Invalid(Box::new(invalid)),
        }
    }
}

impl From<simulation::RunError> for Failure {
    fn from(error: simulation::RunError) -> Self {
        match error {
            simulation::RunError::Io(source) => Self::file("cannot write the results", source),
            // These follow from what the command line asks for.
            simulation::RunError::UnknownMetric { .. }
            | simulation::RunError::NoDifference { .. }
            | simulation::RunError::Threads { .. } => Self::Usage(error.to_string()),
            simulation::RunError::Draw { draw, source } => {
                match source.downcast::<scenario::Invalid>() {
                    Ok(problem) => Self::BadDraw { draw, problem },
                    Err(source) => Self::Unsuitable(format!("draw {draw}: {source}")),
                }
            }
            other => Self::Unsuitable(other.to_string()),
        }
    }
}

/// Shows a problem with its place in the file, on standard error.
pub(super) fn diagnostic(problem: &dyn Diagnostic) {
    let handler = GraphicalReportHandler::new_themed(GraphicalTheme::unicode())
        .with_width(usize::from(terminal::error_width()))
        .with_links(false);
    let mut text = String::new();
    if handler.render_report(&mut text, problem).is_err() {
        text = format!("error: {problem}\n");
    }
    // Colours are taken out where they do not belong. A closed standard error tells nobody.
    drop(write!(anstream::stderr().lock(), "{text}"));
}
