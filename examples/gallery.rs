//! The figures of saved results, as a gallery: a sheet of all in either look, each as SVG, and a page that lists them.
//!
//! `cargo run --release --example gallery -- docs/gallery keruen-out/kazakhstan keruen-out/kazakhstan-rank …` draws what
//! the commands left in those directories. Without arguments it plays a small stress and says what its figure finds.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use keruen::charts::{self, Figure, Look, STEMS, Theme};
use keruen::results::Origin;
use keruen::scenario::{Request, closure, load};
use keruen::simulation::stress;
use serde::de::DeserializeOwned;

/// Width of a figure on the sheet, pixels, and of the space around it.
const TILE: u32 = 330;
const SPACE: u32 = 14;
const COLUMNS: usize = 5;

type Figures = Vec<(&'static str, Figure)>;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1).map(PathBuf::from);
    let Some(out) = arguments.next() else {
        return say();
    };
    let mut found: Vec<(&'static str, Figure, String)> = Vec::new();
    for directory in arguments {
        let origin: Origin = serde_json::from_slice(&fs::read(directory.join("origin.json"))?)?;
        for (stem, figure) in drawn(&directory)? {
            // The first directory that has a figure shows it.
            if !found.iter().any(|(known, ..)| *known == stem) {
                found.push((stem, figure, origin.command.clone()));
            }
        }
    }
    let place = |stem: &str| STEMS.iter().position(|known| *known == stem);
    found.sort_by_key(|(stem, ..)| place(stem));
    fs::create_dir_all(&out)?;
    for (stem, figure, _) in &found {
        fs::write(out.join(format!("{stem}.svg")), figure.svg(Theme::Light)?)?;
    }
    for (name, theme) in [("light", Theme::Light), ("dark", Theme::Dark)] {
        fs::write(out.join(format!("sheet-{name}.png")), sheet(&found, theme)?)?;
    }
    fs::write(out.join("README.md"), page(&found)?)?;
    Ok(())
}

/// What the figure of a small stress finds.
fn say() -> Result<(), Box<dyn Error>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios/two_routes.toml");
    let scenario = load(&Request {
        path: &path,
        with: &[],
        set: &[],
    })?;
    let closed = closure(&scenario.model, "link.jetty", "2026-02-01", "10 d", None)?;
    let found = stress(&scenario.model, &scenario.sha256, &[closed])?;
    let mut out = io::stdout().lock();
    for (stem, figure) in charts::stress_figures(&found) {
        writeln!(out, "{stem}: {}", figure.title())?;
    }
    Ok(())
}

/// All figures of a directory of results.
fn drawn(directory: &Path) -> Result<Figures, Box<dyn Error>> {
    let mut all = Figures::new();
    add(&mut all, directory, "summary.json", charts::run_figures)?;
    add(&mut all, directory, "stress.json", charts::stress_figures)?;
    add(&mut all, directory, "story.json", charts::story_figures)?;
    add(
        &mut all,
        directory,
        "backtest.json",
        charts::backtest_figures,
    )?;
    add(&mut all, directory, "exact.json", charts::exact_figures)?;
    add(&mut all, directory, "rank.json", charts::rank_figures)?;
    add(
        &mut all,
        directory,
        "importance.json",
        charts::importance_figures,
    )?;
    add(&mut all, directory, "shapley.json", charts::shapley_figures)?;
    add(
        &mut all,
        directory,
        "recovery.json",
        charts::recovery_figures,
    )?;
    add(&mut all, directory, "worst.json", charts::worst_figures)?;
    add(
        &mut all,
        directory,
        "optimise.json",
        charts::optimise_figures,
    )?;
    add(
        &mut all,
        directory,
        "sensitivity.json",
        charts::sensitivity_figures,
    )?;
    add(&mut all, directory, "curve.json", charts::curve_figures)?;
    Ok(all)
}

/// The figures of one result, if the directory has it.
fn add<T: DeserializeOwned>(
    all: &mut Figures,
    directory: &Path,
    name: &str,
    figures: fn(&T) -> Figures,
) -> Result<(), Box<dyn Error>> {
    let path = directory.join(name);
    if path.exists() {
        all.extend(figures(&serde_json::from_slice(&fs::read(path)?)?));
    }
    Ok(())
}

/// All figures in columns, each where there is most room, as PNG.
fn sheet(found: &[(&str, Figure, String)], theme: Theme) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut columns = [SPACE; COLUMNS];
    let mut tiles = Vec::new();
    for (_, figure, _) in found {
        let png = figure.png(&Look { theme, width: TILE })?;
        let mut reader = png::Decoder::new(io::Cursor::new(png)).read_info()?;
        let mut pixels = vec![0; reader.output_buffer_size().ok_or("too large")?];
        let height = reader.next_frame(&mut pixels)?.height;
        let shortest = (0..COLUMNS)
            .min_by_key(|&column| columns[column])
            .unwrap_or(0);
        let left = SPACE + shortest as u32 * (TILE + SPACE);
        tiles.push((left, columns[shortest], pixels));
        columns[shortest] += height + SPACE;
    }
    let width = SPACE + COLUMNS as u32 * (TILE + SPACE);
    let height = columns.into_iter().max().unwrap_or(SPACE);
    let ground = match theme {
        Theme::Light => [0xe4, 0xe7, 0xeb],
        Theme::Dark => [0x05, 0x07, 0x0a],
    };
    let mut canvas = ground.repeat((width * height) as usize);
    for (left, top, pixels) in tiles {
        for (row, line) in pixels.chunks(TILE as usize * 3).enumerate() {
            let start = ((top as usize + row) * width as usize + left as usize) * 3;
            canvas[start..start + line.len()].copy_from_slice(line);
        }
    }
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_compression(png::Compression::High);
    encoder.write_header()?.write_image_data(&canvas)?;
    Ok(file)
}

/// A page that lists the figures.
fn page(found: &[(&str, Figure, String)]) -> Result<String, std::fmt::Error> {
    let mut page = String::from(
        "# Gallery\n\nEvery figure of Keruen, drawn from results of the Kazakh scenario and of the small ones beside it. A \
         title states what was found. `--theme dark` draws on a dark ground, `--png-width` says how wide pictures are; the \
         SVG files show numbers to whoever points at them. Written by `cargo run --release --example gallery`, which says \
         how in its first lines.\n\n![All figures.](sheet-light.png)\n\n![The same on a dark ground.](sheet-dark.png)\n",
    );
    for (stem, figure, command) in found {
        let about = figure.description();
        write!(
            page,
            "\n## {stem}\n\n{}. {about}\n\n`{command}`\n\n![{}]({stem}.svg)\n",
            figure.title(),
            figure.title(),
        )?;
    }
    Ok(page)
}
