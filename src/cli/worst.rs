//! `keruen worst`.

use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::model::Model;
use crate::report;
use crate::scenario;
use crate::study::{self, Among, DownState, WorstError, WorstSettings};
use crate::units::Seconds;

use super::arguments::ScenarioArguments;
use super::failure::Failure;
use super::observe::Steps;
use super::run::{Warnings, load, staging};
use super::shared::OutputArguments;
use super::{interrupt, next, origin, terminal, write};

/// Lengths of outages if nothing else is said.
const LENGTHS: [&str; 2] = ["30 d", "90 d"];

#[derive(Debug, Args)]
pub(super) struct WorstArguments {
    #[command(flatten)]
    pub(super) scenario: ScenarioArguments,
    /// The most things that are taken out together
    #[arg(short = 'k', long = "size", value_name = "K", default_value_t = 2,
        value_parser = clap::value_parser!(u8).range(1..=20))]
    pub(super) size: u8,
    /// What may be taken out: links, hubs, fields, or ids, separated by commas
    #[arg(
        long,
        value_name = "WHAT",
        value_delimiter = ',',
        default_value = "links,hubs,fields"
    )]
    pub(super) among: Vec<String>,
    /// Also single units of what has units, such as one of several moorings
    #[arg(long)]
    pub(super) units: bool,
    /// How far things are taken out
    #[arg(long, value_name = "STATE", value_enum, default_value_t = Down::Closed)]
    pub(super) down_state: Down,
    /// How many of the worst sets of each size are shown
    #[arg(long, value_name = "COUNT", default_value_t = 10,
        value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(super) top: u16,
    /// When things are taken out [default: the start of the scenario]
    #[arg(long, value_name = "DATE")]
    pub(super) date: Option<String>,
    /// Length of an outage that is played over time; may be repeated [default: 30 d and 90 d]
    #[arg(long = "for", value_name = "DURATION")]
    pub(super) lasts: Vec<String>,
    /// Play no outages over time
    #[arg(long, conflicts_with = "lasts")]
    pub(super) no_time: bool,
    /// Most sets of a size that are solved one by one, where nothing less will do
    #[arg(long, value_name = "COUNT", default_value_t = 1_000_000,
        value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) sets: u64,
    /// Seconds after which the search ends with bounds
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
        value_parser = clap::value_parser!(u64).range(1..=1_000_000))]
    pub(super) time: u64,
    /// Solve every set, also where bounds decide, and count what comes to the same apart
    #[arg(long)]
    pub(super) plain: bool,
    /// Threads [default: all processors]; changes no number
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub(super) threads: Option<u16>,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

/// How far things are taken out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Down {
    /// Nothing is left
    Closed,
    /// The smallest share that their own hazards leave
    Hazards,
}

/// Finds the worst things to lose.
pub(super) fn worst(arguments: &WorstArguments) -> Result<(), Failure> {
    let scenario = load(&arguments.scenario, Warnings::InOneLine)?;
    let settings = settings(arguments, &scenario.model)?;
    let output = &arguments.output;
    interrupt::be_patient();
    let staging = staging(output, &arguments.scenario.scenario, "-worst")?;
    let mut steps =
        Steps::new(arguments.output.quiet).searching_for(Duration::from_secs(arguments.time));
    let found = study::worst(&scenario.model, &scenario.sha256, &settings, &mut steps);
    steps.clear();
    let found = found.map_err(|error| match error {
        WorstError::Cancelled => Failure::Interrupted("interrupted; nothing is written".to_owned()),
        WorstError::Run(error) => error.into(),
        other => Failure::Usage(other.to_string()),
    })?;
    let mut files = Vec::new();
    if let Some(mut staging) = staging {
        let beside = output.beside(origin::origin([&scenario]));
        write::worst_files(&found, &beside, &mut staging)?;
        files = staging.commit()?;
    }
    if output.json {
        return terminal::print(|out| report::json(&found, out));
    }
    if arguments.output.quiet {
        return Ok(());
    }
    terminal::print(|out| {
        report::worst_text(&found, terminal::width(), out)?;
        next::files(&files, out)?;
        next::after_worst(&arguments.scenario.scenario, &found, out)
    })
}

fn settings(arguments: &WorstArguments, model: &Model) -> Result<WorstSettings, Failure> {
    let invalid = |problem| Failure::UsageProblem(Box::new(problem));
    let at = match &arguments.date {
        Some(date) => scenario::instant(model, "--date", date).map_err(invalid)?,
        None => Seconds::ZERO,
    };
    let usual = LENGTHS.map(str::to_owned);
    let lengths = if arguments.lasts.is_empty() {
        &usual[..]
    } else {
        &arguments.lasts
    };
    let lengths: Result<Vec<Seconds>, Failure> = lengths
        .iter()
        .filter(|_| !arguments.no_time)
        .map(|text| scenario::length(model, "--for", text).map_err(invalid))
        .collect();
    let among = |word: &String| match word.trim() {
        "links" => Among::Links,
        "hubs" => Among::Hubs,
        "fields" => Among::Fields,
        id => Among::One(id.to_owned()),
    };
    Ok(WorstSettings {
        size: usize::from(arguments.size),
        among: arguments.among.iter().map(among).collect(),
        units: arguments.units,
        down: match arguments.down_state {
            Down::Closed => DownState::Closed,
            Down::Hazards => DownState::Hazards,
        },
        top: usize::from(arguments.top),
        at,
        lengths: lengths?,
        most_sets: arguments.sets,
        is_plain: arguments.plain,
        threads: arguments.threads.map_or(0, usize::from),
    })
}
