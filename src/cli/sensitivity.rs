//! `keruen sensitivity`.

use std::path::PathBuf;

use clap::Args;

use crate::report;
use crate::scenario::{self, Kind, Request, Scenario};
use crate::study::{self, Choice, SensitivityError, SensitivitySettings};

use super::arguments::ScenarioArguments;
use super::failure::Failure;
use super::observe::Steps;
use super::run::{Warnings, load, staging};
use super::shared::{OutputArguments, SamplingArguments};
use super::{interrupt, next, origin, terminal, write};

#[derive(Debug, Args)]
pub(super) struct SensitivityArguments {
    #[command(flatten)]
    pub(super) scenario: ScenarioArguments,
    /// Number of replications with each figure at an end
    #[arg(short = 'n', long, value_name = "N", default_value_t = 200,
        value_parser = clap::value_parser!(u64).range(2..))]
    pub(super) replications: u64,
    /// Trajectories that screen more than 20 figures; 0 or 1 for none
    #[arg(long, value_name = "R", default_value_t = 20,
        value_parser = clap::value_parser!(u64).range(..=1_000))]
    pub(super) trajectories: u64,
    /// Replications at each point of a trajectory, other ones for each trajectory
    #[arg(long, value_name = "M", default_value_t = 32,
        value_parser = clap::value_parser!(u64).range(2..=1_000_000))]
    pub(super) trajectory_futures: u64,
    /// Figures whose indices are estimated after a screening, at most
    #[arg(long, value_name = "K", default_value_t = 8,
        value_parser = clap::value_parser!(u16).range(1..=100))]
    pub(super) keep: u16,
    /// Rows of the design that indices are estimated from; 0 or 1 for none
    #[arg(long, value_name = "N", default_value_t = 160,
        value_parser = clap::value_parser!(u64).range(..=1_000_000))]
    pub(super) rows: u64,
    /// Replications at each point of the design, the same everywhere
    #[arg(long, value_name = "M", default_value_t = 32,
        value_parser = clap::value_parser!(u64).range(2..=1_000_000))]
    pub(super) row_futures: u64,
    /// Alternative to the scenario as it is, a strategy file, or all those of a study file: says which
    /// figures are worth knowing before one is chosen; may be repeated
    #[arg(long, value_name = "STRATEGY")]
    pub(super) choose: Vec<PathBuf>,
    /// What a barrel that is not delivered costs, USD; with it, what alternatives cost a year counts
    #[arg(long, value_name = "USD", requires = "choose", value_parser = usd)]
    pub(super) value: Option<f64>,
    /// Draws of all figures for the choice
    #[arg(long, value_name = "K", default_value_t = 400, requires = "choose",
        value_parser = clap::value_parser!(u64).range(40..=100_000))]
    pub(super) draws: u64,
    /// Replications of each draw, other ones for each
    #[arg(long, value_name = "M", default_value_t = 16, requires = "choose",
        value_parser = clap::value_parser!(u64).range(2..=1_000_000))]
    pub(super) draw_futures: u64,
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

/// Says which figures in doubt matter.
pub(super) fn sensitivity(arguments: &SensitivityArguments) -> Result<(), Failure> {
    let scenario = load(&arguments.scenario, Warnings::InOneLine)?;
    let output = &arguments.output;
    if scenario.doubts.is_empty() {
        return Err(Failure::Unsuitable(format!(
            "no figure of `{}` is in doubt, so that nothing can be sensitive to one; give figures \
             their doubt: `{{ value = \"2 /yr\", low = \"1 /yr\", high = \"4 /yr\" }}`, or counted events: \
             `{{ events = 4, exposure = \"3.75 yr\" }}`",
            arguments.scenario.scenario.display()
        )));
    }
    interrupt::be_patient();
    let staging = staging(output, &arguments.scenario.scenario, "-sensitivity")?;
    let settings = SensitivitySettings {
        seed: arguments.sampling.seed_or(scenario.model.simulation.seed),
        threads: arguments.sampling.threads(),
        replications: arguments.replications,
        trajectories: arguments.trajectories,
        trajectory_futures: arguments.trajectory_futures,
        rows: arguments.rows,
        row_futures: arguments.row_futures,
        keep: usize::from(arguments.keep),
    };
    let alternatives = alternatives(arguments, &scenario)?;
    let choice = Choice {
        alternatives: &alternatives,
        usd_per_barrel: arguments.value,
        draws: arguments.draws,
        futures: arguments.draw_futures,
    };
    let choice = (alternatives.len() > 1).then_some(&choice);
    let mut steps = Steps::new(arguments.output.quiet);
    let found = study::sensitivity(&scenario, &settings, choice, &mut steps);
    steps.clear();
    let Some(found) = found? else {
        let text = "interrupted; nothing is written".to_owned();
        return Err(Failure::Interrupted(text));
    };
    let mut files = Vec::new();
    if let Some(mut staging) = staging {
        let beside = output.beside(origin::origin(&alternatives));
        write::sensitivity_files(&found, &beside, &mut staging)?;
        files = staging.commit()?;
    }
    for warning in found.warnings.iter().filter(|_| output.json) {
        terminal::warning(warning);
    }
    if output.json {
        terminal::print(|out| report::json(&found, out))?;
    } else if !arguments.output.quiet {
        terminal::print(|out| {
            report::sensitivity_text(&found, terminal::width(), out)?;
            next::files(&files, out)
        })?;
    }
    if found.stopped == "interrupted" {
        let text =
            "interrupted; the results hold the parts that were done and are marked `interrupted`";
        return Err(Failure::Interrupted(text.to_owned()));
    }
    Ok(())
}

/// The scenario as it is, and with each strategy there is to choose.
fn alternatives(
    arguments: &SensitivityArguments,
    base: &Scenario,
) -> Result<Vec<Scenario>, Failure> {
    let mut strategies = Vec::new();
    for path in &arguments.choose {
        if scenario::kind(path)? == Kind::Study {
            strategies.extend(scenario::load_study(path)?.strategies);
        } else {
            strategies.push(path.clone());
        }
    }
    let asked = &arguments.scenario;
    let mut all = vec![base.clone()];
    for strategy in strategies {
        let with = [asked.with.as_slice(), &[strategy]].concat();
        let request = Request {
            path: &asked.scenario,
            with: &with,
            set: &asked.set,
        };
        let mut found = scenario::load_with_logs(&request, &asked.log)?;
        if asked.only_log {
            super::run::keep_logs(&mut found.model, &asked.log);
        }
        all.push(found);
    }
    Ok(all)
}

fn usd(text: &str) -> Result<f64, String> {
    let usd: Option<f64> = text.trim().parse().ok();
    usd.filter(|usd| *usd > 0.0 && usd.is_finite())
        .ok_or_else(|| "write a number of USD above 0, such as 40".to_owned())
}

impl From<SensitivityError> for Failure {
    fn from(error: SensitivityError) -> Self {
        match error {
            SensitivityError::Run(error) => error.into(),
            SensitivityError::Invalid(problem) => Self::Invalid(Box::new(problem)),
        }
    }
}
