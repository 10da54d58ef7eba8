//! Which figures in doubt matter, as text and as CSV.

use std::io::{self, Write};

use crate::results::{
    Decision, Indices, RankEstimate, Screening, Sensitivity, TornadoFigure, TornadoLevel,
    UncertainFigure,
};

use super::number::{NOTHING, Scale, counted, grouped, per_cent, significant, with_error};
use super::run::{columns, paragraph};
use super::table::Table;
use super::tell::Tell;

/// Rows of a table of the report; the files hold all.
const MOST_ROWS: usize = 15;

/// Rows of the table in dollars.
const MOST_PRICED: usize = 5;

/// Writes which figures in doubt matter, for a person to read, in at most `width` columns.
///
/// # Errors
/// Those of `out`.
pub fn sensitivity_text(
    found: &Sensitivity,
    width: u16,
    mut out: &mut dyn Write,
) -> io::Result<()> {
    sensitivity_told(found, width, &mut out)
}

pub(super) fn sensitivity_told(
    found: &Sensitivity,
    width: u16,
    out: &mut dyn Tell,
) -> io::Result<()> {
    writeln!(out, "{}", found.scenario.name)?;
    tornado(found, width, out)?;
    if let Some(screening) = &found.screening {
        screened(screening, width, out)?;
    }
    if let Some(indices) = found
        .indices
        .as_ref()
        .filter(|indices| !indices.figures.is_empty())
    {
        shares(indices, width, out)?;
    }
    if let Some(decision) = &found.decision {
        choice(decision, width, out)?;
    }
    for warning in &found.warnings {
        writeln!(out)?;
        paragraph(&format!("Note: {warning}."), width, out)?;
    }
    let hash = (found.scenario.sha256.get(..12)).unwrap_or(&found.scenario.sha256);
    writeln!(
        out,
        "\n{} in doubt; ± one standard error. keruen {}, scenario {hash}, seed {}.",
        figures(found.figures.len()),
        found.version,
        found.seed
    )
}

fn figures(count: usize) -> String {
    match count {
        1 => "1 figure".to_owned(),
        several => format!("{several} figures"),
    }
}

/// A volume in the unit of a table.
fn volume(estimate: RankEstimate, scale: Scale) -> String {
    if estimate.mean == 0.0 && estimate.std_error.unwrap_or(0.0) == 0.0 {
        return "0".to_owned();
    }
    let shown = estimate.scaled(1.0 / scale.factor);
    with_error(shown.mean, shown.std_error.filter(|&error| error > 0.0))
}

fn maybe(estimate: Option<RankEstimate>, scale: Scale) -> String {
    estimate.map_or_else(|| NOTHING.to_owned(), |estimate| volume(estimate, scale))
}

/// A path without what says only which grammar is used; files have it whole.
fn short(path: &str) -> String {
    let path = path.strip_prefix("hazard.").unwrap_or(path);
    path.replace(".occurs.poisson.", ".")
        .replace(".occurs.", ".")
}

/// The tail at the end at which it is larger.
fn worse_tail(figure: &TornadoFigure) -> Option<RankEstimate> {
    let ends = [figure.low, figure.high].map(|level| level.undelivered_cvar95_bbl);
    let ends = ends.into_iter().flatten();
    ends.max_by(|one, other| one.mean.total_cmp(&other.mean))
}

/// Ends of a figure, for people; no line is broken inside.
fn ends(found: &Sensitivity, path: &str) -> String {
    let is_it = |figure: &&UncertainFigure| figure.path == path;
    let figure = found.figures.iter().find(is_it);
    figure.map_or_else(String::new, |figure| {
        let (low, high) = (figure.low.as_str(), figure.high.as_str());
        // A unit that both have is said once.
        let unit = |text: &str| text.split_once(' ').map(|(_, unit)| unit.to_owned());
        let low = match (low.split_once(' '), unit(high)) {
            (Some((number, of)), Some(unit)) if of == unit => number,
            _ => low,
        };
        format!("{low} … {high}").replace(' ', "\u{a0}")
    })
}

fn tornado(found: &Sensitivity, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let tornado = &found.tornado;
    writeln!(
        out,
        "\nWhat each figure alone does to what is not delivered\n"
    )?;
    let Some(first) = tornado.figures.first() else {
        return paragraph(
            "No figure in doubt changes what is not delivered.",
            width,
            out,
        );
    };
    let scale = Scale::volume(first.reach());
    let of_middle = Scale::volume(tornado.middle.undelivered_bbl.mean);
    let mut table = Table::new(columns(
        &["", "from … to"],
        &[
            &format!("mean, {}:\nat low end", scale.unit),
            "at high end",
            "CVaR 95 % at\nworse end",
        ],
    ));
    for figure in tornado.figures.iter().take(MOST_ROWS) {
        table.row([
            short(&figure.path),
            ends(found, &figure.path),
            volume(figure.low.undelivered_bbl, scale),
            volume(figure.high.undelivered_bbl, scale),
            maybe(worse_tail(figure), scale),
        ]);
    }
    table.write(width, out)?;
    more(tornado.figures.len(), "figures with an effect", out)?;
    writeln!(out)?;
    let tail = tornado.middle.undelivered_cvar95_bbl;
    let text = format!(
        "Figures are named without `hazard` and `occurs`. Each is at the points that a twentieth of what it may be lies below and above, the others \
         in the middle of what they may be, where {} {unit} are not delivered on average and {} {unit} \
         in the worst twentieth. Same {} futures everywhere{}.",
        volume(tornado.middle.undelivered_bbl, of_middle),
        maybe(tail, of_middle),
        counted(tornado.replications),
        match tornado.without_effect.len() {
            0 => String::new(),
            1 => "; one more figure changes nothing".to_owned(),
            several => format!("; {several} more figures change nothing"),
        },
        unit = of_middle.unit,
    );
    paragraph(&text, width, out)?;
    priced(found, width, out)
}

/// The figures that move the netback most.
fn priced(found: &Sensitivity, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    let usd = |level: &TornadoLevel| level.netback_usd.map_or(0.0, |usd| usd.mean.abs());
    let reach = |figure: &TornadoFigure| usd(&figure.low).max(usd(&figure.high));
    let mut figures: Vec<&TornadoFigure> = found.tornado.figures.iter().collect();
    figures.retain(|figure| reach(figure) > 0.0);
    figures.sort_by(|one, other| reach(other).total_cmp(&reach(one)));
    if figures.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nWhat each figure alone does to the netback\n")?;
    let scale = Scale {
        factor: 1e6,
        unit: "M USD",
    };
    let mut table = Table::new(columns(
        &["", "from … to"],
        &[&format!("{}:\nat low end", scale.unit), "at high end"],
    ));
    for figure in figures.into_iter().take(MOST_PRICED) {
        table.row([
            short(&figure.path),
            ends(found, &figure.path),
            maybe(figure.low.netback_usd, scale),
            maybe(figure.high.netback_usd, scale),
        ]);
    }
    table.write(width, out)
}

fn more(all: usize, of_what: &str, out: &mut dyn Tell) -> io::Result<()> {
    let more = all.saturating_sub(MOST_ROWS);
    if more > 0 {
        writeln!(out, "and {more} more {of_what}, in sensitivity.csv")?;
    }
    Ok(())
}

fn screened(screening: &Screening, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    writeln!(out, "\nWhat each figure does wherever the others stand\n")?;
    let matters = |figure: &&crate::results::ScreeningFigure| figure.size_bbl.mean > 0.0;
    let largest = screening
        .figures
        .first()
        .map_or(0.0, |figure| figure.size_bbl.mean);
    let scale = Scale::volume(largest);
    let size = format!("{}: size (μ*)", scale.unit);
    let mut table = Table::new(columns(
        &[""],
        &[&size, "way (μ)", "spread (σ)", "of chance", "kept"],
    ));
    for figure in screening.figures.iter().filter(matters).take(MOST_ROWS) {
        table.row([
            short(&figure.path),
            volume(figure.size_bbl, scale),
            volume(figure.mean_bbl, scale),
            volume(figure.std_dev_bbl, scale),
            significant(figure.noise_bbl / scale.factor, 2),
            if figure.kept { "yes" } else { "" }.to_owned(),
        ]);
    }
    table.write(width, out)?;
    let shown = screening.figures.iter().filter(matters).count();
    more(shown, "figures with an effect", out)?;
    writeln!(out)?;
    let together = screening
        .together
        .as_ref()
        .map_or_else(String::new, |together| {
            format!(
                " The {} figures that change nothing alone, moved together: {} {}.",
                screening.together_paths.len(),
                volume(together.size_bbl, scale),
                scale.unit
            )
        });
    let text = format!(
        "Effect on the mean of moving a figure by half of what it may be, upward: {} trajectories \
         through all figures on {} levels, {} futures at each point. A spread as large as the size: \
         what the figure does hangs on the others. Of chance: the size that a figure without effect \
         would show.{together}",
        counted(screening.trajectories),
        screening.levels,
        counted(screening.futures),
    );
    paragraph(&text, width, out)
}

fn shares(indices: &Indices, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    writeln!(
        out,
        "\nWhose doubt it is: shares of the variance of the mean\n"
    )?;
    let mut table = Table::new(columns(
        &[""],
        &["alone (S), %", "with others (S_T), %", "of chance, %"],
    ));
    let percent = |estimate: RankEstimate| {
        let shown = estimate.scaled(100.0);
        with_error(shown.mean, shown.std_error.filter(|&error| error > 0.0))
    };
    for figure in indices.figures.iter().take(MOST_ROWS) {
        table.row([
            short(&figure.path),
            percent(figure.first),
            percent(figure.total),
            grouped(100.0 * figure.noise, 1),
        ]);
    }
    table.row([
        "sum of what figures do alone".to_owned(),
        percent(indices.sum_first),
        String::new(),
        String::new(),
    ]);
    table.write(width, out)?;
    more(indices.figures.len(), "figures", out)?;
    writeln!(out)?;
    let scale = Scale::volume(indices.mean_bbl);
    let spread = |bbl: f64| significant(bbl / scale.factor, 3);
    let text = format!(
        "Alone: what would go if the figure were known. With others: what would be left if all others \
         were known. The doubt about these figures moves the mean of {} {unit} by a standard deviation \
         of {} {unit}, that about all figures by {} {unit}. {} of the variance is leftover chance. {} \
         rows, {} futures at each point.",
        spread(indices.mean_bbl),
        spread(indices.std_dev_bbl),
        spread(indices.std_dev_of_all_bbl),
        per_cent(indices.noise),
        counted(indices.rows),
        counted(indices.futures),
        unit = scale.unit,
    );
    paragraph(&text, width, out)
}

/// What is worth knowing before something is chosen.
fn choice(decision: &Decision, width: u16, out: &mut dyn Tell) -> io::Result<()> {
    writeln!(out, "\nWhat to choose as things stand\n")?;
    let most = decision
        .alternatives
        .iter()
        .map(|one| one.undelivered_bbl.mean);
    let scale = Scale::volume(most.fold(0.0, f64::max));
    let worse = (decision.alternatives.iter()).map(|one| one.worse_than_best.mean.abs());
    let unit = of_worth(decision, worse.fold(0.0, f64::max));
    let mut table = Table::new(columns(
        &[""],
        &[
            &format!("undelivered\n{}", scale.unit),
            "cost\nM USD/yr",
            &format!("worse than best\n{}", unit.unit),
            "best in\n% of draws",
        ],
    ));
    for one in &decision.alternatives {
        let cost = one.annual_cost_usd.map(|usd| significant(usd / 1e6, 3));
        table.row([
            one.id.clone(),
            volume(one.undelivered_bbl, scale),
            cost.unwrap_or_else(|| NOTHING.to_owned()),
            volume(one.worse_than_best, unit),
            grouped(100.0 * one.best_in, 0),
        ]);
    }
    table.write(width, out)?;
    let Some(all) = decision.all_figures else {
        return Ok(());
    };
    writeln!(out, "\nWhich figures are worth knowing before that\n")?;
    let unit = of_worth(decision, all.bound);
    let known = decision
        .figures
        .iter()
        .filter(|figure| figure.is_worth_knowing());
    let count = known.clone().count();
    let mut table = Table::new(columns(
        &[""],
        &[&format!("worth\n{}", unit.unit), "at most\nabout"],
    ));
    for figure in known.take(MOST_ROWS) {
        table.row([
            short(&figure.path),
            volume(figure.worth.value, unit),
            significant(figure.worth.bound / unit.factor, 3),
        ]);
    }
    table.row([
        "all figures together".to_owned(),
        volume(all.value, unit),
        significant(all.bound / unit.factor, 3),
    ]);
    table.write(width, out)?;
    more(count, "figures", out)?;
    writeln!(out)?;
    let text = format!(
        "What deciding by a figure gains over choosing as things stand, tried on other draws than it \
         was found from, which is rather too low; at most: tried on the same, which is too high by \
         what chance makes of it. From {} not shown nothing is known to be gained. {} draws of {} futures.",
        figures(decision.figures.len() - count),
        counted(decision.draws),
        counted(decision.futures),
    );
    paragraph(&text, width, out)
}

/// The unit of what things are worth.
fn of_worth(decision: &Decision, largest: f64) -> Scale {
    if decision.usd_per_barrel.is_some() {
        Scale {
            factor: 1e6,
            unit: "M USD/yr",
        }
    } else {
        Scale::volume(largest)
    }
}

/// Writes a row for each figure in doubt.
///
/// # Errors
/// Those of `out`.
pub fn sensitivity_csv(found: &Sensitivity, out: impl io::Write) -> io::Result<()> {
    let mut rows = ::csv::Writer::from_writer(out);
    let estimated = [
        "undelivered_bbl_at_low",
        "undelivered_bbl_at_high",
        "undelivered_cvar95_bbl_at_low",
        "undelivered_cvar95_bbl_at_high",
        "netback_usd_at_low",
        "netback_usd_at_high",
        "effect_size_bbl",
        "effect_mean_bbl",
        "effect_std_dev_bbl",
        "sobol_first",
        "sobol_total",
        "worth_knowing",
    ];
    let mut header: Vec<String> = ["path", "form", "value", "low", "high"]
        .map(str::to_owned)
        .into();
    for name in estimated {
        header.push(name.to_owned());
        header.push(format!("{name}_std_error"));
    }
    header.extend(
        [
            "effect_noise_bbl",
            "kept",
            "sobol_noise",
            "worth_knowing_bound",
        ]
        .map(str::to_owned),
    );
    rows.write_record(header)?;
    let number = |value: Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    for figure in &found.figures {
        let path = &figure.path;
        let alone = found.tornado.figures.iter().find(|f| f.path == *path);
        let none = TornadoLevel {
            undelivered_cvar95_bbl: (found.tornado.middle.undelivered_cvar95_bbl)
                .map(|_| RankEstimate::default()),
            netback_usd: found
                .tornado
                .middle
                .netback_usd
                .map(|_| RankEstimate::default()),
            ..TornadoLevel::default()
        };
        let [low, high] = alone.map_or([none; 2], |alone| [alone.low, alone.high]);
        let screened = (found.screening.iter())
            .flat_map(|screening| &screening.figures)
            .find(|f| f.path == *path);
        let index = (found.indices.iter())
            .flat_map(|indices| &indices.figures)
            .find(|f| f.path == *path);
        let worth = (found.decision.iter())
            .flat_map(|decision| &decision.figures)
            .find(|f| f.path == *path);
        let estimates = [
            Some(low.undelivered_bbl),
            Some(high.undelivered_bbl),
            low.undelivered_cvar95_bbl,
            high.undelivered_cvar95_bbl,
            low.netback_usd,
            high.netback_usd,
            screened.map(|f| f.size_bbl),
            screened.map(|f| f.mean_bbl),
            screened.map(|f| f.std_dev_bbl),
            index.map(|f| f.first),
            index.map(|f| f.total),
            worth.map(|f| f.worth.value),
        ];
        let place = [path, &figure.form, &figure.value, &figure.low, &figure.high];
        let cells = estimates.into_iter().flat_map(|estimate| {
            let error = estimate.and_then(|estimate| estimate.std_error);
            [
                number(estimate.map(|estimate| estimate.mean)),
                number(error),
            ]
        });
        let rest = [
            number(screened.map(|f| f.noise_bbl)),
            screened.map(|f| f.kept.to_string()).unwrap_or_default(),
            number(index.map(|f| f.noise)),
            number(worth.map(|f| f.worth.bound)),
        ];
        rows.write_record(place.into_iter().cloned().chain(cells).chain(rest))?;
    }
    rows.flush()
}
