//! Keruen simulates export routes under disruption.
//!
//! A scenario describes fields, pipelines, tank farms, ports and markets as a network, and what
//! can go wrong with them. A run plays many possible years of it, allocates the oil at every
//! moment through what is left standing, and says how much gets out, what hurts, and how sure
//! that is.
//!
//! The `keruen` command does all of this from files. The library is the same in parts:
//!
//! 1. [`scenario::load`] or [`scenario::parse`] reads a [`model::Model`], or says all that is
//!    wrong with the file.
//! 2. [`simulation::run`] plays replications of it, [`simulation::stress`] one stated event,
//!    [`simulation::overview`] the future in which nothing goes wrong; [`study`] holds a model to
//!    the record.
//! 3. What comes back is plain data in [`results`]; [`metrics`] compares samples, and, with the
//!    features `charts` and `cli`, `charts` draws results and `report` writes them.
//!
//! The library never prints, never exits and never reads the clock. The same scenario, seed and
//! range of replications give the same bits, on any number of threads.
//!
//! # Example
//!
//! How much of what a field plans reaches its market if the only line fails now and then?
//!
//! ```
//! use keruen::model::Collect;
//! use keruen::scenario::{Text, parse};
//! use keruen::simulation::{Settings, Silent, run};
//!
//! let text = r#"
//! scenario = { name = "One line", start = 2026-01-01, horizon = "365 d" }
//! field.basin = { plan = "500 kb/d" }
//! market.overseas = {}
//! link.line = { from = "basin", to = "overseas", capacity = "600 kb/d" }
//!
//! [hazard.rupture]
//! class = "technical"
//! hits = ["link.line"]
//! occurs = { renewal = { up = { exponential = { mean = "90 d" } } } }
//! duration = { exponential = { mean = "10 d" } }
//! start = "stationary"
//! "#;
//! // A scenario may name CSV files; this one does not.
//! let no_files = |_: &str| Err(std::io::ErrorKind::NotFound.into());
//! let model = parse(&[Text::new("one line", text)], &[], &no_files)?.model;
//!
//! let settings = Settings {
//!     seed: 1,
//!     range: 0..100,
//!     threads: 1,
//!     collect: Collect::System,
//!     stop: None,
//!     shortfalls: false,
//!     rows: false,
//!     plain: false,
//! };
//! let found = run(&model, &settings, &mut Silent)?.result;
//! let share = &found.metrics["deliverability"];
//! let (mean, error) = (share.mean.unwrap(), share.std_error.unwrap());
//! println!("deliverability {mean:.3} ± {error:.3}");
//!
//! // In the long run the line is up 90 days of 100.
//! assert!((mean - 0.9).abs() < 4.0 * error);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod accumulate;
pub mod allocation;
#[cfg(feature = "charts")]
#[expect(
    clippy::disallowed_methods,
    reason = "where a mark is drawn may differ by a hair"
)]
pub mod charts;
#[cfg(feature = "cli")]
pub mod cli;
pub mod fit;
pub mod maths;
pub mod metrics;
pub mod model;
pub mod network;
#[cfg(feature = "cli")]
pub mod report;
pub mod results;
pub mod sampling;
pub mod scenario;
pub mod simulation;
pub mod study;
pub mod units;
