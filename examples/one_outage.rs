//! How long can the port of `two_routes` stay closed before a barrel is shut in?
//!
//! Nothing here is random: a closure is stated and played through, once for each length.
//!
//! Run it with `cargo run --release --example one_outage`.

use std::error::Error;
use std::io::{self, Write};
use std::path::Path;

use keruen::scenario::{Request, closure, load};
use keruen::simulation::stress;

fn main() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/two_routes.toml");
    let scenario = load(&Request {
        path: &path,
        with: &[],
        set: &[],
    })?;
    let mut out = io::stdout().lock();
    writeln!(
        out,
        "jetty closed   lost, Mb   first barrel shut in   recovered after"
    )?;
    for days in [1, 2, 3, 5, 10, 20] {
        let length = format!("{days} d");
        let closed = closure(&scenario.model, "link.jetty", "2026-02-01", &length, None)?;
        let found = stress(&scenario.model, &scenario.sha256, &[closed])?;
        let hours = |time: Option<f64>| {
            time.map_or_else(|| "–".to_owned(), |hours| format!("{hours:.1} h"))
        };
        writeln!(
            out,
            "{days:>7} days   {:8.3}   {:>20}   {:>15}",
            found.lost_bbl as f64 / 1e6,
            hours(found.time_to_shut_in_hours),
            hours(found.time_to_recover_hours),
        )?;
    }
    Ok(())
}
