//! The JSON Schema of the five kinds of files, for editors.

use serde_json::{Map, Value, json};

use super::quantity::Dimension;
use super::spec::{
    BACKTEST_FILE, DOUBT, Key, Need, PROFILE, RATE_DOUBT, SCENARIO, SHARE_DOUBT, SHARE_LAW,
    STRATEGY, STRESS_FILE, STUDY_FILE, Shape, Spec, TIME_LAW,
};

/// A date, or a date with a time, as TOML and the format write them.
const DATE: &str = r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2})?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?\s*$";

/// The JSON Schema (draft 2020-12) of scenario, strategy, study, stress case and back-test files.
///
/// Editors take a TOML file for the JSON document with the same keys; dates are strings in it.
/// The schema knows shapes, units and words; references between tables, calendars and the network
/// are known only to [`crate::scenario::load`].
#[must_use]
pub fn schema() -> Value {
    let mut strategy = file(&SCENARIO, Form::Patch);
    let header = table(&STRATEGY, Form::Whole);
    strategy["properties"]["strategy"] = described(header, STRATEGY.doc);
    strategy["required"] = json!(["strategy"]);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Keruen",
        "description": "A scenario, a strategy, a study, a stress case or a back-test of Keruen.",
        "type": "object",
        "if": {"required": ["strategy"]},
        "then": {"$ref": "#/$defs/strategy-file"},
        "else": {
            "if": {"required": ["study"]},
            "then": {"$ref": "#/$defs/study-file"},
            "else": {
                "if": {"required": ["stress"]},
                "then": {"$ref": "#/$defs/stress-file"},
                "else": {
                    "if": {"required": ["backtest"]},
                    "then": {"$ref": "#/$defs/backtest-file"},
                    "else": {"$ref": "#/$defs/scenario-file"}
                }
            }
        },
        "$defs": {
            "scenario-file": file(&SCENARIO, Form::Whole),
            "strategy-file": strategy,
            "study-file": file(&STUDY_FILE, Form::Whole),
            "stress-file": file(&STRESS_FILE, Form::Whole),
            "backtest-file": file(&BACKTEST_FILE, Form::Whole),
            "instant": {"type": "string", "pattern": DATE},
            "strings": {"anyOf": [
                {"type": "string"},
                {"type": "array", "items": {"type": "string"}}
            ]},
            "share": {"type": "number", "minimum": 0, "maximum": 1},
            "flow": quantity(Dimension::Flow),
            "volume": quantity(Dimension::Volume),
            "time": quantity(Dimension::Time),
            "frequency": quantity(Dimension::Frequency),
            "money": quantity(Dimension::Money),
            "price": quantity(Dimension::Price),
            "difference": quantity(Dimension::Difference),
            "profile": profile(),
            "time-law": law(&TIME_LAW, Shape::Quantity(Dimension::Time)),
            "share-law": law(&SHARE_LAW, Shape::Share),
        }
    })
}

/// Whether required keys must be there.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Whole,
    /// Elements and headers of a strategy hold only what changes.
    Patch,
}

fn file(spec: &'static Spec, form: Form) -> Value {
    described(table(spec, form), spec.doc)
}

fn described(mut schema: Value, doc: &str) -> Value {
    schema["description"] = json!(doc);
    schema
}

fn table(spec: &'static Spec, form: Form) -> Value {
    let known = || spec.keys.iter().filter(|key| key.is_read());
    let properties: Map<String, Value> = known()
        .map(|key| (key.name.to_owned(), property(key, form)))
        .collect();
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if form == Form::Whole {
        let required: Vec<&str> = known()
            .filter(|key| key.need == Need::Required)
            .map(|key| key.name)
            .collect();
        if !required.is_empty() {
            schema["required"] = json!(required);
        }
    }
    schema
}

fn property(key: &Key, form: Form) -> Value {
    let doc = match key.need {
        Need::Default(absent) if absent != "–" => format!("{} Default: {absent}.", key.doc),
        _ => key.doc.to_owned(),
    };
    described(value(key.shape, form), &doc)
}

fn value(shape: Shape, form: Form) -> Value {
    match shape {
        Shape::Text | Shape::DateOrText => json!({"type": "string"}),
        Shape::Words(words) | Shape::WordsLater(words, _) => json!({"enum": words}),
        Shape::Bool => json!({"type": "boolean"}),
        Shape::Count => json!({"type": "integer", "minimum": 0}),
        Shape::Number => json!({"type": "number"}),
        Shape::Quantified => {
            json!({"anyOf": [{"type": "number"}, doubt(&json!({"type": "number"}), &DOUBT)]})
        }
        Shape::Share => {
            let share = json!({"$ref": "#/$defs/share"});
            json!({"anyOf": [share, counted(&share, &SHARE_DOUBT, "trials")]})
        }
        Shape::Quantity(dimension) => {
            let plain = json!({"$ref": format!("#/$defs/{}", definition(dimension))});
            let doubt = if dimension == Dimension::Frequency {
                counted(&plain, &RATE_DOUBT, "exposure")
            } else {
                doubt(&plain, &DOUBT)
            };
            json!({"anyOf": [plain, doubt]})
        }
        Shape::Profile => json!({"$ref": "#/$defs/profile"}),
        Shape::TimeLaw => json!({"$ref": "#/$defs/time-law"}),
        Shape::ShareLaw => json!({"$ref": "#/$defs/share-law"}),
        Shape::Instant => json!({"$ref": "#/$defs/instant"}),
        Shape::Strings => json!({"$ref": "#/$defs/strings"}),
        Shape::List(inner, count) => {
            let mut list = json!({"type": "array", "items": value(*inner, Form::Whole)});
            if let Some(count) = count {
                list["minItems"] = json!(count);
                list["maxItems"] = json!(count);
            }
            list
        }
        Shape::Table(spec) => {
            // In a strategy, the scenario's headers are patched by key; what stands inside an
            // element is replaced as a whole.
            let is_header = SCENARIO.key(spec.name).is_some();
            table(spec, if is_header { form } else { Form::Whole })
        }
        Shape::OneOf(spec) => one_of(spec),
        Shape::Elements(spec) => elements(spec, form),
        Shape::ById(_, inner) => json!({
            "type": "object",
            "additionalProperties": value(*inner, Form::Whole),
        }),
        Shape::Either(shapes) => {
            let shapes: Vec<Value> = shapes.iter().map(|shape| value(*shape, form)).collect();
            json!({"anyOf": shapes})
        }
        Shape::Anything => json!({}),
    }
}

fn elements(spec: &'static Spec, form: Form) -> Value {
    let mut element = table(spec, form);
    if form == Form::Patch {
        element["properties"]["remove"] = json!({
            "type": "boolean",
            "description": "Takes the element away."
        });
    }
    json!({
        "type": "object",
        "patternProperties": {"^[A-Za-z0-9_-]+$": described(element, spec.doc)},
        "additionalProperties": false,
    })
}

/// A table with exactly one of its choices.
fn one_of(spec: &'static Spec) -> Value {
    let mut schema = table(spec, Form::Whole);
    let choices: Vec<Value> = spec
        .keys
        .iter()
        .filter(|key| key.is_read() && !super::shape::is_remark(key.name))
        .map(|key| json!({"required": [key.name]}))
        .collect();
    schema["oneOf"] = json!(choices);
    schema
}

/// The table form of a value.
fn doubt(plain: &Value, spec: &'static Spec) -> Value {
    let mut schema = table(spec, Form::Whole);
    for part in ["value", "low", "high"] {
        schema["properties"][part] = plain.clone();
    }
    schema
}

/// The table form of a value that may be counted events in some amount of time or trials.
fn counted(plain: &Value, spec: &'static Spec, amount: &str) -> Value {
    let mut schema = doubt(plain, spec);
    schema["oneOf"] = json!([{"required": ["value"]}, {"required": ["events", amount]}]);
    schema["dependentRequired"] = json!({
        "low": ["value"], "high": ["value"], amount: ["events"], "prior": ["events"],
    });
    schema
}

fn definition(dimension: Dimension) -> &'static str {
    match dimension {
        Dimension::Flow => "flow",
        Dimension::Volume => "volume",
        Dimension::Time => "time",
        Dimension::Frequency => "frequency",
        Dimension::Money => "money",
        Dimension::Price => "price",
        Dimension::Difference => "difference",
    }
}

fn quantity(dimension: Dimension) -> Value {
    json!({
        "type": "string",
        "pattern": dimension.pattern(),
        "description": format!("{} such as \"{}\"", dimension.name(), dimension.example()),
    })
}

fn profile() -> Value {
    let plain = value(Shape::Quantity(Dimension::Flow), Form::Whole);
    let mut table = table(&PROFILE, Form::Whole);
    table["oneOf"] = json!([
        {"required": ["monthly"]},
        {"required": ["steps"]},
        {"required": ["file", "column", "every", "unit"]},
    ]);
    table["dependentRequired"] = json!({"column": ["file"], "every": ["file"], "unit": ["file"]});
    json!({"anyOf": [plain, table]})
}

fn law(spec: &'static Spec, plain: Shape) -> Value {
    json!({"anyOf": [value(plain, Form::Whole), one_of(spec)]})
}
