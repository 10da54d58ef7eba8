//! Counts the instructions of pieces of work and holds them against stored budgets.
//!
//! Time depends on the machine and on who else uses it; instructions do not. `valgrind` counts
//! those of two runs of this program, of which one does the work twice as often as the other: the
//! difference is the work alone, without start and reading.

mod budgets;
mod work;

use std::path::PathBuf;
use std::process::{Child, Command, ExitCode, Stdio};

use budgets::{Budgets, HIGHEST, LOWEST};
use work::{MEASUREMENTS, Measurement};

/// What this machine cannot be asked; `.ci/run` tells it apart from a failure.
const SKIPPED: u8 = 3;

const USAGE: &str = "usage: benches/instructions/run [--renew] [NAME…]";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [first, name, times] = arguments.as_slice()
        && first == "work"
    {
        return work(name, times);
    }
    match guard(&arguments) {
        Ok(code) => code,
        Err(why) => {
            eprintln!("error: {why}");
            ExitCode::from(2)
        }
    }
}

/// What runs under `valgrind`.
fn work(name: &str, times: &str) -> ExitCode {
    let measurement = MEASUREMENTS.iter().find(|known| known.name == name);
    match (measurement, times.parse()) {
        (Some(measurement), Ok(times)) => {
            (measurement.work)(times);
            ExitCode::SUCCESS
        }
        _ => ExitCode::from(2),
    }
}

/// Counts, compares and tells.
fn guard(arguments: &[String]) -> Result<ExitCode, String> {
    let is_renewing = arguments.iter().any(|argument| argument == "--renew");
    let names: Vec<&str> = arguments
        .iter()
        .map(String::as_str)
        .filter(|&argument| argument != "--renew")
        .collect();
    let is_known = |name: &&str| MEASUREMENTS.iter().any(|known| known.name == *name);
    if let Some(unknown) = names.iter().find(|name| !is_known(name)) {
        let known: Vec<&str> = MEASUREMENTS.iter().map(|known| known.name).collect();
        return Err(format!(
            "nothing measured is called `{unknown}`, but {}\n{USAGE}",
            known.join(", ")
        ));
    }
    if let Some(why) = unfit() {
        println!("Skipped: {why}.");
        return Ok(ExitCode::from(SKIPPED));
    }

    let mut budgets = Budgets::read()?;
    println!(
        "{:<19}{:>13}{:>13}{:>9}",
        "instructions", "budget", "counted", "change"
    );
    let (mut over, mut under) = (Vec::new(), Vec::new());
    let chosen = MEASUREMENTS
        .iter()
        .filter(|known| names.is_empty() || names.contains(&known.name));
    for measurement in chosen {
        for (name, unit, counted) in count(measurement)? {
            let budget = budgets.of(name);
            let change = budget.map(|budget| (counted as f64 / budget as f64 - 1.0) * 100.0);
            println!(
                "{name:<19}{:>13}{counted:>13}{:>9}  a {unit}",
                budget.map_or("none".to_owned(), |budget| budget.to_string()),
                change.map_or(String::new(), |change| format!("{change:+.1} %")),
            );
            match change {
                Some(change) if change < LOWEST => under.push(name),
                Some(change) if change <= HIGHEST => {}
                _ => over.push(name),
            }
            budgets.set(name, counted);
        }
    }

    if is_renewing {
        budgets.write(&compiler())?;
        println!("Stored in {}.", Budgets::path().display());
        return Ok(ExitCode::SUCCESS);
    }
    if !under.is_empty() {
        println!(
            "More than {} % below budget: {}. Keep what was gained: \
             `benches/instructions/run --renew`.",
            -LOWEST,
            under.join(", ")
        );
    }
    if over.is_empty() {
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "More than {HIGHEST} % above budget, or without one: {}. Make it cheaper, or, if what it \
         brings is worth it, store the new figures with `benches/instructions/run --renew` and say \
         why in the commit.",
        over.join(", ")
    );
    let (then, now) = (budgets.compiler(), compiler());
    if then != now {
        println!("The compiler may be why: the budgets are of {then}, this is {now}.");
    }
    Ok(ExitCode::FAILURE)
}

/// Why this machine cannot be held to the budgets.
fn unfit() -> Option<String> {
    let asked = Command::new("valgrind")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    if !asked.is_ok_and(|status| status.success()) {
        return Some("`valgrind`, which counts, is not installed".to_owned());
    }
    #[cfg(target_arch = "x86_64")]
    if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
        return None;
    }
    Some("the budgets are of x86-64 processors with AVX2".to_owned())
}

/// What was counted: name, unit, instructions.
type Counted = (&'static str, &'static str, u64);

/// Instructions of doing it one time more and, if that has a budget too, of what is done only once.
fn count(measurement: &Measurement) -> Result<Vec<Counted>, String> {
    // Both at the same time: neither changes what the other takes.
    let less = Counting::begin(measurement.name, measurement.times)?;
    let more = Counting::begin(measurement.name, measurement.times * 2)?;
    let (less, more) = (less.end()?, more.end()?);
    let work = more.saturating_sub(less);
    let mut found = vec![(measurement.name, measurement.unit, work / measurement.times)];
    if let Some((name, unit)) = measurement.once {
        found.push((name, unit, less.saturating_sub(work)));
    }
    Ok(found)
}

/// A process under `valgrind`.
struct Counting {
    process: Child,
    /// Where the counts by function go; they stay, for `cg_annotate` and `cg_diff`.
    out: PathBuf,
}

impl Counting {
    /// Has this program do a measurement's work so many times.
    fn begin(name: &str, times: u64) -> Result<Self, String> {
        let own = std::env::current_exe().map_err(|error| error.to_string())?;
        let directory = own.with_file_name("counts");
        std::fs::create_dir_all(&directory)
            .map_err(|error| format!("{}: {error}", directory.display()))?;
        let out = directory.join(format!("{name}-{times}.out"));
        let process = Command::new("valgrind")
            // Of its tools that count, the one that slows down least.
            .args(["--tool=cachegrind", "--cache-sim=no", "--quiet"])
            .arg(format!("--cachegrind-out-file={}", out.display()))
            .arg(&own)
            .args(["work", name, &times.to_string()])
            // Where processors have an instruction that fills memory, each byte would count as one.
            .env("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-ERMS,-FSRM")
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .map_err(|error| format!("valgrind: {error}"))?;
        Ok(Self { process, out })
    }

    /// Instructions of the whole process.
    fn end(self) -> Result<u64, String> {
        let ended = self.process.wait_with_output();
        let ended = ended.map_err(|error| format!("valgrind: {error}"))?;
        let place = self.out.display();
        if !ended.status.success() {
            let said = String::from_utf8_lossy(&ended.stderr);
            return Err(format!("no counts in {place}, {}: {said}", ended.status));
        }
        let text =
            std::fs::read_to_string(&self.out).map_err(|error| format!("{place}: {error}"))?;
        text.lines()
            .rev()
            .find_map(|line| line.strip_prefix("summary:"))
            .and_then(|rest| rest.split_whitespace().next()?.parse().ok())
            .ok_or_else(|| format!("{place} has no sum of instructions"))
    }
}

/// The compiler in use, as it names itself.
fn compiler() -> String {
    let asked = Command::new("rustc").arg("--version").output();
    asked.map_or("an unknown compiler".to_owned(), |output| {
        String::from_utf8_lossy(&output.stdout).trim().to_owned()
    })
}
