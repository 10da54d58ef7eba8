//! `keruen export`.

use std::path::Path;

use crate::report::{self, ExportedNetwork};
use crate::results::{NetworkInfo, ScenarioInfo, StrategyResult, Summary, Undisturbed};
use crate::simulation;

use super::arguments::{ExportArguments, ExportFormat, ScenarioArguments};
use super::failure::Failure;
use super::run::{Warnings, load};
use super::{redraw, terminal};

/// What is exported.
struct Exported {
    network: NetworkInfo,
    scenario: ScenarioInfo,
    undisturbed: Undisturbed,
    found: Option<StrategyResult>,
    run: Option<(u64, u64)>,
}

/// Writes a network for other tools, with results if there are any.
pub(super) fn export(arguments: &ExportArguments) -> Result<(), Failure> {
    let format = format(arguments)?;
    if let Some(out) = arguments.out.as_deref().filter(|out| out.exists())
        && !arguments.overwrite
    {
        return Err(Failure::File {
            what: format!("`{}` exists", out.display()),
            source: None,
            advice: Some("add --overwrite to replace it".to_owned()),
        });
    }
    let exported = if arguments.from.is_dir() {
        of_results(arguments)?
    } else {
        of_scenario(arguments)?
    };
    let view = ExportedNetwork {
        network: &exported.network,
        scenario: &exported.scenario,
        undisturbed: &exported.undisturbed,
        found: exported.found.as_ref(),
        run: exported.run,
    };
    let write = match format {
        ExportFormat::Geojson => report::network_geojson,
        ExportFormat::Graphml => report::network_graphml,
        ExportFormat::Dot => report::network_dot,
    };
    let Some(out) = &arguments.out else {
        return terminal::print(|out| write(&view, out));
    };
    let mut bytes = Vec::new();
    write(&view, &mut bytes).map_err(|source| Failure::writing(out, source))?;
    let written = redraw::replace(out, &bytes)?;
    terminal::print(|out| writeln!(out, "Written: {}", written.display()))
}

/// What is asked for, or what the name of the file says.
fn format(arguments: &ExportArguments) -> Result<ExportFormat, Failure> {
    if let Some(format) = arguments.format {
        return Ok(format);
    }
    let out = arguments.out.as_deref().and_then(Path::extension);
    match out.and_then(|end| end.to_str()) {
        Some("geojson" | "json") => Ok(ExportFormat::Geojson),
        Some("graphml" | "xml") => Ok(ExportFormat::Graphml),
        Some("dot" | "gv") => Ok(ExportFormat::Dot),
        _ => Err(Failure::Usage(
            "say which format: --format geojson, --format graphml or --format dot".to_owned(),
        )),
    }
}

/// The network of saved results.
fn of_results(arguments: &ExportArguments) -> Result<Exported, Failure> {
    if !arguments.with.is_empty() || !arguments.set.is_empty() {
        return Err(Failure::Usage(
            "--with and --set change a scenario, not results; name a scenario file".to_owned(),
        ));
    }
    let directory = &arguments.from;
    let Some(mut summary) = redraw::read::<Summary>(directory, "summary.json")? else {
        return Err(Failure::File {
            what: format!("`{}` holds no summary.json", directory.display()),
            source: None,
            advice: Some(
                "name a directory that `keruen run` or `keruen compare` wrote, or a scenario"
                    .to_owned(),
            ),
        });
    };
    let place = match &arguments.strategy {
        None => 0,
        Some(id) => {
            let known: Vec<&str> = summary.strategies.iter().map(|s| s.id.as_str()).collect();
            let found = known.iter().position(|known| known == id);
            found.ok_or_else(|| {
                Failure::Usage(format!(
                    "there is no strategy `{id}`; there are {}",
                    known.join(", ")
                ))
            })?
        }
    };
    if place >= summary.strategies.len() {
        return Err(Failure::Unsuitable(
            "the results hold no strategy".to_owned(),
        ));
    }
    let found = summary.strategies.swap_remove(place);
    Ok(Exported {
        network: summary.network,
        scenario: summary.scenario,
        undisturbed: found.undisturbed.clone(),
        found: Some(found),
        run: Some((summary.seed, summary.replications)),
    })
}

/// The network of a scenario, with what flows when nothing goes wrong.
fn of_scenario(arguments: &ExportArguments) -> Result<Exported, Failure> {
    if arguments.strategy.is_some() {
        return Err(Failure::Usage(
            "--strategy chooses among results; apply a strategy to a scenario with --with"
                .to_owned(),
        ));
    }
    let asked = ScenarioArguments {
        scenario: arguments.from.clone(),
        with: arguments.with.clone(),
        set: arguments.set.clone(),
        log: Vec::new(),
        only_log: false,
    };
    let scenario = load(&asked, Warnings::InOneLine)?;
    let overview = simulation::overview(&scenario.model)?;
    Ok(Exported {
        network: simulation::network_info(&scenario.model),
        scenario: simulation::scenario_info(&scenario.model, &scenario.sha256),
        undisturbed: overview.undisturbed,
        found: None,
        run: None,
    })
}
