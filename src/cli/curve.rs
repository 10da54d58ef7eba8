//! `keruen curve`.

use clap::Args;

use crate::report;
use crate::scenario::{self, Request, Scenario};
use crate::study::{self, CurveSettings, Ends, FIRM_LINK, FirmAsked, Size};
use crate::units::{BarrelsPerDay, MAX_RATE};

use super::arguments::ScenarioArguments;
use super::failure::Failure;
use super::observe::Steps;
use super::run::{Warnings, load, staging};
use super::shared::{OutputArguments, SamplingArguments};
use super::{interrupt, next, origin, terminal, write};

/// Replications if nothing else is said, unless the scenario asks for fewer.
const REPLICATIONS: u64 = 1_000;

/// Sizes of a curve, at most.
const MOST_SIZES: usize = 200;

#[derive(Debug, Args)]
#[command(group(clap::ArgGroup::new("what").required(true).args(["of", "firm"])))]
pub(super) struct CurveArguments {
    #[command(flatten)]
    pub(super) scenario: ScenarioArguments,
    /// Value to change, as --set names it: link.spm.units.count, hub.port.tank.capacity,
    /// crew.divers.size
    #[arg(long, value_name = "KEY")]
    pub(super) of: Option<String>,
    /// Smallest size, such as '0 kb/d' or 3
    #[arg(long, value_name = "SIZE", requires_all = ["of", "to"], conflicts_with = "sizes")]
    pub(super) from: Option<String>,
    /// Largest size, in the same unit
    #[arg(long, value_name = "SIZE", requires = "from")]
    pub(super) to: Option<String>,
    /// Steps between the two [default: 5; of whole numbers, one each]
    #[arg(long, value_name = "STEPS", requires = "from",
        value_parser = clap::value_parser!(u16).range(1..200))]
    pub(super) steps: Option<u16>,
    /// Sizes themselves instead, separated by commas: '3, 4, 5' or '1 Mb, 2 Mb, 4 Mb'
    #[arg(long, value_name = "LIST", requires = "of")]
    pub(super) sizes: Option<String>,
    /// Risky option, a strategy file, whose equivalent in firm capacity is sought; several together
    /// are one option
    #[arg(long, value_name = "STRATEGY")]
    pub(super) firm: Vec<std::path::PathBuf>,
    /// Ids of the nodes that the firm way connects; without TO it ends in a market of its own
    /// [default: those of what the option adds or widens]
    #[arg(long, value_name = "FROM[:TO]", requires = "firm", value_parser = ends)]
    pub(super) ends: Option<Ends>,
    /// Step of firm capacity, kb/d
    #[arg(long, value_name = "KBD", default_value = "1", value_parser = step, requires = "firm")]
    pub(super) step: BarrelsPerDay,
    /// Number of replications [default: 1000, or as the scenario says if that is less]
    #[arg(short = 'n', long, value_name = "N", value_parser = clap::value_parser!(u64).range(2..))]
    pub(super) replications: Option<u64>,
    #[command(flatten)]
    pub(super) sampling: SamplingArguments,
    #[command(flatten)]
    pub(super) output: OutputArguments,
}

/// Says what size is worth.
pub(super) fn curve(arguments: &CurveArguments) -> Result<(), Failure> {
    let base = load(&arguments.scenario, Warnings::InOneLine)?;
    let output = &arguments.output;
    let simulation = &base.model.simulation;
    let usual = simulation.replications.clamp(2, REPLICATIONS);
    let settings = CurveSettings {
        seed: arguments.sampling.seed_or(simulation.seed),
        replications: arguments.replications.unwrap_or(usual),
        threads: arguments.sampling.threads(),
    };
    interrupt::be_patient();
    let mut steps = Steps::new(arguments.output.quiet);
    let (staging, found) = if let Some(key) = &arguments.of {
        let (unit, sizes) = sizes(arguments, key)?;
        let staging = staging(output, &arguments.scenario.scenario, "-curve")?;
        let base = (&base.model, base.sha256.as_str());
        let what = (key.as_str(), unit.as_str());
        let found = study::curve_of_sizes(base, what, &sizes, &settings, &mut steps);
        (staging, found)
    } else {
        let (ends, with, firm) = option(arguments, &base)?;
        let staging = staging(output, &arguments.scenario.scenario, "-firm")?;
        let asked = FirmAsked {
            without: (&base.model, &base.sha256),
            with: &with.model,
            firm: &firm.model,
            ends: &ends,
            step: arguments.step,
        };
        (
            staging,
            study::firm_equivalent(&asked, &settings, &mut steps),
        )
    };
    steps.clear();
    let Some(found) = found? else {
        let text = "interrupted; nothing is written".to_owned();
        return Err(Failure::Interrupted(text));
    };
    let mut files = Vec::new();
    if let Some(mut staging) = staging {
        let beside = output.beside(origin::origin([&base]));
        write::curve_files(&found, &beside, &mut staging)?;
        files = staging.commit()?;
    }
    if output.json {
        return terminal::print(|out| report::json(&found, out));
    }
    if arguments.output.quiet {
        return Ok(());
    }
    terminal::print(|out| {
        report::curve_text(&found, terminal::width(), out)?;
        next::files(&files, out)
    })
}

/// The scenario with what is asked for beside.
fn load_with(
    arguments: &CurveArguments,
    with: &[std::path::PathBuf],
    set: Option<String>,
    more: &[scenario::Text],
) -> Result<Scenario, Failure> {
    let asked = &arguments.scenario;
    let with = [asked.with.as_slice(), with].concat();
    let mut settings = asked.set.clone();
    settings.extend(set);
    let request = Request {
        path: &asked.scenario,
        with: &with,
        set: &settings,
    };
    let mut found = scenario::load_beside(&request, &asked.log, more)?;
    if asked.only_log {
        super::run::keep_logs(&mut found.model, &asked.log);
    }
    Ok(found)
}

/// The unit of all sizes, and the sizes.
fn sizes(arguments: &CurveArguments, key: &str) -> Result<(String, Vec<Size>), Failure> {
    let (unit, numbers) = numbers(arguments)?;
    let mut sizes = Vec::with_capacity(numbers.len());
    for number in numbers {
        let value = format!("{number} {unit}").trim_end().to_owned();
        let scenario = load_with(arguments, &[], Some(format!("{key}={value}")), &[])?;
        sizes.push(Size {
            value,
            number,
            model: scenario.model,
        });
    }
    Ok((unit, sizes))
}

/// The unit and the numbers of the sizes that are asked for, upward.
fn numbers(arguments: &CurveArguments) -> Result<(String, Vec<f64>), Failure> {
    let (unit, mut numbers) = match (&arguments.from, &arguments.to, &arguments.sizes) {
        (Some(from), Some(to), _) => {
            let (unit, ends) = same_unit(&[from, to])?;
            (unit, evenly((ends[0], ends[1]), arguments.steps))
        }
        (_, _, Some(list)) => same_unit(&list.split(',').collect::<Vec<_>>())?,
        _ => {
            let text = "--of needs --from and --to, or --sizes".to_owned();
            return Err(Failure::Usage(text));
        }
    };
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    if numbers.len() > MOST_SIZES {
        let text = format!("{} sizes are more than {MOST_SIZES}", numbers.len());
        return Err(Failure::Usage(text));
    }
    Ok((unit, numbers))
}

/// Numbers from one to another; whole ones if both ends are.
fn evenly((from, to): (f64, f64), steps: Option<u16>) -> Vec<f64> {
    let is_whole = from.fract() == 0.0 && to.fract() == 0.0;
    let usual = if is_whole && (to - from).abs() <= 5.0 {
        (to - from).abs().max(1.0) as u16
    } else {
        5
    };
    let steps = steps.unwrap_or(usual).max(1);
    let at = |step: u16| {
        let size = from + (to - from) * f64::from(step) / f64::from(steps);
        // As many digits as are written: 0.1 + 0.2 is 0.3.
        (size * 1e9).round() / 1e9
    };
    (0..=steps).map(at).collect()
}

/// Sizes as numbers of the one unit that all have.
fn same_unit(sizes: &[impl AsRef<str>]) -> Result<(String, Vec<f64>), Failure> {
    let mut unit: Option<String> = None;
    let mut numbers = Vec::with_capacity(sizes.len());
    for size in sizes {
        let size = size.as_ref().trim();
        let end = size
            .find(|letter: char| !(letter.is_ascii_digit() || "._+-".contains(letter)))
            .unwrap_or(size.len());
        let (number, own) = (size[..end].replace('_', ""), size[end..].trim());
        let number: Option<f64> = number
            .parse()
            .ok()
            .filter(|number: &f64| number.is_finite());
        let Some(number) = number else {
            let text =
                format!("`{size}` is no size; write a number with its unit, such as '900 kb/d'");
            return Err(Failure::Usage(text));
        };
        match &unit {
            Some(unit) if unit != own => {
                let text = format!("sizes in `{unit}` and in `{own}`; write all in the same unit");
                return Err(Failure::Usage(text));
            }
            _ => unit = Some(own.to_owned()),
        }
        numbers.push(number);
    }
    Ok((unit.unwrap_or_default(), numbers))
}

/// The ends of the firm way, the scenario with the option, and that with the firm way.
fn option(
    arguments: &CurveArguments,
    base: &Scenario,
) -> Result<(Ends, Scenario, Scenario), Failure> {
    let with = load_with(arguments, &arguments.firm, None, &[])?;
    let usual = || study::usual_ends(&base.model, &with.model);
    let Some(ends) = arguments.ends.clone().or_else(usual) else {
        let text = "the links that the option adds or widens begin or end at several nodes, or there are \
                    none, so that it has to be said which nodes the firm way connects: --ends FROM:TO, \
                    or --ends FROM for a market of its own";
        return Err(Failure::Usage(text.to_owned()));
    };
    let known = |id: &String| {
        let model = &base.model;
        model.fields.iter().any(|field| field.id == *id)
            || model.hubs.iter().any(|hub| hub.id == *id)
            || model.markets.iter().any(|market| market.id == *id)
    };
    if let Some(id) = std::iter::once(&ends.from)
        .chain(&ends.to)
        .find(|id| !known(id))
    {
        return Err(Failure::Usage(format!(
            "there is no field, hub or market `{id}` without the option; name others with --ends FROM:TO"
        )));
    }
    if base.model.links.iter().any(|link| link.id == FIRM_LINK) {
        let text = format!("the scenario has a link `{FIRM_LINK}` of its own; give it another id");
        return Err(Failure::Unsuitable(text));
    }
    let firm = load_with(arguments, &[], None, &[study::firm_text(&ends)])?;
    Ok((ends, with, firm))
}

fn ends(text: &str) -> Result<Ends, String> {
    let (from, to) = match text.split_once(':') {
        Some((from, to)) => (from.trim(), Some(to.trim().to_owned())),
        None => (text.trim(), None),
    };
    let is_id = |id: &str| {
        let is_letter = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
        !id.is_empty() && id.chars().all(is_letter)
    };
    if is_id(from) && to.as_deref().is_none_or(is_id) {
        return Ok(Ends {
            from: from.to_owned(),
            to,
        });
    }
    Err("write ids of nodes as FROM:TO, such as port:overseas".to_owned())
}

fn step(text: &str) -> Result<BarrelsPerDay, String> {
    let rate: Option<f64> = text.trim().parse().ok();
    let rate = rate
        .map(|kbd| (kbd * 1_000.0).round())
        .filter(|&rate| rate >= 1.0 && rate <= MAX_RATE.0 as f64);
    rate.map(|rate| BarrelsPerDay(rate as i64))
        .ok_or_else(|| "write a number of kb/d, such as 1 or 0.5".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_numbers_of_one_unit() {
        let read = |sizes: &[&str]| same_unit(sizes).map_err(drop);
        assert_eq!(
            read(&["0 kb/d", " 1_000 kb/d"]),
            Ok(("kb/d".to_owned(), vec![0.0, 1_000.0]))
        );
        assert_eq!(read(&["3", "4"]), Ok((String::new(), vec![3.0, 4.0])));
        assert_eq!(read(&["3 Mb", "4 kb"]), Err(()));
        assert_eq!(read(&["much"]), Err(()));
        assert_eq!(read(&["-"]), Err(()));
    }

    #[test]
    fn steps_are_even_and_whole_numbers_stay_whole() {
        assert_eq!(evenly((3.0, 6.0), None), [3.0, 4.0, 5.0, 6.0]);
        assert_eq!(evenly((0.0, 0.3), Some(3)), [0.0, 0.1, 0.2, 0.3]);
        assert_eq!(evenly((0.0, 100.0), None).len(), 6);
        assert_eq!(evenly((2.0, 2.0), None), [2.0, 2.0]);
    }

    #[test]
    fn ends_are_one_id_or_two() {
        assert_eq!(
            ends("port:sea").map(|ends| ends.to),
            Ok(Some("sea".to_owned()))
        );
        assert_eq!(ends("port").map(|ends| ends.to), Ok(None));
        assert!(ends(":sea").is_err() && ends("a:b:c").is_err() && ends("a b:c").is_err());
    }
}
