//! What is a second line worth when one port carries almost everything?
//!
//! `two_routes` is run as it is and with a wider northern line. Both meet the same disruptions, so
//! their difference is known far better than either mean.
//!
//! Run it with `cargo run --release --example bypass_line`.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;

use keruen::metrics::{conditional_value_at_risk_difference, paired};
use keruen::model::Collect;
use keruen::scenario::{Text, parse};
use keruen::simulation::{Observer, Progress, ROW_COLUMNS, Row, Settings, run_together};

/// What the new line adds.
const BYPASS: &str = r#"
[strategy]
name = "Bypass line"
about = "A second northern line of 300 kb/d."

[link.bypass]
from = "basin"
to = "overseas"
capacity = "300 kb/d"
tariff = "9 USD/bbl"
"#;

/// Keeps the undelivered barrels of each replication, in order.
#[derive(Default)]
struct Undelivered(Vec<i64>);

impl Observer for Undelivered {
    fn progress(&mut self, _: &Progress) {}

    fn rows(&mut self, rows: &[Row]) -> io::Result<()> {
        let column = ROW_COLUMNS
            .iter()
            .position(|&(name, _)| name == "undelivered");
        let column = column.ok_or(io::ErrorKind::NotFound)?;
        self.0.extend(rows.iter().map(|row| row.values[column]));
        Ok(())
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/two_routes.toml");
    let base = Text::new("two_routes", std::fs::read_to_string(path)?);
    let no_files = |_: &str| Err(io::ErrorKind::NotFound.into());
    let model = |files: &[Text]| parse(files, &[], &no_files).map(|scenario| scenario.model);
    let (as_it_is, wider) = (
        model(std::slice::from_ref(&base))?,
        model(&[base, Text::new("bypass", BYPASS)])?,
    );
    let settings = Settings {
        seed: 42,
        range: 0..4_000,
        threads: 0,
        collect: Collect::System,
        stop: None,
        shortfalls: false,
        rows: true,
        plain: true,
    };
    let (mut without, mut with) = (Undelivered::default(), Undelivered::default());
    let observers: &mut [&mut dyn Observer] = &mut [&mut without, &mut with];
    run_together(&[&as_it_is, &wider], &settings, observers)?;
    let (Undelivered(without), Undelivered(with)) = (without, with);

    let pairs = paired(&with, &without).ok_or("two replications or more are needed")?;
    let tail = conditional_value_at_risk_difference(&with, &without, 0.95)
        .ok_or("twenty replications or more are needed")?;
    let mean = |sample: &[i64]| sample.iter().sum::<i64>() as f64 / sample.len() as f64 / 1e6;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "undelivered, million barrels a year, {} replications",
        pairs.count
    )?;
    writeln!(out, "  without the line        {:8.3}", mean(&without))?;
    writeln!(out, "  with it                 {:8.3}", mean(&with))?;
    writeln!(
        out,
        "  difference              {:8.3} ± {:.3} (independent runs: ± {:.3})",
        pairs.mean_difference / 1e6,
        pairs.std_error / 1e6,
        pairs.unpaired_std_error / 1e6,
    )?;
    writeln!(
        out,
        "  difference of CVaR 95 % {:8.3} ± {:.3}",
        tail.value / 1e6,
        tail.std_error / 1e6,
    )?;
    Ok(())
}
