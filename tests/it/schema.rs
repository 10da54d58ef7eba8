//! The JSON Schema and the parser agree on what a file may look like.

use std::fs;
use std::path::{Path, PathBuf};

use jsonschema::Validator;
use keruen::scenario::{self, Problem, Text};
use serde_json::{Map, Value};

/// Problems of shape: what a schema can see too.
const SHAPE: [&str; 8] = [
    "scenario::bad_id",
    "scenario::missing_key",
    "scenario::no_unit",
    "scenario::not_one",
    "scenario::not_yet",
    "scenario::unknown_key",
    "scenario::unknown_word",
    "scenario::wrong_type",
];

fn validator() -> Validator {
    jsonschema::draft202012::new(&scenario::schema()).expect("the schema is a schema")
}

/// A TOML file as editors show it to a schema: dates are strings.
fn json(text: &str) -> Option<Value> {
    Some(value(toml::Value::Table(text.parse().ok()?)))
}

fn value(toml: toml::Value) -> Value {
    match toml {
        toml::Value::String(text) => Value::String(text),
        toml::Value::Integer(number) => number.into(),
        toml::Value::Float(number) => number.into(),
        toml::Value::Boolean(truth) => truth.into(),
        toml::Value::Datetime(date) => Value::String(date.to_string()),
        toml::Value::Array(values) => values.into_iter().map(value).collect(),
        toml::Value::Table(table) => {
            let entries = table.into_iter().map(|(key, inner)| (key, value(inner)));
            Value::Object(entries.collect::<Map<_, _>>())
        }
    }
}

fn toml_files(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let mut found = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return found;
    };
    for entry in entries {
        let path = entry.expect("readable").path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn valid_files_fit_the_schema() {
    let validator = validator();
    let check = |name: &str, text: &str| {
        let json = json(text).expect("TOML");
        let errors: Vec<String> = validator
            .iter_errors(&json)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    };
    let folders = [
        "scenarios",
        "scenarios/strategies",
        "scenarios/stress",
        "scenarios/backtest",
    ];
    for path in folders.into_iter().flat_map(toml_files) {
        check(
            &path.display().to_string(),
            &fs::read_to_string(&path).expect("readable"),
        );
    }
    for (name, text) in scenario::starter() {
        check(name, text);
    }
    check("everything", include_str!("everything.toml"));
    check(
        "strategy",
        "[strategy]\nname = \"S\"\navailable = 2027-01-01\n[link.a]\ncapacity = \"1 kb/d\"\n[link.b]\nremove = true\n[simulation]\nseed = 3\n",
    );
    check(
        "study",
        "[study]\nname = \"S\"\nbase = \"a.toml\"\nstrategies = [\"s/*.toml\"]\nbudget = \"2 bnUSD\"\n",
    );
    check(
        "stress",
        "[stress]\nname = \"S\"\nclose = [{ target = \"a\", from = 2026-01-01, for = \"3 d\" }]\n",
    );
}

#[test]
fn a_file_with_everything_in_it_is_read() {
    let text = Text::new("everything.toml", include_str!("everything.toml"));
    let csv = |name: &str| {
        Ok(match name {
            "load.csv" => format!("hour,load\n{}", "0,1.5\n".repeat(9_000)),
            _ => "target,start,end,left\nlink.line,2026-02-01,2026-02-03T06:00,0.5\n".to_owned(),
        })
    };
    let scenario = scenario::parse(&[text], &[], &csv)
        .unwrap_or_else(|invalid| panic!("{}", super::scenario_files::rendered(&invalid)));
    assert!(scenario.warnings.is_empty(), "{:?}", scenario.warnings);
}

#[test]
fn what_the_parser_refuses_for_its_shape_the_schema_refuses_too() {
    let validator = validator();
    let mut checked = 0;
    for path in toml_files("tests/invalid") {
        let text = fs::read_to_string(&path).expect("readable");
        let Some(json) = json(&text) else { continue };
        let read = scenario::parse(&[Text::new("file.toml", text.as_str())], &[], &|_| {
            Err(std::io::ErrorKind::NotFound.into())
        });
        let invalid = read.expect_err("the corpus is invalid");
        // The class of a transit is a number to the schema.
        let is_shape = |problem: &Problem| {
            SHAPE.contains(&problem.kind()) && !problem.message().contains("class 1 only")
        };
        if invalid.problems().iter().any(is_shape) {
            checked += 1;
            assert!(
                !validator.is_valid(&json),
                "the schema takes {}",
                path.display()
            );
        }
    }
    assert!(checked >= 15, "only {checked} files have problems of shape");
}

#[test]
fn units_are_part_of_the_schema() {
    let validator = validator();
    let file = |plan: &str| {
        let text = format!(
            "[scenario]\nname = \"S\"\nstart = 2026-01-01\nhorizon = \"1 yr\"\n[field.a]\nplan = {plan}\n[market.b]\n"
        );
        validator.is_valid(&json(&text).expect("TOML"))
    };
    for plan in [
        "\"1.2 Mb/d\"",
        "\"1_000kb/d\"",
        "{ value = \"5 Mt/a\", low = \"4 Mt/a\" }",
    ] {
        assert!(file(plan), "{plan}");
    }
    for plan in [
        "\"1.2 Mb\"",
        "\"Mb/d\"",
        "\"-1 kb/d\"",
        "5",
        "{ low = \"4 Mt/a\" }",
        "{ monthly = [] }",
    ] {
        assert!(!file(plan), "{plan}");
    }
}
