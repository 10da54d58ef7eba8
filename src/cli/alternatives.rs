//! A base and what may become of it: a study file, or a scenario with strategies.

use std::path::{Path, PathBuf};

use clap::Args;

use crate::model::Model;
use crate::scenario::{self, Kind, Request, Scenario};

use super::failure::Failure;
use super::terminal;

/// A base and its alternatives.
#[derive(Debug, Args)]
pub(super) struct AlternativesArguments {
    /// Study file, or scenario file with --with
    #[arg(value_name = "STUDY|SCENARIO")]
    pub(super) file: PathBuf,
    /// Strategy file that is one alternative; may be repeated. Files joined by `+` are applied
    /// together: --with a.toml+b.toml
    #[arg(long, value_name = "STRATEGY")]
    pub(super) with: Vec<PathBuf>,
    /// Set one value in the base and in all alternatives, such as link.spm.capacity='900 kb/d'
    #[arg(long, value_name = "KEY=VALUE")]
    pub(super) set: Vec<String>,
}

/// A base and its alternatives, read.
pub(super) struct Alternatives {
    /// What results are called by: the study's file, or the scenario's.
    pub(super) file: PathBuf,
    pub(super) base: Scenario,
    pub(super) others: Vec<Scenario>,
}

impl Alternatives {
    /// The models of the alternatives.
    pub(super) fn models(&self) -> Vec<&Model> {
        self.others.iter().map(|other| &other.model).collect()
    }
}

/// Reads a base and its alternatives, and says what is odd about them.
pub(super) fn load(arguments: &AlternativesArguments) -> Result<Alternatives, Failure> {
    let file = &arguments.file;
    let shown = file.display();
    let mut with: Vec<Vec<PathBuf>> = Vec::new();
    let base = match scenario::kind(file) {
        Ok(Kind::Study) => {
            let study = scenario::load_study(file)?;
            with.extend(study.strategies.into_iter().map(|path| vec![path]));
            study.base
        }
        // What is wrong with a file that has no clear kind is said when it is read.
        Ok(Kind::Scenario) | Err(_) => file.clone(),
        Ok(_) => {
            return Err(Failure::Unsuitable(format!(
                "`{shown}` is neither a study nor a scenario; name one of these, and strategies with \
                 --with"
            )));
        }
    };
    with.extend(arguments.with.iter().map(|path| together(path)));
    if with.is_empty() {
        return Err(Failure::Unsuitable(format!(
            "nothing to compare `{shown}` with: give strategies with --with, or a study file that \
             lists them"
        )));
    }
    let read = |with: &[PathBuf]| {
        scenario::load(&Request {
            path: &base,
            with,
            set: &arguments.set,
        })
    };
    let base_scenario = read(&[])?;
    let mut others = Vec::with_capacity(with.len());
    for with in &with {
        others.push(read(with)?);
    }
    let mut said = Vec::new();
    for scenario in std::iter::once(&base_scenario).chain(&others) {
        for warning in &scenario.warnings {
            let text = match warning.place() {
                None => warning.message().to_owned(),
                Some((file, line)) => format!("{file}:{line}: {}", warning.message()),
            };
            // What is odd about the base is odd in every alternative.
            if !said.contains(&text) {
                terminal::warning(&text);
                said.push(text);
            }
        }
    }
    Ok(Alternatives {
        file: file.clone(),
        base: base_scenario,
        others,
    })
}

/// Files that are applied together: joined by `+`, unless a file has that very name.
fn together(path: &Path) -> Vec<PathBuf> {
    let text = path.to_string_lossy();
    if path.exists() || !text.contains('+') {
        return vec![path.to_owned()];
    }
    text.split('+').map(PathBuf::from).collect()
}
