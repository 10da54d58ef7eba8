//! How large a tank does a port need so that its closures cost less than one barrel in a hundred?
//!
//! The scenario is written in code, once for each size, and run without touching a file. All sizes
//! meet the same closures, because draws depend on names and the seed only.
//!
//! Run it with `cargo run --release --example own_network`.

use std::error::Error;
use std::io::{self, Write};

use keruen::model::Collect;
use keruen::scenario::{Text, parse};
use keruen::simulation::{Settings, Silent, run};

/// A field, a port with a tank, a market; the jetty closes eight times a year.
fn scenario(tank_mb: f64) -> String {
    format!(
        r#"
[scenario]
name = "One port, tank of {tank_mb} Mb"
start = 2026-01-01
horizon = "365 d"

[field.basin]
plan = "500 kb/d"

[hub.port]
tank = {{ capacity = "{tank_mb} Mb" }}

[market.overseas]

[link.line]
from = "basin"
to = "port"
capacity = "600 kb/d"

[link.jetty]
from = "port"
to = "overseas"
capacity = "700 kb/d"

[hazard.storm]
class = "weather"
hits = ["link.jetty"]
occurs = {{ poisson = {{ rate = "8 /yr" }} }}
duration = {{ lognormal = {{ median = "2 d", p95 = "6 d" }} }}
"#
    )
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = io::stdout().lock();
    writeln!(out, "tank, Mb   deliverability, %   shut in, Mb a year")?;
    let mut enough = None;
    for tank_mb in [0.1, 0.5, 1.0, 2.0, 4.0] {
        let text = Text::new("one-port", scenario(tank_mb));
        let no_files = |_: &str| Err(io::ErrorKind::NotFound.into());
        let model = parse(&[text], &[], &no_files)?.model;
        let settings = Settings {
            seed: 7,
            range: 0..2_000,
            threads: 0,
            collect: Collect::System,
            stop: None,
            shortfalls: false,
            rows: false,
            plain: true,
        };
        let metrics = run(&model, &settings, &mut Silent)?.result.metrics;
        let estimate = |name: &str, scale: f64| {
            let metric = metrics.get(name)?;
            Some((metric.mean? * scale, metric.std_error? * scale))
        };
        let (Some((share, share_error)), Some((shut_in, shut_in_error))) =
            (estimate("deliverability", 100.0), estimate("shut_in", 1e-6))
        else {
            continue;
        };
        writeln!(
            out,
            "{tank_mb:8.1}     {share:7.3} ± {share_error:.3}      {shut_in:7.3} ± {shut_in_error:.3}"
        )?;
        if share > 99.0 && enough.is_none() {
            enough = Some(tank_mb);
        }
    }
    match enough {
        Some(tank_mb) => writeln!(
            out,
            "\nOf these, {tank_mb} Mb is the smallest that is enough."
        )?,
        None => writeln!(out, "\nNone of these is enough.")?,
    }
    Ok(())
}
