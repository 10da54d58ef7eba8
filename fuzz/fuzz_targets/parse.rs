//! No text makes the parser panic, run for ever or use memory without bound.
//!
//! Run it with `cargo +nightly fuzz run parse`. A good beginning are the files of `scenarios` and
//! `tests/invalid`: `cargo +nightly fuzz run parse scenarios tests/invalid`.

#![no_main]

use keruen::scenario::{self, Text};
use libfuzzer_sys::fuzz_target;

/// What stands between the texts of a base, of a strategy and of a setting.
const BETWEEN: &str = "\n#####\n";

fuzz_target!(|text: &str| {
    let mut parts = text.split(BETWEEN);
    let base = Text::new("base.toml", parts.next().unwrap_or_default());
    let strategy = parts.next().map(|text| Text::new("strategy.toml", text));
    let set: Vec<String> = parts.map(str::to_owned).collect();
    let texts: Vec<Text> = std::iter::once(base).chain(strategy).collect();
    let csv = |_: &str| Ok("target,start,end,left,load\nlink.a,2026-02-01,2026-02-03,0.5,3\n".to_owned());
    match scenario::parse(&texts, &set, &csv) {
        Ok(scenario) => {
            let _ = scenario::parse_stress(&texts[0], &scenario.model);
        }
        Err(invalid) => {
            // Messages are part of what must not fail.
            for problem in invalid.problems() {
                let _ = (problem.place(), problem.to_string());
            }
        }
    }
});
