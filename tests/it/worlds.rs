//! Worlds written as scenario text, and playing them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use keruen::model::{Collect, Model};
use keruen::results::{Metric, Metrics, Stress};
use keruen::scenario::{self, Text};
use keruen::simulation::{
    self, Observer, Progress, ROW_COLUMNS, Row, Run, Settings, ShortfallRow, Silent,
};

/// So many of 400 intervals of 95 % hold: from 92 % to 97 % of them.
pub(crate) const HOLD: std::ops::RangeInclusive<usize> = 368..=388;

/// A file or folder of the project.
pub(crate) fn project(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

/// A case with published or independently computed answers.
pub(crate) fn case(name: &str) -> toml::Table {
    let path = project("tests/cases").join(format!("{name}.toml"));
    let text = fs::read_to_string(&path).expect("a case that is in the tree");
    text.parse().expect("a case is TOML")
}

/// The entry of a case at a path of keys, `expected.annual.mean`.
pub(crate) fn entry<'a>(case: &'a toml::Table, path: &str) -> &'a toml::Value {
    let mut keys = path.split('.');
    let first = keys.next().expect("a path has a key");
    let mut found = case
        .get(first)
        .unwrap_or_else(|| panic!("no `{first}` of `{path}`"));
    for key in keys {
        found = found
            .get(key)
            .unwrap_or_else(|| panic!("no `{key}` of `{path}`"));
    }
    found
}

/// A number, whole or not.
pub(crate) fn number(value: &toml::Value) -> f64 {
    match *value {
        toml::Value::Integer(whole) => whole as f64,
        toml::Value::Float(real) => real,
        ref other => panic!("`{other}` is no number"),
    }
}

/// The number of a case at a path of keys.
pub(crate) fn given(case: &toml::Table, path: &str) -> f64 {
    number(entry(case, path))
}

/// The numbers of a case at a path of keys.
pub(crate) fn all_given(case: &toml::Table, path: &str) -> Vec<f64> {
    entry(case, path)
        .as_array()
        .expect("a list")
        .iter()
        .map(number)
        .collect()
}

fn no_csv(name: &str) -> io::Result<String> {
    Err(io::Error::new(
        io::ErrorKind::NotFound,
        format!("no {name} in this test"),
    ))
}

/// The model of a scenario text; a panic shows its problems.
pub(crate) fn model(text: &str) -> Model {
    model_with(text, &no_csv)
}

/// The model of a scenario text that names CSV files.
pub(crate) fn model_with(text: &str, read_csv: &dyn Fn(&str) -> io::Result<String>) -> Model {
    scenario::parse(&[Text::new("world.toml", text)], &[], read_csv)
        .unwrap_or_else(|invalid| panic!("{}\n{text}", super::scenario_files::rendered(&invalid)))
        .model
}

/// The head of a scenario: shortfalls are counted from the first missing barrel, and not merged.
pub(crate) fn head(horizon: &str) -> String {
    format!(
        "[scenario]\nname = \"World\"\nstart = 2026-01-01\nhorizon = \"{horizon}\"\n\
         [simulation]\nshortfall = {{ tolerance = 0.0, gap = \"0 s\" }}\n"
    )
}

/// `replications` from the first, on one thread, with rows and nothing stopped early.
pub(crate) fn settings(model: &Model, replications: u64) -> Settings {
    Settings {
        seed: model.simulation.seed,
        range: 0..replications,
        threads: 1,
        collect: Collect::All,
        stop: None,
        shortfalls: false,
        rows: false,
        plain: false,
    }
}

/// Plays replications on all processors and gathers everything.
pub(crate) fn run(model: &Model, replications: u64) -> Run {
    let settings = Settings {
        threads: 0,
        ..settings(model, replications)
    };
    simulation::run(model, &settings, &mut Silent).expect("tanks come to rest")
}

/// Keeps all that an observer is handed.
#[derive(Debug, Default)]
pub(crate) struct Kept {
    /// Rows, one per replication.
    pub(crate) rows: Vec<Row>,
    /// Single shortfalls.
    pub(crate) shortfalls: Vec<ShortfallRow>,
}

impl Observer for Kept {
    fn progress(&mut self, _: &Progress) {}

    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        self.rows.extend_from_slice(rows);
        Ok(())
    }

    fn shortfalls(&mut self, rows: &[ShortfallRow]) -> io::Result<()> {
        self.shortfalls.extend_from_slice(rows);
        Ok(())
    }
}

impl Kept {
    /// The column of a name, in order of replication.
    pub(crate) fn column(&self, name: &str) -> Vec<i64> {
        let at = ROW_COLUMNS
            .iter()
            .position(|&(known, _)| known == name)
            .expect("a row column");
        self.rows.iter().map(|row| row.values[at]).collect()
    }
}

/// Plays replications on all processors, gathers what `collect` says and keeps the rows.
pub(crate) fn rows(model: &Model, replications: u64, collect: Collect) -> (Run, Kept) {
    let settings = Settings {
        threads: 0,
        collect,
        rows: true,
        plain: false,
        shortfalls: true,
        ..settings(model, replications)
    };
    let mut kept = Kept::default();
    let run = simulation::run(model, &settings, &mut kept).expect("tanks come to rest");
    (run, kept)
}

/// One future under closures, each `target = …, from = …, for = …, left = …`.
pub(crate) fn stress(model: &Model, closures: &[String]) -> Stress {
    let close: Vec<String> = closures
        .iter()
        .map(|closure| format!("{{ {closure} }}"))
        .collect();
    let text = format!(
        "[stress]\nname = \"Stress\"\nclose = [{}]\n",
        close.join(", ")
    );
    let case = scenario::parse_stress(&Text::new("stress.toml", text.as_str()), model)
        .unwrap_or_else(|invalid| panic!("{}\n{text}", super::scenario_files::rendered(&invalid)));
    simulation::stress(model, "", &case.hazards).expect("tanks come to rest")
}

/// A metric of a group.
pub(crate) fn metric<'a>(metrics: &'a Metrics, name: &str) -> &'a Metric {
    metrics
        .get(name)
        .unwrap_or_else(|| panic!("no metric `{name}`"))
}

/// Fails unless `estimate` is within four of its standard errors, plus `bias`, of `exact`.
#[track_caller]
pub(crate) fn assert_within_four(what: &str, estimate: f64, error: f64, exact: f64, bias: f64) {
    assert!(
        is_within_four(estimate, error, exact, bias),
        "{what}: {estimate} ± {error}, exact {exact}, {:.2} errors away",
        (estimate - exact) / error
    );
}

/// Whether `estimate` is within four of its standard errors, plus `bias`, of `exact`.
pub(crate) fn is_within_four(estimate: f64, error: f64, exact: f64, bias: f64) -> bool {
    // Rounding to whole barrels and seconds keeps an exact agreement from having no error at all.
    (estimate - exact).abs() <= 4.0 * error + bias + 1e-9 * exact.abs()
}

/// Fails unless the mean of a metric is within four of its standard errors of `exact`.
#[track_caller]
pub(crate) fn assert_mean(what: &str, metric: &Metric, exact: f64) {
    let mean = metric.mean.expect("a mean");
    let error = metric.std_error.expect("an error");
    assert_within_four(what, mean, error, exact, 0.0);
}
