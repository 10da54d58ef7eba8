//! From the command line to an exit code.

use std::fs;
use std::io::{self, Write};
use std::panic::{self, AssertUnwindSafe, PanicHookInfo};
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, FromArgMatches};

use crate::report;
use crate::scenario;

use super::arguments::{Arguments, Command};
use super::failure::Failure;
use super::{
    backtest, check, compare, curve, exact, explain, export, fit, optimise, rank, redraw, run,
    sensitivity, stress, terminal, worst,
};

/// Runs the command whose words are this process's arguments.
#[must_use]
pub fn main() -> ExitCode {
    panic::set_hook(Box::new(|bug| terminal::error(&apology(bug))));
    ExitCode::from(code(dispatch))
}

/// The exit code of a command, having shown why it failed.
fn code(command: impl FnOnce() -> Result<(), Failure>) -> u8 {
    // Nothing is used after a panic but its exit code.
    let done = panic::catch_unwind(AssertUnwindSafe(command)).unwrap_or(Err(Failure::Bug));
    match done {
        Ok(()) => 0,
        Err(failure) => {
            failure.show();
            failure.code()
        }
    }
}

fn dispatch() -> Result<(), Failure> {
    let matches = match Arguments::command().try_get_matches() {
        // Help and version are what was asked for, so it matters whether they can be printed.
        Err(error) if !error.use_stderr() => {
            return error
                .print()
                .and_then(|()| io::stdout().flush())
                .map_err(Failure::printing);
        }
        matches => matches?,
    };
    match Arguments::from_arg_matches(&matches)?.command {
        Command::Run(arguments) => run::run(&arguments),
        Command::Stress(arguments) => {
            let matches = matches.subcommand_matches("stress").unwrap_or(&matches);
            stress::stress(&arguments, matches)
        }
        Command::Compare(arguments) => compare::compare(&arguments),
        Command::Fit(arguments) => fit::fit(&arguments),
        Command::Explain(arguments) => explain::explain(&arguments),
        Command::Backtest(arguments) => backtest::backtest(&arguments),
        Command::Exact(arguments) => exact::exact(&arguments),
        Command::Rank(arguments) => rank::rank(&arguments),
        Command::Optimise(arguments) => optimise::optimise(&arguments),
        Command::Curve(arguments) => curve::curve(&arguments),
        Command::Sensitivity(arguments) => sensitivity::sensitivity(&arguments),
        Command::Worst(arguments) => worst::worst(&arguments),
        Command::Check(arguments) => check::check(&arguments),
        Command::Schema => terminal::print(|out| report::json(&scenario::schema(), out)),
        Command::Init { directory } => init(&directory),
        Command::Export(arguments) => export::export(&arguments),
        Command::Report(arguments) => redraw::redraw(&arguments),
        Command::Completions { shell } => {
            let mut text = Vec::new();
            clap_complete::generate(shell, &mut Arguments::command(), "keruen", &mut text);
            terminal::print(|out| out.write_all(&text))
        }
    }
}

/// Writes the first scenario of a newcomer, and the schema its first line points editors to. No
/// file is replaced.
fn init(directory: &Path) -> Result<(), Failure> {
    let mut schema = Vec::new();
    report::json(&scenario::schema(), &mut schema)
        .map_err(|source| Failure::writing(directory, source))?;
    let starter = scenario::starter();
    let mut files: Vec<(&str, &[u8])> = starter
        .iter()
        .map(|&(name, text)| (name, text.as_bytes()))
        .collect();
    files.push(("keruen.schema.json", &schema));
    for (name, _) in &files {
        let path = directory.join(name);
        if path.exists() {
            return Err(Failure::File {
                what: format!("`{}` exists and is not replaced", path.display()),
                source: None,
                advice: Some("name another directory".to_owned()),
            });
        }
    }
    for (name, text) in &files {
        let path = directory.join(name);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(|source| Failure::writing(parent, source))?;
        }
        fs::File::create_new(&path)
            .and_then(|mut file| file.write_all(text))
            .map_err(|source| Failure::writing(&path, source))?;
    }
    terminal::print(|out| {
        writeln!(out, "Written:")?;
        for (name, _) in &files {
            writeln!(out, "  {}", directory.join(name).display())?;
        }
        writeln!(out, "\nNext:")?;
        let first = files.first().map_or("scenario.toml", |(name, _)| *name);
        writeln!(out, "  keruen run {}", directory.join(first).display())
    })
}

/// What is said of a panic.
fn apology(bug: &PanicHookInfo) -> String {
    let payload = bug.payload();
    let message = payload.downcast_ref::<&str>().copied();
    let message = message.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let place = bug
        .location()
        .map(|place| format!(" at {place}"))
        .unwrap_or_default();
    let repository = match env!("CARGO_PKG_REPOSITORY") {
        "" => String::new(),
        address => format!(" at {address}/issues"),
    };
    format!(
        "this is a bug in keruen {}, not a mistake of yours\n  {}{place}\n  Please report it{repository} \
         with this message, the command and the scenario.",
        env!("CARGO_PKG_VERSION"),
        message.unwrap_or("a panic without a message"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_has_its_exit_code() {
        assert_eq!(code(|| Ok(())), 0);
        assert_eq!(code(|| Err(Failure::Usage("wrong".to_owned()))), 2);
        assert_eq!(code(|| Err(Failure::Unsuitable("wrong".to_owned()))), 3);
        let full = || std::io::ErrorKind::StorageFull.into();
        assert_eq!(code(|| Err(Failure::writing(Path::new("out"), full()))), 4);
        assert_eq!(
            code(|| Err(Failure::printing(std::io::ErrorKind::BrokenPipe.into()))),
            0
        );
        assert_eq!(
            code(|| Err(Failure::Interrupted("stopped".to_owned()))),
            130
        );
        assert_eq!(code(|| panic!("on purpose")), 1);
    }
}
