//! No text makes the parser panic.

use keruen::scenario::{self, Text};
use proptest::prelude::*;

use crate::properties::cases;

const VALID: &str = include_str!("everything.toml");

#[expect(
    clippy::unnecessary_wraps,
    reason = "the parser's reader of files can fail"
)]
fn csv(name: &str) -> std::io::Result<String> {
    Ok(match name {
        "load.csv" => format!("hour,load\n{}", "0,1.5\n".repeat(9_000)),
        _ => "target,start,end,left\nlink.line,2026-02-01,2026-02-03T06:00,0.5\n".to_owned(),
    })
}

/// Reads a text as every kind of file, and renders what is wrong with it.
fn read(text: &str, strategy: &str, set: &str) {
    let texts = [Text::new("a.toml", text), Text::new("b.toml", strategy)];
    let set = [set.to_owned()];
    for (texts, set) in [(&texts[..1], &[][..]), (&texts, &[]), (&texts[..1], &set)] {
        match scenario::parse(texts, set, &csv) {
            Err(invalid) => {
                assert!(!invalid.problems().is_empty());
                let _ = super::scenario_files::rendered(&invalid);
            }
            Ok(scenario) => {
                let _ = scenario::parse_stress(&texts[0], &scenario.model);
                let _ = scenario::closure(&scenario.model, text, text, text, Some(text));
            }
        }
    }
}

/// Words that files are made of, and some that break them.
fn word() -> impl Strategy<Value = String> {
    prop_oneof![
        Just("[".to_owned()),
        Just("]".to_owned()),
        Just("{".to_owned()),
        Just("}".to_owned()),
        Just("\"".to_owned()),
        Just(" = ".to_owned()),
        Just("\n".to_owned()),
        Just(".".to_owned()),
        Just("\u{0}".to_owned()),
        Just("é".to_owned()),
        Just("1e400".to_owned()),
        Just("nan".to_owned()),
        Just("-9223372036854775808".to_owned()),
        Just("99999999999999999999999999".to_owned()),
        Just("\"1e-400 b/d\"".to_owned()),
        Just("\"200 yr\"".to_owned()),
        Just("\"1e15 yr\"".to_owned()),
        Just("9999-12-31".to_owned()),
        Just("0000-01-01".to_owned()),
        Just("{ value = 3 }".to_owned()),
        Just("remove = true\n".to_owned()),
        Just("[strategy]\navailable = 2026-06-01\n".to_owned()),
        Just("#".to_owned()),
        "\\PC{0,12}",
    ]
}

proptest! {
    #![proptest_config(cases(60))]

    #[test]
    fn no_text_makes_the_parser_panic(text in "\\PC{0,200}", words in prop::collection::vec(word(), 0..40)) {
        read(&text, &words.concat(), &text);
        read(&words.concat(), &text, &words.concat());
    }

    #[test]
    fn no_change_of_a_valid_file_makes_the_parser_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..30, word()), 1..5),
    ) {
        let mut text: Vec<char> = VALID.chars().collect();
        for (at, length, word) in changes {
            let at = at.index(text.len());
            let end = (at + length).min(text.len());
            text.splice(at..end, word.chars());
        }
        let text: String = text.into_iter().collect();
        read(&text, &text, "simulation.seed=1");
        read(VALID, &text, "simulation.seed=1");
    }

    #[test]
    fn no_exchange_of_lines_makes_the_parser_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<prop::sample::Index>()), 1..6),
        available in any::<bool>(),
    ) {
        let mut lines: Vec<&str> = VALID.lines().collect();
        for (from, to) in changes {
            let (from, to) = (from.index(lines.len()), to.index(lines.len()));
            lines[to] = lines[from];
        }
        let header = if available { "[strategy]\navailable = 2026-06-01\n" } else { "[strategy]\n" };
        let patch = format!("{header}{}", lines.join("\n"));
        read(&lines.join("\n"), &patch, "link.line.capacity=1 b/d");
        read(VALID, &patch, "link.line.capacity=1 b/d");
    }
}

#[test]
fn odd_texts_are_refused_and_not_followed() {
    let deep = format!("a = {}1{}", "[".repeat(100_000), "]".repeat(100_000));
    let dotted = format!("{}b = 1", "a.".repeat(100_000));
    let tables = format!("a = {}{}", "{ a = ".repeat(100_000), "}".repeat(100_000));
    let long = format!(
        "name = \"{}\"\n[{}]",
        "x".repeat(1_000_000),
        "y".repeat(1_000_000)
    );
    let many = format!("[field]\na = [{}]", "1,".repeat(200_000));
    let headers = "[a.b]\n".repeat(10_000);
    let unended = format!("a = \"{}\"\n[", "é".repeat(100_000));
    let far = format!("a = [{}\n\n", "é = 1, ".repeat(100_000));
    let odd = [
        &deep, &dotted, &tables, &long, &many, &headers, &unended, &far,
    ];
    for text in odd {
        let read = scenario::parse(&[Text::new("odd.toml", text.as_str())], &[], &csv);
        let shown = super::scenario_files::rendered(&read.expect_err("odd"));
        assert!(shown.len() < 50_000, "{} bytes", shown.len());
    }
    let set = [format!("{}=1", "a.".repeat(100_000))];
    let set_value = [format!("simulation.seed={}", "[".repeat(100_000))];
    for set in [&set, &set_value] {
        assert!(scenario::parse(&[Text::new("v.toml", VALID)], set, &csv).is_err());
    }
}
