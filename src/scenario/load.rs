//! Reading a scenario with its strategies.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sha2::{Digest, Sha256};

use crate::model::{Model, Strategy};
use crate::units::Seconds;

use super::csv::{CsvFiles, ReadCsv};
use super::doubt::{Doubt, Doubts, Draw};
use super::join::join;
use super::lower::lower;
use super::overlay;
use super::problem::{Invalid, Problem, Report};
use super::quantities::{Quantity, Remark, gather, join_doubts};
use super::read::Reader;
use super::shape::{self, Asked};
use super::spec::{SCENARIO, STRATEGY};
use super::strategy::strategy;
use super::structure;
use super::text::{Text, Texts, read_file};
use super::tree::{self, Table};

/// What to read.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// The base scenario.
    pub path: &'a Path,
    /// Strategies, applied in this order.
    pub with: &'a [PathBuf],
    /// Settings of the form `key=value`, applied last: `link.line.capacity=900 kb/d`.
    pub set: &'a [String],
}

/// A scenario without a problem that would have to be put right.
#[derive(Clone, Debug)]
pub struct Scenario {
    /// What it means.
    pub model: Model,
    /// What should be looked at all the same.
    pub warnings: Vec<Problem>,
    /// All its figures.
    pub quantities: Vec<Quantity>,
    /// Remarks on tables as a whole.
    pub remarks: Vec<Remark>,
    /// Ids of sources that nothing cites, sorted.
    pub unused_sources: Vec<String>,
    /// The figures in doubt that the model is made of, by path.
    pub doubts: Vec<Doubt>,
    /// SHA-256 of all its texts, in hexadecimal digits.
    pub sha256: String,
    /// What it was read from.
    parsed: Arc<Parsed>,
}

impl Scenario {
    /// The same scenario with other figures where they are in doubt: what the files state, with
    /// what `draw` makes of it. First day, length and rules stay as they are. Nothing is read
    /// again.
    ///
    /// # Errors
    /// [`Invalid`] if the figures drawn make no scenario.
    pub fn drawn(&self, draw: &Draw<'_>) -> Result<Model, Invalid> {
        self.parsed.drawn(draw)
    }
}

/// The files of a scenario, read but not merged.
#[derive(Clone, Debug)]
struct Parsed {
    texts: Vec<Text>,
    base: Table,
    overlays: Vec<Overlay>,
    set: Vec<String>,
    csv: BTreeMap<String, Arc<str>>,
    hazards: Hazards,
}

impl Parsed {
    fn drawn(&self, draw: &Draw<'_>) -> Result<Model, Invalid> {
        let report = Report::new(Texts(self.texts.clone()));
        let read_csv = |name: &str| {
            let text = self.csv.get(name).map(ToString::to_string);
            text.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))
        };
        let csv = CsvFiles::new(&read_csv);
        let doubts = Doubts::new(Some(draw));
        let world = World {
            report: &report,
            csv: &csv,
            doubts: &doubts,
            base: &self.base,
            overlays: &self.overlays,
            set: &self.set,
            texts: self.texts.len() - self.set.len(),
            hazards: self.hazards,
        };
        let (tree, mut model) = world.model();
        if !report.has_errors() {
            structure::check_whole(&report, &tree, &model);
        }
        if report.has_errors() {
            return Err(Invalid::new("scenario", report.into_problems()));
        }
        let headers = self.overlays.iter().map(|overlay| overlay.header.clone());
        model.strategies = headers.collect();
        Ok(model)
    }
}

/// Why there is no scenario.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read.
    #[error("cannot read `{}`", path.display())]
    #[diagnostic(code(scenario::unreadable))]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The files have problems.
    #[error(transparent)]
    #[diagnostic(transparent)]
    Invalid(#[from] Invalid),
}

/// Reads a scenario with its strategies from files.
///
/// # Errors
/// [`Error::Unreadable`] if a file cannot be opened, is not a regular file or is larger than
/// 64 MB, [`Error::Invalid`] with all problems if the files are no valid scenario. A CSV file that a scenario names is part of the scenario: if it
/// cannot be read, that is a problem at the place of its name.
pub fn load(request: &Request<'_>) -> Result<Scenario, Error> {
    load_with_logs(request, &[])
}

/// Reads a scenario with its strategies, and recorded outages on top of its own hazards: each log
/// becomes a hazard of class `technical` whose id is that of [`replay_ids`].
///
/// # Errors
/// As [`load`]; what is wrong with a log is a problem of the scenario.
pub fn load_with_logs(request: &Request<'_>, logs: &[PathBuf]) -> Result<Scenario, Error> {
    load_beside(request, logs, &[])
}

/// Reads a scenario with its strategies and logs, and strategies that stand in no file, applied after
/// all others.
///
/// # Errors
/// As [`load_with_logs`].
pub fn load_beside(
    request: &Request<'_>,
    logs: &[PathBuf],
    more: &[Text],
) -> Result<Scenario, Error> {
    let paths = std::iter::once(request.path).chain(request.with.iter().map(PathBuf::as_path));
    let mut texts: Vec<Text> = paths.map(read_text).collect::<Result<_, _>>()?;
    let ids = replay_ids(logs);
    texts.extend(logs.iter().zip(&ids).map(|(log, id)| replay(log, id)));
    texts.extend_from_slice(more);
    Ok(parse(&texts, request.set, &csv_file)?)
}

/// The content of a CSV file.
pub(super) fn csv_file(name: &str) -> io::Result<String> {
    let bytes = read_file(Path::new(name))?;
    String::from_utf8(bytes).map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
}

/// The ids of the hazards that replay logs, in their order: `replay-` and the file's stem, with a
/// number where two would have the same.
#[must_use]
pub fn replay_ids(logs: &[PathBuf]) -> Vec<String> {
    let plain = |letter: char| {
        let is_plain = letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
        if is_plain { letter } else { '-' }
    };
    let mut ids: Vec<String> = Vec::with_capacity(logs.len());
    for log in logs {
        let stem = log.file_stem().unwrap_or_default().to_string_lossy();
        let id = format!("replay-{}", stem.chars().map(plain).collect::<String>());
        let mut numbered = (2..).map(|number| format!("{id}-{number}"));
        let mut free = id.clone();
        while ids.contains(&free) {
            free = numbered.next().unwrap_or_else(|| id.clone());
        }
        ids.push(free);
    }
    ids
}

/// A strategy that replays a log, as if it had been written beside it.
fn replay(log: &Path, id: &str) -> Text {
    let name = log
        .file_name()
        .map(|name| name.to_string_lossy().into_owned());
    let name = toml::Value::String(name.unwrap_or_default());
    let title = toml::Value::String(format!("Replay of {}", log.display()));
    Text::new(
        log.with_file_name(format!("{id}.toml"))
            .display()
            .to_string(),
        format!(
            "[strategy]\nname = {title}\n[hazard.{id}]\nname = {title}\noccurs = {{ log = {name} }}\n"
        ),
    )
}

/// Reads a file that must be UTF-8; if it is not, the place is part of the message.
pub(super) fn read_text(path: &Path) -> Result<Text, Error> {
    let unreadable = |source| Error::Unreadable {
        path: path.to_owned(),
        source,
    };
    let bytes = read_file(path).map_err(unreadable)?;
    let name = path.display().to_string();
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Text::new(name, text)),
        Err(error) => Err(Error::Invalid(not_utf8(name, &error))),
    }
}

/// Shows what can be read, with the place of the first byte that cannot.
fn not_utf8(name: String, error: &std::string::FromUtf8Error) -> Invalid {
    let start = error.utf8_error().valid_up_to();
    let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
    let report = Report::new(Texts(vec![Text::new(name, text)]));
    // The lossy text is the same up to this byte, and has a sign of three bytes in its place.
    let at = super::text::Place {
        file: 0,
        start,
        end: start + '\u{fffd}'.len_utf8(),
    };
    report
        .error(
            "scenario::not_utf8",
            at,
            "this byte is no text",
            "the file is not UTF-8 text",
        )
        .help("save it as UTF-8")
        .file();
    Invalid::new("file", report.into_problems())
}

/// Reads a scenario from texts in memory: the base first, then strategies in their order.
///
/// - `set`: settings of the form `key=value`, applied last.
/// - `read_csv`: the content of a CSV file that a text names, by that name seen from the
///   directory of the text's own name.
///
/// # Errors
/// [`Invalid`] with all problems.
pub fn parse(
    files: &[Text],
    set: &[String],
    read_csv: &dyn Fn(&str) -> io::Result<String>,
) -> Result<Scenario, Invalid> {
    parse_with(files, set, read_csv, Hazards::Kept)
}

/// Whether a scenario is read with its hazards.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hazards {
    Kept,
    /// As if there were none: their dates need not lie within the horizon.
    LeftOut,
}

/// The same, perhaps without hazards.
pub(super) fn parse_with(
    files: &[Text],
    set: &[String],
    read_csv: &dyn Fn(&str) -> io::Result<String>,
    hazards: Hazards,
) -> Result<Scenario, Invalid> {
    let mut texts: Vec<Text> = files.to_vec();
    texts.extend(
        set.iter()
            .map(|setting| Text::new("--set", setting.as_str())),
    );
    let report = Report::new(Texts(texts));
    let found = read(&report, files, set, read_csv, hazards);
    match found {
        Some((mut scenario, sha256)) if !report.has_errors() => {
            scenario.warnings = report.into_problems();
            scenario.sha256 = sha256;
            Ok(scenario)
        }
        _ => Err(Invalid::new("scenario", report.into_problems())),
    }
}

/// A base, its strategies and settings.
pub(super) struct World<'a> {
    pub(super) report: &'a Report,
    pub(super) csv: &'a CsvFiles<'a>,
    pub(super) doubts: &'a Doubts<'a>,
    pub(super) base: &'a Table,
    pub(super) overlays: &'a [Overlay],
    pub(super) set: &'a [String],
    /// Number of texts before the settings.
    pub(super) texts: usize,
    pub(super) hazards: Hazards,
}

impl World<'_> {
    /// The model over the whole horizon, and the tree that holds at its end.
    pub(super) fn model(&self) -> (Table, Model) {
        let (mut tree, mut model) = self.from(Seconds::ZERO);
        let mut times: Vec<Seconds> = self.overlays.iter().map(Overlay::since).collect();
        times.sort_unstable();
        times.dedup();
        for at in times {
            if at == Seconds::ZERO {
                continue;
            }
            let patches: Vec<&Table> = self
                .overlays
                .iter()
                .filter(|overlay| overlay.since() == at)
                .map(|overlay| &overlay.tree)
                .collect();
            if at >= model.horizon {
                self.too_late(&patches, &model);
                continue;
            }
            let (later_tree, later) = self.from(at);
            // With problems, references between the two models may lead nowhere.
            if !self.report.has_errors() {
                model = join(self.report, &model, &later, at, &patches);
            }
            tree = later_tree;
        }
        if !self.report.has_errors() {
            model.settle_prices();
        }
        (tree, model)
    }

    /// Tree and model of what holds at a time.
    fn from(&self, at: Seconds) -> (Table, Model) {
        let mut tree = self.base.clone();
        for overlay in self.overlays.iter().filter(|overlay| overlay.since() <= at) {
            overlay::merge(self.report, &mut tree, &overlay.tree);
        }
        for (index, setting) in self.set.iter().enumerate() {
            overlay::set(self.report, &mut tree, self.texts + index, setting);
        }
        if self.hazards == Hazards::LeftOut {
            tree.0.remove("hazard");
        }
        shape::check(self.report, &tree, &SCENARIO, Asked::Whole);
        let model = lower(self.report, self.csv, self.doubts, &tree);
        if !self.report.has_errors() {
            structure::check_moment(self.report, &tree, &model);
        }
        (tree, model)
    }

    fn too_late(&self, patches: &[&Table], model: &Model) {
        for header in patches.iter().filter_map(|patch| patch.table("strategy")) {
            let Some(node) = header.get("available") else {
                continue;
            };
            let reader = Reader {
                report: self.report,
                files: self.csv,
                doubts: None,
                start: model.start,
                horizon: model.horizon,
                is_calendar_known: true,
            };
            reader.outside(node.at, "the strategy begins");
        }
    }
}

impl Overlay {
    /// Since when its tables hold.
    fn since(&self) -> Seconds {
        self.header
            .available
            .map_or(Seconds::ZERO, |at| at.max(Seconds::ZERO))
    }
}

/// One strategy file: its header, its tables, and since when they hold.
#[derive(Clone, Debug)]
pub(super) struct Overlay {
    pub(super) header: Strategy,
    pub(super) tree: Table,
}

fn read(
    report: &Report,
    files: &[Text],
    set: &[String],
    read_csv: &ReadCsv<'_>,
    hazards: Hazards,
) -> Option<(Scenario, String)> {
    let trees: Vec<Table> = (0..files.len())
        .map(|file| tree::read(report, file))
        .collect();
    if report.has_errors() {
        // What follows a syntax error is a guess; its other problems would mislead.
        return None;
    }
    let mut trees = trees.into_iter();
    let base = trees.next()?;
    let csv = CsvFiles::new(read_csv);
    shape::check(report, &base, &SCENARIO, Asked::Patch);
    let overlays: Vec<Overlay> = trees
        .enumerate()
        .map(|(index, tree)| overlay(report, &csv, &base, tree, index + 1, files))
        .collect();

    let doubts = Doubts::new(None);
    let world = World {
        report,
        csv: &csv,
        doubts: &doubts,
        base: &base,
        overlays: &overlays,
        set,
        texts: files.len(),
        hazards,
    };
    let (tree, mut model) = world.model();
    if !report.has_errors() {
        structure::check_whole(report, &tree, &model);
    }
    let headers: Vec<(String, &Table)> = overlays
        .iter()
        .filter_map(|overlay| Some((overlay.header.id.clone(), overlay.tree.table("strategy")?)))
        .collect();
    let all: Vec<&Table> = std::iter::once(&base)
        .chain(overlays.iter().map(|overlay| &overlay.tree))
        .collect();
    let mut gathered = gather(report, &tree, &headers, &all);
    let doubts = join_doubts(&mut gathered.quantities, doubts.into_read());
    for (id, at) in &gathered.unused {
        report
            .warning(
                "scenario::unused_source",
                *at,
                "not cited",
                format!("nothing cites the source `{id}`"),
            )
            .help("cite it with `source = …` where its figures are used, or remove it")
            .file();
    }
    let headers = overlays.iter().map(|overlay| overlay.header.clone());
    model.strategies = headers.collect();
    let csv = csv.into_texts();
    let sha256 = digest(files, set, &csv);
    let parsed = Parsed {
        texts: report.texts.0.clone(),
        base,
        overlays,
        set: set.to_vec(),
        csv,
        hazards,
    };
    let scenario = Scenario {
        model,
        warnings: Vec::new(),
        quantities: gathered.quantities,
        remarks: gathered.remarks,
        unused_sources: gathered.unused.into_keys().collect(),
        doubts,
        sha256: String::new(),
        parsed: Arc::new(parsed),
    };
    Some((scenario, sha256))
}

/// Reads a strategy's header and checks the shape of its tables.
pub(super) fn overlay(
    report: &Report,
    csv: &CsvFiles<'_>,
    base: &Table,
    tree: Table,
    file: usize,
    files: &[Text],
) -> Overlay {
    let text = &files[file];
    let mut patches = tree.clone();
    let header = patches.0.remove("strategy");
    shape::check(report, &patches, &SCENARIO, Asked::Patch);
    let empty = Table::default();
    let whole = super::text::Place {
        file,
        start: 0,
        end: 0,
    };
    match &header {
        None => report
            .error(
                "scenario::missing_key",
                whole,
                "",
                format!("`{}` is no strategy: it has no `[strategy]`", text.name),
            )
            .help("begin it with `[strategy]` and `name = \"…\"`")
            .file(),
        Some(entry) => match entry.node.table() {
            Some(header) => shape::check_header(report, header, &STRATEGY, "strategy", entry.key),
            None => report
                .error(
                    "scenario::wrong_type",
                    entry.node.at,
                    "a table is due here",
                    "`strategy` is no table",
                )
                .help("write `[strategy]` and its keys below it")
                .file(),
        },
    }
    let header = header
        .as_ref()
        .and_then(|entry| entry.node.table())
        .unwrap_or(&empty);
    // The calendar of the base tells when "available" is; the base's own problems are reported
    // when the base is lowered.
    let start = base
        .table("scenario")
        .and_then(|header| header.get("start"));
    let start = start
        .and_then(|node| super::time::instant(node).ok())
        .map(jiff::civil::DateTime::date);
    let reader = Reader {
        report,
        files: csv,
        doubts: None,
        start: start.unwrap_or_default(),
        horizon: Seconds::ZERO,
        is_calendar_known: false,
    };
    Overlay {
        header: strategy(&reader, header, text.stem()),
        tree,
    }
}

/// SHA-256 of all texts: of a single file it is the file's own.
fn digest(files: &[Text], set: &[String], csv: &BTreeMap<String, Arc<str>>) -> String {
    let texts = files
        .iter()
        .map(|file| file.text.to_string())
        .chain(set.iter().cloned());
    let texts: Vec<String> = texts.chain(csv.values().map(ToString::to_string)).collect();
    digest_of(&texts)
}

/// SHA-256 of texts: of a single one it is its own.
pub(super) fn digest_of(texts: &[String]) -> String {
    let mut hash = Sha256::new();
    for (index, text) in texts.iter().enumerate() {
        if index > 0 {
            // Keeps "ab" + "c" apart from "a" + "bc"; no text of a valid scenario holds it.
            hash.update([0]);
        }
        hash.update(text.as_bytes());
    }
    hash.finalize()
        .iter()
        .fold(String::new(), |mut digits, byte| {
            // Writing into a string cannot fail.
            let _ = write!(digits, "{byte:02x}");
            digits
        })
}
