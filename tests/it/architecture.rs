//! Which module may use which, and what has one home only. A new arrow fails here until someone
//! adds it on purpose.

use std::fs;
use std::path::Path;

use crate::worlds::project;

/// Modules, and what each may use of the others.
const ARROWS: [(&str, &[&str]); 16] = [
    ("accumulate", &["metrics", "network", "results", "units"]),
    ("allocation", &["network", "units"]),
    ("charts", &["metrics", "results", "units"]),
    (
        "cli",
        &[
            "accumulate",
            "charts",
            "fit",
            "metrics",
            "model",
            "network",
            "report",
            "results",
            "scenario",
            "simulation",
            "study",
            "units",
        ],
    ),
    // A test of campaigns simulates logs, and random numbers come from `sampling`.
    ("fit", &["maths", "results", "sampling", "units"]),
    ("maths", &[]),
    ("metrics", &["maths", "units"]),
    ("model", &["units"]),
    ("network", &["model", "units"]),
    // A report speaks of units, and draws what charts draw.
    ("report", &["charts", "metrics", "results", "units"]),
    // A summary says what was gathered, in the model's word for it.
    ("results", &["metrics", "model", "units"]),
    ("sampling", &["maths", "model", "network", "units"]),
    // The law of a figure in doubt has a quantile; what it is asked for comes from outside.
    ("scenario", &["maths", "model", "units"]),
    (
        "simulation",
        &[
            "accumulate",
            "allocation",
            "maths",
            "metrics",
            "model",
            "network",
            "results",
            "sampling",
            "units",
        ],
    ),
    // A back-test reads its scenarios itself, as it replays them with other figures.
    (
        "study",
        &[
            "accumulate",
            "metrics",
            "model",
            "results",
            "sampling",
            "scenario",
            "simulation",
            "units",
        ],
    ),
    ("units", &[]),
];

/// Crates with one home, and where that is.
const HOMES: [(&str, &[&str]); 13] = [
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("comfy_table", &["report", "cli"]),
    ("ctrlc", &["cli"]),
    ("indicatif", &["cli"]),
    ("maud", &["report"]),
    ("rust_xlsxwriter", &["report"]),
    ("miette", &["scenario", "cli"]),
    ("microlp", &["allocation"]),
    ("plotters", &["charts"]),
    ("pulp", &["allocation", "sampling"]),
    ("rayon", &["simulation"]),
    ("toml", &["scenario", "cli"]),
];

/// Most lines of a file.
const MOST_LINES: usize = 600;

/// A source file without its comments and its tests.
struct Source {
    /// From `src`, with `/`.
    path: String,
    lines: usize,
    code: String,
}

impl Source {
    /// The module at the top that it belongs to; `None` for the crate's own root.
    fn module(&self) -> Option<&str> {
        let first = self.path.split('/').next()?;
        let name = first.strip_suffix(".rs").unwrap_or(first);
        (!["lib", "main"].contains(&name)).then_some(name)
    }

    /// How many modules deep it is: 1 for a module at the top.
    fn depth(&self) -> usize {
        let parts = self.path.split('/').count();
        if self.path.ends_with("/mod.rs") {
            parts - 1
        } else {
            parts
        }
    }
}

/// All source files but those that only tests see.
fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    let root = project("src");
    visit(&root, &root, &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    assert!(found.len() > 50, "{} files", found.len());
    found
}

fn visit(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    let declares = fs::read_to_string(folder.join("mod.rs")).unwrap_or_default();
    for entry in fs::read_dir(folder).expect("a folder of sources") {
        let path = entry.expect("readable").path();
        if path.is_dir() {
            visit(root, &path, found);
            continue;
        }
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let stem = path
            .file_stem()
            .and_then(|stem| stem.to_str())
            .expect("a name");
        if declares.contains(&format!("#[cfg(test)]\nmod {stem};")) {
            continue;
        }
        let text = fs::read_to_string(&path).expect("a source file is text");
        let inside = path.strip_prefix(root).expect("below the root");
        let parts: Vec<&str> = inside
            .iter()
            .map(|part| part.to_str().expect("a plain name"))
            .collect();
        found.push(Source {
            path: parts.join("/"),
            lines: text.lines().count(),
            code: without_tests(&text),
        });
    }
}

/// Code up to the tests at the end, without comments.
fn without_tests(text: &str) -> String {
    let mut code = String::new();
    for line in text.lines() {
        if line == "#[cfg(test)]" && !code.is_empty() {
            // What follows at this level is tests only, or a declaration in a `mod.rs`.
            break;
        }
        code += line.split("//").next().unwrap_or_default();
        code.push('\n');
    }
    code
}

/// The names that follow `before` in a text: of `crate::a` and of each part of `crate::{a, b::c}`.
fn names_after(code: &str, before: &str) -> Vec<String> {
    let is_name = |c: char| c.is_alphanumeric() || c == '_';
    let mut names = Vec::new();
    for (at, _) in code.match_indices(before) {
        if code[..at].ends_with(is_name) {
            continue;
        }
        let rest = &code[at + before.len()..];
        let Some(group) = rest.strip_prefix('{') else {
            names.push(rest.chars().take_while(|&c| is_name(c)).collect());
            continue;
        };
        let (mut depth, mut name, mut is_fresh) = (0, String::new(), true);
        for c in group.chars() {
            match c {
                '{' => depth += 1,
                '}' if depth == 0 => break,
                '}' => depth -= 1,
                ',' if depth == 0 => {
                    names.push(std::mem::take(&mut name));
                    is_fresh = true;
                }
                c if depth == 0 && is_fresh && is_name(c) => name.push(c),
                ':' if depth == 0 => is_fresh = false,
                _ => {}
            }
        }
        names.push(name);
    }
    names.retain(|name| !name.is_empty());
    names
}

#[test]
fn modules_use_only_what_they_may() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(module) = source.module() else {
            continue;
        };
        let Some((_, may)) = ARROWS.iter().find(|(name, _)| *name == module) else {
            wrong.push(format!(
                "{}: the module `{module}` is not in the table",
                source.path
            ));
            continue;
        };
        for used in names_after(&source.code, "crate::") {
            let known = ARROWS.iter().any(|(name, _)| *name == used);
            if used != module && known && !may.contains(&&*used) {
                wrong.push(format!("{}: `{module}` uses `{used}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A path that climbs out of its module would be an arrow that no name shows.
#[test]
fn nothing_climbs_out_of_its_module() {
    let mut wrong = Vec::new();
    for source in sources() {
        let climbs = source.depth().saturating_sub(1);
        if source.module().is_some() && source.code.contains(&"super::".repeat(climbs + 1)) {
            wrong.push(source.path);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_module_of_the_table_exists() {
    let sources = sources();
    for (module, may) in ARROWS {
        assert!(
            sources.iter().any(|source| source.module() == Some(module)),
            "{module}"
        );
        for other in may {
            assert!(
                ARROWS.iter().any(|(name, _)| name == other),
                "{module} uses {other}"
            );
            assert_ne!(module, *other);
        }
    }
}

#[test]
fn crates_stay_at_home() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some(module) = source.module() else {
            continue;
        };
        for (name, homes) in HOMES {
            let path = format!("{name}::");
            let is_used = source.code.match_indices(&path).any(|(at, _)| {
                let before = source.code[..at].chars().next_back();
                before.is_none_or(|c| !c.is_alphanumeric() && c != '_' && c != ':')
            });
            if is_used && !homes.contains(&module) {
                wrong.push(format!("{}: `{name}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Printing, the clock, the environment and the way out belong to the command.
#[test]
fn only_the_command_speaks_to_the_outside() {
    let mut wrong = Vec::new();
    let outside = [
        "println!",
        "print!",
        "eprintln!",
        "eprint!",
        "dbg!",
        "io::stdout",
        "io::stderr",
        "process::exit",
        "env::var",
        "env::args",
        "Instant::now",
        "SystemTime",
        "Zoned::now",
    ];
    for source in sources() {
        if matches!(source.module(), None | Some("cli")) {
            continue;
        }
        for word in outside {
            if source.code.contains(word) {
                wrong.push(format!("{}: `{word}`", source.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn files_are_short() {
    let mut wrong = Vec::new();
    for source in sources() {
        if source.lines >= MOST_LINES {
            wrong.push(format!("{}: {} lines", source.path, source.lines));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn names_are_found_in_paths_and_groups() {
    let code = "use crate::units::Seconds;\nuse crate::{scenario, simulation::{self, Run}};\nlet x = crate::model::y;";
    assert_eq!(
        names_after(code, "crate::"),
        ["units", "scenario", "simulation", "model"]
    );
}
