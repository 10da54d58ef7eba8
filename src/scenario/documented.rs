//! Holds `docs/format.md` to the specification.

use std::fmt::Write as _;
use std::path::Path;

use super::quantity::Dimension;
use super::spec::{
    BACKTEST_FILE, DOUBT, Need, PROFILE, RATE_DOUBT, SCENARIO, SHARE_DOUBT, STRATEGY, STRESS_FILE,
    STUDY_FILE, Shape, Spec, TIME_LAW,
};

/// All tables that have a block of keys in the documentation, each once.
fn tables() -> Vec<&'static Spec> {
    let mut found: Vec<&'static Spec> = Vec::new();
    for spec in [
        &SCENARIO,
        &STRATEGY,
        &STUDY_FILE,
        &STRESS_FILE,
        &BACKTEST_FILE,
        &DOUBT,
        &RATE_DOUBT,
        &SHARE_DOUBT,
        &PROFILE,
        &TIME_LAW,
    ] {
        gather(spec, &mut found);
    }
    found
}

fn gather(spec: &'static Spec, found: &mut Vec<&'static Spec>) {
    if found.iter().any(|known| known.name == spec.name) {
        return;
    }
    found.push(spec);
    for key in spec.keys {
        inner(key.shape, found);
    }
}

fn inner(shape: Shape, found: &mut Vec<&'static Spec>) {
    match shape {
        Shape::Table(spec) | Shape::OneOf(spec) | Shape::Elements(spec) => gather(spec, found),
        Shape::List(shape, _) | Shape::ById(_, shape) => inner(*shape, found),
        Shape::Either(shapes) => shapes.iter().for_each(|shape| inner(*shape, found)),
        _ => {}
    }
}

/// What a value may be, in a word or two.
fn short(shape: Shape) -> String {
    match shape {
        Shape::Text => "string".to_owned(),
        Shape::Words(words) | Shape::WordsLater(words, _) => words
            .iter()
            .map(|word| format!("`\"{word}\"`"))
            .collect::<Vec<_>>()
            .join(", "),
        Shape::Bool => "`true` or `false`".to_owned(),
        Shape::Count => "whole number".to_owned(),
        Shape::Number | Shape::Quantified => "number".to_owned(),
        Shape::Share => "share".to_owned(),
        Shape::Quantity(dimension) => match dimension {
            Dimension::Flow => "rate",
            Dimension::Volume => "volume",
            Dimension::Time => "time",
            Dimension::Frequency => "events per time",
            Dimension::Money => "money",
            Dimension::Price => "money per barrel",
            Dimension::Difference => "difference of prices",
        }
        .to_owned(),
        Shape::Profile => "rate or profile".to_owned(),
        Shape::TimeLaw => "time or distribution".to_owned(),
        Shape::ShareLaw => "share or distribution".to_owned(),
        Shape::Instant => "date".to_owned(),
        Shape::DateOrText => "date or string".to_owned(),
        Shape::Strings => "string or strings".to_owned(),
        Shape::List(shape, Some(count)) => format!("array of {count}: {}", short(*shape)),
        Shape::List(shape, None) => format!("array: {}", short(*shape)),
        Shape::Table(_) | Shape::OneOf(_) => "table".to_owned(),
        Shape::Elements(_) => "tables by id".to_owned(),
        Shape::ById(kind, value) => format!("table, by {kind}: {}", short(*value)),
        Shape::Either(shapes) => shapes
            .iter()
            .map(|shape| short(*shape))
            .collect::<Vec<_>>()
            .join(", or "),
        Shape::Anything => "as the quantity".to_owned(),
    }
}

/// The block of keys of a table.
fn block(spec: &Spec) -> String {
    let mut text = format!("**{}**: {}\n\n", spec.name, spec.doc);
    text.push_str("| Key | Value | Default | Meaning |\n| --- | --- | --- | --- |\n");
    for key in spec.keys.iter().filter(|key| key.is_read()) {
        let absent = match key.need {
            Need::Default(absent) => absent,
            Need::Required | Need::Later | Need::Otherwise(_) => "required",
        };
        // Writing into a string cannot fail.
        let _ = writeln!(
            text,
            "| `{}` | {} | {absent} | {} |",
            key.name,
            short(key.shape),
            key.doc
        );
    }
    let later: Vec<String> = spec
        .keys
        .iter()
        .filter(|key| key.need == Need::Later)
        .map(|key| format!("`{}`", key.name))
        .collect();
    if !later.is_empty() {
        let _ = writeln!(
            text,
            "\nPart of the format, but not simulated yet: {}.",
            later.join(", ")
        );
    }
    text
}

const BEGIN: &str = "<!-- keys of ";
const END: &str = "<!-- end of keys -->";

/// The documentation with all its blocks renewed, and the names of the tables it has.
fn renewed(text: &str) -> (String, Vec<String>) {
    let tables = tables();
    let mut renewed = String::new();
    let mut names = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(BEGIN) {
        let after = &rest[at + BEGIN.len()..];
        let name = after
            .split(" -->")
            .next()
            .expect("a marker ends")
            .to_owned();
        let end = after.find(END).expect("a block ends");
        let spec = tables.iter().find(|spec| spec.name == name);
        let spec = spec.unwrap_or_else(|| panic!("there is no table `{name}`"));
        renewed.push_str(&rest[..at]);
        let _ = write!(renewed, "{BEGIN}{name} -->\n\n{}\n{END}", block(spec));
        names.push(name);
        rest = &after[end + END.len()..];
    }
    renewed.push_str(rest);
    (renewed, names)
}

/// Run this test alone with `KERUEN_RENEW=1` to write the blocks of keys anew.
#[test]
fn the_reference_has_every_table_and_key() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/format.md");
    let text = std::fs::read_to_string(&path).expect("docs/format.md");
    let (renewed, names) = renewed(&text);
    if std::env::var_os("KERUEN_RENEW").is_some() {
        std::fs::write(&path, &renewed).expect("written");
    } else {
        assert!(
            renewed == text,
            "docs/format.md is behind the specification: see this test"
        );
    }
    for spec in tables() {
        assert!(
            names.iter().any(|name| name == spec.name),
            "`{}` is not documented",
            spec.name
        );
    }
}

/// Every example in the reference that is a whole file is read.
#[test]
fn the_whole_files_in_the_reference_are_valid() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/format.md");
    let text = std::fs::read_to_string(path).expect("docs/format.md");
    let mut files = Vec::new();
    for piece in text.split("```toml\n").skip(1) {
        let example = piece.split("```").next().expect("a block");
        if example.contains("[scenario]\nname") || example.starts_with("[strategy]") {
            files.push(super::Text::new(
                format!("example-{}.toml", files.len()),
                example,
            ));
        }
    }
    assert!(files.len() >= 2, "a scenario and a strategy");
    let csv = |_: &str| Err(std::io::ErrorKind::NotFound.into());
    for strategy in &files[1..] {
        let texts = [files[0].clone(), strategy.clone()];
        if let Err(invalid) = super::parse(&texts, &[], &csv) {
            panic!("{:#?}", invalid.problems());
        }
    }
}

/// The examples of hazards and of what they share are read together, in the world of the first
/// whole example and with the moorings that they speak of.
#[test]
fn the_examples_of_hazards_in_the_reference_are_valid() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/format.md");
    let text = std::fs::read_to_string(path).expect("docs/format.md");
    let examples: Vec<&str> = text
        .split("```toml\n")
        .skip(1)
        .map(|piece| piece.split("```").next().expect("a block"))
        .collect();
    let is_part = |example: &&&str| {
        let kinds = ["[hazard.", "[regime.", "[crew.", "[service."];
        kinds.iter().any(|kind| example.starts_with(kind))
    };
    let parts: Vec<&str> = examples.iter().filter(is_part).copied().collect();
    assert!(parts.len() >= 10, "{} examples", parts.len());
    let moorings = "[link.spm]\nfrom = \"port\"\nto = \"overseas\"\nunits = { count = 3, each = \"200 kb/d\" }\n";
    let whole = examples
        .iter()
        .find(|example| example.starts_with("[scenario]\nname"));
    let file = format!("{}{moorings}{}", whole.expect("an example"), parts.concat());
    let csv = |_: &str| {
        let log = text.split("```csv\n").nth(1).expect("a log");
        Ok(log.split("```").next().expect("a block").to_owned())
    };
    if let Err(invalid) = super::parse(&[super::Text::new("examples.toml", file)], &[], &csv) {
        panic!("{:#?}", invalid.problems());
    }
}
