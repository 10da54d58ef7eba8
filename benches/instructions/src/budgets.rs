//! The stored budgets.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;

use crate::work::MEASUREMENTS;

/// Above this, in per cent of the budget, the guard fails.
pub const HIGHEST: f64 = 5.0;
/// Below this, in per cent of the budget, it asks for a lower budget.
pub const LOWEST: f64 = -5.0;

/// Instructions that each measurement may take, and of which compiler's code.
pub struct Budgets {
    compiler: String,
    instructions: BTreeMap<String, u64>,
}

impl Budgets {
    /// The file beside this package's manifest.
    pub fn path() -> PathBuf {
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/budgets.toml"))
    }

    /// What is stored; nothing if there is no file yet.
    pub fn read() -> Result<Self, String> {
        let mut found = Self {
            compiler: String::new(),
            instructions: BTreeMap::new(),
        };
        let path = Self::path();
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(found),
            Err(error) => return Err(format!("{}: {error}", path.display())),
        };
        let table: toml::Table =
            toml::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        for (name, value) in &table {
            match value {
                toml::Value::String(text) if name == "compiler" => found.compiler.clone_from(text),
                toml::Value::Integer(budget) if *budget > 0 => {
                    found.instructions.insert(name.clone(), *budget as u64);
                }
                _ => return Err(format!("{}: `{name}` is no budget", path.display())),
            }
        }
        Ok(found)
    }

    /// The budget of a measurement; `None` if it has none yet.
    pub fn of(&self, name: &str) -> Option<u64> {
        self.instructions.get(name).copied()
    }

    /// The compiler whose code was counted.
    pub fn compiler(&self) -> &str {
        &self.compiler
    }

    /// Takes over what was counted.
    pub fn set(&mut self, name: &str, counted: u64) {
        self.instructions.insert(name.to_owned(), counted);
    }

    /// Stores the budgets of what is measured.
    pub fn write(&self, compiler: &str) -> Result<(), String> {
        let mut text = String::from(
            "# Instructions that each piece of work may take, as counted by benches/instructions/run, which\n\
             # fails above 105 % of a figure. Written by `benches/instructions/run --renew`; see CONTRIBUTING.md.\n",
        );
        let mut line = |line: String| {
            writeln!(text, "{line}").expect("a string takes all that is written");
        };
        line(format!("compiler = \"{compiler}\"\n"));
        for measurement in &MEASUREMENTS {
            let each = (measurement.name, measurement.unit);
            for (name, unit) in std::iter::once(each).chain(measurement.once) {
                if let Some(budget) = self.of(name) {
                    line(format!("# A {unit}."));
                    line(format!("{name} = {budget}"));
                }
            }
        }
        let path = Self::path();
        std::fs::write(&path, text).map_err(|error| format!("{}: {error}", path.display()))
    }
}
