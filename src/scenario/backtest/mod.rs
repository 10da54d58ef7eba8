//! Back-tests: recorded disruptions with what was observed, and forecasts with what came.

mod observed;

use std::path::{Path, PathBuf};

use crate::model::{Flow, Hazard, LogEvent, Model, Occurs, Source};
use crate::units::{Fraction, Seconds};

use super::csv::CsvFiles;
use super::doubt::{Draw, Law};
use super::load::{Error, Hazards, Scenario, csv_file, parse_with, read_text};
use super::problem::{Invalid, Report};
use super::quantities::check_sources;
use super::quantity::Dimension;
use super::read::{Reader, count, owned_strings, owned_text, strings, text, truth};
use super::shape::{self, Asked};
use super::spec::BACKTEST_FILE;
use super::stress::close;
use super::study::no_file;
use super::text::{Text, Texts};
use super::tree::{self, Element, Node, Table, Value};

use observed::{Doubt, doubts, question};

/// Recorded disruptions and what was observed; hazards and what they are to forecast.
#[derive(Clone, Debug)]
pub struct Backtest {
    /// Name.
    pub name: String,
    /// What it shows.
    pub about: String,
    /// The share of what was observed by which a model may miss it.
    pub within: f64,
    /// Replays of each episode over what is in doubt.
    pub replays: u64,
    /// Replications of each forecast.
    pub replications: u64,
    /// Seed of all random numbers.
    pub seed: u64,
    /// Recorded disruptions, in order of their ids.
    pub episodes: Vec<Episode>,
    /// What is forecast, in order of ids.
    pub forecasts: Vec<Forecast>,
    /// Calibrations, in order of their ids.
    pub variants: Vec<Variant>,
    /// Where figures come from, by id: those of the base and of this file.
    pub sources: std::collections::BTreeMap<String, Source>,
    /// Name of the base scenario.
    pub base: String,
    /// SHA-256 of the file and of all scenarios in it, in hexadecimal digits.
    pub sha256: String,
}

/// A recorded disruption.
#[derive(Clone, Debug)]
pub struct Episode {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What happened.
    pub about: String,
    /// The scenario at its time, without hazards.
    pub model: Model,
    /// What was closed.
    pub closures: Vec<Hazard>,
    /// What was observed.
    pub questions: Vec<Question>,
    /// What is in doubt about the scenario.
    doubts: Vec<Doubt>,
    /// What is in doubt about the closures.
    loose: Vec<Loose>,
    world: Written,
}

/// A quantity that was observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Name.
    pub name: String,
    /// What of the flow.
    pub metric: Metric,
    /// The flow: its parts are added.
    pub of: Vec<Flow>,
    /// As written.
    pub written: Vec<String>,
    /// Beginning, since the start.
    pub from: Seconds,
    /// End.
    pub until: Seconds,
    /// Unit of the figures below: `kb/d`, `Mt`; empty for a share.
    pub unit: String,
    /// What one unit is: barrels, barrels a day, or 1.
    pub scale: f64,
    /// Whether the unit is one of rates.
    pub is_rate: bool,
    /// What was observed.
    pub value: f64,
    /// Low end.
    pub low: Option<f64>,
    /// High end.
    pub high: Option<f64>,
    /// By how much it may be missed; a share of the value if absent.
    pub within: Option<f64>,
    /// Ids of sources.
    pub sources: Vec<String>,
    /// Remark.
    pub note: String,
}

/// What of a flow is observed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// The flow itself.
    Level,
    /// What it lacks of the flow with nothing closed.
    Loss,
    /// What it has beyond it.
    Gain,
    /// The share it lacks.
    Fall,
}

/// A quantity that is forecast.
#[derive(Clone, Debug, PartialEq)]
pub struct Forecast {
    /// Id.
    pub id: String,
    /// The same quantity in earlier times, oldest first, in the unit of the question.
    pub before: Vec<f64>,
}

/// A way to calibrate hazards.
#[derive(Clone, Debug)]
pub struct Variant {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// What it is calibrated on.
    pub about: String,
    /// Whether it has seen what it forecasts.
    pub in_sample: bool,
    /// The scenario with its hazards.
    pub model: Model,
    /// The forecasts' questions, in their order.
    pub questions: Vec<Question>,
    doubts: Vec<Doubt>,
    world: Written,
}

impl Variant {
    /// What is in doubt, by key.
    #[must_use]
    pub fn doubted(&self) -> Vec<String> {
        self.doubts.iter().map(|doubt| doubt.key.clone()).collect()
    }

    /// The scenario with its own doubts at quantiles, and all other figures in doubt as drawn.
    ///
    /// - `quantiles`: between 0 and 1, as many as [`Self::doubted`].
    /// - `draw`: a number inside (0, 1) for the path of each other figure.
    ///
    /// # Errors
    /// [`Invalid`] if such a scenario would be none.
    pub fn draw(&self, quantiles: &[f64], draw: &Draw<'_>) -> Result<Model, Invalid> {
        self.world
            .read(&settings(&self.doubts, quantiles))?
            .drawn(draw)
    }
}

/// A scenario with its doubts at quantiles.
fn drawn(
    model: &Model,
    world: &Written,
    doubts: &[Doubt],
    quantiles: &[f64],
) -> Result<Model, Invalid> {
    let set = settings(doubts, quantiles);
    if set.is_empty() {
        return Ok(model.clone());
    }
    Ok(world.read(&set)?.model)
}

/// The settings that put doubts at quantiles.
fn settings(doubts: &[Doubt], quantiles: &[f64]) -> Vec<String> {
    let pairs = doubts.iter().zip(quantiles);
    pairs
        .map(|(doubt, &quantile)| doubt.setting(quantile))
        .collect()
}

/// A closure whose length or depth is in doubt.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Loose {
    closure: usize,
    is_length: bool,
    ends: [f64; 3],
}

/// The texts and settings that a scenario is read from.
#[derive(Clone, Debug, Default)]
struct Written {
    texts: Vec<Text>,
    set: Vec<String>,
    hazards: bool,
}

impl Written {
    fn read(&self, more: &[String]) -> Result<Scenario, Invalid> {
        let set: Vec<String> = self.set.iter().chain(more).cloned().collect();
        let hazards = if self.hazards {
            Hazards::Kept
        } else {
            Hazards::LeftOut
        };
        parse_with(&self.texts, &set, &csv_file, hazards)
    }
}

impl Episode {
    /// What each doubt is about, for the address of its random stream.
    #[must_use]
    pub fn doubted(&self) -> Vec<String> {
        let closures = self.loose.iter().map(|loose| {
            let what = if loose.is_length { "for" } else { "left" };
            format!("close-{}.{what}", loose.closure + 1)
        });
        let figures = self.doubts.iter().map(|doubt| doubt.key.clone());
        figures.chain(closures).collect()
    }

    /// The scenario and the closures with each doubt at a quantile.
    ///
    /// - `quantiles`: between 0 and 1, as many as [`Self::doubted`].
    ///
    /// # Errors
    /// [`Invalid`] if such a scenario would be none.
    pub fn replay(&self, quantiles: &[f64]) -> Result<(Model, Vec<Hazard>), Invalid> {
        let (figures, closures) = quantiles.split_at(self.doubts.len().min(quantiles.len()));
        let model = drawn(&self.model, &self.world, &self.doubts, figures)?;
        let mut hazards = self.closures.clone();
        for (loose, &quantile) in self.loose.iter().zip(closures) {
            let value = between(loose.ends, !loose.is_length).at(quantile);
            if let Some(Occurs::Log(events)) = hazards
                .get_mut(loose.closure)
                .map(|hazard| &mut hazard.occurs)
            {
                for event in events {
                    loose.put(value, event);
                }
            }
        }
        Ok((model, hazards))
    }
}

impl Loose {
    fn put(&self, value: f64, event: &mut LogEvent) {
        if self.is_length {
            event.end = Seconds(event.start.0 + Seconds::from_days(value).0.max(1));
        } else {
            event.left = Fraction::nearest(value);
        }
    }
}

/// What `[low, value, high]` says of a figure: the same as in a scenario.
fn between([low, value, high]: [f64; 3], is_share: bool) -> Law {
    Law::Range {
        low,
        value,
        high,
        is_share,
    }
}

/// Reads a back-test with all its scenarios. Its paths are resolved from the directory of its file.
///
/// # Errors
/// [`Error::Unreadable`] if a file cannot be read, [`Error::Invalid`] with all problems in the
/// back-test, or those of the first scenario in it that has any.
pub fn load_backtest(path: &Path) -> Result<Backtest, Error> {
    let file = read_text(path)?;
    let report = Report::new(Texts(vec![file.clone()]));
    let invalid = |report: Report| Err(Invalid::new("back-test", report.into_problems()).into());
    let tree = tree::read(&report, 0);
    if report.has_errors() {
        return invalid(report);
    }
    shape::check(&report, &tree, &BACKTEST_FILE, Asked::Whole);
    if report.has_errors() {
        // Its scenarios would be others than meant.
        return invalid(report);
    }
    let found = File {
        report: &report,
        files: &CsvFiles::new(&|_| Err(std::io::ErrorKind::NotFound.into())),
        directory: path.parent().unwrap_or(Path::new("")),
        tree: &tree,
    }
    .read(&file)?;
    match found {
        Some(backtest) if !report.has_errors() => Ok(backtest),
        _ => invalid(report),
    }
}

/// What an episode or a variant is played on.
struct World {
    written: Written,
    scenario: Scenario,
    doubts: Vec<Doubt>,
}

struct File<'a> {
    report: &'a Report,
    /// None: a back-test names no CSV files.
    files: &'a CsvFiles<'a>,
    directory: &'a Path,
    tree: &'a Table,
}

impl File<'_> {
    fn read(&self, file: &Text) -> Result<Option<Backtest>, Error> {
        let empty = Table::default();
        let header = self.tree.table("backtest").unwrap_or(&empty);
        let Some(base) = self.path(header, "base") else {
            return Ok(None);
        };
        let base = read_text(&base)?;
        let plain = Written {
            texts: vec![base.clone()],
            ..Written::default()
        }
        .read(&[])?;
        let own = self.tree.table("source").unwrap_or(&empty);
        let known: Vec<&str> = plain.model.sources.keys().map(String::as_str).collect();
        let known: Vec<&str> = known.into_iter().chain(own.keys()).collect();
        check_sources(self.report, self.tree, &BACKTEST_FILE, &known);

        let mut hashes = vec![file.text.to_string(), plain.sha256.clone()];
        let mut episodes = Vec::new();
        for element in in_order(self.tree, "episode") {
            let Some(world) = self.world(&base, element, false)? else {
                continue;
            };
            hashes.push(world.scenario.sha256.clone());
            episodes.extend(self.episode(element, world));
        }
        let mut forecasts: Vec<Forecast> = Vec::new();
        let mut variants = Vec::new();
        for element in in_order(self.tree, "variant") {
            let Some(world) = self.world(&base, element, true)? else {
                continue;
            };
            hashes.push(world.scenario.sha256.clone());
            let model = world.scenario.model;
            let asked = in_order(self.tree, "forecast").into_iter().map(|forecast| {
                question(&self.reader(&model), &model, forecast.table, forecast.id)
            });
            let asked: Vec<Option<_>> = asked.collect();
            let Some(asked) = asked.into_iter().collect::<Option<Vec<_>>>() else {
                // What is wrong with a forecast is wrong in every variant.
                break;
            };
            let (questions, before): (Vec<Question>, Vec<Vec<f64>>) = asked.into_iter().unzip();
            let ids = in_order(self.tree, "forecast")
                .into_iter()
                .map(|forecast| forecast.id);
            forecasts = ids
                .zip(before)
                .map(|(id, before)| Forecast {
                    id: id.to_owned(),
                    before,
                })
                .collect();
            variants.push(Variant {
                id: element.id.to_owned(),
                name: owned_text(element.table, "name").unwrap_or_else(|| element.id.to_owned()),
                about: owned_text(element.table, "about").unwrap_or_default(),
                in_sample: truth(element.table, "in_sample", false),
                model,
                questions,
                doubts: world.doubts,
                world: world.written,
            });
        }
        let number = |key: &str, absent: u64| header.get(key).and_then(count).unwrap_or(absent);
        let reader = self.reader(&plain.model);
        let within = header.get("within").and_then(|node| reader.share(node));
        let mut sources = plain.model.sources.clone();
        sources.extend(super::lower::sources(self.tree));
        Ok(Some(Backtest {
            name: owned_text(header, "name").unwrap_or_default(),
            about: owned_text(header, "about").unwrap_or_default(),
            within: within.map_or(0.2, Fraction::get),
            replays: number("replays", 100),
            replications: number("replications", 1000).max(1),
            seed: number("seed", 1),
            episodes,
            forecasts,
            variants,
            sources,
            base: plain.model.name,
            sha256: super::load::digest_of(&hashes),
        }))
    }

    /// The file that a key names; a problem if there is none.
    fn path(&self, table: &Table, key: &str) -> Option<PathBuf> {
        let path = self.directory.join(text(table, key)?);
        if path.is_file() {
            return Some(path);
        }
        let node = table.get(key)?;
        no_file(self.report, node.at, node.text().unwrap_or_default());
        None
    }

    /// The scenario of an episode or a variant.
    fn world(
        &self,
        base: &Text,
        element: Element<'_>,
        hazards: bool,
    ) -> Result<Option<World>, Error> {
        let table = element.table;
        let mut texts = vec![base.clone()];
        let mut is_whole = true;
        for (name, at) in table.get("with").map(strings).unwrap_or_default() {
            let path = self.directory.join(name);
            if path.is_file() {
                texts.push(read_text(&path)?);
            } else {
                no_file(self.report, at, name);
                is_whole = false;
            }
        }
        let mut set = Vec::new();
        for key in ["start", "horizon"] {
            if let Some(node) = table.get(key) {
                set.push(format!("scenario.{key}={}", setting(node)));
            }
        }
        set.extend(owned_strings(table, "set"));
        if !is_whole {
            return Ok(None);
        }
        let mut world = Written {
            texts,
            set,
            hazards,
        };
        let mut scenario = world.read(&[])?;
        // What an episode knows better than the scenario holds in its central replay too.
        let own = doubts(self.report, table, &scenario.quantities);
        if own.iter().any(|doubt| doubt.is_own) {
            let set = own.iter().map(Doubt::central);
            world.set.extend(set);
            scenario = world.read(&[])?;
        }
        Ok(Some(World {
            written: world,
            scenario,
            doubts: own,
        }))
    }

    fn reader(&self, model: &Model) -> Reader<'_> {
        Reader {
            report: self.report,
            files: self.files,
            doubts: None,
            start: model.start,
            horizon: model.horizon,
            is_calendar_known: true,
        }
    }

    fn episode(&self, element: Element<'_>, world: World) -> Option<Episode> {
        let table = element.table;
        let model = world.scenario.model;
        let reader = self.reader(&model);
        let listed = |key: &str| table.get(key).and_then(Node::array).unwrap_or_default();
        let mut closures = Vec::new();
        let mut loose = Vec::new();
        for (index, closure) in listed("close").iter().filter_map(Node::table).enumerate() {
            let targets = closure.get("target").map(strings).unwrap_or_default();
            let id = format!("close-{}", index + 1);
            closures.push(close(&reader, &model, closure, targets, id));
            for (key, is_length) in [("for", true), ("left", false)] {
                let node = closure.get(key).and_then(Node::table);
                let end = |part: &str| {
                    let node = node?.get(part)?;
                    if is_length {
                        reader.quantity(node, Dimension::Time, None)
                    } else {
                        node.number()
                    }
                };
                if let Some(value) = end("value") {
                    loose.push(Loose {
                        closure: index,
                        is_length,
                        ends: [
                            end("low").unwrap_or(value),
                            value,
                            end("high").unwrap_or(value),
                        ],
                    });
                }
            }
        }
        let asked = listed("observe").iter().filter_map(Node::table);
        let asked = asked.map(|table| question(&reader, &model, table, element.id));
        // All of them are looked at before the first that is wrong ends it.
        let asked: Vec<Option<(Question, Vec<f64>)>> = asked.collect();
        let asked: Vec<(Question, Vec<f64>)> = asked.into_iter().collect::<Option<_>>()?;
        Some(Episode {
            id: element.id.to_owned(),
            name: owned_text(table, "name").unwrap_or_else(|| element.id.to_owned()),
            about: owned_text(table, "about").unwrap_or_default(),
            closures: closures.into_iter().collect::<Option<_>>()?,
            questions: asked.into_iter().map(|(question, _)| question).collect(),
            doubts: world.doubts,
            loose,
            world: world.written,
            model,
        })
    }
}

/// Elements by their ids, with numbers in them in their own order: b2 before b10.
fn in_order<'t>(tree: &'t Table, kind: &str) -> Vec<Element<'t>> {
    let mut elements: Vec<Element<'t>> = tree.elements(kind).collect();
    elements.sort_by_cached_key(|element| {
        let id = element.id;
        let digits = |letter: char| letter.is_ascii_digit();
        let word = id.trim_end_matches(digits);
        let number: u64 = id[word.len()..].parse().unwrap_or(0);
        (word.to_owned(), number, id.to_owned())
    });
    elements
}

/// A value as it stands behind `--set key=`.
fn setting(node: &Node) -> String {
    match &node.value {
        Value::Date(date) => date.to_string(),
        Value::Text(text) => format!("\"{}\"", text.escape_default()),
        _ => String::new(),
    }
}
