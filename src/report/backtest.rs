//! A back-test as text.

use std::io::{self, Write};

use crate::results::{Backtest, BacktestEpisode, BacktestForecast, BacktestRow, BacktestVariant};

use super::number::{NOTHING, counted, grouped, per_cent};
use super::run::paragraph;
use super::table::{Align, Table};
use super::tell::Tell;

/// Writes what a back-test found, for a person to read, in at most `width` columns.
///
/// # Errors
/// Those of `out`.
pub fn backtest_text(backtest: &Backtest, width: u16, mut out: &mut dyn Write) -> io::Result<()> {
    backtest_told(backtest, width, &mut out)
}

pub(super) fn backtest_told(backtest: &Backtest, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    writeln!(out, "{}", backtest.name)?;
    if let Some(about) = backtest.about.lines().next() {
        paragraph(about, width, out)?;
    }
    if !backtest.episodes.is_empty() {
        writeln!(out, "\nRecorded disruptions, replayed\n")?;
        episodes(backtest, width, out)?;
    }
    if !backtest.variants.is_empty() {
        writeln!(out, "\nForecasts against what came\n")?;
        variants(backtest, width, out)?;
    }
    for warning in &backtest.warnings {
        writeln!(out)?;
        paragraph(&format!("Note: {warning}."), width, out)?;
    }
    let hash = backtest.sha256.get(..12).unwrap_or(&backtest.sha256);
    writeln!(
        out,
        "\nkeruen {}, back-test {hash}, seed {}.",
        backtest.version, backtest.seed
    )
}

fn episodes(backtest: &Backtest, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let mut table = Table::new(
        [
            ("", Align::Left),
            ("what", Align::Left),
            ("observed", Align::Right),
            ("modelled", Align::Right),
            ("band", Align::Right),
            ("unit", Align::Left),
            ("error", Align::Right),
            ("within", Align::Left),
        ]
        .map(|(title, align)| (title.to_owned(), align))
        .into(),
    );
    for episode in &backtest.episodes {
        for (index, row) in episode.rows.iter().enumerate() {
            let id = if index == 0 { episode.id.as_str() } else { "" };
            table.row(cells(id, row, index == 0));
        }
    }
    table.write(width, out)?;
    let judged: Vec<&BacktestEpisode> = backtest.episodes.iter().collect();
    let within = judged.iter().filter(|episode| episode.is_within).count();
    writeln!(out)?;
    for episode in &judged {
        paragraph(&format!("{}: {}", episode.id, episode.name), width, out)?;
    }
    writeln!(out)?;
    let banded = backtest
        .episodes
        .iter()
        .any(|episode| !episode.doubts.is_empty());
    let band = if banded {
        format!(
            " Bands hold nine tenths of {} replays over what is in doubt.",
            counted(backtest.replays)
        )
    } else {
        String::new()
    };
    let allowed = format!("{} %", grouped(100.0 * backtest.within, 0));
    let text = format!(
        "{within} of {} episodes are within what is allowed, {allowed} of what was observed unless \
         the file says otherwise; the first row of each decides.{band}",
        judged.len()
    );
    paragraph(&text, width, out)
}

fn cells(id: &str, row: &BacktestRow, decides: bool) -> Vec<String> {
    let digits = Digits::of(
        row.unit.is_empty(),
        row.observed.abs().max(row.modelled.abs()),
    );
    let band = match (row.band_low, row.band_high) {
        (Some(low), Some(high)) => format!("{} to {}", digits.show(low), digits.show(high)),
        _ => NOTHING.to_owned(),
    };
    let verdict = match (row.is_within, decides) {
        (true, true) => "yes",
        (false, true) => "no",
        (true, false) => "(yes)",
        (false, false) => "(no)",
    };
    vec![
        id.to_owned(),
        row.name.clone(),
        digits.show(row.observed),
        digits.show(row.modelled),
        band,
        if row.unit.is_empty() {
            "%".to_owned()
        } else {
            row.unit.clone()
        },
        row.relative_error
            .map_or_else(|| NOTHING.to_owned(), signed),
        verdict.to_owned(),
    ]
}

fn variants(backtest: &Backtest, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let mut titles = vec![
        (String::new(), Align::Left),
        ("unit".to_owned(), Align::Left),
        ("came".to_owned(), Align::Right),
    ];
    for variant in &backtest.variants {
        titles.push((format!("{}\nmean", variant.id), Align::Right));
        titles.push(("5 to 95 %".to_owned(), Align::Right));
        titles.push(("CRPS".to_owned(), Align::Right));
        titles.push(("PIT".to_owned(), Align::Right));
    }
    let mut table = Table::new(titles);
    let first = backtest.variants.first();
    let count = first.map_or(0, |variant| variant.forecasts.len());
    for index in 0..count {
        let of = |variant: &BacktestVariant| variant.forecasts.get(index).cloned();
        let Some(asked) = first.and_then(of) else {
            continue;
        };
        let digits = Digits::of(asked.unit.is_empty(), asked.observed.abs());
        let mut row = vec![
            asked.name.clone(),
            asked.unit.clone(),
            digits.show(asked.observed),
        ];
        for variant in &backtest.variants {
            row.extend(forecast(of(variant), &digits));
        }
        table.row(row);
    }
    table.write(width, out)?;
    writeln!(out)?;
    for variant in &backtest.variants {
        paragraph(&said(variant), width, out)?;
    }
    Ok(())
}

fn forecast(forecast: Option<BacktestForecast>, digits: &Digits) -> [String; 4] {
    let Some(forecast) = forecast else {
        return [(); 4].map(|()| NOTHING.to_owned());
    };
    [
        digits.show(forecast.mean),
        format!(
            "{} to {}",
            digits.show(forecast.quantiles[0]),
            digits.show(forecast.quantiles[4])
        ),
        digits.show(forecast.crps),
        grouped(forecast.pit, 2),
    ]
}

/// What the scores of a variant say.
fn said(variant: &BacktestVariant) -> String {
    let mut text = format!("{} ({})", variant.id, variant.name);
    if variant.in_sample {
        text += ", in sample: it has seen what it forecasts, so this proves nothing";
    }
    let Some(score) = &variant.score else {
        return text;
    };
    let skill = |of: Option<f64>| of.map_or_else(|| NOTHING.to_owned(), |skill| grouped(skill, 2));
    let pit = if score.pit_is_far {
        "far from uniform: it fails"
    } else {
        "no gross failure"
    };
    format!(
        "{text}. Mean CRPS {} of what came; skill {} over the plan alone, {} over the last value \
         known, {} over all values known. {} of {} outcomes inside their 90 % interval; PIT at \
         distance {} from uniform, {pit}. {} replications.",
        per_cent(score.crps),
        skill(score.skill_over_plan),
        skill(score.skill_over_persistence),
        skill(score.skill_over_climatology),
        score.inside_90,
        variant.forecasts.len(),
        grouped(score.pit_distance, 2),
        counted(variant.replications),
    )
}

/// How the figures of a row are written: three digits, shares in per cent.
struct Digits {
    factor: f64,
    decimals: i32,
}

impl Digits {
    fn of(is_share: bool, size: f64) -> Self {
        if is_share {
            return Self {
                factor: 100.0,
                decimals: 0,
            };
        }
        let decimals = match size {
            size if size >= 100.0 => 0,
            size if size >= 10.0 => 1,
            _ => 2,
        };
        Self {
            factor: 1.0,
            decimals,
        }
    }

    fn show(&self, value: f64) -> String {
        grouped(value * self.factor, self.decimals)
    }
}

/// A relative error with its sign, in per cent.
fn signed(share: f64) -> String {
    let text = grouped(share * 100.0, 0);
    let sign = if share > 0.0 && text != "0" { "+" } else { "" };
    format!("{sign}{text} %")
}
